//! What is done with a repair order: decided, sent, taken back, settled.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::audit::Action;
use dispatch::calendar::day_of;
use dispatch::money::Money;
use dispatch::rule::key::RuleKey;
use dispatch::rule::resolve::resolve;
use dispatch::running::cost::{CostHead, CostId, CostSource};
use dispatch::running::repair::{
    Bill, BillLine, BillPart, BillPartError, Choice, QuoteId, QuoteRules, RepairAction, RepairActionError, RepairId,
    VendorService, choose,
};
use dispatch::running::{FieldError, NAME, TEXT, note};
use fleet_db::running::cost::NewCost;
use fleet_db::running::repair::{self, Repair};
use fleet_db::running::{paper, vendor};
use fleet_db::{PgConnection, audit, rule};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::one;
use super::post::post;
use super::repair_views::RepairView;
use super::repairs::{DECIDERS, entry, moved, refused, view};
use crate::api::session::new_id;
use crate::auth::Actor;
use crate::extract::{Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{AUTH_FORBIDDEN, ApiResult, Problem, Wrong};
use crate::state::App;

/// Something to be done with a repair order.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct RepairStep {
    /// `approve`, `reject`, `send`, `extend`, `accept` or `cancel`.
    action: String,
    /// To approve: the quote that is taken.
    quote_id: Option<Uuid>,
    /// To approve a vendor that is none that was named: the number of the paper that lets it be.
    #[serde(default)]
    exception_document: String,
    /// Why; needed to reject, to cancel, and to take a quote that is not the cheapest.
    #[serde(default)]
    reason: String,
    /// To send and to extend: until when the shop wants it; null: nobody knows.
    until: Option<DateTime<Utc>>,
    /// What the odometer says.
    odometer_km: Option<i32>,
}

/// A bill.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct BillToSettle {
    lines: Vec<LineToSettle>,
    /// What the lines come to, by what they are for.
    parts_fen: i64,
    labour_fen: i64,
    /// Both together, to the fen; no more than the quote that was taken.
    total_fen: i64,
}

/// A line of a bill.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct LineToSettle {
    /// `parts` or `labour`.
    part: String,
    what: String,
    quantity: u32,
    price_fen: i64,
}

/// Does something with a repair order, as far as its table lets one. Who asked for it does not decide about it.
#[utoipa::path(post, path = "/repair-orders/{id}/steps", operation_id = "step_repair", tag = "running", request_body = RepairStep,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = RepairView),
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
    once: Once<RepairStep>,
) -> ApiResult<Response> {
    actor.scope_of_any(&DECIDERS)?;
    let given = &once.body;
    let mut wrong = Wrong::default();
    let action = wrong.take("action", given.action.parse::<RepairAction>(), RepairActionError::code);
    let reason = wrong.take("reason", note(&given.reason, TEXT), FieldError::code);
    let exception = wrong.take("exception_document", note(&given.exception_document, NAME), FieldError::code);
    if given.odometer_km.is_some_and(|km| km < 0) {
        wrong.note("odometer_km", "repair.odometer");
    }
    if matches!(action, Some(RepairAction::Reject | RepairAction::Cancel)) && reason.as_deref() == Some("") {
        wrong.note("reason", FieldError::Text.code());
    }
    let (Some(action), Some(reason), Some(exception), true) = (action, reason, exception, wrong.is_empty()) else {
        return Err(wrong.into_error());
    };
    let scope = match action {
        RepairAction::Approve | RepairAction::Reject => actor.scope_of_any(&DECIDERS)?,
        RepairAction::Quote | RepairAction::Settle => return Err(one("action", "repair.action")),
        RepairAction::Send | RepairAction::Extend | RepairAction::Accept | RepairAction::Cancel => {
            actor.scope(Permission::ManageFleet)?
        }
    };
    let done = Done { action, reason, exception, quote: given.quote_id.map(QuoteId), until: given.until, km: given.odometer_km };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let before = repair::load(conn, &scope, RepairId(id)).await?;
    let kept = done.apply(conn, &actor, &before, now).await?;
    let decider = matches!(action, RepairAction::Approve | RepairAction::Reject).then_some(actor.account.id);
    repair::save(conn, before.state, &kept, decider, now).await.map_err(moved)?;
    repair::note(conn, &kept, action.as_str(), &done.reason, actor.account.id, now).await?;
    let did = match action {
        RepairAction::Approve => Action::Approved,
        RepairAction::Reject => Action::Rejected,
        RepairAction::Cancel => Action::Cancelled,
        _ => Action::Changed,
    };
    let facts = json!({ "state": kept.state, "action": action, "quote_id": kept.quote, "exception_document": kept.exception, "until": kept.shop_until });
    let told = entry(did, &kept).before(json!({ "state": before.state })).after(facts);
    let told = audit::append(conn, &actor.by(&done.reason), &told, now).await?;
    let view = view(conn, &scope, kept.id).await?;
    change.finish(told, StatusCode::OK, &view).await
}

