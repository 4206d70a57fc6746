//! What goes around every answer: headers, errors, limits, the console's files.

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request};
use fleet_db::PgPool;
use serde_json::json;
use tower::ServiceExt as _;
use web::Config;

use crate::harness::{PASSWORD, World};

#[tokio::test]
async fn every_answer_carries_the_headers_that_protect_it() {
    let world = World::new().await;
    let client = world.stranger();
    for path in ["/", "/fleet", "/api/v1/config", "/api/v1/session", "/api/v1/nothing", "/assets/nothing.js"] {
        let answer = client.ask_anywhere(Method::GET, path, None, &[]).await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self' 'sha256-"), "{path}");
        for forbidden in ["unsafe-inline", "unsafe-eval", "http:", "https:", "*"] {
            assert!(!policy.contains(forbidden), "{path}: {policy}");
        }
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("permissions-policy", "geolocation=(self), screen-wake-lock=(self), camera=(self), microphone=()"),
        ] {
            assert_eq!(answer.headers[name], value, "{path}");
        }
        assert!(answer.headers.contains_key("x-request-id"), "{path}");
        assert!(!answer.headers.contains_key("strict-transport-security"), "{path}: not without TLS");
    }
    let answer = client.get("/config").await;
    assert_eq!(answer.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn an_unknown_address_of_the_api_is_a_problem_and_never_the_page() {
    let world = World::new().await;
    let client = world.stranger();
    for path in ["/api", "/api/v1/nothing", "/api/v2/vehicles", "/api/v1/vehicles/x/y"] {
        let answer = client.ask_anywhere(Method::GET, path, None, &[]).await;
        assert_eq!(answer.problem(), (404, "route.unknown".to_owned()), "{path}");
    }
    assert_eq!(client.ask(Method::PUT, "/session", None, &[]).await.problem(), (405, "route.method".to_owned()));
    let page = client.ask_anywhere(Method::GET, "/fleet/abc", None, &[]).await;
    assert_eq!((page.status.as_u16(), page.headers["content-type"].to_str().unwrap()), (200, "text/html; charset=utf-8"));
    assert_eq!(client.ask_anywhere(Method::GET, "/assets/gone.js", None, &[]).await.status, 404);
    assert_eq!(client.ask_anywhere(Method::POST, "/fleet", None, &[]).await.status, 405);
}

#[tokio::test]
async fn bad_input_is_told_by_its_code() {
    let (world, ()) = World::with(Config { body_limit_bytes: 1000, ..Config::default() }, async |_| ()).await;
    let client = world.sign_in("manager").await;
    let post = async |body: &str, kind: &str| {
        client.ask(Method::POST, "/tokens", Some(body.to_owned()), &[("content-type", kind)]).await.problem()
    };
    let json = "application/json";
    assert_eq!(post("{", json).await, (400, "request.body".to_owned()));
    assert_eq!(post("{}", json).await, (400, "request.body".to_owned()));
    assert_eq!(post(r#"{"name":7}"#, json).await, (400, "request.body".to_owned()));
    assert_eq!(post("{}", "text/plain").await, (415, "request.media_type".to_owned()));
    assert_eq!(post(&json!({ "name": "x".repeat(2000) }).to_string(), json).await, (413, "request.too_large".to_owned()));
    assert_eq!(post(&json!({ "name": "" }).to_string(), json).await, (422, "request.invalid".to_owned()));
    assert_eq!(client.get("/vehicles/not-an-id").await.problem(), (400, "request.path".to_owned()));
    let id = "01900000-0000-7000-8000-000000000000";
    for (query, code) in [
        ("", (400, "request.query")),
        ("?from=x&to=y", (400, "request.query")),
        ("?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", (422, "request.window")),
        ("?from=2025-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", (422, "request.window")),
        ("?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z", (404, "store.not_found")),
    ] {
        assert_eq!(client.get(&format!("/vehicles/{id}/track{query}")).await.problem(), (code.0, code.1.to_owned()), "{query}");
    }
    let window = "from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z";
    assert_eq!(
        client.get(&format!("/vehicles/{id}/track/export?{window}&format=doc")).await.problem(),
        (400, "request.query".to_owned())
    );
    assert_eq!(client.get(&format!("/vehicles/{id}/events?{window}&after=x")).await.problem(), (400, "request.query".to_owned()));
    assert_eq!(client.get("/live").await.problem(), (426, "live.upgrade".to_owned()));
}

#[tokio::test]
async fn an_error_speaks_the_readers_language() {
    let world = World::new().await;
    let client = world.stranger();
    for (wish, title, tag) in
        [("zh-CN", "登录已失效，请重新登录。", "zh-CN"), ("en", "Your session has ended. Sign in again.", "en")]
    {
        let answer = client.ask(Method::GET, "/units", None, &[("accept-language", wish)]).await;
        assert_eq!(answer.json()["title"], title);
        assert_eq!(answer.headers["content-language"], tag);
        assert_eq!(answer.json()["request_id"].as_str().unwrap(), answer.headers["x-request-id"].to_str().unwrap());
    }
}

#[tokio::test]
async fn a_page_needs_no_sign_in_to_know_its_name() {
    let (world, ()) = World::with(Config { demo: true, ..Config::default() }, async |_| ()).await;
    let config = world.stranger().get("/config").await.json();
    assert_eq!(config["demo"], true);
    let map = &config["map"];
    assert_eq!((&map["kind"], &map["crs"]), (&json!("embedded"), &json!("wgs84")));
    assert_eq!((&map["center"], &map["zoom"]), (&json!([120.17, 30.25]), &json!(11.0)));
    assert!(config["title_zh"].as_str().unwrap().contains("公务用车"));
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let world = World::new().await;
    let client = world.sign_in("manager").await;
    for path in ["/openapi.json", "/map/roads.geojson", "/live/snapshot"] {
        let first = client.get(path).await;
        assert_eq!(first.status, 200, "{path}");
        let tag = first.headers["etag"].to_str().unwrap();
        let second = client.ask(Method::GET, path, None, &[("if-none-match", tag)]).await;
        assert_eq!((second.status.as_u16(), second.body.len()), (304, 0), "{path}");
    }
}

#[tokio::test]
async fn long_answers_are_compressed_for_those_who_take_it() {
    let world = World::new().await;
    let client = world.stranger();
    let plain = client.get("/openapi.json").await;
    assert!(!plain.headers.contains_key("content-encoding"));
    let packed = client.ask(Method::GET, "/openapi.json", None, &[("accept-encoding", "br")]).await;
    assert_eq!(packed.headers["content-encoding"], "br");
    assert!(packed.body.len() * 4 < plain.body.len());
}

#[tokio::test]
async fn operators_see_figures_and_health() {
    let world = World::new().await;
    web::ops::install_recorder().unwrap();
    web::ops::install_recorder().unwrap();
    world.stranger().post("/session", &json!({ "login": "manager", "password": PASSWORD })).await;
    let ask = async |path: &str| ask_operators(&world.db.pool, path).await;
    assert_eq!(ask("/health/live").await.0, 200);
    assert_eq!(ask("/health/ready").await.0, 200);
    let (status, figures) = ask("/metrics").await;
    assert_eq!(status, 200);
    assert!(figures.contains("motorpool_web_requests_total{"), "{figures}");
}

#[tokio::test]
async fn a_service_without_its_database_is_alive_but_not_ready() {
    let database = fleet_db::testing::database().await;
    assert_eq!(ask_operators(&database.pool, "/health/ready").await.0, 200);
    database.pool.close().await;
    assert_eq!(ask_operators(&database.pool, "/health/ready").await.0, 503);
    assert_eq!(ask_operators(&database.pool, "/health/live").await.0, 200);
}

async fn ask_operators(pool: &PgPool, path: &str) -> (u16, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = web::ops::router(pool.clone()).oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}
