//! Upkeep (保养计划): every so many kilometres or months, whichever comes first.

use chrono::{Months, NaiveDate};
use telematics::uuid_id;

use super::due::{Nearness, days_left, nearness};
use super::{FieldError, NAME, text};

/// Longest interval, in kilometres and in months.
const MOST_KM: u32 = 200_000;
const MOST_MONTHS: u32 = 120;

uuid_id! {
    /// Key of a plan of upkeep (保养计划).
    UpkeepId
}

/// A plan of upkeep (保养计划), counted from when it was last done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upkeep {
    /// What is done.
    pub item: String,
    /// Every so many kilometres.
    pub every_km: Option<u32>,
    /// Every so many months.
    pub every_months: Option<u32>,
    /// The day on which it was last done, or on which counting begins.
    pub last_on: NaiveDate,
    /// What the odometer said then, in kilometres.
    pub last_km: u32,
}

/// When upkeep is next due (下次保养).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextUpkeep {
    /// By its day.
    pub on: Option<NaiveDate>,
    /// By the odometer, in kilometres.
    pub at_km: Option<u32>,
}

/// Steps of reminders (提醒节点), by the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps<'a> {
    /// Days before.
    pub days: &'a [i64],
    /// Kilometres before.
    pub km: &'a [i64],
}

impl Upkeep {
    /// A plan, or what is wrong with it by field.
    pub fn new(
        item: &str,
        (every_km, every_months): (Option<u32>, Option<u32>),
        (last_on, last_km): (NaiveDate, u32),
    ) -> Result<Self, Vec<(&'static str, FieldError)>> {
        let item = text(item, NAME);
        let fits = |given: Option<u32>, most: u32| given.is_none_or(|given| (1..=most).contains(&given));
        let mut wrong: Vec<(&'static str, FieldError)> =
            item.as_ref().err().map(|error| ("item", error.clone())).into_iter().collect();
        if every_km.is_none() && every_months.is_none() || !fits(every_km, MOST_KM) {
            wrong.push(("every_km", FieldError::Interval));
        }
        if !fits(every_months, MOST_MONTHS) {
            wrong.push(("every_months", FieldError::Interval));
        }
        match item {
            Ok(item) if wrong.is_empty() => Ok(Self { item, every_km, every_months, last_on, last_km }),
            _ => Err(wrong),
        }
    }

    /// When it is next due.
    pub fn next(&self) -> NextUpkeep {
        NextUpkeep {
            on: self.every_months.and_then(|months| self.last_on.checked_add_months(Months::new(months))),
            at_km: self.every_km.map(|km| self.last_km.saturating_add(km)),
        }
    }
}

impl NextUpkeep {
    /// Kilometres that are left; less than nothing: driven past it. Unknown where nobody knows the odometer.
    pub fn km_left(self, odometer_km: Option<u32>) -> Option<i64> {
        Some(i64::from(self.at_km?) - i64::from(odometer_km?))
    }

    /// The nearer of the two.
    pub fn nearness(self, today: NaiveDate, odometer_km: Option<u32>, steps: Steps<'_>) -> Nearness {
        let by_day = self.on.map(|on| nearness(days_left(on, today), steps.days));
        let by_km = self.km_left(odometer_km).map(|left| nearness(left, steps.km));
        by_day.into_iter().chain(by_km).min().unwrap_or(Nearness::Far)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: Steps<'static> = Steps { days: &[30, 15, 7, 0], km: &[1_000, 300, 0] };

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn plan() -> Upkeep {
        Upkeep::new("更换机油机滤", (Some(10_000), Some(6)), (day("2026-01-31"), 42_000)).unwrap()
    }

    #[test]
    fn it_is_due_by_day_and_by_kilometres() {
        let next = plan().next();
        assert_eq!((next.on, next.at_km), (Some(day("2026-07-31")), Some(52_000)));
        assert_eq!(Upkeep { every_months: Some(1), ..plan() }.next().on, Some(day("2026-02-28")), "the month has no 31st");
        let by_km = Upkeep::new("保养", (Some(5_000), None), (day("2026-01-01"), 0)).unwrap().next();
        assert_eq!((by_km.on, by_km.at_km), (None, Some(5_000)));
    }

    #[test]
    fn whichever_comes_first_counts() {
        let next = plan().next();
        for (today, odometer, near) in [
            ("2026-03-01", Some(43_000), "far"),
            ("2026-03-01", Some(51_000), "coming"),
            ("2026-03-01", Some(51_701), "near"),
            ("2026-03-01", Some(52_001), "overdue"),
            ("2026-07-20", Some(43_000), "coming"),
            ("2026-08-01", Some(43_000), "overdue"),
            ("2026-03-01", None, "far"),
        ] {
            assert_eq!(next.nearness(day(today), odometer, STEPS).as_str(), near, "{today} {odometer:?}");
        }
    }

    #[test]
    fn a_plan_without_an_interval_is_none() {
        let wrong = Upkeep::new(" ", (None, Some(0)), (day("2026-01-01"), 0)).unwrap_err();
        let fields: Vec<&str> = wrong.iter().map(|(field, _)| *field).collect();
        assert_eq!(fields, ["item", "every_months"]);
        let none = Upkeep::new("保养", (None, None), (day("2026-01-01"), 0)).unwrap_err();
        assert_eq!(none, [("every_km", FieldError::Interval)]);
    }
}
