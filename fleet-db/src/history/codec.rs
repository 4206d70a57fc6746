//! A vehicle's positions as a block of columns: nothing is lost, and a position takes a few bytes.
//!
//! The layout number, then a zstd frame of: count; columns in the order of `encode`; the distinct details. Times are in the
//! coarsest of seconds, milliseconds and microseconds that loses nothing. Layout 1 had three number columns less, the last ones
//! of today; its blocks are still read.

use chrono::{DateTime, Utc};
use telematics::id::VehicleNo;
use thiserror::Error;

use super::{column, varint};
use crate::ingest::PositionRow;

/// Why a block is not read; a fault of ours or of the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CodecError {
    /// Written by a layout that this program does not know.
    #[error("a track block has layout {found:?}, not {LAYOUT}")]
    Layout {
        /// First byte found.
        found: Option<u8>,
    },
    /// The frame does not decompress.
    #[error("a track block does not decompress")]
    Compression,
    /// The columns end early or hold what no column can.
    #[error("the columns of a track block are broken")]
    Columns,
}

const LAYOUT: u8 = 2;
/// What was written before dilution of precision, estimated error and alarms were columns.
const FIRST_LAYOUT: u8 = 1;
/// What `storage.md` measured with: twice the speed of 9 for three per cent of size.
const ZSTD_LEVEL: i32 = 3;
/// A day of a vehicle at ten fixes a second with every column full is half of that.
const MAX_RAW_BYTES: usize = 64 << 20;
/// Units of time in microseconds, coarsest first.
const UNITS: [i64; 3] = [1_000_000, 1_000, 1];

/// The optional number columns, in the order in which they are written.
const COLUMNS: usize = 14;
/// Those of the first layout.
const FIRST_COLUMNS: usize = 11;

/// `rows` of one vehicle, sorted by time, as a block.
pub fn encode(rows: &[PositionRow]) -> Vec<u8> {
    let mut raw = Vec::with_capacity(16 + rows.len() * 24);
    varint::put(&mut raw, i64::try_from(rows.len()).unwrap_or(i64::MAX));
    let fixed: Vec<i64> = rows.iter().map(|row| row.fixed_at.timestamp_micros()).collect();
    let delays: Vec<i64> = rows.iter().zip(&fixed).map(|(row, fixed)| row.received_at.timestamp_micros() - fixed).collect();
    put_times(&mut raw, &fixed);
    put_times(&mut raw, &delays);
    column::put(&mut raw, &rows.iter().map(|row| row.sequence).collect::<Vec<_>>());
    column::put(&mut raw, &rows.iter().map(|row| i64::from(row.flags)).collect::<Vec<_>>());
    for number in 0..COLUMNS {
        let values: Vec<Option<i64>> = rows.iter().map(|row| numbers(row).into_iter().nth(number).flatten()).collect();
        column::put_optional(&mut raw, &values);
    }
    put_details(&mut raw, rows);
    let mut block = vec![LAYOUT];
    block.extend(zstd::bulk::compress(&raw, ZSTD_LEVEL).expect("compressing into memory of its own size cannot fail"));
    block
}

/// The rows that [`encode`] wrote for `vehicle`.
pub fn decode(vehicle: VehicleNo, block: &[u8]) -> Result<Vec<PositionRow>, CodecError> {
    let (columns, frame) = match block.split_first() {
        Some((&LAYOUT, frame)) => (COLUMNS, frame),
        Some((&FIRST_LAYOUT, frame)) => (FIRST_COLUMNS, frame),
        _ => return Err(CodecError::Layout { found: block.first().copied() }),
    };
    let size = zstd::zstd_safe::get_frame_content_size(frame).ok().flatten().ok_or(CodecError::Compression)?;
    let size = usize::try_from(size).ok().filter(|size| *size <= MAX_RAW_BYTES).ok_or(CodecError::Compression)?;
    let raw = zstd::bulk::decompress(frame, size).map_err(|_broken| CodecError::Compression)?;
    take_rows(vehicle, columns, &raw).ok_or(CodecError::Columns)
}

fn take_rows(vehicle: VehicleNo, columns: usize, raw: &[u8]) -> Option<Vec<PositionRow>> {
    let mut bytes = raw;
    let count = usize::try_from(varint::take(&mut bytes)?).ok().filter(|count| *count <= raw.len())?;
    let fixed = take_times(&mut bytes, count)?;
    let delays = take_times(&mut bytes, count)?;
    let sequences = column::take(&mut bytes, count)?;
    let flags = column::take(&mut bytes, count)?;
    let mut numbers: [_; COLUMNS] = std::array::from_fn(|_| Vec::new().into_iter());
    for column in numbers.iter_mut().take(columns) {
        *column = column::take_optional(&mut bytes, count)?.into_iter();
    }
    let details = take_details(&mut bytes, count)?;
    let mut rows = Vec::with_capacity(count);
    for ((((fixed, delay), sequence), flags), detail) in fixed.into_iter().zip(delays).zip(sequences).zip(flags).zip(details) {
        let numbers = numbers.each_mut().map(|column| column.next().flatten());
        rows.push(row(vehicle, fixed, delay, sequence, flags, numbers, detail)?);
    }
    bytes.is_empty().then_some(rows)
}

