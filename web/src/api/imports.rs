//! Tables brought by people: looked through, loaded, and the bad rows given back. Each request carries the file: nothing is kept
//! between them, and a file that is sent twice is loaded once.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::import::{ImportSubject, RowError};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use dispatch::vin::VinRule;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::track::apart;
use crate::auth::Actor;
use crate::extract::{Asked, Now};
use crate::import::{Frame, Limits, Loaded, Said, Sheet, SheetError, background, load, look, read, rejected, sheets, template};
use crate::problem::{
    ApiError, ApiResult, IMPORT_BUSY, IMPORT_EMPTY, IMPORT_ENCODING, IMPORT_FILE, IMPORT_SCOPES, IMPORT_TOO_LARGE,
    IMPORT_TOO_MANY_ROWS, Problem, REQUEST_QUERY, SERVER_FAILED,
};
use crate::state::{App, commit};
use crate::texts::Language;

/// Wrong cells of a sheet that are told; the workbook of bad rows has them all.
const ERRORS_TOLD: usize = 200;
/// Rows of a sheet that are shown.
const ROWS_SHOWN: usize = 5;
/// What a workbook is.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Which file, and what its columns are.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ImportAsked {
    /// Name of the file.
    file: Option<String>,
    /// What is said of its sheets: JSON, by the sheet's name, `{"subject": "units", "skip": false, "columns": {"name": 0}}`; what is not
    /// said is guessed from the headers.
    mapping: Option<String>,
}

/// A file that was looked through.
#[derive(Serialize, ToSchema)]
pub(crate) struct ImportView {
    file: String,
    /// `xlsx`, `utf-8`, `gb18030` or `utf-16`.
    format: &'static str,
    sheets: Vec<SheetView>,
    /// What was loaded; null when the file was only looked through.
    loaded: Option<LoadedView>,
}

/// How many were loaded.
#[derive(Serialize, ToSchema)]
pub(crate) struct LoadedView {
    units: usize,
    accounts: usize,
    vehicles: usize,
}

/// A sheet of the file.
#[derive(Serialize, ToSchema)]
pub(crate) struct SheetView {
    name: String,
    /// `units`, `accounts` or `vehicles`; null when it is not loaded.
    subject: Option<&'static str>,
    /// Code of why it cannot be read.
    error: Option<&'static str>,
    /// The same in words, with what is missing.
    error_title: Option<String>,
    header: Vec<String>,
    columns: Vec<ColumnView>,
    rows: usize,
    /// Rows that bring something new.
    good: usize,
    /// Rows that say what is known already.
    known: usize,
    /// Rows that cannot be loaded.
    bad: usize,
    /// The first rows as they stand there.
    shown: Vec<RowView>,
    /// What is wrong, by row; the first of many.
    errors: Vec<CellError>,
    /// Wrong cells in all.
    error_count: usize,
    /// What people should know of good rows, which are loaded all the same; the first of many.
    warnings: Vec<CellError>,
    /// Warnings in all.
    warning_count: usize,
}

/// A column that the sheet may have.
#[derive(Serialize, ToSchema)]
pub(crate) struct ColumnView {
    key: &'static str,
    term: &'static str,
    required: bool,
    /// Position of its header, from 0; null when it has none.
    at: Option<usize>,
}

/// A row as it stands in the sheet.
#[derive(Serialize, ToSchema)]
pub(crate) struct RowView {
    row: u32,
    cells: Vec<String>,
}

/// A wrong cell.
#[derive(Serialize, ToSchema)]
pub(crate) struct CellError {
    /// Number of the row as the sheet shows it.
    row: u32,
    /// Key of the column; null for the whole row.
    column: Option<&'static str>,
    code: &'static str,
    /// What is wrong and what to do, in the language asked for.
    title: &'static str,
    /// What stands in the cell.
    found: String,
}

impl From<SheetError> for ApiError {
    fn from(error: SheetError) -> Self {
        let code = match &error {
            SheetError::Unreadable(_) => IMPORT_FILE,
            SheetError::Encoding => IMPORT_ENCODING,
            SheetError::TooManyRows { .. } => IMPORT_TOO_MANY_ROWS,
            SheetError::TooLarge { .. } => IMPORT_TOO_LARGE,
            SheetError::Empty => IMPORT_EMPTY,
        };
        Self::from(code).detail(error.to_string())
    }
}

