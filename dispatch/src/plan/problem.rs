//! A day to be planned: the cars, the drivers, what is asked for and what has been promised.

use chrono::{DateTime, FixedOffset, Utc};
use telematics::place::LonLat;

use crate::driver::LicenceClass;
use crate::money::Money;
use crate::plan::travel::Travel;

/// A day to be planned (排班问题); every index in it is known to lead somewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Nothing leaves before it.
    pub now: DateTime<Utc>,
    /// The time that is planned.
    pub horizon: Window,
    /// The clock that people read there.
    pub offset: FixedOffset,
    /// Where cars stand and people are picked up.
    pub places: Vec<Place>,
    /// How far and how long it is between them.
    pub travel: Travel,
    /// The cars.
    pub vehicles: Vec<Vehicle>,
    /// The drivers; nothing: every car has its own.
    pub drivers: Option<Vec<Driver>>,
    /// What is asked for.
    pub requests: Vec<Request>,
    /// What has been promised and stays.
    pub promises: Vec<Promise>,
    /// What the wishes of the house cost.
    pub rules: Rules,
}

/// From one instant to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first instant.
    pub from: DateTime<Utc>,
    /// The last.
    pub to: DateTime<Utc>,
}

/// A place that the problem names.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// What it is called in the problem.
    pub id: String,
    /// Where it is; unknown where a matrix says how far places are apart.
    pub at: Option<LonLat>,
}

/// A car of the day.
#[derive(Clone, Debug, PartialEq)]
pub struct Vehicle {
    /// What it is called in the problem.
    pub id: String,
    /// Whose it is.
    pub unit: String,
    /// What it is for.
    pub category: String,
    /// Seats, the driver's included.
    pub seats: u32,
    /// Counts as a new-energy vehicle.
    pub is_new_energy: bool,
    /// Where it ends its day: an index of the places.
    pub yard: usize,
    /// Where it begins it.
    pub at: usize,
    /// When it may be on the road, in order; in between it may stand anywhere, and not move.
    pub available: Vec<Window>,
    /// Metres that it gets without fuel or charge from elsewhere; nothing: as far as it likes.
    pub range_m: Option<u32>,
    /// What a kilometre costs.
    pub per_km: Money,
    /// What it costs to take it out at all.
    pub fixed: Money,
    /// Whom it may serve besides its own unit.
    pub shared_with: Shared,
    /// What it has or can, for requests that ask for it.
    pub tags: Vec<String>,
}

/// Whom a car may serve besides its own unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shared {
    /// Everybody.
    WithAll,
    /// These units.
    With(Vec<String>),
}

impl Shared {
    /// The unit is among them.
    pub fn with(&self, unit: &str) -> bool {
        match self {
            Self::WithAll => true,
            Self::With(units) => units.iter().any(|known| known == unit),
        }
    }
}

/// A driver of the day.
#[derive(Clone, Debug, PartialEq)]
pub struct Driver {
    /// What the driver is called in the problem.
    pub id: String,
    /// What the licence allows.
    pub licence: LicenceClass,
    /// When on duty: a car's day has to lie in one of them.
    pub duty: Vec<Window>,
    /// Where the driver is: an index of the places.
    pub at: Option<usize>,
}

/// Somebody wants to be driven.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// What it is called in the problem.
    pub id: String,
    /// Who asks.
    pub unit: String,
    /// Where it begins: an index of the places.
    pub from: usize,
    /// Where it leads.
    pub to: usize,
    /// When it may begin.
    pub pick_up: Window,
    /// Seconds that the car is busy from the pick-up until it is free; at least one.
    pub service_s: u32,
    /// Metres that it drives meanwhile.
    pub service_m: u32,
    /// Ends where it began.
    pub is_round_trip: bool,
    /// How many ride.
    pub passengers: u32,
    /// What the car may be for; nothing: anything.
    pub categories: Vec<String>,
    /// What the car must have or can.
    pub tags: Vec<String>,
    /// Comes before all that is no emergency.
    pub is_emergency: bool,
    /// Would share the car.
    pub is_poolable: bool,
    /// What it costs to leave it out.
    pub unserved: Money,
}

impl Request {
    /// Where the car is free again.
    pub const fn end(&self) -> usize {
        if self.is_round_trip { self.from } else { self.to }
    }
}

/// A request that this car will serve whatever the plan: indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promise {
    /// The request.
    pub request: usize,
    /// The car.
    pub vehicle: usize,
}

/// What the wishes of the house cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// A request served by a car that is no new-energy vehicle costs so much more.
    pub nev_preference: Money,
    /// A request served by another unit's car costs so much more.
    pub cross_unit: Money,
    /// Metres that stay in the battery or the tank.
    pub reserve_range_m: u32,
}
