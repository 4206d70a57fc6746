//! The days of plans, by plan and day: which were driven, which were missed and why.

use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use dispatch::calendar::day_of;
use dispatch::trip::plan::PlanId;
use dispatch::trip::plan::day::{DayOutcome, DayOutcomeError, MissedWhy, outcome};
use fleet_db::trip_plan;
use fleet_db::trip_plan::day::{self, Day, Filter};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{rights, sees};
use crate::api::trips::rights::reach;
use crate::auth::Actor;
use crate::extract::{Asked, Now};
use crate::problem::{ApiResult, Problem, Wrong};
use crate::state::App;

/// Most days told at once.
const MOST: i64 = 500;
/// Days before and after today that are told unless others are asked for.
const BEFORE: i64 = 14;
const AFTER: i64 = 31;

/// Which days.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PlanDaysWanted {
    /// Of this plan; of all when absent.
    plan_id: Option<Uuid>,
    /// The first day; 14 days ago when absent.
    from: Option<NaiveDate>,
    /// The last day; in 31 days when absent.
    to: Option<NaiveDate>,
    /// `planned`, `underway`, `driven`, `missed` or `skipped`; any when absent.
    outcome: Option<String>,
}

/// Days of plans.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlanDayList {
    /// The last first; at most 500.
    items: Vec<PlanDayView>,
    /// How many were missed.
    missed: usize,
    /// How many were driven.
    driven: usize,
}

/// A day of a plan.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlanDayView {
    plan_id: Uuid,
    plan_number: String,
    plan_name: String,
    unit_name: String,
    day: NaiveDate,
    begins_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    request_id: Option<Uuid>,
    request_number: Option<String>,
    plate: Option<String>,
    driver: Option<String>,
    /// `planned`, `underway`, `driven`, `missed` or `skipped`.
    outcome: &'static str,
    /// `no_request`, `no_car`, `declined`, `not_accepted`, `not_departed` or `called_off`; of a missed one alone.
    missed_why: Option<&'static str>,
    /// When its keeper was told.
    missed_at: Option<DateTime<Utc>>,
    /// Code of what stood against the wished car and driver, or against a request.
    refused: Option<String>,
    skip_reason: Option<String>,
}

/// Days of plans that the asker is shown: driven, missed and why, left out, still to come.
#[utoipa::path(get, path = "/trip-plan-days", operation_id = "list_plan_days", tag = "plans", params(PlanDaysWanted),
    responses((status = 200, body = PlanDayList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(wanted): Asked<PlanDaysWanted>,
) -> ApiResult<axum::Json<PlanDayList>> {
    let scope = reach(&actor)?;
    let mut wrong = Wrong::default();
    let only = wanted.outcome.as_deref().filter(|name| !name.is_empty());
    let only = only.and_then(|name| wrong.take("outcome", name.parse::<DayOutcome>(), DayOutcomeError::code));
    let today = day_of(now);
    let (from, to) = (
        wanted.from.unwrap_or(today - chrono::Duration::days(BEFORE)),
        wanted.to.unwrap_or(today + chrono::Duration::days(AFTER)),
    );
    if to < from {
        wrong.note("to", "trip.window");
    }
    if !wrong.is_empty() {
        return Err(wrong.into_error());
    }
    let filter = Filter { plan: wanted.plan_id.map(PlanId), from: Some(from), to: Some(to), untold: None };
    let mut conn = app.begin_as(&actor, &scope).await?;
    let found = day::list(&mut conn, filter, MOST).await?;
    let mut plans: Vec<PlanId> = found.iter().map(|day| day.plan).collect();
    plans.sort_unstable();
    plans.dedup();
    // What the store lets through is narrowed to what the actor is shown of plans.
    let mut shown = Vec::new();
    for id in plans {
        let plan = trip_plan::load(&mut conn, id).await?;
        let rights = rights(&mut conn, &actor, std::slice::from_ref(&plan), now).await?;
        if sees(&rights, &plan) {
            shown.push(id);
        }
    }
    let found = found.into_iter().filter(|day| shown.contains(&day.plan));
    let told: Vec<(Day, DayOutcome, Option<MissedWhy>)> = found
        .map(|day| {
            let (became, why) = outcome(&day.facts, now);
            (day, became, why)
        })
        .filter(|(_, became, _)| only.is_none_or(|only| only == *became))
        .collect();
    let count = |wanted: DayOutcome| told.iter().filter(|(_, became, _)| *became == wanted).count();
    let (missed, driven) = (count(DayOutcome::Missed), count(DayOutcome::Driven));
    let items = told.into_iter().map(|(day, became, why)| PlanDayView::new(day, became, why)).collect();
    Ok(axum::Json(PlanDayList { items, missed, driven }))
}

impl PlanDayView {
    fn new(day: Day, became: DayOutcome, why: Option<MissedWhy>) -> Self {
        Self {
            plan_id: day.plan.0,
            plan_number: day.plan_number,
            plan_name: day.plan_name,
            unit_name: day.unit_name,
            day: day.due.day,
            begins_at: day.due.begins_at,
            ends_at: day.due.ends_at,
            request_id: day.request.map(|request| request.0),
            request_number: day.request_number,
            plate: day.plate,
            driver: day.driver,
            outcome: became.as_str(),
            missed_why: why.map(MissedWhy::as_str),
            missed_at: day.missed_at,
            refused: day.refused,
            skip_reason: day.skip_reason,
        }
    }
}
