//! What a plan of renewal reckons with (更新规划依据): cars with their year behind them, their days, and the places that units have.

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::lifecycle::standard::VehicleBody;
use dispatch::money::Money;
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use dispatch::vehicle::{Powertrain, VehicleCategory};
use sqlx::PgConnection;
use telematics::id::VehicleId;

use crate::error::{DbError, unreadable};

/// A car with what its last year was (规划车辆).
#[derive(Clone, Debug, PartialEq)]
pub struct CarAhead {
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
    /// First registration and body, where they are known.
    pub registered: Option<(NaiveDate, VehicleBody)>,
    /// What it cost with its tax, where that is known.
    pub price: Option<Money>,
    /// The greatest odometer that an order told of.
    pub odometer_km: u32,
    /// Metres of its trips in the span.
    pub driven_m: u64,
    /// Days of the span on which it drove.
    pub days: u32,
    /// What running it cost in the span; nothing where the ledger has no entry.
    pub running: Option<Money>,
    /// Days in the shop.
    pub shop_days: u32,
    /// Number of the indicator by which another comes.
    pub indicator: Option<String>,
}

/// What a car drove on a day (用车日).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayAhead {
    /// Which car.
    pub vehicle: VehicleId,
    /// In Beijing.
    pub day: NaiveDate,
    /// Metres.
    pub metres: i64,
    /// When it left for the first time.
    pub first_at: DateTime<Utc>,
    /// When it came back the last time.
    pub last_at: DateTime<Utc>,
}

/// What a unit may have of a category (编制).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacesAhead {
    /// Which unit.
    pub unit: UnitId,
    /// Its name.
    pub unit_name: String,
    /// Of which category.
    pub category: VehicleCategory,
    /// How many cars it may have.
    pub authorised: u32,
    /// Places that an indicator promises.
    pub promised: u32,
}

/// Which days are looked at: from the first instant up to and without the other.
pub type Span = (DateTime<Utc>, DateTime<Utc>);

/// The cars of the units that take a place and do not wait to go, at most `most`, the oldest first.
pub async fn cars(
    conn: &mut PgConnection,
    units: &Scope,
    (since, until): Span,
    (first, last): (NaiveDate, NaiveDate),
    most: i64,
) -> Result<Vec<CarAhead>, DbError> {
    let rows = sqlx::query!(
        r#"select v.id, v.plate, v.model, v.unit_id, u.name as unit_name, v.category, v.powertrain, r.registered_on as "registered_on?",
                  r.body as "body?", r.price_fen + coalesce(r.tax_fen, 0) as price_fen,
                  coalesce(vehicle_odometer_km(v.id), 0) as "odometer_km!",
                  t.metres as "metres!", t.days as "days!", c.fen, s.days as "shop_days!",
                  (select i.number from lifecycle_paper i
                   where i.vehicle_id = v.id and i.paper = 'indicator'
                     and i.state in ('applied', 'reviewed', 'issued', 'reserved', 'used')) as indicator
           from establishment_held($1) h
           join vehicle v on v.id = h.vehicle_id and v.status <> 'awaiting_disposal'
           join unit u on u.id = v.unit_id
           left join vehicle_registration r on r.vehicle_id = v.id
           cross join lateral (select coalesce(sum(t.distance_m), 0)::bigint as metres,
                                      count(distinct (t.started_at at time zone 'Asia/Shanghai')::date) as days
                               from trip t
                               where t.vehicle_no = v.no and t.started_at >= $2 and t.started_at < $3) t
           cross join lateral (select sum(c.amount_fen)::bigint as fen
                               from vehicle_cost c
                               where c.vehicle_id = v.id and c.occurred_on between $4 and $5
                                 and c.head in ('fuel', 'charge', 'toll', 'parking', 'repair', 'upkeep', 'insurance', 'inspection', 'other')) c
           cross join lateral (select coalesce(sum(extract(epoch from least(upper(o.in_shop), $3) - greatest(lower(o.in_shop), $2)) / 86400),
                                               0)::integer as days
                               from repair_order o
                               where o.vehicle_id = v.id and o.state in ('in_shop', 'accepted', 'settled') and o.in_shop && tstzrange($2, $3)) s
           order by r.registered_on, v.plate
           limit $6"#,
        units.units(),
        since,
        until,
        first,
        last,
        most,
    )
    .fetch_all(conn)
    .await?;
    let cars = rows.into_iter().map(|row| {
        let body = row.body.map(|body| body.parse::<VehicleBody>().map_err(unreadable)).transpose()?;
        Ok(CarAhead {
            vehicle: VehicleId(row.id),
            plate: row.plate,
            model: row.model,
            unit: UnitId(row.unit_id),
            unit_name: row.unit_name,
            category: row.category.parse().map_err(unreadable)?,
            powertrain: row.powertrain.parse().map_err(unreadable)?,
            registered: row.registered_on.zip(body),
            price: row.price_fen.map(Money::from_fen),
            odometer_km: row.odometer_km.unsigned_abs(),
            driven_m: row.metres.unsigned_abs(),
            days: u32::try_from(row.days).unwrap_or(u32::MAX),
            running: row.fen.map(Money::from_fen),
            shop_days: row.shop_days.unsigned_abs(),
            indicator: row.indicator,
        })
    });
    cars.collect()
}

