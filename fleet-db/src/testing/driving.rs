//! For tests: what a car was ordered for, and what it was seen to do.

use chrono::{DateTime, Utc};
use dispatch::finding::FindingId;
use dispatch::trip::order::OrderId;
use sqlx::PgPool;
use telematics::id::{StopId, TripId, VehicleNo};
use telematics::place::LonLat;
use uuid::Uuid;

use crate::DbError;

/// An order of a car, made of its number alone; its applicant is any account, its driver one of its own.
#[derive(Clone, Debug)]
pub struct DrivenOrder {
    /// Which car.
    pub vehicle: VehicleNo,
    /// Planned beginning and end.
    pub planned: (DateTime<Utc>, DateTime<Utc>),
    /// When it left.
    pub departed_at: Option<DateTime<Utc>>,
    /// When it was back.
    pub returned_at: Option<DateTime<Utc>>,
    /// It left first and is ratified afterwards.
    pub is_emergency: bool,
    /// From where and to where.
    pub way: (LonLat, LonLat),
    /// Length of the way, there and back.
    pub distance_m: i32,
    /// Name of the driver.
    pub driver: String,
    /// The driver's account.
    pub account: Option<Uuid>,
}

/// Writes an order down, with its request and its driver.
pub async fn order(pool: &PgPool, order: &DrivenOrder) -> Result<OrderId, DbError> {
    let (id, request, driver) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
    let state = match (order.departed_at, order.returned_at) {
        (_, Some(_)) => "returned",
        (Some(_), None) => "underway",
        (None, None) => "accepted",
    };
    let mut tx = crate::begin(pool).await?;
    let of_request = "insert into trip_request (id, number, unit_id, dispatch_unit_id, applicant_id, state, reason, purpose, is_confidential,
             is_emergency, is_poolable, category, seats, passengers, passenger_count, vehicle_count, from_name, from_place, to_name,
             to_place, stops, is_round_trip, planned, note, distance_m, estimate_fen, steps, step, round, created_at, changed_at)
         select $1, 'YC-' || $1, v.unit_id, v.unit_id, a.id, 'ordered', '调研', '调研', false, $2, false, 'other', 5, '[]', 1, 1, '甲',
                st_setsrid(st_makepoint($3, $4), 4326), '乙', st_setsrid(st_makepoint($5, $6), 4326), '[]', true, tstzrange($7, $8), '',
                $9, 0, '[]', 0, 1, $7, $7
         from vehicle v, (select id from account order by id limit 1) a
         where v.no = $10";
    let (from, to) = order.way;
    sqlx::query(of_request)
        .bind(request)
        .bind(order.is_emergency)
        .bind(from.lon())
        .bind(from.lat())
        .bind(to.lon())
        .bind(to.lat())
        .bind(order.planned.0)
        .bind(order.planned.1)
        .bind(order.distance_m)
        .bind(order.vehicle.0)
        .execute(&mut *tx)
        .await?;
    let of_driver =
        "insert into driver (id, unit_id, account_id, name, phone, licence_class, licence_tail, licence_until, status, joined_on,
             created_at)
         select $1, unit_id, $2, $3, '13800000000', 'C1', '1234', '2035-01-01', 'on_duty', '2020-01-01', to_timestamp(0)
         from vehicle where no = $4";
    sqlx::query(of_driver).bind(driver).bind(order.account).bind(&order.driver).bind(order.vehicle.0).execute(&mut *tx).await?;
    let of_order = "insert into dispatch_order (id, number, request_id, unit_id, fleet_unit_id, vehicle_id, vehicle_no, driver_id, state,
             taken, issued_by, issued_at, departed_at, returned_at, changed_at)
         select $1, 'PC-' || $1, $2, r.unit_id, r.dispatch_unit_id, v.id, v.no, $3, $4, r.planned, r.applicant_id, r.created_at, $5, $6,
                r.created_at
         from vehicle v, trip_request r
         where v.no = $7 and r.id = $2";
    sqlx::query(of_order)
        .bind(id)
        .bind(request)
        .bind(driver)
        .bind(state)
        .bind(order.departed_at)
        .bind(order.returned_at)
        .bind(order.vehicle.0)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(OrderId(id))
}

