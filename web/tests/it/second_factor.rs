//! The second factor: set up, asked for, taken once, counted when wrong, recovered, and demanded by role.

use axum::http::Method;
use chrono::{DateTime, Duration, Utc};
use data_encoding::BASE32_NOPAD;
use ring::hmac;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, PASSWORD, World};

/// What an authenticator shows (RFC 6238), worked out here by the standard alone.
pub(crate) fn shown(secret: &str, at: DateTime<Utc>) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &BASE32_NOPAD.decode(secret.as_bytes()).unwrap());
    let tag = hmac::sign(&key, &(at.timestamp() / 30).to_be_bytes());
    let offset = usize::from(tag.as_ref()[19] & 15);
    let number = u32::from_be_bytes(tag.as_ref()[offset..offset + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// Six digits that are none of those around `at`.
fn wrong(secret: &str, at: DateTime<Utc>) -> String {
    let near: Vec<String> = (-2..=2).map(|n| shown(secret, at + Duration::seconds(30 * n))).collect();
    (0..1_000_000).map(|n| format!("{n:06}")).find(|code| !near.contains(code)).unwrap()
}

async fn begin(client: &Client) -> String {
    let made = client.post("/session/second-factor", &json!({ "password": PASSWORD })).await;
    assert_eq!(made.status, 200, "{}", made.text());
    let made = made.json();
    let secret = made["secret"].as_str().unwrap().to_owned();
    assert!(made["address"].as_str().unwrap().starts_with("otpauth://totp/Motorpool:"));
    assert!(made["address"].as_str().unwrap().contains(&secret));
    assert!(made["picture_path"].as_str().unwrap().starts_with("M4 4h7v1h-7z"));
    secret
}

async fn give(client: &Client, code: &str) -> Answer {
    client.post("/session/code", &json!({ "code": code })).await
}

/// Sets a second factor up; its secret and recovery codes.
async fn set_up(world: &World, client: &Client) -> (String, Vec<String>) {
    let secret = begin(client).await;
    let confirmed = client.post("/session/second-factor/confirm", &json!({ "code": shown(&secret, world.now()) })).await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.text());
    let codes = confirmed.json()["codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    (secret, codes)
}

#[tokio::test]
async fn a_second_factor_is_asked_for_from_its_first_code_on() {
    let world = World::new().await;
    let client = world.sign_in("manager").await;
    let secret = begin(&client).await;
    assert_eq!(world.sign_in("manager").await.get("/units").await.status, 200, "not yet confirmed");
    let refused = client.post("/session/second-factor/confirm", &json!({ "code": wrong(&secret, world.now()) })).await;
    assert_eq!(refused.problem(), (422, "code.invalid".to_owned()));
    let confirmed = client.post("/session/second-factor/confirm", &json!({ "code": shown(&secret, world.now()) })).await;
    assert_eq!(confirmed.json()["codes"].as_array().unwrap().len(), 10);
    assert_eq!(client.get("/units").await.status, 200, "this session has shown the code");

    world.pass(Duration::seconds(30));
    let mut half = world.sign_in("manager").await;
    assert_eq!(half.get("/session").await.json()["pending"], "code");
    for path in ["/units", "/sessions", "/session/security", "/live/snapshot"] {
        assert_eq!(half.get(path).await.problem(), (403, "auth.code_required".to_owned()), "{path}");
    }
    let change = half.post("/session/password", &json!({ "old_password": PASSWORD, "new_password": "Another-Car-1" })).await;
    assert_eq!(change.problem(), (403, "auth.code_required".to_owned()));
    let before = half.clone();
    let whole = give(&half, &shown(&secret, world.now())).await;
    half.keep(&whole);
    assert_eq!(whole.json()["pending"], Value::Null);
    assert_eq!(half.get("/units").await.status, 200);
    assert_eq!(before.get("/session").await.status, 401, "the half session has ended");
    assert_eq!(give(&half, "123456").await.problem(), (409, "code.not_awaited".to_owned()));
}

#[tokio::test]
async fn a_code_is_taken_once_and_within_one_step() {
    let world = World::new().await;
    let client = world.sign_in("manager").await;
    let (secret, _) = set_up(&world, &client).await;
    let half = world.sign_in("manager").await;
    assert_eq!(give(&half, &shown(&secret, world.now())).await.problem(), (422, "code.used".to_owned()), "the confirming one");
    let next = shown(&secret, world.now() + Duration::seconds(30));
    assert_eq!(give(&half, &next).await.status, 200, "a clock may be a step ahead");
    let again = world.sign_in("manager").await;
    assert_eq!(give(&again, &next).await.problem(), (422, "code.used".to_owned()), "whoever looked over the shoulder is late");
    world.pass(Duration::minutes(2));
    let again = world.sign_in("manager").await;
    for (seconds, good) in [(-60, false), (60, false), (-30, true)] {
        let code = shown(&secret, world.now() + Duration::seconds(seconds));
        assert_eq!(give(&again, &code).await.status == 200, good, "{seconds} s");
    }
}

#[tokio::test]
async fn the_same_code_sent_twice_at_once_is_taken_once() {
    let world = World::new().await;
    let client = world.sign_in("manager").await;
    let (secret, _) = set_up(&world, &client).await;
    world.pass(Duration::seconds(30));
    let (first, second) = (world.sign_in("manager").await, world.sign_in("manager").await);
    let code = shown(&secret, world.now());
    let answers = futures_util::future::join(give(&first, &code), give(&second, &code)).await;
    let mut statuses = [answers.0.status.as_u16(), answers.1.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422]);
}

#[tokio::test]
async fn wrong_codes_lock_and_a_right_password_does_not_forget_them() {
    let world = World::new().await;
    let client = world.sign_in("manager").await;
    let (secret, _) = set_up(&world, &client).await;
    world.pass(Duration::minutes(1));
    for n in 0..5 {
        // With the password anew each time: it buys no further guesses.
        let half = world.sign_in("manager").await;
        assert_eq!(give(&half, &wrong(&secret, world.now())).await.problem(), (422, "code.invalid".to_owned()), "guess {n}");
    }
    let locked = world.stranger().post("/session", &json!({ "login": "manager", "password": PASSWORD })).await;
    assert_eq!(locked.problem(), (423, "auth.locked".to_owned()));
    world.pass(Duration::minutes(15));
    let half = world.sign_in("manager").await;
    assert_eq!(give(&half, &shown(&secret, world.now())).await.status, 200);
}

#[tokio::test]
async fn a_half_session_waits_for_its_code_for_some_minutes_alone() {
    let world = World::new().await;
    let client = world.sign_in("manager").await;
    let (secret, _) = set_up(&world, &client).await;
    let half = world.sign_in("manager").await;
    world.pass(Duration::minutes(5));
    assert_eq!(give(&half, &shown(&secret, world.now())).await.problem(), (401, "auth.required".to_owned()));
}

#[tokio::test]
async fn a_recovery_code_lets_in_once() {
    let world = World::new().await;
    let client = world.sign_in("manager").await;
    let (_, codes) = set_up(&world, &client).await;
    let mut half = world.sign_in("manager").await;
    let whole = give(&half, &codes[3].to_lowercase()).await;
    half.keep(&whole);
    assert_eq!(half.get("/session/security").await.json()["second_factor"]["recovery_codes_left"], 9);
    let again = world.sign_in("manager").await;
    assert_eq!(give(&again, &codes[3]).await.problem(), (422, "code.invalid".to_owned()), "used up");

    // Who lost the authenticator takes it away with another one.
    let removed = half.post("/session/second-factor/remove", &json!({ "code": codes[4] })).await;
    assert_eq!(removed.status, 204);
    assert_eq!(world.sign_in("manager").await.get("/units").await.status, 200);
}

#[tokio::test]
async fn new_recovery_codes_make_the_old_ones_worthless() {
    let world = World::new().await;
    let client = world.sign_in("manager").await;
    let (secret, old) = set_up(&world, &client).await;
    world.pass(Duration::seconds(30));
    let body = json!({ "code": shown(&secret, world.now()) });
    let new = client.post("/session/second-factor/recovery-codes", &body).await.json();
    let half = world.sign_in("manager").await;
    assert_eq!(give(&half, &old[0]).await.problem(), (422, "code.invalid".to_owned()));
    assert_eq!(give(&half, new["codes"][0].as_str().unwrap()).await.status, 200);
}

#[tokio::test]
async fn setting_up_takes_the_password_and_there_is_one_factor_at_a_time() {
    let world = World::new().await;
    let client = world.sign_in("manager").await;
    let refused = client.post("/session/second-factor", &json!({ "password": "wrong" })).await;
    assert_eq!(refused.json()["fields"]["password"], "password.old_wrong");
    set_up(&world, &client).await;
    let again = client.post("/session/second-factor", &json!({ "password": PASSWORD })).await;
    assert_eq!(again.problem(), (409, "second_factor.there".to_owned()));
}

#[tokio::test]
async fn administrators_set_one_up_before_anything_else_and_keep_it() {
    let world = World::strict().await;
    let client = world.sign_in("admin").await;
    assert_eq!(client.get("/session").await.json()["pending"], "second_factor");
    assert_eq!(client.get("/units").await.problem(), (403, "auth.second_factor_due".to_owned()));
    let (secret, _) = set_up(&world, &client).await;
    assert_eq!(client.get("/session").await.json()["pending"], Value::Null);
    assert_eq!(client.get("/units").await.status, 200);
    world.pass(Duration::seconds(30));
    let kept = client.post("/session/second-factor/remove", &json!({ "code": shown(&secret, world.now()) })).await;
    assert_eq!(kept.problem(), (409, "second_factor.required".to_owned()));
    assert_eq!(world.sign_in("dispatcher").await.get("/units").await.status, 200, "a dispatcher needs none");
}

#[tokio::test]
async fn a_lost_factor_is_taken_away_by_a_security_administrator() {
    let world = World::new().await;
    let client = world.sign_in("manager").await;
    set_up(&world, &client).await;
    let account = client.get("/session").await.json()["account"]["id"].as_str().unwrap().to_owned();
    let security = world.sign_in("security").await;
    let path = format!("/accounts/{account}/sign-in");
    assert_eq!(security.get(&path).await.json()["has_second_factor"], true);
    assert_eq!(security.delete(&format!("{path}/second-factor")).await.status, 204);
    assert_eq!(security.delete(&format!("{path}/second-factor")).await.problem(), (404, "store.not_found".to_owned()));
    assert_eq!(client.get("/session").await.status, 401);
    assert_eq!(world.sign_in("manager").await.get("/units").await.status, 200);
}

#[tokio::test]
async fn the_secret_lies_sealed_in_the_store_and_comes_out_of_no_other_route() {
    let world = World::new().await;
    let client = world.sign_in("manager").await;
    let (secret, codes) = set_up(&world, &client).await;
    let id = client.get("/session").await.json()["account"]["id"].as_str().unwrap().parse().unwrap();
    let mut conn = fleet_db::acquire(&world.db.pool).await.unwrap();
    let held = fleet_db::second_factor::hold(&mut conn, dispatch::account::AccountId(id)).await.unwrap().unwrap();
    let raw = BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
    assert!(!held.sealed_secret.windows(raw.len()).any(|window| window == raw));
    let entries = "select count(*) from audit_entry where body like '%second_factor%'";
    assert_eq!(fleet_db::testing::fleet::number(&world.db.pool, entries).await.unwrap(), 1, "set up, and written down");
    for path in ["/session", "/session/security", "/sessions"] {
        let text = client.ask(Method::GET, path, None, &[]).await.text();
        assert!(!text.contains(&secret) && !codes.iter().any(|code| text.contains(code)), "{path}");
    }
}
