//! Signing in and out, locks, tokens of programs.

use axum::http::Method;
use chrono::Duration;
use serde_json::json;

use crate::harness::{PASSWORD, World};

fn credentials(login: &str, password: &str) -> serde_json::Value {
    json!({ "login": login, "password": password })
}

#[tokio::test]
async fn who_signs_in_is_known_and_who_signs_out_is_not() {
    let world = World::new().await;
    let client = world.sign_in("Manager").await;
    let session = client.get("/session").await.json();
    assert_eq!(session["account"]["login"], "manager");
    assert_eq!(session["account"]["role"], "fleet_manager");
    assert_eq!(session["account"]["unit_name"], "杭州市机关事务管理局");
    assert_eq!(session["csrf_token"].as_str(), client.csrf.as_deref());
    let answer = client.delete("/session").await;
    assert_eq!(answer.status, 204);
    assert!(answer.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(client.get("/session").await.problem(), (401, "auth.required".to_owned()));
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_of_other_sites() {
    let world = World::new().await;
    let answer = world.stranger().post("/session", &credentials("manager", PASSWORD)).await;
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    for part in ["motorpool_session=", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "no TLS is configured");
    let (world, ()) = World::with(web::Config { https: true, ..web::Config::default() }, async |_| ()).await;
    let answer = world.stranger().post("/session", &credentials("manager", PASSWORD)).await;
    assert!(answer.headers["set-cookie"].to_str().unwrap().contains("Secure"));
    assert!(answer.headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn five_wrong_passwords_lock_an_account_whether_it_exists_or_not() {
    let world = World::new().await;
    let stranger = world.stranger();
    for login in ["manager", "nobody"] {
        for _ in 0..5 {
            assert_eq!(
                stranger.post("/session", &credentials(login, "wrong")).await.problem(),
                (401, "auth.invalid".to_owned()),
                "{login}"
            );
        }
        let locked = stranger.post("/session", &credentials(login, PASSWORD)).await;
        assert_eq!(locked.problem(), (423, "auth.locked".to_owned()), "{login}");
        assert_eq!(locked.json()["retry_after_s"], 900);
        assert_eq!(locked.headers["retry-after"], "900");
    }
    world.pass(Duration::minutes(15));
    assert_eq!(stranger.post("/session", &credentials("manager", PASSWORD)).await.status, 200);
}

#[tokio::test]
async fn guesses_sent_at_once_are_all_counted() {
    let world = World::new().await;
    let stranger = world.stranger();
    let body = credentials("manager", "wrong");
    let guesses = (0..8).map(|_| stranger.post("/session", &body));
    let answers = futures_util::future::join_all(guesses).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 401).count(), 5);
    assert_eq!(answers.iter().filter(|answer| answer.status == 423).count(), 3);
}

#[tokio::test]
async fn the_right_password_forgets_wrong_ones() {
    let world = World::new().await;
    let stranger = world.stranger();
    for _ in 0..3 {
        for _ in 0..4 {
            stranger.post("/session", &credentials("manager", "wrong")).await;
        }
        assert_eq!(stranger.post("/session", &credentials("manager", PASSWORD)).await.status, 200);
    }
}

#[tokio::test]
async fn a_login_that_cannot_be_one_is_wrong_and_nothing_more() {
    let world = World::new().await;
    for login in ["", "张三", "a b"] {
        assert_eq!(world.stranger().post("/session", &credentials(login, "x")).await.problem(), (401, "auth.invalid".to_owned()));
    }
    let long = "x".repeat(100_000);
    assert_eq!(
        world.stranger().post("/session", &credentials("manager", &long)).await.problem(),
        (401, "auth.invalid".to_owned())
    );
}

#[tokio::test]
async fn a_session_ends_when_idle_and_ends_in_any_case() {
    let world = World::new().await;
    let (idle, busy) = (world.sign_in("manager").await, world.sign_in("manager").await);
    for _ in 0..11 {
        world.pass(Duration::hours(1));
        assert_eq!(busy.get("/session").await.status, 200);
    }
    assert_eq!(idle.get("/session").await.problem(), (401, "auth.required".to_owned()));
    world.pass(Duration::hours(1));
    assert_eq!(busy.get("/session").await.problem(), (401, "auth.required".to_owned()), "twelve hours are enough");
}

#[tokio::test]
async fn a_change_without_the_pages_token_is_refused() {
    let world = World::new().await;
    let mut client = world.sign_in("manager").await;
    let token = client.csrf.take();
    let name = json!({ "name": "报表" });
    assert_eq!(client.post("/tokens", &name).await.problem(), (403, "auth.csrf".to_owned()));
    client.csrf = Some("0".repeat(64));
    assert_eq!(client.post("/tokens", &name).await.problem(), (403, "auth.csrf".to_owned()));
    assert_eq!(client.delete("/session").await.problem(), (403, "auth.csrf".to_owned()));
    client.csrf = token;
    assert_eq!(client.post("/tokens", &name).await.status, 201);
}

#[tokio::test]
async fn another_sites_page_can_neither_sign_in_nor_change_anything() {
    let world = World::new().await;
    let client = world.sign_in("manager").await;
    let evil = [("origin", "http://evil.example")];
    let body = Some(credentials("manager", PASSWORD).to_string());
    let answer = client.ask(Method::POST, "/session", body.clone(), &evil).await;
    assert_eq!(answer.problem(), (403, "auth.origin".to_owned()));
    let answer = client.ask(Method::POST, "/tokens", Some(json!({ "name": "x" }).to_string()), &evil).await;
    assert_eq!(answer.problem(), (403, "auth.origin".to_owned()));
    let answer = client.ask(Method::POST, "/session", body, &[("origin", "http://motorpool.test")]).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_program_works_with_its_token_until_it_is_revoked() {
    let world = World::new().await;
    let person = world.sign_in("manager").await;
    let made = person.post("/tokens", &json!({ "name": "报表" })).await.json();
    let bearer = format!("Bearer {}", made["token"].as_str().unwrap());
    let program = world.stranger();
    let as_program = [("authorization", bearer.as_str())];
    assert_eq!(program.ask(Method::GET, "/units", None, &as_program).await.status, 200);
    let device = json!({ "terminal_id": "P-1", "model": "x" }).to_string();
    assert_eq!(program.ask(Method::POST, "/devices", Some(device), &as_program).await.status, 201, "no page, no page's token");
    let listed = person.get("/tokens").await.json();
    assert_eq!(listed["items"][0]["name"], "报表");
    assert!(listed["items"][0].get("token").is_none());
    world.pass(Duration::days(1));
    assert_eq!(program.ask(Method::GET, "/units", None, &as_program).await.status, 200, "a program is never idle");
    let person = world.sign_in("manager").await;
    let path = format!("/tokens/{}", made["id"].as_str().unwrap());
    let other = world.sign_in("east.manager").await;
    assert_eq!(other.delete(&path).await.problem(), (404, "store.not_found".to_owned()), "not the other's token");
    assert_eq!(person.delete(&path).await.status, 204);
    assert_eq!(program.ask(Method::GET, "/units", None, &as_program).await.problem(), (401, "auth.required".to_owned()));
}

#[tokio::test]
async fn a_cookies_token_is_no_bearer_token_and_the_other_way_round() {
    let world = World::new().await;
    let person = world.sign_in("manager").await;
    let cookie = person.cookie.clone().unwrap();
    let bearer = format!("Bearer {}", cookie.split_once('=').unwrap().1);
    let answer = world.stranger().ask(Method::GET, "/units", None, &[("authorization", &bearer)]).await;
    assert_eq!(answer.problem(), (401, "auth.required".to_owned()));
    let token = person.post("/tokens", &json!({ "name": "x" })).await.json()["token"].as_str().unwrap().to_owned();
    let answer = world.stranger().ask(Method::GET, "/units", None, &[("cookie", &format!("motorpool_session={token}"))]).await;
    assert_eq!(answer.problem(), (401, "auth.required".to_owned()));
}

#[tokio::test]
async fn every_event_of_signing_in_is_in_the_audit_log() {
    let world = World::new().await;
    let stranger = world.stranger();
    stranger.post("/session", &credentials("nobody", "wrong")).await;
    for _ in 0..5 {
        stranger.post("/session", &credentials("driver", "wrong")).await;
    }
    stranger.post("/session", &credentials("driver", PASSWORD)).await;
    let mut client = world.sign_in("manager").await;
    world.sign_in("manager").await;
    client.delete("/sessions").await;
    let change = json!({ "old_password": PASSWORD, "new_password": "Another-Car-2026" });
    client.keep(&client.post("/session/password", &change).await);
    client.delete("/session").await;
    let count = async |statement| fleet_db::testing::fleet::number(&world.db.pool, statement).await.unwrap();
    for (statement, wanted) in [
        ("select count(*) from audit_entry where login = 'nobody' and action = 'sign_in_refused' and account_id is null", 1),
        ("select count(*) from audit_entry where login = 'driver' and action = 'sign_in_refused'", 6),
        ("select count(*) from audit_entry where login = 'driver' and action = 'locked'", 1),
        ("select count(*) from audit_entry where login = 'manager' and action = 'signed_in' and subject_name = 'manager'", 2),
        ("select count(*) from audit_entry where login = 'manager' and action = 'revoked' and subject_kind = 'session'", 1),
        ("select count(*) from audit_entry where login = 'manager' and action = 'password_set'", 1),
        ("select count(*) from audit_entry where login = 'manager' and action = 'signed_out'", 1),
        ("select count(*) from audit_entry where body like '%Another-Car%' or body like '%argon2%'", 0),
        (
            "select count(*) from audit_entry where action in ('sign_in_refused', 'locked', 'signed_in', 'password_set', 'signed_out')",
            12,
        ),
    ] {
        assert_eq!(count(statement).await, wanted, "{statement}");
    }
}
