//! Adjustments of an allowance (额度调整): proposed by one, decided by another, and entered when they are approved.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::allowance::{AdjustmentId, AdjustmentKind, AdjustmentState, AllowanceMonth, borrow, permit};
use dispatch::money::Money;
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Cause, LedgerError, enter, open, pool_of, standing};
use crate::error::{DbError, unreadable};

/// What is proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAdjustment {
    /// Key.
    pub id: AdjustmentId,
    /// What it asks for.
    pub kind: AdjustmentKind,
    /// For which unit.
    pub unit: UnitId,
    /// For which month.
    pub month: AllowanceMonth,
    /// How much.
    pub amount: Money,
    /// Number of the document; empty where a loan has none.
    pub document: String,
    /// Why.
    pub reason: String,
    /// Who proposes it.
    pub by: AccountId,
}

/// An adjustment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// What was proposed.
    pub new: NewAdjustment,
    /// Name of the unit.
    pub unit_name: String,
    /// Where it stands.
    pub state: AdjustmentState,
    /// Who proposed it, by name.
    pub proposer: String,
    /// When.
    pub proposed_at: DateTime<Utc>,
    /// Who decided, by name.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// What they said.
    pub opinion: String,
}

struct Row {
    id: Uuid,
    kind: String,
    unit_id: Uuid,
    unit_name: String,
    year: i16,
    month: i16,
    amount_fen: i64,
    document: String,
    reason: String,
    state: String,
    proposed_by: Uuid,
    proposer: String,
    proposed_at: DateTime<Utc>,
    decider: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    opinion: String,
}

/// A stored month that is none.
#[derive(Debug, thiserror::Error)]
#[error("{0}-{1} is no month")]
struct NoMonth(i16, i16);

impl TryFrom<Row> for Adjustment {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let month = u8::try_from(row.month).ok().and_then(|month| AllowanceMonth::new(row.year, month));
        let new = NewAdjustment {
            id: AdjustmentId(row.id),
            kind: row.kind.parse().map_err(unreadable)?,
            unit: UnitId(row.unit_id),
            month: month.ok_or_else(|| unreadable(NoMonth(row.year, row.month)))?,
            amount: Money::from_fen(row.amount_fen),
            document: row.document,
            reason: row.reason,
            by: AccountId(row.proposed_by),
        };
        Ok(Self {
            new,
            unit_name: row.unit_name,
            state: row.state.parse().map_err(unreadable)?,
            proposer: row.proposer,
            proposed_at: row.proposed_at,
            decided_by: row.decider,
            decided_at: row.decided_at,
            opinion: row.opinion,
        })
    }
}

/// Writes a proposal down.
pub async fn insert(conn: &mut PgConnection, new: &NewAdjustment, now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query!(
        "insert into allowance_adjustment (id, kind, unit_id, year, month, amount_fen, document, reason, proposed_by, proposed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        new.id.0,
        new.kind.as_str(),
        new.unit.0,
        new.month.year(),
        i16::from(new.month.number()),
        new.amount.fen(),
        new.document,
        new.reason,
        new.by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The adjustments of a scope, those that wait first, each part from the newest on.
pub async fn list(conn: &mut PgConnection, scope: &Scope, limit: i64) -> Result<Vec<Adjustment>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select a.id, a.kind, a.unit_id, u.name as unit_name, a.year, a.month, a.amount_fen, a.document, a.reason, a.state, a.proposed_by,
                  account_name(a.proposed_by) as "proposer!", a.proposed_at, account_name(a.decided_by) as "decider?", a.decided_at,
                  a.opinion
           from allowance_adjustment a
           join unit u on u.id = a.unit_id
           where a.unit_id in (select unit_id from unit_within($1))
           order by a.state <> 'proposed', a.proposed_at desc, a.id desc
           limit $2"#,
        scope.units(),
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Adjustment::try_from).collect()
}

/// An adjustment of the scope. [`DbError::NotFound`] for one of somebody else.
pub async fn load(conn: &mut PgConnection, scope: &Scope, id: AdjustmentId) -> Result<Adjustment, DbError> {
    sqlx::query_as!(
        Row,
        r#"select a.id, a.kind, a.unit_id, u.name as unit_name, a.year, a.month, a.amount_fen, a.document, a.reason, a.state, a.proposed_by,
                  account_name(a.proposed_by) as "proposer!", a.proposed_at, account_name(a.decided_by) as "decider?", a.decided_at,
                  a.opinion
           from allowance_adjustment a
           join unit u on u.id = a.unit_id
           where a.id = $2 and a.unit_id in (select unit_id from unit_within($1))"#,
        scope.units(),
        id.0,
    )
    .fetch_one(conn)
    .await?
    .try_into()
}

/// Decides on a proposal that waits. [`DbError::NotFound`] when someone was faster.
pub async fn decide(
    conn: &mut PgConnection,
    id: AdjustmentId,
    state: AdjustmentState,
    (by, opinion): (AccountId, &str),
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "update allowance_adjustment
         set state = $2, decided_by = $3, decided_at = $4, opinion = $5
         where id = $1 and state = 'proposed'
         returning id",
        id.0,
        state.as_str(),
        by.0,
        now,
        opinion,
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// Enters an adjustment that was approved; the store refuses one that was not.
pub async fn enact(
    conn: &mut PgConnection,
    adjustment: &NewAdjustment,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), LedgerError> {
    let NewAdjustment { unit, month, amount, .. } = *adjustment;
    let cause = Cause { adjustment: Some(adjustment.id.0), by: Some(by), reason: &adjustment.reason, order: None };
    match adjustment.kind {
        AdjustmentKind::Loan => {
            let pool = pool_of(conn, unit, month.year()).await?;
            let account = open(conn, unit, month.year(), Some(month), now).await?;
            let (lent, borrowed) = (standing(conn, pool).await?.lend(amount)?, borrow(amount)?);
            enter(conn, pool, lent, cause, now).await?;
            enter(conn, account, borrowed, cause, now).await?;
        }
        AdjustmentKind::OverQuota => {
            let account = open(conn, unit, month.year(), Some(month), now).await?;
            enter(conn, account, permit(amount, &adjustment.document)?, cause, now).await?;
        }
    }
    Ok(())
}
