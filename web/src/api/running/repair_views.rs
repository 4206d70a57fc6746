//! Repair orders as the API shows them.

use chrono::{DateTime, Utc};
use dispatch::running::repair::{Bill, RepairAction};
use fleet_db::running::repair::{QuoteKept, Repair, Step};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A page of repair orders, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct RepairPage {
    pub(super) items: Vec<RepairView>,
    /// To be sent as `after` for the next page; null at the end.
    pub(super) next: Option<Uuid>,
    /// The asker may ask for repairs.
    pub(super) may_change: bool,
    /// The asker may decide on those of others.
    pub(super) may_decide: bool,
}

/// A repair order.
#[derive(Serialize, ToSchema)]
pub(crate) struct RepairView {
    id: Uuid,
    number: String,
    unit_id: Uuid,
    unit_name: String,
    vehicle_id: Uuid,
    plate: String,
    /// `repair`, `upkeep` or `accident`.
    kind: &'static str,
    what: String,
    upkeep_id: Option<Uuid>,
    accident_id: Option<Uuid>,
    /// `proposed`, `quoted`, `approved`, `in_shop`, `accepted`, `settled`, `rejected` or `cancelled`.
    state: &'static str,
    /// What can be done here, whoever may.
    moves: Vec<&'static str>,
    proposed_by: String,
    proposed_at: DateTime<Utc>,
    decided_by: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    /// The quote that was taken.
    quote_id: Option<Uuid>,
    /// The paper that lets another vendor do it.
    exception_document: String,
    reason: String,
    shop_from: Option<DateTime<Utc>>,
    /// As promised, and then as it was.
    shop_until: Option<DateTime<Utc>>,
    odometer_km: Option<i32>,
    accepted_at: Option<DateTime<Utc>>,
    settled_at: Option<DateTime<Utc>>,
    /// The cheapest first.
    quotes: Vec<QuoteView>,
    /// Where one repair order is asked for: the bill, and what was done.
    bill: Option<BillView>,
    steps: Vec<RepairStepView>,
}

/// What a vendor would take.
#[derive(Serialize, ToSchema)]
pub(crate) struct QuoteView {
    id: Uuid,
    supplier_id: Uuid,
    vendor: String,
    parts_fen: i64,
    labour_fen: i64,
    total_fen: i64,
    note: String,
    at: DateTime<Utc>,
}

/// A bill: its lines sum to parts and labour, and those to the total.
#[derive(Serialize, ToSchema)]
pub(crate) struct BillView {
    lines: Vec<BillLineView>,
    parts_fen: i64,
    labour_fen: i64,
    total_fen: i64,
}

/// A line of a bill.
#[derive(Serialize, ToSchema)]
pub(crate) struct BillLineView {
    /// `parts` or `labour`.
    part: &'static str,
    what: String,
    quantity: u32,
    price_fen: i64,
    amount_fen: i64,
}

/// Something that was done with a repair order.
#[derive(Serialize, ToSchema)]
pub(crate) struct RepairStepView {
    action: String,
    /// Where it stood then.
    to: String,
    by: String,
    at: DateTime<Utc>,
    text: String,
}

impl From<QuoteKept> for QuoteView {
    fn from(kept: QuoteKept) -> Self {
        let quote = kept.quote;
        Self {
            id: quote.id.0,
            supplier_id: quote.vendor.0,
            vendor: kept.vendor,
            parts_fen: quote.parts.fen(),
            labour_fen: quote.labour.fen(),
            total_fen: quote.total.fen(),
            note: kept.note,
            at: kept.at,
        }
    }
}

impl From<Bill> for BillView {
    fn from(bill: Bill) -> Self {
        let line = |line: dispatch::running::repair::BillLine| BillLineView {
            part: line.part.as_str(),
            what: line.what,
            quantity: line.quantity,
            price_fen: line.price.fen(),
            amount_fen: line.price.times(line.quantity).fen(),
        };
        Self {
            parts_fen: bill.parts.fen(),
            labour_fen: bill.labour.fen(),
            total_fen: bill.total.fen(),
            lines: bill.lines.into_iter().map(line).collect(),
        }
    }
}

impl RepairView {
    /// A repair order with its quotes.
    pub(super) fn new(kept: Repair, quotes: Vec<QuoteKept>) -> Self {
        Self {
            id: kept.id.0,
            number: kept.number,
            unit_id: kept.unit.0,
            unit_name: kept.unit_name,
            vehicle_id: kept.vehicle.0,
            plate: kept.plate,
            kind: kept.kind.as_str(),
            what: kept.what,
            upkeep_id: kept.upkeep.map(|id| id.0),
            accident_id: kept.accident.map(|id| id.0),
            state: kept.state.as_str(),
            moves: kept.state.moves().into_iter().map(RepairAction::as_str).collect(),
            proposed_by: kept.proposed_by,
            proposed_at: kept.proposed_at,
            decided_by: kept.decided_by,
            decided_at: kept.decided_at,
            quote_id: kept.quote.map(|id| id.0),
            exception_document: kept.exception,
            reason: kept.reason,
            shop_from: kept.shop_from,
            shop_until: kept.shop_until,
            odometer_km: kept.odometer_km,
            accepted_at: kept.accepted_at,
            settled_at: kept.settled_at,
            quotes: quotes.into_iter().map(QuoteView::from).collect(),
            bill: None,
            steps: Vec::new(),
        }
    }

    /// The same with its bill and what was done.
    pub(super) fn whole(self, bill: Option<Bill>, steps: Vec<Step>) -> Self {
        let step = |step: Step| RepairStepView { action: step.action, to: step.to, by: step.by, at: step.at, text: step.text };
        Self { bill: bill.map(BillView::from), steps: steps.into_iter().map(step).collect(), ..self }
    }
}
