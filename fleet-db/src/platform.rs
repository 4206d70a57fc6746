//! Platforms that forward vehicles to us by GB/T 32960 (转发平台): their accounts.

use chrono::{DateTime, Utc};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use telematics::id::PlatformId;
use tracing::warn;

use crate::DbError;
use crate::device::Keys;

/// A platform that may sign in (平台登入).
#[derive(Clone, Debug)]
pub struct RegisteredPlatform {
    /// Its key; a device that names it is spoken for by it.
    pub id: PlatformId,
    /// The name it signs in with.
    pub login: String,
    /// SHA-256 of its secret.
    pub secret_sha256: [u8; 32],
    /// Keys of its signatures and payloads.
    pub keys: Keys,
}

/// All platforms that may sign in; changes are told by [`crate::device::Changes`].
pub async fn load_register(conn: &mut PgConnection) -> Result<Vec<RegisteredPlatform>, DbError> {
    let rows =
        sqlx::query!("select id, login, secret_sha256, public_key, payload_key from gb32960_platform where disabled_at is null")
            .fetch_all(conn)
            .await?;
    let readable = rows.into_iter().filter_map(|row| {
        let Ok(secret_sha256) = <[u8; 32]>::try_from(row.secret_sha256) else {
            warn!(platform.id = %row.id, "platform {} has no valid secret, it cannot sign in", row.id);
            return None;
        };
        let keys = Keys { public: row.public_key, payload: row.payload_key };
        Some(RegisteredPlatform { id: PlatformId(row.id), login: row.login, secret_sha256, keys })
    });
    Ok(readable.collect())
}

/// A platform in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform {
    /// Key.
    pub id: PlatformId,
    /// The name it signs in with.
    pub login: String,
    /// Whose platform it is.
    pub name: String,
    /// The unit that answers for it.
    pub unit: (UnitId, String),
    /// Since when it is in the list.
    pub created_at: DateTime<Utc>,
    /// Since when it may not sign in any more.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Terminals that it speaks for.
    pub terminals: u32,
}

/// The platforms of the scope, by login.
pub async fn list(conn: &mut PgConnection, scope: Scope) -> Result<Vec<Platform>, DbError> {
    let rows = sqlx::query!(
        r#"select p.id, p.login, p.name, p.unit_id, unit.name as unit_name, p.created_at, p.disabled_at,
                  (select count(*) from device d where d.platform_id = p.id) as "terminals!"
           from gb32960_platform p
           join unit on unit.id = p.unit_id
           where p.unit_id in (select unit_within($1))
           order by p.login"#,
        scope.top().0,
    )
    .fetch_all(conn)
    .await?;
    let platforms = rows.into_iter().map(|row| Platform {
        id: PlatformId(row.id),
        login: row.login,
        name: row.name,
        unit: (UnitId(row.unit_id), row.unit_name),
        created_at: row.created_at,
        disabled_at: row.disabled_at,
        terminals: u32::try_from(row.terminals).unwrap_or(u32::MAX),
    });
    Ok(platforms.collect())
}

/// A platform to be entered.
#[derive(Clone, Debug)]
pub struct NewPlatform {
    /// Key.
    pub id: PlatformId,
    /// The name it signs in with.
    pub login: String,
    /// Whose platform it is.
    pub name: String,
    /// The unit that answers for it.
    pub unit: UnitId,
    /// SHA-256 of its secret.
    pub secret_sha256: [u8; 32],
}

/// Enters a platform under a unit of the scope; [`DbError::NotFound`] for a unit outside.
pub async fn insert(conn: &mut PgConnection, scope: Scope, new: &NewPlatform, now: DateTime<Utc>) -> Result<(), DbError> {
    let added = sqlx::query!(
        "insert into gb32960_platform (id, login, secret_sha256, name, unit_id, created_at)
         select $1, $2, $3, $4, unit.id, $6
         from unit
         where unit.id = $5 and unit.id in (select unit_within($7))",
        new.id.0,
        new.login,
        new.secret_sha256.as_slice(),
        new.name,
        new.unit.0,
        now,
        scope.top().0,
    )
    .execute(conn)
    .await?;
    if added.rows_affected() == 1 { Ok(()) } else { Err(DbError::NotFound) }
}

/// Gives a platform of the scope another secret; its login, for telling both.
pub async fn renew_secret(
    conn: &mut PgConnection,
    scope: Scope,
    id: PlatformId,
    secret_sha256: [u8; 32],
) -> Result<String, DbError> {
    let login = sqlx::query_scalar!(
        "update gb32960_platform
         set secret_sha256 = $2
         where id = $1 and disabled_at is null and unit_id in (select unit_within($3))
         returning login",
        id.0,
        secret_sha256.as_slice(),
        scope.top().0,
    )
    .fetch_one(conn)
    .await?;
    Ok(login)
}

/// Shuts a platform of the scope out, or lets it in again.
pub async fn set_disabled(
    conn: &mut PgConnection,
    scope: Scope,
    id: PlatformId,
    disabled_at: Option<DateTime<Utc>>,
) -> Result<(), DbError> {
    let changed = sqlx::query!(
        "update gb32960_platform set disabled_at = $2 where id = $1 and unit_id in (select unit_within($3))",
        id.0,
        disabled_at,
        scope.top().0,
    )
    .execute(conn)
    .await?;
    if changed.rows_affected() == 1 { Ok(()) } else { Err(DbError::NotFound) }
}
