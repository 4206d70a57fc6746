//! Accounts, sessions, units, vehicles, fittings, live states and repeated answers on a real store.

use chrono::{DateTime, Duration, Utc};
use dispatch::account::{AccountId, Permission, Role, SessionId};
use dispatch::grant;
use dispatch::password::Attempts;
use dispatch::scope::Scope;
use dispatch::unit::{Level, Unit, UnitId};
use dispatch::vehicle::{Alias, ModelName, Powertrain, Seats, VehicleAsset, VehicleCategory, VehicleStatus};
use fleet_db::account::NewAccount;
use fleet_db::fitting::NewDevice;
use fleet_db::idempotent::Claim;
use fleet_db::password::PasswordKind;
use fleet_db::session::{NewSession, SessionKind, Vouched};
use fleet_db::terminal::By;
use fleet_db::testing::{TestDatabase, database};
use fleet_db::vehicle::Filter;
use fleet_db::{Constraint, DbError, PgConnection};
use telematics::id::{DeviceId, VehicleId};
use telematics::place::LonLat;
use telematics::quantity::Distance;
use uuid::Uuid;

const CITY: UnitId = UnitId(Uuid::from_u128(1));
const COUNTY: UnitId = UnitId(Uuid::from_u128(2));
const OFFICE: UnitId = UnitId(Uuid::from_u128(3));
const OTHER: UnitId = UnitId(Uuid::from_u128(4));

fn now() -> DateTime<Utc> {
    "2026-03-02T04:00:00Z".parse().unwrap()
}

/// A city with a county and its office below, and another county.
async fn organisation() -> TestDatabase {
    let db = database().await;
    let mut conn = db.pool.acquire().await.unwrap();
    for (id, parent, name, lon) in [
        (CITY, None, "市", 120.0),
        (COUNTY, Some(CITY), "县", 120.1),
        (OFFICE, Some(COUNTY), "局", 120.2),
        (OTHER, Some(CITY), "邻县", 120.3),
    ] {
        let place = LonLat::new(lon, 30.0).unwrap();
        let unit = Unit::new(id, parent, name, Level::City, "330100".parse().unwrap()).at(place);
        fleet_db::unit::insert(&mut conn, &unit, now()).await.unwrap();
    }
    drop(conn);
    db
}

fn asset(unit: UnitId, plate: &str, alias: Option<&str>) -> VehicleAsset {
    VehicleAsset {
        plate: plate.parse().unwrap(),
        vin: None,
        unit,
        category: VehicleCategory::Other,
        powertrain: Powertrain::Petrol,
        model: ModelName::new("大众 帕萨特").unwrap(),
        seats: Seats::new(5).unwrap(),
        status: VehicleStatus::InService,
        alias: alias.map(|alias| Alias::new(alias).unwrap()),
    }
}

async fn add(conn: &mut PgConnection, unit: UnitId, plate: &str, alias: Option<&str>) -> VehicleId {
    let id = VehicleId(Uuid::now_v7());
    fleet_db::vehicle::insert(conn, &Scope::of(CITY), id, &asset(unit, plate, alias), now()).await.unwrap();
    id
}

async fn account(conn: &mut PgConnection) -> AccountId {
    let id = AccountId(Uuid::now_v7());
    let new = NewAccount {
        id,
        login: "zhang".parse().unwrap(),
        display_name: "张三".to_owned(),
        password_hash: "x".to_owned(),
        role: Role::Dispatcher,
        unit: COUNTY,
    };
    fleet_db::account::insert(conn, &new, now()).await.unwrap();
    id
}

#[tokio::test]
async fn a_scope_is_a_unit_and_all_below() {
    let db = organisation().await;
    let mut conn = db.pool.acquire().await.unwrap();
    for (top, names) in
        [(CITY, vec!["县", "局", "市", "邻县"]), (COUNTY, vec!["县", "局"]), (OFFICE, vec!["局"]), (UnitId(Uuid::nil()), vec![])]
    {
        let mut found: Vec<String> =
            fleet_db::unit::list(&mut conn, &Scope::of(top)).await.unwrap().into_iter().map(|unit| unit.name).collect();
        found.sort();
        let mut names = names;
        names.sort_unstable();
        assert_eq!(found, names);
    }
}

