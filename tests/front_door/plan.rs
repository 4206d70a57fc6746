//! `motorpool plan` from outside: a problem in, a plan with reasons out, and the proof of it; the public problems too.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

fn plan(arguments: &[&str], folder: &Path, input: &str) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_motorpool"));
    command.arg("plan").args(arguments).current_dir(folder);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

fn at(hour: usize, minute: usize) -> String {
    format!("2026-03-02T{hour:02}:{minute:02}:00+08:00")
}

/// Eight cars at two yards, a driver for each but one, and thirty requests through the day.
fn problem() -> Value {
    let place = |number: usize| {
        let step = f64::from(u32::try_from(number).unwrap());
        json!({ "id": format!("p{number}"), "lat": 30.2 + 0.013 * (step * 7.0 % 11.0), "lon": 120.1 + 0.017 * (step * 5.0 % 13.0) })
    };
    let vehicle = |number: usize| {
        json!({
            "id": format!("浙A0000{number}"), "unit": format!("u{}", number % 3), "category": "sedan", "seats": 5,
            "powertrain": if number.is_multiple_of(2) { "electric" } else { "petrol" }, "yard": format!("p{}", number % 2),
            "at": format!("p{}", number % 2), "available": [{ "from": at(7, 0), "to": at(19, 0) }],
            "range_m": if number.is_multiple_of(2) { json!(200_000) } else { Value::Null }, "cost_per_km_fen": 100, "fixed_fen": 8_000,
            "shared_with": ["*"], "tags": []
        })
    };
    let driver = |number: usize| json!({ "id": format!("d{number}"), "licence": "C1", "duty": [{ "from": at(7, 0), "to": at(18, 30) }], "at": "p0" });
    let request = |number: usize| {
        let (hour, minute) = (7 + number % 9, 15 * (number % 4));
        json!({
            "id": format!("r{number}"), "unit": format!("u{}", number % 3), "from": format!("p{}", 2 + number % 9),
            "to": format!("p{}", 2 + (number * 3) % 9), "pick_up": { "earliest": at(hour, minute), "latest": at(hour, minute + 14) },
            "service_s": 2_400, "service_m": 14_000, "round_trip": number.is_multiple_of(2), "passengers": 1 + number % 4,
            "categories": ["sedan"], "tags": [], "priority": "normal", "poolable": false, "unserved_fen": 200_000
        })
    };
    json!({
        "now": at(6, 0), "horizon": { "from": at(0, 0), "to": at(23, 0) },
        "places": (0..11).map(place).collect::<Vec<_>>(),
        "travel": { "kind": "straight_line", "detour": 1.3, "speeds_kmh": [[5000, 28], [20000, 45], [null, 75]] },
        "vehicles": (0..8).map(vehicle).collect::<Vec<_>>(), "drivers": (0..7).map(driver).collect::<Vec<_>>(),
        "requests": (0..30).map(request).collect::<Vec<_>>(), "fixed": [{ "request": "r3", "vehicle": "浙A00003" }],
        "rules": { "nev_preference_fen": 300, "cross_unit_fen": 500, "reserve_range_m": 30_000 }
    })
}

