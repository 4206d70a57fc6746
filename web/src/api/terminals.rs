//! Terminals: entered, found, opened, corrected, taken out of use.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;
use dispatch::account::Permission;
use dispatch::terminal::{TerminalState, TerminalStateError};
use dispatch::unit::UnitId;
use fleet_db::audit;
use fleet_db::terminal::Filter;
use fleet_db::terminal::paper::{NewTerminal, Paper};
use serde::Deserialize;
use telematics::device::{Protocol, ProtocolError};
use telematics::id::{DeviceId, PlatformId};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::session::new_id;
use super::terminal_names;
use super::terminal_views::{CountsView, LogEntry, StayView, TerminalDetail, TerminalMade, TerminalPage, TerminalView};
use crate::auth::{Actor, token};
use crate::extract::{Asked, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiError, ApiResult, Problem, REQUEST_QUERY, Wrong};
use crate::state::App;

/// Rows of a page when the asker does not say.
const PAGE: u32 = 100;
/// Longest name of a model, and longest note.
const MODEL_LENGTH: usize = 64;
const NOTE_LENGTH: usize = 500;

/// Which terminals.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Text in the number, model, SIM or plate, whatever the case.
    q: Option<String>,
    /// `idle`, `registered`, `bound` or `disabled`.
    state: Option<String>,
    /// `jt808`, `gb32960`, `mqtt`, `http` or `broker`.
    protocol: Option<String>,
    /// Connected, or not.
    online: Option<bool>,
    /// Those alone that say to be in another vehicle than the register does.
    mismatch: Option<bool>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    limit: Option<u32>,
}

/// The papers of a terminal.
#[derive(Clone, Default, Deserialize, ToSchema)]
pub(crate) struct PaperGiven {
    /// Make and model.
    model: String,
    /// Model profile: what the maker's items mean, and the datum; `standard` when absent.
    profile: Option<String>,
    /// The unit in whose store room it lies; absent: the actor's own.
    unit_id: Option<Uuid>,
    /// SIM cards (ICCID) it may use; none: any.
    #[serde(default)]
    iccids: Vec<String>,
    sim_number: Option<String>,
    /// The day it was handed out.
    issued_on: Option<NaiveDate>,
    note: Option<String>,
    /// The platform that speaks for it (GB/T 32960 alone).
    platform_id: Option<Uuid>,
}

/// A terminal to be entered.
#[derive(Deserialize, ToSchema)]
pub(crate) struct TerminalToEnter {
    /// `jt808`, `gb32960`, `mqtt`, `http` or `broker`.
    protocol: String,
    /// Number of the terminal (JT/T 808), VIN (GB/T 32960), or a name of one's own.
    terminal_id: String,
    #[serde(flatten)]
    paper: PaperGiven,
}

/// A change of the papers, with its reason.
#[derive(Deserialize, ToSchema)]
pub(crate) struct TerminalChange {
    #[serde(flatten)]
    paper: PaperGiven,
    reason: String,
}

impl Wanted {
    fn filter(&self) -> ApiResult<Filter> {
        let given = |text: &Option<String>| text.as_deref().filter(|text| !text.is_empty()).map(str::to_owned);
        let refuse = |error: String| ApiError::from(REQUEST_QUERY).detail(error);
        let state = given(&self.state).map(|state| state.parse::<TerminalState>()).transpose();
        let protocol = given(&self.protocol).map(|protocol| protocol.parse::<Protocol>()).transpose();
        Ok(Filter {
            text: self.q.clone(),
            state: state.map_err(|error: TerminalStateError| refuse(error.to_string()))?,
            protocol: protocol.map_err(|error: ProtocolError| refuse(error.to_string()))?,
            is_online: self.online,
            mismatch_only: self.mismatch.unwrap_or(false),
        })
    }
}

/// The terminals of the scope, by number, and how many stand where.
#[utoipa::path(get, path = "/terminals", operation_id = "list_terminals", tag = "terminals", params(Wanted),
    responses((status = 200, body = TerminalPage),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(wanted): Asked<Wanted>,
) -> ApiResult<axum::Json<TerminalPage>> {
    let scope = actor.scope(Permission::WatchTerminals)?;
    let filter = wanted.filter()?;
    let limit = wanted.limit.unwrap_or(PAGE).clamp(1, app.config.page_limit);
    let after = wanted.after.unwrap_or_default();
    let mut conn = app.conn(&scope).await?;
    let mut found = fleet_db::terminal::list(&mut conn, &scope, &filter, &after, limit + 1, now).await?;
    let counts = fleet_db::terminal::counts(&mut conn, &scope, now).await?;
    let has_more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| has_more).map(|last| last.terminal.to_string());
    let items = found.into_iter().map(TerminalView::from).collect();
    Ok(axum::Json(TerminalPage { items, next, counts: CountsView::from(counts) }))
}

