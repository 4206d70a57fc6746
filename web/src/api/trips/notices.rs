//! The public register: a month of settled trips is shown by who settles, taken back by a reversal, and read by anybody.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Duration, Months, NaiveDate, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::calendar::start_of;
use dispatch::unit::UnitId;
use fleet_db::audit;
use fleet_db::notice::{self, Shown};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::imports::attached;
use crate::api::terminal_names;
use crate::auth::Actor;
use crate::extract::{Asked, Json, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiResult, NOT_FOUND, Problem, Wrong};
use crate::sheet::{Encoding, write_csv};
use crate::state::{App, commit};

/// Trips told at once: a month of a large unit.
const MOST: i64 = 5000;
/// Units to choose from.
const MOST_UNITS: i64 = 1000;

/// A month of a unit.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
pub(crate) struct MonthOfUnit {
    /// The unit and those below.
    unit_id: Uuid,
    year: i32,
    /// 1 to 12.
    month: u32,
}

/// A month of a unit, as a table or as a file.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PublicTripsWanted {
    /// The unit and those below.
    unit_id: Uuid,
    year: i32,
    /// 1 to 12.
    month: u32,
    /// `csv` for a file; JSON when absent.
    format: Option<String>,
}

/// Why it is taken back.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct NoticeToTakeBack {
    /// In words; it stands in the record.
    reason: String,
}

/// What came of showing a month.
#[derive(Serialize, ToSchema)]
pub(crate) struct NoticesMade {
    /// Trips that are shown now and were not before.
    shown: i64,
    /// Confidential ones, which are not shown.
    confidential: i64,
    /// Trips that are back and not settled yet.
    unsettled: i64,
}

/// What is shown of trips.
#[derive(Serialize, ToSchema)]
pub(crate) struct PublicTrips {
    items: Vec<PublicTrip>,
}

/// What is shown of a trip: the six fields of the rule, and nothing of any person.
#[derive(Serialize, ToSchema)]
pub(crate) struct PublicTrip {
    id: Uuid,
    unit_name: String,
    /// When the car was used.
    began_at: DateTime<Utc>,
    ended_at: DateTime<Utc>,
    /// What for.
    reason: String,
    /// Where.
    from: String,
    to: String,
    /// How far.
    distance_km: f64,
    /// Fuel and energy, as far as there are receipts.
    fuel_l: Option<f64>,
    energy_kwh: Option<f64>,
    /// What it cost.
    cost_fen: i64,
    /// When it was taken back, and why; for those who work with it.
    taken_back_at: Option<DateTime<Utc>>,
    take_back_reason: Option<String>,
}

/// Units of which something is shown.
#[derive(Serialize, ToSchema)]
pub(crate) struct PublicUnits {
    items: Vec<PublicUnit>,
}

/// A unit of which something is shown.
#[derive(Serialize, ToSchema)]
pub(crate) struct PublicUnit {
    id: Uuid,
    name: String,
    /// Months of which something is shown, such as `2026-03`, the newest first.
    months: Vec<String>,
}

/// The month from its beginning to its end, in Beijing time.
fn span(year: i32, month: u32) -> ApiResult<(DateTime<Utc>, DateTime<Utc>)> {
    let first = NaiveDate::from_ymd_opt(year, month, 1).filter(|_| (2000..3000).contains(&year));
    let next = first.and_then(|first| first.checked_add_months(Months::new(1)));
    if let Some((first, next)) = first.zip(next) {
        return Ok((start_of(first), start_of(next)));
    }
    let mut wrong = Wrong::default();
    wrong.note("month", "notice.month");
    Err(wrong.into_error())
}

