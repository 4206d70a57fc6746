//! Who and what there is for a span of time (排班资源): the cars and drivers of a fleet, and when they are not to be had.

use chrono::{DateTime, Utc};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use dispatch::vehicle::{Powertrain, VehicleCategory, VehicleStatus};
use sqlx::PgConnection;
use sqlx::postgres::types::PgRange;
use telematics::id::VehicleId;
use telematics::live::LiveState;
use telematics::place::LonLat;
use uuid::Uuid;

use super::choice::When;
use crate::error::{DbError, unreadable};
use crate::trip_request::during;
use crate::trip_request::listing::end;

/// A car as a plan looks at it (排班车辆).
#[derive(Clone, Debug, PartialEq)]
pub struct RosterCar {
    /// Which one.
    pub vehicle: VehicleId,
    /// Plate.
    pub plate: String,
    /// Whose it is.
    pub unit: UnitId,
    /// What it is for.
    pub category: VehicleCategory,
    /// What drives it.
    pub powertrain: Powertrain,
    /// Seats, the driver's included.
    pub seats: u32,
    /// Where it stands in its life.
    pub status: VehicleStatus,
    /// Where it was seen last; where it was never seen, the place of its unit.
    pub place: Option<LonLat>,
    /// Where it belongs: the place of its unit.
    pub base: Option<LonLat>,
}

/// A time in which a car is under seal (封存时段).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Which car.
    pub vehicle: VehicleId,
    /// From.
    pub from: DateTime<Utc>,
    /// Up to; nothing: nobody knows yet.
    pub to: Option<DateTime<Utc>>,
}

struct Row {
    id: Uuid,
    plate: String,
    unit_id: Uuid,
    category: String,
    powertrain: String,
    seats: i16,
    status: String,
    state: Option<String>,
    lon: Option<f64>,
    lat: Option<f64>,
}

impl TryFrom<Row> for RosterCar {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        // A state that another version wrote is left out, as on the map.
        let live: Option<LiveState> = row.state.and_then(|state| serde_json::from_str(&state).ok());
        let base = row.lon.zip(row.lat).map(|(lon, lat)| LonLat::new(lon, lat)).transpose().map_err(unreadable)?;
        Ok(Self {
            vehicle: VehicleId(row.id),
            plate: row.plate,
            unit: UnitId(row.unit_id),
            category: row.category.parse().map_err(unreadable)?,
            powertrain: row.powertrain.parse().map_err(unreadable)?,
            seats: u32::try_from(row.seats).unwrap_or_default(),
            status: row.status.parse().map_err(unreadable)?,
            place: live.and_then(|live| live.fix).map(|fix| fix.at).or(base),
            base,
        })
    }
}

/// The cars of a fleet and its units below, by plate, at most `most`; cars that are gone are left out.
pub async fn cars(conn: &mut PgConnection, scope: &Scope, fleet: Option<UnitId>, most: i64) -> Result<Vec<RosterCar>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select v.id, v.plate, v.unit_id, v.category, v.powertrain, v.seats, v.status, live.state::text as state,
                  st_x(u.place) as lon, st_y(u.place) as lat
           from vehicle v
           join unit u on u.id = v.unit_id
           left join vehicle_live live on live.vehicle_no = v.no
           where v.unit_id in (select unit_id from unit_within($1))
             and ($2::uuid is null or v.unit_id in (select unit_id from unit_within(array[$2::uuid])))
             and v.status not in ('disposed', 'awaiting_disposal')
           order by v.plate
           limit $3"#,
        scope.units(),
        fleet.map(|unit| unit.0),
        most,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(RosterCar::try_from).collect()
}

/// When cars of the scope are under seal in that time.
pub async fn sealed(conn: &mut PgConnection, scope: &Scope, when: When) -> Result<Vec<Sealed>, DbError> {
    let rows = sqlx::query!(
        r#"select s.vehicle_id, s.during as "during: PgRange<DateTime<Utc>>"
           from vehicle_seal s
           join vehicle v on v.id = s.vehicle_id
           where v.unit_id in (select unit_id from unit_within($1)) and s.during && $2"#,
        scope.units(),
        during(when.from, when.to),
    )
    .fetch_all(conn)
    .await?;
    let seals = rows.into_iter().map(|row| Sealed {
        vehicle: VehicleId(row.vehicle_id),
        from: end(&row.during.start),
        to: match row.during.end {
            std::ops::Bound::Unbounded => None,
            bound => Some(end(&bound)),
        },
    });
    Ok(seals.collect())
}

/// A trip that was driven (已完成用车), as a fleet of another size would have to drive it.
#[derive(Clone, Debug, PartialEq)]
pub struct Driven {
    /// The number of its order.
    pub number: String,
    /// Who travelled.
    pub unit: UnitId,
    /// What the car had to be for.
    pub category: VehicleCategory,
    /// Seats that were asked for, the driver's included.
    pub seats: u32,
    /// Where it began.
    pub from: LonLat,
    /// Where the car was free again.
    pub end: LonLat,
    /// Metres.
    pub distance_m: u32,
    /// When the car was wanted.
    pub begins_at: DateTime<Utc>,
    /// When it was free again.
    pub ends_at: DateTime<Utc>,
}

/// Trips of a unit's cars and of those below that were driven in that time, the oldest first, at most `most`.
pub async fn driven(conn: &mut PgConnection, scope: &Scope, unit: UnitId, when: When, most: i64) -> Result<Vec<Driven>, DbError> {
    let rows = sqlx::query!(
        r#"select o.number, o.unit_id, r.category, r.seats, st_x(r.from_place) as "from_lon!", st_y(r.from_place) as "from_lat!",
                  st_x(case when r.is_round_trip then r.from_place else r.to_place end) as "end_lon!",
                  st_y(case when r.is_round_trip then r.from_place else r.to_place end) as "end_lat!",
                  r.distance_m, lower(o.taken) as "begins_at!", upper(o.taken) as "ends_at!"
           from dispatch_order o
           join trip_request r on r.id = o.request_id
           where o.fleet_unit_id in (select unit_id from unit_within($1))
             and o.fleet_unit_id in (select unit_id from unit_within(array[$2::uuid]))
             and o.state in ('returned', 'settled')
             and o.taken && $3 and lower(o.taken) >= lower($3)
           order by lower(o.taken), o.id
           limit $4"#,
        scope.units(),
        unit.0,
        during(when.from, when.to),
        most,
    )
    .fetch_all(conn)
    .await?;
    let place = |lon, lat| LonLat::new(lon, lat).map_err(unreadable);
    rows.into_iter()
        .map(|row| {
            Ok(Driven {
                number: row.number,
                unit: UnitId(row.unit_id),
                category: row.category.parse().map_err(unreadable)?,
                seats: u32::try_from(row.seats).unwrap_or_default(),
                from: place(row.from_lon, row.from_lat)?,
                end: place(row.end_lon, row.end_lat)?,
                distance_m: u32::try_from(row.distance_m).unwrap_or_default(),
                begins_at: row.begins_at,
                ends_at: row.ends_at,
            })
        })
        .collect()
}
