//! The message centre: an account's own messages, the same counts in every browser, told once by what happens.

use chrono::Duration;
use dispatch::account::Role;
use dispatch::message::News;
use fleet_db::message::{self, About};
use serde_json::{Value, json};

use crate::harness::{Client, WEST, World, noon};
use crate::live::{connect, frame};

/// Tells of an alarm of a car of the west side.
pub(crate) async fn alarm(world: &World, cause: &str) {
    let mut tx = fleet_db::begin(&world.db.pool).await.unwrap();
    let about = About { unit: Some(WEST), cause, ..About::default() };
    let news = News::alarm_raised("浙A00001", "collision", noon());
    assert!(message::tell(&mut tx, &news, about, &[], world.now()).await.unwrap());
    tx.commit().await.unwrap();
}

async fn counts(client: &Client) -> Value {
    client.get("/messages/counts").await.json()
}

async fn ids(client: &Client, view: &str) -> Vec<String> {
    let page = client.get(&format!("/messages?view={view}")).await.json();
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn two_browsers_of_one_account_have_the_same_counts() {
    let world = World::new().await;
    let (here, there) = (world.sign_in("dispatcher").await, world.sign_in("dispatcher").await);
    let other = world.sign_in("manager").await;
    let address = world.listen().await;
    let mut socket = connect(address, &there, None, None).await.unwrap();
    // The note says that there is something to ask for; its frame is of kind 3, and JSON stands behind the header.
    let noted = async |socket: &mut _| {
        loop {
            let frame = frame(socket).await;
            if frame[3] == 3 {
                return serde_json::from_slice::<Value>(&frame[24..]).unwrap();
            }
        }
    };
    alarm(&world, "alarm:1").await;
    assert_eq!(noted(&mut socket).await, json!({ "note": "messages" }));
    alarm(&world, "alarm:2").await;
    alarm(&world, "alarm:3").await;
    let three = json!({ "unread": 3, "emergency": 0, "pinned": 0, "all": 3 });
    assert_eq!([counts(&here).await, counts(&there).await], [three.clone(), three.clone()]);

    let newest_first = ids(&here, "all").await;
    assert_eq!(here.post(&format!("/messages/{}/read", newest_first[0]), &json!(null)).await.status, 204);
    assert_eq!(there.post(&format!("/messages/{}/pin", newest_first[1]), &json!(null)).await.status, 204);
    for _ in 0..4 {
        // Two more were told, one was read, one was pinned.
        noted(&mut socket).await;
    }
    let after = json!({ "unread": 2, "emergency": 0, "pinned": 1, "all": 3 });
    assert_eq!([counts(&here).await, counts(&there).await], [after.clone(), after]);
    assert_eq!(ids(&there, "unread").await, newest_first[1..]);
    assert_eq!(ids(&there, "read").await, newest_first[..1]);
    assert_eq!(ids(&here, "pinned").await, newest_first[1..2]);
    assert_eq!(counts(&other).await, three, "what one has read another has not");

    here.post(&format!("/messages/{}/unread", newest_first[0]), &json!(null)).await;
    there.post(&format!("/messages/{}/unpin", newest_first[1]), &json!(null)).await;
    assert_eq!(counts(&there).await, three);
    alarm(&world, "alarm:4").await;
    let rest = here.post("/messages/read-all", &json!({ "up_to": newest_first[0] })).await.json();
    assert_eq!((&rest["unread"], &rest["all"]), (&json!(1), &json!(4)), "what came meanwhile stays unread");
    assert_eq!(here.post("/messages/read-all", &json!({})).await.json()["unread"], 0);
    assert_eq!(counts(&there).await["unread"], 0);
}

#[tokio::test]
async fn nobody_sees_or_marks_the_messages_of_others() {
    let world = World::new().await;
    let (dispatcher, driver) = (world.sign_in("dispatcher").await, world.sign_in("driver").await);
    alarm(&world, "alarm:1").await;
    let id = ids(&dispatcher, "all").await.remove(0);
    assert_eq!(ids(&driver, "all").await, Vec::<String>::new());
    for what in ["read", "unread", "pin", "unpin"] {
        let refused = driver.post(&format!("/messages/{id}/{what}"), &json!(null)).await;
        assert_eq!(refused.problem(), (404, "store.not_found".to_owned()), "{what}");
    }
    assert_eq!(world.sign_in("east.manager").await.get("/messages/counts").await.json()["all"], 0, "another side of the city");
    driver.post("/messages/read-all", &json!({})).await;
    assert_eq!(counts(&dispatcher).await["unread"], 1);
}

#[tokio::test]
async fn a_message_is_told_in_the_language_of_its_reader_and_pages_follow_each_other() {
    let world = World::new().await;
    let client = world.sign_in("dispatcher").await;
    for n in 0..3 {
        alarm(&world, &format!("alarm:{n}")).await;
    }
    let page = client.get("/messages?limit=2").await.json();
    assert_eq!(page["items"][0]["title"], "碰撞预警：浙A00001");
    let rest = format!("/messages?limit=2&after={}", page["next"].as_str().unwrap());
    let last = client.ask(axum::http::Method::GET, &rest, None, &[("accept-language", "en")]).await.json();
    assert_eq!((&last["items"][0]["title"], &last["next"]), (&json!("Red alarm: 浙A00001"), &json!(null)));
    assert_eq!(last["items"].as_array().unwrap().len(), 1);
    for wrong in ["view=old", "after=x"] {
        assert_eq!(client.get(&format!("/messages?{wrong}")).await.problem(), (400, "request.query".to_owned()), "{wrong}");
    }
}

#[tokio::test]
async fn a_locked_account_is_told_once_to_its_owner_and_to_security() {
    let world = World::new().await;
    let security = world.sign_in("security").await;
    let stranger = world.stranger();
    for _ in 0..8 {
        stranger.post("/session", &json!({ "login": "dispatcher", "password": "wrong" })).await;
    }
    let told = security.get("/messages").await.json();
    assert_eq!(told["items"].as_array().unwrap().len(), 1, "{told}");
    assert_eq!(told["items"][0]["kind"], "account_locked");
    assert!(told["items"][0]["text"].as_str().unwrap().contains("dispatcher"), "{told}");
    world.pass(Duration::minutes(15));
    assert_eq!(counts(&world.sign_in("dispatcher").await).await["unread"], 1, "its owner reads it when it is open again");
    assert_eq!(counts(&world.sign_in("manager").await).await["all"], 0);
}

#[tokio::test]
async fn a_halted_rollout_is_told_once_to_who_began_it_and_who_keeps_the_fleet() {
    let world = World::new().await;
    crate::firmware::bridges(&world, 4).await;
    let admin = world.sign_in("admin").await;
    crate::firmware::begin(&admin, &[100]).await;
    for device in crate::firmware::take_orders(&world).await.into_iter().take(2) {
        crate::firmware::report(&world, device, "0.2.0", "failed", Some("bridge.update.fetch")).await;
    }
    for login in ["admin", "manager"] {
        let told = world.sign_in(login).await.get("/messages").await.json();
        assert_eq!(told["items"].as_array().unwrap().len(), 1, "{login}: {told}");
        assert_eq!(told["items"][0]["kind"], "rollout_halted");
        assert!(told["items"][0]["text"].as_str().unwrap().contains("0.2.0"), "{told}");
    }
    assert_eq!(world.sign_in("dispatcher").await.get("/messages/counts").await.json()["all"], 0);
}

#[tokio::test]
async fn people_choose_where_and_when_they_are_told() {
    let world = World::new().await;
    let client = world.sign_in("dispatcher").await;
    let usual = client.get("/messages/preferences").await.json();
    assert_eq!((&usual["language"], &usual["email"], &usual["quiet"]), (&json!("zh-CN"), &json!(null), &json!(null)));
    let channels = |view: &Value, kind: &str| {
        view["kinds"].as_array().unwrap().iter().find(|line| line["kind"] == kind).unwrap()["channels"].clone()
    };
    assert_eq!(channels(&usual, "sos_pressed"), json!(["sms", "email"]));
    let wished = json!({ "language": "en", "email": "li@hz.gov.cn", "phone": "", "quiet": "22:00-7:00",
                         "choices": { "alarm_raised": ["sms"], "sos_pressed": ["email"] } });
    let saved = client.post("/messages/preferences", &wished).await;
    assert_eq!(saved.status, 200, "{}", saved.text());
    assert_eq!(saved.json(), client.get("/messages/preferences").await.json());
    let saved = saved.json();
    assert_eq!((&saved["quiet"], &saved["phone"]), (&json!("22:00-07:00"), &json!(null)));
    assert_eq!([channels(&saved, "alarm_raised"), channels(&saved, "sos_pressed")], [json!(["sms"]), json!(["email"])]);
    assert_eq!(channels(&saved, "command_expired"), json!([]));

    let wrong =
        json!({ "language": "fr", "email": "x", "phone": "1", "quiet": "late", "choices": { "alarm_raised": ["wecom"] } });
    let refused = client.post("/messages/preferences", &wrong).await;
    assert_eq!(refused.problem(), (422, "request.invalid".to_owned()));
    assert_eq!(
        refused.json()["fields"],
        json!({ "language": "message.language", "email": "message.email", "phone": "message.phone", "quiet": "message.quiet",
                "choices": "message.channel" })
    );
    assert_eq!(world.sign_in("manager").await.get("/messages/preferences").await.json(), usual, "for oneself alone");
}

#[tokio::test]
async fn whoever_a_role_is_lent_to_is_told_once() {
    let world = World::new().await;
    let colleague = world.open_account("colleague", Role::Driver, WEST).await;
    let dispatcher = world.sign_in("dispatcher").await;
    let held = dispatcher.get("/session/grants").await.json();
    let path = format!("/grants/{}/delegations", held["items"][0]["id"].as_str().unwrap());
    let lent = json!({ "account_id": colleague, "until": "2026-03-09T00:00:00Z", "reason": "出差" });
    for _ in 0..2 {
        assert_eq!(dispatcher.post_once(&path, &lent, "lend").await.status, 201);
    }
    let told = world.sign_in("colleague").await.get("/messages").await.json();
    assert_eq!(told["items"].as_array().unwrap().len(), 1, "{told}");
    assert_eq!(told["items"][0]["text"], "dispatcher 将 西湖区府 的调度员职责委托给您，至 2026-03-09 08:00 止。");
    assert_eq!(counts(&dispatcher).await["all"], 0);
}
