//! Scope: over which units an account's rights reach, and how a query is told.

use std::sync::Arc;

use uuid::Uuid;

use crate::unit::UnitId;

/// The units an account may see (数据范围): some tops and everything below them; every query that reads is given one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scope(Arc<[Uuid]>);

impl Scope {
    /// `unit` and everything below it.
    pub fn of(unit: UnitId) -> Self {
        Self::of_all([unit])
    }

    /// All of `units` and everything below them; of none: nothing.
    pub fn of_all(units: impl IntoIterator<Item = UnitId>) -> Self {
        let mut tops: Vec<Uuid> = units.into_iter().map(|unit| unit.0).collect();
        tops.sort_unstable();
        tops.dedup();
        Self(tops.into())
    }

    /// No unit at all.
    pub fn nothing() -> Self {
        Self::of_all([])
    }

    /// The units at its tops, each once, always in the same order.
    pub fn units(&self) -> &[Uuid] {
        &self.0
    }

    /// It reaches no unit.
    pub fn is_nothing(&self) -> bool {
        self.0.is_empty()
    }

    /// The unit whose line of superiors, itself first, is `line` lies within.
    pub fn covers(&self, line: impl IntoIterator<Item = UnitId>) -> bool {
        line.into_iter().any(|unit| self.0.contains(&unit.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_reaches_down_and_not_aside() {
        let [province, city, county, sibling] = [1, 2, 3, 4].map(|n| UnitId(Uuid::from_u128(n)));
        let scope = Scope::of(city);
        assert!(scope.covers([city, province]));
        assert!(scope.covers([county, city, province]));
        assert!(!scope.covers([sibling, province]));
        assert!(!scope.covers([province]));
        assert!(Scope::of_all([city, sibling]).covers([sibling, province]));
        assert!(!Scope::nothing().covers([county, city, province]));
    }

    #[test]
    fn the_same_units_are_the_same_scope() {
        let [city, sibling] = [2, 4].map(|n| UnitId(Uuid::from_u128(n)));
        assert_eq!(Scope::of_all([sibling, city, sibling]), Scope::of_all([city, sibling]));
        assert_eq!(Scope::of_all([sibling, city]).units(), [city.0, sibling.0]);
        assert!(Scope::nothing().is_nothing());
    }
}
