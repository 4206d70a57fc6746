//! Files of drivers: found, looked into, entered and changed, with what each of them learned.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use dispatch::account::{AccountId, Login, LoginError, Permission};
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::calendar::day_of;
use dispatch::driver::licence::days_left;
use dispatch::driver::study::{Lesson, StudyId};
use dispatch::driver::{
    Driver, DriverError, DriverId, DriverStatus, DriverStatusError, LicenceClass, LicenceClassError, licence_tail, text,
};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use fleet_db::driver::study::{self, Study};
use fleet_db::driver::{self, Filter, Listed};
use fleet_db::{PgConnection, Transaction, audit};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::session::new_id;
use crate::auth::{Actor, look};
use crate::extract::{Asked, Json, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiResult, NOT_FOUND, Problem, Wrong};
use crate::state::{App, commit};

/// Rows of a page when the asker does not say.
const PAGE: u32 = 100;
/// Who may read the files of all drivers of a unit.
const READERS: [Permission; 3] = [Permission::ManageDrivers, Permission::DispatchTrips, Permission::WatchTrips];

/// Which drivers.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DriversAsked {
    /// Text in the name, the telephone, the login or the end of the licence's number, whatever the case.
    q: Option<String>,
    /// A unit and everything below it.
    unit_id: Option<Uuid>,
    /// `next` of the page before.
    after: Option<Uuid>,
    /// Rows of the page.
    limit: Option<u32>,
}

/// A page of drivers, by name.
#[derive(Serialize, ToSchema)]
pub(crate) struct DriverPage {
    items: Vec<DriverView>,
    /// To be sent as `after` for the next page; null at the end.
    next: Option<Uuid>,
    /// The asker may enter and change files.
    may_change: bool,
}

/// The file of a driver.
#[derive(Serialize, ToSchema)]
pub(crate) struct DriverView {
    id: Uuid,
    unit_id: Uuid,
    unit_name: String,
    account_id: Option<Uuid>,
    /// What the driver signs in with; null: has no account.
    login: Option<String>,
    name: String,
    phone: String,
    /// `A1`, `A2`, `A3`, `B1`, `B2`, `C1` or `C2`.
    licence_class: &'static str,
    /// The last four characters of the licence's number; the rest is not kept.
    licence_tail: String,
    /// Last day on which the licence holds, in Beijing time.
    licence_until: NaiveDate,
    /// Days until then; below zero: it ran out so many days ago, and the driver is not sent.
    licence_days_left: i64,
    /// `on_duty`, `on_leave`, `suspended` or `left`.
    status: &'static str,
    joined_on: NaiveDate,
}

/// The file of a driver with what the driver learned.
#[derive(Serialize, ToSchema)]
pub(crate) struct DriverDetail {
    #[serde(flatten)]
    driver: DriverView,
    /// The newest first.
    studies: Vec<StudyView>,
    /// The asker may change the file and add to it.
    may_change: bool,
}

/// A lesson.
#[derive(Serialize, ToSchema)]
pub(crate) struct StudyView {
    id: Uuid,
    /// The day, in Beijing time.
    on: NaiveDate,
    topic: String,
    minutes: i32,
    /// Who wrote it down.
    by: String,
}

/// The file of a driver as it is to be.
#[derive(Deserialize, ToSchema)]
pub(crate) struct DriverFacts {
    unit_id: Uuid,
    /// What the driver signs in with: an account of the asker's units with the role of a driver.
    login: Option<String>,
    name: String,
    phone: String,
    /// `A1`, `A2`, `A3`, `B1`, `B2`, `C1` or `C2`.
    licence_class: String,
    /// The last four characters of the licence's number; more is not taken.
    licence_tail: String,
    licence_until: NaiveDate,
    /// `on_duty`, `on_leave`, `suspended` or `left`.
    status: String,
    joined_on: NaiveDate,
}

/// A lesson to be written down.
#[derive(Deserialize, ToSchema)]
pub(crate) struct LessonGiven {
    /// The day on which it was held, in Beijing time.
    on: NaiveDate,
    topic: String,
    minutes: i32,
}

impl DriverView {
    fn new(listed: Listed, today: NaiveDate) -> Self {
        let Listed { driver, unit_name, login } = listed;
        Self {
            id: driver.id.0,
            unit_id: driver.unit.0,
            unit_name,
            account_id: driver.account.map(|account| account.0),
            login,
            name: driver.name,
            phone: driver.phone,
            licence_class: driver.licence.as_str(),
            licence_tail: driver.licence_tail,
            licence_until: driver.licence_until,
            licence_days_left: days_left(driver.licence_until, today),
            status: driver.status.as_str(),
            joined_on: driver.joined_on,
        }
    }
}

