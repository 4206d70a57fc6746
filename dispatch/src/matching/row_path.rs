//! A row without a column finds the cheapest way to one: whoever it takes it from takes another, and so on, until one is free or
//! one of them is left out (shortest augmenting path).
#![expect(clippy::indexing_slicing, reason = "rows and columns of the lists, which were checked when they were pushed")]

use std::cmp::Reverse;

use super::search::{FAR, LEFT, NOTHING, Search};

/// Where the cheapest way found so far ends.
#[derive(Clone, Copy)]
enum End {
    /// At a column that nobody holds.
    Free(u32),
    /// With a row that is left out, and gives its column on.
    Leaves(u32),
}

impl Search<'_> {
    /// Gives `first` its column, by Dijkstra over what each change costs at the prices of the moment.
    pub(super) fn find_way(&mut self, first: u32) {
        // Being left out is a way that is always open: nothing dearer is ever looked at.
        let mut best = self.unserved(first);
        let mut end = End::Leaves(first);
        let (mut row, mut base) = (first, 0);
        self.settled.clear();
        loop {
            for pairing in self.candidates(row) {
                let unpriced = base + pairing.fen();
                if unpriced >= best {
                    break;
                }
                let column = &mut self.columns[pairing.column as usize];
                let label = unpriced + column.price;
                if label >= best || label >= column.label {
                    continue;
                }
                if column.label == FAR {
                    self.touched.push(pairing.column);
                }
                column.label = label;
                column.from = row;
                let holder = column.holder;
                if holder == NOTHING {
                    (best, end) = (label, End::Free(pairing.column));
                    continue;
                }
                let without = label - self.rows[holder as usize].price + self.unserved(holder);
                if without < best {
                    (best, end) = (without, End::Leaves(holder));
                }
                self.heap.push(Reverse((label, pairing.column)));
            }
            let Some((label, column)) = self.next_column(best) else { break };
            self.settled.push(column);
            row = self.columns[column as usize].holder;
            base = label - self.rows[row as usize].price;
        }
        self.raise(first, best);
        self.hand_over(first, end);
        while let Some(column) = self.touched.pop() {
            self.columns[column as usize].label = FAR;
        }
    }

    /// The nearest column not yet settled, if it is nearer than `best`.
    fn next_column(&mut self, best: i64) -> Option<(i64, u32)> {
        while let Some(Reverse((label, column))) = self.heap.pop() {
            if label >= best {
                self.heap.clear();
                return None;
            }
            if label == self.columns[column as usize].label {
                return Some((label, column));
            }
        }
        None
    }

    /// Who lies on the way, or nearer than its end, is priced by as much more as it is nearer.
    fn raise(&mut self, first: u32, best: i64) {
        for settled in &self.settled {
            let column = &mut self.columns[*settled as usize];
            let nearer = best - column.label;
            column.price += nearer;
            self.rows[column.holder as usize].price += nearer;
        }
        self.rows[first as usize].price = best;
    }

    /// Back along the way, each takes the column to which it led.
    fn hand_over(&mut self, first: u32, end: End) {
        let mut column = match end {
            End::Free(column) => column,
            End::Leaves(row) => std::mem::replace(&mut self.rows[row as usize].held, LEFT),
        };
        // `first` itself holds nothing: where it is the one left out, this is over before it begins.
        while column != NOTHING {
            let row = self.columns[column as usize].from;
            self.columns[column as usize].holder = row;
            column = std::mem::replace(&mut self.rows[row as usize].held, column);
            if row == first {
                break;
            }
        }
    }
}
