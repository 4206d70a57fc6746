//! What is done to a terminal: bound, unbound, let register again, given another secret, taken out of use; each with its reason.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::audit::{By, Entry};
use dispatch::scope::Scope;
use fleet_db::terminal::paper;
use fleet_db::{DbError, audit, fitting};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use telematics::device::Protocol;
use telematics::id::{DeviceId, VehicleId};
use utoipa::ToSchema;
use uuid::Uuid;

use super::terminal_names;
use super::terminal_views::{TerminalMade, TerminalView};
use crate::auth::{Actor, token};
use crate::extract::{Now, Path};
use crate::once::{Begun, Change, Once};
use crate::problem::{ApiResult, Problem, TERMINAL_NO_CODE, TERMINAL_NO_SECRET, Wrong};
use crate::state::App;

/// Into which vehicle, from when, and why.
#[derive(Deserialize, ToSchema)]
pub(crate) struct BindingGiven {
    vehicle_id: Uuid,
    /// Absent: since ever for a first binding of both, else from now.
    from: Option<DateTime<Utc>>,
    /// Takes it out of the vehicle it is in first; without this a bound terminal is a conflict.
    #[serde(default)]
    rebind: bool,
    reason: String,
}

/// Why.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ReasonGiven {
    reason: String,
}

/// Whether it is in use, and why.
#[derive(Deserialize, ToSchema)]
pub(crate) struct UseGiven {
    disabled: bool,
    reason: String,
}

/// A body that says why.
trait Reasoned {
    fn reason(&self) -> &str;
}

impl Reasoned for BindingGiven {
    fn reason(&self) -> &str {
        &self.reason
    }
}

impl Reasoned for ReasonGiven {
    fn reason(&self) -> &str {
        &self.reason
    }
}

impl Reasoned for UseGiven {
    fn reason(&self) -> &str {
        &self.reason
    }
}

/// A step that may be taken: its transaction, where it may be, and by whom and why.
enum Step {
    Taken(Change, Scope, By),
    Answered(Response),
}

async fn step<T: Reasoned + DeserializeOwned>(app: &App, actor: &Actor, once: &Once<T>, now: DateTime<Utc>) -> ApiResult<Step> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let mut wrong = Wrong::default();
    let Some(reason) = terminal_names::reason(once.body.reason(), &mut wrong) else { return Err(wrong.into_error()) };
    Ok(match once.begin(app, actor, &scope, now).await? {
        Begun::Fresh(change) => Step::Taken(change, scope, actor.by(&reason)),
        Begun::Answered(response) => Step::Answered(response),
    })
}

/// Answers with the terminal as it stands now, once the step is written down.
async fn answer(
    mut change: Change,
    scope: &Scope,
    id: DeviceId,
    (by, entry): (&By, &Entry),
    now: DateTime<Utc>,
) -> ApiResult<Response> {
    let found = fleet_db::terminal::load(change.conn(), scope, id, now).await?;
    let told = audit::append(change.conn(), by, entry, now).await?;
    change.finish(told, StatusCode::OK, &TerminalView::from(found)).await
}

/// Fits a terminal into a vehicle; with `rebind`, out of the one it is in.
#[utoipa::path(post, path = "/terminals/{id}/binding", operation_id = "bind_terminal", tag = "terminals", request_body = BindingGiven,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = TerminalView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn bind(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<BindingGiven>,
) -> ApiResult<Response> {
    let (mut change, scope, by) = match step(&app, &actor, &once, now).await? {
        Step::Taken(change, scope, by) => (change, scope, by),
        Step::Answered(response) => return Ok(response),
    };
    let (id, vehicle) = (DeviceId(id), VehicleId(once.body.vehicle_id));
    let mut before = None;
    if once.body.rebind {
        match fitting::unbind(change.conn(), &scope, id, &by, now).await {
            Ok((_, unbound)) => before = unbound.before,
            Err(DbError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let (_, bound) = fitting::bind(change.conn(), &scope, id, vehicle, once.body.from, &by, now).await?;
    let entry = Entry { before: before.or(bound.before), ..bound };
    answer(change, &scope, id, (&by, &entry), now).await
}

/// Takes a terminal out of its vehicle.
#[utoipa::path(post, path = "/terminals/{id}/unbinding", operation_id = "unbind_terminal", tag = "terminals", request_body = ReasonGiven,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = TerminalView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn unbind(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<ReasonGiven>,
) -> ApiResult<Response> {
    let (mut change, scope, by) = match step(&app, &actor, &once, now).await? {
        Step::Taken(change, scope, by) => (change, scope, by),
        Step::Answered(response) => return Ok(response),
    };
    let id = DeviceId(id);
    let (_, entry) = fitting::unbind(change.conn(), &scope, id, &by, now).await?;
    answer(change, &scope, id, (&by, &entry), now).await
}

/// Lets a terminal of JT/T 808 register again; the code it had ends at once.
#[utoipa::path(post, path = "/terminals/{id}/registration", operation_id = "allow_registration", tag = "terminals", request_body = ReasonGiven,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = TerminalView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn allow_registration(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<ReasonGiven>,
) -> ApiResult<Response> {
    let (mut change, scope, by) = match step(&app, &actor, &once, now).await? {
        Step::Taken(change, scope, by) => (change, scope, by),
        Step::Answered(response) => return Ok(response),
    };
    let id = DeviceId(id);
    if fleet_db::terminal::load(change.conn(), &scope, id, now).await?.protocol != Protocol::Jt808 {
        return Err(TERMINAL_NO_CODE.into());
    }
    let entry = paper::allow_registration(change.conn(), &scope, id, &by, now).await?;
    answer(change, &scope, id, (&by, &entry), now).await
}

/// Makes another secret for a terminal; the old one ends at once.
#[utoipa::path(post, path = "/terminals/{id}/secret", operation_id = "renew_terminal_secret", tag = "terminals", request_body = ReasonGiven,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = TerminalMade),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn renew_secret(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<ReasonGiven>,
) -> ApiResult<Response> {
    let (mut change, scope, by) = match step(&app, &actor, &once, now).await? {
        Step::Taken(change, scope, by) => (change, scope, by),
        Step::Answered(response) => return Ok(response),
    };
    let device = DeviceId(id);
    if !fleet_db::terminal::load(change.conn(), &scope, device, now).await?.protocol.has_own_secret() {
        return Err(TERMINAL_NO_SECRET.into());
    }
    let secret = token::random();
    let (terminal, entry) = fitting::renew_secret(change.conn(), &scope, device, token::sha256(&secret), &by, now).await?;
    let told = audit::append(change.conn(), &by, &entry, now).await?;
    let made = TerminalMade { id, terminal_id: terminal.into(), secret: Some(secret) };
    change.finish_keeping(told, StatusCode::CREATED, &made, &TerminalMade { secret: None, ..made.clone() }).await
}

/// Takes a terminal out of use, or into use again.
#[utoipa::path(post, path = "/terminals/{id}/use", operation_id = "set_terminal_use", tag = "terminals", request_body = UseGiven,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = TerminalView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn set_use(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<UseGiven>,
) -> ApiResult<Response> {
    let (mut change, scope, by) = match step(&app, &actor, &once, now).await? {
        Step::Taken(change, scope, by) => (change, scope, by),
        Step::Answered(response) => return Ok(response),
    };
    let id = DeviceId(id);
    let disabled_at = once.body.disabled.then_some(now);
    let entry = paper::set_disabled(change.conn(), &scope, id, disabled_at, &by, now).await?;
    answer(change, &scope, id, (&by, &entry), now).await
}
