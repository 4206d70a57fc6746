//! Platforms that forward vehicles to us by GB/T 32960 (转发平台): their accounts.

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
