//! The trip from request to return over the API: every step by the one whose step it is, everything else refused.

use axum::http::Method;
use chrono::Duration;
use dispatch::account::Role;
use fleet_db::testing::fleet::{execute, number};
use serde_json::{Value, json};
use web::Config;

use crate::harness::{Answer, Car, Client, EAST, WEST, World, add_car};

/// People of the west side, a driver's file and two cars.
pub(crate) struct West {
    pub(crate) world: World,
    pub(crate) applicant: Client,
    pub(crate) leader: Client,
    pub(crate) dispatcher: Client,
    pub(crate) driver: Client,
    pub(crate) cars: [Car; 2],
}

/// Keys of the drivers' files: the first signs in as `driver`, the second has no account.
pub(crate) const DRIVERS: [&str; 2] = ["00000000-0000-0000-0000-0000000000d1", "00000000-0000-0000-0000-0000000000d2"];

pub(crate) async fn west() -> West {
    let (world, cars) = World::with(Config::default(), async |pool| {
        [add_car(pool, WEST, "浙A00001", None).await, add_car(pool, WEST, "浙A00002", None).await]
    })
    .await;
    world.open_account("west.applicant", Role::Applicant, WEST).await;
    world.open_account("west.leader", Role::UnitLeader, WEST).await;
    files(&world).await;
    let [applicant, leader, dispatcher, driver] =
        ["west.applicant", "west.leader", "dispatcher", "driver"].map(|login| world.sign_in(login));
    let (applicant, leader, dispatcher, driver) = (applicant.await, leader.await, dispatcher.await, driver.await);
    West { world, applicant, leader, dispatcher, driver, cars }
}

/// Files of two drivers of the west side, and cars for every purpose.
pub(crate) async fn files(world: &World) {
    for statement in [
        "update vehicle set category = 'other'",
        "insert into driver (id, unit_id, account_id, name, phone, licence_class, licence_tail, licence_until, status, joined_on, created_at)
         select '00000000-0000-0000-0000-0000000000d1', unit_id, id, '张师傅', '13800000001', 'C1', '123X', '2030-01-01', 'on_duty',
                '2020-01-01', '2026-03-02'
         from account where login = 'driver'",
        "insert into driver (id, unit_id, name, phone, licence_class, licence_tail, licence_until, status, joined_on, created_at)
         select '00000000-0000-0000-0000-0000000000d2', unit_id, '李师傅', '13800000002', 'C1', '4321', '2030-01-01', 'on_duty',
                '2020-01-01', '2026-03-02'
         from account where login = 'driver'",
    ] {
        execute(&world.db.pool, statement).await.unwrap();
    }
}

/// Papers of the west side, for those who may not see them: a request, its order, a flow; and one request more.
pub(crate) struct Papers {
    pub(crate) request: String,
    pub(crate) open: String,
    pub(crate) order: String,
    pub(crate) flow: String,
}

/// Writes them; the car is one of the west side.
pub(crate) async fn papers(world: &World, car: &str) -> Papers {
    files(world).await;
    world.open_account("trip.applicant", Role::Applicant, WEST).await;
    world.open_account("trip.leader", Role::UnitLeader, WEST).await;
    let (applicant, leader, dispatcher) =
        (world.sign_in("trip.applicant").await, world.sign_in("trip.leader").await, world.sign_in("dispatcher").await);
    let asked = json!({ "purpose": "西边的" });
    let (request, open) = (id(&ask(&applicant, asked.clone()).await), id(&ask(&applicant, asked).await));
    stands(&act(&leader, &request, json!({ "action": "approve" })).await, "approved");
    let body = json!({ "vehicle_id": car, "driver_id": DRIVERS[0] });
    let order = id(&dispatcher.post(&format!("/trip-requests/{request}/orders"), &body).await);
    let flow =
        json!({ "unit_id": WEST.0, "name": "西边的", "rank": 90, "steps": [{ "name": "西边的", "signer": "own_leader" }] });
    let flow = id(&leader.post("/approval-flows", &flow).await);
    Papers { request, open, order, flow }
}

/// A trip of this afternoon; the world begins at noon of 2 March 2026, Beijing time.
pub(crate) fn wish() -> Value {
    json!({
        "unit_id": WEST.0, "reason": "调研、检查、督导", "purpose": "赴萧山调研", "category": "other", "seats": 5,
        "passengers": [{ "name": "王某", "phone": "13900000000" }], "passenger_count": 2, "vehicle_count": 1,
        "from": { "name": "西湖区府", "lon": 120.13, "lat": 30.25 }, "to": { "name": "萧山区府", "lon": 120.26, "lat": 30.18 },
        "is_round_trip": true, "begins_at": "2026-03-02T05:00:00Z", "ends_at": "2026-03-02T08:00:00Z", "submit": true,
    })
}

