//! The ledger of what cars cost: listed, entered by hand, taken back; and years that are closed.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, SubjectKind};
use dispatch::calendar::day_of;
use dispatch::money::Money;
use dispatch::running::cost::{CostError, CostHead, CostHeadError, CostId, CostSource, check_day, reversal_day};
use dispatch::running::energy::{Energy, EnergyKind};
use dispatch::running::{FieldError, TEXT, note, text};
use dispatch::supplier::SupplierId;
use dispatch::trip::order::OrderId;
use dispatch::unit::UnitId;
use fleet_db::running::cost::{self, ClosedYear, Cost, Filter, NewCost};
use fleet_db::{audit, incident};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use telematics::id::VehicleId;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::post::post;
use super::{MOST, PAGE, entry as paper_entry, one, unit_of};
use crate::api::session::new_id;
use crate::auth::Actor;
use crate::extract::{Asked, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiError, ApiResult, Problem, Wrong};
use crate::state::App;

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CostsAsked {
    vehicle_id: Option<Uuid>,
    order_id: Option<Uuid>,
    /// Under this head.
    head: Option<String>,
    /// From this day on, and up to and with this day.
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    /// `next` of the page before.
    after: Option<Uuid>,
    /// 1 to 500, 50 when absent.
    limit: Option<i64>,
}

/// A cost to be entered by hand.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CostToEnter {
    vehicle_id: Uuid,
    /// `fuel`, `charge`, `toll`, `parking`, `repair`, `upkeep`, `insurance`, `inspection`, `other`, `fine`, `driver`, `purchase`, `purchase_tax`,
    /// `registration` or `proceeds`.
    head: String,
    /// More than nothing; of proceeds what came in.
    amount_fen: i64,
    occurred_on: NaiveDate,
    /// The trip on which it was.
    order_id: Option<Uuid>,
    supplier_id: Option<Uuid>,
    /// Litres of fuel or kilowatt-hours of electricity.
    quantity: Option<f64>,
    /// Of fuel: `petrol` or `diesel`.
    energy: Option<String>,
    #[serde(default)]
    note: String,
}

/// Why an entry is taken back.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CostReversal {
    reason: String,
}

/// A year to be closed.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct YearToClose {
    /// For this unit and those below.
    unit_id: Uuid,
    /// It is over.
    year: i16,
}

/// A page of the ledger, the newest entry first.
#[derive(Serialize, ToSchema)]
pub(crate) struct CostPage {
    items: Vec<CostView>,
    /// To be sent as `after` for the next page; null at the end.
    next: Option<Uuid>,
    may_change: bool,
}

/// An entry of the ledger.
#[derive(Serialize, ToSchema)]
pub(crate) struct CostView {
    id: Uuid,
    vehicle_id: Uuid,
    plate: String,
    unit_id: Uuid,
    unit_name: String,
    head: &'static str,
    /// Below nothing: came in, or takes another entry back.
    amount_fen: i64,
    occurred_on: NaiveDate,
    order_id: Option<Uuid>,
    order_number: Option<String>,
    supplier_name: Option<String>,
    /// `manual`, `repair`, `card`, `policy`, `inspection`, `expense`, `feed`, `linked` or `reversal`.
    source: &'static str,
    source_ref: Option<String>,
    /// `petrol`, `diesel` or `electric`; litres or kilowatt-hours.
    energy: Option<&'static str>,
    quantity: Option<f64>,
    /// By the factor of the day as it was known when the entry was made.
    carbon_g: Option<i64>,
    factor: Option<f64>,
    note: String,
    /// The entry that it takes back.
    reverses: Option<Uuid>,
    is_reversed: bool,
    posted_by: Option<String>,
    posted_at: DateTime<Utc>,
}

/// Years that are closed, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct ClosedYears {
    items: Vec<ClosedYearView>,
    may_change: bool,
}

/// A year that does not move any more.
#[derive(Serialize, ToSchema)]
pub(crate) struct ClosedYearView {
    unit_id: Uuid,
    unit_name: String,
    year: i16,
    closed_by: String,
    closed_at: DateTime<Utc>,
}

impl From<ClosedYear> for ClosedYearView {
    fn from(year: ClosedYear) -> Self {
        let ClosedYear { unit, unit_name, year, closed_by, closed_at } = year;
        Self { unit_id: unit.0, unit_name, year, closed_by, closed_at }
    }
}

