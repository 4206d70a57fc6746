//! Riding along (拼车): people of another request in the car of an order.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::cost_split::PooledShare;
use dispatch::money::Money;
use dispatch::trip::order::OrderId;
use dispatch::trip::request::RequestId;
use dispatch::unit::UnitId;
use sqlx::PgConnection;

use crate::error::DbError;

/// What a request takes of the car that it shares (同乘用车).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Companion {
    /// Which request.
    pub request: RequestId,
    /// The number that people read.
    pub number: String,
    /// Whose people ride.
    pub unit: UnitId,
    /// Seats, and metres as they were reckoned when the request was handed in.
    pub share: PooledShare,
    /// What its own car was reckoned to cost.
    pub estimate: Money,
    /// When it was to leave.
    pub begins_at: DateTime<Utc>,
}

/// All that share the car of an order, the request for which it was sent first; the connection need not see the requests.
pub async fn companions(conn: &mut PgConnection, order: OrderId) -> Result<Vec<Companion>, DbError> {
    let rows = sqlx::query!(
        r#"select request_id as "request_id!", number as "number!", unit_id as "unit_id!", seats as "seats!", distance_m as "distance_m!",
                  estimate_fen as "estimate_fen!", begins_at as "begins_at!"
           from trip_shares($1)"#,
        order.0
    )
    .fetch_all(conn)
    .await?;
    let companions = rows.into_iter().map(|row| Companion {
        request: RequestId(row.request_id),
        number: row.number,
        unit: UnitId(row.unit_id),
        share: PooledShare {
            seats: u32::try_from(row.seats).unwrap_or(1),
            distance_m: u32::try_from(row.distance_m).unwrap_or_default(),
        },
        estimate: Money::from_fen(row.estimate_fen),
        begins_at: row.begins_at,
    });
    Ok(companions.collect())
}

/// Lets a request ride along. [`crate::Constraint::RideRequest`] when it rides with another car.
pub async fn join(
    conn: &mut PgConnection,
    order: OrderId,
    request: RequestId,
    passengers: u32,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into trip_ride (order_id, request_id, passengers, joined_by, joined_at) values ($1, $2, $3, $4, $5)",
        order.0,
        request.0,
        i16::try_from(passengers).unwrap_or(i16::MAX),
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A request rides along no more, whatever car it was.
pub async fn leave(conn: &mut PgConnection, request: RequestId, now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query!("update trip_ride set left_at = $2 where request_id = $1 and left_at is null", request.0, now)
        .execute(conn)
        .await?;
    Ok(())
}

/// How many sit in the car of an order: its own people and those who ride along.
pub async fn seated(conn: &mut PgConnection, order: OrderId) -> Result<u32, DbError> {
    let seated = sqlx::query_scalar!(
        r#"select (r.passenger_count + coalesce((select sum(t.passengers) from trip_ride t where t.order_id = o.id and t.left_at is null), 0))::integer
                  as "seated!"
           from dispatch_order o
           join trip_request r on r.id = o.request_id
           where o.id = $1"#,
        order.0
    );
    Ok(u32::try_from(seated.fetch_one(conn).await?).unwrap_or_default())
}
