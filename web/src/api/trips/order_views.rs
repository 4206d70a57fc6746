//! An order as people see it: the dispatch sheet's items, the journal, and what the reader may do with it now.

use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::trip::order::{OrderAction, OrderId, OrderMover, OrderState};
use fleet_db::dispatch_order::journal::Step;
use fleet_db::dispatch_order::{self, Order, journal};
use fleet_db::trip_request::{self, Request};
use fleet_db::{DbError, PgConnection};
use serde::Serialize;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use telematics::place::LonLat;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rights::Rights;
use super::views::{SpotView, masked, spot};
use super::wishes::Rider;
use crate::auth::Actor;
use crate::problem::ApiResult;

/// Orders.
#[derive(Serialize, ToSchema)]
pub(crate) struct DispatchOrderPage {
    /// The newest first.
    pub(super) items: Vec<DispatchOrderView>,
    /// Send it as `after` for the next page; null on the last.
    pub(super) next: Option<Uuid>,
}

/// Something that happened to an order.
#[derive(Serialize, ToSchema)]
pub(crate) struct OrderStepView {
    /// `issue`, or an action of an order.
    action: String,
    at: DateTime<Utc>,
    recorded_at: DateTime<Utc>,
    by: Option<String>,
    /// The car's own way said so: it left its base, or stood there again.
    by_fence: bool,
    odometer_km: Option<f64>,
    lon: Option<f64>,
    lat: Option<f64>,
    reason: String,
}

/// A dispatch order.
#[expect(clippy::struct_excessive_bools, reason = "boxes of the sheet, each by itself")]
#[derive(Serialize, ToSchema)]
pub(crate) struct DispatchOrderView {
    id: Uuid,
    /// The number that people read, such as `PC-330106-2026-9`.
    number: String,
    /// `issued`, `accepted`, `underway`, `waiting`, `returned`, `settled`, `declined` or `cancelled`.
    state: &'static str,
    request_id: Uuid,
    request_number: String,
    unit_id: Uuid,
    unit_name: String,
    fleet_unit_id: Uuid,
    fleet_name: String,
    applicant: String,
    vehicle_id: Uuid,
    vehicle_no: i32,
    plate: String,
    model: String,
    seats: i16,
    driver_id: Uuid,
    driver: String,
    driver_phone: String,
    begins_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    reason: String,
    purpose: String,
    passengers: Vec<Rider>,
    passenger_count: u32,
    from: SpotView,
    to: SpotView,
    stops: Vec<SpotView>,
    is_round_trip: bool,
    is_emergency: bool,
    is_confidential: bool,
    /// Reason, people and places are not shown to the reader.
    is_masked: bool,
    note: String,
    distance_m: i32,
    substitution: Option<String>,
    issued_by: String,
    issued_at: DateTime<Utc>,
    accepted_at: Option<DateTime<Utc>>,
    departed_at: Option<DateTime<Utc>>,
    arrived_at: Option<DateTime<Utc>>,
    waiting_since: Option<DateTime<Utc>>,
    waited_s: i32,
    returned_at: Option<DateTime<Utc>>,
    settled_at: Option<DateTime<Utc>>,
    depart_odometer_km: Option<f64>,
    return_odometer_km: Option<f64>,
    end_reason: Option<String>,
    /// What the reader may do with it now.
    moves: Vec<&'static str>,
    log: Vec<OrderStepView>,
}

/// Who the actor is to an order.
pub(super) fn movers(rights: &Rights, order: &Order) -> Vec<OrderMover> {
    let held = [
        (rights.drives(order), OrderMover::Driver),
        (rights.dispatches(order.fleet), OrderMover::Dispatcher),
        (rights.settles(order.unit) || rights.settles(order.fleet), OrderMover::Settler),
    ];
    held.into_iter().filter_map(|(is_held, mover)| is_held.then_some(mover)).collect()
}

/// The views of orders, for the actor; those whose request the actor is not shown are left out.
pub(super) async fn views(
    conn: &mut PgConnection,
    actor: &Actor,
    orders: Vec<Order>,
    now: DateTime<Utc>,
) -> ApiResult<Vec<DispatchOrderView>> {
    if orders.is_empty() {
        return Ok(Vec::new());
    }
    let mut requests: HashMap<_, Request> = HashMap::new();
    for order in &orders {
        if let Entry::Vacant(unknown) = requests.entry(order.request) {
            unknown.insert(trip_request::load(conn, order.request).await?);
        }
    }
    let asked: Vec<Request> = requests.values().cloned().collect();
    let units: Vec<_> = orders.iter().flat_map(|order| [order.unit, order.fleet]).collect();
    let rights = Rights::of(conn, actor, &asked, &units, now).await?;
    let ids: Vec<_> = orders.iter().map(|order| order.id).collect();
    let mut logs: HashMap<_, Vec<Step>> = HashMap::new();
    for (id, step) in journal::list(conn, &ids).await? {
        logs.entry(id).or_default().push(step);
    }
    let views = orders.into_iter().filter_map(|order| {
        let request = requests.get(&order.request)?;
        let alone = std::slice::from_ref(&order);
        let is_shown = rights.sees(request, alone) || actor.may(Permission::WatchTrips) && rights.dispatches(order.fleet);
        if !is_shown {
            return None;
        }
        let is_known = rights.knows(request, alone) || rights.dispatches(order.fleet) || !request.wish.is_confidential;
        let moves = order.state.moves(&movers(&rights, &order)).into_iter().map(OrderAction::as_str).collect();
        let log = logs.remove(&order.id).unwrap_or_default();
        Some(DispatchOrderView::new(order, request.clone(), is_known, moves, log))
    });
    Ok(views.collect())
}

