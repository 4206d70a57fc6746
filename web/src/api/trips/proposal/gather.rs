//! What waits for a car and who could go, read from the store: what has been promised takes its time from car and driver.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use dispatch::calendar::day_of;
use dispatch::driver::DriverStatus;
use dispatch::plan::problem::Window;
use dispatch::scope::Scope;
use dispatch::trip::order::OrderState;
use dispatch::trip::proposal::{Car, Driver, Waiting};
use dispatch::trip::request::RequestState;
use dispatch::unit::UnitId;
use dispatch::vehicle::VehicleStatus;
use fleet_db::PgConnection;
use fleet_db::dispatch_order::Order;
use fleet_db::dispatch_order::choice::{self, Choice, When};
use fleet_db::dispatch_order::listing::{self, Filter};
use fleet_db::dispatch_order::roster::{self, RosterCar};
use fleet_db::trip_request::{self, Request};
use telematics::id::VehicleId;
use telematics::place::LonLat;

use crate::problem::ApiResult;

/// Cars, requests and orders that are looked at.
const MOST_CARS: i64 = 2_000;
const MOST_WAITING: i64 = 1_000;
const MOST_ORDERS: i64 = 10_000;

/// All that a plan is made of, under the names that the planner uses.
pub(super) struct Gathered {
    pub(super) waiting: Vec<Waiting>,
    pub(super) cars: Vec<Car>,
    pub(super) drivers: Vec<Driver>,
    /// What the planner calls a trip, and which paper it is.
    pub(super) papers: HashMap<String, Paper>,
    pub(super) plates: HashMap<String, String>,
    pub(super) names: HashMap<String, String>,
    /// Cars that nobody knows the place of.
    pub(super) without_place: usize,
}

/// The paper of a trip.
pub(super) struct Paper {
    pub(super) request: Request,
    /// The order that is to go by another car.
    pub(super) order: Option<Order>,
}

/// Reads it all; what begins before `until` is planned, and trips of `failed` that have not begun wait again.
pub(super) async fn all(
    conn: &mut PgConnection,
    (scope, fleet): (&Scope, Option<UnitId>),
    (horizon, until): (Window, DateTime<Utc>),
    failed: Option<VehicleId>,
    now: DateTime<Utc>,
) -> ApiResult<Gathered> {
    let when = When { from: horizon.from, to: horizon.to };
    let filter = Filter { unit: Some(scope.clone()), span: Some((when.from, when.to)), ..Filter::default() };
    let mut standing = listing::select(conn, &filter, MOST_ORDERS).await?;
    standing.retain(|order| order.state.takes_the_car());
    let has_not_left = |order: &Order| matches!(order.state, OrderState::Issued | OrderState::Accepted);
    let (orphans, standing): (Vec<Order>, Vec<Order>) = standing
        .into_iter()
        .partition(|order| Some(order.vehicle) == failed && has_not_left(order) && order.to > now && order.from < until);
    let mut papers = HashMap::new();
    let asking = waiting(conn, scope, fleet, When { to: until, ..when }).await?;
    // No request named asks for the orders of all.
    let given = if asking.is_empty() {
        Vec::new()
    } else {
        let requests = asking.iter().map(|request| request.id).collect();
        listing::select(conn, &Filter { requests, ..Filter::default() }, MOST_ORDERS).await?
    };
    for request in asking {
        let of_request = |order: &&Order| order.request == request.id || order.riders.contains(&request.id);
        let has = given.iter().filter(of_request).filter(|order| order.state.takes_the_car()).count();
        let wants = usize::try_from(request.wish.vehicle_count).unwrap_or_default();
        for nth in has..wants {
            papers.insert(format!("{}/{nth}", request.id), Paper { request: request.clone(), order: None });
        }
    }
    for order in orphans {
        let request = trip_request::load(conn, order.request).await?;
        papers.insert(order.id.to_string(), Paper { request, order: Some(order) });
    }
    let mut waiting: Vec<Waiting> = papers.iter().map(|(id, paper)| trip(id, paper)).collect();
    // The planner takes them in a settled order, so that the same board gives the same plan.
    waiting.sort_by(|one, other| (one.during.from, &one.id).cmp(&(other.during.from, &other.id)));
    let found = roster::cars(conn, scope, fleet, MOST_CARS).await?;
    let sealed = roster::sealed(conn, scope, when).await?;
    let busy = |car: VehicleId| {
        let orders = standing.iter().filter(|order| order.vehicle == car).map(|order| Window { from: order.from, to: order.to });
        let seals = sealed.iter().filter(|seal| seal.vehicle == car);
        orders.chain(seals.map(|seal| Window { from: seal.from, to: seal.to.unwrap_or(when.to) })).collect::<Vec<_>>()
    };
    let fit: Vec<RosterCar> = found.into_iter().filter(|car| Some(car.vehicle) != failed && may_be_sent(car.status)).collect();
    let plates = fit.iter().map(|car| (car.vehicle.to_string(), car.plate.clone())).collect();
    // Where nobody knows of a place, it is reckoned to stand where the first trip begins: it may go, and that is said.
    let somewhere = waiting.first().map(|trip| trip.from);
    let cars: Vec<Car> = fit.iter().filter_map(|car| as_planned(car, somewhere, busy(car.vehicle))).collect();
    let without_place = fit.iter().filter(|car| car.place.is_none()).count();
    let choices = drivers(conn, scope, fleet, when).await?;
    let names = choices.iter().map(|choice| (choice.driver.id.to_string(), choice.driver.name.clone())).collect();
    let drivers = choices.into_iter().map(|choice| Driver {
        id: choice.driver.id.to_string(),
        licence: choice.driver.licence,
        busy: standing
            .iter()
            .filter(|order| order.driver == choice.driver.id)
            .map(|order| Window { from: order.from, to: order.to })
            .collect(),
    });
    Ok(Gathered { waiting, drivers: drivers.collect(), without_place, cars, papers, plates, names })
}

