//! Messages on a real store: told once, to the right people, with their cause or not at all; claimed by one sender at a time.

use chrono::{DateTime, Duration, Utc};
use dispatch::account::{AccountId, Role};
use dispatch::message::{Channel, Language, MessageId, News, Preference, SubjectKind};
use dispatch::unit::{Level, Unit, UnitId};
use fleet_db::account::NewAccount;
use fleet_db::message::outbox::{self, Sending};
use fleet_db::message::{self, About, Counts, Subject, View, preference, watch};
use fleet_db::testing::{TestDatabase, database, fleet};
use fleet_db::{DbError, PgPool};
use serde_json::json;
use telematics::id::VehicleNo;
use uuid::Uuid;

const CITY: UnitId = UnitId(Uuid::from_u128(1));
const COUNTY: UnitId = UnitId(Uuid::from_u128(2));
const TEAM: UnitId = UnitId(Uuid::from_u128(3));

fn now() -> DateTime<Utc> {
    "2026-03-02T04:00:00Z".parse().unwrap()
}

/// The key of the account that signs in by this name.
fn key(login: &str) -> AccountId {
    AccountId(Uuid::from_bytes(std::array::from_fn(|n| *login.as_bytes().get(n).unwrap_or(&0))))
}

/// A city, a county below it and a team below that, with people in all of them.
async fn stage() -> TestDatabase {
    let db = database().await;
    let mut conn = db.pool.acquire().await.unwrap();
    for (id, parent, name) in [(CITY, None, "市"), (COUNTY, Some(CITY), "县"), (TEAM, Some(COUNTY), "车队")] {
        let (level, region) = (Level::County, "330100".parse().unwrap());
        let unit = Unit {
            id,
            parent,
            name: name.to_owned(),
            level,
            region,
            place: None,
            kind: dispatch::unit::UnitKind::Organ,
            credit_code: None,
            status: dispatch::unit::UnitStatus::Active,
        };
        fleet_db::unit::insert(&mut conn, &unit, now()).await.unwrap();
    }
    for (login, role, unit) in [
        ("city.dispatcher", Role::Dispatcher, CITY),
        ("city.manager", Role::FleetManager, CITY),
        ("county.a", Role::Dispatcher, COUNTY),
        ("county.b", Role::Dispatcher, COUNTY),
        ("county.leader", Role::UnitLeader, COUNTY),
        ("county.driver", Role::Driver, COUNTY),
    ] {
        let (login_name, display_name) = (login.parse().unwrap(), login.to_owned());
        let account = NewAccount { id: key(login), login: login_name, display_name, password_hash: "x".to_owned(), role, unit };
        fleet_db::account::insert(&mut conn, &account, now()).await.unwrap();
    }
    drop(conn);
    db
}

async fn tell(pool: &PgPool, news: &News, cause: &str, accounts: &[AccountId]) -> bool {
    let mut tx = fleet_db::begin(pool).await.unwrap();
    let about = About { subject: None, unit: Some(TEAM), cause };
    let told = message::tell(&mut tx, news, about, accounts, now()).await.unwrap();
    tx.commit().await.unwrap();
    told
}

async fn counts(pool: &PgPool, login: &str) -> Counts {
    message::counts(&mut pool.acquire().await.unwrap(), key(login)).await.unwrap()
}

async fn all(pool: &PgPool, login: &str) -> Vec<message::Message> {
    message::list(&mut pool.acquire().await.unwrap(), key(login), View::All, None, 1000).await.unwrap()
}

#[tokio::test]
async fn the_nearest_holders_of_each_role_are_told_and_nobody_else() {
    let db = stage().await;
    fleet::execute(&db.pool, "update account set disabled_at = now() where login = 'county.b'").await.unwrap();
    assert!(tell(&db.pool, &News::sos_pressed("浙A12345", now()), "alarm:1", &[key("county.driver"), key("nobody")]).await);
    for (login, told) in [
        ("county.a", 1),
        ("county.b", 0),
        ("county.leader", 1),
        ("city.manager", 1),
        ("city.dispatcher", 0),
        ("county.driver", 1),
    ] {
        assert_eq!(counts(&db.pool, login).await.all, told, "{login}");
    }
    let told = all(&db.pool, "county.a").await;
    assert_eq!(told[0].facts, *News::sos_pressed("浙A12345", now()).facts(), "facts survive the store");
}

