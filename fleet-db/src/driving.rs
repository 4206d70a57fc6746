//! What a driver's terminal (驾驶员终端) reads and writes beside the moves of an order: the order as its driver may use it, and the car.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::trip::order::{OrderId, OrderState};
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use telematics::id::VehicleId;
use telematics::quantity::Distance;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

pub mod check;
pub mod position;
pub mod sos;

/// An order of the driver who asks (本人派车单), as far as the terminal's own papers need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnOrder {
    /// Key.
    pub id: OrderId,
    /// What people call it.
    pub number: String,
    /// Its car.
    pub vehicle: VehicleId,
    /// The car's plate.
    pub plate: String,
    /// Who drives.
    pub driver: String,
    /// The unit whose car it is.
    pub fleet_unit: UnitId,
    /// Who gave it out.
    pub issued_by: AccountId,
    /// Where it stands.
    pub state: OrderState,
}

/// An order whose driver signs in with `account`; [`DbError::NotFound`] for everybody else's.
pub async fn own(conn: &mut PgConnection, account: AccountId, id: OrderId) -> Result<OwnOrder, DbError> {
    let row = sqlx::query!(
        r#"select o.id, o.number, o.vehicle_id, car.plate as "plate!", d.name as driver, o.fleet_unit_id, o.issued_by, o.state
           from dispatch_order o
           join driver d on d.id = o.driver_id
           cross join vehicle_label(o.vehicle_id) car
           where o.id = $1 and d.account_id = $2"#,
        id.0,
        account.0,
    )
    .fetch_one(conn)
    .await?;
    Ok(OwnOrder {
        id: OrderId(row.id),
        number: row.number,
        vehicle: VehicleId(row.vehicle_id),
        plate: row.plate,
        driver: row.driver,
        fleet_unit: UnitId(row.fleet_unit_id),
        issued_by: AccountId(row.issued_by),
        state: row.state.parse().map_err(unreadable)?,
    })
}

/// What the car's own terminal says of its odometer, to the driver of the order alone.
pub async fn odometer(conn: &mut PgConnection, order: OrderId) -> Result<Option<Distance>, DbError> {
    let metres = sqlx::query_scalar!("select order_odometer_m($1)", order.0).fetch_one(conn).await?;
    Ok(metres.map(Distance::from_metres))
}

/// A paper that the terminal sends with a key of its own (终端记录): the same key again is the same paper.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    /// Key of the row.
    pub id: Uuid,
    /// The device's own name of it.
    pub key: &'a str,
    /// When it happened, by the device's clock.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: AccountId,
    /// When we heard of it.
    pub now: DateTime<Utc>,
}
