//! Proposals: what they would touch, written, handed in, decided on by somebody else.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::calendar::{check_days, day_of};
use dispatch::rule::change::{ChangeAction, ChangeActionError, ChangeRefusal, ChangeState, RuleChangeId, check_document};
use dispatch::rule::key::{RuleKey, RuleKeyError};
use dispatch::rule::resolve::{RuleVersion, RuleVersionId, resolve};
use dispatch::rule::value::{RuleValue, ValueError};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use fleet_db::rule::change::{self, Change, NewChange};
use fleet_db::rule::{self, Proposed};
use fleet_db::{PgConnection, audit};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json as object};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rule_views::{EffectView, json};
use super::session::new_id;
use super::terminal_names;
use super::trips::price_preview;
use crate::auth::Actor;
use crate::extract::{Json, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiError, ApiResult, Problem, RULE_FOUR_EYES, RULE_NOT_PROPOSER, RULE_STATE, Wrong};
use crate::state::App;

/// Proposals told at once, beside the open ones.
const MOST_CHANGES: i64 = 200;
/// Longest source.
const SOURCE_LENGTH: usize = 500;
/// Longest number of a document, and longest opinion.
const DOCUMENT_LENGTH: usize = 200;

/// A value that somebody thinks of.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ValueThought {
    /// Of what, such as `nev_share`.
    key: String,
    /// For this unit and everything below it.
    unit_id: Uuid,
    /// First day on which it would hold, in Beijing time.
    from: NaiveDate,
    /// A number, a list of texts, or rows by the names of the columns; null: what the unit above says.
    value: Value,
    /// Number of the document that decided it.
    document: Option<String>,
}

/// A proposal to be written.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ChangeToPropose {
    #[serde(flatten)]
    thought: ValueThought,
    /// Where it stands: law, document, page.
    source: String,
    /// Why.
    reason: String,
    /// Hand it in at once; otherwise it stays a draft.
    submit: bool,
}

/// What is done with a proposal.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ChangeStep {
    /// `submit`, `approve`, `reject` or `withdraw`.
    action: String,
    /// What who decides says; nobody rejects without a word.
    #[serde(default)]
    opinion: String,
}

/// Proposals, the open ones first.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChangeList {
    items: Vec<ChangeView>,
}

/// A proposal.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChangeView {
    id: Uuid,
    key: &'static str,
    title_zh: &'static str,
    title_en: &'static str,
    unit_id: Uuid,
    unit_name: String,
    from: NaiveDate,
    /// Null: what the unit above says.
    value: Option<Value>,
    source: String,
    document: Option<String>,
    reason: String,
    /// `draft`, `submitted`, `approved`, `rejected` or `withdrawn`.
    state: &'static str,
    proposed_by: String,
    proposed_at: DateTime<Utc>,
    decided_by: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    opinion: String,
    /// What the asker can do now.
    actions: Vec<&'static str>,
}

impl ChangeView {
    fn new(change: Change, actor: &Actor) -> Self {
        let spec = change.new.key.spec();
        let actions = change.state.actions(change.new.by, actor.account.id);
        let actions = actions.filter(|action| actor.may(needed_for(*action)));
        Self {
            id: change.new.id.0,
            key: spec.key.as_str(),
            title_zh: spec.key.term(),
            title_en: spec.title_en,
            unit_id: change.new.unit.0,
            unit_name: change.unit_name,
            from: change.new.from,
            value: change.new.value.as_ref().map(json),
            source: change.new.source,
            document: change.new.document,
            reason: change.new.reason,
            state: change.state.as_str(),
            proposed_by: change.proposer,
            proposed_at: change.proposed_at,
            decided_by: change.decided_by,
            decided_at: change.decided_at,
            opinion: change.opinion,
            actions: actions.map(ChangeAction::as_str).collect(),
        }
    }
}

impl From<ChangeRefusal> for ApiError {
    fn from(refusal: ChangeRefusal) -> Self {
        let code = match refusal {
            ChangeRefusal::State { .. } => RULE_STATE,
            ChangeRefusal::FourEyes => RULE_FOUR_EYES,
            ChangeRefusal::NotProposer => RULE_NOT_PROPOSER,
            ChangeRefusal::Document { .. } => {
                let mut wrong = Wrong::default();
                wrong.note("document", refusal.code());
                return wrong.into_error();
            }
        };
        Self::from(code).detail(refusal.to_string())
    }
}

const fn needed_for(action: ChangeAction) -> Permission {
    if action.is_decision() { Permission::ApproveRules } else { Permission::ProposeRules }
}

