//! Wiring: sockets, register, shards and their end in the right order.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use fleet_db::{Clock, DbError, LiveFeed, PgPool, mirror};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::info;

use crate::admission::Admission;
use crate::clerk::Clerk;
use crate::commands::Commands;
use crate::config::{Config, Plaintext};
use crate::doorway::Doorway;
use crate::exempt::Exemptions;
use crate::frames::Frames;
use crate::jt809::above::{self, CheckCodes};
use crate::lane::{Lane, Lanes};
use crate::linkbook::Linkbook;
use crate::links::{DeviceStatus, Links};
use crate::listener::{self, Door, Speech};
use crate::register::{self, Register};
use crate::rules::{self, Rules};
use crate::shard::Shard;
use crate::telemetry::Messages;
use crate::{broker, clerk, commands, frames, jt808, tls};

/// What the gateway is given.
pub struct Parts {
    /// Where devices connect by MQTT, without TLS.
    pub mqtt: TcpListener,
    /// Where terminals of JT/T 808 connect, without TLS.
    pub jt808: Option<TcpListener>,
    /// Where vehicles and platforms of GB/T 32960 connect, without TLS.
    pub gb32960: Option<TcpListener>,
    /// Where platforms below us connect by JT/T 809.
    pub jt809: Option<TcpListener>,
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
    pub(crate) exempt: Arc<Exemptions>,
    pub(crate) links: Arc<Links>,
    pub(crate) lanes: Lanes,
    pub(crate) admission: Arc<Admission>,
    pub(crate) messages: Messages,
    pub(crate) pool: PgPool,
    pub(crate) frames: Arc<Frames>,
    pub(crate) clerk: Arc<Clerk>,
    pub(crate) commands: Arc<Commands>,
    pub(crate) packages: Arc<jt808::Budget>,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("links", &self.links.count()).finish_non_exhaustive()
    }
}

/// A gateway at work.
#[derive(Debug)]
pub struct Gateway {
    app: Arc<App>,
    listeners: JoinSet<()>,
    shards: JoinSet<()>,
    sessions: TaskTracker,
    linkbook: Linkbook,
    shutdown: CancellationToken,
}

impl Gateway {
    /// What a device last said of itself since the gateway began.
    pub fn status(&self, terminal: &str) -> Option<DeviceStatus> {
        self.app.links.status(terminal)
    }

    /// The way in for what other programs carry to us.
    pub fn doorway(&self) -> Doorway {
        Doorway::new(Arc::clone(&self.app))
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
        // A store that is away finds the links closed when the next gateway begins.
        let _ = tokio::time::timeout(Duration::from_secs(2), self.linkbook.write()).await;
    }
}

/// Runs the gateway until `shutdown`.
pub async fn run(parts: Parts, shutdown: CancellationToken) -> Result<(), RunError> {
    start(parts, shutdown).await?.wait().await;
    Ok(())
}

