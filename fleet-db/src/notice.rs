//! The public register (公示): trips shown month by month, taken back by a reversal beside them, and read by anybody.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::DbError;

/// What is shown of a trip (公示内容): the six fields, and nothing of any person.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// Key.
    pub id: Uuid,
    /// Whose trip it was.
    pub unit_name: String,
    /// When the car was used: from …
    pub began_at: DateTime<Utc>,
    /// … to.
    pub ended_at: DateTime<Utc>,
    /// Line of the list of reasons.
    pub reason: String,
    /// Where it began.
    pub from: String,
    /// Where it led.
    pub to: String,
    /// How far, in metres.
    pub distance_m: i32,
    /// Fuel that was filled, in litres.
    pub fuel_l: Option<f64>,
    /// Energy that was charged, in kWh.
    pub energy_kwh: Option<f64>,
    /// What it cost, in fen.
    pub cost_fen: i64,
    /// When it was taken back, and why.
    pub taken_back: Option<(DateTime<Utc>, String)>,
}

/// What came of showing a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// Trips that are shown now and were not before.
    pub shown: i64,
    /// Confidential ones, which are not shown.
    pub confidential: i64,
    /// Trips that are back and not settled yet.
    pub unsettled: i64,
}

/// Shows the settled trips of a unit and those below that ended in `from ≤ t < to` and are not shown yet.
pub async fn publish(
    conn: &mut PgConnection,
    scope: &Scope,
    unit: UnitId,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<Published, DbError> {
    let shown = sqlx::query_file_scalar!("sql/publish_trips.sql", scope.units(), unit.0, from, to, by.0, now)
        .fetch_one(&mut *conn)
        .await?;
    let left = sqlx::query!(
        r#"select count(*) filter (where r.is_confidential) as "confidential!",
                  count(*) filter (where not r.is_confidential and o.state = 'returned') as "unsettled!"
           from dispatch_order o
           join trip_request r on r.id = o.request_id
           where o.returned_at >= $3 and o.returned_at < $4
             and o.unit_id in (select unit_id from unit_within($1))
             and o.unit_id in (select unit_id from unit_within(array[$2::uuid]))"#,
        scope.units(),
        unit.0,
        from,
        to,
    )
    .fetch_one(conn)
    .await?;
    Ok(Published { shown: shown.unwrap_or_default(), confidential: left.confidential, unsettled: left.unsettled })
}

/// Takes a trip of the scope back, and gives what was shown. [`DbError::NotFound`] when that was done before.
pub async fn take_back(
    conn: &mut PgConnection,
    scope: &Scope,
    id: Uuid,
    (by, reason): (AccountId, &str),
    now: DateTime<Utc>,
) -> Result<UnitId, DbError> {
    let unit = sqlx::query_scalar!(
        "update trip_notice
         set taken_back_by = $3, taken_back_at = $4, take_back_reason = $5
         where id = $2 and taken_back_at is null and unit_id in (select unit_id from unit_within($1))
         returning unit_id",
        scope.units(),
        id,
        by.0,
        now,
        reason,
    );
    Ok(UnitId(unit.fetch_one(conn).await?))
}

/// What is shown of a unit and those below for trips that began in `from ≤ t < to`, at most `most`, in their order; with what was taken
/// back for those who work with it.
pub async fn list(
    conn: &mut PgConnection,
    unit: UnitId,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    with_taken_back: Option<()>,
    most: i64,
) -> Result<Vec<Shown>, DbError> {
    let rows = sqlx::query!(
        r#"select n.id, unit_label(n.unit_id) as unit_name, n.began_at, n.ended_at, n.reason, n.from_name, n.to_name, n.distance_m,
                  n.fuel_l, n.energy_kwh, n.cost_fen, n.taken_back_at, n.take_back_reason
           from trip_notice n
           where n.unit_id in (select unit_id from unit_within(array[$1::uuid]))
             and n.began_at >= $2 and n.began_at < $3
             and ($4 or n.taken_back_at is null)
           order by n.began_at, n.id
           limit $5"#,
        unit.0,
        from,
        to,
        with_taken_back.is_some(),
        most,
    )
    .fetch_all(conn)
    .await?;
    let shown = rows.into_iter().map(|row| Shown {
        id: row.id,
        unit_name: row.unit_name.unwrap_or_default(),
        began_at: row.began_at,
        ended_at: row.ended_at,
        reason: row.reason,
        from: row.from_name,
        to: row.to_name,
        distance_m: row.distance_m,
        fuel_l: row.fuel_l,
        energy_kwh: row.energy_kwh,
        cost_fen: row.cost_fen,
        taken_back: row.taken_back_at.zip(row.take_back_reason),
    });
    Ok(shown.collect())
}

/// Units of which something is shown, by name, each with the months in Beijing time, such as `2026-03`, the newest first; for a choice.
pub async fn units(conn: &mut PgConnection, most: i64) -> Result<Vec<(UnitId, String, Vec<String>)>, DbError> {
    let rows = sqlx::query!(
        r#"select u.id, u.name, shown.months as "months!"
           from unit u
           join (select m.unit_id, array_agg(m.month order by m.month desc) as months
                 from (select distinct unit_id, to_char(began_at at time zone 'Asia/Shanghai', 'YYYY-MM') as month
                       from trip_notice
                       where taken_back_at is null) m
                 group by m.unit_id) shown on shown.unit_id = u.id
           order by u.name, u.id
           limit $1"#,
        most
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (UnitId(row.id), row.name, row.months)).collect())
}

/// What is shown of a month of a unit, summed up (公示汇总).
#[derive(Clone, Debug, PartialEq)]
pub struct ShownMonth {
    /// Whose trips they were.
    pub unit: UnitId,
    /// Its name.
    pub unit_name: String,
    /// In Beijing time, such as `2026-03`.
    pub month: String,
    /// How many trips.
    pub trips: i64,
    /// How far, in metres.
    pub distance_m: i64,
    /// What they cost, in fen.
    pub cost_fen: i64,
    /// When something was shown or taken back last.
    pub changed_at: DateTime<Utc>,
}

/// The months of which something is shown, those that changed last first: of every unit, or of one and those below.
pub async fn months(conn: &mut PgConnection, unit: Option<UnitId>, most: i64) -> Result<Vec<ShownMonth>, DbError> {
    let rows = sqlx::query!(
        r#"select n.unit_id, unit_label(n.unit_id) as "unit_name!",
                  to_char(n.began_at at time zone 'Asia/Shanghai', 'YYYY-MM') as "month!",
                  count(*) filter (where n.taken_back_at is null) as "trips!",
                  coalesce(sum(n.distance_m) filter (where n.taken_back_at is null), 0) as "distance_m!",
                  coalesce(sum(n.cost_fen) filter (where n.taken_back_at is null), 0)::bigint as "cost_fen!",
                  max(greatest(n.shown_at, n.taken_back_at)) as "changed_at!"
           from trip_notice n
           where $1::uuid is null or n.unit_id in (select unit_id from unit_within(array[$1]))
           group by 1, 2, 3
           having count(*) filter (where n.taken_back_at is null) > 0
           order by 7 desc, 3 desc, 1
           limit $2"#,
        unit.map(|unit| unit.0),
        most,
    )
    .fetch_all(conn)
    .await?;
    let months = rows.into_iter().map(|row| ShownMonth {
        unit: UnitId(row.unit_id),
        unit_name: row.unit_name,
        month: row.month,
        trips: row.trips,
        distance_m: row.distance_m,
        cost_fen: row.cost_fen,
        changed_at: row.changed_at,
    });
    Ok(months.collect())
}
