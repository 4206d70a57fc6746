//! Cars against their orders, all day: some cars at a time are compared, what is new is told, and what nobody explains goes to who leads.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use dispatch::account::AccountId;
use dispatch::audit::{Action, By, Entry, Subject, SubjectKind};
use dispatch::message::{News, SubjectKind as MessageSubject};
use fleet_db::finding::{self, Kept};
use fleet_db::message::{self, About};
use fleet_db::reconcile::{Fresh, look};
use fleet_db::{Clock, DbError, PgConnection, PgPool, audit};
use serde_json::json;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::api::session::new_id;
use crate::state::{Untold, commit, commit_untold};

/// How long a car is left alone once it was compared: what goes on is found within minutes.
const LOOK_AGAIN: TimeDelta = TimeDelta::minutes(2);
/// Cars or findings in one transaction.
const AT_ONCE: i64 = 200;
/// As many of them mean that there may be more.
const FULL: usize = 200;

/// Compares and escalates, with a look every so long, until `shutdown`; any number of services may do so on one store.
pub async fn run(pool: PgPool, clock: Clock, every: Duration, shutdown: CancellationToken) {
    let mut looks = tokio::time::interval(every);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while shutdown.run_until_cancelled(looks.tick()).await.is_some() {
        let done = async {
            while compare(&pool, clock()).await? == FULL && !shutdown.is_cancelled() {}
            while escalate(&pool, clock()).await? == FULL && !shutdown.is_cancelled() {}
            Ok::<_, DbError>(())
        };
        if let Err(error) = done.await {
            warn!(error = &error as &dyn std::error::Error, "cars could not be compared with their orders, trying again");
        }
    }
}

/// Compares the cars whose turn it is, at most so many, and tells what is new; how many cars that were.
pub async fn compare(pool: &PgPool, now: DateTime<Utc>) -> Result<usize, DbError> {
    let mut tx = fleet_db::begin(pool).await?;
    let looked = look(&mut tx, now, LOOK_AGAIN, AT_ONCE, || new_id(now)).await?;
    for fresh in &looked.fresh {
        tell(&mut tx, fresh, now).await?;
    }
    // Entries last: the end of the chain stays locked until the transaction ends.
    let mut told = None;
    for fresh in &looked.fresh {
        let finding = &fresh.finding;
        let facts = json!({
            "kind": finding.kind, "at": finding.at, "measured": finding.measured, "limit": finding.limit, "measure": finding.unit,
            "order": finding.order,
        });
        let subject = Subject::of(SubjectKind::Finding, fresh.id.0, fresh.plate.as_str());
        let entry = Entry::new(Action::Created, subject).in_unit(fresh.unit).after(facts);
        told = Some(audit::append(&mut tx, &By::system(""), &entry, now).await?);
    }
    match told {
        Some(told) => commit(tx, told).await?,
        None => commit_untold(tx, Untold::Comparing).await?,
    }
    let (cars, findings) = (looked.cars, looked.fresh.len());
    debug!(cars, findings, "compared {cars} cars with their orders and found {findings} new things");
    Ok(cars)
}

/// Takes what nobody explained in time to who leads, at most so many; how many that were.
pub async fn escalate(pool: &PgPool, now: DateTime<Utc>) -> Result<usize, DbError> {
    let mut tx = fleet_db::begin(pool).await?;
    let overdue = finding::overdue(&mut tx, now, AT_ONCE).await?;
    let steps = overdue.iter().filter_map(|kept| Some((kept, kept.state.overdue(kept.explain_by, now)?)));
    let steps: Vec<_> = steps.collect();
    for (kept, step) in &steps {
        finding::take(&mut tx, kept.id, new_id(now), step).await?;
        tell_escalated(&mut tx, kept, now).await?;
    }
    let mut told = None;
    for (kept, step) in &steps {
        let subject = Subject::of(SubjectKind::Finding, kept.id.0, kept.plate.as_str());
        let entry = Entry::new(Action::Escalated, subject)
            .in_unit(kept.unit)
            .before(json!({ "state": step.from }))
            .after(json!({ "state": step.to, "explain_by": kept.explain_by }));
        told = Some(audit::append(&mut tx, &By::system("超过说明时限"), &entry, now).await?);
    }
    match told {
        Some(told) => commit(tx, told).await?,
        None => commit_untold(tx, Untold::Comparing).await?,
    }
    Ok(overdue.len())
}

/// The driver of the order, and who keeps the fleet.
async fn tell(conn: &mut PgConnection, fresh: &Fresh, now: DateTime<Utc>) -> Result<bool, DbError> {
    let news = News::finding_raised(&fresh.plate, fresh.finding.kind, fresh.finding.at);
    let about = About {
        subject: Some(message::Subject { kind: MessageSubject::Finding, id: fresh.id.0 }),
        unit: Some(fresh.unit),
        cause: &format!("finding:{}", fresh.id),
    };
    let driver: Vec<AccountId> = fresh.driver.into_iter().collect();
    message::tell(conn, &news, about, &driver, now).await
}

/// Who leads the unit of the car.
pub(crate) async fn tell_escalated(conn: &mut PgConnection, kept: &Kept, now: DateTime<Utc>) -> Result<bool, DbError> {
    let news = News::finding_escalated(&kept.plate, kept.finding.kind, kept.finding.at);
    let about = About {
        subject: Some(message::Subject { kind: MessageSubject::Finding, id: kept.id.0 }),
        unit: Some(kept.unit),
        cause: &format!("finding-escalated:{}", kept.id),
    };
    message::tell(conn, &news, about, &[], now).await
}
