//! Suppliers of cars (供应商), their contracts and cars as they are stored, and what people say of their trips.

use std::ops::Bound;

use chrono::{DateTime, Days, NaiveDate, Utc};
use dispatch::account::AccountId;
use dispatch::money::Money;
use dispatch::scope::Scope;
use dispatch::supplier::{Contract, ContractId, ContractKind, ContractPrice, SupplierId};
use dispatch::tariff::TariffClass;
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use sqlx::postgres::types::PgRange;
use telematics::id::VehicleId;

use crate::error::{DbError, unreadable};

/// A supplier with what people say of its cars' trips (供应商).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supplier {
    /// Key.
    pub id: SupplierId,
    /// Who keeps it in the register.
    pub unit: UnitId,
    /// Name of that unit.
    pub unit_name: String,
    /// Name.
    pub name: String,
    /// Whom to ask for.
    pub contact: String,
    /// Telephone.
    pub phone: String,
    /// Since when no new contracts are made.
    pub retired_at: Option<DateTime<Utc>>,
    /// Trips of its cars that are back.
    pub trips: i64,
    /// Those that were rated.
    pub ratings: i64,
    /// What was said, in hundredths of a star.
    pub stars_hundredths: Option<i32>,
}

/// A contract as it is kept (租赁合同).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Key.
    pub id: ContractId,
    /// With whom.
    pub supplier: SupplierId,
    /// Whose people use the cars.
    pub unit: UnitId,
    /// Name of that unit.
    pub unit_name: String,
    /// What was signed.
    pub contract: Contract,
}

/// A car of a contract (供应商车辆).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupplierCar {
    /// Which car.
    pub vehicle: VehicleId,
    /// By which contract.
    pub contract: ContractId,
    /// Plate.
    pub plate: String,
    /// Make and model.
    pub model: String,
    /// Seats, the driver's included.
    pub seats: i16,
    /// What drives it.
    pub powertrain: String,
    /// Its last day here.
    pub returned_on: Option<NaiveDate>,
}

/// On which terms a car is here (用车条件).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// By which contract.
    pub contract: ContractId,
    /// Its number.
    pub number: String,
    /// Name of the supplier.
    pub supplier: String,
    /// What it costs.
    pub price: ContractPrice,
    /// What is said of the supplier, in hundredths of a star.
    pub stars_hundredths: Option<i32>,
}

