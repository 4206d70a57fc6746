//! The OsmAnd form: `id=…&lat=…&lon=…`, as a query or as a body; speed in knots.

use serde_json::Value;

use super::said::{flag, instant, number, present};
use super::{Cell, Network, PhoneReport, ReportError};
use crate::place::LonLat;
use crate::quantity::{Distance, Heading, Share, Speed};
use crate::sequence;

/// The parameter that holds the device's secret: no part of what is reported.
const KEY: &str = "key";

/// The report in `text`, which is encoded as forms are. An empty value is the same as none.
pub fn of_form(text: &str) -> Result<PhoneReport, ReportError> {
    let mut pairs: Vec<(String, String)> =
        form_urlencoded::parse(text.as_bytes()).map(|(key, value)| (key.into_owned(), value.trim().to_owned())).collect();
    pairs.retain(|(key, value)| key != KEY && !key.is_empty() && !value.is_empty());
    if pairs.is_empty() {
        return Err(ReportError::Malformed);
    }
    let mut report = PhoneReport::default();
    let (mut lat, mut lon) = (None, None);
    for (key, value) in &pairs {
        let real = || number(key, value);
        match key.as_str() {
            "id" | "deviceid" => report.device = Some(value.clone()),
            "timestamp" => report.fixed_at = Some(instant(value)?),
            "lat" => lat = Some(real()?),
            "lon" => lon = Some(real()?),
            "location" => {
                let (north, east) = value.split_once(',').ok_or(ReportError::Place)?;
                (lat, lon) = (Some(number(key, north)?), Some(number(key, east)?));
            }
            "valid" => report.valid = Some(flag(value)),
            "speed" => report.speed = present(real()?).map(Speed::from_knots),
            "bearing" | "heading" => report.heading = present(real()?).map(Heading::from_degrees),
            "altitude" => report.altitude_m = Some(real()?),
            "accuracy" => report.accuracy = present(real()?).map(Distance::from_metres),
            "hdop" => report.hdop = present(real()?),
            "sat" if value.parse::<u8>().is_ok() => report.satellites = value.parse().ok(),
            "odometer" => report.odometer = present(real()?).map(Distance::from_metres),
            "ignition" => report.ignition = Some(flag(value)),
            "batt" => report.battery = present(real()?).map(Share::from_pct),
            "charge" => report.charging = Some(flag(value)),
            "driverUniqueId" => report.driver = Some(value.clone()),
            "cell" => report.cells.push(cell(value).ok_or_else(|| ReportError::Number { key: key.clone() })?),
            "wifi" => report.networks.push(network(value)),
            _ => _ = report.attributes.insert(key.clone(), attribute(value)),
        }
    }
    report.place = place(lon, lat)?;
    report.sequence = fingerprint(pairs);
    Ok(report)
}

/// The secret in `text`, if it holds one.
pub fn key_of_form(text: &str) -> Option<String> {
    form_urlencoded::parse(text.as_bytes()).find(|(key, _)| key == KEY).map(|(_, value)| value.into_owned())
}

/// Both coordinates or none.
pub(super) fn place(lon: Option<f64>, lat: Option<f64>) -> Result<Option<LonLat>, ReportError> {
    match (lon, lat) {
        (Some(lon), Some(lat)) => LonLat::new(lon, lat).map(Some).map_err(|_out_of_range| ReportError::Place),
        (None, None) => Ok(None),
        _ => Err(ReportError::Place),
    }
}

/// Of the pairs in one order, whatever the order on the wire. The name is left out: it is the same for all of a device's reports.
fn fingerprint(mut pairs: Vec<(String, String)>) -> i64 {
    pairs.retain(|(key, _)| key != "id" && key != "deviceid");
    pairs.sort();
    let lines: Vec<String> = pairs.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
    sequence::of(lines.join("&").as_bytes())
}

/// `mcc,mnc,lac,cid` and perhaps `,rssi`.
fn cell(text: &str) -> Option<Cell> {
    let mut parts = text.split(',').map(str::trim);
    Some(Cell {
        mcc: parts.next()?.parse().ok()?,
        mnc: parts.next()?.parse().ok()?,
        lac: parts.next()?.parse().ok()?,
        cid: parts.next()?.parse().ok()?,
        rssi: parts.next().and_then(|rssi| rssi.parse().ok()),
    })
}

/// `mac` and perhaps `,rssi`; some write the address with dashes.
fn network(text: &str) -> Network {
    let (mac, rssi) = text.split_once(',').map_or((text, None), |(mac, rssi)| (mac, rssi.trim().parse().ok()));
    Network { mac: mac.trim().replace('-', ":"), rssi }
}

/// A value whose kind is known from its look alone.
fn attribute(text: &str) -> Value {
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => text
            .parse::<i64>()
            .map(Value::from)
            .or_else(|_no_integer| text.parse::<f64>().map(Value::from))
            .ok()
            .filter(|value| !value.is_null())
            .unwrap_or_else(|| Value::from(text)),
    }
}
