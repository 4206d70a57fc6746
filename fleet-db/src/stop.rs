//! Stops (停留点) as they are stored.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use telematics::id::{StopId, VehicleNo};
use telematics::place::LonLat;
use telematics::trip::Stop;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// The stops of a vehicle that have any part in `from ≤ t < to`, oldest first.
pub async fn list(
    conn: &mut PgConnection,
    vehicle: VehicleNo,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<Stop>, DbError> {
    // Stops of a vehicle do not overlap, so only the last one begun before the range can reach into it.
    let rows = sqlx::query_as!(
        Row,
        r#"select id, vehicle_no, from_at, to_at, st_x(place) as "lon!", st_y(place) as "lat!"
           from vehicle_stop
           where vehicle_no = $1
             and from_at >= coalesce((select max(from_at) from vehicle_stop where vehicle_no = $1 and from_at <= $2), $2)
             and from_at < $3
             and (to_at is null or to_at > $2)
           order by from_at"#,
        vehicle.0,
        from,
        to,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Stop::try_from).collect()
}

/// The same of many vehicles at once, each one's stops together.
pub(crate) async fn list_all(
    conn: &mut PgConnection,
    vehicles: &[VehicleNo],
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<Stop>, DbError> {
    let vehicles: Vec<i32> = vehicles.iter().map(|vehicle| vehicle.0).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"select s.id, s.vehicle_no, s.from_at, s.to_at, st_x(s.place) as "lon!", st_y(s.place) as "lat!"
           from unnest($1::integer[]) as asked (no)
           join vehicle_stop s on s.vehicle_no = asked.no
             and s.from_at >= coalesce((select max(from_at) from vehicle_stop where vehicle_no = asked.no and from_at <= $2), $2)
             and s.from_at < $3
           order by s.vehicle_no, s.from_at"#,
        &vehicles,
        from,
        to,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Stop::try_from).collect()
}

/// The newest stops of a vehicle that began before `at`, newest first.
pub(crate) async fn newest_before(
    conn: &mut PgConnection,
    vehicle: VehicleNo,
    at: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Stop>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, vehicle_no, from_at, to_at, st_x(place) as "lon!", st_y(place) as "lat!"
           from vehicle_stop
           where vehicle_no = $1 and from_at < $2
           order by from_at desc
           limit $3"#,
        vehicle.0,
        at,
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Stop::try_from).collect()
}

/// The oldest stops of a vehicle that began after `at`, oldest first.
pub(crate) async fn oldest_after(
    conn: &mut PgConnection,
    vehicle: VehicleNo,
    at: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Stop>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, vehicle_no, from_at, to_at, st_x(place) as "lon!", st_y(place) as "lat!"
           from vehicle_stop
           where vehicle_no = $1 and from_at > $2
           order by from_at
           limit $3"#,
        vehicle.0,
        at,
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Stop::try_from).collect()
}

struct Row {
    id: Uuid,
    vehicle_no: i32,
    from_at: DateTime<Utc>,
    to_at: Option<DateTime<Utc>>,
    lon: f64,
    lat: f64,
}

impl TryFrom<Row> for Stop {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        Ok(Self {
            id: StopId(row.id),
            vehicle: VehicleNo(row.vehicle_no),
            from: row.from_at,
            to: row.to_at,
            at: LonLat::new(row.lon, row.lat).map_err(unreadable)?,
        })
    }
}
