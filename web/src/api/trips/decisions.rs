//! What is done to a request: handed in, decided on step by step, taken back, called off; alone or many at once.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::audit::Action;
use dispatch::trip::flow::Step;
use dispatch::trip::order::OrderState;
use dispatch::trip::request::{RequestAction, RequestId, RequestState};
use fleet_db::dispatch_order::{self, Order};
use fleet_db::trip_request::approval;
use fleet_db::trip_request::{self, Request};
use fleet_db::{PgConnection, allowance, audit};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::requests::{entry, facts, rights, view};
use super::rights::reach_to_act;
use super::rules::TripRules;
use super::views::TripRequestView;
use super::wishes::{Reckoning, reckon, refuse};
use super::{moves, shared, tell, way};
use crate::api::session::new_id;
use crate::auth::Actor;
use crate::extract::{Json, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiError, ApiResult, NOT_FOUND, Problem, TRIP_STATE, Wrong};
use crate::state::{App, commit};
use crate::texts::Language;

/// Longest opinion, in characters.
const OPINION: usize = 300;
/// Most requests decided on at once.
const BATCH: usize = 100;
/// What stands where who asked calls off without a word.
const BY_APPLICANT: &str = "申请人取消";
/// Most steps, those added by signers with them.
const STEPS: usize = 10;

/// Something to be done to a request.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct TripRequestMove {
    /// `submit`, `approve`, `reject`, `send_back`, `undo`, `ratify`, `withdraw`, `cancel`, `transfer` or `add_signer`.
    action: String,
    /// In words; needed to reject, to send back, and for a dispatcher who calls off.
    #[serde(default)]
    opinion: String,
    /// To whom a step is handed, or who signs too.
    account_id: Option<Uuid>,
}

/// Decisions on many requests.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct TripDecisions {
    /// At most 100.
    ids: Vec<Uuid>,
    /// `approve` or `reject`.
    action: String,
    /// In words; needed to reject.
    #[serde(default)]
    opinion: String,
}

/// What came of them.
#[derive(Serialize, ToSchema)]
pub(crate) struct TripDecisionsMade {
    done: Vec<Uuid>,
    failed: Vec<TripDecisionFailed>,
}

/// A request on which it was not decided.
#[derive(Serialize, ToSchema)]
pub(crate) struct TripDecisionFailed {
    id: Uuid,
    code: &'static str,
    /// The same in words.
    title: &'static str,
}

/// Does something to a request, as far as its state and the asker's rights let it.
#[utoipa::path(post, path = "/trip-requests/{id}/actions", operation_id = "move_trip_request", tag = "trips", request_body = TripRequestMove,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, it is done once")),
    responses((status = 200, body = TripRequestView),
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
    once: Once<TripRequestMove>,
) -> ApiResult<Response> {
    let scope = reach_to_act(&actor)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let (request, told) = step(change.conn(), &actor, RequestId(id), &once.body, now).await?;
    let view = view(change.conn(), &actor, request, now).await?;
    change.finish(told, StatusCode::OK, &view).await
}

