//! Which cars to renew over the years ahead: planned by the register and by what is tried, for one's own units alone.

use dispatch::account::Role;
use dispatch::lifecycle::registration::OwnerKind;
use dispatch::lifecycle::standard::{EquipmentCase, VehicleBody};
use dispatch::money::Money;
use fleet_db::lifecycle::registration::{self, Registration};
use fleet_db::testing::fleet::execute;
use serde_json::{Value, json};

use crate::harness::{Client, EAST, WEST, World, add_car, noon};
use crate::lifecycle::{granted, offices};

/// Petrol sedans of the west, registered on these days, each driven 100 km on 80 days of winter.
async fn west(days: &[&str]) -> (World, Client) {
    let world = World::new().await;
    let pool = &world.db.pool;
    let account = world.open_account("west.leader", Role::UnitLeader, WEST).await;
    for (at, day) in days.iter().enumerate() {
        let car = add_car(pool, WEST, &format!("浙A0010{at}"), None).await;
        let registered_on = day.parse().unwrap();
        let said = Registration {
            purchase: None,
            owner: OwnerKind::Unit,
            owner_unit: Some(WEST),
            owner_name: "西区分局".to_owned(),
            certificate: "330012345678".to_owned(),
            registered_on,
            platform_by: None,
            entered_on: registered_on,
            body: VehicleBody::Sedan,
            case: EquipmentCase::Ordinary,
            case_document: String::new(),
            displacement_ml: Some(1_600),
            engine_number: "1".to_owned(),
            price: Some(Money::from_fen(12_000_000)),
            tax: None,
            is_domestic: true,
        };
        let mut tx = fleet_db::begin(pool).await.unwrap();
        registration::record(&mut tx, car.id, &said, account, noon()).await.unwrap();
        tx.commit().await.unwrap();
    }
    execute(pool, "update vehicle set powertrain = 'petrol', category = 'other'").await.unwrap();
    execute(
        pool,
        "insert into trip (id, vehicle_no, started_at, ended_at, origin, destination, distance_m, max_speed_dkmh, stops)
         select gen_random_uuid(), v.no, day + interval '8 hours', day + interval '17 hours', st_setsrid(st_makepoint(120.1, 30.2), 4326),
                st_setsrid(st_makepoint(120.1, 30.2), 4326), 100000, 800, 0
         from vehicle v, generate_series(timestamptz '2025-12-05 00:00+08', timestamptz '2026-02-22 00:00+08', interval '1 day') as day",
    )
    .await
    .unwrap();
    let leader = world.sign_in("west.leader").await;
    (world, leader)
}

async fn planned(client: &Client, body: Value) -> Value {
    let answer = client.post("/renewal-plan", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn item<'a>(plan: &'a Value, plate: &str) -> &'a Value {
    plan["items"].as_array().unwrap().iter().find(|item| item["plate"] == plate).unwrap_or_else(|| panic!("{plate}: {plan}"))
}

#[tokio::test]
async fn an_old_car_is_renewed_within_the_budget_and_a_young_one_is_kept() {
    let (_world, leader) = west(&["2010-05-01", "2012-05-01", "2025-01-01"]).await;
    let plan = planned(&leader, json!({ "nev_flow_pct": [100] })).await;
    assert_eq!(
        (plan["first_year"].as_i64(), plan["cars"].as_u64(), plan["is_kept"].as_bool()),
        (Some(2027), Some(3), Some(true))
    );
    assert_eq!(plan["years"].as_array().unwrap().len(), 5, "as the register says");
    assert_eq!(plan["cost_fen"], plan["bound_fen"], "few cars are decided exactly: {plan}");
    let young = item(&plan, "浙A00102");
    assert_eq!((young["decision"].as_str(), young["due_on"].as_str()), (Some("keep"), Some("2033-01-01")), "{young}");
    // The share of stock can be reached by the two that may go, and by 2031 alone where money is short before.
    let asked = json!({ "nev_stock_pct": [null, null, null, null, 60], "budget_fen": [0, 0, 0, 15_000_000, 15_000_000] });
    let plan = planned(&leader, asked).await;
    let years: Vec<(u64, i64)> = plan["years"]
        .as_array()
        .unwrap()
        .iter()
        .map(|year| (year["renewed_nev"].as_u64().unwrap(), year["spent_fen"].as_i64().unwrap()))
        .collect();
    assert_eq!(years, [(0, 0), (0, 0), (0, 0), (1, 15_000_000), (1, 15_000_000)], "{plan}");
    let (first, second) = (item(&plan, "浙A00100"), item(&plan, "浙A00101"));
    for car in [first, second] {
        assert_eq!((car["decision"].as_str(), car["new_car"].as_str()), (Some("renew"), Some("纯电轿车")));
    }
    // 100 km a day in the cold: 280 km less 40 are there.
    assert_eq!(
        (&first["electric"]["days"], &first["electric"]["longest_m"], &first["electric"]["cold_m"]),
        (&json!(80), &json!(100_000), &json!(240_000))
    );
    assert_eq!(first["electric"]["fit"], "with_pile");
    assert_eq!(first["km"], 8_000);
    let parts: Vec<&str> = first["score_parts"].as_array().unwrap().iter().filter_map(|part| part["factor"].as_str()).collect();
    assert_eq!(parts, ["age", "kilometres", "cost", "repair_days"]);
    assert_eq!(first["score_parts"][0]["got"], 40.0, "older than twelve years");
}

