//! How to ask about the life of cars of the west side.

use serde_json::{Value, json};

use super::{Of, Route};
use crate::harness::{WEST, World};
use crate::lifecycle::{application, budget, change, disposal, granted, id, made, offices, registration, wanted, with};

/// A paper of each kind, all of them proposed and none decided on.
pub(super) struct Papers {
    change: String,
    indicator: String,
    issued: String,
    budget: String,
    purchase: String,
    disposal: String,
    transfer: String,
}

/// Writes them; the car is one of the west side.
pub(super) async fn furnish(world: &World, car: &str) -> Papers {
    let offices = offices(world).await;
    granted(&offices, &WEST.0.to_string(), 30).await;
    let post = async |path: &str, body: Value| id(&made(&offices.manager.post(path, &body).await, 201));
    let (issued, used) =
        (crate::lifecycle::issued(&offices, &application()).await, crate::lifecycle::issued(&offices, &application()).await);
    crate::lifecycle::budgeted(&offices, &[&used]).await;
    Papers {
        change: post("/establishment/changes", change(&WEST.0.to_string(), 1)).await,
        indicator: post("/indicators", application()).await,
        budget: post("/budgets", budget(&[&issued], 1)).await,
        issued,
        purchase: post("/purchases", json!({ "indicator_id": used, "reason": "西边的" })).await,
        disposal: post("/disposals", disposal(car)).await,
        transfer: made(&world.sign_in("manager").await.post("/vehicle-transfers", &transfer(car)).await, 201)["id"]
            .as_str()
            .unwrap()
            .to_owned(),
    }
}

fn transfer(car: &str) -> Value {
    json!({ "vehicle_id": car, "to_unit_id": crate::harness::CITY.0, "with_place": true, "reason": "越权" })
}

/// Establishment, indicators, budgets, purchases, registrations, renewals, disposals and transfers.
pub(super) fn routes(papers: &Papers, car: &str) -> Vec<Route> {
    let west = WEST.0.to_string();
    let step = |action: &str| Some(json!({ "action": action, "words": "越权", "document": "越权" }));
    let of = |kind: &str, paper: &str| format!("/{kind}/{paper}/steps");
    let of_car = |rest: &str| format!("/vehicles/{car}/{rest}");
    let said = json!({
        "owner_kind": "unit", "owner_name": "越权", "certificate": "越权", "registered_on": "2020-01-01", "body": "sedan", "case": "ordinary",
        "engine_number": "越权", "is_domestic": true,
    });
    let plate = json!({ "plate": "浙AD99999", "from": "2026-03-02", "reason": "越权", "document": "越权" });
    let marking = json!({ "kind": "sticker", "code": "越权", "from": "2026-03-02" });
    let bought = json!({ "indicator_id": papers.issued, "reason": "越权" });
    vec![
        ("read_establishment", Of::Units, format!("/establishment?unit_id={west}"), None),
        ("read_establishment_place", Of::Units, format!("/establishment/places?unit_id={west}&category=other"), None),
        ("list_establishment_changes", Of::Units, "/establishment/changes".to_owned(), None),
        ("propose_establishment_change", Of::Units, "/establishment/changes".to_owned(), Some(change(&west, 1))),
        ("step_establishment_change", Of::Units, of("establishment/changes", &papers.change), step("review")),
        ("list_lifecycle_breaches", Of::Units, "/establishment/breaches".to_owned(), None),
        ("check_standard", Of::Units, "/standards/check".to_owned(), Some(json!({ "unit_id": WEST.0, "wanted": wanted() }))),
        ("list_indicators", Of::Units, "/indicators".to_owned(), None),
        ("apply_for_indicator", Of::Units, "/indicators".to_owned(), Some(application())),
        ("step_indicator", Of::Units, of("indicators", &papers.indicator), step("review")),
        ("list_budgets", Of::Units, "/budgets".to_owned(), None),
        ("read_budget_share", Of::Units, format!("/budgets/share?unit_id={west}&year=2026"), None),
        (
            "propose_budget",
            Of::Units,
            "/budgets".to_owned(),
            Some(with(budget(&[&papers.issued], 1), &json!({ "unit_id": west }))),
        ),
        ("step_budget", Of::Units, of("budgets", &papers.budget), step("approve")),
        ("list_purchases", Of::Units, "/purchases".to_owned(), None),
        ("propose_purchase", Of::Units, "/purchases".to_owned(), Some(bought)),
        ("step_purchase", Of::Units, of("purchases", &papers.purchase), step("approve")),
        ("register_purchase", Of::Units, format!("/purchases/{}/registration", papers.purchase), Some(registration("浙AD99998"))),
        ("read_vehicle_life", Of::Units, of_car("life"), None),
        ("read_life_line", Of::Units, of_car("life-line"), None),
        ("record_registration", Of::Units, of_car("registration"), Some(said)),
        ("change_plate", Of::Units, of_car("plates"), Some(plate)),
        ("mark_vehicle", Of::Units, of_car("markings"), Some(marking)),
        ("list_renewals", Of::Units, "/renewals".to_owned(), None),
        ("plan_renewal", Of::Units, "/renewal-plan".to_owned(), Some(json!({ "unit_id": WEST.0 }))),
        ("list_disposals", Of::Units, "/disposals".to_owned(), None),
        ("propose_disposal", Of::Units, "/disposals".to_owned(), Some(disposal(car))),
        ("step_disposal", Of::Units, of("disposals", &papers.disposal), step("value")),
        ("list_vehicle_transfers", Of::Units, "/vehicle-transfers".to_owned(), None),
        ("propose_vehicle_transfer", Of::Units, "/vehicle-transfers".to_owned(), Some(transfer(car))),
        ("step_vehicle_transfer", Of::Units, of("vehicle-transfers", &papers.transfer), step("approve")),
        ("list_annual_reports", Of::Units, format!("/annual-reports?unit_id={west}&year=2025"), None),
        ("read_annual_report", Of::Units, format!("/annual-reports/{west}/2025"), None),
        ("export_annual_report", Of::Units, format!("/annual-reports/{west}/2025/workbook"), None),
        ("step_annual_report", Of::Units, format!("/annual-reports/{west}/2025/steps"), step("check")),
    ]
}
