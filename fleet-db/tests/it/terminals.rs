//! Terminals on a real store: registration, the triple check, links, commands, frames.

use std::time::Duration as Patience;

use chrono::{DateTime, Duration, Utc};
use dispatch::account::{AccountId, Role};
use dispatch::scope::Scope;
use dispatch::terminal::{CommandState, TerminalState};
use dispatch::unit::{Level, Unit, UnitId};
use dispatch::vehicle::{ModelName, Powertrain, Seats, VehicleAsset, VehicleCategory, VehicleStatus};
use fleet_db::account::NewAccount;
use fleet_db::command::{self, Command, Outcome, ask};
use fleet_db::device::identity::{self, Told};
use fleet_db::device::{self, Claim, Registration};
use fleet_db::frame::{self, Direction, Frame};
use fleet_db::link::{self, LinkChange};
use fleet_db::terminal::paper::{NewTerminal, Paper};
use fleet_db::terminal::{By, Filter};
use fleet_db::testing::{TestDatabase, database};
use fleet_db::{PgConnection, fitting};
use telematics::device::Protocol;
use telematics::id::{CommandId, DeviceId, VehicleId};
use uuid::Uuid;

const CITY: UnitId = UnitId(Uuid::from_u128(1));

fn now() -> DateTime<Utc> {
    "2026-03-02T04:00:00Z".parse().unwrap()
}

struct Stage {
    db: TestDatabase,
    by: By,
}

/// A city with one account.
async fn stage() -> Stage {
    let db = database().await;
    let mut conn = db.pool.acquire().await.unwrap();
    let unit = Unit::new(CITY, None, "市", Level::City, "330100".parse().unwrap());
    fleet_db::unit::insert(&mut conn, &unit, now()).await.unwrap();
    let account = NewAccount {
        id: AccountId(Uuid::now_v7()),
        login: "li".parse().unwrap(),
        display_name: "李四".to_owned(),
        password_hash: "x".to_owned(),
        role: Role::FleetManager,
        unit: CITY,
    };
    fleet_db::account::insert(&mut conn, &account, now()).await.unwrap();
    drop(conn);
    Stage { db, by: By { account: Some(account.id), ..By::system("测试") } }
}

async fn car(conn: &mut PgConnection, plate: &str) -> VehicleId {
    let asset = VehicleAsset {
        plate: plate.parse().unwrap(),
        vin: None,
        unit: CITY,
        category: VehicleCategory::Other,
        powertrain: Powertrain::Petrol,
        model: ModelName::new("红旗").unwrap(),
        seats: Seats::new(5).unwrap(),
        status: VehicleStatus::InService,
        alias: None,
    };
    let id = VehicleId(Uuid::now_v7());
    fleet_db::vehicle::insert(conn, &Scope::of(CITY), id, &asset, now()).await.unwrap();
    id
}

async fn terminal(conn: &mut PgConnection, by: &By, number: &str) -> DeviceId {
    let id = DeviceId(Uuid::now_v7());
    let new = NewTerminal {
        id,
        terminal: number.parse().unwrap(),
        protocol: Protocol::Jt808,
        secret_sha256: [0; 32],
        paper: Paper { profile: "standard".to_owned(), model: "盒子".to_owned(), unit: Some(CITY), ..Paper::default() },
    };
    let _ = fleet_db::terminal::paper::insert(conn, &Scope::of(CITY), &new, by, now()).await.unwrap();
    id
}

async fn state(conn: &mut PgConnection, id: DeviceId) -> TerminalState {
    fleet_db::terminal::load(conn, &Scope::of(CITY), id, now()).await.unwrap().state
}

fn plate(plate: &str) -> Claim {
    Claim { plate: Some(plate.to_owned()), vin: None }
}

#[tokio::test]
async fn a_registration_is_repeated_until_its_code_is_used_and_then_only_when_it_is_allowed_again() {
    let Stage { db, by } = stage().await;
    let mut conn = db.pool.acquire().await.unwrap();
    car(&mut conn, "浙A00001").await;
    let first = terminal(&mut conn, &by, "13900000001").await;
    let register = async |conn: &mut PgConnection, id, claim: &Claim| {
        device::mark_registered(conn, id, claim, [7; 32], now()).await.unwrap()
    };
    assert_eq!(register(&mut conn, DeviceId(Uuid::nil()), &plate("浙A00001")).await, Registration::NoSuchTerminal);
    assert_eq!(register(&mut conn, first, &plate("浙A99999")).await, Registration::NoSuchVehicle);
    assert_eq!(register(&mut conn, first, &plate("浙A·00001")).await, Registration::Done);
    assert_eq!(register(&mut conn, first, &plate("浙A00001")).await, Registration::Done, "the answer was lost");
    assert_eq!(state(&mut conn, first).await, TerminalState::Registered);
    device::mark_authenticated(&mut conn, first, now()).await.unwrap();
    assert_eq!(register(&mut conn, first, &plate("浙A00001")).await, Registration::AlreadyRegistered);
    let _ = fleet_db::terminal::paper::allow_registration(&mut conn, &Scope::of(CITY), first, &by, now()).await.unwrap();
    assert_eq!(state(&mut conn, first).await, TerminalState::Idle);
    assert_eq!(register(&mut conn, first, &Claim::default()).await, Registration::Done, "one without a plate");
    device::mark_unregistered(&mut conn, first, now()).await.unwrap();
    assert_eq!(state(&mut conn, first).await, TerminalState::Idle);
}

