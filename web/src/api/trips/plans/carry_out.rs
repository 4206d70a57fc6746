//! Plans carried out: the coming days become requests, those with a wished car and driver become orders, and what was not driven is told.
//!
//! Each plan is locked while its days are made and each day has one row, so that any number of services may look, and start anew.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use dispatch::audit::{Action, By};
use dispatch::calendar::day_of;
use dispatch::message::News;
use dispatch::scope::Scope;
use dispatch::trip::flow::Step;
use dispatch::trip::plan::day::{DayOutcome, MissedWhy, outcome};
use dispatch::trip::plan::{Occurrence, PlanId};
use dispatch::trip::request::{RequestAction, RequestId, RequestState};
use fleet_db::audit::Logged;
use fleet_db::message::{self, About};
use fleet_db::trip_plan::day::{self, Day};
use fleet_db::trip_plan::{self, Plan, Version};
use fleet_db::trip_request::{self, NewRequest, Request, approval};
use fleet_db::{Clock, DbError, PgConnection, PgPool, audit, rule};
use serde_json::json;
use thiserror::Error;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::{entry, facts, subject, waits};
use crate::api::session::new_id;
use crate::api::trips::rules::TripRules;
use crate::api::trips::wishes::reckon;
use crate::api::trips::{orders, requests, tell};
use crate::problem::{ApiError, ApiResult, TRIP_STATE};
use crate::state::{Untold, commit, commit_untold};

/// How often it is looked.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// How far back a day is still made up for or told as missed, after the service was away.
const LOOK_BACK: TimeDelta = TimeDelta::days(31);
/// Days or steps taken up at once.
const MOST: i64 = 100;

/// Why plans are not carried out (计划执行失败).
#[derive(Debug, Error)]
#[error("plans could not be carried out: {code}")]
pub struct PlanError {
    code: &'static str,
}

impl From<ApiError> for PlanError {
    fn from(error: ApiError) -> Self {
        Self { code: error.code() }
    }
}

/// What one look did (计划执行结果).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlansCarried {
    /// Requests that were made.
    pub requests: usize,
    /// Orders that were issued.
    pub orders: usize,
    /// Days that were told as missed.
    pub missed: usize,
}

/// Carries plans out until `shutdown`.
pub async fn run(pool: PgPool, clock: Clock, shutdown: CancellationToken) {
    let mut looks = tokio::time::interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while shutdown.run_until_cancelled(looks.tick()).await.is_some() {
        if let Err(error) = carry_out(&pool, clock()).await {
            tracing::warn!(%error, "{error}");
        }
    }
}

/// Looks at all plans once.
pub async fn carry_out(pool: &PgPool, now: DateTime<Utc>) -> Result<PlansCarried, PlanError> {
    let carried = PlansCarried {
        requests: make_all(pool, now).await?,
        orders: issue_all(pool, now).await?,
        missed: tell_missed(pool, now).await?,
    };
    escalate(pool, now).await?;
    Ok(carried)
}

/// Makes the coming days of every plan into requests; how many.
async fn make_all(pool: &PgPool, now: DateTime<Utc>) -> ApiResult<usize> {
    let plans = trip_plan::running(&mut *fleet_db::acquire(pool).await?, day_of(now)).await?;
    let mut made = 0;
    for id in plans {
        made += make(pool, id, now).await?;
    }
    Ok(made)
}

async fn make(pool: &PgPool, id: PlanId, now: DateTime<Utc>) -> ApiResult<usize> {
    // Nobody's errand: time goes by.
    let mut tx = fleet_db::begin(pool).await?;
    let Some(plan) = trip_plan::claim(&mut tx, id).await? else { return Ok(0) };
    let Some(course) = plan.course() else { return Ok(0) };
    let rules = TripRules::of(&mut tx, plan.unit, now).await?;
    let today = day_of(now);
    let first = day_of(course.counts_from.max(now - LOOK_BACK));
    let last = today.checked_add_days(rules.plan_horizon()).unwrap_or(today);
    let known = day::known(&mut tx, plan.id, first).await?;
    let mut due = course.due(first, last, &rules.calendar());
    due.retain(|due| !known.contains(&due.day));
    let (mut made, mut told) = (0, None);
    for due in &due {
        // What is over when it is looked at was missed because nobody looked.
        if due.ends_at <= now {
            day::insert(&mut tx, plan.id, due, None, None).await?;
            continue;
        }
        let Some(version) = plan.version(due.version) else { continue };
        if let Some(logged) = request(&mut tx, &plan, version, due, &rules, now).await? {
            told = Some(logged);
            made += 1;
        }
    }
    match told {
        Some(told) => commit(tx, told).await?,
        None => commit_untold(tx, Untold::Planning).await?,
    }
    Ok(made)
}

