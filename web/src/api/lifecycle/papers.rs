//! Papers found, shown and told of: the same for every kind.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use dispatch::account::{AccountId, Permission};
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::grant;
use dispatch::lifecycle::facts::PaperId;
use dispatch::lifecycle::{LifecycleMover, LifecyclePaper, LifecycleStepId, PaperMove};
use dispatch::unit::UnitId;
use fleet_db::lifecycle::{self, Filter, NewPaper, Paper};
use fleet_db::{PgConnection, audit};
use serde::Deserialize;
use serde_json::json;
use telematics::id::VehicleId;
use utoipa::IntoParams;
use uuid::Uuid;

use super::views::{PaperPage, PaperView};
use crate::api::session::new_id;
use crate::auth::Actor;
use crate::once::Change;
use crate::problem::ApiResult;
use crate::state::App;

/// Papers of a page, and most of them.
const PAGE: i64 = 100;
const MOST: i64 = 500;

/// Which papers.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PapersAsked {
    /// Where they stand; any when absent.
    state: Option<String>,
    /// Of this unit and those below.
    unit_id: Option<Uuid>,
    vehicle_id: Option<Uuid>,
    /// `next` of the page before.
    after: Option<Uuid>,
    /// 1 to 500, 100 when absent.
    limit: Option<i64>,
}

/// What an actor may do with papers of these units (单据权限).
#[derive(Debug)]
pub(super) struct Rights {
    me: AccountId,
    may_claim: bool,
    proposes: HashSet<UnitId>,
    decides: HashSet<UnitId>,
}

impl Rights {
    /// The actor's rights over the units of these papers.
    pub(super) async fn of(conn: &mut PgConnection, actor: &Actor, papers: &[Paper]) -> ApiResult<Self> {
        let units: Vec<UnitId> = papers.iter().flat_map(|paper| [Some(paper.unit), paper.to_unit]).flatten().collect();
        let mut held = Vec::new();
        for permission in [Permission::ProposeLifecycle, Permission::DecideLifecycle] {
            let scope = grant::scope(&actor.grants, permission);
            let within = if scope.is_nothing() { Vec::new() } else { fleet_db::unit::within(conn, &scope, &units).await? };
            held.push(within.into_iter().collect());
        }
        let decides = held.pop().unwrap_or_default();
        let proposes = held.pop().unwrap_or_default();
        Ok(Self { me: actor.account.id, may_claim: actor.may(Permission::ProposeLifecycle), proposes, decides })
    }

    /// The actor is one who makes that move on that paper, but for having proposed it.
    pub(super) fn may(&self, paper: &Paper, wanted: &PaperMove) -> bool {
        match wanted.mover {
            LifecycleMover::Course => false,
            LifecycleMover::Proposer if wanted.action == "claim" => self.may_claim,
            LifecycleMover::Proposer => self.proposes.contains(&paper.unit),
            LifecycleMover::Decider => {
                // Who moves a car between units answers for both.
                [Some(paper.unit), paper.to_unit].into_iter().flatten().all(|unit| self.decides.contains(&unit))
            }
        }
    }

    /// The actor proposed it, or asked for it.
    pub(super) fn is_own(&self, paper: &Paper) -> bool {
        let claimed_by = paper.facts.transfer.as_ref().and_then(|transfer| transfer.claimed_by);
        paper.proposed_by == self.me || claimed_by == Some(self.me)
    }

    fn moves(&self, paper: &Paper) -> Vec<&'static str> {
        let all = paper.paper.moves(&paper.state).into_iter();
        let mine = all.filter(|wanted| self.may(paper, wanted));
        mine.filter(|wanted| wanted.mover != LifecycleMover::Decider || !self.is_own(paper)).map(|wanted| wanted.action).collect()
    }
}