impl CellError {
    fn new(error: &RowError, language: Language) -> Self {
        let title = language.title(error.code);
        Self { row: error.row, column: error.column, code: error.code, title, found: error.found.clone() }
    }
}

impl SheetView {
    fn new(sheet: &Sheet, language: Language) -> Self {
        let (good, known, errors) = sheet.found.figures();
        let bad: std::collections::BTreeSet<u32> = errors.iter().map(|error| error.row).collect();
        let at = |key| sheet.mapping.positions().find(|(known, _)| *known == key).map(|(_, at)| at);
        let columns = sheet.subject.map(ImportSubject::columns).unwrap_or_default().iter();
        let error = sheet.error.as_ref();
        let told = |errors: &[RowError]| errors.iter().take(ERRORS_TOLD).map(|error| CellError::new(error, language)).collect();
        Self {
            name: sheet.table.name.clone(),
            subject: sheet.subject.map(ImportSubject::as_str),
            error: error.map(dispatch::import::TableError::code),
            error_title: error.map(|error| match error {
                dispatch::import::TableError::Missing { column, .. } => format!("{}：{column}", language.title(error.code())),
                dispatch::import::TableError::Unknown { .. } => language.title(error.code()).to_owned(),
            }),
            header: sheet.table.header.clone(),
            columns: columns
                .map(|column| ColumnView { key: column.key, term: column.term, required: column.required, at: at(column.key) })
                .collect(),
            rows: sheet.table.rows.len(),
            good,
            known,
            bad: bad.len(),
            shown: sheet
                .table
                .rows
                .iter()
                .take(ROWS_SHOWN)
                .map(|row| RowView { row: row.number, cells: row.cells.clone() })
                .collect(),
            errors: told(errors),
            error_count: errors.len(),
            warnings: told(sheet.found.warnings()),
            warning_count: sheet.found.warnings().len(),
        }
    }
}

/// What a file is, with its name.
struct Brought {
    file: String,
    format: &'static str,
    sheets: Vec<Sheet>,
    /// Where the actor may bring it.
    scope: Scope,
}

/// Where the actor may bring what the sheets hold; who may bring each kind elsewhere brings it by itself.
fn scope(actor: &Actor, sheets: &[Sheet]) -> ApiResult<Scope> {
    let mut scope = None;
    for subject in sheets.iter().filter_map(|sheet| sheet.subject) {
        let of_subject = actor.scope(match subject {
            ImportSubject::Units => Permission::ManageUnits,
            ImportSubject::Accounts => Permission::ImportAccounts,
            ImportSubject::Vehicles => Permission::ManageFleet,
        })?;
        if *scope.get_or_insert_with(|| of_subject.clone()) != of_subject {
            return Err(ApiError::from(IMPORT_SCOPES));
        }
    }
    Ok(scope.unwrap_or_else(|| actor.reach()))
}

/// Where a row stands that names no unit above it: in the actor's own unit, if that is one of the tops, else in the first of them.
fn top(actor: &Actor, scope: &Scope) -> Option<UnitId> {
    let own = actor.account.unit;
    if scope.units().contains(&own.0) { Some(own) } else { scope.units().first().copied().map(UnitId) }
}

/// Reads the file and compares it with the store; refuses what the actor may not bring.
async fn brought(app: &App, actor: &Actor, asked: ImportAsked, bytes: Bytes, now: DateTime<Utc>) -> ApiResult<Brought> {
    let said: Said = match asked.mapping.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => {
            serde_json::from_str(text).map_err(|error| ApiError::from(REQUEST_QUERY).detail(format!("mapping: {error}")))?
        }
        None => Said::default(),
    };
    // Reading a large workbook takes a core and some hundred megabytes for seconds.
    let Ok(_turn) = Arc::clone(&app.imports).try_acquire_owned() else {
        return Err(ApiError::from(IMPORT_BUSY).retry_after(10));
    };
    let limits = Limits { rows: app.config.import_rows, unpacked_bytes: app.config.import_unpacked_bytes };
    let file = asked.file.unwrap_or_default();
    let name = file.rsplit_once('.').map_or(file.as_str(), |(stem, _)| stem).to_owned();
    let (format, mut found) = apart(move || {
        let read = read(&name, &bytes, limits)?;
        Ok::<_, SheetError>((read.format, sheets(read.tables, &said)))
    })
    .await??;
    let scope = scope(actor, &found)?;
    let mut conn = app.conn(&scope).await?;
    let background = background(&mut conn, Some(&scope), &found).await?;
    drop(conn);
    let vin = if app.config.vin_without_check_digit { VinRule::ImportsAllowed } else { VinRule::Checked };
    let frame = Frame { top: top(actor, &scope), vin, now };
    let found = apart(move || {
        look(&mut found, background, frame);
        found
    })
    .await?;
    Ok(Brought { file, format, sheets: found, scope })
}

