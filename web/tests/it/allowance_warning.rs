//! Little is left of a unit's trip money: its leader is told, once for what was given.

use serde_json::{Value, json};

use crate::harness::{Client, WEST};
use crate::trips::{DRIVERS, act, approved, issue, west, wish};

async fn warnings(client: &Client) -> Vec<Value> {
    let page = client.get("/messages").await.json();
    page["items"].as_array().unwrap().iter().filter(|item| item["kind"] == "allowance_low").cloned().collect()
}

#[tokio::test]
async fn the_leader_is_told_once_for_what_was_given_and_again_when_more_is_used_up() {
    let west = west().await;
    let manager = west.world.sign_in("manager").await;
    let give = async |month: Option<u8>, amount: i64| {
        let body = json!({ "unit_id": WEST.0, "year": 2026, "month": month, "amount_fen": amount, "reason": "年度安排" });
        let answer = manager.post("/allowances", &body).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()
    };
    let estimate = west.applicant.post("/trip-requests/check", &wish()).await.json()["estimate_fen"].as_i64().unwrap();
    // One trip is four fifths of it, where the register warns.
    let enough = estimate * 100 / 80;
    give(None, 1_000_000).await;
    let march = give(Some(3), enough + 100).await;
    let first = approved(&west, json!({})).await;
    assert_eq!(issue(&west.dispatcher, &first, west.cars[0], DRIVERS[0]).await.status, 201);
    assert!(warnings(&west.leader).await.is_empty(), "not yet four fifths");
    assert_eq!(act(&west.applicant, &first, json!({ "action": "cancel" })).await.status, 200);

    give(Some(3), -100).await;
    let second = approved(&west, json!({})).await;
    assert_eq!(issue(&west.dispatcher, &second, west.cars[0], DRIVERS[0]).await.status, 201);
    let told = warnings(&west.leader).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["subject"], json!({ "kind": "allowance", "id": march["id"] }));
    let left = enough - estimate;
    let said = format!("西湖区府 2026-03 的用车额度已占用和列支 80%，剩余 {}.{:02} 元。", left / 100, left % 100);
    assert!(told[0]["text"].as_str().unwrap().starts_with(&said), "{told:?}");
    for others in [&west.applicant, &west.driver] {
        assert!(warnings(others).await.is_empty(), "whose business it is not");
    }

    assert_eq!(act(&west.applicant, &second, json!({ "action": "cancel" })).await.status, 200);
    let third = approved(&west, json!({})).await;
    assert_eq!(issue(&west.dispatcher, &third, west.cars[0], DRIVERS[0]).await.status, 201);
    assert_eq!(warnings(&west.leader).await.len(), 1, "of the same money it was told");
    give(Some(3), enough).await;
    let fourth = approved(&west, json!({})).await;
    assert_eq!(issue(&west.dispatcher, &fourth, west.cars[1], DRIVERS[1]).await.status, 201);
    assert_eq!(warnings(&west.leader).await.len(), 2, "more was given, and four fifths of that are gone too");
}
