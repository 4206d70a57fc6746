//! A track worked out again from what is stored, when fixes came in late.

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
    /// Events, without those of the link.
    pub events: Vec<VehicleEvent>,
    /// The tracker after the last observation.
    pub tracker: Tracker,
}

/// Works out trips, stops and events from observations sorted by time and sequence; repeated ones change nothing.
pub fn revise(vehicle: VehicleNo, seen: &[Observation], policy: &Policy) -> Revision {
    let mut tracker = Tracker::new(vehicle);
    let mut events = Vec::new();
    for seen in seen {
        events.extend(step(&mut tracker, seen, policy).into_iter().filter(|event| !event.kind.is_about_link()));
    }
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
    Revision { trips, stops, events, tracker }
}
