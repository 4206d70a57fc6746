//! Files of drivers over HTTP: who keeps them, who reads them, and that a driver reads nobody's but the own.

use axum::http::Method;
use dispatch::account::Role;
use dispatch::unit::UnitId;
use fleet_db::testing::fleet::audited;
use serde_json::{Value, json};

use crate::harness::{CITY, Client, EAST, WEST, World};

/// The file of a driver without an account.
pub(crate) fn file(unit: UnitId, name: &str) -> Value {
    json!({
        "unit_id": unit.0, "name": name, "phone": "13800001234", "licence_class": "C1", "licence_tail": "12x4",
        "licence_until": "2026-03-20", "status": "on_duty", "joined_on": "2020-01-01",
    })
}

async fn enter(client: &Client, file: &Value) -> String {
    let made = client.post("/drivers", file).await;
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()["id"].as_str().unwrap().to_owned()
}

async fn put(client: &Client, id: &str, file: &Value) -> crate::harness::Answer {
    client.ask(Method::PUT, &format!("/drivers/{id}"), Some(file.to_string()), &[]).await
}

#[tokio::test]
async fn a_file_is_entered_changed_and_told_with_the_end_of_the_licence_alone() {
    let world = World::new().await;
    let manager = world.sign_in("manager").await;
    let id = enter(&manager, &file(WEST, " 张师傅 ")).await;
    let kept = manager.get(&format!("/drivers/{id}")).await.json();
    assert_eq!((&kept["name"], &kept["licence_tail"]), (&json!("张师傅"), &json!("12X4")));
    assert_eq!((&kept["licence_days_left"], &kept["unit_name"], &kept["login"]), (&json!(18), &json!("西湖区府"), &Value::Null));
    let mut whole = file(WEST, "张师傅");
    whole["licence_tail"] = json!("330106198001011234");
    let refused = put(&manager, &id, &whole).await;
    assert_eq!(refused.json()["fields"], json!({ "licence_tail": "driver.licence_tail" }), "more than the end is not taken");
    let mut changed = file(EAST, "张师傅");
    (changed["licence_until"], changed["status"]) = (json!("2026-02-28"), json!("on_leave"));
    assert_eq!(put(&manager, &id, &changed).await.json()["licence_days_left"], -2);
    let entries = audited(&world.db.pool).await.unwrap();
    let told: Vec<_> = entries.iter().filter(|entry| entry["subject"]["kind"] == "driver").collect();
    assert_eq!(told.iter().map(|entry| &entry["action"]).collect::<Vec<_>>(), ["created", "changed"]);
    assert_eq!((&told[1]["before"]["licence_until"], &told[1]["after"]["status"]), (&json!("2026-03-20"), &json!("on_leave")));
    assert!(!told.iter().any(|entry| entry.to_string().contains("13800001234")), "a telephone is nobody's business there");
    let wrong = json!({ "unit_id": WEST.0, "name": "", "phone": "", "licence_class": "D", "licence_tail": "1", "licence_until": "2030-01-01",
                        "status": "x", "joined_on": "2020-01-01", "login": "nobody" });
    let fields = manager.post("/drivers", &wrong).await.json()["fields"].clone();
    let codes = json!({ "name": "driver.text", "phone": "driver.text", "licence_class": "driver.licence_class",
                        "licence_tail": "driver.licence_tail", "status": "driver.status", "login": "driver.no_account" });
    assert_eq!(fields, codes, "everything that is wrong is said at once");
}

