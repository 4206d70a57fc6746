//! Rules as data (规则与标准): every number, table and list that a rule uses, with its unit, its date and its source.
//!
//! A value is never edited. What changes is a new version with the day from which it holds; what was wrong is corrected by a new
//! version too, so that a check made in March is answered in June as it was answered then.

pub mod change;
pub mod effect;
pub mod key;
pub mod register;
pub mod resolve;
pub mod spec;
pub mod tracking;
pub mod value;

#[cfg(test)]
pub(crate) mod tests;
