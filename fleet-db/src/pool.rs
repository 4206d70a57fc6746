//! Connections: the pool, and a transaction that other floors can hold without knowing the driver.

use std::time::Duration;

use dispatch::account::AccountId;
use dispatch::scope::Scope;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, PgPool, Postgres};

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
    let options = options.application_name("motorpool").options([
        ("timezone", "UTC"),
        // A commit whose caller went away meanwhile is followed by a rollback that finds nothing; the server's warning of that is no
        // news. What it warns of otherwise stands in its own log.
        ("client_min_messages", "error"),
        // To compile a query takes longer than any of ours, and policies make them look dear.
        ("jit", "off"),
    ]);
    // The driver would warn of each statement that takes a second, as a migration may; how slow the store is, the figures tell.
    let options = options.disable_statement_logging();
    // The pool would try again for as long as a caller may wait; a server that is not there should be said at once.
    PgConnection::connect_with(&options).await?.close().await?;
    let pool = PgPoolOptions::new().max_connections(max_connections.max(1)).acquire_timeout(ACQUIRE_TIMEOUT);
    Ok(pool.connect_with(options).await?)
}

/// Listens to `channel` on a connection beside the pool's own: what waits for years must not be counted among those that work.
pub(crate) async fn listener(pool: &PgPool, channel: &str) -> Result<PgListener, DbError> {
    let beside = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None).acquire_timeout(ACQUIRE_TIMEOUT);
    let mut listener = PgListener::connect_with(&beside.connect_lazy_with((*pool.connect_options()).clone())).await?;
    listener.listen(channel).await?;
    Ok(listener)
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

/// Begins a transaction that reads what was there when it began, whatever others write meanwhile, and can change nothing.
pub async fn begin_snapshot(pool: &PgPool) -> Result<Transaction, DbError> {
    let pool = pool.clone();
    // Seen through by a task of its own, as in [`begin`].
    let begun = tokio::spawn(async move { pool.begin_with("begin isolation level repeatable read, read only").await }).await;
    Ok(begun.map_err(|broke_off| sqlx::Error::Io(std::io::Error::other(broke_off)))??)
}

/// What a transaction within a scope may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Read; the server refuses every change.
    Read,
    /// Read and change.
    Write,
}

/// Begins a transaction that sees and changes what belongs to `scope`, and `account`'s own business, whatever it is asked.
///
/// It runs as the role `motorpool_web`, which owns nothing: row-level security lets through what it was told here, and of a table
/// that says nothing about it, nothing. Role, scope and account hold for the transaction alone; the connection forgets them at
/// its end, however it ends.
pub async fn begin_within(
    pool: &PgPool,
    scope: &Scope,
    account: Option<AccountId>,
    access: Access,
) -> Result<Transaction, DbError> {
    let units: Vec<String> = scope.units().iter().map(ToString::to_string).collect();
    let (units, account) = (units.join(","), account.map(|account| account.to_string()).unwrap_or_default());
    let mode = match access {
        Access::Read => " read only",
        Access::Write => "",
    };
    // One question to the server. Settings cannot be parameters; these are made of identifiers alone.
    let statement = format!(
        "begin{mode}; set local role motorpool_web; set local motorpool.scope = '{{{units}}}'; set local motorpool.account = '{account}'"
    );
    let pool = pool.clone();
    // Seen through by a task of its own, as in [`begin`].
    let begun = tokio::spawn(async move { pool.begin_with(AssertSqlSafe(statement)).await }).await;
    Ok(begun.map_err(|broke_off| sqlx::Error::Io(std::io::Error::other(broke_off)))??)
}

/// The server answers.
pub async fn ping(pool: &PgPool) -> Result<(), DbError> {
    sqlx::query_scalar!(r#"select 1 as "one!""#).fetch_one(pool).await?;
    Ok(())
}
