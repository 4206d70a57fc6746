//! Annual reports between platforms (直报): taken as the report of the unit for which the other platform speaks, and followed where they came from.

use chrono::{DateTime, Utc};
use dispatch::annual::flow::{ReportAction, ReportStage};
use dispatch::annual::{AnnualReportId, YEARS};
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::exchange::report::{ReportFault, ReportWayId, ReportWayState, faults};
use dispatch::exchange::{Direction, PeerMessageKind};
use dispatch::unit::UnitId;
use fleet_db::annual::{self, Report};
use fleet_db::peer::{PeerLink, reach};
use fleet_db::report_way::{self, ReportWay, WantedWays};
use fleet_db::{DbError, PgConnection};
use serde_json::Value;

use super::Done;
use crate::api::annual::handing::{HandedReport, HandedVerdict, digest, facts, stands};
use crate::api::session::new_id;
use crate::exchange::code::{EXCHANGE_BALANCE, EXCHANGE_DIGEST, EXCHANGE_MALFORMED, EXCHANGE_PAPER, EXCHANGE_REPORT_LINE};
use crate::exchange::wire::{self, Head};
use crate::problem::{ApiError, ApiResult, NOT_FOUND, SERVER_FAILED};

/// Longest name of a unit or a person, and longest reason, in characters.
const TEXT: usize = 200;
/// Problems of figures that are named.
const NAMED: usize = 10;

/// Carries a message about a report out.
pub(super) async fn carry_out(
    conn: &mut PgConnection,
    link: &PeerLink,
    head: &Head,
    message: Value,
    now: DateTime<Utc>,
) -> ApiResult<Done> {
    let direction = if head.kind == PeerMessageKind::Report { Direction::In } else { Direction::Out };
    let wanted = WantedWays::Paper(link.id, direction, &head.number, head.round);
    let known = report_way::select(conn, wanted).await?.into_iter().next();
    match (head.kind, known) {
        (PeerMessageKind::Report, None) => take(conn, link, head, wire::content(message)?, now).await,
        (PeerMessageKind::Report, Some(way)) => again(&way, &wire::content(message)?),
        (_, Some(way)) if head.sequence <= way.heard => Ok(Done { number: way.receipt.unwrap_or_default(), told: None }),
        (_, Some(way)) => decided(conn, link, way, head, &wire::content(message)?, now).await,
        (_, None) => Err(EXCHANGE_PAPER.into()),
    }
}

/// A report that is here already: the same one has its receipt, and another one under its number is none.
fn again(way: &ReportWay, handed: &HandedReport) -> ApiResult<Done> {
    if digest(&handed.figures)? != way.digest {
        return Err(ApiError::from(EXCHANGE_DIGEST).detail(way.number.clone()));
    }
    Ok(Done { number: way.receipt.clone().unwrap_or_default(), told: None })
}

/// Takes a report of another platform as that of the unit for which it speaks here.
async fn take(
    conn: &mut PgConnection,
    link: &PeerLink,
    head: &Head,
    handed: HandedReport,
    now: DateTime<Utc>,
) -> ApiResult<Done> {
    let unit = reach::of(conn, link.id).await?.down.ok_or(EXCHANGE_REPORT_LINE)?;
    let is_short = |text: &str| (1..=TEXT).contains(&text.trim().chars().count());
    let is_whole = YEARS.contains(&handed.year) && is_short(&head.number) && head.round > 0;
    if !(is_whole && is_short(&handed.unit_name) && is_short(&handed.signed_by)) {
        return Err(ApiError::from(EXCHANGE_MALFORMED).detail("year, number, round, unit_name, signed_by"));
    }
    let found = digest(&handed.figures)?;
    if found != handed.digest {
        return Err(ApiError::from(EXCHANGE_DIGEST).detail(format!("{found} {}", handed.digest)));
    }
    let figures = &handed.figures;
    let parts: Vec<_> = figures.parts.iter().map(|part| &part.total).collect();
    let wrong = faults(&figures.own, &figures.total, &parts, handed.balance);
    if !wrong.is_empty() {
        let named: Vec<String> = wrong.iter().take(NAMED).map(ReportFault::to_string).collect();
        return Err(ApiError::from(EXCHANGE_BALANCE).detail(named.join("; ")));
    }
    let report = newest(conn, link, (unit, handed.year), now).await?;
    let (to, _) = report.stage.after(ReportAction::Receive)?;
    let kept = serde_json::to_value(figures).map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error))?;
    match annual::receive(conn, &report, &kept, link.guest_account, now).await {
        Err(DbError::NotFound) => return Err(ApiError::conflict("report.moved")),
        done => done?,
    }
    annual::note(conn, report.id, (ReportAction::Receive, to), "", link.guest_account, now).await?;
    let receipt = format!("{}-{}-{}", link.code, head.number, head.round);
    let way = ReportWay {
        id: ReportWayId(new_id(now)),
        peer: link.id,
        peer_name: link.facts.name.clone(),
        direction: Direction::In,
        report: report.id,
        number: head.number.clone(),
        round: head.round,
        state: ReportWayState::Received,
        digest: handed.digest,
        receipt: Some(receipt.clone()),
        origin_unit: handed.unit_name.trim().to_owned(),
        signed_by: handed.signed_by.trim().to_owned(),
        signed_at: handed.signed_at,
        reason: None,
        told: 0,
        heard: head.sequence,
        sent_at: now,
        changed_at: now,
        waiting: None,
    };
    report_way::insert(conn, &way).await?;
    let told = entry(Action::Submitted, &report).after(facts(&way));
    Ok(Done { number: receipt, told: Some(told) })
}

