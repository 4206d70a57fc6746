//! Scores of drivers over the API: what a quarter is judged by, who reads whose, what is kept of those that are over; and that a bad
//! rating with words opens its case.

use chrono::{DateTime, Utc};
use fleet_db::testing::fleet::{audited, execute};
use serde_json::{Value, json};

use crate::harness::Client;
use crate::trips::{DRIVERS, West, approved, issue, step, west};

/// A trip of the driver who signs in, back before its time; its order.
async fn driven(west: &West) -> String {
    let request = approved(west, json!({})).await;
    let issued = issue(&west.dispatcher, &request, west.cars[0], DRIVERS[0]).await;
    let order = issued.json()["id"].as_str().unwrap().to_owned();
    for body in [
        json!({ "action": "accept" }),
        json!({ "action": "depart", "odometer_km": 1000.0, "at": "2026-03-02T02:00:00Z" }),
        json!({ "action": "return", "odometer_km": 1038.5, "at": "2026-03-02T03:30:00Z" }),
    ] {
        let answer = step(&west.driver, &order, body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    order
}

async fn rate(west: &West, order: &str, attitude: u8, comment: &str) {
    let body = json!({ "attitude": attitude, "appearance": 4, "driving": 5, "comment": comment });
    let rated = west.applicant.post(&format!("/dispatch-orders/{order}/rating"), &body).await;
    assert_eq!(rated.status, 201, "{}", rated.text());
}

async fn score(client: &Client, rest: &str) -> Value {
    let answer = client.get(&format!("/drivers/{}/score{rest}", DRIVERS[0])).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// Hundredths of a star: the whole, then the parts.
fn stars(score: &Value) -> Vec<i64> {
    let parts = score["parts"].as_array().unwrap().iter().map(|part| &part["stars_hundredths"]);
    std::iter::once(&score["stars_hundredths"]).chain(parts).map(|stars| stars.as_i64().unwrap_or(-1)).collect()
}

#[tokio::test]
async fn a_quarter_is_judged_by_what_is_stored_and_each_part_opens_its_list() {
    let west = west().await;
    assert_eq!(stars(&score(&west.dispatcher, "").await), [-1; 5], "nothing was driven");
    let order = driven(&west).await;
    rate(&west, &order, 5, "准时").await;
    let running = score(&west.driver, "").await;
    assert_eq!(stars(&running), [412, 467, 500, 500, 0], "the car was not looked over");
    assert_eq!(
        (&running["quarter"], &running["is_closed"], &running["distance_m"]),
        (&json!("2026-Q1"), &json!(false), &json!(38_500))
    );
    let speeding = "insert into vehicle_event (vehicle_no, at, kind, detail)
                    select vehicle_no, '2026-03-02T03:00:00Z', 'speed_limit_exceeded', '{}' from dispatch_order";
    execute(&west.world.db.pool, speeding).await.unwrap();
    assert_eq!(stars(&score(&west.dispatcher, "").await), [399, 467, 500, 450, 0]);

    let list = score(&west.driver, "/safety").await;
    let item = &list["items"][0];
    assert_eq!(
        (&item["fact"], &item["at"], &item["is_against"]),
        (&json!("speeding"), &json!("2026-03-02T03:00:00Z"), &json!(true))
    );
    assert_eq!(item["order_id"], json!(order));
    let facts = async |part: &str| {
        let list = score(&west.driver, &format!("/{part}?quarter=2026-Q1")).await;
        list["items"].as_array().unwrap().iter().map(|item| item["fact"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(facts("punctuality").await, ["return", "departure"]);
    assert_eq!((facts("ratings").await, facts("care").await), (vec!["rating".to_owned()], vec!["unchecked".to_owned()]));
    assert_eq!(stars(&score(&west.driver, "?quarter=2025-Q4").await), [-1; 5]);
}

#[tokio::test]
async fn a_driver_reads_the_own_score_alone() {
    let west = west().await;
    for rest in ["", "/ratings"] {
        assert_eq!(west.driver.get(&format!("/drivers/{}/score{rest}", DRIVERS[0])).await.status, 200);
        assert_eq!(west.driver.get(&format!("/drivers/{}/score{rest}", DRIVERS[1])).await.status, 404, "somebody else's");
        let east = west.world.sign_in("east.manager").await;
        assert_eq!(east.get(&format!("/drivers/{}/score{rest}", DRIVERS[0])).await.status, 403);
    }
    let wrong = west.driver.get(&format!("/drivers/{}/score?quarter=2026-Q5", DRIVERS[0])).await;
    assert_eq!(wrong.json()["fields"]["quarter"], "driver.quarter");
    let wrong = west.driver.get(&format!("/drivers/{}/score/looks", DRIVERS[0])).await;
    assert_eq!(wrong.json()["fields"]["part"], "driver.score_part");
}

#[tokio::test]
async fn a_quarter_that_is_over_is_kept_once_and_stands() {
    let west = west().await;
    let order = driven(&west).await;
    let close =
        async |at: &str| web::driver_scores::close(&west.world.db.pool, at.parse::<DateTime<Utc>>().unwrap()).await.unwrap();
    assert_eq!(close("2026-04-07T15:00:00Z").await, 0, "ratings may still come");
    rate(&west, &order, 4, "").await;
    assert_eq!(close("2026-04-07T16:00:00Z").await, 1);
    assert_eq!(close("2026-04-07T16:10:00Z").await, 0, "once");
    let kept = score(&west.dispatcher, "?quarter=2026-Q1").await;
    assert_eq!((stars(&kept), &kept["is_closed"]), (vec![398, 433, 500, 500, 0], &json!(true)));
    assert_eq!(kept["past"][0]["quarter"], "2026-Q1");
    let entries = audited(&west.world.db.pool).await.unwrap();
    let told = entries.iter().filter(|entry| entry["subject"]["kind"] == "driver" && entry["after"]["quarter"] == "2026-Q1");
    assert_eq!(told.count(), 1);
    assert!(execute(&west.world.db.pool, "delete from driver_score").await.is_err(), "it stands");
}

#[tokio::test]
async fn a_bad_rating_with_words_opens_its_case_by_itself_once() {
    let west = west().await;
    let silent = driven(&west).await;
    rate(&west, &silent, 1, " ").await;
    assert_eq!(west.dispatcher.get("/cases").await.json()["items"], json!([]), "nothing is said that could be looked into");
    let request = approved(&west, json!({ "begins_at": "2026-03-03T01:00:00Z", "ends_at": "2026-03-03T03:00:00Z" })).await;
    let issued = issue(&west.dispatcher, &request, west.cars[1], DRIVERS[1]).await.json();
    let order = issued["id"].as_str().unwrap();
    for body in [
        json!({ "action": "accept" }),
        json!({ "action": "depart", "at": "2026-03-02T02:00:00Z" }),
        json!({ "action": "return", "at": "2026-03-02T03:00:00Z" }),
    ] {
        let done = step(&west.dispatcher, order, body).await;
        assert_eq!(done.status, 200, "{}", done.text());
    }
    rate(&west, order, 2, "途中接打电话").await;
    let cases = west.dispatcher.get("/cases").await.json();
    let case = &cases["items"][0];
    assert_eq!(
        (cases["items"].as_array().unwrap().len(), &case["source"], &case["number"]),
        (1, &json!("rating"), &issued["number"])
    );
    assert_eq!((&case["state"], &case["plate"]), (&json!("open"), &issued["plate"]));
    assert_eq!(case["matter"], "服务态度2星，车容车貌4星，安全行车5星：途中接打电话");
    let entries = audited(&west.world.db.pool).await.unwrap();
    let opened: Vec<_> = entries.iter().filter(|entry| entry["subject"]["kind"] == "case").collect();
    assert_eq!((opened.len(), &opened[0]["action"]), (1, &json!("created")));
    let by_hand = json!({ "unit_id": crate::harness::WEST.0, "source": "rating", "number": "9", "received_on": "2026-03-02", "matter": "x" });
    let manager = west.world.sign_in("manager").await;
    let typed = manager.post("/cases", &by_hand).await;
    assert_eq!(typed.json()["fields"]["source"], "case.source", "such a case has its trip");
}
