//! Findings: where a trip is not what its order says, for who works with the cars and for the driver of the order. Where a confidential
//! trip led is told to nobody who need not know it.

use std::collections::HashSet;

use axum::extract::State;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::calendar::day_of;
use dispatch::finding::ViolationHead;
use dispatch::finding::{FindingAction, FindingId, FindingState, FindingStateError};
use dispatch::reconcile::{FindingDetail, FindingKind, FindingKindError};
use dispatch::rule::key::RuleKey;
use dispatch::rule::resolve::resolve;
use dispatch::rule::value::RuleValue;
use dispatch::scope::Scope;
use dispatch::trip::order::OrderId;
use dispatch::unit::UnitId;
use fleet_db::PgConnection;
use fleet_db::finding::{Filter, Kept, KeptStep};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::trips::order_views::secret_orders;
use super::trips::views::MASK;
use crate::auth::{Actor, look};
use crate::extract::{Asked, Now, Path};
use crate::problem::{ApiError, ApiResult, Problem, REQUEST_QUERY, Wrong};
use crate::state::App;

/// Findings of a page, unless asked for otherwise.
const PAGE: u32 = 50;

/// Which findings.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FindingsAsked {
    /// `open`, `explained`, `escalated`, `accepted` or `violation`.
    state: Option<String>,
    /// Those of the cars of this unit and of those below it.
    unit_id: Option<Uuid>,
    /// Such as `use_without_order`.
    kind: Option<String>,
    /// Those of this order.
    order_id: Option<Uuid>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    limit: Option<u32>,
}

/// A page of findings, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct FindingPage {
    items: Vec<FindingView>,
    /// To be sent as `after` for the next page; null at the end.
    next: Option<String>,
}

/// A finding.
#[derive(Serialize, ToSchema)]
pub(crate) struct FindingView {
    id: Uuid,
    /// Such as `use_without_order`.
    kind: &'static str,
    name_zh: &'static str,
    name_en: String,
    /// Its code in the list of alarms, such as `A01`; null where that has none.
    code: Option<&'static str>,
    /// When it began.
    at: DateTime<Utc>,
    vehicle_id: Uuid,
    plate: String,
    unit_id: Uuid,
    unit_name: Option<String>,
    /// Null: no order covers what was seen.
    order: Option<FindingOrder>,
    /// The trip is confidential, or its order is not shown to the asker: no place is told, and no trip.
    is_masked: bool,
    /// The trip that shows it; null where none does, or where late fixes have made it another.
    trip_id: Option<Uuid>,
    measured: f64,
    limit: f64,
    /// What both are measured in: `metre`, `minute`, `percent` or `count`.
    measure: &'static str,
    /// What there is to know beside it; its field `about` says which: `nothing`, `day`, `lengths`, `place` or `drivers`.
    #[schema(value_type = Object)]
    detail: Value,
    /// `open`, `explained`, `escalated`, `accepted` or `violation`.
    state: &'static str,
    /// Head of article 26, 1 to 9; null unless it is a violation.
    head: Option<i16>,
    found_at: DateTime<Utc>,
    /// By when it is explained before it goes to who leads; null: no time runs.
    explain_by: Option<DateTime<Utc>>,
    changed_at: DateTime<Utc>,
    /// What the asker may do now: `explain`, `escalate`, `accept`, `violation`.
    actions: Vec<&'static str>,
}

/// The order of a finding.
#[derive(Serialize, ToSchema)]
pub(crate) struct FindingOrder {
    id: Uuid,
    /// Such as `PC-330106-2026-17`; null where the asker may not see the order.
    number: Option<String>,
    driver: Option<String>,
}

/// A finding with all that was said of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct FindingSheet {
    finding: FindingView,
    /// Oldest first.
    steps: Vec<FindingStepView>,
    /// The wording of the nine heads of article 26, in their order.
    heads: Vec<String>,
}

/// A step of a finding.
#[derive(Serialize, ToSchema)]
pub(crate) struct FindingStepView {
    from: &'static str,
    /// `explain`, `escalate`, `accept` or `violation`.
    action: &'static str,
    to: &'static str,
    /// Null: the clock.
    by: Option<String>,
    at: DateTime<Utc>,
    text: String,
    head: Option<i16>,
}

impl From<KeptStep> for FindingStepView {
    fn from(KeptStep { step, by }: KeptStep) -> Self {
        Self {
            from: step.from.as_str(),
            action: step.action.as_str(),
            to: step.to.as_str(),
            by,
            at: step.at,
            text: step.text,
            head: step.head.map(ViolationHead::number),
        }
    }
}

/// The findings that the asker sees: those of the cars of a scope, and in any case those of own orders.
pub(super) fn seen_by(actor: &Actor) -> ApiResult<Scope> {
    if actor.may(Permission::WatchTrips) {
        return actor.scope(Permission::WatchTrips);
    }
    actor.scope(Permission::DriveTrips)?;
    Ok(Scope::nothing())
}

/// What the asker may do with it now, as far as the asker's roles go.
fn actions(kept: &Kept, actor: &Actor) -> Vec<&'static str> {
    let keeps = [Permission::DispatchTrips, Permission::SettleTrips].into_iter().any(|permission| actor.may(permission));
    let decides = actor.may(Permission::ApproveTrips);
    let is_own = kept.driver_account == Some(actor.account.id);
    let may = |action: &FindingAction| match action {
        FindingAction::Explain => keeps || is_own,
        FindingAction::Escalate => keeps || decides,
        FindingAction::Accept | FindingAction::Condemn => decides && !is_own,
    };
    kept.state.actions().filter(may).map(FindingAction::as_str).collect()
}

