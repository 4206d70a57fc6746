//! Allowances of units: what there is for trips, what is left of it, what was entered, and what is given.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::allowance::{AllowanceAccountId, AllowanceError, AllowanceMonth};
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::money::Money;
use dispatch::unit::UnitId;
use fleet_db::allowance::{self, Account, AllowanceRule, Entered, LedgerError};
use fleet_db::audit;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::terminal_names;
use crate::auth::Actor;
use crate::extract::{Asked, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{
    ALLOWANCE_DECIDED, ALLOWANCE_EXCEEDED, ALLOWANCE_FOUR_EYES, ALLOWANCE_NO_POOL, ApiError, ApiResult, Problem, Wrong,
};
use crate::state::App;

/// Entries told at once.
const MOST_ENTRIES: i64 = 500;
/// Most that is given at once: a thousand million yuan.
const MOST_FEN: i64 = 100_000_000_000;

/// Which allowances are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AllowancesWanted {
    /// Of this unit and those below it.
    unit_id: Uuid,
    /// Of this year.
    year: i16,
}

/// What is given.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AllowanceToGive {
    unit_id: Uuid,
    year: i16,
    /// 1 to 12: from the pool above to this month of the unit; null: to the unit's pool of the year.
    month: Option<u8>,
    /// Below nothing: taken back.
    amount_fen: i64,
    /// In words; it stands in the record.
    reason: String,
}

/// Allowances of a year.
#[derive(Serialize, ToSchema)]
pub(crate) struct AllowanceList {
    /// The unit's own first, then those below, each with its pool before its months.
    items: Vec<AllowanceView>,
    /// Months within which a rest carries on.
    carry_months: u8,
    /// Per cent held and spent at which an account warns.
    warn_percent: u32,
    /// The asker may give and propose.
    may_give: bool,
}

/// An allowance.
#[derive(Serialize, ToSchema)]
pub(crate) struct AllowanceView {
    id: Uuid,
    unit_id: Uuid,
    unit_name: String,
    year: i16,
    /// Null: the pool of the year.
    month: Option<u8>,
    /// What is left: the sum of all entries.
    left_fen: i64,
    /// Held for orders under way.
    held_fen: i64,
    spent_fen: i64,
    /// Granted, lent and carried.
    given_fen: i64,
    /// How far approved documents let it go below nothing.
    permitted_fen: i64,
    /// As much is held and spent as warns; a pool does not.
    warns: bool,
}

/// Entries of an allowance, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct AllowanceEntryList {
    items: Vec<AllowanceEntryView>,
}

/// An entry.
#[derive(Serialize, ToSchema)]
pub(crate) struct AllowanceEntryView {
    /// `grant`, `allot`, `loan`, `carry`, `hold`, `release`, `debit` or `over_quota`.
    kind: &'static str,
    amount_fen: i64,
    permits_fen: i64,
    /// Number of the order.
    order: Option<String>,
    /// Document of the adjustment.
    document: Option<String>,
    /// Null: entered by itself, as when a rest is carried.
    by: Option<String>,
    reason: String,
    at: DateTime<Utc>,
}

impl AllowanceView {
    fn new(account: Account, rule: AllowanceRule) -> Self {
        let standing = account.standing;
        Self {
            id: account.id.0,
            unit_id: account.unit.0,
            unit_name: account.unit_name,
            year: account.year,
            month: account.month.map(AllowanceMonth::number),
            left_fen: standing.left.fen(),
            held_fen: standing.held.fen(),
            spent_fen: standing.spent().fen(),
            given_fen: standing.given.fen(),
            permitted_fen: standing.permitted.fen(),
            warns: account.month.is_some() && standing.warns(rule.warn_percent),
        }
    }
}

impl From<Entered> for AllowanceEntryView {
    fn from(entered: Entered) -> Self {
        Self {
            kind: entered.posting.kind.as_str(),
            amount_fen: entered.posting.amount.fen(),
            permits_fen: entered.posting.permits.fen(),
            order: entered.order,
            document: entered.document,
            by: entered.by,
            reason: entered.reason,
            at: entered.at,
        }
    }
}

impl From<AllowanceError> for ApiError {
    fn from(error: AllowanceError) -> Self {
        let field = match error {
            AllowanceError::Exceeded { .. } => return Self::from(ALLOWANCE_EXCEEDED).detail(error.to_string()),
            AllowanceError::FourEyes => return ALLOWANCE_FOUR_EYES.into(),
            AllowanceError::Decided { .. } => return Self::from(ALLOWANCE_DECIDED).detail(error.to_string()),
            AllowanceError::Amount => "amount_fen",
            AllowanceError::Document => "document",
        };
        let mut wrong = Wrong::default();
        wrong.note(field, error.code());
        wrong.into_error()
    }
}

