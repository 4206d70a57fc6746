//! A table of figures by category and powertrain: it is added to others, and what it says of cars must balance.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::item::AnnualItem;
use crate::vehicle::{Powertrain, VehicleCategory};

/// Of which cars a line of a table is (统计行): what concerns the category alone, as its places do, has no powertrain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AnnualKind {
    /// What they are for.
    pub category: VehicleCategory,
    /// What drives them.
    pub powertrain: Option<Powertrain>,
}

/// Figures by category and powertrain (统计表). What is not there is nought.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<AnnualLine>", into = "Vec<AnnualLine>")]
pub struct AnnualTable(BTreeMap<AnnualKind, BTreeMap<AnnualItem, i64>>);

/// A line of a table (统计行), as it is kept and sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnualLine {
    /// Of which cars.
    #[serde(flatten)]
    pub kind: AnnualKind,
    /// Its figures.
    pub figures: BTreeMap<AnnualItem, i64>,
}

/// A line whose cars do not balance (不平衡项): 期初＋新增＋更新＋调入−处置−调出＝期末.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Imbalance {
    /// Of which cars.
    pub kind: AnnualKind,
    /// What the movements make of the opening.
    pub expected: i64,
    /// What was counted.
    pub found: i64,
}

impl From<Vec<AnnualLine>> for AnnualTable {
    fn from(lines: Vec<AnnualLine>) -> Self {
        let mut table = Self::default();
        for line in lines {
            for (item, amount) in line.figures {
                table.add(line.kind, item, amount);
            }
        }
        table
    }
}

impl From<AnnualTable> for Vec<AnnualLine> {
    fn from(table: AnnualTable) -> Self {
        table.0.into_iter().map(|(kind, figures)| AnnualLine { kind, figures }).collect()
    }
}

impl AnnualTable {
    /// Adds to a figure.
    pub fn add(&mut self, kind: AnnualKind, item: AnnualItem, amount: i64) {
        if amount != 0 {
            *self.0.entry(kind).or_default().entry(item).or_default() += amount;
        }
    }

    /// Says what a figure is, whatever it was.
    pub fn set(&mut self, kind: AnnualKind, item: AnnualItem, amount: i64) {
        self.0.entry(kind).or_default().insert(item, amount);
    }

    /// Adds another table, figure by figure.
    pub fn plus(&mut self, other: &Self) {
        for (kind, figures) in &other.0 {
            for (item, amount) in figures {
                self.add(*kind, *item, *amount);
            }
        }
    }

    /// A figure.
    pub fn get(&self, kind: AnnualKind, item: AnnualItem) -> i64 {
        self.0.get(&kind).and_then(|figures| figures.get(&item)).copied().unwrap_or_default()
    }

    /// The sum of a figure over all lines.
    pub fn total(&self, item: AnnualItem) -> i64 {
        self.total_of(item, |_| true)
    }

    /// The sum of a figure over lines of some kind.
    pub fn total_of(&self, item: AnnualItem, is_meant: impl Fn(AnnualKind) -> bool) -> i64 {
        self.0.iter().filter(|(kind, _)| is_meant(**kind)).filter_map(|(_, figures)| figures.get(&item)).sum()
    }

    /// The lines, by category and powertrain.
    pub fn lines(&self) -> impl Iterator<Item = (AnnualKind, &BTreeMap<AnnualItem, i64>)> {
        self.0.iter().map(|(kind, figures)| (*kind, figures))
    }

