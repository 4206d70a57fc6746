//! Contracts with suppliers: signed, ended sooner, and the cars that come and go with them.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;
use dispatch::account::Permission;
use dispatch::audit::Action;
use dispatch::money::Money;
use dispatch::scope::Scope;
use dispatch::supplier::{Contract, ContractId, ContractKind, ContractKindError, ContractPrice, SupplierId};
use dispatch::tariff::{TariffClass, TariffClassError};
use dispatch::unit::UnitId;
use dispatch::vin::VinRule;
use fleet_db::supplier::{self, Signed, Supplier};
use fleet_db::{PgConnection, audit, vehicle};
use serde::Deserialize;
use serde_json::json;
use telematics::id::VehicleId;
use utoipa::ToSchema;
use uuid::Uuid;

use super::session::new_id;
use super::supplier_views::SupplierView;
use super::suppliers::{entry, view};
use super::vehicles::{NewVehicle, asset};
use crate::auth::Actor;
use crate::extract::{Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiResult, NOT_FOUND, Problem, Wrong};
use crate::state::App;

/// A contract to be kept.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ContractToSign {
    /// Whose people use the cars, with the units below.
    unit_id: Uuid,
    number: String,
    /// `rental` or `time_share`.
    kind: String,
    /// `sedan`, `business_suv`, `minibus`, `bus`.
    classes: Vec<String>,
    first: NaiveDate,
    last: NaiveDate,
    /// Of a rented car: a day, and a kilometre.
    day_fen: Option<i64>,
    km_fen: Option<i64>,
    /// Of a time-share car: a started hour.
    hour_fen: Option<i64>,
}

/// The last day of something.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct LastDay {
    last: NaiveDate,
}

/// A car that a supplier brings.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct SupplierCarToAdd {
    plate: String,
    model: String,
    /// The driver's included; of a class that the contract is about.
    seats: i64,
    /// `petrol`, `diesel`, `hybrid`, `plug_in_hybrid`, `electric` or `hydrogen`.
    powertrain: String,
}

/// Keeps a contract that was signed with a supplier.
#[utoipa::path(post, path = "/suppliers/{id}/contracts", operation_id = "sign_contract", tag = "suppliers", request_body = ContractToSign,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = SupplierView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn sign(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<ContractToSign>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let contract = checked(&once.body)?;
    let unit = UnitId(once.body.unit_id);
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let of = supplier::load(conn, &scope, SupplierId(id)).await?;
    supplier::sign(conn, &scope, (ContractId(new_id(now)), of.id, unit), &contract, actor.account.id, now).await?;
    let entry = entry(Action::Changed, &of).after(json!({ "contract": contract, "unit_id": unit }));
    let told = audit::append(conn, &actor.by(""), &entry, now).await?;
    let view = view(conn, &scope, of.id).await?;
    change.finish(told, StatusCode::CREATED, &view).await
}

/// Ends a contract sooner than it says.
#[utoipa::path(post, path = "/supplier-contracts/{id}/ending", operation_id = "end_contract", tag = "suppliers", request_body = LastDay,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = SupplierView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn end(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<LastDay>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let last = once.body.last;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let (of, signed) = signed(conn, &scope, ContractId(id)).await?;
    let contract = &signed.contract;
    if last < contract.first || last > contract.last {
        return Err(one("last", "supplier.period"));
    }
    supplier::end(conn, &scope, signed.id, last).await?;
    let facts = |last: NaiveDate| json!({ "contract": contract.number, "last": last });
    let entry = entry(Action::Changed, &of).before(facts(contract.last)).after(facts(last));
    let told = audit::append(conn, &actor.by(""), &entry, now).await?;
    let view = view(conn, &scope, of.id).await?;
    change.finish(told, StatusCode::OK, &view).await
}

