//! Prices of the limits that prove most: the concave function of `bound`, smoothed and climbed by Newton's steps while the smoothing shrinks.
//!
//! Smoothing takes, instead of a car's cheapest option, the mixture p of its options that minimises p·v + ½T‖p‖². That has a closed form by
//! sorting, needs no transcendental function (the same everywhere), and leaves all but a few cars with one option, so that steps are cheap.
//! A subgradient method needs no such thing, but hundreds of steps for worse prices.
#![expect(clippy::indexing_slicing, reason = "rows and options of the model, whose indices are its own")]
#![expect(clippy::cast_precision_loss, reason = "prices are sought in floats and proved in whole numbers")]

use super::bound::Prices;
use super::model::{Model, Term};

/// Steps at one smoothing, and how much it shrinks behind them.
const STEPS: usize = 24;
const SHRINK: f64 = 0.2;
/// The last smoothing, of the first.
const FINEST: f64 = 1e-7;

/// Prices in the scale of each row.
pub(super) struct Dual<'a> {
    model: &'a Model,
    /// One by the greatest term of each row.
    inverse: Vec<f64>,
    with_cost: bool,
    most: f64,
}

/// The smoothed function at some prices.
struct Seen {
    value: f64,
    gradient: Vec<f64>,
    /// Of the targets, row by row; of the other rows the diagonal.
    curvature: Vec<f64>,
    diagonal: Vec<f64>,
}

impl<'a> Dual<'a> {
    /// With the costs, or the limits alone.
    pub(super) fn new(model: &'a Model, with_cost: bool) -> Self {
        let mut greatest = vec![1.0_f64; model.rows.len()];
        for term in (0..model.choices.len()).flat_map(|option| model.terms(option)) {
            let known = &mut greatest[term.row as usize];
            *known = known.max(f64::from(term.by).abs());
        }
        let spread = |car: usize| {
            let costs = || model.costs[model.options(car)].iter();
            (costs().max().unwrap_or(&0) - costs().min().unwrap_or(&0)) as f64
        };
        let spread = if with_cost { (0..model.cars()).map(spread).fold(1.0, f64::max) } else { 1e6 };
        Self { model, inverse: greatest.iter().map(|by| 1.0 / by).collect(), with_cost, most: spread }
    }

    /// Better and better prices, told one after the other, with one option a car: near the mixture, and nearly within the limits.
    pub(super) fn climb(&self, mut told: impl FnMut(Prices, Vec<usize>)) {
        let rows = self.model.rows.len();
        let cars = (self.model.cars() as f64).max(1.0);
        let mut prices = vec![0.0_f64; rows];
        let mut smooth = self.most * 0.25;
        let mut damping = cars / self.most;
        while smooth > self.most * FINEST {
            let mut seen = self.see(&prices, smooth);
            for _ in 0..STEPS {
                let slope = (0..rows).filter(|row| prices[*row] > 0.0 || seen.gradient[*row] > 0.0);
                let steepest = slope.map(|row| seen.gradient[row].abs()).fold(0.0, f64::max);
                if steepest < 1e-4 {
                    break;
                }
                let step = self.step(&prices, &seen, damping);
                let next: Vec<f64> =
                    prices.iter().zip(&step).map(|(price, by)| (price + by).clamp(0.0, self.most * 50.0)).collect();
                let there = self.see(&next, smooth);
                if there.value > seen.value {
                    let is_done = there.value - seen.value < 1e-9 * seen.value.abs();
                    (prices, seen, damping) = (next, there, damping * 0.2);
                    if is_done {
                        break;
                    }
                } else {
                    damping *= 8.0;
                }
            }
            damping = damping.clamp(1e-9 * cars / self.most, 1e3 * cars / self.most);
            let whole = Prices::of(prices.iter().zip(&self.inverse).map(|(price, inverse)| price * inverse));
            told(whole, self.rounded(&prices, smooth));
            smooth *= SHRINK;
        }
    }

    /// The function, its slope and how it bends.
    fn see(&self, prices: &[f64], smooth: f64) -> Seen {
        let (model, rows, dense) = (self.model, self.model.rows.len(), self.model.dense);
        let mut seen =
            Seen { value: 0.0, gradient: vec![0.0; rows], curvature: vec![0.0; dense * dense], diagonal: vec![0.0; rows] };
        for (row, limit) in model.rows.iter().enumerate() {
            let most = limit.most as f64 * self.inverse[row];
            seen.gradient[row] -= most;
            seen.value -= most * prices[row];
        }
        let scaled = self.scaled(prices);
        let mut values: Vec<(f64, usize)> = Vec::new();
        let mut sum = vec![0.0; rows];
        for car in 0..model.cars() {
            let (level, mixed) = self.mix(car, &scaled, smooth, &mut values);
            for (value, option) in &values[..mixed] {
                let part = (level - value) / smooth;
                seen.value += part * value + 0.5 * smooth * part * part;
                for term in model.terms(*option) {
                    seen.gradient[term.row as usize] += part * f64::from(term.by) * self.inverse[term.row as usize];
                }
            }
            if mixed > 1 {
                self.bend(&values[..mixed], smooth, &mut seen, &mut sum);
            }
        }
        seen
    }

    fn scaled(&self, prices: &[f64]) -> Vec<f64> {
        prices.iter().zip(&self.inverse).map(|(price, inverse)| price * inverse).collect()
    }

