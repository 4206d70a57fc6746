//! The shape of the organisation: who stands above whom.

use std::collections::HashMap;

use super::UnitId;

/// The shape of the organisation: who stands above whom (单位树).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnitTree {
    above: HashMap<UnitId, Option<UnitId>>,
}

impl UnitTree {
    /// Every unit.
    pub fn units(&self) -> impl Iterator<Item = UnitId> + '_ {
        self.above.keys().copied()
    }

    /// The units with none above them.
    pub fn tops(&self) -> impl Iterator<Item = UnitId> + '_ {
        self.above.iter().filter(|(_, above)| above.is_none()).map(|(unit, _)| *unit)
    }

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

    /// `unit` is in the tree.
    pub fn contains(&self, unit: UnitId) -> bool {
        self.above.contains_key(&unit)
    }

    /// `unit` stands below `top`, or is it.
    pub fn is_within(&self, unit: UnitId, top: UnitId) -> bool {
        self.line(unit).any(|superior| superior == top)
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
        assert!(tree.is_within(unit(3), unit(2)) && !tree.is_within(unit(2), unit(3)));
        assert!(tree.contains(unit(1)) && !tree.contains(unit(9)));
    }

    #[test]
    fn a_circle_ends() {
        let tree: UnitTree = [(unit(1), Some(unit(2))), (unit(2), Some(unit(1)))].into_iter().collect();
        assert_eq!(tree.line(unit(1)).count(), 2);
    }
}
