//! Records of feeds linked with their car, trip and card: entered, refused, or left to wait until somebody links them.

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use dispatch::calendar::day_of;
use dispatch::money::Money;
use dispatch::rule::key::RuleKey;
use dispatch::rule::resolve::resolve;
use dispatch::running::card::{CardAct, CardKind, CardRefusal, CardRules, CardUse, CardUseId, EnergyGrade, judge};
use dispatch::running::cost::{CostExceptionId, CostHead, CostId, CostSource};
use dispatch::running::energy::Energy;
use dispatch::running::feed::{CardRow, PaidRow};
use dispatch::scope::Scope;
use dispatch::trip::order::OrderId;
use dispatch::unit::UnitId;
use fleet_db::running::card::{self, CardKept};
use fleet_db::running::cost::{self, NewCost};
use fleet_db::running::exception::{self, Waiting};
use fleet_db::{PgConnection, incident, rule};
use telematics::id::VehicleId;

use super::post::post;
use crate::api::session::new_id;
use crate::auth::Actor;
use crate::problem::ApiResult;

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was entered into the ledger, or is money put on a card.
    Entered,
    /// The card did not pay for it; that is counted, and is no cost.
    Refused,
    /// It waits until somebody links it.
    Waits,
    /// It was here already.
    Known,
}

impl Outcome {
    /// As the API says it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Refused => "refused",
            Self::Waits => "waiting",
            Self::Known => "known",
        }
    }
}

/// Who links, and for whom what cannot be linked waits.
pub(super) struct Linking<'a> {
    pub(super) actor: &'a Actor,
    pub(super) scope: &'a Scope,
    pub(super) unit: UnitId,
    pub(super) now: DateTime<Utc>,
}

/// A record as it waits, without its key and its reason.
fn waiting(row: &PaidRow, unit: UnitId, id: CostExceptionId, why: &str) -> Waiting {
    Waiting {
        id,
        unit,
        number: row.number.clone(),
        head: row.head,
        plate: row.plate.clone(),
        card_number: String::new(),
        at: row.at,
        amount: row.amount,
        energy: None,
        place: row.place.clone(),
        order_number: row.order.clone(),
        why: why.to_owned(),
    }
}

