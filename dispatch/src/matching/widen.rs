//! Short lists without loss: by the prices one sees which candidates that were left out would have been better, if any.
//!
//! A row that is priced at or below everything its list leaves out misses nothing. Of the others one asks whether there is a car that
//! costs less than the row's price with its own on top; where there is none for any row, the matching is the cheapest over *all*
//! cars, and the prices prove it. Where there is one, it joins the list, and only what that changes is solved again.

use super::lists::{Lists, ListsError};
use super::{Matching, solve, solve_from};
use crate::money::Money;

/// Candidates that join the list of a row at a time: the best of them, for often the first is enough.
const AT_A_TIME: usize = 8;

/// A matching that is the cheapest over all that could go, whether listed or not (最优性证明).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certified {
    /// Who goes with which.
    pub matching: Matching,
    /// How often it was solved.
    pub rounds: usize,
    /// How many candidates joined the lists.
    pub added: usize,
}

/// What a row is asked for beyond its list (补充候选).
#[derive(Clone, Copy, Debug)]
pub struct Beyond<'a> {
    /// Which row.
    pub row: usize,
    /// What a candidate must cost less than, with the price of its column on top.
    pub bar: Money,
    /// The price of each column.
    pub column_prices: &'a [Money],
}

impl Beyond<'_> {
    /// What a candidate costs with the price of its column on top, where that is below the bar.
    pub fn below(&self, column: u32, cost: Money) -> Option<Money> {
        let price = self.column_prices.get(column as usize).copied()?;
        Some(cost + price).filter(|cost| *cost < self.bar)
    }
}

/// The cheapest matching over all candidates, listed or not.
///
/// `complete_below` says up to which cost, exclusively, the list of each row has everything; `beyond` names whatever else lies below
/// a bar (it may name more, and what is listed already).
pub fn solve_certified(
    mut lists: Lists,
    complete_below: &[Money],
    mut beyond: impl FnMut(Beyond<'_>) -> Vec<(u32, Money)>,
) -> Result<(Lists, Certified), ListsError> {
    let mut matching = solve(&lists);
    let (mut rounds, mut added) = (1, 0);
    loop {
        let mut joining: Vec<Vec<(u32, Money)>> = vec![Vec::new(); lists.rows()];
        for (row, joining) in joining.iter_mut().enumerate() {
            let bar = matching.row_prices.get(row).copied().unwrap_or_default();
            if complete_below.get(row).is_none_or(|complete| *complete < bar) {
                let asked = Beyond { row, bar, column_prices: &matching.column_prices };
                *joining = better(&lists, asked, beyond(asked));
            }
        }
        let found: usize = joining.iter().map(Vec::len).sum();
        if found == 0 {
            return Ok((lists, Certified { matching, rounds, added }));
        }
        lists = joined(&lists, &joining)?;
        matching = solve_from(&lists, &matching);
        rounds += 1;
        added += found;
    }
}

/// The best of the candidates that are below the bar and not on the list yet.
fn better(lists: &Lists, asked: Beyond<'_>, named: Vec<(u32, Money)>) -> Vec<(u32, Money)> {
    let listed = lists.candidates(asked.row);
    let is_new = |column: u32, cost: Money| !listed.iter().any(|pairing| pairing.column() == column && pairing.cost() <= cost);
    let mut named: Vec<(Money, u32, Money)> = named
        .into_iter()
        .filter_map(|(column, cost)| Some((asked.below(column, cost)?, column, cost)))
        .filter(|(_, column, cost)| is_new(*column, *cost))
        .collect();
    named.sort_unstable();
    named.truncate(AT_A_TIME);
    named.into_iter().map(|(_, column, cost)| (column, cost)).collect()
}

fn joined(lists: &Lists, joining: &[Vec<(u32, Money)>]) -> Result<Lists, ListsError> {
    let mut all = Lists::new(lists.columns())?;
    for (row, joining) in joining.iter().enumerate() {
        let listed = lists.candidates(row).iter().map(|pairing| (pairing.column(), pairing.cost()));
        all.push(lists.unserved(row), listed.chain(joining.iter().copied()))?;
    }
    Ok(all)
}
