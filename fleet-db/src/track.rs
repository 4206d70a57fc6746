//! Tracks (轨迹): a vehicle's positions in order of time, wherever they lie: hot rows, late rows, compressed days.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use telematics::id::VehicleNo;

use crate::error::{DbError, unreadable};
use crate::history;
use crate::ingest::PositionRow;

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
    let rows = sqlx::query_file_as!(Row, "sql/read_positions.sql", vehicle.0, from, to).fetch_all(conn).await?;
    Ok(rows.into_iter().map(StoredFix::from).collect())
}

/// Takes the late ones away and gives them.
pub(crate) async fn take_late(
    conn: &mut PgConnection,
    vehicle: VehicleNo,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<StoredFix>, DbError> {
    let rows = sqlx::query_file_as!(Row, "sql/take_late_positions.sql", vehicle.0, from, to).fetch_all(conn).await?;
    Ok(rows.into_iter().map(StoredFix::from).collect())
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

struct Row {
    vehicle_no: i32,
    fixed_at: DateTime<Utc>,
    sequence: i64,
    received_at: DateTime<Utc>,
    lon_e7: Option<i32>,
    lat_e7: Option<i32>,
    odometer_m: Option<i32>,
    speed_dkmh: Option<i16>,
    heading_deg: Option<i16>,
    altitude_m: Option<i16>,
    fuel_dl: Option<i16>,
    fuel_permille: Option<i16>,
    soc_permille: Option<i16>,
    voltage_cv: Option<i16>,
    satellites: Option<i16>,
    flags: i16,
    detail: Option<String>,
}

impl From<Row> for StoredFix {
    fn from(row: Row) -> Self {
        Self {
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
            detail: row.detail,
        }
    }
}
