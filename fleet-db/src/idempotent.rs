//! Answers already given: a caller who lost one asks again with the same key and gets it, not a second deed.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use sqlx::PgConnection;

use crate::error::DbError;

/// What a key is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Never seen: do the work, and [`answer`] in the same transaction.
    Fresh,
    /// The work is done; this was said.
    Answered {
        /// HTTP status.
        status: u16,
        /// Body as sent.
        body: Vec<u8>,
    },
    /// The key came with another request before.
    Mismatch,
}

/// Claims `key` of `account` for a request; a second claim at the same time waits until the first transaction ends.
pub async fn claim(
    conn: &mut PgConnection,
    account: AccountId,
    key: &str,
    request_sha256: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<Claim, DbError> {
    let done = sqlx::query!(
        "insert into idempotent_answer (account_id, key, request_sha256, status, body, created_at)
         values ($1, $2, $3, 0, '', $4)
         on conflict do nothing",
        account.0,
        key,
        request_sha256.as_slice(),
        now,
    )
    .execute(&mut *conn)
    .await?;
    if done.rows_affected() == 1 {
        return Ok(Claim::Fresh);
    }
    let row = sqlx::query!(
        "select request_sha256, status, body from idempotent_answer where account_id = $1 and key = $2",
        account.0,
        key
    )
    .fetch_one(conn)
    .await?;
    if row.request_sha256 != request_sha256 {
        return Ok(Claim::Mismatch);
    }
    Ok(Claim::Answered { status: row.status.cast_unsigned(), body: row.body })
}

/// Keeps what is about to be said.
pub async fn answer(conn: &mut PgConnection, account: AccountId, key: &str, status: u16, body: &[u8]) -> Result<(), DbError> {
    sqlx::query!(
        "update idempotent_answer set status = $3, body = $4 where account_id = $1 and key = $2",
        account.0,
        key,
        status.cast_signed(),
        body,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets answers given before `before`; how many there were.
pub async fn forget(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<u64, DbError> {
    Ok(sqlx::query!("delete from idempotent_answer where created_at < $1", before).execute(conn).await?.rows_affected())
}
