//! Suppliers over the API: entered with contracts and cars, ordered from, new energy first, settled by the contract within the caps, and
//! rated by the trips of their cars.

use chrono::Duration;
use fleet_db::testing::fleet::{audited, execute};
use serde_json::{Value, json};

use crate::harness::{Answer, Client, EAST, WEST};
use crate::trips::{DRIVERS, West, approved, step, west};

/// A supplier of the west side with a contract for rented cars and one for time-share cars.
pub(crate) struct Hired {
    pub(crate) supplier: String,
    /// By day and kilometre; sedans and larger ones.
    pub(crate) rental: String,
    pub(crate) time_share: String,
}

pub(crate) fn supplier(name: &str) -> Value {
    json!({ "unit_id": WEST.0, "name": name, "contact": "周经理", "phone": "0571-88880000" })
}

pub(crate) fn contract(number: &str) -> Value {
    json!({
        "unit_id": WEST.0, "number": number, "kind": "rental", "classes": ["sedan", "business_suv"], "first": "2026-01-01",
        "last": "2026-12-31", "day_fen": 30_000, "km_fen": 120,
    })
}

fn time_share(number: &str) -> Value {
    json!({
        "unit_id": WEST.0, "number": number, "kind": "time_share", "classes": ["sedan"], "first": "2026-01-01", "last": "2026-12-31",
        "hour_fen": 500,
    })
}

pub(crate) fn car(plate: &str, powertrain: &str) -> Value {
    json!({ "plate": plate, "model": "比亚迪秦", "seats": 5, "powertrain": powertrain })
}

#[track_caller]
fn made(answer: &Answer, status: u16) -> Value {
    assert_eq!(answer.status, status, "{}", answer.text());
    answer.json()
}

/// The contract of that number in the view of a supplier.
fn of_number(view: &Value, number: &str) -> Value {
    let contracts = view["contracts"].as_array().unwrap();
    contracts.iter().find(|contract| contract["number"] == number).unwrap_or_else(|| panic!("{view}")).clone()
}

fn id(of: &Value) -> String {
    of["id"].as_str().unwrap().to_owned()
}

pub(crate) async fn hired(manager: &Client) -> Hired {
    let supplier = id(&made(&manager.post("/suppliers", &supplier("西湖出行")).await, 201));
    let contracts = format!("/suppliers/{supplier}/contracts");
    made(&manager.post(&contracts, &contract("ZL-1")).await, 201);
    let view = made(&manager.post(&contracts, &time_share("FS-1")).await, 201);
    Hired { supplier, rental: id(&of_number(&view, "ZL-1")), time_share: id(&of_number(&view, "FS-1")) }
}

/// Adds a car to a contract, and says which vehicle it is.
pub(crate) async fn add(manager: &Client, contract: &str, plate: &str, powertrain: &str) -> String {
    let view = made(&manager.post(&format!("/supplier-contracts/{contract}/cars"), &car(plate, powertrain)).await, 201);
    let cars = view["contracts"].as_array().unwrap().iter().flat_map(|contract| contract["cars"].as_array().unwrap());
    let of_plate = cars.clone().find(|car| car["plate"] == plate).unwrap_or_else(|| panic!("{view}"));
    of_plate["vehicle_id"].as_str().unwrap().to_owned()
}

async fn order(west: &West, request: &str, vehicle: &str, substitution: Option<&str>) -> Answer {
    let body = json!({ "vehicle_id": vehicle, "driver_id": DRIVERS[0], "substitution": substitution });
    west.dispatcher.post(&format!("/trip-requests/{request}/orders"), &body).await
}

/// Drives an order for so many minutes of this morning, and 60 km.
async fn drive(west: &West, order: &str, minutes: i64, from_km: f64) {
    let left_at = west.world.now() - Duration::hours(3);
    for body in [
        json!({ "action": "accept" }),
        json!({ "action": "depart", "at": left_at, "odometer_km": from_km }),
        json!({ "action": "return", "at": left_at + Duration::minutes(minutes), "odometer_km": from_km + 60.0 }),
    ] {
        made(&step(&west.driver, order, body).await, 200);
    }
}

