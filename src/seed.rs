//! The demonstration: units of Hangzhou, their cars and devices, people who may sign in, and some days of history.
//!
//! Everything is derived from a seed, keys included, so that seeding a second time finds everything there.

pub(crate) mod fleet;
pub(crate) mod history;
pub(crate) mod life;
mod model;
pub(crate) mod names;
pub(crate) mod store;
pub(crate) mod trips;
pub(crate) mod units;
