//! The plan at a moment: what has left stays, the rest are lines that can be changed; and what an event does to it.
#![expect(clippy::indexing_slicing, reason = "cars and requests are indices that were looked up")]

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::line::{Journey, Line, common, needs, second};
use super::{RepairError, Why};
use crate::plan::problem::{Problem, Request, Window};
use crate::plan::solution::{Plan, PlannedOrder};
use crate::plan::travel::TravelTime as _;

/// Journeys that need a car, and why.
pub(super) type Touched = Vec<(Journey, Why)>;

/// A plan that is being repaired.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) problem: Problem,
    pub(super) at: i64,
    /// One a car.
    pub(super) lines: Vec<Line>,
    /// What has left, by car: it stays as it is told, but for what happens to it.
    pub(super) left: Vec<Vec<PlannedOrder>>,
    /// Who is served by nobody, and why if it is news.
    pub(super) absent: Vec<(Journey, Option<Why>)>,
    /// Why a request is elsewhere than before.
    pub(super) why: HashMap<usize, Why>,
    /// The car that is no longer what it was: its orders are told anew.
    pub(super) retold: Option<usize>,
}

impl Standing {
    pub(super) fn of(problem: &Problem, plan: &Plan, at: DateTime<Utc>) -> Result<Self, RepairError> {
        let cars: HashMap<&str, usize> = problem.vehicles.iter().enumerate().map(|(at, car)| (car.id.as_str(), at)).collect();
        let requests: HashMap<&str, usize> =
            problem.requests.iter().enumerate().map(|(at, request)| (request.id.as_str(), at)).collect();
        let find =
            |known: &HashMap<&str, usize>, id: &str| known.get(id).copied().ok_or_else(|| RepairError::NoPlan(id.to_owned()));
        let mut lines: Vec<Line> = (0..problem.vehicles.len()).map(|car| idle(problem, car, at)).collect();
        let mut left: Vec<Vec<PlannedOrder>> = vec![Vec::new(); lines.len()];
        let mut orders: Vec<&PlannedOrder> = plan.orders.iter().collect();
        orders.sort_by_key(|order| order.pick_up_at);
        for order in orders {
            let car = find(&cars, &order.vehicle)?;
            let journey = order.request.iter().map(|id| find(&requests, id)).collect::<Result<Journey, _>>()?;
            let line = &mut lines[car];
            if let (Some(id), Some(all)) = (&order.driver, &problem.drivers) {
                line.driver = all.iter().position(|driver| driver.id == *id);
            }
            if order.depart_at.to_utc() <= at {
                line.pass(problem, order, &journey);
                left[car].push(order.clone());
            } else {
                line.journeys.push(journey);
            }
        }
        give_drivers(problem, &mut lines);
        let absent = plan.unserved.iter().map(|one| Ok((vec![find(&requests, &one.request)?], None)));
        let absent = absent.collect::<Result<_, _>>()?;
        Ok(Self { problem: problem.clone(), at: second(at), lines, left, absent, why: HashMap::new(), retold: None })
    }

    /// The car and the place in its line of a request that has not left.
    fn find(&self, request: usize) -> Option<(usize, usize)> {
        self.lines.iter().enumerate().find_map(|(car, line)| {
            line.journeys.iter().position(|journey| journey.contains(&request)).map(|position| (car, position))
        })
    }

    pub(super) fn fail(&mut self, car: usize) -> Result<Touched, RepairError> {
        let vehicle = self.problem.vehicles.get_mut(car).ok_or(RepairError::Unknown)?;
        let at = DateTime::from_timestamp(self.at, 0).unwrap_or(self.problem.now);
        self.retold = Some(car);
        vehicle.available.retain(|window| window.from <= at);
        vehicle.available.iter_mut().for_each(|window| window.to = window.to.min(at));
        let mut touched: Touched = self.lines[car].journeys.drain(..).map(|journey| (journey, Why::CarFailed)).collect();
        self.lines[car].windows.clear();
        if let Some(order) = self.left[car].pop_if(|order| order.free_at.to_utc() > at) {
            let known = |id: &String| self.problem.requests.iter().position(|request| request.id == *id);
            let journey: Journey = order.request.iter().filter_map(known).collect();
            if order.pick_up_at.to_utc() <= at {
                self.why.extend(journey.iter().map(|request| (*request, Why::OnBoard)));
                self.absent.push((journey.clone(), Some(Why::OnBoard)));
                self.problem.promises.retain(|promise| !journey.contains(&promise.request));
            } else {
                touched.insert(0, (journey, Why::CarFailed));
            }
        }
        // What was promised with it cannot be kept by it.
        self.problem.promises.retain(|promise| {
            promise.vehicle != car
                || self.left[car].iter().any(|order| order.request.contains(&self.problem.requests[promise.request].id))
        });
        self.strand(car);
        Ok(touched)
    }

