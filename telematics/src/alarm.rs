//! Alarms that a device raises: what it says of them in one message, their kinds, and one alarm from its start to its end.

mod kind;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::{AlarmId, VehicleNo};
use crate::place::LonLat;

pub use kind::{AlarmKind, Colour, UnknownKind};

/// What a device says of its alarms in one message (终端报警状态). Bits 0 to 31 are the alarm bits of JT/T 808 table 24, bits 32 to 59
/// the general alarm flags of GB/T 32960.3, in their own order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceAlarms {
    /// The alarms that are on.
    pub on: u64,
    /// The alarms of which the message speaks; the others stay as they were.
    pub told: u64,
}

impl DeviceAlarms {
    /// The bits that JT/T 808 speaks of.
    pub const JT808: u64 = 0xffff_ffff;
    /// The bits that GB/T 32960 speaks of.
    pub const GB32960: u64 = 0x0fff_ffff << 32;

    /// What the alarm word of a JT/T 808 location says.
    pub const fn of_jt808(word: u32) -> Self {
        Self { on: word as u64, told: Self::JT808 }
    }

    /// What the general alarm flags of a GB/T 32960 alarm record say.
    pub const fn of_gb32960(flags: u32) -> Self {
        Self { on: ((flags as u64) << 32) & Self::GB32960, told: Self::GB32960 }
    }

    /// Is the alarm of this kind on? `None` when the message does not speak of it.
    pub const fn says(self, kind: AlarmKind) -> Option<bool> {
        let bit = 1 << kind.bit();
        if self.told & bit == 0 { None } else { Some(self.on & bit != 0) }
    }
}

/// One alarm of a vehicle (报警), from its start to its end, however often the device repeats it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// Derived from the vehicle, the kind and the start, so that it is the same whenever it is told again.
    pub id: AlarmId,
    /// Whose.
    pub vehicle: VehicleNo,
    /// What is wrong.
    pub kind: AlarmKind,
    /// The device's instant of the first message in which it was on.
    pub raised_at: DateTime<Utc>,
    /// The device's instant of the first message in which it was off again; `None` while it lasts.
    pub cleared_at: Option<DateTime<Utc>>,
    /// Where the vehicle was when it began, as far as that was known.
    pub place: Option<LonLat>,
    /// Its level by GB/T 32960, 1 to 4, where the device tells one.
    pub level: Option<u8>,
    /// Known only from what the device stored and sent later: nobody was told of it as it happened.
    pub replayed: bool,
}
