//! A car's whole life on one line: its papers, its registration, its plates and its markings; and what is recorded of them.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::calendar::day_of;
use dispatch::lifecycle::registration::{MarkingId, MarkingKind, MarkingKindError, OwnerKind, OwnerKindError, is_strangers};
use dispatch::lifecycle::standard::{EquipmentCase, EquipmentCaseError, VehicleBody, VehicleBodyError};
use dispatch::plate::{PlateError, PlateNumber};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use fleet_db::lifecycle::registration::{self, Looked, Marking, Plate, Registration};
use fleet_db::lifecycle::{self, Filter};
use fleet_db::{PgConnection, audit};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use telematics::id::VehicleId;
use utoipa::ToSchema;
use uuid::Uuid;

use super::papers;
use super::rules::LifecycleRules;
use super::views::PaperView;
use super::written::{money, needed, optional};
use crate::api::session::new_id;
use crate::auth::Actor;
use crate::extract::{Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiError, ApiResult, NOT_FOUND, Problem, Wrong};
use crate::state::App;

/// Papers of one car told at once.
const MOST_PAPERS: i64 = 200;

/// A car's whole life.
#[derive(Serialize, ToSchema)]
pub(crate) struct VehicleLife {
    vehicle_id: Uuid,
    plate: String,
    model: String,
    unit_id: Uuid,
    unit_name: String,
    category: &'static str,
    powertrain: &'static str,
    registration: Option<RegistrationView>,
    /// The present one first.
    plates: Vec<PlateView>,
    markings: Vec<MarkingView>,
    /// From the newest on: disposals, transfers, the purchase that it came of, the indicator by which it is renewed.
    papers: Vec<PaperView>,
    /// The asker may record registration, plates and markings.
    may_record: bool,
}

/// What a car's registration says.
#[derive(Serialize, ToSchema)]
pub(crate) struct RegistrationView {
    purchase_id: Option<Uuid>,
    /// `unit`, `enterprise` or `person`.
    owner_kind: &'static str,
    owner_unit_id: Option<Uuid>,
    owner_name: String,
    /// In the name of somebody else than who uses it (Art. 26, head 2).
    is_strangers: bool,
    certificate: String,
    registered_on: NaiveDate,
    platform_by: Option<NaiveDate>,
    entered_on: NaiveDate,
    /// It came onto the platform after its last day.
    is_late: bool,
    body: &'static str,
    case: &'static str,
    case_document: String,
    displacement_ml: Option<u32>,
    engine_number: String,
    price_fen: Option<i64>,
    tax_fen: Option<i64>,
    is_domestic: bool,
}

/// A plate for a time.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlateView {
    plate: String,
    from: NaiveDate,
    until: Option<NaiveDate>,
    reason: String,
    document: String,
}

/// A marking.
#[derive(Serialize, ToSchema)]
pub(crate) struct MarkingView {
    id: Uuid,
    /// `sticker`, `paint` or `exempt`.
    kind: &'static str,
    code: Option<String>,
    document: String,
    from: NaiveDate,
    ended_on: Option<NaiveDate>,
}

/// What the registration of a car from before says.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct RegistrationToRecord {
    /// `unit`, `enterprise` or `person`.
    owner_kind: String,
    /// Which unit, where it is one of ours.
    owner_unit_id: Option<Uuid>,
    owner_name: String,
    certificate: String,
    registered_on: NaiveDate,
    body: String,
    /// `ordinary`, `need`, `exception` or `coach`.
    case: String,
    #[serde(default)]
    case_document: String,
    displacement_ml: Option<u32>,
    engine_number: String,
    price_fen: Option<i64>,
    tax_fen: Option<i64>,
    is_domestic: bool,
}

/// Another plate of a car.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct PlateToChange {
    plate: String,
    /// Its first day.
    from: NaiveDate,
    reason: String,
    document: String,
}

/// A marking of a car, or why it has none.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct MarkingToRecord {
    /// `sticker`, `paint` or `exempt`.
    kind: String,
    /// One a car; absent where it is exempt.
    #[serde(default)]
    code: String,
    /// Document; needed by an exemption.
    #[serde(default)]
    document: String,
    from: NaiveDate,
}

impl RegistrationView {
    pub(super) fn new(said: &Registration, user: UnitId) -> Self {
        Self {
            purchase_id: said.purchase.map(|purchase| purchase.0),
            owner_kind: said.owner.as_str(),
            owner_unit_id: said.owner_unit.map(|unit| unit.0),
            owner_name: said.owner_name.clone(),
            is_strangers: is_strangers(said.owner, said.owner_unit, user),
            certificate: said.certificate.clone(),
            registered_on: said.registered_on,
            platform_by: said.platform_by,
            entered_on: said.entered_on,
            is_late: said.platform_by.is_some_and(|by| said.entered_on > by),
            body: said.body.as_str(),
            case: said.case.as_str(),
            case_document: said.case_document.clone(),
            displacement_ml: said.displacement_ml,
            engine_number: said.engine_number.clone(),
            price_fen: said.price.map(dispatch::money::Money::fen),
            tax_fen: said.tax.map(dispatch::money::Money::fen),
            is_domestic: said.is_domestic,
        }
    }
}

