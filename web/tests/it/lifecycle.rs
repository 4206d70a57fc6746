//! One car's whole life over the API, from the establishment to the auction: each gate in its order, and out of it refused with its clause.

use dispatch::account::Role;
use fleet_db::testing::fleet::{audited, number};
use serde_json::{Value, json};

use crate::harness::{Answer, CITY, Client, EAST, WEST, World};

/// Who proposes in the west, and who decides above.
pub(crate) struct Offices {
    pub(crate) manager: Client,
    pub(crate) authority: Client,
}

/// Opens their accounts.
pub(crate) async fn offices(world: &World) -> Offices {
    world.open_account("life.manager", Role::FleetManager, WEST).await;
    world.open_account("life.authority", Role::Authority, CITY).await;
    Offices { manager: world.sign_in("life.manager").await, authority: world.sign_in("life.authority").await }
}

#[track_caller]
pub(crate) fn made(answer: &Answer, status: u16) -> Value {
    assert_eq!(answer.status, status, "{}", answer.text());
    answer.json()
}

pub(crate) fn id(of: &Value) -> String {
    of["id"].as_str().unwrap_or_else(|| panic!("{of}")).to_owned()
}

#[track_caller]
pub(crate) fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.problem(), (status, code.to_owned()), "{}", answer.text());
    let title = answer.json()["title"].as_str().unwrap().to_owned();
    assert!(title != code && title.chars().count() > 5, "a clause and what to do: {title}");
}

#[track_caller]
pub(crate) fn wrong(answer: &Answer, field: &str, code: &str) {
    assert_eq!((answer.status.as_u16(), answer.json()["fields"][field].as_str()), (422, Some(code)), "{}", answer.text());
}

