//! Second factors as they lie in the store: a sealed secret, the newest step that was taken, recovery codes by their hashes.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use sqlx::PgConnection;

use crate::error::DbError;

/// The second factor of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondFactor {
    /// The shared secret, sealed by whoever has the key.
    pub sealed_secret: Vec<u8>,
    /// The newest step whose code was taken.
    pub last_step: u64,
    /// Since when it is asked for; `None` until the first code.
    pub confirmed_at: Option<DateTime<Utc>>,
}

/// Begins to set one up, in place of one that was never confirmed; [`DbError::NotFound`] when one is confirmed.
pub async fn begin(conn: &mut PgConnection, id: AccountId, sealed_secret: &[u8], now: DateTime<Utc>) -> Result<(), DbError> {
    let done = sqlx::query!(
        "insert into account_totp (account_id, sealed_secret, created_at)
         values ($1, $2, $3)
         on conflict (account_id) do update set sealed_secret = $2, created_at = $3, last_step = 0
         where account_totp.confirmed_at is null",
        id.0,
        sealed_secret,
        now,
    )
    .execute(conn)
    .await?;
    if done.rows_affected() == 0 { Err(DbError::NotFound) } else { Ok(()) }
}

/// The second factor, held until the transaction ends, so that one code sent twice at once is taken once.
pub async fn hold(conn: &mut PgConnection, id: AccountId) -> Result<Option<SecondFactor>, DbError> {
    let row =
        sqlx::query!("select sealed_secret, last_step, confirmed_at from account_totp where account_id = $1 for update", id.0)
            .fetch_optional(conn)
            .await?;
    Ok(row.map(|row| SecondFactor {
        sealed_secret: row.sealed_secret,
        last_step: row.last_step.cast_unsigned(),
        confirmed_at: row.confirmed_at,
    }))
}

/// Notes that the code of `step` was taken; the first one confirms.
pub async fn take_step(conn: &mut PgConnection, id: AccountId, step: u64, now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query!(
        "update account_totp
         set last_step = greatest(last_step, $2), confirmed_at = coalesce(confirmed_at, $3)
         where account_id = $1",
        id.0,
        step.cast_signed(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes the second factor away with its recovery codes; [`DbError::NotFound`] when there is none.
pub async fn remove(conn: &mut PgConnection, id: AccountId) -> Result<(), DbError> {
    sqlx::query!("delete from account_recovery_code where account_id = $1", id.0).execute(&mut *conn).await?;
    let done = sqlx::query!("delete from account_totp where account_id = $1", id.0).execute(conn).await?;
    if done.rows_affected() == 0 { Err(DbError::NotFound) } else { Ok(()) }
}

/// Puts recovery codes in the place of those there were.
pub async fn set_recovery_codes(conn: &mut PgConnection, id: AccountId, sha256: &[[u8; 32]]) -> Result<(), DbError> {
    sqlx::query!("delete from account_recovery_code where account_id = $1", id.0).execute(&mut *conn).await?;
    let hashes: Vec<&[u8]> = sha256.iter().map(<[u8; 32]>::as_slice).collect();
    sqlx::query!(
        "insert into account_recovery_code (account_id, code_sha256)
         select $1, code from unnest($2::bytea[]) as code",
        id.0,
        &hashes as &[&[u8]],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a recovery code; whether there was such a one, not yet used.
pub async fn take_recovery_code(
    conn: &mut PgConnection,
    id: AccountId,
    sha256: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let done = sqlx::query!(
        "update account_recovery_code set used_at = $3 where account_id = $1 and code_sha256 = $2 and used_at is null",
        id.0,
        sha256.as_slice(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Recovery codes that are still good.
pub async fn recovery_codes_left(conn: &mut PgConnection, id: AccountId) -> Result<u32, DbError> {
    let left = sqlx::query_scalar!(
        r#"select count(*) as "left!" from account_recovery_code where account_id = $1 and used_at is null"#,
        id.0
    )
    .fetch_one(conn)
    .await?;
    Ok(u32::try_from(left).unwrap_or(u32::MAX))
}