/// Makes a day into a request that is approved already; nothing where a rule stands against it by now.
async fn request(
    conn: &mut PgConnection,
    plan: &Plan,
    version: &Version,
    due: &Occurrence,
    rules: &TripRules,
    now: DateTime<Utc>,
) -> ApiResult<Option<Logged>> {
    let wish = version.trip.wish(plan.unit, plan.fleet, (due.begins_at, due.ends_at));
    let reckoning = reckon(conn, rules, &wish, now).await?;
    if let Some(refusal) = reckoning.notices.iter().find(|notice| notice.is_refusal) {
        day::insert(conn, plan.id, due, None, Some(refusal.code)).await?;
        return Ok(None);
    }
    let new = NewRequest {
        id: RequestId(new_id(now)),
        applicant: plan.keeper,
        wish: &wish,
        wanted: version.vehicle,
        distance_m: reckoning.distance_m,
        estimate_fen: reckoning.estimate_fen,
    };
    trip_request::insert(conn, &new, now).await?;
    let mut request = trip_request::load(conn, new.id).await?;
    request.state = request.state.after(RequestAction::Recur)?;
    request.steps = vec![decided_by_plan(plan, version)];
    (request.step, request.round) = (0, 1);
    (request.submitted_at, request.decided_at) = (Some(now), Some(now));
    trip_request::save(conn, &request, now).await?;
    let by = version.decided_by_name.as_deref().unwrap_or_default();
    let opinion = format!("周期用车计划 {} 已由 {by} 批准", plan.number);
    approval::insert(conn, new_id(now), &request, "approved", None, &opinion, now).await?;
    // The plan is locked, so nobody else has made this day; if it were so, the store would refuse and all of it be undone.
    if !day::insert(conn, plan.id, due, Some(request.id), None).await? {
        return Err(ApiError::from(TRIP_STATE).detail(format!("{} {}", plan.number, due.day)));
    }
    if version.vehicle.is_none() || version.driver.is_none() {
        tell::waits(conn, &request, now).await?;
    }
    let entry = requests::entry(Action::Created, &request).after(requests::facts(&request));
    Ok(Some(audit::append(conn, &By::system(&format!("周期用车计划 {}", plan.number)), &entry, now).await?))
}

/// The step that was decided once for all days.
fn decided_by_plan(plan: &Plan, version: &Version) -> Step {
    Step {
        name: format!("周期用车计划 {}", plan.number),
        unit: plan.unit,
        only: version.decided_by,
        escalate_after_minutes: None,
        due_at: None,
    }
}

/// Issues the orders of days whose car and driver are wished for; how many.
async fn issue_all(pool: &PgPool, now: DateTime<Utc>) -> ApiResult<usize> {
    let untried = day::untried(&mut *fleet_db::acquire(pool).await?, MOST).await?;
    let mut issued = 0;
    for of_day in untried {
        match issue(pool, of_day, now).await {
            Ok(is_issued) => issued += usize::from(is_issued),
            // Something stands against the car or the driver: a dispatcher looks for others.
            Err(error) if error.is_refusal() => leave_to_dispatchers(pool, of_day, error.code(), now).await?,
            Err(error) => return Err(error),
        }
    }
    Ok(issued)
}

async fn issue(pool: &PgPool, of_day: (PlanId, chrono::NaiveDate), now: DateTime<Utc>) -> ApiResult<bool> {
    let mut tx = fleet_db::begin(pool).await?;
    match order(&mut tx, of_day, now).await {
        Ok(Some(told)) => {
            commit(tx, told).await?;
            Ok(true)
        }
        Ok(None) => Ok(false),
        // Undone at once, not when the connection is tidied up: the day is claimed anew by whoever leaves it to the dispatchers.
        Err(error) => {
            tx.rollback().await.map_err(DbError::from)?;
            Err(error)
        }
    }
}

