//! Cars for journeys that have none: the cheapest place, and where there is none, room made by moving one other journey, then two.
#![expect(clippy::indexing_slicing, reason = "cars and positions are indices of the lines")]

use super::Why;
use super::line::{Journey, Line, Milli, NEVER};
use super::places::{Place, Places};
use super::standing::Standing;
use crate::plan::problem::Problem;

/// How many of the cheapest ways to make room are followed, by how many journeys may still move behind it.
const FOLLOWED: [usize; 4] = [16, 12, 6, 3];

/// Finds a car for the journey, or leaves it out; `others` is what may still be moved for it.
pub(super) fn place(standing: &mut Standing, journey: Journey, why: Why, others: &mut usize) {
    let most = if is_urgent(&standing.problem, &journey) { NEVER } else { unserved(&standing.problem, &journey) };
    let mut places = Places::default();
    let chain = (0..=*others)
        .find_map(|moves| room(standing, &mut places, &journey, moves, most))
        .or_else(|| displace(standing, &mut places, &journey, *others));
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
        let place = if news.is_none() { room(standing, &mut Places::default(), &journey, 0, most) } else { None };
        match place {
            Some((_, places)) => carry_out(standing, journey, Why::RoomNow, &places),
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
        standing.why.extend(journey.iter().map(|request| (*request, why)));
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

/// The cheapest way that was found to place the journey when exactly so many others move, below `most`. What was found out of a line
/// holds for every journey to come while the line is as it was; a line that was changed on the way here is looked at anew for the last
/// of them, and is let alone otherwise.
fn room(
    standing: &mut Standing,
    places: &mut Places,
    journey: &Journey,
    moves: usize,
    most: Milli,
) -> Option<(Milli, Vec<Place>)> {
    if moves == 0 {
        let place = places.cheapest(standing, journey).filter(|place| place.cost < most)?;
        return Some((place.cost, vec![place]));
    }
    let mut best: Option<(Milli, Vec<Place>)> = None;
    for place in places.exchanges(standing, journey, FOLLOWED[moves.min(FOLLOWED.len()) - 1]) {
        let before = standing.lines[place.car].clone();
        let Some(next) = put(&mut standing.lines[place.car], place, journey.clone()) else { continue };
        places.changed.push(before);
        let limit = best.as_ref().map_or(most, |(cost, _)| *cost) - place.cost;
        if let Some((cost, rest)) = room(standing, places, &next, moves - 1, limit) {
            best = Some((place.cost + cost, std::iter::once(place).chain(rest).collect()));
        }
        if let Some(before) = places.changed.pop() {
            standing.lines[place.car] = before;
        }
    }
    best
}

/// An emergency takes the place of a journey that is none and weighs least; that one is left out.
fn displace(standing: &Standing, places: &mut Places, journey: &Journey, others: usize) -> Option<(Milli, Vec<Place>)> {
    if others == 0 || !is_urgent(&standing.problem, journey) {
        return None;
    }
    let weight = |place: &Place| {
        let out = &standing.lines[place.car].journeys[place.out.unwrap_or_default()];
        (unserved(&standing.problem, out) + place.cost, place.car)
    };
    let place = places.exchanges(standing, journey, usize::MAX).into_iter().min_by_key(weight)?;
    Some((place.cost, vec![place]))
}

pub(super) fn is_urgent(problem: &Problem, journey: &[usize]) -> bool {
    journey.iter().any(|request| problem.requests[*request].is_emergency)
}

fn unserved(problem: &Problem, journey: &[usize]) -> Milli {
    journey.iter().map(|request| problem.requests[*request].unserved.fen() * 1000).sum()
}
