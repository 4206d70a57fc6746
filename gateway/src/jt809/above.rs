//! A platform above us (上级平台): we sign in, tell it where our vehicles are, and find out how far it has understood.
//!
//! What is told is read from the store behind the commit, never taken out of a shard's hands. The standard has no answer to a
//! position; but a link keeps the order, so the answer to a keep-alive says that everything before it has arrived. Only then
//! the store notes how far the platform has been told, and after a break we go on from there.

mod mirror;
mod session;
mod sub_door;

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use fleet_db::{Clock, DbError, LiveFeed, PgPool};
use telematics::jt809::Password;
use thiserror::Error;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::config::Superior;
use super::wire::WireError;
use crate::telemetry;
pub(crate) use sub_door::{CheckCodes, attend};

/// Pause before the second try; it doubles up to the configured longest.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// Why a link to a platform above us ended.
#[derive(Debug, Error)]
enum AboveError {
    #[error("the link broke")]
    Wire(#[from] WireError),
    #[error("cannot connect to {address}")]
    Connect { address: String, source: io::Error },
    #[error("the sign-in was refused with {0}")]
    Refused(u8),
    #[error("no answer for {0} s")]
    Silent(u64),
    #[error("closed by the platform")]
    Closed,
    #[error("the store does not say what is to be told")]
    Store(#[from] DbError),
    #[error("cannot read {}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("{} holds no password of one to eight letters and digits", path.display())]
    Password { path: PathBuf },
}

/// What a link to a platform above us is given.
#[derive(Clone)]
pub(crate) struct Given {
    pub(crate) pool: PgPool,
    pub(crate) clock: Clock,
    pub(crate) live: LiveFeed,
    /// How long a platform may take to answer a login.
    pub(crate) login_timeout: Duration,
    /// Hours for which positions lie in rows.
    pub(crate) hot_hours: u32,
    /// Where it may open its sub-link.
    pub(crate) sub_port: Option<u16>,
    pub(crate) codes: Arc<CheckCodes>,
}

/// Tells `superior` where our vehicles are until `shutdown`; whatever ends a link, another is made.
pub(crate) async fn keep(superior: Superior, given: Given, shutdown: CancellationToken) {
    let longest = Duration::from_secs(superior.retry_max_secs).max(FIRST_PAUSE);
    let mut pause = FIRST_PAUSE;
    let name = superior.name.clone();
    let up = |is_up: bool| metrics::gauge!(telemetry::JT809_LINKS, "superior" => name.clone()).set(f64::from(u8::from(is_up)));
    loop {
        let mut was_up = false;
        let ended = session::run(&superior, &given, &shutdown, &mut was_up).await;
        given.codes.forget(&name);
        up(false);
        match ended {
            Ok(()) => {
                info!("signed out of platform {name}");
                return;
            }
            Err(_) if shutdown.is_cancelled() => return,
            Err(error) => {
                if was_up {
                    pause = FIRST_PAUSE;
                }
                warn!(
                    error = &error as &dyn std::error::Error,
                    pause_s = pause.as_secs(),
                    "platform {name} is not told anything for now"
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

/// The first line of the password file, read anew for every login.
fn password(superior: &Superior) -> Result<Password, AboveError> {
    let path = &superior.password_file;
    let text = fs::read_to_string(path).map_err(|source| AboveError::File { path: path.clone(), source })?;
    Password::new(text.lines().next().unwrap_or_default().trim()).ok_or_else(|| AboveError::Password { path: path.clone() })
}
