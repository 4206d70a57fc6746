//! Disposals: valued, approved, carried out, paid to the treasury and closed; the car is nobody's to order from the approval on.

use axum::extract::State;
use axum::response::Response;
use dispatch::account::Permission;
use dispatch::lifecycle::LifecyclePaper;
use dispatch::lifecycle::disposal::{DisposalReason, DisposalReasonError, DisposalWay, DisposalWayError, Proceeds};
use dispatch::lifecycle::facts::{DisposalFacts, PaperFacts, PaperId};
use dispatch::vehicle::VehicleStatus;
use fleet_db::lifecycle::{self, Filter, NewPaper, set_status};
use serde::Deserialize;
use telematics::id::VehicleId;
use utoipa::ToSchema;
use uuid::Uuid;

use super::papers::{self, PapersAsked};
use super::stepping::{self, PaperStep, Started};
use super::views::{PaperPage, PaperView};
use super::written::{needed, payment, sale, valuation};
use crate::api::session::new_id;
use crate::auth::Actor;
use crate::extract::{Asked, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiError, ApiResult, Problem, Wrong};
use crate::state::App;

/// A disposal to be proposed.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct DisposalToPropose {
    vehicle_id: Uuid,
    /// `auction`, `maker_return`, `scrap` or `allotment`.
    way: String,
    /// `renewal`, `surplus`, `forced_scrap`, `damage` or `reform`.
    cause: String,
    odometer_km: u32,
    reason: String,
}

/// Disposals of cars of the asker's units, from the newest on.
#[utoipa::path(get, path = "/disposals", operation_id = "list_disposals", tag = "lifecycle", params(PapersAsked),
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
    papers::page(&app, &actor, LifecyclePaper::Disposal, asked).await
}

/// Proposes that a car goes; one that is renewed has its indicator.
#[utoipa::path(post, path = "/disposals", operation_id = "propose_disposal", tag = "lifecycle", request_body = DisposalToPropose,
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
    once: Once<DisposalToPropose>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ProposeLifecycle)?;
    let body = &once.body;
    let mut wrong = Wrong::default();
    let way = wrong.take("way", body.way.parse::<DisposalWay>(), DisposalWayError::code);
    let cause = wrong.take("cause", body.cause.parse::<DisposalReason>(), DisposalReasonError::code);
    let reason = needed("reason", &body.reason, &mut wrong);
    let (Some(way), Some(cause), Some(reason)) = (way, cause, reason) else { return Err(wrong.into_error()) };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let car = fleet_db::vehicle::load(conn, &scope, VehicleId(body.vehicle_id)).await?;
    if car.vehicle.asset.status == VehicleStatus::Disposed {
        return Err(ApiError::conflict("disposal.again"));
    }
    if cause == DisposalReason::Renewal {
        let of_car = Filter { paper: Some(LifecyclePaper::Indicator), vehicle: Some(car.vehicle.id), ..Filter::default() };
        let indicators = lifecycle::list(conn, &of_car, 50).await?;
        if !indicators.iter().any(|indicator| matches!(indicator.state.as_str(), "issued" | "reserved" | "used")) {
            return Err(ApiError::conflict("disposal.no_renewal"));
        }
    }
    let disposal = DisposalFacts { way, cause, odometer_km: body.odometer_km };
    let new = NewPaper {
        id: PaperId(new_id(now)),
        paper: LifecyclePaper::Disposal,
        unit: car.vehicle.asset.unit,
        state: "proposed",
        category: Some(car.vehicle.asset.category),
        vehicle: Some(car.vehicle.id),
        indicator: None,
        to_unit: None,
        pool_unit: None,
        year: None,
        facts: PaperFacts { reason, disposal: Some(disposal), ..PaperFacts::default() },
    };
    papers::propose(change, &actor, new, now).await
}

/// Values a car, lets it go, records how it went and what the treasury got, and closes the disposal: each when it is its turn.
#[utoipa::path(post, path = "/disposals/{id}/steps", operation_id = "step_disposal", tag = "lifecycle", request_body = PaperStep,
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
    let mut step = match stepping::begin(&app, &actor, LifecyclePaper::Disposal, id, &once, now).await? {
        Started::Fresh(step) => step,
        Started::Answered(response) => return Ok(response),
    };
    let (body, facts) = (&once.body, &mut step.with.facts);
    let way = facts.disposal.map_or(DisposalWay::Scrap, |disposal| disposal.way);
    match step.wanted.action {
        "value" => facts.valuation = Some(valuation(body.valuation.as_ref())?),
        "execute" => {
            let sold = sale(body.sale.as_ref())?;
            let _due = Proceeds::new(way, sold.sale, sold.costs)?;
            facts.sale = Some(sold);
        }
        "pay" => {
            let paid = payment(body.payment.as_ref())?;
            if let Some(sold) = &facts.sale {
                Proceeds::new(way, sold.sale, sold.costs)?.reconcile(paid.paid)?;
            }
            facts.payment = Some(paid);
        }
        _ => {}
    }
    step.advance(&actor, now).await?;
    let status = match step.wanted.action {
        "approve" => Some(VehicleStatus::AwaitingDisposal),
        "execute" => Some(VehicleStatus::Disposed),
        _ => None,
    };
    if let (Some(status), Some(vehicle)) = (status, step.paper.vehicle) {
        let scope = step.scope.clone();
        set_status(step.conn(), &scope, vehicle, status.as_str()).await?;
    }
    step.finish(&actor, now).await
}
