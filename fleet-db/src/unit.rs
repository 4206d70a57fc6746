//! Units: the tree of organisations, as far as a scope reaches.

pub mod act;
pub mod history;
pub mod search;

use chrono::{DateTime, Utc};
use dispatch::scope::Scope;
use dispatch::unit::{Unit, UnitId};
use sqlx::PgConnection;
use telematics::place::LonLat;
use telematics::quantity::Distance;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// A unit as its row has it; shared with the acts, which read units under their lock.
pub(crate) struct Row {
    pub(crate) id: Uuid,
    pub(crate) parent_id: Option<Uuid>,
    pub(crate) name: String,
    pub(crate) level: i16,
    pub(crate) region_code: String,
    pub(crate) lon: Option<f64>,
    pub(crate) lat: Option<f64>,
    pub(crate) kind: String,
    pub(crate) credit_code: Option<String>,
    pub(crate) status: String,
}

impl TryFrom<Row> for Unit {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let place = row.lon.zip(row.lat).map(|(lon, lat)| LonLat::new(lon, lat)).transpose();
        Ok(Self {
            id: UnitId(row.id),
            parent: row.parent_id.map(UnitId),
            name: row.name,
            level: row.level.try_into().map_err(unreadable)?,
            region: row.region_code.parse().map_err(unreadable)?,
            place: place.map_err(unreadable)?,
            kind: row.kind.parse().map_err(unreadable)?,
            credit_code: row.credit_code.map(|code| code.parse()).transpose().map_err(unreadable)?,
            status: row.status.parse().map_err(unreadable)?,
        })
    }
}

/// Adds a unit that was there before its history was kept.
pub async fn insert(conn: &mut PgConnection, unit: &Unit, now: DateTime<Utc>) -> Result<(), DbError> {
    history::write(conn, std::slice::from_ref(unit), &history::Recorded::entered(now), now).await?;
    Ok(())
}

/// The unit at the top of the tree; `None` in a fresh installation.
pub async fn top(conn: &mut PgConnection) -> Result<Option<UnitId>, DbError> {
    let id = sqlx::query_scalar!("select id from unit where parent_id is null order by level, created_at, id limit 1")
        .fetch_optional(conn)
        .await?;
    Ok(id.map(UnitId))
}

/// The unit is one of the scope.
pub async fn is_within(conn: &mut PgConnection, scope: &Scope, unit: UnitId) -> Result<(), DbError> {
    sqlx::query_scalar!(
        r#"select 1 as "one!" from unit where id = $2 and id in (select unit_id from unit_within($1))"#,
        scope.units(),
        unit.0,
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// Those of `units` that lie within the scope.
pub async fn within(conn: &mut PgConnection, scope: &Scope, units: &[UnitId]) -> Result<Vec<UnitId>, DbError> {
    let units: Vec<Uuid> = units.iter().map(|unit| unit.0).collect();
    let found = sqlx::query_scalar!(
        "select distinct unit_id from unit_closure where unit_id = any ($2) and ancestor_id = any ($1)",
        scope.units(),
        &units,
    )
    .fetch_all(conn)
    .await?;
    Ok(found.into_iter().map(UnitId).collect())
}

/// One of the keys is that of a thing whose unit lies outside the scope, or of such a unit. For a connection that row-level security
/// does not bind.
pub async fn is_any_outside(conn: &mut PgConnection, scope: &Scope, keys: &[Uuid]) -> Result<bool, DbError> {
    let found = sqlx::query_scalar!(
        r#"select exists (
               select from (
                   select id, unit_id from vehicle
                   union all select id, seen_by from device
                   union all select id, id from unit
                   union all select id, unit_id from account
                   union all select id, unit_id from account_grant
                   union all select id, unit_id from gb32960_platform
                   union all select id, unit_id from peer_platform
                   union all select id, unit_id from firmware_rollout
                   union all select id, unit_id from rule_change
                   union all select id, unit_id from local_role
                   union all select c.id, d.seen_by from terminal_command c join device d on d.id = c.device_id
                   union all select id, unit_id from sensitive_place
                   union all select id, unit_id from public_case
                   union all select f.id, v.unit_id from trip_finding f join vehicle v on v.id = f.vehicle_id
                   union all select p.id, v.unit_id from vehicle_document p join vehicle v on v.id = p.vehicle_id
                   union all select id, unit_id from driver
                   union all select s.id, v.unit_id from vehicle_seal s join vehicle v on v.id = s.vehicle_id
                   union all select id, unit_id from trip_request
                   union all select id, unit_id from dispatch_order
                   union all select id, unit_id from approval_flow
                   union all select e.id, o.unit_id from trip_expense e join dispatch_order o on o.id = e.order_id
                   union all select id, unit_id from allowance_account
                   union all select id, unit_id from allowance_adjustment
                   union all select d.id, v.unit_id from vehicle_defect d join vehicle v on v.id = d.vehicle_id
                   union all select id, unit_id from trip_plan
                   union all select id, unit_id from trip_route
                   union all select id, unit_id from accident_case
                   union all select id, unit_id from violation_case
                   union all select id, unit_id from supplier
                   union all select id, unit_id from repair_order
                   union all select p.id, v.unit_id from upkeep_plan p join vehicle v on v.id = p.vehicle_id
                   union all select k.id, v.unit_id from energy_card k join vehicle v on v.id = k.vehicle_id
                   union all select id, unit_id from vehicle_cost
                   union all select id, unit_id from cost_exception
                   union all select id, unit_id from supplier_contract
                   union all select id, unit_id from lifecycle_paper
               ) thing (id, unit_id)
               where id = any($2) and unit_id not in (select unit_id from unit_within($1))
           ) as "is_outside!""#,
        scope.units(),
        keys,
    )
    .fetch_one(conn)
    .await?;
    Ok(found)
}

/// The units of a scope, those above before those below, with those that were closed or merged.
pub async fn list(conn: &mut PgConnection, scope: &Scope) -> Result<Vec<Unit>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, parent_id, name, level, region_code, st_x(place) as "lon?", st_y(place) as "lat?", kind, credit_code, status
           from unit
           where id in (select unit_id from unit_within($1))
           order by level, region_code, name, id"#,
        scope.units(),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Unit::try_from).collect()
}

/// One unit of the scope.
pub async fn load(conn: &mut PgConnection, scope: &Scope, id: UnitId) -> Result<Unit, DbError> {
    sqlx::query_as!(
        Row,
        r#"select id, parent_id, name, level, region_code, st_x(place) as "lon?", st_y(place) as "lat?", kind, credit_code, status
           from unit
           where id = $2 and id in (select unit_id from unit_within($1))"#,
        scope.units(),
        id.0,
    )
    .fetch_one(conn)
    .await?
    .try_into()
}

/// A number that is another one after every change of any unit.
pub async fn revision(conn: &mut PgConnection) -> Result<i64, DbError> {
    Ok(sqlx::query_scalar!("select no from unit_revision").fetch_one(conn).await?)
}

/// For each place the name of the nearest unit within `reach`; all units count, a neighbour's gate is a place too.
pub async fn nearest(conn: &mut PgConnection, places: &[LonLat], reach: Distance) -> Result<Vec<Option<String>>, DbError> {
    let (lon, lat): (Vec<f64>, Vec<f64>) = places.iter().map(|place| (place.lon(), place.lat())).unzip();
    let rows = sqlx::query!(r#"select name as "name?" from unit_near($1, $2, $3) order by n"#, &lon, &lat, reach.metres(),)
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}
