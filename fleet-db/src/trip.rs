//! Trips (行程) as they are stored: written by the way in and by revisions, read by pages.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use telematics::id::{TripId, VehicleNo};
use telematics::place::LonLat;
use telematics::quantity::{Distance, Speed};
use telematics::trip::Trip;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// The trips of a vehicle that have any part in `from ≤ t < to`, oldest first.
pub async fn list(
    conn: &mut PgConnection,
    vehicle: VehicleNo,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<Trip>, DbError> {
    // Trips of a vehicle do not overlap, so only the last one begun before the range can reach into it.
    let rows = sqlx::query_as!(
        Row,
        r#"select id, vehicle_no, started_at, ended_at,
                  st_x(origin) as "from_lon!", st_y(origin) as "from_lat!",
                  st_x(destination) as "to_lon!", st_y(destination) as "to_lat!",
                  distance_m, max_speed_dkmh, stops
           from trip
           where vehicle_no = $1
             and started_at >= coalesce((select max(started_at) from trip where vehicle_no = $1 and started_at <= $2), $2)
             and started_at < $3
             and (ended_at is null or ended_at > $2)
           order by started_at"#,
        vehicle.0,
        from,
        to,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Trip::try_from).collect()
}

/// The same of many vehicles at once, each one's trips together.
pub(crate) async fn list_all(
    conn: &mut PgConnection,
    vehicles: &[VehicleNo],
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<Trip>, DbError> {
    let vehicles: Vec<i32> = vehicles.iter().map(|vehicle| vehicle.0).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"select t.id, t.vehicle_no, t.started_at, t.ended_at,
                  st_x(t.origin) as "from_lon!", st_y(t.origin) as "from_lat!",
                  st_x(t.destination) as "to_lon!", st_y(t.destination) as "to_lat!",
                  t.distance_m, t.max_speed_dkmh, t.stops
           from unnest($1::integer[]) as asked (no)
           join trip t on t.vehicle_no = asked.no
             and t.started_at >= coalesce((select max(started_at) from trip where vehicle_no = asked.no and started_at <= $2), $2)
             and t.started_at < $3
           order by t.vehicle_no, t.started_at"#,
        &vehicles,
        from,
        to,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Trip::try_from).collect()
}

/// One trip.
pub async fn load(conn: &mut PgConnection, id: TripId) -> Result<Trip, DbError> {
    let row = sqlx::query_as!(
        Row,
        r#"select id, vehicle_no, started_at, ended_at,
                  st_x(origin) as "from_lon!", st_y(origin) as "from_lat!",
                  st_x(destination) as "to_lon!", st_y(destination) as "to_lat!",
                  distance_m, max_speed_dkmh, stops
           from trip
           where id = $1"#,
        id.0,
    )
    .fetch_one(conn)
    .await?;
    row.try_into()
}

struct Row {
    id: Uuid,
    vehicle_no: i32,
    started_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    from_lon: f64,
    from_lat: f64,
    to_lon: f64,
    to_lat: f64,
    distance_m: i32,
    max_speed_dkmh: i16,
    stops: i32,
}

impl TryFrom<Row> for Trip {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        Ok(Self {
            id: TripId(row.id),
            vehicle: VehicleNo(row.vehicle_no),
            started_at: row.started_at,
            ended_at: row.ended_at,
            from: LonLat::new(row.from_lon, row.from_lat).map_err(unreadable)?,
            to: LonLat::new(row.to_lon, row.to_lat).map_err(unreadable)?,
            distance: Distance::from_metres(f64::from(row.distance_m)),
            max_speed: Speed::from_kmh(f64::from(row.max_speed_dkmh) / 10.0),
            stops: u32::try_from(row.stops).unwrap_or_default(),
        })
    }
}
