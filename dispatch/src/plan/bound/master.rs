//! The cheapest mixture of the routes that are known: a linear programme, solved as nearly as prices need by a primal-dual gradient
//! method (Chambolle and Pock, 2011) that goes on where it stood when routes are added.
//!
//! Any prices give a true bound, so that this need not be exact: an error here only makes the bound a little lower.
#![expect(clippy::indexing_slicing, reason = "requests and classes are indices of lists made here")]
#![expect(clippy::cast_precision_loss, reason = "costs as shares of what a request costs")]

use std::collections::HashSet;

use super::outlook::SETTLED;
use super::{Column, left_out};
use crate::plan::day::{Day, Milli};

/// More routes than this many a request are thinned out: those go that cost most above their prices.
const ROUTES_A_REQUEST: usize = 12;

/// Routes, how much of each is taken, and the prices.
#[derive(Clone, Debug)]
pub(super) struct Master {
    columns: Vec<Column>,
    known: HashSet<Column>,
    /// How much of each route is taken.
    taken: Vec<f64>,
    /// The price of each request, and what a car of each class is worth, none or less; in units of `scale`.
    prices: Vec<f64>,
    worth: Vec<f64>,
    ceilings: Vec<f64>,
    cars: Vec<f64>,
    scale: f64,
    /// The means over the second half of the last solution: steadier than where it ended.
    mean_prices: Vec<f64>,
    mean_taken: Vec<f64>,
    /// No known route uses a request or a car that is settled.
    is_thinned: bool,
}

/// What is not settled.
#[derive(Debug)]
pub(super) struct Places {
    cars: Vec<f64>,
    is_open: Vec<bool>,
}

impl Places {
    fn fits(&self, column: &Column) -> bool {
        self.cars[column.class] > 0.5 && column.stops.iter().all(|request| self.is_open[*request])
    }

    /// Takes the places of a route if they are all free.
    pub(super) fn take(&mut self, column: &Column) -> bool {
        let fits = self.fits(column);
        if fits {
            self.cars[column.class] -= 1.0;
            column.stops.iter().for_each(|request| self.is_open[*request] = false);
        }
        fits
    }
}

impl Master {
    pub(super) fn new(day: &Day) -> Self {
        let requests = day.requests();
        Self {
            columns: Vec::new(),
            known: HashSet::new(),
            taken: Vec::new(),
            prices: vec![0.0; requests],
            worth: vec![0.0; day.classes.len()],
            ceilings: day.stops.iter().map(|stop| left_out(stop) as f64).collect(),
            cars: day.classes.iter().map(|class| class.cars.len() as f64).collect(),
            scale: 1.0,
            mean_prices: vec![0.0; requests],
            mean_taken: Vec::new(),
            is_thinned: true,
        }
    }

    /// Takes prices to begin with; the first routes are those of a plan.
    pub(super) fn begin_with(&mut self, prices: &[Milli]) {
        let sum: f64 = self.columns.iter().map(|column| column.cost as f64).sum();
        let dearest: f64 = prices.iter().map(|price| *price as f64).sum::<f64>() / 10.0;
        let sum = if self.columns.is_empty() { dearest } else { sum };
        self.scale = (sum / prices.len().max(1) as f64).max(1.0);
        self.prices = prices.iter().map(|price| *price as f64 / self.scale).collect();
        self.mean_prices.clone_from(&self.prices);
        self.ceilings.iter_mut().for_each(|ceiling| *ceiling /= self.scale);
        self.taken.fill(1.0);
    }

    pub(super) fn add(&mut self, column: Column) {
        if self.known.insert(column.clone()) {
            self.columns.push(column);
            self.taken.push(0.0);
        }
    }

    /// The prices of the last solution, in thousandths of a fen.
    pub(super) fn prices(&self) -> Vec<f64> {
        self.mean_prices.iter().map(|price| price * self.scale).collect()
    }

