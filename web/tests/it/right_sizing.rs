//! A fleet of another size for the trips that were driven: what would have been hired, and what it would have cost.

use dispatch::account::Role;
use fleet_db::testing::fleet::execute;
use serde_json::{Value, json};

use crate::harness::{CITY, Client, EAST, WEST, add_car};
use crate::trips::{DRIVERS, West, approved, issue, west};

/// Two trips of the same afternoon that were driven by the two cars of the west side.
async fn driven() -> West {
    let mut west = west().await;
    execute(&west.world.db.pool, "update vehicle set powertrain = 'petrol'").await.unwrap();
    execute(&west.world.db.pool, "update unit set place = st_setsrid(st_makepoint(120.13, 30.25), 4326)").await.unwrap();
    for (car, driver) in west.cars.into_iter().zip(DRIVERS) {
        let request = approved(&west, json!({})).await;
        assert_eq!(issue(&west.dispatcher, &request, car, driver).await.status, 201);
    }
    // The second driver has no account: the office tells his steps.
    execute(
        &west.world.db.pool,
        "update dispatch_order set state = 'settled', accepted_at = lower(taken), departed_at = lower(taken), returned_at = upper(taken),
                depart_odometer_m = 0, return_odometer_m = 40000, settled_at = upper(taken)",
    )
    .await
    .unwrap();
    west.world.pass(chrono::Duration::days(1));
    west.leader = west.world.sign_in("west.leader").await;
    west
}

