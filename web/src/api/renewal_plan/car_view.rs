//! A car of the plan as it is shown: what happens to it, why, how urgent it is, whether a battery would do, and what its life costs.

use chrono::NaiveDate;
use dispatch::money::Money;
use dispatch::renewal::Choice;
use dispatch::renewal::electric::ElectricVerdict;
use dispatch::renewal::life::{of_kind, outgrown};
use dispatch::renewal::reasons::Reason;
use dispatch::renewal::score::ScorePart;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::fleet::FleetCar;
use super::view::Seen;

/// What happens to a car, and why.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlannedCar {
    vehicle_id: Uuid,
    plate: String,
    model: String,
    unit_id: Uuid,
    unit_name: String,
    category: &'static str,
    powertrain: &'static str,
    registered_on: NaiveDate,
    /// The first day on which its years let it be renewed.
    due_on: NaiveDate,
    /// Number of the indicator by which another comes.
    indicator_number: Option<String>,
    /// The greatest that an order told of.
    odometer_km: u32,
    /// Of a year.
    km: u32,
    use_days: u32,
    /// No trip of it is known: it is planned with the usual use.
    is_estimated: bool,
    /// `renew`, `defer` (it may be renewed, and is not), `keep`, `move` or `drop`.
    decision: &'static str,
    #[serde(flatten)]
    option: RenewalOption,
    /// What would have been next best; null where nothing else may be done.
    second: Option<RenewalSecond>,
    /// The target that decided against what the car by itself would do, as of a contradiction.
    decided_by: Option<&'static str>,
    decided_year: Option<i32>,
    /// What that would take of it, at its price.
    decided_fen: i64,
    score: Option<f64>,
    score_parts: Vec<RenewalScorePart>,
    electric: RenewalElectric,
    life: RenewalLife,
}

/// Something that can be done with a car.
#[derive(Serialize, ToSchema)]
pub(crate) struct RenewalOption {
    /// In which year; null: it stays.
    year: Option<i32>,
    /// The new car that comes.
    new_car: Option<String>,
    is_new_energy: Option<bool>,
    /// The unit that it is moved to.
    to_unit_name: Option<String>,
}

/// What would have been next best.
#[derive(Serialize, ToSchema)]
pub(crate) struct RenewalSecond {
    /// `renew`, `keep`, `move` or `drop`.
    decision: &'static str,
    #[serde(flatten)]
    option: RenewalOption,
    /// What it costs more by itself; below nothing: it would be cheaper, and a target stands against it.
    costs_more_fen: i64,
    /// What it costs more with its share of the targets.
    weighs_more_fen: i64,
}

/// A part of a score.
#[derive(Serialize, ToSchema)]
pub(crate) struct RenewalScorePart {
    /// `age` (months), `kilometres`, `cost` (per cent of its peers') or `repair_days`.
    factor: &'static str,
    /// Null where it is not known.
    found: Option<u32>,
    none: u32,
    full: u32,
    points: u32,
    got: f64,
}

/// Whether a battery would do what the car did.
#[derive(Serialize, ToSchema)]
pub(crate) struct RenewalElectric {
    /// `suited`, `with_pile`, `unsuited` or `unknown`.
    fit: &'static str,
    /// What decided: `days`, `longest_day`, `charging` or `known`.
    figure: &'static str,
    days: u32,
    days_with_pile: u32,
    days_without: u32,
    longest_m: u32,
    /// Metres on a cold day, the reserve taken off.
    cold_m: u32,
}

/// What cars of its body cost a year over their life, driven as this one is.
#[derive(Serialize, ToSchema)]
pub(crate) struct RenewalLife {
    /// The cheapest with fuel and the cheapest of new energy: even sum a year.
    fuel_fen: Option<i64>,
    nev_fen: Option<i64>,
    /// The year in which keeping the car one more year costs more than a new one's even sum; null: in none.
    least_cost_year: Option<i32>,
}

