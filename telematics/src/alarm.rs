//! Alarms that a device says are on, as one set of bits: edges are found by comparing two sets.

use serde::{Deserialize, Serialize};

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
        Self { on: (flags as u64) << 32 & Self::GB32960, told: Self::GB32960 }
    }
}
