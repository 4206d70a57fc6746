//! The roll of accounts (账号名册), as those who manage them see it: found, opened, shut, with all that each of them held.

use chrono::{DateTime, Utc};
use dispatch::account::{AccountId, Role};
use dispatch::grant::{Grant, GrantId, Term};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Account, AccountRow};
use crate::error::{DbError, unreadable};
use crate::grant;

/// An account in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// The account.
    pub account: Account,
    /// What it holds now.
    pub grants: Vec<Grant>,
    /// Since when it is there.
    pub created_at: DateTime<Utc>,
    /// Since when it may not sign in any more.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Until when it is locked after wrong passwords.
    pub locked_until: Option<DateTime<Utc>>,
    /// When it was last here.
    pub last_seen_at: Option<DateTime<Utc>>,
}

/// Which accounts are asked for; everything absent asks for all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Text in the login or the name, whatever the case.
    pub text: Option<String>,
    /// A unit and everything below it.
    pub unit: Option<UnitId>,
    /// Those who hold this role now.
    pub role: Option<Role>,
    /// Shut ones alone, or those in use alone.
    pub is_disabled: Option<bool>,
}

/// A grant of an account, in force or over (授权记录).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Key.
    pub id: GrantId,
    /// Whose.
    pub account: AccountId,
    /// What, and where.
    pub grant: Grant,
    /// Name of the local role that it is of, in Chinese and in English.
    pub local_role: Option<(String, String)>,
    /// That unit's name; `None` where it is out of sight.
    pub unit_name: Option<String>,
    /// From when to when; `None`: revoked before it began.
    pub term: Option<Term>,
    /// The grant that it is cut from, and whose that is.
    pub delegated_from: Option<(GrantId, Option<String>)>,
    /// Why it was given.
    pub reason: String,
    /// Who gave it; `None`: the system.
    pub by: Option<String>,
    /// When it was given.
    pub created_at: DateTime<Utc>,
    /// When it was taken back, by whom and why.
    pub revoked: Option<(DateTime<Utc>, Option<String>, String)>,
}

struct Row {
    id: Uuid,
    login: String,
    display_name: String,
    role: String,
    unit_id: Uuid,
    unit_name: String,
    grants: serde_json::Value,
    created_at: DateTime<Utc>,
    disabled_at: Option<DateTime<Utc>>,
    locked_until: Option<DateTime<Utc>>,
    last_seen_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Listed {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let account = AccountRow {
            id: row.id,
            login: row.login,
            display_name: row.display_name,
            role: row.role,
            unit_id: row.unit_id,
            unit_name: row.unit_name,
        };
        Ok(Self {
            account: account.try_into()?,
            grants: grant::read(row.grants)?,
            created_at: row.created_at,
            disabled_at: row.disabled_at,
            locked_until: row.locked_until,
            last_seen_at: row.last_seen_at,
        })
    }
}

/// The next `limit` accounts of the scope that fit `filter`, by login, behind the login `after`.
pub async fn list(
    conn: &mut PgConnection,
    scope: &Scope,
    filter: &Filter,
    after: &str,
    limit: u32,
    now: DateTime<Utc>,
) -> Result<Vec<Listed>, DbError> {
    select(conn, scope, None, filter, after, i64::from(limit), now).await
}

/// One account of the scope.
pub async fn load(conn: &mut PgConnection, scope: &Scope, id: AccountId, now: DateTime<Utc>) -> Result<Listed, DbError> {
    let found = select(conn, scope, Some(id), &Filter::default(), "", 1, now).await?;
    found.into_iter().next().ok_or(DbError::NotFound)
}

async fn select(
    conn: &mut PgConnection,
    scope: &Scope,
    id: Option<AccountId>,
    filter: &Filter,
    after: &str,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<Listed>, DbError> {
    let text = filter.text.as_deref().map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty());
    let rows = sqlx::query_as!(
        Row,
        r#"select a.id, a.login, a.display_name, a.role, a.unit_id, unit.name as unit_name, grants_in_force(a.id, $8) as "grants!",
                  a.created_at, a.disabled_at, a.locked_until,
                  (select max(s.last_seen_at) from account_session s where s.account_id = a.id) as last_seen_at
           from account a
           join unit on unit.id = a.unit_id
           where a.unit_id in (select unit_id from unit_within($1))
             and ($2::uuid is null or a.id = $2)
             and ($3::text is null or strpos(a.login, $3) > 0 or strpos(lower(a.display_name), $3) > 0)
             and ($4::uuid is null or a.unit_id in (select unit_id from unit_within(array[$4::uuid])))
             and ($5::text is null
                  or a.id in (select g.account_id from account_grant g where g.role = $5 and g.during @> $8))
             and ($6::bool is null or (a.disabled_at is not null) = $6)
             and a.login > $7
           order by a.login
           limit $9"#,
        scope.units(),
        id.map(|id| id.0),
        text,
        filter.unit.map(|unit| unit.0),
        filter.role.map(Role::as_str),
        filter.is_disabled,
        after,
        now,
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Listed::try_from).collect()
}

