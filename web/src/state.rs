//! What every handler has at hand: store, clock, settings, live board.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use dispatch::account::SessionId;
use fleet_db::{Clock, DbError, LiveFeed, PgConnection, PgPool, Transaction};
use thiserror::Error;
use tokio::sync::{Semaphore, broadcast};
use tokio_util::sync::CancellationToken;

use crate::auth::Strangers;
use crate::config::{Config, MapError};
use crate::live::Live;
use crate::tiles::Tiles;

/// The state of this floor, shared by all handlers.
#[derive(Clone, Debug)]
pub struct App(Arc<Shared>);

/// What is behind an [`App`].
pub struct Shared {
    pub(crate) pool: PgPool,
    clock: Clock,
    pub(crate) config: Config,
    pub(crate) live: Live,
    pub(crate) tiles: Tiles,
    /// How many passwords are being checked.
    pub(crate) password_checks: Arc<Semaphore>,
    /// Wrong passwords of logins that do not exist.
    pub(crate) strangers: Strangers,
    /// Sessions that were ended, for sockets that belong to them.
    pub(crate) ended: broadcast::Sender<SessionId>,
    /// How many sockets may still be opened.
    pub(crate) sockets: Arc<Semaphore>,
    pub(crate) shutdown: CancellationToken,
}

/// Why this floor cannot start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The board could not be read.
    #[error("the live board could not be filled")]
    Board(#[source] DbError),
    /// The map cannot be shown.
    #[error("the map cannot be shown as it is configured")]
    Map(#[source] MapError),
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("config", &self.config).finish_non_exhaustive()
    }
}

impl App {
    /// Reads the board from the store and keeps it up to date from `feed` until `shutdown`.
    pub async fn start(
        pool: PgPool,
        clock: Clock,
        feed: &LiveFeed,
        config: Config,
        shutdown: CancellationToken,
    ) -> Result<Self, StartError> {
        let tiles = Tiles::open(&config.map).map_err(StartError::Map)?;
        let live =
            Live::start(pool.clone(), Arc::clone(&clock), feed, &config, shutdown.clone()).await.map_err(StartError::Board)?;
        Ok(Self(Arc::new(Shared {
            password_checks: Arc::new(Semaphore::new(config.password_checks.max(1))),
            strangers: Strangers::default(),
            ended: broadcast::Sender::new(64),
            sockets: Arc::new(Semaphore::new(config.live_sockets)),
            pool,
            clock,
            config,
            live,
            tiles,
            shutdown,
        })))
    }

    /// The present instant.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }

    /// Begins a transaction.
    pub(crate) async fn begin(&self) -> Result<Transaction, DbError> {
        fleet_db::begin(&self.pool).await
    }

    /// A connection for reading.
    pub(crate) async fn conn(&self) -> Result<impl DerefMut<Target = PgConnection> + Send + use<>, DbError> {
        Ok(self.pool.acquire().await?)
    }

    /// How long a browser's session lives without a request.
    pub(crate) fn session_idle(&self) -> Duration {
        Duration::seconds(i64::from(self.config.session_idle_secs))
    }
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// Makes a transaction's work last.
pub(crate) async fn commit(tx: Transaction) -> Result<(), DbError> {
    Ok(tx.commit().await?)
}
