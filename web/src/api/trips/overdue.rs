//! Time limits of requests: a step that waits too long goes to the unit above; looked at every few seconds.

use std::time::Duration;

use chrono::{DateTime, Utc};
use dispatch::audit::{Action, By};
use dispatch::scope::Scope;
use dispatch::trip::flow::Step;
use fleet_db::trip_request::{self, approval};
use fleet_db::{Clock, PgPool, audit, rule};
use thiserror::Error;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::requests::{entry, facts};
use super::tell;
use crate::api::session::new_id;
use crate::problem::{ApiError, ApiResult};
use crate::state::commit;

/// How often it is looked.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// Steps taken up at once.
const MOST: i64 = 50;

/// Looks after time limits until `shutdown`.
pub async fn run(pool: PgPool, clock: Clock, shutdown: CancellationToken) {
    let mut looks = tokio::time::interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            _ = looks.tick() => {}
        }
        if let Err(error) = escalate(&pool, clock()).await {
            tracing::warn!(%error, "{error}");
        }
    }
}

/// Why steps stay where they are (超时上报失败).
#[derive(Debug, Error)]
#[error("steps that wait too long could not be taken up: {code}")]
pub struct OverdueError {
    code: &'static str,
}

impl From<ApiError> for OverdueError {
    fn from(error: ApiError) -> Self {
        Self { code: error.code() }
    }
}

/// Takes steps that have waited too long to the unit above. How many there were.
pub async fn escalate(pool: &PgPool, now: DateTime<Utc>) -> Result<usize, OverdueError> {
    Ok(take_up(pool, now).await?)
}

async fn take_up(pool: &PgPool, now: DateTime<Utc>) -> ApiResult<usize> {
    // Nobody's errand: time ran out.
    let mut tx = fleet_db::begin(pool).await?;
    let overdue = approval::overdue(&mut tx, now, MOST).await?;
    let mut told = None;
    for id in &overdue {
        let mut request = trip_request::load(&mut tx, *id).await?;
        let before = facts(&request);
        let at = usize::try_from(request.step).unwrap_or_default();
        let Some(step) = request.steps.get(at).cloned() else { continue };
        let line = rule::line(&mut tx, &Scope::of(step.unit), step.unit).await?;
        approval::insert(&mut tx, new_id(now), &request, "escalated", None, "", now).await?;
        // Above the topmost unit there is nobody: the step waits for its leader again.
        let mut next = Step { only: None, unit: line.get(1).copied().unwrap_or(step.unit), ..step };
        next.begin(now);
        if let Some(step) = request.steps.get_mut(at) {
            *step = next;
        }
        trip_request::save(&mut tx, &request, now).await?;
        tell::waits(&mut tx, &request, now).await?;
        let entry = entry(Action::Escalated, &request).before(before).after(facts(&request));
        told = Some(audit::append(&mut tx, &By::system("审批超时上报"), &entry, now).await?);
    }
    if let Some(told) = told {
        commit(tx, told).await?;
    }
    Ok(overdue.len())
}
