//! The register: scope, search, pages, counts, and what is wrong with a new car.

use chrono::Duration;
use serde_json::{Value, json};
use web::Config;

use crate::harness::{Client, EAST, WEST, World, add_car, moving, noon};

fn plates(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["plate"].as_str().unwrap()).collect()
}

fn new_car(plate: &str, unit: dispatch::unit::UnitId) -> Value {
    json!({ "plate": plate, "unit_id": unit.0, "category": "emergency_support", "powertrain": "electric", "model": "红旗 E-QM5", "seats": 5 })
}

async fn search(client: &Client, query: &str) -> Value {
    let answer = client.get(&format!("/vehicles?{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[tokio::test]
async fn an_account_sees_its_unit_and_what_is_below_and_nothing_beside() {
    let (world, car) = World::with(Config::default(), async |pool| {
        add_car(pool, EAST, "浙A00002", None).await;
        add_car(pool, WEST, "浙A00001", None).await
    })
    .await;
    let (city, west, east) =
        (world.sign_in("manager").await, world.sign_in("dispatcher").await, world.sign_in("east.manager").await);
    assert_eq!(plates(&search(&city, "").await), ["浙A00001", "浙A00002"]);
    assert_eq!(plates(&search(&west, "").await), ["浙A00001"]);
    assert_eq!(plates(&search(&east, "").await), ["浙A00002"]);
    assert_eq!(plates(&search(&east, &format!("no={}", car.no)).await), [""; 0]);
    let forced = east.get(&format!("/vehicles?unit_id={}", WEST.0)).await;
    assert_eq!(forced.problem(), (403, "auth.outside".to_owned()), "a filter widens nothing");
    assert_eq!(plates(&search(&city, &format!("unit_id={}", WEST.0)).await), ["浙A00001"]);
    assert_eq!(west.get("/units").await.json()["items"].as_array().unwrap().len(), 1);
    assert_eq!(city.get("/units").await.json()["items"].as_array().unwrap().len(), 3);
    let window = "from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z";
    for path in [
        "",
        "/days",
        &format!("/track?{window}"),
        &format!("/trips?{window}"),
        &format!("/stops?{window}"),
        &format!("/events?{window}"),
        &format!("/track/export?{window}&format=gpx"),
    ] {
        let path = format!("/vehicles/{}{path}", car.id);
        assert_eq!(east.get(&path).await.problem(), (403, "auth.outside".to_owned()), "{path}");
        assert_eq!(west.get(&path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn rare_characters_survive_the_way_in_and_out() {
    let world = World::new().await;
    let client = world.sign_in("manager").await;
    // GB 18030 asks for the characters of names outside the basic plane: 𠮷, 𫖯, 㼆, 䶮.
    let mut car = new_car("浙A0R0R0", WEST);
    car["alias"] = "𠮷田䶮㼆𫖯".into();
    let made = client.post("/vehicles", &car).await.json();
    let card = client.get(&format!("/vehicles/{}", made["id"].as_str().unwrap())).await.json();
    assert_eq!(card["alias"], "𠮷田䶮㼆𫖯");
    assert_eq!(plates(&search(&client, "q=%F0%AB%96%AF").await), ["浙A0R0R0"], "𫖯 is found");
}

#[tokio::test]
async fn a_driver_watches_no_one() {
    let world = World::new().await;
    let driver = world.sign_in("driver").await;
    for path in ["/vehicles", "/live/snapshot"] {
        assert_eq!(driver.get(path).await.problem(), (403, "auth.forbidden".to_owned()), "{path}");
    }
}

#[tokio::test]
async fn a_car_is_found_by_whatever_people_know_of_it() {
    let (world, ()) = World::with(Config::default(), async |pool| {
        add_car(pool, WEST, "浙AD12345", Some("一号车")).await;
        add_car(pool, EAST, "浙A8Q888", None).await;
    })
    .await;
    let client = world.sign_in("manager").await;
    let made = client.post("/devices", &json!({ "terminal_id": "MP-0007", "model": "box" })).await.json();
    let car = search(&client, "q=8q8").await["items"][0]["id"].clone();
    client.post(&format!("/devices/{}/binding", made["id"].as_str().unwrap()), &json!({ "vehicle_id": car })).await;
    for (query, found) in [
        ("q=d123", vec!["浙AD12345"]),
        ("q=%E6%B5%99A%C2%B7D12345", vec!["浙AD12345"]),
        ("q=%E4%B8%80%E5%8F%B7", vec!["浙AD12345"]),
        ("q=%E4%B8%8A%E5%9F%8E", vec!["浙A8Q888"]),
        ("q=mp-0007", vec!["浙A8Q888"]),
        ("q=e-qm5", vec!["浙A8Q888", "浙AD12345"]),
        ("q=%25", vec![]),
        ("q=", vec!["浙A8Q888", "浙AD12345"]),
        ("q=nothing", vec![]),
    ] {
        let page = search(&client, query).await;
        assert_eq!(plates(&page), found, "{query}");
        assert_eq!(page["counts"]["total"], found.len(), "{query}");
    }
}

#[tokio::test]
async fn pages_follow_one_another_without_gap_or_repetition() {
    let (world, ()) = World::with(Config::default(), async |pool| {
        for n in 0..25 {
            add_car(pool, WEST, &format!("浙A{n:05}"), None).await;
        }
    })
    .await;
    let client = world.sign_in("manager").await;
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = search(&client, &format!("limit=10&after={}", urlencoded(&after))).await;
        seen.extend(plates(&page).into_iter().map(str::to_owned));
        assert_eq!(page["counts"]["total"], 25);
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut after),
            None => break,
        }
    }
    assert_eq!(seen, (0..25).map(|n| format!("浙A{n:05}")).collect::<Vec<_>>());
}

fn urlencoded(text: &str) -> String {
    text.bytes().fold(String::new(), |encoded, byte| encoded + &format!("%{byte:02X}"))
}

#[tokio::test]
async fn the_list_says_what_each_car_does_and_filters_by_it() {
    let (world, cars) = World::with(Config::default(), async |pool| {
        [
            add_car(pool, WEST, "浙A00001", None).await,
            add_car(pool, WEST, "浙A00002", None).await,
            add_car(pool, WEST, "浙A00003", None).await,
        ]
    })
    .await;
    let client = world.sign_in("dispatcher").await;
    let mut faulty = moving(cars[1].no, noon(), 120.1, 30.2);
    faulty.reading.trouble_codes = Some(vec!["P0301".to_owned()]);
    world.feed.send(vec![moving(cars[0].no, noon(), 120.15, 30.28), faulty]);
    let page = crate::live::until(async || {
        let page = search(&client, "").await;
        (page["counts"]["running"] == 1).then_some(page)
    })
    .await;
    assert_eq!(page["counts"], json!({ "running": 1, "still": 0, "offline": 1, "faulty": 1, "total": 3 }));
    assert_eq!(page["items"][0]["live"]["status"], "running");
    assert_eq!(page["items"][0]["live"]["lon"], 120.15);
    assert_eq!(page["items"][0]["live"]["speed_kmh"], 48.0);
    assert_eq!(page["items"][1]["live"]["trouble_codes"], json!(["P0301"]));
    assert_eq!(page["items"][2]["live"], Value::Null);
    for (status, plate) in [("running", "浙A00001"), ("faulty", "浙A00002"), ("offline", "浙A00003")] {
        let page = search(&client, &format!("status={status}")).await;
        assert_eq!(plates(&page), [plate]);
        assert_eq!(page["counts"]["total"], 3, "the counts are those of all, so that the tabs can show them");
    }
    assert_eq!(plates(&search(&client, "status=still").await), [""; 0]);
    assert_eq!(client.get("/vehicles?status=flying").await.problem(), (400, "request.query".to_owned()));
    assert_eq!(client.get("/vehicles?no=a,b").await.problem(), (400, "request.query".to_owned()));
}

#[tokio::test]
async fn everything_wrong_with_a_new_car_is_said_at_once() {
    let world = World::new().await;
    let client = world.sign_in("manager").await;
    let bad = json!({ "plate": "A1", "vin": "1M8GDM9AXKP042789", "unit_id": WEST.0, "category": "boat", "powertrain": "steam", "model": " ", "seats": 0, "alias": "x".repeat(40) });
    let answer = client.post("/vehicles", &bad).await;
    assert_eq!(answer.problem(), (422, "request.invalid".to_owned()));
    assert_eq!(
        answer.json()["fields"],
        json!({ "plate": "plate.length", "vin": "vin.check_digit", "category": "vehicle.category", "powertrain": "vehicle.powertrain", "model": "vehicle.model", "seats": "vehicle.seats", "alias": "vehicle.alias" })
    );
    assert_eq!(answer.json()["field_titles"]["plate"], "号牌应为 7 位，新能源号牌应为 8 位。");
}

#[tokio::test]
async fn a_new_car_is_registered_once_and_only_where_one_has_a_say() {
    let world = World::new().await;
    let client = world.sign_in("manager").await;
    assert_eq!(client.post("/vehicles", &new_car("浙A·00001", WEST)).await.json()["plate"], "浙A00001");
    assert_eq!(client.post("/vehicles", &new_car("浙A00001", WEST)).await.problem(), (409, "vehicle.plate_taken".to_owned()));
    let east = world.sign_in("east.manager").await;
    assert_eq!(east.post("/vehicles", &new_car("浙A00002", WEST)).await.problem(), (404, "store.not_found".to_owned()));
    let dispatcher = world.sign_in("dispatcher").await;
    assert_eq!(dispatcher.post("/vehicles", &new_car("浙A00002", WEST)).await.problem(), (403, "auth.forbidden".to_owned()));
    assert_eq!(plates(&search(&client, "").await), ["浙A00001"]);
}

#[tokio::test]
async fn a_repeated_request_is_answered_again_and_not_done_again() {
    let world = World::new().await;
    let client = world.sign_in("manager").await;
    let first = client.post_once("/vehicles", &new_car("浙A00001", WEST), "key-1").await;
    let again = client.post_once("/vehicles", &new_car("浙A00001", WEST), "key-1").await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 201));
    assert_eq!(first.body, again.body);
    assert_eq!(again.headers["idempotency-replayed"], "true");
    let other = client.post_once("/vehicles", &new_car("浙A00002", WEST), "key-1").await;
    assert_eq!(other.problem(), (422, "idempotency.mismatch".to_owned()));
    let path = client.post_once("/devices", &new_car("浙A00001", WEST), "key-1").await;
    assert_eq!(path.status.as_u16(), 400, "the body is no device");
    let empty = client.post_once("/vehicles", &new_car("浙A00003", WEST), "").await;
    assert_eq!(empty.problem(), (400, "idempotency.key".to_owned()));
    // A refused change keeps nothing: corrected, the same key works.
    assert_eq!(client.post_once("/vehicles", &new_car("浙A00001", EAST), "key-2").await.status, 409);
    assert_eq!(client.post_once("/vehicles", &new_car("浙A00004", EAST), "key-2").await.status, 201);
    let stranger = world.sign_in("east.manager").await;
    assert_eq!(
        stranger.post_once("/vehicles", &new_car("浙A00005", EAST), "key-1").await.status,
        201,
        "keys are an account's own"
    );
}

#[tokio::test]
async fn the_same_request_sent_five_times_at_once_is_done_once() {
    let world = World::new().await;
    let client = world.sign_in("manager").await;
    let body = new_car("浙A00001", WEST);
    let answers = futures_util::future::join_all((0..5).map(|_| client.post_once("/vehicles", &body, "storm"))).await;
    assert!(answers.iter().all(|answer| answer.status == 201 && answer.body == answers[0].body));
    assert_eq!(answers.iter().filter(|answer| !answer.headers.contains_key("idempotency-replayed")).count(), 1);
}

#[tokio::test]
async fn a_card_has_the_days_figures() {
    let (world, car) = World::with(Config::default(), async |pool| add_car(pool, WEST, "浙A00001", None).await).await;
    let client = world.sign_in("dispatcher").await;
    let card = client.get(&format!("/vehicles/{}", car.id)).await.json();
    assert_eq!(card["plate"], "浙A00001");
    assert_eq!(card["today"], json!({ "distance_km": 0.0, "trips": 0, "driving_s": 0, "max_speed_kmh": 0.0 }));
    assert_eq!(card["current_trip"], Value::Null);
    assert_eq!(card["devices"], json!([]));
    world.pass(Duration::seconds(1));
}
