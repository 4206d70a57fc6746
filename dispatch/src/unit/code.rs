//! The codes by which the state knows a unit: where it works (GB/T 2260) and which organisation it is (GB 32100).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Level, UnitError};

/// Code of an administrative division (行政区划代码, GB/T 2260): six digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RegionCode(String);

/// Unified social credit code of an organisation (统一社会信用代码, GB 32100): 18 characters, the last one a check.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CreditCode(String);

/// The characters of a credit code in the order of their values: no I, O, S, V and Z, which are read as digits.
const CREDIT_SIGNS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Characters of a credit code before the check.
const CREDIT_BODY: usize = 17;
/// The provinces whose districts stand directly below them (直辖市), by the first two digits.
const MUNICIPALITIES: &[&str] = &["11", "12", "31", "50"];

impl RegionCode {
    /// The six digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits that say something: none for the nation, two for a province, four for a city, six for a county.
    pub fn prefix(&self) -> &str {
        let digits = self.0.trim_end_matches("00");
        // 100000 and 000000 both mean the nation.
        if digits == "10" { "" } else { digits }
    }

    /// The level of the division.
    pub fn level(&self) -> Level {
        match self.prefix().len() {
            0 => Level::Nation,
            2 => Level::Province,
            4 => Level::City,
            _ => Level::County,
        }
    }

    /// `other` is this division or lies in it.
    pub fn covers(&self, other: &Self) -> bool {
        other.0.starts_with(self.prefix())
    }

    /// A unit of `level` may work here. Beside its own level: a district of a municipality has the rank of a city, a
    /// county-level unit of a place without a code of its own (a development zone) has the city's code, and the nation's
    /// vertical organs work in divisions of every level.
    pub fn fits(&self, level: Level) -> Result<(), UnitError> {
        let is_municipal = MUNICIPALITIES.iter().any(|province| self.0.starts_with(province));
        let fits = match (level, self.level()) {
            (Level::Nation, _) | (Level::County, Level::City) => true,
            (Level::City | Level::County, Level::Province | Level::County) if is_municipal => true,
            (level, own) => level == own,
        };
        if fits { Ok(()) } else { Err(UnitError::RegionLevel { region: self.clone(), level: level.into() }) }
    }
}

impl FromStr for RegionCode {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        if text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(UnitError::RegionCode { found: text.to_owned() })
        }
    }
}

impl CreditCode {
    /// The eighteen characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CreditCode {
    type Err = UnitError;

    /// Small letters and spaces between groups are mended; the check character must be right.
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let code: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
        let value = |sign: u8| CREDIT_SIGNS.iter().position(|known| *known == sign);
        let values: Option<Vec<usize>> = code.bytes().map(value).collect();
        let wrong = || UnitError::CreditCode { found: text.to_owned() };
        let values = values.filter(|values| values.len() == CREDIT_BODY + 1).ok_or_else(wrong)?;
        // The weights are the powers of three, modulo 31.
        let (sum, _) =
            values.iter().take(CREDIT_BODY).fold((0, 1), |(sum, weight), value| (sum + value * weight, weight * 3 % 31));
        let check = (31 - sum % 31) % 31;
        if values.last() == Some(&check) {
            return Ok(Self(code));
        }
        let expected = CREDIT_SIGNS.get(check).copied().map_or('0', char::from);
        Err(UnitError::CreditCheck { found: code, expected })
    }
}

/// What both codes have in common: they are texts.
macro_rules! text_code {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = UnitError;

            fn try_from(text: String) -> Result<Self, UnitError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> Self {
                code.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
text_code!(RegionCode);
text_code!(CreditCode);

#[cfg(test)]
mod tests {
    use super::*;

    fn region(code: &str) -> RegionCode {
        code.parse().unwrap()
    }

    #[test]
    fn a_region_code_has_six_digits() {
        assert!("330106".parse::<RegionCode>().is_ok());
        assert_eq!("3301".parse::<RegionCode>().unwrap_err().code(), "unit.region_code");
        assert_eq!("33010六".parse::<RegionCode>().unwrap_err().code(), "unit.region_code");
    }

    #[test]
    fn a_region_lies_in_those_above_it() {
        let places = ["000000", "330000", "330100", "330106"].map(region);
        for (outer, above) in places.iter().enumerate() {
            for (inner, below) in places.iter().enumerate() {
                assert_eq!(above.covers(below), outer <= inner, "{above} {below}");
            }
        }
        assert!(!region("330200").covers(&region("330106")));
        assert!(region("100000").covers(&region("650000")), "the nation by its other code");
        assert!(!region("110000").covers(&region("130000")) && region("110000").covers(&region("110101")));
        assert_eq!(region("321000").prefix(), "3210", "a city whose number ends in a nought");
        assert_eq!(region("330110").level(), Level::County);
    }

    #[test]
    fn a_region_is_one_of_the_units_level() {
        for (code, level, fits) in [
            ("330000", 2, true),
            ("330100", 3, true),
            ("330106", 4, true),
            ("330100", 4, true), // a development zone
            ("330000", 1, true), // an organ of the nation in the province
            ("310115", 3, true), // a district of a municipality
            ("310115", 4, true),
            ("330106", 3, false),
            ("330100", 2, false),
            ("330000", 3, false),
            ("000000", 4, false),
            ("330000", 4, false),
        ] {
            let fit = region(code).fits(Level::try_from(level).unwrap());
            assert_eq!(fit.is_ok(), fits, "{code} {level}");
            assert!(fit.is_ok() || fit.unwrap_err().code() == "unit.region_level");
        }
    }

    #[test]
    fn the_last_character_of_a_credit_code_checks_the_others() {
        // Made up, their check characters worked out by hand.
        for body in ["11330100002489559", "12330000470003281", "1113000000001234A", "91330100799655058"] {
            let wrong = format!("{body}0").parse::<CreditCode>();
            let check = match wrong {
                Ok(_) => '0',
                Err(UnitError::CreditCheck { expected, .. }) => expected,
                Err(other) => panic!("{other}"),
            };
            let right: CreditCode = format!("{body}{check}").parse().unwrap();
            assert_eq!(right.as_str().len(), 18);
            for sign in CREDIT_SIGNS {
                let sign = char::from(*sign);
                assert_eq!(format!("{body}{sign}").parse::<CreditCode>().is_ok(), sign == check, "{body}{sign}");
            }
        }
        assert_eq!("91330100799655058B".parse::<CreditCode>().unwrap().as_str(), "91330100799655058B");
        assert_eq!(" 9133 0100 7996 5505 8b ".parse::<CreditCode>().unwrap().as_str(), "91330100799655058B");
        for wrong in ["", "91330100799655058", "91330100799655058BB", "91330100799655O58B", "九1330100799655058B"] {
            assert_eq!(wrong.parse::<CreditCode>().unwrap_err().code(), "unit.credit_code", "{wrong:?}");
        }
        assert_eq!("91330100799655059B".parse::<CreditCode>().unwrap_err().code(), "unit.credit_check");
    }

    #[test]
    fn two_neighbouring_characters_changed_over_are_noticed() {
        let code = "91330100799655058B";
        for at in 0..17 {
            let mut signs: Vec<char> = code.chars().collect();
            signs.swap(at, at + 1);
            let swapped: String = signs.into_iter().collect();
            assert!(swapped == code || swapped.parse::<CreditCode>().is_err(), "{swapped}");
        }
    }
}
