//! How many cars a unit needs (车队规模推演): trips that were driven, driven once more with another fleet.
//!
//! In order of their time, each trip takes the cheapest car that can be there; where none can, it waits as long as it may, is driven
//! by a hired car, or is refused. Cars go back to their base behind every trip, as the rules of use ask, and charge there. Nothing is
//! known in advance, as it was not on the day.

use chrono::{DateTime, Datelike as _, Duration, Utc};
use serde::Serialize;
use telematics::place::LonLat;
use telematics::quantity::Distance;

use crate::calendar::beijing;
use crate::money::Money;
use crate::rule::value::RuleValue;
use crate::trip::travel::Travel;
use crate::vehicle::VehicleCategory;
use crate::word::words;

words! {
    /// Why a trip found no car (缺车原因).
    Short, ShortError, "right_size.short" {
        /// The fleet has no car for such a trip.
        NoSuchCar = "no_such_car", "没有适用车辆";
        /// Every car that could go was out.
        AllBusy = "all_busy", "适用车辆均已派出";
        /// Those that were there did not get so far.
        Range = "range", "续航不足";
    }
}

/// A car of the fleet that is tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Car {
    /// What it is called.
    pub id: String,
    /// What it is for.
    pub category: VehicleCategory,
    /// Seats, the driver's included.
    pub seats: u32,
    /// Driven by electricity alone.
    pub is_electric: bool,
    /// Metres with a full battery, in mild weather; nothing: as far as it likes.
    pub range_m: Option<u32>,
    /// Where it stands.
    pub base: LonLat,
}

/// A trip of the past.
#[derive(Clone, Debug, PartialEq)]
pub struct Trip {
    /// What it is called.
    pub id: String,
    /// What the car must be for.
    pub category: VehicleCategory,
    /// Seats of the car, the driver's included.
    pub seats: u32,
    /// Where it begins.
    pub from: LonLat,
    /// Where the car is free again.
    pub end: LonLat,
    /// Metres.
    pub distance_m: u32,
    /// When the car is to be there.
    pub begins_at: DateTime<Utc>,
    /// When it is free again.
    pub ends_at: DateTime<Utc>,
}

/// What a fleet costs: a value of the register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Costs {
    /// A car, whether it drives or not, a year: depreciation, insurance, inspection.
    pub car_year: Money,
    /// A kilometre with fuel.
    pub fuel_km: Money,
    /// A kilometre with electricity.
    pub electric_km: Money,
    /// A hired car, a trip.
    pub rental_trip: Money,
    /// A hired car, a kilometre.
    pub rental_km: Money,
}

/// How the year goes.
#[derive(Clone, Debug)]
pub struct Terms {
    /// How ways are estimated.
    pub travel: Travel,
    /// How long a trip waits for a car at the most.
    pub waits: Duration,
    /// A hired car goes where none of one's own can.
    pub may_rent: bool,
    /// Of a hundred kilometres of range, how many are left from December to February.
    pub winter_pct: u32,
    /// Metres of range that an hour at the base gives.
    pub charge_m_h: u32,
    /// Metres that stay in the battery.
    pub reserve_m: u32,
    /// For how many days the cars are paid; from the first trip to the last where nobody says.
    pub days: Option<u32>,
    /// What it costs.
    pub costs: Costs,
}

/// What became of the trips with a fleet.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Outcome {
    /// All trips.
    pub trips: usize,
    /// Driven by a car of one's own, in time or late.
    pub served: usize,
    /// Of these, late.
    pub late: usize,
    /// By so many minutes together.
    pub late_min: i64,
    /// Driven by a hired car.
    pub rented: usize,
    /// Driven by nobody.
    pub refused: usize,
    /// Metres of one's own cars, the empty ones included.
    pub distance_m: u64,
    /// The cars, for the days that were looked at.
    #[serde(rename = "fixed_fen")]
    pub fixed: Money,
    /// What was driven.
    #[serde(rename = "driven_fen")]
    pub driven: Money,
    /// What was hired.
    #[serde(rename = "rental_fen")]
    pub rental: Money,
    /// Most cars that were out at the same moment.
    pub most_out: usize,
    /// Month by month.
    pub months: Vec<MonthOutcome>,
    /// Car by car.
    pub cars: Vec<CarUse>,
    /// Trips without a car of one's own, the first of them.
    pub short: Vec<ShortTrip>,
}

