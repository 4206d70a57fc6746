//! Accidents and violations over the API: told from the road or entered at the desk, corrected, moved by their tables, with pictures.

pub(crate) mod accident_views;
pub(crate) mod accidents;
pub(crate) mod photographs;
pub(crate) mod reports;
pub(crate) mod violations;

use chrono::{DateTime, Utc};
use dispatch::driver::DriverId;
use dispatch::incident::IncidentError;
use dispatch::trip::order::OrderId;
use fleet_db::incident::{self, Step};
use fleet_db::{DbError, PgConnection};
use serde::Serialize;
use telematics::id::VehicleId;
use telematics::place::{LonLat, PlaceError};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::problem::{ApiError, ApiResult, INCIDENT_STATE, Wrong};

/// Cases of a page, and most of them.
pub(super) const PAGE: i64 = 50;
pub(super) const MOST: i64 = 200;
/// Longest word on a step, in characters.
const TEXT: usize = 500;

/// Something that was done about a case.
#[derive(Serialize, ToSchema)]
pub(crate) struct IncidentStepView {
    /// Where it stood.
    from: String,
    action: String,
    /// Where it stood then.
    to: String,
    by: String,
    at: DateTime<Utc>,
    text: String,
}

impl From<Step> for IncidentStepView {
    fn from(step: Step) -> Self {
        Self { from: step.from, action: step.action, to: step.to, by: step.by, at: step.at, text: step.text }
    }
}

/// What a case lacks is wrong in the form; a move that it does not have is a conflict.
pub(super) fn refused(error: IncidentError) -> ApiError {
    match error.field() {
        Some(field) => {
            let mut wrong = Wrong::default();
            wrong.note(field, error.code());
            wrong.into_error()
        }
        None => ApiError::from(INCIDENT_STATE).detail(error.to_string()),
    }
}

/// Somebody was faster.
pub(super) fn moved(error: DbError) -> ApiError {
    if matches!(error, DbError::NotFound) { INCIDENT_STATE.into() } else { error.into() }
}

/// A word on a step; it may be empty.
pub(super) fn word(given: &str, wrong: &mut Wrong) -> String {
    let text = given.trim().to_owned();
    if text.chars().count() > TEXT {
        wrong.note("text", "incident.text");
    }
    text
}

/// When it happened: not later than now.
pub(super) fn happened(at: DateTime<Utc>, now: DateTime<Utc>, wrong: &mut Wrong) {
    if at > now {
        wrong.note("at", "incident.future");
    }
}

/// Where it happened, if that is known.
pub(super) fn place(lon: Option<f64>, lat: Option<f64>, wrong: &mut Wrong) -> Option<LonLat> {
    lon.zip(lat).and_then(|(lon, lat)| wrong.take("lon", LonLat::new(lon, lat), PlaceError::code))
}

/// The order and the driver of a case: those that are named, else those that had the car then.
pub(super) async fn driven(
    conn: &mut PgConnection,
    vehicle: VehicleId,
    order: Option<Uuid>,
    at: DateTime<Utc>,
) -> ApiResult<(Option<OrderId>, Option<DriverId>)> {
    let Some(order) = order.map(OrderId) else {
        return Ok(incident::order_at(conn, vehicle, at).await?.unzip());
    };
    match incident::driver_of(conn, order, vehicle).await {
        Ok(driver) => Ok((Some(order), Some(driver))),
        Err(DbError::NotFound) => {
            let mut wrong = Wrong::default();
            wrong.note("order_id", "incident.order");
            Err(wrong.into_error())
        }
        Err(error) => Err(error.into()),
    }
}
