//! When a licence runs out: how it stands on a day, and when somebody is told.

use chrono::NaiveDate;

use crate::rule::value::RuleValue;

/// A licence that ran out longer ago, in days, is no news any more.
const NEWS_FOR_DAYS: i64 = 30;

/// Days from `today` until the last day of a licence; less than nothing: it ran out so many days ago.
pub fn days_left(until: NaiveDate, today: NaiveDate) -> i64 {
    (until - today).num_days()
}

/// The days before a due date on which a reminder goes out, as the register says them.
pub fn reminder_days(rule: &RuleValue) -> Vec<i64> {
    // The register takes whole days alone; the column is called so in its table.
    let days = rule.rows().iter().filter_map(|row| row.get("days")?.number());
    #[expect(clippy::cast_possible_truncation, reason = "whole days, held to their bounds by the register")]
    days.map(|days| days as i64).collect()
}

/// Which of the reminders is due with so many days `left`: the nearest one that was reached. Each is told once.
pub fn due_reminder(left: i64, days: &[i64]) -> Option<i64> {
    if left < -NEWS_FOR_DAYS {
        return None;
    }
    days.iter().copied().filter(|step| left <= *step).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::key::RuleKey;

    #[test]
    fn the_built_in_reminders_are_read_from_the_register() {
        let (_, value) = RuleKey::ReminderDays.spec().builtin_values().next().unwrap();
        assert_eq!(reminder_days(&value), [30, 15, 7, 0]);
    }

    #[test]
    fn the_nearest_reminder_that_was_reached_is_due_and_no_old_one() {
        let days = [30, 15, 7, 0];
        let due = |left| due_reminder(left, &days);
        assert_eq!([due(31), due(30), due(16), due(15), due(5), due(0)], [None, Some(30), Some(30), Some(15), Some(7), Some(0)]);
        assert_eq!([due(-1), due(-30), due(-31)], [Some(0), Some(0), None]);
        assert_eq!(due_reminder(3, &[]), None);
    }

    #[test]
    fn a_licence_holds_on_its_last_day() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 3, d).unwrap();
        assert_eq!([days_left(day(2), day(2)), days_left(day(1), day(2))], [0, -1]);
    }
}
