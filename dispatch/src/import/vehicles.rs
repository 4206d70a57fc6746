//! Rows of a register of cars: each read as a new car is typed in, with its registration and its marking where the register has them.
//!
//! A car that is there already is not refused for what the law would not let anybody buy today: it is loaded, and warned of.

mod file;
mod stock;

use std::collections::{HashMap, HashSet};

use self::file::Beside;
pub use self::file::{BroughtFile, BroughtMarking};
pub use self::stock::{KnownStock, Places, RegisteredCar};
use super::{Checked, Directory, Mapping, Row, Table, cells};
use crate::plate::{PlateError, PlateNumber};
use crate::unit::UnitId;
use crate::vehicle::{Alias, ModelName, Powertrain, Seats, VehicleAsset, VehicleCategory, VehicleError, VehicleStatus};
use crate::vin::{Vin, VinError};

/// A car as a register brings it (导入车辆).
#[derive(Clone, Debug, PartialEq)]
pub struct BroughtCar {
    /// What stands in our register.
    pub asset: VehicleAsset,
    /// What its registration says.
    pub file: Option<BroughtFile>,
    /// How it is marked.
    pub marking: Option<BroughtMarking>,
}

/// What stands in earlier rows of the file: once a car.
#[derive(Default)]
struct Seen {
    plates: HashSet<String>,
    vins: HashSet<String>,
    codes: HashSet<String>,
}

/// Looks through a table of vehicles against the units of `directory` and the cars that are there.
pub fn vehicles(table: &Table, mapping: &Mapping, directory: &Directory, known: &KnownStock) -> Checked<BroughtCar> {
    let mut checked = Checked::begin();
    let mut seen = Seen::default();
    for row in &table.rows {
        let before = checked.errors.len();
        let read = car(row, mapping, (directory, known), &mut checked);
        let plate = mapping.cell(row, "plate").text.parse::<PlateNumber>().ok();
        let is_first = is_first(row, mapping, plate.as_ref(), &mut seen, &mut checked);
        let Some(car) = read.filter(|_| is_first && checked.errors.len() == before) else { continue };
        match known.cars.get(car.asset.plate.as_str()) {
            Some(there) => stock::compare(row, mapping, &car, there.as_ref(), &mut checked),
            None if known.is_taken(row, mapping, &car, &mut checked) => {}
            None => checked.good.push((row.number, car)),
        }
    }
    stock::warn(mapping, table, directory, known, &mut checked);
    checked.errors.sort();
    checked.warnings.sort();
    checked
}

/// A plate, an identification number and a code stand in one row.
fn is_first(
    row: &Row,
    mapping: &Mapping,
    plate: Option<&PlateNumber>,
    seen: &mut Seen,
    checked: &mut Checked<BroughtCar>,
) -> bool {
    let of = |column: &'static str| mapping.cell(row, column).text.to_uppercase();
    let once = |seen: &mut HashSet<String>, text: String| text.is_empty() || seen.insert(text);
    let firsts = [
        ("plate", plate.is_none_or(|plate| seen.plates.insert(plate.to_string()))),
        ("vin", once(&mut seen.vins, of("vin"))),
        ("marking_code", once(&mut seen.codes, of("marking_code"))),
    ];
    let found = firsts.into_iter().find(|(_, is_first)| !is_first);
    if let Some((column, _)) = found {
        checked.note(row.number, column, "import.repeated", mapping.cell(row, column).text);
    }
    found.is_none()
}

