//! What an order does to the allowance of the unit that travels: it holds its estimate, gives it back, and is debited what it cost.

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

/// Gives back what an order holds: it was called off, or goes to another car. Nothing happens to one that holds nothing.
pub async fn release(conn: &mut PgConnection, order: OrderId, now: DateTime<Utc>) -> Result<(), DbError> {
    if let Some((account, held)) = held(conn, order).await?
        && let Some(released) = release_of(held)
    {
        enter(conn, account, released, Cause { order: Some(order), ..Cause::default() }, now).await?;
    }
    Ok(())
}

/// Gives back what an order holds and debits what it cost, in the month in which it was held, else in `month`.
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
    let (of_month, held) = match held(conn, order).await? {
        Some(held) => held,
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
async fn carry(
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

/// In which account an order holds how much.
async fn held(conn: &mut PgConnection, order: OrderId) -> Result<Option<(AllowanceAccountId, Money)>, DbError> {
    let row = sqlx::query!(
        r#"select account_id, -sum(amount_fen)::bigint as "held!"
           from allowance_entry
           where order_id = $1 and kind in ('hold', 'release')
           group by account_id
           having sum(amount_fen) < 0"#,
        order.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (AllowanceAccountId(row.account_id), Money::from_fen(row.held))))
}
