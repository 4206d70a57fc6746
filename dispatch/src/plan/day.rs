//! The problem as the search sees it: whole numbers, tables instead of rules, equal cars as one class.
#![expect(clippy::indexing_slicing, reason = "indices of the tables are made here, from their own lengths")]

mod classes;

use chrono::{DateTime, Utc};

use crate::plan::problem::{Problem, Request, Window};
use crate::plan::travel::{TravelTime as _, Way};

pub(super) use self::classes::Class;

/// A thousandth of a fen: a price a kilometre times metres has no fraction of it.
pub(super) type Milli = i64;
/// Seconds since the day began.
pub(super) type Second = i32;

/// More than any plan costs.
pub(super) const NEVER: Milli = i64::MAX / 64;
/// What the search holds against breaking a promise: a thousand times what one thing may cost, and sums of thousands still fit.
const PROMISE: Milli = 1_000_000_000_000_000;
/// The most that it holds against leaving out an emergency.
const EMERGENCY: Milli = PROMISE / 10;

/// A request in numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stop {
    /// Picked up not before.
    pub(super) earliest: Second,
    /// Picked up not after.
    pub(super) latest: Second,
    /// Busy for so long.
    pub(super) service: Second,
    /// Metres meanwhile.
    pub(super) metres: i64,
    /// What it costs to leave it out.
    pub(super) unserved: Milli,
    /// What the search holds against leaving it out: promises and emergencies come before all else.
    pub(super) penalty: Milli,
    /// Serve it before the others: 0 promised, 1 an emergency, 2 neither.
    pub(super) tier: u8,
}

/// The day in numbers. Requests, cars and classes are indices.
#[derive(Debug)]
pub(super) struct Day {
    /// The instant of second 0.
    pub(super) begins: DateTime<Utc>,
    /// What is driven to: a request, or several that ride together.
    pub(super) stops: Vec<Stop>,
    /// The requests of each stop, as the problem counts them.
    pub(super) parties: Vec<Vec<usize>>,
    pub(super) classes: Vec<Class>,
    /// The class of each car.
    pub(super) class_of: Vec<usize>,
    /// The way from the end of one request to the beginning of another, row by row.
    between: Vec<Way>,
    /// The way to the beginning of each request, from each place where cars begin.
    outward: Vec<Way>,
    /// The way from the end of each request, to each yard.
    homeward: Vec<Way>,
}

impl Day {
    /// Takes the problem with its requests in parties; with `windows`, cars have these instead of their own.
    pub(super) fn of(problem: &Problem, parties: &[Vec<usize>], windows: Option<&[Vec<Window>]>) -> Self {
        let begins = problem.now.max(problem.horizon.from);
        let clock = Clock { begins, ends: problem.horizon.to };
        // All of a party go from the same place to the same place.
        let requests: Vec<&Request> = parties.iter().map(|party| &problem.requests[party[0]]).collect();
        let normal = problem.requests.iter().filter(|request| !request.is_emergency);
        let normal: Milli = normal.map(|request| request.unserved.fen() * 1000).sum();
        let mut stops: Vec<Stop> = parties.iter().map(|party| stop(problem, party, clock, normal)).collect();
        for (stop, party) in stops.iter_mut().zip(parties) {
            if problem.promises.iter().any(|promise| party.contains(&promise.request)) {
                (stop.penalty, stop.tier) = (PROMISE, 0);
            }
        }
        let (classes, class_of, starts, homes) = classes::group(problem, parties, clock, windows);
        let (requests, way) = (&requests, |from, to| problem.travel.way(from, to));
        let between = requests.iter().flat_map(|one| requests.iter().map(move |other| way(one.end(), other.from))).collect();
        let outward = starts.iter().flat_map(|start| requests.iter().map(move |request| way(*start, request.from))).collect();
        let homeward = homes.iter().flat_map(|home| requests.iter().map(move |request| way(request.end(), *home))).collect();
        Self { begins, stops, parties: parties.to_vec(), classes, class_of, between, outward, homeward }
    }

    pub(super) const fn requests(&self) -> usize {
        self.stops.len()
    }

    pub(super) const fn cars(&self) -> usize {
        self.class_of.len()
    }

    /// The class of a car.
    pub(super) fn class(&self, car: usize) -> &Class {
        &self.classes[self.class_of[car]]
    }

    /// Between two requests.
    pub(super) fn between(&self, from: usize, to: usize) -> Way {
        self.between[from * self.stops.len() + to]
    }

