//! Live state as the live map reads it, and the register of whose vehicle is whose, with word of its changes.

use chrono::{DateTime, Utc};
use dispatch::unit::UnitId;
use sqlx::postgres::PgListener;
use sqlx::{PgConnection, PgPool};
use telematics::id::VehicleNo;
use telematics::live::LiveState;

use crate::error::DbError;
use crate::pool::listener;

/// The channel on which the triggers of `vehicle` and `unit` speak.
const REGISTER_CHANGED: &str = "register_changed";

/// The last known state of every vehicle that was ever heard.
pub async fn load_all(conn: &mut PgConnection) -> Result<Vec<LiveState>, DbError> {
    let rows = sqlx::query!(r#"select vehicle_no, state::text as "state!" from vehicle_live"#).fetch_all(conn).await?;
    Ok(rows.into_iter().filter_map(|row| read(row.vehicle_no, &row.state)).collect())
}

/// States written after `since`, and the newest time of writing among them; for a web floor without a gateway beside it.
///
/// Transactions commit out of order: ask again with a `since` some seconds before the newest, and expect known states again.
pub async fn changed_since(
    conn: &mut PgConnection,
    since: DateTime<Utc>,
) -> Result<(Vec<LiveState>, Option<DateTime<Utc>>), DbError> {
    let rows =
        sqlx::query!(r#"select vehicle_no, state::text as "state!", updated_at from vehicle_live where updated_at > $1"#, since)
            .fetch_all(conn)
            .await?;
    let newest = rows.iter().map(|row| row.updated_at).max();
    Ok((rows.into_iter().filter_map(|row| read(row.vehicle_no, &row.state)).collect(), newest))
}

/// A state that another version wrote and this one cannot read is left out: the vehicle's next message replaces it.
fn read(no: i32, state: &str) -> Option<LiveState> {
    serde_json::from_str(state)
        .inspect_err(|error| tracing::warn!(vehicle.no = no, %error, "live state of vehicle {no} cannot be read"))
        .ok()
}

/// Whose vehicle is whose, and who stands above whom.
#[derive(Clone, Debug, Default)]
pub struct Register {
    /// Every vehicle with its unit, by number.
    pub vehicles: Vec<(VehicleNo, UnitId)>,
    /// Every unit with the one above it.
    pub units: Vec<(UnitId, Option<UnitId>)>,
}

/// Reads the whole register.
pub async fn register(conn: &mut PgConnection) -> Result<Register, DbError> {
    let vehicles = sqlx::query!("select no, unit_id from vehicle order by no").fetch_all(&mut *conn).await?;
    let units = sqlx::query!("select id, parent_id from unit").fetch_all(conn).await?;
    Ok(Register {
        vehicles: vehicles.into_iter().map(|row| (VehicleNo(row.no), UnitId(row.unit_id))).collect(),
        units: units.into_iter().map(|row| (UnitId(row.id), row.parent_id.map(UnitId))).collect(),
    })
}

/// Word of changes of the register.
#[derive(Debug)]
pub struct RegisterChanges(PgListener);

/// Listens for changes of the register; whoever listens first and reads then misses none.
pub async fn listen(pool: &PgPool) -> Result<RegisterChanges, DbError> {
    Ok(RegisterChanges(listener(pool, REGISTER_CHANGED).await?))
}

impl RegisterChanges {
    /// Returns when something may have changed; a lost connection counts as a change.
    pub async fn changed(&mut self) -> Result<(), DbError> {
        self.0.try_recv().await?;
        Ok(())
    }
}
