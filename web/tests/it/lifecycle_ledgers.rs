//! Ledgers in balance: the parent's total is the sum of its parts, a transfer changes two at once, and what breaks Art. 26 is listed.

use dispatch::account::Role;
use fleet_db::testing::fleet::{execute, number};
use serde_json::{Value, json};

use crate::harness::{CITY, EAST, WEST, World, add_car};
use crate::lifecycle::{Offices, act, board, change, granted, id, made, offices, refused, step, with, wrong};

/// A world with both offices over the whole city, so that the manager may propose for either side.
async fn city() -> (World, Offices) {
    let world = World::new().await;
    let authority = offices(&world).await.authority;
    let manager = world.sign_in("manager").await;
    (world, Offices { manager, authority })
}

fn unit(of: dispatch::unit::UnitId) -> String {
    of.0.to_string()
}

#[tokio::test]
async fn the_parent_s_total_is_the_sum_of_its_parts_and_over_establishment_is_shown() {
    let (world, offices) = city().await;
    for (unit_of, count) in [(WEST, 3), (EAST, 1), (CITY, 2)] {
        granted(&offices, &unit(unit_of), count).await;
    }
    for plate in ["浙A00001", "浙A00002", "浙A00003"] {
        add_car(&world.db.pool, EAST, plate, None).await;
    }
    execute(&world.db.pool, "update vehicle set category = 'other'").await.unwrap();
    let shown = made(&offices.authority.get(&format!("/establishment?unit_id={}", CITY.0)).await, 200);
    let sum = |part: &str, field: &str| {
        let lines = shown[part].as_array().unwrap().iter();
        lines.map(|line| line[field].as_i64().unwrap()).sum::<i64>()
    };
    for field in ["authorised", "held", "promised", "vacant", "over"] {
        assert_eq!(sum("total", field), sum("alone", field) + sum("below", field), "{field}: {shown}");
    }
    // Two are over in the east, although the city has places left: what one has too few is not what another has too many.
    assert_eq!(board(&offices.authority, &unit(CITY)).await, [6, 3, 0, 5, 2]);
    let place = made(&offices.authority.get(&format!("/establishment/places?unit_id={}&category=other", EAST.0)).await, 200);
    assert_eq!((place["cars"].as_array().unwrap().len(), &place["entries"][0]["count"]), (3, &json!(1)));
    let breaches = made(&offices.authority.get("/establishment/breaches").await, 200);
    assert_eq!((&breaches["over_establishment"][0]["over"], &breaches["unregistered"]), (&json!(2), &json!(3)));
    // A supplier's car takes nobody's place.
    let hired = crate::suppliers::hired(&offices.manager).await;
    crate::suppliers::add(&offices.manager, &hired.rental, "浙A88881", "electric").await;
    assert_eq!(board(&offices.authority, &unit(WEST)).await, [3, 0, 0, 3, 0]);
}

#[tokio::test]
async fn whatever_is_changed_the_ledger_is_the_sum_of_its_movements_and_never_below_nothing() {
    let (world, offices) = city().await;
    let mut seed: u32 = 17;
    let mut draw = |below: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 16) % below
    };
    let mut expected = 0_i64;
    for _ in 0..25 {
        let kind = ["grant", "reduce", "withdraw", "opening"][draw(4) as usize];
        let count = i64::from(draw(4)) + 1;
        let paper = with(change(&unit(WEST), 1), &json!({ "kind": kind, "count": count }));
        let paper = id(&made(&offices.manager.post("/establishment/changes", &paper).await, 201));
        made(&act(&offices.authority, "establishment/changes", &paper, "review").await, 200);
        let moved = if matches!(kind, "grant" | "opening") { count } else { -count };
        let decided = act(&offices.authority, "establishment/changes", &paper, "approve").await;
        if expected + moved < 0 {
            refused(&decided, 409, "establishment.short");
        } else {
            made(&decided, 200);
            expected += moved;
        }
    }
    assert_eq!(board(&offices.manager, &unit(WEST)).await[0], expected);
    let sum = "select coalesce(sum(count), 0) from establishment_entry";
    assert_eq!(number(&world.db.pool, sum).await.unwrap(), expected);
    let by_hand = "update establishment_entry set count = count + 1";
    assert!(execute(&world.db.pool, by_hand).await.is_err() || expected == 0, "nothing is written over");
}

