//! Repairs and what falls due over the API: parts and labour to the fen, vendors that were named, a car in the shop that nobody sends, and
//! reminders told once each.

use chrono::{DateTime, Duration, Utc};
use dispatch::account::Role;
use fleet_db::testing::fleet::{audited, number};
use serde_json::{Value, json};

use crate::harness::{Client, WEST};
use crate::running_cars::{bill, id, inspection, made, named, plan, policy, quote, refused, repair, shop, wrong};
use crate::trips::{DRIVERS, West, approved, issue, west, with};

/// A repair of the first car of the west side, and who keeps the fleet there.
async fn proposed(west: &West) -> (Client, String) {
    let manager = west.world.sign_in("manager").await;
    let order = id(&made(&manager.post("/repair-orders", &repair(&west.cars[0].id.to_string())).await));
    (manager, order)
}

async fn step(client: &Client, order: &str, body: Value) -> crate::harness::Answer {
    client.post(&format!("/repair-orders/{order}/steps"), &body).await
}

/// Adds a quote; its key.
async fn quoted(manager: &Client, order: &str, body: &Value) -> String {
    let view = made(&manager.post(&format!("/repair-orders/{order}/quotes"), body).await);
    let quotes = view["quotes"].as_array().unwrap();
    id(quotes.iter().find(|quote| quote["supplier_id"] == body["supplier_id"]).unwrap_or_else(|| panic!("{view}")))
}

/// One that is approved: its quote is 840 yuan.
async fn taken(west: &West) -> (Client, String) {
    let (manager, order) = proposed(west).await;
    let supplier = named(&manager).await;
    let quote = quoted(&manager, &order, &quote(&supplier, 60_000, 24_000)).await;
    made(&step(&west.leader, &order, json!({ "action": "approve", "quote_id": quote })).await);
    (manager, order)
}

#[tokio::test]
async fn parts_and_labour_that_are_not_the_total_are_refused_and_a_right_bill_goes_into_the_ledger() {
    let west = west().await;
    let (manager, order) = taken(&west).await;
    let supplier = id(&made(&manager.post("/suppliers", &shop("乙")).await));
    let padded = json!({ "supplier_id": supplier, "parts_fen": 60_000, "labour_fen": 24_000, "total_fen": 84_001 });
    wrong(&manager.post(&format!("/repair-orders/{order}/quotes"), &padded).await, "total_fen", "repair.total_mismatch");
    let settlement = format!("/repair-orders/{order}/settlement");
    refused(&manager.post(&settlement, &bill()).await, 409, "repair.state");
    for action in ["send", "accept"] {
        made(&step(&manager, &order, json!({ "action": action })).await);
    }
    for (changes, field, code) in [
        (json!({ "total_fen": 84_001 }), "total_fen", "repair.over_quote"),
        (json!({ "total_fen": 83_999 }), "total_fen", "repair.total_mismatch"),
        (json!({ "labour_fen": 20_000, "total_fen": 80_000 }), "lines", "repair.lines_mismatch"),
        (json!({ "lines": [] }), "lines", "repair.lines_mismatch"),
    ] {
        wrong(&manager.post(&settlement, &with(bill(), &changes)).await, field, code);
    }
    assert_eq!(
        number(&west.world.db.pool, "select count(*) from vehicle_cost").await.unwrap(),
        0,
        "what is refused costs nothing"
    );
    let settled = made(&manager.post(&settlement, &bill()).await);
    assert_eq!((settled["state"].as_str(), settled["bill"]["total_fen"].as_i64()), (Some("settled"), Some(84_000)));
    refused(&manager.post(&settlement, &bill()).await, 409, "repair.state");
    let costs = made(&manager.get("/vehicle-costs").await);
    let entry = &costs["items"][0];
    assert_eq!((entry["head"].as_str(), entry["amount_fen"].as_i64()), (Some("repair"), Some(84_000)), "{costs}");
    assert_eq!((entry["source"].as_str(), entry["source_ref"].as_str()), (Some("repair"), settled["number"].as_str()));
    let told = audited(&west.world.db.pool).await.unwrap();
    let told = told.iter().filter(|entry| entry["subject"]["kind"] == "repair_order").count();
    assert_eq!(told, 6, "proposed, quoted, approved, sent, accepted, settled");
}

