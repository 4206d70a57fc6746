//! Commands to terminals: asked with a reason and an expiry, looked at, taken back while they wait.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Duration, Utc};
use dispatch::account::Permission;
use dispatch::audit::Action;
use dispatch::terminal::{CommandState, needed_for};
use fleet_db::audit;
use fleet_db::command::ask::{self, Asked as Record, Cancelled};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use telematics::command::Command;
use telematics::id::{CommandId, DeviceId};
use telematics::jt808::parameter::Setting;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::exemptions::{self, Wanted};
use super::session::new_id;
use super::terminal_names;
use crate::auth::Actor;
use crate::extract::{Asked, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{
    ApiError, ApiResult, COMMAND_TOO_LATE, COMMAND_UNKNOWN, Problem, REQUEST_INVALID, TERMINAL_DISABLED, Wrong,
};
use crate::state::{App, commit};

/// Rows of a page when the asker does not say.
const PAGE: u32 = 50;
/// How long a command waits for a terminal that is away, unless the asker says; and at most.
const DEFAULT_WAIT_S: i64 = 24 * 3600;
const LONGEST_WAIT_S: i64 = 7 * 24 * 3600;
/// Longest text in bytes of GBK, which has two for a Chinese character.
const TEXT_BYTES: usize = 1024;
/// Parameters of one command.
const PARAMETERS: usize = 64;

/// A command to be sent.
#[derive(Deserialize, ToSchema)]
pub(crate) struct CommandToAsk {
    /// `text`, `locate`, `track`, `report_interval`, `query_parameters`, `set_parameters`, `query_attributes`, `restart`,
    /// `factory_reset` or `log_level`; a terminal's detail names those that it has and the asker may use.
    kind: String,
    /// What belongs to the kind, such as `{"text": "...", "by_voice": true}` or `{"seconds": 10}`.
    #[serde(default)]
    args: Value,
    /// Why; it stands in the record.
    reason: String,
    /// Seconds that it may wait for a terminal that is away; a day when absent, seven at most.
    expires_in_s: Option<i64>,
}

/// A command and what became of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct CommandView {
    id: Uuid,
    terminal_id: Uuid,
    kind: String,
    args: Value,
    /// Who asked.
    by: String,
    reason: String,
    asked_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// `queued`, `sent`, `answered`, `failed`, `expired` or `cancelled`.
    state: &'static str,
    sent_at: Option<DateTime<Utc>>,
    answered_at: Option<DateTime<Utc>>,
    /// `ok`, `failed`, `bad_message`, `unsupported`, `no_answer`, `not_sent`, `not_encodable` or `cancelled`.
    result: Option<String>,
    /// What the terminal answered: `parameters`, `position`, `attributes`.
    answer: Option<Value>,
    /// It can be taken back.
    cancellable: bool,
}

/// Where the list goes on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Older {
    /// `next` of the page before.
    before: Option<Uuid>,
    /// Rows of the page.
    limit: Option<u32>,
}

/// A page of commands, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct CommandPage {
    items: Vec<CommandView>,
    /// To be sent as `before` for the next page; null at the end.
    next: Option<Uuid>,
}

impl From<Record> for CommandView {
    fn from(record: Record) -> Self {
        Self {
            id: record.id.0,
            terminal_id: record.device.0,
            kind: record.kind,
            args: record.args,
            by: record.by,
            reason: record.reason,
            asked_at: record.asked_at,
            expires_at: record.expires_at,
            state: record.state.as_str(),
            sent_at: record.sent_at,
            answered_at: record.answered_at,
            result: record.result,
            answer: record.answer,
            cancellable: record.state.may_become(CommandState::Cancelled),
        }
    }
}

/// The commands of a terminal, newest first.
#[utoipa::path(get, path = "/terminals/{id}/commands", operation_id = "list_commands", tag = "terminals", params(("id" = Uuid, Path), Older),
    responses((status = 200, body = CommandPage),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Asked(page): Asked<Older>,
) -> ApiResult<axum::Json<CommandPage>> {
    let scope = actor.scope(Permission::WatchTerminals)?;
    let limit = page.limit.unwrap_or(PAGE).clamp(1, app.config.page_limit);
    let mut conn = app.conn(&scope).await?;
    let terminal = fleet_db::terminal::load(&mut conn, &scope, DeviceId(id), now).await?;
    let mut found = ask::list(&mut conn, terminal.id, page.before.map(CommandId), limit + 1).await?;
    let has_more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| has_more).map(|last| last.id.0);
    if fleet_db::exempt::of_device(&mut conn, terminal.id).await?.is_some() {
        // Among them are places where the car was.
        for record in &mut found {
            record.answer = None;
        }
    }
    Ok(axum::Json(CommandPage { items: found.into_iter().map(CommandView::from).collect(), next }))
}

