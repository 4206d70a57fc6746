//! The commit of one batch, with everything that may come in between: conflicts, missing partitions, an absent store.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use fleet_db::DbError;
use fleet_db::ingest::{self, Batch, CommitError, Committed, Form};
use tokio::time::Instant;
use tracing::{error, warn};

use super::{GaveUp, Shard};
use crate::draft::Drafts;
use crate::telemetry;

/// Pause before the second try; it doubles up to the configured longest.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// Why a batch was not committed.
#[derive(Debug)]
pub(super) enum Verdict {
    /// The store refuses a row of it, however often it is tried.
    Refused(DbError),
    /// A vehicle of it has become exempt from tracking.
    Exempt(DbError),
    /// The service is stopping and the store is away.
    GaveUp,
}

impl Shard {
    /// Commits drafts, takes them over, and tells the world; tries until the store has them or refuses them.
    pub(super) async fn commit(&mut self, drafts: Drafts, now: DateTime<Utc>) -> Result<(), Verdict> {
        let done = if drafts.batch.is_empty() { Committed::default() } else { self.persist(&drafts.batch, now).await? };
        count(&drafts, &done);
        let due = now + TimeDelta::seconds(i64::try_from(self.config.revise_after_secs).unwrap_or_default());
        for (vehicle, _) in done.late {
            self.revisions.insert(vehicle, due);
        }
        let states = if self.live.is_watched() { drafts.states() } else { Vec::new() };
        let dirty = drafts.adopt(&mut self.known, self.config.remembered_keys, now);
        self.dirty.extend(dirty.into_iter().map(|vehicle| (now, vehicle)));
        self.live.send(states);
        Ok(())
    }

    async fn persist(&mut self, batch: &Batch, now: DateTime<Utc>) -> Result<Committed, Verdict> {
        let mut form = Form::Copy;
        let mut pause = self.first_pause();
        loop {
            let began = Instant::now();
            let cause = match self.attempt(batch, form, now).await {
                Ok(done) => {
                    metrics::histogram!(telemetry::COMMIT_SECONDS).record(began.elapsed());
                    return Ok(done);
                }
                Err(CommitError::Conflict(cause)) if form == Form::Copy => {
                    // Most likely an earlier try was committed and we were not told.
                    warn!(error = &cause as &dyn std::error::Error, "rows of the batch are stored already, leaving those out");
                    form = Form::Idempotent;
                    continue;
                }
                Err(CommitError::Conflict(cause) | CommitError::Refused(cause)) => return Err(Verdict::Refused(cause)),
                Err(CommitError::Exempt(cause)) => return Err(Verdict::Exempt(cause)),
                Err(CommitError::MissingPartition(cause)) => {
                    self.hours.clear();
                    cause
                }
                Err(CommitError::Unavailable(cause)) => cause,
            };
            metrics::counter!(telemetry::COMMIT_RETRIES).increment(1);
            if cause.is_transient() {
                warn!(error = &cause as &dyn std::error::Error, pause_ms = pause.as_millis(), "the store is away, trying again");
            } else {
                error!(error = &cause as &dyn std::error::Error, pause_ms = pause.as_millis(), "the store fails, trying again");
            }
            self.wait(&mut pause).await.map_err(|GaveUp| Verdict::GaveUp)?;
        }
    }

    async fn attempt(&mut self, batch: &Batch, form: Form, now: DateTime<Utc>) -> Result<Committed, CommitError> {
        let hot = batch.hot.iter().chain(&batch.late_hot);
        let hours: BTreeSet<DateTime<Utc>> =
            hot.map(|row| ingest::hour_of(row.fixed_at)).filter(|hour| !self.hours.contains(hour)).collect();
        if !hours.is_empty() {
            self.prepare(hours.into_iter().collect()).await.map_err(CommitError::Unavailable)?;
        }
        self.writer.commit(batch, form, now).await
    }

    /// Makes the partitions of `hours`.
    pub(super) async fn prepare(&mut self, hours: Vec<DateTime<Utc>>) -> Result<(), DbError> {
        let conn = self.writer.conn().await?;
        if let Err(cause) = ingest::ensure_partitions(conn, &hours).await {
            self.writer.reset();
            return Err(cause);
        }
        self.hours.extend(hours);
        Ok(())
    }

    pub(super) fn first_pause(&self) -> Duration {
        FIRST_PAUSE.min(Duration::from_millis(self.config.retry_max_ms))
    }

    /// Waits before another try, longer each time; gives up when the service is stopping and its time is over.
    pub(super) async fn wait(&mut self, pause: &mut Duration) -> Result<(), GaveUp> {
        if self.give_up_at.is_none() {
            tokio::select! {
                () = tokio::time::sleep(*pause) => {}
                () = self.shutdown.cancelled() => {
                    self.give_up_at = Some(Instant::now() + Duration::from_secs(self.config.drain_secs));
                }
            }
        } else {
            tokio::time::sleep(*pause).await;
        }
        if self.give_up_at.is_some_and(|at| Instant::now() >= at) {
            return Err(GaveUp);
        }
        *pause = (*pause * 2).min(Duration::from_millis(self.config.retry_max_ms));
        Ok(())
    }
}

fn count(drafts: &Drafts, done: &Committed) {
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let batch = &drafts.batch;
    let rows = batch.hot.len() + batch.old.len() + batch.late_hot.len() + batch.late_old.len();
    if rows > 0 {
        metrics::histogram!(telemetry::COMMIT_ROWS).record(f64::from(u32::try_from(rows).unwrap_or(u32::MAX)));
    }
    metrics::counter!(telemetry::OBSERVATIONS).increment(number(done.stored));
    metrics::counter!(telemetry::DUPLICATES).increment(number(drafts.duplicates + done.duplicates));
    metrics::counter!(telemetry::LATE).increment(number(done.late.len()));
    for record in &batch.quarantined {
        metrics::counter!(telemetry::QUARANTINED, "code" => record.code).increment(1);
    }
    for alarm in batch.alarms.iter().filter(|alarm| alarm.cleared_at.is_none()) {
        metrics::counter!(telemetry::ALARMS, "kind" => alarm.kind.name()).increment(1);
    }
    for event in &batch.events {
        metrics::counter!(telemetry::EVENTS, "kind" => event.kind.clone()).increment(1);
    }
}
