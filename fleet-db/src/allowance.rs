//! Trip money of units (用车额度) as it is stored: accounts, their entries, and what an order does to them.
//!
//! Whoever enters something reads where the account stands, asks the rule and adds entries; the store adds them up and refuses what
//! the rule did not see because two asked at the same moment.

pub mod adjustment;
pub mod hand_over;
pub mod order;

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::allowance::{AllowanceAccountId, AllowanceError, AllowanceMonth, AllowanceStanding, Posting};
use dispatch::calendar::day_of;
use dispatch::money::Money;
use dispatch::rule::key::RuleKey;
use dispatch::rule::resolve::resolve;
use dispatch::scope::Scope;
use dispatch::trip::order::OrderId;
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use thiserror::Error;
use uuid::Uuid;

use crate::error::{DbError, unreadable};
use crate::rule;
use crate::terminal::log::key;

/// Why nothing was entered.
#[derive(Debug, Error)]
pub enum LedgerError {
    /// The rule stands against it.
    #[error(transparent)]
    Refused(#[from] AllowanceError),
    /// The store does, or it does not answer.
    #[error(transparent)]
    Store(#[from] DbError),
    /// The year has no pool that the unit's money could come from.
    #[error("no pool of {year} stands above the unit")]
    NoPool {
        /// The year.
        year: i16,
    },
}

impl From<sqlx::Error> for LedgerError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// An account with where it stands (额度账户).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Key.
    pub id: AllowanceAccountId,
    /// Whose it is.
    pub unit: UnitId,
    /// Name of the unit.
    pub unit_name: String,
    /// Of which year.
    pub year: i16,
    /// Of which month; `None`: the pool of the year.
    pub month: Option<AllowanceMonth>,
    /// Where it stands.
    pub standing: AllowanceStanding,
}

/// An entry with what people want to know of it (额度分录).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered {
    /// What it did.
    pub posting: Posting,
    /// Number of the order that it is about, or of the request that another platform carried out.
    pub order: Option<String>,
    /// Document of the adjustment that it comes from.
    pub document: Option<String>,
    /// Who entered it; nobody where the store carried a rest.
    pub by: Option<String>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// How far money carries and when it warns, for a unit on a day (额度规则).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AllowanceRule {
    /// Months within which a rest carries.
    pub carry_months: u8,
    /// Per cent at which an account warns.
    pub warn_percent: u32,
}

/// What an entry is written with.
#[derive(Clone, Copy, Debug, Default)]
struct Cause<'a> {
    order: Option<OrderId>,
    adjustment: Option<Uuid>,
    by: Option<AccountId>,
    reason: &'a str,
}

struct Row {
    id: Uuid,
    unit_id: Uuid,
    unit_name: String,
    year: i16,
    month: Option<i16>,
    left_fen: i64,
    held_fen: i64,
    given_fen: i64,
    permitted_fen: i64,
}

impl From<Row> for Account {
    fn from(row: Row) -> Self {
        let month = row.month.and_then(|month| AllowanceMonth::new(row.year, u8::try_from(month).ok()?));
        let standing = AllowanceStanding {
            left: Money::from_fen(row.left_fen),
            held: Money::from_fen(row.held_fen),
            given: Money::from_fen(row.given_fen),
            permitted: Money::from_fen(row.permitted_fen),
        };
        Self {
            id: AllowanceAccountId(row.id),
            unit: UnitId(row.unit_id),
            unit_name: row.unit_name,
            year: row.year,
            month,
            standing,
        }
    }
}

/// The accounts of a year of a unit and those below, as far as the scope reaches: pools first, then months.
pub async fn list(conn: &mut PgConnection, scope: &Scope, unit: UnitId, year: i16) -> Result<Vec<Account>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select a.id, a.unit_id, u.name as unit_name, a.year, a.month, a.left_fen, a.held_fen, a.given_fen, a.permitted_fen
           from allowance_account a
           join unit u on u.id = a.unit_id
           join unit_closure below on below.unit_id = a.unit_id and below.ancestor_id = $2
           where a.year = $3
             and a.unit_id in (select unit_id from unit_within($1))
           order by below.depth, u.name, u.id, a.month nulls first"#,
        scope.units(),
        unit.0,
        year,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Account::from).collect())
}

/// An account of the scope.
pub async fn load(conn: &mut PgConnection, scope: &Scope, id: AllowanceAccountId) -> Result<Account, DbError> {
    let row = sqlx::query_as!(
        Row,
        r#"select a.id, a.unit_id, u.name as unit_name, a.year, a.month, a.left_fen, a.held_fen, a.given_fen, a.permitted_fen
           from allowance_account a
           join unit u on u.id = a.unit_id
           where a.id = $2 and a.unit_id in (select unit_id from unit_within($1))"#,
        scope.units(),
        id.0,
    );
    Ok(row.fetch_one(conn).await?.into())
}