/// What is done, as far as it could be read.
struct Done {
    action: RepairAction,
    reason: String,
    exception: String,
    quote: Option<QuoteId>,
    until: Option<DateTime<Utc>>,
    km: Option<i32>,
}

impl Done {
    /// The repair order as it stands then.
    async fn apply(&self, conn: &mut PgConnection, actor: &Actor, before: &Repair, now: DateTime<Utc>) -> ApiResult<Repair> {
        let mut kept = before.clone();
        kept.state = before.state.after(self.action).map_err(refused)?;
        kept.odometer_km = self.km.or(before.odometer_km);
        if self.until.is_some_and(|until| until <= now) {
            return Err(one("until", FieldError::Span.code()));
        }
        match self.action {
            RepairAction::Approve => self.choose(conn, actor, &mut kept, now).await?,
            RepairAction::Reject if actor.account.id == before.proposer => return Err(AUTH_FORBIDDEN.into()),
            RepairAction::Reject | RepairAction::Cancel => {
                kept.reason.clone_from(&self.reason);
                kept.decided_at = (self.action == RepairAction::Reject).then_some(now).or(before.decided_at);
            }
            RepairAction::Send => {
                kept.shop_from = Some(now);
                kept.shop_until = self.until;
            }
            RepairAction::Extend => kept.shop_until = self.until,
            RepairAction::Accept => {
                kept.shop_until = Some(now.max(before.shop_from.unwrap_or(now) + chrono::TimeDelta::seconds(1)));
                kept.accepted_at = Some(now);
                if let Some(plan) = kept.upkeep {
                    paper::upkeep_done(conn, plan, day_of(now), kept.odometer_km).await?;
                }
            }
            RepairAction::Quote | RepairAction::Settle => {}
        }
        Ok(kept)
    }

    /// Takes a quote, if nothing stands against it.
    async fn choose(&self, conn: &mut PgConnection, actor: &Actor, kept: &mut Repair, now: DateTime<Utc>) -> ApiResult<()> {
        let Some(quote) = self.quote else { return Err(one("quote_id", "repair.quote")) };
        let quotes: Vec<_> = repair::quotes(conn, &[kept.id]).await?.into_iter().map(|kept| kept.quote).collect();
        let vendor = quotes.iter().find(|known| known.id == quote).map(|known| known.vendor);
        let is_designated = match vendor {
            Some(vendor) => vendor::is_named(conn, (kept.unit, vendor, VendorService::Repair), day_of(now)).await?,
            None => false,
        };
        let choice = Choice {
            proposer: kept.proposer,
            decider: actor.account.id,
            quote,
            is_designated,
            exception: self.exception.clone(),
            reason: self.reason.clone(),
        };
        let rules = quote_rules(conn, kept, now).await?;
        if let Err(found) = choose(&quotes, &choice, rules) {
            let mut wrong = Wrong::default();
            for error in found {
                wrong.note(error.field(), error.code());
            }
            return Err(wrong.into_error());
        }
        kept.quote = Some(quote);
        kept.exception = if is_designated { String::new() } else { self.exception.clone() };
        kept.reason.clone_from(&self.reason);
        kept.decided_at = Some(now);
        Ok(())
    }
}

