//! The register of vehicles: searched, looked into, added to.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::plate::{PlateError, PlateNumber};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use dispatch::vehicle::{
    Alias, ModelName, Powertrain, PowertrainError, Seats, VehicleAsset, VehicleCategory, VehicleCategoryError, VehicleError,
    VehicleStatus,
};
use dispatch::vin::{Vin, VinError, VinRule};
use fleet_db::audit;
use fleet_db::vehicle::Filter;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use telematics::id::{VehicleId, VehicleNo};
use telematics::live::Status;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::seal_views::SealView;
use super::session::new_id;
use super::vehicle_views::{FittingView, TodayView, VehicleDetail, VehicleSummary, status_name};
use crate::auth::Actor;
use crate::auth::look::{self, Sight};
use crate::extract::{Asked, Json, Now, Path};
use crate::live::Counts;
use crate::once::{Begun, Once};
use crate::problem::{ApiError, ApiResult, Problem, REQUEST_QUERY, Wrong};
use crate::state::{App, commit};

/// Rows of a page when the asker does not say.
const PAGE: u32 = 100;

/// Which vehicles.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Text in the plate, alias, model, unit's name or terminal id, whatever the case.
    q: Option<String>,
    /// A unit and everything below it.
    unit_id: Option<Uuid>,
    /// `running`, `still`, `offline` or `faulty`.
    status: Option<String>,
    /// Numbers of the live channel, separated by commas.
    no: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    limit: Option<u32>,
}

/// A page of vehicles, by plate.
#[derive(Serialize, ToSchema)]
pub(crate) struct VehiclePage {
    items: Vec<VehicleSummary>,
    /// To be sent as `after` for the next page; null at the end.
    next: Option<String>,
    /// Of all vehicles that fit, whatever the status asked for.
    counts: Counts,
}

/// A vehicle to be registered.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewVehicle {
    pub(super) plate: String,
    pub(super) vin: Option<String>,
    pub(super) unit_id: Uuid,
    /// `confidential_courier`, `emergency_support`, `law_enforcement`, `special_technical`, `retired_cadre_service` or `other`.
    pub(super) category: String,
    /// `petrol`, `diesel`, `hybrid`, `plug_in_hybrid`, `electric` or `hydrogen`.
    pub(super) powertrain: String,
    pub(super) model: String,
    pub(super) seats: i64,
    pub(super) alias: Option<String>,
    /// Number of its toll unit (OBU).
    pub(super) obu_id: Option<String>,
}

/// The toll unit of a vehicle.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ObuGiven {
    /// Its number; null when it has none.
    obu_id: Option<String>,
}

/// A registered vehicle.
#[derive(Serialize, ToSchema)]
pub(crate) struct VehicleMade {
    id: Uuid,
    no: i32,
    plate: String,
}

impl Wanted {
    fn filter(&self) -> ApiResult<Filter> {
        let numbers = self
            .no
            .as_deref()
            .map(|list| list.split(',').map(|no| no.trim().parse::<VehicleNo>()).collect::<Result<Vec<_>, _>>());
        let numbers = numbers.transpose().map_err(|error| ApiError::from(REQUEST_QUERY).detail(format!("no: {error}")))?;
        Ok(Filter { text: self.q.clone(), unit: self.unit_id.map(UnitId), numbers })
    }

    fn status(&self) -> ApiResult<Option<Status>> {
        let Some(name) = self.status.as_deref().filter(|name| !name.is_empty()) else { return Ok(None) };
        let known = [Status::Running, Status::Still, Status::Offline, Status::Faulty];
        let status = known.into_iter().find(|status| status_name(*status) == name);
        status.map(Some).ok_or_else(|| ApiError::from(REQUEST_QUERY).detail("status: running, still, offline or faulty"))
    }
}

