//! Orders: a car and a driver given to a request; found and looked at; what a driver has to do today.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Duration, Utc};
use dispatch::account::{AccountId, Permission};
use dispatch::allowance::AllowanceMonth;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::driver::DriverId;
use dispatch::money::Money;
use dispatch::scope::Scope;
use dispatch::trip::candidate::judge;
use dispatch::trip::order::{OrderId, OrderState};
use dispatch::trip::proposal::Prices;
use dispatch::trip::request::{RequestAction, RequestId};
use fleet_db::dispatch_order::choice::{self, Car, Choice};
use fleet_db::dispatch_order::journal::{self, Step};
use fleet_db::dispatch_order::listing::{self, Filter};
use fleet_db::dispatch_order::{self, NewOrder, Order};
use fleet_db::trip_request::{self, Request};
use fleet_db::{PgConnection, allowance, audit};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use telematics::id::VehicleId;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::candidates::{against, asked, code, when};
use super::order_views::{DispatchOrderPage, DispatchOrderView, views};
use super::requests::rights;
use super::rights::{Rights, reach};
use super::{moves, rentals, tell, way};
use crate::api::allowance_warning;
use crate::api::session::new_id;
use crate::auth::{Actor, look};
use crate::extract::{Asked, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiError, ApiResult, NOT_FOUND, Problem, TRIP_STATE, Wrong};
use crate::state::App;

/// Orders of a page, and most of them.
const PAGE: i64 = 50;
const MOST: i64 = 200;
/// Days of a driver's past that the terminal keeps.
const DRIVER_DAYS: i64 = 7;
/// Longest reason for another car, in characters.
const SUBSTITUTION: usize = 200;

/// A car and a driver for a request.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct OrderToIssue {
    vehicle_id: Uuid,
    driver_id: Uuid,
    /// Why a car of another size goes, or a supplier's car that is not the new-energy one; needed where it does.
    substitution: Option<String>,
}

/// Which orders.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OrdersWanted {
    /// `mine` (those one drives), `open`, `to_settle` (back and not settled, of the units for which one settles), `settled` or `all`;
    /// `all` when absent.
    view: Option<String>,
    vehicle_id: Option<Uuid>,
    driver_id: Option<Uuid>,
    /// Taking their car at any time from here …
    from: Option<DateTime<Utc>>,
    /// … to here.
    to: Option<DateTime<Utc>>,
    /// What `next` of the page before was.
    after: Option<Uuid>,
    /// 1 to 200, 50 when absent.
    limit: Option<i64>,
}

/// What a driver has to do, and has done lately.
#[derive(Serialize, ToSchema)]
pub(crate) struct DriverTasks {
    /// Name in the driver's file; null for an account without one.
    driver: Option<String>,
    driver_id: Option<Uuid>,
    tasks: Vec<DispatchOrderView>,
}

