//! Running a car (运行保障): repairs and upkeep, what falls due, cards for energy, and what all of it costs; pure rules.

pub mod card;
pub mod cost;
pub mod due;
pub mod energy;
pub mod feed;
pub mod figure;
pub mod policy;
pub mod repair;
pub mod upkeep;

use thiserror::Error;

/// Most that one bill comes to: ten million yuan; more is a slip of the finger.
pub const MOST_FEN: i64 = 1_000_000_000;
/// Longest short text: a name, a number, a place.
pub const NAME: usize = 80;
/// Longest text in words.
pub const TEXT: usize = 500;

/// What is wrong with a field of a paper about running a car.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FieldError {
    /// No text, or one that is too long.
    #[error("a text is empty or too long")]
    Text,
    /// Nothing, or far too much.
    #[error("an amount is 1 to {MOST_FEN} fen")]
    Amount,
    /// The last day is before the first.
    #[error("a span ends after it begins")]
    Span,
    /// Neither kilometres nor months, or none that can be.
    #[error("a plan has kilometres or months, more than nothing")]
    Interval,
}

impl FieldError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Text => "running.text",
            Self::Amount => "running.amount",
            Self::Span => "running.span",
            Self::Interval => "running.interval",
        }
    }
}

/// A text that must be there: trimmed, of at most `longest` characters.
pub fn text(given: &str, longest: usize) -> Result<String, FieldError> {
    let given = given.trim();
    let fits = (1..=longest).contains(&given.chars().count()) && !given.chars().any(char::is_control);
    if fits { Ok(given.to_owned()) } else { Err(FieldError::Text) }
}

/// A text that may be empty.
pub fn note(given: &str, longest: usize) -> Result<String, FieldError> {
    if given.trim().is_empty() { Ok(String::new()) } else { text(given, longest) }
}

/// An amount of a bill: more than nothing, and no slip of the finger.
pub fn amount(fen: i64) -> Result<i64, FieldError> {
    if (1..=MOST_FEN).contains(&fen) { Ok(fen) } else { Err(FieldError::Amount) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_trimmed_and_amounts_are_more_than_nothing() {
        assert_eq!(text("  西湖汽修 ", NAME).as_deref(), Ok("西湖汽修"));
        assert_eq!((text("  ", NAME), text(&"长".repeat(81), NAME)), (Err(FieldError::Text), Err(FieldError::Text)));
        assert_eq!((note(" ", TEXT).as_deref(), note("a\u{7}", TEXT)), (Ok(""), Err(FieldError::Text)));
        assert_eq!((amount(1), amount(0), amount(MOST_FEN + 1)), (Ok(1), Err(FieldError::Amount), Err(FieldError::Amount)));
    }
}
