//! The days of plans (计划趟次): one row a plan and day, each becomes a request once, and what was not driven is told once.

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::account::AccountId;
use dispatch::trip::order::OrderState;
use dispatch::trip::plan::day::{DayFacts, MissedWhy};
use dispatch::trip::plan::{Occurrence, PlanId};
use dispatch::trip::request::{RequestId, RequestState};
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// A day of a plan with what became of it (计划趟次).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// Of which plan.
    pub plan: PlanId,
    /// Its number.
    pub plan_number: String,
    /// Its name.
    pub plan_name: String,
    /// Who travels.
    pub unit: UnitId,
    /// The same by name.
    pub unit_name: String,
    /// Who keeps the plan.
    pub keeper: AccountId,
    /// Which day, by which version, and when.
    pub due: Occurrence,
    /// The request that it became.
    pub request: Option<RequestId>,
    /// Its number.
    pub request_number: Option<String>,
    /// Plate of the last car that took it.
    pub plate: Option<String>,
    /// Name of the last driver.
    pub driver: Option<String>,
    /// Why the wished car and driver did not get it, or why there is no request: a code.
    pub refused: Option<String>,
    /// Why it was left out.
    pub skip_reason: Option<String>,
    /// When it was told that it was missed.
    pub missed_at: Option<DateTime<Utc>>,
    /// What the rule looks at.
    pub facts: DayFacts,
}

/// Which days; everything absent asks for all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Of this plan.
    pub plan: Option<PlanId>,
    /// From this day …
    pub from: Option<NaiveDate>,
    /// … to this one.
    pub to: Option<NaiveDate>,
    /// Those alone that may have been missed at this instant, and were not told of.
    pub untold: Option<DateTime<Utc>>,
}

struct Row {
    plan_id: Uuid,
    number: String,
    name: String,
    unit_id: Uuid,
    unit_name: Option<String>,
    keeper_id: Uuid,
    day: NaiveDate,
    version: i16,
    begins_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    request_id: Option<Uuid>,
    request_number: Option<String>,
    request_state: Option<String>,
    states: Option<Vec<String>>,
    plate: Option<String>,
    driver: Option<String>,
    refused: Option<String>,
    skip_reason: Option<String>,
    missed_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Day {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let request = row.request_state.map(|state| state.parse::<RequestState>()).transpose().map_err(unreadable)?;
        let orders = row.states.unwrap_or_default().iter().map(|state| state.parse::<OrderState>()).collect::<Result<_, _>>();
        let facts = DayFacts {
            ends_at: row.ends_at,
            is_skipped: row.skip_reason.is_some(),
            request,
            orders: orders.map_err(unreadable)?,
        };
        Ok(Self {
            plan: PlanId(row.plan_id),
            plan_number: row.number,
            plan_name: row.name,
            unit: UnitId(row.unit_id),
            unit_name: row.unit_name.unwrap_or_default(),
            keeper: AccountId(row.keeper_id),
            due: Occurrence { day: row.day, version: row.version, begins_at: row.begins_at, ends_at: row.ends_at },
            request: row.request_id.map(RequestId),
            request_number: row.request_number,
            plate: row.plate,
            driver: row.driver,
            refused: row.refused,
            skip_reason: row.skip_reason,
            missed_at: row.missed_at,
            facts,
        })
    }
}

/// Days of the filter, at most `most`, the last first.
pub async fn list(conn: &mut PgConnection, filter: Filter, most: i64) -> Result<Vec<Day>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select d.plan_id, p.number, p.name, p.unit_id, unit_label(p.unit_id) as unit_name, p.keeper_id, d.day, d.version, d.begins_at,
                  d.ends_at, d.request_id, r.number as "request_number?", r.state as "request_state?", o.states, last.plate, last.driver,
                  d.refused, d.skip_reason, d.missed_at
           from trip_plan_day d
           join trip_plan p on p.id = d.plan_id
           left join trip_request r on r.id = d.request_id
           left join lateral (
               select array_agg(o.state) as states
               from dispatch_order o
               where o.request_id = d.request_id
                  or o.id in (select t.order_id from trip_ride t where t.request_id = d.request_id and t.left_at is null)) o on true
           left join lateral (
               select car.plate, driver.name as driver
               from dispatch_order o
               cross join lateral vehicle_label(o.vehicle_id) as car
               cross join lateral driver_label(o.driver_id) as driver
               where o.request_id = d.request_id
                  or o.id in (select t.order_id from trip_ride t where t.request_id = d.request_id and t.left_at is null)
               order by o.issued_at desc, o.id desc
               limit 1) last on true
           where ($1::uuid is null or d.plan_id = $1)
             and ($2::date is null or d.day >= $2)
             and ($3::date is null or d.day <= $3)
             and ($4::timestamptz is null
                  or d.missed_at is null and d.skipped_at is null
                     and (d.ends_at <= $4 or r.state in ('cancelled', 'withdrawn', 'rejected'))
                     and not coalesce(o.states && array['underway', 'waiting', 'returned', 'settled'], false)
                     and d.begins_at > $4 - interval '45 days')
           order by d.day desc, d.begins_at desc, d.plan_id
           limit $5"#,
        filter.plan.map(|plan| plan.0),
        filter.from,
        filter.to,
        filter.untold,
        most,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Day::try_from).collect()
}

