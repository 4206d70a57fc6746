//! The API's description: current, complete, and what the server really does.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use axum::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;
use web::Config;

use crate::harness::{Answer, PASSWORD, WEST, World, add_car};
use crate::money::Furnished;

mod incidents;
mod lifecycle;
mod peers;
mod plans;
mod running;
mod sign_in;
mod suppliers;
mod trips;

#[test]
fn the_committed_description_is_current() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let current = web::openapi();
    if std::env::var_os("MOTORPOOL_WRITE_OPENAPI").is_some() {
        fs::write(&file, &current).unwrap();
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == current,
        "web/openapi.json is old: run `MOTORPOOL_WRITE_OPENAPI=1 cargo test -p web --test it described`"
    );
}

fn description() -> Value {
    serde_json::from_str(&web::openapi()).unwrap()
}

/// Every operation as method and path without the prefix.
fn operations(description: &Value) -> BTreeSet<(String, String)> {
    let paths = description["paths"].as_object().unwrap();
    let each = paths.iter().flat_map(|(path, item)| {
        let path = path.strip_prefix("/api/v1").expect("everything is below /api/v1").to_owned();
        item.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path.clone()))
    });
    each.collect()
}

/// Holds an answer against its operation: the status is described, and so is the body.
fn check(description: &Value, method: &str, path: &str, answer: &Answer) {
    let operation = &description["paths"][format!("/api/v1{path}")][method.to_lowercase()];
    let described = &operation["responses"][answer.status.as_str()];
    assert!(!described.is_null(), "{method} {path} answered {} which is not described: {}", answer.status, answer.text());
    let Some(content) = described["content"].as_object() else {
        assert!(answer.body.is_empty(), "{method} {path} answered {} with a body that is not described", answer.status);
        return;
    };
    let kind = answer.headers["content-type"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let media = content.get(&kind).unwrap_or_else(|| panic!("{method} {path}: {kind} is not described for {}", answer.status));
    if kind.ends_with("json") && kind != "application/geo+json" {
        conforms(description, &media["schema"], &answer.json(), &format!("{method} {path}"));
    }
}

/// A value against a schema: required fields are there, no others come, types fit, all the way down.
fn conforms(description: &Value, schema: &Value, value: &Value, place: &str) {
    if let Some(reference) = schema["$ref"].as_str() {
        return conforms(description, description.pointer(reference.trim_start_matches('#')).unwrap(), value, place);
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        conforms(description, part, value, place);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        if value.is_null() {
            assert!(choices.iter().any(|choice| choice["type"] == "null"), "{place} must not be null");
        } else {
            let choice = choices.iter().find(|choice| choice["type"] != "null").unwrap();
            conforms(description, choice, value, place);
        }
        return;
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => return,
    };
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    assert!(types.contains(&is) || (is == "integer" && types.contains(&"number")), "{place} is {is}, not {types:?}");
    for item in value.as_array().into_iter().flatten().take(3) {
        conforms(description, &schema["items"], item, &format!("{place}[]"));
    }
    let (Some(fields), Some(properties)) = (value.as_object(), schema["properties"].as_object()) else { return };
    for required in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        assert!(fields.contains_key(required), "{place} has no {required}: {value}");
    }
    for (name, field) in fields {
        if let Some(property) = properties.get(name) {
            conforms(description, property, field, &format!("{place}.{name}"));
        }
    }
}

/// Method, path as described, path as asked, body.
type Request = (&'static str, &'static str, String, Option<Value>);

