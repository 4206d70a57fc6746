//! Settling a trip: reckoned by the tariff, by what was paid, or by the hours of a time-share car, and taken from the unit's allowance.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use dispatch::account::Permission;
use dispatch::allowance::AllowanceMonth;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::calendar::{day_of, start_of};
use dispatch::cost_line::CostLine;
use dispatch::expense::ExpenseKind;
use dispatch::money::Money;
use dispatch::rule::key::RuleKey;
use dispatch::rule::resolve::resolve;
use dispatch::scope::Scope;
use dispatch::settlement::{Settlement, SettlementBasis, SettlementBasisError};
use dispatch::supplier::{Caps, ContractPrice, Hire};
use dispatch::tariff::{Tariff, TariffClass, TariffClassError, TripArea, TripAreaError, Use};
use dispatch::trip::order::{OrderAction, OrderId};
use dispatch::unit::UnitId;
use dispatch::vehicle::Seats;
use fleet_db::dispatch_order::journal::{self, Step};
use fleet_db::dispatch_order::{self, Order};
use fleet_db::settlement::{Part, Settled};
use fleet_db::{PgConnection, audit, expense, rule, settlement, supplier};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use telematics::id::VehicleId;
use utoipa::ToSchema;
use uuid::Uuid;

use super::allowance_warning;
use super::expenses::{over_order, seen};
use super::session::new_id;
use super::trips::{decisions, shared, way};
use crate::auth::Actor;
use crate::extract::{Json, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{AUTH_FORBIDDEN, ApiError, ApiResult, Problem, TARIFF_NO_PRICE, Wrong};
use crate::state::App;

/// Most metres that one order drives: 50,000 km.
const MOST_METRES: i64 = 50_000_000;
/// Most days that one order lasts.
const MOST_DAYS: u32 = 366;
/// Most that an hour of a time-share car costs: 1,000 yuan.
const MOST_HOUR_FEN: i64 = 100_000;

/// How a trip is settled.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ToSettle {
    /// `tariff`, `expenses`, `time_share` or `rental`.
    basis: String,
    /// By the tariff: `inside` or `outside` the area of the transport allowance.
    area: Option<String>,
    /// By the tariff: `sedan`, `business_suv`, `minibus` or `bus`; null: by the car's seats.
    class: Option<String>,
    /// By the tariff: days on which the driver was out of town.
    #[serde(default)]
    days_out_of_town: u32,
    /// Metres driven, where the odometer was not read; where it was, that counts.
    distance_m: Option<i64>,
    /// By the hours of a time-share car: price of a started hour; null: that of the car's contract.
    hour_fen: Option<i64>,
}

/// What a trip comes to.
#[derive(Serialize, ToSchema)]
pub(crate) struct SettlementView {
    /// `tariff`, `expenses`, `time_share` or `rental`.
    basis: &'static str,
    /// They sum to the total.
    lines: Vec<CostLineView>,
    total_fen: i64,
    /// What each of several requests that shared the car pays of it, by seats and metres; they sum to the total. Empty where one had
    /// the car alone.
    parts: Vec<SettlementPartView>,
    /// What was priced: class, area, metres, minutes, days, the day whose prices hold.
    #[schema(value_type = Object)]
    used: Value,
    /// Null while it is a preview.
    settled_by: Option<String>,
    settled_at: Option<DateTime<Utc>>,
    /// Where the unit's allowance stands after it, in the answer to settling; null where its trips are paid from none.
    allowance: Option<AllowanceLeft>,
}

/// Where an allowance stands.
#[derive(Serialize, ToSchema)]
pub(crate) struct AllowanceLeft {
    left_fen: i64,
    held_fen: i64,
    spent_fen: i64,
    /// As much is held and spent as warns.
    warns: bool,
}

/// What one of several that shared a car pays of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct SettlementPartView {
    request_id: Uuid,
    request_number: String,
    unit_id: Uuid,
    unit_name: String,
    seats: u32,
    /// Metres as they were reckoned when the request was handed in.
    distance_m: u32,
    amount_fen: i64,
}

impl From<&Part> for SettlementPartView {
    fn from(part: &Part) -> Self {
        Self {
            request_id: part.request.0,
            request_number: part.number.clone(),
            unit_id: part.unit.0,
            unit_name: part.unit_name.clone(),
            seats: part.share.seats,
            distance_m: part.share.distance_m,
            amount_fen: part.amount.fen(),
        }
    }
}