/// A page of papers of a kind.
pub(super) async fn page(
    app: &App,
    actor: &Actor,
    paper: LifecyclePaper,
    asked: PapersAsked,
) -> ApiResult<axum::Json<PaperPage>> {
    let scope = actor.scope(Permission::WatchLifecycle)?;
    let mut conn = app.conn(&scope).await?;
    if let Some(unit) = asked.unit_id {
        fleet_db::unit::is_within(&mut conn, &scope, UnitId(unit)).await?;
    }
    let filter = Filter {
        paper: Some(paper),
        state: asked.state.filter(|state| !state.is_empty()),
        unit: asked.unit_id.map(UnitId),
        vehicle: asked.vehicle_id.map(VehicleId),
        after: asked.after.map(PaperId),
        id: None,
    };
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, MOST);
    let mut found = lifecycle::list(&mut conn, &filter, limit + 1).await?;
    let page = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = found.len() > page;
    found.truncate(page);
    let next = found.last().filter(|_| has_more).map(|last| last.id.0);
    let items = views(&mut conn, actor, found).await?;
    Ok(axum::Json(PaperPage { items, next, may_propose: actor.may(Permission::ProposeLifecycle) }))
}

/// These papers with their steps, their lines and what the actor may do with them.
pub(super) async fn views(conn: &mut PgConnection, actor: &Actor, papers: Vec<Paper>) -> ApiResult<Vec<PaperView>> {
    let ids: Vec<PaperId> = papers.iter().map(|paper| paper.id).collect();
    let rights = Rights::of(conn, actor, &papers).await?;
    let steps = lifecycle::steps(conn, &ids).await?;
    let lines = lifecycle::budget::of_budgets(conn, &ids).await?;
    papers
        .into_iter()
        .map(|paper| {
            let moves = rights.moves(&paper);
            PaperView::new(paper, moves, &steps, &lines)
        })
        .collect()
}

/// One of them.
pub(super) async fn view(conn: &mut PgConnection, actor: &Actor, kind: LifecyclePaper, id: PaperId) -> ApiResult<PaperView> {
    let paper = lifecycle::load(conn, kind, id).await?;
    let mut views = views(conn, actor, vec![paper]).await?;
    views.pop().ok_or_else(|| crate::problem::NOT_FOUND.into())
}

/// Writes a new paper, tells of it, and answers with it.
pub(super) async fn propose(
    mut change: Change,
    actor: &Actor,
    new: NewPaper,
    now: DateTime<Utc>,
) -> ApiResult<axum::response::Response> {
    let conn = change.conn();
    lifecycle::insert(conn, &new, actor.account.id, LifecycleStepId(new_id(now)), now).await?;
    finish_new(change, actor, &new, now).await
}

/// The same, once more than the paper itself was written.
pub(super) async fn finish_new(
    mut change: Change,
    actor: &Actor,
    new: &NewPaper,
    now: DateTime<Utc>,
) -> ApiResult<axum::response::Response> {
    let conn = change.conn();
    let paper = lifecycle::load(conn, new.paper, new.id).await?;
    let told = audit::append(conn, &actor.by(&new.facts.reason), &entry(Action::Submitted, &paper), now).await?;
    let view = view(conn, actor, new.paper, new.id).await?;
    change.finish(told, axum::http::StatusCode::CREATED, &view).await
}

/// What the audit log tells of a paper.
pub(super) fn entry(action: Action, paper: &Paper) -> Entry {
    let kind = match paper.paper {
        LifecyclePaper::Establishment => SubjectKind::Establishment,
        LifecyclePaper::Indicator => SubjectKind::Indicator,
        LifecyclePaper::Budget => SubjectKind::Budget,
        LifecyclePaper::Purchase => SubjectKind::Purchase,
        LifecyclePaper::Disposal => SubjectKind::Disposal,
        LifecyclePaper::Transfer => SubjectKind::Transfer,
    };
    let after = json!({
        "state": paper.state, "category": paper.category, "vehicle": paper.plate, "indicator": paper.indicator_number,
        "to_unit": paper.to_unit_name, "document": paper.document, "facts": paper.facts,
    });
    Entry::new(action, Subject::of(kind, paper.id.0, paper.number.clone())).in_unit(paper.unit).after(after)
}
