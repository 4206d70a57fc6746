//! What people say of a trip (评价): once, by who asked for it.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::trip::order::OrderId;
use dispatch::trip::rating::Rating;
use sqlx::PgConnection;

use crate::error::DbError;

/// Writes a rating. [`crate::Constraint::RatingOnce`] when there is one.
pub async fn insert(
    conn: &mut PgConnection,
    order: OrderId,
    rating: &Rating,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into trip_rating (order_id, attitude, appearance, driving, comment, rated_by, rated_at) values ($1, $2, $3, $4, $5, $6, $7)",
        order.0,
        i16::from(rating.attitude()),
        i16::from(rating.appearance()),
        i16::from(rating.driving()),
        rating.comment(),
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The rating of an order, if there is one.
pub async fn load(conn: &mut PgConnection, order: OrderId) -> Result<Option<(Rating, DateTime<Utc>)>, DbError> {
    let row = sqlx::query!("select attitude, appearance, driving, comment, rated_at from trip_rating where order_id = $1", order.0)
        .fetch_optional(conn)
        .await?;
    row.map(|row| {
        let stars = [row.attitude, row.appearance, row.driving].map(|stars| u8::try_from(stars).unwrap_or_default());
        let rating = Rating::new(stars, &row.comment).map_err(crate::error::unreadable)?;
        Ok((rating, row.rated_at))
    })
    .transpose()
}
