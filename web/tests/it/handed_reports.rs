//! A county's year goes up from its own platform to that of the authority above: received, rolled up, returned, corrected, sent again.

use axum::http::Method;
use chrono::Duration;
use dispatch::account::Role;
use dispatch::unit::UnitId;
use fleet_db::testing::fleet::{execute, json as found};
use serde_json::{Value, json};

use crate::annual::{codes, path, report, steps, sum};
use crate::harness::{CITY, Client, EAST, WEST, World, add_car};
use crate::lifecycle::{made, refused};
use crate::peers::{Pair, Side, pair, send, signed};
use crate::trips::with;

/// Who makes the report of a unit, and who decides on those below the city.
struct Office {
    keeper: Client,
    head: Client,
    authority: Client,
}

async fn office(world: &World, unit: UnitId) -> Office {
    for (login, role, unit) in [
        ("report.keeper", Role::FleetManager, unit),
        ("report.head", Role::UnitLeader, unit),
        ("report.authority", Role::Authority, CITY),
    ] {
        world.open_account(login, role, unit).await;
    }
    Office {
        keeper: world.sign_in("report.keeper").await,
        head: world.sign_in("report.head").await,
        authority: world.sign_in("report.authority").await,
    }
}

impl Office {
    /// Checked, signed and handed up.
    async fn hands_up(&self, unit: UnitId) {
        steps(&self.keeper, unit, &["check"]).await;
        steps(&self.head, unit, &["sign"]).await;
        steps(&self.keeper, unit, &["submit"]).await;
    }
}

/// A car that a unit has had since 2024.
async fn car_since_2024(world: &World, unit: UnitId, plate: &str) {
    add_car(&world.db.pool, unit, plate, None).await;
    execute(&world.db.pool, "update vehicle set created_at = '2024-05-01T00:00:00Z' where plate like '浙C%'").await.unwrap();
}

async fn set_reach(side: &Side, reach: Value) {
    let body = Some(reach.to_string());
    let answer = side.admin.ask(Method::PUT, &format!("/peers/{}/reach", side.peer), body, &[]).await;
    assert_eq!(answer.status, 204, "{}", answer.text());
}

/// The first platform is the county's, whose whole tree stands below its city; at the second, the authority's, it speaks for the west.
async fn joined() -> (Pair, Office, Office) {
    let pair = Box::pin(pair("sm2")).await;
    set_reach(&pair.a, json!({ "up_unit_id": CITY.0 })).await;
    set_reach(&pair.b, json!({ "down_unit_id": WEST.0 })).await;
    let (county, above) = (office(&pair.a.west.world, CITY).await, office(&pair.b.west.world, EAST).await);
    car_since_2024(&pair.a.west.world, CITY, "浙C00001").await;
    car_since_2024(&pair.a.west.world, EAST, "浙C00002").await;
    car_since_2024(&pair.b.west.world, EAST, "浙C00003").await;
    (pair, county, above)
}

fn way(report: &Value) -> (&str, &str, i64) {
    let way = &report["ways"][0];
    (way["state"].as_str().unwrap(), way["receipt"].as_str().unwrap_or_default(), way["round"].as_i64().unwrap())
}

fn last_step(report: &Value) -> (&str, &str, &str) {
    let step = report["steps"].as_array().unwrap().last().unwrap();
    (step["action"].as_str().unwrap(), step["by"].as_str().unwrap(), step["reason"].as_str().unwrap())
}

async fn decide(client: &Client, unit: UnitId, action: &str, reason: &str) {
    made(&client.post(&path(unit, "/steps"), &json!({ "action": action, "reason": reason })).await, 200);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "the whole year, step by step")]
