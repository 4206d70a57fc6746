//! An order that was driven on paper (出车未行驶): it left and came back, and the car was seen to stand all the while.

use super::{Evidence, Finding, FindingDetail, FindingKind, FindingLimits};
use crate::rule::key::RuleKey;
use crate::rule::spec::Measure;

pub(super) fn apply(seen: &Evidence, limits: &FindingLimits, found: &mut Vec<Finding>) {
    let Some(limit) = limits.number(RuleKey::UnorderedMove) else { return };
    for order in &seen.orders {
        let Some(driven) = order.driven().filter(|driven| seen.span.holds(driven.to)) else { continue };
        let has_moved = seen.trips.iter().any(|trip| trip.span(seen.now).meets(driven) && trip.moved_m().round() > limit);
        // A terminal that was silent saw nothing: that is no proof.
        let standing = seen.stops.iter().find(|stood| {
            let span = stood.span(seen.now);
            span.from <= driven.from && driven.to <= span.to
        });
        let Some(stood) = standing.filter(|_| !has_moved) else { continue };
        found.push(Finding {
            kind: FindingKind::NeverMoved,
            at: driven.from,
            order: Some(order.id),
            trip: None,
            measured: 0.0,
            limit,
            unit: Measure::Metre,
            detail: FindingDetail::place(stood.at),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::FindingKind::NeverMoved;
    use crate::reconcile::Evidence;
    use crate::reconcile::testing::{check, done, stood, trip};

    #[test]
    fn driven_on_paper() {
        let paper = |from: &'static str, to: Option<&'static str>| {
            move |seen: &mut Evidence| {
                seen.orders = vec![done("09:00", "11:00")];
                seen.stops = vec![stood(from, to)];
            }
        };
        check("stood all the while", paper("07:00", Some("15:00")), &[(NeverMoved, "09:00", 0.0)]);
        check("still stands", paper("07:00", None), &[(NeverMoved, "09:00", 0.0)]);
        check("was silent", |seen| seen.orders = vec![done("09:00", "11:00")], &[]);
        check("was seen for a part only", paper("09:30", Some("15:00")), &[]);
        let moved = |seen: &mut Evidence| {
            paper("07:00", Some("15:00"))(seen);
            seen.trips = vec![trip("09:30", "09:40", 3_000.0)];
        };
        check("moved", moved, &[]);
    }
}
