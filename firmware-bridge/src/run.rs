//! The tasks of the bridge wired together: lines → recorder → spool → uplink, until told to stop or a replay is through.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use chrono::{NaiveTime, TimeDelta};
use serde::Serialize;
use serde_json::json;
use telematics::quantity::Distance;
use thiserror::Error;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tracing::info;

use crate::clock::{Clock, Monotonic, Strictness, Timekeeper};
use crate::config::{Config, GnssConfig};
use crate::gnss::{self, LineHealth};
use crate::obd::{self, AdapterHealth};
use crate::odometer::{Odometer, OdometerSource};
use crate::recorder::journal::{Counts, Journal};
use crate::recorder::{self, Ask, Stored};
use crate::replay::script::Step;
use crate::replay::{Pace, Pty, ReplayError};
use crate::sampler::Sampler;
use crate::seal::{SealError, SealedLog};
use crate::spool::{Spool, SpoolError};
use crate::update::{Proof, Updater};
use crate::uplink::lanes::Order;
use crate::uplink::{self, LinkHealth};

/// What the bridge is given from outside.
pub struct Parts {
    /// Configuration.
    pub config: Config,
    /// The wall clock.
    pub clock: Clock,
    /// Time since the start of the machine.
    pub monotonic: Monotonic,
    /// Names this start of the machine.
    pub boot: String,
    /// A number 0..1 for each pause between connections.
    pub jitter: Box<dyn Fn() -> f64 + Send + Sync>,
    /// Takes log filters that commands ask for.
    pub log_filter: watch::Sender<Option<String>>,
    /// Started by the supervisor.
    pub supervised: bool,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Told to stop.
    Stopped,
    /// Asked by the gateway to be started again.
    Restart,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").field("config", &self.config).finish_non_exhaustive()
    }
}

/// Why the bridge cannot run.
#[derive(Debug, Error)]
pub enum RunError {
    /// The spool.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// The sealed log.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The log to play.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// The gateway refused this device.
    #[error("the gateway refused device {device}")]
    Refused {
        /// This device.
        device: String,
    },
}

impl RunError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Spool(error) => error.code(),
            Self::Seal(error) => error.code(),
            Self::Replay(error) => error.code(),
            Self::Refused { .. } => "bridge.uplink.refused",
        }
    }

    /// What to do about it.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Spool(error) => error.remedy(),
            Self::Seal(error) => error.remedy(),
            Self::Replay(error) => error.remedy(),
            Self::Refused { .. } => "check device.id and device.secret against the console's list of devices",
        }
    }
}

/// What a replay did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Fixes read from the pty.
    pub fixes: u64,
    /// Records the sampler made of them.
    pub records: u64,
    /// Records the gateway acknowledged.
    pub acknowledged: u64,
    /// Messages they were in.
    pub messages: u64,
    /// Periodic points given up for want of room, ever.
    pub thinned: u64,
}

/// A running bridge.
struct Bridge {
    device: String,
    spool: Arc<Spool>,
    log: Arc<SealedLog>,
    restart: watch::Receiver<bool>,
    asks: mpsc::Sender<Ask>,
    lines: Vec<watch::Receiver<LineHealth>>,
    link: watch::Receiver<LinkHealth>,
    stop: watch::Sender<bool>,
    uplink: tokio::task::JoinHandle<()>,
    tasks: JoinSet<()>,
}

/// Runs until `shutdown`; everything heard until then is on disk when it returns.
pub async fn run(parts: Parts, shutdown: impl Future<Output = ()>) -> Result<Ended, RunError> {
    let mut bridge = start(parts, Mode::Live)?;
    let restart = bridge.restart.wait_for(|restart| *restart);
    let ended = tokio::select! {
        () = shutdown => Ended::Stopped,
        Ok(_) = restart => Ended::Restart,
    };
    info!("stopping: what was heard is committed first");
    bridge.settle().await;
    bridge.end().await;
    Ok(ended)
}

