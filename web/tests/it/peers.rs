//! A request that is approved on one platform and carried out on another: two services with a store each, and HTTP between them.

use axum::http::Method;
use chrono::{DateTime, Duration, Utc};
use fleet_db::testing::fleet::{audited, execute, number};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use web::Courier;

use crate::harness::{Answer, Client, WEST, World};
use crate::trips::{DRIVERS, West, act, approved, issue, step, west, with};

/// A platform with who takes its messages away, and the other platform in its register.
pub(crate) struct Side {
    pub(crate) west: West,
    pub(crate) courier: Courier,
    /// Key of the other platform in the register here.
    pub(crate) peer: String,
    /// With what it signs.
    pub(crate) key: String,
    pub(crate) admin: Client,
}

/// Two platforms that have each other's keys.
pub(crate) struct Pair {
    pub(crate) a: Side,
    pub(crate) b: Side,
}

/// A platform as it is entered.
pub(crate) fn entered(code: &str, own_code: &str, name: &str, base_url: &str) -> Value {
    json!({
        "code": code, "own_code": own_code, "name": name, "level": 3, "region_code": "330200", "base_url": base_url,
        "algorithm": "hmac_sha256", "unit_id": WEST.0,
    })
}

pub(crate) async fn pair(algorithm: &str) -> Pair {
    let (a, b) = (west().await, west().await);
    let (at_a, at_b) = (format!("http://{}", a.world.listen().await), format!("http://{}", b.world.listen().await));
    let (admin_a, admin_b) = (a.world.sign_in("admin").await, b.world.sign_in("admin").await);
    let made = admin_a.post("/peers", &with(entered("B", "A", "乙市平台", &at_b), &json!({ "algorithm": algorithm }))).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let (peer_a, key_a) = (text(&made.json()["id"]), text(&made.json()["our_key"]));
    let body = with(entered("A", "B", "甲市平台", &at_a), &json!({ "algorithm": algorithm, "their_key": key_a }));
    let made = admin_b.post("/peers", &body).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let (peer_b, key_b) = (text(&made.json()["id"]), text(&made.json()["our_key"]));
    let their_key = Some(json!({ "key": key_b }).to_string());
    assert_eq!(admin_a.ask(Method::PUT, &format!("/peers/{peer_a}/their-key"), their_key, &[]).await.status, 204);
    let (courier_a, courier_b) = (a.world.courier(), b.world.courier());
    Pair {
        a: Side { west: a, courier: courier_a, peer: peer_a, key: key_a, admin: admin_a },
        b: Side { west: b, courier: courier_b, peer: peer_b, key: key_b, admin: admin_b },
    }
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

impl Side {
    pub(crate) async fn count(&self, statement: &'static str) -> i64 {
        number(&self.west.world.db.pool, statement).await.unwrap()
    }

    async fn read(&self, request: &str) -> Value {
        self.west.dispatcher.get(&format!("/trip-requests/{request}")).await.json()
    }

    /// What the audit log says was done, to what kind of thing and by whom, without looks and what was there before.
    pub(crate) async fn told(&self) -> Vec<String> {
        let bodies = audited(&self.west.world.db.pool).await.unwrap();
        let lines = bodies.iter().map(|body| {
            let part = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            format!("{} {} {}", part(&body["action"]), part(&body["subject"]["kind"]), part(&body["login"]))
        });
        lines.filter(|line| !line.starts_with("viewed")).collect()
    }
}

impl Pair {
    /// Both couriers go until there is nothing left to take.
    pub(crate) async fn talk(&self) {
        while self.a.courier.send_due().await.unwrap() + self.b.courier.send_due().await.unwrap() > 0 {}
    }

    pub(crate) fn pass(&self, span: Duration) {
        self.a.west.world.pass(span);
        self.b.west.world.pass(span);
    }

    /// A request of the first platform, on its way to the second.
    async fn handed(&self) -> String {
        let request = approved(&self.a.west, json!({})).await;
        let answer = hand_over(&self.a, &request).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        request
    }

    /// The request that waits for a car at the second platform.
    async fn guest(&self) -> Value {
        self.b.west.dispatcher.get("/trip-requests?view=to_dispatch").await.json()["items"][0].clone()
    }

    /// A request that has a car at the second platform: there and its order.
    async fn ordered(&self) -> (String, String, String) {
        let request = self.handed().await;
        self.talk().await;
        let guest = text(&self.guest().await["id"]);
        let issued = issue(&self.b.west.dispatcher, &guest, self.b.west.cars[0], DRIVERS[0]).await;
        assert_eq!(issued.status, 201, "{}", issued.text());
        (request, guest, text(&issued.json()["id"]))
    }

    /// Something that the driver of the second platform does.
    async fn drives(&self, order: &str, body: Value) {
        let answer = step(&self.b.west.driver, order, body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}

async fn hand_over(side: &Side, request: &str) -> Answer {
    let body = json!({ "platform_id": side.peer });
    side.west.dispatcher.post(&format!("/trip-requests/{request}/hand-over"), &body).await
}

async fn call_back(side: &Side, request: &str) -> Answer {
    side.west.dispatcher.post(&format!("/trip-requests/{request}/hand-over/recall"), &json!({ "reason": "改派本市车辆" })).await
}

/// A message as the first platform writes it to the second, signed with `key` at `at`.
pub(crate) fn signed(key: &str, nonce: &str, at: DateTime<Utc>, body: &str) -> Vec<(&'static str, String)> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(format!("motorpool-exchange-1\nmessage\nA\nB\n{}\n{nonce}\n{body}", at.timestamp()).as_bytes());
    vec![
        ("x-exchange-from", "A".to_owned()),
        ("x-exchange-to", "B".to_owned()),
        ("x-exchange-time", at.timestamp().to_string()),
        ("x-exchange-nonce", nonce.to_owned()),
        ("x-exchange-signature", hex::encode(mac.finalize().into_bytes())),
    ]
}

/// A request on the wire, as any platform may write one.
pub(crate) fn wire() -> Value {
    json!({
        "interface": "7.7", "kind": "hand_over", "number": "YC-330200-2026-9", "round": 1, "sequence": 1, "status": "2",
        "unit_name": "鄞州区府", "applicant": "王某", "reason": "调研", "purpose": "赴杭调研", "category": "other", "seats": 5,
        "passengers": [], "passenger_count": 2, "vehicle_count": 1, "from": { "name": "东站", "place": [120.21, 30.29] },
        "to": { "name": "西湖区府", "place": [120.13, 30.25] }, "stops": [], "is_round_trip": true, "is_emergency": false,
        "begins_at": "2026-03-02T05:00:00Z", "ends_at": "2026-03-02T08:00:00Z", "note": "", "distance_m": 20_000,
    })
}

/// Sends bytes with headers to a platform.
pub(crate) async fn send(world: &World, body: &str, headers: &[(&'static str, String)]) -> Answer {
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    world.stranger().ask(Method::POST, "/exchange", Some(body.to_owned()), &headers).await
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "the whole way, step by step")]
async fn an_order_of_one_platform_is_carried_out_by_another_and_settled_once() {
    let pair = Box::pin(pair("hmac_sha256")).await;
    let manager = pair.a.west.world.sign_in("manager").await;
    let give = json!({ "unit_id": WEST.0, "year": 2026, "amount_fen": 100_000, "reason": "年度" });
    assert!(manager.post("/allowances", &give).await.status.is_success());
    assert!(manager.post("/allowances", &with(give, &json!({ "month": 3 }))).await.status.is_success());

    let request = approved(&pair.a.west, json!({})).await;
    let seen = pair.a.read(&request).await;
    assert!(seen["moves"].as_array().unwrap().contains(&json!("hand_over")), "{seen}");
    assert_eq!(pair.a.west.dispatcher.get("/hand-over-choices").await.json()["items"][0]["name"], "乙市平台");
    let handed = hand_over(&pair.a, &request).await;
    assert_eq!(handed.status, 201, "{}", handed.text());
    let handed = handed.json();
    assert_eq!((handed["state"].as_str(), handed["hand_over"]["state"].as_str()), (Some("ordered"), Some("sent")));
    assert_eq!(handed["hand_over"]["attempts"], 0, "it waits to be taken");
    assert_eq!(hand_over(&pair.a, &request).await.problem(), (409, "trip.state".to_owned()), "it goes once");
    let own = issue(&pair.a.west.dispatcher, &request, pair.a.west.cars[0], DRIVERS[0]).await;
    assert_eq!(own.problem(), (409, "trip.state".to_owned()), "it has no second car here");

    let away = pair.a.west.dispatcher.get("/trip-requests?view=handed").await.json();
    assert_eq!((away["items"].as_array().map(Vec::len), away["items"][0]["id"].as_str()), (Some(1), Some(request.as_str())));

    pair.talk().await;
    assert_eq!(pair.a.read(&request).await["hand_over"]["state"], "taken");
    let waiting = pair.b.west.dispatcher.get("/trip-requests?view=to_dispatch").await.json();
    let guest = &waiting["items"][0];
    assert_eq!((guest["state"].as_str(), guest["unit_name"].as_str()), (Some("approved"), Some("由甲市平台转来")));
    assert_eq!((guest["purpose"].as_str(), guest["passengers"][0]["name"].as_str()), (Some("赴萧山调研"), Some("王某")));
    let way = &guest["hand_over"];
    assert_eq!((way["direction"].as_str(), way["platform"].as_str()), (Some("in"), Some("甲市平台")));
    assert_eq!((way["origin_unit"].as_str(), way["number"].as_str()), (Some("西湖区府"), Some("YC-330100-2026-1")));
    assert!(!guest["moves"].as_array().unwrap().contains(&json!("hand_over")), "it goes no farther");
    let guest = text(&guest["id"]);

    let order = text(&issue(&pair.b.west.dispatcher, &guest, pair.b.west.cars[0], DRIVERS[0]).await.json()["id"]);
    pair.talk().await;
    let seen = pair.a.west.applicant.get(&format!("/trip-requests/{request}")).await.json();
    let way = &seen["hand_over"];
    assert_eq!((way["state"].as_str(), way["orders"][0]["plate"].as_str()), (Some("ordered"), Some("浙A00001")), "{way}");
    assert_eq!(
        (way["orders"][0]["driver"].as_str(), way["orders"][0]["driver_phone"].as_str()),
        (Some("张师傅"), Some("13800000001"))
    );

    pair.drives(&order, json!({ "action": "accept" })).await;
    pair.drives(&order, json!({ "action": "depart", "odometer_km": 1000.0, "at": "2026-03-02T02:00:00Z" })).await;
    pair.talk().await;
    assert_eq!(pair.a.read(&request).await["hand_over"]["state"], "underway");
    pair.drives(&order, json!({ "action": "return", "odometer_km": 1038.0, "at": "2026-03-02T03:30:00Z" })).await;
    pair.talk().await;
    let way = pair.a.read(&request).await["hand_over"].clone();
    assert_eq!((way["state"].as_str(), way["orders"][0]["distance_m"].as_i64()), (Some("returned"), Some(38_000)));

    let settler = pair.b.west.world.sign_in("manager").await;
    let body = json!({ "basis": "tariff", "area": "outside" });
    let settled = settler.post(&format!("/dispatch-orders/{order}/settlement"), &body).await;
    assert_eq!(settled.status, 201, "{}", settled.text());
    let total = settled.json()["total_fen"].as_i64().unwrap();
    assert!(total > 0 && settled.json()["allowance"].is_null(), "nothing is taken from an allowance there");
    pair.talk().await;
    let seen = pair.a.read(&request).await;
    assert_eq!((seen["state"].as_str(), seen["hand_over"]["state"].as_str()), (Some("closed"), Some("settled")));
    assert_eq!(seen["hand_over"]["total_fen"], total);
    let entries = "select count(*) from allowance_entry where kind = 'debit'";
    assert_eq!(
        (pair.a.count(entries).await, pair.b.count("select count(*) from allowance_entry").await),
        (1, 0),
        "one settlement"
    );
    let left = pair.a.count("select left_fen + held_fen from allowance_account where month = 3").await;
    assert_eq!((left, pair.a.count("select held_fen from allowance_account where month = 3").await), (100_000 - total, 0));
    let month = manager.get(&format!("/allowances?unit_id={}&year=2026", WEST.0)).await.json();
    assert!(month.to_string().contains("100000"), "{month}");

    // The answer to the settlement is lost, and it is told again.
    execute(&pair.b.west.world.db.pool, "update peer_message set state = 'due', ended_at = null where kind = 'settlement'")
        .await
        .unwrap();
    pair.pass(Duration::minutes(2));
    pair.talk().await;
    assert_eq!(pair.a.count(entries).await, 1, "said twice, booked once");
    assert_eq!(pair.b.count("select count(*) from peer_message where state <> 'acknowledged'").await, 0);

    let (at_a, at_b) = (pair.a.told().await, pair.b.told().await);
    for line in [
        "created platform admin",
        "secret_renewed platform admin",
        "handed_over trip_request dispatcher",
        "sent trip_request system",
        "ordered trip_request B",
        "departed trip_request B",
        "came_back trip_request B",
        "settled settlement B",
    ] {
        // That the driver there takes the order is told too.
        let times = if line.starts_with("ordered") { 2 } else { 1 };
        assert_eq!(at_a.iter().filter(|told| *told == line).count(), times, "{line}: {at_a:?}");
    }
    for line in [
        "created platform admin",
        "handed_over trip_request A",
        "ordered dispatch_order dispatcher",
        "settled settlement manager",
    ] {
        assert_eq!(at_b.iter().filter(|told| *told == line).count(), 1, "{line}: {at_b:?}");
    }
    assert!(at_b.iter().filter(|told| *told == "sent trip_request system").count() >= 4, "{at_b:?}");
    assert!(!at_a.iter().chain(&at_b).any(|line| line.starts_with("message_refused")));
}

#[tokio::test]
async fn a_message_that_is_unsigned_altered_late_or_said_twice_is_refused_counted_and_told() {
    let pair = Box::pin(pair("hmac_sha256")).await;
    let (b, key, now) = (&pair.b, pair.a.key.as_str(), pair.b.west.world.now());
    let body = wire().to_string();
    let refused = async |body: &str, headers: &[(&'static str, String)], code: &str| {
        let answer = send(&b.west.world, body, headers).await;
        assert_eq!(answer.json()["code"], code, "{}", answer.text());
        answer.status.as_u16()
    };
    assert_eq!(refused(&body, &[], "exchange.unsigned").await, 401);
    let mut stranger = signed(key, "n1", now, &body);
    stranger[0].1 = "C".to_owned();
    assert_eq!(refused(&body, &stranger, "exchange.platform").await, 401);
    let altered = body.replace("西湖区府", "别处");
    assert_eq!(refused(&altered, &signed(key, "n2", now, &body), "exchange.signature").await, 401);
    assert_eq!(refused(&body, &signed(&pair.b.key, "n3", now, &body), "exchange.signature").await, 401);
    for (nonce, late) in [("n4", 301), ("n5", -301)] {
        let at = now - Duration::seconds(late);
        assert_eq!(refused(&body, &signed(key, nonce, at, &body), "exchange.clock").await, 401);
    }
    assert_eq!(b.count("select count(*) from trip_request").await, 0, "none of it was done");

    let taken = send(&b.west.world, &body, &signed(key, "n6", now, &body)).await;
    assert_eq!((taken.status.as_u16(), &taken.json()["accepted"]), (200, &json!(true)), "{}", taken.text());
    assert!(taken.headers.contains_key("x-exchange-signature"));
    assert_eq!(refused(&body, &signed(key, "n6", now, &body), "exchange.replayed").await, 409);
    let again = send(&b.west.world, &body, &signed(key, "n7", now, &body)).await;
    assert_eq!(again.json()["number"], taken.json()["number"], "told again, it is the same paper");
    assert_eq!(b.count("select count(*) from trip_request").await, 1);

    let other = |changes: Value| with(with(wire(), &json!({ "number": "YC-330200-2026-10" })), &changes).to_string();
    for (nonce, changes, code, status) in [
        ("m1", json!({ "interface": "7.99" }), "exchange.interface", 422),
        ("m2", json!({ "interface": "7.9" }), "exchange.interface", 422),
        ("m3", json!({ "status": "9" }), "exchange.status", 422),
        ("m4", json!({ "kind": "gossip" }), "exchange.malformed", 422),
        ("m5", json!({ "category": "boat" }), "vehicle.category", 422),
        ("m6", json!({ "ends_at": "2026-03-02T03:00:00Z", "begins_at": "2026-03-02T02:00:00Z" }), "trip.past", 422),
        ("m7", json!({ "kind": "recall", "reason": "不需要了" }), "exchange.paper", 422),
        ("m8", json!({ "kind": "settlement", "status": "5", "orders": [], "lines": [], "total_fen": 0 }), "exchange.paper", 422),
    ] {
        let body = other(changes);
        assert_eq!(refused(&body, &signed(key, nonce, now, &body), code).await, status);
        assert_eq!(
            refused(&body, &signed(key, nonce, now, &body), "exchange.replayed").await,
            409,
            "a refused message is burnt too"
        );
    }
    assert_eq!(b.count("select count(*) from trip_request").await, 1);

    assert_eq!(b.admin.post(&format!("/peers/{}/use", b.peer), &json!({ "disabled": true })).await.status, 204);
    assert_eq!(refused(&body, &signed(key, "n8", now, &body), "exchange.disabled").await, 403);

    let told = b.told().await;
    assert_eq!(told.iter().filter(|line| line.starts_with("message_refused platform")).count(), 6 + 1 + 16 + 1, "{told:?}");
    let peers = b.admin.get("/peers").await.json();
    // The first two came from nobody in the register.
    assert_eq!(
        (peers["items"][0]["refused"].as_i64(), peers["items"][0]["refused_code"].as_str()),
        (Some(22), Some("exchange.disabled"))
    );
}

#[tokio::test]
async fn keys_are_shown_once_and_lie_sealed() {
    let pair = Box::pin(pair("hmac_sm3")).await;
    let listed = pair.a.admin.get("/peers").await;
    assert_eq!(listed.json()["items"][0]["has_their_key"], true);
    for key in [&pair.a.key, &pair.b.key] {
        assert!(!listed.text().contains(key.as_str()));
    }
    let bodies = audited(&pair.a.west.world.db.pool).await.unwrap();
    assert!(!bodies.iter().any(|body| body.to_string().contains(&pair.a.key) || body.to_string().contains(&pair.b.key)));
    // A nonce, 43 characters and a tag.
    assert_eq!(pair.a.count("select count(*) from peer_platform where length(sealed_ours) <> 12 + 43 + 16").await, 0);
    for client in [&pair.a.west.dispatcher, &pair.a.west.applicant] {
        assert_eq!(client.get("/peers").await.problem(), (403, "auth.forbidden".to_owned()));
    }
    let wrong =
        with(entered("C", "A b", "丙", "http://gwyc.example.gov.cn"), &json!({ "algorithm": "md5", "their_key": "short" }));
    let answer = pair.a.admin.post("/peers", &wrong).await.json();
    let fields: Vec<&str> = answer["fields"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(fields, ["algorithm", "base_url", "own_code", "their_key"]);
    let again = pair.a.admin.post("/peers", &entered("B", "A", "丁市平台", "https://gwyc.example.gov.cn")).await;
    assert_eq!(again.problem(), (409, "peer.code_taken".to_owned()));

    // The other algorithm, all the way there.
    pair.handed().await;
    pair.talk().await;
    assert_eq!(pair.guest().await["state"], "approved");
    // Another key ends the old one: what is written with it is not taken until the other side has the new one.
    let request = pair.handed().await;
    let renewed = pair.a.admin.post(&format!("/peers/{}/key", pair.a.peer), &json!({})).await;
    assert_eq!(renewed.status, 201, "{}", renewed.text());
    assert_eq!(pair.a.courier.send_due().await.unwrap(), 0);
    let way = pair.a.read(&request).await["hand_over"].clone();
    assert_eq!((way["attempts"].as_i64(), way["answer"].as_str()), (Some(1), Some("exchange.answer")));
    let key = Some(json!({ "key": renewed.json()["our_key"] }).to_string());
    assert_eq!(pair.b.admin.ask(Method::PUT, &format!("/peers/{}/their-key", pair.b.peer), key, &[]).await.status, 204);
    pair.pass(Duration::seconds(15));
    pair.talk().await;
    assert_eq!(pair.a.read(&request).await["hand_over"]["state"], "taken");
}

#[tokio::test]
async fn a_platform_that_does_not_answer_is_tried_again_and_nothing_is_done_twice() {
    let pair = Box::pin(pair("hmac_sha256")).await;
    let request = pair.handed().await;
    let put = async |base_url: &str| {
        let body = with(entered("B", "A", "乙市平台", base_url), &json!({}));
        let answer = pair.a.admin.ask(Method::PUT, &format!("/peers/{}", pair.a.peer), Some(body.to_string()), &[]).await;
        assert_eq!(answer.status, 204, "{}", answer.text());
    };
    let here = text(&pair.a.admin.get("/peers").await.json()["items"][0]["base_url"]);
    // Nobody listens there.
    put("http://127.0.0.1:9").await;
    assert_eq!(pair.a.courier.send_due().await.unwrap(), 0);
    let way = pair.a.read(&request).await["hand_over"].clone();
    assert_eq!((way["attempts"].as_i64(), way["answer"].as_str()), (Some(1), Some("exchange.unreachable")));
    put(&here).await;
    pair.talk().await;
    assert_eq!(pair.a.read(&request).await["hand_over"]["state"], "sent", "its time has not come");
    pair.pass(Duration::seconds(15));
    pair.talk().await;
    assert_eq!(pair.a.read(&request).await["hand_over"]["state"], "taken");
    // The answer is lost: it goes once more, and is the same paper there.
    execute(&pair.a.west.world.db.pool, "update peer_message set state = 'due', ended_at = null").await.unwrap();
    pair.pass(Duration::minutes(2));
    pair.talk().await;
    assert_eq!(pair.b.count("select count(*) from trip_request").await, 1);
    assert_eq!(pair.a.count("select count(*) from peer_message where state = 'acknowledged'").await, 1);
}

#[tokio::test]
async fn a_confidential_trip_goes_to_no_other_platform() {
    let pair = Box::pin(pair("hmac_sha256")).await;
    let request = approved(&pair.a.west, json!({ "is_confidential": true })).await;
    let seen = pair.a.read(&request).await;
    assert!(!seen["moves"].as_array().unwrap().contains(&json!("hand_over")), "{seen}");
    assert_eq!(hand_over(&pair.a, &request).await.problem(), (422, "exchange.confidential".to_owned()));
    let past_every_rule = "insert into hand_over (id, platform_id, direction, request_id, number, round, state, origin_unit, origin_applicant, handed_at, changed_at)
         select gen_random_uuid(), p.id, 'out', r.id, r.number, 1, 'sent', '', '', now(), now() from peer_platform p, trip_request r";
    assert!(execute(&pair.a.west.world.db.pool, past_every_rule).await.is_err(), "the store refuses whoever writes");
    pair.talk().await;
    assert_eq!(pair.b.count("select count(*) from trip_request").await, 0);
}

#[tokio::test]
async fn what_was_handed_over_is_called_back_before_it_leaves_and_not_afterwards() {
    let pair = Box::pin(pair("hmac_sha256")).await;
    // Nobody has heard of it: it is back at once.
    let request = pair.handed().await;
    let back = call_back(&pair.a, &request).await.json();
    assert_eq!((back["state"].as_str(), back["hand_over"]["state"].as_str()), (Some("approved"), Some("cancelled")), "{back}");
    pair.talk().await;
    assert_eq!(pair.b.count("select count(*) from trip_request").await, 0);

    // It goes out again, has a car there, and is called back: the other platform agrees, and its driver is free.
    assert_eq!(hand_over(&pair.a, &request).await.status, 201);
    pair.talk().await;
    let guest = text(&pair.guest().await["id"]);
    issue(&pair.b.west.dispatcher, &guest, pair.b.west.cars[0], DRIVERS[0]).await;
    let back = call_back(&pair.a, &request).await.json();
    assert_eq!((back["state"].as_str(), back["hand_over"]["state"].as_str()), (Some("ordered"), Some("calling_back")));
    pair.talk().await;
    let seen = pair.a.read(&request).await;
    assert_eq!((seen["state"].as_str(), seen["hand_over"]["state"].as_str()), (Some("approved"), Some("cancelled")), "{seen}");
    let there = pair.b.read(&guest).await;
    assert_eq!((there["state"].as_str(), there["orders"][0]["state"].as_str()), (Some("cancelled"), Some("cancelled")));

    // Who asked calls the whole trip off.
    let (request, guest, _) = pair.ordered().await;
    let off = act(&pair.a.west.applicant, &request, json!({ "action": "cancel" })).await;
    assert_eq!(off.json()["hand_over"]["state"], "calling_back", "{}", off.text());
    pair.talk().await;
    assert_eq!(
        (pair.a.read(&request).await["state"].as_str(), pair.b.read(&guest).await["state"].as_str()),
        (Some("cancelled"), Some("cancelled"))
    );

    // The car has left, and the word of it has not come yet.
    let (request, _, order) = pair.ordered().await;
    pair.talk().await;
    pair.drives(&order, json!({ "action": "accept" })).await;
    pair.drives(&order, json!({ "action": "depart", "odometer_km": 2000.0 })).await;
    assert_eq!(call_back(&pair.a, &request).await.json()["hand_over"]["state"], "calling_back");
    pair.a.courier.send_due().await.unwrap();
    let way = pair.a.read(&request).await["hand_over"].clone();
    assert_eq!(
        (way["state"].as_str(), way["reason"].as_str()),
        (Some("underway"), Some("对方车辆已出车，不能收回或取消")),
        "{way}"
    );
    pair.talk().await;
    assert_eq!(call_back(&pair.a, &request).await.problem(), (409, "trip.state".to_owned()));
    let told = pair.a.told().await;
    assert_eq!(told.iter().filter(|line| *line == "called_back trip_request dispatcher").count(), 3, "{told:?}");
    assert_eq!(pair.b.told().await.iter().filter(|line| *line == "called_back trip_request A").count(), 2);
}

#[tokio::test]
async fn what_the_other_platform_gives_back_waits_for_a_car_again() {
    let pair = Box::pin(pair("hmac_sha256")).await;
    // Its dispatcher has no car.
    let request = pair.handed().await;
    pair.talk().await;
    let guest = text(&pair.guest().await["id"]);
    let silent = act(&pair.b.west.dispatcher, &guest, json!({ "action": "cancel" })).await;
    assert_eq!(silent.json()["fields"]["opinion"], "trip.opinion", "nobody refuses without a word");
    let off = act(&pair.b.west.dispatcher, &guest, json!({ "action": "cancel", "opinion": "当日无车" })).await;
    assert_eq!(off.json()["state"], "cancelled", "{}", off.text());
    pair.talk().await;
    let seen = pair.a.read(&request).await;
    assert_eq!((seen["state"].as_str(), seen["hand_over"]["state"].as_str()), (Some("approved"), Some("refused")));
    assert_eq!(seen["hand_over"]["reason"], "当日无车");
    assert!(seen["moves"].as_array().unwrap().contains(&json!("order")), "a car of our own goes");

    // The driver declines there: the other platform looks for another car. Then it gives the request back, before anybody leaves.
    let (request, guest, order) = pair.ordered().await;
    pair.talk().await;
    pair.drives(&order, json!({ "action": "decline", "reason": "车辆故障" })).await;
    pair.talk().await;
    let way = pair.a.read(&request).await["hand_over"].clone();
    assert_eq!((way["state"].as_str(), way["orders"].as_array().map(Vec::len)), (Some("taken"), Some(0)));
    act(&pair.b.west.dispatcher, &guest, json!({ "action": "cancel", "opinion": "无车" })).await;
    pair.talk().await;
    assert_eq!(pair.a.read(&request).await["state"], "approved");
    assert_eq!(pair.a.told().await.iter().filter(|line| *line == "rejected trip_request B").count(), 2);

    // It is too late when it comes there: the other platform refuses by itself.
    let request = pair.handed().await;
    pair.pass(Duration::hours(5));
    pair.talk().await;
    let dispatcher = pair.a.west.world.sign_in("dispatcher").await;
    let seen = dispatcher.get(&format!("/trip-requests/{request}")).await.json();
    assert_eq!((seen["state"].as_str(), seen["hand_over"]["state"].as_str()), (Some("approved"), Some("refused")), "{seen}");
}
