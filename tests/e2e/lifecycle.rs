//! One car's life in a real browser, from the establishment to the auction, by two people: one proposes, the other decides; each gate is
//! tried out of order and refused with its clause.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use tempfile::TempDir;

use crate::api::Api;
use crate::process::{Running, binary};
use crate::sign_in::add;

const PASSWORD: &str = "Another-Car-2026";

/// An account whose password has been chosen; its login.
fn open(base: &str, security: &Api, (who, role): (&str, &str), unit: &serde_json::Value) -> String {
    let login = format!("life.{who}");
    let asked = json!({ "login": login, "display_name": who, "role": role, "unit_id": unit, "reason": "新进人员" });
    let made = security.post("/accounts", &asked);
    let temporary = made["password"].as_str().unwrap();
    let change = json!({ "old_password": temporary, "new_password": PASSWORD });
    let (status, answer) = Api::sign_in(base, &login, temporary).call(Method::POST, "/session/password", Some(&change));
    assert_eq!(status, 200, "{login}: {answer}");
    login
}

#[test]
fn one_car_s_life_is_played_from_the_establishment_to_the_auction_gate_by_gate() {
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
    let facts = json!({ "name": "甲局车队", "level": 4, "region_code": "330100", "kind": "organ" });
    let papers = json!({ "parent_id": top, "facts": facts, "on": "2026-01-01", "document": "杭编〔2026〕1号", "reason": "设立" });
    let unit = admin.post("/units", &papers)["id"].clone();
    let manager = open(&base, &security, ("manager", "fleet_manager"), &unit);
    let authority = open(&base, &security, ("authority", "authority"), &top);

    let shots = root.join("build/screenshots");
    std::fs::create_dir_all(&shots).unwrap();
    let mut walk = Running::start(
        Command::new(std::env::var("MOTORPOOL_NODE").unwrap_or_else(|_| "node".to_owned()))
            .arg("e2e/lifecycle.mjs")
            .current_dir(root.join("web/console"))
            .env("BASE_URL", &base)
            .env("PASSWORD", PASSWORD)
            .env("LOGINS", json!({ "manager": manager, "authority": authority }).to_string())
            .env("SHOTS_DIR", &shots),
    );
    let status = walk.wait(Duration::from_mins(15));
    assert!(status.success(), "{}", walk.said());
    assert!(service.stop(Duration::from_secs(30)).success(), "{}", service.said());
}
