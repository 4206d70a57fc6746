//! How a trip is settled (结算): by the tariff, by what was paid, or by the hour of a time-share car; lines that sum to the total.

use crate::cost_line::{CostLine, total};
use crate::expense::ExpenseKind;
use crate::money::Money;
use crate::word::words;

words! {
    /// What a trip is settled by (结算方式).
    SettlementBasis, SettlementBasisError, "settlement.basis" {
        /// The tariff of the unit's line, and what that does not hold.
        Tariff = "tariff", "按计价表";
        /// What was paid on the way.
        Expenses = "expenses", "按实际费用";
        /// Hours of a time-share car, capped by the day.
        TimeShare = "time_share", "分时租赁";
        /// Days and kilometres of a rented car, by its contract.
        Rental = "rental", "社会化租赁";
    }
}

/// What a trip came to (结算单).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// What it was settled by.
    pub basis: SettlementBasis,
    /// Line by line.
    pub lines: Vec<CostLine>,
}

impl Settlement {
    /// With what was paid on the way, reversed expenses left out: all of it where that is the basis, else what the price of the trip
    /// does not include. `priced` are the lines of the tariff or of the hours.
    pub fn new(basis: SettlementBasis, priced: Vec<CostLine>, paid: &[(ExpenseKind, Money)]) -> Self {
        let counts = |kind: ExpenseKind| basis == SettlementBasis::Expenses || kind.is_beside_tariff();
        let beside = paid.iter().filter(|(kind, _)| counts(*kind)).map(|(kind, amount)| CostLine::paid(*kind, *amount));
        let lines =
            if basis == SettlementBasis::Expenses { beside.collect() } else { priced.into_iter().chain(beside).collect() };
        Self { basis, lines }
    }

    /// What it comes to.
    pub fn total(&self) -> Money {
        total(&self.lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost_line::{CostItem, CostMeasure};

    #[test]
    fn a_price_holds_everything_but_nights_away() {
        let paid = [(ExpenseKind::Toll, Money::from_fen(3_500)), (ExpenseKind::Lodging, Money::from_fen(28_000))];
        let priced = vec![CostLine::counted(CostItem::Time, 1, CostMeasure::Piece, Money::from_fen(12_000))];
        let by = |basis| Settlement::new(basis, priced.clone(), &paid).total().fen();
        assert_eq!(by(SettlementBasis::Tariff), 40_000);
        assert_eq!(by(SettlementBasis::Expenses), 31_500);
    }
}
