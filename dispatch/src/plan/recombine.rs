//! Exact recombination: the day is cut at a moment, and heads and tails of all routes are put together as well as can be by one
//! assignment, idle cars being heads too.
#![expect(clippy::indexing_slicing, reason = "requests and cars are indices of the day's own tables")]

use telematics::simulate::chance::Chance;

use super::assign::{FORBIDDEN, assign};
use super::day::{Class, Day, Milli, Second};
use super::draft::{Draft, Route, Undo};

/// Most routes that are cut at once; the assignment grows with the cube at worst.
const MOST: usize = 400;

/// The part of a car's route before the cut.
struct Head {
    car: usize,
    stops: usize,
    ready: Second,
    /// Metres and terms until the last stop of it is over.
    metres: i64,
    terms: Milli,
}

/// Cuts at a moment that is drawn; the draft is never dearer than before.
pub(super) fn recombine(day: &Day, draft: &mut Draft, undo: &mut Undo, chance: &mut Chance) {
    draft.begin(undo);
    let Some(moment) = moment(draft, chance) else { return };
    let cars = choose(draft, chance);
    let heads: Vec<Head> = cars.iter().map(|car| head(day, &draft.routes[*car], *car, day.class(*car), moment)).collect();
    let tails: Vec<Vec<usize>> = heads.iter().map(|head| draft.routes[head.car].stops[head.stops..].to_vec()).collect();
    let mut costs = Vec::with_capacity(heads.len() * tails.len());
    for head in &heads {
        let (class, route) = (day.class(head.car), &draft.routes[head.car]);
        costs
            .extend(tails.iter().map(|tail| joined(day, class, route, head, tail).map_or(FORBIDDEN, |cost| cost.min(FORBIDDEN))));
    }
    let before = draft.cost;
    let chosen = assign(&costs, heads.len());
    let routes: Vec<(usize, Vec<usize>)> = heads
        .iter()
        .zip(&chosen)
        .enumerate()
        .filter(|(own, (_, tail))| own != *tail)
        .map(|(_, (head, tail))| (head.car, [&draft.routes[head.car].stops[..head.stops], &tails[*tail]].concat()))
        .collect();
    for (car, stops) in &routes {
        draft.replace(day, undo, *car, stops);
    }
    if draft.cost > before {
        draft.restore(day, undo);
    }
}

/// A pick-up of the plan, so that there is something to cut; now and then the very beginning, which gives all routes new cars.
fn moment(draft: &Draft, chance: &mut Chance) -> Option<Second> {
    if chance.happens(0.15) {
        return Some(Second::MIN);
    }
    let car = *chance.pick(&draft.used)?;
    let at = *chance.pick(&draft.routes[car].pick_up)?;
    Some(at)
}

/// The routes that are cut: all, or as many as can be, and of the idle cars of a class no more than there could be use for.
fn choose(draft: &Draft, chance: &mut Chance) -> Vec<usize> {
    let mut cars = draft.used.clone();
    for at in (1..cars.len()).rev() {
        cars.swap(at, chance.below(at + 1));
    }
    cars.truncate(MOST * 3 / 4);
    let mut idle: Vec<usize> = draft.idle.iter().flat_map(|cars| cars.iter().rev().take(3).copied()).collect();
    for at in (1..idle.len()).rev() {
        idle.swap(at, chance.below(at + 1));
    }
    idle.truncate(MOST - cars.len());
    cars.extend(idle);
    cars.sort_unstable();
    cars
}

fn head(day: &Day, route: &Route, car: usize, class: &Class, moment: Second) -> Head {
    let stops = route.pick_up.iter().take_while(|at| **at < moment).count();
    let mut head = Head { car, stops, ready: class.begins(), metres: 0, terms: 0 };
    let mut before = None;
    for (request, at) in route.stops.iter().zip(&route.pick_up).take(stops) {
        head.metres += i64::from(day.to(class, before, *request).metres) + day.stops[*request].metres;
        head.terms += class.terms[*request];
        head.ready = at + day.stops[*request].service;
        before = Some(*request);
    }
    head
}

/// What the whole route costs; nothing: it cannot be driven.
fn joined(day: &Day, class: &Class, route: &Route, head: &Head, tail: &[usize]) -> Option<Milli> {
    let mut before = head.stops.checked_sub(1).map(|last| route.stops[last]);
    let (mut ready, mut metres, mut terms) = (head.ready, head.metres, head.terms);
    if before.is_none() && tail.is_empty() {
        return Some(0);
    }
    for request in tail.iter().copied() {
        terms += class.terms(request)?;
        let way = day.to(class, before, request);
        ready = day.pick_up(class, ready, way, request)? + day.stops[request].service;
        metres += i64::from(way.metres) + day.stops[request].metres;
        before = Some(request);
    }
    let home = before.map(|last| day.home(class, last)).unwrap_or_default();
    metres += i64::from(home.metres);
    Day::arrives_home(class, ready, home).filter(|_| metres <= class.range)?;
    Some(class.fixed + terms + class.per_metre * metres)
}