/// What is asked of terminals: one that is bound and has no secret, and a device that has one.
fn terminal_requests(terminal: &str, device: &str, command: &str, platform: &str, car: Uuid) -> Vec<Request> {
    let of_terminal = |rest: &str| format!("/terminals/{terminal}{rest}");
    vec![
        ("GET", "/terminals", "/terminals".to_owned(), None),
        (
            "POST",
            "/terminals",
            "/terminals".to_owned(),
            Some(json!({ "protocol": "jt808", "terminal_id": "13900000009", "model": "x" })),
        ),
        ("GET", "/terminals/{id}", of_terminal(""), None),
        ("PUT", "/terminals/{id}", of_terminal(""), Some(json!({ "model": "y", "reason": "x" }))),
        ("POST", "/terminals/{id}/unbinding", format!("/terminals/{device}/unbinding"), Some(json!({ "reason": "x" }))),
        ("POST", "/terminals/{id}/binding", of_terminal("/binding"), Some(json!({ "vehicle_id": car, "reason": "x" }))),
        ("POST", "/terminals/{id}/registration", of_terminal("/registration"), Some(json!({ "reason": "x" }))),
        ("POST", "/terminals/{id}/secret", format!("/terminals/{device}/secret"), Some(json!({ "reason": "x" }))),
        ("POST", "/terminals/{id}/use", of_terminal("/use"), Some(json!({ "disabled": false, "reason": "x" }))),
        ("POST", "/terminals/{id}/commands", of_terminal("/commands"), Some(json!({ "kind": "locate", "reason": "x" }))),
        ("GET", "/terminals/{id}/commands", of_terminal("/commands"), None),
        ("DELETE", "/commands/{id}", format!("/commands/{command}"), None),
        ("POST", "/terminals/{id}/watch", of_terminal("/watch"), None),
        ("GET", "/terminals/{id}/frames", of_terminal("/frames"), None),
        ("POST", "/inspect", "/inspect".to_owned(), Some(json!({ "protocol": "mqtt", "text": "{\"lat\":30.1}" }))),
        ("GET", "/terminal-options", "/terminal-options".to_owned(), None),
        ("POST", "/platforms", "/platforms".to_owned(), Some(json!({ "login": "b", "name": "x" }))),
        ("GET", "/platforms", "/platforms".to_owned(), None),
        ("POST", "/platforms/{id}/secret", format!("/platforms/{platform}/secret"), None),
        ("POST", "/platforms/{id}/use", format!("/platforms/{platform}/use"), Some(json!({ "disabled": false }))),
        ("PUT", "/vehicles/{id}/obu", format!("/vehicles/{car}/obu"), Some(json!({ "obu_id": "33010000000001" }))),
    ]
}

fn rule_thought() -> Value {
    json!({ "key": "nev_share", "unit_id": WEST.0, "from": "2026-03-03", "value": 40, "source": "x", "reason": "x", "submit": false })
}

/// What is asked of rules, with a proposal that its proposer can take back.
fn rule_requests(change: &str) -> Vec<Request> {
    vec![
        ("GET", "/rules", "/rules".to_owned(), None),
        ("GET", "/rules/{key}", "/rules/nev_share".to_owned(), None),
        ("POST", "/rules/preview", "/rules/preview".to_owned(), Some(rule_thought())),
        ("GET", "/rules/changes", "/rules/changes".to_owned(), None),
        ("POST", "/rules/changes", "/rules/changes".to_owned(), Some(rule_thought())),
        ("POST", "/rules/changes/{id}/steps", format!("/rules/changes/{change}/steps"), Some(json!({ "action": "withdraw" }))),
        ("GET", "/calendar", "/calendar?year=2026".to_owned(), None),
    ]
}

/// A role of the west side, to be made.
fn local_role(name: &str) -> Value {
    json!({ "unit_id": WEST.0, "name_zh": name, "name_en": "x", "base_role": "inspector", "functions": ["watch_vehicles"], "reason": "x" })
}

/// What is asked of units and lines, and of tables that bring them.
fn unit_requests(line: &str, role: &str) -> Vec<Request> {
    let facts = json!({ "name": "西湖区财政局", "level": 4, "region_code": "330106", "kind": "organ" });
    let papers = json!({ "on": "2026-03-01", "document": "杭编〔2026〕7号", "reason": "机构改革" });
    let mut found = papers.clone();
    (found["parent_id"], found["facts"]) = (json!(WEST.0), facts);
    let mut decision = papers;
    (decision["act"], decision["facts"]) = ("change".into(), found["facts"].clone());
    decision["facts"]["region_code"] = "330100".into();
    decision["facts"]["name"] = "西湖区府".into();
    let of_unit = |rest: &str| format!("/units/{}{rest}", WEST.0);
    let in_line = format!("/lines/{line}/units/{}", WEST.0);
    let file = Some(json!("单位名称"));
    vec![
        ("POST", "/units/{id}/acts/preview", of_unit("/acts/preview"), Some(decision.clone())),
        ("POST", "/units/{id}/acts", of_unit("/acts"), Some(decision)),
        ("GET", "/units/{id}", of_unit(""), None),
        ("POST", "/units", "/units".to_owned(), Some(found)),
        ("GET", "/lines", "/lines".to_owned(), None),
        ("POST", "/lines", "/lines".to_owned(), Some(json!({ "code": "law", "name": "执法" }))),
        ("PUT", "/lines/{id}/units/{unit_id}", in_line.clone(), Some(json!({ "parent_id": null }))),
        ("GET", "/lines/{id}/units", format!("/lines/{line}/units"), None),
        ("DELETE", "/lines/{id}/units/{unit_id}", in_line, None),
        ("POST", "/local-roles", "/local-roles".to_owned(), Some(local_role("值班员"))),
        ("POST", "/local-roles/{id}/retirement", format!("/local-roles/{role}/retirement"), Some(json!({ "reason": "x" }))),
        ("POST", "/imports/preview", "/imports/preview?file=a.csv".to_owned(), file.clone()),
        ("POST", "/imports/rejected", "/imports/rejected?file=a.csv".to_owned(), file.clone()),
        ("POST", "/imports", "/imports?file=a.csv".to_owned(), file),
    ]
}

