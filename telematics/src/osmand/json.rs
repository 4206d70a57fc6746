//! The Traccar client's JSON: `{"device_id": …, "location": {…}}`, one location or a list; speed in metres a second.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::form::place;
use super::said::{instant, of_number, present};
use super::{MOST_REPORTS, PhoneReport, ReportError};
use crate::quantity::{Distance, Heading, Share, Speed};
use crate::sequence;

/// The reports in `body`, in the order in which they stand there.
pub fn of_json(body: &[u8]) -> Result<Vec<PhoneReport>, ReportError> {
    let body: Value = serde_json::from_slice(body).map_err(|_no_json| ReportError::Malformed)?;
    of_value(&body)
}

/// The same of JSON that was read before.
fn of_value(body: &Value) -> Result<Vec<PhoneReport>, ReportError> {
    let device = match body.get("device_id") {
        Some(Value::String(name)) => Some(name.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    match body.get("location") {
        Some(Value::Array(locations)) if locations.len() > MOST_REPORTS => Err(ReportError::TooMany),
        Some(Value::Array(locations)) => locations.iter().map(|location| report(device.as_ref(), location)).collect(),
        Some(location) => Ok(vec![report(device.as_ref(), location)?]),
        None => Err(ReportError::Malformed),
    }
}

fn report(device: Option<&String>, location: &Value) -> Result<PhoneReport, ReportError> {
    let Value::Object(location) = location else { return Err(ReportError::Malformed) };
    let coords = object(location, "coords").ok_or(ReportError::Place)?;
    let battery = object(location, "battery");
    let (Some(lat), Some(lon)) = (real(coords, "latitude")?, real(coords, "longitude")?) else { return Err(ReportError::Place) };
    let known = |key: &str| real(coords, key).map(|number| number.and_then(present));
    Ok(PhoneReport {
        device: device.cloned(),
        fixed_at: time(location.get("timestamp"))?,
        place: place(Some(lon), Some(lat))?,
        speed: known("speed")?.map(Speed::from_mps),
        heading: known("heading")?.map(Heading::from_degrees),
        altitude_m: real(coords, "altitude")?,
        accuracy: known("accuracy")?.map(Distance::from_metres),
        odometer: real(location, "odometer")?.and_then(present).map(Distance::from_metres),
        battery: match battery {
            Some(battery) => real(battery, "level")?.and_then(present).map(|level| Share::from_pct(level * 100.0)),
            None => None,
        },
        charging: battery.and_then(|battery| battery.get("is_charging")).and_then(Value::as_bool),
        attributes: attributes(location),
        sequence: sequence::of(Value::Object(location.clone()).to_string().as_bytes()),
        ..PhoneReport::default()
    })
}

fn object<'a>(of: &'a Map<String, Value>, key: &str) -> Option<&'a Map<String, Value>> {
    of.get(key).and_then(Value::as_object)
}

/// A number; `null` is none.
fn real(of: &Map<String, Value>, key: &str) -> Result<Option<f64>, ReportError> {
    match of.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_f64().map(Some).ok_or_else(|| ReportError::Number { key: key.to_owned() }),
    }
}

fn time(stamp: Option<&Value>) -> Result<Option<DateTime<Utc>>, ReportError> {
    match stamp {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => instant(text).map(Some),
        Some(other) => {
            let at = other.as_f64().and_then(of_number);
            at.map(Some).ok_or_else(|| ReportError::Time { text: other.to_string().chars().take(64).collect() })
        }
    }
}

/// What has no place of its own: the activity, the event, whether it moves, and whatever stands under `extras`.
fn attributes(location: &Map<String, Value>) -> BTreeMap<String, Value> {
    const PLACED: [&str; 6] = ["timestamp", "coords", "odometer", "battery", "activity", "extras"];
    let others = location.iter().filter(|(key, _)| !PLACED.contains(&key.as_str()));
    let extras = object(location, "extras").into_iter().flatten();
    let mut kept: BTreeMap<String, Value> = others.chain(extras).map(|(key, value)| (key.clone(), value.clone())).collect();
    if let Some(activity) = object(location, "activity").and_then(|activity| activity.get("type")) {
        kept.insert("activity".to_owned(), activity.clone());
    }
    kept.retain(|_, value| !value.is_null());
    kept
}
