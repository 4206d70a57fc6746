//! Violations: entered with the order and driver that had the car then, and seen to. Their fines are shown; no settlement knows them.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::incident::violation::{
    ViolationAction, ViolationActionError, ViolationFacts, ViolationId, ViolationState, ViolationStateError,
};
use fleet_db::incident::violation::{self, Filter, Kept, NewViolation};
use fleet_db::incident::{self, Of, Step};
use fleet_db::{PgConnection, audit};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use telematics::id::VehicleId;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{IncidentStepView, MOST, PAGE, driven, happened, moved, refused, word};
use crate::api::session::new_id;
use crate::auth::{Actor, look};
use crate::extract::{Asked, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiResult, Problem, Wrong};
use crate::state::App;

/// Which violations.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ViolationsAsked {
    /// `open`, `appealed`, `handled` or `revoked`; any when absent.
    state: Option<String>,
    vehicle_id: Option<Uuid>,
    /// `next` of the page before.
    after: Option<Uuid>,
    /// 1 to 200, 50 when absent.
    limit: Option<i64>,
}

/// A violation to be entered.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ViolationToEnter {
    vehicle_id: Uuid,
    /// The order on which it happened; when absent, the one that had the car then.
    order_id: Option<Uuid>,
    at: DateTime<Utc>,
    #[serde(default)]
    place_name: String,
    /// Of the list of the traffic police, such as `1039` or `16251`.
    code: String,
    /// What it is, 1 to 1000 characters.
    what: String,
    /// Points that the driver loses, 0 to 12.
    points: u32,
    /// The fine; who drove pays it.
    fine_fen: i64,
    /// Number of the notice; may be empty.
    #[serde(default)]
    notice_number: String,
}

/// Something to be done about a violation.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ViolationMove {
    /// `handle`, `appeal`, `revoke` or `reopen`.
    action: String,
    /// In words; needed for all but `handle`.
    #[serde(default)]
    text: String,
}

/// Violations.
#[derive(Serialize, ToSchema)]
pub(crate) struct ViolationPage {
    /// The newest first.
    items: Vec<ViolationView>,
    /// To be sent as `after` for the next page; null at the end.
    next: Option<Uuid>,
    /// The asker may enter and move them.
    may_change: bool,
}

/// A violation.
#[derive(Serialize, ToSchema)]
pub(crate) struct ViolationView {
    id: Uuid,
    /// The number that people read, such as `WZ-330106-2026-5`.
    number: String,
    unit_id: Uuid,
    unit_name: String,
    vehicle_id: Uuid,
    plate: String,
    order_id: Option<Uuid>,
    order_number: Option<String>,
    driver: Option<String>,
    at: DateTime<Utc>,
    place_name: String,
    code: String,
    what: String,
    points: u32,
    /// Shown, and paid by who drove: no settlement has it.
    fine_fen: i64,
    notice_number: String,
    /// `open`, `appealed`, `handled` or `revoked`.
    state: &'static str,
    entered_by: String,
    entered_at: DateTime<Utc>,
    /// What may be done with it now.
    moves: Vec<&'static str>,
    /// What was done about it, as it came; of one violation alone.
    log: Vec<IncidentStepView>,
}

/// Violations of cars of the asker's units.
#[utoipa::path(get, path = "/violations", operation_id = "list_violations", tag = "incidents", params(ViolationsAsked),
    responses((status = 200, body = ViolationPage),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    State(app): State<App>,
    Asked(asked): Asked<ViolationsAsked>,
) -> ApiResult<axum::Json<ViolationPage>> {
    let scope = actor.scope(Permission::WatchVehicles)?;
    let mut wrong = Wrong::default();
    let state = asked.state.as_deref().filter(|state| !state.is_empty()).map(str::parse::<ViolationState>).transpose();
    let Some(state) = wrong.take("state", state, ViolationStateError::code) else { return Err(wrong.into_error()) };
    let filter = Filter { id: None, state, vehicle: asked.vehicle_id.map(VehicleId), after: asked.after.map(ViolationId) };
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, MOST);
    let mut conn = app.conn(&scope).await?;
    let mut found = violation::list(&mut conn, &scope, &filter, limit + 1).await?;
    let page = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = found.len() > page;
    found.truncate(page);
    let next = found.last().filter(|_| has_more).map(|last| last.id.0);
    let may_change = actor.may(Permission::ManageFleet);
    let items = found.into_iter().map(|kept| ViolationView::new(kept, may_change, Vec::new())).collect();
    Ok(axum::Json(ViolationPage { items, next, may_change }))
}

