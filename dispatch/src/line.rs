//! Vertical lines of organs, each a tree of its own beside the territorial one.

use std::collections::HashMap;

use telematics::uuid_id;
use thiserror::Error;

use crate::unit::{UnitId, UnitTree};

uuid_id! {
    /// Key of a vertical line (条线).
    LineId
}

/// Longest name and code of a line.
const TEXT_LENGTH: usize = 40;

/// A vertical line (条线): organs of one trade through all levels, such as 公安 or 税务.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Key.
    pub id: LineId,
    /// Short name for programs.
    pub code: String,
    /// Name for people.
    pub name: String,
}

/// Who stands above whom in one line (条线树); a unit may stand elsewhere in the territorial tree, and in several lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineTree {
    above: HashMap<UnitId, Option<UnitId>>,
}

/// Why a line, or a unit's place in it, is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LineError {
    /// The name is empty or too long.
    #[error("a line's name has 1 to {TEXT_LENGTH} characters")]
    Name,
    /// The code is empty, too long or not plain.
    #[error("a line's code has 1 to {TEXT_LENGTH} small letters, digits and '-'")]
    Code,
    /// The unit above is not in the line.
    #[error("the unit above is not in the line")]
    AboveOutside,
    /// The unit above is the unit itself, or stands below it.
    #[error("a unit cannot stand below itself")]
    Circle,
    /// There are units below it in the line.
    #[error("units stand below it in the line")]
    HasChildren,
}

impl LineError {
    /// The stable code of the error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Name => "line.name",
            Self::Code => "line.code",
            Self::AboveOutside => "line.above_outside",
            Self::Circle => "unit.circle",
            Self::HasChildren => "line.has_children",
        }
    }
}

impl Line {
    /// A line by its code and name as typed in.
    pub fn new(id: LineId, code: &str, name: &str) -> Result<Self, LineError> {
        let (code, name) = (code.trim(), name.trim());
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !(1..=TEXT_LENGTH).contains(&code.len()) || !code.chars().all(is_plain) {
            return Err(LineError::Code);
        }
        if !(1..=TEXT_LENGTH).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            return Err(LineError::Name);
        }
        Ok(Self { id, code: code.to_owned(), name: name.to_owned() })
    }
}

impl LineTree {
    /// `unit` may stand below `above` in this line, wherever it stands now.
    pub fn may_put(&self, unit: UnitId, above: Option<UnitId>) -> Result<(), LineError> {
        let Some(above) = above else { return Ok(()) };
        if above == unit {
            return Err(LineError::Circle);
        }
        if !self.above.contains_key(&above) {
            return Err(LineError::AboveOutside);
        }
        let tree: UnitTree = self.above.iter().map(|(unit, above)| (*unit, *above)).collect();
        if tree.is_within(above, unit) { Err(LineError::Circle) } else { Ok(()) }
    }

    /// `unit` may leave the line: nobody stands below it there.
    pub fn may_take(&self, unit: UnitId) -> Result<(), LineError> {
        if self.above.values().any(|above| *above == Some(unit)) { Err(LineError::HasChildren) } else { Ok(()) }
    }
}

impl FromIterator<(UnitId, Option<UnitId>)> for LineTree {
    fn from_iter<I: IntoIterator<Item = (UnitId, Option<UnitId>)>>(pairs: I) -> Self {
        Self { above: pairs.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_line_is_a_tree_of_its_own() {
        let [ministry, bureau, office, stranger] = [1, 2, 3, 4].map(|n| UnitId(Uuid::from_u128(n)));
        let tree: LineTree = [(ministry, None), (bureau, Some(ministry)), (office, Some(bureau))].into_iter().collect();
        assert_eq!(tree.may_put(stranger, Some(office)), Ok(()));
        assert_eq!(tree.may_put(office, Some(ministry)), Ok(()));
        assert_eq!(tree.may_put(office, Some(stranger)), Err(LineError::AboveOutside));
        assert_eq!(tree.may_put(ministry, Some(office)), Err(LineError::Circle));
        assert_eq!(tree.may_put(office, Some(office)), Err(LineError::Circle));
        assert_eq!(tree.may_take(bureau), Err(LineError::HasChildren));
        assert_eq!(tree.may_take(office), Ok(()));
    }

    #[test]
    fn a_line_has_a_plain_code_and_a_name() {
        let id = LineId(Uuid::nil());
        assert_eq!(Line::new(id, " tax ", " 税务 ").unwrap().name, "税务");
        assert_eq!(Line::new(id, "税", "税务").unwrap_err().code(), "line.code");
        assert_eq!(Line::new(id, "tax", " ").unwrap_err().code(), "line.name");
    }
}
