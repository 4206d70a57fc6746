//! Records of feeds that wait: linked with a car and a trip by somebody, or put aside with the reason why they are none of ours.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, SubjectKind};
use dispatch::calendar::day_of;
use dispatch::running::cost::{CostExceptionId, CostId, CostSource, reversal_day};
use dispatch::running::{FieldError, TEXT, text};
use dispatch::trip::order::OrderId;
use fleet_db::running::cost::{self, NewCost};
use fleet_db::running::exception::{self, ExceptionKept};
use fleet_db::{audit, incident};
use serde::{Deserialize, Serialize};
use serde_json::json;
use telematics::id::VehicleId;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::post::post;
use super::{MOST, PAGE, entry as paper_entry, one, unit_of};
use crate::api::session::new_id;
use crate::auth::Actor;
use crate::extract::{Asked, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiError, ApiResult, Problem};
use crate::state::App;

/// Which records.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExceptionsAsked {
    /// `true`: those that wait; `false`: those that were seen to.
    open: Option<bool>,
    /// `next` of the page before.
    after: Option<Uuid>,
    /// 1 to 500, 50 when absent.
    limit: Option<i64>,
}

/// With what a record is linked.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ExceptionLink {
    vehicle_id: Uuid,
    /// The trip; when absent, the one that had the car then.
    order_id: Option<Uuid>,
}

/// Why a record is none of ours.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ExceptionDismissal {
    reason: String,
}

/// A page of records, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExceptionPage {
    items: Vec<ExceptionView>,
    /// To be sent as `after` for the next page; null at the end.
    next: Option<Uuid>,
    may_change: bool,
}

/// A record that nobody could link.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExceptionView {
    id: Uuid,
    unit_name: String,
    number: String,
    head: &'static str,
    plate: String,
    card_number: String,
    at: DateTime<Utc>,
    amount_fen: i64,
    place: String,
    order_number: String,
    /// `no_plate`, `unknown_plate`, `unknown_card`, `order_mismatch` or `closed_year`.
    why: String,
    brought_at: DateTime<Utc>,
    resolved_at: Option<DateTime<Utc>>,
    resolved_by: Option<String>,
    /// The entry that it became.
    cost_id: Option<Uuid>,
    /// Why it is none of ours.
    reason: String,
}

impl From<ExceptionKept> for ExceptionView {
    fn from(kept: ExceptionKept) -> Self {
        let waiting = kept.waiting;
        Self {
            id: waiting.id.0,
            unit_name: kept.unit_name,
            number: waiting.number,
            head: waiting.head.as_str(),
            plate: waiting.plate,
            card_number: waiting.card_number,
            at: waiting.at,
            amount_fen: waiting.amount.fen(),
            place: waiting.place,
            order_number: waiting.order_number,
            why: waiting.why,
            brought_at: kept.brought_at,
            resolved_at: kept.resolved_at,
            resolved_by: kept.resolved_by,
            cost_id: kept.cost.map(|id| id.0),
            reason: kept.reason,
        }
    }
}

/// Records of the asker's units that wait, or were seen to.
#[utoipa::path(get, path = "/cost-exceptions", operation_id = "list_cost_exceptions", tag = "running", params(ExceptionsAsked),
    responses((status = 200, body = ExceptionPage),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    State(app): State<App>,
    Asked(asked): Asked<ExceptionsAsked>,
) -> ApiResult<axum::Json<ExceptionPage>> {
    let scope = actor.scope(Permission::WatchTrips)?;
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, MOST);
    let mut conn = app.conn(&scope).await?;
    let after = asked.after.map(CostExceptionId);
    let mut found = exception::list(&mut conn, &scope, (None, asked.open), after, limit + 1).await?;
    let page = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = found.len() > page;
    found.truncate(page);
    let next = found.last().filter(|_| has_more).map(|last| last.waiting.id.0);
    let items = found.into_iter().map(ExceptionView::from).collect();
    Ok(axum::Json(ExceptionPage { items, next, may_change: actor.may(Permission::ManageFleet) }))
}

/// Links a record with a car and its trip, which puts it into the ledger: on its day as long as that year is open, else today.
#[utoipa::path(post, path = "/cost-exceptions/{id}/link", operation_id = "link_cost_exception", tag = "running",
    request_body = ExceptionLink,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = ExceptionView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn link(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<ExceptionLink>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let (vehicle, order) = (VehicleId(once.body.vehicle_id), once.body.order_id.map(OrderId));
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let before = exception::load(conn, &scope, CostExceptionId(id)).await?;
    let waiting = &before.waiting;
    let car = fleet_db::vehicle::load(conn, &scope, vehicle).await?;
    let order = match order {
        Some(order) if incident::driver_of(conn, order, vehicle).await.is_err() => return Err(one("order_id", "incident.order")),
        Some(order) => Some(order),
        None => incident::order_at(conn, vehicle, waiting.at).await?.map(|(order, _)| order),
    };
    let closed = cost::closed_through(conn, unit_of(&car)).await?;
    let new = NewCost {
        id: CostId(new_id(now)),
        vehicle,
        unit: unit_of(&car),
        head: waiting.head,
        amount: waiting.head.signed(waiting.amount).map_err(|error| one("amount_fen", error.code()))?,
        on: reversal_day(day_of(waiting.at), day_of(now), closed),
        order,
        supplier: None,
        source: CostSource::Linked,
        source_ref: Some(waiting.number.clone()),
        energy: None,
        note: waiting.place.clone(),
        reverses: None,
        by: Some(actor.account.id),
    };
    let cost = new.id;
    post(conn, new, waiting.energy, now).await?;
    exception::resolve(conn, waiting.id, (Some(cost), ""), actor.account.id, now).await.map_err(seen_to)?;
    let kept = exception::load(conn, &scope, waiting.id).await?;
    let facts = json!({ "plate": car.vehicle.asset.plate.as_str(), "order_id": order, "cost_id": cost });
    let told = audit::append(conn, &actor.by(""), &entry(Action::Handled, &kept).after(facts), now).await?;
    change.finish(told, StatusCode::OK, &ExceptionView::from(kept)).await
}

/// Puts a record aside that is none of ours, and says why.
#[utoipa::path(post, path = "/cost-exceptions/{id}/dismissal", operation_id = "dismiss_cost_exception", tag = "running",
    request_body = ExceptionDismissal,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = ExceptionView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn dismiss(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<ExceptionDismissal>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let Ok(reason) = text(&once.body.reason, TEXT) else { return Err(one("reason", FieldError::Text.code())) };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let before = exception::load(conn, &scope, CostExceptionId(id)).await?;
    exception::resolve(conn, before.waiting.id, (None, &reason), actor.account.id, now).await.map_err(seen_to)?;
    let kept = exception::load(conn, &scope, before.waiting.id).await?;
    let told = audit::append(conn, &actor.by(&reason), &entry(Action::Rejected, &kept), now).await?;
    change.finish(told, StatusCode::OK, &ExceptionView::from(kept)).await
}

/// Somebody was faster.
fn seen_to(error: fleet_db::DbError) -> ApiError {
    if matches!(error, fleet_db::DbError::NotFound) { ApiError::conflict("cost.exception") } else { error.into() }
}

fn entry(action: Action, kept: &ExceptionKept) -> Entry {
    let waiting = &kept.waiting;
    paper_entry(action, SubjectKind::VehicleCost, (waiting.id.0, &waiting.number), waiting.unit)
}