impl From<Study> for StudyView {
    fn from(study: Study) -> Self {
        Self { id: study.id.0, on: study.on, topic: study.topic, minutes: study.minutes, by: study.by }
    }
}

/// The drivers of the scope, by name.
#[utoipa::path(get, path = "/drivers", operation_id = "list_drivers", tag = "drivers", params(DriversAsked),
    responses((status = 200, body = DriverPage),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(asked): Asked<DriversAsked>,
) -> ApiResult<axum::Json<DriverPage>> {
    let scope = actor.scope_of_any(&READERS)?;
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, app.config.page_limit);
    let filter = Filter { text: asked.q, unit: asked.unit_id.map(UnitId) };
    let mut conn = app.conn(&scope).await?;
    if let Some(unit) = filter.unit {
        fleet_db::unit::is_within(&mut conn, &scope, unit).await?;
    }
    let mut found = driver::list(&mut conn, &scope, &filter, asked.after.map(DriverId), limit + 1).await?;
    let has_more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| has_more).map(|last| last.driver.id.0);
    let items = found.into_iter().map(|listed| DriverView::new(listed, day_of(now))).collect();
    Ok(axum::Json(DriverPage { items, next, may_change: actor.may(Permission::ManageDrivers) }))
}

/// Enters a driver.
#[utoipa::path(post, path = "/drivers", operation_id = "enter_driver", tag = "drivers", request_body = DriverFacts,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = DriverView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn enter(actor: Actor, Now(now): Now, State(app): State<App>, once: Once<DriverFacts>) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageDrivers)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let new = checked(change.conn(), &scope, &once.body, DriverId(new_id(now)), now).await?;
    driver::insert(change.conn(), &scope, &new, now).await?;
    let kept = driver::load(change.conn(), &scope, new.id).await?;
    let entry = entry(Action::Created, &kept).after(facts(&kept));
    let told = audit::append(change.conn(), &actor.by(""), &entry, now).await?;
    change.finish(told, StatusCode::CREATED, &DriverView::new(kept, day_of(now))).await
}

/// The file of a driver; drivers read their own.
#[utoipa::path(get, path = "/drivers/{id}", operation_id = "read_driver", tag = "drivers", params(("id" = Uuid, Path)),
    responses((status = 200, body = DriverDetail),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> ApiResult<axum::Json<DriverDetail>> {
    let (listed, studies) = {
        let (mut conn, listed) = readable(&app, &actor, id).await?;
        let studies = study::of_driver(&mut conn, listed.driver.id).await?;
        (listed, studies)
    };
    look::at(&app, &actor, entry(Action::Viewed, &listed), now).await?;
    Ok(axum::Json(DriverDetail {
        driver: DriverView::new(listed, day_of(now)),
        studies: studies.into_iter().map(StudyView::from).collect(),
        may_change: actor.may(Permission::ManageDrivers),
    }))
}

/// Writes the file of a driver anew.
#[utoipa::path(put, path = "/drivers/{id}", operation_id = "change_driver", tag = "drivers", request_body = DriverFacts,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = DriverView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn change(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Json(given): Json<DriverFacts>,
) -> ApiResult<axum::Json<DriverView>> {
    let scope = actor.scope(Permission::ManageDrivers)?;
    let mut tx = app.begin(&scope).await?;
    let before = driver::load(&mut tx, &scope, DriverId(id)).await?;
    let changed = checked(&mut tx, &scope, &given, before.driver.id, now).await?;
    driver::update(&mut tx, &scope, &changed).await?;
    let after = driver::load(&mut tx, &scope, changed.id).await?;
    let entry = entry(Action::Changed, &after).before(facts(&before)).after(facts(&after));
    let told = audit::append(&mut tx, &actor.by(""), &entry, now).await?;
    commit(tx, told).await?;
    Ok(axum::Json(DriverView::new(after, day_of(now))))
}