/// What is asked of a car.
fn history_requests(car: Uuid) -> Vec<Request> {
    let window = "from=2026-03-01T00:00:00Z&to=2026-03-03T00:00:00Z";
    let of_car = |rest: &str| format!("/vehicles/{car}{rest}");
    vec![
        ("GET", "/vehicles/{id}", of_car(""), None),
        ("GET", "/vehicles/{id}/days", of_car("/days"), None),
        ("GET", "/vehicles/{id}/track", of_car(&format!("/track?{window}")), None),
        ("GET", "/vehicles/{id}/track/export", of_car(&format!("/track/export?{window}&format=csv")), None),
        ("GET", "/vehicles/{id}/trips", of_car(&format!("/trips?{window}")), None),
        ("GET", "/vehicles/{id}/stops", of_car(&format!("/stops?{window}")), None),
        ("GET", "/vehicles/{id}/events", of_car(&format!("/events?{window}")), None),
        ("GET", "/vehicles/{id}/alarms", of_car(&format!("/alarms?{window}")), None),
        // From here on nobody is told where it is.
        (
            "POST",
            "/vehicles/{id}/exemptions",
            of_car("/exemptions"),
            Some(json!({ "basis": "investigation", "document": "x", "reason": "x" })),
        ),
        ("GET", "/vehicles/{id}/exemptions", of_car("/exemptions"), None),
        ("POST", "/vehicles/{id}/exemptions/end", of_car("/exemptions/end"), Some(json!({ "document": "x", "reason": "x" }))),
    ]
}

/// What is asked of a car's papers.
fn document_requests(car: Uuid, document: &str) -> Vec<Request> {
    let of_car = |rest: &str| format!("/vehicles/{car}/documents{rest}");
    vec![
        ("GET", "/vehicles/{id}/documents", of_car(""), None),
        ("POST", "/vehicles/{id}/documents", of_car("?kind=inspection&name=a.pdf"), Some(json!("%PDF-1.7\n"))),
        ("GET", "/documents/{id}", format!("/documents/{document}"), None),
        ("DELETE", "/documents/{id}", format!("/documents/{document}"), Some(json!({ "reason": "x" }))),
    ]
}

/// What is asked of drivers, of seals and of the report on data; the seal is one that can be opened.
fn keeping_requests(car: Uuid, driver: &str, seal: &str, person: &str) -> Vec<Request> {
    let texts = json!({ "place": "x", "key_custodian": "x", "reason": "x", "approver_id": person });
    let mut holiday = texts.clone();
    (holiday["unit_id"], holiday["kept"]) = (json!(WEST.0), json!([{ "vehicle_id": car, "reason": "x" }]));
    (holiday["first"], holiday["last"]) = (json!("2026-03-07"), json!("2026-03-08"));
    let mut coming = texts;
    coming["from"] = json!("2027-02-01T00:00:00Z");
    let file = || Some(crate::drivers::file(WEST, "李"));
    let of_driver = |rest: &str| format!("/drivers/{driver}{rest}");
    let opening = Some(json!({ "handler_id": person, "odometer_km": 12.5, "reason": "x" }));
    vec![
        ("POST", "/drivers", "/drivers".to_owned(), file()),
        ("GET", "/drivers", "/drivers?q=x".to_owned(), None),
        ("PUT", "/drivers/{id}", of_driver(""), file()),
        (
            "POST",
            "/drivers/{id}/studies",
            of_driver("/studies"),
            Some(json!({ "on": "2026-03-01", "topic": "冬季行车安全", "minutes": 90 })),
        ),
        ("GET", "/drivers/{id}", of_driver(""), None),
        ("GET", "/drivers/{id}/score", of_driver("/score?quarter=2026-Q1"), None),
        ("GET", "/drivers/{id}/score/{part}", of_driver("/score/safety"), None),
        ("POST", "/seals/{id}/opening", format!("/seals/{seal}/opening"), opening),
        ("POST", "/seals/holiday", "/seals/holiday".to_owned(), Some(holiday)),
        ("POST", "/vehicles/{id}/seals", format!("/vehicles/{car}/seals"), Some(coming)),
        ("GET", "/vehicles/{id}/seals", format!("/vehicles/{car}/seals"), None),
        ("GET", "/seals", "/seals".to_owned(), None),
        ("GET", "/reports/data-handling", "/reports/data-handling?year=2026".to_owned(), None),
        ("GET", "/reports/data-handling/export", "/reports/data-handling/export?format=xlsx".to_owned(), None),
    ]
}

