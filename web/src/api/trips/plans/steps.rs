//! What is done to a plan: decided on, taken back, left out for a day, paused, gone on with, ended; what was to come of it is called off.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use dispatch::audit::Action;
use dispatch::calendar::day_of;
use dispatch::message::News;
use dispatch::trip::order::OrderState;
use dispatch::trip::plan::{Occurrence, PlanAction, PlanActionError, PlanId, VersionState};
use dispatch::trip::request::{RequestId, RequestState};
use fleet_db::message::{self, About};
use fleet_db::trip_plan::{self, Plan, day};
use fleet_db::{PgConnection, audit, dispatch_order, trip_request};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::views::PlanView;
use super::{entry, facts, moves, note, rights, sees, subject, view, waits};
use crate::api::trips::decisions::{self, Me};
use crate::api::trips::rights::reach_to_act;
use crate::api::trips::rules::TripRules;
use crate::auth::Actor;
use crate::extract::{Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiError, ApiResult, NOT_FOUND, Problem, TRIP_STATE, Wrong};
use crate::state::App;

/// Longest opinion, in characters.
const OPINION: usize = 300;

/// Something to be done to a plan.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct PlanMove {
    /// `approve`, `reject`, `withdraw`, `skip`, `pause`, `resume` or `end`.
    action: String,
    /// The day that is skipped; the first one that a pause or the end leaves out, today when absent.
    day: Option<NaiveDate>,
    /// In words; needed to reject, to skip, to pause and to end.
    #[serde(default)]
    opinion: String,
}

/// A move, read and within bounds.
struct Wanted {
    action: PlanAction,
    day: Option<NaiveDate>,
    opinion: String,
}

