//! Complaints of the public and cases of inspections: entered, linked with what was found, closed with a result.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::case::{
    CaseClosure, CaseError, CaseId, CaseMatter, CaseOutcome, CaseOutcomeError, CaseSource, CaseSourceError, CaseState,
    CaseStateError,
};
use dispatch::finding::{FindingId, ViolationHead};
use dispatch::unit::UnitId;
use fleet_db::public_case::{self, Kept};
use fleet_db::{DbError, audit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use telematics::id::VehicleId;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::session::new_id;
use crate::auth::Actor;
use crate::extract::{Asked, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiError, ApiResult, CASE_STATE, Problem, REQUEST_QUERY, Wrong};
use crate::state::App;

/// Cases of a page, unless asked for otherwise.
const PAGE: u32 = 50;

/// Which cases.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CasesAsked {
    /// `open`, `linked` or `closed`.
    state: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    limit: Option<u32>,
}

/// A case that comes in.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CaseToEnter {
    unit_id: Uuid,
    /// The car that it names, if it names one.
    vehicle_id: Option<Uuid>,
    /// `hotline_12345`, `inspection` or `letter`.
    source: String,
    /// Its number there, 1 to 60 characters.
    number: String,
    received_on: NaiveDate,
    /// What is said, 1 to 2000 characters.
    matter: String,
}

/// What was found of it.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CaseToLink {
    finding_id: Uuid,
}

/// How it ends.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CaseToClose {
    /// `founded` or `unfounded`.
    outcome: String,
    /// Head of article 26, 1 to 9; of a founded case alone.
    head: Option<i16>,
    /// What was done about it, 1 to 1000 characters.
    result: String,
}

/// A page of cases, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct CasePage {
    items: Vec<CaseView>,
    /// To be sent as `after` for the next page; null at the end.
    next: Option<String>,
}

/// A case.
#[derive(Serialize, ToSchema)]
pub(crate) struct CaseView {
    id: Uuid,
    source: &'static str,
    number: String,
    unit_id: Uuid,
    unit_name: String,
    plate: Option<String>,
    received_on: NaiveDate,
    matter: String,
    /// `open`, `linked` or `closed`.
    state: &'static str,
    finding_id: Option<Uuid>,
    /// `founded` or `unfounded`; null until it is closed.
    outcome: Option<&'static str>,
    head: Option<i16>,
    result: Option<String>,
    entered_by: String,
    entered_at: DateTime<Utc>,
    closed_by: Option<String>,
    closed_at: Option<DateTime<Utc>>,
}

impl From<Kept> for CaseView {
    fn from(kept: Kept) -> Self {
        let closure = kept.closure;
        Self {
            id: kept.id.0,
            source: kept.matter.source.as_str(),
            number: kept.matter.number,
            unit_id: kept.unit.0,
            unit_name: kept.unit_name,
            plate: kept.plate,
            received_on: kept.matter.received_on,
            matter: kept.matter.matter,
            state: kept.state.as_str(),
            finding_id: kept.finding.map(|finding| finding.0),
            outcome: closure.as_ref().map(|closure| closure.outcome.as_str()),
            head: closure.as_ref().and_then(|closure| closure.head).map(ViolationHead::number),
            result: closure.map(|closure| closure.result),
            entered_by: kept.entered_by,
            entered_at: kept.entered_at,
            closed_by: kept.closed_by,
            closed_at: kept.closed_at,
        }
    }
}

/// Cases about the asker's units.
#[utoipa::path(get, path = "/cases", operation_id = "list_cases", tag = "findings", params(CasesAsked),
    responses((status = 200, body = CasePage),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    State(app): State<App>,
    Asked(asked): Asked<CasesAsked>,
) -> ApiResult<axum::Json<CasePage>> {
    let scope = actor.scope(Permission::WatchTrips)?;
    let mut wrong = Wrong::default();
    let state = asked.state.as_deref().map(str::parse::<CaseState>).transpose();
    let Some(state) = wrong.take("state", state, CaseStateError::code) else { return Err(wrong.into_error()) };
    let after = asked.after.as_deref().map(str::parse::<CaseId>).transpose();
    let after = after.map_err(|_no_id| ApiError::from(REQUEST_QUERY).detail("after: send what `next` of the page before was"))?;
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, app.config.page_limit);
    let mut conn = app.conn(&scope).await?;
    let mut found = public_case::list(&mut conn, &scope, state, after, i64::from(limit) + 1).await?;
    let has_more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| has_more).map(|last| last.id.to_string());
    Ok(axum::Json(CasePage { items: found.into_iter().map(CaseView::from).collect(), next }))
}

