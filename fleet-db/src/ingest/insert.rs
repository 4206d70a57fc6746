//! Positions in the idempotent form: half as fast as `copy`, but a row that is there already is left alone and told apart.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use telematics::id::VehicleNo;

use super::row::PositionRow;

/// Which of the two tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    /// Hourly partitions.
    Hot,
    /// What was older than the hot window when it came in.
    Late,
}

/// Inserts the rows that are not there yet and says which those were.
pub(super) async fn insert(
    conn: &mut PgConnection,
    table: Table,
    rows: &[PositionRow],
) -> Result<Vec<(VehicleNo, DateTime<Utc>)>, sqlx::Error> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let columns = Columns::of(rows);
    macro_rules! run {
        ($file:literal) => {
            sqlx::query_file!(
                $file,
                &columns.vehicle_no,
                &columns.fixed_at,
                &columns.sequence,
                &columns.received_at,
                &columns.lon_e7 as &[Option<i32>],
                &columns.lat_e7 as &[Option<i32>],
                &columns.odometer_m as &[Option<i32>],
                &columns.speed_dkmh as &[Option<i16>],
                &columns.heading_deg as &[Option<i16>],
                &columns.altitude_m as &[Option<i16>],
                &columns.fuel_dl as &[Option<i16>],
                &columns.fuel_permille as &[Option<i16>],
                &columns.soc_permille as &[Option<i16>],
                &columns.voltage_cv as &[Option<i16>],
                &columns.satellites as &[Option<i16>],
                &columns.flags,
                &columns.detail as &[Option<serde_json::Value>],
            )
            .fetch_all(conn)
            .await?
            .into_iter()
            .map(|row| (VehicleNo(row.vehicle_no), row.fixed_at))
            .collect()
        };
    }
    Ok(match table {
        Table::Hot => run!("sql/insert_position.sql"),
        Table::Late => run!("sql/insert_position_late.sql"),
    })
}

/// The rows turned on their side, one vector a column.
#[derive(Default)]
struct Columns {
    vehicle_no: Vec<i32>,
    fixed_at: Vec<DateTime<Utc>>,
    sequence: Vec<i64>,
    received_at: Vec<DateTime<Utc>>,
    lon_e7: Vec<Option<i32>>,
    lat_e7: Vec<Option<i32>>,
    odometer_m: Vec<Option<i32>>,
    speed_dkmh: Vec<Option<i16>>,
    heading_deg: Vec<Option<i16>>,
    altitude_m: Vec<Option<i16>>,
    fuel_dl: Vec<Option<i16>>,
    fuel_permille: Vec<Option<i16>>,
    soc_permille: Vec<Option<i16>>,
    voltage_cv: Vec<Option<i16>>,
    satellites: Vec<Option<i16>>,
    flags: Vec<i16>,
    detail: Vec<Option<serde_json::Value>>,
}

impl Columns {
    fn of(rows: &[PositionRow]) -> Self {
        let mut columns = Self::default();
        for row in rows {
            columns.vehicle_no.push(row.vehicle.0);
            columns.fixed_at.push(row.fixed_at);
            columns.sequence.push(row.sequence);
            columns.received_at.push(row.received_at);
            columns.lon_e7.push(row.lon_e7);
            columns.lat_e7.push(row.lat_e7);
            columns.odometer_m.push(row.odometer_m);
            columns.speed_dkmh.push(row.speed_dkmh);
            columns.heading_deg.push(row.heading_deg);
            columns.altitude_m.push(row.altitude_m);
            columns.fuel_dl.push(row.fuel_dl);
            columns.fuel_permille.push(row.fuel_permille);
            columns.soc_permille.push(row.soc_permille);
            columns.voltage_cv.push(row.voltage_cv);
            columns.satellites.push(row.satellites);
            columns.flags.push(row.flags);
            columns.detail.push(row.detail.as_deref().and_then(|text| serde_json::from_str(text).ok()));
        }
        columns
    }
}
