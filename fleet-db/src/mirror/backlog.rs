//! What a platform has not heard yet, read where it lies: rows first, compressed days where those have gone.

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use sqlx::PgConnection;
use telematics::id::VehicleNo;

use super::Key;
use crate::ingest::{PositionRow, columns};
use crate::{DbError, exempt, track};

/// Of each vehicle the first positions behind its key. The condition on the instant alone is what lets partitions be left out.
const READ: &str = concat!(
    "select ",
    columns!(),
    " from unnest($1::int4[], $2::timestamptz[], $3::int8[]) as a (no, at, seq)
    cross join lateral (
        select * from (
            (select ",
    columns!(),
    " from vehicle_position
             where vehicle_no = a.no and fixed_at >= a.at and (fixed_at, sequence) > (a.at, a.seq)
             order by fixed_at, sequence limit $4)
            union all
            (select ",
    columns!(),
    " from vehicle_position_late
             where vehicle_no = a.no and fixed_at >= a.at and (fixed_at, sequence) > (a.at, a.seq)
             order by fixed_at, sequence limit $4)
        ) as both_tables
        order by fixed_at, sequence limit $4
    ) as p
    where not exists (select from vehicle_exemption e where e.vehicle_no = a.no and upper_inf(e.during))
    order by vehicle_no, fixed_at, sequence"
);

const AT: &str = concat!(
    "select ",
    columns!(),
    " from unnest($1::int4[], $2::timestamptz[]) as a (no, at)
    cross join lateral (
        select ",
    columns!(),
    " from vehicle_position where vehicle_no = a.no and fixed_at = a.at
        union all
        select ",
    columns!(),
    " from vehicle_position_late where vehicle_no = a.no and fixed_at = a.at
    ) as p
    where not exists (select from vehicle_exemption e where e.vehicle_no = a.no and upper_inf(e.during))
    order by vehicle_no, fixed_at, sequence"
);

/// At most `limit` positions of each vehicle behind its key, by vehicle, instant and sequence, as far as they lie in rows.
pub async fn read(conn: &mut PgConnection, behind: &[(VehicleNo, Key)], limit: i64) -> Result<Vec<PositionRow>, DbError> {
    let numbers: Vec<i32> = behind.iter().map(|(vehicle, _)| vehicle.0).collect();
    let instants: Vec<DateTime<Utc>> = behind.iter().map(|(_, (at, _))| *at).collect();
    let sequences: Vec<i64> = behind.iter().map(|(_, (_, sequence))| *sequence).collect();
    Ok(sqlx::query_as(READ).bind(numbers).bind(instants).bind(sequences).bind(limit).fetch_all(conn).await?)
}

/// The positions behind `key` of the first day that has become history and has any; empty when there is no such day.
///
/// What is behind the key then lies in rows. Days become history in their order, so nothing older than the day's lies in hot rows.
pub async fn of_history(conn: &mut PgConnection, vehicle: VehicleNo, key: Key) -> Result<Vec<PositionRow>, DbError> {
    let mut behind = key;
    if !exempt::among(conn, &[vehicle]).await?.is_empty() {
        return Ok(Vec::new());
    }
    loop {
        let found = sqlx::query_scalar!(
            "select day from track_day where vehicle_no = $1 and day >= $2 and last_at >= $3 order by day limit 1",
            vehicle.0,
            behind.0.date_naive(),
            behind.0,
        )
        .fetch_optional(&mut *conn)
        .await?;
        let Some(day) = found else { return Ok(Vec::new()) };
        let end = (day + Days::new(1)).and_time(NaiveTime::MIN).and_utc();
        // From the key on, not from the day's beginning: a late position of a day without history goes before it.
        let mut rows = track::read(conn, vehicle, behind.0, end).await?;
        rows.retain(|row| (row.fixed_at, row.sequence) > key);
        if !rows.is_empty() {
            return Ok(rows);
        }
        behind = (end, i64::MIN);
    }
}

/// Every position of these vehicles at these instants, wherever it lies.
pub async fn at_instants(conn: &mut PgConnection, wanted: &[(VehicleNo, DateTime<Utc>)]) -> Result<Vec<PositionRow>, DbError> {
    let numbers: Vec<i32> = wanted.iter().map(|(vehicle, _)| vehicle.0).collect();
    let instants: Vec<DateTime<Utc>> = wanted.iter().map(|(_, at)| *at).collect();
    let mut rows: Vec<PositionRow> = sqlx::query_as(AT).bind(numbers).bind(instants).fetch_all(&mut *conn).await?;
    let mut folded = Vec::new();
    for (vehicle, at) in wanted {
        let is_folded = !rows.iter().any(|row| row.vehicle == *vehicle && row.fixed_at == *at);
        if is_folded && exempt::among(conn, &[*vehicle]).await?.is_empty() {
            folded.extend(track::read(conn, *vehicle, *at, *at + TimeDelta::microseconds(1)).await?);
        }
    }
    rows.extend(folded);
    rows.sort_by_key(|row| (row.vehicle, row.fixed_at, row.sequence));
    Ok(rows)
}
