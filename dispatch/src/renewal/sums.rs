//! What a plan comes to year by year (年度汇总), as people read it.

use super::{Choice, Problem};
use crate::money::Money;

/// A year of a plan (规划年度汇总).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct YearSum {
    /// Cars renewed.
    pub renewed: u32,
    /// Of these by new energy.
    pub renewed_nev: u32,
    /// Cars given up.
    pub dropped: u32,
    /// Cars moved.
    pub moved: u32,
    /// What the new cars cost.
    pub spent: Money,
    /// What running the cars, and hiring, costs.
    pub running: Money,
    /// Cars at the year's end.
    pub cars: u32,
    /// Of these of new energy.
    pub nev: u32,
    /// Of these over the age that counts as old.
    pub old: u32,
    /// Months of age, all together.
    pub months: u64,
    /// Days of use a year, all together.
    pub use_days: u64,
}

/// Every year of a plan.
pub fn sums(problem: &Problem, choices: &[Choice]) -> Vec<YearSum> {
    (0..problem.years).map(|year| sum(problem, choices, year)).collect()
}

fn sum(problem: &Problem, choices: &[Choice], year: usize) -> YearSum {
    let mut sum = YearSum::default();
    for (car, choice) in problem.cars.iter().zip(choices) {
        let keep = car.keep.get(year).copied().unwrap_or_default();
        let is_past = choice.year().is_some_and(|at| at <= year);
        let is_now = choice.year() == Some(year);
        let ahead = |from: usize| u32::try_from(year + 1 - from).unwrap_or(u32::MAX).saturating_mul(12);
        let (cost, standing) = match *choice {
            Choice::Renew { year: at, kind } if is_past => {
                let Some(kind) = problem.kinds.get(kind) else { continue };
                if is_now {
                    sum.renewed += 1;
                    sum.renewed_nev += u32::from(kind.is_new_energy);
                    sum.spent += kind.price;
                }
                let standing = kind.year.get(year - at).copied().unwrap_or_default();
                (standing + kind.km.times(car.km), Some((ahead(at), kind.is_new_energy)))
            }
            Choice::Drop { .. } if is_past => {
                sum.dropped += u32::from(is_now);
                (car.hire, None)
            }
            Choice::Move { .. } if is_past => {
                sum.moved += u32::from(is_now);
                (keep + car.hire, Some((car.age_months + ahead(0), car.is_new_energy)))
            }
            _ => (keep, Some((car.age_months + ahead(0), car.is_new_energy))),
        };
        sum.running += cost;
        if let Some((months, is_new_energy)) = standing {
            sum.cars += 1;
            sum.nev += u32::from(is_new_energy);
            sum.old += u32::from(months > problem.old_months);
            sum.months += u64::from(months);
            sum.use_days += u64::from(car.use_days);
        }
    }
    sum
}
