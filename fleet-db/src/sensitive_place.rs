//! Sensitive places (敏感地点) as they are stored: a unit's own, and those of the units above it.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::reconcile::{SensitivePlace, SensitivePlaceId};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use telematics::place::LonLat;
use telematics::quantity::Distance;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// A place with whose it is (敏感地点).
#[derive(Clone, Debug, PartialEq)]
pub struct KeptPlace {
    /// Key.
    pub id: SensitivePlaceId,
    /// Whose.
    pub unit: UnitId,
    /// Name of that unit; `None` where the reader may not see it.
    pub unit_name: Option<String>,
    /// What and where it is.
    pub place: SensitivePlace,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

struct Row {
    id: Uuid,
    unit_id: Uuid,
    unit_name: Option<String>,
    name: String,
    class: String,
    lon: f64,
    lat: f64,
    radius_m: i32,
    created_at: DateTime<Utc>,
}

impl TryFrom<Row> for KeptPlace {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let place = SensitivePlace {
            name: row.name,
            class: row.class,
            place: LonLat::new(row.lon, row.lat).map_err(unreadable)?,
            radius: Distance::from_metres(f64::from(row.radius_m)),
        };
        Ok(Self {
            id: SensitivePlaceId(row.id),
            unit: UnitId(row.unit_id),
            unit_name: row.unit_name,
            place,
            created_at: row.created_at,
        })
    }
}

/// Enters a place. One name in a unit: a second one is a conflict.
pub async fn insert(
    conn: &mut PgConnection,
    id: SensitivePlaceId,
    unit: UnitId,
    place: &SensitivePlace,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    #[expect(clippy::cast_possible_truncation, reason = "held to 2 km by the schema")]
    let radius_m = place.radius.metres() as i32;
    sqlx::query!(
        "insert into sensitive_place (id, unit_id, name, class, place, radius_m, created_by, created_at)
         values ($1, $2, $3, $4, st_setsrid(st_makepoint($5, $6), 4326), $7, $8, $9)",
        id.0,
        unit.0,
        place.name,
        place.class,
        place.place.lon(),
        place.place.lat(),
        radius_m,
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The places that hold in the units of the scope: theirs, those below them and those of their superiors, by name.
pub async fn list(conn: &mut PgConnection, scope: &Scope) -> Result<Vec<KeptPlace>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select p.id, p.unit_id, u.name as "unit_name?", p.name, p.class, st_x(p.place) as "lon!", st_y(p.place) as "lat!",
                  p.radius_m, p.created_at
           from sensitive_place p
           left join unit u on u.id = p.unit_id
           where p.unit_id in (select unit_id from unit_within($1))
              or p.unit_id in (select c.ancestor_id from unit_closure c where c.unit_id = any($1))
           order by p.name, p.id"#,
        scope.units(),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(KeptPlace::try_from).collect()
}

/// Takes away a place of a unit of the scope; what it was. [`DbError::NotFound`] for those of superiors.
pub async fn delete(conn: &mut PgConnection, scope: &Scope, id: SensitivePlaceId) -> Result<KeptPlace, DbError> {
    sqlx::query_as!(
        Row,
        r#"delete from sensitive_place p
           where p.id = $2 and p.unit_id in (select unit_id from unit_within($1))
           returning p.id, p.unit_id, null::text as unit_name, p.name, p.class, st_x(p.place) as "lon!", st_y(p.place) as "lat!",
                     p.radius_m, p.created_at"#,
        scope.units(),
        id.0,
    )
    .fetch_one(conn)
    .await?
    .try_into()
}

/// Every place, with whose it is; for the service's own comparison.
pub(crate) async fn all(conn: &mut PgConnection) -> Result<Vec<KeptPlace>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select p.id, p.unit_id, null::text as unit_name, p.name, p.class, st_x(p.place) as "lon!", st_y(p.place) as "lat!",
                  p.radius_m, p.created_at
           from sensitive_place p
           order by p.id"#,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(KeptPlace::try_from).collect()
}
