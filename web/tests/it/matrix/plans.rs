//! How to ask about recurring plans of the west side.

use serde_json::json;

use super::{Of, Route};
use crate::harness::{Client, WEST};
use crate::plans::{asks, plan, route};
use crate::trips::with;

/// A plan of the west side, and a way.
pub(super) struct Plans {
    plan: String,
    route: String,
}

/// Writes them, as somebody of the west side who may ask for cars.
pub(super) async fn furnish(applicant: &Client) -> Plans {
    let id = async |path: &str, body: serde_json::Value| {
        let made = applicant.post(path, &body).await;
        made.json()["id"].as_str().unwrap_or_else(|| panic!("{path}: {}", made.text())).to_owned()
    };
    Plans {
        plan: id("/trip-plans", with(plan(), &json!({ "name": "西边的" }))).await,
        route: id("/trip-routes", with(route(), &json!({ "name": "西边的" }))).await,
    }
}

/// Plans, their days, ways.
pub(super) fn routes(Plans { plan: id, route: way }: &Plans) -> Vec<Route> {
    let of_plan = |rest: &str| format!("/trip-plans/{id}{rest}");
    vec![
        ("list_trip_plans", Of::Units, "/trip-plans".to_owned(), None),
        ("write_trip_plan", Of::Units, "/trip-plans".to_owned(), Some(plan())),
        ("read_trip_plan", Of::Units, of_plan(""), None),
        ("change_trip_plan", Of::Units, of_plan("/changes"), Some(asks())),
        ("move_trip_plan", Of::Units, of_plan("/actions"), Some(json!({ "action": "approve" }))),
        ("list_plan_days", Of::Units, format!("/trip-plan-days?plan_id={id}"), None),
        ("list_trip_routes", Of::Units, "/trip-routes".to_owned(), None),
        ("make_trip_route", Of::Units, "/trip-routes".to_owned(), Some(with(route(), &json!({ "unit_id": WEST.0 })))),
        ("retire_trip_route", Of::Units, format!("/trip-routes/{way}/retirement"), None),
    ]
}
