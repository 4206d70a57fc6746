//! A04 非工作时间用车 and A05 节假日用车: driven when nobody works, and no order says that it would be.

use chrono::TimeDelta;

use super::{Evidence, Finding, FindingDetail, FindingKind, FindingLimits, Observed, TimeSpan, Urgency};
use crate::calendar::{Calendar, WorkingHours, day_of};
use crate::rule::key::RuleKey;
use crate::rule::spec::Measure;

/// Minutes of one trip that are looked at; a track is never longer without a stop.
const LONGEST_MINUTES: i32 = 2 * 24 * 60;

pub(super) fn apply(seen: &Evidence, limits: &FindingLimits, found: &mut Vec<Finding>) {
    for trip in seen.trips.iter().filter(|trip| seen.span.holds(trip.started_at)) {
        let order = seen.order_of(trip, limits);
        if order.is_some_and(|order| order.off_duty || order.urgency == Urgency::Emergency) {
            continue;
        }
        let finding = |unit: Measure, kind, measured, limit, detail| Finding {
            kind,
            at: trip.started_at,
            order: order.map(|order| order.id),
            trip: trip.id,
            measured,
            limit,
            unit,
            detail,
        };
        let day = seen.calendar.kind_of(day_of(trip.started_at));
        if day.is_workday() {
            let minutes = f64::from(minutes_after_hours(seen, trip));
            let limit = limits.number(RuleKey::OrderTolerance).filter(|limit| minutes > *limit);
            found.extend(
                limit.map(|limit| finding(Measure::Minute, FindingKind::AfterHours, minutes, limit, FindingDetail::Nothing {})),
            );
        } else {
            let moved = trip.moved_m().round();
            let limit = limits.number(RuleKey::UnorderedMove).filter(|limit| moved > *limit);
            let detail = FindingDetail::Day { day: day.as_str().to_owned(), name: day.name().map(str::to_owned) };
            found.extend(limit.map(|limit| finding(Measure::Metre, FindingKind::HolidayUse, moved, limit, detail)));
        }
    }
}

/// A plan that reaches into time off: whoever approved it knew that, so that it is the notice that the law asks for (报备).
pub fn plans_time_off(planned: TimeSpan, calendar: &Calendar, hours: &WorkingHours) -> bool {
    let quarters = (0..).map(|quarter| planned.from + TimeDelta::minutes(15 * quarter)).take_while(|at| *at < planned.to);
    quarters.chain([planned.to]).any(|at| !calendar.is_workday(day_of(at)) || calendar.is_after_hours(hours, at))
}

/// Minutes of the trip before the first and after the last hour of work of a working day.
fn minutes_after_hours(seen: &Evidence, trip: &Observed) -> u32 {
    let span = trip.span(seen.now);
    let minutes = (0..LONGEST_MINUTES).map(|minute| span.from + TimeDelta::minutes(i64::from(minute)));
    let after = minutes.take_while(|at| *at < span.to).filter(|at| seen.calendar.is_after_hours(&seen.hours, *at));
    u32::try_from(after.count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::FindingKind::{AfterHours, HolidayUse, UseWithoutOrder};
    use super::*;
    use crate::reconcile::testing::{at, check, emergency, evidence, on_day, order, trip};

    fn ordered(left: &str, back: &str) -> impl Fn(&mut Evidence) {
        let (left, back) = (left.to_owned(), back.to_owned());
        move |seen| {
            seen.orders = vec![order(&left, &back)];
            seen.trips = vec![trip(&left, &back, 10_000.0)];
        }
    }

    #[test]
    fn a_working_day_has_its_hours() {
        // 08:30 to 17:30, with a break at noon.
        check("at noon", ordered("11:50", "13:20"), &[]);
        check("a quarter of an hour into the evening", ordered("16:30", "17:45"), &[]);
        check("sixteen minutes into it", ordered("16:30", "17:46"), &[(AfterHours, "16:30", 16.0)]);
        check("in the evening", ordered("19:00", "20:00"), &[(AfterHours, "19:00", 60.0)]);
        check("before work", ordered("07:30", "09:30"), &[(AfterHours, "07:30", 60.0)]);
        let said_so = |seen: &mut Evidence| {
            ordered("19:00", "20:00")(seen);
            seen.orders[0].off_duty = true;
        };
        check("the order says so", said_so, &[]);
        let urgent = |seen: &mut Evidence| {
            ordered("19:00", "20:00")(seen);
            seen.orders = vec![emergency("19:00", "20:00")];
        };
        check("an emergency", urgent, &[]);
    }

    #[test]
    fn a_plan_says_whether_it_reaches_into_time_off() {
        let seen = evidence("2026-03-02");
        let plans = |from: &str, to: &str| plans_time_off(TimeSpan { from: at(from), to: at(to) }, &seen.calendar, &seen.hours);
        assert!(!plans("08:30", "17:29") && !plans("12:00", "13:00"), "noon is no evening");
        assert!(plans("08:29", "10:00") && plans("16:00", "17:30") && plans("19:00", "20:00"));
        let saturday = TimeSpan { from: at("10:00") + TimeDelta::days(5), to: at("11:00") + TimeDelta::days(5) };
        assert!(plans_time_off(saturday, &seen.calendar, &seen.hours));
    }

    #[test]
    fn days_off_and_days_that_were_swapped() {
        on_day("2026-02-17", "the Spring Festival", ordered("10:00", "11:00"), &[(HolidayUse, "10:00", 10_000.0)]);
        on_day("2026-03-07", "a Saturday", ordered("10:00", "11:00"), &[(HolidayUse, "10:00", 10_000.0)]);
        on_day("2026-02-28", "a Saturday on which people work", ordered("10:00", "11:00"), &[]);
        on_day("2026-02-28", "the evening of it", ordered("19:00", "20:00"), &[(AfterHours, "19:00", 60.0)]);
        let said_so = |seen: &mut Evidence| {
            ordered("10:00", "11:00")(seen);
            seen.orders[0].off_duty = true;
        };
        on_day("2026-02-17", "reported beforehand", said_so, &[]);
        let unordered = |metres: f64| move |seen: &mut Evidence| seen.trips = vec![trip("10:00", "10:05", metres)];
        let both = [(UseWithoutOrder, "10:00", 51.0), (HolidayUse, "10:00", 51.0)];
        on_day("2026-02-17", "without an order it is both", unordered(51.0), &both);
        on_day("2026-02-17", "49 m are nothing", unordered(49.0), &[]);
    }
}
