//! The schema's history, applied before anything else touches the store.

use sqlx::PgPool;
use sqlx::migrate::Migrator;

use crate::error::DbError;

/// The migrations in `fleet-db/migrations`, forward only.
pub static MIGRATOR: Migrator = sqlx::migrate!();

/// Brings the schema up to this program's version; a lock in the database lets one program do it at a time.
pub async fn migrate(pool: &PgPool) -> Result<(), DbError> {
    MIGRATOR.run(pool).await.map_err(|error| match error {
        sqlx::migrate::MigrateError::Execute(cause) => cause.into(),
        other => DbError::Other(Box::new(other)),
    })
}

/// How many migrations this program knows and how many of them the database has.
pub async fn progress(pool: &PgPool) -> Result<(usize, usize), DbError> {
    let known = MIGRATOR.iter().count();
    let applied = sqlx::query_scalar::<_, i64>(
        "select case when to_regclass('_sqlx_migrations') is null then 0
                     else (xpath('/row/n/text()', query_to_xml('select count(*) as n from _sqlx_migrations where success', false, true, '')))[1]::text::bigint
                end",
    )
    .fetch_one(pool)
    .await?;
    Ok((known, usize::try_from(applied).unwrap_or(0)))
}