impl Linking<'_> {
    /// Enters what was paid for a car of the scope, or lets it wait.
    pub(super) async fn paid(&self, conn: &mut PgConnection, row: &PaidRow) -> ApiResult<Outcome> {
        let found = match self.car(conn, row).await? {
            Ok(found) => found,
            Err(why) => {
                let waits = waiting(row, self.unit, CostExceptionId(new_id(self.now)), why);
                return self.wait(conn, &waits).await;
            }
        };
        let (vehicle, unit, order) = found;
        if cost::is_entered(conn, unit, CostSource::Feed, &row.number).await? {
            return Ok(Outcome::Known);
        }
        let Ok(amount) = row.head.signed(row.amount) else { return Ok(Outcome::Known) };
        let new = NewCost {
            id: CostId(new_id(self.now)),
            vehicle,
            unit,
            head: row.head,
            amount,
            on: day_of(row.at),
            order,
            supplier: None,
            source: CostSource::Feed,
            source_ref: Some(row.number.clone()),
            energy: None,
            note: row.place.clone(),
            reverses: None,
            by: Some(self.actor.account.id),
        };
        post(conn, new, None, self.now).await?;
        Ok(Outcome::Entered)
    }

    /// The car, its unit and the trip; or why it cannot be linked.
    async fn car(
        &self,
        conn: &mut PgConnection,
        row: &PaidRow,
    ) -> ApiResult<Result<(VehicleId, UnitId, Option<OrderId>), &'static str>> {
        let named = match row.order.as_str() {
            "" => None,
            number => match cost::order_of_number(conn, number).await? {
                Some(found) => Some(found),
                None => return Ok(Err("order_mismatch")),
            },
        };
        let found = match (row.plate.as_str(), named) {
            ("", None) => return Ok(Err("no_plate")),
            ("", Some((_, vehicle))) => cost::car_of_id(conn, self.scope, vehicle).await?,
            (plate, _) => cost::car_of_plate(conn, self.scope, plate).await?,
        };
        let Some((vehicle, unit)) = found else { return Ok(Err("unknown_plate")) };
        if named.is_some_and(|(_, of)| of != vehicle) {
            return Ok(Err("order_mismatch"));
        }
        if self.is_closed(conn, unit, row.at).await? {
            return Ok(Err("closed_year"));
        }
        let order = match named {
            Some((order, _)) => Some(order),
            None => incident::order_at(conn, vehicle, row.at).await?.map(|(order, _)| order),
        };
        Ok(Ok((vehicle, unit, order)))
    }

    async fn is_closed(&self, conn: &mut PgConnection, unit: UnitId, at: DateTime<Utc>) -> ApiResult<bool> {
        let closed = cost::closed_through(conn, unit).await?;
        Ok(closed.is_some_and(|closed| day_of(at).year() <= closed))
    }

    async fn wait(&self, conn: &mut PgConnection, waits: &Waiting) -> ApiResult<Outcome> {
        let is_new = exception::insert(conn, waits, self.actor.account.id, self.now).await?;
        Ok(if is_new { Outcome::Waits } else { Outcome::Known })
    }

    /// Judges what was done with a card: paid and entered, refused and counted, or left to wait where nobody knows the card.
    pub(super) async fn card(&self, conn: &mut PgConnection, row: &CardRow) -> ApiResult<(Outcome, Option<CardUseId>)> {
        let Some(kept) = card::by_number(conn, self.scope, &row.card, self.now).await? else {
            return Ok((self.wait_card(conn, row, "unknown_card").await?, None));
        };
        if card::is_known(conn, kept.id, &row.number).await? {
            return Ok((Outcome::Known, None));
        }
        if row.act == CardAct::Take && self.is_closed(conn, kept.of.unit, row.at).await? {
            return Ok((self.wait_card(conn, row, "closed_year").await?, None));
        }
        let used = CardUse { act: row.act, at: row.at, plate: row.plate.clone(), grade: row.grade, amount: row.amount };
        let (rules, within) = self.rules(conn, kept.of.unit).await?;
        let spent = card::spent(conn, kept.id, row.at).await?;
        let refused: Vec<CardRefusal> = judge(&kept.card, &used, spent, rules);
        let cost =
            if refused.is_empty() && row.act == CardAct::Take { self.enter(conn, &kept, row, within).await? } else { None };
        let id = CardUseId(new_id(self.now));
        card::note(conn, (id, kept.id), row, &refused, cost, self.actor.account.id, self.now).await?;
        Ok((if refused.is_empty() { Outcome::Entered } else { Outcome::Refused }, Some(id)))
    }

    /// Enters what a card paid for, unless the journal of the trip has it already.
    async fn enter(
        &self,
        conn: &mut PgConnection,
        kept: &CardKept,
        row: &CardRow,
        within: TimeDelta,
    ) -> ApiResult<Option<CostId>> {
        let vehicle = kept.of.vehicle;
        let head = head_of(kept.card.kind);
        if cost::is_in_journal(conn, vehicle, (head, row.amount), row.at, within).await? {
            return Ok(None);
        }
        let new = NewCost {
            id: CostId(new_id(self.now)),
            vehicle,
            unit: kept.of.unit,
            head,
            amount: row.amount,
            on: day_of(row.at),
            order: incident::order_at(conn, vehicle, row.at).await?.map(|(order, _)| order),
            supplier: kept.supplier,
            source: CostSource::Card,
            source_ref: Some(format!("{}:{}", row.card, row.number)),
            energy: None,
            note: row.place.clone(),
            reverses: None,
            by: Some(self.actor.account.id),
        };
        let id = new.id;
        post(conn, new, energy(row.grade, row.quantity), self.now).await?;
        Ok(Some(id))
    }

    async fn wait_card(&self, conn: &mut PgConnection, row: &CardRow, why: &str) -> ApiResult<Outcome> {
        // Money that is put on a card is no cost: there is nothing to wait for.
        if row.act == CardAct::TopUp {
            return Ok(Outcome::Refused);
        }
        let head = if row.grade == Some(EnergyGrade::Electricity) { CostHead::Charge } else { CostHead::Fuel };
        let waits = Waiting {
            id: CostExceptionId(new_id(self.now)),
            unit: self.unit,
            number: format!("{}:{}", row.card, row.number),
            head,
            plate: row.plate.clone(),
            card_number: row.card.clone(),
            at: row.at,
            amount: row.amount,
            energy: energy(row.grade, row.quantity),
            place: row.place.clone(),
            order_number: String::new(),
            why: why.to_owned(),
        };
        self.wait(conn, &waits).await
    }

    /// The limits that the register gives, and within how much time as much looks like one receipt.
    async fn rules(&self, conn: &mut PgConnection, unit: UnitId) -> ApiResult<(CardRules, TimeDelta)> {
        let keys = [RuleKey::CardFill, RuleKey::CardTopUp, RuleKey::ExpenseTwice];
        let versions = rule::binding(conn, unit, &keys).await?;
        let line = rule::superiors(conn, unit).await?;
        #[expect(clippy::cast_possible_truncation, reason = "whole numbers, by the register's bounds")]
        let [fill, top_up, minutes] = keys.map(|key| {
            let held = resolve(&versions, key, &line, day_of(self.now), self.now);
            held.and_then(|held| held.value.number()).unwrap_or_default() as i64
        });
        Ok((CardRules { fill: Money::from_fen(fill), top_up: Money::from_fen(top_up) }, TimeDelta::minutes(minutes)))
    }
}

const fn head_of(kind: CardKind) -> CostHead {
    match kind {
        CardKind::Fuel => CostHead::Fuel,
        CardKind::Charge => CostHead::Charge,
    }
}

fn energy(grade: Option<EnergyGrade>, quantity: Option<f64>) -> Option<Energy> {
    Energy::of(grade?.energy(), quantity?)
}
