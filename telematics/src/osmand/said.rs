//! How phones write instants, numbers and yes or no, and how a report is told in the words of `motorpool decode`.

use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::{Cell, PhoneReport, ReportError};
use crate::quantity::{Distance, Heading};

/// Numbers below are seconds, from it on they are milliseconds: as seconds it is the year 5138, as milliseconds 1973.
const MILLISECONDS_FROM: f64 = 1e11;

/// Instants without a zone, which mean UTC.
const ZONELESS: [&str; 3] = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M%.f"];

/// Seconds or milliseconds since 1970, ISO 8601, or `yyyy-MM-dd HH:mm:ss`.
pub(crate) fn instant(text: &str) -> Result<DateTime<Utc>, ReportError> {
    let text = text.trim();
    let wrong = || ReportError::Time { text: text.chars().take(64).collect() };
    if let Ok(number) = text.parse::<f64>() {
        return of_number(number).ok_or_else(wrong);
    }
    // A plus sign that was not encoded has become a space on the way.
    let zoned = if text.contains('T') { text.replace(' ', "+") } else { text.to_owned() };
    if let Ok(at) =
        DateTime::parse_from_rfc3339(&zoned).or_else(|_other| DateTime::parse_from_str(&zoned, "%Y-%m-%dT%H:%M:%S%.f%z"))
    {
        return Ok(at.to_utc());
    }
    ZONELESS.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok()).map(|at| at.and_utc()).ok_or_else(wrong)
}

/// Seconds or milliseconds since 1970, whichever it can be.
#[expect(clippy::cast_possible_truncation, reason = "what does not fit is no instant, which chrono finds")]
pub(crate) fn of_number(number: f64) -> Option<DateTime<Utc>> {
    let millis = if number.abs() < MILLISECONDS_FROM { number * 1000.0 } else { number };
    millis.is_finite().then(|| DateTime::from_timestamp_millis(millis.round() as i64))?
}

/// A finite number.
pub(crate) fn number(key: &str, text: &str) -> Result<f64, ReportError> {
    let wrong = || ReportError::Number { key: key.chars().take(64).collect() };
    text.trim().parse::<f64>().ok().filter(|number| number.is_finite()).ok_or_else(wrong)
}

/// Phones write −1 for what they do not know.
pub(crate) fn present(number: f64) -> Option<f64> {
    (number >= 0.0).then_some(number)
}

/// `true` and `1` are yes.
pub(super) fn flag(text: &str) -> bool {
    text.eq_ignore_ascii_case("true") || text == "1"
}

/// The report as JSON, with units in the names; what was not sent is `null`.
pub fn explain(report: &PhoneReport) -> Value {
    let cells: Vec<Value> = report.cells.iter().map(cell).collect();
    let networks: Vec<Value> =
        report.networks.iter().map(|network| json!({ "mac": network.mac, "rssi_dbm": network.rssi })).collect();
    json!({
        "device_id": report.device,
        "fixed_at": report.fixed_at.map(|at| at.to_rfc3339_opts(SecondsFormat::Millis, true)),
        "lat": report.place.map(|place| decimals(place.lat(), 9)),
        "lon": report.place.map(|place| decimals(place.lon(), 9)),
        "valid": report.valid,
        "speed_kmh": report.speed.map(|speed| decimals(speed.kmh(), 4)),
        "heading_deg": report.heading.map(Heading::degrees),
        "altitude_m": report.altitude_m,
        "accuracy_m": report.accuracy.map(Distance::metres),
        "hdop": report.hdop,
        "satellites": report.satellites,
        "odometer_km": report.odometer.map(|way| decimals(way.km(), 4)),
        "ignition": report.ignition,
        "battery_pct": report.battery.map(|battery| decimals(battery.pct(), 4)),
        "charging": report.charging,
        "driver_id": report.driver,
        "cells": cells,
        "wifi": networks,
        "attributes": report.attributes,
        "sequence": report.sequence,
    })
}

fn cell(cell: &Cell) -> Value {
    json!({ "mcc": cell.mcc, "mnc": cell.mnc, "lac": cell.lac, "cid": cell.cid, "rssi_dbm": cell.rssi })
}

/// So many decimals and no more: what was not measured is not told.
fn decimals(value: f64, places: i32) -> f64 {
    let scale = 10_f64.powi(places);
    (value * scale).round() / scale
}
