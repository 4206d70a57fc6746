//! The yearly report on how important data was handled (重要数据处理年度报告), as figures and as a workbook.

use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Datelike as _, Days, Duration, NaiveDate, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::calendar::{day_of, start_of};
use dispatch::rule::key::RuleKey;
use dispatch::rule::resolve::{RuleVersion, resolve};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use fleet_db::data_handling::{self, Reported};
use fleet_db::rule;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use uuid::Uuid;

use super::data_handling_views::{DataHandlingView, DoneView, ExchangeView, LooksView, RetentionView, TracksView, kinds};
use super::imports::attached;
use super::rules::unit_asked;
use super::track::apart;
use crate::auth::{Actor, look};
use crate::extract::{Asked, Now};
use crate::problem::{ApiError, ApiResult, Problem, REQUEST_QUERY, SERVER_FAILED};
use crate::sheet::write_xlsx;
use crate::state::App;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// What takes data away.
const DELETIONS: [&str; 2] = [Action::Deleted.as_str(), Action::Pruned.as_str()];
/// What somebody answers for who keeps data safe.
const INCIDENTS: [&str; 3] = [Action::Locked.as_str(), Action::SignInRefused.as_str(), Action::ViewRefused.as_str()];

/// Which year, for whom.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DataHandlingAsked {
    /// The year in Beijing time; this one when left out.
    year: Option<i32>,
    /// A unit of the scope, with everything below it; the asker's own when left out.
    unit_id: Option<Uuid>,
}

/// Which year, for whom, as which file.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DataHandlingFile {
    /// The year in Beijing time; this one when left out.
    year: Option<i32>,
    /// A unit of the scope, with everything below it; the asker's own when left out.
    unit_id: Option<Uuid>,
    /// `xlsx`.
    format: String,
}

/// The report of a year: kinds and amounts of data, what they are for, how long they are kept, what was deleted, who looked, with whom
/// data is exchanged, and what was refused.
#[utoipa::path(get, path = "/reports/data-handling", operation_id = "read_data_handling", tag = "reports", params(DataHandlingAsked),
    responses((status = 200, body = DataHandlingView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(asked): Asked<DataHandlingAsked>,
) -> ApiResult<axum::Json<DataHandlingView>> {
    let (view, unit) = report(&actor, &app, asked.year, asked.unit_id).await?;
    let entry = Entry::new(Action::Viewed, Subject::named(SubjectKind::AuditLog, "data-handling")).in_unit(unit);
    look::at(&app, &actor, entry.after(json!({ "year": view.year })), now).await?;
    Ok(axum::Json(view))
}

/// The same as a workbook.
#[utoipa::path(get, path = "/reports/data-handling/export", operation_id = "export_data_handling", tag = "reports", params(DataHandlingFile),
    responses((status = 200, description = "a workbook", content((Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn export(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(asked): Asked<DataHandlingFile>,
) -> ApiResult<Response> {
    if asked.format != "xlsx" {
        return Err(ApiError::from(REQUEST_QUERY).detail("format: xlsx"));
    }
    let (view, unit) = report(&actor, &app, asked.year, asked.unit_id).await?;
    let entry = Entry::new(Action::Exported, Subject::named(SubjectKind::AuditLog, "data-handling.xlsx")).in_unit(unit);
    let entry = entry.after(json!({ "year": view.year, "format": "xlsx" }));
    let file =
        apart(move || write_xlsx(&view.sheets())).await?.map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error))?;
    app.tell(&actor.by(""), &entry, now).await?;
    Ok(attached(XLSX, "data-handling.xlsx", file))
}

/// The report, and the unit that it is of.
async fn report(actor: &Actor, app: &App, year: Option<i32>, unit: Option<Uuid>) -> ApiResult<(DataHandlingView, UnitId)> {
    let scope = actor.scope(Permission::ReadAudit)?;
    let (now, today) = (app.now(), day_of(app.now()));
    let year = year.unwrap_or_else(|| today.year());
    let ends = (NaiveDate::from_ymd_opt(year, 1, 1), NaiveDate::from_ymd_opt(year, 12, 31));
    let ((Some(first), Some(last)), 1949..=2999) = (ends, year) else {
        return Err(ApiError::from(REQUEST_QUERY).detail("year: 1949 to 2999"));
    };
    let unit = unit_asked(unit, actor, &scope);
    let (unit_name, line) = {
        let mut conn = app.conn(&scope).await?;
        let line = rule::line(&mut conn, &scope, unit).await?;
        (fleet_db::unit::load(&mut conn, &scope, unit).await?.name, line)
    };
    // Unbound: counts alone, of units that were found within the scope just before. Tracks are opened one car at a time otherwise.
    let mut conn = app.unbound().await?;
    let versions = rule::versions(&mut conn, &[RuleKey::TrackOnline, RuleKey::LogOnline, RuleKey::LogArchive]).await?;
    let days = |key: RuleKey| days_kept(&versions, key, &line, last.min(today), now);
    let of = Reported { units: Scope::of(unit), from: start_of(first), to: start_of(last) + Duration::days(1) };
    let due = days(RuleKey::TrackOnline).and_then(|kept| today.checked_sub_days(Days::new(kept))).unwrap_or(NaiveDate::MIN);
    let amounts = data_handling::amounts(&mut conn, &of).await?;
    let view = DataHandlingView {
        year,
        unit_id: unit.0,
        unit_name,
        is_complete: last < today,
        made_at: now,
        kinds: kinds(&amounts, &days),
        retention: RetentionView {
            track_online_days: days(RuleKey::TrackOnline),
            log_online_days: days(RuleKey::LogOnline),
            log_archive_days: days(RuleKey::LogArchive),
        },
        tracks: TracksView::from(data_handling::tracks(&mut conn, &of, due).await?),
        deleted: data_handling::done(&mut conn, &of, &DELETIONS).await?.into_iter().map(DoneView::from).collect(),
        looks: data_handling::looks(&mut conn, &of).await?.into_iter().map(LooksView::from).collect(),
        exchanges: data_handling::exchanges(&mut conn, &of).await?.into_iter().map(ExchangeView::from).collect(),
        incidents: data_handling::done(&mut conn, &of, &INCIDENTS).await?.into_iter().map(DoneView::from).collect(),
    };
    Ok((view, unit))
}

/// For how many days the rule says that something is kept.
fn days_kept(versions: &[RuleVersion], key: RuleKey, line: &[UnitId], on: NaiveDate, now: DateTime<Utc>) -> Option<u64> {
    let days = resolve(versions, key, line, on, now)?.value.number()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole days above zero, held by the register")]
    Some(days as u64)
}
