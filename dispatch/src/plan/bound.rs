//! A cost below which no plan can lie, by Lagrangian relaxation, and the routes that were found on the way.
//!
//! Each request `i` is given a price `p(i)`. A plan serves a request by one route or leaves it out at `u(i)`, so its cost is the sum of
//! all prices, plus `u(i) − p(i)` for who is left out, plus for each car on the road the *reduced cost* of its route: what the route
//! costs less the prices of its requests. No route of a car of class `k` has a reduced cost below the least of that class, `r(k)`, and an
//! idle car has 0. With `n(k)` cars in class `k` therefore every plan costs at least
//!
//! > Σ p(i) + Σ min(0, u(i) − p(i)) + Σ n(k) · min(0, r(k)).
//!
//! That holds for **any** prices, however they were found, as long as `r(k)` is not above the least of the class. [`pricing`] makes
//! sure of that in whole numbers: its labels follow every way a car can take, drop only what another label can replace in all that
//! follows, and may even pass a request twice where windows allow it, which only makes `r(k)` less. Where requests may ride together,
//! each is given the prices of all its possible companions besides its own: whoever serves several at once drives no less than for one
//! of them, and gains no more than that. Drivers only take away plans, and so
//! does everything else that the relaxation does not see. Good prices are the dual ones of the cheapest mixture of routes
//! ([`master`]), found by column generation.
#![expect(clippy::indexing_slicing, reason = "requests and classes are indices of the day's own tables")]

mod dive;
mod master;
mod outlook;
mod pricing;

use super::day::{Day, Milli};
use super::draft::{Draft, Route};
use super::settings::Settings;

use self::master::Master;
use self::pricing::{Pricer, Wanted};

pub(super) use self::dive::draft_of;

/// Rounds without a better bound after which it is taken for the best.
const PATIENCE: u32 = 40;
/// So many steps take as long as a round of annealing.
const WORK_A_ROUND: u64 = 20_000;
/// A bound that is nearer than this part of a plan's cost to it has reached it.
const A_PLANS_COST: Milli = 20_000;
/// A bound that is so near to the cheapest mixture of the known routes is as good as it gets.
const CLOSED: f64 = 0.000_15;
/// A bound that grows by less than this share in so many rounds grows no more.
const ENOUGH: f64 = 0.000_02;

/// A route of a class, and what it costs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Column {
    pub(super) class: usize,
    pub(super) stops: Vec<usize>,
    pub(super) cost: Milli,
}

/// Prices with their bound, and the mixture of routes that they come from.
#[derive(Debug)]
pub(super) struct Relaxation<'a> {
    day: &'a Day,
    labels: Pricer,
    master: Master,
    /// The best bound so far.
    pub(super) least: Milli,
    prices: Vec<Milli>,
    companions: Vec<Vec<usize>>,
    settings: Settings,
    /// Steps that were made, of prices and of labels.
    pub(super) work: u64,
}

impl<'a> Relaxation<'a> {
    /// Begins with a plan: its routes, and prices that share their costs among their requests.
    pub(super) fn of(day: &'a Day, draft: &Draft, companions: Vec<Vec<usize>>, settings: Settings) -> Self {
        let mut master = Master::new(day);
        let mut prices: Vec<Milli> = day.stops.iter().map(left_out).collect();
        for car in &draft.used {
            let route = &draft.routes[*car];
            let weights: Vec<i64> = route.stops.iter().map(|request| 1_000 + day.stops[*request].metres).collect();
            let all: i64 = weights.iter().sum();
            for (request, weight) in route.stops.iter().zip(&weights) {
                prices[*request] = share(route.cost, *weight, all).min(prices[*request]);
            }
            master.add(Column { class: day.class_of[*car], stops: route.stops.clone(), cost: route.cost });
        }
        master.begin_with(&prices);
        let (labels, least) = (Pricer::new(day), Milli::MIN);
        let mut relaxation = Self { day, labels, master, least, prices: Vec::new(), companions, settings, work: 0 };
        relaxation.price(prices);
        relaxation
    }

