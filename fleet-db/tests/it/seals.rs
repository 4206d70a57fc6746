//! Seals in the database: none overlap, a sealed car is ordered by nobody, an ordered one is not sealed, and two open a seal.

use chrono::{DateTime, Duration, Utc};
use dispatch::account::AccountId;
use dispatch::scope::Scope;
use dispatch::seal::{SealId, SealKind};
use dispatch::unit::UnitId;
use fleet_db::seal::{self, Filter, Sealing};
use fleet_db::testing::{TestDatabase, database};
use fleet_db::{Constraint, DbError, PgPool};
use sqlx::AssertSqlSafe;
use telematics::id::VehicleId;
use uuid::Uuid;

const EAST: UnitId = UnitId(Uuid::from_u128(3));
const CAR: VehicleId = VehicleId(Uuid::from_u128(0xf1));
const ONE: AccountId = AccountId(Uuid::from_u128(0xa));
const OTHER: AccountId = AccountId(Uuid::from_u128(0xb));

fn at(hours: i64) -> DateTime<Utc> {
    "2026-03-02T04:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::hours(hours)
}

/// A unit with a car, a driver, two people and a request for a car.
async fn world() -> TestDatabase {
    let db = database().await;
    let furniture = "
        insert into unit (id, parent_id, name, level, region_code, created_at) values
            ('00000000-0000-0000-0000-000000000003', null, '东', 3, '330102', '2026-03-02');
        insert into account (id, login, display_name, password_hash, role, unit_id, password_changed_at, created_at)
            select id, login, login, '', 'fleet_manager', '00000000-0000-0000-0000-000000000003', '2026-03-02', '2026-03-02'
            from (values ('00000000-0000-0000-0000-00000000000a'::uuid, 'one'), ('00000000-0000-0000-0000-00000000000b', 'other')) as p (id, login);
        insert into vehicle (id, plate, unit_id, category, powertrain, model, seats, status, created_at) values
            ('00000000-0000-0000-0000-0000000000f1', '浙A00001', '00000000-0000-0000-0000-000000000003', 'other', 'petrol', 'm', 5, 'in_service', '2026-03-02');
        insert into driver (id, unit_id, name, phone, licence_class, licence_tail, licence_until, status, joined_on, created_at) values
            ('00000000-0000-0000-0000-0000000000d1', '00000000-0000-0000-0000-000000000003', '张', '1', 'C1', '1234', '2030-01-01', 'on_duty',
             '2020-01-01', '2026-03-02');
        insert into trip_request (id, number, unit_id, dispatch_unit_id, applicant_id, state, reason, purpose, is_confidential, is_emergency,
             is_poolable, category, seats, passengers, passenger_count, vehicle_count, from_name, from_place, to_name, to_place, stops,
             is_round_trip, planned, note, distance_m, estimate_fen, steps, step, round, created_at, changed_at) values
            ('00000000-0000-0000-0000-0000000000e1', 'YC-1', '00000000-0000-0000-0000-000000000003', '00000000-0000-0000-0000-000000000003',
             '00000000-0000-0000-0000-00000000000a', 'approved', 'meeting', 'x', false, false, false, 'other', 5, '[]', 1, 1, 'a',
             'srid=4326;point(120 30)', 'b', 'srid=4326;point(120 30)', '[]', false, '[2026-03-02 06:00Z,2026-03-02 08:00Z)', '', 1, 1, '[]', 0, 1,
             '2026-03-02', '2026-03-02')";
    sqlx::raw_sql(furniture).execute(&db.pool).await.unwrap();
    db
}

async fn run(pool: &PgPool, sql: &str) -> Result<(), DbError> {
    sqlx::query(AssertSqlSafe(sql.to_owned())).execute(pool).await.map_err(DbError::from)?;
    Ok(())
}

/// Orders the car from one hour to another.
async fn order(pool: &PgPool, n: u128, from: i64, to: i64) -> Result<(), DbError> {
    let id = Uuid::from_u128(n);
    let taken = format!("[{},{})", at(from).to_rfc3339(), at(to).to_rfc3339());
    run(
        pool,
        &format!(
            "insert into dispatch_order (id, number, request_id, unit_id, fleet_unit_id, vehicle_id, vehicle_no, driver_id, state, taken,
                 issued_by, issued_at, changed_at)
             select '{id}', 'PC-{n}', '00000000-0000-0000-0000-0000000000e1', unit_id, unit_id, id, no, '00000000-0000-0000-0000-0000000000d1',
                 'issued', '{taken}', '00000000-0000-0000-0000-00000000000a', '2026-03-02', '2026-03-02'
             from vehicle"
        ),
    )
    .await
}

fn sealing(from: i64, until: Option<i64>) -> Sealing {
    let text = || "x".to_owned();
    Sealing {
        kind: if until.is_some() { SealKind::Holiday } else { SealKind::Ordinary },
        from: at(from),
        until: until.map(at),
        place: text(),
        key_custodian: text(),
        reason: text(),
        approved_by: ONE,
        handled_by: OTHER,
    }
}

async fn put(pool: &PgPool, n: u128, from: i64, until: Option<i64>) -> Result<SealId, DbError> {
    let id = SealId(Uuid::from_u128(n));
    let mut conn = fleet_db::acquire(pool).await?;
    seal::insert(&mut conn, id, CAR, Some(12_000_000), &sealing(from, until), at(0)).await?;
    Ok(id)
}

