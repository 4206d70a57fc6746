//! Vehicles driven by lists of observations; asserted is what came out, in order, and that nothing else did.

mod alarms;
mod energy;
mod link;
mod places;
mod trips;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Tracker, step, tick};
use crate::event::{EventKind, VehicleEvent};
use crate::fix::{Fix, Observation, Reading};
use crate::id::VehicleNo;
use crate::place::LonLat;
use crate::policy::Policy;
use crate::quantity::{Distance, Share, Speed, Voltage, Volume};
use crate::revise::{Revision, revise};

const VEHICLE: VehicleNo = VehicleNo(7);

/// `secs` after the beginning of the story.
fn at(secs: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_402_400, 0).unwrap() + TimeDelta::seconds(secs)
}

/// A fix `secs` after the beginning and `metres` north of the yard.
fn fix(secs: i64, metres: f64) -> Observation {
    let place = LonLat::new(120.0, 30.0 + metres / 111_195.0).unwrap();
    Observation {
        fixed_at: at(secs),
        sequence: secs,
        received_at: at(secs),
        fix: Some(Fix { at: place, speed: None, heading: None, altitude_m: None, satellites: None, hdop: None, accuracy: None }),
        reading: Reading::default(),
        event: None,
        replayed: false,
        alarms: None,
    }
}

/// An observation without a fix.
fn blind(secs: i64) -> Observation {
    Observation { fix: None, ..fix(secs, 0.0) }
}

/// What an observation may say besides.
trait With {
    fn kmh(self, kmh: f64) -> Self;
    fn ignition(self, on: bool) -> Self;
    fn odometer(self, metres: f64) -> Self;
    fn fuel(self, litres: f64) -> Self;
    fn soc(self, pct: f64, charging: bool) -> Self;
    fn volts(self, volts: f64) -> Self;
    fn codes(self, codes: &[&str]) -> Self;
    fn event(self, name: &str) -> Self;
}

impl With for Observation {
    fn kmh(mut self, kmh: f64) -> Self {
        if let Some(fix) = &mut self.fix {
            fix.speed = Some(Speed::from_kmh(kmh));
        }
        self
    }

    fn ignition(mut self, on: bool) -> Self {
        self.reading.ignition = Some(on);
        self
    }

    fn odometer(mut self, metres: f64) -> Self {
        self.reading.odometer = Some(Distance::from_metres(metres));
        self
    }

    fn fuel(mut self, litres: f64) -> Self {
        self.reading.fuel = Some(Volume::from_litres(litres));
        self
    }

    fn soc(mut self, pct: f64, charging: bool) -> Self {
        (self.reading.soc, self.reading.charging) = (Some(Share::from_pct(pct)), Some(charging));
        self
    }

    fn volts(mut self, volts: f64) -> Self {
        self.reading.voltage = Some(Voltage::from_volts(volts));
        self
    }

    fn codes(mut self, codes: &[&str]) -> Self {
        self.reading.trouble_codes = Some(codes.iter().map(|code| (*code).to_owned()).collect());
        self
    }

    fn event(mut self, name: &str) -> Self {
        self.event = Some(name.to_owned());
        self
    }
}

/// Standing `metres` north, a fix every ten seconds.
fn stand(from: i64, to: i64, metres: f64) -> Vec<Observation> {
    (from..to).step_by(10).map(|secs| fix(secs, metres)).collect()
}

/// Driving north from `metres` at 36 km/h (10 m/s), a fix every ten seconds.
fn drive(from: i64, to: i64, metres: f64) -> Vec<Observation> {
    (from..to).step_by(10).map(|secs| fix(secs, metres + 10.0 * f64::from(i32::try_from(secs - from).unwrap()))).collect()
}

/// The observations one after another, each changed by `change`.
fn each(seen: Vec<Observation>, change: impl Fn(Observation) -> Observation) -> Vec<Observation> {
    seen.into_iter().map(change).collect()
}

/// `600 trip_started`: when, by the event's own time, and what.
fn say(event: &VehicleEvent) -> String {
    format!("{} {}", event.at.signed_duration_since(at(0)).num_seconds(), event.kind.name())
}

/// What happens, without the link; asserts that it is what is expected and gives it for a closer look.
#[track_caller]
fn check(story: &str, seen: &[Vec<Observation>], expected: &[&str]) -> Revision {
    let revision = revise(VEHICLE, &seen.concat(), &Policy::default());
    let said: Vec<String> = revision.events.iter().map(say).collect();
    assert_eq!(said, expected, "{story}");
    revision
}
