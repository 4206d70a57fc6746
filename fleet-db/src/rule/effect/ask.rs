//! The questions of a preview, one a function: how many, in how many cars, and which cars first.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sqlx::PgConnection;
use telematics::id::VehicleId;
use uuid::Uuid;

use super::{AffectedCar, Found, MOST_CARS};
use crate::error::DbError;

/// Days that a preview looks back.
const DAYS_BACK: i64 = 30;

struct Car {
    id: Uuid,
    plate: String,
    unit_name: String,
    n: i64,
    cars: i64,
    total: i64,
}

fn found(rows: Vec<Car>) -> Found {
    let (cars, count) = rows.first().map_or((0, 0), |row| (row.cars, row.total));
    let car = |row: Car| AffectedCar { id: VehicleId(row.id), plate: row.plate, unit_name: row.unit_name, count: row.n };
    Found { count, cars, first: rows.into_iter().map(car).collect() }
}

#[expect(clippy::cast_possible_wrap, reason = "fifty")]
const LIMIT: i64 = MOST_CARS as i64;

fn back(now: DateTime<Utc>) -> DateTime<Utc> {
    now - TimeDelta::days(DAYS_BACK)
}

/// So many minutes before `now`.
#[expect(clippy::cast_possible_truncation, reason = "minutes of a few days, by the register's bounds")]
fn minutes_before(now: DateTime<Utc>, minutes: f64) -> DateTime<Utc> {
    now - TimeDelta::seconds((minutes * 60.0).round() as i64)
}

/// So many days before `now`.
#[expect(clippy::cast_possible_truncation, reason = "days of some years, by the register's bounds")]
fn days_before(now: DateTime<Utc>, days: f64) -> DateTime<Utc> {
    now - TimeDelta::days(days.round() as i64)
}

/// Cars of these categories, those that burn fuel and those of new energy apart.
pub(super) async fn of_kinds(
    conn: &mut PgConnection,
    units: &[Uuid],
    fuel: &[String],
    new_energy: &[String],
) -> Result<Found, DbError> {
    let rows = sqlx::query_as!(
        Car,
        r#"with hit as (
               select vehicle.id, vehicle.plate, unit.name as unit_name, count(*) as n
               from vehicle
               join unit on unit.id = vehicle.unit_id
               where vehicle.unit_id = any($1)
                 and vehicle.status <> 'disposed'
                 and (vehicle.category = any($2) and vehicle.powertrain not in ('plug_in_hybrid', 'electric', 'hydrogen')
                      or vehicle.category = any($3) and vehicle.powertrain in ('plug_in_hybrid', 'electric', 'hydrogen'))
               group by vehicle.id, vehicle.plate, unit.name
           )
           select id, plate, unit_name, n as "n!", count(*) over () as "cars!", (sum(n) over ())::bigint as "total!"
           from hit
           order by n desc, plate
           limit $4"#,
        units,
        fuel,
        new_energy,
        LIMIT,
    )
    .fetch_all(conn)
    .await?;
    Ok(found(rows))
}

/// Cars of these powertrains.
pub(super) async fn of_powertrains(conn: &mut PgConnection, units: &[Uuid], powertrains: &[String]) -> Result<Found, DbError> {
    let rows = sqlx::query_as!(
        Car,
        r#"with hit as (
               select vehicle.id, vehicle.plate, unit.name as unit_name, count(*) as n
               from vehicle
               join unit on unit.id = vehicle.unit_id
               where vehicle.unit_id = any($1)
                 and vehicle.status <> 'disposed'
                 and vehicle.powertrain = any($2)
               group by vehicle.id, vehicle.plate, unit.name
           )
           select id, plate, unit_name, n as "n!", count(*) over () as "cars!", (sum(n) over ())::bigint as "total!"
           from hit
           order by n desc, plate
           limit $3"#,
        units,
        powertrains,
        LIMIT,
    )
    .fetch_all(conn)
    .await?;
    Ok(found(rows))
}

/// Cars that are not disposed of.
pub(super) async fn in_use(conn: &mut PgConnection, units: &[Uuid]) -> Result<Found, DbError> {
    let rows = sqlx::query_as!(
        Car,
        r#"with hit as (
               select vehicle.id, vehicle.plate, unit.name as unit_name, count(*) as n
               from vehicle
               join unit on unit.id = vehicle.unit_id
               where vehicle.unit_id = any($1)
                 and vehicle.status <> 'disposed'
               group by vehicle.id, vehicle.plate, unit.name
           )
           select id, plate, unit_name, n as "n!", count(*) over () as "cars!", (sum(n) over ())::bigint as "total!"
           from hit
           order by n desc, plate
           limit $2"#,
        units,
        LIMIT,
    )
    .fetch_all(conn)
    .await?;
    Ok(found(rows))
}