/// Plays `steps` and returns when every record is acknowledged, or at `shutdown`.
pub async fn replay(
    mut parts: Parts,
    steps: &[Step],
    pace: Pace,
    shutdown: impl Future<Output = ()>,
) -> Result<Summary, RunError> {
    let mut pty = Pty::open()?;
    // The pty has no rate, and a replayed log may pause as long as it likes.
    let line = GnssConfig {
        path: pty.path().to_owned(),
        baud_rates: vec![115_200],
        silent_secs: 3600,
        epoch_gap_ms: 500,
        ..GnssConfig::default()
    };
    parts.config.gnss = vec![line];
    parts.config.obd = None;
    // The log's vehicle has an odometer of its own that the log does not tell; none is made up for it.
    parts.config.odometer.from_gnss = false;
    if pace == Pace::Max {
        parts.config.uplink.order = Order::OldestFirst;
        parts.config.spool.commit_records = parts.config.spool.commit_records.max(500);
    }
    let mut bridge = start(parts, Mode::Replay)?;
    let mut counts = None;
    tokio::select! {
        () = shutdown => info!("stopped before the end of the log; what was heard is in the spool"),
        played = bridge.play(&mut pty, steps, pace) => counts = Some(played?),
    }
    let counts = match counts {
        Some(counts) => counts,
        None => bridge.settle().await,
    };
    let uplink = *bridge.link.borrow();
    let thinned = bridge.spool.state()?.thinned;
    bridge.end().await;
    let Counts { fixes, records, .. } = counts;
    Ok(Summary { fixes, records, acknowledged: uplink.acknowledged, messages: uplink.messages, thinned })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Live,
    Replay,
}

fn start(parts: Parts, mode: Mode) -> Result<Bridge, RunError> {
    let Parts { config, clock, monotonic, boot, jitter, log_filter, supervised } = parts;
    let spool = Arc::new(Spool::open_or_renew(&config.spool.path, config.spool.limit_bytes)?);
    let log = Arc::new(SealedLog::open(&config.sealed_log(), config.seal.limit_bytes, &config.device.id, Arc::clone(&clock))?);
    log.note("started", &json!({ "version": env!("CARGO_PKG_VERSION"), "boot": boot }));
    let (restart_tx, restart) = watch::channel(false);
    let updater = Arc::new(Updater::new(&config, supervised, Arc::clone(&log), Arc::clone(&clock), restart_tx.clone()));
    let journal = journal(&config, &spool, boot, (&clock, &monotonic), mode)?;
    let mut tasks = JoinSet::new();
    let (epochs_tx, epochs) = mpsc::channel(256);
    let (readings_tx, readings) = mpsc::channel(16);
    let (asks_tx, asks) = mpsc::channel(16);
    let stored_now = Stored { state: spool.state()?, restamped: 0 };
    let (stored_tx, stored) = watch::channel(stored_now);
    let mut lines = Vec::new();
    for (line, gnss_config) in config.gnss.iter().enumerate() {
        let (health, health_rx) = watch::channel(LineHealth::default());
        lines.push(health_rx);
        let epochs = epochs_tx.clone();
        tasks.spawn(gnss::run(gnss::Parts { line, config: gnss_config.clone(), reopen: gnss::REOPEN, epochs, health }));
    }
    drop(epochs_tx);
    if let Some(obd_config) = config.obd.clone() {
        let (health, _) = watch::channel(AdapterHealth::default());
        let monotonic = Arc::clone(&monotonic);
        tasks.spawn(obd::run(obd::Parts { config: obd_config, reopen: gnss::REOPEN, readings: readings_tx, health, monotonic }));
    }
    let recorder = recorder::Parts {
        spool: Arc::clone(&spool),
        log: Arc::clone(&log),
        config: config.spool.clone(),
        journal,
        epochs,
        readings,
        asks,
        stored: stored_tx,
        clock: Arc::clone(&clock),
        monotonic,
    };
    tasks.spawn(recorder::run(recorder));
    let (stop, stop_rx) = watch::channel(false);
    let device = config.device.id.clone();
    let (health, link) = watch::channel(LinkHealth::default());
    let (proof, proved) = watch::channel(Proof::default());
    tasks.spawn(testify(link.clone(), proof));
    let proving = Arc::clone(&updater);
    tasks.spawn(async move { proving.prove(proved).await });
    let uplink = tokio::spawn(uplink::run(uplink::Parts {
        device: config.device,
        config: config.uplink,
        spool: Arc::clone(&spool),
        stored,
        asks: asks_tx.clone(),
        updater,
        log: Arc::clone(&log),
        restart: restart_tx,
        log_filter,
        health,
        clock,
        jitter,
        stop: stop_rx,
    }));
    Ok(Bridge { device, spool, log, restart, asks: asks_tx, lines, link, stop, uplink, tasks })
}

