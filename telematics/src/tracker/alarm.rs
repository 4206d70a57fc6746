//! Alarms of the device (终端报警): one start and one end each, however often it repeats what it says.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Events;
use crate::alarm::{Alarm, AlarmKind, DeviceAlarms};
use crate::event::EventKind;
use crate::fix::Observation;
use crate::id::{AlarmId, VehicleNo};
use crate::place::LonLat;

/// The alarms that are on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Memory {
    pub(super) open: Vec<Open>,
}

/// An alarm that has not ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Open {
    pub(super) bit: u8,
    pub(super) raised_at: DateTime<Utc>,
    pub(super) place: Option<LonLat>,
    pub(super) level: Option<u8>,
    /// Nobody was told: what the device said of it so far had been stored by it.
    pub(super) replayed: bool,
}

/// Compares what is on with what was on. `place` is where the vehicle is now, or was last seen.
pub(super) fn apply(memory: &mut Memory, seen: &Observation, place: Option<LonLat>, events: &mut Events) {
    let Some(told) = seen.alarms else { return };
    if memory.open.is_empty() && told.on & told.told == 0 {
        return;
    }
    memory.open.retain(|open| {
        let is_over = told.told & (1 << open.bit) != 0 && told.on & (1 << open.bit) == 0;
        if is_over && let Some(alarm) = open.alarm(events.vehicle, Some(seen.fixed_at)) {
            events.push(seen.fixed_at, EventKind::AlarmCleared(alarm));
        }
        !is_over
    });
    raise(memory, seen, place, events);
}

/// A message of the very instant of the newest one that came behind it: what it says is on is on, what it says is off may be
/// what was before.
pub(super) fn apply_beside(memory: &mut Memory, seen: &Observation, place: Option<LonLat>, events: &mut Events) {
    raise(memory, seen, place, events);
}

fn raise(memory: &mut Memory, seen: &Observation, place: Option<LonLat>, events: &mut Events) {
    let Some(told) = seen.alarms else { return };
    let mut on = told.on & told.told & (DeviceAlarms::JT808 | DeviceAlarms::GB32960);
    while on != 0 {
        let bit = on.trailing_zeros();
        on &= on - 1;
        let Some(kind) = AlarmKind::of_bit(bit) else { continue };
        let known = memory.open.iter_mut().find(|open| open.bit == kind.bit());
        let open = match known {
            // On as it was; yet if it is only now said as it happens, somebody must be told.
            Some(open) if !open.replayed || seen.replayed => continue,
            Some(open) => {
                open.replayed = false;
                open.clone()
            }
            None => {
                let level = seen.reading.traction.as_ref().and_then(|traction| traction.alarm_level);
                let level = level.filter(|_| bit >= 32);
                let open = Open { bit: kind.bit(), raised_at: seen.fixed_at, place, level, replayed: seen.replayed };
                memory.open.push(open.clone());
                open
            }
        };
        if let Some(alarm) = open.alarm(events.vehicle, None) {
            events.push(alarm.raised_at, EventKind::AlarmRaised(alarm));
        }
    }
}

impl Memory {
    pub(super) fn alarms(&self, vehicle: VehicleNo) -> impl Iterator<Item = Alarm> {
        self.open.iter().filter_map(move |open| open.alarm(vehicle, None))
    }

    pub(super) fn of(alarms: &[Alarm]) -> Self {
        let open = alarms.iter().map(|alarm| Open {
            bit: alarm.kind.bit(),
            raised_at: alarm.raised_at,
            place: alarm.place,
            level: alarm.level,
            replayed: alarm.replayed,
        });
        Self { open: open.collect() }
    }
}

impl Open {
    /// `None` for a bit that is no longer in the list.
    fn alarm(&self, vehicle: VehicleNo, cleared_at: Option<DateTime<Utc>>) -> Option<Alarm> {
        let kind = AlarmKind::of_bit(self.bit.into())?;
        Some(Alarm {
            id: AlarmId::of(vehicle, kind, self.raised_at),
            vehicle,
            kind,
            raised_at: self.raised_at,
            cleared_at,
            place: self.place,
            level: self.level,
            replayed: self.replayed,
        })
    }
}