async fn a_county_s_year_goes_up_is_returned_corrected_sent_again_and_rolled_up() {
    let (pair, county, above) = Box::pin(joined()).await;
    // The county's own unit in the east is accepted in the county.
    world_unit(&pair.a.west.world, EAST).await;
    let waits = report(&above.authority, CITY).await;
    assert_eq!(codes(&waits, true), ["report.part_missing", "report.part_missing"], "whoever is told of is waited for: {waits}");

    county.hands_up(CITY).await;
    let sent = report(&county.keeper, CITY).await;
    assert_eq!((&sent["stage"], way(&sent)), (&json!("submitted"), ("sent", "", 1)));
    assert_eq!((&sent["ways"][0]["platform"], &sent["ways"][0]["attempts"]), (&json!("乙市平台"), &json!(0)));
    let own = json!({ "action": "accept", "reason": "" });
    refused(&county.authority.post(&path(CITY, "/steps"), &own).await, 409, "report.elsewhere");
    assert_eq!(report(&county.authority, CITY).await["moves"], json!([]), "nobody here decides on it");

    pair.talk().await;
    let sent = report(&county.keeper, CITY).await;
    assert_eq!(way(&sent), ("received", "A-2025-1-1", 1));
    let list = made(&above.authority.get(&format!("/annual-reports?unit_id={}&year=2025", CITY.0)).await, 200);
    let west = list["items"].as_array().unwrap().iter().find(|item| item["unit_id"] == WEST.0.to_string()).unwrap();
    assert_eq!(
        (&west["stage"], &west["received"]["platform"], &west["is_told"]),
        (&json!("submitted"), &json!("甲市平台"), &json!(true))
    );
    assert_eq!(west["received"]["at"].as_str().unwrap().parse(), Ok(pair.b.west.world.now()), "and when");
    let there = report(&above.authority, WEST).await;
    assert_eq!(
        (sum(&there, "closing", "own"), sum(&there, "closing", "total"), there["parts"].as_array().map(Vec::len)),
        (1, 2, Some(2))
    );
    assert_eq!((&there["ways"][0]["digest"], last_step(&there).0), (&sent["ways"][0]["digest"], "receive"));
    assert_eq!(
        (&there["ways"][0]["signed_by"], &there["ways"][0]["origin_unit"]),
        (&json!("report.head"), &json!("杭州市机关事务管理局"))
    );
    assert_eq!(there["moves"], json!(["accept", "return"]));
    pair.b.west.world.open_account("west.keeper", Role::FleetManager, WEST).await;
    let west_keeper = pair.b.west.world.sign_in("west.keeper").await;
    let redo = west_keeper.post(&path(WEST, "/steps"), &json!({ "action": "receive" })).await;
    assert_eq!(redo.status, 409, "what is told is told by the platform: {}", redo.text());

    // Returned with its reason, corrected, and sent again.
    decide(&above.authority, WEST, "return", "漏报一辆").await;
    pair.talk().await;
    let back = report(&county.keeper, CITY).await;
    assert_eq!(
        (&back["stage"], way(&back), &back["moves"]),
        (&json!("returned"), ("returned", "A-2025-1-1", 1), &json!(["redo"]))
    );
    assert_eq!(last_step(&back), ("return", "乙市平台", "漏报一辆"));
    refused(&west_keeper.post(&path(WEST, "/steps"), &json!({ "action": "redo" })).await, 409, "report.elsewhere");
    car_since_2024(&pair.a.west.world, CITY, "浙C00009").await;
    steps(&county.keeper, CITY, &["redo"]).await;
    county.hands_up(CITY).await;
    pair.talk().await;
    let there = report(&above.authority, WEST).await;
    assert_eq!(
        (&there["stage"], sum(&there, "closing", "total"), way(&there)),
        (&json!("submitted"), 3, ("received", "A-2025-1-2", 2))
    );
    decide(&above.authority, WEST, "accept", "").await;
    pair.talk().await;
    let done = report(&county.keeper, CITY).await;
    assert_eq!((&done["stage"], way(&done)), (&json!("accepted"), ("accepted", "A-2025-1-2", 2)));

    // Rolled up with another county's.
    above.hands_up(EAST).await;
    steps(&above.authority, EAST, &["accept"]).await;
    let city = report(&above.authority, CITY).await;
    assert_eq!((codes(&city, true), sum(&city, "closing", "own"), sum(&city, "closing", "total")), (vec![], 0, 3 + 1));
    steps(&pair.b.west.world.sign_in("manager").await, CITY, &["check"]).await;
    let city = report(&above.authority, CITY).await;
    let parts = city["parts"].as_array().unwrap().iter();
    let closing: Vec<i64> =
        parts.filter(|part| !part["version"].is_null()).map(|part| part["figures"]["closing"].as_i64().unwrap()).collect();
    assert_eq!(closing, [1, 3], "the east of itself, and the west as its platform said");

    // Opened anew above, it is another version below and comes up as such.
    decide(&above.authority, WEST, "reopen", "审计调整").await;
    pair.talk().await;
    let anew = report(&county.keeper, CITY).await;
    assert_eq!((&anew["version"], &anew["stage"], &anew["reason"]), (&json!(2), &json!("draft"), &json!("审计调整")));
    county.hands_up(CITY).await;
    pair.talk().await;
    let there = report(&above.authority, WEST).await;
    assert_eq!(
        (&there["version"], &there["stage"], way(&there)),
        (&json!(2), &json!("submitted"), ("received", "A-2025-2-1", 1))
    );
    assert_eq!(
        codes(&report(&above.authority, CITY).await, true),
        Vec::<&str>::new(),
        "nothing of it is in the sum before it is accepted"
    );
    decide(&above.authority, WEST, "accept", "").await;
    pair.talk().await;
    assert_eq!(codes(&report(&above.authority, CITY).await, true), ["report.part_outdated"], "the sum above is of yesterday");

    // An answer is lost: the report is told again, and is the same one.
    execute(&pair.a.west.world.db.pool, "update peer_message set state = 'due', ended_at = null where kind = 'report'")
        .await
        .unwrap();
    pair.pass(Duration::minutes(2));
    pair.talk().await;
    assert_eq!(pair.b.count("select count(*) from report_way").await, 3, "three rounds in all");
    assert_eq!(pair.a.count("select count(*) from peer_message where state <> 'acknowledged'").await, 0);
    assert_eq!(pair.b.count("select count(*) from peer_message where state <> 'acknowledged'").await, 0);
    let (at_a, at_b) = (pair.a.told().await, pair.b.told().await);
    for (told, line, times) in [
        (&at_b, "submitted annual_report A", 3),
        (&at_a, "returned annual_report B", 1),
        (&at_a, "ratified annual_report B", 2),
        (&at_a, "undone annual_report B", 1),
        (&at_a, "granted platform admin", 1),
    ] {
        assert_eq!(told.iter().filter(|one| *one == line).count(), times, "{line}: {told:?}");
    }
    assert!(!at_a.iter().chain(&at_b).any(|line| line.starts_with("message_refused")));
    for statement in ["update report_way set digest = repeat('0', 64)", "delete from report_way"] {
        assert!(execute(&pair.b.west.world.db.pool, statement).await.is_err(), "what went up stays: {statement}");
    }
}

