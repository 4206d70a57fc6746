//! Problems in JSON: what is read, and what is wrong with what is not.

use serde_json::{Value, json};

use crate::plan::check::check;
use crate::plan::mdvsp;
use crate::plan::read::read;
use crate::plan::solve::solve;

fn problem() -> Value {
    json!({
        "now": "2026-03-02T06:00:00+08:00",
        "horizon": { "from": "2026-03-02T00:00:00+08:00", "to": "2026-03-03T00:00:00+08:00" },
        "places": [{ "id": "p1", "lat": 30.25, "lon": 120.15 }, { "id": "p2", "lat": 30.30, "lon": 120.20 }],
        "travel": { "kind": "straight_line", "detour": 1.3, "speeds_kmh": [[5000, 28], [20000, 45], [null, 75]] },
        "vehicles": [{ "id": "v1", "unit": "u1", "category": "sedan", "seats": 5, "powertrain": "electric", "yard": "p1", "at": "p1",
            "available": [{ "from": "2026-03-02T07:00:00+08:00", "to": "2026-03-02T19:00:00+08:00" }], "range_m": 230_000,
            "cost_per_km_fen": 80, "fixed_fen": 5000, "shared_with": ["*"], "tags": [] }],
        "requests": [{ "id": "r1", "unit": "u2", "from": "p1", "to": "p2",
            "pick_up": { "earliest": "2026-03-02T08:00:00+08:00", "latest": "2026-03-02T08:15:00+08:00" },
            "service_s": 3600, "service_m": 20_000, "round_trip": true, "passengers": 2, "categories": ["sedan"], "tags": [],
            "priority": "normal", "poolable": false, "unserved_fen": 200_000 }],
        "fixed": [{ "request": "r1", "vehicle": "v1" }],
        "rules": { "nev_preference_fen": 300, "cross_unit_fen": 500, "reserve_range_m": 30_000 }
    })
}

#[test]
fn a_small_day_is_planned_to_the_fen() {
    let problem = read(problem().to_string().as_bytes()).unwrap();
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    let plan = solve(&problem, 1, &mut |round| round as f64 / 100.0).unwrap();
    assert_eq!(check(&problem, &plan), []);
    // 5,000 for taking it out, 20 km at 80, and 500 for another unit's car.
    assert_eq!((plan.totals.cost_fen, plan.totals.vehicles_used, plan.totals.deadhead_m), (7_100, 1, 0));
    let order = &plan.orders[0];
    assert_eq!((order.pick_up_at.to_rfc3339().as_str(), order.distance_m), ("2026-03-02T08:00:00+08:00", 20_000));
    assert_eq!(order.reasons[0].code, "promised");
}

#[test]
fn whatever_is_wrong_is_told_with_its_code_and_its_path() {
    let cases: &[(&str, Value, &str, &str)] = &[
        ("/now", json!("yesterday"), "plan.wrong_type", "now"),
        ("/horizon/to", json!("2026-03-01T00:00:00+08:00"), "plan.ends_before_it_begins", "horizon"),
        ("/horizon/to", json!("2026-05-02T00:00:00+08:00"), "plan.horizon_too_long", "horizon"),
        ("/places/1/id", json!("p1"), "plan.twice", "places[1]"),
        ("/places/1/lat", json!(91), "place.out_of_range", "places[1]"),
        ("/travel/kind", json!("roads"), "plan.unknown_word", "travel.kind"),
        ("/travel/detour", json!(0.5), "plan.out_of_range", "travel.detour"),
        ("/travel/speeds_kmh/1/0", json!(1000), "plan.speed", "travel.speeds_kmh[1]"),
        ("/travel", json!({ "kind": "matrix", "metres": [[0, 1]], "seconds": [[0, 1]] }), "plan.not_square", "travel.metres"),
        ("/vehicles/0/seats", json!("five"), "plan.wrong_type", "vehicles[0].seats"),
        ("/vehicles/0/seats", json!(-1), "plan.out_of_range", "vehicles[0].seats"),
        ("/vehicles/0/yard", json!("p9"), "plan.unknown_id", "vehicles[0].yard"),
        ("/vehicles/0/powertrain", json!("steam"), "plan.unknown_word", "vehicles[0].powertrain"),
        ("/vehicles/0/available/0/from", json!(null), "plan.missing", "vehicles[0].available[0].from"),
        ("/vehicles/0/fixed_fen", json!(0.5), "plan.wrong_type", "vehicles[0].fixed_fen"),
        ("/requests/0/service_s", json!(0), "plan.out_of_range", "requests[0].service_s"),
        ("/requests/0/priority", json!("vip"), "plan.unknown_word", "requests[0].priority"),
        ("/requests/0/pick_up/latest", json!("2026-03-02T07:15:00+08:00"), "plan.ends_before_it_begins", "requests[0].pick_up"),
        ("/requests/0/tags", json!("escort"), "plan.wrong_type", "requests[0].tags"),
        ("/fixed/0/vehicle", json!("v7"), "plan.unknown_id", "fixed[0].vehicle"),
        ("/requests", json!({}), "plan.wrong_type", "requests"),
    ];
    for (pointer, value, code, path) in cases {
        let mut problem = problem();
        *problem.pointer_mut(pointer).unwrap() = value.clone();
        let error = read(problem.to_string().as_bytes()).unwrap_err();
        assert_eq!((error.code(), error.path.as_str()), (*code, *path), "{pointer}: {error}");
    }
    let error = read(b"{\"now\":").unwrap_err();
    assert_eq!((error.code(), error.path.as_str()), ("plan.not_json", "line 1 column 7"));
}

