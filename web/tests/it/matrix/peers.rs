//! How to ask about other platforms that stand beside the west side.

use axum::http::Method;
use serde_json::json;

use super::{Of, Route};
use crate::harness::{WEST, World};
use crate::peers::entered;

/// A platform in the register of the west side; its key.
pub(super) async fn furnish(world: &World) -> String {
    let admin = world.sign_in("admin").await;
    let made = admin.post("/peers", &entered("W", "A", "西边的", "https://west.example.gov.cn")).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let key = Some(json!({ "key": "k".repeat(43) }).to_string());
    assert_eq!(admin.ask(Method::PUT, &format!("/peers/{id}/their-key"), key, &[]).await.status, 204);
    id
}

/// The register, and requests on their way.
pub(super) fn routes(peer: &str, request: &str) -> Vec<Route> {
    let of_peer = |rest: &str| format!("/peers/{peer}{rest}");
    let of_request = |rest: &str| format!("/trip-requests/{request}/hand-over{rest}");
    let platform = || Some(entered("V", "A", "越权", "https://east.example.gov.cn"));
    vec![
        // With the words for signatures beside the list.
        ("list_peers", Of::Oneself, "/peers".to_owned(), None),
        ("enter_peer", Of::Units, "/peers".to_owned(), platform()),
        ("change_peer", Of::Units, of_peer(""), platform()),
        ("renew_peer_key", Of::Units, of_peer("/key"), None),
        ("enter_peer_key", Of::Units, of_peer("/their-key"), Some(json!({ "key": "x".repeat(43) }))),
        ("set_peer_use", Of::Units, of_peer("/use"), Some(json!({ "disabled": true }))),
        ("set_peer_reach", Of::Units, of_peer("/reach"), Some(json!({ "open_unit_id": WEST.0, "pulls": ["vehicle"] }))),
        ("list_peer_records", Of::Units, of_peer("/records?interface=vehicle"), None),
        ("list_hand_over_choices", Of::Units, "/hand-over-choices".to_owned(), None),
        ("hand_trip_over", Of::Units, of_request(""), Some(json!({ "platform_id": peer }))),
        ("call_trip_back", Of::Units, of_request("/recall"), Some(json!({ "reason": "越权" }))),
        ("receive_message", Of::Nobody, "/exchange".to_owned(), Some(json!({}))),
    ]
}
