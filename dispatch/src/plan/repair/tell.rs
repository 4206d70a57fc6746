//! The repaired plan as it is told: orders of the cars that changed anew, all others word for word, and who moved.
#![expect(clippy::indexing_slicing, reason = "cars and requests are indices of the problem")]

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta};

use super::line::{Journey, needs};
use super::standing::Standing;
use super::{MovedRequest, RepairedPlan};
use crate::plan::problem::Problem;
use crate::plan::solution::{Explanation, Plan, PlannedOrder, Totals, Unserved};
use crate::plan::travel::TravelTime as _;

pub(super) fn tell(problem: &Problem, before: &Plan, standing: Standing) -> RepairedPlan {
    let mut known: HashMap<&str, Vec<&PlannedOrder>> = HashMap::new();
    before.orders.iter().for_each(|order| known.entry(order.vehicle.as_str()).or_default().push(order));
    let mut orders = Vec::with_capacity(before.orders.len() + 1);
    for car in 0..standing.lines.len() {
        let old = known.get(problem.vehicles[car].id.as_str()).map_or(&[][..], |orders| orders.as_slice());
        if standing.retold != Some(car) && is_same(old, &standing, car) {
            orders.extend(old.iter().map(|order| (*order).clone()));
        } else {
            orders.extend(orders_of(&standing, car));
        }
    }
    let moved = moved(before, &standing, &orders);
    explain(before, &moved, &mut orders);
    let problem = standing.problem;
    let mut absent: Vec<usize> = standing.absent.into_iter().flat_map(|(journey, _)| journey).collect();
    absent.sort_unstable();
    let unserved = absent.iter().map(|request| left_out(before, &moved, &problem.requests[*request].id)).collect();
    let totals = totals(&problem, &orders, &absent);
    let travel = Some(problem.travel.source());
    RepairedPlan { plan: Plan { orders, unserved, totals, travel, ..Plan::default() }, problem, moved }
}

/// The car still does what it did.
fn is_same(old: &[&PlannedOrder], standing: &Standing, car: usize) -> bool {
    let (left, next) = (&standing.left[car], &standing.lines[car].journeys);
    let is_of = |old: &PlannedOrder, journey: &Journey| {
        let riders = journey.iter().map(|request| &standing.problem.requests[*request].id);
        old.request.iter().eq(riders)
    };
    let (gone, coming) = old.split_at(left.len().min(old.len()));
    old.len() == left.len() + next.len()
        && gone.iter().zip(left).all(|(old, new)| old.request == new.request)
        && coming.iter().zip(next).all(|(old, new)| is_of(old, new))
}

/// The orders of a car: what has left at its own times, the rest as early as can be; metres and money worked out over all of them.
fn orders_of(standing: &Standing, car: usize) -> Vec<PlannedOrder> {
    let (problem, line) = (&standing.problem, &standing.lines[car]);
    let vehicle = &problem.vehicles[car];
    let mut orders = standing.left[car].clone();
    let driven = line.drive(problem, line.journeys.iter()).unwrap_or_default();
    for (journey, pick_up) in line.journeys.iter().zip(driven.pick_ups) {
        orders.push(order(standing, car, journey, pick_up));
    }
    let (mut place, mut metres, mut terms, mut told) = (vehicle.at, 0, vehicle.fixed.fen() * 1000, 0);
    let last = orders.len();
    for (position, order) in orders.iter_mut().enumerate() {
        let journey = journey(problem, order);
        let Some(first) = journey.first().map(|request| &problem.requests[*request]) else { continue };
        let way = problem.travel.way(place, first.from);
        place = first.end();
        let home = if position + 1 == last { problem.travel.way(place, vehicle.yard).metres } else { 0 };
        let deadhead = i64::from(way.metres) + i64::from(home);
        let distance = deadhead + needs(problem, &journey).3;
        metres += distance;
        terms += line.terms(problem, &journey);
        let sum = (vehicle.per_km.fen() * metres + terms + 500).div_euclid(1000);
        (order.deadhead_m, order.distance_m) = (deadhead.unsigned_abs(), distance.unsigned_abs());
        order.cost_fen = sum - told;
        told = sum;
        // The car leaves as late as it can; what has left, has left.
        if position >= standing.left[car].len() {
            order.depart_at = order.pick_up_at - TimeDelta::seconds(i64::from(way.seconds));
        }
    }
    orders
}

fn journey(problem: &Problem, order: &PlannedOrder) -> Journey {
    let find = |id: &String| problem.requests.iter().position(|request| request.id == *id);
    order.request.iter().filter_map(find).collect()
}

