//! Recurring plans over the API: written once, decided on once, and made into requests by themselves (`carry_out`).

pub(crate) mod carry_out;
pub(crate) mod days;
pub(crate) mod steps;
pub(crate) mod views;
pub(crate) mod written;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::message::{News, SubjectKind as MessageSubject};
use dispatch::trip::plan::{PlanAction, PlanId, PlanState, PlanStateError};
use dispatch::trip::request::Mover;
use dispatch::unit::UnitId;
use fleet_db::message::{self, About};
use fleet_db::trip_plan::{self, Done, Filter, Plan};
use fleet_db::{PgConnection, audit};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use uuid::Uuid;

use self::views::{PlanPage, PlanView};
use self::written::{PlanToWrite, PlanTripToWrite, written};
use super::requests::may_ask_for;
use super::rights::{Rights, reach};
use super::routes::is_name;
use super::rules::TripRules;
use crate::api::session::new_id;
use crate::auth::{Actor, look};
use crate::extract::{Asked, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiError, ApiResult, NOT_FOUND, Problem, TRIP_STATE, Wrong};
use crate::state::App;

/// Plans of a page, and most of them.
const PAGE: i64 = 50;
const MOST: i64 = 200;

/// Which plans.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PlansWanted {
    /// `submitted`, `running`, `changing`, `paused`, `ended`, `rejected` or `withdrawn`; any when absent.
    state: Option<String>,
    /// What `next` of the page before was.
    after: Option<Uuid>,
    /// 1 to 200, 50 when absent.
    limit: Option<i64>,
}

/// Plans of one's own, of those one decides on, and of units whose trips one may see.
#[utoipa::path(get, path = "/trip-plans", operation_id = "list_trip_plans", tag = "plans", params(PlansWanted),
    responses((status = 200, body = PlanPage),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(wanted): Asked<PlansWanted>,
) -> ApiResult<axum::Json<PlanPage>> {
    let scope = reach(&actor)?;
    let mut wrong = Wrong::default();
    let state = wanted.state.as_deref().filter(|state| !state.is_empty());
    let state = state.map(|state| wrong.take("state", state.parse::<PlanState>(), PlanStateError::code));
    if !wrong.is_empty() {
        return Err(wrong.into_error());
    }
    let filter = Filter { states: state.flatten().into_iter().collect(), after: wanted.after.map(PlanId), ..Filter::default() };
    let limit = wanted.limit.unwrap_or(PAGE).clamp(1, MOST);
    let mut conn = app.begin_as(&actor, &scope).await?;
    let mut found = trip_plan::list(&mut conn, &filter, limit + 1).await?;
    let page = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = found.len() > page;
    found.truncate(page);
    let next = found.last().filter(|_| has_more).map(|last| last.id.0);
    let rights = rights(&mut conn, &actor, &found, now).await?;
    let mut items = Vec::new();
    for plan in found.into_iter().filter(|plan| sees(&rights, plan)) {
        let moves = moves(&plan, &rights);
        items.push(PlanView::new(plan, moves, Vec::new()));
    }
    let may_write = actor.may(Permission::RequestTrips);
    Ok(axum::Json(PlanPage { items, next, may_write }))
}