/// What is asked of the money of trips.
fn money_requests(money: &Furnished) -> Vec<Request> {
    let Furnished { order, expense, bare, back, settled, month, adjustment } = money;
    let by_tariff = || Some(json!({ "basis": "tariff", "area": "outside" }));
    let given = json!({ "unit_id": WEST.0, "year": 2026, "month": 3, "amount_fen": 1, "reason": "x" });
    let of_adjustments = || "/allowances/adjustments".to_owned();
    vec![
        ("GET", "/dispatch-orders/{id}/expenses", format!("/dispatch-orders/{order}/expenses"), None),
        ("POST", "/dispatch-orders/{id}/expenses", format!("/dispatch-orders/{order}/expenses"), Some(crate::money::toll())),
        ("POST", "/expenses/{id}/receipt", format!("/expenses/{bare}/receipt"), Some(json!("%PDF-1.7\n"))),
        ("GET", "/expenses/{id}/receipt", format!("/expenses/{expense}/receipt"), None),
        (
            "POST",
            "/expenses/{id}/reversal",
            format!("/expenses/{expense}/reversal"),
            Some(json!({ "reason": "x", "instead_fen": 1 })),
        ),
        ("POST", "/dispatch-orders/{id}/settlement/preview", format!("/dispatch-orders/{back}/settlement/preview"), by_tariff()),
        ("POST", "/dispatch-orders/{id}/settlement", format!("/dispatch-orders/{back}/settlement"), by_tariff()),
        ("GET", "/dispatch-orders/{id}/settlement", format!("/dispatch-orders/{settled}/settlement"), None),
        ("GET", "/allowances", format!("/allowances?unit_id={}&year=2026", WEST.0), None),
        ("POST", "/allowances", "/allowances".to_owned(), Some(given)),
        ("GET", "/allowances/{id}/entries", format!("/allowances/{month}/entries"), None),
        ("GET", "/allowances/adjustments", of_adjustments(), None),
        ("POST", "/allowances/adjustments", of_adjustments(), Some(crate::money::over_quota())),
        (
            "POST",
            "/allowances/adjustments/{id}/steps",
            format!("/allowances/adjustments/{adjustment}/steps"),
            Some(json!({ "action": "approve" })),
        ),
    ]
}

/// A body as it is sent: a paper is its own bytes, everything else is JSON.
fn sent(path: &str, body: Option<&Value>) -> Option<String> {
    let paper = body.and_then(Value::as_str).filter(|_| path.ends_with("/documents") || path.ends_with("/receipt"));
    paper.map(str::to_owned).or_else(|| body.map(Value::to_string))
}

