//! What people see of an annual report: figures line by line, quotients, what lacks and whose task it is, who signed, what changed.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use dispatch::account::Role;
use dispatch::annual::check::{AnnualIssue, SectionProgress};
use dispatch::annual::item::AnnualItem;
use dispatch::annual::rate::{AnnualRate, NevKinds};
use dispatch::annual::table::AnnualTable;
use dispatch::unit::UnitId;
use fleet_db::annual::{Report, Step};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::handing::AnnualWayView;
use crate::texts::Language;

/// How the reports of a unit and of those right below it stand.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnnualReportList {
    pub(super) year: i16,
    /// The unit itself, then those right below it that report.
    pub(super) items: Vec<AnnualReportItem>,
}

/// How the report of a unit stands.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnnualReportItem {
    pub(super) unit_id: Uuid,
    pub(super) unit_name: String,
    /// It is the unit that was asked for.
    pub(super) is_asked: bool,
    /// Nought where nobody has begun.
    pub(super) version: i16,
    /// `draft`, `checked`, `signed`, `submitted`, `returned` or `accepted`.
    pub(super) stage: &'static str,
    /// The version that was accepted last.
    pub(super) accepted: Option<i16>,
    pub(super) changed_at: Option<DateTime<Utc>>,
    /// Another platform speaks for the unit.
    pub(super) is_told: bool,
    /// From which platform the newest version came, and when; null where it was made here.
    pub(super) received: Option<AnnualReceivedView>,
}

/// From where a report came.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnnualReceivedView {
    pub(super) platform: String,
    pub(super) at: DateTime<Utc>,
}

/// A report of a unit and a year.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnnualReportView {
    pub(super) unit_id: Uuid,
    pub(super) unit_name: String,
    pub(super) year: i16,
    /// The version that is shown.
    pub(super) version: i16,
    pub(super) stage: &'static str,
    /// Its figures are kept as they were checked; those of a draft are worked out now.
    pub(super) is_kept: bool,
    /// Why this version was opened.
    pub(super) reason: String,
    /// All versions, the newest first.
    pub(super) versions: Vec<AnnualVersionView>,
    /// What the asker may do with the newest version.
    pub(super) moves: Vec<&'static str>,
    /// The unit's own figures.
    pub(super) own: Vec<AnnualLineView>,
    /// With those of the reports below.
    pub(super) total: Vec<AnnualLineView>,
    /// The sums over all lines, with those of the year before.
    pub(super) sums: Vec<AnnualSumView>,
    pub(super) rates: Vec<AnnualRateView>,
    /// The reports below that are in it.
    pub(super) parts: Vec<AnnualPartView>,
    pub(super) issues: Vec<AnnualIssueView>,
    pub(super) progress: Vec<AnnualProgressView>,
    /// Who did what, from the first step on.
    pub(super) steps: Vec<AnnualStepView>,
    /// How this version went between platforms, the newest round first.
    pub(super) ways: Vec<AnnualWayView>,
}

/// A version of a report.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnnualVersionView {
    version: i16,
    stage: &'static str,
    reason: String,
    changed_at: DateTime<Utc>,
}

/// A line of figures.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnnualLineView {
    category: &'static str,
    category_term: &'static str,
    /// Null for what concerns the category alone.
    powertrain: Option<&'static str>,
    powertrain_term: Option<&'static str>,
    figures: BTreeMap<&'static str, i64>,
}

/// A sum over all lines.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnnualSumView {
    item: &'static str,
    term: &'static str,
    section: &'static str,
    /// `count`, `days`, `metres`, `millilitres`, `watt_hours`, `grams` or `fen`.
    measure: &'static str,
    own: i64,
    total: i64,
    /// Of the year before, as it was accepted; null where it was not.
    before: Option<i64>,
}

/// A quotient of two sums.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnnualRateView {
    rate: &'static str,
    term: &'static str,
    part: i64,
    whole: i64,
    /// Null of nothing.
    value: Option<f64>,
    before: Option<f64>,
}

/// A report below.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnnualPartView {
    pub(super) unit_id: Uuid,
    pub(super) unit_name: String,
    /// The version that is in the sum; null where it is worked out, or had nothing to report.
    pub(super) version: Option<i16>,
    /// It says something else by now.
    pub(super) is_outdated: bool,
    /// Its cars on the last day, and what it has for what is compared.
    pub(super) figures: BTreeMap<&'static str, i64>,
}

