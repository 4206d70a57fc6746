//! What terminals report beside positions (其他上报): attributes, driver cards, CAN data, media, transparent data.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use telematics::device::TerminalId;
use telematics::id::VehicleNo;

use crate::DbError;

/// A report that is no position.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Who sent it.
    pub terminal: TerminalId,
    /// The vehicle it was in.
    pub vehicle: Option<VehicleNo>,
    /// When it was read.
    pub received_at: DateTime<Utc>,
    /// Message id of JT/T 808, or command of GB/T 32960.
    pub message_id: u16,
    /// What it says, as `motorpool decode` tells it.
    pub decoded: Value,
    /// Its body as it came.
    pub raw: Vec<u8>,
}

/// Keeps reports, in their order.
pub async fn insert(conn: &mut PgConnection, reports: &[Report]) -> Result<(), DbError> {
    Ok(write(conn, reports).await?)
}

/// The same, telling the refusal of a row from an absent store.
pub(crate) async fn write(conn: &mut PgConnection, reports: &[Report]) -> Result<(), sqlx::Error> {
    if reports.is_empty() {
        return Ok(());
    }
    let terminals: Vec<&str> = reports.iter().map(|report| report.terminal.as_str()).collect();
    let vehicles: Vec<Option<i32>> = reports.iter().map(|report| report.vehicle.map(|vehicle| vehicle.0)).collect();
    let received: Vec<DateTime<Utc>> = reports.iter().map(|report| report.received_at).collect();
    let messages: Vec<i32> = reports.iter().map(|report| i32::from(report.message_id)).collect();
    let decoded: Vec<&Value> = reports.iter().map(|report| &report.decoded).collect();
    let raw: Vec<&[u8]> = reports.iter().map(|report| report.raw.as_slice()).collect();
    sqlx::query!(
        "insert into terminal_report (terminal_id, vehicle_no, received_at, message_id, decoded, raw)
         select r.terminal_id, r.vehicle_no, r.received_at, r.message_id, r.decoded, r.raw
         from unnest($1::text[], $2::int4[], $3::timestamptz[], $4::int4[], $5::jsonb[], $6::bytea[])
              with ordinality as r (terminal_id, vehicle_no, received_at, message_id, decoded, raw, n)
         order by r.n",
        &terminals as &[&str],
        &vehicles as &[Option<i32>],
        &received,
        &messages,
        &decoded as &[&Value],
        &raw as &[&[u8]],
    )
    .execute(conn)
    .await?;
    Ok(())
}
