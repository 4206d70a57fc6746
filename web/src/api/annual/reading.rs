//! Reports read: how those of a unit and of the units right below stand, and one of them whole.

use axum::extract::State;
use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use dispatch::annual::YEARS;
use dispatch::annual::flow::{ReportAction, ReportStage};
use dispatch::annual::roll::ReportTree;
use dispatch::unit::UnitId;
use fleet_db::annual::{self, Report, figures};
use fleet_db::peer::reach;
use fleet_db::report_way::{self, WantedWays};
use fleet_db::{PgConnection, unit};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::handing::AnnualWayView;
use super::views::{
    AnnualIssueView, AnnualPartView, AnnualReceivedView, AnnualReportItem, AnnualReportList, AnnualReportView, AnnualVersionView,
    lines, part_figures, rates, sums,
};
use super::working::{Worked, worked};
use super::{ReportRights, scope};
use crate::auth::Actor;
use crate::extract::{Asked, Now, Path};
use crate::problem::{ApiError, ApiResult, NOT_FOUND, Problem, REQUEST_QUERY};
use crate::state::App;
use crate::texts::Language;

/// Which unit and which year.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AnnualReportsAsked {
    /// The asker's own, where it is left out.
    unit_id: Option<Uuid>,
    year: i16,
}

/// Which version.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AnnualVersionAsked {
    /// The newest, where it is left out.
    pub(super) version: Option<i16>,
}

