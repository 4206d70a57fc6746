//! Lines of a reckoning (计价明细): what, how much of it, at which price; together they are the total, and nothing else is.

use serde::{Deserialize, Serialize};

use crate::expense::ExpenseKind;
use crate::money::Money;
use crate::word::words;

words! {
    /// What a line is about (计价项目).
    CostItem, CostItemError, "settlement.item" {
        /// Kilometres driven.
        Distance = "distance", "里程";
        /// A short trip, charged as so many kilometres.
        ShortTrip = "short_trip", "短途定额";
        /// Waiting, charged as so many kilometres.
        Waiting = "waiting", "等候";
        /// Time inside the area.
        Time = "time", "区域内用时";
        /// Hours beyond the longest time that has a price.
        ExtraHours = "extra_hours", "超时";
        /// The driver's meals out of town.
        Meals = "meals", "驾驶员误餐";
        /// Hours of a time-share car.
        TimeShare = "time_share", "分时租赁";
        /// What is more than the cap of 24 hours, taken off.
        Cap = "cap", "封顶减免";
        /// What is more than the cap of a time-share car and year, taken off.
        YearCap = "year_cap", "年度封顶减免";
        /// Days of a rented car.
        Rental = "rental", "租车";
        /// Something that was paid on the way.
        Expense = "expense", "代垫费用";
    }
}

words! {
    /// What the quantity of a line counts (计量方式).
    CostMeasure, CostMeasureError, "settlement.measure" {
        /// Metres; the price is that of a kilometre.
        Metre = "metre", "米";
        /// Hours, a started one as a whole.
        Hour = "hour", "小时";
        /// Days.
        Day = "day", "天";
        /// Pieces.
        Piece = "piece", "笔";
    }
}

/// A line of a reckoning (计价明细).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostLine {
    /// What it is about.
    pub item: CostItem,
    /// What was paid, where something was.
    pub expense: Option<ExpenseKind>,
    /// Where it begins: kilometres after which this price holds, or hours before those that it counts.
    pub beyond: u32,
    /// How much.
    pub quantity: u32,
    /// Of what.
    pub measure: CostMeasure,
    /// Price of one; of a kilometre where metres are counted.
    #[serde(rename = "price_fen")]
    pub price: Money,
    /// What it comes to.
    #[serde(rename = "amount_fen")]
    pub amount: Money,
}

impl CostLine {
    /// So many of something that is counted.
    pub const fn counted(item: CostItem, quantity: u32, measure: CostMeasure, price: Money) -> Self {
        Self { item, expense: None, beyond: 0, quantity, measure, price, amount: price.times(quantity) }
    }

    /// So many metres, `beyond` kilometres that cost something else.
    pub fn driven(item: CostItem, beyond: u32, metres: u32, price: Money) -> Self {
        Self {
            item,
            expense: None,
            beyond,
            quantity: metres,
            measure: CostMeasure::Metre,
            price,
            amount: price.for_metres(metres),
        }
    }

    /// Something that was paid.
    pub const fn paid(kind: ExpenseKind, amount: Money) -> Self {
        Self { expense: Some(kind), ..Self::counted(CostItem::Expense, 1, CostMeasure::Piece, amount) }
    }
}

/// What lines come to.
pub fn total(lines: &[CostLine]) -> Money {
    lines.iter().map(|line| line.amount).sum()
}
