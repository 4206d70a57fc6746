//! The audit log (操作日志): appended to inside the transaction of the change, and never changed.

use chrono::{DateTime, Utc};
pub use dispatch::audit::By;
use dispatch::audit::{Body, Entry};
use sqlx::PgConnection;

use crate::error::DbError;

/// Writes an entry into the log.
///
/// It is called last in the transaction of what it tells: the end of the chain stays locked until that transaction ends, and
/// with it the change and its entry are there together or not at all.
pub async fn append(conn: &mut PgConnection, by: &By, entry: &Entry, now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query!("select audit_append($1)", Body::new(by, entry, now).text()).fetch_one(conn).await?;
    Ok(())
}
