//! One car for one trip: when it would leave and arrive, what speaks against it, and what it would cost.

use super::car::{Spell, StandingCar};
use super::cost::{self, CostFacts, Lines};
use super::need::{Need, Terms};
use super::rule::{Broken, Shortfall};
use super::way::Flat;

/// One car for one trip (派车个案).
#[derive(Clone, Copy, Debug)]
pub struct CarCase<'a> {
    /// The car.
    pub car: &'a StandingCar,
    /// What is asked of it.
    pub need: &'a Need,
    /// Metres to where the trip begins.
    pub way_m: u32,
    /// From when it leaves until it is free again.
    pub busy: Spell,
    /// When it is there.
    pub arrives_at: u32,
}

/// All that is said of a car (完整结论): for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarExplanation {
    /// Everything that speaks against it, and by how much; nothing: it may go.
    pub against: Vec<Shortfall>,
    /// What it would cost, line by line.
    pub cost: Lines,
    /// Metres to where the trip begins.
    pub way_m: u32,
    /// Seconds since 1970 at which it would be there.
    pub arrives_at: u32,
}

impl<'a> CarCase<'a> {
    /// As it would be.
    #[inline]
    pub(super) fn of(car: &'a StandingCar, need: &'a Need, terms: &Terms, flat: Flat) -> Self {
        // Where nobody knows it is, the rule of places speaks against it whatever else is said.
        let way_m = car.place.map_or(0, |place| terms.way.metres(flat.metres_to(place)));
        let ride_s = terms.way.seconds(way_m);
        // It leaves so that it is there in time, and no earlier.
        let arrives_at = need.now.saturating_add(ride_s).max(need.begins_at);
        let busy = Spell { from: arrives_at - ride_s.min(arrives_at), to: arrives_at.saturating_add(need.busy_s) };
        Self { car, need, way_m, busy, arrives_at }
    }

    /// What speaks against it.
    #[inline]
    pub fn broken(&self) -> Broken {
        Broken::of(self)
    }

    /// What it costs, in fen.
    #[inline]
    pub fn fen(&self, terms: &Terms) -> i64 {
        cost::fen(&self.facts(), &terms.prices)
    }

    /// All that is to be said of it.
    pub fn explain(&self, terms: &Terms) -> CarExplanation {
        CarExplanation {
            against: self.broken().rules().map(|rule| Shortfall { rule, by: rule.slack(self).saturating_neg() }).collect(),
            cost: cost::lines(&self.facts(), &terms.prices),
            way_m: self.way_m,
            arrives_at: self.arrives_at,
        }
    }

    /// Metres that it drives in all.
    #[inline]
    pub(super) fn drives_m(&self) -> i64 {
        i64::from(self.way_m) + i64::from(self.need.trip_m)
    }

    #[inline]
    fn facts(&self) -> CostFacts {
        CostFacts {
            way_m: self.way_m,
            fen_per_km: self.car.fen_per_km,
            waits_s: self.arrives_at - self.need.begins_at,
            is_new_energy: self.car.powertrain.is_new_energy(),
            is_other_unit: self.need.line.first() != Some(&self.car.unit),
            spare_seats: u32::from(self.car.seats.saturating_sub(self.need.seats)),
            worked_min: u32::from(self.car.worked_min),
        }
    }
}
