//! The sum up the tree (逐级汇总): a unit's report is its own figures and those of the reports below it.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;

use super::table::AnnualTable;
use crate::unit::{UnitId, UnitKind, UnitStatus};

/// A unit of the tree, as far as reports go (填报单位).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportUnit {
    /// Key.
    pub id: UnitId,
    /// The unit above.
    pub parent: Option<UnitId>,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: UnitKind,
    /// Whether it is still there.
    pub status: UnitStatus,
    /// Who took everything over.
    pub successor: Option<UnitId>,
}

impl ReportUnit {
    /// It has a report of its own: a department's and a fleet's figures are their unit's, and those of a unit that is gone its successor's.
    pub fn reports(&self) -> bool {
        self.status == UnitStatus::Active && !matches!(self.kind, UnitKind::Department | UnitKind::Fleet)
    }
}

/// A tree of units that report, and who reports for each of the others (填报体系).
#[derive(Clone, Debug, Default)]
pub struct ReportTree {
    /// For whom each reports.
    speaker: HashMap<UnitId, UnitId>,
    /// Those right below each that report, by name.
    below: HashMap<UnitId, Vec<UnitId>>,
    names: HashMap<UnitId, String>,
    top: Option<UnitId>,
}

impl ReportTree {
    /// The tree below `top`, which reports whatever it is.
    pub fn new(top: UnitId, units: &[ReportUnit]) -> Self {
        let by_id: HashMap<UnitId, &ReportUnit> = units.iter().map(|unit| (unit.id, unit)).collect();
        let is_speaker = |unit: &ReportUnit| unit.id == top || unit.reports();
        let mut tree = Self { top: Some(top), ..Self::default() };
        for unit in units {
            let mut at = unit;
            // No line is longer than there are units; a circle of successors ends with the top.
            let mut steps = 0;
            while !is_speaker(at) && steps <= units.len() {
                let successor = at.successor.filter(|_| at.status != UnitStatus::Active);
                let next = successor.and_then(|id| by_id.get(&id)).or_else(|| at.parent.and_then(|id| by_id.get(&id)));
                let Some(next) = next else { break };
                at = next;
                steps += 1;
            }
            let speaker = if is_speaker(at) { at.id } else { top };
            tree.speaker.insert(unit.id, speaker);
            if speaker == unit.id {
                tree.names.insert(unit.id, unit.name.clone());
            }
        }
        for unit in units.iter().filter(|unit| is_speaker(unit) && unit.id != top) {
            let above = unit.parent.and_then(|parent| tree.speaker.get(&parent)).copied().unwrap_or(top);
            tree.below.entry(above).or_default().push(unit.id);
        }
        let names = tree.names.clone();
        for below in tree.below.values_mut() {
            below.sort_by(|one, other| names.get(one).cmp(&names.get(other)).then(one.cmp(other)));
        }
        tree
    }

    /// Who reports for a unit.
    pub fn speaker(&self, unit: UnitId) -> Option<UnitId> {
        self.speaker.get(&unit).copied()
    }

    /// Those right below a unit that report, by name.
    pub fn below(&self, unit: UnitId) -> &[UnitId] {
        self.below.get(&unit).map(Vec::as_slice).unwrap_or_default()
    }

    /// Name of a unit that reports.
    pub fn name(&self, unit: UnitId) -> &str {
        self.names.get(&unit).map(String::as_str).unwrap_or_default()
    }

    /// The units whose figures are worked out: those for which nobody speaks who has spoken already, nor anybody below who has.
    pub fn counted(&self, has_spoken: impl Fn(UnitId) -> bool) -> Vec<UnitId> {
        let mut speakers = HashSet::new();
        let mut open: Vec<UnitId> = self.top.into_iter().collect();
        while let Some(unit) = open.pop() {
            if speakers.insert(unit) {
                open.extend(self.below(unit).iter().filter(|below| !has_spoken(**below)));
            }
        }
        let mut counted: Vec<UnitId> =
            self.speaker.iter().filter(|(_, speaker)| speakers.contains(speaker)).map(|(unit, _)| *unit).collect();
        counted.sort();
        counted
    }

    /// The topmost units below the top that have spoken: what those below them say is in what they said.
    pub fn spoken(&self, has_spoken: impl Fn(UnitId) -> bool) -> Vec<UnitId> {
        let mut spoken = Vec::new();
        let mut open: Vec<UnitId> = self.top.into_iter().flat_map(|top| self.below(top).iter().copied()).collect();
        while let Some(unit) = open.pop() {
            if has_spoken(unit) {
                spoken.push(unit);
            } else {
                open.extend(self.below(unit));
            }
        }
        spoken
    }

    /// The units for which one reports, itself among them.
    pub fn spoken_for(&self, unit: UnitId) -> Vec<UnitId> {
        let mut units: Vec<UnitId> =
            self.speaker.iter().filter(|(_, speaker)| **speaker == unit).map(|(unit, _)| *unit).collect();
        units.sort();
        units
    }

    /// Figures of each unit that reports, with those of the units for which it does.
    pub fn own<S: BuildHasher>(&self, by_unit: &HashMap<UnitId, AnnualTable, S>) -> HashMap<UnitId, AnnualTable> {
        let mut own: HashMap<UnitId, AnnualTable> = HashMap::new();
        for (unit, table) in by_unit {
            if let Some(speaker) = self.speaker(*unit) {
                own.entry(speaker).or_default().plus(table);
            }
        }
        own
    }

