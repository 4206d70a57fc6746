//! Indicators: applied for with a live check of the standard, looked through, issued for a place or in the stead of an old car.

use axum::extract::State;
use axum::response::Response;
use chrono::{Days, NaiveDate};
use dispatch::account::Permission;
use dispatch::calendar::day_of;
use dispatch::lifecycle::LifecyclePaper;
use dispatch::lifecycle::facts::{PaperFacts, PaperId};
use dispatch::lifecycle::indicator::{IndicatorKind, IndicatorKindError, in_term};
use dispatch::lifecycle::renewal::{AgedCar, CarCondition, CarConditionError};
use dispatch::lifecycle::share::{BatchCar, NevCount};
use dispatch::lifecycle::standard::{VehicleBody, WantedCar};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use fleet_db::PgConnection;
use fleet_db::lifecycle::{NewPaper, establishment, registration};
use serde::{Deserialize, Serialize};
use telematics::id::VehicleId;
use utoipa::ToSchema;
use uuid::Uuid;

use super::papers::{self, PapersAsked};
use super::rules::LifecycleRules;
use super::stepping::{self, PaperStep, Started};
use super::views::{PaperPage, PaperView, VerdictView, WantedView};
use super::written::{needed, note_breaches, optional, wanted};
use crate::api::session::new_id;
use crate::auth::Actor;
use crate::extract::{Asked, Json, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiError, ApiResult, Problem, Wrong};
use crate::state::App;

/// A car to be held against the standard of a unit.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct StandardAsked {
    unit_id: Uuid,
    wanted: WantedView,
    /// The day whose rules count; today when absent.
    on: Option<NaiveDate>,
}

/// What comes of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct StandardAnswer {
    verdict: VerdictView,
    /// The car counts as new energy when it is bought.
    is_new_energy: bool,
    /// It is a confidential courier of another energy, which needs a document.
    needs_nev_exception: bool,
}

/// An indicator to be applied for.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct IndicatorToApply {
    unit_id: Uuid,
    /// `addition` or `renewal`.
    kind: String,
    wanted: WantedView,
    /// Of a renewal: the car that goes.
    renewed: Option<RenewedCar>,
    /// Document that lets a confidential courier be of another energy.
    #[serde(default)]
    nev_exception: String,
    /// Where the money comes from.
    fund_source: String,
    reason: String,
}

/// The car that goes.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct RenewedCar {
    vehicle_id: Uuid,
    odometer_km: u32,
    /// `usable`, `worn` or `failed`.
    condition: String,
    /// Document that approves an early renewal.
    #[serde(default)]
    early_document: String,
}

/// Holds a car against the standard, as a form is filled in; of another day it says what was said then.
#[utoipa::path(post, path = "/standards/check", operation_id = "check_standard", tag = "lifecycle", request_body = StandardAsked,
    responses((status = 200, body = StandardAnswer),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn check(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Json(asked): Json<StandardAsked>,
) -> ApiResult<axum::Json<StandardAnswer>> {
    let scope = actor.scope(Permission::ProposeLifecycle)?;
    let mut wrong = Wrong::default();
    let Some(car) = wanted(&asked.wanted, &mut wrong) else { return Err(wrong.into_error()) };
    let mut conn = app.conn(&scope).await?;
    fleet_db::unit::is_within(&mut conn, &scope, UnitId(asked.unit_id)).await?;
    let rules = LifecycleRules::of(&mut conn, UnitId(asked.unit_id), now).await?;
    let verdict = rules.standard(&car, asked.on.unwrap_or_else(|| rules.today()));
    let share = rules.share(&[batch_car(&car, "")], NevCount::Purchase);
    Ok(axum::Json(StandardAnswer {
        verdict: VerdictView::new(&verdict)?,
        is_new_energy: share.new_energy == 1,
        needs_nev_exception: share.couriers_refused > 0,
    }))
}

/// Indicators of the asker's units, from the newest on.
#[utoipa::path(get, path = "/indicators", operation_id = "list_indicators", tag = "lifecycle", params(PapersAsked),
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
    papers::page(&app, &actor, LifecyclePaper::Indicator, asked).await
}

