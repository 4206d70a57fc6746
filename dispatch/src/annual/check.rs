//! What stands in the way of a report, and what it lacks: each by its code, with the section, the unit and the role whose task it is.

use chrono::{Datelike as _, NaiveDate};

use super::item::{AnnualItem, AnnualSection};
use super::table::AnnualTable;
use crate::account::Role;
use crate::unit::UnitId;
use crate::word::words;

words! {
    /// What is wrong with a report, or lacks in it (统计报告问题).
    AnnualIssueKind, AnnualIssueKindError, "report.issue" {
        /// Its year is not over.
        YearNotOver = "year_not_over", "年度未结束";
        /// A line does not balance.
        Balance = "balance", "增减变动不平衡";
        /// A car is gone without a disposal.
        Undated = "undated", "已处置车辆没有处置单";
        /// A unit below has not been accepted.
        PartMissing = "part_missing", "下级报告未受理";
        /// A unit below has another version since.
        PartOutdated = "part_outdated", "下级报告已重报";
        /// Costs of the year wait to be linked to a car.
        WaitingCosts = "waiting_costs", "费用待关联";
        /// Costs may still be entered.
        YearNotClosed = "year_not_closed", "年度费用未关账";
        /// Nothing is known of the registration of a car.
        Unregistered = "unregistered", "缺少登记档案";
        /// Nobody says how many cars there may be.
        NoEstablishment = "no_establishment", "未录入编制";
        /// There are more cars than there may be.
        OverEstablishment = "over_establishment", "超编";
        /// A car without a kilometre.
        Unmoved = "unmoved", "全年无行驶里程";
        /// A car with kilometres, and without fuel or electricity.
        Unfuelled = "unfuelled", "有里程无油电记录";
        /// An order that was driven and not settled.
        Unsettled = "unsettled", "派车单未结算";
    }
}

/// Something that is wrong or lacks (统计报告问题项).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnualIssue {
    /// What.
    pub kind: AnnualIssueKind,
    /// Whose task it is.
    pub unit: UnitId,
    /// How many cars, papers or lines.
    pub count: i64,
    /// Which, as far as they are named: plates, numbers, a line, a unit.
    pub examples: Vec<String>,
}

/// A report of a unit below, as the unit above takes it (下级报告).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportPart {
    /// The unit.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// The version that was accepted last; none yet.
    pub accepted: Option<i16>,
    /// A later version is under way.
    pub is_open: bool,
}

impl AnnualIssueKind {
    /// A report with it is not checked, and goes nowhere.
    pub const fn is_error(self) -> bool {
        matches!(
            self,
            Self::YearNotOver | Self::Balance | Self::Undated | Self::PartMissing | Self::PartOutdated | Self::WaitingCosts
        )
    }

    /// The stable code; its words say what to do.
    pub const fn code(self) -> &'static str {
        match self {
            Self::YearNotOver => "report.year_not_over",
            Self::Balance => "report.balance",
            Self::Undated => "report.undated",
            Self::PartMissing => "report.part_missing",
            Self::PartOutdated => "report.part_outdated",
            Self::WaitingCosts => "report.waiting_costs",
            Self::YearNotClosed => "report.year_not_closed",
            Self::Unregistered => "report.unregistered",
            Self::NoEstablishment => "report.no_establishment",
            Self::OverEstablishment => "report.over_establishment",
            Self::Unmoved => "report.unmoved",
            Self::Unfuelled => "report.unfuelled",
            Self::Unsettled => "report.unsettled",
        }
    }

    /// In which section it shows.
    pub const fn section(self) -> AnnualSection {
        match self {
            Self::YearNotOver | Self::Balance | Self::Undated | Self::PartMissing | Self::PartOutdated | Self::Unregistered => {
                AnnualSection::Stock
            }
            Self::NoEstablishment | Self::OverEstablishment => AnnualSection::Establishment,
            Self::Unmoved | Self::Unsettled => AnnualSection::Use,
            Self::Unfuelled => AnnualSection::Energy,
            Self::WaitingCosts | Self::YearNotClosed => AnnualSection::Cost,
        }
    }

    /// Whose task it is.
    pub const fn owner(self) -> Role {
        match self {
            Self::PartMissing | Self::PartOutdated | Self::NoEstablishment | Self::YearNotClosed => Role::Authority,
            _ => Role::FleetManager,
        }
    }
}

/// How far a section is (填报进度): cars of which everything is known, of all cars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SectionProgress {
    /// The section.
    pub section: AnnualSection,
    /// Cars of the year's last day.
    pub cars: i64,
    /// Those of which something lacks.
    pub lacking: i64,
    /// What stands in the way.
    pub errors: usize,
}

/// The last day of a year.
pub fn last_day(year: i16) -> NaiveDate {
    NaiveDate::from_ymd_opt(i32::from(year), 12, 31).unwrap_or_default()
}

/// The first day of a year.
pub fn first_day(year: i16) -> NaiveDate {
    NaiveDate::from_ymd_opt(i32::from(year), 1, 1).unwrap_or_default()
}