/// Gives a car and a driver to a request. That neither has two at a time, the store sees to.
#[utoipa::path(post, path = "/trip-requests/{id}/orders", operation_id = "issue_dispatch_order", tag = "trips", request_body = OrderToIssue,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the order is issued once")),
    responses((status = 201, body = DispatchOrderView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn issue(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<OrderToIssue>,
) -> ApiResult<Response> {
    let cars = actor.scope(Permission::DispatchTrips)?;
    let scope = reach(&actor)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let mut request = trip_request::load_to_move(conn, RequestId(id)).await?;
    let filter = Filter { requests: vec![request.id], ..Filter::default() };
    let orders = listing::select(conn, &filter, MOST).await?;
    let rights = rights(conn, &actor, &request, now).await?;
    if !rights.sees(&request, &orders) {
        return Err(NOT_FOUND.into());
    }
    if !moves::of_request(&request, &orders, &rights, false).contains(&"order") {
        return Err(ApiError::from(TRIP_STATE).detail(format!("{} {}", request.number, request.state)));
    }
    let substitution = once.body.substitution.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let wanted = (VehicleId(once.body.vehicle_id), DriverId(once.body.driver_id));
    let order = give(conn, &cars, &mut request, wanted, substitution, actor.account.id, now).await?;
    let entry = entry(Action::Ordered, &order).after(facts(&order));
    let told = audit::append(conn, &actor.by(""), &entry, now).await?;
    let view = view(conn, &actor, order, now).await?;
    change.finish(told, StatusCode::CREATED, &view).await
}

/// Gives a car and a driver of the scope to a request that may have them, where nothing speaks against either; told, and not yet
/// written into the audit log.
pub(super) async fn give(
    conn: &mut PgConnection,
    cars: &Scope,
    request: &mut Request,
    (vehicle, driver_id): (VehicleId, DriverId),
    substitution: Option<String>,
    by: AccountId,
    now: DateTime<Utc>,
) -> ApiResult<Order> {
    let car = car(conn, cars, request, vehicle, substitution.as_deref()).await?;
    if substitution.is_none() && rentals::passes_over(conn, cars, request, car.candidate.vehicle, now).await? {
        let mut wrong = Wrong::default();
        wrong.note("substitution", "supplier.new_energy_first");
        return Err(wrong.into_error());
    }
    let driver = driver(conn, cars, request, driver_id, car.candidate.seats).await?;
    let new = NewOrder {
        id: OrderId(new_id(now)),
        request: request.id,
        unit: request.wish.unit,
        fleet: car.candidate.unit,
        vehicle: car.candidate.vehicle,
        vehicle_no: car.no,
        driver: driver.driver.id,
        from: request.wish.begins_at,
        to: request.wish.ends_at,
        substitution,
        by,
    };
    dispatch_order::insert(conn, &new, now).await?;
    // Each car holds its part of the estimate, so that no unit drives farther than its money.
    let estimate = Money::from_fen(request.estimate_fen / i64::from(request.wish.vehicle_count.max(1)));
    let month = AllowanceMonth::of(request.wish.begins_at);
    if let Some(account) = allowance::order::hold(conn, (request.wish.unit, month), new.id, estimate, now).await? {
        allowance_warning::tell(conn, &account, now).await?;
    }
    request.state = request.state.after(RequestAction::Order)?;
    trip_request::save(conn, request, now).await?;
    log(conn, new.id, "issue", by, now).await?;
    let order = dispatch_order::load(conn, new.id).await?;
    tell::issued(conn, request, &order, now).await?;
    way::report(conn, request.id, "", now).await?;
    Ok(order)
}

/// The car, where nothing speaks against it. What speaks against it is told whole.
pub(super) async fn car(
    conn: &mut PgConnection,
    scope: &Scope,
    request: &Request,
    id: VehicleId,
    substitution: Option<&str>,
) -> ApiResult<Car> {
    let cars = choice::cars(conn, scope, request.wish.fleet, Some(id), request.wish.from.place, when(&request.wish)).await?;
    let Some(car) = cars.into_iter().next() else { return Err(NOT_FOUND.into()) };
    // Whether it may go is asked, not what it costs.
    let asked = asked(&request.wish, request.distance_m);
    let verdicts = judge(std::slice::from_ref(&car.candidate), &asked, &Prices::default());
    let Some(verdict) = verdicts.first() else { return Err(NOT_FOUND.into()) };
    if let Some(first) = verdict.refused.first() {
        let codes = verdict.refused.iter().map(|refusal| code(*refusal)).collect();
        return Err(ApiError::conflict(code(*first)).detail(car.plate).problems(codes));
    }
    let said = substitution.map_or(0, |text| text.chars().count());
    let mut wrong = Wrong::default();
    if (verdict.is_substitute && said == 0) || said > SUBSTITUTION {
        wrong.note("substitution", "order.substitution");
        return Err(wrong.into_error());
    }
    Ok(car)
}

/// The driver, where nothing speaks against sending that driver.
pub(super) async fn driver(
    conn: &mut PgConnection,
    scope: &Scope,
    request: &Request,
    id: DriverId,
    seats: u32,
) -> ApiResult<Choice> {
    let found = choice::drivers(conn, scope, request.wish.fleet, Some(id), when(&request.wish)).await?;
    let Some(driver) = found.into_iter().next() else { return Err(NOT_FOUND.into()) };
    let codes = against(&driver, seats, when(&request.wish));
    match codes.first() {
        Some(first) => Err(ApiError::conflict(first).detail(driver.driver.name).problems(codes)),
        None => Ok(driver),
    }
}

/// Orders of people or cars of one's units, or those that one drives.
#[utoipa::path(get, path = "/dispatch-orders", operation_id = "list_dispatch_orders", tag = "trips", params(OrdersWanted),
    responses((status = 200, body = DispatchOrderPage),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(wanted): Asked<OrdersWanted>,
) -> ApiResult<axum::Json<DispatchOrderPage>> {
    let scope = reach(&actor)?;
    let mut filter = Filter {
        vehicle: wanted.vehicle_id.map(VehicleId),
        driver: wanted.driver_id.map(DriverId),
        span: wanted.from.zip(wanted.to),
        after: wanted.after.map(OrderId),
        ..Filter::default()
    };
    let mut wrong = Wrong::default();
    if filter.span.is_some_and(|(from, to)| to <= from) {
        wrong.note("to", "trip.window");
    }
    match wanted.view.as_deref().unwrap_or("all") {
        "mine" => filter.driven_by = Some(actor.account.id),
        "open" => {
            filter.unit = Some(actor.scope(Permission::WatchTrips)?);
            filter.states = OrderState::ALL.into_iter().filter(|state| !state.is_over()).collect();
        }
        "to_settle" => {
            filter.unit = Some(actor.scope(Permission::SettleTrips)?);
            filter.states = vec![OrderState::Returned];
        }
        "settled" => {
            filter.unit = Some(actor.scope(Permission::WatchTrips)?);
            filter.states = vec![OrderState::Settled];
        }
        "all" => filter.unit = Some(actor.scope(Permission::WatchTrips)?),
        _ => wrong.note("view", "trip.view"),
    }
    if !wrong.is_empty() {
        return Err(wrong.into_error());
    }
    let limit = wanted.limit.unwrap_or(PAGE).clamp(1, MOST);
    let mut conn = app.begin_as(&actor, &scope).await?;
    let mut found = listing::select(&mut conn, &filter, limit + 1).await?;
    let page = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = found.len() > page;
    found.truncate(page);
    let next = found.last().filter(|_| has_more).map(|last| last.id.0);
    Ok(axum::Json(DispatchOrderPage { items: views(&mut conn, &actor, found, now).await?, next }))
}

/// An order with its journal.
#[utoipa::path(get, path = "/dispatch-orders/{id}", operation_id = "read_dispatch_order", tag = "trips", params(("id" = Uuid, Path)),
    responses((status = 200, body = DispatchOrderView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> ApiResult<axum::Json<DispatchOrderView>> {
    let scope = reach(&actor)?;
    let mut conn = app.begin_as(&actor, &scope).await?;
    let order = dispatch_order::load(&mut conn, OrderId(id)).await?;
    let viewed = entry(Action::Viewed, &order);
    let view = view(&mut conn, &actor, order, now).await?;
    drop(conn);
    look::at(&app, &actor, viewed, now).await?;
    Ok(axum::Json(view))
}

/// What the driver who asks has to do, and did in the last seven days.
#[utoipa::path(get, path = "/driver/tasks", operation_id = "read_driver_tasks", tag = "trips",
    responses((status = 200, body = DriverTasks),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn tasks(actor: Actor, Now(now): Now, State(app): State<App>) -> ApiResult<axum::Json<DriverTasks>> {
    actor.scope(Permission::DriveTrips)?;
    let scope = reach(&actor)?;
    let mut conn = app.begin_as(&actor, &scope).await?;
    let file = fleet_db::driver::of_account(&mut conn, actor.account.id).await?;
    let filter = Filter { driven_by: Some(actor.account.id), ..Filter::default() };
    let since = now - Duration::days(DRIVER_DAYS);
    let found = listing::select(&mut conn, &filter, MOST).await?;
    let lately = found.into_iter().filter(|order| !order.state.is_over() || order.to >= since).collect();
    let tasks = views(&mut conn, &actor, lately, now).await?;
    let (driver_id, driver) = file.map(|file| (file.driver.id.0, file.driver.name)).unzip();
    Ok(axum::Json(DriverTasks { driver, driver_id, tasks }))
}

/// The view of one order; what the actor is not shown is not there.
pub(super) async fn view(
    conn: &mut PgConnection,
    actor: &Actor,
    order: Order,
    now: DateTime<Utc>,
) -> ApiResult<DispatchOrderView> {
    views(conn, actor, vec![order], now).await?.into_iter().next().ok_or_else(|| ApiError::from(NOT_FOUND))
}

/// The rights of the actor over one order and its request.
pub(super) async fn rights_over(
    conn: &mut PgConnection,
    actor: &Actor,
    order: &Order,
    request: &Request,
    now: DateTime<Utc>,
) -> ApiResult<Rights> {
    Rights::of(conn, actor, std::slice::from_ref(request), &[order.unit, order.fleet], now).await
}

/// Writes a line of the journal that needs no more than who and when.
async fn log(conn: &mut PgConnection, order: OrderId, action: &str, by: AccountId, now: DateTime<Utc>) -> ApiResult<()> {
    let step = Step {
        id: new_id(now),
        action: action.to_owned(),
        at: now,
        recorded_at: now,
        by: Some(by),
        by_name: None,
        odometer_m: None,
        place: None,
        reason: String::new(),
        key: None,
    };
    journal::insert(conn, order, &step).await?;
    Ok(())
}

/// What the audit log tells of an order.
pub(super) fn facts(order: &Order) -> Value {
    json!({
        "state": order.state.as_str(), "vehicle": order.plate, "driver": order.driver_name, "from": order.from, "to": order.to,
        "substitution": order.substitution, "depart_odometer_m": order.depart_odometer_m, "return_odometer_m": order.return_odometer_m,
        "departed_at": order.departed_at, "returned_at": order.returned_at, "end_reason": order.end_reason,
    })
}

/// An entry about an order.
pub(super) fn entry(action: Action, order: &Order) -> Entry {
    Entry::new(action, Subject::of(SubjectKind::DispatchOrder, order.id.0, order.number.clone())).in_unit(order.fleet)
}