/// The vehicles of the scope, by plate, with what they are doing and how many do what.
#[utoipa::path(get, path = "/vehicles", operation_id = "list_vehicles", tag = "vehicles", params(Wanted),
    responses((status = 200, body = VehiclePage),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    State(app): State<App>,
    Asked(wanted): Asked<Wanted>,
) -> ApiResult<axum::Json<VehiclePage>> {
    let scope = actor.scope(Permission::WatchVehicles)?;
    let (mut filter, status) = (wanted.filter()?, wanted.status()?);
    // Who asks for certain numbers wants them all on one page.
    let named = filter.numbers.as_ref().map_or(0, |numbers| u32::try_from(numbers.len()).unwrap_or(u32::MAX));
    let limit = wanted.limit.unwrap_or(named.max(PAGE)).clamp(1, app.config.page_limit);
    let mut conn = app.conn(&scope).await?;
    if let Some(unit) = filter.unit {
        fleet_db::unit::is_within(&mut conn, &scope, unit).await?;
    }
    // Who is who is asked of the store; who does what is on the board, which is what the map shows too.
    let all = if filter.text.is_some() || filter.numbers.is_some() {
        fleet_db::vehicle::numbers(&mut conn, &scope, &filter).await?
    } else {
        let below: Vec<Scope> = std::iter::once(scope.clone()).chain(filter.unit.map(Scope::of)).collect();
        app.live.board().numbers(&below)
    };
    let counts = app.live.board().count(&all);
    if let Some(status) = status {
        let board = app.live.board();
        filter.numbers = Some(all.into_iter().filter(|no| board.status(*no) == status).collect());
    } else if filter.text.is_some() {
        // The text was looked for already; once is enough.
        filter = Filter { numbers: Some(all), ..Filter::default() };
    }
    let after = wanted.after.unwrap_or_default();
    let mut listed = fleet_db::vehicle::list(&mut conn, &scope, &filter, &after, limit + 1).await?;
    let has_more = listed.len() > limit as usize;
    listed.truncate(limit as usize);
    let next = listed.last().filter(|_| has_more).map(|last| last.vehicle.asset.plate.to_string());
    let board = app.live.board();
    let items = listed.iter().map(|one| VehicleSummary::new(one, board.state(one.vehicle.no))).collect();
    Ok(axum::Json(VehiclePage { items, next, counts }))
}

/// One vehicle with its devices, its day and its trip.
#[utoipa::path(get, path = "/vehicles/{id}", operation_id = "read_vehicle", tag = "vehicles", params(("id" = Uuid, Path)),
    responses((status = 200, body = VehicleDetail),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> ApiResult<axum::Json<VehicleDetail>> {
    let scope = actor.scope(Permission::WatchVehicles)?;
    look::at_vehicle(&app, &actor, &scope, VehicleId(id), Sight::Present, now).await?;
    let mut conn = app.conn(&scope).await?;
    let listed = fleet_db::vehicle::load(&mut conn, &scope, VehicleId(id)).await?;
    let fittings = fleet_db::fitting::list_of_vehicle(&mut conn, VehicleId(id)).await?;
    let (mut today, mut current_trip, mut open_alarms) = (TodayView::default(), None, Vec::new());
    if !listed.is_exempt {
        // The day, the trip and the alarms are history: they have their own door.
        fleet_db::vehicle::number(&mut conn, &scope, VehicleId(id)).await?;
        (today, current_trip) = super::history::today(&mut conn, listed.vehicle.no, now).await?;
        open_alarms = super::alarms::open(&mut conn, listed.vehicle.no).await?;
    }
    let filter = fleet_db::seal::Filter { vehicle: Some(VehicleId(id)), at: Some(now), ..Default::default() };
    let seal = fleet_db::seal::list(&mut conn, &scope, &filter, None, 1).await?.pop();
    let summary = VehicleSummary::new(&listed, app.live.board().state(listed.vehicle.no));
    Ok(axum::Json(VehicleDetail {
        summary,
        vin: listed.vehicle.asset.vin.as_ref().map(ToString::to_string),
        obu_id: fleet_db::vehicle::obu(&mut conn, VehicleId(id)).await?,
        devices: fittings.into_iter().map(FittingView::from).collect(),
        today,
        open_alarms,
        seal: seal.map(|seal| SealView::new(seal, now)),
        current_trip,
    }))
}

/// Registers a vehicle.
#[utoipa::path(post, path = "/vehicles", operation_id = "register_vehicle", tag = "vehicles", request_body = NewVehicle,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = VehicleMade),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn create(actor: Actor, Now(now): Now, State(app): State<App>, once: Once<NewVehicle>) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let obu = obu(once.body.obu_id.as_deref())?;
    let rule = if app.config.vin_without_check_digit { VinRule::ImportsAllowed } else { VinRule::Checked };
    let asset = asset(&once.body, rule)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let id = VehicleId(new_id(now));
    let no = fleet_db::vehicle::insert(change.conn(), &scope, id, &asset, now).await?;
    if obu.is_some() {
        let _with_the_vehicle = fleet_db::vehicle::set_obu(change.conn(), &scope, id, obu.as_deref(), now).await?;
    }
    let subject = Subject::of(SubjectKind::Vehicle, id.0, asset.plate.to_string());
    let entry = Entry::new(Action::Created, subject).in_unit(asset.unit).after(facts(&asset, obu.as_deref()));
    let told = audit::append(change.conn(), &actor.by(""), &entry, now).await?;
    change.finish(told, StatusCode::CREATED, &VehicleMade { id: id.0, no: no.0, plate: asset.plate.to_string() }).await
}

