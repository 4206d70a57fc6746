//! Annual reports as they are stored (年度统计报告): versions of a unit's year, their steps, and what drafts are worked out from.

pub mod figures;

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::annual::AnnualReportId;
use dispatch::annual::flow::{ReportAction, ReportStage};
use dispatch::unit::UnitId;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// A version of a report (统计报告版本).
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Key.
    pub id: AnnualReportId,
    /// Of which unit.
    pub unit: UnitId,
    /// Of which year.
    pub year: i16,
    /// 1, 2, …
    pub version: i16,
    /// Where it stands.
    pub stage: ReportStage,
    /// What was found when it was checked; a draft has none.
    pub figures: Option<Value>,
    /// Why it was opened anew.
    pub reason: String,
    /// Who checked it.
    pub checked_by: Option<AccountId>,
    /// Who handed it up.
    pub submitted_by: Option<AccountId>,
    /// When anything changed.
    pub changed_at: DateTime<Utc>,
}

/// A step of a report (统计报告办理记录).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What was done.
    pub action: ReportAction,
    /// Where it led.
    pub to: ReportStage,
    /// By whom, by name.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// In words.
    pub reason: String,
}

struct Row {
    id: Uuid,
    unit_id: Uuid,
    year: i16,
    version: i16,
    stage: String,
    figures: Option<Value>,
    reason: String,
    checked_by: Option<Uuid>,
    submitted_by: Option<Uuid>,
    changed_at: DateTime<Utc>,
}

impl TryFrom<Row> for Report {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        Ok(Self {
            id: AnnualReportId(row.id),
            unit: UnitId(row.unit_id),
            year: row.year,
            version: row.version,
            stage: row.stage.parse().map_err(unreadable)?,
            figures: row.figures,
            reason: row.reason,
            checked_by: row.checked_by.map(AccountId),
            submitted_by: row.submitted_by.map(AccountId),
            changed_at: row.changed_at,
        })
    }
}

/// Every version of a unit's year that the asker sees, the newest first.
pub async fn versions(conn: &mut PgConnection, unit: UnitId, year: i16) -> Result<Vec<Report>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        "select id, unit_id, year, version, stage, figures, reason, checked_by, submitted_by, changed_at
         from annual_report
         where unit_id = $1 and year = $2
         order by version desc",
        unit.0,
        year,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Report::try_from).collect()
}

/// The newest version of each of the units, and the newest that was accepted, without their figures but of those that were accepted.
pub async fn newest(conn: &mut PgConnection, units: &[UnitId], year: i16) -> Result<Vec<Report>, DbError> {
    let units: Vec<Uuid> = units.iter().map(|unit| unit.0).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"select r.id, r.unit_id, r.year, r.version, r.stage, case when r.stage = 'accepted' then r.figures end as figures, r.reason,
                  r.checked_by, r.submitted_by, r.changed_at
           from annual_report r
           where r.unit_id = any($1) and r.year = $2
             and not exists (select from annual_report later
                             where later.unit_id = r.unit_id and later.year = r.year and later.version > r.version
                               and (r.stage <> 'accepted' or later.stage = 'accepted'))
           order by r.unit_id, r.version desc"#,
        &units,
        year,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Report::try_from).collect()
}

/// Those of the units of which a version was accepted.
pub async fn accepted(conn: &mut PgConnection, units: &[UnitId], year: i16) -> Result<HashSet<UnitId>, DbError> {
    let units: Vec<Uuid> = units.iter().map(|unit| unit.0).collect();
    let found = sqlx::query_scalar!(
        "select distinct unit_id from annual_report where unit_id = any($1) and year = $2 and stage = 'accepted'",
        &units,
        year,
    );
    Ok(found.fetch_all(conn).await?.into_iter().map(UnitId).collect())
}

/// Opens a version, as a draft. Two who open it at once do so once: the second finds it.
pub async fn open(
    conn: &mut PgConnection,
    id: AnnualReportId,
    (unit, year, version): (UnitId, i16, i16),
    reason: &str,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into annual_report (id, unit_id, year, version, stage, reason, opened_by, opened_at, changed_at)
         values ($1, $2, $3, $4, 'draft', $5, $6, $7, $7)
         on conflict on constraint annual_report_version_key do nothing",
        id.0,
        unit.0,
        year,
        version,
        reason,
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Moves a report on. [`DbError::NotFound`] when it is no longer where it was: somebody was faster.
pub async fn advance(
    conn: &mut PgConnection,
    report: &Report,
    (action, to): (ReportAction, ReportStage),
    figures: Option<&Value>,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let only = |wanted: &[ReportAction]| wanted.contains(&action).then_some(by.0);
    sqlx::query_scalar!(
        "update annual_report
         set stage = $3,
             figures = case when $3 = 'draft' then null else coalesce($4, figures) end,
             checked_by = case when $3 = 'draft' then null else coalesce($5, checked_by) end,
             signed_by = case when $3 = 'draft' then null else coalesce($6, signed_by) end,
             submitted_by = case when $3 = 'draft' then null else coalesce($7, submitted_by) end,
             decided_by = case when $3 = 'draft' then null else coalesce($8, decided_by) end,
             changed_at = $9
         where id = $1 and stage = $2
         returning id",
        report.id.0,
        report.stage.as_str(),
        to.as_str(),
        figures,
        only(&[ReportAction::Check]),
        only(&[ReportAction::Sign]),
        only(&[ReportAction::Submit]),
        only(&[ReportAction::Accept, ReportAction::Return]),
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// Takes a report that came from the platform on which its unit works, in the place of whatever lay here; `by` stands for that platform.
/// [`DbError::NotFound`] when it is no longer where it was.
pub async fn receive(
    conn: &mut PgConnection,
    report: &Report,
    figures: &Value,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "update annual_report
         set stage = 'draft', figures = null, checked_by = null, signed_by = null, submitted_by = null, decided_by = null, changed_at = $3
         where id = $1 and stage = $2
         returning id",
        report.id.0,
        report.stage.as_str(),
        now,
    )
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query!(
        "update annual_report set stage = 'submitted', figures = $2, signed_by = $3, submitted_by = $3 where id = $1",
        report.id.0,
        figures,
        by.0,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The report of that key.
pub async fn load(conn: &mut PgConnection, id: AnnualReportId) -> Result<Report, DbError> {
    let row = sqlx::query_as!(
        Row,
        "select id, unit_id, year, version, stage, figures, reason, checked_by, submitted_by, changed_at from annual_report where id = $1",
        id.0,
    );
    Report::try_from(row.fetch_one(conn).await?)
}

/// Notes what was done.
pub async fn note(
    conn: &mut PgConnection,
    report: AnnualReportId,
    (action, to): (ReportAction, ReportStage),
    reason: &str,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into annual_report_step (report_id, action, to_stage, by, at, reason) values ($1, $2, $3, $4, $5, $6)",
        report.0,
        action.as_str(),
        to.as_str(),
        by.0,
        now,
        reason,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The steps of a report, as they came.
pub async fn steps(conn: &mut PgConnection, report: AnnualReportId) -> Result<Vec<Step>, DbError> {
    let rows = sqlx::query!(
        r#"select action, to_stage, account_name(by) as "by!", at, reason from annual_report_step where report_id = $1 order by seq"#,
        report.0,
    )
    .fetch_all(conn)
    .await?;
    let steps = rows.into_iter().map(|row| {
        Ok(Step {
            action: row.action.parse().map_err(unreadable)?,
            to: row.to_stage.parse().map_err(unreadable)?,
            by: row.by,
            at: row.at,
            reason: row.reason,
        })
    });
    steps.collect()
}
