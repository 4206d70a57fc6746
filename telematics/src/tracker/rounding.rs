//! Observations at the resolution of the store, so that working a track out again from what is stored gives the same answer.

use crate::fix::{Fix, Observation, Reading};
use crate::place::LonLat;
use crate::quantity::{Distance, Heading, Share, Speed, Voltage, Volume};
use chrono::{DateTime, Utc};

/// `seen` as it will be read back from the store.
pub(super) fn rounded(seen: &Observation) -> Observation {
    let mut seen = seen.clone();
    seen.fixed_at = to_micros(seen.fixed_at);
    seen.received_at = to_micros(seen.received_at);
    if let Some(fix) = &mut seen.fix {
        round_fix(fix);
    }
    round_reading(&mut seen.reading);
    seen
}

/// PostgreSQL keeps microseconds.
fn to_micros(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(at.timestamp_micros()).unwrap_or(at)
}

fn round_fix(fix: &mut Fix) {
    let (lon, lat) = fix.at.to_e7();
    fix.at = LonLat::from_e7(lon, lat).unwrap_or(fix.at);
    fix.speed = fix.speed.map(|speed| Speed::from_kmh(to_step(speed.kmh(), 10.0)));
    fix.heading = fix.heading.map(|heading| Heading::from_degrees(heading.degrees().round()));
    fix.altitude_m = fix.altitude_m.map(f64::round);
    fix.hdop = fix.hdop.map(|hdop| to_step(hdop, 100.0));
    fix.accuracy = fix.accuracy.map(|error| Distance::from_metres(to_step(error.metres(), 10.0)));
}

fn round_reading(reading: &mut Reading) {
    reading.odometer = reading.odometer.map(|way| Distance::from_metres(way.metres().round()));
    reading.fuel = reading.fuel.map(|fuel| Volume::from_litres(to_step(fuel.litres(), 10.0)));
    reading.fuel_share = reading.fuel_share.map(|share| Share::from_pct(to_step(share.pct(), 10.0)));
    reading.soc = reading.soc.map(|share| Share::from_pct(to_step(share.pct(), 10.0)));
    reading.voltage = reading.voltage.map(|voltage| Voltage::from_volts(to_step(voltage.volts(), 100.0)));
}

fn to_step(value: f64, steps: f64) -> f64 {
    (value * steps).round() / steps
}
