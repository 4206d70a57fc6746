//! Judges a plan by the problem alone, year by year, without options or sums of the planner.

use super::{Choice, Problem, TargetKind};
use crate::money::Money;

/// What is wrong with a plan of renewal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanFault {
    /// There is not one choice for each car.
    Count,
    /// The rules do not let that be done with the car.
    Forbidden {
        /// Which car.
        car: usize,
    },
    /// A target does not hold.
    Target {
        /// Which one.
        at: usize,
    },
    /// More cars than places.
    Establishment {
        /// Of which group.
        group: usize,
    },
    /// More cars came than there were vacant places.
    Vacancy {
        /// Of which group.
        group: usize,
    },
    /// It does not cost what it says.
    Cost {
        /// What it costs.
        found: Money,
    },
}

/// A car of the fleet as it stands in some year.
#[derive(Clone, Copy)]
struct Standing {
    /// It is the old one, or the new one of a kind.
    kind: Option<usize>,
    months: u32,
    group: usize,
}

/// Everything that is wrong with the plan and the cost that it claims.
pub fn faults(problem: &Problem, choices: &[Choice], cost: Money) -> Vec<PlanFault> {
    if choices.len() != problem.cars.len() {
        return vec![PlanFault::Count];
    }
    let mut faults: Vec<PlanFault> = (0..choices.len())
        .filter(|car| !is_allowed(problem, *car, choices.get(*car).copied()))
        .map(|car| PlanFault::Forbidden { car })
        .collect();
    let mut fleet: Vec<Option<Standing>> =
        problem.cars.iter().map(|car| Some(Standing { kind: None, months: car.age_months, group: car.group })).collect();
    let mut flows = vec![vec![0_i64; problem.years + 1]; problem.cars.len()];
    let mut came = vec![0_u32; problem.groups.len()];
    for year in 0..problem.years {
        let mut bought = Vec::new();
        let mut running = 0;
        for (((at, choice), flow), standing) in choices.iter().enumerate().zip(&mut flows).zip(&mut fleet) {
            let Some(flow) = flow.get_mut(year) else { continue };
            if choice.year() == Some(year) {
                *flow += begin(problem, at, *choice, year, standing, &mut came);
                if let Choice::Renew { kind, .. } = choice {
                    bought.push(*kind);
                }
            }
            let (own, saved) = run(problem, at, year, *standing);
            *flow += own - saved;
            running += own;
            if let Some(standing) = standing {
                standing.months += 12;
            }
        }
        faults.extend(targets(problem, year, &fleet, &bought, running));
        faults.extend(places(problem, year, &fleet));
    }
    let over = problem.groups.iter().zip(&came).enumerate().filter(|(_, (group, came))| **came > group.vacant);
    faults.extend(over.map(|(group, _)| PlanFault::Vacancy { group }));
    for ((flow, standing), car) in flows.iter_mut().zip(&fleet).zip(&problem.cars) {
        let Some((end, standing)) = flow.last_mut().zip(*standing) else { continue };
        *end -= match standing.kind {
            None => car.worth.last().copied().unwrap_or_default().fen(),
            Some(kind) => {
                let worth = problem.kinds.get(kind).and_then(|kind| kind.worth.get(standing.months as usize / 12));
                worth.copied().unwrap_or_default().fen()
            }
        };
    }
    let found = Money::from_fen(flows.iter().map(|flow| present(problem, flow)).sum());
    if found != cost {
        faults.push(PlanFault::Cost { found });
    }
    faults
}

fn is_allowed(problem: &Problem, car: usize, choice: Option<Choice>) -> bool {
    let (Some(car), Some(choice)) = (problem.cars.get(car), choice) else { return false };
    let in_time = |year: usize| year < problem.years && car.must_by.is_none_or(|by| year <= by);
    let may_stay = car.must_by.is_none_or(|by| by >= problem.years);
    match choice {
        Choice::Keep => may_stay,
        Choice::Renew { year, kind } => {
            in_time(year) && car.may_from.is_some_and(|from| year >= from) && car.kinds.contains(&kind)
        }
        Choice::Drop { year } => in_time(year) && car.may_drop,
        Choice::Move { year, group } => year < problem.years && may_stay && car.moves.contains(&group),
    }
}

/// What happens at the beginning of a year, and what it costs.
fn begin(problem: &Problem, at: usize, choice: Choice, year: usize, standing: &mut Option<Standing>, came: &mut [u32]) -> i64 {
    let Some(car) = problem.cars.get(at) else { return 0 };
    let brings = car.worth.get(year).copied().unwrap_or_default().fen();
    match choice {
        Choice::Keep => 0,
        Choice::Renew { kind, .. } => {
            *standing = Some(Standing { kind: Some(kind), months: 0, group: car.group });
            problem.kinds.get(kind).map_or(0, |kind| kind.price.fen()) - brings
        }
        Choice::Drop { .. } => {
            *standing = None;
            -brings
        }
        Choice::Move { group, .. } => {
            if let Some(standing) = standing {
                standing.group = group;
            }
            came.get_mut(group).into_iter().for_each(|came| *came += 1);
            problem.transfer.fen()
        }
    }
}

