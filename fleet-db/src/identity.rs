//! Who accounts are at the identity provider: bound by an administrator, recognised by issuer and subject.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use sqlx::PgConnection;

use crate::account::{Account, AccountRow};
use crate::error::DbError;

/// How an account is to be recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark<'a> {
    /// By the provider's own key of the person.
    Subject(&'a str),
    /// By a claim such as the staff number, once; from then on by the subject that came with it.
    Expected(&'a str),
}

/// Who an account is at the identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The provider.
    pub issuer: String,
    /// The provider's key of the person; `None` until the first sign-in of one bound by a claim.
    pub subject: Option<String>,
    /// What an administrator entered in place of the subject.
    pub expected: Option<String>,
    /// Since when.
    pub bound_at: DateTime<Utc>,
}

/// Binds an account, in place of an earlier binding, and takes its password away.
pub async fn bind(
    conn: &mut PgConnection,
    id: AccountId,
    issuer: &str,
    mark: Mark<'_>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let (subject, expected) = match mark {
        Mark::Subject(subject) => (Some(subject), None),
        Mark::Expected(expected) => (None, Some(expected)),
    };
    sqlx::query!(
        "insert into account_identity (account_id, issuer, subject, expected, bound_at)
         values ($1, $2, $3, $4, $5)
         on conflict (account_id) do update set issuer = $2, subject = $3, expected = $4, bound_at = $5",
        id.0,
        issuer,
        subject,
        expected,
        now,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("update account set password_hash = null, password_is_temporary = false where id = $1", id.0)
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes the binding away; [`DbError::NotFound`] when there is none. The account has no password until it is given one.
pub async fn unbind(conn: &mut PgConnection, id: AccountId) -> Result<(), DbError> {
    let done = sqlx::query!("delete from account_identity where account_id = $1", id.0).execute(conn).await?;
    if done.rows_affected() == 0 { Err(DbError::NotFound) } else { Ok(()) }
}

/// The binding of an account.
pub async fn of_account(conn: &mut PgConnection, id: AccountId) -> Result<Option<Identity>, DbError> {
    let row = sqlx::query!("select issuer, subject, expected, bound_at from account_identity where account_id = $1", id.0)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| Identity { issuer: row.issuer, subject: row.subject, expected: row.expected, bound_at: row.bound_at }))
}

/// The account of a person whom `issuer` vouches for. One that is recognised by a claim for the first time is bound to
/// the subject, because staff numbers are given out again and subjects are not.
pub async fn recognise(
    conn: &mut PgConnection,
    issuer: &str,
    subject: &str,
    claim: Option<&str>,
) -> Result<Option<Account>, DbError> {
    if let Some(claim) = claim {
        sqlx::query!(
            "update account_identity
             set subject = $2
             where issuer = $1 and expected = $3 and subject is null
               and not exists (select from account_identity other where other.issuer = $1 and other.subject = $2)",
            issuer,
            subject,
            claim,
        )
        .execute(&mut *conn)
        .await?;
    }
    let row = sqlx::query!(
        "select a.id, a.login, a.display_name, a.role, a.unit_id, unit.name as unit_name
         from account_identity i
         join account a on a.id = i.account_id
         join unit on unit.id = a.unit_id
         where i.issuer = $1 and i.subject = $2 and a.disabled_at is null",
        issuer,
        subject,
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let account = AccountRow {
        id: row.id,
        login: row.login,
        display_name: row.display_name,
        role: row.role,
        unit_id: row.unit_id,
        unit_name: row.unit_name,
    };
    account.try_into().map(Some)
}
