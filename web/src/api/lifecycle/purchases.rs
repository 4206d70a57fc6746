//! Purchases: by an indicator whose money was granted; held against the standard again when the price is known.

use axum::extract::State;
use axum::response::Response;
use dispatch::account::Permission;
use dispatch::calendar::day_of;
use dispatch::lifecycle::facts::{PaperFacts, PaperId};
use dispatch::lifecycle::indicator::{IndicatorAction, in_term};
use dispatch::lifecycle::{LifecyclePaper, LifecycleStepId};
use dispatch::vin::VinRule;
use fleet_db::lifecycle::{self, NewPaper, Paper, budget};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::papers::{self, PapersAsked};
use super::rules::LifecycleRules;
use super::stepping::{self, PaperStep, Started, Stepping, take_along};
use super::views::{PaperPage, PaperView};
use super::written::{acceptance, contract, needed, note_breaches};
use crate::api::session::new_id;
use crate::auth::Actor;
use crate::extract::{Asked, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiError, ApiResult, Problem, Wrong};
use crate::state::App;

/// A purchase to be planned.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct PurchaseToPropose {
    /// By which indicator; without one there is no purchase.
    indicator_id: Option<Uuid>,
    reason: String,
}

/// Purchases of the asker's units, from the newest on.
#[utoipa::path(get, path = "/purchases", operation_id = "list_purchases", tag = "lifecycle", params(PapersAsked),
    responses((status = 200, body = PaperPage),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    State(app): State<App>,
    Asked(asked): Asked<PapersAsked>,
) -> ApiResult<axum::Json<PaperPage>> {
    papers::page(&app, &actor, LifecyclePaper::Purchase, asked).await
}

/// Plans a purchase by an indicator; the indicator is used by it, and by nothing else.
#[utoipa::path(post, path = "/purchases", operation_id = "propose_purchase", tag = "lifecycle", request_body = PurchaseToPropose,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = PaperView),
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
    once: Once<PurchaseToPropose>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ProposeLifecycle)?;
    let mut wrong = Wrong::default();
    let reason = needed("reason", &once.body.reason, &mut wrong);
    if once.body.indicator_id.is_none() {
        wrong.note("indicator_id", "purchase.no_indicator");
    }
    let (Some(reason), Some(indicator)) = (reason, once.body.indicator_id) else { return Err(wrong.into_error()) };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let indicator = lifecycle::load(conn, LifecyclePaper::Indicator, PaperId(indicator)).await?;
    fleet_db::unit::is_within(conn, &scope, indicator.unit).await?;
    let today = day_of(now);
    match indicator.state.as_str() {
        "reserved" => in_term(IndicatorAction::Use, indicator.valid_until, today)?,
        "issued" => return Err(ApiError::conflict("purchase.no_budget").detail(indicator.number)),
        "used" => return Err(ApiError::conflict("purchase.indicator_used").detail(indicator.number)),
        _ => return Err(ApiError::conflict("purchase.no_indicator").detail(indicator.number)),
    }
    let granted = budget::granted(conn, indicator.id).await?;
    let Some(granted) = granted else { return Err(ApiError::conflict("purchase.no_budget").detail(indicator.number)) };
    take_along(conn, &actor, &indicator, (IndicatorAction::Use, &reason), (today, now)).await?;
    let facts = PaperFacts {
        reason,
        kind: indicator.facts.kind,
        wanted: indicator.facts.wanted.clone(),
        verdict: indicator.facts.verdict.clone(),
        budget: Some(granted),
        ..PaperFacts::default()
    };
    let new = NewPaper {
        id: PaperId(new_id(now)),
        paper: LifecyclePaper::Purchase,
        unit: indicator.unit,
        state: "planned",
        category: indicator.category,
        vehicle: None,
        indicator: Some(indicator.id),
        to_unit: None,
        pool_unit: None,
        year: None,
        facts,
    };
    lifecycle::insert(conn, &new, actor.account.id, LifecycleStepId(new_id(now)), now).await?;
    papers::finish_new(change, &actor, &new, now).await
}

/// Approves, tenders, contracts and accepts a purchase, one after the other, or gives it up; it is registered by an address of its own.
#[utoipa::path(post, path = "/purchases/{id}/steps", operation_id = "step_purchase", tag = "lifecycle", request_body = PaperStep,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = PaperView),
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
    once: Once<PaperStep>,
) -> ApiResult<Response> {
    if once.body.action == "register" {
        return Err(ApiError::unprocessable("purchase.register"));
    }
    let mut step = match stepping::begin(&app, &actor, LifecyclePaper::Purchase, id, &once, now).await? {
        Started::Fresh(step) => step,
        Started::Answered(response) => return Ok(response),
    };
    match step.wanted.action {
        "contract" => signed(&mut step, &once.body, now).await?,
        "accept" => {
            let rule = if app.config.vin_without_check_digit { VinRule::ImportsAllowed } else { VinRule::Checked };
            step.with.facts.acceptance = Some(acceptance(once.body.acceptance.as_ref(), rule)?);
        }
        _ => {}
    }
    step.advance(&actor, now).await?;
    if let ("cancel", Some(indicator)) = (step.wanted.action, step.paper.indicator) {
        let indicator = indicator_of(&mut step, indicator).await?;
        let words = step.words.clone();
        take_along(step.conn(), &actor, &indicator, (IndicatorAction::Return, &words), (day_of(now), now)).await?;
    }
    step.finish(&actor, now).await
}

/// The contract is within the money that was granted, and its car within the standard of today.
async fn signed(step: &mut Stepping, body: &PaperStep, now: chrono::DateTime<chrono::Utc>) -> ApiResult<()> {
    let signed = contract(body.contract.as_ref())?;
    let mut wrong = Wrong::default();
    if step.paper.facts.budget.is_some_and(|granted| signed.price + signed.tax > granted) {
        wrong.note("price_fen", "purchase.over_budget");
    }
    if let Some(car) = &mut step.with.facts.wanted {
        car.price = signed.price;
        let (unit, car) = (step.paper.unit, car.clone());
        let rules = LifecycleRules::of(step.conn(), unit, now).await?;
        let verdict = rules.standard(&car, rules.today());
        note_breaches(&verdict, &mut wrong);
        step.with.facts.verdict = Some(verdict);
    }
    step.with.facts.contract = Some(signed);
    if wrong.is_empty() { Ok(()) } else { Err(wrong.into_error()) }
}

/// The indicator by which the purchase is made.
pub(super) async fn indicator_of(step: &mut Stepping, id: PaperId) -> ApiResult<Paper> {
    Ok(lifecycle::load(step.conn(), LifecyclePaper::Indicator, id).await?)
}
