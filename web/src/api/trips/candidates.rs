//! Who could go: the cars and drivers of the fleet that is asked, each with what speaks against it, the best first.

use std::collections::HashMap;

use axum::extract::State;
use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use dispatch::calendar::day_of;
use dispatch::driver::DriverError;
use dispatch::trip::candidate::{Asked, Judgement, Refusal, judge};
use dispatch::trip::request::RequestId;
use dispatch::trip::wish::Wish;
use fleet_db::PgConnection;
use fleet_db::dispatch_order::choice::{self, Car, Choice, When};
use fleet_db::trip_request;
use serde::Serialize;
use telematics::place::LonLat;
use telematics::quantity::Distance;
use utoipa::ToSchema;
use uuid::Uuid;

use super::requests::rights;
use super::rights::reach;
use super::rules::TripRules;
use crate::auth::Actor;
use crate::extract::{Now, Path};
use crate::problem::{AUTH_FORBIDDEN, ApiResult, NOT_FOUND, Problem};
use crate::state::App;
use crate::texts::Language;

/// Cars and drivers told at once.
const MOST: usize = 100;

/// Cars and drivers for a request.
#[derive(Serialize, ToSchema)]
pub(crate) struct TripCandidates {
    vehicles: Vec<CarCandidate>,
    drivers: Vec<DriverCandidate>,
    /// Cars of the fleet that are not among those told.
    vehicles_left_out: usize,
}

/// What speaks against somebody or something.
#[derive(Serialize, ToSchema)]
pub(crate) struct RefusalView {
    code: &'static str,
    /// The same in words.
    title: &'static str,
}

/// A car that could go.
#[derive(Serialize, ToSchema)]
pub(crate) struct CarCandidate {
    vehicle_id: Uuid,
    no: i32,
    plate: String,
    model: String,
    seats: u32,
    powertrain: &'static str,
    unit_name: String,
    lon: Option<f64>,
    lat: Option<f64>,
    /// Metres to where the trip begins, in a straight line.
    away_m: Option<f64>,
    /// State of charge, per cent.
    soc_pct: Option<f64>,
    /// Fuel, per cent of the tank.
    fuel_pct: Option<f64>,
    /// It has more or fewer seats than a car of the size that was asked for: an order for it says why.
    is_substitute: bool,
    /// Until when another order has it.
    taken_until: Option<DateTime<Utc>>,
    /// Nothing: it can go.
    refused: Vec<RefusalView>,
}

/// A driver who could go.
#[derive(Serialize, ToSchema)]
pub(crate) struct DriverCandidate {
    driver_id: Uuid,
    name: String,
    phone: String,
    licence_class: &'static str,
    /// Until when another order has the driver.
    taken_until: Option<DateTime<Utc>>,
    /// Nothing: the driver can go.
    refused: Vec<RefusalView>,
}

/// The code under which a refusal is told.
pub(super) const fn code(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Taken => "order.vehicle_taken",
        Refusal::OutOfUse => "order.vehicle_out_of_use",
        Refusal::Sealed => "order.vehicle_sealed",
        Refusal::InShop => "order.vehicle_in_shop",
        Refusal::Category => "order.vehicle_category",
        Refusal::TooSmall => "order.vehicle_too_small",
        Refusal::Range => "order.vehicle_range",
    }
}

/// What a wish asks of a car that goes so many metres.
pub(super) fn asked(wish: &Wish, distance_m: i32) -> Asked {
    Asked {
        unit: wish.unit,
        category: wish.category,
        seats: wish.seats,
        distance: Distance::from_metres(f64::from(distance_m)),
        is_emergency: wish.is_emergency,
    }
}

/// When a wish wants its car.
pub(super) fn when(wish: &Wish) -> When {
    When { from: wish.begins_at, to: wish.ends_at }
}

/// What speaks against a driver for a car of `seats` at that time.
pub(super) fn against(choice: &Choice, seats: u32, when: When) -> Vec<&'static str> {
    let taken = choice.taken_until.map(|_| "order.driver_taken");
    let file = choice.driver.may_be_sent(seats, day_of(when.to)).err();
    taken.into_iter().chain(file.as_ref().map(DriverError::code)).collect()
}