pub(crate) fn with(mut body: Value, changes: &Value) -> Value {
    for (key, value) in changes.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

pub(crate) async fn step(client: &Client, papers: &str, paper: &str, body: &Value) -> Answer {
    client.post(&format!("/{papers}/{paper}/steps"), body).await
}

/// One action with the document and the words that it may want.
pub(crate) async fn act(client: &Client, papers: &str, paper: &str, action: &str) -> Answer {
    step(client, papers, paper, &json!({ "action": action, "document": "杭事管〔2026〕8号", "words": "按规定办理" })).await
}

pub(crate) fn change(unit: &str, count: i32) -> Value {
    json!({ "unit_id": unit, "category": "other", "kind": "grant", "count": count, "reason": "机构改革核增" })
}

/// Grants a unit so many places.
pub(crate) async fn granted(offices: &Offices, unit: &str, count: i32) -> String {
    let paper = id(&made(&offices.manager.post("/establishment/changes", &change(unit, count)).await, 201));
    made(&act(&offices.authority, "establishment/changes", &paper, "review").await, 200);
    made(&act(&offices.authority, "establishment/changes", &paper, "approve").await, 200);
    paper
}

/// An electric sedan of 160,000 yuan for general use.
pub(crate) fn wanted() -> Value {
    json!({
        "category": "other", "powertrain": "electric", "body": "sedan", "case": "ordinary", "price_fen": 16_000_000, "displacement_ml": null,
        "is_domestic": true, "document": "",
    })
}

pub(crate) fn application() -> Value {
    json!({ "unit_id": WEST.0, "kind": "addition", "wanted": wanted(), "fund_source": "一般公共预算", "reason": "调研接待用车不足" })
}

/// An indicator that is issued.
pub(crate) async fn issued(offices: &Offices, application: &Value) -> String {
    let paper = id(&made(&offices.manager.post("/indicators", application).await, 201));
    made(&act(&offices.authority, "indicators", &paper, "review").await, 200);
    made(&act(&offices.authority, "indicators", &paper, "issue").await, 200);
    paper
}

pub(crate) fn budget(indicators: &[&str], amount_fen: i64) -> Value {
    let lines: Vec<Value> =
        indicators.iter().map(|indicator| json!({ "indicator_id": indicator, "amount_fen": amount_fen })).collect();
    json!({ "unit_id": WEST.0, "year": 2026, "lines": lines, "reason": "2026年度配备更新计划" })
}

/// A budget that is granted.
pub(crate) async fn budgeted(offices: &Offices, indicators: &[&str]) -> String {
    let paper = id(&made(&offices.manager.post("/budgets", &budget(indicators, 18_000_000)).await, 201));
    made(&act(&offices.authority, "budgets", &paper, "approve").await, 200);
    paper
}

pub(crate) fn contract() -> Value {
    json!({
        "action": "contract",
        "contract": {
            "number": "CG-2026-17", "supplier": "浙江某汽车销售公司", "model": "红旗 E-QM5", "seats": 5, "price_fen": 15_800_000, "tax_fen": 0,
            "on": "2026-03-01",
        },
    })
}

pub(crate) fn acceptance(vin: &str) -> Value {
    json!({
        "action": "accept",
        "acceptance": { "vin": vin, "engine_number": "TZ220XS-0001", "invoice": "FP-0001", "on": "2026-03-02", "finding": "车型配置与合同一致" },
    })
}

pub(crate) fn registration(plate: &str) -> Value {
    json!({ "plate": plate, "certificate": "330012345678", "owner_unit_id": WEST.0, "registered_on": "2026-03-02" })
}

pub(crate) const VIN: &str = "LFPH4ABC0A1A12345";

/// A purchase that is registered by an indicator that is budgeted: the vehicle.
pub(crate) async fn bought(offices: &Offices, indicator: &str, plate: &str, vin: &str) -> String {
    let purchase =
        id(&made(&offices.manager.post("/purchases", &json!({ "indicator_id": indicator, "reason": "购置" })).await, 201));
    made(&act(&offices.authority, "purchases", &purchase, "approve").await, 200);
    made(&act(&offices.manager, "purchases", &purchase, "tender").await, 200);
    made(&step(&offices.manager, "purchases", &purchase, &contract()).await, 200);
    made(&step(&offices.manager, "purchases", &purchase, &acceptance(vin)).await, 200);
    let done = made(&offices.manager.post(&format!("/purchases/{purchase}/registration"), &registration(plate)).await, 200);
    done["vehicle_id"].as_str().unwrap().to_owned()
}

pub(crate) fn disposal(vehicle: &str) -> Value {
    json!({ "vehicle_id": vehicle, "way": "auction", "cause": "surplus", "odometer_km": 210_000, "reason": "超编闲置" })
}

pub(crate) fn sale() -> Value {
    json!({
        "action": "execute",
        "sale": { "on": "2026-03-02", "buyer": "竞得人甲", "sale_fen": 3_150_000, "costs_fen": 150_000, "certificate": "拍成字〔2026〕3号" },
    })
}

pub(crate) fn valuation() -> Value {
    json!({
        "action": "value",
        "valuation": { "appraised_fen": 2_520_000, "appraiser": "某资产评估公司", "report": "评报字〔2026〕11号" },
    })
}

pub(crate) fn payment(paid_fen: i64) -> Value {
    json!({ "action": "pay", "payment": { "on": "2026-03-02", "paid_fen": paid_fen, "receipt": "非税缴款 20260302-1" } })
}

/// The line of the board of the west for general use: authorised, held, promised, vacant, over.
pub(crate) async fn board(client: &Client, unit: &str) -> [i64; 5] {
    let board = made(&client.get(&format!("/establishment?unit_id={unit}")).await, 200);
    let line = board["total"].as_array().unwrap().iter().find(|line| line["category"] == "other").cloned().unwrap_or_default();
    ["authorised", "held", "promised", "vacant", "over"].map(|part| line[part].as_i64().unwrap_or_default())
}

/// The gates of a purchase and before it, each tried before its turn.
async fn bought_in_order(world: &World, offices: &Offices) -> String {
    let (manager, authority, west) = (&offices.manager, &offices.authority, WEST.0.to_string());
    // 1 编制: without a place no indicator.
    refused(&manager.post("/indicators", &application()).await, 409, "establishment.full");
    let paper = id(&made(&manager.post("/establishment/changes", &change(&west, 1)).await, 201));
    refused(&act(authority, "establishment/changes", &paper, "approve").await, 409, "establishment.gate");
    assert_eq!(act(manager, "establishment/changes", &paper, "review").await.status, 403, "who proposes does not decide");
    made(&act(authority, "establishment/changes", &paper, "review").await, 200);
    wrong(&step(authority, "establishment/changes", &paper, &json!({ "action": "approve" })).await, "document", "lifecycle.text");
    made(&act(authority, "establishment/changes", &paper, "approve").await, 200);
    refused(&act(authority, "establishment/changes", &paper, "approve").await, 409, "establishment.gate");
    assert_eq!(board(manager, &west).await, [1, 0, 0, 1, 0]);

    // 2 指标, and 3 预算 only by one that is issued.
    let indicator = id(&made(&manager.post("/indicators", &application()).await, 201));
    refused(&manager.post("/budgets", &budget(&[&indicator], 18_000_000)).await, 409, "budget.no_indicator");
    wrong(&manager.post("/purchases", &json!({ "reason": "先买后批" })).await, "indicator_id", "purchase.no_indicator");
    let purchase = json!({ "indicator_id": indicator, "reason": "购置" });
    refused(&manager.post("/purchases", &purchase).await, 409, "purchase.no_indicator");
    refused(&act(authority, "indicators", &indicator, "issue").await, 409, "indicator.gate");
    made(&act(authority, "indicators", &indicator, "review").await, 200);
    made(&act(authority, "indicators", &indicator, "issue").await, 200);
    refused(&act(authority, "indicators", &indicator, "expire").await, 409, "indicator.valid");
    assert_eq!(board(manager, &west).await, [1, 0, 1, 0, 0], "the place is promised");
    refused(&manager.post("/indicators", &application()).await, 409, "establishment.full");
    refused(&manager.post("/purchases", &purchase).await, 409, "purchase.no_budget");
    let money = id(&made(&manager.post("/budgets", &budget(&[&indicator], 15_900_000)).await, 201));
    refused(&manager.post("/budgets", &budget(&[&indicator], 1)).await, 409, "budget.indicator_taken");
    refused(&manager.post("/purchases", &purchase).await, 409, "purchase.no_budget");
    made(&act(authority, "budgets", &money, "approve").await, 200);

    // 4 采购.
    let bought = id(&made(&manager.post("/purchases", &purchase).await, 201));
    refused(&manager.post("/purchases", &purchase).await, 409, "purchase.indicator_used");
    let register = format!("/purchases/{bought}/registration");
    for early in [json!({ "action": "tender" }), contract(), acceptance(VIN)] {
        refused(&step(manager, "purchases", &bought, &early).await, 409, "purchase.gate");
    }
    refused(&manager.post(&register, &registration("浙AD10001")).await, 409, "purchase.gate");
    made(&act(authority, "purchases", &bought, "approve").await, 200);
    refused(&step(manager, "purchases", &bought, &contract()).await, 409, "purchase.gate");
    made(&act(manager, "purchases", &bought, "tender").await, 200);
    let mut dear = contract();
    dear["contract"]["price_fen"] = json!(15_900_001);
    wrong(&step(manager, "purchases", &bought, &dear).await, "price_fen", "purchase.over_budget");
    made(&step(manager, "purchases", &bought, &contract()).await, 200);
    refused(&manager.post(&register, &registration("浙AD10001")).await, 409, "purchase.gate");
    wrong(&step(manager, "purchases", &bought, &acceptance("LFPH4ABC1A1A12345")).await, "vin", "vin.check_digit");
    made(&step(manager, "purchases", &bought, &acceptance(VIN)).await, 200);
    refused(&act(manager, "purchases", &bought, "cancel").await, 409, "purchase.gate");

    // 5 上牌登记, in the name of who uses it.
    let stranger = with(registration("浙AD10001"), &json!({ "owner_unit_id": EAST.0 }));
    refused(&manager.post(&register, &stranger).await, 409, "registration.stranger");
    let done = made(&manager.post(&register, &registration("浙AD10001")).await, 200);
    assert_eq!((&done["state"], &done["plate"]), (&json!("registered"), &json!("浙AD10001")));
    assert_eq!(board(manager, &west).await, [1, 1, 0, 0, 0], "the promise is kept");
    let rows = number(&world.db.pool, "select count(*) from vehicle where plate = '浙AD10001'").await.unwrap();
    assert_eq!(rows, 1);
    done["vehicle_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn one_car_s_life_from_the_establishment_to_the_auction_with_every_gate_tried_out_of_order() {
    let world = World::new().await;
    let offices = offices(&world).await;
    let (manager, authority, west) = (&offices.manager, &offices.authority, WEST.0.to_string());
    let car = bought_in_order(&world, &offices).await;

    // 10 处置.
    let renewal = with(disposal(&car), &json!({ "cause": "renewal" }));
    refused(&manager.post("/disposals", &renewal).await, 409, "disposal.no_renewal");
    let going = id(&made(&manager.post("/disposals", &disposal(&car)).await, 201));
    refused(&manager.post("/disposals", &disposal(&car)).await, 409, "disposal.again");
    for (who, early) in [(authority, json!({ "action": "approve", "document": "文" })), (manager, sale()), (manager, payment(1))]
    {
        refused(&step(who, "disposals", &going, &early).await, 409, "disposal.gate");
    }
    made(&step(manager, "disposals", &going, &valuation()).await, 200);
    refused(&step(manager, "disposals", &going, &sale()).await, 409, "disposal.gate");
    made(&act(authority, "disposals", &going, "approve").await, 200);
    refused(&step(manager, "disposals", &going, &payment(3_000_000)).await, 409, "disposal.gate");
    let mut dear = sale();
    dear["sale"]["costs_fen"] = json!(3_150_001);
    refused(&step(manager, "disposals", &going, &dear).await, 422, "disposal.sale");
    made(&step(manager, "disposals", &going, &sale()).await, 200);
    assert_eq!(board(manager, &west).await, [1, 0, 0, 1, 0], "its place is free again");
    refused(&act(manager, "disposals", &going, "close").await, 409, "disposal.gate");
    for not_all in [2_999_999, 3_150_000] {
        refused(&step(manager, "disposals", &going, &payment(not_all)).await, 422, "disposal.paid");
    }
    made(&step(manager, "disposals", &going, &payment(3_000_000)).await, 200);
    let closed = made(&act(manager, "disposals", &going, "close").await, 200);
    assert_eq!((&closed["state"], &closed["moves"]), (&json!("closed"), &json!([])));
    let actions: Vec<_> = closed["steps"].as_array().unwrap().iter().map(|step| step["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["propose", "value", "approve", "execute", "pay", "close"]);

    // Its whole life on one line, and every change of it in the log.
    let life = made(&manager.get(&format!("/vehicles/{car}/life")).await, 200);
    let mut papers: Vec<_> = life["papers"].as_array().unwrap().iter().map(|paper| paper["paper"].as_str().unwrap()).collect();
    // The clock stands still: which of them came first, nobody knows.
    papers.sort_unstable();
    assert_eq!(papers, ["disposal", "purchase"]);
    assert_eq!(life["registration"]["platform_by"], "2026-03-16", "ten working days");
    let entries = audited(&world.db.pool).await.unwrap();
    let told = |kind: &str| entries.iter().filter(|entry| entry["subject"]["kind"] == kind).count();
    assert_eq!(["establishment", "indicator", "budget", "purchase", "disposal"].map(told), [3, 3, 2, 6, 6]);
}
