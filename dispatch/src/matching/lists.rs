//! What is matched: for each row its candidates with their cost, the cheapest first, and what it costs to leave it out.

use thiserror::Error;

use crate::money::Money;

/// Most rows, and most columns: four million of either.
const MOST: usize = 1 << 22;
/// Most that leaving a row out may cost, in fen: so that no sum of a batch leaves an `i64`.
const DEAREST: i64 = 1 << 40;

/// A car that could go, and for how much (可派组合).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pairing {
    /// What it costs, in fen. Thirty-two bits, since half as many bytes are half as many to fetch: up to 42 million yuan.
    pub(super) cost: u32,
    /// Which column.
    pub(super) column: u32,
}

/// The candidates of all rows (候选表), row after row in one piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lists {
    pub(super) columns: u32,
    pub(super) starts: Vec<u32>,
    pub(super) pairings: Vec<Pairing>,
    pub(super) unserved: Vec<i64>,
}

/// Why something cannot be matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ListsError {
    /// Too many rows, columns or pairings.
    #[error("at most {MOST} rows and columns are matched at once")]
    TooLarge,
    /// A column that there is not.
    #[error("there is no column {column} among {columns}")]
    Column {
        /// As given.
        column: u32,
        /// How many there are.
        columns: u32,
    },
    /// Less than nothing, or more than a batch can add up.
    #[error("a cost is between nothing and the largest that can be added up, not {fen} fen")]
    Cost {
        /// As given.
        fen: i64,
    },
}

impl ListsError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "matching.too_large",
            Self::Column { .. } => "matching.column",
            Self::Cost { .. } => "matching.cost",
        }
    }
}

impl Pairing {
    /// Which column.
    pub const fn column(self) -> u32 {
        self.column
    }

    /// What it costs.
    pub fn cost(self) -> Money {
        Money::from_fen(self.fen())
    }

    pub(super) fn fen(self) -> i64 {
        i64::from(self.cost)
    }
}

impl Lists {
    /// No rows yet, over so many columns.
    pub fn new(columns: usize) -> Result<Self, ListsError> {
        let few = u32::try_from(columns).ok().filter(|_| columns <= MOST);
        let columns = few.ok_or(ListsError::TooLarge)?;
        Ok(Self { columns, starts: vec![0], pairings: Vec::new(), unserved: Vec::new() })
    }

    /// Adds a row: what it costs to leave it out, and its candidates in any order. A column named twice counts at its cheapest.
    pub fn push(&mut self, unserved: Money, candidates: impl IntoIterator<Item = (u32, Money)>) -> Result<(), ListsError> {
        let first = self.pairings.len();
        let pushed = self.push_row(unserved, candidates);
        if pushed.is_err() {
            self.pairings.truncate(first);
        }
        pushed
    }

    fn push_row(&mut self, unserved: Money, candidates: impl IntoIterator<Item = (u32, Money)>) -> Result<(), ListsError> {
        if self.rows() >= MOST {
            return Err(ListsError::TooLarge);
        }
        if !(0..=DEAREST).contains(&unserved.fen()) {
            return Err(ListsError::Cost { fen: unserved.fen() });
        }
        let first = self.pairings.len();
        for (column, cost) in candidates {
            if column >= self.columns {
                return Err(ListsError::Column { column, columns: self.columns });
            }
            let Ok(cost) = u32::try_from(cost.fen()) else { return Err(ListsError::Cost { fen: cost.fen() }) };
            self.pairings.push(Pairing { cost, column });
        }
        // The cheapest first: a scan of a row ends where cost alone is too much.
        self.pairings.get_mut(first..).unwrap_or_default().sort_unstable();
        self.starts.push(u32::try_from(self.pairings.len()).map_err(|_too_many| ListsError::TooLarge)?);
        self.unserved.push(unserved.fen());
        Ok(())
    }

    /// How many rows.
    pub const fn rows(&self) -> usize {
        self.unserved.len()
    }

    /// How many columns.
    pub const fn columns(&self) -> usize {
        self.columns as usize
    }

    /// The candidates of a row, the cheapest first; none where there is no such row.
    pub fn candidates(&self, row: usize) -> &[Pairing] {
        let span = self.starts.get(row).zip(self.starts.get(row + 1)).map(|(from, to)| *from as usize..*to as usize);
        span.and_then(|span| self.pairings.get(span)).unwrap_or_default()
    }

    /// What it costs to leave a row out.
    pub fn unserved(&self, row: usize) -> Money {
        Money::from_fen(self.unserved.get(row).copied().unwrap_or_default())
    }
}
