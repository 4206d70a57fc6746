//! Departure and return by the base: positions in the store, a look at them, and what the order says then.

use chrono::{DateTime, Duration, Utc};
use fleet_db::testing::driving::fix;
use fleet_db::testing::fleet::{execute, number};
use serde_json::{Value, json};
use telematics::place::LonLat;
use web::FenceMoved;

use crate::harness::{Answer, World};
use crate::trips::{DRIVERS, West, approved, issue, step, west};

/// So many metres north of the west side's place, which is the base of its cars.
fn north(metres: f64) -> LonLat {
    LonLat::new(120.13, 30.25 + metres / 111_195.0).unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    format!("2026-03-02T{text}:00+08:00").parse().unwrap()
}

/// The car was seen there; with its odometer where the terminal tells one.
async fn seen(west: &West, time: &str, place: LonLat, speed_dkmh: i16, odometer_km: Option<f64>) {
    fix(&west.world.db.pool, west.cars[0].no, at(time), place, speed_dkmh).await.unwrap();
    if let Some(km) = odometer_km {
        let set = format!(
            "update vehicle_position set odometer_m = {} where vehicle_no = {} and fixed_at = '{}'",
            km * 1000.0,
            west.cars[0].no.0,
            at(time).to_rfc3339()
        );
        execute(&west.world.db.pool, set.leak()).await.unwrap();
    }
}

fn until(world: &World, time: &str) {
    world.pass(at(time) - world.now());
}

async fn look(west: &West) -> (usize, usize) {
    let FenceMoved { departed, returned } = web::move_orders_by_fence(&west.world.db.pool, west.world.now()).await.unwrap();
    (departed, returned)
}

/// An order from one to four in the afternoon to the other side of the river, taken by its driver and not tapped further.
async fn accepted() -> (West, String) {
    let west = west().await;
    execute(&west.world.db.pool, "create table vehicle_position_all partition of vehicle_position default").await.unwrap();
    let request = approved(&west, json!({})).await;
    let issued = issue(&west.dispatcher, &request, west.cars[0], DRIVERS[0]).await;
    let order = issued.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(step(&west.driver, &order, json!({ "action": "accept" })).await.json()["state"], "accepted");
    (west, order)
}

/// The order as its driver has it; the afternoon is longer than a session is idle.
async fn order(west: &West, id: &str) -> Value {
    west.world.sign_in("driver").await.get(&format!("/dispatch-orders/{id}")).await.json()
}

/// Drives off at two minutes past one, and is on the other side at half past.
async fn drive_off(west: &West) {
    seen(west, "12:50", north(0.0), 0, Some(1000.0)).await;
    seen(west, "13:01", north(200.0), 150, Some(1000.2)).await;
    seen(west, "13:02", north(600.0), 400, Some(1000.6)).await;
    seen(west, "13:04", north(2_000.0), 500, Some(1002.0)).await;
    let there = LonLat::new(120.26, 30.18).unwrap();
    seen(west, "13:30", there, 0, Some(1019.0)).await;
}

async fn come_home(west: &West) {
    seen(west, "14:20", north(1_000.0), 400, Some(1038.0)).await;
    seen(west, "14:22", north(50.0), 100, Some(1039.0)).await;
    seen(west, "14:23", north(10.0), 0, Some(1039.1)).await;
}

fn log(order: &Value) -> Vec<(&str, bool)> {
    let log = order["log"].as_array().unwrap().iter();
    log.map(|step| (step["action"].as_str().unwrap(), step["by_fence"].as_bool().unwrap())).collect()
}