#[tokio::test]
async fn a_supplier_has_contracts_and_cars_and_everything_wrong_is_told_at_once() {
    let west = west().await;
    let manager = west.world.sign_in("manager").await;
    let hired = hired(&manager).await;
    let car = add(&manager, &hired.rental, "浙A88881", "electric").await;
    let list = made(&west.dispatcher.get("/suppliers").await, 200);
    let seen = &list["items"][0];
    assert_eq!((&list["may_change"], &seen["name"], &seen["trips"]), (&json!(false), &json!("西湖出行"), &json!(0)));
    assert_eq!(of_number(seen, "ZL-1")["cars"][0]["vehicle_id"], json!(car));

    let contracts = format!("/suppliers/{}/contracts", hired.supplier);
    let again = manager.post(&contracts, &contract("ZL-1")).await;
    assert_eq!(again.problem(), (409, "supplier.number_taken".to_owned()));
    let mut wrong = contract(" ");
    (wrong["last"], wrong["classes"], wrong["day_fen"]) = (json!("2025-12-31"), json!([]), json!(0));
    let fields = made(&manager.post(&contracts, &wrong).await, 422)["fields"].clone();
    let codes = json!({ "number": "supplier.text", "last": "supplier.period", "classes": "supplier.classes", "day_fen": "supplier.price" });
    assert_eq!(fields, codes);
    let mut bus = crate::suppliers::car("浙A88889", "diesel");
    bus["seats"] = json!(30);
    let bus = manager.post(&format!("/supplier-contracts/{}/cars", hired.rental), &bus).await;
    assert_eq!(made(&bus, 422)["fields"], json!({ "seats": "supplier.class" }), "the contract is about smaller ones");
    let elsewhere = json!({ "unit_id": EAST.0, "name": "x", "contact": "x", "phone": "x" });
    assert_eq!(manager.post("/suppliers", &elsewhere).await.status, 201, "the manager keeps both sides");
    assert_eq!(west.dispatcher.post("/suppliers", &supplier("y")).await.status, 403);

    let retirement = format!("/suppliers/{}/retirement", hired.supplier);
    assert!(made(&manager.post(&retirement, &Value::Null).await, 200)["retired_at"].is_string());
    assert_eq!(manager.post(&contracts, &contract("ZL-2")).await.status, 404, "no new contracts");
    let entries = audited(&west.world.db.pool).await.unwrap();
    let told = entries.iter().filter(|entry| entry["subject"]["kind"] == "supplier" && entry["subject"]["name"] == "西湖出行");
    let actions: Vec<_> = told.map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["created", "changed", "changed", "changed", "disabled"]);
}

#[tokio::test]
async fn new_energy_is_offered_first_and_passing_it_over_needs_a_reason() {
    let west = west().await;
    let manager = west.world.sign_in("manager").await;
    let hired = hired(&manager).await;
    let petrol = add(&manager, &hired.time_share, "浙A88881", "petrol").await;
    let electric = add(&manager, &hired.rental, "浙A88882", "electric").await;
    let request = approved(&west, json!({})).await;
    let offers = made(&west.dispatcher.get(&format!("/trip-requests/{request}/rentals")).await, 200);
    let plates: Vec<_> = offers["items"].as_array().unwrap().iter().map(|offer| offer["plate"].as_str().unwrap()).collect();
    assert_eq!(plates, ["浙A88882", "浙A88881"], "although it costs more: {offers}");
    assert_eq!((&offers["new_energy_first"], &offers["items"][1]["price_fen"]), (&json!(true), &json!(1_500)), "three hours");
    assert!(offers["items"][0]["price_fen"].as_i64().unwrap() > 30_000);
    let passed_over = order(&west, &request, &petrol, None).await;
    assert_eq!(made(&passed_over, 422)["fields"], json!({ "substitution": "supplier.new_energy_first" }));
    let issued = made(&order(&west, &request, &petrol, Some("目的地无充电桩")).await, 201);
    assert_eq!(issued["substitution"], "目的地无充电桩", "and the paper says it");
    let next = approved(&west, json!({ "begins_at": "2026-03-03T01:00:00Z", "ends_at": "2026-03-03T03:00:00Z" })).await;
    made(&order(&west, &next, &electric, None).await, 201);
}

