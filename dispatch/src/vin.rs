//! Vehicle identification numbers.

use std::fmt;

use serde::Serialize;
use thiserror::Error;

/// A vehicle identification number (车辆识别代号, GB 16735): 17 letters and digits, the ninth of which proves the others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Vin(String);

/// How strictly a VIN is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VinRule {
    /// The check digit must be right, as in China and North America.
    #[default]
    Checked,
    /// Also without one: cars imported from where the ninth place is free (where the authority allows it).
    ImportsAllowed,
}

/// Why a text is no VIN.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum VinError {
    /// Not 17 characters.
    #[error("a VIN has 17 characters, this one has {length}")]
    Length {
        /// Characters found.
        length: usize,
    },
    /// A character that never occurs; I, O and Q look like digits.
    #[error("a VIN has digits and capital letters without I, O and Q, not {found:?}")]
    Character {
        /// The first character that does not fit.
        found: char,
    },
    /// A mistyped one.
    #[error("the check digit of the VIN should be {expected}, not {found}")]
    CheckDigit {
        /// By calculation.
        expected: char,
        /// As given.
        found: char,
    },
}

impl VinError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Length { .. } => "vin.length",
            Self::Character { .. } => "vin.character",
            Self::CheckDigit { .. } => "vin.check_digit",
        }
    }
}

/// Weights of the 17 places; the check digit itself weighs nothing.
const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/// What a character counts, `None` for I, O, Q and everything outside.
const fn value(c: char) -> Option<u32> {
    Some(match c {
        '0'..='9' => c as u32 - '0' as u32,
        'A' | 'J' => 1,
        'B' | 'K' | 'S' => 2,
        'C' | 'L' | 'T' => 3,
        'D' | 'M' | 'U' => 4,
        'E' | 'N' | 'V' => 5,
        'F' | 'W' => 6,
        'G' | 'P' | 'X' => 7,
        'H' | 'Y' => 8,
        'R' | 'Z' => 9,
        _ => return None,
    })
}

impl Vin {
    /// Reads a VIN; blanks around it and lower case are forgiven.
    pub fn parse(text: &str, rule: VinRule) -> Result<Self, VinError> {
        let text = text.trim().to_ascii_uppercase();
        let length = text.chars().count();
        if length != WEIGHTS.len() {
            return Err(VinError::Length { length });
        }
        let mut sum = 0;
        for (found, weight) in text.chars().zip(WEIGHTS) {
            sum += weight * value(found).ok_or(VinError::Character { found })?;
        }
        let expected = char::from_digit(sum % 11, 10).unwrap_or('X');
        let found = text.chars().nth(8).unwrap_or_default();
        if rule == VinRule::Checked && expected != found {
            return Err(VinError::CheckDigit { expected, found });
        }
        Ok(Self(text))
    }

    /// The 17 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// One that is already on record, whatever the rule was when it was written.
    pub fn on_record(text: &str) -> Result<Self, VinError> {
        Self::parse(text, VinRule::ImportsAllowed)
    }
}

impl fmt::Display for Vin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_finds_a_typing_error() {
        // The worked example of the American rule (49 CFR 565.15), and a number of ones.
        for good in ["1M8GDM9AXKP042788", "11111111111111111", " lsvau2180n2183294 "] {
            let vin = Vin::parse(good, VinRule::ImportsAllowed).unwrap();
            assert_eq!(vin.as_str().len(), 17);
        }
        assert!(Vin::parse("1M8GDM9AXKP042788", VinRule::Checked).is_ok());
        assert!(Vin::parse("11111111111111111", VinRule::Checked).is_ok());
        assert_eq!(
            Vin::parse("1M8GDM9AXKP042789", VinRule::Checked).unwrap_err(),
            VinError::CheckDigit { expected: '1', found: 'X' }
        );
        assert!(Vin::parse("1M8GDM9AXKP042789", VinRule::ImportsAllowed).is_ok());
    }

    #[test]
    fn what_cannot_be_a_vin_is_refused_by_either_rule() {
        for (text, code) in [
            ("", "vin.length"),
            ("1M8GDM9AXKP04278", "vin.length"),
            ("IM8GDM9AXKP042788", "vin.character"),
            ("车M8GDM9AXKP042788", "vin.character"),
        ] {
            for rule in [VinRule::Checked, VinRule::ImportsAllowed] {
                assert_eq!(Vin::parse(text, rule).unwrap_err().code(), code, "{text:?}");
            }
        }
    }
}
