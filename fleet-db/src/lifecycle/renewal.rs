//! Cars that may be renewed (待更新车辆): how old they are, how far they have been driven, and whether one is on its way in their stead.

use chrono::NaiveDate;
use dispatch::lifecycle::standard::VehicleBody;
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use dispatch::vehicle::{Powertrain, VehicleCategory};
use sqlx::PgConnection;
use telematics::id::VehicleId;

use crate::error::{DbError, unreadable};

/// A car by its age (车龄情况).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aged {
    /// Which car.
    pub vehicle: VehicleId,
    /// Its plate.
    pub plate: String,
    /// Make and model.
    pub model: String,
    /// Whose it is.
    pub unit: UnitId,
    /// Name of that unit.
    pub unit_name: String,
    /// What it is for.
    pub category: VehicleCategory,
    /// What drives it.
    pub powertrain: Powertrain,
    /// First registration.
    pub registered_on: NaiveDate,
    /// Its body.
    pub body: VehicleBody,
    /// The greatest odometer that an order or a terminal told of.
    pub odometer_km: i32,
    /// Number of the indicator by which another comes.
    pub indicator: Option<String>,
}

/// The oldest cars of the scope whose first registration is known, the oldest first.
pub async fn oldest(conn: &mut PgConnection, scope: &Scope, limit: i64) -> Result<Vec<Aged>, DbError> {
    let rows = sqlx::query!(
        r#"select v.id, v.plate, v.model, v.unit_id, u.name as unit_name, v.category, v.powertrain, r.registered_on, r.body,
                  coalesce(vehicle_odometer_km(v.id), 0) as "odometer_km!",
                  (select i.number from lifecycle_paper i
                   where i.vehicle_id = v.id and i.paper = 'indicator'
                     and i.state in ('applied', 'reviewed', 'issued', 'reserved', 'used')) as indicator
           from establishment_held($1) h
           join vehicle v on v.id = h.vehicle_id
           join vehicle_registration r on r.vehicle_id = v.id
           join unit u on u.id = v.unit_id
           order by r.registered_on, v.plate
           limit $2"#,
        scope.units(),
        limit,
    )
    .fetch_all(conn)
    .await?;
    let cars = rows.into_iter().map(|row| {
        Ok(Aged {
            vehicle: VehicleId(row.id),
            plate: row.plate,
            model: row.model,
            unit: UnitId(row.unit_id),
            unit_name: row.unit_name,
            category: row.category.parse().map_err(unreadable)?,
            powertrain: row.powertrain.parse().map_err(unreadable)?,
            registered_on: row.registered_on,
            body: row.body.parse().map_err(unreadable)?,
            odometer_km: row.odometer_km,
            indicator: row.indicator,
        })
    });
    cars.collect()
}
