//! Figures of trips: every number opens its list, and the list comes to the number.

use std::collections::BTreeSet;

use chrono::Duration;
use dispatch::account::Role;
use dispatch::trip::figure::TripFigure;
use fleet_db::testing::fleet::execute;
use serde_json::{Value, json};

use crate::harness::{CITY, Client, EAST, WEST};
use crate::trip_after::settled;
use crate::trips::{ask, west};

/// Everything behind a figure, a row at a time: how many there are, and what they come to.
async fn list(client: &Client, figure: &str, query: &str) -> (i64, i64) {
    let (mut seen, mut amount, mut after) = (BTreeSet::new(), 0, String::new());
    loop {
        let page = client.get(&format!("/trip-figures/{figure}?limit=1{query}{after}")).await.json();
        for row in page["items"].as_array().unwrap() {
            assert!(seen.insert(row["id"].as_str().unwrap().to_owned()), "a row comes once: {row}");
            amount += row["amount"].as_i64().unwrap();
        }
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    (i64::try_from(seen.len()).unwrap(), amount)
}

fn figure(figures: &Value, name: &str) -> (i64, i64) {
    let found = figures["figures"].as_array().unwrap().iter().find(|one| one["figure"] == name).unwrap();
    (found["rows"].as_i64().unwrap(), found["amount"].as_i64().unwrap())
}

#[tokio::test]
async fn every_number_opens_its_list_and_the_list_comes_to_the_number() {
    let west = west().await;
    let manager = west.world.sign_in("manager").await;
    let order = settled(&west, &manager, json!({})).await;
    let stars = json!({ "attitude": 5, "appearance": 4, "driving": 5 });
    assert_eq!(west.applicant.post(&format!("/dispatch-orders/{order}/rating"), &stars).await.status, 201);
    ask(&west.applicant, json!({})).await;
    ask(&west.applicant, json!({ "begins_at": "2026-03-03T05:00:00Z", "ends_at": "2026-03-03T08:00:00Z" })).await;
    // Two trips of the first car on two days, one of the second; and one before the month.
    execute(
        &west.world.db.pool,
        "insert into trip (id, vehicle_no, started_at, origin, destination, distance_m, max_speed_dkmh, stops)
         select gen_random_uuid(), v.no, t.at, 'srid=4326;point(120 30)', 'srid=4326;point(120 30)', 10500, 0, 0
         from vehicle v
         join (values ('浙A00001', timestamptz '2026-03-01T02:00:00Z'), ('浙A00001', '2026-03-02T02:00:00Z'),
                      ('浙A00002', '2026-03-02T03:00:00Z'), ('浙A00002', '2026-02-27T03:00:00Z')) t (plate, at) on t.plate = v.plate",
    )
    .await
    .unwrap();
    west.world.pass(Duration::minutes(1));

    let query = "&from=2026-03-01&to=2026-03-02";
    let figures = west.leader.get(&format!("/trip-figures?{query}")).await;
    assert_eq!(figures.status, 200, "{}", figures.text());
    let figures = figures.json();
    for name in TripFigure::ALL.map(TripFigure::as_str) {
        assert_eq!(list(&west.leader, name, query).await, figure(&figures, name), "{name}");
    }
    assert_eq!((figures["days"].as_i64(), figures["workdays"].as_i64(), figures["cars"].as_i64()), (Some(2), Some(1), Some(2)));
    assert_eq!(figure(&figures, "requests"), (3, 3));
    assert_eq!(figure(&figures, "orders"), (1, 1));
    assert_eq!(figure(&figures, "used_cars"), (2, 3), "two cars, three days");
    assert_eq!(figure(&figures, "trips"), (3, 31_500));
    assert_eq!(figure(&figures, "settled"), (1, 4235));
    let shares = &figures["shares"];
    assert_eq!((shares["days_used_pct"].as_f64(), shares["cars_used_pct"].as_f64()), (Some(75.0), Some(100.0)));
    assert_eq!((shares["pleased_pct"].as_f64(), shares["km_per_workday"].as_f64()), (Some(100.0), Some(31.5)));
}

#[tokio::test]
async fn the_figures_of_a_unit_are_the_sum_of_those_below_and_nothing_of_the_unit_beside() {
    let west = west().await;
    ask(&west.applicant, json!({})).await;
    west.world.open_account("east.applicant", Role::Applicant, EAST).await;
    west.world.open_account("city.authority", Role::Authority, CITY).await;
    let east = west.world.sign_in("east.applicant").await;
    for _ in 0..2 {
        ask(&east, json!({ "unit_id": EAST.0 })).await;
    }
    let city = west.world.sign_in("city.authority").await;
    let mut rows = Vec::new();
    for unit in [CITY, WEST, EAST] {
        let figures = city.get(&format!("/trip-figures?unit_id={}", unit.0)).await.json();
        rows.push(figure(&figures, "requests").0);
    }
    assert_eq!(rows, [3, 1, 2]);
    let own = west.leader.get("/trip-figures").await.json();
    assert_eq!(figure(&own, "requests"), (1, 1));
    let forced = west.leader.get(&format!("/trip-figures?unit_id={}", EAST.0)).await;
    assert_eq!(forced.status, 403, "{}", forced.text());
}

#[tokio::test]
async fn what_is_no_figure_and_no_span_is_said() {
    let west = west().await;
    let unknown = west.leader.get("/trip-figures/speed").await;
    assert_eq!((unknown.status.as_u16(), unknown.json()["fields"]["figure"].as_str()), (422, Some("trip.figure")));
    for span in ["from=2026-03-02&to=2026-03-01", "from=2024-01-01&to=2026-03-01", "from=0001-01-01&to=0001-02-01"] {
        let answer = west.leader.get(&format!("/trip-figures?{span}")).await;
        assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (400, Some("request.query")), "{span}");
    }
    assert_eq!(west.applicant.get("/trip-figures").await.status, 403);
}
