//! A step of a paper: who may make it, whether its gate is next, and what it changes.

use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use dispatch::account::Permission;
use dispatch::audit::Action;
use dispatch::lifecycle::facts::PaperId;
use dispatch::lifecycle::indicator::{IndicatorAction, in_term};
use dispatch::lifecycle::{LifecycleMover, LifecyclePaper, LifecycleStepId, PaperMove};
use dispatch::scope::Scope;
use fleet_db::lifecycle::{self, Change, Paper};
use fleet_db::{DbError, PgConnection, audit};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::papers::{Rights, entry, view};
use super::views::{AcceptanceFacts, ContractFacts, PaymentFacts, SaleFacts, ValuationFacts};
use super::written::{needed, optional};
use crate::api::session::new_id;
use crate::auth::Actor;
use crate::once::{Begun, Once};
use crate::problem::{AUTH_FORBIDDEN, ApiError, ApiResult, Wrong};
use crate::state::App;

/// A step to be made: the action, and what its gate asks for.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct PaperStep {
    /// An action of the paper's table; `moves` of the paper says which are possible.
    pub(super) action: String,
    /// In words; needed to refuse, to take back and to give up.
    #[serde(default)]
    pub(super) words: String,
    /// Number of the document; needed by every decision that lets something be.
    #[serde(default)]
    pub(super) document: String,
    /// To `contract` a purchase.
    pub(super) contract: Option<ContractFacts>,
    /// To `accept` a purchase.
    pub(super) acceptance: Option<AcceptanceFacts>,
    /// To `value` a disposal.
    pub(super) valuation: Option<ValuationFacts>,
    /// To `execute` a disposal.
    pub(super) sale: Option<SaleFacts>,
    /// To `pay` the proceeds of a disposal.
    pub(super) payment: Option<PaymentFacts>,
    /// To `claim` a car out of the pool: for which unit.
    pub(super) to_unit_id: Option<Uuid>,
}

impl PaperStep {
    /// The action alone.
    pub(super) fn of(action: &str) -> Self {
        Self {
            action: action.to_owned(),
            words: String::new(),
            document: String::new(),
            contract: None,
            acceptance: None,
            valuation: None,
            sale: None,
            payment: None,
            to_unit_id: None,
        }
    }
}

/// A step under way (办理中).
pub(super) struct Stepping {
    pub(super) change: crate::once::Change,
    /// The paper as it stands.
    pub(super) paper: Paper,
    pub(super) wanted: PaperMove,
    pub(super) scope: Scope,
    pub(super) words: String,
    /// What the paper says, and what else changes of it.
    pub(super) with: Change,
}

/// What came of beginning a step.
pub(super) enum Started {
    /// It may be made.
    Fresh(Box<Stepping>),
    /// It was made before: this was the answer.
    Answered(Response),
}

/// Actions by which something is refused or given up: nobody does so without a word.
const WITH_WORDS: [&str; 6] = ["reject", "revoke", "cancel", "withdraw", "release", "expire"];
/// Decisions that let something be: each has its document.
const WITH_DOCUMENT: [&str; 3] = ["approve", "issue", "close"];

/// Begins a step on a paper of the kind: refuses who may not, what is out of order, and what lacks its words or its document.
pub(super) async fn begin(
    app: &App,
    actor: &Actor,
    kind: LifecyclePaper,
    id: Uuid,
    once: &Once<PaperStep>,
    now: DateTime<Utc>,
) -> ApiResult<Started> {
    let scope = actor.scope_of_any(&[Permission::ProposeLifecycle, Permission::DecideLifecycle])?;
    let mut change = match once.begin(app, actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(Started::Answered(response)),
    };
    let paper = lifecycle::load(change.conn(), kind, PaperId(id)).await?;
    let rights = Rights::of(change.conn(), actor, std::slice::from_ref(&paper)).await?;
    let wanted = kind.movement(&paper.state, &once.body.action)?;
    if wanted.mover == LifecycleMover::Course {
        return Err(ApiError::conflict("lifecycle.course"));
    }
    if !rights.may(&paper, &wanted) {
        return Err(AUTH_FORBIDDEN.into());
    }
    if wanted.mover == LifecycleMover::Decider && rights.is_own(&paper) {
        return Err(ApiError::conflict("lifecycle.four_eyes"));
    }
    let (words, document) = said(&once.body, wanted.action)?;
    let with = Change {
        facts: paper.facts.clone(),
        document: (!document.is_empty()).then_some(document),
        decided_by: (wanted.mover == LifecycleMover::Decider).then_some(actor.account.id),
        ..Change::default()
    };
    Ok(Started::Fresh(Box::new(Stepping { change, paper, wanted, scope, words, with })))
}