/// Applies for an indicator: held against the standard, against the share of new energy, and against the establishment or the age of the car that goes.
#[utoipa::path(post, path = "/indicators", operation_id = "apply_for_indicator", tag = "lifecycle", request_body = IndicatorToApply,
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
    once: Once<IndicatorToApply>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ProposeLifecycle)?;
    let body = &once.body;
    let mut wrong = Wrong::default();
    let kind = wrong.take("kind", body.kind.parse::<IndicatorKind>(), IndicatorKindError::code);
    if kind.is_some_and(|kind| (kind == IndicatorKind::Renewal) != body.renewed.is_some()) {
        wrong.note("renewed", "indicator.renewed");
    }
    let car = wanted(&body.wanted, &mut wrong);
    let fund_source = needed("fund_source", &body.fund_source, &mut wrong);
    let reason = needed("reason", &body.reason, &mut wrong);
    let nev_exception = optional("nev_exception", &body.nev_exception, &mut wrong);
    let read = (kind, car, fund_source, reason, nev_exception, wrong.is_empty());
    let (Some(kind), Some(car), Some(fund_source), Some(reason), Some(nev_exception), true) = read else {
        return Err(wrong.into_error());
    };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let unit = UnitId(body.unit_id);
    fleet_db::unit::is_within(conn, &scope, unit).await?;
    let rules = LifecycleRules::of(conn, unit, now).await?;
    let mut facts = PaperFacts { reason, fund_source, nev_exception, kind: Some(kind), ..PaperFacts::default() };
    held_against(&rules, &car, &mut facts)?;
    if let Some(renewed) = &body.renewed {
        let aged = aged(conn, &scope, unit, renewed).await?;
        facts.ground = Some(rules.renewal(&aged)?);
        facts.aged = Some(aged);
    } else {
        establishment::standing(conn, unit, car.category, rules.today()).await?.admit()?;
    }
    let new = NewPaper {
        id: PaperId(new_id(now)),
        paper: LifecyclePaper::Indicator,
        unit,
        state: "applied",
        category: Some(car.category),
        vehicle: body.renewed.as_ref().map(|renewed| VehicleId(renewed.vehicle_id)),
        indicator: None,
        to_unit: None,
        pool_unit: None,
        year: None,
        facts: PaperFacts { wanted: Some(car), ..facts },
    };
    papers::propose(change, &actor, new, now).await
}

/// Looks an indicator through, issues it, refuses it, gives it back or takes it back; a budget reserves it and a purchase uses it.
#[utoipa::path(post, path = "/indicators/{id}/steps", operation_id = "step_indicator", tag = "lifecycle", request_body = PaperStep,
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
    let mut step = match stepping::begin(&app, &actor, LifecyclePaper::Indicator, id, &once, now).await? {
        Started::Fresh(step) => step,
        Started::Answered(response) => return Ok(response),
    };
    let paper = step.paper.clone();
    let action = step.wanted.action.parse().map_err(|_unknown| ApiError::unprocessable("lifecycle.action"))?;
    in_term(action, paper.valid_until, day_of(now))?;
    if step.wanted.action == "issue" {
        let rules = LifecycleRules::of(step.conn(), paper.unit, now).await?;
        if let (Some(IndicatorKind::Addition), Some(category)) = (paper.facts.kind, paper.category) {
            // The place may have been given away since it was applied for.
            establishment::standing(step.conn(), paper.unit, category, rules.today()).await?.admit()?;
        }
        step.with.valid_until = rules.today().checked_add_days(Days::new(rules.indicator_days()));
    }
    step.advance(&actor, now).await?;
    step.finish(&actor, now).await
}

/// What counts of a car in a batch.
pub(super) fn batch_car(car: &WantedCar, exception: &str) -> BatchCar {
    BatchCar { category: car.category, powertrain: car.powertrain, exception: exception.to_owned() }
}

/// Holds a car against the standard and the share of new energy, and keeps what came of it.
fn held_against(rules: &LifecycleRules, car: &WantedCar, facts: &mut PaperFacts) -> ApiResult<()> {
    let mut wrong = Wrong::default();
    let verdict = rules.standard(car, rules.today());
    note_breaches(&verdict, &mut wrong);
    if rules.share(&[batch_car(car, &facts.nev_exception)], NevCount::Purchase).couriers_refused > 0 {
        wrong.note("nev_exception", "share.courier");
    }
    if !wrong.is_empty() {
        return Err(wrong.into_error());
    }
    facts.verdict = Some(verdict);
    Ok(())
}

/// The car that goes, as it was found; a car of the unit whose first registration is known.
async fn aged(conn: &mut PgConnection, scope: &Scope, unit: UnitId, renewed: &RenewedCar) -> ApiResult<AgedCar> {
    let mut wrong = Wrong::default();
    let condition = wrong.take("condition", renewed.condition.parse::<CarCondition>(), CarConditionError::code);
    let early_document = optional("early_document", &renewed.early_document, &mut wrong);
    let (Some(condition), Some(early_document)) = (condition, early_document) else { return Err(wrong.into_error()) };
    let car = fleet_db::vehicle::load(conn, scope, VehicleId(renewed.vehicle_id)).await?;
    if car.vehicle.asset.unit != unit {
        return Err(ApiError::conflict("renewal.other_unit"));
    }
    let known = registration::looked(conn, scope, Some(car.vehicle.id)).await?.pop().and_then(|looked| looked.registration);
    let Some(known) = known else { return Err(ApiError::conflict("renewal.unregistered")) };
    let (registered_on, body): (NaiveDate, VehicleBody) = (known.registered_on, known.body);
    Ok(AgedCar { registered_on, odometer_km: renewed.odometer_km, body, condition, early_document })
}
