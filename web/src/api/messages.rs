//! The message centre: an account's own messages, how many there are, and what it does with them.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use chrono::{DateTime, Utc};
use dispatch::message::{MessageId, TemplateError, Words, render};
use dispatch::scope::Scope;
use fleet_db::message::{self, Counts, Message, View};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::auth::Actor;
use crate::extract::{Asked, Json, Now, Path};
use crate::problem::{ApiError, ApiResult, Problem, REQUEST_QUERY};
use crate::state::{App, Untold, commit_untold};
use crate::texts::Language;

/// Messages of a page that did not say how many.
const PAGE: u32 = 50;

/// Which messages.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct InboxAsked {
    /// `all` (the default), `unread`, `read` or `pinned`.
    view: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    limit: Option<u32>,
}

/// A page of messages, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct InboxPage {
    items: Vec<InboxMessage>,
    /// To be sent as `after` for the next page; null at the end.
    next: Option<String>,
}

/// A message of the account, in the reader's language.
#[derive(Serialize, ToSchema)]
pub(crate) struct InboxMessage {
    id: Uuid,
    /// Such as `alarm_raised`.
    kind: &'static str,
    /// `note`, `important` or `emergency`.
    severity: &'static str,
    title: String,
    text: String,
    /// What can be opened from it.
    subject: Option<InboxSubject>,
    unit_id: Option<Uuid>,
    created_at: DateTime<Utc>,
    /// Null while it is unread.
    read_at: Option<DateTime<Utc>>,
    /// Null unless it is pinned.
    pinned_at: Option<DateTime<Utc>>,
}

/// What a message is about.
#[derive(Serialize, ToSchema)]
pub(crate) struct InboxSubject {
    /// `vehicle`, `terminal`, `rollout`, `account`, `rule` or `import`.
    kind: &'static str,
    id: Uuid,
}

/// How many messages the account has.
#[derive(Serialize, ToSchema)]
pub(crate) struct InboxCounts {
    unread: i64,
    /// Unread emergencies.
    emergency: i64,
    pinned: i64,
    all: i64,
}

/// What is marked as read.
#[derive(Deserialize, ToSchema)]
pub(crate) struct InboxToRead {
    /// The newest message that its reader has seen; those that came later stay unread. Without it: all.
    up_to: Option<Uuid>,
}

impl From<Counts> for InboxCounts {
    fn from(counts: Counts) -> Self {
        Self { unread: counts.unread, emergency: counts.emergency, pinned: counts.pinned, all: counts.all }
    }
}

fn view(message: &Message, language: dispatch::message::Language) -> InboxMessage {
    let words = render(message.kind, language, &message.facts).unwrap_or_else(|error: TemplateError| {
        tracing::error!(%error, message.id = %message.id, "a message has no words");
        Words { title: message.kind.term().to_owned(), text: String::new() }
    });
    InboxMessage {
        id: message.id.0,
        kind: message.kind.as_str(),
        severity: message.severity.as_str(),
        title: words.title,
        text: words.text,
        subject: message.subject.as_ref().map(|subject| InboxSubject { kind: subject.kind.as_str(), id: subject.id }),
        unit_id: message.unit.map(|unit| unit.0),
        created_at: message.created_at,
        read_at: message.read_at,
        pinned_at: message.pinned_at,
    }
}