#[tokio::test]
async fn a_vendor_that_was_not_named_needs_a_paper_and_who_asked_does_not_decide() {
    let west = west().await;
    let (manager, order) = proposed(&west).await;
    let stranger = id(&made(&manager.post("/suppliers", &shop("路边店")).await));
    let cheap = quoted(&manager, &order, &quote(&stranger, 10_000, 5_000)).await;
    let approve = |quote: &str| json!({ "action": "approve", "quote_id": quote });
    west.world.open_account("west.keeper", Role::FleetManager, WEST).await;
    let keeper = west.world.sign_in("west.keeper").await;
    wrong(
        &step(&manager, &order, with(approve(&cheap), &json!({ "exception_document": "函1" }))).await,
        "decided_by",
        "repair.four_eyes",
    );
    wrong(&step(&west.leader, &order, approve(&cheap)).await, "exception_document", "repair.vendor");
    refused(&step(&west.applicant, &order, approve(&cheap)).await, 403, "auth.forbidden");
    let supplier = named(&manager).await;
    let dear = quoted(&manager, &order, &quote(&supplier, 20_000, 5_000)).await;
    wrong(&step(&keeper, &order, approve(&dear)).await, "reason", "repair.dearer");
    let big = id(&made(&manager.post("/repair-orders", &repair(&west.cars[1].id.to_string())).await));
    let single = quoted(&manager, &big, &quote(&supplier, 200_000, 50_000)).await;
    wrong(&step(&west.leader, &big, approve(&single)).await, "quote_id", "repair.quotes");
    let on_paper = with(approve(&cheap), &json!({ "exception_document": "杭机管函〔2026〕3号" }));
    let kept = made(&step(&west.leader, &order, on_paper).await);
    assert_eq!((kept["state"].as_str(), kept["exception_document"].as_str()), (Some("approved"), Some("杭机管函〔2026〕3号")));
    assert_eq!(kept["moves"], json!(["send", "cancel"]), "the page's buttons are the table's");
}

#[tokio::test]
async fn a_car_in_the_shop_is_not_sent_and_the_candidates_say_so() {
    let west = west().await;
    let (manager, order) = taken(&west).await;
    let request = approved(&west, json!({})).await;
    made(&step(&manager, &order, json!({ "action": "send", "until": "2026-03-03T04:00:00Z" })).await);
    let candidates = made(&west.dispatcher.get(&format!("/trip-requests/{request}/candidates")).await);
    let car = west.cars[0].id.to_string();
    let of_car = candidates["vehicles"].as_array().unwrap().iter().find(|one| one["vehicle_id"] == car.as_str()).unwrap();
    assert_eq!(of_car["refused"][0]["code"], "order.vehicle_in_shop", "{candidates}");
    let taken = issue(&west.dispatcher, &request, west.cars[0], DRIVERS[0]).await;
    assert_eq!((taken.status.as_u16(), taken.json()["code"].as_str()), (409, Some("order.vehicle_in_shop")), "{}", taken.text());
    let later = json!({ "begins_at": "2026-03-04T05:00:00Z", "ends_at": "2026-03-04T08:00:00Z" });
    let later = approved(&west, later).await;
    let free = issue(&west.dispatcher, &later, west.cars[0], DRIVERS[0]).await;
    assert_eq!(free.status, 201, "after the time that was promised: {}", free.text());
    made(&step(&manager, &order, json!({ "action": "accept", "odometer_km": 42_000 })).await);
    assert_eq!(issue(&west.dispatcher, &request, west.cars[0], DRIVERS[0]).await.status, 201, "it is back");
    let second = id(&made(&manager.post("/repair-orders", &repair(&car)).await));
    let supplier = manager.get("/designated-vendors").await.json();
    let none = supplier["choices"].as_array().unwrap().len();
    assert_eq!(none, 0, "the city itself has named nobody");
    let of_west = made(&west.leader.get("/designated-vendors").await);
    let vendor = of_west["choices"][0]["supplier_id"].as_str().unwrap().to_owned();
    let again = quoted(&manager, &second, &quote(&vendor, 100, 100)).await;
    made(&step(&west.leader, &second, json!({ "action": "approve", "quote_id": again })).await);
    refused(&step(&manager, &second, json!({ "action": "send" })).await, 409, "repair.vehicle_ordered");
}