/// A month of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MonthOutcome {
    /// `2026-03`.
    pub month: String,
    /// Trips that began in it.
    pub trips: usize,
    /// Late.
    pub late: usize,
    /// Hired.
    pub rented: usize,
    /// Refused.
    pub refused: usize,
}

/// What a car did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CarUse {
    /// Which car.
    pub id: String,
    /// How often it went out.
    pub trips: usize,
    /// On how many days.
    pub days: usize,
    /// Metres.
    pub distance_m: u64,
}

/// A trip that no car of one's own drove.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShortTrip {
    /// Which trip.
    pub id: String,
    /// Why.
    pub why: Short,
    /// A hired car went.
    pub rented: bool,
}

/// Trips without a car that are told by name.
const TOLD: usize = 100;

impl Costs {
    /// From the value in force; what it does not name costs nothing.
    pub fn of(value: &RuleValue) -> Self {
        Self {
            car_year: value.fen_of("car_year"),
            fuel_km: value.fen_of("fuel_km"),
            electric_km: value.fen_of("electric_km"),
            rental_trip: value.fen_of("rental_trip"),
            rental_km: value.fen_of("rental_km"),
        }
    }
}

impl Outcome {
    /// All of it.
    pub fn cost(&self) -> Money {
        self.fixed + self.driven + self.rental
    }
}

/// A car on its way through the year.
struct Standing<'a> {
    car: &'a Car,
    /// When it is back at its base.
    back_at: Option<DateTime<Utc>>,
    /// Metres that it could drive when it came back.
    left_m: u32,
    trips: usize,
    last_day: Option<i32>,
    days: usize,
    driven_m: u64,
}

/// How a car would drive a trip.
#[derive(Clone, Copy)]
struct Ride {
    late: Duration,
    metres: u32,
    cost: Money,
    back_at: DateTime<Utc>,
    left_m: u32,
}

/// What cars are compared by: how late, at what cost, with how many seats; of equals the first.
type Rank = (Duration, Money, u32, usize);

/// Drives the trips with the fleet. Trips may stand in any order; the same ones give the same outcome.
pub fn replay(cars: &[Car], trips: &[Trip], terms: &Terms) -> Outcome {
    let mut order: Vec<&Trip> = trips.iter().collect();
    order.sort_by(|one, other| (one.begins_at, &one.id).cmp(&(other.begins_at, &other.id)));
    let mut fleet: Vec<Standing<'_>> = cars.iter().map(Standing::at_base).collect();
    let mut outcome = Outcome { trips: trips.len(), ..Outcome::default() };
    for trip in order {
        drive(&mut fleet, trip, terms, &mut outcome);
    }
    outcome.fixed = fixed(trips, cars.len(), terms);
    outcome.cars = fleet.into_iter().map(Standing::told).collect();
    outcome
}

/// The cars of a fleet cost by the day.
fn fixed(trips: &[Trip], cars: usize, terms: &Terms) -> Money {
    let days = trips.iter().map(|trip| beijing(trip.begins_at).num_days_from_ce());
    let driven = days.clone().min().zip(days.max()).map_or(0, |(first, last)| i64::from(last - first + 1));
    let days = terms.days.map_or(driven, i64::from);
    let cars = i64::try_from(cars).unwrap_or(i64::MAX);
    Money::from_fen(terms.costs.car_year.fen().saturating_mul(days).saturating_mul(cars) / 365)
}

