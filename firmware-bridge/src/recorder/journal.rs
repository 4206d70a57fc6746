//! What becomes a record, worked out without I/O: fixes, readings and edges in, entries of the spool out.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;
use telematics::fix::{Observation, Reading};
use telematics::quantity::Distance;
use telematics::record::Record;

use crate::clock::{Stamp, Timekeeper};
use crate::gnss::Heard;
use crate::odometer::Odometer;
use crate::sampler::{Sampler, Seen};
use crate::spool::{Entry, Weight};

/// The second line is used when the first gave no fix for so long.
const FAILOVER: Duration = Duration::from_secs(3);
/// A fix older than this is no place for an event.
const RECENT: Duration = Duration::from_secs(10);

/// Both clocks at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// Since the start of the machine.
    pub since: Duration,
    /// What the wall clock believes.
    pub wall: DateTime<Utc>,
}

/// What the journal counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Fixes heard on the line in use.
    pub fixes: u64,
    /// Records made.
    pub records: u64,
    /// Fixes without a date.
    pub undated: u64,
    /// Fixes whose time was not believed.
    pub disbelieved: u64,
    /// Fixes of the other line, not needed.
    pub spare: u64,
}

/// Makes records (记录).
#[derive(Debug)]
pub struct Journal {
    keeper: Timekeeper,
    sampler: Sampler,
    odometer: Odometer,
    reading: Reading,
    /// When the preferred line last gave a fix.
    preferred: Option<Duration>,
    /// When any line last gave a fix.
    fixed: Option<Duration>,
    /// When a record without a fix was last made.
    blind: Option<Duration>,
    told_time: bool,
    counts: Counts,
}

impl Journal {
    /// A journal that has heard nothing yet.
    pub fn new(keeper: Timekeeper, sampler: Sampler, odometer: Odometer) -> Self {
        Self {
            keeper,
            sampler,
            odometer,
            reading: Reading::default(),
            preferred: None,
            fixed: None,
            blind: None,
            told_time: false,
            counts: Counts::default(),
        }
    }

    /// A fix was heard.
    pub fn hear(&mut self, heard: Heard, now: Now) -> Vec<Entry> {
        if heard.line == 0 {
            self.preferred = Some(now.since);
        } else if self.preferred.is_some_and(|at| now.since.saturating_sub(at) < FAILOVER) {
            self.counts.spare += 1;
            return Vec::new();
        }
        self.counts.fixes += 1;
        let Some(fixed_at) = heard.epoch.fixed_at else {
            self.counts.undated += 1;
            return Vec::new();
        };
        let at_ms = match self.keeper.hear(fixed_at, now.since) {
            Ok(at_ms) => at_ms,
            Err(doubt) => {
                self.counts.disbelieved += 1;
                tracing::debug!(code = doubt.code(), "fix not used: {doubt}");
                return Vec::new();
            }
        };
        let Some(at) = DateTime::from_timestamp_millis(at_ms) else { return Vec::new() };
        self.fixed = Some(now.since);
        let fix = heard.epoch.fix;
        self.odometer.drive(at_ms, fix.at, fix.speed);
        let taken = self.sampler.see(Seen { at, fix });
        taken.into_iter().map(|seen| self.entry(Some(seen), None, now)).collect()
    }

    /// The vehicle's readings, all of them; what is absent is not known any more.
    pub fn learn(&mut self, reading: Reading, now: Now) -> Vec<Entry> {
        let edges = edges(&self.reading, &reading);
        self.reading = reading;
        if let Some(odometer) = self.reading.odometer {
            self.odometer.tell(odometer);
        }
        let mut out: Vec<Entry> = edges.into_iter().map(|event| self.event(event, now)).collect();
        let blind = self.fixed.is_none_or(|at| now.since.saturating_sub(at) > Duration::from_secs(30));
        let interval = Duration::from_secs(if self.reading.ignition == Some(true) { 10 } else { 300 });
        if blind && out.is_empty() && self.blind.is_none_or(|at| now.since.saturating_sub(at) >= interval) {
            out.push(self.entry(None, None, now));
        }
        if blind && !out.is_empty() {
            self.blind = Some(now.since);
        }
        out
    }

