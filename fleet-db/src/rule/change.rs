//! Proposals (规则变更): written, handed in, decided on by another, and what an approved one becomes.

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::account::AccountId;
use dispatch::rule::change::{ChangeAction, ChangeState, RuleChangeId};
use dispatch::rule::key::RuleKey;
use dispatch::rule::resolve::RuleVersionId;
use dispatch::rule::value::RuleValue;
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// What is proposed.
#[derive(Clone, Debug, PartialEq)]
pub struct NewChange {
    /// Key of the proposal.
    pub id: RuleChangeId,
    /// Of what.
    pub key: RuleKey,
    /// For which unit and everything below it.
    pub unit: UnitId,
    /// First day on which it holds.
    pub from: NaiveDate,
    /// What holds; `None`: what the unit above says.
    pub value: Option<RuleValue>,
    /// Where it stands.
    pub source: String,
    /// Number of the document that decided it.
    pub document: Option<String>,
    /// Why.
    pub reason: String,
    /// Who proposes it.
    pub by: AccountId,
    /// The day in Beijing.
    pub today: NaiveDate,
}

/// A proposal.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What is proposed.
    pub new: NewChange,
    /// Name of the unit.
    pub unit_name: String,
    /// Where it stands.
    pub state: ChangeState,
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
    rule_key: String,
    unit_id: Uuid,
    from_on: NaiveDate,
    value: Option<Value>,
    source: String,
    document: Option<String>,
    reason: String,
    state: String,
    proposed_by: Uuid,
    proposed_on: NaiveDate,
    proposed_at: DateTime<Utc>,
    decided_at: Option<DateTime<Utc>>,
    opinion: String,
    unit_name: String,
    proposer: String,
    decider: Option<String>,
}

impl TryFrom<Row> for Change {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let new = NewChange {
            id: RuleChangeId(row.id),
            key: row.rule_key.parse().map_err(unreadable)?,
            unit: UnitId(row.unit_id),
            from: row.from_on,
            value: row.value.map(serde_json::from_value).transpose().map_err(unreadable)?,
            source: row.source,
            document: row.document,
            reason: row.reason,
            by: AccountId(row.proposed_by),
            today: row.proposed_on,
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

/// Writes a proposal down, as a draft.
pub async fn insert(conn: &mut PgConnection, new: &NewChange, now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query!(
        "insert into rule_change (id, rule_key, unit_id, from_on, value, source, document, reason, proposed_by, proposed_on, proposed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        new.id.0,
        new.key.as_str(),
        new.unit.0,
        new.from,
        new.value.as_ref().map(serde_json::to_value).transpose().map_err(unreadable)?,
        new.source,
        new.document,
        new.reason,
        new.by.0,
        new.today,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The proposals of a scope: all open ones, and the `limit` that were made last; newest first.
pub async fn list(conn: &mut PgConnection, scope: &Scope, limit: i64) -> Result<Vec<Change>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select c.id, c.rule_key, c.unit_id, c.from_on, c.value, c.source, c.document, c.reason, c.state, c.proposed_by, c.proposed_on,
                  c.proposed_at, c.decided_at, c.opinion, u.name as unit_name, account_name(c.proposed_by) as "proposer!", account_name(c.decided_by) as "decider?"
           from rule_change c
           join unit u on u.id = c.unit_id
           where c.unit_id in (select unit_id from unit_within($1))
           order by (c.state in ('draft', 'submitted')) desc, c.proposed_at desc, c.id desc
           limit $2 + (select count(*) from rule_change where state in ('draft', 'submitted'))"#,
        scope.units(),
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Change::try_from).collect()
}

/// A proposal of the scope. [`DbError::NotFound`] for one of somebody else.
pub async fn load(conn: &mut PgConnection, scope: &Scope, id: RuleChangeId) -> Result<Change, DbError> {
    let row = sqlx::query_as!(
        Row,
        r#"select c.id, c.rule_key, c.unit_id, c.from_on, c.value, c.source, c.document, c.reason, c.state, c.proposed_by, c.proposed_on,
                  c.proposed_at, c.decided_at, c.opinion, u.name as unit_name, account_name(c.proposed_by) as "proposer!", account_name(c.decided_by) as "decider?"
           from rule_change c
           join unit u on u.id = c.unit_id
           where c.id = $2
             and c.unit_id in (select unit_id from unit_within($1))"#,
        scope.units(),
        id.0,
    )
    .fetch_one(conn)
    .await?;
    row.try_into()
}

/// Moves a proposal from the state that it was seen in. [`DbError::NotFound`] when someone was faster.
pub async fn carry_out(
    conn: &mut PgConnection,
    change: &Change,
    (action, next): (ChangeAction, ChangeState),
    (by, opinion): (AccountId, &str),
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let decided = action.is_decision();
    let moved = sqlx::query!(
        "update rule_change
         set state = $3, decided_by = $4, decided_at = $5, opinion = $6
         where id = $1 and state = $2",
        change.new.id.0,
        change.state.as_str(),
        next.as_str(),
        decided.then_some(by.0),
        decided.then_some(now),
        opinion,
    )
    .execute(conn)
    .await?;
    if moved.rows_affected() == 1 { Ok(()) } else { Err(DbError::NotFound) }
}

/// Makes an approved proposal a version; the store refuses one that is not approved, or says something else.
pub async fn enact(
    conn: &mut PgConnection,
    id: RuleVersionId,
    change: &Change,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let new = &change.new;
    sqlx::query!(
        "insert into rule_version (id, rule_key, unit_id, from_on, value, source, document, change_id, proposed_by, approved_by, recorded_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        id.0,
        new.key.as_str(),
        new.unit.0,
        new.from,
        new.value.as_ref().map(serde_json::to_value).transpose().map_err(unreadable)?,
        new.source,
        new.document,
        new.id.0,
        new.by.0,
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
