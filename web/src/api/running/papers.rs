//! Policies of insurance, inspections and licences of cars.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, SubjectKind};
use dispatch::calendar::day_of;
use dispatch::money::Money;
use dispatch::running::cost::{CostHead, CostId, CostSource};
use dispatch::running::policy::{InspectionId, InspectionKind, InspectionKindError, InsuranceKind, Policy, PolicyId};
use dispatch::running::repair::VendorService;
use dispatch::running::{FieldError, NAME, amount, note};
use dispatch::supplier::SupplierId;
use fleet_db::audit;
use fleet_db::running::cost::NewCost;
use fleet_db::running::paper::{self, InspectionKept, PolicyKept};
use fleet_db::running::vendor;
use fleet_db::vehicle::Listed;
use serde::{Deserialize, Serialize};
use serde_json::json;
use telematics::id::VehicleId;
use utoipa::ToSchema;
use uuid::Uuid;

use super::plans::OfCarAsked;
use super::post::post;
use super::{entry, fields, one, unit_of};
use crate::api::session::new_id;
use crate::auth::Actor;
use crate::extract::{Asked, Now};
use crate::once::{Begun, Once};
use crate::problem::{ApiResult, NOT_FOUND, Problem, Wrong};
use crate::state::App;

/// A policy to be kept.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct PolicyToKeep {
    vehicle_id: Uuid,
    /// The insurer: one that was named for the unit, or with the number of the paper that lets another do it.
    supplier_id: Uuid,
    /// `compulsory`, `commercial` or `other`.
    kind: String,
    number: String,
    first: NaiveDate,
    last: NaiveDate,
    /// It goes into the ledger of the car, on the first day.
    premium_fen: i64,
    #[serde(default)]
    exception_document: String,
}

/// Policies, those that end first first.
#[derive(Serialize, ToSchema)]
pub(crate) struct PolicyList {
    items: Vec<PolicyView>,
    may_change: bool,
}

/// A policy of insurance.
#[derive(Serialize, ToSchema)]
pub(crate) struct PolicyView {
    id: Uuid,
    vehicle_id: Uuid,
    plate: String,
    unit_name: String,
    supplier_id: Uuid,
    insurer: String,
    kind: &'static str,
    number: String,
    first: NaiveDate,
    last: NaiveDate,
    premium_fen: i64,
    exception_document: String,
    /// Another one goes on after it.
    is_renewed: bool,
}

/// An inspection or a licence to be kept.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct InspectionToKeep {
    vehicle_id: Uuid,
    /// `inspection` or `licence`.
    kind: String,
    done_on: NaiveDate,
    valid_until: NaiveDate,
    #[serde(default)]
    place: String,
    /// It goes into the ledger of the car.
    fee_fen: Option<i64>,
}

/// Inspections and licences, those that end first first.
#[derive(Serialize, ToSchema)]
pub(crate) struct InspectionList {
    items: Vec<InspectionView>,
    may_change: bool,
}

/// An inspection or a licence.
#[derive(Serialize, ToSchema)]
pub(crate) struct InspectionView {
    id: Uuid,
    vehicle_id: Uuid,
    plate: String,
    unit_name: String,
    kind: &'static str,
    done_on: NaiveDate,
    valid_until: NaiveDate,
    place: String,
    fee_fen: Option<i64>,
    /// Another one goes on after it.
    is_renewed: bool,
}

impl From<PolicyKept> for PolicyView {
    fn from(kept: PolicyKept) -> Self {
        Self {
            id: kept.id.0,
            vehicle_id: kept.of.vehicle.0,
            plate: kept.of.plate,
            unit_name: kept.of.unit_name,
            supplier_id: kept.insurer.0,
            insurer: kept.insurer_name,
            kind: kept.policy.kind.as_str(),
            number: kept.policy.number,
            first: kept.policy.first,
            last: kept.policy.last,
            premium_fen: kept.policy.premium_fen,
            exception_document: kept.policy.exception,
            is_renewed: kept.is_renewed,
        }
    }
}

impl From<InspectionKept> for InspectionView {
    fn from(kept: InspectionKept) -> Self {
        Self {
            id: kept.id.0,
            vehicle_id: kept.of.vehicle.0,
            plate: kept.of.plate,
            unit_name: kept.of.unit_name,
            kind: kept.kind.as_str(),
            done_on: kept.done_on,
            valid_until: kept.valid_until,
            place: kept.place,
            fee_fen: kept.fee_fen,
            is_renewed: kept.is_renewed,
        }
    }
}

