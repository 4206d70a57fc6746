//! The tracker: what one vehicle's observations, one after another, say about its state, its trips and its stops.

mod alarm;
mod charge;
mod device;
mod fault;
mod fuel;
mod idle;
mod ignition;
mod jump;
mod link;
mod motion;
mod pack;
mod rest;
mod rounding;
mod segment;
mod speed;
mod speeding;
#[cfg(test)]
mod tests;
mod voltage;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::alarm::Alarm;
use crate::event::{EventKind, VehicleEvent};
use crate::fix::Observation;
use crate::id::VehicleNo;
use crate::live::LiveState;
use crate::place::LonLat;
use crate::policy::Policy;
use crate::quantity::Speed;
use crate::trip::{Stop, Trip};

pub use pack::PackError;

/// All that is remembered of a vehicle between two observations (轨迹状态).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tracker {
    live: LiveState,
    sequence: i64,
    jump: jump::Memory,
    speed: speed::Memory,
    segment: segment::Memory,
    idle: idle::Memory,
    speeding: speeding::Memory,
    fuel: fuel::Memory,
    voltage: voltage::Memory,
    alarm: alarm::Memory,
}

/// A place and when the vehicle was there.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Placed {
    at: LonLat,
    when: DateTime<Utc>,
}

/// One observation as the rules see it: cleared of jumps, with the newest known ignition.
#[derive(Clone, Copy, Debug)]
struct Moment<'a> {
    now: DateTime<Utc>,
    /// A believed fix.
    place: Option<Placed>,
    /// The believed fix is a jump from the one before: no way lies between them.
    jumped: bool,
    /// Speed by the receiver, else from positions.
    speed: Option<Speed>,
    /// The speed is the receiver's own.
    speed_is_measured: bool,
    moving: bool,
    ignition: Option<bool>,
    seen: &'a Observation,
}

/// The events of one observation, in the order in which the rules found them.
#[derive(Debug)]
struct Events {
    vehicle: VehicleNo,
    found: Vec<VehicleEvent>,
}

impl Tracker {
    /// A vehicle of which nothing was heard yet.
    pub fn new(vehicle: VehicleNo) -> Self {
        Self {
            live: LiveState::unheard(vehicle),
            sequence: 0,
            jump: jump::Memory::default(),
            speed: speed::Memory::default(),
            segment: segment::Memory::default(),
            idle: idle::Memory::default(),
            speeding: speeding::Memory::default(),
            fuel: fuel::Memory::default(),
            voltage: voltage::Memory::default(),
            alarm: alarm::Memory::default(),
        }
    }

    /// The last known state.
    pub const fn live(&self) -> &LiveState {
        &self.live
    }

    /// The device's instant of the newest observation.
    pub const fn newest(&self) -> Option<DateTime<Utc>> {
        self.live.fixed_at
    }

    /// Not after the newest observation: late or a duplicate, and no longer the tracker's business (see `revise`).
    pub fn is_late(&self, seen: &Observation) -> bool {
        self.live.fixed_at.is_some_and(|newest| (seen.fixed_at, seen.sequence) <= (newest, self.sequence))
    }

    /// Of the very instant of the newest observation, and behind it only by its number: a terminal that reports an alarm in the
    /// second of a periodic report. What it says is on is told at once.
    pub fn is_beside(&self, seen: &Observation) -> bool {
        !seen.replayed && self.live.fixed_at == Some(seen.fixed_at)
    }

    /// Where the vehicle is, or was last seen.
    fn place(&self) -> Option<LonLat> {
        self.live.fix.as_ref().map(|fix| fix.at)
    }

    /// The trip under way, as far as it goes.
    pub fn open_trip(&self) -> Option<Trip> {
        self.segment.open_trip(self.live.vehicle)
    }

    /// The stop that has not ended, once it is long enough to be one.
    pub fn open_stop(&self) -> Option<Stop> {
        self.segment.open_stop(self.live.vehicle)
    }

    /// The alarms that are on.
    pub fn open_alarms(&self) -> Vec<Alarm> {
        self.alarm.alarms(self.live.vehicle).collect()
    }

    /// Takes the alarms that the store has open for those that are on. What was told is what was committed, and a tracker worked
    /// out again from stored positions may not reach back to the start of an alarm.
    pub fn know_alarms(&mut self, open: &[Alarm]) {
        self.alarm = alarm::Memory::of(open);
    }

