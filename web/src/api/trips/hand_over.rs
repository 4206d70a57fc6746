//! Handing a request over to another platform, and calling it back: by whoever dispatches the fleet that was asked.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::allowance::AllowanceMonth;
use dispatch::audit::Action;
use dispatch::exchange::{Direction, HandOverId, PeerId, PeerMessageKind};
use dispatch::money::Money;
use dispatch::trip::request::{RequestAction, RequestId};
use fleet_db::dispatch_order::Order;
use fleet_db::dispatch_order::listing::{self, Filter};
use fleet_db::hand_over::{self, HandOver, NewHandOver, Wanted, outbox};
use fleet_db::peer::{self, Peer};
use fleet_db::trip_request::{self, Request};
use fleet_db::{PgConnection, allowance, audit};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::requests::{entry, rights, view};
use super::rights::reach;
use super::views::TripRequestView;
use super::{moves, way};
use crate::api::session::new_id;
use crate::auth::Actor;
use crate::exchange::code::{EXCHANGE_CONFIDENTIAL, PEER_NO_KEY};
use crate::exchange::wire::{self, message};
use crate::extract::{Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiError, ApiResult, NOT_FOUND, Problem, TRIP_STATE, Wrong};
use crate::state::App;

/// Orders of one request looked at.
const MOST: i64 = 100;
/// Longest reason, in characters.
const REASON: usize = 200;

/// To whom a request goes.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ToHandOver {
    /// One of those that the request may be handed over to.
    platform_id: Uuid,
}

/// Why a request is called back.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ToCallBack {
    /// In words.
    reason: String,
}

/// Another platform to choose.
#[derive(Serialize, ToSchema)]
pub(crate) struct PeerChoice {
    id: Uuid,
    name: String,
    /// 1 the nation, 2 a province, 3 a city, 4 a county.
    level: i16,
    region_code: String,
    /// Messages that wait to be taken by it.
    waiting: i64,
    heard_at: Option<DateTime<Utc>>,
}

/// Platforms that may be asked for a car.
#[derive(Serialize, ToSchema)]
pub(crate) struct PeerChoices {
    items: Vec<PeerChoice>,
}

