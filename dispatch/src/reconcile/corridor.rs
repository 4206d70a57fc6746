//! A06 偏离路线: a stop or an end away from the way between the ordered places.

use chrono::{DateTime, Utc};
use telematics::place::LonLat;

use super::{Evidence, Finding, FindingDetail, FindingKind, FindingLimits, Ordered};
use crate::rule::key::RuleKey;
use crate::rule::spec::Measure;

pub(super) fn apply(seen: &Evidence, limits: &FindingLimits, found: &mut Vec<Finding>) {
    let Some(limit) = limits.number(RuleKey::OffRoute) else { return };
    for order in seen.orders.iter().filter(|order| !order.places.is_empty()) {
        let Some(driven) = order.driven().filter(|driven| seen.span.holds(driven.to)) else { continue };
        let way = way(seen, order);
        let points = seen.trips_of(order, limits).flat_map(|trip| {
            let end = trip.ended_at.map(|ended| (ended, trip.to, trip.id));
            [Some((trip.started_at, trip.from, trip.id)), end].into_iter().flatten()
        });
        let stops = seen.stops.iter().filter(|stood| driven.holds(stood.from)).map(|stood| (stood.from, stood.at, None));
        let furthest = points.chain(stops).map(|(at, place, trip)| (distance_m(&way, place), at, place, trip));
        let furthest = furthest.max_by(|one, other| one.0.total_cmp(&other.0).then(other.1.cmp(&one.1)));
        let Some((beside_m, at, place, trip)) = furthest.filter(|(beside_m, ..)| beside_m.round() > limit) else { continue };
        found.push(off_route(order, (at, place), trip, (beside_m.round(), limit)));
    }
}

fn off_route(
    order: &Ordered,
    (at, place): (DateTime<Utc>, LonLat),
    trip: Option<telematics::id::TripId>,
    (measured, limit): (f64, f64),
) -> Finding {
    Finding {
        kind: FindingKind::OffRoute,
        at,
        order: Some(order.id),
        trip,
        measured,
        limit,
        unit: Measure::Metre,
        detail: FindingDetail::place(place),
    }
}

/// The ordered places in their order, from the base and back to it.
fn way(seen: &Evidence, order: &Ordered) -> Vec<LonLat> {
    let base = seen.base.map(|base| base.place);
    base.into_iter().chain(order.places.iter().copied()).chain(base).collect()
}

/// Metres from the nearest leg.
fn distance_m(way: &[LonLat], place: LonLat) -> f64 {
    let legs = way.windows(2).filter_map(|leg| match leg {
        [from, to] => Some(nearest(*from, *to, place)),
        _ => None,
    });
    let to_legs = legs.map(|nearest| nearest.distance_to(place).metres());
    let to_places = way.iter().map(|stop| stop.distance_to(place).metres());
    to_legs.chain(to_places).fold(f64::INFINITY, f64::min)
}

/// The place of a leg that is nearest, on a plane about its beginning: at the length of a day's drive the error is far below the limit.
fn nearest(from: LonLat, to: LonLat, place: LonLat) -> LonLat {
    let shrink = from.lat().to_radians().cos();
    let on_plane = |other: LonLat| ((other.lon() - from.lon()) * shrink, other.lat() - from.lat());
    let ((x, y), (px, py)) = (on_plane(to), on_plane(place));
    let square = x * x + y * y;
    let part = if square > 0.0 { ((px * x + py * y) / square).clamp(0.0, 1.0) } else { 0.0 };
    let between = |one: f64, other: f64| one + (other - one) * part;
    LonLat::new(between(from.lon(), to.lon()), between(from.lat(), to.lat())).unwrap_or(from)
}

#[cfg(test)]
mod tests {
    use super::FindingKind::OffRoute;
    use crate::reconcile::testing::{at, base, check, done, east, north, stood, trip};
    use crate::reconcile::{Evidence, Ordered};

    /// Ordered to a place 40 km north of the base.
    fn way(stop_km: (f64, f64)) -> impl Fn(&mut Evidence) {
        move |seen| {
            // Just back: where it is parked is another rule's business.
            seen.now = at("11:05");
            seen.orders = vec![Ordered { places: vec![base(), north(base(), 40.0)], ..done("09:00", "11:00") }];
            let mut there = trip("09:00", "09:40", 40_000.0);
            there.to = north(base(), 40.0);
            seen.trips = vec![there];
            let (north_km, east_km) = stop_km;
            let mut stop = stood("09:10", Some("09:20"));
            stop.at = east(north(base(), north_km), east_km);
            seen.stops = vec![stop];
        }
    }

    #[test]
    fn beside_the_way() {
        check("at a service area on the way", way((20.0, 1.0)), &[]);
        check("4.9 km beside it", way((20.0, 4.9)), &[]);
        check("5.1 km beside it", way((20.0, 5.1)), &[(OffRoute, "09:10", 5_100.0)]);
        check("beyond the destination", way((46.0, 0.0)), &[(OffRoute, "09:10", 6_000.0)]);
        let no_places = |seen: &mut Evidence| {
            way((20.0, 30.0))(seen);
            seen.orders[0].places.clear();
        };
        check("an order without places has no way", no_places, &[]);
    }
}
