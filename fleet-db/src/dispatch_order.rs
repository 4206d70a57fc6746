//! Dispatch orders (派车单): issued, moved under a lock, and told step by step. That no car and no driver has two at a time, the
//! constraints of the table see to.

pub mod board;
pub mod choice;
pub mod fence;
pub mod journal;
pub mod listing;
pub mod ride;
pub mod roster;

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::driver::DriverId;
use dispatch::trip::order::{OrderId, OrderState};
use dispatch::trip::request::RequestId;
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use telematics::id::{VehicleId, VehicleNo};
use telematics::live::LiveState;
use telematics::quantity::Distance;
use uuid::Uuid;

use crate::error::DbError;
use crate::trip_request::{during, next_number};

/// An order to be issued.
#[derive(Clone, Debug, PartialEq)]
pub struct NewOrder {
    /// Key.
    pub id: OrderId,
    /// For which request.
    pub request: RequestId,
    /// Who travels.
    pub unit: UnitId,
    /// Whose car it is.
    pub fleet: UnitId,
    /// Which car.
    pub vehicle: VehicleId,
    /// Its number.
    pub vehicle_no: VehicleNo,
    /// Who drives.
    pub driver: DriverId,
    /// From when car and driver are taken.
    pub from: DateTime<Utc>,
    /// Until when.
    pub to: DateTime<Utc>,
    /// Why a car of another size goes.
    pub substitution: Option<String>,
    /// Who says so.
    pub by: AccountId,
}

/// An order with all that is known of it (派车单).
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Key.
    pub id: OrderId,
    /// The number that people read.
    pub number: String,
    /// For which request.
    pub request: RequestId,
    /// Requests whose people ride along.
    pub riders: Vec<RequestId>,
    /// Who travels.
    pub unit: UnitId,
    /// Whose car it is.
    pub fleet: UnitId,
    /// Which car.
    pub vehicle: VehicleId,
    /// Its number.
    pub vehicle_no: VehicleNo,
    /// Its plate.
    pub plate: String,
    /// Make and model.
    pub model: String,
    /// Seats, the driver's included.
    pub seats: i16,
    /// Who drives.
    pub driver: DriverId,
    /// The account of who drives.
    pub driver_account: Option<AccountId>,
    /// Name.
    pub driver_name: String,
    /// Telephone.
    pub driver_phone: String,
    /// Where it stands.
    pub state: OrderState,
    /// From when car and driver are taken.
    pub from: DateTime<Utc>,
    /// Until when.
    pub to: DateTime<Utc>,
    /// Why a car of another size goes.
    pub substitution: Option<String>,
    /// Who issued it.
    pub issued_by: String,
    /// When.
    pub issued_at: DateTime<Utc>,
    /// When the driver took it.
    pub accepted_at: Option<DateTime<Utc>>,
    /// When it left.
    pub departed_at: Option<DateTime<Utc>>,
    /// When it was last where people get in or out.
    pub arrived_at: Option<DateTime<Utc>>,
    /// Since when it waits.
    pub waiting_since: Option<DateTime<Utc>>,
    /// Seconds waited so far, without the waiting that lasts.
    pub waited_s: i32,
    /// When it was back.
    pub returned_at: Option<DateTime<Utc>>,
    /// When it was settled.
    pub settled_at: Option<DateTime<Utc>>,
    /// Odometer when it left, in metres.
    pub depart_odometer_m: Option<i64>,
    /// Odometer when it was back, in metres.
    pub return_odometer_m: Option<i64>,
    /// Why it was declined or called off.
    pub end_reason: Option<String>,
}

/// Issues an order, and gives its number. [`crate::Constraint::OrderVehicle`] or [`crate::Constraint::OrderDriver`] when one of them
/// is taken at that time.
pub async fn insert(conn: &mut PgConnection, new: &NewOrder, now: DateTime<Utc>) -> Result<String, DbError> {
    let number = next_number(conn, new.fleet, "PC", now).await?;
    sqlx::query!(
        "insert into dispatch_order (id, number, request_id, unit_id, fleet_unit_id, vehicle_id, vehicle_no, driver_id, state, taken,
             substitution, issued_by, issued_at, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'issued', $9, $10, $11, $12, $12)",
        new.id.0,
        number,
        new.request.0,
        new.unit.0,
        new.fleet.0,
        new.vehicle.0,
        new.vehicle_no.0,
        new.driver.0,
        during(new.from, new.to),
        new.substitution,
        new.by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(number)
}