/// Asks something of a terminal; it is sent at once when the terminal is there, else when it comes, until it expires.
#[utoipa::path(post, path = "/terminals/{id}/commands", operation_id = "ask_command", tag = "terminals", request_body = CommandToAsk,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = CommandView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn create(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<CommandToAsk>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::WatchTerminals)?;
    let terminal = {
        let mut conn = app.conn(&scope).await?;
        fleet_db::terminal::load(&mut conn, &scope, DeviceId(id), now).await?
    };
    let scope = actor.scope(needed_for(&once.body.kind))?;
    let (command, reason, wait) = checked(&once.body)?;
    if !command.is_known_to(terminal.protocol) {
        return Err(COMMAND_UNKNOWN.into());
    }
    if terminal.disabled_at.is_some() {
        return Err(TERMINAL_DISABLED.into());
    }
    if matches!(command, Command::Locate {} | Command::Track { .. }) {
        exemptions::check_terminal(&app, &actor, &scope, terminal.id, Wanted::track(command.kind())).await?;
    }
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    // What may be asked of some terminals need not be asked of this one.
    fleet_db::terminal::load(change.conn(), &scope, terminal.id, now).await?;
    let command_id = CommandId(new_id(now));
    ask::insert(change.conn(), command_id, terminal.id, &command, &actor.by(&reason), now + wait, now).await?;
    let made = ask::load(change.conn(), command_id).await?;
    let asked = json!({ "kind": made.kind, "args": made.args, "expires_at": made.expires_at });
    let entry = ask::entry(Action::Asked, command_id, &terminal).after(asked);
    let told = audit::append(change.conn(), &actor.by(&reason), &entry, now).await?;
    change.finish(told, StatusCode::CREATED, &CommandView::from(made)).await
}

/// Takes back a command that waits.
#[utoipa::path(delete, path = "/commands/{id}", operation_id = "cancel_command", tag = "terminals", params(("id" = Uuid, Path)),
    responses((status = 204),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn cancel(actor: Actor, Now(now): Now, State(app): State<App>, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    let scope = actor.scope(Permission::MessageTerminals)?;
    let mut tx = app.begin(&scope).await?;
    match ask::cancel(&mut tx, &scope, CommandId(id), now).await? {
        Cancelled::Done(entry) => {
            let told = audit::append(&mut tx, &actor.by(""), &entry, now).await?;
            commit(tx, told).await?;
            Ok(StatusCode::NO_CONTENT)
        }
        Cancelled::TooLate => Err(COMMAND_TOO_LATE.into()),
    }
}

/// The command as asked, or everything that is wrong with it.
fn checked(asked: &CommandToAsk) -> ApiResult<(Command, String, Duration)> {
    let mut wrong = Wrong::default();
    let reason = terminal_names::reason(&asked.reason, &mut wrong);
    let wait = asked.expires_in_s.unwrap_or(DEFAULT_WAIT_S);
    if !(1..=LONGEST_WAIT_S).contains(&wait) {
        wrong.note("expires_in_s", "command.expiry");
    }
    let args = if asked.args.is_null() { Value::Object(serde_json::Map::new()) } else { asked.args.clone() };
    let command = Command::from_parts(&asked.kind, args)
        .map_err(|error| ApiError::from(REQUEST_INVALID).detail(format!("{}: {error}", asked.kind)))?;
    check_args(&command, &mut wrong);
    match reason {
        Some(reason) if wrong.is_empty() => Ok((command, reason, Duration::seconds(wait))),
        _ => Err(wrong.into_error()),
    }
}

fn check_args(command: &Command, wrong: &mut Wrong) {
    match command {
        Command::Text(text) => {
            let bytes: usize = text.text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
            if text.text.trim().is_empty() || bytes > TEXT_BYTES {
                wrong.note("text", "command.text");
            } else if telematics::jt808::text::encode(&text.text).is_err() {
                wrong.note("text", "command.characters");
            }
        }
        Command::Track { interval_s, for_s } if *interval_s != 0 && !(1..=86_400).contains(for_s) => {
            wrong.note("for_s", "command.span");
        }
        Command::ReportInterval { seconds } if !(1..=3600).contains(seconds) => wrong.note("seconds", "command.interval"),
        Command::SetParameters { values } => {
            if values.is_empty() || values.len() > PARAMETERS {
                wrong.note("values", "command.parameters");
            }
            for (name, value) in values {
                wrong.take(name, Setting::of(name, value), telematics::jt808::parameter::ParameterError::code);
            }
        }
        Command::LogLevel { level } if !["error", "warn", "info", "debug", "trace"].contains(&level.as_str()) => {
            wrong.note("level", "command.level");
        }
        _ => {}
    }
}
