//! What tables bring, in one statement a kind; and what must be known to look a table through.

mod vehicles;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::audit::{Action, By, Entry, Subject, SubjectKind};
use dispatch::import::{KnownAccount, NewAccount};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use uuid::Uuid;

pub use self::vehicles::{known_stock, vehicles};
use crate::audit::Logged;
use crate::error::{DbError, unreadable};

/// The accounts with these logins; one of a unit outside the scope is known by its login alone.
pub async fn known_accounts(
    conn: &mut PgConnection,
    scope: &Scope,
    logins: &[String],
) -> Result<HashMap<String, KnownAccount>, DbError> {
    let taken = sqlx::query_scalar!(r#"select taken_logins($1) as "login!""#, logins).fetch_all(&mut *conn).await?;
    let mut known: HashMap<String, KnownAccount> = taken.into_iter().map(|login| (login, None)).collect();
    let rows = sqlx::query!(
        "select login, display_name, role, unit_id
         from account
         where login = any($2) and unit_id in (select unit_id from unit_within($1))",
        scope.units(),
        logins,
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        let account = NewAccount {
            login: row.login.parse().map_err(unreadable)?,
            display_name: row.display_name,
            role: row.role.parse().map_err(unreadable)?,
            unit: UnitId(row.unit_id),
        };
        known.insert(row.login, Some(account));
    }
    Ok(known)
}

/// Adds accounts without a password; each holds the role of its post over its unit from now on.
pub async fn accounts(
    conn: &mut PgConnection,
    new: &[(AccountId, NewAccount)],
    by: &By,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let ids: Vec<Uuid> = new.iter().map(|(id, _)| id.0).collect();
    let logins: Vec<&str> = new.iter().map(|(_, account)| account.login.as_str()).collect();
    let names: Vec<&str> = new.iter().map(|(_, account)| account.display_name.as_str()).collect();
    let roles: Vec<&str> = new.iter().map(|(_, account)| account.role.as_str()).collect();
    let units: Vec<Uuid> = new.iter().map(|(_, account)| account.unit.0).collect();
    sqlx::query!(
        "insert into account (id, login, display_name, role, unit_id, password_changed_at, created_at)
         select a.id, a.login, a.display_name, a.role, a.unit_id, $6, $6
         from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[]) as a (id, login, display_name, role, unit_id)",
        &ids,
        &logins as &[&str],
        &names as &[&str],
        &roles as &[&str],
        &units,
        now,
    )
    .execute(&mut *conn)
    .await?;
    let grants: Vec<Uuid> = new.iter().map(|_| crate::terminal::log::key(now)).collect();
    sqlx::query!(
        "insert into account_grant (id, account_id, role, unit_id, during, reason, created_by, created_at)
         select g.id, g.account_id, g.role, g.unit_id, tstzrange($5, null), $6, $7, $5
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[]) as g (id, account_id, role, unit_id)",
        &grants,
        &ids,
        &roles as &[&str],
        &units,
        now,
        by.reason,
        by.account.map(|account| account.0),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// One entry of the audit log a file: what it brought.
pub async fn tell(
    conn: &mut PgConnection,
    file: &str,
    (units, accounts, vehicles): (usize, usize, usize),
    by: &By,
    now: DateTime<Utc>,
) -> Result<Logged, DbError> {
    let kind = match (units, accounts) {
        (0, 0) => SubjectKind::Vehicle,
        (0, _) => SubjectKind::Account,
        _ => SubjectKind::Unit,
    };
    let brought = serde_json::json!({ "units": units, "accounts": accounts, "vehicles": vehicles });
    crate::audit::append(conn, by, &Entry::new(Action::Imported, Subject::named(kind, file)).after(brought), now).await
}