async fn tried(client: &Client, body: Value) -> Value {
    let answer = client.post("/right-sizing", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[tokio::test]
async fn a_car_less_is_a_hired_trip_more_and_costs_what_the_register_says() {
    let west = driven().await;
    let fewer = json!([{ "category": "other", "seats": 5, "is_electric": false, "count": -1 }]);
    let told = tried(&west.leader, json!({ "from": "2026-03-02", "to": "2026-03-02", "changes": fewer })).await;
    let told_of = |run: &str| {
        let run = &told[run];
        [&run["cars"], &run["served"], &run["rented"], &run["refused"]].map(|number| number.as_u64().unwrap())
    };
    assert_eq!((told["trips"].as_u64(), told_of("before"), told_of("after")), (Some(2), [2, 2, 0, 0], [1, 1, 1, 0]), "{told}");
    let fen = |run: &str, item: &str| told[run][item].as_i64().unwrap();
    assert_eq!(fen("before", "fixed_fen"), 2 * 2_000_000 / 365);
    assert_eq!(fen("after", "cost_fen"), fen("after", "fixed_fen") + fen("after", "driven_fen") + fen("after", "rental_fen"));
    assert!(fen("after", "rental_fen") > 20_000, "a hired car costs by the trip and the kilometre: {told}");
    assert_eq!(told["after"]["short"][0]["why"], "all_busy");
    let strict =
        tried(&west.leader, json!({ "from": "2026-03-02", "to": "2026-03-02", "changes": fewer, "may_rent": false })).await;
    assert_eq!((strict["after"]["refused"].as_u64(), strict["after"]["months"][0]["refused"].as_u64()), (Some(1), Some(1)));
}

#[tokio::test]
async fn two_electric_cars_instead_are_counted_by_class() {
    let west = driven().await;
    let changes = json!([
        { "category": "other", "seats": 5, "is_electric": false, "count": -2 },
        { "category": "other", "seats": 5, "is_electric": true, "count": 2 },
    ]);
    let told = tried(&west.leader, json!({ "from": "2026-03-01", "to": "2026-03-31", "changes": changes })).await;
    let classes = told["after"]["classes"].as_array().unwrap();
    assert_eq!(
        (classes.len(), classes[0]["is_electric"].as_bool(), classes[0]["trips"].as_u64()),
        (1, Some(true), Some(2)),
        "{told}"
    );
    assert!(told["after"]["driven_fen"].as_i64() < told["before"]["driven_fen"].as_i64(), "a kilometre costs less");
}

#[tokio::test]
async fn other_prices_of_dispatch_are_tried_on_the_last_day_before_they_are_saved() {
    let west = west().await;
    let pool = &west.world.db.pool;
    execute(pool, "update unit set place = st_setsrid(st_makepoint(120.13, 30.25), 4326)").await.unwrap();
    execute(
        pool,
        "update unit set place = st_setsrid(st_makepoint(120.14, 30.25), 4326) where id = '00000000-0000-0000-0000-00000000000e'",
    )
    .await
    .unwrap();
    add_car(pool, EAST, "浙AD00003", None).await;
    execute(
        pool,
        "update vehicle set category = 'other', powertrain = case when plate = '浙AD00003' then 'electric' else 'petrol' end",
    )
    .await
    .unwrap();
    let request = approved(&west, json!({})).await;
    assert_eq!(issue(&west.dispatcher, &request, west.cars[0], DRIVERS[0]).await.status, 201);
    execute(
        pool,
        "update dispatch_order set state = 'settled', accepted_at = lower(taken), departed_at = lower(taken), returned_at = upper(taken),
                depart_odometer_m = 0, return_odometer_m = 40000, settled_at = upper(taken)",
    )
    .await
    .unwrap();
    let world = west.world;
    world.open_account("city.manager", Role::FleetManager, CITY).await;
    world.pass(chrono::Duration::days(1));
    let manager = world.sign_in("city.manager").await;
    let prices = |fuel: u32| {
        let rows =
            [("km", 100), ("fuel", fuel), ("other_unit", 500), ("spare_seat", 50), ("car_day", 2_000), ("unserved", 200_000)];
        let rows = rows.map(|(item, fen)| json!({ "item": item, "fen": fen }));
        json!({ "key": "dispatch_prices", "unit_id": CITY.0, "from": "2026-03-04", "value": rows })
    };
    let effect = manager.post("/rules/preview", &prices(3_000)).await;
    let plan = &effect.json()["plan"];
    let of = |run: &str| (plan[run]["nev_share_pct"].as_f64(), plan[run]["other_unit"].as_u64(), plan[run]["unserved"].as_u64());
    assert_eq!(
        (plan["day"].as_str(), plan["trips"].as_u64(), plan["otherwise"].as_u64()),
        (Some("2026-03-02"), Some(1), Some(1)),
        "{}",
        effect.text()
    );
    assert_eq!(of("before"), (Some(0.0), Some(0), Some(0)), "the own car with fuel");
    assert_eq!(of("after"), (Some(100.0), Some(1), Some(0)), "the electric one of the unit beside");
    let same = manager.post("/rules/preview", &prices(301)).await.json();
    assert_eq!(same["plan"]["otherwise"], 0, "a fen more moves nothing: {same}");
}

#[tokio::test]
async fn nonsense_is_refused_and_the_trips_of_others_are_not_there() {
    let west = driven().await;
    for (body, field, code) in [
        (json!({ "from": "2026-03-02", "to": "2026-03-01" }), "to", "right_size.window"),
        (json!({ "waits_min": 241 }), "waits_min", "right_size.waits"),
        (json!({ "range_km": 10 }), "range_km", "right_size.range"),
        (
            json!({ "changes": [{ "category": "other", "seats": 1, "is_electric": false, "count": 1 }] }),
            "changes",
            "right_size.changes",
        ),
        (
            json!({ "changes": [{ "category": "tank", "seats": 5, "is_electric": false, "count": 1 }] }),
            "changes",
            "vehicle.category",
        ),
    ] {
        let answer = west.leader.post("/right-sizing", &body).await;
        assert_eq!((answer.status.as_u16(), answer.json()["fields"][field].as_str()), (422, Some(code)), "{}", answer.text());
    }
    west.world.open_account("east.leader", Role::UnitLeader, EAST).await;
    let east = west.world.sign_in("east.leader").await;
    let told = tried(&east, json!({ "from": "2026-03-01", "to": "2026-03-31" })).await;
    assert_eq!((told["trips"].as_u64(), told["before"]["cars"].as_u64()), (Some(0), Some(0)));
    assert_eq!(east.post("/right-sizing", &json!({ "unit_id": WEST.0 })).await.status, 404);
}
