//! Accidents and violations, each operation asked once by the one whose step it is.

use serde_json::{Value, json};

use super::check;
use super::trips::{Step, one};
use crate::accidents::{accident, picture, report, underway, violation};
use crate::harness::Client;
use crate::trips::with;

/// Asks for every operation about them, and says which they were.
pub(super) async fn walk(description: &Value) -> Vec<(&'static str, &'static str)> {
    let (west, order) = underway().await;
    let world = &west.world;
    let manager = world.sign_in("manager").await;
    let car = west.cars[0].id.0.to_string();
    let id = async |path: &str, body: Value| {
        let made = manager.post(path, &body).await;
        made.json()["id"].as_str().unwrap_or_else(|| panic!("{path}: {}", made.text())).to_owned()
    };
    let (case, other) = (id("/accidents", accident(&car)).await, id("/violations", violation(&car)).await);
    let of_case = |rest: &str| format!("/accidents/{case}{rest}");
    let known = json!({ "kind": "scrape", "what": "右后灯罩破损" });
    let second = with(violation(&car), &json!({ "code": "1344" }));
    let of_order = |rest: &str| format!("/dispatch-orders/{order}{rest}");
    let steps: Vec<Step<'_>> = vec![
        ("GET", "/accidents", "/accidents".to_owned(), None, &manager),
        ("POST", "/accidents", "/accidents".to_owned(), Some(accident(&car)), &manager),
        ("GET", "/accidents/{id}", of_case(""), None, &manager),
        ("PUT", "/accidents/{id}", of_case(""), Some(known), &manager),
        ("POST", "/accidents/{id}/steps", of_case("/steps"), Some(json!({ "action": "take" })), &manager),
        ("GET", "/violations", "/violations".to_owned(), None, &manager),
        ("POST", "/violations", "/violations".to_owned(), Some(second), &manager),
        ("GET", "/violations/{id}", format!("/violations/{other}"), None, &manager),
        ("POST", "/violations/{id}/steps", format!("/violations/{other}/steps"), Some(json!({ "action": "handle" })), &manager),
        ("POST", "/dispatch-orders/{id}/accidents", of_order("/accidents"), Some(report("r1")), &west.driver),
    ];
    let mut asked = Vec::new();
    for (method, path, target, body, client) in steps {
        one(world, description, (method, path, &target), body.as_ref(), client).await;
        asked.push((method, path));
    }
    let brought: [(&str, &str, &Client); 2] = [
        ("/accidents/{id}/photographs", "?key=p1", &manager),
        ("/dispatch-orders/{id}/accident-photographs", "?report=r1&key=p2", &west.driver),
    ];
    for ((path, query, client), key) in brought.into_iter().zip([&case, &order]) {
        let target = |id: &str| format!("{}{query}", path.replace("{id}", id));
        for (client, id, status) in
            [(&world.stranger(), key.as_str(), 401), (client, "00000000-0000-0000-0000-000000000007", 404), (client, key, 204)]
        {
            let answer = client.upload(&target(id), picture(u8::try_from(query.len()).unwrap())).await;
            assert_eq!(answer.status, status, "{path}: {}", answer.text());
            check(description, "POST", path, &answer);
        }
        asked.push(("POST", path));
    }
    asked
}
