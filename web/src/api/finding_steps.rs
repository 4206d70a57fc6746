//! What is done with a finding: explained, taken to who leads, closed as explained or as a violation; each with words.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::finding::{FindingAction, FindingError, FindingId, FindingText, ViolationHead};
use dispatch::grant;
use dispatch::scope::Scope;
use fleet_db::finding::Kept;
use fleet_db::{DbError, audit};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::findings::{FindingSheet, sheet};
use super::session::new_id;
use crate::auth::Actor;
use crate::extract::{Now, Path};
use crate::once::{Begun, Change, Once};
use crate::problem::{AUTH_FORBIDDEN, ApiError, ApiResult, FINDING_OWN, FINDING_STATE, Problem, Wrong};
use crate::reconcile::tell_escalated;
use crate::state::App;

/// What is said.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct FindingWords {
    /// 1 to 1000 characters.
    text: String,
}

/// Which violation it is.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct FindingVerdict {
    /// 1 to 1000 characters.
    text: String,
    /// Head of article 26, 1 to 9.
    head: i16,
}

/// What is to be done.
struct Wanted {
    id: FindingId,
    action: FindingAction,
    text: FindingText,
    head: Option<ViolationHead>,
}

/// The units over which the actor may do one of these.
fn over(actor: &Actor, permissions: &[Permission]) -> ApiResult<Scope> {
    let Some(held) = permissions.iter().find(|permission| actor.may(**permission)) else { return Err(AUTH_FORBIDDEN.into()) };
    // It acts in the role that allows the first of them.
    actor.scope(*held)?;
    let units = permissions.iter().flat_map(|permission| grant::scope(&actor.grants, *permission).units().to_vec());
    Ok(Scope::of_all(units.map(dispatch::unit::UnitId)))
}

fn said(text: &str, wrong: &mut Wrong) -> Option<FindingText> {
    wrong.take("text", FindingText::new(text), |error| error.code())
}

/// Says why it was so: the driver of the order, who dispatches the car, or who keeps the fleet.
#[utoipa::path(post, path = "/findings/{id}/explanation", operation_id = "explain_finding", tag = "findings", request_body = FindingWords,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = FindingSheet),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn explain(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<FindingWords>,
) -> ApiResult<Response> {
    // Who only drives finds own orders alone: the store asks for that.
    let scope = match over(&actor, &[Permission::DispatchTrips, Permission::SettleTrips]) {
        Ok(scope) => scope,
        Err(_refused) => actor.scope(Permission::DriveTrips).map(|_own| Scope::nothing())?,
    };
    let mut wrong = Wrong::default();
    let Some(text) = said(&once.body.text, &mut wrong) else { return Err(wrong.into_error()) };
    let change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let wanted = Wanted { id: FindingId(id), action: FindingAction::Explain, text, head: None };
    step(change, &actor, &scope, wanted, now).await
}

/// Takes it to who leads the unit.
#[utoipa::path(post, path = "/findings/{id}/escalate", operation_id = "escalate_finding", tag = "findings", request_body = FindingWords,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = FindingSheet),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn escalate(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<FindingWords>,
) -> ApiResult<Response> {
    let scope = over(&actor, &[Permission::SettleTrips, Permission::DispatchTrips, Permission::ApproveTrips])?;
    let mut wrong = Wrong::default();
    let Some(text) = said(&once.body.text, &mut wrong) else { return Err(wrong.into_error()) };
    let change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let wanted = Wanted { id: FindingId(id), action: FindingAction::Escalate, text, head: None };
    step(change, &actor, &scope, wanted, now).await
}

/// Closes it as explained.
#[utoipa::path(post, path = "/findings/{id}/accept", operation_id = "accept_finding", tag = "findings", request_body = FindingWords,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = FindingSheet),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn accept(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<FindingWords>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ApproveTrips)?;
    let mut wrong = Wrong::default();
    let Some(text) = said(&once.body.text, &mut wrong) else { return Err(wrong.into_error()) };
    let change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let wanted = Wanted { id: FindingId(id), action: FindingAction::Accept, text, head: None };
    step(change, &actor, &scope, wanted, now).await
}

/// Closes it as a violation of one of the nine heads of article 26.
#[utoipa::path(post, path = "/findings/{id}/violation", operation_id = "condemn_finding", tag = "findings", request_body = FindingVerdict,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = FindingSheet),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn condemn(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<FindingVerdict>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ApproveTrips)?;
    let mut wrong = Wrong::default();
    let text = said(&once.body.text, &mut wrong);
    let head = wrong.take("head", ViolationHead::try_from(once.body.head), |error| error.code());
    let (Some(text), Some(head)) = (text, head) else { return Err(wrong.into_error()) };
    let change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let wanted = Wanted { id: FindingId(id), action: FindingAction::Condemn, text, head: Some(head) };
    step(change, &actor, &scope, wanted, now).await
}

async fn step(mut change: Change, actor: &Actor, scope: &Scope, wanted: Wanted, now: DateTime<Utc>) -> ApiResult<Response> {
    let Wanted { id, action, text, head } = wanted;
    let kept = fleet_db::finding::load(change.conn(), scope, id).await?;
    let is_decision = matches!(action, FindingAction::Accept | FindingAction::Condemn);
    if is_decision && kept.driver_account == Some(actor.account.id) {
        return Err(FINDING_OWN.into());
    }
    let step = kept.state.step(action, actor.account.id, &text, head, now).map_err(refused)?;
    fleet_db::finding::take(change.conn(), id, new_id(now), &step).await.map_err(|error| match error {
        DbError::NotFound => ApiError::from(FINDING_STATE).detail("somebody was faster"),
        other => other.into(),
    })?;
    if action == FindingAction::Escalate {
        tell_escalated(change.conn(), &kept, now).await?;
    }
    let answer: FindingSheet = sheet(change.conn(), actor, scope, id, now).await?;
    let entry = entry(&kept, action).before(json!({ "state": step.from })).after(json!({ "state": step.to, "head": head }));
    let told = audit::append(change.conn(), &actor.by(text.as_str()), &entry, now).await?;
    change.finish(told, StatusCode::OK, &answer).await
}

fn refused(error: FindingError) -> ApiError {
    ApiError::from(FINDING_STATE).detail(error.to_string())
}

fn entry(kept: &Kept, action: FindingAction) -> Entry {
    let done = match action {
        FindingAction::Explain => Action::Explained,
        FindingAction::Escalate => Action::Escalated,
        FindingAction::Accept => Action::Handled,
        FindingAction::Condemn => Action::Convicted,
    };
    Entry::new(done, Subject::of(SubjectKind::Finding, kept.id.0, kept.plate.as_str())).in_unit(kept.unit)
}
