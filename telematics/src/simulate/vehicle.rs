//! One simulated car (模拟车辆): what its device would report at an instant.

use chrono::{DateTime, Utc};

use super::instruments::Instruments;
pub use super::instruments::Motion;
use super::plan::{Activity, Kind, Planner, Purpose};
use super::profile::{Drivetrain, Stock};
use crate::fix::Observation;
use crate::place::LonLat;

/// Seconds before setting off at which the ignition goes on, and after arriving at which it goes off.
const IGNITION_S: f64 = 12.0;

/// A car that follows its plan (模拟车).
#[derive(Clone, Debug)]
pub struct SimVehicle {
    planner: Planner,
    doing: Option<Activity>,
    after_drive: bool,
    drivetrain: Drivetrain,
    instruments: Instruments,
    sequence: i64,
}

/// What is true of a car at an instant, before any instrument reads it wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct State {
    /// Where it is.
    pub at: LonLat,
    /// How it moves; `None` in a parking space.
    pub motion: Option<Motion>,
    /// What it holds.
    pub stock: Stock,
    /// Ignition on.
    pub ignition: bool,
    /// Being charged.
    pub charging: bool,
}

impl SimVehicle {
    /// A car with that plan; its reports are numbered after `sequence`.
    pub fn new(planner: Planner, seed: u64, drivetrain: Drivetrain, sequence: i64) -> Self {
        Self { planner, doing: None, after_drive: false, drivetrain, instruments: Instruments::of(seed), sequence }
    }

    /// What the car does at `now`; instants must not go back beyond the activity that was asked for last.
    pub fn activity(&mut self, now: DateTime<Utc>) -> &Activity {
        loop {
            match self.doing.take() {
                Some(doing) if now < doing.until => return self.doing.insert(doing),
                Some(done) => self.after_drive = matches!(done.kind, Kind::Drive(_)),
                None => {}
            }
            self.doing = self.planner.next();
        }
    }

    /// What is true of the car at `now`.
    pub fn state(&mut self, now: DateTime<Utc>) -> State {
        let doing = self.activity(now).clone();
        let since = (now - doing.from).as_seconds_f64().max(0.0);
        let left = (doing.until - now).as_seconds_f64();
        let share = since / (doing.until - doing.from).as_seconds_f64().max(1.0);
        match &doing.kind {
            Kind::Drive(drive) => {
                let moving = drive.at(since);
                let stock = self.drivetrain.after(doing.before, moving.metres / 1000.0);
                let motion = Some(Motion { heading: moving.heading, mps: moving.mps });
                State { at: moving.at, motion, stock, ignition: true, charging: false }
            }
            Kind::Stand { at, purpose } => {
                let stock = filled(&doing, *purpose, share);
                let just_arrived = self.after_drive && since < IGNITION_S;
                let ignition = *purpose != Purpose::Charging && (just_arrived || left <= IGNITION_S);
                State { at: *at, motion: None, stock, ignition, charging: *purpose == Purpose::Charging }
            }
        }
    }

    /// What the device reports at `now`, under the next number.
    pub fn observe(&mut self, now: DateTime<Utc>) -> Observation {
        let state = self.state(now);
        self.sequence += 1;
        self.instruments.read(&state, &self.drivetrain, now, self.sequence)
    }

    /// What it reported last under.
    pub const fn sequence(&self) -> i64 {
        self.sequence
    }
}

/// What a standing car holds: a pump runs in the middle of the stand, a charger all the time.
fn filled(doing: &Activity, purpose: Purpose, share: f64) -> Stock {
    let share = match purpose {
        Purpose::Parked => return doing.before,
        Purpose::Refuelling => ((share - 0.2) / 0.3).clamp(0.0, 1.0),
        Purpose::Charging => share.clamp(0.0, 1.0),
    };
    let mix = |from: f64, to: f64| from + (to - from) * share;
    Stock {
        fuel_l: mix(doing.before.fuel_l, doing.after.fuel_l),
        soc_pct: mix(doing.before.soc_pct, doing.after.soc_pct),
        ..doing.before
    }
}