/// Adds a car that the supplier brings: it stands in the register of the contract's unit and is none of its establishment.
#[utoipa::path(post, path = "/supplier-contracts/{id}/cars", operation_id = "add_supplier_car", tag = "suppliers",
    request_body = SupplierCarToAdd,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = SupplierView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn add_car(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<SupplierCarToAdd>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let (of, signed) = signed(conn, &scope, ContractId(id)).await?;
    let given = &once.body;
    let asset = asset(
        &NewVehicle {
            plate: given.plate.clone(),
            vin: None,
            unit_id: signed.unit.0,
            category: "other".to_owned(),
            powertrain: given.powertrain.clone(),
            model: given.model.clone(),
            seats: given.seats,
            alias: None,
            obu_id: None,
        },
        VinRule::Checked,
    )?;
    if !signed.contract.classes.contains(&TariffClass::of_seats(asset.seats)) {
        return Err(one("seats", "supplier.class"));
    }
    let car = VehicleId(new_id(now));
    vehicle::insert(conn, &scope, car, &asset, now).await?;
    supplier::add_car(conn, signed.id, car, now).await?;
    let facts =
        json!({ "contract": signed.contract.number, "plate": asset.plate.as_str(), "powertrain": asset.powertrain.as_str() });
    let told = audit::append(conn, &actor.by(""), &entry(Action::Changed, &of).after(facts), now).await?;
    let view = view(conn, &scope, of.id).await?;
    change.finish(told, StatusCode::CREATED, &view).await
}

/// Gives a car back to its supplier after a day.
#[utoipa::path(post, path = "/supplier-cars/{id}/return", operation_id = "return_supplier_car", tag = "suppliers", request_body = LastDay,
    params(("id" = Uuid, Path, description = "the vehicle"), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = SupplierView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn give_back(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<LastDay>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let car = supplier::cars(conn, &scope).await?.into_iter().find(|car| car.vehicle.0 == id).ok_or(NOT_FOUND)?;
    let (of, _) = signed(conn, &scope, car.contract).await?;
    supplier::give_back(conn, &scope, car.vehicle, once.body.last).await?;
    let facts = json!({ "plate": car.plate, "last": once.body.last });
    let told = audit::append(conn, &actor.by(""), &entry(Action::Changed, &of).after(facts), now).await?;
    let view = view(conn, &scope, of.id).await?;
    change.finish(told, StatusCode::OK, &view).await
}

/// A contract of the scope with its supplier.
async fn signed(conn: &mut PgConnection, scope: &Scope, id: ContractId) -> ApiResult<(Supplier, Signed)> {
    let signed = supplier::contracts(conn, scope, Some(id)).await?.into_iter().next().ok_or(NOT_FOUND)?;
    Ok((supplier::load(conn, scope, signed.supplier).await?, signed))
}

/// The contract as typed in, or everything that is wrong with it.
fn checked(given: &ContractToSign) -> ApiResult<Contract> {
    let mut wrong = Wrong::default();
    let kind = wrong.take("kind", given.kind.parse::<ContractKind>(), ContractKindError::code);
    let classes = given.classes.iter().map(|class| class.parse::<TariffClass>()).collect::<Result<Vec<_>, _>>();
    let classes = wrong.take("classes", classes, TariffClassError::code);
    let (Some(kind), Some(classes)) = (kind, classes) else { return Err(wrong.into_error()) };
    let fen = |fen: Option<i64>| Money::from_fen(fen.unwrap_or_default());
    let price = match kind {
        ContractKind::Rental => ContractPrice::Rental { day_fen: fen(given.day_fen), km_fen: fen(given.km_fen) },
        ContractKind::TimeShare => ContractPrice::TimeShare { hour_fen: fen(given.hour_fen) },
    };
    Contract::new(&given.number, classes, (given.first, given.last), price).map_err(|lacks| {
        for lack in lacks {
            wrong.note(lack.field(), lack.code());
        }
        wrong.into_error()
    })
}

/// One field that is wrong.
fn one(field: &str, code: &'static str) -> crate::problem::ApiError {
    let mut wrong = Wrong::default();
    wrong.note(field, code);
    wrong.into_error()
}