/// Enters a supplier of a unit of the scope. [`DbError::NotFound`] for a unit outside.
pub async fn insert(
    conn: &mut PgConnection,
    scope: &Scope,
    (id, unit): (SupplierId, UnitId),
    (name, contact, phone): (&str, &str, &str),
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "insert into supplier (id, unit_id, name, contact, phone, created_by, created_at)
         select $1, u.id, $3, $4, $5, $6, $7
         from unit u
         where u.id = $2 and u.id in (select unit_id from unit_within($8))
         returning id",
        id.0,
        unit.0,
        name,
        contact,
        phone,
        by.0,
        now,
        scope.units(),
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// The suppliers of the scope, or one of them; those who still supply first, by name.
pub async fn list(conn: &mut PgConnection, scope: &Scope, only: Option<SupplierId>) -> Result<Vec<Supplier>, DbError> {
    let rows = sqlx::query!(
        r#"select s.id, s.unit_id, u.name as unit_name, s.name, s.contact, s.phone, s.retired_at,
                  said.trips as "trips!", said.ratings as "ratings!", said.stars
           from supplier s
           join unit u on u.id = s.unit_id,
                lateral (select count(o.id) as trips, count(r.order_id) as ratings,
                                round(avg(r.attitude + r.appearance + r.driving) * 100 / 3)::integer as stars
                         from supplier_contract k
                         join supplier_car c on c.contract_id = k.id
                         join dispatch_order o on o.vehicle_id = c.vehicle_id and o.state in ('returned', 'settled')
                         left join trip_rating r on r.order_id = o.id
                         where k.supplier_id = s.id) said
           where s.unit_id in (select unit_id from unit_within($1))
             and ($2::uuid is null or s.id = $2)
           order by s.retired_at is not null, s.name, s.id"#,
        scope.units(),
        only.map(|id| id.0),
    )
    .fetch_all(conn)
    .await?;
    let suppliers = rows.into_iter().map(|row| Supplier {
        id: SupplierId(row.id),
        unit: UnitId(row.unit_id),
        unit_name: row.unit_name,
        name: row.name,
        contact: row.contact,
        phone: row.phone,
        retired_at: row.retired_at,
        trips: row.trips,
        ratings: row.ratings,
        stars_hundredths: row.stars,
    });
    Ok(suppliers.collect())
}

/// One of them.
pub async fn load(conn: &mut PgConnection, scope: &Scope, id: SupplierId) -> Result<Supplier, DbError> {
    list(conn, scope, Some(id)).await?.into_iter().next().ok_or(DbError::NotFound)
}

/// No new contracts with a supplier of the scope from now on. [`DbError::NotFound`] when that was said already.
pub async fn retire(conn: &mut PgConnection, scope: &Scope, id: SupplierId, now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "update supplier set retired_at = $2
         where id = $1 and retired_at is null and unit_id in (select unit_id from unit_within($3))
         returning id",
        id.0,
        now,
        scope.units(),
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// Signs a contract for a unit of the scope with a supplier that still supplies.
pub async fn sign(
    conn: &mut PgConnection,
    scope: &Scope,
    (id, supplier, unit): (ContractId, SupplierId, UnitId),
    contract: &Contract,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let classes: Vec<&str> = contract.classes.iter().map(|class| class.as_str()).collect();
    let (day, km, hour) = match contract.price {
        ContractPrice::Rental { day_fen, km_fen } => (Some(day_fen.fen()), Some(km_fen.fen()), None),
        ContractPrice::TimeShare { hour_fen } => (None, None, Some(hour_fen.fen())),
    };
    sqlx::query_scalar!(
        "insert into supplier_contract (id, supplier_id, unit_id, number, kind, classes, during, day_fen, km_fen, hour_fen, created_by,
             created_at)
         select $1, s.id, u.id, $4, $5, $6, $7, $8, $9, $10, $11, $12
         from supplier s, unit u
         where s.id = $2 and s.retired_at is null and s.unit_id in (select unit_id from unit_within($13))
           and u.id = $3 and u.id in (select unit_id from unit_within($13))
         returning id",
        id.0,
        supplier.0,
        unit.0,
        contract.number,
        contract.price.kind().as_str(),
        &classes as &[&str],
        days(contract.first, contract.last),
        day,
        km,
        hour,
        by.0,
        now,
        scope.units(),
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// The contracts of units of the scope, or one of them, the newest first.
pub async fn contracts(conn: &mut PgConnection, scope: &Scope, only: Option<ContractId>) -> Result<Vec<Signed>, DbError> {
    let rows = sqlx::query!(
        r#"select k.id, k.supplier_id, k.unit_id, u.name as unit_name, k.number, k.kind, k.classes, lower(k.during) as "first!",
                  upper(k.during) - 1 as "last!", k.day_fen, k.km_fen, k.hour_fen
           from supplier_contract k
           join unit u on u.id = k.unit_id
           where k.unit_id in (select unit_id from unit_within($1))
             and ($2::uuid is null or k.id = $2)
           order by lower(k.during) desc, k.number"#,
        scope.units(),
        only.map(|id| id.0),
    )
    .fetch_all(conn)
    .await?;
    let signed = rows.into_iter().map(|row| {
        let classes = row.classes.iter().map(|class| class.parse::<TariffClass>().map_err(unreadable));
        Ok(Signed {
            id: ContractId(row.id),
            supplier: SupplierId(row.supplier_id),
            unit: UnitId(row.unit_id),
            unit_name: row.unit_name,
            contract: Contract {
                number: row.number,
                classes: classes.collect::<Result<_, _>>()?,
                first: row.first,
                last: row.last,
                price: price(&row.kind, [row.day_fen, row.km_fen, row.hour_fen])?,
            },
        })
    });
    signed.collect()
}

/// Ends a contract of the scope with another last day, an earlier one.
pub async fn end(conn: &mut PgConnection, scope: &Scope, id: ContractId, last: NaiveDate) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "update supplier_contract set during = daterange(lower(during), $2)
         where id = $1 and $2 > lower(during) and $2 <= upper(during) and unit_id in (select unit_id from unit_within($3))
         returning id",
        id.0,
        last + Days::new(1),
        scope.units(),
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// A car that is in the register of the contract's unit is one of the supplier's.
pub async fn add_car(
    conn: &mut PgConnection,
    contract: ContractId,
    vehicle: VehicleId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!("insert into supplier_car (vehicle_id, contract_id, added_at) values ($1, $2, $3)", vehicle.0, contract.0, now)
        .execute(conn)
        .await?;
    Ok(())
}

/// The cars of contracts of the scope, by plate.
pub async fn cars(conn: &mut PgConnection, scope: &Scope) -> Result<Vec<SupplierCar>, DbError> {
    let rows = sqlx::query!(
        "select c.vehicle_id, c.contract_id, v.plate, v.model, v.seats, v.powertrain, c.returned_on
         from supplier_car c
         join vehicle v on v.id = c.vehicle_id
         where v.unit_id in (select unit_id from unit_within($1))
         order by v.plate",
        scope.units(),
    )
    .fetch_all(conn)
    .await?;
    let cars = rows.into_iter().map(|row| SupplierCar {
        vehicle: VehicleId(row.vehicle_id),
        contract: ContractId(row.contract_id),
        plate: row.plate,
        model: row.model,
        seats: row.seats,
        powertrain: row.powertrain,
        returned_on: row.returned_on,
    });
    Ok(cars.collect())
}

/// A car of the scope goes back to its supplier after that day, and is gone from the register. [`DbError::NotFound`] when it did.
pub async fn give_back(conn: &mut PgConnection, scope: &Scope, vehicle: VehicleId, on: NaiveDate) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "update supplier_car c set returned_on = $2
         from vehicle v
         where c.vehicle_id = $1 and c.returned_on is null and v.id = c.vehicle_id and v.unit_id in (select unit_id from unit_within($3))
         returning c.vehicle_id",
        vehicle.0,
        on,
        scope.units(),
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// On which terms a car is here; `None` for a car of a unit itself.
pub async fn terms(conn: &mut PgConnection, vehicle: VehicleId) -> Result<Option<Terms>, DbError> {
    let row = sqlx::query!(
        r#"select contract_id as "contract_id!", number as "number!", supplier as "supplier!", kind as "kind!", day_fen, km_fen, hour_fen,
                  stars_hundredths
           from supplier_terms($1)"#,
        vehicle.0,
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Terms {
            contract: ContractId(row.contract_id),
            number: row.number,
            supplier: row.supplier,
            price: price(&row.kind, [row.day_fen, row.km_fen, row.hour_fen])?,
            stars_hundredths: row.stars_hundredths,
        })
    })
    .transpose()
}

/// Which of these cars are suppliers' and have a contract for those days.
pub async fn in_contract(
    conn: &mut PgConnection,
    vehicles: &[VehicleId],
    (first, last): (NaiveDate, NaiveDate),
) -> Result<Vec<VehicleId>, DbError> {
    let ids: Vec<_> = vehicles.iter().map(|vehicle| vehicle.0).collect();
    let found = sqlx::query_scalar!(
        "select c.vehicle_id
         from supplier_car c
         join supplier_contract k on k.id = c.contract_id
         where c.vehicle_id = any ($1) and k.during @> $2::date and k.during @> $3::date and (c.returned_on is null or c.returned_on >= $3)",
        &ids,
        first,
        last,
    );
    Ok(found.fetch_all(conn).await?.into_iter().map(VehicleId).collect())
}

/// What a time-share car has cost since `from`, before `to`; held until the transaction ends.
pub async fn spent(
    conn: &mut PgConnection,
    vehicle: VehicleId,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Money, DbError> {
    let spent = sqlx::query_scalar!("select time_share_spent($1, $2, $3)", vehicle.0, from, to).fetch_one(conn).await?;
    Ok(Money::from_fen(spent.unwrap_or_default()))
}

fn price(kind: &str, [day, km, hour]: [Option<i64>; 3]) -> Result<ContractPrice, DbError> {
    let fen = |fen: Option<i64>| Money::from_fen(fen.unwrap_or_default());
    Ok(match kind.parse::<ContractKind>().map_err(unreadable)? {
        ContractKind::Rental => ContractPrice::Rental { day_fen: fen(day), km_fen: fen(km) },
        ContractKind::TimeShare => ContractPrice::TimeShare { hour_fen: fen(hour) },
    })
}

/// Days from the first to the last.
fn days(first: NaiveDate, last: NaiveDate) -> PgRange<NaiveDate> {
    PgRange { start: Bound::Included(first), end: Bound::Included(last) }
}
