//! The problem as options and sums: what can be done with each car, what it costs, and what it adds to each sum that has a limit.
#![expect(clippy::indexing_slicing, reason = "lengths and indices were checked with the problem")]

use super::{Car, Choice, Problem, ProblemError, TargetKind};
use crate::money::Money;

/// What a limit is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The target of that place in the problem.
    Target(usize),
    /// The establishment of the group.
    Establishment(usize),
    /// The vacant places of the group.
    Vacancy(usize),
}

/// A sum over all cars that is at most so much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it is about.
    pub limit: Limit,
    /// At most.
    pub most: i64,
}

/// What an option adds to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// Which row.
    pub row: u32,
    /// How much.
    pub by: i32,
}

/// Options of all cars, one behind the other.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// What has a limit; targets first.
    pub rows: Vec<Row>,
    /// How many of the rows are targets.
    pub dense: usize,
    /// Where the options of each car begin, and the end.
    pub starts: Vec<usize>,
    /// What is done.
    pub choices: Vec<Choice>,
    /// What it costs over all the years, in fen of the first.
    pub costs: Vec<i64>,
    /// Where the terms of each option begin, and the end.
    spans: Vec<usize>,
    terms: Vec<Term>,
}

impl Model {
    /// Of a problem; or what is wrong with it.
    pub fn of(problem: &Problem) -> Result<Self, ProblemError> {
        if let Some(fault) = problem.fault() {
            return Err(fault);
        }
        let mut model = Self { starts: vec![0], spans: vec![0], ..Self::default() };
        let groups = model.limits(problem);
        let factors = factors(problem);
        for (at, car) in problem.cars.iter().enumerate() {
            for choice in choices(problem, car) {
                model.choices.push(choice);
                model.costs.push(cost(problem, car, choice, &factors));
                model.enter(problem, car, choice, &groups);
                model.spans.push(model.terms.len());
            }
            if model.starts.last() == Some(&model.choices.len()) {
                return Err(ProblemError::Stuck { at });
            }
            model.starts.push(model.choices.len());
        }
        Ok(model)
    }

    /// How many cars.
    pub fn cars(&self) -> usize {
        self.starts.len() - 1
    }

    /// The options of a car.
    pub fn options(&self, car: usize) -> std::ops::Range<usize> {
        self.starts[car]..self.starts[car + 1]
    }

    /// What an option adds to the rows.
    pub fn terms(&self, option: usize) -> &[Term] {
        &self.terms[self.spans[option]..self.spans[option + 1]]
    }

    /// The rows; which of them speak of a group.
    fn limits(&mut self, problem: &Problem) -> Vec<[Option<usize>; 2]> {
        for (at, target) in problem.targets.iter().enumerate() {
            let cars = i64::try_from(problem.cars.len()).unwrap_or(i64::MAX);
            let most = match target.kind {
                TargetKind::Budget | TargetKind::Running => target.value,
                TargetKind::Renewed => target.value.saturating_mul(cars),
                _ => 0,
            };
            self.rows.push(Row { limit: Limit::Target(at), most });
        }
        self.dense = self.rows.len();
        let mut held = vec![(0_u32, false); problem.groups.len()];
        for car in &problem.cars {
            held[car.group].0 += 1;
            for group in &car.moves {
                held[*group].1 = true;
            }
        }
        let mut groups = Vec::new();
        for (at, (group, (held, is_wanted))) in problem.groups.iter().zip(held).enumerate() {
            let mut row = |limit, most: u32| {
                self.rows.push(Row { limit, most: i64::from(most) });
                self.rows.len() - 1
            };
            let over = group.authorised.filter(|(most, year)| held > *most && *year < problem.years);
            let over = over.map(|(most, _)| row(Limit::Establishment(at), most));
            groups.push([over, is_wanted.then(|| row(Limit::Vacancy(at), group.vacant))]);
        }
        groups
    }

    /// What the choice adds to every row.
    fn enter(&mut self, problem: &Problem, car: &Car, choice: Choice, groups: &[[Option<usize>; 2]]) {
        for (row, target) in problem.targets.iter().enumerate() {
            let by = adds(problem, car, choice, target.kind, target.year, target.value);
            self.add(row, by);
        }
        if let Some(row) = groups[car.group][0] {
            let by_then = problem.groups[car.group].authorised.map_or(0, |(_, year)| year);
            let is_gone = matches!(choice, Choice::Drop { year } | Choice::Move { year, .. } if year <= by_then);
            self.add(row, i64::from(!is_gone));
        }
        if let Choice::Move { group, .. } = choice
            && let Some(row) = groups[group][1]
        {
            self.add(row, 1);
        }
    }

    fn add(&mut self, row: usize, by: i64) {
        if by != 0 {
            let by = i32::try_from(by)
                .expect("amounts are at most 10⁹ fen, of which a term has two,, which was checked with the problem");
            self.terms.push(Term { row: u32::try_from(row).expect("a row a target and two a group"), by });
        }
    }
}

