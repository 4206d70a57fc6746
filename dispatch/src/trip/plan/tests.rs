//! Days of plans: which there are, what a change and a pause leave of them, and what became of each.

use std::collections::BTreeSet;

use chrono::Duration;
use proptest::prelude::*;

use super::schedule::Cadence;
use super::*;
use crate::calendar::day_of;
use crate::rule::tests::builtin;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn schedule(cadence: Cadence) -> Schedule {
    Schedule { cadence, workdays_only: false, starts_minute: 510, lasts_minutes: 90, from_on: day("2026-03-02"), until_on: None }
}

fn week(days: &[u32]) -> Cadence {
    Cadence::Week { days: days.iter().copied().collect() }
}

fn course(schedules: Vec<Schedule>) -> Course {
    let versions =
        schedules.into_iter().zip(1..).map(|(schedule, version)| Approved { version, schedule, at: DateTime::UNIX_EPOCH });
    Course { versions: versions.collect(), counts_from: DateTime::UNIX_EPOCH, paused_from: None, ended_from: None }
}

fn days(course: &Course, first: &str, last: &str) -> Vec<String> {
    course.due(day(first), day(last), &Calendar::default()).iter().map(|due| due.day.to_string()).collect()
}

/// The notices that the product brings along: the first of May 2026 is free, the ninth a working Saturday.
fn calendar() -> Calendar {
    Calendar::of(&builtin(), &[], "2026-03-02T04:00:00Z".parse().unwrap())
}

#[test]
fn weekdays_every_so_many_days_and_days_of_the_month_come_round() {
    let weekly = course(vec![schedule(week(&[1, 3]))]);
    assert_eq!(days(&weekly, "2026-03-01", "2026-03-12"), ["2026-03-02", "2026-03-04", "2026-03-09", "2026-03-11"]);
    let third = course(vec![schedule(Cadence::Days { count: 3 })]);
    assert_eq!(days(&third, "2026-03-03", "2026-03-12"), ["2026-03-05", "2026-03-08", "2026-03-11"]);
    let monthly = course(vec![schedule(Cadence::Month { days: BTreeSet::from([15, 31]) })]);
    assert_eq!(
        days(&monthly, "2026-03-01", "2026-04-30"),
        ["2026-03-15", "2026-03-31", "2026-04-15", "2026-04-30"],
        "a month's last day"
    );
}

#[test]
fn working_days_alone_follow_the_calendar_and_not_the_week() {
    let weekly = Schedule { workdays_only: true, from_on: day("2026-04-30"), ..schedule(week(&[4, 5, 6])) };
    let due = course(vec![weekly]).due(day("2026-04-30"), day("2026-05-09"), &calendar());
    let due: Vec<String> = due.iter().map(|due| due.day.to_string()).collect();
    assert_eq!(due, ["2026-04-30", "2026-05-07", "2026-05-08", "2026-05-09"], "the first of May is free, the ninth is worked");
}

#[test]
fn a_time_begins_and_ends_by_the_clock_of_beijing() {
    let due = course(vec![schedule(week(&[1]))]).due(day("2026-03-02"), day("2026-03-02"), &Calendar::default());
    let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    let expected = Occurrence {
        day: day("2026-03-02"),
        version: 1,
        begins_at: at("2026-03-02T00:30:00Z"),
        ends_at: at("2026-03-02T02:00:00Z"),
    };
    assert_eq!(due, [expected]);
}

#[test]
fn a_change_holds_from_its_day_on_and_a_pause_and_an_end_leave_out_what_follows() {
    let later = Schedule { from_on: day("2026-03-09"), ..schedule(week(&[2])) };
    let mut changed = course(vec![schedule(week(&[1])), later]);
    assert_eq!(days(&changed, "2026-03-02", "2026-03-17"), ["2026-03-02", "2026-03-10", "2026-03-17"]);
    changed.paused_from = Some(day("2026-03-17"));
    assert_eq!(days(&changed, "2026-03-02", "2026-03-17"), ["2026-03-02", "2026-03-10"]);
    changed.ended_from = Some(day("2026-03-10"));
    assert_eq!(days(&changed, "2026-03-02", "2026-03-17"), ["2026-03-02"]);
}

