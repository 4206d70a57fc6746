//! The tree of units as one answer: columns, each unit behind the one above it.

use std::collections::HashMap;

use dispatch::unit::{Unit, UnitId};

use super::units::UnitTreeView;

/// The units with each behind the one above it; those whose superior is out of sight stand at the top. Siblings keep their order.
pub(crate) fn of(units: Vec<Unit>) -> UnitTreeView {
    let there: HashMap<UnitId, usize> = units.iter().enumerate().map(|(at, unit)| (unit.id, at)).collect();
    let mut below: HashMap<Option<usize>, Vec<usize>> = HashMap::new();
    for (at, unit) in units.iter().enumerate() {
        let above = unit.parent.and_then(|parent| there.get(&parent)).copied();
        below.entry(above).or_default().push(at);
    }
    let mut units: Vec<Option<Unit>> = units.into_iter().map(Some).collect();
    let mut tree = UnitTreeView::begin();
    let mut waiting: Vec<(usize, u8)> = below.get(&None).into_iter().flatten().rev().map(|at| (*at, 0)).collect();
    while let Some((at, depth)) = waiting.pop() {
        if let Some(unit) = units.get_mut(at).and_then(Option::take) {
            tree.push(unit, depth);
        }
        let deeper = depth.saturating_add(1);
        waiting.extend(below.get(&Some(at)).into_iter().flatten().rev().map(|child| (*child, deeper)));
    }
    tree
}

#[cfg(test)]
mod tests {
    use dispatch::unit::Level;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn each_unit_stands_behind_the_one_above_it() {
        let id = |n| UnitId(Uuid::from_u128(n));
        let unit = |n: u128, above: Option<u128>, name: &str| {
            Unit::new(id(n), above.map(id), name, Level::City, "330100".parse().unwrap())
        };
        let units = vec![
            unit(1, Some(9), "甲"),
            unit(2, Some(1), "乙"),
            unit(3, Some(1), "丙"),
            unit(4, Some(2), "丁"),
            unit(5, Some(8), "戊"),
        ];
        let tree = serde_json::to_value(of(units)).unwrap();
        assert_eq!(tree["names"], serde_json::json!(["甲", "乙", "丁", "丙", "戊"]));
        assert_eq!(tree["depths"], serde_json::json!([0, 1, 2, 1, 0]));
    }
}