    /// A car's options by what they cost with their share of the limits: below which level they are mixed, and how many those are.
    fn mix(&self, car: usize, scaled: &[f64], smooth: f64, values: &mut Vec<(f64, usize)>) -> (f64, usize) {
        values.clear();
        values.extend(self.model.options(car).map(|option| {
            let cost = if self.with_cost { self.model.costs[option] as f64 } else { 0.0 };
            let terms = self.model.terms(option).iter();
            (cost + terms.map(|term| f64::from(term.by) * scaled[term.row as usize]).sum::<f64>(), option)
        }));
        values.sort_unstable_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        let level = level(values, smooth);
        (level, values.iter().take_while(|(value, _)| *value < level).count())
    }

    /// One option a car, so that the sums stay near those of the mixture: what rounding a car adds is made good by the next.
    ///
    /// Cars that are alike are mixed alike; the cheapest option of each would take all of them the same way.
    fn rounded(&self, prices: &[f64], smooth: f64) -> Vec<usize> {
        let scaled = self.scaled(prices);
        let mut values = Vec::new();
        let mut off = vec![0.0_f64; self.model.rows.len()];
        let of = |term: &Term| f64::from(term.by) * self.inverse[term.row as usize];
        let round = |car: usize| {
            let (level, mixed) = self.mix(car, &scaled, smooth, &mut values);
            if mixed > 1 {
                for (value, option) in &values[..mixed] {
                    let part = (level - value) / smooth;
                    for term in self.model.terms(*option) {
                        off[term.row as usize] -= part * of(term);
                    }
                }
            }
            let Some((_, first)) = values.first() else { return 0 };
            let mut best = (f64::INFINITY, *first);
            for (_, option) in values[..mixed].iter().skip(usize::from(mixed == 1)) {
                let grows = self.model.terms(*option).iter();
                let grows: f64 = grows.map(|term| of(term) * (2.0 * off[term.row as usize] + of(term))).sum();
                if grows < best.0 {
                    best = (grows, *option);
                }
            }
            if mixed > 1 {
                for term in self.model.terms(best.1) {
                    off[term.row as usize] += of(term);
                }
            }
            best.1
        };
        (0..self.model.cars()).map(round).collect()
    }

    /// How the mixture of one car bends the function.
    fn bend(&self, mixed: &[(f64, usize)], smooth: f64, seen: &mut Seen, sum: &mut [f64]) {
        let (dense, weight, count) = (self.model.dense, 1.0 / smooth, mixed.len() as f64);
        let mut touched: Vec<usize> = Vec::new();
        let mut outer = |one: usize, other: usize, by: f64| {
            if one == other {
                seen.diagonal[one] += by;
            }
            if one < dense && other < dense {
                seen.curvature[one * dense + other] += by;
            }
        };
        for (_, option) in mixed {
            let terms = self.model.terms(*option);
            for one in terms {
                let row = one.row as usize;
                let by = f64::from(one.by) * self.inverse[row];
                sum[row] += by;
                touched.push(row);
                for other in terms {
                    let across = other.row as usize;
                    outer(row, across, weight * by * f64::from(other.by) * self.inverse[across]);
                }
            }
        }
        touched.sort_unstable();
        touched.dedup();
        for one in &touched {
            for other in &touched {
                outer(*one, *other, -weight * sum[*one] * sum[*other] / count);
            }
        }
        for row in &touched {
            sum[*row] = 0.0;
        }
    }

    /// Newton's step, damped, over the rows that may move.
    fn step(&self, prices: &[f64], seen: &Seen, damping: f64) -> Vec<f64> {
        let dense = self.model.dense;
        let is_free = |row: usize| prices[row] > 0.0 || seen.gradient[row] > 0.0;
        let mut step: Vec<f64> = (0..prices.len())
            .map(|row| if is_free(row) { seen.gradient[row] / (seen.diagonal[row] + damping) } else { 0.0 })
            .collect();
        let free: Vec<usize> = (0..dense).filter(|row| is_free(*row)).collect();
        let mut matrix: Vec<Vec<f64>> =
            free.iter().map(|one| free.iter().map(|other| seen.curvature[one * dense + other]).collect()).collect();
        let mut right: Vec<f64> = free.iter().map(|row| seen.gradient[*row]).collect();
        (0..free.len()).for_each(|at| matrix[at][at] += damping);
        if solve(&mut matrix, &mut right) {
            free.iter().zip(right).for_each(|(row, by)| step[*row] = by);
        }
        step
    }
}

/// Below which value an option is part of the mixture; values are sorted.
fn level(values: &[(f64, usize)], smooth: f64) -> f64 {
    let (mut sum, mut level) = (0.0, f64::INFINITY);
    for (at, (value, _)) in values.iter().enumerate() {
        if *value >= level {
            break;
        }
        sum += value;
        level = (smooth + sum) / (at + 1) as f64;
    }
    level
}

/// Cholesky in place; false where the matrix is not positive.
fn solve(matrix: &mut [Vec<f64>], right: &mut [f64]) -> bool {
    let size = right.len();
    for at in 0..size {
        for below in at..size {
            let dot: f64 = (0..at).map(|k| matrix[below][k] * matrix[at][k]).sum();
            let left = matrix[below][at] - dot;
            if below == at {
                if left <= 0.0 {
                    return false;
                }
                matrix[at][at] = left.sqrt();
            } else {
                matrix[below][at] = left / matrix[at][at];
            }
        }
    }
    for at in 0..size {
        let dot: f64 = (0..at).map(|k| matrix[at][k] * right[k]).sum();
        right[at] = (right[at] - dot) / matrix[at][at];
    }
    for at in (0..size).rev() {
        let dot: f64 = (at + 1..size).map(|k| matrix[k][at] * right[k]).sum();
        right[at] = (right[at] - dot) / matrix[at][at];
    }
    true
}
