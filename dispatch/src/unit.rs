//! Organisations in their tree.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use telematics::place::LonLat;
use telematics::uuid_id;
use thiserror::Error;

uuid_id! {
    /// Key of a unit (单位).
    UnitId
}

/// An organisation in the tree (单位); its supervising units (主管单位) are its ancestors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unit {
    /// Key.
    pub id: UnitId,
    /// The unit above; none at the top.
    pub parent: Option<UnitId>,
    /// Full name.
    pub name: String,
    /// Level of administration.
    pub level: Level,
    /// Administrative division.
    pub region: RegionCode,
    /// Where it is, for the map and for the names of stops.
    pub place: Option<LonLat>,
}

/// Level of administration (行政层级): 1 nation 国家, 2 province 省, 3 city 市, 4 county 县.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i16", into = "i16")]
pub enum Level {
    /// 国家级.
    Nation,
    /// 省级.
    Province,
    /// 市级.
    City,
    /// 县级.
    County,
}

/// Code of an administrative division (行政区划代码, GB/T 2260): six digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RegionCode(String);

/// What is wrong with a unit's data.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UnitError {
    /// No such level.
    #[error("a unit's level is 1 to 4, not {found}")]
    Level {
        /// The number as given.
        found: i16,
    },
    /// Not six digits.
    #[error("a region code has six digits, {found:?} has not")]
    RegionCode {
        /// The text as given.
        found: String,
    },
}

impl UnitError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Level { .. } => "unit.level",
            Self::RegionCode { .. } => "unit.region_code",
        }
    }
}

impl TryFrom<i16> for Level {
    type Error = UnitError;

    fn try_from(found: i16) -> Result<Self, UnitError> {
        match found {
            1 => Ok(Self::Nation),
            2 => Ok(Self::Province),
            3 => Ok(Self::City),
            4 => Ok(Self::County),
            _ => Err(UnitError::Level { found }),
        }
    }
}

impl From<Level> for i16 {
    fn from(level: Level) -> Self {
        match level {
            Level::Nation => 1,
            Level::Province => 2,
            Level::City => 3,
            Level::County => 4,
        }
    }
}

impl RegionCode {
    /// The six digits.
    pub fn as_str(&self) -> &str {
        &self.0
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

impl TryFrom<String> for RegionCode {
    type Error = UnitError;

    fn try_from(text: String) -> Result<Self, UnitError> {
        text.parse()
    }
}

impl From<RegionCode> for String {
    fn from(code: RegionCode) -> Self {
        code.0
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The shape of the organisation: who stands above whom (单位树).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnitTree {
    above: HashMap<UnitId, Option<UnitId>>,
}

impl UnitTree {
    /// `unit` and its superiors, nearest first; ends where a unit is unknown or the line runs in a circle.
    pub fn line(&self, unit: UnitId) -> impl Iterator<Item = UnitId> + '_ {
        let mut next = self.above.contains_key(&unit).then_some(unit);
        let mut left = self.above.len();
        std::iter::from_fn(move || {
            let current = next?;
            left = left.checked_sub(1)?;
            next = self.above.get(&current).copied().flatten();
            Some(current)
        })
    }
}

impl FromIterator<(UnitId, Option<UnitId>)> for UnitTree {
    fn from_iter<I: IntoIterator<Item = (UnitId, Option<UnitId>)>>(pairs: I) -> Self {
        Self { above: pairs.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn unit(n: u128) -> UnitId {
        UnitId(Uuid::from_u128(n))
    }

    #[test]
    fn a_line_runs_up_to_the_top() {
        let tree: UnitTree = [(unit(1), None), (unit(2), Some(unit(1))), (unit(3), Some(unit(2)))].into_iter().collect();
        assert_eq!(tree.line(unit(3)).collect::<Vec<_>>(), [unit(3), unit(2), unit(1)]);
        assert_eq!(tree.line(unit(9)).count(), 0);
    }

    #[test]
    fn a_circle_ends() {
        let tree: UnitTree = [(unit(1), Some(unit(2))), (unit(2), Some(unit(1)))].into_iter().collect();
        assert_eq!(tree.line(unit(1)).count(), 2);
    }

    #[test]
    fn a_region_code_has_six_digits() {
        assert!("330106".parse::<RegionCode>().is_ok());
        assert_eq!("3301".parse::<RegionCode>().unwrap_err().code(), "unit.region_code");
        assert_eq!("33010六".parse::<RegionCode>().unwrap_err().code(), "unit.region_code");
        assert_eq!(Level::try_from(5).unwrap_err().code(), "unit.level");
    }
}
