//! Other platforms: each operation asked once by the one who may, and a message as another platform signs it.

use serde_json::json;

use super::check;
use super::trips::{Step, one};
use crate::harness::{CITY, WEST};
use crate::peers::{entered, send, signed, wire};
use crate::trips::{West, approved, west, with};

/// Asks for every operation about other platforms, and says which they were.
pub(super) async fn walk(description: &serde_json::Value) -> Vec<(&'static str, &'static str)> {
    let west: West = west().await;
    let admin = west.world.sign_in("admin").await;
    let made = admin
        .post("/peers", &with(entered("A", "B", "甲市平台", "https://a.example.gov.cn"), &json!({ "their_key": KEY })))
        .await;
    let peer = made.json()["id"].as_str().unwrap().to_owned();
    let request = approved(&west, json!({})).await;
    let of_peer = |rest: &str| format!("/peers/{peer}{rest}");
    let facts = || Some(entered("C", "B", "丙市平台", "https://c.example.gov.cn"));
    let dispatcher = &west.dispatcher;
    let hand_over = format!("/trip-requests/{request}/hand-over");
    let steps: Vec<Step<'_>> = vec![
        ("GET", "/peers", "/peers".to_owned(), None, &admin),
        ("POST", "/peers", "/peers".to_owned(), facts(), &admin),
        ("PUT", "/peers/{id}", of_peer(""), Some(entered("A", "B", "甲市平台", "https://a.example.gov.cn/gwyc")), &admin),
        ("GET", "/hand-over-choices", "/hand-over-choices".to_owned(), None, dispatcher),
        ("POST", "/trip-requests/{id}/hand-over", hand_over.clone(), Some(json!({ "platform_id": peer })), dispatcher),
        (
            "POST",
            "/trip-requests/{id}/hand-over/recall",
            format!("{hand_over}/recall"),
            Some(json!({ "reason": "有车了" })),
            dispatcher,
        ),
        ("POST", "/peers/{id}/key", of_peer("/key"), None, &admin),
        (
            "PUT",
            "/peers/{id}/reach",
            of_peer("/reach"),
            Some(
                json!({ "up_unit_id": CITY.0, "down_unit_id": WEST.0, "open_unit_id": WEST.0, "pulls": ["vehicle"], "pushes": ["vehicle"] }),
            ),
            &admin,
        ),
        ("GET", "/peers/{id}/records", of_peer("/records?interface=vehicle"), None, &admin),
        ("PUT", "/peers/{id}/their-key", of_peer("/their-key"), Some(json!({ "key": KEY })), &admin),
    ];
    let mut asked = Vec::new();
    for (method, path, target, body, client) in steps {
        one(&west.world, description, (method, path, &target), body.as_ref(), client).await;
        asked.push((method, path));
    }
    let body = wire().to_string();
    let late = with(wire(), &json!({ "number": "9", "begins_at": "2026-03-01T01:00:00Z", "ends_at": "2026-03-01T02:00:00Z" }))
        .to_string();
    let (records, closed) = (pull("7.4"), pull("7.6"));
    let now = west.world.now();
    for (body, headers, status) in [
        (&body, Vec::new(), 401),
        (&body, signed(KEY, "1", now, &body), 200),
        (&body, signed(KEY, "1", now, &body), 409),
        (&records, signed(KEY, "3", now, &records), 200),
        (&closed, signed(KEY, "4", now, &closed), 403),
        (&late, signed(KEY, "2", now, &late), 422),
    ] {
        let answer = send(&west.world, body, &headers).await;
        assert_eq!(answer.status, status, "{}", answer.text());
        check(description, "POST", "/exchange", &answer);
    }
    let body = Some(json!({ "disabled": true }));
    one(&west.world, description, ("POST", "/peers/{id}/use", &of_peer("/use")), body.as_ref(), &admin).await;
    asked.extend([("POST", "/exchange"), ("POST", "/peers/{id}/use")]);
    asked
}

/// A page of an interface, asked for.
fn pull(number: &str) -> String {
    json!({ "interface": number, "kind": "pull" }).to_string()
}

const KEY: &str = "a key that another platform has shown once";
