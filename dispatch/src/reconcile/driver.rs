//! A10 人车不符: somebody was identified who is not the driver ordered.

use super::{Evidence, Finding, FindingDetail, FindingKind, FindingLimits};
use crate::rule::spec::Measure;

pub(super) fn apply(seen: &Evidence, limits: &FindingLimits, found: &mut Vec<Finding>) {
    for trip in seen.trips.iter().filter(|trip| seen.span.holds(trip.started_at)) {
        let Some(order) = seen.order_of(trip, limits) else { continue };
        let other = order.driver.clone().zip(trip.driver.clone()).filter(|(ordered, driven)| ordered != driven);
        found.extend(other.map(|(ordered, driven)| Finding {
            kind: FindingKind::WrongDriver,
            at: trip.started_at,
            order: Some(order.id),
            trip: trip.id,
            measured: 1.0,
            limit: 0.0,
            unit: Measure::Count,
            detail: FindingDetail::Drivers { ordered, seen: driven },
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::FindingKind::WrongDriver;
    use crate::reconcile::Evidence;
    use crate::reconcile::testing::{check, order, trip};

    #[test]
    fn who_was_to_drive_and_who_did() {
        let driven = |ordered: Option<&'static str>, driver: Option<&'static str>| {
            move |seen: &mut Evidence| {
                seen.orders = vec![order("09:00", "11:00")];
                seen.orders[0].driver = ordered.map(str::to_owned);
                seen.trips = vec![trip("09:10", "10:00", 5_000.0)];
                seen.trips[0].driver = driver.map(str::to_owned);
            }
        };
        check("the one ordered", driven(Some("张三"), Some("张三")), &[]);
        check("another", driven(Some("张三"), Some("李四")), &[(WrongDriver, "09:10", 1.0)]);
        check("nobody was identified", driven(Some("张三"), None), &[]);
        check("nobody was named", driven(None, Some("李四")), &[]);
    }
}
