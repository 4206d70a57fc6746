//! The driver's terminal over HTTP: looks over the car, calls for help, places; each once, of one's own order alone.

use axum::http::Method;
use chrono::Duration;
use dispatch::account::{AccountId, Role};
use dispatch::trip::order::{OrderId, OrderState};
use fleet_db::testing::errand;
use fleet_db::testing::fleet::number;
use serde_json::{Value, json};
use web::Config;

use crate::harness::{Car, Client, WEST, World, add_car, noon};

/// The world with a car, a driver and an order of the two.
struct Errand {
    world: World,
    car: Car,
    order: OrderId,
    driver: Client,
}

async fn errand(state: OrderState) -> Errand {
    let (world, car) = World::with(Config::default(), async |pool| add_car(pool, WEST, "浙A00001", None).await).await;
    let account: AccountId = world.open_account("zhang", Role::Driver, WEST).await;
    let order = errand::order(&world.db.pool, car.id, account, state, noon() - Duration::minutes(30)).await.unwrap();
    let driver = world.sign_in("zhang").await;
    Errand { world, car, order, driver }
}

pub(crate) fn look(key: &str, bad: Option<(&str, bool)>) -> Value {
    let items = ["brakes", "tyres", "lights", "fluids", "papers"].map(|item| {
        let danger = bad.filter(|(wrong, _)| *wrong == item).map(|(_, is_safety)| is_safety);
        json!({ "item": item, "is_well": danger.is_none(), "note": "见照片", "is_safety": danger.unwrap_or_default() })
    });
    json!({ "key": key, "at": noon(), "kind": "pre_trip", "items": items })
}

fn places(count: i64) -> Value {
    let items: Vec<Value> = (0..count)
        .map(
            |n| json!({ "at": noon() - Duration::seconds(n), "lon": 120.15, "lat": 30.25, "speed_kmh": 36.5, "accuracy_m": 8.0 }),
        )
        .collect();
    json!({ "items": items })
}

/// A driver under way with a car of its own, in which a small defect was found: who asks, the keys of order, car and defect.
pub(crate) async fn underway(world: &World, login: &str) -> (Client, [String; 3]) {
    let car = add_car(&world.db.pool, WEST, "浙A00088", None).await;
    let account = world.open_account(login, Role::Driver, WEST).await;
    let order =
        errand::order(&world.db.pool, car.id, account, OrderState::Underway, noon() - Duration::minutes(30)).await.unwrap();
    let driver = world.sign_in(login).await;
    let kept = driver.post(&format!("/dispatch-orders/{order}/checks"), &look("first", Some(("papers", false)))).await;
    assert_eq!(kept.status, 201, "{}", kept.text());
    let defect = kept.json()["defects"][0]["id"].as_str().unwrap().to_owned();
    (driver, [order.to_string(), car.id.to_string(), defect])
}

impl Errand {
    fn path(&self, rest: &str) -> String {
        format!("/dispatch-orders/{}/{rest}", self.order)
    }
}

#[tokio::test]
async fn a_danger_is_told_to_the_driver_and_closed_by_who_keeps_the_car() {
    let errand = errand(OrderState::Accepted).await;
    let car = errand.driver.get(&errand.path("car")).await.json();
    assert_eq!((&car["checked_at"], &car["is_kept"], &car["odometer_km"]), (&json!(null), &json!(false), &json!(null)));
    let kept = errand.driver.post(&errand.path("checks"), &look("k1", Some(("brakes", true)))).await;
    assert_eq!((kept.status.as_u16(), &kept.json()["is_kept"]), (201, &json!(true)), "{}", kept.text());
    let again = errand.driver.post(&errand.path("checks"), &look("k1", Some(("brakes", true)))).await;
    assert_eq!((again.status.as_u16(), again.json()["defects"].as_array().unwrap().len()), (200, 1), "{}", again.text());
    assert_eq!(number(&errand.world.db.pool, "select count(*) from order_check").await.unwrap(), 1);

    let dispatcher = errand.world.sign_in("dispatcher").await;
    let inbox = dispatcher.get("/messages").await.json();
    assert_eq!((inbox["items"].as_array().unwrap().len(), &inbox["items"][0]["kind"]), (1, &json!("car_kept")), "{inbox}");
    let manager = errand.world.sign_in("manager").await;
    let listed = manager.get(&format!("/vehicles/{}/defects", errand.car.id)).await.json();
    assert_eq!((&listed["may_close"], &listed["items"][0]["item"]), (&json!(true), &json!("brakes")));
    let path = format!("/defects/{}/closing", listed["items"][0]["id"].as_str().unwrap());
    assert_eq!(manager.post(&path, &json!({ "reason": " " })).await.problem(), (422, "request.invalid".to_owned()));
    assert_eq!(manager.post(&path, &json!({ "reason": "更换刹车片" })).await.json()["closing"]["reason"], "更换刹车片");
    assert_eq!(manager.post(&path, &json!({ "reason": "再次" })).await.problem(), (409, "defect.closed".to_owned()));
    assert_eq!(errand.driver.get(&errand.path("car")).await.json()["is_kept"], false);
}

