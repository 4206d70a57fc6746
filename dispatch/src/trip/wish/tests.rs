//! What may be asked for and what not, case by case.

use uuid::Uuid;

use super::*;
use crate::rule::key::RuleKey;
use crate::trip::reason;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn spot(name: &str, lon: f64) -> Spot {
    Spot { name: name.to_owned(), place: LonLat::new(lon, 30.2).unwrap() }
}

fn wish() -> Wish {
    let unit = UnitId(Uuid::from_u128(1));
    Wish {
        unit,
        fleet: unit,
        reason: "调研、检查、督导".to_owned(),
        purpose: "赴萧山调研".to_owned(),
        is_confidential: false,
        is_emergency: false,
        is_poolable: false,
        category: VehicleCategory::Other,
        seats: 5,
        passengers: vec![Passenger { name: "王某".to_owned(), phone: String::new() }],
        passenger_count: 3,
        vehicle_count: 1,
        from: spot("市府", 120.15),
        to: spot("萧山", 120.26),
        stops: Vec::new(),
        is_round_trip: true,
        begins_at: at("2026-03-02T01:00:00Z"),
        ends_at: at("2026-03-02T04:00:00Z"),
        note: String::new(),
    }
}

fn rules() -> Rules {
    let (_, value) = RuleKey::TripReasons.spec().builtin_values().next().unwrap();
    Rules { reasons: reason::list(&value), lead_time: Duration::minutes(30), is_holiday: false }
}

#[track_caller]
fn check(change: impl FnOnce(&mut Wish, &mut Rules), expected: &[(&str, &str, bool)]) {
    let (mut wish, mut rules) = (wish(), rules());
    change(&mut wish, &mut rules);
    let found = wish.check(&rules, at("2026-03-02T00:00:00Z"));
    let found: Vec<_> = found.iter().map(|notice| (notice.field, notice.code, notice.is_refusal)).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_wish_that_is_whole_passes() {
    check(|_, _| {}, &[]);
}

#[test]
fn what_is_on_the_negative_list_is_refused_with_its_clause() {
    let mut wish = wish();
    wish.reason = "探亲访友、休假旅游".to_owned();
    let found = wish.check(&rules(), at("2026-03-02T00:00:00Z"));
    assert_eq!(found.len(), 1);
    assert!(found[0].is_refusal && found[0].clause.as_deref().unwrap().contains("第二十六条第三项"), "{found:?}");
    check(|wish, _| wish.reason = "随便".to_owned(), &[("reason", "trip.reason_unknown", true)]);
}

#[test]
fn what_comes_late_or_on_a_holiday_is_said_and_not_refused() {
    check(|wish, _| wish.begins_at = at("2026-03-02T00:29:00Z"), &[("begins_at", "trip.lead_time", false)]);
    check(|wish, _| wish.begins_at = at("2026-03-02T00:30:00Z"), &[]);
    check(|_, rules| rules.is_holiday = true, &[("begins_at", "trip.holiday", false)]);
}

#[test]
fn an_emergency_waits_for_nothing_and_is_now() {
    check(
        |wish, _| {
            wish.is_emergency = true;
            wish.begins_at = at("2026-03-02T00:01:00Z");
        },
        &[],
    );
    check(
        |wish, _| {
            wish.is_emergency = true;
            wish.begins_at = at("2026-03-02T02:01:00Z");
        },
        &[("begins_at", "trip.no_emergency", true)],
    );
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    check(
        |wish, _| {
            wish.purpose = "  ".to_owned();
            wish.to.name = String::new();
            wish.ends_at = wish.begins_at;
            wish.passenger_count = 5;
            wish.note = "长".repeat(301);
        },
        &[
            ("purpose", "trip.text", true),
            ("to", "trip.place_name", true),
            ("ends_at", "trip.ends_before_it_begins", true),
            ("passenger_count", "trip.too_few_seats", true),
            ("note", "trip.text", true),
        ],
    );
    check(|wish, _| wish.ends_at = at("2026-04-02T01:00:00Z"), &[("ends_at", "trip.too_long", true)]);
    check(|wish, _| wish.stops = vec![spot("站", 120.2); 11], &[("stops", "trip.too_many_stops", true)]);
    check(
        |wish, _| {
            wish.begins_at = at("2026-03-01T01:00:00Z");
            wish.ends_at = at("2026-03-01T02:00:00Z");
        },
        &[("begins_at", "trip.past", true), ("begins_at", "trip.lead_time", false)],
    );
}

#[test]
fn several_cars_have_room_together() {
    check(
        |wish, _| {
            wish.passenger_count = 8;
            wish.vehicle_count = 2;
        },
        &[],
    );
}
