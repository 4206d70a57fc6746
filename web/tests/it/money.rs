//! What trips cost over the API: entered by who drives, locked when the car is back, settled line by line, taken from the allowance.

use axum::http::Method;
use chrono::Duration;
use dispatch::account::Role;
use dispatch::expense::RECEIPT_BYTES;
use dispatch::money::Money;
use dispatch::scope::Scope;
use dispatch::trip::order::{OrderId, OrderState};
use fleet_db::Access;
use fleet_db::testing::fleet::execute;
use fleet_db::testing::trip::{Trip, order};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::harness::{Answer, Client, WEST, World};

/// A trip of the west side that left two hours ago, driven by the driver who signs in.
pub(crate) async fn trip(world: &World, number: &str, state: OrderState) -> OrderId {
    driven(world, number, state, (0, 90)).await
}

/// The same some days ago, and of so many minutes.
async fn driven(world: &World, number: &str, state: OrderState, (days_ago, minutes): (i64, i64)) -> OrderId {
    let departed_at = world.now() - Duration::hours(2) - Duration::days(days_ago);
    let trip = Trip { number, unit: WEST, fleet: WEST, driver: Some("driver"), state, departed_at, minutes, distance_m: 60_000 };
    order(&world.db.pool, trip).await.unwrap()
}

/// Money of the west side, for tests that ask by every route.
pub(crate) struct Furnished {
    /// An order that is out, with an expense that has a receipt, and one that has none.
    pub(crate) order: OrderId,
    pub(crate) expense: String,
    pub(crate) bare: String,
    /// An order that is back, and one that is settled.
    pub(crate) back: OrderId,
    pub(crate) settled: OrderId,
    /// The allowance of this month, and what somebody proposed for it.
    pub(crate) month: String,
    pub(crate) adjustment: String,
}

/// Trips with their money, by one who may do everything.
pub(crate) async fn furnish(world: &World, manager: &Client) -> Furnished {
    let out = trip(world, "PC-out", OrderState::Underway).await;
    let back = driven(world, "PC-back", OrderState::Returned, (3, 90)).await;
    let settled = driven(world, "PC-settled", OrderState::Returned, (6, 90)).await;
    let id = |made: &Value| made["id"].as_str().unwrap().to_owned();
    let (expense, bare) = (id(&entered(manager, out, &toll()).await), id(&entered(manager, out, &toll()).await));
    assert_eq!(manager.upload(&format!("/expenses/{expense}/receipt"), b"%PDF-1.7\n".to_vec()).await.status, 204);
    given(manager, None, 100_000).await;
    // One of the trips was in February.
    given(manager, Some(2), 20_000).await;
    let month = id(&given(manager, Some(3), 50_000).await);
    assert_eq!(settle(manager, settled, &json!({ "basis": "expenses" })).await.status, 201);
    let adjustment = id(&manager.post("/allowances/adjustments", &over_quota()).await.json());
    Furnished { order: out, expense, bare, back, settled, month, adjustment }
}

pub(crate) fn over_quota() -> Value {
    json!({
        "kind": "over_quota", "unit_id": WEST.0, "year": 2026, "month": 3, "amount_fen": 2_000, "document": "超〔2026〕3号", "reason": "防汛",
    })
}

pub(crate) fn toll() -> Value {
    json!({ "kind": "toll", "amount_fen": 3500, "occurred_at": "2026-03-02T03:00:00Z", "place": "杭州南" })
}

async fn enter(client: &Client, order: OrderId, body: &Value) -> Answer {
    client.post(&format!("/dispatch-orders/{order}/expenses"), body).await
}

