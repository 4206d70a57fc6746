//! Paperwork rules: units, vehicles as assets, accounts and scope; pure, no I/O and no clock.

pub mod account;
pub mod audit;
pub mod calendar;
pub mod case;
pub mod document;
pub mod driver;
pub mod exempt;
pub mod finding;
pub mod firmware;
pub mod grant;
pub mod import;
pub mod line;
pub mod local_role;
pub mod message;
pub mod password;
pub mod plate;
pub mod reconcile;
pub mod rule;
pub mod scope;
pub mod sign_in;
pub mod terminal;
pub mod trip;
pub mod unit;
pub mod vehicle;
pub mod vin;
mod word;
