//! Budgets: the cars of a year by their indicators, with a warning where too few are of new energy.

use axum::extract::State;
use axum::response::Response;
use dispatch::account::Permission;
use dispatch::calendar::day_of;
use dispatch::lifecycle::facts::{PaperFacts, PaperId};
use dispatch::lifecycle::indicator::IndicatorAction;
use dispatch::lifecycle::share::NevCount;
use dispatch::lifecycle::{LifecyclePaper, LifecycleStepId};
use dispatch::unit::UnitId;
use fleet_db::lifecycle::{self, NewPaper, Paper, budget};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::indicators::batch_car;
use super::papers::{self, PapersAsked};
use super::rules::LifecycleRules;
use super::stepping::{self, PaperStep, Started, take_along};
use super::views::{PaperPage, PaperView, ShareView};
use super::written::{money, needed};
use crate::api::session::new_id;
use crate::auth::Actor;
use crate::extract::{Asked, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiError, ApiResult, Problem, Wrong};
use crate::state::App;

/// Most lines of a budget.
const MOST_LINES: usize = 500;

/// A budget to be handed in.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct BudgetToPropose {
    /// The unit whose cars and those below it are in the budget.
    unit_id: Uuid,
    year: i16,
    lines: Vec<BudgetLineToPropose>,
    reason: String,
}

/// A line of it.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct BudgetLineToPropose {
    /// An indicator that was issued.
    indicator_id: Uuid,
    /// For the price and the purchase tax.
    amount_fen: i64,
}

/// Which year of which unit.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ShareAsked {
    unit_id: Uuid,
    year: i16,
}

/// The share of new energy among the cars of a year, by either way of counting.
#[derive(Serialize, ToSchema)]
pub(crate) struct YearShare {
    /// As they are bought: ordinary hybrids do not count.
    purchase: ShareView,
    /// As the national plan reports: hybrids count.
    plan: ShareView,
}

/// Budgets of the asker's units, from the newest on.
#[utoipa::path(get, path = "/budgets", operation_id = "list_budgets", tag = "lifecycle", params(PapersAsked),
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
    papers::page(&app, &actor, LifecyclePaper::Budget, asked).await
}

/// The share of new energy among the cars of a unit and those below it that are budgeted for a year.
#[utoipa::path(get, path = "/budgets/share", operation_id = "read_budget_share", tag = "lifecycle", params(ShareAsked),
    responses((status = 200, body = YearShare),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn share(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(asked): Asked<ShareAsked>,
) -> ApiResult<axum::Json<YearShare>> {
    let scope = actor.scope(Permission::WatchLifecycle)?;
    let mut conn = app.conn(&scope).await?;
    let unit = UnitId(asked.unit_id);
    fleet_db::unit::is_within(&mut conn, &scope, unit).await?;
    let rules = LifecycleRules::of(&mut conn, unit, now).await?;
    let planned = budget::planned(&mut conn, unit, asked.year).await?;
    let cars: Vec<_> = planned.iter().map(|(car, exception)| batch_car(car, exception)).collect();
    Ok(axum::Json(YearShare {
        purchase: ShareView::new(&rules.share(&cars, NevCount::Purchase))?,
        plan: ShareView::new(&rules.share(&cars, NevCount::Plan))?,
    }))
}

/// Hands a budget in; its indicators, which were issued, stand in it from now on. 先指标后预算.
#[utoipa::path(post, path = "/budgets", operation_id = "propose_budget", tag = "lifecycle", request_body = BudgetToPropose,
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
    once: Once<BudgetToPropose>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ProposeLifecycle)?;
    let body = &once.body;
    let mut wrong = Wrong::default();
    let reason = needed("reason", &body.reason, &mut wrong);
    if !(1..=MOST_LINES).contains(&body.lines.len()) {
        wrong.note("lines", "budget.lines");
    }
    if !(2000..3000).contains(&body.year) {
        wrong.note("year", "budget.year");
    }
    let amounts: Vec<_> = body.lines.iter().filter_map(|line| money("amount_fen", line.amount_fen, 1, &mut wrong)).collect();
    let (Some(reason), true) = (reason, wrong.is_empty()) else { return Err(wrong.into_error()) };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let unit = UnitId(body.unit_id);
    fleet_db::unit::is_within(conn, &scope, unit).await?;
    let rules = LifecycleRules::of(conn, unit, now).await?;
    let mut indicators: Vec<Paper> = Vec::new();
    for line in &body.lines {
        let indicator = lifecycle::load(conn, LifecyclePaper::Indicator, PaperId(line.indicator_id)).await?;
        match indicator.state.as_str() {
            "issued" => indicators.push(indicator),
            "reserved" | "used" => return Err(ApiError::conflict("budget.indicator_taken").detail(indicator.number)),
            _ => return Err(ApiError::conflict("budget.no_indicator").detail(indicator.number)),
        }
    }
    let cars: Vec<_> = indicators
        .iter()
        .filter_map(|indicator| indicator.facts.wanted.as_ref().map(|car| batch_car(car, &indicator.facts.nev_exception)))
        .collect();
    let share = rules.share(&cars, NevCount::Purchase);
    if share.couriers_refused > 0 {
        return Err(ApiError::conflict("share.courier"));
    }
    let new = NewPaper {
        id: PaperId(new_id(now)),
        paper: LifecyclePaper::Budget,
        unit,
        state: "submitted",
        category: None,
        vehicle: None,
        indicator: None,
        to_unit: None,
        pool_unit: None,
        year: Some(body.year),
        facts: PaperFacts { reason, share: Some(share), ..PaperFacts::default() },
    };
    lifecycle::insert(conn, &new, actor.account.id, LifecycleStepId(new_id(now)), now).await?;
    for (indicator, amount) in indicators.iter().zip(amounts) {
        let along = (IndicatorAction::Reserve, new.facts.reason.as_str());
        take_along(conn, &actor, indicator, along, (rules.today(), now)).await?;
        budget::insert(conn, new_id(now), (new.id, indicator.id), amount).await?;
    }
    papers::finish_new(change, &actor, &new, now).await
}

/// Grants a budget, refuses it or takes it back; whoever grants one with too few new-energy cars says why.
#[utoipa::path(post, path = "/budgets/{id}/steps", operation_id = "step_budget", tag = "lifecycle", request_body = PaperStep,
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
    let mut step = match stepping::begin(&app, &actor, LifecyclePaper::Budget, id, &once, now).await? {
        Started::Fresh(step) => step,
        Started::Answered(response) => return Ok(response),
    };
    let id = step.paper.id;
    let is_short = step.paper.facts.share.as_ref().is_some_and(|share| share.is_short);
    if step.wanted.action == "approve" && is_short && step.words.is_empty() {
        let mut wrong = Wrong::default();
        wrong.note("words", "share.answer");
        return Err(wrong.into_error());
    }
    step.advance(&actor, now).await?;
    if step.wanted.action != "approve" {
        let words = step.words.clone();
        for line in budget::of_budgets(step.conn(), &[id]).await? {
            let indicator = lifecycle::load(step.conn(), LifecyclePaper::Indicator, line.indicator).await?;
            // One that was taken back meanwhile stays so.
            if indicator.state == "reserved" {
                let along = (IndicatorAction::Free, words.as_str());
                take_along(step.conn(), &actor, &indicator, along, (day_of(now), now)).await?;
            }
        }
        budget::close(step.conn(), id).await?;
    }
    step.finish(&actor, now).await
}
