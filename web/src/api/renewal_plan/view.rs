//! A plan of renewal as it is shown: years, targets with their price, what contradicts, and each car with its reason.

use chrono::NaiveDate;
use dispatch::renewal::conflict::Contradiction;
use dispatch::renewal::model::Limit;
use dispatch::renewal::reasons::Reason;
use dispatch::renewal::solve::{Plan, Solved};
use dispatch::renewal::sums::YearSum;
use dispatch::renewal::{Choice, Problem, TargetKind};
use dispatch::unit::UnitId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::asked::Wanted;
use super::car_view::PlannedCar;
use super::fleet::Fleet;
use super::terms::PlanTerms;

/// A plan of renewal for the years ahead.
#[derive(Serialize, ToSchema)]
pub(crate) struct RenewalPlan {
    unit_id: Uuid,
    unit_name: String,
    first_year: i32,
    /// Cars that are planned.
    cars: usize,
    /// Cars that are left out since nothing is known of their registration.
    unregistered: usize,
    /// Cars of which no trip is known: they are planned with the usual use.
    estimated: usize,
    /// Every target holds.
    is_kept: bool,
    /// What the plan costs over the years, less what the cars are worth at their end, in money of the beginning.
    cost_fen: i64,
    /// What no plan within the targets is cheaper than.
    bound_fen: i64,
    /// By how much the plan may be dearer than the best one; null where a target does not hold.
    gap_pct: Option<f64>,
    /// Cars of new energy as it is, and the mean age at the beginning of the first year.
    nev_now: usize,
    mean_age_now_months: Option<f64>,
    years: Vec<RenewalYear>,
    targets: Vec<RenewalTargetView>,
    /// Where no plan can hold all targets: those that contradict each other, as far as that is proved.
    contradictions: Vec<RenewalContradiction>,
    /// The first day on which the years of a car let it be renewed; null without cars.
    next_due_on: Option<NaiveDate>,
    /// New cars that the plan reckons with.
    new_cars: Vec<RenewalNewCar>,
    /// Cars, what happens first first.
    items: Vec<PlannedCar>,
    /// To be sent as `after` for the next page; null at the end.
    next: Option<Uuid>,
}

/// A year of the plan.
#[derive(Serialize, ToSchema)]
pub(crate) struct RenewalYear {
    year: i32,
    renewed: u32,
    renewed_nev: u32,
    dropped: u32,
    moved: u32,
    spent_fen: i64,
    running_fen: i64,
    /// Cars at the year's end.
    cars: u32,
    nev: u32,
    /// Of them over the age that counts as old.
    old: u32,
    mean_age_months: Option<f64>,
    use_days: Option<f64>,
}

/// A target, whether it holds, and what it is worth to ease it.
#[derive(Serialize, ToSchema)]
pub(crate) struct RenewalTargetView {
    /// `budget`, `running`, `nev_flow`, `nev_stock`, `mean_age`, `over_age`, `use_days` or `renewed`.
    kind: &'static str,
    year: i32,
    /// Fen, months, days, or hundredths of a per cent.
    value: i64,
    is_kept: bool,
    /// What the plan would cost less with one more: a thousand yuan, a month, a day, one per cent.
    worth_fen: i64,
}

/// A limit that cannot hold beside the others.
#[derive(Serialize, ToSchema)]
pub(crate) struct RenewalContradiction {
    /// As of a target, or `establishment` or `vacancy`.
    kind: &'static str,
    year: Option<i32>,
    /// Of an establishment or vacant places: whose.
    unit_name: Option<String>,
    /// Where it stands: fen of a budget or of running; else null.
    most_fen: Option<i64>,
    /// Where it would have to stand at least, were it the only one to give way.
    needed_fen: Option<i64>,
}

/// A new car of the register.
#[derive(Serialize, ToSchema)]
pub(crate) struct RenewalNewCar {
    name: String,
    is_new_energy: bool,
    price_fen: i64,
}

/// What was found.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) plan: Plan,
    pub(super) solved: Solved,
    pub(super) against: Vec<Contradiction>,
    pub(super) years: Vec<YearSum>,
    pub(super) why: Vec<Reason>,
}

/// Everything that a view of a car looks at.
pub(super) struct Seen<'a> {
    pub(super) fleet: &'a Fleet,
    pub(super) terms: &'a PlanTerms,
    pub(super) problem: &'a Problem,
}

