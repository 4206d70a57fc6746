//! A day of one car for the tables of the rules: times of day in Beijing, looked at an hour before midnight.

use chrono::{DateTime, TimeDelta, Utc};
use telematics::id::{TripId, VehicleNo};
use telematics::place::LonLat;
use telematics::quantity::Distance;
use uuid::Uuid;

use super::{Base, Evidence, FindingKind, FindingLimits, Observed, Ordered, Stood, TimeSpan, Urgency, compare};
use crate::calendar::{Calendar, WorkingHours, start_of};
use crate::rule::tests::builtin;
use crate::trip::order::OrderId;

/// A Monday on which people work.
const MONDAY: &str = "2026-03-02";

/// Where the car lives.
pub(super) fn base() -> LonLat {
    LonLat::new(120.15, 30.28).unwrap()
}

/// So many kilometres north.
pub(super) fn north(place: LonLat, km: f64) -> LonLat {
    LonLat::new(place.lon(), place.lat() + km / 111.195).unwrap()
}

/// So many kilometres east.
pub(super) fn east(place: LonLat, km: f64) -> LonLat {
    LonLat::new(place.lon() + km / (111.195 * place.lat().to_radians().cos()), place.lat()).unwrap()
}

/// The time of that Monday.
pub(super) fn at(time: &str) -> DateTime<Utc> {
    format!("{MONDAY}T{time}:00+08:00").parse().unwrap()
}

/// An order for that time, not left yet.
pub(super) fn order(from: &str, to: &str) -> Ordered {
    Ordered {
        id: OrderId(Uuid::from_u128(7)),
        planned: TimeSpan { from: at(from), to: at(to) },
        urgency: Urgency::Planned,
        off_duty: false,
        places: Vec::new(),
        planned_distance: None,
        departed_at: None,
        returned_at: None,
        typed_distance: None,
        terminal_distance: None,
        unratified_since: None,
        driver: None,
    }
}

/// The same as an emergency.
pub(super) fn emergency(from: &str, to: &str) -> Ordered {
    Ordered { urgency: Urgency::Emergency, ..order(from, to) }
}

/// The same, left and back to the minute.
pub(super) fn done(from: &str, to: &str) -> Ordered {
    Ordered { departed_at: Some(at(from)), returned_at: Some(at(to)), ..order(from, to) }
}

/// A trip of so many metres around the base.
pub(super) fn trip(from: &str, to: &str, metres: f64) -> Observed {
    Observed {
        id: Some(TripId::of(VehicleNo(1), at(from))),
        started_at: at(from),
        ended_at: Some(at(to)),
        from: base(),
        to: base(),
        distance: Distance::from_metres(metres),
        driver: None,
    }
}

/// A stop at the base.
pub(super) fn stood(from: &str, to: Option<&str>) -> Stood {
    Stood { from: at(from), to: to.map(at), at: base() }
}

/// A day of a car about which nothing is known.
pub(super) fn evidence(day: &str) -> Evidence {
    let (versions, now) = (builtin(), at("23:00"));
    let midnight = start_of(day.parse().unwrap());
    Evidence {
        span: TimeSpan { from: midnight, to: midnight + TimeDelta::days(1) },
        now: midnight + TimeDelta::hours(23),
        orders: Vec::new(),
        trips: Vec::new(),
        stops: Vec::new(),
        base: Some(Base { place: base(), radius: None }),
        away: Vec::new(),
        places: Vec::new(),
        calendar: Calendar::of(&versions, &[], now),
        hours: WorkingHours::of(&versions, &[], day.parse().unwrap(), now),
    }
}

/// What the product brings along.
pub(super) fn limits() -> FindingLimits {
    FindingLimits::of(&builtin(), &[], MONDAY.parse().unwrap(), at("23:00"))
}

/// On a Monday: exactly these are found, each with its time and what was measured, to a tenth.
pub(super) fn check(name: &str, change: impl Fn(&mut Evidence), expected: &[(FindingKind, &str, f64)]) {
    on_day(MONDAY, name, change, expected);
}

/// The same on another day; the times of `change` are moved there.
pub(super) fn on_day(day: &str, name: &str, change: impl Fn(&mut Evidence), expected: &[(FindingKind, &str, f64)]) {
    let mut seen = evidence(day);
    let by = seen.span.from - start_of(MONDAY.parse().unwrap());
    let now = seen.now;
    change(&mut seen);
    if seen.now != now {
        seen.now += by;
    }
    for order in &mut seen.orders {
        order.planned = TimeSpan { from: order.planned.from + by, to: order.planned.to + by };
        order.departed_at = order.departed_at.map(|at| at + by);
        order.returned_at = order.returned_at.map(|at| at + by);
    }
    for trip in &mut seen.trips {
        trip.started_at += by;
        trip.ended_at = trip.ended_at.map(|at| at + by);
    }
    let found = compare(&seen, &limits());
    let told: Vec<_> = found.iter().map(|finding| (finding.kind, finding.at, (finding.measured * 10.0).round() / 10.0)).collect();
    let expected: Vec<_> = expected.iter().map(|(kind, time, measured)| (*kind, at(time) + by, *measured)).collect();
    assert_eq!(told, expected, "{name}");
}
