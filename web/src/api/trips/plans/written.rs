//! What people write of a plan, read as a version: what for, where to, on which days; and by whom it is decided.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveTime, Timelike as _, Utc};
use dispatch::calendar::day_of;
use dispatch::driver::DriverId;
use dispatch::trip::flow::Step;
use dispatch::trip::plan::schedule::{Cadence, Schedule};
use dispatch::trip::plan::{PlanTrip, RouteId, VersionState, Way};
use dispatch::unit::UnitId;
use dispatch::vehicle::{VehicleCategory, VehicleCategoryError};
use fleet_db::trip_plan::{self, Version, route};
use fleet_db::{DbError, PgConnection, rule};
use serde::Deserialize;
use telematics::id::VehicleId;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::trips::routes::way;
use crate::api::trips::rules::TripRules;
use crate::api::trips::wishes::{Place, reckon, refuse};
use crate::problem::{ApiError, ApiResult, NOT_FOUND, Wrong};

/// A plan to be written.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct PlanToWrite {
    /// Who travels.
    unit_id: Uuid,
    /// Whose cars are asked for; the own unit's when absent.
    fleet_unit_id: Option<Uuid>,
    /// What people call it, 1 to 60 characters.
    name: String,
    #[serde(flatten)]
    asks: PlanTripToWrite,
}

/// What a plan asks for, and on which days.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct PlanTripToWrite {
    /// A line of the positive list.
    reason: String,
    /// In words.
    purpose: String,
    /// Which cars may be used, such as `other`.
    category: String,
    /// Seats of the car, the driver's included.
    seats: u32,
    passenger_count: u32,
    /// Others who go the same way may ride along.
    #[serde(default)]
    is_poolable: bool,
    /// A way with a name; then no places.
    route_id: Option<Uuid>,
    /// Where it begins; without a way with a name.
    from: Option<Place>,
    /// Where it leads.
    to: Option<Place>,
    /// What lies between, in order.
    #[serde(default)]
    stops: Vec<Place>,
    /// Ends where it began.
    #[serde(default)]
    is_round_trip: bool,
    #[serde(default)]
    note: String,
    /// Days of the week, 1 (Monday) to 7; or one of the two that follow.
    #[serde(default)]
    weekdays: Vec<u32>,
    /// Every so many days from the first on.
    every_days: Option<u32>,
    /// Days of the month, 1 to 31; one that a month does not have is its last.
    #[serde(default)]
    month_days: Vec<u32>,
    /// Days on which people do not work are left out.
    #[serde(default)]
    workdays_only: bool,
    /// When the car is to be there, in Beijing: `08:30`.
    starts_at: String,
    /// How long it is taken, in minutes.
    lasts_minutes: u32,
    /// The first day; of a change, the day from which on it holds. Not before today.
    from_on: NaiveDate,
    /// The last day; until it is ended when absent.
    until_on: Option<NaiveDate>,
    /// The car that is wished for; of the fleet that is asked.
    vehicle_id: Option<Uuid>,
    /// The driver that is wished for. With car and driver both, orders are issued by themselves where both are free.
    driver_id: Option<Uuid>,
}

impl PlanToWrite {
    /// Who travels, and whose cars are asked for.
    pub(super) fn units(&self) -> (UnitId, UnitId) {
        (UnitId(self.unit_id), UnitId(self.fleet_unit_id.unwrap_or(self.unit_id)))
    }

    /// What people call it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// What it asks for.
    pub(super) const fn asks(&self) -> &PlanTripToWrite {
        &self.asks
    }
}

