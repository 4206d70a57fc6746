//! A free column with a price finds who wants it: whoever takes it leaves another, and so on, until a row is served that was not,
//! or a column is left that is worth nothing (the shortest path from the other side).
#![expect(clippy::indexing_slicing, reason = "rows and columns of the lists, which were checked when they were pushed")]

use std::cmp::Reverse;

use super::lists::Lists;
use super::search::{FAR, LEFT, NOTHING, Row, Search};

/// Rounds of offers to the fen before paths are looked for.
const ROUNDS: usize = 3;

/// The lists from the side of the columns, made when the first column asks.
#[derive(Debug, Default)]
pub(super) struct Askers {
    starts: Vec<u32>,
    /// Row and cost.
    pairings: Vec<(u32, u32)>,
}

/// How far the search has each row, and from which column.
type Labels = Vec<(i64, u32)>;

impl Askers {
    fn of(lists: &Lists) -> Self {
        let mut starts = vec![0; lists.columns() + 1];
        for pairing in &lists.pairings {
            starts[pairing.column as usize + 1] += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut pairings = vec![(0, 0); lists.pairings.len()];
        for (row, ends) in (0..).zip(lists.starts.windows(2)) {
            for pairing in &lists.pairings[ends[0] as usize..ends[1] as usize] {
                let place = &mut next[pairing.column as usize];
                pairings[*place as usize] = (row, pairing.cost);
                *place += 1;
            }
        }
        Self { starts, pairings }
    }

    fn pairings_of(&self, column: u32) -> &[(u32, u32)] {
        &self.pairings[self.starts[column as usize] as usize..self.starts[column as usize + 1] as usize]
    }
}

impl Search<'_> {
    /// Every free column that has a price is taken, or is free of charge afterwards.
    pub(super) fn give_away_all(&mut self) {
        let mut columns = self.free_columns_at_a_price();
        if columns.is_empty() {
            return;
        }
        let askers = Askers::of(self.lists);
        for _ in 0..ROUNDS {
            columns = self.offer_to_the_fen(columns, &askers);
        }
        let mut labels = vec![(FAR, NOTHING); self.rows.len()];
        for column in columns {
            self.give_away(column, &askers, &mut labels);
        }
    }

    /// Each column goes to the row to which it is worth most, at what it is worth to the second: the bidding of `start` from the
    /// other side. Columns that were left for it are there in the next round, with those for which two rows would pay the same.
    fn offer_to_the_fen(&mut self, columns: Vec<u32>, askers: &Askers) -> Vec<u32> {
        let mut next = Vec::new();
        for column in columns {
            let (mut most, mut second, mut taker) = (0, 0, NOTHING);
            for (row, cost) in askers.pairings_of(column) {
                let worth = self.rows[*row as usize].price - i64::from(*cost);
                if worth > most {
                    // The same pair named twice is no second.
                    if taker != *row {
                        second = most;
                    }
                    (most, taker) = (worth, *row);
                } else if worth > second && taker != *row {
                    second = worth;
                }
            }
            let held = if taker == NOTHING { NOTHING } else { self.rows[taker as usize].held };
            if most == second && held < LEFT {
                self.columns[column as usize].price = most;
                next.push(column);
                continue;
            }
            self.columns[column as usize].price = second;
            if taker == NOTHING {
                continue;
            }
            self.columns[column as usize].holder = taker;
            self.rows[taker as usize] = Row { price: self.rows[taker as usize].price - (most - second), held: column };
            if held < LEFT {
                self.columns[held as usize].holder = NOTHING;
                next.push(held);
            }
        }
        next
    }

    /// The same for one, by Dijkstra over what each change costs at the prices of the moment.
    fn give_away(&mut self, first: u32, askers: &Askers, labels: &mut Labels) {
        // Nobody takes it, and it is worth nothing: always open, nothing dearer is ever looked at.
        let mut best = self.columns[first as usize].price;
        let mut end = NOTHING;
        let (mut column, mut base) = (first, 0);
        self.settled.clear();
        loop {
            let price = self.columns[column as usize].price;
            for (row, cost) in askers.pairings_of(column) {
                let Row { price: row_price, held } = self.rows[*row as usize];
                let label = base + i64::from(*cost) + price - row_price;
                let known = &mut labels[*row as usize];
                if label >= best || label >= known.0 {
                    continue;
                }
                if known.0 == FAR {
                    self.touched.push(*row);
                }
                *known = (label, column);
                // Who had nothing, or was left out, leaves nothing behind.
                if held >= LEFT {
                    (best, end) = (label, *row);
                    continue;
                }
                let worthless = label + self.columns[held as usize].price;
                if worthless < best {
                    (best, end) = (worthless, *row);
                }
                self.heap.push(Reverse((label, *row)));
            }
            let Some((label, row)) = self.next_row(best, labels) else { break };
            self.settled.push(row);
            (column, base) = (self.rows[row as usize].held, label);
        }
        self.lower(first, best, labels);
        self.take_over(first, end, labels);
        while let Some(row) = self.touched.pop() {
            labels[row as usize].0 = FAR;
        }
    }

    /// The nearest row not yet settled, if it is nearer than `best`.
    fn next_row(&mut self, best: i64, labels: &Labels) -> Option<(i64, u32)> {
        while let Some(Reverse((label, row))) = self.heap.pop() {
            if label >= best {
                self.heap.clear();
                return None;
            }
            if label == labels[row as usize].0 {
                return Some((label, row));
            }
        }
        None
    }

    /// Who lies on the way, or nearer than its end, is priced by as much less as it is nearer.
    fn lower(&mut self, first: u32, best: i64, labels: &Labels) {
        self.columns[first as usize].price -= best;
        for settled in &self.settled {
            let nearer = best - labels[*settled as usize].0;
            let row = &mut self.rows[*settled as usize];
            row.price -= nearer;
            self.columns[row.held as usize].price -= nearer;
        }
    }

    /// Back along the way, each takes the column from which it was asked.
    fn take_over(&mut self, first: u32, end: u32, labels: &Labels) {
        let mut row = end;
        if row == NOTHING {
            return;
        }
        let left = self.rows[row as usize].held;
        if left < LEFT {
            self.columns[left as usize].holder = NOTHING;
        }
        loop {
            let column = labels[row as usize].1;
            self.rows[row as usize].held = column;
            let before = std::mem::replace(&mut self.columns[column as usize].holder, row);
            if column == first {
                break;
            }
            row = before;
        }
    }
}