/// How many quotes the register wants of the unit.
async fn quote_rules(conn: &mut PgConnection, repair: &Repair, now: DateTime<Utc>) -> ApiResult<QuoteRules> {
    let versions = rule::binding(conn, repair.unit, &[RuleKey::RepairCompareFrom, RuleKey::RepairQuotes]).await?;
    let line = rule::superiors(conn, repair.unit).await?;
    #[expect(clippy::cast_possible_truncation, reason = "whole numbers, by the register's bounds")]
    let number =
        |key| resolve(&versions, key, &line, day_of(now), now).and_then(|held| held.value.number()).unwrap_or_default() as i64;
    Ok(QuoteRules {
        compared_from: Money::from_fen(number(RuleKey::RepairCompareFrom)),
        at_least: usize::try_from(number(RuleKey::RepairQuotes)).unwrap_or_default(),
    })
}

/// Settles a repair: its lines are its parts and labour, those are its total, and it goes into the ledger of the car.
#[utoipa::path(post, path = "/repair-orders/{id}/settlement", operation_id = "settle_repair", tag = "running", request_body = BillToSettle,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = RepairView),
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
    once: Once<BillToSettle>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageFleet)?;
    let bill = read(&once.body)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let before = repair::load(conn, &scope, RepairId(id)).await?;
    let mut kept = before.clone();
    kept.state = before.state.after(RepairAction::Settle).map_err(refused)?;
    kept.settled_at = Some(now);
    post_bill(conn, &actor, &kept, &bill, now).await?;
    repair::save(conn, before.state, &kept, None, now).await.map_err(moved)?;
    repair::note(conn, &kept, RepairAction::Settle.as_str(), "", actor.account.id, now).await?;
    let facts = json!({ "state": kept.state, "parts_fen": bill.parts, "labour_fen": bill.labour, "total_fen": bill.total, "lines": bill.lines });
    let told = entry(Action::Settled, &kept).before(json!({ "state": before.state })).after(facts);
    let told = audit::append(conn, &actor.by(""), &told, now).await?;
    let view = view(conn, &scope, kept.id).await?;
    change.finish(told, StatusCode::CREATED, &view).await
}

/// The bill as far as it can be read.
fn read(given: &BillToSettle) -> ApiResult<Bill> {
    let mut wrong = Wrong::default();
    let lines = given.lines.iter().filter_map(|line| {
        let part = wrong.take("lines", line.part.parse::<BillPart>(), BillPartError::code)?;
        let what = line.what.trim().to_owned();
        Some(BillLine { part, what, quantity: line.quantity, price: Money::from_fen(line.price_fen) })
    });
    let lines: Vec<BillLine> = lines.collect();
    if !wrong.is_empty() {
        return Err(wrong.into_error());
    }
    let [parts, labour, total] = [given.parts_fen, given.labour_fen, given.total_fen].map(Money::from_fen);
    Ok(Bill { lines, parts, labour, total })
}

/// Keeps the bill and enters it into the ledger, or says all that is wrong with it.
async fn post_bill(conn: &mut PgConnection, actor: &Actor, kept: &Repair, bill: &Bill, now: DateTime<Utc>) -> ApiResult<()> {
    let quotes = repair::quotes(conn, &[kept.id]).await?;
    let taken = quotes.iter().find(|quote| Some(quote.quote.id) == kept.quote);
    let found = bill.check(taken.map(|quote| quote.quote.total).unwrap_or_default());
    if !found.is_empty() {
        let mut wrong = Wrong::default();
        for error in found {
            wrong.note(error.field(), error.code());
        }
        return Err(wrong.into_error());
    }
    repair::settle(conn, kept.id, bill, actor.account.id, now).await?;
    let new = NewCost {
        id: CostId(new_id(now)),
        vehicle: kept.vehicle,
        unit: kept.unit,
        head: CostHead::of_repair(kept.kind),
        amount: bill.total,
        on: day_of(now),
        order: None,
        supplier: taken.map(|quote| quote.quote.vendor),
        source: CostSource::Repair,
        source_ref: Some(kept.number.clone()),
        energy: None,
        note: kept.what.clone(),
        reverses: None,
        by: Some(actor.account.id),
    };
    post(conn, new, None, now).await
}
