//! A car as it stands, with all that the rules ask of it.

use telematics::id::VehicleId;

use super::way::Point;
use crate::unit::UnitId;
use crate::vehicle::{Powertrain, VehicleCategory, VehicleStatus};

/// A span of time (时间段) in whole seconds since 1970, the end excluded; half as large as two instants, and half as much to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spell {
    /// First second.
    pub from: u32,
    /// The first that is no longer in it.
    pub to: u32,
}

/// A car that may be sent, as it stands (待派车辆).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingCar {
    /// Which one.
    pub vehicle: VehicleId,
    /// Whose it is.
    pub unit: UnitId,
    /// Within which unit it is shared: its own, or one above.
    pub shared_within: UnitId,
    /// Where it is; unknown where nobody knows, or nobody may.
    pub place: Option<Point>,
    /// What it is for.
    pub category: VehicleCategory,
    /// What drives it.
    pub powertrain: Powertrain,
    /// Where it stands in its life.
    pub status: VehicleStatus,
    /// Seats, the driver's included.
    pub seats: u8,
    /// The purposes that it may be used for, a bit each.
    pub purposes: u64,
    /// What it has (wheelchair ramp, winter tyres …), a bit each.
    pub tags: u64,
    /// Last digit of its plate; none where that is a letter or a word.
    pub plate_digit: Option<u8>,
    /// Exempt from tracking.
    pub is_exempt: bool,
    /// What it is promised to.
    pub promised: Box<[Spell]>,
    /// When it has a driver on duty.
    pub shift: Spell,
    /// When it is under seal.
    pub sealed: Spell,
    /// When it is in the workshop.
    pub workshop: Spell,
    /// Until when its driver rests.
    pub rests_until: u32,
    /// Seconds that its driver may still drive today.
    pub duty_left_s: u32,
    /// Minutes that it has worked today.
    pub worked_min: u16,
    /// Metres to its next service.
    pub service_left_m: u32,
    /// Metres that it gets with a full tank or battery; unknown where nobody says.
    pub full_range_m: Option<u32>,
    /// Thousandths of tank or battery that are left.
    pub left_milli: u16,
    /// What a kilometre costs, in fen.
    pub fen_per_km: u32,
}

impl Spell {
    /// No time at all.
    pub const NEVER: Self = Self { from: 0, to: 0 };
    /// All time.
    pub const ALWAYS: Self = Self { from: 0, to: u32::MAX };

    /// Seconds by which one of the two would have to move for them to meet no longer.
    #[inline]
    pub fn overlap(self, other: Self) -> u32 {
        let meet = self.from < other.to && other.from < self.to && other.from < other.to && self.from < self.to;
        if meet { (self.to - other.from).min(other.to - self.from) } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_meet_by_the_smaller_move() {
        let span = |from, to| Spell { from, to };
        for (other, seconds) in [
            (span(0, 100), 0),
            (span(200, 300), 0),
            (span(0, 110), 10),
            (span(195, 300), 5),
            (span(140, 150), 50),
            (span(0, 900), 200),
            (Spell::NEVER, 0),
            (span(150, 150), 0),
        ] {
            assert_eq!((span(100, 200).overlap(other), other.overlap(span(100, 200))), (seconds, seconds), "{other:?}");
        }
    }
}
