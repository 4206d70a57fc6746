//! An emergency leaves first and is ratified afterwards (补批); one that was not ratified in time was driven without approval.

use super::{Evidence, Finding, FindingDetail, FindingKind};
use crate::rule::spec::Measure;

pub(super) fn apply(seen: &Evidence, found: &mut Vec<Finding>) {
    for order in &seen.orders {
        let late = order.unratified_since.filter(|since| *since <= seen.now && seen.span.holds(*since));
        let Some(since) = late.filter(|_| order.departed_at.is_some()) else { continue };
        found.push(Finding {
            kind: FindingKind::NotRatified,
            at: since,
            order: Some(order.id),
            trip: None,
            measured: 1.0,
            limit: 0.0,
            unit: Measure::Count,
            detail: FindingDetail::Nothing {},
        });
    }
}

#[cfg(test)]
mod tests {
    use super::FindingKind::NotRatified;
    use crate::reconcile::testing::{at, check, emergency};
    use crate::reconcile::{Evidence, Ordered};

    #[test]
    fn what_was_not_ratified_in_time() {
        let unratified = |since: Option<&'static str>, left: Option<&'static str>| {
            move |seen: &mut Evidence| {
                let (unratified_since, departed_at) = (since.map(at), left.map(at));
                seen.orders =
                    vec![Ordered { unratified_since, departed_at, returned_at: departed_at, ..emergency("09:00", "11:00") }];
            }
        };
        check("its time is over", unratified(Some("20:00"), Some("09:00")), &[(NotRatified, "20:00", 1.0)]);
        check("its time runs", unratified(Some("23:30"), Some("09:00")), &[]);
        check("it was ratified", unratified(None, Some("09:00")), &[]);
        check("it never left", unratified(Some("20:00"), None), &[]);
    }
}
