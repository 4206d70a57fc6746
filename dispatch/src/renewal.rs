//! Which cars are renewed, kept, given up or moved over some years (更新规划): a plan of least cost within targets, with a proven bound.
//!
//! What one car costs is settled for each thing that can be done with it (`model`). Few sums couple the cars: a budget, a share, a mean age. Priced into
//! the cars by `dual` they fall apart, which proves what no plan can be cheaper than (`bound`); `repair` and `core` make the plan.

pub mod bound;
pub mod check;
pub mod conflict;
mod core;
mod dual;
pub mod electric;
pub mod known;
pub mod life;
pub mod model;
pub mod reasons;
mod repair;
pub mod score;
pub mod solve;
pub mod sums;
pub mod window;

use thiserror::Error;

use crate::money::Money;
use crate::word::words;

/// Longest horizon, in years.
pub const MOST_YEARS: usize = 10;
/// Most that one price, cost or worth is, ten million yuan: two of them are one term of a sum.
pub const MOST_FEN: i64 = 1_000_000_000;
/// Oldest car, in months.
const MOST_MONTHS: u32 = 1_200;

words! {
    /// What a year of the plan has to keep to (规划目标).
    TargetKind, TargetKindError, "renewal_plan.target" {
        /// New cars cost at most so much, in fen.
        Budget = "budget", "年度购置预算上限";
        /// Running the cars, and hiring instead, costs at most so much, in fen.
        Running = "running", "年度运行费用上限";
        /// Of the cars bought at least so many are of new energy, in hundredths of a per cent.
        NevFlow = "nev_flow", "年度更新新能源占比下限";
        /// Of the cars there are at the year's end at least so many are of new energy, in hundredths of a per cent.
        NevStock = "nev_stock", "年末存量新能源占比下限";
        /// The cars there are at the year's end are on average at most so many months old.
        MeanAge = "mean_age", "年末平均车龄上限";
        /// At most so many of them are over the age that counts as old, in hundredths of a per cent.
        OverAge = "over_age", "年末超龄车占比上限";
        /// Those there are at the year's end are used on average on so many days a year at least.
        UseDays = "use_days", "年末车均使用天数下限";
        /// At most so many of the cars there are at the start are renewed, in hundredths of a per cent.
        Renewed = "renewed", "年度更新占存量比例上限";
    }
}

/// A target of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// What it is about.
    pub kind: TargetKind,
    /// In which year, the first being 0.
    pub year: usize,
    /// How much, as its kind says.
    pub value: i64,
}

/// A new car that can be bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCar {
    /// What it is called.
    pub name: String,
    /// It counts as new energy.
    pub is_new_energy: bool,
    /// What it costs with its tax.
    pub price: Money,
    /// What a year costs whether it drives or not, by its age in years.
    pub year: Vec<Money>,
    /// What a kilometre costs.
    pub km: Money,
    /// What it is worth at each age in years, from nothing on.
    pub worth: Vec<Money>,
}

/// Cars of a unit and a category, which take places of its establishment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What it is called.
    pub name: String,
    /// How many cars it may have, and from the end of which year on that holds; nothing: there is no such limit.
    pub authorised: Option<(u32, usize)>,
    /// Places without a car.
    pub vacant: u32,
    /// What one of those costs a year while cars are hired for it.
    pub hire: Money,
}

/// A car that there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Car {
    /// What it is called.
    pub id: String,
    /// Its group.
    pub group: usize,
    /// Months since its first registration when the horizon begins.
    pub age_months: u32,
    /// It counts as new energy.
    pub is_new_energy: bool,
    /// Kilometres a year.
    pub km: u32,
    /// Days of use a year.
    pub use_days: u32,
    /// What keeping it costs in each year.
    pub keep: Vec<Money>,
    /// What it brings when it goes at the beginning of each year, and at the end of the last.
    pub worth: Vec<Money>,
    /// What its trips cost a year when it is gone and nothing takes its place.
    pub hire: Money,
    /// The first year in which the rules let it be renewed.
    pub may_from: Option<usize>,
    /// The last year in which it has to be gone.
    pub must_by: Option<usize>,
    /// It may be given up without another.
    pub may_drop: bool,
    /// New cars that may take its place.
    pub kinds: Vec<usize>,
    /// Groups with vacant places to which it may be moved.
    pub moves: Vec<usize>,
}

