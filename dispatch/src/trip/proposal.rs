//! What waits for a car, and the cars and drivers there are, as a day to be planned (排班建议): the planner's problem, made of papers.
//!
//! What has been promised stays where it is: it takes its time out of the windows of its car and its driver. What the plan says is a
//! proposal; a person sends the cars.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use telematics::place::LonLat;

use super::candidate::size;
use super::travel::Travel;
use crate::calendar::beijing;
use crate::driver::LicenceClass;
use crate::money::Money;
use crate::plan::problem::{self, Problem, Shared, Window};
use crate::plan::travel::{StraightLine, Travel as Ways};
use crate::rule::value::RuleValue;
use crate::unit::UnitId;
use crate::vehicle::{Powertrain, VehicleCategory};

/// How late a car may be for an emergency, at the most: whoever can be there, goes.
const EMERGENCY_WITHIN: Duration = Duration::hours(2);

/// A trip that waits for a car.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// What the plan calls it.
    pub id: String,
    /// Who travels.
    pub unit: UnitId,
    /// What the car must be for.
    pub category: VehicleCategory,
    /// Seats of the car, the driver's included.
    pub seats: u32,
    /// Where it begins.
    pub from: LonLat,
    /// Where it leads.
    pub to: LonLat,
    /// Ends where it began.
    pub is_round_trip: bool,
    /// When the car is to be there, and when it is free again.
    pub during: Window,
    /// Metres of the trip.
    pub distance_m: u32,
    /// Comes before all others, with whatever has wheels.
    pub is_emergency: bool,
}

/// A car that may be asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Car {
    /// What the plan calls it.
    pub id: String,
    /// Whose it is.
    pub unit: UnitId,
    /// What it is for.
    pub category: VehicleCategory,
    /// What drives it.
    pub powertrain: Powertrain,
    /// Seats, the driver's included.
    pub seats: u32,
    /// Where it is.
    pub place: LonLat,
    /// Where it belongs.
    pub base: LonLat,
    /// When it is promised, sealed or in the workshop.
    pub busy: Vec<Window>,
}

/// A driver who may be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Driver {
    /// What the plan calls the driver.
    pub id: String,
    /// What may be driven.
    pub licence: LicenceClass,
    /// When the driver is promised.
    pub busy: Vec<Window>,
}

/// What a policy charges, in fen: a value of the register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prices {
    /// A kilometre driven empty or not.
    pub km: Money,
    /// A car that burns fuel.
    pub fuel: Money,
    /// A car of another unit.
    pub other_unit: Money,
    /// A seat too many.
    pub spare_seat: Money,
    /// A car that leaves its base on a day on which it had nothing to do.
    pub car_day: Money,
    /// A trip that nobody serves.
    pub unserved: Money,
}

/// All that is asked of the planner.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// Nothing leaves before it.
    pub now: DateTime<Utc>,
    /// The time that is planned.
    pub horizon: Window,
    /// How long after its time a car may come.
    pub tolerance: Duration,
    /// How ways are estimated.
    pub travel: &'a Travel,
    /// What is charged.
    pub prices: Prices,
    /// What waits.
    pub waiting: &'a [Waiting],
    /// The cars.
    pub cars: &'a [Car],
    /// The drivers.
    pub drivers: &'a [Driver],
    /// In which language purposes and sizes are named in the reasons.
    pub names: Names,
}

/// In which language things are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// 中文.
    Chinese,
    /// English.
    English,
}

impl Names {
    fn category(self, category: VehicleCategory) -> String {
        match self {
            Self::Chinese => category.term().to_owned(),
            Self::English => category.as_str().replace('_', " "),
        }
    }

    /// The size of a car of so many seats.
    fn size(self, seats: u32) -> String {
        let size = size(seats);
        match (self, size) {
            (Self::English, _) => size.replace('_', " "),
            (Self::Chinese, "sedan") => "轿车".to_owned(),
            (Self::Chinese, "business_suv") => "商务车".to_owned(),
            (Self::Chinese, "minibus") => "中型客车".to_owned(),
            (Self::Chinese, _) => "大型客车".to_owned(),
        }
    }
}

impl Prices {
    /// From the value in force; what it does not name costs nothing.
    pub fn of(value: &RuleValue) -> Self {
        Self {
            km: value.fen_of("km"),
            fuel: value.fen_of("fuel"),
            other_unit: value.fen_of("other_unit"),
            spare_seat: value.fen_of("spare_seat"),
            car_day: value.fen_of("car_day"),
            unserved: value.fen_of("unserved"),
        }
    }
}