/// Enters a case.
#[utoipa::path(post, path = "/cases", operation_id = "enter_case", tag = "findings", request_body = CaseToEnter,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = CaseView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn enter(actor: Actor, Now(now): Now, State(app): State<App>, once: Once<CaseToEnter>) -> ApiResult<Response> {
    let scope = actor.scope(Permission::SettleTrips)?;
    let asked = &once.body;
    let mut wrong = Wrong::default();
    let source = wrong.take("source", asked.source.parse::<CaseSource>(), CaseSourceError::code);
    if source == Some(CaseSource::Rating) {
        // Such a case has its trip, and opens by itself.
        wrong.note("source", "case.source");
    }
    let matter = CaseMatter::new(source.unwrap_or(CaseSource::Letter), &asked.number, asked.received_on, &asked.matter);
    let matter = matter.map_err(|lacks| lacks.iter().for_each(|lack| wrong.note(lack.field(), lack.code()))).ok();
    let Some(matter) = matter.filter(|_| wrong.is_empty()) else { return Err(wrong.into_error()) };
    let about = (UnitId(asked.unit_id), asked.vehicle_id.map(VehicleId));
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let id = CaseId(new_id(now));
    public_case::insert(change.conn(), &scope, id, about, &matter, actor.account.id, now).await?;
    let kept = public_case::load(change.conn(), &scope, id).await?;
    let entry = entry(Action::Created, &kept).after(json!(matter));
    let told = audit::append(change.conn(), &actor.by(""), &entry, now).await?;
    change.finish(told, StatusCode::CREATED, &CaseView::from(kept)).await
}

/// Links a case with what was found; with something else, until it is closed.
#[utoipa::path(post, path = "/cases/{id}/finding", operation_id = "link_case", tag = "findings", request_body = CaseToLink,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = CaseView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn link(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<CaseToLink>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::SettleTrips)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let kept = public_case::load(change.conn(), &scope, CaseId(id)).await?;
    let found = fleet_db::finding::load(change.conn(), &scope, FindingId(once.body.finding_id)).await?;
    kept.state.linked().map_err(refused)?;
    public_case::link(change.conn(), kept.id, kept.state, found.id).await.map_err(moved)?;
    let linked = public_case::load(change.conn(), &scope, kept.id).await?;
    let entry = entry(Action::Changed, &kept).before(json!({ "finding": kept.finding })).after(json!({ "finding": found.id }));
    let told = audit::append(change.conn(), &actor.by(""), &entry, now).await?;
    change.finish(told, StatusCode::OK, &CaseView::from(linked)).await
}

/// Closes a case with its result; what is true has its finding and its head of article 26.
#[utoipa::path(post, path = "/cases/{id}/closure", operation_id = "close_case", tag = "findings", request_body = CaseToClose,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = CaseView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn close(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<CaseToClose>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ApproveTrips)?;
    let closure = checked(&once.body)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let kept = public_case::load(change.conn(), &scope, CaseId(id)).await?;
    kept.state.closed(&closure).map_err(refused)?;
    public_case::close(change.conn(), kept.id, kept.state, &closure, actor.account.id, now).await.map_err(moved)?;
    let closed = public_case::load(change.conn(), &scope, kept.id).await?;
    let entry = entry(Action::Handled, &kept).before(json!({ "state": kept.state })).after(json!(closure));
    let told = audit::append(change.conn(), &actor.by(&closure.result), &entry, now).await?;
    change.finish(told, StatusCode::OK, &CaseView::from(closed)).await
}

/// How it is to end, or everything that is wrong with that.
fn checked(asked: &CaseToClose) -> ApiResult<CaseClosure> {
    let mut wrong = Wrong::default();
    let outcome = wrong.take("outcome", asked.outcome.parse::<CaseOutcome>(), CaseOutcomeError::code);
    let head = wrong.take("head", asked.head.map(ViolationHead::try_from).transpose(), |error| error.code());
    let (Some(outcome), Some(head)) = (outcome, head) else { return Err(wrong.into_error()) };
    CaseClosure::new(outcome, head, &asked.result).map_err(|error| {
        wrong.note(error.field(), error.code());
        wrong.into_error()
    })
}

/// What a case lacks is wrong in the form; one that is closed is a conflict.
fn refused(error: CaseError) -> ApiError {
    if matches!(error, CaseError::State { .. }) {
        return ApiError::from(CASE_STATE).detail(error.to_string());
    }
    let mut wrong = Wrong::default();
    wrong.note(error.field(), error.code());
    wrong.into_error()
}

/// Somebody was faster.
fn moved(error: DbError) -> ApiError {
    if matches!(error, DbError::NotFound) { CASE_STATE.into() } else { error.into() }
}

fn entry(action: Action, kept: &Kept) -> Entry {
    Entry::new(action, Subject::of(SubjectKind::Case, kept.id.0, kept.matter.number.as_str())).in_unit(kept.unit)
}
