//! Lives of the demonstration: told twice alike, and kept by the store.

use std::collections::HashSet;

use fleet_db::testing::fleet::number;

use super::*;
use crate::seed::{fleet, store as fleet_store, units};

fn noon() -> DateTime<Utc> {
    "2026-12-01T04:00:00Z".parse().unwrap()
}

fn told(seed: u64, count: usize) -> Lives {
    let units = units::all();
    let now = noon();
    let common = Common {
        seed,
        now,
        today: day_of(now),
        manager: key("account", "manager"),
        authority: key("account", "authority"),
        units: &units,
    };
    let mut written = Lives::default();
    for car in &fleet::cars(seed, count, &units) {
        tell(&common, car, &mut written);
    }
    written
}

#[test]
fn the_same_seed_tells_the_same_lives_and_each_key_is_one_thing() {
    let (one, other) = (told(3, 60), told(3, 60));
    assert_eq!(
        (&one.costs, &one.policies, &one.repairs, &one.uses),
        (&other.costs, &other.policies, &other.repairs, &other.uses)
    );
    assert_ne!(told(4, 60).costs, one.costs);
    for rows in [
        &one.costs,
        &one.uses,
        &one.cards,
        &one.policies,
        &one.inspections,
        &one.repairs,
        &one.quotes,
        &one.upkeep,
        &one.markings,
    ] {
        let keys: HashSet<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
        assert_eq!(keys.len(), rows.len());
    }
}

#[test]
fn every_car_is_registered_insured_and_inspected_today_and_some_of_it_ends_soon() {
    let written = told(1, 300);
    assert_eq!((written.registrations.len(), written.cars.len()), (300, 300));
    let today = day_of(noon());
    let last = |row: &Value| row["valid_until"].as_str().unwrap().parse::<NaiveDate>().unwrap();
    let holding: Vec<_> = written.inspections.iter().filter(|row| last(row) >= today).collect();
    assert!(holding.iter().map(|row| row["vehicle_id"].as_str().unwrap()).collect::<HashSet<_>>().len() == 300, "none is over");
    let soon = holding.iter().filter(|row| last(row) < today + TimeDelta::days(60)).count();
    assert!((3..=120).contains(&soon), "{soon} inspections end within sixty days");
    for state in ["proposed", "quoted", "approved", "in_shop", "accepted", "settled"] {
        assert!(written.repairs.iter().any(|repair| repair["state"] == state), "{state}");
    }
    assert!(written.uses.iter().any(|used| used["refused"] != json!([])), "a card was tried with another car");
}

#[tokio::test]
async fn the_lives_of_a_fleet_keep_every_rule_of_the_store_and_a_second_start_adds_nothing() {
    let database = fleet_db::testing::database().await;
    let (units, now) = (units::all(), noon());
    let cars = fleet::cars(1, 200, &units);
    fleet_store::put(&database.pool, &units, &cars, now).await.unwrap();
    write(&database.pool, (1, &units), &cars, now, |_| ()).await.unwrap();
    let count = async || {
        number(
            &database.pool,
            "select (select count(*) from vehicle_cost) + (select count(*) from lifecycle_step) + (select count(*) from repair_order)
                    + (select count(*) from trip) + (select count(*) from vehicle_registration)",
        )
        .await
        .unwrap()
    };
    let before = count().await;
    write(&database.pool, (1, &units), &cars, now, |_| ()).await.unwrap();
    assert_eq!(count().await, before);
    let found = async |statement| number(&database.pool, statement).await.unwrap();
    for (what, least, most) in [
        ("select count(*) from vehicle_registration", 200, 200),
        ("select count(*) from lifecycle_paper where paper = 'purchase'", 1, 2),
        ("select count(*) from lifecycle_paper where paper = 'disposal'", 1, 3),
        ("select count(*) from establishment where authorised > 0", 50, 1_000),
        ("select count(*) from repair_order where state = 'in_shop'", 1, 20),
        ("select count(*) from vehicle_cost where source = 'repair'", 200, 2_000),
        ("select count(*) from card_use where cost_id is not null", 200, 2_000),
    ] {
        let found = found(what).await;
        assert!((least..=most).contains(&found), "{found}: {what}");
    }
}
