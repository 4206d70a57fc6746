//! What the API says of papers in the life of cars; the parts have the names and the order of the store.

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::lifecycle::share::NevShare;
use dispatch::lifecycle::standard::StandardVerdict;
use fleet_db::lifecycle::{Paper, Step, budget};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::problem::{ApiError, ApiResult, SERVER_FAILED};

/// Papers, from the newest on.
#[derive(Serialize, ToSchema)]
pub(crate) struct PaperPage {
    pub(super) items: Vec<PaperView>,
    /// To be sent as `after` for the next page; null at the end.
    pub(super) next: Option<Uuid>,
    /// The asker may propose.
    pub(super) may_propose: bool,
}

/// A paper: an establishment change, an indicator, a budget, a purchase, a disposal or a transfer.
#[derive(Serialize, ToSchema)]
pub(crate) struct PaperView {
    id: Uuid,
    /// `establishment`, `indicator`, `budget`, `purchase`, `disposal` or `transfer`.
    paper: &'static str,
    /// The number that people read, such as `ZB-330106-2026-2`.
    number: String,
    unit_id: Uuid,
    unit_name: String,
    /// Where it stands, by the table of its kind.
    state: String,
    category: Option<&'static str>,
    vehicle_id: Option<Uuid>,
    plate: Option<String>,
    indicator_id: Option<Uuid>,
    indicator_number: Option<String>,
    to_unit_id: Option<Uuid>,
    to_unit_name: Option<String>,
    year: Option<i16>,
    valid_until: Option<NaiveDate>,
    /// Number of the document that decided.
    document: String,
    facts: FactsView,
    /// Of a budget.
    lines: Vec<BudgetLineView>,
    proposed_by: String,
    proposed_at: DateTime<Utc>,
    decided_by: Option<String>,
    changed_at: DateTime<Utc>,
    /// What the asker may do with it now, in the order of the table.
    moves: Vec<&'static str>,
    steps: Vec<PaperStepView>,
}

/// A line of a budget.
#[derive(Serialize, ToSchema)]
pub(crate) struct BudgetLineView {
    indicator_id: Uuid,
    number: String,
    amount_fen: i64,
}

/// A step that was made.
#[derive(Serialize, ToSchema)]
pub(crate) struct PaperStepView {
    from: String,
    action: String,
    to: String,
    by: String,
    at: DateTime<Utc>,
    words: String,
    document: String,
}

/// What a paper says; which parts it has, says its kind and how far it is.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct FactsView {
    reason: String,
    #[serde(default)]
    fund_source: String,
    change: Option<EstablishmentChangeView>,
    /// Of an indicator: `addition` or `renewal`.
    kind: Option<String>,
    wanted: Option<WantedView>,
    verdict: Option<VerdictView>,
    #[serde(default)]
    nev_exception: String,
    aged: Option<AgedView>,
    /// `years`, `forced_scrap` or `early`.
    ground: Option<String>,
    share: Option<ShareView>,
    budget_fen: Option<i64>,
    contract: Option<ContractFacts>,
    acceptance: Option<AcceptanceFacts>,
    disposal: Option<DisposalView>,
    valuation: Option<ValuationFacts>,
    sale: Option<SaleFacts>,
    payment: Option<PaymentFacts>,
    transfer: Option<TransferView>,
}

/// A change of an establishment.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct EstablishmentChangeView {
    /// `opening`, `grant`, `reduce` or `withdraw`.
    kind: String,
    count: i32,
}

/// A car that somebody wants.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct WantedView {
    /// `confidential_courier`, `emergency_support`, `law_enforcement`, `special_technical`, `retired_cadre_service` or `other`.
    pub(super) category: String,
    /// `petrol`, `diesel`, `hybrid`, `plug_in_hybrid`, `electric` or `hydrogen`.
    pub(super) powertrain: String,
    /// `sedan`, `small_bus`, `suv`, `medium_bus`, `large_bus` or `special`.
    pub(super) body: String,
    /// `ordinary`, `need`, `exception` or `coach`.
    pub(super) case: String,
    /// Before the purchase tax.
    pub(super) price_fen: i64,
    pub(super) displacement_ml: Option<u32>,
    pub(super) is_domestic: bool,
    /// Number of the document that approves what is out of the ordinary.
    #[serde(default)]
    pub(super) document: String,
}

/// What a car was held against, and what stands against it.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct VerdictView {
    ceiling: Option<CeilingView>,
    /// `price`, `displacement`, `case`, `body`, `imported` or `document`, each once.
    breaches: Vec<String>,
}

/// The row of the register.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct CeilingView {
    price_fen: Option<i64>,
    displacement_ml: Option<u32>,
    from: NaiveDate,
    source: String,
}