#[tokio::test]
async fn a_vehicle_with_a_registered_terminal_takes_no_second_one() {
    let Stage { db, by } = stage().await;
    let mut conn = db.pool.acquire().await.unwrap();
    let vehicle = car(&mut conn, "浙A00001").await;
    let (first, second) = (terminal(&mut conn, &by, "13900000001").await, terminal(&mut conn, &by, "13900000002").await);
    let _ = fitting::bind(&mut conn, &Scope::of(CITY), first, vehicle, None, &by, now()).await.unwrap();
    let claim = plate("浙A00001");
    assert_eq!(device::mark_registered(&mut conn, first, &claim, [1; 32], now()).await.unwrap(), Registration::Done);
    assert_eq!(device::mark_registered(&mut conn, second, &claim, [2; 32], now()).await.unwrap(), Registration::VehicleTaken);
}

#[tokio::test]
async fn a_terminal_that_names_another_vehicle_raises_one_alarm_that_ends_when_it_agrees() {
    let Stage { db, by } = stage().await;
    let mut conn = db.pool.acquire().await.unwrap();
    let (vehicle, other) = (car(&mut conn, "浙A00001").await, car(&mut conn, "浙A00002").await);
    let id = terminal(&mut conn, &by, "13900000001").await;
    let _ = fitting::bind(&mut conn, &Scope::of(CITY), id, vehicle, None, &by, now()).await.unwrap();
    let tell = async |conn: &mut PgConnection, plate: &str, obu: Option<&str>| {
        let told = Told { plate: Some(plate.to_owned()), obu: obu.map(str::to_owned), ..Told::default() };
        identity::note(conn, id, &told, now()).await.unwrap().mismatch.into_iter().map(|one| one.field).collect::<Vec<_>>()
    };
    let open = "select count(*) from vehicle_alarm where kind = 'identity_mismatch' and cleared_at is null";
    let all = "select count(*) from vehicle_alarm";
    let count = |statement| fleet_db::testing::fleet::number(&db.pool, statement);
    assert!(tell(&mut conn, "浙A·00001", None).await.is_empty(), "the dot is no difference");
    assert_eq!(tell(&mut conn, "浙A00002", None).await, ["plate"]);
    assert_eq!(tell(&mut conn, "浙A00002", None).await, ["plate"]);
    assert_eq!((count(open).await.unwrap(), count(all).await.unwrap()), (1, 1), "one start, however often it is said");
    assert!(tell(&mut conn, "浙A00001", None).await.is_empty());
    assert_eq!((count(open).await.unwrap(), count(all).await.unwrap()), (0, 1), "one end");
    // The toll unit is the third of the three.
    let _ = fleet_db::vehicle::set_obu(&mut conn, &Scope::of(CITY), vehicle, Some("3301000001"), now()).await.unwrap();
    assert_eq!(tell(&mut conn, "浙A00001", Some("3301000002")).await, ["obu"]);
    let contradicts = Filter { mismatch_only: true, ..Filter::default() };
    let list = fleet_db::terminal::list(&mut conn, &Scope::of(CITY), &contradicts, "", 9, now()).await.unwrap();
    assert_eq!(list.len(), 1);
    // In another car, what it raised in the first is over.
    let _ = fitting::unbind(&mut conn, &Scope::of(CITY), id, &by, now()).await.unwrap();
    assert_eq!(count(open).await.unwrap(), 0);
    let _ = fitting::bind(&mut conn, &Scope::of(CITY), id, other, None, &by, now()).await.unwrap();
    assert_eq!(count(open).await.unwrap(), 1, "it still says to be in the first");
}

