//! What a position report means for the vehicle: a fix and readings in our own types and in WGS-84.

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::alarm::DeviceAlarms;
use crate::datum::Datum;
use crate::fix::{Fix, Observation, Reading};
use crate::jt808::location::{Location, status};
use crate::jt808::shape::{Shape, Target};
use crate::jt808::standard::{self, Fuel};
use crate::jt808::text;
use crate::jt808::vendor::Profile;
use crate::place::LonLat;
use crate::quantity::{Distance, Heading, Share, Speed, Voltage, Volume};

/// Why a report is no observation; it is counted and kept aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ObserveError {
    /// Its time is none.
    #[error("{0:02x?} is no time")]
    Time([u8; 6]),
}

impl ObserveError {
    /// The stable code of the error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Time(_) => "jt808.bcd",
        }
    }
}

/// What a report says. Without a fix the readings count alone, and the vehicle stays where it was last seen.
pub fn observe(
    location: &Location,
    profile: &Profile,
    received_at: DateTime<Utc>,
    replayed: bool,
) -> Result<Observation, ObserveError> {
    let basic = &location.basic;
    let fixed_at = basic.fixed_at().ok_or(ObserveError::Time(basic.time))?;
    Ok(Observation {
        fixed_at,
        sequence: location.sequence(),
        received_at,
        fix: fix(location, profile),
        reading: reading(location, profile),
        event: None,
        replayed,
        alarms: Some(DeviceAlarms::of_jt808(basic.alarm_bits)),
    })
}

fn fix(location: &Location, profile: &Profile) -> Option<Fix> {
    let basic = &location.basic;
    let datum = if basic.has(status::SHIFTED) { Datum::Gcj02 } else { profile.datum };
    let (lon, lat) = datum.to_wgs84((basic.lon()?, basic.lat()?));
    // Zero and zero is what a receiver says that has never had a fix, whatever its status.
    let real = basic.valid() && (basic.lat_e6, basic.lon_e6) != (0, 0);
    let at = LonLat::new(lon, lat).ok().filter(|_| real)?;
    Some(Fix {
        at,
        speed: basic.speed_kmh().map(Speed::from_kmh),
        heading: basic.heading_deg().map(f64::from).map(Heading::from_degrees),
        altitude_m: basic.altitude_m().map(f64::from),
        satellites: location.items().value(standard::SATELLITES).and_then(|value| Some(*value.first_chunk::<1>()?.first()?)),
        hdop: None,
        accuracy: None,
    })
}

/// The standard's items first: the maker's fill what they leave open.
fn reading(location: &Location, profile: &Profile) -> Reading {
    let items = location.items();
    let mut reading = Reading {
        ignition: Some(location.basic.has(status::ACC)),
        odometer: items.value(standard::ODOMETER).and_then(standard::odometer_km).filter(|km| *km > 0.0).map(Distance::from_km),
        ..Reading::default()
    };
    match items.value(standard::FUEL).and_then(standard::fuel) {
        Some(Fuel::Litres(litres)) => reading.fuel = Some(Volume::from_litres(litres)),
        Some(Fuel::Pct(pct)) => reading.fuel_share = share(f64::from(pct)),
        None => {}
    }
    for (target, shape, value) in profile.readings(&items) {
        take(&mut reading, target, shape, value);
    }
    reading
}

fn take(reading: &mut Reading, target: Target, shape: Shape, value: &[u8]) {
    if target == Target::TroubleCodes {
        reading.trouble_codes = Some(codes(value));
        return;
    }
    let Some(number) = shape.number(value) else { return };
    match target {
        Target::FuelPct => reading.fuel_share = reading.fuel_share.or(share(number)),
        Target::FuelLitres => reading.fuel = reading.fuel.or(Some(Volume::from_litres(number))),
        Target::Volts => reading.voltage = Some(Voltage::from_volts(number)),
        Target::OdometerKm => reading.odometer = reading.odometer.or(Some(Distance::from_km(number))),
        Target::Rpm => reading.rpm = Some(number),
        Target::CoolantC => reading.coolant_c = Some(number),
        Target::TroubleCodes => {}
    }
}

fn share(pct: f64) -> Option<Share> {
    (pct <= 100.0).then(|| Share::from_pct(pct))
}

/// Codes with commas or blanks between them.
fn codes(value: &[u8]) -> Vec<String> {
    let text = text::read(value);
    text.split([',', ' ', ';']).filter(|code| !code.is_empty()).map(str::to_uppercase).collect()
}
