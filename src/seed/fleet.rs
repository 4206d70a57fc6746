//! The cars of the demonstration: which unit has which car, its plate, VIN and terminal, and how it is used.

use std::collections::HashSet;

use dispatch::plate::PlateNumber;
use dispatch::vehicle::{Alias, ModelName, Seats, VehicleAsset, VehicleCategory, VehicleStatus};
use telematics::device::{Protocol, TerminalId};
use telematics::id::{DeviceId, VehicleId};
use telematics::simulate::chance::Chance;
use telematics::simulate::profile::{Drivetrain, Habit, Stock};

use super::model::{Model, candidates, category};
use super::names::{key, number, plate, secret, sim_card, terminal, vin};
use super::units::{Kind, SeedUnit};

/// Models of in-vehicle terminals.
const TERMINALS: &[&str] = &["MP-T1 车载终端", "MP-T2 北斗双模终端", "MP-T2 OBD 终端"];

/// Model of the box that cars with a battery have from their maker.
const T_BOX: &str = "T-Box 车载终端";

/// A car of the demonstration with its terminal.
#[derive(Clone, Debug)]
pub(crate) struct SeedVehicle {
    /// Its number among the cars of the demonstration, from 0.
    pub(crate) index: usize,
    /// Key of the car.
    pub(crate) id: VehicleId,
    /// As the register has it.
    pub(crate) asset: VehicleAsset,
    /// Number of its unit in the list of units.
    pub(crate) home: usize,
    /// Key of its terminal.
    pub(crate) device: DeviceId,
    /// What its terminal speaks.
    pub(crate) speaks: Protocol,
    /// Name of its terminal.
    pub(crate) terminal: TerminalId,
    /// Make of its terminal.
    pub(crate) terminal_model: &'static str,
    /// Secret of its terminal: the authentication code of JT/T 808, the SIM card of GB/T 32960.
    pub(crate) secret: String,
    /// How it is driven.
    pub(crate) drivetrain: Drivetrain,
    /// How it is used.
    pub(crate) use_of: Use,
}

/// How a car of the demonstration shows itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// Drives and reports.
    Working,
    /// Reports from where it stands.
    Standing,
    /// Its terminal has fallen silent.
    Silent,
}

impl SeedVehicle {
    /// The seed of everything this car does.
    pub(crate) fn seed(&self, seed: u64) -> u64 {
        Chance::of(&[seed, self.index as u64, 3]).bits()
    }

    /// How it is used, for the planner.
    pub(crate) const fn habit(&self) -> Habit {
        match self.use_of {
            Use::Working | Use::Silent => Habit::Working,
            Use::Standing => Habit::Standing,
        }
    }

    /// The year in which it was built, as its VIN says.
    pub(crate) fn model_year(&self) -> i32 {
        self.asset.vin.as_ref().map_or(2022, super::names::model_year)
    }

    /// Years that it was driven when the demonstration was made.
    fn years(&self) -> f64 {
        f64::from((2026 - self.model_year()).max(1))
    }

    /// What it holds when it is first seen.
    pub(crate) fn first_stock(&self, seed: u64) -> Stock {
        let mut chance = Chance::of(&[seed, self.index as u64, 2]);
        Stock {
            odometer_m: (chance.between(3_500.0, 19_000.0) * self.years() * 1000.0).round(),
            fuel_l: self.drivetrain.tank_l().unwrap_or_default() * chance.between(0.3, 0.95),
            soc_pct: chance.between(40.0, 98.0),
        }
    }
}

/// The first `count` cars of the fleet with that seed; a larger fleet begins with the smaller one.
pub(crate) fn cars(seed: u64, count: usize, units: &[SeedUnit]) -> Vec<SeedVehicle> {
    all(seed, units).take(count).collect()
}

/// The fleet with that seed, without an end.
pub(crate) fn all(seed: u64, units: &[SeedUnit]) -> impl Iterator<Item = SeedVehicle> {
    let homes: Vec<usize> =
        units.iter().enumerate().flat_map(|(number, unit)| std::iter::repeat_n(number, unit.weight)).collect();
    let mut taken = HashSet::new();
    (0_usize..).filter_map(move |index| car(seed, index, units, &homes, &mut taken))
}

