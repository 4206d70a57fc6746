//! Cards, the ledger of costs, and figures of cars over the API: one card one car, limits, closed years, records that wait, and figures that
//! are their lists and the units below.

use std::collections::BTreeSet;

use chrono::Duration;
use dispatch::account::Role;
use dispatch::running::figure::VehicleFigure;
use fleet_db::testing::fleet::{execute, number};
use serde_json::{Value, json};

use crate::harness::{CITY, Client, EAST, WEST, add_car};
use crate::running_cars::{card, charge, cost, id, made, refused, tolls, wrong};
use crate::trips::{West, west, with};

/// A card of the first car of the west side.
async fn carded(west: &West) -> (Client, String) {
    let manager = west.world.sign_in("manager").await;
    let kept = id(&made(&manager.post("/cards", &card(&west.cars[0].id.to_string(), "9001")).await));
    (manager, kept)
}

fn why(entered: &Value) -> Vec<&str> {
    entered["entered"]["refused"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect()
}

fn figure(figures: &Value, name: &str) -> (i64, i64) {
    let found =
        figures["figures"].as_array().unwrap().iter().find(|one| one["figure"] == name).unwrap_or_else(|| panic!("{figures}"));
    (found["rows"].as_i64().unwrap(), found["amount"].as_i64().unwrap())
}

#[tokio::test]
async fn a_card_used_for_another_plate_is_refused_and_counted_and_costs_nothing() {
    let west = west().await;
    let (manager, kept) = carded(&west).await;
    let paid = made(&manager.post("/card-transactions", &charge("9001", "C1", "浙A00001", 2_000)).await);
    assert_eq!((paid["outcome"].as_str(), why(&paid)), (Some("entered"), vec![]), "{paid}");
    let other = made(&manager.post("/card-transactions", &charge("9001", "C2", "浙A00002", 2_000)).await);
    assert_eq!((other["outcome"].as_str(), why(&other)), (Some("refused"), vec!["other_plate"]), "{other}");
    let again = made(&manager.post("/card-transactions", &charge("9001", "C2", "浙A00001", 2_000)).await);
    assert_eq!(again["outcome"], "known", "the same number is told once");
    let cards = made(&manager.get("/cards").await);
    assert_eq!(
        (cards["items"][0]["refusals"].as_i64(), cards["items"][0]["spent_fen"].as_i64()),
        (Some(1), Some(2_000)),
        "{cards}"
    );
    let costs = made(&manager.get("/vehicle-costs").await);
    assert_eq!(costs["items"].as_array().unwrap().len(), 1, "what is refused is no cost: {costs}");
    assert_eq!((costs["items"][0]["carbon_g"].as_i64(), costs["items"][0]["quantity"].as_f64()), (Some(8_490), Some(16.0)));
    let figures = made(&manager.get("/vehicle-figures").await);
    assert_eq!(figure(&figures, "card_refusals"), (1, 1));
    let second = with(card(&west.cars[0].id.to_string(), "9002"), &json!({}));
    refused(&manager.post("/cards", &second).await, 409, "card.vehicle_taken");
    made(
        &manager
            .ask(axum::http::Method::PUT, &format!("/cards/{kept}"), Some(json!({ "state": "closed" }).to_string()), &[])
            .await,
    );
    made(&manager.post("/cards", &second).await);
    let gone = made(&manager.post("/card-transactions", &charge("9001", "C3", "浙A00001", 100)).await);
    assert_eq!(why(&gone), ["not_active"]);
}

#[tokio::test]
async fn limits_hold_at_once_by_day_and_by_month() {
    let west = west().await;
    let (manager, _) = carded(&west).await;
    let take = async |number: &str, fen: i64, changes: Value| {
        made(&manager.post("/card-transactions", &with(charge("9001", number, "", fen), &changes)).await)
    };
    assert_eq!(
        why(&take("L1", 30_001, json!({ "at": "2026-02-01T02:00:00Z" })).await),
        ["single_limit", "day_limit"],
        "300 yuan, by the register"
    );
    assert_eq!(why(&take("L2", 12_000, json!({})).await), Vec::<&str>::new());
    assert_eq!(why(&take("L3", 8_001, json!({})).await), ["day_limit"], "200 yuan a day, by the card");
    assert_eq!(why(&take("L4", 8_000, json!({})).await), Vec::<&str>::new(), "to the fen");
    for (number, day) in [("L5", "01"), ("L6", "01"), ("L7", "01"), ("L8", "01")] {
        let at = format!("2026-01-{day}T0{}:00:00Z", number.trim_start_matches('L'));
        assert_eq!(why(&take(number, 5_000, json!({ "at": at })).await), Vec::<&str>::new());
    }
    for number in 1..=4 {
        let at = format!("2026-01-1{number}T02:00:00Z");
        assert_eq!(why(&take(&format!("M{number}"), 20_000, json!({ "at": at })).await), Vec::<&str>::new());
    }
    assert_eq!(why(&take("M5", 1, json!({ "at": "2026-01-20T02:00:00Z" })).await), ["month_limit"], "1,000 yuan a month");
    assert_eq!(why(&take("M6", 100, json!({ "grade": "petrol_92", "at": "2026-02-02T02:00:00Z" })).await), ["grade"]);
    let top_up = json!({ "act": "top_up", "grade": null, "quantity": null });
    assert_eq!(why(&take("T1", 300_001, top_up.clone()).await), ["top_up_limit"]);
    let put = take("T2", 300_000, top_up).await;
    assert_eq!(
        (put["outcome"].as_str(), put["entered"]["cost_id"].is_null()),
        (Some("entered"), true),
        "money on a card is no cost"
    );
}

#[tokio::test]
async fn a_table_of_a_card_is_read_row_by_row_and_the_bad_rows_come_back_with_reasons() {
    let west = west().await;
    let (manager, _) = carded(&west).await;
    let table = "流水号,卡号,类型,车牌,交易时间,品种,数量,金额,站点\n\
                 K1,9001,消费,浙A00001,2026-03-01 09:30,电,10,12.34,文一路\n\
                 K2,9001,消费,浙A00002,2026-03-01 10:30,电,10,12,文一路\n\
                 K3,7777,消费,浙A00001,2026-03-01 10:30,电,10,12,文一路\n\
                 K4,9001,消费,浙A00001,2026-13-01,电,10,12,文一路\n\
                 K5,9001,消费,浙A00001,2026-03-01,煤,10,0,文一路\n";
    let brought = made(&manager.upload("/card-transactions/import?file=x.csv", table.as_bytes().to_vec()).await);
    let counts = ["rows", "entered", "refused", "waiting", "known", "bad"].map(|name| brought[name].as_u64().unwrap());
    assert_eq!(counts, [5, 1, 1, 1, 0, 2], "{brought}");
    let errors: Vec<(u64, &str)> = brought["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["row"].as_u64().unwrap(), one["code"].as_str().unwrap()))
        .collect();
    assert_eq!(errors, [(5, "running.time"), (6, "running.amount"), (6, "card.grade")]);
    let again = made(&manager.upload("/card-transactions/import?file=x.csv", table.as_bytes().to_vec()).await);
    assert_eq!(
        (again["entered"].as_u64(), again["known"].as_u64()),
        (Some(0), Some(3)),
        "a file sent twice is entered once: {again}"
    );
    let missing = manager.upload("/card-transactions/import", "卡号,金额\n1,2\n".as_bytes().to_vec()).await;
    refused(&missing, 422, "import.column_missing");
}

#[tokio::test]
async fn a_record_that_cannot_be_linked_waits_until_somebody_links_it() {
    let west = west().await;
    let manager = west.world.sign_in("manager").await;
    let path = format!("/vehicle-costs/import?file=tolls.csv&unit_id={}", WEST.0);
    let brought = made(&manager.upload(&path, tolls("浙A99999")).await);
    assert_eq!((brought["entered"].as_u64(), brought["waiting"].as_u64()), (Some(0), Some(2)), "{brought}");
    let waits = made(&west.leader.get("/cost-exceptions?open=true").await);
    let of = |why: &str| {
        let found = waits["items"].as_array().unwrap().iter().find(|one| one["why"] == why).unwrap_or_else(|| panic!("{waits}"));
        id(found)
    };
    let (unknown, none) = (of("unknown_plate"), of("no_plate"));
    assert_eq!(figure(&made(&manager.get("/vehicle-figures").await), "toll"), (0, 0), "what waits is no cost yet");
    let car = west.cars[0].id.to_string();
    let link = |vehicle: &str| json!({ "vehicle_id": vehicle });
    refused(&west.dispatcher.post(&format!("/cost-exceptions/{unknown}/link"), &link(&car)).await, 403, "auth.forbidden");
    let linked = made(&manager.post(&format!("/cost-exceptions/{unknown}/link"), &link(&car)).await);
    assert_eq!(linked["resolved_by"], "manager");
    refused(&manager.post(&format!("/cost-exceptions/{unknown}/link"), &link(&car)).await, 409, "cost.repeated");
    wrong(
        &manager.post(&format!("/cost-exceptions/{none}/dismissal"), &json!({ "reason": " " })).await,
        "reason",
        "running.text",
    );
    made(&manager.post(&format!("/cost-exceptions/{none}/dismissal"), &json!({ "reason": "非本单位车辆" })).await);
    refused(&manager.post(&format!("/cost-exceptions/{none}/dismissal"), &json!({ "reason": "x" })).await, 409, "cost.exception");
    assert_eq!(made(&manager.get("/cost-exceptions?open=true").await)["items"], json!([]));
    assert_eq!(figure(&made(&manager.get("/vehicle-figures").await), "toll"), (1, 3_550));
    let again = made(&manager.upload(&path, tolls("浙A99999")).await);
    assert_eq!((again["known"].as_u64(), again["waiting"].as_u64()), (Some(2), Some(0)), "the same file brings nothing new");
}

#[tokio::test]
async fn what_was_paid_on_a_trip_is_linked_with_it_and_entered_once() {
    let west = west().await;
    let (manager, _) = carded(&west).await;
    let order = crate::trip_after::settled(&west, &manager, json!({})).await;
    let toll = tolls("浙A00001");
    let toll = String::from_utf8(toll).unwrap().replace("2026-03-01 09:30", "2026-03-02 10:30");
    made(&manager.upload("/vehicle-costs/import?file=x.csv", toll.into_bytes()).await);
    let costs = made(&manager.get("/vehicle-costs?head=toll").await);
    assert_eq!(costs["items"][0]["order_id"], order.as_str(), "the trip that had the car then: {costs}");
    let pool = &west.world.db.pool;
    // The journal of the trip, as the driver wrote it: a toll, a charge that the card paid too, and a meal.
    execute(pool, "alter table trip_expense disable trigger user").await.unwrap();
    execute(
        pool,
        "insert into trip_expense (id, order_id, kind, amount_fen, occurred_at, place, energy_kwh, reason, entered_by, entered_at)
         select gen_random_uuid(), o.id, e.kind, e.fen, '2026-03-02T03:00:00Z', '', case when e.kind = 'charge' then 16 end, '', a.id, now()
         from dispatch_order o, account a, (values ('toll', 1500), ('charge', 2000), ('meal', 3000)) e (kind, fen)
         where a.login = 'driver'",
    )
    .await
    .unwrap();
    let paid = made(&manager.post("/card-transactions", &charge("9001", "C1", "浙A00001", 2_000)).await);
    assert_eq!(paid["outcome"], "entered");
    let now = west.world.now();
    assert_eq!(
        web::enter_expenses(pool, now).await.unwrap(),
        1,
        "the charge is there by the card, and a meal is no cost of the car"
    );
    assert_eq!(web::enter_expenses(pool, now + Duration::minutes(5)).await.unwrap(), 0);
    let of_order = made(&manager.get(&format!("/vehicle-costs?order_id={order}")).await);
    let mut found: Vec<(&str, i64)> = of_order["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["source"].as_str().unwrap(), one["amount_fen"].as_i64().unwrap()))
        .collect();
    found.sort_unstable();
    assert_eq!(found, [("card", 2_000), ("expense", 1_500), ("feed", 3_550)], "{of_order}");
}

#[tokio::test]
async fn a_closed_year_does_not_move_when_prices_and_factors_change() {
    let west = west().await;
    let manager = west.world.sign_in("manager").await;
    west.world.open_account("authority", Role::Authority, WEST).await;
    let authority = west.world.sign_in("authority").await;
    let car = west.cars[0].id.to_string();
    let taken = with(cost(&car, "charge", 2_000, "2025-12-30"), &json!({ "quantity": 16.0 }));
    let wrongly = id(&made(&manager.post("/vehicle-costs", &taken).await));
    made(&manager.post("/vehicle-costs", &cost(&car, "purchase", 18_000_000, "2025-06-01")).await);
    let close = json!({ "unit_id": WEST.0, "year": 2025 });
    refused(&west.dispatcher.post("/closed-years", &close).await, 403, "auth.forbidden");
    wrong(&authority.post("/closed-years", &with(close.clone(), &json!({ "year": 2026 }))).await, "year", "cost.year");
    let before = made(&manager.get("/vehicle-figures?from=2025-01-01&to=2025-12-31").await);
    made(&authority.post("/closed-years", &close).await);
    let pool = &west.world.db.pool;
    // Another factor for the same days, known from now on; and prices that go up.
    execute(
        pool,
        "insert into rule_version (id, rule_key, from_on, value, source, recorded_at)
         values (gen_random_uuid(), 'grid_factor', '2025-01-01', '[{\"region\": \"nation\", \"factor\": 1.5}]', '测试', '2026-03-02T04:00:00Z'),
                (gen_random_uuid(), 'fuel_factor', '2025-01-01', '[{\"energy\": \"petrol\", \"factor\": 4.5}]', '测试', '2026-03-02T04:00:00Z')",
    )
    .await
    .unwrap();
    refused(&manager.post("/vehicle-costs", &taken).await, 409, "cost.year_closed");
    let late = tolls("浙A00001");
    let late = String::from_utf8(late).unwrap().replace("2026-03-01", "2025-11-01");
    let brought = made(&manager.upload("/vehicle-costs/import?file=late.csv", late.into_bytes()).await);
    assert_eq!(
        (brought["entered"].as_u64(), brought["waiting"].as_u64()),
        (Some(0), Some(2)),
        "a bill that comes late waits: {brought}"
    );
    let back = made(&manager.post(&format!("/vehicle-costs/{wrongly}/reversal"), &json!({ "reason": "记错车" })).await);
    assert_eq!(
        (back["occurred_on"].as_str(), back["amount_fen"].as_i64()),
        (Some("2026-03-02"), Some(-2_000)),
        "put right in an open year"
    );
    refused(&manager.post(&format!("/vehicle-costs/{wrongly}/reversal"), &json!({ "reason": "x" })).await, 409, "cost.reversed");
    let after = made(&manager.get("/vehicle-figures?from=2025-01-01&to=2025-12-31").await);
    for name in ["carbon", "charge", "running", "ownership", "purchase", "energy_taken"] {
        assert_eq!(figure(&after, name), figure(&before, name), "{name} of the closed year");
    }
    assert_eq!(figure(&after, "carbon"), (1, 8_586), "16 kWh by the factor of 2024-12-20");
    let open = with(taken.clone(), &json!({ "occurred_on": "2026-01-05" }));
    assert_eq!(made(&manager.post("/vehicle-costs", &open).await)["carbon_g"], 24_000, "an open year takes the new factor");
    let tampered = execute(pool, "update vehicle_cost set amount_fen = 1").await;
    assert!(tampered.is_err(), "nothing that was entered is changed, whoever writes");
    assert_eq!(number(pool, "select count(*) from vehicle_cost where occurred_on < '2026-01-01'").await.unwrap(), 2);
}

/// Everything behind a figure, a row at a time: how many there are, and what they come to.
async fn list(client: &Client, figure: &str, query: &str) -> (i64, i64) {
    let (mut seen, mut amount, mut after) = (BTreeSet::new(), 0, String::new());
    loop {
        let page = made(&client.get(&format!("/vehicle-figures/{figure}?limit=2{query}{after}")).await);
        for row in page["items"].as_array().unwrap() {
            assert!(seen.insert(row["id"].as_str().unwrap().to_owned()), "a row comes once: {row}");
            amount += row["amount"].as_i64().unwrap();
        }
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    (i64::try_from(seen.len()).unwrap(), amount)
}

/// A year of cars of the city, the west and the east side, with fuel and new energy.
async fn year(west: &West, manager: &Client) {
    let pool = &west.world.db.pool;
    let (city, east) = (add_car(pool, CITY, "浙A00008", None).await, add_car(pool, EAST, "浙A00009", None).await);
    execute(pool, "update vehicle set powertrain = 'petrol' where plate = '浙A00009'").await.unwrap();
    execute(pool, "update vehicle set powertrain = 'hybrid' where plate = '浙A00008'").await.unwrap();
    execute(pool, "update vehicle set created_at = '2026-02-01'").await.unwrap();
    for (car, head, fen, changes) in [
        (west.cars[0], "charge", 2_000, json!({ "quantity": 16.0 })),
        (west.cars[0], "toll", 300, json!({})),
        (west.cars[0], "fine", 20_000, json!({})),
        (west.cars[1], "purchase", 18_000_000, json!({})),
        (west.cars[1], "purchase_tax", 1_592_900, json!({})),
        (city, "purchase", 15_000_000, json!({})),
        (city, "fuel", 60_000, json!({ "quantity": 80.0 })),
        (east, "fuel", 30_000, json!({ "quantity": 39.95 })),
        (east, "insurance", 95_000, json!({})),
        (east, "proceeds", 3_000_000, json!({})),
    ] {
        made(&manager.post("/vehicle-costs", &with(cost(&car.id.to_string(), head, fen, "2026-02-10"), &changes)).await);
    }
    execute(
        pool,
        "insert into trip (id, vehicle_no, started_at, ended_at, origin, destination, distance_m, max_speed_dkmh, stops)
         select gen_random_uuid(), v.no, '2026-02-12T02:00:00Z', '2026-02-12T05:00:00Z', 'srid=4326;point(120 30)', 'srid=4326;point(120 30)',
                case v.plate when '浙A00009' then 351577 else 100000 end, 800, 0
         from vehicle v",
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn every_figure_is_its_list_and_the_sum_of_the_units_below() {
    let west = west().await;
    let manager = west.world.sign_in("manager").await;
    year(&west, &manager).await;
    let _order = crate::trip_after::settled(&west, &manager, json!({})).await;
    for counting in ["law", "plan"] {
        let query = format!("&from=2026-02-01&to=2026-03-02&counting={counting}");
        let whole = made(&manager.get(&format!("/vehicle-figures?{query}")).await);
        for one in VehicleFigure::ALL {
            let (name, own) = (one.as_str(), figure(&whole, one.as_str()));
            assert_eq!(list(&manager, name, &query).await, own, "{name} opens its list");
            let below = whole["units"].as_array().unwrap().iter().map(|unit| figure(unit, name));
            assert_eq!(below.fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1)), own, "{name} is the units below");
            let halves = [&whole["nev_cars"], &whole["fuel_cars"]].map(|half| figure(half, name));
            assert_eq!((halves[0].0 + halves[1].0, halves[0].1 + halves[1].1), own, "{name} is new energy and fuel");
        }
    }
}

#[tokio::test]
async fn a_life_costs_the_car_too_and_hybrids_count_where_the_plan_says_so() {
    let west = west().await;
    let manager = west.world.sign_in("manager").await;
    year(&west, &manager).await;
    let query = "from=2026-02-01&to=2026-02-28";
    let whole = made(&manager.get(&format!("/vehicle-figures?{query}")).await);
    assert_eq!(figure(&whole, "running").1, 2_000 + 300 + 60_000 + 30_000 + 95_000, "neither fines nor cars");
    assert_eq!(figure(&whole, "fine"), (1, 20_000), "shown, and not charged");
    assert_eq!(figure(&whole, "ownership").1, 187_300 + 18_000_000 + 1_592_900 + 15_000_000 - 3_000_000);
    assert_eq!((whole["shares"]["nev_stock_pct"].as_f64(), whole["shares"]["nev_flow_pct"].as_f64()), (Some(50.0), Some(50.0)));
    let by_plan = made(&manager.get(&format!("/vehicle-figures?{query}&counting=plan")).await);
    assert_eq!(
        (by_plan["shares"]["nev_stock_pct"].as_f64(), by_plan["shares"]["nev_flow_pct"].as_f64()),
        (Some(75.0), Some(100.0))
    );
    let car = made(&manager.get("/vehicles?q=%E6%B5%99A00009").await)["items"][0]["id"].as_str().unwrap().to_owned();
    let one = made(&manager.get(&format!("/vehicle-figures?{query}&vehicle_id={car}")).await);
    assert_eq!(one["shares"]["l_per_100km"], 11.36, "39.95 litres over 351.577 km: {one}");
    assert_eq!(one["shares"]["fen_per_km"], 355.54, "125,000 fen over 351.577 km");
    assert_eq!((one["shares"]["days_used_pct"].as_f64(), one["shares"]["cars_used_pct"].as_f64()), (Some(3.57), Some(100.0)));
    assert_eq!(one["shares"]["ready_pct"], 100.0);
    let bad = manager.get("/vehicle-figures?counting=x").await;
    assert_eq!(bad.status, 400);
    assert_eq!(manager.get("/vehicle-figures?from=2026-03-02&to=2026-03-01").await.status, 400);
}
