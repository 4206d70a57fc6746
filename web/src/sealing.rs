//! The audit log at night: each day that has ended is sealed, also days that were missed, and what was kept long enough goes.

use std::time::Duration;

use chrono::{DateTime, Days, Utc};
use dispatch::audit::chain::Position;
use dispatch::audit::seal::{KeyError, Seal, SealKey};
use dispatch::audit::{Action, By, Entry, Fault, Subject, SubjectKind};
use dispatch::calendar::{day_of, start_of};
use fleet_db::audit::keeping;
use fleet_db::{Clock, DbError, PgPool};
use rand::Rng as _;
use serde_json::json;
use thiserror::Error;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::state::{Untold, commit, commit_untold};

/// How often it is looked whether a day has ended.
const LOOK_EVERY: Duration = Duration::from_mins(10);

/// Why nothing could be sealed, or nothing forgotten.
#[derive(Debug, Error)]
pub enum SealingError {
    /// The store fails.
    #[error("the audit log cannot be read or written")]
    Store(#[from] DbError),
    /// The key signs nothing.
    #[error("the key of the audit log signs nothing")]
    Key(#[from] KeyError),
    /// Nothing is forgotten of a chain that is broken: it is evidence.
    #[error("the audit log is broken, and nothing of it is forgotten: {0}")]
    Broken(Fault),
}

/// A new key, of 32 random bytes.
pub fn new_key() -> Result<SealKey, KeyError> {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    SealKey::from_random(bytes)
}

/// Seals every day that has ended, and forgets what was kept for `keep_days`, until `shutdown`.
pub async fn run(pool: PgPool, clock: Clock, key: SealKey, keep_days: u32, shutdown: CancellationToken) {
    let mut looks = tokio::time::interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut proved_on = None;
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            _ = looks.tick() => {}
        }
        let today = day_of(clock());
        if let Err(failed) = seal_days(&pool, &key, clock()).await {
            error!(error = &failed as &dyn std::error::Error, "the audit log could not be sealed: {failed}");
        }
        // Once a day is enough for what takes longer the more there is.
        if proved_on.replace(today) != Some(today)
            && let Err(failed) = forget(&pool, &key, keep_days, clock()).await
        {
            error!(error = &failed as &dyn std::error::Error, "{failed}");
        }
    }
}

/// Seals every day that has ended and has no seal yet; the new seals.
pub async fn seal_days(pool: &PgPool, key: &SealKey, now: DateTime<Utc>) -> Result<Vec<Seal>, SealingError> {
    let mut tx = fleet_db::begin(pool).await?;
    keeping::hold_seals(&mut tx).await?;
    let last = keeping::seals(&mut tx).await?.pop();
    if let Some(last) = &last
        && !last.is_signed(Some(&key.public()))
    {
        let known = last.public_key().map(|key| key.fingerprint()).unwrap_or_default();
        warn!(ours = key.public().fingerprint(), theirs = known, "the audit log was sealed with another key before");
    }
    let first = match &last {
        Some(last) => last.day.checked_add_days(Days::new(1)),
        None => keeping::first_at(&mut tx).await?.map(day_of),
    };
    let mut position = last.map_or(Position::START, |last| last.position);
    let mut sealed = Vec::new();
    let days = first.into_iter().flat_map(|first| first.iter_days()).take_while(|day| *day < day_of(now));
    for day in days {
        let midnight = day.checked_add_days(Days::new(1)).map_or(now, start_of);
        // A day on which nothing was done is sealed as the one before it.
        position = keeping::before(&mut tx, midnight).await?.unwrap_or(position);
        let seal = key.seal(day, position, now)?;
        keeping::insert_seal(&mut tx, &seal).await?;
        sealed.push(seal);
    }
    commit_untold(tx, Untold::Sealing).await?;
    if let Some(Seal { day, position: Position { seq, hash }, .. }) = sealed.last() {
        // It stands in the journal of the machine too, which is another place than the store.
        info!(%day, entry = seq, %hash, "sealed the audit log up to {day}, entry {seq}");
    }
    Ok(sealed)
}

/// Forgets what was kept for `keep_days`, if the chain is whole; how many entries that were.
async fn forget(pool: &PgPool, key: &SealKey, keep_days: u32, now: DateTime<Utc>) -> Result<u64, SealingError> {
    let kept = keep_days.max(keeping::KEPT_DAYS_LEAST);
    let Some(day) = day_of(now).checked_sub_days(Days::new(u64::from(kept) + 1)) else { return Ok(0) };
    let mut tx = fleet_db::begin(pool).await?;
    keeping::hold_seals(&mut tx).await?;
    if !keeping::is_due(&mut tx, day).await? {
        return Ok(0);
    }
    if let Err(fault) = keeping::prove(&mut tx, Some(&key.public())).await? {
        return Err(SealingError::Broken(fault));
    }
    let entries = keeping::prune(&mut tx, day, now).await?;
    let entry = Entry::new(Action::Pruned, Subject::named(SubjectKind::AuditLog, day.to_string()))
        .after(json!({ "entries": entries, "kept_days": kept }));
    let told = fleet_db::audit::append(&mut tx, &By::system(""), &entry, now).await?;
    commit(tx, told).await?;
    info!(entries, "forgot {entries} entries of the audit log up to {day}");
    Ok(entries)
}