/// The thought as typed in, or everything that is wrong with its form.
fn proposed(thought: &ValueThought, wrong: &mut Wrong) -> Option<Proposed> {
    let key = wrong.take("key", thought.key.parse::<RuleKey>(), RuleKeyError::code)?;
    let spec = key.spec();
    let value = match &thought.value {
        Value::Null => None,
        given => {
            let read = serde_json::from_value::<RuleValue>(given.clone());
            let value = wrong.take("value", read, |_| "rule.kind")?;
            wrong.take("value", value.check(&spec.kind), ValueError::code)?;
            if key == RuleKey::CalendarDays {
                wrong.take("value", check_days(thought.from, &value), ValueError::code)?;
            }
            Some(value)
        }
    };
    Some(Proposed { key, unit: UnitId(thought.unit_id), from: thought.from, value })
}

/// What stands against a value: the unit above, and the past.
async fn against(
    conn: &mut PgConnection,
    scope: &Scope,
    proposed: &Proposed,
    (document, today): (Option<&str>, NaiveDate),
    now: DateTime<Utc>,
) -> ApiResult<Vec<(&'static str, &'static str)>> {
    let mut against = Vec::new();
    let line = rule::line(conn, scope, proposed.unit).await?;
    let spec = proposed.key.spec();
    if let [_, above @ ..] = line.as_slice()
        && !above.is_empty()
    {
        let versions: Vec<RuleVersion> = rule::versions(conn, &[proposed.key]).await?;
        let above = resolve(&versions, proposed.key, above, proposed.from, now);
        let refusal = match (&proposed.value, above) {
            (Some(value), Some(above)) => value.check_under(&above.value, spec.local, &spec.kind).err(),
            _ => None,
        };
        against.extend(refusal.map(|refusal| ("value", refusal.code())));
    }
    if let Err(refusal) = check_document(proposed.from, today, document) {
        against.push(("document", refusal.code()));
    }
    Ok(against)
}

