//! Terminals in a real browser, with a JT/T 808 connection that the script plays.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::json;

use crate::api::Api;
use crate::process::Running;
use crate::replay::{PASSWORD, demo};

const PLATE: &str = "浙A0T808";

#[test]
fn a_terminal_is_registered_bound_inspected_and_asked_in_the_browser() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut demo = demo(12);
    let api = Api::sign_in(&demo.base, "manager", PASSWORD);
    let unit = api.get("/units")["items"][0]["id"].clone();
    let car = json!({ "plate": PLATE, "unit_id": unit, "category": "emergency_support", "powertrain": "petrol", "model": "红旗 H5", "seats": 5 });
    api.post("/vehicles", &car);
    let jt808 = demo.service.wait_for(Duration::from_secs(10), |line| {
        line.split_whitespace().find_map(|word| word.strip_prefix("jt808://")).map(str::to_owned)
    });
    let shots = root.join("build/screenshots");
    std::fs::create_dir_all(&shots).unwrap();
    let node = std::env::var("MOTORPOOL_NODE").unwrap_or_else(|_| "node".to_owned());
    let mut walk = Running::start(
        Command::new(node)
            .arg("e2e/terminals.mjs")
            .current_dir(root.join("web/console"))
            .env("BASE_URL", &demo.base)
            .env("PASSWORD", PASSWORD)
            .env("JT808", jt808)
            .env("PLATE", PLATE)
            .env("SHOTS_DIR", &shots),
    );
    let status = walk.wait(Duration::from_mins(4));
    assert!(status.success(), "{}", walk.said());
    assert!(demo.service.stop(Duration::from_secs(30)).success(), "{}", demo.service.said());
}
