//! Small things to write down that no acknowledgement waits for: who signed in, what a terminal says of itself, how a command ended.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use fleet_db::command::{self, Outcome};
use fleet_db::device::identity::{self, Told};
use fleet_db::{Clock, DbError, PgPool, device, firmware};
use serde_json::Value;
use telematics::id::{CommandId, DeviceId};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use crate::telemetry;

/// Errands that may wait for the store; more are left out, and counted.
const WAITING: usize = 100_000;

/// Errands of one transaction.
const AT_ONCE: usize = 500;

/// Pause before another try.
const PAUSE: Duration = Duration::from_secs(1);

/// Something to write down (记事).
#[derive(Clone, Debug)]
pub(crate) enum Errand {
    /// A terminal has signed in.
    Authenticated(DeviceId),
    /// A terminal says this of itself.
    Told(DeviceId, Box<Told>),
    /// A device of ours has told its state.
    Status(DeviceId, Box<Value>),
    /// A command has ended.
    Ended(CommandId, Outcome),
}

/// Takes errands, never waiting (书记).
pub(crate) struct Clerk {
    out: Sender<(DateTime<Utc>, Errand)>,
    /// Whose sign-in was written down since we began; the store wants the first alone.
    authenticated: Mutex<HashSet<DeviceId>>,
    clock: Clock,
}

impl Clerk {
    pub(crate) fn new(clock: Clock) -> (Arc<Self>, Receiver<(DateTime<Utc>, Errand)>) {
        let (out, inbox) = channel(WAITING);
        (Arc::new(Self { out, authenticated: Mutex::default(), clock }), inbox)
    }

    pub(crate) fn note(&self, errand: Errand) {
        if let Errand::Authenticated(device) = &errand
            && !self.authenticated.lock().unwrap_or_else(PoisonError::into_inner).insert(*device)
        {
            return;
        }
        if self.out.try_send(((self.clock)(), errand)).is_err() {
            metrics::counter!(telemetry::ERRANDS_LOST).increment(1);
        }
    }

    /// The sign-in of this terminal still counts: it was not followed by a new code, or the end of its registration.
    fn is_signed_in(&self, device: DeviceId) -> bool {
        self.authenticated.lock().unwrap_or_else(PoisonError::into_inner).contains(&device)
    }

    /// A terminal has a new code, or none: its next sign-in is the first use of it.
    pub(crate) fn forget(&self, device: DeviceId) {
        self.authenticated.lock().unwrap_or_else(PoisonError::into_inner).remove(&device);
    }
}

impl fmt::Debug for Clerk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clerk").finish_non_exhaustive()
    }
}

/// Writes errands down, in their order, until `shutdown`; then what has waited, while the store answers.
pub(crate) async fn keep(
    clerk: Arc<Clerk>,
    mut inbox: Receiver<(DateTime<Utc>, Errand)>,
    pool: PgPool,
    shutdown: CancellationToken,
) {
    loop {
        let mut errands = Vec::with_capacity(AT_ONCE);
        let more = tokio::select! {
            more = inbox.recv_many(&mut errands, AT_ONCE) => more > 0,
            () = shutdown.cancelled() => {
                inbox.close();
                inbox.recv_many(&mut errands, AT_ONCE).await > 0
            }
        };
        if !more {
            return;
        }
        // Who signed in and has been unregistered since must not count as registered again.
        errands.retain(|(_, errand)| !matches!(errand, Errand::Authenticated(device) if !clerk.is_signed_in(*device)));
        while let Err(error) = write_all(&pool, &errands).await {
            if !error.is_transient() {
                one_by_one(&pool, &errands).await;
                break;
            }
            warn!(errands = errands.len(), error = &error as &dyn std::error::Error, "nothing can be noted down, trying again");
            if shutdown.is_cancelled() {
                return;
            }
            sleep(PAUSE).await;
        }
    }
}

async fn write_all(pool: &PgPool, errands: &[(DateTime<Utc>, Errand)]) -> Result<(), DbError> {
    let mut tx = fleet_db::begin(pool).await?;
    for (at, errand) in errands {
        match errand {
            Errand::Authenticated(device) => device::mark_authenticated(&mut tx, *device, *at).await?,
            Errand::Told(device, told) => {
                identity::note(&mut tx, *device, told, *at).await?;
            }
            Errand::Status(device, status) => firmware::note_status(&mut tx, *device, status, *at).await?,
            Errand::Ended(id, outcome) => {
                command::mark_answered(&mut tx, *id, outcome, *at).await?;
                metrics::counter!(telemetry::COMMANDS, "result" => outcome.result).increment(1);
            }
        }
    }
    Ok(tx.commit().await?)
}

/// What the store refuses is left out, with a word in the log.
async fn one_by_one(pool: &PgPool, errands: &[(DateTime<Utc>, Errand)]) {
    for errand in errands {
        if let Err(error) = write_all(pool, std::slice::from_ref(errand)).await {
            error!(?errand, error = &error as &dyn std::error::Error, "something could not be noted down");
        }
    }
}