/// The account's messages.
#[utoipa::path(get, path = "/messages", operation_id = "list_messages", tag = "messages", params(InboxAsked),
    responses((status = 200, body = InboxPage),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    State(app): State<App>,
    Asked(asked): Asked<InboxAsked>,
    headers: HeaderMap,
) -> ApiResult<axum::Json<InboxPage>> {
    let wrong = |what: &'static str| ApiError::from(REQUEST_QUERY).detail(what);
    let view_asked = match asked.view.as_deref().unwrap_or("all") {
        "all" => View::All,
        "unread" => View::Unread,
        "read" => View::Read,
        "pinned" => View::Pinned,
        _ => return Err(wrong("view: all, unread, read or pinned")),
    };
    let after = asked.after.map(|text| text.parse::<MessageId>()).transpose();
    let after = after.map_err(|_not_an_id| wrong("after: send what `next` of the page before was"))?;
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, app.config.page_limit);
    let mut tx = app.begin_as(&actor, &Scope::nothing()).await?;
    let mut messages = message::list(&mut tx, actor.account.id, view_asked, after, i64::from(limit) + 1).await?;
    let has_more = messages.len() > limit as usize;
    messages.truncate(limit as usize);
    let next = messages.last().filter(|_| has_more).map(|last| last.id.to_string());
    let language = Language::wanted(&headers).of_messages();
    Ok(axum::Json(InboxPage { items: messages.iter().map(|message| view(message, language)).collect(), next }))
}

/// How many messages the account has; the same in every browser it is signed in with.
#[utoipa::path(get, path = "/messages/counts", operation_id = "count_messages", tag = "messages",
    responses((status = 200, body = InboxCounts), (status = 401, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn counts(actor: Actor, State(app): State<App>) -> ApiResult<axum::Json<InboxCounts>> {
    let mut tx = app.begin_as(&actor, &Scope::nothing()).await?;
    Ok(axum::Json(message::counts(&mut tx, actor.account.id).await?.into()))
}

/// Marks a message as read.
#[utoipa::path(post, path = "/messages/{id}/read", operation_id = "read_message", tag = "messages", params(("id" = Uuid, Path)),
    responses((status = 204),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(actor: Actor, Now(now): Now, State(app): State<App>, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    let mut tx = app.begin_as(&actor, &Scope::nothing()).await?;
    message::set_read(&mut tx, actor.account.id, MessageId(id), Some(now)).await?;
    commit_untold(tx, Untold::OwnMarks).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Marks a message as unread.
#[utoipa::path(post, path = "/messages/{id}/unread", operation_id = "unread_message", tag = "messages", params(("id" = Uuid, Path)),
    responses((status = 204),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn unread(actor: Actor, State(app): State<App>, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    let mut tx = app.begin_as(&actor, &Scope::nothing()).await?;
    message::set_read(&mut tx, actor.account.id, MessageId(id), None).await?;
    commit_untold(tx, Untold::OwnMarks).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Pins a message; it is not forgotten while it is pinned.
#[utoipa::path(post, path = "/messages/{id}/pin", operation_id = "pin_message", tag = "messages", params(("id" = Uuid, Path)),
    responses((status = 204),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn pin(actor: Actor, Now(now): Now, State(app): State<App>, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    let mut tx = app.begin_as(&actor, &Scope::nothing()).await?;
    message::set_pinned(&mut tx, actor.account.id, MessageId(id), Some(now)).await?;
    commit_untold(tx, Untold::OwnMarks).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a pinned message go.
#[utoipa::path(post, path = "/messages/{id}/unpin", operation_id = "unpin_message", tag = "messages", params(("id" = Uuid, Path)),
    responses((status = 204),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn unpin(actor: Actor, State(app): State<App>, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    let mut tx = app.begin_as(&actor, &Scope::nothing()).await?;
    message::set_pinned(&mut tx, actor.account.id, MessageId(id), None).await?;
    commit_untold(tx, Untold::OwnMarks).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Marks messages as read, up to the newest that was seen.
#[utoipa::path(post, path = "/messages/read-all", operation_id = "read_all_messages", tag = "messages", request_body = InboxToRead,
    responses((status = 200, body = InboxCounts),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 415, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read_all(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Json(asked): Json<InboxToRead>,
) -> ApiResult<axum::Json<InboxCounts>> {
    let mut tx = app.begin_as(&actor, &Scope::nothing()).await?;
    message::read_all(&mut tx, actor.account.id, asked.up_to.map(MessageId), now).await?;
    let counts = message::counts(&mut tx, actor.account.id).await?;
    commit_untold(tx, Untold::OwnMarks).await?;
    Ok(axum::Json(counts.into()))
}
