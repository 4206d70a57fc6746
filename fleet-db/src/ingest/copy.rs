//! Positions in the binary form of `copy … from stdin`, the fastest way into a table.

use bytes::{BufMut, BytesMut};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::columns::{self, columns};
use super::row::PositionRow;
use crate::DbError;

/// Where on-time positions go.
pub(super) const HOT: &str = concat!("copy vehicle_position (", columns!(), ") from stdin (format binary)");

/// Where positions older than the hot window go.
pub(super) const OLD: &str = concat!("copy vehicle_position_late (", columns!(), ") from stdin (format binary)");

/// Microseconds between 1970-01-01 and 2000-01-01, the epoch of the binary form.
const POSTGRES_EPOCH_MICROS: i64 = 946_684_800_000_000;

/// Version of the binary form of `jsonb`.
pub(super) const JSONB_VERSION: u8 = 1;

/// Sends `rows`; one statement, so all of them are stored or none.
pub(super) async fn copy(conn: &mut PgConnection, statement: &str, rows: &[PositionRow]) -> Result<(), sqlx::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    send(conn, statement, encode(rows)).await
}

async fn send(conn: &mut PgConnection, statement: &str, bytes: BytesMut) -> Result<(), sqlx::Error> {
    let mut sink = conn.copy_in_raw(statement).await?;
    sink.send(bytes).await?;
    sink.finish().await?;
    Ok(())
}

/// The bare copy of encoded rows into the hot positions: the ceiling that a bench compares with.
pub async fn copy_encoded(conn: &mut PgConnection, bytes: BytesMut) -> Result<(), DbError> {
    Ok(send(conn, HOT, bytes).await?)
}

/// Rows in the binary form of `copy`, header and trailer included (public for the bench, which measures the bare copy).
pub fn encode(rows: &[PositionRow]) -> BytesMut {
    let mut out = BytesMut::with_capacity(32 + rows.len() * 160);
    out.put_slice(b"PGCOPY\n\xff\r\n\0");
    out.put_i32(0);
    out.put_i32(0);
    for row in rows {
        out.put_i16(columns::COUNT);
        put_i32(&mut out, Some(row.vehicle.0));
        put_time(&mut out, row.fixed_at);
        out.put_i32(8);
        out.put_i64(row.sequence);
        put_time(&mut out, row.received_at);
        put_i32(&mut out, row.lon_e7);
        put_i32(&mut out, row.lat_e7);
        put_i32(&mut out, row.odometer_m);
        for value in [
            row.speed_dkmh,
            row.heading_deg,
            row.altitude_m,
            row.fuel_dl,
            row.fuel_permille,
            row.soc_permille,
            row.voltage_cv,
            row.satellites,
            row.hdop_centi,
            row.accuracy_dm,
        ] {
            put_i16(&mut out, value);
        }
        put_i64(&mut out, row.alarm_bits);
        put_i16(&mut out, Some(row.flags));
        put_json(&mut out, row.detail.as_deref());
    }
    out.put_i16(-1);
    out
}

fn put_time(out: &mut BytesMut, at: DateTime<Utc>) {
    out.put_i32(8);
    out.put_i64(at.timestamp_micros() - POSTGRES_EPOCH_MICROS);
}

fn put_i32(out: &mut BytesMut, value: Option<i32>) {
    match value {
        None => out.put_i32(-1),
        Some(value) => {
            out.put_i32(4);
            out.put_i32(value);
        }
    }
}

fn put_i64(out: &mut BytesMut, value: Option<i64>) {
    match value {
        None => out.put_i32(-1),
        Some(value) => {
            out.put_i32(8);
            out.put_i64(value);
        }
    }
}

fn put_i16(out: &mut BytesMut, value: Option<i16>) {
    match value {
        None => out.put_i32(-1),
        Some(value) => {
            out.put_i32(2);
            out.put_i16(value);
        }
    }
}

fn put_json(out: &mut BytesMut, text: Option<&str>) {
    match text {
        None => out.put_i32(-1),
        Some(text) => {
            let length = i32::try_from(text.len() + 1).expect("a record is some kilobytes long");
            out.put_i32(length);
            out.put_u8(JSONB_VERSION);
            out.put_slice(text.as_bytes());
        }
    }
}