pub(crate) fn with(mut body: Value, changes: &Value) -> Value {
    for (key, value) in changes.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

fn id(answer: &Answer) -> String {
    answer.json()["id"].as_str().unwrap().to_owned()
}

#[track_caller]
fn stands(answer: &Answer, state: &str) {
    assert!(answer.status.is_success(), "{}", answer.text());
    assert_eq!(answer.json()["state"], state, "{}", answer.text());
}

#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (status, Some(code)), "{}", answer.text());
}

#[track_caller]
fn wrong(answer: &Answer, field: &str, code: &str) {
    assert_eq!((answer.status.as_u16(), answer.json()["fields"][field].as_str()), (422, Some(code)), "{}", answer.text());
}

pub(crate) async fn ask(client: &Client, changes: Value) -> Answer {
    client.post("/trip-requests", &with(wish(), &changes)).await
}

pub(crate) async fn act(client: &Client, request: &str, body: Value) -> Answer {
    client.post(&format!("/trip-requests/{request}/actions"), &body).await
}

pub(crate) async fn issue(client: &Client, request: &str, car: Car, driver: &str) -> Answer {
    client.post(&format!("/trip-requests/{request}/orders"), &json!({ "vehicle_id": car.id.0, "driver_id": driver })).await
}

pub(crate) async fn step(client: &Client, order: &str, body: Value) -> Answer {
    client.post(&format!("/dispatch-orders/{order}/actions"), &body).await
}

/// A request that is approved.
pub(crate) async fn approved(west: &West, changes: Value) -> String {
    let asked = ask(&west.applicant, changes).await;
    stands(&asked, "submitted");
    let id = id(&asked);
    stands(&act(&west.leader, &id, json!({ "action": "approve" })).await, "approved");
    id
}

#[tokio::test]
async fn a_trip_is_asked_for_approved_given_a_car_driven_and_brought_back() {
    let west = west().await;
    let asked = ask(&west.applicant, json!({})).await;
    stands(&asked, "submitted");
    let (request, seen) = (id(&asked), asked.json());
    assert_eq!(seen["number"], "YC-330100-2026-1");
    assert!(seen["distance_m"].as_i64().unwrap() > 30_000, "there and back: {seen}");
    assert_eq!(seen["moves"], json!(["withdraw"]));

    let counts = west.leader.get("/trip-requests/counts").await.json();
    assert_eq!(counts["to_decide"], 1);
    let waiting = west.leader.get("/trip-requests?view=to_decide").await.json();
    assert_eq!(waiting["items"][0]["moves"], json!(["approve", "reject", "send_back", "transfer", "add_signer"]));
    let decided = act(&west.leader, &request, json!({ "action": "approve" })).await;
    stands(&decided, "approved");
    assert_eq!(decided.json()["approvals"][0]["opinion"], "同意");

    let candidates = west.dispatcher.get(&format!("/trip-requests/{request}/candidates")).await.json();
    assert_eq!(candidates["vehicles"].as_array().unwrap().len(), 2);
    assert_eq!(candidates["vehicles"][0]["refused"], json!([]));
    let issued = issue(&west.dispatcher, &request, west.cars[0], DRIVERS[0]).await;
    assert_eq!(issued.status, 201, "{}", issued.text());
    let order = id(&issued);
    assert_eq!(issued.json()["number"], "PC-330100-2026-1");

    let tasks = west.driver.get("/driver/tasks").await.json();
    assert_eq!((tasks["driver"].as_str(), tasks["tasks"][0]["moves"].clone()), (Some("张师傅"), json!(["accept", "decline"])));
    stands(&step(&west.driver, &order, json!({ "action": "accept" })).await, "accepted");
    west.world.pass(Duration::hours(1));
    stands(
        &step(&west.driver, &order, json!({ "action": "depart", "odometer_km": 1000.5, "lon": 120.13, "lat": 30.25 })).await,
        "underway",
    );
    west.world.pass(Duration::minutes(40));
    stands(&step(&west.driver, &order, json!({ "action": "arrive" })).await, "underway");
    stands(&step(&west.driver, &order, json!({ "action": "wait" })).await, "waiting");
    west.world.pass(Duration::minutes(30));
    stands(&step(&west.driver, &order, json!({ "action": "resume" })).await, "underway");
    west.world.pass(Duration::minutes(40));
    let lower = step(&west.driver, &order, json!({ "action": "return", "odometer_km": 1000.4 })).await;
    refused(&lower, 409, "order.odometer_lower");
    let back = step(&west.driver, &order, json!({ "action": "return", "odometer_km": 1038.2 })).await;
    stands(&back, "returned");
    let back = back.json();
    assert_eq!((back["waited_s"].as_i64(), back["return_odometer_km"].as_f64()), (Some(1800), Some(1038.2)));
    let log: Vec<&str> = back["log"].as_array().unwrap().iter().map(|step| step["action"].as_str().unwrap()).collect();
    assert_eq!(log, ["issue", "accept", "depart", "arrive", "wait", "resume", "return"]);

    // The afternoon is longer than a session is idle.
    let applicant = west.world.sign_in("west.applicant").await;
    let mine = applicant.get(&format!("/trip-requests/{request}")).await.json();
    assert_eq!((mine["state"].as_str(), mine["orders"][0]["plate"].as_str()), (Some("ordered"), Some("浙A00001")));
}

