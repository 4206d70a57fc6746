//! The record our own terminals send by MQTT: one JSON object (or CBOR map) under short keys; `interfaces.md`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::fix::{Fix, Observation, Reading};
use crate::place::LonLat;
use crate::quantity::{Distance, Heading, Share, Speed, Voltage, Volume};

/// One record on the wire (终端上报记录). Unknown keys are ignored, so that a newer terminal is understood.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// Running number of the device, never reused.
    pub seq: i64,
    /// Device time, Unix milliseconds.
    pub t: i64,
    /// Degrees north.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    /// Degrees east.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lon: Option<f64>,
    /// Metres above sea level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alt: Option<f64>,
    /// Speed, km/h.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spd: Option<f64>,
    /// Course, degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crs: Option<f64>,
    /// Estimated error, metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acc: Option<f64>,
    /// Satellites used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sat: Option<u8>,
    /// Horizontal dilution of precision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hdop: Option<f64>,
    /// Odometer, metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub odo: Option<f64>,
    /// State of charge, per cent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub soc: Option<f64>,
    /// Fuel, litres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fuel: Option<f64>,
    /// Fuel, per cent of the tank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fpct: Option<f64>,
    /// Fuel use, litres an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frate: Option<f64>,
    /// Ignition on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ign: Option<bool>,
    /// Charging.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chg: Option<bool>,
    /// Volts of the 12 V supply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub v12: Option<f64>,
    /// Engine speed, turns a minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rpm: Option<f64>,
    /// Coolant, degrees Celsius.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clt: Option<f64>,
    /// Stored trouble codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dtc: Option<Vec<String>>,
    /// An event the device noticed, such as `ignition_on`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ev: Option<String>,
}

/// Why a record is not an observation; the record is counted and kept aside, never silently dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RecordError {
    /// The time is outside what a timestamp can hold.
    #[error("time {t} is no instant")]
    Time {
        /// Unix milliseconds, as sent.
        t: i64,
    },
    /// Only one of latitude and longitude, or out of range.
    #[error("latitude and longitude are no place on earth")]
    Place,
    /// A number that is not finite.
    #[error("a value is not a finite number")]
    NotFinite,
}

impl RecordError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Time { .. } => "record.time",
            Self::Place => "record.place",
            Self::NotFinite => "record.not_finite",
        }
    }
}

impl Record {
    /// What the record says, in our own types.
    pub fn to_observation(&self, received_at: DateTime<Utc>) -> Result<Observation, RecordError> {
        let fixed_at = DateTime::from_timestamp_millis(self.t).ok_or(RecordError::Time { t: self.t })?;
        let numbers = [
            self.alt, self.spd, self.crs, self.acc, self.hdop, self.odo, self.soc, self.fuel, self.fpct, self.frate, self.v12,
            self.rpm, self.clt,
        ];
        if numbers.into_iter().flatten().any(|n| !n.is_finite()) {
            return Err(RecordError::NotFinite);
        }
        let fix = match (self.lon, self.lat) {
            (Some(lon), Some(lat)) => Some(self.fix(LonLat::new(lon, lat).map_err(|_out_of_range| RecordError::Place)?)),
            (None, None) => None,
            _ => return Err(RecordError::Place),
        };
        Ok(Observation {
            fixed_at,
            sequence: self.seq,
            received_at,
            fix,
            reading: self.reading(),
            event: self.ev.clone(),
            replayed: false,
            alarms: None,
        })
    }

    fn fix(&self, at: LonLat) -> Fix {
        Fix {
            at,
            speed: self.spd.map(Speed::from_kmh),
            heading: self.crs.map(Heading::from_degrees),
            altitude_m: self.alt,
            satellites: self.sat,
            hdop: self.hdop,
            accuracy: self.acc.map(Distance::from_metres),
        }
    }

    fn reading(&self) -> Reading {
        Reading {
            ignition: self.ign,
            odometer: self.odo.map(Distance::from_metres),
            fuel: self.fuel.map(Volume::from_litres),
            fuel_share: self.fpct.map(Share::from_pct),
            fuel_rate_lph: self.frate,
            soc: self.soc.map(Share::from_pct),
            charging: self.chg,
            voltage: self.v12.map(Voltage::from_volts),
            rpm: self.rpm,
            coolant_c: self.clt,
            trouble_codes: self.dtc.clone(),
            traction: None,
        }
    }

    /// The record that says what `seen` says.
    pub fn of(seen: &Observation) -> Self {
        let fix = seen.fix.as_ref();
        let reading = &seen.reading;
        Self {
            seq: seen.sequence,
            t: seen.fixed_at.timestamp_millis(),
            lat: fix.map(|f| f.at.lat()),
            lon: fix.map(|f| f.at.lon()),
            alt: fix.and_then(|f| f.altitude_m),
            spd: fix.and_then(|f| f.speed).map(Speed::kmh),
            crs: fix.and_then(|f| f.heading).map(Heading::degrees),
            acc: fix.and_then(|f| f.accuracy).map(Distance::metres),
            sat: fix.and_then(|f| f.satellites),
            hdop: fix.and_then(|f| f.hdop),
            odo: reading.odometer.map(Distance::metres),
            soc: reading.soc.map(Share::pct),
            fuel: reading.fuel.map(Volume::litres),
            fpct: reading.fuel_share.map(Share::pct),
            frate: reading.fuel_rate_lph,
            ign: reading.ignition,
            chg: reading.charging,
            v12: reading.voltage.map(Voltage::volts),
            rpm: reading.rpm,
            clt: reading.coolant_c,
            dtc: reading.trouble_codes.clone(),
            ev: seen.event.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_750_000_000, 0).unwrap()
    }

    #[test]
    fn a_record_survives_the_way_there_and_back() {
        let record: Record = serde_json::from_str(
            r#"{"seq":7,"t":1750000000000,"lat":30.25,"lon":120.125,"spd":36.5,"crs":90,"sat":9,"odo":12345,"soc":80,"ign":true,"dtc":["P0301"],"new_key":1}"#,
        )
        .unwrap();
        let seen = record.to_observation(now()).unwrap();
        assert_eq!(Record::of(&seen), record);
    }

    #[test]
    fn absent_stays_absent() {
        let seen = Record { seq: 1, t: 0, ..Record::default() }.to_observation(now()).unwrap();
        assert_eq!(seen.fix, None);
        assert_eq!(seen.reading, Reading::default());
    }

    #[test]
    fn half_a_place_is_refused() {
        let record = Record { lat: Some(30.0), ..Record::default() };
        assert_eq!(record.to_observation(now()).unwrap_err().code(), "record.place");
        let record = Record { lat: Some(30.0), lon: Some(120.0), spd: Some(f64::INFINITY), ..Record::default() };
        assert_eq!(record.to_observation(now()).unwrap_err().code(), "record.not_finite");
    }
}
