//! A06 绕道: further than the planned way by more than the share allowed.

use super::{Evidence, Finding, FindingDetail, FindingKind, FindingLimits, share_over, whole_metres};
use crate::rule::key::RuleKey;
use crate::rule::spec::Measure;

pub(super) fn apply(seen: &Evidence, limits: &FindingLimits, found: &mut Vec<Finding>) {
    let Some(limit) = limits.number(RuleKey::Detour) else { return };
    for order in &seen.orders {
        let (Some(planned), Some(driven)) = (order.planned_distance, order.driven()) else { continue };
        let planned_m = whole_metres(planned.metres());
        let seen_m: i64 = seen.trips_of(order, limits).map(|trip| whole_metres(trip.distance.metres())).sum();
        let over = if planned_m > 0 { share_over(seen_m, planned_m) } else { continue };
        if over > limit && seen.span.holds(driven.to) {
            found.push(Finding {
                kind: FindingKind::Detour,
                at: driven.from,
                order: Some(order.id),
                trip: seen.trips_of(order, limits).next().and_then(|trip| trip.id),
                measured: over,
                limit,
                unit: Measure::Percent,
                detail: FindingDetail::Lengths { ordered_m: planned_m, seen_m },
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use telematics::quantity::Distance;

    use super::FindingKind::Detour;
    use crate::reconcile::testing::{check, done, trip};
    use crate::reconcile::{Evidence, Ordered};

    fn way(planned_km: f64, driven_km: &[f64]) -> impl Fn(&mut Evidence) {
        let driven = driven_km.to_vec();
        move |seen| {
            let planned_distance = Some(Distance::from_metres(planned_km * 1000.0));
            seen.orders = vec![Ordered { planned_distance, ..done("09:00", "11:00") }];
            let starts = ["09:00", "09:30", "10:00"];
            seen.trips = starts.iter().zip(&driven).map(|(start, km)| trip(start, start, km * 1000.0)).collect();
        }
    }

    #[test]
    fn the_share_over_the_plan() {
        check("25 planned, 30.0 driven", way(25.0, &[30.0]), &[]);
        check("25 planned, 30.1 driven", way(25.0, &[30.1]), &[(Detour, "09:00", 20.4)]);
        check("25 planned, 40 driven, as in the example of the plan", way(25.0, &[40.0]), &[(Detour, "09:00", 60.0)]);
        check("there and back in two trips", way(25.0, &[15.0, 15.0]), &[]);
        check("a third trip within the order counts too", way(25.0, &[15.0, 15.0, 5.0]), &[(Detour, "09:00", 40.0)]);
        check("shorter than planned", way(25.0, &[10.0]), &[]);
        check("a plan of no length says nothing", way(0.0, &[10.0]), &[]);
    }

    #[test]
    fn an_order_under_way_has_not_gone_astray_yet() {
        let under_way = |seen: &mut Evidence| {
            way(25.0, &[40.0])(seen);
            seen.orders[0].planned.to = seen.now;
            seen.orders[0].returned_at = None;
            seen.orders[0].off_duty = true;
        };
        check("not back yet", under_way, &[]);
    }
}
