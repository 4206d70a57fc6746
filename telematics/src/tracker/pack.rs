//! The tracker as bytes: a thousand of them are written a second, so they are small and quickly made.
//!
//! Layout: a number for the layout, then every field in the order of its `packed!` line. Whole numbers and times are varints,
//! times as milliseconds since the one before them. A number with few decimals is a varint of its thousandths, else eight
//! bytes. Nothing is rounded: what comes back is equal. serde's self-describing forms were measured and left: CBOR took a
//! kilobyte, mostly names of fields.

mod bytes;
mod traction;

use thiserror::Error;

use self::bytes::{Packed, Reader, Writer, packed};
use super::rest::Rest;
use super::segment::Journey;
use super::{Placed, Tracker, alarm, fuel, idle, jump, segment, speed, speeding, voltage};
use crate::fix::{Fix, Reading};
use crate::live::{LiveState, Motion};

/// Why bytes are no tracker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PackError {
    /// Written by another layout.
    #[error("tracker bytes have layout {found:?}, not {LAYOUT}")]
    Layout {
        /// First byte found.
        found: Option<u8>,
    },
    /// Cut short, or a value that cannot be.
    #[error("tracker bytes are broken")]
    Broken,
}

impl PackError {
    /// The stable code of the error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Layout { .. } => "tracker.layout",
            Self::Broken => "tracker.broken",
        }
    }
}

/// To be raised with every change of a `packed!` line, or of what one of the fields means.
const LAYOUT: u8 = 3;

pub(super) fn to_bytes(tracker: &Tracker) -> Vec<u8> {
    let mut writer = Writer::new(LAYOUT);
    tracker.put(&mut writer);
    writer.bytes
}

pub(super) fn from_bytes(bytes: &[u8]) -> Result<Tracker, PackError> {
    let Some((&LAYOUT, rest)) = bytes.split_first() else {
        return Err(PackError::Layout { found: bytes.first().copied() });
    };
    let mut reader = Reader::new(rest);
    let tracker = Tracker::take(&mut reader).ok_or(PackError::Broken)?;
    if reader.is_empty() { Ok(tracker) } else { Err(PackError::Broken) }
}

packed!(Tracker { live, sequence, jump, speed, segment, idle, speeding, fuel, voltage, alarm });
packed!(LiveState { vehicle, fixed_at, received_at, fix, reading, motion, online, trip });
packed!(Fix { at, speed, heading, altitude_m, satellites, hdop, accuracy });
packed!(Reading {
    ignition,
    odometer,
    fuel,
    fuel_share,
    fuel_rate_lph,
    soc,
    charging,
    voltage,
    rpm,
    coolant_c,
    trouble_codes,
    traction
});
packed!(Placed { at, when });
packed!(jump::Memory { last, pace, suspect, agreeing });
packed!(speed::Memory { older, newer, newest_kmh });
packed!(segment::Memory { rest, trip, last, off_since, odometer_m, silenced });
packed!(Journey { started_at, from, metres, max_kmh, stops, odometer_m });
packed!(Rest { anchor, centre, stood, told, outside, last, odometer_m, waypoint, path_m, max_kmh });
packed!(idle::Memory { since, newest, told });
packed!(speeding::Memory { since, told });
packed!(fuel::Memory { in_litres, base, before, changed, was_moving, stood_since, has_moved });
packed!(voltage::Memory { since, told });
packed!(alarm::Memory { open });
packed!(alarm::Open { bit, raised_at, place, level, replayed });

impl Packed for Motion {
    fn put(&self, writer: &mut Writer) {
        writer.byte(match self {
            Self::Moving => 0,
            Self::Idling => 1,
            Self::Parked => 2,
        });
    }

    fn take(reader: &mut Reader<'_>) -> Option<Self> {
        match reader.byte()? {
            0 => Some(Self::Moving),
            1 => Some(Self::Idling),
            2 => Some(Self::Parked),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::VehicleNo;

    #[test]
    fn another_layout_and_broken_bytes_are_told_apart() {
        let bytes = Tracker::new(VehicleNo(7)).to_bytes();
        assert_eq!(Tracker::from_bytes(&bytes), Ok(Tracker::new(VehicleNo(7))));
        assert_eq!(Tracker::from_bytes(&[]), Err(PackError::Layout { found: None }));
        assert_eq!(Tracker::from_bytes(&[9, 1]).unwrap_err().code(), "tracker.layout");
        assert_eq!(Tracker::from_bytes(&bytes[..bytes.len() - 1]).unwrap_err().code(), "tracker.broken");
    }
}
