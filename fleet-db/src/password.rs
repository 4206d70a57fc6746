//! Passwords as they lie in the store: the present hash, and those before it.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use sqlx::PgConnection;

use crate::error::DbError;

/// Who thought of a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordKind {
    /// The person whose it is, or a program for a program.
    Chosen,
    /// An administrator; it is good for nothing but choosing another.
    Temporary,
}

/// Sets another password, forgets wrong ones, and keeps the last `keep` hashes, this one among them.
pub async fn set(
    conn: &mut PgConnection,
    id: AccountId,
    password_hash: &str,
    kind: PasswordKind,
    keep: u32,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into account_password (account_id, set_at, password_hash)
         select id, password_changed_at, password_hash
         from account
         where id = $1 and password_hash is not null
         on conflict do nothing",
        id.0,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "update account
         set password_hash = $2, password_changed_at = $3, password_is_temporary = $4, failed_attempts = 0, locked_until = null
         where id = $1",
        id.0,
        password_hash,
        now,
        kind == PasswordKind::Temporary,
    )
    .execute(&mut *conn)
    .await?;
    // The present one is in its own row, so one fewer is kept beside it.
    sqlx::query!(
        "delete from account_password
         where account_id = $1 and set_at not in (
            select set_at from account_password where account_id = $1 order by set_at desc limit $2)",
        id.0,
        i64::from(keep.saturating_sub(1)),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The last `count` hashes, the present one first.
pub async fn last(conn: &mut PgConnection, id: AccountId, count: u32) -> Result<Vec<String>, DbError> {
    Ok(sqlx::query_scalar!(
        r#"select password_hash as "password_hash!"
         from (
            select password_hash, 'infinity'::timestamptz as set_at from account where id = $1 and password_hash is not null
            union all
            select password_hash, set_at from account_password where account_id = $1) as every
         order by set_at desc
         limit $2"#,
        id.0,
        i64::from(count),
    )
    .fetch_all(conn)
    .await?)
}
