//! Expenses of a trip: entered while the car is out, seen with the order, put right by a reversal.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry as AuditEntry, Subject, SubjectKind};
use dispatch::calendar::day_of;
use dispatch::expense::{self as rules, Expense, ExpenseError, ExpenseId, ExpenseKind, ExpenseKindError, Journal};
use dispatch::grant;
use dispatch::money::Money;
use dispatch::rule::key::RuleKey;
use dispatch::rule::resolve::resolve;
use dispatch::scope::Scope;
use dispatch::trip::order::OrderId;
use dispatch::unit::UnitId;
use fleet_db::dispatch_order::{self, Order};
use fleet_db::expense::{self, Entry, NewExpense};
use fleet_db::{PgConnection, audit, rule};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::session::new_id;
use crate::auth::Actor;
use crate::extract::{Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{AUTH_FORBIDDEN, ApiError, ApiResult, EXPENSE_LOCKED, EXPENSE_REVERSED, EXPENSE_SETTLED, Problem, Wrong};
use crate::state::App;

/// What those may do who see the trips of their units.
const SEE: [Permission; 3] = [Permission::WatchTrips, Permission::DispatchTrips, Permission::SettleTrips];
/// What those may do who keep the journals of trips; who drives keeps that of his own.
const KEEP: [Permission; 2] = [Permission::DispatchTrips, Permission::SettleTrips];

/// What was paid.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ExpenseToEnter {
    /// `fuel`, `charge`, `toll`, `parking`, `wash`, `repair`, `meal`, `lodging` or `other`.
    kind: String,
    amount_fen: i64,
    occurred_at: DateTime<Utc>,
    /// Where, in words.
    #[serde(default)]
    place: String,
    /// Litres of a fill.
    fuel_l: Option<f64>,
    /// Kilowatt-hours of a charge.
    energy_kwh: Option<f64>,
}

/// Why an expense is taken back.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ExpenseReversal {
    /// In words.
    reason: String,
    /// What it really was; null: nothing was paid.
    instead_fen: Option<i64>,
}

/// The journal of a trip's expenses.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExpenseList {
    /// In the order in which they were entered.
    items: Vec<ExpenseView>,
    /// What they come to, reversals counted.
    total_fen: i64,
    /// `open`, `locked` since the car came back, or `settled`.
    journal: &'static str,
    /// The asker may enter an expense now.
    may_enter: bool,
    /// The asker may take one back now.
    may_reverse: bool,
}

/// An expense, or the reversal of one.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExpenseView {
    id: Uuid,
    kind: &'static str,
    /// Below nothing where it takes another one back.
    amount_fen: i64,
    occurred_at: DateTime<Utc>,
    place: String,
    fuel_l: Option<f64>,
    energy_kwh: Option<f64>,
    /// The expense that it takes back.
    reverses: Option<Uuid>,
    /// The expense in whose stead it stands.
    instead_of: Option<Uuid>,
    /// Somebody took it back.
    is_reversed: bool,
    /// Another expense of the same car, as much for the same at about the same time: is this the same receipt?
    twin: Option<Uuid>,
    reason: String,
    /// Who entered it.
    by: String,
    entered_at: DateTime<Utc>,
    /// What its receipt is; null: it has none.
    receipt_media_type: Option<&'static str>,
    /// Of the receipt as it came, hex.
    receipt_sha256: Option<String>,
}

impl ExpenseView {
    fn new(entry: Entry, twin: Option<ExpenseId>) -> Self {
        let (media, sha256) = entry.receipt.map(|(media, sha256)| (media.as_str(), hex::encode(sha256))).unzip();
        Self {
            id: entry.id.0,
            kind: entry.expense.kind.as_str(),
            amount_fen: entry.expense.amount.fen(),
            occurred_at: entry.expense.occurred_at,
            place: entry.expense.place,
            fuel_l: entry.expense.fuel_l,
            energy_kwh: entry.expense.energy_kwh,
            reverses: entry.reverses.map(|id| id.0),
            instead_of: entry.instead_of.map(|id| id.0),
            is_reversed: entry.is_reversed,
            twin: twin.map(|id| id.0),
            reason: entry.reason,
            by: entry.by,
            entered_at: entry.entered_at,
            receipt_media_type: media,
            receipt_sha256: sha256,
        }
    }
}

impl From<ExpenseError> for ApiError {
    fn from(error: ExpenseError) -> Self {
        match error {
            ExpenseError::Locked => EXPENSE_LOCKED.into(),
            ExpenseError::Settled => EXPENSE_SETTLED.into(),
            error => wrong(std::slice::from_ref(&error)),
        }
    }
}

/// All that is wrong with an expense, each beside its field.
fn wrong(errors: &[ExpenseError]) -> ApiError {
    let mut wrong = Wrong::default();
    for error in errors {
        wrong.note(error.field(), error.code());
    }
    wrong.into_error()
}