/// What the car and what is hired in its place cost in a year; and what its new unit need not hire.
fn run(problem: &Problem, at: usize, year: usize, standing: Option<Standing>) -> (i64, i64) {
    let Some(car) = problem.cars.get(at) else { return (0, 0) };
    let Some(standing) = standing else { return (car.hire.fen(), 0) };
    let own = match standing.kind.and_then(|kind| problem.kinds.get(kind)) {
        None => car.keep.get(year).copied().unwrap_or_default().fen(),
        Some(kind) => {
            kind.year.get(standing.months as usize / 12).copied().unwrap_or_default().fen() + kind.km.fen() * i64::from(car.km)
        }
    };
    if standing.group == car.group {
        return (own, 0);
    }
    (own + car.hire.fen(), problem.groups.get(standing.group).map_or(0, |group| group.hire.fen()))
}

/// Targets of the year that do not hold at its end.
fn targets(problem: &Problem, year: usize, fleet: &[Option<Standing>], bought: &[usize], running: i64) -> Vec<PlanFault> {
    let is_new_energy = |kind: usize| problem.kinds.get(kind).is_some_and(|kind| kind.is_new_energy);
    let there = || fleet.iter().zip(&problem.cars).filter_map(|(standing, car)| standing.map(|standing| (standing, car)));
    let sum = |of: &dyn Fn(Standing, &super::Car) -> i64| there().map(|(standing, car)| of(standing, car)).sum::<i64>();
    let count = |is: usize| i64::try_from(is).unwrap_or(i64::MAX);
    let cars = count(there().count());
    let holds = |target: &super::Target| match target.kind {
        TargetKind::Budget => {
            let prices = bought.iter().filter_map(|kind| problem.kinds.get(*kind)).map(|kind| kind.price.fen());
            prices.sum::<i64>() <= target.value
        }
        TargetKind::Running => running <= target.value,
        TargetKind::NevFlow => {
            let new_energy = bought.iter().filter(|kind| is_new_energy(**kind)).count();
            count(new_energy) * 10_000 >= count(bought.len()) * target.value
        }
        TargetKind::NevStock => {
            let of = |standing: Standing, car: &super::Car| i64::from(standing.kind.map_or(car.is_new_energy, is_new_energy));
            sum(&of) * 10_000 >= cars * target.value
        }
        TargetKind::MeanAge => sum(&|standing, _| i64::from(standing.months)) <= cars * target.value,
        TargetKind::OverAge => {
            sum(&|standing, _| i64::from(standing.months > problem.old_months)) * 10_000 <= cars * target.value
        }
        TargetKind::UseDays => sum(&|_, car| i64::from(car.use_days)) >= cars * target.value,
        TargetKind::Renewed => count(bought.len()) * 10_000 <= count(problem.cars.len()) * target.value,
    };
    let of_year = problem.targets.iter().enumerate().filter(|(_, target)| target.year == year);
    of_year.filter(|(_, target)| !holds(target)).map(|(at, _)| PlanFault::Target { at }).collect()
}

/// Groups with more of their own cars than places at the end of the year from which that counts.
fn places(problem: &Problem, year: usize, fleet: &[Option<Standing>]) -> Vec<PlanFault> {
    let mut own = vec![0_u32; problem.groups.len()];
    for (standing, car) in fleet.iter().zip(&problem.cars) {
        if standing.is_some_and(|standing| standing.group == car.group) {
            own.get_mut(car.group).into_iter().for_each(|own| *own += 1);
        }
    }
    let beyond = problem.groups.iter().zip(own).enumerate();
    let beyond = beyond.filter(|(_, (group, own))| group.authorised.is_some_and(|(most, from)| from <= year && *own > most));
    beyond.map(|(group, _)| PlanFault::Establishment { group }).collect()
}

/// Each year's money as worth at the beginning, half a fen counting as one.
fn present(problem: &Problem, flow: &[i64]) -> i64 {
    let mut factor = 1_i128 << 30;
    let mut sum = 0_i128;
    for fen in flow {
        sum += (i128::from(*fen) * factor + (1 << 29)) >> 30;
        factor = factor * 10_000 / (10_000 + i128::from(problem.discount));
    }
    i64::try_from(sum).unwrap_or(i64::MAX)
}
