//! A budget (年度配备更新预算): the cars of a year by their indicators; first the indicator, then the money.

use super::LifecycleMover::{Decider, Proposer};
use super::{LifecycleMover, LifecyclePaper, paper};
use crate::word::words;

words! {
    /// Where a budget stands (预算状态).
    BudgetState, BudgetStateError, "budget.state" {
        /// Handed in.
        Submitted = "submitted", "上报";
        /// Granted.
        Approved = "approved", "批复";
        /// Refused; its indicators are free again.
        Rejected = "rejected", "驳回";
        /// Taken back; its indicators are free again.
        Withdrawn = "withdrawn", "撤回";
    }
}

words! {
    /// What is done to a budget (预算操作).
    BudgetAction, BudgetActionError, "budget.action" {
        /// Grants it.
        Approve = "approve", "批复";
        /// Refuses it.
        Reject = "reject", "驳回";
        /// Takes it back.
        Withdraw = "withdraw", "撤回";
    }
}

use BudgetAction as A;
use BudgetState as S;

/// Every legal move.
pub const LEGAL: &[(S, A, S, LifecycleMover)] = &[
    (S::Submitted, A::Approve, S::Approved, Decider),
    (S::Submitted, A::Reject, S::Rejected, Decider),
    (S::Submitted, A::Withdraw, S::Withdrawn, Proposer),
];

paper!(BudgetState, BudgetAction, LifecyclePaper::Budget);
