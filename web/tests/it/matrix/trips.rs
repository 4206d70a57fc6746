//! How to ask about papers of trips of the west side.

use serde_json::json;

use super::{Of, Route};
use crate::harness::WEST;
use crate::trips::{DRIVERS, Papers, wish, with};

/// Requests, decisions, orders, the board, flows.
pub(super) fn routes(Papers { request, open, order, flow }: &Papers, car: &str) -> Vec<Route> {
    let of_request = |rest: &str| format!("/trip-requests/{request}{rest}");
    let step = |name: &str| json!({ "name": name, "signer": "own_leader" });
    vec![
        ("read_trip_options", Of::Oneself, "/trip-options".to_owned(), None),
        ("check_trip_request", Of::Units, "/trip-requests/check".to_owned(), Some(wish())),
        ("request_trip", Of::Units, "/trip-requests".to_owned(), Some(wish())),
        ("list_trip_requests", Of::Units, "/trip-requests?view=mine".to_owned(), None),
        ("count_trip_requests", Of::Oneself, "/trip-requests/counts".to_owned(), None),
        ("read_trip_request", Of::Units, of_request(""), None),
        ("rewrite_trip_request", Of::Units, of_request(""), Some(with(wish(), &json!({ "note": "越权" })))),
        ("move_trip_request", Of::Units, format!("/trip-requests/{open}/actions"), Some(json!({ "action": "approve" }))),
        (
            "decide_trip_requests",
            Of::Oneself,
            "/trip-requests/decisions".to_owned(),
            Some(json!({ "ids": [open], "action": "approve" })),
        ),
        ("list_trip_candidates", Of::Units, of_request("/candidates"), None),
        ("issue_dispatch_order", Of::Units, of_request("/orders"), Some(json!({ "vehicle_id": car, "driver_id": DRIVERS[0] }))),
        (
            "rate_trip",
            Of::Units,
            format!("/dispatch-orders/{order}/rating"),
            Some(json!({ "attitude": 5, "appearance": 5, "driving": 5 })),
        ),
        ("read_trip_rating", Of::Units, format!("/dispatch-orders/{order}/rating"), None),
        ("publish_trips", Of::Units, "/notices".to_owned(), Some(json!({ "unit_id": WEST.0, "year": 2026, "month": 3 }))),
        ("take_notice_back", Of::Units, format!("/notices/{}/reversal", WEST.0), Some(json!({ "reason": "越权" }))),
        ("list_notices", Of::Units, format!("/notices?unit_id={}&year=2026&month=3", WEST.0), None),
        ("read_public_trips", Of::Nobody, format!("/public/trips?unit_id={}&year=2026&month=3", WEST.0), None),
        ("list_public_units", Of::Nobody, "/public/units".to_owned(), None),
        ("read_public_feed", Of::Nobody, "/public/feed".to_owned(), None),
        ("list_trip_companions", Of::Units, of_request("/companions"), None),
        ("ride_along", Of::Units, of_request("/ride"), Some(json!({ "order_id": order }))),
        ("list_dispatch_orders", Of::Units, "/dispatch-orders".to_owned(), None),
        ("read_dispatch_order", Of::Units, format!("/dispatch-orders/{order}"), None),
        ("move_dispatch_order", Of::Units, format!("/dispatch-orders/{order}/actions"), Some(json!({ "action": "accept" }))),
        ("read_driver_tasks", Of::Oneself, "/driver/tasks".to_owned(), None),
        (
            "read_dispatch_board",
            Of::Oneself,
            "/dispatch-board?from=2026-03-02T00:00:00Z&to=2026-03-03T00:00:00Z".to_owned(),
            None,
        ),
        (
            "propose_dispatch",
            Of::Oneself,
            "/dispatch-proposal?from=2026-03-02T04:00:00Z&to=2026-03-03T00:00:00Z".to_owned(),
            None,
        ),
        ("try_fleet", Of::Units, "/right-sizing".to_owned(), Some(json!({ "unit_id": WEST.0 }))),
        ("read_trip_figures", Of::Units, format!("/trip-figures?unit_id={}", WEST.0), None),
        ("list_trip_figure_rows", Of::Units, format!("/trip-figures/requests?unit_id={}", WEST.0), None),
        ("list_approval_flows", Of::Units, format!("/approval-flows?unit_id={}", WEST.0), None),
        (
            "make_approval_flow",
            Of::Units,
            "/approval-flows".to_owned(),
            Some(json!({ "unit_id": WEST.0, "name": "越权", "rank": 1, "steps": [step("越权")] })),
        ),
        ("retire_approval_flow", Of::Units, format!("/approval-flows/{flow}/retirement"), None),
    ]
}
