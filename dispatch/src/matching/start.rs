//! A good beginning: most rows get what the optimum gives them before the first path is looked for.
#![expect(clippy::indexing_slicing, reason = "rows and columns of the lists, which were checked when they were pushed")]

use super::search::{LEFT, NOTHING, Search};

/// Rounds of bidding to the fen; each leaves to the next what lost its column.
const ROUNDS: usize = 3;
/// One row in so many without a column after them is ordinary; where it is more, cars are scarce and an auction pays.
const SCARCE: usize = 4;
/// Steps in which the auction's prices rise from nothing to what it costs to leave a row out. With more of them the auction costs
/// more than it saves in paths afterwards: at 69,300 × 77,000 fifty take a third longer in all than twelve, six about as long.
const STEPS: i64 = 12;
/// Bids a row after which the auction is left: it is a beginning, not the answer.
const BIDS: usize = 60;

/// What a row would do at the prices of the moment.
struct Bid {
    column: u32,
    /// What it pays in all for the cheapest.
    cheapest: i64,
    /// And for the second.
    second: i64,
}

impl Search<'_> {
    /// Bids to the fen first; where many are left without, an auction in steps, of which all that is not exactly right is undone.
    pub(super) fn start(&mut self) {
        let mut without: Vec<u32> = self.all_rows().collect();
        for _ in 0..ROUNDS {
            without = self.bid_to_the_fen(without);
        }
        if without.len() * SCARCE > self.rows.len() {
            let step = self.usual_unserved(&without) / STEPS;
            self.auction(without, step.max(1));
            self.refit();
        }
    }

    /// Each row takes its cheapest column and raises its price as far as it could before the second were as cheap (augmenting row
    /// reduction of Jonker and Volgenant, 1987); whom it takes it from is left for the next round, with those for whom two are equal.
    fn bid_to_the_fen(&mut self, rows: Vec<u32>) -> Vec<u32> {
        let mut next = Vec::new();
        for row in rows {
            let bid = self.bid(row);
            self.rows[row as usize].price = bid.second;
            if bid.column == LEFT {
                self.rows[row as usize].held = LEFT;
                continue;
            }
            let column = &mut self.columns[bid.column as usize];
            let loser = column.holder;
            if loser != NOTHING && bid.second == bid.cheapest {
                next.push(row);
                continue;
            }
            column.price += bid.second - bid.cheapest;
            column.holder = row;
            self.rows[row as usize].held = bid.column;
            if loser != NOTHING {
                self.rows[loser as usize].held = NOTHING;
                next.push(loser);
            }
        }
        next
    }

    /// Bids by at least a step more than need be (Bertsekas, 1979), so that prices where cars are scarce are soon near what they
    /// will be. The last to lose is the next to bid: its neighbourhood is still in the cache.
    fn auction(&mut self, mut rows: Vec<u32>, step: i64) {
        let mut bids = self.rows.len().saturating_mul(BIDS);
        rows.reverse();
        while let (Some(row), 1..) = (rows.pop(), bids) {
            bids -= 1;
            let bid = self.bid(row);
            if bid.column == LEFT {
                self.rows[row as usize].held = LEFT;
                continue;
            }
            let column = &mut self.columns[bid.column as usize];
            column.price += bid.second - bid.cheapest + step;
            let loser = std::mem::replace(&mut column.holder, row);
            self.rows[row as usize].held = bid.column;
            if loser != NOTHING {
                self.rows[loser as usize].held = NOTHING;
                rows.push(loser);
            }
        }
    }

    fn bid(&self, row: u32) -> Bid {
        let unserved = self.unserved(row);
        let mut bid = Bid { column: LEFT, cheapest: unserved, second: unserved };
        for pairing in self.candidates(row) {
            if pairing.fen() >= bid.second {
                break;
            }
            let cost = pairing.fen() + self.columns[pairing.column as usize].price;
            if cost < bid.cheapest {
                // The same column named twice is no second.
                if bid.column != pairing.column {
                    bid.second = bid.cheapest;
                }
                bid.cheapest = cost;
                bid.column = pairing.column;
            } else if cost < bid.second && bid.column != pairing.column {
                bid.second = cost;
            }
        }
        bid
    }

    /// What it costs to leave out a row of the middle of these: an emergency that weighs a thousand times as much sets no step.
    fn usual_unserved(&self, rows: &[u32]) -> i64 {
        let mut unserved: Vec<i64> = rows.iter().map(|row| self.unserved(*row)).collect();
        let middle = unserved.len() / 2;
        if unserved.is_empty() { 0 } else { *unserved.select_nth_unstable(middle).1 }
    }
}