/// Cars whose silence lies between two lengths, in minutes; those that are parked, or those that are not.
pub(super) async fn silent_between(
    conn: &mut PgConnection,
    units: &[Uuid],
    shorter: f64,
    longer: f64,
    parked: bool,
    now: DateTime<Utc>,
) -> Result<Found, DbError> {
    let rows = sqlx::query_as!(
        Car,
        r#"with hit as (
               select vehicle.id, vehicle.plate, unit.name as unit_name, count(*) as n
               from vehicle
               join unit on unit.id = vehicle.unit_id
               join vehicle_live on vehicle_live.vehicle_no = vehicle.no
               where vehicle.unit_id = any($1)
                 and (vehicle_live.state ->> 'received_at')::timestamptz between $2 and $3
                 and (vehicle_live.state ->> 'motion' = 'parked') = $4
               group by vehicle.id, vehicle.plate, unit.name
           )
           select id, plate, unit_name, n as "n!", count(*) over () as "cars!", (sum(n) over ())::bigint as "total!"
           from hit
           order by n desc, plate
           limit $5"#,
        units,
        minutes_before(now, longer),
        minutes_before(now, shorter),
        parked,
        LIMIT,
    )
    .fetch_all(conn)
    .await?;
    Ok(found(rows))
}

/// Trips whose greatest speed lies above one limit and not above the other, in km/h.
pub(super) async fn trips_between(
    conn: &mut PgConnection,
    units: &[Uuid],
    lower: f64,
    higher: f64,
    now: DateTime<Utc>,
) -> Result<Found, DbError> {
    let rows = sqlx::query_as!(
        Car,
        r#"with hit as (
               select vehicle.id, vehicle.plate, unit.name as unit_name, count(*) as n
               from vehicle
               join unit on unit.id = vehicle.unit_id
               join trip on trip.vehicle_no = vehicle.no
               where vehicle.unit_id = any($1)
                 and trip.started_at >= $2
                 and trip.max_speed_dkmh > $3::float8 * 10
                 and trip.max_speed_dkmh <= $4::float8 * 10
               group by vehicle.id, vehicle.plate, unit.name
           )
           select id, plate, unit_name, n as "n!", count(*) over () as "cars!", (sum(n) over ())::bigint as "total!"
           from hit
           order by n desc, plate
           limit $5"#,
        units,
        back(now),
        lower,
        higher,
        LIMIT,
    )
    .fetch_all(conn)
    .await?;
    Ok(found(rows))
}

/// Trips on these days of Beijing.
pub(super) async fn trips_on(conn: &mut PgConnection, units: &[Uuid], days: &[NaiveDate]) -> Result<Found, DbError> {
    let rows = sqlx::query_as!(
        Car,
        r#"with hit as (
               select vehicle.id, vehicle.plate, unit.name as unit_name, count(*) as n
               from vehicle
               join unit on unit.id = vehicle.unit_id
               join trip on trip.vehicle_no = vehicle.no
               where vehicle.unit_id = any($1)
                 and (trip.started_at at time zone 'Asia/Shanghai')::date = any($2)
               group by vehicle.id, vehicle.plate, unit.name
           )
           select id, plate, unit_name, n as "n!", count(*) over () as "cars!", (sum(n) over ())::bigint as "total!"
           from hit
           order by n desc, plate
           limit $3"#,
        units,
        days,
        LIMIT,
    )
    .fetch_all(conn)
    .await?;
    Ok(found(rows))
}

/// Events of speeding.
pub(super) async fn speeding(conn: &mut PgConnection, units: &[Uuid], now: DateTime<Utc>) -> Result<Found, DbError> {
    let rows = sqlx::query_as!(
        Car,
        r#"with hit as (
               select vehicle.id, vehicle.plate, unit.name as unit_name, count(*) as n
               from vehicle
               join unit on unit.id = vehicle.unit_id
               join vehicle_event on vehicle_event.vehicle_no = vehicle.no
               where vehicle.unit_id = any($1)
                 and vehicle_event.at >= $2
                 and vehicle_event.kind = 'speed_limit_exceeded'
               group by vehicle.id, vehicle.plate, unit.name
           )
           select id, plate, unit_name, n as "n!", count(*) over () as "cars!", (sum(n) over ())::bigint as "total!"
           from hit
           order by n desc, plate
           limit $3"#,
        units,
        back(now),
        LIMIT,
    )
    .fetch_all(conn)
    .await?;
    Ok(found(rows))
}

