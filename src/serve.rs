//! Wiring of the service: sockets, store, gateway, web and jobs, and the order in which they start and stop.

mod ingest;
pub(crate) mod key;
pub(crate) mod listen;
mod shutdown;
mod store;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use fleet_db::{Clock, LiveFeed, PgPool};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

use crate::config::Config;
pub(crate) use shutdown::on_signal;
pub(crate) use store::Store;

/// A part that has not drained by then is cut off; what was acknowledged is stored already.
const DRAIN_WITHIN: Duration = Duration::from_secs(30);

/// How often the store is looked at for changes when the gateway runs in another process.
const POLL_MS: u64 = 1000;

/// A part of the service that can run by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Part {
    /// Where devices come in.
    Gateway,
    /// Where people come in.
    Web,
    /// The work in the background.
    Jobs,
}

impl Part {
    /// The whole service.
    pub(crate) const ALL: &[Self] = &[Self::Gateway, Self::Web, Self::Jobs];
}

/// The sockets of the parts that were asked for.
#[derive(Debug)]
pub(crate) struct Sockets {
    parts: Vec<Part>,
    mqtt: Option<TcpListener>,
    jt808: Option<TcpListener>,
    gb32960: Option<TcpListener>,
    jt809: Option<TcpListener>,
    http: Option<TcpListener>,
    ops: Option<TcpListener>,
}

/// Binds the sockets of `parts`, before anything else is started: a port in use is known at once.
pub(crate) async fn bind(config: &Config, parts: &[Part]) -> anyhow::Result<Sockets> {
    web::ops::install_recorder().context("figures cannot be recorded")?;
    let mut sockets =
        Sockets { parts: parts.to_vec(), mqtt: None, jt808: None, gb32960: None, jt809: None, http: None, ops: None };
    if parts.contains(&Part::Web) {
        sockets.http = Some(listen::bind("web.listen", &config.web.listen.to_string()).await?);
    }
    if parts.contains(&Part::Gateway) {
        let gateway = &config.gateway;
        sockets.mqtt = Some(listen::bind("gateway.mqtt_listen", &gateway.mqtt_listen.to_string()).await?);
        sockets.jt808 = Some(listen::bind("gateway.jt808_listen", &gateway.jt808_listen.to_string()).await?);
        sockets.gb32960 = Some(listen::bind("gateway.gb32960_listen", &gateway.gb32960_listen.to_string()).await?);
        if let Some(address) = gateway.jt809.listen {
            sockets.jt809 = Some(listen::bind("gateway.jt809.listen", &address.to_string()).await?);
        }
    }
    if !config.ops.listen.is_empty() {
        sockets.ops = Some(listen::bind("ops.listen", &config.ops.listen).await?);
    }
    Ok(sockets)
}