/// The report of a unit of the county, accepted there.
async fn world_unit(world: &World, unit: UnitId) {
    world.open_account("part.head", Role::UnitLeader, unit).await;
    let (keeper, head) = (world.sign_in("east.manager").await, world.sign_in("part.head").await);
    steps(&keeper, unit, &["check"]).await;
    steps(&head, unit, &["sign"]).await;
    steps(&keeper, unit, &["submit"]).await;
    steps(&world.sign_in("report.authority").await, unit, &["accept"]).await;
}

/// The report that waits to go up, as it goes over the wire.
async fn on_the_wire(side: &Side) -> Value {
    let body = found(&side.west.world.db.pool, "select body from peer_message where kind = 'report' order by id desc limit 1")
        .await
        .unwrap();
    with(body, &json!({ "sequence": 1 }))
}

#[tokio::test]
async fn a_report_that_is_unsigned_altered_or_said_twice_is_refused_and_counted() {
    let pair = Box::pin(pair("hmac_sha256")).await;
    set_reach(&pair.a, json!({ "up_unit_id": CITY.0 })).await;
    let county = office(&pair.a.west.world, CITY).await;
    car_since_2024(&pair.a.west.world, CITY, "浙C00001").await;
    county.hands_up(CITY).await;
    let message = on_the_wire(&pair.a).await;
    assert_eq!(
        (&message["interface"], &message["number"], &message["balance"]["closing"]),
        (&json!("annual_report"), &json!("2025-1"), &json!(1))
    );
    let (b, key, now) = (&pair.b, pair.a.key.as_str(), pair.b.west.world.now());
    let ask = async |message: &Value, nonce: &str| {
        let body = message.to_string();
        let answer = send(&b.west.world, &body, &signed(key, nonce, now, &body)).await;
        (answer.status.as_u16(), answer.json()["code"].as_str().unwrap_or_default().to_owned(), answer.json())
    };
    let is_refused = async |message: &Value, nonce: &str, status: u16, code: &str, answer: &str| {
        let (found, name, body) = ask(message, nonce).await;
        assert_eq!((found, name.as_str(), body["status"].as_str()), (status, code, Some(answer)), "{body}");
    };
    is_refused(&message, "r1", 403, "exchange.report_line", "4032").await;
    set_reach(b, json!({ "down_unit_id": WEST.0 })).await;

    let body = message.to_string();
    assert_eq!(send(&b.west.world, &body, &[]).await.problem(), (401, "exchange.unsigned".to_owned()));
    let altered = with(message.clone(), &json!({ "unit_name": "别的单位" })).to_string();
    assert_eq!(
        send(&b.west.world, &altered, &signed(key, "r2", now, &body)).await.problem(),
        (401, "exchange.signature".to_owned())
    );
    // Whoever has the key still cannot change a figure and leave the digest, nor say another balance than that of the figures.
    let mut raised = message.clone();
    raised["figures"]["own"][0]["figures"]["closing"] = json!(2);
    is_refused(&raised, "r3", 422, "exchange.digest", "4010").await;
    let mut said = message.clone();
    said["balance"]["closing"] = json!(2);
    is_refused(&said, "r4", 422, "exchange.balance", "4011").await;
    is_refused(&with(message.clone(), &json!({ "kind": "push" })), "r5", 422, "exchange.interface", "4005").await;
    is_refused(&with(message.clone(), &json!({ "interface": "7.7" })), "r6", 422, "exchange.interface", "4005").await;
    is_refused(&with(message.clone(), &json!({ "year": "2025" })), "r7", 422, "exchange.malformed", "4000").await;
    assert_eq!(b.count("select count(*) from annual_report").await, 0, "none of it was taken");

    let (status, _, taken) = ask(&message, "r8").await;
    assert_eq!((status, &taken["number"], &taken["status"]), (200, &json!("A-2025-1-1"), &json!("200")), "{taken}");
    is_refused(&message, "r8", 409, "exchange.replayed", "4091").await;
    let (status, _, again) = ask(&message, "r9").await;
    assert_eq!((status, &again["number"]), (200, &taken["number"]), "told again, it has its receipt");
    is_refused(&raised, "r10", 422, "exchange.digest", "4010").await;
    // Another round while this one lies there is none.
    is_refused(&with(message.clone(), &json!({ "round": 2 })), "r11", 409, "report.move", "4092").await;
    let stray = json!({ "interface": "annual_report", "kind": "verdict", "number": "2025-1", "round": 1, "sequence": 1, "action": "accept", "reason": "" });
    is_refused(&stray, "r12", 422, "exchange.paper", "4041").await;
    assert_eq!(b.count("select count(*) from annual_report").await, 1);
    let peers = b.admin.get("/peers").await.json();
    // What was unsigned came from nobody in the register.
    assert_eq!((&peers["items"][0]["refused"], &peers["items"][0]["refused_code"]), (&json!(11), &json!("exchange.paper")));
    let told = b.told().await;
    assert_eq!(told.iter().filter(|line| line.starts_with("message_refused platform")).count(), 12, "{told:?}");
}

