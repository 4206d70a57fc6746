//! Cars that are equal as far as the day is concerned make one class: only the first idle one of a class has to be tried.
#![expect(clippy::indexing_slicing, reason = "indices of the problem are checked where it is read")]

use std::collections::HashMap;

use super::{Clock, Milli, Second};
use crate::plan::pool::takes;
use crate::plan::problem::{Problem, Vehicle, Window};

/// Stands in a class's terms where it may not serve the request.
const INELIGIBLE: Milli = -1;

/// Cars that no plan can tell apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::plan) struct Class {
    /// Where they begin: a row of the ways outward.
    pub(in crate::plan) start: usize,
    /// Where they end: a row of the ways home.
    pub(in crate::plan) home: usize,
    /// When they may move, in order; they may stand in between.
    pub(in crate::plan) windows: Vec<(Second, Second)>,
    /// Metres that may be driven.
    pub(in crate::plan) range: i64,
    /// Thousandths of a fen a metre, which is fen a kilometre.
    pub(in crate::plan) per_metre: Milli,
    /// For taking one out at all.
    pub(in crate::plan) fixed: Milli,
    /// What the rules add for each request, or [`INELIGIBLE`].
    pub(in crate::plan) terms: Vec<Milli>,
    /// The cars.
    pub(in crate::plan) cars: Vec<usize>,
}

impl Class {
    /// When its cars may first move; a class without a window serves nobody.
    pub(in crate::plan) fn begins(&self) -> Second {
        self.windows.first().map_or(0, |(from, _)| *from)
    }

    /// What the rules add when it serves the request; nothing: it may not.
    pub(in crate::plan) fn terms(&self, request: usize) -> Option<Milli> {
        let terms = self.terms[request];
        (terms != INELIGIBLE).then_some(terms)
    }
}

/// The classes, the class of each car, and the places where cars begin and end.
pub(super) fn group(
    problem: &Problem,
    parties: &[Vec<usize>],
    clock: Clock,
    windows: Option<&[Vec<Window>]>,
) -> (Vec<Class>, Vec<usize>, Vec<usize>, Vec<usize>) {
    let (mut starts, mut homes) = (Vec::new(), Vec::new());
    let mut classes: Vec<Class> = Vec::new();
    let mut known: HashMap<Class, usize> = HashMap::new();
    let mut class_of = Vec::with_capacity(problem.vehicles.len());
    let mut promised = vec![None; problem.requests.len()];
    for promise in &problem.promises {
        promised[promise.request] = Some(promise.vehicle);
    }
    for (car, vehicle) in problem.vehicles.iter().enumerate() {
        let available = windows.map_or(&vehicle.available, |windows| &windows[car]);
        // What is promised to one car is nobody else's affair, which makes that car a class of its own.
        let is_anothers = |request: &usize| promised[*request].is_some_and(|other: usize| other != car);
        let terms =
            parties.iter().map(|party| if party.iter().any(is_anothers) { INELIGIBLE } else { terms(problem, vehicle, party) });
        let class = Class {
            start: row(&mut starts, vehicle.at),
            home: row(&mut homes, vehicle.yard),
            windows: available.iter().filter_map(|window| clock.part(window)).collect(),
            range: vehicle.range_m.map_or(i64::MAX / 4, |range| i64::from(range.saturating_sub(problem.rules.reserve_range_m))),
            per_metre: vehicle.per_km.fen(),
            fixed: vehicle.fixed.fen() * 1000,
            terms: terms.collect(),
            cars: Vec::new(),
        };
        let index = *known.entry(class).or_insert_with_key(|class| {
            classes.push(class.clone());
            classes.len() - 1
        });
        classes[index].cars.push(car);
        class_of.push(index);
    }
    (classes, class_of, starts, homes)
}

fn row(places: &mut Vec<usize>, place: usize) -> usize {
    places.iter().position(|known| *known == place).unwrap_or_else(|| {
        places.push(place);
        places.len() - 1
    })
}

fn terms(problem: &Problem, vehicle: &Vehicle, party: &[usize]) -> Milli {
    if !takes(problem, vehicle, party) {
        return INELIGIBLE;
    }
    let rules = &problem.rules;
    let fuel = if vehicle.is_new_energy { 0 } else { rules.nev_preference.fen() };
    let cross = |rider: &usize| if vehicle.unit == problem.requests[*rider].unit { 0 } else { rules.cross_unit.fen() };
    party.iter().map(|rider| (fuel + cross(rider)) * 1000).sum()
}
