//! The life of cars, each operation asked once by the one whose business it is.

use axum::http::Method;
use serde_json::{Value, json};

use super::check;
use crate::harness::{CITY, WEST, World, add_car};
use crate::lifecycle::{
    act, application, budget, budgeted, change, contract, disposal, granted, id, issued, made, offices, registration, step,
    valuation, wanted,
};

/// Asks for every operation about the life of cars, and says which they were.
#[expect(clippy::too_many_lines, reason = "one line an operation")]
pub(super) async fn walk(description: &Value) -> Vec<(&'static str, &'static str)> {
    let world = World::new().await;
    let offices = offices(&world).await;
    let (manager, authority) = (&offices.manager, &offices.authority);
    let whole = world.sign_in("manager").await;
    let west = WEST.0.to_string();
    let car = add_car(&world.db.pool, WEST, "浙A00001", None).await.id.0.to_string();
    let other = add_car(&world.db.pool, WEST, "浙A00002", None).await.id.0.to_string();
    granted(&offices, &west, 9).await;
    let open = id(&made(&manager.post("/establishment/changes", &change(&west, 1)).await, 201));
    let indicator = id(&made(&manager.post("/indicators", &application()).await, 201));
    let (for_budget, for_plan) = (issued(&offices, &application()).await, issued(&offices, &application()).await);
    let (bought, planned) = (issued(&offices, &application()).await, issued(&offices, &application()).await);
    budgeted(&offices, &[&bought, &planned]).await;
    let money = id(&made(&manager.post("/budgets", &budget(&[&for_plan], 18_000_000)).await, 201));
    let buy = |indicator: &str| json!({ "indicator_id": indicator, "reason": "购置" });
    let purchase = id(&made(&manager.post("/purchases", &buy(&bought)).await, 201));
    made(&act(authority, "purchases", &purchase, "approve").await, 200);
    made(&act(manager, "purchases", &purchase, "tender").await, 200);
    made(&step(manager, "purchases", &purchase, &contract()).await, 200);
    let going = id(&made(&manager.post("/disposals", &disposal(&other)).await, 201));
    let transfer = |car: &str| json!({ "vehicle_id": car, "to_unit_id": CITY.0, "with_place": true, "reason": "调拨" });
    let moving = id(&made(&whole.post("/vehicle-transfers", &transfer(&other)).await, 201));
    let said = json!({
        "owner_kind": "person", "owner_name": "某人", "certificate": "1", "registered_on": "2020-01-01", "body": "sedan", "case": "ordinary",
        "engine_number": "1", "is_domestic": true,
    });
    world.pass(chrono::Duration::days(1));
    let (manager, authority, whole) =
        (world.sign_in("life.manager").await, world.sign_in("life.authority").await, world.sign_in("manager").await);
    let plate = json!({ "plate": "浙AD20001", "from": "2026-03-03", "reason": "换牌", "document": "1" });
    let marking = json!({ "kind": "sticker", "code": "1", "from": "2026-03-03" });
    let refused = Some(json!({ "action": "reject", "words": "不需要" }));
    let annual = |rest: &str| format!("/annual-reports/{west}/2025{rest}");
    let decided = |action: &str| Some(json!({ "action": action, "document": "文" }));
    let steps = [
        ("GET", "/establishment", "/establishment".to_owned(), None, &manager),
        ("GET", "/establishment/places", format!("/establishment/places?unit_id={west}&category=other"), None, &manager),
        ("GET", "/establishment/changes", "/establishment/changes".to_owned(), None, &manager),
        ("POST", "/establishment/changes", "/establishment/changes".to_owned(), Some(change(&west, 1)), &manager),
        (
            "POST",
            "/establishment/changes/{id}/steps",
            format!("/establishment/changes/{open}/steps"),
            decided("review"),
            &authority,
        ),
        (
            "POST",
            "/standards/check",
            "/standards/check".to_owned(),
            Some(json!({ "unit_id": west, "wanted": wanted() })),
            &manager,
        ),
        ("GET", "/indicators", "/indicators".to_owned(), None, &manager),
        ("POST", "/indicators", "/indicators".to_owned(), Some(application()), &manager),
        ("POST", "/indicators/{id}/steps", format!("/indicators/{indicator}/steps"), decided("review"), &authority),
        ("GET", "/budgets", "/budgets".to_owned(), None, &manager),
        ("GET", "/budgets/share", format!("/budgets/share?unit_id={west}&year=2026"), None, &manager),
        ("POST", "/budgets", "/budgets".to_owned(), Some(budget(&[&for_budget], 18_000_000)), &manager),
        ("POST", "/budgets/{id}/steps", format!("/budgets/{money}/steps"), decided("approve"), &authority),
        ("GET", "/purchases", "/purchases".to_owned(), None, &manager),
        ("POST", "/purchases", "/purchases".to_owned(), Some(buy(&planned)), &manager),
        (
            "POST",
            "/purchases/{id}/steps",
            format!("/purchases/{purchase}/steps"),
            Some(crate::lifecycle::acceptance(crate::lifecycle::VIN)),
            &manager,
        ),
        (
            "POST",
            "/purchases/{id}/registration",
            format!("/purchases/{purchase}/registration"),
            Some(registration("浙AD10001")),
            &manager,
        ),
        ("POST", "/vehicles/{id}/registration", format!("/vehicles/{car}/registration"), Some(said), &manager),
        ("POST", "/vehicles/{id}/plates", format!("/vehicles/{car}/plates"), Some(plate), &manager),
        ("POST", "/vehicles/{id}/markings", format!("/vehicles/{car}/markings"), Some(marking), &manager),
        ("GET", "/vehicles/{id}/life", format!("/vehicles/{car}/life"), None, &manager),
        ("GET", "/vehicles/{id}/life-line", format!("/vehicles/{car}/life-line"), None, &manager),
        ("GET", "/renewals", "/renewals".to_owned(), None, &manager),
        ("POST", "/renewal-plan", "/renewal-plan".to_owned(), Some(json!({})), &manager),
        ("GET", "/establishment/breaches", "/establishment/breaches".to_owned(), None, &manager),
        ("GET", "/disposals", "/disposals".to_owned(), None, &manager),
        ("POST", "/disposals", "/disposals".to_owned(), Some(disposal(&car)), &manager),
        ("POST", "/disposals/{id}/steps", format!("/disposals/{going}/steps"), Some(valuation()), &manager),
        ("GET", "/vehicle-transfers", "/vehicle-transfers".to_owned(), None, &manager),
        ("POST", "/vehicle-transfers", "/vehicle-transfers".to_owned(), Some(transfer(&car)), &whole),
        ("POST", "/vehicle-transfers/{id}/steps", format!("/vehicle-transfers/{moving}/steps"), refused, &authority),
        ("GET", "/annual-reports", format!("/annual-reports?unit_id={west}&year=2025"), None, &manager),
        ("POST", "/annual-reports/{unit_id}/{year}/steps", annual("/steps"), Some(json!({ "action": "check" })), &manager),
        ("GET", "/annual-reports/{unit_id}/{year}", annual(""), None, &manager),
        ("GET", "/annual-reports/{unit_id}/{year}/workbook", annual("/workbook?version=1"), None, &manager),
    ];
    let mut asked = Vec::new();
    for (method, path, target, body, client) in steps {
        let verb: Method = method.parse().unwrap();
        let unasked = world.stranger().ask(verb.clone(), &target, body.as_ref().map(Value::to_string), &[]).await;
        assert_eq!(unasked.status, 401, "{method} {path} without a session");
        check(description, method, path, &unasked);
        let start = crate::audit::head(&world).await;
        let answer = client.ask(verb, &target, body.as_ref().map(Value::to_string), &[]).await;
        assert!(answer.status.is_success(), "{method} {path}: {} {}", answer.status, answer.text());
        check(description, method, path, &answer);
        let told = crate::audit::head(&world).await - start;
        // Checking and trying save nothing; who takes a report away is told of.
        let is_tried = matches!(path, "/standards/check" | "/renewal-plan");
        let is_change = method != "GET" && !is_tried || path.ends_with("/workbook");
        assert_eq!(told, i64::from(is_change), "{method} {path}: a change is told once");
        asked.push((method, path));
    }
    asked
}
