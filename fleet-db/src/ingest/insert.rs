//! Positions in the idempotent form: half as fast as `copy`, but a row that is there already is left alone and told apart.
//!
//! They are copied into a table of this connection alone and inserted from there: as fast as arrays, and the rows go the same way
//! to the server as all others.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use telematics::id::VehicleNo;

use super::columns::columns;
use super::copy;
use super::row::PositionRow;

/// Which of the two tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    /// Hourly partitions.
    Hot,
    /// What was older than the hot window when it came in.
    Late,
}

macro_rules! insert_into {
    ($table:literal) => {
        concat!(
            "with taken as (delete from pg_temp.incoming_position returning ",
            columns!(),
            ") \
             insert into ",
            $table,
            " (",
            columns!(),
            ") select ",
            columns!(),
            " from taken \
             on conflict (vehicle_no, fixed_at, sequence) do nothing \
             returning vehicle_no, fixed_at"
        )
    };
}
/// The waiting room; emptied at the end of each transaction.
const INCOMING: &str = "create temporary table incoming_position (like vehicle_position) on commit delete rows";
const IS_THERE: &str = "select to_regclass('pg_temp.incoming_position') is not null";
const FILL: &str = concat!("copy pg_temp.incoming_position (", columns!(), ") from stdin (format binary)");
const TO_HOT: &str = insert_into!("vehicle_position");
const TO_LATE: &str = insert_into!("vehicle_position_late");

/// Inserts the rows that are not there yet and says which those were; to be called within a transaction.
pub(super) async fn insert(
    conn: &mut PgConnection,
    table: Table,
    rows: &[PositionRow],
) -> Result<Vec<(VehicleNo, DateTime<Utc>)>, sqlx::Error> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let is_there: bool = sqlx::query_scalar(IS_THERE).fetch_one(&mut *conn).await?;
    if !is_there {
        sqlx::query(INCOMING).execute(&mut *conn).await?;
    }
    copy::copy(conn, FILL, rows).await?;
    let statement = match table {
        Table::Hot => TO_HOT,
        Table::Late => TO_LATE,
    };
    let new: Vec<(i32, DateTime<Utc>)> = sqlx::query_as(statement).fetch_all(conn).await?;
    Ok(new.into_iter().map(|(vehicle, at)| (VehicleNo(vehicle), at)).collect())
}