fn car(seed: u64, index: usize, units: &[SeedUnit], homes: &[usize], taken: &mut HashSet<PlateNumber>) -> Option<SeedVehicle> {
    let mut chance = Chance::of(&[seed, index as u64, 1]);
    // A step that shares no factor with the number of places spreads even a small fleet over all units.
    let home = *homes.get((index * 89) % homes.len().max(1))?;
    let unit = units.get(home)?;
    let category = category(unit.kind, chance.below(100));
    let draw = (index * 37 + chance.below(12)) % 100;
    let model = *chance.pick(candidates(category, draw))?;
    let plate = std::iter::repeat_with(|| plate(model.plate_kind(), &mut chance)).find(|plate| taken.insert(plate.clone()))?;
    let years: &[i32] =
        if plate.is_new_energy() { &[2021, 2022, 2023, 2024, 2025] } else { &[2016, 2017, 2018, 2019, 2020, 2022] };
    let year = chance.pick(years).copied().unwrap_or(2022);
    let use_of = match (index * 13 + 7) % 100 {
        0..3 => Use::Silent,
        3..7 => Use::Standing,
        _ => Use::Working,
    };
    let vin = vin(model.wmi, year, &mut chance);
    let speaks = speaks(index, &model);
    let terminal = match speaks {
        Protocol::Jt808 => number(index),
        Protocol::Gb32960 => vin.as_str().parse().expect("letters and digits are a terminal id"),
        _ => terminal(index),
    };
    let asset = VehicleAsset {
        plate,
        vin: Some(vin),
        unit: unit.unit.id,
        category,
        powertrain: model.powertrain,
        model: ModelName::new(model.name).ok()?,
        seats: Seats::new(model.seats).ok()?,
        status: if use_of == Use::Standing { VehicleStatus::Sealed } else { VehicleStatus::InService },
        alias: alias(unit.kind, category, index),
    };
    Some(SeedVehicle {
        index,
        id: VehicleId(key("vehicle", &format!("{seed}/{index}"))),
        asset,
        home,
        device: DeviceId(key("device", terminal.as_str())),
        secret: if speaks == Protocol::Gb32960 { sim_card(index) } else { secret(seed, &terminal) },
        terminal_model: if speaks == Protocol::Gb32960 { T_BOX } else { chance.pick(TERMINALS).copied().unwrap_or_default() },
        speaks,
        terminal,
        drivetrain: drivetrain_of(&model, &mut chance),
        use_of,
    })
}

/// Cars that run on a battery alone report as GB/T 32960 asks; of the others two in five have a terminal of JT/T 808.
const fn speaks(index: usize, model: &Model) -> Protocol {
    match model.drivetrain {
        Drivetrain::Electric { .. } => Protocol::Gb32960,
        _ if index % 5 < 2 => Protocol::Jt808,
        _ => Protocol::Mqtt,
    }
}

/// No two drivers use the same.
fn drivetrain_of(model: &Model, chance: &mut Chance) -> Drivetrain {
    let more = chance.between(0.92, 1.18);
    match model.drivetrain {
        Drivetrain::Fuel { tank_l, l_per_100km } => Drivetrain::Fuel { tank_l, l_per_100km: l_per_100km * more },
        Drivetrain::Electric { battery_kwh, kwh_per_100km } => {
            Drivetrain::Electric { battery_kwh, kwh_per_100km: kwh_per_100km * more }
        }
        plug_in @ Drivetrain::PlugIn { .. } => plug_in,
    }
}

/// Some cars have a name of their own.
fn alias(kind: Kind, category: VehicleCategory, index: usize) -> Option<Alias> {
    let text = match (kind, category) {
        (Kind::Pool, _) if index.is_multiple_of(2) => format!("平台{:02}", index % 97 + 1),
        (_, VehicleCategory::EmergencySupport) if index.is_multiple_of(3) => format!("应急{:02}", index % 89 + 1),
        (Kind::Law, VehicleCategory::LawEnforcement) if index.is_multiple_of(3) => format!("巡查{:02}", index % 83 + 1),
        _ => return None,
    };
    Alias::new(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::super::units;
    use super::*;

    #[test]
    fn a_believable_fleet() {
        let units = units::all();
        let cars = cars(1, 300, &units);
        assert_eq!(cars.len(), 300);
        let distinct = |texts: Vec<String>| texts.into_iter().collect::<HashSet<_>>().len();
        assert_eq!(distinct(cars.iter().map(|car| car.asset.plate.to_string()).collect()), 300);
        assert_eq!(distinct(cars.iter().map(|car| car.asset.vin.clone().unwrap().to_string()).collect()), 300);
        assert_eq!(distinct(cars.iter().map(|car| car.terminal.to_string()).collect()), 300);
        let new_energy = cars.iter().filter(|car| car.asset.powertrain.is_new_energy()).count();
        assert!((120..=155).contains(&new_energy), "{new_energy} of 300 run on new energy");
        assert!(cars.iter().all(|car| car.asset.powertrain.is_new_energy() == car.asset.plate.is_new_energy()));
        let working = cars.iter().filter(|car| car.use_of == Use::Working).count();
        assert!((270..=285).contains(&working), "{working}");
        let homes: HashSet<_> = cars.iter().map(|car| car.home).collect();
        assert_eq!(homes.len(), units.len(), "every unit has a car");
        let categories: HashSet<_> = cars.iter().map(|car| car.asset.category.as_str()).collect();
        assert_eq!(categories.len(), 6);
    }

    #[test]
    fn the_same_seed_gives_the_same_cars_and_a_larger_fleet_begins_with_the_smaller() {
        let units = units::all();
        let (small, large) = (cars(7, 40, &units), cars(7, 400, &units));
        for (one, other) in small.iter().zip(&large) {
            assert_eq!((one.id, &one.asset, &one.secret), (other.id, &other.asset, &other.secret));
        }
        assert_ne!(cars(8, 1, &units)[0].asset, small[0].asset);
    }
}
