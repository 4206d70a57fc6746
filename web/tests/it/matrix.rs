//! Every route as every role from a unit beside: refused (403 for a forced address), not there, or nothing; the list of routes is the
//! API's own description.

mod functions;
mod incidents;
mod lifecycle;
mod peers;
mod plans;
mod running;
mod suppliers;
mod trips;

use std::collections::BTreeSet;

use axum::http::Method;
use dispatch::account::Role;
use serde_json::{Value, json};
use web::Config;

use crate::harness::{Answer, Client, EAST, PASSWORD, WEST, World, add_car, moving};
use crate::money::Furnished;

/// What somebody of the east side may expect of a route that is asked about the west side.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    /// It is about units: refused, not found, or an empty list.
    Units,
    /// It is the asker's own business, or makes something in the asker's own unit: nothing of the west side is in the answer.
    Oneself,
    /// It says the same to everybody, and nothing about any unit.
    Nobody,
}

/// Operation, whose it is, path, body.
type Route = (&'static str, Of, String, Option<Value>);

/// How to ask for each operation about the west side. A route that is not here fails the test: what is it of?
#[expect(clippy::too_many_lines, reason = "one line a route")]
fn routes(west: &West) -> Vec<Route> {
    let West { car, terminal, device, command, platform, rollout, image, token, .. } = west;
    let window = "from=2026-03-01T00:00:00Z&to=2026-03-03T00:00:00Z";
    let reason = || Some(json!({ "reason": "越权" }));
    let of_car = |rest: &str| format!("/vehicles/{car}{rest}");
    let of_terminal = |rest: &str| format!("/terminals/{terminal}{rest}");
    let vehicle = json!({ "plate": "浙AD00009", "unit_id": WEST.0, "category": "other", "powertrain": "electric", "model": "x", "seats": 5 });
    let papers = json!({ "protocol": "jt808", "terminal_id": "13900000009", "model": "x", "unit_id": WEST.0 });
    let begin = json!({ "image_id": image, "unit_id": WEST.0, "stages_pct": [100], "failure_limit_pct": 20, "reason": "越权" });
    let mut routes = vec![
        ("list_units", Of::Oneself, "/units".to_owned(), None),
        ("list_vehicles", Of::Units, "/vehicles".to_owned(), None),
        ("register_vehicle", Of::Units, "/vehicles".to_owned(), Some(vehicle)),
        ("read_vehicle", Of::Units, of_car(""), None),
        ("set_vehicle_obu", Of::Units, of_car("/obu"), Some(json!({ "obu_id": "33010000000001" }))),
        ("list_days", Of::Units, of_car("/days"), None),
        ("read_track", Of::Units, of_car(&format!("/track?{window}")), None),
        ("export_track", Of::Units, of_car(&format!("/track/export?{window}&format=csv")), None),
        ("list_trips", Of::Units, of_car(&format!("/trips?{window}")), None),
        ("list_stops", Of::Units, of_car(&format!("/stops?{window}")), None),
        ("list_events", Of::Units, of_car(&format!("/events?{window}")), None),
        ("list_alarms", Of::Units, of_car(&format!("/alarms?{window}")), None),
        ("list_devices", Of::Units, "/devices".to_owned(), None),
        ("renew_device_secret", Of::Units, format!("/devices/{device}/secret"), None),
        ("bind_device", Of::Units, format!("/devices/{device}/binding"), Some(json!({ "vehicle_id": car }))),
        ("unbind_device", Of::Units, format!("/devices/{terminal}/binding"), None),
        ("list_terminals", Of::Units, "/terminals".to_owned(), None),
        ("enter_terminal", Of::Units, "/terminals".to_owned(), Some(papers)),
        ("read_terminal", Of::Units, of_terminal(""), None),
        ("correct_terminal", Of::Units, of_terminal(""), Some(json!({ "model": "y", "reason": "越权" }))),
        (
            "bind_terminal",
            Of::Units,
            of_terminal("/binding"),
            Some(json!({ "vehicle_id": car, "rebind": true, "reason": "越权" })),
        ),
        ("unbind_terminal", Of::Units, of_terminal("/unbinding"), reason()),
        ("allow_registration", Of::Units, of_terminal("/registration"), reason()),
        ("renew_terminal_secret", Of::Units, format!("/terminals/{device}/secret"), reason()),
        ("set_terminal_use", Of::Units, of_terminal("/use"), Some(json!({ "disabled": true, "reason": "越权" }))),
        ("ask_command", Of::Units, of_terminal("/commands"), Some(json!({ "kind": "locate", "reason": "越权" }))),
        ("list_commands", Of::Units, of_terminal("/commands"), None),
        ("cancel_command", Of::Units, format!("/commands/{command}"), None),
        ("watch_frames", Of::Units, of_terminal("/watch"), None),
        ("list_frames", Of::Units, of_terminal("/frames"), None),
        ("list_platforms", Of::Units, "/platforms".to_owned(), None),
        ("enter_platform", Of::Units, "/platforms".to_owned(), Some(json!({ "login": "b", "name": "x", "unit_id": WEST.0 }))),
        ("renew_platform_secret", Of::Units, format!("/platforms/{platform}/secret"), None),
        ("set_platform_use", Of::Units, format!("/platforms/{platform}/use"), Some(json!({ "disabled": true }))),
        ("begin_rollout", Of::Units, "/firmware/rollouts".to_owned(), Some(begin)),
        ("step_rollout", Of::Units, format!("/firmware/rollouts/{rollout}/steps"), Some(json!({ "action": "pause" }))),
        ("list_rollout_targets", Of::Units, format!("/firmware/rollouts/{rollout}/targets"), None),
        ("read_live_snapshot", Of::Units, "/live/snapshot".to_owned(), None),
        ("open_live_channel", Of::Oneself, "/live".to_owned(), None),
        ("revoke_token", Of::Units, format!("/tokens/{token}"), None),
        ("read_firmware", Of::Oneself, "/firmware".to_owned(), None),
        ("bring_firmware", Of::Oneself, "/firmware/images".to_owned(), Some(crate::firmware::image("0.3.0"))),
        ("register_device", Of::Oneself, "/devices".to_owned(), Some(json!({ "terminal_id": "MP-9", "model": "x" }))),
        ("signed_in", Of::Oneself, "/session".to_owned(), None),
        ("list_sessions", Of::Oneself, "/sessions".to_owned(), None),
        ("list_tokens", Of::Oneself, "/tokens".to_owned(), None),
        ("create_token", Of::Oneself, "/tokens".to_owned(), Some(json!({ "name": "x" }))),
        ("read_configuration", Of::Nobody, "/config".to_owned(), None),
        ("read_roads", Of::Nobody, "/map/roads.geojson".to_owned(), None),
        ("read_terminal_options", Of::Nobody, "/terminal-options".to_owned(), None),
        ("inspect", Of::Nobody, "/inspect".to_owned(), Some(json!({ "protocol": "mqtt", "text": "{\"lat\":30.1}" }))),
        ("sign_in", Of::Nobody, "/session".to_owned(), Some(json!({ "login": "manager", "password": PASSWORD }))),
    ];
    routes.extend(exemption_routes(west));
    routes.extend(sign_in_routes(west));
    routes.extend(audit_routes());
    routes.extend(document_routes(west));
    routes.extend(driver_routes(west));
    routes.extend(seal_routes(west));
    routes.extend(money_routes(west));
    routes.extend(finding_routes(west));
    routes.extend(driving_routes(west));
    routes.extend(account_routes(west));
    routes.extend(unit_routes(west));
    routes.extend(rule_routes(west));
    routes.extend(message_routes(west));
    routes.extend(trips::routes(&west.papers, &west.car));
    routes.extend(plans::routes(&west.plans));
    routes.extend(incidents::routes(&west.incidents, &west.driven[0], &west.car));
    routes.extend(lifecycle::routes(&west.life, &west.car));
    routes.extend(suppliers::routes(&west.hired, &west.papers.request, &west.car));
    routes.extend(running::routes(&west.running));
    routes.extend(peers::routes(&west.peer, &west.papers.request));
    // The last: nobody is let in afterwards.
    routes.push(("sign_out", Of::Oneself, "/session".to_owned(), None));
    routes
}

/// The same for a car's papers.
fn document_routes(West { car, document, .. }: &West) -> Vec<Route> {
    let of_car = |rest: &str| format!("/vehicles/{car}/documents{rest}");
    vec![
        ("list_documents", Of::Units, of_car(""), None),
        ("bring_document", Of::Units, of_car("?kind=other&name=a.pdf"), Some(json!("%PDF-1.7"))),
        ("fetch_document", Of::Units, format!("/documents/{document}"), None),
        ("delete_document", Of::Units, format!("/documents/{document}"), Some(json!({ "reason": "越权" }))),
    ]
}

/// The same for files of drivers.
fn driver_routes(West { driver, .. }: &West) -> Vec<Route> {
    let of_driver = |rest: &str| format!("/drivers/{driver}{rest}");
    vec![
        ("list_drivers", Of::Units, "/drivers".to_owned(), None),
        ("enter_driver", Of::Units, "/drivers".to_owned(), Some(crate::drivers::file(WEST, "越权"))),
        ("read_driver", Of::Units, of_driver(""), None),
        ("read_driver_score", Of::Units, of_driver("/score"), None),
        ("list_score_items", Of::Units, of_driver("/score/safety"), None),
        ("change_driver", Of::Units, of_driver(""), Some(crate::drivers::file(WEST, "越权"))),
        ("add_study", Of::Units, of_driver("/studies"), Some(json!({ "on": "2026-03-01", "topic": "越权", "minutes": 60 }))),
    ]
}

/// The same for seals.
fn seal_routes(West { car, seal, account, .. }: &West) -> Vec<Route> {
    let of_car = format!("/vehicles/{car}/seals");
    let texts = json!({ "place": "越权", "key_custodian": "越权", "reason": "越权", "approver_id": account });
    let mut holiday = texts.clone();
    (holiday["unit_id"], holiday["kept"]) = (json!(WEST.0), json!([]));
    (holiday["first"], holiday["last"]) = (json!("2026-03-07"), json!("2026-03-08"));
    let opening = json!({ "handler_id": account, "reason": "越权" });
    vec![
        ("list_vehicle_seals", Of::Units, of_car.clone(), None),
        ("seal_vehicle", Of::Units, of_car, Some(texts)),
        ("list_seals", Of::Units, "/seals".to_owned(), None),
        ("seal_holiday", Of::Units, "/seals/holiday".to_owned(), Some(holiday)),
        ("open_seal", Of::Units, format!("/seals/{seal}/opening"), Some(opening)),
    ]
}

/// The same for what trips cost, and the money of units for them.
fn money_routes(West { money, .. }: &West) -> Vec<Route> {
    let Furnished { order, expense, back, settled, month, adjustment, .. } = money;
    let by_tariff = || Some(json!({ "basis": "tariff", "area": "outside" }));
    let given = json!({ "unit_id": WEST.0, "year": 2026, "month": 3, "amount_fen": 1, "reason": "越权" });
    vec![
        ("list_expenses", Of::Units, format!("/dispatch-orders/{order}/expenses"), None),
        ("enter_expense", Of::Units, format!("/dispatch-orders/{order}/expenses"), Some(crate::money::toll())),
        ("reverse_expense", Of::Units, format!("/expenses/{expense}/reversal"), Some(json!({ "reason": "越权" }))),
        ("bring_receipt", Of::Units, format!("/expenses/{}/receipt", money.bare), Some(json!("%PDF-1.7"))),
        ("fetch_receipt", Of::Units, format!("/expenses/{expense}/receipt"), None),
        ("preview_settlement", Of::Units, format!("/dispatch-orders/{back}/settlement/preview"), by_tariff()),
        ("settle_trip", Of::Units, format!("/dispatch-orders/{back}/settlement"), by_tariff()),
        ("read_settlement", Of::Units, format!("/dispatch-orders/{settled}/settlement"), None),
        ("list_allowances", Of::Units, format!("/allowances?unit_id={}&year=2026", WEST.0), None),
        ("give_allowance", Of::Units, "/allowances".to_owned(), Some(given)),
        ("list_allowance_entries", Of::Units, format!("/allowances/{month}/entries"), None),
        ("list_adjustments", Of::Units, "/allowances/adjustments".to_owned(), None),
        ("propose_adjustment", Of::Units, "/allowances/adjustments".to_owned(), Some(crate::money::over_quota())),
        (
            "step_adjustment",
            Of::Units,
            format!("/allowances/adjustments/{adjustment}/steps"),
            Some(json!({ "action": "approve" })),
        ),
    ]
}

/// The same for findings, sensitive places and cases.
fn finding_routes(West { finding, place, case, .. }: &West) -> Vec<Route> {
    let of_finding = |rest: &str| format!("/findings/{finding}{rest}");
    let words = || Some(json!({ "text": "越权" }));
    let entered = json!({ "unit_id": WEST.0, "name": "越权", "class": "宾馆酒店", "lon": 120.13, "lat": 30.25, "radius_m": 100 });
    let complaint =
        json!({ "unit_id": WEST.0, "source": "letter", "number": "9", "received_on": "2026-03-02", "matter": "越权" });
    let verdict = json!({ "outcome": "unfounded", "result": "越权" });
    vec![
        ("list_findings", Of::Units, "/findings".to_owned(), None),
        ("read_finding", Of::Units, of_finding(""), None),
        ("explain_finding", Of::Units, of_finding("/explanation"), words()),
        ("escalate_finding", Of::Units, of_finding("/escalate"), words()),
        ("accept_finding", Of::Units, of_finding("/accept"), words()),
        ("condemn_finding", Of::Units, of_finding("/violation"), Some(json!({ "text": "越权", "head": 3 }))),
        ("list_sensitive_places", Of::Oneself, "/sensitive-places".to_owned(), None),
        ("enter_sensitive_place", Of::Units, "/sensitive-places".to_owned(), Some(entered)),
        ("remove_sensitive_place", Of::Units, format!("/sensitive-places/{place}"), None),
        ("list_cases", Of::Units, "/cases".to_owned(), None),
        ("enter_case", Of::Units, "/cases".to_owned(), Some(complaint)),
        ("link_case", Of::Units, format!("/cases/{case}/finding"), Some(json!({ "finding_id": finding }))),
        ("close_case", Of::Units, format!("/cases/{case}/closure"), Some(verdict)),
    ]
}

/// The same for what a driver's telephone sends, and the defects that it tells of.
fn driving_routes(West { driven: [order, car, defect], .. }: &West) -> Vec<Route> {
    let of_order = |rest: &str| format!("/dispatch-orders/{order}/{rest}");
    let call = json!({ "key": "x", "at": "2026-03-02T04:00:00Z" });
    vec![
        ("read_order_car", Of::Units, of_order("car"), None),
        ("keep_order_check", Of::Units, of_order("checks"), Some(crate::driving::look("x", None))),
        ("call_for_help", Of::Units, of_order("sos"), Some(call)),
        ("keep_positions", Of::Units, of_order("positions"), Some(json!({ "items": [] }))),
        ("list_defects", Of::Units, format!("/vehicles/{car}/defects"), None),
        ("close_defect", Of::Units, format!("/defects/{defect}/closing"), Some(json!({ "reason": "越权" }))),
    ]
}

/// The same for the audit log; entry 1 is of the service itself.
fn audit_routes() -> Vec<Route> {
    let wanted = json!({ "from": "2026-03-01T00:00:00Z", "to": "2026-03-09T00:00:00Z", "unit_id": WEST.0, "reason": "越权" });
    vec![
        ("list_audit", Of::Oneself, "/audit".to_owned(), None),
        ("read_audit", Of::Units, "/audit/1".to_owned(), None),
        ("list_audit_seals", Of::Nobody, "/audit/seals".to_owned(), None),
        ("take_audit_pack", Of::Units, "/audit/packs".to_owned(), Some(wanted)),
        ("read_data_handling", Of::Units, format!("/reports/data-handling?unit_id={}", WEST.0), None),
        ("export_data_handling", Of::Units, format!("/reports/data-handling/export?format=xlsx&unit_id={}", WEST.0), None),
    ]
}

/// The same for cars that are exempt from tracking.
fn exemption_routes(West { car, .. }: &West) -> Vec<Route> {
    let of_car = |rest: &str| format!("/vehicles/{car}/exemptions{rest}");
    let begun = json!({ "basis": "investigation", "document": "越权", "reason": "越权" });
    vec![
        ("list_exemptions", Of::Units, of_car(""), None),
        ("begin_exemption", Of::Units, of_car(""), Some(begun)),
        ("end_exemption", Of::Units, of_car("/end"), Some(json!({ "document": "越权", "reason": "越权" }))),
    ]
}

/// The same for rules and the calendar.
fn rule_routes(West { change, .. }: &West) -> Vec<Route> {
    let mut thought = json!({ "key": "nev_share", "unit_id": WEST.0, "from": "2026-03-03", "value": 40 });
    let preview = thought.clone();
    (thought["source"], thought["reason"], thought["submit"]) = (json!("越权"), json!("越权"), json!(true));
    vec![
        ("list_rules", Of::Oneself, "/rules".to_owned(), None),
        ("read_rule", Of::Oneself, "/rules/nev_share".to_owned(), None),
        ("preview_rule_change", Of::Units, "/rules/preview".to_owned(), Some(preview)),
        ("list_rule_changes", Of::Units, "/rules/changes".to_owned(), None),
        ("propose_rule_change", Of::Units, "/rules/changes".to_owned(), Some(thought)),
        ("step_rule_change", Of::Units, format!("/rules/changes/{change}/steps"), Some(json!({ "action": "approve" }))),
        ("read_calendar", Of::Oneself, "/calendar?year=2026".to_owned(), None),
    ]
}

/// The same for units, lines and tables.
fn unit_routes(West { line, .. }: &West) -> Vec<Route> {
    let of_unit = |rest: &str| format!("/units/{}{rest}", WEST.0);
    let papers = json!({ "act": "close", "on": "2026-03-01", "document": "越权", "reason": "越权" });
    let mut found = papers.clone();
    found["parent_id"] = json!(WEST.0);
    found["facts"] = json!({ "name": "越权", "level": 4, "region_code": "330100", "kind": "organ" });
    let file = Some(json!("单位名称"));
    vec![
        ("unit_tree", Of::Oneself, "/units/tree".to_owned(), None),
        ("search_units", Of::Oneself, "/units/search?q=qu".to_owned(), None),
        ("export_units", Of::Oneself, "/units/export?format=csv".to_owned(), None),
        ("read_unit", Of::Units, of_unit(""), None),
        ("found_unit", Of::Units, "/units".to_owned(), Some(found)),
        ("decide_unit", Of::Units, of_unit("/acts"), Some(papers.clone())),
        ("preview_unit_decision", Of::Units, of_unit("/acts/preview"), Some(papers)),
        ("list_lines", Of::Oneself, "/lines".to_owned(), None),
        ("add_line", Of::Oneself, "/lines".to_owned(), Some(json!({ "code": "tax", "name": "税务" }))),
        ("list_line_units", Of::Units, format!("/lines/{line}/units"), None),
        ("put_line_unit", Of::Units, format!("/lines/{line}/units/{}", WEST.0), Some(json!({ "parent_id": null }))),
        ("take_line_unit", Of::Units, format!("/lines/{line}/units/{}", WEST.0), None),
        ("preview_import", Of::Oneself, "/imports/preview".to_owned(), file.clone()),
        ("rejected_rows", Of::Oneself, "/imports/rejected".to_owned(), file.clone()),
        ("load_import", Of::Oneself, "/imports".to_owned(), file),
        ("import_template", Of::Nobody, "/imports/template".to_owned(), None),
    ]
}

/// The same for messages, which are each account's own; one of somebody else's is not found.
fn message_routes(West { message, .. }: &West) -> Vec<Route> {
    let of_message = |rest: &str| format!("/messages/{message}/{rest}");
    let wish = json!({ "language": "en", "choices": {} });
    vec![
        ("list_messages", Of::Oneself, "/messages".to_owned(), None),
        ("count_messages", Of::Oneself, "/messages/counts".to_owned(), None),
        ("read_message", Of::Oneself, of_message("read"), None),
        ("unread_message", Of::Oneself, of_message("unread"), None),
        ("pin_message", Of::Oneself, of_message("pin"), None),
        ("unpin_message", Of::Oneself, of_message("unpin"), None),
        ("read_all_messages", Of::Oneself, "/messages/read-all".to_owned(), Some(json!({}))),
        ("read_message_preferences", Of::Oneself, "/messages/preferences".to_owned(), None),
        ("save_message_preferences", Of::Oneself, "/messages/preferences".to_owned(), Some(wish)),
    ]
}

/// The same for one's own way in, and that of others.
fn sign_in_routes(West { account, token, .. }: &West) -> Vec<Route> {
    let of_account = |rest: &str| format!("/accounts/{account}/sign-in{rest}");
    let own = |rest: &str| format!("/session{rest}");
    let (code, password) = (|| Some(json!({ "code": "1" })), json!({ "old_password": "x", "new_password": "y" }));
    vec![
        ("sign_in_by_provider", Of::Nobody, own("/oidc"), None),
        ("return_from_provider", Of::Nobody, own("/oidc/return"), None),
        ("read_security", Of::Oneself, own("/security"), None),
        ("give_code", Of::Oneself, own("/code"), code()),
        ("change_password", Of::Oneself, own("/password"), Some(password)),
        ("set_up_second_factor", Of::Oneself, own("/second-factor"), Some(json!({ "password": "x" }))),
        ("confirm_second_factor", Of::Oneself, own("/second-factor/confirm"), code()),
        ("renew_recovery_codes", Of::Oneself, own("/second-factor/recovery-codes"), code()),
        ("remove_second_factor", Of::Oneself, own("/second-factor/remove"), code()),
        ("end_other_sessions", Of::Oneself, "/sessions".to_owned(), None),
        ("end_session", Of::Units, format!("/sessions/{token}"), None),
        ("read_account_sign_in", Of::Units, of_account(""), None),
        ("end_account_sessions", Of::Units, of_account("/sessions"), None),
        ("remove_account_second_factor", Of::Units, of_account("/second-factor"), None),
        ("bind_identity", Of::Units, of_account("/identity"), Some(json!({ "subject": "x" }))),
        ("unbind_identity", Of::Units, of_account("/identity"), None),
    ]
}

/// The same for accounts and grants.
fn account_routes(West { account, grant, local_role, .. }: &West) -> Vec<Route> {
    let role = json!({
        "unit_id": WEST.0, "name_zh": "越权", "name_en": "x", "base_role": "inspector", "functions": ["watch_vehicles"], "reason": "越权",
    });
    let of_account = |rest: &str| format!("/accounts/{account}{rest}");
    let reason = || Some(json!({ "reason": "越权" }));
    let opened = json!({ "login": "x", "display_name": "x", "role": "inspector", "unit_id": WEST.0, "reason": "越权" });
    let lent = json!({ "account_id": account, "until": "2026-03-09T00:00:00Z", "reason": "越权" });
    vec![
        ("list_accounts", Of::Oneself, "/accounts".to_owned(), None),
        ("open_account", Of::Units, "/accounts".to_owned(), Some(opened)),
        ("read_account", Of::Units, of_account(""), None),
        ("set_account_use", Of::Units, of_account("/use"), Some(json!({ "disabled": true, "reason": "越权" }))),
        ("reset_account_password", Of::Units, of_account("/password"), reason()),
        (
            "give_grant",
            Of::Units,
            of_account("/grants"),
            Some(json!({ "role": "inspector", "unit_id": WEST.0, "reason": "越权" })),
        ),
        ("revoke_grant", Of::Units, format!("/grants/{grant}/revocation"), reason()),
        ("delegate_grant", Of::Units, format!("/grants/{grant}/delegations"), Some(lent)),
        ("list_local_roles", Of::Oneself, "/local-roles".to_owned(), None),
        ("make_local_role", Of::Units, "/local-roles".to_owned(), Some(role)),
        ("retire_local_role", Of::Units, format!("/local-roles/{local_role}/retirement"), reason()),
        ("list_own_grants", Of::Oneself, "/session/grants".to_owned(), None),
        ("list_colleagues", Of::Oneself, "/session/colleagues?q=".to_owned(), None),
    ]
}

/// What the west side has.
struct West {
    car: String,
    /// An order that is driven, its car, and a defect of that.
    driven: [String; 3],
    document: String,
    driver: String,
    seal: String,
    terminal: String,
    device: String,
    command: String,
    platform: String,
    rollout: String,
    image: String,
    token: String,
    account: String,
    grant: String,
    local_role: String,
    line: String,
    change: String,
    message: String,
    money: Furnished,
    finding: String,
    place: String,
    case: String,
    papers: crate::trips::Papers,
    plans: plans::Plans,
    incidents: incidents::Incidents,
    hired: crate::suppliers::Hired,
    life: lifecycle::Papers,
    running: crate::running_cars::Kept,
    peer: String,
}

/// Words that stand in answers about the west side alone.
const MARKS: [&str; 6] = ["西湖", "west.person", "浙A00001", "13900000001", "西边的", "MP-W"];

#[expect(clippy::too_many_lines, reason = "one thing of each kind")]
async fn west(world: &World, car: &str) -> West {
    let (_, driven) = crate::driving::underway(world, "west.driven").await;
    let (manager, admin) = (world.sign_in("manager").await, world.sign_in("admin").await);
    let made = async |client: &Client, path: &str, body: Value| {
        let answer = client.post(path, &body).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text());
        answer.json()
    };
    let id = |made: &Value| made["id"].as_str().unwrap().to_owned();
    let papers = json!({ "protocol": "jt808", "terminal_id": "13900000001", "model": "西边的", "unit_id": WEST.0 });
    let terminal = id(&made(&manager, "/terminals", papers).await);
    let paper = "%PDF-1.7\n西边的".as_bytes().to_vec();
    let paper = manager.upload(&format!("/vehicles/{car}/documents?kind=other&name=%E8%A5%BF%E6%B9%96.pdf"), paper).await;
    let document = id(&paper.json());
    let driver_file = id(&made(&manager, "/drivers", crate::drivers::file(WEST, "西边的")).await);
    let own = json!({ "protocol": "mqtt", "terminal_id": "MP-W", "model": "西边的", "unit_id": WEST.0 });
    let device = id(&made(&manager, "/terminals", own).await);
    made(&manager, &format!("/terminals/{terminal}/binding"), json!({ "vehicle_id": car, "reason": "装车" })).await;
    let command =
        id(&made(&manager, &format!("/terminals/{terminal}/commands"), json!({ "kind": "locate", "reason": "西边的" })).await);
    let platform = id(&made(&manager, "/platforms", json!({ "login": "w", "name": "西边的", "unit_id": WEST.0 })).await);
    let dispatcher = world.sign_in("dispatcher").await;
    crate::messages::alarm(world, "alarm:west").await;
    let message = id(&dispatcher.get("/messages").await.json()["items"][0]);
    let token = id(&made(&dispatcher, "/tokens", json!({ "name": "西边的" })).await);
    crate::firmware::bridges(world, 1).await;
    let image =
        made(&admin, "/firmware/images", crate::firmware::image("0.2.0")).await["images"][0]["id"].as_str().unwrap().to_owned();
    let begin = json!({ "image_id": image, "unit_id": WEST.0, "stages_pct": [100], "failure_limit_pct": 20, "reason": "西边的" });
    let rollout = id(&made(&admin, "/firmware/rollouts", begin).await);
    let account = world.open_account("west.person", Role::Dispatcher, WEST).await.to_string();
    let sealing = json!({ "place": "西边的", "key_custodian": "西边的", "reason": "西边的", "approver_id": account, "from": "2027-01-01T00:00:00Z" });
    let seal = id(&made(&manager, &format!("/vehicles/{car}/seals"), sealing).await);
    let security = world.sign_in("security").await;
    let grant = id(&security.get(&format!("/accounts/{account}")).await.json()["history"][0]);
    let role = json!({
        "unit_id": WEST.0, "name_zh": "西边的", "name_en": "West", "base_role": "inspector", "functions": ["watch_vehicles"], "reason": "西边的",
    });
    let local_role = id(&made(&admin, "/local-roles", role).await["items"][0]);
    let line = id(&made(&admin, "/lines", json!({ "code": "law", "name": "执法" })).await);
    let place = Some(json!({ "parent_id": null }).to_string());
    let put = admin.ask(Method::PUT, &format!("/lines/{line}/units/{}", WEST.0), place, &[]).await;
    assert_eq!(put.status, 204, "{}", put.text());
    let thought = json!({ "key": "nev_share", "unit_id": WEST.0, "from": "2026-03-03", "value": 40, "source": "西边的", "reason": "西边的", "submit": true });
    let change = id(&made(&manager, "/rules/changes", thought).await);
    let no = fleet_db::testing::fleet::number_of(&world.db.pool, car).await.unwrap();
    let finding = fleet_db::testing::driving::finding(&world.db.pool, no, world.now(), "open").await.unwrap().to_string();
    let entered =
        json!({ "unit_id": WEST.0, "name": "西边的", "class": "宾馆酒店", "lon": 120.13, "lat": 30.25, "radius_m": 100 });
    let place = id(&made(&manager, "/sensitive-places", entered).await["items"][0]);
    let complaint =
        json!({ "unit_id": WEST.0, "source": "letter", "number": "1", "received_on": "2026-03-02", "matter": "西边的" });
    let case = id(&made(&manager, "/cases", complaint).await);
    let papers = crate::trips::papers(world, car).await;
    let plans = plans::furnish(&world.sign_in("trip.applicant").await).await;
    let money = crate::money::furnish(world, &manager).await;
    let hired = crate::suppliers::hired(&manager).await;
    let running = crate::running_cars::furnish(&manager, car, "浙A00001").await;
    West {
        papers,
        plans,
        incidents: incidents::furnish(&manager, car).await,
        hired,
        life: lifecycle::furnish(world, car).await,
        running,
        peer: peers::furnish(world).await,
        car: car.to_owned(),
        driven,
        document,
        driver: driver_file,
        seal,
        terminal,
        device,
        command,
        platform,
        rollout,
        image,
        token,
        account,
        grant,
        local_role,
        line,
        change,
        message,
        money,
        finding,
        place,
        case,
    }
}

