//! Platforms that forward vehicles to us by GB/T 32960 or JT/T 809: their accounts.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::unit::UnitId;
use fleet_db::audit;
use fleet_db::platform::{self, Jt809, NewPlatform, Platform};
use serde::{Deserialize, Serialize};
use telematics::id::PlatformId;
use utoipa::ToSchema;
use uuid::Uuid;

use super::session::new_id;
use crate::auth::{Actor, token};
use crate::extract::{Json, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiResult, Problem, Wrong};
use crate::state::{App, commit};

/// Longest name of a platform.
const NAME_LENGTH: usize = 64;
/// The field of the platform's sign-in has this many bytes.
const SECRET_LENGTH: usize = 20;

/// A platform to be entered.
#[derive(Deserialize, ToSchema)]
pub(crate) struct PlatformToEnter {
    /// The name it signs in with, 1 to 12 letters and digits.
    login: String,
    /// Whose platform it is.
    name: String,
    /// The unit that answers for it; absent: the actor's own.
    unit_id: Option<Uuid>,
    /// The access code that we give to a platform of JT/T 809, whose login is a number; absent: it speaks GB/T 32960.
    access_code: Option<u32>,
}

/// Whether it may sign in.
#[derive(Deserialize, ToSchema)]
pub(crate) struct PlatformUse {
    disabled: bool,
}

/// A platform as lists show it.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlatformView {
    id: Uuid,
    login: String,
    name: String,
    unit_id: Uuid,
    unit_name: String,
    created_at: DateTime<Utc>,
    disabled_at: Option<DateTime<Utc>>,
    /// Terminals that it speaks for.
    terminals: u32,
    /// Its access code when it speaks JT/T 809.
    access_code: Option<u32>,
}

/// All platforms of the scope.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlatformList {
    items: Vec<PlatformView>,
}

/// A platform with its new secret, which is told this once.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct PlatformMade {
    id: Uuid,
    login: String,
    /// Null when the answer is given again, because nobody keeps it.
    secret: Option<String>,
}

impl From<Platform> for PlatformView {
    fn from(platform: Platform) -> Self {
        Self {
            id: platform.id.0,
            login: platform.login,
            name: platform.name,
            unit_id: platform.unit.0.0,
            unit_name: platform.unit.1,
            created_at: platform.created_at,
            disabled_at: platform.disabled_at,
            terminals: platform.terminals,
            access_code: platform.access_code,
        }
    }
}

/// A secret of GB/T 32960, twenty of the sixty-four characters of a token, as many as the field of the sign-in holds; or one of
/// JT/T 809, whose field holds eight.
fn secret(is_jt809: bool) -> String {
    if is_jt809 { token::eight() } else { token::random().chars().take(SECRET_LENGTH).collect() }
}

/// The platforms of the scope.
#[utoipa::path(get, path = "/platforms", operation_id = "list_platforms", tag = "terminals",
    responses((status = 200, body = PlatformList),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(actor: Actor, State(app): State<App>) -> ApiResult<axum::Json<PlatformList>> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let mut conn = app.conn(&scope).await?;
    let items = platform::list(&mut conn, &scope).await?.into_iter().map(PlatformView::from).collect();
    Ok(axum::Json(PlatformList { items }))
}

/// Enters a platform and makes its secret.
#[utoipa::path(post, path = "/platforms", operation_id = "enter_platform", tag = "terminals", request_body = PlatformToEnter,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = PlatformMade),
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
    once: Once<PlatformToEnter>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let (login, name) = (once.body.login.trim(), once.body.name.trim());
    let mut wrong = Wrong::default();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !(1..=12).contains(&login.len()) || !login.chars().all(is_plain) {
        wrong.note("login", "platform.login_form");
    }
    let access_code = once.body.access_code;
    if access_code.is_some() && login.parse::<u32>().map(|number| number.to_string()).as_deref() != Ok(login) {
        wrong.note("login", "platform.user_number");
    }
    if !(1..=NAME_LENGTH).contains(&name.chars().count()) {
        wrong.note("name", "platform.name");
    }
    if !wrong.is_empty() {
        return Err(wrong.into_error());
    }
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let secret = secret(access_code.is_some());
    let new = NewPlatform {
        id: PlatformId(new_id(now)),
        login: login.to_owned(),
        name: name.to_owned(),
        unit: once.body.unit_id.map_or(actor.account.unit, UnitId),
        secret_sha256: token::sha256(&secret),
        jt809: access_code.map(|access_code| Jt809 { access_code, cipher: None }),
    };
    let entry = platform::insert(change.conn(), &scope, &new, now).await?;
    let told = audit::append(change.conn(), &actor.by(""), &entry, now).await?;
    let made = PlatformMade { id: new.id.0, login: new.login, secret: Some(secret) };
    change.finish_keeping(told, StatusCode::CREATED, &made, &PlatformMade { secret: None, ..made.clone() }).await
}

/// Makes another secret for a platform; the old one ends at once.
#[utoipa::path(post, path = "/platforms/{id}/secret", operation_id = "renew_platform_secret", tag = "terminals", params(("id" = Uuid, Path)),
    responses((status = 201, body = PlatformMade),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn renew_secret(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> ApiResult<(StatusCode, axum::Json<PlatformMade>)> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let secrets = [secret(false), secret(true)];
    let hashes = secrets.each_ref().map(|secret| token::sha256(secret));
    let mut tx = app.begin(&scope).await?;
    let (login, is_jt809, entry) = platform::renew_secret(&mut tx, &scope, PlatformId(id), hashes).await?;
    let told = audit::append(&mut tx, &actor.by(""), &entry, now).await?;
    commit(tx, told).await?;
    let [gb32960, jt809] = secrets;
    let secret = if is_jt809 { jt809 } else { gb32960 };
    Ok((StatusCode::CREATED, axum::Json(PlatformMade { id, login, secret: Some(secret) })))
}

/// Shuts a platform out, or lets it in again.
#[utoipa::path(post, path = "/platforms/{id}/use", operation_id = "set_platform_use", tag = "terminals", request_body = PlatformUse,
    params(("id" = Uuid, Path)),
    responses((status = 204),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn set_use(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Json(wanted): Json<PlatformUse>,
) -> ApiResult<StatusCode> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let mut tx = app.begin(&scope).await?;
    let entry = platform::set_disabled(&mut tx, &scope, PlatformId(id), wanted.disabled.then_some(now)).await?;
    let told = audit::append(&mut tx, &actor.by(""), &entry, now).await?;
    commit(tx, told).await?;
    Ok(StatusCode::NO_CONTENT)
}
