//! A transfer (调拨): a car of one unit goes to another, by name or through the pool of idle assets (公物仓).

use super::LifecycleMover::{Decider, Proposer};
use super::{LifecycleMover, LifecyclePaper, paper};
use crate::word::words;

words! {
    /// Where a transfer stands (调拨状态).
    TransferState, TransferStateError, "transfer.state" {
        /// Lies in the pool of idle assets; whoever needs it asks for it.
        Offered = "offered", "公物仓待领";
        /// Between two units, and waits for a decision.
        Proposed = "proposed", "申请";
        /// May be handed over.
        Approved = "approved", "已批准";
        /// Is with the other unit.
        Done = "done", "已交接";
        /// Refused.
        Rejected = "rejected", "驳回";
        /// Taken back.
        Withdrawn = "withdrawn", "撤回";
    }
}

words! {
    /// What is done to a transfer (调拨操作).
    TransferAction, TransferActionError, "transfer.action" {
        /// Asks for it out of the pool.
        Claim = "claim", "申领";
        /// Lets it be handed over.
        Approve = "approve", "批准";
        /// Refuses it.
        Reject = "reject", "驳回";
        /// Takes it back.
        Withdraw = "withdraw", "撤回";
        /// Hands it over: car, place and ledgers at once.
        HandOver = "hand_over", "交接";
    }
}

use TransferAction as A;
use TransferState as S;

/// Every legal move. Who hands over answers for both units.
pub const LEGAL: &[(S, A, S, LifecycleMover)] = &[
    (S::Offered, A::Claim, S::Proposed, Proposer),
    (S::Offered, A::Withdraw, S::Withdrawn, Proposer),
    (S::Proposed, A::Approve, S::Approved, Decider),
    (S::Proposed, A::Reject, S::Rejected, Decider),
    (S::Proposed, A::Withdraw, S::Withdrawn, Proposer),
    (S::Approved, A::HandOver, S::Done, Decider),
];

paper!(TransferState, TransferAction, LifecyclePaper::Transfer);
