//! The driver's terminal: calls for help, and where the telephone is while it is on a task.

use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::scope::Scope;
use dispatch::trip::check::{SosKind, SosKindError};
use dispatch::trip::order::OrderId;
use fleet_db::driving::position::{self, PhonePosition};
use fleet_db::driving::{self, Sent, sos};
use fleet_db::{Transaction, audit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use telematics::place::LonLat;
use telematics::quantity::{Distance, Speed};
use utoipa::ToSchema;
use uuid::Uuid;

use super::session::new_id;
use crate::auth::Actor;
use crate::extract::{Json, Now, Path};
use crate::problem::{ApiResult, ORDER_NOT_OPEN, Problem, Wrong};
use crate::state::{App, Untold, commit, commit_untold};

/// Places that are taken at once.
const MOST_POSITIONS: usize = 500;
/// Longest name that a device gives to what it sends: a UUID has 36 characters.
const KEY_LENGTH: usize = 64;
/// Faster than any car of ours, km/h.
const FASTEST_KMH: f64 = 400.0;

/// A call for help.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct SosToCall {
    /// The device's own name of it: the same key again calls nobody twice.
    key: String,
    /// When the button was pressed, by the device's clock.
    at: DateTime<Utc>,
    /// `help` or `accident`; without it, `help`.
    kind: Option<String>,
    /// Where the telephone is, WGS-84; with `lat` or not at all.
    lon: Option<f64>,
    /// See `lon`.
    lat: Option<f64>,
}

/// A call for help that has reached those who can act.
#[derive(Serialize, ToSchema)]
pub(crate) struct SosView {
    /// When it was told.
    told_at: DateTime<Utc>,
}

/// Where a telephone was.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct PositionsToKeep {
    /// At most 500, in any order; an instant that is known already is passed over.
    items: Vec<PositionToKeep>,
}

/// One place of a telephone.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct PositionToKeep {
    at: DateTime<Utc>,
    /// WGS-84, as the telephone tells it.
    lon: f64,
    lat: f64,
    /// Null: the telephone does not know.
    speed_kmh: Option<f64>,
    /// How far it may be wrong, metres.
    accuracy_m: Option<f64>,
}

/// What became of the places that were sent.
#[derive(Serialize, ToSchema)]
pub(crate) struct PositionsKept {
    /// How many of them were new and of the time of the task.
    kept: u64,
}

/// Calls for help: a red alarm of the car, told to the dispatcher of the order and to those who answer for the car, before the answer.
#[utoipa::path(post, path = "/dispatch-orders/{id}/sos", operation_id = "call_for_help", tag = "driver", request_body = SosToCall,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = SosView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn call(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Json(given): Json<SosToCall>,
) -> ApiResult<axum::Json<SosView>> {
    let mut tx = begin(&app, &actor).await?;
    let order = driving::own(&mut tx, actor.account.id, OrderId(id)).await?;
    let mut wrong = Wrong::default();
    let key = key(&given.key, &mut wrong);
    let kind = wrong.take("kind", given.kind.as_deref().unwrap_or(SosKind::Help.as_str()).parse::<SosKind>(), SosKindError::code);
    let (Some(key), Some(kind)) = (key, kind) else { return Err(wrong.into_error()) };
    // A place that is none does not hold a call up.
    let place = given.lon.zip(given.lat).and_then(|(lon, lat)| LonLat::new(lon, lat).ok());
    let sent = Sent { id: new_id(now), key: &key, at: given.at.min(now), by: actor.account.id, now };
    if sos::call(&mut tx, &order, kind, place, sent).await? {
        let subject = Subject::of(SubjectKind::DispatchOrder, order.id.0, order.number.as_str());
        let told = json!({ "plate": order.plate, "kind": kind, "at": sent.at });
        let entry = Entry::new(Action::CalledForHelp, subject).in_unit(order.fleet_unit).after(told);
        let told = audit::append(&mut tx, &actor.by(""), &entry, now).await?;
        commit(tx, told).await?;
    }
    Ok(axum::Json(SosView { told_at: now }))
}

/// Keeps where the telephone was on an own order that is on the road; refused at any other time.
#[utoipa::path(post, path = "/dispatch-orders/{id}/positions", operation_id = "keep_positions", tag = "driver",
    request_body = PositionsToKeep, params(("id" = Uuid, Path)),
    responses((status = 200, body = PositionsKept),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn positions(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Json(given): Json<PositionsToKeep>,
) -> ApiResult<(StatusCode, axum::Json<PositionsKept>)> {
    let mut tx = begin(&app, &actor).await?;
    let order = driving::own(&mut tx, actor.account.id, OrderId(id)).await?;
    if !order.state.is_on_the_road() {
        return Err(ORDER_NOT_OPEN.into());
    }
    let positions = places(given.items)?;
    let kept = position::insert(&mut tx, order.id, &positions, now).await?;
    commit_untold(tx, Untold::OwnWay).await?;
    Ok((StatusCode::OK, axum::Json(PositionsKept { kept })))
}

/// A transaction in which a driver sees the orders of its own and nothing else, whatever its unit.
pub(super) async fn begin(app: &App, actor: &Actor) -> ApiResult<Transaction> {
    actor.scope(Permission::DriveTrips)?;
    Ok(app.begin_as(actor, &Scope::nothing()).await?)
}

/// The device's own name of what it sends.
pub(super) fn key(given: &str, wrong: &mut Wrong) -> Option<String> {
    if (1..=KEY_LENGTH).contains(&given.len()) && given.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Some(given.to_owned());
    }
    wrong.note("key", "order.key");
    None
}

/// The places that were sent; one that is none is a fault of the device, and refuses all.
fn places(items: Vec<PositionToKeep>) -> ApiResult<Vec<PhonePosition>> {
    let mut wrong = Wrong::default();
    if items.len() > MOST_POSITIONS {
        wrong.note("items", "positions.too_many");
        return Err(wrong.into_error());
    }
    let mut places = Vec::with_capacity(items.len());
    for item in items {
        let Ok(place) = LonLat::new(item.lon, item.lat) else {
            wrong.note("items", "positions.place");
            return Err(wrong.into_error());
        };
        let speed = item.speed_kmh.filter(|kmh| (0.0..=FASTEST_KMH).contains(kmh)).map(Speed::from_kmh);
        let accuracy = item.accuracy_m.filter(|metres| (0.0..=100_000.0).contains(metres)).map(Distance::from_metres);
        places.push(PhonePosition { at: item.at, place, speed, accuracy });
    }
    Ok(places)
}
