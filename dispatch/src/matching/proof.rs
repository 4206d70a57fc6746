//! The judge of a matching: that it is one, that it costs what it says, and that nothing is cheaper; it knows nothing of how it was found.
//!
//! By weak duality no way to serve the rows costs less than the prices of the rows less those of the columns, as long as no pairing
//! is cheaper than the price of its row less that of its column. A matching that costs exactly that is the cheapest there is.

use thiserror::Error;

use super::Matching;
use super::lists::Lists;
use crate::money::Money;

/// What is wrong with a matching.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Flaw {
    /// It is about other rows or columns.
    #[error("the matching has another size than the lists")]
    Size,
    /// A row has a column that is not among its candidates.
    #[error("row {row} has column {column}, which is none of its candidates")]
    Stranger {
        /// Which row.
        row: usize,
        /// What it has.
        column: u32,
    },
    /// A column has two rows.
    #[error("column {column} has two rows, {row} is the second")]
    Twice {
        /// The second row.
        row: usize,
        /// Which column.
        column: u32,
    },
    /// The costs of the rows do not add up to the total.
    #[error("the rows cost {found:?} together, and not {said:?}")]
    Total {
        /// What it says.
        said: Money,
        /// What it is.
        found: Money,
    },
    /// A row is priced above what leaving it out costs.
    #[error("row {row} is priced above what it costs to leave it out")]
    Unserved {
        /// Which row.
        row: usize,
    },
    /// A pairing is cheaper than the prices say.
    #[error("row {row} with column {column} is cheaper than their prices say")]
    Cheaper {
        /// Which row.
        row: usize,
        /// Which column.
        column: u32,
    },
    /// A price below nothing.
    #[error("column {column} is priced below nothing")]
    Negative {
        /// Which column.
        column: usize,
    },
    /// The prices prove less than the total: something cheaper may exist.
    #[error("the prices prove {bound:?}, and the total is {total:?}")]
    Gap {
        /// What no way can be cheaper than.
        bound: Money,
        /// What this one costs.
        total: Money,
    },
}

/// Everything that is wrong with a matching; nothing: it is the cheapest there is.
pub fn flaws(lists: &Lists, matching: &Matching) -> Vec<Flaw> {
    let Matching { columns, total, row_prices, column_prices } = matching;
    if [columns.len(), row_prices.len()] != [lists.rows(); 2] || column_prices.len() != lists.columns() {
        return vec![Flaw::Size];
    }
    let mut flaws = Vec::new();
    let found = cost(lists, columns, &mut flaws);
    if found != *total {
        flaws.push(Flaw::Total { said: *total, found });
    }
    for (row, price) in row_prices.iter().enumerate() {
        if *price > lists.unserved(row) {
            flaws.push(Flaw::Unserved { row });
        }
        for pairing in lists.candidates(row) {
            let column_price = column_prices.get(pairing.column() as usize).copied().unwrap_or_default();
            if pairing.cost() + column_price < *price {
                flaws.push(Flaw::Cheaper { row, column: pairing.column() });
            }
        }
    }
    flaws
        .extend((0..).zip(column_prices).filter(|(_, price)| **price < Money::ZERO).map(|(column, _)| Flaw::Negative { column }));
    let bound = row_prices.iter().copied().sum::<Money>() - column_prices.iter().copied().sum();
    if bound != *total {
        flaws.push(Flaw::Gap { bound, total: *total });
    }
    flaws
}

/// What the rows cost with the columns that they have.
fn cost(lists: &Lists, columns: &[Option<u32>], flaws: &mut Vec<Flaw>) -> Money {
    let mut is_taken = vec![false; lists.columns()];
    let mut total = Money::ZERO;
    for (row, column) in columns.iter().enumerate() {
        let Some(column) = *column else {
            total += lists.unserved(row);
            continue;
        };
        // A column named twice counts at its cheapest, which comes first.
        match lists.candidates(row).iter().find(|pairing| pairing.column() == column) {
            Some(pairing) => total += pairing.cost(),
            None => flaws.push(Flaw::Stranger { row, column }),
        }
        if let Some(is_taken) = is_taken.get_mut(column as usize)
            && std::mem::replace(is_taken, true)
        {
            flaws.push(Flaw::Twice { row, column });
        }
    }
    total
}
