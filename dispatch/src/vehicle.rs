//! Vehicles as assets: what the register says of a car.

use serde::Serialize;
use telematics::id::{VehicleId, VehicleNo};
use thiserror::Error;

use crate::plate::PlateNumber;
use crate::unit::UnitId;
use crate::vin::Vin;
use crate::word::words;

words! {
    /// What a vehicle is for (车辆类别), by 《党政机关公务用车管理办法》 Art. 3.
    VehicleCategory, VehicleCategoryError, "vehicle.category" {
        /// Carries confidential papers.
        ConfidentialCourier = "confidential_courier", "机要通信用车";
        /// For emergencies and disasters.
        EmergencySupport = "emergency_support", "应急保障用车";
        /// Front-line law enforcement.
        LawEnforcement = "law_enforcement", "执法执勤用车";
        /// Carries fixed special equipment.
        SpecialTechnical = "special_technical", "特种专业技术用车";
        /// For retired cadres.
        RetiredCadreService = "retired_cadre_service", "离退休干部服务用车";
        /// Whatever else is provided for by rule.
        Other = "other", "其他用车";
    }
}

words! {
    /// What drives a vehicle (动力类型).
    Powertrain, PowertrainError, "vehicle.powertrain" {
        /// Petrol.
        Petrol = "petrol", "汽油";
        /// Diesel.
        Diesel = "diesel", "柴油";
        /// Petrol with a battery that is not charged from outside.
        Hybrid = "hybrid", "混合动力";
        /// Petrol with a battery that is.
        PlugInHybrid = "plug_in_hybrid", "插电式混合动力";
        /// Battery alone.
        Electric = "electric", "纯电动";
        /// Fuel cell.
        Hydrogen = "hydrogen", "氢燃料电池";
    }
}

words! {
    /// Where a vehicle stands in its life (车辆状态).
    VehicleStatus, VehicleStatusError, "vehicle.status" {
        /// In use.
        InService = "in_service", "在用";
        /// Usable, unused.
        Idle = "idle", "闲置";
        /// In the workshop.
        InRepair = "in_repair", "维修中";
        /// Sealed by the authority.
        Sealed = "sealed", "封存";
        /// To be sold, scrapped or recycled.
        AwaitingDisposal = "awaiting_disposal", "待处置";
        /// Gone.
        Disposed = "disposed", "已处置";
    }
}

impl Powertrain {
    /// Counts as a new-energy vehicle (新能源汽车).
    pub const fn is_new_energy(self) -> bool {
        matches!(self, Self::PlugInHybrid | Self::Electric | Self::Hydrogen)
    }
}

/// A car in the register (车辆).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Vehicle {
    /// Key.
    pub id: VehicleId,
    /// Small number for high-volume rows and the live channel; given by the store.
    pub no: VehicleNo,
    /// What is known of it as an asset.
    pub asset: VehicleAsset,
}

/// The facts of a car that people enter (车辆档案).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VehicleAsset {
    /// Number plate.
    pub plate: PlateNumber,
    /// Identification number, where known.
    pub vin: Option<Vin>,
    /// Whose car it is.
    pub unit: UnitId,
    /// What it is for.
    pub category: VehicleCategory,
    /// What drives it.
    pub powertrain: Powertrain,
    /// Make and model.
    pub model: ModelName,
    /// Seats, the driver's included.
    pub seats: Seats,
    /// Where it stands in its life.
    pub status: VehicleStatus,
    /// What its unit calls it.
    pub alias: Option<Alias>,
}

/// What is wrong with a car's facts.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum VehicleError {
    /// No or too many seats.
    #[error("a vehicle has 1 to 99 seats, not {found}")]
    Seats {
        /// The number as given.
        found: i64,
    },
    /// Make and model are empty or too long.
    #[error("a model has 1 to 64 characters, this one has {length}")]
    Model {
        /// Characters found.
        length: usize,
    },
    /// The name is too long.
    #[error("an alias has 1 to 32 characters, this one has {length}")]
    Alias {
        /// Characters found.
        length: usize,
    },
}

impl VehicleError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Seats { .. } => "vehicle.seats",
            Self::Model { .. } => "vehicle.model",
            Self::Alias { .. } => "vehicle.alias",
        }
    }
}

/// Number of seats (核定载客): 1 to 99, the driver's included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Seats(i16);

/// Make and model (厂牌型号): 1 to 64 characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ModelName(String);

/// What its unit calls a car (别名): 1 to 32 characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Alias(String);

impl Seats {
    /// That many.
    pub fn new(found: i64) -> Result<Self, VehicleError> {
        match i16::try_from(found) {
            Ok(seats @ 1..=99) => Ok(Self(seats)),
            _ => Err(VehicleError::Seats { found }),
        }
    }

    /// How many.
    pub const fn count(self) -> i16 {
        self.0
    }
}

impl ModelName {
    /// Blanks around it are dropped.
    pub fn new(text: &str) -> Result<Self, VehicleError> {
        within(text, 64).map(Self).map_err(|length| VehicleError::Model { length })
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Alias {
    /// Blanks around it are dropped.
    pub fn new(text: &str) -> Result<Self, VehicleError> {
        within(text, 32).map(Self).map_err(|length| VehicleError::Alias { length })
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The trimmed text when it has 1 to `most` characters, else how many it has.
fn within(text: &str, most: usize) -> Result<String, usize> {
    let text = text.trim();
    let length = text.chars().count();
    if (1..=most).contains(&length) { Ok(text.to_owned()) } else { Err(length) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_stable_and_terms_are_those_of_the_rules() {
        assert_eq!("confidential_courier".parse::<VehicleCategory>().unwrap().term(), "机要通信用车");
        assert_eq!("plug_in_hybrid".parse::<Powertrain>().unwrap().term(), "插电式混合动力");
        assert!(Powertrain::PlugInHybrid.is_new_energy() && !Powertrain::Hybrid.is_new_energy());
        assert_eq!("steam".parse::<Powertrain>().unwrap_err().code(), "vehicle.powertrain");
        assert_eq!("steam".parse::<VehicleStatus>().unwrap_err().to_string().split(' ').next(), Some("\"steam\""));
    }

    #[test]
    fn facts_out_of_range_are_refused() {
        assert_eq!(Seats::new(5).unwrap().count(), 5);
        assert_eq!(Seats::new(0).unwrap_err().code(), "vehicle.seats");
        assert_eq!(Seats::new(70_000).unwrap_err().code(), "vehicle.seats");
        assert_eq!(ModelName::new(" 红旗 H5 ").unwrap().as_str(), "红旗 H5");
        assert_eq!(ModelName::new("  ").unwrap_err().code(), "vehicle.model");
        assert_eq!(Alias::new(&"长".repeat(33)).unwrap_err().code(), "vehicle.alias");
    }
}