#[tokio::test]
async fn a_place_is_named_after_the_nearest_unit_within_reach() {
    let db = organisation().await;
    let mut conn = db.pool.acquire().await.unwrap();
    let places = [(120.2015, 30.0), (120.25, 30.0), (120.1, 30.0)].map(|(lon, lat)| LonLat::new(lon, lat).unwrap());
    let names = fleet_db::unit::nearest(&mut conn, &places, Distance::from_metres(300.0)).await.unwrap();
    assert_eq!(names, [Some("局".to_owned()), None, Some("县".to_owned())]);
    assert!(fleet_db::unit::nearest(&mut conn, &[], Distance::from_metres(300.0)).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_plate_is_registered_once_and_in_a_unit_of_the_scope() {
    let db = organisation().await;
    let mut conn = db.pool.acquire().await.unwrap();
    let id = add(&mut conn, OFFICE, "浙A00001", Some("一号")).await;
    let again =
        fleet_db::vehicle::insert(&mut conn, &Scope::of(CITY), VehicleId(Uuid::now_v7()), &asset(OTHER, "浙A00001", None), now())
            .await;
    assert!(matches!(again, Err(DbError::Conflict(Constraint::VehiclePlate))), "{again:?}");
    let outside = fleet_db::vehicle::insert(
        &mut conn,
        &Scope::of(COUNTY),
        VehicleId(Uuid::now_v7()),
        &asset(OTHER, "浙A00002", None),
        now(),
    )
    .await;
    assert!(matches!(outside, Err(DbError::NotFound)), "{outside:?}");
    let found = fleet_db::vehicle::load(&mut conn, &Scope::of(COUNTY), id).await.unwrap();
    assert_eq!((found.vehicle.asset, found.unit_name.as_str()), (asset(OFFICE, "浙A00001", Some("一号")), "局"));
    assert!(matches!(fleet_db::vehicle::load(&mut conn, &Scope::of(OTHER), id).await, Err(DbError::NotFound)));
    assert!(matches!(fleet_db::vehicle::number(&mut conn, &Scope::of(OTHER), id).await, Err(DbError::NotFound)));
}

#[tokio::test]
async fn a_search_takes_no_sign_for_a_wildcard() {
    let db = organisation().await;
    let mut conn = db.pool.acquire().await.unwrap();
    add(&mut conn, OFFICE, "浙A00001", Some("100%")).await;
    add(&mut conn, OTHER, "浙A00002", Some("a_b")).await;
    for (text, plates) in [
        ("%", vec!["浙A00001"]),
        ("_", vec!["浙A00002"]),
        ("A_B", vec!["浙A00002"]),
        ("帕萨特", vec!["浙A00001", "浙A00002"]),
        ("邻", vec!["浙A00002"]),
        ("'", vec![]),
    ] {
        let filter = Filter { text: Some(text.to_owned()), ..Filter::default() };
        let found = fleet_db::vehicle::list(&mut conn, &Scope::of(CITY), &filter, "", 10).await.unwrap();
        assert_eq!(found.iter().map(|one| one.vehicle.asset.plate.as_str()).collect::<Vec<_>>(), plates, "{text}");
        assert_eq!(fleet_db::vehicle::numbers(&mut conn, &Scope::of(CITY), &filter).await.unwrap().len(), plates.len());
    }
}

#[tokio::test]
async fn a_session_is_found_by_its_token_until_it_ends() {
    let db = organisation().await;
    let mut conn = db.pool.acquire().await.unwrap();
    let account = account(&mut conn).await;
    let idle = Duration::hours(1);
    let browser = NewSession {
        id: SessionId(Uuid::now_v7()),
        token_sha256: [7; 32],
        account,
        kind: SessionKind::Browser,
        name: "",
        csrf_token: "c",
        peer: "127.0.0.1",
        user_agent: "test",
        vouched: Vouched::Here,
        expires_at: now() + Duration::hours(12),
    };
    let program = NewSession {
        id: SessionId(Uuid::now_v7()),
        token_sha256: [8; 32],
        kind: SessionKind::Program,
        name: "p",
        ..browser.clone()
    };
    for session in [&browser, &program] {
        fleet_db::session::insert(&mut conn, session, now()).await.unwrap();
    }
    let found = fleet_db::session::find(&mut conn, &[7; 32], now(), idle).await.unwrap().unwrap();
    assert_eq!(
        (found.account.display_name.as_str(), grant::scope(&found.grants, Permission::WatchVehicles)),
        ("张三", Scope::of(COUNTY))
    );
    assert!(fleet_db::session::find(&mut conn, &[9; 32], now(), idle).await.unwrap().is_none());
    let later = now() + idle;
    assert!(fleet_db::session::find(&mut conn, &[7; 32], later, idle).await.unwrap().is_none(), "idle");
    assert!(fleet_db::session::find(&mut conn, &[8; 32], later, idle).await.unwrap().is_some(), "a program may be");
    fleet_db::session::touch(&mut conn, browser.id, later).await.unwrap();
    fleet_db::session::touch(&mut conn, browser.id, now()).await.unwrap();
    let held = fleet_db::session::grants(&mut conn, browser.id, later, idle).await.unwrap();
    assert_eq!(held, Some(found.grants), "time does not go back");
    assert_eq!(fleet_db::session::forget_ended(&mut conn, now() + Duration::hours(11), idle).await.unwrap(), 1, "the idle one");
    assert_eq!(fleet_db::session::list(&mut conn, account, Some(SessionKind::Program), now(), idle).await.unwrap().len(), 1);
    assert!(matches!(fleet_db::session::delete(&mut conn, AccountId(Uuid::nil()), program.id).await, Err(DbError::NotFound)));
    fleet_db::session::delete(&mut conn, account, program.id).await.unwrap();
}

#[tokio::test]
async fn wrong_passwords_are_remembered_and_forgotten_with_a_new_one() {
    let db = organisation().await;
    let mut conn = db.pool.acquire().await.unwrap();
    assert!(!fleet_db::account::any(&mut conn).await.unwrap());
    let id = account(&mut conn).await;
    assert!(fleet_db::account::any(&mut conn).await.unwrap());
    let attempts = Attempts { failed: 5, locked_until: Some(now()) };
    fleet_db::account::save_attempts(&mut conn, id, attempts).await.unwrap();
    assert_eq!(fleet_db::account::hold_attempts(&mut conn, id).await.unwrap(), attempts);
    fleet_db::password::set(&mut conn, id, "y", PasswordKind::Chosen, 5, now() + Duration::seconds(1)).await.unwrap();
    let found = fleet_db::account::credentials(&mut conn, &"zhang".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!((found.password_hash.as_deref(), found.attempts), (Some("y"), Attempts::default()));
    assert!(fleet_db::account::credentials(&mut conn, &"li".parse().unwrap()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_device_that_is_bound_cannot_be_bound_again_before_it_is_taken_out() {
    let db = organisation().await;
    let mut conn = db.pool.acquire().await.unwrap();
    let (first, second) = (add(&mut conn, OFFICE, "浙A00001", None).await, add(&mut conn, OTHER, "浙A00002", None).await);
    let by = By { account: Some(account(&mut conn).await), ..By::system("装车") };
    let device = NewDevice {
        id: DeviceId(Uuid::now_v7()),
        terminal: "MP-1".parse().unwrap(),
        secret_sha256: [1; 32],
        model: "box".to_owned(),
    };
    let _ = fleet_db::fitting::insert_device(&mut conn, &Scope::of(CITY), CITY, &device, &by, now()).await.unwrap();
    let scope = &Scope::of(CITY);
    assert_eq!(
        fleet_db::fitting::bind(&mut conn, scope, device.id, first, None, &by, now()).await.unwrap().0,
        None,
        "since ever"
    );
    let twice = fleet_db::fitting::bind(&mut conn, scope, device.id, second, None, &by, now()).await;
    assert!(matches!(twice, Err(DbError::Conflict(Constraint::BindingDevice))), "{twice:?}");
    assert!(matches!(
        fleet_db::fitting::unbind(&mut conn, &Scope::of(OTHER), device.id, &by, now()).await,
        Err(DbError::NotFound)
    ));
    assert_eq!(fleet_db::fitting::unbind(&mut conn, scope, device.id, &by, now()).await.unwrap().0, first);
    let later = now() + Duration::hours(1);
    assert_eq!(fleet_db::fitting::bind(&mut conn, scope, device.id, second, None, &by, later).await.unwrap().0, Some(later));
    let past = fleet_db::fitting::list_of_vehicle(&mut conn, first).await.unwrap();
    assert_eq!((past[0].from, past[0].to), (None, Some(now())));
    let listed = fleet_db::fitting::list_devices(&mut conn, scope, "", 10, now()).await.unwrap();
    assert_eq!(listed[0].vehicle, Some((second, "浙A00002".to_owned())));
}

#[tokio::test]
async fn a_key_is_claimed_once_and_remembers_what_was_said() {
    let db = organisation().await;
    let mut conn = db.pool.acquire().await.unwrap();
    let account = account(&mut conn).await;
    let claim = async |conn: &mut PgConnection, sha: u8| {
        fleet_db::idempotent::claim(conn, account, "k", &[sha; 32], now()).await.unwrap()
    };
    assert_eq!(claim(&mut conn, 1).await, Claim::Fresh);
    fleet_db::idempotent::answer(&mut conn, account, "k", 201, b"{}").await.unwrap();
    assert_eq!(claim(&mut conn, 1).await, Claim::Answered { status: 201, body: b"{}".to_vec() });
    assert_eq!(claim(&mut conn, 2).await, Claim::Mismatch);
    assert_eq!(fleet_db::idempotent::forget(&mut conn, now() + Duration::seconds(1)).await.unwrap(), 1);
    assert_eq!(claim(&mut conn, 2).await, Claim::Fresh);
}

#[tokio::test]
async fn word_of_a_change_of_the_register_comes() {
    let db = organisation().await;
    let mut changes = fleet_db::live::listen(&db.pool).await.unwrap();
    let mut conn = db.pool.acquire().await.unwrap();
    add(&mut conn, OFFICE, "浙A00001", None).await;
    tokio::time::timeout(std::time::Duration::from_secs(10), changes.changed()).await.unwrap().unwrap();
    let register = fleet_db::live::register(&mut conn).await.unwrap();
    assert_eq!((register.vehicles.len(), register.units.len()), (1, 4));
}

#[tokio::test]
async fn among_seventy_seven_thousand_cars_a_search_finds_those_it_means() {
    let db = organisation().await;
    let mut conn = db.pool.acquire().await.unwrap();
    fleet_db::testing::fleet::execute(
        &db.pool,
        "insert into vehicle (id, plate, unit_id, category, powertrain, model, seats, status, alias, created_at)
         select gen_random_uuid(), '浙A' || lpad(n::text, 5, '0'), '00000000-0000-0000-0000-000000000003', 'other', 'petrol', '大众 帕萨特', 5, 'in_service',
                '车' || n, now()
         from generate_series(1, 77000) as n",
    )
    .await
    .unwrap();
    fleet_db::testing::fleet::execute(&db.pool, "analyze vehicle").await.unwrap();
    // 浙A76540 to 浙A76549; 浙A07654; 车7654 and 车76540 to 车76549; none.
    for (text, found) in [("a7654", 10), ("a07654", 1), ("车7654", 11), ("没有这样的车", 0)] {
        let filter = Filter { text: Some(text.to_owned()), ..Filter::default() };
        let numbers = fleet_db::vehicle::numbers(&mut conn, &Scope::of(CITY), &filter).await.unwrap();
        assert_eq!(numbers.len(), found, "{text}");
        let those = Filter { numbers: Some(numbers), ..Filter::default() };
        let page = fleet_db::vehicle::list(&mut conn, &Scope::of(CITY), &those, "", 100).await.unwrap();
        assert_eq!(page.len(), found, "{text}");
    }
}
