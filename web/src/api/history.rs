//! What a vehicle did: days with data, trips, stops, events.

use axum::extract::State;
use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveTime, Utc};
use dispatch::account::Permission;
use fleet_db::event::After;
use fleet_db::{DbError, PgConnection, Transaction};
use serde::{Deserialize, Serialize};
use telematics::id::{VehicleId, VehicleNo};
use telematics::place::LonLat;
use telematics::quantity::Distance;
use telematics::trip::{Stop, Trip};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::exemptions::{self, Wanted};
use super::vehicle_views::{TodayView, rounded};
use crate::auth::Actor;
use crate::auth::look::{self, Sight};
use crate::extract::{Asked, Now, Path, Window};
use crate::problem::{ApiError, ApiResult, Problem, REQUEST_QUERY};
use crate::state::App;

/// Days begin at midnight in Beijing; there has been no summer time since 1991.
const ZONE: &str = "Asia/Shanghai";
const ZONE_SECS: i32 = 8 * 3600;
/// Days told at once.
const MOST_DAYS: i64 = 400;
/// Events told at once.
const MOST_EVENTS: u32 = 1000;
/// A stop is named after a unit no further away than this.
const PLACE_REACH: Distance = Distance::from_metres(300.0);

/// Which days.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DaySpan {
    /// First day, in Beijing.
    from: Option<NaiveDate>,
    /// Last day, in Beijing.
    to: Option<NaiveDate>,
}

/// Days that have data, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct DayList {
    items: Vec<DayView>,
}

/// A day that has data.
#[derive(Serialize, ToSchema)]
pub(crate) struct DayView {
    day: NaiveDate,
    fixes: i64,
    distance_km: f64,
    trips: i64,
}

/// A place in WGS-84.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlaceView {
    lon: f64,
    lat: f64,
}

/// Trips, the earliest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct TripList {
    items: Vec<TripView>,
}

/// An observed trip.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TripView {
    id: Uuid,
    started_at: DateTime<Utc>,
    /// Null while it is under way.
    ended_at: Option<DateTime<Utc>>,
    distance_km: f64,
    max_speed_kmh: f64,
    from: PlaceView,
    to: PlaceView,
    /// Stops on the way.
    stops: u32,
}

/// Stops, the earliest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct StopList {
    items: Vec<StopView>,
}

/// A stop.
#[derive(Serialize, ToSchema)]
pub(crate) struct StopView {
    id: Uuid,
    from: DateTime<Utc>,
    /// Null while it still stands.
    to: Option<DateTime<Utc>>,
    /// How long, until now while it still stands.
    seconds: i64,
    lon: f64,
    lat: f64,
    /// The nearest unit within 300 m.
    place: Option<String>,
}

/// Which stops.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct StopsAsked {
    /// First instant, RFC 3339.
    from: DateTime<Utc>,
    /// End, RFC 3339.
    to: DateTime<Utc>,
    /// Only those that lasted at least so long.
    min_seconds: Option<i64>,
}

/// Which events.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventsAsked {
    /// First instant, RFC 3339.
    from: DateTime<Utc>,
    /// End, RFC 3339.
    to: DateTime<Utc>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    limit: Option<u32>,
}

/// A page of events, the earliest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventPage {
    items: Vec<EventView>,
    /// To be sent as `after` for the next page; null at the end.
    next: Option<String>,
}

/// Something that happened to the vehicle.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventView {
    at: DateTime<Utc>,
    /// Such as `trip_started`.
    kind: String,
    /// What else is known.
    #[schema(value_type = Object)]
    detail: serde_json::Value,
}

impl From<LonLat> for PlaceView {
    fn from(place: LonLat) -> Self {
        Self { lon: rounded(place.lon(), 7), lat: rounded(place.lat(), 7) }
    }
}

impl From<&Trip> for TripView {
    fn from(trip: &Trip) -> Self {
        Self {
            id: trip.id.0,
            started_at: trip.started_at,
            ended_at: trip.ended_at,
            distance_km: rounded(trip.distance.km(), 3),
            max_speed_kmh: rounded(trip.max_speed.kmh(), 1),
            from: trip.from.into(),
            to: trip.to.into(),
            stops: trip.stops,
        }
    }
}