/// What a value would touch. Nothing is saved.
#[utoipa::path(post, path = "/rules/preview", operation_id = "preview_rule_change", tag = "rules", request_body = ValueThought,
    responses((status = 200, body = EffectView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn preview(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Json(thought): Json<ValueThought>,
) -> ApiResult<axum::Json<EffectView>> {
    let scope = actor.scope(Permission::ProposeRules).or_else(|_| actor.scope(Permission::ApproveRules))?;
    let mut wrong = Wrong::default();
    let Some(proposed) = proposed(&thought, &mut wrong) else { return Err(wrong.into_error()) };
    let mut conn = app.conn(&scope).await?;
    let past = (thought.document.as_deref(), day_of(now));
    let against = against(&mut conn, &scope, &proposed, past, now).await?;
    let effect = rule::effect(&mut conn, &proposed, now).await?;
    let plan = match (proposed.key, &effect.before, &effect.after) {
        (RuleKey::DispatchPrices, Some(before), Some(after)) => {
            price_preview::of(&mut conn, proposed.unit, (before, after), now).await?
        }
        _ => None,
    };
    Ok(axum::Json(EffectView::new(effect, plan, against.into_iter().map(|(_, code)| code).collect())))
}

/// The proposals of the scope.
#[utoipa::path(get, path = "/rules/changes", operation_id = "list_rule_changes", tag = "rules",
    responses((status = 200, body = ChangeList),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(actor: Actor, State(app): State<App>) -> ApiResult<axum::Json<ChangeList>> {
    let scope = actor.scope(Permission::ReadRules)?;
    let mut conn = app.conn(&scope).await?;
    let changes = change::list(&mut conn, &scope, MOST_CHANGES).await?;
    Ok(axum::Json(ChangeList { items: changes.into_iter().map(|change| ChangeView::new(change, &actor)).collect() }))
}

/// Writes a proposal, and hands it in if that is asked.
#[utoipa::path(post, path = "/rules/changes", operation_id = "propose_rule_change", tag = "rules", request_body = ChangeToPropose,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = ChangeView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn propose(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    once: Once<ChangeToPropose>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ProposeRules)?;
    let new = checked(&once.body, &actor, now)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let thought = Proposed { key: new.key, unit: new.unit, from: new.from, value: new.value.clone() };
    let mut wrong = Wrong::default();
    let past = (new.document.as_deref(), new.today);
    for (field, code) in against(change.conn(), &scope, &thought, past, now).await? {
        wrong.note(field, code);
    }
    if !wrong.is_empty() {
        return Err(wrong.into_error());
    }
    change::insert(change.conn(), &new, now).await?;
    let mut written = change::load(change.conn(), &scope, new.id).await?;
    if once.body.submit {
        let next = written.state.after(ChangeAction::Submit, new.by, actor.account.id)?;
        change::carry_out(change.conn(), &written, (ChangeAction::Submit, next), (actor.account.id, ""), now).await?;
        written.state = next;
    }
    let done = if once.body.submit { Action::Submitted } else { Action::Created };
    let told = audit::append(change.conn(), &actor.by(&new.reason), &entry(done, &written, ChangeState::Draft), now).await?;
    change.finish(told, StatusCode::CREATED, &ChangeView::new(written, &actor)).await
}

fn checked(body: &ChangeToPropose, actor: &Actor, now: DateTime<Utc>) -> ApiResult<NewChange> {
    let mut wrong = Wrong::default();
    let proposed = proposed(&body.thought, &mut wrong);
    let reason = terminal_names::reason(&body.reason, &mut wrong);
    let source = body.source.trim();
    if !(1..=SOURCE_LENGTH).contains(&source.chars().count()) {
        wrong.note("source", "rule.source");
    }
    let document = body.thought.document.as_deref().map(str::trim).filter(|document| !document.is_empty());
    if document.is_some_and(|document| document.chars().count() > DOCUMENT_LENGTH) {
        wrong.note("document", "rule.document_length");
    }
    match (proposed, reason) {
        (Some(proposed), Some(reason)) if wrong.is_empty() => Ok(NewChange {
            id: RuleChangeId(new_id(now)),
            key: proposed.key,
            unit: proposed.unit,
            from: proposed.from,
            value: proposed.value,
            source: source.to_owned(),
            document: document.map(str::to_owned),
            reason,
            by: actor.account.id,
            today: day_of(now),
        }),
        _ => Err(wrong.into_error()),
    }
}

const fn done_by(action: ChangeAction) -> Action {
    match action {
        ChangeAction::Submit => Action::Submitted,
        ChangeAction::Approve => Action::Approved,
        ChangeAction::Reject => Action::Rejected,
        ChangeAction::Withdraw => Action::Cancelled,
    }
}

/// What is written down of a step: the proposal, where it stood, and what it says.
fn entry(done: Action, change: &Change, before: ChangeState) -> Entry {
    let new = &change.new;
    let subject = Subject::of(SubjectKind::Rule, new.id.0, new.key.term());
    let after = object!({
        "state": change.state.as_str(),
        "key": new.key.as_str(),
        "from": new.from,
        "value": new.value.as_ref().map(json),
        "source": new.source,
        "document": new.document,
    });
    Entry::new(done, subject).in_unit(new.unit).before(object!({ "state": before.as_str() })).after(after)
}

/// Hands a proposal in, takes it back, or decides on it.
#[utoipa::path(post, path = "/rules/changes/{id}/steps", operation_id = "step_rule_change", tag = "rules", request_body = ChangeStep,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = ChangeView),
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
    once: Once<ChangeStep>,
) -> ApiResult<Response> {
    let mut wrong = Wrong::default();
    let Some(action) = wrong.take("action", once.body.action.parse::<ChangeAction>(), ChangeActionError::code) else {
        return Err(wrong.into_error());
    };
    let scope = actor.scope(needed_for(action))?;
    let opinion = once.body.opinion.trim();
    if (action == ChangeAction::Reject && opinion.is_empty()) || opinion.chars().count() > DOCUMENT_LENGTH {
        wrong.note("opinion", "rule.opinion");
        return Err(wrong.into_error());
    }
    let mut transaction = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = transaction.conn();
    let seen = change::load(conn, &scope, RuleChangeId(id)).await?;
    let next = seen.state.after(action, seen.new.by, actor.account.id)?;
    if next == ChangeState::Approved {
        // What was strict enough when it was proposed may be too loose by now.
        let new = &seen.new;
        let thought = Proposed { key: new.key, unit: new.unit, from: new.from, value: new.value.clone() };
        let past = (new.document.as_deref(), new.today);
        for (field, code) in against(conn, &scope, &thought, past, now).await? {
            wrong.note(field, code);
        }
        if !wrong.is_empty() {
            return Err(wrong.into_error());
        }
    }
    change::carry_out(conn, &seen, (action, next), (actor.account.id, opinion), now).await?;
    if next == ChangeState::Approved {
        change::enact(conn, RuleVersionId(new_id(now)), &seen, actor.account.id, now).await?;
    }
    let moved = change::load(conn, &scope, RuleChangeId(id)).await?;
    let told = audit::append(conn, &actor.by(opinion), &entry(done_by(action), &moved, seen.state), now).await?;
    transaction.finish(told, StatusCode::OK, &ChangeView::new(moved, &actor)).await
}