fn transfer(vehicle: &str, to: Option<dispatch::unit::UnitId>, with_place: bool) -> Value {
    json!({ "vehicle_id": vehicle, "to_unit_id": to.map(|to| to.0), "with_place": with_place, "reason": "闲置调剂" })
}

#[tokio::test]
async fn a_transfer_changes_both_ledgers_at_once_or_neither() {
    let (world, offices) = city().await;
    let (manager, authority) = (&offices.manager, &offices.authority);
    let car = add_car(&world.db.pool, WEST, "浙A00001", None).await.id.0.to_string();
    execute(&world.db.pool, "update vehicle set category = 'other'").await.unwrap();
    granted(&offices, &unit(WEST), 1).await;
    wrong(&manager.post("/vehicle-transfers", &transfer(&car, Some(WEST), true)).await, "to_unit_id", "transfer.same_unit");
    let without = id(&made(&manager.post("/vehicle-transfers", &transfer(&car, Some(EAST), false)).await, 201));
    refused(&manager.post("/vehicle-transfers", &transfer(&car, Some(EAST), true)).await, 409, "transfer.again");
    refused(&act(authority, "vehicle-transfers", &without, "hand_over").await, 409, "transfer.gate");
    refused(&act(authority, "vehicle-transfers", &without, "approve").await, 409, "establishment.full");
    made(&act(authority, "vehicle-transfers", &without, "reject").await, 200);

    let both = id(&made(&manager.post("/vehicle-transfers", &transfer(&car, Some(EAST), true)).await, 201));
    made(&act(authority, "vehicle-transfers", &both, "approve").await, 200);
    let before = (board(authority, &unit(WEST)).await, board(authority, &unit(EAST)).await);
    assert_eq!(before, ([1, 1, 0, 0, 0], [0, 0, 0, 0, 0]));
    made(&act(authority, "vehicle-transfers", &both, "hand_over").await, 200);
    let after = (board(authority, &unit(WEST)).await, board(authority, &unit(EAST)).await);
    assert_eq!(after, ([0, 0, 0, 0, 0], [1, 1, 0, 0, 0]), "the car and its place");
    let city = board(authority, &unit(CITY)).await;
    assert_eq!(city, [1, 1, 0, 0, 0], "and the parent has what it had");
    refused(&act(authority, "vehicle-transfers", &both, "hand_over").await, 409, "transfer.gate");
}

#[tokio::test]
async fn an_idle_car_lies_in_the_pool_and_whoever_needs_it_asks_for_it() {
    let world = World::new().await;
    let offices = offices(&world).await;
    let east = world.sign_in("east.manager").await;
    let car = add_car(&world.db.pool, WEST, "浙A00001", None).await.id.0.to_string();
    execute(&world.db.pool, "update vehicle set category = 'other'").await.unwrap();
    granted(&offices, &unit(WEST), 1).await;
    let offered = id(&made(&offices.manager.post("/vehicle-transfers", &transfer(&car, None, true)).await, 201));
    let seen = made(&east.get("/vehicle-transfers").await, 200);
    let first = &seen["items"][0];
    assert_eq!((&first["facts"]["transfer"]["plate"], &first["moves"]), (&json!("浙A00001"), &json!(["claim"])), "{seen}");
    assert_eq!(first["plate"], Value::Null, "the car itself is still the west's");
    wrong(&step(&east, "vehicle-transfers", &offered, &json!({ "action": "claim" })).await, "to_unit_id", "lifecycle.part");
    let claim = json!({ "action": "claim", "to_unit_id": EAST.0 });
    made(&step(&east, "vehicle-transfers", &offered, &claim).await, 200);
    refused(&step(&east, "vehicle-transfers", &offered, &claim).await, 409, "transfer.gate");
    world.open_account("east.authority", Role::Authority, EAST).await;
    let half = world.sign_in("east.authority").await;
    assert_eq!(act(&half, "vehicle-transfers", &offered, "approve").await.status, 403, "who decides answers for both");
    made(&act(&offices.authority, "vehicle-transfers", &offered, "approve").await, 200);
    made(&act(&offices.authority, "vehicle-transfers", &offered, "hand_over").await, 200);
    assert_eq!(board(&east, &unit(EAST)).await, [1, 1, 0, 0, 0]);
}