/// What is asked of accounts; last of all, the one who gives rights lends his own.
fn account_requests(person: &str, held: &str, own: &str) -> Vec<Request> {
    let of_person = |rest: &str| format!("/accounts/{person}{rest}");
    let new = json!({ "login": "li", "display_name": "李", "role": "driver", "unit_id": WEST.0, "reason": "x" });
    let until = json!({ "account_id": person, "until": "2026-03-09T00:00:00Z", "reason": "x" });
    vec![
        ("GET", "/accounts", "/accounts?q=per&role=driver".to_owned(), None),
        ("POST", "/accounts", "/accounts".to_owned(), Some(new)),
        ("GET", "/accounts/{id}", of_person(""), None),
        ("POST", "/accounts/{id}/password", of_person("/password"), Some(json!({ "reason": "x" }))),
        (
            "POST",
            "/accounts/{id}/grants",
            of_person("/grants"),
            Some(json!({ "role": "inspector", "unit_id": WEST.0, "functions": ["watch_vehicles"], "reason": "x" })),
        ),
        ("GET", "/local-roles", "/local-roles".to_owned(), None),
        ("POST", "/grants/{id}/revocation", format!("/grants/{held}/revocation"), Some(json!({ "reason": "x" }))),
        ("GET", "/session/grants", "/session/grants".to_owned(), None),
        ("GET", "/session/colleagues", "/session/colleagues?q=per".to_owned(), None),
        ("POST", "/accounts/{id}/use", of_person("/use"), Some(json!({ "disabled": false, "reason": "x" }))),
        ("POST", "/grants/{id}/delegations", format!("/grants/{own}/delegations"), Some(until)),
    ]
}

/// What is asked of the audit log.
fn audit_requests() -> Vec<Request> {
    let wanted = json!({ "from": "2026-03-01T00:00:00Z", "to": "2026-03-09T00:00:00Z", "reason": "x" });
    vec![
        ("GET", "/audit", "/audit?limit=3".to_owned(), None),
        ("GET", "/audit/{seq}", "/audit/1".to_owned(), None),
        ("GET", "/audit/seals", "/audit/seals".to_owned(), None),
        ("POST", "/audit/packs", "/audit/packs".to_owned(), Some(wanted)),
    ]
}

/// What a driver's telephone sends beside the moves of an order.
fn driver_requests([order, car, defect]: &[String; 3]) -> Vec<Request> {
    let of_order = |rest: &str| format!("/dispatch-orders/{order}/{rest}");
    let place = json!({ "at": "2026-03-02T03:59:00Z", "lon": 120.1, "lat": 30.2, "speed_kmh": 30.0, "accuracy_m": 5.0 });
    let call = json!({ "key": "s", "at": "2026-03-02T03:59:00Z", "lon": 120.1, "lat": 30.2 });
    vec![
        ("GET", "/dispatch-orders/{id}/car", of_order("car"), None),
        ("POST", "/dispatch-orders/{id}/checks", of_order("checks"), Some(crate::driving::look("k", Some(("tyres", true))))),
        ("POST", "/dispatch-orders/{id}/sos", of_order("sos"), Some(call)),
        ("POST", "/dispatch-orders/{id}/positions", of_order("positions"), Some(json!({ "items": [place] }))),
        ("GET", "/vehicles/{id}/defects", format!("/vehicles/{car}/defects"), None),
        ("POST", "/defects/{id}/closing", format!("/defects/{defect}/closing"), Some(json!({ "reason": "x" }))),
    ]
}

/// It is the driver's own.
fn is_drivers(path: &str) -> bool {
    ["/car", "/checks", "/sos", "/positions"].iter().any(|end| path.starts_with("/dispatch-orders/") && path.ends_with(end))
}

/// Changes that no entry tells, and why.
const UNTOLD: &[(&str, &str)] = &[
    ("/messages/{id}/read", "a mark of one's own"),
    ("/messages/{id}/unread", "a mark of one's own"),
    ("/messages/{id}/pin", "a mark of one's own"),
    ("/messages/{id}/unpin", "a mark of one's own"),
    ("/messages/read-all", "a mark of one's own"),
    ("/dispatch-orders/{id}/positions", "where a telephone was on a task says so itself"),
    ("/inspect", "nothing is kept"),
    ("/rules/preview", "nothing is changed"),
    ("/units/{id}/acts/preview", "nothing is changed"),
    ("/dispatch-orders/{id}/settlement/preview", "nothing is changed"),
    ("/imports/preview", "nothing is changed"),
    ("/imports/rejected", "no row of that file is bad, so nothing is taken; with one: `audit`"),
    ("/terminals/{id}/watch", "a look of a minute by who works with terminals; who only supervises is told of"),
];

