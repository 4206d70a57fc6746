//! Where a driver's telephone was on a task (任务期间手机定位); there is no row of any other time.

use chrono::{DateTime, Duration, Utc};
use dispatch::trip::order::OrderId;
use sqlx::PgConnection;
use telematics::place::LonLat;
use telematics::quantity::{Distance, Speed};

use crate::error::DbError;

/// A telephone's clock may be so far ahead of ours.
const AHEAD: Duration = Duration::minutes(5);

/// One place of a telephone (手机定位点).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PhonePosition {
    /// When, by the telephone's clock.
    pub at: DateTime<Utc>,
    /// Where.
    pub place: LonLat,
    /// How fast, where the telephone knows.
    pub speed: Option<Speed>,
    /// How far it may be wrong.
    pub accuracy: Option<Distance>,
}

/// Keeps places of an order that is on the road, each instant once; how many were new. Those from before the departure are left out;
/// for an order that is not on the road the store refuses all of them.
pub async fn insert(
    conn: &mut PgConnection,
    order: OrderId,
    positions: &[PhonePosition],
    now: DateTime<Utc>,
) -> Result<u64, DbError> {
    let at: Vec<DateTime<Utc>> = positions.iter().map(|one| one.at).collect();
    let lon: Vec<f64> = positions.iter().map(|one| one.place.lon()).collect();
    let lat: Vec<f64> = positions.iter().map(|one| one.place.lat()).collect();
    let speed: Vec<Option<i16>> = positions.iter().map(|one| one.speed.map(tenths)).collect();
    let accuracy: Vec<Option<i32>> = positions.iter().map(|one| one.accuracy.map(metres)).collect();
    let written = sqlx::query!(
        "insert into driver_position (order_id, at, recorded_at, place, speed_dkmh, accuracy_m)
         select o.id, p.at, $7, st_setsrid(st_makepoint(p.lon, p.lat), 4326), p.speed, p.accuracy
         from unnest($2::timestamptz[], $3::float8[], $4::float8[], $5::int2[], $6::int4[]) as p (at, lon, lat, speed, accuracy)
         join dispatch_order o on o.id = $1
         where (o.departed_at is null or p.at >= o.departed_at) and p.at <= $8
         on conflict (order_id, at) do nothing",
        order.0,
        &at,
        &lon,
        &lat,
        &speed as &[Option<i16>],
        &accuracy as &[Option<i32>],
        now,
        now + AHEAD,
    )
    .execute(conn)
    .await?;
    Ok(written.rows_affected())
}

#[expect(clippy::cast_possible_truncation, reason = "the cast saturates, which is what is wanted")]
fn tenths(speed: Speed) -> i16 {
    (speed.kmh() * 10.0).round() as i16
}

#[expect(clippy::cast_possible_truncation, reason = "the cast saturates, which is what is wanted")]
fn metres(length: Distance) -> i32 {
    length.metres().ceil() as i32
}
