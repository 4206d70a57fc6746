//! The ledger of what cars cost (车辆费用台账): entered, taken back by its opposite, never changed; and the years that are closed.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use dispatch::account::AccountId;
use dispatch::expense::ExpenseKind;
use dispatch::money::Money;
use dispatch::rule::resolve::RuleVersionId;
use dispatch::running::cost::{CostHead, CostId, CostSource};
use dispatch::running::energy::{Energy, EnergyKind};
use dispatch::scope::Scope;
use dispatch::supplier::SupplierId;
use dispatch::trip::order::OrderId;
use dispatch::unit::UnitId;
use dispatch::vehicle::Powertrain;
use sqlx::PgConnection;
use telematics::id::VehicleId;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// Energy with its carbon, by the factor that was known then (能耗).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EnergyTaken {
    /// How much.
    pub energy: Energy,
    /// What that is; nothing where the register had no factor for the day.
    pub carbon: Option<Carbon>,
}

/// Carbon of energy that was taken (碳排放).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Carbon {
    /// Grams of carbon dioxide.
    pub g: i64,
    /// Kilograms a litre or a kilowatt-hour.
    pub factor: f64,
    /// Which version of the register said so.
    pub version: RuleVersionId,
}

/// An entry to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct NewCost {
    /// Key.
    pub id: CostId,
    /// Which car.
    pub vehicle: VehicleId,
    /// Whose cost.
    pub unit: UnitId,
    /// What for.
    pub head: CostHead,
    /// As it stands in the ledger: what came in is below nothing.
    pub amount: Money,
    /// On which day.
    pub on: NaiveDate,
    /// On which trip.
    pub order: Option<OrderId>,
    /// Of which vendor.
    pub supplier: Option<SupplierId>,
    /// Where it comes from.
    pub source: CostSource,
    /// What the source calls it.
    pub source_ref: Option<String>,
    /// Energy that was taken.
    pub energy: Option<EnergyTaken>,
    /// In words.
    pub note: String,
    /// The entry that it takes back.
    pub reverses: Option<CostId>,
    /// Who enters it.
    pub by: Option<AccountId>,
}

/// An entry as it is kept (车辆费用).
#[derive(Clone, Debug, PartialEq)]
pub struct Cost {
    /// What was entered.
    pub new: NewCost,
    /// Plate of the car.
    pub plate: String,
    /// Name of the unit.
    pub unit_name: String,
    /// Number of the trip's order.
    pub order_number: Option<String>,
    /// Name of the vendor.
    pub supplier_name: Option<String>,
    /// Somebody took it back.
    pub is_reversed: bool,
    /// Who entered it.
    pub posted_by: Option<String>,
    /// When.
    pub posted_at: DateTime<Utc>,
}

impl Cost {
    /// The carbon of the energy that it is about.
    pub fn carbon(&self) -> Option<Carbon> {
        self.new.energy?.carbon
    }

    /// Its opposite, which takes it back.
    pub fn opposite(&self, id: CostId, on: NaiveDate, reason: &str, by: AccountId) -> NewCost {
        let new = &self.new;
        let energy = new.energy.map(|taken| EnergyTaken {
            energy: Energy { amount: -taken.energy.amount, ..taken.energy },
            carbon: taken.carbon.map(|carbon| Carbon { g: -carbon.g, ..carbon }),
        });
        NewCost {
            id,
            amount: -new.amount,
            on,
            source: CostSource::Reversal,
            source_ref: None,
            energy,
            note: reason.to_owned(),
            reverses: Some(new.id),
            by: Some(by),
            ..new.clone()
        }
    }
}

/// Which entries; everything absent asks for all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// This one.
    pub id: Option<CostId>,
    /// Of this car.
    pub vehicle: Option<VehicleId>,
    /// Under this head.
    pub head: Option<CostHead>,
    /// Of this trip.
    pub order: Option<OrderId>,
    /// From this day on.
    pub from: Option<NaiveDate>,
    /// Up to and with this day.
    pub to: Option<NaiveDate>,
    /// Those after this one, in the order of the list.
    pub after: Option<CostId>,
}

