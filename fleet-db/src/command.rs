//! Commands to terminals (下发指令): asked by people, sent by the gateway that holds the link, kept with their answers.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::message::{News, SubjectKind};
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::postgres::{PgListener, PgPool};
use telematics::id::{CommandId, DeviceId};
use tracing::warn;

use crate::DbError;
use crate::message::{self, About, Subject};
use crate::pool::listener;

pub mod ask;

pub use telematics::command::Command;

/// A command that waits to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Due {
    /// Its key.
    pub id: CommandId,
    /// Whom it is for.
    pub device: DeviceId,
    /// What is asked.
    pub command: Command,
    /// After this it is not sent any more.
    pub expires_at: DateTime<Utc>,
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// `ok`, or why not: `failed`, `bad_message`, `unsupported`, `no_answer`, `not_encodable`.
    pub result: &'static str,
    /// What the terminal answered beside that: parameters, a position, attributes.
    pub answer: Option<Value>,
}

/// The queued commands of these devices that have not expired at `now`, oldest first; of all devices when `devices` is `None`.
pub async fn due(conn: &mut PgConnection, devices: Option<&[DeviceId]>, now: DateTime<Utc>) -> Result<Vec<Due>, DbError> {
    let keys: Option<Vec<uuid::Uuid>> = devices.map(|devices| devices.iter().map(|device| device.0).collect());
    let rows = sqlx::query!(
        "select id, device_id, kind, args, expires_at
         from terminal_command
         where state = 'queued' and expires_at > $2 and ($1::uuid[] is null or device_id = any($1))
         order by id",
        keys.as_deref(),
        now,
    )
    .fetch_all(conn)
    .await?;
    let readable = rows.into_iter().filter_map(|row| {
        let command = Command::from_parts(&row.kind, row.args)
            .inspect_err(|error| warn!(command.id = %row.id, %error, "command {} cannot be read, it is not sent", row.id))
            .ok()?;
        Some(Due { id: CommandId(row.id), device: DeviceId(row.device_id), command, expires_at: row.expires_at })
    });
    Ok(readable.collect())
}

/// Claims a queued command for sending; `false` when it was cancelled, has expired or was claimed by another gateway.
/// To be committed before the frame goes out, so that nothing is sent twice.
pub async fn mark_sent(conn: &mut PgConnection, command: CommandId, at: DateTime<Utc>) -> Result<bool, DbError> {
    let sent = sqlx::query!(
        "update terminal_command set state = 'sent', sent_at = $2 where id = $1 and state = 'queued' and expires_at > $2",
        command.0,
        at,
    )
    .execute(conn)
    .await?;
    Ok(sent.rows_affected() == 1)
}

/// Puts back what was sent to these terminals on a link that has ended and was not answered. What ends a link by itself is not
/// sent again: a terminal would restart for ever.
pub async fn take_back(conn: &mut PgConnection, devices: &[DeviceId], now: DateTime<Utc>) -> Result<u64, DbError> {
    let keys: Vec<uuid::Uuid> = devices.iter().map(|device| device.0).collect();
    let back = sqlx::query!(
        "update terminal_command set state = 'queued', sent_at = null
         where device_id = any($1) and state = 'sent' and expires_at > $2 and kind not in ('restart', 'factory_reset')",
        &keys,
        now,
    )
    .execute(conn)
    .await?;
    Ok(back.rows_affected())
}

/// Keeps the outcome of a command that was sent; a late answer of one that was given up is kept too.
pub async fn mark_answered(
    conn: &mut PgConnection,
    command: CommandId,
    outcome: &Outcome,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    let state = if outcome.result == "ok" { "answered" } else { "failed" };
    sqlx::query!(
        "update terminal_command
         set state = $2, result = $3, answer = coalesce($4, answer), answered_at = $5
         where id = $1 and state in ('sent', 'failed', 'expired')",
        command.0,
        state,
        outcome.result,
        outcome.answer,
        at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends what was not sent before its expiry, and what was sent and not answered `patience` after that; how many those were. Whoever
/// asked is told; of an order for firmware its rollout tells.
pub async fn expire(conn: &mut PgConnection, now: DateTime<Utc>, patience: std::time::Duration) -> Result<u64, DbError> {
    let given_up = now - patience;
    let ended = sqlx::query!(
        "update terminal_command c
         set state = case c.state when 'queued' then 'expired' else 'failed' end,
             result = case c.state when 'queued' then 'not_sent' else 'no_answer' end
         from device d
         where d.id = c.device_id and ((c.state = 'queued' and c.expires_at <= $1) or (c.state = 'sent' and c.sent_at <= $2))
         returning c.id, c.kind, c.state, c.asked_by, d.id as device_id, d.terminal_id",
        now,
        given_up,
    )
    .fetch_all(&mut *conn)
    .await?;
    for command in ended.iter().filter(|command| command.kind != "update") {
        let news = if command.state == "expired" {
            News::command_expired(&command.terminal_id, &command.kind, now)
        } else {
            News::command_failed(&command.terminal_id, &command.kind, now)
        };
        let about = About {
            subject: Some(Subject { kind: SubjectKind::Terminal, id: command.device_id }),
            unit: None,
            cause: &format!("command:{}", command.id),
        };
        message::tell(conn, &news, about, &[AccountId(command.asked_by)], now).await?;
    }
    Ok(u64::try_from(ended.len()).unwrap_or(u64::MAX))
}

/// Tells of commands that were asked or cancelled (`listen terminal_command`).
#[derive(Debug)]
pub struct Changes(PgListener);

impl Changes {
    /// Starts to listen, on a connection of its own.
    pub async fn listen(pool: &PgPool) -> Result<Self, DbError> {
        Ok(Self(listener(pool, "terminal_command").await?))
    }

    /// Waits for the next: the devices it is about, each once; `None` after a lost connection was restored: anybody's.
    pub async fn next(&mut self) -> Result<Option<Vec<DeviceId>>, DbError> {
        let Some(first) = self.0.try_recv().await? else { return Ok(None) };
        let mut devices: Vec<DeviceId> = first.payload().parse().into_iter().collect();
        while let Some(more) = self.0.next_buffered() {
            devices.extend(more.payload().parse::<DeviceId>());
        }
        devices.sort_unstable();
        devices.dedup();
        Ok(Some(devices))
    }
}
