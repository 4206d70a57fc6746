//! Values of the register: a number, a list or a table, held to what their key says of them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::spec::{Bounds, BuiltinValue, Column, Given, Holds, Kind, Local};
use crate::money::Money;

/// Longest list and table.
const MOST_ROWS: usize = 400;
/// Longest text in a list or a cell.
const TEXT_LENGTH: usize = 200;

/// What a version says (规则值).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RuleValue {
    /// A number; money is whole fen.
    Number(f64),
    /// A list.
    Texts(Vec<String>),
    /// Rows.
    Table(Vec<Row>),
}

/// A row of a table, by the names of its columns.
pub type Row = BTreeMap<String, Cell>;

/// A cell of a table (单元格).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cell {
    /// A number.
    Number(f64),
    /// A text, a word or a day.
    Text(String),
    /// Nothing: no limit.
    Blank(()),
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ValueError {
    /// A list where a number should be, or the like.
    #[error("the value is of another kind")]
    Kind,
    /// Too small or too large.
    #[error("{found} is not between {min} and {max}")]
    Bounds {
        /// The number as given.
        found: f64,
        /// Least.
        min: f64,
        /// Most.
        max: f64,
    },
    /// Too many decimals.
    #[error("{found} has more than {digits} decimals")]
    Digits {
        /// The number as given.
        found: f64,
        /// Decimals that it may have.
        digits: u8,
    },
    /// A column is missing, unknown or holds something else.
    #[error("row {row} is wrong in column {column}")]
    Column {
        /// Counted from one.
        row: usize,
        /// Name of the column.
        column: String,
    },
    /// A text that is none of the words, empty or too long.
    #[error("line {row} is none of the texts that may stand there")]
    Text {
        /// Counted from one.
        row: usize,
    },
    /// No rows, too many, or the same twice.
    #[error("a list has 1 to {MOST_ROWS} lines, each once")]
    Rows,
    /// Looser than what holds above.
    #[error("the value is looser than the one of the unit above")]
    Looser,
    /// Nobody below the top decides that.
    #[error("only the topmost unit sets this value")]
    NotLocal,
}

impl ValueError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Kind => "rule.kind",
            Self::Bounds { .. } => "rule.bounds",
            Self::Digits { .. } => "rule.digits",
            Self::Column { .. } => "rule.column",
            Self::Text { .. } => "rule.text",
            Self::Rows => "rule.rows",
            Self::Looser => "rule.looser",
            Self::NotLocal => "rule.not_local",
        }
    }
}

impl Bounds {
    fn check(&self, found: f64) -> Result<(), ValueError> {
        if !(self.min..=self.max).contains(&found) {
            return Err(ValueError::Bounds { found, min: self.min, max: self.max });
        }
        let scaled = found * 10_f64.powi(i32::from(self.digits));
        if (scaled - scaled.round()).abs() > 1e-6 {
            return Err(ValueError::Digits { found, digits: self.digits });
        }
        Ok(())
    }
}

impl Cell {
    /// The number, if it is one.
    pub const fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(_) | Self::Blank(()) => None,
        }
    }

    /// The text, if it is one.
    pub const fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.as_str()),
            Self::Number(_) | Self::Blank(()) => None,
        }
    }
}

impl Column {
    fn takes(&self, cell: &Cell) -> bool {
        match (self.holds, cell) {
            (Holds::Word(words), Cell::Text(text)) => words.contains(&text.as_str()),
            (Holds::Text, Cell::Text(text)) => is_text(text),
            (Holds::Day, Cell::Text(text)) => text.parse::<NaiveDate>().is_ok(),
            (Holds::Number(bounds) | Holds::NumberOrNone(bounds) | Holds::Step(bounds), Cell::Number(number)) => {
                bounds.check(*number).is_ok()
            }
            (Holds::NumberOrNone(_) | Holds::Step(_), Cell::Blank(())) => true,
            _ => false,
        }
    }

    /// Says which row it is, rather than what holds for it.
    const fn is_name(&self) -> bool {
        matches!(self.holds, Holds::Word(_) | Holds::Text | Holds::Day | Holds::Step(_))
    }
}

fn is_text(text: &str) -> bool {
    (1..=TEXT_LENGTH).contains(&text.chars().count()) && text.trim() == text
}

