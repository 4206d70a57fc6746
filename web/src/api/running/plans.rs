//! Plans of upkeep, and everything that falls due of cars.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, SubjectKind};
use dispatch::calendar::day_of;
use dispatch::running::due::{Nearness, days_left, nearness};
use dispatch::running::upkeep::{NextUpkeep, Steps, Upkeep, UpkeepId};
use dispatch::unit::UnitId;
use fleet_db::audit;
use fleet_db::running::due::DueItem;
use fleet_db::running::paper::{self, UpkeepKept};
use fleet_db::running::remind::ReminderSteps;
use fleet_db::{PgConnection, running};
use serde::{Deserialize, Serialize};
use serde_json::json;
use telematics::id::VehicleId;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{entry, fields, unit_of};
use crate::api::session::new_id;
use crate::auth::Actor;
use crate::extract::{Asked, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiResult, NOT_FOUND, Problem};
use crate::state::{App, commit};

/// Of which car.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OfCarAsked {
    /// One car alone.
    pub(super) vehicle_id: Option<Uuid>,
}

/// A plan of upkeep to be kept.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct UpkeepToPlan {
    vehicle_id: Uuid,
    item: String,
    /// Every so many kilometres; and every so many months, whichever comes first.
    every_km: Option<u32>,
    every_months: Option<u32>,
    /// When it was last done, or from when on it is counted.
    last_on: NaiveDate,
    last_km: u32,
}

/// Plans of upkeep, by plate.
#[derive(Serialize, ToSchema)]
pub(crate) struct UpkeepList {
    items: Vec<UpkeepView>,
    may_change: bool,
}

/// A plan of upkeep with when it is next due.
#[derive(Serialize, ToSchema)]
pub(crate) struct UpkeepView {
    id: Uuid,
    vehicle_id: Uuid,
    plate: String,
    unit_name: String,
    item: String,
    every_km: Option<u32>,
    every_months: Option<u32>,
    last_on: NaiveDate,
    last_km: u32,
    next_on: Option<NaiveDate>,
    next_km: Option<u32>,
    /// What the odometer is known to have said last.
    odometer_km: Option<u32>,
}

/// What falls due, the nearest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct DueList {
    items: Vec<DueView>,
    may_change: bool,
}

/// Something of a car that falls due.
#[derive(Serialize, ToSchema)]
pub(crate) struct DueView {
    /// `insurance`, `inspection`, `licence` or `upkeep`.
    kind: &'static str,
    /// Key of the policy, the inspection or the plan.
    id: Uuid,
    vehicle_id: Uuid,
    plate: String,
    unit_name: String,
    /// Number of a policy, item of a plan; empty for others.
    label: String,
    due_on: Option<NaiveDate>,
    days_left: Option<i64>,
    due_km: Option<u32>,
    km_left: Option<i64>,
    /// `overdue`, `near`, `coming` or `far`, by the steps of the register.
    nearness: &'static str,
    /// Reminders that were told of it.
    told: Vec<ReminderTold>,
}

/// A reminder that was told.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct ReminderTold {
    /// Days or kilometres before.
    step: i32,
    at: DateTime<Utc>,
}

impl From<UpkeepKept> for UpkeepView {
    fn from(kept: UpkeepKept) -> Self {
        let next = kept.upkeep.next();
        Self {
            id: kept.id.0,
            vehicle_id: kept.of.vehicle.0,
            plate: kept.of.plate,
            unit_name: kept.of.unit_name,
            item: kept.upkeep.item,
            every_km: kept.upkeep.every_km,
            every_months: kept.upkeep.every_months,
            last_on: kept.upkeep.last_on,
            last_km: kept.upkeep.last_km,
            next_on: next.on,
            next_km: next.at_km,
            odometer_km: kept.odometer_km,
        }
    }
}

impl DueView {
    fn new(item: DueItem, steps: &ReminderSteps, told: Vec<ReminderTold>, today: NaiveDate) -> Self {
        let next = NextUpkeep { on: item.on, at_km: item.at_km };
        let near = match item.on {
            Some(on) if item.at_km.is_none() => nearness(days_left(on, today), &steps.days),
            _ => next.nearness(today, item.odometer_km, Steps { days: &steps.days, km: &steps.km }),
        };
        Self {
            kind: item.kind.as_str(),
            id: item.subject,
            vehicle_id: item.of.vehicle.0,
            plate: item.of.plate,
            unit_name: item.of.unit_name,
            label: item.label,
            due_on: item.on,
            days_left: item.on.map(|on| days_left(on, today)),
            due_km: item.at_km,
            km_left: next.km_left(item.odometer_km),
            nearness: near.as_str(),
            told,
        }
    }

    /// How near it is, for the order of the list.
    fn rank(&self) -> Nearness {
        self.nearness.parse().unwrap_or(Nearness::Far)
    }
}

