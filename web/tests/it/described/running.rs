//! Running a car, each operation asked once by the one whose business it is.

use axum::http::Method;
use serde_json::{Value, json};

use super::check;
use crate::harness::{Client, WEST};
use crate::running_cars::{bill, card, charge, cost, furnish, inspection, plan, policy, quote, repair, tolls, vendor};
use crate::trips::west;
use dispatch::account::Role;

/// Method, path as it is described, address, and body.
type Step = (&'static str, &'static str, String, Option<Value>);

/// Asks for every operation about running a car, and says which they were.
pub(super) async fn walk(description: &Value) -> Vec<(&'static str, &'static str)> {
    let west = west().await;
    west.world.open_account("authority", Role::Authority, WEST).await;
    let (manager, authority) = (west.world.sign_in("manager").await, west.world.sign_in("authority").await);
    let [car, other] = west.cars.map(|car| car.id.to_string());
    let kept = furnish(&manager, &car, "浙A00001").await;
    let order = |rest: &str| format!("/repair-orders/{}{rest}", kept.repair);
    let quotes = manager.get(&order("")).await.json();
    let approve = json!({ "action": "approve", "quote_id": quotes["quotes"][0]["id"] });
    assert_eq!(west.leader.post(&order("/steps"), &approve).await.status, 200);
    for action in ["send", "accept"] {
        assert_eq!(manager.post(&order("/steps"), &json!({ "action": action })).await.status, 200);
    }
    let second = manager.post("/repair-orders", &repair(&other)).await.json()["id"].as_str().unwrap().to_owned();
    let path = |path: &str| path.to_owned();
    let plain: Vec<Step> = vec![
        ("GET", "/designated-vendors", path("/designated-vendors"), None),
        (
            "POST",
            "/designated-vendors",
            path("/designated-vendors"),
            Some(json!({ "first": "2028-01-01", "last": "2028-12-31" })),
        ),
        ("GET", "/repair-orders", path("/repair-orders?open=true"), None),
        ("POST", "/repair-orders", path("/repair-orders"), Some(repair(&car))),
        ("GET", "/repair-orders/{id}", order(""), None),
        ("POST", "/repair-orders/{id}/settlement", order("/settlement"), Some(bill())),
        ("POST", "/repair-orders/{id}/quotes", format!("/repair-orders/{second}/quotes"), Some(quote(&kept.supplier, 1, 2))),
        (
            "POST",
            "/repair-orders/{id}/steps",
            format!("/repair-orders/{second}/steps"),
            Some(json!({ "action": "cancel", "reason": "不修了" })),
        ),
        ("GET", "/maintenance-plans", path("/maintenance-plans"), None),
        ("POST", "/maintenance-plans", path("/maintenance-plans"), Some(plan(&other, "轮胎"))),
        ("POST", "/maintenance-plans/{id}/ending", format!("/maintenance-plans/{}/ending", kept.plan), None),
        ("GET", "/due-items", path("/due-items"), None),
        ("GET", "/policies", path("/policies"), None),
        ("POST", "/policies", path("/policies"), Some(policy(&other, &kept.supplier, "乙", "2027-02-28"))),
        ("GET", "/inspections", path("/inspections"), None),
        ("POST", "/inspections", path("/inspections"), Some(inspection(&other, "licence", "2027-02-28"))),
        ("GET", "/cards", path("/cards"), None),
        ("POST", "/cards", path("/cards"), Some(card(&other, "9002"))),
        ("PUT", "/cards/{id}", format!("/cards/{}", kept.card), Some(json!({ "state": "active", "grades": ["electricity"] }))),
        ("GET", "/card-transactions", path("/card-transactions"), None),
        ("POST", "/card-transactions", path("/card-transactions"), Some(charge("9001", "C2", "浙A00002", 100))),
        ("GET", "/vehicle-costs", path("/vehicle-costs"), None),
        ("POST", "/vehicle-costs", path("/vehicle-costs"), Some(cost(&car, "toll", 100, "2026-03-01"))),
        (
            "POST",
            "/vehicle-costs/{id}/reversal",
            format!("/vehicle-costs/{}/reversal", kept.cost),
            Some(json!({ "reason": "记错" })),
        ),
        ("GET", "/closed-years", path("/closed-years"), None),
        ("GET", "/cost-exceptions", path("/cost-exceptions?open=true"), None),
        (
            "POST",
            "/cost-exceptions/{id}/link",
            format!("/cost-exceptions/{}/link", kept.waiting),
            Some(json!({ "vehicle_id": car })),
        ),
        ("GET", "/vehicle-figures", path("/vehicle-figures"), None),
        ("GET", "/vehicle-figures/{figure}", path("/vehicle-figures/running?limit=1"), None),
    ];
    let mut asked = Vec::new();
    for (method, name, target, body) in plain {
        let body = if name == "/designated-vendors" {
            body.map(|days| crate::trips::with(vendor(&kept.supplier, "repair"), &days))
        } else {
            body
        };
        asked.push(one(description, &west, &manager, (method, name, target, body)).await);
    }
    let close = Some(json!({ "unit_id": WEST.0, "year": 2025 }));
    asked.push(one(description, &west, &authority, ("POST", "/closed-years", path("/closed-years"), close)).await);
    asked.extend(files(description, &west, &manager).await);
    asked
}

/// Asks for one operation, by a stranger first.
async fn one(
    description: &Value,
    west: &crate::trips::West,
    client: &Client,
    (method, path, target, body): Step,
) -> (&'static str, &'static str) {
    let verb: Method = method.parse().unwrap();
    let sent = body.as_ref().map(Value::to_string);
    let unasked = west.world.stranger().ask(verb.clone(), &target, sent.clone(), &[]).await;
    assert_eq!(unasked.status, 401, "{method} {path} without a session");
    check(description, method, path, &unasked);
    let start = crate::audit::head(&west.world).await;
    let answer = client.ask(verb, &target, sent, &[]).await;
    assert!(answer.status.is_success(), "{method} {path}: {} {}", answer.status, answer.text());
    check(description, method, path, &answer);
    let told = crate::audit::head(&west.world).await - start;
    assert_eq!(told, i64::from(method != "GET"), "{method} {path}: a change is told once");
    (method, path)
}

/// Tables, and a record of one that is none of ours.
async fn files(description: &Value, west: &crate::trips::West, manager: &Client) -> Vec<(&'static str, &'static str)> {
    let uses = "流水号,卡号,类型,车牌,交易时间,品种,数量,金额,站点\nK1,9001,消费,浙A00001,2026-03-01 09:30,电,10,12,x\n";
    let tables = [
        ("/card-transactions/import", uses.as_bytes().to_vec()),
        (
            "/vehicle-costs/import",
            String::from_utf8(tolls("浙A00001")).unwrap().replace("T1", "T8").replace("T2", "T9").into_bytes(),
        ),
    ];
    let mut asked = Vec::new();
    for (path, table) in tables {
        let start = crate::audit::head(&west.world).await;
        let answer = manager.upload(&format!("{path}?file=x.csv&unit_id={}", WEST.0), table).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        check(description, "POST", path, &answer);
        assert_eq!(crate::audit::head(&west.world).await - start, 1, "{path}");
        asked.push(("POST", path));
    }
    let waits = manager.get("/cost-exceptions?open=true").await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let step = (
        "POST",
        "/cost-exceptions/{id}/dismissal",
        format!("/cost-exceptions/{waits}/dismissal"),
        Some(json!({ "reason": "非本单位" })),
    );
    asked.push(one(description, west, manager, step).await);
    asked
}