impl RuleValue {
    /// The number, if it is one.
    pub const fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Texts(_) | Self::Table(_) => None,
        }
    }

    /// What the row of that `item` says in its column `fen`; nothing where there is none.
    pub fn fen_of(&self, item: &str) -> Money {
        let row = self.rows().iter().find(|row| row.get("item").and_then(Cell::text) == Some(item));
        #[expect(clippy::cast_possible_truncation, reason = "whole fen, by the register's bounds")]
        let fen = row.and_then(|row| row.get("fen")).and_then(Cell::number).map_or(0, |fen| fen.round() as i64);
        Money::from_fen(fen)
    }

    /// The whole number of the item, in a table of items and counts; nothing where it does not stand.
    pub fn count_of(&self, item: &str) -> u32 {
        let row = self.rows().iter().find(|row| row.get("item").and_then(Cell::text) == Some(item));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole numbers, by the register's bounds")]
        let count = row.and_then(|row| row.get("count")).and_then(Cell::number).map_or(0, |count| count.round() as u32);
        count
    }

    /// The rows, if it is a table.
    pub fn rows(&self) -> &[Row] {
        match self {
            Self::Table(rows) => rows,
            Self::Number(_) | Self::Texts(_) => &[],
        }
    }

    /// Fits what its key says of it.
    pub fn check(&self, kind: &Kind) -> Result<(), ValueError> {
        match (kind, self) {
            (Kind::Number(bounds), Self::Number(number)) => bounds.check(*number),
            (Kind::Texts(words), Self::Texts(texts)) => check_texts(words, texts),
            (Kind::Table(columns), Self::Table(rows)) => check_rows(columns, rows),
            _ => Err(ValueError::Kind),
        }
    }

    /// What holds where `self` is the value of the unit below and `above` that of the unit above: the stricter of the two
    /// where only stricter is allowed, number by number and row by row.
    #[must_use]
    pub fn under(&self, above: &Self, local: Local, kind: &Kind) -> Self {
        let stricter = match local {
            Local::Free => return self.clone(),
            Local::Nowhere => return above.clone(),
            Local::NotBelow => f64::max,
            Local::NotAbove => f64::min,
        };
        match (above, self, kind) {
            (Self::Number(above), Self::Number(below), _) => Self::Number(stricter(*above, *below)),
            (Self::Table(above), Self::Table(below), Kind::Table(columns)) => {
                let bound = above.iter().map(|row| {
                    let same = below.iter().find(|candidate| is_same_row(columns, row, candidate));
                    same.map_or_else(|| row.clone(), |below| bound_row(columns, row, below, local))
                });
                Self::Table(bound.collect())
            }
            _ => above.clone(),
        }
    }

    /// May be set below a unit where `above` holds.
    pub fn check_under(&self, above: &Self, local: Local, kind: &Kind) -> Result<(), ValueError> {
        match local {
            Local::Nowhere => Err(ValueError::NotLocal),
            Local::Free => Ok(()),
            Local::NotBelow | Local::NotAbove if self.under(above, local, kind) == *self => Ok(()),
            Local::NotBelow | Local::NotAbove => Err(ValueError::Looser),
        }
    }

    /// A built-in value as a value of the register.
    pub(super) fn of_builtin(given: &BuiltinValue, kind: &Kind) -> Self {
        match (given, kind) {
            (BuiltinValue::Number(number), _) => Self::Number(*number),
            (BuiltinValue::Texts(texts), _) => Self::Texts(texts.iter().map(|text| (*text).to_owned()).collect()),
            (BuiltinValue::Table(rows), Kind::Table(columns)) => {
                let row = |cells: &&[Given]| {
                    let named = columns.iter().zip(cells.iter());
                    named.map(|(column, cell)| (column.name.to_owned(), Cell::from(*cell))).collect()
                };
                Self::Table(rows.iter().map(row).collect())
            }
            (BuiltinValue::Table(_), _) => Self::Table(Vec::new()),
        }
    }
}

impl From<Given> for Cell {
    fn from(given: Given) -> Self {
        match given {
            Given::N(number) => Self::Number(number),
            Given::T(text) => Self::Text(text.to_owned()),
            Given::Blank => Self::Blank(()),
        }
    }
}

fn check_texts(words: &[&str], texts: &[String]) -> Result<(), ValueError> {
    if !(1..=MOST_ROWS).contains(&texts.len()) {
        return Err(ValueError::Rows);
    }
    for (index, text) in texts.iter().enumerate() {
        if !is_text(text) || !(words.is_empty() || words.contains(&text.as_str())) {
            return Err(ValueError::Text { row: index + 1 });
        }
        if texts.iter().take(index).any(|before| before == text) {
            return Err(ValueError::Rows);
        }
    }
    Ok(())
}

fn check_rows(columns: &[Column], rows: &[Row]) -> Result<(), ValueError> {
    if !(1..=MOST_ROWS).contains(&rows.len()) {
        return Err(ValueError::Rows);
    }
    for (index, row) in rows.iter().enumerate() {
        let wrong = |column: &str| ValueError::Column { row: index + 1, column: column.to_owned() };
        for column in columns {
            if !row.get(column.name).is_some_and(|cell| column.takes(cell)) {
                return Err(wrong(column.name));
            }
        }
        if let Some(unknown) = row.keys().find(|name| !columns.iter().any(|column| column.name == name.as_str())) {
            return Err(wrong(unknown));
        }
        if rows.iter().take(index).any(|before| is_same_row(columns, before, row)) {
            return Err(ValueError::Rows);
        }
    }
    Ok(())
}

/// Two rows say something of the same thing; without a naming column, rows are the same when they are equal.
fn is_same_row(columns: &[Column], one: &Row, other: &Row) -> bool {
    if columns.iter().any(Column::is_name) {
        columns.iter().filter(|column| column.is_name()).all(|column| one.get(column.name) == other.get(column.name))
    } else {
        one == other
    }
}

fn bound_row(columns: &[Column], above: &Row, below: &Row, local: Local) -> Row {
    let mut bound = above.clone();
    for column in columns.iter().filter(|column| !column.is_name()) {
        let (Some(above), Some(below)) = (above.get(column.name), below.get(column.name)) else { continue };
        // No limit is the loosest there is.
        let is_stricter = match (above, below) {
            (Cell::Blank(()), Cell::Number(_)) => true,
            (Cell::Number(above), Cell::Number(below)) if local == Local::NotBelow => below > above,
            (Cell::Number(above), Cell::Number(below)) => below < above,
            _ => false,
        };
        if is_stricter {
            bound.insert(column.name.to_owned(), below.clone());
        }
    }
    bound
}
