//! Quarters that are over: what each driver's came to is worked out once, some drivers at a time, and kept.

use std::time::Duration;

use chrono::{DateTime, Utc};
use dispatch::audit::{Action, By, Entry, Subject, SubjectKind};
use dispatch::calendar::day_of;
use dispatch::driver::quarter::Quarter;
use fleet_db::driver::score;
use fleet_db::{Clock, DbError, PgPool, audit};
use serde_json::json;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::state::commit;

/// How often it is looked whether a quarter is over.
const LOOK_EVERY: Duration = Duration::from_mins(10);
/// Drivers in one transaction.
const AT_ONCE: i64 = 100;
/// As many of them mean that there may be more.
const FULL: usize = 100;

/// Keeps what quarters came to until `shutdown`; any number of services may do so on one store.
pub async fn run(pool: PgPool, clock: Clock, shutdown: CancellationToken) {
    let mut looks = tokio::time::interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while shutdown.run_until_cancelled(looks.tick()).await.is_some() {
        let done = async {
            while close(&pool, clock()).await? == FULL && !shutdown.is_cancelled() {}
            Ok::<_, DbError>(())
        };
        if let Err(error) = done.await {
            warn!(error = &error as &dyn std::error::Error, "scores of drivers could not be kept, trying again");
        }
    }
}

/// Keeps what the newest quarter that is over came to, of so many drivers at most; how many those were.
pub async fn close(pool: &PgPool, now: DateTime<Utc>) -> Result<usize, DbError> {
    let quarter = Quarter::newest_settled(now);
    let mut tx = fleet_db::begin(pool).await?;
    let due = score::due(&mut tx, quarter, AT_ONCE).await?;
    let mut kept = Vec::new();
    for driver in &due {
        let (score, _) = score::judge(&mut tx, (driver.driver, driver.unit), quarter, (day_of(now), now)).await?;
        score::insert(&mut tx, driver.driver, quarter, &score, now).await?;
        kept.push((driver, score));
    }
    // Entries last: the end of the chain stays locked until the transaction ends.
    let mut told = None;
    for (driver, score) in &kept {
        let subject = Subject::of(SubjectKind::Driver, driver.driver.0, driver.name.as_str());
        let facts = json!({ "quarter": quarter, "score": score });
        let entry = Entry::new(Action::Changed, subject).in_unit(driver.unit).after(facts);
        told = Some(audit::append(&mut tx, &By::system("季度评分"), &entry, now).await?);
    }
    if let Some(told) = told {
        commit(tx, told).await?;
        info!(drivers = due.len(), %quarter, "kept the scores of {} drivers for {quarter}", due.len());
    }
    Ok(due.len())
}
