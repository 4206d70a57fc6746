//! The golden values at the gates: ceilings to the yuan, renewal to the day, the share of new energy, and that everything happens once.

use dispatch::account::Role;
use fleet_db::testing::fleet::{execute, number};
use serde_json::{Value, json};

use crate::harness::{CITY, WEST, World, add_car};
use crate::lifecycle::{
    Offices, VIN, act, application, board, bought, budget, budgeted, disposal, granted, id, issued, made, offices, refused, sale,
    step, valuation, wanted, with, wrong,
};
use crate::trips::{DRIVERS, approved, issue, west};

async fn furnished(places: i32) -> (World, Offices) {
    let world = World::new().await;
    let offices = offices(&world).await;
    granted(&offices, &WEST.0.to_string(), places).await;
    (world, offices)
}

fn applied(changes: &Value) -> Value {
    with(application(), &json!({ "wanted": with(wanted(), changes) }))
}

#[tokio::test]
async fn the_golden_ceilings_are_refused_to_the_yuan_in_the_form_and_at_the_gate() {
    let (_world, offices) = furnished(1).await;
    let manager = &offices.manager;
    let courier = json!({ "category": "confidential_courier", "powertrain": "petrol", "displacement_ml": 1_598 });
    for (changes, price_fen, breaches) in [
        (&courier, 12_000_000, json!([])),
        (&courier, 12_000_100, json!(["price"])),
        (&json!({}), 18_000_000, json!([])),
        (&json!({}), 18_000_100, json!(["price"])),
        (&json!({ "body": "suv" }), 16_000_000, json!(["document"])),
        (&json!({ "is_domestic": false }), 16_000_000, json!(["imported"])),
    ] {
        let car = with(with(wanted(), changes), &json!({ "price_fen": price_fen }));
        let said = made(&manager.post("/standards/check", &json!({ "unit_id": WEST.0, "wanted": car })).await, 200);
        assert_eq!(said["verdict"]["breaches"], breaches, "{car}");
        assert_eq!(said["verdict"]["ceiling"]["from"], "2017-12-05");
    }
    let nev = manager.post("/indicators", &applied(&json!({ "price_fen": 18_000_100 }))).await;
    wrong(&nev, "price_fen", "standard.price");
    assert!(
        nev.json()["field_titles"]["price_fen"].as_str().unwrap().contains("180,000") || nev.text().contains("标准"),
        "{}",
        nev.text()
    );
    wrong(&manager.post("/indicators", &applied(&json!({ "is_domestic": false }))).await, "is_domestic", "standard.imported");
    wrong(&manager.post("/indicators", &applied(&json!({ "body": "suv" }))).await, "document", "standard.document");
    made(&manager.post("/indicators", &applied(&json!({ "body": "suv", "document": "浙事管〔2026〕1号" }))).await, 201);
}

#[tokio::test]
async fn two_of_ten_warn_whoever_grants_says_why_and_a_courier_of_another_energy_needs_its_document() {
    let (_world, offices) = furnished(10).await;
    let (manager, authority) = (&offices.manager, &offices.authority);
    let petrol = json!({ "powertrain": "petrol", "displacement_ml": 1_498 });
    let mut indicators = Vec::new();
    for n in 0..10 {
        let car = if n < 2 { json!({}) } else { petrol.clone() };
        indicators.push(issued(&offices, &applied(&car)).await);
    }
    let keys: Vec<&str> = indicators.iter().map(String::as_str).collect();
    let plan = made(&manager.post("/budgets", &budget(&keys, 18_000_000)).await, 201);
    let share = &plan["facts"]["share"];
    assert_eq!((&share["cars"], &share["new_energy"], &share["required"]), (&json!(10), &json!(2), &json!(3_000)));
    assert_eq!(share["is_short"], true, "a warning");
    let year = made(&manager.get(&format!("/budgets/share?unit_id={}&year=2026", WEST.0)).await, 200);
    assert_eq!((&year["purchase"]["new_energy"], &year["plan"]["is_short"]), (&json!(2), &json!(true)));
    let silent = step(authority, "budgets", &id(&plan), &json!({ "action": "approve", "document": "文" })).await;
    wrong(&silent, "words", "share.answer");
    let said = json!({ "action": "approve", "document": "文", "words": "高寒山区,下一年度补足" });
    made(&step(authority, "budgets", &id(&plan), &said).await, 200);

    let courier =
        json!({ "category": "confidential_courier", "powertrain": "petrol", "displacement_ml": 1_498, "price_fen": 11_000_000 });
    wrong(&manager.post("/indicators", &applied(&courier)).await, "nev_exception", "share.courier");
    let excused = with(applied(&courier), &json!({ "nev_exception": "浙事管〔2026〕7号 高寒山区" }));
    refused(&manager.post("/indicators", &excused).await, 409, "establishment.full");
}

