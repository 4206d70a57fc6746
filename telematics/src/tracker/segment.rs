//! Trips and stops (行程与停留): a chain of places of rest; leaving one begins a trip, standing long in the next ends it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::rest::{Rest, Seen};
use super::{Events, Moment, Placed, seconds};
use crate::event::EventKind;
use crate::id::{TripId, VehicleNo};
use crate::place::LonLat;
use crate::policy::Policy;
use crate::quantity::{Distance, Speed};
use crate::trip::{Stop, Trip};

/// The place of rest, the trip under way, and what was last seen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Memory {
    pub(super) rest: Option<Rest>,
    pub(super) trip: Option<Journey>,
    pub(super) last: Option<Placed>,
    /// When the ignition was turned off, as far as is known.
    pub(super) off_since: Option<DateTime<Utc>>,
    /// Newest odometer reading, metres.
    pub(super) odometer_m: Option<f64>,
    /// The trip's end was told because of silence; taken back when it goes on.
    pub(super) silenced: bool,
}

/// A trip under way: what lies before the present place of rest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Journey {
    pub(super) started_at: DateTime<Utc>,
    pub(super) from: LonLat,
    pub(super) metres: f64,
    pub(super) max_kmh: f64,
    pub(super) stops: u32,
    /// Odometer at the start; `None` when unknown or when it went back since.
    pub(super) odometer_m: Option<f64>,
}

pub(super) fn apply(memory: &mut Memory, moment: &Moment<'_>, policy: &Policy, events: &mut Events) {
    match moment.ignition {
        Some(false) => _ = memory.off_since.get_or_insert(moment.now),
        _ => memory.off_since = None,
    }
    memory.take_odometer(moment, policy);
    match moment.place {
        Some(here) => memory.see(here, moment, policy, events),
        None => memory.stand_without_fix(moment),
    }
    memory.conclude(moment, policy, events);
}

/// A trip that has been silent for too long is over; the same end that a fix after the gap would give it.
pub(super) fn tick(memory: &mut Memory, heard: Option<DateTime<Utc>>, now: DateTime<Utc>, policy: &Policy, events: &mut Events) {
    let is_silent = heard.is_some_and(|heard| seconds(heard, now) >= f64::from(policy.trip_gap_secs));
    if !is_silent || memory.silenced {
        return;
    }
    if let Some(trip) = memory.ended_trip(events.vehicle) {
        memory.silenced = true;
        events.push(trip.ended_at.unwrap_or(now), EventKind::TripEnded(trip));
    }
}

impl Memory {
    pub(super) fn open_trip(&self, vehicle: VehicleNo) -> Option<Trip> {
        if self.silenced { None } else { self.trip_so_far(vehicle) }
    }

    pub(super) fn open_stop(&self, vehicle: VehicleNo) -> Option<Stop> {
        self.rest.as_ref().filter(|rest| rest.told).map(|rest| rest.stop(vehicle, None))
    }

    /// When the present standstill began; `None` while under way.
    pub(super) fn stood_since(&self) -> Option<DateTime<Utc>> {
        self.rest.as_ref().filter(|rest| rest.stood).map(|rest| rest.anchor.when)
    }

    /// A believed fix: a gap, a jump, or one more step.
    fn see(&mut self, here: Placed, moment: &Moment<'_>, policy: &Policy, events: &mut Events) {
        let is_gap = self.last.is_some_and(|last| seconds(last.when, here.when) >= f64::from(policy.trip_gap_secs));
        if is_gap {
            self.cross_gap(here, policy, events);
        }
        self.silenced = false;
        self.last = Some(here);
        let Some(rest) = &mut self.rest else {
            self.rest = Some(Rest::at(here, moment.moving, self.odometer_m));
            return;
        };
        let radius = if self.trip.is_some() { policy.stop_radius_m } else { policy.trip_start_m };
        if moment.jumped && !is_gap {
            rest.waypoint = here.at;
        }
        if rest.see(here, moment, self.odometer_m, radius, policy) == Seen::Left {
            self.leave(here, moment, events);
        }
    }

    /// Nothing was seen for so long that the trip is over, and the stop too unless the vehicle is still there.
    fn cross_gap(&mut self, here: Placed, policy: &Policy, events: &mut Events) {
        let radius = if self.trip.is_some() { policy.stop_radius_m } else { policy.trip_start_m };
        self.end_trip(events);
        let (Some(last), Some(mut rest)) = (self.last, self.rest.take()) else { return };
        if !rest.stood {
            rest = Rest::at(last, false, self.odometer_m);
        }
        if rest.centre.distance_to(here.at).metres() <= radius {
            self.rest = Some(rest);
        } else if rest.told {
            let to = rest.last.when;
            events.push(to, EventKind::StopEnded(rest.stop(events.vehicle, Some(to))));
        }
    }

