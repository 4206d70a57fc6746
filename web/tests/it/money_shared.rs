//! A car that several share costs once: two requests of two units merge to one car, what each pays sums to the whole; and a return leg
//! that is merged goes under the same number into the same settlement.

use chrono::Duration;
use dispatch::account::Role;
use serde_json::{Value, json};

use crate::harness::{CITY, Client, EAST, WEST};
use crate::trips::{DRIVERS, West, act, approved, ask, issue, step, west};

/// The west side's people and the east's, with money for both.
struct Both {
    west: West,
    manager: Client,
    authority: Client,
    east_applicant: Client,
    east_leader: Client,
}

async fn both() -> Both {
    let west = west().await;
    west.world.open_account("authority", Role::Authority, CITY).await;
    west.world.open_account("east.applicant", Role::Applicant, EAST).await;
    west.world.open_account("east.leader", Role::UnitLeader, EAST).await;
    let (manager, authority) = (west.world.sign_in("manager").await, west.world.sign_in("authority").await);
    let (east_applicant, east_leader) = (west.world.sign_in("east.applicant").await, west.world.sign_in("east.leader").await);
    for (unit, month, fen) in [(CITY, None, 200_000), (WEST, Some(3), 50_000), (EAST, Some(3), 50_000)] {
        let body = json!({ "unit_id": unit.0, "year": 2026, "month": month, "amount_fen": fen, "reason": "年度安排" });
        let given = authority.post("/allowances", &body).await;
        assert_eq!(given.status, 201, "{}", given.text());
    }
    Both { west, manager, authority, east_applicant, east_leader }
}

fn id(of: &Value) -> String {
    of["id"].as_str().unwrap().to_owned()
}

impl Both {
    /// A request of the east for a car of the west, approved by its own leader.
    async fn of_the_east(&self, passengers: u32) -> String {
        let asked = json!({ "unit_id": EAST.0, "fleet_unit_id": WEST.0, "is_poolable": true, "passenger_count": passengers });
        let asked = ask(&self.east_applicant, asked).await;
        assert_eq!(asked.status, 201, "{}", asked.text());
        let request = id(&asked.json());
        let decided = act(&self.east_leader, &request, json!({ "action": "approve" })).await;
        assert_eq!(decided.json()["state"], "approved", "{}", decided.text());
        request
    }

    /// Left, held and spent of this month of west and east.
    async fn stand(&self) -> [[i64; 3]; 2] {
        let list = self.authority.get(&format!("/allowances?unit_id={}&year=2026", CITY.0)).await.json();
        let of = |unit: uuid::Uuid| {
            let items = list["items"].as_array().unwrap();
            let item = items.iter().find(|item| item["unit_id"] == json!(unit) && item["month"] == 3).unwrap();
            ["left_fen", "held_fen", "spent_fen"].map(|field| item[field].as_i64().unwrap())
        };
        [of(WEST.0), of(EAST.0)]
    }

    async fn ride(&self, request: &str, order: &str) -> Value {
        let riding = self.west.dispatcher.post(&format!("/trip-requests/{request}/ride"), &json!({ "order_id": order })).await;
        assert_eq!(riding.json()["state"], "ordered", "{}", riding.text());
        riding.json()
    }

    async fn steps(&self, order: &str, steps: &[Value]) {
        for body in steps {
            self.west.world.pass(Duration::minutes(10));
            let done = step(&self.west.driver, order, body.clone()).await;
            assert!(done.status.is_success(), "{body}: {}", done.text());
        }
    }
}

