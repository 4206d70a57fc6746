//! What became of the trips with both fleets, as it is shown.

use chrono::NaiveDate;
use dispatch::right_size::{MonthOutcome, Outcome, ShortTrip};
use dispatch::unit::UnitId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::fleet::{Class, Fleet};

/// The trips of a span with the fleet as it is, and with another.
#[derive(Serialize, ToSchema)]
pub(crate) struct RightSizing {
    unit_id: Uuid,
    unit_name: String,
    from: NaiveDate,
    to: NaiveDate,
    /// Trips that were driven in the span.
    trips: usize,
    /// With the fleet as it is.
    before: FleetOutcome,
    /// With the fleet that is tried.
    after: FleetOutcome,
    /// Cars that were left out since nobody knows where they stand.
    vehicles_without_place: usize,
}

/// What a fleet does with the trips.
#[derive(Serialize, ToSchema)]
pub(crate) struct FleetOutcome {
    cars: usize,
    classes: Vec<FleetClass>,
    /// Driven by a car of one's own, in time or late.
    served: usize,
    late: usize,
    /// Minutes late, together.
    late_min: i64,
    rented: usize,
    refused: usize,
    distance_m: u64,
    fixed_fen: i64,
    driven_fen: i64,
    rental_fen: i64,
    cost_fen: i64,
    /// Most cars that were out at the same moment.
    most_out: usize,
    months: Vec<FleetMonth>,
    /// Trips without a car of one's own, the first of them.
    short: Vec<TripWithoutCar>,
}

/// Cars of a class, and what they did.
#[derive(Serialize, ToSchema)]
pub(crate) struct FleetClass {
    category: &'static str,
    seats: u32,
    is_electric: bool,
    cars: usize,
    trips: usize,
    /// Days on which a car of the class went out, all cars together.
    days: usize,
    distance_m: u64,
}

/// A month of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct FleetMonth {
    /// `2026-03`.
    month: String,
    trips: usize,
    late: usize,
    rented: usize,
    refused: usize,
}

/// A trip that no car of one's own drove.
#[derive(Serialize, ToSchema)]
pub(crate) struct TripWithoutCar {
    /// Number of the order.
    number: String,
    /// `no_such_car`, `all_busy` or `range`.
    why: &'static str,
}

impl RightSizing {
    pub(super) fn of(
        (unit, unit_name): (UnitId, String),
        (from, to): (NaiveDate, NaiveDate),
        (fleet, before): (&Fleet, Outcome),
        (tried, after): (&Fleet, Outcome),
    ) -> Self {
        Self {
            unit_id: unit.0,
            unit_name,
            from,
            to,
            trips: before.trips,
            before: FleetOutcome::of(fleet, before),
            after: FleetOutcome::of(tried, after),
            vehicles_without_place: fleet.without_place,
        }
    }
}

impl FleetOutcome {
    fn of(fleet: &Fleet, outcome: Outcome) -> Self {
        let mut classes: Vec<(Class, FleetClass)> = Vec::new();
        for (car, done) in fleet.cars.iter().zip(&outcome.cars) {
            let class = Class::of(car);
            let at = classes.iter().position(|(known, _)| *known == class).unwrap_or_else(|| {
                classes.push((class, FleetClass::empty(class)));
                classes.len() - 1
            });
            let Some((_, sum)) = classes.get_mut(at) else { continue };
            sum.cars += 1;
            sum.trips += done.trips;
            sum.days += done.days;
            sum.distance_m += done.distance_m;
        }
        Self {
            cars: fleet.cars.len(),
            classes: classes.into_iter().map(|(_, class)| class).collect(),
            served: outcome.served,
            late: outcome.late,
            late_min: outcome.late_min,
            rented: outcome.rented,
            refused: outcome.refused,
            distance_m: outcome.distance_m,
            fixed_fen: outcome.fixed.fen(),
            driven_fen: outcome.driven.fen(),
            rental_fen: outcome.rental.fen(),
            cost_fen: outcome.cost().fen(),
            most_out: outcome.most_out,
            months: outcome.months.into_iter().map(FleetMonth::from).collect(),
            short: outcome.short.into_iter().map(TripWithoutCar::from).collect(),
        }
    }
}

impl FleetClass {
    const fn empty(class: Class) -> Self {
        Self {
            category: class.category.as_str(),
            seats: class.seats,
            is_electric: class.is_electric,
            cars: 0,
            trips: 0,
            days: 0,
            distance_m: 0,
        }
    }
}

impl From<MonthOutcome> for FleetMonth {
    fn from(month: MonthOutcome) -> Self {
        let MonthOutcome { month, trips, late, rented, refused } = month;
        Self { month, trips, late, rented, refused }
    }
}

impl From<ShortTrip> for TripWithoutCar {
    fn from(short: ShortTrip) -> Self {
        Self { number: short.id, why: short.why.as_str() }
    }
}
