//! Organisations: what a unit is; its tree, its codes and the acts that change it stand in files of their own.

pub mod act;
pub mod code;
pub mod spelling;
pub mod tree;

use serde::{Deserialize, Serialize};
use telematics::place::LonLat;
use telematics::uuid_id;
use thiserror::Error;

pub use self::code::{CreditCode, RegionCode};
pub use self::tree::UnitTree;
use crate::word::words;

uuid_id! {
    /// Key of a unit (单位).
    UnitId
}

/// Longest name of a unit.
pub const NAME_LENGTH: usize = 100;

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
    /// What it is within the tree.
    pub kind: UnitKind,
    /// Its code in the register of organisations; departments and fleets have none.
    pub credit_code: Option<CreditCode>,
    /// Whether there still is such a unit.
    pub status: UnitStatus,
}

words! {
    /// What a unit is within the tree (单位性质).
    UnitKind, UnitKindError, "unit.kind" {
        /// An organ of party or state.
        Organ = "organ", "机关";
        /// An institution that belongs to one.
        Institution = "institution", "事业单位";
        /// A part of a unit; keeps its unit's level and region.
        Department = "department", "内设部门";
        /// Drivers and cars of a unit, or of several.
        Fleet = "fleet", "车队";
        /// Whoever travels here in the name of another platform.
        Platform = "platform", "对接平台";
        /// Anything else that keeps official cars.
        Other = "other", "其他";
    }
}

words! {
    /// Whether there still is such a unit (单位状态).
    UnitStatus, UnitStatusError, "unit.status" {
        /// It works.
        Active = "active", "正常";
        /// Another unit has taken everything over.
        Merged = "merged", "已并入";
        /// It was dissolved.
        Closed = "closed", "已撤销";
    }
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
    /// Not eighteen characters of those that a credit code may have.
    #[error("a unified social credit code has 18 digits and letters other than I, O, S, V and Z; {found:?} has not")]
    CreditCode {
        /// The text as given.
        found: String,
    },
    /// The last character does not follow from the others.
    #[error("the unified social credit code {found} should end in {expected}")]
    CreditCheck {
        /// The code as given.
        found: String,
        /// The check character that belongs to the first seventeen.
        expected: char,
    },
    /// Empty, too long, or with signs that are no part of a name.
    #[error("a unit's name has 1 to {NAME_LENGTH} characters and no line break or '/'")]
    Name,
    /// The region is one of another level.
    #[error("region {region} is none of a unit of level {level}")]
    RegionLevel {
        /// The region.
        region: RegionCode,
        /// The level.
        level: i16,
    },
}

impl UnitError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Level { .. } => "unit.level",
            Self::RegionCode { .. } => "unit.region_code",
            Self::CreditCode { .. } => "unit.credit_code",
            Self::CreditCheck { .. } => "unit.credit_check",
            Self::Name => "unit.name",
            Self::RegionLevel { .. } => "unit.region_level",
        }
    }
}

/// A unit's name as typed in: trimmed, without signs that would break a path of names or a line of a sheet.
pub fn unit_name(text: &str) -> Result<String, UnitError> {
    let text = text.trim();
    let is_plain = text.chars().all(|c| !c.is_control() && !matches!(c, '/' | '／'));
    if is_plain && (1..=NAME_LENGTH).contains(&text.chars().count()) { Ok(text.to_owned()) } else { Err(UnitError::Name) }
}

impl Unit {
    /// A working organ without a credit code: what most units begin as.
    pub fn new(id: UnitId, parent: Option<UnitId>, name: &str, level: Level, region: RegionCode) -> Self {
        Self {
            id,
            parent,
            name: name.to_owned(),
            level,
            region,
            place: None,
            kind: UnitKind::Organ,
            credit_code: None,
            status: UnitStatus::Active,
        }
    }

    /// The same at a place.
    #[must_use]
    pub fn at(mut self, place: LonLat) -> Self {
        self.place = Some(place);
        self
    }
}

impl Level {
    /// All four, from the top.
    pub const ALL: [Self; 4] = [Self::Nation, Self::Province, Self::City, Self::County];

    /// The word that people use.
    pub const fn term(self) -> &'static str {
        match self {
            Self::Nation => "国家",
            Self::Province => "省",
            Self::City => "市",
            Self::County => "县",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_one_of_four() {
        for level in Level::ALL {
            assert_eq!(Level::try_from(i16::from(level)), Ok(level));
        }
        assert_eq!(Level::try_from(5).unwrap_err().code(), "unit.level");
    }

    #[test]
    fn a_name_is_one_line_without_a_slash() {
        assert_eq!(unit_name("  𠮷林㐂局 ").unwrap(), "𠮷林㐂局");
        for wrong in ["", "  ", "甲/乙", "甲\n乙", &"长".repeat(NAME_LENGTH + 1)] {
            assert_eq!(unit_name(wrong).unwrap_err().code(), "unit.name", "{wrong:?}");
        }
    }
}
