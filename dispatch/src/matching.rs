//! Matching (批量匹配): the requests of a batch and the cars that could go, all at once, at the least cost to the last fen.
//!
//! Each request (a row) has a short list of cars (columns) with what each would cost, and a price of its own for going unserved.
//! No car goes twice. The answer is exact and carries its proof: what each request costs the whole and what each car is worth to
//! the others (dual prices), which `proof` judges with code of its own, and by which `widen` finds the cars that the short lists
//! left out and that would have been better.
//!
//! Own code, since the shape is narrow: whole fen, thirty candidates a row, a way out for every row. What general solvers take
//! seconds for, takes a fraction of one here (docs/performance.md, docs/decisions/0037-matching-exactly.md).

mod column_path;
mod least_prices;
pub mod lists;
pub mod proof;
mod row_path;
mod search;
mod start;
pub mod widen;

use crate::money::Money;
use lists::Lists;
use search::{LEFT, Search};

/// Who goes with which car (匹配方案), with the proof that nothing is cheaper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matching {
    /// The column of each row; `None`: it goes unserved.
    pub columns: Vec<Option<u32>>,
    /// What all of it costs, with what is left unserved.
    pub total: Money,
    /// What each row costs the whole: its own cost, and what others pay for the column that it has (行对偶价).
    pub row_prices: Vec<Money>,
    /// What one more such column would save (列对偶价); nothing where it stays free.
    pub column_prices: Vec<Money>,
}

/// The cheapest of all ways to serve the rows; of several, always the same.
pub fn solve(lists: &Lists) -> Matching {
    let mut search = Search::new(lists);
    search.start();
    search.finish();
    search.into_matching()
}

/// The cheapest way again after the lists have changed: from what was found before, in the time that the change needs.
///
/// `before` is a hint: rows and columns are those of the same place, and what no longer fits is found anew.
pub fn solve_from(lists: &Lists, before: &Matching) -> Matching {
    let mut search = Search::new(lists);
    search.resume(before);
    search.finish();
    search.into_matching()
}

impl Search<'_> {
    /// Columns that stand free at a price find who wants them, or become free of charge; then each row still without finds its way.
    fn finish(&mut self) {
        self.give_away_all();
        self.rows_without().into_iter().for_each(|row| self.find_way(row));
        self.lower_prices();
    }

    fn into_matching(self) -> Matching {
        let held = self.rows.iter().map(|row| (row.held != LEFT).then_some(row.held));
        // By strong duality, which `proof` does not take for granted.
        let total =
            self.rows.iter().map(|row| row.price).sum::<i64>() - self.columns.iter().map(|column| column.price).sum::<i64>();
        Matching {
            columns: held.collect(),
            total: Money::from_fen(total),
            row_prices: self.rows.iter().map(|row| Money::from_fen(row.price)).collect(),
            column_prices: self.columns.iter().map(|column| Money::from_fen(column.price)).collect(),
        }
    }
}

#[cfg(test)]
mod tests;
