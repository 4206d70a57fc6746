//! Messages in packages, within what one link and all links together may hold.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use telematics::jt808::Header;
use telematics::jt808::assemble::{Assembled, Assembler, Counters, Limits, Missing, PackageError};

use crate::config::Config;
use crate::telemetry;

/// Bytes of packages that wait on all links (分包内存).
#[derive(Debug, Default)]
pub(crate) struct Budget {
    taken: AtomicUsize,
}

/// The packages of one link; nothing is allocated before the first comes.
#[derive(Debug)]
pub(super) struct Pieces {
    budget: Arc<Budget>,
    assembler: Option<Box<Assembler>>,
    /// What the budget was told of.
    taken: usize,
    counted: Counters,
}

impl Pieces {
    pub(super) fn new(budget: &Arc<Budget>) -> Self {
        Self { budget: Arc::clone(budget), assembler: None, taken: 0, counted: Counters::default() }
    }

    /// Takes a package; the message when it is whole, else nothing, or the code of why it is not taken.
    pub(super) fn take(
        &mut self,
        config: &Config,
        header: &Header,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Option<(Header, Vec<u8>)>, &'static str> {
        // All links together: who comes when there is no room has to send again.
        if self.budget.taken.load(Ordering::Relaxed) + body.len() > config.packages_bytes {
            return Err("jt808.packages_full");
        }
        let limits = Limits {
            bytes: config.package_bytes,
            ask_after: seconds(config.package_ask_secs),
            patience: seconds(config.package_timeout_secs),
            ..Limits::default()
        };
        let assembler = self.assembler.get_or_insert_with(|| Box::new(Assembler::new(limits)));
        let pushed = assembler.push(header, body, now);
        self.settle();
        match pushed.map_err(PackageError::code)? {
            Assembled::Whole(header, body) => Ok(Some((header, body))),
            Assembled::Waits | Assembled::Duplicate => Ok(None),
        }
    }

    /// Something waits for its other packages.
    pub(super) fn is_waiting(&self) -> bool {
        self.assembler.is_some()
    }

    /// The packages to be asked for now.
    pub(super) fn overdue(&mut self, now: DateTime<Utc>) -> Vec<Missing> {
        let overdue = self.assembler.as_mut().map(|assembler| assembler.overdue(now)).unwrap_or_default();
        self.settle();
        overdue
    }

    /// Tells the budget and the counters, and lets go of an assembler that has nothing left.
    fn settle(&mut self) {
        let (now, counters) = self.assembler.as_ref().map_or((0, self.counted), |it| (it.bytes(), it.counters()));
        self.budget.taken.fetch_add(now, Ordering::Relaxed);
        let all = self.budget.taken.fetch_sub(self.taken, Ordering::Relaxed) - self.taken;
        self.taken = now;
        #[expect(clippy::cast_precision_loss, reason = "a gauge")]
        metrics::gauge!(telemetry::JT808_PACKAGE_BYTES).set(all as f64);
        for (code, before, now) in [
            ("jt808.package_timeout", self.counted.timed_out, counters.timed_out),
            ("jt808.package_evicted", self.counted.evicted, counters.evicted),
        ] {
            metrics::counter!(telemetry::JT808_ERRORS, "code" => code).increment(now - before);
        }
        self.counted = counters;
        if self.assembler.as_ref().is_some_and(|assembler| assembler.waiting() == 0) {
            self.assembler = None;
            self.counted = Counters::default();
        }
    }
}

impl Drop for Pieces {
    fn drop(&mut self) {
        self.budget.taken.fetch_sub(self.taken, Ordering::Relaxed);
    }
}

fn seconds(secs: u64) -> TimeDelta {
    TimeDelta::seconds(i64::try_from(secs).unwrap_or(i64::MAX / 1000))
}
