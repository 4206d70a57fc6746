//! A batch of trips at once: the short lists that are matched, and what joins them where the prices say that something was left out.

use telematics::id::VehicleId;

use super::index::Nearby;
use super::need::{Need, Terms};
use super::rule::Shortfall;
use crate::matching::lists::{Lists, ListsError};
use crate::matching::widen::{Certified, solve_certified};
use crate::money::Money;

/// A trip of a batch (批次需求).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What it asks of a car.
    pub need: Need,
    /// What leaving it out costs.
    pub unserved: Money,
}

/// Who goes with which car (批次派车方案), the cheapest of all ways over all cars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServedBatch {
    /// The car of each trip; `None`: it goes unserved.
    pub vehicles: Vec<Option<VehicleId>>,
    /// The matching that it is, with its prices; columns are places in `Nearby::cars`.
    pub certified: Certified,
}

/// The lists of a batch: of each trip the `most` cheapest cars that may go, and up to which cost, exclusively, it has all of them.
pub fn lists(nearby: &Nearby, batch: &[Wanted], terms: &Terms, most: usize) -> Result<(Lists, Vec<Money>), ListsError> {
    let mut lists = Lists::new(nearby.cars().len())?;
    let mut complete_below = Vec::with_capacity(batch.len());
    for wanted in batch {
        let offers = nearby.best(&wanted.need, terms, most);
        let last = offers.last().filter(|_| offers.len() == most).map(|offer| offer.cost);
        // What costs more than going unserved is no candidate, and its absence no loss.
        complete_below.push(last.unwrap_or(wanted.unserved));
        let candidates = offers.iter().filter_map(|offer| Some((nearby.place_of(offer.vehicle)?, offer.cost)));
        lists.push(wanted.unserved, candidates.filter(|(_, cost)| *cost < wanted.unserved))?;
    }
    Ok((lists, complete_below))
}

/// The cheapest way to serve a batch over all cars, begun with `most` candidates for each trip.
pub fn solve(nearby: &Nearby, batch: &[Wanted], terms: &Terms, most: usize) -> Result<ServedBatch, ListsError> {
    let (lists, complete_below) = lists(nearby, batch, terms, most)?;
    let (_, certified) = solve_certified(lists, &complete_below, |asked| {
        let Some(wanted) = batch.get(asked.row) else { return Vec::new() };
        let offers = nearby.cheaper(&wanted.need, terms, asked.bar);
        offers.iter().filter_map(|offer| Some((nearby.place_of(offer.vehicle)?, offer.cost))).collect()
    })?;
    let car = |column: u32| nearby.cars().get(column as usize).map(|car| car.vehicle);
    let vehicles = certified.matching.columns.iter().map(|column| column.and_then(car)).collect();
    Ok(ServedBatch { vehicles, certified })
}

/// Why a trip of a batch does not go with a car (未派原因).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyNot {
    /// It does.
    Goes,
    /// Rules speak against it, each by so much.
    Against(Vec<Shortfall>),
    /// It may, and all trips together would cost at least so much more; `taken_by` is the trip that has the car now.
    Dearer {
        /// By how much at least, proved by the prices.
        by: Money,
        /// What one more such car would save the others: a part of `by`.
        worth: Money,
        /// The place in the batch of the trip that goes with it.
        taken_by: Option<usize>,
    },
}

/// Why the trip at that place of the batch does not go with a car; nothing where there is no such trip or car.
pub fn why_not(
    nearby: &Nearby,
    batch: &[Wanted],
    terms: &Terms,
    served: &ServedBatch,
    trip: usize,
    vehicle: VehicleId,
) -> Option<WhyNot> {
    let explained = nearby.explain(vehicle, &batch.get(trip)?.need, terms)?;
    if served.vehicles.get(trip) == Some(&Some(vehicle)) {
        return Some(WhyNot::Goes);
    }
    if !explained.against.is_empty() {
        return Some(WhyNot::Against(explained.against));
    }
    let matching = &served.certified.matching;
    let worth = matching.column_prices.get(nearby.place_of(vehicle)? as usize).copied()?;
    let cost: Money = explained.cost.iter().map(|(_, amount)| *amount).sum();
    let taken_by = served.vehicles.iter().position(|taken| *taken == Some(vehicle));
    Some(WhyNot::Dearer { by: cost + worth - matching.row_prices.get(trip).copied()?, worth, taken_by })
}
