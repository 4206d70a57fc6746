//! One stored position: the small integers of the table on one side, an observation on the other.

use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Serialize};
use telematics::alarm::DeviceAlarms;
use telematics::fix::{Fix, Observation, Reading};
use telematics::id::VehicleNo;
use telematics::place::LonLat;
use telematics::quantity::{Distance, Heading, Share, Speed, Voltage, Volume};
use telematics::traction::Traction;

/// A position as it is stored (存储定位点). What a tracker sees is `observation()` of it, never the finer original, so that
/// working the stored rows out again gives the same answer.
#[derive(Clone, Debug, PartialEq)]
pub struct PositionRow {
    /// Whose.
    pub vehicle: VehicleNo,
    /// The device's instant.
    pub fixed_at: DateTime<Utc>,
    /// The device's running number.
    pub sequence: i64,
    /// When we received it.
    pub received_at: DateTime<Utc>,
    /// Degrees east times 1e7; absent without a fix.
    pub lon_e7: Option<i32>,
    /// Degrees north times 1e7.
    pub lat_e7: Option<i32>,
    /// Odometer, metres.
    pub odometer_m: Option<i32>,
    /// Speed, 0.1 km/h.
    pub speed_dkmh: Option<i16>,
    /// Heading, whole degrees.
    pub heading_deg: Option<i16>,
    /// Metres above sea level.
    pub altitude_m: Option<i16>,
    /// Fuel, 0.1 litre.
    pub fuel_dl: Option<i16>,
    /// Fuel, per mille of the tank.
    pub fuel_permille: Option<i16>,
    /// State of charge, per mille.
    pub soc_permille: Option<i16>,
    /// 12 V supply, 0.01 V.
    pub voltage_cv: Option<i16>,
    /// Satellites used.
    pub satellites: Option<i16>,
    /// Horizontal dilution of precision, 0.01.
    pub hdop_centi: Option<i16>,
    /// Estimated horizontal error, 0.1 m.
    pub accuracy_dm: Option<i16>,
    /// Alarms that are on, as `DeviceAlarms` has them; absent when none is.
    pub alarm_bits: Option<i64>,
    /// Ignition and charging, see `IGNITION_KNOWN` and its neighbours.
    pub flags: i16,
    /// What is seldom there, as JSON text, see `Detail`.
    pub detail: Option<String>,
}

/// Bit of `flags`: the ignition is known.
pub const IGNITION_KNOWN: i16 = 1;
/// Bit of `flags`: the ignition is on.
pub const IGNITION_ON: i16 = 2;
/// Bit of `flags`: whether it charges is known.
pub const CHARGING_KNOWN: i16 = 4;
/// Bit of `flags`: it charges.
pub const CHARGING_ON: i16 = 8;
/// Bit of `flags`: stored by the device and sent later.
pub const REPLAYED: i16 = 16;
/// Bit of `flags`: the alarms of JT/T 808 were told.
pub const JT808_TOLD: i16 = 32;
/// Bit of `flags`: the alarms of GB/T 32960 were told.
pub const GB32960_TOLD: i16 = 64;

/// The seldom columns, one JSON object.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Detail {
    /// Horizontal dilution of precision, in rows from before it had a column.
    #[serde(skip_serializing)]
    pub hdop: Option<f64>,
    /// Estimated error, metres, in rows from before it had a column.
    #[serde(skip_serializing)]
    pub accuracy_m: Option<f64>,
    /// Fuel use, litres an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fuel_rate_lph: Option<f64>,
    /// Engine speed, turns a minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rpm: Option<f64>,
    /// Coolant, degrees Celsius.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coolant_c: Option<f64>,
    /// Stored trouble codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble_codes: Option<Vec<String>>,
    /// Event noticed by the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// The electric side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traction: Option<Box<Traction>>,
    /// Alarms that the device says are on, in rows from before they had a column.
    #[serde(skip_serializing)]
    pub alarms: Option<DeviceAlarms>,
}