/// Makes the trip of an order a confidential one.
pub async fn make_confidential(pool: &PgPool, order: OrderId) -> Result<(), DbError> {
    sqlx::query(
        "update trip_request set is_confidential = true where id = (select request_id from dispatch_order where id = $1)",
    )
    .bind(order.0)
    .execute(pool)
    .await?;
    Ok(())
}

/// Stores a trip as the gateway does; `to` is `None` while it is under way.
pub async fn trip(
    pool: &PgPool,
    vehicle: VehicleNo,
    (from, to): (DateTime<Utc>, Option<DateTime<Utc>>),
    (origin, destination): (LonLat, LonLat),
    distance_m: i32,
) -> Result<TripId, DbError> {
    let id = TripId::of(vehicle, from);
    sqlx::query(
        "insert into trip (id, vehicle_no, started_at, ended_at, origin, destination, distance_m, max_speed_dkmh, stops)
         values ($1, $2, $3, $4, st_setsrid(st_makepoint($5, $6), 4326), st_setsrid(st_makepoint($7, $8), 4326), $9, 500, 0)",
    )
    .bind(id.0)
    .bind(vehicle.0)
    .bind(from)
    .bind(to)
    .bind(origin.lon())
    .bind(origin.lat())
    .bind(destination.lon())
    .bind(destination.lat())
    .bind(distance_m)
    .execute(pool)
    .await?;
    Ok(id)
}

/// Stores a stop as the gateway does; `to` is `None` while the car stands.
pub async fn stop(
    pool: &PgPool,
    vehicle: VehicleNo,
    (from, to): (DateTime<Utc>, Option<DateTime<Utc>>),
    place: LonLat,
) -> Result<(), DbError> {
    sqlx::query(
        "insert into vehicle_stop (id, vehicle_no, from_at, to_at, place)
         values ($1, $2, $3, $4, st_setsrid(st_makepoint($5, $6), 4326))",
    )
    .bind(StopId::of(vehicle, from).0)
    .bind(vehicle.0)
    .bind(from)
    .bind(to)
    .bind(place.lon())
    .bind(place.lat())
    .execute(pool)
    .await?;
    Ok(())
}

/// Stores a fix of a car, with the receiver's speed.
pub async fn fix(pool: &PgPool, vehicle: VehicleNo, at: DateTime<Utc>, place: LonLat, speed_dkmh: i16) -> Result<(), DbError> {
    let (lon, lat) = place.to_e7();
    sqlx::query(
        "insert into vehicle_position (vehicle_no, fixed_at, sequence, received_at, lon_e7, lat_e7, speed_dkmh, flags)
         values ($1, $2, 1, $2, $3, $4, $5, 0)",
    )
    .bind(vehicle.0)
    .bind(at)
    .bind(lon)
    .bind(lat)
    .bind(speed_dkmh)
    .execute(pool)
    .await?;
    Ok(())
}

/// A finding of a car that stands where it is told, without order; made of the instant at which it began.
pub async fn finding(pool: &PgPool, vehicle: VehicleNo, at: DateTime<Utc>, state: &str) -> Result<FindingId, DbError> {
    let id = Uuid::now_v7();
    sqlx::query(
        "insert into trip_finding (id, vehicle_id, vehicle_no, kind, at, measured, allowed, measure, detail, state, found_at, changed_at)
         select $1, id, no, 'use_without_order', $2, 51, 50, 'metre', '{\"about\": \"nothing\"}', $3, $2, $2
         from vehicle where no = $4",
    )
    .bind(id)
    .bind(at)
    .bind(state)
    .bind(vehicle.0)
    .execute(pool)
    .await?;
    Ok(FindingId(id))
}
