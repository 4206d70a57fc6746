//! Tables of cards and of costs brought at once: good rows go on without the bad ones, and what cannot be linked waits.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, SubjectKind};
use dispatch::import::{Checked, RowError, Table};
use dispatch::running::feed::{self, FeedError};
use fleet_db::audit;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::entry;
use super::link::{Linking, Outcome};
use crate::api::rules::unit_asked;
use crate::api::track::apart;
use crate::auth::Actor;
use crate::extract::{Asked, Now};
use crate::import::{Limits, SheetError, read};
use crate::problem::{ApiError, ApiResult, IMPORT_BUSY, IMPORT_EMPTY, Problem};
use crate::state::{App, commit};
use crate::texts::Language;

/// Wrong cells that are told.
const ERRORS_TOLD: usize = 200;

/// Which file.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FeedAsked {
    /// Name of the file.
    file: Option<String>,
    /// For whom what cannot be linked waits; one's own unit when absent.
    unit_id: Option<Uuid>,
}

/// What became of a table.
#[derive(Serialize, ToSchema)]
pub(crate) struct FeedView {
    rows: usize,
    /// Entered into the ledger, or money put on a card.
    entered: usize,
    /// Not paid by the card, and counted.
    refused: usize,
    /// Waiting until somebody links them.
    waiting: usize,
    /// Here already.
    known: usize,
    /// Rows that cannot be read.
    bad: usize,
    /// What is wrong with them, the first of many.
    errors: Vec<FeedErrorView>,
}

/// A wrong cell.
#[derive(Serialize, ToSchema)]
pub(crate) struct FeedErrorView {
    /// Number of the row as the sheet shows it.
    row: u32,
    column: Option<&'static str>,
    code: &'static str,
    /// What is wrong and what to do, in the language asked for.
    title: &'static str,
    found: String,
}

impl FeedView {
    fn new<T>(rows: usize, checked: &Checked<T>, outcomes: &[Outcome], language: Language) -> Self {
        let count = |wanted| outcomes.iter().filter(|outcome| **outcome == wanted).count();
        let bad: BTreeSet<u32> = checked.errors.iter().map(|error| error.row).collect();
        let error = |error: &RowError| FeedErrorView {
            row: error.row,
            column: error.column,
            code: error.code,
            title: language.title(error.code),
            found: error.found.clone(),
        };
        Self {
            rows,
            entered: count(Outcome::Entered),
            refused: count(Outcome::Refused),
            waiting: count(Outcome::Waits),
            known: count(Outcome::Known),
            bad: bad.len(),
            errors: checked.errors.iter().take(ERRORS_TOLD).map(error).collect(),
        }
    }
}

/// Reads the first table of a file.
async fn table(app: &App, file: &str, bytes: Bytes) -> ApiResult<Table> {
    let Ok(_turn) = Arc::clone(&app.imports).try_acquire_owned() else {
        return Err(ApiError::from(IMPORT_BUSY).retry_after(10));
    };
    let limits = Limits { rows: app.config.import_rows, unpacked_bytes: app.config.import_unpacked_bytes };
    let name = file.to_owned();
    let found = apart(move || Ok::<_, SheetError>(read(&name, &bytes, limits)?.tables)).await??;
    found.into_iter().next().ok_or_else(|| IMPORT_EMPTY.into())
}

/// A table without a column that it must have.
fn unread(error: FeedError) -> ApiError {
    ApiError::unprocessable(FeedError::CODE).detail(error.to_string())
}

/// Brings a table of what was done with cards: CSV or a workbook. What a card does not pay for is refused and counted.
#[utoipa::path(post, path = "/card-transactions/import", operation_id = "import_card_uses", tag = "running", params(FeedAsked),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "CSV in UTF-8 or GB18030, or an XLSX workbook"),
    responses((status = 200, body = FeedView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 413, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json"),
              (status = 503, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn cards(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(asked): Asked<FeedAsked>,
    headers: HeaderMap,
    bytes: Bytes,
) -> ApiResult<axum::Json<FeedView>> {
    let (scope, file) = (actor.scope(Permission::ManageFleet)?, asked.file.clone().unwrap_or_default());
    let unit = unit_asked(asked.unit_id, &actor, &scope);
    fleet_db::unit::is_within(&mut *app.conn(&scope).await?, &scope, unit).await?;
    let table = table(&app, &file, bytes).await?;
    let checked = feed::cards(&table, now).map_err(unread)?;
    let mut tx = app.begin(&scope).await?;
    let linking = Linking { actor: &actor, scope: &scope, unit, now };
    let mut outcomes = Vec::new();
    for (_, row) in &checked.good {
        outcomes.push(linking.card(&mut tx, row).await?.0);
    }
    let view = FeedView::new(table.rows.len(), &checked, &outcomes, Language::wanted(&headers));
    tell(tx, &linking, (SubjectKind::EnergyCard, &file), &view, now).await?;
    Ok(axum::Json(view))
}

/// Brings a table of tolls, parking, insurance, repairs and whatever else cars cost: CSV or a workbook. What cannot be linked waits.
#[utoipa::path(post, path = "/vehicle-costs/import", operation_id = "import_vehicle_costs", tag = "running", params(FeedAsked),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "CSV in UTF-8 or GB18030, or an XLSX workbook"),
    responses((status = 200, body = FeedView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 413, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json"),
              (status = 503, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn costs(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(asked): Asked<FeedAsked>,
    headers: HeaderMap,
    bytes: Bytes,
) -> ApiResult<axum::Json<FeedView>> {
    let (scope, file) = (actor.scope(Permission::ManageFleet)?, asked.file.clone().unwrap_or_default());
    let unit = unit_asked(asked.unit_id, &actor, &scope);
    fleet_db::unit::is_within(&mut *app.conn(&scope).await?, &scope, unit).await?;
    let table = table(&app, &file, bytes).await?;
    let checked = feed::paid(&table, now).map_err(unread)?;
    let mut tx = app.begin(&scope).await?;
    let linking = Linking { actor: &actor, scope: &scope, unit, now };
    let mut outcomes = Vec::new();
    for (_, row) in &checked.good {
        outcomes.push(linking.paid(&mut tx, row).await?);
    }
    let view = FeedView::new(table.rows.len(), &checked, &outcomes, Language::wanted(&headers));
    tell(tx, &linking, (SubjectKind::VehicleCost, &file), &view, now).await?;
    Ok(axum::Json(view))
}

/// Writes down that a table was brought, in the same transaction.
async fn tell(
    mut tx: fleet_db::Transaction,
    linking: &Linking<'_>,
    (kind, file): (SubjectKind, &str),
    view: &FeedView,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let facts = json!({ "entered": view.entered, "refused": view.refused, "waiting": view.waiting, "known": view.known, "bad": view.bad });
    let told = entry(Action::Imported, kind, (linking.unit.0, file), linking.unit).after(facts);
    let told = audit::append(&mut tx, &linking.actor.by(file), &told, now).await?;
    commit(tx, told).await?;
    Ok(())
}
