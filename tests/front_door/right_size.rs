//! `motorpool right-size` from outside: trips and fleets in, what each fleet would have done with them out.

use std::fs;
use std::process::{Command, Output};

use serde_json::{Value, json};

fn right_size(body: &str) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("year.json");
    fs::write(&file, body).unwrap();
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_motorpool")).arg("right-size").arg(file).output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

fn car(id: &str) -> Value {
    json!({ "id": id, "category": "other", "seats": 5, "base": { "lon": 120.1, "lat": 30.2 } })
}

fn trip(id: &str, begins: u8, ends: u8) -> Value {
    json!({
        "id": id, "category": "other", "seats": 5, "from": { "lon": 120.1, "lat": 30.2 }, "distance_m": 20_000,
        "begins_at": format!("2026-03-02T{begins:02}:00:00+08:00"), "ends_at": format!("2026-03-02T{ends:02}:00:00+08:00"),
    })
}

#[test]
fn a_fleet_of_two_hires_what_a_fleet_of_three_drives() {
    let body = json!({
        "trips": [trip("a", 9, 11), trip("b", 9, 12), trip("c", 10, 12), trip("d", 14, 15)],
        "fleets": [
            { "name": "three", "cars": [car("1"), car("2"), car("3")] },
            { "name": "two", "cars": [car("1"), car("2")] },
        ],
    });
    let (status, out, _) = right_size(&body.to_string());
    let told: Value = serde_json::from_str(&out).unwrap();
    let of = |at: usize, name: &str| told["fleets"][at][name].as_i64().unwrap();
    assert_eq!((status, of(0, "served"), of(0, "rented"), of(1, "served"), of(1, "rented")), (Some(0), 4, 0, 3, 1), "{out}");
    assert_eq!(of(1, "rental_fen"), 20_000 + 20 * 200);
    assert_eq!(of(1, "cost_fen"), of(1, "fixed_fen") + of(1, "driven_fen") + of(1, "rental_fen"));
    assert_eq!(told["fleets"][1]["short"][0], json!({ "id": "c", "why": "all_busy", "rented": true }));
}

#[test]
fn what_is_wrong_is_said_with_a_code_and_where_it_stands() {
    let backwards = json!({ "trips": [trip("a", 11, 9)], "fleets": [] }).to_string();
    for (body, said) in [("{", "line 1"), (backwards.as_str(), "trip a"), (r#"{"trips":[],"fleets":[],"wheels":4}"#, "wheels")] {
        let (status, out, err) = right_size(body);
        assert_eq!((status, out.as_str()), (Some(1), ""));
        assert!(err.contains("right_size.file") && err.contains(said), "{err}");
    }
}
