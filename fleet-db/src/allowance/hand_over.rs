//! What a request that another platform carries out does to the allowance of the unit that travels: as an order of our own.

use chrono::{DateTime, Utc};
use dispatch::allowance::{AllowanceAccountId, AllowanceMonth, Posting, release as release_of};
use dispatch::exchange::HandOverId;
use dispatch::money::Money;
use dispatch::unit::UnitId;
use sqlx::PgConnection;

use super::order::carry;
use super::{LedgerError, is_managed, open, standing};
use crate::error::DbError;
use crate::terminal::log::key;

/// Holds the estimate in the month of departure; nothing for a unit whose trips are not paid from an allowance.
pub async fn hold(
    conn: &mut PgConnection,
    (unit, month): (UnitId, AllowanceMonth),
    way: HandOverId,
    estimate: Money,
    now: DateTime<Utc>,
) -> Result<(), LedgerError> {
    if !is_managed(conn, unit, month.year()).await? {
        return Ok(());
    }
    let account = open(conn, unit, month.year(), Some(month), now).await?;
    carry(conn, (unit, month), account, now).await?;
    if let Some(held) = standing(conn, account).await?.hold(estimate)? {
        enter(conn, account, held, way, now).await?;
    }
    Ok(())
}

/// Gives back what is held.
pub async fn release(conn: &mut PgConnection, way: HandOverId, now: DateTime<Utc>) -> Result<(), DbError> {
    if let Some((account, held)) = held(conn, way).await?
        && let Some(released) = release_of(held)
    {
        enter(conn, account, released, way, now).await?;
    }
    Ok(())
}

/// Gives back what is held and debits what it cost, once. [`LedgerError::Refused`] when it cost more than was held and is left.
pub async fn debit(
    conn: &mut PgConnection,
    (unit, month): (UnitId, AllowanceMonth),
    way: HandOverId,
    cost: Money,
    now: DateTime<Utc>,
) -> Result<(), LedgerError> {
    let (account, held) = match held(conn, way).await? {
        Some(held) => held,
        None if is_managed(conn, unit, month.year()).await? => {
            let account = open(conn, unit, month.year(), Some(month), now).await?;
            carry(conn, (unit, month), account, now).await?;
            (account, Money::ZERO)
        }
        None => return Ok(()),
    };
    for posting in standing(conn, account).await?.debit(held, cost)? {
        enter(conn, account, posting, way, now).await?;
    }
    Ok(())
}

/// Adds an entry; nobody enters it, the other platform's word does.
async fn enter(
    conn: &mut PgConnection,
    account: AllowanceAccountId,
    posting: Posting,
    way: HandOverId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into allowance_entry (id, account_id, kind, amount_fen, permits_fen, hand_over_id, reason, entered_at)
         values ($1, $2, $3, $4, $5, $6, '', $7)",
        key(now),
        account.0,
        posting.kind.as_str(),
        posting.amount.fen(),
        posting.permits.fen(),
        way.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// In which account how much is held.
async fn held(conn: &mut PgConnection, way: HandOverId) -> Result<Option<(AllowanceAccountId, Money)>, DbError> {
    let row = sqlx::query!(
        r#"select account_id, -sum(amount_fen)::bigint as "held!"
           from allowance_entry
           where hand_over_id = $1 and kind in ('hold', 'release')
           group by account_id
           having sum(amount_fen) < 0"#,
        way.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (AllowanceAccountId(row.account_id), Money::from_fen(row.held))))
}
