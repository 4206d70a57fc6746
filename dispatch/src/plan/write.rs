//! A draft becomes the plan that people read.
#![expect(clippy::indexing_slicing, reason = "requests and cars are indices of the problem's own lists")]

use chrono::{DateTime, FixedOffset, TimeDelta};

use super::day::{Day, Milli, Second, seconds};
use super::draft::Draft;
use super::problem::Problem;
use super::solution::{Plan, PlannedOrder, Totals, Unserved};

/// The plan without its reasons and its bound.
pub(super) fn write(problem: &Problem, day: &Day, draft: &Draft, driver_of: &[Option<usize>]) -> Plan {
    let orders: Vec<PlannedOrder> = (0..day.cars()).flat_map(|car| orders(problem, day, draft, car, driver_of)).collect();
    let mut absent = draft.absent.clone();
    absent.sort_unstable();
    let left: Vec<usize> = absent.into_iter().flat_map(|stop| day.parties[stop].iter().copied()).collect();
    let riders = |car: usize| -> usize { draft.routes[car].stops.iter().map(|stop| day.parties[*stop].len()).sum() };
    let by_new_energy: usize =
        draft.used.iter().filter(|car| problem.vehicles[**car].is_new_energy).map(|car| riders(*car)).sum();
    let served = problem.requests.len() - left.len();
    #[expect(clippy::cast_precision_loss, reason = "requests of a day")]
    let nev_share_pct = if served == 0 { 0.0 } else { 100.0 * by_new_energy as f64 / served as f64 };
    let totals = Totals {
        cost_fen: orders.iter().map(|order| order.cost_fen).sum::<i64>()
            + left.iter().map(|request| problem.requests[*request].unserved.fen()).sum::<i64>(),
        vehicles_used: draft.used.len(),
        distance_m: orders.iter().map(|order| order.distance_m).sum(),
        deadhead_m: orders.iter().map(|order| order.deadhead_m).sum(),
        nev_share_pct,
    };
    let unserved = left.iter().map(|request| Unserved { request: problem.requests[*request].id.clone(), reasons: Vec::new() });
    Plan { orders, unserved: unserved.collect(), totals, travel: Some(problem.travel.source()), ..Plan::default() }
}

fn orders(problem: &Problem, day: &Day, draft: &Draft, car: usize, driver_of: &[Option<usize>]) -> Vec<PlannedOrder> {
    let (class, route) = (day.class(car), &draft.routes[car]);
    let driver = driver_of.get(car).copied().flatten().zip(problem.drivers.as_ref()).map(|(driver, all)| all[driver].id.clone());
    let at = |second: Second| -> DateTime<FixedOffset> {
        (day.begins + TimeDelta::seconds(i64::from(second))).with_timezone(&problem.offset)
    };
    // Each order is told the fen by which the sum of the car grows, so that nothing is lost to rounding.
    let (mut metres, mut terms, mut told): (i64, Milli, i64) = (0, class.fixed, 0);
    let mut before = None;
    let mut orders = Vec::with_capacity(route.stops.len());
    for (position, request) in route.stops.iter().copied().enumerate() {
        let stop = &day.stops[request];
        let way = day.to(class, before, request);
        let is_last = position + 1 == route.stops.len();
        let home = if is_last { i64::from(day.home(class, request).metres) } else { 0 };
        let deadhead = i64::from(way.metres) + home;
        metres += deadhead + stop.metres;
        terms += class.terms[request];
        let sum = (class.per_metre * metres + terms + 500).div_euclid(1000);
        let pick_up = route.pick_up[position];
        orders.push(PlannedOrder {
            request: day.parties[request].iter().map(|rider| problem.requests[*rider].id.clone()).collect(),
            vehicle: problem.vehicles[car].id.clone(),
            driver: driver.clone(),
            depart_at: at(pick_up - seconds(way)),
            pick_up_at: at(pick_up),
            free_at: at(pick_up + stop.service),
            distance_m: (deadhead + stop.metres).unsigned_abs(),
            deadhead_m: deadhead.unsigned_abs(),
            cost_fen: sum - told,
            reasons: Vec::new(),
            alternatives: Vec::new(),
        });
        (before, told) = (Some(request), sum);
    }
    orders
}
