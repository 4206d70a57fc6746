//! A part of the plan at a time: routes near each other are given up, and the best ones for their requests and cars are put together
//! anew from the mixture of all that are known.
#![expect(clippy::indexing_slicing, reason = "requests and cars are indices of the day's own tables")]

use super::anneal::{Effort, Search};
use super::bound::{Column, Relaxation, draft_of};
use super::draft::{Draft, NOBODY};

/// How often the part is routes drawn from all over the day instead of routes near each other.
const ANYWHERE: f64 = 0.3;

/// Plans part after part while the effort lasts; a plan is taken that costs no more.
pub(super) fn improve(
    search: &mut Search<'_>,
    relaxation: &mut Relaxation<'_>,
    mut draft: Draft,
    effort: &mut Effort<'_>,
) -> Draft {
    let begun = search.rounds;
    relaxation.work = 0;
    while effort(begun + relaxation.spent()) < 1.0 && !draft.used.is_empty() {
        let freed = part(search, &draft);
        let (open, settled): (Vec<usize>, Vec<usize>) = draft.used.iter().partition(|car| freed[**car]);
        let column = |car: &usize| relaxation.column(*car, &draft.routes[*car]);
        let (open, mut routes): (Vec<Column>, Vec<Column>) =
            (open.iter().map(column).collect(), settled.iter().map(column).collect());
        let mut is_late = |spent: u64| effort(begun + spent) >= 1.0;
        let found = relaxation.dive(&routes, &open, &mut is_late);
        routes.extend(found);
        let mut tried = draft_of(search.day, &routes, &mut search.undo);
        search.complete(&mut tried);
        if tried.cost <= draft.cost {
            draft = tried;
        }
    }
    search.rounds = begun + relaxation.spent();
    draft
}

/// The cars whose routes are given up.
fn part(search: &mut Search<'_>, draft: &Draft) -> Vec<bool> {
    let mut freed = vec![false; search.day.cars()];
    let count = (search.settings.given_up + search.chance.below(search.settings.given_up_more.max(1))).min(draft.used.len());
    let mut left = count;
    let mut free = |car: usize, left: &mut usize| {
        if !std::mem::replace(&mut freed[car], true) {
            *left -= 1;
        }
    };
    if !search.chance.happens(ANYWHERE) {
        let seed = search.chance.below(search.day.requests());
        let around = std::iter::once(seed).chain(search.near.of_request(seed));
        for car in around.map(|request| draft.car_of[request]).filter(|car| *car != NOBODY) {
            if left == 0 {
                break;
            }
            free(car, &mut left);
        }
    }
    while left > 0 {
        let car = draft.used[search.chance.below(draft.used.len())];
        free(car, &mut left);
    }
    freed
}