/// The address names something that belongs to a unit; sessions and tokens are each account's own, and without an identity provider
/// nobody is bound to one.
fn is_forced(name: &str, target: &str) -> bool {
    let path = target.split('?').next().unwrap_or_default();
    let names_one = path.split('/').any(|part| uuid::Uuid::try_parse(part).is_ok());
    names_one && !["revoke_token", "end_session", "list_line_units", "bind_identity"].contains(&name)
}

/// Method of each operation of the description, and whether it is open to everybody.
fn operations() -> Vec<(String, Method, bool)> {
    let description: Value = serde_json::from_str(&web::openapi()).unwrap();
    let paths = description["paths"].as_object().unwrap();
    let each = paths.values().flat_map(|item| item.as_object().unwrap()).map(|(method, operation)| {
        let name = operation["operationId"].as_str().unwrap().to_owned();
        (name, method.to_uppercase().parse().unwrap(), operation["security"] == json!([{}]))
    });
    each.collect()
}

/// There is nothing in it: every list is empty, and a snapshot is its head alone.
fn is_empty(answer: &Answer) -> bool {
    if answer.headers["content-type"] == "application/octet-stream" {
        return answer.body.len() == 24;
    }
    let Value::Object(fields) = answer.json() else { return false };
    fields.values().filter_map(Value::as_array).all(Vec::is_empty) && fields.values().any(Value::is_array)
}

