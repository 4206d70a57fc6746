//! Settlements of trips (结算单): the ways of a trip as its journal has them, and what it came to.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::cost_line::CostLine;
use dispatch::settlement::{Settlement, SettlementBasis};
use dispatch::tariff::Leg;
use dispatch::trip::order::{OrderAction, OrderId};
use serde_json::Value;
use sqlx::PgConnection;

use crate::dispatch_order::Order;
use crate::error::{DbError, unreadable};

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
