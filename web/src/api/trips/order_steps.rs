//! What is done to an order: taken, driven, brought back, given to somebody else, called off; each step once, however often it is told.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Duration, Utc};
use dispatch::account::Permission;
use dispatch::audit::Action;
use dispatch::driver::DriverId;
use dispatch::trip::order::{OrderAction, OrderActionError, OrderId, OrderMover};
use fleet_db::dispatch_order::journal::{self, Step};
use fleet_db::dispatch_order::{self, Order};
use fleet_db::trip_request::{self, Request};
use fleet_db::{PgConnection, allowance, audit};
use serde::Deserialize;
use telematics::id::VehicleId;
use telematics::place::{LonLat, PlaceError};
use utoipa::ToSchema;
use uuid::Uuid;

use super::order_views::{DispatchOrderView, movers};
use super::orders::{car, driver, entry, facts, rights_over, view};
use super::rights::reach_to_act;
use super::{decisions, fence, tell, way};
use crate::api::session::new_id;
use crate::auth::Actor;
use crate::extract::{Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiError, ApiResult, NOT_FOUND, ORDER_ODOMETER_LOWER, Problem, TRIP_STATE, Wrong};
use crate::state::App;

/// Longest reason, and longest key of a device, in characters.
const TEXT: usize = 200;
/// Farthest reading of an odometer that is believed, in kilometres.
const ODOMETER_KM: f64 = 2_000_000.0;
/// How far a telephone's clock may be ahead.
const AHEAD: Duration = Duration::minutes(5);

/// Something to be done to an order.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct DispatchOrderMove {
    /// `accept`, `decline`, `depart`, `arrive`, `wait`, `resume`, `return`, `reopen`, `reassign` or `cancel`.
    action: String,
    /// When it happened, by the device's clock; now when absent.
    at: Option<DateTime<Utc>>,
    /// Reading of the odometer, when leaving and coming back.
    odometer_km: Option<f64>,
    lon: Option<f64>,
    lat: Option<f64>,
    /// In words; needed to decline, to call off and to reassign.
    #[serde(default)]
    reason: String,
    /// Another car.
    vehicle_id: Option<Uuid>,
    /// Another driver.
    driver_id: Option<Uuid>,
    /// The device's own name of the step: the same name again changes nothing.
    key: Option<String>,
}

/// A step, read and within bounds.
struct Told {
    action: OrderAction,
    at: DateTime<Utc>,
    odometer_m: Option<i64>,
    place: Option<LonLat>,
    reason: String,
}

