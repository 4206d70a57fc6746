//! Recurring plans, each operation asked once by the one whose step it is.

use serde_json::{Value, json};

use super::trips::{Step, one};
use crate::plans::{asks, plan, route};
use crate::trips::{West, west, with};

/// Asks for every operation about plans, and says which they were.
pub(super) async fn walk(description: &Value) -> Vec<(&'static str, &'static str)> {
    let west: West = west().await;
    let West { world, applicant, leader, .. } = &west;
    let id = async |path: &str, body: Value| {
        let made = applicant.post(path, &body).await;
        made.json()["id"].as_str().unwrap_or_else(|| panic!("{path}: {}", made.text())).to_owned()
    };
    let (open, running) = (id("/trip-plans", plan()).await, id("/trip-plans", plan()).await);
    let way = id("/trip-routes", route()).await;
    leader.post(&format!("/trip-plans/{running}/actions"), &json!({ "action": "approve" })).await;
    web::carry_out_plans(&world.db.pool, world.now()).await.unwrap();
    let of_plan = |plan: &str, rest: &str| format!("/trip-plans/{plan}{rest}");
    let approval = json!({ "action": "approve" });
    let steps: Vec<Step<'_>> = vec![
        ("GET", "/trip-plans", "/trip-plans".to_owned(), None, leader),
        ("POST", "/trip-plans", "/trip-plans".to_owned(), Some(plan()), applicant),
        ("GET", "/trip-plans/{id}", of_plan(&running, ""), None, applicant),
        ("POST", "/trip-plans/{id}/changes", of_plan(&running, "/changes"), Some(asks()), applicant),
        ("POST", "/trip-plans/{id}/actions", of_plan(&open, "/actions"), Some(approval), leader),
        ("GET", "/trip-plan-days", "/trip-plan-days".to_owned(), None, leader),
        ("GET", "/trip-routes", "/trip-routes".to_owned(), None, applicant),
        ("POST", "/trip-routes", "/trip-routes".to_owned(), Some(with(route(), &json!({ "name": "二号线" }))), applicant),
        ("POST", "/trip-routes/{id}/retirement", format!("/trip-routes/{way}/retirement"), None, applicant),
    ];
    let mut asked = Vec::new();
    for (method, path, target, body, client) in steps {
        one(world, description, (method, path, &target), body.as_ref(), client).await;
        asked.push((method, path));
    }
    asked
}
