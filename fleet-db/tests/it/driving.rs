//! The driver's terminal in the store: a danger keeps the car whoever writes, a telephone has a place on an open task alone, and a call
//! is a red alarm that is told once.

use chrono::{DateTime, Duration, Utc};
use dispatch::account::AccountId;
use dispatch::scope::Scope;
use dispatch::trip::check::{CheckItem, CheckKind, Found, Inspection, SosKind};
use dispatch::trip::order::{OrderId, OrderState};
use fleet_db::driving::position::{self, PhonePosition};
use fleet_db::driving::{self, Sent, check, sos};
use fleet_db::testing::{errand, fleet};
use fleet_db::{Access, Constraint, DbError, PgPool, Transaction};
use sqlx::AssertSqlSafe;
use telematics::id::{VehicleId, VehicleNo};
use telematics::place::LonLat;
use uuid::Uuid;

fn now() -> DateTime<Utc> {
    "2026-03-02T04:00:00Z".parse().unwrap()
}

/// A car with an order of one driver.
struct Errand {
    no: VehicleNo,
    car: VehicleId,
    driver: AccountId,
    order: OrderId,
}

async fn account(pool: &PgPool, login: &str) -> AccountId {
    let id = Uuid::now_v7();
    sqlx::query(
        "insert into account (id, login, display_name, role, unit_id, password_hash, password_changed_at, created_at)
         select $1, $2, $2, 'driver', id, '', $3, $3 from unit limit 1",
    )
    .bind(id)
    .bind(login)
    .bind(now())
    .execute(pool)
    .await
    .unwrap();
    AccountId(id)
}

async fn errand(pool: &PgPool, state: OrderState) -> Errand {
    let no = fleet::car(pool, "MP-1", "s").await.unwrap();
    let car: Uuid = sqlx::query_scalar("select id from vehicle where no = $1").bind(no.0).fetch_one(pool).await.unwrap();
    let driver = account(pool, "driver.one").await;
    let order = errand::order(pool, VehicleId(car), driver, state, now()).await.unwrap();
    Errand { no, car: VehicleId(car), driver, order }
}

/// What the driver sees and may change, and no more.
async fn as_driver(pool: &PgPool, account: AccountId) -> Transaction {
    fleet_db::begin_within(pool, &Scope::nothing(), Some(account), Access::Write).await.unwrap()
}

fn sent(key: &str, by: AccountId) -> Sent<'_> {
    Sent { id: Uuid::now_v7(), key, at: now(), by, now: now() + Duration::seconds(2) }
}

fn inspection(bad: Option<(CheckItem, bool)>) -> Inspection {
    let found = |item| Found {
        item,
        is_well: bad.is_none_or(|(wrong, _)| wrong != item),
        note: String::new(),
        is_safety: bad.is_some_and(|(_, is_safety)| is_safety),
    };
    Inspection::new(CheckItem::ALL.map(found).to_vec()).unwrap()
}

async fn number(pool: &PgPool, sql: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(pool).await.unwrap()
}

/// Keeps a look over the car; whether it was new.
async fn keep(pool: &PgPool, errand: &Errand, key: &str, found: &Inspection) -> bool {
    let mut tx = as_driver(pool, errand.driver).await;
    let order = driving::own(&mut tx, errand.driver, errand.order).await.unwrap();
    let kept = check::insert(&mut tx, &order, CheckKind::PreTrip, found, sent(key, errand.driver), Uuid::now_v7).await.unwrap();
    tx.commit().await.unwrap();
    kept.is_some()
}

#[sqlx::test(migrator = "fleet_db::MIGRATOR")]
async fn a_danger_keeps_the_car_from_driving_off_whoever_says_that_it_does(pool: PgPool) {
    let errand = errand(&pool, OrderState::Accepted).await;
    assert!(keep(&pool, &errand, "k1", &inspection(Some((CheckItem::Papers, false)))).await);
    errand::push(&pool, errand.order, OrderState::Underway).await.unwrap();
    errand::push(&pool, errand.order, OrderState::Waiting).await.unwrap();
    assert!(keep(&pool, &errand, "k2", &inspection(Some((CheckItem::Brakes, true)))).await);
    assert!(!keep(&pool, &errand, "k2", &inspection(Some((CheckItem::Brakes, true)))).await, "the same key is the same look");
    assert_eq!(number(&pool, "select count(*) from vehicle_defect").await, 2);
    // Whoever stands on the way may still get home.
    errand::push(&pool, errand.order, OrderState::Underway).await.unwrap();
    errand::push(&pool, errand.order, OrderState::Accepted).await.unwrap();
    let refused = errand::push(&pool, errand.order, OrderState::Underway).await;
    assert!(matches!(refused, Err(DbError::Conflict(Constraint::OrderDefect))), "{refused:?}");
    let other = account(&pool, "driver.two").await;
    let later = errand::order(&pool, errand.car, other, OrderState::Underway, now() + Duration::hours(5)).await;
    assert!(matches!(later, Err(DbError::Conflict(Constraint::OrderDefect))), "{later:?}");

    let mut tx = fleet_db::begin(&pool).await.unwrap();
    assert!(check::keeps_from_driving(&mut tx, errand.car).await.unwrap());
    let open = check::defects(&mut tx, errand.car, true, 10).await.unwrap();
    let danger = open.iter().find(|defect| defect.is_safety).unwrap();
    check::close(&mut tx, danger.id, errand.driver, "更换刹车片", now()).await.unwrap();
    let again = check::close(&mut tx, danger.id, errand.driver, "再次", now()).await;
    assert!(matches!(again, Err(DbError::NotFound)), "it is closed once: {again:?}");
    tx.commit().await.unwrap();
    errand::push(&pool, errand.order, OrderState::Underway).await.unwrap();
    let rewritten = sqlx::query("update order_check set items = '{}'").execute(&pool).await;
    assert!(rewritten.is_err(), "what was seen stands");
}

