//! Accidents and violations: told from the road with pictures, linked with order, driver and insurance, moved by their tables alone.

use axum::http::Method;
use chrono::Duration;
use fleet_db::testing::fleet::number;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, WEST};
use crate::trips::{DRIVERS, West, approved, issue, step, west, with};

/// A picture, as far as its first bytes say so.
pub(crate) fn picture(number: u8) -> Vec<u8> {
    vec![0xff, 0xd8, 0xff, 0xe0, 0, 0x10, b'J', b'F', b'I', b'F', number]
}

/// What a driver tells of an accident.
pub(crate) fn report(key: &str) -> Value {
    json!({
        "key": key, "at": "2026-03-02T04:30:00Z", "kind": "scrape", "what": "右前门与电动车剐蹭，无人受伤", "place_name": "文三路学院路口",
        "lon": 120.13, "lat": 30.27,
    })
}

/// What is known of an accident of a car.
pub(crate) fn accident(car: &str) -> Value {
    json!({ "vehicle_id": car, "at": "2026-03-02T03:00:00Z", "kind": "rear_end", "what": "等红灯时被追尾", "place_name": "天目山路" })
}

/// A violation of a car.
pub(crate) fn violation(car: &str) -> Value {
    json!({
        "vehicle_id": car, "at": "2026-03-02T03:00:00Z", "place_name": "环城西路", "code": "1039", "what": "违反规定停放车辆", "points": 0,
        "fine_fen": 15000,
    })
}

/// An order that is on the road since half an hour ago.
pub(crate) async fn underway() -> (West, String) {
    let west = west().await;
    let request = approved(&west, json!({ "begins_at": "2026-03-02T04:10:00Z" })).await;
    let order = issue(&west.dispatcher, &request, west.cars[0], DRIVERS[0]).await.json()["id"].as_str().unwrap().to_owned();
    step(&west.driver, &order, json!({ "action": "accept" })).await;
    west.world.pass(Duration::minutes(10));
    assert_eq!(step(&west.driver, &order, json!({ "action": "depart", "odometer_km": 100 })).await.json()["state"], "underway");
    west.world.pass(Duration::minutes(25));
    (west, order)
}

fn id(answer: &Answer) -> String {
    answer.json()["id"].as_str().unwrap_or_else(|| panic!("{}", answer.text())).to_owned()
}

#[track_caller]
fn wrong(answer: &Answer, field: &str, code: &str) {
    assert_eq!((answer.status.as_u16(), answer.json()["fields"][field].as_str()), (422, Some(code)), "{}", answer.text());
}

async fn take(client: &Client, case: &str, action: &str, text: &str) -> Answer {
    client.post(&format!("/accidents/{case}/steps"), &json!({ "action": action, "text": text })).await
}

