//! A recorded journey goes in at a serial line and comes out on the map, in a real browser.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::api::Api;
use crate::process::{Running, binary};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
pub(crate) const PASSWORD: &str = "Motorpool-demo-1";

/// What others recorded lies beside the checkout; without it, our own small journey is played.
fn journey() -> PathBuf {
    let recorded = Path::new(ROOT).join("../shared/data/tracks/geolife-007-20081028002607.plt");
    if recorded.exists() { recorded } else { Path::new(ROOT).join("fixtures/tracks/westlake.plt") }
}

/// The day of the journey in Beijing time, and how many fixes the file has.
fn day_and_fixes(journey: &Path) -> (String, u64) {
    let text = std::fs::read_to_string(journey).unwrap();
    let fixes: Vec<&str> = text.lines().skip(6).filter(|line| !line.trim().is_empty()).collect();
    let columns: Vec<&str> = fixes[0].split(',').collect();
    let begun = format!("{}T{}Z", columns[5], columns[6].trim()).parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    let beijing = chrono::FixedOffset::east_opt(8 * 3600).unwrap();
    (begun.with_timezone(&beijing).date_naive().to_string(), fixes.len() as u64)
}

/// The whole service on a fleet of `vehicles`, on ports of its own choice.
pub(crate) struct Demo {
    pub(crate) service: Running,
    pub(crate) base: String,
    pub(crate) mqtt: String,
    _data: TempDir,
}

pub(crate) fn demo(vehicles: u32) -> Demo {
    let data = TempDir::new_in(std::env::temp_dir()).unwrap();
    let mut service = Running::start(Command::new(binary("motorpool")).args([
        "demo",
        "--vehicles",
        &vehicles.to_string(),
        "--port",
        "0",
        "--data",
        data.path().to_str().unwrap(),
    ]));
    let ready = Duration::from_mins(2);
    let base = service.wait_for(ready, |line| word_with(line, "http://127.0.0.1:"));
    let mqtt = service.wait_for(ready, |line| word_with(line, "mqtt://127.0.0.1:"));
    Demo {
        service,
        base: base.trim_end_matches('/').to_owned(),
        mqtt: mqtt.trim_start_matches("mqtt://").to_owned(),
        _data: data,
    }
}

fn word_with(line: &str, prefix: &str) -> Option<String> {
    line.split_whitespace().find(|word| word.starts_with(prefix)).map(str::to_owned)
}

/// Registers a car with a terminal in it; the terminal's secret.
pub(crate) fn car(api: &Api, plate: &str, terminal: &str) -> (String, String) {
    let unit = api.get("/units")["items"][0]["id"].as_str().unwrap().to_owned();
    let vehicle = api.post(
        "/vehicles",
        &json!({ "plate": plate, "unit_id": unit, "category": "emergency_support", "powertrain": "petrol", "model": "红旗 H5", "seats": 5 }),
    );
    let device = api.post("/devices", &json!({ "terminal_id": terminal, "model": "motorpool-bridge" }));
    api.post(&format!("/devices/{}/binding", device["id"].as_str().unwrap()), &json!({ "vehicle_id": vehicle["id"] }));
    (vehicle["id"].as_str().unwrap().to_owned(), device["secret"].as_str().unwrap().to_owned())
}

fn bridge(demo: &Demo, terminal: &str, secret: &str, file: &Path, speed: &str, spool: &Path) -> Running {
    Running::start(Command::new(binary("motorpool-bridge")).args([
        "--server",
        &demo.mqtt,
        "--device",
        terminal,
        "--secret",
        secret,
        "--speed",
        speed,
        "--spool",
        spool.to_str().unwrap(),
        "--replay",
        file.to_str().unwrap(),
    ]))
}

/// Logs of real receivers: those that lie beside the checkout, else the few that are committed.
fn logs() -> Vec<PathBuf> {
    let recorded = Path::new(ROOT).join("../shared/data/nmea");
    let folder = if recorded.exists() { recorded } else { Path::new(ROOT).join("fixtures/nmea") };
    let mut logs: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    logs.retain(|path| path.extension().is_some_and(|end| end == "log"));
    logs.sort();
    assert!(!logs.is_empty());
    logs
}

