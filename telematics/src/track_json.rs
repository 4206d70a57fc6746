//! The JSON lines of `motorpool track`: observations in, events, trips, stops and alarms out.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::alarm::{Alarm, AlarmKind, DeviceAlarms};
use crate::event::{EventKind, VehicleEvent};
use crate::fix::{Fix, Observation, Reading};
use crate::place::LonLat;
use crate::quantity::{Distance, Heading, Share, Speed, Voltage, Volume};
use crate::trip::{Stop, Trip};

/// One line in (位置汇报): the first four are required, what is not said is not known.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct TrackLine {
    /// Any name of the vehicle, the same on all of its lines.
    pub vehicle: String,
    /// When.
    pub fixed_at: DateTime<Utc>,
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
    /// Speed.
    pub speed_kmh: Option<f64>,
    /// Direction.
    pub heading_deg: Option<f64>,
    /// Metres above the sea.
    pub altitude_m: Option<f64>,
    /// Satellites used.
    pub satellites: Option<u8>,
    /// Dilution of precision.
    pub hdop: Option<f64>,
    /// Estimated error.
    pub accuracy_m: Option<f64>,
    /// Ignition on.
    pub ignition: Option<bool>,
    /// Odometer.
    pub odometer_km: Option<f64>,
    /// Fuel, litres.
    pub fuel_l: Option<f64>,
    /// Fuel, per cent of the tank.
    pub fuel_pct: Option<f64>,
    /// State of charge.
    pub soc_pct: Option<f64>,
    /// Being charged.
    pub charging: Option<bool>,
    /// Volts of the supply.
    pub voltage_v: Option<f64>,
    /// Stored trouble codes.
    pub trouble_codes: Option<Vec<String>>,
    /// What the device itself noticed.
    pub event: Option<String>,
    /// Alarms that the device says are on, by name; those that are not named are off.
    pub alarms: Option<Vec<AlarmKind>>,
    /// Running number, to tell apart what came at the same instant.
    #[serde(default)]
    pub sequence: i64,
}

/// Why a line is not an observation; the lines after it are read all the same.
#[derive(Debug, Error)]
pub enum TrackLineError {
    /// Not JSON, or a required key is missing or of the wrong kind.
    #[error("not an observation")]
    Json(#[from] serde_json::Error),
    /// Latitude or longitude out of range.
    #[error("latitude {lat} and longitude {lon} are no place on earth")]
    Place {
        /// Degrees north, as given.
        lat: f64,
        /// Degrees east, as given.
        lon: f64,
    },
}

impl TrackLineError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Json(_) => "track.line",
            Self::Place { .. } => "track.place",
        }
    }

    /// The line that stands in the output for line `number` of the input, counted from 1.
    pub fn line(&self, number: usize) -> Value {
        let detail = match self {
            Self::Json(cause) => cause.to_string(),
            Self::Place { .. } => self.to_string(),
        };
        json!({ "line": number, "error": { "code": self.code(), "detail": detail } })
    }
}

/// Reads one line: the vehicle's name and what was seen of it.
pub fn read(line: &str) -> Result<(String, Observation), TrackLineError> {
    let line: TrackLine = serde_json::from_str(line)?;
    let at = LonLat::new(line.lon, line.lat).map_err(|_range| TrackLineError::Place { lat: line.lat, lon: line.lon })?;
    let fix = Fix {
        at,
        speed: line.speed_kmh.map(Speed::from_kmh),
        heading: line.heading_deg.map(Heading::from_degrees),
        altitude_m: line.altitude_m,
        satellites: line.satellites,
        hdop: line.hdop,
        accuracy: line.accuracy_m.map(Distance::from_metres),
    };
    let reading = Reading {
        ignition: line.ignition,
        odometer: line.odometer_km.map(Distance::from_km),
        fuel: line.fuel_l.map(Volume::from_litres),
        fuel_share: line.fuel_pct.map(Share::from_pct),
        soc: line.soc_pct.map(Share::from_pct),
        charging: line.charging,
        voltage: line.voltage_v.map(Voltage::from_volts),
        trouble_codes: line.trouble_codes,
        ..Reading::default()
    };
    let seen = Observation {
        fixed_at: line.fixed_at,
        sequence: line.sequence,
        // A file knows nothing of the way that its lines took.
        received_at: line.fixed_at,
        fix: Some(fix),
        reading,
        event: line.event,
        replayed: false,
        alarms: line.alarms.map(|kinds| DeviceAlarms {
            on: kinds.iter().fold(0, |on, kind| on | (1 << kind.bit())),
            told: DeviceAlarms::JT808 | DeviceAlarms::GB32960,
        }),
    };
    Ok((line.vehicle, seen))
}