    /// The same master when these routes are settled, and whoever must not be left out costs as much as the search holds against it.
    pub(super) fn without(&self, day: &Day, settled: &[Column]) -> Self {
        let mut places = self.places();
        for column in settled {
            places.take(column);
        }
        let kept: Vec<usize> = (0..self.columns.len()).filter(|at| places.fits(&self.columns[*at])).collect();
        let mut rest = Self {
            columns: kept.iter().map(|at| self.columns[*at].clone()).collect(),
            known: HashSet::new(),
            taken: kept.iter().map(|at| self.taken[*at]).collect(),
            prices: self.prices.clone(),
            worth: self.worth.clone(),
            ceilings: day.stops.iter().map(|stop| stop.penalty as f64 / self.scale).collect(),
            cars: self.cars.clone(),
            scale: self.scale,
            mean_prices: self.mean_prices.clone(),
            mean_taken: Vec::new(),
            is_thinned: true,
        };
        rest.known = rest.columns.iter().cloned().collect();
        for column in settled {
            rest.settle(column);
        }
        rest.is_thinned = true;
        rest
    }

    /// Takes a route for good: its requests and its car are gone.
    pub(super) fn settle(&mut self, column: &Column) {
        self.cars[column.class] -= 1.0;
        for request in &column.stops {
            self.ceilings[*request] = 0.0;
            self.prices[*request] = 0.0;
        }
        self.is_thinned = false;
    }

    /// The class has cars that are not settled.
    pub(super) fn has_cars(&self, class: usize) -> bool {
        self.cars[class] > 0.5
    }

    /// Cars and requests that are not settled.
    pub(super) fn places(&self) -> Places {
        Places { cars: self.cars.clone(), is_open: self.ceilings.iter().map(|ceiling| *ceiling > 0.0).collect() }
    }

    /// How many routes are known.
    pub(super) const fn routes(&self) -> usize {
        self.columns.len()
    }

    /// The last prices of the open requests; nobody drives to the others.
    #[expect(clippy::cast_possible_truncation, reason = "any price near it will do")]
    pub(super) fn gains(&self) -> Vec<Milli> {
        let open = self.mean_prices.iter().zip(&self.ceilings);
        open.map(|(price, ceiling)| if *ceiling > 0.0 { (price * self.scale).round() as Milli } else { -SETTLED }).collect()
    }

    /// Drops the routes that cannot go any more.
    fn drop_settled(&mut self) {
        let places = self.places();
        let kept: Vec<usize> = (0..self.columns.len()).filter(|at| places.fits(&self.columns[*at])).collect();
        self.keep(&kept);
        self.is_thinned = true;
    }

    /// The least reduced cost of the known routes of each class, none or less.
    pub(super) fn least(&self, gains: &[Milli]) -> Vec<Milli> {
        let mut least = vec![0; self.worth.len()];
        for column in &self.columns {
            let reduced = column.cost - column.stops.iter().map(|request| gains[*request]).sum::<Milli>();
            least[column.class] = reduced.min(least[column.class]);
        }
        least
    }

    /// The routes that are known and how much of each is taken.
    pub(super) fn mixture(&self) -> impl Iterator<Item = (&Column, f64)> {
        self.columns.iter().zip(self.mean_taken.iter().copied())
    }