    /// Makes rounds until the bound reaches what a plan costs, is as good as it gets, or `enough` says so.
    pub(super) fn improve(&mut self, cost: Milli, enough: &mut dyn FnMut(u64) -> bool) {
        let (mut stale, mut mark) = (0, self.least);
        let goal = cost - cost / A_PLANS_COST;
        while stale < PATIENCE && self.least < goal && !self.is_closed() && !enough(self.spent()) {
            let wanted = self.master.prices();
            // Late rounds trust the master more: by then it knows the routes that matter.
            let step = if stale * 2 > PATIENCE { 1.0 } else { self.settings.step };
            let prices = self.prices.iter().zip(&wanted).map(|(best, new)| towards(*best, *new, step)).collect();
            self.price(prices);
            #[expect(clippy::cast_precision_loss, reason = "a share of a cost")]
            let is_better = (self.least - mark) as f64 > ENOUGH * self.least.max(1) as f64;
            (stale, mark) = if is_better { (0, self.least) } else { (stale + 1, mark) };
        }
    }

    /// The mixture of the known routes is hardly dearer than the bound.
    fn is_closed(&self) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "a share of a cost")]
        let least = self.least as f64;
        self.master.worth() - least < CLOSED * least
    }

    /// The bound that these prices give; the routes that they ask for go to the master.
    fn price(&mut self, prices: Vec<Milli>) {
        let mut bound: i128 = 0;
        for (stop, price) in self.day.stops.iter().zip(&prices) {
            bound += i128::from(*price) + i128::from((left_out(stop) - price).min(0));
        }
        let gains = self.gains(&prices);
        let known = self.master.least(&gains);
        for (class, below) in known.into_iter().enumerate() {
            let (least, columns) = self.routes(class, &gains, below);
            bound += i128::from(least) * i128::try_from(self.day.classes[class].cars.len()).unwrap_or(i128::MAX);
            for column in columns {
                self.master.add(column);
            }
        }
        let bound = Milli::try_from(bound).unwrap_or(Milli::MIN);
        if bound > self.least || self.prices.is_empty() {
            self.least = bound;
            self.prices = prices;
        }
        self.work += self.master.solve(self.settings.steps, self.settings.weight);
    }

    /// The least reduced cost of a class, and routes below what is known.
    fn routes(&mut self, class: usize, gains: &[Milli], below: Milli) -> (Milli, Vec<Column>) {
        let wanted = Wanted { below, routes: self.settings.routes };
        let answer = self.labels.price(self.day, class, gains, wanted);
        self.work += std::mem::take(&mut self.labels.work);
        answer
    }

    /// The work so far in rounds of annealing, as nearly as they compare.
    pub(super) const fn spent(&self) -> u64 {
        self.work / WORK_A_ROUND
    }

    /// A car's route as the master knows it.
    pub(super) fn column(&self, car: usize, route: &Route) -> Column {
        Column { class: self.day.class_of[car], stops: route.stops.clone(), cost: route.cost }
    }

    /// What a car gains at most by serving a request: its price, and those of all who could ride along.
    fn gains(&self, prices: &[Milli]) -> Vec<Milli> {
        let with = |others: &Vec<usize>| others.iter().map(|other| prices[*other].max(0)).sum::<Milli>();
        prices.iter().zip(&self.companions).map(|(price, others)| price + with(others)).collect()
    }

    /// The bound in whole fen: no plan costs less. A cost is rounded car by car, by half a fen at most.
    pub(super) fn fen(&self) -> i64 {
        let rounding = i64::try_from(self.day.cars()).unwrap_or(i64::MAX) * 500;
        (self.least - rounding).div_euclid(1000).max(0)
    }
}

/// The least reduced cost of a class, for the tests.
#[cfg(test)]
pub(super) fn probe(day: &Day, class: usize, prices: &[Milli]) -> Milli {
    Pricer::new(day).price(day, class, prices, Wanted { below: 0, routes: 1 }).0
}

/// What it costs to leave a request out; a promise cannot be left out, whatever the price.
pub(super) fn left_out(stop: &super::day::Stop) -> Milli {
    if stop.tier == 0 { stop.penalty } else { stop.unserved }
}

fn share(cost: Milli, weight: i64, all: i64) -> Milli {
    Milli::try_from(i128::from(cost) * i128::from(weight) / i128::from(all.max(1))).unwrap_or_default()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "any price near it will do")]
fn towards(best: Milli, new: f64, step: f64) -> Milli {
    let best = best as f64;
    (best + step * (new - best)).round() as Milli
}