#[tokio::test]
async fn what_breaks_article_26_and_the_rules_of_marking_is_listed_by_case() {
    let (world, offices) = city().await;
    let manager = &offices.manager;
    let mut cars = Vec::new();
    for plate in ["浙A00001", "浙A00002", "浙A00003"] {
        cars.push(add_car(&world.db.pool, WEST, plate, None).await.id.0.to_string());
    }
    execute(&world.db.pool, "update vehicle set category = 'other', powertrain = 'petrol'").await.unwrap();
    let said = |owner: Value, price_fen: i64| {
        let facts = json!({
            "certificate": "330000000001", "registered_on": "2025-06-02", "body": "sedan", "case": "ordinary", "displacement_ml": 1_798,
            "engine_number": "E-1", "price_fen": price_fen, "tax_fen": 0, "is_domestic": true,
        });
        with(facts, &owner)
    };
    let own = json!({ "owner_kind": "unit", "owner_unit_id": WEST.0, "owner_name": "西湖区府" });
    let enterprise = json!({ "owner_kind": "enterprise", "owner_name": "某下属公司" });
    for (car, owner, price_fen) in
        [(&cars[0], &own, 18_000_000), (&cars[1], &own, 18_000_100), (&cars[2], &enterprise, 17_000_000)]
    {
        made(&manager.post(&format!("/vehicles/{car}/registration"), &said(owner.clone(), price_fen)).await, 200);
    }
    let mark = async |car: &str, body: Value| manager.post(&format!("/vehicles/{car}/markings"), &body).await;
    made(&mark(&cars[0], json!({ "kind": "sticker", "code": "杭公-0001", "from": "2026-03-02" })).await, 200);
    let taken = mark(&cars[1], json!({ "kind": "sticker", "code": "杭公-0001", "from": "2026-03-02" })).await;
    refused(&taken, 409, "marking.code_taken");
    wrong(&mark(&cars[1], json!({ "kind": "exempt", "from": "2026-03-02" })).await, "document", "marking.document");
    made(&mark(&cars[1], json!({ "kind": "exempt", "document": "侦查办案 浙公〔2026〕2号", "from": "2026-03-02" })).await, 200);
    let breaches = made(&offices.authority.get("/establishment/breaches").await, 200);
    let plates = |part: &str| {
        let items = breaches[part].as_array().unwrap().iter();
        items.map(|car| car["plate"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(plates("over_standard"), ["浙A00002"], "a yuan too much: {breaches}");
    assert_eq!(breaches["over_standard"][0]["breaches"], json!(["price"]));
    assert_eq!(plates("strangers"), ["浙A00003"]);
    assert_eq!(plates("unmarked"), ["浙A00003"], "neither marked nor exempt");
    assert_eq!(plates("late").len(), 3, "registered last year, here since today");
    assert_eq!(breaches["over_establishment"][0]["over"], 3);
}

#[tokio::test]
async fn another_plate_is_the_same_car_by_its_identification_number() {
    let (world, offices) = city().await;
    let manager = &offices.manager;
    let car = add_car(&world.db.pool, WEST, "浙A00001", None).await.id.0.to_string();
    add_car(&world.db.pool, WEST, "浙A00002", None).await;
    execute(&world.db.pool, "update vehicle set vin = 'LFPH4ABC0A1A12345' where plate = '浙A00001'").await.unwrap();
    let plates = format!("/vehicles/{car}/plates");
    let next = json!({ "plate": "浙AD20001", "from": "2026-03-02", "reason": "换领新能源号牌", "document": "车管所受理单 12" });
    refused(&manager.post(&plates, &next).await, 409, "plate.day");
    world.pass(chrono::Duration::days(1));
    let manager = world.sign_in("manager").await;
    let next = with(next, &json!({ "from": "2026-03-03" }));
    refused(&manager.post(&plates, &with(next.clone(), &json!({ "plate": "浙A00002" }))).await, 409, "vehicle.plate_taken");
    let life = made(&manager.post(&plates, &next).await, 200);
    let history: Vec<_> = life["plates"].as_array().unwrap().iter().map(|plate| plate["plate"].as_str().unwrap()).collect();
    assert_eq!(history, ["浙AD20001", "浙A00001"]);
    assert_eq!((&life["plates"][1]["from"], &life["plates"][1]["until"]), (&json!("2026-03-02"), &json!("2026-03-03")));
    let same = format!("select count(*) from vehicle where id = '{car}' and vin = 'LFPH4ABC0A1A12345' and plate = '浙AD20001'");
    assert_eq!(number(&world.db.pool, same.leak()).await.unwrap(), 1);
}
