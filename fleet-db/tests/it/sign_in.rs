//! Passwords before the present one, second factors, bindings to the identity provider.

use chrono::{DateTime, Duration, Utc};
use dispatch::account::{AccountId, Role};
use dispatch::unit::{Level, Unit, UnitId};
use fleet_db::account::NewAccount;
use fleet_db::identity::Mark;
use fleet_db::password::PasswordKind;
use fleet_db::testing::{TestDatabase, database};
use fleet_db::{Constraint, DbError, PgConnection};
use uuid::Uuid;

const ISSUER: &str = "https://id.example.gov.cn";
const CITY: UnitId = UnitId(Uuid::from_u128(1));

fn now() -> DateTime<Utc> {
    "2026-03-02T04:00:00Z".parse().unwrap()
}

async fn account(conn: &mut PgConnection, login: &str) -> AccountId {
    let id = AccountId(Uuid::now_v7());
    let new = NewAccount {
        id,
        login: login.parse().unwrap(),
        display_name: login.to_owned(),
        password_hash: "first".to_owned(),
        role: Role::Dispatcher,
        unit: CITY,
    };
    fleet_db::account::insert(conn, &new, now()).await.unwrap();
    id
}

async fn two_people() -> (TestDatabase, AccountId, AccountId) {
    let db = database().await;
    let mut conn = db.pool.acquire().await.unwrap();
    let unit = Unit::new(CITY, None, "市", Level::City, "330100".parse().unwrap());
    fleet_db::unit::insert(&mut conn, &unit, now()).await.unwrap();
    let people = (account(&mut conn, "zhang").await, account(&mut conn, "li").await);
    drop(conn);
    (db, people.0, people.1)
}

#[tokio::test]
async fn the_last_passwords_are_kept_and_no_more() {
    let (db, zhang, _) = two_people().await;
    let mut conn = db.pool.acquire().await.unwrap();
    for n in 1..=4 {
        let at = now() + Duration::days(n);
        fleet_db::password::set(&mut conn, zhang, &format!("h{n}"), PasswordKind::Chosen, 3, at).await.unwrap();
    }
    assert_eq!(fleet_db::password::last(&mut conn, zhang, 9).await.unwrap(), ["h4", "h3", "h2"]);
    assert_eq!(fleet_db::password::last(&mut conn, zhang, 2).await.unwrap(), ["h4", "h3"]);
    fleet_db::password::set(&mut conn, zhang, "t", PasswordKind::Temporary, 1, now() + Duration::days(5)).await.unwrap();
    assert_eq!(fleet_db::password::last(&mut conn, zhang, 9).await.unwrap(), ["t"]);
    let found = fleet_db::account::credentials(&mut conn, &"zhang".parse().unwrap()).await.unwrap().unwrap();
    assert!(found.standing.password_is_temporary);
    assert_eq!(found.standing.password_changed_at, now() + Duration::days(5));
}

#[tokio::test]
async fn a_second_factor_counts_from_its_first_code_and_a_recovery_code_is_good_once() {
    let (db, zhang, li) = two_people().await;
    let mut conn = db.pool.acquire().await.unwrap();
    let has_it = async |conn: &mut PgConnection| {
        let found = fleet_db::account::credentials(conn, &"zhang".parse().unwrap()).await.unwrap().unwrap();
        found.standing.has_second_factor
    };
    for secret in [b"one", b"two"] {
        fleet_db::second_factor::begin(&mut conn, zhang, secret, now()).await.unwrap();
    }
    assert_eq!(fleet_db::second_factor::hold(&mut conn, zhang).await.unwrap().unwrap().sealed_secret, b"two");
    assert!(!has_it(&mut conn).await);
    fleet_db::second_factor::take_step(&mut conn, zhang, 9, now()).await.unwrap();
    fleet_db::second_factor::take_step(&mut conn, zhang, 8, now() + Duration::days(1)).await.unwrap();
    let held = fleet_db::second_factor::hold(&mut conn, zhang).await.unwrap().unwrap();
    assert_eq!((held.last_step, held.confirmed_at), (9, Some(now())), "neither goes back");
    assert!(has_it(&mut conn).await);
    let again = fleet_db::second_factor::begin(&mut conn, zhang, b"three", now()).await;
    assert!(matches!(again, Err(DbError::NotFound)), "a confirmed one is taken away before another is set up");

    fleet_db::second_factor::set_recovery_codes(&mut conn, zhang, &[[1; 32], [2; 32]]).await.unwrap();
    for (whose, code, good) in [(li, 1, false), (zhang, 1, true), (zhang, 1, false), (zhang, 3, false)] {
        assert_eq!(fleet_db::second_factor::take_recovery_code(&mut conn, whose, &[code; 32], now()).await.unwrap(), good);
    }
    assert_eq!(fleet_db::second_factor::recovery_codes_left(&mut conn, zhang).await.unwrap(), 1);
    fleet_db::second_factor::remove(&mut conn, zhang).await.unwrap();
    assert_eq!(fleet_db::second_factor::recovery_codes_left(&mut conn, zhang).await.unwrap(), 0);
    assert!(matches!(fleet_db::second_factor::remove(&mut conn, zhang).await, Err(DbError::NotFound)));
}

#[tokio::test]
async fn a_staff_number_binds_the_first_subject_that_has_it_and_no_other() {
    let (db, zhang, li) = two_people().await;
    let mut conn = db.pool.acquire().await.unwrap();
    fleet_db::identity::bind(&mut conn, zhang, ISSUER, Mark::Expected("HZ007"), now()).await.unwrap();
    let credentials = fleet_db::account::credentials(&mut conn, &"zhang".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(credentials.password_hash, None, "who is bound has no password here");
    let mut who = async |issuer: &str, subject: &str, claim: Option<&str>| {
        let found = fleet_db::identity::recognise(&mut conn, issuer, subject, claim).await.unwrap();
        found.map(|account| account.login.to_string())
    };
    assert_eq!(who(ISSUER, "s-1", None).await, None);
    assert_eq!(who("https://elsewhere", "s-1", Some("HZ007")).await, None);
    assert_eq!(who(ISSUER, "s-1", Some("HZ007")).await.as_deref(), Some("zhang"));
    assert_eq!(who(ISSUER, "s-1", None).await.as_deref(), Some("zhang"), "bound to the subject from now on");
    assert_eq!(who(ISSUER, "s-2", Some("HZ007")).await, None, "the number went to somebody else");
    let taken = fleet_db::identity::bind(&mut conn, li, ISSUER, Mark::Subject("s-1"), now()).await;
    assert!(matches!(taken, Err(DbError::Conflict(Constraint::AccountIdentitySubject))));
    fleet_db::identity::unbind(&mut conn, zhang).await.unwrap();
    assert!(matches!(fleet_db::identity::unbind(&mut conn, zhang).await, Err(DbError::NotFound)));
}
