//! What no plan can be cheaper than (下界): limits priced into the cars, each of which then takes what is cheapest; in whole numbers.

use super::model::Model;

/// Prices are whole numbers of this part of a fen.
const SHIFT: u32 = 24;

/// What one more in each row costs, in parts of 2²⁴ of a fen; never below nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prices(pub Vec<i64>);

impl Prices {
    /// The nearest whole ones; what is no price is none.
    #[expect(clippy::cast_possible_truncation, reason = "a float that is too great becomes the greatest")]
    pub fn of(fen: impl Iterator<Item = f64>) -> Self {
        Self(fen.map(|fen| ((fen * f64::from(1 << SHIFT)).round() as i64).max(0)).collect())
    }

    /// Of a row, in parts.
    pub fn parts(&self, row: usize) -> i128 {
        self.0.get(row).copied().map_or(0, i128::from)
    }

    /// What so much in a row costs, in fen.
    pub fn fen(&self, row: usize, by: i64) -> i64 {
        whole(self.parts(row) * i128::from(by))
    }
}

/// Parts as fen, up to the next whole one.
pub fn whole(parts: i128) -> i64 {
    i64::try_from(-((-parts) >> SHIFT)).unwrap_or(if parts > 0 { i64::MAX } else { i64::MIN })
}

/// An option with its share of every limit, in parts.
pub fn priced(model: &Model, option: usize, prices: &Prices, with_cost: bool) -> i128 {
    let cost = if with_cost { model.costs.get(option).copied().unwrap_or_default() } else { 0 };
    let terms = model.terms(option).iter();
    (i128::from(cost) << SHIFT) + terms.map(|term| prices.parts(term.row as usize) * i128::from(term.by)).sum::<i128>()
}

/// What every plan that keeps all limits costs at least, in parts, as these prices prove.
///
/// For each plan that keeps the limits, what the prices add is at most what the limits are worth; so its cost is at least the cheapest
/// priced option of every car, less what the limits are worth.
pub fn proved(model: &Model, prices: &Prices, with_cost: bool) -> i128 {
    let cheapest =
        |car: usize| model.options(car).map(|option| priced(model, option, prices, with_cost)).min().unwrap_or_default();
    let cars: i128 = (0..model.cars()).map(cheapest).sum();
    let limits = model.rows.iter().enumerate();
    cars - limits.map(|(row, limit)| prices.parts(row) * i128::from(limit.most)).sum::<i128>()
}
