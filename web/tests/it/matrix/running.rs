//! How to ask about running cars of the west side.

use serde_json::json;

use super::{Of, Route};
use crate::harness::WEST;
use crate::running_cars::{Kept, bill, card, charge, cost, inspection, plan, policy, quote, repair, vendor};

/// Vendors, repairs, papers, cards, costs and figures.
pub(super) fn routes(kept: &Kept) -> Vec<Route> {
    let Kept { car, supplier, repair: order, plan: upkeep, card: of_card, cost: of_cost, waiting } = kept;
    let west = |path: &str| format!("{path}?unit_id={}", WEST.0);
    let reason = || Some(json!({ "reason": "越权" }));
    let file = || Some(json!("\u{fffd}"));
    vec![
        ("list_designated_vendors", Of::Units, west("/designated-vendors"), None),
        ("name_vendor", Of::Units, "/designated-vendors".to_owned(), Some(vendor(supplier, "fuel"))),
        ("list_repair_orders", Of::Units, "/repair-orders".to_owned(), None),
        ("propose_repair", Of::Units, "/repair-orders".to_owned(), Some(repair(car))),
        ("read_repair_order", Of::Units, format!("/repair-orders/{order}"), None),
        ("quote_repair", Of::Units, format!("/repair-orders/{order}/quotes"), Some(quote(supplier, 1, 1))),
        (
            "step_repair",
            Of::Units,
            format!("/repair-orders/{order}/steps"),
            Some(json!({ "action": "cancel", "reason": "越权" })),
        ),
        ("settle_repair", Of::Units, format!("/repair-orders/{order}/settlement"), Some(bill())),
        ("list_maintenance_plans", Of::Units, "/maintenance-plans".to_owned(), None),
        ("plan_maintenance", Of::Units, "/maintenance-plans".to_owned(), Some(plan(car, "越权"))),
        ("end_maintenance_plan", Of::Units, format!("/maintenance-plans/{upkeep}/ending"), None),
        ("list_due_items", Of::Units, "/due-items".to_owned(), None),
        ("list_policies", Of::Units, "/policies".to_owned(), None),
        ("keep_policy", Of::Units, "/policies".to_owned(), Some(policy(car, supplier, "越权", "2028-02-28"))),
        ("list_inspections", Of::Units, "/inspections".to_owned(), None),
        ("keep_inspection", Of::Units, "/inspections".to_owned(), Some(inspection(car, "licence", "2028-02-09"))),
        ("list_cards", Of::Units, "/cards".to_owned(), None),
        ("give_card", Of::Units, "/cards".to_owned(), Some(card(car, "越权"))),
        ("change_card", Of::Units, format!("/cards/{of_card}"), Some(json!({ "state": "closed" }))),
        ("list_card_uses", Of::Units, "/card-transactions".to_owned(), None),
        ("enter_card_use", Of::Units, "/card-transactions".to_owned(), Some(charge("9001", "C9", "", 1))),
        ("import_card_uses", Of::Units, west("/card-transactions/import"), file()),
        ("list_vehicle_costs", Of::Units, "/vehicle-costs".to_owned(), None),
        ("enter_vehicle_cost", Of::Units, "/vehicle-costs".to_owned(), Some(cost(car, "toll", 1, "2026-03-01"))),
        ("reverse_vehicle_cost", Of::Units, format!("/vehicle-costs/{of_cost}/reversal"), reason()),
        ("import_vehicle_costs", Of::Units, west("/vehicle-costs/import"), file()),
        ("list_closed_years", Of::Units, "/closed-years".to_owned(), None),
        ("close_year", Of::Units, "/closed-years".to_owned(), Some(json!({ "unit_id": WEST.0, "year": 2020 }))),
        ("list_cost_exceptions", Of::Units, "/cost-exceptions".to_owned(), None),
        ("link_cost_exception", Of::Units, format!("/cost-exceptions/{waiting}/link"), Some(json!({ "vehicle_id": car }))),
        ("dismiss_cost_exception", Of::Units, format!("/cost-exceptions/{waiting}/dismissal"), reason()),
        ("read_vehicle_figures", Of::Units, west("/vehicle-figures"), None),
        ("list_vehicle_figure_rows", Of::Units, west("/vehicle-figures/running"), None),
    ]
}
