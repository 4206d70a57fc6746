//! A phone in a car: registered through the API, reporting to the console's port, seen on the map.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::api::Api;
use crate::replay::{PASSWORD, demo};

/// Status and body of a request without session or token.
fn report(base: &str, query: &str) -> (u16, String) {
    let client = reqwest::Client::builder().build().unwrap();
    Runtime::new().unwrap().block_on(async {
        let answer = client.get(format!("{base}/ingest/osmand?{query}")).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    })
}

#[test]
fn a_phone_s_report_is_on_the_card_of_its_car_when_it_is_answered() {
    let mut demo = demo(1);
    let api = Api::sign_in(&demo.base, "manager", PASSWORD);
    let unit = api.get("/units")["items"][0]["id"].as_str().unwrap().to_owned();
    let vehicle = api.post(
        "/vehicles",
        &json!({ "plate": "浙A0P0N1", "unit_id": unit, "category": "emergency_support", "powertrain": "petrol", "model": "红旗 H5", "seats": 5 }),
    );
    let phone = api.post("/terminals", &json!({ "protocol": "http", "terminal_id": "phone-1", "model": "Traccar Client" }));
    let binding = json!({ "vehicle_id": vehicle["id"] });
    api.post(&format!("/devices/{}/binding", phone["id"].as_str().unwrap()), &binding);

    let place = "id=phone-1&lat=30.2591&lon=120.1302&speed=10&accuracy=5";
    let key = phone["secret"].as_str().unwrap();
    // Until the gateway has heard of the new terminal, its key is as good as any other.
    let (status, body) =
        (0..100).map(|_| report(&demo.base, &format!("{place}&key={key}"))).find(|(status, _)| *status == 200).unwrap();
    assert_eq!((status, body.as_str()), (200, ""));
    let card = api.get(&format!("/vehicles/{}", vehicle["id"].as_str().unwrap()));
    assert_eq!((&card["live"]["lat"], &card["live"]["lon"]), (&json!(30.2591), &json!(120.1302)), "{card}");
    let (status, body) = report(&demo.base, &format!("{place}&key=guess"));
    let problem: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &problem["code"]), (401, &json!("ingest.bad_key")));
    assert!(demo.service.stop(Duration::from_secs(30)).success(), "{}", demo.service.said());
}