#[tokio::test]
async fn a_report_that_the_platform_above_does_not_take_comes_back_with_what_it_said() {
    let pair = Box::pin(pair("hmac_sm3")).await;
    set_reach(&pair.a, json!({ "up_unit_id": CITY.0 })).await;
    let county = office(&pair.a.west.world, CITY).await;
    car_since_2024(&pair.a.west.world, CITY, "浙C00001").await;
    county.hands_up(CITY).await;
    pair.talk().await;
    let back = report(&county.keeper, CITY).await;
    assert_eq!((&back["stage"], way(&back)), (&json!("returned"), ("refused", "", 1)));
    let (action, by, reason) = last_step(&back);
    assert_eq!((action, by), ("return", "乙市平台"));
    assert!(reason.starts_with("没有登记贵平台代哪个单位上报"), "{reason}");
    // The authority enters the line, and the report goes up again.
    set_reach(&pair.b, json!({ "down_unit_id": WEST.0 })).await;
    steps(&county.keeper, CITY, &["redo"]).await;
    county.hands_up(CITY).await;
    pair.talk().await;
    assert_eq!(way(&report(&county.keeper, CITY).await), ("received", "A-2025-1-2", 2));
    // One platform speaks for a unit, and nobody hands up to himself.
    let twice = json!({ "up_unit_id": CITY.0, "down_unit_id": CITY.0 }).to_string();
    let answer = pair.a.admin.ask(Method::PUT, &format!("/peers/{}/reach", pair.a.peer), Some(twice), &[]).await;
    assert_eq!(answer.json()["fields"]["down_unit_id"], "peer.reach_same", "{}", answer.text());
}
