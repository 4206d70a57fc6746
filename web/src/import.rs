//! Tables of units, accounts and vehicles brought into the store, by the console and by `motorpool import` alike.
//!
//! They are looked through first, then what is good is loaded and what is bad goes back to be corrected.

mod rejected;

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::audit::By;
use dispatch::calendar::day_of;
use dispatch::import::{
    BroughtCar, Checked, Directory, ImportSubject, KnownAccount, KnownStock, Mapping, NewAccount, RowError, Table, TableError,
};
use dispatch::scope::Scope;
use dispatch::unit::act::{UnitAct, UnitDecision};
use dispatch::unit::{CreditCode, Unit, UnitId};
use dispatch::vin::VinRule;
use fleet_db::audit::Logged;
use fleet_db::{DbError, PgConnection};
use serde::Deserialize;
use telematics::id::VehicleId;
use uuid::{ContextV7, Timestamp, Uuid};

pub use self::rejected::{rejected, template};
pub use crate::sheet::{Limits, Read, SheetError, read};

/// What a person says of the sheets of a file, by the name of the sheet; what is not said is guessed.
pub type Said = BTreeMap<String, SheetSaid>;

/// What a person says of a sheet (列映射).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetSaid {
    /// What its rows are.
    #[serde(default)]
    pub subject: Option<ImportSubject>,
    /// It is not to be loaded.
    #[serde(default)]
    pub skip: bool,
    /// Position of the header by the key of the column, null to leave the column out.
    #[serde(default)]
    pub columns: BTreeMap<String, Option<usize>>,
}

/// A sheet that was understood, or was not.
#[derive(Debug)]
pub struct Sheet {
    /// What stands in it.
    pub table: Table,
    /// What its rows are; none for one that is skipped or not known.
    pub subject: Option<ImportSubject>,
    /// Which header is which column.
    pub mapping: Mapping,
    /// Why it cannot be read.
    pub error: Option<TableError>,
    /// What came of looking through it.
    pub found: Found,
}

/// What came of looking through a sheet, by what it holds.
#[derive(Debug, Default)]
pub enum Found {
    /// Nothing was looked at.
    #[default]
    Nothing,
    /// Units.
    Units(Checked<Unit>),
    /// Accounts.
    Accounts(Checked<NewAccount>),
    /// Vehicles.
    Vehicles(Checked<BroughtCar>),
}

/// How many were loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Units.
    pub units: usize,
    /// Accounts.
    pub accounts: usize,
    /// Vehicles.
    pub vehicles: usize,
}

/// What looking a file through needs to know of the store.
#[derive(Debug, Default)]
pub struct Background {
    units: Vec<Unit>,
    codes: HashSet<String>,
    accounts: HashMap<String, KnownAccount>,
    stock: KnownStock,
}

/// Who looks, and where a row stands that names no unit above it.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// The unit at the top; none when the table may bring the top itself.
    pub top: Option<UnitId>,
    /// How strictly a VIN is read.
    pub vin: VinRule,
    /// The present instant, from which keys are made.
    pub now: DateTime<Utc>,
}

impl Found {
    /// Good rows, rows that say nothing new, and what is wrong.
    pub fn figures(&self) -> (usize, usize, &[RowError]) {
        match self {
            Self::Nothing => (0, 0, &[]),
            Self::Units(checked) => (checked.good.len(), checked.known.len(), &checked.errors),
            Self::Accounts(checked) => (checked.good.len(), checked.known.len(), &checked.errors),
            Self::Vehicles(checked) => (checked.good.len(), checked.known.len(), &checked.errors),
        }
    }

    /// What people should know of good rows.
    pub fn warnings(&self) -> &[RowError] {
        match self {
            Self::Vehicles(checked) => &checked.warnings,
            Self::Nothing | Self::Units(_) | Self::Accounts(_) => &[],
        }
    }
}

/// The sheets of a file with what their headers mean.
pub fn sheets(tables: Vec<Table>, said: &Said) -> Vec<Sheet> {
    let sheet = |table: Table| {
        let said = said.get(&table.name).cloned().unwrap_or_default();
        let guess = Mapping::guess(&table.header);
        let subject = said.subject.or(guess.map(|(subject, _)| subject)).filter(|_| !said.skip);
        let mapping = subject.map(|subject| Mapping::of(subject, &table.header).with(subject, &said.columns)).unwrap_or_default();
        let missing = subject.and_then(|subject| mapping.missing(subject));
        let error = match (subject, missing) {
            (None, _) if !said.skip => Some(TableError::Unknown { sheet: table.name.clone() }),
            (_, Some(column)) => Some(TableError::Missing { sheet: table.name.clone(), column: column.term }),
            _ => None,
        };
        Sheet { table, subject, mapping, error, found: Found::Nothing }
    };
    tables.into_iter().map(sheet).collect()
}

/// What stands in a column of the sheets of a subject.
fn cells<'a>(sheets: &'a [Sheet], subject: ImportSubject, key: &'static str) -> impl Iterator<Item = &'a String> {
    let of_subject = sheets.iter().filter(move |sheet| sheet.subject == Some(subject) && sheet.error.is_none());
    of_subject
        .filter_map(move |sheet| {
            let (_, at) = sheet.mapping.positions().find(|(known, _)| *known == key)?;
            Some(sheet.table.rows.iter().filter_map(move |row| row.cells.get(at)))
        })
        .flatten()
        .filter(|text| !text.is_empty())
}

/// A key that sorts by `now`: version 7, whose clock is the one that was handed down.
fn new_id(now: DateTime<Utc>) -> Uuid {
    let seconds = now.timestamp().max(0).cast_unsigned();
    Uuid::new_v7(Timestamp::from_unix(ContextV7::new(), seconds, now.timestamp_subsec_nanos()))
}