/// Starts the gateway; it serves until `shutdown`, `Gateway::wait` sees it out.
pub async fn start(parts: Parts, shutdown: CancellationToken) -> Result<Gateway, RunError> {
    let Parts { mqtt, jt808, gb32960, jt809, pool, clock, live, config } = parts;
    let mut doors = vec![Door { socket: mqtt, acceptor: None, speech: Speech::Mqtt }];
    doors.extend(jt808.map(|socket| Door { socket, acceptor: None, speech: Speech::Jt808 }));
    doors.extend(gb32960.map(|socket| Door { socket, acceptor: None, speech: Speech::Gb32960 }));
    doors.extend(jt809.map(|socket| Door { socket, acceptor: None, speech: Speech::Jt809 }));
    doors.extend(secure_doors(&config).await?);

    let links = Arc::new(Links::default());
    let linkbook = Linkbook::new(&links, &pool, &clock, &config);
    linkbook.open().await?;
    let register = Arc::new(Register::default());
    register.reload(&pool).await?;
    let exempt = Exemptions::load(&pool).await?;
    let rules = Rules::load(config.policy.clone(), &pool, &clock).await?;

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
            Arc::clone(&rules),
            Arc::clone(&exempt),
            shutdown.clone(),
        )
        .await?;
        shards.spawn(shard.run());
        lanes.push(lane);
    }
    let mut listeners = JoinSet::new();
    let (frames, noted) = Frames::new(config.frames_bytes, Arc::clone(&exempt), Arc::clone(&clock));
    let (clerk, errands) = Clerk::new(Arc::clone(&clock));
    let commands = Arc::new(Commands::default());
    let sender = commands::Sender {
        commands: Arc::clone(&commands),
        links: Arc::clone(&links),
        clerk: Arc::clone(&clerk),
        pool: pool.clone(),
        clock: Arc::clone(&clock),
        patience: Duration::from_secs(config.command_patience_secs),
    };
    listeners.spawn(sender.keep(shutdown.clone()));
    listeners.spawn(clerk::keep(Arc::clone(&clerk), errands, pool.clone(), shutdown.clone()));
    listeners.spawn(frames::keep(Arc::clone(&frames), noted, pool.clone(), shutdown.clone()));
    listeners.spawn(linkbook.clone().keep(shutdown.clone()));
    listeners.spawn(rules::follow(rules, pool.clone(), Arc::clone(&clock), shutdown.clone()));
    listeners.spawn(register::Followed::new(&register, &exempt, &links).keep(pool.clone(), shutdown.clone()));
    let app = Arc::new(App {
        admission: Admission::new(config.connections, config.connections_per_ip),
        config,
        clock,
        register,
        exempt,
        links,
        lanes: Lanes(lanes.into()),
        messages: Messages::new(),
        pool,
        frames,
        clerk,
        commands,
        packages: Arc::default(),
    });

    tell_above(&app, &live, &mut listeners, &shutdown).await?;
    let sessions = TaskTracker::new();
    for door in doors {
        listeners.spawn(listener::accept(door, Arc::clone(&app), sessions.clone(), shutdown.clone()));
    }
    let drain = Duration::from_secs(app.config.drain_secs);
    for broker in app.config.brokers.clone() {
        listeners.spawn(broker::follow(broker, Doorway::new(Arc::clone(&app)), shutdown.clone(), drain));
    }
    Ok(Gateway { app, listeners, shards, sessions, linkbook, shutdown })
}

/// Begins the links to platforms above us. A link that is new counts from here, before any terminal is heard: what is reported
/// while its platform cannot be reached yet is told later.
async fn tell_above(
    app: &Arc<App>,
    live: &LiveFeed,
    tasks: &mut JoinSet<()>,
    shutdown: &CancellationToken,
) -> Result<(), RunError> {
    let config = &app.config.jt809;
    let names: Vec<&str> = config.superiors.iter().map(|superior| superior.name.as_str()).collect();
    let mut tx = fleet_db::begin(&app.pool).await?;
    mirror::open(&mut tx, &app.config.instance(), &names, (app.clock)()).await?;
    for superior in &config.superiors {
        mirror::choose(&mut tx, &superior.name, &superior.choice()).await?;
    }
    tx.commit().await.map_err(DbError::from)?;
    let codes = Arc::new(CheckCodes::default());
    let mut sub_port = None;
    if let Some(address) = config.sub_listen {
        let door = TcpListener::bind(address).await.map_err(|source| RunError::Listen { address, source })?;
        sub_port = door.local_addr().ok().map(|address| address.port());
        let (admission, clock) = (Arc::clone(&app.admission), Arc::clone(&app.clock));
        tasks.spawn(above::attend(door, Arc::clone(&codes), admission, clock, shutdown.clone()));
    }
    let given = above::Given {
        pool: app.pool.clone(),
        clock: Arc::clone(&app.clock),
        live: live.clone(),
        login_timeout: Duration::from_secs(app.config.login_timeout_secs),
        hot_hours: app.config.hot_hours,
        sub_port,
        codes,
    };
    for superior in config.superiors.clone() {
        tasks.spawn(above::keep(superior, given.clone(), shutdown.clone()));
    }
    Ok(())
}

async fn secure_doors(config: &Config) -> Result<Vec<Door>, RunError> {
    let Some(acceptor) = tls::acceptor(config.tls_certificate.as_deref(), config.tls_key.as_deref())? else {
        return match config.plaintext {
            Plaintext::Allowed => Ok(Vec::new()),
            Plaintext::Refused => Err(tls::TlsError::NoCertificate.into()),
        };
    };
    let mut doors = Vec::new();
    for (address, speech) in
        [(config.mqtts_listen, Speech::Mqtt), (config.jt808s_listen, Speech::Jt808), (config.gb32960s_listen, Speech::Gb32960)]
    {
        let socket = TcpListener::bind(address).await.map_err(|source| RunError::Listen { address, source })?;
        doors.push(Door { socket, acceptor: Some(acceptor.clone()), speech });
    }
    Ok(doors)
}
