//! Annual reports over the API: balanced, checked, signed, handed up, returned, accepted and opened anew; each sum that of its parts.

use dispatch::account::Role;
use dispatch::unit::UnitId;
use fleet_db::testing::fleet::{execute, number};
use serde_json::{Value, json};

use crate::harness::{Answer, CITY, Client, EAST, WEST, World, add_car};
use crate::lifecycle::{made, refused};

/// Who makes reports of the west, the east and the city.
struct Reporters {
    west: Client,
    west_head: Client,
    east: Client,
    east_head: Client,
    city: Client,
    city_head: Client,
}

async fn reporters(world: &World) -> Reporters {
    for (login, role, unit) in [
        ("west.keeper", Role::FleetManager, WEST),
        ("west.head", Role::UnitLeader, WEST),
        ("east.head", Role::UnitLeader, EAST),
        ("city.authority", Role::Authority, CITY),
        ("city.head", Role::UnitLeader, CITY),
    ] {
        world.open_account(login, role, unit).await;
    }
    Reporters {
        west: world.sign_in("west.keeper").await,
        west_head: world.sign_in("west.head").await,
        east: world.sign_in("east.manager").await,
        east_head: world.sign_in("east.head").await,
        city: world.sign_in("city.authority").await,
        city_head: world.sign_in("city.head").await,
    }
}

pub(crate) fn path(unit: UnitId, rest: &str) -> String {
    format!("/annual-reports/{}/2025{rest}", unit.0)
}

pub(crate) async fn report(client: &Client, unit: UnitId) -> Value {
    made(&client.get(&path(unit, "")).await, 200)
}

pub(crate) async fn step(client: &Client, unit: UnitId, action: &str) -> Answer {
    client.post(&path(unit, "/steps"), &json!({ "action": action, "reason": "核实" })).await
}

pub(crate) async fn steps(client: &Client, unit: UnitId, actions: &[&str]) {
    for action in actions {
        made(&step(client, unit, action).await, 200);
    }
}

pub(crate) fn sum(report: &Value, item: &str, part: &str) -> i64 {
    let sums = report["sums"].as_array().unwrap();
    sums.iter().find(|sum| sum["item"] == item).unwrap()[part].as_i64().unwrap()
}

pub(crate) fn codes(report: &Value, errors: bool) -> Vec<&str> {
    let issues = report["issues"].as_array().unwrap().iter();
    issues.filter(|issue| issue["is_error"] == errors).map(|issue| issue["code"].as_str().unwrap()).collect()
}

