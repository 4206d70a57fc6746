//! Approval flows: read where they hold, made and retired by who answers for the unit.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::grant;
use dispatch::scope::Scope;
use dispatch::trip::flow::{Condition, Flow, FlowError, FlowId, FlowStep, Signer, SignerError, check_name};
use dispatch::unit::UnitId;
use dispatch::vehicle::{VehicleCategory, VehicleCategoryError};
use fleet_db::trip_request::flow::{self, Kept};
use fleet_db::{audit, rule};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::rights::reach;
use crate::api::session::new_id;
use crate::auth::Actor;
use crate::extract::{Asked, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiResult, NOT_FOUND, Problem, Wrong};
use crate::state::{App, commit};

/// Of which unit.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FlowsWanted {
    /// The flows that hold for this unit; the own one when absent.
    unit_id: Option<Uuid>,
}

/// When a flow is meant; each that is stated has to hold.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct FlowCondition {
    /// The car is of one of these; of any when empty.
    #[serde(default)]
    categories: Vec<String>,
    /// The way is at least so long, in metres.
    at_least_m: Option<u32>,
    /// The estimate is at least so high, in fen.
    at_least_fen: Option<i64>,
    /// The trip falls on a day without work, or does not.
    on_holiday: Option<bool>,
}

/// A step of a flow.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct FlowStepView {
    name: String,
    /// `own_leader`, `superior_leader` or `fleet_leader`.
    signer: String,
    /// Minutes after which it goes to the unit above; without one it waits.
    escalate_after_minutes: Option<u32>,
}

/// A flow to be made.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct FlowToMake {
    /// Whose it is; it holds for the units below too.
    unit_id: Uuid,
    name: String,
    /// 1 to 99; of flows that fit, the one with the lowest is taken.
    rank: i16,
    #[serde(default)]
    when: FlowCondition,
    /// One to five.
    steps: Vec<FlowStepView>,
}

/// A flow.
#[derive(Serialize, ToSchema)]
pub(crate) struct FlowView {
    id: Uuid,
    unit_id: Uuid,
    unit_name: String,
    name: String,
    rank: i16,
    when: FlowCondition,
    steps: Vec<FlowStepView>,
    /// The asker may retire it.
    may_change: bool,
}

/// Flows in the order in which they are tried.
#[derive(Serialize, ToSchema)]
pub(crate) struct FlowList {
    items: Vec<FlowView>,
    /// The asker may make flows.
    may_change: bool,
}

