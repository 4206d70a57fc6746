//! Accidents: found and looked into, entered at the desk, corrected, moved until they are closed.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::incident::accident::{AccidentAction, AccidentActionError, AccidentId, AccidentState, AccidentStateError};
use dispatch::scope::Scope;
use fleet_db::incident::accident::{self, Filter, Kept, NewAccident};
use fleet_db::incident::{self, Of, Step};
use fleet_db::{PgConnection, audit};
use serde::Deserialize;
use serde_json::{Value, json};
use telematics::id::VehicleId;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::accident_views::{AccidentPage, AccidentToWrite, AccidentView};
use super::{MOST, PAGE, driven, happened, moved, place, refused, word};
use crate::api::session::new_id;
use crate::auth::{Actor, look};
use crate::extract::{Asked, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ACCIDENT_CLOSED, ApiResult, Problem, Wrong};
use crate::state::App;

/// Which accidents.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AccidentsAsked {
    /// `reported`, `open`, `claimed`, `closed` or `dismissed`; any when absent.
    state: Option<String>,
    vehicle_id: Option<Uuid>,
    /// `next` of the page before.
    after: Option<Uuid>,
    /// 1 to 200, 50 when absent.
    limit: Option<i64>,
}

/// An accident to be entered.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct AccidentToEnter {
    vehicle_id: Uuid,
    /// The order on which it happened; when absent, the one that had the car then.
    order_id: Option<Uuid>,
    at: DateTime<Utc>,
    lon: Option<f64>,
    lat: Option<f64>,
    #[serde(flatten)]
    facts: AccidentToWrite,
}

/// Something to be done about an accident.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct AccidentMove {
    /// `take`, `dismiss`, `claim`, `close` or `reopen`.
    action: String,
    /// In words; needed to dismiss, to close and to reopen.
    #[serde(default)]
    text: String,
}

/// Accidents of cars of the asker's units.
#[utoipa::path(get, path = "/accidents", operation_id = "list_accidents", tag = "incidents", params(AccidentsAsked),
    responses((status = 200, body = AccidentPage),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    State(app): State<App>,
    Asked(asked): Asked<AccidentsAsked>,
) -> ApiResult<axum::Json<AccidentPage>> {
    let scope = actor.scope(Permission::WatchVehicles)?;
    let mut wrong = Wrong::default();
    let state = asked.state.as_deref().filter(|state| !state.is_empty()).map(str::parse::<AccidentState>).transpose();
    let Some(state) = wrong.take("state", state, AccidentStateError::code) else { return Err(wrong.into_error()) };
    let filter = Filter {
        state,
        vehicle: asked.vehicle_id.map(VehicleId),
        unit: Some(scope.clone()),
        after: asked.after.map(AccidentId),
        ..Filter::default()
    };
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, MOST);
    let mut conn = app.conn(&scope).await?;
    let mut found = accident::list(&mut conn, &filter, limit + 1).await?;
    let page = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = found.len() > page;
    found.truncate(page);
    let next = found.last().filter(|_| has_more).map(|last| last.id.0);
    let may_change = actor.may(Permission::ManageFleet);
    let items = found.into_iter().map(|kept| AccidentView::new(kept, may_change, Vec::new())).collect();
    Ok(axum::Json(AccidentPage { items, next, may_change }))
}