#[test]
fn a_day_is_planned_and_proved_and_what_is_changed_in_it_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let problem = problem().to_string();
    fs::write(folder.path().join("problem.json"), &problem).unwrap();
    let (status, said, progress) = plan(&["--rounds", "3000", "--seed", "7"], folder.path(), &problem);
    assert_eq!((status, progress.as_str()), (Some(0), ""), "quiet when piped");
    let found: Value = serde_json::from_str(&said).unwrap();
    let (cost, bound) = (found["totals"]["cost_fen"].as_i64().unwrap(), found["bound_fen"].as_i64().unwrap());
    assert!(0 < bound && bound <= cost && found["gap_pct"].as_f64().unwrap() >= 0.0, "{bound} {cost}");
    let kept = found["orders"].as_array().unwrap().iter().find(|order| order["request"] == json!(["r3"])).unwrap();
    assert_eq!((kept["vehicle"].as_str(), kept["reasons"][0]["code"].as_str()), (Some("浙A00003"), Some("promised")));
    assert!(kept["pick_up_at"].as_str().unwrap().ends_with("+08:00") && kept["driver"].is_string());

    // The same again from a file: but for the seconds it took, the same plan.
    let (_, again, _) = plan(&["problem.json", "--rounds", "3000", "--seed", "7"], folder.path(), "");
    let mut again: Value = serde_json::from_str(&again).unwrap();
    again["seconds"] = found["seconds"].clone();
    assert_eq!(again, found);

    fs::write(folder.path().join("plan.json"), &said).unwrap();
    let (status, proof, _) = plan(&["check", "problem.json", "plan.json"], folder.path(), "");
    assert_eq!(status, Some(0), "{proof}");
    let mut spoilt = found;
    let request = spoilt["orders"][0]["request"].clone();
    spoilt["orders"][0]["request"] = spoilt["orders"][1]["request"].clone();
    fs::write(folder.path().join("plan.json"), spoilt.to_string()).unwrap();
    let (status, proof, _) = plan(&["check", "problem.json", "plan.json"], folder.path(), "");
    let proof: Value = serde_json::from_str(&proof).unwrap();
    assert_eq!((status, proof["valid"].as_bool()), (Some(1), Some(false)));
    let breaches = proof["first"].as_array().unwrap();
    assert!(breaches.iter().any(|breach| breach["code"] == "not_once" && breach["request"] == request[0]), "{proof:#}");
}

#[test]
fn what_is_wrong_with_a_problem_is_told_with_its_path_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = problem();
    wrong["vehicles"][2]["yard"] = json!("nowhere");
    let (status, out, said) = plan(&["--time-limit", "1"], folder.path(), &wrong.to_string());
    assert_eq!((status, out.as_str()), (Some(1), ""));
    assert!(
        said.contains("vehicles[2].yard") && said.contains("code: plan.unknown_id") && said.contains("what to do:"),
        "{said}"
    );
    let (status, _, said) = plan(&["--time-limit", "soon"], folder.path(), "{}");
    assert!(status == Some(2) && said.contains("0.1 to 86400"), "{said}");
    fs::write(folder.path().join("problem.json"), problem().to_string()).unwrap();
    fs::write(folder.path().join("plan.json"), "[]").unwrap();
    let (status, _, said) = plan(&["check", "problem.json", "plan.json"], folder.path(), "");
    assert!(status == Some(1) && said.contains("code: plan.not_a_plan"), "{said}");
}

#[test]
fn a_public_problem_comes_out_as_routes_by_depot() {
    let folder = tempfile::tempdir().unwrap();
    let text = "2 3 1 1\n-1 -1 10 20 20\n-1 -1 20 10 20\n10 20 -1 -1 3\n20 10 -1 -1 100000000\n10 20 -1 -1 -1\n";
    let (status, said, _) = plan(&["--format", "mdvsp", "--time-limit", "0.3"], folder.path(), text);
    assert_eq!(status, Some(0));
    let found: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&found["cost"], &found["routes"]), (&json!(43), &json!([[[1, 3]], [[2]]])));
    assert!(found["bound"].as_i64().unwrap() <= 43);
    let (status, _, said) = plan(&["--format", "mdvsp"], folder.path(), "2 x");
    assert!(status == Some(1) && said.contains("code: plan.mdvsp_number"), "{said}");
}

/// A street of 2 km with a crossing in the middle, from which a street leads 1 km to the north; drawn as dispatch/src/road/tests.rs does.
const CROSSING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/roads/crossing.osm.pbf");

