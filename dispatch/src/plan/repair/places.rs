//! Where a journey could stand, with nobody or with one other journey leaving the line; remembered, because a search for room asks
//! for the same journeys again and again.
#![expect(clippy::indexing_slicing, reason = "cars and positions are indices of the lines")]

use std::collections::HashMap;
use std::ops::RangeInclusive;

use super::chain::is_urgent;
use super::line::{Journey, Line, Milli, NEVER, needs};
use super::standing::Standing;
use crate::plan::problem::Problem;

/// A journey at a position of a line, in place of another or of none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// What all lines together cost more.
    pub(super) cost: Milli,
    pub(super) car: usize,
    /// Who leaves the line.
    pub(super) out: Option<usize>,
    /// Where the newcomer stands when that one has left.
    pub(super) position: usize,
}

/// What is known of places in lines as they were at the beginning, by the first request of the journey.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// The cheapest place in each car that has one, the cheapest first.
    free: HashMap<usize, Vec<Place>>,
    /// The cheapest place for each other journey that could leave, the cheapest first.
    taken: HashMap<usize, Vec<Place>>,
    /// What each line costs.
    costs: HashMap<usize, Option<Milli>>,
    /// Lines that are no longer what they were, as they were.
    pub(super) changed: Vec<Line>,
}

impl Places {
    /// The cheapest place with nobody leaving.
    pub(super) fn cheapest(&mut self, standing: &Standing, journey: &Journey) -> Option<Place> {
        let known = self.free.remove(&key(journey)).unwrap_or_else(|| self.all_free(standing, journey));
        let as_it_was = known.iter().find(|place| !self.is_changed(place.car)).copied();
        let anew = self.changed.iter().filter_map(|line| {
            let line = &standing.lines[line.car];
            free_in(standing, line, journey, line.cost(&standing.problem)?)
        });
        let best = anew.chain(as_it_was).min_by_key(|place| (place.cost, place.car));
        self.free.insert(key(journey), known);
        best
    }

    /// At most so many places with one other leaving, the cheapest first; none in a line that was changed.
    pub(super) fn exchanges(&mut self, standing: &Standing, journey: &Journey, most: usize) -> Vec<Place> {
        let known = self.taken.remove(&key(journey)).unwrap_or_else(|| self.all_taken(standing, journey));
        let some = known.iter().filter(|place| !self.is_changed(place.car)).take(most).copied().collect();
        self.taken.insert(key(journey), known);
        some
    }

    fn all_free(&mut self, standing: &Standing, journey: &Journey) -> Vec<Place> {
        let mut all = Vec::new();
        for car in 0..standing.lines.len() {
            let line = self.at_first(standing, car);
            if line.takes(&standing.problem, journey)
                && let Some(before) = self.cost_of(standing, car)
            {
                all.extend(free_in(standing, self.at_first(standing, car), journey, before));
            }
        }
        all.sort_by_key(|place| (place.cost, place.car));
        all
    }

    fn all_taken(&mut self, standing: &Standing, journey: &Journey) -> Vec<Place> {
        let mut all: Vec<Place> = Vec::new();
        for car in 0..standing.lines.len() {
            let line = self.at_first(standing, car);
            if line.journeys.is_empty() || !line.takes(&standing.problem, journey) {
                continue;
            }
            let Some(before) = self.cost_of(standing, car) else { continue };
            all.extend(taken_in(standing, self.at_first(standing, car), journey, before));
        }
        all.sort_by_key(|place| (place.cost, place.car, place.out));
        all
    }

    /// The line of a car as it was.
    fn at_first<'a>(&'a self, standing: &'a Standing, car: usize) -> &'a Line {
        self.changed.iter().find(|line| line.car == car).unwrap_or(&standing.lines[car])
    }

    fn cost_of(&mut self, standing: &Standing, car: usize) -> Option<Milli> {
        if let Some(known) = self.costs.get(&car) {
            return *known;
        }
        let cost = self.at_first(standing, car).cost(&standing.problem);
        self.costs.insert(car, cost);
        cost
    }

    fn is_changed(&self, car: usize) -> bool {
        self.changed.iter().any(|line| line.car == car)
    }
}

fn key(journey: &Journey) -> usize {
    journey.first().copied().unwrap_or(usize::MAX)
}

fn free_in(standing: &Standing, line: &Line, journey: &Journey, before: Milli) -> Option<Place> {
    if !line.takes(&standing.problem, journey) {
        return None;
    }
    let (from, to) = around(&standing.problem, line, journey);
    cheapest_in(standing, line, journey, None, from..=to, before)
}

/// The cheapest place for each of those around it who could leave.
fn taken_in(standing: &Standing, line: &Line, journey: &Journey, before: Milli) -> Vec<Place> {
    let (from, to) = around(&standing.problem, line, journey);
    let near = from.saturating_sub(1)..(to + 1).min(line.journeys.len());
    let positions = from.saturating_sub(1)..=to.min(line.journeys.len() - 1);
    let movable = near.filter(|out| may_move(standing, &line.journeys[*out]));
    movable.filter_map(|out| cheapest_in(standing, line, journey, Some(out), positions.clone(), before)).collect()
}

/// The cheapest of these positions, the one at `out` having left.
fn cheapest_in(
    standing: &Standing,
    line: &Line,
    journey: &Journey,
    out: Option<usize>,
    positions: RangeInclusive<usize>,
    before: Milli,
) -> Option<Place> {
    let mut best: Option<Place> = None;
    for position in positions {
        let rest = || line.journeys.iter().enumerate().filter(|(at, _)| Some(*at) != out).map(|(_, other)| other);
        let all = rest().take(position).chain(std::iter::once(journey)).chain(rest().skip(position));
        let Some(driven) = line.drive(&standing.problem, all) else { continue };
        let cost = driven.cost - before;
        if best.is_none_or(|known| cost < known.cost) && cost < NEVER {
            best = Some(Place { cost, car: line.car, out, position });
        }
    }
    best
}

/// The first and the last position of a line at which the journey's time could come: behind all that must be over before it and before
/// all that cannot begin until it is.
fn around(problem: &Problem, line: &Line, journey: &Journey) -> (usize, usize) {
    let (earliest, latest, service, _) = needs(problem, journey);
    let order = |other: &Journey| {
        let (other_earliest, other_latest, other_service, _) = needs(problem, other);
        let comes_first = other_latest < earliest + service;
        let comes_last = other_earliest + other_service > latest;
        (comes_first, comes_last)
    };
    let before = line.journeys.iter().take_while(|other| order(other) == (true, false)).count();
    let behind = line.journeys.iter().rev().take_while(|other| order(other) == (false, true)).count();
    (before.min(line.journeys.len() - behind), line.journeys.len() - behind)
}

/// Neither promised, nor an emergency, nor moved already.
fn may_move(standing: &Standing, journey: &[usize]) -> bool {
    let is_promised = |request: &usize| standing.problem.promises.iter().any(|promise| promise.request == *request);
    !is_urgent(&standing.problem, journey)
        && !journey.iter().any(|request| is_promised(request) || standing.why.contains_key(request))
}