/// The days of a plan from `first` on that have their row.
pub async fn known(conn: &mut PgConnection, plan: PlanId, first: NaiveDate) -> Result<Vec<NaiveDate>, DbError> {
    let days = sqlx::query_scalar!("select day from trip_plan_day where plan_id = $1 and day >= $2", plan.0, first);
    Ok(days.fetch_all(conn).await?)
}

/// Gives a day its row, with the request that it became or the code of what stands against one. `false` when it has one: whoever was
/// first made it.
pub async fn insert(
    conn: &mut PgConnection,
    plan: PlanId,
    due: &Occurrence,
    request: Option<RequestId>,
    refused: Option<&str>,
) -> Result<bool, DbError> {
    let written = sqlx::query_scalar!(
        "insert into trip_plan_day (plan_id, day, version, begins_at, ends_at, request_id, refused)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict on constraint trip_plan_day_key do nothing
         returning day",
        plan.0,
        due.day,
        due.version,
        due.begins_at,
        due.ends_at,
        request.map(|request| request.0),
        refused,
    );
    Ok(written.fetch_optional(conn).await?.is_some())
}

/// Leaves a day out: one that has its row, or one that is still to get it.
pub async fn skip(
    conn: &mut PgConnection,
    plan: PlanId,
    due: &Occurrence,
    reason: &str,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into trip_plan_day (plan_id, day, version, begins_at, ends_at, skipped_at, skipped_by, skip_reason)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict on constraint trip_plan_day_key do update
         set skipped_at = excluded.skipped_at, skipped_by = excluded.skipped_by, skip_reason = excluded.skip_reason",
        plan.0,
        due.day,
        due.version,
        due.begins_at,
        due.ends_at,
        now,
        by.0,
        reason,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Days from `first` on that have not begun and have a request: what a pause, an end or a change calls off.
pub async fn coming(
    conn: &mut PgConnection,
    plan: PlanId,
    first: NaiveDate,
    now: DateTime<Utc>,
) -> Result<Vec<(NaiveDate, RequestId)>, DbError> {
    let rows = sqlx::query!(
        r#"select day, request_id as "request_id!"
           from trip_plan_day
           where plan_id = $1 and day >= $2 and begins_at > $3 and request_id is not null and skipped_at is null
           order by day"#,
        plan.0,
        first,
        now,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.day, RequestId(row.request_id))).collect())
}

/// Takes the row of a day away, so that it may come again.
pub async fn forget(conn: &mut PgConnection, plan: PlanId, day: NaiveDate) -> Result<(), DbError> {
    sqlx::query!("delete from trip_plan_day where plan_id = $1 and day = $2", plan.0, day).execute(conn).await?;
    Ok(())
}

/// Days whose wished car and driver were not asked about, the first to begin first; others that look leave them to whoever has them.
pub async fn untried(conn: &mut PgConnection, most: i64) -> Result<Vec<(PlanId, NaiveDate)>, DbError> {
    let rows = sqlx::query!(
        "select d.plan_id, d.day
         from trip_plan_day d
         join trip_plan_version v on v.plan_id = d.plan_id and v.version = d.version
         join trip_request r on r.id = d.request_id
         where d.tried_at is null and d.skipped_at is null and r.state = 'approved' and v.vehicle_id is not null and v.driver_id is not null
         order by d.begins_at
         limit $1",
        most,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (PlanId(row.plan_id), row.day)).collect())
}

/// Takes such a day in hand: its request and version, locked. Nothing when another has it, or was asked about it meanwhile.
pub async fn claim(conn: &mut PgConnection, (plan, day): (PlanId, NaiveDate)) -> Result<Option<(RequestId, i16)>, DbError> {
    let row = sqlx::query!(
        r#"select request_id as "request_id!", version
           from trip_plan_day
           where plan_id = $1 and day = $2 and tried_at is null and skipped_at is null and request_id is not null
           for update skip locked"#,
        plan.0,
        day,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (RequestId(row.request_id), row.version)))
}

/// The wished car and driver were asked about; `refused`: why they did not get it.
pub async fn tried(
    conn: &mut PgConnection,
    (plan, day): (PlanId, NaiveDate),
    refused: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "update trip_plan_day set tried_at = $3, refused = $4 where plan_id = $1 and day = $2",
        plan.0,
        day,
        now,
        refused,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Marks a day as missed and told of. `false` when it was before: it is told once.
pub async fn miss(
    conn: &mut PgConnection,
    (plan, day): (PlanId, NaiveDate),
    why: MissedWhy,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let marked = sqlx::query_scalar!(
        "update trip_plan_day set missed_at = $3, missed_why = $4
         where plan_id = $1 and day = $2 and missed_at is null and skipped_at is null
         returning day",
        plan.0,
        day,
        now,
        why.as_str(),
    );
    Ok(marked.fetch_optional(conn).await?.is_some())
}
