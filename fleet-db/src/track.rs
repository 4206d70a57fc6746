//! Tracks (轨迹): a vehicle's positions in order of time, wherever they lie: hot rows, late rows, compressed days.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use telematics::id::VehicleNo;

use crate::error::{DbError, unreadable};
use crate::history;
use crate::ingest::{PositionRow, columns};

const READ: &str = concat!(
    "select ",
    columns!(),
    " from vehicle_position where vehicle_no = $1 and fixed_at >= $2 and fixed_at < $3
    union all
    select ",
    columns!(),
    " from vehicle_position_late where vehicle_no = $1 and fixed_at >= $2 and fixed_at < $3"
);
const TAKE_LATE: &str = concat!(
    "delete from vehicle_position_late where vehicle_no = $1 and fixed_at >= $2 and fixed_at < $3 returning ",
    columns!()
);

/// A stored position (轨迹点).
pub type StoredFix = PositionRow;

/// The positions of a vehicle in `from ≤ fixed_at < to`, by time and sequence, each once.
pub async fn read(
    conn: &mut PgConnection,
    vehicle: VehicleNo,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<StoredFix>, DbError> {
    let mut fixes = read_rows(conn, vehicle, from, to).await?;
    let days = sqlx::query!(
        "select columns from track_day where vehicle_no = $1 and day >= $2 and day <= $3 and last_at >= $4 and first_at < $5",
        vehicle.0,
        from.date_naive(),
        to.date_naive(),
        from,
        to,
    )
    .fetch_all(conn)
    .await?;
    for day in days {
        let decoded = history::decode(vehicle, &day.columns).map_err(unreadable)?;
        fixes.extend(decoded.into_iter().filter(|fix| from <= fix.fixed_at && fix.fixed_at < to));
    }
    Ok(in_order(fixes))
}

/// By time and sequence, each once.
pub(crate) fn in_order(mut fixes: Vec<StoredFix>) -> Vec<StoredFix> {
    fixes.sort_by_key(|fix| (fix.fixed_at, fix.sequence));
    fixes.dedup_by_key(|fix| (fix.fixed_at, fix.sequence));
    fixes
}

/// Those that lie in rows.
pub(crate) async fn read_rows(
    conn: &mut PgConnection,
    vehicle: VehicleNo,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<StoredFix>, DbError> {
    Ok(sqlx::query_as(READ).bind(vehicle.0).bind(from).bind(to).fetch_all(conn).await?)
}

/// Takes the late ones away and gives them.
pub(crate) async fn take_late(
    conn: &mut PgConnection,
    vehicle: VehicleNo,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<StoredFix>, DbError> {
    Ok(sqlx::query_as(TAKE_LATE).bind(vehicle.0).bind(from).bind(to).fetch_all(conn).await?)
}

/// One day on which a vehicle was heard (有数据的日期).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DaySummary {
    /// The day in the zone that was asked for.
    pub day: NaiveDate,
    /// Positions.
    pub fixes: i64,
    /// Length of the trips begun on that day, metres.
    pub distance_m: i64,
    /// Trips begun on that day.
    pub trips: i64,
}

/// The newest `limit` days on which a vehicle was heard within `from ≤ t < to`, newest first; `zone` is an IANA name.
pub async fn days(
    conn: &mut PgConnection,
    vehicle: VehicleNo,
    zone: &str,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<DaySummary>, DbError> {
    let rows = sqlx::query_file_as!(DaySummary, "sql/track_days.sql", vehicle.0, zone, from, to, limit).fetch_all(conn).await?;
    Ok(rows)
}