/// What there is to know beside the number, without the place where that is not to be known.
fn detail(detail: &FindingDetail, is_masked: bool) -> Value {
    match detail {
        FindingDetail::Place { .. } if is_masked => {
            json!({ "about": "place", "lat": null, "lon": null, "name": MASK, "class": null })
        }
        open => json!(open),
    }
}

/// The orders of findings of which the actor is not to know where they lead.
async fn secrets(conn: &mut PgConnection, actor: &Actor, found: &[Kept], now: DateTime<Utc>) -> ApiResult<HashSet<OrderId>> {
    let mut orders: Vec<OrderId> = found.iter().filter_map(|kept| kept.finding.order).collect();
    orders.sort_unstable();
    orders.dedup();
    secret_orders(conn, actor, &orders, now).await
}

fn view(kept: Kept, actor: &Actor, secrets: &HashSet<OrderId>) -> FindingView {
    let actions = actions(&kept, actor);
    let is_masked = kept.finding.order.is_some_and(|order| secrets.contains(&order));
    let (number, driver) = (kept.order_number, kept.driver);
    let finding = kept.finding;
    FindingView {
        id: kept.id.0,
        kind: finding.kind.as_str(),
        name_zh: finding.kind.term(),
        name_en: finding.kind.as_str().replace('_', " "),
        code: finding.kind.code(),
        at: finding.at,
        vehicle_id: kept.vehicle.0,
        plate: kept.plate,
        unit_id: kept.unit.0,
        unit_name: kept.unit_name,
        order: finding.order.map(|order| FindingOrder { id: order.0, number, driver }),
        is_masked,
        trip_id: finding.trip.filter(|_| !is_masked).map(|trip| trip.0),
        measured: finding.measured,
        limit: finding.limit,
        measure: finding.unit.as_str(),
        detail: detail(&finding.detail, is_masked),
        state: kept.state.as_str(),
        head: kept.head.map(ViolationHead::number),
        found_at: kept.found_at,
        explain_by: kept.explain_by,
        changed_at: kept.changed_at,
        actions,
    }
}

/// A finding as it stands, with its steps.
pub(super) async fn sheet(
    conn: &mut PgConnection,
    actor: &Actor,
    scope: &Scope,
    id: FindingId,
    now: DateTime<Utc>,
) -> ApiResult<FindingSheet> {
    let kept = fleet_db::finding::load(conn, scope, id).await?;
    let secrets = secrets(conn, actor, std::slice::from_ref(&kept), now).await?;
    let steps = fleet_db::finding::steps(conn, id).await?;
    let versions = fleet_db::rule::versions(conn, &[RuleKey::ViolationHeads]).await?;
    // Nobody but the law words them: they are the same for all units.
    let heads = resolve(&versions, RuleKey::ViolationHeads, &[], day_of(now), now).map(|resolved| resolved.value);
    let heads = if let Some(RuleValue::Texts(heads)) = heads { heads } else { Vec::new() };
    Ok(FindingSheet {
        finding: view(kept, actor, &secrets),
        steps: steps.into_iter().map(FindingStepView::from).collect(),
        heads,
    })
}

/// Findings of the cars of the asker's units, and of the asker's own orders.
#[utoipa::path(get, path = "/findings", operation_id = "list_findings", tag = "findings", params(FindingsAsked),
    responses((status = 200, body = FindingPage),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(asked): Asked<FindingsAsked>,
) -> ApiResult<axum::Json<FindingPage>> {
    let scope = seen_by(&actor)?;
    let mut wrong = Wrong::default();
    let state = asked.state.as_deref().map(str::parse::<FindingState>).transpose();
    let state = wrong.take("state", state, FindingStateError::code);
    let kind = asked.kind.as_deref().map(str::parse::<FindingKind>).transpose();
    let kind = wrong.take("kind", kind, FindingKindError::code);
    let (Some(state), Some(kind)) = (state, kind) else { return Err(wrong.into_error()) };
    let after = asked.after.as_deref().map(str::parse::<FindingId>).transpose();
    let after = after.map_err(|_no_id| ApiError::from(REQUEST_QUERY).detail("after: send what `next` of the page before was"))?;
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, app.config.page_limit);
    let filter = Filter { state, unit: asked.unit_id.map(UnitId), kind, order: asked.order_id.map(OrderId), after };
    let mut tx = app.begin_as(&actor, &scope).await?;
    let mut found = fleet_db::finding::list(&mut tx, &scope, filter, i64::from(limit) + 1).await?;
    let has_more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| has_more).map(|last| last.id.to_string());
    let secrets = secrets(&mut tx, &actor, &found, now).await?;
    Ok(axum::Json(FindingPage { items: found.into_iter().map(|kept| view(kept, &actor, &secrets)).collect(), next }))
}

/// A finding with all that was said of it.
#[utoipa::path(get, path = "/findings/{id}", operation_id = "read_finding", tag = "findings", params(("id" = Uuid, Path)),
    responses((status = 200, body = FindingSheet),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> ApiResult<axum::Json<FindingSheet>> {
    let scope = seen_by(&actor)?;
    let sheet = {
        let mut tx = app.begin_as(&actor, &scope).await?;
        sheet(&mut tx, &actor, &scope, FindingId(id), now).await?
    };
    let subject = Subject::of(SubjectKind::Finding, id, sheet.finding.plate.as_str());
    let entry = Entry::new(Action::Viewed, subject).in_unit(UnitId(sheet.finding.unit_id));
    look::at(&app, &actor, entry, now).await?;
    Ok(axum::Json(sheet))
}
