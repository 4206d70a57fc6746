//! From a mixture of routes to whole ones: those that are taken most are settled, the mixture of the rest is found anew, and so on.

use super::master::Master;
use super::{Column, Relaxation};
use crate::plan::day::Day;
use crate::plan::draft::{Draft, Undo};

/// A route of which so much is taken is settled at once.
const SURE: f64 = 0.9;
/// A route of which less is taken tells nothing.
const LEAST: f64 = 0.05;

impl Relaxation<'_> {
    /// Whole routes that fit together and with those that are `settled`, as many of them as there is time for.
    /// Those of `open` are known too.
    pub(in crate::plan) fn dive(
        &mut self,
        settled: &[Column],
        open: &[Column],
        enough: &mut dyn FnMut(u64) -> bool,
    ) -> Vec<Column> {
        for column in open {
            self.master.add(column.clone());
        }
        let mut master = self.master.without(self.day, settled);
        let mut found = Vec::new();
        loop {
            for _ in 0..self.settings.dive_rounds {
                self.work += master.solve(self.settings.steps / 2, self.settings.weight);
                if self.price_open(&mut master) == 0 {
                    break;
                }
            }
            self.work += master.solve(self.settings.steps / 2, self.settings.weight);
            let chosen = most_taken(&master, self.settings.unsure);
            if chosen.is_empty() || enough(self.spent()) {
                break;
            }
            for column in chosen {
                master.settle(&column);
                found.push(column);
            }
        }
        for column in &found {
            self.master.add(column.clone());
        }
        found
    }

    /// Adds routes that the master's own prices ask for; says how many.
    fn price_open(&mut self, master: &mut Master) -> usize {
        let gains = master.gains();
        let known = master.least(&gains);
        let before = master.routes();
        for (class, below) in known.into_iter().enumerate() {
            if master.has_cars(class) {
                for column in self.routes(class, &gains, below).1 {
                    master.add(column);
                }
            }
        }
        master.routes() - before
    }
}

/// Routes of the mixture that fit together: all that are sure, and of the others some.
fn most_taken(master: &Master, part: usize) -> Vec<Column> {
    let mut ranked: Vec<(&Column, f64)> = master.mixture().filter(|(_, taken)| *taken > LEAST).collect();
    ranked.sort_by(|one, other| other.1.total_cmp(&one.1));
    let all: f64 = ranked.iter().map(|(_, taken)| taken).sum();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "no more than cars")]
    let unsure = (all as usize).div_ceil(part.max(1)).max(1);
    let mut trial = master.places();
    let mut chosen: Vec<Column> = Vec::new();
    for (column, taken) in ranked {
        if (taken < SURE && chosen.len() >= unsure) || !trial.take(column) {
            continue;
        }
        chosen.push(column.clone());
    }
    chosen
}

/// A draft of these routes; who is in none of them stays behind for now.
pub(in crate::plan) fn draft_of(day: &Day, routes: &[Column], undo: &mut Undo) -> Draft {
    let mut draft = Draft::empty(day);
    draft.begin(undo);
    for column in routes {
        if let Some(car) = draft.idle.get(column.class).and_then(|cars| cars.last()).copied() {
            draft.send(day, undo, car, &column.stops);
        }
    }
    draft
}
