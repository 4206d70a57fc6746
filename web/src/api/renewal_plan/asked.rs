//! What is tried: targets year by year in place of those of the register, and which part of the answer is wanted.

use dispatch::renewal::{MOST_YEARS, TargetKind};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::problem::{ApiResult, Wrong};

/// Cars of a page.
const PAGE: usize = 200;
const MOST: usize = 1_000;
/// Most fen of a year.
const MOST_BUDGET: i64 = 1_000_000_000_000;

/// Another plan for the years ahead.
///
/// Each list has one figure a year; the last one holds on, null is no such target, and an absent list leaves what the register says.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(crate) struct RenewalToTry {
    /// The unit and those below; one's own when absent.
    unit_id: Option<Uuid>,
    /// 1 to 10 years, from the next one on.
    years: Option<u32>,
    /// What new cars may cost.
    budget_fen: Option<Vec<Option<i64>>>,
    /// What running and hiring may cost.
    running_fen: Option<Vec<Option<i64>>>,
    /// Of the cars bought, how many of a hundred are of new energy at least.
    nev_flow_pct: Option<Vec<Option<i64>>>,
    /// The same of the cars there are at the year's end.
    nev_stock_pct: Option<Vec<Option<i64>>>,
    /// Months of age on average at the year's end at the most.
    mean_age_months: Option<Vec<Option<i64>>>,
    /// Of the cars at the year's end, how many of a hundred are old at the most.
    over_age_pct: Option<Vec<Option<i64>>>,
    /// Days of use a year on average at least.
    use_days: Option<Vec<Option<i64>>>,
    /// Of the cars there are at the start, how many of a hundred are renewed in a year at the most.
    renewed_pct: Option<Vec<Option<i64>>>,
    /// `plan`: hybrids count as new energy, as in the national plan; `law` when absent.
    counting: Option<String>,
    /// Kilometres of an electric car with a full battery in mild weather, 50 to 1000.
    range_km: Option<u32>,
    /// Of a hundred of them, how many are left in the cold, 10 to 100.
    cold_pct: Option<u32>,
    /// `next` of the page before.
    after: Option<Uuid>,
    /// 1 to 1000 cars, 200 when absent.
    limit: Option<usize>,
}

/// The same, read.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) unit: Option<Uuid>,
    pub(super) years: Option<usize>,
    /// Targets that take the place of the register's, in the measure of their kind.
    pub(super) targets: Vec<(TargetKind, Vec<Option<i64>>)>,
    pub(super) is_by_plan: bool,
    pub(super) range_km: Option<u32>,
    pub(super) cold_pct: Option<u32>,
    pub(super) after: Option<Uuid>,
    pub(super) limit: usize,
}

impl RenewalToTry {
    /// Read, or everything that is wrong with it.
    pub(super) fn read(self) -> ApiResult<Wanted> {
        let mut wrong = Wrong::default();
        let years = self.years.map(|years| usize::try_from(years).unwrap_or(usize::MAX));
        if years.is_some_and(|years| !(1..=MOST_YEARS).contains(&years)) {
            wrong.note("years", "renewal_plan.years");
        }
        if self.range_km.is_some_and(|km| !(50..=1_000).contains(&km)) {
            wrong.note("range_km", "renewal_plan.range");
        }
        if self.cold_pct.is_some_and(|pct| !(10..=100).contains(&pct)) {
            wrong.note("cold_pct", "renewal_plan.cold");
        }
        let is_by_plan = match self.counting.as_deref() {
            None | Some("" | "law") => false,
            Some("plan") => true,
            Some(_) => {
                wrong.note("counting", "renewal_plan.counting");
                false
            }
        };
        let lists = [
            ("budget_fen", TargetKind::Budget, self.budget_fen, MOST_BUDGET, 1),
            ("running_fen", TargetKind::Running, self.running_fen, MOST_BUDGET, 1),
            ("nev_flow_pct", TargetKind::NevFlow, self.nev_flow_pct, 100, 100),
            ("nev_stock_pct", TargetKind::NevStock, self.nev_stock_pct, 100, 100),
            ("mean_age_months", TargetKind::MeanAge, self.mean_age_months, 600, 1),
            ("over_age_pct", TargetKind::OverAge, self.over_age_pct, 100, 100),
            ("use_days", TargetKind::UseDays, self.use_days, 366, 1),
            ("renewed_pct", TargetKind::Renewed, self.renewed_pct, 100, 100),
        ];
        let mut targets = Vec::new();
        for (field, kind, list, most, times) in lists {
            let Some(list) = list else { continue };
            if list.len() > MOST_YEARS || list.iter().flatten().any(|value| !(0..=most).contains(value)) {
                wrong.note(field, "renewal_plan.target_value");
                continue;
            }
            targets.push((kind, list.into_iter().map(|value| value.map(|value| value * times)).collect()));
        }
        if !wrong.is_empty() {
            return Err(wrong.into_error());
        }
        let limit = self.limit.unwrap_or(PAGE).clamp(1, MOST);
        let (range_km, cold_pct) = (self.range_km, self.cold_pct);
        Ok(Wanted { unit: self.unit_id, years, targets, is_by_plan, range_km, cold_pct, after: self.after, limit })
    }
}
