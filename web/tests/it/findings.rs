//! A trip that is not what its order says: found, told, explained or taken to who leads, and closed; each step with its actor and time.

use chrono::{DateTime, Duration, Utc};
use dispatch::account::Role;
use fleet_db::testing::driving::{self, DrivenOrder};
use fleet_db::testing::fleet;
use serde_json::{Value, json};
use telematics::place::LonLat;
use web::Config;

use crate::harness::{Car, Client, WEST, World, add_car, noon};

fn hours(count: i64) -> Duration {
    Duration::hours(count)
}

/// Where the west side parks.
fn base() -> LonLat {
    LonLat::new(120.13, 30.25).unwrap()
}

/// A world in the west of which an order was driven this morning, from 9 to 11, by `driver`; so many metres were driven for 25 km.
async fn driven(metres: i32) -> (World, Car) {
    let (world, car) = World::with(Config::default(), async |pool| add_car(pool, WEST, "浙A00001", None).await).await;
    world.open_account("leader", Role::UnitLeader, WEST).await;
    let account = fleet::account(&world.db.pool, "driver").await.unwrap();
    let order = DrivenOrder {
        vehicle: car.no,
        planned: (noon() - hours(3), noon() - hours(1)),
        departed_at: Some(noon() - hours(3)),
        returned_at: Some(noon() - hours(1)),
        is_emergency: false,
        way: (base(), LonLat::new(120.13, 30.34).unwrap()),
        distance_m: 25_000,
        driver: "张三".to_owned(),
        account: Some(account.0),
    };
    driving::order(&world.db.pool, &order).await.unwrap();
    let span = (noon() - hours(3), Some(noon() - hours(1)));
    driving::trip(&world.db.pool, car.no, span, (base(), base()), metres).await.unwrap();
    (world, car)
}

/// The car drives off at `at` without an order.
async fn drive_off(world: &World, car: Car, at: DateTime<Utc>) {
    driving::trip(&world.db.pool, car.no, (at, None), (base(), base()), 3_000).await.unwrap();
}

async fn compare(world: &World) {
    web::reconcile::compare(&world.db.pool, world.now()).await.unwrap();
}

/// The only finding that somebody sees.
async fn only(client: &Client) -> Value {
    let page = client.get("/findings").await.json();
    assert_eq!(page["items"].as_array().unwrap().len(), 1, "{page}");
    page["items"][0].clone()
}

