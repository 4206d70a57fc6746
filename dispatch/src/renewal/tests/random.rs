//! Random problems: every plan is judged by the checker, and the bound by every combination where there are few.

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::check::faults;
use super::super::conflict::contradictions;
use super::super::model::Model;
use super::super::solve::solve;
use super::super::{Car, Choice, Group, NewCar, Problem, Target, TargetKind};
use crate::money::Money;

fn fen(most: i64) -> impl Strategy<Value = Money> {
    (0..=most).prop_map(Money::from_fen)
}

fn kind(years: usize) -> impl Strategy<Value = NewCar> {
    (any::<bool>(), fen(15_000_000), vec(fen(800_000), years), fen(80), vec(fen(9_000_000), years + 1))
        .prop_map(|(is_new_energy, price, year, km, worth)| NewCar { name: String::new(), is_new_energy, price, year, km, worth })
}

fn car(years: usize) -> impl Strategy<Value = Car> {
    let life = (0_u32..180, any::<bool>(), 0_u32..40_000, 0_u32..=250);
    let money = (vec(fen(4_000_000), years), vec(fen(3_000_000), years + 1), fen(5_000_000));
    let window = (proptest::option::of(0..years), proptest::option::weighted(0.2, 0..years), any::<bool>());
    (0_usize..2, life, money, window, proptest::sample::subsequence(vec![0, 1], 1..=2), any::<bool>()).prop_map(
        |(group, (age_months, is_new_energy, km, use_days), (keep, worth, hire), (may_from, must_by, may_drop), kinds, moves)| {
            Car {
                id: String::new(),
                group,
                age_months,
                is_new_energy,
                km,
                use_days,
                keep,
                worth,
                hire,
                may_from,
                // Whatever must go can go.
                may_drop: may_drop || must_by.is_some(),
                must_by,
                kinds,
                moves: if moves { vec![2] } else { Vec::new() },
            }
        },
    )
}

fn target(years: usize) -> impl Strategy<Value = Target> {
    (proptest::sample::select(TargetKind::ALL.to_vec()), 0..years, 0_i64..100).prop_map(|(kind, year, part)| {
        let value = match kind {
            TargetKind::Budget => part * 500_000,
            TargetKind::Running => part * 400_000,
            TargetKind::MeanAge => 40 + part,
            TargetKind::UseDays => part * 2,
            _ => part * 100,
        };
        Target { kind, year, value }
    })
}

fn problem(cars: std::ops::Range<usize>, targets: usize) -> impl Strategy<Value = Problem> {
    (1_usize..=3).prop_flat_map(move |years| {
        let parts = (vec(kind(years), 2), vec(car(years), cars.clone()), vec(target(years), 0..=targets));
        (parts, 0_u32..1_000, 0_u32..4, 0..years, 0_u32..2, fen(3_000_000)).prop_map(
            move |((kinds, cars, targets), discount, most, from, vacant, hire)| {
                let group = |authorised, vacant| Group { name: String::new(), authorised, vacant, hire };
                let groups = vec![group(Some((most, from)), 0), group(None, 0), group(None, vacant)];
                Problem { years, discount, old_months: 96, transfer: Money::from_fen(50_000), kinds, groups, cars, targets }
            },
        )
    })
}

/// The least cost of a plan that the checker has nothing against; every combination is looked at.
fn cheapest(problem: &Problem, model: &Model) -> Option<i64> {
    let mut best: Option<i64> = None;
    let mut places = vec![0_usize; model.cars()];
    loop {
        let taken = || places.iter().enumerate().map(|(car, place)| model.options(car).start + place);
        let choices: Vec<Choice> = taken().map(|option| model.choices[option]).collect();
        let cost: i64 = taken().map(|option| model.costs[option]).sum();
        if faults(problem, &choices, Money::from_fen(cost)).is_empty() {
            best = Some(best.map_or(cost, |known| known.min(cost)));
        }
        let Some(car) = (0..places.len()).find(|car| places[*car] + 1 < model.options(*car).len()) else { return best };
        places[car] += 1;
        places[..car].fill(0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn few_cars_are_planned_best_and_what_cannot_be_is_told(problem in problem(1..4, 4)) {
        let (plan, model, solved) = solve(&problem).unwrap();
        if let Some(cost) = cheapest(&problem, &model) {
            prop_assert!(plan.is_kept(), "{cost} was possible");
            prop_assert_eq!((plan.cost.fen(), plan.bound.fen()), (cost, cost));
            prop_assert_eq!(faults(&problem, &plan.choices, plan.cost), []);
            prop_assert_eq!(contradictions(&model), []);
        } else {
            prop_assert!(!plan.is_kept() && solved.is_impossible);
            prop_assert!(!faults(&problem, &plan.choices, plan.cost).is_empty());
        }
    }

    #[test]
    fn what_is_proved_to_contradict_needs_as_much_as_is_said(problem in problem(1..4, 4)) {
        let model = Model::of(&problem).unwrap();
        for one in contradictions(&model) {
            prop_assert!(one.needed > one.most);
            // A fen, a day or a hundredth less, and there is still no plan.
            let mut eased = model.clone();
            let row = eased.rows.iter_mut().find(|row| row.limit == one.limit).unwrap();
            row.most = one.needed - 1;
            prop_assert!(!super::super::solve::solve_model(&eased).is_kept());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn many_cars_are_planned_within_the_limits_or_proved_not_to_be(problem in problem(20..60, 6)) {
        let (plan, model, solved) = solve(&problem).unwrap();
        let found = faults(&problem, &plan.choices, plan.cost);
        prop_assert_eq!(found.is_empty(), plan.is_kept(), "{:?}", found);
        if plan.is_kept() {
            prop_assert!(plan.bound <= plan.cost);
            prop_assert_eq!(contradictions(&model), []);
        } else {
            prop_assert!(solved.is_impossible || !contradictions(&model).is_empty());
        }
        let (again, ..) = solve(&problem).unwrap();
        prop_assert_eq!(again.choices, plan.choices, "the same problem gives the same plan");
    }
}
