//! Low voltage (电压过低): below the policy's volts for its time, told once until it has recovered.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Events, Moment, seconds};
use crate::event::EventKind;
use crate::policy::Policy;

/// A supply above this is one of 24 V; a 12 V alternator stays below 15.
const BETWEEN_12_AND_24_V: f64 = 18.0;

/// Since when the voltage has been low.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Memory {
    pub(super) since: Option<DateTime<Utc>>,
    pub(super) told: bool,
}

pub(super) fn apply(memory: &mut Memory, moment: &Moment<'_>, policy: &Policy, events: &mut Events) {
    let Some(voltage) = moment.seen.reading.voltage else { return };
    let voltage_v = voltage.volts();
    let of_12_v = if voltage_v > BETWEEN_12_AND_24_V { voltage_v / 2.0 } else { voltage_v };
    if of_12_v >= policy.voltage_recovered_v {
        *memory = Memory::default();
    }
    if of_12_v >= policy.voltage_low_v {
        memory.since = None;
        return;
    }
    let since = *memory.since.get_or_insert(moment.now);
    if !memory.told && seconds(since, moment.now) >= f64::from(policy.voltage_low_secs) {
        memory.told = true;
        events.push(moment.now, EventKind::VoltageDropped { voltage_v });
    }
}
