//! Small fleets whose year can be followed by hand, and a random one that must come out even.

use proptest::prelude::*;

use super::*;
use crate::rule::key::RuleKey;

fn value(key: RuleKey) -> RuleValue {
    key.spec().builtin_values().next().unwrap().1
}

fn terms() -> Terms {
    Terms {
        travel: Travel::of(&value(RuleKey::WayFactor), &value(RuleKey::TravelSpeed)),
        waits: Duration::zero(),
        may_rent: true,
        winter_pct: 70,
        charge_m_h: 30_000,
        reserve_m: 30_000,
        days: None,
        costs: Costs::of(&value(RuleKey::FleetCosts)),
    }
}

fn yard() -> LonLat {
    LonLat::new(120.0, 30.0).unwrap()
}

/// Nine o'clock in Beijing on the second of that month of 2026, and so many hours after it.
fn at(month: u32, hour: i64) -> DateTime<Utc> {
    let day = chrono::NaiveDate::from_ymd_opt(2026, month, 2).unwrap();
    crate::calendar::start_of(day) + Duration::hours(9 + hour)
}

/// A trip that begins and ends at the yard.
fn trip(id: &str, month: u32, from: i64, to: i64, km: u32) -> Trip {
    Trip {
        id: id.to_owned(),
        category: VehicleCategory::Other,
        seats: 5,
        from: yard(),
        end: yard(),
        distance_m: km * 1000,
        begins_at: at(month, from),
        ends_at: at(month, to),
    }
}

fn car(id: &str, range_km: Option<u32>) -> Car {
    Car {
        id: id.to_owned(),
        category: VehicleCategory::Other,
        seats: 5,
        is_electric: range_km.is_some(),
        range_m: range_km.map(|km| km * 1000),
        base: yard(),
    }
}

#[test]
fn what_two_cars_cannot_drive_a_third_does() {
    let trips = [trip("a", 3, 0, 2, 40), trip("b", 3, 1, 3, 40), trip("c", 3, 1, 4, 40), trip("d", 3, 5, 6, 10)];
    let two = replay(&[car("1", None), car("2", None)], &trips, &terms());
    assert_eq!((two.served, two.rented, two.refused, two.most_out), (3, 1, 0, 2));
    assert_eq!(two.short, [ShortTrip { id: "c".to_owned(), why: Short::AllBusy, rented: true }]);
    assert_eq!(two.rental, Money::from_fen(20_000 + 40 * 200), "so much a trip and so much a kilometre");
    assert_eq!(two.driven, Money::from_fen((40 + 40 + 10) * 70));
    assert_eq!(two.fixed, Money::from_fen(2 * 2_000_000 / 365), "a day of two cars");
    let three = replay(&[car("1", None), car("2", None), car("3", None)], &trips, &terms());
    assert_eq!((three.served, three.rented, three.most_out), (4, 0, 3));
    let strict = Terms { may_rent: false, ..terms() };
    assert_eq!(replay(&[car("1", None), car("2", None)], &trips, &strict).refused, 1);
}

#[test]
fn a_trip_waits_as_long_as_it_may_and_not_longer() {
    let trips = [trip("a", 3, 0, 2, 10), Trip { begins_at: at(3, 2) - Duration::minutes(20), ..trip("b", 3, 2, 3, 10) }];
    let patient = Terms { waits: Duration::minutes(20), ..terms() };
    let outcome = replay(&[car("1", None)], &trips, &patient);
    assert_eq!((outcome.served, outcome.late, outcome.late_min, outcome.rented), (2, 1, 20, 0));
    let hasty = Terms { waits: Duration::minutes(19), ..terms() };
    assert_eq!(replay(&[car("1", None)], &trips, &hasty).rented, 1);
}

#[test]
fn an_electric_car_drives_first_as_far_as_it_gets_and_less_far_in_winter() {
    let (electric, fuel) = (car("ev", Some(200)), car("fuel", None));
    // 170 km and the reserve of 30 are what a full battery has in March, and not in January.
    for (month, cars) in [(3, [1, 0]), (1, [0, 1])] {
        let outcome = replay(&[fuel.clone(), electric.clone()], &[trip("a", month, 0, 4, 170)], &terms());
        assert_eq!([outcome.cars[1].trips, outcome.cars[0].trips], cars, "month {month}");
    }
    // Two hours at the base are sixty kilometres: after 150 of 200 there are 110, enough for 80 and the reserve, not for 81.
    for (km, served) in [(80, 2), (81, 1)] {
        let outcome = replay(std::slice::from_ref(&electric), &[trip("a", 3, 0, 4, 150), trip("b", 3, 6, 8, km)], &terms());
        assert_eq!(outcome.served, served, "{km} km");
        assert_eq!(outcome.short.first().map(|short| short.why), (served == 1).then_some(Short::Range));
    }
}

#[test]
fn a_car_for_something_else_or_too_small_is_no_car() {
    let courier = Car { category: VehicleCategory::ConfidentialCourier, ..car("1", None) };
    let outcome = replay(&[courier, Car { seats: 4, ..car("2", None) }], &[trip("a", 3, 0, 1, 5)], &terms());
    assert_eq!(outcome.short[0].why, Short::NoSuchCar);
    assert_eq!(replay(&[], &[], &terms()), Outcome::default(), "nothing costs nothing");
}

proptest! {
    #[test]
    fn every_trip_is_accounted_for_and_another_car_never_serves_fewer(
        spans in proptest::collection::vec((0_i64..600, 1_i64..12, 1_u32..60), 1..60),
        cars in 1_usize..6,
    ) {
        let trips: Vec<Trip> = spans
            .iter()
            .enumerate()
            .map(|(n, (from, lasts, km))| trip(&n.to_string(), 3, *from, from + lasts, *km))
            .collect();
        let fleet: Vec<Car> = (0..=cars).map(|n| car(&n.to_string(), None)).collect();
        let outcome = replay(&fleet[..cars], &trips, &terms());
        prop_assert_eq!(outcome.served + outcome.rented + outcome.refused, trips.len());
        prop_assert_eq!(outcome.months.iter().map(|month| month.trips).sum::<usize>(), trips.len());
        prop_assert_eq!(outcome.cars.iter().map(|car| car.trips).sum::<usize>(), outcome.served);
        prop_assert_eq!(outcome.cars.iter().map(|car| car.distance_m).sum::<u64>(), outcome.distance_m);
        prop_assert!(outcome.most_out <= cars);
        // All cars are alike and stand at one yard, and trips are taken as they come: one more is never one too few.
        prop_assert!(replay(&fleet, &trips, &terms()).served >= outcome.served);
    }
}
