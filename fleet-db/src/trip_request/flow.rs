//! Approval flows (审批流程): made by units for themselves and those below, retired and never changed.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::scope::Scope;
use dispatch::trip::flow::{Flow, FlowId};
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use crate::error::DbError;

/// A flow with its place (审批流程).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Key.
    pub id: FlowId,
    /// Whose it is.
    pub unit: UnitId,
    /// The same by name.
    pub unit_name: String,
    /// What people call it.
    pub name: String,
    /// The lower comes first.
    pub rank: i16,
    /// Condition and steps.
    pub flow: Flow,
}

/// Writes a flow. [`crate::Constraint::FlowName`] when the unit has one of that name.
pub async fn insert(conn: &mut PgConnection, kept: &Kept, by: AccountId, now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query!(
        "insert into approval_flow (id, unit_id, name, rank, flow, created_by, created_at) values ($1, $2, $3, $4, $5, $6, $7)",
        kept.id.0,
        kept.unit.0,
        kept.name.trim(),
        kept.rank,
        Json(&kept.flow) as _,
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a flow of the scope out of use; requests that were handed in keep their steps.
pub async fn retire(conn: &mut PgConnection, scope: &Scope, id: FlowId, now: DateTime<Utc>) -> Result<Kept, DbError> {
    let row = sqlx::query!(
        r#"update approval_flow
           set retired_at = $3
           where id = $2 and retired_at is null and unit_id in (select unit_id from unit_within($1))
           returning id, unit_id, unit_label(unit_id) as unit_name, name, rank, flow as "flow: Json<Flow>""#,
        scope.units(),
        id.0,
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(kept(row.id, row.unit_id, row.unit_name, row.name, row.rank, row.flow))
}

/// The flows that hold for a unit whose line of superiors, itself first, is `line`: the nearest unit's first, each unit's by rank.
pub async fn for_line(conn: &mut PgConnection, line: &[UnitId]) -> Result<Vec<Kept>, DbError> {
    let units: Vec<Uuid> = line.iter().map(|unit| unit.0).collect();
    let rows = sqlx::query!(
        r#"select id, unit_id, unit_label(unit_id) as unit_name, name, rank, flow as "flow: Json<Flow>"
           from approval_flow
           where retired_at is null and unit_id = any ($1)
           order by array_position($1, unit_id), rank, created_at, id"#,
        &units,
    )
    .fetch_all(conn)
    .await?;
    let flows = rows.into_iter().map(|row| kept(row.id, row.unit_id, row.unit_name, row.name, row.rank, row.flow));
    Ok(flows.collect())
}

fn kept(id: Uuid, unit: Uuid, unit_name: Option<String>, name: String, rank: i16, flow: Json<Flow>) -> Kept {
    Kept { id: FlowId(id), unit: UnitId(unit), unit_name: unit_name.unwrap_or_default(), name, rank, flow: flow.0 }
}