/// An accident with what was done about it.
#[utoipa::path(get, path = "/accidents/{id}", operation_id = "read_accident", tag = "incidents", params(("id" = Uuid, Path)),
    responses((status = 200, body = AccidentView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> ApiResult<axum::Json<AccidentView>> {
    let scope = actor.scope(Permission::WatchVehicles)?;
    let mut conn = app.conn(&scope).await?;
    let kept = of_scope(&mut conn, &scope, id).await?;
    let viewed = entry(Action::Viewed, &kept);
    let view = view(&mut conn, &actor, kept).await?;
    drop(conn);
    look::at(&app, &actor, viewed, now).await?;
    Ok(axum::Json(view))
}

/// Enters an accident of a car, with the order and the driver that had it then.
#[utoipa::path(post, path = "/accidents", operation_id = "enter_accident", tag = "incidents", request_body = AccidentToEnter,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, it is entered once")),
    responses((status = 201, body = AccidentView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn enter(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    once: Once<AccidentToEnter>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let asked = &once.body;
    let facts = asked.facts.read()?;
    let mut wrong = Wrong::default();
    happened(asked.at, now, &mut wrong);
    let place = place(asked.lon, asked.lat, &mut wrong);
    if !wrong.is_empty() {
        return Err(wrong.into_error());
    }
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let car = fleet_db::vehicle::load(conn, &scope, VehicleId(asked.vehicle_id)).await?;
    let (order, driver) = driven(conn, car.vehicle.id, asked.order_id, asked.at).await?;
    let new = NewAccident {
        id: AccidentId(new_id(now)),
        unit: car.vehicle.asset.unit,
        vehicle: car.vehicle.id,
        order,
        driver,
        at: asked.at,
        place,
        facts: &facts,
        by: actor.account.id,
        key: None,
    };
    accident::insert(conn, &new, now).await?;
    let kept = of_scope(conn, &scope, new.id.0).await?;
    let told = audit::append(conn, &actor.by(""), &entry(Action::Created, &kept).after(told(&kept)), now).await?;
    let view = view(conn, &actor, kept).await?;
    change.finish(told, StatusCode::CREATED, &view).await
}

/// Corrects what is known of an accident, until it is over.
#[utoipa::path(put, path = "/accidents/{id}", operation_id = "correct_accident", tag = "incidents", request_body = AccidentToWrite,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, it is corrected once")),
    responses((status = 200, body = AccidentView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn correct(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<AccidentToWrite>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let facts = once.body.read()?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let before = of_scope(conn, &scope, id).await?;
    if !before.state.is_open() {
        return Err(ACCIDENT_CLOSED.into());
    }
    accident::correct(conn, before.id, before.state, &facts, now).await.map_err(moved)?;
    let kept = of_scope(conn, &scope, id).await?;
    let entry = entry(Action::Changed, &kept).before(told(&before)).after(told(&kept));
    let told = audit::append(conn, &actor.by(""), &entry, now).await?;
    let view = view(conn, &actor, kept).await?;
    change.finish(told, StatusCode::OK, &view).await
}

/// Does something about an accident, as far as its state and what is known of it let one.
#[utoipa::path(post, path = "/accidents/{id}/steps", operation_id = "step_accident", tag = "incidents", request_body = AccidentMove,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, it is done once")),
    responses((status = 200, body = AccidentView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn step(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<AccidentMove>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let mut wrong = Wrong::default();
    let action = wrong.take("action", once.body.action.parse::<AccidentAction>(), AccidentActionError::code);
    let text = word(&once.body.text, &mut wrong);
    let needs = matches!(action, Some(AccidentAction::Dismiss | AccidentAction::Close | AccidentAction::Reopen));
    if needs && text.is_empty() {
        wrong.note("text", "incident.text");
    }
    let Some(action) = action.filter(|_| wrong.is_empty()) else { return Err(wrong.into_error()) };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let before = of_scope(conn, &scope, id).await?;
    let to = before.state.after(action, &before.facts).map_err(refused)?;
    accident::step(conn, before.id, (before.state, to), now).await.map_err(moved)?;
    let done = Step {
        from: before.state.as_str().to_owned(),
        action: action.as_str().to_owned(),
        to: to.as_str().to_owned(),
        by: String::new(),
        at: now,
        text: text.clone(),
    };
    incident::note(conn, new_id(now), Of::Accident(id), &done, actor.account.id).await?;
    let kept = of_scope(conn, &scope, id).await?;
    let entry = entry(Action::Handled, &kept)
        .before(json!({ "state": before.state }))
        .after(json!({ "state": kept.state, "action": action }));
    let told = audit::append(conn, &actor.by(&text), &entry, now).await?;
    let view = view(conn, &actor, kept).await?;
    change.finish(told, StatusCode::OK, &view).await
}

/// An accident of a car of the scope.
pub(super) async fn of_scope(conn: &mut PgConnection, scope: &Scope, id: Uuid) -> ApiResult<Kept> {
    let filter = Filter { id: Some(AccidentId(id)), unit: Some(scope.clone()), ..Filter::default() };
    Ok(accident::load(conn, &filter).await?)
}

async fn view(conn: &mut PgConnection, actor: &Actor, kept: Kept) -> ApiResult<AccidentView> {
    let log = incident::notes(conn, Of::Accident(kept.id.0)).await?;
    Ok(AccidentView::new(kept, actor.may(Permission::ManageFleet), log))
}

/// What the audit log tells of an accident.
pub(super) fn told(kept: &Kept) -> Value {
    json!({
        "vehicle": kept.plate, "order": kept.order_number, "driver": kept.driver_name, "at": kept.at, "state": kept.state,
        "facts": kept.facts,
    })
}

/// An entry about an accident.
pub(super) fn entry(action: Action, kept: &Kept) -> Entry {
    Entry::new(action, Subject::of(SubjectKind::Accident, kept.id.0, kept.number.clone())).in_unit(kept.unit)
}
