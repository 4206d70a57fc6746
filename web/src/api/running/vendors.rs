//! Vendors that authorities name for repairs, insurance and fuel (定点厂家).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;
use dispatch::account::Permission;
use dispatch::audit::{Action, SubjectKind};
use dispatch::calendar::day_of;
use dispatch::running::repair::{VendorService, VendorServiceError};
use dispatch::running::{FieldError, NAME, text};
use dispatch::supplier::SupplierId;
use dispatch::unit::UnitId;
use fleet_db::audit;
use fleet_db::running::vendor::{self, Choice, Named};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::entry;
use crate::api::rules::unit_asked;
use crate::api::session::new_id;
use crate::auth::Actor;
use crate::extract::{Asked, Now};
use crate::once::{Begun, Once};
use crate::problem::{ApiResult, NOT_FOUND, Problem, Wrong};
use crate::state::App;

/// For whom vendors are asked.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct VendorsAsked {
    /// Who may be gone to by this unit today; one's own when absent.
    unit_id: Option<Uuid>,
}

/// A vendor to be named.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct VendorToName {
    /// For this unit and those below.
    unit_id: Uuid,
    /// A supplier of the register.
    supplier_id: Uuid,
    /// `repair`, `insurance` or `fuel`.
    service: String,
    /// Number of the tender or the notice.
    document: String,
    first: NaiveDate,
    last: NaiveDate,
}

/// Vendors that were named, and those that a unit may go to.
#[derive(Serialize, ToSchema)]
pub(crate) struct VendorList {
    /// By units of the asker; the newest first.
    items: Vec<VendorView>,
    /// For the unit that is asked about, today.
    choices: Vec<VendorChoiceView>,
    may_change: bool,
}

/// A vendor as a unit names it.
#[derive(Serialize, ToSchema)]
pub(crate) struct VendorView {
    id: Uuid,
    unit_id: Uuid,
    unit_name: String,
    supplier_id: Uuid,
    name: String,
    service: &'static str,
    document: String,
    first: NaiveDate,
    last: NaiveDate,
}

/// A vendor that a unit may go to.
#[derive(Serialize, ToSchema)]
pub(crate) struct VendorChoiceView {
    service: &'static str,
    supplier_id: Uuid,
    name: String,
    /// The unit that names it.
    named_by: String,
    document: String,
    last: NaiveDate,
}

impl From<Named> for VendorView {
    fn from(named: Named) -> Self {
        Self {
            id: named.id,
            unit_id: named.unit.0,
            unit_name: named.unit_name,
            supplier_id: named.supplier.0,
            name: named.name,
            service: named.service.as_str(),
            document: named.document,
            first: named.first,
            last: named.last,
        }
    }
}

impl VendorChoiceView {
    fn new(service: VendorService, choice: Choice) -> Self {
        Self {
            service: service.as_str(),
            supplier_id: choice.supplier.0,
            name: choice.name,
            named_by: choice.named_by,
            document: choice.document,
            last: choice.last,
        }
    }
}

/// Vendors that the asker's units have named, and those that a unit may go to today.
#[utoipa::path(get, path = "/designated-vendors", operation_id = "list_designated_vendors", tag = "running", params(VendorsAsked),
    responses((status = 200, body = VendorList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(asked): Asked<VendorsAsked>,
) -> ApiResult<axum::Json<VendorList>> {
    let scope = actor.scope(Permission::WatchVehicles)?;
    let unit = unit_asked(asked.unit_id, &actor, &scope);
    let mut conn = app.conn(&scope).await?;
    fleet_db::unit::is_within(&mut conn, &scope, unit).await?;
    let mut choices = Vec::new();
    for service in VendorService::ALL {
        let found = vendor::choices(&mut conn, unit, service, day_of(now)).await?;
        choices.extend(found.into_iter().map(|choice| VendorChoiceView::new(service, choice)));
    }
    let items = vendor::list(&mut conn, &scope, None).await?.into_iter().map(VendorView::from).collect();
    Ok(axum::Json(VendorList { items, choices, may_change: actor.may(Permission::ManageFleet) }))
}

/// Names a vendor for a unit and those below.
#[utoipa::path(post, path = "/designated-vendors", operation_id = "name_vendor", tag = "running", request_body = VendorToName,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = VendorView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn name(actor: Actor, Now(now): Now, State(app): State<App>, once: Once<VendorToName>) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let given = &once.body;
    let mut wrong = Wrong::default();
    let service = wrong.take("service", given.service.parse::<VendorService>(), VendorServiceError::code);
    let document = wrong.take("document", text(&given.document, NAME), FieldError::code);
    if given.last < given.first {
        wrong.note("last", FieldError::Span.code());
    }
    let (Some(service), Some(document), true) = (service, document, wrong.is_empty()) else { return Err(wrong.into_error()) };
    let (unit, supplier, first, last) = (UnitId(given.unit_id), SupplierId(given.supplier_id), given.first, given.last);
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let (conn, id) = (change.conn(), new_id(now));
    vendor::insert(conn, &scope, id, (unit, supplier, service), (&document, first, last), actor.account.id, now).await?;
    let kept = vendor::list(conn, &scope, Some(id)).await?.into_iter().next().ok_or(NOT_FOUND)?;
    let facts = json!({ "vendor": kept.name, "service": service, "document": document, "first": first, "last": last });
    let told = entry(Action::Created, SubjectKind::DesignatedVendor, (id, &kept.name), unit).after(facts);
    let told = audit::append(conn, &actor.by(""), &told, now).await?;
    change.finish(told, StatusCode::CREATED, &VendorView::from(kept)).await
}
