//! Sensitive places: where an official car is not expected, by unit; those of superiors hold below.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::calendar::day_of;
use dispatch::reconcile::{FindingLimits, SensitivePlace, SensitivePlaceId};
use dispatch::rule::key::RuleKey;
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use fleet_db::sensitive_place::{self, KeptPlace};
use fleet_db::{DbError, PgConnection, audit};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use telematics::place::{LonLat, PlaceError};
use telematics::quantity::Distance;
use utoipa::ToSchema;
use uuid::Uuid;

use super::session::new_id;
use crate::auth::Actor;
use crate::extract::{Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiResult, Problem, Wrong};
use crate::state::{App, commit};

/// Longest name, in characters.
const NAME_LENGTH: usize = 60;

/// A place to be entered.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct SensitivePlaceToEnter {
    unit_id: Uuid,
    /// 1 to 60 characters, once in a unit.
    name: String,
    /// One of `classes`.
    class: String,
    /// Degrees east, WGS-84.
    lon: f64,
    /// Degrees north, WGS-84.
    lat: f64,
    /// How far it reaches, 20 to 2000.
    radius_m: u16,
}

/// The places that hold in the asker's units.
#[derive(Serialize, ToSchema)]
pub(crate) struct SensitivePlaceList {
    items: Vec<SensitivePlaceView>,
    /// The kinds that the register lists.
    classes: Vec<String>,
    /// The asker may enter and take away.
    may_change: bool,
}

/// A sensitive place.
#[derive(Serialize, ToSchema)]
pub(crate) struct SensitivePlaceView {
    id: Uuid,
    unit_id: Uuid,
    /// Null: a unit above the asker's.
    unit_name: Option<String>,
    name: String,
    class: String,
    lon: f64,
    lat: f64,
    radius_m: f64,
    created_at: DateTime<Utc>,
}

impl From<KeptPlace> for SensitivePlaceView {
    fn from(kept: KeptPlace) -> Self {
        let place = kept.place;
        Self {
            id: kept.id.0,
            unit_id: kept.unit.0,
            unit_name: kept.unit_name,
            name: place.name,
            class: place.class,
            lon: place.place.lon(),
            lat: place.place.lat(),
            radius_m: place.radius.metres(),
            created_at: kept.created_at,
        }
    }
}

/// The kinds of sensitive place that the register lists for a unit of the scope.
async fn classes(conn: &mut PgConnection, scope: &Scope, unit: UnitId, now: DateTime<Utc>) -> Result<Vec<String>, DbError> {
    let line = fleet_db::rule::line(conn, scope, unit).await?;
    let versions = fleet_db::rule::versions(conn, &[RuleKey::SensitivePlaces]).await?;
    Ok(FindingLimits::of(&versions, &line, day_of(now), now).classes().to_vec())
}

async fn listed(
    conn: &mut PgConnection,
    actor: &Actor,
    scope: &Scope,
    now: DateTime<Utc>,
) -> Result<SensitivePlaceList, DbError> {
    let items = sensitive_place::list(conn, scope).await?.into_iter().map(SensitivePlaceView::from).collect();
    let classes = match scope.units().first() {
        Some(unit) => classes(conn, scope, UnitId(*unit), now).await?,
        None => Vec::new(),
    };
    Ok(SensitivePlaceList { items, classes, may_change: actor.may(Permission::ProposeRules) })
}

/// The places that hold in the asker's units: their own, those below and those of superiors.
#[utoipa::path(get, path = "/sensitive-places", operation_id = "list_sensitive_places", tag = "findings",
    responses((status = 200, body = SensitivePlaceList),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(actor: Actor, Now(now): Now, State(app): State<App>) -> ApiResult<axum::Json<SensitivePlaceList>> {
    let scope = actor.scope(Permission::WatchTrips)?;
    let mut conn = app.conn(&scope).await?;
    Ok(axum::Json(listed(&mut conn, &actor, &scope, now).await?))
}

/// Enters a place for a unit of the scope and those below it.
#[utoipa::path(post, path = "/sensitive-places", operation_id = "enter_sensitive_place", tag = "findings", request_body = SensitivePlaceToEnter,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = SensitivePlaceList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn enter(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    once: Once<SensitivePlaceToEnter>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ProposeRules)?;
    let unit = UnitId(once.body.unit_id);
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let classes = classes(change.conn(), &scope, unit, now).await?;
    let place = checked(&once.body, &classes)?;
    let id = SensitivePlaceId(new_id(now));
    sensitive_place::insert(change.conn(), id, unit, &place, actor.account.id, now).await?;
    let all = listed(change.conn(), &actor, &scope, now).await?;
    let subject = Subject::of(SubjectKind::SensitivePlace, id.0, place.name.as_str());
    let entry = Entry::new(Action::Created, subject).in_unit(unit).after(facts(&place));
    let told = audit::append(change.conn(), &actor.by(""), &entry, now).await?;
    change.finish(told, StatusCode::CREATED, &all).await
}

/// Takes a place away; what was found of it stays.
#[utoipa::path(delete, path = "/sensitive-places/{id}", operation_id = "remove_sensitive_place", tag = "findings", params(("id" = Uuid, Path)),
    responses((status = 204),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn remove(actor: Actor, Now(now): Now, State(app): State<App>, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    let scope = actor.scope(Permission::ProposeRules)?;
    let mut tx = app.begin(&scope).await?;
    let gone = sensitive_place::delete(&mut tx, &scope, SensitivePlaceId(id)).await?;
    let subject = Subject::of(SubjectKind::SensitivePlace, id, gone.place.name.as_str());
    let entry = Entry::new(Action::Deleted, subject).in_unit(gone.unit).before(facts(&gone.place));
    let told = audit::append(&mut tx, &actor.by(""), &entry, now).await?;
    commit(tx, told).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is entered, or everything that is wrong with it.
fn checked(asked: &SensitivePlaceToEnter, classes: &[String]) -> ApiResult<SensitivePlace> {
    let mut wrong = Wrong::default();
    let name = asked.name.trim();
    if !(1..=NAME_LENGTH).contains(&name.chars().count()) {
        wrong.note("name", "sensitive_place.name");
    }
    if !classes.contains(&asked.class) {
        wrong.note("class", "sensitive_place.class");
    }
    if !(20..=2000).contains(&asked.radius_m) {
        wrong.note("radius_m", "sensitive_place.radius");
    }
    let place = wrong.take("lon", LonLat::new(asked.lon, asked.lat), PlaceError::code);
    match place.filter(|_| wrong.is_empty()) {
        Some(place) => Ok(SensitivePlace {
            name: name.to_owned(),
            class: asked.class.clone(),
            place,
            radius: Distance::from_metres(f64::from(asked.radius_m)),
        }),
        None => Err(wrong.into_error()),
    }
}

/// What the audit log tells of a place.
fn facts(place: &SensitivePlace) -> Value {
    json!({
        "name": place.name, "class": place.class, "lon": place.place.lon(), "lat": place.place.lat(), "radius_m": place.radius.metres(),
    })
}
