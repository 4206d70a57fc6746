//! Sessions: signed-in browsers and programs' tokens, by the hash of a token that is kept nowhere.

use chrono::{DateTime, Duration, Utc};
use dispatch::account::{AccountId, SessionId};
use sqlx::PgConnection;

use crate::account::{Account, AccountRow};
use crate::error::{DbError, unreadable};

/// Who holds the token (会话种类).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKind {
    /// A browser, by cookie; ends when idle.
    Browser,
    /// A program, by bearer token; ends at its date.
    Program,
}

/// A new session.
#[derive(Clone, Debug)]
pub struct NewSession<'a> {
    /// Key.
    pub id: SessionId,
    /// SHA-256 of the token.
    pub token_sha256: [u8; 32],
    /// Whose.
    pub account: AccountId,
    /// Who holds the token.
    pub kind: SessionKind,
    /// What its owner calls a program's token.
    pub name: &'a str,
    /// What a browser has to send with every change.
    pub csrf_token: &'a str,
    /// Where it came from.
    pub peer: &'a str,
    /// What it calls itself.
    pub user_agent: &'a str,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
}

/// A live session with its account (会话).
#[derive(Clone, Debug)]
pub struct Session {
    /// Key.
    pub id: SessionId,
    /// Who holds the token.
    pub kind: SessionKind,
    /// What a browser has to send with every change.
    pub csrf_token: String,
    /// When it was last used, to the minute.
    pub last_seen_at: DateTime<Utc>,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
    /// Whose.
    pub account: Account,
}

/// A session as its owner sees it in a list.
#[derive(Clone, Debug)]
pub struct SessionLine {
    /// Key.
    pub id: SessionId,
    /// What its owner calls it.
    pub name: String,
    /// Where it came from.
    pub peer: String,
    /// What it calls itself.
    pub user_agent: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// When it was last used.
    pub last_seen_at: DateTime<Utc>,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
}

impl SessionKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Program => "program",
        }
    }

    fn read(text: &str) -> Result<Self, DbError> {
        match text {
            "browser" => Ok(Self::Browser),
            "program" => Ok(Self::Program),
            other => Err(unreadable(std::io::Error::other(format!("session kind {other:?}")))),
        }
    }
}

/// Begins a session.
pub async fn insert(conn: &mut PgConnection, new: &NewSession<'_>, now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query!(
        "insert into account_session
            (id, token_sha256, account_id, kind, name, csrf_token, peer, user_agent, created_at, last_seen_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)",
        new.id.0,
        new.token_sha256.as_slice(),
        new.account.0,
        new.kind.as_str(),
        new.name,
        new.csrf_token,
        new.peer,
        new.user_agent,
        now,
        new.expires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The session of a token, if it is still good: not expired, not idle for longer than `idle`, its account not disabled.
pub async fn find(
    conn: &mut PgConnection,
    token_sha256: &[u8; 32],
    now: DateTime<Utc>,
    idle: Duration,
) -> Result<Option<Session>, DbError> {
    let row = sqlx::query!(
        "select s.id, s.kind, s.csrf_token, s.last_seen_at, s.expires_at,
                a.id as account_id, a.login, a.display_name, a.role, a.unit_id, unit.name as unit_name
         from account_session s
         join account a on a.id = s.account_id
         join unit on unit.id = a.unit_id
         where s.token_sha256 = $1
           and s.expires_at > $2
           and (s.kind = 'program' or s.last_seen_at > $3)
           and a.disabled_at is null",
        token_sha256.as_slice(),
        now,
        now - idle,
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let account = AccountRow {
        id: row.account_id,
        login: row.login,
        display_name: row.display_name,
        role: row.role,
        unit_id: row.unit_id,
        unit_name: row.unit_name,
    };
    Ok(Some(Session {
        id: SessionId(row.id),
        kind: SessionKind::read(&row.kind)?,
        csrf_token: row.csrf_token,
        last_seen_at: row.last_seen_at,
        expires_at: row.expires_at,
        account: account.try_into()?,
    }))
}

/// The session is still good, by the same rule as [`find`].
pub async fn is_good(conn: &mut PgConnection, id: SessionId, now: DateTime<Utc>, idle: Duration) -> Result<bool, DbError> {
    Ok(sqlx::query_scalar!(
        r#"select exists (
            select from account_session s
            join account a on a.id = s.account_id
            where s.id = $1
              and s.expires_at > $2
              and (s.kind = 'program' or s.last_seen_at > $3)
              and a.disabled_at is null) as "good!""#,
        id.0,
        now,
        now - idle,
    )
    .fetch_one(conn)
    .await?)
}

/// Notes that the session was used; time never goes back.
pub async fn touch(conn: &mut PgConnection, id: SessionId, now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query!("update account_session set last_seen_at = greatest(last_seen_at, $2) where id = $1", id.0, now)
        .execute(conn)
        .await?;
    Ok(())
}

/// The sessions of one kind of an account, newest first.
pub async fn list(
    conn: &mut PgConnection,
    account: AccountId,
    kind: SessionKind,
    now: DateTime<Utc>,
) -> Result<Vec<SessionLine>, DbError> {
    let rows = sqlx::query!(
        "select id, name, peer, user_agent, created_at, last_seen_at, expires_at
         from account_session
         where account_id = $1 and kind = $2 and expires_at > $3
         order by created_at desc, id
         limit 200",
        account.0,
        kind.as_str(),
        now,
    )
    .fetch_all(conn)
    .await?;
    let line = rows.into_iter().map(|row| SessionLine {
        id: SessionId(row.id),
        name: row.name,
        peer: row.peer,
        user_agent: row.user_agent,
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        expires_at: row.expires_at,
    });
    Ok(line.collect())
}

/// Ends a session of `account`; [`DbError::NotFound`] when it has no such one.
pub async fn delete(conn: &mut PgConnection, account: AccountId, id: SessionId) -> Result<(), DbError> {
    let done =
        sqlx::query!("delete from account_session where id = $1 and account_id = $2", id.0, account.0).execute(conn).await?;
    if done.rows_affected() == 0 { Err(DbError::NotFound) } else { Ok(()) }
}

/// Forgets sessions that nobody can use any more; how many there were.
pub async fn forget_ended(conn: &mut PgConnection, now: DateTime<Utc>, idle: Duration) -> Result<u64, DbError> {
    let done = sqlx::query!(
        "delete from account_session where expires_at <= $1 or (kind = 'browser' and last_seen_at <= $2)",
        now,
        now - idle,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
