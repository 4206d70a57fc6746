//! The store is told who is connected, in batches: at once who came and went, from time to time who was heard.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use fleet_db::link::{self, LinkChange};
use fleet_db::{Clock, DbError, PgPool};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::config::Config;
use crate::links::Links;

/// Pause between two batches.
const BEAT: Duration = Duration::from_secs(2);

/// Links written in one statement.
const AT_ONCE: usize = 1000;

/// Writes the states of links (链路台账).
#[derive(Clone)]
pub(crate) struct Linkbook {
    links: Arc<Links>,
    pool: PgPool,
    clock: Clock,
    name: String,
    heard_after: TimeDelta,
}

impl std::fmt::Debug for Linkbook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Linkbook").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Linkbook {
    pub(crate) fn new(links: &Arc<Links>, pool: &PgPool, clock: &Clock, config: &Config) -> Self {
        Self {
            links: Arc::clone(links),
            pool: pool.clone(),
            clock: Arc::clone(clock),
            name: config.instance(),
            heard_after: TimeDelta::seconds(i64::try_from(config.link_heard_secs).unwrap_or(i64::MAX / 1000)),
        }
    }

    /// Closes what an earlier run of this gateway left open.
    pub(crate) async fn open(&self) -> Result<(), DbError> {
        let mut tx = fleet_db::begin(&self.pool).await?;
        link::close_left_open(&mut tx, &self.name, (self.clock)()).await?;
        Ok(tx.commit().await?)
    }

    pub(crate) async fn keep(self, shutdown: CancellationToken) {
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                _ = beat.tick() => self.write().await,
            }
        }
    }

    /// Writes what has changed; what cannot be written now is kept for the next time.
    pub(crate) async fn write(&self) {
        let changes = self.links.take_changes(self.heard_after);
        let mut rest = changes.as_slice();
        while !rest.is_empty() {
            let (batch, behind) = rest.split_at(rest.len().min(AT_ONCE));
            if let Err(error) = self.flush(batch).await {
                warn!(links = rest.len(), error = &error as &dyn std::error::Error, "states of links cannot be written yet");
                self.links.put_back(rest.to_vec());
                return;
            }
            rest = behind;
        }
    }

    async fn flush(&self, changes: &[LinkChange]) -> Result<(), DbError> {
        let mut tx = fleet_db::begin(&self.pool).await?;
        link::flush(&mut tx, &self.name, changes).await?;
        Ok(tx.commit().await?)
    }
}