/// An account by its key, for whom an order has brought before it.
async fn account(conn: &mut PgConnection, id: AllowanceAccountId) -> Result<Account, DbError> {
    let row = sqlx::query_as!(
        Row,
        r#"select a.id, a.unit_id, unit_label(a.unit_id) as "unit_name!", a.year, a.month, a.left_fen, a.held_fen, a.given_fen,
                  a.permitted_fen
           from allowance_account a
           where a.id = $1"#,
        id.0,
    );
    Ok(row.fetch_one(conn).await?.into())
}

/// The entries of an account of the scope, newest first.
pub async fn entries(
    conn: &mut PgConnection,
    scope: &Scope,
    account: AllowanceAccountId,
    limit: i64,
) -> Result<Vec<Entered>, DbError> {
    let rows = sqlx::query!(
        r#"select e.kind, e.amount_fen, e.permits_fen, coalesce(o.number, h.number) as "number?", d.document as "document?",
                  account_name(e.entered_by) as "by?", e.reason, e.entered_at
           from allowance_entry e
           join allowance_account a on a.id = e.account_id
           left join dispatch_order o on o.id = e.order_id
           left join hand_over h on h.id = e.hand_over_id
           left join allowance_adjustment d on d.id = e.adjustment_id
           where a.id = $2
             and a.unit_id in (select unit_id from unit_within($1))
           order by e.entered_at desc, e.id desc
           limit $3"#,
        scope.units(),
        account.0,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let entered = rows.into_iter().map(|row| {
        let posting = Posting {
            kind: row.kind.parse().map_err(unreadable)?,
            amount: Money::from_fen(row.amount_fen),
            permits: Money::from_fen(row.permits_fen),
        };
        let (order, document, by, reason) = (row.number, row.document, row.by, row.reason);
        Ok(Entered { posting, order, document, by, reason, at: row.entered_at })
    });
    entered.collect()
}

/// The rule that holds for a unit at an instant.
pub async fn rule(conn: &mut PgConnection, unit: UnitId, now: DateTime<Utc>) -> Result<AllowanceRule, DbError> {
    let keys = [RuleKey::QuotaCarry, RuleKey::QuotaWarning];
    let (line, versions) = (rule::superiors(conn, unit).await?, rule::binding(conn, unit, &keys).await?);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole numbers up to 100, by the register's bounds"
    )]
    let [carry_months, warn_percent] = keys.map(|key| {
        let resolved = resolve(&versions, key, &line, day_of(now), now);
        resolved.and_then(|resolved| resolved.value.number()).unwrap_or_default() as u8
    });
    Ok(AllowanceRule { carry_months, warn_percent: warn_percent.into() })
}

/// What a unit may still spend in a month, with what its earlier months would carry into it; `None` for a unit whose trips are not
/// paid from an allowance that year.
pub async fn left(
    conn: &mut PgConnection,
    unit: UnitId,
    month: AllowanceMonth,
    now: DateTime<Utc>,
) -> Result<Option<AllowanceStanding>, DbError> {
    if !is_managed(conn, unit, month.year()).await? {
        return Ok(None);
    }
    let rule = rule(conn, unit, now).await?;
    let from: Vec<i16> = over(month, rule, now).map(|month| month.number().into()).collect();
    let row = sqlx::query!(
        r#"select coalesce(sum(left_fen) filter (where month = $3), 0)::bigint as "left!",
                  coalesce(sum(held_fen) filter (where month = $3), 0)::bigint as "held!",
                  coalesce(sum(given_fen) filter (where month = $3), 0)::bigint as "given!",
                  coalesce(sum(permitted_fen) filter (where month = $3), 0)::bigint as "permitted!",
                  coalesce(sum(greatest(left_fen, 0)) filter (where month = any ($4)), 0)::bigint as "carried!"
           from allowance_account
           where unit_id = $1 and year = $2"#,
        unit.0,
        month.year(),
        i16::from(month.number()),
        &from,
    )
    .fetch_one(conn)
    .await?;
    Ok(Some(AllowanceStanding {
        left: Money::from_fen(row.left + row.carried),
        held: Money::from_fen(row.held),
        given: Money::from_fen(row.given + row.carried),
        permitted: Money::from_fen(row.permitted),
    }))
}

