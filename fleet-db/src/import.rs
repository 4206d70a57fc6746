//! What tables bring, in one statement a kind; and what must be known to look a table through.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::audit::{Action, By, Entry, Subject, SubjectKind};
use dispatch::import::{KnownAccount, NewAccount};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use dispatch::vehicle::{Alias, VehicleAsset};
use dispatch::vin::Vin;
use sqlx::PgConnection;
use telematics::id::VehicleId;
use uuid::Uuid;

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

/// Which of these plates vehicles have already, whoever may see them.
pub async fn known_plates(conn: &mut PgConnection, plates: &[String]) -> Result<HashSet<String>, DbError> {
    let taken = sqlx::query_scalar!(r#"select taken_plates($1) as "plate!""#, plates).fetch_all(conn).await?;
    Ok(taken.into_iter().collect())
}

/// Adds vehicles; their numbers are given by the store.
pub async fn vehicles(conn: &mut PgConnection, new: &[(VehicleId, VehicleAsset)], now: DateTime<Utc>) -> Result<(), DbError> {
    let ids: Vec<Uuid> = new.iter().map(|(id, _)| id.0).collect();
    let plates: Vec<&str> = new.iter().map(|(_, car)| car.plate.as_str()).collect();
    let vins: Vec<Option<&str>> = new.iter().map(|(_, car)| car.vin.as_ref().map(Vin::as_str)).collect();
    let units: Vec<Uuid> = new.iter().map(|(_, car)| car.unit.0).collect();
    let categories: Vec<&str> = new.iter().map(|(_, car)| car.category.as_str()).collect();
    let powertrains: Vec<&str> = new.iter().map(|(_, car)| car.powertrain.as_str()).collect();
    let models: Vec<&str> = new.iter().map(|(_, car)| car.model.as_str()).collect();
    let seats: Vec<i16> = new.iter().map(|(_, car)| car.seats.count()).collect();
    let status: Vec<&str> = new.iter().map(|(_, car)| car.status.as_str()).collect();
    let aliases: Vec<Option<&str>> = new.iter().map(|(_, car)| car.alias.as_ref().map(Alias::as_str)).collect();
    sqlx::query!(
        "insert into vehicle (id, plate, vin, unit_id, category, powertrain, model, seats, status, alias, created_at)
         select v.id, v.plate, v.vin, v.unit_id, v.category, v.powertrain, v.model, v.seats, v.status, v.alias, $11
         from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::int2[], $9::text[], $10::text[])
             with ordinality as v (id, plate, vin, unit_id, category, powertrain, model, seats, status, alias, n)
         order by v.n",
        &ids,
        &plates as &[&str],
        &vins as &[Option<&str>],
        &units,
        &categories as &[&str],
        &powertrains as &[&str],
        &models as &[&str],
        &seats,
        &status as &[&str],
        &aliases as &[Option<&str>],
        now,
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