    /// To a request: from the one before, or from where the class begins.
    pub(super) fn to(&self, class: &Class, before: Option<usize>, request: usize) -> Way {
        match before {
            Some(before) => self.between(before, request),
            None => self.outward[class.start * self.stops.len() + request],
        }
    }

    /// Home from a request.
    pub(super) fn home(&self, class: &Class, request: usize) -> Way {
        self.homeward[class.home * self.stops.len() + request]
    }

    /// When a car of the class that is free at `ready` picks the request up, the way to it being `way`.
    pub(super) fn pick_up(&self, class: &Class, ready: Second, way: Way, request: usize) -> Option<Second> {
        Self::pick_up_of(class, ready, way, &self.stops[request])
    }

    /// The same of a request that need not be one of the day.
    pub(super) fn pick_up_of(class: &Class, ready: Second, way: Way, stop: &Stop) -> Option<Second> {
        let soonest = stop.earliest.max(ready + seconds(way));
        let fits = class.windows.iter().map(|(from, to)| (soonest.max(from + seconds(way)), *to));
        let found = fits.into_iter().find(|(at, to)| at + stop.service <= *to);
        found.map(|(at, _)| at).filter(|at| *at <= stop.latest)
    }

    /// The latest pick-up of the request after which a car of the class is free at `deadline` at the latest.
    pub(super) fn latest_pick_up(&self, class: &Class, way: Way, request: usize, deadline: Second) -> Option<Second> {
        let stop = &self.stops[request];
        let last = stop.latest.min(deadline - stop.service);
        let fits = class.windows.iter().rev().map(|(from, to)| (last.min(to - stop.service), from + seconds(way)));
        let found = fits.into_iter().find(|(at, soonest)| at >= soonest);
        found.map(|(at, _)| at).filter(|at| *at >= stop.earliest)
    }

    /// When a car of the class is at home that is free at `ready`.
    pub(super) fn arrives_home(class: &Class, ready: Second, way: Way) -> Option<Second> {
        class.windows.iter().map(|(from, to)| (ready.max(*from) + seconds(way), *to)).find(|(at, to)| at <= to).map(|(at, _)| at)
    }

    /// The latest instant at which a car of the class may be free to be home in time.
    pub(super) fn latest_free(class: &Class, way: Way) -> Option<Second> {
        class.windows.iter().rev().map(|(from, to)| (to - seconds(way), *from)).find(|(at, from)| at >= from).map(|(at, _)| at)
    }
}

/// From instants to seconds of the day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    begins: DateTime<Utc>,
    ends: DateTime<Utc>,
}

impl Clock {
    /// Held to some months to both sides of the beginning: what lies beyond is as far as this.
    #[expect(clippy::cast_possible_truncation, reason = "held to ±10^7")]
    pub(super) fn second(self, at: DateTime<Utc>) -> Second {
        (at - self.begins).num_seconds().clamp(-10_000_000, 10_000_000) as Second
    }

    /// The part of the window that lies within the day.
    pub(super) fn part(self, window: &Window) -> Option<(Second, Second)> {
        let (from, to) = (self.second(window.from.max(self.begins)), self.second(window.to.min(self.ends)));
        (from <= to).then_some((from, to))
    }
}

/// Ways are held below `NO_WAY`, which fits.
#[expect(clippy::cast_possible_wrap, reason = "below 2^30")]
pub(super) const fn seconds(way: Way) -> Second {
    way.seconds as Second
}

#[expect(clippy::cast_possible_wrap, reason = "read with a limit far below 2^31")]
fn stop(problem: &Problem, party: &[usize], clock: Clock, normal: Milli) -> Stop {
    let mut all = Stop { earliest: 0, latest: Second::MAX, service: 0, metres: 0, unserved: 0, penalty: 0, tier: 2 };
    for request in party.iter().map(|request| &problem.requests[*request]) {
        let unserved = request.unserved.fen() * 1000;
        all.earliest = all.earliest.max(clock.second(request.pick_up.from));
        all.latest = all.latest.min(clock.second(request.pick_up.to));
        all.service = all.service.max(request.service_s as Second);
        all.metres = all.metres.max(i64::from(request.service_m));
        all.unserved += unserved;
        // All normal requests together weigh less than one emergency.
        all.penalty += if request.is_emergency { (unserved + normal).min(EMERGENCY) } else { unserved };
        all.tier = all.tier.min(if request.is_emergency { 1 } else { 2 });
    }
    all
}
