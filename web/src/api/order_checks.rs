//! Looks over a car before and after a trip, and the defects that were found: an open one that is a danger keeps the car from driving.

use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::trip::check::{CheckItem, CheckItemError, CheckKind, CheckKindError, DefectId, Found, Inspection, InspectionError};
use dispatch::trip::order::OrderId;
use fleet_db::PgConnection;
use fleet_db::audit;
use fleet_db::driving::check::{self, KeptDefect};
use fleet_db::driving::{self, OwnOrder, Sent};
use serde::{Deserialize, Serialize};
use serde_json::json;
use telematics::id::VehicleId;
use telematics::quantity::Distance;
use utoipa::ToSchema;
use uuid::Uuid;

use super::driver_terminal::{begin, key};
use super::session::new_id;
use super::terminal_names;
use crate::auth::Actor;
use crate::extract::{Json, Now, Path};
use crate::problem::{ApiResult, DEFECT_CLOSED, Problem, Wrong};
use crate::state::{App, commit};

/// Defects of a car that are told at once.
const MOST_DEFECTS: i64 = 200;

/// A look over the car of an order.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CheckToKeep {
    /// The device's own name of it: the same key again changes nothing and is answered alike.
    key: String,
    /// When it was, by the device's clock.
    at: DateTime<Utc>,
    /// `pre_trip` or `post_trip`.
    kind: String,
    /// Each of the five things once.
    items: Vec<ItemToKeep>,
}

/// One thing that was looked at.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ItemToKeep {
    /// `brakes`, `tyres`, `lights`, `fluids` or `papers`.
    item: String,
    /// Nothing is wrong with it.
    is_well: bool,
    /// What is wrong with it, in words.
    #[serde(default)]
    note: String,
    /// Nobody may drive with it.
    #[serde(default)]
    is_safety: bool,
}

/// The car of an order, as its driver needs to know it before driving off.
#[derive(Serialize, ToSchema)]
pub(crate) struct OrderCarView {
    /// What the car's own terminal says of its odometer; null: it does not say.
    odometer_km: Option<f64>,
    /// When it was looked over before this trip; null: not yet.
    checked_at: Option<DateTime<Utc>>,
    /// An open defect keeps it from driving off.
    is_kept: bool,
    /// Its open defects, the newest first.
    defects: Vec<DefectView>,
}

/// Something that is not well with a car.
#[derive(Serialize, ToSchema)]
pub(crate) struct DefectView {
    id: Uuid,
    /// `brakes`, `tyres`, `lights`, `fluids` or `papers`.
    item: &'static str,
    note: String,
    /// Nobody drives off with it.
    is_safety: bool,
    reported_at: DateTime<Utc>,
    reported_by: Option<String>,
    /// What was done about it; null: it is open.
    closing: Option<DefectClosingView>,
}

/// How a defect was closed.
#[derive(Serialize, ToSchema)]
pub(crate) struct DefectClosingView {
    at: DateTime<Utc>,
    by: Option<String>,
    reason: String,
}

/// The defects of a car.
#[derive(Serialize, ToSchema)]
pub(crate) struct DefectList {
    /// Open ones first, each part from the newest on.
    items: Vec<DefectView>,
    /// The asker may close them.
    may_close: bool,
}

/// What was done about a defect.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct DefectToClose {
    /// In words; it stands in the record.
    reason: String,
}

impl From<KeptDefect> for DefectView {
    fn from(defect: KeptDefect) -> Self {
        let closing = defect.closing.map(|closed| DefectClosingView { at: closed.at, by: closed.by, reason: closed.reason });
        Self {
            id: defect.id.0,
            item: defect.item.as_str(),
            note: defect.note,
            is_safety: defect.is_safety,
            reported_at: defect.reported_at,
            reported_by: defect.reported_by,
            closing,
        }
    }
}