impl From<Cost> for CostView {
    fn from(kept: Cost) -> Self {
        let (carbon, new) = (kept.carbon(), kept.new);
        #[expect(clippy::cast_precision_loss, reason = "at most a million thousandths")]
        let quantity = new.energy.map(|taken| taken.energy.amount as f64 / 1000.0);
        Self {
            id: new.id.0,
            vehicle_id: new.vehicle.0,
            plate: kept.plate,
            unit_id: new.unit.0,
            unit_name: kept.unit_name,
            head: new.head.as_str(),
            amount_fen: new.amount.fen(),
            occurred_on: new.on,
            order_id: new.order.map(|id| id.0),
            order_number: kept.order_number,
            supplier_name: kept.supplier_name,
            source: new.source.as_str(),
            source_ref: new.source_ref,
            energy: new.energy.map(|taken| taken.energy.kind.as_str()),
            quantity,
            carbon_g: carbon.map(|carbon| carbon.g),
            factor: carbon.map(|carbon| carbon.factor),
            note: new.note,
            reverses: new.reverses.map(|id| id.0),
            is_reversed: kept.is_reversed,
            posted_by: kept.posted_by,
            posted_at: kept.posted_at,
        }
    }
}

/// The ledger of the asker's units, the newest entry first.
#[utoipa::path(get, path = "/vehicle-costs", operation_id = "list_vehicle_costs", tag = "running", params(CostsAsked),
    responses((status = 200, body = CostPage),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    State(app): State<App>,
    Asked(asked): Asked<CostsAsked>,
) -> ApiResult<axum::Json<CostPage>> {
    let scope = actor.scope(Permission::WatchTrips)?;
    let mut wrong = Wrong::default();
    let head = asked.head.as_deref().filter(|head| !head.is_empty()).map(str::parse::<CostHead>).transpose();
    let Some(head) = wrong.take("head", head, CostHeadError::code) else { return Err(wrong.into_error()) };
    let filter = Filter {
        id: None,
        vehicle: asked.vehicle_id.map(VehicleId),
        head,
        order: asked.order_id.map(OrderId),
        from: asked.from,
        to: asked.to,
        after: asked.after.map(CostId),
    };
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, MOST);
    let mut conn = app.conn(&scope).await?;
    let mut found = cost::list(&mut conn, &scope, filter, limit + 1).await?;
    let page = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = found.len() > page;
    found.truncate(page);
    let next = found.last().filter(|_| has_more).map(|last| last.new.id.0);
    let items = found.into_iter().map(CostView::from).collect();
    Ok(axum::Json(CostPage { items, next, may_change: actor.may(Permission::ManageFleet) }))
}

impl CostToEnter {
    fn read(&self, now: DateTime<Utc>) -> ApiResult<(CostHead, Money, Option<Energy>, String)> {
        let mut wrong = Wrong::default();
        let head = wrong.take("head", self.head.parse::<CostHead>(), CostHeadError::code);
        let signed =
            head.and_then(|head| wrong.take("amount_fen", head.signed(Money::from_fen(self.amount_fen)), CostError::code));
        wrong.take("occurred_on", check_day(self.occurred_on, now), CostError::code);
        let note = wrong.take("note", note(&self.note, TEXT), FieldError::code);
        let energy = match (head, self.quantity, self.energy.as_deref()) {
            (Some(CostHead::Charge), Some(kwh), _) => Energy::of(EnergyKind::Electric, kwh),
            (Some(CostHead::Fuel), Some(litres), Some("diesel")) => Energy::of(EnergyKind::Diesel, litres),
            (Some(CostHead::Fuel), Some(litres), None | Some("petrol")) => Energy::of(EnergyKind::Petrol, litres),
            _ => None,
        };
        if self.quantity.is_some() && energy.is_none() {
            wrong.note("quantity", CostError::Energy.code());
        }
        match (head, signed, note) {
            (Some(head), Some(signed), Some(note)) if wrong.is_empty() => Ok((head, signed, energy, note)),
            _ => Err(wrong.into_error()),
        }
    }
}

