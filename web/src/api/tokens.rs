//! Tokens of programs: made, listed and revoked by the account they act for.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Duration, Utc};
use dispatch::account::SessionId;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::scope::Scope;
use fleet_db::audit;
use fleet_db::session::{NewSession, SessionKind, SessionLine, Vouched};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::session::new_id;
use crate::auth::{Actor, token};
use crate::extract::{Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiResult, Problem, Wrong};
use crate::state::{App, commit};

/// Longest name of a token.
const NAME_LENGTH: usize = 64;

/// A token to be made.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewToken {
    /// What the owner calls it.
    name: String,
}

/// A new token; its text is told this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenMade {
    id: Uuid,
    name: String,
    /// To be sent as `Authorization: Bearer …`.
    token: String,
    expires_at: DateTime<Utc>,
}

/// The account's tokens.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenList {
    items: Vec<TokenView>,
}

/// A token without its text.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenView {
    id: Uuid,
    name: String,
    created_at: DateTime<Utc>,
    last_used_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

impl From<SessionLine> for TokenView {
    fn from(line: SessionLine) -> Self {
        Self {
            id: line.id.0,
            name: line.name,
            created_at: line.created_at,
            last_used_at: line.last_seen_at,
            expires_at: line.expires_at,
        }
    }
}

/// Makes a token for a program that acts as this account.
#[utoipa::path(post, path = "/tokens", operation_id = "create_token", tag = "session", request_body = NewToken,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = TokenMade),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn create(actor: Actor, Now(now): Now, State(app): State<App>, once: Once<NewToken>) -> ApiResult<Response> {
    let name = once.body.name.trim().to_owned();
    if !(1..=NAME_LENGTH).contains(&name.chars().count()) {
        let mut wrong = Wrong::default();
        wrong.note("name", "token.name");
        return Err(wrong.into_error());
    }
    let mut change = match once.begin(&app, &actor, &Scope::nothing(), now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let token = token::random();
    let session = NewSession {
        id: SessionId(new_id(now)),
        token_sha256: token::sha256(&token),
        account: actor.account.id,
        kind: SessionKind::Program,
        name: &name,
        csrf_token: "",
        peer: "",
        user_agent: "",
        vouched: Vouched::Here,
        expires_at: now + Duration::seconds(i64::from(app.config.token_secs)),
    };
    fleet_db::session::insert(change.conn(), &session, now).await?;
    let entry = Entry::new(Action::Created, Subject::of(SubjectKind::Token, session.id.0, name.as_str()))
        .in_unit(actor.account.unit)
        .after(json!({ "expires_at": session.expires_at }));
    let told = audit::append(change.conn(), &actor.by(""), &entry, now).await?;
    let made = TokenMade { id: session.id.0, token, expires_at: session.expires_at, name: name.clone() };
    change.finish(told, StatusCode::CREATED, &made).await
}

/// The tokens of this account.
#[utoipa::path(get, path = "/tokens", operation_id = "list_tokens", tag = "session",
    responses((status = 200, body = TokenList), (status = 401, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(actor: Actor, Now(now): Now, State(app): State<App>) -> ApiResult<axum::Json<TokenList>> {
    let mut conn = app.begin_as(&actor, &Scope::nothing()).await?;
    let kind = Some(SessionKind::Program);
    let lines = fleet_db::session::list(&mut conn, actor.account.id, kind, now, app.session_idle()).await?;
    Ok(axum::Json(TokenList { items: lines.into_iter().map(TokenView::from).collect() }))
}

/// Revokes a token; it ends at once.
#[utoipa::path(delete, path = "/tokens/{id}", operation_id = "revoke_token", tag = "session", params(("id" = Uuid, Path)),
    responses((status = 204),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn revoke(actor: Actor, Now(now): Now, State(app): State<App>, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    let id = SessionId(id);
    let mut tx = app.begin_as(&actor, &Scope::nothing()).await?;
    fleet_db::session::delete(&mut tx, actor.account.id, id).await?;
    let subject = Subject::of(SubjectKind::Token, id.0, actor.account.login.as_str());
    let entry = Entry::new(Action::Revoked, subject).in_unit(actor.account.unit);
    let told = audit::append(&mut tx, &actor.by(""), &entry, now).await?;
    commit(tx, told).await?;
    let _ = app.ended.send(id);
    Ok(StatusCode::NO_CONTENT)
}
