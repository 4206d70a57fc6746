//! A purchase (购置): planned by an indicator with money, approved, tendered, contracted, accepted and registered, one after the other.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::LifecycleMover::{Decider, Proposer};
use super::{LifecycleMover, LifecyclePaper, paper};
use crate::money::Money;
use crate::word::words;

words! {
    /// Where a purchase stands (购置状态).
    PurchaseState, PurchaseStateError, "purchase.state" {
        /// Proposed.
        Planned = "planned", "计划";
        /// May be made.
        Approved = "approved", "已批准";
        /// Is with the government's central procurement.
        Tendered = "tendered", "采购中";
        /// Signed.
        Contracted = "contracted", "已签约";
        /// The car is there and is what was ordered.
        Accepted = "accepted", "已验收";
        /// The car has its plate and stands in the register.
        Registered = "registered", "已上牌";
        /// Came to nothing.
        Cancelled = "cancelled", "已取消";
    }
}

words! {
    /// What is done to a purchase (购置操作).
    PurchaseAction, PurchaseActionError, "purchase.action" {
        /// Lets it be made.
        Approve = "approve", "批准";
        /// Hands it to the central procurement.
        Tender = "tender", "政府集中采购";
        /// Signs.
        Contract = "contract", "签约";
        /// Finds the car as it was ordered.
        Accept = "accept", "验收";
        /// Registers the car.
        Register = "register", "上牌登记";
        /// Gives it up.
        Cancel = "cancel", "取消";
    }
}

use PurchaseAction as A;
use PurchaseState as S;

/// Every legal move. What is accepted is paid, and no longer given up.
pub const LEGAL: &[(S, A, S, LifecycleMover)] = &[
    (S::Planned, A::Approve, S::Approved, Decider),
    (S::Planned, A::Cancel, S::Cancelled, Proposer),
    (S::Approved, A::Tender, S::Tendered, Proposer),
    (S::Approved, A::Cancel, S::Cancelled, Proposer),
    (S::Tendered, A::Contract, S::Contracted, Proposer),
    (S::Tendered, A::Cancel, S::Cancelled, Proposer),
    (S::Contracted, A::Accept, S::Accepted, Proposer),
    (S::Contracted, A::Cancel, S::Cancelled, Proposer),
    (S::Accepted, A::Register, S::Registered, Proposer),
];

paper!(PurchaseState, PurchaseAction, LifecyclePaper::Purchase);

/// What was signed (采购合同).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurchaseContract {
    /// Its number.
    pub number: String,
    /// With whom.
    pub supplier: String,
    /// Make and model.
    pub model: String,
    /// Seats, the driver's included.
    pub seats: i16,
    /// Price before the purchase tax.
    #[serde(rename = "price_fen")]
    pub price: Money,
    /// The purchase tax.
    #[serde(rename = "tax_fen")]
    pub tax: Money,
    /// When.
    pub on: NaiveDate,
}

/// How the car was found (验收单).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// Identification number.
    pub vin: String,
    /// Number of the engine or the motor.
    pub engine_number: String,
    /// Number of the invoice.
    pub invoice: String,
    /// When.
    pub on: NaiveDate,
    /// What was found.
    pub finding: String,
}
