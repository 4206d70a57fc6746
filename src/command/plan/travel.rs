//! `motorpool plan travel`: the ways of a problem worked out over roads, so that planner and proof judge by the same table.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::ValueHint;
use dispatch::plan::problem::Problem;
use dispatch::plan::problem_json;
use dispatch::plan::read::read;
use dispatch::plan::travel::{Matrix, Travel};
use dispatch::road::{RoadError, RoadNetwork, RoadSpeeds};
use telematics::place::LonLat;

use super::check::contents;
use super::{print, show, wrong};
use crate::problem;

/// Works the ways of a problem out over roads, and prints the problem with the table of them.
///
/// The roads are those of an OpenStreetMap file (PBF), or a service of routes (OSRM) is asked. The plan of the problem says which.
#[derive(Debug, clap::Args)]
#[command(
    group = clap::ArgGroup::new("source").required(true),
    after_help = "Example:\n  motorpool plan travel problem.json --roads zhejiang.osm.pbf > by-road.json\n  motorpool plan by-road.json > plan.json"
)]
pub(super) struct Args {
    /// The problem; its places have coordinates.
    #[arg(value_hint = ValueHint::FilePath)]
    problem: PathBuf,
    /// A map of OpenStreetMap in PBF.
    #[arg(long, value_name = "FILE", group = "source", value_hint = ValueHint::FilePath)]
    roads: Option<PathBuf>,
    /// How fast roads are, as `[web.roads.speeds]` of the configuration, in JSON.
    #[arg(long, value_name = "FILE", requires = "roads", value_hint = ValueHint::FilePath)]
    speeds: Option<PathBuf>,
    /// The address of a service of routes, such as `http://127.0.0.1:5000`.
    #[arg(long, value_name = "URL", group = "source")]
    osrm: Option<String>,
}

pub(super) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut day = read(&contents(&args.problem)?).map_err(|error| wrong(&error))?;
    let places = places(&day)?;
    let ways = match (&args.roads, &args.osrm) {
        (Some(file), _) => by_road(file, args.speeds.as_deref(), &day, &places)?,
        (None, Some(url)) => by_service(url, &places).await?,
        (None, None) => anyhow::bail!("neither a map nor a service is named"),
    };
    day.travel = Travel::Matrix(ways);
    print(&problem_json::of(&day))?;
    Ok(ExitCode::SUCCESS)
}

fn places(day: &Problem) -> anyhow::Result<Vec<LonLat>> {
    let known = day.places.iter().map(|place| {
        place.at.ok_or_else(|| {
            let reason = format!("the place {} has no lat and lon", place.id);
            problem::Problem::new("plan.no_coordinates", reason, "give every place its coordinates").into()
        })
    });
    known.collect()
}

fn by_road(file: &Path, speeds: Option<&Path>, day: &Problem, places: &[LonLat]) -> anyhow::Result<Matrix> {
    let speeds: RoadSpeeds = match speeds {
        Some(file) => serde_json::from_slice(&contents(file)?).with_context(|| format!("cannot read {}", file.display()))?,
        None => RoadSpeeds::default(),
    };
    if !speeds.is_sound() {
        let reason = "a speed is not between 1 and 200 km/h, or the share of a limit not between 0.1 and 1.5";
        return Err(problem::Problem::new("road.speeds", reason, "mend the file of speeds").into());
    }
    let map = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    show("reading the roads");
    let network = RoadNetwork::read(&map, speeds).map_err(|error| lacking(&error, day))?;
    show(&format!("{} junctions, {} stretches of road", network.junctions(), network.stretches()));
    let ways = network.matrix(places).map_err(|error| lacking(&error, day))?;
    show("");
    Ok(ways)
}

fn lacking(error: &RoadError, day: &Problem) -> problem::Problem {
    let place = match error {
        RoadError::Away { place, .. } => day.places.get(*place),
        _ => None,
    };
    let reason = place.map_or_else(|| error.to_string(), |place| format!("{error}: {}", place.id));
    let remedy = match error {
        RoadError::File(_) => "give a file of OpenStreetMap in PBF, such as one of download.geofabrik.de",
        RoadError::Empty => "give a map with roads",
        RoadError::Away { .. } => "give a map that holds all places, or mend the coordinates of this one",
    };
    problem::Problem::new(error.code(), reason, remedy)
}

async fn by_service(url: &str, places: &[LonLat]) -> anyhow::Result<Matrix> {
    web::osrm::table(url, places).await.map_err(|error| {
        let reason = format!("the service of routes gives no ways: {error}");
        problem::Problem::new(error.code(), reason, "check the address, and that the service knows the region").into()
    })
}