/// Those of `orders` of which the actor is not to know where they lead: confidential ones, and those that the actor is not shown.
pub(crate) async fn secret_orders(
    conn: &mut PgConnection,
    actor: &Actor,
    orders: &[OrderId],
    now: DateTime<Utc>,
) -> ApiResult<HashSet<OrderId>> {
    let open = dispatch_order::without_secrets(conn, orders).await?;
    let mut secret: HashSet<OrderId> = orders.iter().copied().collect();
    secret.retain(|order| !open.contains(order));
    for order in secret.clone() {
        if is_known(conn, actor, order, now).await? {
            secret.remove(&order);
        }
    }
    Ok(secret)
}

/// The actor may know where an order leads, confidential or not.
async fn is_known(conn: &mut PgConnection, actor: &Actor, id: OrderId, now: DateTime<Utc>) -> ApiResult<bool> {
    let found = async {
        let order = dispatch_order::load(conn, id).await?;
        let request = trip_request::load(conn, order.request).await?;
        Ok::<_, DbError>((order, request))
    };
    let (order, request) = match found.await {
        Ok(found) => found,
        Err(DbError::NotFound) => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    let rights = Rights::of(conn, actor, std::slice::from_ref(&request), &[order.unit, order.fleet], now).await?;
    Ok(rights.knows(&request, std::slice::from_ref(&order)) || rights.dispatches(order.fleet))
}

#[expect(clippy::cast_precision_loss, reason = "metres of a car's life are exact in a double")]
fn km(metres: i64) -> f64 {
    metres as f64 / 1000.0
}

impl DispatchOrderView {
    fn new(order: Order, request: Request, is_known: bool, moves: Vec<&'static str>, log: Vec<Step>) -> Self {
        let wish = request.wish;
        let passengers = if is_known { wish.passengers } else { Vec::new() };
        Self {
            id: order.id.0,
            number: order.number,
            state: OrderState::as_str(order.state),
            request_id: request.id.0,
            request_number: request.number,
            unit_id: order.unit.0,
            unit_name: request.unit_name,
            fleet_unit_id: order.fleet.0,
            fleet_name: request.fleet_name,
            applicant: request.applicant_name,
            vehicle_id: order.vehicle.0,
            vehicle_no: order.vehicle_no.0,
            plate: order.plate,
            model: order.model,
            seats: order.seats,
            driver_id: order.driver.0,
            driver: order.driver_name,
            driver_phone: order.driver_phone,
            begins_at: wish.begins_at,
            ends_at: wish.ends_at,
            reason: masked(wish.reason, is_known),
            purpose: masked(wish.purpose, is_known),
            passengers: passengers.into_iter().map(|rider| Rider { name: rider.name, phone: rider.phone }).collect(),
            passenger_count: wish.passenger_count,
            from: spot(wish.from, is_known),
            to: spot(wish.to, is_known),
            stops: wish.stops.into_iter().map(|stop| spot(stop, is_known)).collect(),
            is_round_trip: wish.is_round_trip,
            is_emergency: wish.is_emergency,
            is_confidential: wish.is_confidential,
            is_masked: !is_known,
            note: masked(wish.note, is_known),
            distance_m: request.distance_m,
            substitution: order.substitution,
            issued_by: order.issued_by,
            issued_at: order.issued_at,
            accepted_at: order.accepted_at,
            departed_at: order.departed_at,
            arrived_at: order.arrived_at,
            waiting_since: order.waiting_since,
            waited_s: order.waited_s,
            returned_at: order.returned_at,
            settled_at: order.settled_at,
            depart_odometer_km: order.depart_odometer_m.map(km),
            return_odometer_km: order.return_odometer_m.map(km),
            end_reason: order.end_reason,
            moves,
            log: log.into_iter().map(OrderStepView::from).collect(),
        }
    }
}

impl From<Step> for OrderStepView {
    fn from(step: Step) -> Self {
        Self {
            action: step.action,
            at: step.at,
            recorded_at: step.recorded_at,
            by: step.by_name,
            by_fence: step.key.is_some_and(|key| key.starts_with(journal::BY_FENCE)),
            odometer_km: step.odometer_m.map(km),
            lon: step.place.map(LonLat::lon),
            lat: step.place.map(LonLat::lat),
            reason: step.reason,
        }
    }
}
