//! The ledger of what cars cost (车辆费用台账): heads, what counts as running a car, and how an entry is put right.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use telematics::uuid_id;
use thiserror::Error;

use super::MOST_FEN;
use crate::calendar::day_of;
use crate::expense::ExpenseKind;
use crate::money::Money;
use crate::running::repair::RepairKind;
use crate::word::words;

uuid_id! {
    /// Key of an entry of the ledger (车辆费用).
    CostId
}
uuid_id! {
    /// Key of a record that nobody could link (待关联费用).
    CostExceptionId
}

words! {
    /// What was paid for (车辆费用科目).
    CostHead, CostHeadError, "cost.head" {
        /// Petrol and diesel.
        Fuel = "fuel", "油费";
        /// Electricity.
        Charge = "charge", "电费";
        /// Roads and bridges.
        Toll = "toll", "通行费";
        /// Parking.
        Parking = "parking", "停车费";
        /// Repairs.
        Repair = "repair", "维修费";
        /// Upkeep.
        Upkeep = "upkeep", "保养费";
        /// Insurance.
        Insurance = "insurance", "保险费";
        /// Inspections.
        Inspection = "inspection", "年检费";
        /// Washing and whatever else.
        Other = "other", "其他费用";
        /// Fines: shown, and none of the public's cost.
        Fine = "fine", "违章罚款";
        /// The driver.
        Driver = "driver", "驾驶员费用";
        /// The car itself.
        Purchase = "purchase", "购置价款";
        /// Tax on buying it.
        PurchaseTax = "purchase_tax", "车辆购置税";
        /// Plates and papers.
        Registration = "registration", "上牌费";
        /// What it brought when it went; below nothing.
        Proceeds = "proceeds", "处置收入";
    }
}

words! {
    /// Where an entry of the ledger comes from (费用来源).
    CostSource, CostSourceError, "cost.source" {
        /// Somebody entered it.
        Manual = "manual", "手工录入";
        /// A repair order.
        Repair = "repair", "维修单";
        /// A card.
        Card = "card", "加油充电卡";
        /// A policy of insurance.
        Policy = "policy", "保险单";
        /// An inspection.
        Inspection = "inspection", "年检";
        /// The journal of a trip.
        Expense = "expense", "行车费用";
        /// A file or a feed.
        Feed = "feed", "导入";
        /// A record that was linked by hand.
        Linked = "linked", "人工关联";
        /// It takes another entry back.
        Reversal = "reversal", "冲销";
    }
}

/// What stands against an entry.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CostError {
    /// Nothing, too much, or proceeds that are a cost.
    #[error("an entry is 1 to {MOST_FEN} fen, and proceeds are entered as what came in")]
    Amount,
    /// It has not been paid yet.
    #[error("an entry is made when it was paid, and not before")]
    Future,
    /// Energy of what is no energy, or none that can be.
    #[error("litres go with fuel and kilowatt-hours with electricity, and are more than nothing")]
    Energy,
}

impl CostError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Amount => "cost.amount",
            Self::Future => "cost.future",
            Self::Energy => "cost.energy",
        }
    }

    /// The field that it is about.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Amount => "amount_fen",
            Self::Future => "occurred_on",
            Self::Energy => "energy",
        }
    }
}

impl CostHead {
    /// It is part of what running a car costs: everything but fines, the driver, and the car itself (domain 5, cost per kilometre).
    pub const fn is_running(self) -> bool {
        !matches!(self, Self::Fine | Self::Driver | Self::Purchase | Self::PurchaseTax | Self::Registration | Self::Proceeds)
    }

    /// It is part of what a car costs over its life; a fine is nobody's cost but the driver's.
    pub const fn is_of_ownership(self) -> bool {
        !matches!(self, Self::Fine)
    }

    /// Under which head a repair goes.
    pub const fn of_repair(kind: RepairKind) -> Self {
        match kind {
            RepairKind::Repair | RepairKind::Accident => Self::Repair,
            RepairKind::Upkeep => Self::Upkeep,
        }
    }

    /// Under which head an expense of a trip goes; what a driver eats and where a driver sleeps is no cost of the car.
    pub const fn of_expense(kind: ExpenseKind) -> Option<Self> {
        Some(match kind {
            ExpenseKind::Fuel => Self::Fuel,
            ExpenseKind::Charge => Self::Charge,
            ExpenseKind::Toll => Self::Toll,
            ExpenseKind::Parking => Self::Parking,
            ExpenseKind::Repair => Self::Repair,
            ExpenseKind::Wash | ExpenseKind::Other => Self::Other,
            ExpenseKind::Meal | ExpenseKind::Lodging => return None,
        })
    }

    /// The amount as it stands in the ledger: what came in is below nothing.
    pub fn signed(self, given: Money) -> Result<Money, CostError> {
        if !(1..=MOST_FEN).contains(&given.fen()) {
            return Err(CostError::Amount);
        }
        Ok(if matches!(self, Self::Proceeds) { -given } else { given })
    }
}

/// It is not of a day that is still to come.
pub fn check_day(on: NaiveDate, now: DateTime<Utc>) -> Result<(), CostError> {
    if on > day_of(now) { Err(CostError::Future) } else { Ok(()) }
}

/// On which day the reversal of an entry stands: with the entry, as long as its year is open; a closed year does not move, and what was
/// wrong in it is put right today.
pub fn reversal_day(entry_on: NaiveDate, today: NaiveDate, closed_through: Option<i32>) -> NaiveDate {
    if closed_through.is_some_and(|closed| entry_on.year() <= closed) { today } else { entry_on }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_a_car_is_neither_fines_nor_the_car_itself() {
        let running: Vec<&str> = CostHead::ALL.into_iter().filter(|head| head.is_running()).map(CostHead::as_str).collect();
        let heads = ["fuel", "charge", "toll", "parking", "repair", "upkeep", "insurance", "inspection", "other"];
        assert_eq!(running, heads);
        assert!(!CostHead::Fine.is_of_ownership() && CostHead::Driver.is_of_ownership());
        assert!(CostHead::ALL.into_iter().all(|head| !head.is_running() || head.is_of_ownership()));
    }

    #[test]
    fn proceeds_are_taken_off() {
        assert_eq!(CostHead::Fuel.signed(Money::from_fen(5)), Ok(Money::from_fen(5)));
        assert_eq!(CostHead::Proceeds.signed(Money::from_fen(5)), Ok(Money::from_fen(-5)));
        for fen in [0, -1, MOST_FEN + 1] {
            assert_eq!(CostHead::Proceeds.signed(Money::from_fen(fen)), Err(CostError::Amount), "{fen}");
        }
    }

    #[test]
    fn a_closed_year_is_put_right_in_an_open_one() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let (today, last_year) = (day("2026-03-02"), day("2025-11-30"));
        assert_eq!(reversal_day(last_year, today, None), last_year);
        assert_eq!(reversal_day(last_year, today, Some(2024)), last_year);
        assert_eq!(reversal_day(last_year, today, Some(2025)), today);
        assert_eq!(reversal_day(day("2026-01-05"), today, Some(2025)), day("2026-01-05"));
    }

    #[test]
    fn expenses_of_a_trip_go_under_their_heads() {
        assert_eq!(CostHead::of_expense(ExpenseKind::Wash), Some(CostHead::Other));
        assert_eq!(CostHead::of_expense(ExpenseKind::Meal), None);
        assert_eq!(CostHead::of_repair(RepairKind::Upkeep), CostHead::Upkeep);
    }
}
