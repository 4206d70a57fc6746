//! The roads of a region, prepared for many questions.

use std::collections::HashMap;

use fast_paths::{FastGraph, InputGraph};
use telematics::place::LonLat;

use super::RoadError;
use super::kind::RoadSpeeds;
use super::path::Finder;
use super::read::{Drawn, read};
use super::spot::{Cells, Spot};
use crate::plan::travel::{Matrix, TravelSource, Way};

/// How far a road is looked for, metres.
const REACH_M: u32 = 5_000;

/// The roads of a region (路网).
pub struct RoadNetwork {
    pub(super) drawn: Drawn,
    pub(super) graph: FastGraph,
    /// Metres of the quickest stretch from one junction to the other.
    pub(super) metres: HashMap<(u32, u32), f64>,
    pub(super) speeds: RoadSpeeds,
    cells: Cells,
}

impl std::fmt::Debug for RoadNetwork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RoadNetwork")
            .field("junctions", &self.junctions())
            .field("stretches", &self.stretches())
            .finish_non_exhaustive()
    }
}

/// Time in the graph: milliseconds, at least one.
pub(super) fn weight(seconds: f64) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "ways on earth")]
    let weight = (seconds * 1000.0).round().max(1.0) as usize;
    weight
}

impl RoadNetwork {
    /// From a file of OpenStreetMap in PBF, as it is. Takes seconds for a city and minutes for a province.
    pub fn read(file: &[u8], speeds: RoadSpeeds) -> Result<Self, RoadError> {
        let drawn = read(file, &speeds)?;
        let mut graph = InputGraph::new();
        let mut quickest: HashMap<(u32, u32), (usize, f64)> = HashMap::new();
        for stretch in &drawn.stretches {
            let weight = weight(stretch.seconds(stretch.metres));
            let ways =
                [(stretch.traffic.forward, stretch.from, stretch.to), (stretch.traffic.backward, stretch.to, stretch.from)];
            for (_, from, to) in ways.into_iter().filter(|(is_open, from, to)| *is_open && from != to) {
                graph.add_edge(from as usize, to as usize, weight);
                let known = quickest.entry((from, to)).or_insert((weight, stretch.metres));
                if weight < known.0 {
                    *known = (weight, stretch.metres);
                }
            }
        }
        if quickest.is_empty() {
            return Err(RoadError::Empty);
        }
        graph.freeze();
        let cells = Cells::of(&drawn);
        let metres = quickest.into_iter().map(|(key, (_, metres))| (key, metres)).collect();
        Ok(Self { graph: fast_paths::prepare(&graph), drawn, metres, speeds, cells })
    }

    /// Junctions of the network.
    pub const fn junctions(&self) -> u32 {
        self.drawn.junctions
    }

    /// Stretches of road between them.
    pub const fn stretches(&self) -> usize {
        self.drawn.stretches.len()
    }

    /// All ways between these places, row by row.
    pub fn matrix(&self, places: &[LonLat]) -> Result<Matrix, RoadError> {
        let spots =
            places.iter().enumerate().map(|(place, at)| self.spot(*at).ok_or(RoadError::Away { place, reach_m: REACH_M }));
        let spots: Vec<Spot> = spots.collect::<Result<_, _>>()?;
        let mut finder = Finder::new(self);
        let mut ways = Vec::with_capacity(spots.len() * spots.len());
        for (row, from) in spots.iter().enumerate() {
            // To itself nobody drives.
            ways.extend(spots.iter().enumerate().map(
                |(column, to)| {
                    if row == column { Way::default() } else { finder.way(from, to) }
                },
            ));
        }
        Matrix::new(places.len(), ways, TravelSource::Roads).ok_or(RoadError::Empty)
    }

    /// Where a place is on the roads.
    pub(super) fn spot(&self, place: LonLat) -> Option<Spot> {
        self.cells.nearest(&self.drawn, place, f64::from(REACH_M))
    }
}
