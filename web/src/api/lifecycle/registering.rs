//! The last gate of a purchase: the car gets its plate and its row in the register, and the old one waits to go.

use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use dispatch::calendar::day_of;
use dispatch::lifecycle::LifecyclePaper;
use dispatch::lifecycle::facts::PaperFacts;
use dispatch::lifecycle::registration::{OwnerKind, is_strangers};
use dispatch::lifecycle::standard::WantedCar;
use dispatch::money::Money;
use dispatch::plate::{PlateError, PlateNumber};
use dispatch::unit::UnitId;
use dispatch::vehicle::{Alias, ModelName, Seats, VehicleAsset, VehicleStatus};
use dispatch::vin::Vin;
use fleet_db::lifecycle::registration::{self, Registration};
use fleet_db::lifecycle::{Paper, set_status};
use serde::Deserialize;
use telematics::id::VehicleId;
use utoipa::ToSchema;
use uuid::Uuid;

use super::purchases::indicator_of;
use super::rules::LifecycleRules;
use super::stepping::{self, PaperStep, Started, Stepping};
use super::views::PaperView;
use super::written::needed;
use crate::api::session::new_id;
use crate::auth::Actor;
use crate::extract::{Now, Path};
use crate::once::Once;
use crate::problem::{ApiError, ApiResult, Problem, SERVER_FAILED, Wrong};
use crate::state::App;

/// A car that was accepted, to be registered.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CarToRegister {
    plate: String,
    /// Number of the certificate of registration.
    certificate: String,
    /// In whose name: the unit that buys, and nobody else (Art. 26, head 2).
    owner_unit_id: Uuid,
    registered_on: NaiveDate,
}

/// Registers the car of a purchase that was accepted: it stands in the register from now on.
#[utoipa::path(post, path = "/purchases/{id}/registration", operation_id = "register_purchase", tag = "lifecycle",
    request_body = CarToRegister,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = PaperView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn register(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<CarToRegister>,
) -> ApiResult<Response> {
    let (once, body) = once.instead(PaperStep::of("register"));
    let mut step = match stepping::begin(&app, &actor, LifecyclePaper::Purchase, id, &once, now).await? {
        Started::Fresh(step) => step,
        Started::Answered(response) => return Ok(response),
    };
    let (plate, certificate) = read(&body, day_of(now))?;
    if is_strangers(OwnerKind::Unit, Some(UnitId(body.owner_unit_id)), step.paper.unit) {
        return Err(ApiError::conflict("registration.stranger"));
    }
    old_car(&mut step, now).await?;
    let vehicle = VehicleId(new_id(now));
    let asset = asset(&step.paper, plate)?;
    let scope = step.scope.clone();
    let _no = fleet_db::vehicle::insert(step.conn(), &scope, vehicle, &asset, now).await?;
    let unit = step.paper.unit;
    let rules = LifecycleRules::of(step.conn(), unit, now).await?;
    let said = said(&step.paper, &body, certificate, &rules)?;
    registration::record(step.conn(), vehicle, &said, actor.account.id, now).await?;
    step.with.vehicle = Some(vehicle);
    step.advance(&actor, now).await?;
    step.finish(&actor, now).await
}

fn read(body: &CarToRegister, today: NaiveDate) -> ApiResult<(PlateNumber, String)> {
    let mut wrong = Wrong::default();
    let plate = wrong.take("plate", body.plate.parse::<PlateNumber>(), PlateError::code);
    let certificate = needed("certificate", &body.certificate, &mut wrong);
    if body.registered_on > today {
        wrong.note("registered_on", "registration.day");
    }
    match (plate, certificate) {
        (Some(plate), Some(certificate)) if wrong.is_empty() => Ok((plate, certificate)),
        _ => Err(wrong.into_error()),
    }
}

/// The car that is renewed waits to go from now on; where the old one goes first, it is gone.
async fn old_car(step: &mut Stepping, now: DateTime<Utc>) -> ApiResult<()> {
    let Some(indicator) = step.paper.indicator else { return Ok(()) };
    let Some(old) = indicator_of(step, indicator).await?.vehicle else { return Ok(()) };
    let scope = step.scope.clone();
    let unit = step.paper.unit;
    let status = fleet_db::vehicle::load(step.conn(), &scope, old).await?.vehicle.asset.status;
    if status == VehicleStatus::Disposed {
        return Ok(());
    }
    if LifecycleRules::of(step.conn(), unit, now).await?.is_disposal_first() {
        return Err(ApiError::conflict("purchase.old_car_first"));
    }
    Ok(set_status(step.conn(), &scope, old, VehicleStatus::AwaitingDisposal.as_str()).await?)
}

/// The row of the register, as the contract and the acceptance say.
fn asset(paper: &Paper, plate: PlateNumber) -> ApiResult<VehicleAsset> {
    let PaperFacts { contract: Some(contract), acceptance: Some(acceptance), wanted: Some(WantedCar { powertrain, .. }), .. } =
        &paper.facts
    else {
        return Err(SERVER_FAILED.into());
    };
    let failed = |error: dispatch::vehicle::VehicleError| ApiError::from(SERVER_FAILED).caused_by(error);
    Ok(VehicleAsset {
        plate,
        vin: Some(Vin::on_record(&acceptance.vin).map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error))?),
        unit: paper.unit,
        category: paper.category.ok_or(SERVER_FAILED)?,
        powertrain: *powertrain,
        model: ModelName::new(&contract.model).map_err(failed)?,
        seats: Seats::new(contract.seats.into()).map_err(failed)?,
        status: VehicleStatus::InService,
        alias: None::<Alias>,
    })
}

fn said(paper: &Paper, body: &CarToRegister, certificate: String, rules: &LifecycleRules) -> ApiResult<Registration> {
    let wanted = paper.facts.wanted.as_ref().ok_or(SERVER_FAILED)?;
    let of_contract =
        |part: fn(&dispatch::lifecycle::purchase::PurchaseContract) -> Money| paper.facts.contract.as_ref().map(part);
    Ok(Registration {
        purchase: Some(paper.id),
        owner: OwnerKind::Unit,
        owner_unit: Some(UnitId(body.owner_unit_id)),
        owner_name: paper.unit_name.clone(),
        certificate,
        registered_on: body.registered_on,
        platform_by: Some(rules.platform_by(body.registered_on)),
        entered_on: rules.today(),
        body: wanted.body,
        case: wanted.case,
        case_document: wanted.document.clone(),
        displacement_ml: wanted.displacement_ml,
        engine_number: paper.facts.acceptance.as_ref().map(|found| found.engine_number.clone()).unwrap_or_default(),
        price: of_contract(|contract| contract.price),
        tax: of_contract(|contract| contract.tax),
        is_domestic: wanted.is_domestic,
    })
}
