//! The way in of other accounts: what a security administrator sees of it, takes away and ends.

use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use dispatch::account::{AccountId, Permission};
use fleet_db::DbError;
use fleet_db::account::roll;
use fleet_db::identity::Mark;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::sessions::{IdentityView, SessionItem};
use crate::auth::note::{About, Event};
use crate::auth::{Actor, Caller, note};
use crate::config::BindBy;
use crate::extract::{Json, Now, Path};
use crate::problem::{ApiResult, OIDC_OFF, Problem, Wrong};
use crate::state::{App, commit};

/// Longest subject (OIDC Core 1.0 section 2) and staff number.
const MARK_LENGTH: usize = 255;

/// The way in of an account.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignInView {
    id: Uuid,
    login: String,
    has_password: bool,
    password_is_temporary: bool,
    password_changed_at: DateTime<Utc>,
    has_second_factor: bool,
    /// Wrong passwords and codes lock it until then.
    locked_until: Option<DateTime<Utc>>,
    identity: Option<IdentityView>,
    sessions: Vec<SessionItem>,
}

/// How the identity provider's people are recognised: by one of the two.
#[derive(Deserialize, ToSchema)]
pub(crate) struct IdentityBinding {
    /// The provider's key of the person (`sub`).
    subject: Option<String>,
    /// The person's staff number (`preferred_username`), where the configuration binds by it.
    expected: Option<String>,
}

/// How an account signs in, and where it is signed in.
#[utoipa::path(get, path = "/accounts/{id}/sign-in", operation_id = "read_account_sign_in", tag = "accounts", params(("id" = Uuid, Path)),
    responses((status = 200, body = SignInView),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(
    actor: Actor,
    State(app): State<App>,
    Now(now): Now,
    Path(id): Path<Uuid>,
) -> ApiResult<axum::Json<SignInView>> {
    let scope = actor.scope(Permission::ManageAccounts)?;
    let mut tx = app.begin(&scope).await?;
    let account = roll::load(&mut tx, &scope, AccountId(id), now).await?.account;
    let known = fleet_db::account::credentials(&mut tx, &account.login).await?.ok_or(DbError::NotFound)?;
    let sessions = fleet_db::session::list(&mut tx, account.id, None, now, app.session_idle()).await?;
    Ok(axum::Json(SignInView {
        id: account.id.0,
        login: account.login.to_string(),
        has_password: known.standing.has_password,
        password_is_temporary: known.standing.password_is_temporary,
        password_changed_at: known.standing.password_changed_at,
        has_second_factor: known.standing.has_second_factor,
        locked_until: known.attempts.lock(now),
        identity: fleet_db::identity::of_account(&mut tx, account.id).await?.map(IdentityView::from),
        sessions: sessions.into_iter().map(|line| SessionItem::new(line, actor.session)).collect(),
    }))
}

/// Ends every session of an account; their sockets close.
#[utoipa::path(delete, path = "/accounts/{id}/sign-in/sessions", operation_id = "end_account_sessions", tag = "accounts", params(("id" = Uuid, Path)),
    responses((status = 204),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn end_sessions(
    actor: Actor,
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    let scope = actor.scope(Permission::ManageAccounts)?;
    let mut tx = app.begin(&scope).await?;
    let account = roll::load(&mut tx, &scope, AccountId(id), now).await?.account;
    let ended = fleet_db::session::delete_all(&mut tx, account.id, None, None).await?;
    let about = About { account: &account, by: Some(&actor) };
    let told = note(&mut tx, &caller, about, Event::SessionsEnded, now).await?;
    commit(tx, told).await?;
    app.tell_ended(ended);
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a lost second factor away, and ends the sessions; where a rule asks for one, the next sign-in sets up another.
#[utoipa::path(delete, path = "/accounts/{id}/sign-in/second-factor", operation_id = "remove_account_second_factor", tag = "accounts",
    params(("id" = Uuid, Path)),
    responses((status = 204),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn remove_second_factor(
    actor: Actor,
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    let scope = actor.scope(Permission::ManageAccounts)?;
    let mut tx = app.begin(&scope).await?;
    let account = roll::load(&mut tx, &scope, AccountId(id), now).await?.account;
    fleet_db::second_factor::remove(&mut tx, account.id).await?;
    let ended = fleet_db::session::delete_all(&mut tx, account.id, None, None).await?;
    let about = About { account: &account, by: Some(&actor) };
    let told = note(&mut tx, &caller, about, Event::SecondFactorRemoved, now).await?;
    commit(tx, told).await?;
    app.tell_ended(ended);
    Ok(StatusCode::NO_CONTENT)
}

/// Binds an account to the identity provider; its password is gone from then on, and its browsers are signed out.
#[utoipa::path(put, path = "/accounts/{id}/sign-in/identity", operation_id = "bind_identity", tag = "accounts", params(("id" = Uuid, Path)),
    request_body = IdentityBinding,
    responses((status = 204),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn bind(
    actor: Actor,
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(asked): Json<IdentityBinding>,
) -> ApiResult<StatusCode> {
    let scope = actor.scope(Permission::ManageAccounts)?;
    let provider = app.provider.as_ref().ok_or(OIDC_OFF)?;
    let text = |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let (subject, expected) = (text(&asked.subject), text(&asked.expected));
    let mut wrong = Wrong::default();
    for (field, mark) in [("subject", &subject), ("expected", &expected)] {
        if mark.as_ref().is_some_and(|mark| mark.chars().count() > MARK_LENGTH) {
            wrong.note(field, "identity.mark");
        }
    }
    let mark = match (&subject, &expected, app.config.oidc.bind_by) {
        (Some(subject), None, _) => Some(Mark::Subject(subject)),
        (None, Some(expected), BindBy::PreferredUsername) => Some(Mark::Expected(expected)),
        (None, Some(_), BindBy::Subject) => {
            wrong.note("expected", "identity.by_subject");
            None
        }
        _ => {
            wrong.note("subject", "identity.mark");
            None
        }
    };
    let Some(mark) = mark.filter(|_| wrong.is_empty()) else { return Err(wrong.into_error()) };
    let mut tx = app.begin(&scope).await?;
    let account = roll::load(&mut tx, &scope, AccountId(id), now).await?.account;
    fleet_db::identity::bind(&mut tx, account.id, provider.issuer(), mark, now).await?;
    let ended = fleet_db::session::delete_all(&mut tx, account.id, None, None).await?;
    let about = About { account: &account, by: Some(&actor) };
    let told = note(&mut tx, &caller, about, Event::IdentityBound, now).await?;
    commit(tx, told).await?;
    app.tell_ended(ended);
    Ok(StatusCode::NO_CONTENT)
}

/// Takes the binding away; nobody gets in until the account is given a temporary password or bound again.
#[utoipa::path(delete, path = "/accounts/{id}/sign-in/identity", operation_id = "unbind_identity", tag = "accounts", params(("id" = Uuid, Path)),
    responses((status = 204),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn unbind(
    actor: Actor,
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    let scope = actor.scope(Permission::ManageAccounts)?;
    let mut tx = app.begin(&scope).await?;
    let account = roll::load(&mut tx, &scope, AccountId(id), now).await?.account;
    fleet_db::identity::unbind(&mut tx, account.id).await?;
    let ended = fleet_db::session::delete_all(&mut tx, account.id, None, None).await?;
    let about = About { account: &account, by: Some(&actor) };
    let told = note(&mut tx, &caller, about, Event::IdentityUnbound, now).await?;
    commit(tx, told).await?;
    app.tell_ended(ended);
    Ok(StatusCode::NO_CONTENT)
}
