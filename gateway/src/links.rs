//! All live links by terminal: a newer link takes over, a command finds its device, the last word of each device is kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::link::{CommandError, Link, Peer};
use crate::session::Reason;

/// The state a device tells of itself (终端状态) on its `st` topic.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeviceStatus {
    /// It is there; its will says `false`.
    pub online: bool,
    /// Version of its program.
    pub version: Option<String>,
    /// Records waiting in its spool.
    pub spool: Option<u64>,
    /// Records it had to thin out.
    pub thinned: Option<u64>,
    /// Its time, Unix milliseconds.
    pub t: Option<i64>,
}

/// The links that are up, and what devices last said of themselves (连接表).
#[derive(Debug, Default)]
pub struct Links {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    links: HashMap<String, Arc<Link>>,
    statuses: HashMap<String, DeviceStatus>,
}

impl Links {
    /// Enters a link; an older one of the same device is ended.
    pub(crate) fn enter(&self, link: &Arc<Link>) {
        let older = self.lock().links.insert(link.name().to_owned(), Arc::clone(link));
        if let Some(older) = older {
            older.end(Reason::TakenOver);
            metrics::counter!("motorpool_gateway_takeovers_total").increment(1);
        }
    }

    /// Takes a link out, unless a newer one has taken its place.
    pub(crate) fn leave(&self, link: &Arc<Link>) {
        let mut known = self.lock();
        if known.links.get(link.name()).is_some_and(|current| Arc::ptr_eq(current, link)) {
            known.links.remove(link.name());
        }
    }

    /// Publishes `payload` to the `cmd` topic of a device (下发指令), `QoS` 1.
    pub fn command(&self, terminal: &str, payload: Bytes) -> Result<(), CommandError> {
        let link = self.lock().links.get(terminal).map(Arc::clone).ok_or(CommandError::NotListening)?;
        link.command(payload)
    }

    /// What the device last said of itself since the service began.
    pub fn status(&self, terminal: &str) -> Option<DeviceStatus> {
        self.lock().statuses.get(terminal).cloned()
    }

    /// Devices with a link.
    pub fn count(&self) -> usize {
        self.lock().links.len()
    }

    pub(crate) fn note_status(&self, terminal: &str, status: DeviceStatus) {
        self.lock().statuses.insert(terminal.to_owned(), status);
    }

    /// Ends the links for which `is_over` says so, given who signed in.
    pub(crate) fn expel(&self, is_over: impl Fn(&Peer) -> bool) {
        let links: Vec<Arc<Link>> = self.lock().links.values().map(Arc::clone).collect();
        for link in links {
            if is_over(link.peer()) {
                link.end(Reason::NotAuthorized);
            }
        }
    }

    /// Ends all links.
    pub(crate) fn end_all(&self) {
        for link in self.lock().links.values() {
            link.end(Reason::ShuttingDown);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