/// Gives to the pool of a year, or takes back from it.
pub async fn fund(
    conn: &mut PgConnection,
    (unit, year): (UnitId, i16),
    amount: Money,
    (by, reason): (AccountId, &str),
    now: DateTime<Utc>,
) -> Result<AllowanceAccountId, LedgerError> {
    let pool = open(conn, unit, year, None, now).await?;
    let posting = standing(conn, pool).await?.grant(amount)?;
    enter(conn, pool, posting, Cause { by: Some(by), reason, ..Cause::default() }, now).await?;
    Ok(pool)
}

/// Gives to a month of a unit from the pool above it, or takes back.
pub async fn grant(
    conn: &mut PgConnection,
    (unit, month): (UnitId, AllowanceMonth),
    amount: Money,
    (by, reason): (AccountId, &str),
    now: DateTime<Utc>,
) -> Result<AllowanceAccountId, LedgerError> {
    let pool = pool_of(conn, unit, month.year()).await?;
    let account = open(conn, unit, month.year(), Some(month), now).await?;
    let (taken, given) = (standing(conn, pool).await?.allot(amount)?, standing(conn, account).await?.grant(amount)?);
    let cause = Cause { by: Some(by), reason, ..Cause::default() };
    // The pool first, always: two that give at once do not wait for each other.
    enter(conn, pool, taken, cause, now).await?;
    enter(conn, account, given, cause, now).await?;
    Ok(account)
}

/// Where an account stands.
pub async fn standing(conn: &mut PgConnection, account: AllowanceAccountId) -> Result<AllowanceStanding, DbError> {
    let row = sqlx::query!("select left_fen, held_fen, given_fen, permitted_fen from allowance_account where id = $1", account.0)
        .fetch_one(conn)
        .await?;
    Ok(AllowanceStanding {
        left: Money::from_fen(row.left_fen),
        held: Money::from_fen(row.held_fen),
        given: Money::from_fen(row.given_fen),
        permitted: Money::from_fen(row.permitted_fen),
    })
}

/// The unit has an account of that year: its trips are paid from it.
async fn is_managed(conn: &mut PgConnection, unit: UnitId, year: i16) -> Result<bool, DbError> {
    let is_there = sqlx::query_scalar!(
        r#"select exists (select from allowance_account where unit_id = $1 and year = $2 and month is not null) as "is_there!""#,
        unit.0,
        year,
    );
    Ok(is_there.fetch_one(conn).await?)
}

/// The earlier months whose rests may go into `month`, those that are over.
fn over(month: AllowanceMonth, rule: AllowanceRule, now: DateTime<Utc>) -> impl Iterator<Item = AllowanceMonth> {
    let present = AllowanceMonth::of(now);
    month.carried_from(rule.carry_months).filter(move |from| *from < present)
}

/// The pool that the unit's money comes from, where the connection may see it.
async fn pool_of(conn: &mut PgConnection, unit: UnitId, year: i16) -> Result<AllowanceAccountId, LedgerError> {
    let pool = sqlx::query_scalar!("select id from allowance_account where id = (select allowance_pool($1, $2))", unit.0, year);
    let pool = pool.fetch_optional(conn).await?;
    pool.map(AllowanceAccountId).ok_or(LedgerError::NoPool { year })
}

/// The account of a unit's month, or the pool of its year; made when it is not there yet.
async fn open(
    conn: &mut PgConnection,
    unit: UnitId,
    year: i16,
    month: Option<AllowanceMonth>,
    now: DateTime<Utc>,
) -> Result<AllowanceAccountId, DbError> {
    let month = month.map(|month| i16::from(month.number()));
    sqlx::query!(
        "insert into allowance_account (id, unit_id, year, month, created_at)
         values ($1, $2, $3, $4, $5)
         on conflict on constraint allowance_account_key do nothing",
        key(now),
        unit.0,
        year,
        month,
        now,
    )
    .execute(&mut *conn)
    .await?;
    let id = sqlx::query_scalar!(
        "select id from allowance_account where unit_id = $1 and year = $2 and month is not distinct from $3",
        unit.0,
        year,
        month,
    );
    Ok(AllowanceAccountId(id.fetch_one(conn).await?))
}

/// Adds an entry; the store adds it to the account's sums, or refuses it.
async fn enter(
    conn: &mut PgConnection,
    account: AllowanceAccountId,
    posting: Posting,
    cause: Cause<'_>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into allowance_entry (id, account_id, kind, amount_fen, permits_fen, order_id, adjustment_id, entered_by, reason, entered_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        key(now),
        account.0,
        posting.kind.as_str(),
        posting.amount.fen(),
        posting.permits.fen(),
        cause.order.map(|order| order.0),
        cause.adjustment,
        cause.by.map(|by| by.0),
        cause.reason,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
