//! The fleet as it is, and the one that is tried: cars joined by class, so many more of one and so many fewer of another.

use dispatch::right_size::{Car, Outcome, Trip};
use dispatch::vehicle::{Powertrain, VehicleCategory, VehicleCategoryError};
use fleet_db::dispatch_order::roster::{Driven, RosterCar};
use serde::Deserialize;
use telematics::place::LonLat;
use utoipa::ToSchema;

use crate::problem::Wrong;

/// So many cars of a class more, or fewer.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct FleetChange {
    /// What they are for.
    category: String,
    /// Seats, the driver's included, 2 to 100.
    seats: u32,
    is_electric: bool,
    /// More, or below nothing fewer: those that drove least go.
    count: i32,
}

/// The same, read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change {
    class: Class,
    count: i32,
}

/// Cars that do the same (车辆类别).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Class {
    pub(super) category: VehicleCategory,
    pub(super) seats: u32,
    pub(super) is_electric: bool,
}

/// Cars that trips are driven with.
#[derive(Clone, Debug, Default)]
pub(super) struct Fleet {
    pub(super) cars: Vec<Car>,
    /// Cars that nobody knows the place of.
    pub(super) without_place: usize,
}

impl FleetChange {
    /// Read, or what is wrong with it.
    pub(super) fn read(&self, most: i32, wrong: &mut Wrong) -> Option<Change> {
        if !(2..=100).contains(&self.seats) || self.count.abs() > most {
            wrong.note("changes", "right_size.changes");
            return None;
        }
        let category = wrong.take("changes", self.category.parse(), VehicleCategoryError::code)?;
        Some(Change { class: Class { category, seats: self.seats, is_electric: self.is_electric }, count: self.count })
    }
}

impl Class {
    /// Of a car.
    pub(super) const fn of(car: &Car) -> Self {
        Self { category: car.category, seats: car.seats, is_electric: car.is_electric }
    }
}

impl Fleet {
    /// The cars of the register that stand somewhere.
    pub(super) fn of(found: Vec<RosterCar>, range_m: u32) -> Self {
        let all = found.len();
        let cars: Vec<Car> = found.into_iter().filter_map(|car| as_tried(car, range_m)).collect();
        Self { without_place: all - cars.len(), cars }
    }

    /// With the changes: those that drove least go; those that come stand where most cars of the fleet do, or where the first trip
    /// begins.
    pub(super) fn changed(&self, changes: &[Change], before: &Outcome, trips: &[Trip], range_m: u32) -> Self {
        let mut cars = self.cars.clone();
        let base = self.home().or_else(|| trips.first().map(|trip| trip.from));
        for (nth, change) in changes.iter().enumerate() {
            for _ in change.count..0 {
                let drove = |car: &Car| before.cars.iter().find(|known| known.id == car.id).map_or(0, |known| known.trips);
                let same = cars.iter().enumerate().filter(|(_, car)| Class::of(car) == change.class);
                let Some((at, _)) = same.min_by_key(|(_, car)| drove(car)) else { break };
                cars.remove(at);
            }
            let Some(base) = base else { continue };
            cars.extend((0..change.count).map(|n| Car {
                id: format!("+{nth}/{n}"),
                category: change.class.category,
                seats: change.class.seats,
                is_electric: change.class.is_electric,
                range_m: change.class.is_electric.then_some(range_m),
                base,
            }));
        }
        Self { cars, without_place: self.without_place }
    }

    /// Where most of the cars stand.
    fn home(&self) -> Option<LonLat> {
        let alike = |place: LonLat| self.cars.iter().filter(|car| car.base == place).count();
        self.cars.iter().map(|car| car.base).max_by_key(|place| alike(*place))
    }
}

fn as_tried(car: RosterCar, range_m: u32) -> Option<Car> {
    let is_electric = car.powertrain == Powertrain::Electric;
    Some(Car {
        id: car.plate,
        category: car.category,
        seats: car.seats,
        is_electric,
        range_m: is_electric.then_some(range_m),
        base: car.base.or(car.place)?,
    })
}

/// A trip of the store as it is driven once more.
pub(super) fn trip(driven: Driven) -> Trip {
    Trip {
        id: driven.number,
        category: driven.category,
        seats: driven.seats,
        from: driven.from,
        end: driven.end,
        distance_m: driven.distance_m,
        begins_at: driven.begins_at,
        ends_at: driven.ends_at,
    }
}