/// Two cars in the west since 2024 and one in the east; all of 2025 with kilometres, energy and an order less.
async fn furnish(world: &World) {
    let pool = &world.db.pool;
    for (unit, plate) in [(WEST, "浙A00001"), (WEST, "浙A00002"), (EAST, "浙A00003")] {
        add_car(pool, unit, plate, None).await;
    }
    execute(pool, "update vehicle set created_at = '2024-05-01T00:00:00Z'").await.unwrap();
    execute(
        pool,
        "insert into trip (id, vehicle_no, started_at, ended_at, origin, destination, distance_m, max_speed_dkmh, stops)
         select gen_random_uuid(), v.no, d.at, d.at + interval '1 hour', 'SRID=4326;POINT(120 30)', 'SRID=4326;POINT(120 30)', 10000, 600, 0
         from vehicle v
         cross join (values ('2025-03-03T01:00:00Z'::timestamptz), ('2025-03-03T05:00:00Z'), ('2025-12-31T15:59:00Z'), ('2025-12-31T16:00:00Z')) as d (at)
         where v.plate <> '浙A00002'",
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn a_report_is_worked_out_checked_signed_handed_up_and_accepted_and_then_stays() {
    let world = World::new().await;
    let people = reporters(&world).await;
    furnish(&world).await;
    let draft = report(&people.west, WEST).await;
    assert_eq!((&draft["stage"], &draft["version"], &draft["moves"]), (&json!("draft"), &json!(0), &json!(["check"])), "{draft}");
    assert_eq!((sum(&draft, "opening", "own"), sum(&draft, "closing", "own")), (2, 2));
    // Two drives on the third of March and one in the last minute of the year; that of the next year is the next year's.
    assert_eq!((sum(&draft, "distance", "total"), sum(&draft, "used_days", "total")), (30_000, 2));
    assert_eq!((sum(&draft, "used_cars", "total"), sum(&draft, "car_days", "total")), (1, 730));
    assert_eq!(codes(&draft, true), Vec::<&str>::new(), "{draft}");
    let lacking = ["report.year_not_closed", "report.unregistered", "report.no_establishment", "report.over_establishment"];
    for code in lacking.iter().chain(&["report.unmoved", "report.unfuelled"]) {
        assert!(codes(&draft, false).contains(code), "{code}: {draft}");
    }
    let unmoved = draft["issues"].as_array().unwrap().iter().find(|issue| issue["code"] == "report.unmoved").unwrap();
    assert_eq!((&unmoved["examples"], &unmoved["owners"]), (&json!(["浙A00002"]), &json!(["west.keeper"])), "whose task it is");

    refused(&step(&people.west, WEST, "submit").await, 409, "report.move");
    refused(&step(&people.west, WEST, "sign").await, 409, "report.move");
    steps(&people.west, WEST, &["check"]).await;
    assert_eq!(step(&people.west, WEST, "sign").await.status, 403, "the head signs");
    steps(&people.west_head, WEST, &["sign"]).await;
    steps(&people.west, WEST, &["submit"]).await;
    assert_eq!(step(&people.west, WEST, "accept").await.status, 403, "the unit above accepts");
    let returned = people.city.post(&path(WEST, "/steps"), &json!({ "action": "return" })).await;
    assert_eq!(
        (returned.status.as_u16(), returned.json()["fields"]["reason"].clone()),
        (422, json!("lifecycle.text")),
        "with a word"
    );
    steps(&people.city, WEST, &["return"]).await;
    let back = report(&people.west, WEST).await;
    assert_eq!((&back["stage"], &back["moves"]), (&json!("returned"), &json!(["redo"])));
    steps(&people.west, WEST, &["redo", "check"]).await;
    steps(&people.west_head, WEST, &["sign"]).await;
    steps(&people.west, WEST, &["submit"]).await;
    // What was handed up stays, whatever the register says by now.
    add_car(&world.db.pool, WEST, "浙A00009", None).await;
    execute(&world.db.pool, "update vehicle set created_at = '2024-05-01T00:00:00Z'").await.unwrap();
    steps(&people.city, WEST, &["accept"]).await;
    let done = report(&people.west, WEST).await;
    assert_eq!((&done["stage"], &done["is_kept"], sum(&done, "closing", "total")), (&json!("accepted"), &json!(true), 2));
    let chain: Vec<&str> = done["steps"].as_array().unwrap().iter().map(|step| step["action"].as_str().unwrap()).collect();
    assert_eq!(chain, ["check", "sign", "submit", "return", "redo", "check", "sign", "submit", "accept"]);
    refused(&step(&people.west, WEST, "redo").await, 409, "report.move");
    assert!(
        execute(&world.db.pool, "update annual_report set figures = '{}'").await.is_err(),
        "nobody changes it, by hand neither"
    );
    assert!(execute(&world.db.pool, "delete from annual_report_step").await.is_err());
    let told = "select count(*) from audit_entry where subject_kind = 'annual_report'";
    assert_eq!(number(&world.db.pool, told).await.unwrap(), 9);
}

#[tokio::test]
async fn a_year_that_does_not_balance_is_not_handed_up() {
    let world = World::new().await;
    let people = reporters(&world).await;
    furnish(&world).await;
    let pool = &world.db.pool;
    refused(&world_step(&people.west, WEST, 2026, "check").await, 409, "report.errors");
    let running = world_step(&people.west, WEST, 2026, "check").await;
    assert!(running.text().contains("report.year_not_over"), "{}", running.text());
    // A car that is gone without a paper.
    execute(pool, "update vehicle set status = 'disposed' where plate = '浙A00002'").await.unwrap();
    let draft = report(&people.west, WEST).await;
    assert_eq!(codes(&draft, true), ["report.undated"], "{draft}");
    refused(&step(&people.west, WEST, "check").await, 409, "report.errors");
    assert_eq!(number(pool, "select count(*) from annual_report").await.unwrap(), 0, "and nothing has begun");

    // The year before was accepted with two cars; the register says three by now.
    for (actor, action) in
        [(&people.east, "check"), (&people.east_head, "sign"), (&people.east, "submit"), (&people.city, "accept")]
    {
        made(&world_step(actor, EAST, 2024, action).await, 200);
    }
    add_car(pool, EAST, "浙A00008", None).await;
    execute(pool, "update vehicle set created_at = '2023-05-01T00:00:00Z' where plate = '浙A00008'").await.unwrap();
    let draft = report(&people.east, EAST).await;
    assert_eq!((sum(&draft, "opening", "own"), sum(&draft, "closing", "own")), (1, 2), "the year begins as the one before ended");
    assert_eq!(codes(&draft, true), ["report.balance"]);
    assert_eq!(draft["issues"][0]["examples"], json!(["应急保障用车 纯电动: 1 ≠ 2"]));
    let told = step(&people.east, EAST, "check").await;
    assert!(told.text().contains("report.balance: 应急保障用车 纯电动: 1 ≠ 2"), "{}", told.text());
    // The year before is opened anew, and revises this one.
    let reopen = json!({ "action": "reopen", "reason": "漏报一辆" });
    made(&people.city.post(&format!("/annual-reports/{}/2024/steps", EAST.0), &reopen).await, 200);
    for (actor, action) in
        [(&people.east, "check"), (&people.east_head, "sign"), (&people.east, "submit"), (&people.city, "accept")]
    {
        made(&world_step(actor, EAST, 2024, action).await, 200);
    }
    let draft = report(&people.east, EAST).await;
    assert_eq!((codes(&draft, true), sum(&draft, "opening", "own")), (vec![], 2));
    assert_eq!(sum(&draft, "closing", "before"), 2, "difference to the year before");
}

async fn world_step(client: &Client, unit: UnitId, year: i16, action: &str) -> Answer {
    client.post(&format!("/annual-reports/{}/{year}/steps", unit.0), &json!({ "action": action })).await
}

#[tokio::test]
async fn the_unit_above_waits_for_those_below_and_a_year_that_is_opened_anew_revises_upward() {
    let world = World::new().await;
    let people = reporters(&world).await;
    furnish(&world).await;
    let city = report(&people.city, CITY).await;
    assert_eq!(codes(&city, true), ["report.part_missing", "report.part_missing"], "{city}");
    assert_eq!((sum(&city, "closing", "own"), sum(&city, "closing", "total")), (0, 3), "worked out until they have said it");
    for (keeper, head, unit) in [(&people.west, &people.west_head, WEST), (&people.east, &people.east_head, EAST)] {
        steps(keeper, unit, &["check"]).await;
        steps(head, unit, &["sign"]).await;
        steps(keeper, unit, &["submit"]).await;
        steps(&people.city, unit, &["accept"]).await;
    }
    // What comes into the register now is not in what they have said, nor in the sum of it.
    add_car(&world.db.pool, WEST, "浙A00009", None).await;
    execute(&world.db.pool, "update vehicle set created_at = '2024-05-01T00:00:00Z'").await.unwrap();
    let manager = world.sign_in("manager").await;
    steps(&manager, CITY, &["check"]).await;
    steps(&people.city_head, CITY, &["sign"]).await;
    steps(&manager, CITY, &["submit"]).await;
    steps(&people.city, CITY, &["accept"]).await;
    let city = report(&people.city, CITY).await;
    assert_eq!(sum(&city, "closing", "total"), 3);
    let parts: Vec<i64> =
        city["parts"].as_array().unwrap().iter().map(|part| part["figures"]["closing"].as_i64().unwrap()).collect();
    assert_eq!(parts, [1, 2], "the east and the west");

    refused(&step(&people.west, WEST, "check").await, 409, "report.move");
    assert_eq!(step(&people.west, WEST, "reopen").await.status, 403, "the unit above opens it");
    steps(&people.city, WEST, &["reopen"]).await;
    steps(&people.west, WEST, &["check"]).await;
    steps(&people.west_head, WEST, &["sign"]).await;
    steps(&people.west, WEST, &["submit"]).await;
    steps(&people.city, WEST, &["accept"]).await;
    let old = made(&people.west.get(&path(WEST, "?version=1")).await, 200);
    let new = report(&people.west, WEST).await;
    assert_eq!(
        (sum(&old, "closing", "total"), sum(&new, "closing", "total"), &new["version"]),
        (2, 3, &json!(2)),
        "the older stays"
    );
    assert_eq!((&old["moves"], &new["reason"]), (&json!([]), &json!("核实")));
    // The city's own is told to be of yesterday, and is done again.
    let city = report(&people.city, CITY).await;
    assert_eq!((codes(&city, true), sum(&city, "closing", "total")), (vec!["report.part_outdated"], 3));
    assert_eq!(city["parts"][1]["is_outdated"], true);
    steps(&people.city, CITY, &["reopen"]).await;
    steps(&manager, CITY, &["check"]).await;
    let city = report(&people.city, CITY).await;
    assert_eq!((sum(&city, "closing", "total"), &city["version"]), (4, &json!(2)), "upward");
    let list = made(&people.city.get(&format!("/annual-reports?unit_id={}&year=2025", CITY.0)).await, 200);
    let stands: Vec<(&str, i64)> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["stage"].as_str().unwrap(), item["accepted"].as_i64().unwrap()))
        .collect();
    assert_eq!(stands, [("checked", 1), ("accepted", 1), ("accepted", 2)]);
}

