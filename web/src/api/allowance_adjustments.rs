//! Adjustments of an allowance: a loan of the pool, or more than is there by a document; proposed by one, decided by another.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::allowance::{
    AdjustmentDecision, AdjustmentDecisionError, AdjustmentId, AdjustmentKind, AdjustmentKindError, AdjustmentState,
    AllowanceMonth,
};
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::money::Money;
use dispatch::unit::UnitId;
use fleet_db::allowance::adjustment::{self, Adjustment, NewAdjustment};
use fleet_db::audit;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::allowances::{amount, month};
use super::session::new_id;
use super::terminal_names;
use crate::auth::Actor;
use crate::extract::{Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ALLOWANCE_DECIDED, ApiResult, Problem, Wrong};
use crate::state::App;

/// Adjustments told at once.
const MOST_ADJUSTMENTS: i64 = 500;
/// Longest number of a document, and longest opinion.
const TEXT_LENGTH: usize = 200;

/// What is proposed.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AdjustmentToPropose {
    /// `loan` or `over_quota`.
    kind: String,
    unit_id: Uuid,
    year: i16,
    /// 1 to 12.
    month: u8,
    amount_fen: i64,
    /// Number of the document; more than is there needs one.
    #[serde(default)]
    document: String,
    /// In words.
    reason: String,
}

/// What is decided.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AdjustmentStep {
    /// `approve` or `reject`.
    action: String,
    /// What who decides says; nobody rejects without a word.
    #[serde(default)]
    opinion: String,
}

/// Adjustments, those that wait first.
#[derive(Serialize, ToSchema)]
pub(crate) struct AdjustmentList {
    items: Vec<AdjustmentView>,
}

/// An adjustment.
#[derive(Serialize, ToSchema)]
pub(crate) struct AdjustmentView {
    id: Uuid,
    /// `loan` or `over_quota`.
    kind: &'static str,
    unit_id: Uuid,
    unit_name: String,
    year: i16,
    month: u8,
    amount_fen: i64,
    document: String,
    reason: String,
    /// `proposed`, `approved` or `rejected`.
    state: &'static str,
    proposed_by: String,
    proposed_at: DateTime<Utc>,
    decided_by: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    opinion: String,
    /// The asker may decide on it now.
    may_decide: bool,
}

impl AdjustmentView {
    fn new(adjustment: Adjustment, actor: &Actor) -> Self {
        let new = adjustment.new;
        let decided = adjustment.state.decide(AdjustmentDecision::Approve, new.by, actor.account.id);
        Self {
            id: new.id.0,
            kind: new.kind.as_str(),
            unit_id: new.unit.0,
            unit_name: adjustment.unit_name,
            year: new.month.year(),
            month: new.month.number(),
            amount_fen: new.amount.fen(),
            document: new.document,
            reason: new.reason,
            state: adjustment.state.as_str(),
            proposed_by: adjustment.proposer,
            proposed_at: adjustment.proposed_at,
            decided_by: adjustment.decided_by,
            decided_at: adjustment.decided_at,
            opinion: adjustment.opinion,
            may_decide: actor.may(Permission::ManageAllowances) && decided.is_ok(),
        }
    }
}

/// The adjustments of the asker's units, those that wait first.
#[utoipa::path(get, path = "/allowances/adjustments", operation_id = "list_adjustments", tag = "trip_money",
    responses((status = 200, body = AdjustmentList),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(actor: Actor, State(app): State<App>) -> ApiResult<axum::Json<AdjustmentList>> {
    let scope = actor.scope(Permission::WatchTrips)?;
    let mut conn = app.conn(&scope).await?;
    let items = adjustment::list(&mut conn, &scope, MOST_ADJUSTMENTS).await?;
    Ok(axum::Json(AdjustmentList {
        items: items.into_iter().map(|adjustment| AdjustmentView::new(adjustment, &actor)).collect(),
    }))
}

/// Proposes a loan of the pool, or to spend more than is there by a document.
#[utoipa::path(post, path = "/allowances/adjustments", operation_id = "propose_adjustment", tag = "trip_money", request_body = AdjustmentToPropose,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = AdjustmentView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn propose(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    once: Once<AdjustmentToPropose>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageAllowances)?;
    let new = checked(&once.body, &actor, now)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    fleet_db::rule::line(conn, &scope, new.unit).await?;
    adjustment::insert(conn, &new, now).await?;
    let proposed = adjustment::load(conn, &scope, new.id).await?;
    let told = audit::append(conn, &actor.by(&new.reason), &entry(Action::Submitted, &proposed), now).await?;
    change.finish(told, StatusCode::CREATED, &AdjustmentView::new(proposed, &actor)).await
}