fn conflict(result: Result<impl std::fmt::Debug, DbError>) -> Option<Constraint> {
    match result {
        Err(DbError::Conflict(constraint)) => Some(constraint),
        Ok(_) => None,
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn seals_of_one_car_do_not_overlap() {
    let db = world().await;
    put(&db.pool, 1, 24, Some(48)).await.unwrap();
    assert_eq!(conflict(put(&db.pool, 2, 47, None).await), Some(Constraint::SealAgain));
    assert_eq!(conflict(put(&db.pool, 3, 0, None).await), Some(Constraint::SealAgain), "one without an end reaches into it");
    put(&db.pool, 4, 48, None).await.unwrap();
    put(&db.pool, 5, 0, Some(24)).await.unwrap();
    let mut conn = db.pool.acquire().await.unwrap();
    let held = async |conn: &mut fleet_db::PgConnection, hours| {
        let filter = Filter { at: Some(at(hours)), unit: Some(EAST), vehicle: None };
        let found = seal::list(conn, &Scope::of(EAST), &filter, None, 9).await.unwrap();
        found.into_iter().map(|seal| seal.id.0.as_u128()).collect::<Vec<_>>()
    };
    assert_eq!((held(&mut conn, 24).await, held(&mut conn, 999).await, held(&mut conn, -1).await), (vec![1], vec![4], vec![]));
}

#[tokio::test]
async fn a_sealed_car_is_ordered_by_nobody_and_an_ordered_one_is_not_sealed() {
    let db = world().await;
    order(&db.pool, 1, 2, 4).await.unwrap();
    assert_eq!(conflict(put(&db.pool, 1, 3, None).await), Some(Constraint::SealOrdered));
    let id = put(&db.pool, 1, 4, None).await.unwrap();
    assert_eq!(conflict(order(&db.pool, 2, 10, 12).await), Some(Constraint::OrderSealed));
    let later = format!("update dispatch_order set taken = '[{},{})'", at(2).to_rfc3339(), at(5).to_rfc3339());
    assert_eq!(conflict(run(&db.pool, &later).await), Some(Constraint::OrderSealed), "nor is an order drawn into it");
    let back = format!("update dispatch_order set taken = '[{},{})', state = 'returned'", at(2).to_rfc3339(), at(3).to_rfc3339());
    run(&db.pool, &back).await.unwrap();
    let mut conn = db.pool.acquire().await.unwrap();
    seal::open(&mut conn, id, (ONE, OTHER), None, "出车", at(6)).await.unwrap();
    order(&db.pool, 3, 10, 12).await.unwrap();
    assert_eq!(conflict(order(&db.pool, 4, 5, 6).await), Some(Constraint::OrderSealed), "what was sealed was sealed");
}

#[tokio::test]
async fn a_car_on_the_road_is_not_sealed_whatever_its_order_planned() {
    let db = world().await;
    order(&db.pool, 1, -4, -2).await.unwrap();
    run(&db.pool, "update dispatch_order set state = 'underway'").await.unwrap();
    assert_eq!(conflict(put(&db.pool, 1, 0, None).await), Some(Constraint::SealOrdered));
    put(&db.pool, 2, 24, Some(48)).await.unwrap();
}

#[tokio::test]
async fn of_an_order_and_a_seal_that_come_at_once_one_is_refused() {
    let db = world().await;
    for round in 0..8_u128 {
        let from = i64::try_from(round).unwrap() * 24 + 24;
        let (ordered, sealed) = tokio::join!(order(&db.pool, round, from, from + 2), put(&db.pool, round, from, Some(from + 12)));
        match (conflict(ordered), conflict(sealed)) {
            (Some(Constraint::OrderSealed), None) | (None, Some(Constraint::SealOrdered)) => {}
            other => panic!("round {round}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn two_open_a_seal_and_nobody_changes_it_otherwise() {
    let db = world().await;
    let id = put(&db.pool, 1, 0, None).await.unwrap();
    let mut conn = db.pool.acquire().await.unwrap();
    let alone = seal::open(&mut conn, id, (ONE, ONE), None, "出车", at(1)).await;
    assert_eq!(conflict(alone), Some(Constraint::SealFourEyes));
    let driven_back = seal::open(&mut conn, id, (ONE, OTHER), Some(11_999_999), "出车", at(1)).await;
    assert_eq!(conflict(driven_back), Some(Constraint::SealOdometer));
    for change in [
        "update vehicle_seal set reason = 'y'",
        "update vehicle_seal set during = tstzrange(lower(during), lower(during) + interval '1 hour')",
        "delete from vehicle_seal",
        "truncate vehicle_seal",
    ] {
        assert!(run(&db.pool, change).await.is_err(), "{change}");
    }
    seal::open(&mut conn, id, (ONE, OTHER), Some(12_000_000), "出车", at(1)).await.unwrap();
    let kept = seal::load(&mut conn, &Scope::of(EAST), id).await.unwrap();
    let opening = kept.opening.unwrap();
    assert_eq!(
        (kept.until, opening.at, opening.approved_by.as_str(), opening.handled_by.as_str()),
        (Some(at(1)), at(1), "one", "other")
    );
    assert!(matches!(seal::open(&mut conn, id, (ONE, OTHER), None, "again", at(2)).await, Err(DbError::NotFound)));
    assert!(run(&db.pool, "update vehicle_seal set during = tstzrange(lower(during), null)").await.is_err(), "nor shut again");
    let coming = put(&db.pool, 2, 24, Some(48)).await.unwrap();
    seal::open(&mut conn, coming, (ONE, OTHER), None, "不放假", at(3)).await.unwrap();
    order(&db.pool, 1, 25, 26).await.unwrap();
}