impl StopView {
    fn new(stop: &Stop, place: Option<String>, now: DateTime<Utc>) -> Self {
        Self {
            id: stop.id.0,
            from: stop.from,
            to: stop.to,
            seconds: lasted(stop, now),
            lon: rounded(stop.at.lon(), 7),
            lat: rounded(stop.at.lat(), 7),
            place,
        }
    }
}

fn lasted(stop: &Stop, now: DateTime<Utc>) -> i64 {
    (stop.to.unwrap_or(now) - stop.from).num_seconds().max(0)
}

/// Midnight in Beijing, as an instant.
fn midnight(day: NaiveDate) -> DateTime<Utc> {
    (day.and_time(NaiveTime::MIN) - chrono::Duration::seconds(i64::from(ZONE_SECS))).and_utc()
}

/// The day that it is in Beijing.
fn local_day(at: DateTime<Utc>) -> NaiveDate {
    FixedOffset::east_opt(ZONE_SECS).map_or_else(|| at.date_naive(), |zone| at.with_timezone(&zone).date_naive())
}

/// A reading transaction with the vehicle's number, once it is clear that the actor may see it, and that anybody may: of a car that
/// is exempt from tracking nothing is told. Written down where it has to be.
pub(crate) async fn open(app: &App, actor: &Actor, id: Uuid, sight: Sight) -> ApiResult<(Transaction, VehicleNo)> {
    let scope = actor.scope(Permission::WatchVehicles)?;
    exemptions::check_vehicle(app, actor, &scope, VehicleId(id), Wanted::track(sight.name())).await?;
    look::at_vehicle(app, actor, &scope, VehicleId(id), sight, app.now()).await?;
    let mut tx = app.conn(&scope).await?;
    let no = fleet_db::vehicle::number(&mut tx, &scope, VehicleId(id)).await?;
    Ok((tx, no))
}

/// The day so far, and the trip under way.
pub(crate) async fn today(
    conn: &mut PgConnection,
    no: VehicleNo,
    now: DateTime<Utc>,
) -> Result<(TodayView, Option<TripView>), DbError> {
    let begun = midnight(local_day(now));
    let trips = fleet_db::trip::list(conn, no, begun, now + chrono::Duration::seconds(1)).await?;
    let mut today = TodayView::default();
    for trip in trips.iter().filter(|trip| trip.started_at >= begun) {
        today.trips += 1;
        today.distance_km += trip.distance.km();
        today.driving_s += (trip.ended_at.unwrap_or(now) - trip.started_at).num_seconds().max(0);
        today.max_speed_kmh = today.max_speed_kmh.max(trip.max_speed.kmh());
    }
    today.distance_km = rounded(today.distance_km, 3);
    today.max_speed_kmh = rounded(today.max_speed_kmh, 1);
    Ok((today, trips.iter().find(|trip| trip.ended_at.is_none()).map(TripView::from)))
}

