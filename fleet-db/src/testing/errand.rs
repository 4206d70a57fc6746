//! For tests of any floor: a driver with an order, in one call.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::trip::order::{OrderId, OrderState};
use sqlx::PgPool;
use telematics::id::VehicleId;
use uuid::Uuid;

use crate::DbError;

/// An order in `state` for the car, driven by `account`, which gets a file as a driver if it has none; asked for and issued by itself,
/// and taken from `from` on for three hours.
pub async fn order(
    pool: &PgPool,
    vehicle: VehicleId,
    account: AccountId,
    state: OrderState,
    from: DateTime<Utc>,
) -> Result<OrderId, DbError> {
    let mut tx = crate::begin(pool).await?;
    let (order, request) = (Uuid::now_v7(), Uuid::now_v7());
    sqlx::query(
        "insert into driver (id, unit_id, account_id, name, phone, licence_class, licence_tail, licence_until, status, joined_on, created_at)
         select gen_random_uuid(), unit_id, id, display_name, '13800000000', 'A1', '0001', '2040-01-01', 'on_duty', '2020-01-01', created_at
         from account where id = $1 and not exists (select from driver where account_id = $1)",
    )
    .bind(account.0)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "insert into trip_request (id, number, unit_id, dispatch_unit_id, applicant_id, state, reason, purpose, is_confidential,
             is_emergency, is_poolable, category, seats, passengers, passenger_count, vehicle_count, from_name, from_place, to_name,
             to_place, stops, is_round_trip, planned, note, distance_m, estimate_fen, steps, step, round, created_at, changed_at)
         select $1, 'YC-' || $1::text, unit_id, unit_id, $3, 'ordered', 'official_document', '测试', false, false, false, 'other', 5, '[]', 1,
             1, '单位', 'srid=4326;point(120.1 30.2)', '市政府', 'srid=4326;point(120.2 30.3)', '[]', true,
             tstzrange($4, $4 + interval '3 hours'), '', 1000, 0, '[]', 0, 1, $4, $4
         from vehicle where id = $2",
    )
    .bind(request)
    .bind(vehicle.0)
    .bind(account.0)
    .bind(from)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "insert into dispatch_order (id, number, request_id, unit_id, fleet_unit_id, vehicle_id, vehicle_no, driver_id, state, taken,
             issued_by, issued_at, departed_at, returned_at, end_reason, changed_at)
         select $1, 'PC-' || $1::text, $2, v.unit_id, v.unit_id, v.id, v.no, d.id, $4, tstzrange($5, $5 + interval '3 hours'), $6, $5,
             case when $4 in ('underway', 'waiting', 'returned', 'settled') then $5 end,
             case when $4 in ('returned', 'settled') then $5 + interval '1 hour' end,
             case when $4 in ('declined', 'cancelled') then '测试' end, $5
         from vehicle v
         join driver d on d.account_id = $6
         where v.id = $3",
    )
    .bind(order)
    .bind(request)
    .bind(vehicle.0)
    .bind(state.as_str())
    .bind(from)
    .bind(account.0)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(OrderId(order))
}

/// Moves an order to another state, past everything but what the tables themselves refuse.
pub async fn push(pool: &PgPool, order: OrderId, state: OrderState) -> Result<(), DbError> {
    sqlx::query(
        "update dispatch_order
         set state = $2, departed_at = case when $2 in ('underway', 'waiting') then coalesce(departed_at, lower(taken)) else departed_at end
         where id = $1",
    )
    .bind(order.0)
    .bind(state.as_str())
    .execute(pool)
    .await?;
    Ok(())
}
