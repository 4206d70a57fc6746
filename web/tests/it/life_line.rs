//! A car's whole life in one answer: everything in order of time, only what the asker may see, and nothing of where an exempt car was.

use dispatch::account::Role;
use fleet_db::testing::fleet::execute;
use serde_json::{Value, json};

use crate::harness::{CITY, Client};
use crate::running_cars::{furnish, made};
use crate::trips::{West, west};

/// A car of the west side with a registration, papers of every kind, and three trips in two months.
async fn lived() -> (West, Client, String) {
    let west = west().await;
    let manager = west.world.sign_in("manager").await;
    let car = west.cars[0].id.to_string();
    let said = json!({
        "owner_kind": "unit", "owner_name": "西湖区府", "certificate": "330000000001", "registered_on": "2018-03-02", "body": "sedan",
        "case": "ordinary", "engine_number": "E-1", "price_fen": 17_000_000, "is_domestic": true,
    });
    made(&manager.post(&format!("/vehicles/{car}/registration"), &said).await);
    furnish(&manager, &car, "浙A00001").await;
    execute(
        &west.world.db.pool,
        "insert into trip (id, vehicle_no, started_at, ended_at, origin, destination, distance_m, max_speed_dkmh, stops)
         select gen_random_uuid(), v.no, d.at, d.at + interval '1 hour', 'SRID=4326;POINT(120 30)', 'SRID=4326;POINT(120 30)', 40000, 600, 0
         from vehicle v
         cross join (values ('2026-01-31T15:59:00Z'::timestamptz), ('2026-01-31T16:00:00Z'), ('2026-02-10T01:00:00Z')) as d (at)
         where v.plate = '浙A00001'",
    )
    .await
    .unwrap();
    (west, manager, car)
}

async fn line(client: &Client, car: &str) -> Value {
    made(&client.get(&format!("/vehicles/{car}/life-line")).await)
}

fn kinds(line: &Value) -> Vec<&str> {
    let mut kinds: Vec<&str> = line["marks"].as_array().unwrap().iter().map(|mark| mark["kind"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

#[tokio::test]
async fn everything_that_happened_to_a_car_is_on_its_line_in_order_of_time() {
    let (_west, manager, car) = lived().await;
    let line = line(&manager, &car).await;
    assert_eq!(kinds(&line), ["card", "inspection", "plate", "policy", "registration", "repair"], "{line}");
    let at: Vec<&str> = line["marks"].as_array().unwrap().iter().map(|mark| mark["at"].as_str().unwrap()).collect();
    assert!(at.is_sorted(), "{at:?}");
    // Midnight of 1 February in Beijing is 16:00 of 31 January in Greenwich: one trip of January, two of February.
    let months: Vec<_> = line["months"].as_array().unwrap().iter().map(|month| (&month["month"], &month["trips"])).collect();
    assert_eq!(months, [(&json!("2026-01-01"), &json!(1)), (&json!("2026-02-01"), &json!(2))]);
    // Of the year until yesterday: inspection 300.00, premium 950.00, parking 5.00 and toll 35.50; what was charged today is of tomorrow.
    let recent = &line["recent"];
    assert_eq!((&recent["running_fen"], &recent["distance_km"]), (&json!(129_050), &json!(120.0)), "{line}");
    // 129,050 fen over 120 km.
    assert_eq!(recent["fen_per_km"], 1_075);
    assert_eq!(line["age_months"], 96);
    assert_eq!((&line["renewal"]["from"], &line["renewal"]["ground"]), (&json!("2026-03-02"), &json!("years")));
    assert_eq!(line["years"][0]["year"], 2026);
}

#[tokio::test]
async fn each_sees_of_a_life_what_it_may_see_of_its_parts() {
    let (west, _, car) = lived().await;
    let admin = line(&west.world.sign_in("admin").await, &car).await;
    assert_eq!(kinds(&admin), ["inspection", "plate", "policy", "registration", "repair"], "neither cards nor papers: {admin}");
    assert_eq!((&admin["recent"], &admin["renewal"], admin["years"].as_array().unwrap().len()), (&Value::Null, &Value::Null, 0));
    let fees = admin["marks"].as_array().unwrap().iter().filter(|mark| mark["kind"] == "policy" || mark["kind"] == "repair");
    assert!(fees.clone().count() > 0 && fees.clone().all(|mark| mark["amount_fen"].is_null()), "{admin}");
    let dispatcher = line(&west.dispatcher, &car).await;
    assert!(dispatcher["renewal"].is_null() && !dispatcher["recent"].is_null(), "{dispatcher}");
    let east = west.world.sign_in("east.manager").await;
    assert_eq!(east.get(&format!("/vehicles/{car}/life-line")).await.problem(), (403, "auth.outside".to_owned()));
    assert_eq!(west.applicant.get(&format!("/vehicles/{car}/life-line")).await.status, 403);
}

#[tokio::test]
async fn of_an_exempt_car_there_are_papers_and_no_trips() {
    let (west, manager, car) = lived().await;
    west.world.open_account("authority", Role::Authority, CITY).await;
    let authority = west.world.sign_in("authority").await;
    let paper = json!({ "basis": "investigation", "document": "杭公〔2026〕7号", "reason": "侦查任务" });
    made(&authority.post(&format!("/vehicles/{car}/exemptions"), &paper).await);
    let line = line(&manager, &car).await;
    assert_eq!(line["is_exempt"], true);
    assert_eq!((&line["months"], &line["odometer_km"]), (&json!([]), &Value::Null), "{line}");
    assert_eq!((&line["recent"]["distance_km"], &line["recent"]["fen_per_km"]), (&json!(0.0), &Value::Null));
    assert!(kinds(&line).contains(&"registration"));
}

#[tokio::test]
async fn who_only_supervises_and_looks_at_a_life_is_written_down() {
    let (west, _, car) = lived().await;
    west.world.open_account("watcher", Role::Inspector, CITY).await;
    line(&west.world.sign_in("watcher").await, &car).await;
    let entries = fleet_db::testing::fleet::audited(&west.world.db.pool).await.unwrap();
    let looked: Vec<_> =
        entries.iter().filter(|entry| entry["action"] == "viewed").map(|entry| &entry["after"]["what"]).collect();
    assert_eq!(looked, [&json!("life")]);
}
