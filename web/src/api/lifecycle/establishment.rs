//! The ledger of establishments: the board by unit and category, its documents and cars, and changes of it.

use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use dispatch::account::Permission;
use dispatch::calendar::day_of;
use dispatch::lifecycle::LifecyclePaper;
use dispatch::lifecycle::establishment::{EstablishmentError, EstablishmentKind, EstablishmentKindError, Movement};
use dispatch::lifecycle::facts::{ChangeFacts, PaperFacts, PaperId};
use dispatch::unit::UnitId;
use dispatch::vehicle::{VehicleCategory, VehicleCategoryError};
use fleet_db::lifecycle::NewPaper;
use fleet_db::lifecycle::establishment::{self, Entry, HeldCar, Part, Sum};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::papers::{self, PapersAsked};
use super::stepping::{self, PaperStep, Started};
use super::views::{PaperPage, PaperView};
use super::written::needed;
use crate::api::session::new_id;
use crate::auth::Actor;
use crate::extract::{Asked, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiResult, Problem, Wrong};
use crate::state::App;

/// Of which unit.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct BoardAsked {
    /// The unit whose board is shown; the first of the asker's own when absent.
    unit_id: Option<Uuid>,
}

/// Of which unit and category.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PlaceAsked {
    unit_id: Uuid,
    category: String,
}

/// How a unit and those below it stand, category by category; the total is the sum of the unit alone and of those right below it.
#[derive(Serialize, ToSchema)]
pub(crate) struct EstablishmentBoard {
    unit_id: Uuid,
    unit_name: String,
    /// The unit above, where the asker may look there.
    parent_id: Option<Uuid>,
    total: Vec<EstablishmentSum>,
    alone: Vec<EstablishmentSum>,
    below: Vec<EstablishmentSum>,
    may_propose: bool,
}

/// A line of the board.
#[derive(Serialize, ToSchema)]
pub(crate) struct EstablishmentSum {
    unit_id: Uuid,
    unit_name: String,
    has_below: bool,
    category: &'static str,
    authorised: i32,
    held: i32,
    /// Indicators for more that are out and not used.
    promised: i32,
    vacant: i32,
    /// Beyond what may be held, unit by unit (Art. 26, head 1).
    over: i32,
}

/// What a unit holds in a category: its movements by their documents, and its cars.
#[derive(Serialize, ToSchema)]
pub(crate) struct EstablishmentPlace {
    entries: Vec<EstablishmentEntryView>,
    cars: Vec<HeldCarView>,
}

/// A movement of the ledger.
#[derive(Serialize, ToSchema)]
pub(crate) struct EstablishmentEntryView {
    /// `opening`, `grant`, `reduce`, `withdraw`, `transfer_in` or `transfer_out`.
    kind: &'static str,
    /// Below nothing: taken off.
    count: i32,
    document: String,
    paper_id: Uuid,
    number: String,
    by: String,
    at: DateTime<Utc>,
}

/// A car that takes a place.
#[derive(Serialize, ToSchema)]
pub(crate) struct HeldCarView {
    vehicle_id: Uuid,
    plate: String,
    model: String,
    powertrain: String,
    status: String,
    registered_on: Option<NaiveDate>,
}

/// A change of an establishment to be proposed.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct EstablishmentToChange {
    unit_id: Uuid,
    category: String,
    /// `opening`, `grant`, `reduce` or `withdraw`.
    kind: String,
    count: i32,
    reason: String,
}

impl From<Sum> for EstablishmentSum {
    fn from(sum: Sum) -> Self {
        Self {
            unit_id: sum.unit.0,
            unit_name: sum.unit_name,
            has_below: sum.has_below,
            category: sum.category.as_str(),
            authorised: sum.standing.authorised,
            held: sum.standing.held,
            promised: sum.standing.promised,
            vacant: sum.vacant,
            over: sum.over,
        }
    }
}

impl From<Entry> for EstablishmentEntryView {
    fn from(entry: Entry) -> Self {
        Self {
            kind: entry.movement.kind.as_str(),
            count: entry.movement.count,
            document: entry.document,
            paper_id: entry.paper.0,
            number: entry.number,
            by: entry.by,
            at: entry.at,
        }
    }
}

impl From<HeldCar> for HeldCarView {
    fn from(car: HeldCar) -> Self {
        Self {
            vehicle_id: car.vehicle.0,
            plate: car.plate,
            model: car.model,
            powertrain: car.powertrain,
            status: car.status,
            registered_on: car.registered_on,
        }
    }
}

