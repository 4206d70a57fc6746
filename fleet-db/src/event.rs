//! Vehicle events (车辆事件) as they are stored, read by vehicle and time, page by page.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use telematics::id::VehicleNo;

use crate::error::DbError;
use crate::ingest::EventRow;

/// Where a page of events ended; the next page begins after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// Instant of the last event of the page.
    pub at: DateTime<Utc>,
    /// Its kind.
    pub kind: String,
}

/// Events of a vehicle in `from ≤ at < to`, oldest first, at most `limit` of those after `after`.
pub async fn list(
    conn: &mut PgConnection,
    vehicle: VehicleNo,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    after: Option<&After>,
    limit: i64,
) -> Result<Vec<EventRow>, DbError> {
    let rows = sqlx::query!(
        r#"select vehicle_no, at, kind, detail
           from vehicle_event
           where vehicle_no = $1
             and at >= $2
             and at < $3
             and ($4::timestamptz is null or (at, kind) > ($4, $5::text))
           order by at, kind
           limit $6"#,
        vehicle.0,
        from,
        to,
        after.map(|after| after.at),
        after.map(|after| after.kind.as_str()),
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| EventRow { vehicle: VehicleNo(row.vehicle_no), at: row.at, kind: row.kind, detail: row.detail })
        .collect())
}
