//! Cars under seal: put on one by one or over a holiday, opened by two, and looked up.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use dispatch::account::{AccountId, Permission};
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::scope::Scope;
use dispatch::seal::{self, SealError, SealId, SealKind};
use dispatch::unit::UnitId;
use fleet_db::account::roll;
use fleet_db::seal::{Filter, Seal, Sealing};
use fleet_db::{DbError, PgConnection, audit};
use serde::Deserialize;
use serde_json::{Value, json};
use telematics::id::VehicleId;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::seal_views::{SealList, SealPage, SealView};
use super::session::new_id;
use crate::auth::Actor;
use crate::extract::{Asked, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiResult, Problem, SEAL_OPENED, Wrong};
use crate::state::App;

/// Rows of a page when the asker does not say.
const PAGE: u32 = 100;
/// Farthest that an odometer tells, in kilometres.
const ODOMETER_KM: f64 = 9_999_999.0;
/// Who may approve that a seal is opened: who answers for the unit, or keeps its cars.
pub(super) const OPENERS: [Permission; 2] = [Permission::ManageFleet, Permission::ApproveTrips];

/// Which seals.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SealsAsked {
    /// Of cars of this unit and everything below it.
    unit_id: Option<Uuid>,
    /// Those that hold at this instant, RFC 3339; all when left out.
    at: Option<DateTime<Utc>>,
    /// `next` of the page before.
    after: Option<Uuid>,
    /// Rows of the page.
    limit: Option<u32>,
}

/// A seal to be put on.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SealToPut {
    /// First instant; now when left out.
    from: Option<DateTime<Utc>>,
    odometer_km: Option<f64>,
    /// Where the car stands.
    place: String,
    /// Who has the keys.
    key_custodian: String,
    reason: String,
    /// The account of who approved it.
    approver_id: Uuid,
}

/// The opening of a seal, approved by whoever sends this.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SealOpening {
    /// The account of who carries it out; another than who approves it.
    handler_id: Uuid,
    odometer_km: Option<f64>,
    reason: String,
}

/// The seals of a car, those that are over too.
#[utoipa::path(get, path = "/vehicles/{id}/seals", operation_id = "list_vehicle_seals", tag = "seals", params(("id" = Uuid, Path)),
    responses((status = 200, body = SealList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn of_vehicle(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> ApiResult<axum::Json<SealList>> {
    let scope = actor.scope(Permission::WatchVehicles)?;
    let mut conn = app.conn(&scope).await?;
    // A car of somebody else is told from one that was never sealed by nobody.
    fleet_db::vehicle::load(&mut conn, &scope, VehicleId(id)).await?;
    let filter = Filter { vehicle: Some(VehicleId(id)), ..Filter::default() };
    let items = fleet_db::seal::list(&mut conn, &scope, &filter, None, app.config.page_limit).await?;
    Ok(axum::Json(SealList { items: items.into_iter().map(|seal| SealView::new(seal, now)).collect() }))
}

/// The seals of the scope, the newest first.
#[utoipa::path(get, path = "/seals", operation_id = "list_seals", tag = "seals", params(SealsAsked),
    responses((status = 200, body = SealPage),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(asked): Asked<SealsAsked>,
) -> ApiResult<axum::Json<SealPage>> {
    let scope = actor.scope(Permission::WatchVehicles)?;
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, app.config.page_limit);
    let filter = Filter { vehicle: None, unit: asked.unit_id.map(UnitId), at: asked.at };
    let mut conn = app.conn(&scope).await?;
    if let Some(unit) = filter.unit {
        fleet_db::unit::is_within(&mut conn, &scope, unit).await?;
    }
    let mut found = fleet_db::seal::list(&mut conn, &scope, &filter, asked.after.map(SealId), limit + 1).await?;
    let has_more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| has_more).map(|last| last.id.0);
    Ok(axum::Json(SealPage {
        items: found.into_iter().map(|seal| SealView::new(seal, now)).collect(),
        next,
        may_seal: actor.may(Permission::ManageFleet),
        may_open: OPENERS.iter().any(|permission| actor.may(*permission)),
    }))
}

/// Seals a car: it is given to nobody until the seal is opened.
#[utoipa::path(post, path = "/vehicles/{id}/seals", operation_id = "seal_vehicle", tag = "seals", request_body = SealToPut,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = SealView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn put(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<SealToPut>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let given = &once.body;
    let mut wrong = Wrong::default();
    let texts = Texts::taken(&given.place, &given.key_custodian, &given.reason, &mut wrong);
    let odometer_m = metres(given.odometer_km, &mut wrong);
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let found = fleet_db::vehicle::load(change.conn(), &scope, VehicleId(id)).await?;
    let approved_by = person(change.conn(), &scope, given.approver_id, "approver_id", &mut wrong, now).await?;
    let (Some(texts), Some(odometer_m), Some(approved_by)) = (texts, odometer_m, approved_by) else {
        return Err(wrong.into_error());
    };
    let from = given.from.unwrap_or(now);
    let sealing = texts.sealing(SealKind::Ordinary, (from, None), approved_by, actor.account.id);
    let key = SealId(new_id(now));
    fleet_db::seal::insert(change.conn(), key, found.vehicle.id, odometer_m, &sealing, now).await?;
    let kept = fleet_db::seal::load(change.conn(), &scope, key).await?;
    let entry = entry(Action::Sealed, &kept).after(facts(&kept));
    let told = audit::append(change.conn(), &actor.by(&kept.reason), &entry, now).await?;
    change.finish(told, StatusCode::CREATED, &SealView::new(kept, now)).await
}