/// Everything that is wrong with a report or lacks in it: what the store found, and what the figures and the parts say.
pub fn issues(
    unit: UnitId,
    (own, gaps): (&AnnualTable, Vec<AnnualIssue>),
    parts: &[ReportPart],
    year: i16,
    today: NaiveDate,
) -> Vec<AnnualIssue> {
    use AnnualIssueKind as K;
    let issue = |kind, count, examples| AnnualIssue { kind, unit, count, examples };
    let mut found = Vec::new();
    if today.year() <= i32::from(year) {
        found.push(issue(K::YearNotOver, 1, vec![last_day(year).to_string()]));
    }
    for line in own.imbalances() {
        let powertrain = line.kind.powertrain.map_or("", |powertrain| powertrain.term());
        let line_text = format!("{} {powertrain}: {} ≠ {}", line.kind.category.term(), line.expected, line.found);
        found.push(issue(K::Balance, (line.expected - line.found).abs(), vec![line_text]));
    }
    found.extend(parts.iter().filter_map(|part| {
        let kind = match (part.accepted, part.is_open) {
            (None, _) => K::PartMissing,
            (Some(_), true) => K::PartOutdated,
            (Some(_), false) => return None,
        };
        Some(AnnualIssue { kind, unit: part.unit, count: 1, examples: vec![part.name.clone()] })
    }));
    let over = own.total(AnnualItem::Over);
    if over > 0 {
        found.push(issue(K::OverEstablishment, over, Vec::new()));
    }
    found.extend(gaps);
    found.sort_by_key(|issue| (!issue.kind.is_error(), issue.kind, issue.unit));
    found
}

/// How far each section is.
pub fn progress(own: &AnnualTable, issues: &[AnnualIssue]) -> [SectionProgress; AnnualSection::ALL.len()] {
    let cars = own.total(AnnualItem::Closing);
    AnnualSection::ALL.map(|section| {
        let of_section = || issues.iter().filter(|issue| issue.kind.section() == section);
        let of_cars =
            [AnnualIssueKind::Unregistered, AnnualIssueKind::Unmoved, AnnualIssueKind::Unfuelled, AnnualIssueKind::Undated];
        let lacking: i64 = of_section().filter(|issue| of_cars.contains(&issue.kind)).map(|issue| issue.count).sum();
        let errors = of_section().filter(|issue| issue.kind.is_error()).count();
        SectionProgress { section, cars, lacking: lacking.min(cars), errors }
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::annual::table::AnnualKind;
    use crate::vehicle::{Powertrain, VehicleCategory};

    const UNIT: UnitId = UnitId(Uuid::from_u128(1));

    fn own() -> AnnualTable {
        let mut table = AnnualTable::default();
        let kind = AnnualKind { category: VehicleCategory::Other, powertrain: Some(Powertrain::Petrol) };
        table.add(kind, AnnualItem::Opening, 4);
        table.add(kind, AnnualItem::Closing, 4);
        table
    }

    fn part(n: u128, accepted: Option<i16>, is_open: bool) -> ReportPart {
        ReportPart { unit: UnitId(Uuid::from_u128(n)), name: format!("县{n}"), accepted, is_open }
    }

    #[test]
    fn errors_come_first_and_each_is_somebody_s_task() {
        let mut wrong = own();
        let kind = AnnualKind { category: VehicleCategory::Other, powertrain: Some(Powertrain::Petrol) };
        wrong.set(kind, AnnualItem::Closing, 3);
        let gap = AnnualIssue {
            kind: AnnualIssueKind::Unregistered,
            unit: UNIT,
            count: 2,
            examples: vec!["浙A00001".to_owned(), "浙A00002".to_owned()],
        };
        let parts = [part(2, Some(1), false), part(3, None, true), part(4, Some(1), true)];
        let found = issues(UNIT, (&wrong, vec![gap]), &parts, 2025, "2025-12-31".parse().unwrap());
        let told: Vec<_> = found.iter().map(|issue| (issue.kind.code(), issue.count)).collect();
        assert_eq!(
            told,
            [
                ("report.year_not_over", 1),
                ("report.balance", 1),
                ("report.part_missing", 1),
                ("report.part_outdated", 1),
                ("report.unregistered", 2)
            ]
        );
        assert_eq!(found[1].examples, ["其他用车 汽油: 4 ≠ 3"]);
        let stock = progress(&wrong, &found)[0];
        assert_eq!((stock.cars, stock.lacking, stock.errors), (3, 2, 4));
    }

    #[test]
    fn a_whole_report_of_a_year_that_is_over_has_nothing_in_its_way() {
        let found = issues(UNIT, (&own(), Vec::new()), &[part(2, Some(3), false)], 2025, "2026-01-01".parse().unwrap());
        assert_eq!(found, []);
        assert_eq!((first_day(2025), last_day(2025)), ("2025-01-01".parse().unwrap(), "2025-12-31".parse().unwrap()));
    }
}