#[tokio::test]
async fn a_driver_is_bound_to_one_account_and_reads_the_own_file_alone() {
    let world = World::new().await;
    let manager = world.sign_in("manager").await;
    let mut own = file(WEST, "张师傅");
    own["login"] = json!("driver");
    let (mine, other) = (enter(&manager, &own).await, enter(&manager, &file(WEST, "李师傅")).await);
    assert_eq!(manager.post("/drivers", &own).await.problem(), (409, "driver.account_taken".to_owned()));
    own["login"] = json!("dispatcher");
    assert_eq!(manager.post("/drivers", &own).await.json()["fields"], json!({ "login": "driver.no_account" }), "does not drive");
    let driver = world.sign_in("driver").await;
    assert_eq!(driver.get(&format!("/drivers/{mine}")).await.json()["name"], "张师傅");
    assert_eq!(driver.get(&format!("/drivers/{other}")).await.status, 404);
    assert_eq!(driver.get("/drivers").await.problem(), (403, "auth.forbidden".to_owned()));
    assert_eq!(put(&driver, &mine, &file(WEST, "张")).await.problem(), (403, "auth.forbidden".to_owned()));
}

#[tokio::test]
async fn those_who_dispatch_and_watch_read_and_those_who_keep_change() {
    let world = World::new().await;
    let manager = world.sign_in("manager").await;
    let west = enter(&manager, &file(WEST, "张")).await;
    enter(&manager, &file(EAST, "赵")).await;
    for (login, role, unit, changes) in [
        ("ld", Role::UnitLeader, WEST, true),
        ("dd", Role::Dispatcher, WEST, false),
        ("jc", Role::Inspector, WEST, false),
        ("zg", Role::Authority, CITY, false),
    ] {
        world.open_account(login, role, unit).await;
        let client = world.sign_in(login).await;
        let page = client.get("/drivers").await.json();
        let names: Vec<_> = page["items"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
        assert_eq!(names, if unit == CITY { vec!["张", "赵"] } else { vec!["张"] }, "{login}");
        assert_eq!(page["may_change"], changes, "{login}");
        let lesson = json!({ "on": "2026-03-01", "topic": format!("安全 {login}"), "minutes": 90 });
        let learned = client.post(&format!("/drivers/{west}/studies"), &lesson).await;
        assert_eq!(learned.status.as_u16(), if changes { 201 } else { 403 }, "{login}: {}", learned.text());
    }
    for login in ["admin", "security"] {
        assert_eq!(world.sign_in(login).await.get("/drivers").await.status, 403, "{login}");
    }
    let east = world.sign_in("east.manager").await;
    assert_eq!(east.get(&format!("/drivers/{west}")).await.problem(), (403, "auth.outside".to_owned()));
    let page = manager.get("/drivers?limit=1").await.json();
    let next = manager.get(&format!("/drivers?limit=1&after={}", page["next"].as_str().unwrap())).await.json();
    assert_eq!((&page["items"][0]["name"], &next["items"][0]["name"], &next["next"]), (&json!("张"), &json!("赵"), &Value::Null));
}

#[tokio::test]
async fn what_a_driver_learned_stands_in_the_file_once() {
    let world = World::new().await;
    let manager = world.sign_in("manager").await;
    let id = enter(&manager, &file(WEST, "张")).await;
    let path = format!("/drivers/{id}/studies");
    let lesson = json!({ "on": "2026-03-01", "topic": "冬季行车安全", "minutes": 90 });
    assert_eq!(manager.post(&path, &lesson).await.status, 201);
    assert_eq!(manager.post(&path, &lesson).await.problem(), (409, "driver.study_taken".to_owned()));
    let wrong = json!({ "on": "2026-03-03", "topic": " ", "minutes": 0 });
    let codes = json!({ "on": "driver.study_day", "topic": "driver.study_topic", "minutes": "driver.study_minutes" });
    assert_eq!(manager.post(&path, &wrong).await.json()["fields"], codes);
    let studies = manager.get(&format!("/drivers/{id}")).await.json()["studies"].clone();
    let told = (&studies[0]["topic"], &studies[0]["minutes"], &studies[0]["by"], studies.as_array().unwrap().len());
    assert_eq!(told, (&json!("冬季行车安全"), &json!(90), &json!("manager"), 1));
}