/// The flows that hold for a unit, in the order in which they are tried; where none fits, the unit's own leader decides.
#[utoipa::path(get, path = "/approval-flows", operation_id = "list_approval_flows", tag = "trips", params(FlowsWanted),
    responses((status = 200, body = FlowList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(actor: Actor, State(app): State<App>, Asked(wanted): Asked<FlowsWanted>) -> ApiResult<axum::Json<FlowList>> {
    let scope = match reach(&actor) {
        Ok(scope) => scope,
        Err(_) => actor.scope(Permission::ManageFlows)?,
    };
    let unit = wanted.unit_id.map_or(actor.account.unit, UnitId);
    let mut conn = app.conn(&scope).await?;
    let line = rule::line(&mut conn, &scope, unit).await?;
    let kept = flow::for_line(&mut conn, &line).await?;
    let managed = grant::scope(&actor.grants, Permission::ManageFlows);
    let own = fleet_db::unit::within(&mut conn, &managed, &line).await?;
    let items = kept.into_iter().map(|kept| FlowView { may_change: own.contains(&kept.unit), ..FlowView::from(kept) });
    Ok(axum::Json(FlowList { items: items.collect(), may_change: own.contains(&unit) }))
}

/// Makes a flow.
#[utoipa::path(post, path = "/approval-flows", operation_id = "make_approval_flow", tag = "trips", request_body = FlowToMake,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the flow is made once")),
    responses((status = 201, body = FlowView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn make(actor: Actor, Now(now): Now, State(app): State<App>, once: Once<FlowToMake>) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFlows)?;
    let flow = read(&once.body)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let unit = UnitId(once.body.unit_id);
    if fleet_db::unit::within(conn, &scope, &[unit]).await?.is_empty() {
        return Err(NOT_FOUND.into());
    }
    let kept = Kept {
        id: FlowId(new_id(now)),
        unit,
        unit_name: String::new(),
        name: once.body.name.trim().to_owned(),
        rank: once.body.rank,
        flow,
    };
    flow::insert(conn, &kept, actor.account.id, now).await?;
    let told = audit::append(conn, &actor.by(""), &entry(Action::Created, &kept), now).await?;
    change.finish(told, StatusCode::CREATED, &FlowView { may_change: true, ..FlowView::from(kept) }).await
}

/// Takes a flow out of use; requests that were handed in keep their steps.
#[utoipa::path(post, path = "/approval-flows/{id}/retirement", operation_id = "retire_approval_flow", tag = "trips", params(("id" = Uuid, Path)),
    responses((status = 204),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn retire(actor: Actor, Now(now): Now, State(app): State<App>, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    let scope: Scope = actor.scope(Permission::ManageFlows)?;
    let mut tx = app.begin(&scope).await?;
    let kept = flow::retire(&mut tx, &scope, FlowId(id), now).await?;
    let told = audit::append(&mut tx, &actor.by(""), &entry(Action::Deleted, &kept), now).await?;
    commit(tx, told).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What was sent, or everything that is wrong with it.
fn read(given: &FlowToMake) -> ApiResult<Flow> {
    let mut wrong = Wrong::default();
    let categories = given.when.categories.iter();
    let categories: Vec<VehicleCategory> =
        categories.filter_map(|name| wrong.take("when", name.parse(), VehicleCategoryError::code)).collect();
    let steps = given.steps.iter().filter_map(|step| {
        let signer = wrong.take("steps", step.signer.parse::<Signer>(), SignerError::code)?;
        Some(FlowStep { name: step.name.trim().to_owned(), signer, escalate_after_minutes: step.escalate_after_minutes })
    });
    let steps: Vec<FlowStep> = steps.collect();
    let when = Condition {
        categories,
        at_least_m: given.when.at_least_m,
        at_least_fen: given.when.at_least_fen,
        on_holiday: given.when.on_holiday,
    };
    let flow = Flow { when, steps };
    let code = |error: &FlowError| error.code();
    wrong.take("name", check_name(&given.name), code);
    if !(1..=99).contains(&given.rank) {
        wrong.note("rank", "flow.rank");
    }
    if wrong.is_empty() {
        wrong.take("steps", flow.check(), code);
    }
    if wrong.is_empty() { Ok(flow) } else { Err(wrong.into_error()) }
}

fn entry(action: Action, kept: &Kept) -> Entry {
    let facts = json!({ "rank": kept.rank, "flow": kept.flow });
    let entry = Entry::new(action, Subject::of(SubjectKind::ApprovalFlow, kept.id.0, kept.name.clone())).in_unit(kept.unit);
    if action == Action::Created { entry.after(facts) } else { entry.before(facts) }
}

impl From<Kept> for FlowView {
    fn from(kept: Kept) -> Self {
        let when = kept.flow.when;
        let steps = kept.flow.steps.into_iter().map(|step| FlowStepView {
            name: step.name,
            signer: step.signer.as_str().to_owned(),
            escalate_after_minutes: step.escalate_after_minutes,
        });
        Self {
            id: kept.id.0,
            unit_id: kept.unit.0,
            unit_name: kept.unit_name,
            name: kept.name,
            rank: kept.rank,
            when: FlowCondition {
                categories: when.categories.into_iter().map(|category| category.as_str().to_owned()).collect(),
                at_least_m: when.at_least_m,
                at_least_fen: when.at_least_fen,
                on_holiday: when.on_holiday,
            },
            steps: steps.collect(),
            may_change: false,
        }
    }
}