#[tokio::test]
async fn what_cannot_hold_together_is_told_with_the_budget_it_needs() {
    let (_world, leader) = west(&["2010-05-01", "2012-05-01"]).await;
    let plan = planned(&leader, json!({ "nev_stock_pct": [100], "budget_fen": [15_000_000] })).await;
    assert_eq!((plan["is_kept"].as_bool(), plan["gap_pct"].is_null()), (Some(false), true));
    let told = plan["contradictions"].as_array().unwrap();
    let budget = told.iter().find(|one| one["kind"] == "budget").unwrap_or_else(|| panic!("{plan}"));
    let needed = budget["needed_fen"].as_i64().unwrap();
    assert_eq!((budget["year"].as_i64(), budget["most_fen"].as_i64()), (Some(2027), Some(15_000_000)));
    assert!((29_990_000..=30_000_000).contains(&needed), "two cars of 150,000 in the first year: {budget}");
    assert!(told.iter().any(|one| one["kind"] == "nev_stock"), "{plan}");
}

#[tokio::test]
async fn a_battery_that_does_not_reach_is_not_bought() {
    let (_world, leader) = west(&["2010-05-01"]).await;
    let plan = planned(&leader, json!({ "range_km": 150, "cold_pct": 70 })).await;
    let car = item(&plan, "浙A00100");
    assert_eq!((&car["electric"]["fit"], &car["electric"]["figure"]), (&json!("unsuited"), &json!("longest_day")));
    assert_ne!(car["new_car"], "纯电轿车", "{car}");
}

#[tokio::test]
async fn a_car_beyond_the_establishment_goes_to_the_unit_that_lacks_one() {
    let (world, _) = west(&["2022-05-01", "2022-06-01"]).await;
    let offices = offices(&world).await;
    granted(&offices, &WEST.0.to_string(), 1).await;
    let whole = world.sign_in("manager").await;
    let change = json!({ "unit_id": EAST.0, "category": "other", "kind": "grant", "count": 1, "reason": "机构改革核增" });
    let paper = crate::lifecycle::id(&crate::lifecycle::made(&whole.post("/establishment/changes", &change).await, 201));
    for action in ["review", "approve"] {
        crate::lifecycle::made(&crate::lifecycle::act(&offices.authority, "establishment/changes", &paper, action).await, 200);
    }
    let plan = planned(&offices.authority, json!({})).await;
    let decisions: Vec<&str> = plan["items"].as_array().unwrap().iter().filter_map(|car| car["decision"].as_str()).collect();
    assert_eq!((decisions.len(), decisions.iter().filter(|one| **one == "move").count()), (2, 1), "{plan}");
    let moved = plan["items"].as_array().unwrap().iter().find(|car| car["decision"] == "move").unwrap();
    assert_eq!((moved["year"].as_i64(), moved["to_unit_name"].as_str().is_some()), (Some(2027), true), "{moved}");
}

#[tokio::test]
async fn pages_follow_each_other_and_the_unit_beside_sees_nothing() {
    let (world, leader) = west(&["2010-05-01", "2012-05-01", "2025-01-01"]).await;
    let first = planned(&leader, json!({ "limit": 2 })).await;
    let second = planned(&leader, json!({ "limit": 2, "after": first["next"] })).await;
    let plates = |plan: &Value| -> Vec<String> {
        plan["items"].as_array().unwrap().iter().map(|item| item["plate"].as_str().unwrap().to_owned()).collect()
    };
    let mut all = [plates(&first), plates(&second)].concat();
    all.sort_unstable();
    assert_eq!(
        (all, second["next"].is_null()),
        (vec!["浙A00100".to_owned(), "浙A00101".to_owned(), "浙A00102".to_owned()], true)
    );
    world.open_account("east.leader", Role::UnitLeader, EAST).await;
    let east = world.sign_in("east.leader").await;
    let own = planned(&east, json!({})).await;
    assert_eq!((own["cars"].as_u64(), own["items"].as_array().unwrap().len(), own["next_due_on"].is_null()), (Some(0), 0, true));
    assert_eq!(east.post("/renewal-plan", &json!({ "unit_id": WEST.0 })).await.status, 404);
    world.open_account("west.driver", Role::Driver, WEST).await;
    assert_eq!(world.sign_in("west.driver").await.post("/renewal-plan", &json!({})).await.status, 403);
}

#[tokio::test]
async fn nonsense_is_refused_field_by_field() {
    let (_world, leader) = west(&[]).await;
    for (body, field, code) in [
        (json!({ "years": 11 }), "years", "renewal_plan.years"),
        (json!({ "years": 0 }), "years", "renewal_plan.years"),
        (json!({ "range_km": 10 }), "range_km", "renewal_plan.range"),
        (json!({ "cold_pct": 5 }), "cold_pct", "renewal_plan.cold"),
        (json!({ "counting": "mine" }), "counting", "renewal_plan.counting"),
        (json!({ "nev_flow_pct": [101] }), "nev_flow_pct", "renewal_plan.target_value"),
        (json!({ "budget_fen": [-1] }), "budget_fen", "renewal_plan.target_value"),
        (json!({ "mean_age_months": [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1] }), "mean_age_months", "renewal_plan.target_value"),
    ] {
        let answer = leader.post("/renewal-plan", &body).await;
        assert_eq!((answer.status.as_u16(), answer.json()["fields"][field].as_str()), (422, Some(code)), "{}", answer.text());
    }
}
