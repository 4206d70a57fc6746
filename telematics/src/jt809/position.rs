//! A position as it is exchanged: 36 bytes of its own shape in 2011, the report of JT/T 808 in 2019; to and from an observation.

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use thiserror::Error;

use crate::alarm::DeviceAlarms;
use crate::datum::Datum;
use crate::fix::Observation;
use crate::jt808::location::{Basic, status};
use crate::jt808::text;
use crate::jt808::{self, Location, Profile, bcd};
use crate::jt809::header::Edition;
use crate::jt809::message::MessageError;
use crate::jt809::reader::Reader;
use crate::quantity::Heading;
use crate::sequence;

/// Bytes of a position of 2011.
const BYTES_2011: usize = 36;
/// Bytes of a platform's number.
const PLATFORM: usize = 11;
/// China's time is eight hours ahead of UTC.
const GMT_8: TimeDelta = TimeDelta::hours(8);

/// A position, 车辆定位信息.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// As JT/T 809-2011 lays it out.
    V2011([u8; BYTES_2011]),
    /// As JT/T 809-2019 does.
    V2019 {
        /// Its coordinates went through the plug-in of the surveying office.
        is_shifted: bool,
        /// The report of JT/T 808, as its terminal could have sent it.
        report: Vec<u8>,
        /// Platforms that watch over the vehicle and the alarms that each of them raises: enterprise, city, province.
        platforms: [(String, u32); 3],
    },
}

/// Why a position is no observation; it is counted and kept aside.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ObserveError {
    /// Its time is none.
    #[error("day {day}, month {month}, year {year}, {hour}:{minute}:{second} is no time")]
    Time {
        /// Day of the month.
        day: u8,
        /// Month.
        month: u8,
        /// Year.
        year: u16,
        /// Hour.
        hour: u8,
        /// Minute.
        minute: u8,
        /// Second.
        second: u8,
    },
    /// The report of JT/T 808 is none.
    #[error("the report is none of JT/T 808")]
    Report,
}

impl ObserveError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Time { .. } => "jt809.time",
            Self::Report => "jt809.report",
        }
    }
}

/// The fields of a position of 2011, as they stand on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fields2011 {
    /// 1: the coordinates went through the plug-in of the surveying office.
    pub cipher_flag: u8,
    /// Day of the month.
    pub day: u8,
    /// Month.
    pub month: u8,
    /// Year.
    pub year: u16,
    /// Hour at GMT+8.
    pub hour: u8,
    /// Minute.
    pub minute: u8,
    /// Second.
    pub second: u8,
    /// Longitude without its sign, millionths of a degree.
    pub lon_e6: u32,
    /// Latitude without its sign, millionths of a degree.
    pub lat_e6: u32,
    /// Speed, kilometres an hour (`VEC1`).
    pub speed_kmh: u16,
    /// Speed by the recorder (`VEC2`).
    pub recorder_kmh: u16,
    /// Odometer, kilometres (`VEC3`).
    pub odometer_km: u32,
    /// Direction, degrees clockwise from north.
    pub heading_deg: u16,
    /// Metres above sea level.
    pub altitude_m: u16,
    /// State of the vehicle, as JT/T 808 has it.
    pub status_bits: u32,
    /// Alarms, as JT/T 808 has them.
    pub alarm_bits: u32,
}

impl Fields2011 {
    fn read(bytes: [u8; BYTES_2011]) -> Self {
        let [cipher_flag, day, month, y0, y1, hour, minute, second, rest @ ..] = bytes;
        let [x0, x1, x2, x3, l0, l1, l2, l3, v0, v1, r0, r1, o0, o1, o2, o3, h0, h1, a0, a1, rest @ ..] = rest;
        let [s0, s1, s2, s3, w0, w1, w2, w3] = rest;
        Self {
            cipher_flag,
            day,
            month,
            year: u16::from_be_bytes([y0, y1]),
            hour,
            minute,
            second,
            lon_e6: u32::from_be_bytes([x0, x1, x2, x3]),
            lat_e6: u32::from_be_bytes([l0, l1, l2, l3]),
            speed_kmh: u16::from_be_bytes([v0, v1]),
            recorder_kmh: u16::from_be_bytes([r0, r1]),
            odometer_km: u32::from_be_bytes([o0, o1, o2, o3]),
            heading_deg: u16::from_be_bytes([h0, h1]),
            altitude_m: u16::from_be_bytes([a0, a1]),
            status_bits: u32::from_be_bytes([s0, s1, s2, s3]),
            alarm_bits: u32::from_be_bytes([w0, w1, w2, w3]),
        }
    }