/// The car that goes, as it was found.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct AgedView {
    registered_on: NaiveDate,
    odometer_km: u32,
    body: String,
    /// `usable`, `worn` or `failed`.
    condition: String,
    early_document: String,
}

/// Share of new energy of a plan or a batch.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct ShareView {
    cars: u32,
    new_energy: u32,
    /// Least share that is asked for, in hundredths of a per cent.
    required: u32,
    /// There are too few: whoever approves says why in words.
    is_short: bool,
    courier_required: u32,
    /// Confidential couriers of another energy without a document.
    couriers_refused: u32,
}

/// What was signed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ContractFacts {
    pub(super) number: String,
    pub(super) supplier: String,
    pub(super) model: String,
    pub(super) seats: i16,
    /// Before the purchase tax.
    pub(super) price_fen: i64,
    pub(super) tax_fen: i64,
    pub(super) on: NaiveDate,
}

/// How the car was found.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct AcceptanceFacts {
    pub(super) vin: String,
    pub(super) engine_number: String,
    pub(super) invoice: String,
    pub(super) on: NaiveDate,
    pub(super) finding: String,
}

/// How and why a car goes.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct DisposalView {
    /// `auction`, `maker_return`, `scrap` or `allotment`.
    way: String,
    /// `renewal`, `surplus`, `forced_scrap`, `damage` or `reform`.
    cause: String,
    odometer_km: u32,
}

/// What a car is worth.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ValuationFacts {
    pub(super) appraised_fen: i64,
    pub(super) appraiser: String,
    /// Number of the report.
    pub(super) report: String,
}

/// How a car went.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct SaleFacts {
    pub(super) on: NaiveDate,
    pub(super) buyer: String,
    pub(super) sale_fen: i64,
    pub(super) costs_fen: i64,
    /// Number of the record of the auction, the return or the scrapping.
    pub(super) certificate: String,
}

/// What went to the treasury.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct PaymentFacts {
    pub(super) on: NaiveDate,
    pub(super) paid_fen: i64,
    /// Number of the receipt for non-tax revenue.
    pub(super) receipt: String,
}

/// What goes along with a car.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct TransferView {
    /// The place of the establishment does.
    with_place: bool,
    plate: String,
    model: String,
    #[serde(default, skip_serializing)]
    #[schema(ignore)]
    #[expect(dead_code, reason = "the store keeps the key; people are shown the name on the step")]
    claimed_by: Option<Uuid>,
}

/// A value of the pure rules in the form of the API.
fn same<T: Serialize, V: serde::de::DeserializeOwned>(value: &T) -> ApiResult<V> {
    let value = serde_json::to_value(value).map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error))?;
    serde_json::from_value(value).map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error))
}

impl VerdictView {
    pub(super) fn new(verdict: &StandardVerdict) -> ApiResult<Self> {
        same(verdict)
    }
}

impl ShareView {
    pub(super) fn new(share: &NevShare) -> ApiResult<Self> {
        same(share)
    }
}

impl PaperView {
    pub(super) fn new(paper: Paper, moves: Vec<&'static str>, steps: &[Step], lines: &[budget::Line]) -> ApiResult<Self> {
        let steps = steps.iter().filter(|step| step.paper == paper.id).map(|step| PaperStepView {
            from: step.from.clone(),
            action: step.action.clone(),
            to: step.to.clone(),
            by: step.by.clone(),
            at: step.at,
            words: step.words.clone(),
            document: step.document.clone(),
        });
        let lines = lines.iter().filter(|line| line.budget == paper.id).map(|line| BudgetLineView {
            indicator_id: line.indicator.0,
            number: line.number.clone(),
            amount_fen: line.amount.fen(),
        });
        Ok(Self {
            facts: same(&paper.facts)?,
            steps: steps.collect(),
            lines: lines.collect(),
            id: paper.id.0,
            paper: paper.paper.as_str(),
            number: paper.number,
            unit_id: paper.unit.0,
            unit_name: paper.unit_name,
            state: paper.state,
            category: paper.category.map(dispatch::vehicle::VehicleCategory::as_str),
            vehicle_id: paper.vehicle.map(|vehicle| vehicle.0),
            plate: paper.plate,
            indicator_id: paper.indicator.map(|indicator| indicator.0),
            indicator_number: paper.indicator_number,
            to_unit_id: paper.to_unit.map(|unit| unit.0),
            to_unit_name: paper.to_unit_name,
            year: paper.year,
            valid_until: paper.valid_until,
            document: paper.document,
            proposed_by: paper.proposer,
            proposed_at: paper.proposed_at,
            decided_by: paper.decider,
            changed_at: paper.changed_at,
            moves,
        })
    }
}