/// Platforms to which the asker may hand requests over.
#[utoipa::path(get, path = "/hand-over-choices", operation_id = "list_hand_over_choices", tag = "trips",
    responses((status = 200, body = PeerChoices),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn choices(actor: Actor, State(app): State<App>) -> ApiResult<axum::Json<PeerChoices>> {
    let scope = actor.scope(Permission::DispatchTrips)?;
    let mut conn = app.conn(&scope).await?;
    let items = peer::list(&mut conn, &scope).await?.into_iter().filter(speaks).map(PeerChoice::from).collect();
    Ok(axum::Json(PeerChoices { items }))
}

/// Something can go there and come back.
fn speaks(peer: &Peer) -> bool {
    peer.disabled_at.is_none() && peer.has_their_key
}

impl From<Peer> for PeerChoice {
    fn from(peer: Peer) -> Self {
        Self {
            id: peer.id.0,
            name: peer.facts.name,
            level: peer.facts.level,
            region_code: peer.facts.region_code,
            waiting: peer.waiting,
            heard_at: peer.heard_at,
        }
    }
}

/// Hands a request that waits for a car over to another platform.
#[utoipa::path(post, path = "/trip-requests/{id}/hand-over", operation_id = "hand_trip_over", tag = "trips", request_body = ToHandOver,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, it is done once")),
    responses((status = 201, body = TripRequestView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn hand_over(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<ToHandOver>,
) -> ApiResult<Response> {
    let cars = actor.scope(Permission::DispatchTrips)?;
    let scope = reach(&actor)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let mut request = allowed(conn, &actor, RequestId(id), "hand_over", now).await?;
    let peers = peer::list(conn, &cars).await?;
    let Some(peer) = peers.into_iter().find(|peer| peer.id == PeerId(once.body.platform_id)) else {
        return Err(NOT_FOUND.into());
    };
    if !speaks(&peer) {
        return Err(ApiError::from(PEER_NO_KEY).detail(peer.facts.name));
    }
    let way = send(conn, &actor, &peer, &request, now).await?;
    request.state = request.state.after(RequestAction::Order)?;
    request.handed = Some(way.state);
    trip_request::save(conn, &request, now).await?;
    let told = entry(Action::HandedOver, &request).after(way::facts(&way));
    let told = audit::append(conn, &actor.by(""), &told, now).await?;
    let view = view(conn, &actor, request, now).await?;
    change.finish(told, StatusCode::CREATED, &view).await
}

/// Opens the way, writes the message and holds the estimate.
async fn send(conn: &mut PgConnection, actor: &Actor, peer: &Peer, request: &Request, now: DateTime<Utc>) -> ApiResult<HandOver> {
    let round = hand_over::rounds(conn, request.id).await? + 1;
    let new = NewHandOver {
        id: HandOverId(new_id(now)),
        peer: peer.id,
        direction: Direction::Out,
        request: request.id,
        number: &request.number,
        round,
        origin_unit: &request.unit_name,
        origin_applicant: &request.applicant_name,
        by: Some(actor.account.id),
    };
    hand_over::insert(conn, &new, now).await?;
    let Some(mut way) = hand_over::select(conn, Wanted::One(new.id)).await?.into_iter().next() else {
        return Err(NOT_FOUND.into());
    };
    let content = message(&way, PeerMessageKind::HandOver, &wanted(request))?;
    outbox::enqueue(conn, &mut way, PeerMessageKind::HandOver, &content, now).await?;
    hand_over::save(conn, &way, now).await?;
    let month = AllowanceMonth::of(request.wish.begins_at);
    let estimate = Money::from_fen(request.estimate_fen);
    allowance::hand_over::hold(conn, (request.wish.unit, month), way.id, estimate, now).await?;
    Ok(way)
}

/// What goes out of a request: all that a dispatcher and a driver need, and no key of ours.
fn wanted(request: &Request) -> wire::Wanted {
    let wish = request.wish.clone();
    wire::Wanted {
        status: "approved".to_owned(),
        unit_name: request.unit_name.clone(),
        applicant: request.applicant_name.clone(),
        reason: wish.reason,
        purpose: wish.purpose,
        category: wish.category.as_str().to_owned(),
        seats: wish.seats,
        passengers: wish.passengers,
        passenger_count: wish.passenger_count,
        vehicle_count: wish.vehicle_count,
        from: wish.from,
        to: wish.to,
        stops: wish.stops,
        is_round_trip: wish.is_round_trip,
        is_emergency: wish.is_emergency,
        begins_at: wish.begins_at,
        ends_at: wish.ends_at,
        note: wish.note,
        distance_m: request.distance_m,
    }
}

/// Calls a request back that another platform was to carry out, before its car has left; it waits for a car again.
#[utoipa::path(post, path = "/trip-requests/{id}/hand-over/recall", operation_id = "call_trip_back", tag = "trips", request_body = ToCallBack,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, it is done once")),
    responses((status = 200, body = TripRequestView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn call_back(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<ToCallBack>,
) -> ApiResult<Response> {
    actor.scope(Permission::DispatchTrips)?;
    let scope = reach(&actor)?;
    let reason = once.body.reason.trim().to_owned();
    if !(1..=REASON).contains(&reason.chars().count()) {
        let mut wrong = Wrong::default();
        wrong.note("reason", "exchange.reason");
        return Err(wrong.into_error());
    }
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let mut request = allowed(conn, &actor, RequestId(id), "call_back", now).await?;
    let way = way::call_back(conn, &mut request, (false, &reason), now).await?;
    let told = entry(Action::CalledBack, &request).after(way::facts(&way));
    let told = audit::append(conn, &actor.by(&reason), &told, now).await?;
    let view = view(conn, &actor, request, now).await?;
    change.finish(told, StatusCode::OK, &view).await
}

/// The request, locked, where the actor may make that move now.
async fn allowed(conn: &mut PgConnection, actor: &Actor, id: RequestId, wanted: &str, now: DateTime<Utc>) -> ApiResult<Request> {
    let request = trip_request::load_to_move(conn, id).await?;
    let filter = Filter { requests: vec![id], ..Filter::default() };
    let orders: Vec<Order> = listing::select(conn, &filter, MOST).await?;
    let rights = rights(conn, actor, &request, now).await?;
    if !rights.sees(&request, &orders) {
        return Err(NOT_FOUND.into());
    }
    if request.wish.is_confidential && rights.dispatches(request.wish.fleet) {
        return Err(ApiError::from(EXCHANGE_CONFIDENTIAL).detail(request.number));
    }
    if !moves::of_request(&request, &orders, &rights, false).contains(&wanted) {
        return Err(ApiError::from(TRIP_STATE).detail(format!("{} {}", request.number, request.state)));
    }
    Ok(request)
}
