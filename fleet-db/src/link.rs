//! Links of terminals (链路状态): who is connected, since when, last heard when; written in batches, one row a terminal.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use telematics::device::Protocol;
use telematics::id::DeviceId;

use crate::DbError;

/// The state of a terminal's newest connection, as the gateway last saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkChange {
    /// The terminal.
    pub device: DeviceId,
    /// Address and port it comes from.
    pub peer: String,
    /// What it speaks.
    pub protocol: Protocol,
    /// The edition its frames tell: 2011, 2013, 2019; 2016, 2025; 3.1.1, 5; or empty.
    pub version: String,
    /// It came by TLS.
    pub is_encrypted: bool,
    /// Since when.
    pub connected_at: DateTime<Utc>,
    /// The last byte heard.
    pub last_heard_at: DateTime<Utc>,
    /// When and why it ended: `closed`, `replaced`, `idle`, `expelled`, `logout`, `protocol_error`, `shutdown`, ...
    pub closed: Option<(DateTime<Utc>, &'static str)>,
}

/// Writes a batch of changes of the links that `gateway` holds; of two about one terminal the later connection counts.
pub async fn flush(conn: &mut PgConnection, gateway: &str, changes: &[LinkChange]) -> Result<(), DbError> {
    if changes.is_empty() {
        return Ok(());
    }
    // In the order of the key, as two gateways may write the same rows; the newest of each terminal alone.
    let mut newest: Vec<&LinkChange> = changes.iter().collect();
    newest.sort_by_key(|change| (change.device, change.connected_at, change.last_heard_at));
    newest.reverse();
    newest.dedup_by_key(|change| change.device);
    let devices: Vec<uuid::Uuid> = newest.iter().map(|change| change.device.0).collect();
    let peers: Vec<&str> = newest.iter().map(|change| change.peer.as_str()).collect();
    let protocols: Vec<&str> = newest.iter().map(|change| change.protocol.as_str()).collect();
    let versions: Vec<&str> = newest.iter().map(|change| change.version.as_str()).collect();
    let encrypted: Vec<bool> = newest.iter().map(|change| change.is_encrypted).collect();
    let connected: Vec<DateTime<Utc>> = newest.iter().map(|change| change.connected_at).collect();
    let heard: Vec<DateTime<Utc>> = newest.iter().map(|change| change.last_heard_at).collect();
    let closed: Vec<Option<DateTime<Utc>>> = newest.iter().map(|change| change.closed.map(|(at, _)| at)).collect();
    let reasons: Vec<Option<&str>> = newest.iter().map(|change| change.closed.map(|(_, reason)| reason)).collect();
    sqlx::query!(
        "insert into device_link (device_id, gateway, peer, protocol, version, is_encrypted, connected_at, last_heard_at, closed_at, close_reason)
         select l.device_id, $1, l.peer, l.protocol, l.version, l.is_encrypted, l.connected_at, l.last_heard_at, l.closed_at, l.close_reason
         from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::bool[], $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::text[])
              as l (device_id, peer, protocol, version, is_encrypted, connected_at, last_heard_at, closed_at, close_reason)
         join device on device.id = l.device_id
         order by l.device_id
         on conflict (device_id) do update
         set gateway = excluded.gateway, peer = excluded.peer, protocol = excluded.protocol, version = excluded.version,
             is_encrypted = excluded.is_encrypted, connected_at = excluded.connected_at,
             last_heard_at = greatest(excluded.last_heard_at, device_link.last_heard_at),
             closed_at = excluded.closed_at, close_reason = excluded.close_reason
         where excluded.connected_at >= device_link.connected_at",
        gateway,
        &devices,
        &peers as &[&str],
        &protocols as &[&str],
        &versions as &[&str],
        &encrypted,
        &connected,
        &heard,
        &closed as &[Option<DateTime<Utc>>],
        &reasons as &[Option<&str>],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Closes what a gateway of this name left open when it was killed; called when it starts.
pub async fn close_left_open(conn: &mut PgConnection, gateway: &str, at: DateTime<Utc>) -> Result<u64, DbError> {
    let closed = sqlx::query!(
        "update device_link set closed_at = $2, close_reason = 'gateway_ended' where gateway = $1 and closed_at is null",
        gateway,
        at,
    )
    .execute(conn)
    .await?;
    Ok(closed.rows_affected())
}