#[tokio::test]
async fn a_report_from_the_road_reaches_the_dispatcher_with_its_pictures_and_is_linked_with_order_driver_and_car() {
    let (west, order) = underway().await;
    let path = format!("/dispatch-orders/{order}/accidents");
    let told = west.driver.post(&path, &report("r1")).await;
    assert_eq!(told.status, 200, "{}", told.text());
    assert_eq!(told.json()["number"], "SG-330100-2026-1");
    let again = west.driver.post(&path, &report("r1")).await.json();
    assert_eq!(again["id"], told.json()["id"], "the answer was lost: the same report");
    let inbox = west.dispatcher.get("/messages").await.json();
    let reached = inbox["items"].as_array().unwrap().iter().filter(|one| one["kind"] == "accident_reported");
    assert_eq!(reached.count(), 1, "told before it was answered, and once: {inbox}");

    let pictures = format!("/dispatch-orders/{order}/accident-photographs?report=r1");
    for name in ["p1", "p2", "p1"] {
        let kept = west.driver.upload(&format!("{pictures}&key={name}"), picture(name.as_bytes()[1])).await;
        assert_eq!(kept.status, 204, "{}", kept.text());
    }
    wrong(&west.driver.upload(&format!("{pictures}&key=p3"), b"%PDF-1.4\n".to_vec()).await, "file", "accident.photo");

    let seen = west.dispatcher.get(&format!("/accidents/{}", id(&told))).await.json();
    assert_eq!((seen["plate"].as_str(), seen["driver"].as_str()), (Some("浙A00001"), Some("张师傅")));
    assert_eq!((seen["order_id"].as_str(), seen["state"].as_str()), (Some(order.as_str()), Some("reported")));
    assert_eq!(seen["photo_ids"].as_array().unwrap().len(), 2, "each once");
    assert_eq!(seen["moves"], json!([]), "who dispatches looks on");
    let papers = west.world.sign_in("manager").await.get(&format!("/vehicles/{}/documents", west.cars[0].id.0)).await.json();
    let kinds: Vec<&str> = papers["items"].as_array().unwrap().iter().map(|paper| paper["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["photograph", "photograph"], "among the papers of the car");
    let picture = west.dispatcher.get(&format!("/documents/{}", seen["photo_ids"][0].as_str().unwrap())).await;
    assert_eq!((picture.status.as_u16(), picture.headers["content-type"].to_str().unwrap()), (200, "image/jpeg"));
    assert_eq!(number(&west.world.db.pool, "select count(*) from accident_case").await.unwrap(), 1);
}

#[tokio::test]
async fn only_the_driver_of_the_order_tells_of_its_accidents() {
    let (west, order) = underway().await;
    let path = format!("/dispatch-orders/{order}/accidents");
    west.world.open_account("other.driver", dispatch::account::Role::Driver, WEST).await;
    let other = west.world.sign_in("other.driver").await;
    assert_eq!(other.post(&path, &report("r1")).await.status, 404);
    assert_eq!(west.dispatcher.post(&path, &report("r1")).await.problem(), (403, "auth.forbidden".to_owned()));
    let empty = west.driver.post(&path, &with(report("r1"), &json!({ "kind": "flood", "what": " " }))).await;
    wrong(&empty, "kind", "accident.kind");
    wrong(&empty, "what", "incident.text");
    assert_eq!(west.driver.get("/accidents").await.problem(), (403, "auth.forbidden".to_owned()));
}

#[tokio::test]
async fn a_case_is_claimed_with_its_insurance_and_closed_when_it_is_known_whose_fault_it_was() {
    let (west, order) = underway().await;
    let manager = west.world.sign_in("manager").await;
    let case = id(&west.driver.post(&format!("/dispatch-orders/{order}/accidents"), &report("r1")).await);
    let close = take(&manager, &case, "close", "已赔付").await;
    assert_eq!(close.problem(), (409, "incident.state".to_owned()), "nobody has taken it up");
    assert_eq!(take(&manager, &case, "take", "").await.json()["state"], "open");
    wrong(&take(&manager, &case, "claim", "").await, "insurer", "accident.insurer");
    let known = json!({
        "kind": "scrape", "what": "右前门与电动车剐蹭，无人受伤", "place_name": "文三路学院路口", "insurer": "人保财险",
        "policy_number": "PDAA202633010000001", "claim_number": "RDAA202633010000009", "damage_fen": 180_000, "third_party_fen": 30_000,
    });
    let path = format!("/accidents/{case}");
    let correct = async |body: &Value| manager.ask(Method::PUT, &path, Some(body.to_string()), &[]).await;
    assert_eq!(correct(&known).await.json()["claim_number"], "RDAA202633010000009");
    wrong(&correct(&with(known.clone(), &json!({ "damage_fen": -1 }))).await, "damage_fen", "incident.amount");
    assert_eq!(take(&manager, &case, "claim", "").await.json()["state"], "claimed");
    wrong(&take(&manager, &case, "close", "已赔付").await, "liability", "accident.liability_open");
    let found = with(known, &json!({ "liability": "main", "paid_fen": 210_000 }));
    assert_eq!(correct(&found).await.json()["liability"], "main");
    wrong(&take(&manager, &case, "close", " ").await, "text", "incident.text");
    let closed = take(&manager, &case, "close", "保险已赔付，车辆修复").await.json();
    assert_eq!((closed["state"].as_str(), closed["moves"].clone()), (Some("closed"), json!(["reopen"])));
    let log: Vec<&str> = closed["log"].as_array().unwrap().iter().map(|done| done["action"].as_str().unwrap()).collect();
    assert_eq!(log, ["take", "claim", "close"]);
    assert_eq!(correct(&found).await.problem(), (409, "accident.closed".to_owned()));
    let late = manager.upload(&format!("/accidents/{case}/photographs?key=x"), picture(1)).await;
    assert_eq!(late.problem(), (409, "accident.closed".to_owned()));
    assert_eq!(take(&manager, &case, "reopen", "对方复议").await.json()["state"], "open");
}

#[tokio::test]
async fn what_is_entered_at_the_desk_finds_the_order_and_the_driver_that_had_the_car_then() {
    let (west, order) = underway().await;
    let manager = west.world.sign_in("manager").await;
    let car = west.cars[0].id.0.to_string();
    let on_the_way = with(accident(&car), &json!({ "at": "2026-03-02T04:20:00Z" }));
    let entered = manager.post("/accidents", &on_the_way).await.json();
    assert_eq!((entered["order_id"].as_str(), entered["driver"].as_str()), (Some(order.as_str()), Some("张师傅")));
    let before = manager.post("/accidents", &accident(&car)).await.json();
    assert_eq!((before["order_id"].as_str(), before["driver"].as_str()), (None, None), "nobody had it then");
    let other = with(accident(&west.cars[1].id.0.to_string()), &json!({ "order_id": order }));
    wrong(&manager.post("/accidents", &other).await, "order_id", "incident.order");
    let to_come = with(accident(&car), &json!({ "at": "2026-03-02T09:00:00Z" }));
    wrong(&manager.post("/accidents", &to_come).await, "at", "incident.future");
    let open = manager.get("/accidents?state=reported").await.json();
    assert_eq!(open["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_violation_names_its_driver_is_handled_once_and_its_fine_is_charged_to_nobody() {
    let (west, order) = underway().await;
    let manager = west.world.sign_in("manager").await;
    let car = west.cars[0].id.0.to_string();
    let red = with(violation(&car), &json!({ "at": "2026-03-02T04:20:00Z", "code": "16251", "points": 6, "fine_fen": 20000 }));
    let entered = manager.post("/violations", &red).await;
    assert_eq!(entered.status, 201, "{}", entered.text());
    let seen = entered.json();
    assert_eq!((seen["number"].as_str(), seen["driver"].as_str()), (Some("WZ-330100-2026-1"), Some("张师傅")));
    assert_eq!((seen["order_id"].as_str(), seen["points"].as_u64()), (Some(order.as_str()), Some(6)));
    assert_eq!(manager.post("/violations", &red).await.problem(), (409, "violation.entered".to_owned()));
    wrong(&manager.post("/violations", &with(red.clone(), &json!({ "code": "闯红灯" }))).await, "code", "violation.code");
    wrong(&manager.post("/violations", &with(red, &json!({ "points": 13 }))).await, "points", "violation.points");

    let case = id(&entered);
    let move_it = async |action: &str, text: &str| {
        manager.post(&format!("/violations/{case}/steps"), &json!({ "action": action, "text": text })).await
    };
    wrong(&move_it("appeal", "").await, "text", "incident.text");
    assert_eq!(move_it("appeal", "信号灯故障").await.json()["state"], "appealed");
    assert_eq!(move_it("handle", "").await.json()["state"], "handled");
    assert_eq!(move_it("revoke", "撤销").await.problem(), (409, "incident.state".to_owned()));
    let log = manager.get(&format!("/violations/{case}")).await.json()["log"].as_array().unwrap().len();
    assert_eq!(log, 2);

    // What the trip costs knows nothing of it.
    assert_eq!(step(&west.driver, &order, json!({ "action": "return", "odometer_km": 120 })).await.json()["state"], "returned");
    let preview = manager.post(&format!("/dispatch-orders/{order}/settlement/preview"), &json!({ "basis": "expenses" })).await;
    assert_eq!((preview.status.as_u16(), preview.json()["total_fen"].as_i64()), (200, Some(0)), "{}", preview.text());
}
