//! A11 里程不符: what was written down at departure and return against what the terminal measured.

use telematics::quantity::Distance;

use super::{Evidence, Finding, FindingDetail, FindingKind, FindingLimits, share_over, whole_metres};
use crate::rule::key::RuleKey;
use crate::rule::spec::Measure;

/// Metres that an instrument of whole kilometres cannot tell: a difference of two such readings is not surer than that.
const INSTRUMENT_M: i64 = 1000;

pub(super) fn apply(seen: &Evidence, limits: &FindingLimits, found: &mut Vec<Finding>) {
    let Some(limit) = limits.number(RuleKey::MileageMismatch) else { return };
    for order in &seen.orders {
        let (Some(typed), Some(driven)) = (order.typed_distance, order.driven()) else { continue };
        let trips = seen.trips_of(order, limits);
        // A terminal without an odometer still has its track.
        let tracked_m: f64 = trips.map(|trip| trip.distance.metres()).sum();
        let seen_m = whole_metres(order.terminal_distance.map_or(tracked_m, Distance::metres));
        let typed_m = whole_metres(typed.metres());
        // Written down as driven, and the car was not seen to move at all: that is wholly another mileage.
        let differs = if seen_m > 0 { share_over(typed_m, seen_m).abs() } else { 100.0 };
        if (typed_m - seen_m).abs() > INSTRUMENT_M && differs > limit && seen.span.holds(driven.to) {
            found.push(Finding {
                kind: FindingKind::MileageMismatch,
                at: driven.to,
                order: Some(order.id),
                trip: None,
                measured: differs,
                limit,
                unit: Measure::Percent,
                detail: FindingDetail::Lengths { ordered_m: typed_m, seen_m },
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use telematics::quantity::Distance;

    use super::FindingKind::MileageMismatch;
    use crate::reconcile::testing::{check, done, trip};
    use crate::reconcile::{Evidence, Ordered};

    fn written(typed_km: f64, terminal_km: Option<f64>, tracked_km: f64) -> impl Fn(&mut Evidence) {
        let metres = |km: f64| Distance::from_metres(km * 1000.0);
        move |seen| {
            let (typed_distance, terminal_distance) = (Some(metres(typed_km)), terminal_km.map(metres));
            seen.orders = vec![Ordered { typed_distance, terminal_distance, ..done("09:00", "11:00") }];
            seen.trips = vec![trip("09:00", "10:30", tracked_km * 1000.0)];
        }
    }

    #[test]
    fn the_odometer_twice() {
        check("24 against 20", written(24.0, Some(20.0), 20.0), &[]);
        check("24.1 against 20", written(24.1, Some(20.0), 20.0), &[(MileageMismatch, "11:00", 20.5)]);
        check("less than was driven", written(15.9, Some(20.0), 20.0), &[(MileageMismatch, "11:00", 20.5)]);
        check("a short trip on an instrument of whole kilometres", written(3.0, Some(2.0), 2.0), &[]);
        check("the track, where the terminal has no odometer", written(30.0, None, 20.0), &[(MileageMismatch, "11:00", 50.0)]);
        check("the terminal's odometer before the track", written(24.0, Some(20.0), 3.0), &[]);
        check("nothing was driven", written(30.0, Some(0.0), 60.0), &[(MileageMismatch, "11:00", 100.0)]);
    }
}
