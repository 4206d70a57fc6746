//! What was done with cards: listed, and entered one by one; another plate, another fuel and more than the limits are refused and counted.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, SubjectKind};
use dispatch::money::Money;
use dispatch::plate::PlateNumber;
use dispatch::running::card::{CardAct, CardActError, CardId, CardUseId, EnergyGrade, EnergyGradeError};
use dispatch::running::feed::CardRow;
use dispatch::running::{FieldError, NAME, amount, note, text};
use fleet_db::audit;
use fleet_db::running::card::{self, UseKept};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::link::{Linking, Outcome};
use super::{MOST, PAGE, entry};
use crate::auth::Actor;
use crate::extract::{Asked, Now};
use crate::once::{Begun, Once};
use crate::problem::{ApiResult, NOT_FOUND, Problem, Wrong};
use crate::state::App;

/// Which uses.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UsesAsked {
    card_id: Option<Uuid>,
    /// `true`: what was refused; `false`: what was paid.
    refused: Option<bool>,
    /// `next` of the page before.
    after: Option<Uuid>,
    /// 1 to 500, 50 when absent.
    limit: Option<i64>,
}

/// Something that was done with a card.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct UseToEnter {
    /// What whoever sends it calls it; the same once more is known.
    number: String,
    card_number: String,
    /// `take` or `top_up`.
    act: String,
    at: DateTime<Utc>,
    /// Plate that the station wrote down; empty where it wrote none.
    #[serde(default)]
    plate: String,
    /// `petrol_92`, `petrol_95`, `petrol_98`, `diesel` or `electricity`; needed to take.
    grade: Option<String>,
    /// Litres or kilowatt-hours; needed to take.
    quantity: Option<f64>,
    amount_fen: i64,
    #[serde(default)]
    place: String,
}

/// A page of what was done with cards, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct UsePage {
    items: Vec<UseView>,
    /// To be sent as `after` for the next page; null at the end.
    next: Option<Uuid>,
    may_change: bool,
}

/// Something that was done with a card.
#[derive(Serialize, ToSchema)]
pub(crate) struct UseView {
    id: Uuid,
    card_id: Uuid,
    card_number: String,
    /// Plate of the card's car.
    card_plate: String,
    number: String,
    act: String,
    at: DateTime<Utc>,
    /// Plate that the station wrote down.
    plate: String,
    grade: Option<String>,
    /// Litres or kilowatt-hours.
    quantity: Option<f64>,
    amount_fen: i64,
    place: String,
    /// Why it was refused: `other_plate`, `not_active`, `grade`, `single_limit`, `day_limit`, `month_limit`, `top_up_limit`; none: it was paid.
    refused: Vec<String>,
    /// The entry of the ledger; null where it is none, or where the journal of the trip has it.
    cost_id: Option<Uuid>,
}

/// What became of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct UseEntered {
    /// `entered`, `refused`, `waiting` (nobody knows the card) or `known`.
    outcome: &'static str,
    /// The use as it is kept; null where it waits or was known.
    entered: Option<UseView>,
}

impl From<UseKept> for UseView {
    fn from(kept: UseKept) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "at most a million thousandths")]
        let quantity = kept.quantity.map(|quantity| quantity as f64 / 1000.0);
        Self {
            id: kept.id.0,
            card_id: kept.card.0,
            card_number: kept.card_number,
            card_plate: kept.card_plate,
            number: kept.number,
            act: kept.act,
            at: kept.at,
            plate: kept.plate,
            grade: kept.grade,
            quantity,
            amount_fen: kept.amount.fen(),
            place: kept.place,
            refused: kept.refused,
            cost_id: kept.cost.map(|id| id.0),
        }
    }
}

