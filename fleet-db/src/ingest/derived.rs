//! What a batch says besides positions: snapshots, trips, stops, events, ranges to work out again, records kept aside.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;
use telematics::id::VehicleNo;
use telematics::live::LiveState;
use telematics::trip::{Stop, Trip};
use uuid::Uuid;

/// A vehicle's state and its tracker's memory at one moment (状态快照).
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// What the map and the list show.
    pub state: LiveState,
    /// The tracker, as it wrote itself.
    pub tracker: Vec<u8>,
}

/// An event of a vehicle (车辆事件) as it is stored; the vehicle, the instant and the kind are its key.
#[derive(Clone, Debug, PartialEq)]
pub struct EventRow {
    /// Whose.
    pub vehicle: VehicleNo,
    /// When.
    pub at: DateTime<Utc>,
    /// Its wire name, such as `trip_started`.
    pub kind: String,
    /// What else is known.
    pub detail: serde_json::Value,
}

/// A record that could not be taken for true (隔离记录), kept with its reason.
#[derive(Clone, Debug, PartialEq)]
pub struct QuarantinedRecord {
    /// Who sent it.
    pub terminal: String,
    /// For which vehicle, if that is known.
    pub vehicle: Option<VehicleNo>,
    /// When we received it.
    pub received_at: DateTime<Utc>,
    /// Why, such as `record.future`.
    pub code: &'static str,
    /// What it sent.
    pub payload: Vec<u8>,
}

