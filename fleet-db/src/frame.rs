//! Frames as they were on the wire (原始报文), of the terminals that somebody looks at.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::postgres::{PgListener, PgPool};
use telematics::id::DeviceId;

use crate::DbError;
use crate::pool::listener;

/// Frames of one terminal that are kept; older ones go.
const KEPT: i64 = 500;

/// Which way a frame went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the terminal.
    Up,
    /// To the terminal.
    Down,
}

impl Direction {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

/// A frame (报文) with its terminal and its instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Whose.
    pub device: DeviceId,
    /// When it was read or written.
    pub at: DateTime<Utc>,
    /// Which way.
    pub direction: Direction,
    /// Topic or path, where the protocol has one; else empty.
    pub channel: String,
    /// As on the wire: with delimiters and escapes; of MQTT and HTTP the payload alone.
    pub bytes: Vec<u8>,
    /// The code of why it was not taken.
    pub error: Option<&'static str>,
}

/// The terminals that somebody looks at, and until when.
pub async fn watched(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<Vec<(DeviceId, DateTime<Utc>)>, DbError> {
    let rows = sqlx::query!("select device_id, until from frame_watch where until > $1", now).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| (DeviceId(row.device_id), row.until)).collect())
}

/// Keeps frames of watched terminals, in their order, and lets go of old ones.
pub async fn store(conn: &mut PgConnection, frames: &[Frame]) -> Result<(), DbError> {
    if frames.is_empty() {
        return Ok(());
    }
    let mut devices: Vec<uuid::Uuid> = frames.iter().map(|frame| frame.device.0).collect();
    let at: Vec<DateTime<Utc>> = frames.iter().map(|frame| frame.at).collect();
    let directions: Vec<&str> = frames.iter().map(|frame| frame.direction.as_str()).collect();
    let channels: Vec<&str> = frames.iter().map(|frame| frame.channel.as_str()).collect();
    let bytes: Vec<&[u8]> = frames.iter().map(|frame| frame.bytes.as_slice()).collect();
    let errors: Vec<Option<&str>> = frames.iter().map(|frame| frame.error).collect();
    sqlx::query!(
        "insert into device_frame (device_id, at, direction, channel, bytes, error)
         select f.device_id, f.at, f.direction, f.channel, f.bytes, f.error
         from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::bytea[], $6::text[])
              with ordinality as f (device_id, at, direction, channel, bytes, error, n)
         join device on device.id = f.device_id
         order by f.n",
        &devices,
        &at,
        &directions as &[&str],
        &channels as &[&str],
        &bytes as &[&[u8]],
        &errors as &[Option<&str>],
    )
    .execute(&mut *conn)
    .await?;
    devices.sort_unstable();
    devices.dedup();
    sqlx::query!(
        "delete from device_frame f
         using unnest($1::uuid[]) as d (id)
         where f.device_id = d.id
           and f.id < (select kept.id from device_frame kept where kept.device_id = d.id order by kept.id desc offset $2 limit 1)",
        &devices,
        KEPT - 1,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps looking at a terminal until then.
pub async fn watch(conn: &mut PgConnection, device: DeviceId, until: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), DbError> {
    // Somebody who goes on looking is no news to the gateways; after a pause it is an insert again, of which they are told.
    sqlx::query!("delete from frame_watch where until <= $1", now).execute(&mut *conn).await?;
    sqlx::query!(
        "insert into frame_watch (device_id, until) values ($1, $2)
         on conflict (device_id) do update set until = greatest(frame_watch.until, excluded.until)",
        device.0,
        until,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A frame that was kept, with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Rises with time.
    pub id: i64,
    /// When it was read or written.
    pub at: DateTime<Utc>,
    /// From the terminal (`up`), or to it (`down`).
    pub direction: String,
    /// Topic or path.
    pub channel: String,
    /// As on the wire.
    pub bytes: Vec<u8>,
    /// The code of why it was not taken.
    pub error: Option<String>,
}

/// The last frames of a terminal, newest first, of those with a number above `after`.
pub async fn list(conn: &mut PgConnection, device: DeviceId, after: i64, limit: u32) -> Result<Vec<Kept>, DbError> {
    let kept = sqlx::query_as!(
        Kept,
        "select id, at, direction, channel, bytes, error from device_frame where device_id = $1 and id > $2 order by id desc limit $3",
        device.0,
        after,
        i64::from(limit),
    )
    .fetch_all(conn)
    .await?;
    Ok(kept)
}

/// Tells when somebody begins to look at a terminal (`listen frame_watch`).
#[derive(Debug)]
pub struct Watches(PgListener);

impl Watches {
    /// Starts to listen, on a connection of its own.
    pub async fn listen(pool: &PgPool) -> Result<Self, DbError> {
        Ok(Self(listener(pool, "frame_watch").await?))
    }

    /// Waits for the next; whoever is told asks [`watched`] again.
    pub async fn next(&mut self) -> Result<(), DbError> {
        self.0.try_recv().await?;
        while self.0.next_buffered().is_some() {}
        Ok(())
    }
}
