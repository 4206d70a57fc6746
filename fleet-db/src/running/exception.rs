//! Records that nobody could link yet (待关联费用): they wait until somebody does, or says why they are none of ours.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::money::Money;
use dispatch::running::cost::{CostExceptionId, CostHead, CostId};
use dispatch::running::energy::{Energy, EnergyKind};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use sqlx::PgConnection;

use crate::error::{DbError, unreadable};

/// A record that is to wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Key.
    pub id: CostExceptionId,
    /// Who brought it.
    pub unit: UnitId,
    /// What whoever sent it calls it.
    pub number: String,
    /// What for.
    pub head: CostHead,
    /// Plate as it stood there.
    pub plate: String,
    /// Card, where it is about one.
    pub card_number: String,
    /// When.
    pub at: DateTime<Utc>,
    /// How much.
    pub amount: Money,
    /// Energy that was taken.
    pub energy: Option<Energy>,
    /// Where.
    pub place: String,
    /// Number of the order as it stood there.
    pub order_number: String,
    /// Why it could not be linked.
    pub why: String,
}

/// A record as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExceptionKept {
    /// What waits.
    pub waiting: Waiting,
    /// Name of the unit.
    pub unit_name: String,
    /// When it was brought.
    pub brought_at: DateTime<Utc>,
    /// When it was seen to.
    pub resolved_at: Option<DateTime<Utc>>,
    /// By whom.
    pub resolved_by: Option<String>,
    /// The entry that it became.
    pub cost: Option<CostId>,
    /// Why it is none of ours.
    pub reason: String,
}

/// Lets a record wait. `false` when it waits or was seen to already.
pub async fn insert(conn: &mut PgConnection, new: &Waiting, by: AccountId, now: DateTime<Utc>) -> Result<bool, DbError> {
    let done = sqlx::query!(
        "insert into cost_exception (id, unit_id, number, head, plate, card_number, occurred_at, amount_fen, energy, quantity, place,
             order_number, why, brought_by, brought_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         on conflict on constraint cost_exception_number_key do nothing",
        new.id.0,
        new.unit.0,
        new.number,
        new.head.as_str(),
        new.plate,
        new.card_number,
        new.at,
        new.amount.fen(),
        new.energy.map(|energy| energy.kind.as_str()),
        new.energy.map(|energy| energy.amount),
        new.place,
        new.order_number,
        new.why,
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Records of units of the scope, at most `most`, the newest first, behind the record `after`; those that wait, or those that were seen to.
pub async fn list(
    conn: &mut PgConnection,
    scope: &Scope,
    (only, is_open): (Option<CostExceptionId>, Option<bool>),
    after: Option<CostExceptionId>,
    most: i64,
) -> Result<Vec<ExceptionKept>, DbError> {
    let rows = sqlx::query!(
        r#"select e.id, e.unit_id, unit_label(e.unit_id) as "unit_name!", e.number, e.head, e.plate, e.card_number, e.occurred_at, e.amount_fen,
                  e.energy, e.quantity, e.place, e.order_number, e.why, e.brought_at, e.resolved_at, account_name(e.resolved_by) as resolved_by,
                  e.cost_id, e.reason
           from cost_exception e
           where e.unit_id in (select unit_id from unit_within($1))
             and ($2::uuid is null or e.id = $2)
             and ($3::boolean is null or (e.resolved_at is null) = $3)
             and ($4::uuid is null or e.id < $4)
           order by e.id desc
           limit $5"#,
        scope.units(),
        only.map(|id| id.0),
        is_open,
        after.map(|id| id.0),
        most,
    )
    .fetch_all(conn)
    .await?;
    let kept = rows.into_iter().map(|row| {
        let kind = row.energy.map(|kind| kind.parse::<EnergyKind>()).transpose().map_err(unreadable)?;
        Ok(ExceptionKept {
            waiting: Waiting {
                id: CostExceptionId(row.id),
                unit: UnitId(row.unit_id),
                number: row.number,
                head: row.head.parse().map_err(unreadable)?,
                plate: row.plate,
                card_number: row.card_number,
                at: row.occurred_at,
                amount: Money::from_fen(row.amount_fen),
                energy: kind.zip(row.quantity).map(|(kind, amount)| Energy { kind, amount }),
                place: row.place,
                order_number: row.order_number,
                why: row.why,
            },
            unit_name: row.unit_name,
            brought_at: row.brought_at,
            resolved_at: row.resolved_at,
            resolved_by: row.resolved_by,
            cost: row.cost_id.map(CostId),
            reason: row.reason,
        })
    });
    kept.collect()
}

/// One of the scope.
pub async fn load(conn: &mut PgConnection, scope: &Scope, id: CostExceptionId) -> Result<ExceptionKept, DbError> {
    list(conn, scope, (Some(id), None), None, 1).await?.into_iter().next().ok_or(DbError::NotFound)
}

/// A record that was found before was linked, or is none of ours. [`DbError::NotFound`] when somebody was faster.
pub async fn resolve(
    conn: &mut PgConnection,
    id: CostExceptionId,
    (cost, reason): (Option<CostId>, &str),
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "update cost_exception set resolved_by = $2, resolved_at = $3, cost_id = $4, reason = $5
         where id = $1 and resolved_at is null
         returning id",
        id.0,
        by.0,
        now,
        cost.map(|cost| cost.0),
        reason,
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}
