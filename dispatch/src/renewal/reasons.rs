//! Why a plan does with a car what it does (规划理由): what would have been next best, what that costs more, and which limit decided.
#![expect(clippy::indexing_slicing, reason = "rows, cars and options of the model, whose indices are its own")]

use super::Choice;
use super::bound::{priced, whole};
use super::model::{Limit, Model};
use super::solve::Solved;
use crate::money::Money;

/// Why this and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The next best by the prices of the limits; nothing where nothing else may be done.
    pub second: Option<Choice>,
    /// What that costs more by itself; below nothing: it would be cheaper, and a limit stands against it.
    pub costs_more: Money,
    /// What it costs more with its share of the limits.
    pub weighs_more: Money,
    /// The limit that decided; nothing where the car's own cost did.
    pub decided: Option<Limit>,
    /// What the car's own cheapest option would take of that limit, at its price.
    pub worth: Money,
}

/// Of every car.
pub fn reasons(model: &Model, solved: &Solved) -> Vec<Reason> {
    solved.taken.iter().enumerate().map(|(car, taken)| reason(model, solved, car, *taken)).collect()
}

fn reason(model: &Model, solved: &Solved, car: usize, taken: usize) -> Reason {
    let weighs = |option: usize| priced(model, option, &solved.prices, true);
    let others = || model.options(car).filter(|option| *option != taken);
    let second = others().min_by_key(|option| (weighs(*option), *option));
    let more = |option: usize| Money::from_fen(model.costs[option] - model.costs[taken]);
    let cheapest = others().min_by_key(|option| (model.costs[*option], *option)).filter(|option| more(*option) < Money::ZERO);
    let decided = cheapest.and_then(|option| decided(model, solved, taken, option));
    Reason {
        second: second.map(|option| model.choices[option]),
        costs_more: second.map_or(Money::ZERO, more),
        weighs_more: second.map_or(Money::ZERO, |option| Money::from_fen(whole(weighs(option) - weighs(taken)))),
        decided: decided.map(|(row, _)| model.rows[row].limit),
        worth: decided.map_or(Money::ZERO, |(_, fen)| Money::from_fen(fen)),
    }
}

/// The limit of which the cheaper option would take most more, by its price; without a price one that leaves no room.
fn decided(model: &Model, solved: &Solved, taken: usize, cheaper: usize) -> Option<(usize, i64)> {
    let mut more = vec![0_i64; model.rows.len()];
    for term in model.terms(cheaper) {
        more[term.row as usize] += i64::from(term.by);
    }
    for term in model.terms(taken) {
        more[term.row as usize] -= i64::from(term.by);
    }
    let wanted = more.iter().enumerate().filter(|(_, more)| **more > 0);
    let dear = wanted.clone().map(|(row, more)| (row, solved.prices.fen(row, *more)));
    let dearest = dear.filter(|(_, fen)| *fen > 0).max_by_key(|(row, fen)| (*fen, std::cmp::Reverse(*row)));
    let full = || wanted.clone().find(|(row, more)| solved.rows[*row].sum + **more > solved.rows[*row].most);
    dearest.or_else(|| full().map(|(row, _)| (row, 0)))
}
