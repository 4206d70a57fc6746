//! Where an account is signed in: its browsers and programs, listed and ended by their owner.

use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use dispatch::account::SessionId;
use dispatch::scope::Scope;
use dispatch::sign_in::Pending;
use fleet_db::session::{SessionKind, SessionLine};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::auth::note::{About, Event};
use crate::auth::{Actor, Caller, Signed, note};
use crate::extract::{Now, Path};
use crate::problem::{ApiResult, Problem};
use crate::state::{App, commit};

/// Browsers that are signed in, and programs with a token.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionList {
    items: Vec<SessionItem>,
}

/// A browser that is signed in, or a program with a token.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionItem {
    id: Uuid,
    /// `browser` or `program`.
    kind: &'static str,
    /// What its owner calls a program; empty for a browser.
    name: String,
    /// It is the one that asks.
    is_this: bool,
    /// Where it signed in from.
    peer: String,
    /// What it calls itself.
    user_agent: String,
    created_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

impl SessionItem {
    pub(super) fn new(line: SessionLine, this: SessionId) -> Self {
        Self {
            id: line.id.0,
            kind: match line.kind {
                SessionKind::Browser => "browser",
                SessionKind::Program => "program",
            },
            name: line.name,
            is_this: line.id == this,
            peer: line.peer,
            user_agent: line.user_agent,
            created_at: line.created_at,
            last_seen_at: line.last_seen_at,
            expires_at: line.expires_at,
        }
    }
}

/// How one's own account is secured.
#[derive(Serialize, ToSchema)]
pub(crate) struct SecurityView {
    password: PasswordView,
    second_factor: SecondFactorView,
    /// Who the account is at the identity provider, if it is bound to one.
    identity: Option<IdentityView>,
}

/// The password of an account, and what a new one must look like.
#[derive(Serialize, ToSchema)]
pub(crate) struct PasswordView {
    /// There is one; who is bound to the identity provider has none here.
    is_set: bool,
    /// An administrator set it.
    is_temporary: bool,
    changed_at: DateTime<Utc>,
    /// When it must be changed; absent when passwords do not age.
    expires_at: Option<DateTime<Utc>>,
    min_characters: u64,
    max_characters: u64,
    /// How many of the four kinds (lower case, upper case, digit, other) must occur.
    min_kinds: u64,
    /// How many of the last ones are not used again.
    not_reused: u32,
}

/// The second factor of an account.
#[derive(Serialize, ToSchema)]
pub(crate) struct SecondFactorView {
    is_set_up: bool,
    /// The account's role must have one.
    is_required: bool,
    recovery_codes_left: u32,
}

/// Who an account is at the identity provider.
#[derive(Serialize, ToSchema)]
pub(crate) struct IdentityView {
    issuer: String,
    /// The provider's key of the person; absent until the first sign-in of one bound by a staff number.
    subject: Option<String>,
    /// The staff number that the account was bound by.
    expected: Option<String>,
    bound_at: DateTime<Utc>,
}

impl From<fleet_db::identity::Identity> for IdentityView {
    fn from(identity: fleet_db::identity::Identity) -> Self {
        Self { issuer: identity.issuer, subject: identity.subject, expected: identity.expected, bound_at: identity.bound_at }
    }
}

/// How this account is secured, and what is asked of a new password.
#[utoipa::path(get, path = "/session/security", operation_id = "read_security", tag = "session",
    responses((status = 200, body = SecurityView),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn security(signed: Signed, State(app): State<App>) -> ApiResult<axum::Json<SecurityView>> {
    // Whoever has the code still to give has proved only half.
    signed.nothing_but(signed.pending.filter(|pending| *pending != Pending::Code))?;
    let (account, standing, policy) = (&signed.session.account, &signed.session.standing, &app.config.password);
    // Unbound: whoever has something else to do first is no actor, and may see what.
    let mut conn = app.unbound().await?;
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    Ok(axum::Json(SecurityView {
        password: PasswordView {
            is_set: standing.has_password,
            is_temporary: standing.password_is_temporary,
            changed_at: standing.password_changed_at,
            expires_at: policy.expires_at(standing.password_changed_at),
            min_characters: count(policy.min_characters),
            max_characters: count(policy.max_characters),
            min_kinds: count(policy.min_kinds),
            not_reused: policy.not_reused,
        },
        second_factor: SecondFactorView {
            is_set_up: standing.has_second_factor,
            is_required: standing.has_password
                && app.config.second_factor.is_required(signed.session.grants.iter().map(|grant| grant.role)),
            recovery_codes_left: fleet_db::second_factor::recovery_codes_left(&mut conn, account.id).await?,
        },
        identity: fleet_db::identity::of_account(&mut conn, account.id).await?.map(IdentityView::from),
    }))
}

/// The browsers and programs in which this account is signed in, the newest first.
#[utoipa::path(get, path = "/sessions", operation_id = "list_sessions", tag = "session",
    responses((status = 200, body = SessionList), (status = 401, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(actor: Actor, Now(now): Now, State(app): State<App>) -> ApiResult<axum::Json<SessionList>> {
    let mut conn = app.begin_as(&actor, &Scope::nothing()).await?;
    let lines = fleet_db::session::list(&mut conn, actor.account.id, None, now, app.session_idle()).await?;
    Ok(axum::Json(SessionList { items: lines.into_iter().map(|line| SessionItem::new(line, actor.session)).collect() }))
}

/// Ends a session; its sockets close.
#[utoipa::path(delete, path = "/sessions/{id}", operation_id = "end_session", tag = "session", params(("id" = Uuid, Path)),
    responses((status = 204),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn end(
    actor: Actor,
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    let (account, id) = (&actor.account, SessionId(id));
    let mut tx = app.begin_as(&actor, &Scope::nothing()).await?;
    fleet_db::session::delete(&mut tx, account.id, id).await?;
    let told = note(&mut tx, &caller, About { account, by: None }, Event::SessionsEnded, now).await?;
    commit(tx, told).await?;
    app.tell_ended([id]);
    Ok(StatusCode::NO_CONTENT)
}

/// Ends every other session, of browsers and programs; their sockets close.
#[utoipa::path(delete, path = "/sessions", operation_id = "end_other_sessions", tag = "session",
    responses((status = 204),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn end_others(actor: Actor, State(app): State<App>, Now(now): Now, caller: Caller) -> ApiResult<StatusCode> {
    let account = &actor.account;
    let mut tx = app.begin_as(&actor, &Scope::nothing()).await?;
    let ended = fleet_db::session::delete_all(&mut tx, account.id, Some(actor.session), None).await?;
    let told = note(&mut tx, &caller, About { account, by: None }, Event::SessionsEnded, now).await?;
    commit(tx, told).await?;
    app.tell_ended(ended);
    Ok(StatusCode::NO_CONTENT)
}