/// What is to be planned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problem {
    /// How many years.
    pub years: usize,
    /// What money of a year later is worth less, in hundredths of a per cent.
    pub discount: u32,
    /// Months from which on a car counts as old.
    pub old_months: u32,
    /// What moving a car costs once.
    pub transfer: Money,
    /// New cars.
    pub kinds: Vec<NewCar>,
    /// Groups.
    pub groups: Vec<Group>,
    /// Cars.
    pub cars: Vec<Car>,
    /// Targets.
    pub targets: Vec<Target>,
}

/// What is done with a car.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Choice {
    /// It stays through all the years.
    Keep,
    /// Another comes for it at the beginning of a year.
    Renew {
        /// Which year.
        year: usize,
        /// Which new car.
        kind: usize,
    },
    /// It goes at the beginning of a year, and nothing comes.
    Drop {
        /// Which year.
        year: usize,
    },
    /// It goes to a vacant place of another group at the beginning of a year.
    Move {
        /// Which year.
        year: usize,
        /// Which group.
        group: usize,
    },
}

/// What is wrong with a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProblemError {
    /// No years, or too many.
    #[error("a plan has 1 to {MOST_YEARS} years")]
    Years,
    /// A list is not as long as the years ask.
    #[error("car or new car {at} does not have one figure a year")]
    Lengths {
        /// Which one.
        at: usize,
    },
    /// A price, cost, worth, age or target out of bounds.
    #[error("an amount, an age or a target is out of bounds: {at}")]
    Bounds {
        /// Which car, new car or target.
        at: usize,
    },
    /// A group, a new car or a year that there is not.
    #[error("{at} names a group, a new car or a year that there is not")]
    Unknown {
        /// Which car or target.
        at: usize,
    },
    /// Nothing at all can be done with a car.
    #[error("nothing can be done with car {at} by the rules")]
    Stuck {
        /// Which car.
        at: usize,
    },
}

impl ProblemError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Years => "renewal_plan.years",
            Self::Lengths { .. } => "renewal_plan.lengths",
            Self::Bounds { .. } => "renewal_plan.bounds",
            Self::Unknown { .. } => "renewal_plan.unknown",
            Self::Stuck { .. } => "renewal_plan.stuck",
        }
    }
}

impl Choice {
    /// The year in which something happens.
    pub const fn year(self) -> Option<usize> {
        match self {
            Self::Keep => None,
            Self::Renew { year, .. } | Self::Drop { year } | Self::Move { year, .. } => Some(year),
        }
    }
}

impl Problem {
    /// What is wrong with it.
    pub fn fault(&self) -> Option<ProblemError> {
        if !(1..=MOST_YEARS).contains(&self.years) || self.discount > 10_000 {
            return Some(ProblemError::Years);
        }
        let is_fair = |money: &Money| money.fen().abs() <= MOST_FEN;
        for (at, kind) in self.kinds.iter().enumerate() {
            if kind.year.len() < self.years || kind.worth.len() <= self.years {
                return Some(ProblemError::Lengths { at });
            }
            let prices = [kind.price, kind.km].into_iter();
            if !prices.chain(kind.year.iter().copied()).chain(kind.worth.iter().copied()).all(|money| is_fair(&money)) {
                return Some(ProblemError::Bounds { at });
            }
        }
        let known = |group: &usize| *group < self.groups.len();
        for (at, car) in self.cars.iter().enumerate() {
            if car.keep.len() != self.years || car.worth.len() != self.years + 1 {
                return Some(ProblemError::Lengths { at });
            }
            let is_whole = car.keep.iter().chain(&car.worth).chain([&car.hire]).all(is_fair);
            let driven = |kind: &usize| self.kinds.get(*kind).map(|kind| kind.km.times(car.km));
            if !is_whole
                || car.age_months > MOST_MONTHS
                || car.use_days > 366
                || car.kinds.iter().filter_map(driven).any(|money| !is_fair(&money))
            {
                return Some(ProblemError::Bounds { at });
            }
            if !known(&car.group) || !car.moves.iter().all(known) || car.kinds.iter().any(|kind| *kind >= self.kinds.len()) {
                return Some(ProblemError::Unknown { at });
            }
        }
        self.targets.iter().enumerate().find_map(|(at, target)| {
            let most = match target.kind {
                TargetKind::Budget | TargetKind::Running => i64::MAX / 1_000_000,
                TargetKind::MeanAge => i64::from(MOST_MONTHS),
                TargetKind::UseDays => 366,
                _ => 10_000,
            };
            match target {
                Target { year, .. } if *year >= self.years => Some(ProblemError::Unknown { at }),
                Target { value, .. } if !(0..=most).contains(value) => Some(ProblemError::Bounds { at }),
                _ => None,
            }
        })
    }
}

#[cfg(test)]
mod tests;