/// Opens a seal. Whoever sends this approves it; somebody else has it in hand.
#[utoipa::path(post, path = "/seals/{id}/opening", operation_id = "open_seal", tag = "seals", request_body = SealOpening,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = SealView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn open(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<SealOpening>,
) -> ApiResult<Response> {
    let scope = actor.scope_of_any(&OPENERS)?;
    let given = &once.body;
    let mut wrong = Wrong::default();
    let reason = wrong.take("reason", seal::text("reason", &given.reason), SealError::code);
    let odometer_m = metres(given.odometer_km, &mut wrong);
    wrong.take("handler_id", seal::check_opening(actor.account.id, AccountId(given.handler_id)), SealError::code);
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let before = fleet_db::seal::load(change.conn(), &scope, SealId(id)).await?;
    if before.opening.is_some() || before.until.is_some_and(|until| until <= now) {
        return Err(SEAL_OPENED.into());
    }
    let handled_by = person(change.conn(), &scope, given.handler_id, "handler_id", &mut wrong, now).await?;
    let (Some(reason), Some(odometer_m), Some(handled_by), true) = (reason, odometer_m, handled_by, wrong.is_empty()) else {
        return Err(wrong.into_error());
    };
    fleet_db::seal::open(change.conn(), before.id, (actor.account.id, handled_by), odometer_m, &reason, now).await?;
    let kept = fleet_db::seal::load(change.conn(), &scope, before.id).await?;
    let entry = entry(Action::Unsealed, &kept).before(facts(&before)).after(facts(&kept));
    let told = audit::append(change.conn(), &actor.by(&reason), &entry, now).await?;
    change.finish(told, StatusCode::OK, &SealView::new(kept, now)).await
}

/// The texts of a seal as they were taken (封存说明).
pub(super) struct Texts {
    place: String,
    key_custodian: String,
    reason: String,
}

impl Texts {
    /// The texts as typed in; what is wrong with them is noted.
    pub(super) fn taken(place: &str, key_custodian: &str, reason: &str, wrong: &mut Wrong) -> Option<Self> {
        let mut take = |field, given| wrong.take(field, seal::text(field, given), SealError::code);
        let (place, key_custodian) = (take("place", place), take("key_custodian", key_custodian));
        let reason = take("reason", reason);
        Some(Self { place: place?, key_custodian: key_custodian?, reason: reason? })
    }

    /// What goes with a seal from one instant to another.
    pub(super) fn sealing(
        self,
        kind: SealKind,
        (from, until): (DateTime<Utc>, Option<DateTime<Utc>>),
        approved_by: AccountId,
        handled_by: AccountId,
    ) -> Sealing {
        let Self { place, key_custodian, reason } = self;
        Sealing { kind, from, until, place, key_custodian, reason, approved_by, handled_by }
    }
}

/// An account of the scope that answers for something; another one is noted under the field.
pub(super) async fn person(
    conn: &mut PgConnection,
    scope: &Scope,
    id: Uuid,
    field: &str,
    wrong: &mut Wrong,
    now: DateTime<Utc>,
) -> ApiResult<Option<AccountId>> {
    match roll::load(conn, scope, AccountId(id), now).await {
        Ok(found) if found.disabled_at.is_none() => Ok(Some(found.account.id)),
        Ok(_) | Err(DbError::NotFound) => {
            wrong.note(field, "seal.person");
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// What an odometer says, in metres; nothing is nothing, and what no odometer says is noted.
#[expect(clippy::option_option, reason = "wrong, none, and a reading are three things")]
fn metres(km: Option<f64>, wrong: &mut Wrong) -> Option<Option<i64>> {
    let Some(km) = km else { return Some(None) };
    if !(0.0..=ODOMETER_KM).contains(&km) {
        wrong.note("odometer_km", "seal.odometer");
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "held to a range just before")]
    Some(Some((km * 1000.0).round() as i64))
}

/// What the audit log tells of a seal.
fn facts(seal: &Seal) -> Value {
    json!({
        "kind": seal.kind.as_str(), "from": seal.from, "until": seal.until, "place": seal.place, "key_custodian": seal.key_custodian,
        "approved_by": seal.approved_by, "handled_by": seal.handled_by, "odometer_m": seal.odometer_m,
        "open_approved_by": seal.opening.as_ref().map(|opening| opening.approved_by.as_str()),
        "open_handled_by": seal.opening.as_ref().map(|opening| opening.handled_by.as_str()),
        "open_odometer_m": seal.opening.as_ref().and_then(|opening| opening.odometer_m),
    })
}

fn entry(done: Action, seal: &Seal) -> Entry {
    Entry::new(done, Subject::of(SubjectKind::Seal, seal.id.0, seal.plate.clone())).in_unit(seal.unit)
}
