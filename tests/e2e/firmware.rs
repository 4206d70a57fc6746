//! A newer program for a bridge, from the release key to the car: brought and rolled out by the API, fetched over HTTP, tried, kept;
//! and the next one, which does not work, given up.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

use crate::api::Api;
use crate::process::{Running, binary};
use crate::replay::{PASSWORD, car, demo};

/// A program that says it is `version` and then does `deed`.
fn image(version: &str, deed: &str) -> Vec<u8> {
    format!("#!/bin/sh\nif [ \"$1\" = --version ]; then echo motorpool-bridge {version}; exit 0; fi\n{deed}\n").into_bytes()
}

/// Brings a program and rolls it out to every bridge at once; the rollout.
fn roll_out(api: &Api, key: &Ed25519KeyPair, version: &str, image: &[u8]) -> String {
    let sha256 = hex::encode(digest(&SHA256, image));
    let signature = hex::encode(key.sign(format!("motorpool-bridge {version} {sha256}").as_bytes()));
    let brought = json!({ "version": version, "signature": signature, "note": "", "image": BASE64_STANDARD.encode(image) });
    let images = api.post("/firmware/images", &brought)["images"].clone();
    let image = images.as_array().unwrap().iter().find(|image| image["version"] == version).unwrap();
    let unit = api.get("/units")["items"][0]["id"].clone();
    let rollout =
        json!({ "image_id": image["id"], "unit_id": unit, "stages_pct": [100], "failure_limit_pct": 0, "reason": "试升级" });
    let made = api.post("/firmware/rollouts", &rollout);
    assert_eq!(made["devices"], 1, "one bridge of ours has told its version");
    made["id"].as_str().unwrap().to_owned()
}

/// Asks until there is an answer.
fn asked<T>(ask: impl Fn() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "no such answer in time");
    }
}

/// The one device of a rollout, once it is in `state`.
fn target(api: &Api, rollout: &str, state: &str) -> Value {
    let path = format!("/firmware/rollouts/{rollout}/targets");
    asked(|| Some(api.get(&path)["items"][0].clone()).filter(|target| target["state"] == state))
}

fn supervised(folder: &Path, server: &str, console: &str, secret: &str, key: &Ed25519KeyPair) -> Running {
    let config = folder.join("bridge.toml");
    let text = format!(
        "[device]\nid = \"E2E-FW\"\nsecret = \"{secret}\"\n[spool]\npath = \"{0}/spool.redb\"\n[uplink]\nserver = \"{server}\"\nretry_min_secs = 1\n\
         [update]\nkey = \"{1}\"\nserver = \"{console}\"\nfolder = \"{0}/slots\"\nconfirm_secs = 10\nsettle_secs = 0\n",
        folder.display(),
        hex::encode(key.public_key()),
    );
    std::fs::write(&config, text).unwrap();
    Running::start(Command::new(binary("motorpool-bridge")).arg("supervise").arg("--config").arg(config))
}

#[test]
fn a_release_reaches_a_bridge_and_one_that_does_not_work_is_given_up() {
    let mut demo = demo(1);
    let manager = Api::sign_in(&demo.base, "manager", PASSWORD);
    let admin = Api::sign_in(&demo.base, "admin", PASSWORD);
    let (_, secret) = car(&manager, "浙A0FW01", "E2E-FW");
    let folder = tempfile::tempdir().unwrap();
    let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    let key = Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap();
    let mut bridge = supervised(folder.path(), &demo.mqtt, &demo.base, &secret, &key);
    bridge.wait_for(Duration::from_mins(1), |line| line.contains("signed in").then_some(()));
    // The bridge tells its version when it signs in; the service has it a moment later.
    asked(|| manager.get("/terminals?q=E2E-FW")["items"][0]["told"]["firmware"].as_str().map(str::to_owned));

    let program = binary("motorpool-bridge");
    let better = roll_out(&admin, &key, "9.1.0", &image("9.1.0", &format!("exec {} \"$@\"", program.display())));
    bridge.wait_for(Duration::from_mins(1), |line| line.contains("version 9.1.0 works").then_some(()));
    assert_eq!(target(&admin, &better, "confirmed")["code"], Value::Null);

    let worse = roll_out(&admin, &key, "9.2.0", &image("9.2.0", "exit 3"));
    bridge.wait_for(Duration::from_mins(2), |line| line.contains("version 9.2.0 does not work").then_some(()));
    assert_eq!(target(&admin, &worse, "rolled_back")["code"], "bridge.update.crashed");
    assert_eq!(admin.get("/firmware")["rollouts"][0]["state"], "paused", "one failure is too many");
    assert!(bridge.stop(Duration::from_secs(30)).success(), "{}", bridge.said());
    assert!(demo.service.stop(Duration::from_secs(30)).success(), "{}", demo.service.said());
}