/// The board of a unit: what it and those below may hold, hold, have promised, and hold too many of.
#[utoipa::path(get, path = "/establishment", operation_id = "read_establishment", tag = "lifecycle", params(BoardAsked),
    responses((status = 200, body = EstablishmentBoard),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn board(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(asked): Asked<BoardAsked>,
) -> ApiResult<axum::Json<EstablishmentBoard>> {
    let scope = actor.scope(Permission::WatchLifecycle)?;
    let mut conn = app.conn(&scope).await?;
    let unit = UnitId(asked.unit_id.or_else(|| scope.units().first().copied()).unwrap_or_default());
    fleet_db::unit::is_within(&mut conn, &scope, unit).await?;
    let named = fleet_db::unit::load(&mut conn, &scope, unit).await?;
    let parent = match named.parent {
        Some(parent) => fleet_db::unit::within(&mut conn, &scope, &[parent]).await?.first().map(|unit| unit.0),
        None => None,
    };
    let today = day_of(now);
    let mut sums = Vec::new();
    for part in [Part::Below, Part::Alone, Part::Whole] {
        let part = establishment::sums(&mut conn, unit, part, today).await?;
        sums.push(part.into_iter().map(EstablishmentSum::from).collect());
    }
    Ok(axum::Json(EstablishmentBoard {
        unit_id: unit.0,
        unit_name: named.name,
        parent_id: parent,
        total: sums.pop().unwrap_or_default(),
        alone: sums.pop().unwrap_or_default(),
        below: sums.pop().unwrap_or_default(),
        may_propose: actor.may(Permission::ProposeLifecycle),
    }))
}

/// The documents and the cars behind a number of the board.
#[utoipa::path(get, path = "/establishment/places", operation_id = "read_establishment_place", tag = "lifecycle", params(PlaceAsked),
    responses((status = 200, body = EstablishmentPlace),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn place(
    actor: Actor,
    State(app): State<App>,
    Asked(asked): Asked<PlaceAsked>,
) -> ApiResult<axum::Json<EstablishmentPlace>> {
    let scope = actor.scope(Permission::WatchLifecycle)?;
    let mut wrong = Wrong::default();
    let category = wrong.take("category", asked.category.parse::<VehicleCategory>(), VehicleCategoryError::code);
    let Some(category) = category else { return Err(wrong.into_error()) };
    let mut conn = app.conn(&scope).await?;
    let unit = UnitId(asked.unit_id);
    fleet_db::unit::is_within(&mut conn, &scope, unit).await?;
    let entries = establishment::entries(&mut conn, unit, category).await?;
    let cars = establishment::cars(&mut conn, unit, category).await?;
    Ok(axum::Json(EstablishmentPlace {
        entries: entries.into_iter().map(EstablishmentEntryView::from).collect(),
        cars: cars.into_iter().map(HeldCarView::from).collect(),
    }))
}

/// Changes of establishments of the asker's units, from the newest on.
#[utoipa::path(get, path = "/establishment/changes", operation_id = "list_establishment_changes", tag = "lifecycle", params(PapersAsked),
    responses((status = 200, body = PaperPage),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    State(app): State<App>,
    Asked(asked): Asked<PapersAsked>,
) -> ApiResult<axum::Json<PaperPage>> {
    papers::page(&app, &actor, LifecyclePaper::Establishment, asked).await
}

/// Proposes a change of an establishment; whoever decides does so by a document.
#[utoipa::path(post, path = "/establishment/changes", operation_id = "propose_establishment_change", tag = "lifecycle", request_body = EstablishmentToChange,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = PaperView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn propose(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    once: Once<EstablishmentToChange>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ProposeLifecycle)?;
    let body = &once.body;
    let mut wrong = Wrong::default();
    let category = wrong.take("category", body.category.parse::<VehicleCategory>(), VehicleCategoryError::code);
    let kind = wrong.take("kind", body.kind.parse::<EstablishmentKind>(), EstablishmentKindError::code);
    if matches!(kind, Some(EstablishmentKind::TransferIn | EstablishmentKind::TransferOut)) {
        wrong.note("kind", "establishment.kind");
    }
    let movement = kind.and_then(|kind| wrong.take("count", Movement::of(kind, body.count), EstablishmentError::code));
    let reason = needed("reason", &body.reason, &mut wrong);
    let (Some(category), Some(movement), Some(reason), true) = (category, movement, reason, wrong.is_empty()) else {
        return Err(wrong.into_error());
    };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let unit = UnitId(body.unit_id);
    fleet_db::unit::is_within(conn, &scope, unit).await?;
    let facts =
        PaperFacts { reason, change: Some(ChangeFacts { kind: movement.kind, count: body.count }), ..PaperFacts::default() };
    let new = NewPaper {
        id: PaperId(new_id(now)),
        paper: LifecyclePaper::Establishment,
        unit,
        state: "applied",
        category: Some(category),
        vehicle: None,
        indicator: None,
        to_unit: None,
        pool_unit: None,
        year: None,
        facts,
    };
    papers::propose(change, &actor, new, now).await
}

/// Looks a change through, decides on it, or takes it back; what is approved stands in the ledger at once.
#[utoipa::path(post, path = "/establishment/changes/{id}/steps", operation_id = "step_establishment_change", tag = "lifecycle", request_body = PaperStep,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = PaperView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn step(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<PaperStep>,
) -> ApiResult<Response> {
    let mut step = match stepping::begin(&app, &actor, LifecyclePaper::Establishment, id, &once, now).await? {
        Started::Fresh(step) => step,
        Started::Answered(response) => return Ok(response),
    };
    step.advance(&actor, now).await?;
    if step.wanted.action == "approve" {
        let (paper, document) = (step.paper.clone(), step.with.document.clone().unwrap_or_default());
        if let (Some(category), Some(change)) = (paper.category, paper.facts.change) {
            let standing = establishment::standing(step.conn(), paper.unit, category, day_of(now)).await?;
            let movement = Movement::of(change.kind, change.count)?;
            let _fits = standing.after(movement)?;
            let entry = new_id(now);
            let of = (paper.unit, category);
            establishment::enter(step.conn(), entry, of, movement, (paper.id, &document), actor.account.id, now).await?;
        }
    }
    step.finish(&actor, now).await
}
