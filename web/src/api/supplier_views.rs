//! What the API says of suppliers: the supplier, its contracts, their cars.

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::scope::Scope;
use dispatch::supplier::{ContractPrice, SupplierId};
use dispatch::tariff::TariffClass;
use fleet_db::supplier::{self, Signed, Supplier, SupplierCar};
use fleet_db::{DbError, PgConnection};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Suppliers, those who still supply first.
#[derive(Serialize, ToSchema)]
pub(crate) struct SupplierList {
    pub(super) items: Vec<SupplierView>,
    /// The asker may enter suppliers, sign contracts and add cars.
    pub(super) may_change: bool,
}

/// A supplier with its contracts.
#[derive(Serialize, ToSchema)]
pub(crate) struct SupplierView {
    id: Uuid,
    unit_id: Uuid,
    unit_name: String,
    name: String,
    contact: String,
    phone: String,
    /// Since when no new contracts are made with it.
    retired_at: Option<DateTime<Utc>>,
    /// Trips of its cars that are back, and those of them that were rated.
    trips: i64,
    ratings: i64,
    /// What was said of them, in hundredths of a star; null where nothing was.
    stars_hundredths: Option<i32>,
    /// The newest first.
    contracts: Vec<ContractView>,
}

/// A contract with its cars.
#[derive(Serialize, ToSchema)]
pub(crate) struct ContractView {
    id: Uuid,
    unit_id: Uuid,
    unit_name: String,
    number: String,
    /// `rental` or `time_share`.
    kind: &'static str,
    /// `sedan`, `business_suv`, `minibus` or `bus`.
    classes: Vec<&'static str>,
    first: NaiveDate,
    last: NaiveDate,
    /// Of a rented car: a day, and a kilometre.
    day_fen: Option<i64>,
    km_fen: Option<i64>,
    /// Of a time-share car: a started hour.
    hour_fen: Option<i64>,
    cars: Vec<SupplierCarView>,
}

/// A car of a contract.
#[derive(Serialize, ToSchema)]
pub(crate) struct SupplierCarView {
    vehicle_id: Uuid,
    plate: String,
    model: String,
    seats: i16,
    powertrain: String,
    /// Its last day here; null: it is here.
    returned_on: Option<NaiveDate>,
}

impl From<&SupplierCar> for SupplierCarView {
    fn from(car: &SupplierCar) -> Self {
        Self {
            vehicle_id: car.vehicle.0,
            plate: car.plate.clone(),
            model: car.model.clone(),
            seats: car.seats,
            powertrain: car.powertrain.clone(),
            returned_on: car.returned_on,
        }
    }
}

impl ContractView {
    fn new(signed: &Signed, cars: &[SupplierCar]) -> Self {
        let contract = &signed.contract;
        let (day_fen, km_fen, hour_fen) = match contract.price {
            ContractPrice::Rental { day_fen, km_fen } => (Some(day_fen.fen()), Some(km_fen.fen()), None),
            ContractPrice::TimeShare { hour_fen } => (None, None, Some(hour_fen.fen())),
        };
        Self {
            id: signed.id.0,
            unit_id: signed.unit.0,
            unit_name: signed.unit_name.clone(),
            number: contract.number.clone(),
            kind: contract.price.kind().as_str(),
            classes: contract.classes.iter().copied().map(TariffClass::as_str).collect(),
            first: contract.first,
            last: contract.last,
            day_fen,
            km_fen,
            hour_fen,
            cars: cars.iter().filter(|car| car.contract == signed.id).map(SupplierCarView::from).collect(),
        }
    }
}

impl SupplierView {
    fn new(supplier: Supplier, signed: &[Signed], cars: &[SupplierCar]) -> Self {
        let own = signed.iter().filter(|signed| signed.supplier == supplier.id);
        Self {
            id: supplier.id.0,
            unit_id: supplier.unit.0,
            unit_name: supplier.unit_name,
            name: supplier.name,
            contact: supplier.contact,
            phone: supplier.phone,
            retired_at: supplier.retired_at,
            trips: supplier.trips,
            ratings: supplier.ratings,
            stars_hundredths: supplier.stars_hundredths,
            contracts: own.map(|signed| ContractView::new(signed, cars)).collect(),
        }
    }
}

/// The suppliers of the scope with their contracts and cars, or one of them.
pub(super) async fn views(
    conn: &mut PgConnection,
    scope: &Scope,
    only: Option<SupplierId>,
) -> Result<Vec<SupplierView>, DbError> {
    let suppliers = supplier::list(conn, scope, only).await?;
    let (signed, cars) = (supplier::contracts(conn, scope, None).await?, supplier::cars(conn, scope).await?);
    Ok(suppliers.into_iter().map(|supplier| SupplierView::new(supplier, &signed, &cars)).collect())
}
