//! Ways with a name: read where they may be used, made and retired by those who ask for cars in their unit's name.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::trip::plan::{RouteId, Way};
use dispatch::trip::wish::Spot;
use dispatch::unit::UnitId;
use fleet_db::audit;
use fleet_db::trip_plan::route::{self, Kept};
use serde::{Deserialize, Serialize};
use serde_json::json;
use telematics::place::{LonLat, PlaceError};
use utoipa::ToSchema;
use uuid::Uuid;

use super::requests::may_ask_for;
use super::rights::reach;
use super::wishes::Place;
use crate::api::session::new_id;
use crate::auth::Actor;
use crate::extract::{Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiResult, Problem, Wrong};
use crate::state::{App, commit};

/// Longest name of a way or a place, in characters.
const NAME: usize = 60;
/// Most places between the first and the last.
const STOPS: usize = 10;

/// A way to be made.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct RouteToMake {
    /// Whose it is; units below use it too.
    unit_id: Uuid,
    /// 1 to 60 characters, once in the unit.
    name: String,
    from: Place,
    to: Place,
    /// What lies between, in order; at most 10.
    #[serde(default)]
    stops: Vec<Place>,
    /// Ends where it began.
    is_round_trip: bool,
}

/// Ways that the asker may use.
#[derive(Serialize, ToSchema)]
pub(crate) struct RouteList {
    /// By name.
    items: Vec<RouteView>,
}

/// A way with a name.
#[derive(Serialize, ToSchema)]
pub(crate) struct RouteView {
    id: Uuid,
    unit_id: Uuid,
    unit_name: String,
    name: String,
    from: Place,
    to: Place,
    stops: Vec<Place>,
    is_round_trip: bool,
}

impl From<Kept> for RouteView {
    fn from(kept: Kept) -> Self {
        let way = kept.way;
        Self {
            id: kept.id.0,
            unit_id: kept.unit.0,
            unit_name: kept.unit_name,
            name: kept.name,
            from: way.from.into(),
            to: way.to.into(),
            stops: way.stops.into_iter().map(Place::from).collect(),
            is_round_trip: way.is_round_trip,
        }
    }
}

/// Ways of the asker's units and of those above them.
#[utoipa::path(get, path = "/trip-routes", operation_id = "list_trip_routes", tag = "plans",
    responses((status = 200, body = RouteList),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(actor: Actor, State(app): State<App>) -> ApiResult<axum::Json<RouteList>> {
    let scope = reach(&actor)?;
    let mut conn = app.conn(&scope).await?;
    let items = route::list(&mut conn, None).await?.into_iter().map(RouteView::from).collect();
    Ok(axum::Json(RouteList { items }))
}

/// Makes a way.
#[utoipa::path(post, path = "/trip-routes", operation_id = "make_trip_route", tag = "plans", request_body = RouteToMake,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the way is made once")),
    responses((status = 201, body = RouteView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn make(actor: Actor, Now(now): Now, State(app): State<App>, once: Once<RouteToMake>) -> ApiResult<Response> {
    let scope = actor.scope(Permission::RequestTrips)?;
    let given = &once.body;
    let mut wrong = Wrong::default();
    if !is_name(&given.name) {
        wrong.note("name", "route.name");
    }
    let way = way((&given.from, &given.to, &given.stops), given.is_round_trip, &mut wrong);
    let Some(way) = way.filter(|_| wrong.is_empty()) else { return Err(wrong.into_error()) };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let unit = UnitId(given.unit_id);
    may_ask_for(conn, &actor, unit).await?;
    let kept = Kept { id: RouteId(new_id(now)), unit, unit_name: String::new(), name: given.name.trim().to_owned(), way };
    route::insert(conn, &kept, actor.account.id, now).await?;
    let kept = route::load(conn, kept.id).await?;
    let entry = entry(Action::Created, &kept).after(json!(kept.way));
    let told = audit::append(conn, &actor.by(""), &entry, now).await?;
    change.finish(told, StatusCode::CREATED, &RouteView::from(kept)).await
}

/// Takes a way out of use; plans keep the places that they took from it.
#[utoipa::path(post, path = "/trip-routes/{id}/retirement", operation_id = "retire_trip_route", tag = "plans", params(("id" = Uuid, Path)),
    responses((status = 204),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn retire(actor: Actor, Now(now): Now, State(app): State<App>, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    let scope = actor.scope(Permission::RequestTrips)?;
    let mut tx = app.begin(&scope).await?;
    let kept = route::retire(&mut tx, &scope, RouteId(id), now).await?;
    let entry = entry(Action::Deleted, &kept).before(json!(kept.way));
    let told = audit::append(&mut tx, &actor.by(""), &entry, now).await?;
    commit(tx, told).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The places of a way, or what is wrong with them.
pub(super) fn way((from, to, stops): (&Place, &Place, &[Place]), is_round_trip: bool, wrong: &mut Wrong) -> Option<Way> {
    let mut spot = |field: &str, place: &Place| {
        let at = wrong.take(field, LonLat::new(place.lon, place.lat), PlaceError::code)?;
        let name = place.name.trim().to_owned();
        if !is_name(&name) {
            wrong.note(field, "trip.place_name");
        }
        Some(Spot { name, place: at })
    };
    let from = spot("from", from);
    let to = spot("to", to);
    let between: Vec<Spot> = stops.iter().filter_map(|stop| spot("stops", stop)).collect();
    if stops.len() > STOPS {
        wrong.note("stops", "trip.too_many_stops");
    }
    Some(Way { from: from?, stops: between, to: to?, is_round_trip })
}

/// A name of a way or a place.
pub(super) fn is_name(name: &str) -> bool {
    (1..=NAME).contains(&name.trim().chars().count()) && !name.chars().any(char::is_control)
}

fn entry(action: Action, kept: &Kept) -> Entry {
    Entry::new(action, Subject::of(SubjectKind::TripRoute, kept.id.0, kept.name.clone())).in_unit(kept.unit)
}