#[tokio::test]
async fn an_indicator_is_used_once_and_comes_back_when_the_purchase_comes_to_nothing() {
    let (world, offices) = furnished(2).await;
    let (manager, authority) = (&offices.manager, &offices.authority);
    let first = issued(&offices, &application()).await;
    let money = id(&made(&manager.post("/budgets", &budget(&[&first], 18_000_000)).await, 201));
    made(&act(authority, "budgets", &money, "reject").await, 200);
    budgeted(&offices, &[&first]).await;
    let buy = json!({ "indicator_id": first, "reason": "购置" });
    let purchase = id(&made(&manager.post("/purchases", &buy).await, 201));
    refused(&manager.post("/purchases", &buy).await, 409, "purchase.indicator_used");
    made(&act(manager, "purchases", &purchase, "cancel").await, 200);
    bought(&offices, &first, "浙AD10001", VIN).await;
    refused(&manager.post("/purchases", &buy).await, 409, "purchase.indicator_used");
    refused(&act(authority, "indicators", &first, "revoke").await, 409, "indicator.gate");

    let second = issued(&offices, &application()).await;
    budgeted(&offices, &[&second]).await;
    let over = format!("update lifecycle_paper set valid_until = '2026-03-01' where id = '{second}'");
    execute(&world.db.pool, over.leak()).await.unwrap();
    let late = json!({ "indicator_id": second, "reason": "购置" });
    refused(&manager.post("/purchases", &late).await, 409, "indicator.over");
    assert_eq!(board(manager, &WEST.0.to_string()).await, [2, 1, 0, 1, 0], "what is over promises nothing");
    made(&act(authority, "indicators", &second, "expire").await, 200);
}

#[tokio::test]
async fn who_proposes_does_not_decide_and_a_unit_beside_sees_nothing() {
    let (world, offices) = furnished(1).await;
    let authority = &offices.authority;
    let own = id(&made(&authority.post("/indicators", &application()).await, 201));
    refused(&act(authority, "indicators", &own, "review").await, 409, "lifecycle.four_eyes");
    world.open_account("second.authority", Role::Authority, CITY).await;
    let second = world.sign_in("second.authority").await;
    made(&act(&second, "indicators", &own, "review").await, 200);
    assert_eq!(act(&offices.manager, "indicators", &own, "issue").await.status, 403);
    let seen = made(&second.get("/indicators?state=reviewed").await, 200);
    assert_eq!(seen["items"][0]["moves"], json!(["issue", "reject"]));
    let east = world.sign_in("east.manager").await;
    assert_eq!(made(&east.get("/indicators").await, 200)["items"], json!([]));
    assert_eq!(act(&east, "indicators", &own, "release").await.status, 403, "it is not theirs");
    refused(&act(&second, "indicators", &own, "reserve").await, 409, "indicator.gate");
}

