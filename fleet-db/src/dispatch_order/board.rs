//! The dispatch board (派车看板): the cars of a unit in rows; their orders come from the listing.

use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use telematics::id::{VehicleId, VehicleNo};

use crate::error::DbError;

/// A row of the board: a car.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardRow {
    /// Key.
    pub id: VehicleId,
    /// Its number.
    pub no: VehicleNo,
    /// Plate.
    pub plate: String,
    /// Make and model.
    pub model: String,
    /// Seats, the driver's included.
    pub seats: i16,
    /// What drives it.
    pub powertrain: String,
    /// What it is for.
    pub category: String,
    /// Name of its unit.
    pub unit_name: String,
    /// Where it stands in its life.
    pub status: String,
}

/// The cars of the scope, of one unit and below where one is named; at most `most`, by plate.
pub async fn rows(conn: &mut PgConnection, scope: &Scope, unit: Option<UnitId>, most: i64) -> Result<Vec<BoardRow>, DbError> {
    let rows = sqlx::query!(
        "select v.id, v.no, v.plate, v.model, v.seats, v.powertrain, v.category, u.name as unit_name, v.status
         from vehicle v
         join unit u on u.id = v.unit_id
         where v.unit_id in (select unit_id from unit_within($1))
           and ($2::uuid is null or v.unit_id in (select unit_id from unit_within(array[$2::uuid])))
           and v.status not in ('disposed', 'awaiting_disposal')
         order by v.plate
         limit $3",
        scope.units(),
        unit.map(|unit| unit.0),
        most,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter().map(|row| BoardRow {
        id: VehicleId(row.id),
        no: VehicleNo(row.no),
        plate: row.plate,
        model: row.model,
        seats: row.seats,
        powertrain: row.powertrain,
        category: row.category,
        unit_name: row.unit_name,
        status: row.status,
    });
    Ok(rows.collect())
}