/// The units whose trips the actor may see; of none: those alone that the actor drives or asked for.
pub(super) fn seen(actor: &Actor) -> ApiResult<Scope> {
    let held: Vec<UnitId> =
        SEE.into_iter().flat_map(|permission| grant::scope(&actor.grants, permission).units().to_vec()).map(UnitId).collect();
    if let Some(permission) =
        SEE.into_iter().chain([Permission::DriveTrips, Permission::RequestTrips]).find(|may| actor.may(*may))
    {
        // Says in which role.
        actor.scope(permission)?;
        return Ok(Scope::of_all(held));
    }
    Err(AUTH_FORBIDDEN.into())
}

/// The actor may do it over the unit that travels, or over the fleet whose car it is.
pub(super) async fn over_order(conn: &mut PgConnection, actor: &Actor, permission: Permission, order: &Order) -> ApiResult<bool> {
    let scope = grant::scope(&actor.grants, permission);
    if scope.is_nothing() {
        return Ok(false);
    }
    Ok(scope.covers(rule::superiors(conn, order.unit).await?) || scope.covers(rule::superiors(conn, order.fleet).await?))
}

/// The actor drives the order.
fn drives(actor: &Actor, order: &Order) -> bool {
    actor.may(Permission::DriveTrips) && order.driver_account == Some(actor.account.id)
}

/// The actor may write in the journal of some trip; of which, says [`keeps`].
pub(super) fn keeper(actor: &Actor) -> ApiResult<Scope> {
    let may = KEEP.into_iter().chain([Permission::DriveTrips]).any(|permission| actor.may(permission));
    if may { seen(actor) } else { Err(AUTH_FORBIDDEN.into()) }
}

