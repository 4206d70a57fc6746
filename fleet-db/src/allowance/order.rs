//! What an order does to the allowances of the units that travel: it holds its estimate, gives it back, and is debited what it cost.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::allowance::{AllowanceAccountId, AllowanceMonth, release as release_of};
use dispatch::money::Money;
use dispatch::trip::order::OrderId;
use dispatch::unit::UnitId;
use sqlx::PgConnection;

use super::{Account, Cause, LedgerError, account, enter, is_managed, open, over, rule, standing};
use crate::error::DbError;
use crate::terminal::log::key;

/// Holds an order's estimate in the month of its departure, after what is left of earlier months was carried there.
///
/// Says where the account stands then; `None` for a unit whose trips are not paid from an allowance that year.
///
/// The order is in the store already. [`LedgerError::Refused`], or the constraint `AllowanceLeft` where another was faster, when there is
/// not so much left and no document allows it.
pub async fn hold(
    conn: &mut PgConnection,
    (unit, month): (UnitId, AllowanceMonth),
    order: OrderId,
    estimate: Money,
    now: DateTime<Utc>,
) -> Result<Option<Account>, LedgerError> {
    if !is_managed(conn, unit, month.year()).await? {
        return Ok(None);
    }
    let of_month = open(conn, unit, month.year(), Some(month), now).await?;
    carry(conn, (unit, month), of_month, now).await?;
    let held = standing(conn, of_month).await?.hold(estimate)?;
    if let Some(held) = held {
        enter(conn, of_month, held, Cause { order: Some(order), ..Cause::default() }, now).await?;
    }
    Ok(Some(account(conn, of_month).await?))
}

/// Gives back what an order holds, in the accounts of all that share it: it was called off, or goes to another car. Nothing happens to
/// one that holds nothing.
pub async fn release(conn: &mut PgConnection, order: OrderId, now: DateTime<Utc>) -> Result<(), DbError> {
    for hold in held(conn, order).await? {
        give_back(conn, order, hold, now).await?;
    }
    Ok(())
}

/// What to do where an account has less left than its part of an order that is held anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortage {
    /// Nobody gets in: [`LedgerError::Refused`].
    Refuse,
    /// Who gets out is not kept in by the money of the others: what is left is held, and the rest shows when the trip is settled.
    HoldWhatIsLeft,
}

/// Holds the parts of an order that several units share, in the month of its departure; what was held otherwise is given back.
pub async fn share(
    conn: &mut PgConnection,
    (order, month): (OrderId, AllowanceMonth),
    parts: &[(UnitId, Money)],
    shortage: Shortage,
    now: DateTime<Utc>,
) -> Result<(), LedgerError> {
    let before = held(conn, order).await?;
    let of = |unit: UnitId| parts.iter().find(|(of, _)| *of == unit).map_or(Money::ZERO, |(_, part)| *part);
    for hold in before.iter().filter(|hold| hold.amount != of(hold.unit)) {
        give_back(conn, order, *hold, now).await?;
    }
    for (unit, part) in parts {
        let stands = before.iter().any(|hold| hold.unit == *unit && hold.amount == *part);
        if stands || !is_managed(conn, *unit, month.year()).await? {
            continue;
        }
        let account = open(conn, *unit, month.year(), Some(month), now).await?;
        carry(conn, (*unit, month), account, now).await?;
        let standing = standing(conn, account).await?;
        let part = match shortage {
            Shortage::Refuse => *part,
            Shortage::HoldWhatIsLeft => (*part).min(standing.left + standing.permitted),
        };
        if let Some(hold) = standing.hold(part)? {
            enter(conn, account, hold, Cause { order: Some(order), ..Cause::default() }, now).await?;
        }
    }
    Ok(())
}

/// Gives back what an order holds of a unit and debits what it cost that unit, in the month in which it was held, else in `month`.
///
/// Says where the account stands then; `None` where the unit's trips are not paid from an allowance.
///
/// [`LedgerError::Refused`] when it cost more than was held and is left: then a loan or a document comes first.
pub async fn debit(
    conn: &mut PgConnection,
    (unit, month): (UnitId, AllowanceMonth),
    order: OrderId,
    cost: Money,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<Option<Account>, LedgerError> {
    let (of_month, held) = match held(conn, order).await?.into_iter().find(|hold| hold.unit == unit) {
        Some(hold) => (hold.account, hold.amount),
        None if is_managed(conn, unit, month.year()).await? => {
            let of_month = open(conn, unit, month.year(), Some(month), now).await?;
            carry(conn, (unit, month), of_month, now).await?;
            (of_month, Money::ZERO)
        }
        None => return Ok(None),
    };
    for posting in standing(conn, of_month).await?.debit(held, cost)? {
        enter(conn, of_month, posting, Cause { order: Some(order), by: Some(by), ..Cause::default() }, now).await?;
    }
    Ok(Some(account(conn, of_month).await?))
}

/// Carries what is left of the earlier months, as far as the rule lets it, month by month.
pub(super) async fn carry(
    conn: &mut PgConnection,
    (unit, month): (UnitId, AllowanceMonth),
    account: AllowanceAccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let rule = rule(conn, unit, now).await?;
    let mut from = None;
    for month in over(month, rule, now) {
        let next = open(conn, unit, month.year(), Some(month), now).await?;
        if let Some(giver) = from.replace(next) {
            carry_one(conn, giver, next, now).await?;
        }
    }
    match from {
        Some(giver) => carry_one(conn, giver, account, now).await,
        None => Ok(()),
    }
}

async fn carry_one(
    conn: &mut PgConnection,
    giver: AllowanceAccountId,
    taker: AllowanceAccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let carried = sqlx::query_scalar!("select allowance_carry($1, $2, $3, $4, $5)", giver.0, taker.0, key(now), key(now), now);
    carried.fetch_one(conn).await?;
    Ok(())
}

/// What an order holds in an account.
#[derive(Clone, Copy, Debug)]
struct Held {
    account: AllowanceAccountId,
    unit: UnitId,
    amount: Money,
}

async fn give_back(conn: &mut PgConnection, order: OrderId, hold: Held, now: DateTime<Utc>) -> Result<(), DbError> {
    match release_of(hold.amount) {
        Some(released) => enter(conn, hold.account, released, Cause { order: Some(order), ..Cause::default() }, now).await,
        None => Ok(()),
    }
}

/// In which accounts an order holds how much; always in the same order, so that two that hold anew do not wait for each other.
async fn held(conn: &mut PgConnection, order: OrderId) -> Result<Vec<Held>, DbError> {
    let rows = sqlx::query!(
        r#"select e.account_id, a.unit_id, -sum(e.amount_fen)::bigint as "held!"
           from allowance_entry e
           join allowance_account a on a.id = e.account_id
           where e.order_id = $1 and e.kind in ('hold', 'release')
           group by e.account_id, a.unit_id
           having sum(e.amount_fen) < 0
           order by e.account_id"#,
        order.0,
    )
    .fetch_all(conn)
    .await?;
    let held = rows.into_iter().map(|row| Held {
        account: AllowanceAccountId(row.account_id),
        unit: UnitId(row.unit_id),
        amount: Money::from_fen(row.held),
    });
    Ok(held.collect())
}
