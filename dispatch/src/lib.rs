//! Paperwork rules: units, vehicles as assets, accounts and scope; pure, no I/O and no clock.

pub mod account;
pub mod audit;
pub mod firmware;
pub mod password;
pub mod plate;
pub mod scope;
pub mod terminal;
pub mod unit;
pub mod vehicle;
pub mod vin;
mod word;