fn said(body: &PaperStep, action: &str) -> ApiResult<(String, String)> {
    let mut wrong = Wrong::default();
    let words = if WITH_WORDS.contains(&action) {
        needed("words", &body.words, &mut wrong)
    } else {
        optional("words", &body.words, &mut wrong)
    };
    let document = if WITH_DOCUMENT.contains(&action) {
        needed("document", &body.document, &mut wrong)
    } else {
        optional("document", &body.document, &mut wrong)
    };
    match (words, document) {
        (Some(words), Some(document)) => Ok((words, document)),
        _ => Err(wrong.into_error()),
    }
}

impl Stepping {
    /// The connection on which the step is made.
    pub(super) fn conn(&mut self) -> &mut PgConnection {
        self.change.conn()
    }

    /// Moves the paper, before what depends on its state is written.
    pub(super) async fn advance(&mut self, actor: &Actor, now: DateTime<Utc>) -> ApiResult<()> {
        let (id, wanted, from) = (self.paper.id, self.wanted, self.paper.state.clone());
        moved(lifecycle::advance(self.change.conn(), id, (&from, wanted.to), &self.with, now).await)?;
        let document = self.with.document.clone().unwrap_or_default();
        let step = LifecycleStepId(new_id(now));
        lifecycle::note(
            self.change.conn(),
            step,
            id,
            [&from, wanted.action, wanted.to],
            (&self.words, &document),
            actor.account.id,
            now,
        )
        .await?;
        Ok(())
    }

    /// Tells of the step, and answers with the paper.
    pub(super) async fn finish(mut self, actor: &Actor, now: DateTime<Utc>) -> ApiResult<Response> {
        let conn = self.change.conn();
        let paper = lifecycle::load(conn, self.paper.paper, self.paper.id).await?;
        let entry = entry(told(self.wanted.action), &paper).before(json!({ "state": self.paper.state }));
        let told = audit::append(conn, &actor.by(&self.words), &entry, now).await?;
        let view = view(conn, actor, paper.paper, paper.id).await?;
        self.change.finish(told, StatusCode::OK, &view).await
    }
}

/// Another paper takes an indicator along, as far as its table and its last day let it.
pub(super) async fn take_along(
    conn: &mut PgConnection,
    actor: &Actor,
    indicator: &Paper,
    (action, words): (IndicatorAction, &str),
    (on, now): (NaiveDate, DateTime<Utc>),
) -> ApiResult<()> {
    let wanted = LifecyclePaper::Indicator.movement(&indicator.state, action.as_str())?;
    in_term(action, indicator.valid_until, on)?;
    let with = Change { facts: indicator.facts.clone(), ..Change::default() };
    moved(lifecycle::advance(conn, indicator.id, (&indicator.state, wanted.to), &with, now).await)?;
    let step = LifecycleStepId(new_id(now));
    let states = [indicator.state.as_str(), wanted.action, wanted.to];
    Ok(lifecycle::note(conn, step, indicator.id, states, (words, ""), actor.account.id, now).await?)
}

/// Somebody was faster.
fn moved(done: Result<(), DbError>) -> ApiResult<()> {
    match done {
        Err(DbError::NotFound) => Err(ApiError::conflict("lifecycle.moved")),
        done => Ok(done?),
    }
}

/// How the log calls an action.
fn told(action: &str) -> Action {
    match action {
        "approve" | "issue" => Action::Approved,
        "reject" => Action::Rejected,
        "withdraw" | "release" => Action::Withdrawn,
        "revoke" => Action::Revoked,
        "cancel" => Action::Cancelled,
        "hand_over" => Action::Moved,
        _ => Action::Handled,
    }
}