/// Does something to an order, as far as its state and the asker's rights let it.
#[utoipa::path(post, path = "/dispatch-orders/{id}/actions", operation_id = "move_dispatch_order", tag = "trips", request_body = DispatchOrderMove,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, it is done once")),
    responses((status = 200, body = DispatchOrderView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn act(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<DispatchOrderMove>,
) -> ApiResult<Response> {
    let scope = reach_to_act(&actor)?;
    let told = told(&once.body, now)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let mut order = dispatch_order::load_to_move(conn, OrderId(id)).await?;
    let request = trip_request::load(conn, order.request).await?;
    let rights = rights_over(conn, &actor, &order, &request, now).await?;
    if !(rights.sees(&request, std::slice::from_ref(&order)) || rights.dispatches(order.fleet)) {
        return Err(NOT_FOUND.into());
    }
    if let Some(key) = &once.body.key
        && journal::is_told(conn, order.id, key).await?
    {
        // The device lost the answer: it gets the order as it stands. That it asked again is a look, and is told like one.
        let entry = entry(Action::Viewed, &order);
        let logged = audit::append(conn, &actor.by(""), &entry, now).await?;
        let view = view(conn, &actor, order, now).await?;
        return change.finish(logged, StatusCode::OK, &view).await;
    }
    let movers = movers(&rights, &order);
    let is_legal = order.state.moves(&movers).contains(&told.action) && told.action != OrderAction::Settle;
    let is_known = !is_legal
        && movers.iter().any(|mover| *mover != OrderMover::Settler)
        && fence::has_said(conn, &order, told.action).await?;
    if !is_legal && !is_known {
        return Err(ApiError::from(TRIP_STATE).detail(format!("{} {} {}", order.number, order.state, told.action)));
    }
    let before = facts(&order);
    if is_known {
        fence::confirm(conn, &mut order, told.action, (told.at, told.odometer_m)).await?;
    } else {
        apply(conn, &actor, &mut order, &request, &told, &once.body).await?;
        order.state = order.state.after(told.action)?;
    }
    dispatch_order::save(conn, &order, now).await?;
    let step = Step {
        id: new_id(now),
        action: told.action.as_str().to_owned(),
        at: told.at,
        recorded_at: now,
        by: Some(actor.account.id),
        by_name: None,
        odometer_m: told.odometer_m,
        place: told.place,
        reason: told.reason.clone(),
        key: once.body.key.clone(),
    };
    journal::insert(conn, order.id, &step).await?;
    let order = dispatch_order::load(conn, order.id).await?;
    if !is_known {
        follow(conn, &actor, &order, &request, &told, now).await?;
    }
    way::report(conn, request.id, &told.reason, now).await?;
    let entry = entry(done_by(told.action), &order).before(before).after(facts(&order));
    let logged = audit::append(conn, &actor.by(&told.reason), &entry, now).await?;
    let view = view(conn, &actor, order, now).await?;
    change.finish(logged, StatusCode::OK, &view).await
}

/// What was sent, or everything that is wrong with it.
fn told(given: &DispatchOrderMove, now: DateTime<Utc>) -> ApiResult<Told> {
    let mut wrong = Wrong::default();
    let action = wrong.take("action", given.action.parse::<OrderAction>(), OrderActionError::code);
    let at = given.at.unwrap_or(now);
    if at > now + AHEAD {
        wrong.note("at", "order.clock_ahead");
    }
    let odometer_m = given.odometer_km.and_then(|km| {
        if (0.0..=ODOMETER_KM).contains(&km) {
            #[expect(clippy::cast_possible_truncation, reason = "within the bounds of an odometer")]
            return Some((km * 1000.0).round() as i64);
        }
        wrong.note("odometer_km", "order.odometer");
        None
    });
    let place = given.lon.zip(given.lat).and_then(|(lon, lat)| wrong.take("lon", LonLat::new(lon, lat), PlaceError::code));
    let reason = given.reason.trim().to_owned();
    let is_missing = action.is_some_and(OrderAction::needs_reason) && reason.is_empty();
    if is_missing || reason.chars().count() > TEXT {
        wrong.note("reason", "order.reason");
    }
    let fits = |key: &String| (1..=TEXT).contains(&key.chars().count()) && !key.starts_with(journal::BY_FENCE);
    if !given.key.as_ref().is_none_or(fits) {
        wrong.note("key", "order.key");
    }
    match action {
        Some(action) if wrong.is_empty() => Ok(Told { action, at, odometer_m, place, reason }),
        _ => Err(wrong.into_error()),
    }
}

/// What the step changes in the order, beside its state.
async fn apply(
    conn: &mut PgConnection,
    actor: &Actor,
    order: &mut Order,
    request: &Request,
    told: &Told,
    given: &DispatchOrderMove,
) -> ApiResult<()> {
    let at = told.at;
    match told.action {
        OrderAction::Accept => order.accepted_at = Some(at),
        OrderAction::Depart => {
            let odometer_m = odometer(conn, order, told).await?;
            depart(order, at, odometer_m);
        }
        OrderAction::Arrive => order.arrived_at = Some(at),
        OrderAction::Wait => order.waiting_since = Some(at),
        OrderAction::Resume => end_waiting(order, at),
        OrderAction::Return => {
            let odometer_m = odometer(conn, order, told).await?;
            come_back(order, at, odometer_m);
        }
        OrderAction::Reopen => {
            order.returned_at = None;
            order.return_odometer_m = None;
        }
        OrderAction::Reassign => reassign(conn, actor, order, request, given).await?,
        OrderAction::Decline | OrderAction::Cancel => order.end_reason = Some(told.reason.clone()),
        OrderAction::Settle => {}
    }
    Ok(())
}

/// It has left.
pub(super) fn depart(order: &mut Order, at: DateTime<Utc>, odometer_m: Option<i64>) {
    order.departed_at = Some(at);
    order.depart_odometer_m = odometer_m;
}

/// It is back.
pub(super) fn come_back(order: &mut Order, at: DateTime<Utc>, odometer_m: Option<i64>) {
    end_waiting(order, at);
    order.returned_at = Some(at);
    order.return_odometer_m = odometer_m;
    // Car and driver are free for others; that they came back late takes nothing from those who come next.
    if at < order.to && at > order.from {
        order.to = at;
    }
}

/// The waiting that lasted is over, and is added to what was waited before.
fn end_waiting(order: &mut Order, at: DateTime<Utc>) {
    if let Some(since) = order.waiting_since.take() {
        let waited = (at - since).num_seconds().max(0);
        order.waited_s = order.waited_s.saturating_add(i32::try_from(waited).unwrap_or(i32::MAX));
    }
}

/// The reading that counts: the one that was typed, else the terminal's. One lower than a reading before is refused (D08).
async fn odometer(conn: &mut PgConnection, order: &Order, told: &Told) -> ApiResult<Option<i64>> {
    let Some(typed) = told.odometer_m else {
        let terminal = dispatch_order::terminal_odometer(conn, order.vehicle_no).await?;
        let least = order.depart_odometer_m.unwrap_or_default();
        return Ok(terminal.filter(|terminal| *terminal >= least));
    };
    let highest = dispatch_order::highest_odometer(conn, order.vehicle).await?;
    if highest.is_some_and(|highest| typed < highest) {
        let highest = highest.unwrap_or_default();
        return Err(ApiError::from(ORDER_ODOMETER_LOWER).detail(format!("{}.{} km", highest / 1000, highest % 1000 / 100)));
    }
    Ok(Some(typed))
}

/// Another car, another driver, or both; each is looked at as when the order was issued.
async fn reassign(
    conn: &mut PgConnection,
    actor: &Actor,
    order: &mut Order,
    request: &Request,
    given: &DispatchOrderMove,
) -> ApiResult<()> {
    let scope = actor.scope(Permission::DispatchTrips)?;
    if given.vehicle_id.is_none() && given.driver_id.is_none() {
        let mut wrong = Wrong::default();
        wrong.note("vehicle_id", "order.nothing_changed");
        return Err(wrong.into_error());
    }
    let mut seats = u32::try_from(order.seats).unwrap_or_default();
    if let Some(vehicle) = given.vehicle_id.map(VehicleId).filter(|vehicle| *vehicle != order.vehicle) {
        let car = car(conn, &scope, request, vehicle, Some(&given.reason)).await?;
        seats = car.candidate.seats;
        order.vehicle = car.candidate.vehicle;
        order.vehicle_no = car.no;
        order.fleet = car.candidate.unit;
        order.substitution = Some(given.reason.trim().to_owned());
    }
    if let Some(id) = given.driver_id.map(DriverId).filter(|id| *id != order.driver) {
        order.driver = driver(conn, &scope, request, id, seats).await?.driver.id;
    }
    order.accepted_at = None;
    Ok(())
}

/// What follows for the request, and who is told.
async fn follow(
    conn: &mut PgConnection,
    actor: &Actor,
    order: &Order,
    request: &Request,
    told: &Told,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    match told.action {
        OrderAction::Decline => {
            served(conn, order, now).await?;
            tell::declined(conn, order, &told.reason, now).await
        }
        OrderAction::Cancel => {
            served(conn, order, now).await?;
            tell::order_off(conn, order, (&actor.account.display_name, &told.reason), now).await
        }
        OrderAction::Reassign => tell::issued(conn, request, order, now).await,
        OrderAction::Return => tell::returned(conn, request, order, now).await,
        _ => Ok(()),
    }
}

/// What an order held is free again, and every request that it served waits for another car.
async fn served(conn: &mut PgConnection, order: &Order, now: DateTime<Utc>) -> ApiResult<()> {
    allowance::order::release(conn, order.id, now).await?;
    for request in order.serves() {
        decisions::follow(conn, request, now).await?;
    }
    Ok(())
}

const fn done_by(action: OrderAction) -> Action {
    match action {
        OrderAction::Accept => Action::Accepted,
        OrderAction::Decline => Action::Declined,
        OrderAction::Depart | OrderAction::Resume | OrderAction::Reopen => Action::Departed,
        OrderAction::Arrive => Action::Arrived,
        OrderAction::Wait => Action::Waited,
        OrderAction::Return => Action::CameBack,
        OrderAction::Settle => Action::Settled,
        OrderAction::Reassign => Action::Reassigned,
        OrderAction::Cancel => Action::Cancelled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_adds_up_and_a_clock_that_went_back_takes_nothing_away() {
        let at = |minute: i64| DateTime::<Utc>::UNIX_EPOCH + Duration::minutes(minute);
        let mut order = order();
        for (since, until) in [(0, 10), (20, 25), (40, 30)] {
            order.waiting_since = Some(at(since));
            end_waiting(&mut order, at(until));
        }
        assert_eq!((order.waited_s, order.waiting_since), (15 * 60, None));
    }

    fn order() -> Order {
        let id = |n: u128| Uuid::from_u128(n);
        Order {
            id: OrderId(id(1)),
            number: String::new(),
            request: dispatch::trip::request::RequestId(id(2)),
            riders: Vec::new(),
            unit: dispatch::unit::UnitId(id(3)),
            fleet: dispatch::unit::UnitId(id(3)),
            vehicle: VehicleId(id(4)),
            vehicle_no: telematics::id::VehicleNo(1),
            plate: String::new(),
            model: String::new(),
            seats: 5,
            driver: DriverId(id(5)),
            driver_account: None,
            driver_name: String::new(),
            driver_phone: String::new(),
            state: dispatch::trip::order::OrderState::Waiting,
            from: DateTime::UNIX_EPOCH,
            to: DateTime::UNIX_EPOCH,
            substitution: None,
            issued_by: String::new(),
            issued_at: DateTime::UNIX_EPOCH,
            accepted_at: None,
            departed_at: None,
            arrived_at: None,
            waiting_since: None,
            waited_s: 0,
            returned_at: None,
            settled_at: None,
            depart_odometer_m: None,
            return_odometer_m: None,
            end_reason: None,
        }
    }
}