/// Requests that may have a car and want one, of that time; those that another platform carries out are its own to plan.
async fn waiting(conn: &mut PgConnection, scope: &Scope, fleet: Option<UnitId>, when: When) -> ApiResult<Vec<Request>> {
    let filter = trip_request::listing::Filter {
        states: vec![RequestState::Approved, RequestState::Ordered],
        fleet: Some(fleet.map_or_else(|| scope.clone(), Scope::of)),
        ..Default::default()
    };
    let mut found = trip_request::listing::select(conn, &filter, MOST_WAITING).await?;
    found.retain(|request| request.handed.is_none() && request.wish.begins_at < when.to && request.wish.ends_at > when.from);
    Ok(found)
}

async fn drivers(conn: &mut PgConnection, scope: &Scope, fleet: Option<UnitId>, when: When) -> ApiResult<Vec<Choice>> {
    let units: Vec<UnitId> = fleet.map_or_else(|| scope.units().iter().copied().map(UnitId).collect(), |unit| vec![unit]);
    let mut found: Vec<Choice> = Vec::new();
    for unit in units {
        for choice in choice::drivers(conn, scope, unit, None, when).await? {
            let file = &choice.driver;
            let may_drive = file.status == DriverStatus::OnDuty && file.licence_until >= day_of(when.to);
            if may_drive && !found.iter().any(|known| known.driver.id == file.id) {
                found.push(choice);
            }
        }
    }
    Ok(found)
}

const fn may_be_sent(status: VehicleStatus) -> bool {
    matches!(status, VehicleStatus::InService | VehicleStatus::Idle)
}

fn as_planned(car: &RosterCar, somewhere: Option<LonLat>, busy: Vec<Window>) -> Option<Car> {
    let place = car.place.or(somewhere)?;
    Some(Car {
        id: car.vehicle.to_string(),
        unit: car.unit,
        category: car.category,
        powertrain: car.powertrain,
        seats: car.seats,
        place,
        base: car.base.unwrap_or(place),
        busy,
    })
}

fn trip(id: &str, paper: &Paper) -> Waiting {
    let (request, wish) = (&paper.request, &paper.request.wish);
    let during = paper
        .order
        .as_ref()
        .map_or(Window { from: wish.begins_at, to: wish.ends_at }, |order| Window { from: order.from, to: order.to });
    Waiting {
        id: id.to_owned(),
        unit: wish.unit,
        category: wish.category,
        seats: wish.seats,
        from: wish.from.place,
        to: wish.to.place,
        is_round_trip: wish.is_round_trip,
        during,
        distance_m: u32::try_from(request.distance_m).unwrap_or_default(),
        is_emergency: wish.is_emergency,
    }
}
