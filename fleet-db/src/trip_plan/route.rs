//! Ways with a name (固定路线): made by units for themselves and those below, retired and never changed.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::scope::Scope;
use dispatch::trip::plan::{RouteId, Way};
use dispatch::unit::UnitId;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// A way with its place (固定路线).
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// Key.
    pub id: RouteId,
    /// Whose it is.
    pub unit: UnitId,
    /// The same by name.
    pub unit_name: String,
    /// What people call it.
    pub name: String,
    /// Where it goes.
    pub way: Way,
}

/// Writes a way. [`crate::Constraint::RouteName`] when the unit has one of that name.
pub async fn insert(conn: &mut PgConnection, kept: &Kept, by: AccountId, now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query!(
        "insert into trip_route (id, unit_id, name, way, created_by, created_at) values ($1, $2, $3, $4, $5, $6)",
        kept.id.0,
        kept.unit.0,
        kept.name,
        serde_json::to_value(&kept.way).map_err(unreadable)?,
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a way of the scope out of use; plans keep the places that they took from it.
pub async fn retire(conn: &mut PgConnection, scope: &Scope, id: RouteId, now: DateTime<Utc>) -> Result<Kept, DbError> {
    let row = sqlx::query!(
        "update trip_route
         set retired_at = $3
         where id = $2 and retired_at is null and unit_id in (select unit_id from unit_within($1))
         returning id, unit_id, unit_label(unit_id) as unit_name, name, way",
        scope.units(),
        id.0,
        now,
    )
    .fetch_one(conn)
    .await?;
    kept(row.id, row.unit_id, row.unit_name, row.name, row.way)
}

/// The ways that the connection may use: its units' and their superiors', or the one that is named.
pub async fn list(conn: &mut PgConnection, only: Option<RouteId>) -> Result<Vec<Kept>, DbError> {
    let rows = sqlx::query!(
        "select id, unit_id, unit_label(unit_id) as unit_name, name, way
         from trip_route
         where retired_at is null and ($1::uuid is null or id = $1)
         order by name, id",
        only.map(|route| route.0),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| kept(row.id, row.unit_id, row.unit_name, row.name, row.way)).collect()
}

/// One of them.
pub async fn load(conn: &mut PgConnection, id: RouteId) -> Result<Kept, DbError> {
    list(conn, Some(id)).await?.into_iter().next().ok_or(DbError::NotFound)
}

fn kept(id: Uuid, unit: Uuid, unit_name: Option<String>, name: String, way: Value) -> Result<Kept, DbError> {
    let way = serde_json::from_value(way).map_err(unreadable)?;
    Ok(Kept { id: RouteId(id), unit: UnitId(unit), unit_name: unit_name.unwrap_or_default(), name, way })
}