#[tokio::test]
async fn a_command_is_sent_once_and_expires_unsent() {
    let Stage { db, by } = stage().await;
    let mut conn = db.pool.acquire().await.unwrap();
    let id = terminal(&mut conn, &by, "13900000001").await;
    let mut changes = command::Changes::listen(&db.pool).await.unwrap();
    let command = Command::ReportInterval { seconds: 10 };
    let [first, second, third] = std::array::from_fn(|_| CommandId(Uuid::now_v7()));
    for key in [first, second, third] {
        ask::insert(&mut conn, key, id, &command, &by, now() + Duration::minutes(1), now()).await.unwrap();
    }
    let told = tokio::time::timeout(Patience::from_secs(10), changes.next()).await.unwrap().unwrap();
    assert_eq!(told, Some(vec![id]));
    assert_eq!(command::due(&mut conn, Some(&[id]), now()).await.unwrap().len(), 3);
    assert!(command::mark_sent(&mut conn, first, now()).await.unwrap());
    assert!(!command::mark_sent(&mut conn, first, now()).await.unwrap(), "another gateway comes too late");
    let fine = Outcome { result: "ok", answer: None };
    command::mark_answered(&mut conn, first, &fine, now()).await.unwrap();
    assert!(command::mark_sent(&mut conn, second, now()).await.unwrap());
    let later = now() + Duration::minutes(2);
    assert!(!command::mark_sent(&mut conn, third, later).await.unwrap(), "it has expired");
    assert_eq!(command::expire(&mut conn, later, Patience::from_mins(1)).await.unwrap(), 2);
    let ends: Vec<_> =
        ask::list(&mut conn, id, None, 9).await.unwrap().into_iter().map(|one| (one.state, one.result.unwrap())).collect();
    let end = |state, result: &str| (state, result.to_owned());
    assert_eq!(
        ends,
        [end(CommandState::Expired, "not_sent"), end(CommandState::Failed, "no_answer"), end(CommandState::Answered, "ok")]
    );
    command::mark_answered(&mut conn, second, &fine, later).await.unwrap();
    assert_eq!(ask::load(&mut conn, second).await.unwrap().state, CommandState::Answered, "late, but an answer");
}

#[tokio::test]
async fn the_newest_link_counts_and_a_gateway_that_was_killed_leaves_none_open() {
    let Stage { db, by } = stage().await;
    let mut conn = db.pool.acquire().await.unwrap();
    let id = terminal(&mut conn, &by, "13900000001").await;
    let change = |connected_s: i64, heard_s: i64, closed: Option<&'static str>| LinkChange {
        device: id,
        peer: "10.0.0.1:4711".to_owned(),
        protocol: Protocol::Jt808,
        version: "2019".to_owned(),
        is_encrypted: false,
        connected_at: now() + Duration::seconds(connected_s),
        last_heard_at: now() + Duration::seconds(heard_s),
        closed: closed.map(|reason| (now() + Duration::seconds(heard_s), reason)),
    };
    let online = async |conn: &mut PgConnection| {
        let found = fleet_db::terminal::load(conn, &Scope::of(CITY), id, now() + Duration::seconds(60)).await.unwrap();
        found.link.is_some_and(|link| link.is_online)
    };
    assert!(!online(&mut conn).await);
    link::flush(&mut conn, "a", &[change(0, 1, None)]).await.unwrap();
    assert!(online(&mut conn).await);
    // The old link ends after the new one began, in one batch and in the next.
    link::flush(&mut conn, "a", &[change(10, 10, None), change(0, 11, Some("replaced"))]).await.unwrap();
    assert!(online(&mut conn).await);
    link::flush(&mut conn, "a", &[change(0, 12, Some("replaced"))]).await.unwrap();
    assert!(online(&mut conn).await);
    assert_eq!(link::close_left_open(&mut conn, "another", now()).await.unwrap(), 0);
    assert_eq!(link::close_left_open(&mut conn, "a", now()).await.unwrap(), 1);
    assert!(!online(&mut conn).await);
}

#[tokio::test]
async fn frames_are_kept_in_order_and_old_ones_go() {
    let Stage { db, by } = stage().await;
    let mut conn = db.pool.acquire().await.unwrap();
    let id = terminal(&mut conn, &by, "13900000001").await;
    frame::watch(&mut conn, id, now() + Duration::seconds(60), now()).await.unwrap();
    assert_eq!(frame::watched(&mut conn, now()).await.unwrap(), [(id, now() + Duration::seconds(60))]);
    assert!(frame::watched(&mut conn, now() + Duration::seconds(61)).await.unwrap().is_empty());
    let frames: Vec<Frame> = (0..600_u32)
        .map(|n| Frame {
            device: id,
            at: now(),
            direction: if n % 2 == 0 { Direction::Up } else { Direction::Down },
            channel: String::new(),
            bytes: n.to_be_bytes().to_vec(),
            error: None,
        })
        .collect();
    frame::store(&mut conn, &frames).await.unwrap();
    let kept = frame::list(&mut conn, id, 0, 1000).await.unwrap();
    assert_eq!((kept.len(), kept[0].bytes.clone()), (500, 599_u32.to_be_bytes().to_vec()), "newest first, the last 500");
    assert_eq!(frame::list(&mut conn, id, kept[1].id, 10).await.unwrap().len(), 1, "those that are newer");
}
