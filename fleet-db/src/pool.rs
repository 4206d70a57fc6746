//! Connections: the pool, and a transaction that other floors can hold without knowing the driver.

use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, PgPool, Postgres};

use crate::error::DbError;

/// An open transaction; dropped without `commit`, it never was.
pub type Transaction = sqlx::Transaction<'static, Postgres>;

/// How long a caller waits for a free connection before it is told that the store is unavailable.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// Connects to `url` with at most `max_connections` connections; fails when the server does not answer.
pub async fn connect(url: &str, max_connections: u32) -> Result<PgPool, DbError> {
    connect_with(url.parse::<PgConnectOptions>()?, max_connections).await
}

/// The same with options that are already parsed.
pub(crate) async fn connect_with(options: PgConnectOptions, max_connections: u32) -> Result<PgPool, DbError> {
    let options = options.application_name("motorpool").options([("timezone", "UTC"), ("client_min_messages", "warning")]);
    // The driver would warn of each statement that takes a second, as a migration may; how slow the store is, the figures tell.
    let options = options.disable_statement_logging();
    // The pool would try again for as long as a caller may wait; a server that is not there should be said at once.
    PgConnection::connect_with(&options).await?.close().await?;
    let pool = PgPoolOptions::new().max_connections(max_connections.max(1)).acquire_timeout(ACQUIRE_TIMEOUT);
    Ok(pool.connect_with(options).await?)
}

/// A connection that goes back to its pool when it is dropped.
pub type Connection = PoolConnection<Postgres>;

/// Takes a connection for statements that need no transaction.
pub async fn acquire(pool: &PgPool) -> Result<Connection, DbError> {
    Ok(pool.acquire().await?)
}

/// Begins a transaction; a caller may give the wait up at any moment.
///
/// The driver's own `begin` may not be given up: between its word and the server's answer it does not know yet that there is a
/// transaction, so it would hand the connection on with one open, and what the next user took for stored would never be. A task
/// of its own sees the beginning through, and drops what nobody waits for.
pub async fn begin(pool: &PgPool) -> Result<Transaction, DbError> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin().await }).await;
    Ok(begun.map_err(|broke_off| sqlx::Error::Io(std::io::Error::other(broke_off)))??)
}

/// The server answers.
pub async fn ping(pool: &PgPool) -> Result<(), DbError> {
    sqlx::query_scalar!(r#"select 1 as "one!""#).fetch_one(pool).await?;
    Ok(())
}
