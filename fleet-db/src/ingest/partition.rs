//! Hourly partitions of the hot positions, made ahead of time and, for a stray hour, on demand.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::DbError;

/// Key of the advisory lock that lets one connection make partitions at a time.
const PARTITION_LOCK: i64 = 0x6d70_7061_7274;

/// The hour that `at` lies in.
pub fn hour_of(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_trunc(TimeDelta::hours(1)).unwrap_or(at)
}

/// Makes the partitions of `hours` that are not there yet.
pub async fn ensure(conn: &mut PgConnection, hours: &[DateTime<Utc>]) -> Result<(), DbError> {
    let mut tx = conn.begin().await?;
    // `if not exists` alone is a race: two sessions may both find nothing.
    sqlx::query!("select pg_advisory_xact_lock($1) as \"locked: String\"", PARTITION_LOCK).execute(&mut *tx).await?;
    for hour in hours {
        let name = format!("vehicle_position_{}", hour.format("%Y%m%d%H"));
        let known = sqlx::query_scalar!(r#"select to_regclass($1) is not null as "known!""#, name).fetch_one(&mut *tx).await?;
        if known {
            continue;
        }
        let (from, to) = (hour.to_rfc3339(), (*hour + TimeDelta::hours(1)).to_rfc3339());
        // Names and bounds cannot be parameters of a definition; both are made of an instant alone.
        let statement = format!("create table {name} partition of vehicle_position for values from ('{from}') to ('{to}')");
        sqlx::query(AssertSqlSafe(statement)).execute(&mut *tx).await?;
        // The guard of the whole table does not see what somebody inserts by the partition's own name.
        let guard = format!(
            "create trigger vehicle_exempt_insert after insert on {name} referencing new table as added
             for each statement execute function vehicle_exempt_positions()"
        );
        sqlx::query(AssertSqlSafe(guard)).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(())
}
