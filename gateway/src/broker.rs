//! Messages from a broker of the site's own: the gateway is its client, and acknowledges a message when it is stored.
//!
//! The session is persistent and shared: what is not acknowledged when a gateway dies comes again, to it or to another of its
//! group, and is found by its key if it was stored after all.

pub mod config;
mod connection;
mod mail;

use std::path::PathBuf;
use std::time::Duration;

use rumqttc::{ClientError, ConnectionError};
use thiserror::Error;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::doorway::{Doorway, Stopping};
use crate::telemetry;
use config::Broker;

/// Pause before the second try; it doubles up to the configured longest.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// Why a connection to a broker ended.
#[derive(Debug, Error)]
enum BrokerError {
    #[error("the connection broke")]
    Connection(#[from] Box<ConnectionError>),
    #[error("nothing more can be said to the broker")]
    Client(#[from] ClientError),
    #[error("the broker refuses {0}")]
    Refused(String),
    #[error("cannot read {}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("certificates cannot be used: {reason}")]
    Certificates { reason: String },
    #[error("the service is stopping")]
    Stopping(#[from] Stopping),
}

/// Takes messages from `broker` until `shutdown`; whatever ends a connection, another is made.
pub(crate) async fn follow(broker: Broker, doorway: Doorway, shutdown: CancellationToken, drain: Duration) {
    let longest = Duration::from_secs(broker.retry_max_secs).max(FIRST_PAUSE);
    let mut pause = FIRST_PAUSE;
    loop {
        let mut was_up = false;
        let ended = connection::run(&broker, &doorway, &shutdown, drain, &mut was_up).await;
        metrics::gauge!(telemetry::BROKERS, "broker" => broker.url.to_string()).set(0.0);
        match ended {
            Ok(()) => {
                info!(broker = %broker.url, "no more messages from {}", broker.url);
                return;
            }
            Err(_) if shutdown.is_cancelled() => return,
            Err(error) => {
                if was_up {
                    pause = FIRST_PAUSE;
                }
                warn!(
                    broker = %broker.url,
                    error = &error as &dyn std::error::Error,
                    pause_s = pause.as_secs(),
                    "no messages from {} for now", broker.url
                );
            }
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = sleep(pause) => {}
        }
        pause = (pause * 2).min(longest);
    }
}
