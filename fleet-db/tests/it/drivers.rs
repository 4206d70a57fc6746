//! Files of drivers in the database: found page by page within a scope, bound to one account each, told of before their licence ends.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use dispatch::account::{AccountId, Role};
use dispatch::driver::study::{Lesson, StudyId};
use dispatch::driver::{Driver, DriverId, DriverStatus, LicenceClass};
use dispatch::message::MessageKind;
use dispatch::scope::Scope;
use dispatch::unit::{Level, Unit, UnitId};
use fleet_db::account::NewAccount;
use fleet_db::driver::{self, Filter, licence, study};
use fleet_db::message::{self, View};
use fleet_db::testing::{TestDatabase, database};
use fleet_db::{Access, Constraint, DbError};
use uuid::Uuid;

const CITY: UnitId = UnitId(Uuid::from_u128(1));
const WEST: UnitId = UnitId(Uuid::from_u128(2));
const EAST: UnitId = UnitId(Uuid::from_u128(3));

fn now() -> DateTime<Utc> {
    "2026-03-02T04:00:00Z".parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A driver whose key is made of `n`.
fn person(n: u128, unit: UnitId, name: &str) -> Driver {
    Driver {
        id: DriverId(Uuid::from_u128(n)),
        unit,
        account: None,
        name: name.to_owned(),
        phone: format!("1380000{n:04}"),
        licence: LicenceClass::C1,
        licence_tail: "12X4".to_owned(),
        licence_until: day("2030-01-01"),
        status: DriverStatus::OnDuty,
        joined_on: day("2020-01-01"),
    }
}

/// A city with two sides, a keeper of cars at the top and somebody who drives in the west.
async fn world() -> (TestDatabase, AccountId, AccountId) {
    let db = database().await;
    let mut tx = fleet_db::begin(&db.pool).await.unwrap();
    for (id, parent, name) in [(CITY, None, "市"), (WEST, Some(CITY), "西"), (EAST, Some(CITY), "东")] {
        let level = if parent.is_some() { Level::County } else { Level::City };
        fleet_db::unit::insert(&mut tx, &Unit::new(id, parent, name, level, "330100".parse().unwrap()), now()).await.unwrap();
    }
    let keys = [("keeper", Role::FleetManager, CITY), ("zhang", Role::Driver, WEST), ("office", Role::Dispatcher, WEST)];
    let mut ids = Vec::new();
    for (login, role, unit) in keys {
        let id = AccountId(Uuid::now_v7());
        let (login, display_name) = (login.parse().unwrap(), login.to_owned());
        let new = NewAccount { id, login, display_name, password_hash: String::new(), role, unit };
        fleet_db::account::insert(&mut tx, &new, now()).await.unwrap();
        ids.push(id);
    }
    fleet_db::rule::plant(&mut tx, now(), Uuid::now_v7).await.unwrap();
    tx.commit().await.unwrap();
    (db, ids[0], ids[1])
}

#[tokio::test]
async fn drivers_are_found_by_page_text_and_unit_within_the_scope() {
    let (db, ..) = world().await;
    let whole = Scope::of(CITY);
    let mut conn = db.pool.acquire().await.unwrap();
    for (n, unit, name) in [(11, WEST, "王"), (12, WEST, "李"), (13, WEST, "李"), (14, EAST, "赵")] {
        driver::insert(&mut conn, &whole, &person(n, unit, name), now()).await.unwrap();
    }
    assert!(matches!(driver::insert(&mut conn, &Scope::of(EAST), &person(15, WEST, "孙"), now()).await, Err(DbError::NotFound)));
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = driver::list(&mut conn, &whole, &Filter::default(), after, 3).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.driver.id);
        seen.extend(page.into_iter().map(|listed| listed.driver.id.0.as_u128()));
    }
    seen.sort_unstable();
    assert_eq!(seen, [11, 12, 13, 14], "each once, also two of one name");
    let found = async |scope: &Scope, text: Option<&str>, unit: Option<UnitId>| {
        let filter = Filter { text: text.map(str::to_owned), unit };
        let mut tx = fleet_db::begin_within(&db.pool, scope, None, Access::Read).await.unwrap();
        let found = driver::list(&mut tx, scope, &filter, None, 100).await.unwrap();
        found.into_iter().map(|listed| listed.driver.name).collect::<Vec<_>>()
    };
    assert_eq!(found(&Scope::of(EAST), None, None).await, ["赵"]);
    assert_eq!(found(&whole, Some("李"), None).await, ["李", "李"]);
    assert_eq!(found(&whole, Some("0014"), None).await, ["赵"], "by the telephone");
    assert_eq!(found(&whole, Some("12x4"), Some(EAST)).await, ["赵"], "by the end of the licence's number");
}

