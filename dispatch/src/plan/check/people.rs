//! The drivers of a plan: one for every car on the road, with the licence, on duty, in one car at a time.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::breach::{Breach, BreachKind};
use super::car::Car;
use crate::plan::problem::{Problem, Window};
use crate::plan::solution::{Plan, PlannedOrder};

pub(super) fn judge(problem: &Problem, plan: &Plan, breaches: &mut Vec<Breach>) {
    let Some(drivers) = &problem.drivers else {
        for order in plan.orders.iter().filter(|order| order.driver.is_some()) {
            breaches.push(Breach::of(BreachKind::UnknownDriver, &first(order), &order.vehicle, String::new()));
        }
        return;
    };
    let mut times: BTreeMap<&str, Vec<(DateTime<Utc>, DateTime<Utc>, &PlannedOrder)>> = BTreeMap::new();
    for order in &plan.orders {
        let Some(name) = &order.driver else {
            breaches.push(Breach::of(BreachKind::NoDriver, &first(order), &order.vehicle, String::new()));
            continue;
        };
        times.entry(name).or_default().push((order.depart_at.to_utc(), until(problem, plan, order), order));
    }
    for (name, mut behind_the_wheel) in times {
        behind_the_wheel.sort_by_key(|(from, to, _)| (*from, *to));
        let driver = drivers.iter().find(|driver| driver.id == name);
        let mut last: Option<(DateTime<Utc>, &str)> = None;
        for (from, to, order) in behind_the_wheel {
            let mut breach = |kind, detail: String| breaches.push(Breach::of(kind, &first(order), &order.vehicle, detail));
            match driver {
                None => breach(BreachKind::UnknownDriver, name.to_owned()),
                Some(driver) => {
                    let seats = problem.vehicles.iter().find(|car| car.id == order.vehicle).map_or(0, |car| car.seats);
                    if !driver.licence.allows(seats) {
                        breach(BreachKind::Licence, format!("{name}: {} for {seats} seats", driver.licence));
                    }
                    if !driver.duty.iter().any(|duty: &Window| duty.from <= from && to <= duty.to) {
                        breach(BreachKind::Duty, format!("{name}: {from} to {to}"));
                    }
                }
            }
            if last.is_some_and(|(until, vehicle)| from < until && vehicle != order.vehicle) {
                breach(BreachKind::TwoCars, name.to_owned());
            }
            last = Some((last.map_or(to, |(until, _)| until.max(to)), &order.vehicle));
        }
    }
}

/// Until when an order keeps its driver: the last one of a car brings it home.
fn until(problem: &Problem, plan: &Plan, order: &PlannedOrder) -> DateTime<Utc> {
    let free = order.free_at.to_utc();
    let is_last = !plan.orders.iter().any(|other| other.vehicle == order.vehicle && other.pick_up_at > order.pick_up_at);
    let vehicle = problem.vehicles.iter().find(|car| car.id == order.vehicle);
    let request = problem.requests.iter().find(|request| order.request.first() == Some(&request.id));
    match (is_last, vehicle, request) {
        (true, Some(vehicle), Some(request)) => Car { problem, vehicle }.back(request.end(), free).unwrap_or(free),
        _ => free,
    }
}

fn first(order: &PlannedOrder) -> String {
    order.request.first().cloned().unwrap_or_default()
}