impl Order {
    /// Every request that it serves, the one for which it was issued first.
    pub fn serves(&self) -> impl Iterator<Item = RequestId> {
        std::iter::once(self.request).chain(self.riders.iter().copied())
    }
}

/// An order that the connection may see: by who travels, by whose car it is, by its driver, by who asked.
pub async fn load(conn: &mut PgConnection, id: OrderId) -> Result<Order, DbError> {
    listing::one(conn, id).await?.ok_or(DbError::NotFound)
}

/// Those of `orders` that the connection may see and whose trip is not confidential (非涉密派车单).
pub async fn without_secrets(conn: &mut PgConnection, orders: &[OrderId]) -> Result<Vec<OrderId>, DbError> {
    let ids: Vec<Uuid> = orders.iter().map(|order| order.0).collect();
    let found = sqlx::query_scalar!(
        "select o.id
         from dispatch_order o
         join trip_request r on r.id = o.request_id
         where o.id = any($1) and not r.is_confidential",
        &ids,
    )
    .fetch_all(conn)
    .await?;
    Ok(found.into_iter().map(OrderId).collect())
}

/// An order as [`load`] finds it, locked until the transaction ends.
pub async fn load_to_move(conn: &mut PgConnection, id: OrderId) -> Result<Order, DbError> {
    sqlx::query_scalar!("select id from dispatch_order where id = $1 for update", id.0).fetch_one(&mut *conn).await?;
    load(conn, id).await
}

/// Stores an order after a move. The constraints speak here too: a car that is on the road does not leave a second time.
pub async fn save(conn: &mut PgConnection, order: &Order, now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "update dispatch_order
         set state = $2, taken = $3, vehicle_id = $4, vehicle_no = $5, driver_id = $6, fleet_unit_id = $7, substitution = $8,
             accepted_at = $9, departed_at = $10, arrived_at = $11, waiting_since = $12, waited_s = $13, returned_at = $14,
             settled_at = $15, depart_odometer_m = $16, return_odometer_m = $17, end_reason = $18, changed_at = $19
         where id = $1
         returning id",
        order.id.0,
        order.state.as_str(),
        during(order.from, order.to),
        order.vehicle.0,
        order.vehicle_no.0,
        order.driver.0,
        order.fleet.0,
        order.substitution,
        order.accepted_at,
        order.departed_at,
        order.arrived_at,
        order.waiting_since,
        order.waited_s,
        order.returned_at,
        order.settled_at,
        order.depart_odometer_m,
        order.return_odometer_m,
        order.end_reason,
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// The highest reading that an order has of a car's odometer, in metres: a lower one is a mistake.
pub async fn highest_odometer(conn: &mut PgConnection, vehicle: VehicleId) -> Result<Option<i64>, DbError> {
    let highest = sqlx::query_scalar!(
        "select max(greatest(depart_odometer_m, return_odometer_m)) from dispatch_order where vehicle_id = $1",
        vehicle.0
    );
    Ok(highest.fetch_one(conn).await?)
}

/// What the terminal of a car said last of its odometer, in metres.
pub async fn terminal_odometer(conn: &mut PgConnection, vehicle: VehicleNo) -> Result<Option<i64>, DbError> {
    let state = sqlx::query_scalar!(r#"select state::text as "state!" from vehicle_live where vehicle_no = $1"#, vehicle.0);
    let live: Option<LiveState> = state.fetch_optional(conn).await?.and_then(|state| serde_json::from_str(&state).ok());
    #[expect(clippy::cast_possible_truncation, reason = "whole metres of a car's life")]
    let metres = |odometer: Distance| odometer.metres().round() as i64;
    Ok(live.and_then(|live| live.reading.odometer).map(metres))
}
