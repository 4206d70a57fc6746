//! The route of one car, with the earliest and the latest times at every stop: an insertion is judged by its neighbours alone.
#![expect(clippy::indexing_slicing, reason = "positions of a route lie within it")]

use crate::plan::day::{Class, Day, Milli, Second, Stop, seconds};

/// A car's requests in their order, and what follows from them.
#[derive(Clone, Debug, Default)]
pub(in crate::plan) struct Route {
    /// The requests.
    pub(in crate::plan) stops: Vec<usize>,
    /// When each is picked up, as early as can be.
    pub(in crate::plan) pick_up: Vec<Second>,
    /// When each may be picked up at the latest for the sake of all behind it.
    latest: Vec<Second>,
    /// Metres of all of it, from the beginning until home.
    pub(in crate::plan) metres: i64,
    /// What it costs; nothing when it is empty.
    pub(in crate::plan) cost: Milli,
    /// Which state this is.
    pub(in crate::plan) edition: u32,
    /// Stands in the list of cars that are used.
    pub(super) is_listed: bool,
}

/// What a change would cost, and where it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::plan) struct Insertion {
    /// Thousandths of a fen.
    pub(in crate::plan) cost: Milli,
    /// Before the stop that stands there now.
    pub(in crate::plan) position: usize,
}

impl Route {
    /// Works times, metres and cost out anew; false: it cannot be driven.
    pub(in crate::plan) fn renew(&mut self, day: &Day, class: &Class) -> bool {
        self.pick_up.clear();
        self.latest.clear();
        self.metres = 0;
        self.cost = 0;
        let Some(last) = self.stops.last().copied() else { return true };
        self.forward(day, class) && self.backward(day, class, last)
    }

    fn forward(&mut self, day: &Day, class: &Class) -> bool {
        let (mut before, mut ready, mut terms) = (None, class.begins(), 0);
        for request in self.stops.iter().copied() {
            let way = day.to(class, before, request);
            let (Some(at), Some(term)) = (day.pick_up(class, ready, way, request), class.terms(request)) else { return false };
            self.pick_up.push(at);
            self.metres += i64::from(way.metres) + day.stops[request].metres;
            terms += term;
            (before, ready) = (Some(request), at + day.stops[request].service);
        }
        let home = before.map(|last| day.home(class, last)).unwrap_or_default();
        self.metres += i64::from(home.metres);
        self.cost = class.fixed + terms + class.per_metre * self.metres;
        self.metres <= class.range && Day::arrives_home(class, ready, home).is_some()
    }

    fn backward(&mut self, day: &Day, class: &Class, last: usize) -> bool {
        self.latest.resize(self.stops.len(), 0);
        let Some(mut deadline) = Day::latest_free(class, day.home(class, last)) else { return false };
        for position in (0..self.stops.len()).rev() {
            let before = position.checked_sub(1).map(|before| self.stops[before]);
            let way = day.to(class, before, self.stops[position]);
            let Some(at) = day.latest_pick_up(class, way, self.stops[position], deadline) else { return false };
            self.latest[position] = at;
            deadline = at - seconds(way);
        }
        true
    }

    /// The cheapest place for one more request; nothing: there is none.
    pub(in crate::plan) fn cheapest(&self, day: &Day, class: &Class, request: usize) -> Option<Insertion> {
        self.cheapest_as(day, class, request, &day.stops[request])
    }

    /// The cheapest place for a request if it were `stop`.
    pub(in crate::plan) fn cheapest_as(&self, day: &Day, class: &Class, request: usize, stop: &Stop) -> Option<Insertion> {
        let terms = class.terms(request)?;
        let soonest_free = stop.earliest + stop.service;
        let mut best: Option<Insertion> = None;
        // Whatever has to be picked up before the newcomer could be free stands before it.
        let first = self.latest.iter().take_while(|latest| **latest < soonest_free).count();
        for position in first..=self.stops.len() {
            let before = position.checked_sub(1).map(|before| self.stops[before]);
            let ready = before.map_or_else(|| class.begins(), |before| self.pick_up[position - 1] + day.stops[before].service);
            if ready > stop.latest {
                break;
            }
            let way = day.to(class, before, request);
            let Some(at) = Day::pick_up_of(class, ready, way, stop) else { continue };
            let free = at + stop.service;
            let (onward, replaced) = if let Some(next) = self.stops.get(position).copied() {
                let onward = day.between(request, next);
                if day.pick_up(class, free, onward, next).is_none_or(|at| at > self.latest[position]) {
                    continue;
                }
                (onward, i64::from(day.to(class, before, next).metres))
            } else {
                let home = day.home(class, request);
                if Day::arrives_home(class, free, home).is_none() {
                    continue;
                }
                (home, before.map_or(0, |before| i64::from(day.home(class, before).metres)))
            };
            let more = i64::from(way.metres) + stop.metres + i64::from(onward.metres) - replaced;
            if self.metres + more > class.range {
                continue;
            }
            let fixed = if self.stops.is_empty() { class.fixed } else { 0 };
            let cost = fixed + terms + class.per_metre * more;
            if best.is_none_or(|known| cost < known.cost) {
                best = Some(Insertion { cost, position });
            }
        }
        best
    }
}