/// Findings, each where it can be dealt with so, sensitive places and cases.
async fn finding_requests(world: &World, car: crate::harness::Car, client: &crate::harness::Client) -> Vec<Request> {
    let mut minutes = 0;
    let mut finding = async |state: &str| {
        minutes += 1;
        let at = world.now() - chrono::Duration::minutes(minutes);
        fleet_db::testing::driving::finding(&world.db.pool, car.no, at, state).await.unwrap()
    };
    let (open, explained, escalated) = (finding("open").await, finding("explained").await, finding("escalated").await);
    let taken = finding("open").await;
    let entered =
        |name: &str| json!({ "unit_id": WEST.0, "name": name, "class": "学校", "lon": 120.1, "lat": 30.2, "radius_m": 50 });
    let place = client.post("/sensitive-places", &entered("甲")).await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let complaint = |number: &str| json!({ "unit_id": WEST.0, "source": "letter", "number": number, "received_on": "2026-03-02", "matter": "x" });
    let case = client.post("/cases", &complaint("1")).await.json()["id"].as_str().unwrap().to_owned();
    let words = || Some(json!({ "text": "x" }));
    vec![
        ("GET", "/findings", "/findings".to_owned(), None),
        ("GET", "/findings/{id}", format!("/findings/{open}"), None),
        ("POST", "/findings/{id}/explanation", format!("/findings/{open}/explanation"), words()),
        ("POST", "/findings/{id}/escalate", format!("/findings/{taken}/escalate"), words()),
        ("POST", "/findings/{id}/accept", format!("/findings/{explained}/accept"), words()),
        ("POST", "/findings/{id}/violation", format!("/findings/{escalated}/violation"), Some(json!({ "text": "x", "head": 9 }))),
        ("GET", "/sensitive-places", "/sensitive-places".to_owned(), None),
        ("POST", "/sensitive-places", "/sensitive-places".to_owned(), Some(entered("乙"))),
        ("DELETE", "/sensitive-places/{id}", format!("/sensitive-places/{place}"), None),
        ("GET", "/cases", "/cases".to_owned(), None),
        ("POST", "/cases", "/cases".to_owned(), Some(complaint("2"))),
        ("POST", "/cases/{id}/finding", format!("/cases/{case}/finding"), Some(json!({ "finding_id": open }))),
        ("POST", "/cases/{id}/closure", format!("/cases/{case}/closure"), Some(json!({ "outcome": "unfounded", "result": "x" }))),
    ]
}

