//! The plan: prices that prove a bound, a plan near them that keeps every limit, and how far apart the two are.
#![expect(clippy::indexing_slicing, reason = "rows, cars and options of the model, whose indices are its own")]

use super::bound::{Prices, proved, whole};
use super::core::decide;
use super::dual::Dual;
use super::model::{Limit, Model};
use super::repair::{Draft, losses, pool, repair, scale};
use super::{Choice, Problem, ProblemError};
use crate::money::Money;

/// Prices, of the last ones, from whose mixture a plan is made.
const STARTS: usize = 4;

/// A limit and what the plan comes to in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What it is about.
    pub limit: Limit,
    /// At most, in the measure of the row.
    pub most: i64,
    /// What it comes to.
    pub sum: i64,
}

/// What was found for a model.
#[derive(Clone, Debug)]
pub struct Solved {
    /// The option of each car.
    pub taken: Vec<usize>,
    /// What they cost.
    pub cost: i64,
    /// What every plan that keeps all limits costs at least.
    pub bound: i64,
    /// What one more in each row costs.
    pub prices: Prices,
    /// Every limit.
    pub rows: Vec<Kept>,
    /// It was looked at all, and no plan keeps every limit.
    pub is_impossible: bool,
}

/// A plan of renewal.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What is done with each car.
    pub choices: Vec<Choice>,
    /// What it costs over the years, in fen of the first.
    pub cost: Money,
    /// What no plan within the targets is cheaper than.
    pub bound: Money,
    /// All limits, and what it comes to.
    pub rows: Vec<Kept>,
}

impl Kept {
    /// The limit holds.
    pub const fn is_kept(&self) -> bool {
        self.sum <= self.most
    }
}

impl Solved {
    /// Every limit holds.
    pub fn is_kept(&self) -> bool {
        self.rows.iter().all(Kept::is_kept)
    }

    /// By how much the plan may be dearer than the best one, of its cost; nothing where a limit does not hold.
    pub fn gap(&self) -> Option<f64> {
        self.is_kept().then(|| gap(self.cost, self.bound))
    }
}

impl Plan {
    /// Every limit holds.
    pub fn is_kept(&self) -> bool {
        self.rows.iter().all(Kept::is_kept)
    }

    /// By how much it may be dearer than the best one, of its cost; nothing where a limit does not hold.
    pub fn gap(&self) -> Option<f64> {
        self.is_kept().then(|| gap(self.cost.fen(), self.bound.fen()))
    }
}

#[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
fn gap(cost: i64, bound: i64) -> f64 {
    (cost - bound).max(0) as f64 / (cost.abs() as f64).max(1.0)
}

/// Plans. Where no plan keeps every limit it is one that is little beyond them; `conflict` says which contradict each other.
pub fn solve(problem: &Problem) -> Result<(Plan, Model, Solved), ProblemError> {
    let model = Model::of(problem)?;
    let solved = solve_model(&model);
    let plan = Plan {
        choices: solved.taken.iter().map(|option| model.choices[*option]).collect(),
        cost: Money::from_fen(solved.cost),
        bound: Money::from_fen(solved.bound),
        rows: solved.rows.clone(),
    };
    Ok((plan, model, solved))
}

/// Plans by the options and sums alone.
pub fn solve_model(model: &Model) -> Solved {
    let (mut best_prices, mut floor) = (Prices(vec![0; model.rows.len()]), i128::MIN);
    let mut starts: Vec<Vec<usize>> = Vec::new();
    Dual::new(model, true).climb(|prices, rounded| {
        let proves = proved(model, &prices, true);
        if proves > floor {
            (best_prices, floor) = (prices, proves);
        }
        starts.push(rounded);
    });
    let losses = losses(model, &best_prices);
    let (pool, scale) = (pool(model, &losses), scale(model));
    let mut best: Option<Draft<'_>> = None;
    let mut least: Option<(f64, Draft<'_>)> = None;
    let cheapest =
        (0..model.cars()).map(|car| model.options(car).min_by_key(|option| (losses[*option], *option)).unwrap_or_default());
    for taken in starts.into_iter().rev().take(STARTS).chain([cheapest.collect()]) {
        let mut draft = Draft::new(model, taken);
        repair(&mut draft, &losses, &pool, &scale);
        if draft.is_kept() {
            if best.as_ref().is_none_or(|known| draft.cost < known.cost) {
                best = Some(draft);
            }
        } else {
            let excess = draft.excess(&scale);
            if least.as_ref().is_none_or(|(known, _)| excess < *known) {
                least = Some((excess, draft));
            }
        }
    }
    let is_proved = decide(model, &losses, floor, &mut best);
    let is_impossible = is_proved && best.is_none();
    let bound = match &best {
        Some(draft) if is_proved => draft.cost,
        _ => whole(floor),
    };
    let draft = best.or(least.map(|(_, draft)| draft)).unwrap_or_else(|| Draft::new(model, Vec::new()));
    let rows = model.rows.iter().zip(&draft.sums).map(|(row, sum)| Kept { limit: row.limit, most: row.most, sum: *sum });
    Solved { rows: rows.collect(), taken: draft.taken, cost: draft.cost, bound, prices: best_prices, is_impossible }
}
