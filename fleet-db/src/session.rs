//! Sessions: signed-in browsers and programs' tokens, by the hash of a token that is kept nowhere.

use chrono::{DateTime, Duration, Utc};
use dispatch::account::{AccountId, SessionId};
use dispatch::grant::Grant;
use dispatch::sign_in::Standing;
use sqlx::PgConnection;

use crate::account::{Account, AccountRow};
use crate::error::{DbError, unreadable};
use crate::grant;

/// Who holds the token (会话种类).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKind {
    /// A browser, by cookie; ends when idle.
    Browser,
    /// A program, by bearer token; ends at its date.
    Program,
}

/// Who said that the person is who they say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vouched {
    /// We did, by a password.
    Here,
    /// We did, and the code of the second factor is still to come.
    HalfHere,
    /// The identity provider did.
    ByProvider,
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
    /// Who said that the person is who they say.
    pub vouched: Vouched,
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
    /// The code of the second factor is still to come.
    pub awaits_code: bool,
    /// What its account has to prove itself with.
    pub standing: Standing,
    /// Whose.
    pub account: Account,
    /// What the account holds at this moment.
    pub grants: Vec<Grant>,
}

/// A session as its owner sees it in a list.
#[derive(Clone, Debug)]
pub struct SessionLine {
    /// Key.
    pub id: SessionId,
    /// Who holds the token.
    pub kind: SessionKind,
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
            (id, token_sha256, account_id, kind, name, csrf_token, peer, user_agent, created_at, last_seen_at, expires_at,
             awaits_code, vouched_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $12)",
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
        new.vouched == Vouched::HalfHere,
        if new.vouched == Vouched::ByProvider { "oidc" } else { "password" },
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
        r#"select s.id, s.kind, s.csrf_token, s.last_seen_at, s.expires_at, s.awaits_code,
                a.id as account_id, a.login, a.display_name, a.role, a.unit_id, unit.name as unit_name,
                a.password_hash is not null as "has_password!", a.password_changed_at, a.password_is_temporary,
                exists (select from account_totp t where t.account_id = a.id and t.confirmed_at is not null) as "has_second_factor!",
                grants_in_force(a.id, $2) as "grants!"
         from account_session s
         join account a on a.id = s.account_id
         join unit on unit.id = a.unit_id
         where s.token_sha256 = $1
           and s.expires_at > $2
           and (s.kind = 'program' or s.last_seen_at > $3)
           and a.disabled_at is null"#,
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
        awaits_code: row.awaits_code,
        standing: Standing {
            has_password: row.has_password,
            password_changed_at: row.password_changed_at,
            password_is_temporary: row.password_is_temporary,
            has_second_factor: row.has_second_factor,
        },
        account: account.try_into()?,
        grants: grant::read(row.grants)?,
    }))
}

/// What the account of a session holds at this moment; `None` when the session is not good any more, by the same rule as [`find`].
pub async fn grants(
    conn: &mut PgConnection,
    id: SessionId,
    now: DateTime<Utc>,
    idle: Duration,
) -> Result<Option<Vec<Grant>>, DbError> {
    let held = sqlx::query_scalar!(
        r#"select grants_in_force(a.id, $2) as "grants!"
           from account_session s
           join account a on a.id = s.account_id
           where s.id = $1
             and s.expires_at > $2
             and (s.kind = 'program' or s.last_seen_at > $3)
             and a.disabled_at is null"#,
        id.0,
        now,
        now - idle,
    )
    .fetch_optional(conn)
    .await?;
    held.map(grant::read).transpose()
}

/// Notes that the session was used; time never goes back.
pub async fn touch(conn: &mut PgConnection, id: SessionId, now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query!("update account_session set last_seen_at = greatest(last_seen_at, $2) where id = $1", id.0, now)
        .execute(conn)
        .await?;
    Ok(())
}

/// The sessions of an account that are still good and signed in all the way, those of `kind` or all, newest first.
pub async fn list(
    conn: &mut PgConnection,
    account: AccountId,
    kind: Option<SessionKind>,
    now: DateTime<Utc>,
    idle: Duration,
) -> Result<Vec<SessionLine>, DbError> {
    let rows = sqlx::query!(
        "select id, kind, name, peer, user_agent, created_at, last_seen_at, expires_at
         from account_session
         where account_id = $1
           and ($2::text is null or kind = $2)
           and expires_at > $3
           and (kind = 'program' or last_seen_at > $4)
           and not awaits_code
         order by created_at desc, id
         limit 200",
        account.0,
        kind.map(SessionKind::as_str),
        now,
        now - idle,
    )
    .fetch_all(conn)
    .await?;
    let line = rows.into_iter().map(|row| {
        Ok(SessionLine {
            id: SessionId(row.id),
            kind: SessionKind::read(&row.kind)?,
            name: row.name,
            peer: row.peer,
            user_agent: row.user_agent,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            expires_at: row.expires_at,
        })
    });
    line.collect()
}

/// Ends a session of `account`; [`DbError::NotFound`] when it has no such one.
pub async fn delete(conn: &mut PgConnection, account: AccountId, id: SessionId) -> Result<(), DbError> {
    let done =
        sqlx::query!("delete from account_session where id = $1 and account_id = $2", id.0, account.0).execute(conn).await?;
    if done.rows_affected() == 0 { Err(DbError::NotFound) } else { Ok(()) }
}

/// Ends the sessions of `account` but `kept`, those of `kind` or all; which they were.
pub async fn delete_all(
    conn: &mut PgConnection,
    account: AccountId,
    kept: Option<SessionId>,
    kind: Option<SessionKind>,
) -> Result<Vec<SessionId>, DbError> {
    let ended = sqlx::query_scalar!(
        "delete from account_session
         where account_id = $1
           and ($2::uuid is null or id <> $2)
           and ($3::text is null or kind = $3)
         returning id",
        account.0,
        kept.map(|kept| kept.0),
        kind.map(SessionKind::as_str),
    )
    .fetch_all(conn)
    .await?;
    Ok(ended.into_iter().map(SessionId).collect())
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
