//! A report that goes between platforms (直报): handed up with its figures, their balance and their digest; answered with a verdict.

use chrono::{DateTime, Utc};
use dispatch::annual::flow::ReportAction;
use dispatch::exchange::report::{ReportBalance, ReportWayId, ReportWayState};
use dispatch::exchange::{Direction, PeerId, PeerMessageKind};
use dispatch::unit::Unit;
use fleet_db::annual::{self, Report};
use fleet_db::hand_over::outbox;
use fleet_db::peer::reach;
use fleet_db::report_way::{self, ReportWay, WantedWays};
use fleet_db::{PgConnection, peer};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sm3::{Digest as _, Sm3};
use utoipa::ToSchema;

use super::working::{KeptReport, kept};
use crate::api::session::new_id;
use crate::exchange::wire::report_message;
use crate::problem::{ApiError, ApiResult, SERVER_FAILED};

/// A report as it is handed up (上报报文).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct HandedReport {
    pub(crate) year: i16,
    pub(crate) unit_name: String,
    pub(crate) region_code: String,
    pub(crate) checked_by: String,
    pub(crate) signed_by: String,
    pub(crate) signed_at: Option<DateTime<Utc>>,
    /// That of the total.
    pub(crate) balance: ReportBalance,
    /// SM3 of the figures.
    pub(crate) digest: String,
    pub(crate) figures: KeptReport,
}

/// What became of it above (批复报文).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct HandedVerdict {
    /// `accept`, `return` or `reopen`.
    pub(crate) action: ReportAction,
    pub(crate) reason: String,
}

/// A report's way to another platform or from one.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnnualWayView {
    /// `out`: handed up to the platform; `in`: it handed it up to us.
    direction: &'static str,
    platform: String,
    /// `sent`, `received`, `returned`, `accepted`, `refused` or `reopened`.
    state: &'static str,
    /// Year and version where it was made, and how often it went up.
    number: String,
    round: i32,
    /// SM3 of the figures, hexadecimal.
    digest: String,
    /// Number of the receipt of the platform that took it.
    receipt: Option<String>,
    /// Whose it is and who signed it, by the words of where it was made.
    origin_unit: String,
    signed_by: String,
    signed_at: Option<DateTime<Utc>>,
    /// Why it came back.
    reason: Option<String>,
    sent_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
    /// Tries in vain of the message that waits to be taken there; null when none waits.
    attempts: Option<i32>,
    /// What the last try came to, by its code.
    answer: Option<String>,
}

impl From<ReportWay> for AnnualWayView {
    fn from(way: ReportWay) -> Self {
        let (attempts, answer) = way.waiting.unzip();
        Self {
            direction: way.direction.as_str(),
            platform: way.peer_name,
            state: way.state.as_str(),
            number: way.number,
            round: way.round,
            digest: way.digest,
            receipt: way.receipt,
            origin_unit: way.origin_unit,
            signed_by: way.signed_by,
            signed_at: way.signed_at,
            reason: way.reason,
            sent_at: way.sent_at,
            changed_at: way.changed_at,
            attempts,
            answer: answer.flatten(),
        }
    }
}

/// What the audit log tells of a way.
pub(crate) fn facts(way: &ReportWay) -> Value {
    json!({
        "platform": way.peer_name, "direction": way.direction.as_str(), "number": way.number, "round": way.round, "state": way.state.as_str(),
        "digest": way.digest, "receipt": way.receipt, "reason": way.reason,
    })
}

/// SM3 of figures, as they are written down.
pub(crate) fn digest(figures: &KeptReport) -> ApiResult<String> {
    let text = serde_json::to_vec(figures).map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error))?;
    Ok(hex::encode(Sm3::digest(text)))
}

/// What follows between platforms from a step that was made here: a report goes up, or a verdict goes down.
pub(super) async fn follow(
    conn: &mut PgConnection,
    (report, unit): (&Report, &Unit),
    action: ReportAction,
    reason: &str,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    match action {
        ReportAction::Submit => match reach::goes_to(conn, unit.id).await? {
            Some(peer) => hand_up(conn, (report, unit), peer, now).await,
            None => Ok(()),
        },
        ReportAction::Accept | ReportAction::Return | ReportAction::Reopen => {
            let ways = report_way::select(conn, WantedWays::Report(report.id)).await?;
            match ways.into_iter().find(|way| way.direction == Direction::In) {
                Some(way) => hand_down(conn, way, action, reason, now).await,
                None => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

async fn hand_up(conn: &mut PgConnection, (report, unit): (&Report, &Unit), peer: PeerId, now: DateTime<Utc>) -> ApiResult<()> {
    let figures = kept(report)?.ok_or_else(|| ApiError::conflict("report.moved"))?;
    let steps = annual::steps(conn, report.id).await?;
    let last = |action| steps.iter().rev().find(|step| step.action == action);
    let name = |action| last(action).map(|step| step.by.clone()).unwrap_or_default();
    let rounds = report_way::select(conn, WantedWays::Report(report.id)).await?;
    let mut way = ReportWay {
        id: ReportWayId(new_id(now)),
        peer,
        peer_name: peer::label(conn, peer).await?,
        direction: Direction::Out,
        report: report.id,
        number: format!("{}-{}", report.year, report.version),
        round: rounds.iter().map(|way| way.round).max().unwrap_or_default() + 1,
        state: ReportWayState::Sent,
        digest: digest(&figures)?,
        receipt: None,
        origin_unit: unit.name.clone(),
        signed_by: name(ReportAction::Sign),
        signed_at: last(ReportAction::Sign).map(|step| step.at),
        reason: None,
        told: 0,
        heard: 0,
        sent_at: now,
        changed_at: now,
        waiting: None,
    };
    report_way::insert(conn, &way).await?;
    let handed = HandedReport {
        year: report.year,
        unit_name: unit.name.clone(),
        region_code: unit.region.to_string(),
        checked_by: name(ReportAction::Check),
        signed_by: way.signed_by.clone(),
        signed_at: way.signed_at,
        balance: ReportBalance::of(&figures.total),
        digest: way.digest.clone(),
        figures,
    };
    let message = report_message(&way, PeerMessageKind::Report, &handed)?;
    outbox::enqueue_report(conn, &mut way, PeerMessageKind::Report, &message, now).await?;
    Ok(report_way::save(conn, &way, now).await?)
}

async fn hand_down(
    conn: &mut PgConnection,
    mut way: ReportWay,
    action: ReportAction,
    reason: &str,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    way.state = stands(action);
    way.reason = Some(reason.to_owned()).filter(|reason| !reason.is_empty());
    let message = report_message(&way, PeerMessageKind::Verdict, &HandedVerdict { action, reason: reason.to_owned() })?;
    outbox::enqueue_report(conn, &mut way, PeerMessageKind::Verdict, &message, now).await?;
    Ok(report_way::save(conn, &way, now).await?)
}

/// Where a report stands between platforms after a verdict.
pub(crate) const fn stands(action: ReportAction) -> ReportWayState {
    match action {
        ReportAction::Accept => ReportWayState::Accepted,
        ReportAction::Reopen => ReportWayState::Reopened,
        _ => ReportWayState::Returned,
    }
}
