//! Every route as every role in its own unit: refused exactly where the table of roles and functions says so, all rows of it.

use std::collections::BTreeSet;

use dispatch::account::{Permission, Role};
use serde_json::Value;
use uuid::Uuid;
use web::Config;

use super::{method, operations, routes, west};
use crate::harness::{WEST, World, add_car};

/// What it takes to use an operation; for those that are in no row, being signed in is enough, or the body says what it takes.
const NEEDS: &[(Permission, &[&str])] = &[
    (
        Permission::WatchVehicles,
        &[
            "list_vehicles",
            "read_vehicle",
            "read_life_line",
            "list_days",
            "read_track",
            "export_track",
            "list_trips",
            "list_stops",
            "list_events",
            "list_alarms",
            "read_live_snapshot",
            "open_live_channel",
            "list_documents",
            "fetch_document",
            "list_vehicle_seals",
            "list_seals",
            "list_defects",
            "list_accidents",
            "read_accident",
            "list_violations",
            "read_violation",
            "list_designated_vendors",
            "list_repair_orders",
            "read_repair_order",
            "list_maintenance_plans",
            "list_due_items",
            "list_policies",
            "list_inspections",
        ],
    ),
    (
        Permission::ManageFleet,
        &[
            "register_vehicle",
            "set_vehicle_obu",
            "list_devices",
            "register_device",
            "renew_device_secret",
            "bind_device",
            "unbind_device",
            "enter_terminal",
            "correct_terminal",
            "bind_terminal",
            "unbind_terminal",
            "allow_registration",
            "renew_terminal_secret",
            "set_terminal_use",
            "list_platforms",
            "enter_platform",
            "renew_platform_secret",
            "set_platform_use",
            "seal_vehicle",
            "seal_holiday",
            "close_defect",
            "enter_accident",
            "correct_accident",
            "step_accident",
            "bring_photograph",
            "enter_violation",
            "step_violation",
            "enter_supplier",
            "retire_supplier",
            "sign_contract",
            "end_contract",
            "add_supplier_car",
            "return_supplier_car",
            "name_vendor",
            "propose_repair",
            "quote_repair",
            "settle_repair",
            "plan_maintenance",
            "end_maintenance_plan",
            "keep_policy",
            "keep_inspection",
            "give_card",
            "change_card",
            "enter_card_use",
            "import_card_uses",
            "enter_vehicle_cost",
            "reverse_vehicle_cost",
            "import_vehicle_costs",
            "link_cost_exception",
            "dismiss_cost_exception",
        ],
    ),
    (
        Permission::WatchTerminals,
        &[
            "list_terminals",
            "read_terminal",
            "list_commands",
            "ask_command",
            "watch_frames",
            "list_frames",
            "inspect",
            "read_terminal_options",
            "read_firmware",
            "list_rollout_targets",
        ],
    ),
    (Permission::MessageTerminals, &["cancel_command"]),
    (Permission::EraseTerminals, &["bring_firmware", "begin_rollout", "step_rollout"]),
    (Permission::ReadRules, &["list_rules", "read_rule", "list_rule_changes", "read_calendar"]),
    (Permission::ProposeRules, &["propose_rule_change", "enter_sensitive_place", "remove_sensitive_place"]),
    (Permission::ApproveTrips, &["accept_finding", "condemn_finding", "close_case"]),
    (
        Permission::ManageAccounts,
        &[
            "list_accounts",
            "open_account",
            "read_account",
            "set_account_use",
            "reset_account_password",
            "give_grant",
            "revoke_grant",
            "read_account_sign_in",
            "end_account_sessions",
            "remove_account_second_factor",
            "bind_identity",
            "unbind_identity",
        ],
    ),
    (
        Permission::ManageUnits,
        &["found_unit", "decide_unit", "preview_unit_decision", "add_line", "put_line_unit", "take_line_unit"],
    ),
    (Permission::ExemptVehicles, &["list_exemptions", "begin_exemption", "end_exemption"]),
    (Permission::DefineRoles, &["make_local_role", "retire_local_role"]),
    (Permission::ManageDrivers, &["enter_driver", "change_driver", "add_study"]),
    (
        Permission::ReadAudit,
        &["list_audit", "read_audit", "list_audit_seals", "take_audit_pack", "read_data_handling", "export_data_handling"],
    ),
    (
        Permission::WatchTrips,
        &[
            "list_allowances",
            "list_allowance_entries",
            "list_adjustments",
            "list_cards",
            "list_card_uses",
            "list_vehicle_costs",
            "list_closed_years",
            "list_cost_exceptions",
            "read_vehicle_figures",
            "list_vehicle_figure_rows",
        ],
    ),
    (Permission::ManageAllowances, &["give_allowance", "propose_adjustment", "step_adjustment", "close_year"]),
    (
        Permission::RequestTrips,
        &[
            "read_trip_options",
            "check_trip_request",
            "request_trip",
            "rewrite_trip_request",
            "rate_trip",
            "write_trip_plan",
            "change_trip_plan",
            "make_trip_route",
            "retire_trip_route",
        ],
    ),
    (
        Permission::DispatchTrips,
        &[
            "issue_dispatch_order",
            "propose_dispatch",
            "list_trip_companions",
            "ride_along",
            "list_rental_offers",
            "list_hand_over_choices",
            "hand_trip_over",
            "call_trip_back",
        ],
    ),
    (
        Permission::ManagePeers,
        &[
            "list_peers",
            "enter_peer",
            "change_peer",
            "renew_peer_key",
            "enter_peer_key",
            "set_peer_use",
            "set_peer_reach",
            "list_peer_records",
        ],
    ),
    (
        Permission::DriveTrips,
        &[
            "read_driver_tasks",
            "read_order_car",
            "keep_order_check",
            "call_for_help",
            "keep_positions",
            "report_accident",
            "bring_report_photograph",
        ],
    ),
    (
        Permission::WatchTrips,
        &[
            "list_dispatch_orders",
            "read_dispatch_board",
            "list_notices",
            "list_sensitive_places",
            "list_cases",
            "read_trip_figures",
            "try_fleet",
        ],
    ),
    (
        Permission::SettleTrips,
        &["publish_trips", "take_notice_back", "preview_settlement", "settle_trip", "enter_case", "link_case"],
    ),
    (Permission::ManageFlows, &["make_approval_flow", "retire_approval_flow"]),
    (
        Permission::WatchLifecycle,
        &[
            "read_establishment",
            "read_establishment_place",
            "list_establishment_changes",
            "list_lifecycle_breaches",
            "list_indicators",
            "list_budgets",
            "read_budget_share",
            "list_purchases",
            "read_vehicle_life",
            "list_renewals",
            "plan_renewal",
            "list_disposals",
            "list_vehicle_transfers",
            "list_annual_reports",
            "read_annual_report",
            "step_annual_report",
            "export_annual_report",
        ],
    ),
    (
        Permission::ProposeLifecycle,
        &[
            "propose_establishment_change",
            "check_standard",
            "apply_for_indicator",
            "propose_budget",
            "propose_purchase",
            "record_registration",
            "change_plate",
            "mark_vehicle",
            "propose_disposal",
            "propose_vehicle_transfer",
        ],
    ),
];