/// Every grant that an account ever had, the newest first. The account must have been found in the scope before, or be one's own.
pub async fn grants(conn: &mut PgConnection, account: AccountId) -> Result<Vec<Held>, DbError> {
    let rows = sqlx::query!(
        r#"select g.id, g.account_id, g.role, g.unit_id, unit.name as "unit_name?", coalesce(g.functions, l.functions) as "functions?",
                  l.name_zh as "role_zh?", l.name_en as "role_en?", lower(g.during) as "from?", upper(g.during) as "until?", isempty(g.during) as "is_empty!", g.delegated_from,
                  account_name(whole.account_id) as "delegated_by?", g.reason, account_name(g.created_by) as "by?", g.created_at,
                  g.revoked_at, account_name(g.revoked_by) as "revoked_by?", g.revoke_reason
           from account_grant g
           left join unit on unit.id = g.unit_id
           left join local_role l on l.id = g.local_role_id
           left join account_grant whole on whole.id = g.delegated_from
           where g.account_id = $1
           order by g.created_at desc, g.id desc"#,
        account.0,
    )
    .fetch_all(conn)
    .await?;
    let held = rows.into_iter().map(|row| {
        let term = Term { from: row.from.unwrap_or(DateTime::<Utc>::MIN_UTC), until: row.until };
        Ok(Held {
            id: GrantId(row.id),
            account: AccountId(row.account_id),
            grant: Grant {
                role: row.role.parse().map_err(unreadable)?,
                unit: UnitId(row.unit_id),
                functions: grant::functions(row.functions)?,
            },
            local_role: row.role_zh.zip(row.role_en),
            unit_name: row.unit_name,
            term: (!row.is_empty).then_some(term),
            delegated_from: row.delegated_from.map(|from| (GrantId(from), row.delegated_by)),
            reason: row.reason,
            by: row.by,
            created_at: row.created_at,
            revoked: row.revoked_at.map(|at| (at, row.revoked_by, row.revoke_reason.unwrap_or_default())),
        })
    });
    held.collect()
}

/// Shuts an account, whose sessions end at once, or lets it in again; [`DbError::NotFound`] outside the scope.
pub async fn set_disabled(
    conn: &mut PgConnection,
    scope: &Scope,
    id: AccountId,
    disabled_at: Option<DateTime<Utc>>,
) -> Result<(), DbError> {
    let done = sqlx::query!(
        "update account set disabled_at = $2 where id = $1 and unit_id in (select unit_id from unit_within($3))",
        id.0,
        disabled_at,
        scope.units(),
    )
    .execute(&mut *conn)
    .await?;
    if done.rows_affected() == 0 {
        return Err(DbError::NotFound);
    }
    if disabled_at.is_some() {
        sqlx::query!("delete from account_session where account_id = $1", id.0).execute(conn).await?;
    }
    Ok(())
}

/// Colleagues to whom a role over a unit of the scope may be lent: accounts in use there, by login.
pub async fn colleagues(
    conn: &mut PgConnection,
    scope: &Scope,
    text: &str,
    but: AccountId,
    limit: u32,
) -> Result<Vec<(AccountId, String, String)>, DbError> {
    let rows = sqlx::query!(
        r#"select a.id, a.display_name, unit.name as unit_name
           from account a
           join unit on unit.id = a.unit_id
           where a.unit_id in (select unit_id from unit_within($1))
             and a.disabled_at is null
             and a.id <> $2
             and (strpos(a.login, $3) > 0 or strpos(lower(a.display_name), $3) > 0)
           order by a.login
           limit $4"#,
        scope.units(),
        but.0,
        text.trim().to_lowercase(),
        i64::from(limit),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (AccountId(row.id), row.display_name, row.unit_name)).collect())
}