fn place(secs: i64) -> PhonePosition {
    PhonePosition { at: now() + Duration::seconds(secs), place: LonLat::new(120.15, 30.25).unwrap(), speed: None, accuracy: None }
}

async fn bring(pool: &PgPool, errand: &Errand, secs: &[i64]) -> Result<u64, DbError> {
    let places: Vec<_> = secs.iter().copied().map(place).collect();
    let mut tx = as_driver(pool, errand.driver).await;
    let kept = position::insert(&mut tx, errand.order, &places, now() + Duration::hours(1)).await?;
    tx.commit().await.unwrap();
    Ok(kept)
}

#[sqlx::test(migrator = "fleet_db::MIGRATOR")]
async fn a_telephone_has_no_place_without_an_open_task(pool: PgPool) {
    let errand = errand(&pool, OrderState::Issued).await;
    for state in OrderState::ALL {
        sqlx::query("update dispatch_order set end_reason = 'x'").execute(&pool).await.unwrap();
        errand::push(&pool, errand.order, state).await.unwrap();
        sqlx::query("delete from driver_position").execute(&pool).await.unwrap();
        let told = bring(&pool, &errand, &[60, 61]).await;
        // Past the program's own check too.
        let forced = sqlx::query(
            "insert into driver_position (order_id, at, recorded_at, place) values ($1, $2, $2, 'srid=4326;point(120 30)')",
        )
        .bind(errand.order.0)
        .bind(now() + Duration::seconds(90))
        .execute(&pool)
        .await;
        if state.is_on_the_road() {
            assert_eq!((told.unwrap(), forced.is_ok()), (2, true), "{state}");
        } else {
            assert!(matches!(told, Err(DbError::Conflict(Constraint::DriverPositionOpen))), "{state}: {told:?}");
            assert!(forced.is_err(), "{state}");
            assert_eq!(number(&pool, "select count(*) from driver_position").await, 0, "{state}");
        }
    }
}

#[sqlx::test(migrator = "fleet_db::MIGRATOR")]
async fn places_from_before_the_task_twice_or_of_an_exempt_car_are_not_kept(pool: PgPool) {
    let errand = errand(&pool, OrderState::Underway).await;
    assert_eq!(bring(&pool, &errand, &[-1, 0, 10, 10, 2 * 3600]).await.unwrap(), 2, "before it, twice, and ahead of the clock");
    assert_eq!(bring(&pool, &errand, &[10, 20]).await.unwrap(), 1, "the same again");
    let other = account(&pool, "driver.two").await;
    let mut tx = as_driver(&pool, other).await;
    assert!(matches!(driving::own(&mut tx, other, errand.order).await, Err(DbError::NotFound)), "somebody else's order");
    assert_eq!(position::insert(&mut tx, errand.order, &[place(30)], now()).await.unwrap(), 0, "row-level security");
    drop(tx);
    fleet::exempt(&pool, errand.no, now()).await.unwrap();
    assert_eq!(bring(&pool, &errand, &[40]).await.unwrap(), 0, "the car is exempt from tracking");
}

async fn call(pool: &PgPool, errand: &Errand, key: &str) -> bool {
    let mut tx = as_driver(pool, errand.driver).await;
    let order = driving::own(&mut tx, errand.driver, errand.order).await.unwrap();
    let place = LonLat::new(120.15, 30.25).ok();
    let is_new = sos::call(&mut tx, &order, SosKind::Help, place, sent(key, errand.driver)).await.unwrap();
    tx.commit().await.unwrap();
    is_new
}

#[sqlx::test(migrator = "fleet_db::MIGRATOR")]
async fn a_call_for_help_is_a_red_alarm_that_is_told_once_and_hides_where_an_exempt_car_is(pool: PgPool) {
    let errand = errand(&pool, OrderState::Underway).await;
    assert_eq!([call(&pool, &errand, "k1").await, call(&pool, &errand, "k1").await], [true, false]);
    let alarm =
        "select count(*) from vehicle_alarm where kind = 'sos' and colour = 'red' and source = 'driver' and place is not null
                   and told_at is not null and cleared_at = raised_at";
    assert_eq!(number(&pool, alarm).await, 1);
    assert_eq!(number(&pool, "select count(*) from message where kind = 'sos_pressed'").await, 1);
    let mut tx = fleet_db::begin(&pool).await.unwrap();
    assert_eq!(fleet_db::message::watch::tell_alarms(&mut tx, now(), Duration::hours(1), 10).await.unwrap(), 0, "told already");
    tx.commit().await.unwrap();
    fleet::exempt(&pool, errand.no, now() - Duration::minutes(1)).await.unwrap();
    assert!(call(&pool, &errand, "k2").await);
    assert_eq!(number(&pool, "select count(*) from message where kind = 'sos_pressed'").await, 2, "told all the same");
    assert_eq!(number(&pool, "select count(*) from vehicle_alarm").await, 0);
    assert_eq!(number(&pool, "select count(place) from order_sos where key = 'k2'").await, 0);
}
