//! The log of a terminal (终端履历): who did what to it, when and why; and what it did itself.

use std::sync::Mutex;

use chrono::{DateTime, Utc};
use dispatch::audit::{self, Action, By, Subject, SubjectKind};
use dispatch::unit::UnitId;
use serde_json::Value;
use sqlx::PgConnection;
use telematics::device::TerminalId;
use telematics::id::DeviceId;
use uuid::{ContextV7, Uuid};

use super::Terminal;
use crate::DbError;

/// Entries of one answer; a terminal's whole life has fewer.
const SHOWN: i64 = 200;

/// One line of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// When.
    pub at: DateTime<Utc>,
    /// Name of the account; `None`: the terminal itself.
    pub by: Option<String>,
    /// What: `added`, `changed`, `bound`, `unbound`, `registered`, `unregistered`, `registration_allowed`, `secret_renewed`,
    /// `disabled`, `enabled`.
    pub action: String,
    /// Why.
    pub reason: String,
    /// The plate of a binding, the fields of a change.
    pub detail: Value,
}

/// Adds a line.
pub async fn note(
    conn: &mut PgConnection,
    device: DeviceId,
    by: Option<&By>,
    action: &str,
    detail: Value,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into device_log (id, device_id, at, account_id, action, reason, detail) values ($1, $2, $3, $4, $5, $6, $7)",
        key(at),
        device.0,
        at,
        by.and_then(|by| by.account).map(|account| account.0),
        action,
        by.map_or("", |by| by.reason.as_str()),
        detail,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What the audit log is told of a terminal, without before and after.
pub(crate) fn entry(action: Action, device: DeviceId, number: &TerminalId, unit: Option<UnitId>) -> audit::Entry {
    let subject = Subject::of(SubjectKind::Terminal, device.0, number.as_str());
    audit::Entry { unit, ..audit::Entry::new(action, subject) }
}

/// The same of one that was found.
pub(crate) fn entry_of(action: Action, found: &Terminal) -> audit::Entry {
    entry(action, found.id, &found.terminal, found.unit.as_ref().map(|(unit, _)| *unit))
}

/// The log, newest first. The terminal must have been found in the scope before.
pub async fn list(conn: &mut PgConnection, device: DeviceId) -> Result<Vec<Entry>, DbError> {
    let rows = sqlx::query!(
        r#"select l.at, account_name(l.account_id) as "by?", l.action, l.reason, l.detail
           from device_log l
           where l.device_id = $1
           order by l.id desc
           limit $2"#,
        device.0,
        SHOWN,
    )
    .fetch_all(conn)
    .await?;
    let entries =
        rows.into_iter().map(|row| Entry { at: row.at, by: row.by, action: row.action, reason: row.reason, detail: row.detail });
    Ok(entries.collect())
}

/// Two lines of one instant keep the order in which they were written.
static ORDER: Mutex<ContextV7> = Mutex::new(ContextV7::new());

/// A key that rises with time.
pub(crate) fn key(at: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(at.timestamp()).unwrap_or(0);
    Uuid::new_v7(uuid::Timestamp::from_unix(&ORDER, seconds, at.timestamp_subsec_nanos()))
}
