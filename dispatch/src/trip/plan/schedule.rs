//! On which days and at what time a plan comes round (周期): weekdays, every so many days or days of the month; all days or working days.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike as _, Days, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::calendar::{Calendar, start_of};

/// Longest trip of a plan, in minutes: three days.
const LONGEST: u32 = 3 * 24 * 60;
/// Most days between two times.
const MOST_DAYS: u32 = 366;
/// How far ahead is looked for a first time, in days: a day of the month that is a working day comes within a year.
const LOOK: u64 = 400;

/// How often it comes round (周期规律).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "every", rename_all = "snake_case")]
pub enum Cadence {
    /// On these days of the week, 1 (Monday) to 7.
    Week {
        /// Which.
        days: BTreeSet<u32>,
    },
    /// Every so many days from the first on.
    Days {
        /// How many.
        count: u32,
    },
    /// On these days of the month; one that a month does not have is its last.
    Month {
        /// Which, 1 to 31.
        days: BTreeSet<u32>,
    },
}

/// When a plan comes round (计划周期).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// How often.
    pub cadence: Cadence,
    /// Days on which people do not work are left out, by the calendar of the unit.
    pub workdays_only: bool,
    /// When the car is to be there, in minutes since midnight in Beijing.
    pub starts_minute: u32,
    /// For how long, in minutes.
    pub lasts_minutes: u32,
    /// The first day.
    pub from_on: NaiveDate,
    /// The last day; none: until it is ended.
    pub until_on: Option<NaiveDate>,
}

impl Schedule {
    /// Everything that is wrong with it: field and code.
    pub fn check(&self) -> Vec<(&'static str, &'static str)> {
        let mut wrong = Vec::new();
        let within = |days: &BTreeSet<u32>, most: u32| !days.is_empty() && days.iter().all(|day| (1..=most).contains(day));
        match &self.cadence {
            Cadence::Week { days } if !within(days, 7) => wrong.push(("weekdays", "plan.weekdays")),
            Cadence::Days { count } if !(1..=MOST_DAYS).contains(count) => wrong.push(("every_days", "plan.every_days")),
            Cadence::Month { days } if !within(days, 31) => wrong.push(("month_days", "plan.month_days")),
            _ => {}
        }
        if self.starts_minute >= 24 * 60 {
            wrong.push(("starts_at", "plan.starts_at"));
        }
        if !(1..=LONGEST).contains(&self.lasts_minutes) {
            wrong.push(("lasts_minutes", "plan.lasts"));
        }
        if self.until_on.is_some_and(|until| until < self.from_on) {
            wrong.push(("until_on", "plan.until"));
        }
        wrong
    }

    /// Comes round on that day.
    pub fn falls_on(&self, day: NaiveDate, calendar: &Calendar) -> bool {
        if day < self.from_on || self.until_on.is_some_and(|until| day > until) {
            return false;
        }
        if self.workdays_only && !calendar.is_workday(day) {
            return false;
        }
        match &self.cadence {
            Cadence::Week { days } => days.contains(&day.weekday().number_from_monday()),
            Cadence::Days { count } => (day - self.from_on).num_days() % i64::from(*count) == 0,
            Cadence::Month { days } => {
                let is_last = day.succ_opt().is_none_or(|next| next.day() == 1);
                days.contains(&day.day()) || (is_last && days.iter().any(|wanted| *wanted > day.day()))
            }
        }
    }

    /// Beginning and end of the time of that day.
    pub fn span(&self, day: NaiveDate) -> (DateTime<Utc>, DateTime<Utc>) {
        let begins_at = start_of(day) + Duration::minutes(i64::from(self.starts_minute));
        (begins_at, begins_at + Duration::minutes(i64::from(self.lasts_minutes)))
    }

    /// The first day at or after `day` on which it comes round; none within a good year.
    pub fn first(&self, day: NaiveDate, calendar: &Calendar) -> Option<NaiveDate> {
        let from = day.max(self.from_on);
        let last = from.checked_add_days(Days::new(LOOK))?;
        from.iter_days().take_while(|day| *day <= last).find(|day| self.falls_on(*day, calendar))
    }

    /// The first day of the coming year on which it comes round although people do not work: that is how it is decided on.
    pub fn first_holiday(&self, day: NaiveDate, calendar: &Calendar) -> Option<NaiveDate> {
        let from = day.max(self.from_on);
        let last = from.checked_add_days(Days::new(LOOK))?;
        from.iter_days().take_while(|day| *day <= last).find(|day| !calendar.is_workday(*day) && self.falls_on(*day, calendar))
    }
}
