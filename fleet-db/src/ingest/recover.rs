//! Back to where the service was: trackers as last saved, and the positions that were stored after that.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use telematics::id::VehicleNo;

use super::columns::columns;
use super::row::PositionRow;
use crate::DbError;

const AFTER: &str = concat!(
    "select ",
    columns!(),
    " from unnest($1::int4[], $2::timestamptz[]) as a (no, at)
    cross join lateral (
        select ",
    columns!(),
    " from vehicle_position where vehicle_no = a.no and fixed_at >= a.at
        union all
        select ",
    columns!(),
    " from vehicle_position_late where vehicle_no = a.no and fixed_at >= a.at
    ) as p
    order by vehicle_no, fixed_at, sequence"
);

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
    Ok(sqlx::query_as(AFTER).bind(numbers).bind(instants).fetch_all(conn).await?)
}
