//! Quarters (季度): the spans for which drivers are judged, in Beijing time.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::calendar::{day_of, start_of};

/// How long after its last day a quarter is still open: ratings and what terminals kept come late.
const SETTLES_WITHIN: Duration = Duration::days(7);

/// A quarter of a year (季度); reads `2026-Q1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Quarter {
    year: i16,
    number: u8,
}

/// A text that is no quarter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a quarter reads 2026-Q1")]
pub struct QuarterError;

impl QuarterError {
    /// The stable code of the error.
    #[expect(clippy::unused_self, clippy::trivially_copy_pass_by_ref, reason = "as the errors of other fields")]
    pub const fn code(&self) -> &'static str {
        "driver.quarter"
    }
}

impl Quarter {
    /// The quarter `number`, from one, of a year.
    pub fn new(year: i16, number: u8) -> Result<Self, QuarterError> {
        let is_one = (2000..3000).contains(&year) && (1..=4).contains(&number);
        if is_one { Ok(Self { year, number }) } else { Err(QuarterError) }
    }

    /// The quarter in which an instant lies.
    pub fn of(at: DateTime<Utc>) -> Self {
        let day = day_of(at);
        let number = u8::try_from(day.month0() / 3 + 1).unwrap_or(1);
        Self { year: i16::try_from(day.year()).unwrap_or(i16::MAX), number }
    }

    /// Year.
    pub const fn year(self) -> i16 {
        self.year
    }

    /// Which of the year, from one.
    pub const fn number(self) -> u8 {
        self.number
    }

    /// The one before.
    #[must_use]
    pub const fn before(self) -> Self {
        match self.number {
            1 => Self { year: self.year - 1, number: 4 },
            number => Self { year: self.year, number: number - 1 },
        }
    }

    const fn after(self) -> Self {
        match self.number {
            4 => Self { year: self.year + 1, number: 1 },
            number => Self { year: self.year, number: number + 1 },
        }
    }

    /// Its first day.
    pub fn first_day(self) -> NaiveDate {
        let month = u32::from(self.number) * 3 - 2;
        NaiveDate::from_ymd_opt(self.year.into(), month, 1).expect("a quarter begins with a month of the calendar")
    }

    /// Its last day.
    pub fn last_day(self) -> NaiveDate {
        self.after().first_day().pred_opt().expect("years of the calendar have days before them")
    }

    /// From its first instant to that of the next.
    pub fn span(self) -> (DateTime<Utc>, DateTime<Utc>) {
        (start_of(self.first_day()), start_of(self.after().first_day()))
    }

    /// When what it came to is kept.
    pub fn settles_at(self) -> DateTime<Utc> {
        self.span().1 + SETTLES_WITHIN
    }

    /// The newest quarter of which what it came to is kept, at an instant.
    pub fn newest_settled(now: DateTime<Utc>) -> Self {
        let last = Self::of(now).before();
        if last.settles_at() <= now { last } else { last.before() }
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-Q{}", self.year, self.number)
    }
}

impl FromStr for Quarter {
    type Err = QuarterError;

    fn from_str(text: &str) -> Result<Self, QuarterError> {
        let (year, number) = text.split_once("-Q").ok_or(QuarterError)?;
        let (year, number) = (year.parse().ok(), number.parse().ok());
        year.zip(number).ok_or(QuarterError).and_then(|(year, number)| Self::new(year, number))
    }
}

impl TryFrom<String> for Quarter {
    type Error = QuarterError;

    fn try_from(text: String) -> Result<Self, QuarterError> {
        text.parse()
    }
}

impl From<Quarter> for String {
    fn from(quarter: Quarter) -> Self {
        quarter.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_quarter_begins_and_ends_in_beijing() {
        let quarter = Quarter::of(at("2025-12-31T16:00:00Z"));
        assert_eq!(quarter.to_string(), "2026-Q1");
        assert_eq!(quarter.span(), (at("2025-12-31T16:00:00Z"), at("2026-03-31T16:00:00Z")));
        assert_eq!(
            (quarter.before().to_string(), quarter.last_day().to_string()),
            ("2025-Q4".to_owned(), "2026-03-31".to_owned())
        );
        for wrong in ["2026-Q5", "2026-Q0", "2026Q1", "Q1", "1026-Q1", ""] {
            assert_eq!(wrong.parse::<Quarter>(), Err(QuarterError), "{wrong}");
        }
    }

    #[test]
    fn what_it_came_to_is_kept_a_week_after_its_end() {
        let newest = |now| Quarter::newest_settled(at(now)).to_string();
        assert_eq!(newest("2026-04-07T15:59:59Z"), "2025-Q4");
        assert_eq!(newest("2026-04-07T16:00:00Z"), "2026-Q1");
    }
}
