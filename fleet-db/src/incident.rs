//! What goes wrong on the road (事故与违章) as it is stored: cases of accidents and violations, and what was done about each.

pub mod accident;
pub mod violation;

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::driver::DriverId;
use dispatch::trip::order::OrderId;
use sqlx::PgConnection;
use telematics::id::VehicleId;
use uuid::Uuid;

use crate::error::DbError;

/// Something that was done about a case (案件办理记录).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where it stood.
    pub from: String,
    /// What was done.
    pub action: String,
    /// Where it stood then.
    pub to: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// In words.
    pub text: String,
}

/// Which case a step is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// An accident.
    Accident(Uuid),
    /// A violation.
    Violation(Uuid),
}

impl Of {
    const fn keys(self) -> (Option<Uuid>, Option<Uuid>) {
        match self {
            Self::Accident(id) => (Some(id), None),
            Self::Violation(id) => (None, Some(id)),
        }
    }
}

/// Writes down what was done about a case.
pub async fn note(conn: &mut PgConnection, id: Uuid, of: Of, step: &Step, by: AccountId) -> Result<(), DbError> {
    let (accident, violation) = of.keys();
    sqlx::query!(
        "insert into incident_step (id, accident_id, violation_id, from_state, action, to_state, by, at, text)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id,
        accident,
        violation,
        step.from,
        step.action,
        step.to,
        by.0,
        step.at,
        step.text,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What was done about a case, as it came.
pub async fn notes(conn: &mut PgConnection, of: Of) -> Result<Vec<Step>, DbError> {
    let (accident, violation) = of.keys();
    let rows = sqlx::query!(
        r#"select from_state, action, to_state, account_name(by) as "by!", at, text
           from incident_step
           where accident_id = $1 or violation_id = $2
           order by seq"#,
        accident,
        violation,
    )
    .fetch_all(conn)
    .await?;
    let steps = rows.into_iter().map(|row| Step {
        from: row.from_state,
        action: row.action,
        to: row.to_state,
        by: row.by,
        at: row.at,
        text: row.text,
    });
    Ok(steps.collect())
}

/// The order that had a car at an instant, with its driver: one that was on the road then, as it was told. For a connection that sees
/// the orders of the car's fleet.
pub async fn order_at(
    conn: &mut PgConnection,
    vehicle: VehicleId,
    at: DateTime<Utc>,
) -> Result<Option<(OrderId, DriverId)>, DbError> {
    let row = sqlx::query!(
        "select id, driver_id
         from dispatch_order
         where vehicle_id = $1 and departed_at <= $2 and coalesce(returned_at, $2) >= $2 and state not in ('declined', 'cancelled')
         order by departed_at desc
         limit 1",
        vehicle.0,
        at,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (OrderId(row.id), DriverId(row.driver_id))))
}

/// The driver of an order of this car. [`DbError::NotFound`] for an order of another car, or one that the connection may not see.
pub async fn driver_of(conn: &mut PgConnection, order: OrderId, vehicle: VehicleId) -> Result<DriverId, DbError> {
    let driver =
        sqlx::query_scalar!("select driver_id from dispatch_order where id = $1 and vehicle_id = $2", order.0, vehicle.0);
    Ok(DriverId(driver.fetch_one(conn).await?))
}