/// A car's whole life on one line.
#[utoipa::path(get, path = "/vehicles/{id}/life", operation_id = "read_vehicle_life", tag = "lifecycle", params(("id" = Uuid, Path)),
    responses((status = 200, body = VehicleLife),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(actor: Actor, State(app): State<App>, Path(id): Path<Uuid>) -> ApiResult<axum::Json<VehicleLife>> {
    let scope = actor.scope(Permission::WatchLifecycle)?;
    let mut conn = app.conn(&scope).await?;
    Ok(axum::Json(life(&mut conn, &actor, &scope, VehicleId(id)).await?))
}

/// Records what the registration of a car says that was here before; a stranger's name is kept and flagged.
#[utoipa::path(post, path = "/vehicles/{id}/registration", operation_id = "record_registration", tag = "lifecycle",
    request_body = RegistrationToRecord,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = VehicleLife),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn record(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<RegistrationToRecord>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ProposeLifecycle)?;
    let mut said = said(&once.body, day_of(now))?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let car = looked(conn, &scope, id).await?;
    let rules = LifecycleRules::of(conn, car.unit, now).await?;
    said.platform_by = Some(rules.platform_by(said.registered_on));
    if let Some(known) = &car.registration {
        said.purchase = known.purchase;
    }
    registration::record(conn, car.vehicle, &said, actor.account.id, now).await?;
    let after = json!({ "owner": said.owner_name, "certificate": said.certificate, "registered_on": said.registered_on });
    done(change, &actor, &scope, (&car, after), now).await
}

/// Gives a car another plate from a day on; by its identification number it stays the same car.
#[utoipa::path(post, path = "/vehicles/{id}/plates", operation_id = "change_plate", tag = "lifecycle", request_body = PlateToChange,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = VehicleLife),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn change_plate(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<PlateToChange>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ProposeLifecycle)?;
    let body = &once.body;
    let mut wrong = Wrong::default();
    let plate = wrong.take("plate", body.plate.parse::<PlateNumber>(), PlateError::code);
    let reason = needed("reason", &body.reason, &mut wrong);
    let document = needed("document", &body.document, &mut wrong);
    if body.from > day_of(now) {
        wrong.note("from", "registration.day");
    }
    let (Some(plate), Some(reason), Some(document), true) = (plate, reason, document, wrong.is_empty()) else {
        return Err(wrong.into_error());
    };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let car = looked(conn, &scope, id).await?;
    let since = registration::plates(conn, car.vehicle).await?.first().map(|plate| plate.from);
    if since.is_some_and(|since| body.from <= since) {
        return Err(ApiError::conflict("plate.day"));
    }
    let next = Plate { plate: plate.as_str().to_owned(), from: body.from, until: None, reason, document };
    registration::change_plate(conn, &scope, car.vehicle, &next, actor.account.id, now).await?;
    let after = json!({ "plate": next.plate, "plate_before": car.plate, "document": next.document });
    done(change, &actor, &scope, (&car, after), now).await
}

/// Marks a car with its code, or says by which document it is exempt.
#[utoipa::path(post, path = "/vehicles/{id}/markings", operation_id = "mark_vehicle", tag = "lifecycle", request_body = MarkingToRecord,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = VehicleLife),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn mark(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<MarkingToRecord>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ProposeLifecycle)?;
    let marking = marking(&once.body, now)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let car = looked(conn, &scope, id).await?;
    registration::mark(conn, car.vehicle, &marking, actor.account.id, now).await?;
    let after = json!({ "marking": marking.kind.as_str(), "code": marking.code, "document": marking.document });
    done(change, &actor, &scope, (&car, after), now).await
}