    /// Takes over what `revised` worked out from all that is stored, late fixes among it; what is known of the link stays.
    /// Refused (`false`) when `revised` has not seen the newest observation.
    pub fn adopt(&mut self, revised: Self) -> bool {
        let is_whole = revised.live.vehicle == self.live.vehicle
            && (revised.live.fixed_at, revised.sequence) == (self.live.fixed_at, self.sequence);
        if is_whole {
            let before = std::mem::replace(self, revised);
            (self.live.online, self.live.received_at) = (before.live.online, before.live.received_at);
            // What was told of alarms stays told; the window may not reach back to where they began.
            self.alarm = before.alarm;
            // What was last read before the revision's window is still the newest of its kind.
            motion::keep_readings(&mut self.live, before.live);
        }
        is_whole
    }

    /// The tracker as bytes, for the store; read again with [`Tracker::from_bytes`].
    pub fn to_bytes(&self) -> Vec<u8> {
        pack::to_bytes(self)
    }

    /// The tracker that [`Tracker::to_bytes`] wrote. Bytes of another layout are an error: work the track out again.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PackError> {
        pack::from_bytes(bytes)
    }
}

impl Events {
    fn push(&mut self, at: DateTime<Utc>, kind: EventKind) {
        self.found.push(VehicleEvent { vehicle: self.vehicle, at, kind });
    }
}

/// Takes one observation in and says what happened. What is late or a duplicate changes nothing.
pub fn step(tracker: &mut Tracker, seen: &Observation, policy: &Policy) -> Vec<VehicleEvent> {
    step_stored(tracker, &rounding::rounded(seen), policy)
}

/// The same for an observation that has the resolution of the store already, as one read back from it has.
pub fn step_stored(tracker: &mut Tracker, seen: &Observation, policy: &Policy) -> Vec<VehicleEvent> {
    let mut events = Events { vehicle: tracker.live.vehicle, found: Vec::new() };
    if tracker.is_late(seen) {
        if tracker.is_beside(seen) {
            let place = tracker.place();
            alarm::apply_beside(&mut tracker.alarm, seen, place, &mut events);
        }
        return events.found;
    }
    link::apply(&mut tracker.live, seen, &mut events);
    device::apply(seen, &mut events);
    ignition::apply(&tracker.live, seen, &mut events);
    charge::apply(&tracker.live, seen, &mut events);
    fault::apply(&tracker.live, seen, &mut events);
    motion::take_readings(&mut tracker.live, seen);

    let (place, jumped) = jump::apply(&mut tracker.jump, seen, tracker.speed.newest(), policy);
    let (speed, speed_is_measured) = speed::apply(&mut tracker.speed, place, jumped, seen, policy);
    let ignition = tracker.live.reading.ignition;
    let mut moment = Moment { now: seen.fixed_at, place, jumped, speed, speed_is_measured, moving: false, ignition, seen };
    motion::apply(&mut tracker.live, &mut moment, policy);
    let place = tracker.place();
    alarm::apply(&mut tracker.alarm, seen, place, &mut events);

    segment::apply(&mut tracker.segment, &moment, policy, &mut events);
    idle::apply(&mut tracker.idle, &moment, policy, &mut events);
    speeding::apply(&mut tracker.speeding, &moment, policy, &mut events);
    fuel::apply(&mut tracker.fuel, &moment, tracker.segment.stood_since(), policy, &mut events);
    voltage::apply(&mut tracker.voltage, &moment, policy, &mut events);

    tracker.sequence = seen.sequence;
    tracker.live.trip = tracker.open_trip().map(|trip| trip.id);
    events.found
}

/// Takes one observation in without asking what it means: the newest place and readings, and nothing else.
pub fn pass(tracker: &mut Tracker, seen: &Observation) {
    if !tracker.is_late(seen) {
        tracker.live.received_at = tracker.live.received_at.max(Some(seen.received_at));
        tracker.live.fixed_at = Some(seen.fixed_at);
        tracker.sequence = seen.sequence;
        motion::take_readings(&mut tracker.live, seen);
        if let Some(fix) = &seen.fix {
            tracker.live.fix = Some(fix.clone());
        }
    }
}

/// Lets time pass without an observation: a silent vehicle goes offline, a silent trip is over.
pub fn tick(tracker: &mut Tracker, now: DateTime<Utc>, policy: &Policy) -> Vec<VehicleEvent> {
    let mut events = Events { vehicle: tracker.live.vehicle, found: Vec::new() };
    link::tick(&mut tracker.live, now, policy, &mut events);
    segment::tick(&mut tracker.segment, tracker.live.received_at, now, policy, &mut events);
    tracker.live.trip = tracker.open_trip().map(|trip| trip.id);
    events.found
}

/// Seconds from `from` to `to`, negative when `to` is before.
fn seconds(from: DateTime<Utc>, to: DateTime<Utc>) -> f64 {
    to.signed_duration_since(from).as_seconds_f64()
}