/// The plan as it is shown, from the wanted page on.
pub(super) fn of(
    (unit, unit_name): (UnitId, String),
    fleet: &Fleet,
    terms: &PlanTerms,
    problem: &Problem,
    found: &Found,
    wanted: &Wanted,
) -> RenewalPlan {
    let seen = Seen { fleet, terms, problem };
    let mut order: Vec<usize> = (0..fleet.cars.len()).collect();
    let rank = |at: &usize| {
        let choice = found.plan.choices.get(*at).copied().unwrap_or(Choice::Keep);
        let car = fleet.cars.get(*at).map(|car| (car.due_on, car.car.plate.clone()));
        (choice.year().unwrap_or(usize::MAX), car)
    };
    order.sort_by_cached_key(rank);
    let key = |at: &usize| fleet.cars.get(*at).map(|car| car.car.vehicle.0);
    let start = wanted.after.and_then(|after| order.iter().position(|at| key(at) == Some(after))).map_or(0, |at| at + 1);
    let page: Vec<usize> = order.iter().skip(start).take(wanted.limit).copied().collect();
    let has_more = order.len() > start + page.len();
    let items = page.iter().filter_map(|at| {
        let (car, why) = (fleet.cars.get(*at)?, found.why.get(*at)?);
        Some(seen.car(*at, car, *found.plan.choices.get(*at)?, why))
    });
    RenewalPlan {
        unit_id: unit.0,
        unit_name,
        first_year: terms.first_year,
        cars: fleet.cars.len(),
        unregistered: fleet.unregistered,
        estimated: fleet.cars.iter().filter(|car| car.is_estimated).count(),
        is_kept: found.plan.is_kept(),
        cost_fen: found.plan.cost.fen(),
        bound_fen: found.plan.bound.fen(),
        gap_pct: found.plan.gap().map(|gap| (gap * 1_000_000.0).round() / 10_000.0),
        nev_now: problem.cars.iter().filter(|car| car.is_new_energy).count(),
        mean_age_now_months: mean(problem.cars.iter().map(|car| u64::from(car.age_months)).sum(), problem.cars.len()),
        years: found.years.iter().enumerate().map(|(at, sum)| seen.year(at, sum)).collect(),
        targets: seen.targets(found),
        contradictions: found.against.iter().map(|one| seen.contradiction(one)).collect(),
        next_due_on: fleet.cars.iter().map(|car| car.due_on).min(),
        new_cars: problem.kinds.iter().map(RenewalNewCar::from).collect(),
        items: items.collect(),
        next: page.last().and_then(key).filter(|_| has_more),
    }
}

impl Seen<'_> {
    pub(super) fn calendar(&self, year: usize) -> i32 {
        self.terms.first_year + i32::try_from(year).unwrap_or_default()
    }

    fn year(&self, at: usize, sum: &YearSum) -> RenewalYear {
        let mean = |all: u64| mean(all, sum.cars as usize);
        RenewalYear {
            year: self.calendar(at),
            renewed: sum.renewed,
            renewed_nev: sum.renewed_nev,
            dropped: sum.dropped,
            moved: sum.moved,
            spent_fen: sum.spent.fen(),
            running_fen: sum.running.fen(),
            cars: sum.cars,
            nev: sum.nev,
            old: sum.old,
            mean_age_months: mean(sum.months),
            use_days: mean(sum.use_days),
        }
    }

    fn targets(&self, found: &Found) -> Vec<RenewalTargetView> {
        let view = |(row, kept): (usize, &dispatch::renewal::solve::Kept)| {
            let Limit::Target(at) = kept.limit else { return None };
            let target = self.problem.targets.get(at)?;
            let cars = found.years.get(target.year).map_or(0, |year| i64::from(year.cars));
            let bought = found.years.get(target.year).map_or(0, |year| i64::from(year.renewed));
            let all = i64::try_from(self.problem.cars.len()).unwrap_or(i64::MAX);
            let one = match target.kind {
                TargetKind::Budget | TargetKind::Running => 100_000,
                TargetKind::NevFlow => 100 * bought,
                TargetKind::NevStock | TargetKind::OverAge => 100 * cars,
                TargetKind::MeanAge | TargetKind::UseDays => cars,
                TargetKind::Renewed => 100 * all,
            };
            let (kind, year) = (target.kind.as_str(), self.calendar(target.year));
            Some(RenewalTargetView {
                kind,
                year,
                value: target.value,
                is_kept: kept.is_kept(),
                worth_fen: found.solved.prices.fen(row, one),
            })
        };
        found.plan.rows.iter().enumerate().filter_map(view).collect()
    }

    /// What a limit is called, in which year it stands, and whose it is.
    pub(super) fn limit(&self, limit: Limit) -> (&'static str, Option<i32>, Option<String>) {
        let unit = |group: usize| self.fleet.groups.get(group).map(|(_, _, name)| name.clone());
        match limit {
            Limit::Target(at) => {
                let target = self.problem.targets.get(at);
                (target.map_or("", |target| target.kind.as_str()), target.map(|target| self.calendar(target.year)), None)
            }
            Limit::Establishment(group) => ("establishment", None, unit(group)),
            Limit::Vacancy(group) => ("vacancy", None, unit(group)),
        }
    }

    fn contradiction(&self, one: &Contradiction) -> RenewalContradiction {
        let (kind, year, unit_name) = self.limit(one.limit);
        let is_money = matches!(kind, "budget" | "running");
        let money = |fen: i64| is_money.then_some(fen);
        RenewalContradiction { kind, year, unit_name, most_fen: money(one.most), needed_fen: money(one.needed) }
    }
}

/// To a tenth; nothing of nothing.
#[expect(clippy::cast_precision_loss, reason = "a mean for people")]
fn mean(all: u64, of: usize) -> Option<f64> {
    (of > 0).then(|| (all as f64 / of as f64 * 10.0).round() / 10.0)
}

impl From<&dispatch::renewal::NewCar> for RenewalNewCar {
    fn from(kind: &dispatch::renewal::NewCar) -> Self {
        Self { name: kind.name.clone(), is_new_energy: kind.is_new_energy, price_fen: kind.price.fen() }
    }
}
