//! Rows of vehicles, read as a new vehicle is typed in.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;

use super::accounts::find;
use super::{Checked, Directory, Mapping, Table};
use crate::plate::{PlateError, PlateNumber};
use crate::vehicle::{Alias, ModelName, Powertrain, Seats, VehicleAsset, VehicleCategory, VehicleError, VehicleStatus};
use crate::vin::{Vin, VinError, VinRule};

/// Looks through a table of vehicles against the units of `directory`; a plate of `known` is there already.
pub fn vehicles<S: BuildHasher>(
    table: &Table,
    mapping: &Mapping,
    directory: &Directory,
    known: &HashSet<String, S>,
    rule: VinRule,
) -> Checked<VehicleAsset> {
    let mut checked = Checked::begin();
    let mut seen = HashMap::new();
    for row in &table.rows {
        let cell = |column| mapping.cell(row, column);
        let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let plate = cell("plate");
        let plate = checked.take(plate, plate.text.parse::<PlateNumber>(), PlateError::code);
        let unit = cell("unit");
        let unit = checked.take(unit, find(directory, unit.text), |code| code);
        let category = cell("category");
        let category = checked.take(
            category,
            word(&VehicleCategory::ALL, category.text, VehicleCategory::as_str, VehicleCategory::term),
            |()| "vehicle.category",
        );
        let powertrain = cell("powertrain");
        let powertrain = checked.take(
            powertrain,
            word(&Powertrain::ALL, powertrain.text, Powertrain::as_str, Powertrain::term),
            |()| "vehicle.powertrain",
        );
        let model = cell("model");
        let model = checked.take(model, ModelName::new(model.text), VehicleError::code);
        let seats = cell("seats");
        let seats = checked.take(seats, Seats::new(seats.text.parse().unwrap_or(0)), VehicleError::code);
        let vin = cell("vin");
        let vin = checked.take(vin, filled(vin.text).map(|vin| Vin::parse(&vin, rule)).transpose(), VinError::code);
        let alias = cell("alias");
        let alias = checked.take(alias, filled(alias.text).map(|alias| Alias::new(&alias)).transpose(), VehicleError::code);
        let (Some(plate), Some(unit), Some(category), Some(powertrain)) = (plate, unit, category, powertrain) else { continue };
        let (Some(model), Some(seats), Some(vin), Some(alias)) = (model, seats, vin, alias) else { continue };
        if *seen.entry(plate.to_string()).or_insert(row.number) != row.number {
            checked.note(row.number, "plate", "import.repeated", plate.as_str());
        } else if known.contains(plate.as_str()) {
            checked.known.push(row.number);
        } else {
            let status = VehicleStatus::InService;
            checked.good.push((row.number, VehicleAsset { plate, vin, unit, category, powertrain, model, seats, status, alias }));
        }
    }
    checked.errors.sort();
    checked
}

/// One of a list of words, by its name for programs or for people.
fn word<T: Copy>(all: &[T], text: &str, name: fn(T) -> &'static str, term: fn(T) -> &'static str) -> Result<T, ()> {
    all.iter().copied().find(|one| name(*one) == text.to_lowercase() || term(*one) == text).ok_or(())
}