#[tokio::test]
async fn an_account_is_of_one_driver_and_drives() {
    let (db, _, zhang) = world().await;
    let whole = Scope::of(CITY);
    let mut conn = db.pool.acquire().await.unwrap();
    let bind = async |conn: &mut fleet_db::PgConnection, scope: &Scope, login: &str| {
        driver::account_to_bind(conn, scope, &login.parse().unwrap(), now()).await.unwrap()
    };
    assert_eq!(bind(&mut conn, &whole, "zhang").await, Some(zhang));
    assert_eq!(bind(&mut conn, &Scope::of(EAST), "zhang").await, None, "of another unit");
    assert_eq!(bind(&mut conn, &whole, "office").await, None, "does not drive");
    let mut first = person(11, WEST, "张");
    first.account = Some(zhang);
    driver::insert(&mut conn, &whole, &first, now()).await.unwrap();
    let mut second = person(12, WEST, "张");
    driver::insert(&mut conn, &whole, &second, now()).await.unwrap();
    second.account = Some(zhang);
    let refused = driver::update(&mut conn, &whole, &second).await;
    assert!(matches!(refused, Err(DbError::Conflict(Constraint::DriverAccount))), "{refused:?}");
    let own = driver::of_account(&mut conn, zhang).await.unwrap().unwrap();
    assert_eq!((own.driver, own.login.as_deref(), own.unit_name.as_str()), (first, Some("zhang"), "西"));
    second.account = None;
    second.unit = EAST;
    assert!(matches!(driver::update(&mut conn, &Scope::of(WEST), &second).await, Err(DbError::NotFound)), "taken out of sight");
    driver::update(&mut conn, &whole, &second).await.unwrap();
    assert_eq!(driver::load(&mut conn, &Scope::of(EAST), second.id).await.unwrap().driver, second);
}

#[tokio::test]
async fn lessons_are_written_down_once_and_never_changed_by_people() {
    let (db, keeper, _) = world().await;
    let mut conn = db.pool.acquire().await.unwrap();
    let driver = person(11, WEST, "张");
    driver::insert(&mut conn, &Scope::of(CITY), &driver, now()).await.unwrap();
    let lesson = |on: &str, topic: &str| Lesson::new(day(on), topic, 90, day("2026-03-02")).unwrap();
    for (key, on) in [(1, "2026-01-05"), (2, "2026-02-05")] {
        let key = StudyId(Uuid::from_u128(key));
        study::insert(&mut conn, key, driver.id, &lesson(on, "冬季行车安全"), keeper, now()).await.unwrap();
    }
    let (key, same) = (StudyId(Uuid::from_u128(3)), lesson("2026-02-05", "冬季行车安全"));
    let again = study::insert(&mut conn, key, driver.id, &same, keeper, now()).await;
    assert!(matches!(again, Err(DbError::Conflict(Constraint::Study))));
    let days: Vec<_> =
        study::of_driver(&mut conn, driver.id).await.unwrap().into_iter().map(|study| (study.on, study.by)).collect();
    assert_eq!(days, [(day("2026-02-05"), "keeper".to_owned()), (day("2026-01-05"), "keeper".to_owned())]);
    let mut tx = fleet_db::begin_within(&db.pool, &Scope::of(CITY), Some(keeper), Access::Write).await.unwrap();
    assert!(sqlx::query("update driver_study set minutes = 1").execute(&mut *tx).await.is_err(), "no right to");
}

#[tokio::test]
async fn a_licence_that_runs_out_is_told_once_at_each_of_the_days_of_the_rule() {
    let (db, keeper, zhang) = world().await;
    let mut conn = db.pool.acquire().await.unwrap();
    let mut near = person(11, WEST, "张");
    near.account = Some(zhang);
    near.licence_until = day("2026-04-01");
    let mut gone = person(12, WEST, "李");
    (gone.licence_until, gone.status) = (day("2026-03-03"), DriverStatus::Left);
    let mut old = person(13, WEST, "王");
    old.licence_until = day("2026-01-01");
    for driver in [&near, &gone, &old, &person(14, EAST, "赵")] {
        driver::insert(&mut conn, &Scope::of(CITY), driver, now()).await.unwrap();
    }
    let mut told = Vec::new();
    // 30 days before, the same day again, and then day by day until long after.
    for days in [-1, 0, 0, 1, 14, 15, 16, 23, 29, 30, 31, 45, 70] {
        let at = now() + Duration::days(days);
        if licence::tell_expiring(&mut conn, at).await.unwrap() > 0 {
            told.push(days);
        }
    }
    assert_eq!(told, [0, 15, 23, 30], "30, 15, 7 and 0 days ahead, each once");
    for account in [keeper, zhang] {
        let messages = message::list(&mut conn, account, View::All, None, 100).await.unwrap();
        let kinds: Vec<_> = messages.iter().map(|message| message.kind).collect();
        assert_eq!(kinds, [MessageKind::LicenceExpires; 4], "the driver is told, and who keeps the files");
        assert_eq!(messages[0].subject.map(|subject| subject.id), Some(near.id.0));
    }
}
