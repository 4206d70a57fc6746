//! Findings (行程异常) as they are stored: found once, moved by steps that stay.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::finding::{FindingId, FindingState, FindingStep, ViolationHead};
use dispatch::reconcile::{Finding, FindingDetail, FindingKind};
use dispatch::scope::Scope;
use dispatch::trip::order::OrderId;
use dispatch::unit::UnitId;
use serde_json::Value;
use sqlx::PgConnection;
use telematics::id::{TripId, VehicleId, VehicleNo};
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// A finding with its car and its order (行程异常记录).
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// Key.
    pub id: FindingId,
    /// Of which car.
    pub vehicle: VehicleId,
    /// Its plate.
    pub plate: String,
    /// Unit of the car.
    pub unit: UnitId,
    /// Name of that unit.
    pub unit_name: Option<String>,
    /// What was found.
    pub finding: Finding,
    /// Number of the order, where the reader may see it.
    pub order_number: Option<String>,
    /// Name of the order's driver.
    pub driver: Option<String>,
    /// Account of the order's driver.
    pub driver_account: Option<AccountId>,
    /// Where it stands.
    pub state: FindingState,
    /// Which head of article 26, once it is a violation.
    pub head: Option<ViolationHead>,
    /// When it was found.
    pub found_at: DateTime<Utc>,
    /// By when it is explained; `None`: no time runs.
    pub explain_by: Option<DateTime<Utc>>,
    /// When it moved last.
    pub changed_at: DateTime<Utc>,
}

/// A step with the name of who took it (异常处理记录).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptStep {
    /// The step.
    pub step: FindingStep,
    /// Name of who took it; `None`: the clock.
    pub by: Option<String>,
}

/// Which findings (异常筛选).
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Those that stand there.
    pub state: Option<FindingState>,
    /// Those of the cars of a unit and of those below it.
    pub unit: Option<UnitId>,
    /// Those of a kind.
    pub kind: Option<FindingKind>,
    /// Those of an order.
    pub order: Option<OrderId>,
    /// Those found before this one.
    pub after: Option<FindingId>,
}

struct Row {
    id: Uuid,
    vehicle_id: Uuid,
    plate: String,
    unit_id: Uuid,
    unit_name: Option<String>,
    kind: String,
    at: DateTime<Utc>,
    order_id: Option<Uuid>,
    order_number: Option<String>,
    driver: Option<String>,
    driver_account: Option<Uuid>,
    trip_id: Option<Uuid>,
    measured: f64,
    allowed: f64,
    measure: String,
    detail: Value,
    state: String,
    head: Option<i16>,
    found_at: DateTime<Utc>,
    explain_by: Option<DateTime<Utc>>,
    changed_at: DateTime<Utc>,
}

impl TryFrom<Row> for Kept {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let finding = Finding {
            kind: row.kind.parse().map_err(unreadable)?,
            at: row.at,
            order: row.order_id.map(OrderId),
            trip: row.trip_id.map(TripId),
            measured: row.measured,
            limit: row.allowed,
            unit: row.measure.parse().map_err(unreadable)?,
            detail: serde_json::from_value::<FindingDetail>(row.detail).map_err(unreadable)?,
        };
        Ok(Self {
            id: FindingId(row.id),
            vehicle: VehicleId(row.vehicle_id),
            plate: row.plate,
            unit: UnitId(row.unit_id),
            unit_name: row.unit_name,
            finding,
            order_number: row.order_number,
            driver: row.driver,
            driver_account: row.driver_account.map(AccountId),
            state: row.state.parse().map_err(unreadable)?,
            head: row.head.map(ViolationHead::try_from).transpose().map_err(unreadable)?,
            found_at: row.found_at,
            explain_by: row.explain_by,
            changed_at: row.changed_at,
        })
    }
}

/// The findings of cars of the scope and, of the reader's own orders, all; the newest first, at most `limit`.
pub async fn list(conn: &mut PgConnection, scope: &Scope, filter: Filter, limit: i64) -> Result<Vec<Kept>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select f.id, f.vehicle_id, label.plate as "plate!", coalesce(v.unit_id, o.fleet_unit_id) as "unit_id!",
                  unit_label(coalesce(v.unit_id, o.fleet_unit_id)) as "unit_name?", f.kind, f.at, f.order_id, o.number as "order_number?", d.name as "driver?",
                  d.account_id as "driver_account?", f.trip_id, f.measured, f.allowed, f.measure, f.detail, f.state, f.head, f.found_at,
                  f.explain_by, f.changed_at
           from trip_finding f
           cross join lateral vehicle_label(f.vehicle_id) label
           left join vehicle v on v.id = f.vehicle_id
           left join dispatch_order o on o.id = f.order_id
           left join lateral driver_label(o.driver_id) d on true
           where (v.unit_id in (select unit_id from unit_within($1)) or finding_is_driven(f.order_id))
             and ($2::text is null or f.state = $2)
             and ($3::uuid is null or v.unit_id in (select unit_id from unit_within(array[$3::uuid])))
             and ($4::text is null or f.kind = $4)
             and ($5::uuid is null or f.order_id = $5)
             and ($6::uuid is null or f.id < $6)
           order by f.id desc
           limit $7"#,
        scope.units(),
        filter.state.map(FindingState::as_str),
        filter.unit.map(|unit| unit.0),
        filter.kind.map(FindingKind::as_str),
        filter.order.map(|order| order.0),
        filter.after.map(|after| after.0),
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Kept::try_from).collect()
}

