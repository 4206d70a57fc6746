//! What a car has still to do, and whether it can.

use chrono::{DateTime, Utc};

use crate::plan::pool::takes;
use crate::plan::problem::{Problem, Window};
use crate::plan::travel::TravelTime as _;

/// Thousandths of a fen.
pub(super) type Milli = i64;

/// Costs more than anything.
pub(super) const NEVER: Milli = Milli::MAX / 4;

/// Requests that ride together: indices of the problem.
pub(super) type Journey = Vec<usize>;

/// A car from the moment on: where it comes free, and what it does from then on.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) car: usize,
    pub(super) driver: Option<usize>,
    /// When it may move, the driver's duty being counted.
    pub(super) windows: Vec<(i64, i64)>,
    /// Seconds since 1970, and a place.
    pub(super) free: i64,
    pub(super) place: usize,
    /// Metres behind it.
    pub(super) metres: i64,
    /// It has been out already.
    pub(super) is_out: bool,
    pub(super) journeys: Vec<Journey>,
}

/// How a line is driven.
#[derive(Clone, Debug, Default)]
pub(super) struct Driven {
    /// The pick-up of each journey.
    pub(super) pick_ups: Vec<i64>,
    /// What all of it costs from the moment on.
    pub(super) cost: Milli,
}

/// Seconds since 1970.
pub(super) const fn second(at: DateTime<Utc>) -> i64 {
    at.timestamp()
}

/// The parts of windows that lie in others too.
pub(super) fn common(all: &[Window], others: &[Window]) -> Vec<(i64, i64)> {
    let both = all.iter().flat_map(|one| {
        others.iter().map(move |other| (second(one.from).max(second(other.from)), second(one.to).min(second(other.to))))
    });
    both.filter(|(from, to)| from <= to).collect()
}

/// When the passengers of a journey may be picked up, for how long the car is busy, and how far it goes.
pub(super) fn needs(problem: &Problem, journey: &[usize]) -> (i64, i64, i64, i64) {
    let riders = journey.iter().filter_map(|request| problem.requests.get(*request));
    riders.fold((i64::MIN, i64::MAX, 0, 0), |(earliest, latest, service, metres), rider| {
        (
            earliest.max(second(rider.pick_up.from)),
            latest.min(second(rider.pick_up.to)),
            service.max(i64::from(rider.service_s)),
            metres.max(i64::from(rider.service_m)),
        )
    })
}

impl Line {
    /// Times and cost of these journeys one after another; nothing: they cannot be driven.
    pub(super) fn drive<'a>(&self, problem: &Problem, journeys: impl Iterator<Item = &'a Journey>) -> Option<Driven> {
        let vehicle = problem.vehicles.get(self.car)?;
        let mut driven = Driven::default();
        let (mut free, mut place, mut metres, mut terms) = (self.free, self.place, 0, 0);
        for journey in journeys {
            let first = problem.requests.get(*journey.first()?)?;
            let way = problem.travel.way(place, first.from);
            let (earliest, latest, service, busy) = needs(problem, journey);
            let soonest = earliest.max(free + i64::from(way.seconds));
            let fits = self.windows.iter().map(|(from, to)| (soonest.max(from + i64::from(way.seconds)), *to));
            let (pick_up, _) = fits.into_iter().find(|(at, to)| at + service <= *to).filter(|(at, _)| *at <= latest)?;
            driven.pick_ups.push(pick_up);
            metres += i64::from(way.metres) + busy;
            terms += self.terms(problem, journey);
            (free, place) = (pick_up + service, first.end());
        }
        let home = problem.travel.way(place, vehicle.yard);
        if !driven.pick_ups.is_empty() {
            let fits = |(from, to): &(i64, i64)| free.max(*from) + i64::from(home.seconds) <= *to;
            self.windows.iter().find(|window| fits(window))?;
        }
        let is_out = self.is_out || !driven.pick_ups.is_empty();
        if is_out {
            metres += i64::from(home.metres);
        }
        let usable = vehicle.range_m.map(|range| i64::from(range.saturating_sub(problem.rules.reserve_range_m)));
        if !driven.pick_ups.is_empty() && usable.is_some_and(|usable| self.metres + metres > usable) {
            return None;
        }
        let fixed = if is_out && !self.is_out { vehicle.fixed.fen() * 1000 } else { 0 };
        driven.cost = fixed + terms + vehicle.per_km.fen() * metres;
        Some(driven)
    }

    /// What its journeys cost as they are; nothing: they cannot be driven.
    pub(super) fn cost(&self, problem: &Problem) -> Option<Milli> {
        self.drive(problem, self.journeys.iter()).map(|driven| driven.cost)
    }

    pub(super) fn terms(&self, problem: &Problem, journey: &[usize]) -> Milli {
        let (rules, vehicle) = (&problem.rules, problem.vehicles.get(self.car));
        let of = |request: &usize| -> Option<Milli> {
            let fuel = if vehicle?.is_new_energy { 0 } else { rules.nev_preference.fen() };
            let cross = if vehicle?.unit == problem.requests.get(*request)?.unit { 0 } else { rules.cross_unit.fen() };
            Some(1000 * (fuel + cross))
        };
        journey.iter().filter_map(of).sum()
    }

    /// The car may serve the journey at all.
    pub(super) fn takes(&self, problem: &Problem, journey: &[usize]) -> bool {
        let is_anothers =
            |request: &usize| problem.promises.iter().any(|promise| promise.request == *request && promise.vehicle != self.car);
        !self.windows.is_empty()
            && problem.vehicles.get(self.car).is_some_and(|vehicle| takes(problem, vehicle, journey))
            && !journey.iter().any(is_anothers)
    }
}
