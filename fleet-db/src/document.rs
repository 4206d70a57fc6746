//! Papers of vehicles (车辆资料): kept with their hash, sent out in pieces, deleted down to what they were.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::document::{DocumentFormat, DocumentId, DocumentKind, DocumentName};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use telematics::id::VehicleId;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// A paper to be kept; the bytes go beside it.
#[derive(Clone, Debug)]
pub struct NewDocument {
    /// Key.
    pub id: DocumentId,
    /// Of which car.
    pub vehicle: VehicleId,
    /// What it is.
    pub kind: DocumentKind,
    /// What its file is called.
    pub name: DocumentName,
    /// What its file is.
    pub media: DocumentFormat,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// Who brought it.
    pub by: AccountId,
}

/// A paper (车辆资料), without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Key.
    pub id: DocumentId,
    /// Plate of its car.
    pub plate: String,
    /// Unit of its car.
    pub unit: UnitId,
    /// What it is.
    pub kind: DocumentKind,
    /// What its file is called.
    pub name: String,
    /// What its file is.
    pub media: DocumentFormat,
    /// Length of its file.
    pub size_bytes: i64,
    /// SHA-256 of its bytes, as they came.
    pub sha256: Vec<u8>,
    /// Who brought it.
    pub by: String,
    /// When.
    pub uploaded_at: DateTime<Utc>,
    /// What became of it; `None`: it is there.
    pub deletion: Option<Deletion>,
}

/// How a paper went (资料删除).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// When.
    pub at: DateTime<Utc>,
    /// Who deleted it.
    pub by: String,
    /// Why.
    pub reason: String,
}

struct Row {
    id: Uuid,
    plate: String,
    unit_id: Uuid,
    kind: String,
    name: String,
    media_type: String,
    size_bytes: i64,
    sha256: Vec<u8>,
    by: String,
    uploaded_at: DateTime<Utc>,
    deleted_at: Option<DateTime<Utc>>,
    deleted_by: Option<String>,
    delete_reason: Option<String>,
}

impl TryFrom<Row> for Document {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let deletion = row.deleted_at.zip(row.deleted_by).zip(row.delete_reason);
        Ok(Self {
            id: DocumentId(row.id),
            plate: row.plate,
            unit: UnitId(row.unit_id),
            kind: row.kind.parse().map_err(unreadable)?,
            name: row.name,
            media: row.media_type.parse().map_err(unreadable)?,
            size_bytes: row.size_bytes,
            sha256: row.sha256,
            by: row.by,
            uploaded_at: row.uploaded_at,
            deletion: deletion.map(|((at, by), reason)| Deletion { at, by, reason }),
        })
    }
}

/// Keeps a paper. The store itself reckons the hash once more.
pub async fn insert(conn: &mut PgConnection, new: &NewDocument, content: &[u8], now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query!(
        "insert into vehicle_document (id, vehicle_id, kind, name, media_type, size_bytes, sha256, content, uploaded_by, uploaded_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        new.id.0,
        new.vehicle.0,
        new.kind.as_str(),
        new.name.as_str(),
        new.media.as_str(),
        i64::try_from(content.len()).unwrap_or(i64::MAX),
        new.sha256.as_slice(),
        content,
        new.by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The papers of a car, those that are there first, each part from the newest on.
pub async fn list(conn: &mut PgConnection, scope: &Scope, vehicle: VehicleId) -> Result<Vec<Document>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select d.id, v.plate, v.unit_id, d.kind, d.name, d.media_type, d.size_bytes, d.sha256, account_name(d.uploaded_by) as "by!",
                  d.uploaded_at, d.deleted_at, account_name(d.deleted_by) as deleted_by, d.delete_reason
           from vehicle_document d
           join vehicle v on v.id = d.vehicle_id
           where v.id = $2 and v.unit_id in (select unit_id from unit_within($1))
           order by d.deleted_at is not null, d.uploaded_at desc, d.id desc"#,
        scope.units(),
        vehicle.0,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Document::try_from).collect()
}

/// A paper of a car of the scope, deleted or not.
pub async fn load(conn: &mut PgConnection, scope: &Scope, id: DocumentId) -> Result<Document, DbError> {
    sqlx::query_as!(
        Row,
        r#"select d.id, v.plate, v.unit_id, d.kind, d.name, d.media_type, d.size_bytes, d.sha256, account_name(d.uploaded_by) as "by!",
                  d.uploaded_at, d.deleted_at, account_name(d.deleted_by) as deleted_by, d.delete_reason
           from vehicle_document d
           join vehicle v on v.id = d.vehicle_id
           where d.id = $2 and v.unit_id in (select unit_id from unit_within($1))"#,
        scope.units(),
        id.0,
    )
    .fetch_one(conn)
    .await?
    .try_into()
}

/// The bytes are still those that came: as many, and of the same hash.
pub async fn is_whole(conn: &mut PgConnection, id: DocumentId) -> Result<bool, DbError> {
    let is_whole = sqlx::query_scalar!(
        r#"select coalesce(length(content) = size_bytes and sha256(content) = sha256, false) as "is_whole!"
           from vehicle_document where id = $1"#,
        id.0
    );
    Ok(is_whole.fetch_one(conn).await?)
}

/// A piece of a file: `count` bytes from `from` on, fewer at its end; nothing once it is deleted.
pub async fn piece(conn: &mut PgConnection, id: DocumentId, from: i64, count: i32) -> Result<Vec<u8>, DbError> {
    // `substring` counts from one, in 32 bits: files are far smaller.
    let from = i32::try_from(from).unwrap_or(i32::MAX).saturating_add(1);
    let piece = sqlx::query_scalar!(
        r#"select coalesce(substring(content from $2 for $3), '') as "piece!" from vehicle_document where id = $1"#,
        id.0,
        from,
        count
    );
    Ok(piece.fetch_one(conn).await?)
}

/// Takes the content of a paper away; what it was stays. [`DbError::NotFound`] when it is gone already.
pub async fn delete(
    conn: &mut PgConnection,
    id: DocumentId,
    by: AccountId,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "update vehicle_document
         set content = null, deleted_at = $2, deleted_by = $3, delete_reason = $4
         where id = $1 and deleted_at is null
         returning id",
        id.0,
        now,
        by.0,
        reason,
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}