#[tokio::test]
async fn only_whose_step_it_is_may_make_it_and_nobody_decides_on_his_own_request() {
    let west = west().await;
    let own = ask(&west.leader, json!({})).await;
    refused(&act(&west.leader, &id(&own), json!({ "action": "approve" })).await, 409, "trip.state");
    let request = id(&ask(&west.applicant, json!({})).await);
    for client in [&west.applicant, &west.dispatcher] {
        refused(&act(client, &request, json!({ "action": "approve" })).await, 409, "trip.state");
    }
    let stranger = west.world.sign_in("east.manager").await;
    refused(&act(&stranger, &request, json!({ "action": "approve" })).await, 403, "auth.outside");
    refused(&issue(&west.dispatcher, &request, west.cars[0], DRIVERS[0]).await, 409, "trip.state");
    stands(&act(&west.leader, &request, json!({ "action": "approve" })).await, "approved");
    refused(&act(&west.leader, &request, json!({ "action": "approve" })).await, 409, "trip.state");
    let order = id(&issue(&west.dispatcher, &request, west.cars[0], DRIVERS[1]).await);
    refused(&step(&west.driver, &order, json!({ "action": "accept" })).await, 404, "store.not_found");
}

#[tokio::test]
async fn a_refusal_says_why_and_a_request_that_comes_back_can_be_handed_in_again() {
    let west = west().await;
    let request = id(&ask(&west.applicant, json!({})).await);
    wrong(&act(&west.leader, &request, json!({ "action": "reject" })).await, "opinion", "trip.opinion");
    stands(&act(&west.leader, &request, json!({ "action": "send_back", "opinion": "请写明事由" })).await, "draft");
    let rewritten = with(wish(), &json!({ "purpose": "赴萧山督导安全生产" }));
    let path = format!("/trip-requests/{request}");
    let answer = west.applicant.ask(Method::PUT, &path, Some(rewritten.to_string()), &[]).await;
    stands(&answer, "draft");
    stands(&act(&west.applicant, &request, json!({ "action": "submit" })).await, "submitted");
    let rejected = act(&west.leader, &request, json!({ "action": "reject", "opinion": "改乘公共交通" })).await;
    stands(&rejected, "rejected");
    let said: Vec<Value> = rejected.json()["approvals"].as_array().unwrap().iter().map(|one| one["action"].clone()).collect();
    assert_eq!(said, ["returned", "rejected"]);
}

#[tokio::test]
async fn a_decision_is_taken_back_within_ten_seconds_and_not_later() {
    let west = west().await;
    let request = id(&ask(&west.applicant, json!({})).await);
    let approved = act(&west.leader, &request, json!({ "action": "approve" })).await;
    assert!(approved.json()["moves"].as_array().unwrap().contains(&json!("undo")), "{}", approved.text());
    west.world.pass(Duration::seconds(9));
    stands(&act(&west.leader, &request, json!({ "action": "undo" })).await, "submitted");
    stands(&act(&west.leader, &request, json!({ "action": "approve" })).await, "approved");
    west.world.pass(Duration::seconds(10));
    refused(&act(&west.leader, &request, json!({ "action": "undo" })).await, 409, "trip.state");
}