/// What the link says about a program on trial.
async fn testify(mut link: watch::Receiver<LinkHealth>, proof: watch::Sender<Proof>) {
    loop {
        let health = *link.borrow_and_update();
        proof.send_replace(match (health.connected, health.acknowledged) {
            (_, 1..) => Proof::Acknowledged,
            (true, 0) => Proof::Connected,
            (false, 0) => Proof::None,
        });
        if link.changed().await.is_err() {
            return;
        }
    }
}

fn journal(
    config: &Config,
    spool: &Spool,
    boot: String,
    clocks: (&Clock, &Monotonic),
    mode: Mode,
) -> Result<Journal, SpoolError> {
    let strictness = match mode {
        // A recorded log is believed: its dates are the point of playing it.
        Mode::Replay => Strictness { not_before: None, jump: None, jump_fixes: 1 },
        Mode::Live => Strictness {
            not_before: Some(config.clock.not_before.and_time(NaiveTime::MIN).and_utc()),
            jump: Some(TimeDelta::seconds(i64::from(config.clock.jump_secs))),
            jump_fixes: config.clock.jump_fixes,
        },
    };
    let mut keeper = Timekeeper::new(boot, strictness);
    // Without a receiver nothing will ever tell the time better than the system does.
    if mode == Mode::Live && (config.clock.trust_system || config.gnss.is_empty()) {
        keeper.trust((clocks.0)(), (clocks.1)());
    }
    let kept = spool.odometer_mm()?.map(metres);
    let source = if config.odometer.from_gnss { OdometerSource::VehicleOrGnss } else { OdometerSource::Vehicle };
    let odometer = Odometer::new(kept.unwrap_or(Distance::from_km(config.odometer.start_km)), source);
    Ok(Journal::new(keeper, Sampler::new(config.sampler.clone()), odometer))
}

#[expect(clippy::cast_precision_loss, reason = "an odometer is far below 2^53 mm")]
const fn metres(mm: u64) -> Distance {
    Distance::from_metres(mm as f64 / 1000.0)
}

impl Bridge {
    /// Plays everything, then waits until the reader has it all, the spool has it all, and the gateway has it all.
    async fn play(&mut self, pty: &mut Pty, steps: &[Step], pace: Pace) -> Result<Counts, RunError> {
        // Bytes written before the reader has set up the line would be echoed.
        if let Some(line) = self.lines.first_mut() {
            // A recorder that is gone shows below.
            let _ = line.wait_for(|health| health.open).await;
        }
        let written = pty.play(steps, pace).await?;
        if let Some(line) = self.lines.first_mut() {
            // The last epoch ends with the silence after it.
            let _ = line.wait_for(|health| health.bytes >= written && health.idle).await;
        }
        let counts = self.settle().await;
        loop {
            if self.spool.state()?.length == 0 {
                return Ok(counts);
            }
            if self.link.borrow_and_update().refused {
                return Err(RunError::Refused { device: self.device.clone() });
            }
            if self.link.changed().await.is_err() {
                return Ok(counts);
            }
        }
    }

    /// Everything heard so far is recorded and committed.
    async fn settle(&self) -> Counts {
        let (reply, answer) = oneshot::channel();
        match self.asks.send(Ask::Finish(reply)).await {
            Ok(()) => answer.await.unwrap_or_default(),
            Err(_gone) => Counts::default(),
        }
    }

    async fn end(mut self) {
        // A task that has ended already needs no telling.
        let _ = self.stop.send(true);
        let _ = tokio::time::timeout(Duration::from_secs(5), &mut self.uplink).await;
        self.log.note("stopped", &json!({}));
        self.uplink.abort();
        self.tasks.shutdown().await;
    }
}
