//! Cars against their orders on a real store: found once, grown while open, dealt with by steps that stay, told to nobody else.

use chrono::{DateTime, Duration, TimeDelta, Utc};
use dispatch::account::{AccountId, Role};
use dispatch::finding::{FindingAction, FindingId, FindingState, FindingText};
use dispatch::reconcile::{FindingKind, SensitivePlace, SensitivePlaceId};
use dispatch::scope::Scope;
use dispatch::trip::order::OrderId;
use dispatch::unit::UnitId;
use fleet_db::account::NewAccount;
use fleet_db::finding::{self, Filter};
use fleet_db::reconcile::{Looked, look};
use fleet_db::testing::driving::{self, DrivenOrder};
use fleet_db::testing::{TestDatabase, database, fleet};
use fleet_db::{Access, DbError, sensitive_place};
use telematics::id::{TripId, VehicleNo};
use telematics::place::LonLat;
use telematics::quantity::Distance;
use uuid::Uuid;

/// Of `fleet::car`.
const UNIT: UnitId = UnitId(Uuid::from_u128(0x6d70_0000_0000_7000_8000_0000_0000_0001));
const DRIVER: AccountId = AccountId(Uuid::from_u128(0xd));

/// A working Monday.
fn at(time: &str) -> DateTime<Utc> {
    format!("2026-03-02T{time}:00+08:00").parse().unwrap()
}

fn base() -> LonLat {
    LonLat::new(120.15, 30.28).unwrap()
}

/// So many metres north of the base.
fn north(metres: f64) -> LonLat {
    LonLat::new(120.15, 30.28 + metres / 111_195.0).unwrap()
}

/// A car whose unit has its place and the rules that the product brings along, and a driver with an account.
async fn stage() -> (TestDatabase, VehicleNo) {
    let db = database().await;
    let car = fleet::car(&db.pool, "13900000001", "secret").await.unwrap();
    fleet::execute(&db.pool, "update unit set place = 'srid=4326;point(120.15 30.28)'").await.unwrap();
    fleet::execute(&db.pool, "create table vehicle_position_all partition of vehicle_position default").await.unwrap();
    let mut conn = db.pool.acquire().await.unwrap();
    fleet_db::rule::plant(&mut conn, at("00:00"), Uuid::now_v7).await.unwrap();
    let account = NewAccount {
        id: DRIVER,
        login: "driver".parse().unwrap(),
        display_name: "张三".to_owned(),
        password_hash: "x".to_owned(),
        role: Role::Driver,
        unit: UNIT,
    };
    fleet_db::account::insert(&mut conn, &account, at("00:00")).await.unwrap();
    drop(conn);
    (db, car)
}

/// From 9 to 11, 25 km there and back; left and back in time.
fn order(vehicle: VehicleNo) -> DrivenOrder {
    DrivenOrder {
        vehicle,
        planned: (at("09:00"), at("11:00")),
        departed_at: Some(at("09:00")),
        returned_at: Some(at("11:00")),
        is_emergency: false,
        way: (base(), north(10_000.0)),
        distance_m: 25_000,
        driver: "张三".to_owned(),
        account: Some(DRIVER.0),
    }
}

async fn compared(db: &TestDatabase, now: DateTime<Utc>) -> Looked {
    let mut tx = fleet_db::begin(&db.pool).await.unwrap();
    let looked = look(&mut tx, now, TimeDelta::minutes(2), 100, Uuid::now_v7).await.unwrap();
    tx.commit().await.unwrap();
    looked
}

fn kinds(looked: &Looked) -> Vec<(FindingKind, f64)> {
    looked.fresh.iter().map(|fresh| (fresh.finding.kind, (fresh.finding.measured * 10.0).round() / 10.0)).collect()
}

