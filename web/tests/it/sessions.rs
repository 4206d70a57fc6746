//! Where an account is signed in, ended by its owner and by an administrator; how often an address may try.

use axum::http::Method;
use chrono::Duration;
use serde_json::{Value, json};
use web::Config;

use crate::harness::{Client, PASSWORD, World, browser};
use crate::live;

async fn sessions(client: &Client) -> Vec<Value> {
    client.get("/sessions").await.json()["items"].as_array().unwrap().clone()
}

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

#[tokio::test]
async fn a_person_sees_browsers_and_programs_and_can_end_each() {
    let world = World::new().await;
    let (here, there) = (world.sign_in("manager").await, world.sign_in("manager").await);
    let token = here.post("/tokens", &json!({ "name": "报表" })).await.json();
    let bearer = format!("Bearer {}", token["token"].as_str().unwrap());
    let program = world.stranger();
    let as_program = [("authorization", bearer.as_str())];
    let listed = sessions(&here).await;
    assert_eq!(listed.len(), 3);
    assert_eq!(listed.iter().filter(|one| one["is_this"] == true).count(), 1);
    let named = listed.iter().find(|one| one["kind"] == "program").unwrap();
    assert_eq!((named["name"].as_str(), id(named)), (Some("报表"), id(&token)));

    let other = world.sign_in("east.manager").await;
    let path = format!("/sessions/{}", id(&token));
    assert_eq!(other.delete(&path).await.problem(), (404, "store.not_found".to_owned()), "not the other's session");
    assert_eq!(program.ask(Method::GET, "/units", None, &as_program).await.status, 200);
    assert_eq!(here.delete(&path).await.status, 204);
    assert_eq!(program.ask(Method::GET, "/units", None, &as_program).await.problem(), (401, "auth.required".to_owned()));

    let browser = listed.iter().find(|one| one["kind"] == "browser" && one["is_this"] == false).unwrap();
    assert_eq!(here.delete(&format!("/sessions/{}", id(browser))).await.status, 204);
    assert_eq!(there.get("/session").await.status, 401);
    assert_eq!(here.get("/session").await.status, 200);
}

#[tokio::test]
async fn everything_else_ends_at_once_and_this_browser_goes_on() {
    let world = World::new().await;
    let (here, there) = (world.sign_in("manager").await, world.sign_in("manager").await);
    here.post("/tokens", &json!({ "name": "x" })).await;
    let other = world.sign_in("dispatcher").await;
    assert_eq!(here.delete("/sessions").await.status, 204);
    let left = sessions(&here).await;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["is_this"], true);
    assert_eq!(there.get("/session").await.status, 401);
    assert_eq!(other.get("/session").await.status, 200, "another person's session is another matter");
}

#[tokio::test]
async fn the_socket_of_an_ended_session_closes() {
    let world = World::new().await;
    let (here, there) = (world.sign_in("manager").await, world.sign_in("manager").await);
    let address = world.listen().await;
    let mut socket = live::connect(address, &there, None, None).await.unwrap();
    live::frame(&mut socket).await;
    let listed = sessions(&here).await;
    let other = listed.iter().find(|one| one["is_this"] == false).unwrap();
    assert_eq!(here.delete(&format!("/sessions/{}", id(other))).await.status, 204);
    assert_eq!(live::close_code(&mut socket).await, Some(4401));
}

#[tokio::test]
async fn an_idle_session_is_no_longer_listed() {
    let world = World::new().await;
    world.sign_in("manager").await;
    world.pass(Duration::hours(3));
    let here = world.sign_in("manager").await;
    assert_eq!(sessions(&here).await.len(), 1);
}

#[tokio::test]
async fn what_a_page_asks_by_itself_keeps_no_session_alive() {
    let world = World::new().await;
    let page = world.sign_in("manager").await;
    for minutes in (10..120).step_by(10) {
        world.pass(Duration::minutes(10));
        let idle = (minutes * 60).to_string();
        let answer = page.ask(Method::GET, "/session", None, &[("x-idle-secs", &idle)]).await;
        assert_eq!(answer.status, 200, "after {minutes} minutes");
    }
    world.pass(Duration::minutes(10));
    let answer = page.ask(Method::GET, "/session", None, &[("x-idle-secs", "7200")]).await;
    assert_eq!(answer.problem(), (401, "auth.required".to_owned()), "two hours, and nobody was there");
}

#[tokio::test]
async fn a_security_administrator_ends_the_sessions_of_those_below_and_of_nobody_else() {
    let world = World::new().await;
    let security = world.sign_in("security").await;
    let driver = world.sign_in("driver").await;
    let account = driver.get("/session").await.json();
    let path = format!("/accounts/{}/sign-in", id(&account["account"]));
    let seen = security.get(&path).await.json();
    assert_eq!((seen["login"].as_str(), seen["sessions"].as_array().unwrap().len()), (Some("driver"), 1));

    for login in ["manager", "admin", "driver"] {
        let client = world.sign_in(login).await;
        let refused = (403, "auth.forbidden".to_owned());
        assert_eq!(client.get(&path).await.problem(), refused, "{login}");
        assert_eq!(client.delete(&format!("{path}/sessions")).await.problem(), refused, "{login}");
        assert_eq!(client.delete(&format!("{path}/second-factor")).await.problem(), refused, "{login}");
        assert_eq!(client.delete(&format!("{path}/identity")).await.problem(), refused, "{login}");
    }
    let aside = world.sign_in("east.security").await;
    assert_eq!(aside.get(&path).await.problem(), (403, "auth.outside".to_owned()));
    assert_eq!(aside.delete(&format!("{path}/sessions")).await.problem(), (403, "auth.outside".to_owned()));
    assert_eq!(driver.get("/session").await.status, 200);

    assert_eq!(security.delete(&format!("{path}/sessions")).await.status, 204);
    assert_eq!(driver.get("/session").await.status, 401);
}

#[tokio::test]
async fn an_address_that_tries_too_often_waits() {
    let config = Config { sign_ins_per_minute: 6, trusted_proxies: vec!["127.0.0.1".parse().unwrap()], ..Config::default() };
    let (world, ()) = World::with(config, async |_| ()).await;
    let url = format!("http://{}/api/v1/session", world.listen().await);
    let client = browser().build().unwrap();
    let attempt = async |address: &str, password: &str| {
        let body = json!({ "login": "manager", "password": password }).to_string();
        let request = client.post(&url).header("content-type", "application/json").header("x-forwarded-for", address);
        request.body(body).send().await.unwrap()
    };
    // Other logins would do as well: it is the address that counts.
    for n in 0..6 {
        let password = if n == 2 { PASSWORD } else { "wrong" };
        let status = attempt("203.0.113.9", password).await.status();
        assert_eq!(status, if n == 2 { 200 } else { 401 }, "attempt {n}");
    }
    let refused = attempt("203.0.113.9", PASSWORD).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "10");
    let problem: Value = serde_json::from_slice(&refused.bytes().await.unwrap()).unwrap();
    assert_eq!(problem["code"], "auth.too_many");
    assert_eq!(attempt("203.0.113.10", PASSWORD).await.status(), 200, "another address is another matter");
    world.pass(Duration::seconds(10));
    assert_eq!(attempt("203.0.113.9", PASSWORD).await.status(), 200);
    let here = world.sign_in("manager").await;
    assert!(sessions(&here).await.iter().any(|one| one["peer"] == "203.0.113.10"), "the list has what the proxy vouches for");
}
