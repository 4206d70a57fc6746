//! How to ask about accidents and violations of the west side.

use serde_json::json;

use super::{Of, Route};
use crate::accidents::{accident, report, violation};
use crate::harness::Client;

/// An accident of the west side, and a violation.
pub(super) struct Incidents {
    accident: String,
    violation: String,
}

/// Enters them.
pub(super) async fn furnish(manager: &Client, car: &str) -> Incidents {
    let id = async |path: &str, body: serde_json::Value| {
        let made = manager.post(path, &body).await;
        made.json()["id"].as_str().unwrap_or_else(|| panic!("{path}: {}", made.text())).to_owned()
    };
    Incidents { accident: id("/accidents", accident(car)).await, violation: id("/violations", violation(car)).await }
}

/// Accidents, violations, and what drivers tell.
pub(super) fn routes(Incidents { accident: id, violation: other }: &Incidents, order: &str, car: &str) -> Vec<Route> {
    let of_accident = |rest: &str| format!("/accidents/{id}{rest}");
    let of_order = |rest: &str| format!("/dispatch-orders/{order}{rest}");
    let step = |action: &str| Some(json!({ "action": action, "text": "越权" }));
    vec![
        ("list_accidents", Of::Units, "/accidents".to_owned(), None),
        ("enter_accident", Of::Units, "/accidents".to_owned(), Some(accident(car))),
        ("read_accident", Of::Units, of_accident(""), None),
        ("correct_accident", Of::Units, of_accident(""), Some(json!({ "kind": "scrape", "what": "越权" }))),
        ("step_accident", Of::Units, of_accident("/steps"), step("take")),
        ("bring_photograph", Of::Units, of_accident("/photographs?key=x"), Some(json!("\u{fffd}"))),
        ("list_violations", Of::Units, "/violations".to_owned(), None),
        ("enter_violation", Of::Units, "/violations".to_owned(), Some(violation(car))),
        ("read_violation", Of::Units, format!("/violations/{other}"), None),
        ("step_violation", Of::Units, format!("/violations/{other}/steps"), step("handle")),
        ("report_accident", Of::Units, of_order("/accidents"), Some(report("x"))),
        ("bring_report_photograph", Of::Units, of_order("/accident-photographs?report=x&key=y"), Some(json!("\u{fffd}"))),
    ]
}
