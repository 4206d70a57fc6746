//! One trip on paper by five people in five browsers: asked for, approved, given a car, driven, looked over; clicks are counted.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::api::Api;
use crate::process::{Running, binary};
use crate::sign_in::add;

const PASSWORD: &str = "Another-Car-2026";
/// Cars of the unit: one for the first trip, others for the second.
const PLATES: [&str; 3] = ["浙A10001", "浙A10002", "浙A10003"];
/// Who takes part, with the name by which the walk calls them; names as registers have them are rare, and have to come out on paper.
const PEOPLE: [(&str, &str, &str); 5] = [
    ("applicant", "周𠮷䶮", "applicant"),
    ("leader", "王主任", "unit_leader"),
    ("dispatcher", "李调度", "dispatcher"),
    ("driver", "赵师傅", "driver"),
    ("inspector", "吴监督", "inspector"),
];

/// An account whose password has been chosen; its login.
fn open(base: &str, security: &Api, (who, name, role): (&str, &str, &str), unit: &str) -> String {
    let login = format!("own.{who}");
    let asked = json!({ "login": login, "display_name": name, "role": role, "unit_id": unit, "reason": "新进人员" });
    let made = security.post("/accounts", &asked);
    let temporary = made["password"].as_str().unwrap();
    let change = json!({ "old_password": temporary, "new_password": PASSWORD });
    let (status, answer) = Api::sign_in(base, &login, temporary).call(Method::POST, "/session/password", Some(&change));
    assert_eq!(status, 200, "{login}: {answer}");
    login
}

#[test]
fn a_trip_is_asked_for_approved_dispatched_and_driven_in_few_clicks_and_one_map() {
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
    let facts = json!({ "name": "㐂镇甲局", "level": 4, "region_code": "330100", "kind": "organ" });
    let papers = json!({ "parent_id": top, "facts": facts, "on": "2026-01-01", "document": "杭编〔2026〕1号", "reason": "设立" });
    let unit = admin.post("/units", &papers)["id"].as_str().unwrap().to_owned();
    for plate in PLATES {
        let car = json!({ "plate": plate, "unit_id": unit, "category": "other", "powertrain": "petrol", "model": "红旗 H5", "seats": 5 });
        admin.post("/vehicles", &car);
    }
    let logins: Value =
        PEOPLE.iter().map(|person| (person.0.to_owned(), Value::from(open(&base, &security, *person, &unit)))).collect();
    let driver = json!({
        "unit_id": unit, "login": logins["driver"], "name": "赵师傅", "phone": "13800000001", "licence_class": "C1",
        "licence_tail": "123X", "licence_until": "2036-01-01", "status": "on_duty", "joined_on": "2020-01-01",
    });
    let own = Api::sign_in(&base, "own.leader", PASSWORD);
    own.post("/drivers", &driver);
    // One more, who is told by telephone.
    let second = json!({
        "unit_id": unit, "name": "钱师傅", "phone": "13800000002", "licence_class": "C1", "licence_tail": "456X",
        "licence_until": "2036-01-01", "status": "on_duty", "joined_on": "2020-01-01",
    });
    own.post("/drivers", &second);

    let shots = root.join("build/screenshots");
    std::fs::create_dir_all(&shots).unwrap();
    let mut walk = Running::start(
        Command::new(std::env::var("MOTORPOOL_NODE").unwrap_or_else(|_| "node".to_owned()))
            .arg("e2e/trips.mjs")
            .current_dir(root.join("web/console"))
            .env("BASE_URL", &base)
            .env("PASSWORD", PASSWORD)
            .env("LOGINS", logins.to_string())
            .env("PLATES", json!(PLATES).to_string())
            .env("SHOTS_DIR", &shots),
    );
    let status = walk.wait(Duration::from_mins(20));
    assert!(status.success(), "{}", walk.said());
    assert!(service.stop(Duration::from_secs(30)).success(), "{}", service.said());
}
