//! A report as it is: what was kept of it, or what its unit's year comes to now.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use dispatch::annual::check::{AnnualIssue, AnnualIssueKind, ReportPart, SectionProgress, issues, last_day, progress};
use dispatch::annual::flow::ReportStage;
use dispatch::annual::rate::NevKinds;
use dispatch::annual::roll::ReportTree;
use dispatch::annual::table::AnnualTable;
use dispatch::calendar::day_of;
use dispatch::rule::key::RuleKey;
use dispatch::rule::resolve::resolve;
use dispatch::rule::value::RuleValue;
use dispatch::unit::UnitId;
use dispatch::vehicle::Powertrain;
use fleet_db::annual::{self, Report, figures};
use fleet_db::peer::reach;
use fleet_db::{PgConnection, report_way, rule};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::problem::{ApiError, ApiResult, SERVER_FAILED};

/// What is kept of a report that was checked (报告定稿).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct KeptReport {
    /// The unit's own figures.
    pub(crate) own: AnnualTable,
    /// With those of the reports below.
    pub(crate) total: AnnualTable,
    /// What counted as new energy.
    pub(crate) nev: NevKinds,
    /// Which reports below are in it.
    pub(crate) parts: Vec<KeptPart>,
}

/// A report below, as it went into the one above (并入的下级报告).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct KeptPart {
    pub(crate) unit_id: Uuid,
    pub(crate) name: String,
    /// The version that went in; nothing of a unit that had nothing to report.
    pub(crate) version: Option<i16>,
    pub(crate) total: AnnualTable,
}

/// A report as it is (报告现状).
#[derive(Debug)]
pub(super) struct Worked {
    pub(super) kept: KeptReport,
    /// The total of the year before, as it was accepted last.
    pub(super) before: Option<AnnualTable>,
    pub(super) issues: Vec<AnnualIssue>,
    pub(super) progress: Vec<SectionProgress>,
    /// Reports below that have another version than the one that went in.
    pub(super) outdated: Vec<ReportPart>,
}

/// What was kept of a report.
pub(crate) fn kept(report: &Report) -> ApiResult<Option<KeptReport>> {
    let kept = report.figures.clone().map(serde_json::from_value).transpose();
    kept.map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error))
}

/// A report of a unit and a year as it is: kept, or worked out now.
pub(super) async fn worked(
    conn: &mut PgConnection,
    (unit, year): (UnitId, i16),
    report: Option<&Report>,
    now: DateTime<Utc>,
) -> ApiResult<Worked> {
    let units = figures::units(conn, unit).await?;
    let tree = ReportTree::new(unit, &units);
    let speakers = annual::accepted(conn, &units.iter().map(|unit| unit.id).collect::<Vec<_>>(), year).await?;
    let spoken = tree.spoken(|below| speakers.contains(&below));
    let asked: Vec<UnitId> = tree.below(unit).iter().chain(&spoken).copied().collect();
    let newest = annual::newest(conn, &asked, year).await?;
    let before = before(conn, unit, year).await?;
    if let Some(kept) = report.map(kept).transpose()?.flatten() {
        // What another platform said has its parts there.
        let is_received =
            !report_way::received(conn, &report.map(|report| report.id).into_iter().collect::<Vec<_>>()).await?.is_empty();
        let outdated = if is_received { Vec::new() } else { outdated(&kept, &newest) };
        let before = before.map(|kept| kept.total);
        let issues = outdated.iter().map(|part| AnnualIssue {
            kind: AnnualIssueKind::PartOutdated,
            unit: part.unit,
            count: 1,
            examples: vec![part.name.clone()],
        });
        let (issues, progress) = (issues.collect::<Vec<_>>(), progress(&kept.own, &[]).to_vec());
        return Ok(Worked { kept, before, issues, progress, outdated });
    }
    let mut said: HashMap<UnitId, AnnualTable> = HashMap::new();
    for report in newest.iter().filter(|report| report.stage == ReportStage::Accepted) {
        if let Some(kept) = kept(report)? {
            said.insert(report.unit, kept.total);
        }
    }
    let counted = tree.counted(|unit| said.contains_key(&unit));
    let mut own = tree.own(&figures::of_year(conn, &counted, year).await?);
    let mine = own.entry(unit).or_default();
    if let Some(before) = &before {
        mine.open_with(&before.own);
    }
    own.values_mut().for_each(AnnualTable::count_over);
    let mut totals = tree.totals(&own, &said);
    let told = reach::told_for(conn, tree.below(unit)).await?;
    let parts = tree.below(unit).iter();
    let parts: Vec<ReportPart> =
        parts.filter_map(|below| part((*below, tree.name(*below)), &newest, &totals, told.contains(below))).collect();
    let kept_parts = tree.below(unit).iter().map(|below| KeptPart {
        unit_id: below.0,
        name: tree.name(*below).to_owned(),
        version: accepted(*below, &newest),
        total: totals.get(below).cloned().unwrap_or_default(),
    });
    let kept_parts = kept_parts.collect();
    let own = own.remove(&unit).unwrap_or_default();
    let gaps = figures::gaps(conn, &tree.spoken_for(unit), year).await?;
    let issues = issues(unit, (&own, gaps), &parts, year, day_of(now));
    let progress = progress(&own, &issues).to_vec();
    let kept = KeptReport {
        total: totals.remove(&unit).unwrap_or_default(),
        nev: nev(conn, unit, year, now).await?,
        parts: kept_parts,
        own,
    };
    Ok(Worked { kept, before: before.map(|kept| kept.total), issues, progress, outdated: Vec::new() })
}

