//! What a row says of a car's registration, its engine, its price and its marking, where the register has it.

use chrono::NaiveDate;

use super::word;
use crate::import::{Cell, Checked, Directory, cells};
use crate::lifecycle::registration::{MarkingKind, OwnerKind};
use crate::lifecycle::standard::{EquipmentCase, VehicleBody};
use crate::lifecycle::{PaperTextError, text};
use crate::money::Money;
use crate::unit::UnitId;
use crate::vehicle::Powertrain;

/// What is known of a car's registration (随表登记档案).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BroughtFile {
    /// In whose name.
    pub owner: OwnerKind,
    /// Which unit that is.
    pub owner_unit: Option<UnitId>,
    /// By name.
    pub owner_name: String,
    /// Number of the certificate; may be empty.
    pub certificate: String,
    /// First registration.
    pub registered_on: NaiveDate,
    /// Its body.
    pub body: VehicleBody,
    /// By which ceiling it was bought.
    pub case: EquipmentCase,
    /// By which document, where that was out of the ordinary.
    pub case_document: String,
    /// Its engine.
    pub displacement_ml: Option<u32>,
    /// Number of the engine or the motor; may be empty.
    pub engine_number: String,
    /// What it cost before tax.
    pub price: Option<Money>,
    /// The purchase tax.
    pub tax: Option<Money>,
    /// It was made in the country.
    pub is_domestic: bool,
    /// What the odometer said when the register was brought.
    pub odometer_km: Option<u32>,
}

/// How a car is marked (随表标识).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BroughtMarking {
    /// How.
    pub kind: MarkingKind,
    /// Its code; nothing where it is exempt.
    pub code: Option<String>,
    /// By which document it is exempt.
    pub document: String,
}

/// The columns of a registration; where one of them is filled in, the first three must be.
const NEEDED: [&str; 3] = ["registered_on", "owner", "body"];
const OTHERS: [&str; 10] =
    ["owner_kind", "certificate", "engine_number", "displacement", "price", "tax", "origin", "case", "case_document", "odometer"];

/// Where a row stands, and against what it is held.
#[derive(Clone, Copy)]
pub(super) struct Beside<'a> {
    pub(super) directory: &'a Directory,
    pub(super) unit: Option<UnitId>,
    pub(super) powertrain: Option<Powertrain>,
    pub(super) today: NaiveDate,
}

/// The registration of a row: nothing where no column of it is filled in. Every wrong cell is noted.
pub(super) fn file<'a, T>(
    cell: impl Fn(&'static str) -> Cell<'a>,
    beside: Beside<'_>,
    checked: &mut Checked<T>,
) -> Option<BroughtFile> {
    let is_filled = |column: &&'static str| !cell(column).text.is_empty();
    if !NEEDED.iter().chain(&OTHERS).any(is_filled) {
        return None;
    }
    for column in NEEDED.iter().filter(|column| !is_filled(column)) {
        checked.note(cell(column).row, column, "import.registration_part", "");
    }
    let registered_on = checked.optional(cell("registered_on"), |text| registered(text, beside.today));
    let body = checked.optional(cell("body"), body_of);
    let owner = owner(&cell, beside, checked);
    let certificate = checked.optional(cell("certificate"), written);
    let engine_number = checked.optional(cell("engine_number"), written);
    let displacement_ml = checked.optional(cell("displacement"), |text| engine(text, beside.powertrain));
    let price = checked.optional(cell("price"), cells::price);
    let tax = checked.optional(cell("tax"), cells::tax);
    if let (Some(price), Some(tax)) = (price, tax)
        && tax >= price
    {
        checked.note(cell("tax").row, "tax", "import.tax", cell("tax").text);
    }
    let is_domestic = checked.optional(cell("origin"), domestic);
    let case = checked.optional(cell("case"), |text| {
        word(&EquipmentCase::ALL, text, EquipmentCase::as_str, EquipmentCase::term).map_err(|()| "standard.case")
    });
    let case_document = checked.optional(cell("case_document"), written);
    let odometer_km = checked.optional(cell("odometer"), cells::kilometres);
    let (owner, owner_unit, owner_name) = owner?;
    Some(BroughtFile {
        owner,
        owner_unit,
        owner_name,
        certificate: certificate.unwrap_or_default(),
        registered_on: registered_on?,
        body: body?,
        case: case.unwrap_or(EquipmentCase::Ordinary),
        case_document: case_document.unwrap_or_default(),
        displacement_ml: displacement_ml.flatten(),
        engine_number: engine_number.unwrap_or_default(),
        price,
        tax,
        is_domestic: is_domestic.unwrap_or(true),
        odometer_km,
    })
}