/// Cars and drivers that could go, the best first, each with all that speaks against it.
#[utoipa::path(get, path = "/trip-requests/{id}/candidates", operation_id = "list_trip_candidates", tag = "trips", params(("id" = Uuid, Path)),
    responses((status = 200, body = TripCandidates),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
) -> ApiResult<axum::Json<TripCandidates>> {
    let scope = reach(&actor)?;
    let language = Language::wanted(&headers);
    let mut conn = app.begin_as(&actor, &scope).await?;
    let request = trip_request::load(&mut conn, RequestId(id)).await?;
    let rights = rights(&mut conn, &actor, &request, now).await?;
    // Who may only look on sees the paper, and not what could be made of it.
    if !rights.sees(&request, &[]) {
        return Err(NOT_FOUND.into());
    }
    if !(rights.dispatches(request.wish.fleet) || rights.decides(&request)) {
        return Err(AUTH_FORBIDDEN.into());
    }
    let (cars, verdicts) = judged(&mut conn, &request.wish, request.distance_m, now).await?;
    let vehicles_left_out = verdicts.len().saturating_sub(MOST);
    let refusals = |codes: Vec<&'static str>| -> Vec<RefusalView> {
        codes.into_iter().map(|code| RefusalView { code, title: language.title(code) }).collect()
    };
    let mut cars: HashMap<_, Car> = cars.into_iter().map(|car| (car.candidate.vehicle, car)).collect();
    let vehicles = verdicts.into_iter().take(MOST).filter_map(|verdict| {
        let car = cars.remove(&verdict.vehicle)?;
        let refused = refusals(verdict.refused.iter().map(|refusal| code(*refusal)).collect());
        Some(CarCandidate::new(car, &verdict, refused))
    });
    let vehicles: Vec<CarCandidate> = vehicles.collect();
    let seats = vehicles.first().map_or(request.wish.seats, |car| car.seats);
    let fleet_scope = dispatch::scope::Scope::of(request.wish.fleet);
    let choices = choice::drivers(&mut conn, &fleet_scope, request.wish.fleet, None, when(&request.wish)).await?;
    let mut drivers: Vec<DriverCandidate> = choices
        .into_iter()
        .map(|choice| {
            let refused = refusals(against(&choice, seats, when(&request.wish)));
            DriverCandidate {
                driver_id: choice.driver.id.0,
                name: choice.driver.name,
                phone: choice.driver.phone,
                licence_class: choice.driver.licence.as_str(),
                taken_until: choice.taken_until,
                refused,
            }
        })
        .collect();
    drivers.sort_by_key(|driver| driver.refused.len());
    drivers.truncate(MOST);
    Ok(axum::Json(TripCandidates { vehicles, drivers, vehicles_left_out }))
}

/// The cars of the fleet that is asked, with what is said of each, the best first.
///
/// Who may dispatch for the fleet, or decides on the request, may see what the fleet has; of whose cars lie outside the connection's
/// scope, the store tells nothing.
pub(super) async fn judged(
    conn: &mut PgConnection,
    wish: &Wish,
    distance_m: i32,
    now: DateTime<Utc>,
) -> ApiResult<(Vec<Car>, Vec<Judgement>)> {
    let fleet = dispatch::scope::Scope::of(wish.fleet);
    let cars = choice::cars(conn, &fleet, wish.fleet, None, wish.from.place, when(wish)).await?;
    let candidates: Vec<_> = cars.iter().map(|car| car.candidate.clone()).collect();
    let prices = TripRules::of(conn, wish.fleet, now).await?.prices();
    let verdicts = judge(&candidates, &asked(wish, distance_m), &prices);
    Ok((cars, verdicts))
}

impl CarCandidate {
    fn new(car: Car, verdict: &Judgement, refused: Vec<RefusalView>) -> Self {
        Self {
            vehicle_id: car.candidate.vehicle.0,
            no: car.no.0,
            plate: car.plate,
            model: car.model,
            seats: car.candidate.seats,
            powertrain: car.candidate.powertrain.as_str(),
            unit_name: car.unit_name,
            lon: car.place.map(LonLat::lon),
            lat: car.place.map(LonLat::lat),
            away_m: verdict.away_m,
            soc_pct: car.soc_pct,
            fuel_pct: car.fuel_pct,
            is_substitute: verdict.is_substitute,
            taken_until: car.candidate.taken_until,
            refused,
        }
    }
}
