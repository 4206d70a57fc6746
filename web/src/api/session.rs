//! Signing in, who is signed in, signing out.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum_extra::extract::CookieJar;
use chrono::{DateTime, Utc};
use dispatch::account::{Login, Permission};
use dispatch::grant::Grant;
use dispatch::sign_in::Pending;
use fleet_db::account::{Account, Credentials};
use fleet_db::session::{Session, Vouched};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::auth::note::{About, Event, note_stranger};
use crate::auth::start::{self, Started};
use crate::auth::{Caller, Signed, attempt, note, origin};
use crate::extract::{Json, Now};
use crate::problem::{AUTH_INVALID, AUTH_ORIGIN, ApiResult, Problem};
use crate::state::{App, commit};

pub(crate) use crate::auth::start::new_id;

/// What a person types to sign in.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SignIn {
    /// The account's name.
    login: String,
    /// Its password.
    password: String,
}

/// The signed-in account.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionView {
    account: AccountView,
    /// What it may do somewhere, by its grants in force: names of functions such as `watch_vehicles`.
    permissions: Vec<&'static str>,
    /// To be sent as `x-csrf-token` with every change.
    csrf_token: String,
    /// What has to be done before anything else: `code`, `password` or `second_factor`; nothing for most.
    #[schema(value_type = Option<String>)]
    pending: Option<&'static str>,
    /// Seconds after which the session ends when nobody touches the page.
    idle_secs: u32,
}

/// An account as its owner sees it.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountView {
    id: Uuid,
    login: String,
    display_name: String,
    /// `dispatcher`, `unit_leader`, `fleet_manager`, `inspector`, `driver`, `system_admin`, `security_admin`, `audit_admin` or `authority`.
    role: &'static str,
    unit_id: Uuid,
    unit_name: String,
}

impl SessionView {
    pub(super) fn new(app: &App, account: Account, grants: &[Grant], csrf_token: String, pending: Option<Pending>) -> Self {
        let account = AccountView {
            id: account.id.0,
            login: account.login.to_string(),
            display_name: account.display_name,
            role: account.role.as_str(),
            unit_id: account.unit.0,
            unit_name: account.unit_name,
        };
        let held = Permission::ALL.into_iter().filter(|permission| grants.iter().any(|grant| grant.may(*permission)));
        Self {
            account,
            permissions: held.map(Permission::as_str).collect(),
            csrf_token,
            pending: pending.map(Pending::as_str),
            idle_secs: app.config.session_idle_secs,
        }
    }
}