/// Makes an entry. The constraints speak here: a closed year does not move, and what a source tells is entered once.
pub async fn insert(conn: &mut PgConnection, new: &NewCost, now: DateTime<Utc>) -> Result<(), DbError> {
    let amount =
        |kind: fn(EnergyKind) -> bool| new.energy.filter(|taken| kind(taken.energy.kind)).map(|taken| taken.energy.amount);
    let carbon = new.energy.and_then(|taken| taken.carbon);
    sqlx::query!(
        "insert into vehicle_cost (id, vehicle_id, unit_id, head, amount_fen, occurred_on, order_id, supplier_id, source, source_ref, energy,
             fuel_ml, energy_wh, carbon_g, factor, factor_version_id, note, reverses, posted_by, posted_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15::float8::numeric, $16, $17, $18, $19, $20)",
        new.id.0,
        new.vehicle.0,
        new.unit.0,
        new.head.as_str(),
        new.amount.fen(),
        new.on,
        new.order.map(|order| order.0),
        new.supplier.map(|supplier| supplier.0),
        new.source.as_str(),
        new.source_ref,
        new.energy.map(|taken| taken.energy.kind.as_str()),
        amount(|kind| kind != EnergyKind::Electric),
        amount(|kind| kind == EnergyKind::Electric),
        carbon.map(|carbon| carbon.g),
        carbon.map(|carbon| carbon.factor),
        carbon.map(|carbon| carbon.version.0),
        new.note,
        new.reverses.map(|id| id.0),
        new.by.map(|by| by.0),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Entries of units of the scope, at most `most`, the newest first.
pub async fn list(conn: &mut PgConnection, scope: &Scope, filter: Filter, most: i64) -> Result<Vec<Cost>, DbError> {
    let rows = sqlx::query!(
        r#"select c.id, c.vehicle_id, car.plate, c.unit_id, unit_label(c.unit_id) as unit_name, c.head, c.amount_fen, c.occurred_on, c.order_id,
                  (select o.number from dispatch_order o where o.id = c.order_id) as order_number, c.supplier_id,
                  supplier_label(c.supplier_id) as supplier_name, c.source, c.source_ref, c.energy, coalesce(c.fuel_ml, c.energy_wh) as quantity,
                  c.carbon_g, c.factor::float8 as factor, c.factor_version_id, c.note, c.reverses,
                  exists (select from vehicle_cost back where back.reverses = c.id) as "is_reversed!",
                  account_name(c.posted_by) as posted_by_name, c.posted_by, c.posted_at
           from vehicle_cost c
           cross join lateral vehicle_label(c.vehicle_id) as car
           where c.unit_id in (select unit_id from unit_within($1))
             and ($2::uuid is null or c.id = $2)
             and ($3::uuid is null or c.vehicle_id = $3)
             and ($4::text is null or c.head = $4)
             and ($5::uuid is null or c.order_id = $5)
             and ($6::date is null or c.occurred_on >= $6)
             and ($7::date is null or c.occurred_on <= $7)
             and ($8::uuid is null or c.id < $8)
           order by c.id desc
           limit $9"#,
        scope.units(),
        filter.id.map(|id| id.0),
        filter.vehicle.map(|id| id.0),
        filter.head.map(CostHead::as_str),
        filter.order.map(|id| id.0),
        filter.from,
        filter.to,
        filter.after.map(|id| id.0),
        most,
    )
    .fetch_all(conn)
    .await?;
    let kept = rows.into_iter().map(|row| {
        let kind = row.energy.map(|kind| kind.parse::<EnergyKind>()).transpose().map_err(unreadable)?;
        let carbon = match (row.carbon_g, row.factor, row.factor_version_id) {
            (Some(g), Some(factor), Some(version)) => Some(Carbon { g, factor, version: RuleVersionId(version) }),
            _ => None,
        };
        let energy = kind.zip(row.quantity).map(|(kind, amount)| EnergyTaken { energy: Energy { kind, amount }, carbon });
        Ok(Cost {
            new: NewCost {
                id: CostId(row.id),
                vehicle: VehicleId(row.vehicle_id),
                unit: UnitId(row.unit_id),
                head: row.head.parse().map_err(unreadable)?,
                amount: Money::from_fen(row.amount_fen),
                on: row.occurred_on,
                order: row.order_id.map(OrderId),
                supplier: row.supplier_id.map(SupplierId),
                source: row.source.parse().map_err(unreadable)?,
                source_ref: row.source_ref,
                energy,
                note: row.note,
                reverses: row.reverses.map(CostId),
                by: row.posted_by.map(AccountId),
            },
            plate: row.plate.unwrap_or_default(),
            unit_name: row.unit_name.unwrap_or_default(),
            order_number: row.order_number,
            supplier_name: row.supplier_name,
            is_reversed: row.is_reversed,
            posted_by: row.posted_by_name,
            posted_at: row.posted_at,
        })
    });
    kept.collect()
}

/// One of the scope.
pub async fn load(conn: &mut PgConnection, scope: &Scope, id: CostId) -> Result<Cost, DbError> {
    let filter = Filter { id: Some(id), ..Filter::default() };
    list(conn, scope, filter, 1).await?.into_iter().next().ok_or(DbError::NotFound)
}

/// What a source calls so was entered for the unit.
pub async fn is_entered(conn: &mut PgConnection, unit: UnitId, source: CostSource, source_ref: &str) -> Result<bool, DbError> {
    let entered = sqlx::query_scalar!(
        r#"select exists (select from vehicle_cost where unit_id = $1 and source = $2 and source_ref = $3) as "is_entered!""#,
        unit.0,
        source.as_str(),
        source_ref,
    );
    Ok(entered.fetch_one(conn).await?)
}

/// The journal of a trip of the car has the same: as much under the head, within so much time. It was paid with the card then.
pub async fn is_in_journal(
    conn: &mut PgConnection,
    vehicle: VehicleId,
    (head, amount): (CostHead, Money),
    at: DateTime<Utc>,
    within: TimeDelta,
) -> Result<bool, DbError> {
    let found = sqlx::query_scalar!(
        r#"select exists (select from trip_expense e
                          join dispatch_order o on o.id = e.order_id
                          where o.vehicle_id = $1 and e.kind = $2 and e.amount_fen = $3 and e.reverses is null
                            and e.occurred_at between $4 and $5
                            and exists (select from vehicle_cost c where c.source = 'expense' and c.source_ref = e.id::text)) as "is_there!""#,
        vehicle.0,
        head.as_str(),
        amount.fen(),
        at - within,
        at + within,
    );
    Ok(found.fetch_one(conn).await?)
}

