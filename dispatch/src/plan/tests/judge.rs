//! The judge finds what was planted.

use chrono::TimeDelta;

use super::random::day;
use crate::plan::check::check;
use crate::plan::problem::{Driver, Problem, Promise, Shared};
use crate::plan::solution::{Plan, Unserved};
use crate::plan::solve::solve;

/// A plan that is right, with orders and drivers to spoil.
fn planned() -> (Problem, Plan) {
    for seed in 0.. {
        let problem = day(seed);
        #[expect(clippy::cast_precision_loss, reason = "a share")]
        let plan = solve(&problem, 1, &mut |round| round as f64 / 100.0);
        let Ok(plan) = plan else { continue };
        let two_of_a_car = plan.orders.windows(2).any(|pair| pair[0].vehicle == pair[1].vehicle);
        if problem.drivers.is_some() && two_of_a_car && plan.orders.len() > 3 {
            assert_eq!(check(&problem, &plan), []);
            return (problem, plan);
        }
    }
    unreachable!("one of the first days has two orders of one car");
}

fn codes(problem: &Problem, plan: &Plan) -> Vec<&'static str> {
    let mut codes: Vec<&str> = check(problem, plan).into_iter().map(|breach| breach.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

type Spoil = fn(&mut Problem, &mut Plan);

#[test]
fn whatever_is_planted_is_found() {
    let plants: &[(&str, Spoil)] = &[
        ("unknown_request", |_, plan| plan.orders[0].request = vec!["nobody".to_owned()]),
        ("not_once", |_, plan| plan.orders[0].request = plan.orders[1].request.clone()),
        ("not_once", |_, plan| {
            let request = plan.orders[0].request[0].clone();
            plan.unserved.push(Unserved { request, reasons: Vec::new() });
        }),
        ("unknown_vehicle", |_, plan| plan.orders[0].vehicle = "none".to_owned()),
        ("unknown_driver", |_, plan| plan.orders[0].driver = Some("none".to_owned())),
        ("no_driver", |_, plan| plan.orders[0].driver = None),
        ("duty", |problem, _| for_all(problem, |driver| driver.duty.clear())),
        ("licence", |problem, plan| {
            let vehicle = plan.orders[0].vehicle.clone();
            problem.vehicles.iter_mut().filter(|car| car.id == vehicle).for_each(|car| car.seats = 100);
            for_all(problem, |driver| driver.licence = crate::driver::LicenceClass::C1);
        }),
        ("two_cars", |_, plan| {
            let driver = plan.orders[0].driver.clone();
            plan.orders.iter_mut().for_each(|order| order.driver.clone_from(&driver));
            let (from, until) = (plan.orders[0].depart_at, plan.orders[0].free_at);
            let vehicle = plan.orders[0].vehicle.clone();
            if let Some(other) = plan.orders.iter_mut().find(|order| order.vehicle != vehicle) {
                (other.depart_at, other.free_at) = (from, until);
            }
        }),
        ("category", |problem, _| problem.requests.iter_mut().for_each(|asked| asked.categories = vec!["rocket".to_owned()])),
        ("tags", |problem, _| problem.requests.iter_mut().for_each(|asked| asked.tags = vec!["wings".to_owned()])),
        ("seats", |problem, _| problem.requests.iter_mut().for_each(|asked| asked.passengers = 60)),
        ("sharing", |problem, _| {
            problem.vehicles.iter_mut().for_each(|car| car.shared_with = Shared::With(Vec::new()));
            problem.requests.iter_mut().for_each(|asked| asked.unit = "stranger".to_owned());
        }),
        ("pooling", |problem, plan| {
            problem.requests.iter_mut().for_each(|asked| asked.is_poolable = false);
            let other = plan.orders.remove(1).request;
            plan.orders[0].request.extend(other);
        }),
        ("pick_up", |_, plan| plan.orders[0].pick_up_at += TimeDelta::hours(9)),
        ("departure", |_, plan| plan.orders[0].depart_at = plan.orders[0].pick_up_at + TimeDelta::seconds(1)),
        ("departure", |_, plan| {
            let at = plan.orders.windows(2).position(|pair| pair[0].vehicle == pair[1].vehicle).unwrap();
            plan.orders[at + 1].depart_at = plan.orders[at].free_at - TimeDelta::seconds(1);
        }),
        ("service", |_, plan| plan.orders[0].free_at = plan.orders[0].pick_up_at),
        ("shift", |problem, _| problem.vehicles.iter_mut().for_each(|car| car.available.clear())),
        ("horizon", |problem, _| problem.horizon.to = problem.horizon.from),
        ("range", |problem, _| problem.vehicles.iter_mut().for_each(|car| car.range_m = Some(0))),
        ("wrong_order", |_, plan| plan.orders[0].distance_m += 1),
        ("wrong_sum", |_, plan| plan.orders[0].cost_fen -= 1),
        ("wrong_sum", |_, plan| plan.totals.cost_fen -= 1),
        ("wrong_sum", |_, plan| plan.totals.vehicles_used += 1),
        ("bound_above_cost", |_, plan| plan.bound_fen = Some(plan.totals.cost_fen + 1)),
        ("promise_broken", |problem, plan| {
            let request = problem.requests.iter().position(|asked| plan.orders[0].request.contains(&asked.id)).unwrap();
            let vehicle = problem.vehicles.iter().position(|car| car.id != plan.orders[0].vehicle).unwrap();
            problem.promises.push(Promise { request, vehicle });
        }),
    ];
    for (expected, spoil) in plants {
        let (mut problem, mut plan) = planned();
        spoil(&mut problem, &mut plan);
        let found = codes(&problem, &plan);
        assert!(found.contains(expected), "{expected} was planted, found {found:?}");
    }
}

fn for_all(problem: &mut Problem, change: impl Fn(&mut Driver)) {
    problem.drivers.iter_mut().flatten().for_each(change);
}