/// Functions that no single route stands for: they widen what a route answers or takes, by its body.
const BY_THE_BODY: &[Permission] = &[
    Permission::SetTerminals,
    Permission::ApproveRules,
    Permission::ImportAccounts,
    Permission::ApproveTrips,
    Permission::DecideLifecycle,
    Permission::SignReports,
];

#[test]
fn every_function_has_its_routes() {
    let named: BTreeSet<Permission> =
        NEEDS.iter().map(|(permission, _)| *permission).chain(BY_THE_BODY.iter().copied()).collect();
    assert_eq!(named.len(), Permission::ALL.len(), "a new function: say which routes it opens");
    assert!(Role::ALL.len() >= 7);
}

#[tokio::test]
async fn a_role_may_do_what_the_table_says_and_nothing_else() {
    let (world, car) = World::with(Config::default(), async |pool| add_car(pool, WEST, "浙A00001", Some("西边的")).await).await;
    let west = west(&world, &car.id.to_string()).await;
    let operations = operations();
    // About what is not there, so that nothing is changed and one role does not see what the one before has done: the function is
    // asked for before the thing is.
    let nobody = |text: &str| {
        let keys = |part: &str| Uuid::try_parse(part).is_ok() || part == WEST.0.to_string();
        text.split_inclusive(['/', '?', '"', '&', '=']).fold(String::new(), |done, part| {
            let bare = part.trim_end_matches(['/', '?', '"', '&', '=']);
            let end = part.get(bare.len()..).unwrap_or_default();
            done + if keys(bare) { "00000000-0000-0000-0000-000000000007" } else { bare } + end
        })
    };
    let mut rows = 0;
    for role in Role::ALL {
        let login = format!("west.{}", role.as_str().replace('_', "."));
        world.open_account(&login, role, WEST).await;
        let asker = world.sign_in(&login).await;
        for (name, _, target, body) in routes(&west) {
            let Some((needed, _)) = NEEDS.iter().find(|(_, names)| names.contains(&name)) else { continue };
            let body = body.as_ref().map(Value::to_string).map(|body| nobody(&body));
            let answer = asker.ask(method(&operations, name), &nobody(&target), body, &[]).await;
            let is_refused = answer.status == 403;
            let said = format!("{name} as {role}, which takes {needed}: {} {}", answer.status, answer.text());
            assert_eq!(is_refused, !role.may(*needed), "{said}");
            assert!(!is_refused || answer.json()["code"] == "auth.forbidden", "{said}");
            assert!(!answer.status.is_server_error(), "{said}");
            rows += 1;
        }
    }
    let routes: usize = NEEDS.iter().map(|(_, names)| names.len()).sum();
    assert_eq!(rows, Role::ALL.len() * routes, "every row of the table");
}