/// The marking of a row: nothing where nothing is said of it.
pub(super) fn marking<'a, T>(cell: impl Fn(&'static str) -> Cell<'a>, checked: &mut Checked<T>) -> Option<BroughtMarking> {
    let (kind, code, document) = (cell("marking"), cell("marking_code"), cell("marking_document"));
    if kind.text.is_empty() && code.text.is_empty() && document.text.is_empty() {
        return None;
    }
    let known = word(&MarkingKind::ALL, kind.text, MarkingKind::as_str, MarkingKind::term);
    let kind = checked.take(kind, known, |()| "marking.kind")?;
    let is_exempt = kind == MarkingKind::Exempt;
    if code.text.is_empty() != is_exempt {
        checked.note(code.row, "marking_code", "marking.code", code.text);
        return None;
    }
    if is_exempt && document.text.is_empty() {
        checked.note(document.row, "marking_document", "marking.document", "");
        return None;
    }
    let said = (checked.optional(code, written), checked.optional(document, written));
    let is_whole = (said.0.is_some() || code.text.is_empty()) && (said.1.is_some() || document.text.is_empty());
    is_whole.then(|| BroughtMarking { kind, code: said.0, document: said.1.unwrap_or_default() })
}

fn written(given: &str) -> Result<String, &'static str> {
    text(given).map_err(PaperTextError::code)
}

fn registered(text: &str, today: NaiveDate) -> Result<NaiveDate, &'static str> {
    let day = cells::day(text)?;
    if day > today { Err("registration.day") } else { Ok(day) }
}

/// An engine's size; a car that has a motor alone has none, and says so with a nought at most.
fn engine(text: &str, powertrain: Option<Powertrain>) -> Result<Option<u32>, &'static str> {
    if matches!(powertrain, Some(Powertrain::Electric | Powertrain::Hydrogen)) {
        return if matches!(text, "0" | "-" | "/" | "无") { Ok(None) } else { Err("import.displacement_electric") };
    }
    cells::displacement(text).map(Some)
}

/// In whose name a car is: that of the unit, of another one of the tree, or of whoever the row says what they are.
fn owner<'a, T>(
    cell: &impl Fn(&'static str) -> Cell<'a>,
    beside: Beside<'_>,
    checked: &mut Checked<T>,
) -> Option<(OwnerKind, Option<UnitId>, String)> {
    let said = checked.optional(cell("owner_kind"), |text| {
        word(&OwnerKind::ALL, text, OwnerKind::as_str, OwnerKind::term).map_err(|()| "registration.owner")
    });
    let name = cell("owner");
    let full = checked.optional(name, written)?;
    let known = match beside.directory.named(name.text) {
        // Of several of the name, the one whose car it is.
        Err("import.unit_ambiguous") => beside.unit.filter(|unit| beside.directory.is_called(*unit, name.text)),
        found => found.ok(),
    };
    match (said, known) {
        (None | Some(OwnerKind::Unit), Some(unit)) => {
            let full = beside.directory.get(unit).map_or(full, |unit| unit.name.clone());
            Some((OwnerKind::Unit, Some(unit), full))
        }
        (Some(kind), _) => Some((kind, None, full)),
        (None, None) if cell("owner_kind").text.is_empty() => {
            checked.note(name.row, "owner", "import.owner", name.text);
            None
        }
        (None, None) => None,
    }
}

/// The word of the standards, or that of the driving licence: `小型普通客车`.
fn body_of(text: &str) -> Result<VehicleBody, &'static str> {
    if let Ok(body) = word(&VehicleBody::ALL, text, VehicleBody::as_str, VehicleBody::term) {
        return Ok(body);
    }
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    match () {
        () if has(&["越野", "SUV", "suv"]) => Ok(VehicleBody::Suv),
        () if has(&["轿车"]) => Ok(VehicleBody::Sedan),
        () if has(&["专项作业", "专用", "特种", "救护", "消防", "警车"]) => Ok(VehicleBody::Special),
        () if has(&["大型"]) && has(&["客车"]) => Ok(VehicleBody::LargeBus),
        () if has(&["中型"]) && has(&["客车"]) => Ok(VehicleBody::MediumBus),
        () if has(&["小型", "微型", "商务", "MPV"]) => Ok(VehicleBody::SmallBus),
        () => Err("vehicle.body"),
    }
}

fn domestic(text: &str) -> Result<bool, &'static str> {
    match text.to_lowercase().as_str() {
        "国产" | "是" | "domestic" | "true" | "yes" | "1" => Ok(true),
        "进口" | "否" | "imported" | "false" | "no" | "0" => Ok(false),
        _ => Err("import.origin"),
    }
}