/// The day as the planner reads it. Trips that are over are left out.
pub fn problem(asked: &Asked<'_>) -> Problem {
    let mut places = Places::default();
    let cars = asked.cars.iter().map(|car| vehicle(car, asked, &mut places)).collect();
    let requests = asked.waiting.iter().filter(|waiting| waiting.during.to > asked.now);
    let requests = requests.map(|waiting| request(waiting, asked, &mut places)).collect();
    let drivers = asked.drivers.iter().map(|driver| problem::Driver {
        id: driver.id.clone(),
        licence: driver.licence,
        duty: free(asked.horizon, &driver.busy),
        at: None,
    });
    Problem {
        now: asked.now,
        horizon: asked.horizon,
        offset: *beijing(asked.now).offset(),
        travel: Ways::StraightLine(StraightLine {
            places: places.known.clone(),
            detour: asked.travel.factor(),
            speeds: asked.travel.speeds().to_vec(),
        }),
        places: places.named(),
        vehicles: cars,
        drivers: Some(drivers.collect()),
        requests,
        promises: Vec::new(),
        rules: problem::Rules { nev_preference: asked.prices.fuel, cross_unit: asked.prices.other_unit, reserve_range_m: 0 },
    }
}

fn vehicle(car: &Car, asked: &Asked<'_>, places: &mut Places) -> problem::Vehicle {
    // A car that is out anyway goes once more for nothing but its way.
    let is_out = car.busy.iter().any(|busy| busy.to > asked.horizon.from && busy.from < asked.horizon.to);
    problem::Vehicle {
        id: car.id.clone(),
        unit: car.unit.to_string(),
        category: asked.names.category(car.category),
        seats: car.seats,
        is_new_energy: car.powertrain.is_new_energy(),
        yard: places.index(car.base),
        at: places.index(car.place),
        available: free(asked.horizon, &car.busy),
        range_m: None,
        per_km: asked.prices.km,
        fixed: if is_out { Money::ZERO } else { asked.prices.car_day },
        shared_with: Shared::WithAll,
        tags: vec![asked.names.size(car.seats)],
    }
}

fn request(waiting: &Waiting, asked: &Asked<'_>, places: &mut Places) -> problem::Request {
    let earliest = waiting.during.from.max(asked.now).max(asked.horizon.from);
    let late = if waiting.is_emergency { EMERGENCY_WITHIN } else { asked.tolerance };
    let lasts = (waiting.during.to - waiting.during.from).num_seconds().max(1);
    // For an emergency everything that has wheels may be taken, whatever it is for and however large it is.
    let (categories, tags) = if waiting.is_emergency {
        (Vec::new(), Vec::new())
    } else {
        (vec![asked.names.category(waiting.category)], vec![asked.names.size(waiting.seats)])
    };
    problem::Request {
        id: waiting.id.clone(),
        unit: waiting.unit.to_string(),
        from: places.index(waiting.from),
        to: places.index(waiting.to),
        pick_up: Window { from: earliest, to: earliest + late },
        service_s: u32::try_from(lasts).unwrap_or(u32::MAX),
        service_m: waiting.distance_m,
        is_round_trip: waiting.is_round_trip,
        passengers: waiting.seats.saturating_sub(1),
        categories,
        tags,
        is_emergency: waiting.is_emergency,
        is_poolable: false,
        unserved: asked.prices.unserved,
    }
}

/// What is left of a span without the times that are taken, in order.
pub fn free(span: Window, busy: &[Window]) -> Vec<Window> {
    let mut busy: Vec<Window> = busy.to_vec();
    busy.sort_by_key(|window| window.from);
    let (mut left, mut from) = (Vec::new(), span.from);
    for taken in busy.iter().filter(|taken| taken.to > span.from && taken.from < span.to) {
        if taken.from > from {
            left.push(Window { from, to: taken.from });
        }
        from = from.max(taken.to);
    }
    if from < span.to {
        left.push(Window { from, to: span.to });
    }
    left
}

/// Places by where they are; the same place is named once.
#[derive(Default)]
struct Places {
    known: Vec<LonLat>,
    indices: HashMap<[u64; 2], usize>,
}

impl Places {
    fn index(&mut self, place: LonLat) -> usize {
        let known = &mut self.known;
        *self.indices.entry([place.lon().to_bits(), place.lat().to_bits()]).or_insert_with(|| {
            known.push(place);
            known.len() - 1
        })
    }

    fn named(self) -> Vec<problem::Place> {
        self.known.into_iter().enumerate().map(|(at, place)| problem::Place { id: at.to_string(), at: Some(place) }).collect()
    }
}

#[cfg(test)]
mod tests;
