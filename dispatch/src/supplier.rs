//! Suppliers of cars (供应商): contracts for rented and time-share cars, what they cost, and which of their cars is offered first.

use std::cmp::Reverse;

use chrono::NaiveDate;
use serde::Serialize;
use telematics::id::VehicleId;
use telematics::uuid_id;
use thiserror::Error;

use crate::cost_line::{CostItem, CostLine, CostMeasure, total};
use crate::money::Money;
use crate::tariff::{TariffClass, time_share};
use crate::word::words;

uuid_id! {
    /// Key of a supplier (供应商).
    SupplierId
}
uuid_id! {
    /// Key of a contract (租赁合同).
    ContractId
}

words! {
    /// How cars are had (租赁方式).
    ContractKind, ContractKindError, "supplier.kind" {
        /// With or without a driver, by day and kilometre.
        Rental = "rental", "社会化租赁";
        /// Taken and left by who drives, by the started hour.
        TimeShare = "time_share", "分时租赁";
    }
}

/// Longest name, number or telephone, in characters.
const TEXT_LENGTH: usize = 60;
/// Most that a day or an hour costs: 100,000 yuan.
const MOST: Money = Money::from_fen(10_000_000);

/// What is wrong with a supplier or a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SupplierError {
    /// No text, or one that is too long.
    #[error("a {0} has 1 to {TEXT_LENGTH} characters")]
    Text(&'static str),
    /// Ends before it begins.
    #[error("a contract ends after it begins")]
    Period,
    /// For no class of car.
    #[error("a contract names the classes of car that it is about")]
    Classes,
    /// No price, or none that can be.
    #[error("a {0} price is more than nothing and at most {MOST:?}")]
    Price(&'static str),
}

impl SupplierError {
    /// The field that is wrong.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Text(field) | Self::Price(field) => field,
            Self::Period => "last",
            Self::Classes => "classes",
        }
    }

    /// The stable code of the error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Text(_) => "supplier.text",
            Self::Period => "supplier.period",
            Self::Classes => "supplier.classes",
            Self::Price(_) => "supplier.price",
        }
    }
}

/// What the cars of a contract cost (合同价格).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ContractPrice {
    /// By day and kilometre.
    Rental {
        /// A started day.
        day_fen: Money,
        /// A kilometre.
        km_fen: Money,
    },
    /// By the started hour.
    TimeShare {
        /// A started hour.
        hour_fen: Money,
    },
}

/// A contract as it is signed (租赁合同).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contract {
    /// Its number.
    pub number: String,
    /// Classes of car that it is about.
    pub classes: Vec<TariffClass>,
    /// Its first day.
    pub first: NaiveDate,
    /// Its last day.
    pub last: NaiveDate,
    /// What its cars cost.
    pub price: ContractPrice,
}

/// How long and how far a car was had (租用量).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hire {
    /// Minutes.
    pub minutes: u32,
    /// Days begun, in Beijing time.
    pub days: u32,
    /// Metres.
    pub distance_m: u32,
}

/// What a time-share car costs at most (分时租赁封顶), by the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// In 24 hours.
    pub day: Money,
    /// What is left of the cap of the year.
    pub left_of_year: Money,
}

/// A supplier's car for a trip (供应商车辆报价).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Which car.
    pub vehicle: VehicleId,
    /// Counts as a new-energy car.
    pub is_new_energy: bool,
    /// What the trip would cost.
    pub price: Money,
    /// What is said of its supplier, in hundredths of a star.
    pub stars: Option<i32>,
}

/// A text of a supplier or a contract: trimmed, never empty, not too long.
pub fn text(field: &'static str, given: &str) -> Result<String, SupplierError> {
    let given = given.trim();
    let fits = (1..=TEXT_LENGTH).contains(&given.chars().count()) && !given.chars().any(char::is_control);
    if fits { Ok(given.to_owned()) } else { Err(SupplierError::Text(field)) }
}

impl ContractPrice {
    /// How the cars are had.
    pub const fn kind(self) -> ContractKind {
        match self {
            Self::Rental { .. } => ContractKind::Rental,
            Self::TimeShare { .. } => ContractKind::TimeShare,
        }
    }

    /// What a hire costs, line by line.
    pub fn lines(self, hire: Hire, caps: Caps) -> Vec<CostLine> {
        match self {
            Self::Rental { day_fen, km_fen } => vec![
                CostLine::counted(CostItem::Rental, hire.days, CostMeasure::Day, day_fen),
                CostLine::driven(CostItem::Distance, 0, hire.distance_m, km_fen),
            ],
            Self::TimeShare { hour_fen } => within_year(time_share(hire.minutes, hour_fen, caps.day), caps.left_of_year),
        }
    }

    fn check(self) -> Option<SupplierError> {
        let is_none = |price: Money| price <= Money::ZERO || price > MOST;
        match self {
            Self::Rental { day_fen, .. } if is_none(day_fen) => Some(SupplierError::Price("day_fen")),
            Self::Rental { km_fen, .. } if km_fen < Money::ZERO || km_fen > MOST => Some(SupplierError::Price("km_fen")),
            Self::TimeShare { hour_fen } if is_none(hour_fen) => Some(SupplierError::Price("hour_fen")),
            Self::Rental { .. } | Self::TimeShare { .. } => None,
        }
    }
}

impl Contract {
    /// A contract, or all that is wrong with it.
    pub fn new(
        number: &str,
        classes: Vec<TariffClass>,
        (first, last): (NaiveDate, NaiveDate),
        price: ContractPrice,
    ) -> Result<Self, Vec<SupplierError>> {
        let number = text("number", number);
        let wrong: Vec<SupplierError> = [
            number.as_ref().err().copied(),
            (last < first).then_some(SupplierError::Period),
            classes.is_empty().then_some(SupplierError::Classes),
            price.check(),
        ]
        .into_iter()
        .flatten()
        .collect();
        match number {
            Ok(number) if wrong.is_empty() => Ok(Self { number, classes, first, last, price }),
            _ => Err(wrong),
        }
    }
}

/// Hours of a time-share car, and what of them is beyond the cap of the year taken off: no car costs more in a year.
pub fn within_year(mut lines: Vec<CostLine>, left_of_year: Money) -> Vec<CostLine> {
    let over = total(&lines) - left_of_year.max(Money::ZERO);
    if over > Money::ZERO {
        lines.push(CostLine::counted(CostItem::YearCap, 1, CostMeasure::Piece, -over));
    }
    lines
}

/// New energy first; among equals the cheapest, then the supplier of whom people speak best.
pub fn rank(offers: &mut [Offer]) {
    offers.sort_by_key(|offer| (!offer.is_new_energy, offer.price, Reverse(offer.stars), offer.vehicle));
}

/// Taking this car passes over a new-energy one that is there: that needs a reason.
pub fn passes_over_new_energy(taken: VehicleId, offers: &[Offer]) -> bool {
    let takes_fuel = offers.iter().any(|offer| offer.vehicle == taken && !offer.is_new_energy);
    takes_fuel && offers.iter().any(|offer| offer.is_new_energy)
}

#[cfg(test)]
mod tests;