    fn bytes(&self) -> [u8; BYTES_2011] {
        let mut out = Vec::with_capacity(BYTES_2011);
        out.extend_from_slice(&[self.cipher_flag, self.day, self.month]);
        out.extend_from_slice(&self.year.to_be_bytes());
        out.extend_from_slice(&[self.hour, self.minute, self.second]);
        out.extend_from_slice(&self.lon_e6.to_be_bytes());
        out.extend_from_slice(&self.lat_e6.to_be_bytes());
        out.extend_from_slice(&self.speed_kmh.to_be_bytes());
        out.extend_from_slice(&self.recorder_kmh.to_be_bytes());
        out.extend_from_slice(&self.odometer_km.to_be_bytes());
        out.extend_from_slice(&self.heading_deg.to_be_bytes());
        out.extend_from_slice(&self.altitude_m.to_be_bytes());
        out.extend_from_slice(&self.status_bits.to_be_bytes());
        out.extend_from_slice(&self.alarm_bits.to_be_bytes());
        let mut bytes = [0; BYTES_2011];
        bytes.iter_mut().zip(out).for_each(|(to, from)| *to = from);
        bytes
    }

    /// The instant; `None` when the numbers are no time of this century.
    pub fn fixed_at(&self) -> Option<DateTime<Utc>> {
        let year = self.year.checked_sub(2000).and_then(|year| u8::try_from(year).ok())?;
        let numbers = [year, self.month, self.day, self.hour, self.minute, self.second];
        if numbers.iter().any(|number| *number > 99) {
            return None;
        }
        bcd::time(numbers.map(bcd::pack))
    }

    /// The same as a report of JT/T 808, which has a place for everything but the recorder's speed.
    fn report(&self) -> Option<Vec<u8>> {
        let mut report = Vec::with_capacity(Basic::BYTES + 6);
        report.extend_from_slice(&self.alarm_bits.to_be_bytes());
        report.extend_from_slice(&self.status_bits.to_be_bytes());
        report.extend_from_slice(&self.lat_e6.to_be_bytes());
        report.extend_from_slice(&self.lon_e6.to_be_bytes());
        report.extend_from_slice(&self.altitude_m.to_be_bytes());
        report.extend_from_slice(&self.speed_kmh.saturating_mul(10).to_be_bytes());
        report.extend_from_slice(&self.heading_deg.to_be_bytes());
        report.extend_from_slice(&bcd::pack_time(self.fixed_at()?));
        put_item(&mut report, 0x01, &self.odometer_km.saturating_mul(10).to_be_bytes());
        Some(report)
    }
}

impl Position {
    pub(super) fn read(reader: &mut Reader<'_>, edition: Edition) -> Result<Self, MessageError> {
        if edition == Edition::V2011 {
            return reader.array().map(Self::V2011);
        }
        let is_shifted = reader.u8()? == 1;
        let length = reader.u32()?;
        let report = reader.take(usize::try_from(length).unwrap_or(usize::MAX))?.to_vec();
        let mut platform = || Ok::<_, MessageError>((reader.text(PLATFORM)?, reader.u32()?));
        Ok(Self::V2019 { is_shifted, report, platforms: [platform()?, platform()?, platform()?] })
    }

    pub(super) fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::V2011(bytes) => out.extend_from_slice(bytes),
            Self::V2019 { is_shifted, report, platforms } => {
                out.push(u8::from(*is_shifted));
                out.extend_from_slice(&u32::try_from(report.len()).unwrap_or(u32::MAX).to_be_bytes());
                out.extend_from_slice(report);
                for (platform, alarms) in platforms {
                    text::put_fixed(out, platform, PLATFORM);
                    out.extend_from_slice(&alarms.to_be_bytes());
                }
            }
        }
    }

    /// What the platform `own` tells of an observation; what the edition has no place for is left out.
    pub fn of(seen: &Observation, edition: Edition, own: &str) -> Self {
        let basic = Basic::of(seen);
        match edition {
            Edition::V2011 => Self::V2011(fields(seen, &basic).bytes()),
            Edition::V2019 => {
                let platforms = [(own.to_owned(), 0), (String::new(), 0), (String::new(), 0)];
                Self::V2019 { is_shifted: false, report: report(seen, &basic), platforms }
            }
        }
    }

    /// The fields of a position of 2011.
    pub fn fields(&self) -> Option<Fields2011> {
        match self {
            Self::V2011(bytes) => Some(Fields2011::read(*bytes)),
            Self::V2019 { .. } => None,
        }
    }

    /// The report of JT/T 808 that it is, or that says the same.
    pub fn location(&self) -> Result<Location, ObserveError> {
        match self {
            Self::V2011(bytes) => {
                let Fields2011 { day, month, year, hour, minute, second, .. } = Fields2011::read(*bytes);
                let untimely = ObserveError::Time { day, month, year, hour, minute, second };
                let report = Fields2011::read(*bytes).report().ok_or(untimely)?;
                Location::read(&report).map_err(|_short| ObserveError::Report)
            }
            Self::V2019 { report, .. } => Location::read(report).map_err(|_short| ObserveError::Report),
        }
    }

    /// Its coordinates went through the plug-in of the surveying office: they are in GCJ-02.
    pub fn is_shifted(&self) -> bool {
        match self {
            Self::V2011(bytes) => bytes.first() == Some(&1),
            Self::V2019 { is_shifted, .. } => *is_shifted,
        }
    }

    /// The running number under which it is stored: the same whether it is sent as it happens or later, once or twice.
    pub fn sequence(&self) -> i64 {
        match self {
            Self::V2011(bytes) => sequence::of(bytes),
            Self::V2019 { report, .. } => sequence::of(report),
        }
    }

    /// What it says.
    pub fn observe(&self, received_at: DateTime<Utc>, replayed: bool) -> Result<Observation, ObserveError> {
        let location = self.location()?;
        let datum = if self.is_shifted() { Datum::Gcj02 } else { Datum::Wgs84 };
        let profile = Profile::STANDARD.in_datum(datum);
        let seen = jt808::observe(&location, &profile, received_at, replayed).map_err(|_untimely| {
            let [year, month, day, hour, minute, second] = location.basic.time;
            ObserveError::Time { day, month, year: u16::from(year), hour, minute, second }
        })?;
        Ok(Observation { sequence: self.sequence(), ..seen })
    }
}

