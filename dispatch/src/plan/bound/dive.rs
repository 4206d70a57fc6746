//! From a mixture of routes to whole ones: those that are taken most go into the plan as they are, the rest is put in behind them.
#![expect(clippy::indexing_slicing, reason = "requests and classes are indices of the day's own tables")]

use super::{Column, Relaxation};
use crate::plan::day::Day;
use crate::plan::draft::{Draft, NOBODY, Undo};

/// A route of which less is taken tells nothing.
const LEAST: f64 = 0.02;

/// A draft of the routes of the mixture that fit together, the most taken first; who is in none of them stays behind for now.
pub(in crate::plan) fn dive(day: &Day, relaxation: &Relaxation<'_>, undo: &mut Undo) -> Draft {
    let mut ranked: Vec<(&Column, f64)> = relaxation.master.mixture().filter(|(_, taken)| *taken > LEAST).collect();
    ranked.sort_by(|one, other| other.1.total_cmp(&one.1));
    let mut draft = Draft::empty(day);
    draft.begin(undo);
    for (column, _) in ranked {
        let is_free = column.stops.iter().all(|request| draft.car_of[*request] == NOBODY);
        let Some(car) = draft.idle[column.class].last().copied().filter(|_| is_free) else { continue };
        draft.send(day, undo, car, &column.stops);
    }
    draft
}
