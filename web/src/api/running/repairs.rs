//! Repair orders: found, asked for, and quoted.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, SubjectKind};
use dispatch::incident::accident::AccidentId;
use dispatch::money::Money;
use dispatch::running::repair::{
    Quote, QuoteId, RepairAction, RepairError, RepairId, RepairKind, RepairKindError, RepairState, RepairStateError, check_total,
};
use dispatch::running::upkeep::UpkeepId;
use dispatch::running::{FieldError, TEXT, note, text};
use dispatch::scope::Scope;
use dispatch::supplier::SupplierId;
use fleet_db::running::repair::{self, Filter, NewRepair, Repair};
use fleet_db::running::{paper, vendor};
use fleet_db::{PgConnection, audit, supplier};
use serde::Deserialize;
use serde_json::json;
use telematics::id::VehicleId;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::repair_views::{RepairPage, RepairView};
use super::{MOST, PAGE, entry as paper_entry, one, unit_of};
use crate::api::session::new_id;
use crate::auth::Actor;
use crate::extract::{Asked, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiError, ApiResult, Problem, Wrong};
use crate::state::App;

/// Who may decide on a repair: who answers for the unit, or keeps its cars; never who asked for it.
pub(super) const DECIDERS: [Permission; 2] = [Permission::ManageFleet, Permission::ApproveTrips];

/// Which repair orders.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RepairsAsked {
    /// In this state.
    state: Option<String>,
    vehicle_id: Option<Uuid>,
    /// `true`: those that are not over.
    open: Option<bool>,
    /// `next` of the page before.
    after: Option<Uuid>,
    /// 1 to 500, 50 when absent.
    limit: Option<i64>,
}

/// A repair to be asked for.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct RepairToPropose {
    vehicle_id: Uuid,
    /// `repair`, `upkeep` or `accident`.
    kind: String,
    /// What is wrong, or what is to be done.
    what: String,
    /// The plan of upkeep that it is about: taken back from the shop, it is counted anew.
    upkeep_id: Option<Uuid>,
    /// The accident after which it is.
    accident_id: Option<Uuid>,
}

/// What a vendor would take.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct QuoteToAdd {
    /// A supplier of the register, or a vendor that was named for the unit.
    supplier_id: Uuid,
    parts_fen: i64,
    labour_fen: i64,
    /// Both together, to the fen.
    total_fen: i64,
    #[serde(default)]
    note: String,
}

/// Repair orders of the asker's units, the newest first, with their quotes.
#[utoipa::path(get, path = "/repair-orders", operation_id = "list_repair_orders", tag = "running", params(RepairsAsked),
    responses((status = 200, body = RepairPage),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    State(app): State<App>,
    Asked(asked): Asked<RepairsAsked>,
) -> ApiResult<axum::Json<RepairPage>> {
    let scope = actor.scope(Permission::WatchVehicles)?;
    let mut wrong = Wrong::default();
    let state = asked.state.as_deref().filter(|state| !state.is_empty()).map(str::parse::<RepairState>).transpose();
    let Some(state) = wrong.take("state", state, RepairStateError::code) else { return Err(wrong.into_error()) };
    let filter =
        Filter { id: None, state, vehicle: asked.vehicle_id.map(VehicleId), open: asked.open, after: asked.after.map(RepairId) };
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, MOST);
    let mut conn = app.conn(&scope).await?;
    let mut found = repair::list(&mut conn, &scope, filter, limit + 1).await?;
    let page = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = found.len() > page;
    found.truncate(page);
    let next = found.last().filter(|_| has_more).map(|last| last.id.0);
    let ids: Vec<RepairId> = found.iter().map(|kept| kept.id).collect();
    let quotes = repair::quotes(&mut conn, &ids).await?;
    let of = |id: RepairId| quotes.iter().filter(|quote| quote.repair == id).cloned().collect();
    let items = found.into_iter().map(|kept| (of(kept.id), kept)).map(|(quotes, kept)| RepairView::new(kept, quotes)).collect();
    let may_decide = DECIDERS.iter().any(|permission| actor.may(*permission));
    Ok(axum::Json(RepairPage { items, next, may_change: actor.may(Permission::ManageFleet), may_decide }))
}