#[tokio::test]
async fn a_role_that_was_narrowed_or_has_ended_is_told_nothing() {
    let db = stage().await;
    let narrow = "update account_grant set functions = '{message_terminals}' where account_id = (select id from account where login = 'county.a')";
    fleet::execute(&db.pool, narrow).await.unwrap();
    let end = "update account_grant set during = tstzrange(lower(during), lower(during) + interval '1 second')
               where account_id = (select id from account where login = 'county.leader')";
    fleet::execute(&db.pool, end).await.unwrap();
    let mut tx = fleet_db::begin(&db.pool).await.unwrap();
    let (about, later) = (About { unit: Some(TEAM), cause: "alarm:1", ..About::default() }, now() + Duration::minutes(1));
    assert!(message::tell(&mut tx, &News::sos_pressed("浙A12345", later), about, &[], later).await.unwrap());
    tx.commit().await.unwrap();
    for (login, told) in [("county.a", 0), ("county.b", 1), ("county.leader", 0), ("city.manager", 1)] {
        assert_eq!(counts(&db.pool, login).await.all, told, "{login}");
    }
}

#[tokio::test]
async fn row_level_security_stands_behind_a_forgotten_account() {
    let db = stage().await;
    tell(&db.pool, &News::alarm_raised("浙A12345", "collision", now()), "alarm:1", &[]).await;
    let as_account = async |login: &str| {
        let (nothing, access) = (dispatch::scope::Scope::nothing(), fleet_db::Access::Write);
        fleet_db::begin_within(&db.pool, &nothing, Some(key(login)), access).await.unwrap()
    };
    let mine = message::list(&mut *as_account("county.a").await, key("county.a"), View::All, None, 10).await.unwrap();
    assert_eq!(mine.len(), 1);
    let mut driver = as_account("county.driver").await;
    assert_eq!(message::list(&mut driver, key("county.a"), View::All, None, 10).await.unwrap(), [], "asked for another's");
    let marked = message::set_read(&mut driver, key("county.a"), mine[0].id, Some(now())).await;
    assert!(matches!(marked, Err(DbError::NotFound)), "{marked:?}");
    let about = About { unit: Some(TEAM), cause: "alarm:2", ..About::default() };
    let told = message::tell(&mut driver, &News::sos_pressed("浙A12345", now()), about, &[], now()).await.unwrap();
    assert!(told, "who causes a message need not see those who are told");
    driver.commit().await.unwrap();
    assert_eq!(counts(&db.pool, "county.b").await.all, 2);
}

#[tokio::test]
async fn one_cause_tells_once_however_many_tell_it_at_once() {
    let db = stage().await;
    let news = News::alarm_raised("浙A12345", "collision", now());
    let tellers = (0..8).map(|_| tell(&db.pool, &news, "alarm:1", &[]));
    let told = futures_util::future::join_all(tellers).await;
    assert_eq!(told.iter().filter(|told| **told).count(), 1, "{told:?}");
    assert_eq!(counts(&db.pool, "county.a").await.all, 1);
    assert!(tell(&db.pool, &news, "alarm:2", &[]).await, "another cause");
}

#[tokio::test]
async fn a_telling_is_there_with_its_cause_or_not_at_all() {
    let db = stage().await;
    let mut tx = fleet_db::begin(&db.pool).await.unwrap();
    let about = About { unit: Some(TEAM), cause: "alarm:1", ..About::default() };
    message::tell(&mut tx, &News::sos_pressed("浙A12345", now()), about, &[], now()).await.unwrap();
    drop(tx);
    assert_eq!(counts(&db.pool, "county.a").await, Counts::default());
    assert!(tell(&db.pool, &News::sos_pressed("浙A12345", now()), "alarm:1", &[]).await, "the cause is still untold");
}

