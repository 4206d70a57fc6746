//! Of all prices that prove a matching, the least: what one more such car would save the others. They do not depend on the way in
//! which the matching was found, and leave the fewest rows in doubt about what their lists left out.
#![expect(clippy::indexing_slicing, reason = "rows and columns of the lists, which were checked when they were pushed")]

use std::cmp::Reverse;

use super::search::{FAR, LEFT, NOTHING, Search};

impl Search<'_> {
    /// Lowers all prices together as far as they go: a column by no more than its price, and by no more than whoever would rather
    /// have it than what they hold, with what separates the two, is lowered. That is a shortest path from what cannot be lowered.
    pub(super) fn lower_prices(&mut self) {
        self.heap.clear();
        for (number, column) in (0..).zip(&mut self.columns) {
            column.label = column.price;
            if column.holder != NOTHING && column.price > 0 {
                self.heap.push(Reverse((column.label, number)));
            }
        }
        let dearest = self.columns.iter().map(|column| column.price).max().unwrap_or(0);
        for row in self.all_rows() {
            let held = self.rows[row as usize].held;
            if held == LEFT || self.columns[held as usize].price == 0 {
                self.hold_up(row, 0, dearest);
            }
        }
        while let Some(Reverse((by, number))) = self.heap.pop() {
            let column = self.columns[number as usize];
            if by == column.label {
                self.hold_up(column.holder, by, dearest);
            }
        }
        for column in &mut self.columns {
            let by = std::mem::replace(&mut column.label, FAR);
            column.price -= by;
            if column.holder != NOTHING {
                self.rows[column.holder as usize].price -= by;
            }
        }
    }

    /// A row that is lowered `by` so much holds up the columns that it would otherwise rather have.
    fn hold_up(&mut self, row: u32, by: i64, dearest: i64) {
        let base = by - self.rows[row as usize].price;
        for pairing in self.candidates(row) {
            let unpriced = base + pairing.fen();
            if unpriced >= dearest {
                break;
            }
            let column = &mut self.columns[pairing.column as usize];
            let label = unpriced + column.price;
            if label < column.label {
                column.label = label;
                self.heap.push(Reverse((label, pairing.column)));
            }
        }
    }
}
