//! The section `web.roads`: who works out the ways of plans.

use std::path::PathBuf;

use dispatch::road::RoadSpeeds;
use serde::{Deserialize, Serialize};

/// Who works out the ways of plans. With neither a map nor a service ways are the straight line drawn out by the register's values.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Roads {
    /// A map of OpenStreetMap in PBF, read when the service starts; until it is prepared ways are the straight line.
    pub map: Option<PathBuf>,
    /// The address of a service of routes (OSRM), asked instead of the map; when it fails the map is asked.
    pub osrm: Option<String>,
    /// How fast cars are on the roads of the map, kilometres an hour.
    pub speeds: RoadSpeeds,
}
