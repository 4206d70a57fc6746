//! Settlements of trips (结算单): what is known of a trip that costs something, and what it came to.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::cost_line::CostLine;
use dispatch::settlement::{Settlement, SettlementBasis};
use dispatch::tariff::Leg;
use dispatch::trip::order::{OrderId, OrderState};
use dispatch::unit::UnitId;
use serde_json::Value;
use sqlx::PgConnection;
use telematics::id::VehicleId;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// A dispatch order, in what its money needs (派车单费用要素).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaidTrip {
    /// Key.
    pub id: OrderId,
    /// Number that people read.
    pub number: String,
    /// The unit that travels.
    pub unit: UnitId,
    /// The unit whose car it is; its tariff holds.
    pub fleet: UnitId,
    /// The car.
    pub vehicle: VehicleId,
    /// Its plate.
    pub plate: String,
    /// Its seats; `None` where the connection does not see the car.
    pub seats: Option<i16>,
    /// Where the order stands.
    pub state: OrderState,
    /// The account of its driver.
    pub driver: Option<AccountId>,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// When it left.
    pub departed_at: Option<DateTime<Utc>>,
    /// When it was back.
    pub returned_at: Option<DateTime<Utc>>,
    /// Seconds of waiting.
    pub waited_s: i32,
    /// Metres between its readings of the odometer.
    pub odometer_m: Option<i64>,
}

/// A settlement with who made it and when (结算单).
#[derive(Clone, Debug, PartialEq)]
pub struct Settled {
    /// What the trip came to.
    pub settlement: Settlement,
    /// What was priced.
    pub used: Value,
    /// Who settled it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

struct Row {
    id: Uuid,
    number: String,
    unit_id: Uuid,
    fleet_unit_id: Uuid,
    vehicle_id: Uuid,
    plate: String,
    seats: Option<i16>,
    state: String,
    driver: Option<Uuid>,
    issued_at: DateTime<Utc>,
    departed_at: Option<DateTime<Utc>>,
    returned_at: Option<DateTime<Utc>>,
    waited_s: i32,
    odometer_m: Option<i64>,
}

impl TryFrom<Row> for PaidTrip {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        Ok(Self {
            id: OrderId(row.id),
            number: row.number,
            unit: UnitId(row.unit_id),
            fleet: UnitId(row.fleet_unit_id),
            vehicle: VehicleId(row.vehicle_id),
            plate: row.plate,
            seats: row.seats,
            state: row.state.parse().map_err(unreadable)?,
            driver: row.driver.map(AccountId),
            issued_at: row.issued_at,
            departed_at: row.departed_at,
            returned_at: row.returned_at,
            waited_s: row.waited_s,
            odometer_m: row.odometer_m,
        })
    }
}

/// An order that the connection may see.
pub async fn trip(conn: &mut PgConnection, order: OrderId) -> Result<PaidTrip, DbError> {
    sqlx::query_as!(
        Row,
        r#"select o.id, o.number, o.unit_id, o.fleet_unit_id, o.vehicle_id, vehicle_plate(o.vehicle_id) as "plate!", v.seats as "seats?",
                  o.state, d.account_id as "driver?", o.issued_at, o.departed_at, o.returned_at, o.waited_s,
                  o.return_odometer_m - o.depart_odometer_m as odometer_m
           from dispatch_order o
           left join vehicle v on v.id = o.vehicle_id
           left join driver d on d.id = o.driver_id
           where o.id = $1"#,
        order.0,
    )
    .fetch_one(conn)
    .await?
    .try_into()
}

/// The ways of a trip by its journal, one for each time that the car left and came back; the time between them is nobody's. Distance
/// and waiting are those of the whole order, and stand in the first.
pub async fn legs(conn: &mut PgConnection, trip: &PaidTrip, distance_m: u32) -> Result<Vec<Leg>, DbError> {
    let steps = sqlx::query!(
        "select action, at
         from dispatch_order_step
         where order_id = $1 and action in ('depart', 'reopen', 'return')
         order by at, recorded_at",
        trip.id.0,
    )
    .fetch_all(conn)
    .await?;
    let (mut left_at, mut times) = (None, Vec::new());
    for step in steps {
        if step.action == "return" {
            times.extend(left_at.take().map(|left_at| minutes(left_at, step.at)));
        } else {
            left_at = Some(step.at);
        }
    }
    if times.is_empty() {
        times.extend(trip.departed_at.zip(trip.returned_at).map(|(from, to)| minutes(from, to)));
    }
    let waiting_minutes = u32::try_from(trip.waited_s / 60).unwrap_or(0);
    let leg = |(index, minutes): (usize, u32)| match index {
        0 => Leg { distance_m, minutes, waiting_minutes },
        _ => Leg { distance_m: 0, minutes, waiting_minutes: 0 },
    };
    Ok(times.into_iter().enumerate().map(leg).collect())
}

fn minutes(from: DateTime<Utc>, to: DateTime<Utc>) -> u32 {
    u32::try_from((to - from).num_minutes()).unwrap_or(0)
}

/// Keeps what a trip came to. The constraint `SettlementOnce` when it is settled already.
pub async fn insert(
    conn: &mut PgConnection,
    order: OrderId,
    (settlement, used): (&Settlement, &Value),
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into trip_settlement (order_id, basis, used, lines, total_fen, settled_by, settled_at) values ($1, $2, $3, $4, $5, $6, $7)",
        order.0,
        settlement.basis.as_str(),
        used,
        serde_json::to_value(&settlement.lines).map_err(unreadable)?,
        settlement.total().fen(),
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What a trip that the connection may see came to. [`DbError::NotFound`] while it is not settled.
pub async fn load(conn: &mut PgConnection, order: OrderId) -> Result<Settled, DbError> {
    let row = sqlx::query!(
        r#"select basis, used, lines, account_name(settled_by) as "by!", settled_at from trip_settlement where order_id = $1"#,
        order.0,
    )
    .fetch_one(conn)
    .await?;
    let basis: SettlementBasis = row.basis.parse().map_err(unreadable)?;
    let lines: Vec<CostLine> = serde_json::from_value(row.lines).map_err(unreadable)?;
    Ok(Settled { settlement: Settlement { basis, lines }, used: row.used, by: row.by, at: row.settled_at })
}


/// Moves a trip that is back to where it is settled. [`DbError::NotFound`] when it does not stand there any more.
pub async fn close(conn: &mut PgConnection, order: OrderId, by: AccountId, now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "with moved as (
             update dispatch_order
             set state = 'settled', settled_at = $2, changed_at = $2
             where id = $1 and state = 'returned'
             returning id)
         insert into dispatch_order_step (id, order_id, action, at, recorded_at, by, reason)
         select $3, id, 'settle', $2, $2, $4, '' from moved
         returning order_id",
        order.0,
        now,
        crate::terminal::log::key(now),
        by.0,
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}