#[tokio::test]
async fn a_supplier_s_car_goes_while_its_contract_lasts_and_until_it_is_given_back() {
    let west = west().await;
    let manager = west.world.sign_in("manager").await;
    let hired = hired(&manager).await;
    let car = add(&manager, &hired.rental, "浙A88881", "electric").await;
    let ending = format!("/supplier-contracts/{}/ending", hired.rental);
    let late = manager.post(&ending, &json!({ "last": "2027-01-31" })).await;
    assert_eq!(made(&late, 422)["fields"], json!({ "last": "supplier.period" }), "ended sooner, not later");
    made(&manager.post(&ending, &json!({ "last": "2026-03-02" })).await, 200);
    let tomorrow = json!({ "begins_at": "2026-03-03T01:00:00Z", "ends_at": "2026-03-03T03:00:00Z" });
    let tomorrow = approved(&west, tomorrow).await;
    let refused = order(&west, &tomorrow, &car, None).await;
    assert_eq!(refused.problem(), (409, "supplier.contract".to_owned()));
    let offers = made(&west.dispatcher.get(&format!("/trip-requests/{tomorrow}/rentals")).await, 200);
    assert_eq!(offers["items"], json!([]));
    let today = approved(&west, json!({})).await;
    made(&order(&west, &today, &car, None).await, 201);
    let returned = manager.post(&format!("/supplier-cars/{car}/return"), &json!({ "last": "2026-03-02" })).await;
    assert_eq!(of_number(&made(&returned, 200), "ZL-1")["cars"][0]["returned_on"], "2026-03-02");
    let again = manager.post(&format!("/supplier-cars/{car}/return"), &json!({ "last": "2026-03-02" })).await;
    assert_eq!(again.status, 404, "once");
}

#[tokio::test]
async fn trips_are_settled_by_the_contract_and_a_time_share_car_costs_no_more_than_its_year() {
    let west = west().await;
    let manager = west.world.sign_in("manager").await;
    let hired = hired(&manager).await;
    let rented = add(&manager, &hired.rental, "浙A88881", "electric").await;
    let shared = add(&manager, &hired.time_share, "浙A88882", "electric").await;
    // Planned one after the other, for it is one driver.
    let trip = async |car: &str, hours: i64, from_km: f64| {
        let begins_at = west.world.now() + Duration::hours(hours);
        let request = approved(&west, json!({ "begins_at": begins_at, "ends_at": begins_at + Duration::hours(1) })).await;
        let order = id(&made(&order(&west, &request, car, None).await, 201));
        drive(&west, &order, 90, from_km).await;
        order
    };
    let settle = async |order: &str, body: Value| manager.post(&format!("/dispatch-orders/{order}/settlement"), &body).await;

    let first = trip(&rented, 1, 1_000.0).await;
    let by_hours = settle(&first, json!({ "basis": "time_share" })).await;
    assert_eq!(made(&by_hours, 422)["fields"], json!({ "hour_fen": "settlement.hour" }), "its contract knows no hours");
    let settled = made(&settle(&first, json!({ "basis": "rental" })).await, 201);
    assert_eq!(
        (&settled["total_fen"], &settled["used"]["contract"]),
        (&json!(30_000 + 60 * 120), &json!("ZL-1")),
        "a day and 60 km"
    );

    let second = trip(&shared, 3, 2_000.0).await;
    let by_days = settle(&second, json!({ "basis": "rental" })).await;
    assert_eq!(made(&by_days, 422)["fields"], json!({ "basis": "settlement.contract" }));
    assert_eq!(made(&settle(&second, json!({ "basis": "time_share" })).await, 201)["total_fen"], 1_000, "two started hours");
    // The car has been out all year: 20,950 yuan but 7 yuan, the two hours counted in.
    execute(&west.world.db.pool, "alter table trip_settlement disable trigger user").await.unwrap();
    let all_year = "update trip_settlement
         set lines = jsonb_set(lines, '{0,amount_fen}', '2094300'), total_fen = 2094300
         where basis = 'time_share'";
    execute(&west.world.db.pool, all_year).await.unwrap();
    let third = trip(&shared, 5, 3_000.0).await;
    let settled = made(&settle(&third, json!({ "basis": "time_share" })).await, 201);
    assert_eq!(settled["total_fen"], 700, "no more than 20,950 yuan a car and year: {settled}");
    assert_eq!((&settled["lines"][1]["item"], &settled["lines"][1]["amount_fen"]), (&json!("year_cap"), &json!(-300)));

    let stars = json!({ "attitude": 5, "appearance": 4, "driving": 4, "comment": "" });
    assert_eq!(west.applicant.post(&format!("/dispatch-orders/{first}/rating"), &stars).await.status, 201);
    let list = made(&west.dispatcher.get("/suppliers").await, 200);
    let seen = &list["items"][0];
    assert_eq!((&seen["trips"], &seen["ratings"], &seen["stars_hundredths"]), (&json!(3), &json!(1), &json!(433)));
}
