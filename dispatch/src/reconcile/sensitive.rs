//! A08 敏感地点停留: stood for long where an official car is not expected, and was not ordered to.

use chrono::TimeDelta;
use telematics::place::LonLat;

use super::seen::Stood;
use super::{Evidence, Finding, FindingDetail, FindingKind, FindingLimits, Ordered, SensitivePlace};
use crate::rule::key::RuleKey;
use crate::rule::spec::Measure;

pub(super) fn apply(seen: &Evidence, limits: &FindingLimits, found: &mut Vec<Finding>) {
    let Some(limit) = limits.time(RuleKey::SensitiveStop) else { return };
    for stood in seen.stops.iter().filter(|stood| seen.span.holds(stood.from)) {
        let span = stood.span(seen.now);
        let stood_for = span.to - span.from;
        let order = seen.orders.iter().find(|order| order.window(seen.now).holds(stood.from));
        let expected = |place: &SensitivePlace| is_base(seen, stood, limits) || order.is_some_and(|order| leads_to(order, place));
        let nearest = seen.places.iter().filter(|place| limits.is_sensitive(&place.class) && is_at(place, stood.at));
        let nearest = nearest.min_by(|one, other| distance_m(one, stood.at).total_cmp(&distance_m(other, stood.at)));
        let Some(place) = nearest.filter(|place| stood_for >= limit && !expected(place)) else { continue };
        let (name, class) = (Some(place.name.clone()), Some(place.class.clone()));
        found.push(Finding {
            kind: FindingKind::SensitiveStop,
            at: stood.from,
            order: order.map(|order| order.id),
            trip: seen.trips.iter().rfind(|trip| trip.started_at <= stood.from).and_then(|trip| trip.id),
            measured: minutes(stood_for),
            limit: minutes(limit),
            unit: Measure::Minute,
            detail: FindingDetail::Place { lat: stood.at.lat(), lon: stood.at.lon(), name, class },
        });
    }
}

/// The car lives beside it.
fn is_base(seen: &Evidence, stood: &Stood, limits: &FindingLimits) -> bool {
    let base = seen.base.and_then(|base| Some((base.place, base.reach_m(limits)?)));
    base.is_some_and(|(place, reach_m)| place.distance_to(stood.at).metres() <= reach_m)
}

/// The order goes there: whoever approved it saw where.
fn leads_to(order: &Ordered, place: &SensitivePlace) -> bool {
    order.places.iter().any(|ordered| is_at(place, *ordered))
}

fn is_at(place: &SensitivePlace, at: LonLat) -> bool {
    distance_m(place, at) <= place.radius.metres()
}

fn distance_m(place: &SensitivePlace, at: LonLat) -> f64 {
    place.place.distance_to(at).metres()
}

#[expect(clippy::cast_precision_loss, reason = "minutes of a stop")]
fn minutes(time: TimeDelta) -> f64 {
    time.num_minutes() as f64
}

#[cfg(test)]
mod tests {
    use telematics::quantity::Distance;

    use super::FindingKind::SensitiveStop;
    use crate::reconcile::testing::{base, check, done, evidence, limits, north, stood};
    use crate::reconcile::{Evidence, SensitivePlace, compare};

    /// A hotel 8 km from the base, and a stop so many metres from it.
    fn stop(until: &'static str, metres: f64, class: &'static str) -> impl Fn(&mut Evidence) {
        move |seen| {
            let place = north(base(), 8.0);
            let name = "湖滨大酒店".to_owned();
            seen.places = vec![SensitivePlace { name, class: class.to_owned(), place, radius: Distance::from_metres(100.0) }];
            let mut stop = stood("10:00", Some(until));
            stop.at = north(place, metres / 1000.0);
            seen.stops = vec![stop];
            seen.orders = vec![done("09:00", "11:00")];
        }
    }

    #[test]
    fn a_stop_at_a_hotel() {
        check("ten minutes", stop("10:10", 50.0, "宾馆酒店"), &[(SensitiveStop, "10:00", 10.0)]);
        check("nine minutes", stop("10:09", 50.0, "宾馆酒店"), &[]);
        check("in the next street", stop("10:30", 101.0, "宾馆酒店"), &[]);
        check("a place of a kind that is not listed", stop("10:30", 50.0, "加油站"), &[]);
        let ordered_there = |seen: &mut Evidence| {
            stop("10:30", 50.0, "宾馆酒店")(seen);
            seen.orders[0].places = vec![north(base(), 8.0)];
        };
        check("the order went there", ordered_there, &[]);
        let lives_there = |seen: &mut Evidence| {
            stop("10:30", 50.0, "学校")(seen);
            seen.base.as_mut().unwrap().place = north(base(), 8.0);
        };
        check("the base is beside it", lives_there, &[]);
    }

    #[test]
    fn the_record_names_the_place_and_the_order() {
        let mut seen = evidence("2026-03-02");
        stop("10:10", 50.0, "宾馆酒店")(&mut seen);
        let found = compare(&seen, &limits());
        assert_eq!(found[0].order, Some(seen.orders[0].id));
        assert!(matches!(&found[0].detail, super::FindingDetail::Place { name: Some(name), .. } if name == "湖滨大酒店"));
    }
}