/// A car of the scope by its plate, with its unit and what drives it.
pub async fn car_of_plate(conn: &mut PgConnection, scope: &Scope, plate: &str) -> Result<Option<(VehicleId, UnitId)>, DbError> {
    let found = sqlx::query!(
        "select id, unit_id from vehicle where plate = $2 and unit_id in (select unit_id from unit_within($1))",
        scope.units(),
        plate,
    );
    Ok(found.fetch_optional(conn).await?.map(|row| (VehicleId(row.id), UnitId(row.unit_id))))
}

/// A car of the scope by its key, with its unit.
pub async fn car_of_id(
    conn: &mut PgConnection,
    scope: &Scope,
    vehicle: VehicleId,
) -> Result<Option<(VehicleId, UnitId)>, DbError> {
    let found = sqlx::query_scalar!(
        "select unit_id from vehicle where id = $2 and unit_id in (select unit_id from unit_within($1))",
        scope.units(),
        vehicle.0,
    );
    Ok(found.fetch_optional(conn).await?.map(|unit| (vehicle, UnitId(unit))))
}

/// An order by its number, with its car.
pub async fn order_of_number(conn: &mut PgConnection, number: &str) -> Result<Option<(OrderId, VehicleId)>, DbError> {
    let found = sqlx::query!("select id, vehicle_id from dispatch_order where number = $1", number);
    Ok(found.fetch_optional(conn).await?.map(|row| (OrderId(row.id), VehicleId(row.vehicle_id))))
}

/// The last year that is closed for a unit, by it or by a unit above.
pub async fn closed_through(conn: &mut PgConnection, unit: UnitId) -> Result<Option<i32>, DbError> {
    Ok(sqlx::query_scalar!("select closed_through($1)", unit.0).fetch_one(conn).await?.map(i32::from))
}

/// A year that is closed (封账年度).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedYear {
    /// For whom, with the units below.
    pub unit: UnitId,
    /// Name of that unit.
    pub unit_name: String,
    /// Which.
    pub year: i16,
    /// Who closed it.
    pub closed_by: String,
    /// When.
    pub closed_at: DateTime<Utc>,
}

