//! A vehicle's track, column by column: half the bytes of rows, and what playback wants.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use fleet_db::PgConnection;
use fleet_db::ingest::{IGNITION_KNOWN, IGNITION_ON};
use fleet_db::track::StoredFix;
use serde::{Deserialize, Serialize};
use telematics::datum::{Datum, DatumError};
use telematics::id::VehicleNo;
use telematics::place::LonLat;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::history;
use crate::auth::Actor;
use crate::auth::look::Sight;
use crate::extract::{Asked, Path, Window};
use crate::problem::{ApiError, ApiResult, CRS_UNKNOWN, Problem, SERVER_FAILED, TRACK_TOO_LONG};
use crate::state::App;
use crate::tagged;

/// A track in columns; all have `count` entries. What the device did not say is null.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TrackView {
    /// What `lon` and `lat` are in: `WGS-84` or `GCJ-02`.
    crs: &'static str,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    count: usize,
    /// Unix milliseconds.
    t: Vec<i64>,
    lon: Vec<f64>,
    lat: Vec<f64>,
    speed_kmh: Vec<Option<f64>>,
    heading_deg: Vec<Option<i16>>,
    odometer_km: Vec<Option<f64>>,
    soc_pct: Vec<Option<f64>>,
    fuel_pct: Vec<Option<f64>>,
    ignition: Vec<Option<bool>>,
}

/// Degrees from their stored form, exactly: a quotient of integers prints as short as it can be.
pub(crate) fn degrees(e7: i32) -> f64 {
    f64::from(e7) / 1e7
}

/// Whether the ignition was on, where it is known.
pub(crate) const fn ignition(fix: &StoredFix) -> Option<bool> {
    if fix.flags & IGNITION_KNOWN == 0 { None } else { Some(fix.flags & IGNITION_ON != 0) }
}

impl TrackView {
    fn new(window: Window, datum: Datum, fixes: &[StoredFix]) -> Self {
        Self {
            crs: datum.name(),
            from: window.from,
            to: window.to,
            count: fixes.len(),
            t: fixes.iter().map(|fix| fix.fixed_at.timestamp_millis()).collect(),
            lon: fixes.iter().map(|fix| degrees(fix.lon_e7.unwrap_or_default())).collect(),
            lat: fixes.iter().map(|fix| degrees(fix.lat_e7.unwrap_or_default())).collect(),
            speed_kmh: fixes.iter().map(|fix| fix.speed_dkmh.map(|speed| f64::from(speed) / 10.0)).collect(),
            heading_deg: fixes.iter().map(|fix| fix.heading_deg).collect(),
            odometer_km: fixes.iter().map(|fix| fix.odometer_m.map(|metres| f64::from(metres) / 1000.0)).collect(),
            soc_pct: fixes.iter().map(|fix| fix.soc_permille.map(|soc| f64::from(soc) / 10.0)).collect(),
            fuel_pct: fixes.iter().map(|fix| fix.fuel_permille.map(|fuel| f64::from(fuel) / 10.0)).collect(),
            ignition: fixes.iter().map(ignition).collect(),
        }
    }
}

/// The fixes of the span that have a place, unless there are too many for one answer.
pub(crate) async fn placed_fixes(conn: &mut PgConnection, app: &App, no: VehicleNo, window: Window) -> ApiResult<Vec<StoredFix>> {
    let mut fixes = fleet_db::track::read(conn, no, window.from, window.to).await?;
    fixes.retain(|fix| fix.lon_e7.is_some() && fix.lat_e7.is_some());
    let most = app.config.track_limit_fixes;
    if fixes.len() > most {
        return Err(ApiError::from(TRACK_TOO_LONG).detail(format!("{} fixes, at most {most} at once", fixes.len())));
    }
    Ok(fixes)
}

/// The datum asked for by name; WGS-84 if none is.
pub(crate) fn datum(name: Option<&str>) -> ApiResult<Datum> {
    let asked = name.map_or(Ok(Datum::default()), str::parse);
    asked.map_err(|error: DatumError| ApiError::from(CRS_UNKNOWN).detail(error.to_string()))
}

/// Puts the fixes into another datum, to the centimetre that stored positions have. What is stored stays as it is.
pub(crate) fn show_in(datum: Datum, fixes: &mut [StoredFix]) {
    if datum == Datum::Wgs84 {
        return;
    }
    for fix in fixes {
        let place = fix.lon_e7.zip(fix.lat_e7).and_then(|(lon, lat)| LonLat::from_e7(lon, lat).ok());
        let shown = place.and_then(|place| <(f64, f64) as TryInto<LonLat>>::try_into(datum.of_wgs84(place)).ok());
        (fix.lon_e7, fix.lat_e7) = shown.map(LonLat::to_e7).unzip();
    }
}

/// Does something that keeps a core busy on a thread of its own.
pub(crate) async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> ApiResult<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error))
}

/// Which track, and in what.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TrackAsked {
    /// First instant, RFC 3339.
    from: DateTime<Utc>,
    /// End, RFC 3339.
    to: DateTime<Utc>,
    /// What the answer's coordinates are in: `WGS-84`, as they are stored, or `GCJ-02`, for maps drawn in it. Absent: `WGS-84`.
    crs: Option<String>,
}

/// Where the vehicle was.
#[utoipa::path(get, path = "/vehicles/{id}/track", operation_id = "read_track", tag = "history", params(("id" = Uuid, Path), TrackAsked),
    responses((status = 200, body = TrackView),
              (status = 304, description = "as before"),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(
    actor: Actor,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Asked(asked): Asked<TrackAsked>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let window = Window { from: asked.from, to: asked.to }.checked(&app.config)?;
    let datum = datum(asked.crs.as_deref())?;
    let (mut conn, no) = history::open(&app, &actor, id, Sight::Track(window)).await?;
    let mut fixes = placed_fixes(&mut conn, &app, no, window).await?;
    drop(conn);
    let encoded = apart(move || {
        show_in(datum, &mut fixes);
        let body = serde_json::to_vec(&TrackView::new(window, datum, &fixes))?;
        Ok::<_, serde_json::Error>((tagged::of_content(&body), Bytes::from(body)))
    });
    let (tag, body) = encoded.await?.map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error))?;
    Ok(tagged::answer(&headers, &tag, "application/json", "private, no-cache", body))
}