#[test]
fn what_began_before_the_decision_or_before_it_went_on_is_not_expected() {
    let mut late = course(vec![schedule(week(&[1, 2, 3]))]);
    late.versions[0].at = "2026-03-02T01:00:00Z".parse().unwrap();
    assert_eq!(
        days(&late, "2026-03-02", "2026-03-04"),
        ["2026-03-03", "2026-03-04"],
        "approved half an hour after it would have begun"
    );
    late.counts_from = "2026-03-03T00:31:00Z".parse().unwrap();
    assert_eq!(days(&late, "2026-03-02", "2026-03-04"), ["2026-03-04"]);
}

#[test]
fn what_is_wrong_with_a_schedule_is_told_whole() {
    assert_eq!(schedule(week(&[1, 7])).check(), []);
    let wrong = Schedule { starts_minute: 1440, lasts_minutes: 0, until_on: Some(day("2026-03-01")), ..schedule(week(&[])) };
    let codes = [
        ("weekdays", "plan.weekdays"),
        ("starts_at", "plan.starts_at"),
        ("lasts_minutes", "plan.lasts"),
        ("until_on", "plan.until"),
    ];
    assert_eq!(wrong.check(), codes);
    assert_eq!(schedule(week(&[8])).check(), [("weekdays", "plan.weekdays")]);
    assert_eq!(schedule(Cadence::Days { count: 0 }).check(), [("every_days", "plan.every_days")]);
    assert_eq!(schedule(Cadence::Month { days: BTreeSet::from([32]) }).check(), [("month_days", "plan.month_days")]);
}

#[test]
fn the_strictest_of_its_days_decides_by_which_flow_it_goes() {
    let weekly = schedule(week(&[5]));
    assert_eq!(weekly.first(day("2026-03-02"), &calendar()), Some(day("2026-03-06")));
    assert_eq!(weekly.first_holiday(day("2026-03-02"), &calendar()), Some(day("2026-05-01")));
    let working = Schedule { workdays_only: true, ..weekly };
    assert_eq!(working.first_holiday(day("2026-03-02"), &calendar()), None);
    let over = Schedule { until_on: Some(day("2026-03-05")), ..working };
    assert_eq!(over.first(day("2026-03-02"), &calendar()), None, "it never comes round");
}

#[test]
fn buttons_follow_the_table() {
    let keeper = |state: PlanState| state.moves(|mover| mover == Applicant);
    assert_eq!(keeper(S::Submitted), [A::Withdraw]);
    assert_eq!(keeper(S::Running), [A::Change, A::Skip, A::Pause, A::End]);
    assert_eq!(keeper(S::Changing), [A::Withdraw, A::Skip, A::End]);
    assert_eq!(S::Paused.moves(|mover| mover == Holder(Permission::DispatchTrips)), [A::Resume, A::End]);
    for state in [S::Ended, S::Rejected, S::Withdrawn] {
        assert!(state.moves(|_| true).is_empty(), "{state}");
    }
    for (from, action, to, _) in LEGAL {
        assert_eq!(from.after(*action).unwrap(), *to);
    }
    assert_eq!(S::Submitted.after(A::Pause).unwrap_err().code(), "trip.state");
}

proptest! {
    #[test]
    fn nothing_runs_that_was_not_approved(actions in proptest::collection::vec(0..PlanAction::ALL.len(), 0..40)) {
        let (mut state, mut approved) = (S::Submitted, false);
        for action in actions.into_iter().map(|n| PlanAction::ALL[n]) {
            let Ok(next) = state.after(action) else { continue };
            approved |= action == A::Approve;
            state = next;
            prop_assert!(approved || matches!(state, S::Submitted | S::Rejected | S::Withdrawn), "{action} led to {state}");
        }
    }

    #[test]
    fn every_time_falls_on_its_day_in_order_and_none_twice(count in 1_u32..40, start in 0_u32..1440, lasts in 1_u32..4000) {
        let every = Schedule { starts_minute: start, lasts_minutes: lasts, ..schedule(Cadence::Days { count }) };
        let due = course(vec![every]).due(day("2026-03-02"), day("2026-12-31"), &Calendar::default());
        for pair in due.windows(2) {
            prop_assert_eq!(pair[1].begins_at - pair[0].begins_at, Duration::days(i64::from(count)));
        }
        prop_assert!(due.iter().all(|due| day_of(due.begins_at) == due.day && due.ends_at > due.begins_at));
    }
}