    /// A car that failed stays where it was last. A table of ways may have one from a place to itself: there is time and range for it.
    fn strand(&mut self, car: usize) {
        let last = self.left[car].last().map(|order| (order.depart_at.to_utc(), order.free_at.to_utc()));
        let id = self.left[car].last().and_then(|order| order.request.first());
        let place = self.problem.requests.iter().find(|request| Some(&request.id) == id);
        let place = place.map_or(self.problem.vehicles[car].at, Request::end);
        self.problem.vehicles[car].yard = place;
        self.problem.vehicles[car].range_m = None;
        self.lines[car].place = place;
        if let Some((departed, free)) = last {
            self.overrun(car, departed, free);
        }
        self.lines[car].windows.clear();
    }

    pub(super) fn cancel(&mut self, request: usize) -> Result<Touched, RepairError> {
        let id = self.problem.requests.get(request).ok_or(RepairError::Unknown)?.id.clone();
        if let Some((car, position)) = self.find(request) {
            let journeys = &mut self.lines[car].journeys;
            journeys[position].retain(|rider| *rider != request);
            if journeys[position].is_empty() {
                journeys.remove(position);
            }
            // Where a way over a third place is shorter than the direct one, the rest may not fit without it.
            let touched = self.unload(car, Why::MadeRoom);
            self.forget(request);
            return Ok(renumbered(touched, request));
        }
        if self.left.iter().flatten().any(|order| order.request.contains(&id)) {
            return Err(RepairError::Begun);
        }
        self.forget(request);
        Ok(Vec::new())
    }

    /// Takes a request out of the problem: those behind it move up by one.
    fn forget(&mut self, request: usize) {
        self.problem.requests.remove(request);
        self.problem.promises.retain(|promise| promise.request != request);
        for promise in &mut self.problem.promises {
            promise.request -= usize::from(promise.request > request);
        }
        self.absent.retain(|(journey, _)| !journey.contains(&request));
        let lines = self.lines.iter_mut().flat_map(|line| &mut line.journeys);
        for rider in lines.chain(self.absent.iter_mut().map(|(journey, _)| journey)).flatten() {
            *rider -= usize::from(*rider > request);
        }
    }

    pub(super) fn ask(&mut self, request: &Request) -> Result<Touched, RepairError> {
        let places = self.problem.places.len();
        let is_known = self.problem.requests.iter().any(|known| known.id == request.id);
        if is_known || request.from >= places || request.to >= places {
            return Err(RepairError::Unknown);
        }
        self.problem.requests.push(request.clone());
        Ok(vec![(vec![self.problem.requests.len() - 1], Why::Asked)])
    }

    pub(super) fn delay(&mut self, request: usize, seconds: u32) -> Result<Touched, RepairError> {
        let asked = self.problem.requests.get_mut(request).ok_or(RepairError::Unknown)?;
        let id = asked.id.clone();
        asked.service_s = asked.service_s.saturating_add(seconds);
        let begun = self.left.iter().position(|orders| orders.iter().any(|order| order.request.contains(&id)));
        if let Some(car) = begun {
            self.retold = Some(car);
            let Some(order) = self.left[car].iter_mut().find(|order| order.request.contains(&id)) else { return Ok(Vec::new()) };
            let known = |id: &String| self.problem.requests.iter().position(|request| request.id == *id);
            let journey: Journey = order.request.iter().filter_map(known).collect();
            let free = order.pick_up_at + TimeDelta::seconds(needs(&self.problem, &journey).2);
            if second(free.to_utc()) <= self.at || self.left[car].last().is_none_or(|last| !last.request.contains(&id)) {
                return Err(RepairError::Begun);
            }
            if let Some(order) = self.left[car].last_mut() {
                order.free_at = order.free_at.max(free);
                let (departed, free) = (order.depart_at.to_utc(), order.free_at.to_utc());
                self.lines[car].free = second(free).max(self.at);
                self.overrun(car, departed, free);
            }
            return Ok(self.unload(car, Why::CarLate));
        }
        let Some((car, _)) = self.find(request) else { return Ok(Vec::new()) };
        self.retold = Some(car);
        Ok(self.unload(car, Why::CarLate))
    }

    /// A car that is late on the journey on which it departed works as long as it takes to come home, and its driver with it.
    fn overrun(&mut self, car: usize, departed: DateTime<Utc>, free: DateTime<Utc>) {
        let line = &mut self.lines[car];
        let problem = &mut self.problem;
        let seconds = problem.travel.way(line.place, problem.vehicles[car].yard).seconds;
        let home = free + TimeDelta::seconds(i64::from(seconds));
        problem.horizon.to = problem.horizon.to.max(home);
        stretch(&mut problem.vehicles[car].available, departed, home);
        if let (Some(driver), Some(all)) = (line.driver, &mut problem.drivers) {
            stretch(&mut all[driver].duty, departed, home);
        }
        line.windows = windows(problem, car, line.driver);
    }

