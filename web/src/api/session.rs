//! Signing in, who is signed in, signing out.

use std::sync::Arc;
use std::time::Duration as StdDuration;

use axum::extract::State;
use axum::http::header::USER_AGENT;
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use chrono::{DateTime, Duration, Utc};
use dispatch::account::{Login, SessionId};
use fleet_db::account::{Account, Credentials};
use fleet_db::session::{NewSession, SessionKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::{ContextV7, Timestamp, Uuid};

use crate::auth::actor::COOKIE;
use crate::auth::{Actor, origin, peer, token};
use crate::extract::{Json, Now};
use crate::password;
use crate::problem::{AUTH_BUSY, AUTH_INVALID, AUTH_LOCKED, AUTH_ORIGIN, ApiError, ApiResult, Problem, SERVER_FAILED};
use crate::state::{App, commit};

/// Longest text of a browser's name that is kept.
const USER_AGENT_LENGTH: usize = 200;

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
    /// To be sent as `x-csrf-token` with every change.
    csrf_token: String,
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
    fn new(account: Account, csrf_token: String) -> Self {
        let account = AccountView {
            id: account.id.0,
            login: account.login.to_string(),
            display_name: account.display_name,
            role: account.role.as_str(),
            unit_id: account.unit.0,
            unit_name: account.unit_name,
        };
        Self { account, csrf_token }
    }
}

/// Signs in; the session is in a cookie that scripts cannot read.
#[utoipa::path(post, path = "/session", operation_id = "sign_in", tag = "session", request_body = SignIn, security(()),
    responses((status = 200, body = SessionView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 415, body = Problem, content_type = "application/problem+json"),
              (status = 423, body = Problem, content_type = "application/problem+json"),
              (status = 503, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn sign_in(
    State(app): State<App>,
    Now(now): Now,
    headers: HeaderMap,
    extensions: Extensions,
    Json(asked): Json<SignIn>,
) -> ApiResult<impl IntoResponse> {
    if !origin::is_ours(&headers, &app.config) {
        return Err(AUTH_ORIGIN.into());
    }
    let account = authenticate(&app, asked, now).await?;
    let (token, csrf_token) = (token::random(), token::random());
    let peer = peer::of(&extensions);
    let user_agent: String = headers
        .get(USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .chars()
        .take(USER_AGENT_LENGTH)
        .collect();
    let session = NewSession {
        id: SessionId(new_id(now)),
        token_sha256: token::sha256(&token),
        account: account.id,
        kind: SessionKind::Browser,
        name: "",
        csrf_token: &csrf_token,
        peer: &peer,
        user_agent: &user_agent,
        expires_at: now + Duration::seconds(i64::from(app.config.session_absolute_secs)),
    };
    let mut conn = app.conn().await?;
    fleet_db::session::insert(&mut conn, &session, now).await?;
    tracing::info!(account.login = %account.login, peer, "{} signed in", account.login);
    Ok((CookieJar::new().add(cookie(&app, token)), axum::Json(SessionView::new(account, csrf_token))))
}

/// The signed-in account, and the token for its changes.
#[utoipa::path(get, path = "/session", operation_id = "signed_in", tag = "session",
    responses((status = 200, body = SessionView), (status = 401, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn signed_in(actor: Actor) -> axum::Json<SessionView> {
    axum::Json(SessionView::new(actor.account, actor.csrf_token))
}

/// Signs out; open sockets of the session end.
#[utoipa::path(delete, path = "/session", operation_id = "sign_out", tag = "session",
    responses((status = 204), (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn sign_out(actor: Actor, State(app): State<App>) -> ApiResult<impl IntoResponse> {
    let mut conn = app.conn().await?;
    fleet_db::session::delete(&mut conn, actor.account.id, actor.session).await?;
    let _ = app.ended.send(actor.session);
    let mut gone = cookie(&app, String::new());
    gone.make_removal();
    Ok((StatusCode::NO_CONTENT, CookieJar::new().add(gone)))
}

fn cookie(app: &App, value: String) -> Cookie<'static> {
    Cookie::build((COOKIE, value)).path("/").http_only(true).same_site(SameSite::Strict).secure(app.config.https).build()
}

/// An id that sorts by `now`: version 7, whose clock is the one that was handed down.
pub(crate) fn new_id(now: DateTime<Utc>) -> Uuid {
    let seconds = now.timestamp().max(0).cast_unsigned();
    Uuid::new_v7(Timestamp::from_unix(ContextV7::new(), seconds, now.timestamp_subsec_nanos()))
}

/// The account whose login and password these are. Takes as long, and locks alike, whether there is such a login or not.
async fn authenticate(app: &App, asked: SignIn, now: DateTime<Utc>) -> ApiResult<Account> {
    let Ok(login) = asked.login.parse::<Login>() else {
        check(app, asked.password, None).await?;
        return Err(AUTH_INVALID.into());
    };
    let found = {
        let mut conn = app.conn().await?;
        fleet_db::account::credentials(&mut conn, &login).await?
    };
    let Some(Credentials { account, password_hash, attempts }) = found else {
        if let Some(until) = app.strangers.attempt(&login, app.config.lock, now) {
            return Err(locked(until, now));
        }
        check(app, asked.password, None).await?;
        return Err(AUTH_INVALID.into());
    };
    if let Some(until) = attempts.lock(now) {
        return Err(locked(until, now));
    }
    let is_right = check(app, asked.password, Some(password_hash)).await?;
    // Looked at again under the row's lock: five guesses sent at once are five guesses.
    let mut tx = app.begin().await?;
    let attempts = fleet_db::account::hold_attempts(&mut tx, account.id).await?;
    if let Some(until) = attempts.lock(now) {
        return Err(locked(until, now));
    }
    let after = if is_right { dispatch::password::Attempts::default() } else { attempts.after_failure(app.config.lock, now) };
    if after != attempts {
        fleet_db::account::save_attempts(&mut tx, account.id, after).await?;
    }
    commit(tx).await?;
    if is_right {
        return Ok(account);
    }
    if after.lock(now).is_some() {
        tracing::warn!(account.login = %login, "{login} is locked after {} wrong passwords", after.failed);
    }
    Err(AUTH_INVALID.into())
}

fn locked(until: DateTime<Utc>, now: DateTime<Utc>) -> ApiError {
    let seconds = u64::try_from((until - now).num_seconds()).unwrap_or(0).max(1);
    ApiError::from(AUTH_LOCKED).retry_after(seconds)
}

/// Checks a password on a thread of its own, so many at a time as the settings allow.
async fn check(app: &App, password: String, hash: Option<String>) -> ApiResult<bool> {
    let wait = StdDuration::from_secs(u64::from(app.config.password_wait_secs));
    let turn = tokio::time::timeout(wait, Arc::clone(&app.password_checks).acquire_owned());
    let Ok(Ok(_turn)) = turn.await else {
        return Err(ApiError::from(AUTH_BUSY).retry_after(5));
    };
    let longest = app.config.password.max_characters;
    tokio::task::spawn_blocking(move || match hash {
        // No longer text was ever accepted, so it need not be hashed to be refused.
        _ if password.chars().count() > longest => false,
        Some(hash) => password::is_right(&password, &hash),
        None => {
            password::is_right(&password, password::of_nobody());
            false
        }
    })
    .await
    .map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error))
}
