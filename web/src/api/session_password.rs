//! Choosing another password: the owner knows the present one, and the new one keeps to the policy.

use axum::extract::State;
use axum::response::IntoResponse;
use axum_extra::extract::CookieJar;
use dispatch::password::PasswordError;
use dispatch::sign_in::Pending;
use fleet_db::account::Credentials;
use fleet_db::password::PasswordKind;
use fleet_db::session::{SessionKind, Vouched};
use serde::Deserialize;
use utoipa::ToSchema;

use super::session::SessionView;
use crate::auth::note::{About, Event};
use crate::auth::{Caller, Signed, attempt, note, start};
use crate::extract::{Json, Now};
use crate::problem::{AUTH_REQUIRED, ApiError, ApiResult, PASSWORD_BOUND, Problem, Wrong};
use crate::state::{App, commit};

/// The present password and the one that is to take its place.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewPassword {
    old_password: String,
    new_password: String,
}

/// The refusal of a password: the first fault stands at the field, all of them in `problems`.
pub(super) fn refused(errors: &[PasswordError]) -> ApiError {
    let mut wrong = Wrong::default();
    if let Some(first) = errors.first() {
        wrong.note("new_password", first.code());
    }
    wrong.into_error().problems(errors.iter().map(PasswordError::code).collect())
}

/// Changes one's own password; every other browser is signed out, and this one gets a new session.
#[utoipa::path(post, path = "/session/password", operation_id = "change_password", tag = "session", request_body = NewPassword,
    responses((status = 200, body = SessionView),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json"),
              (status = 423, body = Problem, content_type = "application/problem+json"),
              (status = 429, body = Problem, content_type = "application/problem+json"),
              (status = 503, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn change(
    signed: Signed,
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Json(asked): Json<NewPassword>,
) -> ApiResult<impl IntoResponse> {
    signed.nothing_but(Some(Pending::Password))?;
    caller.admit(&app, now)?;
    let login = &signed.session.account.login;
    let not_reused = app.config.password.not_reused;
    let (credentials, before) = {
        // Unbound, here and below: passwords are readable to no role that answers requests.
        let mut conn = app.unbound().await?;
        let credentials = fleet_db::account::credentials(&mut conn, login).await?.ok_or(AUTH_REQUIRED)?;
        // The present one is never chosen again, whatever is remembered.
        let before = fleet_db::password::last(&mut conn, credentials.account.id, not_reused.max(1)).await?;
        (credentials, before)
    };
    let Credentials { account, password_hash: Some(hash), mut standing, attempts } = credentials else {
        return Err(PASSWORD_BOUND.into());
    };
    if let Some(until) = attempts.lock(now) {
        return Err(attempt::locked(until, now));
    }
    let about = About { account: &account, by: None };
    let is_right = attempt::is_right(&app, asked.old_password, Some(hash)).await?;
    if !is_right {
        let mut tx = app.begin_unbound().await?;
        let held = attempt::hold(&mut tx, account.id, now).await?;
        let told = attempt::fail(&app, &mut tx, &caller, about, Event::WrongPassword, held, now).await?;
        commit(tx, told).await?;
        let mut wrong = Wrong::default();
        wrong.note("old_password", "password.old_wrong");
        return Err(wrong.into_error());
    }
    let hash = match attempt::choose(&app, login, asked.new_password, before).await? {
        Ok(hash) => hash,
        Err(errors) => return Err(refused(&errors)),
    };
    let mut tx = app.begin_unbound().await?;
    attempt::hold(&mut tx, account.id, now).await?;
    fleet_db::password::set(&mut tx, account.id, &hash, PasswordKind::Chosen, not_reused, now).await?;
    let ended = fleet_db::session::delete_all(&mut tx, account.id, None, Some(SessionKind::Browser)).await?;
    let started = start::start(&app, &mut tx, &account, Vouched::Here, &caller, now).await?;
    let told = note(&mut tx, &caller, about, Event::PasswordChanged, now).await?;
    commit(tx, told).await?;
    app.tell_ended(ended);
    (standing.password_changed_at, standing.password_is_temporary) = (now, false);
    let pending = app.pending(&standing, false, &signed.session.grants, now);
    let view = SessionView::new(&app, account, &signed.session.grants, started.csrf_token, pending);
    Ok((CookieJar::new().add(started.cookie), axum::Json(view)))
}