#[tokio::test]
async fn an_accepted_order_leaves_with_its_car_and_is_back_when_the_car_stands_at_its_base() {
    let (west, id) = accepted().await;
    seen(&west, "12:50", north(0.0), 0, Some(1000.0)).await;
    until(&west.world, "13:01");
    assert_eq!(look(&west).await, (0, 0), "it stands");
    execute(&west.world.db.pool, "delete from vehicle_position").await.unwrap();
    drive_off(&west).await;
    until(&west.world, "13:05");
    assert_eq!(look(&west).await, (1, 0));
    assert_eq!(look(&west).await, (0, 0), "once");
    let left = order(&west, &id).await;
    assert_eq!((left["state"].as_str(), left["departed_at"].as_str()), (Some("underway"), Some("2026-03-02T05:02:00Z")));
    assert_eq!(left["depart_odometer_km"].as_f64(), Some(1000.6), "by its terminal");

    come_home(&west).await;
    until(&west.world, "14:27");
    assert_eq!(look(&west).await, (0, 0), "it stands for four minutes");
    until(&west.world, "14:28");
    assert_eq!(look(&west).await, (0, 1));
    assert_eq!(look(&west).await, (0, 0), "once");
    let back = order(&west, &id).await;
    assert_eq!((back["state"].as_str(), back["returned_at"].as_str()), (Some("returned"), Some("2026-03-02T06:23:00Z")));
    assert_eq!(back["return_odometer_km"].as_f64(), Some(1039.1));
    assert_eq!(log(&back), [("issue", false), ("accept", false), ("depart", true), ("return", true)]);
    let told = "select count(*) from audit_entry where body::jsonb ->> 'action' in ('departed', 'came_back')
                and body::jsonb ->> 'reason' like '%自动%'";
    assert_eq!(number(&west.world.db.pool, told).await.unwrap(), 2);
}

#[tokio::test]
async fn a_driver_who_taps_later_makes_no_mistake_and_changes_nothing_that_the_car_has_said() {
    let (west, id) = accepted().await;
    drive_off(&west).await;
    until(&west.world, "13:31");
    assert_eq!(look(&west).await, (1, 0));
    let driver = west.world.sign_in("driver").await;
    let tap = json!({ "action": "depart", "odometer_km": 1000.1, "at": at("13:00"), "key": "t1" });
    let late: Answer = step(&driver, &id, tap.clone()).await;
    assert_eq!(late.status, 200, "{}", late.text());
    let stands = late.json();
    assert_eq!((stands["state"].as_str(), stands["departed_at"].as_str()), (Some("underway"), Some("2026-03-02T05:02:00Z")));
    assert_eq!(stands["depart_odometer_km"].as_f64(), Some(1000.6), "the terminal's reading stands");
    assert_eq!(log(&stands)[2..], [("depart", true), ("depart", false)]);
    assert_eq!(step(&driver, &id, tap).await.json()["log"].as_array().unwrap().len(), 4, "the same tap is written once");

    come_home(&west).await;
    until(&west.world, "14:30");
    assert_eq!(look(&west).await, (0, 1));
    let driver = west.world.sign_in("driver").await;
    for tap in [
        json!({ "action": "arrive", "at": at("13:30"), "key": "t2" }),
        json!({ "action": "return", "at": at("14:25"), "odometer_km": 1039.5, "key": "t3" }),
    ] {
        let late = step(&driver, &id, tap).await;
        assert_eq!((late.status.as_u16(), late.json()["state"].as_str()), (200, Some("returned")), "{}", late.text());
    }
    let stands = order(&west, &id).await;
    assert_eq!(
        (stands["returned_at"].as_str(), stands["arrived_at"].as_str()),
        (Some("2026-03-02T06:23:00Z"), Some("2026-03-02T05:30:00Z"))
    );
    let reserved = step(&driver, &id, json!({ "action": "return", "key": "fence:return:1" })).await;
    assert_eq!(reserved.json()["fields"]["key"], "order.key", "no device names its steps like the fence");
}

