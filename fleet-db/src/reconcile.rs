//! The comparison of cars with their orders (行程比对), from what is stored: some cars at a time, the one not looked at for longest first.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use dispatch::account::AccountId;
use dispatch::calendar::{Calendar, WorkingHours, day_of};
use dispatch::finding::{FindingId, explained_by};
use dispatch::reconcile::{
    Base, Evidence, Finding, FindingLimits, Observed, Ordered, SensitivePlace, Stood, TimeSpan, Urgency, compare, plans_time_off,
    shunts,
};
use dispatch::rule::key::RuleKey;
use dispatch::trip::order::OrderId;
use dispatch::trip::wish::Spot;
use dispatch::unit::{UnitId, UnitTree};
use dispatch::vehicle::VehicleStatus;
use serde_json::Value;
use sqlx::PgConnection;
use telematics::id::{VehicleId, VehicleNo};
use telematics::place::LonLat;
use telematics::quantity::Distance;
use uuid::Uuid;

use crate::error::{DbError, unreadable};
use crate::sensitive_place::KeptPlace;
use crate::{finding, rule, sensitive_place, stop, trip};

mod sight;

/// How far back is looked again: late fixes change trips that were already told, and a day has an hour at which cars are back.
const LOOK_BACK: TimeDelta = TimeDelta::hours(26);
/// Added to that when nobody has looked for longer, so that nothing is missed at the seam.
const SEAM: TimeDelta = TimeDelta::hours(2);
/// Most that is caught up after the service was away.
const CATCH_UP: TimeDelta = TimeDelta::days(7);
/// How long before the span an order may have begun that still holds in it.
const LONGEST_ORDER: TimeDelta = TimeDelta::days(30);

/// A finding that is new (新发现的异常).
#[derive(Clone, Debug, PartialEq)]
pub struct Fresh {
    /// Key.
    pub id: FindingId,
    /// Of which car.
    pub vehicle: VehicleId,
    /// Its plate.
    pub plate: String,
    /// Its unit.
    pub unit: UnitId,
    /// What was found.
    pub finding: Finding,
    /// Account of the order's driver.
    pub driver: Option<AccountId>,
}

/// What one look did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Looked {
    /// Cars that were compared.
    pub cars: usize,
    /// What is new.
    pub fresh: Vec<Fresh>,
}

/// A car whose turn it is.
struct Car {
    id: VehicleId,
    no: VehicleNo,
    plate: String,
    unit: UnitId,
    base: Option<LonLat>,
    is_in_repair: bool,
    looked_at: DateTime<Utc>,
}

/// The rules of a unit, worked out once a look.
struct Rules {
    limits: FindingLimits,
    calendar: Calendar,
    hours: WorkingHours,
    line: Vec<UnitId>,
}

/// Compares at most `limit` cars that nobody has looked at for `again_after`, and writes down what was found; what was found before is
/// found no second time.
///
/// Cars that another service looks at are left to it, and of cars that are exempt by law nothing is looked at.
pub async fn look(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    again_after: TimeDelta,
    limit: i64,
    key: impl Fn() -> Uuid,
) -> Result<Looked, DbError> {
    let cars = claim(conn, now, again_after, limit).await?;
    let mut looked = Looked { cars: cars.len(), fresh: Vec::new() };
    let rules = rules(conn, &cars, now).await?;
    let evidence = evidence(conn, &cars, &rules, now).await?;
    for (car, seen) in cars.iter().zip(evidence) {
        let Some(rules) = rules.get(&car.unit) else { continue };
        for found in compare(&seen, &rules.limits) {
            let explain_by = explained_by(found.kind, now, &rules.limits);
            let new = finding::insert(conn, FindingId(key()), (car.id, car.no), &found, explain_by, now).await?;
            let Some(id) = new else { continue };
            let driver = driver_account(conn, found.order).await?;
            looked.fresh.push(Fresh { id, vehicle: car.id, plate: car.plate.clone(), unit: car.unit, finding: found, driver });
        }
    }
    Ok(looked)
}

async fn driver_account(conn: &mut PgConnection, order: Option<OrderId>) -> Result<Option<AccountId>, DbError> {
    let Some(order) = order else { return Ok(None) };
    let account = sqlx::query_scalar!(
        "select d.account_id from dispatch_order o join driver d on d.id = o.driver_id where o.id = $1",
        order.0,
    );
    Ok(account.fetch_optional(conn).await?.flatten().map(AccountId))
}

