//! Suppliers' cars for a trip (供应商车辆): those whose contract fits and that are free, new energy first, each with its price.

use axum::extract::State;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::calendar::day_of;
use dispatch::cost_line;
use dispatch::scope::Scope;
use dispatch::supplier::{Hire, Offer, passes_over_new_energy, rank};
use dispatch::trip::candidate::judge;
use dispatch::trip::proposal::Prices;
use dispatch::trip::request::RequestId;
use fleet_db::dispatch_order::choice::{self, Car};
use fleet_db::supplier::{self, Terms};
use fleet_db::trip_request::{self, Request};
use fleet_db::{PgConnection, rule};
use serde::Serialize;
use telematics::id::VehicleId;
use utoipa::ToSchema;
use uuid::Uuid;

use super::candidates::{asked, when};
use super::requests::rights;
use super::rights::reach;
use crate::api::settlements::caps;
use crate::auth::Actor;
use crate::extract::{Now, Path};
use crate::problem::{AUTH_FORBIDDEN, ApiResult, NOT_FOUND, Problem};
use crate::state::App;

/// Suppliers' cars for a request, the one to take first.
#[derive(Serialize, ToSchema)]
pub(crate) struct RentalOffers {
    items: Vec<RentalOffer>,
    /// New energy is among them: an order for another of them says why (`substitution`).
    new_energy_first: bool,
}

/// A supplier's car for a request.
#[derive(Serialize, ToSchema)]
pub(crate) struct RentalOffer {
    vehicle_id: Uuid,
    plate: String,
    model: String,
    seats: u32,
    powertrain: &'static str,
    is_new_energy: bool,
    supplier: String,
    contract_number: String,
    /// `rental` or `time_share`.
    kind: &'static str,
    /// What the trip would cost as it is planned, caps counted in.
    price_fen: i64,
    /// What is said of the supplier, in hundredths of a star.
    stars_hundredths: Option<i32>,
}

/// A supplier's car that could go, with its terms.
struct Offered {
    car: Car,
    terms: Terms,
}

/// Suppliers' cars that could go: of the fleet that is asked, with a contract for the time, and nothing else against them.
#[utoipa::path(get, path = "/trip-requests/{id}/rentals", operation_id = "list_rental_offers", tag = "suppliers", params(("id" = Uuid, Path)),
    responses((status = 200, body = RentalOffers),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> ApiResult<axum::Json<RentalOffers>> {
    let cars = actor.scope(Permission::DispatchTrips)?;
    let mut conn = app.begin_as(&actor, &reach(&actor)?).await?;
    let request = trip_request::load(&mut conn, RequestId(id)).await?;
    let rights = rights(&mut conn, &actor, &request, now).await?;
    if !rights.sees(&request, &[]) {
        return Err(NOT_FOUND.into());
    }
    if !rights.dispatches(request.wish.fleet) {
        return Err(AUTH_FORBIDDEN.into());
    }
    let (offers, offered) = offers(&mut conn, &cars, &request, now).await?;
    let view = |offer: &Offer| {
        let Offered { car, terms } = offered.iter().find(|offered| offered.car.candidate.vehicle == offer.vehicle)?;
        Some(RentalOffer {
            vehicle_id: offer.vehicle.0,
            plate: car.plate.clone(),
            model: car.model.clone(),
            seats: car.candidate.seats,
            powertrain: car.candidate.powertrain.as_str(),
            is_new_energy: offer.is_new_energy,
            supplier: terms.supplier.clone(),
            contract_number: terms.number.clone(),
            kind: terms.price.kind().as_str(),
            price_fen: offer.price.fen(),
            stars_hundredths: offer.stars,
        })
    };
    let new_energy_first = offers.iter().any(|offer| offer.is_new_energy);
    Ok(axum::Json(RentalOffers { items: offers.iter().filter_map(view).collect(), new_energy_first }))
}

/// Taking this supplier's car passes over a new-energy one: an order for it says why.
pub(super) async fn passes_over(
    conn: &mut PgConnection,
    scope: &Scope,
    request: &Request,
    car: VehicleId,
    now: DateTime<Utc>,
) -> ApiResult<bool> {
    if supplier::terms(conn, car).await?.is_none() {
        return Ok(false);
    }
    let (offers, _) = offers(conn, scope, request, now).await?;
    Ok(passes_over_new_energy(car, &offers))
}

async fn offers(
    conn: &mut PgConnection,
    scope: &Scope,
    request: &Request,
    now: DateTime<Utc>,
) -> ApiResult<(Vec<Offer>, Vec<Offered>)> {
    let wish = &request.wish;
    let when = when(&request.wish);
    let cars = choice::cars(conn, scope, wish.fleet, None, wish.from.place, when).await?;
    let candidates: Vec<_> = cars.iter().map(|car| car.candidate.clone()).collect();
    // Which may go is asked, not which costs less.
    let free: Vec<VehicleId> = judge(&candidates, &asked(&request.wish, request.distance_m), &Prices::default())
        .into_iter()
        .filter(|verdict| verdict.refused.is_empty())
        .map(|verdict| verdict.vehicle)
        .collect();
    let days = (day_of(when.from), day_of(when.to));
    let hired = supplier::in_contract(conn, &free, days).await?;
    let hire = Hire {
        minutes: u32::try_from((when.to - when.from).num_minutes()).unwrap_or_default(),
        days: u32::try_from((days.1 - days.0).num_days() + 1).unwrap_or(1),
        distance_m: u32::try_from(request.distance_m).unwrap_or_default(),
    };
    let line = rule::superiors(conn, wish.fleet).await?;
    let (mut offers, mut offered) = (Vec::new(), Vec::new());
    for car in cars.into_iter().filter(|car| hired.contains(&car.candidate.vehicle)) {
        let vehicle = car.candidate.vehicle;
        let Some(terms) = supplier::terms(conn, vehicle).await? else { continue };
        let limits = caps(conn, (vehicle, wish.fleet, &line), when.from, now).await?;
        offers.push(Offer {
            vehicle,
            is_new_energy: car.candidate.powertrain.is_new_energy(),
            price: cost_line::total(&terms.price.lines(hire, limits)),
            stars: terms.stars_hundredths,
        });
        offered.push(Offered { car, terms });
    }
    rank(&mut offers);
    Ok((offers, offered))
}