    /// Goes some steps towards the best mixture; `weight` says how much longer those of the mixture are than those of the prices.
    /// Says how much work that was.
    pub(super) fn solve(&mut self, steps: usize, weight: f64) -> u64 {
        if !self.is_thinned {
            self.drop_settled();
        }
        self.thin_out();
        let (begins, riders) = self.rows();
        let classes: Vec<u32> = self.columns.iter().map(|column| u32::try_from(column.class).unwrap_or(u32::MAX)).collect();
        let costs: Vec<f64> = self.columns.iter().map(|column| column.cost as f64 / self.scale).collect();
        let (mut in_request, mut in_class) = (vec![0.0_f64; self.prices.len()], vec![0.0_f64; self.worth.len()]);
        for request in &riders {
            in_request[*request as usize] += 1.0;
        }
        for class in &classes {
            in_class[*class as usize] += 1.0;
        }
        // The steps of Pock and Chambolle (2011), with which it always converges: long routes and crowded requests take short ones.
        let primal: Vec<f64> = self.columns.iter().map(|column| weight / (column.stops.len() + 1) as f64).collect();
        let dual = |count: f64| 1.0 / count.max(1.0) / weight;
        let (mut served, mut sent) = (vec![0.0; self.prices.len()], vec![0.0; self.worth.len()]);
        self.mean_prices.fill(0.0);
        self.mean_taken.clear();
        self.mean_taken.resize(self.columns.len(), 0.0);
        for step in 0..steps {
            served.fill(0.0);
            sent.fill(0.0);
            let counts = if step >= steps / 2 { 2.0 / steps as f64 } else { 0.0 };
            for column in 0..costs.len() {
                let range = begins[column]..begins[column + 1];
                let class = classes[column] as usize;
                let paid: f64 = riders[range.clone()].iter().map(|request| self.prices[*request as usize]).sum();
                let before = self.taken[column];
                let now = (before - primal[column] * (costs[column] - paid - self.worth[class])).max(0.0);
                self.taken[column] = now;
                self.mean_taken[column] += counts * now;
                let ahead = 2.0 * now - before;
                if ahead != 0.0 {
                    for request in &riders[range] {
                        served[*request as usize] += ahead;
                    }
                    sent[class] += ahead;
                }
            }
            for (request, price) in self.prices.iter_mut().enumerate() {
                *price = (*price + dual(in_request[request]) * (1.0 - served[request])).clamp(0.0, self.ceilings[request]);
                self.mean_prices[request] += counts * *price;
            }
            for (class, worth) in self.worth.iter_mut().enumerate() {
                *worth = (*worth + dual(in_class[class]) * (self.cars[class] - sent[class])).min(0.0);
            }
        }
        (steps * (2 * riders.len() + self.prices.len())) as u64
    }

    /// What the prices of the last solution come to: the cost of the mixture, as nearly as it was solved.
    pub(super) fn worth(&self) -> f64 {
        let cars: f64 = self.worth.iter().zip(&self.cars).map(|(worth, cars)| worth * cars).sum();
        self.scale * (self.mean_prices.iter().sum::<f64>() + cars)
    }

    /// The requests of all routes in one list, and where each route begins in it.
    fn rows(&self) -> (Vec<usize>, Vec<u32>) {
        let (mut begins, mut riders) = (vec![0], Vec::new());
        for column in &self.columns {
            riders.extend(column.stops.iter().map(|request| u32::try_from(*request).unwrap_or(u32::MAX)));
            begins.push(riders.len());
        }
        (begins, riders)
    }

    /// Drops the routes that cost most above their prices, when there are many.
    fn thin_out(&mut self) {
        let most = ROUTES_A_REQUEST * self.prices.len().max(100);
        if self.columns.len() <= most * 3 / 2 {
            return;
        }
        let above = |column: &Column| -> f64 {
            let paid: f64 = column.stops.iter().map(|request| self.prices[*request]).sum();
            column.cost as f64 / self.scale - paid - self.worth[column.class]
        };
        let mut ranked: Vec<(f64, usize)> = self
            .columns
            .iter()
            .enumerate()
            .map(|(at, column)| (if self.taken[at] > 1e-6 { f64::NEG_INFINITY } else { above(column) }, at))
            .collect();
        ranked.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        ranked.truncate(most);
        let mut kept: Vec<usize> = ranked.into_iter().map(|(_, at)| at).collect();
        kept.sort_unstable();
        self.keep(&kept);
    }

    fn keep(&mut self, kept: &[usize]) {
        self.taken = kept.iter().map(|at| self.taken[*at]).collect();
        self.columns = kept.iter().map(|at| self.columns[*at].clone()).collect();
        self.known = self.columns.iter().cloned().collect();
    }
}
