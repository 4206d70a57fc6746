//! The notices of 2024 to 2026, day by day where it matters.

use chrono::TimeDelta;

use super::*;
use crate::rule::tests::{builtin, unit, version};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn calendar() -> Calendar {
    Calendar::of(&builtin(), &[], now())
}

fn now() -> DateTime<Utc> {
    "2026-03-02T04:00:00Z".parse().unwrap()
}

#[test]
fn a_swap_workday_is_a_workday_and_a_holiday_on_a_tuesday_is_none() {
    let calendar = calendar();
    for swap in [
        "2024-02-04",
        "2024-02-18",
        "2024-04-07",
        "2024-04-28",
        "2024-05-11",
        "2024-09-14",
        "2024-09-29",
        "2024-10-12",
        "2025-01-26",
        "2025-02-08",
        "2025-04-27",
        "2025-09-28",
        "2025-10-11",
        "2026-01-04",
        "2026-02-14",
        "2026-02-28",
        "2026-05-09",
        "2026-09-20",
        "2026-10-10",
    ] {
        assert!(matches!(calendar.kind_of(day(swap)), DayKind::SwapWorkday(_)), "{swap}");
        assert!(calendar.is_workday(day(swap)), "{swap}");
        assert!(matches!(day(swap).weekday(), Weekday::Sat | Weekday::Sun), "{swap}");
    }
    assert_eq!(calendar.kind_of(day("2026-02-17")), DayKind::Holiday("春节".to_owned()));
    assert!(!calendar.is_workday(day("2026-02-17")), "a Tuesday in the Spring Festival");
    assert_eq!(calendar.kind_of(day("2026-02-21")), DayKind::Holiday("春节".to_owned()), "a Saturday within the holiday");
    assert_eq!(calendar.kind_of(day("2026-03-07")), DayKind::Weekend);
    assert_eq!(calendar.kind_of(day("2026-02-24")), DayKind::Workday);
}

#[test]
fn a_year_has_the_holidays_of_its_notice_and_an_unknown_year_says_so() {
    let calendar = calendar();
    let free = |year: i32| {
        let days = day(&format!("{year}-01-01")).iter_days().take_while(|day| day.year() == year);
        days.filter(|day| matches!(calendar.kind_of(*day), DayKind::Holiday(_))).count()
    };
    assert_eq!(
        [free(2024), free(2025), free(2026)],
        [1 + 8 + 3 + 5 + 1 + 3 + 7, 1 + 8 + 3 + 5 + 3 + 8, 3 + 9 + 3 + 5 + 3 + 3 + 7]
    );
    assert!(calendar.knows(2026) && !calendar.knows(2027));
    assert_eq!(calendar.kind_of(day("2027-01-01")), DayKind::Workday);
}

#[test]
fn working_days_are_counted_over_holidays_and_swaps() {
    let calendar = calendar();
    assert_eq!(calendar.workdays(day("2026-02-14"), day("2026-02-28")), 6, "a swap Saturday, four days, another");
    assert_eq!(calendar.after_workdays(day("2026-02-13"), 1), day("2026-02-14"));
    assert_eq!(calendar.after_workdays(day("2026-02-14"), 1), day("2026-02-24"));
    assert_eq!(calendar.after_workdays(day("2026-03-02"), 10), day("2026-03-16"));
}

#[test]
fn hours_of_work_are_those_of_beijing_on_working_days() {
    let calendar = calendar();
    let hours = WorkingHours::of(&builtin(), &[], day("2026-03-02"), now());
    let working = |at: &str| calendar.is_working(&hours, at.parse().unwrap());
    assert!(working("2026-03-02T00:30:00Z") && !working("2026-03-02T00:29:00Z"), "half past eight");
    assert!(!working("2026-03-02T04:00:00Z"), "noon");
    assert!(working("2026-02-28T02:00:00Z"), "a swap Saturday");
    assert!(!working("2026-02-16T02:00:00Z"), "a Monday of the Spring Festival");
    let after = |at: &str| calendar.is_after_hours(&hours, at.parse().unwrap());
    assert!(
        after("2026-03-02T00:29:00Z") && !after("2026-03-02T04:00:00Z") && after("2026-03-02T12:00:00Z"),
        "noon is no evening"
    );
    assert!(!after("2026-03-07T12:00:00Z"), "a Saturday has no hours to be after");
    assert_eq!(day_of("2026-03-01T16:00:00Z".parse().unwrap()), day("2026-03-02"));
    assert_eq!(start_of(day("2026-03-02")), "2026-03-01T16:00:00Z".parse::<DateTime<Utc>>().unwrap());
}

#[test]
fn a_correction_counts_from_when_it_was_known_and_a_units_own_days_lie_over_it() {
    let mut versions = builtin();
    let corrected = |name: &str, first: &str, last: &str| {
        let cell = |text: &str| crate::rule::value::Cell::Text(text.to_owned());
        let row = [("first", cell(first)), ("last", cell(last)), ("kind", cell("holiday")), ("name", cell(name))];
        RuleValue::Table(vec![row.into_iter().map(|(column, cell)| (column.to_owned(), cell)).collect()])
    };
    let now = now();
    let later = now + TimeDelta::days(1);
    versions.push(version(RuleKey::CalendarDays, Some(1), "2026-01-01", later, corrected("元旦", "2026-01-01", "2026-01-02")));
    versions.push(version(RuleKey::CalendarDays, Some(2), "2026-01-01", now, corrected("三月三", "2026-04-20", "2026-04-21")));
    let line = [unit(2), unit(1)];
    assert!(matches!(Calendar::of(&versions, &line, now).kind_of(day("2026-01-02")), DayKind::Holiday(_)));
    assert_eq!(Calendar::of(&versions, &line, now).kind_of(day("2026-04-20")).name(), Some("三月三"));
    assert_eq!(Calendar::of(&versions, &[unit(1)], now).kind_of(day("2026-04-20")), DayKind::Workday);
    assert_eq!(Calendar::of(&versions, &line, later).kind_of(day("2026-10-01")).name(), Some("国庆节"), "what above says stays");
}

#[test]
fn a_notice_that_cannot_be_is_refused() {
    let rows = |rows: &[[&str; 4]]| {
        let cell = |text: &str| crate::rule::value::Cell::Text(text.to_owned());
        let row = |[first, last, kind, name]: &[&str; 4]| {
            let cells = [("first", cell(first)), ("last", cell(last)), ("kind", cell(kind)), ("name", cell(name))];
            cells.into_iter().map(|(column, cell)| (column.to_owned(), cell)).collect()
        };
        RuleValue::Table(rows.iter().map(row).collect())
    };
    let check = |given: &[[&str; 4]]| check_days(day("2027-01-01"), &rows(given));
    assert_eq!(
        check(&[["2026-12-31", "2027-01-02", "holiday", "元旦"], ["2027-01-03", "2027-01-03", "swap_workday", "元旦"]]),
        Ok(())
    );
    for wrong in [
        [["2027-02-05", "2027-02-04", "holiday", "春节"]],
        [["2028-02-05", "2028-02-06", "holiday", "春节"]],
        [["2027-01-04", "2027-01-04", "swap_workday", "元旦"]],
    ] {
        assert_eq!(check(&wrong).unwrap_err().code(), "rule.column", "{wrong:?}");
    }
    let twice = [["2027-01-01", "2027-01-03", "holiday", "元旦"], ["2027-01-03", "2027-01-03", "swap_workday", "元旦"]];
    assert_eq!(check(&twice).unwrap_err().code(), "rule.column");
}
