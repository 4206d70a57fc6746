//! Cases that were reckoned on paper; the reckoning stands beside them.

use super::super::conflict::contradictions;
use super::super::model::{Limit, Model};
use super::super::reasons::reasons;
use super::super::solve::solve;
use super::super::sums::sums;
use super::super::{Choice, Problem, ProblemError, TargetKind};
use super::{YUAN, group, new_car, old_car, planned, target, yuan};

/// Ten cars over two years. Money keeps its value (no discount); a new petrol car costs 100,000 and 5,000 a year, an electric one 120,000
/// and 2,000; a tenth of the price is lost each year.
///
/// Renewed at the beginning of year 0, over both years:
///   petrol   100,000 + 2 × 5,000 − 80,000 (worth at the end) = 30,000
///   electric 120,000 + 2 × 2,000 − 96,000                    = 28,000
/// Renewed at the beginning of year 1, after a year of the old car:
///   petrol   keep₀ + 100,000 + 5,000 − 90,000  = keep₀ + 15,000
///   electric keep₀ + 120,000 + 2,000 − 108,000 = keep₀ + 14,000
/// Kept: keep₀ + keep₁, where keep₁ = keep₀ + 1,000. Car k (0 to 9) has keep₀ = 6,000 + 2,000 × k.
///
///   k        0       1       2       3       4       5       6       7       8       9
///   keep₀    6,000   8,000  10,000  12,000  14,000  16,000  18,000  20,000  22,000  24,000
///   kept    13,000  17,000  21,000  25,000  29,000  33,000  37,000  41,000  45,000  49,000
///   new in 1 20,000 22,000  24,000  26,000  28,000  30,000  32,000  34,000  36,000  38,000
///   new in 0 28,000 for each
///
/// Without targets: cars 0 to 3 are kept (13 + 17 + 21 + 25 = 76 thousand), car 4 to 9 are renewed, 28,000 each (car 4 in either year):
/// 76,000 + 6 × 28,000 = 244,000.
fn ten() -> Problem {
    Problem {
        years: 2,
        kinds: vec![new_car("汽油", false, 100_000, 5_000, 2), new_car("纯电", true, 120_000, 2_000, 2)],
        groups: vec![group(None, 0, 0)],
        cars: (0..10).map(|k| old_car(k, 9, 6_000 + 2_000 * i64::try_from(k).unwrap(), 1_000, 2)).collect(),
        ..Problem::default()
    }
}

const ELECTRIC: usize = 1;

fn bought(choices: &[Choice], year: usize) -> Vec<usize> {
    let is = |choice: &Choice| matches!(choice, Choice::Renew { year: at, .. } if *at == year);
    choices.iter().enumerate().filter(|(_, choice)| is(choice)).map(|(car, _)| car).collect()
}

#[test]
fn ten_cars_without_targets_each_take_what_is_cheapest() {
    let plan = planned(&ten());
    assert_eq!((plan.cost, plan.bound), (yuan(244_000), yuan(244_000)));
    assert!(plan.choices[..4].iter().all(|choice| *choice == Choice::Keep));
    assert!(plan.choices[5..].iter().all(|choice| *choice == Choice::Renew { year: 0, kind: ELECTRIC }));
}

/// 360,000 a year buy three electric cars in each year. In year 0 it pays most to renew the dearest, cars 7, 8, 9; in year 1 again three:
/// cars 6, 5 and 4, which then cost 32,000 + 30,000 + 28,000 instead of 37,000 + 33,000 + 29,000.
///   76,000 + 3 × 28,000 + 90,000 = 250,000, which is 6,000 more than without a budget.
/// To put car 6 in year 0 instead of car 7 would cost 28,000 + 34,000 instead of 28,000 + 32,000.
#[test]
fn ten_cars_with_a_budget_renew_the_dearest_first() {
    let mut problem = ten();
    problem.targets = (0..2).map(|year| target(TargetKind::Budget, year, 360_000 * YUAN)).collect();
    let plan = planned(&problem);
    assert_eq!((plan.cost, plan.bound), (yuan(250_000), yuan(250_000)), "{:?}", plan.choices);
    assert_eq!((bought(&plan.choices, 0), bought(&plan.choices, 1)), (vec![7, 8, 9], vec![4, 5, 6]));
}

/// Half of the cars of new energy at the end of year 0 are five, and the budget of year 0 buys five (600,000): cars 5 to 9. Car 4 is
/// renewed in year 1 for 28,000, which is no more than in year 0: the cost stays 244,000.
/// With four fifths at the end of year 1 cars 3 and 2 go too: 26,000 and 24,000 instead of 25,000 and 21,000: 248,000.
#[test]
fn ten_cars_with_a_share_of_the_stock_renew_more_than_pays() {
    let mut problem = ten();
    problem.targets = vec![target(TargetKind::NevStock, 0, 5_000), target(TargetKind::Budget, 0, 600_000 * YUAN)];
    assert_eq!(planned(&problem).cost, yuan(244_000));
    problem.targets.push(target(TargetKind::NevStock, 1, 8_000));
    let plan = planned(&problem);
    assert_eq!((plan.cost, plan.bound), (yuan(248_000), yuan(248_000)));
    assert_eq!(bought(&plan.choices, 0), [5, 6, 7, 8, 9]);
    assert_eq!(bought(&plan.choices, 1), [2, 3, 4]);
}