#[tokio::test]
async fn a_driver_who_has_tapped_is_not_contradicted_and_a_car_that_only_passes_by_is_not_back() {
    let (west, id) = accepted().await;
    seen(&west, "12:50", north(0.0), 0, None).await;
    until(&west.world, "13:00");
    let driver = west.world.sign_in("driver").await;
    assert_eq!(step(&driver, &id, json!({ "action": "depart", "odometer_km": 1000 })).await.json()["state"], "underway");
    // It comes by its base after a while, without having been where it was to go.
    seen(&west, "13:05", north(3_000.0), 500, None).await;
    seen(&west, "13:20", north(0.0), 0, None).await;
    until(&west.world, "13:40");
    assert_eq!(look(&west).await, (0, 0));
    until(&west.world, "16:04");
    assert_eq!(look(&west).await, (0, 0), "its time is over for four minutes");
    until(&west.world, "16:05");
    assert_eq!(look(&west).await, (0, 1), "and has stood at its base all the while");
    let back = order(&west, &id).await;
    assert_eq!((back["state"].as_str(), back["return_odometer_km"].as_f64()), (Some("returned"), None), "no terminal told it");
    assert_eq!(log(&back)[2..], [("depart", false), ("return", true)]);
}

#[tokio::test]
async fn outside_its_time_or_with_a_dangerous_car_nothing_leaves_by_itself() {
    let (west, id) = accepted().await;
    // Before the quarter of an hour that is forgiven.
    seen(&west, "12:00", north(0.0), 0, None).await;
    for (minute, metres) in [("12:10", 1_000.0), ("12:12", 3_000.0), ("12:14", 5_000.0)] {
        seen(&west, minute, north(metres), 400, None).await;
    }
    until(&west.world, "13:30");
    assert_eq!(look(&west).await, (0, 0));
    assert_eq!(order(&west, &id).await["state"], "accepted");
    execute(&west.world.db.pool, "delete from vehicle_position").await.unwrap();
    drive_off(&west).await;
    let defect = format!(
        "insert into order_check (id, order_id, vehicle_id, kind, items, at, recorded_at, by, key)
         select '00000000-0000-0000-0000-0000000000c1', id, vehicle_id, 'pre_trip', '{{}}', now(), now(), issued_by, 'k' from dispatch_order where id = '{id}'"
    );
    execute(&west.world.db.pool, defect.leak()).await.unwrap();
    let open = "insert into vehicle_defect (id, vehicle_id, check_id, item, note, is_safety, reported_at, reported_by)
                select '00000000-0000-0000-0000-0000000000c2', vehicle_id, id, 'brakes', '', true, now(), by from order_check";
    execute(&west.world.db.pool, open).await.unwrap();
    assert_eq!(look(&west).await, (0, 0), "a car with a danger does not leave");
    execute(&west.world.db.pool, "update vehicle_defect set closed_at = now(), closed_by = reported_by, close_reason = '已修'")
        .await
        .unwrap();
    assert_eq!(look(&west).await, (1, 0));
}

#[tokio::test]
async fn an_order_that_goes_on_is_back_by_the_fence_once_more() {
    let (west, id) = accepted().await;
    drive_off(&west).await;
    come_home(&west).await;
    until(&west.world, "14:29");
    assert_eq!(look(&west).await, (1, 0));
    assert_eq!(look(&west).await, (0, 1));
    let driver = west.world.sign_in("driver").await;
    assert_eq!(step(&driver, &id, json!({ "action": "reopen" })).await.json()["state"], "underway");
    assert_eq!(look(&west).await, (0, 0), "it has not left again");
    seen(&west, "14:40", north(4_000.0), 400, Some(1043.0)).await;
    seen(&west, "15:30", north(0.0), 0, Some(1048.0)).await;
    west.world.pass(Duration::minutes(100));
    assert_eq!(look(&west).await, (0, 1));
    let back = order(&west, &id).await;
    assert_eq!(log(&back)[2..], [("depart", true), ("return", true), ("reopen", false), ("return", true)]);
    assert_eq!(back["return_odometer_km"].as_f64(), Some(1048.0));
}