#[tokio::test]
async fn marks_are_of_one_account_alone_and_pages_follow_each_other() {
    let db = stage().await;
    for n in 0..5 {
        tell(&db.pool, &News::alarm_raised("浙A12345", "collision", now()), &format!("alarm:{n}"), &[]).await;
    }
    let mut conn = db.pool.acquire().await.unwrap();
    let (mine, other) = (key("county.a"), key("county.b"));
    let messages = all(&db.pool, "county.a").await;
    message::set_read(&mut conn, mine, messages[1].id, Some(now())).await.unwrap();
    message::set_pinned(&mut conn, mine, messages[2].id, Some(now())).await.unwrap();
    assert_eq!(counts(&db.pool, "county.a").await, Counts { unread: 4, emergency: 0, pinned: 1, all: 5 });
    assert_eq!(counts(&db.pool, "county.b").await.unread, 5, "the same messages, unread for another");
    let missing = message::set_read(&mut conn, key("county.driver"), messages[1].id, Some(now())).await;
    assert!(matches!(missing, Err(DbError::NotFound)), "{missing:?}");

    let mut list = async |view, before: Option<MessageId>| {
        let page = message::list(&mut conn, mine, view, before, 2).await.unwrap();
        page.into_iter().map(|message| message.id).collect::<Vec<_>>()
    };
    let ids: Vec<MessageId> = messages.iter().map(|message| message.id).collect();
    assert_eq!(list(View::All, None).await, ids[..2]);
    assert_eq!(list(View::All, Some(ids[1])).await, ids[2..4]);
    assert_eq!(list(View::Unread, Some(ids[0])).await, ids[2..4]);
    assert_eq!(list(View::Read, None).await, [ids[1]]);
    assert_eq!(list(View::Pinned, None).await, [ids[2]]);

    assert_eq!(message::read_all(&mut conn, mine, Some(ids[2]), now()).await.unwrap(), 3, "those that were seen");
    assert_eq!(counts(&db.pool, "county.a").await.unread, 1);
    assert_eq!(message::read_all(&mut conn, other, None, now()).await.unwrap(), 5);
    assert_eq!(message::forget(&mut conn, now() + Duration::days(1)).await.unwrap(), 4, "what is pinned stays");
    assert_eq!(counts(&db.pool, "county.a").await, Counts { unread: 0, emergency: 0, pinned: 1, all: 1 });
}

async fn car_of_the_team(pool: &PgPool) -> VehicleNo {
    let car = fleet::car(pool, "00001", "x").await.unwrap();
    fleet::execute(pool, "update vehicle set unit_id = '00000000-0000-0000-0000-000000000003'").await.unwrap();
    car
}

#[tokio::test]
async fn red_alarms_are_told_once_by_jobs_that_look_at_the_same_time() {
    let db = stage().await;
    let car = car_of_the_team(&db.pool).await;
    for second in 0..40 {
        fleet::red_alarm(&db.pool, car, "collision", now() - Duration::seconds(second)).await.unwrap();
    }
    fleet::red_alarm(&db.pool, car, "sos", now()).await.unwrap();
    fleet::red_alarm(&db.pool, car, "stolen", now() - Duration::hours(25)).await.unwrap();
    fleet::red_alarm(&db.pool, VehicleNo(99_999), "stolen", now()).await.unwrap();
    let look = async || {
        let mut all = 0;
        loop {
            let mut tx = fleet_db::begin(&db.pool).await.unwrap();
            let looked = watch::tell_alarms(&mut tx, now(), Duration::hours(24), 7).await.unwrap();
            tx.commit().await.unwrap();
            all += looked;
            if looked == 0 {
                return all;
            }
        }
    };
    let looked = futures_util::future::join_all([look(), look(), look()]).await;
    assert_eq!(looked.iter().sum::<usize>(), 43, "each alarm was looked at by one job: {looked:?}");
    let told = counts(&db.pool, "county.a").await;
    assert_eq!((told.all, told.emergency), (41, 1), "not what is a day old, nor of a car that nobody knows");
    assert_eq!(look().await, 0);
}

#[tokio::test]
async fn a_terminal_that_contradicts_the_register_is_told_with_what_it_said() {
    let db = stage().await;
    car_of_the_team(&db.pool).await;
    let mut tx = fleet_db::begin(&db.pool).await.unwrap();
    let id = fleet::device(&db.pool, "00001").await.unwrap();
    let told = serde_json::from_value(json!({ "plate": "浙A99999" })).unwrap();
    fleet_db::device::identity::note(&mut tx, id, &told, now()).await.unwrap();
    watch::tell_alarms(&mut tx, now(), Duration::hours(24), 10).await.unwrap();
    tx.commit().await.unwrap();
    let messages = all(&db.pool, "city.manager").await;
    assert_eq!(messages.len(), 1);
    let expected = News::terminal_mismatch("浙A00001", "00001", "plate", "浙A99999", "浙A00001", now());
    assert_eq!((messages[0].kind, &messages[0].facts), (expected.kind(), expected.facts()));
    assert_eq!(messages[0].subject.map(|subject| subject.kind), Some(SubjectKind::Vehicle));
    assert_eq!(counts(&db.pool, "county.a").await.all, 0, "a matter of those who keep the fleet");
}

