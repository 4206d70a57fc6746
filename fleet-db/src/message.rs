//! Messages (消息) as they are stored: told together with their cause, listed and marked by those who were told.

use chrono::{DateTime, Utc};
use dispatch::account::{AccountId, Permission};
use dispatch::message::{Facts, MessageId, MessageKind, News, Severity, SubjectKind};
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use sqlx::postgres::{PgListener, PgPool};
use uuid::Uuid;

use crate::error::{DbError, unreadable};
use crate::pool::listener;
use crate::terminal::log;

pub mod outbox;
pub mod preference;
pub mod watch;

/// What can be opened from a message (消息对象).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// What kind of thing.
    pub kind: SubjectKind,
    /// Its key.
    pub id: Uuid,
}

/// What a message is about, and what caused it.
#[derive(Clone, Copy, Debug, Default)]
pub struct About<'a> {
    /// What can be opened from it.
    pub subject: Option<Subject>,
    /// The unit that it is about; its roles are looked for there and above.
    pub unit: Option<UnitId>,
    /// The cause, such as `alarm:` and its key: one cause tells once.
    pub cause: &'a str,
}

/// Tells something: the accounts named, and of each role of the kind its nearest holders from the unit upwards.
///
/// To be called within the transaction of the cause, so that both are there or neither. `false` when the cause has told before; of
/// two that tell at once the second waits for the first.
pub async fn tell(
    conn: &mut PgConnection,
    news: &News,
    about: About<'_>,
    accounts: &[AccountId],
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let accounts: Vec<Uuid> = accounts.iter().map(|account| account.0).collect();
    let roles: Vec<String> = news.kind().roles().iter().map(ToString::to_string).collect();
    Ok(sqlx::query_scalar!(
        r#"select message_tell($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) as "told!""#,
        log::key(now),
        news.kind().as_str(),
        news.kind().severity().as_str(),
        serde_json::to_value(news.facts()).map_err(unreadable)?,
        about.subject.map(|subject| subject.kind.as_str()),
        about.subject.map(|subject| subject.id),
        about.unit.map(|unit| unit.0),
        about.cause,
        now,
        &accounts,
        &roles,
        news.kind().needs().map(Permission::as_str),
    )
    .fetch_one(conn)
    .await?)
}

/// Which of an account's messages (消息视图).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// All of them.
    #[default]
    All,
    /// Those not read.
    Unread,
    /// Those read: the history.
    Read,
    /// Those pinned.
    Pinned,
}

/// A message as one of its recipients has it (站内消息).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Key.
    pub id: MessageId,
    /// What it is about.
    pub kind: MessageKind,
    /// How much it matters.
    pub severity: Severity,
    /// What its words name.
    pub facts: Facts,
    /// What can be opened from it.
    pub subject: Option<Subject>,
    /// The unit that it is about.
    pub unit: Option<UnitId>,
    /// When it was told.
    pub created_at: DateTime<Utc>,
    /// When it was read.
    pub read_at: Option<DateTime<Utc>>,
    /// When it was pinned.
    pub pinned_at: Option<DateTime<Utc>>,
}

/// How many messages an account has (消息计数).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Not read.
    pub unread: i64,
    /// Of those, emergencies.
    pub emergency: i64,
    /// Pinned.
    pub pinned: i64,
    /// All in all.
    pub all: i64,
}

/// Messages of an account, the newest first, at most `limit` of those before `before`.
pub async fn list(
    conn: &mut PgConnection,
    account: AccountId,
    view: View,
    before: Option<MessageId>,
    limit: i64,
) -> Result<Vec<Message>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        "select m.id, m.kind, m.severity, m.facts, m.subject_kind, m.subject_id, m.unit_id, m.created_at, r.read_at, r.pinned_at
         from message_recipient r
         join message m on m.id = r.message_id
         where r.account_id = $1
           and ($2::uuid is null or r.message_id < $2)
           and (not $3 or r.read_at is null)
           and (not $4 or r.read_at is not null)
           and (not $5 or r.pinned_at is not null)
         order by r.message_id desc
         limit $6",
        account.0,
        before.map(|id| id.0),
        view == View::Unread,
        view == View::Read,
        view == View::Pinned,
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Message::try_from).collect()
}