async fn claim(conn: &mut PgConnection, now: DateTime<Utc>, again_after: TimeDelta, limit: i64) -> Result<Vec<Car>, DbError> {
    sqlx::query!(
        "insert into vehicle_reconciled (vehicle_id, looked_at)
         select v.id, $1
         from vehicle v
         where not exists (select from vehicle_reconciled r where r.vehicle_id = v.id)
         on conflict do nothing",
        now - LOOK_BACK + SEAM,
    )
    .execute(&mut *conn)
    .await?;
    let rows = sqlx::query!(
        r#"select v.id, v.no, v.plate, v.unit_id, v.status, st_x(u.place) as lon, st_y(u.place) as lat, r.looked_at
           from vehicle_reconciled r
           join vehicle v on v.id = r.vehicle_id
           join unit u on u.id = v.unit_id
           where r.looked_at <= $1
             and not exists (select from vehicle_exemption e where e.vehicle_no = v.no and upper_inf(e.during))
           order by r.looked_at
           limit $2
           for update of r skip locked"#,
        now - again_after,
        limit,
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut cars = Vec::with_capacity(rows.len());
    for row in rows {
        let base = row.lon.zip(row.lat).map(|(lon, lat)| LonLat::new(lon, lat)).transpose().map_err(unreadable)?;
        cars.push(Car {
            id: VehicleId(row.id),
            no: VehicleNo(row.no),
            plate: row.plate,
            unit: UnitId(row.unit_id),
            base,
            is_in_repair: row.status == VehicleStatus::InRepair.as_str(),
            looked_at: row.looked_at,
        });
    }
    let ids: Vec<Uuid> = cars.iter().map(|car| car.id.0).collect();
    sqlx::query!("update vehicle_reconciled set looked_at = $2 where vehicle_id = any($1)", &ids, now).execute(conn).await?;
    Ok(cars)
}

async fn rules(conn: &mut PgConnection, cars: &[Car], now: DateTime<Utc>) -> Result<HashMap<UnitId, Rules>, DbError> {
    let mut rules = HashMap::new();
    if cars.is_empty() {
        return Ok(rules);
    }
    let keys: Vec<RuleKey> = FindingLimits::keys().chain([RuleKey::CalendarDays, RuleKey::WorkingHours]).collect();
    let versions = rule::versions(conn, &keys).await?;
    let tree: UnitTree = rule::tree(conn).await?;
    for car in cars {
        rules.entry(car.unit).or_insert_with(|| {
            let line: Vec<UnitId> = tree.line(car.unit).collect();
            Rules {
                limits: FindingLimits::of(&versions, &line, day_of(now), now),
                calendar: Calendar::of(&versions, &line, now),
                hours: WorkingHours::of(&versions, &line, day_of(now), now),
                line,
            }
        });
    }
    Ok(rules)
}

/// What is known of each car, in their order.
async fn evidence(
    conn: &mut PgConnection,
    cars: &[Car],
    rules: &HashMap<UnitId, Rules>,
    now: DateTime<Utc>,
) -> Result<Vec<Evidence>, DbError> {
    let Some(earliest) = cars.iter().map(|car| car.span(now).from).min() else { return Ok(Vec::new()) };
    let numbers: Vec<VehicleNo> = cars.iter().map(|car| car.no).collect();
    let mut orders = orders(conn, cars, rules, earliest, now).await?;
    // What an order of several days comes to is asked once it is back: all of it is read then.
    let back = orders.values().flatten().filter(|order| order.returned_at.is_some_and(|back| back >= earliest));
    let since = back.filter_map(|order| order.departed_at).chain([earliest]).min().unwrap_or(earliest);
    let sights = sight::read(conn, &numbers, cars.iter().map(|car| car.looked_at), now).await?;
    let mut trips: HashMap<VehicleNo, Vec<Observed>> = HashMap::new();
    for seen in trip::list_all(conn, &numbers, since, now).await? {
        trips.entry(seen.vehicle).or_default().push(Observed {
            id: Some(seen.id),
            started_at: seen.started_at,
            ended_at: seen.ended_at,
            from: seen.from,
            to: seen.to,
            distance: seen.distance,
            driver: sights.driver(seen.vehicle, seen.started_at, seen.ended_at.unwrap_or(now)),
        });
    }
    let mut stops: HashMap<VehicleNo, Vec<Stood>> = HashMap::new();
    for seen in stop::list_all(conn, &numbers, since, now).await? {
        stops.entry(seen.vehicle).or_default().push(Stood { from: seen.from, to: seen.to, at: seen.at });
    }
    let places = sensitive_place::all(conn).await?;
    let evidence = cars.iter().filter_map(|car| {
        let rules = rules.get(&car.unit)?;
        let span = car.span(now);
        let mut trips = trips.remove(&car.no).unwrap_or_default();
        trips.extend(shunts(sights.of(car.no), &trips, now));
        trips.sort_by_key(|trip| trip.started_at);
        Some(Evidence {
            span,
            now,
            orders: orders.remove(&car.id).unwrap_or_default(),
            trips,
            stops: stops.remove(&car.no).unwrap_or_default(),
            base: car.base.map(|place| Base { place, radius: None }),
            away: car.is_in_repair.then_some(span).into_iter().collect(),
            places: holding(&places, &rules.line),
            calendar: rules.calendar.clone(),
            hours: rules.hours.clone(),
        })
    });
    Ok(evidence.collect())
}

/// The places that hold for a unit: its own and those of its superiors.
fn holding(places: &[KeptPlace], line: &[UnitId]) -> Vec<SensitivePlace> {
    places.iter().filter(|kept| line.contains(&kept.unit)).map(|kept| kept.place.clone()).collect()
}

impl Car {
    fn span(&self, now: DateTime<Utc>) -> TimeSpan {
        let from = (now - LOOK_BACK).min(self.looked_at - SEAM).max(now - CATCH_UP);
        TimeSpan { from, to: now }
    }
}

/// The valid orders of the cars that may hold since `earliest`, by car.
async fn orders(
    conn: &mut PgConnection,
    cars: &[Car],
    rules: &HashMap<UnitId, Rules>,
    earliest: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<HashMap<VehicleId, Vec<Ordered>>, DbError> {
    let ids: Vec<Uuid> = cars.iter().map(|car| car.id.0).collect();
    // One look into the exclusion constraint's index a car: `= any` would read the whole table.
    let rows = sqlx::query_as!(
        OrderRow,
        r#"select o.id, o.vehicle_id, lower(r.planned) as "planned_from!", upper(r.planned) as "planned_to!", r.is_emergency,
                  st_x(r.from_place) as "from_lon!", st_y(r.from_place) as "from_lat!",
                  st_x(r.to_place) as "to_lon!", st_y(r.to_place) as "to_lat!", r.stops, r.is_round_trip, r.distance_m,
                  o.departed_at, o.returned_at, o.depart_odometer_m, o.return_odometer_m, d.name as driver,
                  case when coalesce(r.ratified_at > r.ratify_by, true) then r.ratify_by end as unratified_since
           from unnest($1::uuid[]) as asked (id)
           join dispatch_order o on o.vehicle_id = asked.id and o.state not in ('declined', 'cancelled')
             and o.taken && tstzrange($2, $3)
           join trip_request r on r.id = o.request_id
           join driver d on d.id = o.driver_id
           order by lower(r.planned)"#,
        &ids,
        earliest - LONGEST_ORDER,
        now,
    )
    .fetch_all(conn)
    .await?;
    let unit_of: HashMap<VehicleId, UnitId> = cars.iter().map(|car| (car.id, car.unit)).collect();
    let mut orders: HashMap<VehicleId, Vec<Ordered>> = HashMap::new();
    for row in rows {
        let vehicle = VehicleId(row.vehicle_id);
        let mut order = Ordered::try_from(row)?;
        if let Some(rules) = unit_of.get(&vehicle).and_then(|unit| rules.get(unit)) {
            order.off_duty = plans_time_off(order.planned, &rules.calendar, &rules.hours);
        }
        orders.entry(vehicle).or_default().push(order);
    }
    Ok(orders)
}

struct OrderRow {
    id: Uuid,
    vehicle_id: Uuid,
    planned_from: DateTime<Utc>,
    planned_to: DateTime<Utc>,
    is_emergency: bool,
    from_lon: f64,
    from_lat: f64,
    to_lon: f64,
    to_lat: f64,
    stops: Value,
    is_round_trip: bool,
    distance_m: i32,
    departed_at: Option<DateTime<Utc>>,
    returned_at: Option<DateTime<Utc>>,
    depart_odometer_m: Option<i64>,
    return_odometer_m: Option<i64>,
    driver: String,
    unratified_since: Option<DateTime<Utc>>,
}

impl TryFrom<OrderRow> for Ordered {
    type Error = DbError;

    fn try_from(row: OrderRow) -> Result<Self, DbError> {
        let from = LonLat::new(row.from_lon, row.from_lat).map_err(unreadable)?;
        let to = LonLat::new(row.to_lon, row.to_lat).map_err(unreadable)?;
        let stops: Vec<Spot> = serde_json::from_value(row.stops).map_err(unreadable)?;
        let back = row.is_round_trip.then_some(from);
        let places = [from].into_iter().chain(stops.into_iter().map(|stop| stop.place)).chain([to]).chain(back);
        #[expect(clippy::cast_precision_loss, reason = "metres of an odometer")]
        let typed = row.depart_odometer_m.zip(row.return_odometer_m).map(|(from, to)| Distance::from_metres((to - from) as f64));
        Ok(Self {
            id: OrderId(row.id),
            planned: TimeSpan { from: row.planned_from, to: row.planned_to },
            urgency: if row.is_emergency { Urgency::Emergency } else { Urgency::Planned },
            off_duty: false,
            places: places.collect(),
            planned_distance: Some(Distance::from_metres(f64::from(row.distance_m))),
            departed_at: row.departed_at,
            returned_at: row.returned_at,
            typed_distance: typed,
            // A trip has the terminal's odometer already, where there is one.
            terminal_distance: None,
            unratified_since: row.unratified_since,
            driver: Some(row.driver),
        })
    }
}
