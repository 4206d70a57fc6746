//! What a batch would make of the vehicles it is about: worked out on copies, taken over only when it is committed.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use fleet_db::ingest::{Batch, EventRow, PositionRow, QuarantinedRecord, Snapshot};
use fleet_db::report::Report;
use fleet_db::rule::Policies;
use telematics::alarm::Alarm;
use telematics::event::{EventKind, VehicleEvent};
use telematics::fix::Observation;
use telematics::id::{AlarmId, StopId, TripId, VehicleNo};
use telematics::live::LiveState;
use telematics::tracker::{self, Tracker};
use telematics::trip::{Stop, Trip};

use crate::config::Config;
use crate::number::ByNumber;

/// One thing to store.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "nearly every item is of the large kind")]
pub(crate) enum Item {
    /// An observation in its stored form, and the place of its delivery in the batch.
    Seen { delivery: usize, row: PositionRow, seen: Observation },
    /// A record that is kept aside.
    Aside(QuarantinedRecord),
    /// A report that is no position.
    Report(Report),
    /// Of a vehicle that is exempt from tracking: acknowledged, and not kept.
    LeftOut,
}

/// What a shard remembers of a vehicle.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(crate) tracker: Tracker,
    recent: VecDeque<Key>,
    pub(crate) saved_at: Option<DateTime<Utc>>,
    /// Changed since it was saved.
    pub(crate) dirty: bool,
}

/// All vehicles of a shard.
pub(crate) type Known = HashMap<VehicleNo, Memory, ByNumber>;

/// An observation of a vehicle: instant and sequence.
type Key = (DateTime<Utc>, i64);

impl Memory {
    pub(crate) fn new(tracker: Tracker) -> Self {
        Self { tracker, recent: VecDeque::new(), saved_at: None, dirty: false }
    }

    fn remember(&mut self, keys: Vec<Key>, limit: usize) {
        self.recent.extend(keys);
        while self.recent.len() > limit {
            self.recent.pop_front();
        }
    }
}

/// A vehicle as it will be.
#[derive(Debug)]
struct Draft {
    tracker: Tracker,
    keys: Vec<Key>,
    /// The tracker took something in.
    changed: bool,
    /// State and tracker are saved with this batch.
    save: bool,
}

/// A batch and the vehicles as they will be when it is committed.
#[derive(Debug, Default)]
pub(crate) struct Drafts {
    pub(crate) batch: Batch,
    pub(crate) duplicates: usize,
    vehicles: HashMap<VehicleNo, Draft, ByNumber>,
    trips: HashMap<TripId, Trip>,
    stops: HashMap<StopId, Stop>,
    alarms: HashMap<AlarmId, Alarm>,
}

/// What the drafts are worked out by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Basis<'a> {
    pub(crate) known: &'a Known,
    pub(crate) config: &'a Config,
    pub(crate) policies: &'a Policies,
    pub(crate) now: DateTime<Utc>,
}

