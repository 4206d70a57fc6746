//! Programs for our own bridges (固件): the images, what devices say of themselves, and how a program is rolled out.

pub mod rollout;
mod status;

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use sqlx::PgConnection;
use telematics::id::{DeviceId, FirmwareId};

use crate::DbError;

pub use status::note_status;

/// An image to be kept; the bytes go beside it.
#[derive(Clone, Debug)]
pub struct NewImage {
    /// Key.
    pub id: FirmwareId,
    /// What it says it is.
    pub version: String,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// Ed25519 signature, as it came.
    pub signature: [u8; 64],
    /// What is new in it.
    pub note: String,
    /// Who brought it.
    pub by: AccountId,
}

/// An image in the list (固件版本).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Key.
    pub id: FirmwareId,
    /// What it says it is.
    pub version: String,
    /// SHA-256 of its bytes.
    pub sha256: Vec<u8>,
    /// Its length.
    pub size_bytes: i64,
    /// What is new in it.
    pub note: String,
    /// Who brought it.
    pub by: String,
    /// When.
    pub uploaded_at: DateTime<Utc>,
    /// Devices that say they run it.
    pub running: i64,
}

/// Keeps an image.
pub async fn insert(conn: &mut PgConnection, new: &NewImage, image: &[u8], now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query!(
        "insert into firmware_image (id, version, sha256, signature, size_bytes, note, image, uploaded_by, uploaded_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        new.id.0,
        new.version,
        new.sha256.as_slice(),
        new.signature.as_slice(),
        i64::try_from(image.len()).unwrap_or(i64::MAX),
        new.note,
        image,
        new.by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// All images, newest first.
pub async fn list(conn: &mut PgConnection) -> Result<Vec<Image>, DbError> {
    let rows = sqlx::query!(
        r#"select i.id, i.version, i.sha256, i.size_bytes, i.note, account_name(i.uploaded_by) as "by!", i.uploaded_at,
                  (select count(*) from device_status s where s.status ->> 'version' = i.version) as "running!"
           from firmware_image i
           order by i.uploaded_at desc, i.id desc"#
    )
    .fetch_all(conn)
    .await?;
    let image = rows.into_iter().map(|row| Image {
        id: FirmwareId(row.id),
        version: row.version,
        sha256: row.sha256,
        size_bytes: row.size_bytes,
        note: row.note,
        by: row.by,
        uploaded_at: row.uploaded_at,
        running: row.running,
    });
    Ok(image.collect())
}

/// The device that signs in with this name and hash of a secret; fetching is for our own bridges alone.
pub async fn fetcher(conn: &mut PgConnection, terminal: &str) -> Result<(DeviceId, Vec<u8>), DbError> {
    let row = sqlx::query!(
        "select id, secret_sha256 from device where terminal_id = $1 and protocol = 'mqtt' and disabled_at is null",
        terminal
    )
    .fetch_one(conn)
    .await?;
    Ok((DeviceId(row.id), row.secret_sha256))
}

/// Bytes of the image with this hash.
pub async fn size(conn: &mut PgConnection, sha256: &[u8]) -> Result<i64, DbError> {
    Ok(sqlx::query_scalar!("select size_bytes from firmware_image where sha256 = $1", sha256).fetch_one(conn).await?)
}

/// A piece of an image: `count` bytes from `from` on, fewer at its end.
pub async fn piece(conn: &mut PgConnection, sha256: &[u8], from: i64, count: i32) -> Result<Vec<u8>, DbError> {
    // `substring` counts from one, in 32 bits: images are far smaller.
    let from = i32::try_from(from).unwrap_or(i32::MAX).saturating_add(1);
    let piece = sqlx::query_scalar!(
        r#"select substring(image from $2 for $3) as "piece!" from firmware_image where sha256 = $1"#,
        sha256,
        from,
        count
    )
    .fetch_one(conn)
    .await?;
    Ok(piece)
}
