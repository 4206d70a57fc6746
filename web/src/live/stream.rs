//! What one scope is told: the state its listeners have, what changed since, and the last frames for those who were away.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use chrono::{DateTime, Duration, Utc};
use tokio::sync::broadcast;

use super::frame;
use super::shown::{Shown, unix_seconds};

/// The frames of one scope; encoded once, whoever listens.
#[derive(Debug)]
pub(crate) struct Stream {
    /// Number of the last frame.
    seq: u64,
    /// What a listener knows who has every frame up to `seq`, sorted by number.
    said: Vec<Shown>,
    /// What is to be said next, by number.
    pending: BTreeMap<u32, Shown>,
    /// The last frames with their numbers.
    recent: VecDeque<(u64, Bytes)>,
    listeners: broadcast::Sender<Bytes>,
    /// The snapshot of `seq`, once somebody wanted it.
    snapshot: Option<Bytes>,
    sent_at: DateTime<Utc>,
    used_at: DateTime<Utc>,
}

/// What a listener gets: frames it missed, then those to come.
#[derive(Debug)]
pub(crate) struct Subscription {
    /// Frames after the one it has; or one that sends it for the snapshot.
    pub(crate) missed: Vec<Bytes>,
    /// Frames to come.
    pub(crate) frames: broadcast::Receiver<Bytes>,
}

impl Stream {
    /// A stream over `members`, sorted by number. Its numbers begin with the clock's milliseconds: a stream that was
    /// forgotten and is begun again never gives a number twice, for it makes fewer than a thousand frames a second.
    pub(crate) fn new(members: Vec<Shown>, now: DateTime<Utc>, queue: usize) -> Self {
        Self {
            seq: now.timestamp_millis().max(0).cast_unsigned(),
            said: members,
            pending: BTreeMap::new(),
            recent: VecDeque::new(),
            listeners: broadcast::Sender::new(queue.max(2)),
            snapshot: None,
            sent_at: now,
            used_at: now,
        }
    }

    /// Number of the last frame.
    pub(crate) const fn seq(&self) -> u64 {
        self.seq
    }

    /// How many listen.
    pub(crate) fn listeners(&self) -> usize {
        self.listeners.receiver_count()
    }

    /// Nobody listens, and nobody did since `limit` before `now`.
    pub(crate) fn is_abandoned(&self, now: DateTime<Utc>, limit: Duration) -> bool {
        self.listeners() == 0 && now - self.used_at > limit
    }

    fn position(&self, no: u32) -> Option<usize> {
        self.said.binary_search_by_key(&no, |shown| shown.no).ok()
    }

    /// Notes the newest state of a vehicle; one outside the scope, or one that looks as it did, is passed over.
    pub(crate) fn note(&mut self, vehicle: Shown) {
        let Some(said) = self.position(vehicle.no).and_then(|index| self.said.get(index)) else { return };
        if *said == vehicle {
            self.pending.remove(&vehicle.no);
        } else {
            self.pending.insert(vehicle.no, vehicle);
        }
    }

    /// Other vehicles belong to the scope now. New ones are told like changes; when some are gone everyone starts anew.
    pub(crate) fn change_members(&mut self, members: &[Shown], now: DateTime<Utc>) {
        let is_gone = self.said.iter().any(|said| members.binary_search_by_key(&said.no, |member| member.no).is_err());
        let new: Vec<Shown> = members.iter().copied().filter(|member| self.position(member.no).is_none()).collect();
        if is_gone {
            self.said = members.to_vec();
            self.pending.clear();
            self.recent.clear();
            self.seq += 1;
            let frame = frame::resync(self.seq, now);
            self.send(frame, now);
            self.recent.clear();
        } else if !new.is_empty() {
            self.said.extend(new.iter().map(|vehicle| Shown::unheard(vehicle.no)));
            self.said.sort_unstable_by_key(|shown| shown.no);
            self.pending.extend(new.into_iter().map(|vehicle| (vehicle.no, vehicle)));
            self.snapshot = None;
        }
    }

    /// Says what is pending, or that nothing happened when it has been silent for `heartbeat`.
    pub(crate) fn tick(&mut self, now: DateTime<Utc>, heartbeat: Duration) {
        if self.pending.is_empty() && now - self.sent_at < heartbeat {
            return;
        }
        let pending = std::mem::take(&mut self.pending);
        let mut changes = Vec::with_capacity(pending.len());
        for (no, vehicle) in pending {
            let Some(said) = self.position(no).and_then(|index| self.said.get_mut(index)) else { continue };
            changes.push((*said, vehicle));
            *said = as_received(vehicle, now);
        }
        self.seq += 1;
        let frame = frame::delta(self.seq, now, &changes);
        self.send(frame, now);
    }

    fn send(&mut self, frame: Bytes, now: DateTime<Utc>) {
        self.snapshot = None;
        self.sent_at = now;
        // As many as the queue of a listener holds: whoever is further behind has to start anew in either case.
        while self.recent.len() >= KEPT {
            self.recent.pop_front();
        }
        self.recent.push_back((self.seq, frame.clone()));
        // Nobody listening is no error: the frames are kept for a while.
        let _ = self.listeners.send(frame);
    }

    /// All that was said, with the number after which the deltas follow.
    pub(crate) fn snapshot(&mut self, now: DateTime<Utc>) -> (u64, Bytes) {
        self.used_at = now;
        let (seq, said) = (self.seq, &self.said);
        (seq, self.snapshot.get_or_insert_with(|| frame::snapshot(seq, now, said)).clone())
    }

    /// Frames after `since`; without it, or when they are gone, the listener is sent for the snapshot.
    pub(crate) fn subscribe(&mut self, since: Option<u64>, now: DateTime<Utc>) -> Subscription {
        self.used_at = now;
        let missed = since.and_then(|since| self.after(since)).unwrap_or_else(|| vec![frame::resync(self.seq, now)]);
        Subscription { missed, frames: self.listeners.subscribe() }
    }

    fn after(&self, since: u64) -> Option<Vec<Bytes>> {
        if since == self.seq {
            return Some(Vec::new());
        }
        let first = self.recent.front()?.0;
        let is_known = since < self.seq && since.saturating_add(1) >= first;
        is_known.then(|| self.recent.iter().filter(|(seq, _)| *seq > since).map(|(_, frame)| frame.clone()).collect())
    }
}

/// Frames kept for those who come back: a quarter of a minute of them at five a second.
const KEPT: usize = 75;

/// What a listener makes of a delta: no fix is later than the frame that told of it.
fn as_received(vehicle: Shown, now: DateTime<Utc>) -> Shown {
    Shown { fixed_at: vehicle.fixed_at.min(unix_seconds(now)), ..vehicle }
}