/// Says which toll unit is on the windscreen; what the terminal reports is checked against it.
#[utoipa::path(put, path = "/vehicles/{id}/obu", operation_id = "set_vehicle_obu", tag = "vehicles", request_body = ObuGiven,
    params(("id" = Uuid, Path)),
    responses((status = 204),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn set_obu(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Json(given): Json<ObuGiven>,
) -> ApiResult<StatusCode> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let obu = obu(given.obu_id.as_deref())?;
    let mut tx = app.begin(&scope).await?;
    let entry = fleet_db::vehicle::set_obu(&mut tx, &scope, VehicleId(id), obu.as_deref(), now).await?;
    let told = audit::append(&mut tx, &actor.by(""), &entry, now).await?;
    commit(tx, told).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the audit log tells of a vehicle.
fn facts(asset: &VehicleAsset, obu: Option<&str>) -> Value {
    json!({
        "vin": asset.vin.as_ref().map(Vin::as_str), "unit_id": asset.unit, "category": asset.category.as_str(),
        "powertrain": asset.powertrain.as_str(), "model": asset.model.as_str(), "seats": asset.seats.count(),
        "status": asset.status.as_str(), "alias": asset.alias.as_ref().map(Alias::as_str), "obu_id": obu,
    })
}

/// The number of a toll unit as typed in: 8 to 32 letters and digits.
fn obu(given: Option<&str>) -> ApiResult<Option<String>> {
    let Some(text) = given.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    if (8..=32).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Ok(Some(text.to_uppercase()));
    }
    let mut wrong = Wrong::default();
    wrong.note("obu_id", "vehicle.obu");
    Err(wrong.into_error())
}

/// The facts as typed in, or everything that is wrong with them.
pub(super) fn asset(new: &NewVehicle, rule: VinRule) -> ApiResult<VehicleAsset> {
    let mut wrong = Wrong::default();
    let filled = |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let plate = wrong.take("plate", new.plate.parse::<PlateNumber>(), PlateError::code);
    let vin = wrong.take("vin", filled(&new.vin).map(|vin| Vin::parse(&vin, rule)).transpose(), VinError::code);
    let category = wrong.take("category", new.category.parse::<VehicleCategory>(), VehicleCategoryError::code);
    let powertrain = wrong.take("powertrain", new.powertrain.parse::<Powertrain>(), PowertrainError::code);
    let model = wrong.take("model", ModelName::new(&new.model), VehicleError::code);
    let seats = wrong.take("seats", Seats::new(new.seats), VehicleError::code);
    let alias = wrong.take("alias", filled(&new.alias).map(|alias| Alias::new(&alias)).transpose(), VehicleError::code);
    match (plate, vin, category, powertrain, model, seats, alias) {
        (Some(plate), Some(vin), Some(category), Some(powertrain), Some(model), Some(seats), Some(alias)) => Ok(VehicleAsset {
            plate,
            vin,
            unit: UnitId(new.unit_id),
            category,
            powertrain,
            model,
            seats,
            status: VehicleStatus::InService,
            alias,
        }),
        _ => Err(wrong.into_error()),
    }
}
