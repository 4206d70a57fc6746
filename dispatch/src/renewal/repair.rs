//! A plan that is nearly within the limits is brought within them by the exchanges that lose least, and then made cheaper.
#![expect(clippy::indexing_slicing, reason = "rows, cars and options of the model, whose indices are its own")]
#![expect(
    clippy::cast_precision_loss,
    reason = "what an exchange is worth is an estimate; what is kept is counted in whole numbers"
)]

use super::bound::{Prices, priced};
use super::model::Model;

/// Exchanges that are looked at, and how many are made at the most.
const POOL: usize = 20_000;
const MOST_STEPS: usize = 4_000;
/// Exchanges that are tried two at a time.
const PAIRED: usize = 400;

/// An option for every car, with its sums.
#[derive(Clone, Debug)]
pub(super) struct Draft<'a> {
    model: &'a Model,
    /// The option of each car.
    pub(super) taken: Vec<usize>,
    /// What they come to in each row.
    pub(super) sums: Vec<i64>,
    /// What they cost.
    pub(super) cost: i64,
}

/// Another option for a car, and what it loses by the prices against the cheapest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exchange {
    pub(super) loss: i128,
    pub(super) car: usize,
    pub(super) option: usize,
}

impl<'a> Draft<'a> {
    pub(super) fn new(model: &'a Model, taken: Vec<usize>) -> Self {
        let mut sums = vec![0; model.rows.len()];
        let terms = taken.iter().flat_map(|option| model.terms(*option));
        terms.for_each(|term| sums[term.row as usize] += i64::from(term.by));
        let cost = taken.iter().map(|option| model.costs[*option]).sum();
        Self { model, taken, sums, cost }
    }

    /// Every limit is kept.
    pub(super) fn is_kept(&self) -> bool {
        self.sums.iter().zip(&self.model.rows).all(|(sum, row)| *sum <= row.most)
    }

    pub(super) fn set(&mut self, car: usize, option: usize) {
        let before = std::mem::replace(&mut self.taken[car], option);
        for term in self.model.terms(before) {
            self.sums[term.row as usize] -= i64::from(term.by);
        }
        for term in self.model.terms(option) {
            self.sums[term.row as usize] += i64::from(term.by);
        }
        self.cost += self.model.costs[option] - self.model.costs[before];
    }

    /// By how much it is beyond the limits, each row in its own measure.
    pub(super) fn excess(&self, scale: &[f64]) -> f64 {
        let rows = self.sums.iter().zip(&self.model.rows).zip(scale);
        rows.map(|((sum, row), scale)| (sum - row.most).max(0) as f64 * scale).sum()
    }

    /// How the excess changes with another option of a car.
    fn change(&self, car: usize, option: usize, scale: &[f64], by: &mut [i64]) -> f64 {
        let (before, after) = (self.model.terms(self.taken[car]), self.model.terms(option));
        for term in before {
            by[term.row as usize] -= i64::from(term.by);
        }
        for term in after {
            by[term.row as usize] += i64::from(term.by);
        }
        let mut change = 0.0;
        for term in before.iter().chain(after) {
            let row = term.row as usize;
            // Emptied as it is read: a row that both touch counts once.
            let moved = std::mem::take(&mut by[row]);
            if moved != 0 {
                let over = self.sums[row] - self.model.rows[row].most;
                change += ((over + moved).max(0) - over.max(0)) as f64 * scale[row];
            }
        }
        change
    }

    /// Exchanges that lose nothing of the limits are made while they save money.
    fn improve(&mut self, pool: &[Exchange], scale: &[f64], by: &mut [i64]) {
        for _ in 0..6 {
            let before = self.cost;
            for exchange in pool {
                let saves = self.model.costs[exchange.option] < self.model.costs[self.taken[exchange.car]];
                if saves && self.change(exchange.car, exchange.option, scale, by) <= 0.0 {
                    self.set(exchange.car, exchange.option);
                }
            }
            if self.cost == before {
                return;
            }
        }
    }

