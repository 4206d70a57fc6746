//! Number plates of mainland China.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A number plate (号牌号码, GA 36): region, issuing office, serial; written without the dot, such as `浙A12345` or `浙AD12345`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PlateNumber(String);

/// Why a text is no plate.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PlateError {
    /// Neither seven nor eight characters.
    #[error("a plate has 7 characters, or 8 for a new-energy vehicle; this one has {length}")]
    Length {
        /// Characters found.
        length: usize,
    },
    /// Does not begin with the short name of a province.
    #[error("a plate begins with the short name of a province, not {found:?}")]
    Province {
        /// The first character.
        found: char,
    },
    /// The second place is no issuing office.
    #[error("the second place of a plate is a letter A to Z without I, not {found:?}")]
    Office {
        /// The second character.
        found: char,
    },
    /// The rest is no serial of either form.
    #[error("{serial:?} is no serial of a plate")]
    Serial {
        /// What follows the office.
        serial: String,
    },
}

impl PlateError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Length { .. } => "plate.length",
            Self::Province { .. } => "plate.province",
            Self::Office { .. } => "plate.office",
            Self::Serial { .. } => "plate.serial",
        }
    }
}

/// Short names of the 31 provinces, in the order of GB/T 2260.
const PROVINCES: &str = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新";
/// Words that may close an ordinary serial: police, trailer, training, border, and those for test runs and overlong loads.
const CLOSING: &str = "警挂学港澳试超";
/// New-energy marks: A to E run on a battery alone, F to K have another source of power beside it.
const BATTERY_ALONE: &str = "ABCDE";
const NOT_ALONE: &str = "FGHJK";

/// A letter or digit of a serial; I and O look like digits.
const fn is_serial(c: char) -> bool {
    c.is_ascii_digit() || (c.is_ascii_uppercase() && !matches!(c, 'I' | 'O'))
}

fn is_energy_mark(c: char) -> bool {
    BATTERY_ALONE.contains(c) || NOT_ALONE.contains(c)
}

/// Five letters and digits, the last of which may be a closing word.
fn is_ordinary_serial(serial: &[char]) -> bool {
    match serial {
        [front @ .., last] => front.iter().copied().all(is_serial) && (is_serial(*last) || CLOSING.contains(*last)),
        [] => false,
    }
}

/// Small vehicles: mark, letter or digit, four digits; large ones: five digits, mark.
fn is_energy_serial(serial: &[char]) -> bool {
    match serial {
        [mark, second, digits @ ..] if is_energy_mark(*mark) => is_serial(*second) && digits.iter().all(char::is_ascii_digit),
        [digits @ .., mark] => is_energy_mark(*mark) && digits.iter().all(char::is_ascii_digit),
        [] => false,
    }
}

impl PlateNumber {
    /// The plate as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A green plate: eight places (新能源号牌).
    pub fn is_new_energy(&self) -> bool {
        self.0.chars().count() == 8
    }
}

impl FromStr for PlateNumber {
    type Err = PlateError;

    /// Dots and blanks between the groups and lower case are forgiven: `浙a·12345` is `浙A12345`.
    fn from_str(text: &str) -> Result<Self, PlateError> {
        let plain: Vec<char> = text
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '·' | '•' | '・' | '.' | '-'))
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let [province, office, serial @ ..] = plain.as_slice() else {
            return Err(PlateError::Length { length: plain.len() });
        };
        let is_right: fn(&[char]) -> bool = match serial.len() {
            5 => is_ordinary_serial,
            6 => is_energy_serial,
            _ => return Err(PlateError::Length { length: plain.len() }),
        };
        if !PROVINCES.contains(*province) {
            return Err(PlateError::Province { found: *province });
        }
        if !office.is_ascii_uppercase() || *office == 'I' {
            return Err(PlateError::Office { found: *office });
        }
        if !is_right(serial) {
            return Err(PlateError::Serial { serial: serial.iter().collect() });
        }
        Ok(Self(plain.into_iter().collect()))
    }
}

impl TryFrom<String> for PlateNumber {
    type Error = PlateError;

    fn try_from(text: String) -> Result<Self, PlateError> {
        text.parse()
    }
}

impl From<PlateNumber> for String {
    fn from(plate: PlateNumber) -> Self {
        plate.0
    }
}

impl fmt::Display for PlateNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plates_as_they_are_issued_are_read() {
        for (text, plate, is_new_energy) in [
            ("浙A12345", "浙A12345", false),
            ("浙a·1234z", "浙A1234Z", false),
            (" 浙A 8Q888 ", "浙A8Q888", false),
            ("浙O1234警", "浙O1234警", false),
            ("浙A1234学", "浙A1234学", false),
            ("浙AD12345", "浙AD12345", true),
            ("浙A·FB1234", "浙AFB1234", true),
            ("浙A12345D", "浙A12345D", true),
            ("京A12345F", "京A12345F", true),
        ] {
            let read: PlateNumber = text.parse().unwrap();
            assert_eq!((read.as_str(), read.is_new_energy()), (plate, is_new_energy), "{text:?}");
        }
    }

    #[test]
    fn what_no_office_issues_is_refused() {
        for (text, code) in [
            ("", "plate.length"),
            ("浙A1234", "plate.length"),
            ("浙A1234567", "plate.length"),
            ("AA12345", "plate.province"),
            ("浙112345", "plate.office"),
            ("浙I12345", "plate.office"),
            ("浙A1234O", "plate.serial"),
            ("浙A警2345", "plate.serial"),
            ("浙AL12345", "plate.serial"),
            ("浙AD1234A", "plate.serial"),
            ("浙A123456", "plate.serial"),
        ] {
            assert_eq!(text.parse::<PlateNumber>().unwrap_err().code(), code, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_what_was_read_reads_again(text in "\\PC{0,12}") {
            if let Ok(plate) = text.parse::<PlateNumber>() {
                prop_assert_eq!(plate.as_str().parse::<PlateNumber>().unwrap(), plate);
            }
        }
    }
}
