//! Accidents and days of plans on a real store: what must never be is refused there, whoever writes.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use dispatch::account::AccountId;
use dispatch::incident::accident::{AccidentFacts, AccidentId, AccidentKind, AccidentState};
use dispatch::trip::plan::{Occurrence, PlanId};
use dispatch::unit::UnitId;
use fleet_db::incident::accident::{self, Filter, NewAccident};
use fleet_db::testing::{TestDatabase, database, fleet};
use fleet_db::trip_plan::day;
use fleet_db::{Constraint, DbError};
use telematics::id::{VehicleId, VehicleNo};
use telematics::place::LonLat;
use uuid::Uuid;

/// Of `fleet::car`, and the account that `fleet::exempt` makes.
const UNIT: UnitId = UnitId(Uuid::from_u128(0x6d70_0000_0000_7000_8000_0000_0000_0001));
const ASKER: AccountId = AccountId(Uuid::from_u128(0x6d70_0000_0000_7000_8000_0000_0000_0002));

fn now() -> DateTime<Utc> {
    "2026-03-02T04:00:00Z".parse().unwrap()
}

async fn stage() -> (TestDatabase, VehicleNo, VehicleId) {
    let db = database().await;
    let car = fleet::car(&db.pool, "13900000001", "secret").await.unwrap();
    // An account to write with; the car is tracked again.
    fleet::exempt(&db.pool, car, now() - Duration::days(9)).await.unwrap();
    fleet::end_exemption(&db.pool, car, now() - Duration::days(8)).await.unwrap();
    let id: Uuid = sqlx::query_scalar("select id from vehicle where no = $1").bind(car.0).fetch_one(&db.pool).await.unwrap();
    (db, car, VehicleId(id))
}

fn accident(id: u128, vehicle: VehicleId, facts: &AccidentFacts) -> NewAccident<'_> {
    NewAccident {
        id: AccidentId(Uuid::from_u128(id)),
        unit: UNIT,
        vehicle,
        order: None,
        driver: None,
        at: now(),
        place: Some(LonLat::new(120.15, 30.28).unwrap()),
        facts,
        by: ASKER,
        key: None,
    }
}

#[tokio::test]
async fn an_accident_of_a_car_that_is_exempt_from_tracking_has_no_place() {
    let (db, car, vehicle) = stage().await;
    let facts = AccidentFacts::reported(AccidentKind::Scrape, "天目山路", 0, "剐蹭");
    let mut conn = db.pool.acquire().await.unwrap();
    let place = async |conn: &mut fleet_db::PgConnection, id: u128| {
        let filter = Filter { id: Some(AccidentId(Uuid::from_u128(id))), ..Filter::default() };
        let kept = accident::load(conn, &filter).await.unwrap();
        (kept.place.is_some(), kept.facts.place_name)
    };
    accident::insert(&mut conn, &accident(1, vehicle, &facts), now()).await.unwrap();
    assert_eq!(place(&mut conn, 1).await, (true, "天目山路".to_owned()));
    fleet::exempt(&db.pool, car, now() - Duration::hours(1)).await.unwrap();
    accident::insert(&mut conn, &accident(2, vehicle, &facts), now()).await.unwrap();
    assert_eq!(place(&mut conn, 2).await, (false, String::new()));
}

#[tokio::test]
async fn a_claim_without_its_insurance_and_an_end_without_a_liability_are_refused_by_the_store_too() {
    let (db, _, vehicle) = stage().await;
    let facts = AccidentFacts::reported(AccidentKind::Scrape, "", 0, "剐蹭");
    let mut conn = db.pool.acquire().await.unwrap();
    let id = AccidentId(Uuid::from_u128(1));
    accident::insert(&mut conn, &accident(1, vehicle, &facts), now()).await.unwrap();
    for to in [AccidentState::Claimed, AccidentState::Closed] {
        let refused = accident::step(&mut conn, id, (AccidentState::Reported, to), now()).await;
        assert!(matches!(refused, Err(DbError::Conflict(Constraint::AccidentState))), "{to}: {refused:?}");
    }
    accident::step(&mut conn, id, (AccidentState::Reported, AccidentState::Open), now()).await.unwrap();
    let slow = accident::step(&mut conn, id, (AccidentState::Reported, AccidentState::Dismissed), now()).await;
    assert!(matches!(slow, Err(DbError::NotFound)), "somebody was faster: {slow:?}");
}

#[tokio::test]
async fn a_day_of_a_plan_has_one_row_and_is_told_as_missed_once() {
    let (db, ..) = stage().await;
    let mut conn = db.pool.acquire().await.unwrap();
    let plan = PlanId(Uuid::from_u128(7));
    sqlx::query(
        "insert into trip_plan (id, number, name, unit_id, dispatch_unit_id, keeper_id, state, steps, step, created_at, changed_at)
         values ($1, 'ZQ-1', '巡查', $2, $2, $3, 'submitted', '[]', 0, $4, $4)",
    )
    .bind(plan.0)
    .bind(UNIT.0)
    .bind(ASKER.0)
    .bind(now())
    .execute(&mut *conn)
    .await
    .unwrap();
    let on = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
    let due = Occurrence { day: on, version: 1, begins_at: now(), ends_at: now() + Duration::hours(1) };
    assert!(day::insert(&mut conn, plan, &due, None, None).await.unwrap());
    assert!(!day::insert(&mut conn, plan, &due, None, None).await.unwrap(), "whoever was first made it");
    let why = dispatch::trip::plan::day::MissedWhy::NoRequest;
    assert!(day::miss(&mut conn, (plan, on), why, now()).await.unwrap());
    assert!(!day::miss(&mut conn, (plan, on), why, now()).await.unwrap(), "once");
}
