//! A09 超期未还, and setting off before or after the plan.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Evidence, Finding, FindingDetail, FindingKind, FindingLimits, Ordered, Urgency};
use crate::rule::key::RuleKey;
use crate::rule::spec::Measure;

pub(super) fn apply(seen: &Evidence, limits: &FindingLimits, found: &mut Vec<Finding>) {
    for order in &seen.orders {
        let Some(left) = order.departed_at else { continue };
        let early = order.planned.from - left;
        // Nobody plans an emergency: it leaves when it leaves, and is written down then.
        if order.urgency == Urgency::Planned {
            let (kind, by) =
                if early > TimeDelta::zero() { (FindingKind::LeftEarly, early) } else { (FindingKind::LeftLate, -early) };
            found.extend(later(seen, limits, order, (kind, RuleKey::OrderTolerance), order.planned.from, by));
        }
        let over = order.returned_at.unwrap_or(seen.now) - order.planned.to;
        found.extend(later(seen, limits, order, (FindingKind::CameBackLate, RuleKey::OverdueReturn), order.planned.to, over));
    }
}

fn later(
    seen: &Evidence,
    limits: &FindingLimits,
    order: &Ordered,
    (kind, key): (FindingKind, RuleKey),
    at: DateTime<Utc>,
    by: TimeDelta,
) -> Option<Finding> {
    let allowed = limits.time(key).filter(|allowed| by > *allowed && seen.span.holds(at))?;
    Some(Finding {
        kind,
        at,
        order: Some(order.id),
        trip: seen.trips_of(order, limits).next().and_then(|trip| trip.id),
        measured: minutes(by),
        limit: minutes(allowed),
        unit: Measure::Minute,
        detail: FindingDetail::Nothing {},
    })
}

#[expect(clippy::cast_precision_loss, reason = "minutes of an order")]
fn minutes(time: TimeDelta) -> f64 {
    (time.num_seconds() as f64 / 60.0).ceil()
}

#[cfg(test)]
mod tests {
    use super::FindingKind::{CameBackLate, LeftEarly, LeftLate};
    use crate::reconcile::testing::{at, check, emergency, order};
    use crate::reconcile::{Evidence, Ordered};

    /// Planned from 9 to 11, looked at in the evening.
    fn driven(made: fn(&str, &str) -> Ordered, left: &str, back: Option<&str>) -> impl Fn(&mut Evidence) {
        let (left, back) = (at(left), back.map(at));
        move |seen| {
            let departed_at = Some(left);
            seen.orders = vec![Ordered { departed_at, returned_at: back, ..made("09:00", "11:00") }];
        }
    }

    #[test]
    fn the_clock() {
        check("on time", driven(order, "09:00", Some("11:00")), &[]);
        check("both forgiven", driven(order, "09:15", Some("11:30")), &[]);
        check("late at the start", driven(order, "09:16", Some("11:00")), &[(LeftLate, "09:00", 16.0)]);
        check("early at the start", driven(order, "08:44", Some("11:00")), &[(LeftEarly, "09:00", 16.0)]);
        check("late at the end", driven(order, "09:00", Some("11:31")), &[(CameBackLate, "11:00", 31.0)]);
        check("not back by eleven at night", driven(order, "09:00", None), &[(CameBackLate, "11:00", 720.0)]);
        check("an emergency leaves when it leaves", driven(emergency, "08:00", Some("11:00")), &[]);
        check("an emergency comes back too", driven(emergency, "08:00", Some("12:00")), &[(CameBackLate, "11:00", 60.0)]);
        check("never left, which is no use", |seen| seen.orders = vec![order("09:00", "11:00")], &[]);
    }
}