/// Decides on many requests in the same way; each is decided on by itself, and those that cannot be are told.
#[utoipa::path(post, path = "/trip-requests/decisions", operation_id = "decide_trip_requests", tag = "trips", request_body = TripDecisions,
    responses((status = 200, body = TripDecisionsMade),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn batch(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    headers: HeaderMap,
    Json(given): Json<TripDecisions>,
) -> ApiResult<axum::Json<TripDecisionsMade>> {
    let scope = reach_to_act(&actor)?;
    let mut wrong = Wrong::default();
    if !matches!(given.action.as_str(), "approve" | "reject") {
        wrong.note("action", "trip.request_action");
    }
    if !(1..=BATCH).contains(&given.ids.len()) {
        wrong.note("ids", "trip.batch");
    }
    if !wrong.is_empty() {
        return Err(wrong.into_error());
    }
    let language = Language::wanted(&headers);
    let mut made = TripDecisionsMade { done: Vec::new(), failed: Vec::new() };
    for id in given.ids {
        let wanted = TripRequestMove { action: given.action.clone(), opinion: given.opinion.clone(), account_id: None };
        let mut tx = app.begin_as(&actor, &scope).await?;
        match step(&mut tx, &actor, RequestId(id), &wanted, now).await {
            Ok((_, told)) => {
                commit(tx, told).await?;
                made.done.push(id);
            }
            Err(error) => made.failed.push(TripDecisionFailed { id, code: error.code(), title: language.title(error.code()) }),
        }
    }
    Ok(axum::Json(made))
}

/// One move on one request, written and told; the transaction is the caller's.
async fn step(
    conn: &mut PgConnection,
    actor: &Actor,
    id: RequestId,
    wanted: &TripRequestMove,
    now: DateTime<Utc>,
) -> ApiResult<(Request, audit::Logged)> {
    let mut request = trip_request::load_to_move(conn, id).await?;
    let filter = dispatch_order::listing::Filter { requests: vec![id], ..Default::default() };
    let orders = dispatch_order::listing::select(conn, &filter, 100).await?;
    let rights = rights(conn, actor, &request, now).await?;
    if !rights.sees(&request, &orders) {
        return Err(NOT_FOUND.into());
    }
    let rules = TripRules::of(conn, request.wish.unit, now).await?;
    let approvals: Vec<_> = approval::list(conn, &[id]).await?.into_iter().map(|(_, approval)| approval).collect();
    let undoable = moves::undoable(&request, &approvals, &orders, actor.account.id, rules.undo_within(), now);
    let allowed = moves::of_request(&request, &orders, &rights, undoable.is_some());
    if !allowed.contains(&wanted.action.as_str()) {
        return Err(ApiError::from(TRIP_STATE).detail(format!("{} {} {}", request.number, request.state, wanted.action)));
    }
    let opinion = opinion(wanted, rights.asked(&request))?;
    let before = facts(&request);
    let me = Me { id: actor.account.id, name: &actor.account.display_name };
    let done = match wanted.action.as_str() {
        "submit" => {
            let reckoning = reckon(conn, &rules, &request.wish, now).await?;
            hand_in(conn, &mut request, reckoning, &rules, now).await?;
            Action::Submitted
        }
        "approve" => approve(conn, &mut request, &me, &opinion, now).await?,
        "reject" | "send_back" => refuse_step(conn, &mut request, &wanted.action, &me, &opinion, now).await?,
        "undo" => {
            let Some((last, _)) = undoable else { return Err(TRIP_STATE.into()) };
            approval::undo(conn, last.id, now).await?;
            request.state = request.state.after(RequestAction::Undo)?;
            request.step = last.step;
            request.decided_at = None;
            Action::Undone
        }
        "ratify" => {
            request.state = request.state.after(RequestAction::Ratify)?;
            approval::insert(conn, new_id(now), &request, "ratified", Some(me.id), &opinion, now).await?;
            request.ratified_at = Some(now);
            tell::decided(conn, &request, ("ratify", me.name, &opinion), now).await?;
            Action::Ratified
        }
        "withdraw" => {
            request.state = request.state.after(RequestAction::Withdraw)?;
            Action::Withdrawn
        }
        "cancel" if request.handed.is_some() => {
            let reason = if opinion.is_empty() { BY_APPLICANT } else { &opinion };
            way::call_back(conn, &mut request, (true, reason), now).await?;
            if request.state == RequestState::Cancelled { Action::Cancelled } else { Action::CalledBack }
        }
        "cancel" => {
            let reason = if opinion.is_empty() { BY_APPLICANT } else { &opinion };
            call_off(conn, &mut request, orders, (Some(me.id), me.name, reason), now).await?;
            Action::Cancelled
        }
        "transfer" | "add_signer" => hand_over(conn, &mut request, wanted, &me, &opinion, now).await?,
        _ => return Err(TRIP_STATE.into()),
    };
    trip_request::save(conn, &request, now).await?;
    if matches!(done, Action::Approved | Action::Transferred) {
        tell::waits(conn, &request, now).await?;
    }
    way::report(conn, request.id, &opinion, now).await?;
    let entry = entry(done, &request).before(before).after(facts(&request));
    let told = audit::append(conn, &actor.by(&opinion), &entry, now).await?;
    Ok((request, told))
}

/// Who does it.
pub(super) struct Me<'a> {
    pub(super) id: AccountId,
    pub(super) name: &'a str,
}

