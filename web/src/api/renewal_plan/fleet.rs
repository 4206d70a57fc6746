//! The cars of the store as a plan has them: their use, whether a battery would do, in which years they may go, and the places of their units.

use std::collections::HashMap;

use chrono::{DateTime, Datelike as _, NaiveDate, Timelike as _, Utc};
use dispatch::calendar::beijing;
use dispatch::lifecycle::renewal::{AgedCar, CarCondition, anniversary};
use dispatch::lifecycle::standard::VehicleBody;
use dispatch::money::Money;
use dispatch::renewal::electric::{DrivenDay, ElectricTerms, ElectricVerdict, verdict};
use dispatch::renewal::known::{KnownCar, as_planned, beside_peers, per_km};
use dispatch::renewal::score::{ReplacementScore, ScoreFactor, median, score};
use dispatch::renewal::window::{RenewalWindow, window};
use dispatch::renewal::{Group, Problem};
use dispatch::unit::UnitId;
use dispatch::vehicle::{Powertrain, VehicleCategory};
use fleet_db::lifecycle::ahead::{CarAhead, DayAhead, PlacesAhead};
use telematics::id::VehicleId;

use super::terms::PlanTerms;

/// Places to which one car may be moved, and what a vacant one of them is taken to be hired for: the usual use.
const MOST_MOVES: usize = 3;

/// A car with everything that the plan knows of it.
#[derive(Debug)]
pub(super) struct FleetCar {
    pub(super) car: CarAhead,
    pub(super) registered_on: NaiveDate,
    body: VehicleBody,
    pub(super) window: RenewalWindow,
    /// The first day on which its years let it be renewed.
    pub(super) due_on: NaiveDate,
    pub(super) electric: ElectricVerdict,
    pub(super) score: ReplacementScore,
    /// Kilometres and days of a year; taken as usual where no trip is known.
    pub(super) use_of_year: (u32, u32),
    pub(super) is_estimated: bool,
}

/// Cars and groups of a plan.
#[derive(Debug)]
pub(super) struct Fleet {
    pub(super) cars: Vec<FleetCar>,
    /// Cars of whose registration nothing is known.
    pub(super) unregistered: usize,
    pub(super) groups: Vec<(UnitId, VehicleCategory, String)>,
    places: Vec<PlacesAhead>,
}

impl Fleet {
    /// Of what the store has.
    pub(super) fn of(cars: Vec<CarAhead>, days: &[DayAhead], places: Vec<PlacesAhead>, terms: &PlanTerms) -> Self {
        let all = cars.len();
        let peers = peers(&cars);
        let days = by_car(days, &terms.electric);
        let told = |car: CarAhead| {
            let (registered_on, body) = car.registered?;
            let is_estimated = car.days == 0;
            let driven = (u32::try_from(car.driven_m / 1_000).unwrap_or(u32::MAX), car.days.min(366));
            let use_of_year = if is_estimated { terms.usual } else { driven };
            let of_days = days.get(&car.vehicle).map_or(&[][..], Vec::as_slice);
            let first_day = NaiveDate::from_ymd_opt(terms.first_year, 1, 1).unwrap_or(NaiveDate::MAX);
            let cost = beside_peers(car.running, driven.0, peers.get(&(body, car.powertrain == Powertrain::Electric)).copied());
            let found = |factor| match factor {
                ScoreFactor::Age => Some(months(registered_on, first_day)),
                ScoreFactor::Kilometres => Some(car.odometer_km).filter(|km| *km > 0),
                ScoreFactor::Cost => cost,
                ScoreFactor::RepairDays => Some(car.shop_days),
            };
            Some(FleetCar {
                registered_on,
                body,
                window: RenewalWindow { may_from: None, must_by: None },
                due_on: anniversary(registered_on, terms.renewal_years),
                electric: verdict(of_days, &terms.electric),
                score: score(&terms.weights, found),
                use_of_year,
                is_estimated,
                car,
            })
        };
        let cars: Vec<FleetCar> = cars.into_iter().filter_map(told).collect();
        let mut groups: Vec<(UnitId, VehicleCategory, String)> = Vec::new();
        let of_places = places.iter().map(|place| (place.unit, place.category, place.unit_name.clone()));
        let of_cars = cars.iter().map(|car| (car.car.unit, car.car.category, car.car.unit_name.clone()));
        for group in of_places.chain(of_cars) {
            if !groups.iter().any(|(unit, category, _)| (*unit, *category) == (group.0, group.1)) {
                groups.push(group);
            }
        }
        Self { unregistered: all - cars.len(), cars, groups, places }
    }

    /// The units of the cars, each once.
    pub(super) fn units(&self) -> Vec<UnitId> {
        let mut units: Vec<UnitId> = Vec::new();
        for car in &self.cars {
            if !units.contains(&car.car.unit) {
                units.push(car.car.unit);
            }
        }
        units
    }

    /// In which years the rules of their unit let its cars be renewed.
    pub(super) fn look_ahead(&mut self, unit: UnitId, line: &[UnitId], terms: &PlanTerms) {
        for car in self.cars.iter_mut().filter(|car| car.car.unit == unit) {
            let aged = AgedCar {
                registered_on: car.registered_on,
                odometer_km: car.car.odometer_km,
                body: car.body,
                condition: CarCondition::Usable,
                early_document: String::new(),
            };
            let rules = (terms.versions.as_slice(), line);
            car.window = window(&aged, car.use_of_year.0, rules, (terms.first_year, terms.years), terms.now);
        }
    }