#[tokio::test]
async fn each_reminder_is_told_once_though_the_job_runs_often_and_after_an_outage() {
    let west = west().await;
    let manager = west.world.sign_in("manager").await;
    let supplier = named(&manager).await;
    let car = west.cars[0].id.to_string();
    made(&manager.post("/policies", &policy(&car, &supplier, "P1", "2026-04-10")).await);
    let pool = &west.world.db.pool;
    let day = |text: &str| format!("2026-{text}T01:00:00Z").parse::<DateTime<Utc>>().unwrap();
    let mut told = Vec::new();
    // Away from 20 March to 28 March, when the reminder of 15 days was due.
    for on in ["03-10", "03-11", "03-12", "03-20", "03-28", "03-29", "04-03", "04-04", "04-09", "04-10", "04-11"] {
        for _ in 0..3 {
            told.extend((0..web::tell_due(pool, day(on)).await.unwrap()).map(|_| on));
        }
    }
    assert_eq!(told, ["03-11", "03-28", "04-03", "04-10"], "30, 15, 7 days before and on the day, once each");
    let messages = made(&manager.get("/messages").await);
    let due: Vec<&Value> = messages["items"].as_array().unwrap().iter().filter(|one| one["kind"] == "falls_due").collect();
    assert_eq!(due.len(), 4, "{messages}");
    let items = made(&manager.get("/due-items").await);
    let item = &items["items"][0];
    assert_eq!((item["kind"].as_str(), item["nearness"].as_str()), (Some("insurance"), Some("far")), "of today: {items}");
    let steps: Vec<i64> = item["told"].as_array().unwrap().iter().map(|one| one["step"].as_i64().unwrap()).collect();
    assert_eq!(steps, [30, 15, 7, 0]);
    // Renewed, it is told anew of the new day alone.
    let next = with(policy(&car, &supplier, "P2", "2027-04-10"), &json!({ "first": "2026-04-11" }));
    made(&manager.post("/policies", &next).await);
    assert_eq!(web::tell_due(pool, day("04-12")).await.unwrap(), 0);
}

#[tokio::test]
async fn inspections_licences_and_upkeep_fall_due_by_day_and_by_kilometres() {
    let west = west().await;
    let manager = west.world.sign_in("manager").await;
    let car = west.cars[0].id.to_string();
    made(&manager.post("/inspections", &inspection(&car, "inspection", "2026-03-09")).await);
    made(&manager.post("/inspections", &inspection(&car, "licence", "2026-03-01")).await);
    let by_km = with(plan(&car, "更换机油"), &json!({ "every_km": 1_039, "every_months": null }));
    made(&manager.post("/maintenance-plans", &by_km).await);
    let _driven = crate::trip_after::settled(&west, &manager, json!({})).await;
    let items = made(&manager.get("/due-items").await);
    let told: Vec<(String, String)> = items["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["kind"].as_str().unwrap().to_owned(), item["nearness"].as_str().unwrap().to_owned()))
        .collect();
    let expected = [("licence", "overdue"), ("inspection", "near"), ("upkeep", "near")];
    assert_eq!(told, expected.map(|(kind, near)| (kind.to_owned(), near.to_owned())), "{items}");
    assert_eq!(items["items"][2]["km_left"], 1, "1,039 km, and the odometer said 1,038: {items}");
    assert_eq!(web::tell_due(&west.world.db.pool, west.world.now()).await.unwrap(), 3);
    assert_eq!(web::tell_due(&west.world.db.pool, west.world.now() + Duration::hours(1)).await.unwrap(), 0);
}

#[tokio::test]
async fn upkeep_that_was_done_is_counted_anew_when_the_car_is_back() {
    let west = west().await;
    let manager = west.world.sign_in("manager").await;
    let (car, supplier) = (west.cars[0].id.to_string(), named(&manager).await);
    let upkeep = id(&made(&manager.post("/maintenance-plans", &plan(&car, "更换机油")).await));
    let ask = json!({ "vehicle_id": car, "kind": "upkeep", "what": "更换机油", "upkeep_id": upkeep });
    let order = id(&made(&manager.post("/repair-orders", &ask).await));
    let quote = quoted(&manager, &order, &quote(&supplier, 60_000, 24_000)).await;
    made(&step(&west.leader, &order, json!({ "action": "approve", "quote_id": quote })).await);
    made(&step(&manager, &order, json!({ "action": "send" })).await);
    made(&step(&manager, &order, json!({ "action": "accept", "odometer_km": 12_345 })).await);
    let plans = made(&manager.get("/maintenance-plans").await);
    let kept = &plans["items"][0];
    assert_eq!((kept["last_on"].as_str(), kept["next_km"].as_i64()), (Some("2026-03-02"), Some(22_345)), "{plans}");
    assert_eq!(kept["next_on"], "2026-09-02");
    made(&manager.post(&format!("/repair-orders/{order}/settlement"), &bill()).await);
    assert_eq!(made(&manager.get("/vehicle-costs?head=upkeep").await)["items"][0]["amount_fen"], 84_000);
    let other = json!({ "vehicle_id": west.cars[1].id.to_string(), "kind": "upkeep", "what": "x", "upkeep_id": upkeep });
    wrong(&manager.post("/repair-orders", &other).await, "upkeep_id", "upkeep.unknown");
}
