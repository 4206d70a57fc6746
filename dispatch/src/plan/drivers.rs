//! Drivers for the day's cars: the licence first, then duty that covers the route, then the shortest way to the car.
#![expect(clippy::indexing_slicing, reason = "cars and drivers are indices of the problem's own lists")]

use super::assign::{FORBIDDEN, assign};
use super::day::Milli;
use super::problem::{Driver, Problem, Window};
use super::solution::Plan;
use super::travel::TravelTime as _;

/// Weighs more than any way of a driver to a car, in seconds.
const ROUTE_DOES_NOT_FIT: Milli = 1_000_000_000;
/// An idle car with a driver may yet be of use.
const IDLE_WITHOUT: Milli = 10_000_000;

/// The driver of each car, none left idle that could drive one, so that the routes as planned keep as many requests as can be.
pub(super) fn pair(problem: &Problem, drivers: &[Driver], plan: &Plan) -> Vec<Option<usize>> {
    let size = problem.vehicles.len().max(drivers.len());
    let mut orders: Vec<Vec<Window>> = vec![Vec::new(); problem.vehicles.len()];
    for order in &plan.orders {
        if let Some(car) = problem.vehicles.iter().position(|vehicle| vehicle.id == order.vehicle) {
            orders[car].push(Window { from: order.depart_at.to_utc(), to: order.free_at.to_utc() });
        }
    }
    let mut costs = Vec::with_capacity(size * size);
    for (car, orders) in orders.iter().enumerate() {
        let without = if orders.is_empty() { IDLE_WITHOUT } else { ROUTE_DOES_NOT_FIT * stake(problem, car) * weight(orders) };
        costs.extend((0..size).map(|driver| drivers.get(driver).map_or(without, |someone| cost(problem, car, orders, someone))));
    }
    // Drivers who are left over have no car.
    costs.resize(size * size, 0);
    let chosen = assign(&costs, size);
    let may_drive =
        |car: usize, driver: &usize| drivers.get(*driver).is_some_and(|known| known.licence.allows(problem.vehicles[car].seats));
    (0..problem.vehicles.len()).map(|car| Some(chosen[car]).filter(|driver| may_drive(car, driver))).collect()
}

/// A car that something was promised with comes before all others.
fn stake(problem: &Problem, car: usize) -> Milli {
    if problem.promises.iter().any(|promise| promise.vehicle == car) { 100 } else { 1 }
}

fn weight(orders: &[Window]) -> Milli {
    Milli::try_from(orders.len() + 1).unwrap_or(1_000).min(1_000)
}

fn cost(problem: &Problem, car: usize, orders: &[Window], driver: &Driver) -> Milli {
    let vehicle = &problem.vehicles[car];
    if !driver.licence.allows(vehicle.seats) {
        return FORBIDDEN.min(ROUTE_DOES_NOT_FIT * 2_000 * stake(problem, car));
    }
    let outside =
        orders.iter().filter(|order| !driver.duty.iter().any(|duty| duty.from <= order.from && order.to <= duty.to)).count();
    let away = driver.at.map_or(0, |at| Milli::from(problem.travel.way(at, vehicle.at).seconds).min(IDLE_WITHOUT / 10));
    ROUTE_DOES_NOT_FIT * stake(problem, car) * Milli::try_from(outside).unwrap_or(1_000).min(999) + away
}

/// When each car may move with its driver; one without a driver stands.
pub(super) fn windows(problem: &Problem, drivers: &[Driver], driver_of: &[Option<usize>]) -> Vec<Vec<Window>> {
    let both = |car: usize, driver: &Driver| -> Vec<Window> {
        let available = problem.vehicles[car].available.iter();
        available.flat_map(|one| driver.duty.iter().filter_map(|other| common(one, other))).collect()
    };
    driver_of.iter().enumerate().map(|(car, driver)| driver.map_or_else(Vec::new, |driver| both(car, &drivers[driver]))).collect()
}

fn common(one: &Window, other: &Window) -> Option<Window> {
    let both = Window { from: one.from.max(other.from), to: one.to.min(other.to) };
    (both.from <= both.to).then_some(both)
}