#[tokio::test]
async fn eight_years_less_one_day_are_refused_and_the_old_car_goes_when_the_new_one_is_there() {
    let (world, offices) = furnished(1).await;
    let (manager, authority) = (&offices.manager, &offices.authority);
    let old = add_car(&world.db.pool, WEST, "浙A00001", None).await.id.0.to_string();
    execute(&world.db.pool, "update vehicle set category = 'other'").await.unwrap();
    let renewal = |condition: &str, early: &str| {
        let renewed = json!({ "vehicle_id": old, "odometer_km": 180_000, "condition": condition, "early_document": early });
        with(application(), &json!({ "kind": "renewal", "renewed": renewed }))
    };
    refused(&manager.post("/indicators", &renewal("worn", "")).await, 409, "renewal.unregistered");
    let record = async |registered_on: &str| {
        let said = json!({
            "owner_kind": "unit", "owner_unit_id": WEST.0, "owner_name": "西湖区府", "certificate": "330000000001", "registered_on": registered_on,
            "body": "sedan", "case": "ordinary", "displacement_ml": 1_598, "engine_number": "E-1", "price_fen": 17_000_000, "is_domestic": true,
        });
        made(&manager.post(&format!("/vehicles/{old}/registration"), &said).await, 200)
    };
    // Today is 2 March 2026.
    record("2018-03-03").await;
    let early = manager.post("/indicators", &renewal("worn", "")).await;
    refused(&early, 409, "renewal.years");
    assert!(early.json()["detail"].as_str().unwrap().contains("2026-03-03"), "and from when on: {}", early.text());
    assert_eq!(made(&manager.get("/renewals").await, 200)["items"][0]["why_not"], "renewal.years");
    record("2018-03-02").await;
    let list = made(&manager.get("/renewals").await, 200);
    assert_eq!((&list["items"][0]["ground"], &list["items"][0]["renewal_from"]), (&json!("years"), &json!("2026-03-02")));
    refused(&manager.post("/indicators", &renewal("usable", "")).await, 409, "renewal.usable");
    let by_document = made(&manager.post("/indicators", &renewal("usable", "浙事管〔2026〕9号")).await, 201);
    assert_eq!(by_document["facts"]["ground"], "early");
    refused(&manager.post("/indicators", &renewal("worn", "")).await, 409, "renewal.again");
    made(&act(authority, "indicators", &id(&by_document), "reject").await, 200);

    let indicator = issued(&offices, &renewal("worn", "")).await;
    assert_eq!(board(manager, &WEST.0.to_string()).await, [1, 1, 0, 0, 0], "a renewal takes no second place");
    budgeted(&offices, &[&indicator]).await;
    bought(&offices, &indicator, "浙AD10001", VIN).await;
    let status = "select count(*) from vehicle where plate = '浙A00001' and status = 'awaiting_disposal'";
    assert_eq!(number(&world.db.pool, status).await.unwrap(), 1);
    assert_eq!(board(manager, &WEST.0.to_string()).await, [1, 1, 0, 0, 0], "the old one is replaced and not over");
    let going = with(disposal(&old), &json!({ "cause": "renewal" }));
    made(&manager.post("/disposals", &going).await, 201);
}

