//! Cards for fuel and charging: given out for one car, held back, closed.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use dispatch::account::Permission;
use dispatch::audit::{Action, SubjectKind};
use dispatch::running::card::{
    CardId, CardKind, CardKindError, CardLimits, CardState, CardStateError, EnergyGrade, EnergyGradeError,
};
use dispatch::running::{FieldError, NAME, amount, text};
use dispatch::supplier::SupplierId;
use fleet_db::audit;
use fleet_db::running::card::{self, CardKept};
use serde::{Deserialize, Serialize};
use serde_json::json;
use telematics::id::VehicleId;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{entry, unit_of};
use crate::api::session::new_id;
use crate::auth::Actor;
use crate::extract::{Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiResult, NOT_FOUND, Problem, Wrong};
use crate::state::App;

/// What a card may do.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct LimitsToSet {
    /// `petrol_92`, `petrol_95`, `petrol_98`, `diesel`, `electricity`; none: whatever its kind is.
    #[serde(default)]
    grades: Vec<String>,
    /// At once, on a day, in a month; null: what the register says, and no limit.
    single_fen: Option<i64>,
    day_fen: Option<i64>,
    month_fen: Option<i64>,
}

/// A card to be given out.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CardToGive {
    number: String,
    /// `fuel` or `charge`.
    kind: String,
    /// Its car, and no other ever.
    vehicle_id: Uuid,
    /// Who gives it out.
    supplier_id: Option<Uuid>,
    #[serde(flatten)]
    limits: LimitsToSet,
}

/// What a card is from now on.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CardToChange {
    /// `active`, `suspended` or `closed`.
    state: String,
    #[serde(flatten)]
    limits: LimitsToSet,
}

/// Cards, by plate.
#[derive(Serialize, ToSchema)]
pub(crate) struct CardList {
    items: Vec<CardView>,
    may_change: bool,
}

/// A card of a car.
#[derive(Serialize, ToSchema)]
pub(crate) struct CardView {
    id: Uuid,
    number: String,
    kind: &'static str,
    state: &'static str,
    vehicle_id: Uuid,
    plate: String,
    unit_name: String,
    issuer: Option<String>,
    grades: Vec<&'static str>,
    single_fen: Option<i64>,
    day_fen: Option<i64>,
    month_fen: Option<i64>,
    /// What was paid with it this month.
    spent_fen: i64,
    /// What was refused on it, ever.
    refusals: i64,
}

impl From<CardKept> for CardView {
    fn from(kept: CardKept) -> Self {
        let limits = kept.card.limits;
        Self {
            id: kept.id.0,
            number: kept.number,
            kind: kept.card.kind.as_str(),
            state: kept.card.state.as_str(),
            vehicle_id: kept.of.vehicle.0,
            plate: kept.of.plate,
            unit_name: kept.of.unit_name,
            issuer: kept.issuer,
            grades: limits.grades.into_iter().map(EnergyGrade::as_str).collect(),
            single_fen: limits.single_fen,
            day_fen: limits.day_fen,
            month_fen: limits.month_fen,
            spent_fen: kept.month.fen(),
            refusals: kept.refusals,
        }
    }
}

impl LimitsToSet {
    fn read(&self, wrong: &mut Wrong) -> CardLimits {
        let grades =
            self.grades.iter().filter_map(|grade| wrong.take("grades", grade.parse::<EnergyGrade>(), EnergyGradeError::code));
        let grades = grades.collect();
        for (field, limit) in [("single_fen", self.single_fen), ("day_fen", self.day_fen), ("month_fen", self.month_fen)] {
            wrong.take(field, limit.map(amount).transpose(), FieldError::code);
        }
        CardLimits { grades, single_fen: self.single_fen, day_fen: self.day_fen, month_fen: self.month_fen }
    }
}

/// The cards of cars of the asker's units.
#[utoipa::path(get, path = "/cards", operation_id = "list_cards", tag = "running",
    responses((status = 200, body = CardList),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(actor: Actor, Now(now): Now, State(app): State<App>) -> ApiResult<axum::Json<CardList>> {
    let scope = actor.scope(Permission::WatchTrips)?;
    let mut conn = app.conn(&scope).await?;
    let items = card::list(&mut conn, &scope, None, now).await?.into_iter().map(CardView::from).collect();
    Ok(axum::Json(CardList { items, may_change: actor.may(Permission::ManageFleet) }))
}

/// Gives a card out for one car.
#[utoipa::path(post, path = "/cards", operation_id = "give_card", tag = "running", request_body = CardToGive, params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = CardView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn give(actor: Actor, Now(now): Now, State(app): State<App>, once: Once<CardToGive>) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let given = &once.body;
    let mut wrong = Wrong::default();
    let number = wrong.take("number", text(&given.number, NAME), FieldError::code);
    let kind = wrong.take("kind", given.kind.parse::<CardKind>(), CardKindError::code);
    let limits = given.limits.read(&mut wrong);
    if kind.is_some_and(|kind| !limits.grades.iter().all(|grade| kind.takes(*grade))) {
        wrong.note("grades", "card.grade");
    }
    let (Some(number), Some(kind), true) = (number, kind, wrong.is_empty()) else { return Err(wrong.into_error()) };
    let (vehicle, supplier) = (VehicleId(given.vehicle_id), given.supplier_id.map(SupplierId));
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let (conn, id) = (change.conn(), CardId(new_id(now)));
    let car = fleet_db::vehicle::load(conn, &scope, vehicle).await?;
    card::insert(conn, (id, vehicle, supplier), (&number, kind, &limits), actor.account.id, now).await?;
    let kept = card::list(conn, &scope, Some(id), now).await?.into_iter().next().ok_or(NOT_FOUND)?;
    let facts = json!({ "plate": kept.of.plate, "kind": kind, "limits": limits });
    let told = entry(Action::Created, SubjectKind::EnergyCard, (id.0, &number), unit_of(&car)).after(facts);
    let told = audit::append(conn, &actor.by(""), &told, now).await?;
    change.finish(told, StatusCode::CREATED, &CardView::from(kept)).await
}

/// Sets what a card may do, holds it back, or closes it.
#[utoipa::path(put, path = "/cards/{id}", operation_id = "change_card", tag = "running", request_body = CardToChange,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = CardView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn change(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<CardToChange>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let mut wrong = Wrong::default();
    let state = wrong.take("state", once.body.state.parse::<CardState>(), CardStateError::code);
    let limits = once.body.limits.read(&mut wrong);
    let Some(state) = state.filter(|_| wrong.is_empty()) else { return Err(wrong.into_error()) };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let (conn, id) = (change.conn(), CardId(id));
    let before = card::list(conn, &scope, Some(id), now).await?.into_iter().next().ok_or(NOT_FOUND)?;
    card::change(conn, id, state, &limits, now).await?;
    let facts = |state: CardState, limits: &CardLimits| json!({ "state": state, "limits": limits });
    let told = entry(Action::Changed, SubjectKind::EnergyCard, (id.0, &before.number), before.of.unit)
        .before(facts(before.card.state, &before.card.limits))
        .after(facts(state, &limits));
    let told = audit::append(conn, &actor.by(""), &told, now).await?;
    let kept = card::list(conn, &scope, Some(id), now).await?.into_iter().next().ok_or(NOT_FOUND)?;
    change.finish(told, StatusCode::OK, &CardView::from(kept)).await
}
