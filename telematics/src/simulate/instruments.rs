//! The instruments of a simulated car: true values in, what a receiver and a bus would say out.

use chrono::{DateTime, Utc};

use super::chance::{Chance, hiss, wander};
use super::profile::Drivetrain;
use super::vehicle::State;
use crate::fix::{Fix, Observation, Reading};
use crate::quantity::{Heading, Speed, Voltage, Volume};
use crate::roads::geometry::shifted;

/// Trouble codes that a simulated car may carry.
const CODES: &[&str] = &["P0301", "P0420", "P0171", "U0100", "P0562"];

/// How a car moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Motion {
    /// Direction.
    pub heading: Heading,
    /// Metres a second.
    pub mps: f64,
}

/// The errors and habits of one car's instruments (仪表).
#[derive(Clone, Debug)]
pub(super) struct Instruments {
    seed: u64,
    /// Volts at rest: one battery in fifty is weak.
    resting_v: f64,
    trouble: Option<&'static str>,
}

impl Instruments {
    pub(super) fn of(seed: u64) -> Self {
        let mut chance = Chance::of(&[seed, 0x696e_7374]);
        let resting_v = if chance.happens(0.02) { 11.6 } else { chance.between(12.3, 12.7) };
        let trouble = if chance.happens(0.025) { chance.pick(CODES).copied() } else { None };
        Self { seed, resting_v, trouble }
    }

    pub(super) fn read(&self, state: &State, drivetrain: &Drivetrain, now: DateTime<Utc>, sequence: i64) -> Observation {
        Observation {
            fixed_at: now,
            sequence,
            received_at: now,
            fix: Some(self.fix(state, now)),
            reading: self.reading(state, drivetrain, now),
            event: None,
            replayed: false,
            alarms: None,
        }
    }

    fn fix(&self, state: &State, now: DateTime<Utc>) -> Fix {
        let (millis, time) = (now.timestamp_millis(), now.timestamp_millis() % 1_000_000_000);
        let seconds = f64::from(i32::try_from(time).unwrap_or_default()) / 1000.0;
        let off = |axis: u64| 2.2 * wander(self.seed ^ axis, seconds) + 0.7 * hiss(self.seed ^ axis, millis);
        let moving = state.motion.filter(|motion| motion.mps > 0.5);
        let kmh = state.motion.map_or(0.0, |motion| motion.mps * 3.6) + 0.35 * hiss(self.seed ^ 3, millis);
        let satellites = 15.0 + 5.0 * wander(self.seed ^ 4, seconds) + 2.0 * hiss(self.seed ^ 4, millis);
        Fix {
            at: shifted(state.at, [off(1), off(2)]),
            speed: Some(Speed::from_kmh((kmh.max(0.0) * 10.0).round() / 10.0)),
            heading: moving
                .map(|motion| Heading::from_degrees((motion.heading.degrees() + 1.5 * hiss(self.seed ^ 5, millis)).round())),
            altitude_m: Some((9.0 + 3.0 * wander(self.seed ^ 6, seconds)).round()),
            satellites: Some(count(satellites)),
            hdop: None,
            accuracy: None,
        }
    }

    fn reading(&self, state: &State, drivetrain: &Drivetrain, now: DateTime<Utc>) -> Reading {
        let noise = hiss(self.seed ^ 7, now.timestamp_millis());
        let (fuel, fuel_share) = state.stock.fuel(drivetrain).unzip();
        // Fuel moves in the tank while the car does.
        let slosh = if state.motion.is_some() { 0.4 * noise } else { 0.0 };
        let volts = if state.ignition { 13.9 + 0.2 * noise } else { self.resting_v + 0.03 * noise };
        Reading {
            ignition: Some(state.ignition),
            odometer: Some(state.stock.odometer()),
            fuel: fuel.map(|fuel| Volume::from_litres(((fuel.litres() + slosh).max(0.0) * 10.0).round() / 10.0)),
            fuel_share,
            soc: state.stock.soc(drivetrain),
            charging: drivetrain.battery_kwh().map(|_| state.charging),
            voltage: Some(Voltage::from_volts((volts * 100.0).round() / 100.0)),
            trouble_codes: self.trouble.map(|code| vec![code.to_owned()]),
            ..Reading::default()
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 4..=40")]
fn count(satellites: f64) -> u8 {
    satellites.clamp(4.0, 40.0).round() as u8
}
