//! Programs for bridges: brought, fetched with the device's own secret, rolled out in stages, halted by failures.

use axum::http::Method;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::Duration;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use telematics::id::DeviceId;
use uuid::Uuid;

use crate::harness::{CITY, Client, EAST, WEST, World, add_car};

const IMAGE: &[u8] = b"\x7fELF, as far as anybody looks";

/// A program that says it is `version`; its bytes are the version's own.
pub(crate) fn image(version: &str) -> Value {
    let bytes = if version == "0.2.0" { IMAGE.to_vec() } else { [IMAGE, version.as_bytes()].concat() };
    json!({ "version": version, "signature": "ab".repeat(64), "note": "测试版", "image": BASE64_STANDARD.encode(bytes) })
}

/// Bridges in cars of the west side, heard with the old version; their keys and secrets.
pub(crate) async fn bridges(world: &World, count: usize) -> Vec<(DeviceId, String)> {
    let client = world.sign_in("manager").await;
    let mut made = Vec::new();
    for n in 0..count {
        let car = add_car(&world.db.pool, WEST, &format!("浙A{n:05}"), None).await;
        let device = client.post("/devices", &json!({ "terminal_id": format!("MP-{n:04}"), "model": "box" })).await.json();
        let id = device["id"].as_str().unwrap();
        client.post(&format!("/devices/{id}/binding"), &json!({ "vehicle_id": car.id.0 })).await;
        let id = DeviceId(id.parse().unwrap());
        say(world, id, &json!({ "online": true, "version": "0.1.0" })).await;
        made.push((id, device["secret"].as_str().unwrap().to_owned()));
    }
    made
}

/// A bridge says how it is, a second later.
async fn say(world: &World, device: DeviceId, status: &Value) {
    world.pass(Duration::seconds(1));
    let mut tx = fleet_db::begin(&world.db.pool).await.unwrap();
    fleet_db::firmware::note_status(&mut tx, device, status, world.now()).await.unwrap();
    tx.commit().await.unwrap();
}

pub(crate) async fn report(world: &World, device: DeviceId, version: &str, state: &str, code: Option<&str>) {
    say(world, device, &json!({ "version": "0.1.0", "update": { "version": version, "state": state, "code": code } })).await;
}

/// The gateway takes all orders that are due; whom they were for.
pub(crate) async fn take_orders(world: &World) -> Vec<DeviceId> {
    world.pass(Duration::seconds(1));
    let mut tx = fleet_db::begin(&world.db.pool).await.unwrap();
    let due = fleet_db::command::due(&mut tx, None, world.now()).await.unwrap();
    let mut devices = Vec::new();
    for order in due {
        let asked = order.command.for_bridge(order.id, order.expires_at).unwrap();
        assert_eq!(asked["args"]["sha256"], hex::encode(Sha256::digest(IMAGE)), "{asked}");
        assert!(fleet_db::command::mark_sent(&mut tx, order.id, world.now()).await.unwrap());
        devices.push(order.device);
    }
    tx.commit().await.unwrap();
    devices
}

/// Brings version 0.2.0 and begins its rollout; the rollout and what was asked.
pub(crate) async fn begin(client: &Client, stages: &[u8]) -> (String, Value) {
    let brought = client.post("/firmware/images", &image("0.2.0")).await;
    assert_eq!(brought.status, 201, "{}", brought.text());
    let rollout = json!({ "image_id": brought.json()["images"][0]["id"], "unit_id": CITY.0, "stages_pct": stages, "failure_limit_pct": 20,
                          "reason": "修复定位漂移" });
    let made = client.post("/firmware/rollouts", &rollout).await;
    assert_eq!(made.status, 201, "{}", made.text());
    (made.json()["id"].as_str().unwrap().to_owned(), rollout)
}

async fn rollout(client: &Client) -> Value {
    client.get("/firmware").await.json()["rollouts"][0].clone()
}

#[tokio::test]
async fn a_program_goes_to_a_few_first_and_to_the_rest_when_those_came_through() {
    let world = World::new().await;
    let bridges = bridges(&world, 10).await;
    let client = world.sign_in("admin").await;
    let (id, again) = begin(&client, &[10, 50, 100]).await;
    assert_eq!(client.post("/firmware/rollouts", &again).await.problem(), (409, "firmware.rollout_open".to_owned()));
    let steps = format!("/firmware/rollouts/{id}/steps");
    let advance = json!({ "action": "advance" });

    let first = take_orders(&world).await;
    assert_eq!(first.len(), 1);
    assert_eq!(client.post(&steps, &advance).await.problem(), (409, "firmware.unproved".to_owned()));
    report(&world, first[0], "0.2.0", "trial", None).await;
    report(&world, first[0], "0.2.0", "confirmed", None).await;
    assert_eq!(rollout(&client).await["counts"]["confirmed"], 1);
    assert_eq!(client.post_once(&steps, &advance, "next").await.status, 200);
    assert_eq!(client.post_once(&steps, &advance, "next").await.status, 200, "asked again, moved once");

    let second = take_orders(&world).await;
    assert_eq!(second.len(), 4);
    for device in &second {
        say(&world, *device, &json!({ "version": "0.2.0" })).await;
    }
    assert_eq!(client.post(&steps, &advance).await.status, 200);
    let rest = take_orders(&world).await;
    for device in &rest {
        report(&world, *device, "0.2.0", "confirmed", None).await;
    }
    let done = rollout(&client).await;
    assert_eq!((&done["state"], &done["counts"]["confirmed"]), (&json!("finished"), &json!(10)));
    assert_eq!(done["actions"], json!([]));
    let mut all: Vec<Uuid> = first.iter().chain(&second).chain(&rest).map(|device| device.0).collect();
    let mut known: Vec<Uuid> = bridges.iter().map(|(device, _)| device.0).collect();
    all.sort();
    known.sort();
    assert_eq!(all, known, "every bridge had one order");
}

