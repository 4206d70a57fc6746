//! What was sent, what came back and how long it took, of all terminals together.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use telematics::device::TerminalId;

use super::entry::Entry;
use super::protocol::Protocol;
use super::report::Report;

/// Buckets of a histogram: each is a fiftieth wider than the one before, from 10 µs to some minutes.
const BUCKETS: usize = 900;
const FIRST_S: f64 = 10e-6;
const WIDER: f64 = 1.02;

/// The figures of a run (统计).
#[derive(Debug)]
pub(crate) struct Tally {
    sent: AtomicU64,
    acknowledged: AtomicU64,
    lost: AtomicU64,
    repeated: AtomicU64,
    refused: AtomicU64,
    connects: AtomicU64,
    connected: AtomicU64,
    failures: AtomicU64,
    connect: Histogram,
    acknowledge: Histogram,
    refusal: Mutex<Option<String>>,
    report: Option<Mutex<Report>>,
}

/// The counts of a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Reports made.
    pub(crate) sent: u64,
    /// Reports acknowledged.
    pub(crate) acknowledged: u64,
    /// Reports thrown away because too many waited.
    pub(crate) lost: u64,
    /// Messages that were sent once more on purpose.
    pub(crate) repeated: u64,
    /// Messages that were answered, but not taken.
    pub(crate) refused: u64,
    /// Sign-ins that succeeded.
    pub(crate) connects: u64,
    /// Terminals signed in now.
    pub(crate) connected: u64,
    /// Sign-ins that failed, connections that broke.
    pub(crate) failures: u64,
}

impl Tally {
    pub(crate) fn new(report: Option<Report>) -> Self {
        Self {
            sent: AtomicU64::new(0),
            acknowledged: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            repeated: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            connects: AtomicU64::new(0),
            connected: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            connect: Histogram::default(),
            acknowledge: Histogram::default(),
            refusal: Mutex::new(None),
            report: report.map(Mutex::new),
        }
    }

    /// A report was made.
    pub(crate) fn made(&self) {
        self.sent.fetch_add(1, Ordering::Relaxed);
    }

    /// A report was thrown away because too many waited.
    pub(crate) fn lost(&self) {
        self.lost.fetch_add(1, Ordering::Relaxed);
    }

    /// A message was sent once more.
    pub(crate) fn repeated(&self) {
        self.repeated.fetch_add(1, Ordering::Relaxed);
    }

    /// A message was answered, but not taken.
    pub(crate) fn refused(&self, why: &str) {
        self.refused.fetch_add(1, Ordering::Relaxed);
        self.remember(why);
    }

    /// A terminal was let in.
    pub(crate) fn connected(&self, took: Duration) {
        self.connects.fetch_add(1, Ordering::Relaxed);
        self.connected.fetch_add(1, Ordering::Relaxed);
        self.connect.add(took);
    }

    /// A terminal is no longer connected.
    pub(crate) fn disconnected(&self) {
        self.connected.fetch_sub(1, Ordering::Relaxed);
    }

    /// A sign-in failed or a connection broke.
    pub(crate) fn failed(&self, why: &str) {
        self.failures.fetch_add(1, Ordering::Relaxed);
        self.remember(why);
    }

    fn remember(&self, why: &str) {
        if let Ok(mut refusal) = self.refusal.lock() {
            *refusal = Some(why.to_owned());
        }
    }

    /// A message came back acknowledged.
    pub(crate) fn acknowledged(&self, terminal: &TerminalId, entries: &[Entry], took: Duration) {
        self.acknowledged.fetch_add(entries.len() as u64, Ordering::Relaxed);
        self.acknowledge.add(took);
        if let Some(Ok(mut report)) = self.report.as_ref().map(Mutex::lock) {
            for entry in entries {
                report.write(terminal, entry);
            }
        }
    }

    /// The counts now.
    pub(crate) fn counts(&self) -> Counts {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Counts {
            sent: read(&self.sent),
            acknowledged: read(&self.acknowledged),
            lost: read(&self.lost),
            repeated: read(&self.repeated),
            refused: read(&self.refused),
            connects: read(&self.connects),
            connected: read(&self.connected),
            failures: read(&self.failures),
        }
    }

    /// The last reason for which a terminal was not let in, or a message not taken.
    pub(crate) fn refusal(&self) -> Option<String> {
        self.refusal.lock().ok()?.clone()
    }

    /// Ends the report file.
    pub(crate) fn close(&self) -> anyhow::Result<()> {
        match self.report.as_ref().map(Mutex::lock) {
            Some(Ok(mut report)) => report.close(),
            _ => Ok(()),
        }
    }

    /// The one line at the end.
    pub(crate) fn summary(&self, protocol: Protocol, vehicles: usize, took: Duration) -> Value {
        let counts = self.counts();
        json!({
            "protocol": protocol.name(),
            "vehicles": vehicles,
            "seconds": (took.as_secs_f64() * 1000.0).round() / 1000.0,
            "sent": counts.sent,
            "acknowledged": counts.acknowledged,
            "lost": counts.lost,
            "repeated": counts.repeated,
            "refused": counts.refused,
            "connects": counts.connects,
            "failures": counts.failures,
            "connect_ms": self.connect.percentiles(),
            "acknowledge_ms": self.acknowledge.percentiles(),
        })
    }
}

/// Whether a new report found room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It did.
    Beside,
    /// The oldest had to go for it.
    InsteadOfAnother,
}

#[derive(Debug)]
struct Histogram {
    buckets: Vec<AtomicU64>,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { buckets: (0..BUCKETS).map(|_| AtomicU64::new(0)).collect() }
    }
}

impl Histogram {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at least 0; what is too large is in the last bucket"
    )]
    fn add(&self, took: Duration) {
        let number = ((took.as_secs_f64() / FIRST_S).max(1.0).ln() / WIDER.ln()) as usize;
        if let Some(bucket) = self.buckets.get(number.min(BUCKETS - 1)) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn percentiles(&self) -> Value {
        json!({ "p50": self.below(0.5), "p90": self.below(0.9), "p99": self.below(0.99), "max": self.below(1.0) })
    }

    /// Milliseconds within which that share stayed; nothing when nothing was counted.
    #[expect(clippy::cast_precision_loss, reason = "fewer than 2^53 messages")]
    fn below(&self, share: f64) -> Option<f64> {
        let counts: Vec<u64> = self.buckets.iter().map(|bucket| bucket.load(Ordering::Relaxed)).collect();
        let all: u64 = counts.iter().sum();
        let mut seen = 0;
        let number = counts.iter().position(|count| {
            seen += count;
            seen > 0 && seen as f64 >= all as f64 * share
        })?;
        let upper_s = FIRST_S * WIDER.powi(i32::try_from(number + 1).ok()?);
        Some((upper_s * 1e5).round() / 100.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_right_within_a_fiftieth() {
        let histogram = Histogram::default();
        assert_eq!(histogram.below(0.5), None);
        (1..=1000).for_each(|millis| histogram.add(Duration::from_millis(millis)));
        for (share, millis) in [(0.5, 500.0), (0.9, 900.0), (0.99, 990.0), (1.0, 1000.0)] {
            let found = histogram.below(share).unwrap();
            assert!((found - millis).abs() <= millis * 0.021, "{share}: {found}");
        }
    }
}