/// One terminal with its stays in vehicles and its log.
#[utoipa::path(get, path = "/terminals/{id}", operation_id = "read_terminal", tag = "terminals", params(("id" = Uuid, Path)),
    responses((status = 200, body = TerminalDetail),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> ApiResult<axum::Json<TerminalDetail>> {
    let scope = actor.scope(Permission::WatchTerminals)?;
    let mut conn = app.conn(&scope).await?;
    let found = fleet_db::terminal::load(&mut conn, &scope, DeviceId(id), now).await?;
    let stays = fleet_db::terminal::stays(&mut conn, &scope, found.id).await?;
    let log = fleet_db::terminal::log::list(&mut conn, found.id).await?;
    let commands = dispatch::terminal::askable(|permission| actor.may(permission), telematics::command::kinds_of(found.protocol));
    Ok(axum::Json(TerminalDetail {
        terminal: found.into(),
        may_manage: actor.may(Permission::ManageFleet),
        commands,
        stays: stays.into_iter().map(StayView::from).collect(),
        log: log.into_iter().map(LogEntry::from).collect(),
    }))
}

/// Enters a terminal; where the protocol has one, its secret is told this once.
#[utoipa::path(post, path = "/terminals", operation_id = "enter_terminal", tag = "terminals", request_body = TerminalToEnter,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = TerminalMade),
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
    once: Once<TerminalToEnter>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let mut wrong = Wrong::default();
    let protocol = wrong.take("protocol", once.body.protocol.parse::<Protocol>(), ProtocolError::code);
    let terminal = protocol.and_then(|protocol| terminal_names::checked(protocol, &once.body.terminal_id, &mut wrong));
    let paper = paper(&actor, &once.body.paper, protocol, &mut wrong);
    let (Some(protocol), Some(terminal), Some(paper)) = (protocol, terminal, paper) else { return Err(wrong.into_error()) };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let secret = protocol.has_own_secret().then(token::random);
    let secret_sha256 = token::sha256(secret.as_deref().unwrap_or(&token::random()));
    let new = NewTerminal { id: DeviceId(new_id(now)), terminal, protocol, secret_sha256, paper };
    let by = actor.by("");
    let entry = fleet_db::terminal::paper::insert(change.conn(), &scope, &new, &by, now).await?;
    let told = audit::append(change.conn(), &by, &entry, now).await?;
    let made = TerminalMade { id: new.id.0, terminal_id: new.terminal.into(), secret };
    change.finish_keeping(told, StatusCode::CREATED, &made, &TerminalMade { secret: None, ..made.clone() }).await
}

/// Corrects the papers of a terminal.
#[utoipa::path(put, path = "/terminals/{id}", operation_id = "correct_terminal", tag = "terminals", request_body = TerminalChange,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = TerminalView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn correct(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<TerminalChange>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let id = DeviceId(id);
    let protocol = {
        let mut conn = app.conn(&scope).await?;
        fleet_db::terminal::load(&mut conn, &scope, id, now).await?.protocol
    };
    let mut wrong = Wrong::default();
    let reason = terminal_names::reason(&once.body.reason, &mut wrong);
    let paper = paper(&actor, &once.body.paper, Some(protocol), &mut wrong);
    let (Some(reason), Some(paper)) = (reason, paper) else { return Err(wrong.into_error()) };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let by = actor.by(&reason);
    let entry = fleet_db::terminal::paper::change(change.conn(), &scope, id, &paper, &by, now).await?;
    let found = fleet_db::terminal::load(change.conn(), &scope, id, now).await?;
    let told = audit::append(change.conn(), &by, &entry, now).await?;
    change.finish(told, StatusCode::OK, &TerminalView::from(found)).await
}

/// The papers as typed in, or everything that is wrong with them noted.
fn paper(actor: &Actor, given: &PaperGiven, protocol: Option<Protocol>, wrong: &mut Wrong) -> Option<Paper> {
    let filled = |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let model = given.model.trim();
    let profile = filled(&given.profile).unwrap_or_else(|| "standard".to_owned());
    let note = filled(&given.note).unwrap_or_default();
    let iccids = terminal_names::iccids(&given.iccids, wrong);
    let sim_number = terminal_names::sim_number(filled(&given.sim_number), wrong);
    let is_right = [
        ("model", "device.model", (1..=MODEL_LENGTH).contains(&model.chars().count())),
        ("profile", "terminal.profile", terminal_names::is_profile(&profile)),
        ("note", "terminal.note", note.chars().count() <= NOTE_LENGTH),
        (
            "platform_id",
            "terminal.platform",
            given.platform_id.is_none()
                || protocol.is_none_or(|protocol| matches!(protocol, Protocol::Gb32960 | Protocol::Jt809)),
        ),
    ];
    let mut is_whole = true;
    for (field, code, fits) in is_right {
        if !fits {
            wrong.note(field, code);
            is_whole = false;
        }
    }
    let (iccids, sim_number) = (iccids?, sim_number?);
    is_whole.then(|| Paper {
        profile,
        model: model.to_owned(),
        unit: Some(given.unit_id.map_or(actor.account.unit, UnitId)),
        iccids,
        sim_number,
        issued_on: given.issued_on,
        note,
        platform: given.platform_id.map(PlatformId),
    })
}
