//! Whatever happens to a plan, what comes out is a plan that the judge lets pass, and it says what it changed.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use telematics::simulate::chance::Chance;

use super::random::{day, minute};
use crate::plan::check::check;
use crate::plan::problem::{Problem, Request, Window};
use crate::plan::repair::{PlanEvent, RepairError, RepairLimits, RepairedPlan, Why, repair};
use crate::plan::settings::Settings;
use crate::plan::solution::Plan;
use crate::plan::solve::solve_with;

const LIMITS: RepairLimits = RepairLimits { others: 3 };

fn plan(problem: &Problem, seed: u64) -> Option<Plan> {
    let settings = Settings { steps: 20, ..Settings::default() };
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    solve_with(problem, seed, &mut |round| round as f64 / 60.0, settings).ok()
}

/// Something that can happen on the day, and when.
fn event(chance: &mut Chance, problem: &Problem) -> (PlanEvent, DateTime<Utc>) {
    let at = minute(chance.below(900));
    let request = chance.below(problem.requests.len().max(1));
    let event = match chance.below(4) {
        0 => PlanEvent::CarFails(chance.below(problem.vehicles.len())),
        1 => PlanEvent::Cancelled(request),
        2 => PlanEvent::Late { request, seconds: u32::try_from(60 + chance.below(7_000)).unwrap() },
        _ => {
            let Some(like) = problem.requests.get(request) else { return (PlanEvent::Cancelled(0), at) };
            let from = at + TimeDelta::minutes(i64::try_from(chance.below(120)).unwrap());
            let pick_up = Window { from, to: from + TimeDelta::minutes(15) };
            let is_emergency = chance.happens(0.5);
            PlanEvent::Asked(Box::new(Request { id: "new".to_owned(), pick_up, is_emergency, ..like.clone() }))
        }
    };
    (event, at)
}

fn cars(plan: &Plan) -> HashMap<&str, &str> {
    let orders = plan.orders.iter();
    orders.flat_map(|order| order.request.iter().map(|id| (id.as_str(), order.vehicle.as_str()))).collect()
}

/// Who moved for the sake of others.
fn others(repaired: &RepairedPlan) -> usize {
    repaired.moved.iter().filter(|moved| moved.why == Why::MadeRoom).count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn a_repaired_plan_keeps_every_rule_and_says_what_it_changed(seed: u64) {
        let problem = day(seed);
        let mut chance = Chance::of(&[seed, 7]);
        let (event, at) = event(&mut chance, &problem);
        let Some(before) = plan(&problem, seed) else { return Ok(()) };
        let after = match repair(&problem, &before, &event, at, LIMITS) {
            Ok(after) => after,
            Err(error) => {
                prop_assert!(matches!(error, RepairError::Begun | RepairError::Unknown), "{error}");
                return Ok(());
            }
        };
        let breaches = check(&after.problem, &after.plan);
        prop_assert!(breaches.is_empty(), "{event:?} at {at}\n{breaches:#?}\n{before:#?}\n{after:#?}");
        let (old, new) = (cars(&before), cars(&after.plan));
        for request in &after.problem.requests {
            let (from, to) = (old.get(request.id.as_str()), new.get(request.id.as_str()));
            let told = after.moved.iter().find(|moved| moved.request == request.id);
            let as_told = told.map(|moved| (moved.from.as_deref(), moved.to.as_deref()));
            let moved = from != to;
            prop_assert_eq!(as_told, moved.then_some((from.copied(), to.copied())), "{}", request.id);
        }
        // Parties count as one journey, and have at most four riders.
        prop_assert!(others(&after) <= 4 * LIMITS.others);
        for order in &after.plan.orders {
            let same = before.orders.iter().find(|old| old.request == order.request && old.vehicle == order.vehicle);
            let is_old = same.is_some_and(|old| old.depart_at == order.depart_at);
            prop_assert!(is_old || order.depart_at.to_utc() >= at.max(problem.now), "nothing leaves in the past");
        }
    }

    #[test]
    fn what_has_left_stays(seed: u64) {
        let problem = day(seed);
        let mut chance = Chance::of(&[seed, 8]);
        let (event, at) = event(&mut chance, &problem);
        let Some(before) = plan(&problem, seed) else { return Ok(()) };
        let Ok(after) = repair(&problem, &before, &event, at, LIMITS) else { return Ok(()) };
        let failed = if let PlanEvent::CarFails(car) = event { Some(problem.vehicles[car].id.as_str()) } else { None };
        for order in before.orders.iter().filter(|order| order.depart_at.to_utc() <= at && Some(order.vehicle.as_str()) != failed) {
            let stays = after.plan.orders.iter().any(|new| {
                (&new.request, &new.vehicle, new.depart_at, new.pick_up_at)
                    == (&order.request, &order.vehicle, order.depart_at, order.pick_up_at)
            });
            prop_assert!(stays, "{order:?}");
        }
    }
}