    /// Takes journeys out of a line that cannot be driven any more, as few as it seems: the one without which most of the others can.
    fn unload(&mut self, car: usize, why: Why) -> Touched {
        let mut touched = Vec::new();
        while self.lines[car].drive(&self.problem, self.lines[car].journeys.iter()).is_none() {
            let line = &self.lines[car];
            let is_promised = |journey: &Journey| self.problem.promises.iter().any(|one| journey.contains(&one.request));
            let without = |out: usize| {
                let rest = line.journeys.iter().enumerate().filter(move |(at, _)| *at != out).map(|(_, journey)| journey);
                line.drive(&self.problem, rest).is_some()
            };
            let free = (0..line.journeys.len()).filter(|at| !is_promised(&line.journeys[*at]));
            let Some(out) = free
                .clone()
                .find(|out| without(*out))
                .or_else(|| free.clone().next())
                .or_else(|| line.journeys.len().checked_sub(1))
            else {
                break;
            };
            let journey = self.lines[car].journeys.remove(out);
            self.problem.promises.retain(|promise| !journey.contains(&promise.request));
            touched.push((journey, why));
        }
        if self.lines[car].journeys.is_empty() {
            self.send_home(car);
        }
        touched
    }

    /// A car on the road that has nothing left to do drives home, however long and far that is: over the next pick-up it may have been
    /// shorter.
    fn send_home(&mut self, car: usize) {
        let Some(last) = self.left[car].last() else { return };
        let (departed, free) = (last.depart_at.to_utc(), last.free_at.to_utc());
        self.overrun(car, departed, free);
        let (line, vehicle) = (&self.lines[car], &mut self.problem.vehicles[car]);
        let home = self.problem.travel.way(line.place, vehicle.yard).metres;
        let needed = u32::try_from(line.metres + i64::from(home)).unwrap_or(u32::MAX);
        let needed = needed.saturating_add(self.problem.rules.reserve_range_m);
        vehicle.range_m = vehicle.range_m.map(|range| range.max(needed));
    }
}

fn renumbered(touched: Touched, request: usize) -> Touched {
    let number = |rider: usize| rider - usize::from(rider > request);
    touched.into_iter().map(|(journey, why)| (journey.into_iter().map(number).collect(), why)).collect()
}

/// Lengthens the window in which somebody departed until `home`.
fn stretch(windows: &mut Vec<Window>, departed: DateTime<Utc>, home: DateTime<Utc>) {
    if windows.iter().any(|window| window.from <= departed && home <= window.to) {
        return;
    }
    let Some(at) = windows.iter().rposition(|window| window.from <= departed) else { return };
    windows[at].to = windows[at].to.max(home);
    let end = windows[at].to;
    // Whatever begins meanwhile is one with it.
    while windows.get(at + 1).is_some_and(|next| next.from <= end) {
        let next = windows.remove(at + 1);
        windows[at].to = windows[at].to.max(next.to);
    }
}

impl Line {
    /// An order that has left.
    fn pass(&mut self, problem: &Problem, order: &PlannedOrder, journey: &[usize]) {
        let Some(first) = journey.first().map(|request| &problem.requests[*request]) else { return };
        self.metres += i64::from(problem.travel.way(self.place, first.from).metres) + needs(problem, journey).3;
        self.free = self.free.max(second(order.free_at.to_utc()));
        self.place = first.end();
        self.is_out = true;
    }
}

fn idle(problem: &Problem, car: usize, at: DateTime<Utc>) -> Line {
    let windows = windows(problem, car, None);
    let free = second(at.max(problem.now));
    let place = problem.vehicles[car].at;
    Line { car, driver: None, windows, free, place, metres: 0, is_out: false, journeys: Vec::new() }
}

/// When the car may move within the day, and with its driver.
fn windows(problem: &Problem, car: usize, driver: Option<usize>) -> Vec<(i64, i64)> {
    let day = [problem.horizon];
    let available = &problem.vehicles[car].available;
    match driver.and_then(|driver| problem.drivers.as_ref()?.get(driver)) {
        None => common(available, &day),
        Some(driver) => {
            let within = common(available, &driver.duty);
            let (from, to) = (second(day[0].from), second(day[0].to));
            within.into_iter().map(|(a, b)| (a.max(from), b.min(to))).filter(|(a, b)| a <= b).collect()
        }
    }
}

/// Each idle car gets a driver who has none, as long as there are any; a car without one stands.
fn give_drivers(problem: &Problem, lines: &mut [Line]) {
    let Some(all) = &problem.drivers else { return };
    let mut is_busy = vec![false; all.len()];
    lines.iter().filter_map(|line| line.driver).for_each(|driver| is_busy[driver] = true);
    for line in lines {
        if line.driver.is_none() && !line.is_out && line.journeys.is_empty() {
            let seats = problem.vehicles[line.car].seats;
            line.driver = (0..all.len()).find(|driver| !is_busy[*driver] && all[*driver].licence.allows(seats));
        }
        match line.driver {
            Some(driver) => {
                is_busy[driver] = true;
                line.windows = windows(problem, line.car, Some(driver));
            }
            None => line.windows.clear(),
        }
    }
}
