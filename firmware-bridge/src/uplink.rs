//! The uplink task: what the spool holds goes to the gateway, and leaves the spool when the gateway has acknowledged it.

pub mod command;
pub mod lanes;
pub mod link;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use thiserror::Error;
use tokio::sync::{mpsc, watch};
use tracing::{info, warn};

use crate::clock::Clock;
use crate::config::{DeviceConfig, UplinkConfig};
use crate::recorder::{Ask, Stored};
use crate::seal::SealedLog;
use crate::serial::Backoff;
use crate::spool::{Spool, SpoolError};
use crate::update::Updater;

/// How the link does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct LinkHealth {
    /// Signed in.
    pub connected: bool,
    /// Times signed in.
    pub connections: u64,
    /// Records the gateway has acknowledged.
    pub acknowledged: u64,
    /// Messages they were in.
    pub messages: u64,
    /// The gateway refused the id or the secret.
    pub refused: bool,
}

/// Why a connection ended.
#[derive(Debug, Error)]
pub enum LinkError {
    /// The gateway knows neither this id nor this secret.
    #[error("the gateway refused device {device}: {reason:?}")]
    Refused {
        /// This device.
        device: String,
        /// As the gateway said.
        reason: rumqttc::ConnectReturnCode,
    },
    /// The connection failed or broke off.
    #[error("no connection to {server}")]
    Connection {
        /// `HOST:PORT`.
        server: String,
        /// Why.
        source: Box<rumqttc::ConnectionError>,
    },
    /// The gateway stays silent.
    #[error("no acknowledgement for {secs} s")]
    Silent {
        /// How long.
        secs: u64,
    },
    /// The certificate authority's file cannot be read.
    #[error("cannot read the certificate authority {}", path.display())]
    Authority {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No trust in anybody: the system has no certificates.
    #[error("the system's certificates cannot be used: {reason}")]
    Certificates {
        /// As the TLS library said.
        reason: String,
    },
    /// The spool failed.
    #[error("the spool cannot be read")]
    Spool(#[from] SpoolError),
}

impl LinkError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "bridge.uplink.refused",
            Self::Connection { .. } => "bridge.uplink.connection",
            Self::Silent { .. } => "bridge.uplink.silent",
            Self::Authority { .. } => "bridge.uplink.authority",
            Self::Certificates { .. } => "bridge.uplink.certificates",
            Self::Spool(_) => "bridge.spool.store",
        }
    }

    /// What to do about it.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "check device.id and device.secret against the console's list of devices",
            Self::Connection { .. } => "check uplink.server and the network; records wait on disk meanwhile",
            Self::Silent { .. } => "nothing here: the gateway does not store at the moment; records wait on disk",
            Self::Authority { .. } => "set uplink.ca_file to a readable PEM file",
            Self::Certificates { .. } => "install ca-certificates, or set uplink.ca_file",
            Self::Spool(_) => "check that the disk is neither full nor broken",
        }
    }
}

/// What the task is given.
pub struct Parts {
    /// Who this is.
    pub device: DeviceConfig,
    /// How to send.
    pub config: UplinkConfig,
    /// What to send.
    pub spool: Arc<Spool>,
    /// Tells about commits.
    pub stored: watch::Receiver<Stored>,
    /// Where commands go.
    pub asks: mpsc::Sender<Ask>,
    /// Carries updates of the program out.
    pub updater: Arc<Updater>,
    /// Where commands are told, and whose newest seal goes up with the state.
    pub log: Arc<SealedLog>,
    /// Told when the program shall end and be started again.
    pub restart: watch::Sender<bool>,
    /// Where a new log filter goes.
    pub log_filter: watch::Sender<Option<String>>,
    /// Where the link's health is told.
    pub health: watch::Sender<LinkHealth>,
    /// The wall clock.
    pub clock: Clock,
    /// A number 0..1 for each pause, so that a fleet does not come back at one moment.
    pub jitter: Box<dyn Fn() -> f64 + Send + Sync>,
    /// Ends the task.
    pub stop: watch::Receiver<bool>,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").field("device", &self.device).field("config", &self.config).finish_non_exhaustive()
    }
}

/// Sends until it is told to stop.
pub async fn run(mut parts: Parts) {
    let least = Duration::from_secs(parts.config.retry_min_secs);
    let mut backoff = Backoff::new(least, Duration::from_secs(parts.config.retry_max_secs));
    let mut commands = command::Memory::of(&parts.spool);
    let mut complained = "";
    loop {
        let before = parts.health.borrow().connections;
        let ended = link::run(&parts, &mut commands).await;
        parts.health.send_modify(|health| health.connected = false);
        let Err(error) = ended else { return };
        if parts.health.borrow().connections > before {
            backoff.reset();
            complained = "";
        }
        parts.health.send_modify(|health| health.refused = matches!(error, LinkError::Refused { .. }));
        let pause = backoff.pause().mul_f64(0.5 + (parts.jitter)());
        // A state, not an item: said once until something else is the matter.
        if error.code() == complained {
            info!(code = error.code(), "still no link, next attempt in {:.0} s", pause.as_secs_f64());
        } else {
            warn!(code = error.code(), error = &error as &dyn std::error::Error, "{error}: {}", error.remedy());
            complained = error.code();
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stopped(&mut parts.stop) => return,
        }
    }
}

/// Waits for the word to stop, or for the one who could give it to be gone.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}
