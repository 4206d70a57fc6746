//! Drivers and trips of the demonstration: files for every unit that has cars, and a day of requests and orders in one of them.

use anyhow::Context as _;
use chrono::{DateTime, Datelike as _, Duration, NaiveDate, Utc};
use dispatch::account::AccountId;
use dispatch::driver::{Driver, DriverId, DriverStatus, LicenceClass};
use dispatch::scope::Scope;
use dispatch::trip::flow::Flow;
use dispatch::trip::order::{OrderId, OrderState};
use dispatch::trip::request::{RequestId, RequestState};
use dispatch::trip::wish::{Passenger, Spot, Wish};
use dispatch::unit::UnitId;
use fleet_db::dispatch_order::choice::{self, Car, When};
use fleet_db::dispatch_order::journal::{self, Step};
use fleet_db::dispatch_order::{self, NewOrder};
use fleet_db::trip_request::{self, NewRequest, approval};
use fleet_db::{PgConnection, PgPool, driver};
use telematics::place::LonLat;

use super::fleet::SeedVehicle;
use super::names::key;
use super::units::{SeedUnit, id_of};

/// The unit whose people travel.
pub(crate) const UNIT: &str = "西湖区机关事务管理中心";
/// Family names of drivers.
const NAMES: [&str; 20] = [
    "孙", "周", "吴", "郑", "冯", "陈", "褚", "卫", "蒋", "沈", "韩", "杨", "朱", "秦", "许", "何", "吕", "施", "张", "孔",
];
/// Where people go from there: name, degrees east and north.
const PLACES: [(&str, f64, f64); 6] = [
    ("杭州市人民政府", 120.2062, 30.2479),
    ("萧山区行政服务中心", 120.2702, 30.1662),
    ("余杭区政务服务中心", 119.9781, 30.2740),
    ("富阳区人民政府", 119.9600, 30.0487),
    ("杭州东站", 120.2129, 30.2906),
    ("临平区应急管理局", 120.2990, 30.4189),
];

/// A trip as the demonstration tells it.
struct Tale {
    /// Hours from now when it begins.
    in_hours: i64,
    place: usize,
    purpose: &'static str,
    reason: &'static str,
    people: u32,
    /// Where the request stands, and the order where there is one.
    state: RequestState,
    order: Option<OrderState>,
    is_emergency: bool,
    is_poolable: bool,
}

const fn tale(in_hours: i64, place: usize, purpose: &'static str, state: RequestState, order: Option<OrderState>) -> Tale {
    let (is_emergency, is_poolable) = (false, false);
    Tale { in_hours, place, purpose, reason: "调研、检查、督导", people: 3, state, order, is_emergency, is_poolable }
}

use OrderState::{Accepted, Issued, Returned, Underway};
use RequestState::{Approved, Ordered, Rejected, Submitted};

/// The day of the unit, the oldest first.
const TALES: [Tale; 12] = [
    tale(-53, 0, "参加全市机关事务工作例会", Ordered, Some(Returned)),
    tale(-49, 3, "赴富阳调研节约型机关建设", Ordered, Some(Returned)),
    tale(-28, 2, "公共机构节能检查", Ordered, Some(Returned)),
    tale(-25, 5, "防汛物资交接", Ordered, Some(Returned)),
    tale(-1, 1, "赴萧山督导办公用房清查", Ordered, Some(Underway)),
    tale(2, 0, "报送年度决算材料", Ordered, Some(Accepted)),
    tale(3, 4, "接待省局调研组", Ordered, Some(Issued)),
    Tale { is_poolable: true, people: 1, ..tale(4, 2, "余杭区资产划转现场核对", Approved, None) },
    tale(5, 5, "临平区应急物资盘点", Approved, None),
    tale(6, 3, "富阳区公务用车平台检查", Submitted, None),
    Tale { is_poolable: true, people: 1, ..tale(7, 2, "余杭区绿色低碳示范点评审", Submitted, None) },
    Tale { reason: "参加会议、集体公务活动", ..tale(26, 1, "参加萧山区机关事务座谈会", Rejected, None) },
];

