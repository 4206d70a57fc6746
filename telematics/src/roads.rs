//! The road network (路网) that the simulated cars drive on and the map draws; a schematic (示意), not a survey.

use serde::Deserialize;
use thiserror::Error;

use crate::place::LonLat;
use crate::quantity::Speed;

pub mod geometry;
pub mod graph;
mod split;
pub mod tree;

/// The schematic of Hangzhou's roads as it is served to the map: `GeoJSON`, WGS-84, drawn by hand.
pub const HANGZHOU_GEOJSON: &str = include_str!("../data/hangzhou-roads.geojson");

/// What kind of road it is (道路等级).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoadClass {
    /// 快速路、高速公路: no lights, no crossings on the level.
    Expressway,
    /// 主干路: lights at large crossings.
    Arterial,
    /// 支路、次干路: the rest.
    Street,
}

/// One named road (道路) with its line.
#[derive(Clone, Debug)]
pub struct Road {
    /// Chinese name.
    pub name: String,
    /// Kind of road.
    pub class: RoadClass,
    /// Speed limit (限速).
    pub limit: Speed,
    /// It passes over or under the Qiantang river somewhere; every other road stays on its bank.
    pub crosses_river: bool,
    /// At least two places.
    pub line: Vec<LonLat>,
}

/// Why a text is no road network.
#[derive(Debug, Error)]
pub enum RoadError {
    /// Not the `GeoJSON` that was expected.
    #[error("the road network cannot be read")]
    Json(#[from] serde_json::Error),
    /// A line of fewer than two places, or a place that is none.
    #[error("road {name} has no usable line")]
    Line {
        /// Name of the road.
        name: String,
    },
}

impl RoadError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Json(_) => "roads.json",
            Self::Line { .. } => "roads.line",
        }
    }
}

/// The roads of a feature collection; features that are no lines (a lake, drawn for orientation) are left out.
pub fn parse(geojson: &str) -> Result<Vec<Road>, RoadError> {
    let collection: Collection = serde_json::from_str(geojson)?;
    collection.features.into_iter().filter_map(Feature::into_road).collect()
}

/// The roads of Hangzhou.
pub fn hangzhou() -> Vec<Road> {
    parse(HANGZHOU_GEOJSON).expect("the committed network is read by a test")
}

#[derive(Deserialize)]
struct Collection {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    properties: Properties,
    geometry: Geometry,
}

#[derive(Deserialize)]
struct Properties {
    name: String,
    class: Option<serde_json::Value>,
    limit_kmh: Option<f64>,
    crosses: Option<String>,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Geometry {
    LineString {
        coordinates: Vec<(f64, f64)>,
    },
    #[serde(other)]
    Other,
}

impl Feature {
    fn into_road(self) -> Option<Result<Road, RoadError>> {
        let Geometry::LineString { coordinates } = self.geometry else { return None };
        let Properties { name, class, limit_kmh, crosses } = self.properties;
        let class = match serde_json::from_value(class.unwrap_or_default()) {
            Ok(class) => class,
            Err(error) => return Some(Err(error.into())),
        };
        let line: Result<Vec<_>, _> = coordinates.into_iter().map(LonLat::try_from).collect();
        Some(match line {
            Ok(line) if line.len() > 1 => Ok(Road {
                name,
                class,
                limit: Speed::from_kmh(limit_kmh.unwrap_or(40.0)),
                crosses_river: crosses.is_some(),
                line,
            }),
            _ => Err(RoadError::Line { name }),
        })
    }
}

#[cfg(test)]
mod tests;