#[tokio::test]
async fn a_car_that_moves_without_an_order_is_found_once_and_grows_while_it_is_open() {
    let (db, car) = stage().await;
    let trip = driving::trip(&db.pool, car, (at("10:00"), None), (base(), north(300.0)), 300).await.unwrap();
    let first = compared(&db, at("10:05")).await;
    assert_eq!((first.cars, kinds(&first)), (1, vec![(FindingKind::UseWithoutOrder, 300.0)]));
    assert_eq!(compared(&db, at("10:06")).await, Looked::default(), "nobody looks again so soon");
    sqlx::query("update trip set distance_m = 9000, ended_at = $2 where id = $1")
        .bind(trip.0)
        .bind(at("10:20"))
        .execute(&db.pool)
        .await
        .unwrap();
    let again = compared(&db, at("10:30")).await;
    assert_eq!((again.cars, again.fresh.len()), (1, 0), "a rerun adds nothing");
    let mut conn = db.pool.acquire().await.unwrap();
    let all = finding::list(&mut conn, &Scope::of(UNIT), Filter::default(), 10).await.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].finding.measured, all[0].finding.trip, all[0].state), (9000.0, Some(trip), FindingState::Open));
    assert_eq!(all[0].explain_by, Some(at("10:15")), "ten minutes for what goes on now");
}

#[tokio::test]
async fn fifty_one_metres_across_the_yard_are_use_and_forty_nine_are_not() {
    let (db, car) = stage().await;
    let roll = async |hour: &str, metres: f64| {
        for (minute, away, speed) in [("00", 0.0, 0), ("01", metres / 2.0, 80), ("02", metres, 0)] {
            driving::fix(&db.pool, car, at(&format!("{hour}:{minute}")), north(away), speed).await.unwrap();
        }
    };
    roll("09", 49.0).await;
    assert_eq!(kinds(&compared(&db, at("09:30")).await), []);
    roll("10", 51.0).await;
    let found = compared(&db, at("10:30")).await;
    assert_eq!(kinds(&found), [(FindingKind::UseWithoutOrder, 51.0)]);
    assert_eq!(compared(&db, at("10:33")).await.fresh, []);
}

#[tokio::test]
async fn an_order_covers_its_trips_and_an_emergency_that_was_written_down_later_suppresses() {
    let (db, car) = stage().await;
    driving::order(&db.pool, &order(car)).await.unwrap();
    driving::trip(&db.pool, car, (at("09:05"), Some(at("10:50"))), (base(), base()), 25_000).await.unwrap();
    let emergency = DrivenOrder {
        planned: (at("14:30"), at("16:00")),
        departed_at: Some(at("14:30")),
        returned_at: Some(at("15:30")),
        is_emergency: true,
        account: None,
        ..order(car)
    };
    driving::order(&db.pool, &emergency).await.unwrap();
    driving::trip(&db.pool, car, (at("14:00"), Some(at("15:25"))), (base(), base()), 20_000).await.unwrap();
    sqlx::query("update trip_request set ratify_by = $1 where is_emergency")
        .bind(at("14:30") + Duration::hours(24))
        .execute(&db.pool)
        .await
        .unwrap();
    assert_eq!(kinds(&compared(&db, at("17:00")).await), []);
    let later = compared(&db, at("14:30") + Duration::hours(24)).await;
    assert_eq!(kinds(&later), [(FindingKind::NotRatified, 1.0)], "a day without ratification");
}

#[tokio::test]
async fn a_detour_over_a_fifth_is_found_with_its_order_and_its_share() {
    let (db, car) = stage().await;
    let id = driving::order(&db.pool, &order(car)).await.unwrap();
    driving::trip(&db.pool, car, (at("09:05"), Some(at("10:50"))), (base(), base()), 30_100).await.unwrap();
    let found = compared(&db, at("12:00")).await;
    assert_eq!(kinds(&found), [(FindingKind::Detour, 20.4)]);
    assert_eq!(found.fresh[0].finding.order, Some(id));
    assert_eq!(found.fresh[0].finding.trip, Some(TripId::of(car, at("09:05"))));
}

#[tokio::test]
async fn an_order_of_three_days_is_compared_whole_once_it_is_back() {
    let (db, car) = stage().await;
    let days_ago = |days: i64| at("09:00") - Duration::days(days);
    let long = DrivenOrder { planned: (days_ago(3), at("11:00")), departed_at: Some(days_ago(3)), ..order(car) };
    driving::order(&db.pool, &long).await.unwrap();
    for days in [3, 2, 1] {
        let span = (days_ago(days), Some(days_ago(days) + Duration::hours(1)));
        driving::trip(&db.pool, car, span, (base(), base()), 12_000).await.unwrap();
    }
    assert_eq!(kinds(&compared(&db, at("12:00")).await), [(FindingKind::Detour, 44.0)]);
}

