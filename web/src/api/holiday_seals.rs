//! The seals of a holiday: one action for all cars of a unit, but for those that were said to stay in use.

use std::collections::HashMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::calendar::{Calendar, start_of};
use dispatch::rule::key::RuleKey;
use dispatch::scope::Scope;
use dispatch::seal::{self, SealError, SealId, SealKind};
use dispatch::unit::UnitId;
use fleet_db::seal::{Parked, Sealing};
use fleet_db::{Constraint, PgConnection, audit, rule};
use serde::{Deserialize, Serialize};
use serde_json::json;
use telematics::id::VehicleId;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::versions;
use super::seals::{Texts, person};
use super::session::new_id;
use crate::auth::Actor;
use crate::extract::Now;
use crate::once::{Begun, Once};
use crate::problem::{ApiResult, Problem, Wrong};
use crate::state::App;

/// A holiday over which cars are sealed.
#[derive(Deserialize, ToSchema)]
pub(crate) struct HolidayToSeal {
    /// Its cars, and those of everything below it.
    unit_id: Uuid,
    /// First free day, in Beijing time.
    first: NaiveDate,
    /// Last free day; from the day after on the cars may be used again.
    last: NaiveDate,
    /// Where the cars stand.
    place: String,
    /// Who has the keys.
    key_custodian: String,
    reason: String,
    /// The account of who approved it.
    approver_id: Uuid,
    /// Cars that stay in use (报备).
    kept: Vec<CarKept>,
}

/// A car that stays in use over the holiday.
#[derive(Deserialize, ToSchema)]
pub(crate) struct CarKept {
    vehicle_id: Uuid,
    /// What it is needed for.
    reason: String,
}

/// What became of the cars of a unit.
#[derive(Serialize, ToSchema)]
pub(crate) struct HolidaySealed {
    /// Sealed now.
    sealed: Vec<CarOfHoliday>,
    /// In use as it was said.
    kept: Vec<CarOfHoliday>,
    /// Neither: sealed before, or ordered for one of the days.
    left: Vec<CarOfHoliday>,
}

/// A car of the unit.
#[derive(Serialize, ToSchema)]
pub(crate) struct CarOfHoliday {
    vehicle_id: Uuid,
    plate: String,
    /// Why it was left as it is: `seal.already` or `seal.vehicle_ordered`.
    code: Option<&'static str>,
}

impl CarOfHoliday {
    fn of(car: Parked, why: Option<Constraint>) -> Self {
        Self { vehicle_id: car.vehicle.0, plate: car.plate, code: why.map(Constraint::code) }
    }
}

/// Seals the cars of a unit over days that are free by law.
#[utoipa::path(post, path = "/seals/holiday", operation_id = "seal_holiday", tag = "seals", request_body = HolidayToSeal,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = HolidaySealed),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn seal_all(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    once: Once<HolidayToSeal>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let given = &once.body;
    let mut wrong = Wrong::default();
    let texts = Texts::taken(&given.place, &given.key_custodian, &given.reason, &mut wrong);
    let kept = kept(given, &mut wrong);
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let unit = UnitId(given.unit_id);
    let calendar = calendar(change.conn(), &scope, unit, now).await?;
    let next = wrong.take("last", seal::check_holiday(&calendar, given.first, given.last), SealError::code);
    let approved_by = person(change.conn(), &scope, given.approver_id, "approver_id", &mut wrong, now).await?;
    let (Some(texts), Some(next), Some(approved_by), true) = (texts, next, approved_by, wrong.is_empty()) else {
        return Err(wrong.into_error());
    };
    let (from, until) = (start_of(given.first), start_of(next));
    let sealing = texts.sealing(SealKind::Holiday, (from, Some(until)), approved_by, actor.account.id);
    let cars = fleet_db::seal::parked(change.conn(), &scope, unit, from, until).await?;
    let done = carry_out(change.conn(), cars, &sealing, &kept, now).await?;
    let subject = Subject::named(SubjectKind::Seal, format!("{} – {}", given.first, given.last));
    let names = |cars: &[CarOfHoliday]| cars.iter().map(|car| car.plate.clone()).collect::<Vec<_>>();
    let entry = Entry::new(Action::Sealed, subject).in_unit(unit).after(json!({
        "first": given.first, "last": given.last, "approver_id": given.approver_id, "sealed": names(&done.sealed),
        "kept": names(&done.kept), "left": names(&done.left),
    }));
    let told = audit::append(change.conn(), &actor.by(&sealing.reason), &entry, now).await?;
    change.finish(told, StatusCode::CREATED, &done).await
}

/// Seals each car, writes down each that stays in use, and leaves those that cannot be sealed.
async fn carry_out(
    conn: &mut PgConnection,
    cars: Vec<Parked>,
    sealing: &Sealing,
    kept: &HashMap<VehicleId, String>,
    now: DateTime<Utc>,
) -> ApiResult<HolidaySealed> {
    let mut done = HolidaySealed { sealed: Vec::new(), kept: Vec::new(), left: Vec::new() };
    for car in cars {
        if car.is_sealed {
            done.left.push(CarOfHoliday::of(car, Some(Constraint::SealAgain)));
        } else if let Some(reason) = kept.get(&car.vehicle) {
            fleet_db::seal::keep_in_use(conn, new_id(now), car.vehicle, reason, sealing, now).await?;
            done.kept.push(CarOfHoliday::of(car, None));
        } else if car.is_ordered {
            done.left.push(CarOfHoliday::of(car, Some(Constraint::SealOrdered)));
        } else {
            fleet_db::seal::insert(conn, SealId(new_id(now)), car.vehicle, None, sealing, now).await?;
            done.sealed.push(CarOfHoliday::of(car, None));
        }
    }
    Ok(done)
}

/// The cars that stay in use with the reason of each; a reason that is missing is noted.
fn kept(given: &HolidayToSeal, wrong: &mut Wrong) -> HashMap<VehicleId, String> {
    let mut kept = HashMap::new();
    for CarKept { vehicle_id, reason } in &given.kept {
        if let Some(reason) = wrong.take("kept", seal::text("reason", reason), SealError::code) {
            kept.insert(VehicleId(*vehicle_id), reason);
        }
    }
    kept
}

/// The calendar that holds for a unit of the scope.
async fn calendar(conn: &mut PgConnection, scope: &Scope, unit: UnitId, now: DateTime<Utc>) -> ApiResult<Calendar> {
    let line = rule::line(conn, scope, unit).await?;
    let told = rule::told(conn, scope, Some(RuleKey::CalendarDays)).await?;
    Ok(Calendar::of(&versions(&told), &line, now))
}
