//! For tests of any floor: a trip with its papers in a few words.

use chrono::{DateTime, Duration, Utc};
use dispatch::trip::order::{OrderId, OrderState};
use dispatch::unit::UnitId;
use sqlx::{PgPool, Row};
use uuid::Uuid;

use crate::DbError;

/// A trip to be furnished (测试用车).
#[derive(Clone, Copy, Debug)]
pub struct Trip<'a> {
    /// Number of its order; its car and driver are called after it.
    pub number: &'a str,
    /// Who travels.
    pub unit: UnitId,
    /// Whose car it is.
    pub fleet: UnitId,
    /// Login of who drives, if somebody with an account does.
    pub driver: Option<&'a str>,
    /// Where it stands.
    pub state: OrderState,
    /// When it left.
    pub departed_at: DateTime<Utc>,
    /// Minutes until it was back.
    pub minutes: i64,
    /// Metres that it drove.
    pub distance_m: i64,
}

/// Puts the papers of a trip into the store past every rule, asked for and issued by any account that there is.
pub async fn order(pool: &PgPool, trip: Trip<'_>) -> Result<OrderId, DbError> {
    let mut tx = crate::begin(pool).await?;
    let id = OrderId(Uuid::now_v7());
    let account: Uuid = sqlx::query_scalar("select id from account order by created_at, id limit 1").fetch_one(&mut *tx).await?;
    let vehicle = sqlx::query(
        "insert into vehicle (id, plate, unit_id, category, powertrain, model, seats, status, created_at)
         values (gen_random_uuid(), $1, $2, 'other', 'petrol', '测试车', 5, 'in_service', to_timestamp(0))
         returning id, no",
    )
    .bind(plate(trip.number))
    .bind(trip.fleet.0)
    .fetch_one(&mut *tx)
    .await?;
    let driver: Uuid = sqlx::query_scalar(
        "insert into driver (id, unit_id, account_id, name, phone, licence_class, licence_tail, licence_until, status, joined_on, created_at)
         values (gen_random_uuid(), $1, (select id from account where login = $2), $3, '', 'A1', '0000', '2099-01-01', 'on_duty',
                 '2020-01-01', to_timestamp(0))
         on conflict (account_id) do update set status = 'on_duty'
         returning id",
    )
    .bind(trip.fleet.0)
    .bind(trip.driver)
    .bind(trip.number)
    .fetch_one(&mut *tx)
    .await?;
    let back_at = trip.departed_at + Duration::minutes(trip.minutes);
    sqlx::query(
        "insert into trip_request (id, number, unit_id, dispatch_unit_id, applicant_id, state, reason, purpose, is_confidential, is_emergency,
             is_poolable, category, seats, passengers, passenger_count, vehicle_count, from_name, from_place, to_name, to_place, stops,
             is_round_trip, planned, note, distance_m, estimate_fen, steps, step, round, created_at, changed_at)
         values ($1, $2, $3, $4, $5, 'ordered', '调研', '', false, false, false, 'other', 5, '[]', 0, 1, '甲', 'srid=4326;point(120 30)', '乙',
                 'srid=4326;point(120 30)', '[]', true, tstzrange($6, $7), '', 0, 0, '[]', 0, 1, $6, $6)",
    )
    .bind(id.0)
    .bind(format!("YC-{}", trip.number))
    .bind(trip.unit.0)
    .bind(trip.fleet.0)
    .bind(account)
    .bind(trip.departed_at)
    .bind(back_at)
    .execute(&mut *tx)
    .await?;
    let is_back = matches!(trip.state, OrderState::Returned | OrderState::Settled);
    let has_left = is_back || trip.state.is_on_the_road();
    sqlx::query(
        "insert into dispatch_order (id, number, request_id, unit_id, fleet_unit_id, vehicle_id, vehicle_no, driver_id, state, taken, issued_by,
             issued_at, departed_at, returned_at, depart_odometer_m, return_odometer_m, end_reason, changed_at)
         values ($1, $2, $1, $3, $4, $5, $6, $7, $8, tstzrange($9, $10), $11, $9, case when $12 then $9 end, case when $13 then $10 end,
                 case when $12 then 0 end, case when $13 then $14::bigint end, 'x', $9)",
    )
    .bind(id.0)
    .bind(trip.number)
    .bind(trip.unit.0)
    .bind(trip.fleet.0)
    .bind(vehicle.get::<Uuid, _>(0))
    .bind(vehicle.get::<i32, _>(1))
    .bind(driver)
    .bind(trip.state.as_str())
    .bind(trip.departed_at)
    .bind(back_at)
    .bind(account)
    .bind(has_left)
    .bind(is_back)
    .bind(trip.distance_m)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(id)
}

/// A plate of its own for each number of an order.
fn plate(number: &str) -> String {
    let digits = number.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte))) % 90_000 + 10_000;
    format!("浙A{digits}")
}
