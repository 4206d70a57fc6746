//! A batch of trips at once: the short lists that are matched, and what joins them where the prices say that something was left out.

use telematics::id::VehicleId;

use super::index::Nearby;
use super::need::{Need, Terms};
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