impl PositionRow {
    /// The row that keeps what `seen` says about `vehicle`.
    pub fn of(vehicle: VehicleNo, seen: &Observation) -> Self {
        let fix = seen.fix.as_ref();
        let place = fix.map(|fix| fix.at.to_e7());
        let reading = &seen.reading;
        Self {
            vehicle,
            fixed_at: seen.fixed_at.trunc_subsecs(6),
            sequence: seen.sequence,
            received_at: seen.received_at.trunc_subsecs(6),
            lon_e7: place.map(|(lon, _)| lon),
            lat_e7: place.map(|(_, lat)| lat),
            odometer_m: reading.odometer.map(|odometer| long(odometer.metres())),
            speed_dkmh: fix.and_then(|fix| fix.speed).map(|speed| short(speed.kmh() * 10.0)),
            heading_deg: fix.and_then(|fix| fix.heading).map(|heading| short(heading.degrees()) % 360),
            altitude_m: fix.and_then(|fix| fix.altitude_m).map(short),
            fuel_dl: reading.fuel.map(|fuel| short(fuel.litres() * 10.0)),
            fuel_permille: reading.fuel_share.map(|share| short(share.pct() * 10.0)),
            soc_permille: reading.soc.map(|share| short(share.pct() * 10.0)),
            voltage_cv: reading.voltage.map(|voltage| short(voltage.volts() * 100.0)),
            satellites: fix.and_then(|fix| fix.satellites).map(i16::from),
            hdop_centi: fix.and_then(|fix| fix.hdop).map(|hdop| short(hdop * 100.0)),
            accuracy_dm: fix.and_then(|fix| fix.accuracy).map(|error| short(error.metres() * 10.0)),
            alarm_bits: seen.alarms.map(|alarms| alarms.on.cast_signed()).filter(|bits| *bits != 0),
            flags: flag(reading.ignition, IGNITION_KNOWN, IGNITION_ON)
                | flag(reading.charging, CHARGING_KNOWN, CHARGING_ON)
                | if seen.replayed { REPLAYED } else { 0 }
                | seen.alarms.map_or(0, told),
            detail: detail_of(seen),
        }
    }

    /// What the row says, in our own types.
    pub fn observation(&self) -> Observation {
        let detail: Detail = self.detail.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let place = self.lon_e7.zip(self.lat_e7).and_then(|(lon, lat)| LonLat::from_e7(lon, lat).ok());
        let fix = place.map(|at| Fix {
            at,
            speed: self.speed_dkmh.map(|speed| Speed::from_kmh(f64::from(speed) / 10.0)),
            heading: self.heading_deg.map(|heading| Heading::from_degrees(f64::from(heading))),
            altitude_m: self.altitude_m.map(f64::from),
            satellites: self.satellites.and_then(|count| u8::try_from(count).ok()),
            hdop: self.hdop_centi.map(|hdop| f64::from(hdop) / 100.0).or(detail.hdop),
            accuracy: self.accuracy_dm.map(|error| f64::from(error) / 10.0).or(detail.accuracy_m).map(Distance::from_metres),
        });
        Observation {
            fixed_at: self.fixed_at,
            sequence: self.sequence,
            received_at: self.received_at,
            fix,
            reading: Reading {
                ignition: known(self.flags, IGNITION_KNOWN, IGNITION_ON),
                odometer: self.odometer_m.map(|metres| Distance::from_metres(f64::from(metres))),
                fuel: self.fuel_dl.map(|litres| Volume::from_litres(f64::from(litres) / 10.0)),
                fuel_share: self.fuel_permille.map(|share| Share::from_pct(f64::from(share) / 10.0)),
                fuel_rate_lph: detail.fuel_rate_lph,
                soc: self.soc_permille.map(|share| Share::from_pct(f64::from(share) / 10.0)),
                charging: known(self.flags, CHARGING_KNOWN, CHARGING_ON),
                voltage: self.voltage_cv.map(|voltage| Voltage::from_volts(f64::from(voltage) / 100.0)),
                rpm: detail.rpm,
                coolant_c: detail.coolant_c,
                trouble_codes: detail.trouble_codes,
                traction: detail.traction,
            },
            event: detail.event,
            replayed: self.flags & REPLAYED != 0,
            alarms: self.alarms().or(detail.alarms),
        }
    }

    fn alarms(&self) -> Option<DeviceAlarms> {
        let of = |flag: i16, bits: u64| if self.flags & flag == 0 { 0 } else { bits };
        let told = of(JT808_TOLD, DeviceAlarms::JT808) | of(GB32960_TOLD, DeviceAlarms::GB32960);
        (told != 0).then(|| DeviceAlarms { on: self.alarm_bits.unwrap_or(0).cast_unsigned(), told })
    }
}

