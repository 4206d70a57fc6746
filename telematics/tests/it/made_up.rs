//! Made-up days of a vehicle: legs of driving, standing, silence and bad reception, with readings now and then.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::collection::vec;
use proptest::prelude::*;
use telematics::fix::{Fix, Observation, Reading};
use telematics::place::LonLat;
use telematics::quantity::{Distance, Heading, Share, Speed, Voltage, Volume};

/// A part of a day.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Leg {
    /// Driving at so many metres a second for so many steps.
    Drive(f64, u16),
    /// Standing for so many steps, with noise.
    Stand(u16),
    /// Silence of so many seconds, in which the vehicle may have gone so many metres.
    Silence(u32, f64),
    /// So many messages without a fix.
    Blind(u16),
    /// One fix so many metres away.
    Wild(f64),
}

/// How a terminal reports.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terminal {
    pub(crate) step_secs: u8,
    pub(crate) measures_speed: bool,
    pub(crate) knows_ignition: bool,
    pub(crate) has_bus: bool,
    pub(crate) noise_m: f64,
}

pub(crate) fn legs() -> impl Strategy<Value = Vec<Leg>> {
    let leg = prop_oneof![
        4 => (3.0..30.0_f64, 2_u16..120).prop_map(|(pace, steps)| Leg::Drive(pace, steps)),
        3 => (1_u16..200).prop_map(Leg::Stand),
        1 => (1_u32..40_000, -3000.0..3000.0_f64).prop_map(|(secs, metres)| Leg::Silence(secs, metres)),
        1 => (1_u16..60).prop_map(Leg::Blind),
        1 => (-50_000.0..50_000.0_f64).prop_map(Leg::Wild),
    ];
    vec(leg, 1..14)
}

pub(crate) fn terminal() -> impl Strategy<Value = Terminal> {
    (1_u8..31, any::<bool>(), any::<bool>(), any::<bool>(), 0.0..40.0_f64).prop_map(
        |(step_secs, measures_speed, knows_ignition, has_bus, noise_m)| Terminal {
            step_secs,
            measures_speed,
            knows_ignition,
            has_bus,
            noise_m,
        },
    )
}

/// A day by its legs; noise is a fixed sequence, so that the same legs are the same day.
pub(crate) fn day(legs: &[Leg], terminal: &Terminal) -> Vec<Observation> {
    let mut story = Story { terminal: *terminal, seconds: 0, metres: 0.0, seed: 1, seen: Vec::new() };
    for leg in legs {
        story.tell(*leg);
    }
    story.seen
}

struct Story {
    terminal: Terminal,
    seconds: i64,
    metres: f64,
    seed: u32,
    seen: Vec<Observation>,
}

impl Story {
    fn tell(&mut self, leg: Leg) {
        match leg {
            Leg::Drive(pace, steps) => (0..steps).for_each(|_| {
                self.metres += pace * f64::from(self.terminal.step_secs);
                self.report(Some(pace), Some(0.0));
            }),
            Leg::Stand(steps) => (0..steps).for_each(|_| self.report(Some(0.0), Some(0.0))),
            Leg::Silence(secs, metres) => {
                self.seconds += i64::from(secs);
                self.metres += metres;
            }
            Leg::Blind(steps) => (0..steps).for_each(|_| self.report(None, None)),
            Leg::Wild(metres) => self.report(Some(0.0), Some(metres)),
        }
    }

    fn report(&mut self, pace: Option<f64>, off_m: Option<f64>) {
        self.seconds += i64::from(self.terminal.step_secs);
        self.seed = self.seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = (f64::from(self.seed >> 16) / 65_536.0 - 0.5) * 2.0 * self.terminal.noise_m;
        let fixed_at = start() + TimeDelta::seconds(self.seconds);
        let metres = self.metres + noise + off_m.unwrap_or_default();
        let fix = pace.map(|pace| Fix {
            at: LonLat::new(120.0 + noise / 96_000.0, 30.0 + metres / 111_195.0).unwrap(),
            speed: self.terminal.measures_speed.then(|| Speed::from_mps(pace)),
            heading: Some(Heading::from_degrees(f64::from(self.seed % 360))),
            altitude_m: None,
            satellites: Some(9),
            hdop: Some(1.1),
            accuracy: None,
        });
        let is_moving = pace.is_some_and(|pace| pace > 0.0);
        self.seen.push(Observation {
            fixed_at,
            sequence: i64::try_from(self.seen.len()).unwrap(),
            received_at: fixed_at,
            fix,
            reading: self.reading(is_moving),
            event: None,
            replayed: false,
            alarms: None,
        });
    }

    fn reading(&self, is_moving: bool) -> Reading {
        let ignition = self.terminal.knows_ignition.then_some(is_moving || self.seconds % 600 < 300);
        if !self.terminal.has_bus {
            return Reading { ignition, ..Reading::default() };
        }
        let used = f64::from(u32::try_from(self.seconds % 20_000).unwrap());
        Reading {
            ignition,
            odometer: Some(Distance::from_metres(80_000.0 + self.metres.abs())),
            fuel: Some(Volume::from_litres(50.0 - used / 1000.0 + f64::from(self.seed % 10) / 10.0)),
            soc: Some(Share::from_pct(f64::from(self.seed % 1000) / 10.0)),
            charging: Some(self.seconds / 3000 % 3 == 1),
            voltage: Some(Voltage::from_volts(if self.seconds / 700 % 7 == 1 { 11.5 } else { 12.6 })),
            trouble_codes: Some(vec![format!("P{:04}", self.seconds / 2500 % 4)]),
            ..Reading::default()
        }
    }
}

pub(crate) fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_402_400, 0).unwrap()
}