    /// Where the vehicle is and how it is, because somebody asks.
    pub fn report(&mut self, now: Now) -> Vec<Entry> {
        vec![self.event("report_now", now)]
    }

    /// The newest fix, if it was not taken yet: the end of the line.
    pub fn finish(&mut self) -> Vec<Entry> {
        let last = self.sampler.flush();
        let stamp = last.as_ref().map(|seen| Stamp::Known(seen.at.timestamp_millis()));
        last.zip(stamp).map(|(seen, stamp)| self.stamped(Some(seen), None, stamp)).into_iter().collect()
    }

    /// Changes the interval while moving.
    pub const fn set_moving_secs(&mut self, secs: u32) {
        self.sampler.set_moving_secs(secs);
    }

    /// The time became known since this was last asked.
    pub const fn time_was_found(&mut self) -> bool {
        let found = self.keeper.is_set() && !self.told_time;
        self.told_time = self.keeper.is_set();
        found
    }

    /// The instant of a stamp that was made before the time was known.
    pub fn resolve(&self, stamp: &Stamp) -> Option<i64> {
        self.keeper.resolve(stamp)
    }

    /// What was counted.
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// The odometer, to be kept.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an odometer is positive and far below 2^53 mm")]
    pub fn odometer_mm(&self) -> Option<u64> {
        self.odometer.total().map(|total| (total.metres() * 1000.0) as u64)
    }

    fn event(&mut self, event: &str, now: Now) -> Entry {
        let recent = self.fixed.is_some_and(|at| now.since.saturating_sub(at) <= RECENT);
        let seen = if recent { self.sampler.previous().cloned() } else { None };
        let stamp = self.keeper.stamp(now.since, now.wall);
        self.stamped(seen, Some(event.to_owned()), stamp)
    }

    fn entry(&mut self, seen: Option<Seen>, event: Option<String>, now: Now) -> Entry {
        let stamp = match &seen {
            Some(seen) => Stamp::Known(seen.at.timestamp_millis()),
            None => self.keeper.stamp(now.since, now.wall),
        };
        self.stamped(seen, event, stamp)
    }

    fn stamped(&mut self, seen: Option<Seen>, event: Option<String>, stamp: Stamp) -> Entry {
        self.counts.records += 1;
        let weight = if event.is_some() { Weight::Event } else { Weight::Periodic };
        let mut reading = self.reading.clone();
        reading.odometer = self.odometer.total().map(rounded);
        let observation = Observation {
            fixed_at: DateTime::UNIX_EPOCH,
            sequence: 0,
            received_at: DateTime::UNIX_EPOCH,
            fix: seen.map(|seen| seen.fix),
            reading,
            event,
            replayed: false,
            alarms: None,
        };
        let mut record = Record::of(&observation);
        record.spd = record.spd.map(|kmh| (kmh * 100.0).round() / 100.0);
        Entry { weight, stamp, record }
    }
}

/// Whole metres divided by ten: as fine as a receiver can know a way.
fn rounded(distance: Distance) -> Distance {
    Distance::from_metres((distance.metres() * 10.0).round() / 10.0)
}

/// What changed between two readings, by the names on the wire.
fn edges(before: &Reading, now: &Reading) -> Vec<&'static str> {
    let mut out = Vec::new();
    match (before.ignition, now.ignition) {
        (Some(false) | None, Some(true)) => out.push("ignition_on"),
        (Some(true), Some(false)) => out.push("ignition_off"),
        _ => {}
    }
    match (before.charging, now.charging) {
        (Some(false) | None, Some(true)) => out.push("charging_on"),
        (Some(true), Some(false)) => out.push("charging_off"),
        _ => {}
    }
    let stored = |reading: &Reading| reading.trouble_codes.clone().unwrap_or_default();
    let known = stored(before);
    if stored(now).iter().any(|code| !known.contains(code)) {
        out.push("trouble_code");
    }
    out
}

#[cfg(test)]
mod tests;