pub(super) async fn upsert_snapshots(
    conn: &mut PgConnection,
    snapshots: &[Snapshot],
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    if snapshots.is_empty() {
        return Ok(());
    }
    let vehicles: Vec<i32> = snapshots.iter().map(|snapshot| snapshot.state.vehicle.0).collect();
    let states: Vec<Json<&LiveState>> = snapshots.iter().map(|snapshot| Json(&snapshot.state)).collect();
    let trackers: Vec<&[u8]> = snapshots.iter().map(|snapshot| snapshot.tracker.as_slice()).collect();
    sqlx::query!(
        "insert into vehicle_live (vehicle_no, state, tracker, updated_at)
         select s.vehicle_no, s.state, s.tracker, $4
         from unnest($1::int4[], $2::jsonb[], $3::bytea[]) as s (vehicle_no, state, tracker)
         on conflict (vehicle_no) do update set state = excluded.state, tracker = excluded.tracker, updated_at = excluded.updated_at",
        &vehicles,
        &states as &[Json<&LiveState>],
        &trackers as &[&[u8]],
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

#[expect(clippy::cast_possible_truncation, reason = "the casts saturate; no trip is that long or that fast")]
pub(crate) async fn upsert_trips(conn: &mut PgConnection, trips: &[Trip]) -> Result<(), sqlx::Error> {
    if trips.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = trips.iter().map(|trip| trip.id.0).collect();
    let vehicles: Vec<i32> = trips.iter().map(|trip| trip.vehicle.0).collect();
    let started: Vec<DateTime<Utc>> = trips.iter().map(|trip| trip.started_at).collect();
    let ended: Vec<Option<DateTime<Utc>>> = trips.iter().map(|trip| trip.ended_at).collect();
    let from_lon: Vec<f64> = trips.iter().map(|trip| trip.from.lon()).collect();
    let from_lat: Vec<f64> = trips.iter().map(|trip| trip.from.lat()).collect();
    let to_lon: Vec<f64> = trips.iter().map(|trip| trip.to.lon()).collect();
    let to_lat: Vec<f64> = trips.iter().map(|trip| trip.to.lat()).collect();
    let distances: Vec<i32> = trips.iter().map(|trip| trip.distance.metres().round() as i32).collect();
    let speeds: Vec<i16> = trips.iter().map(|trip| (trip.max_speed.kmh() * 10.0).round() as i16).collect();
    let stops: Vec<i32> = trips.iter().map(|trip| i32::try_from(trip.stops).unwrap_or(i32::MAX)).collect();
    sqlx::query_file!(
        "sql/upsert_trip.sql",
        &ids,
        &vehicles,
        &started,
        &ended as &[Option<DateTime<Utc>>],
        &from_lon,
        &from_lat,
        &to_lon,
        &to_lat,
        &distances,
        &speeds,
        &stops,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn upsert_stops(conn: &mut PgConnection, stops: &[Stop]) -> Result<(), sqlx::Error> {
    if stops.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = stops.iter().map(|stop| stop.id.0).collect();
    let vehicles: Vec<i32> = stops.iter().map(|stop| stop.vehicle.0).collect();
    let from: Vec<DateTime<Utc>> = stops.iter().map(|stop| stop.from).collect();
    let to: Vec<Option<DateTime<Utc>>> = stops.iter().map(|stop| stop.to).collect();
    let lon: Vec<f64> = stops.iter().map(|stop| stop.at.lon()).collect();
    let lat: Vec<f64> = stops.iter().map(|stop| stop.at.lat()).collect();
    sqlx::query!(
        "insert into vehicle_stop (id, vehicle_no, from_at, to_at, place)
         select s.id, s.vehicle_no, s.from_at, s.to_at, st_setsrid(st_makepoint(s.lon, s.lat), 4326)
         from unnest($1::uuid[], $2::int4[], $3::timestamptz[], $4::timestamptz[], $5::float8[], $6::float8[])
             as s (id, vehicle_no, from_at, to_at, lon, lat)
         on conflict (id) do update set to_at = excluded.to_at, place = excluded.place",
        &ids,
        &vehicles,
        &from,
        &to as &[Option<DateTime<Utc>>],
        &lon,
        &lat,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn insert_events(conn: &mut PgConnection, events: &[EventRow]) -> Result<(), sqlx::Error> {
    if events.is_empty() {
        return Ok(());
    }
    let vehicles: Vec<i32> = events.iter().map(|event| event.vehicle.0).collect();
    let instants: Vec<DateTime<Utc>> = events.iter().map(|event| event.at).collect();
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    let details: Vec<&serde_json::Value> = events.iter().map(|event| &event.detail).collect();
    sqlx::query!(
        "insert into vehicle_event (vehicle_no, at, kind, detail)
         select * from unnest($1::int4[], $2::timestamptz[], $3::text[], $4::jsonb[])
         on conflict (vehicle_no, at, kind) do nothing",
        &vehicles,
        &instants,
        &kinds as &[&str],
        &details as &[&serde_json::Value],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Widens the ranges that wait to be worked out again, and has every platform above us told; `late` holds one entry a late
/// position that was really new.
pub(super) async fn note_revisions(
    conn: &mut PgConnection,
    late: &[(VehicleNo, DateTime<Utc>)],
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    if late.is_empty() {
        return Ok(());
    }
    let vehicles: Vec<i32> = late.iter().map(|(vehicle, _)| vehicle.0).collect();
    let instants: Vec<DateTime<Utc>> = late.iter().map(|(_, at)| *at).collect();
    sqlx::query!(
        "with told as (
             insert into mirror_late (link, vehicle_no, fixed_at)
             select distinct mirror_link.name, l.vehicle_no, l.at
             from mirror_link cross join unnest($1::int4[], $2::timestamptz[]) as l (vehicle_no, at)
             on conflict do nothing
         )
         insert into track_revision (vehicle_no, from_at, to_at, noted_at)
         select l.vehicle_no, min(l.at), max(l.at), $3
         from unnest($1::int4[], $2::timestamptz[]) as l (vehicle_no, at)
         group by l.vehicle_no
         on conflict (vehicle_no) do update set
             from_at = least(track_revision.from_at, excluded.from_at),
             to_at = greatest(track_revision.to_at, excluded.to_at),
             noted_at = excluded.noted_at",
        &vehicles,
        &instants,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn insert_quarantined(conn: &mut PgConnection, records: &[QuarantinedRecord]) -> Result<(), sqlx::Error> {
    if records.is_empty() {
        return Ok(());
    }
    let terminals: Vec<&str> = records.iter().map(|record| record.terminal.as_str()).collect();
    let vehicles: Vec<Option<i32>> = records.iter().map(|record| record.vehicle.map(|vehicle| vehicle.0)).collect();
    let received: Vec<DateTime<Utc>> = records.iter().map(|record| record.received_at).collect();
    let codes: Vec<&str> = records.iter().map(|record| record.code).collect();
    let payloads: Vec<&[u8]> = records.iter().map(|record| record.payload.as_slice()).collect();
    sqlx::query!(
        "insert into quarantined_record (terminal_id, vehicle_no, received_at, code, payload)
         select * from unnest($1::text[], $2::int4[], $3::timestamptz[], $4::text[], $5::bytea[])",
        &terminals as &[&str],
        &vehicles as &[Option<i32>],
        &received,
        &codes as &[&str],
        &payloads as &[&[u8]],
    )
    .execute(conn)
    .await?;
    Ok(())
}
