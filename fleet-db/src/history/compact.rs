//! Compaction: the hourly partitions of a whole UTC day become one block a vehicle, then go.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use telematics::id::VehicleNo;

use super::fold::{Folded, fold, midnight};
use crate::error::DbError;

/// What compacting a day did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compacted {
    /// What was written.
    pub folded: Folded,
    /// Partitions dropped.
    pub partitions: u64,
}

/// The UTC days that have hourly partitions and lie wholly before `before`, oldest first.
pub async fn days_due(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<Vec<NaiveDate>, DbError> {
    let mut days: Vec<NaiveDate> = partitions(conn).await?.into_iter().map(|(hour, _)| hour.date_naive()).collect();
    days.sort_unstable();
    days.dedup();
    days.retain(|day| midnight(*day) + TimeDelta::days(1) <= before);
    Ok(days)
}

/// Compacts one UTC day behind the hot window.
///
/// Nobody should write into its partitions any more; what comes in nevertheless is noticed under the lock and folded in.
/// May be stopped and begun again at any moment.
pub async fn compact(conn: &mut PgConnection, day: NaiveDate) -> Result<Compacted, DbError> {
    let names: Vec<String> =
        partitions(conn).await?.into_iter().filter(|(hour, _)| hour.date_naive() == day).map(|(_, name)| name).collect();
    let mut done = Compacted::default();
    let mut written = BTreeMap::new();
    for (vehicle, count) in counts(conn, day).await? {
        done.folded.add(fold(conn, VehicleNo(vehicle), day).await?);
        written.insert(vehicle, count);
    }
    let mut tx = conn.begin().await?;
    // A reader that sits on a partition must not make everybody who writes wait behind us.
    sqlx::query!("set local lock_timeout = '5s'").execute(&mut *tx).await?;
    for name in &names {
        // The name comes out of the catalogue and matched our own pattern.
        sqlx::query(AssertSqlSafe(format!("lock table {name} in access exclusive mode"))).execute(&mut *tx).await?;
    }
    for (vehicle, count) in counts(&mut tx, day).await? {
        if written.get(&vehicle) != Some(&count) {
            done.folded.add(fold(&mut tx, VehicleNo(vehicle), day).await?);
        }
    }
    for name in &names {
        sqlx::query(AssertSqlSafe(format!("drop table {name}"))).execute(&mut *tx).await?;
        done.partitions += 1;
    }
    tx.commit().await?;
    Ok(done)
}

/// Hourly partitions: their hour and name.
async fn partitions(conn: &mut PgConnection) -> Result<Vec<(DateTime<Utc>, String)>, DbError> {
    let names = sqlx::query_scalar!(
        r#"select c.relname as "name!: String"
           from pg_inherits as i
           join pg_class as c on c.oid = i.inhrelid
           where i.inhparent = 'vehicle_position'::regclass
           order by c.relname"#,
    )
    .fetch_all(conn)
    .await?;
    Ok(names.into_iter().filter_map(|name| hour_of(&name).map(|hour| (hour, name))).collect())
}

/// The hour of a partition by its name; `None` for a name that the way in did not give.
fn hour_of(name: &str) -> Option<DateTime<Utc>> {
    let digits = name.strip_prefix("vehicle_position_").filter(|rest| rest.len() == 10)?;
    NaiveDateTime::parse_from_str(&format!("{digits}00"), "%Y%m%d%H%M").ok().map(|hour| hour.and_utc())
}

/// Hot rows of each vehicle on a day.
async fn counts(conn: &mut PgConnection, day: NaiveDate) -> Result<Vec<(i32, i64)>, DbError> {
    let rows = sqlx::query!(
        r#"select vehicle_no, count(*) as "count!"
           from vehicle_position
           where fixed_at >= $1 and fixed_at < $2
           group by vehicle_no
           order by vehicle_no"#,
        midnight(day),
        midnight(day) + TimeDelta::days(1),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.vehicle_no, row.count)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_partitions_have_an_hour() {
        assert_eq!(
            hour_of("vehicle_position_2026110507").map(|hour| hour.to_rfc3339()).as_deref(),
            Some("2026-11-05T07:00:00+00:00")
        );
        assert_eq!(hour_of("vehicle_position_late"), None);
        assert_eq!(hour_of("vehicle_position_2026110525"), None);
    }
}
