//! Where a search for the cheapest matching stands: who holds what, and at which prices.
//!
//! Between two steps it always holds that no row is priced above any of its candidates with the column's price on top, nor above
//! what it costs to leave it out, and that whoever holds a column, or is left out, is priced exactly so. What is still wrong is only
//! that some rows hold nothing (`NOTHING`) and some columns stand free though they have a price; `column_path` and `row_path`
//! put that right one by one.
#![expect(clippy::indexing_slicing, reason = "rows and columns of the lists, which were checked when they were pushed")]

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Matching;
use super::lists::{Lists, Pairing};

/// Holds, or is held by, nobody yet.
pub(super) const NOTHING: u32 = u32::MAX;
/// Left out: holds its private column, which costs what leaving it out costs.
pub(super) const LEFT: u32 = u32::MAX - 1;
/// Further than anything.
pub(super) const FAR: i64 = i64::MAX;

/// A column in one piece, since its fields are asked for together and columns come in no order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    /// Dual price, never below nothing.
    pub(super) price: i64,
    /// How far the search has it, while there is one.
    pub(super) label: i64,
    /// The row that holds it.
    pub(super) holder: u32,
    /// The row from which the search came.
    pub(super) from: u32,
}

/// A row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// Dual price.
    pub(super) price: i64,
    /// The column that it holds.
    pub(super) held: u32,
}

/// Where a search stands.
#[derive(Debug)]
pub(super) struct Search<'a> {
    pub(super) lists: &'a Lists,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
    /// What the search has labelled, to be forgotten after it: few, however many there are.
    pub(super) touched: Vec<u32>,
    /// What it has settled, in order.
    pub(super) settled: Vec<u32>,
    /// What it has labelled and not settled.
    pub(super) heap: BinaryHeap<Reverse<(i64, u32)>>,
}

impl<'a> Search<'a> {
    /// Nobody holds anything, nothing has a price.
    pub(super) fn new(lists: &'a Lists) -> Self {
        let column = Column { price: 0, label: FAR, holder: NOTHING, from: NOTHING };
        Self {
            lists,
            columns: vec![column; lists.columns()],
            rows: vec![Row { price: 0, held: NOTHING }; lists.rows()],
            touched: Vec::new(),
            settled: Vec::new(),
            heap: BinaryHeap::new(),
        }
    }

    /// The candidates of a row, for as long as the lists live.
    pub(super) fn candidates(&self, row: u32) -> &'a [Pairing] {
        let row = row as usize;
        &self.lists.pairings[self.lists.starts[row] as usize..self.lists.starts[row + 1] as usize]
    }

    /// What it costs to leave a row out.
    pub(super) fn unserved(&self, row: u32) -> i64 {
        self.lists.unserved[row as usize]
    }

    /// All rows.
    pub(super) fn all_rows(&self) -> std::ops::Range<u32> {
        0..u32::try_from(self.rows.len()).unwrap_or(NOTHING)
    }

    /// Rows that hold nothing yet.
    pub(super) fn rows_without(&self) -> Vec<u32> {
        self.all_rows().filter(|row| self.rows[*row as usize].held == NOTHING).collect()
    }

    /// Columns that nobody holds and that have a price all the same.
    pub(super) fn free_columns_at_a_price(&self) -> Vec<u32> {
        let free = |column: &Column| column.holder == NOTHING && column.price > 0;
        (0..self.lists.columns).filter(|column| free(&self.columns[*column as usize])).collect()
    }

    /// Begins where an earlier matching ended.
    pub(super) fn resume(&mut self, before: &Matching) {
        for (column, price) in self.columns.iter_mut().zip(&before.column_prices) {
            column.price = price.fen().max(0);
        }
        for row in self.all_rows() {
            let held = match before.columns.get(row as usize) {
                Some(Some(column)) if (*column as usize) < self.columns.len() => *column,
                Some(None) => LEFT,
                _ => NOTHING,
            };
            // Two rows of a hint may name the same column; the first has it.
            if held < LEFT && self.columns[held as usize].holder != NOTHING {
                continue;
            }
            self.rows[row as usize].held = held;
            if held < LEFT {
                self.columns[held as usize].holder = row;
            }
        }
        self.refit();
    }

    /// Prices every row by the columns as they are priced, and takes from each what is not its cheapest.
    pub(super) fn refit(&mut self) {
        for row in self.all_rows() {
            let held = self.rows[row as usize].held;
            let mut cheapest = self.unserved(row);
            let mut pays = if held == LEFT { cheapest } else { FAR };
            for pairing in self.candidates(row) {
                if pairing.fen() >= cheapest && (pays < FAR || held == NOTHING) {
                    break;
                }
                let cost = pairing.fen() + self.columns[pairing.column as usize].price;
                cheapest = cheapest.min(cost);
                if pairing.column == held {
                    pays = pays.min(cost);
                }
            }
            self.rows[row as usize].price = cheapest;
            if pays > cheapest {
                self.rows[row as usize].held = NOTHING;
                if held < LEFT {
                    self.columns[held as usize].holder = NOTHING;
                }
            }
        }
    }
}