fn view(brought: &Brought, loaded: Option<Loaded>, headers: &HeaderMap) -> ImportView {
    let language = Language::wanted(headers);
    ImportView {
        file: brought.file.clone(),
        format: brought.format,
        sheets: brought.sheets.iter().map(|sheet| SheetView::new(sheet, language)).collect(),
        loaded: loaded.map(|loaded| LoadedView { units: loaded.units, accounts: loaded.accounts, vehicles: loaded.vehicles }),
    }
}

/// Looks a file through; nothing is stored.
#[utoipa::path(post, path = "/imports/preview", operation_id = "preview_import", tag = "imports", params(ImportAsked),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "an XLSX workbook, or CSV in UTF-8 or GB18030"),
    responses((status = 200, body = ImportView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 413, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json"),
              (status = 503, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn preview(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(asked): Asked<ImportAsked>,
    headers: HeaderMap,
    bytes: Bytes,
) -> ApiResult<axum::Json<ImportView>> {
    let brought = brought(&app, &actor, asked, bytes, now).await?;
    Ok(axum::Json(view(&brought, None, &headers)))
}

/// Loads the good rows of a file, all of them or none; the bad ones are told as in the preview.
#[utoipa::path(post, path = "/imports", operation_id = "load_import", tag = "imports", params(ImportAsked),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "the same file"),
    responses((status = 200, body = ImportView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 413, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json"),
              (status = 503, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn bring(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(asked): Asked<ImportAsked>,
    headers: HeaderMap,
    bytes: Bytes,
) -> ApiResult<axum::Json<ImportView>> {
    let brought = brought(&app, &actor, asked, bytes, now).await?;
    let mut tx = app.begin(&brought.scope).await?;
    let (loaded, told) = load(&mut tx, &brought.sheets, &brought.file, &actor.by(""), now).await?;
    commit(tx, told).await?;
    Ok(axum::Json(view(&brought, Some(loaded), &headers)))
}

/// The bad rows of a file as a workbook, with what is wrong beside each; corrected, it can be sent as it is.
#[utoipa::path(post, path = "/imports/rejected", operation_id = "rejected_rows", tag = "imports", params(ImportAsked),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "the same file"),
    responses((status = 200, description = "a workbook", content((Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
              (status = 204, description = "no row is bad"),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 413, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json"),
              (status = 503, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn bad_rows(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(asked): Asked<ImportAsked>,
    headers: HeaderMap,
    bytes: Bytes,
) -> ApiResult<Response> {
    let brought = brought(&app, &actor, asked, bytes, now).await?;
    let file = brought.file.clone();
    let in_english = Language::wanted(&headers) == Language::English;
    let workbook = apart(move || rejected(&brought.sheets, in_english)).await?;
    let workbook = workbook.map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error))?;
    let Some(workbook) = workbook else { return Ok(StatusCode::NO_CONTENT.into_response()) };
    let subject = Subject::named(SubjectKind::Document, "rejected.xlsx");
    let entry = Entry::new(Action::Exported, subject).in_unit(actor.account.unit).after(json!({ "of": file }));
    app.tell(&actor.by(""), &entry, now).await?;
    Ok(attached(XLSX, "rejected.xlsx", workbook))
}

/// An empty workbook with a sheet for each kind of thing that can be brought.
#[utoipa::path(get, path = "/imports/template", operation_id = "import_template", tag = "imports",
    responses((status = 200, description = "a workbook", content((Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
              (status = 401, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn empty(_actor: Actor) -> ApiResult<Response> {
    let workbook = template().map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error))?;
    Ok(attached(XLSX, "template.xlsx", workbook))
}

/// A file to be saved under a name of plain letters.
pub(in crate::api) fn attached(content_type: &'static str, name: &'static str, bytes: Vec<u8>) -> Response {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let disposition = disposition.unwrap_or(HeaderValue::from_static("attachment"));
    ([(CONTENT_TYPE, HeaderValue::from_static(content_type)), (CONTENT_DISPOSITION, disposition)], bytes).into_response()
}
