//! Who rides together (拼车): requests that go from the same place to the same place at the same time, and do not mind.
#![expect(clippy::indexing_slicing, reason = "requests are indices of the problem's own list")]

use super::problem::{Problem, Request, Vehicle};

/// Each request by itself.
pub(super) fn singles(problem: &Problem) -> Vec<Vec<usize>> {
    (0..problem.requests.len()).map(|request| vec![request]).collect()
}

/// Requests as they are planned: those that ride together as one. A party grows, in order of time, while some car that all of it may
/// use has seats for it. Promises and emergencies are driven as they were asked for.
pub(super) fn parties(problem: &Problem) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..problem.requests.len()).collect();
    order.sort_by_key(|request| (problem.requests[*request].pick_up.from, *request));
    let mut parties: Vec<Vec<usize>> = Vec::new();
    for request in order {
        let fits = |party: &&mut Vec<usize>| {
            let all: Vec<usize> = party.iter().copied().chain([request]).collect();
            may_join(problem, &all) && problem.vehicles.iter().any(|vehicle| takes(problem, vehicle, &all))
        };
        match parties.iter_mut().find(fits) {
            Some(party) => party.push(request),
            None => parties.push(vec![request]),
        }
    }
    parties.sort();
    parties
}

/// Whom each request could ride with in some plan.
pub(super) fn companions(problem: &Problem) -> Vec<Vec<usize>> {
    let requests = problem.requests.iter().enumerate();
    let of = |(one, asked): (usize, &Request)| -> Vec<usize> {
        let others = problem.requests.iter().enumerate().filter(|(other, _)| *other != one);
        others.filter(|(_, other)| go_together(asked, other)).map(|(other, _)| other).collect()
    };
    requests.map(of).collect()
}

fn go_together(one: &Request, other: &Request) -> bool {
    one.is_poolable
        && other.is_poolable
        && (one.from, one.to, one.is_round_trip) == (other.from, other.to, other.is_round_trip)
        && one.pick_up.from <= other.pick_up.to
        && other.pick_up.from <= one.pick_up.to
}

/// Windows that overlap two by two overlap all together.
fn may_join(problem: &Problem, all: &[usize]) -> bool {
    let is_plain = |request: usize| {
        let is_promised = problem.promises.iter().any(|promise| promise.request == request);
        !is_promised && !problem.requests[request].is_emergency
    };
    let together = |one: usize, other: usize| go_together(&problem.requests[one], &problem.requests[other]);
    all.iter().all(|one| is_plain(*one) && all.iter().all(|other| one == other || together(*one, *other)))
}

/// The car may serve each of them and has seats for all.
pub(super) fn takes(problem: &Problem, vehicle: &Vehicle, party: &[usize]) -> bool {
    let riders = || party.iter().map(|request| &problem.requests[*request]);
    let may = |rider: &Request| {
        let category = rider.categories.is_empty() || rider.categories.contains(&vehicle.category);
        let tags = rider.tags.iter().all(|tag| vehicle.tags.contains(tag));
        let shared = vehicle.unit == rider.unit || vehicle.shared_with.with(&rider.unit);
        category && tags && shared
    };
    // One seat is the driver's.
    riders().all(may) && people(riders()) < u64::from(vehicle.seats)
}

/// How many ride.
pub(super) fn people<'a>(riders: impl Iterator<Item = &'a Request>) -> u64 {
    riders.map(|rider| u64::from(rider.passengers)).sum()
}