/// A violation with what was done about it.
#[utoipa::path(get, path = "/violations/{id}", operation_id = "read_violation", tag = "incidents", params(("id" = Uuid, Path)),
    responses((status = 200, body = ViolationView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> ApiResult<axum::Json<ViolationView>> {
    let scope = actor.scope(Permission::WatchVehicles)?;
    let mut conn = app.conn(&scope).await?;
    let kept = violation::load(&mut conn, &scope, ViolationId(id)).await?;
    let viewed = entry(Action::Viewed, &kept);
    let view = view(&mut conn, &actor, kept).await?;
    drop(conn);
    look::at(&app, &actor, viewed, now).await?;
    Ok(axum::Json(view))
}

/// Enters a violation of a car, with the order and the driver that had it then.
#[utoipa::path(post, path = "/violations", operation_id = "enter_violation", tag = "incidents", request_body = ViolationToEnter,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, it is entered once")),
    responses((status = 201, body = ViolationView),
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
    once: Once<ViolationToEnter>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let asked = &once.body;
    let facts = ViolationFacts {
        place_name: asked.place_name.trim().to_owned(),
        code: asked.code.trim().to_owned(),
        what: asked.what.trim().to_owned(),
        points: asked.points,
        fine_fen: asked.fine_fen,
        notice_number: asked.notice_number.trim().to_owned(),
    };
    let mut wrong = Wrong::default();
    happened(asked.at, now, &mut wrong);
    for (field, code) in facts.check() {
        wrong.note(field, code);
    }
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
    let new = NewViolation {
        id: ViolationId(new_id(now)),
        unit: car.vehicle.asset.unit,
        vehicle: car.vehicle.id,
        order,
        driver,
        at: asked.at,
        facts: &facts,
        by: actor.account.id,
    };
    violation::insert(conn, &new, now).await?;
    let kept = violation::load(conn, &scope, new.id).await?;
    let told = audit::append(conn, &actor.by(""), &entry(Action::Created, &kept).after(told(&kept)), now).await?;
    let view = view(conn, &actor, kept).await?;
    change.finish(told, StatusCode::CREATED, &view).await
}

/// Does something about a violation, as far as its state lets one.
#[utoipa::path(post, path = "/violations/{id}/steps", operation_id = "step_violation", tag = "incidents", request_body = ViolationMove,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, it is done once")),
    responses((status = 200, body = ViolationView),
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
    once: Once<ViolationMove>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let mut wrong = Wrong::default();
    let action = wrong.take("action", once.body.action.parse::<ViolationAction>(), ViolationActionError::code);
    let text = word(&once.body.text, &mut wrong);
    if action.is_some_and(|action| action != ViolationAction::Handle) && text.is_empty() {
        wrong.note("text", "incident.text");
    }
    let Some(action) = action.filter(|_| wrong.is_empty()) else { return Err(wrong.into_error()) };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let before = violation::load(conn, &scope, ViolationId(id)).await?;
    let to = before.state.after(action).map_err(refused)?;
    violation::step(conn, before.id, (before.state, to), now).await.map_err(moved)?;
    let done = Step {
        from: before.state.as_str().to_owned(),
        action: action.as_str().to_owned(),
        to: to.as_str().to_owned(),
        by: String::new(),
        at: now,
        text: text.clone(),
    };
    incident::note(conn, new_id(now), Of::Violation(id), &done, actor.account.id).await?;
    let kept = violation::load(conn, &scope, before.id).await?;
    let entry = entry(Action::Handled, &kept)
        .before(json!({ "state": before.state }))
        .after(json!({ "state": kept.state, "action": action }));
    let told = audit::append(conn, &actor.by(&text), &entry, now).await?;
    let view = view(conn, &actor, kept).await?;
    change.finish(told, StatusCode::OK, &view).await
}

async fn view(conn: &mut PgConnection, actor: &Actor, kept: Kept) -> ApiResult<ViolationView> {
    let log = incident::notes(conn, Of::Violation(kept.id.0)).await?;
    Ok(ViolationView::new(kept, actor.may(Permission::ManageFleet), log))
}

/// What the audit log tells of a violation.
fn told(kept: &Kept) -> Value {
    json!({
        "vehicle": kept.plate, "order": kept.order_number, "driver": kept.driver_name, "at": kept.at, "state": kept.state,
        "facts": kept.facts,
    })
}

fn entry(action: Action, kept: &Kept) -> Entry {
    Entry::new(action, Subject::of(SubjectKind::Violation, kept.id.0, kept.number.clone())).in_unit(kept.unit)
}

impl ViolationView {
    fn new(kept: Kept, may_change: bool, log: Vec<Step>) -> Self {
        let facts = kept.facts;
        let moves = if may_change { kept.state.moves() } else { Vec::new() };
        Self {
            id: kept.id.0,
            number: kept.number,
            unit_id: kept.unit.0,
            unit_name: kept.unit_name,
            vehicle_id: kept.vehicle.0,
            plate: kept.plate,
            order_id: kept.order.map(|order| order.0),
            order_number: kept.order_number,
            driver: kept.driver_name,
            at: kept.at,
            place_name: facts.place_name,
            code: facts.code,
            what: facts.what,
            points: facts.points,
            fine_fen: facts.fine_fen,
            notice_number: facts.notice_number,
            state: kept.state.as_str(),
            entered_by: kept.entered_by,
            entered_at: kept.entered_at,
            moves: moves.into_iter().map(ViolationAction::as_str).collect(),
            log: log.into_iter().map(IncidentStepView::from).collect(),
        }
    }
}