/// The newest version of the unit's year; of a year of which nothing is here, the first, which begins now.
async fn newest(conn: &mut PgConnection, link: &PeerLink, (unit, year): (UnitId, i16), now: DateTime<Utc>) -> ApiResult<Report> {
    if let Some(report) = annual::versions(conn, unit, year).await?.into_iter().next() {
        return Ok(report);
    }
    annual::open(conn, AnnualReportId(new_id(now)), (unit, year, 1), "", link.guest_account, now).await?;
    Ok(annual::versions(conn, unit, year).await?.into_iter().next().ok_or(NOT_FOUND)?)
}

/// The platform above has decided on a report of ours.
async fn decided(
    conn: &mut PgConnection,
    link: &PeerLink,
    mut way: ReportWay,
    head: &Head,
    verdict: &HandedVerdict,
    now: DateTime<Utc>,
) -> ApiResult<Done> {
    let report = annual::load(conn, way.report).await?;
    let (before, action) = (facts(&way), verdict.action);
    if !matches!(action, ReportAction::Accept | ReportAction::Return | ReportAction::Reopen) {
        return Err(ApiError::from(EXCHANGE_MALFORMED).detail("action"));
    }
    let reason: String = verdict.reason.trim().chars().take(TEXT).collect();
    way.heard = head.sequence;
    way.state = stands(action);
    way.reason = Some(reason.clone()).filter(|reason| !reason.is_empty());
    let (to, _) = report.stage.after(action)?;
    if action == ReportAction::Reopen {
        let (id, version) = (AnnualReportId(new_id(now)), report.version + 1);
        annual::open(conn, id, (report.unit, report.year, version), &reason, link.guest_account, now).await?;
        annual::note(conn, id, (action, to), &reason, link.guest_account, now).await?;
    } else {
        made(conn, link, &report, (action, to), &reason, now).await?;
    }
    // The receipt may have been lost on its way: who decides has it.
    way.receipt.get_or_insert_with(|| format!("{}-{}", head.number, head.round));
    report_way::save(conn, &way, now).await?;
    let told = match action {
        ReportAction::Accept => Action::Ratified,
        ReportAction::Reopen => Action::Undone,
        _ => Action::Returned,
    };
    let told = entry(told, &report).before(before).after(facts(&way));
    Ok(Done { number: way.receipt.unwrap_or_default(), told: Some(told) })
}

/// Makes a step of the platform above on a report of ours.
async fn made(
    conn: &mut PgConnection,
    link: &PeerLink,
    report: &Report,
    (action, to): (ReportAction, ReportStage),
    reason: &str,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    match annual::advance(conn, report, (action, to), None, link.guest_account, now).await {
        Err(DbError::NotFound) => return Err(ApiError::conflict("report.moved")),
        done => done?,
    }
    Ok(annual::note(conn, report.id, (action, to), reason, link.guest_account, now).await?)
}

/// The platform above has taken a report, with its receipt, or refuses it for good: then it comes back with what was said. Of a verdict
/// nothing follows.
pub(super) async fn answered(
    conn: &mut PgConnection,
    link: &PeerLink,
    mut way: ReportWay,
    kind: PeerMessageKind,
    answer: Result<&str, &str>,
    now: DateTime<Utc>,
) -> ApiResult<Entry> {
    let report = annual::load(conn, way.report).await?;
    let before = facts(&way);
    let mut action = Action::Sent;
    match (kind, way.state, answer) {
        (PeerMessageKind::Report, ReportWayState::Sent, Ok(receipt)) => {
            way.state = ReportWayState::Received;
            way.receipt = Some(receipt.to_owned());
            report_way::save(conn, &way, now).await?;
        }
        (PeerMessageKind::Report, ReportWayState::Sent, Err(why)) => {
            action = Action::Rejected;
            way.state = ReportWayState::Refused;
            way.reason = Some(why.to_owned());
            report_way::save(conn, &way, now).await?;
            let (to, _) = report.stage.after(ReportAction::Return)?;
            made(conn, link, &report, (ReportAction::Return, to), why, now).await?;
        }
        _ => {}
    }
    Ok(entry(action, &report).before(before).after(facts(&way)))
}

fn entry(action: Action, report: &Report) -> Entry {
    let name = format!("{}-{}", report.year, report.version);
    Entry::new(action, Subject::of(SubjectKind::AnnualReport, report.id.0, name)).in_unit(report.unit)
}