/// Does something to a plan, as far as its state and the asker's rights let it.
#[utoipa::path(post, path = "/trip-plans/{id}/actions", operation_id = "move_trip_plan", tag = "plans", request_body = PlanMove,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, it is done once")),
    responses((status = 200, body = PlanView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn act(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<PlanMove>,
) -> ApiResult<Response> {
    let scope = reach_to_act(&actor)?;
    let mut wanted = wanted(&once.body, now)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let mut plan = trip_plan::load_to_move(conn, PlanId(id)).await?;
    let rights = rights(conn, &actor, std::slice::from_ref(&plan), now).await?;
    if !sees(&rights, &plan) {
        return Err(NOT_FOUND.into());
    }
    if !moves(&plan, &rights).contains(&wanted.action.as_str()) {
        return Err(ApiError::from(TRIP_STATE).detail(format!("{} {} {}", plan.number, plan.state, wanted.action)));
    }
    let before = facts(&plan);
    let version = plan.waiting().or_else(|| plan.current()).map_or(1, |version| version.version);
    let me = Me { id: actor.account.id, name: &actor.account.display_name };
    let (done, called_off) = carry(conn, &mut plan, &mut wanted, &me, now).await?;
    trip_plan::save(conn, &plan, now).await?;
    note(conn, &actor, &plan, (version, wanted.action.as_str()), wanted.day, &wanted.opinion, now).await?;
    let plan = trip_plan::load(conn, plan.id).await?;
    if wanted.action == PlanAction::Pass {
        waits(conn, &plan, now).await?;
    }
    let mut after = facts(&plan);
    if let Some(facts) = after.as_object_mut() {
        facts.insert("day".to_owned(), json!(wanted.day));
        facts.insert("called_off".to_owned(), json!(called_off));
    }
    let entry = entry(done, &plan).before(before).after(after);
    let told = audit::append(conn, &actor.by(&wanted.opinion), &entry, now).await?;
    let view = view(conn, &actor, plan, now).await?;
    change.finish(told, StatusCode::OK, &view).await
}

/// What was sent, or everything that is wrong with it. That an approval is not the last one shows later.
fn wanted(given: &PlanMove, now: DateTime<Utc>) -> ApiResult<Wanted> {
    use PlanAction::{Approve, Change, End, Pass, Pause, Reject, Resume, Skip, Withdraw};
    let mut wrong = Wrong::default();
    let action = wrong.take("action", given.action.parse::<PlanAction>(), PlanActionError::code);
    let opinion = given.opinion.trim().to_owned();
    if opinion.chars().count() > OPINION {
        wrong.note("opinion", "trip.text");
    }
    let today = day_of(now);
    let day = match action {
        Some(Pass | Change) => {
            wrong.note("action", "plan.action");
            None
        }
        Some(Skip) if given.day.is_none() => {
            wrong.note("day", "plan.no_such_day");
            None
        }
        Some(Skip | Pause | End) => Some(given.day.unwrap_or(today)),
        Some(Approve | Reject | Withdraw | Resume) | None => None,
    };
    if day.is_some_and(|day| day < today) {
        wrong.note("day", "plan.day_past");
    }
    if matches!(action, Some(Reject | Skip | Pause | End)) && opinion.is_empty() {
        wrong.note("opinion", "trip.opinion");
    }
    match action {
        Some(action) if wrong.is_empty() => Ok(Wanted { action, day, opinion }),
        _ => Err(wrong.into_error()),
    }
}

/// Makes the move; what it is in the audit log, and the numbers of the requests that were called off by it.
async fn carry(
    conn: &mut PgConnection,
    plan: &mut Plan,
    wanted: &mut Wanted,
    me: &Me<'_>,
    now: DateTime<Utc>,
) -> ApiResult<(Action, Vec<String>)> {
    let mut called_off = Vec::new();
    let done = match wanted.action {
        PlanAction::Approve | PlanAction::Pass => {
            called_off = approve(conn, plan, wanted, me, now).await?;
            Action::Approved
        }
        PlanAction::Reject => {
            decide(conn, plan, VersionState::Rejected, me, now).await?;
            decided(conn, plan, (PlanAction::Reject, me.name, &wanted.opinion), now).await?;
            Action::Rejected
        }
        PlanAction::Withdraw => {
            decide(conn, plan, VersionState::Withdrawn, me, now).await?;
            Action::Withdrawn
        }
        PlanAction::Skip => {
            called_off = skip(conn, plan, wanted, me, now).await?;
            Action::Skipped
        }
        PlanAction::Pause => {
            plan.paused_from = wanted.day;
            called_off = call_off(conn, plan, wanted, me, now).await?;
            Action::Paused
        }
        PlanAction::Resume => {
            plan.paused_from = None;
            plan.counts_from = Some(now);
            Action::Resumed
        }
        PlanAction::End => {
            if plan.waiting().is_some() {
                decide(conn, plan, VersionState::Withdrawn, me, now).await?;
            }
            (plan.paused_from, plan.ended_from) = (None, wanted.day);
            called_off = call_off(conn, plan, wanted, me, now).await?;
            Action::Stopped
        }
        PlanAction::Change => return Err(TRIP_STATE.into()),
    };
    plan.state = plan.state.after(wanted.action)?;
    Ok((done, called_off))
}

/// Agrees at the step that is waited for; at the last one the version holds, and days that the former one had made are called off.
async fn approve(
    conn: &mut PgConnection,
    plan: &mut Plan,
    wanted: &mut Wanted,
    me: &Me<'_>,
    now: DateTime<Utc>,
) -> ApiResult<Vec<String>> {
    // The leaders of peers write 同意 when they write nothing.
    if wanted.opinion.is_empty() {
        "同意".clone_into(&mut wanted.opinion);
    }
    let next = plan.step + 1;
    if let Some(step) = usize::try_from(next).ok().and_then(|next| plan.steps.get_mut(next)) {
        step.begin(now);
        plan.step = next;
        wanted.action = PlanAction::Pass;
        return Ok(Vec::new());
    }
    wanted.day = plan.waiting().map(|version| version.schedule.from_on.max(day_of(now)));
    decide(conn, plan, VersionState::Approved, me, now).await?;
    decided(conn, plan, (PlanAction::Approve, me.name, &wanted.opinion), now).await?;
    if plan.counts_from.is_some() {
        return call_off(conn, plan, wanted, me, now).await;
    }
    plan.counts_from = Some(now);
    Ok(Vec::new())
}

/// Decides on the version that waits.
async fn decide(conn: &mut PgConnection, plan: &Plan, state: VersionState, me: &Me<'_>, now: DateTime<Utc>) -> ApiResult<()> {
    let Some(version) = plan.waiting() else { return Err(TRIP_STATE.into()) };
    trip_plan::decide(conn, (plan.id, version.version), state, me.id, now).await?;
    Ok(())
}

/// It was decided on a plan: its keeper is told.
async fn decided(
    conn: &mut PgConnection,
    plan: &Plan,
    (action, by, opinion): (PlanAction, &str, &str),
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let news = News::plan_decided((&plan.number, &plan.name), action.as_str(), by, opinion);
    let cause = format!("plan:{}:{}:{}", plan.id, news.kind(), now.timestamp_micros());
    let about = About { subject: Some(subject(plan.id)), unit: None, cause: &cause };
    message::tell(conn, &news, about, &[plan.keeper], now).await?;
    Ok(())
}

/// Leaves one day out: one on which the plan comes round and has not begun.
async fn skip(conn: &mut PgConnection, plan: &Plan, wanted: &Wanted, me: &Me<'_>, now: DateTime<Utc>) -> ApiResult<Vec<String>> {
    let due = due(conn, plan, wanted.day, now).await?;
    let Some(due) = due.filter(|due| due.begins_at > now) else {
        let mut wrong = Wrong::default();
        wrong.note("day", "plan.no_such_day");
        return Err(wrong.into_error());
    };
    let mut called_off = Vec::new();
    let coming = day::coming(conn, plan.id, due.day, now).await?;
    if let Some((_, request)) = coming.into_iter().find(|(day, _)| *day == due.day) {
        match call_one_off(conn, request, &wanted.opinion, me, now).await? {
            Some(number) => called_off.push(number),
            None => return Err(ApiError::from(TRIP_STATE).detail(format!("{} {}", plan.number, due.day))),
        }
    }
    day::skip(conn, plan.id, &due, &wanted.opinion, me.id, now).await?;
    Ok(called_off)
}

/// The time of the plan on that day.
async fn due(conn: &mut PgConnection, plan: &Plan, on: Option<NaiveDate>, now: DateTime<Utc>) -> ApiResult<Option<Occurrence>> {
    let (Some(day), Some(course)) = (on, plan.course()) else { return Ok(None) };
    let calendar = TripRules::of(conn, plan.unit, now).await?.calendar();
    Ok(course.due(day, day, &calendar).into_iter().next())
}

/// Calls off what was made of the days from that one on and has not left; they may come again, as the plan then has them.
async fn call_off(
    conn: &mut PgConnection,
    plan: &Plan,
    wanted: &Wanted,
    me: &Me<'_>,
    now: DateTime<Utc>,
) -> ApiResult<Vec<String>> {
    let Some(first) = wanted.day else { return Ok(Vec::new()) };
    let mut numbers = Vec::new();
    for (day, request) in day::coming(conn, plan.id, first, now).await? {
        if let Some(number) = call_one_off(conn, request, &wanted.opinion, me, now).await? {
            day::forget(conn, plan.id, day).await?;
            numbers.push(number);
        }
    }
    Ok(numbers)
}

/// Calls a request off, unless a car is on the road with it or it is over; its number.
async fn call_one_off(
    conn: &mut PgConnection,
    id: RequestId,
    reason: &str,
    me: &Me<'_>,
    now: DateTime<Utc>,
) -> ApiResult<Option<String>> {
    let mut request = trip_request::load_to_move(conn, id).await?;
    let filter = dispatch_order::listing::Filter { requests: vec![id], ..Default::default() };
    let orders = dispatch_order::listing::select(conn, &filter, 100).await?;
    let waits = |state: OrderState| {
        matches!(state, OrderState::Issued | OrderState::Accepted | OrderState::Declined | OrderState::Cancelled)
    };
    let is_open = matches!(request.state, RequestState::Approved | RequestState::Ordered);
    if !is_open || !orders.iter().all(|order| waits(order.state)) {
        return Ok(None);
    }
    decisions::call_off(conn, &mut request, orders, (Some(me.id), me.name, reason), now).await?;
    trip_request::save(conn, &request, now).await?;
    Ok(Some(request.number))
}
