//! `motorpool right-size`: trips and fleets in, what each fleet would have done with the trips out.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use chrono::{DateTime, Duration, Utc};
use clap::ValueHint;
use dispatch::money::Money;
use dispatch::right_size::{Car, Costs, Outcome, Terms, Trip, replay};
use dispatch::rule::key::RuleKey;
use dispatch::rule::value::RuleValue;
use dispatch::trip::travel::Travel;
use dispatch::vehicle::VehicleCategory;
use serde::{Deserialize, Serialize};
use telematics::place::LonLat;

use crate::problem;

/// Drives trips of the past once more with fleets of other sizes: what would be late, hired or refused, and what it would cost.
///
/// The file is JSON: `trips`, `fleets` (each a name and its cars), and `terms`, of which everything may be absent.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  motorpool right-size year.json | jq '.fleets[] | {name, rented, cost_fen}'")]
pub(crate) struct Args {
    /// Trips and fleets; standard input when absent or `-`.
    #[arg(value_hint = ValueHint::FilePath)]
    file: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    trips: Vec<AskedTrip>,
    fleets: Vec<AskedFleet>,
    #[serde(default)]
    terms: AskedTerms,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedTrip {
    id: String,
    category: VehicleCategory,
    seats: u32,
    from: Place,
    /// Where the car is free again; where it began when absent.
    end: Option<Place>,
    distance_m: u32,
    begins_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedFleet {
    name: String,
    cars: Vec<AskedCar>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedCar {
    id: String,
    category: VehicleCategory,
    seats: u32,
    base: Place,
    /// Metres with a full battery; absent for a car with fuel.
    range_m: Option<u32>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    lon: f64,
    lat: f64,
}

/// What differs from the values that the product brings along.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct AskedTerms {
    waits_min: u32,
    may_rent: bool,
    winter_pct: u32,
    charge_m_h: u32,
    reserve_m: u32,
    days: Option<u32>,
    car_year_fen: Option<i64>,
    fuel_km_fen: Option<i64>,
    electric_km_fen: Option<i64>,
    rental_trip_fen: Option<i64>,
    rental_km_fen: Option<i64>,
}

impl Default for AskedTerms {
    fn default() -> Self {
        Self {
            waits_min: 0,
            may_rent: true,
            winter_pct: 70,
            charge_m_h: 35_000,
            reserve_m: 30_000,
            days: None,
            car_year_fen: None,
            fuel_km_fen: None,
            electric_km_fen: None,
            rental_trip_fen: None,
            rental_km_fen: None,
        }
    }
}

#[derive(Serialize)]
struct Told {
    fleets: Vec<ToldFleet>,
}

#[derive(Serialize)]
struct ToldFleet {
    name: String,
    cost_fen: i64,
    #[serde(flatten)]
    outcome: Outcome,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let text = text_of(args.file.as_deref())?;
    let asked: Asked = serde_json::from_slice(&text)
        .map_err(|error| problem::Problem::new("right_size.file", error.to_string(), "mend that line of the file"))?;
    let terms = terms(&asked.terms);
    let trips = asked.trips.into_iter().map(trip).collect::<anyhow::Result<Vec<_>>>()?;
    let mut fleets = Vec::new();
    for fleet in asked.fleets {
        let cars = fleet.cars.into_iter().map(car).collect::<anyhow::Result<Vec<_>>>()?;
        let outcome = replay(&cars, &trips, &terms);
        fleets.push(ToldFleet { name: fleet.name, cost_fen: outcome.cost().fen(), outcome });
    }
    let mut out = serde_json::to_string_pretty(&Told { fleets }).context("cannot write the answer")?;
    out.push('\n');
    match io::stdout().lock().write_all(out.as_bytes()) {
        // The reader has seen enough, as `head` does.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error).context("cannot write to standard output"),
        _ => Ok(ExitCode::SUCCESS),
    }
}

fn text_of(file: Option<&Path>) -> anyhow::Result<Vec<u8>> {
    if let Some(file) = file.filter(|file| *file != Path::new("-")) {
        return fs::read(file).with_context(|| format!("cannot read {}", file.display()));
    }
    let mut text = Vec::new();
    io::stdin().lock().read_to_end(&mut text).context("cannot read the trips")?;
    Ok(text)
}

fn terms(asked: &AskedTerms) -> Terms {
    let value = |key: RuleKey| key.spec().builtin_values().last().map_or(RuleValue::Number(1.0), |(_, value)| value);
    let known = Costs::of(&value(RuleKey::FleetCosts));
    let or = |asked: Option<i64>, known: Money| asked.map_or(known, Money::from_fen);
    Terms {
        travel: Travel::of(&value(RuleKey::WayFactor), &value(RuleKey::TravelSpeed)),
        waits: Duration::minutes(i64::from(asked.waits_min)),
        may_rent: asked.may_rent,
        winter_pct: asked.winter_pct,
        charge_m_h: asked.charge_m_h,
        reserve_m: asked.reserve_m,
        days: asked.days,
        costs: Costs {
            car_year: or(asked.car_year_fen, known.car_year),
            fuel_km: or(asked.fuel_km_fen, known.fuel_km),
            electric_km: or(asked.electric_km_fen, known.electric_km),
            rental_trip: or(asked.rental_trip_fen, known.rental_trip),
            rental_km: or(asked.rental_km_fen, known.rental_km),
        },
    }
}

fn trip(asked: AskedTrip) -> anyhow::Result<Trip> {
    if asked.ends_at <= asked.begins_at {
        let said = format!("trip {} ends before it begins", asked.id);
        return Err(problem::Problem::new("right_size.file", said, "mend that trip").into());
    }
    let from = place(asked.from)?;
    Ok(Trip {
        id: asked.id,
        category: asked.category,
        seats: asked.seats,
        from,
        end: asked.end.map_or(Ok(from), place)?,
        distance_m: asked.distance_m,
        begins_at: asked.begins_at,
        ends_at: asked.ends_at,
    })
}

fn car(asked: AskedCar) -> anyhow::Result<Car> {
    Ok(Car {
        id: asked.id,
        category: asked.category,
        seats: asked.seats,
        is_electric: asked.range_m.is_some(),
        range_m: asked.range_m,
        base: place(asked.base)?,
    })
}

fn place(asked: Place) -> anyhow::Result<LonLat> {
    LonLat::new(asked.lon, asked.lat)
        .map_err(|error| problem::Problem::new(error.code(), error.to_string(), "give lon and lat in degrees").into())
}
