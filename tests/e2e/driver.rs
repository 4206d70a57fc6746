//! A driver's shift on a telephone, in a real browser, without the network for most of it: each tap arrives once.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use chrono::Utc;
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::api::Api;
use crate::process::{Running, binary};
use crate::roles::{PASSWORD, open, unit};
use crate::sign_in::add;

/// Who it takes to bring an order to a driver, and to hear of a call for help.
const PEOPLE: &[&str] = &["applicant", "unit_leader", "dispatcher", "fleet_manager", "driver"];

/// An order for the driver that begins in a quarter of an hour: asked for, approved and issued by those whose steps these are.
#[expect(clippy::disallowed_methods, reason = "the service under test has the machine's clock")]
fn order(base: &str, unit: &str, car: &str, driver: &str) -> String {
    let by = |role: &str| Api::sign_in(base, &format!("own.{role}"), PASSWORD);
    let at = |minutes: i64| (Utc::now() + chrono::Duration::minutes(minutes)).to_rfc3339();
    let reason = by("applicant").get("/trip-options")["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .find(|reason| reason["is_allowed"] == true)
        .unwrap()["reason"]
        .clone();
    let wish = json!({
        "unit_id": unit, "reason": reason, "purpose": "赴萧山调研", "category": "emergency_support", "seats": 5,
        "passengers": [{ "name": "王某", "phone": "13900000000" }], "passenger_count": 2, "vehicle_count": 1,
        "from": { "name": "西湖区府", "lon": 120.13, "lat": 30.25 }, "to": { "name": "萧山区府", "lon": 120.26, "lat": 30.18 },
        "is_round_trip": true, "begins_at": at(15), "ends_at": at(240), "submit": true,
    });
    let request = by("applicant").post("/trip-requests", &wish)["id"].as_str().unwrap().to_owned();
    by("unit.leader").post(&format!("/trip-requests/{request}/actions"), &json!({ "action": "approve" }));
    let given = json!({ "vehicle_id": car, "driver_id": driver });
    by("dispatcher").post(&format!("/trip-requests/{request}/orders"), &given)["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_shift_without_the_network_arrives_once_each_and_in_order() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = TempDir::new().unwrap();
    let config = folder.path().join("motorpool.toml");
    let text = format!(
        "[database]\ndata_dir = {:?}\n[web]\nlisten = \"127.0.0.1:0\"\n[web.second_factor]\nroles = []\n\
         [gateway]\nmqtt_listen = \"127.0.0.1:0\"\njt808_listen = \"127.0.0.1:0\"\ngb32960_listen = \"127.0.0.1:0\"\n[ops]\nlisten = \"\"\n",
        folder.path().join("data"),
    );
    std::fs::write(&config, text).unwrap();
    let ready = Duration::from_mins(2);
    let serve = || Running::start(Command::new(binary("motorpool")).args(["serve", "--config"]).arg(&config));
    let mut first = serve();
    first.wait_for(ready, |line| (line == "ready").then_some(()));
    assert!(first.stop(Duration::from_secs(30)).success(), "{}", first.said());
    let (admin, security) = (add(&config, "top.admin", "system_admin"), add(&config, "top.security", "security_admin"));
    let mut service = serve();
    let base = service.wait_for(ready, |line| {
        line.split_whitespace()
            .find(|word| word.starts_with("http://127.0.0.1:"))
            .map(|word| word.trim_end_matches('/').to_owned())
    });
    service.wait_for(ready, |line| (line == "ready").then_some(()));

    let admin = Api::sign_in(&base, "top.admin", &admin);
    let security = Api::sign_in(&base, "top.security", &security);
    let top = admin.get("/session")["account"]["unit_id"].clone();
    let (own, car) = unit(&admin, &top, "甲局车队", "浙A10001");
    for role in PEOPLE {
        open(&base, &security, &format!("own.{}", role.replace('_', ".")), role, &own);
    }
    let manager = Api::sign_in(&base, "own.fleet.manager", PASSWORD);
    let file = json!({
        "unit_id": own, "login": "own.driver", "name": "张师傅", "phone": "13800000001", "licence_class": "C1", "licence_tail": "123X",
        "licence_until": "2035-01-01", "status": "on_duty", "joined_on": "2020-01-01",
    });
    let driver = manager.post("/drivers", &file)["id"].as_str().unwrap().to_owned();
    let order = order(&base, &own, &car, &driver);

    let shots = root.join("build/screenshots");
    std::fs::create_dir_all(&shots).unwrap();
    let mut walk = Running::start(
        Command::new(std::env::var("MOTORPOOL_NODE").unwrap_or_else(|_| "node".to_owned()))
            .arg("e2e/driver.mjs")
            .current_dir(root.join("web/console"))
            .env("BASE_URL", &base)
            .env("LOGIN", "own.driver")
            .env("PASSWORD", PASSWORD)
            .env("ORDER", &order)
            .env("SHOTS_DIR", &shots),
    );
    let status = walk.wait(Duration::from_mins(10));
    assert!(status.success(), "{}", walk.said());

    // What others have of it: the call for help, the defect that was found, and the order with nothing twice.
    let dispatcher = Api::sign_in(&base, "own.dispatcher", PASSWORD);
    let told = dispatcher.get("/messages");
    let calls = told["items"].as_array().unwrap().iter().filter(|message| message["kind"] == "sos_pressed").count();
    assert_eq!(calls, 1, "{told}");
    let defects = manager.get(&format!("/vehicles/{car}/defects"));
    assert_eq!(
        (&defects["items"][0]["item"], &defects["items"][0]["note"]),
        (&json!("papers"), &json!("灭火器过期")),
        "{defects}"
    );
    let log = dispatcher.get(&format!("/dispatch-orders/{order}"));
    let log: Vec<&Value> = log["log"].as_array().unwrap().iter().map(|step| &step["action"]).collect();
    assert_eq!(log, ["issue", "accept", "depart", "arrive", "wait", "resume", "return", "reopen", "return"]);
    let (status, refused) =
        dispatcher.call(Method::POST, &format!("/dispatch-orders/{order}/positions"), Some(&json!({ "items": [] })));
    assert_eq!(status, 403, "{refused}");
    assert!(service.stop(Duration::from_secs(30)).success(), "{}", service.said());
}
