//! The feed of the public register: months with their sums, for anybody, and nothing of any person.

use axum::http::Method;
use chrono::Duration;
use serde_json::json;

use crate::harness::{EAST, WEST};
use crate::trip_after::settled;
use crate::trips::west;

#[tokio::test]
async fn the_feed_tells_of_months_with_their_sums_and_of_no_person() {
    let west = west().await;
    let manager = west.world.sign_in("manager").await;
    settled(&west, &manager, json!({})).await;
    west.world.pass(Duration::minutes(1));
    let anybody = west.world.stranger();
    let feed = async || anybody.get("/public/feed").await;
    assert!(!feed().await.text().contains("<entry>"), "what is not shown is not told of");
    let month = json!({ "unit_id": WEST.0, "year": 2026, "month": 3 });
    assert_eq!(manager.post("/notices", &month).await.json()["shown"], 1);

    let told = feed().await;
    assert_eq!(
        (told.status.as_u16(), told.headers["content-type"].to_str().unwrap()),
        (200, "application/atom+xml; charset=utf-8")
    );
    let text = told.text();
    for part in [
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"",
        "<title>西湖区府 2026 年 3 月公务用车公示</title>",
        "<summary>用车 1 次，行驶 38.5 公里，费用 42.35 元。</summary>",
        &format!("href=\"/public?unit_id={}&amp;year=2026&amp;month=3\"", WEST.0),
        &format!("<id>urn:motorpool:notices:{}:2026-03</id>", WEST.0),
    ] {
        assert!(text.contains(part), "{part} is missing: {text}");
    }
    for person in ["王某", "13900000000", "张师傅", "13800000001", "west.applicant", "manager", "浙A00001", "赴萧山调研"]
    {
        assert!(!text.contains(person), "{person} is told");
    }
    let tag = told.headers["etag"].to_str().unwrap().to_owned();
    let again = anybody.ask(Method::GET, "/public/feed", None, &[("if-none-match", &tag)]).await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0), "a reader has it already");
    assert!(anybody.get(&format!("/public/feed?unit_id={}", WEST.0)).await.text().contains("<entry>"));
    assert!(!anybody.get(&format!("/public/feed?unit_id={}", EAST.0)).await.text().contains("<entry>"), "of another unit");
    let units = anybody.get("/public/units").await.json();
    assert_eq!(units["items"][0]["months"], json!(["2026-03"]));

    let shown = anybody.get(&format!("/public/trips?unit_id={}&year=2026&month=3", WEST.0)).await.json();
    let back = format!("/notices/{}/reversal", shown["items"][0]["id"].as_str().unwrap());
    assert_eq!(manager.post(&back, &json!({ "reason": "地点有误" })).await.status, 204);
    assert!(!feed().await.text().contains("<entry>"), "what was taken back is told no more");
}