/// What was said; nobody refuses without a word, and nobody calls off what others asked for without one.
fn opinion(wanted: &TripRequestMove, asked: bool) -> ApiResult<String> {
    let opinion = wanted.opinion.trim().to_owned();
    let is_needed = match wanted.action.as_str() {
        "reject" | "send_back" => true,
        "cancel" => !asked,
        _ => false,
    };
    let mut wrong = Wrong::default();
    if is_needed && opinion.is_empty() {
        wrong.note("opinion", "trip.opinion");
    } else if opinion.chars().count() > OPINION {
        wrong.note("opinion", "trip.text");
    }
    if wrong.is_empty() { Ok(opinion) } else { Err(wrong.into_error()) }
}

/// Hands a draft in: by its flow, or as an emergency that leaves first.
pub(super) async fn hand_in(
    conn: &mut PgConnection,
    request: &mut Request,
    reckoning: Reckoning,
    rules: &TripRules,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    refuse(&reckoning.notices)?;
    let action = if request.wish.is_emergency { RequestAction::Expedite } else { RequestAction::Submit };
    request.state = request.state.after(action)?;
    request.steps = reckoning.steps;
    request.step = 0;
    request.round += 1;
    request.submitted_at = Some(now);
    request.decided_at = None;
    request.distance_m = reckoning.distance_m;
    request.estimate_fen = reckoning.estimate_fen;
    if request.wish.is_emergency {
        request.ratify_by = Some(now + rules.ratify_within());
    } else if let Some(step) = request.steps.first_mut() {
        step.begin(now);
    }
    trip_request::save(conn, request, now).await?;
    tell::waits(conn, request, now).await
}

async fn approve(
    conn: &mut PgConnection,
    request: &mut Request,
    me: &Me<'_>,
    opinion: &str,
    now: DateTime<Utc>,
) -> ApiResult<Action> {
    // The leaders of peers write 同意 when they write nothing.
    let opinion = if opinion.is_empty() { "同意" } else { opinion };
    approval::insert(conn, new_id(now), request, "approved", Some(me.id), opinion, now).await?;
    let next = request.step + 1;
    if let Some(step) = usize::try_from(next).ok().and_then(|next| request.steps.get_mut(next)) {
        step.begin(now);
        request.state = request.state.after(RequestAction::Pass)?;
        request.step = next;
    } else {
        request.state = request.state.after(RequestAction::Approve)?;
        request.decided_at = Some(now);
        tell::decided(conn, request, ("approve", me.name, opinion), now).await?;
    }
    Ok(Action::Approved)
}

async fn refuse_step(
    conn: &mut PgConnection,
    request: &mut Request,
    action: &str,
    me: &Me<'_>,
    opinion: &str,
    now: DateTime<Utc>,
) -> ApiResult<Action> {
    let (written, action, done) = if action == "reject" {
        ("rejected", RequestAction::Reject, Action::Rejected)
    } else {
        ("returned", RequestAction::SendBack, Action::Returned)
    };
    approval::insert(conn, new_id(now), request, written, Some(me.id), opinion, now).await?;
    request.state = request.state.after(action)?;
    request.decided_at = Some(now);
    tell::decided(conn, request, (action.as_str(), me.name, opinion), now).await?;
    Ok(done)
}

