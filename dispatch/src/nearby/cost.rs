//! What sending a car costs, line by line in whole fen: the money of the way, and what the policy charges for the rest.

use crate::money::Money;
use crate::word::words;

use super::need::Prices;

words! {
    /// What a line of the cost is for (派车费用项).
    CostItem, CostItemError, "nearby.cost_item" {
        /// The way to where the trip begins.
        Approach = "approach", "空驶";
        /// Minutes after the time that was asked for.
        Waiting = "waiting", "等候";
        /// It burns fuel: new energy goes first.
        Fuel = "fuel", "非新能源";
        /// It is another unit's.
        OtherUnit = "other_unit", "跨单位";
        /// Seats too many.
        SpareSeats = "spare_seats", "座位富余";
        /// It has worked today, others have not.
        Worked = "worked", "任务均衡";
    }
}

/// The lines of a cost (派车费用), every one of them, also those of nothing.
pub type Lines = [(CostItem, Money); CostItem::ALL.len()];

/// What the cost is made of (费用要素).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CostFacts {
    /// Metres to where the trip begins.
    pub way_m: u32,
    /// What a kilometre costs, in fen.
    pub fen_per_km: u32,
    /// Seconds after the time that was asked for.
    pub waits_s: u32,
    /// New energy.
    pub is_new_energy: bool,
    /// Another unit's.
    pub is_other_unit: bool,
    /// Seats too many.
    pub spare_seats: u32,
    /// Minutes that it has worked today.
    pub worked_min: u32,
}

/// What it costs, line by line; none of them is below nothing, and the first two never fall as the way grows.
#[inline]
pub fn lines(facts: &CostFacts, prices: &Prices) -> Lines {
    let [per_km, way_m, minute, waits_s] = [facts.fen_per_km, facts.way_m, prices.waiting_minute, facts.waits_s].map(i64::from);
    let [fuel, other_unit] = [(!facts.is_new_energy, prices.fuel), (facts.is_other_unit, prices.other_unit)]
        .map(|(is_so, price)| if is_so { i64::from(price) } else { 0 });
    let spare = i64::from(prices.spare_seat) * i64::from(facts.spare_seats);
    let worked = i64::from(prices.worked_hour) * i64::from(facts.worked_min) / 60;
    [
        (CostItem::Approach, per_km * way_m / 1000),
        (CostItem::Waiting, minute * waits_s / 60),
        (CostItem::Fuel, fuel),
        (CostItem::OtherUnit, other_unit),
        (CostItem::SpareSeats, spare),
        (CostItem::Worked, worked),
    ]
    .map(|(item, fen)| (item, Money::from_fen(fen)))
}

/// All lines together, in fen.
#[inline]
pub fn fen(facts: &CostFacts, prices: &Prices) -> i64 {
    lines(facts, prices).iter().map(|(_, amount)| amount.fen()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_what_its_price_says() {
        let prices = Prices { waiting_minute: 100, fuel: 300, other_unit: 500, spare_seat: 50, worked_hour: 60 };
        let facts = CostFacts {
            way_m: 12_345,
            fen_per_km: 150,
            waits_s: 90,
            is_new_energy: false,
            is_other_unit: true,
            spare_seats: 2,
            worked_min: 61,
        };
        let fen = lines(&facts, &prices).map(|(_, amount)| amount.fen());
        assert_eq!(fen, [1_851, 150, 300, 500, 100, 61]);
        let best = CostFacts { is_new_energy: true, ..CostFacts::default() };
        assert_eq!(super::fen(&best, &prices), 0, "what is there, idle, one's own and electric costs nothing");
        assert_eq!(lines(&facts, &prices).map(|(item, _)| item), CostItem::ALL);
    }
}