/// One of them.
pub async fn load(conn: &mut PgConnection, scope: &Scope, id: FindingId) -> Result<Kept, DbError> {
    sqlx::query_as!(
        Row,
        r#"select f.id, f.vehicle_id, label.plate as "plate!", coalesce(v.unit_id, o.fleet_unit_id) as "unit_id!",
                  unit_label(coalesce(v.unit_id, o.fleet_unit_id)) as "unit_name?", f.kind, f.at, f.order_id, o.number as "order_number?", d.name as "driver?",
                  d.account_id as "driver_account?", f.trip_id, f.measured, f.allowed, f.measure, f.detail, f.state, f.head, f.found_at,
                  f.explain_by, f.changed_at
           from trip_finding f
           cross join lateral vehicle_label(f.vehicle_id) label
           left join vehicle v on v.id = f.vehicle_id
           left join dispatch_order o on o.id = f.order_id
           left join lateral driver_label(o.driver_id) d on true
           where f.id = $2 and (v.unit_id in (select unit_id from unit_within($1)) or finding_is_driven(f.order_id))"#,
        scope.units(),
        id.0,
    )
    .fetch_one(conn)
    .await?
    .try_into()
}

/// The open findings whose time to explain is over at `now`, at most `limit`; those that another service looks at are left to it.
pub async fn overdue(conn: &mut PgConnection, now: DateTime<Utc>, limit: i64) -> Result<Vec<Kept>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select f.id, f.vehicle_id, v.plate, v.unit_id, u.name as "unit_name?", f.kind, f.at, f.order_id,
                  o.number as "order_number?", d.name as "driver?", d.account_id as "driver_account?", f.trip_id, f.measured,
                  f.allowed, f.measure, f.detail, f.state, f.head, f.found_at, f.explain_by, f.changed_at
           from trip_finding f
           join vehicle v on v.id = f.vehicle_id
           join unit u on u.id = v.unit_id
           left join dispatch_order o on o.id = f.order_id
           left join lateral driver_label(o.driver_id) d on true
           where f.state = 'open' and f.explain_by <= $1
           order by f.explain_by
           limit $2
           for update of f skip locked"#,
        now,
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Kept::try_from).collect()
}

/// Writes down what was found of a car; its key where it is new. What is open already grows with what is measured, as while a trip
/// goes on.
pub async fn insert(
    conn: &mut PgConnection,
    id: FindingId,
    (vehicle, no): (VehicleId, VehicleNo),
    found: &Finding,
    explain_by: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<Option<FindingId>, DbError> {
    let is_new = sqlx::query_scalar!(
        r#"insert into trip_finding (id, vehicle_id, vehicle_no, kind, at, order_id, trip_id, measured, allowed, measure, detail,
                                     found_at, explain_by, changed_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $12)
           on conflict (vehicle_id, kind, at) do update
               set measured = excluded.measured, allowed = excluded.allowed, detail = excluded.detail
               where trip_finding.state = 'open' and trip_finding.measured < excluded.measured
           returning xmax = 0 as "is_new!""#,
        id.0,
        vehicle.0,
        no.0,
        found.kind.as_str(),
        found.at,
        found.order.map(|order| order.0),
        found.trip.map(|trip| trip.0),
        found.measured,
        found.limit,
        found.unit.as_str(),
        serde_json::to_value(&found.detail).map_err(unreadable)?,
        now,
        explain_by,
    )
    .fetch_optional(conn)
    .await?;
    Ok(is_new.filter(|is_new| *is_new).map(|_new| id))
}

/// Takes a step. [`DbError::NotFound`] when the finding has moved meanwhile, or may not be seen.
pub async fn take(conn: &mut PgConnection, finding: FindingId, id: Uuid, step: &FindingStep) -> Result<(), DbError> {
    let head = step.head.map(ViolationHead::number);
    sqlx::query_scalar!(
        "update trip_finding set state = $3, head = $4, changed_at = $5 where id = $1 and state = $2 returning id",
        finding.0,
        step.from.as_str(),
        step.to.as_str(),
        head,
        step.at,
    )
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into trip_finding_step (id, finding_id, from_state, action, to_state, by, at, text, head)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id,
        finding.0,
        step.from.as_str(),
        step.action.as_str(),
        step.to.as_str(),
        step.by.map(|by| by.0),
        step.at,
        step.text,
        head,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The steps of a finding that may be seen, oldest first.
pub async fn steps(conn: &mut PgConnection, finding: FindingId) -> Result<Vec<KeptStep>, DbError> {
    let rows = sqlx::query!(
        "select s.from_state, s.action, s.to_state, s.by, account_name(s.by) as name, s.at, s.text, s.head
         from trip_finding_step s
         where s.finding_id = $1
         order by s.at, s.id",
        finding.0,
    )
    .fetch_all(conn)
    .await?;
    let step = rows.into_iter().map(|row| {
        let step = FindingStep {
            from: row.from_state.parse().map_err(unreadable)?,
            action: row.action.parse().map_err(unreadable)?,
            to: row.to_state.parse().map_err(unreadable)?,
            by: row.by.map(AccountId),
            at: row.at,
            text: row.text,
            head: row.head.map(ViolationHead::try_from).transpose().map_err(unreadable)?,
        };
        Ok(KeptStep { step, by: row.name })
    });
    step.collect()
}