impl Seen<'_> {
    fn option(&self, choice: Choice) -> RenewalOption {
        let kind = match choice {
            Choice::Renew { kind, .. } => self.problem.kinds.get(kind),
            _ => None,
        };
        let to = match choice {
            Choice::Move { group, .. } => self.fleet.groups.get(group).map(|(_, _, name)| name.clone()),
            _ => None,
        };
        RenewalOption {
            year: choice.year().map(|year| self.calendar(year)),
            new_car: kind.map(|kind| kind.name.clone()),
            is_new_energy: kind.map(|kind| kind.is_new_energy),
            to_unit_name: to,
        }
    }

    pub(super) fn car(&self, at: usize, car: &FleetCar, choice: Choice, why: &Reason) -> PlannedCar {
        let decided = why.decided.map(|limit| self.limit(limit));
        let second = why.second.map(|second| RenewalSecond {
            decision: word(second),
            option: self.option(second),
            costs_more_fen: why.costs_more.fen(),
            weighs_more_fen: why.weighs_more.fen(),
        });
        let is_deferred = choice == Choice::Keep && car.window.may_from.is_some();
        PlannedCar {
            vehicle_id: car.car.vehicle.0,
            plate: car.car.plate.clone(),
            model: car.car.model.clone(),
            unit_id: car.car.unit.0,
            unit_name: car.car.unit_name.clone(),
            category: car.car.category.as_str(),
            powertrain: car.car.powertrain.as_str(),
            registered_on: car.registered_on,
            due_on: car.due_on,
            indicator_number: car.car.indicator.clone(),
            odometer_km: car.car.odometer_km,
            km: car.use_of_year.0,
            use_days: car.use_of_year.1,
            is_estimated: car.is_estimated,
            decision: if is_deferred { "defer" } else { word(choice) },
            option: self.option(choice),
            second,
            decided_by: decided.as_ref().map(|(kind, ..)| *kind),
            decided_year: decided.and_then(|(_, year, _)| year),
            decided_fen: why.worth.fen(),
            score: car.score.total.map(|total| f64::from(total) / 100.0),
            score_parts: car.score.parts.iter().map(RenewalScorePart::from).collect(),
            electric: RenewalElectric::from(&car.electric),
            life: self.life(at),
        }
    }

    fn life(&self, at: usize) -> RenewalLife {
        let Some(car) = self.problem.cars.get(at) else {
            return RenewalLife { fuel_fen: None, nev_fen: None, least_cost_year: None };
        };
        let body = |kind: &usize| self.terms.new_cars.get(*kind).map(|kind| kind.body);
        let Some(own) = car.kinds.first().and_then(body) else {
            return RenewalLife { fuel_fen: None, nev_fen: None, least_cost_year: None };
        };
        let least = |is_new_energy: bool| {
            let all = self.problem.kinds.iter().enumerate();
            let like = all.filter(|(at, kind)| kind.is_new_energy == is_new_energy && body(at) == Some(own));
            like.filter_map(|(_, kind)| of_kind(kind, car.km, self.problem.discount)).map(|life| life.least()).min()
        };
        let challenger =
            car.kinds.iter().filter_map(|kind| of_kind(self.problem.kinds.get(*kind)?, car.km, self.problem.discount));
        let challenger = challenger.map(|life| life.least()).min();
        let year = challenger.and_then(|challenger| outgrown(&car.keep, &car.worth, challenger));
        RenewalLife {
            fuel_fen: least(false).map(Money::fen),
            nev_fen: least(true).map(Money::fen),
            least_cost_year: year.map(|year| self.calendar(year)),
        }
    }
}

const fn word(choice: Choice) -> &'static str {
    match choice {
        Choice::Keep => "keep",
        Choice::Renew { .. } => "renew",
        Choice::Drop { .. } => "drop",
        Choice::Move { .. } => "move",
    }
}

impl From<&ScorePart> for RenewalScorePart {
    fn from(part: &ScorePart) -> Self {
        let weight = part.weight;
        Self {
            factor: weight.factor.as_str(),
            found: part.found,
            none: weight.none,
            full: weight.full,
            points: weight.points,
            got: f64::from(part.got) / 100.0,
        }
    }
}

impl From<&ElectricVerdict> for RenewalElectric {
    fn from(verdict: &ElectricVerdict) -> Self {
        Self {
            fit: verdict.fit.as_str(),
            figure: verdict.figure.as_str(),
            days: verdict.days,
            days_with_pile: verdict.with_pile,
            days_without: verdict.without,
            longest_m: verdict.longest_m,
            cold_m: verdict.cold_m,
        }
    }
}