#[test]
fn every_recorded_log_reaches_its_car_and_its_day_can_be_played_back() {
    let mut demo = demo(1);
    let api = Api::sign_in(&demo.base, "manager", PASSWORD);
    let spools = TempDir::new().unwrap();
    for (number, log) in logs().iter().enumerate() {
        let name = log.file_name().unwrap().to_str().unwrap();
        let terminal = format!("LOG-{number}");
        let (vehicle, secret) = car(&api, &format!("浙A0G0{number:02}"), &terminal);
        let spool = spools.path().join(format!("{number}.redb"));
        let mut replay = bridge(&demo, &terminal, &secret, log, "max", &spool);
        assert!(replay.wait(Duration::from_mins(1)).success(), "{name}");
        let card = api.get(&format!("/vehicles/{vehicle}"));
        assert!(card["live"]["lat"].is_number() && card["live"]["online"] == true, "{name}: {card}");
        let days = api.get(&format!("/vehicles/{vehicle}/days"));
        let day = days["items"][0]["day"].as_str().unwrap_or_else(|| panic!("{name}: {days}"));
        let next = day.parse::<chrono::NaiveDate>().unwrap() + chrono::Days::new(1);
        let track = api.get(&format!("/vehicles/{vehicle}/track?from={day}T00:00:00%2B08:00&to={next}T00:00:00%2B08:00"));
        assert_eq!(track["crs"], "WGS-84");
        assert!(track["count"].as_u64().unwrap() > 0, "{name}: {track}");
        assert_eq!(track["lat"].as_array().unwrap().len() as u64, track["count"].as_u64().unwrap());
    }
    assert!(demo.service.stop(Duration::from_secs(30)).success(), "{}", demo.service.said());
}

#[test]
fn a_recorded_journey_reaches_the_map_and_can_be_played_back() {
    let journey = journey();
    let (day, fixes) = day_and_fixes(&journey);
    let mut demo = demo(25);
    let api = Api::sign_in(&demo.base, "manager", PASSWORD);
    let spools = TempDir::new().unwrap();

    // The whole day, as fast as it goes: its playback.
    let (vehicle, secret) = car(&api, "浙A0E2E1", "E2E-1");
    let mut replay = bridge(&demo, "E2E-1", &secret, &journey, "max", &spools.path().join("one.redb"));
    let summary: Value =
        replay.wait_for(Duration::from_mins(2), |line| line.starts_with('{').then(|| serde_json::from_str(line).unwrap()));
    assert!(replay.wait(Duration::from_secs(30)).success());
    assert_eq!(summary["fixes"], fixes, "every fix of the file was read from the serial line: {summary}");
    assert_eq!(summary["records"], summary["acknowledged"], "{summary}");
    let days = api.get(&format!("/vehicles/{vehicle}/days"));
    assert!(days["items"].as_array().unwrap().iter().any(|d| d["day"] == day.as_str()), "{days}");

    // A second car plays the same day at ten times its speed while the browser looks.
    let (_, secret) = car(&api, "浙A0E2E2", "E2E-2");
    let _moving = bridge(&demo, "E2E-2", &secret, &journey, "10", &spools.path().join("two.redb"));
    let shots = Path::new(ROOT).join("build/screenshots");
    std::fs::create_dir_all(&shots).unwrap();
    let node = std::env::var("MOTORPOOL_NODE").unwrap_or_else(|_| "node".to_owned());
    let mut walk = Running::start(
        Command::new(node)
            .arg("e2e/walk.mjs")
            .current_dir(Path::new(ROOT).join("web/console"))
            .env("BASE_URL", &demo.base)
            .env("LOGIN", "dispatcher")
            .env("PASSWORD", PASSWORD)
            .env("PLATE", "浙A0E2E2")
            .env("PLAYBACK_PLATE", "浙A0E2E1")
            .env("DAY", &day)
            .env("SHOTS_DIR", &shots),
    );
    let status = walk.wait(Duration::from_mins(3));
    assert!(status.success(), "{}", walk.said());

    assert!(demo.service.stop(Duration::from_secs(30)).success(), "{}", demo.service.said());
    let log = demo.service.said();
    assert!(!log.contains(" WARN ") && !log.contains(" ERROR "), "{log}");
}
