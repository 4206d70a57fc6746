//! The month of an account (额度月份), in Beijing time, and how far what is left in it carries.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use thiserror::Error;

use crate::calendar::day_of;

/// A month of a year (额度月份), written `2026-03`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AllowanceMonth {
    year: i16,
    month: u8,
}

/// Why a text is no month.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{found:?} is no month such as 2026-03")]
pub struct AllowanceMonthError {
    /// The text as given.
    pub found: String,
}

impl AllowanceMonthError {
    /// The stable code of the error.
    #[expect(clippy::unused_self, reason = "errors of other kinds have more than one code")]
    pub const fn code(&self) -> &'static str {
        "allowance.month"
    }
}

impl AllowanceMonth {
    /// A month from 2000 to 2999.
    pub fn new(year: i16, month: u8) -> Option<Self> {
        ((2000..3000).contains(&year) && (1..=12).contains(&month)).then_some(Self { year, month })
    }

    /// The month in Beijing at that instant.
    pub fn of(at: DateTime<Utc>) -> Self {
        let day = day_of(at);
        let (year, month) = (i16::try_from(day.year()).unwrap_or(i16::MAX), u8::try_from(day.month()).unwrap_or(1));
        Self { year, month }
    }

    /// Its year.
    pub const fn year(self) -> i16 {
        self.year
    }

    /// Which month of the year, from 1.
    pub const fn number(self) -> u8 {
        self.month
    }

    /// Its first day.
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year.into(), self.month.into(), 1).unwrap_or_default()
    }

    /// The months whose leftovers may be spent in this one, the first one first: those before it within the same `span` months of
    /// the year, counted from January. With a span of 3 these are the earlier months of its quarter.
    pub fn carried_from(self, span: u8) -> impl Iterator<Item = Self> {
        let begin = match span {
            0 => self.month,
            span => (self.month - 1) / span * span + 1,
        };
        (begin..self.month).map(move |month| Self { month, ..self })
    }
}

impl FromStr for AllowanceMonth {
    type Err = AllowanceMonthError;

    fn from_str(text: &str) -> Result<Self, AllowanceMonthError> {
        let wrong = || AllowanceMonthError { found: text.to_owned() };
        let (year, month) = text.split_once('-').filter(|(year, month)| year.len() == 4 && month.len() == 2).ok_or_else(wrong)?;
        let read = year.parse().ok().zip(month.parse().ok());
        read.and_then(|(year, month)| Self::new(year, month)).ok_or_else(wrong)
    }
}

impl fmt::Display for AllowanceMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> AllowanceMonth {
        text.parse().unwrap()
    }

    #[test]
    fn a_month_is_that_of_beijing() {
        assert_eq!(AllowanceMonth::of("2026-03-31T15:59:59Z".parse().unwrap()), month("2026-03"));
        assert_eq!(AllowanceMonth::of("2026-03-31T16:00:00Z".parse().unwrap()), month("2026-04"));
        assert_eq!(month("2026-03").to_string(), "2026-03");
        for text in ["2026-13", "2026-00", "2026-3", "202-03", "2026/03", "1999-12", "+026-03"] {
            assert_eq!(text.parse::<AllowanceMonth>().unwrap_err().code(), "allowance.month", "{text}");
        }
    }

    #[test]
    fn leftovers_carry_within_the_quarter_and_not_across() {
        let from = |text: &str, span: u8| month(text).carried_from(span).map(|month| month.to_string()).collect::<Vec<_>>();
        assert_eq!(from("2026-03", 3), ["2026-01", "2026-02"]);
        assert_eq!(from("2026-04", 3), Vec::<String>::new());
        assert_eq!(from("2026-12", 3), ["2026-10", "2026-11"]);
        assert_eq!(from("2026-02", 1), Vec::<String>::new(), "nothing carries");
        assert_eq!(from("2026-12", 12).len(), 11, "within the year");
        assert_eq!(from("2026-12", 5), ["2026-11"]);
    }
}