#[tokio::test]
async fn failures_halt_a_rollout_and_a_resumed_one_tries_them_again() {
    let world = World::new().await;
    bridges(&world, 4).await;
    let client = world.sign_in("admin").await;
    let (id, _) = begin(&client, &[100]).await;
    let ordered = take_orders(&world).await;
    report(&world, ordered[0], "0.2.0", "failed", Some("bridge.update.fetch")).await;
    let halted = rollout(&client).await;
    assert_eq!((&halted["state"], &halted["actions"]), (&json!("paused"), &json!(["resume", "stop"])));
    let targets = client.get(&format!("/firmware/rollouts/{id}/targets")).await.json();
    assert_eq!(targets["items"][0]["code"], "bridge.update.fetch");
    assert_eq!(targets["items"][0]["previous_version"], "0.1.0");

    let steps = format!("/firmware/rollouts/{id}/steps");
    assert_eq!(client.post(&steps, &json!({ "action": "advance" })).await.problem(), (409, "firmware.state".to_owned()));
    assert_eq!(client.post(&steps, &json!({ "action": "resume" })).await.status, 200);
    // What it still says of the first try does not end the second.
    report(&world, ordered[0], "0.2.0", "failed", Some("bridge.update.fetch")).await;
    assert_eq!(rollout(&client).await["state"], "running");
    assert_eq!(take_orders(&world).await, [ordered[0]]);
    for device in &ordered {
        report(&world, *device, "0.2.0", "confirmed", None).await;
    }
    assert_eq!(rollout(&client).await["state"], "finished");
}

#[tokio::test]
async fn a_program_is_fetched_with_the_devices_own_secret_from_where_it_was() {
    let world = World::new().await;
    let bridges = bridges(&world, 1).await;
    let client = world.sign_in("admin").await;
    client.post("/firmware/images", &image("0.2.0")).await;
    let path = format!("/ingest/firmware/{}", hex::encode(Sha256::digest(IMAGE)));
    let stranger = world.stranger();
    let ask = async |user: &str, secret: &str, range: &str, path: &str| {
        let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{secret}")));
        stranger.ask_anywhere(Method::GET, path, None, &[("authorization", basic.as_str()), ("range", range)]).await
    };
    let secret = bridges[0].1.as_str();
    assert_eq!(ask("MP-0000", "wrong", "bytes=0-", &path).await.status, 401);
    assert_eq!(ask("MP-9999", secret, "bytes=0-", &path).await.status, 401);
    let whole = ask("MP-0000", secret, "bytes=0-", &path).await;
    assert_eq!((whole.status.as_u16(), whole.body.as_ref()), (206, IMAGE));
    let rest = ask("MP-0000", secret, "bytes=5-", &path).await;
    assert_eq!(rest.body.as_ref(), &IMAGE[5..]);
    assert_eq!(rest.headers["content-range"], format!("bytes 5-{}/{}", IMAGE.len() - 1, IMAGE.len()));
    let unknown = format!("/ingest/firmware/{}", "00".repeat(32));
    assert_eq!(ask("MP-0000", secret, "bytes=0-", &unknown).await.problem(), (404, "firmware.unknown".to_owned()));
}

#[tokio::test]
async fn what_cannot_be_a_release_is_refused_and_only_those_who_may_bring_one() {
    let world = World::new().await;
    let client = world.sign_in("admin").await;
    let wrong = json!({ "version": "0 2", "signature": "ab", "image": "***" });
    let refused = client.post("/firmware/images", &wrong).await;
    assert_eq!(
        refused.json()["fields"],
        json!({ "version": "firmware.version", "signature": "firmware.signature", "image": "firmware.image" })
    );
    assert_eq!(client.post("/firmware/images", &image("0.2.0")).await.status, 201);
    assert_eq!(client.post("/firmware/images", &image("0.2.0")).await.problem(), (409, "firmware.version_taken".to_owned()));
    for login in ["manager", "dispatcher", "driver"] {
        let client = world.sign_in(login).await;
        assert_eq!(
            client.post("/firmware/images", &image("0.3.0")).await.problem(),
            (403, "auth.forbidden".to_owned()),
            "{login}"
        );
    }
    let none =
        json!({ "image_id": Uuid::nil(), "unit_id": EAST.0, "stages_pct": [50, 10], "failure_limit_pct": 120, "reason": "" });
    let fields = client.post("/firmware/rollouts", &none).await.json()["fields"].clone();
    assert_eq!((&fields["stages_pct"], &fields["failure_limit_pct"]), (&json!("firmware.stages"), &json!("firmware.limit")));
    let image = client.get("/firmware").await.json()["images"][0]["id"].clone();
    let nobody = json!({ "image_id": image, "unit_id": EAST.0, "stages_pct": [100], "failure_limit_pct": 5, "reason": "试升级" });
    let refused = client.post("/firmware/rollouts", &nobody).await;
    assert_eq!(refused.json()["fields"], json!({ "unit_id": "firmware.no_devices" }), "a rollout to nobody is none");
    assert_eq!(client.get("/firmware").await.json()["rollouts"], json!([]));
}