/// Asks the store for what the sheets must be compared with.
pub async fn background(conn: &mut PgConnection, scope: Option<&Scope>, sheets: &[Sheet]) -> Result<Background, DbError> {
    let Some(scope) = scope else { return Ok(Background::default()) };
    let codes = cells(sheets, ImportSubject::Units, "credit_code").chain(cells(sheets, ImportSubject::Vehicles, "unit"));
    let codes: Vec<CreditCode> = codes.filter_map(|text| text.parse().ok()).collect();
    let codes: Vec<&str> = codes.iter().map(CreditCode::as_str).collect();
    let logins: Vec<String> =
        cells(sheets, ImportSubject::Accounts, "login").map(|text| text.trim().to_ascii_lowercase()).collect();
    let plates: Vec<String> = cells(sheets, ImportSubject::Vehicles, "plate")
        .filter_map(|text| text.parse::<dispatch::plate::PlateNumber>().ok())
        .map(|plate| plate.to_string())
        .collect();
    let vins: Vec<String> = cells(sheets, ImportSubject::Vehicles, "vin").map(|text| text.trim().to_ascii_uppercase()).collect();
    let markings: Vec<String> =
        cells(sheets, ImportSubject::Vehicles, "marking_code").map(|text| text.trim().to_owned()).collect();
    let has_cars = sheets.iter().any(|sheet| sheet.subject == Some(ImportSubject::Vehicles));
    let stock = if has_cars {
        fleet_db::import::known_stock(conn, scope, (&plates, &vins, &markings)).await?
    } else {
        KnownStock::default()
    };
    Ok(Background {
        units: fleet_db::unit::list(conn, scope).await?,
        codes: fleet_db::unit::act::taken_codes(conn, &codes).await?.into_iter().collect(),
        accounts: fleet_db::import::known_accounts(conn, scope, &logins).await?,
        stock,
    })
}

/// Looks the sheets through: units first, because accounts and vehicles may name those that the same file brings. Takes its time
/// with a large file: not for an async thread.
pub fn look(sheets: &mut [Sheet], background: Background, frame: Frame) {
    let in_sight: HashSet<String> =
        background.units.iter().filter_map(|unit| unit.credit_code.clone()).map(String::from).collect();
    let hidden: HashSet<String> = background.codes.difference(&in_sight).cloned().collect();
    let mut directory = Directory::from_iter(background.units);
    let stock = KnownStock {
        today: day_of(frame.now),
        known_at: frame.now,
        vin_rule: frame.vin,
        hidden_codes: hidden.clone(),
        ..background.stock
    };
    for subject in ImportSubject::ALL {
        for sheet in sheets.iter_mut().filter(|sheet| sheet.subject == Some(subject) && sheet.error.is_none()) {
            let (table, mapping) = (&sheet.table, &sheet.mapping);
            sheet.found = match subject {
                ImportSubject::Units => {
                    let new_id = || UnitId(new_id(frame.now));
                    Found::Units(dispatch::import::units(table, mapping, &mut directory, frame.top, &hidden, new_id))
                }
                ImportSubject::Accounts => {
                    Found::Accounts(dispatch::import::accounts(table, mapping, &directory, &background.accounts))
                }
                ImportSubject::Vehicles => Found::Vehicles(dispatch::import::vehicles(table, mapping, &directory, &stock)),
            };
        }
    }
}

/// Loads what is good, in the caller's transaction, which is to be committed with the proof that it was written down. The file's name stands in the histories of units and in the audit log.
pub async fn load(
    conn: &mut PgConnection,
    sheets: &[Sheet],
    file: &str,
    by: &By,
    now: DateTime<Utc>,
) -> Result<(Loaded, Logged), DbError> {
    let mut loaded = Loaded::default();
    let told = By { reason: file.to_owned(), ..by.clone() };
    let decision = UnitDecision {
        act: UnitAct::Found,
        on: fleet_db::clock::beijing_day(now),
        document: String::new(),
        reason: file.to_owned(),
    };
    let units: Vec<Unit> = sheets.iter().flat_map(|sheet| of_units(&sheet.found)).cloned().collect();
    if !units.is_empty() {
        fleet_db::unit::act::found_all(conn, &units, &decision, by, now).await?;
        loaded.units = units.len();
    }
    for sheet in sheets {
        match &sheet.found {
            Found::Accounts(checked) if !checked.good.is_empty() => {
                let new: Vec<_> = checked.good.iter().map(|(_, new)| (AccountId(new_id(now)), new.clone())).collect();
                fleet_db::import::accounts(conn, &new, &told, now).await?;
                loaded.accounts += new.len();
            }
            Found::Vehicles(checked) if !checked.good.is_empty() => {
                let new: Vec<_> = checked.good.iter().map(|(_, car)| (VehicleId(new_id(now)), car.clone())).collect();
                fleet_db::import::vehicles(conn, &new, by.account, now).await?;
                loaded.vehicles += new.len();
            }
            Found::Nothing | Found::Units(_) | Found::Accounts(_) | Found::Vehicles(_) => {}
        }
    }
    let logged = fleet_db::import::tell(conn, file, (loaded.units, loaded.accounts, loaded.vehicles), &told, now).await?;
    Ok((loaded, logged))
}

fn of_units(found: &Found) -> impl Iterator<Item = &Unit> {
    let checked = match found {
        Found::Units(checked) => checked.good.as_slice(),
        Found::Nothing | Found::Accounts(_) | Found::Vehicles(_) => &[],
    };
    checked.iter().map(|(_, unit)| unit)
}