/// Writes a lesson into the file of a driver.
#[utoipa::path(post, path = "/drivers/{id}/studies", operation_id = "add_study", tag = "drivers", request_body = LessonGiven,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = StudyView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn learn(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<LessonGiven>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageDrivers)?;
    let given = &once.body;
    let lesson = Lesson::new(given.on, &given.topic, given.minutes, day_of(now)).map_err(|lacks| {
        let mut wrong = Wrong::default();
        for lack in lacks {
            wrong.note(lack.field(), lack.code());
        }
        wrong.into_error()
    })?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let listed = driver::load(change.conn(), &scope, DriverId(id)).await?;
    let key = StudyId(new_id(now));
    study::insert(change.conn(), key, listed.driver.id, &lesson, actor.account.id, now).await?;
    let entry = entry(Action::Changed, &listed)
        .after(json!({ "study": { "on": lesson.on(), "topic": lesson.topic(), "minutes": lesson.minutes() } }));
    let told = audit::append(change.conn(), &actor.by(""), &entry, now).await?;
    let (by, topic) = (actor.account.display_name.clone(), lesson.topic().to_owned());
    let view = StudyView { id: key.0, on: lesson.on(), topic, minutes: lesson.minutes(), by };
    change.finish(told, StatusCode::CREATED, &view).await
}

/// The file of a driver that the actor may read: of the actor's units, or one's own.
pub(super) async fn readable(app: &App, actor: &Actor, id: Uuid) -> ApiResult<(Transaction, Listed)> {
    let is_reader = READERS.iter().any(|permission| actor.may(*permission));
    let scope = if is_reader { actor.scope_of_any(&READERS)? } else { actor.scope(Permission::DriveTrips)? };
    let mut conn = app.begin_as(actor, &scope).await?;
    let listed = if is_reader {
        driver::load(&mut conn, &scope, DriverId(id)).await?
    } else {
        let own = driver::of_account(&mut conn, actor.account.id).await?;
        own.filter(|own| own.driver.id.0 == id).ok_or(NOT_FOUND)?
    };
    Ok((conn, listed))
}

/// What the audit log tells of a driver: of the telephone, which is nobody's business there, the end alone.
fn facts(Listed { driver, login, .. }: &Listed) -> Value {
    let end: String = driver.phone.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
    json!({
        "unit_id": driver.unit, "login": login, "name": driver.name, "phone_end": end, "licence_class": driver.licence.as_str(),
        "licence_tail": driver.licence_tail, "licence_until": driver.licence_until, "status": driver.status.as_str(),
        "joined_on": driver.joined_on,
    })
}

pub(super) fn entry(done: Action, listed: &Listed) -> Entry {
    let driver = &listed.driver;
    Entry::new(done, Subject::of(SubjectKind::Driver, driver.id.0, driver.name.clone())).in_unit(driver.unit)
}

/// The file as typed in, or everything that is wrong with it.
async fn checked(
    conn: &mut PgConnection,
    scope: &Scope,
    given: &DriverFacts,
    id: DriverId,
    now: DateTime<Utc>,
) -> ApiResult<Driver> {
    let mut wrong = Wrong::default();
    let name = wrong.take("name", text("name", &given.name), DriverError::code);
    let phone = wrong.take("phone", text("phone", &given.phone), DriverError::code);
    let licence = wrong.take("licence_class", given.licence_class.parse::<LicenceClass>(), LicenceClassError::code);
    let tail = wrong.take("licence_tail", licence_tail(&given.licence_tail), DriverError::code);
    let status = wrong.take("status", given.status.parse::<DriverStatus>(), DriverStatusError::code);
    let account = account(conn, scope, given.login.as_deref(), &mut wrong, now).await?;
    match (name, phone, licence, tail, status) {
        (Some(name), Some(phone), Some(licence), Some(licence_tail), Some(status)) if wrong.is_empty() => Ok(Driver {
            id,
            unit: UnitId(given.unit_id),
            account,
            name,
            phone,
            licence,
            licence_tail,
            licence_until: given.licence_until,
            status,
            joined_on: given.joined_on,
        }),
        _ => Err(wrong.into_error()),
    }
}

/// The account of the login, if one is given; what stands against it is noted.
async fn account(
    conn: &mut PgConnection,
    scope: &Scope,
    login: Option<&str>,
    wrong: &mut Wrong,
    now: DateTime<Utc>,
) -> ApiResult<Option<AccountId>> {
    let Some(login) = login.map(str::trim).filter(|login| !login.is_empty()) else { return Ok(None) };
    let Some(login) = wrong.take("login", login.parse::<Login>(), LoginError::code) else { return Ok(None) };
    let account = driver::account_to_bind(conn, scope, &login, now).await?;
    if account.is_none() {
        wrong.note("login", "driver.no_account");
    }
    Ok(account)
}