/// The number columns of a row.
fn numbers(row: &PositionRow) -> [Option<i64>; COLUMNS] {
    let long = |value: Option<i32>| value.map(i64::from);
    let short = |value: Option<i16>| value.map(i64::from);
    [
        long(row.lon_e7),
        long(row.lat_e7),
        long(row.odometer_m),
        short(row.speed_dkmh),
        short(row.heading_deg),
        short(row.altitude_m),
        short(row.fuel_dl),
        short(row.fuel_permille),
        short(row.soc_permille),
        short(row.voltage_cv),
        short(row.satellites),
        short(row.hdop_centi),
        short(row.accuracy_dm),
        row.alarm_bits,
    ]
}

fn row(
    vehicle: VehicleNo,
    fixed: i64,
    delay: i64,
    sequence: i64,
    flags: i64,
    numbers: [Option<i64>; COLUMNS],
    detail: Option<String>,
) -> Option<PositionRow> {
    let [lon, lat, odometer, speed, heading, altitude, fuel, fuel_share, soc, voltage, satellites, hdop, accuracy, alarms] =
        numbers;
    Some(PositionRow {
        vehicle,
        fixed_at: instant(fixed)?,
        sequence,
        received_at: instant(fixed.checked_add(delay)?)?,
        lon_e7: narrow(lon).ok()?,
        lat_e7: narrow(lat).ok()?,
        odometer_m: narrow(odometer).ok()?,
        speed_dkmh: narrow(speed).ok()?,
        heading_deg: narrow(heading).ok()?,
        altitude_m: narrow(altitude).ok()?,
        fuel_dl: narrow(fuel).ok()?,
        fuel_permille: narrow(fuel_share).ok()?,
        soc_permille: narrow(soc).ok()?,
        voltage_cv: narrow(voltage).ok()?,
        satellites: narrow(satellites).ok()?,
        hdop_centi: narrow(hdop).ok()?,
        accuracy_dm: narrow(accuracy).ok()?,
        alarm_bits: alarms,
        flags: flags.try_into().ok()?,
        detail,
    })
}

fn instant(micros: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(micros)
}

/// An error when a value does not fit its column.
fn narrow<T: TryFrom<i64>>(value: Option<i64>) -> Result<Option<T>, T::Error> {
    value.map(T::try_from).transpose()
}

fn put_times(raw: &mut Vec<u8>, micros: &[i64]) {
    let unit = UNITS.into_iter().find(|unit| micros.iter().all(|time| time % unit == 0)).unwrap_or(1);
    varint::put(raw, unit);
    column::put(raw, &micros.iter().map(|time| time / unit).collect::<Vec<_>>());
}

fn take_times(bytes: &mut &[u8], count: usize) -> Option<Vec<i64>> {
    let unit = varint::take(bytes).filter(|unit| UNITS.contains(unit))?;
    column::take(bytes, count)?.into_iter().map(|time| time.checked_mul(unit)).collect()
}

/// Distinct details once each, then for each row which of them it has.
fn put_details(raw: &mut Vec<u8>, rows: &[PositionRow]) {
    let mut distinct: Vec<&str> = rows.iter().filter_map(|row| row.detail.as_deref()).collect();
    distinct.sort_unstable();
    distinct.dedup();
    varint::put(raw, i64::try_from(distinct.len()).unwrap_or(i64::MAX));
    for text in &distinct {
        varint::put(raw, i64::try_from(text.len()).unwrap_or(i64::MAX));
        raw.extend_from_slice(text.as_bytes());
    }
    let which = |row: &PositionRow| {
        let detail = row.detail.as_deref()?;
        distinct.binary_search(&detail).ok().and_then(|index| i64::try_from(index).ok())
    };
    column::put_optional(raw, &rows.iter().map(which).collect::<Vec<_>>());
}

fn take_details(bytes: &mut &[u8], count: usize) -> Option<Vec<Option<String>>> {
    let mut distinct = Vec::new();
    for _ in 0..varint::take(bytes)? {
        let length = usize::try_from(varint::take(bytes)?).ok()?;
        let (text, rest) = bytes.split_at_checked(length)?;
        *bytes = rest;
        distinct.push(std::str::from_utf8(text).ok()?.to_owned());
    }
    column::take_optional(bytes, count)?
        .into_iter()
        .map(|which| match which {
            None => Some(None),
            Some(index) => distinct.get(usize::try_from(index).ok()?).map(|text| Some(text.clone())),
        })
        .collect()
}
