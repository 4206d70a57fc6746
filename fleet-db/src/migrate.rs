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
    })?;
    // Pinyin is worked out here, not by the server.
    let mut tx = crate::begin(pool).await?;
    crate::unit::history::spell_all(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// How many migrations this program knows and how many of them the database has.
pub async fn progress(pool: &PgPool) -> Result<(usize, usize), DbError> {
    let known = MIGRATOR.iter().count();
    let there = sqlx::query_scalar!(r#"select to_regclass('_sqlx_migrations') is not null as "there!""#);
    if !there.fetch_one(pool).await? {
        return Ok((known, 0));
    }
    // The table is the driver's own and not in our migrations, so this one statement is not checked against them.
    let count = sqlx::query_scalar::<_, i64>("select count(*) from _sqlx_migrations where success");
    let applied = count.fetch_one(pool).await?;
    Ok((known, usize::try_from(applied).unwrap_or(0)))
}
