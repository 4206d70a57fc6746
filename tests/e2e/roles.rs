//! The console as each role sees it, in a real browser: what it must see, and what it must not.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::api::Api;
use crate::process::{Running, binary};
use crate::sign_in::add;

pub(crate) const PASSWORD: &str = "Another-Car-2026";
const OFFICE: &str = "甲局车队";
const BESIDE: &str = "乙局车队";

/// Every role with the places that the bar offers it; the service refuses the others.
const ROLES: &[(&str, &[&str])] = &[
    ("applicant", &["/", "/plans", "/admin/units"]),
    (
        "dispatcher",
        &[
            "/",
            "/plans",
            "/drivers",
            "/seals",
            "/suppliers",
            "/maintenance",
            "/defects",
            "/findings",
            "/cases",
            "/accidents",
            "/admin/sensitive-places",
            "/figures",
            "/right-size",
            "/settlements",
            "/allowances",
            "/cards",
            "/vehicle-costs",
            "/admin/terminals",
            "/rules",
            "/admin/units",
        ],
    ),
    (
        "unit_leader",
        &[
            "/",
            "/plans",
            "/drivers",
            "/seals",
            "/suppliers",
            "/maintenance",
            "/defects",
            "/flows",
            "/findings",
            "/cases",
            "/accidents",
            "/admin/sensitive-places",
            "/figures",
            "/report",
            "/right-size",
            "/settlements",
            "/allowances",
            "/cards",
            "/vehicle-costs",
            "/establishment",
            "/purchases",
            "/disposals",
            "/renewal",
            "/rules",
            "/admin/units",
        ],
    ),
    (
        "fleet_manager",
        &[
            "/",
            "/plans",
            "/drivers",
            "/seals",
            "/suppliers",
            "/maintenance",
            "/defects",
            "/findings",
            "/cases",
            "/accidents",
            "/admin/sensitive-places",
            "/figures",
            "/report",
            "/right-size",
            "/settlements",
            "/allowances",
            "/cards",
            "/vehicle-costs",
            "/establishment",
            "/purchases",
            "/disposals",
            "/renewal",
            "/admin/terminals",
            "/admin/firmware",
            "/rules",
            "/admin/units",
        ],
    ),
    (
        "inspector",
        &[
            "/",
            "/plans",
            "/drivers",
            "/seals",
            "/suppliers",
            "/maintenance",
            "/defects",
            "/findings",
            "/cases",
            "/accidents",
            "/admin/sensitive-places",
            "/figures",
            "/report",
            "/right-size",
            "/settlements",
            "/allowances",
            "/cards",
            "/vehicle-costs",
            "/establishment",
            "/purchases",
            "/disposals",
            "/renewal",
            "/admin/terminals",
            "/rules",
            "/admin/units",
            "/admin/audit",
        ],
    ),
    ("driver", &["/findings"]),
    (
        "system_admin",
        &[
            "/",
            "/seals",
            "/suppliers",
            "/maintenance",
            "/defects",
            "/accidents",
            "/admin/terminals",
            "/admin/firmware",
            "/rules",
            "/admin/units",
            "/admin/peers",
            "/admin/accounts",
        ],
    ),
    ("security_admin", &["/rules", "/admin/units", "/admin/accounts", "/admin/audit"]),
    ("audit_admin", &["/rules", "/admin/units", "/admin/audit"]),
    (
        "authority",
        &[
            "/",
            "/plans",
            "/drivers",
            "/seals",
            "/suppliers",
            "/maintenance",
            "/defects",
            "/flows",
            "/findings",
            "/cases",
            "/accidents",
            "/admin/sensitive-places",
            "/figures",
            "/report",
            "/right-size",
            "/settlements",
            "/allowances",
            "/cards",
            "/vehicle-costs",
            "/establishment",
            "/purchases",
            "/disposals",
            "/renewal",
            "/admin/terminals",
            "/admin/firmware",
            "/rules",
            "/admin/units",
        ],
    ),
];

/// A unit below the top with a car of its own; the keys of both.
pub(crate) fn unit(admin: &Api, top: &Value, name: &str, plate: &str) -> (String, String) {
    let facts = json!({ "name": name, "level": 4, "region_code": "330100", "kind": "organ" });
    let papers = json!({ "parent_id": top, "facts": facts, "on": "2026-01-01", "document": "杭编〔2026〕1号", "reason": "设立" });
    let unit = admin.post("/units", &papers)["id"].as_str().unwrap().to_owned();
    let car = json!({ "plate": plate, "unit_id": unit, "category": "emergency_support", "powertrain": "petrol", "model": "红旗 H5", "seats": 5 });
    let car = admin.post("/vehicles", &car)["id"].as_str().unwrap().to_owned();
    (unit, car)
}

/// An account whose password has been chosen.
pub(crate) fn open(base: &str, security: &Api, login: &str, role: &str, unit: &str) {
    let asked = json!({ "login": login, "display_name": login, "role": role, "unit_id": unit, "reason": "新进人员" });
    let made = security.post("/accounts", &asked);
    let temporary = made["password"].as_str().unwrap();
    let change = json!({ "old_password": temporary, "new_password": PASSWORD });
    let (status, answer) = Api::sign_in(base, login, temporary).call(Method::POST, "/session/password", Some(&change));
    assert_eq!(status, 200, "{login}: {answer}");
}

#[test]
fn each_role_finds_its_places_and_nothing_of_the_unit_beside() {
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
    let (own, own_car) = unit(&admin, &top, OFFICE, "浙A10001");
    let (beside, other_car) = unit(&admin, &top, BESIDE, "浙A20002");
    open(&base, &security, "beside.dispatcher", "dispatcher", &beside);
    let people: Vec<Value> = ROLES
        .iter()
        .map(|(role, places)| {
            let login = format!("own.{}", role.replace('_', "."));
            open(&base, &security, &login, role, &own);
            json!({ "login": login, "role": role, "places": places })
        })
        .collect();

    let shots = root.join("build/screenshots");
    std::fs::create_dir_all(&shots).unwrap();
    let of =
        |plate: &str, car: &str, unit: &str, login: &str| json!({ "plate": plate, "car": car, "unit": unit, "login": login });
    let mut walk = Running::start(
        Command::new(std::env::var("MOTORPOOL_NODE").unwrap_or_else(|_| "node".to_owned()))
            .arg("e2e/roles.mjs")
            .current_dir(root.join("web/console"))
            .env("BASE_URL", &base)
            .env("PASSWORD", PASSWORD)
            .env("PEOPLE", Value::from(people).to_string())
            .env("OWN", of("浙A10001", &own_car, OFFICE, "own.dispatcher").to_string())
            .env("OTHER", of("浙A20002", &other_car, BESIDE, "beside.dispatcher").to_string())
            .env("SHOTS_DIR", &shots),
    );
    let status = walk.wait(Duration::from_mins(20));
    assert!(status.success(), "{}", walk.said());
    assert!(service.stop(Duration::from_secs(30)).success(), "{}", service.said());
}