fn order(standing: &Standing, car: usize, journey: &Journey, pick_up: i64) -> PlannedOrder {
    let problem = &standing.problem;
    let at = |second: i64| DateTime::from_timestamp(second, 0).unwrap_or(problem.now).with_timezone(&problem.offset);
    let driver = standing.lines[car].driver.and_then(|driver| Some(problem.drivers.as_ref()?.get(driver)?.id.clone()));
    PlannedOrder {
        request: journey.iter().map(|request| problem.requests[*request].id.clone()).collect(),
        vehicle: problem.vehicles[car].id.clone(),
        driver,
        depart_at: at(pick_up),
        pick_up_at: at(pick_up),
        free_at: at(pick_up + needs(problem, journey).2),
        distance_m: 0,
        deadhead_m: 0,
        cost_fen: 0,
        reasons: Vec::new(),
        alternatives: Vec::new(),
    }
}

/// Whoever has another car than before, or none.
fn moved(before: &Plan, standing: &Standing, orders: &[PlannedOrder]) -> Vec<MovedRequest> {
    fn cars(orders: &[PlannedOrder]) -> HashMap<&str, &str> {
        let pairs = orders.iter().flat_map(|order| order.request.iter().map(move |id| (id.as_str(), order.vehicle.as_str())));
        pairs.collect()
    }
    let (old, new) = (cars(&before.orders), cars(orders));
    let mut moved: Vec<MovedRequest> = Vec::new();
    for (request, asked) in standing.problem.requests.iter().enumerate() {
        let (from, to) = (old.get(asked.id.as_str()), new.get(asked.id.as_str()));
        let Some(why) = standing.why.get(&request).filter(|_| from != to) else { continue };
        let name = |car: Option<&&str>| car.map(|car| (*car).to_owned());
        moved.push(MovedRequest { request: asked.id.clone(), from: name(from), to: name(to), why: *why });
    }
    moved
}

/// The reasons that were told before, and of who moved that and why.
fn explain(before: &Plan, moved: &[MovedRequest], orders: &mut [PlannedOrder]) {
    for order in orders.iter_mut().filter(|order| order.reasons.is_empty()) {
        let news = moved.iter().find(|moved| order.request.contains(&moved.request));
        if let Some(moved) = news {
            order.reasons.push(reason(moved));
        } else {
            let old = before.orders.iter().find(|old| old.request == order.request && old.vehicle == order.vehicle);
            order.reasons = old.map(|old| old.reasons.clone()).unwrap_or_default();
        }
    }
}

fn reason(moved: &MovedRequest) -> Explanation {
    let english = moved.why.as_str().replace('_', " ");
    Explanation {
        code: moved.why.as_str().to_owned(),
        text_zh: format!("计划调整：{}", moved.why.term()),
        text_en: format!("the plan was changed: {english}"),
    }
}

fn left_out(before: &Plan, moved: &[MovedRequest], id: &str) -> Unserved {
    let old = before.unserved.iter().find(|left| left.request == id).map(|left| left.reasons.clone());
    let news = moved.iter().find(|moved| moved.request == id).map(|moved| vec![reason(moved)]);
    Unserved { request: id.to_owned(), reasons: news.or(old).unwrap_or_default() }
}

fn totals(problem: &Problem, orders: &[PlannedOrder], absent: &[usize]) -> Totals {
    let is_new_energy: HashMap<&str, bool> =
        problem.vehicles.iter().map(|vehicle| (vehicle.id.as_str(), vehicle.is_new_energy)).collect();
    let riders = |order: &&PlannedOrder| order.request.len();
    let served: usize = orders.iter().map(|order| riders(&order)).sum();
    let green = orders.iter().filter(|order| is_new_energy.get(order.vehicle.as_str()).is_some_and(|is| *is));
    let green: usize = green.map(|order| riders(&order)).sum();
    let mut used: Vec<&str> = orders.iter().map(|order| order.vehicle.as_str()).collect();
    used.sort_unstable();
    used.dedup();
    #[expect(clippy::cast_precision_loss, reason = "requests of a day")]
    let nev_share_pct = if served == 0 { 0.0 } else { 100.0 * green as f64 / served as f64 };
    Totals {
        cost_fen: orders.iter().map(|order| order.cost_fen).sum::<i64>()
            + absent.iter().map(|request| problem.requests[*request].unserved.fen()).sum::<i64>(),
        vehicles_used: used.len(),
        distance_m: orders.iter().map(|order| order.distance_m).sum(),
        deadhead_m: orders.iter().map(|order| order.deadhead_m).sum(),
        nev_share_pct,
    }
}