    /// The sum of each unit that reports: what it says itself and what those below it say. What is in `said` stands as it was said,
    /// whatever the units below it would say today.
    pub fn totals<S: BuildHasher, T: BuildHasher>(
        &self,
        own: &HashMap<UnitId, AnnualTable, S>,
        said: &HashMap<UnitId, AnnualTable, T>,
    ) -> HashMap<UnitId, AnnualTable> {
        let mut totals: HashMap<UnitId, AnnualTable> = HashMap::new();
        for unit in self.upwards() {
            let total = said.get(&unit).cloned().unwrap_or_else(|| {
                let mut total = own.get(&unit).cloned().unwrap_or_default();
                for below in self.below(unit) {
                    if let Some(part) = totals.get(below) {
                        total.plus(part);
                    }
                }
                total
            });
            totals.insert(unit, total);
        }
        totals
    }

    /// Units that report, each behind those below it.
    fn upwards(&self) -> Vec<UnitId> {
        let mut order: Vec<UnitId> = Vec::new();
        let mut seen = HashSet::new();
        let mut open: Vec<UnitId> = self.top.into_iter().collect();
        while let Some(unit) = open.pop() {
            if seen.insert(unit) {
                order.push(unit);
                open.extend(self.below(unit));
            }
        }
        order.reverse();
        order
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::annual::item::AnnualItem;
    use crate::annual::table::AnnualKind;
    use crate::vehicle::{Powertrain, VehicleCategory};

    const KIND: AnnualKind = AnnualKind { category: VehicleCategory::Other, powertrain: Some(Powertrain::Petrol) };

    fn id(n: usize) -> UnitId {
        UnitId(Uuid::from_u128(n as u128 + 1))
    }

    fn unit(n: usize, parent: Option<usize>, kind: UnitKind) -> ReportUnit {
        let (parent, name) = (parent.map(id), format!("单位{n:03}"));
        ReportUnit { id: id(n), parent, name, kind, status: UnitStatus::Active, successor: None }
    }

    fn cars(count: i64) -> AnnualTable {
        let mut table = AnnualTable::default();
        table.add(KIND, AnnualItem::Closing, count);
        table
    }

    #[test]
    fn a_fleet_is_in_its_unit_s_report_and_a_unit_that_is_gone_in_its_successor_s() {
        let mut units = vec![
            unit(0, None, UnitKind::Organ),
            unit(1, Some(0), UnitKind::Organ),
            unit(2, Some(1), UnitKind::Department),
            unit(3, Some(2), UnitKind::Fleet),
            unit(4, Some(0), UnitKind::Institution),
            unit(5, Some(0), UnitKind::Organ),
        ];
        (units[5].status, units[5].successor) = (UnitStatus::Merged, Some(id(4)));
        let tree = ReportTree::new(id(0), &units);
        assert_eq!(tree.below(id(0)), [id(1), id(4)]);
        let by_unit: HashMap<UnitId, AnnualTable> = (0..6).map(|n| (id(n), cars(1 << n))).collect();
        let own = tree.own(&by_unit);
        let closing = |tables: &HashMap<UnitId, AnnualTable>, n| tables[&id(n)].total(AnnualItem::Closing);
        assert_eq!([0, 1, 4].map(|n| closing(&own, n)), [1, 2 + 4 + 8, 16 + 32]);
        let nobody: HashMap<UnitId, AnnualTable> = HashMap::new();
        let totals = tree.totals(&own, &nobody);
        assert_eq!([0, 1, 4].map(|n| closing(&totals, n)), [63, 14, 48]);
        // What the first below said stands, whatever it has today.
        let said: HashMap<UnitId, AnnualTable> = [(id(1), cars(100))].into();
        assert_eq!(closing(&tree.totals(&own, &said), 0), 1 + 100 + 48);
        assert_eq!(tree.spoken(|unit| unit == id(1)), [id(1)]);
        let counted = tree.counted(|unit| unit == id(1));
        assert_eq!(counted, [id(0), id(4), id(5)], "nobody counts once more what was said");
    }

    #[test]
    fn a_circle_of_successors_ends() {
        let mut units =
            vec![unit(0, None, UnitKind::Organ), unit(1, Some(0), UnitKind::Organ), unit(2, Some(0), UnitKind::Organ)];
        (units[1].status, units[1].successor) = (UnitStatus::Merged, Some(id(2)));
        (units[2].status, units[2].successor) = (UnitStatus::Merged, Some(id(1)));
        let tree = ReportTree::new(id(0), &units);
        assert_eq!((tree.speaker(id(1)), tree.below(id(0))), (Some(id(0)), &[][..]));
    }

    proptest! {
        #[test]
        fn whatever_the_tree_the_top_is_the_sum_of_all_and_each_the_sum_of_its_parts(
            nodes in prop::collection::vec((0_usize..1000, 0..UnitKind::ALL.len(), 0_i64..50), 1..60),
        ) {
            let units: Vec<ReportUnit> = nodes.iter().enumerate().map(|(n, (above, kind, _))| {
                unit(n, (n > 0).then(|| above % n.max(1)), UnitKind::ALL[*kind])
            }).collect();
            let tree = ReportTree::new(id(0), &units);
            let by_unit: HashMap<UnitId, AnnualTable> = nodes.iter().enumerate().map(|(n, (_, _, count))| (id(n), cars(*count))).collect();
            let own = tree.own(&by_unit);
            let nobody: HashMap<UnitId, AnnualTable> = HashMap::new();
        let totals = tree.totals(&own, &nobody);
            let closing = |table: Option<&AnnualTable>| table.map_or(0, |table| table.total(AnnualItem::Closing));
            let whole: i64 = nodes.iter().map(|(_, _, count)| count).sum();
            prop_assert_eq!(closing(totals.get(&id(0))), whole);
            for (unit, total) in &totals {
                let parts: i64 = tree.below(*unit).iter().map(|below| closing(totals.get(below))).sum();
                prop_assert_eq!(total.total(AnnualItem::Closing), closing(own.get(unit)) + parts);
            }
        }
    }
}
