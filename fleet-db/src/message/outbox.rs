//! The outbox (外发队列): what has still to leave the house, by which way; each row is sent by one service at a time.

use chrono::{DateTime, Duration, Utc};
use dispatch::account::AccountId;
use dispatch::message::{Channel, Facts, Language, MessageId, MessageKind, Preference, Severity};
use dispatch::unit::UnitId;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::preference;
use crate::error::{DbError, unreadable};
use crate::terminal::log;

/// A message of which it is not decided yet how it leaves.
#[derive(Clone, Debug, PartialEq)]
pub struct Unrouted {
    /// Key.
    pub id: MessageId,
    /// What it is about.
    pub kind: MessageKind,
    /// How much it matters.
    pub severity: Severity,
    /// The unit that it is about and every unit above it.
    pub line: Vec<UnitId>,
    /// Who was told, and how they want to be.
    pub recipients: Vec<(AccountId, Preference)>,
}

/// One way that a message is to go (外发任务).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sending {
    /// Which message.
    pub message: MessageId,
    /// To whom; `None`: to a group.
    pub account: Option<AccountId>,
    /// By which way.
    pub channel: Channel,
    /// A mailbox, a number, the name of a group.
    pub address: String,
    /// In which language.
    pub language: Language,
    /// When.
    pub due_at: DateTime<Utc>,
}

/// A row of the outbox that the caller has claimed.
#[derive(Clone, Debug, PartialEq)]
pub struct Claimed {
    /// Its key: the same at each try, so that a receiver may know a repetition.
    pub id: Uuid,
    /// Tries, this one included; it also tells this claim from a later one.
    pub attempts: i32,
    /// When it was first to go.
    pub due_at: DateTime<Utc>,
    /// By which way.
    pub channel: Channel,
    /// A mailbox, a number, the name of a group.
    pub address: String,
    /// In which language.
    pub language: Language,
    /// The message.
    pub message: MessageId,
    /// What it is about.
    pub kind: MessageKind,
    /// What its words name.
    pub facts: Facts,
    /// The unit that it is about.
    pub unit: Option<UnitId>,
    /// When it was told.
    pub told_at: DateTime<Utc>,
}

