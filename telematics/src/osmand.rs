//! What phones send over HTTP: the OsmAnd form and the Traccar client's JSON, as reports in our own units.

mod form;
mod json;
mod said;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use thiserror::Error;

use crate::fix::{Fix, Observation, Reading};
use crate::place::LonLat;
use crate::quantity::{Distance, Heading, Share, Speed};

pub use form::{key_of_form, of_form};
pub use json::of_json;
pub use said::explain;
pub(crate) use said::{of_number, present};

/// A report older than this when it comes in was kept by the phone: these protocols have no mark for it.
const KEPT_BACK_SECS: i64 = 120;

/// Reports that one body may hold.
pub const MOST_REPORTS: usize = 500;

/// One report of a phone (手机定位上报). What was not sent is absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PhoneReport {
    /// The name that the phone goes by.
    pub device: Option<String>,
    /// The phone's instant; without one, the instant of receipt is meant.
    pub fixed_at: Option<DateTime<Utc>>,
    /// Where, WGS-84.
    pub place: Option<LonLat>,
    /// The phone itself says that the place is (not) to be trusted.
    pub valid: Option<bool>,
    /// Speed over ground.
    pub speed: Option<Speed>,
    /// Direction over ground.
    pub heading: Option<Heading>,
    /// Metres above sea level.
    pub altitude_m: Option<f64>,
    /// Estimated horizontal error.
    pub accuracy: Option<Distance>,
    /// Horizontal dilution of precision.
    pub hdop: Option<f64>,
    /// Satellites used.
    pub satellites: Option<u8>,
    /// The way gone, by the phone's own count.
    pub odometer: Option<Distance>,
    /// Ignition on, where a phone knows of it.
    pub ignition: Option<bool>,
    /// The phone's battery; never the vehicle's.
    pub battery: Option<Share>,
    /// The phone is being charged.
    pub charging: Option<bool>,
    /// Who drives, by the name that the phone was given.
    pub driver: Option<String>,
    /// Cells of the mobile network that it hears.
    pub cells: Vec<Cell>,
    /// Wireless networks that it hears.
    pub networks: Vec<Network>,
    /// Everything else, as it was sent.
    pub attributes: BTreeMap<String, Value>,
    /// The running number: a fingerprint of what was sent.
    pub sequence: i64,
}

/// A cell of a mobile network (基站).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Country.
    pub mcc: u16,
    /// Network.
    pub mnc: u16,
    /// Area.
    pub lac: u32,
    /// Cell.
    pub cid: u64,
    /// How loud, in dBm.
    pub rssi: Option<i16>,
}

/// A wireless network (无线热点).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// Its address, with colons.
    pub mac: String,
    /// How loud, in dBm.
    pub rssi: Option<i16>,
}

/// Why a text is no report.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReportError {
    /// Not the form, or not the JSON, that phones send.
    #[error("this is no report of a phone")]
    Malformed,
    /// More than one body may hold.
    #[error("a body may hold {MOST_REPORTS} reports")]
    TooMany,
    /// The instant cannot be read.
    #[error("{text:?} is no instant")]
    Time {
        /// As sent.
        text: String,
    },
    /// Only one of latitude and longitude, or out of range.
    #[error("latitude and longitude are no place on earth")]
    Place,
    /// What should be a number is none.
    #[error("{key} is no number")]
    Number {
        /// The parameter.
        key: String,
    },
}

impl ReportError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "report.malformed",
            Self::TooMany => "report.too_many",
            Self::Time { .. } => "report.time",
            Self::Place => "report.place",
            Self::Number { .. } => "report.number",
        }
    }
}

impl PhoneReport {
    /// What the report says of its vehicle. A place that the phone itself does not trust is no fix.
    pub fn to_observation(&self, received_at: DateTime<Utc>) -> Observation {
        let fixed_at = self.fixed_at.unwrap_or(received_at);
        let fix = self.place.filter(|_| self.valid != Some(false)).map(|at| Fix {
            at,
            speed: self.speed,
            heading: self.heading,
            altitude_m: self.altitude_m,
            satellites: self.satellites,
            hdop: self.hdop,
            accuracy: self.accuracy,
        });
        Observation {
            fixed_at,
            sequence: self.sequence,
            received_at,
            fix,
            reading: Reading { ignition: self.ignition, odometer: self.odometer, ..Reading::default() },
            event: None,
            replayed: received_at - fixed_at > TimeDelta::seconds(KEPT_BACK_SECS),
            alarms: None,
        }
    }
}

#[cfg(test)]
mod tests;