/// The running service.
#[derive(Debug)]
pub(crate) struct Running {
    /// Where the console and the API are.
    pub(crate) http: Option<SocketAddr>,
    /// Where devices sign in by MQTT.
    pub(crate) mqtt: Option<SocketAddr>,
    /// Where terminals of JT/T 808 sign in.
    pub(crate) jt808: Option<SocketAddr>,
    /// Where vehicles and platforms of GB/T 32960 sign in.
    pub(crate) gb32960: Option<SocketAddr>,
    /// Where figures and health are.
    pub(crate) ops: Option<SocketAddr>,
    store: Store,
    parts: JoinSet<(&'static str, anyhow::Result<()>)>,
    shutdown: CancellationToken,
}

/// Starts `parts` on `store`; they run until `shutdown` is cancelled.
pub(crate) fn start(
    sockets: Sockets,
    store: Store,
    config: &Config,
    clock: &Clock,
    shutdown: CancellationToken,
) -> anyhow::Result<Running> {
    let address = |socket: &Option<TcpListener>| socket.as_ref().map(TcpListener::local_addr).transpose();
    let (mqtt, http, ops) = (address(&sockets.mqtt)?, address(&sockets.http)?, address(&sockets.ops)?);
    let (jt808, gb32960) = (address(&sockets.jt808)?, address(&sockets.gb32960)?);
    let live = LiveFeed::default();
    let pool = store.pool.clone();
    let mut parts = JoinSet::new();
    let signing = sockets.parts.iter().any(|part| matches!(part, Part::Web | Part::Jobs));
    let signing = signing.then(|| key::audit_or_new(&key::audit_path(config))).transpose()?;
    let door = ingest::Door::default();
    if let Some(socket) = sockets.mqtt {
        let given = gateway::Parts {
            mqtt: socket,
            jt808: sockets.jt808,
            gb32960: sockets.gb32960,
            jt809: sockets.jt809,
            pool: pool.clone(),
            clock: Arc::clone(clock),
            live: live.clone(),
            config: config.gateway.clone(),
        };
        let shutdown = shutdown.clone();
        let door = Arc::clone(&door);
        let http = config.gateway.http.clone();
        parts.spawn(async move { ("the gateway", run_gateway(given, &http, &door, shutdown).await) });
    }
    if let (Some(socket), Some(signing)) = (sockets.http, &signing) {
        let (data_dir, mut config) = (config.database.data_dir.clone(), config.web.clone());
        if mqtt.is_none() && config.live_poll_ms == 0 {
            // The gateway runs elsewhere, so what it commits is looked for in the store.
            config.live_poll_ms = POLL_MS;
        }
        // Phones report on the port of the console; without a gateway behind it there is nobody to take it in.
        let ingest = mqtt.is_some().then(|| ingest::through(&door));
        let key = key::of_folder(&data_dir)?;
        let given = web::Parts {
            http: socket,
            ops: sockets.ops,
            pool,
            clock: Arc::clone(clock),
            live,
            ingest,
            config,
            key,
            signing: signing.clone(),
        };
        let shutdown = shutdown.clone();
        parts.spawn(async move { ("the web floor", web::run(given, shutdown).await.map_err(anyhow::Error::from)) });
    } else if let Some(socket) = sockets.ops {
        let shutdown = shutdown.clone();
        parts.spawn(
            async move { ("the ops listener", web::ops::serve(socket, pool, shutdown).await.map_err(anyhow::Error::from)) },
        );
    }
    if sockets.parts.contains(&Part::Jobs) {
        let every = Duration::from_secs(config.jobs.history_every_secs);
        let history =
            gateway::history::keep(store.pool.clone(), Arc::clone(clock), config.gateway.hot_hours, every, shutdown.clone());
        parts.spawn(async move {
            history.await;
            ("jobs", Ok(()))
        });
        let notify = web::notify::run(store.pool.clone(), Arc::clone(clock), config.jobs.notify.clone(), shutdown.clone());
        parts.spawn(async move { ("sending messages", notify.await.map_err(anyhow::Error::from)) });
        look_after_trips(&mut parts, &store.pool, config, clock, &shutdown);
        if let Some(signing) = signing {
            let (pool, clock, keep_days) = (store.pool.clone(), Arc::clone(clock), config.audit.keep_days);
            let sealing = web::sealing::run(pool, clock, signing, keep_days, shutdown.clone());
            parts.spawn(async move {
                sealing.await;
                ("sealing the audit log", Ok(()))
            });
        }
    }
    Ok(Running { http, mqtt, jt808, gb32960, ops, store, parts, shutdown })
}

/// Cars are compared with their orders, time limits of requests are kept, recurring plans are carried out, and
/// cars leave and come back by their bases.
fn look_after_trips(
    parts: &mut JoinSet<(&'static str, anyhow::Result<()>)>,
    pool: &PgPool,
    config: &Config,
    clock: &Clock,
    shutdown: &CancellationToken,
) {
    if config.jobs.reconcile_every_secs > 0 {
        let every = Duration::from_secs(config.jobs.reconcile_every_secs);
        let reconcile = web::reconcile::run(pool.clone(), Arc::clone(clock), every, shutdown.clone());
        parts.spawn(async move {
            reconcile.await;
            ("comparing cars with their orders", Ok(()))
        });
    }
    let times = web::keep_trip_times(pool.clone(), Arc::clone(clock), shutdown.clone());
    parts.spawn(async move {
        times.await;
        ("looking after time limits", Ok(()))
    });
    let plans = web::keep_trip_plans(pool.clone(), Arc::clone(clock), shutdown.clone());
    parts.spawn(async move {
        plans.await;
        ("carrying out recurring plans", Ok(()))
    });
    let bases = web::watch_bases(pool.clone(), Arc::clone(clock), shutdown.clone());
    parts.spawn(async move {
        bases.await;
        ("watching the bases of cars", Ok(()))
    });
    let running = web::keep_running(pool.clone(), Arc::clone(clock), shutdown.clone());
    parts.spawn(async move {
        running.await;
        ("looking after what cars cost and what falls due", Ok(()))
    });
    let scores = web::driver_scores::run(pool.clone(), Arc::clone(clock), shutdown.clone());
    parts.spawn(async move {
        scores.await;
        ("keeping the scores of drivers", Ok(()))
    });
}

impl Running {
    /// Connections to the store.
    pub(crate) fn pool(&self) -> &PgPool {
        &self.store.pool
    }

    /// Waits until the service has been asked to stop and has stopped; a part that ends by itself stops all of it.
    pub(crate) async fn wait(mut self) -> anyhow::Result<()> {
        let first = self.parts.join_next().await;
        let by_itself = !self.shutdown.is_cancelled();
        self.shutdown.cancel();
        let mut outcome = Ok(());
        if let Some(ended) = first {
            outcome = part_ended(ended);
            if by_itself && outcome.is_ok() {
                outcome = Err(anyhow::anyhow!("a part of the service ended by itself"));
            }
        }
        let drained = timeout(DRAIN_WITHIN, async {
            while let Some(ended) = self.parts.join_next().await {
                if let Err(error) = part_ended(ended) {
                    error!("{error:#}");
                }
            }
        });
        if drained.await.is_err() {
            error!("a part of the service did not stop within {} s and is cut off", DRAIN_WITHIN.as_secs());
            self.parts.abort_all();
        }
        self.store.close().await;
        info!("stopped");
        outcome
    }
}

/// Runs the gateway, and opens its door for phones as soon as it has started.
async fn run_gateway(
    given: gateway::Parts,
    http: &gateway::http::config::Http,
    door: &ingest::Door,
    shutdown: CancellationToken,
) -> anyhow::Result<()> {
    let gateway = gateway::start(given, shutdown).await?;
    let _ = door.set(gateway::http::HttpDoor::new(gateway.doorway(), http));
    gateway.wait().await;
    Ok(())
}

fn part_ended(ended: Result<(&'static str, anyhow::Result<()>), tokio::task::JoinError>) -> anyhow::Result<()> {
    let (name, outcome) = ended.context("a part of the service broke down")?;
    outcome.with_context(|| format!("{name} failed"))
}
