//! Annual reports on their way to other platforms and from there (上报单): each time one is handed up is a round of its own.

use chrono::{DateTime, Utc};
use dispatch::annual::AnnualReportId;
use dispatch::exchange::report::{ReportWayId, ReportWayState};
use dispatch::exchange::{Direction, PeerId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// A report's way to another platform or from one (上报单).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportWay {
    /// Key.
    pub id: ReportWayId,
    /// The other platform.
    pub peer: PeerId,
    /// The same by name.
    pub peer_name: String,
    /// Which way.
    pub direction: Direction,
    /// The report here.
    pub report: AnnualReportId,
    /// Year and version where it was made.
    pub number: String,
    /// How often it went up from there.
    pub round: i32,
    /// Where it stands.
    pub state: ReportWayState,
    /// SM3 of the figures.
    pub digest: String,
    /// Of the platform that took it.
    pub receipt: Option<String>,
    /// Whose it is, by the words of where it was made.
    pub origin_unit: String,
    /// Who signed it there.
    pub signed_by: String,
    /// When that was.
    pub signed_at: Option<DateTime<Utc>>,
    /// Why it came back.
    pub reason: Option<String>,
    /// Messages written so far.
    pub told: i32,
    /// Messages heard so far.
    pub heard: i32,
    /// When it went up, or came.
    pub sent_at: DateTime<Utc>,
    /// When anything changed.
    pub changed_at: DateTime<Utc>,
    /// Tries in vain of the message that waits, and the last answer, where one waits.
    pub waiting: Option<(i32, Option<String>)>,
}

/// Which of them are asked for.
#[derive(Clone, Copy, Debug)]
pub enum WantedWays<'a> {
    /// All of a report, the newest first.
    Report(AnnualReportId),
    /// The one of that key.
    One(ReportWayId),
    /// That of another platform's paper: the platform, which way, number and round.
    Paper(PeerId, Direction, &'a str, i32),
}

struct Row {
    id: Uuid,
    platform_id: Uuid,
    peer_name: Option<String>,
    direction: String,
    report_id: Uuid,
    number: String,
    round: i32,
    state: String,
    digest: String,
    receipt: Option<String>,
    origin_unit: String,
    signed_by: String,
    signed_at: Option<DateTime<Utc>>,
    reason: Option<String>,
    told: i32,
    heard: i32,
    sent_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
    attempts: Option<i32>,
    answer_code: Option<String>,
}

impl TryFrom<Row> for ReportWay {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        Ok(Self {
            id: ReportWayId(row.id),
            peer: PeerId(row.platform_id),
            peer_name: row.peer_name.unwrap_or_default(),
            direction: row.direction.parse().map_err(unreadable)?,
            report: AnnualReportId(row.report_id),
            number: row.number,
            round: row.round,
            state: row.state.parse().map_err(unreadable)?,
            digest: row.digest,
            receipt: row.receipt,
            origin_unit: row.origin_unit,
            signed_by: row.signed_by,
            signed_at: row.signed_at,
            reason: row.reason,
            told: row.told,
            heard: row.heard,
            sent_at: row.sent_at,
            changed_at: row.changed_at,
            waiting: row.attempts.map(|attempts| (attempts, row.answer_code)),
        })
    }
}

/// Opens one. [`crate::Constraint::ReportWayPaper`] when that round is there already.
pub async fn insert(conn: &mut PgConnection, way: &ReportWay) -> Result<(), DbError> {
    sqlx::query!(
        "insert into report_way (id, platform_id, direction, report_id, number, round, state, digest, receipt, origin_unit, signed_by,
             signed_at, told, heard, sent_at, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)",
        way.id.0,
        way.peer.0,
        way.direction.as_str(),
        way.report.0,
        way.number,
        way.round,
        way.state.as_str(),
        way.digest,
        way.receipt,
        way.origin_unit,
        way.signed_by,
        way.signed_at,
        way.told,
        way.heard,
        way.sent_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The ways that are asked for, as far as the connection may see their reports.
pub async fn select(conn: &mut PgConnection, wanted: WantedWays<'_>) -> Result<Vec<ReportWay>, DbError> {
    let (mut report, mut one, mut paper) = (None, None, None);
    match wanted {
        WantedWays::Report(id) => report = Some(id.0),
        WantedWays::One(id) => one = Some(id.0),
        WantedWays::Paper(peer, direction, number, round) => paper = Some((peer.0, direction.as_str(), number, round)),
    }
    let rows = sqlx::query_as!(
        Row,
        r#"select w.id, w.platform_id, peer_label(w.platform_id) as peer_name, w.direction, w.report_id, w.number, w.round, w.state, w.digest,
                  w.receipt, w.origin_unit, w.signed_by, w.signed_at, w.reason, w.told, w.heard, w.sent_at, w.changed_at,
                  waiting.attempts as "attempts?", waiting.answer_code
           from report_way w
           left join lateral (
               select m.attempts, m.answer_code from peer_message m
               where m.report_way_id = w.id and m.state = 'due'
               order by m.sequence
               limit 1
           ) as waiting on true
           where w.report_id = $1 or w.id = $2 or (w.platform_id = $3 and w.direction = $4 and w.number = $5 and w.round = $6)
           order by w.sent_at desc, w.round desc"#,
        report,
        one,
        paper.map(|(peer, ..)| peer),
        paper.map(|(_, direction, ..)| direction),
        paper.map(|(.., number, _)| number),
        paper.map(|(.., round)| round),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(ReportWay::try_from).collect()
}

/// The reports among these that came from another platform: its name, and when it was heard.
pub async fn received(
    conn: &mut PgConnection,
    reports: &[AnnualReportId],
) -> Result<Vec<(AnnualReportId, String, DateTime<Utc>)>, DbError> {
    let reports: Vec<Uuid> = reports.iter().map(|report| report.0).collect();
    let rows = sqlx::query!(
        r#"select distinct on (report_id) report_id, coalesce(peer_label(platform_id), '') as "peer!", sent_at
           from report_way
           where report_id = any ($1) and direction = 'in'
           order by report_id, sent_at desc"#,
        &reports,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (AnnualReportId(row.report_id), row.peer, row.sent_at)).collect())
}

/// Stores where it stands.
pub async fn save(conn: &mut PgConnection, way: &ReportWay, now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "update report_way set state = $2, receipt = $3, reason = $4, told = $5, heard = $6, changed_at = $7 where id = $1 returning id",
        way.id.0,
        way.state.as_str(),
        way.receipt,
        way.reason,
        way.told,
        way.heard,
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}