impl Basis<'_> {
    /// Works out what `items`, in the order of their arrival, make of their vehicles.
    pub(crate) fn take(self, items: &[Item]) -> Drafts {
        let mut drafts = Drafts::default();
        for item in items {
            match item {
                Item::Seen { row, seen, .. } => self.see(&mut drafts, row, seen),
                Item::Aside(record) => drafts.batch.quarantined.push(record.clone()),
                Item::Report(report) => drafts.batch.reports.push(report.clone()),
                Item::LeftOut => {}
            }
        }
        Self::finish(drafts)
    }

    /// Works out what the passing of time makes of `vehicles`; those with nothing new are left out.
    pub(crate) fn tick(self, vehicles: &[VehicleNo]) -> Drafts {
        let mut drafts = Drafts::default();
        for vehicle in vehicles {
            let Some(memory) = self.known.get(vehicle) else { continue };
            let mut tracker = memory.tracker.clone();
            let events = tracker::tick(&mut tracker, self.now, self.policies.of(*vehicle));
            if !events.is_empty() {
                drafts.vehicles.insert(*vehicle, Draft { tracker, keys: Vec::new(), changed: true, save: true });
                drafts.note(events);
            }
        }
        Self::finish(drafts)
    }

    /// Saves `vehicles` as they are.
    pub(crate) fn save(self, vehicles: &[VehicleNo]) -> Drafts {
        let mut drafts = Drafts::default();
        for vehicle in vehicles {
            if let Some(memory) = self.known.get(vehicle) {
                let tracker = memory.tracker.clone();
                drafts.vehicles.insert(*vehicle, Draft { tracker, keys: Vec::new(), changed: false, save: true });
            }
        }
        Self::finish(drafts)
    }

    fn see(self, drafts: &mut Drafts, row: &PositionRow, seen: &Observation) {
        let Some(memory) = self.known.get(&row.vehicle) else { return };
        let draft = drafts.vehicles.entry(row.vehicle).or_insert_with(|| Draft {
            tracker: memory.tracker.clone(),
            keys: Vec::new(),
            changed: false,
            save: memory.saved_at.is_none_or(|at| self.now - at >= self.snapshot_every()),
        });
        let key = (row.fixed_at, row.sequence);
        let is_late = draft.tracker.is_late(seen);
        // What is newer than everything before it cannot be a repetition.
        if is_late && (draft.keys.contains(&key) || memory.recent.contains(&key)) {
            drafts.duplicates += 1;
            return;
        }
        draft.keys.push(key);
        let is_hot = row.fixed_at >= self.now - TimeDelta::hours(i64::from(self.config.hot_hours));
        let batch = &mut drafts.batch;
        let rows = match (is_late, is_hot) {
            (false, true) => &mut batch.hot,
            (false, false) => &mut batch.old,
            (true, true) => &mut batch.late_hot,
            (true, false) => &mut batch.late_old,
        };
        rows.push(row.clone());
        if !self.config.rules {
            tracker::pass(&mut draft.tracker, seen);
            draft.changed |= !is_late;
        } else if !is_late || draft.tracker.is_beside(seen) {
            // The row is what the store will hold, and `seen` was read back from it.
            let events = tracker::step_stored(&mut draft.tracker, seen, self.policies.of(row.vehicle));
            draft.changed |= !is_late;
            draft.save |= !events.is_empty();
            drafts.note(events);
        }
    }

    /// How long a state may wait to be saved: longer when there are so many that saving them would be most of the work.
    pub(crate) fn snapshot_every(self) -> TimeDelta {
        let vehicles = u64::try_from(self.known.len()).unwrap_or(u64::MAX);
        seconds(self.config.snapshot_secs.max(vehicles / self.config.snapshots_per_sec.max(1)))
    }

    fn finish(mut drafts: Drafts) -> Drafts {
        // Neighbours in the index are written one after another.
        drafts.batch.hot.sort_unstable_by_key(|row| (row.vehicle, row.fixed_at, row.sequence));
        for draft in drafts.vehicles.values().filter(|draft| draft.save) {
            drafts.batch.snapshots.push(Snapshot { state: draft.tracker.live().clone(), tracker: draft.tracker.to_bytes() });
            if let Some(trip) = draft.tracker.open_trip() {
                drafts.trips.insert(trip.id, trip);
            }
            if let Some(stop) = draft.tracker.open_stop() {
                drafts.stops.insert(stop.id, stop);
            }
        }
        drafts.batch.trips = drafts.trips.drain().map(|(_, trip)| trip).collect();
        drafts.batch.stops = drafts.stops.drain().map(|(_, stop)| stop).collect();
        drafts.batch.alarms = drafts.alarms.drain().map(|(_, alarm)| alarm).collect();
        drafts
    }
}

impl Drafts {
    /// The states that changed, for whoever watches.
    pub(crate) fn states(&self) -> Vec<LiveState> {
        self.vehicles.values().filter(|draft| draft.changed).map(|draft| draft.tracker.live().clone()).collect()
    }

    /// The vehicles it is about.
    pub(crate) fn vehicles(&self) -> Vec<VehicleNo> {
        self.vehicles.keys().copied().collect()
    }

    /// Takes the drafts over, now that they are committed; says which vehicles have become dirty.
    pub(crate) fn adopt(self, known: &mut Known, remembered_keys: usize, now: DateTime<Utc>) -> Vec<VehicleNo> {
        let mut dirty = Vec::new();
        for (vehicle, draft) in self.vehicles {
            let Some(memory) = known.get_mut(&vehicle) else { continue };
            memory.tracker = draft.tracker;
            memory.remember(draft.keys, remembered_keys);
            if draft.save {
                memory.saved_at = Some(now);
                memory.dirty = false;
            } else if draft.changed && !memory.dirty {
                memory.dirty = true;
                dirty.push(vehicle);
            }
        }
        dirty
    }

    fn note(&mut self, events: Vec<VehicleEvent>) {
        for event in events {
            if let Some(alarm) = event.kind.alarm() {
                self.alarms.insert(alarm.id, alarm.clone());
                continue;
            }
            let VehicleEvent { vehicle, at, kind } = event;
            let name = kind.name();
            let detail = kind.detail();
            match kind {
                EventKind::TripStarted(trip) | EventKind::TripEnded(trip) => {
                    self.trips.insert(trip.id, trip);
                }
                EventKind::Stopped(stop) | EventKind::StopEnded(stop) => {
                    self.stops.insert(stop.id, stop);
                }
                _ => {}
            }
            self.batch.events.push(EventRow { vehicle, at, kind: name.to_owned(), detail });
        }
    }
}

fn seconds(secs: u64) -> TimeDelta {
    TimeDelta::seconds(i64::try_from(secs).unwrap_or(i64::MAX / 1000))
}
