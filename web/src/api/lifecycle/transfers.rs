//! Transfers: a car goes to another unit, by name or through the pool of idle assets; car and ledgers change at once.

use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::calendar::day_of;
use dispatch::lifecycle::LifecyclePaper;
use dispatch::lifecycle::establishment::{EstablishmentKind, Movement};
use dispatch::lifecycle::facts::{PaperFacts, PaperId, TransferFacts};
use dispatch::unit::UnitId;
use dispatch::vehicle::VehicleStatus;
use fleet_db::lifecycle::{NewPaper, establishment, set_unit};
use serde::Deserialize;
use telematics::id::VehicleId;
use utoipa::ToSchema;
use uuid::Uuid;

use super::papers::{self, PapersAsked};
use super::stepping::{self, PaperStep, Started, Stepping};
use super::views::{PaperPage, PaperView};
use super::written::needed;
use crate::api::session::new_id;
use crate::auth::Actor;
use crate::extract::{Asked, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiError, ApiResult, Problem, Wrong};
use crate::state::App;

/// A transfer to be proposed.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct TransferToPropose {
    vehicle_id: Uuid,
    /// Who gets the car; absent: it lies in the pool of idle assets, and whoever needs it asks for it.
    to_unit_id: Option<Uuid>,
    /// The place of the establishment goes along.
    with_place: bool,
    reason: String,
}

/// Transfers from and to the asker's units, and what lies in the pool above them; from the newest on.
#[utoipa::path(get, path = "/vehicle-transfers", operation_id = "list_vehicle_transfers", tag = "lifecycle", params(PapersAsked),
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
    papers::page(&app, &actor, LifecyclePaper::Transfer, asked).await
}

/// Proposes that a car goes to another unit, or puts it into the pool of idle assets (公物仓).
#[utoipa::path(post, path = "/vehicle-transfers", operation_id = "propose_vehicle_transfer", tag = "lifecycle", request_body = TransferToPropose,
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
    once: Once<TransferToPropose>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ProposeLifecycle)?;
    let body = &once.body;
    let mut wrong = Wrong::default();
    let Some(reason) = needed("reason", &body.reason, &mut wrong) else { return Err(wrong.into_error()) };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let car = fleet_db::vehicle::load(conn, &scope, VehicleId(body.vehicle_id)).await?;
    let asset = &car.vehicle.asset;
    if matches!(asset.status, VehicleStatus::Disposed | VehicleStatus::AwaitingDisposal) {
        return Err(ApiError::conflict("transfer.gone"));
    }
    if body.to_unit_id == Some(asset.unit.0) {
        let mut wrong = Wrong::default();
        wrong.note("to_unit_id", "transfer.same_unit");
        return Err(wrong.into_error());
    }
    let line = fleet_db::rule::line(conn, &scope, asset.unit).await?;
    if let Some(to) = body.to_unit_id {
        fleet_db::unit::is_within(conn, &scope, UnitId(to)).await?;
    }
    let transfer = TransferFacts {
        with_place: body.with_place,
        plate: asset.plate.to_string(),
        model: asset.model.as_str().to_owned(),
        claimed_by: None,
    };
    let new = NewPaper {
        id: PaperId(new_id(now)),
        paper: LifecyclePaper::Transfer,
        unit: asset.unit,
        state: if body.to_unit_id.is_some() { "proposed" } else { "offered" },
        category: Some(asset.category),
        vehicle: Some(car.vehicle.id),
        indicator: None,
        to_unit: body.to_unit_id.map(UnitId),
        // The whole of the tree shares its pool.
        pool_unit: if body.to_unit_id.is_none() { line.last().copied() } else { None },
        year: None,
        facts: PaperFacts { reason, transfer: Some(transfer), ..PaperFacts::default() },
    };
    papers::propose(change, &actor, new, now).await
}

/// Asks for a car out of the pool, decides on a transfer, takes it back, or hands the car over.
#[utoipa::path(post, path = "/vehicle-transfers/{id}/steps", operation_id = "step_vehicle_transfer", tag = "lifecycle", request_body = PaperStep,
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
    let mut step = match stepping::begin(&app, &actor, LifecyclePaper::Transfer, id, &once, now).await? {
        Started::Fresh(step) => step,
        Started::Answered(response) => return Ok(response),
    };
    match step.wanted.action {
        "claim" => claim(&mut step, &actor, once.body.to_unit_id).await?,
        "approve" => admit(&mut step, now).await?,
        _ => {}
    }
    if step.wanted.action == "hand_over" {
        admit(&mut step, now).await?;
        step.advance(&actor, now).await?;
        hand_over(&mut step, &actor, now).await?;
    } else {
        step.advance(&actor, now).await?;
    }
    step.finish(&actor, now).await
}

/// Whoever asks for a car does so for a unit of their own, and not for the one that gives it.
async fn claim(step: &mut Stepping, actor: &Actor, to: Option<Uuid>) -> ApiResult<()> {
    let mut wrong = Wrong::default();
    let Some(to) = to.map(UnitId) else {
        wrong.note("to_unit_id", "lifecycle.part");
        return Err(wrong.into_error());
    };
    fleet_db::unit::is_within(step.conn(), &actor.scope(Permission::ProposeLifecycle)?, to).await?;
    if to == step.paper.unit {
        wrong.note("to_unit_id", "transfer.same_unit");
        return Err(wrong.into_error());
    }
    if let Some(transfer) = &mut step.with.facts.transfer {
        transfer.claimed_by = Some(actor.account.id);
    }
    step.with.to_unit = Some(to);
    Ok(())
}

/// The unit that gets the car has a place for it, or gets the place with it from one that has it.
async fn admit(step: &mut Stepping, now: DateTime<Utc>) -> ApiResult<()> {
    let (Some(to), Some(category)) = (step.paper.to_unit, step.paper.category) else { return Ok(()) };
    let is_with_place = step.paper.facts.transfer.as_ref().is_some_and(|transfer| transfer.with_place);
    let unit = if is_with_place { step.paper.unit } else { to };
    let standing = establishment::standing(step.conn(), unit, category, day_of(now)).await?;
    if is_with_place {
        let _left = standing.after(Movement::of(EstablishmentKind::TransferOut, 1)?)?;
        return Ok(());
    }
    Ok(standing.admit()?)
}

/// The car, and its place where that goes along: both ledgers in the same breath.
async fn hand_over(step: &mut Stepping, actor: &Actor, now: DateTime<Utc>) -> ApiResult<()> {
    let paper = step.paper.clone();
    let (Some(to), Some(category), Some(vehicle)) = (paper.to_unit, paper.category, paper.vehicle) else { return Ok(()) };
    let scope = step.scope.clone();
    set_unit(step.conn(), &scope, vehicle, to).await?;
    if paper.facts.transfer.as_ref().is_some_and(|transfer| transfer.with_place) {
        for (unit, kind) in [(paper.unit, EstablishmentKind::TransferOut), (to, EstablishmentKind::TransferIn)] {
            let movement = Movement::of(kind, 1)?;
            let by = (paper.id, paper.document.as_str());
            establishment::enter(step.conn(), new_id(now), (unit, category), movement, by, actor.account.id, now).await?;
        }
    }
    Ok(())
}
