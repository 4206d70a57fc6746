//! Ways by road for plans (路网行程): from a service of routes, from a map that was prepared, or neither, which leaves the straight line.

use std::fs::File;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use dispatch::plan::travel::Matrix;
use dispatch::road::{RoadNetwork, RoadSpeeds};
use telematics::place::LonLat;
use thiserror::Error;
use tracing::{error, info, warn};

use crate::config::Roads as Config;
use crate::osrm;

/// Why ways by road cannot be had as they are configured.
#[derive(Debug, Error)]
pub enum RoadsError {
    /// The map cannot be read.
    #[error("web.roads.map cannot be read")]
    Map(#[from] std::io::Error),
    /// A speed is none.
    #[error("web.roads.speeds: a speed is not between 1 and 200 km/h, or of_limit not between 0.1 and 1.5")]
    Speeds,
}

/// Who works out ways here.
#[derive(Debug, Default)]
pub(crate) struct Roads {
    service: Option<String>,
    network: Arc<OnceLock<RoadNetwork>>,
}

impl Roads {
    /// Begins to prepare the map, on a thread of its own: that takes minutes for a province.
    pub(crate) fn open(config: &Config) -> Result<Self, RoadsError> {
        if !config.speeds.is_sound() {
            return Err(RoadsError::Speeds);
        }
        let roads = Self { service: config.osrm.clone(), network: Arc::default() };
        if let Some(file) = &config.map {
            // What is not there is said at once; a province is read while the service starts.
            let (map, speeds, network) = (File::open(file)?, config.speeds, Arc::clone(&roads.network));
            tokio::task::spawn_blocking(move || prepare(map, speeds, &network));
        }
        Ok(roads)
    }

    /// All ways between these places; nothing where there is none to be had, and the straight line has to do.
    pub(crate) async fn matrix(&self, places: Vec<LonLat>) -> Option<Matrix> {
        if let Some(url) = &self.service {
            match osrm::table(url, &places).await {
                Ok(ways) => return Some(ways),
                Err(failed) => {
                    metrics::counter!("motorpool_web_ways_failed_total", "from" => "osrm").increment(1);
                    warn!(code = failed.code(), error = &failed as &dyn std::error::Error, "no ways from the service of routes");
                }
            }
        }
        // Nothing is asked for where there is no map, or none yet.
        self.network.get()?;
        let network = Arc::clone(&self.network);
        let ways = tokio::task::spawn_blocking(move || network.get().map(|network| network.matrix(&places))).await.ok()??;
        ways.inspect_err(|failed| {
            metrics::counter!("motorpool_web_ways_failed_total", "from" => "roads").increment(1);
            warn!(code = failed.code(), error = failed as &dyn std::error::Error, "no ways from the map of roads");
        })
        .ok()
    }
}

fn prepare(mut map: File, speeds: RoadSpeeds, network: &OnceLock<RoadNetwork>) {
    let begun = Instant::now();
    let mut bytes = Vec::new();
    if let Err(failed) = std::io::copy(&mut map, &mut bytes) {
        error!(error = &failed as &dyn std::error::Error, "web.roads.map is not used");
        return;
    }
    match RoadNetwork::read(&bytes, speeds) {
        Ok(read) => {
            let (junctions, stretches) = (read.junctions(), read.stretches());
            info!(
                junctions,
                stretches,
                seconds = begun.elapsed().as_secs(),
                "ways are worked out on {stretches} stretches of road"
            );
            // Set once: nobody else prepares one.
            let _ = network.set(read);
        }
        Err(failed) => {
            error!(code = failed.code(), error = &failed as &dyn std::error::Error, "web.roads.map is not used");
        }
    }
}