    /// The place of rest is left: a stop ends, a trip begins or goes on.
    fn leave(&mut self, here: Placed, moment: &Moment<'_>, events: &mut Events) {
        let Some(rest) = self.rest.replace(Rest::at(here, moment.moving, self.odometer_m)) else { return };
        let left_at = rest.last.when;
        if rest.told {
            events.push(left_at, EventKind::StopEnded(rest.stop(events.vehicle, Some(left_at))));
        }
        let since = if rest.told || self.trip.is_none() { rest.last.at } else { rest.anchor.at };
        let straight_m = if moment.jumped { 0.0 } else { since.distance_to(here.at).metres() };
        let path_m = rest.path_m + rest.waypoint.distance_to(here.at).metres() * f64::from(u8::from(!moment.jumped));
        let metres = if moment.moving { path_m.max(straight_m) } else { straight_m };
        let is_new = self.trip.is_none();
        let trip = self.trip.get_or_insert(Journey {
            started_at: left_at,
            from: rest.last.at,
            metres: 0.0,
            max_kmh: 0.0,
            stops: 0,
            odometer_m: rest.odometer_m.filter(|from| self.odometer_m.is_some_and(|now| *from <= now)),
        });
        trip.metres += metres;
        trip.max_kmh = trip.max_kmh.max(rest.max_kmh);
        if is_new {
            if let Some(trip) = self.trip_so_far(events.vehicle) {
                events.push(trip.started_at, EventKind::TripStarted(trip));
            }
        } else if rest.told {
            trip.stops = trip.stops.saturating_add(1);
        }
    }

    /// In a garage there is no fix; the ignition says that the vehicle stands.
    fn stand_without_fix(&mut self, moment: &Moment<'_>) {
        let (Some(off_since), Some(last)) = (self.off_since, self.last) else { return };
        if let Some(rest) = self.rest.as_mut().filter(|rest| !rest.stood && moment.now >= off_since) {
            let here = Placed { at: last.at, when: off_since.max(last.when) };
            (rest.anchor, rest.centre, rest.last, rest.stood) = (here, here.at, here, true);
        }
    }

    /// Standing long enough is a stop, and ends a trip.
    fn conclude(&mut self, moment: &Moment<'_>, policy: &Policy, events: &mut Events) {
        let Some(rest) = &mut self.rest else { return };
        let stood_for = rest.stood_for(moment.now);
        // Without a fix for long, standing is not seen but believed only of an ignition that is off.
        let is_seen = moment.place.is_some() || moment.ignition == Some(false);
        if !is_seen || !rest.stood || rest.outside > 0 {
            return;
        }
        if !rest.told && stood_for >= f64::from(policy.stop_min_secs) {
            rest.told = true;
            let last = rest.last.at;
            rest.forget_way(last);
            events.push(rest.anchor.when, EventKind::Stopped(rest.stop(events.vehicle, None)));
        }
        if stood_for >= f64::from(policy.trip_end_secs_for(moment.ignition)) {
            self.end_trip(events);
        }
    }

    /// Ends the trip, if there is one, where and when the vehicle came to rest.
    fn end_trip(&mut self, events: &mut Events) {
        if let Some(trip) = self.ended_trip(events.vehicle).filter(|_| !self.silenced) {
            events.push(trip.ended_at.unwrap_or(trip.started_at), EventKind::TripEnded(trip));
        }
        self.trip = None;
        self.silenced = false;
    }

    /// The trip as it ends now: when the vehicle came to rest, or at the last fix.
    fn ended_trip(&self, vehicle: VehicleNo) -> Option<Trip> {
        let trip = self.trip_so_far(vehicle)?;
        let last = self.last?;
        let end = self.rest.as_ref().filter(|rest| rest.stood).map_or(last, |rest| rest.anchor);
        Some(Trip { ended_at: Some(end.when), to: end.at, ..trip })
    }

    fn trip_so_far(&self, vehicle: VehicleNo) -> Option<Trip> {
        let trip = self.trip.as_ref()?;
        // What was driven within the present place of rest counts while it may still be a mere pause.
        let (pause_m, pause_kmh) =
            self.rest.as_ref().filter(|rest| !rest.told).map_or((0.0, 0.0), |rest| (rest.path_m, rest.max_kmh));
        let by_odometer = trip.odometer_m.zip(self.odometer_m).map(|(from, to)| to - from).filter(|metres| *metres > 0.0);
        Some(Trip {
            id: TripId::of(vehicle, trip.started_at),
            vehicle,
            started_at: trip.started_at,
            ended_at: None,
            from: trip.from,
            to: self.last.map_or(trip.from, |last| last.at),
            distance: Distance::from_metres(by_odometer.unwrap_or(trip.metres + pause_m)),
            max_speed: Speed::from_kmh(trip.max_kmh.max(pause_kmh)),
            stops: trip.stops,
        })
    }

    /// An odometer that goes back, or further than a car can, is not used for the rest of the trip.
    fn take_odometer(&mut self, moment: &Moment<'_>, policy: &Policy) {
        let Some(now_m) = moment.seen.reading.odometer.map(Distance::metres) else { return };
        let before = self.odometer_m.replace(now_m);
        let (Some(trip), Some(before_m), Some(last)) = (&mut self.trip, before, self.last) else { return };
        let reach = Speed::from_kmh(policy.plausible_kmh).mps() * seconds(last.when, moment.now).max(60.0);
        if now_m < before_m || now_m - before_m > reach {
            trip.odometer_m = None;
        }
    }
}
