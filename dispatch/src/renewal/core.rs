//! Cars whose decision is close are decided exactly: every combination that could still be cheaper is looked at, the others are cut off.
#![expect(clippy::indexing_slicing, reason = "rows, cars and options of the model, whose indices are its own")]

use super::bound::whole;
use super::model::Model;
use super::repair::Draft;

/// Combinations that are looked at.
const NODES: u32 = 400_000;
/// Cars that are decided together where there are too many for all, and how often.
const WINDOW: usize = 24;
const WINDOWS: usize = 8;

/// A search over some cars, the others being settled.
struct Search<'a> {
    model: &'a Model,
    /// The cars, and of each the options that are left with their losses, the least first.
    cars: Vec<(usize, Vec<(i128, usize)>)>,
    /// Rows to which the cars add anything: the others stay as they are.
    rows: Vec<usize>,
    /// The least that the cars from here on add to each of these rows.
    least: Vec<Vec<i64>>,
    /// What a plan costs at least with what is settled, in parts.
    floor: i128,
    /// Cheaper than this, or nothing.
    ceiling: i64,
    found: Option<Vec<usize>>,
    picked: Vec<usize>,
    sums: Vec<i64>,
    /// What is picked so far costs, with what is settled.
    cost: i64,
    nodes: u32,
}

/// Makes the plan cheaper; true when it is proved that none is (or, without a plan, that there is none).
pub(super) fn decide<'a>(model: &'a Model, losses: &[i128], floor: i128, best: &mut Option<Draft<'a>>) -> bool {
    let ceiling = best.as_ref().map_or(i64::MAX, |draft| draft.cost);
    let room = if ceiling == i64::MAX { i128::MAX } else { (i128::from(ceiling - 1) << 24) - floor };
    let open = |car: &usize| model.options(*car).filter(|option| losses[*option] <= room).count() > 1;
    let mut cars: Vec<usize> = (0..model.cars()).filter(open).collect();
    let margin = |car: &usize| {
        let mut of_car: Vec<i128> = losses[model.options(*car)].to_vec();
        of_car.sort_unstable();
        of_car.get(1).copied().unwrap_or(i128::MAX)
    };
    cars.sort_by_cached_key(|car| (margin(car), *car));
    let cheapest = |car: usize| model.options(car).min_by_key(|option| (losses[*option], *option)).unwrap_or_default();
    if cars.len() <= 4 * WINDOW {
        let settled: Vec<usize> = (0..model.cars()).map(cheapest).collect();
        let mut search = Search::new(model, losses, (floor, ceiling), &settled, &cars);
        let is_done = search.run();
        if let Some(taken) = search.found {
            *best = Some(Draft::new(model, taken));
        }
        return is_done;
    }
    let Some(draft) = best else { return false };
    for window in cars.windows(WINDOW).step_by(WINDOW / 2).take(WINDOWS) {
        let settled = draft.taken.clone();
        let mut search = Search::new(model, losses, (floor, draft.cost), &settled, window);
        search.run();
        if let Some(taken) = search.found {
            *draft = Draft::new(model, taken);
        }
    }
    false
}

impl<'a> Search<'a> {
    fn new(model: &'a Model, losses: &[i128], (floor, ceiling): (i128, i64), settled: &[usize], cars: &[usize]) -> Self {
        let Draft { mut sums, mut cost, .. } = Draft::new(model, settled.to_vec());
        for car in cars {
            cost -= model.costs[settled[*car]];
            for term in model.terms(settled[*car]) {
                sums[term.row as usize] -= i64::from(term.by);
            }
        }
        let is_open = |car: usize| cars.contains(&car);
        let lost: i128 = settled.iter().enumerate().filter(|(car, _)| !is_open(*car)).map(|(_, option)| losses[*option]).sum();
        let options = |car: &usize| {
            let mut options: Vec<(i128, usize)> = model.options(*car).map(|option| (losses[option], option)).collect();
            options.sort_unstable();
            (*car, options)
        };
        // The clear decisions first: their other options are cut off at once.
        let cars: Vec<(usize, Vec<(i128, usize)>)> = cars.iter().rev().map(options).collect();
        let touched = cars.iter().flat_map(|(_, options)| options).flat_map(|(_, option)| model.terms(*option));
        let mut rows: Vec<usize> = touched.map(|term| term.row as usize).collect();
        rows.sort_unstable();
        rows.dedup();
        let mut least = vec![vec![0_i64; rows.len()]; cars.len() + 1];
        let mut here = vec![0_i64; model.rows.len()];
        for (at, (_, options)) in cars.iter().enumerate().rev() {
            let mut own = vec![i64::MAX; rows.len()];
            for (_, option) in options {
                for term in model.terms(*option) {
                    here[term.row as usize] = i64::from(term.by);
                }
                own.iter_mut().zip(&rows).for_each(|(own, row)| *own = (*own).min(here[*row]));
                for term in model.terms(*option) {
                    here[term.row as usize] = 0;
                }
            }
            least[at] = least[at + 1].iter().zip(own).map(|(after, own)| after + own).collect();
        }
        let (picked, found) = (settled.to_vec(), None);
        Self { model, cars, rows, least, floor: floor + lost, ceiling, found, picked, sums, cost, nodes: NODES }
    }

    /// Looks at all; true when nothing was left out.
    fn run(&mut self) -> bool {
        let is_beyond = |row: usize| self.sums[row] > self.model.rows[row].most;
        let is_hopeless = (0..self.sums.len()).any(|row| is_beyond(row) && self.rows.binary_search(&row).is_err());
        is_hopeless || self.descend(0, 0)
    }

    fn descend(&mut self, at: usize, above: i128) -> bool {
        let reaches = |(row, least): (&usize, &i64)| self.sums[*row] + least > self.model.rows[*row].most;
        if self.rows.iter().zip(&self.least[at]).any(reaches) {
            return true;
        }
        if at == self.cars.len() {
            if self.cost < self.ceiling {
                self.ceiling = self.cost;
                self.found = Some(self.picked.clone());
            }
            return true;
        }
        let car = self.cars[at].0;
        for place in 0..self.cars[at].1.len() {
            let (loss, option) = self.cars[at].1[place];
            // Dearer than what there is: so are all that follow.
            if self.ceiling != i64::MAX && whole(self.floor + above + loss) >= self.ceiling {
                break;
            }
            if self.nodes == 0 {
                return false;
            }
            self.nodes -= 1;
            self.picked[car] = option;
            self.cost += self.model.costs[option];
            for term in self.model.terms(option) {
                self.sums[term.row as usize] += i64::from(term.by);
            }
            let is_done = self.descend(at + 1, above + loss);
            self.cost -= self.model.costs[option];
            for term in self.model.terms(option) {
                self.sums[term.row as usize] -= i64::from(term.by);
            }
            if !is_done {
                return false;
            }
        }
        true
    }
}
