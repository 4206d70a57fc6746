//! Seals: cars that are not to be used for a time, under lock and with their keys elsewhere, and who answers for it.

use chrono::{Days, NaiveDate};
use telematics::uuid_id;
use thiserror::Error;

use crate::account::AccountId;
use crate::calendar::Calendar;
use crate::word::words;

uuid_id! {
    /// Key of a seal (封存记录).
    SealId
}

words! {
    /// Why a car is sealed (封存类别).
    SealKind, SealKindError, "seal.kind" {
        /// For as long as it is not opened.
        Ordinary = "ordinary", "日常封存";
        /// Over days that are free by law; it ends with them.
        Holiday = "holiday", "节假日封存";
    }
}

/// Longest text, in characters.
const TEXT_LENGTH: usize = 100;
/// Longest span of free days, in days: the longest notice so far names nine.
const LONGEST_DAYS: usize = 20;

/// What is wrong with a seal, or with its opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SealError {
    /// A text is empty or too long.
    #[error("a {field} has 1 to {TEXT_LENGTH} characters")]
    Text {
        /// Which one.
        field: &'static str,
    },
    /// The one who approves an opening carries it out.
    #[error("who approves an opening does not carry it out")]
    FourEyes,
    /// The span is empty, reversed or too long.
    #[error("a holiday has 1 to {LONGEST_DAYS} days")]
    Days,
    /// People work on a day of the span.
    #[error("{day} is a working day")]
    Workday {
        /// The first one.
        day: NaiveDate,
    },
}

impl SealError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Text { .. } => "seal.text",
            Self::FourEyes => "seal.four_eyes",
            Self::Days => "seal.days",
            Self::Workday { .. } => "seal.workday",
        }
    }
}

/// A place, a name or a reason of a seal: trimmed, never empty, not too long.
pub fn text(field: &'static str, given: &str) -> Result<String, SealError> {
    let given = given.trim();
    if (1..=TEXT_LENGTH).contains(&given.chars().count()) { Ok(given.to_owned()) } else { Err(SealError::Text { field }) }
}

/// Two answer for an opening: one approves it, another has it in hand.
pub fn check_opening(approved_by: AccountId, handled_by: AccountId) -> Result<(), SealError> {
    if approved_by == handled_by { Err(SealError::FourEyes) } else { Ok(()) }
}

/// All days from `first` to `last` are free by the calendar; the day after them, on which cars may be used again.
pub fn check_holiday(calendar: &Calendar, first: NaiveDate, last: NaiveDate) -> Result<NaiveDate, SealError> {
    let days = first.iter_days().take_while(|day| *day <= last).take(LONGEST_DAYS + 1);
    if !(1..=LONGEST_DAYS).contains(&days.clone().count()) {
        return Err(SealError::Days);
    }
    match days.into_iter().find(|day| calendar.is_workday(*day)) {
        Some(day) => Err(SealError::Workday { day }),
        None => last.checked_add_days(Days::new(1)).ok_or(SealError::Days),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    #[test]
    fn free_days_alone_are_sealed_over() {
        // Without a notice, Saturdays and Sundays are free.
        let calendar = Calendar::default();
        assert_eq!(check_holiday(&calendar, day(3, 7), day(3, 8)), Ok(day(3, 9)));
        assert_eq!(check_holiday(&calendar, day(3, 7), day(3, 9)), Err(SealError::Workday { day: day(3, 9) }));
        assert_eq!(check_holiday(&calendar, day(3, 8), day(3, 7)), Err(SealError::Days));
        assert_eq!(check_holiday(&calendar, day(3, 7), day(4, 7)), Err(SealError::Days));
    }

    #[test]
    fn nobody_opens_what_he_approved_himself() {
        let [one, other] = [1, 2].map(|n| AccountId(Uuid::from_u128(n)));
        assert_eq!(check_opening(one, other), Ok(()));
        assert_eq!(check_opening(one, one).unwrap_err().code(), "seal.four_eyes");
    }

    #[test]
    fn texts_are_trimmed_and_bounded() {
        assert_eq!(text("place", " 地下一层 ").unwrap(), "地下一层");
        assert_eq!(text("place", " ").unwrap_err().code(), "seal.text");
    }
}
