//! In-vehicle devices: registered, given their secret, fitted into vehicles.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use fleet_db::audit;
use fleet_db::fitting::{DeviceLine, NewDevice};
use serde::{Deserialize, Serialize};
use telematics::device::{TerminalId, TerminalIdError};
use telematics::id::{DeviceId, VehicleId};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::session::new_id;
use crate::auth::{Actor, token};
use crate::extract::{Asked, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiResult, Problem, Wrong};
use crate::state::{App, commit};

/// Longest name of a model.
const MODEL_LENGTH: usize = 64;
/// Rows of a page when the asker does not say.
const PAGE: u32 = 500;

/// A device to be registered.
#[derive(Deserialize, ToSchema)]
pub(crate) struct DeviceToRegister {
    /// The name it signs in with.
    terminal_id: String,
    /// Make and model.
    model: String,
}

/// A device with its new secret, which is told this once.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct DeviceMade {
    id: Uuid,
    terminal_id: String,
    /// Its password; null when the answer is given again, because nobody keeps it. `POST /devices/{id}/secret` makes another.
    secret: Option<String>,
}

/// Where the list goes on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    limit: Option<u32>,
}

/// A page of devices, by terminal id.
#[derive(Serialize, ToSchema)]
pub(crate) struct DevicePage {
    items: Vec<DeviceView>,
    /// To be sent as `after` for the next page; null at the end.
    next: Option<String>,
}

/// A device and where it is.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeviceView {
    id: Uuid,
    terminal_id: String,
    model: String,
    created_at: DateTime<Utc>,
    vehicle_id: Option<Uuid>,
    plate: Option<String>,
}

/// Into which vehicle, and from when.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Binding {
    vehicle_id: Uuid,
    /// Absent: since ever for a first binding of both, else from now.
    from: Option<DateTime<Utc>>,
}

/// A device in its vehicle.
#[derive(Serialize, ToSchema)]
pub(crate) struct BindingMade {
    device_id: Uuid,
    vehicle_id: Uuid,
    /// Null: since ever.
    from: Option<DateTime<Utc>>,
}

impl From<DeviceLine> for DeviceView {
    fn from(line: DeviceLine) -> Self {
        let (vehicle_id, plate) = line.vehicle.map(|(id, plate)| (id.0, plate)).unzip();
        Self {
            id: line.id.0,
            terminal_id: line.terminal.into(),
            model: line.model,
            created_at: line.created_at,
            vehicle_id,
            plate,
        }
    }
}

/// The devices in vehicles of the scope, and those that are in none.
#[utoipa::path(get, path = "/devices", operation_id = "list_devices", tag = "devices", params(Page),
    responses((status = 200, body = DevicePage),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(page): Asked<Page>,
) -> ApiResult<axum::Json<DevicePage>> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let limit = page.limit.unwrap_or(PAGE).clamp(1, app.config.page_limit);
    let mut conn = app.conn(&scope).await?;
    let mut lines = fleet_db::fitting::list_devices(&mut conn, &scope, &page.after.unwrap_or_default(), limit + 1, now).await?;
    let has_more = lines.len() > limit as usize;
    lines.truncate(limit as usize);
    let next = lines.last().filter(|_| has_more).map(|last| last.terminal.to_string());
    Ok(axum::Json(DevicePage { items: lines.into_iter().map(DeviceView::from).collect(), next }))
}

/// Registers a device and makes its secret.
#[utoipa::path(post, path = "/devices", operation_id = "register_device", tag = "devices", request_body = DeviceToRegister,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = DeviceMade),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn create(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    once: Once<DeviceToRegister>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let (terminal, model) = checked(&once.body)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let secret = token::random();
    let device = NewDevice { id: DeviceId(new_id(now)), terminal, secret_sha256: token::sha256(&secret), model };
    let by = actor.by("");
    let entry = fleet_db::fitting::insert_device(change.conn(), &scope, actor.account.unit, &device, &by, now).await?;
    let told = audit::append(change.conn(), &by, &entry, now).await?;
    let made = DeviceMade { id: device.id.0, terminal_id: device.terminal.into(), secret: Some(secret) };
    change.finish_keeping(told, StatusCode::CREATED, &made, &DeviceMade { secret: None, ..made.clone() }).await
}

/// Makes another secret for a device; the old one ends at once.
#[utoipa::path(post, path = "/devices/{id}/secret", operation_id = "renew_device_secret", tag = "devices", params(("id" = Uuid, Path)),
    responses((status = 201, body = DeviceMade),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn renew_secret(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(device): Path<Uuid>,
) -> ApiResult<(StatusCode, axum::Json<DeviceMade>)> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let secret = token::random();
    let (mut tx, hash) = (app.begin(&scope).await?, token::sha256(&secret));
    let by = actor.by("");
    let (terminal, entry) = fleet_db::fitting::renew_secret(&mut tx, &scope, DeviceId(device), hash, &by, now).await?;
    let told = audit::append(&mut tx, &by, &entry, now).await?;
    commit(tx, told).await?;
    Ok((StatusCode::CREATED, axum::Json(DeviceMade { id: device, terminal_id: terminal.into(), secret: Some(secret) })))
}

fn checked(new: &DeviceToRegister) -> ApiResult<(TerminalId, String)> {
    let mut wrong = Wrong::default();
    let terminal = wrong.take("terminal_id", new.terminal_id.trim().parse::<TerminalId>(), TerminalIdError::code);
    let model = new.model.trim();
    if !(1..=MODEL_LENGTH).contains(&model.chars().count()) {
        wrong.note("model", "device.model");
        return Err(wrong.into_error());
    }
    terminal.map(|terminal| (terminal, model.to_owned())).ok_or_else(|| wrong.into_error())
}

/// Fits a device into a vehicle.
#[utoipa::path(post, path = "/devices/{id}/binding", operation_id = "bind_device", tag = "devices", request_body = Binding,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = BindingMade),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn bind(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(device): Path<Uuid>,
    once: Once<Binding>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let vehicle = VehicleId(once.body.vehicle_id);
    let by = actor.by("");
    let (from, entry) =
        fleet_db::fitting::bind(change.conn(), &scope, DeviceId(device), vehicle, once.body.from, &by, now).await?;
    let told = audit::append(change.conn(), &by, &entry, now).await?;
    change.finish(told, StatusCode::CREATED, &BindingMade { device_id: device, vehicle_id: vehicle.0, from }).await
}

/// Takes a device out of its vehicle.
#[utoipa::path(delete, path = "/devices/{id}/binding", operation_id = "unbind_device", tag = "devices", params(("id" = Uuid, Path)),
    responses((status = 204),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn unbind(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(device): Path<Uuid>,
) -> ApiResult<StatusCode> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let mut tx = app.begin(&scope).await?;
    let by = actor.by("");
    let (_, entry) = fleet_db::fitting::unbind(&mut tx, &scope, DeviceId(device), &by, now).await?;
    let told = audit::append(&mut tx, &by, &entry, now).await?;
    commit(tx, told).await?;
    Ok(StatusCode::NO_CONTENT)
}
