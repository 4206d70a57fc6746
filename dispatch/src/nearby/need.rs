//! What a trip asks of a car, and what the policy charges for what it does not ask but would rather have.

use super::car::Spell;
use super::way::{Point, WayEstimate};
use crate::unit::UnitId;
use crate::vehicle::VehicleCategory;

/// What a trip asks of a car (用车要求).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// Whose trip it is, with the units above it, its own first.
    pub line: Vec<UnitId>,
    /// Which cars may be used.
    pub category: VehicleCategory,
    /// What for: the place in the list of purposes.
    pub purpose: u8,
    /// Seats, the driver's included.
    pub seats: u8,
    /// What the car must have, a bit each.
    pub tags: u64,
    /// Where it begins.
    pub place: Point,
    /// How far it goes, in metres.
    pub trip_m: u32,
    /// When it is asked: no car leaves earlier. Seconds since 1970, as are the next two.
    pub now: u32,
    /// When the car is to be there.
    pub begins_at: u32,
    /// When it must be there at the latest.
    pub latest_at: u32,
    /// How long the car is busy from then, in seconds.
    pub busy_s: u32,
    /// The plates that stay at home that day (限行).
    pub bans: Vec<PlateBan>,
    /// Metres that stay in tank or battery.
    pub reserve_m: u32,
    /// Thousandths of its range that a battery has in this cold.
    pub cold_milli: u16,
    /// Its reason and places are secret.
    pub is_confidential: bool,
    /// Everything that has wheels may be taken, whatever it is for.
    pub is_emergency: bool,
}

/// Plates that stay at home for a time (限行措施).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlateBan {
    /// When.
    pub during: Spell,
    /// Last digits, a bit each.
    pub digits: u16,
    /// New energy may drive all the same.
    pub spares_new_energy: bool,
}

/// What the policy charges, in fen (派车计价): values of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How ways are estimated.
    pub way: WayEstimate,
    /// The prices.
    pub prices: Prices,
}

/// The prices of a policy, in fen (调度价目).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prices {
    /// For each minute after the time that was asked for.
    pub waiting_minute: u32,
    /// For a car that burns fuel.
    pub fuel: u32,
    /// For a car of another unit.
    pub other_unit: u32,
    /// For each seat too many.
    pub spare_seat: u32,
    /// For each hour that the car has worked today, so that work is spread.
    pub worked_hour: u32,
}