/// The car of an own order: its odometer, whether it was looked over, and what is not well with it.
#[utoipa::path(get, path = "/dispatch-orders/{id}/car", operation_id = "read_order_car", tag = "driver", params(("id" = Uuid, Path)),
    responses((status = 200, body = OrderCarView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn car(actor: Actor, State(app): State<App>, Path(id): Path<Uuid>) -> ApiResult<axum::Json<OrderCarView>> {
    let mut tx = begin(&app, &actor).await?;
    let order = driving::own(&mut tx, actor.account.id, OrderId(id)).await?;
    Ok(axum::Json(seen(&mut tx, &order).await?))
}

/// Keeps a look over the car of an own order, with a defect for each thing that is not well.
#[utoipa::path(post, path = "/dispatch-orders/{id}/checks", operation_id = "keep_order_check", tag = "driver", request_body = CheckToKeep,
    params(("id" = Uuid, Path)),
    responses((status = 200, description = "kept before under the same key", body = OrderCarView),
              (status = 201, body = OrderCarView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn keep(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Json(given): Json<CheckToKeep>,
) -> ApiResult<(StatusCode, axum::Json<OrderCarView>)> {
    let mut tx = begin(&app, &actor).await?;
    let order = driving::own(&mut tx, actor.account.id, OrderId(id)).await?;
    let mut wrong = Wrong::default();
    let key = key(&given.key, &mut wrong);
    let kind = wrong.take("kind", given.kind.parse::<CheckKind>(), CheckKindError::code);
    let found = inspection(given.items, &mut wrong);
    let (Some(key), Some(kind), Some(found)) = (key, kind, found) else { return Err(wrong.into_error()) };
    let sent = Sent { id: new_id(now), key: &key, at: given.at.min(now), by: actor.account.id, now };
    if check::insert(&mut tx, &order, kind, &found, sent, || new_id(now)).await?.is_none() {
        return Ok((StatusCode::OK, axum::Json(seen(&mut tx, &order).await?)));
    }
    let told = json!({
        "order": order.number, "kind": kind, "items": found.items(), "keeps_from_driving": found.keeps_from_driving(), "at": sent.at,
    });
    let entry = Entry::new(Action::Inspected, Subject::of(SubjectKind::Vehicle, order.vehicle.0, order.plate.as_str()))
        .in_unit(order.fleet_unit)
        .after(told);
    let answer = seen(&mut tx, &order).await?;
    let told = audit::append(&mut tx, &actor.by(""), &entry, now).await?;
    commit(tx, told).await?;
    Ok((StatusCode::CREATED, axum::Json(answer)))
}

/// The defects of a car, closed ones as what they were.
#[utoipa::path(get, path = "/vehicles/{id}/defects", operation_id = "list_defects", tag = "vehicles", params(("id" = Uuid, Path)),
    responses((status = 200, body = DefectList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(actor: Actor, State(app): State<App>, Path(id): Path<Uuid>) -> ApiResult<axum::Json<DefectList>> {
    let scope = actor.scope(Permission::WatchVehicles)?;
    let mut conn = app.conn(&scope).await?;
    // A car of somebody else is told from one without defects by nobody.
    fleet_db::vehicle::load(&mut conn, &scope, VehicleId(id)).await?;
    let defects = check::defects(&mut conn, VehicleId(id), false, MOST_DEFECTS).await?;
    let items = defects.into_iter().map(DefectView::from).collect();
    Ok(axum::Json(DefectList { items, may_close: actor.may(Permission::ManageFleet) }))
}

/// Closes a defect: what was done about it.
#[utoipa::path(post, path = "/defects/{id}/closing", operation_id = "close_defect", tag = "vehicles", request_body = DefectToClose,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = DefectView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn close(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Json(given): Json<DefectToClose>,
) -> ApiResult<axum::Json<DefectView>> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let mut wrong = Wrong::default();
    let Some(reason) = terminal_names::reason(&given.reason, &mut wrong) else { return Err(wrong.into_error()) };
    let mut tx = app.begin(&scope).await?;
    let (defect, unit) = check::load(&mut tx, &scope, DefectId(id)).await?;
    if defect.closing.is_some() {
        return Err(DEFECT_CLOSED.into());
    }
    check::close(&mut tx, defect.id, actor.account.id, &reason, now).await?;
    let (closed, _) = check::load(&mut tx, &scope, defect.id).await?;
    let entry = Entry::new(Action::Handled, Subject::of(SubjectKind::Vehicle, defect.vehicle.0, defect.plate.as_str()))
        .in_unit(unit)
        .after(json!({ "defect": defect.item, "note": defect.note, "is_safety": defect.is_safety }));
    let told = audit::append(&mut tx, &actor.by(&reason), &entry, now).await?;
    commit(tx, told).await?;
    Ok(axum::Json(closed.into()))
}

/// The car of an order, as it stands.
async fn seen(conn: &mut PgConnection, order: &OwnOrder) -> ApiResult<OrderCarView> {
    let defects = check::defects(conn, order.vehicle, true, MOST_DEFECTS).await?;
    Ok(OrderCarView {
        odometer_km: driving::odometer(conn, order.id).await?.map(Distance::km),
        checked_at: check::looked_over_at(conn, order, CheckKind::PreTrip).await?,
        is_kept: check::keeps_from_driving(conn, order.vehicle).await?,
        defects: defects.into_iter().map(DefectView::from).collect(),
    })
}

/// What was found, or what is wrong with it.
fn inspection(items: Vec<ItemToKeep>, wrong: &mut Wrong) -> Option<Inspection> {
    let mut found = Vec::new();
    for ItemToKeep { item, is_well, note, is_safety } in items {
        let item = wrong.take("items", item.parse::<CheckItem>(), CheckItemError::code)?;
        found.push(Found { item, is_well, note, is_safety });
    }
    wrong.take("items", Inspection::new(found), |error: &InspectionError| error.code())
}
