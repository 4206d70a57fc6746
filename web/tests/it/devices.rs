//! Devices: registered with a secret told once, bound, unbound.

use serde_json::{Value, json};
use web::Config;

use crate::harness::{EAST, WEST, World, add_car};

#[tokio::test]
async fn a_device_gets_a_secret_that_is_told_once() {
    let world = World::new().await;
    let client = world.sign_in("manager").await;
    let made = client.post("/devices", &json!({ "terminal_id": "MP-0001", "model": "box" })).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.json()["secret"].as_str().unwrap().len(), 64);
    let list = client.get("/devices").await;
    assert_eq!(list.json()["items"][0]["terminal_id"], "MP-0001");
    assert!(!list.text().contains(made.json()["secret"].as_str().unwrap()));
    let again = client.post("/devices", &json!({ "terminal_id": "MP-0001", "model": "box" })).await;
    assert_eq!(again.problem(), (409, "device.terminal_taken".to_owned()));
    let bad = client.post("/devices", &json!({ "terminal_id": "a/b", "model": "" })).await;
    assert_eq!(bad.json()["fields"], json!({ "terminal_id": "terminal_id.character", "model": "device.model" }));
    let dispatcher = world.sign_in("dispatcher").await;
    assert_eq!(dispatcher.get("/devices").await.problem(), (403, "auth.forbidden".to_owned()));
}

#[tokio::test]
async fn a_lost_secret_is_replaced_and_never_kept() {
    let world = World::new().await;
    let client = world.sign_in("manager").await;
    let register = json!({ "terminal_id": "MP-0001", "model": "box" });
    let made = client.post_once("/devices", &register, "one").await.json();
    let again = client.post_once("/devices", &register, "one").await.json();
    assert_eq!(again, json!({ "id": made["id"], "terminal_id": "MP-0001", "secret": null }), "the answer is kept without it");
    let renewed = client.post(&format!("/devices/{}/secret", made["id"].as_str().unwrap()), &json!({})).await;
    assert_eq!(renewed.status, 201);
    assert_eq!(renewed.json()["secret"].as_str().unwrap().len(), 64);
    assert_ne!(renewed.json()["secret"], made["secret"]);
    let nowhere = client.post("/devices/00000000-0000-0000-0000-000000000001/secret", &json!({})).await;
    assert_eq!(nowhere.problem(), (404, "store.not_found".to_owned()));
}

#[tokio::test]
async fn a_device_is_in_one_car_at_a_time() {
    let (world, (west, east)) = World::with(Config::default(), async |pool| {
        (add_car(pool, WEST, "浙A00001", None).await, add_car(pool, EAST, "浙A00002", None).await)
    })
    .await;
    let client = world.sign_in("manager").await;
    let device = client.post("/devices", &json!({ "terminal_id": "MP-0001", "model": "box" })).await.json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let binding = format!("/devices/{device}/binding");
    let first = client.post(&binding, &json!({ "vehicle_id": west.id.0 })).await;
    assert_eq!(first.status, 201);
    assert_eq!(first.json()["from"], Value::Null, "a first binding holds since ever");
    assert_eq!(
        client.post(&binding, &json!({ "vehicle_id": east.id.0 })).await.problem(),
        (409, "device.already_bound".to_owned())
    );
    let card = client.get(&format!("/vehicles/{}", west.id)).await.json();
    assert_eq!(card["devices"][0]["terminal_id"], "MP-0001");
    assert_eq!(client.delete(&binding).await.status, 204);
    assert_eq!(client.delete(&binding).await.problem(), (404, "store.not_found".to_owned()));
    let second = client.post(&binding, &json!({ "vehicle_id": east.id.0 })).await;
    assert_eq!(second.json()["from"], "2026-03-02T04:00:00Z", "a later one from now on");
    let card = client.get(&format!("/vehicles/{}", west.id)).await.json();
    assert_eq!(card["devices"][0]["bound_to"], "2026-03-02T04:00:00Z");
}

#[tokio::test]
async fn a_manager_neither_sees_nor_takes_a_neighbours_device() {
    let (world, (west, east)) = World::with(Config::default(), async |pool| {
        (add_car(pool, WEST, "浙A00001", None).await, add_car(pool, EAST, "浙A00002", None).await)
    })
    .await;
    let client = world.sign_in("manager").await;
    let device = client.post("/devices", &json!({ "terminal_id": "MP-0001", "model": "box" })).await.json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let binding = format!("/devices/{device}/binding");
    client.post(&binding, &json!({ "vehicle_id": west.id.0 })).await;
    let neighbour = world.sign_in("east.manager").await;
    assert_eq!(neighbour.get("/devices").await.json()["items"], json!([]));
    let gone = (403, "auth.outside".to_owned());
    assert_eq!(neighbour.post(&binding, &json!({ "vehicle_id": east.id.0 })).await.problem(), gone);
    assert_eq!(neighbour.post(&binding, &json!({ "vehicle_id": west.id.0 })).await.problem(), gone);
    assert_eq!(neighbour.delete(&binding).await.problem(), gone);
}

#[tokio::test]
async fn devices_come_in_pages() {
    let world = World::new().await;
    let client = world.sign_in("manager").await;
    for n in 0..3 {
        client.post("/devices", &json!({ "terminal_id": format!("MP-{n}"), "model": "box" })).await;
    }
    let first = client.get("/devices?limit=2").await.json();
    assert_eq!((first["items"].as_array().unwrap().len(), first["next"].as_str()), (2, Some("MP-1")));
    let second = client.get("/devices?limit=2&after=MP-1").await.json();
    assert_eq!((second["items"][0]["terminal_id"].as_str(), &second["next"]), (Some("MP-2"), &Value::Null));
}