#[tokio::test]
async fn a_look_that_leaves_something_out_is_refused_beside_its_field() {
    let errand = errand(OrderState::Accepted).await;
    let mut short = look("k1", None);
    short["items"].as_array_mut().unwrap().pop();
    let mut odd = look("", None);
    (odd["kind"], odd["items"][0]["item"]) = (json!("never"), json!("wings"));
    for (body, fields) in [
        (short, json!({ "items": "check.incomplete" })),
        (odd, json!({ "key": "order.key", "kind": "check.kind", "items": "check.item" })),
    ] {
        let answer = errand.driver.post(&errand.path("checks"), &body).await;
        assert_eq!(answer.problem(), (422, "request.invalid".to_owned()));
        assert_eq!(answer.json()["fields"], fields);
    }
}

#[tokio::test]
async fn a_call_for_help_has_reached_the_dispatcher_when_it_is_answered() {
    let errand = errand(OrderState::Underway).await;
    let dispatcher = errand.world.sign_in("dispatcher").await;
    let call = json!({ "key": "s1", "at": noon() - Duration::seconds(3), "kind": "accident", "lon": 120.15, "lat": 30.25 });
    for _ in 0..2 {
        let told = errand.driver.post(&errand.path("sos"), &call).await;
        assert_eq!(told.status, 200, "{}", told.text());
    }
    let inbox = dispatcher.get("/messages").await.json();
    let [message] = inbox["items"].as_array().unwrap().as_slice() else { panic!("told once: {inbox}") };
    assert_eq!((&message["kind"], &message["severity"]), (&json!("sos_pressed"), &json!("emergency")));
    let window = "from=2026-03-02T00:00:00Z&to=2026-03-03T00:00:00Z";
    let alarms = dispatcher.get(&format!("/vehicles/{}/alarms?{window}", errand.car.id)).await.json();
    assert_eq!((&alarms["items"][0]["kind"], &alarms["items"][0]["colour"]), (&json!("sos"), &json!("red")), "{alarms}");
    // A telephone that does not know where it is calls all the same.
    let lost = json!({ "key": "s2", "at": noon(), "lon": 999.0, "lat": 0.0 });
    assert_eq!(errand.driver.post(&errand.path("sos"), &lost).await.status, 200);
    assert_eq!(dispatcher.get("/messages/counts").await.json()["emergency"], 2);
}

#[tokio::test]
async fn a_place_is_taken_on_the_road_and_refused_at_any_other_time() {
    let errand = errand(OrderState::Accepted).await;
    let bring = async |body: &Value| errand.driver.post(&errand.path("positions"), body).await;
    assert_eq!(bring(&places(2)).await.problem(), (409, "order.not_open".to_owned()));
    errand::push(&errand.world.db.pool, errand.order, OrderState::Underway).await.unwrap();
    assert_eq!(bring(&places(500)).await.json(), json!({ "kept": 500 }));
    assert_eq!(bring(&places(500)).await.json(), json!({ "kept": 0 }), "each instant once");
    assert_eq!(bring(&places(501)).await.json()["fields"], json!({ "items": "positions.too_many" }));
    errand::push(&errand.world.db.pool, errand.order, OrderState::Returned).await.unwrap();
    assert_eq!(bring(&places(1)).await.problem(), (409, "order.not_open".to_owned()));
    assert_eq!(number(&errand.world.db.pool, "select count(*) from driver_position").await.unwrap(), 500);
}

#[tokio::test]
async fn a_driver_has_its_own_orders_and_nobody_else_has_them() {
    let errand = errand(OrderState::Underway).await;
    let asks = |rest: &'static str, body: Option<Value>| (rest, body);
    let all = [
        asks("car", None),
        asks("checks", Some(look("k1", None))),
        asks("sos", Some(json!({ "key": "s1", "at": noon() }))),
        asks("positions", Some(places(1))),
    ];
    for (login, status, code) in
        [("driver", 404, "store.not_found"), ("dispatcher", 403, "auth.forbidden"), ("manager", 403, "auth.forbidden")]
    {
        let other = errand.world.sign_in(login).await;
        for (rest, body) in &all {
            let method = if body.is_some() { Method::POST } else { Method::GET };
            let answer = other.ask(method, &errand.path(rest), body.as_ref().map(Value::to_string), &[]).await;
            assert_eq!(answer.problem(), (status, code.to_owned()), "{rest} as {login}");
        }
    }
    assert_eq!(number(&errand.world.db.pool, "select count(*) from order_sos").await.unwrap(), 0);
}
