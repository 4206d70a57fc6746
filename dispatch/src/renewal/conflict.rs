//! Which targets contradict each other (目标冲突), proved: prices of theirs alone, under which every choice of every car is beyond them.

use super::bound::{Prices, proved};
use super::dual::Dual;
use super::model::{Limit, Model};

/// A limit that cannot be kept beside the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// What it is about.
    pub limit: Limit,
    /// Where it stands, in the measure of its row.
    pub most: i64,
    /// Where it would have to stand at least, were it the only one to give way: below that there is no plan.
    pub needed: i64,
}

/// Limits of which no plan keeps all; empty where that could not be proved. None of them could be left out of the proof.
pub fn contradictions(model: &Model) -> Vec<Contradiction> {
    let mut proof: Option<Prices> = None;
    Dual::new(model, false).climb(|prices, _| {
        if proved(model, &prices, false) > 0 {
            proof = Some(prices);
        }
    });
    let Some(mut prices) = proof else { return Vec::new() };
    for row in 0..model.rows.len() {
        let mut fewer = prices.clone();
        if let Some(price) = fewer.0.get_mut(row) {
            *price = 0;
        }
        if proved(model, &fewer, false) > 0 {
            prices = fewer;
        }
    }
    let beyond = proved(model, &prices, false);
    let rows = model.rows.iter().enumerate().filter(|(row, _)| prices.parts(*row) > 0);
    rows.map(|(row, found)| {
        // Raised by less than this, the limit is proved unkeepable all the same.
        let more = (beyond + prices.parts(row) - 1) / prices.parts(row);
        let more = i64::try_from(more).unwrap_or(i64::MAX);
        Contradiction { limit: found.limit, most: found.most, needed: found.most.saturating_add(more) }
    })
    .collect()
}
