//! A plan while it is worked on: one route a car, with what is needed to judge a change at once and to take it back.
#![expect(clippy::indexing_slicing, reason = "requests and cars are indices of the day's own tables")]

mod route;

pub(super) use self::route::Route;

use super::day::{Day, Milli};

/// No car.
pub(super) const NOBODY: usize = usize::MAX;

/// A plan while it is worked on.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    /// The route of each car; most of them empty or short.
    pub(super) routes: Vec<Route>,
    /// The car of each request, or [`NOBODY`].
    pub(super) car_of: Vec<usize>,
    /// Who stays behind.
    pub(super) absent: Vec<usize>,
    /// Cars with a route, in no order that means anything.
    pub(super) used: Vec<usize>,
    /// Cars without, by class.
    pub(super) idle: Vec<Vec<usize>>,
    /// What routes and those left behind cost together, as the search holds it.
    pub(super) cost: Milli,
    /// Counts the states of routes, so that what was worked out for one holds while it is the same.
    edition: u32,
    /// The edition of each car's route; 0 where it is idle.
    pub(super) editions: Vec<u32>,
}

/// What a draft was before it was changed.
#[derive(Debug, Default)]
pub(super) struct Undo {
    /// Routes as they were; only the first so many count, the others keep their memory for later.
    routes: Vec<(usize, Route)>,
    count: usize,
    absent: Vec<usize>,
    cost: Milli,
}

impl Draft {
    /// Everybody stays behind.
    pub(super) fn empty(day: &Day) -> Self {
        let mut idle: Vec<Vec<usize>> = day.classes.iter().map(|class| class.cars.clone()).collect();
        // The first car of a class is taken first.
        for cars in &mut idle {
            cars.reverse();
        }
        Self {
            routes: vec![Route::default(); day.cars()],
            car_of: vec![NOBODY; day.requests()],
            absent: (0..day.requests()).collect(),
            used: Vec::new(),
            idle,
            cost: day.stops.iter().map(|stop| stop.penalty).fold(0, Milli::saturating_add),
            edition: 0,
            editions: vec![0; day.cars()],
        }
    }

    /// Begins a change that may be taken back.
    pub(super) fn begin(&self, undo: &mut Undo) {
        undo.count = 0;
        undo.absent.clone_from(&self.absent);
        undo.cost = self.cost;
    }

    /// Keeps a route before its first change.
    fn keep(&self, car: usize, undo: &mut Undo) {
        if undo.routes[..undo.count].iter().any(|(kept, _)| *kept == car) {
            return;
        }
        if undo.count == undo.routes.len() {
            undo.routes.push((car, self.routes[car].clone()));
        } else {
            let (kept, route) = &mut undo.routes[undo.count];
            *kept = car;
            route.clone_from(&self.routes[car]);
        }
        undo.count += 1;
    }

    /// Takes back all changes since `begin`.
    pub(super) fn restore(&mut self, day: &Day, undo: &mut Undo) {
        for (car, _) in &undo.routes[..undo.count] {
            for request in &self.routes[*car].stops {
                self.car_of[*request] = NOBODY;
            }
        }
        for (car, route) in &mut undo.routes[..undo.count] {
            for request in &route.stops {
                self.car_of[*request] = *car;
            }
            let was_used = !self.routes[*car].stops.is_empty();
            std::mem::swap(&mut self.routes[*car], route);
            self.move_between_lists(day, *car, was_used);
        }
        self.absent.clone_from(&undo.absent);
        self.cost = undo.cost;
        undo.count = 0;
    }

    /// Puts a request into a car's route at a position; its cost is worked out anew.
    pub(super) fn insert(&mut self, day: &Day, undo: &mut Undo, request: usize, car: usize, position: usize) {
        self.keep(car, undo);
        self.routes[car].stops.insert(position, request);
        self.car_of[request] = car;
        self.absent.retain(|absent| *absent != request);
        self.cost -= day.stops[request].penalty;
        self.changed(day, car);
    }

    /// Takes the requests from `from` on, so many of them, out of a car's route.
    pub(super) fn remove(&mut self, day: &Day, undo: &mut Undo, car: usize, from: usize, count: usize) {
        self.keep(car, undo);
        for request in self.routes[car].stops.drain(from..from + count) {
            self.car_of[request] = NOBODY;
            self.absent.push(request);
            self.cost += day.stops[request].penalty;
        }
        self.changed(day, car);
    }

    /// Gives a car this sequence of requests, which are in no other route any more or will not be when all is done.
    pub(super) fn replace(&mut self, day: &Day, undo: &mut Undo, car: usize, stops: &[usize]) {
        self.keep(car, undo);
        self.routes[car].stops.clear();
        self.routes[car].stops.extend_from_slice(stops);
        for request in stops {
            self.car_of[*request] = car;
        }
        self.changed(day, car);
    }

    /// Sends an idle car to requests that are all absent.
    pub(super) fn send(&mut self, day: &Day, undo: &mut Undo, car: usize, stops: &[usize]) {
        self.absent.retain(|absent| !stops.contains(absent));
        self.cost -= stops.iter().map(|request| day.stops[*request].penalty).sum::<Milli>();
        self.replace(day, undo, car, stops);
    }

    fn changed(&mut self, day: &Day, car: usize) {
        self.edition = self.edition.wrapping_add(1).max(1);
        let route = &mut self.routes[car];
        let (before, was_used) = (route.cost, route.is_listed);
        // Where a way over a third place is shorter than the direct one, a route may be impossible once a stop has gone.
        while !route.renew(day, day.class(car)) {
            let Some(request) = route.stops.pop() else { break };
            self.car_of[request] = NOBODY;
            self.absent.push(request);
            self.cost += day.stops[request].penalty;
        }
        route.edition = self.edition;
        self.cost += route.cost - before;
        self.move_between_lists(day, car, was_used);
    }

    /// Keeps the lists of used and idle cars right after a route has changed.
    fn move_between_lists(&mut self, day: &Day, car: usize, was_used: bool) {
        let is_used = !self.routes[car].stops.is_empty();
        self.routes[car].is_listed = is_used;
        self.editions[car] = if is_used { self.routes[car].edition } else { 0 };
        if was_used == is_used {
            return;
        }
        let idle = &mut self.idle[day.class_of[car]];
        let (from, to) = if is_used { (idle, &mut self.used) } else { (&mut self.used, idle) };
        if let Some(at) = from.iter().rposition(|known| *known == car) {
            from.swap_remove(at);
        }
        to.push(car);
    }
}