    /// What is to be planned.
    pub(super) fn problem(&self, terms: &PlanTerms) -> Problem {
        let kinds = terms.new_cars.iter().map(|kind| kind.new_car(terms.is_new_energy(kind.powertrain), terms.years));
        let groups: Vec<Group> = self.groups.iter().map(|group| self.group(group, terms)).collect();
        let cars =
            self.cars.iter().map(|car| as_planned(&self.known(car, &groups, terms), &terms.new_cars, &terms.hire, terms.years));
        Problem {
            years: terms.years,
            discount: terms.discount,
            old_months: terms.old_months,
            // A move is papers alone: nobody has put a price on them.
            transfer: Money::ZERO,
            kinds: kinds.collect(),
            cars: cars.collect(),
            groups,
            targets: terms.targets.clone(),
        }
    }

    fn group(&self, (unit, category, name): &(UnitId, VehicleCategory, String), terms: &PlanTerms) -> Group {
        let of_group = |car: &&FleetCar| (car.car.unit, car.car.category) == (*unit, *category);
        let held = u32::try_from(self.cars.iter().filter(of_group).count()).unwrap_or(u32::MAX);
        let place = self.places.iter().find(|place| (place.unit, place.category) == (*unit, *category));
        Group {
            name: name.clone(),
            authorised: place.map(|place| (place.authorised, 0)),
            vacant: place.map_or(0, |place| place.authorised.saturating_sub(held + place.promised)),
            hire: terms.hire.of_year(terms.usual),
        }
    }

    fn known(&self, car: &FleetCar, groups: &[Group], terms: &PlanTerms) -> KnownCar {
        let is_own =
            |(unit, category, _): &(UnitId, VehicleCategory, String)| (*unit, *category) == (car.car.unit, car.car.category);
        let group = self.groups.iter().position(is_own).unwrap_or_default();
        let in_group =
            self.cars.iter().filter(|other| (other.car.unit, other.car.category) == (car.car.unit, car.car.category)).count();
        let is_excess = groups.get(group).and_then(|group| group.authorised).is_some_and(|(most, _)| in_group > most as usize);
        let is_idle = !car.is_estimated && car.use_of_year.1 < terms.move_below_days;
        let vacant = self.groups.iter().zip(groups).enumerate().filter(|(_, ((unit, category, _), group))| {
            *category == car.car.category && *unit != car.car.unit && group.vacant > 0
        });
        let moves: Vec<usize> = vacant.map(|(at, _)| at).take(MOST_MOVES).collect();
        let first_day = NaiveDate::from_ymd_opt(terms.first_year, 1, 1).unwrap_or(NaiveDate::MAX);
        KnownCar {
            id: car.car.plate.clone(),
            group,
            age_months: months(car.registered_on, first_day),
            body: car.body,
            powertrain: car.car.powertrain,
            is_new_energy: terms.is_new_energy(car.car.powertrain),
            price: car.car.price,
            use_of_year: car.use_of_year,
            running: car.car.running,
            window: car.window,
            fit: car.electric.fit,
            wants_new_energy: terms.couriers_new && car.car.category == VehicleCategory::ConfidentialCourier,
            // Of a car without a trip one does not know that nobody needs it.
            may_drop: is_excess || is_idle,
            moves: if is_excess || is_idle { moves } else { Vec::new() },
        }
    }
}

/// Whole months from one day to the other.
fn months(from: NaiveDate, to: NaiveDate) -> u32 {
    let months = (to.year() - from.year()) * 12 + to.month0().cast_signed()
        - from.month0().cast_signed()
        - i32::from(to.day() < from.day());
    u32::try_from(months).unwrap_or_default()
}

/// What a kilometre costs cars of a body, with fuel and with electricity, in the middle.
fn peers(cars: &[CarAhead]) -> HashMap<(VehicleBody, bool), u64> {
    let mut costs: HashMap<(VehicleBody, bool), Vec<u64>> = HashMap::new();
    for car in cars {
        let Some(((_, body), cost)) =
            car.registered.zip(per_km(car.running, u32::try_from(car.driven_m / 1_000).unwrap_or(u32::MAX)))
        else {
            continue;
        };
        costs.entry((body, car.powertrain == Powertrain::Electric)).or_default().push(cost);
    }
    costs.into_iter().filter_map(|(key, mut costs)| Some((key, median(&mut costs)?))).collect()
}

/// The days of each car as a battery sees them.
fn by_car(days: &[DayAhead], terms: &ElectricTerms) -> HashMap<VehicleId, Vec<DrivenDay>> {
    let mut cars: HashMap<VehicleId, Vec<DrivenDay>> = HashMap::new();
    let mut before: Option<&DayAhead> = None;
    for day in days {
        let before = before.replace(day).filter(|before| before.vehicle == day.vehicle);
        let stood_min = match before {
            Some(before) => (day.first_at - before.last_at).num_minutes(),
            None => since_midnight(day.first_at),
        };
        let after = before.map_or(1, |before| (day.day - before.day).num_days());
        cars.entry(day.vehicle).or_default().push(DrivenDay {
            after: u32::try_from(after).unwrap_or(1),
            metres: u32::try_from(day.metres).unwrap_or(u32::MAX),
            stood_min: u32::try_from(stood_min).unwrap_or_default(),
            is_cold: terms.is_cold(day.day.month()),
        });
    }
    cars
}

fn since_midnight(at: DateTime<Utc>) -> i64 {
    i64::from(beijing(at).num_seconds_from_midnight() / 60)
}