#[test]
fn ways_over_roads_are_worked_out_and_planner_and_judge_use_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, value: &Value| fs::write(folder.path().join(name), value.to_string()).unwrap();
    let mut day = problem();
    for (place, n) in day["places"].as_array_mut().unwrap().iter_mut().zip(0..) {
        // West, east and north of the crossing, in turn.
        let [lat, lon] = [[30.0, 120.0], [30.0, 120.020_768_9], [30.008_993_2, 120.010_384_5]][n % 3];
        (place["lat"], place["lon"]) = (json!(lat), json!(lon));
    }
    write("problem.json", &day);
    let (status, said, _) = plan(&["travel", "problem.json", "--roads", CROSSING], folder.path(), "");
    assert_eq!(status, Some(0), "{said}");
    let by_road: Value = serde_json::from_str(&said).unwrap();
    // 1 km at 60 × 0.8 km/h and 1 km at 22 km/h.
    assert_eq!((&by_road["travel"]["source"], &by_road["travel"]["seconds"][0][2]), (&json!("roads"), &json!(239)));
    write("by-road.json", &by_road);
    let (status, said, _) = plan(&["by-road.json", "--rounds", "300"], folder.path(), "");
    assert_eq!(status, Some(0), "{said}");
    let planned: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(planned["travel"], "roads");
    write("plan.json", &planned);
    let (status, proof, _) = plan(&["check", "by-road.json", "plan.json"], folder.path(), "");
    assert_eq!(status, Some(0), "{proof}");

    day["places"][1]["lat"] = json!(31.0);
    write("problem.json", &day);
    let (status, _, said) = plan(&["travel", "problem.json", "--roads", CROSSING], folder.path(), "");
    assert!(status == Some(1) && said.contains("code: road.away"), "{said}");
    let (status, _, said) = plan(&["travel", "problem.json", "--roads", "problem.json"], folder.path(), "");
    assert!(status == Some(1) && said.contains("code: road.file"), "{said}");
    let (status, _, said) = plan(&["travel", "problem.json", "--osrm", "http://127.0.0.1:9"], folder.path(), "");
    assert!(status == Some(1) && said.contains("code: osrm.connection"), "{said}");
}

#[test]
fn a_plan_is_made_whole_again_when_a_car_fails_and_the_judge_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, value: &Value| fs::write(folder.path().join(name), value.to_string()).unwrap();
    write("problem.json", &problem());
    let (_, said, _) = plan(&["problem.json", "--rounds", "3000"], folder.path(), "");
    let before: Value = serde_json::from_str(&said).unwrap();
    write("plan.json", &before);
    let failed = "浙A00003";
    let when = at(10, 0);
    let of_it = |order: &&Value| order["vehicle"] == failed && order["depart_at"].as_str() > Some(when.as_str());
    let orphans: Vec<&Value> =
        before["orders"].as_array().unwrap().iter().filter(of_it).map(|order| &order["request"][0]).collect();
    assert!(!orphans.is_empty(), "the car has something to do behind ten o'clock");
    let (status, said, _) =
        plan(&["repair", "problem.json", "plan.json", "--at", &when, "--car-fails", failed], folder.path(), "");
    assert_eq!(status, Some(0), "{said}");
    let after: Value = serde_json::from_str(&said).unwrap();
    write("now.json", &after["problem"]);
    write("whole.json", &after["plan"]);
    let (status, proof, _) = plan(&["check", "now.json", "whole.json"], folder.path(), "");
    assert_eq!(status, Some(0), "{proof}");
    let moved = after["moved"].as_array().unwrap();
    for orphan in &orphans {
        let told = moved.iter().find(|moved| moved["request"] == **orphan).unwrap();
        assert_eq!((told["from"].as_str(), told["why"].as_str()), (Some(failed), Some("car_failed")));
        assert_ne!(told["to"].as_str(), Some(failed));
    }
    assert!(moved.iter().filter(|moved| moved["why"] == "made_room").count() <= 3, "{moved:?}");

    // What is not there is named.
    let (status, _, said) =
        plan(&["repair", "problem.json", "plan.json", "--at", &when, "--cancelled", "r99"], folder.path(), "");
    assert!(status == Some(1) && said.contains("code: plan.unknown_id") && said.contains("r99"), "{said}");
    let (status, _, said) = plan(&["repair", "problem.json", "plan.json", "--at", &when], folder.path(), "");
    assert!(status == Some(2) && said.contains("--car-fails"), "{said}");
}
