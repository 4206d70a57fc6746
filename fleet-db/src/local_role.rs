//! Local roles as they are kept: made once, granted in their unit and below, retired, never changed.

use chrono::{DateTime, Utc};
use dispatch::account::{AccountId, Permission, Role};
use dispatch::local_role::{LocalRole, LocalRoleId};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use sqlx::PgConnection;

use crate::error::{DbError, unreadable};
use crate::grant;

/// A local role of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Key.
    pub id: LocalRoleId,
    /// The unit that made it.
    pub unit: UnitId,
    /// That unit's name.
    pub unit_name: String,
    /// What its people call it.
    pub name_zh: String,
    /// The same in English.
    pub name_en: String,
    /// The built-in role that it is cut out of.
    pub base: Role,
    /// What it lets its holder do.
    pub functions: Vec<Permission>,
    /// Who made it.
    pub by: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Since when it is not given any more.
    pub retired_at: Option<DateTime<Utc>>,
    /// How many hold it now.
    pub holders: u32,
}

/// Makes a role for a unit of the scope; [`DbError::NotFound`] for a unit outside.
pub async fn insert(
    conn: &mut PgConnection,
    scope: &Scope,
    (id, unit): (LocalRoleId, UnitId),
    role: &LocalRole,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let functions: Vec<String> = role.functions().iter().map(|function| function.as_str().to_owned()).collect();
    sqlx::query_scalar!(
        "insert into local_role (id, unit_id, name_zh, name_en, base_role, functions, created_by, created_at)
         select $1, unit.id, $3, $4, $5, $6, $7, $8
         from unit
         where unit.id = $2 and unit.id in (select unit_id from unit_within($9))
         returning id",
        id.0,
        unit.0,
        role.name_zh(),
        role.name_en(),
        role.base().as_str(),
        &functions,
        by.0,
        now,
        scope.units(),
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// The roles that the units of the scope made, and those above them for theirs; without those that are retired and held by nobody.
pub async fn list(conn: &mut PgConnection, scope: &Scope, now: DateTime<Utc>) -> Result<Vec<Kept>, DbError> {
    let rows = sqlx::query!(
        r#"select l.id, l.unit_id, unit.name as unit_name, l.name_zh, l.name_en, l.base_role, l.functions,
                  account_name(l.created_by) as "by?", l.created_at, l.retired_at, coalesce(held.holders, 0) as "holders!"
           from local_role l
           join unit on unit.id = l.unit_id
           left join lateral (
               select count(distinct g.account_id) as holders from account_grant g where g.local_role_id = l.id and g.during @> $2::timestamptz
           ) held on true
           where (l.unit_id in (select unit_id from unit_within($1))
                  or exists (select from unit_closure c where c.ancestor_id = l.unit_id and c.unit_id = any($1)))
             and (l.retired_at is null or held.holders > 0)
           order by unit.level, unit.name, l.name_zh"#,
        scope.units(),
        now,
    )
    .fetch_all(conn)
    .await?;
    let kept = rows.into_iter().map(|row| {
        Ok(Kept {
            id: LocalRoleId(row.id),
            unit: UnitId(row.unit_id),
            unit_name: row.unit_name,
            name_zh: row.name_zh,
            name_en: row.name_en,
            base: row.base_role.parse().map_err(unreadable)?,
            functions: grant::functions(Some(row.functions))?.unwrap_or_default(),
            by: row.by,
            created_at: row.created_at,
            retired_at: row.retired_at,
            holders: u32::try_from(row.holders).unwrap_or(u32::MAX),
        })
    });
    kept.collect()
}

/// The name and the unit of a role that a unit of the scope made; from `now` on it is given to nobody any more, and who holds it
/// goes on. [`DbError::NotFound`] when it is retired already.
pub async fn retire(
    conn: &mut PgConnection,
    scope: &Scope,
    id: LocalRoleId,
    now: DateTime<Utc>,
) -> Result<(String, UnitId), DbError> {
    let row = sqlx::query!(
        "update local_role set retired_at = $3
         where id = $1 and retired_at is null and unit_id in (select unit_id from unit_within($2))
         returning name_zh, unit_id",
        id.0,
        scope.units(),
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok((row.name_zh, UnitId(row.unit_id)))
}
