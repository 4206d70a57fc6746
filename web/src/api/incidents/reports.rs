//! Accidents as drivers tell of them from the road: once under the device's own name, with the pictures behind it.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use dispatch::audit::Action;
use dispatch::incident::accident::{AccidentFacts, AccidentId, AccidentKind, AccidentKindError};
use dispatch::message::{News, SubjectKind};
use dispatch::trip::order::OrderId;
use fleet_db::driving::{self, OwnOrder};
use fleet_db::incident::accident::{self, Filter, Kept, NewAccident};
use fleet_db::message::{self, About, Subject};
use fleet_db::{PgConnection, audit, incident};
use serde::{Deserialize, Serialize};
use telematics::place::LonLat;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::accidents::{entry, told};
use super::photographs::{bring, read};
use crate::api::driver_terminal::{begin, key};
use crate::api::session::new_id;
use crate::auth::Actor;
use crate::extract::{Asked, Json, Now, Path};
use crate::problem::{ApiResult, Problem, Wrong};
use crate::state::{App, commit};

/// An accident that a driver tells of.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct AccidentReport {
    /// The device's own name of it: the same key again is the same report.
    key: String,
    /// When it happened, by the device's clock.
    at: DateTime<Utc>,
    /// `collision`, `rear_end`, `scrape`, `single`, `person` or `other`.
    kind: String,
    /// How many people were hurt.
    #[serde(default)]
    injured: u32,
    /// What happened, 1 to 1000 characters.
    what: String,
    #[serde(default)]
    place_name: String,
    /// Where the telephone is, WGS-84; with `lat` or not at all.
    lon: Option<f64>,
    /// See `lon`.
    lat: Option<f64>,
}

/// A report that has reached those who can act.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccidentReported {
    id: Uuid,
    /// The number that people read.
    number: String,
    told_at: DateTime<Utc>,
}

/// Of which report a picture is.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReportPhotograph {
    /// The device's own name of the report.
    report: String,
    /// The device's own name of the picture: the same again is the same picture.
    key: String,
}

/// Tells of an accident on an own order: the dispatcher of the order and those who keep the car are told before the answer.
#[utoipa::path(post, path = "/dispatch-orders/{id}/accidents", operation_id = "report_accident", tag = "driver", request_body = AccidentReport,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = AccidentReported),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn report(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Json(given): Json<AccidentReport>,
) -> ApiResult<axum::Json<AccidentReported>> {
    let mut tx = begin(&app, &actor).await?;
    let order = driving::own(&mut tx, actor.account.id, OrderId(id)).await?;
    let mut wrong = Wrong::default();
    let key = key(&given.key, &mut wrong);
    let kind = wrong.take("kind", given.kind.parse::<AccidentKind>(), AccidentKindError::code);
    let facts = AccidentFacts::reported(kind.unwrap_or(AccidentKind::Other), &given.place_name, given.injured, &given.what);
    for (field, code) in facts.check() {
        wrong.note(field, code);
    }
    let Some(key) = key.filter(|_| wrong.is_empty()) else { return Err(wrong.into_error()) };
    if let Some(known) = reported(&mut tx, order.id, &key).await? {
        // The answer was lost, and the same report comes again.
        return Ok(axum::Json(AccidentReported { id: known.id.0, number: known.number, told_at: known.reported_at }));
    }
    let driver = incident::driver_of(&mut tx, order.id, order.vehicle).await?;
    let new = NewAccident {
        id: AccidentId(new_id(now)),
        unit: order.fleet_unit,
        vehicle: order.vehicle,
        order: Some(order.id),
        driver: Some(driver),
        at: given.at.min(now),
        // A place that is none does not hold a report up.
        place: given.lon.zip(given.lat).and_then(|(lon, lat)| LonLat::new(lon, lat).ok()),
        facts: &facts,
        by: actor.account.id,
        key: Some(&key),
    };
    let number = accident::insert(&mut tx, &new, now).await?;
    tell(&mut tx, &order, (new.id, &number), facts.kind, new.at, now).await?;
    let kept = accident::load(&mut tx, &Filter { id: Some(new.id), ..Filter::default() }).await?;
    let entry = entry(Action::Created, &kept).after(told(&kept));
    let told = audit::append(&mut tx, &actor.by(""), &entry, now).await?;
    commit(tx, told).await?;
    Ok(axum::Json(AccidentReported { id: new.id.0, number, told_at: now }))
}

/// Keeps a picture of an own report among the papers of the car: a JPEG, PNG or `WebP` of at most 20 MB, by its content.
#[utoipa::path(post, path = "/dispatch-orders/{id}/accident-photographs", operation_id = "bring_report_photograph", tag = "driver",
    params(("id" = Uuid, Path), ReportPhotograph),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "the picture"),
    responses((status = 204),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 413, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn photograph(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Asked(asked): Asked<ReportPhotograph>,
    file: Result<Bytes, BytesRejection>,
) -> ApiResult<StatusCode> {
    let mut tx = begin(&app, &actor).await?;
    let order = driving::own(&mut tx, actor.account.id, OrderId(id)).await?;
    let filter = Filter { report: Some((order.id, asked.report.clone())), ..Filter::default() };
    let kept = accident::load(&mut tx, &filter).await?;
    let mut wrong = Wrong::default();
    let Some(name) = key(&asked.key, &mut wrong) else { return Err(wrong.into_error()) };
    let picture = read(file).await?;
    if let Some(told) = bring(&mut tx, &actor, &kept, &name, picture, now).await? {
        commit(tx, told).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn reported(conn: &mut PgConnection, order: OrderId, key: &str) -> ApiResult<Option<Kept>> {
    let filter = Filter { report: Some((order, key.to_owned())), ..Filter::default() };
    Ok(accident::list(conn, &filter, 1).await?.into_iter().next())
}

/// Who gave the order out, and those who send and keep the cars.
async fn tell(
    conn: &mut PgConnection,
    order: &OwnOrder,
    (id, number): (AccidentId, &str),
    kind: AccidentKind,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let news = News::accident_reported((number, &order.plate), &order.driver, kind, at);
    let about = About {
        subject: Some(Subject { kind: SubjectKind::Accident, id: id.0 }),
        unit: Some(order.fleet_unit),
        cause: &format!("accident:{id}"),
    };
    message::tell(conn, &news, about, &[order.issued_by], now).await?;
    Ok(())
}