/// How the report of a unit and those of the units right below it stand.
#[utoipa::path(get, path = "/annual-reports", operation_id = "list_annual_reports", tag = "annual", params(AnnualReportsAsked),
    responses((status = 200, body = AnnualReportList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    State(app): State<App>,
    Asked(asked): Asked<AnnualReportsAsked>,
) -> ApiResult<axum::Json<AnnualReportList>> {
    let scope = scope(&actor)?;
    let unit = asked.unit_id.map_or(actor.account.unit, UnitId);
    checked_year(asked.year)?;
    let mut conn = app.conn(&scope).await?;
    unit::is_within(&mut conn, &scope, unit).await?;
    let units = figures::units(&mut conn, unit).await?;
    let tree = ReportTree::new(unit, &units);
    let shown: Vec<UnitId> = std::iter::once(unit).chain(tree.below(unit).iter().copied()).collect();
    let newest = annual::newest(&mut conn, &shown, asked.year).await?;
    let reports: Vec<_> = newest.iter().map(|report| report.id).collect();
    let received = report_way::received(&mut conn, &reports).await?;
    let told = reach::told_for(&mut conn, &shown).await?;
    let item = |id: &UnitId| {
        let of_unit: Vec<&Report> = newest.iter().filter(|report| report.unit == *id).collect();
        let last = of_unit.first();
        AnnualReportItem {
            unit_id: id.0,
            unit_name: tree.name(*id).to_owned(),
            is_asked: *id == unit,
            version: last.map_or(0, |report| report.version),
            stage: last.map_or(ReportStage::Draft, |report| report.stage).as_str(),
            accepted: of_unit.iter().find(|report| report.stage == ReportStage::Accepted).map(|report| report.version),
            changed_at: last.map(|report| report.changed_at),
            is_told: told.contains(id),
            received: last
                .and_then(|report| received.iter().find(|(of, ..)| *of == report.id))
                .map(|(_, platform, at)| AnnualReceivedView { platform: platform.clone(), at: *at }),
        }
    };
    Ok(axum::Json(AnnualReportList { year: asked.year, items: shown.iter().map(item).collect() }))
}

/// A report whole: figures, quotients, what lacks, who signed.
#[utoipa::path(get, path = "/annual-reports/{unit_id}/{year}", operation_id = "read_annual_report", tag = "annual",
    params(("unit_id" = Uuid, Path), ("year" = i16, Path), AnnualVersionAsked),
    responses((status = 200, body = AnnualReportView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path((unit, year)): Path<(Uuid, i16)>,
    Asked(asked): Asked<AnnualVersionAsked>,
    headers: HeaderMap,
) -> ApiResult<axum::Json<AnnualReportView>> {
    let scope = scope(&actor)?;
    checked_year(year)?;
    let mut conn = app.conn(&scope).await?;
    unit::is_within(&mut conn, &scope, UnitId(unit)).await?;
    Ok(axum::Json(view(&mut conn, &actor, (UnitId(unit), year), asked.version, Language::wanted(&headers), now).await?))
}

/// Years that a report may be about.
pub(super) fn checked_year(year: i16) -> ApiResult<()> {
    if YEARS.contains(&year) { Ok(()) } else { Err(ApiError::from(REQUEST_QUERY).detail("year")) }
}

/// The version that is asked for among all; none of a year that nobody has begun.
pub(super) fn version_of(versions: &[Report], asked: Option<i16>) -> ApiResult<Option<&Report>> {
    match asked {
        None | Some(0) => Ok(versions.first()),
        Some(asked) => Ok(Some(versions.iter().find(|report| report.version == asked).ok_or(NOT_FOUND)?)),
    }
}

/// A report as its reader sees it.
pub(super) async fn view(
    conn: &mut PgConnection,
    actor: &Actor,
    (unit, year): (UnitId, i16),
    asked: Option<i16>,
    language: Language,
    now: DateTime<Utc>,
) -> ApiResult<AnnualReportView> {
    let versions = annual::versions(conn, unit, year).await?;
    let report = version_of(&versions, asked)?;
    let of_unit = unit::load(conn, &actor.reach(), unit).await?;
    let rights = ReportRights::of(conn, actor, unit, of_unit.parent).await?;
    let stage = report.map_or(ReportStage::Draft, |report| report.stage);
    let is_newest = report.map(|report| report.version) == versions.first().map(|report| report.version);
    let moves = if is_newest { stage.moves(|mover| rights.is(mover)) } else { Vec::new() };
    let Worked { kept, before, issues, progress, outdated } = worked(conn, (unit, year), report, now).await?;
    let concerned: Vec<UnitId> = issues.iter().map(|issue| issue.unit).collect();
    let names = names(conn, &concerned).await?;
    let holders = figures::holders(conn, &concerned).await?;
    let name = |id: UnitId| names.get(&id).map_or("", String::as_str);
    let steps = match report {
        Some(report) => annual::steps(conn, report.id).await?,
        None => Vec::new(),
    };
    let ways = match report {
        Some(report) => report_way::select(conn, WantedWays::Report(report.id)).await?,
        None => Vec::new(),
    };
    Ok(AnnualReportView {
        unit_id: unit.0,
        unit_name: of_unit.name,
        year,
        version: report.map_or(0, |report| report.version),
        stage: stage.as_str(),
        is_kept: stage.is_kept(),
        reason: report.map(|report| report.reason.clone()).unwrap_or_default(),
        versions: versions.iter().map(AnnualVersionView::new).collect(),
        moves: moves.into_iter().map(ReportAction::as_str).collect(),
        own: lines(&kept.own),
        total: lines(&kept.total),
        sums: sums(&kept.own, &kept.total, before.as_ref()),
        rates: rates(&kept.total, before.as_ref(), &kept.nev),
        parts: kept
            .parts
            .iter()
            .map(|part| AnnualPartView {
                unit_id: part.unit_id,
                unit_name: part.name.clone(),
                version: part.version,
                is_outdated: outdated.iter().any(|other| other.unit.0 == part.unit_id),
                figures: part_figures(&part.total),
            })
            .collect(),
        issues: issues.iter().map(|issue| AnnualIssueView::new(issue, name(issue.unit), &holders, language)).collect(),
        progress: progress.iter().map(Into::into).collect(),
        steps: steps.into_iter().map(Into::into).collect(),
        ways: ways.into_iter().map(AnnualWayView::from).collect(),
    })
}

async fn names(conn: &mut PgConnection, units: &[UnitId]) -> ApiResult<std::collections::HashMap<UnitId, String>> {
    Ok(figures::names(conn, units).await?)
}