#[tokio::test]
async fn nobody_reads_or_moves_the_report_of_a_unit_beside_and_nobody_stands_twice_for_one() {
    let world = World::new().await;
    let people = reporters(&world).await;
    furnish(&world).await;
    for (unit, rest) in [(WEST, ""), (CITY, ""), (WEST, "/workbook")] {
        assert_eq!(people.east.get(&path(unit, rest)).await.problem(), (403, "auth.outside".to_owned()), "{rest}");
    }
    assert_eq!(step(&people.east, WEST, "check").await.problem(), (403, "auth.outside".to_owned()));
    let nowhere = "/annual-reports/00000000-0000-0000-0000-000000000007/2025";
    assert_eq!(people.east.get(nowhere).await.status, 404);
    let driver = world.sign_in("driver").await;
    assert_eq!(driver.get(&path(WEST, "")).await.status, 403);
    assert_eq!(people.west.get(&format!("/annual-reports/{}/1999", WEST.0)).await.status, 400);
    assert_eq!(people.west.get(&path(WEST, "?version=7")).await.status, 404);
    // Who checks does not sign, even with both posts.
    steps(&people.city, WEST, &["check"]).await;
    world.open_account("both", Role::UnitLeader, WEST).await;
    execute(
        &world.db.pool,
        "insert into account_grant (id, account_id, role, unit_id, during, reason, created_at)
         select gen_random_uuid(), a.id, 'authority', u.id, tstzrange('2026-03-01', null), '', '2026-03-01T00:00:00Z'
         from account a, unit u where a.login = 'both' and u.parent_id is null",
    )
    .await
    .unwrap();
    let both = world.sign_in("both").await;
    steps(&both, WEST, &["sign", "submit"]).await;
    refused(&step(&both, WEST, "accept").await, 409, "report.four_eyes");
    steps(&people.city, WEST, &["accept", "reopen"]).await;
    steps(&both, WEST, &["check"]).await;
    refused(&step(&both, WEST, "sign").await, 409, "report.four_eyes");
}

#[tokio::test]
async fn the_workbook_has_the_fixed_tables_with_the_sums() {
    let world = World::new().await;
    let people = reporters(&world).await;
    furnish(&world).await;
    let answer = people.west.get(&path(WEST, "/workbook")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let sheets = crate::import::all_rows(&answer.body);
    let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["封面", "车辆增减变动", "编制情况", "使用情况", "能耗与碳排放", "运行费用", "监督情况", "下级汇总"]);
    let stock = &sheets[1].1;
    assert_eq!((stock[0][2].as_str(), stock[1][0].as_str(), stock[1][2].as_str()), ("期初数", "应急保障用车", "2"));
    assert_eq!(stock.last().unwrap()[0], "合计");
    let used = &sheets[3].1;
    let at = used[0].iter().position(|header| header == "行驶里程（公里）").unwrap();
    assert_eq!(used.last().unwrap()[at], "30.000");
}
