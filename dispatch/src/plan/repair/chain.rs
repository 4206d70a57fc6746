//! Cars for journeys that have none: the cheapest place, and where there is none, room made by moving one other journey, then two.
#![expect(clippy::indexing_slicing, reason = "cars and positions are indices of the lines")]

use super::Why;
use super::line::{Journey, Line, Milli};
use super::standing::Standing;
use crate::plan::problem::Problem;

/// How many of the cheapest ways to make room are followed, by how many journeys may still move behind it.
const FOLLOWED: [usize; 4] = [16, 12, 6, 3];
/// Costs more than anything.
const NEVER: Milli = Milli::MAX / 4;

/// A journey at a position of a line, in place of another or of none.
#[derive(Clone, Copy, Debug)]
struct Place {
    cost: Milli,
    car: usize,
    /// Who leaves the line.
    out: Option<usize>,
    /// Where the newcomer stands when that one has left.
    position: usize,
}

/// Finds a car for the journey, or leaves it out; `others` is what may still be moved for it.
pub(super) fn place(standing: &mut Standing, journey: Journey, why: Why, others: &mut usize) {
    let most = if is_urgent(&standing.problem, &journey) { NEVER } else { unserved(&standing.problem, &journey) };
    let chain =
        (0..=*others).find_map(|moves| room(standing, &journey, moves, most)).or_else(|| displace(standing, &journey, *others));
    match chain {
        Some((_, places)) => {
            *others -= places.iter().filter(|place| place.out.is_some()).count();
            carry_out(standing, journey, why, &places);
        }
        None => leave(standing, journey, why),
    }
}

/// Puts those who were left out where there is room now, the dearest first.
pub(super) fn fill(standing: &mut Standing) {
    let mut left = std::mem::take(&mut standing.absent);
    left.sort_by_key(|(journey, _)| {
        (!is_urgent(&standing.problem, journey), -unserved(&standing.problem, journey), journey.first().copied())
    });
    for (journey, news) in left {
        let most = unserved(&standing.problem, &journey);
        match cheapest(standing, &journey, None, most).filter(|_| news.is_none()) {
            Some(place) => carry_out(standing, journey, Why::RoomNow, &[place]),
            None => standing.absent.push((journey, news)),
        }
    }
}

fn leave(standing: &mut Standing, journey: Journey, why: Why) {
    for request in &journey {
        standing.why.insert(*request, why);
        standing.problem.promises.retain(|promise| promise.request != *request);
    }
    standing.absent.push((journey, Some(why)));
}

/// Gives the journey its place, and those that leave theirs the next ones; the last may have none.
fn carry_out(standing: &mut Standing, mut journey: Journey, mut why: Why, places: &[Place]) {
    for place in places {
        journey.iter().for_each(|request| _ = standing.why.insert(*request, why));
        match put(&mut standing.lines[place.car], *place, journey) {
            Some(next) => (journey, why) = (next, Why::MadeRoom),
            None => return,
        }
    }
    leave(standing, journey, why);
}

fn put(line: &mut Line, place: Place, journey: Journey) -> Option<Journey> {
    let out = place.out.map(|out| line.journeys.remove(out));
    line.journeys.insert(place.position, journey);
    out
}

/// The cheapest way to place the journey when exactly so many others move: below `most`.
fn room(standing: &mut Standing, journey: &Journey, moves: usize, most: Milli) -> Option<(Milli, Vec<Place>)> {
    if moves == 0 {
        return cheapest(standing, journey, None, most).map(|place| (place.cost, vec![place]));
    }
    let mut all = exchanges(standing, journey);
    all.truncate(FOLLOWED[moves.min(FOLLOWED.len()) - 1]);
    let mut best: Option<(Milli, Vec<Place>)> = None;
    for place in all {
        let before = standing.lines[place.car].clone();
        let Some(next) = put(&mut standing.lines[place.car], place, journey.clone()) else { continue };
        let limit = best.as_ref().map_or(most, |(cost, _)| *cost) - place.cost;
        if let Some((cost, rest)) = room(standing, &next, moves - 1, limit) {
            best = Some((place.cost + cost, std::iter::once(place).chain(rest).collect()));
        }
        standing.lines[place.car] = before;
    }
    best
}

/// An emergency takes the place of a journey that is none and weighs least; that one is left out.
fn displace(standing: &mut Standing, journey: &Journey, others: usize) -> Option<(Milli, Vec<Place>)> {
    if others == 0 || !is_urgent(&standing.problem, journey) {
        return None;
    }
    let weight = |place: &Place| {
        let out = &standing.lines[place.car].journeys[place.out.unwrap_or_default()];
        (unserved(&standing.problem, out) + place.cost, place.car)
    };
    let place = exchanges(standing, journey).into_iter().min_by_key(weight)?;
    Some((place.cost, vec![place]))
}

/// The cheapest place for the journey in a line as it is, below `most`.
fn cheapest(standing: &Standing, journey: &Journey, out: Option<(usize, usize)>, most: Milli) -> Option<Place> {
    let cars = out.map_or(0..standing.lines.len(), |(car, _)| car..car + 1);
    let mut best: Option<Place> = None;
    for car in cars {
        let line = &standing.lines[car];
        if !line.takes(&standing.problem, journey) {
            continue;
        }
        let leaver = out.map(|(_, position)| position);
        let rest: Vec<&Journey> =
            line.journeys.iter().enumerate().filter(|(at, _)| Some(*at) != leaver).map(|(_, other)| other).collect();
        let Some(before) = line.drive(&standing.problem, line.journeys.iter()) else { continue };
        for position in 0..=rest.len() {
            let (head, tail) = rest.split_at(position);
            let all = head.iter().copied().chain(std::iter::once(journey)).chain(tail.iter().copied());
            let Some(driven) = line.drive(&standing.problem, all) else { continue };
            let cost = driven.cost - before.cost;
            if cost < best.map_or(most, |known| known.cost) {
                best = Some(Place { cost, car, out: leaver, position });
            }
        }
    }
    best
}

/// Where the journey could stand if one other left, the cheapest first.
fn exchanges(standing: &Standing, journey: &Journey) -> Vec<Place> {
    let mut all: Vec<Place> = Vec::new();
    for (car, line) in standing.lines.iter().enumerate() {
        if !line.takes(&standing.problem, journey) {
            continue;
        }
        let movable = (0..line.journeys.len()).filter(|at| may_move(standing, &line.journeys[*at]));
        all.extend(movable.filter_map(|out| cheapest(standing, journey, Some((car, out)), NEVER)));
    }
    all.sort_by_key(|place| (place.cost, place.car, place.out));
    all
}

/// Neither promised, nor an emergency, nor moved already.
fn may_move(standing: &Standing, journey: &[usize]) -> bool {
    let is_promised = |request: &usize| standing.problem.promises.iter().any(|promise| promise.request == *request);
    !is_urgent(&standing.problem, journey)
        && !journey.iter().any(|request| is_promised(request) || standing.why.contains_key(request))
}

fn is_urgent(problem: &Problem, journey: &[usize]) -> bool {
    journey.iter().any(|request| problem.requests[*request].is_emergency)
}

fn unserved(problem: &Problem, journey: &[usize]) -> Milli {
    journey.iter().map(|request| problem.requests[*request].unserved.fen() * 1000).sum()
}
