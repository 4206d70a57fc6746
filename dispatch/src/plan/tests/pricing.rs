//! The bound's foundation: no route of a class has a smaller reduced cost than the one that is found.

use telematics::simulate::chance::Chance;

use super::random::day;
use crate::plan::bound::probe;
use crate::plan::day::{Day, Milli};
use crate::plan::draft::Route;
use crate::plan::pool::singles;

/// The least reduced cost of all sequences of requests that a car of the class can drive.
fn least(day: &Day, class: usize, prices: &[Milli], stops: &mut Vec<usize>) -> Milli {
    let mut best = 0;
    for request in 0..day.requests() {
        if stops.contains(&request) || day.classes[class].terms(request).is_none() {
            continue;
        }
        stops.push(request);
        let mut route = Route::default();
        route.stops.clone_from(stops);
        if route.renew(day, &day.classes[class]) {
            let paid: Milli = stops.iter().map(|stop| prices[*stop]).sum();
            best = best.min(route.cost - paid);
        }
        // A route that is too long or too late to get home may still be part of one that is not, where ways are no shortest ones.
        if stops.len() < 4 {
            best = best.min(least(day, class, prices, stops));
        }
        stops.pop();
    }
    best
}

#[test]
fn the_priced_route_is_never_dearer_than_any_that_can_be_driven() {
    let (mut found, mut equal) = (0, 0);
    for seed in 0..400 {
        let mut problem = day(seed);
        problem.requests.truncate(7);
        problem.promises.clear();
        let day = Day::of(&problem, &singles(&problem), None);
        let mut chance = Chance::of(&[seed, 1]);
        let prices: Vec<Milli> = (0..day.requests()).map(|_| i64::try_from(chance.below(20_000_000)).unwrap()).collect();
        for class in 0..day.classes.len() {
            let all = least(&day, class, &prices, &mut Vec::new());
            let found_here = probe(&day, class, &prices);
            assert!(found_here <= all, "seed {seed}: {found_here} above {all}");
            found += 1;
            equal += usize::from(found_here == all);
        }
    }
    // It is less only where a route longer than four is best, or one passes a request twice.
    assert!(found > 500 && equal * 10 > found * 8, "{equal} of {found}");
}