/// Gives the wished car and driver; `None` where somebody else has the day in hand or nothing is to be given any more.
async fn order(conn: &mut PgConnection, of_day: (PlanId, chrono::NaiveDate), now: DateTime<Utc>) -> ApiResult<Option<Logged>> {
    let Some((request, version)) = day::claim(conn, of_day).await? else { return Ok(None) };
    let plan = trip_plan::load(conn, of_day.0).await?;
    let Some(version) = plan.version(version) else { return Ok(None) };
    let (Some(vehicle), Some(driver), Some(by)) = (version.vehicle, version.driver, version.decided_by) else {
        return Ok(None);
    };
    let mut request = trip_request::load_to_move(conn, request).await?;
    if request.state != RequestState::Approved {
        return Ok(None);
    }
    // The same way as a dispatcher's: what speaks against car or driver speaks here too. Who approved the plan answers for the order.
    let order = orders::give(conn, &Scope::of(plan.fleet), &mut request, (vehicle, driver), None, by, now).await?;
    day::tried(conn, of_day, None, now).await?;
    let entry = orders::entry(Action::Ordered, &order).after(orders::facts(&order));
    Ok(Some(audit::append(conn, &By::system(&format!("周期用车计划 {}", plan.number)), &entry, now).await?))
}

/// The wished car or driver cannot go: the request waits for a dispatcher like any other, who is told.
async fn leave_to_dispatchers(
    pool: &PgPool,
    of_day: (PlanId, chrono::NaiveDate),
    code: &'static str,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let mut tx = fleet_db::begin(pool).await?;
    let Some((request, _)) = day::claim(&mut tx, of_day).await? else { return Ok(()) };
    let request: Request = trip_request::load(&mut tx, request).await?;
    day::tried(&mut tx, of_day, Some(code), now).await?;
    tell::waits(&mut tx, &request, now).await?;
    Ok(commit_untold(tx, Untold::Planning).await?)
}

/// Tells the keepers of days that were not driven, each once; how many.
async fn tell_missed(pool: &PgPool, now: DateTime<Utc>) -> ApiResult<usize> {
    let filter = day::Filter { untold: Some(now), ..day::Filter::default() };
    let days = day::list(&mut *fleet_db::acquire(pool).await?, filter, MOST).await?;
    let mut told = 0;
    for day in days {
        if let (DayOutcome::Missed, Some(why)) = outcome(&day.facts, now) {
            told += usize::from(miss(pool, &day, why, now).await?);
        }
    }
    Ok(told)
}

async fn miss(pool: &PgPool, day: &Day, why: MissedWhy, now: DateTime<Utc>) -> ApiResult<bool> {
    let mut tx = fleet_db::begin(pool).await?;
    if !day::miss(&mut tx, (day.plan, day.due.day), why, now).await? {
        return Ok(false);
    }
    let plan = trip_plan::load(&mut tx, day.plan).await?;
    let news = News::plan_trip_missed((&plan.number, &plan.name), day.due.begins_at, why);
    let cause = format!("plan:{}:{}:missed", plan.id, day.due.day);
    let about = About { subject: Some(subject(plan.id)), unit: Some(plan.unit), cause: &cause };
    message::tell(&mut tx, &news, about, &[plan.keeper], now).await?;
    let facts = json!({ "day": day.due.day, "why": why, "request": day.request_number, "refused": day.refused });
    let told = audit::append(&mut tx, &By::system(""), &entry(Action::Missed, &plan).after(facts), now).await?;
    commit(tx, told).await?;
    Ok(true)
}

/// Takes steps of plans that have waited too long to the unit above, as those of requests.
async fn escalate(pool: &PgPool, now: DateTime<Utc>) -> ApiResult<()> {
    let mut tx = fleet_db::begin(pool).await?;
    let mut told = None;
    for id in trip_plan::overdue(&mut tx, now, MOST).await? {
        let mut plan = trip_plan::load(&mut tx, id).await?;
        let before = facts(&plan);
        let at = usize::try_from(plan.step).unwrap_or_default();
        let Some(step) = plan.steps.get_mut(at) else { continue };
        let line = rule::line(&mut tx, &Scope::of(step.unit), step.unit).await?;
        // Above the topmost unit there is nobody: the step waits for its leader again.
        (step.only, step.unit) = (None, line.get(1).copied().unwrap_or(step.unit));
        step.begin(now);
        trip_plan::save(&mut tx, &plan, now).await?;
        waits(&mut tx, &plan, now).await?;
        let entry = entry(Action::Escalated, &plan).before(before).after(facts(&plan));
        told = Some(audit::append(&mut tx, &By::system("审批超时上报"), &entry, now).await?);
    }
    if let Some(told) = told {
        commit(tx, told).await?;
    }
    Ok(())
}
