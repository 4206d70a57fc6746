//! The judge of plans: works everything out again from the problem alone, with no code of the planner.
//!
//! A plan is taken at its word where it says when and who, and is held to it: ways, windows, shifts, range, seats, duty and money are
//! computed here from the problem. Every request has to be served once or left out once.

mod breach;
mod car;
mod people;
mod ways;

use std::collections::HashMap;

pub use self::breach::Breach;

use self::breach::BreachKind;
use self::car::Car;
use crate::plan::problem::Problem;
use crate::plan::solution::{Plan, PlannedOrder};

/// Everything that is wrong with `plan` as an answer to `problem`; nothing: it is proved.
pub fn check(problem: &Problem, plan: &Plan) -> Vec<Breach> {
    let mut breaches = Vec::new();
    count_requests(problem, plan, &mut breaches);
    let (mut cost, mut sums) = (0_i64, car::Sums::default());
    for (vehicle, mut orders) in by_vehicle(plan) {
        orders.sort_by_key(|order| (order.pick_up_at, order.free_at));
        let Some(found) = problem.vehicles.iter().find(|known| known.id == vehicle) else {
            breaches.push(Breach::of(BreachKind::UnknownVehicle, "", vehicle, String::new()));
            continue;
        };
        let judged = Car { problem, vehicle: found }.judge(&orders, &mut breaches);
        cost += judged.cost_fen;
        sums.add(&judged);
    }
    keep_promises(problem, plan, &mut breaches);
    people::judge(problem, plan, &mut breaches);
    for left in &plan.unserved {
        let found = problem.requests.iter().find(|known| known.id == left.request);
        cost += found.map_or(0, |request| request.unserved.fen());
    }
    let served: usize = plan.orders.iter().map(|order| order.request.len()).sum();
    compare(plan, cost, &sums, served, &mut breaches);
    breaches
}

fn by_vehicle(plan: &Plan) -> Vec<(&str, Vec<&PlannedOrder>)> {
    let mut order: Vec<&str> = Vec::new();
    let mut lists: HashMap<&str, Vec<&PlannedOrder>> = HashMap::new();
    for planned in &plan.orders {
        let list = lists.entry(planned.vehicle.as_str()).or_default();
        if list.is_empty() {
            order.push(planned.vehicle.as_str());
        }
        list.push(planned);
    }
    order.into_iter().map(|vehicle| (vehicle, lists.remove(vehicle).unwrap_or_default())).collect()
}

fn count_requests(problem: &Problem, plan: &Plan, breaches: &mut Vec<Breach>) {
    let mut counts: HashMap<&str, u32> = problem.requests.iter().map(|request| (request.id.as_str(), 0)).collect();
    let served = plan.orders.iter().flat_map(|order| order.request.iter().map(move |id| (id, order.vehicle.as_str())));
    for (id, vehicle) in served.chain(plan.unserved.iter().map(|left| (&left.request, ""))) {
        match counts.get_mut(id.as_str()) {
            Some(count) => *count += 1,
            None => breaches.push(Breach::of(BreachKind::UnknownRequest, id, vehicle, String::new())),
        }
    }
    for request in &problem.requests {
        let count = counts.get(request.id.as_str()).copied().unwrap_or_default();
        if count != 1 {
            breaches.push(Breach::of(BreachKind::NotOnce, &request.id, "", format!("{count} times")));
        }
    }
}

fn keep_promises(problem: &Problem, plan: &Plan, breaches: &mut Vec<Breach>) {
    for promise in &problem.promises {
        let (Some(request), Some(vehicle)) = (problem.requests.get(promise.request), problem.vehicles.get(promise.vehicle))
        else {
            continue;
        };
        let kept = plan.orders.iter().any(|order| order.vehicle == vehicle.id && order.request.contains(&request.id));
        if !kept {
            breaches.push(Breach::of(BreachKind::PromiseBroken, &request.id, &vehicle.id, String::new()));
        }
    }
}

/// What the plan says of itself against what was worked out.
fn compare(plan: &Plan, cost: i64, sums: &car::Sums, served: usize, breaches: &mut Vec<Breach>) {
    let mut differ = |name: &str, said: String, found: String| {
        if said != found {
            breaches.push(Breach::of(BreachKind::WrongSum, "", "", format!("{name}: {said} said, {found} found")));
        }
    };
    let totals = &plan.totals;
    differ("cost_fen", totals.cost_fen.to_string(), cost.to_string());
    differ("vehicles_used", totals.vehicles_used.to_string(), sums.vehicles.to_string());
    differ("distance_m", totals.distance_m.to_string(), sums.distance_m.to_string());
    differ("deadhead_m", totals.deadhead_m.to_string(), sums.deadhead_m.to_string());
    #[expect(clippy::cast_precision_loss, reason = "requests of a day")]
    let share = if served == 0 { 0.0 } else { 100.0 * sums.new_energy as f64 / served as f64 };
    differ("nev_share_pct", format!("{:.1}", totals.nev_share_pct), format!("{share:.1}"));
    if let Some(bound) = plan.bound_fen.filter(|bound| *bound > cost) {
        breaches.push(Breach::of(BreachKind::BoundAboveCost, "", "", format!("{bound} above {cost}")));
    }
}