/// Closes a year for a unit of the scope and those below. [`DbError::NotFound`] for a unit outside.
pub async fn close_year(
    conn: &mut PgConnection,
    scope: &Scope,
    unit: UnitId,
    year: i16,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "insert into closed_year (unit_id, year, closed_by, closed_at)
         select u.id, $2, $3, $4 from unit u where u.id = $1 and u.id in (select unit_id from unit_within($5))
         returning unit_id",
        unit.0,
        year,
        by.0,
        now,
        scope.units(),
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// The closed years of units of the scope and of those above, the newest first.
pub async fn closed_years(conn: &mut PgConnection) -> Result<Vec<ClosedYear>, DbError> {
    let rows = sqlx::query!(
        r#"select unit_id, unit_label(unit_id) as "unit_name!", year, account_name(closed_by) as "closed_by!", closed_at
           from closed_year
           order by year desc, closed_at desc"#,
    )
    .fetch_all(conn)
    .await?;
    let years = rows.into_iter().map(|row| ClosedYear {
        unit: UnitId(row.unit_id),
        unit_name: row.unit_name,
        year: row.year,
        closed_by: row.closed_by,
        closed_at: row.closed_at,
    });
    Ok(years.collect())
}

/// Something that was paid on a trip and is not in the ledger yet (待入账行车费用).
#[derive(Clone, Debug, PartialEq)]
pub struct Unposted {
    /// Key of the expense.
    pub expense: Uuid,
    /// What for.
    pub kind: ExpenseKind,
    /// How much.
    pub amount: Money,
    /// When.
    pub at: DateTime<Utc>,
    /// Litres or kilowatt-hours.
    pub quantity: Option<f64>,
    /// On which trip.
    pub order: OrderId,
    /// With which car.
    pub vehicle: VehicleId,
    /// What drives it.
    pub powertrain: Powertrain,
    /// Whose car it was.
    pub unit: UnitId,
    /// When the trip was settled.
    pub settled_at: DateTime<Utc>,
}

/// Expenses of settled trips that are costs of the car and not in the ledger yet, at most `most`; what a card of the car paid within so
/// much time is there already. For a job: it looks at all units.
pub async fn unposted(conn: &mut PgConnection, within: TimeDelta, most: i64) -> Result<Vec<Unposted>, DbError> {
    let rows = sqlx::query!(
        r#"select e.id, e.kind, e.amount_fen, e.occurred_at, coalesce(e.fuel_l, e.energy_kwh) as quantity, o.id as order_id, o.vehicle_id,
                  v.powertrain, o.fleet_unit_id, o.settled_at as "settled_at!"
           from dispatch_order o
           join trip_expense e on e.order_id = o.id
           join vehicle v on v.id = o.vehicle_id
           where o.state = 'settled' and o.settled_at is not null and e.reverses is null and e.kind not in ('meal', 'lodging')
             and not exists (select from trip_expense back where back.reverses = e.id)
             and not exists (select from vehicle_cost c
                             where c.unit_id = o.fleet_unit_id and c.source = 'expense' and c.source_ref = e.id::text)
             and not (e.kind in ('fuel', 'charge')
                      and exists (select from card_use t
                                  join energy_card k on k.id = t.card_id
                                  where k.vehicle_id = o.vehicle_id and t.amount_fen = e.amount_fen and t.act = 'take' and t.refused = '{}'
                                    and t.at between e.occurred_at - make_interval(secs => $1) and e.occurred_at + make_interval(secs => $1)))
           order by o.settled_at, e.seq
           limit $2"#,
        within.as_seconds_f64(),
        most,
    )
    .fetch_all(conn)
    .await?;
    let unposted = rows.into_iter().map(|row| {
        Ok(Unposted {
            expense: row.id,
            kind: row.kind.parse().map_err(unreadable)?,
            amount: Money::from_fen(row.amount_fen),
            at: row.occurred_at,
            quantity: row.quantity,
            order: OrderId(row.order_id),
            vehicle: VehicleId(row.vehicle_id),
            powertrain: row.powertrain.parse().map_err(unreadable)?,
            unit: UnitId(row.fleet_unit_id),
            settled_at: row.settled_at,
        })
    });
    unposted.collect()
}
