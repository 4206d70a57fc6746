//! Back to where the service was: trackers as last saved, and the positions that were stored after that.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use telematics::id::VehicleNo;

use super::row::PositionRow;
use crate::DbError;

/// The saved trackers of `vehicles`; one that was never heard of is absent.
pub async fn load_trackers(conn: &mut PgConnection, vehicles: &[VehicleNo]) -> Result<Vec<(VehicleNo, Vec<u8>)>, DbError> {
    let numbers: Vec<i32> = vehicles.iter().map(|vehicle| vehicle.0).collect();
    let rows =
        sqlx::query!("select vehicle_no, tracker from vehicle_live where vehicle_no = any($1)", &numbers).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| (VehicleNo(row.vehicle_no), row.tracker)).collect())
}

/// The vehicles that were online when their state was last saved: their silence must be noticed.
pub async fn online_vehicles(conn: &mut PgConnection) -> Result<Vec<VehicleNo>, DbError> {
    let rows =
        sqlx::query_scalar!("select vehicle_no from vehicle_live where (state ->> 'online')::boolean").fetch_all(conn).await?;
    Ok(rows.into_iter().map(VehicleNo).collect())
}

/// Positions of each vehicle from an instant on, by vehicle, instant and sequence; a tracker steps over those it has seen.
pub async fn stored_after(conn: &mut PgConnection, after: &[(VehicleNo, DateTime<Utc>)]) -> Result<Vec<PositionRow>, DbError> {
    let numbers: Vec<i32> = after.iter().map(|(vehicle, _)| vehicle.0).collect();
    let instants: Vec<DateTime<Utc>> = after.iter().map(|(_, at)| *at).collect();
    let rows = sqlx::query_file!("sql/positions_after.sql", &numbers, &instants).fetch_all(conn).await?;
    Ok(rows
        .into_iter()
        .map(|row| PositionRow {
            vehicle: VehicleNo(row.vehicle_no),
            fixed_at: row.fixed_at,
            sequence: row.sequence,
            received_at: row.received_at,
            lon_e7: row.lon_e7,
            lat_e7: row.lat_e7,
            odometer_m: row.odometer_m,
            speed_dkmh: row.speed_dkmh,
            heading_deg: row.heading_deg,
            altitude_m: row.altitude_m,
            fuel_dl: row.fuel_dl,
            fuel_permille: row.fuel_permille,
            soc_permille: row.soc_permille,
            voltage_cv: row.voltage_cv,
            satellites: row.satellites,
            flags: row.flags,
            detail: row.detail.map(|detail| detail.to_string()),
        })
        .collect())
}
