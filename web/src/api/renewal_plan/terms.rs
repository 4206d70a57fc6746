//! What the register says of plans of renewal, with what is tried in its place.

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::lifecycle::standard::counts;
use dispatch::renewal::electric::ElectricTerms;
use dispatch::renewal::known::{Hire, NewCarTerms};
use dispatch::renewal::score::ScoreWeight;
use dispatch::renewal::{MOST_YEARS, Target, TargetKind};
use dispatch::right_size::Costs;
use dispatch::rule::key::RuleKey;
use dispatch::rule::resolve::{RuleVersion, resolve};
use dispatch::rule::value::RuleValue;
use dispatch::unit::UnitId;
use dispatch::vehicle::Powertrain;

use super::asked::Wanted;

/// What is read of the register.
pub(super) const KEYS: [RuleKey; 13] = [
    RuleKey::RenewalTargets,
    RuleKey::RenewalNewCars,
    RuleKey::ElectricFit,
    RuleKey::ReplacementScore,
    RuleKey::RenewalYears,
    RuleKey::RenewalKilometres,
    RuleKey::RenewalStockShare,
    RuleKey::ForcedScrap,
    RuleKey::NevShare,
    RuleKey::NevShareCourier,
    RuleKey::NevPowertrains,
    RuleKey::NevPowertrainsPlan,
    RuleKey::FleetCosts,
];

/// Terms of a plan.
#[derive(Debug)]
pub(super) struct PlanTerms {
    pub(super) versions: Vec<RuleVersion>,
    pub(super) now: DateTime<Utc>,
    /// The first year, of the calendar.
    pub(super) first_year: i32,
    pub(super) years: usize,
    pub(super) discount: u32,
    pub(super) old_months: u32,
    pub(super) move_below_days: u32,
    /// Kilometres and days of a car of which nothing is known.
    pub(super) usual: (u32, u32),
    pub(super) new_cars: Vec<NewCarTerms>,
    pub(super) hire: Hire,
    pub(super) electric: ElectricTerms,
    pub(super) weights: Vec<ScoreWeight>,
    pub(super) targets: Vec<Target>,
    /// Every confidential courier that comes is of new energy.
    pub(super) couriers_new: bool,
    /// Years after which a car may be renewed.
    pub(super) renewal_years: u32,
    nev: Option<RuleValue>,
}

impl PlanTerms {
    /// By the rules of a unit as they are known now, for the years from one on.
    pub(super) fn of(versions: Vec<RuleVersion>, line: &[UnitId], wanted: &Wanted, first_year: i32, now: DateTime<Utc>) -> Self {
        let on = NaiveDate::from_ymd_opt(first_year, 1, 1).unwrap_or(NaiveDate::MAX);
        let held = |key| resolve(&versions, key, line, on, now).map(|held| held.value);
        let value = |key| held(key).unwrap_or(RuleValue::Number(0.0));
        let number = |key| held(key).and_then(|value| value.number()).unwrap_or_default();
        let table = value(RuleKey::RenewalTargets);
        let costs = Costs::of(&value(RuleKey::FleetCosts));
        let years = usize::try_from(table.count_of("years")).unwrap_or(MOST_YEARS);
        let years = wanted.years.unwrap_or(years).clamp(1, MOST_YEARS);
        let mut electric = ElectricTerms::of(&value(RuleKey::ElectricFit));
        electric.range_m = wanted.range_km.map_or(electric.range_m, |km| km * 1_000);
        electric.cold_pct = wanted.cold_pct.unwrap_or(electric.cold_pct);
        let nev = if wanted.is_by_plan { RuleKey::NevPowertrainsPlan } else { RuleKey::NevPowertrains };
        let targets = targets(&table, (number(RuleKey::NevShare), number(RuleKey::RenewalStockShare)), wanted, years);
        Self {
            now,
            first_year,
            years,
            discount: table.count_of("discount_hundredths").min(10_000),
            old_months: table.count_of("old_months"),
            move_below_days: table.count_of("move_below_days"),
            usual: (table.count_of("usual_km"), table.count_of("usual_days").min(366)),
            new_cars: NewCarTerms::of(&value(RuleKey::RenewalNewCars)),
            hire: Hire { day: costs.rental_trip, km: costs.rental_km },
            electric,
            weights: ScoreWeight::of(&value(RuleKey::ReplacementScore)),
            targets,
            couriers_new: number(RuleKey::NevShareCourier) >= 100.0,
            renewal_years: hundredths(number(RuleKey::RenewalYears)) / 100,
            nev: held(nev),
            versions,
        }
    }

    /// It counts as new energy.
    pub(super) fn is_new_energy(&self, powertrain: Powertrain) -> bool {
        counts(powertrain, self.nev.as_ref())
    }
}

/// The register's targets, each list that is tried in place of its own.
fn targets(table: &RuleValue, (flow, renewed): (f64, f64), wanted: &Wanted, years: usize) -> Vec<Target> {
    let some = |value: i64, none: i64| Some(value).filter(|value| *value != none);
    let count = |item| i64::from(table.count_of(item));
    let usual = |kind| match kind {
        TargetKind::Budget | TargetKind::Running => None,
        TargetKind::NevFlow => some(i64::from(hundredths(flow)), 0),
        TargetKind::NevStock => some(count("nev_stock_pct") * 100, 0),
        TargetKind::MeanAge => some(count("mean_age_months"), 0),
        TargetKind::OverAge => some(count("over_age_pct") * 100, 10_000),
        TargetKind::UseDays => some(count("use_days"), 0),
        TargetKind::Renewed => some(i64::from(hundredths(renewed)), 10_000),
    };
    let of_kind = |kind| {
        let tried = wanted.targets.iter().find(|(known, _)| *known == kind).map(|(_, list)| list);
        (0..years).filter_map(move |year| {
            let value = match tried {
                Some(list) => list.get(year).or(list.last()).copied().flatten(),
                None => usual(kind),
            };
            value.map(|value| Target { kind, year, value })
        })
    };
    TargetKind::ALL.into_iter().flat_map(of_kind).collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "per cent and years, by the register's bounds")]
fn hundredths(number: f64) -> u32 {
    (number * 100.0).round() as u32
}