/// The year before, as it was accepted last.
async fn before(conn: &mut PgConnection, unit: UnitId, year: i16) -> ApiResult<Option<KeptReport>> {
    let versions = annual::versions(conn, unit, year - 1).await?;
    let accepted = versions.iter().find(|report| report.stage == ReportStage::Accepted);
    Ok(accepted.map(kept).transpose()?.flatten())
}

fn accepted(unit: UnitId, newest: &[Report]) -> Option<i16> {
    let mut of_unit = newest.iter().filter(|report| report.unit == unit);
    of_unit.find(|report| report.stage == ReportStage::Accepted).map(|report| report.version)
}

/// How a unit below stands; one that has nothing to report, and reports nothing, is not waited for, unless another platform speaks for it.
fn part(
    (unit, name): (UnitId, &str),
    newest: &[Report],
    totals: &HashMap<UnitId, AnnualTable>,
    is_told: bool,
) -> Option<ReportPart> {
    let accepted = accepted(unit, newest);
    let is_open = newest.iter().any(|report| report.unit == unit && Some(report.version) > accepted);
    let is_silent = !is_told && accepted.is_none() && !is_open && totals.get(&unit).is_none_or(AnnualTable::is_empty);
    (!is_silent).then(|| ReportPart { unit, name: name.to_owned(), accepted, is_open })
}

/// Reports below that say something else by now.
fn outdated(kept: &KeptReport, newest: &[Report]) -> Vec<ReportPart> {
    let changed = kept.parts.iter().filter_map(|part| {
        let unit = UnitId(part.unit_id);
        let accepted = accepted(unit, newest);
        (accepted != part.version).then(|| ReportPart { unit, name: part.name.clone(), accepted, is_open: true })
    });
    changed.collect()
}

/// What counts as new energy for a unit on the last day of a year.
async fn nev(conn: &mut PgConnection, unit: UnitId, year: i16, now: DateTime<Utc>) -> ApiResult<NevKinds> {
    let line = rule::superiors(conn, unit).await?;
    let versions = rule::binding(conn, unit, &[RuleKey::NevPowertrains, RuleKey::NevPowertrainsPlan]).await?;
    let listed = |key| match resolve(&versions, key, &line, last_day(year), now).map(|held| held.value) {
        Some(RuleValue::Texts(texts)) => texts.iter().filter_map(|text| text.parse::<Powertrain>().ok()).collect(),
        _ => Vec::new(),
    };
    Ok(NevKinds { purchase: listed(RuleKey::NevPowertrains), plan: listed(RuleKey::NevPowertrainsPlan) })
}
