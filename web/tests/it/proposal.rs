//! A plan for what waits, over the API: proposed with reasons, sent by the dispatcher, and made anew when a car fails.

use dispatch::account::Role;
use fleet_db::testing::fleet::execute;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, EAST, WEST};
use crate::trips::{DRIVERS, West, approved, issue, step, west};

/// The day that the world stands in.
const DAY: &str = "from=2026-03-02T04:00:00Z&to=2026-03-02T16:00:00Z";

/// The west side, whose unit has a yard.
async fn yard() -> West {
    let west = west().await;
    execute(&west.world.db.pool, "update unit set place = st_setsrid(st_makepoint(120.13, 30.25), 4326)").await.unwrap();
    west
}

async fn proposed(client: &Client, more: &str) -> Value {
    let answer = client.get(&format!("/dispatch-proposal?{DAY}{more}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn order_of(answer: &Answer) -> String {
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["id"].as_str().unwrap().to_owned()
}

async fn send(client: &Client, proposal: &Value) -> Answer {
    let (request, car, driver) = (&proposal["request_id"], &proposal["vehicle_id"], &proposal["driver_id"]);
    let body = json!({ "vehicle_id": car, "driver_id": driver });
    client.post(&format!("/trip-requests/{}/orders", request.as_str().unwrap()), &body).await
}

#[tokio::test]
async fn what_waits_is_planned_with_reasons_and_goes_out_as_proposed() {
    let west = yard().await;
    let first = approved(&west, json!({})).await;
    let second = approved(&west, json!({ "begins_at": "2026-03-02T09:00:00Z", "ends_at": "2026-03-02T11:00:00Z" })).await;
    let plan = proposed(&west.dispatcher, "").await;
    let lines = plan["proposals"].as_array().unwrap();
    let papers: Vec<_> = lines.iter().map(|line| line["request_id"].as_str().unwrap()).collect();
    assert_eq!(papers, [first, second], "in order of time: {plan}");
    assert_eq!(lines[0]["plate"], lines[1]["plate"], "one car goes twice: {plan}");
    let (cost, bound) = (plan["cost_fen"].as_i64().unwrap(), plan["bound_fen"].as_i64().unwrap());
    assert!((1..=cost).contains(&bound) && plan["gap_pct"].is_number(), "no plan costs less than the bound: {plan}");
    assert_eq!(plan["travel"], "straight_line");
    for line in lines {
        assert!(!line["reasons"][0]["text"].as_str().unwrap().is_empty() && line["driver"].is_string(), "{line}");
        assert_eq!(line["alternatives"].as_array().unwrap().len(), 1, "the other car, and why not: {line}");
        assert!(line["alternatives"][0]["why_not"][0]["text"].is_string(), "{line}");
        order_of(&send(&west.dispatcher, line).await);
    }
    let after = proposed(&west.dispatcher, "").await;
    assert_eq!((&after["proposals"], &after["unserved"]), (&json!([]), &json!([])), "nothing waits any more");
}

#[tokio::test]
async fn what_no_car_can_serve_is_told_with_what_stands_against_it() {
    let west = yard().await;
    approved(&west, json!({})).await;
    execute(&west.world.db.pool, "update vehicle set status = 'in_repair'").await.unwrap();
    let plan = proposed(&west.dispatcher, "").await;
    assert_eq!(plan["proposals"], json!([]));
    assert!(plan["unserved"][0]["reasons"][0]["text"].is_string(), "{plan}");
    execute(&west.world.db.pool, "update vehicle set status = 'in_service'").await.unwrap();
    execute(&west.world.db.pool, "update unit set place = null").await.unwrap();
    let plan = proposed(&west.dispatcher, "").await;
    let lines = plan["proposals"].as_array().unwrap().len();
    assert_eq!((lines, plan["vehicles_without_place"].as_u64()), (1, Some(2)), "who is nowhere may go, and is counted: {plan}");
}

#[tokio::test]
async fn a_car_that_fails_leaves_its_trips_to_another_and_nothing_else_moves() {
    let west = yard().await;
    let first = approved(&west, json!({})).await;
    let order = order_of(&issue(&west.dispatcher, &first, west.cars[0], DRIVERS[0]).await);
    let other = approved(&west, json!({ "begins_at": "2026-03-02T09:00:00Z", "ends_at": "2026-03-02T11:00:00Z" })).await;
    order_of(&issue(&west.dispatcher, &other, west.cars[1], DRIVERS[1]).await);
    assert_eq!(proposed(&west.dispatcher, "").await["proposals"], json!([]));

    let plan = proposed(&west.dispatcher, &format!("&without_vehicle_id={}", west.cars[0].id)).await;
    let lines = plan["proposals"].as_array().unwrap();
    assert_eq!(lines.len(), 1, "{plan}");
    assert_eq!((lines[0]["order_id"].as_str(), lines[0]["plate"].as_str()), (Some(order.as_str()), Some("浙A00002")));
    let body = json!({ "action": "reassign", "vehicle_id": lines[0]["vehicle_id"], "driver_id": lines[0]["driver_id"], "reason": "车辆故障" });
    let moved = step(&west.dispatcher, &order, body).await;
    assert_eq!((moved.status.as_u16(), moved.json()["plate"].as_str()), (200, Some("浙A00002")), "{}", moved.text());
}

#[tokio::test]
async fn a_plan_is_for_who_dispatches_and_for_the_own_cars_alone() {
    let west = yard().await;
    approved(&west, json!({})).await;
    west.world.open_account("east.dispatcher", Role::Dispatcher, EAST).await;
    let east = west.world.sign_in("east.dispatcher").await;
    let plan = proposed(&east, "").await;
    assert_eq!((&plan["proposals"], &plan["unserved"]), (&json!([]), &json!([])));
    let named = east.get(&format!("/dispatch-proposal?{DAY}&unit_id={}", WEST.0)).await;
    assert_eq!((named.status.as_u16(), named.json()["code"].as_str()), (403, Some("auth.outside")), "{}", named.text());
    assert_eq!(west.applicant.get(&format!("/dispatch-proposal?{DAY}")).await.status, 403);
    let past = west.dispatcher.get("/dispatch-proposal?from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z").await;
    assert_eq!((past.status.as_u16(), past.json()["fields"]["to"].as_str()), (422, Some("proposal.window")));
}
