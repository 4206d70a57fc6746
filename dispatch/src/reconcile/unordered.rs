//! A01 无单用车: the car moved further than is nothing, and no order covers it.

use super::{Evidence, Finding, FindingDetail, FindingKind, FindingLimits};
use crate::rule::key::RuleKey;
use crate::rule::spec::Measure;

pub(super) fn apply(seen: &Evidence, limits: &FindingLimits, found: &mut Vec<Finding>) {
    let Some(limit) = limits.number(RuleKey::UnorderedMove) else { return };
    let unordered = seen.trips.iter().filter(|trip| seen.order_of(trip, limits).is_none());
    for trip in unordered.filter(|trip| seen.span.holds(trip.started_at) && trip.moved_m().round() > limit) {
        found.push(Finding {
            kind: FindingKind::UseWithoutOrder,
            at: trip.started_at,
            order: None,
            trip: trip.id,
            measured: trip.moved_m().round(),
            limit,
            unit: Measure::Metre,
            detail: FindingDetail::place(trip.from),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::FindingKind::UseWithoutOrder;
    use crate::reconcile::testing::{at, check, emergency, order, trip};

    #[test]
    fn movement_without_an_order() {
        check("49 m are nothing", |seen| seen.trips = vec![trip("10:00", "10:02", 49.0)], &[]);
        check("50 m are nothing", |seen| seen.trips = vec![trip("10:00", "10:02", 50.0)], &[]);
        check("51 m are use", |seen| seen.trips = vec![trip("10:00", "10:02", 51.0)], &[(UseWithoutOrder, "10:00", 51.0)]);
        check(
            "a trip under way is found while it lasts",
            |seen| {
                seen.trips = vec![trip("10:00", "10:02", 5_000.0)];
                seen.trips[0].ended_at = None;
                seen.now = at("10:05");
            },
            &[(UseWithoutOrder, "10:00", 5_000.0)],
        );
        let drive = |left: &str, back: &str| {
            let (left, back) = (left.to_owned(), back.to_owned());
            move |seen: &mut crate::reconcile::Evidence| {
                seen.orders = vec![order("09:00", "11:00")];
                seen.trips = vec![trip(&left, &back, 5_000.0)];
            }
        };
        check("within the order", drive("09:10", "10:50"), &[]);
        check("a quarter of an hour before it is forgiven", drive("08:45", "09:30"), &[]);
        check("sixteen minutes are not", drive("08:44", "09:30"), &[(UseWithoutOrder, "08:44", 5_000.0)]);
        check("on the way back at its end", drive("11:15", "11:40"), &[]);
        check("off again after it", drive("11:16", "11:40"), &[(UseWithoutOrder, "11:16", 5_000.0)]);
    }

    #[test]
    fn an_emergency_that_was_written_down_after_it_left() {
        let emergency = |seen: &mut crate::reconcile::Evidence| {
            seen.orders = vec![emergency("10:30", "12:00")];
            seen.trips = vec![trip("10:00", "11:00", 20_000.0)];
        };
        check("suppresses", emergency, &[]);
        let planned = |seen: &mut crate::reconcile::Evidence| {
            emergency(seen);
            seen.orders[0].urgency = crate::reconcile::Urgency::Planned;
        };
        check("what was planned does not", planned, &[(UseWithoutOrder, "10:00", 20_000.0)]);
    }
}
