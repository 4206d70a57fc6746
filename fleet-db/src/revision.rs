//! Revisions (轨迹重算): ranges in which late fixes came in, and what is worked out again there.

use chrono::{DateTime, Utc};
use sqlx::{Connection, PgConnection};
use telematics::fix::Observation;
use telematics::id::VehicleNo;
use telematics::policy::Policy;
use telematics::revise::{Revision, Window};

use crate::error::DbError;
use crate::ingest::{EventRow, PositionRow, insert_events, upsert_stops, upsert_trips};
use crate::{alarm, exempt, stop, track};

/// Known stops asked for on either side of the late fixes; two settled ones are enough, and most stops settle.
const STOPS_ASKED: i64 = 40;

/// A range of a vehicle's time in which late fixes came in (待重算区间).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Whose.
    pub vehicle: VehicleNo,
    /// The first late fix.
    pub from: DateTime<Utc>,
    /// The last late fix.
    pub to: DateTime<Utc>,
    /// When the newest of them came in.
    pub noted_at: DateTime<Utc>,
}

/// What was worked out and stored (重算结果).
#[derive(Clone, Debug, PartialEq)]
pub struct Revised {
    /// The range that was replaced.
    pub window: Window,
    /// Its trips, stops and events; the tracker is the vehicle's when `window.reaches_newest()`.
    pub revision: Revision,
}

/// Ranges that have been quiet since `quiet_since`, the longest waiting first.
pub async fn pending(conn: &mut PgConnection, quiet_since: DateTime<Utc>, limit: i64) -> Result<Vec<Pending>, DbError> {
    let rows = sqlx::query!(
        "select vehicle_no, from_at, to_at, noted_at
         from track_revision
         where noted_at <= $1
         order by noted_at
         limit $2",
        quiet_since,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Pending { vehicle: VehicleNo(row.vehicle_no), from: row.from_at, to: row.to_at, noted_at: row.noted_at })
        .collect())
}

/// The range of one vehicle that waits, if one does.
pub async fn pending_of(conn: &mut PgConnection, vehicle: VehicleNo) -> Result<Option<Pending>, DbError> {
    let row = sqlx::query!("select from_at, to_at, noted_at from track_revision where vehicle_no = $1", vehicle.0)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| Pending { vehicle, from: row.from_at, to: row.to_at, noted_at: row.noted_at }))
}

/// Works a range out again and replaces what was known of it, in one transaction.
///
/// To be called from where the vehicle's observations are handled, with nothing of it waiting to be committed: what the
/// tracker in memory knows and the store does not would be lost from the answer.
pub async fn work_out(conn: &mut PgConnection, pending: &Pending, policy: &Policy) -> Result<Revised, DbError> {
    let vehicle = pending.vehicle;
    let mut tx = conn.begin().await?;
    exempt::pass_gate(&mut tx).await?;
    let before = stop::newest_before(&mut tx, vehicle, pending.from, STOPS_ASKED).await?;
    let after = stop::oldest_after(&mut tx, vehicle, pending.to, STOPS_ASKED).await?;
    let mut window = Window::default();
    let mut revision = None;
    for candidate in Window::candidates(&before, &after, (pending.from, pending.to), policy) {
        let seen = observations(&mut tx, vehicle, &candidate).await?;
        window = candidate;
        revision = candidate.revise(vehicle, &seen, policy);
        if revision.is_some() {
            break;
        }
    }
    let revision = revision.expect("the last candidate is everything, which hangs on no stop");
    replace(&mut tx, vehicle, &window, &revision).await?;
    // Late fixes that came in meanwhile have noted their range anew, and it stays.
    sqlx::query!(
        "delete from track_revision where vehicle_no = $1 and noted_at = $2 and from_at = $3 and to_at = $4",
        vehicle.0,
        pending.noted_at,
        pending.from,
        pending.to,
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(Revised { window, revision })
}

async fn observations(conn: &mut PgConnection, vehicle: VehicleNo, window: &Window) -> Result<Vec<Observation>, DbError> {
    let from = window.read_from.unwrap_or(BEGINNING);
    let to = window.read_until.map_or(END, |until| until + chrono::TimeDelta::microseconds(1));
    let fixes = track::read(conn, vehicle, from, to).await?;
    Ok(fixes.iter().map(PositionRow::observation).collect())
}

async fn replace(conn: &mut PgConnection, vehicle: VehicleNo, window: &Window, revision: &Revision) -> Result<(), DbError> {
    let (from, until) = (window.from.unwrap_or(BEGINNING), window.until.unwrap_or(END));
    sqlx::query!("delete from trip where vehicle_no = $1 and started_at >= $2 and started_at < $3", vehicle.0, from, until)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("delete from vehicle_stop where vehicle_no = $1 and from_at >= $2 and from_at < $3", vehicle.0, from, until)
        .execute(&mut *conn)
        .await?;
    // When a vehicle was heard is no business of its track.
    sqlx::query!(
        "delete from vehicle_event
         where vehicle_no = $1 and at >= $2 and at <= $3 and kind not in ('went_online', 'went_offline')",
        vehicle.0,
        from,
        until,
    )
    .execute(&mut *conn)
    .await?;
    alarm::replace_replayed(conn, vehicle, from, until, &revision.alarms, revision.tracker.newest()).await?;
    upsert_trips(conn, &revision.trips).await?;
    upsert_stops(conn, &revision.stops).await?;
    let events: Vec<EventRow> = revision
        .events
        .iter()
        .map(|event| EventRow { vehicle, at: event.at, kind: event.kind.name().to_owned(), detail: event.kind.detail() })
        .collect();
    insert_events(conn, &events).await?;
    Ok(())
}

/// Before every record: what claims to be older than 2000 is set aside on the way in.
const BEGINNING: DateTime<Utc> = DateTime::UNIX_EPOCH;
/// After every record, and still a year of four digits.
const END: DateTime<Utc> = DateTime::from_timestamp_secs(253_402_300_799).expect("the last second of the year 9999");