/// Calls a request off, and its orders with it; in the name of an account, or of another platform.
pub(crate) async fn call_off(
    conn: &mut PgConnection,
    request: &mut Request,
    orders: Vec<Order>,
    (by, name, reason): (Option<AccountId>, &str, &str),
    now: DateTime<Utc>,
) -> ApiResult<()> {
    tell::called_off(conn, request, &orders, (by, name, reason), now).await?;
    // Who rides along gets out; the car goes all the same for those for whom it was sent, and they pay it.
    for order in orders.iter().filter(|order| order.request != request.id && !order.state.is_over()) {
        shared::leaving(conn, order.id, request.id, now).await?;
    }
    fleet_db::dispatch_order::ride::leave(conn, request.id, now).await?;
    for mut order in orders.into_iter().filter(|order| order.request == request.id && !order.state.is_over()) {
        order.state = OrderState::Cancelled;
        order.end_reason = Some(reason.to_owned());
        dispatch_order::save(conn, &order, now).await?;
        allowance::order::release(conn, order.id, now).await?;
        for rider in order.riders {
            follow(conn, rider, now).await?;
        }
    }
    request.state = request.state.after(RequestAction::Cancel)?;
    request.decided_at = Some(now);
    Ok(())
}

/// Hands the step to one person, or puts one more behind it.
async fn hand_over(
    conn: &mut PgConnection,
    request: &mut Request,
    wanted: &TripRequestMove,
    me: &Me<'_>,
    opinion: &str,
    now: DateTime<Utc>,
) -> ApiResult<Action> {
    let at = usize::try_from(request.step).unwrap_or_default();
    let Some(step) = request.steps.get(at).cloned() else { return Err(TRIP_STATE.into()) };
    let mut wrong = Wrong::default();
    let signer = wanted.account_id.map(AccountId).filter(|account| *account != request.applicant && *account != me.id);
    let Some(signer) = signer else {
        wrong.note("account_id", "trip.signer");
        return Err(wrong.into_error());
    };
    let name = match approval::signer(conn, step.unit, signer, now).await {
        Ok(name) => name,
        Err(fleet_db::DbError::NotFound) => {
            wrong.note("account_id", "trip.signer");
            return Err(wrong.into_error());
        }
        Err(error) => return Err(error.into()),
    };
    let only = Step { only: Some(signer), ..step };
    let written = if wanted.action == "transfer" {
        if let Some(step) = request.steps.get_mut(at) {
            *step = only;
        }
        "transferred"
    } else if request.steps.len() < STEPS {
        request.steps.insert(at + 1, Step { name: format!("加签：{name}"), due_at: None, ..only });
        "added_signer"
    } else {
        wrong.note("account_id", "flow.steps");
        return Err(wrong.into_error());
    };
    let said = format!("{name} {opinion}");
    approval::insert(conn, new_id(now), request, written, Some(me.id), said.trim(), now).await?;
    Ok(Action::Transferred)
}

/// A request whose orders are all over and at least one settled is closed; one that has none left waits for another car.
pub(crate) async fn follow(conn: &mut PgConnection, id: RequestId, now: DateTime<Utc>) -> ApiResult<Request> {
    let mut request = trip_request::load_to_move(conn, id).await?;
    // What another platform carries out follows that.
    if request.state != RequestState::Ordered || request.handed.is_some() {
        return Ok(request);
    }
    let filter = dispatch_order::listing::Filter { requests: vec![id], ..Default::default() };
    let orders = dispatch_order::listing::select(conn, &filter, 100).await?;
    let takes = orders.iter().any(|order| order.state.takes_the_car());
    let action = if !takes {
        RequestAction::Requeue
    } else if orders.iter().all(|order| order.state.is_over()) {
        RequestAction::Close
    } else {
        return Ok(request);
    };
    request.state = request.state.after(action)?;
    if action == RequestAction::Requeue {
        dispatch_order::ride::leave(conn, id, now).await?;
    }
    trip_request::save(conn, &request, now).await?;
    if action == RequestAction::Requeue {
        tell::waits(conn, &request, now).await?;
    }
    Ok(request)
}