/// What a row says by itself; every wrong cell is noted.
fn car(
    row: &Row,
    mapping: &Mapping,
    (directory, known): (&Directory, &KnownStock),
    checked: &mut Checked<BroughtCar>,
) -> Option<BroughtCar> {
    let cell = |column| mapping.cell(row, column);
    let plate = checked.needed(cell("plate"), |text| text.parse::<PlateNumber>().map_err(|error| PlateError::code(&error)));
    let unit = checked.needed(cell("unit"), |text| unit_of(directory, known, text));
    let category = checked.needed(cell("category"), category_of);
    let powertrain = checked.needed(cell("powertrain"), powertrain_of);
    let model = checked.needed(cell("model"), |text| ModelName::new(text).map_err(|error| VehicleError::code(&error)));
    let seats = checked
        .needed(cell("seats"), |text| Seats::new(cells::whole(text, &["座", "人"])?).map_err(|error| VehicleError::code(&error)));
    let vin = cell("vin");
    let vin = checked.optional(vin, |text| Vin::parse(text, known.vin_rule).map_err(|error| VinError::code(&error)));
    let alias = checked.optional(cell("alias"), |text| Alias::new(text).map_err(|error| VehicleError::code(&error)));
    let status = checked.optional(cell("status"), status_of);
    let beside = Beside { directory, unit, powertrain, today: known.today };
    let file = file::file(cell, beside, checked);
    let marking = file::marking(cell, checked);
    let status = status.unwrap_or(VehicleStatus::InService);
    let (plate, unit, category) = (plate?, unit?, category?);
    let asset = VehicleAsset { plate, vin, unit, category, powertrain: powertrain?, model: model?, seats: seats?, status, alias };
    Some(BroughtCar { asset, file, marking })
}

/// One of the units; one that is known to be out of sight by its credit code is said to be.
fn unit_of(directory: &Directory, known: &KnownStock, text: &str) -> Result<UnitId, &'static str> {
    directory.named(text).map_err(|code| match code {
        "import.unit_unknown" if directory.is_gone(text) => "import.unit_gone",
        "import.unit_unknown" if known.hidden_codes.contains(&text.to_uppercase()) => "import.unit_outside",
        code => code,
    })
}

/// What goes has its papers, and is brought by no table.
fn status_of(text: &str) -> Result<VehicleStatus, &'static str> {
    match word(&VehicleStatus::ALL, text, VehicleStatus::as_str, VehicleStatus::term) {
        Ok(VehicleStatus::AwaitingDisposal | VehicleStatus::Disposed) => Err("import.status_gone"),
        Ok(status) => Ok(status),
        Err(()) => Err("vehicle.status"),
    }
}

/// The category's term, with or without its last word, or its name for programs.
fn category_of(text: &str) -> Result<VehicleCategory, &'static str> {
    let short = text.trim_end_matches("用车");
    let known = VehicleCategory::ALL.into_iter().find(|category| category.term().trim_end_matches("用车") == short);
    known.or_else(|| text.to_lowercase().parse().ok()).ok_or("vehicle.category")
}

/// The powertrain's term, one of the words that registers have for it, or its name for programs.
fn powertrain_of(text: &str) -> Result<Powertrain, &'static str> {
    let by_word = match text {
        "纯电" | "电动" | "电" | "EV" | "BEV" => Some(Powertrain::Electric),
        "插电混动" | "插电式混动" | "插混" | "插电混合动力" | "增程式" | "PHEV" => {
            Some(Powertrain::PlugInHybrid)
        }
        "混动" | "油电混合" | "油电混动" | "HEV" => Some(Powertrain::Hybrid),
        "氢燃料" | "氢能" | "燃料电池" | "FCEV" => Some(Powertrain::Hydrogen),
        _ => None,
    };
    let known = word(&Powertrain::ALL, text, Powertrain::as_str, Powertrain::term).ok();
    by_word.or(known).ok_or("vehicle.powertrain")
}

/// One of a list of words, by its name for programs or for people.
fn word<T: Copy>(all: &[T], text: &str, name: fn(T) -> &'static str, term: fn(T) -> &'static str) -> Result<T, ()> {
    all.iter().copied().find(|one| name(*one) == text.to_lowercase() || term(*one) == text).ok_or(())
}

/// The first row of each car by its plate: what a warning points at.
fn rows_by_number(table: &Table) -> HashMap<u32, &Row> {
    table.rows.iter().map(|row| (row.number, row)).collect()
}

#[cfg(test)]
mod tests;
