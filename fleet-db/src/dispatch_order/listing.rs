//! Lists of orders: of a driver, of a car, of a request, of units, in a span of time.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::driver::DriverId;
use dispatch::scope::Scope;
use dispatch::trip::order::{OrderId, OrderState};
use dispatch::trip::request::RequestId;
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use sqlx::postgres::types::PgRange;
use telematics::id::{VehicleId, VehicleNo};
use uuid::Uuid;

use super::Order;
use crate::error::{DbError, unreadable};
use crate::trip_request::listing::end;

/// Which orders are asked for; everything absent asks for all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// In one of these states.
    pub states: Vec<OrderState>,
    /// Of the driver who signs in with this account.
    pub driven_by: Option<AccountId>,
    /// Of this driver.
    pub driver: Option<DriverId>,
    /// Of this car.
    pub vehicle: Option<VehicleId>,
    /// For these requests, or with them riding along; for any when empty.
    pub requests: Vec<RequestId>,
    /// Of people or cars of these units.
    pub unit: Option<Scope>,
    /// Taking the car in any part of this time.
    pub span: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// Those after this one, in the order of the list.
    pub after: Option<OrderId>,
}

struct Row {
    id: Uuid,
    number: String,
    request_id: Uuid,
    riders: Option<Vec<Uuid>>,
    unit_id: Uuid,
    fleet_unit_id: Uuid,
    vehicle_id: Uuid,
    vehicle_no: i32,
    plate: Option<String>,
    model: Option<String>,
    seats: Option<i16>,
    driver_id: Uuid,
    driver_account: Option<Uuid>,
    driver_name: Option<String>,
    driver_phone: Option<String>,
    state: String,
    taken: PgRange<DateTime<Utc>>,
    substitution: Option<String>,
    issued_by: Option<String>,
    issued_at: DateTime<Utc>,
    accepted_at: Option<DateTime<Utc>>,
    departed_at: Option<DateTime<Utc>>,
    arrived_at: Option<DateTime<Utc>>,
    waiting_since: Option<DateTime<Utc>>,
    waited_s: i32,
    returned_at: Option<DateTime<Utc>>,
    settled_at: Option<DateTime<Utc>>,
    depart_odometer_m: Option<i64>,
    return_odometer_m: Option<i64>,
    end_reason: Option<String>,
}

impl TryFrom<Row> for Order {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        Ok(Self {
            id: OrderId(row.id),
            number: row.number,
            request: RequestId(row.request_id),
            riders: row.riders.unwrap_or_default().into_iter().map(RequestId).collect(),
            unit: UnitId(row.unit_id),
            fleet: UnitId(row.fleet_unit_id),
            vehicle: VehicleId(row.vehicle_id),
            vehicle_no: VehicleNo(row.vehicle_no),
            plate: row.plate.unwrap_or_default(),
            model: row.model.unwrap_or_default(),
            seats: row.seats.unwrap_or_default(),
            driver: DriverId(row.driver_id),
            driver_account: row.driver_account.map(AccountId),
            driver_name: row.driver_name.unwrap_or_default(),
            driver_phone: row.driver_phone.unwrap_or_default(),
            state: row.state.parse().map_err(unreadable)?,
            from: end(&row.taken.start),
            to: end(&row.taken.end),
            substitution: row.substitution,
            issued_by: row.issued_by.unwrap_or_default(),
            issued_at: row.issued_at,
            accepted_at: row.accepted_at,
            departed_at: row.departed_at,
            arrived_at: row.arrived_at,
            waiting_since: row.waiting_since,
            waited_s: row.waited_s,
            returned_at: row.returned_at,
            settled_at: row.settled_at,
            depart_odometer_m: row.depart_odometer_m,
            return_odometer_m: row.return_odometer_m,
            end_reason: row.end_reason,
        })
    }
}

/// Rows of orders that fit `condition`. A condition of its own makes a statement of its own: the server plans one by its key once a
/// connection, and a filter each time.
macro_rules! rows {
    ($condition:literal $(, $value:expr)* $(,)?) => {
        sqlx::query_as!(
            Row,
            r#"select o.id, o.number, o.request_id, trip_riders(o.id) as riders, o.unit_id, o.fleet_unit_id, o.vehicle_id, o.vehicle_no,
                      car.plate, car.model, car.seats, o.driver_id, driver.account_id as driver_account, driver.name as driver_name,
                      driver.phone as driver_phone, o.state, o.taken, o.substitution, account_name(o.issued_by) as issued_by, o.issued_at,
                      o.accepted_at, o.departed_at, o.arrived_at, o.waiting_since, o.waited_s, o.returned_at, o.settled_at,
                      o.depart_odometer_m, o.return_odometer_m, o.end_reason
               from dispatch_order o
               cross join lateral vehicle_label(o.vehicle_id) as car
               cross join lateral driver_label(o.driver_id) as driver
               "# + $condition
            $(, $value)*
        )
    };
}

/// One order.
pub(super) async fn one(conn: &mut PgConnection, id: OrderId) -> Result<Option<Order>, DbError> {
    let row = rows!("where o.id = $1", id.0).fetch_optional(conn).await?;
    row.map(Order::try_from).transpose()
}

/// Orders of the filter, at most `most`, the newest first.
pub async fn select(conn: &mut PgConnection, filter: &Filter, most: i64) -> Result<Vec<Order>, DbError> {
    let states: Vec<&str> = filter.states.iter().map(|state| state.as_str()).collect();
    let requests: Vec<Uuid> = filter.requests.iter().map(|request| request.0).collect();
    let rows = rows!(
        "where (cardinality($1::text[]) = 0 or o.state = any ($1))
           and ($2::uuid is null or o.driver_id = any ((select drivers_of($2))::uuid[]))
           and ($3::uuid is null or o.driver_id = $3)
           and ($4::uuid is null or o.vehicle_id = $4)
           and (cardinality($5::uuid[]) = 0 or o.id = any ((select dispatch_orders_for($5))::uuid[]))
           and ($6::uuid[] is null
                or o.unit_id in (select unit_id from unit_within($6))
                or o.fleet_unit_id in (select unit_id from unit_within($6)))
           and ($7::timestamptz is null or o.taken && tstzrange($7, $8))
           and ($9::uuid is null
                or (o.issued_at, o.id) < (select l.issued_at, l.id from dispatch_order l where l.id = $9))
         order by o.issued_at desc, o.id desc
         limit $10",
        &states as &[&str],
        filter.driven_by.map(|account| account.0),
        filter.driver.map(|driver| driver.0),
        filter.vehicle.map(|vehicle| vehicle.0),
        &requests,
        filter.unit.as_ref().map(|scope| scope.units().to_vec()) as Option<Vec<Uuid>>,
        filter.span.map(|(from, _)| from),
        filter.span.map(|(_, to)| to),
        filter.after.map(|id| id.0),
        most,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Order::try_from).collect()
}
