//! Vehicles in motion: ids, quantities, fixes, trips, stops, wire formats; no I/O, no clock, same input, same answer.

pub mod device;
pub mod fix;
pub mod id;
pub mod live;
pub mod place;
pub mod quantity;
pub mod record;
pub mod trip;