/// The line that tells `event`; none for the link, of which a file says nothing, and for the beginning of a stop, which is told
/// when it ends.
pub fn event_line(vehicle: &str, event: &VehicleEvent) -> Option<Value> {
    match &event.kind {
        EventKind::WentOnline | EventKind::WentOffline | EventKind::Stopped(_) => None,
        EventKind::TripStarted(trip) | EventKind::TripEnded(trip) => {
            Some(line(event.kind.name(), vehicle, event.at, trip_fields(trip)))
        }
        EventKind::StopEnded(stop) => Some(stop_line(vehicle, stop)),
        kind => Some(line(kind.name(), vehicle, event.at, kind.detail())),
    }
}

/// The line of a stop; `to` is null while the vehicle still stands.
pub fn stop_line(vehicle: &str, stop: &Stop) -> Value {
    let seconds = stop.to.map(|to| to.signed_duration_since(stop.from).num_seconds());
    let fields = json!({ "from": stop.from, "to": stop.to, "seconds": seconds, "lat": stop.at.lat(), "lon": stop.at.lon() });
    line("stop", vehicle, stop.from, fields)
}

/// The line of an alarm; `cleared_at` is null while it lasts.
pub fn alarm_line(vehicle: &str, alarm: &Alarm) -> Value {
    let place = alarm.place.map(|at| json!({ "lat": at.lat(), "lon": at.lon() }));
    let fields = json!({
        "kind": alarm.kind,
        "code": alarm.kind.code(),
        "colour": alarm.kind.colour(),
        "raised_at": alarm.raised_at,
        "cleared_at": alarm.cleared_at,
        "place": place,
    });
    line("alarm", vehicle, alarm.raised_at, fields)
}

/// The line of a trip that the input ends in: it ends with the last fix, and says so by `cut_short`.
pub fn cut_short_line(vehicle: &str, trip: &Trip, last: DateTime<Utc>) -> Value {
    let trip = Trip { ended_at: Some(last), ..trip.clone() };
    let mut fields = trip_fields(&trip);
    if let Value::Object(fields) = &mut fields {
        fields.insert("cut_short".to_owned(), Value::Bool(true));
    }
    line("trip_ended", vehicle, last, fields)
}

fn trip_fields(trip: &Trip) -> Value {
    let place = |at: LonLat| json!({ "lat": at.lat(), "lon": at.lon() });
    json!({
        "trip": trip.id,
        "started_at": trip.started_at,
        "ended_at": trip.ended_at,
        "distance_m": trip.distance.metres().round(),
        "max_speed_kmh": (trip.max_speed.kmh() * 10.0).round() / 10.0,
        "from": place(trip.from),
        "to": place(trip.to),
        "stops": trip.stops,
    })
}

fn line(event: &str, vehicle: &str, at: DateTime<Utc>, fields: Value) -> Value {
    let mut object = Map::new();
    object.insert("event".to_owned(), event.into());
    object.insert("vehicle".to_owned(), vehicle.into());
    object.insert("at".to_owned(), json!(at));
    if let Value::Object(fields) = fields {
        object.extend(fields);
    }
    Value::Object(object)
}
