//! Cars that are exempt from tracking: who may say so, who is refused, and that every attempt is in the audit log.

use chrono::Duration;
use dispatch::account::Role;
use fleet_db::testing::fleet;
use serde_json::{Value, json};
use web::Config;

use crate::harness::{CITY, Car, Client, WEST, World, add_car, moving};

/// A world with an authority and a car on the west side that is under way.
async fn world() -> (World, Car, Client) {
    let (world, car) = World::with(Config::default(), async |pool| add_car(pool, WEST, "浙A00001", None).await).await;
    world.open_account("authority", Role::Authority, CITY).await;
    world.feed.send(vec![moving(car.no, world.now(), 120.13, 30.25)]);
    let authority = world.sign_in("authority").await;
    (world, car, authority)
}

fn papers() -> Value {
    json!({ "basis": "investigation", "document": "杭公〔2026〕7号", "reason": "侦查任务" })
}

async fn exempt(authority: &Client, car: Car) {
    let begun = authority.post(&format!("/vehicles/{}/exemptions", car.id), &papers()).await;
    assert_eq!(begun.status, 201, "{}", begun.text());
}

/// The entries of the audit log about cars and their tracks: what was done, by whom, and what was wanted.
async fn log(world: &World) -> Vec<(String, String, String)> {
    let entries = fleet::audited(&world.db.pool).await.unwrap();
    let text = |entry: &Value, path: &str| entry.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    let of_cars = entries.iter().filter(|entry| entry["subject"]["name"] == "浙A00001");
    of_cars.map(|entry| (text(entry, "/action"), text(entry, "/login"), text(entry, "/after/wanted"))).collect()
}

#[tokio::test]
async fn where_an_exempt_car_is_or_was_nobody_is_told_and_whoever_asks_is_written_down() {
    let (world, car, authority) = world().await;
    fleet::execute(
        &world.db.pool,
        "insert into device (id, terminal_id, secret_sha256, protocol, model, created_at)
         values ('00000000-0000-0000-0000-0000000000d1', '13900000001', '\\x01', 'jt808', 'x', now())",
    )
    .await
    .unwrap();
    fleet::execute(
        &world.db.pool,
        "insert into device_binding select '00000000-0000-0000-0000-0000000000d1', id, '(,)' from vehicle",
    )
    .await
    .unwrap();
    let manager = world.sign_in("manager").await;
    let window = "from=2026-03-01T00:00:00Z&to=2026-03-03T00:00:00Z";
    let id = car.id;
    assert_eq!(manager.get(&format!("/vehicles/{id}/track?{window}")).await.status, 200);
    exempt(&authority, car).await;
    let terminal = "/terminals/00000000-0000-0000-0000-0000000000d1";
    for (path, wanted) in [
        (format!("/vehicles/{id}/days"), "days"),
        (format!("/vehicles/{id}/track?{window}"), "track"),
        (format!("/vehicles/{id}/track/export?{window}&format=csv"), "export"),
        (format!("/vehicles/{id}/trips?{window}"), "trips"),
        (format!("/vehicles/{id}/stops?{window}"), "stops"),
        (format!("/vehicles/{id}/events?{window}"), "events"),
        (format!("/vehicles/{id}/alarms?{window}"), "alarms"),
        (format!("{terminal}/frames"), "frames"),
    ] {
        for (client, login) in [(&manager, "manager"), (&authority, "authority")] {
            let answer = client.get(&path).await;
            assert_eq!(answer.problem(), (403, "vehicle.exempt".to_owned()), "{path}");
            assert!(!answer.text().contains("30.25"));
            let newest = log(&world).await.pop().unwrap();
            assert_eq!(newest, ("view_refused".to_owned(), login.to_owned(), wanted.to_owned()), "{path}");
        }
    }
    for (path, body, wanted) in [
        (format!("{terminal}/watch"), json!({}), "watch"),
        (format!("{terminal}/commands"), json!({ "kind": "locate", "reason": "找车" }), "locate"),
    ] {
        assert_eq!(manager.post(&path, &body).await.problem(), (403, "vehicle.exempt".to_owned()), "{path}");
        assert_eq!(log(&world).await.pop().unwrap().2, wanted);
    }
    let english = manager.ask(axum::http::Method::GET, &format!("/vehicles/{id}/days"), None, &[("accept-language", "en")]).await;
    assert!(english.json()["title"].as_str().unwrap().contains("exempt"), "{}", english.text());
    let refused = log(&world).await.into_iter().filter(|(action, ..)| action == "view_refused").count();
    assert_eq!(refused, 19, "every attempt, and no other");
}