#[tokio::test]
async fn whoever_asked_is_told_that_a_command_expired() {
    let db = stage().await;
    car_of_the_team(&db.pool).await;
    let id = fleet::ask(&db.pool, "00001", "locate", &json!({}), now()).await.unwrap();
    fleet::ask(&db.pool, "00001", "update", &json!({}), now()).await.unwrap();
    let later = now() + Duration::hours(2);
    for _ in 0..2 {
        let mut tx = fleet_db::begin(&db.pool).await.unwrap();
        fleet_db::command::expire(&mut tx, later, std::time::Duration::from_mins(1)).await.unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(fleet::command(&db.pool, id).await.unwrap().0, "expired");
    let asker = AccountId(Uuid::from_u128(0x6d70_0000_0000_7000_8000_0000_0000_0002));
    let messages = message::list(&mut db.pool.acquire().await.unwrap(), asker, View::Unread, None, 10).await.unwrap();
    assert_eq!(messages.len(), 1, "once, and not of what a rollout ordered");
    assert_eq!(messages[0].facts, *News::command_expired("00001", "locate", later).facts());
}

#[tokio::test]
async fn what_is_due_is_claimed_by_one_sender_and_by_another_only_after_its_lease() {
    let db = stage().await;
    let (mine, subject) = (key("county.a"), Some(Subject { kind: SubjectKind::Account, id: Uuid::nil() }));
    let mut conn = db.pool.acquire().await.unwrap();
    let about = About { subject, unit: None, cause: "x" };
    message::tell(&mut conn, &News::account_locked("a", now(), now()), about, &[mine], now()).await.unwrap();
    let wished = Preference { email: Some("a@b.cn".parse().unwrap()), ..Preference::default() };
    preference::save(&mut conn, mine, &wished, now()).await.unwrap();
    preference::save(&mut conn, mine, &wished, now()).await.unwrap();
    let unrouted = outbox::unrouted(&mut conn, 10).await.unwrap();
    assert_eq!(unrouted[0].recipients, [(mine, wished)]);
    let way = |account: Option<AccountId>, channel, address: &str| Sending {
        message: unrouted[0].id,
        account,
        channel,
        address: address.to_owned(),
        language: Language::Chinese,
        due_at: now(),
    };
    let ways = [way(Some(mine), Channel::Email, "a@b.cn"), way(None, Channel::Wecom, "g1"), way(None, Channel::Wecom, "g2")];
    outbox::enqueue(&mut conn, &ways, now()).await.unwrap();
    outbox::enqueue(&mut conn, &ways, now()).await.unwrap();
    outbox::mark_routed(&mut conn, &[unrouted[0].id], now()).await.unwrap();
    assert_eq!(outbox::unrouted(&mut conn, 10).await.unwrap(), []);

    let lease = Duration::minutes(2);
    let claim = async |at| {
        let mut tx = fleet_db::begin(&db.pool).await.unwrap();
        let claimed = outbox::claim(&mut tx, at, lease, 2).await.unwrap();
        tx.commit().await.unwrap();
        claimed
    };
    let mut claimed = futures_util::future::join_all([claim(now()), claim(now()), claim(now())]).await.concat();
    claimed.sort_by_key(|row| row.id);
    claimed.dedup_by_key(|row| row.id);
    assert_eq!(claimed.len(), 3, "three ways, each claimed once");
    assert!(claimed.iter().all(|row| row.attempts == 1));
    assert_eq!(claim(now() + lease - Duration::seconds(1)).await, []);
    let again = claim(now() + lease).await;
    assert_eq!(again.len(), 2, "whoever had them seems to have died");
    let stale = claimed.iter().find(|row| row.id == again[0].id).unwrap();
    assert!(!outbox::mark_sent(&mut conn, stale, now()).await.unwrap(), "a claim that is over counts no more");
    assert!(outbox::mark_sent(&mut conn, &again[0], now()).await.unwrap());
    assert!(!outbox::mark_sent(&mut conn, &again[0], now()).await.unwrap());
    assert!(outbox::mark_failed(&mut conn, &again[1], "notify.busy", Some(now() + Duration::hours(1))).await.unwrap());
    let last = claim(now() + Duration::hours(2)).await;
    let mut attempts: Vec<i32> = last.iter().map(|row| row.attempts).collect();
    attempts.sort_unstable();
    assert_eq!(attempts, [2, 3], "what was sent is not sent again");
    for row in &last {
        assert!(outbox::mark_failed(&mut conn, row, "notify.refused", None).await.unwrap());
    }
    assert_eq!(claim(now() + Duration::days(9)).await, [], "what was given up stays so");
}
