//! Late fixes, worked out again in windows, give what the sorted whole gives.

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use telematics::event::{EventKind, VehicleEvent};
use telematics::fix::Observation;
use telematics::id::VehicleNo;
use telematics::policy::Policy;
use telematics::revise::{Window, revise};
use telematics::tracker::{Tracker, step};
use telematics::trip::{Stop, Trip};

use crate::made_up::{day, legs, terminal};
use crate::tracker::shuffle;

const VEHICLE: VehicleNo = VehicleNo(7);

/// What is told of a vehicle.
type Told = (Vec<Trip>, Vec<Stop>, Vec<VehicleEvent>);

/// What a store keeps of one vehicle, in vectors.
struct Store {
    policy: Policy,
    tracker: Tracker,
    seen: Vec<Observation>,
    trips: Vec<Trip>,
    stops: Vec<Stop>,
    events: Vec<VehicleEvent>,
    late: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

impl Store {
    fn new() -> Self {
        Self {
            policy: Policy::default(),
            tracker: Tracker::new(VEHICLE),
            seen: Vec::new(),
            trips: Vec::new(),
            stops: Vec::new(),
            events: Vec::new(),
            late: None,
        }
    }

    /// As the gateway does: in order to the tracker, late ones only to the store.
    fn take(&mut self, seen: &Observation) {
        self.seen.push(seen.clone());
        if self.tracker.is_late(seen) {
            let (first, last) = self.late.unwrap_or((seen.fixed_at, seen.fixed_at));
            self.late = Some((first.min(seen.fixed_at), last.max(seen.fixed_at)));
            return;
        }
        for event in step(&mut self.tracker, seen, &self.policy) {
            match &event.kind {
                EventKind::TripStarted(trip) | EventKind::TripEnded(trip) => upsert(&mut self.trips, trip, |trip| trip.id),
                EventKind::Stopped(stop) | EventKind::StopEnded(stop) => upsert(&mut self.stops, stop, |stop| stop.id),
                _ => {}
            }
            if !event.kind.is_about_link() {
                self.events.push(event);
            }
        }
        if let Some(trip) = self.tracker.open_trip() {
            upsert(&mut self.trips, &trip, |trip| trip.id);
        }
    }

    fn work_out(&mut self) {
        let Some((first, last)) = self.late.take() else { return };
        let before: Vec<Stop> = self.stops.iter().filter(|stop| stop.from < first).cloned().collect();
        let after: Vec<Stop> = self.stops.iter().filter(|stop| stop.from > last).cloned().collect();
        self.seen.sort_by_key(|seen| (seen.fixed_at, seen.sequence));
        let (window, revision) = Window::candidates(&before, &after, (first, last), &self.policy)
            .into_iter()
            .find_map(|window| {
                let read: Vec<Observation> = self
                    .seen
                    .iter()
                    .filter(|seen| window.read_from.is_none_or(|from| from <= seen.fixed_at))
                    .filter(|seen| window.read_until.is_none_or(|until| seen.fixed_at <= until))
                    .cloned()
                    .collect();
                window.revise(VEHICLE, &read, &self.policy).map(|revision| (window, revision))
            })
            .expect("everything can be worked out");
        self.trips.retain(|trip| !window.holds_start(trip.started_at));
        self.stops.retain(|stop| !window.holds_start(stop.from));
        self.events.retain(|event| !window.holds_event(event.at));
        self.trips.extend(revision.trips);
        self.stops.extend(revision.stops);
        self.events.extend(revision.events);
        if window.reaches_newest() {
            assert!(self.tracker.adopt(revision.tracker), "nothing newer came in meanwhile");
        }
    }

    /// Trips, stops and events in an order that does not tell how they came.
    fn sorted(mut self) -> Told {
        self.trips.sort_by_key(|trip| trip.started_at);
        self.stops.sort_by_key(|stop| stop.from);
        self.events.sort_by_key(|event| (event.at, event.kind.name()));
        (self.trips, self.stops, self.events)
    }
}

fn upsert<T: Clone, K: PartialEq>(kept: &mut Vec<T>, new: &T, key: impl Fn(&T) -> K) {
    match kept.iter_mut().find(|one| key(one) == key(new)) {
        Some(one) => one.clone_from(new),
        None => kept.push(new.clone()),
    }
}

fn oracle(seen: &[Observation]) -> Told {
    let mut done = revise(VEHICLE, seen, &Policy::default());
    done.events.sort_by_key(|event| (event.at, event.kind.name()));
    (done.trips, done.stops, done.events)
}

/// The first thing that differs, if one does.
fn same(found: &Told, expected: &Told) -> Result<(), TestCaseError> {
    first_difference(&found.0, &expected.0)?;
    first_difference(&found.1, &expected.1)?;
    first_difference(&found.2, &expected.2)
}

fn first_difference<T: PartialEq + std::fmt::Debug>(found: &[T], expected: &[T]) -> Result<(), TestCaseError> {
    for place in 0..found.len().max(expected.len()) {
        prop_assert_eq!(found.get(place), expected.get(place), "at {}", place);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// A cut of the uplink: what was recorded meanwhile comes after what is new, newest part first, as our terminal sends it.
    #[test]
    fn a_backlog_after_a_cut(
        legs in legs(),
        terminal in terminal(),
        cut in any::<prop::sample::Index>(),
        back in any::<prop::sample::Index>(),
        rounds in 1_usize..5,
    ) {
        let seen = day(&legs, &terminal);
        let (from, to) = (cut.index(seen.len().max(1)), back.index(seen.len().max(1)));
        let (from, to) = (from.min(to), from.max(to));
        let mut store = Store::new();
        seen.iter().take(from).chain(seen.iter().skip(to)).for_each(|seen| store.take(seen));
        let backlog: Vec<&Observation> = seen.iter().take(to).skip(from).collect();
        for some in backlog.chunks(backlog.len().div_ceil(rounds).max(1)).rev() {
            for seen in some {
                store.take(seen);
            }
            store.work_out();
        }
        same(&store.sorted(), &oracle(&seen))?;
    }

    #[test]
    fn any_order_in_any_rounds(legs in legs(), terminal in terminal(), turns in any::<u64>(), round in 1_usize..400) {
        let seen = day(&legs, &terminal);
        let mut mixed = seen.clone();
        shuffle(&mut mixed, turns);
        let mut store = Store::new();
        for some in mixed.chunks(round) {
            for seen in some {
                store.take(seen);
            }
            store.work_out();
        }
        same(&store.sorted(), &oracle(&seen))?;
    }
}