/// Of which alarms a message speaks: those of its protocol, all or none.
const fn told(alarms: DeviceAlarms) -> i16 {
    let jt808 = if alarms.told & DeviceAlarms::JT808 == 0 { 0 } else { JT808_TOLD };
    let gb32960 = if alarms.told & DeviceAlarms::GB32960 == 0 { 0 } else { GB32960_TOLD };
    jt808 | gb32960
}

fn detail_of(seen: &Observation) -> Option<String> {
    let reading = &seen.reading;
    let is_plain = reading.fuel_rate_lph.is_none()
        && reading.rpm.is_none()
        && reading.coolant_c.is_none()
        && reading.trouble_codes.is_none()
        && reading.traction.is_none()
        && seen.event.is_none();
    if is_plain {
        return None;
    }
    let detail = Detail {
        hdop: None,
        accuracy_m: None,
        fuel_rate_lph: reading.fuel_rate_lph,
        rpm: reading.rpm,
        coolant_c: reading.coolant_c,
        trouble_codes: reading.trouble_codes.clone(),
        event: seen.event.clone(),
        traction: reading.traction.clone(),
        alarms: None,
    };
    Some(serde_json::to_string(&detail).expect("a struct of numbers and texts is always JSON"))
}

fn flag(value: Option<bool>, known: i16, on: i16) -> i16 {
    match value {
        None => 0,
        Some(false) => known,
        Some(true) => known | on,
    }
}

fn known(flags: i16, known: i16, on: i16) -> Option<bool> {
    (flags & known != 0).then_some(flags & on != 0)
}

/// Rounds; a number that does not fit becomes the nearest that does, and so stays visibly absurd.
#[expect(clippy::cast_possible_truncation, reason = "the cast saturates, which is what is wanted")]
fn short(value: f64) -> i16 {
    value.round() as i16
}

#[expect(clippy::cast_possible_truncation, reason = "the cast saturates, which is what is wanted")]
fn long(value: f64) -> i32 {
    value.round() as i32
}

#[cfg(test)]
mod tests {
    use telematics::record::Record;

    use super::*;

    #[test]
    fn a_row_read_back_is_stored_as_the_same_row() {
        let record = Record {
            seq: 9,
            t: 1_750_000_000_123,
            lat: Some(30.250_000_04),
            lon: Some(120.125),
            spd: Some(36.54),
            crs: Some(359.7),
            alt: Some(12.4),
            sat: Some(11),
            hdop: Some(0.8),
            odo: Some(12_345.6),
            soc: Some(80.04),
            ign: Some(false),
            dtc: Some(Vec::new()),
            ..Record::default()
        };
        let now = DateTime::from_timestamp_nanos(1_750_000_001_123_456_789);
        let row = PositionRow::of(VehicleNo(7), &record.to_observation(now).unwrap());
        assert_eq!(row.heading_deg, Some(0));
        assert_eq!(row.flags, IGNITION_KNOWN);
        assert_eq!(PositionRow::of(VehicleNo(7), &row.observation()), row);
    }

    #[test]
    fn alarms_take_no_room_while_none_is_on() {
        let mut seen = Record { seq: 1, t: 0, ..Record::default() }.to_observation(DateTime::UNIX_EPOCH).unwrap();
        for alarms in [DeviceAlarms::of_jt808(0), DeviceAlarms::of_jt808(0x8000_0001), DeviceAlarms::of_gb32960(1 << 11)] {
            (seen.alarms, seen.replayed) = (Some(alarms), true);
            let row = PositionRow::of(VehicleNo(1), &seen);
            assert_eq!((row.detail.as_ref(), row.alarm_bits.is_some()), (None, alarms.on != 0));
            assert_eq!(row.observation(), seen);
        }
    }

    #[test]
    fn a_row_from_before_the_columns_says_the_same() {
        let seen = Record { seq: 1, t: 0, lat: Some(30.0), lon: Some(120.0), ..Record::default() };
        let mut row = PositionRow::of(VehicleNo(1), &seen.to_observation(DateTime::UNIX_EPOCH).unwrap());
        row.detail = Some(r#"{"hdop": 0.853, "accuracy_m": 4.5}"#.to_owned());
        let fix = row.observation().fix.unwrap();
        assert_eq!((fix.hdop, fix.accuracy), (Some(0.853), Some(Distance::from_metres(4.5))));
    }

    #[test]
    fn absent_stays_absent() {
        let seen = Record { seq: 1, t: 0, ..Record::default() }.to_observation(DateTime::UNIX_EPOCH).unwrap();
        assert_eq!(PositionRow::of(VehicleNo(1), &seen).observation(), seen);
    }
}
