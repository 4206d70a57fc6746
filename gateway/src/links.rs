//! All live links by terminal: a newer link takes over, a command finds its device, the last word of each device is kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use fleet_db::link::LinkChange;
use serde::{Deserialize, Serialize};
use telematics::id::DeviceId;
use tokio::sync::Notify;

use crate::link::{Link, Peer};
use crate::session::{End, Reason};

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
    /// A link came or went, or began to take commands.
    moved: Notify,
}

#[derive(Debug, Default)]
struct Known {
    links: HashMap<String, Arc<Link>>,
    /// The same by the terminal's key, which commands know.
    devices: HashMap<DeviceId, Arc<Link>>,
    statuses: HashMap<String, DeviceStatus>,
    /// States of links that the store does not know yet, at most one a terminal.
    changes: HashMap<DeviceId, LinkChange>,
    /// Terminals that have a new link or none any more, for the commands.
    moves: Vec<DeviceId>,
}

impl Links {
    /// Enters a link; an older one of the same device is ended.
    pub(crate) fn enter(&self, link: &Arc<Link>) {
        let mut known = self.lock();
        if let Some(change) = link.state(None) {
            known.note(change);
        }
        if let Peer::Device(device) = link.peer() {
            known.devices.insert(device.id, Arc::clone(link));
        }
        if let Some(older) = known.links.insert(link.name().to_owned(), Arc::clone(link)) {
            older.end(Reason::TakenOver);
            metrics::counter!("motorpool_gateway_takeovers_total").increment(1);
        }
    }

    /// The terminal on this link listens for commands from now on.
    pub(crate) fn listens(&self, link: &Link) {
        link.set_takes_commands(true);
        if let Peer::Device(device) = link.peer() {
            self.lock().moves.push(device.id);
            self.moved.notify_one();
        }
    }

    /// Takes a link out, unless a newer one has taken its place.
    pub(crate) fn leave(&self, link: &Arc<Link>, end: &End, now: DateTime<Utc>) {
        let mut known = self.lock();
        if known.links.get(link.name()).is_some_and(|current| Arc::ptr_eq(current, link)) {
            known.links.remove(link.name());
        }
        let Peer::Device(device) = link.peer() else { return };
        if known.devices.get(&device.id).is_some_and(|current| Arc::ptr_eq(current, link)) {
            known.devices.remove(&device.id);
        }
        // Of a link that was replaced the store need not know: the newer one has taken its row.
        if !known.devices.contains_key(&device.id)
            && let Some(change) = link.state(Some((now, end.close_reason())))
        {
            known.note(change);
        }
        known.moves.push(device.id);
        self.moved.notify_one();
    }

    /// The link of a terminal.
    pub(crate) fn of(&self, device: DeviceId) -> Option<Arc<Link>> {
        self.lock().devices.get(&device).map(Arc::clone)
    }

    /// The terminals that have a link.
    pub(crate) fn devices(&self) -> Vec<DeviceId> {
        self.lock().devices.keys().copied().collect()
    }

    /// Waits until links have moved: the terminals, each once.
    pub(crate) async fn moves(&self) -> Vec<DeviceId> {
        loop {
            let mut moves = std::mem::take(&mut self.lock().moves);
            if !moves.is_empty() {
                moves.sort_unstable();
                moves.dedup();
                return moves;
            }
            self.moved.notified().await;
        }
    }

    /// What the store does not know yet: links that came and went, and those last heard `after` what it knows.
    pub(crate) fn take_changes(&self, heard_after: TimeDelta) -> Vec<LinkChange> {
        let mut known = self.lock();
        let mut changes = std::mem::take(&mut known.changes);
        for (device, link) in &known.devices {
            if link.is_news(heard_after)
                && let Some(change) = link.state(None)
            {
                changes.entry(*device).or_insert(change);
            }
        }
        changes.into_values().collect()
    }

    /// Gives back what could not be written.
    pub(crate) fn put_back(&self, changes: Vec<LinkChange>) {
        let mut known = self.lock();
        for change in changes {
            known.note(change);
        }
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

impl Known {
    /// The later connection counts; of the same one its end.
    fn note(&mut self, change: LinkChange) {
        let rank = |change: &LinkChange| (change.connected_at, change.closed.is_some(), change.last_heard_at);
        match self.changes.get(&change.device) {
            // Of two connections of the same instant the one that is up counts.
            Some(known) if known.connected_at == change.connected_at && known.peer != change.peer => {
                if change.closed.is_none() {
                    self.changes.insert(change.device, change);
                }
            }
            Some(known) if rank(known) > rank(&change) => {}
            _ => {
                self.changes.insert(change.device, change);
            }
        }
    }
}
