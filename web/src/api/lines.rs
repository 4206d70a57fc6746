//! Vertical lines of units, beside the territorial tree.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use dispatch::account::Permission;
use dispatch::line::{Line, LineError, LineId};
use dispatch::unit::UnitId;
use fleet_db::audit::Logged;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::session::new_id;
use crate::auth::Actor;
use crate::extract::{Json, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiResult, Problem, Wrong};
use crate::state::{App, commit};

/// A vertical line.
#[derive(Serialize, ToSchema)]
pub(crate) struct LineView {
    id: Uuid,
    code: String,
    name: String,
}

/// A vertical line with how many units of the scope are in it.
#[derive(Serialize, ToSchema)]
pub(crate) struct LineItem {
    id: Uuid,
    code: String,
    name: String,
    units: i64,
}

/// The lines by code.
#[derive(Serialize, ToSchema)]
pub(crate) struct LineList {
    items: Vec<LineItem>,
}

/// A line to be added.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewLine {
    /// Small letters, digits and `-`.
    code: String,
    name: String,
}

/// A unit of a line.
#[derive(Serialize, ToSchema)]
pub(crate) struct LineMember {
    unit_id: Uuid,
    /// The unit above it in the line.
    parent_id: Option<Uuid>,
    name: String,
    level: i16,
}

/// The units of the scope in a line.
#[derive(Serialize, ToSchema)]
pub(crate) struct LineMembers {
    items: Vec<LineMember>,
}

/// Where a unit stands in a line.
#[derive(Deserialize, ToSchema)]
pub(crate) struct LinePlace {
    /// The unit above it in the line; null at its top.
    parent_id: Option<Uuid>,
}

impl From<Line> for LineView {
    fn from(line: Line) -> Self {
        Self { id: line.id.0, code: line.code, name: line.name }
    }
}

fn checked(field: &str, result: Result<Logged, LineError>) -> ApiResult<Logged> {
    let mut wrong = Wrong::default();
    wrong.take(field, result, |error| error.code()).ok_or_else(|| wrong.into_error())
}

/// All vertical lines.
#[utoipa::path(get, path = "/lines", operation_id = "list_lines", tag = "units",
    responses((status = 200, body = LineList), (status = 401, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(actor: Actor, State(app): State<App>) -> ApiResult<axum::Json<LineList>> {
    let scope = actor.reach();
    let mut conn = app.conn(&scope).await?;
    let lines = fleet_db::line::list(&mut conn, &scope).await?;
    let item = |listed: fleet_db::line::Listed| LineItem {
        id: listed.line.id.0,
        code: listed.line.code,
        name: listed.line.name,
        units: listed.units,
    };
    Ok(axum::Json(LineList { items: lines.into_iter().map(item).collect() }))
}

/// Adds a vertical line.
#[utoipa::path(post, path = "/lines", operation_id = "add_line", tag = "units", request_body = NewLine,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = LineView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn create(actor: Actor, Now(now): Now, State(app): State<App>, once: Once<NewLine>) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageUnits)?;
    let mut wrong = Wrong::default();
    let line = Line::new(LineId(new_id(now)), &once.body.code, &once.body.name);
    let field = if matches!(line, Err(LineError::Code)) { "code" } else { "name" };
    let Some(line) = wrong.take(field, line, |error| error.code()) else { return Err(wrong.into_error()) };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let told = fleet_db::line::insert(change.conn(), &line, &actor.by(""), now).await?;
    change.finish(told, StatusCode::CREATED, &LineView::from(line)).await
}

/// The units of the scope in a line.
#[utoipa::path(get, path = "/lines/{id}/units", operation_id = "list_line_units", tag = "units", params(("id" = Uuid, Path)),
    responses((status = 200, body = LineMembers),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn members(actor: Actor, State(app): State<App>, Path(id): Path<Uuid>) -> ApiResult<axum::Json<LineMembers>> {
    let scope = actor.reach();
    let mut conn = app.conn(&scope).await?;
    let members = fleet_db::line::members(&mut conn, &scope, LineId(id)).await?;
    let view = |member: fleet_db::line::Member| LineMember {
        unit_id: member.unit.0,
        parent_id: member.above.map(|above| above.0),
        name: member.name,
        level: member.level,
    };
    Ok(axum::Json(LineMembers { items: members.into_iter().map(view).collect() }))
}

/// Puts a unit into a line, or elsewhere in it.
#[utoipa::path(put, path = "/lines/{id}/units/{unit_id}", operation_id = "put_line_unit", tag = "units", request_body = LinePlace,
    params(("id" = Uuid, Path), ("unit_id" = Uuid, Path)),
    responses((status = 204),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn put(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path((id, unit)): Path<(Uuid, Uuid)>,
    Json(place): Json<LinePlace>,
) -> ApiResult<StatusCode> {
    let scope = actor.scope(Permission::ManageUnits)?;
    let mut tx = app.begin(&scope).await?;
    let put =
        fleet_db::line::put(&mut tx, &scope, LineId(id), (UnitId(unit), place.parent_id.map(UnitId)), &actor.by(""), now).await?;
    commit(tx, checked("parent_id", put)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a unit out of a line.
#[utoipa::path(delete, path = "/lines/{id}/units/{unit_id}", operation_id = "take_line_unit", tag = "units",
    params(("id" = Uuid, Path), ("unit_id" = Uuid, Path)),
    responses((status = 204),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn take(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path((id, unit)): Path<(Uuid, Uuid)>,
) -> ApiResult<StatusCode> {
    let scope = actor.scope(Permission::ManageUnits)?;
    let mut tx = app.begin(&scope).await?;
    let taken = fleet_db::line::take(&mut tx, &scope, LineId(id), UnitId(unit), &actor.by(""), now).await?;
    commit(tx, checked("unit_id", taken)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