fn drive(fleet: &mut [Standing<'_>], trip: &Trip, terms: &Terms, outcome: &mut Outcome) {
    let month = month(outcome, trip.begins_at);
    let fits = |standing: &Standing<'_>| standing.car.category == trip.category && standing.car.seats >= trip.seats;
    let (mut best, mut why): (Option<(Rank, Ride)>, _) = (None, Short::NoSuchCar);
    for (at, standing) in fleet.iter().enumerate().filter(|(_, standing)| fits(standing)) {
        match standing.ride(trip, terms) {
            Ok(ride) => {
                let rank = (ride.late, ride.cost, standing.car.seats, at);
                if best.as_ref().is_none_or(|(known, _)| rank < *known) {
                    best = Some((rank, ride));
                }
            }
            Err(against) => why = why.max(against),
        }
    }
    if let Some(((_, _, _, at), ride)) = best {
        let Some(standing) = fleet.get_mut(at) else { return };
        standing.take(trip, ride);
        outcome.served += 1;
        outcome.distance_m += u64::from(ride.metres);
        outcome.driven += ride.cost;
        if ride.late > Duration::zero() {
            outcome.late += 1;
            outcome.late_min += ride.late.num_minutes();
            month_of(outcome, month).late += 1;
        }
        let out = fleet.iter().filter(|standing| standing.back_at.is_some_and(|back| back > trip.begins_at)).count();
        outcome.most_out = outcome.most_out.max(out);
        return;
    }
    if terms.may_rent {
        outcome.rented += 1;
        outcome.rental += terms.costs.rental_trip + terms.costs.rental_km.for_metres(trip.distance_m);
        month_of(outcome, month).rented += 1;
    } else {
        outcome.refused += 1;
        month_of(outcome, month).refused += 1;
    }
    if outcome.short.len() < TOLD {
        outcome.short.push(ShortTrip { id: trip.id.clone(), why, rented: terms.may_rent });
    }
}

/// The place of the month in the outcome; trips come in order of time.
fn month(outcome: &mut Outcome, at: DateTime<Utc>) -> usize {
    let month = beijing(at).format("%Y-%m").to_string();
    if outcome.months.last().is_none_or(|last| last.month != month) {
        outcome.months.push(MonthOutcome { month, ..MonthOutcome::default() });
    }
    let at = outcome.months.len() - 1;
    month_of(outcome, at).trips += 1;
    at
}

#[expect(clippy::indexing_slicing, reason = "the place that `month` gave")]
fn month_of(outcome: &mut Outcome, at: usize) -> &mut MonthOutcome {
    &mut outcome.months[at]
}

impl<'a> Standing<'a> {
    fn at_base(car: &'a Car) -> Self {
        Self { car, back_at: None, left_m: car.range_m.unwrap_or(u32::MAX), trips: 0, last_day: None, days: 0, driven_m: 0 }
    }

    fn told(self) -> CarUse {
        CarUse { id: self.car.id.clone(), trips: self.trips, days: self.days, distance_m: self.driven_m }
    }

    /// How it would drive the trip, or what is against it.
    fn ride(&self, trip: &Trip, terms: &Terms) -> Result<Ride, Short> {
        let [out, back] = [[self.car.base, trip.from], [trip.end, self.car.base]].map(|way| terms.travel.distance(&way));
        let [out_s, back_s] = [out, back].map(|way| terms.travel.duration(way));
        let ready_at = self.back_at.map_or(trip.begins_at, |back_at| (back_at + out_s).max(trip.begins_at));
        let late = ready_at - trip.begins_at;
        if late > terms.waits {
            return Err(Short::AllBusy);
        }
        let metres = metres(out).saturating_add(trip.distance_m).saturating_add(metres(back));
        let has = self.charged(ready_at - out_s, terms);
        if has < metres.saturating_add(if self.car.range_m.is_some() { terms.reserve_m } else { 0 }) {
            return Err(Short::Range);
        }
        let back_at = trip.ends_at + late + back_s;
        let left_m = if self.car.range_m.is_some() { has - metres } else { has };
        let km = if self.car.is_electric { terms.costs.electric_km } else { terms.costs.fuel_km };
        Ok(Ride { late, metres, cost: km.for_metres(metres), back_at, left_m })
    }

    /// Metres that it can drive when it leaves.
    fn charged(&self, leaves_at: DateTime<Utc>, terms: &Terms) -> u32 {
        let Some(range_m) = self.car.range_m else { return u32::MAX };
        let is_winter = matches!(beijing(leaves_at).month(), 12 | 1 | 2);
        let share = if is_winter { terms.winter_pct.min(100) } else { 100 };
        let full = u64::from(range_m) * u64::from(share) / 100;
        let Some(back_at) = self.back_at else { return u32::try_from(full).unwrap_or(u32::MAX) };
        let stood = u64::try_from((leaves_at - back_at).num_seconds()).unwrap_or_default();
        let charged = u64::from(self.left_m) + stood * u64::from(terms.charge_m_h) / 3600;
        u32::try_from(charged.min(full)).unwrap_or(u32::MAX)
    }

    fn take(&mut self, trip: &Trip, ride: Ride) {
        let day = beijing(trip.begins_at).num_days_from_ce();
        self.days += usize::from(self.last_day != Some(day));
        self.last_day = Some(day);
        self.trips += 1;
        self.driven_m += u64::from(ride.metres);
        (self.back_at, self.left_m) = (Some(ride.back_at), ride.left_m);
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole metres of a way on earth")]
fn metres(way: Distance) -> u32 {
    way.metres().round() as u32
}

#[cfg(test)]
mod tests;
