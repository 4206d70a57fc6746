//! What other prices would change in a day that was driven: its trips planned once with the prices that hold and once with the others.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use dispatch::calendar::{day_of, start_of};
use dispatch::driver::LicenceClass;
use dispatch::plan::problem::Window;
use dispatch::plan::solution::Plan;
use dispatch::plan::solve::solve;
use dispatch::rule::value::RuleValue;
use dispatch::trip::proposal::{Asked, Car, Driver, Names, Prices, Waiting, problem};
use dispatch::unit::UnitId;
use fleet_db::PgConnection;
use fleet_db::dispatch_order::choice::When;
use fleet_db::dispatch_order::roster::{self, Driven, RosterCar};
use serde::Serialize;
use utoipa::ToSchema;

use super::rules::TripRules;
use crate::api::track::apart;
use crate::problem::{ApiError, ApiResult, SERVER_FAILED};

/// How far back a day with trips is looked for, and how much of it is planned.
const BACK: Duration = Duration::days(30);
const MOST_TRIPS: i64 = 20_000;
const MOST_OF_A_DAY: usize = 500;
const MOST_CARS: i64 = 500;
/// Rounds of the search: the same day gives the same answer.
const ROUNDS: f64 = 3_000.0;

/// A day that was driven, planned with the prices that hold and with others.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlanPreview {
    /// The last day on which cars of the unit drove.
    day: chrono::NaiveDate,
    /// Its trips.
    trips: usize,
    /// Trips that would go by a car of another unit, drive or size.
    otherwise: usize,
    before: PlanSummary,
    after: PlanSummary,
}

/// What a plan of the day comes to.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlanSummary {
    vehicles: usize,
    /// Of a hundred trips served, how many by new-energy cars.
    nev_share_pct: f64,
    /// Trips by cars of other units.
    other_unit: usize,
    deadhead_m: u64,
    unserved: usize,
}

/// Plans the last day that was driven with both; nothing where no car of the unit drove of late.
pub(crate) async fn of(
    conn: &mut PgConnection,
    unit: UnitId,
    (before, after): (&RuleValue, &RuleValue),
    now: DateTime<Utc>,
) -> ApiResult<Option<PlanPreview>> {
    let scope = dispatch::scope::Scope::of(unit);
    let when = When { from: now - BACK, to: start_of(day_of(now)) };
    let mut driven = roster::driven(conn, &scope, unit, when, MOST_TRIPS).await?;
    let Some(day) = driven.iter().map(|trip| day_of(trip.begins_at)).max() else { return Ok(None) };
    driven.retain(|trip| day_of(trip.begins_at) == day);
    driven.truncate(MOST_OF_A_DAY);
    let cars = roster::cars(conn, &scope, Some(unit), MOST_CARS).await?;
    let rules = TripRules::of(conn, unit, now).await?;
    let (travel, tolerance) = (rules.travel(), rules.tolerance());
    let [before, after] = [before, after].map(Prices::of);
    let horizon = Window { from: start_of(day), to: start_of(day) + Duration::hours(36) };
    let preview = apart(move || {
        let waiting: Vec<Waiting> = driven.into_iter().map(waiting).collect();
        let (cars, drivers): (Vec<Car>, Vec<Driver>) = cars.iter().filter_map(standing).unzip();
        let plan = |prices: Prices| {
            let (now, travel) = (horizon.from, &travel);
            let names = Names::Chinese;
            let (waiting, cars, drivers) = (&waiting, &cars, &drivers);
            let asked = Asked { now, horizon, tolerance, travel, prices, waiting, cars, drivers, names };
            solve(&problem(&asked), 1, &mut |rounds| f64::from(u32::try_from(rounds).unwrap_or(u32::MAX)) / ROUNDS)
        };
        let (before, after) = (plan(before)?, plan(after)?);
        let kinds: HashMap<&str, _> = cars.iter().map(|car| (car.id.as_str(), (car.unit, car.powertrain, car.seats))).collect();
        let by = |plan: &Plan| -> HashMap<String, _> {
            let orders = plan.orders.iter().flat_map(|order| order.request.iter().map(move |trip| (trip, order)));
            orders.map(|(trip, order)| (trip.clone(), kinds.get(order.vehicle.as_str()).copied())).collect()
        };
        let (one, other) = (by(&before), by(&after));
        let otherwise = waiting.iter().filter(|trip| one.get(&trip.id) != other.get(&trip.id)).count();
        let unit_of = |plan: &Plan| {
            let by = by(plan);
            let foreign = |trip: &&Waiting| by.get(&trip.id).copied().flatten().is_some_and(|(unit, ..)| unit != trip.unit);
            waiting.iter().filter(foreign).count()
        };
        let summary = |plan: &Plan| PlanSummary {
            vehicles: plan.totals.vehicles_used,
            nev_share_pct: plan.totals.nev_share_pct,
            other_unit: unit_of(plan),
            deadhead_m: plan.totals.deadhead_m,
            unserved: plan.unserved.len(),
        };
        Ok::<_, dispatch::plan::read::ReadError>(PlanPreview {
            day,
            trips: waiting.len(),
            otherwise,
            before: summary(&before),
            after: summary(&after),
        })
    })
    .await?;
    preview.map(Some).map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error))
}

fn waiting(driven: Driven) -> Waiting {
    Waiting {
        id: driven.number,
        unit: driven.unit,
        category: driven.category,
        seats: driven.seats,
        from: driven.from,
        to: driven.end,
        is_round_trip: false,
        during: Window { from: driven.begins_at, to: driven.ends_at },
        distance_m: driven.distance_m,
        is_emergency: false,
    }
}

/// A car at its base with a driver of its own: it is about cars here.
fn standing(car: &RosterCar) -> Option<(Car, Driver)> {
    let base = car.base.or(car.place)?;
    let id = car.vehicle.to_string();
    let driver = Driver { id: id.clone(), licence: LicenceClass::A1, busy: Vec::new() };
    let car = Car {
        id,
        unit: car.unit,
        category: car.category,
        powertrain: car.powertrain,
        seats: car.seats,
        place: base,
        base,
        busy: Vec::new(),
    };
    Some((car, driver))
}
