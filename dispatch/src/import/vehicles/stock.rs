//! What is there already: cars, numbers that are taken, places of the establishment; and what good rows are warned of.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};

use super::{BroughtCar, rows_by_number};
use crate::import::{Checked, Directory, Mapping, Row, Table};
use crate::lifecycle::registration::is_strangers;
use crate::lifecycle::standard::{self, WantedCar};
use crate::rule::resolve::RuleVersion;
use crate::unit::UnitId;
use crate::vehicle::{Powertrain, VehicleCategory};
use crate::vin::VinRule;

/// A car that is there (在册车辆), as far as a row may differ from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredCar {
    /// Its identification number.
    pub vin: Option<String>,
    /// Whose it is.
    pub unit: UnitId,
    /// What it is for.
    pub category: VehicleCategory,
    /// What drives it.
    pub powertrain: Powertrain,
}

/// How many places of each category a unit has left (编制余额); below nothing: it is over already.
pub type Places = BTreeMap<VehicleCategory, i64>;

/// What a register is held against (在册情况).
#[derive(Clone, Debug, Default)]
pub struct KnownStock {
    /// The day on which it is brought.
    pub today: NaiveDate,
    /// How strictly a VIN is read.
    pub vin_rule: VinRule,
    /// By plate: a car that is there; none for one out of sight.
    pub cars: HashMap<String, Option<RegisteredCar>>,
    /// Identification numbers that cars have, in sight or not.
    pub vins: HashSet<String>,
    /// Codes of markings that cars have or had.
    pub codes: HashSet<String>,
    /// Credit codes of units out of sight.
    pub hidden_codes: HashSet<String>,
    /// Places left, of each unit whose establishment is recorded.
    pub places: HashMap<UnitId, Places>,
    /// The superiors of the units at the top of the directory, nearest first.
    pub above: HashMap<UnitId, Vec<UnitId>>,
    /// The standards.
    pub rules: Vec<RuleVersion>,
    /// As far as they are known now.
    pub known_at: DateTime<Utc>,
}

impl KnownStock {
    /// Something of a new car is another car's.
    pub(super) fn is_taken(&self, row: &Row, mapping: &Mapping, car: &BroughtCar, checked: &mut Checked<BroughtCar>) -> bool {
        let vin = car.asset.vin.as_ref().is_some_and(|vin| self.vins.contains(vin.as_str()));
        let code = car.marking.as_ref().and_then(|marking| marking.code.as_ref()).is_some_and(|code| self.codes.contains(code));
        for (is_taken, column, error) in [(vin, "vin", "vehicle.vin_taken"), (code, "marking_code", "marking.code_taken")] {
            if is_taken {
                checked.note(row.number, column, error, mapping.cell(row, column).text);
            }
        }
        vin || code
    }
}

/// A row of a car that is there says nothing new, or says something else: no import, but a change, and changes have papers.
pub(super) fn compare(
    row: &Row,
    mapping: &Mapping,
    car: &BroughtCar,
    there: Option<&RegisteredCar>,
    checked: &mut Checked<BroughtCar>,
) {
    let Some(there) = there else {
        return checked.note(row.number, "plate", "vehicle.plate_taken", car.asset.plate.as_str());
    };
    let asset = &car.asset;
    let other_vin = asset.vin.as_ref().zip(there.vin.as_ref()).is_some_and(|(said, known)| said.as_str() != known);
    let differences = [
        (other_vin, "vin"),
        (asset.unit != there.unit, "unit"),
        (asset.category != there.category, "category"),
        (asset.powertrain != there.powertrain, "powertrain"),
    ];
    let mut is_same = true;
    for (_, column) in differences.into_iter().filter(|(differs, _)| *differs) {
        is_same = false;
        checked.note(row.number, column, "import.car_differs", mapping.cell(row, column).text);
    }
    if is_same {
        checked.known.push(row.number);
    }
}

/// Good rows of which the law would say something: beyond the standard of their day, in a stranger's name, beyond the establishment.
pub(super) fn warn(
    mapping: &Mapping,
    table: &Table,
    directory: &Directory,
    known: &KnownStock,
    checked: &mut Checked<BroughtCar>,
) {
    let rows = rows_by_number(table);
    let mut places = known.places.clone();
    let mut warnings = Vec::new();
    for (number, car) in &checked.good {
        let asset = &car.asset;
        let mut said: Vec<(&'static str, &'static str)> = Vec::new();
        if let Some(left) = places.get_mut(&asset.unit) {
            let left = left.entry(asset.category).or_default();
            *left -= 1;
            if *left < 0 {
                said.push(("category", "import.over_establishment"));
            }
        }
        if let Some(file) = &car.file {
            if is_strangers(file.owner, file.owner_unit, asset.unit) {
                said.push(("owner", "import.stranger"));
            }
            said.extend(beyond(car, directory, known));
        }
        for (column, code) in said {
            let found = rows.get(number).map_or("", |row| mapping.cell(row, column).text);
            warnings.push((*number, column, code, found.to_owned()));
        }
    }
    for (row, column, code, found) in warnings {
        checked.warn(row, column, code, &found);
    }
}

/// What stands against a car by the standard of the day of its first registration; a day from before the standards says nothing.
fn beyond(car: &BroughtCar, directory: &Directory, known: &KnownStock) -> Vec<(&'static str, &'static str)> {
    let Some((file, price)) = car.file.as_ref().and_then(|file| Some((file, file.price?))) else { return Vec::new() };
    let wanted = WantedCar {
        category: car.asset.category,
        powertrain: car.asset.powertrain,
        body: file.body,
        case: file.case,
        price,
        displacement_ml: file.displacement_ml,
        is_domestic: file.is_domestic,
        document: file.case_document.clone(),
    };
    let line = directory.line(car.asset.unit, &known.above);
    let verdict = standard::check(&wanted, &known.rules, &line, file.registered_on, known.known_at);
    if verdict.ceiling.is_none() {
        return Vec::new();
    }
    let column = |field| match field {
        "price_fen" => "price",
        "displacement_ml" => "displacement",
        "is_domestic" => "origin",
        "document" => "case_document",
        "body" => "body",
        _ => "case",
    };
    verdict.breaches.iter().map(|breach| (column(breach.field()), breach.code())).collect()
}