fn said(body: &RegistrationToRecord, today: NaiveDate) -> ApiResult<Registration> {
    let mut wrong = Wrong::default();
    let owner = wrong.take("owner_kind", body.owner_kind.parse::<OwnerKind>(), OwnerKindError::code);
    let owner_name = needed("owner_name", &body.owner_name, &mut wrong);
    let certificate = needed("certificate", &body.certificate, &mut wrong);
    let engine_number = needed("engine_number", &body.engine_number, &mut wrong);
    let kind = wrong.take("body", body.body.parse::<VehicleBody>(), VehicleBodyError::code);
    let case = wrong.take("case", body.case.parse::<EquipmentCase>(), EquipmentCaseError::code);
    let case_document = optional("case_document", &body.case_document, &mut wrong);
    let price = body.price_fen.map(|fen| money("price_fen", fen, 1, &mut wrong));
    let tax = body.tax_fen.map(|fen| money("tax_fen", fen, 0, &mut wrong));
    if body.registered_on > today {
        wrong.note("registered_on", "registration.day");
    }
    if owner.is_some_and(|owner| owner != OwnerKind::Unit) && body.owner_unit_id.is_some() {
        wrong.note("owner_unit_id", "registration.owner");
    }
    let read = (owner, owner_name, certificate, engine_number, kind, case, case_document, wrong.is_empty());
    let (
        Some(owner),
        Some(owner_name),
        Some(certificate),
        Some(engine_number),
        Some(kind),
        Some(case),
        Some(case_document),
        true,
    ) = read
    else {
        return Err(wrong.into_error());
    };
    Ok(Registration {
        purchase: None,
        owner,
        owner_unit: body.owner_unit_id.map(UnitId),
        owner_name,
        certificate,
        registered_on: body.registered_on,
        platform_by: None,
        entered_on: today,
        body: kind,
        case,
        case_document,
        displacement_ml: body.displacement_ml,
        engine_number,
        price: price.flatten(),
        tax: tax.flatten(),
        is_domestic: body.is_domestic,
    })
}

fn marking(body: &MarkingToRecord, now: DateTime<Utc>) -> ApiResult<Marking> {
    let mut wrong = Wrong::default();
    let kind = wrong.take("kind", body.kind.parse::<MarkingKind>(), MarkingKindError::code);
    let code = optional("code", &body.code, &mut wrong);
    let document = optional("document", &body.document, &mut wrong);
    let is_exempt = kind == Some(MarkingKind::Exempt);
    if code.as_ref().is_some_and(|code| code.is_empty() != is_exempt) {
        wrong.note("code", "marking.code");
    }
    if is_exempt && document.as_ref().is_some_and(String::is_empty) {
        wrong.note("document", "marking.document");
    }
    let (Some(kind), Some(code), Some(document), true) = (kind, code, document, wrong.is_empty()) else {
        return Err(wrong.into_error());
    };
    let code = (!code.is_empty()).then_some(code);
    Ok(Marking { id: MarkingId(new_id(now)), kind, code, document, from: body.from, ended_on: None })
}

/// A car of the scope.
async fn looked(conn: &mut PgConnection, scope: &Scope, id: Uuid) -> ApiResult<Looked> {
    Ok(registration::looked(conn, scope, Some(VehicleId(id))).await?.pop().ok_or(NOT_FOUND)?)
}

/// Tells what was recorded, and answers with the car's life.
async fn done(
    mut change: crate::once::Change,
    actor: &Actor,
    scope: &Scope,
    (car, after): (&Looked, Value),
    now: DateTime<Utc>,
) -> ApiResult<Response> {
    let subject = Subject::of(SubjectKind::Vehicle, car.vehicle.0, car.plate.clone());
    let entry = Entry::new(Action::Changed, subject).in_unit(car.unit).after(after);
    let told = audit::append(change.conn(), &actor.by(""), &entry, now).await?;
    let life = life(change.conn(), actor, scope, car.vehicle).await?;
    change.finish(told, StatusCode::OK, &life).await
}

async fn life(conn: &mut PgConnection, actor: &Actor, scope: &Scope, id: VehicleId) -> ApiResult<VehicleLife> {
    let car = looked(conn, scope, id.0).await?;
    let of_car = Filter { vehicle: Some(id), ..Filter::default() };
    let found = lifecycle::list(conn, &of_car, MOST_PAPERS).await?;
    let plates = registration::plates(conn, id).await?.into_iter().map(|plate| PlateView {
        plate: plate.plate,
        from: plate.from,
        until: plate.until,
        reason: plate.reason,
        document: plate.document,
    });
    let plates = plates.collect();
    let markings = registration::markings(conn, id).await?.into_iter().map(|marking| MarkingView {
        id: marking.id.0,
        kind: marking.kind.as_str(),
        code: marking.code,
        document: marking.document,
        from: marking.from,
        ended_on: marking.ended_on,
    });
    let markings = markings.collect();
    Ok(VehicleLife {
        vehicle_id: id.0,
        plate: car.plate.clone(),
        model: car.model.clone(),
        unit_id: car.unit.0,
        unit_name: car.unit_name.clone(),
        category: car.category.as_str(),
        powertrain: car.powertrain.as_str(),
        registration: car.registration.as_ref().map(|said| RegistrationView::new(said, car.unit)),
        plates,
        markings,
        papers: papers::views(conn, actor, found).await?,
        may_record: actor.may(Permission::ProposeLifecycle),
    })
}
