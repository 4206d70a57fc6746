//! What holds for every day.

use proptest::prelude::*;

use super::random::day;
use crate::plan::check::check;
use crate::plan::problem::{Problem, Promise};
use crate::plan::settings::Settings;
use crate::plan::solution::Plan;
use crate::plan::solve::solve_with;

/// A plan by a search of so many rounds.
fn plan(problem: &Problem, seed: u64, rounds: f64) -> Option<Plan> {
    // Rough prices give a true bound too, and a thousand days are many.
    let settings = Settings { steps: 60, ..Settings::default() };
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    match solve_with(problem, seed, &mut |round| round as f64 / rounds, settings) {
        Ok(plan) => Some(plan),
        Err(error) => {
            assert_eq!(error.code(), "plan.promise_impossible", "nothing else is wrong with a random day");
            None
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn no_plan_breaks_a_rule_and_none_costs_less_than_the_bound(seed: u64) {
        let problem = day(seed);
        if let Some(plan) = plan(&problem, seed, 60.0) {
            let breaches = check(&problem, &plan);
            prop_assert!(breaches.is_empty(), "{breaches:#?}\n{plan:#?}");
            let bound = plan.bound_fen.expect("a bound was worked out");
            prop_assert!(bound >= 0 && bound <= plan.totals.cost_fen);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn without_a_car_a_day_never_costs_less_than_the_bound_with_it(seed: u64) {
        let mut problem = day(seed);
        problem.promises.clear();
        let bound = plan(&problem, seed, 60.0).unwrap().bound_fen.unwrap();
        problem.vehicles.pop();
        let without = plan(&problem, seed, 60.0).unwrap();
        prop_assert!(without.totals.cost_fen >= bound, "{} below {bound}", without.totals.cost_fen);
    }

    #[test]
    fn a_promise_never_moves(seed: u64) {
        let mut problem = day(seed);
        problem.drivers = None;
        problem.promises.clear();
        let free = plan(&problem, seed, 60.0).unwrap();
        // What a plan says once can be promised, and then stays, however long and wherever the search goes on.
        let index = |order: &crate::plan::solution::PlannedOrder| Promise {
            request: problem.requests.iter().position(|request| order.request.contains(&request.id)).unwrap(),
            vehicle: problem.vehicles.iter().position(|vehicle| vehicle.id == order.vehicle).unwrap(),
        };
        let promises: Vec<Promise> = free.orders.iter().step_by(2).map(index).collect();
        problem.promises = promises;
        if let Some(bound) = plan(&problem, seed ^ 1, 80.0) {
            let broken = check(&problem, &bound);
            prop_assert!(broken.is_empty(), "{broken:#?}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_plan(seed: u64) {
        let problem = day(seed);
        prop_assert_eq!(plan(&problem, seed, 60.0), plan(&problem, seed, 60.0));
    }

    #[test]
    fn other_cars_are_never_told_to_be_cheaper_without_a_word(seed: u64) {
        let problem = day(seed);
        if let Some(plan) = plan(&problem, seed, 60.0) {
            for order in &plan.orders {
                prop_assert!(!order.reasons.is_empty());
                prop_assert!(order.alternatives.len() <= 3 && order.alternatives.iter().all(|other| !other.why_not.is_empty()));
            }
            prop_assert!(plan.unserved.iter().all(|left| !left.reasons.is_empty()));
        }
    }
}
