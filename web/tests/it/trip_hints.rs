//! What the console is told beside a paper: the car that would come, whose cars can be asked for, what the rules say to who decides.

use dispatch::account::Role;
use dispatch::trip::order::OrderState;
use fleet_db::testing::fleet::execute;
use serde_json::{Value, json};

use crate::harness::{Client, EAST, WEST, World};
use crate::money::trip;
use crate::trips::{DRIVERS, approved, ask, issue, west, wish, with};

#[tokio::test]
async fn the_car_that_would_come_is_told_while_a_wish_is_typed() {
    let west = west().await;
    let likely = async |changes: Value| {
        let answer = west.applicant.post("/trip-requests/check", &with(wish(), &changes)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["likely"].clone()
    };
    let first = likely(json!({})).await;
    assert!(["浙A00001", "浙A00002"].contains(&first["plate"].as_str().unwrap()), "{first}");
    assert_eq!(likely(json!({ "fleet_unit_id": EAST.0 })).await, Value::Null, "where others' cars are is not told");
    assert_eq!(likely(json!({ "ends_at": "2026-03-02T05:00:00Z" })).await, Value::Null, "no span, no car");
    assert_eq!(likely(json!({ "seats": 30, "passenger_count": 25 })).await, Value::Null, "none is large enough");
    let one = approved(&west, json!({})).await;
    assert_eq!(issue(&west.dispatcher, &one, west.cars[0], DRIVERS[0]).await.status, 201);
    assert_eq!(likely(json!({})).await["plate"], "浙A00002", "the other one is taken");
    let two = approved(&west, json!({})).await;
    assert_eq!(issue(&west.dispatcher, &two, west.cars[1], DRIVERS[1]).await.status, 201);
    assert_eq!(likely(json!({})).await, Value::Null, "both are taken");
}

#[tokio::test]
async fn fleets_can_be_asked_for_a_car_by_other_units_and_no_other_unit_is_told_of() {
    let west = west().await;
    west.world.open_account("east.applicant", Role::Applicant, EAST).await;
    let names = async |client: &Client| -> Vec<String> {
        let options = client.get("/trip-options").await.json();
        options["fleets"].as_array().unwrap().iter().map(|fleet| fleet["name"].as_str().unwrap().to_owned()).collect()
    };
    let east = west.world.sign_in("east.applicant").await;
    assert!(names(&east).await.is_empty(), "cars of an office are its own");
    execute(&west.world.db.pool, "update unit set kind = 'fleet' where name = '西湖区府'").await.unwrap();
    assert_eq!(names(&east).await, ["西湖区府"]);
    assert!(names(&west.applicant).await.is_empty(), "one's own is no other unit, and nobody else has cars");
}

#[tokio::test]
async fn who_decides_is_told_what_the_rules_say_and_nobody_else() {
    let west = west().await;
    let manager = west.world.sign_in("manager").await;
    for (month, amount) in [(Value::Null, 100_000), (json!(3), 100)] {
        let body = json!({ "unit_id": WEST.0, "year": 2026, "month": month, "amount_fen": amount, "reason": "年度安排" });
        assert_eq!(manager.post("/allowances", &body).await.status, 201);
    }
    let asked = ask(&west.applicant, json!({ "begins_at": "2026-03-02T04:10:00Z" })).await.json();
    assert_eq!(asked["hints"], json!([]), "who asked was told while typing");
    let path = format!("/trip-requests/{}", asked["id"].as_str().unwrap());
    let codes = |view: &Value| -> Vec<String> {
        view["hints"].as_array().unwrap().iter().map(|hint| hint["code"].as_str().unwrap().to_owned()).collect()
    };
    let seen = west.leader.get(&path).await.json();
    assert_eq!(codes(&seen), ["trip.lead_time", "allowance.exceeded"], "{seen}");
    let listed = west.leader.get("/trip-requests?view=to_decide").await.json();
    assert_eq!(codes(&listed["items"][0]), ["trip.lead_time", "allowance.exceeded"], "in the list as well");
    assert_eq!(west.dispatcher.get(&path).await.json()["hints"], json!([]), "it is not the dispatcher's to decide");
    let fine = ask(&west.applicant, json!({ "vehicle_count": 1, "begins_at": "2026-03-02T06:00:00Z" })).await.json();
    let seen = west.leader.get(&format!("/trip-requests/{}", fine["id"].as_str().unwrap())).await.json();
    assert_eq!(codes(&seen), ["allowance.exceeded"], "there is time enough, and no money");
}

#[tokio::test]
async fn who_settles_finds_the_orders_that_are_back() {
    let world = World::new().await;
    let order = trip(&world, "PC-1", OrderState::Returned).await;
    world.open_account("west.inspector", Role::Inspector, WEST).await;
    let (manager, inspector) = (world.sign_in("manager").await, world.sign_in("west.inspector").await);
    let numbers = async |client: &Client, view: &str| -> Vec<String> {
        let page = client.get(&format!("/dispatch-orders?view={view}")).await;
        assert_eq!(page.status, 200, "{}", page.text());
        page.json()["items"].as_array().unwrap().iter().map(|order| order["number"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!((numbers(&manager, "to_settle").await, numbers(&manager, "settled").await), (vec!["PC-1".to_owned()], vec![]));
    let seen = manager.get("/dispatch-orders?view=to_settle").await.json();
    assert!(seen["items"][0]["moves"].as_array().unwrap().contains(&json!("settle")), "{seen}");
    assert_eq!(inspector.get("/dispatch-orders?view=to_settle").await.status, 403, "who looks on settles nothing");
    let settled = manager.post(&format!("/dispatch-orders/{order}/settlement"), &json!({ "basis": "expenses" })).await;
    assert_eq!(settled.status, 201, "{}", settled.text());
    assert_eq!((numbers(&manager, "to_settle").await, numbers(&inspector, "settled").await), (vec![], vec!["PC-1".to_owned()]));
}
