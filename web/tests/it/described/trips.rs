//! The papers of a trip, each operation asked once by the one whose step it is.

use axum::http::Method;
use serde_json::{Value, json};

use super::check;
use crate::harness::{Client, WEST, World};
use crate::trips::{DRIVERS, West, approved, west, wish, with};

/// Method, path as described, path as asked, body, who asks.
pub(super) type Step<'a> = (&'static str, &'static str, String, Option<Value>, &'a Client);

/// Asks for every operation about trips, and says which they were.
pub(super) async fn walk(description: &Value) -> Vec<(&'static str, &'static str)> {
    let west: West = west().await;
    let West { world, applicant, leader, dispatcher, driver, cars } = &west;
    let request = approved(&west, json!({})).await;
    let draft = applicant.post("/trip-requests", &with(wish(), &json!({ "submit": false }))).await.json()["id"].clone();
    let draft = draft.as_str().unwrap().to_owned();
    let body = json!({ "vehicle_id": cars[0].id.0, "driver_id": DRIVERS[0] });
    let issued = dispatcher.post(&format!("/trip-requests/{request}/orders"), &body).await.json();
    let order = issued["id"].as_str().unwrap().to_owned();
    let second = approved(&west, json!({})).await;
    let other = json!({ "vehicle_id": cars[1].id.0, "driver_id": DRIVERS[1] });
    let flow = json!({ "unit_id": WEST.0, "name": "甲", "rank": 90, "steps": [{ "name": "审批", "signer": "own_leader" }] });
    let made = leader.post("/approval-flows", &flow).await.json()["id"].as_str().unwrap().to_owned();
    let batch = json!({ "ids": [second], "action": "approve" });
    let riding = approved(&west, json!({ "is_poolable": true })).await;
    let ride = json!({ "order_id": order });
    fleet_db::testing::fleet::execute(&world.db.pool, "update trip_request set is_poolable = true").await.unwrap();
    let steps: Vec<Step<'_>> = vec![
        ("GET", "/trip-requests/{id}/companions", format!("/trip-requests/{riding}/companions"), None, dispatcher),
        ("POST", "/trip-requests/{id}/ride", format!("/trip-requests/{riding}/ride"), Some(ride), dispatcher),
        ("GET", "/trip-options", "/trip-options".to_owned(), None, applicant),
        ("POST", "/trip-requests/check", "/trip-requests/check".to_owned(), Some(wish()), applicant),
        ("POST", "/trip-requests", "/trip-requests".to_owned(), Some(wish()), applicant),
        ("GET", "/trip-requests", "/trip-requests?view=to_decide".to_owned(), None, leader),
        ("GET", "/trip-requests/counts", "/trip-requests/counts".to_owned(), None, leader),
        ("PUT", "/trip-requests/{id}", format!("/trip-requests/{draft}"), Some(wish()), applicant),
        (
            "POST",
            "/trip-requests/{id}/actions",
            format!("/trip-requests/{draft}/actions"),
            Some(json!({ "action": "submit" })),
            applicant,
        ),
        ("POST", "/trip-requests/decisions", "/trip-requests/decisions".to_owned(), Some(batch), leader),
        ("GET", "/trip-requests/{id}/candidates", format!("/trip-requests/{second}/candidates"), None, dispatcher),
        ("POST", "/trip-requests/{id}/orders", format!("/trip-requests/{second}/orders"), Some(other), dispatcher),
        ("GET", "/trip-requests/{id}", format!("/trip-requests/{request}"), None, applicant),
        ("GET", "/dispatch-orders", "/dispatch-orders?view=open".to_owned(), None, dispatcher),
        ("GET", "/dispatch-orders/{id}", format!("/dispatch-orders/{order}"), None, driver),
        (
            "POST",
            "/dispatch-orders/{id}/actions",
            format!("/dispatch-orders/{order}/actions"),
            Some(json!({ "action": "accept" })),
            driver,
        ),
        ("GET", "/driver/tasks", "/driver/tasks".to_owned(), None, driver),
        ("GET", "/trip-figures", "/trip-figures".to_owned(), None, dispatcher),
        ("GET", "/trip-figures/{figure}", "/trip-figures/orders?limit=1".to_owned(), None, dispatcher),
        (
            "GET",
            "/dispatch-board",
            "/dispatch-board?from=2026-03-02T00:00:00Z&to=2026-03-03T00:00:00Z".to_owned(),
            None,
            dispatcher,
        ),
        (
            "GET",
            "/dispatch-proposal",
            "/dispatch-proposal?from=2026-03-02T04:00:00Z&to=2026-03-03T00:00:00Z".to_owned(),
            None,
            dispatcher,
        ),
        ("POST", "/right-sizing", "/right-sizing".to_owned(), Some(json!({})), dispatcher),
        ("GET", "/approval-flows", "/approval-flows".to_owned(), None, leader),
        ("POST", "/approval-flows", "/approval-flows".to_owned(), Some(with(flow, &json!({ "name": "乙" }))), leader),
        ("POST", "/approval-flows/{id}/retirement", format!("/approval-flows/{made}/retirement"), None, leader),
    ];
    let mut asked = after(description).await;
    for (method, path, target, body, client) in steps {
        one(world, description, (method, path, &target), body.as_ref(), client).await;
        asked.push((method, path));
    }
    asked
}

