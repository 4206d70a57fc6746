//! Suppliers of cars: found, entered, and given up.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::scope::Scope;
use dispatch::supplier::{SupplierError, SupplierId, text};
use dispatch::unit::UnitId;
use fleet_db::supplier::{self, Supplier};
use fleet_db::{PgConnection, audit};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::session::new_id;
use super::supplier_views::{SupplierList, SupplierView, views};
use crate::auth::Actor;
use crate::extract::{Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiResult, NOT_FOUND, Problem, Wrong};
use crate::state::{App, commit};

/// Who may read of suppliers.
const READERS: [Permission; 3] = [Permission::ManageFleet, Permission::DispatchTrips, Permission::WatchTrips];

/// A supplier to be entered.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct SupplierToEnter {
    /// Who keeps it in the register.
    unit_id: Uuid,
    name: String,
    /// Whom to ask for.
    contact: String,
    phone: String,
}

/// The suppliers of the asker's units with their contracts, their cars and what people say of them.
#[utoipa::path(get, path = "/suppliers", operation_id = "list_suppliers", tag = "suppliers",
    responses((status = 200, body = SupplierList),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(actor: Actor, State(app): State<App>) -> ApiResult<axum::Json<SupplierList>> {
    let scope = actor.scope_of_any(&READERS)?;
    let mut conn = app.conn(&scope).await?;
    let items = views(&mut conn, &scope, None).await?;
    Ok(axum::Json(SupplierList { items, may_change: actor.may(Permission::ManageFleet) }))
}

/// Enters a supplier.
#[utoipa::path(post, path = "/suppliers", operation_id = "enter_supplier", tag = "suppliers", request_body = SupplierToEnter,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = SupplierView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn enter(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    once: Once<SupplierToEnter>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let given = &once.body;
    let mut wrong = Wrong::default();
    let mut taken = |field, value: &str| wrong.take(field, text(field, value), |error: &SupplierError| error.code());
    let texts = (taken("name", &given.name), taken("contact", &given.contact), taken("phone", &given.phone));
    let (Some(name), Some(contact), Some(phone)) = texts else { return Err(wrong.into_error()) };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let (id, unit) = (SupplierId(new_id(now)), UnitId(given.unit_id));
    let conn = change.conn();
    supplier::insert(conn, &scope, (id, unit), (&name, &contact, &phone), actor.account.id, now).await?;
    let kept = supplier::load(conn, &scope, id).await?;
    let entry = entry(Action::Created, &kept).after(json!({ "name": name, "contact": contact }));
    let told = audit::append(conn, &actor.by(""), &entry, now).await?;
    let view = view(conn, &scope, id).await?;
    change.finish(told, StatusCode::CREATED, &view).await
}

/// Makes no new contracts with a supplier; those that there are go on.
#[utoipa::path(post, path = "/suppliers/{id}/retirement", operation_id = "retire_supplier", tag = "suppliers",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = SupplierView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn retire(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> ApiResult<axum::Json<SupplierView>> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let mut tx = app.begin(&scope).await?;
    let kept = supplier::load(&mut tx, &scope, SupplierId(id)).await?;
    supplier::retire(&mut tx, &scope, kept.id, now).await?;
    let view = view(&mut tx, &scope, kept.id).await?;
    let told = audit::append(&mut tx, &actor.by(""), &entry(Action::Disabled, &kept), now).await?;
    commit(tx, told).await?;
    Ok(axum::Json(view))
}

/// One supplier as it stands now.
pub(super) async fn view(conn: &mut PgConnection, scope: &Scope, id: SupplierId) -> ApiResult<SupplierView> {
    Ok(views(conn, scope, Some(id)).await?.into_iter().next().ok_or(NOT_FOUND)?)
}

/// An entry about a supplier.
pub(super) fn entry(action: Action, supplier: &Supplier) -> Entry {
    Entry::new(action, Subject::of(SubjectKind::Supplier, supplier.id.0, supplier.name.as_str())).in_unit(supplier.unit)
}