#[tokio::test]
async fn ten_minutes_at_a_hotel_are_recorded_with_the_order() {
    let (db, car) = stage().await;
    let id = driving::order(&db.pool, &order(car)).await.unwrap();
    driving::trip(&db.pool, car, (at("09:05"), Some(at("10:50"))), (base(), base()), 25_000).await.unwrap();
    let place = SensitivePlace {
        name: "湖滨大酒店".to_owned(),
        class: "宾馆酒店".to_owned(),
        place: north(5_000.0),
        radius: Distance::from_metres(100.0),
    };
    let mut conn = db.pool.acquire().await.unwrap();
    sensitive_place::insert(&mut conn, SensitivePlaceId(Uuid::now_v7()), UNIT, &place, DRIVER, at("00:00")).await.unwrap();
    let again = sensitive_place::insert(&mut conn, SensitivePlaceId(Uuid::now_v7()), UNIT, &place, DRIVER, at("00:00")).await;
    assert_eq!(again.unwrap_err().code(), "sensitive_place.name_taken");
    driving::stop(&db.pool, car, (at("09:30"), Some(at("09:40"))), north(5_050.0)).await.unwrap();
    let found = compared(&db, at("12:00")).await;
    assert_eq!(kinds(&found), [(FindingKind::SensitiveStop, 10.0)]);
    assert_eq!(found.fresh[0].finding.order, Some(id));
}

#[tokio::test]
async fn a_car_that_is_not_back_at_ten_in_the_evening_is_found_unless_it_is_in_repair() {
    let (db, car) = stage().await;
    driving::stop(&db.pool, car, (at("19:00"), None), north(5_000.0)).await.unwrap();
    assert_eq!(kinds(&compared(&db, at("21:55")).await), []);
    fleet::execute(&db.pool, "update vehicle set status = 'in_repair'").await.unwrap();
    assert_eq!(kinds(&compared(&db, at("22:05")).await), []);
    fleet::execute(&db.pool, "update vehicle set status = 'in_service'").await.unwrap();
    assert_eq!(kinds(&compared(&db, at("22:10")).await), [(FindingKind::NotReturned, 5000.0)]);
}

#[tokio::test]
async fn somebody_elses_card_in_the_reader_is_the_wrong_driver() {
    let (db, car) = stage().await;
    let id = driving::order(&db.pool, &order(car)).await.unwrap();
    driving::trip(&db.pool, car, (at("09:05"), Some(at("10:50"))), (base(), base()), 25_000).await.unwrap();
    sqlx::query(
        "insert into terminal_report (terminal_id, vehicle_no, received_at, message_id, decoded, raw)
         values ('13900000001', $1, $2, 1794, $3, '')",
    )
    .bind(car.0)
    .bind(at("08:50"))
    .bind(serde_json::json!({ "status": 1, "at": at("08:50"), "result": 0, "driver_name": "李四" }))
    .execute(&db.pool)
    .await
    .unwrap();
    let found = compared(&db, at("12:00")).await;
    assert_eq!(kinds(&found), [(FindingKind::WrongDriver, 1.0)]);
    assert_eq!(found.fresh[0].finding.order, Some(id));
}

/// A detour that was found, and its order.
async fn detour() -> (TestDatabase, FindingId, OrderId) {
    let (db, car) = stage().await;
    let order = driving::order(&db.pool, &order(car)).await.unwrap();
    driving::trip(&db.pool, car, (at("09:05"), Some(at("10:50"))), (base(), base()), 40_000).await.unwrap();
    let found = compared(&db, at("12:00")).await;
    (db, found.fresh[0].id, order)
}

#[tokio::test]
async fn a_step_is_taken_once_from_where_the_finding_stands_and_what_was_said_stays() {
    let (db, id, order) = detour().await;
    let mut conn = db.pool.acquire().await.unwrap();
    let said = FindingText::new("施工绕行").unwrap();
    let step = FindingState::Open.step(FindingAction::Explain, DRIVER, &said, None, at("12:10")).unwrap();
    finding::take(&mut conn, id, Uuid::now_v7(), &step).await.unwrap();
    let twice = finding::take(&mut conn, id, Uuid::now_v7(), &step).await;
    assert!(matches!(twice, Err(DbError::NotFound)), "somebody was faster: {twice:?}");
    let steps = finding::steps(&mut conn, id).await.unwrap();
    assert_eq!((steps.len(), &steps[0].step, steps[0].by.as_deref()), (1, &step, Some("张三")));
    let kept = finding::load(&mut conn, &Scope::of(UNIT), id).await.unwrap();
    assert_eq!((kept.state, kept.finding.order, kept.driver_account), (FindingState::Explained, Some(order), Some(DRIVER)));
    for statement in [
        "update trip_finding_step set text = 'x'",
        "delete from trip_finding_step",
        "delete from trip_finding",
        "update trip_finding set measured = 0",
        "update trip_finding set at = now()",
    ] {
        assert!(fleet::execute(&db.pool, statement).await.is_err(), "{statement}");
    }
}