/// All ten of new energy at the end of year 0 need ten electric cars, 1,200,000; the budget of 600,000 buys five. Each of the two would
/// have to give way: the budget to 1,200,000, or the share to 50 %.
#[test]
fn what_contradicts_is_told_with_the_budget_it_needs() {
    let mut problem = ten();
    problem.targets = vec![
        target(TargetKind::MeanAge, 1, 90),
        target(TargetKind::NevStock, 0, 10_000),
        target(TargetKind::Budget, 0, 600_000 * YUAN),
    ];
    let (plan, model, _) = solve(&problem).unwrap();
    assert!(!plan.is_kept() && plan.gap().is_none());
    let told = contradictions(&model);
    assert_eq!(told.iter().map(|one| one.limit).collect::<Vec<_>>(), [Limit::Target(1), Limit::Target(2)]);
    let budget = told[1];
    assert_eq!(budget.most, 600_000 * YUAN);
    assert!((1_199_999 * YUAN..=1_200_000 * YUAN).contains(&budget.needed), "{budget:?}");
    problem.targets[2].value = 1_200_000 * YUAN;
    let plan = planned(&problem);
    assert_eq!(bought(&plan.choices, 0).len(), 10);
    assert_eq!(contradictions(&Model::of(&problem).unwrap()), [], "and then nothing contradicts");
}

/// Two cars where one may stand: the one that is given up is the one whose trips are hired for less (20,000 a year instead of 30,000,
/// while keeping costs the same). The vacant place of the other group is hired for 50,000 a year: a car that moves there saves that, for
/// a transfer of 500: 500 + (10,000 − 50,000 + 20,000) a year instead of 10,000 a year.
#[test]
fn an_excess_car_goes_and_a_vacant_place_takes_it() {
    let mut problem = ten();
    problem.years = 1;
    problem.kinds.clear();
    problem.transfer = yuan(500);
    problem.groups = vec![group(Some((1, 0)), 0, 0), group(None, 1, 50_000)];
    problem.cars = [20_000, 30_000]
        .map(|hire| super::Car { hire: yuan(hire), may_drop: true, kinds: Vec::new(), ..old_car(0, 3, 10_000, 0, 1) })
        .into();
    let plan = planned(&problem);
    assert_eq!(plan.choices, [Choice::Drop { year: 0 }, Choice::Keep], "20,000 for the one and 10,000 for the other");
    assert_eq!(plan.cost, yuan(30_000));
    problem.cars.iter_mut().for_each(|car| car.moves = vec![1]);
    let plan = planned(&problem);
    assert_eq!(plan.choices, [Choice::Move { year: 0, group: 1 }, Choice::Keep]);
    assert_eq!(plan.cost, yuan(500 + 10_000 - 50_000 + 20_000 + 10_000));
}

/// A car that must be scrapped by the end of year 0 and may neither be renewed nor given up has nothing left.
#[test]
fn a_car_with_nothing_left_is_told() {
    let mut problem = ten();
    problem.cars[3].must_by = Some(0);
    problem.cars[3].may_from = None;
    assert_eq!(solve(&problem).unwrap_err(), ProblemError::Stuck { at: 3 });
    problem.cars[3].may_from = Some(0);
    assert!(matches!(planned(&problem).choices[3], Choice::Renew { year: 0, .. }));
}

/// Ten per cent a year: 110,000 in a year are 100,000 now. A car kept for 11,000 in year 1 and nothing in year 0 costs 10,000.
#[test]
fn money_of_later_is_worth_less() {
    let mut problem = ten();
    problem.discount = 1_000;
    problem.cars.truncate(1);
    problem.cars[0].keep = vec![yuan(0), yuan(11_000)];
    assert_eq!(planned(&problem).cost, yuan(10_000));
}

/// In the case with budgets the price of a yuan of year 0 lies between what the last car that fits saves and what the first that does
/// not would. Car 6 waits for year 1 because of the budget of year 0: by itself year 0 would cost 28,000 instead of 32,000.
#[test]
fn a_car_that_waits_is_told_whose_budget_decided() {
    let mut problem = ten();
    problem.targets = (0..2).map(|year| target(TargetKind::Budget, year, 360_000 * YUAN)).collect();
    let (plan, model, solved) = solve(&problem).unwrap();
    let reasons = reasons(&model, &solved);
    assert_eq!(plan.choices[6], Choice::Renew { year: 1, kind: ELECTRIC });
    assert_eq!(reasons[6].decided, Some(Limit::Target(0)));
    assert!(reasons[6].worth >= yuan(4_000), "{:?}", reasons[6]);
    assert_eq!((reasons[0].decided, reasons[0].second), (None, Some(Choice::Renew { year: 1, kind: ELECTRIC })));
    assert_eq!(reasons[0].costs_more, yuan(20_000 - 13_000));
    assert!(reasons.iter().all(|reason| reason.weighs_more >= crate::money::Money::ZERO));
}

/// The same case, year by year: 360,000 in each; three and then six of ten electric. At the end of year 0 seven cars are 120 months old and
/// three are 12: 876 months; of year 1 four are 132, three 24 and three 12: 636.
#[test]
fn years_are_told_as_people_read_them() {
    let mut problem = ten();
    problem.old_months = 96;
    problem.targets = (0..2).map(|year| target(TargetKind::Budget, year, 360_000 * YUAN)).collect();
    let told = sums(&problem, &planned(&problem).choices);
    let figures = told.iter().map(|year| (year.renewed, year.renewed_nev, year.spent, year.nev, year.months, year.old));
    assert_eq!(figures.collect::<Vec<_>>(), [(3, 3, yuan(360_000), 3, 876, 7), (3, 3, yuan(360_000), 6, 636, 4)]);
    // Cars 0 to 6 cost 6 + 8 + 10 + 12 + 14 + 16 + 18 thousand, the three new ones 2 each; a year later cars 0 to 3 a thousand more each.
    assert_eq!(told.iter().map(|year| year.running).collect::<Vec<_>>(), [yuan(84_000 + 6_000), yuan(36_000 + 4_000 + 12_000)]);
}
