//! Riding along: which orders a waiting request could ride with, and letting it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::audit::Action;
use dispatch::trip::order::{OrderId, OrderState};
use dispatch::trip::pool::{Match, PoolRefusal, Ride, fits};
use dispatch::trip::request::{RequestAction, RequestId, RequestState};
use dispatch::trip::wish::Wish;
use fleet_db::dispatch_order::{self, Order, listing, ride};
use fleet_db::trip_request::{self, Request};
use fleet_db::{PgConnection, audit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::requests::{entry, rights, view};
use super::rights::{Rights, reach};
use super::rules::TripRules;
use super::views::TripRequestView;
use super::{moves, shared, tell};
use crate::auth::Actor;
use crate::extract::{Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{AUTH_FORBIDDEN, ApiError, ApiResult, NOT_FOUND, Problem, TRIP_STATE};
use crate::state::App;

/// Orders looked through, and companions told.
const MOST_ORDERS: i64 = 500;
const MOST: usize = 20;

/// Orders with which a request could ride, the best first.
#[derive(Serialize, ToSchema)]
pub(crate) struct TripCompanions {
    items: Vec<TripCompanion>,
}

/// An order with which a request could ride.
#[derive(Serialize, ToSchema)]
pub(crate) struct TripCompanion {
    order_id: Uuid,
    number: String,
    plate: String,
    unit_name: String,
    begins_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    /// Seats that are left.
    seats_left: u32,
    /// Metres between where the two begin and where they lead, together.
    apart_m: f64,
    /// Seconds between their beginnings.
    apart_s: i64,
}

/// With which order.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct TripToRide {
    order_id: Uuid,
}

/// Orders with which a request that waits for a car could ride: the same way, the same time, room for both.
#[utoipa::path(get, path = "/trip-requests/{id}/companions", operation_id = "list_trip_companions", tag = "trips", params(("id" = Uuid, Path)),
    responses((status = 200, body = TripCompanions),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> ApiResult<axum::Json<TripCompanions>> {
    actor.scope(Permission::DispatchTrips)?;
    let scope = reach(&actor)?;
    let mut conn = app.begin_as(&actor, &scope).await?;
    let request = trip_request::load(&mut conn, RequestId(id)).await?;
    dispatches(&mut conn, &actor, &request, now).await?;
    let rules = TripRules::of(&mut conn, request.wish.unit, now).await?.pool();
    let wish = &request.wish;
    let span = (wish.begins_at - rules.within, wish.ends_at + rules.within);
    let filter = listing::Filter {
        states: vec![OrderState::Issued, OrderState::Accepted],
        unit: Some(dispatch::scope::Scope::of(wish.fleet)),
        span: Some(span),
        ..Default::default()
    };
    let mut found: Vec<(Match, TripCompanion)> = Vec::new();
    for order in listing::select(&mut conn, &filter, MOST_ORDERS).await? {
        if let Ok((how, seats_left, trip)) = company(&mut conn, &request, &order, &rules).await? {
            found.push((how, TripCompanion::new(order, trip, how, seats_left)));
        }
    }
    found.sort_by(|(one, _), (other, _)| one.apart_m.total_cmp(&other.apart_m));
    found.truncate(MOST);
    Ok(axum::Json(TripCompanions { items: found.into_iter().map(|(_, companion)| companion).collect() }))
}

/// Lets a request that waits for a car ride with an order.
#[utoipa::path(post, path = "/trip-requests/{id}/ride", operation_id = "ride_along", tag = "trips", request_body = TripToRide,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, it is done once")),
    responses((status = 200, body = TripRequestView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn join(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<TripToRide>,
) -> ApiResult<Response> {
    actor.scope(Permission::DispatchTrips)?;
    let scope = reach(&actor)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let mut request = trip_request::load_to_move(conn, RequestId(id)).await?;
    let rights = dispatches(conn, &actor, &request, now).await?;
    // The order is held too: two who ride along at the same moment must not take the same seat.
    let order = dispatch_order::load_to_move(conn, OrderId(once.body.order_id)).await?;
    let is_open = request.state == RequestState::Approved && matches!(order.state, OrderState::Issued | OrderState::Accepted);
    if !(is_open && rights.dispatches(request.wish.fleet) && moves::wants_cars(&request, &[])) {
        return Err(TRIP_STATE.into());
    }
    let rules = TripRules::of(conn, request.wish.unit, now).await?.pool();
    company(conn, &request, &order, &rules)
        .await?
        .map_err(|refusal| ApiError::conflict(code(refusal)).detail(order.number.clone()))?;
    ride::join(conn, order.id, request.id, request.wish.passenger_count, actor.account.id, now).await?;
    shared::joined(conn, order.id, now).await?;
    request.state = request.state.after(RequestAction::Order)?;
    trip_request::save(conn, &request, now).await?;
    tell::issued(conn, &request, &order, now).await?;
    let entry = entry(Action::Ordered, &request).after(json!({ "rides_with": order.number, "vehicle": order.plate }));
    let told = audit::append(conn, &actor.by("拼车"), &entry, now).await?;
    let view = view(conn, &actor, request, now).await?;
    change.finish(told, StatusCode::OK, &view).await
}

/// The actor sends cars of the fleet that is asked.
async fn dispatches(conn: &mut PgConnection, actor: &Actor, request: &Request, now: DateTime<Utc>) -> ApiResult<Rights> {
    let rights = rights(conn, actor, request, now).await?;
    if !rights.sees(request, &[]) {
        return Err(NOT_FOUND.into());
    }
    if rights.dispatches(request.wish.fleet) { Ok(rights) } else { Err(AUTH_FORBIDDEN.into()) }
}

/// How a request fits with an order, how many seats are left, and the trip it would ride with.
async fn company(
    conn: &mut PgConnection,
    request: &Request,
    order: &Order,
    rules: &dispatch::trip::pool::PoolRules,
) -> ApiResult<Result<(Match, u32, Request), PoolRefusal>> {
    let trip = trip_request::load(conn, order.request).await?;
    let seats = u32::try_from(order.seats).unwrap_or_default();
    let seated = ride::seated(conn, order.id).await?;
    let fits = fits(&as_ride(&request.wish), &as_ride(&trip.wish), seats, seated, rules);
    Ok(fits.map(|how| (how, seats.saturating_sub(1).saturating_sub(seated), trip)))
}

/// Confidential trips ride alone.
fn as_ride(wish: &Wish) -> Ride {
    Ride {
        is_poolable: wish.is_poolable && !wish.is_confidential && wish.vehicle_count == 1,
        from: wish.from.place,
        to: wish.to.place,
        is_round_trip: wish.is_round_trip,
        begins_at: wish.begins_at,
        ends_at: wish.ends_at,
        passengers: wish.passenger_count,
    }
}

const fn code(refusal: PoolRefusal) -> &'static str {
    match refusal {
        PoolRefusal::NotPoolable => "pool.not_poolable",
        PoolRefusal::Time => "pool.time",
        PoolRefusal::Place => "pool.place",
        PoolRefusal::Return => "pool.return",
        PoolRefusal::Seats => "pool.seats",
    }
}

impl TripCompanion {
    fn new(order: Order, trip: Request, how: Match, seats_left: u32) -> Self {
        Self {
            order_id: order.id.0,
            number: order.number,
            plate: order.plate,
            unit_name: trip.unit_name,
            begins_at: trip.wish.begins_at,
            ends_at: trip.wish.ends_at,
            seats_left,
            apart_m: how.apart_m,
            apart_s: how.apart_s,
        }
    }
}
