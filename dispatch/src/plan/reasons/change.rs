//! What would have to change so that a request that stays behind is served.
#![expect(clippy::indexing_slicing, reason = "requests and cars are indices of the problem's own lists")]

use std::collections::BTreeMap;

use super::hurdle::hurdles;
use super::{Told, say};
use crate::plan::solution::Explanation;

/// Minutes by which the pick-up is moved to see whether that would do.
const MINUTES: [i32; 6] = [10, 20, 30, 60, 120, 240];

/// Why it stays behind, and the least that would have to change.
pub(super) fn needed(told: &Told<'_>, request: usize) -> Vec<Explanation> {
    let cars = 0..told.day.cars();
    let stop = &told.day.stops[request];
    let place = |car: usize| told.draft.routes[car].cheapest(told.day, told.day.class(car), request);
    if let Some(least) = cars.clone().filter_map(place).map(|place| place.cost).min() {
        return vec![say::not_worth_it(least.div_euclid(1000), stop.unserved.div_euclid(1000))];
    }
    let able = cars.clone().filter(|car| told.could_alone(request, *car)).count();
    if able == 0 {
        let mut reasons = vec![say::no_car()];
        reasons.extend(single_hurdles(told, request));
        return reasons;
    }
    let mut reasons = vec![say::all_busy(able)];
    reasons.extend(another_time(told, request));
    reasons
}

/// The rules that alone keep cars from it, the one first that keeps most.
fn single_hurdles(told: &Told<'_>, request: usize) -> Vec<Explanation> {
    let mut counts: BTreeMap<String, (usize, Explanation)> = BTreeMap::new();
    for car in 0..told.day.cars() {
        if let [only] = hurdles(told, request, car).as_slice() {
            counts.entry(only.code.clone()).or_insert_with(|| (0, only.clone())).0 += 1;
        }
    }
    let mut counts: Vec<(usize, Explanation)> = counts.into_values().collect();
    counts.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.code.cmp(&other.1.code)));
    counts.into_iter().map(|(count, reason)| say::would_help(count, &reason)).collect()
}

/// The smallest shift of the pick-up with which a car could go along, all else as planned.
fn another_time(told: &Told<'_>, request: usize) -> Option<Explanation> {
    let stop = told.day.stops[request];
    for minutes in MINUTES {
        for shift in [minutes * 60, -minutes * 60] {
            let mut moved = stop;
            moved.earliest = (stop.earliest + shift).max(0);
            moved.latest = stop.latest + shift;
            let found = (0..told.day.cars())
                .find(|car| told.draft.routes[*car].cheapest_as(told.day, told.day.class(*car), request, &moved).is_some());
            if let Some(car) = found {
                return Some(say::another_time(shift / 60, &told.vehicle(car).id));
            }
        }
    }
    None
}