/// What the rules let be done with a car.
fn choices(problem: &Problem, car: &Car) -> Vec<Choice> {
    let last = problem.years - 1;
    let stays = car.must_by.is_none_or(|by| by > last);
    let by = car.must_by.map_or(last, |by| by.min(last));
    let mut choices = Vec::new();
    if stays {
        choices.push(Choice::Keep);
    }
    if let Some(from) = car.may_from {
        let years = from..=by;
        choices.extend(years.flat_map(|year| car.kinds.iter().map(move |kind| Choice::Renew { year, kind: *kind })));
    }
    if car.may_drop {
        choices.extend((0..=by).map(|year| Choice::Drop { year }));
    }
    if stays {
        let years = 0..=last;
        choices.extend(years.flat_map(|year| car.moves.iter().map(move |group| Choice::Move { year, group: *group })));
    }
    choices
}

/// What money of each year, and of the end, is worth at the beginning, in parts of 2³⁰.
pub fn factors(problem: &Problem) -> Vec<i64> {
    let mut factors = vec![1_i64 << 30];
    for _ in 0..problem.years {
        let last = factors[factors.len() - 1];
        factors.push(last * 10_000 / (10_000 + i64::from(problem.discount)));
    }
    factors
}

/// Half a fen and more counts as one.
pub fn discounted(fen: i64, factor: i64) -> i64 {
    let product = i128::from(fen) * i128::from(factor) + (1 << 29);
    i64::try_from(product >> 30).unwrap_or(i64::MAX)
}

/// All years of it, each discounted as a whole, less what the car at the end is worth.
fn cost(problem: &Problem, car: &Car, choice: Choice, factors: &[i64]) -> i64 {
    let of_year = |year: usize| {
        let once = match choice {
            Choice::Renew { year: at, kind } if at == year => problem.kinds[kind].price.fen() - car.worth[year].fen(),
            Choice::Drop { year: at } if at == year => -car.worth[year].fen(),
            Choice::Move { year: at, .. } if at == year => problem.transfer.fen(),
            _ => 0,
        };
        // The receiving unit need not hire for its place any more.
        let saved = match choice {
            Choice::Move { year: at, group } if at <= year => problem.groups[group].hire.fen(),
            _ => 0,
        };
        discounted(once + runs(problem, car, choice, year) - saved, factors[year])
    };
    let worth = match choice {
        Choice::Keep | Choice::Move { .. } => car.worth[problem.years],
        Choice::Renew { year, kind } => problem.kinds[kind].worth[problem.years - year],
        Choice::Drop { .. } => Money::ZERO,
    };
    (0..problem.years).map(of_year).sum::<i64>() + discounted(-worth.fen(), factors[problem.years])
}

/// What running the car, or what came for it, costs in a year.
fn runs(problem: &Problem, car: &Car, choice: Choice, year: usize) -> i64 {
    let hired = car.hire.fen();
    match choice {
        Choice::Renew { year: at, kind } if at <= year => {
            let kind = &problem.kinds[kind];
            kind.year[year - at].fen() + kind.km.times(car.km).fen()
        }
        Choice::Drop { year: at } if at <= year => hired,
        Choice::Move { year: at, .. } if at <= year => car.keep[year].fen() + hired,
        _ => car.keep[year].fen(),
    }
}

/// What the choice adds to the sum of a target.
fn adds(problem: &Problem, car: &Car, choice: Choice, kind: TargetKind, year: usize, value: i64) -> i64 {
    let bought = match choice {
        Choice::Renew { year: at, kind } if at == year => Some(&problem.kinds[kind]),
        _ => None,
    };
    // Months of age and new energy of what is there at the year's end.
    let there = match choice {
        Choice::Drop { year: at } if at <= year => None,
        Choice::Renew { year: at, kind } if at <= year => Some((12 * (year - at + 1), problem.kinds[kind].is_new_energy)),
        _ => Some((car.age_months as usize + 12 * (year + 1), car.is_new_energy)),
    };
    let lacks = |is_one: bool| if is_one { value - 10_000 } else { value };
    match kind {
        TargetKind::Budget => bought.map_or(0, |kind| kind.price.fen()),
        TargetKind::Running => runs(problem, car, choice, year),
        TargetKind::NevFlow => bought.map_or(0, |kind| lacks(kind.is_new_energy)),
        TargetKind::NevStock => there.map_or(0, |(_, is_new_energy)| lacks(is_new_energy)),
        TargetKind::MeanAge => there.map_or(0, |(months, _)| i64::try_from(months).unwrap_or(i64::MAX) - value),
        TargetKind::OverAge => {
            there.map_or(0, |(months, _)| if months > problem.old_months as usize { 10_000 - value } else { -value })
        }
        TargetKind::UseDays => there.map_or(0, |_| value - i64::from(car.use_days)),
        TargetKind::Renewed => bought.map_or(0, |_| 10_000),
    }
}