/// Enters a cost of a car. A closed year does not move.
#[utoipa::path(post, path = "/vehicle-costs", operation_id = "enter_vehicle_cost", tag = "running", request_body = CostToEnter,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = CostView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn enter(actor: Actor, Now(now): Now, State(app): State<App>, once: Once<CostToEnter>) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let given = &once.body;
    let (head, amount, energy, note) = given.read(now)?;
    let (vehicle, order, supplier) =
        (VehicleId(given.vehicle_id), given.order_id.map(OrderId), given.supplier_id.map(SupplierId));
    let on = given.occurred_on;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let (conn, id) = (change.conn(), CostId(new_id(now)));
    let car = fleet_db::vehicle::load(conn, &scope, vehicle).await?;
    if let Some(order) = order
        && incident::driver_of(conn, order, vehicle).await.is_err()
    {
        return Err(one("order_id", "incident.order"));
    }
    let new = NewCost {
        id,
        vehicle,
        unit: unit_of(&car),
        head,
        amount,
        on,
        order,
        supplier,
        source: CostSource::Manual,
        source_ref: None,
        energy: None,
        note,
        reverses: None,
        by: Some(actor.account.id),
    };
    post(conn, new, energy, now).await?;
    let kept = cost::load(conn, &scope, id).await?;
    let told = audit::append(conn, &actor.by(""), &entry(Action::Created, &kept).after(facts(&kept)), now).await?;
    change.finish(told, StatusCode::CREATED, &CostView::from(kept)).await
}

/// Takes an entry back by its opposite: on the same day as long as its year is open, else today.
#[utoipa::path(post, path = "/vehicle-costs/{id}/reversal", operation_id = "reverse_vehicle_cost", tag = "running",
    request_body = CostReversal,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = CostView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn reverse(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<CostReversal>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let Ok(reason) = text(&once.body.reason, TEXT) else { return Err(one("reason", FieldError::Text.code())) };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let wrong = cost::load(conn, &scope, CostId(id)).await?;
    if wrong.is_reversed || wrong.new.reverses.is_some() {
        return Err(ApiError::conflict("cost.reversed"));
    }
    let closed = cost::closed_through(conn, wrong.new.unit).await?;
    let back = wrong.opposite(CostId(new_id(now)), reversal_day(wrong.new.on, day_of(now), closed), &reason, actor.account.id);
    cost::insert(conn, &back, now).await?;
    let kept = cost::load(conn, &scope, back.id).await?;
    let told = entry(Action::Reversed, &kept).before(facts(&wrong)).after(facts(&kept));
    let told = audit::append(conn, &actor.by(&reason), &told, now).await?;
    change.finish(told, StatusCode::CREATED, &CostView::from(kept)).await
}

/// The years that are closed for the asker's units.
#[utoipa::path(get, path = "/closed-years", operation_id = "list_closed_years", tag = "running",
    responses((status = 200, body = ClosedYears),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn years(actor: Actor, State(app): State<App>) -> ApiResult<axum::Json<ClosedYears>> {
    let scope = actor.scope(Permission::WatchTrips)?;
    let mut conn = app.conn(&scope).await?;
    let items = cost::closed_years(&mut conn).await?.into_iter().map(ClosedYearView::from).collect();
    Ok(axum::Json(ClosedYears { items, may_change: actor.may(Permission::ManageAllowances) }))
}

/// Closes a year that is over, for a unit and those below: it does not move any more.
#[utoipa::path(post, path = "/closed-years", operation_id = "close_year", tag = "running", request_body = YearToClose, params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = ClosedYears),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn close(actor: Actor, Now(now): Now, State(app): State<App>, once: Once<YearToClose>) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageAllowances)?;
    let (unit, year) = (UnitId(once.body.unit_id), once.body.year);
    if !(2000..day_of(now).year()).contains(&i32::from(year)) {
        return Err(one("year", "cost.year"));
    }
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    cost::close_year(conn, &scope, unit, year, actor.account.id, now).await?;
    let told =
        paper_entry(Action::Sealed, SubjectKind::VehicleCost, (unit.0, &year.to_string()), unit).after(json!({ "year": year }));
    let told = audit::append(conn, &actor.by(""), &told, now).await?;
    let items = cost::closed_years(conn).await?.into_iter().map(ClosedYearView::from).collect();
    change.finish(told, StatusCode::CREATED, &ClosedYears { items, may_change: true }).await
}

/// What the audit log tells of an entry.
pub(super) fn facts(kept: &Cost) -> Value {
    let new = &kept.new;
    json!({
        "plate": kept.plate, "head": new.head, "amount_fen": new.amount, "occurred_on": new.on, "source": new.source,
        "source_ref": new.source_ref, "order": kept.order_number, "reverses": new.reverses,
    })
}

/// An entry of the log about an entry of the ledger.
pub(super) fn entry(action: Action, kept: &Cost) -> Entry {
    paper_entry(action, SubjectKind::VehicleCost, (kept.new.id.0, &kept.plate), kept.new.unit)
}
