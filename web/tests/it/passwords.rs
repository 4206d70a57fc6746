//! Passwords: what a new one must look like, how long it lasts, which were used before, and which are for once.

use chrono::Duration;
use serde_json::{Value, json};
use web::Config;

use crate::harness::{Answer, Client, PASSWORD, World};

const NEXT: &str = "Another-Car-2026";

async fn change(client: &Client, old: &str, new: &str) -> Answer {
    client.post("/session/password", &json!({ "old_password": old, "new_password": new })).await
}

fn problems(answer: &Answer) -> Vec<String> {
    let problem = answer.json();
    problem["problems"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn every_fault_of_a_new_password_is_told_at_once() {
    let world = World::new().await;
    let client = world.sign_in("manager").await;
    for (new, codes) in [
        ("a", &["password.length", "password.mixture"][..]),
        ("Manager-2026", &["password.contains_login"]),
        ("Reganam-2026", &["password.contains_login"]),
        ("P@ssw0rd", &["password.common"]),
        ("manager", &["password.length", "password.mixture", "password.contains_login"]),
        (PASSWORD, &["password.reused"]),
    ] {
        let answer = change(&client, PASSWORD, new).await;
        assert_eq!(answer.problem(), (422, "request.invalid".to_owned()), "{new}");
        assert_eq!(problems(&answer), codes, "{new}");
        assert_eq!(answer.json()["fields"]["new_password"], codes[0], "{new}");
        assert!(answer.json()["problems"][0]["title"].as_str().unwrap().contains("密码"), "in words, too");
    }
}

#[tokio::test]
async fn a_change_signs_every_other_browser_out_and_gives_this_one_another_session() {
    let world = World::new().await;
    let (mut here, there) = (world.sign_in("manager").await, world.sign_in("manager").await);
    let program = here.post("/tokens", &json!({ "name": "x" })).await;
    let (before, cookie) = (here.clone(), here.cookie.clone());
    let answer = change(&here, PASSWORD, NEXT).await;
    here.keep(&answer);
    assert_ne!(here.cookie, cookie);
    assert_eq!(here.get("/units").await.status, 200);
    assert_eq!(there.get("/session").await.status, 401);
    assert_eq!(before.get("/session").await.status, 401, "the old session is not good beside the new one");
    let bearer = format!("Bearer {}", program.json()["token"].as_str().unwrap());
    let answer = world.stranger().ask(axum::http::Method::GET, "/units", None, &[("authorization", &bearer)]).await;
    assert_eq!(answer.status, 200, "programs go on");
    assert_eq!(world.sign_in_with("manager", NEXT).await.get("/units").await.status, 200);
    let old = world.stranger().post("/session", &json!({ "login": "manager", "password": PASSWORD })).await;
    assert_eq!(old.problem(), (401, "auth.invalid".to_owned()));
}

#[tokio::test]
async fn the_present_password_is_asked_for_and_wrong_ones_lock() {
    let world = World::new().await;
    let client = world.sign_in("manager").await;
    for _ in 0..5 {
        let answer = change(&client, "wrong", NEXT).await;
        assert_eq!(answer.problem(), (422, "request.invalid".to_owned()));
        assert_eq!(answer.json()["fields"]["old_password"], "password.old_wrong");
    }
    assert_eq!(change(&client, PASSWORD, NEXT).await.problem(), (423, "auth.locked".to_owned()));
    assert_eq!(client.get("/units").await.status, 200, "who is signed in stays so");
    world.pass(Duration::minutes(15));
    assert_eq!(change(&client, PASSWORD, NEXT).await.status, 200);
}

#[tokio::test]
async fn none_of_the_last_five_passwords_is_used_again_and_the_sixth_may_be() {
    let world = World::new().await;
    let mut client = world.sign_in("manager").await;
    let passwords: Vec<String> = (1..=5).map(|n| format!("Another-Car-{n}")).collect();
    let mut present = PASSWORD.to_owned();
    for next in &passwords {
        for used in passwords.iter().take_while(|used| *used != next).map(String::as_str).chain([PASSWORD]) {
            assert_eq!(problems(&change(&client, &present, used).await), ["password.reused"], "{used} after {present}");
        }
        world.pass(Duration::minutes(1));
        let answer = change(&client, &present, next).await;
        client.keep(&answer);
        present.clone_from(next);
    }
    assert_eq!(change(&client, &present, &passwords[0]).await.status, 422, "the fifth before is remembered");
    assert_eq!(change(&client, &present, PASSWORD).await.status, 200, "the sixth before is not");
}

#[tokio::test]
async fn an_old_password_lets_in_to_be_changed_and_to_nothing_else() {
    let world = World::new().await;
    world.pass(Duration::days(90));
    let mut client = world.sign_in("manager").await;
    let session = client.get("/session").await.json();
    assert_eq!(session["pending"], "password");
    for path in ["/units", "/vehicles", "/sessions", "/tokens", "/live/snapshot"] {
        assert_eq!(client.get(path).await.problem(), (403, "auth.password_due".to_owned()), "{path}");
    }
    let name = json!({ "name": "x" });
    assert_eq!(client.post("/tokens", &name).await.problem(), (403, "auth.password_due".to_owned()));
    let set_up = client.post("/session/second-factor", &json!({ "password": PASSWORD })).await;
    assert_eq!(set_up.problem(), (403, "auth.password_due".to_owned()));
    let security = client.get("/session/security").await.json();
    assert_eq!(security["password"]["expires_at"], "2026-05-31T04:00:00Z");
    assert_eq!(security["password"]["min_characters"], 8);
    let answer = change(&client, PASSWORD, NEXT).await;
    client.keep(&answer);
    assert_eq!(answer.json()["pending"], Value::Null);
    assert_eq!(client.get("/units").await.status, 200);
}

#[tokio::test]
async fn a_session_under_way_is_held_up_when_its_password_runs_out() {
    let world = World::new().await;
    world.pass(Duration::days(90) - Duration::minutes(5));
    let client = world.sign_in("manager").await;
    assert_eq!(client.get("/units").await.status, 200);
    world.pass(Duration::minutes(5));
    assert_eq!(client.get("/units").await.problem(), (403, "auth.password_due".to_owned()));
}

#[tokio::test]
async fn age_and_memory_are_configuration() {
    let mut config = Config::default();
    (config.password.max_age_days, config.password.not_reused) = (0, 0);
    let (world, ()) = World::with(config, async |_| ()).await;
    world.pass(Duration::days(4000));
    let mut client = world.sign_in("manager").await;
    assert_eq!(client.get("/units").await.status, 200);
    assert_eq!(client.get("/session/security").await.json()["password"]["expires_at"], Value::Null);
    assert_eq!(problems(&change(&client, PASSWORD, PASSWORD).await), ["password.reused"], "the present one is never another");
    let answer = change(&client, PASSWORD, NEXT).await;
    client.keep(&answer);
    assert_eq!(change(&client, NEXT, PASSWORD).await.status, 200);
}

#[tokio::test]
async fn a_password_from_an_administrator_must_be_changed_lifts_a_lock_and_ends_sessions() {
    let world = World::new().await;
    let security = world.sign_in("security").await;
    let driver = world.sign_in("driver").await;
    let account = driver.get("/session").await.json()["account"]["id"].as_str().unwrap().to_owned();
    for _ in 0..5 {
        world.stranger().post("/session", &json!({ "login": "driver", "password": "wrong" })).await;
    }
    let path = format!("/accounts/{account}/sign-in");
    assert_eq!(security.get(&path).await.json()["locked_until"], "2026-03-02T04:15:00Z");
    let given = security.post(&format!("/accounts/{account}/password"), &json!({ "reason": "遗忘" })).await.json();
    let temporary = given["password"].as_str().unwrap();
    assert_eq!(driver.get("/session").await.status, 401);
    let mut driver = world.sign_in_with("driver", temporary).await;
    assert_eq!(driver.get("/session").await.json()["pending"], "password");
    assert_eq!(driver.get("/session/security").await.json()["password"]["is_temporary"], true);
    assert_eq!(problems(&change(&driver, temporary, PASSWORD).await), ["password.reused"], "the one before it counts");
    let answer = change(&driver, temporary, NEXT).await;
    driver.keep(&answer);
    assert_eq!(driver.get("/session").await.json()["pending"], Value::Null);
}
