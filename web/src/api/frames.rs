//! Frames of a terminal as they were on the wire, explained field by field; and of any bytes that somebody pastes.

use axum::extract::State;
use chrono::{DateTime, Duration, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::scope::Scope;
use fleet_db::frame::{self, Kept};
use fleet_db::terminal::Terminal;
use serde::{Deserialize, Serialize};
use telematics::device::{Protocol, ProtocolError};
use telematics::id::DeviceId;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::exemptions::{self, Wanted};
use super::explain::{self, MessageView};
use super::terminal_names;
use crate::auth::{Actor, look};
use crate::extract::{Asked, Json, Now, Path};
use crate::problem::{ApiError, ApiResult, INSPECT_HEX, INSPECT_TOO_LONG, Problem, REQUEST_INVALID, Wrong};
use crate::state::{App, Untold, commit, commit_untold};

/// Frames of one answer, unless the asker says.
const PAGE: u32 = 50;
/// How long a look lasts; a page that stays open asks again.
const LOOK: Duration = Duration::seconds(60);
/// Most bytes that are explained at once.
const PASTED_BYTES: usize = 64 * 1024;

/// Until when the terminal is looked at.
#[derive(Serialize, ToSchema)]
pub(crate) struct WatchView {
    until: DateTime<Utc>,
}

/// Which frames.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Newer {
    /// Those with a higher number alone.
    after: Option<i64>,
    /// Rows of the answer.
    limit: Option<u32>,
}

/// The last frames of a terminal, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct FrameList {
    items: Vec<FrameView>,
}

/// A frame with what it says.
#[derive(Serialize, ToSchema)]
pub(crate) struct FrameView {
    /// Rises with time.
    id: i64,
    at: DateTime<Utc>,
    /// `up` from the terminal, `down` to it.
    direction: String,
    /// Topic or path, where the protocol has one.
    channel: String,
    /// Bytes on the wire.
    bytes: usize,
    /// Code of why the gateway did not take it.
    error: Option<String>,
    /// What it says; more than one where a payload is a list.
    messages: Vec<MessageView>,
}

/// Bytes to be explained.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Pasted {
    /// `jt808`, `gb32960` or `mqtt`.
    protocol: String,
    /// Model profile of a terminal of JT/T 808; `standard` when absent.
    profile: Option<String>,
    /// Hexadecimal, blanks and line ends wherever; for `mqtt` the text of a payload.
    text: String,
}

/// What pasted bytes say.
#[derive(Serialize, ToSchema)]
pub(crate) struct Explained {
    messages: Vec<MessageView>,
}

/// The terminal, once it is clear that its frames may be looked at: those of a car that is exempt from tracking may not.
async fn admit(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    id: Uuid,
    wanted: &'static str,
    now: DateTime<Utc>,
) -> ApiResult<Terminal> {
    let terminal = {
        let mut conn = app.conn(scope).await?;
        fleet_db::terminal::load(&mut conn, scope, DeviceId(id), now).await?
    };
    exemptions::check_terminal(app, actor, scope, terminal.id, Wanted::frames(wanted)).await?;
    Ok(terminal)
}

/// Looks at a terminal: its frames are kept for the next minute, and those that a gateway still has are kept too.
#[utoipa::path(post, path = "/terminals/{id}/watch", operation_id = "watch_frames", tag = "terminals", params(("id" = Uuid, Path)),
    responses((status = 200, body = WatchView),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn watch(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> ApiResult<axum::Json<WatchView>> {
    let scope = actor.scope(Permission::WatchTerminals)?;
    let terminal = admit(&app, &actor, &scope, id, "watch", now).await?;
    let mut tx = app.begin(&scope).await?;
    let until = now + LOOK;
    frame::watch(&mut tx, terminal.id, until, now).await?;
    if actor.only_supervises() {
        let told = fleet_db::audit::append(&mut tx, &actor.by(""), &viewed(&terminal), now).await?;
        commit(tx, told).await?;
    } else {
        commit_untold(tx, Untold::Watching).await?;
    }
    Ok(axum::Json(WatchView { until }))
}

/// What the audit log is told of a look.
fn viewed(terminal: &Terminal) -> Entry {
    let entry = Entry::new(Action::Viewed, Subject::of(SubjectKind::Frames, terminal.id.0, terminal.terminal.as_str()));
    Entry { unit: terminal.unit.as_ref().map(|(unit, _)| *unit), ..entry }
}

/// The last frames that were kept of a terminal, explained.
#[utoipa::path(get, path = "/terminals/{id}/frames", operation_id = "list_frames", tag = "terminals", params(("id" = Uuid, Path), Newer),
    responses((status = 200, body = FrameList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Asked(newer): Asked<Newer>,
) -> ApiResult<axum::Json<FrameList>> {
    let scope = actor.scope(Permission::WatchTerminals)?;
    let limit = newer.limit.unwrap_or(PAGE).clamp(1, 500);
    let terminal = admit(&app, &actor, &scope, id, "frames", now).await?;
    // A page that stays open asks for newer ones alone; the look itself was written down.
    if newer.after.is_none() {
        look::at(&app, &actor, viewed(&terminal), now).await?;
    }
    let mut conn = app.conn(&scope).await?;
    let kept = frame::list(&mut conn, terminal.id, newer.after.unwrap_or(0), limit).await?;
    let view = |kept: Kept| FrameView {
        messages: explain::stream(terminal.protocol, &terminal.profile, &kept.bytes),
        id: kept.id,
        at: kept.at,
        direction: kept.direction,
        channel: kept.channel,
        bytes: kept.bytes.len(),
        error: kept.error,
    };
    Ok(axum::Json(FrameList { items: kept.into_iter().map(view).collect() }))
}

/// Explains pasted bytes; nothing of them is kept.
#[utoipa::path(post, path = "/inspect", operation_id = "inspect", tag = "terminals", request_body = Pasted,
    responses((status = 200, body = Explained),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn inspect(actor: Actor, Json(pasted): Json<Pasted>) -> ApiResult<axum::Json<Explained>> {
    actor.scope(Permission::WatchTerminals)?;
    let mut wrong = Wrong::default();
    let protocol = wrong.take("protocol", pasted.protocol.parse::<Protocol>(), ProtocolError::code);
    let profile = pasted.profile.as_deref().unwrap_or("standard");
    if !terminal_names::is_profile(profile) {
        wrong.note("profile", "terminal.profile");
    }
    let Some(protocol) = protocol.filter(|_| wrong.is_empty()) else { return Err(wrong.into_error()) };
    if pasted.text.len() > PASTED_BYTES * 3 {
        return Err(INSPECT_TOO_LONG.into());
    }
    let bytes = match protocol {
        Protocol::Jt808 | Protocol::Gb32960 | Protocol::Jt809 => {
            let digits: String = pasted.text.chars().filter(|c| !c.is_whitespace()).collect();
            hex::decode(&digits).map_err(|error| ApiError::from(INSPECT_HEX).detail(error.to_string()))?
        }
        Protocol::Mqtt | Protocol::Http | Protocol::Broker => pasted.text.into_bytes(),
    };
    if bytes.is_empty() {
        return Err(ApiError::from(REQUEST_INVALID).detail("text: empty"));
    }
    Ok(axum::Json(Explained { messages: explain::stream(protocol, profile, &bytes) }))
}