#[test]
fn a_promise_that_no_plan_can_keep_is_told() {
    let mut problem = problem();
    problem["requests"][0]["passengers"] = json!(5);
    let problem = read(problem.to_string().as_bytes()).unwrap();
    let error = solve(&problem, 1, &mut |_| 1.0).unwrap_err();
    assert_eq!((error.code(), error.path.as_str()), ("plan.promise_impossible", "fixed[0]"));
}

#[test]
fn who_stays_behind_hears_what_would_have_to_change() {
    let mut problem = problem();
    problem["fixed"] = json!([]);
    let said = |problem: &Value| {
        let problem = read(problem.to_string().as_bytes()).unwrap();
        let plan = solve(&problem, 1, &mut |_| 1.0).unwrap();
        plan.unserved[0].reasons.iter().map(|reason| (reason.code.clone(), reason.text_en.clone())).collect::<Vec<_>>()
    };
    let mut many = problem.clone();
    many["requests"][0]["passengers"] = json!(5);
    let reasons = said(&many);
    assert_eq!((reasons[0].0.as_str(), reasons[1].0.as_str()), ("no_car", "seats"));
    let mut far = problem.clone();
    far["requests"][0]["service_m"] = json!(201_000);
    assert!(said(&far)[1].1.contains("short of 1.0 km"), "{:?}", said(&far));
    let mut cheap = problem.clone();
    cheap["requests"][0]["unserved_fen"] = json!(7_099);
    assert_eq!(said(&cheap)[0].0, "not_worth_it");
    let mut twin = problem["requests"][0].clone();
    twin["id"] = json!("r2");
    twin["unserved_fen"] = json!(200_001);
    problem["requests"].as_array_mut().unwrap().push(twin);
    let reasons = said(&problem);
    assert_eq!((reasons[0].0.as_str(), reasons[1].0.as_str()), ("all_busy", "another_time"));
    assert!(reasons[1].1.contains("60 minutes"), "{reasons:?}");
}

#[test]
fn who_goes_the_same_way_rides_together_while_there_are_seats() {
    let mut problem = problem();
    problem["fixed"] = json!([]);
    problem["requests"][0]["poolable"] = json!(true);
    for (id, passengers) in [("r2", 2), ("r3", 1)] {
        let mut other = problem["requests"][0].clone();
        (other["id"], other["passengers"]) = (json!(id), json!(passengers));
        other["pick_up"]["latest"] = json!("2026-03-02T08:30:00+08:00");
        problem["requests"].as_array_mut().unwrap().push(other);
    }
    let problem = read(problem.to_string().as_bytes()).unwrap();
    let plan = solve(&problem, 1, &mut |_| 1.0).unwrap();
    assert_eq!(check(&problem, &plan), []);
    assert_eq!((plan.orders[0].request.clone(), plan.orders.len()), (vec!["r1".to_owned(), "r2".to_owned()], 1));
    assert!(plan.orders[0].reasons.iter().any(|reason| reason.code == "together"));
    // One way of 20 km for both, and another unit's car for each of them; the third has no seat and stays behind.
    assert_eq!((plan.totals.cost_fen, plan.unserved[0].request.as_str()), (5_000 + 1_600 + 1_000 + 200_000, "r3"));
}

#[test]
fn a_public_problem_is_read_planned_and_told_by_depot() {
    // Two depots with a car each, three trips; the third can follow the first alone.
    let text = "2 3 1 1\n-1 -1 10 20 20\n-1 -1 20 10 20\n10 20 -1 -1 3\n20 10 -1 -1 100000000\n10 20 -1 -1 -1\n";
    let problem = mdvsp::read(text).unwrap();
    let plan = solve(&problem, 1, &mut |_| 1.0).unwrap();
    let schedule = mdvsp::schedule(&problem, &plan);
    assert_eq!((schedule.cost, schedule.routes, schedule.unserved), (43, vec![vec![vec![1, 3]], vec![vec![2]]], vec![]));
    assert!(schedule.bound <= 43);
    assert_eq!(check(&problem, &plan), []);
    assert_eq!(mdvsp::read("2 x").unwrap_err().code(), "plan.mdvsp_number");
    let circle = "1 2 1\n-1 1 1\n1 -1 1\n1 1 -1\n";
    assert_eq!(mdvsp::read(circle).unwrap_err().code(), "plan.mdvsp_circle");
}
