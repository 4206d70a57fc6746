//! The audit log (操作日志): appended to inside the transaction of the change, and never changed.

pub mod keeping;
pub mod piece;
pub mod reading;

use chrono::{DateTime, Utc};
pub use dispatch::audit::By;
use dispatch::audit::{Body, Entry};
use sqlx::PgConnection;

use crate::error::DbError;

/// Proof that an entry stands in the transaction (入账凭据): whoever commits a change has to show one, and only [`append`] gives it.
#[derive(Debug)]
#[must_use = "commit the transaction with it"]
pub struct Logged(());

/// Writes an entry into the log.
///
/// The entry waits for the end of the transaction of what it tells, and is chained when that commits: the change and its entry are
/// there together or not at all, and nobody waits for the end of the chain longer than a commit takes.
pub async fn append(conn: &mut PgConnection, by: &By, entry: &Entry, now: DateTime<Utc>) -> Result<Logged, DbError> {
    sqlx::query!("select audit_append($1)", Body::new(by, entry, now).text()).execute(conn).await?;
    Ok(Logged(()))
}
