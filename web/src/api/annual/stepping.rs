//! A step of a report: who may make it, whether it is next, and what stands in its way.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chrono::{DateTime, Utc};
use dispatch::annual::AnnualReportId;
use dispatch::annual::flow::{ReportAction, ReportActionError, ReportMover, ReportStage};
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::unit::UnitId;
use fleet_db::annual::{self, Report};
use fleet_db::{DbError, PgConnection, audit, unit};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::reading::{checked_year, view};
use super::views::AnnualReportView;
use super::working::worked;
use super::{ReportRights, handing, scope};
use crate::api::lifecycle::written::{needed, optional};
use crate::api::session::new_id;
use crate::auth::Actor;
use crate::extract::{Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{AUTH_FORBIDDEN, ApiError, ApiResult, NOT_FOUND, Problem, SERVER_FAILED, Wrong};
use crate::state::App;
use crate::texts::Language;

/// A step to be made with a report.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct AnnualStepToMake {
    /// `check`, `sign`, `refuse`, `submit`, `redo`, `accept`, `return` or `reopen`; `moves` of the report says which are possible.
    action: String,
    /// In words; needed to refuse, to return and to open anew.
    #[serde(default)]
    reason: String,
}

/// Makes a step with the newest version of a report.
#[utoipa::path(post, path = "/annual-reports/{unit_id}/{year}/steps", operation_id = "step_annual_report", tag = "annual",
    request_body = AnnualStepToMake,
    params(("unit_id" = Uuid, Path), ("year" = i16, Path),
           ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = AnnualReportView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn step(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path((unit, year)): Path<(Uuid, i16)>,
    headers: HeaderMap,
    once: Once<AnnualStepToMake>,
) -> ApiResult<Response> {
    let scope = scope(&actor)?;
    checked_year(year)?;
    let (action, reason) = said(&once.body)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let of_unit = unit::load(conn, &scope, UnitId(unit)).await?;
    let rights = ReportRights::of(conn, &actor, of_unit.id, of_unit.parent).await?;
    let report = newest(conn, &actor, (of_unit.id, year), now).await?;
    let (to, mover) = report.stage.after(action)?;
    if rights.is_elsewhere(mover) {
        return Err(ApiError::conflict("report.elsewhere"));
    }
    if !rights.is(mover) {
        return Err(AUTH_FORBIDDEN.into());
    }
    let is_own = match mover {
        ReportMover::Preparer | ReportMover::Platform => false,
        ReportMover::Head => report.checked_by == Some(actor.account.id),
        ReportMover::Superior => report.submitted_by == Some(actor.account.id),
    };
    if is_own {
        return Err(ApiError::conflict("report.four_eyes"));
    }
    let stands = make(conn, &actor, &report, (action, to), &reason, now).await?;
    handing::follow(conn, (&report, &of_unit), action, &reason, now).await?;
    let name = format!("{} {year}-{stands}", of_unit.name);
    let subject = Subject::of(SubjectKind::AnnualReport, report.id.0, name);
    let entry = Entry::new(told(action), subject)
        .in_unit(of_unit.id)
        .before(json!({ "stage": report.stage.as_str(), "version": report.version }))
        .after(json!({ "stage": to.as_str(), "version": stands, "year": year }));
    let told = audit::append(conn, &actor.by(&reason), &entry, now).await?;
    let view = view(conn, &actor, (of_unit.id, year), None, Language::wanted(&headers), now).await?;
    change.finish(told, StatusCode::OK, &view).await
}

fn said(body: &AnnualStepToMake) -> ApiResult<(ReportAction, String)> {
    let mut wrong = Wrong::default();
    let action = wrong.take("action", body.action.parse::<ReportAction>(), ReportActionError::code);
    let reason = if action.is_some_and(ReportAction::needs_reason) {
        needed("reason", &body.reason, &mut wrong)
    } else {
        optional("reason", &body.reason, &mut wrong)
    };
    action.zip(reason).ok_or_else(|| wrong.into_error())
}

/// The newest version; of a year that nobody has begun, the first, which begins now.
async fn newest(conn: &mut PgConnection, actor: &Actor, (unit, year): (UnitId, i16), now: DateTime<Utc>) -> ApiResult<Report> {
    if let Some(report) = annual::versions(conn, unit, year).await?.into_iter().next() {
        return Ok(report);
    }
    annual::open(conn, AnnualReportId(new_id(now)), (unit, year, 1), "", actor.account.id, now).await?;
    Ok(annual::versions(conn, unit, year).await?.into_iter().next().ok_or(NOT_FOUND)?)
}

/// Makes the step, and says which version stands now.
async fn make(
    conn: &mut PgConnection,
    actor: &Actor,
    report: &Report,
    (action, to): (ReportAction, ReportStage),
    reason: &str,
    now: DateTime<Utc>,
) -> ApiResult<i16> {
    let by = actor.account.id;
    if action == ReportAction::Reopen {
        let version = report.version + 1;
        let id = AnnualReportId(new_id(now));
        annual::open(conn, id, (report.unit, report.year, version), reason, by, now).await?;
        annual::note(conn, id, (action, to), reason, by, now).await?;
        return Ok(version);
    }
    let figures = if action == ReportAction::Check { Some(checked(conn, report, now).await?) } else { None };
    if action == ReportAction::Submit || action == ReportAction::Accept {
        current(conn, report, now).await?;
    }
    match annual::advance(conn, report, (action, to), figures.as_ref(), by, now).await {
        Err(DbError::NotFound) => return Err(ApiError::conflict("report.moved")),
        done => done?,
    }
    annual::note(conn, report.id, (action, to), reason, by, now).await?;
    Ok(report.version)
}

/// What is kept of a draft; one that has an error is not checked, and is told all of them.
async fn checked(conn: &mut PgConnection, report: &Report, now: DateTime<Utc>) -> ApiResult<serde_json::Value> {
    let found = worked(conn, (report.unit, report.year), Some(report), now).await?;
    refuse(&found.issues)?;
    serde_json::to_value(&found.kept).map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error))
}

/// A report in which a report below has another version by now goes nowhere.
async fn current(conn: &mut PgConnection, report: &Report, now: DateTime<Utc>) -> ApiResult<()> {
    refuse(&worked(conn, (report.unit, report.year), Some(report), now).await?.issues)
}

fn refuse(issues: &[dispatch::annual::check::AnnualIssue]) -> ApiResult<()> {
    let errors: Vec<String> = issues
        .iter()
        .filter(|issue| issue.kind.is_error())
        .map(|issue| format!("{}: {}", issue.kind.code(), issue.examples.join(", ")))
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(ApiError::conflict("report.errors").detail(errors.join("; "))) }
}

/// How the log calls an action.
const fn told(action: ReportAction) -> Action {
    match action {
        ReportAction::Check => Action::Handled,
        ReportAction::Sign => Action::Approved,
        ReportAction::Refuse => Action::Rejected,
        ReportAction::Submit => Action::Submitted,
        ReportAction::Redo => Action::Withdrawn,
        ReportAction::Accept => Action::Ratified,
        ReportAction::Return => Action::Returned,
        ReportAction::Reopen => Action::Undone,
        ReportAction::Receive => Action::HandedOver,
    }
}
