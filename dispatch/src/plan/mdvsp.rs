//! The public problems of scheduling vehicles from several depots (Pepin et al., 2009), as a day of ours and back.
//!
//! A file says how many depots, trips and cars there are, and what it costs to go from any depot or trip to any other; −1 or
//! 100,000,000 says that one cannot. There are no times: an order of the trips in which none follows a later one stands for them.
#![expect(clippy::indexing_slicing, reason = "depots and trips are counted by the file's first line")]

use chrono::{DateTime, FixedOffset, TimeDelta};
use serde::Serialize;
use thiserror::Error;

use super::problem::{Place, Problem, Request, Rules, Shared, Vehicle, Window};
use super::solution::Plan;
use super::travel::{Matrix, NO_WAY, Travel, TravelSource, Way};
use crate::money::Money;

/// A cost from which on one cannot go.
const FORBIDDEN: i64 = 100_000_000;

/// Why a text is none of these problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MdvspError {
    /// Something that is no whole number, or nothing where one has to be.
    #[error("number {0} of the file is missing or no whole number")]
    Number(usize),
    /// Trips that follow each other in a circle.
    #[error("the trips have no order: some follow each other in a circle")]
    Circle,
}

impl MdvspError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Number(_) => "plan.mdvsp_number",
            Self::Circle => "plan.mdvsp_circle",
        }
    }
}

/// What is told of a plan for such a problem.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Schedule {
    /// What all arcs cost.
    pub cost: i64,
    /// No schedule costs less.
    pub bound: i64,
    /// By depot: the trips of each car, counted from one.
    pub routes: Vec<Vec<Vec<usize>>>,
    /// Trips that no car drives.
    pub unserved: Vec<usize>,
}

/// Reads a problem; a unit of cost becomes a fen.
pub fn read(text: &str) -> Result<Problem, MdvspError> {
    let mut numbers = text.split_ascii_whitespace().enumerate();
    let mut next = || match numbers.next() {
        Some((at, word)) => word.parse::<i64>().ok().ok_or(MdvspError::Number(at + 1)),
        None => Err(MdvspError::Number(0)),
    };
    let count = |number: i64| usize::try_from(number).ok().filter(|count| *count <= 10_000).ok_or(MdvspError::Number(1));
    let (depots, trips) = (count(next()?)?, count(next()?)?);
    let fleets = (0..depots).map(|_| next().and_then(count)).collect::<Result<Vec<_>, _>>()?;
    let size = depots + trips;
    let costs = (0..size * size).map(|_| next()).collect::<Result<Vec<_>, _>>()?;
    let order = order(&costs, depots, trips)?;
    Ok(problem(&costs, &fleets, &order))
}

const fn can_go(cost: i64) -> bool {
    cost >= 0 && cost < FORBIDDEN
}

/// When each trip stands in an order in which none follows a later one.
fn order(costs: &[i64], depots: usize, trips: usize) -> Result<Vec<i64>, MdvspError> {
    let size = depots + trips;
    let follows = |one: usize, other: usize| one != other && can_go(costs[(depots + one) * size + depots + other]);
    let mut before: Vec<usize> = (0..trips).map(|trip| (0..trips).filter(|other| follows(*other, trip)).count()).collect();
    let mut ready: Vec<usize> = (0..trips).filter(|trip| before[*trip] == 0).collect();
    let mut place = vec![0; trips];
    for at in 1..=trips {
        let Some(trip) = ready.pop() else { return Err(MdvspError::Circle) };
        place[trip] = i64::try_from(at).unwrap_or(i64::MAX);
        for other in (0..trips).filter(|other| follows(trip, *other)) {
            before[other] -= 1;
            if before[other] == 0 {
                ready.push(other);
            }
        }
    }
    Ok(place)
}

fn problem(costs: &[i64], fleets: &[usize], order: &[i64]) -> Problem {
    let (depots, trips) = (fleets.len(), order.len());
    let begins = DateTime::UNIX_EPOCH;
    let at = |second: i64| begins + TimeDelta::seconds(second);
    let horizon = Window { from: begins, to: at(i64::try_from(trips).unwrap_or(i64::MAX) + 1) };
    let way = |cost: &i64| {
        let metres = u32::try_from(*cost).ok().filter(|_| can_go(*cost));
        metres.map_or(Way { metres: NO_WAY, seconds: NO_WAY }, |metres| Way { metres, seconds: 0 })
    };
    let dearest = costs.iter().copied().filter(|cost| can_go(*cost)).max().unwrap_or_default();
    let vehicle = |depot: usize, number: usize| Vehicle {
        id: format!("{}/{}", depot + 1, number + 1),
        unit: "depot".to_owned(),
        category: "bus".to_owned(),
        seats: 2,
        is_new_energy: true,
        yard: depot,
        at: depot,
        available: vec![horizon],
        range_m: None,
        per_km: Money::from_fen(1000),
        fixed: Money::ZERO,
        shared_with: Shared::WithAll,
        tags: Vec::new(),
    };
    let request = |trip: usize| Request {
        id: (trip + 1).to_string(),
        unit: "depot".to_owned(),
        from: depots + trip,
        to: depots + trip,
        pick_up: Window { from: at(order[trip]), to: at(order[trip]) },
        service_s: 0,
        service_m: 0,
        is_round_trip: false,
        passengers: 1,
        categories: Vec::new(),
        tags: Vec::new(),
        is_emergency: false,
        is_poolable: false,
        // A trip has to be driven; ten cars for it alone would be cheaper than leaving it out.
        unserved: Money::from_fen(20 * dearest),
    };
    let size = depots + trips;
    // A table of size × size has been read; it is square.
    let travel = Matrix::new(size, costs.iter().map(way).collect(), TravelSource::Table).map(Travel::Matrix);
    Problem {
        now: begins,
        horizon,
        offset: FixedOffset::east_opt(0).expect("no offset is one"),
        places: (0..size).map(|place| Place { id: place.to_string(), at: None }).collect(),
        travel: travel.expect("the table has a row and a column for each place"),
        vehicles: (0..depots).flat_map(|depot| (0..fleets[depot]).map(move |number| vehicle(depot, number))).collect(),
        drivers: None,
        requests: (0..trips).map(request).collect(),
        promises: Vec::new(),
        rules: Rules::default(),
    }
}

/// What is told of a plan.
pub fn schedule(problem: &Problem, plan: &Plan) -> Schedule {
    let depots = problem.vehicles.iter().map(|vehicle| vehicle.yard + 1).max().unwrap_or_default();
    let mut routes: Vec<Vec<Vec<usize>>> = vec![Vec::new(); depots];
    let mut last = "";
    let number = |id: &String| id.parse().unwrap_or_default();
    for order in &plan.orders {
        let Some(vehicle) = problem.vehicles.iter().find(|vehicle| vehicle.id == order.vehicle) else { continue };
        let of_depot = &mut routes[vehicle.yard];
        if last != order.vehicle {
            of_depot.push(Vec::new());
        }
        if let Some(route) = of_depot.last_mut() {
            route.extend(order.request.iter().map(number));
        }
        last = &order.vehicle;
    }
    let unserved = plan.unserved.iter().map(|left| number(&left.request)).collect();
    Schedule { cost: plan.totals.cost_fen, bound: plan.bound_fen.unwrap_or_default(), routes, unserved }
}