/// Messages of which it is not decided how they leave, oldest first; held until the transaction ends, and left to others that
/// hold them already.
pub async fn unrouted(conn: &mut PgConnection, limit: i64) -> Result<Vec<Unrouted>, DbError> {
    let rows = sqlx::query!(
        r#"select m.id, m.kind, m.severity,
                  array(select line.ancestor_id from unit_closure line where line.unit_id = m.unit_id order by line.depth) as "line!: Vec<Uuid>"
           from message m
           where m.routed_at is null
           order by m.id
           limit $1
           for update of m skip locked"#,
        limit,
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut messages = Vec::with_capacity(rows.len());
    for row in rows {
        messages.push(Unrouted {
            id: MessageId(row.id),
            kind: row.kind.parse().map_err(unreadable)?,
            severity: row.severity.parse().map_err(unreadable)?,
            line: row.line.into_iter().map(UnitId).collect(),
            recipients: recipients(conn, row.id).await?,
        });
    }
    Ok(messages)
}

async fn recipients(conn: &mut PgConnection, message: Uuid) -> Result<Vec<(AccountId, Preference)>, DbError> {
    let rows = sqlx::query!(
        r#"select r.account_id, p.language as "language?", p.email as "email?", p.phone as "phone?", p.quiet as "quiet?", p.choices as "choices?"
           from message_recipient r
           left join notify_preference p on p.account_id = r.account_id
           where r.message_id = $1
           order by r.account_id"#,
        message,
    )
    .fetch_all(conn)
    .await?;
    let each = rows.into_iter().map(|row| {
        let preference = match (row.language, row.choices) {
            (Some(language), Some(choices)) => {
                preference::Row { language, email: row.email, phone: row.phone, quiet: row.quiet, choices }.try_into()?
            }
            _ => Preference::default(),
        };
        Ok((AccountId(row.account_id), preference))
    });
    each.collect()
}

/// Puts ways that messages are to go into the outbox; one that is there already stays as it is.
pub async fn enqueue(conn: &mut PgConnection, sendings: &[Sending], now: DateTime<Utc>) -> Result<(), DbError> {
    for sending in sendings {
        sqlx::query!(
            "insert into message_outbox (id, message_id, account_id, channel, address, language, due_at, next_at)
             values ($1, $2, $3, $4, $5, $6, $7, $7)
             on conflict do nothing",
            log::key(now),
            sending.message.0,
            sending.account.map(|account| account.0),
            sending.channel.as_str(),
            sending.address,
            sending.language.as_str(),
            sending.due_at,
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// It is decided how these leave.
pub async fn mark_routed(conn: &mut PgConnection, messages: &[MessageId], now: DateTime<Utc>) -> Result<(), DbError> {
    let ids: Vec<Uuid> = messages.iter().map(|message| message.0).collect();
    sqlx::query!("update message set routed_at = $2 where id = any($1)", &ids, now).execute(conn).await?;
    Ok(())
}

/// Claims what is due, at most `limit` rows, for as long as `lease`: until then nobody else gets them.
///
/// To be committed before anything is sent. One whose service dies between sending and [`mark_sent`] is sent again after the lease.
pub async fn claim(conn: &mut PgConnection, now: DateTime<Utc>, lease: Duration, limit: i64) -> Result<Vec<Claimed>, DbError> {
    let rows = sqlx::query!(
        r#"with claimed as (
               update message_outbox o
               set attempts = o.attempts + 1, next_at = $2
               where o.id in (
                   select due.id from message_outbox due
                   where due.state = 'due' and due.next_at <= $1
                   order by due.next_at, due.id
                   limit $3
                   for update skip locked
               )
               returning o.id, o.message_id, o.channel, o.address, o.language, o.attempts, o.due_at
           )
           select c.id as "id!", c.attempts as "attempts!", c.due_at as "due_at!", c.channel as "channel!", c.address as "address!",
                  c.language as "language!", m.id as "message_id!", m.kind as "kind!", m.facts as "facts!: Value", m.unit_id,
                  m.created_at as "created_at!"
           from claimed c
           join message m on m.id = c.message_id
           order by c.due_at, c.id"#,
        now,
        now + lease,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let each = rows.into_iter().map(|row| {
        Ok(Claimed {
            id: row.id,
            attempts: row.attempts,
            due_at: row.due_at,
            channel: row.channel.parse().map_err(unreadable)?,
            address: row.address,
            language: row.language.parse().map_err(unreadable)?,
            message: MessageId(row.message_id),
            kind: row.kind.parse().map_err(unreadable)?,
            facts: serde_json::from_value(row.facts).map_err(unreadable)?,
            unit: row.unit_id.map(UnitId),
            told_at: row.created_at,
        })
    });
    each.collect()
}

/// It was taken by its receiver. `false` when another has claimed it since.
pub async fn mark_sent(conn: &mut PgConnection, claimed: &Claimed, now: DateTime<Utc>) -> Result<bool, DbError> {
    let marked = sqlx::query!(
        "update message_outbox set state = 'sent', sent_at = $3, last_error = null
         where id = $1 and attempts = $2 and state = 'due'",
        claimed.id,
        claimed.attempts,
        now,
    )
    .execute(conn)
    .await?;
    Ok(marked.rows_affected() == 1)
}

/// It was not taken: tried again at `next_at`, or given up. `false` when another has claimed it since.
pub async fn mark_failed(
    conn: &mut PgConnection,
    claimed: &Claimed,
    code: &str,
    next_at: Option<DateTime<Utc>>,
) -> Result<bool, DbError> {
    let marked = sqlx::query!(
        "update message_outbox
         set state = case when $4::timestamptz is null then 'failed' else state end, next_at = coalesce($4, next_at), last_error = $3
         where id = $1 and attempts = $2 and state = 'due'",
        claimed.id,
        claimed.attempts,
        code,
        next_at,
    )
    .execute(conn)
    .await?;
    Ok(marked.rows_affected() == 1)
}
