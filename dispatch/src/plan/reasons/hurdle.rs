//! What keeps a car from a request, all of it: what it is, whose it is, what it can, and when.
#![expect(clippy::indexing_slicing, reason = "requests and cars are indices of the problem's own lists")]

use super::{Told, say};
use crate::plan::draft::Route;
use crate::plan::pool::people;
use crate::plan::solution::Explanation;

/// Every rule that the car breaks for the request; where none is broken, that it is busy then.
pub(super) fn hurdles(told: &Told<'_>, request: usize, car: usize) -> Vec<Explanation> {
    let vehicle = told.vehicle(car);
    let mut hurdles = Vec::new();
    for asked in told.riders(request) {
        if !asked.categories.is_empty() && !asked.categories.contains(&vehicle.category) {
            hurdles.push(say::category(&vehicle.category, &asked.categories));
        }
        hurdles.extend(asked.tags.iter().filter(|tag| !vehicle.tags.contains(tag)).map(|tag| say::tag(tag)));
        if vehicle.unit != asked.unit && !vehicle.shared_with.with(&asked.unit) {
            hurdles.push(say::sharing(&vehicle.unit, &asked.unit));
        }
    }
    let people = people(told.riders(request));
    if people >= u64::from(vehicle.seats) {
        hurdles.push(say::seats(people, vehicle.seats));
    }
    let party = &told.day.parties[request];
    if told.problem.promises.iter().any(|promise| party.contains(&promise.request) && promise.vehicle != car) {
        hurdles.push(say::promised_to_another());
    }
    if told.has_no_driver(car) {
        hurdles.push(say::no_driver());
    } else if hurdles.is_empty() && !told.could_alone(request, car) {
        hurdles.push(short_of(told, request, car).map_or_else(say::shift, say::range));
    } else if hurdles.is_empty() {
        hurdles.push(say::busy(told.draft.routes[car].stops.len()));
    }
    hurdles
}

/// Metres that the car is short of for the request alone; nothing: it is not the range.
fn short_of(told: &Told<'_>, request: usize, car: usize) -> Option<i64> {
    let mut class = told.day.class(car).clone();
    let range = std::mem::replace(&mut class.range, i64::MAX / 4);
    Route::default().cheapest(told.day, &class, request)?;
    let there = told.day.to(&class, None, request).metres;
    let back = told.day.home(&class, request).metres;
    Some(i64::from(there) + told.day.stops[request].metres + i64::from(back) - range)
}
