//! Scope: over which units an account's rights reach, and how a query is told.

use serde::{Deserialize, Serialize};

use crate::unit::UnitId;

/// The units an account may see (数据范围): its own and everything below it; every query that reads is given one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Scope(UnitId);

impl Scope {
    /// `unit` and everything below it.
    pub const fn of(unit: UnitId) -> Self {
        Self(unit)
    }

    /// The unit at its top.
    pub const fn top(self) -> UnitId {
        self.0
    }

    /// The unit whose line of superiors, itself first, is `line` lies within.
    pub fn covers(self, line: impl IntoIterator<Item = UnitId>) -> bool {
        line.into_iter().any(|unit| unit == self.0)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_scope_reaches_down_and_not_aside() {
        let [province, city, county, sibling] = [1, 2, 3, 4].map(|n| UnitId(Uuid::from_u128(n)));
        let scope = Scope::of(city);
        assert!(scope.covers([city, province]));
        assert!(scope.covers([county, city, province]));
        assert!(!scope.covers([sibling, province]));
        assert!(!scope.covers([province]));
    }
}
