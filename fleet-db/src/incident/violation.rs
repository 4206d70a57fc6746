//! Violations (违章记录): entered with the order and driver that had the car then.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::driver::DriverId;
use dispatch::incident::violation::{ViolationFacts, ViolationId, ViolationState};
use dispatch::scope::Scope;
use dispatch::trip::order::OrderId;
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use telematics::id::VehicleId;
use uuid::Uuid;

use crate::error::{DbError, unreadable};
use crate::trip_request::next_number;

/// A violation to be entered (违章登记).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewViolation<'a> {
    /// Key.
    pub id: ViolationId,
    /// The car's unit.
    pub unit: UnitId,
    /// Which car.
    pub vehicle: VehicleId,
    /// On which order.
    pub order: Option<OrderId>,
    /// Who drove.
    pub driver: Option<DriverId>,
    /// When.
    pub at: DateTime<Utc>,
    /// What the police wrote down.
    pub facts: &'a ViolationFacts,
    /// Who enters it.
    pub by: AccountId,
}

/// A violation with what became of it (违章记录).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Key.
    pub id: ViolationId,
    /// The number that people read.
    pub number: String,
    /// The car's unit.
    pub unit: UnitId,
    /// The same by name.
    pub unit_name: String,
    /// Which car.
    pub vehicle: VehicleId,
    /// Its plate.
    pub plate: String,
    /// On which order.
    pub order: Option<OrderId>,
    /// Its number.
    pub order_number: Option<String>,
    /// Who drove, by name.
    pub driver_name: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
    /// What the police wrote down.
    pub facts: ViolationFacts,
    /// Where it stands.
    pub state: ViolationState,
    /// Who entered it.
    pub entered_by: String,
    /// When.
    pub entered_at: DateTime<Utc>,
}

/// Enters a violation, and gives its number. [`crate::Constraint::ViolationOnce`] when it was entered before.
pub async fn insert(conn: &mut PgConnection, new: &NewViolation<'_>, now: DateTime<Utc>) -> Result<String, DbError> {
    let number = next_number(conn, new.unit, "WZ", now).await?;
    let facts = new.facts;
    sqlx::query!(
        "insert into violation_case (id, number, unit_id, vehicle_id, order_id, driver_id, at, place_name, code, what, points, fine_fen,
             notice_number, state, entered_by, entered_at, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'open', $14, $15, $15)",
        new.id.0,
        number,
        new.unit.0,
        new.vehicle.0,
        new.order.map(|order| order.0),
        new.driver.map(|driver| driver.0),
        new.at,
        facts.place_name,
        facts.code,
        facts.what,
        i16::try_from(facts.points).unwrap_or(i16::MAX),
        facts.fine_fen,
        facts.notice_number,
        new.by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(number)
}

/// Moves a violation. [`DbError::NotFound`] when somebody was faster.
pub async fn step(
    conn: &mut PgConnection,
    id: ViolationId,
    (from, to): (ViolationState, ViolationState),
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "update violation_case set state = $3, changed_at = $4 where id = $1 and state = $2 returning id",
        id.0,
        from.as_str(),
        to.as_str(),
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// Which violations; everything absent asks for all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// This one.
    pub id: Option<ViolationId>,
    /// In this state.
    pub state: Option<ViolationState>,
    /// Of this car.
    pub vehicle: Option<VehicleId>,
    /// Those after this one, in the order of the list.
    pub after: Option<ViolationId>,
}

struct Row {
    id: Uuid,
    number: String,
    unit_id: Uuid,
    unit_name: Option<String>,
    vehicle_id: Uuid,
    plate: Option<String>,
    order_id: Option<Uuid>,
    order_number: Option<String>,
    driver_name: Option<String>,
    at: DateTime<Utc>,
    place_name: String,
    code: String,
    what: String,
    points: i16,
    fine_fen: i64,
    notice_number: String,
    state: String,
    entered_by: String,
    entered_at: DateTime<Utc>,
}

impl TryFrom<Row> for Kept {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let facts = ViolationFacts {
            place_name: row.place_name,
            code: row.code,
            what: row.what,
            points: u32::try_from(row.points).unwrap_or_default(),
            fine_fen: row.fine_fen,
            notice_number: row.notice_number,
        };
        Ok(Self {
            id: ViolationId(row.id),
            number: row.number,
            unit: UnitId(row.unit_id),
            unit_name: row.unit_name.unwrap_or_default(),
            vehicle: VehicleId(row.vehicle_id),
            plate: row.plate.unwrap_or_default(),
            order: row.order_id.map(OrderId),
            order_number: row.order_number,
            driver_name: row.driver_name,
            at: row.at,
            facts,
            state: row.state.parse().map_err(unreadable)?,
            entered_by: row.entered_by,
            entered_at: row.entered_at,
        })
    }
}

/// Violations of cars of the scope, at most `most`, the newest first.
pub async fn list(conn: &mut PgConnection, scope: &Scope, filter: &Filter, most: i64) -> Result<Vec<Kept>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select c.id, c.number, c.unit_id, unit_label(c.unit_id) as unit_name, c.vehicle_id, car.plate, c.order_id,
                  (select o.number from dispatch_order o where o.id = c.order_id) as order_number,
                  (select d.name from driver_label(c.driver_id) d) as driver_name, c.at, c.place_name, c.code, c.what, c.points, c.fine_fen,
                  c.notice_number, c.state, account_name(c.entered_by) as "entered_by!", c.entered_at
           from violation_case c
           cross join lateral vehicle_label(c.vehicle_id) as car
           where c.unit_id in (select unit_id from unit_within($1))
             and ($2::uuid is null or c.id = $2)
             and ($3::text is null or c.state = $3)
             and ($4::uuid is null or c.vehicle_id = $4)
             and ($5::uuid is null or c.id < $5)
           order by c.id desc
           limit $6"#,
        scope.units(),
        filter.id.map(|id| id.0),
        filter.state.map(ViolationState::as_str),
        filter.vehicle.map(|vehicle| vehicle.0),
        filter.after.map(|id| id.0),
        most,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Kept::try_from).collect()
}

/// One of them.
pub async fn load(conn: &mut PgConnection, scope: &Scope, id: ViolationId) -> Result<Kept, DbError> {
    let filter = Filter { id: Some(id), ..Filter::default() };
    list(conn, scope, &filter, 1).await?.into_iter().next().ok_or(DbError::NotFound)
}
