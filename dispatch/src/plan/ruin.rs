//! Taking requests out: strings of neighbours in space and time around one request, as slack induction by string removals does
//! (Christiaens and Vanden Berghe, 2020).
#![expect(clippy::indexing_slicing, reason = "requests and cars are indices of the day's own tables")]

use telematics::simulate::chance::Chance;

use super::day::{Day, Second, seconds};
use super::draft::{Draft, NOBODY, Undo};
use super::settings::Settings;

/// Neighbours that are kept of each request.
const NEIGHBOURS: usize = 160;
/// How often a string keeps some of its middle.
const SPLIT: f64 = 0.5;

/// Who is near whom, in space and time.
#[derive(Debug)]
pub(super) struct Neighbours(Vec<Vec<u32>>);

impl Neighbours {
    /// Near is who can follow or precede with little driving and waiting, or could take the place of the other.
    pub(super) fn of(day: &Day) -> Self {
        let lists = (0..day.requests()).map(|one| {
            let mut all: Vec<(i64, u32)> = (0..day.requests())
                .filter(|other| *other != one)
                .filter_map(|other| Some((apart(day, one, other), u32::try_from(other).ok()?)))
                .collect();
            let kept = NEIGHBOURS.min(all.len());
            if kept > 0 {
                all.select_nth_unstable(kept - 1);
                all.truncate(kept);
            }
            all.sort_unstable();
            all.into_iter().map(|(_, other)| other).collect()
        });
        Self(lists.collect())
    }

    /// The neighbours of a request, the nearest first.
    pub(super) fn of_request(&self, request: usize) -> impl Iterator<Item = usize> {
        self.0[request].iter().map(|other| *other as usize)
    }
}

/// Metres of driving and of waiting, at ten metres a second, between two requests of which one follows the other, or between two of
/// which one stands in for the other.
fn apart(day: &Day, one: usize, other: usize) -> i64 {
    let follows = |first: usize, second: usize| -> i64 {
        let (first_stop, second_stop) = (&day.stops[first], &day.stops[second]);
        let way = day.between(first, second);
        let ready: Second = first_stop.earliest + first_stop.service + seconds(way).min(10_000_000);
        let late = i64::from(ready - second_stop.latest).max(0);
        let wait = i64::from(second_stop.earliest - ready).max(0);
        // Waiting costs nothing but the car's time; being late cannot be.
        i64::from(way.metres) + 2 * wait + 200 * late
    };
    let together = {
        let way = day.between(one, other).metres.min(day.between(other, one).metres);
        let shift = i64::from(day.stops[one].earliest - day.stops[other].earliest).abs();
        i64::from(way) + 10 * shift
    };
    follows(one, other).min(follows(other, one)).min(together)
}

/// Takes strings out of routes around a request that is drawn.
pub(super) fn ruin(day: &Day, near: &Neighbours, draft: &mut Draft, undo: &mut Undo, chance: &mut Chance, settings: &Settings) {
    let served = day.requests() - draft.absent.len();
    if served == 0 {
        return;
    }
    let average = (served / draft.used.len().max(1)).max(1);
    let longest = settings.longest.min(average.max(2) * 2);
    let strings = chance.below((4 * settings.removed / (1 + longest)).max(1)) + 1;
    let seed = chance.below(day.requests());
    let mut ruined: Vec<usize> = Vec::with_capacity(strings);
    let around = std::iter::once(seed).chain(near.of_request(seed));
    for request in around {
        if ruined.len() >= strings {
            break;
        }
        let car = draft.car_of[request];
        if car == NOBODY || ruined.contains(&car) {
            continue;
        }
        ruined.push(car);
        take_string(day, draft, undo, chance, request, car, longest);
    }
}

fn take_string(day: &Day, draft: &mut Draft, undo: &mut Undo, chance: &mut Chance, request: usize, car: usize, longest: usize) {
    let stops = &draft.routes[car].stops;
    let length = stops.len();
    let Some(at) = stops.iter().position(|known| *known == request) else { return };
    let count = chance.below(longest.min(length)) + 1;
    // A string of some more, of which a part in the middle stays.
    let kept = if count < length && count > 1 && chance.happens(SPLIT) { 1 + chance.below((length - count).min(2)) } else { 0 };
    let whole = count + kept;
    let first = at.saturating_sub(chance.below(whole.min(at + 1))).min(length - whole);
    if kept == 0 {
        draft.remove(day, undo, car, first, whole);
    } else {
        let head = 1 + chance.below(count - 1);
        draft.remove(day, undo, car, first + head + kept, count - head);
        // With the tail others may have gone that could not stay without it.
        let left = draft.routes[car].stops.len().saturating_sub(first).min(head);
        if left > 0 {
            draft.remove(day, undo, car, first, left);
        }
    }
}