#[tokio::test]
async fn many_requests_are_decided_on_at_once_and_each_by_itself() {
    let west = west().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(id(&ask(&west.applicant, json!({})).await));
    }
    act(&west.applicant, &ids[1], json!({ "action": "withdraw" })).await;
    wrong(&west.leader.post("/trip-requests/decisions", &json!({ "ids": [], "action": "approve" })).await, "ids", "trip.batch");
    let made = west.leader.post("/trip-requests/decisions", &json!({ "ids": ids, "action": "approve" })).await.json();
    assert_eq!(made["done"], json!([ids[0], ids[2]]));
    assert_eq!(
        (made["failed"][0]["id"].as_str(), made["failed"][0]["code"].as_str()),
        (Some(ids[1].as_str()), Some("trip.state"))
    );
    let without_a_word =
        west.leader.post("/trip-requests/decisions", &json!({ "ids": [ids[0]], "action": "reject" })).await.json();
    assert_eq!(without_a_word["failed"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_the_rules_say_against_a_wish_is_told_while_it_is_typed_and_refused_when_it_is_handed_in() {
    let west = west().await;
    let typed = with(wish(), &json!({ "reason": "婚丧喜庆", "passenger_count": 7 }));
    let said = west.applicant.post("/trip-requests/check", &typed).await.json();
    let codes: Vec<&str> = said["notices"].as_array().unwrap().iter().map(|notice| notice["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["trip.reason_negative", "trip.too_few_seats"]);
    assert!(said["notices"][0]["clause"].as_str().unwrap().contains("第二十六条"), "{said}");
    assert_eq!(said["steps"], json!(["单位领导审批"]));
    let handed_in = ask(&west.applicant, json!({ "reason": "婚丧喜庆" })).await;
    wrong(&handed_in, "reason", "trip.reason_negative");
    assert!(handed_in.json()["detail"].as_str().unwrap().contains("第二十六条"));
    wrong(&ask(&west.applicant, json!({ "category": "boat" })).await, "category", "vehicle.category");
    refused(&ask(&west.applicant, json!({ "unit_id": EAST.0 })).await, 404, "store.not_found");
    assert_eq!(number(&west.world.db.pool, "select count(*) from trip_request").await.unwrap(), 0);
}

#[tokio::test]
async fn a_flow_of_several_steps_goes_up_from_unit_to_unit() {
    let west = west().await;
    west.world.open_account("city.leader", Role::UnitLeader, crate::harness::CITY).await;
    let boss = west.world.sign_in("city.leader").await;
    let flow = json!({
        "unit_id": WEST.0, "name": "三十公里以上", "rank": 10, "when": { "at_least_m": 30_000 },
        "steps": [{ "name": "本级审批", "signer": "own_leader" }, { "name": "上级审批", "signer": "superior_leader", "escalate_after_minutes": 30 }],
    });
    assert_eq!(west.leader.post("/approval-flows", &flow).await.status, 201);
    refused(&west.leader.post("/approval-flows", &flow).await, 409, "flow.name_taken");
    let none = with(flow.clone(), &json!({ "name": "空", "steps": [] }));
    wrong(&west.leader.post("/approval-flows", &none).await, "steps", "flow.steps");

    let request = id(&ask(&west.applicant, json!({})).await);
    refused(&act(&boss, &request, json!({ "action": "approve" })).await, 409, "trip.state");
    stands(&act(&west.leader, &request, json!({ "action": "approve" })).await, "submitted");
    refused(&act(&west.leader, &request, json!({ "action": "approve" })).await, 409, "trip.state");
    stands(&act(&boss, &request, json!({ "action": "approve" })).await, "approved");

    let near = json!({ "to": { "name": "近处", "lon": 120.14, "lat": 30.25 } });
    let short = id(&ask(&west.applicant, near).await);
    stands(&act(&west.leader, &short, json!({ "action": "approve" })).await, "approved");
}

#[tokio::test]
async fn a_step_is_handed_to_a_colleague_or_signed_by_one_more() {
    let west = west().await;
    let other = west.world.open_account("west.deputy", Role::UnitLeader, WEST).await;
    let deputy = west.world.sign_in("west.deputy").await;
    let request = id(&ask(&west.applicant, json!({})).await);
    wrong(&act(&west.leader, &request, json!({ "action": "transfer" })).await, "account_id", "trip.signer");
    stands(&act(&west.leader, &request, json!({ "action": "transfer", "account_id": other.0 })).await, "submitted");
    refused(&act(&west.leader, &request, json!({ "action": "approve" })).await, 409, "trip.state");
    stands(&act(&deputy, &request, json!({ "action": "approve" })).await, "approved");

    let request = id(&ask(&west.applicant, json!({})).await);
    stands(&act(&west.leader, &request, json!({ "action": "add_signer", "account_id": other.0 })).await, "submitted");
    stands(&act(&west.leader, &request, json!({ "action": "approve" })).await, "submitted");
    stands(&act(&deputy, &request, json!({ "action": "approve" })).await, "approved");
}

#[tokio::test]
async fn an_emergency_leaves_first_and_is_ratified_within_a_day() {
    let west = west().await;
    let asked = ask(&west.applicant, json!({ "is_emergency": true, "begins_at": "2026-03-02T04:05:00Z" })).await;
    stands(&asked, "approved");
    let (request, seen) = (id(&asked), asked.json());
    assert_eq!(seen["ratify_by"], "2026-03-03T04:00:00Z");
    assert_eq!(issue(&west.dispatcher, &request, west.cars[0], DRIVERS[0]).await.status, 201);
    let waiting = west.leader.get("/trip-requests?view=to_decide").await.json();
    assert_eq!(waiting["items"][0]["moves"], json!(["ratify"]));
    stands(&act(&west.leader, &request, json!({ "action": "ratify", "opinion": "情况属实" })).await, "ordered");
    assert!(west.leader.get("/trip-requests?view=to_decide").await.json()["items"].as_array().unwrap().is_empty());
    let late = ask(&west.applicant, json!({ "is_emergency": true, "begins_at": "2026-03-02T07:00:00Z" })).await;
    wrong(&late, "begins_at", "trip.no_emergency");
}

#[tokio::test]
async fn a_driver_who_declines_sends_the_request_back_and_the_dispatcher_is_told() {
    let west = west().await;
    let request = approved(&west, json!({})).await;
    let order = id(&issue(&west.dispatcher, &request, west.cars[0], DRIVERS[0]).await);
    wrong(&step(&west.driver, &order, json!({ "action": "decline" })).await, "reason", "order.reason");
    stands(&step(&west.driver, &order, json!({ "action": "decline", "reason": "身体不适" })).await, "declined");
    let seen = west.dispatcher.get(&format!("/trip-requests/{request}")).await.json();
    assert_eq!(seen["state"], "approved");
    let inbox = west.dispatcher.get("/messages").await.text();
    assert!(inbox.contains("order_declined") && inbox.contains("身体不适"), "{inbox}");
    let again = issue(&west.dispatcher, &request, west.cars[0], DRIVERS[1]).await;
    assert_eq!(again.status, 201, "the car is free again: {}", again.text());
}

#[tokio::test]
async fn who_asked_calls_off_until_the_driver_has_taken_it_and_the_dispatcher_with_a_reason_until_it_leaves() {
    let west = west().await;
    let request = approved(&west, json!({})).await;
    let order = id(&issue(&west.dispatcher, &request, west.cars[0], DRIVERS[0]).await);
    stands(&step(&west.driver, &order, json!({ "action": "accept" })).await, "accepted");
    refused(&act(&west.applicant, &request, json!({ "action": "cancel" })).await, 409, "trip.state");
    wrong(&act(&west.dispatcher, &request, json!({ "action": "cancel" })).await, "opinion", "trip.opinion");
    stands(&act(&west.dispatcher, &request, json!({ "action": "cancel", "opinion": "会议取消" })).await, "cancelled");
    stands(&west.driver.get(&format!("/dispatch-orders/{order}")).await, "cancelled");
    assert!(west.driver.get("/messages").await.text().contains("trip_cancelled"));

    let request = approved(&west, json!({})).await;
    issue(&west.dispatcher, &request, west.cars[0], DRIVERS[0]).await;
    stands(&act(&west.applicant, &request, json!({ "action": "cancel" })).await, "cancelled");
}

#[tokio::test]
async fn each_change_tells_those_who_have_to_act_and_those_it_concerns_once() {
    let west = west().await;
    let request = approved(&west, json!({})).await;
    let order = id(&issue(&west.dispatcher, &request, west.cars[0], DRIVERS[0]).await);
    stands(&step(&west.driver, &order, json!({ "action": "accept" })).await, "accepted");
    let kinds = async |client: &Client| {
        let items = client.get("/messages").await.json();
        let mut kinds: Vec<String> =
            items["items"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap().to_owned()).collect();
        kinds.sort();
        kinds
    };
    assert_eq!(kinds(&west.leader).await, ["trip_awaits_approval"]);
    assert_eq!(kinds(&west.dispatcher).await, ["trip_awaits_dispatch"]);
    assert_eq!(kinds(&west.applicant).await, ["trip_decided", "trip_ordered"]);
    assert_eq!(kinds(&west.driver).await, ["order_issued"]);
}

#[tokio::test]
async fn several_cars_go_for_one_request_and_each_is_driven_by_itself() {
    let west = west().await;
    let request = approved(&west, json!({ "vehicle_count": 2, "passenger_count": 8 })).await;
    let first = id(&issue(&west.dispatcher, &request, west.cars[0], DRIVERS[0]).await);
    let second = issue(&west.dispatcher, &request, west.cars[1], DRIVERS[1]).await;
    assert_eq!(second.status, 201, "{}", second.text());
    refused(&issue(&west.dispatcher, &request, west.cars[0], DRIVERS[0]).await, 409, "trip.state");
    stands(&step(&west.driver, &first, json!({ "action": "accept" })).await, "accepted");
    let seen = west.applicant.get(&format!("/trip-requests/{request}")).await.json();
    let states: Vec<&str> = seen["orders"].as_array().unwrap().iter().map(|order| order["state"].as_str().unwrap()).collect();
    assert_eq!((states.len(), states.contains(&"accepted"), states.contains(&"issued")), (2, true, true));
}

#[tokio::test]
async fn a_car_of_another_size_goes_with_a_reason_and_a_driver_whose_licence_ends_does_not_go() {
    let west = west().await;
    execute(&west.world.db.pool, "update vehicle set seats = 7 where plate = '浙A00002'").await.unwrap();
    let request = approved(&west, json!({})).await;
    wrong(&issue(&west.dispatcher, &request, west.cars[1], DRIVERS[0]).await, "substitution", "order.substitution");
    execute(&west.world.db.pool, "update driver set licence_until = '2026-03-01' where name = '张师傅'").await.unwrap();
    refused(&issue(&west.dispatcher, &request, west.cars[0], DRIVERS[0]).await, 409, "driver.licence_expired");
    let body = json!({ "vehicle_id": west.cars[1].id.0, "driver_id": DRIVERS[1], "substitution": "小车均已派出" });
    let issued = west.dispatcher.post(&format!("/trip-requests/{request}/orders"), &body).await;
    assert_eq!((issued.status.as_u16(), issued.json()["substitution"].as_str()), (201, Some("小车均已派出")));
}

#[tokio::test]
async fn under_a_hundred_parallel_requests_no_car_and_no_driver_is_given_twice() {
    let west = west().await;
    let mut requests = Vec::new();
    for _ in 0..20 {
        requests.push(approved(&west, json!({})).await);
    }
    let tries = (0..100).map(|n| {
        let (client, request) = (west.dispatcher.clone(), requests[n % 20].clone());
        let (car, driver) = (west.cars[n % 2], DRIVERS[(n / 2) % 2]);
        tokio::spawn(async move {
            loop {
                // A store that is asked by a hundred at once may say that it is busy: who is told so asks again.
                let status = issue(&client, &request, car, driver).await.status.as_u16();
                if status != 503 {
                    return status;
                }
            }
        })
    });
    let mut made = 0;
    for tried in tries.collect::<Vec<_>>() {
        let status = tried.await.unwrap();
        assert!(matches!(status, 201 | 409), "{status}");
        made += u32::from(status == 201);
    }
    assert!((1..=2).contains(&made), "two cars, two drivers, one span of time: {made}");
    let twice = "select count(*) from dispatch_order a join dispatch_order b on a.id < b.id and a.taken && b.taken
                 and (a.vehicle_id = b.vehicle_id or a.driver_id = b.driver_id)";
    assert_eq!(number(&west.world.db.pool, twice).await.unwrap(), 0);
}

#[tokio::test]
async fn a_car_on_the_road_has_one_driver_and_a_driver_on_the_road_one_car() {
    let west = west().await;
    west.world.open_account("second", Role::Driver, WEST).await;
    let bound = "update driver set account_id = (select id from account where login = 'second') where name = '李师傅'";
    execute(&west.world.db.pool, bound).await.unwrap();
    let second = west.world.sign_in("second").await;
    let later = json!({ "begins_at": "2026-03-02T08:30:00Z", "ends_at": "2026-03-02T10:00:00Z" });
    let mut orders = Vec::new();
    for (changes, car, driver) in [(json!({}), 0, 0), (later.clone(), 1, 0), (later, 0, 1)] {
        let request = approved(&west, changes).await;
        orders.push(id(&issue(&west.dispatcher, &request, west.cars[car], DRIVERS[driver]).await));
    }
    for (client, order) in [(&west.driver, &orders[0]), (&west.driver, &orders[1]), (&second, &orders[2])] {
        stands(&step(client, order, json!({ "action": "accept" })).await, "accepted");
    }
    // The first trip takes longer than it was to: the car and its driver are still out when the next ones begin.
    west.world.pass(Duration::hours(1));
    let depart = json!({ "action": "depart", "odometer_km": 1000.0 });
    stands(&step(&west.driver, &orders[0], depart.clone()).await, "underway");
    west.world.pass(Duration::minutes(210));
    let (first, second) = (west.world.sign_in("driver").await, west.world.sign_in("second").await);
    refused(&step(&first, &orders[1], depart.clone()).await, 409, "order.driver_underway");
    refused(&step(&second, &orders[2], depart.clone()).await, 409, "order.vehicle_underway");
    // What is back is free for the next.
    stands(&step(&first, &orders[0], json!({ "action": "return", "odometer_km": 1040.0 })).await, "returned");
    stands(&step(&first, &orders[1], depart).await, "underway");
    stands(&step(&second, &orders[2], json!({ "action": "depart", "odometer_km": 1040.0 })).await, "underway");
}

#[tokio::test]
async fn a_device_that_lost_the_answer_tells_its_step_again_and_it_counts_once() {
    let west = west().await;
    let request = approved(&west, json!({})).await;
    let order = id(&issue(&west.dispatcher, &request, west.cars[0], DRIVERS[0]).await);
    for _ in 0..2 {
        stands(&step(&west.driver, &order, json!({ "action": "accept", "key": "tap-1" })).await, "accepted");
    }
    for _ in 0..2 {
        let answer =
            step(&west.driver, &order, json!({ "action": "depart", "key": "tap-2", "at": "2026-03-02T03:59:00Z" })).await;
        stands(&answer, "underway");
        assert_eq!(answer.json()["departed_at"], "2026-03-02T03:59:00Z", "when it happened, not when it was told");
    }
    assert_eq!(number(&west.world.db.pool, "select count(*) from dispatch_order_step").await.unwrap(), 3);
    wrong(
        &step(&west.driver, &order, json!({ "action": "arrive", "at": "2026-03-02T04:06:00Z" })).await,
        "at",
        "order.clock_ahead",
    );
}

#[tokio::test]
async fn what_a_confidential_trip_is_about_only_those_see_who_have_to() {
    let west = west().await;
    west.world.open_account("west.inspector", Role::Inspector, WEST).await;
    let inspector = west.world.sign_in("west.inspector").await;
    let request = approved(&west, json!({ "is_confidential": true, "purpose": "密件送达" })).await;
    issue(&west.dispatcher, &request, west.cars[0], DRIVERS[0]).await;
    let path = format!("/trip-requests/{request}");
    for client in [&west.applicant, &west.leader, &west.dispatcher, &west.driver] {
        let seen = client.get(&path).await.json();
        assert_eq!((seen["purpose"].as_str(), seen["is_masked"].as_bool()), (Some("密件送达"), Some(false)), "{seen}");
    }
    for target in [path.as_str(), "/trip-requests?view=all", "/dispatch-orders?view=all"] {
        let seen = inspector.get(target).await;
        assert_eq!(seen.status, 200, "{}", seen.text());
        let text = seen.text();
        assert!(text.contains("涉密"), "{text}");
        for secret in ["密件送达", "调研", "萧山区府", "王某", "120.26"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
    let audit = fleet_db::testing::fleet::audited(&west.world.db.pool).await.unwrap();
    let told = audit.iter().map(Value::to_string).collect::<String>();
    assert!(!told.contains("密件送达") && !told.contains("萧山区府"), "nor does the log tell");
}

#[tokio::test]
async fn a_step_that_waits_too_long_goes_to_the_unit_above() {
    let west = west().await;
    west.world.open_account("city.leader", Role::UnitLeader, crate::harness::CITY).await;
    let boss = west.world.sign_in("city.leader").await;
    let flow = json!({
        "unit_id": WEST.0, "name": "限时", "rank": 1, "steps": [{ "name": "审批", "signer": "own_leader", "escalate_after_minutes": 30 }],
    });
    assert_eq!(west.leader.post("/approval-flows", &flow).await.status, 201);
    let request = id(&ask(&west.applicant, json!({})).await);
    west.world.pass(Duration::minutes(29));
    assert_eq!(web::escalate_overdue(&west.world.db.pool, west.world.now()).await.unwrap(), 0);
    west.world.pass(Duration::minutes(1));
    assert_eq!(web::escalate_overdue(&west.world.db.pool, west.world.now()).await.unwrap(), 1);
    refused(&act(&west.leader, &request, json!({ "action": "approve" })).await, 409, "trip.state");
    let decided = act(&boss, &request, json!({ "action": "approve" })).await;
    stands(&decided, "approved");
    assert_eq!(decided.json()["approvals"][0]["action"], "escalated");
    assert!(boss.get("/messages").await.text().contains("trip_awaits_approval"));
}

#[tokio::test]
async fn an_order_is_given_to_another_car_and_another_driver_before_it_leaves() {
    let west = west().await;
    let request = approved(&west, json!({})).await;
    let order = id(&issue(&west.dispatcher, &request, west.cars[0], DRIVERS[0]).await);
    let nothing = step(&west.dispatcher, &order, json!({ "action": "reassign", "reason": "故障" })).await;
    wrong(&nothing, "vehicle_id", "order.nothing_changed");
    let body = json!({ "action": "reassign", "reason": "车辆故障", "vehicle_id": west.cars[1].id.0, "driver_id": DRIVERS[1] });
    let moved = step(&west.dispatcher, &order, body).await;
    stands(&moved, "issued");
    assert_eq!((moved.json()["plate"].as_str(), moved.json()["driver"].as_str()), (Some("浙A00002"), Some("李师傅")));
    let other = approved(&west, json!({})).await;
    assert_eq!(issue(&west.dispatcher, &other, west.cars[0], DRIVERS[0]).await.status, 201, "both are free again");
}

#[tokio::test]
async fn the_board_shows_cars_with_their_orders_and_what_waits() {
    let west = west().await;
    let given = approved(&west, json!({})).await;
    issue(&west.dispatcher, &given, west.cars[0], DRIVERS[0]).await;
    let waiting = approved(&west, json!({})).await;
    let board = west.dispatcher.get("/dispatch-board?from=2026-03-02T00:00:00Z&to=2026-03-03T00:00:00Z").await.json();
    assert_eq!(board["vehicles"].as_array().unwrap().len(), 2);
    assert_eq!(board["vehicles"][0]["orders"][0]["request_id"].as_str(), Some(given.as_str()));
    assert_eq!((board["waiting"].as_array().unwrap().len(), board["waiting"][0]["id"].as_str()), (1, Some(waiting.as_str())));
    let empty = west.dispatcher.get("/dispatch-board?from=2026-03-03T00:00:00Z&to=2026-03-02T00:00:00Z").await;
    wrong(&empty, "to", "trip.window");
}

#[tokio::test]
async fn two_requests_that_go_the_same_way_share_one_car_and_who_gets_out_waits_again() {
    let west = west().await;
    let poolable = json!({ "is_poolable": true });
    let first = approved(&west, poolable.clone()).await;
    let order = id(&issue(&west.dispatcher, &first, west.cars[0], DRIVERS[0]).await);
    let second = approved(&west, poolable.clone()).await;
    let companions = west.dispatcher.get(&format!("/trip-requests/{second}/companions")).await.json();
    assert_eq!(
        (companions["items"][0]["order_id"].as_str(), companions["items"][0]["seats_left"].as_u64()),
        (Some(order.as_str()), Some(2))
    );
    let rides = async |request: &str| {
        west.dispatcher.post(&format!("/trip-requests/{request}/ride"), &json!({ "order_id": order })).await
    };
    let riding = rides(&second).await;
    stands(&riding, "ordered");
    assert_eq!(riding.json()["orders"][0]["id"].as_str(), Some(order.as_str()));
    refused(&rides(&second).await, 409, "trip.state");
    let third = approved(&west, poolable).await;
    refused(&rides(&third).await, 409, "pool.seats");
    let alone = approved(&west, json!({})).await;
    refused(&rides(&alone).await, 409, "pool.not_poolable");
    assert!(
        west.dispatcher.get(&format!("/trip-requests/{alone}/companions")).await.json()["items"].as_array().unwrap().is_empty()
    );

    stands(&act(&west.applicant, &second, json!({ "action": "cancel" })).await, "cancelled");
    stands(&west.driver.get(&format!("/dispatch-orders/{order}")).await, "issued");
    stands(&rides(&third).await, "ordered");
    stands(&step(&west.driver, &order, json!({ "action": "decline", "reason": "身体不适" })).await, "declined");
    for request in [&first, &third] {
        stands(&west.applicant.get(&format!("/trip-requests/{request}")).await, "approved");
    }
}

#[tokio::test]
async fn a_car_of_another_unit_is_asked_for_sent_by_that_unit_and_seen_by_both() {
    let west = west().await;
    west.world.open_account("east.applicant", Role::Applicant, EAST).await;
    west.world.open_account("east.leader", Role::UnitLeader, EAST).await;
    let (applicant, leader) = (west.world.sign_in("east.applicant").await, west.world.sign_in("east.leader").await);
    let request = id(&ask(&applicant, json!({ "unit_id": EAST.0, "fleet_unit_id": WEST.0 })).await);
    refused(&act(&west.leader, &request, json!({ "action": "approve" })).await, 409, "trip.state");
    stands(&act(&leader, &request, json!({ "action": "approve" })).await, "approved");
    let issued = issue(&west.dispatcher, &request, west.cars[0], DRIVERS[0]).await;
    assert_eq!(issued.status, 201, "{}", issued.text());
    let order = id(&issued);
    stands(&step(&west.driver, &order, json!({ "action": "accept" })).await, "accepted");
    for client in [&applicant, &leader, &west.dispatcher, &west.leader] {
        let seen = client.get(&format!("/dispatch-orders/{order}")).await.json();
        assert_eq!((seen["unit_name"].as_str(), seen["fleet_name"].as_str()), (Some("上城区府"), Some("西湖区府")), "{seen}");
    }
}
