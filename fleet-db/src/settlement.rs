//! Settlements of trips (结算单): the ways of a trip as its journal has them, and what it came to.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::cost_line::CostLine;
use dispatch::cost_split::PooledShare;
use dispatch::money::Money;
use dispatch::settlement::{Settlement, SettlementBasis};
use dispatch::tariff::Leg;
use dispatch::trip::order::{OrderAction, OrderId};
use dispatch::trip::request::RequestId;
use dispatch::unit::UnitId;
use serde_json::Value;
use sqlx::PgConnection;

use crate::dispatch_order::Order;
use crate::error::{DbError, unreadable};

/// A settlement with who made it and when (结算单).
#[derive(Clone, Debug, PartialEq)]
pub struct Settled {
    /// What the trip came to.
    pub settlement: Settlement,
    /// What each of several that shared the car has to pay, that for which it was sent first; none where one had it alone.
    pub parts: Vec<Part>,
    /// What was priced.
    pub used: Value,
    /// Who settled it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A part of what a shared car came to (分摊).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Of which request.
    pub request: RequestId,
    /// Its number.
    pub number: String,
    /// Who pays it.
    pub unit: UnitId,
    /// Name of the unit.
    pub unit_name: String,
    /// By what it was split.
    pub share: PooledShare,
    /// How much it is.
    pub amount: Money,
}

/// The ways of a trip by its journal, one for each time that the car left and came back; the time between them is nobody's. Distance
/// and waiting are those of the whole order, and stand in the first.
pub async fn legs(conn: &mut PgConnection, order: &Order, distance_m: u32) -> Result<Vec<Leg>, DbError> {
    let steps = sqlx::query!(
        "select action, at
         from dispatch_order_step
         where order_id = $1 and action = any ($2)
         order by at, recorded_at",
        order.id.0,
        &[OrderAction::Depart, OrderAction::Reopen, OrderAction::Return].map(OrderAction::as_str) as &[&str],
    )
    .fetch_all(conn)
    .await?;
    let (mut left_at, mut times) = (None, Vec::new());
    for step in steps {
        if step.action == OrderAction::Return.as_str() {
            times.extend(left_at.take().map(|left_at| minutes(left_at, step.at)));
        } else {
            left_at = Some(step.at);
        }
    }
    if times.is_empty() {
        times.extend(order.departed_at.zip(order.returned_at).map(|(from, to)| minutes(from, to)));
    }
    let waiting_minutes = u32::try_from(order.waited_s / 60).unwrap_or(0);
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

/// Keeps the parts of a settlement; that they are the whole, the store sees to when the transaction ends.
pub async fn insert_parts(conn: &mut PgConnection, order: OrderId, parts: &[Part]) -> Result<(), DbError> {
    for part in parts {
        sqlx::query!(
            "insert into trip_settlement_part (order_id, request_id, number, unit_id, seats, distance_m, amount_fen)
             values ($1, $2, $3, $4, $5, $6, $7)",
            order.0,
            part.request.0,
            part.number,
            part.unit.0,
            i16::try_from(part.share.seats).unwrap_or(i16::MAX),
            i32::try_from(part.share.distance_m).unwrap_or(i32::MAX),
            part.amount.fen(),
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Name of a unit whose people share a car; the connection need not see the unit.
pub async fn payer(conn: &mut PgConnection, unit: UnitId) -> Result<String, DbError> {
    let name = sqlx::query_scalar!("select unit_label($1)", unit.0).fetch_one(conn).await?;
    Ok(name.unwrap_or_default())
}

async fn parts(conn: &mut PgConnection, order: OrderId) -> Result<Vec<Part>, DbError> {
    let rows = sqlx::query!(
        r#"select request_id, number, unit_id, unit_label(unit_id) as unit_name, seats, distance_m, amount_fen
           from trip_settlement_part
           where order_id = $1
           order by seq"#,
        order.0,
    )
    .fetch_all(conn)
    .await?;
    let parts = rows.into_iter().map(|row| Part {
        request: RequestId(row.request_id),
        number: row.number,
        unit: UnitId(row.unit_id),
        unit_name: row.unit_name.unwrap_or_default(),
        share: PooledShare {
            seats: u32::try_from(row.seats).unwrap_or_default(),
            distance_m: u32::try_from(row.distance_m).unwrap_or_default(),
        },
        amount: Money::from_fen(row.amount_fen),
    });
    Ok(parts.collect())
}

/// What a trip that the connection may see came to. [`DbError::NotFound`] while it is not settled.
pub async fn load(conn: &mut PgConnection, order: OrderId) -> Result<Settled, DbError> {
    let row = sqlx::query!(
        r#"select basis, used, lines, account_name(settled_by) as "by!", settled_at from trip_settlement where order_id = $1"#,
        order.0,
    )
    .fetch_one(&mut *conn)
    .await?;
    let basis: SettlementBasis = row.basis.parse().map_err(unreadable)?;
    let lines: Vec<CostLine> = serde_json::from_value(row.lines).map_err(unreadable)?;
    let parts = parts(conn, order).await?;
    Ok(Settled { settlement: Settlement { basis, lines }, parts, used: row.used, by: row.by, at: row.settled_at })
}
