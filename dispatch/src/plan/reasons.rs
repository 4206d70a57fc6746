//! Why this car, which others there were, and what would have to change for whoever stays behind.
#![expect(clippy::indexing_slicing, reason = "requests and cars are indices of the problem's own lists")]

mod change;
mod hurdle;
mod say;

use self::hurdle::hurdles;
use super::day::{Day, Milli};
use super::draft::{Draft, Route};
use super::problem::{Problem, Request, Vehicle};
use super::solution::{Alternative, Explanation, Plan};

/// Other cars that are told with each order.
const ALTERNATIVES: usize = 3;

/// Gives every order its reasons and alternatives, and everybody who stays behind the reasons for it.
pub(super) fn give(problem: &Problem, day: &Day, draft: &Draft, driver_of: &[Option<usize>], plan: &mut Plan) {
    let told = Told { problem, day, draft, driver_of };
    let mut at = 0;
    // Orders stand in the order of cars and their stops, one for each.
    for (car, route) in draft.routes.iter().enumerate() {
        for (position, request) in route.stops.iter().copied().enumerate() {
            let Some(order) = plan.orders.get_mut(at) else { return };
            let saved = told.saved(car, position);
            order.alternatives = told.alternatives(request, car, order.cost_fen, saved);
            order.reasons = told.reasons(request, car, order.deadhead_m, order.cost_fen, &order.alternatives);
            at += 1;
        }
    }
    let mut absent = draft.absent.clone();
    absent.sort_unstable();
    let mut left = plan.unserved.iter_mut();
    for stop in absent {
        let reasons = change::needed(&told, stop);
        // Those who would have ridden together stand beside each other.
        left.by_ref().take(day.parties[stop].len()).for_each(|rider| rider.reasons.clone_from(&reasons));
    }
}

/// The plan that is explained.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    problem: &'a Problem,
    day: &'a Day,
    draft: &'a Draft,
    driver_of: &'a [Option<usize>],
}

impl Told<'_> {
    /// What the car's route would cost less without the stop.
    fn saved(&self, car: usize, position: usize) -> Milli {
        let mut without = self.draft.routes[car].clone();
        without.stops.remove(position);
        let before = self.draft.routes[car].cost;
        if without.renew(self.day, self.day.class(car)) { before - without.cost } else { before }
    }

    /// The best other cars: those that could go by what it would cost, then those that could not by how little is in the way.
    fn alternatives(&self, request: usize, own: usize, cost: i64, saved: Milli) -> Vec<Alternative> {
        let others = (0..self.day.cars()).filter(|car| *car != own);
        let (mut can, mut cannot): (Vec<(Milli, usize)>, Vec<usize>) = (Vec::new(), Vec::new());
        for car in others {
            match self.draft.routes[car].cheapest(self.day, self.day.class(car), request) {
                Some(place) => can.push((place.cost, car)),
                None => cannot.push(car),
            }
        }
        can.sort_unstable();
        can.truncate(ALTERNATIVES);
        let mut told: Vec<Alternative> = can
            .into_iter()
            .map(|(there, car)| {
                let more = (there - saved).div_euclid(1000);
                let why_not = if more > 0 { say::dearer(more) } else { say::no_cheaper() };
                Alternative { vehicle: self.vehicle(car).id.clone(), cost_fen: Some(cost + more), why_not: vec![why_not] }
            })
            .collect();
        if told.len() < ALTERNATIVES {
            let mut hindered: Vec<(usize, usize, Vec<Explanation>)> = cannot
                .into_iter()
                .map(|car| {
                    let hurdles = hurdles(self, request, car);
                    (hurdles.len(), car, hurdles)
                })
                .collect();
            hindered.sort_by_key(|(count, car, _)| (*count, *car));
            told.extend(hindered.into_iter().take(ALTERNATIVES - told.len()).map(|(_, car, why_not)| Alternative {
                vehicle: self.vehicle(car).id.clone(),
                cost_fen: None,
                why_not,
            }));
        }
        told
    }

    fn reasons(&self, request: usize, car: usize, deadhead_m: u64, cost: i64, others: &[Alternative]) -> Vec<Explanation> {
        let (party, vehicle) = (&self.day.parties[request], self.vehicle(car));
        let mut reasons = Vec::new();
        if self.problem.promises.iter().any(|promise| party.contains(&promise.request)) {
            reasons.push(say::promised());
        } else {
            match others.first().map(|other| other.cost_fen) {
                Some(Some(other)) if other > cost => reasons.push(say::cheapest(other - cost)),
                Some(Some(_)) => reasons.push(say::as_good()),
                Some(None) | None => reasons.push(say::only_car()),
            }
        }
        reasons.push(say::driven_empty(deadhead_m));
        if party.len() > 1 {
            reasons.push(say::together(party.len()));
        }
        if self.riders(request).all(|rider| rider.unit == vehicle.unit) {
            reasons.push(say::own_unit());
        }
        if vehicle.is_new_energy && self.problem.rules.nev_preference.fen() > 0 {
            reasons.push(say::new_energy());
        }
        reasons
    }

    /// Who rides.
    fn riders(&self, stop: usize) -> impl Iterator<Item = &Request> {
        self.day.parties[stop].iter().map(|request| &self.problem.requests[*request])
    }

    fn vehicle(&self, car: usize) -> &Vehicle {
        &self.problem.vehicles[car]
    }

    /// The car stands because no driver could be found for it.
    fn has_no_driver(&self, car: usize) -> bool {
        self.problem.drivers.is_some() && self.driver_of.get(car).copied().flatten().is_none()
    }

    /// The car could serve the request if it had nothing else to do.
    fn could_alone(&self, request: usize, car: usize) -> bool {
        Route::default().cheapest(self.day, self.day.class(car), request).is_some()
    }
}
