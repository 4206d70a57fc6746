//! Riding along (拼车): people of another request in the car of an order.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::trip::order::OrderId;
use dispatch::trip::request::RequestId;
use sqlx::PgConnection;

use crate::error::DbError;

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
