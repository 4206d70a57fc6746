//! Which cars and drivers there are for a trip (候选车辆与驾驶员), with what the rules ask of them.

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::account::AccountId;
use dispatch::driver::{Driver, DriverId};
use dispatch::scope::Scope;
use dispatch::trip::candidate::Candidate;
use dispatch::unit::UnitId;
use dispatch::vehicle::VehicleStatus;
use sqlx::PgConnection;
use sqlx::postgres::types::PgRange;
use telematics::id::{VehicleId, VehicleNo};
use telematics::live::LiveState;
use telematics::place::LonLat;
use telematics::quantity::{Distance, Share};
use uuid::Uuid;

use crate::error::{DbError, unreadable};
use crate::trip_request::during;
use crate::trip_request::listing::end;

/// A car as it is chosen: what the rules look at, and what people see of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Car {
    /// What the rules look at.
    pub candidate: Candidate,
    /// Its number.
    pub no: VehicleNo,
    /// Plate.
    pub plate: String,
    /// Make and model.
    pub model: String,
    /// Name of its unit.
    pub unit_name: String,
    /// Where it is.
    pub place: Option<LonLat>,
    /// State of charge, per cent.
    pub soc_pct: Option<f64>,
    /// Fuel, per cent of the tank.
    pub fuel_pct: Option<f64>,
}

/// A driver as one is chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The file.
    pub driver: Driver,
    /// Until when another order has the driver, where that is in the way.
    pub taken_until: Option<DateTime<Utc>>,
}

/// When a car or a driver is wanted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct When {
    /// From.
    pub from: DateTime<Utc>,
    /// Up to.
    pub to: DateTime<Utc>,
}

struct CarRow {
    id: Uuid,
    no: i32,
    unit_id: Uuid,
    unit_name: String,
    plate: String,
    model: String,
    category: String,
    powertrain: String,
    seats: i16,
    status: String,
    state: Option<String>,
    is_sealed: bool,
    is_in_shop: bool,
    taken: Option<PgRange<DateTime<Utc>>>,
}

impl CarRow {
    fn car(self, near: LonLat) -> Result<Car, DbError> {
        // A state that another version wrote is left out, as on the map: the car's next message replaces it.
        let live: Option<LiveState> = self.state.and_then(|state| serde_json::from_str(&state).ok());
        let place = live.as_ref().and_then(|live| live.fix.as_ref()).map(|fix| fix.at);
        let reading = live.map(|live| live.reading).unwrap_or_default();
        let status: VehicleStatus = self.status.parse().map_err(unreadable)?;
        let candidate = Candidate {
            vehicle: VehicleId(self.id),
            unit: UnitId(self.unit_id),
            category: self.category.parse().map_err(unreadable)?,
            powertrain: self.powertrain.parse().map_err(unreadable)?,
            seats: u32::try_from(self.seats).unwrap_or_default(),
            status,
            is_sealed: self.is_sealed || status == VehicleStatus::Sealed,
            is_in_shop: self.is_in_shop,
            taken_until: self.taken.map(|taken| end(&taken.end)),
            away: place.map(|place| place.distance_to(near)),
            range: None::<Distance>,
        };
        Ok(Car {
            candidate,
            no: VehicleNo(self.no),
            plate: self.plate,
            model: self.model,
            unit_name: self.unit_name,
            place,
            soc_pct: reading.soc.map(Share::pct),
            fuel_pct: reading.fuel_share.map(Share::pct),
        })
    }
}

/// The cars of a fleet and its units below, or the one that is named, as they are for that time; cars that are gone are left out.
pub async fn cars(
    conn: &mut PgConnection,
    scope: &Scope,
    fleet: UnitId,
    only: Option<VehicleId>,
    near: LonLat,
    when: When,
) -> Result<Vec<Car>, DbError> {
    let rows = sqlx::query_as!(
        CarRow,
        r#"select v.id, v.no, v.unit_id, u.name as unit_name, v.plate, v.model, v.category, v.powertrain, v.seats, v.status,
                  live.state::text as state,
                  exists (select from vehicle_seal s where s.vehicle_id = v.id and s.during && $4) as "is_sealed!",
                  vehicle_in_shop(v.id, $4, '-infinity') as "is_in_shop!",
                  (select o.taken from dispatch_order o
                   where o.vehicle_id = v.id and o.taken && $4 and o.state not in ('declined', 'cancelled')
                   order by upper(o.taken) desc limit 1) as taken
           from vehicle v
           join unit u on u.id = v.unit_id
           left join vehicle_live live on live.vehicle_no = v.no
           where v.unit_id in (select unit_id from unit_within($1))
             and case when $3::uuid is null then v.unit_id in (select unit_id from unit_within(array[$2::uuid])) else v.id = $3 end
             and v.status <> 'disposed'
           order by v.plate"#,
        scope.units(),
        fleet.0,
        only.map(|vehicle| vehicle.0),
        during(when.from, when.to),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| row.car(near)).collect()
}

struct DriverRow {
    id: Uuid,
    unit_id: Uuid,
    account_id: Option<Uuid>,
    name: String,
    phone: String,
    licence_class: String,
    licence_tail: String,
    licence_until: NaiveDate,
    status: String,
    joined_on: NaiveDate,
    taken: Option<PgRange<DateTime<Utc>>>,
}

impl TryFrom<DriverRow> for Choice {
    type Error = DbError;

    fn try_from(row: DriverRow) -> Result<Self, DbError> {
        let driver = Driver {
            id: DriverId(row.id),
            unit: UnitId(row.unit_id),
            account: row.account_id.map(AccountId),
            name: row.name,
            phone: row.phone,
            licence: row.licence_class.parse().map_err(unreadable)?,
            licence_tail: row.licence_tail,
            licence_until: row.licence_until,
            status: row.status.parse().map_err(unreadable)?,
            joined_on: row.joined_on,
        };
        Ok(Self { driver, taken_until: row.taken.map(|taken| end(&taken.end)) })
    }
}

/// The drivers of a fleet and its units below, or the one that is named, as they are for that time; those who left are left out.
pub async fn drivers(
    conn: &mut PgConnection,
    scope: &Scope,
    fleet: UnitId,
    only: Option<DriverId>,
    when: When,
) -> Result<Vec<Choice>, DbError> {
    let rows = sqlx::query_as!(
        DriverRow,
        r#"select d.id, d.unit_id, d.account_id, d.name, d.phone, d.licence_class, d.licence_tail, d.licence_until, d.status, d.joined_on,
                  (select o.taken from dispatch_order o
                   where o.driver_id = d.id and o.taken && $4 and o.state not in ('declined', 'cancelled')
                   order by upper(o.taken) desc limit 1) as taken
           from driver d
           where d.unit_id in (select unit_id from unit_within($1))
             and case when $3::uuid is null then d.unit_id in (select unit_id from unit_within(array[$2::uuid])) else d.id = $3 end
             and d.status <> 'left'
           order by d.name, d.id"#,
        scope.units(),
        fleet.0,
        only.map(|driver| driver.0),
        during(when.from, when.to),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Choice::try_from).collect()
}
