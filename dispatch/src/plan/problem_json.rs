//! A problem as JSON, as [`read`](crate::plan::read::read) takes it: for the command line, and for other planners.

use chrono::{DateTime, FixedOffset, SecondsFormat, Utc};
use serde_json::{Map, Value, json};
use telematics::place::LonLat;

use super::problem::{Driver, Problem, Request, Rules, Shared, Vehicle, Window};
use super::travel::{Travel, TravelTime as _};

/// The problem with times in its own offset.
pub fn of(problem: &Problem) -> Value {
    let writer = Writer { problem };
    let mut all = Map::new();
    let mut put = |name: &str, value: Value| _ = all.insert(name.to_owned(), value);
    put("now", writer.time(problem.now));
    put("horizon", writer.window(&problem.horizon));
    put("places", problem.places.iter().map(|place| place_of(&place.id, place.at)).collect());
    put("travel", writer.travel());
    put("vehicles", problem.vehicles.iter().map(|vehicle| writer.vehicle(vehicle)).collect());
    if let Some(drivers) = &problem.drivers {
        put("drivers", drivers.iter().map(|driver| writer.driver(driver)).collect());
    }
    put("requests", problem.requests.iter().map(|request| writer.request(request)).collect());
    let promises = problem.promises.iter().filter_map(|promise| {
        let (request, vehicle) = (problem.requests.get(promise.request)?, problem.vehicles.get(promise.vehicle)?);
        Some(json!({ "request": request.id, "vehicle": vehicle.id }))
    });
    put("fixed", promises.collect());
    put("rules", rules_of(&problem.rules));
    Value::Object(all)
}

/// Places and the offset stand in the problem.
#[derive(Clone, Copy)]
struct Writer<'a> {
    problem: &'a Problem,
}

impl Writer<'_> {
    fn place(self, at: usize) -> Option<String> {
        self.problem.places.get(at).map(|place| place.id.clone())
    }

    fn time(self, at: DateTime<Utc>) -> Value {
        let local: DateTime<FixedOffset> = at.with_timezone(&self.problem.offset);
        Value::String(local.to_rfc3339_opts(SecondsFormat::Secs, false))
    }

    fn window(self, window: &Window) -> Value {
        json!({ "from": self.time(window.from), "to": self.time(window.to) })
    }

    fn windows(self, windows: &[Window]) -> Vec<Value> {
        windows.iter().map(|window| self.window(window)).collect()
    }

    fn travel(self) -> Value {
        match &self.problem.travel {
            Travel::StraightLine(line) => {
                let speed = |(up_to, kmh): &(f64, f64)| json!([up_to.is_finite().then_some(up_to), kmh]);
                json!({
                    "kind": "straight_line", "detour": line.detour,
                    "speeds_kmh": line.speeds.iter().map(speed).collect::<Vec<_>>(),
                })
            }
            Travel::Matrix(matrix) => {
                let count = self.problem.places.len();
                let table = |of: &dyn Fn(usize, usize) -> u32| -> Vec<Vec<u32>> {
                    (0..count).map(|from| (0..count).map(|to| of(from, to)).collect()).collect()
                };
                json!({
                    "kind": "matrix", "source": self.problem.travel.source().as_str(), "metres": table(&|from, to| matrix.way(from, to).metres),
                    "seconds": table(&|from, to| matrix.way(from, to).seconds),
                })
            }
        }
    }

    fn vehicle(self, car: &Vehicle) -> Value {
        let shared = match &car.shared_with {
            Shared::WithAll => vec!["*".to_owned()],
            Shared::With(units) => units.clone(),
        };
        json!({
            "id": car.id, "unit": car.unit, "category": car.category, "seats": car.seats,
            "powertrain": if car.is_new_energy { "electric" } else { "petrol" }, "yard": self.place(car.yard), "at": self.place(car.at),
            "available": self.windows(&car.available), "range_m": car.range_m, "cost_per_km_fen": car.per_km.fen(),
            "fixed_fen": car.fixed.fen(), "shared_with": shared, "tags": car.tags,
        })
    }

    fn driver(self, driver: &Driver) -> Value {
        json!({
            "id": driver.id, "licence": driver.licence.to_string(), "duty": self.windows(&driver.duty),
            "at": driver.at.and_then(|at| self.place(at)),
        })
    }

    fn request(self, asked: &Request) -> Value {
        json!({
            "id": asked.id, "unit": asked.unit, "from": self.place(asked.from), "to": self.place(asked.to),
            "pick_up": { "earliest": self.time(asked.pick_up.from), "latest": self.time(asked.pick_up.to) },
            "service_s": asked.service_s, "service_m": asked.service_m, "round_trip": asked.is_round_trip,
            "passengers": asked.passengers, "categories": asked.categories, "tags": asked.tags,
            "priority": if asked.is_emergency { "emergency" } else { "normal" }, "poolable": asked.is_poolable,
            "unserved_fen": asked.unserved.fen(),
        })
    }
}

fn place_of(id: &str, at: Option<LonLat>) -> Value {
    match at {
        Some(at) => json!({ "id": id, "lat": at.lat(), "lon": at.lon() }),
        None => json!({ "id": id }),
    }
}

fn rules_of(rules: &Rules) -> Value {
    json!({
        "nev_preference_fen": rules.nev_preference.fen(), "cross_unit_fen": rules.cross_unit.fen(),
        "reserve_range_m": rules.reserve_range_m,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::plan::read::read;
    use crate::plan::tests::random::day;

    /// With coordinates of six digits, as people and maps give them: JSON may lose the last bit of others.
    fn as_people_write(mut problem: Problem) -> Problem {
        let short = |at: LonLat| {
            let six = |degrees: f64| (degrees * 1e6).round() / 1e6;
            LonLat::new(six(at.lon()), six(at.lat())).unwrap()
        };
        for place in &mut problem.places {
            place.at = place.at.map(short);
        }
        if let Travel::StraightLine(line) = &mut problem.travel {
            for place in &mut line.places {
                *place = short(*place);
            }
        }
        problem
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_it_was(seed: u64) {
            let problem = as_people_write(day(seed));
            let again = read(of(&problem).to_string().as_bytes());
            prop_assert_eq!(again, Ok(problem));
        }
    }
}