/// A line of a reckoning.
#[derive(Serialize, ToSchema)]
pub(crate) struct CostLineView {
    /// `distance`, `short_trip`, `waiting`, `time`, `extra_hours`, `meals`, `time_share`, `cap`, `year_cap`, `rental` or `expense`.
    item: &'static str,
    /// Kind of what was paid, where something was.
    expense: Option<&'static str>,
    /// Kilometres after which this price holds, or hours before those that are counted.
    beyond: u32,
    quantity: u32,
    /// `metre` (the price is that of a kilometre), `hour`, `day` or `piece`.
    measure: &'static str,
    price_fen: i64,
    amount_fen: i64,
}

impl From<&CostLine> for CostLineView {
    fn from(line: &CostLine) -> Self {
        Self {
            item: line.item.as_str(),
            expense: line.expense.map(ExpenseKind::as_str),
            beyond: line.beyond,
            quantity: line.quantity,
            measure: line.measure.as_str(),
            price_fen: line.price.fen(),
            amount_fen: line.amount.fen(),
        }
    }
}

impl SettlementView {
    fn of(reckoned: &Settlement, parts: &[Part], used: Value) -> Self {
        Self {
            basis: reckoned.basis.as_str(),
            lines: reckoned.lines.iter().map(CostLineView::from).collect(),
            total_fen: reckoned.total().fen(),
            parts: parts.iter().map(SettlementPartView::from).collect(),
            used,
            settled_by: None,
            settled_at: None,
            allowance: None,
        }
    }

    fn settled(settled: Settled) -> Self {
        let view = Self::of(&settled.settlement, &settled.parts, settled.used);
        Self { settled_by: Some(settled.by), settled_at: Some(settled.at), ..view }
    }
}