/// What follows a trip: rated, shown, taken back; and what anybody may read.
async fn after(description: &Value) -> Vec<(&'static str, &'static str)> {
    let west: West = west().await;
    let manager = west.world.sign_in("manager").await;
    let order = crate::trip_after::settled(&west, &manager, json!({})).await;
    let rating = format!("/dispatch-orders/{order}/rating");
    let month = json!({ "unit_id": WEST.0, "year": 2026, "month": 3 });
    let query = format!("?unit_id={}&year=2026&month=3", WEST.0);
    let stars = json!({ "attitude": 5, "appearance": 5, "driving": 5 });
    let mut asked = Vec::new();
    let steps: Vec<Step<'_>> = vec![
        ("POST", "/dispatch-orders/{id}/rating", rating.clone(), Some(stars), &west.applicant),
        ("GET", "/dispatch-orders/{id}/rating", rating, None, &west.applicant),
        ("POST", "/notices", "/notices".to_owned(), Some(month), &manager),
        ("GET", "/notices", format!("/notices{query}"), None, &manager),
    ];
    for (method, path, target, body, client) in steps {
        one(&west.world, description, (method, path, &target), body.as_ref(), client).await;
        asked.push((method, path));
    }
    for (path, target) in [
        ("/public/trips", format!("/public/trips{query}")),
        ("/public/units", "/public/units".to_owned()),
        ("/public/feed", "/public/feed".to_owned()),
    ] {
        let answer = west.world.stranger().get(&target).await;
        assert_eq!(answer.status, 200, "{path}");
        check(description, "GET", path, &answer);
        asked.push(("GET", path));
    }
    let shown = manager.get(&format!("/notices{query}")).await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let back = format!("/notices/{shown}/reversal");
    one(&west.world, description, ("POST", "/notices/{id}/reversal", &back), Some(&json!({ "reason": "有误" })), &manager).await;
    asked.push(("POST", "/notices/{id}/reversal"));
    asked
}

/// One operation: without a session, about what is not there, and as it is meant; a change is told once.
pub(super) async fn one(
    world: &World,
    description: &Value,
    (method, path, target): (&str, &str, &str),
    body: Option<&Value>,
    client: &Client,
) {
    let verb: Method = method.parse().unwrap();
    let sent = || body.map(Value::to_string);
    let unasked = world.stranger().ask(verb.clone(), target, sent(), &[]).await;
    assert_eq!(unasked.status, 401, "{method} {path} without a session");
    check(description, method, path, &unasked);
    if path.contains("{id}") {
        let question = target.split_once('?').map_or(String::new(), |(_, question)| format!("?{question}"));
        let nobody = format!("{}{question}", path.replace("{id}", "00000000-0000-0000-0000-000000000007"));
        let missing = client.ask(verb.clone(), &nobody, sent(), &[]).await;
        assert_eq!(missing.status, 404, "{method} {path}: {}", missing.text());
        check(description, method, path, &missing);
    }
    let start = crate::audit::head(world).await;
    let answer = client.ask(verb.clone(), target, sent(), &[]).await;
    assert!(answer.status.is_success(), "{method} {path}: {} {}", answer.status, answer.text());
    check(description, method, path, &answer);
    let told = crate::audit::head(world).await - start;
    // Checking and trying save nothing, and decisions on many are told one by one.
    let is_untold = matches!(path, "/trip-requests/check" | "/trip-requests/decisions" | "/right-sizing");
    let expected = i64::from(verb != Method::GET && !is_untold);
    assert_eq!(told, expected, "{method} {path}: a change is told once");
}
