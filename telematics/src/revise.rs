//! A track worked out again from what is stored, when fixes came in late.
//!
//! Not all of a vehicle's life is read again. A standstill that ended every trip whatever the ignition said ("settled") is a
//! place where the tracker forgets: what came before it does not change what comes after. So the window begins at the last
//! settled stop before the first late fix. The rules that look further back (fuel, voltage, idling) are warmed up from the
//! settled stop before that one: from there on everything is read, and what lies before the window is thrown away. The
//! window ends at the second settled stop after the last late fix, for the same reason, or with the newest fix. The stops
//! that it hangs on must come out again, begun at the same instant, else it is widened, at last to everything.

use chrono::{DateTime, Utc};

use crate::alarm::Alarm;
use crate::event::{EventKind, VehicleEvent};
use crate::fix::Observation;
use crate::id::VehicleNo;
use crate::policy::Policy;
use crate::tracker::{Tracker, step};
use crate::trip::{Stop, Trip};

/// What a range of observations says when it is read from its beginning (轨迹重算).
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    /// Trips begun, the open one last.
    pub trips: Vec<Trip>,
    /// Stops begun, the open one last.
    pub stops: Vec<Stop>,
    /// Alarms begun, each with its end, the open ones last.
    pub alarms: Vec<Alarm>,
    /// Events, without those of the link and of alarms.
    pub events: Vec<VehicleEvent>,
    /// The tracker after the last observation.
    pub tracker: Tracker,
}

/// What is read and what is replaced (重算区间); `None` is the beginning or the end of everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// Observations from here are read.
    pub read_from: Option<DateTime<Utc>>,
    /// Trips, stops and events from here are replaced; a settled stop begins here.
    pub from: Option<DateTime<Utc>>,
    /// From here on, what was known and what is worked out agree; a settled stop begins here.
    pub agrees_from: Option<DateTime<Utc>>,
    /// Up to here; a settled stop begins here, and stays.
    pub until: Option<DateTime<Utc>>,
    /// Observations up to and with this instant are read: the end of the stop at `until`.
    pub read_until: Option<DateTime<Utc>>,
}

/// Works out trips, stops and events from observations sorted by time and sequence; repeated ones change nothing.
pub fn revise(vehicle: VehicleNo, seen: &[Observation], policy: &Policy) -> Revision {
    let mut tracker = Tracker::new(vehicle);
    let mut events = Vec::new();
    let mut alarms = Vec::new();
    for seen in seen {
        for event in step(&mut tracker, seen, policy) {
            match event.kind {
                EventKind::AlarmCleared(alarm) => alarms.push(alarm),
                EventKind::AlarmRaised(_) | EventKind::WentOnline | EventKind::WentOffline => {}
                _ => events.push(event),
            }
        }
    }
    alarms.extend(tracker.open_alarms());
    let mut trips = Vec::new();
    let mut stops = Vec::new();
    for event in &events {
        match &event.kind {
            EventKind::TripEnded(trip) => trips.push(trip.clone()),
            EventKind::StopEnded(stop) => stops.push(stop.clone()),
            _ => {}
        }
    }
    trips.extend(tracker.open_trip());
    stops.extend(tracker.open_stop());
    Revision { trips, stops, alarms, events, tracker }
}

impl Window {
    /// The windows to try for late fixes in `first..=last`, the narrowest first; the last of them always succeeds.
    ///
    /// `before` are known stops begun before `first`, `after` such begun after `last`, in any order; more than a few are of no use.
    pub fn candidates(
        before: &[Stop],
        after: &[Stop],
        (first, last): (DateTime<Utc>, DateTime<Utc>),
        policy: &Policy,
    ) -> Vec<Self> {
        let mut starts: Vec<DateTime<Utc>> =
            before.iter().filter(|stop| settled_at(stop, policy).is_some_and(|at| at < first)).map(|stop| stop.from).collect();
        starts.sort_unstable();
        let from = starts.pop();
        let read_from = starts.pop();
        let mut ends: Vec<(DateTime<Utc>, DateTime<Utc>)> = after
            .iter()
            .filter(|stop| stop.from > last && settled_at(stop, policy).is_some())
            .filter_map(|stop| stop.to.map(|to| (stop.from, to)))
            .collect();
        ends.sort_unstable();
        let to_the_newest = Self { read_from, from, ..Self::default() };
        let narrow = match ends.as_slice() {
            [(agrees_from, _), (until, read_until), ..] => Some(Self {
                agrees_from: Some(*agrees_from),
                until: Some(*until),
                read_until: Some(*read_until),
                ..to_the_newest
            }),
            _ => None,
        };
        let mut candidates: Vec<Self> = narrow.into_iter().chain([to_the_newest, Self::default()]).collect();
        candidates.dedup();
        candidates
    }

    /// Works out what lies in the window; `seen` are the observations to be read, sorted. `None`: widen the window.
    pub fn revise(&self, vehicle: VehicleNo, seen: &[Observation], policy: &Policy) -> Option<Revision> {
        let mut revision = revise(vehicle, seen, policy);
        let is_there = |at: DateTime<Utc>| revision.stops.iter().any(|stop| stop.from == at);
        let is_cut = self.until.is_some() && revision.tracker.open_trip().is_some();
        if is_cut || ![self.from, self.agrees_from, self.until].into_iter().flatten().all(is_there) {
            return None;
        }
        revision.trips.retain(|trip| self.holds_start(trip.started_at));
        revision.stops.retain(|stop| self.holds_start(stop.from));
        revision.alarms.retain(|alarm| self.holds_event(alarm.raised_at));
        revision.events.retain(|event| self.holds_event(event.at));
        Some(revision)
    }

    /// A trip or stop begun at `at` is replaced.
    pub fn holds_start(&self, at: DateTime<Utc>) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }

    /// An event at `at` is replaced. The end counts: the trip that ends there may have changed.
    pub fn holds_event(&self, at: DateTime<Utc>) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at <= until)
    }

    /// The window reaches to the newest observation, so that its tracker is the vehicle's (see [`Tracker::adopt`]).
    pub const fn reaches_newest(&self) -> bool {
        self.until.is_none()
    }
}

/// When a stop had lasted long enough to end a trip whatever the ignition said; `None` when it has not.
fn settled_at(stop: &Stop, policy: &Policy) -> Option<DateTime<Utc>> {
    let at = stop.from.checked_add_signed(chrono::TimeDelta::seconds(policy.settled_secs().into()))?;
    stop.to.is_none_or(|to| at < to).then_some(at)
}