impl From<LedgerError> for ApiError {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Refused(refused) => refused.into(),
            LedgerError::Store(store) => store.into(),
            LedgerError::NoPool { .. } => Self::from(ALLOWANCE_NO_POOL).detail(error.to_string()),
        }
    }
}

/// An amount that can be given or asked for, and is not nothing.
pub(super) fn amount(fen: i64, wrong: &mut Wrong) -> Option<Money> {
    if fen != 0 && (-MOST_FEN..=MOST_FEN).contains(&fen) {
        return Some(Money::from_fen(fen));
    }
    wrong.note("amount_fen", "allowance.amount");
    None
}

/// A month that has an account.
pub(super) fn month(year: i16, month: u8, wrong: &mut Wrong) -> Option<AllowanceMonth> {
    let found = AllowanceMonth::new(year, month);
    if found.is_none() {
        wrong.note("month", "allowance.month");
    }
    found
}

/// The allowances of a unit and those below it in a year.
#[utoipa::path(get, path = "/allowances", operation_id = "list_allowances", tag = "trip_money", params(AllowancesWanted),
    responses((status = 200, body = AllowanceList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(wanted): Asked<AllowancesWanted>,
) -> ApiResult<axum::Json<AllowanceList>> {
    let scope = actor.scope(Permission::WatchTrips)?;
    let mut conn = app.conn(&scope).await?;
    let unit = UnitId(wanted.unit_id);
    fleet_db::rule::line(&mut conn, &scope, unit).await?;
    let rule = allowance::rule(&mut conn, unit, now).await?;
    let items = allowance::list(&mut conn, &scope, unit, wanted.year).await?;
    let items = items.into_iter().map(|account| AllowanceView::new(account, rule)).collect();
    let (carry_months, warn_percent) = (rule.carry_months, rule.warn_percent);
    Ok(axum::Json(AllowanceList { items, carry_months, warn_percent, may_give: actor.may(Permission::ManageAllowances) }))
}

/// What was entered in an allowance; of one outside the scope, nothing.
#[utoipa::path(get, path = "/allowances/{id}/entries", operation_id = "list_allowance_entries", tag = "trip_money", params(("id" = Uuid, Path)),
    responses((status = 200, body = AllowanceEntryList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn entries(
    actor: Actor,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> ApiResult<axum::Json<AllowanceEntryList>> {
    let scope = actor.scope(Permission::WatchTrips)?;
    let mut conn = app.conn(&scope).await?;
    allowance::load(&mut conn, &scope, AllowanceAccountId(id)).await?;
    let entries = allowance::entries(&mut conn, &scope, AllowanceAccountId(id), MOST_ENTRIES).await?;
    Ok(axum::Json(AllowanceEntryList { items: entries.into_iter().map(AllowanceEntryView::from).collect() }))
}

/// Gives to a pool, or from the pool to a month of a unit; what is below nothing is taken back, as far as it is there.
#[utoipa::path(post, path = "/allowances", operation_id = "give_allowance", tag = "trip_money", request_body = AllowanceToGive,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = AllowanceView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn give(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    once: Once<AllowanceToGive>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageAllowances)?;
    let body = &once.body;
    let mut wrong = Wrong::default();
    let amount = amount(body.amount_fen, &mut wrong);
    // A pool is of a year: any month of it says whether that is one.
    let of = month(body.year, body.month.unwrap_or(1), &mut wrong);
    let reason = terminal_names::reason(&body.reason, &mut wrong);
    let (Some(amount), Some(of), Some(reason)) = (amount, of, reason) else { return Err(wrong.into_error()) };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let (conn, unit, by) = (change.conn(), UnitId(body.unit_id), (actor.account.id, reason.as_str()));
    fleet_db::rule::line(conn, &scope, unit).await?;
    let account = match body.month {
        None => allowance::fund(conn, (unit, of.year()), amount, by, now).await?,
        Some(_) => allowance::grant(conn, (unit, of), amount, by, now).await?,
    };
    let rule = allowance::rule(conn, unit, now).await?;
    let given = allowance::load(conn, &scope, account).await?;
    let subject = Subject::of(SubjectKind::Allowance, given.id.0, given.unit_name.clone());
    let after =
        json!({ "year": given.year, "month": body.month, "amount_fen": amount.fen(), "left_fen": given.standing.left.fen() });
    let told = Entry::new(Action::Changed, subject).in_unit(unit).after(after);
    let told = audit::append(conn, &actor.by(&reason), &told, now).await?;
    change.finish(told, StatusCode::CREATED, &AllowanceView::new(given, rule)).await
}
