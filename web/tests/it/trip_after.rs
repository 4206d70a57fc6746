//! After a trip: settled, rated once, shown to the public without any person, taken back by a reversal.

use chrono::Duration;
use dispatch::account::Role;
use serde_json::{Value, json};

use crate::harness::{Client, WEST};
use crate::trips::{DRIVERS, West, approved, issue, step, west};

/// A trip that is driven and back; its order.
async fn driven(west: &West, changes: Value) -> String {
    let request = approved(west, changes).await;
    let issued = issue(&west.dispatcher, &request, west.cars[0], DRIVERS[0]).await;
    assert_eq!(issued.status, 201, "{}", issued.text());
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

pub(crate) async fn settled(west: &West, manager: &Client, changes: Value) -> String {
    let order = driven(west, changes).await;
    let body = json!({ "basis": "tariff", "area": "outside" });
    let answer = manager.post(&format!("/dispatch-orders/{order}/settlement"), &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.json()["total_fen"], 4235, "38.5 km at 1.10 yuan");
    order
}

#[tokio::test]
async fn a_trip_is_rated_once_by_who_asked_for_it_when_the_car_is_back() {
    let west = west().await;
    let request = approved(&west, json!({})).await;
    let order = issue(&west.dispatcher, &request, west.cars[1], DRIVERS[1]).await.json()["id"].as_str().unwrap().to_owned();
    let stars = json!({ "attitude": 5, "appearance": 4, "driving": 5, "comment": "准时" });
    let too_early = west.applicant.post(&format!("/dispatch-orders/{order}/rating"), &stars).await;
    assert_eq!((too_early.status.as_u16(), too_early.json()["code"].as_str()), (409, Some("trip.state")));
    let order = driven(&west, json!({})).await;
    let path = format!("/dispatch-orders/{order}/rating");
    let none = west.applicant.post(&path, &json!({ "attitude": 0, "appearance": 4, "driving": 5 })).await;
    assert_eq!((none.status.as_u16(), none.json()["fields"]["attitude"].as_str()), (422, Some("rating.stars")));
    assert_eq!(west.leader.post(&path, &stars).await.status, 403, "nobody rates for somebody else");
    assert_eq!(west.applicant.post(&path, &stars).await.status, 201);
    let again = west.applicant.post(&path, &stars).await;
    assert_eq!((again.status.as_u16(), again.json()["code"].as_str()), (409, Some("rating.once")));
    assert_eq!(west.dispatcher.get(&path).await.json()["comment"], "准时");
}

#[tokio::test]
async fn a_month_is_shown_with_six_fields_and_no_person_and_taken_back_by_a_reversal_alone() {
    let west = west().await;
    let manager = west.world.sign_in("manager").await;
    let _open = settled(&west, &manager, json!({})).await;
    west.world.pass(Duration::minutes(1));
    let month = json!({ "unit_id": WEST.0, "year": 2026, "month": 3 });
    let made = manager.post("/notices", &month).await;
    assert_eq!(made.json(), json!({ "shown": 1, "confidential": 0, "unsettled": 0 }), "{}", made.text());
    assert_eq!(manager.post("/notices", &month).await.json()["shown"], 0, "each once");

    let anybody = west.world.stranger();
    let path = format!("/public/trips?unit_id={}&year=2026&month=3", WEST.0);
    let seen = anybody.get(&path).await;
    let trip = seen.json()["items"][0].clone();
    assert_eq!(trip["began_at"], "2026-03-02T02:00:00Z");
    assert_eq!((trip["reason"].as_str(), trip["to"].as_str()), (Some("调研、检查、督导"), Some("萧山区府")));
    assert_eq!((trip["distance_km"].as_f64(), trip["cost_fen"].as_i64()), (Some(38.5), Some(4235)));
    let file = anybody.get(&format!("{path}&format=csv")).await;
    assert!(file.text().contains("西湖区府,2026-03-02 10:00,2026-03-02 11:30,调研、检查、督导,西湖区府,萧山区府,38.5,,,42.35"), "{}", file.text());
    for person in ["王某", "13900000000", "张师傅", "13800000001", "west.applicant", "浙A00001", "赴萧山调研"] {
        assert!(!seen.text().contains(person) && !file.text().contains(person), "{person} is shown");
    }
    assert_eq!(anybody.get("/public/units").await.json()["items"][0]["name"], "西湖区府");

    let shown = trip["id"].as_str().unwrap();
    let back = format!("/notices/{shown}/reversal");
    assert_eq!(manager.post(&back, &json!({ "reason": "" })).await.status, 422);
    assert_eq!(manager.post(&back, &json!({ "reason": "地点有误" })).await.status, 204);
    assert_eq!(manager.post(&back, &json!({ "reason": "地点有误" })).await.status, 404, "once");
    assert!(anybody.get(&path).await.json()["items"].as_array().unwrap().is_empty());
    let kept = manager.get(&format!("/notices?unit_id={}&year=2026&month=3", WEST.0)).await.json();
    assert_eq!(kept["items"][0]["take_back_reason"], "地点有误", "it stands for those who work with it");
    assert_eq!(manager.post("/notices", &month).await.json()["shown"], 1, "it can be shown anew");
    let wrong = manager.post("/notices", &json!({ "unit_id": WEST.0, "year": 2026, "month": 13 })).await;
    assert_eq!((wrong.status.as_u16(), wrong.json()["fields"]["month"].as_str()), (422, Some("notice.month")));
}

#[tokio::test]
async fn a_confidential_trip_is_not_shown_and_one_that_is_not_settled_waits() {
    let west = west().await;
    let manager = west.world.sign_in("manager").await;
    settled(&west, &manager, json!({ "is_confidential": true })).await;
    let request = approved(&west, json!({})).await;
    let order = issue(&west.dispatcher, &request, west.cars[1], DRIVERS[1]).await.json()["id"].as_str().unwrap().to_owned();
    for body in [
        json!({ "action": "accept" }),
        json!({ "action": "depart", "at": "2026-03-02T02:00:00Z" }),
        json!({ "action": "return", "at": "2026-03-02T03:00:00Z" }),
    ] {
        assert_eq!(step(&west.dispatcher, &order, body).await.status, 200);
    }
    let made = manager.post("/notices", &json!({ "unit_id": WEST.0, "year": 2026, "month": 3 })).await.json();
    assert_eq!(made, json!({ "shown": 0, "confidential": 1, "unsettled": 1 }));
    let forced = fleet_db::testing::fleet::execute(
        &west.world.db.pool,
        "insert into trip_notice (id, order_id, unit_id, began_at, ended_at, reason, from_name, to_name, distance_m, cost_fen, shown_by, shown_at)
         select gen_random_uuid(), o.id, o.unit_id, now(), now(), '', '', '', 0, 0, o.issued_by, now()
         from dispatch_order o join trip_request r on r.id = o.request_id where r.is_confidential",
    )
    .await
    .unwrap_err();
    assert_eq!(forced.code(), "notice.confidential", "the store refuses it too");
}

#[tokio::test]
async fn a_unit_drives_no_farther_than_its_money() {
    let west = west().await;
    west.world.open_account("city.authority", Role::Authority, crate::harness::CITY).await;
    let authority = west.world.sign_in("city.authority").await;
    let pool = json!({ "unit_id": crate::harness::CITY.0, "year": 2026, "amount_fen": 100_000, "reason": "年度额度" });
    let made = authority.post("/allowances", &pool).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let month = json!({ "unit_id": WEST.0, "year": 2026, "month": 3, "amount_fen": 5_000, "reason": "三月" });
    assert_eq!(authority.post("/allowances", &month).await.status, 201);
    let said = west.applicant.post("/trip-requests/check", &crate::trips::wish()).await.json();
    let estimate = said["estimate_fen"].as_i64().unwrap();
    assert!((3_000..5_000).contains(&estimate), "one trip fits, two do not: {said}");
    assert_eq!(said["allowance_left_fen"], 5_000);
    let first = approved(&west, json!({})).await;
    assert_eq!(issue(&west.dispatcher, &first, west.cars[0], DRIVERS[0]).await.status, 201);
    let second = approved(&west, json!({})).await;
    let refused = issue(&west.dispatcher, &second, west.cars[1], DRIVERS[1]).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    assert!(refused.json()["code"].as_str().unwrap().starts_with("allowance."), "{}", refused.text());
    let off = crate::trips::act(&west.applicant, &first, json!({ "action": "cancel" })).await;
    assert_eq!(off.status, 200, "{}", off.text());
    assert_eq!(issue(&west.dispatcher, &second, west.cars[1], DRIVERS[1]).await.status, 201, "what was held is free again");
}
