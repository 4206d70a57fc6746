//! Ways by road (道路行程): the roads of an OpenStreetMap file as a graph whose ways are prepared (contraction hierarchies, crate
//! `fast_paths`), so that one between any two places takes microseconds.
//!
//! A file is read once into [`RoadNetwork`]: junctions, and the stretches of road between them with their length and time. Places are put
//! onto the nearest stretch, however far along it; a way leads from there over junctions to the stretch of the other place. Turns and
//! traffic are not known. Only what can be reached from everywhere and back counts as a road, so that nobody is put onto an island.

mod kind;
mod network;
mod path;
mod read;
mod spot;
#[cfg(test)]
mod tests;

use thiserror::Error;

pub use self::kind::{RoadKind, RoadSpeeds};
pub use self::network::RoadNetwork;

/// Why there is no way by road.
#[derive(Debug, Error)]
pub enum RoadError {
    /// The file is no file of OpenStreetMap in PBF.
    #[error("the map cannot be read")]
    File(#[from] osmpbf::Error),
    /// There are no roads in it.
    #[error("the map has no roads")]
    Empty,
    /// A place lies too far from all roads.
    #[error("place {place} is more than {reach_m} m away from all roads")]
    Away {
        /// Which one, from 0.
        place: usize,
        /// How far a road is looked for, metres.
        reach_m: u32,
    },
}

impl RoadError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::File(_) => "road.file",
            Self::Empty => "road.empty",
            Self::Away { .. } => "road.away",
        }
    }
}