/// A plan with all its versions and what was done to it.
#[utoipa::path(get, path = "/trip-plans/{id}", operation_id = "read_trip_plan", tag = "plans", params(("id" = Uuid, Path)),
    responses((status = 200, body = PlanView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> ApiResult<axum::Json<PlanView>> {
    let scope = reach(&actor)?;
    let mut conn = app.begin_as(&actor, &scope).await?;
    let plan = trip_plan::load(&mut conn, PlanId(id)).await?;
    let viewed = entry(Action::Viewed, &plan);
    let view = view(&mut conn, &actor, plan, now).await?;
    drop(conn);
    look::at(&app, &actor, viewed, now).await?;
    Ok(axum::Json(view))
}

/// Writes a plan and hands it in: it is decided on by the flow of its unit, once for all its days.
#[utoipa::path(post, path = "/trip-plans", operation_id = "write_trip_plan", tag = "plans", request_body = PlanToWrite,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the plan is written once")),
    responses((status = 201, body = PlanView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn write(actor: Actor, Now(now): Now, State(app): State<App>, once: Once<PlanToWrite>) -> ApiResult<Response> {
    actor.scope(Permission::RequestTrips)?;
    let scope = reach(&actor)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let (unit, fleet) = once.body.units();
    may_ask_for(conn, &actor, unit).await?;
    if !is_name(once.body.name()) {
        let mut wrong = Wrong::default();
        wrong.note("name", "plan.name");
        return Err(wrong.into_error());
    }
    let rules = TripRules::of(conn, unit, now).await?;
    let (version, steps) = written(conn, &rules, once.body.asks(), (unit, fleet), now).await?;
    let plan = Plan {
        id: PlanId(new_id(now)),
        number: String::new(),
        name: once.body.name().trim().to_owned(),
        unit,
        unit_name: String::new(),
        fleet,
        fleet_name: String::new(),
        keeper: actor.account.id,
        keeper_name: String::new(),
        state: PlanState::Submitted,
        steps,
        step: 0,
        counts_from: None,
        paused_from: None,
        ended_from: None,
        created_at: now,
        changed_at: now,
        versions: Vec::new(),
    };
    trip_plan::insert(conn, &plan, now).await?;
    trip_plan::insert_version(conn, plan.id, &version, actor.account.id, now).await?;
    note(conn, &actor, &plan, (1, "write"), None, "", now).await?;
    let plan = trip_plan::load(conn, plan.id).await?;
    waits(conn, &plan, now).await?;
    let told = audit::append(conn, &actor.by(""), &entry(Action::Submitted, &plan).after(facts(&plan)), now).await?;
    let view = view(conn, &actor, plan, now).await?;
    change.finish(told, StatusCode::CREATED, &view).await
}

/// Hands in a change of a plan: it holds from its first day on, once it is approved; until then the plan goes on as it is.
#[utoipa::path(post, path = "/trip-plans/{id}/changes", operation_id = "change_trip_plan", tag = "plans", request_body = PlanTripToWrite,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = PlanView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn change(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<PlanTripToWrite>,
) -> ApiResult<Response> {
    actor.scope(Permission::RequestTrips)?;
    let scope = reach(&actor)?;
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
    if !moves(&plan, &rights).contains(&"change") {
        return Err(ApiError::from(TRIP_STATE).detail(format!("{} {} change", plan.number, plan.state)));
    }
    let before = facts(&plan);
    let rules = TripRules::of(conn, plan.unit, now).await?;
    let (mut version, steps) = written(conn, &rules, &once.body, (plan.unit, plan.fleet), now).await?;
    version.version = plan.versions.last().map_or(1, |last| last.version + 1);
    trip_plan::insert_version(conn, plan.id, &version, actor.account.id, now).await?;
    plan.state = plan.state.after(PlanAction::Change)?;
    (plan.steps, plan.step) = (steps, 0);
    trip_plan::save(conn, &plan, now).await?;
    note(conn, &actor, &plan, (version.version, "change"), Some(version.schedule.from_on), "", now).await?;
    let plan = trip_plan::load(conn, plan.id).await?;
    waits(conn, &plan, now).await?;
    let entry = entry(Action::Changed, &plan).before(before).after(facts(&plan));
    let told = audit::append(conn, &actor.by(""), &entry, now).await?;
    let view = view(conn, &actor, plan, now).await?;
    change.finish(told, StatusCode::OK, &view).await
}

/// The actor's rights over plans.
async fn rights(conn: &mut PgConnection, actor: &Actor, plans: &[Plan], now: DateTime<Utc>) -> ApiResult<Rights> {
    let mut asked = Vec::new();
    let mut units: Vec<UnitId> = Vec::new();
    for plan in plans {
        units.extend([plan.unit, plan.fleet]);
        asked.push((plan.unit, plan.keeper));
        asked.extend(plan.steps.iter().map(|step| (step.unit, plan.keeper)));
    }
    Rights::over(conn, actor, asked, &units, now).await
}

/// The actor is shown the plan at all.
fn sees(rights: &Rights, plan: &Plan) -> bool {
    rights.is_own(plan.keeper)
        || decides(rights, plan)
        || rights.leads(plan.unit, plan.keeper)
        || rights.dispatches(plan.fleet)
        || rights.watches(plan.unit)
        || rights.watches(plan.fleet)
}

/// The actor may decide on the step that the plan stands at.
fn decides(rights: &Rights, plan: &Plan) -> bool {
    let step = usize::try_from(plan.step).ok().and_then(|step| plan.steps.get(step));
    plan.state.awaits() && rights.decides_at(step, plan.keeper)
}

/// The names of what the actor may do with a plan now, as the API has them.
fn moves(plan: &Plan, rights: &Rights) -> Vec<&'static str> {
    let is_mine = |mover: Mover| match mover {
        Mover::Applicant => rights.is_own(plan.keeper),
        Mover::Holder(Permission::ApproveTrips) => decides(rights, plan),
        Mover::Holder(_) => rights.dispatches(plan.fleet),
        Mover::Course => false,
    };
    let mut names = Vec::new();
    for action in plan.state.moves(is_mine) {
        let name = if action == PlanAction::Pass { PlanAction::Approve.as_str() } else { action.as_str() };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The view of one plan; what the actor is not shown is not there.
async fn view(conn: &mut PgConnection, actor: &Actor, plan: Plan, now: DateTime<Utc>) -> ApiResult<PlanView> {
    let rights = rights(conn, actor, std::slice::from_ref(&plan), now).await?;
    if !sees(&rights, &plan) {
        return Err(NOT_FOUND.into());
    }
    let done = trip_plan::notes(conn, plan.id).await?;
    let moves = moves(&plan, &rights);
    Ok(PlanView::new(plan, moves, done))
}

/// Writes down what the actor did to a plan.
async fn note(
    conn: &mut PgConnection,
    actor: &Actor,
    plan: &Plan,
    (version, action): (i16, &str),
    day: Option<chrono::NaiveDate>,
    opinion: &str,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let done = Done { version, action: action.to_owned(), by: String::new(), at: now, day, opinion: opinion.to_owned() };
    trip_plan::note(conn, new_id(now), (plan.id, version), actor.account.id, &done).await?;
    Ok(())
}

/// What the audit log tells of a plan.
fn facts(plan: &Plan) -> Value {
    let shown = plan.waiting().or_else(|| plan.current());
    json!({
        "state": plan.state, "name": plan.name, "step": plan.step, "paused_from": plan.paused_from, "ended_from": plan.ended_from,
        "version": shown.map(|version| version.version), "trip": shown.map(|version| &version.trip),
        "schedule": shown.map(|version| &version.schedule), "vehicle": shown.and_then(|version| version.plate.as_ref()),
        "driver": shown.and_then(|version| version.driver_name.as_ref()),
    })
}

/// An entry about a plan.
fn entry(action: Action, plan: &Plan) -> Entry {
    Entry::new(action, Subject::of(SubjectKind::TripPlan, plan.id.0, plan.number.clone())).in_unit(plan.unit)
}

/// What can be opened from a message about a plan.
const fn subject(plan: PlanId) -> message::Subject {
    message::Subject { kind: MessageSubject::TripPlan, id: plan.0 }
}

/// A plan waits at its step: those who decide are told.
async fn waits(conn: &mut PgConnection, plan: &Plan, now: DateTime<Utc>) -> ApiResult<()> {
    let Some(step) = usize::try_from(plan.step).ok().and_then(|step| plan.steps.get(step)) else { return Ok(()) };
    let news = News::plan_awaits_approval((&plan.number, &plan.name), &plan.keeper_name, &plan.unit_name, now);
    let (unit, only) = match step.only {
        Some(only) => (None, vec![only]),
        None => (Some(step.unit), Vec::new()),
    };
    let cause = format!("plan:{}:{}:{}", plan.id, news.kind(), now.timestamp_micros());
    message::tell(conn, &news, About { subject: Some(subject(plan.id)), unit, cause: &cause }, &only, now).await?;
    Ok(())
}
