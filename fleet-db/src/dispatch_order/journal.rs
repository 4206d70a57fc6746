//! The journal of an order (行车日志): each thing that happened, as it came, once for each name that a device gave it.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::trip::order::{OrderAction, OrderId};
use sqlx::PgConnection;
use telematics::place::LonLat;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// How the keys begin of what a car's own way said; no device names its steps so.
pub const BY_FENCE: &str = "fence:";

/// Something that happened to an order (行车记录).
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Key.
    pub id: Uuid,
    /// What happened: an [`OrderAction`], or `issue`.
    pub action: String,
    /// When.
    pub at: DateTime<Utc>,
    /// When we heard of it.
    pub recorded_at: DateTime<Utc>,
    /// Who told it.
    pub by: Option<AccountId>,
    /// The same by name.
    pub by_name: Option<String>,
    /// Odometer, in metres.
    pub odometer_m: Option<i64>,
    /// Where.
    pub place: Option<LonLat>,
    /// Why.
    pub reason: String,
    /// The device's own name of it.
    pub key: Option<String>,
}

/// Writes a step. [`crate::Constraint::OrderStep`] when the device told it before.
pub async fn insert(conn: &mut PgConnection, order: OrderId, step: &Step) -> Result<(), DbError> {
    sqlx::query!(
        "insert into dispatch_order_step (id, order_id, action, at, recorded_at, by, odometer_m, place, reason, key)
         values ($1, $2, $3, $4, $5, $6, $7,
             case when $8::float8 is not null then st_setsrid(st_makepoint($8, $9), 4326) end, $10, $11)",
        step.id,
        order.0,
        step.action,
        step.at,
        step.recorded_at,
        step.by.map(|account| account.0),
        step.odometer_m,
        step.place.map(LonLat::lon),
        step.place.map(LonLat::lat),
        step.reason,
        step.key,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The device told this before.
pub async fn is_told(conn: &mut PgConnection, order: OrderId, key: &str) -> Result<bool, DbError> {
    let told = sqlx::query_scalar!(
        r#"select exists (select from dispatch_order_step where order_id = $1 and key = $2) as "told!""#,
        order.0,
        key
    );
    Ok(told.fetch_one(conn).await?)
}

/// The car's own way has moved the order: it left, or came back, without a tap.
pub async fn is_by_fence(conn: &mut PgConnection, order: OrderId) -> Result<bool, DbError> {
    let moved = sqlx::query_scalar!(
        r#"select exists (select from dispatch_order_step where order_id = $1 and key like 'fence:%') as "moved!""#,
        order.0,
    );
    Ok(moved.fetch_one(conn).await?)
}

/// The instant of the last step of an order of this kind.
pub async fn last(conn: &mut PgConnection, order: OrderId, action: OrderAction) -> Result<Option<DateTime<Utc>>, DbError> {
    let at = sqlx::query_scalar!(
        "select max(at) from dispatch_order_step where order_id = $1 and action = $2",
        order.0,
        action.as_str()
    );
    Ok(at.fetch_one(conn).await?)
}

/// The journals of some orders, each in its order.
pub async fn list(conn: &mut PgConnection, orders: &[OrderId]) -> Result<Vec<(OrderId, Step)>, DbError> {
    let ids: Vec<Uuid> = orders.iter().map(|order| order.0).collect();
    let rows = sqlx::query!(
        r#"select id, order_id, action, at, recorded_at, by, account_name(by) as by_name, odometer_m,
                  st_x(place) as "lon?", st_y(place) as "lat?", reason, key
           from dispatch_order_step
           where order_id = any ($1)
           order by order_id, seq"#,
        &ids,
    )
    .fetch_all(conn)
    .await?;
    let steps = rows.into_iter().map(|row| {
        let place = row.lon.zip(row.lat).map(|(lon, lat)| LonLat::new(lon, lat)).transpose().map_err(unreadable)?;
        let step = Step {
            id: row.id,
            action: row.action,
            at: row.at,
            recorded_at: row.recorded_at,
            by: row.by.map(AccountId),
            by_name: row.by_name,
            odometer_m: row.odometer_m,
            place,
            reason: row.reason,
            key: row.key,
        };
        Ok((OrderId(row.order_id), step))
    });
    steps.collect()
}