/// The first version of what was written and who decides on it; refuses whole what cannot be.
pub(super) async fn written(
    conn: &mut PgConnection,
    rules: &TripRules,
    asks: &PlanTripToWrite,
    (unit, fleet): (UnitId, UnitId),
    now: DateTime<Utc>,
) -> ApiResult<(Version, Vec<Step>)> {
    if rule::superiors(conn, fleet).await?.is_empty() {
        return Err(NOT_FOUND.into());
    }
    let mut wrong = Wrong::default();
    let category = wrong.take("category", asks.category.parse::<VehicleCategory>(), VehicleCategoryError::code);
    let way = way_of(conn, asks, &mut wrong).await?;
    let schedule = schedule(asks, day_of(now), &mut wrong);
    let (vehicle, driver) = (asks.vehicle_id.map(VehicleId), asks.driver_id.map(DriverId));
    match trip_plan::check_wished(conn, fleet, vehicle, driver).await {
        Ok(()) => {}
        Err(DbError::NotFound) => wrong.note("vehicle_id", "plan.wished"),
        Err(error) => return Err(error.into()),
    }
    let (Some(category), Some(way), Some(schedule), true) = (category, way, schedule, wrong.is_empty()) else {
        return Err(wrong.into_error());
    };
    let trip = PlanTrip {
        reason: asks.reason.trim().to_owned(),
        purpose: asks.purpose.trim().to_owned(),
        category,
        seats: asks.seats,
        passenger_count: asks.passenger_count,
        is_poolable: asks.is_poolable,
        way,
        note: asks.note.trim().to_owned(),
    };
    // The strictest of its days decides by whom it is decided: one on which people do not work, where there is one.
    let calendar = rules.calendar();
    let today = day_of(now);
    let from = if schedule.span(today).0 > now { today } else { today.succ_opt().unwrap_or(today) };
    let Some(day) = schedule.first_holiday(from, &calendar).or_else(|| schedule.first(from, &calendar)) else {
        return Err(never());
    };
    let reckoning = reckon(conn, rules, &trip.wish(unit, fleet, schedule.span(day)), now).await?;
    refuse(&reckoning.notices)?;
    let mut steps = reckoning.steps;
    if let Some(step) = steps.first_mut() {
        step.begin(now);
    }
    let version = Version {
        version: 1,
        trip,
        schedule,
        route: asks.route_id.map(RouteId),
        vehicle,
        plate: None,
        driver,
        driver_name: None,
        state: VersionState::Submitted,
        written_at: now,
        decided_by: None,
        decided_by_name: None,
        decided_at: None,
    };
    Ok((version, steps))
}

/// It never comes round.
fn never() -> ApiError {
    let mut wrong = Wrong::default();
    wrong.note("from_on", "plan.never");
    wrong.into_error()
}

/// The way with a name, or the places.
async fn way_of(conn: &mut PgConnection, asks: &PlanTripToWrite, wrong: &mut Wrong) -> ApiResult<Option<Way>> {
    match (asks.route_id, &asks.from, &asks.to) {
        (Some(id), ..) => match route::load(conn, RouteId(id)).await {
            Ok(kept) => Ok(Some(kept.way)),
            Err(DbError::NotFound) => {
                wrong.note("route_id", "route.no_such");
                Ok(None)
            }
            Err(error) => Err(error.into()),
        },
        (None, Some(from), Some(to)) => Ok(way((from, to, &asks.stops), asks.is_round_trip, wrong)),
        (None, ..) => {
            wrong.note("from", "plan.way");
            Ok(None)
        }
    }
}

/// On which days and when, or what is wrong with that.
fn schedule(asks: &PlanTripToWrite, today: NaiveDate, wrong: &mut Wrong) -> Option<Schedule> {
    let days = |given: &[u32]| given.iter().copied().collect::<BTreeSet<u32>>();
    let cadence = match (asks.weekdays.as_slice(), asks.every_days, asks.month_days.as_slice()) {
        (week, None, []) => Cadence::Week { days: days(week) },
        ([], Some(count), []) => Cadence::Days { count },
        ([], None, month) => Cadence::Month { days: days(month) },
        _ => {
            wrong.note("weekdays", "plan.cadence");
            return None;
        }
    };
    let Ok(starts_at) = NaiveTime::parse_from_str(&asks.starts_at, "%H:%M") else {
        wrong.note("starts_at", "plan.starts_at");
        return None;
    };
    if asks.from_on < today {
        wrong.note("from_on", "plan.from_past");
    }
    let schedule = Schedule {
        cadence,
        workdays_only: asks.workdays_only,
        starts_minute: starts_at.hour() * 60 + starts_at.minute(),
        lasts_minutes: asks.lasts_minutes,
        from_on: asks.from_on,
        until_on: asks.until_on,
    };
    let lacks = schedule.check();
    for (field, code) in &lacks {
        wrong.note(field, code);
    }
    lacks.is_empty().then_some(schedule)
}