/// The plans of upkeep of cars of the asker's units.
#[utoipa::path(get, path = "/maintenance-plans", operation_id = "list_maintenance_plans", tag = "running", params(OfCarAsked),
    responses((status = 200, body = UpkeepList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    State(app): State<App>,
    Asked(asked): Asked<OfCarAsked>,
) -> ApiResult<axum::Json<UpkeepList>> {
    let scope = actor.scope(Permission::WatchVehicles)?;
    let mut conn = app.conn(&scope).await?;
    let found = paper::upkeep(&mut conn, &scope, (None, asked.vehicle_id.map(VehicleId))).await?;
    let items = found.into_iter().map(UpkeepView::from).collect();
    Ok(axum::Json(UpkeepList { items, may_change: actor.may(Permission::ManageFleet) }))
}

/// Keeps a plan of upkeep for a car.
#[utoipa::path(post, path = "/maintenance-plans", operation_id = "plan_maintenance", tag = "running", request_body = UpkeepToPlan,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = UpkeepView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn plan(actor: Actor, Now(now): Now, State(app): State<App>, once: Once<UpkeepToPlan>) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let given = &once.body;
    let plan = Upkeep::new(&given.item, (given.every_km, given.every_months), (given.last_on, given.last_km)).map_err(fields)?;
    let vehicle = VehicleId(given.vehicle_id);
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let (conn, id) = (change.conn(), UpkeepId(new_id(now)));
    let car = fleet_db::vehicle::load(conn, &scope, vehicle).await?;
    paper::insert_upkeep(conn, (id, vehicle), &plan, actor.account.id, now).await?;
    let kept = paper::upkeep(conn, &scope, (Some(id), None)).await?.into_iter().next().ok_or(NOT_FOUND)?;
    let facts =
        json!({ "plate": kept.of.plate, "item": plan.item, "every_km": plan.every_km, "every_months": plan.every_months });
    let told = entry(Action::Created, SubjectKind::CarPaper, (id.0, &kept.of.plate), unit_of(&car)).after(facts);
    let told = audit::append(conn, &actor.by(""), &told, now).await?;
    change.finish(told, StatusCode::CREATED, &UpkeepView::from(kept)).await
}

/// Ends a plan of upkeep.
#[utoipa::path(post, path = "/maintenance-plans/{id}/ending", operation_id = "end_maintenance_plan", tag = "running",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = UpkeepView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn end(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> ApiResult<axum::Json<UpkeepView>> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let mut tx = app.begin(&scope).await?;
    let id = UpkeepId(id);
    let kept = paper::upkeep(&mut tx, &scope, (Some(id), None)).await?.into_iter().next().ok_or(NOT_FOUND)?;
    paper::end_upkeep(&mut tx, id, now).await?;
    let facts = json!({ "item": kept.upkeep.item, "plate": kept.of.plate });
    let told = entry(Action::Disabled, SubjectKind::CarPaper, (id.0, &kept.of.plate), kept.of.unit).before(facts);
    let told = audit::append(&mut tx, &actor.by(""), &told, now).await?;
    commit(tx, told).await?;
    Ok(axum::Json(kept.into()))
}

/// Everything that falls due of cars of the asker's units: what is overdue first, then the nearest.
#[utoipa::path(get, path = "/due-items", operation_id = "list_due_items", tag = "running", params(OfCarAsked),
    responses((status = 200, body = DueList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn due(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(asked): Asked<OfCarAsked>,
) -> ApiResult<axum::Json<DueList>> {
    let scope = actor.scope(Permission::WatchVehicles)?;
    let mut conn = app.conn(&scope).await?;
    let found = running::due::items(&mut conn, &scope, asked.vehicle_id.map(VehicleId)).await?;
    let subjects: Vec<Uuid> = found.iter().map(|item| item.subject).collect();
    let told = paper::told(&mut conn, &subjects).await?;
    let steps = steps_of(&mut conn, &found, now).await?;
    let none = ReminderSteps::default();
    let view = |item: DueItem| {
        let of_item = told.iter().filter(|(subject, ..)| *subject == item.subject);
        let told = of_item.map(|(_, _, step, at)| ReminderTold { step: *step, at: *at }).collect();
        let steps = steps.get(&item.of.unit).unwrap_or(&none);
        DueView::new(item, steps, told, day_of(now))
    };
    let mut items: Vec<DueView> = found.into_iter().map(view).collect();
    items.sort_by_key(DueView::rank);
    Ok(axum::Json(DueList { items, may_change: actor.may(Permission::ManageFleet) }))
}

/// The steps of the register for each of the units.
async fn steps_of(conn: &mut PgConnection, items: &[DueItem], now: DateTime<Utc>) -> ApiResult<HashMap<UnitId, ReminderSteps>> {
    let mut steps = HashMap::new();
    for item in items {
        if let Entry::Vacant(unknown) = steps.entry(item.of.unit) {
            unknown.insert(ReminderSteps::read(conn, item.of.unit, now).await?);
        }
    }
    Ok(steps)
}
