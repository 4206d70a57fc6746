//! What keeps the board up to date: the gateway's feed, the register's changes, or looks into the store.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use fleet_db::live::RegisterChanges;
use fleet_db::{DbError, LiveFeed, PgPool};
use telematics::live::LiveState;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::hub::Live;
use crate::config::Config;

type Batches = broadcast::Receiver<Arc<Vec<LiveState>>>;

/// Pause after the store did not answer, and between two readings of the register.
const PAUSE: Duration = Duration::from_secs(1);
/// Transactions commit out of order by no more than this.
const OVERLAP: chrono::Duration = chrono::Duration::seconds(10);

/// Fills the board, then follows until `shutdown`. Subscribes first and reads then, so that nothing falls between.
pub(super) async fn start(
    live: Live,
    pool: PgPool,
    feed: &LiveFeed,
    config: &Config,
    shutdown: CancellationToken,
) -> Result<(), DbError> {
    let batches = feed.subscribe();
    let changes = fleet_db::live::listen(&pool).await?;
    live.set_register(read_register(&pool).await?);
    reload(&live, &pool).await?;
    let tick = Duration::from_millis(config.live_tick_ms.max(1));
    spawn(&shutdown, follow_feed(live.clone(), pool.clone(), batches));
    spawn(&shutdown, follow_register(live.clone(), pool.clone(), changes));
    spawn(&shutdown, beat(live.clone(), tick));
    if config.live_poll_ms > 0 {
        spawn(&shutdown, poll(live, pool, Duration::from_millis(config.live_poll_ms)));
    }
    Ok(())
}

fn spawn(shutdown: &CancellationToken, work: impl Future<Output = ()> + Send + 'static) {
    let shutdown = shutdown.clone();
    tokio::spawn(async move { shutdown.run_until_cancelled(work).await });
}

async fn read_register(pool: &PgPool) -> Result<fleet_db::live::Register, DbError> {
    let mut tx = fleet_db::begin(pool).await?;
    fleet_db::live::register(&mut tx).await
}

async fn reload(live: &Live, pool: &PgPool) -> Result<(), DbError> {
    let mut tx = fleet_db::begin(pool).await?;
    live.apply(&fleet_db::live::load_all(&mut tx).await?);
    Ok(())
}

/// Takes over what the gateway committed; after a gap, everything is read anew.
async fn follow_feed(live: Live, pool: PgPool, mut batches: Batches) {
    loop {
        match batches.recv().await {
            Ok(batch) => live.apply(&batch),
            Err(RecvError::Lagged(missed)) => {
                tracing::warn!(missed, "live board missed {missed} batches and reads all states anew");
                metrics::counter!("motorpool_web_live_reloads_total").increment(1);
                while let Err(error) = reload(&live, &pool).await {
                    tracing::error!(%error, "live states could not be read");
                    tokio::time::sleep(PAUSE).await;
                }
            }
            // The gateway has stopped; the board stays as it is.
            Err(RecvError::Closed) => return,
        }
    }
}

/// Reads the register anew after it changed, at most once a pause: an import of ten thousand cars is one change.
async fn follow_register(live: Live, pool: PgPool, mut changes: RegisterChanges) {
    loop {
        if let Err(error) = changes.changed().await {
            tracing::error!(%error, "word of the register's changes was lost");
            tokio::time::sleep(PAUSE).await;
        }
        match read_register(&pool).await {
            Ok(register) => live.set_register(register),
            Err(error) => tracing::error!(%error, "the register could not be read"),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Sends what is pending, tick by tick.
async fn beat(live: Live, tick: Duration) {
    let mut ticks = tokio::time::interval(tick);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        ticks.tick().await;
        live.tick();
    }
}

/// Looks for changed states in the store: the way of a web floor that has no gateway beside it.
async fn poll(live: Live, pool: PgPool, every: Duration) {
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut since = DateTime::<Utc>::UNIX_EPOCH;
    loop {
        ticks.tick().await;
        match changed_since(&pool, since).await {
            Ok((states, newest)) => {
                live.apply(&states);
                since = newest.map_or(since, |newest| newest - OVERLAP);
            }
            Err(error) => {
                tracing::error!(%error, "changed states could not be read");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn changed_since(pool: &PgPool, since: DateTime<Utc>) -> Result<(Vec<LiveState>, Option<DateTime<Utc>>), DbError> {
    let mut tx = fleet_db::begin(pool).await?;
    fleet_db::live::changed_since(&mut tx, since).await
}
