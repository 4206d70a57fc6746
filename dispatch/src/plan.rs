//! The plan of a day: which car and which driver serve which requests, proved by a judge and held against a bound.
//!
//! [`read`] turns a problem into types, [`solve`] plans it and says below which cost no plan can lie, [`check`] proves a plan with code
//! of its own, [`repair`] makes a plan whole again when something happens. Nothing here knows the time: whoever calls says how much of the effort is spent.

pub mod check;
pub mod mdvsp;
pub mod problem;
pub mod problem_json;
pub mod read;
pub mod repair;
pub mod settings;
pub mod solution;
pub mod solve;
pub mod travel;

mod anneal;
mod assign;
mod bound;
mod day;
mod draft;
mod drivers;
mod insert;
mod parts;
mod pool;
mod reasons;
mod recombine;
mod ruin;
mod write;

#[cfg(test)]
mod tests;