    /// The same, two at a time.
    fn improve_pairs(&mut self, pool: &[Exchange], scale: &[f64], by: &mut [i64]) {
        for one in pool {
            let saved = self.model.costs[self.taken[one.car]] - self.model.costs[one.option];
            let kept = self.taken[one.car];
            if kept == one.option {
                continue;
            }
            self.set(one.car, one.option);
            let excess = self.excess(scale);
            let fits = pool.iter().filter(|other| other.car != one.car).find(|other| {
                let more = self.model.costs[other.option] - self.model.costs[self.taken[other.car]];
                more < saved
                    && self.taken[other.car] != other.option
                    && excess + self.change(other.car, other.option, scale, by) <= 0.0
            });
            match fits.copied() {
                Some(other) => self.set(other.car, other.option),
                None if saved > 0 && self.is_kept() => {}
                None => self.set(one.car, kept),
            }
        }
    }
}

/// What an excess of one is worth in each row, so that rows of money, cars and months compare.
pub(super) fn scale(model: &Model) -> Vec<f64> {
    let mut greatest = vec![1_i64; model.rows.len()];
    for term in (0..model.choices.len()).flat_map(|option| model.terms(option)) {
        let known = &mut greatest[term.row as usize];
        *known = (*known).max(i64::from(term.by).abs());
    }
    greatest.into_iter().map(|by| 1.0 / by as f64).collect()
}

/// What every option loses against the cheapest of its car, in parts of a fen.
pub(super) fn losses(model: &Model, prices: &Prices) -> Vec<i128> {
    let mut losses: Vec<i128> = (0..model.choices.len()).map(|option| priced(model, option, prices, true)).collect();
    for car in 0..model.cars() {
        let of_car = &mut losses[model.options(car)];
        let least = of_car.iter().min().copied().unwrap_or_default();
        for loss in of_car {
            *loss -= least;
        }
    }
    losses
}

/// Exchanges that lose least, the least first.
pub(super) fn pool(model: &Model, losses: &[i128]) -> Vec<Exchange> {
    let of_car = |car: usize| model.options(car).map(move |option| Exchange { loss: losses[option], car, option });
    let mut all: Vec<Exchange> = (0..model.cars()).flat_map(of_car).collect();
    let order = |exchange: &Exchange| (exchange.loss, exchange.option);
    if all.len() > POOL {
        all.select_nth_unstable_by_key(POOL, order);
        all.truncate(POOL);
    }
    all.sort_unstable_by_key(order);
    all
}

/// Keeps the exchange that takes most of the excess for what it loses.
fn consider(
    draft: &Draft<'_>,
    exchange: Exchange,
    losses: &[i128],
    scale: &[f64],
    by: &mut [i64],
    best: &mut Option<(f64, Exchange)>,
) {
    let change = draft.change(exchange.car, exchange.option, scale, by);
    if change < -1e-12 {
        let dearer = (exchange.loss - losses[draft.taken[exchange.car]]).max(0) as f64;
        let rank = -change / (dearer + 1.0);
        if best.is_none_or(|(known, _)| rank > known) {
            *best = Some((rank, exchange));
        }
    }
}

/// Brings the draft within the limits where exchanges can, and makes it cheaper.
pub(super) fn repair(draft: &mut Draft<'_>, losses: &[i128], pool: &[Exchange], scale: &[f64]) {
    let model = draft.model;
    let mut by = vec![0_i64; model.rows.len()];
    let mut is_whole = false;
    for _ in 0..MOST_STEPS {
        if draft.is_kept() {
            break;
        }
        let mut best = None;
        if !is_whole {
            for exchange in pool {
                consider(draft, *exchange, losses, scale, &mut by, &mut best);
            }
        }
        if best.is_none() {
            // What the pool has is used up: everything else is looked at.
            is_whole = true;
            let of_car = |car: usize| model.options(car).map(move |option| Exchange { loss: losses[option], car, option });
            let all = (0..model.cars()).flat_map(of_car);
            all.for_each(|exchange| consider(draft, exchange, losses, scale, &mut by, &mut best));
        }
        match best {
            Some((_, exchange)) => draft.set(exchange.car, exchange.option),
            None => return,
        }
    }
    draft.improve(pool, scale, &mut by);
    if draft.is_kept() {
        draft.improve_pairs(&pool[..pool.len().min(PAIRED)], scale, &mut by);
    }
}
