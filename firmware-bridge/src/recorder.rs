//! The recorder task: fixes and readings in, records on disk; commits in batches, at once when something happened.

pub mod journal;

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use telematics::fix::Reading;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};
use tracing::{error, info, warn};

use crate::clock::{Clock, Monotonic};
use crate::config::SpoolConfig;
use crate::gnss::Heard;
use crate::recorder::journal::{Counts, Journal, Now};
use crate::seal::{SealedLog, digest_of};
use crate::spool::{Entry, Spool, State, Weight};

/// Entries held in memory while the disk refuses them.
const HELD: usize = 10_000;
/// Pause before the disk is asked again.
const DISK_PAUSE: Duration = Duration::from_secs(5);

/// What others ask of the recorder.
#[derive(Debug)]
pub enum Ask {
    /// Record where the vehicle is, now.
    ReportNow,
    /// Another interval while moving, seconds.
    MovingSecs(u32),
    /// Record and commit everything that was heard so far, then say what was counted.
    Finish(oneshot::Sender<Counts>),
}

/// What the spool looks like, for those who upload.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stored {
    /// How full it is.
    pub state: State,
    /// Goes up when records got their time and may be sent now.
    pub restamped: u64,
}

/// What the task is given.
pub struct Parts {
    /// Where records go.
    pub spool: Arc<Spool>,
    /// Where it is told what was recorded.
    pub log: Arc<SealedLog>,
    /// When to commit.
    pub config: SpoolConfig,
    /// What makes records of fixes.
    pub journal: Journal,
    /// Epochs of all GNSS lines.
    pub epochs: mpsc::Receiver<Heard>,
    /// Readings of the vehicle.
    pub readings: mpsc::Receiver<Reading>,
    /// Commands.
    pub asks: mpsc::Receiver<Ask>,
    /// Where commits are told.
    pub stored: watch::Sender<Stored>,
    /// The wall clock.
    pub clock: Clock,
    /// Time since the start of the machine.
    pub monotonic: Monotonic,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").field("journal", &self.journal).finish_non_exhaustive()
    }
}

/// Records until all who could tell it something are gone.
pub async fn run(mut parts: Parts) {
    let mut pending: Vec<Entry> = Vec::new();
    let mut due: Option<Instant> = None;
    let mut readings_open = true;
    let mut epochs_open = true;
    loop {
        let at = due.unwrap_or_else(|| Instant::now() + Duration::from_hours(1));
        let mut done: Option<oneshot::Sender<Counts>> = None;
        let fresh = tokio::select! {
            biased;
            heard = parts.epochs.recv(), if epochs_open => if let Some(heard) = heard { parts.journal.hear(heard, now(&parts)) } else { epochs_open = false; Vec::new() },
            reading = parts.readings.recv(), if readings_open => if let Some(reading) = reading { parts.journal.learn(reading, now(&parts)) } else { readings_open = false; Vec::new() },
            ask = parts.asks.recv() => match ask {
                Some(Ask::ReportNow) => parts.journal.report(now(&parts)),
                Some(Ask::MovingSecs(secs)) => { parts.journal.set_moving_secs(secs); Vec::new() }
                Some(Ask::Finish(reply)) => { done = Some(reply); parts.journal.finish() }
                None => { commit(&mut parts, &mut pending).await; return }
            },
            () = sleep_until(at), if due.is_some() => Vec::new(),
        };
        let urgent = fresh.iter().any(|entry| entry.weight == Weight::Event) || done.is_some();
        pending.extend(fresh);
        if !pending.is_empty() && due.is_none() {
            due = Some(Instant::now() + Duration::from_millis(parts.config.commit_ms));
        }
        let elapsed = due.is_some_and(|at| Instant::now() >= at);
        if urgent || elapsed || pending.len() >= parts.config.commit_records {
            due = if commit(&mut parts, &mut pending).await { None } else { Some(Instant::now() + DISK_PAUSE) };
        }
        if let Some(reply) = done {
            // Who asked may have gone; then nobody wants to know.
            let _ = reply.send(parts.journal.counts());
        }
    }
}

fn now(parts: &Parts) -> Now {
    Now { since: (parts.monotonic)(), wall: (parts.clock)() }
}

/// Stores what is pending; `false` when the disk refused it, which keeps it in memory.
async fn commit(parts: &mut Parts, pending: &mut Vec<Entry>) -> bool {
    if !pending.is_empty() {
        let entries = std::mem::take(pending);
        let odometer_mm = parts.journal.odometer_mm();
        let (spool, log) = (Arc::clone(&parts.spool), Arc::clone(&parts.log));
        let work = tokio::task::spawn_blocking(move || {
            let kept = odometer_mm.map_or(Ok(()), |mm| spool.keep_odometer_mm(mm));
            let result = kept.and_then(|()| spool.append(&entries));
            if let Ok(Some(seqs)) = &result {
                let sealed = digest_of(entries.iter().filter_map(|entry| serde_json::to_vec(&entry.record).ok()));
                log.note("records", &json!({ "from": seqs.start(), "to": seqs.end(), "sm3": sealed }));
            }
            (entries, result)
        });
        match work.await {
            Ok((_, Ok(_))) => {}
            Ok((entries, Err(refused))) => {
                error!(
                    code = refused.code(),
                    error = &refused as &dyn std::error::Error,
                    "the spool refused {} records: {}",
                    entries.len(),
                    refused.remedy()
                );
                *pending = entries;
                shorten(pending);
                return false;
            }
            Err(panicked) => {
                error!(error = &panicked as &dyn std::error::Error, "the spool's writer broke off");
                return false;
            }
        }
    }
    let mut restamped = 0;
    if parts.journal.time_was_found() {
        match parts.spool.restamp(|stamp| parts.journal.resolve(stamp)) {
            Ok(count) => {
                restamped = 1;
                info!(count, "the time is known, {count} records got theirs");
            }
            Err(refused) => {
                warn!(code = refused.code(), error = &refused as &dyn std::error::Error, "records keep waiting for their time");
            }
        }
    }
    match parts.spool.state() {
        Ok(state) => parts.stored.send_modify(|stored| {
            stored.state = state;
            stored.restamped += restamped;
        }),
        Err(refused) => {
            warn!(code = refused.code(), error = &refused as &dyn std::error::Error, "the spool's state cannot be read");
        }
    }
    true
}

/// Keeps what fits in memory: every event, and the newest points.
fn shorten(pending: &mut Vec<Entry>) {
    let mut excess = pending.len().saturating_sub(HELD);
    if excess > 0 {
        warn!(excess, "{excess} points are given up: the disk refuses them and memory is bounded");
    }
    pending.retain(|entry| {
        let keep = entry.weight == Weight::Event || excess == 0;
        excess -= usize::from(!keep);
        keep
    });
}