impl Basic {
    /// The basic part that says what was seen, as far as it has a place for it.
    fn of(seen: &Observation) -> Self {
        let mut basic = Self { time: bcd::pack_time(seen.fixed_at), ..Self::default() };
        basic.alarm_bits = seen.alarms.map_or(0, |alarms| low_word(alarms.on & DeviceAlarms::JT808));
        if seen.reading.ignition == Some(true) {
            basic.status_bits |= status::ACC;
        }
        let Some(fix) = &seen.fix else { return basic };
        basic.status_bits |= status::FIXED;
        if fix.at.lat() < 0.0 {
            basic.status_bits |= status::SOUTH;
        }
        if fix.at.lon() < 0.0 {
            basic.status_bits |= status::WEST;
        }
        basic.lat_e6 = whole(fix.at.lat().abs() * 1e6);
        basic.lon_e6 = whole(fix.at.lon().abs() * 1e6);
        basic.altitude = signed(fix.altitude_m.unwrap_or_default()).cast_unsigned();
        basic.speed = short(fix.speed.map_or(0.0, |speed| speed.kmh() * 10.0));
        basic.heading = short(fix.heading.map_or(0.0, Heading::degrees)) % 360;
        basic
    }
}

fn fields(seen: &Observation, basic: &Basic) -> Fields2011 {
    let local = (seen.fixed_at + GMT_8).naive_utc();
    let byte = |number: u32| u8::try_from(number).unwrap_or_default();
    Fields2011 {
        cipher_flag: 0,
        day: byte(local.day()),
        month: byte(local.month()),
        year: u16::try_from(local.year()).unwrap_or_default(),
        hour: byte(local.hour()),
        minute: byte(local.minute()),
        second: byte(local.second()),
        lon_e6: basic.lon_e6,
        lat_e6: basic.lat_e6,
        speed_kmh: short(f64::from(basic.speed) / 10.0),
        recorder_kmh: 0,
        odometer_km: whole(seen.reading.odometer.map_or(0.0, |odometer| odometer.metres() / 1000.0)),
        heading_deg: basic.heading,
        altitude_m: basic.altitude,
        status_bits: basic.status_bits,
        alarm_bits: basic.alarm_bits,
    }
}

fn report(seen: &Observation, basic: &Basic) -> Vec<u8> {
    let mut report = Vec::with_capacity(Basic::BYTES + 13);
    report.extend_from_slice(&basic.alarm_bits.to_be_bytes());
    report.extend_from_slice(&basic.status_bits.to_be_bytes());
    report.extend_from_slice(&basic.lat_e6.to_be_bytes());
    report.extend_from_slice(&basic.lon_e6.to_be_bytes());
    report.extend_from_slice(&basic.altitude.to_be_bytes());
    report.extend_from_slice(&basic.speed.to_be_bytes());
    report.extend_from_slice(&basic.heading.to_be_bytes());
    report.extend_from_slice(&basic.time);
    if let Some(odometer) = seen.reading.odometer {
        put_item(&mut report, 0x01, &whole(odometer.metres() / 100.0).to_be_bytes());
    }
    if let Some(fuel) = seen.reading.fuel {
        // The highest bit has another meaning in the terminals of several makers.
        put_item(&mut report, 0x02, &short(fuel.litres() * 10.0).min(0x7fff).to_be_bytes());
    }
    if let Some(satellites) = seen.fix.as_ref().and_then(|fix| fix.satellites) {
        put_item(&mut report, 0x31, &[satellites]);
    }
    report
}

fn put_item(report: &mut Vec<u8>, id: u8, value: &[u8]) {
    report.extend_from_slice(&[id, u8::try_from(value.len()).unwrap_or_default()]);
    report.extend_from_slice(value);
}

#[expect(clippy::cast_possible_truncation, reason = "masked to the low word before")]
const fn low_word(bits: u64) -> u32 {
    bits as u32
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates, which is what is wanted")]
fn whole(value: f64) -> u32 {
    value.round() as u32
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates, which is what is wanted")]
fn short(value: f64) -> u16 {
    value.round() as u16
}

#[expect(clippy::cast_possible_truncation, reason = "the cast saturates, which is what is wanted")]
fn signed(value: f64) -> i16 {
    value.round() as i16
}