/// How many messages an account has.
pub async fn counts(conn: &mut PgConnection, account: AccountId) -> Result<Counts, DbError> {
    Ok(sqlx::query_as!(
        Counts,
        r#"select (select count(*) from message_recipient where account_id = $1 and read_at is null) as "unread!",
                  (select count(*) from message_recipient r
                   join message m on m.id = r.message_id
                   where r.account_id = $1 and r.read_at is null and m.severity = 'emergency') as "emergency!",
                  (select count(*) from message_recipient where account_id = $1 and pinned_at is not null) as "pinned!",
                  (select count(*) from message_recipient where account_id = $1) as "all!""#,
        account.0,
    )
    .fetch_one(conn)
    .await?)
}

/// Marks a message of the account as read, or as unread; [`DbError::NotFound`] when it has no such one.
pub async fn set_read(
    conn: &mut PgConnection,
    account: AccountId,
    id: MessageId,
    read_at: Option<DateTime<Utc>>,
) -> Result<(), DbError> {
    let marked = sqlx::query!(
        "update message_recipient
         set read_at = case when $3::timestamptz is null then null else coalesce(read_at, $3) end
         where account_id = $1 and message_id = $2",
        account.0,
        id.0,
        read_at,
    )
    .execute(conn)
    .await?;
    one(marked.rows_affected())
}

/// Pins a message of the account, or lets it go; [`DbError::NotFound`] when it has no such one.
pub async fn set_pinned(
    conn: &mut PgConnection,
    account: AccountId,
    id: MessageId,
    pinned_at: Option<DateTime<Utc>>,
) -> Result<(), DbError> {
    let marked = sqlx::query!(
        "update message_recipient
         set pinned_at = case when $3::timestamptz is null then null else coalesce(pinned_at, $3) end
         where account_id = $1 and message_id = $2",
        account.0,
        id.0,
        pinned_at,
    )
    .execute(conn)
    .await?;
    one(marked.rows_affected())
}

/// Marks every message of the account as read that is not newer than `up_to`, the newest that its owner has seen.
pub async fn read_all(
    conn: &mut PgConnection,
    account: AccountId,
    up_to: Option<MessageId>,
    now: DateTime<Utc>,
) -> Result<u64, DbError> {
    let marked = sqlx::query!(
        "update message_recipient set read_at = $2
         where account_id = $1 and read_at is null and ($3::uuid is null or message_id <= $3)",
        account.0,
        now,
        up_to.map(|id| id.0),
    )
    .execute(conn)
    .await?;
    Ok(marked.rows_affected())
}

/// Forgets messages told before `before` that nobody has pinned; how many there were.
pub async fn forget(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<u64, DbError> {
    let gone = sqlx::query!(
        "delete from message m
         where m.created_at < $1
           and not exists (select from message_recipient r where r.message_id = m.id and r.pinned_at is not null)",
        before,
    )
    .execute(conn)
    .await?;
    Ok(gone.rows_affected())
}

/// Tells whose counts have changed (`listen message`).
#[derive(Debug)]
pub struct Changes(PgListener);

impl Changes {
    /// Starts to listen, on a connection of its own.
    pub async fn listen(pool: &PgPool) -> Result<Self, DbError> {
        Ok(Self(listener(pool, "message").await?))
    }

    /// Waits for the next: whose; `None` after a lost connection was restored: anybody's.
    pub async fn next(&mut self) -> Result<Option<AccountId>, DbError> {
        let told = self.0.try_recv().await?;
        Ok(told.and_then(|told| told.payload().parse().ok()))
    }
}

fn one(rows: u64) -> Result<(), DbError> {
    if rows == 0 { Err(DbError::NotFound) } else { Ok(()) }
}

struct Row {
    id: Uuid,
    kind: String,
    severity: String,
    facts: serde_json::Value,
    subject_kind: Option<String>,
    subject_id: Option<Uuid>,
    unit_id: Option<Uuid>,
    created_at: DateTime<Utc>,
    read_at: Option<DateTime<Utc>>,
    pinned_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Message {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let subject = match (row.subject_kind, row.subject_id) {
            (Some(kind), Some(id)) => Some(Subject { kind: kind.parse().map_err(unreadable)?, id }),
            _ => None,
        };
        Ok(Self {
            id: MessageId(row.id),
            kind: row.kind.parse().map_err(unreadable)?,
            severity: row.severity.parse().map_err(unreadable)?,
            facts: serde_json::from_value(row.facts).map_err(unreadable)?,
            subject,
            unit: row.unit_id.map(UnitId),
            created_at: row.created_at,
            read_at: row.read_at,
            pinned_at: row.pinned_at,
        })
    }
}