/// A repair order with its bill and what was done.
#[utoipa::path(get, path = "/repair-orders/{id}", operation_id = "read_repair_order", tag = "running", params(("id" = Uuid, Path)),
    responses((status = 200, body = RepairView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(actor: Actor, State(app): State<App>, Path(id): Path<Uuid>) -> ApiResult<axum::Json<RepairView>> {
    let scope = actor.scope(Permission::WatchVehicles)?;
    let mut conn = app.conn(&scope).await?;
    Ok(axum::Json(view(&mut conn, &scope, RepairId(id)).await?))
}

/// Asks for a repair or for upkeep of a car.
#[utoipa::path(post, path = "/repair-orders", operation_id = "propose_repair", tag = "running", request_body = RepairToPropose,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = RepairView),
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
    once: Once<RepairToPropose>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let given = &once.body;
    let mut wrong = Wrong::default();
    let kind = wrong.take("kind", given.kind.parse::<RepairKind>(), RepairKindError::code);
    let what = wrong.take("what", text(&given.what, TEXT), FieldError::code);
    let (Some(kind), Some(what)) = (kind, what) else { return Err(wrong.into_error()) };
    let (vehicle, upkeep, accident) =
        (VehicleId(given.vehicle_id), given.upkeep_id.map(UpkeepId), given.accident_id.map(AccidentId));
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let car = fleet_db::vehicle::load(conn, &scope, vehicle).await?;
    if let Some(plan) = upkeep
        && !paper::upkeep(conn, &scope, (Some(plan), Some(vehicle))).await?.iter().any(|kept| kept.id == plan)
    {
        return Err(one("upkeep_id", "upkeep.unknown"));
    }
    let id = RepairId(new_id(now));
    let new = NewRepair { id, unit: unit_of(&car), vehicle, kind, what: &what, upkeep, accident, by: actor.account.id };
    repair::insert(conn, &new, now).await?;
    let kept = repair::load(conn, &scope, id).await?;
    repair::note(conn, &kept, "propose", &what, actor.account.id, now).await?;
    let told = entry(Action::Created, &kept).after(json!({ "plate": kept.plate, "kind": kind, "what": what }));
    let told = audit::append(conn, &actor.by(""), &told, now).await?;
    let view = view(conn, &scope, id).await?;
    change.finish(told, StatusCode::CREATED, &view).await
}

/// Adds what a vendor would take; parts and labour are the total.
#[utoipa::path(post, path = "/repair-orders/{id}/quotes", operation_id = "quote_repair", tag = "running", request_body = QuoteToAdd,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = RepairView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn quote(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<QuoteToAdd>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let given = &once.body;
    let quote = Quote {
        id: QuoteId(new_id(now)),
        vendor: SupplierId(given.supplier_id),
        parts: Money::from_fen(given.parts_fen),
        labour: Money::from_fen(given.labour_fen),
        total: Money::from_fen(given.total_fen),
    };
    let mut wrong = Wrong::default();
    wrong.take("total_fen", check_total(quote.parts, quote.labour, quote.total), RepairError::code);
    let note = wrong.take("note", note(&given.note, TEXT), FieldError::code);
    let Some(note) = note.filter(|_| wrong.is_empty()) else { return Err(wrong.into_error()) };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let before = repair::load(conn, &scope, RepairId(id)).await?;
    let mut kept = before.clone();
    kept.state = before.state.after(RepairAction::Quote).map_err(refused)?;
    is_vendor(conn, &scope, &kept, quote.vendor, now).await?;
    repair::quote(conn, kept.id, (&quote, &note), actor.account.id, now).await?;
    repair::save(conn, before.state, &kept, None, now).await.map_err(moved)?;
    repair::note(conn, &kept, RepairAction::Quote.as_str(), &note, actor.account.id, now).await?;
    let facts = json!({ "quote": { "supplier_id": quote.vendor, "parts_fen": quote.parts, "labour_fen": quote.labour, "total_fen": quote.total } });
    let told = audit::append(conn, &actor.by(""), &entry(Action::Changed, &kept).after(facts), now).await?;
    let view = view(conn, &scope, kept.id).await?;
    change.finish(told, StatusCode::CREATED, &view).await
}

/// A supplier that the asker's units keep, or one that was named for the unit of the car.
async fn is_vendor(conn: &mut PgConnection, scope: &Scope, repair: &Repair, of: SupplierId, now: DateTime<Utc>) -> ApiResult<()> {
    let service = dispatch::running::repair::VendorService::Repair;
    let on = dispatch::calendar::day_of(now);
    let is_known = !supplier::list(conn, scope, Some(of)).await?.is_empty();
    if is_known || vendor::is_named(conn, (repair.unit, of, service), on).await? {
        return Ok(());
    }
    Err(one("supplier_id", "vendor.unknown"))
}

/// A repair order of the scope, whole.
pub(super) async fn view(conn: &mut PgConnection, scope: &Scope, id: RepairId) -> ApiResult<RepairView> {
    let kept = repair::load(conn, scope, id).await?;
    let quotes = repair::quotes(conn, &[id]).await?;
    let (bill, steps) = (repair::bill(conn, id).await?, repair::steps(conn, id).await?);
    Ok(RepairView::new(kept, quotes).whole(bill, steps))
}

/// What stands against it: a move that its table does not have is a conflict, everything else is wrong in the form.
pub(super) fn refused(error: RepairError) -> ApiError {
    match error {
        RepairError::State { .. } => ApiError::conflict(error.code()).detail(error.to_string()),
        _ => one(error.field(), error.code()),
    }
}

/// Somebody was faster.
pub(super) fn moved(error: fleet_db::DbError) -> ApiError {
    if matches!(error, fleet_db::DbError::NotFound) { ApiError::conflict("repair.state") } else { error.into() }
}

/// An entry about a repair order.
pub(super) fn entry(action: Action, kept: &Repair) -> Entry {
    paper_entry(action, SubjectKind::RepairOrder, (kept.id.0, &kept.number), kept.unit)
}