#[tokio::test]
async fn an_exempt_car_is_in_the_list_without_a_place_and_not_on_the_map() {
    let (world, car, authority) = world().await;
    let manager = world.sign_in("manager").await;
    let head = 24;
    assert_eq!(manager.get("/live/snapshot").await.body.len(), head + 20);
    let first = manager.get("/vehicles").await.json();
    assert_eq!((&first["items"][0]["exempt"], first["items"][0]["live"].is_object()), (&json!(false), true));
    exempt(&authority, car).await;
    assert_eq!(manager.get("/live/snapshot").await.body.len(), head, "at once, and not with the next look at the register");
    let listed = manager.get("/vehicles").await.json();
    let one = &listed["items"][0];
    assert_eq!((&one["plate"], &one["exempt"], &one["live"]), (&json!("浙A00001"), &json!(true), &Value::Null));
    let sheet = manager.get(&format!("/vehicles/{}", car.id)).await.json();
    assert_eq!((&sheet["exempt"], &sheet["live"], &sheet["current_trip"]), (&json!(true), &Value::Null, &Value::Null));
    assert!(!sheet.to_string().contains("侦查"), "on what grounds is nobody's business");
    // What a gateway was about to tell comes too late.
    world.feed.send(vec![moving(car.no, world.now(), 120.14, 30.26)]);
    assert_eq!(manager.get("/vehicles").await.json()["items"][0]["live"], Value::Null);
}

#[tokio::test]
async fn the_authority_exempts_by_a_document_and_ends_it_by_another() {
    let (world, car, authority) = world().await;
    let path = format!("/vehicles/{}/exemptions", car.id);
    for login in ["manager", "dispatcher", "admin", "security", "driver", "east.manager"] {
        let client = world.sign_in(login).await;
        assert_eq!(client.post(&path, &papers()).await.status, 403, "{login}");
        assert_eq!(client.post(&format!("{path}/end"), &papers()).await.status, 403, "{login}");
        assert_eq!(client.get(&path).await.status, 403, "{login}");
    }
    let lacking = authority.post(&path, &json!({ "basis": "rank", "document": " ", "reason": "" })).await;
    assert_eq!(
        lacking.json()["fields"],
        json!({ "basis": "exempt.basis", "document": "exempt.document", "reason": "exempt.reason" })
    );
    let ending = json!({ "document": "杭公〔2026〕9号", "reason": "任务结束" });
    assert_eq!(authority.post(&format!("{path}/end"), &ending).await.problem().0, 404, "nothing to end");
    exempt(&authority, car).await;
    assert_eq!(authority.post(&path, &papers()).await.problem(), (409, "exempt.already".to_owned()));
    world.pass(Duration::hours(2));
    let authority = world.sign_in("authority").await;
    let ended = authority.post(&format!("{path}/end"), &ending).await;
    assert_eq!(ended.status, 200, "{}", ended.text());
    let kept = authority.get(&path).await.json();
    let one = &kept["items"][0];
    assert_eq!(
        (&one["basis"], &one["document"], &one["by"]),
        (&json!("investigation"), &json!("杭公〔2026〕7号"), &json!("authority"))
    );
    assert_eq!((&one["end_document"], &one["end_reason"]), (&json!("杭公〔2026〕9号"), &json!("任务结束")));
    assert_eq!((&one["from"], &one["ended_at"]), (&json!("2026-03-02T04:00:00Z"), &json!("2026-03-02T06:00:00Z")));
    exempt(&authority, car).await;
    assert_eq!(authority.get(&path).await.json()["items"].as_array().unwrap().len(), 2, "the history is kept");
    let done: Vec<String> = log(&world).await.into_iter().map(|(action, ..)| action).collect();
    assert_eq!(done, ["exempted", "exemption_ended", "exempted"]);
}
