//! Equipment standards (配备标准): what a car of a category may cost before tax, how large its engine may be, and which bodies.
//!
//! The ceilings are rows of the register of rules, each with its day and its source: a check is answered by the rows that held on its day
//! and were known at its instant, so that an old check that is made again says what it said.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::money::Money;
use crate::rule::key::RuleKey;
use crate::rule::resolve::{RuleVersion, resolve};
use crate::rule::value::{Cell, Row, RuleValue};
use crate::unit::UnitId;
use crate::vehicle::{Powertrain, VehicleCategory};
use crate::word::words;

words! {
    /// What kind of body a car has (车身类型), as GA 802 tells them apart.
    VehicleBody, VehicleBodyError, "vehicle.body" {
        /// A sedan.
        Sedan = "sedan", "轿车";
        /// Another small bus: a van, a people carrier.
        SmallBus = "small_bus", "其他小型客车";
        /// Made for rough ground.
        Suv = "suv", "越野车";
        /// A medium bus.
        MediumBus = "medium_bus", "中型客车";
        /// A large bus.
        LargeBus = "large_bus", "大型客车";
        /// Built for its equipment.
        Special = "special", "专用车";
    }
}

words! {
    /// By which ceiling a car is asked for (配备情形).
    EquipmentCase, EquipmentCaseError, "standard.case" {
        /// As a rule.
        Ordinary = "ordinary", "一般情形";
        /// Where the work needs it.
        Need = "need", "因工作需要";
        /// In special circumstances.
        Exception = "exception", "确因情况特殊";
        /// A large bus.
        Coach = "coach", "大型客车";
    }
}

words! {
    /// Why a car may not be bought (超标准情形).
    StandardBreach, StandardBreachError, "standard.breach" {
        /// It costs too much.
        Price = "price", "价格超过上限";
        /// Its engine is too large, or nobody says how large.
        Displacement = "displacement", "排量超过上限";
        /// The category has no such ceiling.
        Case = "case", "该类别无此情形";
        /// The ceiling is not for this body.
        Body = "body", "车身类型不符";
        /// It was made abroad.
        Imported = "imported", "非国产车";
        /// What is out of the ordinary has its document.
        Document = "document", "缺少批准文件";
    }
}

impl StandardBreach {
    /// The stable code that people and programs see; its words name the clause.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Price => "standard.price",
            Self::Displacement => "standard.displacement",
            Self::Case => "standard.no_case",
            Self::Body => "standard.body",
            Self::Imported => "standard.imported",
            Self::Document => "standard.document",
        }
    }

    /// The field of a form that is wrong.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Price => "price_fen",
            Self::Displacement => "displacement_ml",
            Self::Case => "case",
            Self::Body => "body",
            Self::Imported => "is_domestic",
            Self::Document => "document",
        }
    }
}

/// A car that somebody wants (拟配车辆).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedCar {
    /// What it is for.
    pub category: VehicleCategory,
    /// What drives it.
    pub powertrain: Powertrain,
    /// Its body.
    pub body: VehicleBody,
    /// By which ceiling.
    pub case: EquipmentCase,
    /// Its price before the purchase tax.
    #[serde(rename = "price_fen")]
    pub price: Money,
    /// Millilitres of its engine; nothing where it has none.
    pub displacement_ml: Option<u32>,
    /// It is made in the country.
    pub is_domestic: bool,
    /// Number of the document that approves what is out of the ordinary; empty where there is none.
    pub document: String,
}

/// What a car was held against (核定标准).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ceiling {
    /// Most it may cost; nothing where a document says it.
    #[serde(rename = "price_fen")]
    pub price: Option<Money>,
    /// Largest engine; nothing where there is no limit.
    pub displacement_ml: Option<u32>,
    /// From which day the row holds.
    pub from: NaiveDate,
    /// Where it stands.
    pub source: String,
}

/// What comes of a check (标准核验结果).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StandardVerdict {
    /// What it was held against; nothing where the category has no such row.
    pub ceiling: Option<Ceiling>,
    /// What stands against it, each once.
    pub breaches: Vec<StandardBreach>,
}