/// What somebody does with their messages.
fn message_requests(message: &str) -> Vec<Request> {
    let of_message = |rest: &str| format!("/messages/{message}/{rest}");
    vec![
        ("GET", "/messages", "/messages".to_owned(), None),
        ("GET", "/messages/counts", "/messages/counts".to_owned(), None),
        ("POST", "/messages/{id}/read", of_message("read"), None),
        ("POST", "/messages/{id}/unread", of_message("unread"), None),
        ("POST", "/messages/{id}/pin", of_message("pin"), None),
        ("POST", "/messages/{id}/unpin", of_message("unpin"), None),
        ("POST", "/messages/read-all", "/messages/read-all".to_owned(), Some(json!({}))),
        ("GET", "/messages/preferences", "/messages/preferences".to_owned(), None),
        ("POST", "/messages/preferences", "/messages/preferences".to_owned(), Some(json!({ "language": "en", "choices": {} }))),
    ]
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one request for each operation")]
async fn every_described_operation_does_what_its_description_says() {
    let (world, car) = World::with(Config::default(), async |pool| add_car(pool, WEST, "浙A00001", Some("一号车")).await).await;
    world.feed.send(vec![crate::harness::moving(car.no, world.now(), 120.15, 30.28)]);
    let description = description();
    let client = world.sign_in("manager").await;
    let token = client.post("/tokens", &json!({ "name": "x" })).await.json()["id"].as_str().unwrap().to_owned();
    let security = world.sign_in("security").await;
    let person = world.open_account("person", dispatch::account::Role::Driver, WEST).await;
    let grants = security.get(&format!("/accounts/{person}")).await.json();
    let (held, own) =
        (grants["history"][0]["id"].clone(), security.get("/session/grants").await.json()["items"][0]["id"].clone());
    let device =
        client.post("/devices", &json!({ "terminal_id": "MP-0", "model": "x" })).await.json()["id"].as_str().unwrap().to_owned();
    let vehicle = json!({ "plate": "浙AD12345", "unit_id": WEST.0, "category": "other", "powertrain": "electric", "model": "x", "seats": 5 });
    let id_of = async |path: &str, body: Value| {
        let made = client.post(path, &body).await;
        made.json()["id"].as_str().unwrap_or_else(|| panic!("{path}: {}", made.text())).to_owned()
    };
    let terminal = id_of("/terminals", json!({ "protocol": "jt808", "terminal_id": "13900000001", "model": "x" })).await;
    let platform = id_of("/platforms", json!({ "login": "a", "name": "x" })).await;
    let command = id_of(&format!("/terminals/{terminal}/commands"), json!({ "kind": "locate", "reason": "x" })).await;
    let change = id_of("/rules/changes", rule_thought()).await;
    world.open_account("authority", dispatch::account::Role::Authority, crate::harness::CITY).await;
    world.open_account("leader", dispatch::account::Role::UnitLeader, crate::harness::CITY).await;
    let leader = world.sign_in("leader").await;
    let (admin, authority) = (world.sign_in("admin").await, world.sign_in("authority").await);
    let line = admin.post("/lines", &json!({ "code": "tax", "name": "税务" })).await.json()["id"].as_str().unwrap().to_owned();
    let role = admin.post("/local-roles", &local_role("夜班")).await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let paper = client.upload(&format!("/vehicles/{}/documents?kind=other&name=a", car.id.0), b"%PDF-1.4\n".to_vec()).await;
    let document = paper.json()["id"].as_str().unwrap().to_owned();
    let driver = id_of("/drivers", crate::drivers::file(WEST, "张")).await;
    let sealing =
        json!({ "place": "x", "key_custodian": "x", "reason": "x", "approver_id": person, "from": "2027-01-01T00:00:00Z" });
    let seal = id_of(&format!("/vehicles/{}/seals", car.id.0), sealing).await;
    crate::firmware::bridges(&world, 1).await;
    crate::messages::alarm(&world, "alarm:1").await;
    let message = client.get("/messages").await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let (rollout, mut begin) = crate::firmware::begin(&admin, &[100]).await;
    begin["unit_id"] = json!(WEST.0);
    let of_rollout = |rest: &str| format!("/firmware/rollouts/{rollout}{rest}");
    let (wheel, underway) = crate::driving::underway(&world, "driver.west").await;
    // One request that succeeds for each operation, in an order in which they can.
    let mut requests: Vec<Request> = vec![
        ("GET", "/config", "/config".to_owned(), None),
        ("POST", "/session", "/session".to_owned(), Some(json!({ "login": "manager", "password": PASSWORD }))),
        ("GET", "/session", "/session".to_owned(), None),
        ("GET", "/sessions", "/sessions".to_owned(), None),
        ("POST", "/tokens", "/tokens".to_owned(), Some(json!({ "name": "y" }))),
        ("GET", "/tokens", "/tokens".to_owned(), None),
        ("DELETE", "/tokens/{id}", format!("/tokens/{token}"), None),
        ("GET", "/units", "/units".to_owned(), None),
        ("GET", "/units/tree", "/units/tree".to_owned(), None),
        ("GET", "/units/search", "/units/search?q=xihu".to_owned(), None),
        ("GET", "/units/export", "/units/export?format=csv".to_owned(), None),
        ("GET", "/imports/template", "/imports/template".to_owned(), None),
        ("GET", "/vehicles", "/vehicles".to_owned(), None),
        ("POST", "/vehicles", "/vehicles".to_owned(), Some(vehicle)),
        ("POST", "/devices", "/devices".to_owned(), Some(json!({ "terminal_id": "MP-1", "model": "x" }))),
        ("POST", "/devices/{id}/binding", format!("/devices/{device}/binding"), Some(json!({ "vehicle_id": car.id.0 }))),
        ("POST", "/devices/{id}/secret", format!("/devices/{device}/secret"), None),
        ("GET", "/devices", "/devices".to_owned(), None),
    ];
    requests.extend(rule_requests(&change));
    requests.extend(terminal_requests(&terminal, &device, &command, &platform, car.id.0));
    requests.extend(unit_requests(&line, &role));
    requests.extend(audit_requests());
    requests.extend(keeping_requests(car.id.0, &driver, &seal, &person.to_string()));
    requests.extend(account_requests(&person.to_string(), held.as_str().unwrap(), own.as_str().unwrap()));
    requests.extend(history_requests(car.id.0));
    requests.extend(document_requests(car.id.0, &document));
    requests.extend(money_requests(&crate::money::furnish(&world, &client).await));
    requests.extend(message_requests(&message));
    requests.extend(finding_requests(&world, car, &client).await);
    requests.extend(driver_requests(&underway));
    requests.extend([
        ("GET", "/firmware", "/firmware".to_owned(), None),
        ("POST", "/firmware/images", "/firmware/images".to_owned(), Some(crate::firmware::image("0.3.0"))),
        ("POST", "/firmware/rollouts", "/firmware/rollouts".to_owned(), Some(begin)),
        ("POST", "/firmware/rollouts/{id}/steps", of_rollout("/steps"), Some(json!({ "action": "pause" }))),
        ("GET", "/firmware/rollouts/{id}/targets", of_rollout("/targets"), None),
        ("DELETE", "/devices/{id}/binding", format!("/devices/{terminal}/binding"), None),
        ("GET", "/live/snapshot", "/live/snapshot".to_owned(), None),
        ("GET", "/live", "/live".to_owned(), None),
        ("GET", "/map/roads.geojson", "/map/roads.geojson".to_owned(), None),
        ("DELETE", "/session", "/session".to_owned(), None),
    ]);
    let walked = sign_in::walk(&description).await;
    let asked = requests.iter().map(|(method, path, ..)| (*method, *path));
    let tried: BTreeSet<(String, String)> = asked
        .chain(walked)
        .chain(trips::walk(&description).await)
        .chain(plans::walk(&description).await)
        .chain(incidents::walk(&description).await)
        .chain(Box::pin(suppliers::walk(&description)).await)
        .chain(Box::pin(lifecycle::walk(&description)).await)
        .chain(running::walk(&description).await)
        .chain(peers::walk(&description).await)
        .map(|(method, path)| (method.to_owned(), path.to_owned()))
        .collect();
    assert_eq!(tried, operations(&description), "a request for each operation");
    let nobody = Uuid::from_u128(7).to_string();
    for (method, path, target, body) in requests {
        let verb: Method = method.parse().unwrap();
        let client = match path.split('/').nth(1) {
            Some("firmware" | "units" | "lines" | "imports" | "local-roles") => &admin,
            Some("accounts" | "grants" | "audit" | "reports") => &security,
            _ if path.contains("/exemptions") || path.starts_with("/allowances/adjustments/{id}") => &authority,
            _ if ["/accept", "/violation", "/closure"].iter().any(|end| path.ends_with(end)) => &leader,
            _ if is_drivers(path) => &wheel,
            _ => &client,
        };
        let is_open = description["paths"][format!("/api/v1{path}")][method.to_lowercase()]["security"] == json!([{}]);
        let unasked = world.stranger().ask(verb.clone(), &target, sent(path, body.as_ref()), &[]).await;
        assert_eq!(unasked.status != 401, is_open, "{method} {path} without a session");
        check(&description, method, path, &unasked);
        if path.contains("{id}") {
            let elsewhere = path.replace("{id}", &nobody).replace("{unit_id}", &nobody).replace("{part}", "safety")
                + &target.split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
            let missing = client.ask(verb.clone(), &elsewhere, sent(path, body.as_ref()), &[]).await;
            assert_eq!(missing.status, 404, "{method} {path}");
            check(&description, method, path, &missing);
        }
        let start = crate::audit::head(&world).await;
        let is_change = verb != Method::GET;
        let answer = client.ask(verb, &target, sent(path, body.as_ref()), &[]).await;
        let entries = crate::audit::head(&world).await - start;
        if is_change && answer.status.is_success() && !UNTOLD.iter().any(|(untold, _)| *untold == path) {
            assert_eq!(entries, 1, "{method} {path}: a change is told once");
        }
        assert!(answer.status.is_success() || path == "/live", "{method} {path}: {} {}", answer.status, answer.text());
        check(&description, method, path, &answer);
    }
}

#[test]
fn the_description_is_openapi_3_1_and_names_both_ways_to_sign_in() {
    let description = description();
    assert!(description["openapi"].as_str().unwrap().starts_with("3.1"));
    assert_eq!(description["components"]["securitySchemes"]["session"]["in"], "cookie");
    assert_eq!(description["components"]["securitySchemes"]["token"]["scheme"], "bearer");
    let paths = description["paths"].as_object().unwrap();
    let names: Vec<&Value> =
        paths.values().flat_map(|path| path.as_object().unwrap().values()).map(|operation| &operation["operationId"]).collect();
    let different: BTreeSet<&str> = names.iter().filter_map(|name| name.as_str()).collect();
    assert_eq!(different.len(), names.len(), "each operation has a name of its own");
}
