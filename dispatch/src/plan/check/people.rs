//! The drivers of a plan: one for every car on the road, with the licence, on duty, in one car at a time.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::breach::{Breach, BreachKind};
use super::car::Car;
use crate::plan::problem::{Driver, Problem, Vehicle, Window};
use crate::plan::solution::{Plan, PlannedOrder};

/// From when to when a driver has the car for an order; the last order of a car ends at its yard.
struct Stint<'a> {
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    order: &'a PlannedOrder,
}

pub(super) fn judge(problem: &Problem, plan: &Plan, breaches: &mut Vec<Breach>) {
    let Some(drivers) = &problem.drivers else {
        for order in plan.orders.iter().filter(|order| order.driver.is_some()) {
            breaches.push(Breach::of(BreachKind::UnknownDriver, first(order), &order.vehicle, String::new()));
        }
        return;
    };
    let mut stints: BTreeMap<&str, Vec<Stint<'_>>> = BTreeMap::new();
    for order in &plan.orders {
        let Some(name) = &order.driver else {
            breaches.push(Breach::of(BreachKind::NoDriver, first(order), &order.vehicle, String::new()));
            continue;
        };
        let Some(driver) = drivers.iter().find(|driver| driver.id == *name) else {
            breaches.push(Breach::of(BreachKind::UnknownDriver, first(order), &order.vehicle, name.clone()));
            continue;
        };
        let until = hold(problem, plan, driver, order, breaches);
        stints.entry(name).or_default().push(Stint { from: order.depart_at.to_utc(), until, order });
    }
    for (name, mut stints) in stints {
        stints.sort_by_key(|stint| (stint.from, stint.until));
        for pair in stints.windows(2) {
            let [one, other] = pair else { continue };
            if other.from < one.until && other.order.vehicle != one.order.vehicle {
                breaches.push(Breach::of(BreachKind::TwoCars, first(other.order), &other.order.vehicle, name.to_owned()));
            }
        }
    }
}

/// Holds the driver of an order to licence and duty; until when it keeps the driver.
fn hold(problem: &Problem, plan: &Plan, driver: &Driver, order: &PlannedOrder, breaches: &mut Vec<Breach>) -> DateTime<Utc> {
    let (depart, free) = (order.depart_at.to_utc(), order.free_at.to_utc());
    let mut breach = |kind, detail| breaches.push(Breach::of(kind, first(order), &order.vehicle, detail));
    if !driver.duty.iter().any(|duty| duty.from <= depart && free <= duty.to) {
        breach(BreachKind::Duty, format!("{}: {depart} to {free}", driver.id));
    }
    let Some(vehicle) = problem.vehicles.iter().find(|car| car.id == order.vehicle) else { return free };
    if !driver.licence.allows(vehicle.seats) {
        breach(BreachKind::Licence, format!("{}: {} for {} seats", driver.id, driver.licence, vehicle.seats));
    }
    let is_last = !plan.orders.iter().any(|other| other.vehicle == order.vehicle && other.pick_up_at > order.pick_up_at);
    let Some(rider) = problem.requests.iter().find(|request| is_last && request.id == first(order)) else { return free };
    // The way home may wait until the next time of duty, as the car may stand.
    let back = Car { problem, vehicle }.back(rider.end(), free, &on_duty(vehicle, driver));
    if back.is_none() {
        breach(BreachKind::Duty, format!("{}: does not get home", driver.id));
    }
    back.unwrap_or(free)
}

/// When the car may be on the road with the driver.
fn on_duty(vehicle: &Vehicle, driver: &Driver) -> Vec<Window> {
    let both = vehicle
        .available
        .iter()
        .flat_map(|one| driver.duty.iter().map(|other| Window { from: one.from.max(other.from), to: one.to.min(other.to) }));
    both.filter(|window| window.from <= window.to).collect()
}

fn first(order: &PlannedOrder) -> &str {
    order.request.first().map_or("", String::as_str)
}
