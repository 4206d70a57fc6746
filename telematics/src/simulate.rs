//! Simulated vehicles (模拟车辆): the same seed and the same start give the same journeys, at whatever instants one looks.
//!
//! A [`world::World`] is the road network with the places that cars go to. A [`plan::Planner`] decides what one car does
//! next, and a [`vehicle::SimVehicle`] says where it is and what its instruments show at an instant. Nothing here reads a
//! clock or a file.

pub mod chance;
pub mod drive;
mod instruments;
pub mod plan;
pub mod profile;
pub mod vehicle;
pub mod world;

#[cfg(test)]
mod tests;
