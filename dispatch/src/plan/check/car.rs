//! The day of one car, worked out again.

use chrono::{DateTime, TimeDelta, Utc};

use super::breach::{Breach, BreachKind};
use super::ways::way;
use crate::plan::problem::{Problem, Request, Vehicle, Window};
use crate::plan::solution::PlannedOrder;

/// A car of the problem.
pub(super) struct Car<'a> {
    pub(super) problem: &'a Problem,
    pub(super) vehicle: &'a Vehicle,
}

/// What a car's day comes to.
#[derive(Debug, Default)]
pub(super) struct Judged {
    pub(super) cost_fen: i64,
    distance_m: u64,
    deadhead_m: u64,
    new_energy: usize,
}

/// What all days come to.
#[derive(Debug, Default)]
pub(super) struct Sums {
    pub(super) vehicles: usize,
    pub(super) distance_m: u64,
    pub(super) deadhead_m: u64,
    pub(super) new_energy: usize,
}

impl Sums {
    pub(super) fn add(&mut self, day: &Judged) {
        self.vehicles += 1;
        self.distance_m += day.distance_m;
        self.deadhead_m += day.deadhead_m;
        self.new_energy += day.new_energy;
    }
}

impl Car<'_> {
    /// Its orders in order of time, at least one.
    pub(super) fn judge(&self, orders: &[&PlannedOrder], breaches: &mut Vec<Breach>) -> Judged {
        let mut day = Judged::default();
        let (mut place, mut free_at) = (self.vehicle.at, self.problem.now.max(self.problem.horizon.from));
        let mut terms = 0;
        for (n, order) in orders.iter().enumerate() {
            let riders = self.riders(order);
            let Some(first) = riders.first() else { continue };
            self.eligible(&riders, breaches);
            let (to_pick_up_m, to_pick_up_s) = way(self.problem, place, first.from);
            self.times(order, &riders, free_at, to_pick_up_s, breaches);
            (place, free_at) = (first.end(), order.free_at.to_utc());
            let home_m = if n + 1 == orders.len() { way(self.problem, place, self.vehicle.yard).0 } else { 0 };
            let service_m = riders.iter().map(|rider| i64::from(rider.service_m)).max().unwrap_or_default();
            let deadhead = (to_pick_up_m + home_m).unsigned_abs();
            let distance = deadhead + service_m.unsigned_abs();
            if (order.deadhead_m, order.distance_m) != (deadhead, distance) {
                let said = format!("{} and {} m said, {deadhead} and {distance} m found", order.deadhead_m, order.distance_m);
                breaches.push(Breach::of(BreachKind::WrongOrder, &first.id, &self.vehicle.id, said));
            }
            day.deadhead_m += deadhead;
            day.distance_m += distance;
            day.new_energy += if self.vehicle.is_new_energy { riders.len() } else { 0 };
            terms += riders.iter().map(|rider| self.terms(rider)).sum::<i64>();
        }
        self.home(place, free_at, orders, breaches);
        self.range(day.distance_m, orders, breaches);
        day.cost_fen = self.vehicle.fixed.fen() + terms + self.for_metres(day.distance_m);
        let said: i64 = orders.iter().map(|order| order.cost_fen).sum();
        if said != day.cost_fen {
            let said = format!("orders of {said} fen, {} fen found", day.cost_fen);
            breaches.push(Breach::of(BreachKind::WrongSum, "", &self.vehicle.id, said));
        }
        day
    }

    fn riders(&self, order: &PlannedOrder) -> Vec<&Request> {
        order.request.iter().filter_map(|id| self.problem.requests.iter().find(|known| known.id == *id)).collect()
    }

    fn terms(&self, rider: &Request) -> i64 {
        let rules = &self.problem.rules;
        let fuel = if self.vehicle.is_new_energy { 0 } else { rules.nev_preference.fen() };
        fuel + if self.vehicle.unit == rider.unit { 0 } else { rules.cross_unit.fen() }
    }

    /// Half a fen and more counts as one.
    fn for_metres(&self, metres: u64) -> i64 {
        let milli = self.vehicle.per_km.fen() * i64::try_from(metres).unwrap_or(i64::MAX / 1_000_000);
        (milli + 500).div_euclid(1000)
    }

    fn eligible(&self, riders: &[&Request], breaches: &mut Vec<Breach>) {
        let vehicle = self.vehicle;
        for rider in riders {
            let mut breach = |kind, detail: String| breaches.push(Breach::of(kind, &rider.id, &vehicle.id, detail));
            if !rider.categories.is_empty() && !rider.categories.contains(&vehicle.category) {
                breach(BreachKind::Category, vehicle.category.clone());
            }
            for tag in rider.tags.iter().filter(|tag| !vehicle.tags.contains(tag)) {
                breach(BreachKind::Tags, tag.clone());
            }
            if rider.unit != vehicle.unit && !vehicle.shared_with.with(&rider.unit) {
                breach(BreachKind::Sharing, rider.unit.clone());
            }
        }
        let people: u64 = riders.iter().map(|rider| u64::from(rider.passengers)).sum();
        let Some(first) = riders.first() else { return };
        // One seat is the driver's.
        if people + 1 > u64::from(vehicle.seats) {
            let detail = format!("{people} people and a driver on {} seats", vehicle.seats);
            breaches.push(Breach::of(BreachKind::Seats, &first.id, &vehicle.id, detail));
        }
        let same = |rider: &&&Request| {
            rider.is_poolable && (rider.from, rider.to, rider.is_round_trip) == (first.from, first.to, first.is_round_trip)
        };
        if riders.len() > 1 && !riders.iter().all(|rider| same(&rider)) {
            breaches.push(Breach::of(BreachKind::Pooling, &first.id, &vehicle.id, String::new()));
        }
    }

    fn times(&self, order: &PlannedOrder, riders: &[&Request], ready: DateTime<Utc>, way_s: i64, breaches: &mut Vec<Breach>) {
        let id = order.request.first().map_or("", String::as_str);
        let mut breach = |kind, detail: String| breaches.push(Breach::of(kind, id, &self.vehicle.id, detail));
        let (depart, pick_up, free) = (order.depart_at.to_utc(), order.pick_up_at.to_utc(), order.free_at.to_utc());
        if depart < ready {
            breach(BreachKind::Departure, format!("leaves {} s too early", (ready - depart).num_seconds()));
        }
        if pick_up - depart < TimeDelta::seconds(way_s) {
            breach(BreachKind::Departure, format!("{way_s} s to the pick-up, {} s planned", (pick_up - depart).num_seconds()));
        }
        for rider in riders {
            if pick_up < rider.pick_up.from || pick_up > rider.pick_up.to {
                breach(BreachKind::PickUp, format!("{} picked up at {pick_up}", rider.id));
            }
        }
        let service = riders.iter().map(|rider| i64::from(rider.service_s)).max().unwrap_or_default();
        if free - pick_up < TimeDelta::seconds(service) {
            breach(BreachKind::Service, format!("{service} s of service, {} s planned", (free - pick_up).num_seconds()));
        }
        if depart < self.problem.horizon.from || free > self.problem.horizon.to {
            breach(BreachKind::Horizon, format!("{depart} to {free}"));
        }
        if !self.vehicle.available.iter().any(|window| window.from <= depart && free <= window.to) {
            breach(BreachKind::Shift, format!("{depart} to {free}"));
        }
    }

    /// When the car can be back at its yard that is free at `free` in `place`; nothing: not within these windows.
    pub(super) fn back(&self, place: usize, free: DateTime<Utc>, windows: &[Window]) -> Option<DateTime<Utc>> {
        let needed = TimeDelta::seconds(way(self.problem, place, self.vehicle.yard).1);
        let fits = windows.iter().filter_map(|window| {
            let home = window.from.max(free) + needed;
            (home <= window.to && home <= self.problem.horizon.to).then_some(home)
        });
        fits.min()
    }

    fn home(&self, place: usize, free: DateTime<Utc>, orders: &[&PlannedOrder], breaches: &mut Vec<Breach>) {
        if self.back(place, free, &self.vehicle.available).is_none() {
            let id = orders.last().and_then(|order| order.request.first()).map_or("", String::as_str);
            breaches.push(Breach::of(BreachKind::Shift, id, &self.vehicle.id, "does not get home".to_owned()));
        }
    }

    fn range(&self, metres: u64, orders: &[&PlannedOrder], breaches: &mut Vec<Breach>) {
        let Some(range) = self.vehicle.range_m else { return };
        let usable = u64::from(range.saturating_sub(self.problem.rules.reserve_range_m));
        if metres > usable {
            let id = orders.last().and_then(|order| order.request.first()).map_or("", String::as_str);
            breaches.push(Breach::of(BreachKind::Range, id, &self.vehicle.id, format!("{metres} m of {usable} m")));
        }
    }
}