/// The actor keeps the journal of the order: drives it, or works for its unit or its fleet.
pub(super) async fn keeps(conn: &mut PgConnection, actor: &Actor, order: &Order) -> ApiResult<bool> {
    if drives(actor, order) {
        return Ok(true);
    }
    for permission in KEEP {
        if over_order(conn, actor, permission, order).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The actor may take back what stands in the journal: once it is locked, who settles trips alone.
async fn reverses(conn: &mut PgConnection, actor: &Actor, order: &Order) -> ApiResult<bool> {
    match Journal::of(order.state) {
        Journal::Open => keeps(conn, actor, order).await,
        Journal::Locked => over_order(conn, actor, Permission::SettleTrips, order).await,
        Journal::Settled => Ok(false),
    }
}

/// Minutes within which as much for the same looks like one receipt, for the fleet of the order today.
async fn twice_within(conn: &mut PgConnection, order: &Order, now: DateTime<Utc>) -> ApiResult<TimeDelta> {
    let line = rule::superiors(conn, order.fleet).await?;
    let versions = rule::binding(conn, order.fleet, &[RuleKey::ExpenseTwice]).await?;
    let minutes = resolve(&versions, RuleKey::ExpenseTwice, &line, day_of(now), now).and_then(|resolved| resolved.value.number());
    #[expect(clippy::cast_possible_truncation, reason = "whole minutes, by the register's bounds")]
    Ok(TimeDelta::minutes(minutes.unwrap_or_default() as i64))
}

/// The expenses of a trip, with their reversals.
#[utoipa::path(get, path = "/dispatch-orders/{id}/expenses", operation_id = "list_expenses", tag = "trip_money", params(("id" = Uuid, Path)),
    responses((status = 200, body = ExpenseList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> ApiResult<axum::Json<ExpenseList>> {
    let mut conn = app.begin_as(&actor, &seen(&actor)?).await?;
    let order = dispatch_order::load(&mut conn, OrderId(id)).await?;
    let entries = expense::list(&mut conn, order.id).await?;
    let within = twice_within(&mut conn, &order, now).await?;
    let total: Money = entries.iter().map(|entry| entry.expense.amount).sum();
    let stands = |entry: &&Entry| entry.reverses.is_none() && !entry.is_reversed;
    let twin = |entry: &Entry| {
        let others = entries.iter().filter(stands).filter(|other| other.id != entry.id);
        others.filter(|_| stands(&entry)).find(|other| entry.expense.looks_like(&other.expense, within)).map(|other| other.id)
    };
    let items = entries.iter().map(|entry| ExpenseView::new(entry.clone(), twin(entry))).collect();
    let journal = Journal::of(order.state);
    let may_enter = journal.check_entry().is_ok() && keeps(&mut conn, &actor, &order).await?;
    let may_reverse = reverses(&mut conn, &actor, &order).await?;
    Ok(axum::Json(ExpenseList { items, total_fen: total.fen(), journal: journal.as_str(), may_enter, may_reverse }))
}

/// Enters an expense; `twin` in the answer warns of one that looks like the same receipt.
#[utoipa::path(post, path = "/dispatch-orders/{id}/expenses", operation_id = "enter_expense", tag = "trip_money", request_body = ExpenseToEnter,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = ExpenseView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn enter(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<ExpenseToEnter>,
) -> ApiResult<Response> {
    let scope = keeper(&actor)?;
    let entered = checked(&once.body, now)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let order = dispatch_order::load(conn, OrderId(id)).await?;
    if !keeps(conn, &actor, &order).await? {
        return Err(AUTH_FORBIDDEN.into());
    }
    Journal::of(order.state).check_entry()?;
    let within = twice_within(conn, &order, now).await?;
    let twin = expense::twin(conn, order.vehicle, &entered, within).await?;
    let new = NewExpense {
        id: ExpenseId(new_id(now)),
        order: order.id,
        expense: entered,
        instead_of: None,
        reason: String::new(),
        by: actor.account.id,
    };
    expense::insert(conn, &new, now).await?;
    let kept = expense::load(conn, new.id).await?;
    let told = audit::append(conn, &actor.by(""), &entry(Action::Created, &order, &kept).after(facts(&kept)), now).await?;
    change.finish(told, StatusCode::CREATED, &ExpenseView::new(kept, twin)).await
}

/// Takes an expense back by its opposite, and puts the right amount in its stead if there is one.
#[utoipa::path(post, path = "/expenses/{id}/reversal", operation_id = "reverse_expense", tag = "trip_money", request_body = ExpenseReversal,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = ExpenseView),
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
    once: Once<ExpenseReversal>,
) -> ApiResult<Response> {
    let scope = keeper(&actor)?;
    let reason = rules::reversal_reason(&once.body.reason)?;
    let instead = once.body.instead_fen.map(Money::from_fen);
    instead.map_or(Ok(()), rules::check_amount)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let wrong = expense::load(conn, ExpenseId(id)).await?;
    let order = dispatch_order::load(conn, wrong.order).await?;
    Journal::of(order.state).check_reversal()?;
    if !reverses(conn, &actor, &order).await? {
        return Err(AUTH_FORBIDDEN.into());
    }
    if wrong.reverses.is_some() || wrong.is_reversed {
        return Err(EXPENSE_REVERSED.into());
    }
    let by = actor.account.id;
    let reversal = ExpenseId(new_id(now));
    expense::reverse(conn, reversal, &wrong, (by, &reason), now).await?;
    if let Some(amount) = instead {
        let right = Expense { amount, ..wrong.expense.clone() };
        let new = NewExpense {
            id: ExpenseId(new_id(now)),
            order: order.id,
            expense: right,
            instead_of: Some(wrong.id),
            reason: reason.clone(),
            by,
        };
        expense::insert(conn, &new, now).await?;
    }
    let kept = expense::load(conn, reversal).await?;
    let after = json!({ "reversed_fen": wrong.expense.amount.fen(), "instead_fen": instead.map(Money::fen) });
    let entry = entry(Action::Reversed, &order, &wrong).before(facts(&wrong)).after(after);
    let told = audit::append(conn, &actor.by(&reason), &entry, now).await?;
    change.finish(told, StatusCode::CREATED, &ExpenseView::new(kept, None)).await
}

/// What was paid, or everything that is wrong with it.
fn checked(body: &ExpenseToEnter, now: DateTime<Utc>) -> ApiResult<Expense> {
    let mut refused = Wrong::default();
    let kind = refused.take("kind", body.kind.parse::<ExpenseKind>(), ExpenseKindError::code);
    let expense = Expense {
        kind: kind.unwrap_or(ExpenseKind::Other),
        amount: Money::from_fen(body.amount_fen),
        occurred_at: body.occurred_at,
        place: body.place.clone(),
        fuel_l: body.fuel_l,
        energy_kwh: body.energy_kwh,
    };
    match expense.checked(now) {
        Ok(expense) if refused.is_empty() => Ok(expense),
        Ok(_) => Err(refused.into_error()),
        Err(errors) => {
            for error in errors {
                refused.note(error.field(), error.code());
            }
            Err(refused.into_error())
        }
    }
}

/// What the audit log tells of an expense.
pub(super) fn facts(entry: &Entry) -> Value {
    json!({
        "kind": entry.expense.kind.as_str(), "amount_fen": entry.expense.amount.fen(), "occurred_at": entry.expense.occurred_at,
        "place": entry.expense.place, "fuel_l": entry.expense.fuel_l, "energy_kwh": entry.expense.energy_kwh,
    })
}

pub(super) fn entry(action: Action, order: &Order, expense: &Entry) -> AuditEntry {
    AuditEntry::new(action, Subject::of(SubjectKind::Expense, expense.id.0, order.number.clone())).in_unit(order.unit)
}
