//! The dispatch board: cars in rows with their orders over a span of time, and what still waits for a car.

use std::collections::{HashMap, HashSet};

use axum::extract::State;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::trip::order::OrderAction;
use dispatch::trip::request::RequestState;
use dispatch::unit::UnitId;
use fleet_db::dispatch_order::Order;
use fleet_db::dispatch_order::board::{self, BoardRow};
use fleet_db::dispatch_order::listing::{self, Filter};
use fleet_db::trip_request;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::moves;
use super::order_views::movers;
use super::rights::{Rights, reach};
use super::views::TripRequestView;
use crate::auth::Actor;
use crate::extract::{Asked, Now};
use crate::problem::{ApiResult, Problem, Wrong};
use crate::state::App;

/// Cars and orders of a board.
const MOST_CARS: i64 = 1000;
const MOST_ORDERS: i64 = 5000;
/// Requests that wait, told at once.
const MOST_WAITING: i64 = 200;
/// Longest span, in days.
const DAYS: i64 = 31;

/// Which part of the board.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct BoardWanted {
    from: DateTime<Utc>,
    /// At most 31 days later.
    to: DateTime<Utc>,
    /// Cars of this unit and those below alone.
    unit_id: Option<Uuid>,
}

/// The board.
#[derive(Serialize, ToSchema)]
pub(crate) struct DispatchBoard {
    /// By plate; at most 1000.
    vehicles: Vec<BoardVehicle>,
    /// Requests that wait for a car of one's fleets.
    waiting: Vec<TripRequestView>,
}

/// A car with its orders.
#[derive(Serialize, ToSchema)]
pub(crate) struct BoardVehicle {
    id: Uuid,
    no: i32,
    plate: String,
    model: String,
    seats: i16,
    powertrain: String,
    category: String,
    unit_name: String,
    status: String,
    orders: Vec<BoardOrder>,
}

/// An order on the board.
#[derive(Serialize, ToSchema)]
pub(crate) struct BoardOrder {
    id: Uuid,
    number: String,
    state: &'static str,
    begins_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    driver: String,
    request_id: Uuid,
    /// What the reader may do with it now.
    moves: Vec<&'static str>,
}

/// Cars with their orders over a span of time, and the requests that wait.
#[utoipa::path(get, path = "/dispatch-board", operation_id = "read_dispatch_board", tag = "trips", params(BoardWanted),
    responses((status = 200, body = DispatchBoard),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(wanted): Asked<BoardWanted>,
) -> ApiResult<axum::Json<DispatchBoard>> {
    let cars = actor.scope(Permission::WatchTrips)?;
    let scope = reach(&actor)?;
    let mut wrong = Wrong::default();
    if wanted.to <= wanted.from || (wanted.to - wanted.from).num_days() > DAYS {
        wrong.note("to", "trip.window");
        return Err(wrong.into_error());
    }
    let mut conn = app.begin_as(&actor, &scope).await?;
    let rows = board::rows(&mut conn, &cars, wanted.unit_id.map(UnitId), MOST_CARS).await?;
    let filter = Filter { unit: Some(cars), span: Some((wanted.from, wanted.to)), ..Filter::default() };
    let mut orders: HashMap<_, Vec<Order>> = HashMap::new();
    let found = listing::select(&mut conn, &filter, MOST_ORDERS).await?;
    let units: HashSet<UnitId> = found.iter().flat_map(|order| [order.unit, order.fleet]).collect();
    let units: Vec<UnitId> = units.into_iter().collect();
    let rights = Rights::of(&mut conn, &actor, &[], &units, now).await?;
    for order in found {
        if order.state.takes_the_car() {
            orders.entry(order.vehicle).or_default().push(order);
        }
    }
    let waiting = if actor.may(Permission::DispatchTrips) {
        let filter = trip_request::listing::Filter {
            states: vec![RequestState::Approved, RequestState::Ordered],
            fleet: Some(actor.scope(Permission::DispatchTrips)?),
            ..Default::default()
        };
        trip_request::listing::select(&mut conn, &filter, MOST_WAITING).await?
    } else {
        Vec::new()
    };
    let waiting = moves::views(&mut conn, &actor, waiting, now).await?;
    let vehicles = rows.into_iter().map(|row| {
        let orders = orders.remove(&row.id).unwrap_or_default();
        BoardVehicle::new(row, orders, &rights)
    });
    let vehicles = vehicles.collect();
    Ok(axum::Json(DispatchBoard { vehicles, waiting: waiting.into_iter().filter(TripRequestView::wants_a_car).collect() }))
}

impl BoardVehicle {
    fn new(row: BoardRow, orders: Vec<Order>, rights: &Rights) -> Self {
        let orders = orders.into_iter().map(|order| BoardOrder {
            moves: order.state.moves(&movers(rights, &order)).into_iter().map(OrderAction::as_str).collect(),
            id: order.id.0,
            number: order.number,
            state: order.state.as_str(),
            begins_at: order.from,
            ends_at: order.to,
            driver: order.driver_name,
            request_id: order.request.0,
        });
        let mut orders: Vec<BoardOrder> = orders.collect();
        orders.sort_by_key(|order| order.begins_at);
        Self {
            id: row.id.0,
            no: row.no.0,
            plate: row.plate,
            model: row.model,
            seats: row.seats,
            powertrain: row.powertrain,
            category: row.category,
            unit_name: row.unit_name,
            status: row.status,
            orders,
        }
    }
}