/// Shows the settled trips of a month that are not shown yet.
#[utoipa::path(post, path = "/notices", operation_id = "publish_trips", tag = "trips", request_body = MonthOfUnit,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, it is done once")),
    responses((status = 200, body = NoticesMade),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn publish(actor: Actor, Now(now): Now, State(app): State<App>, once: Once<MonthOfUnit>) -> ApiResult<Response> {
    let scope = actor.scope(Permission::SettleTrips)?;
    let MonthOfUnit { unit_id, year, month } = once.body;
    let span = span(year, month)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let unit = UnitId(unit_id);
    if fleet_db::unit::within(conn, &scope, &[unit]).await?.is_empty() {
        return Err(NOT_FOUND.into());
    }
    let made = notice::publish(conn, &scope, unit, span, actor.account.id, now).await?;
    let name = format!("{year}-{month:02}");
    let subject = Subject::of(SubjectKind::Notice, unit_id, name);
    let facts = json!({ "shown": made.shown, "confidential": made.confidential, "unsettled": made.unsettled });
    let entry = Entry::new(Action::Published, subject).in_unit(unit).after(facts);
    let told = audit::append(conn, &actor.by(""), &entry, now).await?;
    let made = NoticesMade { shown: made.shown, confidential: made.confidential, unsettled: made.unsettled };
    change.finish(told, StatusCode::OK, &made).await
}

/// Takes a trip back that was shown. It stands in the register of those who work with it, with the reason.
#[utoipa::path(post, path = "/notices/{id}/reversal", operation_id = "take_notice_back", tag = "trips", params(("id" = Uuid, Path)),
    request_body = NoticeToTakeBack,
    responses((status = 204),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn take_back(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Json(given): Json<NoticeToTakeBack>,
) -> ApiResult<StatusCode> {
    let scope = actor.scope(Permission::SettleTrips)?;
    let mut wrong = Wrong::default();
    let Some(reason) = terminal_names::reason(&given.reason, &mut wrong) else { return Err(wrong.into_error()) };
    let mut tx = app.begin(&scope).await?;
    let unit = notice::take_back(&mut tx, &scope, id, (actor.account.id, &reason), now).await?;
    let entry = Entry::new(Action::Reversed, Subject::of(SubjectKind::Notice, id, "")).in_unit(unit);
    let told = audit::append(&mut tx, &actor.by(&reason), &entry, now).await?;
    commit(tx, told).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is shown of a unit's month, with what was taken back.
#[utoipa::path(get, path = "/notices", operation_id = "list_notices", tag = "trips", params(MonthOfUnit),
    responses((status = 200, body = PublicTrips),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    State(app): State<App>,
    Asked(wanted): Asked<MonthOfUnit>,
) -> ApiResult<axum::Json<PublicTrips>> {
    let scope = actor.scope(Permission::WatchTrips)?;
    let span = span(wanted.year, wanted.month)?;
    let mut conn = app.conn(&scope).await?;
    let unit = UnitId(wanted.unit_id);
    if fleet_db::unit::within(&mut conn, &scope, &[unit]).await?.is_empty() {
        return Err(NOT_FOUND.into());
    }
    let shown = notice::list(&mut conn, unit, span, Some(()), MOST).await?;
    Ok(axum::Json(PublicTrips { items: shown.into_iter().map(PublicTrip::from).collect() }))
}

/// What the public is shown of a unit's month; nobody has to sign in.
#[utoipa::path(get, path = "/public/trips", operation_id = "read_public_trips", tag = "trips", security(()), params(PublicTripsWanted),
    responses((status = 200, description = "the trips", content((PublicTrips = "application/json"), (Vec<u8> = "text/csv"))),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn public(State(app): State<App>, Asked(wanted): Asked<PublicTripsWanted>) -> ApiResult<Response> {
    let span = span(wanted.year, wanted.month)?;
    // Nobody asks: what is shown is shown to all.
    let mut conn = app.unbound().await?;
    let shown = notice::list(&mut conn, UnitId(wanted.unit_id), span, None, MOST).await?;
    drop(conn);
    if wanted.format.as_deref() != Some("csv") {
        let items = shown.into_iter().map(PublicTrip::from).collect();
        return Ok(axum::Json(PublicTrips { items }).into_response());
    }
    let file = write_csv(&table(&shown), Encoding::Utf8);
    Ok(([(CACHE_CONTROL, "no-cache")], attached("text/csv; charset=utf-8", "trips.csv", file)).into_response())
}

/// Units of which something is shown; nobody has to sign in.
#[utoipa::path(get, path = "/public/units", operation_id = "list_public_units", tag = "trips", security(()),
    responses((status = 200, body = PublicUnits)))]
pub(crate) async fn public_units(State(app): State<App>) -> ApiResult<axum::Json<PublicUnits>> {
    // Nobody asks: what is shown is shown to all.
    let mut conn = app.unbound().await?;
    let units = notice::units(&mut conn, MOST_UNITS).await?;
    let items = units.into_iter().map(|(unit, name, months)| PublicUnit { id: unit.0, name, months });
    Ok(axum::Json(PublicUnits { items: items.collect() }))
}

/// The file of a month, in the words of the rule; instants in Beijing time.
fn table(shown: &[Shown]) -> Vec<Vec<String>> {
    let header = ["单位", "用车开始", "用车结束", "事由", "起点", "终点", "里程(公里)", "油耗(升)", "电耗(千瓦时)", "费用(元)"];
    let local = |at: DateTime<Utc>| (at.naive_utc() + Duration::hours(8)).format("%Y-%m-%d %H:%M").to_string();
    let number = |value: Option<f64>| value.map(|value| format!("{value:.2}")).unwrap_or_default();
    let row = |trip: &Shown| {
        vec![
            trip.unit_name.clone(),
            local(trip.began_at),
            local(trip.ended_at),
            trip.reason.clone(),
            trip.from.clone(),
            trip.to.clone(),
            format!("{:.1}", f64::from(trip.distance_m) / 1000.0),
            number(trip.fuel_l),
            number(trip.energy_kwh),
            format!("{}.{:02}", trip.cost_fen / 100, trip.cost_fen % 100),
        ]
    };
    std::iter::once(header.map(str::to_owned).to_vec()).chain(shown.iter().map(row)).collect()
}

impl From<Shown> for PublicTrip {
    fn from(shown: Shown) -> Self {
        let (taken_back_at, take_back_reason) = shown.taken_back.unzip();
        Self {
            id: shown.id,
            unit_name: shown.unit_name,
            began_at: shown.began_at,
            ended_at: shown.ended_at,
            reason: shown.reason,
            from: shown.from,
            to: shown.to,
            distance_km: f64::from(shown.distance_m) / 1000.0,
            fuel_l: shown.fuel_l,
            energy_kwh: shown.energy_kwh,
            cost_fen: shown.cost_fen,
            taken_back_at,
            take_back_reason,
        }
    }
}
