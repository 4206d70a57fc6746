//! A job: positions behind the hot window become history, late ones of closed days join theirs.

use std::time::Duration;

use chrono::TimeDelta;
use fleet_db::ingest::Writer;
use fleet_db::{Clock, DbError, PgPool, history};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::telemetry;

/// Days of one vehicle folded before the next look at the stop signal.
const FOLDED_AT_ONCE: i64 = 200;

/// Runs every so often until `shutdown`, beside the gateway or in a process of its own.
///
/// `hot_hours` is the gateway's: what is younger is not touched. A run that is cut off is taken up by the next, as each day is one transaction.
pub async fn keep(pool: PgPool, clock: Clock, hot_hours: u32, every: Duration, shutdown: CancellationToken) {
    let mut turns = interval(every.max(Duration::from_secs(1)));
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let forever = async {
        loop {
            turns.tick().await;
            if let Err(error) = turn(&pool, &clock, hot_hours).await {
                warn!(error = &error as &dyn std::error::Error, "positions could not be turned into history, trying again later");
            }
        }
    };
    tokio::select! {
        () = shutdown.cancelled() => {}
        () = forever => {}
    }
}

async fn turn(pool: &PgPool, clock: &Clock, hot_hours: u32) -> Result<(), DbError> {
    let mut writer = Writer::new(pool.clone());
    let conn = writer.conn().await?;
    // An hour more than the window, so that nobody writes there while we read.
    let cold = clock() - TimeDelta::hours(i64::from(hot_hours) + 1);
    for day in history::days_due(conn, cold).await? {
        let done = history::compact(conn, day).await?;
        metrics::counter!(telemetry::COMPACTED).increment(1);
        info!(%day, ?done, "positions of {day} turned into history");
    }
    while history::fold_late(conn, cold.date_naive(), FOLDED_AT_ONCE).await?.days > 0 {}
    Ok(())
}
