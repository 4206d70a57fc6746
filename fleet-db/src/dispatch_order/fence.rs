//! Orders that a car's own way may move (离基、回基): accepted ones about their time, those on the road, and where their cars were seen.

use chrono::{DateTime, TimeDelta, Utc};
use dispatch::trip::fence::FenceFix;
use dispatch::trip::order::{OrderId, OrderState};
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use telematics::id::VehicleNo;
use telematics::place::LonLat;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// How long before and after its time an accepted order is looked at: tolerances are shorter, and the service may have been away.
const ABOUT: TimeDelta = TimeDelta::hours(12);
/// How far before the time that matters fixes are read, to see where the car was.
const BEFORE: TimeDelta = TimeDelta::hours(1);
/// How far before that a last fix is believed: a car that stands may be silent for long.
const SILENT: &str = "2 days";
/// Speed from which a standing car moves, 0.1 km/h, as in the comparison with orders.
const MOVING_DKMH: i32 = 60;

/// An order that a car's own way may move (围栏待判派车单).
#[derive(Clone, Debug, PartialEq)]
pub struct Watched {
    /// Key.
    pub id: OrderId,
    /// Its car.
    pub vehicle: VehicleNo,
    /// Whose car it is: whose rules hold.
    pub unit: UnitId,
    /// Where it stands.
    pub state: OrderState,
    /// From when car and driver are taken.
    pub from: DateTime<Utc>,
    /// Until when.
    pub to: DateTime<Utc>,
    /// When it left, or left again.
    pub departed_at: Option<DateTime<Utc>>,
    /// When the driver said to be there.
    pub arrived_at: Option<DateTime<Utc>>,
    /// Where the car is at home: at its unit, or at the fleet that was asked.
    pub base: LonLat,
    /// Where it leads.
    pub destination: LonLat,
}

struct Row {
    id: Uuid,
    vehicle_no: i32,
    fleet_unit_id: Uuid,
    state: String,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    departed_at: Option<DateTime<Utc>>,
    arrived_at: Option<DateTime<Utc>>,
    base_lon: f64,
    base_lat: f64,
    to_lon: f64,
    to_lat: f64,
}

impl TryFrom<Row> for Watched {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        Ok(Self {
            id: OrderId(row.id),
            vehicle: VehicleNo(row.vehicle_no),
            unit: UnitId(row.fleet_unit_id),
            state: row.state.parse().map_err(unreadable)?,
            from: row.from,
            to: row.to,
            departed_at: row.departed_at,
            arrived_at: row.arrived_at,
            base: LonLat::new(row.base_lon, row.base_lat).map_err(unreadable)?,
            destination: LonLat::new(row.to_lon, row.to_lat).map_err(unreadable)?,
        })
    }
}

/// The orders to look at, those whose time begins first before the others. Cars without a base, and cars that are exempt by law, are
/// left out.
pub async fn watched(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<Vec<Watched>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select o.id, o.vehicle_no, o.fleet_unit_id, o.state, lower(o.taken) as "from!", upper(o.taken) as "to!",
                  (select max(s.at) from dispatch_order_step s where s.order_id = o.id and s.action in ('depart', 'reopen')) as departed_at,
                  o.arrived_at, st_x(coalesce(own.place, fleet.place)) as "base_lon!", st_y(coalesce(own.place, fleet.place)) as "base_lat!",
                  st_x(r.to_place) as "to_lon!", st_y(r.to_place) as "to_lat!"
           from dispatch_order o
           join trip_request r on r.id = o.request_id
           join unit own on own.id = o.fleet_unit_id
           join unit fleet on fleet.id = r.dispatch_unit_id
           where o.state in ('accepted', 'underway', 'waiting')
             and (o.state <> 'accepted' or o.taken && tstzrange($1, $2))
             and coalesce(own.place, fleet.place) is not null
             and not exists (select from vehicle_exemption e where e.vehicle_no = o.vehicle_no and upper_inf(e.during))
           order by lower(o.taken), o.id"#,
        now - ABOUT,
        now + ABOUT,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Watched::try_from).collect()
}

/// Where a car was seen about `since` and after it, the oldest first; with the last fix before that.
pub async fn fixes(conn: &mut PgConnection, vehicle: VehicleNo, since: DateTime<Utc>) -> Result<Vec<FenceFix>, DbError> {
    let rows = sqlx::query!(
        r#"select fixed_at as "at!", lon_e7 as "lon_e7!", lat_e7 as "lat_e7!", coalesce(speed_dkmh, 0) as "speed_dkmh!", odometer_m
           from (select fixed_at, sequence, lon_e7, lat_e7, speed_dkmh, odometer_m
                 from vehicle_position
                 where vehicle_no = $1 and fixed_at >= $2 and lon_e7 is not null
                 union all
                 select fixed_at, sequence, lon_e7, lat_e7, speed_dkmh, odometer_m
                 from vehicle_position_late
                 where vehicle_no = $1 and fixed_at >= $2 and lon_e7 is not null
                 union all
                 (select fixed_at, sequence, lon_e7, lat_e7, speed_dkmh, odometer_m
                  from vehicle_position
                  where vehicle_no = $1 and fixed_at < $2 and fixed_at >= $2 - $3::text::interval and lon_e7 is not null
                  order by fixed_at desc, sequence desc
                  limit 1)) seen
           order by fixed_at, sequence"#,
        vehicle.0,
        since - BEFORE,
        SILENT,
    )
    .fetch_all(conn)
    .await?;
    let fixes = rows.into_iter().map(|row| {
        Ok(FenceFix {
            at: row.at,
            place: LonLat::from_e7(row.lon_e7, row.lat_e7).map_err(unreadable)?,
            is_moving: row.speed_dkmh >= MOVING_DKMH,
            odometer_m: row.odometer_m.map(i64::from),
        })
    });
    fixes.collect()
}