#[tokio::test]
async fn no_role_of_a_unit_beside_sees_or_changes_anything_by_any_route() {
    let (world, car) = World::with(Config::default(), async |pool| add_car(pool, WEST, "浙A00001", Some("西边的")).await).await;
    world.feed.send(vec![moving(car.no, world.now(), 120.13, 30.25)]);
    let west = west(&world, &car.id.to_string()).await;
    let routes = routes(&west);
    let operations = operations();
    let named: BTreeSet<&str> = routes.iter().map(|(name, ..)| *name).collect();
    let described: BTreeSet<&str> = operations.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(named, described, "every route is walked: say in `routes` how, and of whom it is");
    let count = async || {
        let changed = "select (select count(*) from device_log l join device d on d.id = l.device_id where d.terminal_id <> 'MP-9')
                              + (select count(*) from terminal_command) + (select count(*) from frame_watch)
                              + (select count(*) from device_binding) + (select count(content) from vehicle_document) + (select count(*) from trip_approval) + (select count(*) from dispatch_order_step)
                              + (select count(*) from trip_request) + (select count(*) + count(receipt) from trip_expense) + (select count(*) from trip_settlement)
                              + (select count(*) from lifecycle_step) + (select count(*) from establishment_entry) + (select count(*) from vehicle_plate) + (select count(*) from vehicle_marking)
                              + (select count(*) from allowance_entry) + (select count(*) + count(decided_by) from allowance_adjustment) + (select count(*) from approval_flow where retired_at is null) + (select count(*) from vehicle) + (select count(*) from gb32960_platform)
                              + (select count(*) from vehicle_seal) + (select count(*) from driver) + (select count(*) from driver_study)
                              + (select count(*) from firmware_rollout) + (select count(*) from account_grant g join account a on a.id = g.account_id where a.login like 'west%')";
        fleet_db::testing::fleet::number(&world.db.pool, changed).await.unwrap()
    };
    let before = count().await;
    // The one who makes something in the east comes last.
    for role in Role::ALL.into_iter().filter(|role| *role != Role::SystemAdmin).chain([Role::SystemAdmin]) {
        let login = format!("east.{}", role.as_str().replace('_', "."));
        world.open_account(&login, role, EAST).await;
        let asker = world.sign_in(&login).await;
        for (name, of, target, body) in &routes {
            // Some make something in the east: who comes later would see it.
            if *of == Of::Oneself && Method::POST == method(&operations, name) && role != Role::SystemAdmin {
                continue;
            }
            let answer = asker.ask(method(&operations, name), target, body.as_ref().map(Value::to_string), &[]).await;
            let said = format!("{name} as {role}: {} {}", answer.status, answer.text());
            assert!(!answer.status.is_server_error(), "{said}");
            // The roads name the lake after which the district is named.
            let is_telling = *name != "read_roads" && MARKS.iter().any(|mark| answer.text().contains(mark));
            assert!(!is_telling, "{said}");
            match of {
                Of::Units if answer.status == 200 => assert!(is_empty(&answer), "{said}"),
                // What an address names of the west is refused; what a body names is not there.
                Of::Units if is_forced(name, target) => assert_eq!(answer.status, 403, "{said}"),
                Of::Units => assert!(matches!(answer.status.as_u16(), 403 | 404), "{said}"),
                Of::Oneself | Of::Nobody => {}
            }
        }
    }
    assert_eq!(count().await, before, "nothing was changed");
}