/// The days on which cars of the units drove in the span, car by car, the oldest first.
pub async fn days(conn: &mut PgConnection, units: &Scope, (since, until): Span) -> Result<Vec<DayAhead>, DbError> {
    let rows = sqlx::query!(
        r#"select v.id, (t.started_at at time zone 'Asia/Shanghai')::date as "day!", sum(t.distance_m)::bigint as "metres!",
                  min(t.started_at) as "first_at!", max(coalesce(t.ended_at, t.started_at)) as "last_at!"
           from establishment_held($1) h
           join vehicle v on v.id = h.vehicle_id
           join trip t on t.vehicle_no = v.no and t.started_at >= $2 and t.started_at < $3
           group by 1, 2
           order by 1, 2"#,
        units.units(),
        since,
        until,
    )
    .fetch_all(conn)
    .await?;
    let days = rows.into_iter().map(|row| DayAhead {
        vehicle: VehicleId(row.id),
        day: row.day,
        metres: row.metres,
        first_at: row.first_at,
        last_at: row.last_at,
    });
    Ok(days.collect())
}

/// What the units may have, category by category.
pub async fn places(conn: &mut PgConnection, units: &Scope, on: NaiveDate) -> Result<Vec<PlacesAhead>, DbError> {
    let rows = sqlx::query!(
        r#"select e.unit_id, u.name as unit_name, e.category, e.authorised,
                  (select count(*) from lifecycle_paper i
                   where i.paper = 'indicator' and i.unit_id = e.unit_id and i.category = e.category and i.facts ->> 'kind' = 'addition'
                     and (i.state in ('issued', 'reserved') and i.valid_until >= $2
                          or i.state = 'used' and exists (select from lifecycle_paper p
                                                          where p.indicator_id = i.id and p.paper = 'purchase'
                                                            and p.state not in ('registered', 'cancelled')))) as "promised!"
           from establishment e
           join unit u on u.id = e.unit_id
           where e.unit_id in (select w.unit_id from unit_within($1) w)
           order by u.name, e.unit_id, e.category"#,
        units.units(),
        on,
    )
    .fetch_all(conn)
    .await?;
    let places = rows.into_iter().map(|row| {
        Ok(PlacesAhead {
            unit: UnitId(row.unit_id),
            unit_name: row.unit_name,
            category: row.category.parse().map_err(unreadable)?,
            authorised: row.authorised.unsigned_abs(),
            promised: u32::try_from(row.promised).unwrap_or(u32::MAX),
        })
    });
    places.collect()
}
