//! Grants as they are kept: given with a reason, ended with a reason, never deleted.

use chrono::{DateTime, Utc};
use dispatch::account::{AccountId, Permission, Role};
use dispatch::grant::{Grant, GrantId, Term, check_separation};
use dispatch::local_role::LocalRoleId;
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::account::NewAccount;
use crate::error::{Constraint, DbError, unreadable};

/// A grant to be given.
#[derive(Clone, Debug)]
pub struct NewGrant {
    /// Key.
    pub id: GrantId,
    /// To whom.
    pub account: AccountId,
    /// What its holder may do, and where.
    pub grant: Grant,
    /// From when to when.
    pub term: Term,
    /// The local role that it is of; its functions are those of the grant where that names none.
    pub local_role: Option<LocalRoleId>,
    /// The grant that is held for its holder meanwhile.
    pub delegated_from: Option<GrantId>,
    /// Who gives it; `None`: the system, with the account.
    pub by: Option<AccountId>,
    /// Why.
    pub reason: String,
}

impl NewGrant {
    /// The role of a new account's post, over its unit.
    pub(crate) fn of_post(new: &NewAccount, by: Option<AccountId>, reason: &str, now: DateTime<Utc>) -> Self {
        Self {
            id: GrantId(crate::terminal::log::key(now)),
            account: new.id,
            grant: Grant { role: new.role, unit: new.unit, functions: None },
            term: Term { from: now, until: None },
            local_role: None,
            delegated_from: None,
            by,
            reason: reason.to_owned(),
        }
    }
}

/// Reads what `grants_in_force` says.
pub(crate) fn read(grants: serde_json::Value) -> Result<Vec<Grant>, DbError> {
    serde_json::from_value(grants).map_err(unreadable)
}

/// Reads the functions that a grant is narrowed to.
pub(crate) fn functions(names: Option<Vec<String>>) -> Result<Option<Vec<Permission>>, DbError> {
    let read = |names: Vec<String>| names.iter().map(|name| name.parse::<Permission>()).collect::<Result<Vec<_>, _>>();
    names.map(read).transpose().map_err(unreadable)
}

/// What an account holds at `at`.
pub async fn in_force(conn: &mut PgConnection, account: AccountId, at: DateTime<Utc>) -> Result<Vec<Grant>, DbError> {
    let held = sqlx::query_scalar!(r#"select grants_in_force($1, $2) as "grants!""#, account.0, at).fetch_one(conn).await?;
    read(held)
}

/// The roles that an account holds now or will hold, each with its term; the account is held until the transaction ends.
async fn held(conn: &mut PgConnection, account: AccountId) -> Result<Vec<(Role, Term)>, DbError> {
    sqlx::query!("select id from account where id = $1 for update", account.0).fetch_one(&mut *conn).await?;
    let rows = sqlx::query!(
        r#"select role, lower(during) as "from?", upper(during) as "until?" from account_grant where account_id = $1 and not isempty(during)"#,
        account.0,
    )
    .fetch_all(conn)
    .await?;
    let held = rows.into_iter().map(|row| {
        let term = Term { from: row.from.unwrap_or(DateTime::<Utc>::MIN_UTC), until: row.until };
        Ok((row.role.parse().map_err(unreadable)?, term))
    });
    held.collect()
}

/// Gives a grant. A second one of the three administrators is refused here, and by the schema behind it.
pub async fn insert(conn: &mut PgConnection, new: &NewGrant, now: DateTime<Utc>) -> Result<(), DbError> {
    let held = held(conn, new.account).await?;
    check_separation(&held, new.grant.role, new.term).map_err(|_separated| DbError::Conflict(Constraint::GrantSeparated))?;
    let functions: Option<Vec<String>> = new
        .grant
        .functions
        .as_ref()
        .map(|functions| functions.iter().copied().map(Permission::as_str).map(str::to_owned).collect());
    sqlx::query!(
        "insert into account_grant (id, account_id, role, local_role_id, unit_id, functions, during, delegated_from, reason, created_by, created_at)
         values ($1, $2, $3, $12, $4, $5, tstzrange($6, $7), $8, $9, $10, $11)",
        new.id.0,
        new.account.0,
        new.grant.role.as_str(),
        new.grant.unit.0,
        functions.as_deref(),
        new.term.from,
        new.term.until,
        new.delegated_from.map(|from| from.0),
        new.reason,
        new.by.map(|by| by.0),
        now,
        new.local_role.map(|role| role.0),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A grant as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whose.
    pub account: AccountId,
    /// What, and where.
    pub grant: Grant,
    /// From when to when.
    pub term: Term,
    /// The local role that it is of.
    pub local_role: Option<LocalRoleId>,
    /// The grant that it is cut from.
    pub delegated_from: Option<GrantId>,
}

/// One grant over a unit of the scope.
pub async fn load(conn: &mut PgConnection, scope: &Scope, id: GrantId) -> Result<Standing, DbError> {
    select(conn, Some(scope), None, id).await
}

/// One grant of `account`'s own.
pub async fn load_own(conn: &mut PgConnection, account: AccountId, id: GrantId) -> Result<Standing, DbError> {
    select(conn, None, Some(account), id).await
}

async fn select(
    conn: &mut PgConnection,
    scope: Option<&Scope>,
    own: Option<AccountId>,
    id: GrantId,
) -> Result<Standing, DbError> {
    let row = sqlx::query!(
        r#"select g.account_id, g.role, g.unit_id, coalesce(g.functions, l.functions) as "functions?", lower(g.during) as "from?",
                  upper(g.during) as "until?", g.local_role_id, g.delegated_from
           from account_grant g
           left join local_role l on l.id = g.local_role_id
           where g.id = $1 and not isempty(g.during) and (g.account_id = $2 or g.unit_id in (select unit_id from unit_within($3)))"#,
        id.0,
        own.map(|own| own.0),
        scope.map_or(&[] as &[Uuid], Scope::units),
    )
    .fetch_one(conn)
    .await?;
    Ok(Standing {
        account: AccountId(row.account_id),
        grant: Grant {
            role: row.role.parse().map_err(unreadable)?,
            unit: UnitId(row.unit_id),
            functions: functions(row.functions)?,
        },
        term: Term { from: row.from.unwrap_or(DateTime::<Utc>::MIN_UTC), until: row.until },
        local_role: row.local_role_id.map(LocalRoleId),
        delegated_from: row.delegated_from.map(GrantId),
    })
}

/// Ends a grant at `now`, and what was delegated from it; [`DbError::NotFound`] when it has ended or is not to be seen.
pub async fn revoke(
    conn: &mut PgConnection,
    id: GrantId,
    by: AccountId,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let ended: Vec<Uuid> = sqlx::query_scalar!(
        "update account_grant
         set during = case when lower(during) >= $2 then 'empty' else tstzrange(lower(during), $2) end,
             revoked_at = $2, revoked_by = $3, revoke_reason = $4
         where (id = $1 or delegated_from = $1) and revoked_at is null and (upper_inf(during) or upper(during) > $2)
         returning id",
        id.0,
        now,
        by.0,
        reason,
    )
    .fetch_all(conn)
    .await?;
    if ended.contains(&id.0) { Ok(()) } else { Err(DbError::NotFound) }
}
