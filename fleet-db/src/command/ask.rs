//! Commands as people ask them, look at them and take them back.

use chrono::{DateTime, Utc};
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::scope::Scope;
use dispatch::terminal::CommandState;
use serde_json::{Value, json};
use sqlx::PgConnection;
use telematics::command::Command;
use telematics::id::{CommandId, DeviceId};
use uuid::Uuid;

use crate::error::{DbError, unreadable};
use crate::terminal::{By, Terminal};

/// A command with everything that became of it (指令记录).
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Key.
    pub id: CommandId,
    /// Whom it is for.
    pub device: DeviceId,
    /// What kind.
    pub kind: String,
    /// How.
    pub args: Value,
    /// Name of who asked.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// Until when it may be sent.
    pub expires_at: DateTime<Utc>,
    /// Where it stands.
    pub state: CommandState,
    /// When it went out.
    pub sent_at: Option<DateTime<Utc>>,
    /// When the answer came.
    pub answered_at: Option<DateTime<Utc>>,
    /// How it ended in one word.
    pub result: Option<String>,
    /// What the terminal answered beside that.
    pub answer: Option<Value>,
}

struct Row {
    id: Uuid,
    device_id: Uuid,
    kind: String,
    args: Value,
    by: String,
    reason: String,
    asked_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    state: String,
    sent_at: Option<DateTime<Utc>>,
    answered_at: Option<DateTime<Utc>>,
    result: Option<String>,
    answer: Option<Value>,
}

impl TryFrom<Row> for Asked {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        Ok(Self {
            id: CommandId(row.id),
            device: DeviceId(row.device_id),
            kind: row.kind,
            args: row.args,
            by: row.by,
            reason: row.reason,
            asked_at: row.asked_at,
            expires_at: row.expires_at,
            state: row.state.parse().map_err(unreadable)?,
            sent_at: row.sent_at,
            answered_at: row.answered_at,
            result: row.result,
            answer: row.answer,
        })
    }
}

/// Asks; the gateway is told when this is committed. The terminal must have been found in the scope before.
pub async fn insert(
    conn: &mut PgConnection,
    id: CommandId,
    device: DeviceId,
    command: &Command,
    by: &By,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into terminal_command (id, device_id, kind, args, asked_by, reason, asked_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id.0,
        device.0,
        command.kind(),
        command.args(),
        by.account.map(|account| account.0),
        by.reason,
        now,
        expires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The commands of a terminal, newest first, older than `before`. The terminal must have been found in the scope before.
pub async fn list(
    conn: &mut PgConnection,
    device: DeviceId,
    before: Option<CommandId>,
    limit: u32,
) -> Result<Vec<Asked>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select c.id, c.device_id, c.kind, c.args, account_name(c.asked_by) as "by!", c.reason, c.asked_at, c.expires_at, c.state, c.sent_at,
                  c.answered_at, c.result, c.answer
           from terminal_command c
           where c.device_id = $1 and ($2::uuid is null or c.id < $2)
           order by c.id desc
           limit $3"#,
        device.0,
        before.map(|before| before.0),
        i64::from(limit),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Asked::try_from).collect()
}

/// One command.
pub async fn load(conn: &mut PgConnection, id: CommandId) -> Result<Asked, DbError> {
    sqlx::query_as!(
        Row,
        r#"select c.id, c.device_id, c.kind, c.args, account_name(c.asked_by) as "by!", c.reason, c.asked_at, c.expires_at, c.state, c.sent_at,
                  c.answered_at, c.result, c.answer
           from terminal_command c
           where c.id = $1"#,
        id.0,
    )
    .fetch_one(conn)
    .await?
    .try_into()
}

/// What became of trying to take a command back.
#[derive(Clone, Debug, PartialEq)]
pub enum Cancelled {
    /// It will not be sent; the entry for the audit log.
    Done(Box<Entry>),
    /// It was sent, or had ended before.
    TooLate,
}

/// Takes a queued command of a terminal in the scope back.
pub async fn cancel(conn: &mut PgConnection, scope: &Scope, id: CommandId, now: DateTime<Utc>) -> Result<Cancelled, DbError> {
    let found =
        sqlx::query!("select device_id, kind, state from terminal_command where id = $1", id.0).fetch_one(&mut *conn).await?;
    let terminal = crate::terminal::load(conn, scope, DeviceId(found.device_id), now).await?;
    let cancelled = sqlx::query!(
        "update terminal_command set state = 'cancelled', result = 'cancelled' where id = $1 and state = 'queued'",
        id.0,
    )
    .execute(conn)
    .await?;
    if cancelled.rows_affected() == 0 {
        return Ok(Cancelled::TooLate);
    }
    let entry = entry(Action::Cancelled, id, &terminal).before(json!({ "kind": found.kind, "state": found.state }));
    Ok(Cancelled::Done(Box::new(entry.after(json!({ "kind": found.kind, "state": "cancelled" })))))
}

/// What the audit log is told of a command, without before and after: people know it by its terminal.
pub fn entry(action: Action, id: CommandId, terminal: &Terminal) -> Entry {
    let subject = Subject::of(SubjectKind::Command, id.0, terminal.terminal.as_str());
    Entry { unit: terminal.unit.as_ref().map(|(unit, _)| *unit), ..Entry::new(action, subject) }
}
