//! What a paper says (单据内容): each gate adds its part, and none is ever written over.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use telematics::uuid_id;

use super::disposal::{DisposalReason, DisposalWay};
use super::establishment::EstablishmentKind;
use super::indicator::IndicatorKind;
use super::purchase::{Acceptance, PurchaseContract};
use super::renewal::{AgedCar, RenewalGround};
use super::share::NevShare;
use super::standard::{StandardVerdict, WantedCar};
use crate::account::AccountId;
use crate::money::Money;

uuid_id! {
    /// Key of a paper in the life of a car (全生命周期单据).
    PaperId
}

/// Everything that a paper may say (单据内容); which parts it has, says its kind and how far it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PaperFacts {
    /// Why, in the words of who proposed it.
    pub reason: String,
    /// Where the money comes from.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub fund_source: String,
    /// Of a change: which way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<ChangeFacts>,
    /// Of an indicator: what for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<IndicatorKind>,
    /// Of an indicator and a purchase: which car.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wanted: Option<WantedCar>,
    /// What it was held against.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<StandardVerdict>,
    /// Document that lets a confidential courier be of another energy.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub nev_exception: String,
    /// Of a renewal: the car that goes, as it was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aged: Option<AgedCar>,
    /// On what ground it may be renewed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ground: Option<RenewalGround>,
    /// Of a budget: its share of new energy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<NevShare>,
    /// Of a purchase: most that may be spent.
    #[serde(rename = "budget_fen", skip_serializing_if = "Option::is_none")]
    pub budget: Option<Money>,
    /// What was signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract: Option<PurchaseContract>,
    /// How the car was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acceptance: Option<Acceptance>,
    /// Of a disposal: how and why the car goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disposal: Option<DisposalFacts>,
    /// What it is worth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valuation: Option<Valuation>,
    /// How it went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sale: Option<Sale>,
    /// What went to the treasury.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<Payment>,
    /// Of a transfer: the place of the establishment goes along.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfer: Option<TransferFacts>,
}

/// What a change of the establishment is (编制调整内容).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeFacts {
    /// Which way.
    pub kind: EstablishmentKind,
    /// How many.
    pub count: i32,
}

/// How and why a car goes (处置内容).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisposalFacts {
    /// How.
    pub way: DisposalWay,
    /// Why.
    pub cause: DisposalReason,
    /// Kilometres that it was driven.
    pub odometer_km: u32,
}

/// What a car is worth (鉴定评估).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Valuation {
    /// So much.
    #[serde(rename = "appraised_fen")]
    pub appraised: Money,
    /// Who says so.
    pub appraiser: String,
    /// Number of the report.
    pub report: String,
}

/// How a car went (处置执行).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sale {
    /// When.
    pub on: NaiveDate,
    /// To whom.
    pub buyer: String,
    /// For how much.
    #[serde(rename = "sale_fen")]
    pub sale: Money,
    /// What that cost.
    #[serde(rename = "costs_fen")]
    pub costs: Money,
    /// Number of the record of the auction, the return or the scrapping.
    pub certificate: String,
}

/// What went to the treasury (收益缴库).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// When.
    pub on: NaiveDate,
    /// How much.
    #[serde(rename = "paid_fen")]
    pub paid: Money,
    /// Number of the receipt for non-tax revenue.
    pub receipt: String,
}

/// What goes along with a car (调拨内容).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferFacts {
    /// The place of the establishment does.
    pub with_place: bool,
    /// The plate, for who does not see the car.
    pub plate: String,
    /// Make and model.
    pub model: String,
    /// Who asked for it out of the pool.
    pub claimed_by: Option<AccountId>,
}