/// Puts drivers everywhere and the day of the unit there, unless they are there already.
pub(crate) async fn put(pool: &PgPool, units: &[SeedUnit], cars: &[SeedVehicle], now: DateTime<Utc>) -> anyhow::Result<()> {
    let mut tx = fleet_db::begin(pool).await?;
    let everything = Scope::of_all(units.iter().filter(|unit| unit.unit.parent.is_none()).map(|unit| unit.unit.id));
    let there = driver::list(&mut tx, &everything, &driver::Filter::default(), None, 1).await?;
    if !there.is_empty() {
        return Ok(());
    }
    for (number, unit) in units.iter().enumerate() {
        let has = cars.iter().filter(|car| car.home == number).count();
        // Four drivers for five cars, as fleets have it; where there is one car, one.
        for n in 0..has - has / 5 {
            driver::insert(&mut tx, &everything, &file(unit, n, now), now).await?;
        }
    }
    let fleet = choice_of_cars(&mut tx, now).await?;
    let people = [AccountId(key("account", "applicant")), AccountId(key("account", "leader")), AccountId(key("account", "dispatcher"))];
    for (n, tale) in TALES.iter().enumerate() {
        let Some(car) = fleet.get(n % fleet.len().max(1)) else { break };
        tell(&mut tx, n, tale, car, people, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The file of the n-th driver of a unit; the first of the unit whose people travel signs in as `driver`.
fn file(unit: &SeedUnit, n: usize, now: DateTime<Utc>) -> Driver {
    let name = NAMES.get(n % NAMES.len()).copied().unwrap_or("王");
    let number = u32::from_be_bytes(key("driver", &format!("{}/{n}", unit.unit.name)).as_bytes()[..4].try_into().unwrap_or_default());
    let signs_in = unit.unit.name == UNIT && n == 0;
    Driver {
        id: DriverId(key("driver", &format!("{}/{n}", unit.unit.name))),
        unit: unit.unit.id,
        account: signs_in.then(|| AccountId(key("account", "driver"))),
        name: format!("{name}师傅"),
        phone: format!("139{:08}", number % 100_000_000),
        licence: if n.is_multiple_of(4) { LicenceClass::B1 } else { LicenceClass::C1 },
        licence_tail: format!("{:04}", number % 10_000),
        // One in twelve is about to renew it.
        licence_until: licence_until(now, number),
        status: if n % 9 == 8 { DriverStatus::OnLeave } else { DriverStatus::OnDuty },
        joined_on: NaiveDate::from_ymd_opt(2015 + i32::try_from(number % 9).unwrap_or_default(), 3, 1).unwrap_or_default(),
    }
}

fn licence_until(now: DateTime<Utc>, number: u32) -> NaiveDate {
    let years = if number.is_multiple_of(12) { 0 } else { 1 + i32::try_from(number % 5).unwrap_or_default() };
    let today = now.date_naive() + Duration::days(20);
    today.with_year(today.year() + years).unwrap_or(today)
}

/// The unit's cars, as they stand.
async fn choice_of_cars(conn: &mut PgConnection, now: DateTime<Utc>) -> anyhow::Result<Vec<Car>> {
    let unit = id_of(UNIT);
    let near = LonLat::new(120.13, 30.26)?;
    let when = When { from: now, to: now + Duration::hours(1) };
    let cars = choice::cars(conn, &Scope::of(unit), unit, None, near, when).await?;
    Ok(cars.into_iter().filter(|car| (5..=7).contains(&car.candidate.seats)).collect())
}

/// Writes one trip as far as it has come.
async fn tell(
    conn: &mut PgConnection,
    n: usize,
    tale: &Tale,
    car: &Car,
    [applicant, leader, dispatcher]: [AccountId; 3],
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let unit = id_of(UNIT);
    // On the half hour, as people ask for it.
    let half_hours = now.timestamp() / 1800;
    let begins_at = DateTime::from_timestamp(half_hours * 1800, 0).context("a time of day")? + Duration::hours(tale.in_hours);
    let asked_at = (begins_at - Duration::hours(20)).min(now - Duration::minutes(40) + Duration::minutes(i64::try_from(n)?));
    let wish = wish(unit, tale, car, begins_at)?;
    let id = RequestId(key("request", &n.to_string()));
    let distance_m = 24_000 + i32::try_from(tale.place)? * 9_000;
    let new = NewRequest { id, applicant, wish: &wish, wanted: None, distance_m, estimate_fen: i64::from(distance_m) * 110 / 1000 };
    trip_request::insert(conn, &new, asked_at).await?;
    let mut request = trip_request::load(conn, id).await?;
    request.steps = Flow::plain().steps_for(&[unit], unit);
    request.round = 1;
    request.submitted_at = Some(asked_at);
    if tale.state != Submitted {
        let (action, opinion) = if tale.state == Rejected { ("rejected", "会议改为视频形式") } else { ("approved", "同意") };
        let decided_at = asked_at + Duration::minutes(7);
        approval::insert(conn, key("approval", &n.to_string()), &request, action, Some(leader), opinion, decided_at).await?;
        request.decided_at = Some(decided_at);
    }
    request.state = tale.state;
    trip_request::save(conn, &request, asked_at).await?;
    match tale.order {
        Some(state) => order(conn, (n, state), &request, car, dispatcher, now).await,
        None => Ok(()),
    }
}

fn wish(unit: UnitId, tale: &Tale, car: &Car, begins_at: DateTime<Utc>) -> anyhow::Result<Wish> {
    let (name, lon, lat) = PLACES.get(tale.place).copied().context("a place of the list")?;
    let spot = |name: &str, lon, lat| anyhow::Ok(Spot { name: name.to_owned(), place: LonLat::new(lon, lat)? });
    Ok(Wish {
        unit,
        fleet: unit,
        reason: tale.reason.to_owned(),
        purpose: tale.purpose.to_owned(),
        is_confidential: false,
        is_emergency: tale.is_emergency,
        is_poolable: tale.is_poolable,
        category: car.candidate.category,
        seats: 5,
        passengers: vec![Passenger { name: "张科员".to_owned(), phone: "13700000001".to_owned() }],
        passenger_count: tale.people,
        vehicle_count: 1,
        from: spot(UNIT, 120.1302, 30.2591)?,
        to: spot(name, lon, lat)?,
        stops: Vec::new(),
        is_round_trip: true,
        begins_at,
        ends_at: begins_at + Duration::hours(3),
        note: String::new(),
    })
}

/// The order of a trip with its journal.
async fn order(
    conn: &mut PgConnection,
    (n, state): (usize, OrderState),
    request: &trip_request::Request,
    car: &Car,
    dispatcher: AccountId,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let unit = id_of(UNIT);
    let (from, to) = (request.wish.begins_at, request.wish.ends_at);
    let drivers = choice::drivers(conn, &Scope::of(unit), unit, None, When { from, to }).await?;
    let mut free = drivers.iter().filter(|choice| choice.taken_until.is_none() && choice.driver.status == DriverStatus::OnDuty);
    // Who signs in as `driver` has a task to take, and one under way.
    let own = free.clone().find(|choice| choice.driver.account.is_some());
    let Some(choice) = own.or_else(|| free.next()) else { return Ok(()) };
    let issued_at = (from - Duration::hours(1)).min(now - Duration::minutes(30));
    let id = OrderId(key("order", &n.to_string()));
    let new = NewOrder {
        id,
        request: request.id,
        unit,
        fleet: unit,
        vehicle: car.candidate.vehicle,
        vehicle_no: car.no,
        driver: choice.driver.id,
        from,
        to,
        substitution: None,
        by: dispatcher,
    };
    dispatch_order::insert(conn, &new, issued_at).await?;
    let mut order = dispatch_order::load(conn, id).await?;
    let driven_m = i64::from(request.distance_m) + i64::try_from(n)? * 700;
    let start_m = 30_000_000 + i64::try_from(n)? * 400_000;
    let mut told = vec![("issue", issued_at, None)];
    if state != Issued {
        order.accepted_at = Some(issued_at + Duration::minutes(2));
        told.push(("accept", issued_at + Duration::minutes(2), None));
    }
    if matches!(state, Underway | Returned) {
        order.departed_at = Some(from + Duration::minutes(3));
        order.depart_odometer_m = Some(start_m);
        told.push(("depart", from + Duration::minutes(3), Some(start_m)));
    }
    if state == Returned {
        let back = to - Duration::minutes(20);
        order.returned_at = Some(back);
        order.return_odometer_m = Some(start_m + driven_m);
        order.to = back;
        told.push(("return", back, Some(start_m + driven_m)));
    }
    order.state = state;
    dispatch_order::save(conn, &order, issued_at).await?;
    for (action, at, odometer_m) in told {
        let step = Step {
            id: key("order step", &format!("{n}/{action}")),
            action: action.to_owned(),
            at,
            recorded_at: at,
            by: Some(if action == "issue" { dispatcher } else { choice.driver.account.unwrap_or(dispatcher) }),
            by_name: None,
            odometer_m,
            place: None,
            reason: String::new(),
            key: None,
        };
        journal::insert(conn, id, &step).await?;
    }
    Ok(())
}
