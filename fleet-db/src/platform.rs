//! Platforms that forward vehicles to us by GB/T 32960 or JT/T 809 (转发平台): their accounts.

use chrono::{DateTime, Utc};
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use serde_json::json;
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
    /// What it has beside these when it speaks JT/T 809; `None`: it speaks GB/T 32960.
    pub jt809: Option<Jt809>,
}

/// What a platform of JT/T 809 is given by its superior (接入参数).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jt809 {
    /// Its access code (下级平台接入码).
    pub access_code: u32,
    /// M1, IA1 and IC1 of its encryption; `None`: it writes in the clear.
    pub cipher: Option<[u32; 3]>,
}

impl Jt809 {
    fn of(access_code: i64, cipher: Option<&[i64]>) -> Option<Self> {
        let numbers: Option<Vec<u32>> =
            cipher.map(|numbers| numbers.iter().filter_map(|number| u32::try_from(*number).ok()).collect());
        let cipher = numbers.and_then(|numbers| <[u32; 3]>::try_from(numbers).ok());
        Some(Self { access_code: u32::try_from(access_code).ok()?, cipher })
    }
}

/// All platforms that may sign in; changes are told by [`crate::device::Changes`].
pub async fn load_register(conn: &mut PgConnection) -> Result<Vec<RegisteredPlatform>, DbError> {
    let rows =
        sqlx::query!("select id, login, secret_sha256, public_key, payload_key, access_code, cipher from gb32960_platform where disabled_at is null")
            .fetch_all(conn)
            .await?;
    let readable = rows.into_iter().filter_map(|row| {
        let Ok(secret_sha256) = <[u8; 32]>::try_from(row.secret_sha256) else {
            warn!(platform.id = %row.id, "platform {} has no valid secret, it cannot sign in", row.id);
            return None;
        };
        let keys = Keys { public: row.public_key, payload: row.payload_key };
        let jt809 = row.access_code.and_then(|code| Jt809::of(code, row.cipher.as_deref()));
        Some(RegisteredPlatform { id: PlatformId(row.id), login: row.login, secret_sha256, keys, jt809 })
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
    /// Its access code when it speaks JT/T 809.
    pub access_code: Option<u32>,
}

/// The platforms of the scope, by login.
pub async fn list(conn: &mut PgConnection, scope: &Scope) -> Result<Vec<Platform>, DbError> {
    let rows = sqlx::query!(
        r#"select p.id, p.login, p.name, p.unit_id, unit.name as unit_name, p.created_at, p.disabled_at, p.access_code,
                  (select count(*) from device d where d.platform_id = p.id) as "terminals!"
           from gb32960_platform p
           join unit on unit.id = p.unit_id
           where p.unit_id in (select unit_id from unit_within($1))
           order by p.login"#,
        scope.units(),
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
        access_code: row.access_code.and_then(|code| u32::try_from(code).ok()),
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
    /// What it has beside these when it speaks JT/T 809.
    pub jt809: Option<Jt809>,
}

/// Enters a platform under a unit of the scope, and gives the entry for the audit log; [`DbError::NotFound`] for a unit outside.
pub async fn insert(conn: &mut PgConnection, scope: &Scope, new: &NewPlatform, now: DateTime<Utc>) -> Result<Entry, DbError> {
    let cipher = new.jt809.and_then(|jt809| jt809.cipher).map(|numbers| numbers.map(i64::from).to_vec());
    let added = sqlx::query!(
        "insert into gb32960_platform (id, login, secret_sha256, name, unit_id, created_at, protocol, access_code, cipher)
         select $1, $2, $3, $4, unit.id, $6, case when $8::int8 is null then 'gb32960' else 'jt809' end, $8, $9
         from unit
         where unit.id = $5 and unit.id in (select unit_id from unit_within($7))",
        new.id.0,
        new.login,
        new.secret_sha256.as_slice(),
        new.name,
        new.unit.0,
        now,
        scope.units(),
        new.jt809.map(|jt809| i64::from(jt809.access_code)),
        cipher.as_deref(),
    )
    .execute(conn)
    .await?;
    if added.rows_affected() == 0 {
        return Err(DbError::NotFound);
    }
    let told = json!({ "name": new.name, "unit_id": new.unit, "access_code": new.jt809.map(|jt809| jt809.access_code) });
    Ok(entry(Action::Created, new.id, &new.login, new.unit).after(told))
}

/// Gives a platform of the scope another secret, of those given the one for its protocol (GB/T 32960, JT/T 809).
///
/// Its login, and whether it speaks JT/T 809, for telling both; and the entry for the audit log.
pub async fn renew_secret(
    conn: &mut PgConnection,
    scope: &Scope,
    id: PlatformId,
    secret_sha256: [[u8; 32]; 2],
) -> Result<(String, bool, Entry), DbError> {
    let [gb32960, jt809] = secret_sha256;
    let renewed = sqlx::query!(
        r#"update gb32960_platform
           set secret_sha256 = case protocol when 'jt809' then $4::bytea else $2::bytea end
           where id = $1 and disabled_at is null and unit_id in (select unit_id from unit_within($3))
           returning login, unit_id, protocol = 'jt809' as "is_jt809!""#,
        id.0,
        gb32960.as_slice(),
        scope.units(),
        jt809.as_slice(),
    )
    .fetch_one(conn)
    .await?;
    let entry = entry(Action::SecretRenewed, id, &renewed.login, UnitId(renewed.unit_id));
    Ok((renewed.login, renewed.is_jt809, entry))
}

/// Shuts a platform of the scope out, or lets it in again. With the entry for the audit log.
pub async fn set_disabled(
    conn: &mut PgConnection,
    scope: &Scope,
    id: PlatformId,
    disabled_at: Option<DateTime<Utc>>,
) -> Result<Entry, DbError> {
    let changed = sqlx::query!(
        "with before as (select id, disabled_at from gb32960_platform where id = $1)
         update gb32960_platform p
         set disabled_at = $2
         from before
         where p.id = before.id and p.unit_id in (select unit_id from unit_within($3))
         returning p.login, p.unit_id, before.disabled_at",
        id.0,
        disabled_at,
        scope.units(),
    )
    .fetch_one(conn)
    .await?;
    let action = if disabled_at.is_some() { Action::Disabled } else { Action::Enabled };
    let entry = entry(action, id, &changed.login, UnitId(changed.unit_id));
    Ok(entry.before(json!({ "disabled_at": changed.disabled_at })).after(json!({ "disabled_at": disabled_at })))
}

/// What the audit log is told of a platform, without before and after.
fn entry(action: Action, id: PlatformId, login: &str, unit: UnitId) -> Entry {
    Entry::new(action, Subject::of(SubjectKind::Platform, id.0, login)).in_unit(unit)
}