/// The days, in Beijing, on which there is something to see.
#[utoipa::path(get, path = "/vehicles/{id}/days", operation_id = "list_days", tag = "history", params(("id" = Uuid, Path), DaySpan),
    responses((status = 200, body = DayList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn days(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Asked(span): Asked<DaySpan>,
) -> ApiResult<axum::Json<DayList>> {
    let (mut conn, no) = open(&app, &actor, id, Sight::Days).await?;
    let from = span.from.map_or(DateTime::UNIX_EPOCH, midnight);
    let last = span.to.unwrap_or_else(|| local_day(now));
    let to = midnight(last.checked_add_days(Days::new(1)).unwrap_or(last));
    let days = fleet_db::track::days(&mut conn, no, ZONE, from, to, MOST_DAYS).await?;
    let items = days.into_iter().map(|day| DayView {
        day: day.day,
        fixes: day.fixes,
        #[expect(clippy::cast_precision_loss, reason = "the way of a day is far below 2^53 metres")]
        distance_km: rounded(day.distance_m as f64 / 1000.0, 3),
        trips: day.trips,
    });
    Ok(axum::Json(DayList { items: items.collect() }))
}

/// The vehicle's trips.
#[utoipa::path(get, path = "/vehicles/{id}/trips", operation_id = "list_trips", tag = "history", params(("id" = Uuid, Path), Window),
    responses((status = 200, body = TripList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn trips(
    actor: Actor,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Asked(window): Asked<Window>,
) -> ApiResult<axum::Json<TripList>> {
    let Window { from, to } = window.checked(&app.config)?;
    let (mut conn, no) = open(&app, &actor, id, Sight::Trips(Window { from, to })).await?;
    let trips = fleet_db::trip::list(&mut conn, no, from, to).await?;
    Ok(axum::Json(TripList { items: trips.iter().map(TripView::from).collect() }))
}

/// Where the vehicle stood, how long, and at which unit.
#[utoipa::path(get, path = "/vehicles/{id}/stops", operation_id = "list_stops", tag = "history", params(("id" = Uuid, Path), StopsAsked),
    responses((status = 200, body = StopList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn stops(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Asked(asked): Asked<StopsAsked>,
) -> ApiResult<axum::Json<StopList>> {
    let Window { from, to } = Window { from: asked.from, to: asked.to }.checked(&app.config)?;
    let (mut conn, no) = open(&app, &actor, id, Sight::Stops(Window { from, to })).await?;
    let mut stops = fleet_db::stop::list(&mut conn, no, from, to).await?;
    stops.retain(|stop| lasted(stop, now) >= asked.min_seconds.unwrap_or(0));
    let places: Vec<LonLat> = stops.iter().map(|stop| stop.at).collect();
    let names = fleet_db::unit::nearest(&mut conn, &places, PLACE_REACH).await?;
    let items = stops.iter().zip(names).map(|(stop, name)| StopView::new(stop, name, now)).collect();
    Ok(axum::Json(StopList { items }))
}

/// What happened to the vehicle.
#[utoipa::path(get, path = "/vehicles/{id}/events", operation_id = "list_events", tag = "history", params(("id" = Uuid, Path), EventsAsked),
    responses((status = 200, body = EventPage),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn events(
    actor: Actor,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Asked(asked): Asked<EventsAsked>,
) -> ApiResult<axum::Json<EventPage>> {
    let Window { from, to } = Window { from: asked.from, to: asked.to }.checked(&app.config)?;
    let after = asked.after.as_deref().map(read_cursor).transpose()?;
    let limit = asked.limit.unwrap_or(MOST_EVENTS).clamp(1, MOST_EVENTS) as usize;
    let (mut conn, no) = open(&app, &actor, id, Sight::Events(Window { from, to })).await?;
    let mut rows =
        fleet_db::event::list(&mut conn, no, from, to, after.as_ref(), i64::try_from(limit + 1).unwrap_or(i64::MAX)).await?;
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| has_more).map(|row| format!("{}~{}", row.at.timestamp_micros(), row.kind));
    let items = rows.into_iter().map(|row| EventView { at: row.at, kind: row.kind, detail: row.detail }).collect();
    Ok(axum::Json(EventPage { items, next }))
}

fn read_cursor(text: &str) -> ApiResult<After> {
    let read = text.split_once('~').and_then(|(at, kind)| {
        let at = DateTime::from_timestamp_micros(at.parse().ok()?)?;
        Some(After { at, kind: kind.to_owned() })
    });
    read.ok_or_else(|| ApiError::from(REQUEST_QUERY).detail("after: send what `next` of the page before was"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_in_beijing_begins_at_four_in_the_afternoon_of_the_day_before() {
        let day = NaiveDate::from_ymd_opt(2008, 10, 28).unwrap();
        assert_eq!(midnight(day).to_rfc3339(), "2008-10-27T16:00:00+00:00");
        assert_eq!(local_day(midnight(day)), day);
        assert_eq!(local_day(midnight(day) - chrono::Duration::seconds(1)), day.pred_opt().unwrap());
    }
}