#[tokio::test]
async fn where_the_old_car_goes_first_the_new_one_waits_for_it() {
    let (world, offices) = furnished(1).await;
    let (manager, authority) = (&offices.manager, &offices.authority);
    let old = add_car(&world.db.pool, WEST, "浙A00001", None).await.id.0.to_string();
    for statement in [
        "update vehicle set category = 'other'".to_owned(),
        "insert into rule_version (id, rule_key, unit_id, from_on, value, source, recorded_at)
         values (gen_random_uuid(), 'disposal_first', null, '2020-01-01', '1', '地方规定', '2020-01-01')"
            .to_owned(),
        format!(
            "insert into vehicle_registration (vehicle_id, owner_kind, owner_name, certificate, registered_on, entered_on, body, standard_case,
                 standard_document, engine_number, is_domestic, recorded_by, recorded_at)
             select '{old}', 'unit', 'x', 'x', '2010-01-01', '2026-03-02', 'sedan', 'ordinary', '', 'x', true, id, '2026-03-02'
             from account where login = 'admin'"
        ),
    ] {
        execute(&world.db.pool, statement.leak()).await.unwrap();
    }
    let renewed = json!({ "vehicle_id": old, "odometer_km": 300_000, "condition": "worn" });
    let indicator = issued(&offices, &with(application(), &json!({ "kind": "renewal", "renewed": renewed }))).await;
    budgeted(&offices, &[&indicator]).await;
    let purchase = id(&made(&manager.post("/purchases", &json!({ "indicator_id": indicator, "reason": "更新" })).await, 201));
    made(&act(authority, "purchases", &purchase, "approve").await, 200);
    made(&act(manager, "purchases", &purchase, "tender").await, 200);
    made(&step(manager, "purchases", &purchase, &crate::lifecycle::contract()).await, 200);
    made(&step(manager, "purchases", &purchase, &crate::lifecycle::acceptance(VIN)).await, 200);
    let register = format!("/purchases/{purchase}/registration");
    let paper = crate::lifecycle::registration("浙AD10001");
    refused(&manager.post(&register, &paper).await, 409, "purchase.old_car_first");
    let going = id(&made(&manager.post("/disposals", &with(disposal(&old), &json!({ "cause": "renewal" }))).await, 201));
    made(&step(manager, "disposals", &going, &valuation()).await, 200);
    made(&act(authority, "disposals", &going, "approve").await, 200);
    made(&step(manager, "disposals", &going, &sale()).await, 200);
    made(&manager.post(&register, &paper).await, 200);
}

#[tokio::test]
async fn a_car_that_goes_is_nobody_s_to_order_at_once_and_one_that_is_ordered_does_not_go() {
    let west = west().await;
    let offices = offices(&west.world).await;
    let (manager, authority) = (&offices.manager, &offices.authority);
    let car = west.cars[0].id.0.to_string();
    let going = id(&made(&manager.post("/disposals", &disposal(&car)).await, 201));
    made(&step(manager, "disposals", &going, &valuation()).await, 200);
    let request = approved(&west, json!({})).await;
    let order = id(&made(&issue(&west.dispatcher, &request, west.cars[0], DRIVERS[0]).await, 201));
    refused(&act(authority, "disposals", &going, "approve").await, 409, "vehicle.ordered");
    made(&crate::trips::step(&west.dispatcher, &order, json!({ "action": "cancel", "reason": "车辆处置" })).await, 200);
    made(&act(authority, "disposals", &going, "approve").await, 200);
    let again = approved(&west, json!({})).await;
    let refused_order = issue(&west.dispatcher, &again, west.cars[0], DRIVERS[0]).await;
    assert!(!refused_order.status.is_success(), "it waits to go: {}", refused_order.text());
    made(&step(manager, "disposals", &going, &sale()).await, 200);
    let gone = issue(&west.dispatcher, &again, west.cars[0], DRIVERS[0]).await;
    assert!(!gone.status.is_success(), "it is gone: {}", gone.text());
    let candidates = west.dispatcher.get(&format!("/trip-requests/{again}/candidates")).await;
    assert!(!candidates.text().contains(&car), "{}", candidates.text());
    made(&issue(&west.dispatcher, &again, west.cars[1], DRIVERS[0]).await, 201);
    // The store refuses it too, whoever writes.
    let by_hand = format!("update dispatch_order set vehicle_id = '{car}' where state = 'issued'");
    assert!(
        execute(&west.world.db.pool, by_hand.leak()).await.unwrap_err().to_string().contains("gone_check"),
        "the store says so"
    );
    let back = format!("update vehicle set status = 'in_service' where id = '{car}'");
    assert!(execute(&west.world.db.pool, back.leak()).await.is_err(), "what is gone does not come back");
}
