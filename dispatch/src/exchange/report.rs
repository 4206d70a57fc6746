//! Annual reports between platforms (统计报告直报): where one stands that went up, and what is held against its figures before it is taken.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use telematics::uuid_id;
use thiserror::Error;

use crate::annual::item::AnnualItem;
use crate::annual::table::{AnnualKind, AnnualTable};
use crate::word::words;

uuid_id! {
    /// Key of a report's way to or from another platform (上报单).
    ReportWayId
}

words! {
    /// Where a report stands that goes between platforms (上报状态).
    ReportWayState, ReportWayStateError, "exchange.report_state" {
        /// On its way; the platform above has not said that it has it.
        Sent = "sent", "已发出";
        /// The platform above has it, and has given a receipt.
        Received = "received", "已接收";
        /// The platform above wants it done again.
        Returned = "returned", "已退回";
        /// It is part of what the platform above says.
        Accepted = "accepted", "已受理";
        /// The platform above did not take it.
        Refused = "refused", "被拒收";
        /// It was accepted, and the year was opened anew.
        Reopened = "reopened", "已重新开放";
    }
}

/// The movement of cars that a report says of itself (平衡校验): 期初＋增加−减少＝期末.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportBalance {
    /// Cars before the first day.
    pub opening: i64,
    /// Cars that came.
    pub coming: i64,
    /// Cars that went.
    pub going: i64,
    /// Cars on the last day.
    pub closing: i64,
}

impl ReportBalance {
    /// That of a table.
    pub fn of(table: &AnnualTable) -> Self {
        let sum = |items: &[AnnualItem]| items.iter().map(|item| table.total(*item)).sum();
        Self {
            opening: table.total(AnnualItem::Opening),
            coming: sum(&AnnualItem::COMING),
            going: sum(&AnnualItem::GOING),
            closing: table.total(AnnualItem::Closing),
        }
    }
}

/// What is wrong with the figures of a report that came (直报校验问题).
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReportFault {
    /// Cars of a kind do not come out.
    #[error("{} {}: {expected} expected, {found} found", .kind.category.as_str(), .kind.powertrain.map_or("", |powertrain| powertrain.as_str()))]
    Balance {
        /// Of which cars.
        kind: AnnualKind,
        /// What the movements make of the opening.
        expected: i64,
        /// What it says.
        found: i64,
    },
    /// A figure is not the sum of its parts.
    #[error("{}: the parts come to {parts}, the total says {total}", .item.as_str())]
    Sum {
        /// Which.
        item: AnnualItem,
        /// Its own and those of the reports below.
        parts: i64,
        /// What it says.
        total: i64,
    },
    /// What it says of its balance is not what its figures say.
    #[error("the balance that it says is not that of its figures")]
    Said,
}

/// Everything that is wrong with figures: its own and the total must balance line by line, the total be the sum of its parts figure by
/// figure, and the balance that is said be that of the total.
pub fn faults(own: &AnnualTable, total: &AnnualTable, parts: &[&AnnualTable], said: ReportBalance) -> Vec<ReportFault> {
    let mut found: Vec<ReportFault> = Vec::new();
    for table in [own, total] {
        let lines = table.imbalances().into_iter();
        found.extend(lines.map(|line| ReportFault::Balance { kind: line.kind, expected: line.expected, found: line.found }));
    }
    let mut sum = own.clone();
    for part in parts {
        sum.plus(part);
    }
    let kinds: BTreeSet<AnnualKind> = sum.lines().chain(total.lines()).map(|(kind, _)| kind).collect();
    for item in AnnualItem::ALL {
        let differs = kinds.iter().any(|kind| sum.get(*kind, item) != total.get(*kind, item));
        if differs {
            found.push(ReportFault::Sum { item, parts: sum.total(item), total: total.total(item) });
        }
    }
    if said != ReportBalance::of(total) {
        found.push(ReportFault::Said);
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::vehicle::{Powertrain, VehicleCategory};

    fn kind(powertrain: Powertrain) -> AnnualKind {
        AnnualKind { category: VehicleCategory::Other, powertrain: Some(powertrain) }
    }

    /// Cars that were there, that came and that went.
    fn table(powertrain: Powertrain, opening: i64, coming: i64, going: i64) -> AnnualTable {
        let mut table = AnnualTable::default();
        for (item, amount) in [
            (AnnualItem::Opening, opening),
            (AnnualItem::Added, coming),
            (AnnualItem::Scrapped, going),
            (AnnualItem::Closing, opening + coming - going),
            (AnnualItem::Distance, 1000 * opening),
        ] {
            table.add(kind(powertrain), item, amount);
        }
        table
    }

    /// Four petrol cars of its own, one more, two fewer; six electric cars below: 10 + 1 − 2 = 9.
    #[test]
    fn a_report_that_comes_out_is_taken_and_each_alteration_is_found() {
        let (own, below) = (table(Powertrain::Petrol, 4, 1, 2), table(Powertrain::Electric, 6, 0, 0));
        let mut total = own.clone();
        total.plus(&below);
        let said = ReportBalance { opening: 10, coming: 1, going: 2, closing: 9 };
        assert_eq!(faults(&own, &total, &[&below], said), []);
        assert_eq!(faults(&own, &total, &[&below], ReportBalance { coming: 2, ..said }), [ReportFault::Said]);
        let lacking = faults(&own, &total, &[], said);
        assert!(lacking.contains(&ReportFault::Sum { item: AnnualItem::Distance, parts: 4000, total: 10_000 }), "{lacking:?}");
        let mut altered = total.clone();
        altered.add(kind(Powertrain::Petrol), AnnualItem::Closing, 1);
        let found = faults(&own, &altered, &[&below], said);
        assert!(found.contains(&ReportFault::Balance { kind: kind(Powertrain::Petrol), expected: 3, found: 4 }), "{found:?}");
        assert!(found.contains(&ReportFault::Said));
    }

    #[test]
    fn what_one_kind_has_too_many_is_not_what_another_has_too_few() {
        let own = table(Powertrain::Petrol, 4, 0, 0);
        let total = table(Powertrain::Electric, 4, 0, 0);
        let found = faults(&own, &total, &[], ReportBalance::of(&total));
        assert!(found.contains(&ReportFault::Sum { item: AnnualItem::Closing, parts: 4, total: 4 }), "{found:?}");
    }

    proptest! {
        #[test]
        fn whatever_balances_and_is_summed_is_taken_and_no_other_figure_in_its_place(
            lines in prop::collection::vec((0..Powertrain::ALL.len(), 0_i64..500, 0_i64..50, 0_i64..50), 1..8),
            item in 0..AnnualItem::ALL.len(),
            by in 1_i64..100,
        ) {
            let tables: Vec<AnnualTable> =
                lines.iter().map(|(powertrain, opening, coming, going)| table(Powertrain::ALL[*powertrain], *opening, *coming, *going)).collect();
            let (own, parts) = tables.split_first().unwrap();
            let parts: Vec<&AnnualTable> = parts.iter().collect();
            let mut total = own.clone();
            for part in &parts {
                total.plus(part);
            }
            let said = ReportBalance::of(&total);
            prop_assert_eq!(faults(own, &total, &parts, said), []);
            total.add(kind(Powertrain::Hydrogen), AnnualItem::ALL[item], by);
            prop_assert!(!faults(own, &total, &parts, said).is_empty());
        }
    }
}
