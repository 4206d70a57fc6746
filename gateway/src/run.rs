//! Wiring: sockets, register, shards and their end in the right order.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use fleet_db::{Clock, DbError, LiveFeed, PgPool};
use telematics::fix::Observation;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::info;

use crate::admission::Admission;
use crate::config::Config;
use crate::lane::{Lane, Lanes};
use crate::link::CommandError;
use crate::links::{DeviceStatus, Links};
use crate::register::{self, Register};
use crate::shard::Shard;
use crate::telemetry::Messages;
use crate::{listener, tls};

/// What the gateway is given.
pub struct Parts {
    /// Where devices connect, without TLS.
    pub mqtt: TcpListener,
    /// The store.
    pub pool: PgPool,
    /// The clock.
    pub clock: Clock,
    /// Where committed states are told.
    pub live: LiveFeed,
    /// Its settings.
    pub config: Config,
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts").field("mqtt", &self.mqtt).field("config", &self.config).finish_non_exhaustive()
    }
}

/// Why the gateway did not start.
#[derive(Debug, Error)]
pub enum RunError {
    /// The store did not give what is needed at the start.
    #[error("the gateway cannot read its state from the store")]
    Store(#[from] DbError),
    /// The TLS certificate or its key cannot be used.
    #[error("the TLS certificate cannot be used")]
    Tls(#[from] tls::TlsError),
    /// An address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
}

/// What all sessions share.
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    pub(crate) register: Arc<Register>,
    pub(crate) links: Arc<Links>,
    pub(crate) lanes: Lanes,
    pub(crate) admission: Arc<Admission>,
    pub(crate) messages: Messages,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("links", &self.links.count()).finish_non_exhaustive()
    }
}

impl App {
    /// The code of what makes an observation untrue: a clock far ahead, or one before there was a fleet.
    pub(crate) fn untrue(&self, seen: &Observation, now: DateTime<Utc>) -> Option<&'static str> {
        let latest = now + TimeDelta::minutes(i64::from(self.config.future_minutes));
        if seen.fixed_at > latest {
            Some("record.future")
        } else if seen.fixed_at < DateTime::UNIX_EPOCH + TimeDelta::days(DAYS_TO_2000) {
            Some("record.past")
        } else {
            None
        }
    }
}

/// Days from 1970-01-01 to 2000-01-01.
const DAYS_TO_2000: i64 = 10_957;

/// A gateway at work.
#[derive(Debug)]
pub struct Gateway {
    app: Arc<App>,
    listeners: JoinSet<()>,
    shards: JoinSet<()>,
    sessions: TaskTracker,
    shutdown: CancellationToken,
}

impl Gateway {
    /// Publishes `payload` to the `cmd` topic of a device that is connected and listens for commands.
    pub fn command(&self, terminal: &str, payload: Bytes) -> Result<(), CommandError> {
        self.app.links.command(terminal, payload)
    }

    /// What a device last said of itself since the gateway began.
    pub fn status(&self, terminal: &str) -> Option<DeviceStatus> {
        self.app.links.status(terminal)
    }

    /// Devices connected.
    pub fn connected(&self) -> usize {
        self.app.links.count()
    }

    /// Waits for the stop signal, commits what has been received, and says goodbye to the devices.
    pub async fn wait(mut self) {
        self.shutdown.cancelled().await;
        while self.listeners.join_next().await.is_some() {}
        // The shards end when what they had is committed and acknowledged; only then the links go.
        while self.shards.join_next().await.is_some() {}
        self.app.links.end_all();
        self.sessions.close();
        if tokio::time::timeout(Duration::from_secs(1), self.sessions.wait()).await.is_err() {
            info!(sessions = self.sessions.len(), "{} sessions had not ended when the gateway did", self.sessions.len());
        }
    }
}

/// Runs the gateway until `shutdown`.
pub async fn run(parts: Parts, shutdown: CancellationToken) -> Result<(), RunError> {
    start(parts, shutdown).await?.wait().await;
    Ok(())
}

/// Starts the gateway; it serves until `shutdown`, `Gateway::wait` sees it out.
pub async fn start(parts: Parts, shutdown: CancellationToken) -> Result<Gateway, RunError> {
    let Parts { mqtt, pool, clock, live, config } = parts;
    let secure = secure_listener(&config).await?;

    let links = Arc::new(Links::default());
    let register = Arc::new(Register::default());
    register.reload(&pool).await?;

    let mut shards = JoinSet::new();
    let mut lanes = Vec::new();
    let count = config.shards.max(1);
    for index in 0..count {
        let (lane, inbox) = Lane::new(config.shard_queue);
        let shard = Shard::open(
            index,
            count,
            lane.clone(),
            inbox,
            pool.clone(),
            Arc::clone(&clock),
            live.clone(),
            config.clone(),
            shutdown.clone(),
        )
        .await?;
        shards.spawn(shard.run());
        lanes.push(lane);
    }
    let mut listeners = JoinSet::new();
    let app = Arc::new(App {
        admission: Admission::new(config.connections, config.connections_per_ip),
        config,
        clock,
        register: Arc::clone(&register),
        links: Arc::clone(&links),
        lanes: Lanes(lanes.into()),
        messages: Messages::new(),
    });

    let sessions = TaskTracker::new();
    listeners.spawn(register::follow(register, links, pool, shutdown.clone()));
    listeners.spawn(listener::accept(mqtt, None, Arc::clone(&app), sessions.clone(), shutdown.clone()));
    if let Some((socket, acceptor)) = secure {
        listeners.spawn(listener::accept(socket, Some(acceptor), Arc::clone(&app), sessions.clone(), shutdown.clone()));
    }
    Ok(Gateway { app, listeners, shards, sessions, shutdown })
}

async fn secure_listener(config: &Config) -> Result<Option<(TcpListener, tls::TlsAcceptor)>, RunError> {
    let Some(acceptor) = tls::acceptor(config.tls_certificate.as_deref(), config.tls_key.as_deref())? else { return Ok(None) };
    let address = config.mqtts_listen;
    let socket = TcpListener::bind(address).await.map_err(|source| RunError::Listen { address, source })?;
    Ok(Some((socket, acceptor)))
}