/// Events of idling within a stop that was over before the new limit, in minutes.
pub(super) async fn idled_shorter(
    conn: &mut PgConnection,
    units: &[Uuid],
    limit: f64,
    now: DateTime<Utc>,
) -> Result<Found, DbError> {
    let rows = sqlx::query_as!(
        Car,
        r#"with hit as (
               select vehicle.id, vehicle.plate, unit.name as unit_name, count(*) as n
               from vehicle
               join unit on unit.id = vehicle.unit_id
               join vehicle_event on vehicle_event.vehicle_no = vehicle.no
               join vehicle_stop on vehicle_stop.vehicle_no = vehicle.no
               where vehicle.unit_id = any($1)
                 and vehicle_event.at >= $2
                 and vehicle_event.kind = 'idled_too_long'
                 and vehicle_event.at between vehicle_stop.from_at and vehicle_stop.to_at
                 and vehicle_stop.to_at - vehicle_stop.from_at < $3::float8 * interval '1 minute'
               group by vehicle.id, vehicle.plate, unit.name
           )
           select id, plate, unit_name, n as "n!", count(*) over () as "cars!", (sum(n) over ())::bigint as "total!"
           from hit
           order by n desc, plate
           limit $4"#,
        units,
        back(now),
        limit,
        LIMIT,
    )
    .fetch_all(conn)
    .await?;
    Ok(found(rows))
}

/// Stops that lasted at least one time and less than the other, in minutes.
pub(super) async fn stood_between(
    conn: &mut PgConnection,
    units: &[Uuid],
    shorter: f64,
    longer: f64,
    now: DateTime<Utc>,
) -> Result<Found, DbError> {
    let rows = sqlx::query_as!(
        Car,
        r#"with hit as (
               select vehicle.id, vehicle.plate, unit.name as unit_name, count(*) as n
               from vehicle
               join unit on unit.id = vehicle.unit_id
               join vehicle_stop on vehicle_stop.vehicle_no = vehicle.no
               where vehicle.unit_id = any($1)
                 and vehicle_stop.from_at >= $2
                 and vehicle_stop.to_at - vehicle_stop.from_at >= $3::float8 * interval '1 minute'
                 and vehicle_stop.to_at - vehicle_stop.from_at < $4::float8 * interval '1 minute'
               group by vehicle.id, vehicle.plate, unit.name
           )
           select id, plate, unit_name, n as "n!", count(*) over () as "cars!", (sum(n) over ())::bigint as "total!"
           from hit
           order by n desc, plate
           limit $5"#,
        units,
        back(now),
        shorter,
        longer,
        LIMIT,
    )
    .fetch_all(conn)
    .await?;
    Ok(found(rows))
}

/// Days of tracks that lie between two ages, in days.
pub(super) async fn tracks_between(
    conn: &mut PgConnection,
    units: &[Uuid],
    younger: f64,
    older: f64,
    now: DateTime<Utc>,
) -> Result<Found, DbError> {
    let rows = sqlx::query_as!(
        Car,
        r#"with hit as (
               select vehicle.id, vehicle.plate, unit.name as unit_name, kept.n
               from track_days_between($1, $2, $3) as kept
               join vehicle on vehicle.id = kept.vehicle_id
               join unit on unit.id = vehicle.unit_id
           )
           select id, plate, unit_name, n as "n!", count(*) over () as "cars!", (sum(n) over ())::bigint as "total!"
           from hit
           order by n desc, plate
           limit $4"#,
        units,
        days_before(now, older).date_naive(),
        days_before(now, younger).date_naive(),
        LIMIT,
    )
    .fetch_all(conn)
    .await?;
    Ok(found(rows))
}

/// Accounts whose password lies between two ages, in days; no cars.
pub(super) async fn passwords_between(
    conn: &mut PgConnection,
    units: &[Uuid],
    younger: f64,
    older: f64,
    now: DateTime<Utc>,
) -> Result<Found, DbError> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!"
           from account
           where unit_id = any($1)
             and disabled_at is null
             and password_changed_at < $2
             and password_changed_at >= $3"#,
        units,
        days_before(now, younger),
        days_before(now, older),
    )
    .fetch_one(conn)
    .await?;
    Ok(Found { count, ..Found::default() })
}

/// Entries of the terminals' log that lie between two ages, in days; no cars.
pub(super) async fn log_between(
    conn: &mut PgConnection,
    units: &[Uuid],
    younger: f64,
    older: f64,
    now: DateTime<Utc>,
) -> Result<Found, DbError> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!"
           from device_log
           join device on device.id = device_log.device_id
           where device.seen_by = any($1)
             and device_log.at < $2
             and device_log.at >= $3"#,
        units,
        days_before(now, younger),
        days_before(now, older),
    )
    .fetch_one(conn)
    .await?;
    Ok(Found { count, ..Found::default() })
}
