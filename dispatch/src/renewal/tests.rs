//! The planner on cases by hand, against every combination where there are few, and judged by the checker on many random problems.

mod by_hand;
mod random;

use super::check::faults;
use super::solve::{Plan, solve};
use super::{Car, Group, NewCar, Problem, Target, TargetKind};
use crate::money::Money;

const YUAN: i64 = 100;

fn yuan(yuan: i64) -> Money {
    Money::from_fen(yuan * YUAN)
}

/// A petrol car and an electric one that cost nothing but their price and an even sum a year, and lose a tenth of the price each year.
fn new_car(name: &str, is_new_energy: bool, price: i64, year: i64, years: usize) -> NewCar {
    let worth = (0..=i64::try_from(years).unwrap()).map(|age| yuan(price * (10 - age) / 10)).collect();
    NewCar { name: name.to_owned(), is_new_energy, price: yuan(price), year: vec![yuan(year); years], km: Money::ZERO, worth }
}

/// A petrol car that costs so much in the first year and so much more each year, is worth nothing and can be renewed from the first year on.
fn old_car(id: usize, age_years: u32, first: i64, more: i64, years: usize) -> Car {
    Car {
        id: id.to_string(),
        group: 0,
        age_months: age_years * 12,
        is_new_energy: false,
        km: 0,
        use_days: 200,
        keep: (0..i64::try_from(years).unwrap()).map(|year| yuan(first + more * year)).collect(),
        worth: vec![Money::ZERO; years + 1],
        hire: yuan(100_000),
        may_from: Some(0),
        must_by: None,
        may_drop: false,
        kinds: vec![0, 1],
        moves: Vec::new(),
    }
}

fn group(authorised: Option<(u32, usize)>, vacant: u32, hire: i64) -> Group {
    Group { name: "甲单位".to_owned(), authorised, vacant, hire: yuan(hire) }
}

fn target(kind: TargetKind, year: usize, value: i64) -> Target {
    Target { kind, year, value }
}

/// The plan, which keeps every limit and costs what it says.
fn planned(problem: &Problem) -> Plan {
    let (plan, ..) = solve(problem).unwrap();
    assert_eq!(faults(problem, &plan.choices, plan.cost), [], "{problem:?}");
    assert!(plan.is_kept() && plan.bound <= plan.cost);
    plan
}
