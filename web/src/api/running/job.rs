//! What goes on by itself: reminders of what falls due, each told once, and expenses of settled trips that go into the ledger of the car.

use std::time::Duration;

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use dispatch::audit::{Action, By};
use dispatch::calendar::day_of;
use dispatch::rule::key::RuleKey;
use dispatch::rule::resolve::resolve;
use dispatch::running::cost::{CostHead, CostId, CostSource};
use dispatch::running::energy::{Energy, EnergyKind};
use fleet_db::running::cost::{self, NewCost, Unposted};
use fleet_db::running::remind;
use fleet_db::{Clock, DbError, PgConnection, PgPool, audit, rule};
use serde_json::json;
use thiserror::Error;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::entry;
use super::post::post;
use crate::api::session::new_id;
use crate::problem::{ApiError, ApiResult};
use crate::state::{Untold, commit, commit_untold};

/// How often it is looked.
const LOOK_EVERY: Duration = Duration::from_mins(5);
/// Expenses entered in one transaction.
const AT_ONCE: i64 = 200;

/// Why it does not go on (运行保障任务失败).
#[derive(Debug, Error)]
#[error("what cars cost and what falls due could not be seen to: {code}")]
pub struct RunningError {
    code: &'static str,
}

impl From<ApiError> for RunningError {
    fn from(error: ApiError) -> Self {
        Self { code: error.code() }
    }
}

impl From<DbError> for RunningError {
    fn from(error: DbError) -> Self {
        ApiError::from(error).into()
    }
}

/// Tells reminders and enters expenses until `shutdown`; any number of services may do so on one store.
pub async fn run(pool: PgPool, clock: Clock, shutdown: CancellationToken) {
    let mut looks = tokio::time::interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while shutdown.run_until_cancelled(looks.tick()).await.is_some() {
        for done in [tell_due(&pool, clock()).await, enter_expenses(&pool, clock()).await] {
            if let Err(error) = done {
                tracing::warn!(%error, "{error}");
            }
        }
    }
}

/// Tells every reminder that is due and was not told; how many.
pub async fn tell_due(pool: &PgPool, now: DateTime<Utc>) -> Result<usize, RunningError> {
    // Nobody's errand: a day has come.
    let mut tx = fleet_db::begin(pool).await?;
    let told = remind::tell_due(&mut tx, now).await?;
    commit_untold(tx, Untold::Sending).await?;
    Ok(told)
}

/// Enters expenses of settled trips into the ledger of their cars, so many at most; how many.
pub async fn enter_expenses(pool: &PgPool, now: DateTime<Utc>) -> Result<usize, RunningError> {
    Ok(enter(pool, now).await?)
}

async fn enter(pool: &PgPool, now: DateTime<Utc>) -> ApiResult<usize> {
    // Nobody's errand: who settled the trip need not see what the car costs.
    let mut tx = fleet_db::begin(pool).await?;
    let within = same_receipt(&mut tx, now).await?;
    let found = cost::unposted(&mut tx, within, AT_ONCE).await?;
    let mut units = Vec::new();
    for one in &found {
        let Some(head) = CostHead::of_expense(one.kind) else { continue };
        let closed = cost::closed_through(&mut tx, one.unit).await?;
        let paid_on = day_of(one.at);
        let on = if closed.is_some_and(|closed| paid_on.year() <= closed) { day_of(now) } else { paid_on };
        post(&mut tx, new_cost(one, head, on, now), energy(one, head), now).await?;
        if !units.contains(&one.unit) {
            units.push(one.unit);
        }
    }
    let mut told = None;
    for unit in units {
        let of_unit: Vec<&Unposted> = found.iter().filter(|one| one.unit == unit).collect();
        let fen: i64 = of_unit.iter().map(|one| one.amount.fen()).sum();
        let facts = json!({ "entries": of_unit.len(), "amount_fen": fen });
        let kind = dispatch::audit::SubjectKind::VehicleCost;
        let entry = entry(Action::Created, kind, (unit.0, CostSource::Expense.term()), unit).after(facts);
        told = Some(audit::append(&mut tx, &By::system("行车费用入账"), &entry, now).await?);
    }
    match told {
        Some(told) => commit(tx, told).await?,
        None => commit_untold(tx, Untold::Comparing).await?,
    }
    Ok(found.len())
}

fn new_cost(one: &Unposted, head: CostHead, on: chrono::NaiveDate, now: DateTime<Utc>) -> NewCost {
    NewCost {
        id: CostId(new_id(now)),
        vehicle: one.vehicle,
        unit: one.unit,
        head,
        amount: one.amount,
        on,
        order: Some(one.order),
        supplier: None,
        source: CostSource::Expense,
        source_ref: Some(one.expense.to_string()),
        energy: None,
        note: String::new(),
        reverses: None,
        by: None,
    }
}

/// The energy of a fill or a charge, by what drives the car.
fn energy(one: &Unposted, head: CostHead) -> Option<Energy> {
    let kind = match head {
        CostHead::Charge => EnergyKind::Electric,
        CostHead::Fuel => EnergyKind::fuel_of(one.powertrain)?,
        _ => return None,
    };
    Energy::of(kind, one.quantity?)
}

/// Within how much time as much looks like one receipt, by the topmost value of the register.
async fn same_receipt(conn: &mut PgConnection, now: DateTime<Utc>) -> ApiResult<TimeDelta> {
    let versions = rule::versions(conn, &[RuleKey::ExpenseTwice]).await?;
    let held = resolve(&versions, RuleKey::ExpenseTwice, &[], day_of(now), now);
    #[expect(clippy::cast_possible_truncation, reason = "whole minutes, by the register's bounds")]
    let minutes = held.and_then(|held| held.value.number()).unwrap_or_default() as i64;
    Ok(TimeDelta::minutes(minutes))
}