/// Signs in; the session is in a cookie that scripts cannot read. `pending` says what is still to be done.
#[utoipa::path(post, path = "/session", operation_id = "sign_in", tag = "session", request_body = SignIn, security(()),
    responses((status = 200, body = SessionView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 415, body = Problem, content_type = "application/problem+json"),
              (status = 423, body = Problem, content_type = "application/problem+json"),
              (status = 429, body = Problem, content_type = "application/problem+json"),
              (status = 503, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn sign_in(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    headers: HeaderMap,
    Json(asked): Json<SignIn>,
) -> ApiResult<impl IntoResponse> {
    if !origin::is_ours(&headers, &app.config) {
        return Err(AUTH_ORIGIN.into());
    }
    caller.admit(&app, now)?;
    let Begun { account, grants, pending, started } = authenticate(&app, asked, &caller, now).await?;
    Ok((CookieJar::new().add(started.cookie), axum::Json(SessionView::new(&app, account, &grants, started.csrf_token, pending))))
}

/// The signed-in account, and the token for its changes.
#[utoipa::path(get, path = "/session", operation_id = "signed_in", tag = "session",
    responses((status = 200, body = SessionView), (status = 401, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn signed_in(signed: Signed, State(app): State<App>) -> axum::Json<SessionView> {
    let Session { account, grants, csrf_token, .. } = signed.session;
    axum::Json(SessionView::new(&app, account, &grants, csrf_token, signed.pending))
}

/// Signs out; open sockets of the session end.
#[utoipa::path(delete, path = "/session", operation_id = "sign_out", tag = "session",
    responses((status = 204), (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn sign_out(
    signed: Signed,
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
) -> ApiResult<impl IntoResponse> {
    let account = &signed.session.account;
    // Unbound: whoever has something else to do first is no actor, and may sign out.
    let mut tx = app.begin_unbound().await?;
    fleet_db::session::delete(&mut tx, account.id, signed.session.id).await?;
    let told = note(&mut tx, &caller, About { account, by: None }, Event::SignedOut, now).await?;
    commit(tx, told).await?;
    let _ = app.ended.send(signed.session.id);
    let mut gone = start::cookie(&app, String::new());
    gone.make_removal();
    Ok((StatusCode::NO_CONTENT, CookieJar::new().add(gone)))
}

/// A sign-in whose password was right.
struct Begun {
    account: Account,
    grants: Vec<Grant>,
    pending: Option<Pending>,
    started: Started,
}

/// The account whose login and password these are, with a session that has begun. Takes as long, and locks alike, whether
/// there is such a login or not.
async fn authenticate(app: &App, asked: SignIn, caller: &Caller, now: DateTime<Utc>) -> ApiResult<Begun> {
    let Ok(login) = asked.login.parse::<Login>() else {
        attempt::is_right(app, asked.password, None).await?;
        return refuse_stranger(app, caller, &asked.login, now).await;
    };
    let found = {
        // Unbound: whose password it is, is only about to be known.
        let mut conn = app.unbound().await?;
        fleet_db::account::credentials(&mut conn, &login).await?
    };
    let Some(Credentials { account, password_hash, standing, attempts }) = found else {
        if let Some(until) = app.strangers.attempt(&login, app.config.lock, now) {
            return Err(attempt::locked(until, now));
        }
        attempt::is_right(app, asked.password, None).await?;
        return refuse_stranger(app, caller, login.as_str(), now).await;
    };
    let about = About { account: &account, by: None };
    if let Some(until) = attempts.lock(now) {
        let mut tx = app.begin_unbound().await?;
        let told = note(&mut tx, caller, about, Event::TriedWhileLocked, now).await?;
        commit(tx, told).await?;
        return Err(attempt::locked(until, now));
    }
    let is_right = attempt::is_right(app, asked.password, password_hash).await?;
    let mut tx = app.begin_unbound().await?;
    let held = attempt::hold(&mut tx, account.id, now).await?;
    if !is_right {
        let told = attempt::fail(app, &mut tx, caller, about, Event::WrongPassword, held, now).await?;
        commit(tx, told).await?;
        return Err(AUTH_INVALID.into());
    }
    let vouched = if standing.has_second_factor { Vouched::HalfHere } else { Vouched::Here };
    if vouched == Vouched::Here {
        // With a second factor the count goes on: a known password must not buy any number of guesses at the code.
        attempt::succeed(&mut tx, account.id, held).await?;
    }
    let started = start::start(app, &mut tx, &account, vouched, caller, now).await?;
    let grants = fleet_db::grant::in_force(&mut tx, account.id, now).await?;
    let event = if vouched == Vouched::Here { Event::SignedIn } else { Event::CodeAwaited };
    let told = note(&mut tx, caller, about, event, now).await?;
    commit(tx, told).await?;
    let pending = app.pending(&standing, vouched == Vouched::HalfHere, &grants, now);
    Ok(Begun { account, grants, pending, started })
}

/// Refuses somebody whom we do not know, and writes down that they tried.
async fn refuse_stranger(app: &App, caller: &Caller, name: &str, now: DateTime<Utc>) -> ApiResult<Begun> {
    let mut tx = app.begin_unbound().await?;
    let told = note_stranger(&mut tx, caller, name, now).await?;
    commit(tx, told).await?;
    Err(AUTH_INVALID.into())
}
