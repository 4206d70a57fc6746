//! Plans of random days with every rule switched on, held to the judge, to the bound and to themselves.

mod judge;
mod pricing;
mod properties;
pub(super) mod random;
mod reading;
mod repairs;
