//! Units: the tree of organisations, as far as a scope reaches.

use chrono::{DateTime, Utc};
use dispatch::scope::Scope;
use dispatch::unit::{Unit, UnitId};
use sqlx::PgConnection;
use telematics::place::LonLat;
use telematics::quantity::Distance;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

struct Row {
    id: Uuid,
    parent_id: Option<Uuid>,
    name: String,
    level: i16,
    region_code: String,
    lon: Option<f64>,
    lat: Option<f64>,
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
        })
    }
}

/// Adds a unit.
pub async fn insert(conn: &mut PgConnection, unit: &Unit, now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query!(
        "insert into unit (id, parent_id, name, level, region_code, place, created_at)
         values ($1, $2, $3, $4, $5, st_setsrid(st_makepoint($6, $7), 4326), $8)",
        unit.id.0,
        unit.parent.map(|parent| parent.0),
        unit.name,
        i16::from(unit.level),
        unit.region.as_str(),
        unit.place.map(LonLat::lon),
        unit.place.map(LonLat::lat),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The unit at the top of the tree; `None` in a fresh installation.
pub async fn top(conn: &mut PgConnection) -> Result<Option<UnitId>, DbError> {
    let id = sqlx::query_scalar!("select id from unit where parent_id is null order by level, created_at, id limit 1")
        .fetch_optional(conn)
        .await?;
    Ok(id.map(UnitId))
}

/// The units of a scope, those above before those below.
pub async fn list(conn: &mut PgConnection, scope: Scope) -> Result<Vec<Unit>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, parent_id, name, level, region_code, st_x(place) as "lon?", st_y(place) as "lat?"
           from unit
           where id in (select unit_within($1))
           order by level, region_code, name, id"#,
        scope.top().0,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Unit::try_from).collect()
}

/// For each place the name of the nearest unit within `reach`; all units count, a neighbour's gate is a place too.
pub async fn nearest(conn: &mut PgConnection, places: &[LonLat], reach: Distance) -> Result<Vec<Option<String>>, DbError> {
    let (lon, lat): (Vec<f64>, Vec<f64>) = places.iter().map(|place| (place.lon(), place.lat())).unzip();
    // A degree of longitude is at least 19 km up to 80° north: the box is wide enough wherever there are units.
    let rows = sqlx::query!(
        r#"select found.name as "name?"
           from unnest($1::float8[], $2::float8[]) with ordinality as place (lon, lat, n)
           left join lateral (
               select unit.name
               from unit
               where unit.place && st_expand(st_setsrid(st_makepoint(place.lon, place.lat), 4326), $3::float8 / 19000)
                 and st_distance(unit.place::geography, st_makepoint(place.lon, place.lat)::geography) <= $3::float8
               order by st_distance(unit.place::geography, st_makepoint(place.lon, place.lat)::geography), unit.id
               limit 1
           ) as found on true
           order by place.n"#,
        &lon,
        &lat,
        reach.metres(),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}