    /// Nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.0.values().flat_map(BTreeMap::values).all(|amount| *amount == 0)
    }

    /// Replaces what there was by what another year ended with.
    pub fn open_with(&mut self, before: &Self) {
        for figures in self.0.values_mut() {
            figures.remove(&AnnualItem::Opening);
        }
        for (kind, figures) in &before.0 {
            self.add(*kind, AnnualItem::Opening, figures.get(&AnnualItem::Closing).copied().unwrap_or_default());
        }
    }

    /// Works out what is over in one unit: cars of a category beyond its places.
    pub fn count_over(&mut self) {
        for category in VehicleCategory::ALL {
            let of_category = |kind: AnnualKind| kind.category == category;
            let over = self.total_of(AnnualItem::Closing, of_category) - self.total_of(AnnualItem::Authorised, of_category);
            self.add(AnnualKind { category, powertrain: None }, AnnualItem::Over, over.max(0));
        }
    }

    /// Every line whose cars do not balance.
    pub fn imbalances(&self) -> Vec<Imbalance> {
        let of = |kind, items: &[AnnualItem]| items.iter().map(|item| self.get(kind, *item)).sum::<i64>();
        let line = |kind: &AnnualKind| {
            let expected = self.get(*kind, AnnualItem::Opening) + of(*kind, &AnnualItem::COMING) - of(*kind, &AnnualItem::GOING);
            let found = self.get(*kind, AnnualItem::Closing);
            (expected != found).then_some(Imbalance { kind: *kind, expected, found })
        };
        self.0.keys().filter_map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PETROL: AnnualKind = AnnualKind { category: VehicleCategory::Other, powertrain: Some(Powertrain::Petrol) };
    const ELECTRIC: AnnualKind = AnnualKind { category: VehicleCategory::Other, powertrain: Some(Powertrain::Electric) };

    /// Ten cars, two more and three in the stead of others, one from elsewhere; four sold, one scrapped, one to elsewhere: ten.
    fn golden() -> AnnualTable {
        let mut table = AnnualTable::default();
        for (item, amount) in [
            (AnnualItem::Opening, 10),
            (AnnualItem::Added, 2),
            (AnnualItem::Renewed, 3),
            (AnnualItem::MovedIn, 1),
            (AnnualItem::Auctioned, 4),
            (AnnualItem::Scrapped, 1),
            (AnnualItem::MovedOut, 1),
            (AnnualItem::Closing, 10),
        ] {
            table.add(PETROL, item, amount);
        }
        table
    }

    #[test]
    fn the_golden_year_balances_and_a_car_that_nobody_struck_off_does_not() {
        assert_eq!(golden().imbalances(), []);
        let mut table = golden();
        table.set(PETROL, AnnualItem::Closing, 9);
        table.add(ELECTRIC, AnnualItem::Closing, 1);
        assert_eq!(
            table.imbalances(),
            [Imbalance { kind: PETROL, expected: 10, found: 9 }, Imbalance { kind: ELECTRIC, expected: 0, found: 1 },],
            "line by line: what one has too many is not what another has too few"
        );
    }

    #[test]
    fn the_year_begins_with_what_the_year_before_ended_with() {
        let mut table = golden();
        let mut before = AnnualTable::default();
        before.add(PETROL, AnnualItem::Closing, 9);
        before.add(ELECTRIC, AnnualItem::Closing, 1);
        table.open_with(&before);
        assert_eq!((table.get(PETROL, AnnualItem::Opening), table.get(ELECTRIC, AnnualItem::Opening)), (9, 1));
        assert_eq!(table.imbalances().len(), 2);
    }

    #[test]
    fn what_is_over_is_over_in_its_category_whatever_drives_it() {
        let mut table = golden();
        table.add(ELECTRIC, AnnualItem::Closing, 3);
        table.add(AnnualKind { category: VehicleCategory::Other, powertrain: None }, AnnualItem::Authorised, 11);
        let courier = AnnualKind { category: VehicleCategory::ConfidentialCourier, powertrain: None };
        table.add(courier, AnnualItem::Authorised, 5);
        table.count_over();
        assert_eq!(table.total(AnnualItem::Over), 2, "13 cars in 11 places; five vacant places of couriers help nobody");
    }

    #[test]
    fn a_table_is_read_back_as_it_was_kept() {
        let text = serde_json::to_string(&golden()).unwrap();
        assert!(text.starts_with(r#"[{"category":"other","powertrain":"petrol","figures":{"opening":10,"#), "{text}");
        assert_eq!(serde_json::from_str::<AnnualTable>(&text).unwrap(), golden());
    }

    fn any_table() -> impl Strategy<Value = AnnualTable> {
        let line = (0..VehicleCategory::ALL.len(), 0..Powertrain::ALL.len(), 0..AnnualItem::ALL.len(), -1000_i64..100_000);
        prop::collection::vec(line, 0..40).prop_map(|lines| {
            let mut table = AnnualTable::default();
            for (category, powertrain, item, amount) in lines {
                let kind = AnnualKind { category: VehicleCategory::ALL[category], powertrain: Some(Powertrain::ALL[powertrain]) };
                table.add(kind, AnnualItem::ALL[item], amount);
            }
            table
        })
    }

    proptest! {
        #[test]
        fn a_sum_is_the_sum_figure_by_figure_and_balances_if_its_parts_do(one in any_table(), other in any_table()) {
            let mut sum = one.clone();
            sum.plus(&other);
            for item in AnnualItem::ALL {
                prop_assert_eq!(sum.total(item), one.total(item) + other.total(item));
            }
            let mut turned = other;
            turned.plus(&one);
            prop_assert_eq!(Vec::<AnnualLine>::from(sum).len(), Vec::<AnnualLine>::from(turned).len());
            let mut twice = golden();
            twice.plus(&golden());
            prop_assert_eq!(twice.imbalances(), []);
        }
    }
}
