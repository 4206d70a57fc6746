//! Causes that are found, not told: alarms are written in the gateway's hot path, where nothing is added; a job looks for new ones.

use chrono::{DateTime, Duration, Utc};
use dispatch::message::{News, SubjectKind};
use dispatch::unit::UnitId;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{About, Subject, tell};
use crate::error::DbError;

/// Kinds of alarm that have words of their own.
const SOS: &str = "sos";
const MISMATCH: &str = "identity_mismatch";

/// Tells of red alarms that nobody has been told of, at most `limit`; how many were looked at.
///
/// An alarm that began more than `news_for` ago is no news any more: it is passed over. Rows that another service looks at are
/// left to it; that an alarm is told and that it counts as told is one transaction.
pub async fn tell_alarms(conn: &mut PgConnection, now: DateTime<Utc>, news_for: Duration, limit: i64) -> Result<usize, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select a.id, a.kind, a.raised_at, a.detail, v.id as "vehicle_id?", v.plate as "plate?", v.unit_id as "unit_id?",
                  d.terminal_id as "terminal?"
           from vehicle_alarm a
           left join vehicle v on v.no = a.vehicle_no
           left join device d on d.id = case when a.kind = $2 then (a.detail ->> 'device_id')::uuid end
           where a.told_at is null and a.colour = 'red' and not a.replayed
           order by a.raised_at
           limit $1
           for update of a skip locked"#,
        limit,
        MISMATCH,
    )
    .fetch_all(&mut *conn)
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    for row in rows.iter().filter(|row| now - row.raised_at <= news_for) {
        let (Some(vehicle), Some(unit)) = (row.vehicle_id, row.unit_id) else { continue };
        let about = About {
            subject: Some(Subject { kind: SubjectKind::Vehicle, id: vehicle }),
            unit: Some(UnitId(unit)),
            cause: &format!("alarm:{}", row.id),
        };
        tell(conn, &row.news(), about, &[], now).await?;
    }
    if !ids.is_empty() {
        sqlx::query!("update vehicle_alarm set told_at = $2 where id = any($1)", &ids, now).execute(conn).await?;
    }
    Ok(ids.len())
}

struct Row {
    id: Uuid,
    kind: String,
    raised_at: DateTime<Utc>,
    detail: Value,
    vehicle_id: Option<Uuid>,
    plate: Option<String>,
    unit_id: Option<Uuid>,
    terminal: Option<String>,
}

impl Row {
    fn news(&self) -> News {
        let plate = self.plate.as_deref().unwrap_or_default();
        match self.kind.as_str() {
            SOS => News::sos_pressed(plate, self.raised_at),
            MISMATCH => {
                let first = |key| self.detail.pointer(&format!("/mismatch/0/{key}")).and_then(Value::as_str).unwrap_or_default();
                let terminal = self.terminal.as_deref().unwrap_or_default();
                News::terminal_mismatch(plate, terminal, first("field"), first("told"), first("expected"), self.raised_at)
            }
            kind => News::alarm_raised(plate, kind, self.raised_at),
        }
    }
}