impl UseToEnter {
    fn read(&self, now: DateTime<Utc>) -> ApiResult<CardRow> {
        let mut wrong = Wrong::default();
        let number = wrong.take("number", text(&self.number, NAME), FieldError::code);
        let card = wrong.take("card_number", text(&self.card_number, NAME), FieldError::code);
        let act = wrong.take("act", self.act.parse::<CardAct>(), CardActError::code);
        let grade = self.grade.as_deref().map(str::parse::<EnergyGrade>).transpose();
        let grade = wrong.take("grade", grade, EnergyGradeError::code);
        let station = wrong.take("place", note(&self.place, NAME), FieldError::code);
        let fen = wrong.take("amount_fen", amount(self.amount_fen), FieldError::code);
        let fits = |quantity: f64| quantity > 0.0 && quantity <= 1_000.0;
        if self.quantity.is_some_and(|quantity| !fits(quantity)) || act == Some(CardAct::Take) && self.quantity.is_none() {
            wrong.note("quantity", "cost.energy");
        }
        if self.at > now {
            wrong.note("at", "running.time");
        }
        let plate = self.plate.trim();
        let plate = plate.parse::<PlateNumber>().map_or_else(|_| plate.to_owned(), |plate| plate.to_string());
        match (number, card, act, grade, station, fen) {
            (Some(number), Some(card), Some(act), Some(grade), Some(station), Some(fen)) if wrong.is_empty() => {
                let (quantity, amount) = (self.quantity, Money::from_fen(fen));
                Ok(CardRow { number, card, act, plate, at: self.at, grade, quantity, amount, place: station })
            }
            _ => Err(wrong.into_error()),
        }
    }
}

/// What was done with cards of cars of the asker's units, the newest first.
#[utoipa::path(get, path = "/card-transactions", operation_id = "list_card_uses", tag = "running", params(UsesAsked),
    responses((status = 200, body = UsePage),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(actor: Actor, State(app): State<App>, Asked(asked): Asked<UsesAsked>) -> ApiResult<axum::Json<UsePage>> {
    let scope = actor.scope(Permission::WatchTrips)?;
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, MOST);
    let mut conn = app.conn(&scope).await?;
    let mut found = card::uses(&mut conn, &scope, (asked.card_id.map(CardId), asked.refused), asked.after, limit + 1).await?;
    let page = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = found.len() > page;
    found.truncate(page);
    let next = found.last().filter(|_| has_more).map(|last| last.id.0);
    let items = found.into_iter().map(UseView::from).collect();
    Ok(axum::Json(UsePage { items, next, may_change: actor.may(Permission::ManageFleet) }))
}

/// Enters what was done with a card: paid and put into the ledger, or refused and counted.
#[utoipa::path(post, path = "/card-transactions", operation_id = "enter_card_use", tag = "running", request_body = UseToEnter,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = UseEntered),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn enter(actor: Actor, Now(now): Now, State(app): State<App>, once: Once<UseToEnter>) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let row = once.body.read(now)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    // By hand a card is named that is there; a feed's record of another one waits.
    let card = card::by_number(conn, &scope, &row.card, now).await?.ok_or(NOT_FOUND)?;
    let unit = card.of.unit;
    let (outcome, id) = Linking { actor: &actor, scope: &scope, unit, now }.card(conn, &row).await?;
    let entered = match id {
        Some(CardUseId(id)) => card::uses(conn, &scope, (None, None), None, MOST).await?.into_iter().find(|kept| kept.id.0 == id),
        None => None,
    };
    let action = if outcome == Outcome::Refused { Action::Rejected } else { Action::Created };
    let refused = entered.as_ref().map(|kept| kept.refused.clone()).unwrap_or_default();
    let facts = json!({ "number": row.number, "amount_fen": row.amount, "plate": row.plate, "outcome": outcome.as_str(), "refused": refused });
    let told = entry(action, SubjectKind::EnergyCard, (card.id.0, &row.card), unit).after(facts);
    let told = audit::append(conn, &actor.by(""), &told, now).await?;
    let answer = UseEntered { outcome: outcome.as_str(), entered: entered.map(UseView::from) };
    change.finish(told, StatusCode::CREATED, &answer).await
}