/// The policies of cars of the asker's units.
#[utoipa::path(get, path = "/policies", operation_id = "list_policies", tag = "running", params(OfCarAsked),
    responses((status = 200, body = PolicyList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn policies(
    actor: Actor,
    State(app): State<App>,
    Asked(asked): Asked<OfCarAsked>,
) -> ApiResult<axum::Json<PolicyList>> {
    let scope = actor.scope(Permission::WatchVehicles)?;
    let mut conn = app.conn(&scope).await?;
    let found = paper::policies(&mut conn, &scope, (None, asked.vehicle_id.map(VehicleId))).await?;
    let items = found.into_iter().map(PolicyView::from).collect();
    Ok(axum::Json(PolicyList { items, may_change: actor.may(Permission::ManageFleet) }))
}

/// Keeps a policy of a car; its premium goes into the ledger.
#[utoipa::path(post, path = "/policies", operation_id = "keep_policy", tag = "running", request_body = PolicyToKeep, params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = PolicyView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn keep_policy(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    once: Once<PolicyToKeep>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let given = &once.body;
    let Ok(kind) = given.kind.parse::<InsuranceKind>() else { return Err(one("kind", "policy.kind")) };
    let policy = Policy {
        kind,
        number: given.number.clone(),
        first: given.first,
        last: given.last,
        premium_fen: given.premium_fen,
        exception: given.exception_document.clone(),
    };
    let policy = policy.checked().map_err(fields)?;
    let (vehicle, insurer) = (VehicleId(given.vehicle_id), SupplierId(given.supplier_id));
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let (conn, id) = (change.conn(), PolicyId(new_id(now)));
    let car = fleet_db::vehicle::load(conn, &scope, vehicle).await?;
    let unit = unit_of(&car);
    let is_named = vendor::is_named(conn, (unit, insurer, VendorService::Insurance), day_of(now)).await?;
    if !is_named && policy.exception.is_empty() {
        return Err(one("exception_document", "repair.vendor"));
    }
    paper::insert_policy(conn, id, (unit, vehicle, insurer), &policy, actor.account.id, now).await?;
    let paid =
        Paid { head: CostHead::Insurance, fen: policy.premium_fen, on: policy.first.min(day_of(now)), supplier: Some(insurer) };
    post(conn, paid.cost(&car, CostSource::Policy, policy.number.clone(), &actor, now), None, now).await?;
    let kept = paper::policies(conn, &scope, (Some(id), None)).await?.into_iter().next().ok_or(NOT_FOUND)?;
    let facts = json!({ "plate": kept.of.plate, "kind": kind, "number": policy.number, "last": policy.last, "premium_fen": policy.premium_fen });
    let told = entry(Action::Created, SubjectKind::CarPaper, (id.0, &kept.of.plate), unit).after(facts);
    let told = audit::append(conn, &actor.by(""), &told, now).await?;
    change.finish(told, StatusCode::CREATED, &PolicyView::from(kept)).await
}

/// The inspections and licences of cars of the asker's units.
#[utoipa::path(get, path = "/inspections", operation_id = "list_inspections", tag = "running", params(OfCarAsked),
    responses((status = 200, body = InspectionList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn inspections(
    actor: Actor,
    State(app): State<App>,
    Asked(asked): Asked<OfCarAsked>,
) -> ApiResult<axum::Json<InspectionList>> {
    let scope = actor.scope(Permission::WatchVehicles)?;
    let mut conn = app.conn(&scope).await?;
    let found = paper::inspections(&mut conn, &scope, (None, asked.vehicle_id.map(VehicleId))).await?;
    let items = found.into_iter().map(InspectionView::from).collect();
    Ok(axum::Json(InspectionList { items, may_change: actor.may(Permission::ManageFleet) }))
}

/// Keeps an inspection or a licence of a car; its fee goes into the ledger.
#[utoipa::path(post, path = "/inspections", operation_id = "keep_inspection", tag = "running", request_body = InspectionToKeep,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = InspectionView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn keep_inspection(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    once: Once<InspectionToKeep>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let given = &once.body;
    let mut wrong = Wrong::default();
    let kind = wrong.take("kind", given.kind.parse::<InspectionKind>(), InspectionKindError::code);
    let place = wrong.take("place", note(&given.place, NAME), FieldError::code);
    let fee = wrong.take("fee_fen", given.fee_fen.map(amount).transpose(), FieldError::code);
    if given.done_on > day_of(now) {
        wrong.note("done_on", "cost.future");
    }
    if given.valid_until < given.done_on {
        wrong.note("valid_until", FieldError::Span.code());
    }
    let (Some(kind), Some(place), Some(fee), true) = (kind, place, fee, wrong.is_empty()) else { return Err(wrong.into_error()) };
    let (vehicle, done_on, valid_until) = (VehicleId(given.vehicle_id), given.done_on, given.valid_until);
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let (conn, id) = (change.conn(), InspectionId(new_id(now)));
    let car = fleet_db::vehicle::load(conn, &scope, vehicle).await?;
    let who = actor.account.id;
    paper::insert_inspection(conn, (id, vehicle, kind), (done_on, valid_until), (&place, fee), who, now).await?;
    if let Some(fen) = fee {
        let paid = Paid { head: CostHead::Inspection, fen, on: done_on, supplier: None };
        post(conn, paid.cost(&car, CostSource::Inspection, id.0.to_string(), &actor, now), None, now).await?;
    }
    let kept = paper::inspections(conn, &scope, (Some(id), None)).await?.into_iter().next().ok_or(NOT_FOUND)?;
    let facts = json!({ "plate": kept.of.plate, "kind": kind, "done_on": done_on, "valid_until": valid_until, "fee_fen": fee });
    let told = entry(Action::Created, SubjectKind::CarPaper, (id.0, &kept.of.plate), unit_of(&car)).after(facts);
    let told = audit::append(conn, &actor.by(""), &told, now).await?;
    change.finish(told, StatusCode::CREATED, &InspectionView::from(kept)).await
}

/// What a paper cost.
struct Paid {
    head: CostHead,
    fen: i64,
    on: NaiveDate,
    supplier: Option<SupplierId>,
}

impl Paid {
    fn cost(self, car: &Listed, source: CostSource, source_ref: String, actor: &Actor, now: DateTime<Utc>) -> NewCost {
        NewCost {
            id: CostId(new_id(now)),
            vehicle: car.vehicle.id,
            unit: unit_of(car),
            head: self.head,
            amount: Money::from_fen(self.fen),
            on: self.on,
            order: None,
            supplier: self.supplier,
            source,
            source_ref: Some(source_ref),
            energy: None,
            note: String::new(),
            reverses: None,
            by: Some(actor.account.id),
        }
    }
}
