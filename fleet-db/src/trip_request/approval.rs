//! Decisions on requests (审批意见): one a step and round, never changed; taken back only within the time for it.

use chrono::{DateTime, Utc};
use dispatch::account::{AccountId, Permission};
use dispatch::trip::request::RequestId;
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Request;
use crate::error::DbError;

/// A decision (审批意见).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// Key.
    pub id: Uuid,
    /// In which round of handing in.
    pub round: i16,
    /// At which step, from 0.
    pub step: i16,
    /// What was decided: `approved`, `rejected`, `returned`, `added_signer`, `transferred`, `escalated`, `ratified`.
    pub action: String,
    /// Who decided; nobody where time ran out.
    pub by: Option<AccountId>,
    /// The same by name.
    pub by_name: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
    /// In words.
    pub opinion: String,
    /// When it was taken back.
    pub undone_at: Option<DateTime<Utc>>,
}

/// Writes a decision on the step that a request stands at. [`crate::Constraint::ApprovalStep`] when somebody was faster.
pub async fn insert(
    conn: &mut PgConnection,
    id: Uuid,
    request: &Request,
    action: &str,
    by: Option<AccountId>,
    opinion: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into trip_approval (id, request_id, round, step, action, by, at, opinion)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id,
        request.id.0,
        request.round,
        request.step,
        action,
        by.map(|account| account.0),
        now,
        opinion,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a decision back. [`DbError::NotFound`] when it was taken back before.
pub async fn undo(conn: &mut PgConnection, id: Uuid, now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query_scalar!("update trip_approval set undone_at = $2 where id = $1 and undone_at is null returning id", id, now)
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// The decisions on some requests, each request's in their order.
pub async fn list(conn: &mut PgConnection, requests: &[RequestId]) -> Result<Vec<(RequestId, Approval)>, DbError> {
    let ids: Vec<Uuid> = requests.iter().map(|request| request.0).collect();
    let rows = sqlx::query!(
        r#"select id, request_id, round, step, action, by, account_name(by) as by_name, at, opinion, undone_at
           from trip_approval
           where request_id = any ($1)
           order by request_id, seq"#,
        &ids,
    )
    .fetch_all(conn)
    .await?;
    let approvals = rows.into_iter().map(|row| {
        let approval = Approval {
            id: row.id,
            round: row.round,
            step: row.step,
            action: row.action,
            by: row.by.map(AccountId),
            by_name: row.by_name,
            at: row.at,
            opinion: row.opinion,
            undone_at: row.undone_at,
        };
        (RequestId(row.request_id), approval)
    });
    Ok(approvals.collect())
}

/// Who decides over each of these units when this person asks: the nearest unit with somebody else who may; none where there is nobody.
pub async fn deciders(
    conn: &mut PgConnection,
    asked: &[(UnitId, AccountId)],
    now: DateTime<Utc>,
) -> Result<Vec<(UnitId, AccountId, UnitId)>, DbError> {
    let units: Vec<Uuid> = asked.iter().map(|(unit, _)| unit.0).collect();
    let accounts: Vec<Uuid> = asked.iter().map(|(_, account)| account.0).collect();
    let rows = sqlx::query!(
        r#"select unit_id as "unit_id!", account_id as "account_id!", trip_decider(unit_id, account_id, $3) as decider
           from unnest($1::uuid[], $2::uuid[]) as asked (unit_id, account_id)"#,
        &units,
        &accounts,
        now,
    )
    .fetch_all(conn)
    .await?;
    let found = rows.into_iter().filter_map(|row| {
        Some((UnitId(row.unit_id), AccountId(row.account_id), UnitId(row.decider?)))
    });
    Ok(found.collect())
}

/// The requests whose step has waited too long at `now`, locked, the longest waiting first.
pub async fn overdue(conn: &mut PgConnection, now: DateTime<Utc>, most: i64) -> Result<Vec<RequestId>, DbError> {
    let rows = sqlx::query_scalar!(
        r#"select id
           from trip_request
           where state = 'submitted' and (steps -> step::integer ->> 'due_at')::timestamptz <= $1
           order by changed_at
           limit $2
           for update skip locked"#,
        now,
        most,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(RequestId).collect())
}

/// Somebody who may decide over a unit: for a step that is handed to one person. [`DbError::NotFound`] where there is no such person.
pub async fn signer(conn: &mut PgConnection, unit: UnitId, account: AccountId, now: DateTime<Utc>) -> Result<String, DbError> {
    let name = sqlx::query_scalar!(
        r#"select a.display_name
           from account a
           where a.id = $2 and a.disabled_at is null
             and exists (select from account_grant g
                         join unit_closure c on c.ancestor_id = g.unit_id and c.unit_id = $1
                         where g.account_id = a.id and g.during @> $3::timestamptz and g.role = 'unit_leader'
                           and (g.functions is null or $4 = any (g.functions)))"#,
        unit.0,
        account.0,
        now,
        Permission::ApproveTrips.as_str(),
    );
    Ok(name.fetch_one(conn).await?)
}