async fn entered(client: &Client, order: OrderId, body: &Value) -> Value {
    let answer = enter(client, order, body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

async fn expenses(client: &Client, order: OrderId) -> Value {
    client.get(&format!("/dispatch-orders/{order}/expenses")).await.json()
}

async fn come_back(world: &World) {
    execute(&world.db.pool, "update dispatch_order
         set state = 'returned', returned_at = departed_at + interval '90 minutes', return_odometer_m = depart_odometer_m + 60000")
        .await
        .unwrap();
}

#[tokio::test]
async fn costs_are_entered_until_the_car_is_back_and_then_reversed_alone() {
    let world = World::new().await;
    let order = trip(&world, "PC-1", OrderState::Underway).await;
    let (driver, manager) = (world.sign_in("driver").await, world.sign_in("manager").await);
    let first = entered(&driver, order, &toll()).await;
    assert_eq!((&first["kind"], &first["amount_fen"], &first["twin"]), (&json!("toll"), &json!(3500), &Value::Null));
    let mut again = toll();
    again["occurred_at"] = json!("2026-03-02T03:45:00Z");
    let second = entered(&driver, order, &again).await;
    assert_eq!(second["twin"], first["id"], "as much for the same within the hour: the same receipt?");
    let bribe = json!({ "kind": "bribe", "amount_fen": 0, "occurred_at": "2026-03-02T09:00:00Z", "fuel_l": 3 });
    let fields = enter(&driver, order, &bribe).await.json()["fields"].clone();
    assert_eq!(fields["kind"], "expense.kind");
    assert_eq!((&fields["amount_fen"], &fields["occurred_at"]), (&json!("expense.amount"), &json!("expense.time")));
    let list = expenses(&driver, order).await;
    assert_eq!((&list["total_fen"], &list["journal"], &list["may_enter"]), (&json!(7000), &json!("open"), &json!(true)));

    come_back(&world).await;
    assert_eq!(enter(&driver, order, &toll()).await.problem(), (409, "expense.locked".to_owned()));
    assert_eq!(enter(&manager, order, &toll()).await.problem(), (409, "expense.locked".to_owned()), "whoever asks");
    let reversal = format!("/expenses/{}/reversal", second["id"].as_str().unwrap());
    let reason = json!({ "reason": "重复录入" });
    assert_eq!(driver.post(&reversal, &reason).await.status, 403, "once it is locked, who settles alone");
    let wordless = manager.post(&reversal, &json!({ "reason": " " })).await;
    assert_eq!(wordless.json()["fields"]["reason"], "expense.reason");
    let reversed = manager.post(&reversal, &reason).await;
    assert_eq!((reversed.status.as_u16(), &reversed.json()["amount_fen"]), (201, &json!(-3500)));
    assert_eq!(manager.post(&reversal, &reason).await.problem(), (409, "expense.reversed".to_owned()));
    let of_reversal = format!("/expenses/{}/reversal", reversed.json()["id"].as_str().unwrap());
    assert_eq!(manager.post(&of_reversal, &reason).await.problem(), (409, "expense.reversed".to_owned()));
    let typed = format!("/expenses/{}/reversal", first["id"].as_str().unwrap());
    assert_eq!(manager.post(&typed, &json!({ "reason": "金额录错", "instead_fen": 5300 })).await.status, 201);
    let list = expenses(&manager, order).await;
    assert_eq!((&list["total_fen"], &list["journal"], &list["may_enter"]), (&json!(5300), &json!("locked"), &json!(false)));
    let stands: Vec<i64> = list["items"].as_array().unwrap().iter().map(|item| item["amount_fen"].as_i64().unwrap()).collect();
    assert_eq!(stands, [3500, 3500, -3500, -3500, 5300], "nothing is gone");
}

#[tokio::test]
async fn a_receipt_comes_once_and_comes_down_byte_for_byte() {
    let world = World::new().await;
    let order = trip(&world, "PC-1", OrderState::Underway).await;
    world.open_account("west.inspector", Role::Inspector, WEST).await;
    let (driver, inspector) = (world.sign_in("driver").await, world.sign_in("west.inspector").await);
    let id = entered(&driver, order, &toll()).await["id"].as_str().unwrap().to_owned();
    let path = format!("/expenses/{id}/receipt");
    assert_eq!(driver.get(&path).await.problem(), (404, "store.not_found".to_owned()), "none yet");
    let program = driver.upload(&path, b"MZ\x90\0".to_vec()).await;
    assert_eq!(program.json()["fields"]["receipt"], "expense.receipt_media");
    let mut photo = b"\xff\xd8\xff\xe0".to_vec();
    photo.extend((0..200_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()));
    let too_large = driver.upload(&path, [photo.clone(), vec![0; RECEIPT_BYTES]].concat()).await;
    assert_eq!(too_large.problem(), (413, "expense.receipt_too_large".to_owned()));
    // The picture waited for a network: the car is back.
    come_back(&world).await;
    assert_eq!(driver.upload(&path, photo.clone()).await.status, 204);
    assert_eq!(driver.upload(&path, photo.clone()).await.status, 204, "the answer was lost");
    assert_eq!(driver.upload(&path, b"%PDF-1.7\n".to_vec()).await.problem(), (409, "expense.receipt_there".to_owned()));
    let hash = hex::encode(Sha256::digest(&photo));
    for client in [&driver, &inspector] {
        let down = client.get(&path).await;
        assert_eq!(down.status, 200, "{}", down.text());
        assert!(down.body == photo, "every byte");
        assert_eq!(down.headers["content-type"], "image/jpeg");
        assert_eq!(down.headers["etag"], format!("W/\"{hash}\"").as_str());
    }
    let tag = format!("W/\"{hash}\"");
    assert_eq!(driver.ask(Method::GET, &path, None, &[("if-none-match", &tag)]).await.status, 304);
    assert_eq!(expenses(&driver, order).await["items"][0]["receipt_sha256"], json!(hash));
    let east = world.sign_in("east.manager").await;
    assert_eq!(east.get(&path).await.problem(), (403, "auth.outside".to_owned()));
    assert_eq!(enter(&east, order, &toll()).await.problem(), (403, "auth.outside".to_owned()));
}

async fn settle(client: &Client, order: OrderId, body: &Value) -> Answer {
    client.post(&format!("/dispatch-orders/{order}/settlement"), body).await
}

async fn given(client: &Client, month: Option<u8>, amount: i64) -> Value {
    let body = json!({ "unit_id": WEST.0, "year": 2026, "month": month, "amount_fen": amount, "reason": "年度安排" });
    let answer = client.post("/allowances", &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

/// What the order of a car does when it is issued.
async fn hold(world: &World, order: OrderId, estimate: i64) {
    let mut tx = fleet_db::begin_within(&world.db.pool, &Scope::of(WEST), None, Access::Write).await.unwrap();
    let month = "2026-03".parse().unwrap();
    fleet_db::allowance::order::hold(&mut tx, (WEST, month), order, Money::from_fen(estimate), world.now()).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_trip_is_settled_by_the_tariff_line_by_line_and_taken_from_the_allowance() {
    let world = World::new().await;
    let manager = world.sign_in("manager").await;
    given(&manager, None, 100_000).await;
    assert_eq!(given(&manager, Some(3), 10_000).await["left_fen"], 10_000);
    let order = trip(&world, "PC-1", OrderState::Underway).await;
    hold(&world, order, 8_000).await;
    let driver = world.sign_in("driver").await;
    entered(&driver, order, &toll()).await;
    let lodging = json!({ "kind": "lodging", "amount_fen": 900, "occurred_at": "2026-03-02T03:00:00Z" });
    entered(&driver, order, &lodging).await;
    let by_tariff = json!({ "basis": "tariff", "area": "outside" });
    assert_eq!(settle(&manager, order, &by_tariff).await.problem(), (409, "trip.state".to_owned()), "it is still out");
    come_back(&world).await;
    assert_eq!(settle(&driver, order, &by_tariff).await.problem(), (403, "auth.forbidden".to_owned()));
    let areas = settle(&manager, order, &json!({ "basis": "tariff" })).await;
    assert_eq!(areas.json()["fields"]["area"], "tariff.area");

    let path = format!("/dispatch-orders/{order}/settlement");
    assert_eq!(manager.get(&path).await.status, 404);
    let preview = manager.post(&format!("{path}/preview"), &by_tariff).await;
    assert_eq!(preview.status, 200, "{}", preview.text());
    let preview = preview.json();
    let line = |item: &str, expense: Value, quantity: u32, measure: &str, price: i64, amount: i64| json!({ "item": item, "expense": expense, "beyond": 0, "quantity": quantity, "measure": measure, "price_fen": price, "amount_fen": amount });
    let expected = json!([
        line("distance", Value::Null, 60_000, "metre", 110, 6_600),
        line("expense", json!("lodging"), 1, "piece", 900, 900)
    ]);
    assert_eq!((&preview["lines"], &preview["total_fen"]), (&expected, &json!(7_500)), "tolls are in the price, nights are not");
    let settled = settle(&manager, order, &by_tariff).await;
    assert_eq!(settled.status, 201, "{}", settled.text());
    let settled = settled.json();
    assert_eq!((&settled["lines"], &settled["settled_by"]), (&expected, &json!("manager")));
    let left = json!({ "left_fen": 2_500, "held_fen": 0, "spent_fen": 7_500, "warns": false });
    assert_eq!(settled["allowance"], left);
    let read = driver.get(&path).await.json();
    assert_eq!((&read["lines"], &read["total_fen"]), (&expected, &json!(7_500)));
    assert_eq!(settle(&manager, order, &by_tariff).await.problem(), (409, "trip.state".to_owned()), "once");
    assert_eq!(enter(&driver, order, &toll()).await.problem(), (409, "expense.settled".to_owned()));
    let list = manager.get(&format!("/allowances?unit_id={}&year=2026", WEST.0)).await.json();
    // The months before it in the quarter are there too, with nothing to carry.
    let items = list["items"].as_array().unwrap();
    let of = |month: &Value| items.iter().find(|item| item["month"] == *month).unwrap_or_else(|| panic!("{list}"));
    let (pool, march) = (of(&Value::Null), of(&json!(3)));
    assert_eq!(pool["left_fen"], 90_000);
    let entries = manager.get(&format!("/allowances/{}/entries", march["id"].as_str().unwrap())).await.json();
    let told: Vec<(&str, i64)> = entries["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (entry["kind"].as_str().unwrap(), entry["amount_fen"].as_i64().unwrap()))
        .collect();
    assert_eq!(told, [("debit", -7_500), ("release", 8_000), ("hold", -8_000), ("grant", 10_000)]);
    assert_eq!(told.iter().map(|(_, amount)| amount).sum::<i64>(), march["left_fen"].as_i64().unwrap());
}

#[tokio::test]
async fn more_than_is_left_takes_a_document_that_somebody_else_approved() {
    let world = World::new().await;
    world.open_account("authority", Role::Authority, crate::harness::CITY).await;
    let (manager, authority) = (world.sign_in("manager").await, world.sign_in("authority").await);
    given(&manager, None, 5_000).await;
    given(&manager, Some(3), 5_000).await;
    let order = trip(&world, "PC-1", OrderState::Returned).await;
    let by_tariff = json!({ "basis": "tariff", "area": "outside" });
    assert_eq!(settle(&manager, order, &by_tariff).await.problem(), (409, "allowance.exceeded".to_owned()));
    let month = json!({ "unit_id": WEST.0, "year": 2026, "month": 3, "amount_fen": 2_000, "reason": "防汛" });
    let asked = |kind: &str, document: &str| {
        let mut body = month.clone();
        (body["kind"], body["document"]) = (json!(kind), json!(document));
        body
    };
    let undocumented = manager.post("/allowances/adjustments", &asked("over_quota", " ")).await;
    assert_eq!(undocumented.json()["fields"]["document"], "allowance.document");
    let loan = manager.post("/allowances/adjustments", &asked("loan", "")).await.json();
    let steps = |of: &Value| format!("/allowances/adjustments/{}/steps", of["id"].as_str().unwrap());
    let approve = json!({ "action": "approve" });
    let poor = authority.post(&steps(&loan), &approve).await;
    assert_eq!(poor.problem(), (409, "allowance.exceeded".to_owned()), "the pool has nothing left");
    let proposed = manager.post("/allowances/adjustments", &asked("over_quota", "超〔2026〕3号")).await.json();
    assert_eq!((&proposed["state"], &proposed["may_decide"]), (&json!("proposed"), &json!(false)));
    assert_eq!(manager.post(&steps(&proposed), &approve).await.problem(), (409, "allowance.four_eyes".to_owned()));
    assert_eq!(settle(&manager, order, &by_tariff).await.status, 409, "proposed is not approved");
    let wordless = authority.post(&steps(&loan), &json!({ "action": "reject" })).await;
    assert_eq!(wordless.json()["fields"]["opinion"], "rule.opinion");
    assert_eq!(
        authority.post(&steps(&loan), &json!({ "action": "reject", "opinion": "总池不足" })).await.json()["state"],
        "rejected"
    );
    let approved = authority.post(&steps(&proposed), &approve).await.json();
    assert_eq!((&approved["state"], &approved["decided_by"]), (&json!("approved"), &json!("authority")));
    assert_eq!(authority.post(&steps(&proposed), &approve).await.problem(), (409, "allowance.decided".to_owned()));
    let settled = settle(&manager, order, &by_tariff).await.json();
    assert_eq!(settled["allowance"], json!({ "left_fen": -1_600, "held_fen": 0, "spent_fen": 6_600, "warns": true }));
    let waiting = authority.get("/allowances/adjustments").await.json();
    assert_eq!(waiting["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_time_share_car_costs_no_more_than_the_cap_in_24_hours_exactly() {
    let world = World::new().await;
    let manager = world.sign_in("manager").await;
    let by_hour = json!({ "basis": "time_share", "hour_fen": 500 });
    for (days_ago, minutes, fen) in [(3, 24 * 60, 8_300), (6, 24 * 60 + 1, 8_800), (9, 90, 1_000)] {
        let order = driven(&world, &format!("PC-{days_ago}"), OrderState::Returned, (days_ago, minutes)).await;
        let settled = settle(&manager, order, &by_hour).await;
        assert_eq!((settled.status.as_u16(), &settled.json()["total_fen"]), (201, &json!(fen)), "{}", settled.text());
    }
    let order = trip(&world, "PC-0", OrderState::Returned).await;
    let unpriced = settle(&manager, order, &json!({ "basis": "time_share" })).await;
    assert_eq!(unpriced.json()["fields"]["hour_fen"], "settlement.hour");
    let by_expenses = settle(&manager, order, &json!({ "basis": "expenses" })).await.json();
    assert_eq!((&by_expenses["total_fen"], &by_expenses["allowance"]), (&json!(0), &Value::Null), "nothing was paid");
}