async fn titles(client: &Client) -> Vec<String> {
    let page = client.get("/messages").await.json();
    page["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_detour_is_told_to_driver_and_manager_once_explained_by_one_and_accepted_by_the_leader() {
    let (world, _car) = driven(30_100).await;
    let (driver, manager, leader) =
        (world.sign_in("driver").await, world.sign_in("manager").await, world.sign_in("leader").await);
    compare(&world).await;
    world.pass(Duration::minutes(5));
    compare(&world).await;
    for client in [&driver, &manager] {
        assert_eq!(titles(client).await, ["绕道：浙A00001"], "told once, however often it is looked");
    }
    assert_eq!(titles(&leader).await, Vec::<String>::new(), "not yet");
    let found = only(&driver).await;
    assert_eq!((&found["kind"], &found["code"], &found["state"]), (&json!("detour"), &json!("A06"), &json!("open")));
    assert!((found["measured"].as_f64().unwrap() - 20.4).abs() < 0.05, "the share over the plan: {found}");
    assert_eq!((&found["limit"], &found["measure"]), (&json!(20.0), &json!("percent")));
    assert_eq!(found["detail"], json!({ "about": "lengths", "ordered_m": 25_000, "seen_m": 30_100 }));
    assert_eq!((&found["order"]["driver"], &found["actions"]), (&json!("张三"), &json!(["explain"])));
    let path = |rest: &str| format!("/findings/{}/{rest}", found["id"].as_str().unwrap());
    let said = driver.post_once(&path("explanation"), &json!({ "text": "道路施工绕行" }), "k1").await;
    assert_eq!(said.status, 200, "{}", said.text());
    let again = driver.post_once(&path("explanation"), &json!({ "text": "道路施工绕行" }), "k1").await;
    assert_eq!(again.json(), said.json(), "an answer that was lost is given again");
    assert_eq!(only(&leader).await["actions"], json!(["accept", "escalate"]));
    world.pass(Duration::minutes(5));
    let closed = leader.post(&path("accept"), &json!({ "text": "属实" })).await.json();
    assert_eq!(closed["finding"]["state"], "accepted");
    let steps: Vec<_> =
        closed["steps"].as_array().unwrap().iter().map(|step| (&step["action"], &step["by"], &step["text"])).collect();
    let (driver_said, leader_said) = (json!("道路施工绕行"), json!("属实"));
    assert_eq!(steps, [(&json!("explain"), &json!("driver"), &driver_said), (&json!("accept"), &json!("leader"), &leader_said)]);
    assert!(closed["steps"][1]["at"].as_str().unwrap() > closed["steps"][0]["at"].as_str().unwrap());
    let log = fleet::audited(&world.db.pool).await.unwrap();
    let of_findings: Vec<_> =
        log.iter().filter(|entry| entry["subject"]["kind"] == "finding").map(|entry| &entry["action"]).collect();
    assert_eq!(of_findings, [&json!("created"), &json!("explained"), &json!("handled")]);
}

#[tokio::test]
async fn use_without_an_order_that_nobody_explains_goes_to_the_leader_in_ten_minutes_and_ends_as_a_violation() {
    let (world, car) = driven(25_000).await;
    drive_off(&world, car, noon() + Duration::minutes(90)).await;
    let (manager, leader) = (world.sign_in("manager").await, world.sign_in("leader").await);
    world.pass(Duration::minutes(100));
    compare(&world).await;
    assert_eq!(titles(&manager).await, ["无单用车：浙A00001"]);
    let found = only(&leader).await;
    assert_eq!((&found["code"], &found["order"], &found["actions"]), (&json!("A01"), &Value::Null, &json!(["escalate"])));
    let path = |rest: &str| format!("/findings/{}/{rest}", found["id"].as_str().unwrap());
    let early = leader.post(&path("violation"), &json!({ "text": "私用", "head": 3 })).await;
    assert_eq!(early.problem(), (409, "finding.state".to_owned()), "nobody is condemned unheard");
    for (minutes, escalated) in [(9, 0), (1, 1), (60, 0)] {
        world.pass(Duration::minutes(minutes));
        assert_eq!(web::reconcile::escalate(&world.db.pool, world.now()).await.unwrap(), escalated, "{minutes}");
    }
    assert_eq!(titles(&leader).await, ["用车异常上报：浙A00001"]);
    assert_eq!(only(&leader).await["actions"], json!(["accept", "violation"]));
    let no_head = leader.post(&path("violation"), &json!({ "text": "私用", "head": 10 })).await;
    assert_eq!((no_head.status.as_u16(), &no_head.json()["fields"]["head"]), (422, &json!("finding.head")));
    let ended = leader.post(&path("violation"), &json!({ "text": "私用", "head": 3 })).await.json();
    assert_eq!((&ended["finding"]["state"], &ended["finding"]["head"]), (&json!("violation"), &json!(3)));
    assert!(ended["heads"][2].as_str().unwrap().contains("公车私用"));
    assert_eq!(ended["steps"][0]["by"], Value::Null, "the clock took it up");
    let late = manager.post(&path("explanation"), &json!({ "text": "忘了" })).await;
    assert_eq!(late.problem(), (409, "finding.state".to_owned()));
}

#[tokio::test]
async fn each_sees_and_does_what_is_theirs() {
    let (world, car) = driven(30_100).await;
    world.open_account("inspector", Role::Inspector, WEST).await;
    world.open_account("other.driver", Role::Driver, WEST).await;
    drive_off(&world, car, noon() + Duration::minutes(90)).await;
    world.pass(Duration::minutes(100));
    compare(&world).await;
    let [driver, other, inspector, east, admin] =
        ["driver", "other.driver", "inspector", "east.manager", "admin"].map(str::to_owned);
    let count = async |login: &str| {
        let page = world.sign_in(login).await.get("/findings").await;
        (page.status.as_u16(), page.json()["items"].as_array().map_or(0, Vec::len))
    };
    assert_eq!(count(&driver).await, (200, 1), "of own orders alone");
    assert_eq!(count(&other).await, (200, 0));
    assert_eq!(count(&inspector).await, (200, 2));
    assert_eq!(count(&east).await, (200, 0));
    assert_eq!(count(&admin).await.0, 403);
    let manager = world.sign_in("manager").await;
    let filtered =
        async |query: &str| manager.get(&format!("/findings?{query}")).await.json()["items"].as_array().map_or(0, Vec::len);
    assert_eq!((filtered("kind=detour").await, filtered("state=open").await, filtered("state=accepted").await), (1, 2, 0));
    let page = manager.get("/findings?limit=1").await.json();
    let rest = manager.get(&format!("/findings?limit=1&after={}", page["next"].as_str().unwrap())).await.json();
    assert_ne!(page["items"][0]["id"], rest["items"][0]["id"]);
    assert_eq!(rest["next"], Value::Null);
    let wrong = manager.get("/findings?state=boring").await;
    assert_eq!((wrong.status.as_u16(), &wrong.json()["fields"]["state"]), (422, &json!("finding.states")));
    let without_order =
        manager.get("/findings?kind=use_without_order").await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let refused = world.sign_in(&driver).await.get(&format!("/findings/{without_order}")).await;
    assert_eq!(refused.status, 404, "not of an own order");
    let inspector = world.sign_in(&inspector).await;
    assert_eq!(inspector.get(&format!("/findings/{without_order}")).await.status, 200);
    let said = inspector.post(&format!("/findings/{without_order}/explanation"), &json!({ "text": "x" })).await;
    assert_eq!(said.problem(), (403, "auth.forbidden".to_owned()), "who looks says nothing");
}

#[tokio::test]
async fn a_stop_at_a_place_that_the_authority_entered_is_recorded_with_its_order() {
    let (world, car) = driven(25_000).await;
    let manager = world.sign_in("manager").await;
    let place = |class: &str| json!({ "unit_id": crate::harness::CITY.0, "name": "湖滨大酒店", "class": class, "lon": 120.13, "lat": 30.30, "radius_m": 100 });
    let wrong = manager.post("/sensitive-places", &place("咖啡馆")).await;
    assert_eq!((wrong.status.as_u16(), &wrong.json()["fields"]["class"]), (422, &json!("sensitive_place.class")));
    let entered = manager.post("/sensitive-places", &place("宾馆酒店")).await;
    assert_eq!(entered.status, 201, "{}", entered.text());
    let twice = manager.post("/sensitive-places", &place("宾馆酒店")).await;
    assert_eq!(twice.problem(), (409, "sensitive_place.name_taken".to_owned()));
    let west = world.sign_in("dispatcher").await.get("/sensitive-places").await.json();
    assert_eq!((&west["items"][0]["name"], &west["may_change"]), (&json!("湖滨大酒店"), &json!(false)), "it holds below");
    let stop = (noon() - hours(2), Some(noon() - hours(2) + Duration::minutes(10)));
    driving::stop(&world.db.pool, car.no, stop, LonLat::new(120.13, 30.3004).unwrap()).await.unwrap();
    compare(&world).await;
    let found = only(&manager).await;
    assert_eq!(
        (&found["code"], &found["measured"], &found["detail"]["name"]),
        (&json!("A08"), &json!(10.0), &json!("湖滨大酒店"))
    );
    assert!(found["order"]["number"].as_str().unwrap().starts_with("PC-"));
    let id = entered.json()["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(manager.delete(&format!("/sensitive-places/{id}")).await.status, 204);
    assert_eq!(manager.get("/sensitive-places").await.json()["items"], json!([]));
    assert_eq!(only(&manager).await["detail"]["name"], "湖滨大酒店", "what was found stays");
}

#[tokio::test]
async fn a_complaint_is_linked_with_what_was_found_and_closed_with_its_head_and_result() {
    let (world, car) = driven(25_000).await;
    let (manager, leader) = (world.sign_in("manager").await, world.sign_in("leader").await);
    let case = json!({
        "unit_id": WEST.0, "vehicle_id": car.id, "source": "hotline_12345", "number": "20260302-17", "received_on": "2026-03-02",
        "matter": "公车停在景区",
    });
    let entered = manager.post("/cases", &case).await;
    assert_eq!(entered.status, 201, "{}", entered.text());
    assert_eq!(manager.post("/cases", &case).await.problem(), (409, "case.number_taken".to_owned()));
    let path = |rest: &str| format!("/cases/{}/{rest}", entered.json()["id"].as_str().unwrap());
    let verdict = json!({ "outcome": "founded", "head": 3, "result": "通报批评，责令整改" });
    let unfound = leader.post(&path("closure"), &verdict).await;
    assert_eq!((unfound.status.as_u16(), &unfound.json()["fields"]["outcome"]), (422, &json!("case.finding")));
    let finding = driving::finding(&world.db.pool, car.no, noon(), "escalated").await.unwrap();
    assert_eq!(manager.post(&path("finding"), &json!({ "finding_id": finding })).await.json()["state"], "linked");
    let closed = leader.post(&path("closure"), &verdict).await.json();
    assert_eq!(
        (&closed["state"], &closed["finding_id"], &closed["head"], &closed["result"]),
        (&json!("closed"), &json!(finding), &json!(3), &json!("通报批评，责令整改"))
    );
    assert_eq!(leader.post(&path("closure"), &verdict).await.problem(), (409, "case.state".to_owned()));
    assert_eq!(manager.get("/cases?state=closed").await.json()["items"][0]["number"], "20260302-17");
}

#[tokio::test]
async fn where_a_confidential_trip_was_is_told_to_its_driver_and_dispatcher_and_to_no_inspector() {
    let (world, car) = driven(25_000).await;
    world.open_account("inspector", Role::Inspector, WEST).await;
    let manager = world.sign_in("manager").await;
    let place =
        json!({ "unit_id": WEST.0, "name": "湖滨大酒店", "class": "宾馆酒店", "lon": 120.13, "lat": 30.30, "radius_m": 100 });
    assert_eq!(manager.post("/sensitive-places", &place).await.status, 201);
    let stop = (noon() - hours(2), Some(noon() - hours(2) + Duration::minutes(10)));
    driving::stop(&world.db.pool, car.no, stop, LonLat::new(120.13, 30.3004).unwrap()).await.unwrap();
    compare(&world).await;
    let inspector = world.sign_in("inspector").await;
    let open = only(&inspector).await;
    assert_eq!((&open["detail"]["name"], &open["is_masked"]), (&json!("湖滨大酒店"), &json!(false)), "of any other trip");
    let order = open["order"]["id"].as_str().unwrap().parse().unwrap();
    driving::make_confidential(&world.db.pool, order).await.unwrap();
    let hidden = json!({ "about": "place", "lat": null, "lon": null, "name": "涉密", "class": null });
    let found = only(&inspector).await;
    assert_eq!((&found["detail"], &found["is_masked"], &found["trip_id"]), (&hidden, &json!(true), &Value::Null));
    assert_eq!(found["code"], "A08", "that something is to be explained stays told");
    let path = format!("/findings/{}", found["id"].as_str().unwrap());
    assert_eq!(inspector.get(&path).await.json()["finding"]["detail"], hidden, "nor beside the list");
    for login in ["driver", "dispatcher"] {
        let client = world.sign_in(login).await;
        assert_eq!(only(&client).await["detail"]["name"], "湖滨大酒店", "{login}");
        assert_eq!(client.get(&path).await.json()["finding"]["is_masked"], false, "{login}");
    }
    let driver = world.sign_in("driver").await;
    let said = driver.post(&format!("{path}/explanation"), &json!({ "text": "送会议材料" })).await.json();
    assert_eq!(said["finding"]["detail"]["name"], "湖滨大酒店", "the answer to a step tells what the list tells");
}
