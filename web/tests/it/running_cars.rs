//! What running a car needs over the API, in a few words: vendors, repairs, papers, cards; and the ledger with its figures.

use serde_json::{Value, json};

use crate::harness::{Answer, Client, WEST};

/// What the west side has of it.
pub(crate) struct Kept {
    pub(crate) car: String,
    pub(crate) supplier: String,
    pub(crate) repair: String,
    pub(crate) plan: String,
    pub(crate) card: String,
    pub(crate) cost: String,
    pub(crate) waiting: String,
}

#[track_caller]
pub(crate) fn made(answer: &Answer) -> Value {
    assert!(answer.status.is_success(), "{} {}", answer.status, answer.text());
    answer.json()
}

#[track_caller]
pub(crate) fn wrong(answer: &Answer, field: &str, code: &str) {
    assert_eq!((answer.status.as_u16(), answer.json()["fields"][field].as_str()), (422, Some(code)), "{}", answer.text());
}

#[track_caller]
pub(crate) fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (status, Some(code)), "{}", answer.text());
}

pub(crate) fn id(of: &Value) -> String {
    of["id"].as_str().unwrap_or_else(|| panic!("{of}")).to_owned()
}

pub(crate) fn shop(name: &str) -> Value {
    json!({ "unit_id": WEST.0, "name": name, "contact": "马师傅", "phone": "0571-88880001" })
}

pub(crate) fn vendor(supplier: &str, service: &str) -> Value {
    json!({
        "unit_id": WEST.0, "supplier_id": supplier, "service": service, "document": "杭财采〔2026〕1号", "first": "2026-01-01",
        "last": "2027-12-31",
    })
}

pub(crate) fn repair(car: &str) -> Value {
    json!({ "vehicle_id": car, "kind": "repair", "what": "西边的刹车异响" })
}

pub(crate) fn quote(supplier: &str, parts: i64, labour: i64) -> Value {
    json!({ "supplier_id": supplier, "parts_fen": parts, "labour_fen": labour, "total_fen": parts + labour })
}

pub(crate) fn bill() -> Value {
    json!({
        "lines": [{ "part": "parts", "what": "刹车片", "quantity": 4, "price_fen": 15_000 },
                  { "part": "labour", "what": "更换工时", "quantity": 2, "price_fen": 12_000 }],
        "parts_fen": 60_000, "labour_fen": 24_000, "total_fen": 84_000,
    })
}

pub(crate) fn plan(car: &str, item: &str) -> Value {
    json!({ "vehicle_id": car, "item": item, "every_km": 10_000, "every_months": 6, "last_on": "2026-01-10", "last_km": 0 })
}

pub(crate) fn policy(car: &str, supplier: &str, number: &str, last: &str) -> Value {
    json!({
        "vehicle_id": car, "supplier_id": supplier, "kind": "compulsory", "number": number, "first": "2026-03-01", "last": last,
        "premium_fen": 95_000,
    })
}

pub(crate) fn inspection(car: &str, kind: &str, until: &str) -> Value {
    json!({ "vehicle_id": car, "kind": kind, "done_on": "2026-02-10", "valid_until": until, "place": "西边的检测站", "fee_fen": 30_000 })
}

pub(crate) fn card(car: &str, number: &str) -> Value {
    json!({ "number": number, "kind": "charge", "vehicle_id": car, "day_fen": 20_000, "month_fen": 100_000 })
}

pub(crate) fn charge(card: &str, number: &str, plate: &str, fen: i64) -> Value {
    json!({
        "number": number, "card_number": card, "act": "take", "at": "2026-03-02T02:00:00Z", "plate": plate, "grade": "electricity",
        "quantity": 16.0, "amount_fen": fen, "place": "西边的充电站",
    })
}

pub(crate) fn cost(car: &str, head: &str, fen: i64, on: &str) -> Value {
    json!({ "vehicle_id": car, "head": head, "amount_fen": fen, "occurred_on": on })
}

/// Tolls as a company sends them: the first of a plate that is here, the second of none.
pub(crate) fn tolls(plate: &str) -> Vec<u8> {
    format!("凭证号,号牌号码,费用科目,发生时间,金额,地点,派车单号\nT1,{plate},通行费,2026-03-01 09:30,35.5,杭州南,\nT2,,通行费,2026-03-01 10:30,15,萧山,\n")
        .into_bytes()
}

/// A shop of the west side that is named for everything.
pub(crate) async fn named(manager: &Client) -> String {
    let supplier = id(&made(&manager.post("/suppliers", &shop("西边的汽修")).await));
    for service in ["repair", "insurance", "fuel"] {
        made(&manager.post("/designated-vendors", &vendor(&supplier, service)).await);
    }
    supplier
}

/// One of each kind of thing, of a car of the west side.
pub(crate) async fn furnish(manager: &Client, car: &str, plate: &str) -> Kept {
    let supplier = named(manager).await;
    let repair = id(&made(&manager.post("/repair-orders", &repair(car)).await));
    made(&manager.post(&format!("/repair-orders/{repair}/quotes"), &quote(&supplier, 60_000, 24_000)).await);
    let plan = id(&made(&manager.post("/maintenance-plans", &plan(car, "西边的保养")).await));
    made(&manager.post("/policies", &policy(car, &supplier, "西边的1", "2027-02-28")).await);
    made(&manager.post("/inspections", &inspection(car, "inspection", "2027-02-09")).await);
    let card = id(&made(&manager.post("/cards", &card(car, "9001")).await));
    made(&manager.post("/card-transactions", &charge("9001", "C1", plate, 2_000)).await);
    let cost = id(&made(&manager.post("/vehicle-costs", &cost(car, "parking", 500, "2026-03-01")).await));
    let path = format!("/vehicle-costs/import?file=x.csv&unit_id={}", WEST.0);
    let brought = made(&manager.upload(&path, tolls(plate)).await);
    assert_eq!((brought["entered"].as_u64(), brought["waiting"].as_u64()), (Some(1), Some(1)), "{brought}");
    let waiting = id(&made(&manager.get("/cost-exceptions?open=true").await)["items"][0]);
    Kept { car: car.to_owned(), supplier, repair, plan, card, cost, waiting }
}