/// What a trip would come to, without settling it.
#[utoipa::path(post, path = "/dispatch-orders/{id}/settlement/preview", operation_id = "preview_settlement", tag = "trip_money",
    request_body = ToSettle, params(("id" = Uuid, Path)),
    responses((status = 200, body = SettlementView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn preview(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Json(asked): Json<ToSettle>,
) -> ApiResult<axum::Json<SettlementView>> {
    let mut conn = app.begin_as(&actor, &settler(&actor)?).await?;
    let order = dispatch_order::load(&mut conn, OrderId(id)).await?;
    let (reckoned, used) = reckoned(&mut conn, &actor, &order, &asked, now).await?;
    let parts = shared::parts(&mut conn, order.id, reckoned.total()).await?;
    Ok(axum::Json(SettlementView::of(&reckoned, &parts, used)))
}

/// Settles a trip that is back: keeps what it comes to line by line, and takes it from the allowance of the unit that travelled, from
/// those of all units where several shared the car.
#[utoipa::path(post, path = "/dispatch-orders/{id}/settlement", operation_id = "settle_trip", tag = "trip_money", request_body = ToSettle,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = SettlementView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn settle(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<ToSettle>,
) -> ApiResult<Response> {
    let scope = settler(&actor)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let mut order = dispatch_order::load_to_move(conn, OrderId(id)).await?;
    let (reckoned, used) = reckoned(conn, &actor, &order, &once.body, now).await?;
    let by = actor.account.id;
    settlement::insert(conn, order.id, (&reckoned, &used), by, now).await?;
    let parts = shared::parts(conn, order.id, reckoned.total()).await?;
    settlement::insert_parts(conn, order.id, &parts).await?;
    let month = AllowanceMonth::of(order.departed_at.unwrap_or(order.issued_at));
    let debited = shared::debit(conn, (&order, month), &parts, reckoned.total(), by, now).await?;
    order.state = order.state.after(OrderAction::Settle)?;
    order.settled_at = Some(now);
    dispatch_order::save(conn, &order, now).await?;
    journal::insert(conn, order.id, &step(&actor, now)).await?;
    for request in order.serves() {
        decisions::follow(conn, request, now).await?;
        way::report(conn, request, "", now).await?;
    }
    let mut view = SettlementView::settled(settlement::load(conn, order.id).await?);
    if let Some(account) = debited {
        let (rule, standing) = (allowance_warning::tell(conn, &account, now).await?, account.standing);
        view.allowance = Some(AllowanceLeft {
            left_fen: standing.left.fen(),
            held_fen: standing.held.fen(),
            spent_fen: standing.spent().fen(),
            warns: standing.warns(rule.warn_percent),
        });
    }
    let facts = json!({ "basis": view.basis, "total_fen": view.total_fen, "parts": view.parts, "used": view.used });
    let subject = Subject::of(SubjectKind::Settlement, order.id.0, order.number.clone());
    let told = Entry::new(Action::Settled, subject).in_unit(order.unit).after(facts);
    let told = audit::append(conn, &actor.by(""), &told, now).await?;
    change.finish(told, StatusCode::CREATED, &view).await
}

/// What a trip came to; not found while it is not settled.
#[utoipa::path(get, path = "/dispatch-orders/{id}/settlement", operation_id = "read_settlement", tag = "trip_money", params(("id" = Uuid, Path)),
    responses((status = 200, body = SettlementView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(actor: Actor, State(app): State<App>, Path(id): Path<Uuid>) -> ApiResult<axum::Json<SettlementView>> {
    let mut conn = app.begin_as(&actor, &seen(&actor)?).await?;
    let settled = settlement::load(&mut conn, OrderId(id)).await?;
    Ok(axum::Json(SettlementView::settled(settled)))
}

/// The units whose trips the actor sees, for one who settles trips somewhere.
fn settler(actor: &Actor) -> ApiResult<Scope> {
    actor.scope(Permission::SettleTrips)?;
    seen(actor)
}

fn step(actor: &Actor, now: DateTime<Utc>) -> Step {
    Step {
        id: new_id(now),
        action: OrderAction::Settle.as_str().to_owned(),
        at: now,
        recorded_at: now,
        by: Some(actor.account.id),
        by_name: None,
        odometer_m: None,
        place: None,
        reason: String::new(),
        key: None,
    }
}

/// What is wanted, as far as it can be read.
struct Wish {
    basis: SettlementBasis,
    area: TripArea,
    class: Option<TariffClass>,
    contract: Option<ContractPrice>,
}

/// The wish, or everything that is wrong with it; `terms` are those of the car's contract, if it is a supplier's.
fn wish(asked: &ToSettle, terms: Option<ContractPrice>) -> ApiResult<Wish> {
    let mut wrong = Wrong::default();
    let basis = wrong.take("basis", asked.basis.parse::<SettlementBasis>(), SettlementBasisError::code);
    let area = asked.area.as_deref().unwrap_or_default();
    let area = match basis {
        Some(SettlementBasis::Tariff) => wrong.take("area", area.parse::<TripArea>(), TripAreaError::code),
        _ => Some(TripArea::Outside),
    };
    let class = asked.class.as_deref().map(|class| wrong.take("class", class.parse::<TariffClass>(), TariffClassError::code));
    let typed = asked.hour_fen.filter(|hour| (1..=MOST_HOUR_FEN).contains(hour)).map(Money::from_fen);
    let contract = match (basis, asked.hour_fen, terms) {
        (Some(SettlementBasis::TimeShare), None, Some(terms @ ContractPrice::TimeShare { .. }))
        | (Some(SettlementBasis::Rental), _, Some(terms @ ContractPrice::Rental { .. })) => Some(terms),
        (Some(SettlementBasis::TimeShare), _, _) => typed.map(|hour_fen| ContractPrice::TimeShare { hour_fen }),
        _ => None,
    };
    match basis {
        Some(SettlementBasis::TimeShare) if contract.is_none() => wrong.note("hour_fen", "settlement.hour"),
        Some(SettlementBasis::Rental) if contract.is_none() => wrong.note("basis", "settlement.contract"),
        _ => {}
    }
    if asked.days_out_of_town > MOST_DAYS {
        wrong.note("days_out_of_town", "settlement.days");
    }
    match (basis, area) {
        (Some(basis), Some(area)) if wrong.is_empty() => Ok(Wish { basis, area, class: class.flatten(), contract }),
        _ => Err(wrong.into_error()),
    }
}

/// What the trip comes to, and what was priced. The prices of the fleet's line on the day of departure hold.
async fn reckoned(
    conn: &mut PgConnection,
    actor: &Actor,
    order: &Order,
    asked: &ToSettle,
    now: DateTime<Utc>,
) -> ApiResult<(Settlement, Value)> {
    if !over_order(conn, actor, Permission::SettleTrips, order).await? {
        return Err(AUTH_FORBIDDEN.into());
    }
    order.state.after(OrderAction::Settle)?;
    let terms = supplier::terms(conn, order.vehicle).await?;
    let wish = wish(asked, terms.as_ref().map(|terms| terms.price))?;
    let paid = expense::paid(conn, order.id).await?;
    let left_at = order.departed_at.unwrap_or(order.issued_at);
    let on = day_of(left_at);
    let line = rule::superiors(conn, order.fleet).await?;
    let (priced, used) = match wish.basis {
        SettlementBasis::Expenses => (Vec::new(), json!({})),
        SettlementBasis::TimeShare | SettlementBasis::Rental => {
            let Some(price) = wish.contract else { return Err(one("basis", "settlement.contract")) };
            let legs = settlement::legs(conn, order, 0).await?;
            let hire = Hire {
                minutes: legs.iter().fold(0_u32, |sum, leg| sum.saturating_add(leg.minutes)),
                days: days(order),
                distance_m: if wish.basis == SettlementBasis::Rental { distance(order, asked)? } else { 0 },
            };
            let caps = caps(conn, (order.vehicle, order.fleet, &line), left_at, now).await?;
            let used = json!({
                "minutes": hire.minutes, "days": hire.days, "distance_m": hire.distance_m, "cap_fen": caps.day,
                "left_of_year_fen": caps.left_of_year, "contract": terms.map(|terms| terms.number), "prices_of": on,
            });
            (price.lines(hire, caps), used)
        }
        SettlementBasis::Tariff => {
            let distance_m = distance(order, asked)?;
            let class = match wish.class {
                Some(class) => class,
                None => class_by_seats(order)?,
            };
            let legs = settlement::legs(conn, order, distance_m).await?;
            let trip = Use { area: wish.area, legs, days_out_of_town: asked.days_out_of_town };
            let versions = rule::binding(conn, order.fleet, &Tariff::KEYS).await?;
            let lines = Tariff::of(&versions, &line, (on, now), class).price(&trip);
            let lines = lines.map_err(|error| ApiError::from(TARIFF_NO_PRICE).detail(error.to_string()))?;
            let used = json!({
                "class": class.as_str(), "area": wish.area.as_str(), "distance_m": distance_m,
                "legs": trip.legs.iter().map(|leg| json!({ "minutes": leg.minutes, "waiting_minutes": leg.waiting_minutes })).collect::<Vec<_>>(),
                "days_out_of_town": trip.days_out_of_town, "prices_of": on,
            });
            (lines, used)
        }
    };
    Ok((Settlement::new(wish.basis, priced, &paid), used))
}

/// What a time-share car costs at most on the day on which it leaves, and what of its year is left.
pub(crate) async fn caps(
    conn: &mut PgConnection,
    (car, fleet, line): (VehicleId, UnitId, &[UnitId]),
    left_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> ApiResult<Caps> {
    let on = day_of(left_at);
    let keys = [RuleKey::TimeShareDay, RuleKey::TimeShareYear];
    let versions = rule::binding(conn, fleet, &keys).await?;
    #[expect(clippy::cast_possible_truncation, reason = "whole fen, by the register's bounds")]
    let [day, year] = keys.map(|key| {
        let cap = resolve(&versions, key, line, on, now).and_then(|resolved| resolved.value.number());
        Money::from_fen(cap.unwrap_or_default() as i64)
    });
    let first = |year: i32| NaiveDate::from_ymd_opt(year, 1, 1).map_or(left_at, start_of);
    let spent = supplier::spent(conn, car, (first(on.year()), first(on.year() + 1))).await?;
    Ok(Caps { day, left_of_year: year - spent })
}

/// Days begun from departure to return, in Beijing time.
fn days(order: &Order) -> u32 {
    let span = order.departed_at.zip(order.returned_at).map(|(left, back)| day_of(back) - day_of(left));
    span.and_then(|span| u32::try_from(span.num_days() + 1).ok()).unwrap_or(1)
}

/// Metres by the odometer, else as told.
fn distance(order: &Order, asked: &ToSettle) -> ApiResult<u32> {
    let read = order.return_odometer_m.zip(order.depart_odometer_m).map(|(back, left)| back - left);
    let metres = read.or(asked.distance_m).filter(|metres| (0..=MOST_METRES).contains(metres));
    metres.and_then(|metres| u32::try_from(metres).ok()).ok_or_else(|| one("distance_m", "settlement.distance"))
}

fn class_by_seats(order: &Order) -> ApiResult<TariffClass> {
    let seats = Seats::new(order.seats.into()).ok();
    seats.map(TariffClass::of_seats).ok_or_else(|| one("class", "tariff.class"))
}

/// One field that is wrong.
fn one(field: &str, code: &'static str) -> ApiError {
    let mut wrong = Wrong::default();
    wrong.note(field, code);
    wrong.into_error()
}
