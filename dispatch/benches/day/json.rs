//! A problem as JSON, for whoever wants to give it to the command line or to another planner.

use chrono::{DateTime, SecondsFormat, Utc};
use dispatch::plan::problem::{Problem, Shared, Window};
use dispatch::plan::travel::Travel;
use serde_json::{Value, json};
use telematics::place::LonLat;

pub(crate) fn of(problem: &Problem) -> String {
    let place = |at: usize| problem.places.get(at).map(|place| place.id.clone());
    let travel = match &problem.travel {
        Travel::StraightLine(line) => json!({
            "kind": "straight_line",
            "detour": line.detour,
            "speeds_kmh": line.speeds.iter().map(|(up_to, kmh)| json!([up_to.is_finite().then_some(up_to), kmh])).collect::<Vec<_>>(),
        }),
        Travel::Matrix(_) => Value::Null,
    };
    let vehicles: Vec<Value> = problem
        .vehicles
        .iter()
        .map(|car| {
            let shared = match &car.shared_with {
                Shared::WithAll => vec!["*".to_owned()],
                Shared::With(units) => units.clone(),
            };
            json!({
                "id": car.id, "unit": car.unit, "category": car.category, "seats": car.seats,
                "powertrain": if car.is_new_energy { "electric" } else { "petrol" }, "yard": place(car.yard), "at": place(car.at),
                "available": car.available.iter().map(window).collect::<Vec<_>>(), "range_m": car.range_m,
                "cost_per_km_fen": car.per_km.fen(), "fixed_fen": car.fixed.fen(), "shared_with": shared, "tags": car.tags,
            })
        })
        .collect();
    let requests: Vec<Value> = problem
        .requests
        .iter()
        .map(|asked| {
            json!({
                "id": asked.id, "unit": asked.unit, "from": place(asked.from), "to": place(asked.to),
                "pick_up": { "earliest": time(asked.pick_up.from), "latest": time(asked.pick_up.to) },
                "service_s": asked.service_s, "service_m": asked.service_m, "round_trip": asked.is_round_trip,
                "passengers": asked.passengers, "categories": asked.categories, "tags": asked.tags,
                "priority": if asked.is_emergency { "emergency" } else { "normal" }, "poolable": asked.is_poolable,
                "unserved_fen": asked.unserved.fen(),
            })
        })
        .collect();
    let rules = &problem.rules;
    let all = json!({
        "now": time(problem.now), "horizon": window(&problem.horizon),
        "places": problem.places.iter().map(|place| json!({
            "id": place.id, "lat": place.at.map(LonLat::lat), "lon": place.at.map(LonLat::lon),
        })).collect::<Vec<_>>(),
        "travel": travel, "vehicles": vehicles, "requests": requests,
        "rules": {
            "nev_preference_fen": rules.nev_preference.fen(), "cross_unit_fen": rules.cross_unit.fen(),
            "reserve_range_m": rules.reserve_range_m,
        },
    });
    all.to_string()
}

fn window(window: &Window) -> Value {
    json!({ "from": time(window.from), "to": time(window.to) })
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