/// Holds a car against the rows that held on a day for a unit, itself first in its line, as far as was known at an instant.
pub fn check(
    car: &WantedCar,
    versions: &[RuleVersion],
    line: &[UnitId],
    on: NaiveDate,
    known_at: DateTime<Utc>,
) -> StandardVerdict {
    let held = resolve(versions, RuleKey::EquipmentCeiling, line, on, known_at);
    let powertrains = resolve(versions, RuleKey::NevPowertrains, line, on, known_at).map(|held| held.value);
    let is_new_energy = counts(car.powertrain, powertrains.as_ref());
    let ceiling = held.as_ref().and_then(|held| {
        let (price, displacement_ml) = row_for(car, is_new_energy, held.value.rows())?;
        Some(Ceiling { price, displacement_ml, from: held.version.from, source: held.version.source.clone() })
    });
    let breaches = breaches(car, ceiling.as_ref());
    StandardVerdict { ceiling, breaches }
}

/// The powertrain is among those that count as new energy.
pub fn counts(powertrain: Powertrain, listed: Option<&RuleValue>) -> bool {
    match listed {
        Some(RuleValue::Texts(texts)) => texts.iter().any(|text| text == powertrain.as_str()),
        _ => powertrain.is_new_energy(),
    }
}

fn breaches(car: &WantedCar, ceiling: Option<&Ceiling>) -> Vec<StandardBreach> {
    let needs_document =
        car.case != EquipmentCase::Ordinary || car.body == VehicleBody::Suv || car.category == VehicleCategory::SpecialTechnical;
    let over = |most: Option<u32>| match (most, car.displacement_ml, car.powertrain) {
        (None, ..) | (_, None, Powertrain::Electric | Powertrain::Hydrogen) => false,
        (Some(most), Some(found), _) => found > most,
        (Some(_), None, _) => true,
    };
    let all = [
        (ceiling.is_none(), StandardBreach::Case),
        (ceiling.is_some_and(|row| row.price.is_some_and(|most| car.price > most)), StandardBreach::Price),
        (ceiling.is_some_and(|row| over(row.displacement_ml)), StandardBreach::Displacement),
        (!has_body(car), StandardBreach::Body),
        (!car.is_domestic, StandardBreach::Imported),
        (needs_document && car.document.trim().is_empty(), StandardBreach::Document),
    ];
    all.into_iter().filter(|(stands, _)| *stands).map(|(_, breach)| breach).collect()
}

/// The ceiling of a case is for certain bodies.
const fn has_body(car: &WantedCar) -> bool {
    use EquipmentCase as C;
    use VehicleBody as B;
    matches!(
        (car.case, car.body),
        (C::Ordinary | C::Need, B::Sedan | B::SmallBus | B::Suv)
            | (C::Exception, B::Sedan | B::SmallBus | B::Suv | B::MediumBus)
            | (C::Coach, B::LargeBus)
    ) || matches!(car.category, VehicleCategory::SpecialTechnical)
}

/// The row of a car: a new-energy sedan has its own in every category, every other body the category's price. Special equipment without a
/// row has what its document says.
fn row_for(car: &WantedCar, is_new_energy: bool, rows: &[Row]) -> Option<(Option<Money>, Option<u32>)> {
    let power = if is_new_energy && car.body == VehicleBody::Sedan { "new_energy" } else { "fuel" };
    // The ceiling of a new-energy sedan is one, whatever the circumstances.
    let case = if power == "new_energy" { "ordinary" } else { car.case.as_str() };
    let is = |row: &Row, column: &str, text: &str| row.get(column).and_then(Cell::text) == Some(text);
    let found = rows
        .iter()
        .find(|row| is(row, "category", car.category.as_str()) && is(row, "powertrain", power) && is(row, "case", case));
    match found {
        Some(row) => Some((cell(row, "price_fen", 1.0).map(Money::from_fen), millilitres(row))),
        None if car.category == VehicleCategory::SpecialTechnical => Some((None, None)),
        None => None,
    }
}

fn millilitres(row: &Row) -> Option<u32> {
    cell(row, "displacement_l", 1000.0).and_then(|millilitres| u32::try_from(millilitres).ok())
}

/// A number of a row, times so much, as a whole.
#[expect(clippy::cast_possible_truncation, reason = "the register's bounds are far below the limit")]
fn cell(row: &Row, column: &str, times: f64) -> Option<i64> {
    row.get(column).and_then(Cell::number).map(|number| (number * times).round() as i64)
}

#[cfg(test)]
mod tests;