fn method(operations: &[(String, Method, bool)], name: &str) -> Method {
    operations.iter().find(|(known, ..)| known == name).unwrap().1.clone()
}

#[tokio::test]
async fn whoever_is_not_signed_in_gets_401_by_every_route_that_is_not_open() {
    let (world, car) = World::with(Config::default(), async |pool| add_car(pool, WEST, "浙A00001", Some("西边的")).await).await;
    let west = west(&world, &car.id.to_string()).await;
    let operations = operations();
    let mut open = Vec::new();
    for (name, _, target, body) in routes(&west) {
        let answer = world.stranger().ask(method(&operations, name), &target, body.map(|body| body.to_string()), &[]).await;
        let is_open = operations.iter().any(|(known, _, is_open)| known == name && *is_open);
        assert_eq!(answer.status != 401, is_open, "{name}: {}", answer.text());
        if is_open {
            open.push(name);
        }
    }
    assert_eq!(
        open,
        [
            "read_configuration",
            "sign_in",
            "sign_in_by_provider",
            "return_from_provider",
            "read_public_trips",
            "list_public_units",
            "read_public_feed"
        ],
        "what is open is few"
    );
}

#[tokio::test]
async fn who_looks_on_changes_nothing_in_its_own_unit_either() {
    let (world, car) = World::with(Config::default(), async |pool| add_car(pool, WEST, "浙A00001", Some("西边的")).await).await;
    let west = west(&world, &car.id.to_string()).await;
    let operations = operations();
    world.open_account("west.inspector", Role::Inspector, WEST).await;
    let inspector = world.sign_in("west.inspector").await;
    // Looking at frames keeps them for the one who looks; explaining bytes, trying a fleet and planning renewal keep nothing.
    let looks = ["watch_frames", "inspect", "take_audit_pack", "try_fleet", "plan_renewal"];
    let own = ["revoke_token", "end_session", "delegate_grant"];
    for (name, of, target, body) in routes(&west) {
        let method = method(&operations, name);
        if of == Of::Units && method != Method::GET && !looks.contains(&name) && !own.contains(&name) {
            let answer = inspector.ask(method, &target, body.map(|body| body.to_string()), &[]).await;
            assert_eq!(answer.status, 403, "{name}: {}", answer.text());
        } else if of == Of::Units && method == Method::GET {
            let answer = inspector.ask(method, &target, None, &[]).await;
            // What belongs to no unit is for the watchers at the top; nobody has rated that trip.
            let is_hidden = matches!(name, "read_audit" | "read_trip_rating") && answer.status == 404;
            assert!(is_hidden || matches!(answer.status.as_u16(), 200 | 403), "{name}: {}", answer.text());
        }
    }
}