#[tokio::test]
async fn only_what_nobody_explained_in_time_is_overdue() {
    let (db, id, _) = detour().await;
    let mut conn = db.pool.acquire().await.unwrap();
    let day = Duration::hours(24);
    assert_eq!(finding::overdue(&mut conn, at("12:00") + day - Duration::minutes(1), 10).await.unwrap(), []);
    let overdue = finding::overdue(&mut conn, at("12:00") + day, 10).await.unwrap();
    assert_eq!(overdue.iter().map(|kept| kept.id).collect::<Vec<_>>(), [id]);
    let step = overdue[0].state.overdue(overdue[0].explain_by, at("12:00") + day).unwrap();
    finding::take(&mut conn, id, Uuid::now_v7(), &step).await.unwrap();
    assert_eq!(finding::overdue(&mut conn, at("12:00") + day + day, 10).await.unwrap(), []);
    assert_eq!(finding::steps(&mut conn, id).await.unwrap()[0].by, None, "the clock");
}

#[tokio::test]
async fn a_driver_sees_what_was_found_of_own_orders_and_nobody_elses() {
    let (db, id, _) = detour().await;
    let nothing = Scope::nothing();
    let mut driver = fleet_db::begin_within(&db.pool, &nothing, Some(DRIVER), Access::Write).await.unwrap();
    let seen = finding::list(&mut driver, &nothing, Filter::default(), 10).await.unwrap();
    assert_eq!(seen.iter().map(|kept| (kept.id, kept.plate.as_str())).collect::<Vec<_>>(), [(id, "浙A13900000001")]);
    let said = FindingText::new("施工绕行").unwrap();
    let step = seen[0].state.step(FindingAction::Explain, DRIVER, &said, None, at("12:10")).unwrap();
    finding::take(&mut driver, id, Uuid::now_v7(), &step).await.unwrap();
    drop(driver);
    let other = AccountId(Uuid::from_u128(0xe));
    let mut stranger = fleet_db::begin_within(&db.pool, &nothing, Some(other), Access::Read).await.unwrap();
    assert_eq!(finding::list(&mut stranger, &nothing, Filter::default(), 10).await.unwrap(), []);
    assert!(matches!(finding::load(&mut stranger, &nothing, id).await, Err(DbError::NotFound)));
}

#[tokio::test]
async fn of_an_exempt_car_nothing_is_looked_at_and_nothing_is_told() {
    let (db, id, _) = detour().await;
    fleet::exempt(&db.pool, VehicleNo(1), at("12:30")).await.unwrap();
    assert_eq!(compared(&db, at("13:00")).await.cars, 0);
    let mut leader = fleet_db::begin_within(&db.pool, &Scope::of(UNIT), None, Access::Read).await.unwrap();
    assert!(matches!(finding::load(&mut leader, &Scope::of(UNIT), id).await, Err(DbError::NotFound)));
}

#[tokio::test]
async fn two_services_share_the_cars() {
    let (db, _) = stage().await;
    for n in 2..=5 {
        fleet::car(&db.pool, &format!("1390000000{n}"), "secret").await.unwrap();
    }
    let look_at = async |tx: &mut fleet_db::Transaction, limit| {
        look(tx, at("12:00"), TimeDelta::minutes(2), limit, Uuid::now_v7).await.unwrap().cars
    };
    let mut one = fleet_db::begin(&db.pool).await.unwrap();
    // The first one enters the cars; until it ends the other cannot see them.
    assert_eq!(look_at(&mut one, 0).await, 0);
    one.commit().await.unwrap();
    let (mut one, mut other) = (fleet_db::begin(&db.pool).await.unwrap(), fleet_db::begin(&db.pool).await.unwrap());
    assert_eq!((look_at(&mut one, 3).await, look_at(&mut other, 3).await), (3, 2));
}
