//! Accounts: who may sign in, and what the store remembers of wrong passwords.

pub mod roll;

use chrono::{DateTime, Utc};
use dispatch::account::{AccountId, Login, Role};
use dispatch::password::Attempts;
use dispatch::sign_in::Standing;
use dispatch::unit::UnitId;
use sqlx::PgConnection;

use crate::error::{DbError, unreadable};
use crate::grant::{self, NewGrant};

/// An account as routes know it (账号).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Key.
    pub id: AccountId,
    /// The name to sign in with.
    pub login: Login,
    /// The name to show.
    pub display_name: String,
    /// The post that it was opened for; what it may do its grants say.
    pub role: Role,
    /// Where it belongs.
    pub unit: UnitId,
    /// That unit's name.
    pub unit_name: String,
}

/// A new account, its password already hashed.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Key.
    pub id: AccountId,
    /// The name to sign in with.
    pub login: Login,
    /// The name to show.
    pub display_name: String,
    /// Argon2id in PHC form.
    pub password_hash: String,
    /// The post that it was opened for; what it may do its grants say.
    pub role: Role,
    /// Where it belongs.
    pub unit: UnitId,
}

/// What signing in needs to know of an account.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Whose.
    pub account: Account,
    /// Argon2id in PHC form; none for an account that is bound to an identity provider.
    pub password_hash: Option<String>,
    /// What it has to prove itself with.
    pub standing: Standing,
    /// Wrong passwords so far.
    pub attempts: Attempts,
}

/// An account as its row has it; shared with the sessions, which are read together with their account.
pub(crate) struct AccountRow {
    pub(crate) id: uuid::Uuid,
    pub(crate) login: String,
    pub(crate) display_name: String,
    pub(crate) role: String,
    pub(crate) unit_id: uuid::Uuid,
    pub(crate) unit_name: String,
}

impl TryFrom<AccountRow> for Account {
    type Error = DbError;

    fn try_from(row: AccountRow) -> Result<Self, DbError> {
        Ok(Self {
            id: AccountId(row.id),
            login: row.login.parse().map_err(unreadable)?,
            display_name: row.display_name,
            role: row.role.parse().map_err(unreadable)?,
            unit: UnitId(row.unit_id),
            unit_name: row.unit_name,
        })
    }
}

/// Adds an account with the system's own hand; it holds the role of its post over its unit from now on.
pub async fn insert(conn: &mut PgConnection, new: &NewAccount, now: DateTime<Utc>) -> Result<(), DbError> {
    add(conn, new, now).await?;
    grant::insert(conn, &NewGrant::of_post(new, None, "", now), now).await
}

/// The same by an administrator, with a reason.
pub async fn open(
    conn: &mut PgConnection,
    new: &NewAccount,
    by: AccountId,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    add(conn, new, now).await?;
    grant::insert(conn, &NewGrant::of_post(new, Some(by), reason, now), now).await
}

async fn add(conn: &mut PgConnection, new: &NewAccount, now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query!(
        "insert into account (id, login, display_name, password_hash, role, unit_id, password_changed_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $7)",
        new.id.0,
        new.login.as_str(),
        new.display_name,
        new.password_hash,
        new.role.as_str(),
        new.unit.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Key of the account with that login, disabled or not, with a password or without.
pub async fn find(conn: &mut PgConnection, login: &Login) -> Result<Option<AccountId>, DbError> {
    let id = sqlx::query_scalar!("select id from account where login = $1", login.as_str()).fetch_optional(conn).await?;
    Ok(id.map(AccountId))
}

/// What is needed to sign `login` in; `None` when there is no such account or it is disabled.
pub async fn credentials(conn: &mut PgConnection, login: &Login) -> Result<Option<Credentials>, DbError> {
    let row = sqlx::query!(
        r#"select account.id, login, display_name, role, unit_id, unit.name as unit_name, password_hash, failed_attempts, locked_until,
                password_changed_at, password_is_temporary,
                exists (select from account_totp t where t.account_id = account.id and t.confirmed_at is not null) as "has_second_factor!"
         from account
         join unit on unit.id = account.unit_id
         where login = $1 and disabled_at is null"#,
        login.as_str(),
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
    Ok(Some(Credentials {
        account: account.try_into()?,
        standing: Standing {
            has_password: row.password_hash.is_some(),
            password_changed_at: row.password_changed_at,
            password_is_temporary: row.password_is_temporary,
            has_second_factor: row.has_second_factor,
        },
        password_hash: row.password_hash,
        attempts: Attempts { failed: row.failed_attempts.cast_unsigned(), locked_until: row.locked_until },
    }))
}

/// Wrong passwords so far, held until the transaction ends, so that two guesses at once are counted as two.
pub async fn hold_attempts(conn: &mut PgConnection, id: AccountId) -> Result<Attempts, DbError> {
    let row =
        sqlx::query!("select failed_attempts, locked_until from account where id = $1 for update", id.0).fetch_one(conn).await?;
    Ok(Attempts { failed: row.failed_attempts.cast_unsigned(), locked_until: row.locked_until })
}

/// Writes down how many wrong passwords there were.
pub async fn save_attempts(conn: &mut PgConnection, id: AccountId, attempts: Attempts) -> Result<(), DbError> {
    sqlx::query!(
        "update account set failed_attempts = $2, locked_until = $3 where id = $1",
        id.0,
        attempts.failed.cast_signed(),
        attempts.locked_until,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What an account is called, wherever it belongs.
pub async fn name(conn: &mut PgConnection, id: AccountId) -> Result<String, DbError> {
    let name = sqlx::query_scalar!("select account_name($1)", id.0).fetch_one(conn).await?;
    name.ok_or(DbError::NotFound)
}

/// There is at least one account.
pub async fn any(conn: &mut PgConnection) -> Result<bool, DbError> {
    Ok(sqlx::query_scalar!(r#"select exists (select from account) as "any!""#).fetch_one(conn).await?)
}
