//! Alarms of a vehicle: those of a span of time, and those that last.

use axum::extract::State;
use chrono::{DateTime, Utc};
use fleet_db::{DbError, PgConnection};
use serde::{Deserialize, Serialize};
use telematics::alarm::Alarm;
use telematics::id::{AlarmId, VehicleNo};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::history::{self, PlaceView};
use crate::auth::Actor;
use crate::auth::look::Sight;
use crate::extract::{Asked, Path, Window};
use crate::problem::{ApiError, ApiResult, Problem, REQUEST_QUERY};
use crate::state::App;

/// Alarms told at once.
const MOST_ALARMS: u32 = 1000;

/// Which alarms.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AlarmsAsked {
    /// First instant, RFC 3339.
    from: DateTime<Utc>,
    /// End, RFC 3339.
    to: DateTime<Utc>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    limit: Option<u32>,
}

/// A page of alarms, the earliest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct AlarmPage {
    items: Vec<AlarmView>,
    /// To be sent as `after` for the next page; null at the end.
    next: Option<String>,
}

/// An alarm of a vehicle.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AlarmView {
    id: Uuid,
    /// Such as `main_power_off`.
    kind: &'static str,
    name_zh: &'static str,
    name_en: &'static str,
    /// Its code in the list of alarms, `A01` to `A23`; null for a fault of the terminal itself.
    code: Option<&'static str>,
    /// `yellow` reminds, `red` wants somebody at once.
    colour: &'static str,
    /// `device`: told by the terminal; `rule`: found by the service.
    source: &'static str,
    raised_at: DateTime<Utc>,
    /// Null while it lasts.
    cleared_at: Option<DateTime<Utc>>,
    /// Where the vehicle was when it began.
    place: Option<PlaceView>,
    /// The device's own level, 1 to 4, of an electric vehicle's alarm.
    level: Option<u8>,
    /// Known only from what the device stored and sent later; nobody was told as it happened.
    replayed: bool,
}

impl From<&Alarm> for AlarmView {
    fn from(alarm: &Alarm) -> Self {
        Self {
            id: alarm.id.0,
            kind: alarm.kind.name(),
            name_zh: alarm.kind.zh(),
            name_en: alarm.kind.en(),
            code: alarm.kind.code(),
            colour: alarm.kind.colour().name(),
            source: if alarm.kind.is_told_by_devices() { "device" } else { "rule" },
            raised_at: alarm.raised_at,
            cleared_at: alarm.cleared_at,
            place: alarm.place.map(PlaceView::from),
            level: alarm.level,
            replayed: alarm.replayed,
        }
    }
}

/// The alarms of a vehicle that last.
pub(crate) async fn open(conn: &mut PgConnection, no: VehicleNo) -> Result<Vec<AlarmView>, DbError> {
    let alarms = fleet_db::alarm::open(conn, &[no]).await?;
    Ok(alarms.iter().map(AlarmView::from).collect())
}

/// The alarms of the vehicle.
#[utoipa::path(get, path = "/vehicles/{id}/alarms", operation_id = "list_alarms", tag = "history", params(("id" = Uuid, Path), AlarmsAsked),
    responses((status = 200, body = AlarmPage),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Asked(asked): Asked<AlarmsAsked>,
) -> ApiResult<axum::Json<AlarmPage>> {
    let Window { from, to } = Window { from: asked.from, to: asked.to }.checked(&app.config)?;
    let after = asked.after.as_deref().map(read_cursor).transpose()?;
    let limit = asked.limit.unwrap_or(MOST_ALARMS).clamp(1, MOST_ALARMS) as usize;
    let (mut conn, no) = history::open(&app, &actor, id, Sight::Alarms(Window { from, to })).await?;
    let wanted = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let mut alarms = fleet_db::alarm::list(&mut conn, no, from, to, after, wanted).await?;
    let has_more = alarms.len() > limit;
    alarms.truncate(limit);
    let next = alarms.last().filter(|_| has_more).map(|last| last.id.to_string());
    Ok(axum::Json(AlarmPage { items: alarms.iter().map(AlarmView::from).collect(), next }))
}

fn read_cursor(text: &str) -> ApiResult<AlarmId> {
    text.parse().map_err(|_not_an_id| ApiError::from(REQUEST_QUERY).detail("after: send what `next` of the page before was"))
}