#[tokio::test]
async fn two_matching_orders_merge_to_one_car_and_what_each_unit_pays_sums_to_the_total() {
    let both = both().await;
    let first = approved(&both.west, json!({ "is_poolable": true, "passenger_count": 1 })).await;
    let estimate = both.west.applicant.get(&format!("/trip-requests/{first}")).await.json()["estimate_fen"].as_i64().unwrap();
    assert!(estimate > 0);
    let order = id(&issue(&both.west.dispatcher, &first, both.west.cars[0], DRIVERS[0]).await.json());
    assert_eq!(both.stand().await, [[50_000 - estimate, estimate, 0], [50_000, 0, 0]], "alone, it holds the whole");

    let second = both.of_the_east(2).await;
    both.ride(&second, &order).await;
    let [west, east] = both.stand().await;
    assert_eq!(west[1] + east[1], estimate, "to the fen");
    assert!((west[1] * 2 - east[1]).abs() <= 2, "by seats, on the same way: {west:?} {east:?}");

    // Who gets out gives back, and who is left holds the whole.
    let off = act(&both.east_applicant, &second, json!({ "action": "cancel" })).await;
    assert_eq!(off.json()["state"], "cancelled", "{}", off.text());
    assert_eq!(both.stand().await, [[50_000 - estimate, estimate, 0], [50_000, 0, 0]]);
    let third = both.of_the_east(2).await;
    both.ride(&third, &order).await;

    let out = [json!({ "action": "accept" }), json!({ "action": "depart", "odometer_km": 1000.0 })];
    both.steps(&order, &out).await;
    both.steps(&order, &[json!({ "action": "return", "odometer_km": 1050.3 })]).await;
    let path = format!("/dispatch-orders/{order}/settlement");
    let by_tariff = json!({ "basis": "tariff", "area": "outside" });
    let preview = both.manager.post(&format!("{path}/preview"), &by_tariff).await.json();
    let settled = both.manager.post(&path, &by_tariff).await;
    assert_eq!(settled.status, 201, "{}", settled.text());
    let settled = settled.json();
    assert_eq!(settled["parts"], preview["parts"]);
    let total = settled["total_fen"].as_i64().unwrap();
    assert_eq!(total, 5_533, "50.3 km");
    let parts: Vec<(&str, i64)> = settled["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| (part["unit_name"].as_str().unwrap(), part["amount_fen"].as_i64().unwrap()))
        .collect();
    assert_eq!(parts, [("西湖区府", 1_844), ("上城区府", 3_689)], "a third and two thirds");
    assert_eq!(parts.iter().map(|(_, part)| part).sum::<i64>(), total);
    assert_eq!(both.stand().await, [[50_000 - 1_844, 0, 1_844], [50_000 - 3_689, 0, 3_689]]);
    let again = both.manager.post(&path, &by_tariff).await;
    assert_eq!(again.problem(), (409, "trip.state".to_owned()), "one car, one settlement");
    for (client, request) in [(&both.west.applicant, &first), (&both.east_applicant, &third)] {
        let seen = client.get(&path).await.json();
        assert_eq!(seen["parts"], settled["parts"], "each of them sees what all pay");
        assert_eq!(client.get(&format!("/trip-requests/{request}")).await.json()["state"], "closed");
    }
}

#[tokio::test]
async fn who_has_no_money_for_its_part_does_not_get_in() {
    let both = both().await;
    let taken = json!({ "unit_id": EAST.0, "year": 2026, "month": 3, "amount_fen": -50_000, "reason": "收回" });
    assert_eq!(both.authority.post("/allowances", &taken).await.status, 201);
    let first = approved(&both.west, json!({ "is_poolable": true, "passenger_count": 1 })).await;
    let order = id(&issue(&both.west.dispatcher, &first, both.west.cars[0], DRIVERS[0]).await.json());
    let before = both.stand().await;
    let second = both.of_the_east(2).await;
    let riding = both.west.dispatcher.post(&format!("/trip-requests/{second}/ride"), &json!({ "order_id": order })).await;
    assert_eq!(riding.problem(), (409, "allowance.exceeded".to_owned()));
    assert_eq!(both.stand().await, before, "nothing of it is held");
}

#[tokio::test]
async fn a_return_leg_that_is_merged_keeps_the_number_and_is_settled_once() {
    let both = both().await;
    let request = approved(&both.west, json!({})).await;
    let issued = issue(&both.west.dispatcher, &request, both.west.cars[0], DRIVERS[0]).await.json();
    let order = id(&issued);
    let there = [
        json!({ "action": "accept" }),
        json!({ "action": "depart", "odometer_km": 1000.0 }),
        json!({ "action": "return", "odometer_km": 1020.0 }),
        json!({ "action": "reopen", "reason": "并入返程" }),
        json!({ "action": "return", "odometer_km": 1040.0 }),
    ];
    both.steps(&order, &there).await;
    let orders = both.west.applicant.get(&format!("/trip-requests/{request}")).await.json()["orders"].clone();
    assert_eq!(
        (orders.as_array().unwrap().len(), &orders[0]["number"]),
        (1, &issued["number"]),
        "the same order, the same number"
    );
    let path = format!("/dispatch-orders/{order}/settlement");
    let by_tariff = json!({ "basis": "tariff", "area": "outside" });
    let settled = both.manager.post(&path, &by_tariff).await;
    assert_eq!(settled.status, 201, "{}", settled.text());
    let settled = settled.json();
    assert_eq!((&settled["used"]["distance_m"], &settled["parts"]), (&json!(40_000), &json!([])), "there and back");
    assert_eq!(settled["used"]["legs"].as_array().unwrap().len(), 2);
    assert_eq!(both.manager.post(&path, &by_tariff).await.problem(), (409, "trip.state".to_owned()), "one settlement");
}
