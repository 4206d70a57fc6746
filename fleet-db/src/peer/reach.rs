//! What a platform is told, may read and may tell (对接范围); and where reports of a unit go, or come from.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use dispatch::audit::{Action, Entry};
use dispatch::exchange::PeerId;
use dispatch::exchange::record::ExchangeInterface;
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::entry;
use crate::error::{DbError, unreadable};

/// What a platform is told, may read and may tell (对接范围).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeerReach {
    /// Whose annual reports go up to it.
    pub up: Option<UnitId>,
    /// Whose annual reports it hands up to us.
    pub down: Option<UnitId>,
    /// Of which unit, with all below it, it reads.
    pub open: Option<UnitId>,
    /// By which interfaces it reads.
    pub pulls: Vec<ExchangeInterface>,
    /// By which interfaces it tells us.
    pub pushes: Vec<ExchangeInterface>,
}

/// That of each platform that the connection sees, with the names of its units.
pub async fn list(conn: &mut PgConnection) -> Result<Vec<(PeerId, PeerReach, PeerReachNames)>, DbError> {
    let rows = sqlx::query!(
        r#"select platform_id, up_unit_id, down_unit_id, open_unit_id, pulls, pushes, unit_label(up_unit_id) as up_name,
                  unit_label(down_unit_id) as down_name, unit_label(open_unit_id) as open_name
           from peer_reach"#
    )
    .fetch_all(conn)
    .await?;
    let each = rows.into_iter().map(|row| {
        let reach = PeerReach {
            up: row.up_unit_id.map(UnitId),
            down: row.down_unit_id.map(UnitId),
            open: row.open_unit_id.map(UnitId),
            pulls: interfaces(&row.pulls)?,
            pushes: interfaces(&row.pushes)?,
        };
        Ok((PeerId(row.platform_id), reach, PeerReachNames { up: row.up_name, down: row.down_name, open: row.open_name }))
    });
    each.collect()
}

/// The names of the units of a reach (对接范围单位名称).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeerReachNames {
    /// Whose reports go up.
    pub up: Option<String>,
    /// Whose reports come.
    pub down: Option<String>,
    /// Which is read.
    pub open: Option<String>,
}

/// That of one platform.
pub async fn of(conn: &mut PgConnection, id: PeerId) -> Result<PeerReach, DbError> {
    let row =
        sqlx::query!("select up_unit_id, down_unit_id, open_unit_id, pulls, pushes from peer_reach where platform_id = $1", id.0)
            .fetch_optional(conn)
            .await?;
    let Some(row) = row else { return Ok(PeerReach::default()) };
    Ok(PeerReach {
        up: row.up_unit_id.map(UnitId),
        down: row.down_unit_id.map(UnitId),
        open: row.open_unit_id.map(UnitId),
        pulls: interfaces(&row.pulls)?,
        pushes: interfaces(&row.pushes)?,
    })
}

fn interfaces(names: &[String]) -> Result<Vec<ExchangeInterface>, DbError> {
    names.iter().map(|name| name.parse().map_err(unreadable)).collect()
}

fn names(interfaces: &[ExchangeInterface]) -> Vec<String> {
    interfaces.iter().map(|interface| interface.as_str().to_owned()).collect()
}

/// Writes it anew for a platform of the scope, with the entry for the audit log.
pub async fn save(
    conn: &mut PgConnection,
    scope: &Scope,
    id: PeerId,
    reach: &PeerReach,
    now: DateTime<Utc>,
) -> Result<Entry, DbError> {
    let platform = sqlx::query!(
        "select code, unit_id from peer_platform where id = $1 and unit_id in (select unit_id from unit_within($2))",
        id.0,
        scope.units(),
    )
    .fetch_one(&mut *conn)
    .await?;
    let before = of(conn, id).await?;
    sqlx::query!(
        "insert into peer_reach (platform_id, up_unit_id, down_unit_id, open_unit_id, pulls, pushes, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (platform_id) do update
         set up_unit_id = excluded.up_unit_id, down_unit_id = excluded.down_unit_id, open_unit_id = excluded.open_unit_id,
             pulls = excluded.pulls, pushes = excluded.pushes, changed_at = excluded.changed_at",
        id.0,
        reach.up.map(|unit| unit.0),
        reach.down.map(|unit| unit.0),
        reach.open.map(|unit| unit.0),
        &names(&reach.pulls),
        &names(&reach.pushes),
        now,
    )
    .execute(conn)
    .await?;
    let facts = |reach: &PeerReach| json!({ "up": reach.up, "down": reach.down, "open": reach.open, "pulls": names(&reach.pulls), "pushes": names(&reach.pushes) });
    let told = entry(Action::Granted, id, &platform.code, UnitId(platform.unit_id));
    Ok(told.before(facts(&before)).after(facts(reach)))
}

/// The platform to which reports of a unit go; whoever asks.
pub async fn goes_to(conn: &mut PgConnection, unit: UnitId) -> Result<Option<PeerId>, DbError> {
    let found = sqlx::query_scalar!(r#"select report_goes_to($1)"#, unit.0).fetch_one(conn).await?;
    Ok(found.map(PeerId))
}

/// Those of the units for which another platform speaks; whoever asks.
pub async fn told_for(conn: &mut PgConnection, units: &[UnitId]) -> Result<HashSet<UnitId>, DbError> {
    let units: Vec<Uuid> = units.iter().map(|unit| unit.0).collect();
    let found = sqlx::query_scalar!(r#"select unit_id as "unit_id!" from report_told_for($1)"#, &units).fetch_all(conn).await?;
    Ok(found.into_iter().map(UnitId).collect())
}