/// Decides on what somebody else proposed; what is approved is entered at once.
#[utoipa::path(post, path = "/allowances/adjustments/{id}/steps", operation_id = "step_adjustment", tag = "trip_money",
    request_body = AdjustmentStep,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = AdjustmentView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn step(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<AdjustmentStep>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageAllowances)?;
    let mut wrong = Wrong::default();
    let decision = wrong.take("action", once.body.action.parse::<AdjustmentDecision>(), AdjustmentDecisionError::code);
    let opinion = once.body.opinion.trim();
    if (decision == Some(AdjustmentDecision::Reject) && opinion.is_empty()) || opinion.chars().count() > TEXT_LENGTH {
        wrong.note("opinion", "rule.opinion");
    }
    let Some(decision) = decision.filter(|_| wrong.is_empty()) else { return Err(wrong.into_error()) };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let (conn, by) = (change.conn(), actor.account.id);
    let seen = adjustment::load(conn, &scope, AdjustmentId(id)).await?;
    let state = seen.state.decide(decision, seen.new.by, by)?;
    match adjustment::decide(conn, seen.new.id, state, (by, opinion), now).await {
        // Somebody was faster.
        Err(fleet_db::DbError::NotFound) => return Err(ALLOWANCE_DECIDED.into()),
        done => done?,
    }
    if state == AdjustmentState::Approved {
        adjustment::enact(conn, &seen.new, by, now).await?;
    }
    let decided = adjustment::load(conn, &scope, seen.new.id).await?;
    let done = if state == AdjustmentState::Approved { Action::Approved } else { Action::Rejected };
    let told = audit::append(conn, &actor.by(opinion), &entry(done, &decided), now).await?;
    change.finish(told, StatusCode::OK, &AdjustmentView::new(decided, &actor)).await
}

/// The proposal, or everything that is wrong with it.
fn checked(body: &AdjustmentToPropose, actor: &Actor, now: DateTime<Utc>) -> ApiResult<NewAdjustment> {
    let mut wrong = Wrong::default();
    let kind = wrong.take("kind", body.kind.parse::<AdjustmentKind>(), AdjustmentKindError::code);
    let month: Option<AllowanceMonth> = month(body.year, body.month, &mut wrong);
    let amount = amount(body.amount_fen, &mut wrong).filter(|amount| *amount > Money::ZERO);
    if amount.is_none() {
        wrong.note("amount_fen", "allowance.amount");
    }
    let reason = terminal_names::reason(&body.reason, &mut wrong);
    let document = body.document.trim().to_owned();
    let is_missing = kind == Some(AdjustmentKind::OverQuota) && document.is_empty();
    if is_missing || document.chars().count() > TEXT_LENGTH {
        wrong.note("document", "allowance.document");
    }
    match (kind, month, amount, reason) {
        (Some(kind), Some(month), Some(amount), Some(reason)) if wrong.is_empty() => Ok(NewAdjustment {
            id: AdjustmentId(new_id(now)),
            kind,
            unit: UnitId(body.unit_id),
            month,
            amount,
            document,
            reason,
            by: actor.account.id,
        }),
        _ => Err(wrong.into_error()),
    }
}

fn entry(done: Action, adjustment: &Adjustment) -> Entry {
    let new = &adjustment.new;
    let after = json!({
        "kind": new.kind.as_str(), "month": new.month.to_string(), "amount_fen": new.amount.fen(), "document": new.document,
        "state": adjustment.state.as_str(),
    });
    let subject = Subject::of(SubjectKind::Allowance, new.id.0, adjustment.unit_name.clone());
    Entry::new(done, subject).in_unit(new.unit).after(after)
}