/// Something that is wrong or lacks.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnnualIssueView {
    code: &'static str,
    /// What to do, in the language asked for.
    title: &'static str,
    /// A report with it goes nowhere.
    is_error: bool,
    section: &'static str,
    unit_id: Uuid,
    unit_name: String,
    count: i64,
    examples: Vec<String>,
    /// The role whose task it is, and who holds it in the unit.
    owner: &'static str,
    owner_term: &'static str,
    owners: Vec<String>,
}

/// How far a section is.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnnualProgressView {
    section: &'static str,
    term: &'static str,
    /// Cars, and those of which something lacks.
    cars: i64,
    lacking: i64,
    errors: usize,
}

/// A step of a report.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnnualStepView {
    action: &'static str,
    action_term: &'static str,
    to: &'static str,
    by: String,
    at: DateTime<Utc>,
    reason: String,
}

/// The lines of a table.
pub(super) fn lines(table: &AnnualTable) -> Vec<AnnualLineView> {
    let line = |(kind, figures): (dispatch::annual::table::AnnualKind, &BTreeMap<AnnualItem, i64>)| AnnualLineView {
        category: kind.category.as_str(),
        category_term: kind.category.term(),
        powertrain: kind.powertrain.map(dispatch::vehicle::Powertrain::as_str),
        powertrain_term: kind.powertrain.map(dispatch::vehicle::Powertrain::term),
        figures: figures.iter().map(|(item, amount)| (item.as_str(), *amount)).collect(),
    };
    table.lines().map(line).collect()
}

/// The sums of every figure.
pub(super) fn sums(own: &AnnualTable, total: &AnnualTable, before: Option<&AnnualTable>) -> Vec<AnnualSumView> {
    let sum = |item: AnnualItem| AnnualSumView {
        item: item.as_str(),
        term: item.term(),
        section: item.section().as_str(),
        measure: item.measure().as_str(),
        own: own.total(item),
        total: total.total(item),
        before: before.map(|before| before.total(item)),
    };
    AnnualItem::ALL.into_iter().map(sum).collect()
}

/// The quotients of a total.
pub(super) fn rates(total: &AnnualTable, before: Option<&AnnualTable>, nev: &NevKinds) -> Vec<AnnualRateView> {
    let rate = |rate: AnnualRate| {
        let found = rate.of(total, nev);
        AnnualRateView {
            rate: rate.as_str(),
            term: rate.term(),
            part: found.part,
            whole: found.whole,
            value: found.value,
            before: before.and_then(|before| rate.of(before, nev).value),
        }
    };
    AnnualRate::ALL.into_iter().map(rate).collect()
}

/// The figures of a report below that the one above shows of it.
pub(super) fn part_figures(total: &AnnualTable) -> BTreeMap<&'static str, i64> {
    let shown = [
        AnnualItem::Opening,
        AnnualItem::Closing,
        AnnualItem::Authorised,
        AnnualItem::Over,
        AnnualItem::Distance,
        AnnualItem::Trips,
        AnnualItem::Carbon,
    ];
    let running: i64 = AnnualItem::RUNNING.iter().map(|item| total.total(*item)).sum();
    shown.map(|item| (item.as_str(), total.total(item))).into_iter().chain([("running", running)]).collect()
}

impl AnnualVersionView {
    pub(super) fn new(report: &Report) -> Self {
        Self {
            version: report.version,
            stage: report.stage.as_str(),
            reason: report.reason.clone(),
            changed_at: report.changed_at,
        }
    }
}

impl AnnualIssueView {
    pub(super) fn new(
        issue: &AnnualIssue,
        name: &str,
        holders: &HashMap<(UnitId, Role), Vec<String>>,
        language: Language,
    ) -> Self {
        let owner = issue.kind.owner();
        Self {
            code: issue.kind.code(),
            title: language.title(issue.kind.code()),
            is_error: issue.kind.is_error(),
            section: issue.kind.section().as_str(),
            unit_id: issue.unit.0,
            unit_name: name.to_owned(),
            count: issue.count,
            examples: issue.examples.clone(),
            owner: owner.as_str(),
            owner_term: owner.term(),
            owners: holders.get(&(issue.unit, owner)).cloned().unwrap_or_default(),
        }
    }
}

impl From<&SectionProgress> for AnnualProgressView {
    fn from(progress: &SectionProgress) -> Self {
        Self {
            section: progress.section.as_str(),
            term: progress.section.term(),
            cars: progress.cars,
            lacking: progress.lacking,
            errors: progress.errors,
        }
    }
}

impl From<Step> for AnnualStepView {
    fn from(step: Step) -> Self {
        Self {
            action: step.action.as_str(),
            action_term: step.action.term(),
            to: step.to.as_str(),
            by: step.by,
            at: step.at,
            reason: step.reason,
        }
    }
}
