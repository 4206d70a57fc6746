//! A plan as people see it: what it asks for, where it stands, what was done to it, and what the reader may do with it now.

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::trip::plan::PlanState;
use dispatch::trip::plan::schedule::Cadence;
use fleet_db::trip_plan::{Done, Plan, Version};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::trips::views::StepView;
use crate::api::trips::wishes::Place;

/// Plans.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlanPage {
    /// The newest first.
    pub(super) items: Vec<PlanView>,
    /// Send it as `after` for the next page; null on the last.
    pub(super) next: Option<Uuid>,
    /// The asker may write plans.
    pub(super) may_write: bool,
}

/// What a plan asks for from a day on.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlanVersionView {
    /// From 1.
    version: i16,
    reason: String,
    purpose: String,
    category: &'static str,
    seats: u32,
    passenger_count: u32,
    is_poolable: bool,
    route_id: Option<Uuid>,
    from: Place,
    to: Place,
    stops: Vec<Place>,
    is_round_trip: bool,
    note: String,
    /// Days of the week, 1 to 7; empty where it comes round otherwise.
    weekdays: Vec<u32>,
    /// Every so many days.
    every_days: Option<u32>,
    /// Days of the month.
    month_days: Vec<u32>,
    workdays_only: bool,
    /// In Beijing, such as `08:30`.
    starts_at: String,
    lasts_minutes: u32,
    from_on: NaiveDate,
    until_on: Option<NaiveDate>,
    vehicle_id: Option<Uuid>,
    plate: Option<String>,
    driver_id: Option<Uuid>,
    driver: Option<String>,
    /// `submitted`, `approved`, `rejected` or `withdrawn`.
    state: &'static str,
    written_at: DateTime<Utc>,
    decided_by: Option<String>,
    decided_at: Option<DateTime<Utc>>,
}

/// Something that was done to a plan.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlanStepView {
    version: i16,
    /// `write` or an action of a plan.
    action: String,
    by: String,
    at: DateTime<Utc>,
    /// The day that it is about, or from which on it holds.
    day: Option<NaiveDate>,
    opinion: String,
}

/// A recurring plan.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlanView {
    id: Uuid,
    /// The number that people read, such as `ZQ-330106-2026-3`.
    number: String,
    name: String,
    unit_id: Uuid,
    unit_name: String,
    fleet_unit_id: Uuid,
    fleet_name: String,
    keeper: String,
    /// `submitted`, `running`, `changing`, `paused`, `ended`, `rejected` or `withdrawn`.
    state: &'static str,
    /// Who decides, or did last.
    steps: Vec<StepView>,
    /// The step that is waited for, from 0.
    step: i16,
    paused_from: Option<NaiveDate>,
    ended_from: Option<NaiveDate>,
    created_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
    /// The version that was approved last, or the one that was written.
    current: Option<PlanVersionView>,
    /// A change that waits for a decision.
    waiting: Option<PlanVersionView>,
    /// What the reader may do with it now.
    moves: Vec<&'static str>,
    /// What was done to it, as it came; of one plan alone.
    log: Vec<PlanStepView>,
}

impl From<&Version> for PlanVersionView {
    fn from(version: &Version) -> Self {
        let (trip, schedule) = (&version.trip, &version.schedule);
        let (mut weekdays, mut every_days, mut month_days) = (Vec::new(), None, Vec::new());
        match &schedule.cadence {
            Cadence::Week { days } => weekdays.extend(days),
            Cadence::Days { count } => every_days = Some(*count),
            Cadence::Month { days } => month_days.extend(days),
        }
        Self {
            version: version.version,
            reason: trip.reason.clone(),
            purpose: trip.purpose.clone(),
            category: trip.category.as_str(),
            seats: trip.seats,
            passenger_count: trip.passenger_count,
            is_poolable: trip.is_poolable,
            route_id: version.route.map(|route| route.0),
            from: trip.way.from.clone().into(),
            to: trip.way.to.clone().into(),
            stops: trip.way.stops.iter().cloned().map(Place::from).collect(),
            is_round_trip: trip.way.is_round_trip,
            note: trip.note.clone(),
            weekdays,
            every_days,
            month_days,
            workdays_only: schedule.workdays_only,
            starts_at: format!("{:02}:{:02}", schedule.starts_minute / 60, schedule.starts_minute % 60),
            lasts_minutes: schedule.lasts_minutes,
            from_on: schedule.from_on,
            until_on: schedule.until_on,
            vehicle_id: version.vehicle.map(|vehicle| vehicle.0),
            plate: version.plate.clone(),
            driver_id: version.driver.map(|driver| driver.0),
            driver: version.driver_name.clone(),
            state: version.state.as_str(),
            written_at: version.written_at,
            decided_by: version.decided_by_name.clone(),
            decided_at: version.decided_at,
        }
    }
}

impl PlanView {
    pub(super) fn new(plan: Plan, moves: Vec<&'static str>, log: Vec<Done>) -> Self {
        let current = plan.current().map(PlanVersionView::from);
        let waiting = plan.waiting().filter(|_| plan.state == PlanState::Changing).map(PlanVersionView::from);
        Self {
            id: plan.id.0,
            number: plan.number,
            name: plan.name,
            unit_id: plan.unit.0,
            unit_name: plan.unit_name,
            fleet_unit_id: plan.fleet.0,
            fleet_name: plan.fleet_name,
            keeper: plan.keeper_name,
            state: plan.state.as_str(),
            steps: plan.steps.into_iter().map(StepView::from).collect(),
            step: plan.step,
            paused_from: plan.paused_from,
            ended_from: plan.ended_from,
            created_at: plan.created_at,
            changed_at: plan.changed_at,
            current,
            waiting,
            moves,
            log: log.into_iter().map(PlanStepView::from).collect(),
        }
    }
}

impl From<Done> for PlanStepView {
    fn from(done: Done) -> Self {
        Self { version: done.version, action: done.action, by: done.by, at: done.at, day: done.day, opinion: done.opinion }
    }
}
