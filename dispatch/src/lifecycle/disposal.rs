//! Disposal (处置): proposed, valued, approved, carried out, the proceeds paid to the treasury, and closed.

use thiserror::Error;

use super::LifecycleMover::{Decider, Proposer};
use super::{LifecycleMover, LifecyclePaper, paper};
use crate::money::Money;
use crate::word::words;

words! {
    /// How a car goes (处置方式).
    DisposalWay, DisposalWayError, "disposal.way" {
        /// Sold to whoever offers most.
        Auction = "auction", "公开拍卖";
        /// Taken back by its maker.
        MakerReturn = "maker_return", "厂家回收";
        /// Scrapped.
        Scrap = "scrap", "报废";
        /// Given for nothing to another body of the state.
        Allotment = "allotment", "无偿划拨";
    }
}

words! {
    /// Why a car goes (处置原因).
    DisposalReason, DisposalReasonError, "disposal.reason" {
        /// Another car comes in its stead.
        Renewal = "renewal", "更新";
        /// It is more than the establishment has.
        Surplus = "surplus", "超编或闲置";
        /// It must be scrapped.
        ForcedScrap = "forced_scrap", "达到强制报废";
        /// It is damaged for good.
        Damage = "damage", "事故全损";
        /// Cars of its kind are given up.
        Reform = "reform", "取消车辆";
    }
}

words! {
    /// Where a disposal stands (处置状态).
    DisposalState, DisposalStateError, "disposal.state" {
        /// Proposed.
        Proposed = "proposed", "申请";
        /// Somebody said what it is worth.
        Valued = "valued", "已评估";
        /// May go.
        Approved = "approved", "已批准";
        /// Is gone.
        Executed = "executed", "已执行";
        /// The proceeds are with the treasury.
        Paid = "paid", "收益已入库";
        /// Struck off, and its papers are filed.
        Closed = "closed", "已归档";
        /// Refused.
        Rejected = "rejected", "驳回";
        /// Taken back.
        Withdrawn = "withdrawn", "撤回";
    }
}

words! {
    /// What is done to a disposal (处置操作).
    DisposalAction, DisposalActionError, "disposal.action" {
        /// Says what it is worth.
        Value = "value", "评估";
        /// Lets it go.
        Approve = "approve", "批准";
        /// Refuses it.
        Reject = "reject", "驳回";
        /// Takes it back.
        Withdraw = "withdraw", "撤回";
        /// Lets it be gone.
        Execute = "execute", "执行";
        /// Pays the proceeds to the treasury.
        Pay = "pay", "缴库";
        /// Strikes it off and files its papers.
        Close = "close", "注销归档";
    }
}

use DisposalAction as A;
use DisposalState as S;

/// Every legal move.
pub const LEGAL: &[(S, A, S, LifecycleMover)] = &[
    (S::Proposed, A::Value, S::Valued, Proposer),
    (S::Proposed, A::Withdraw, S::Withdrawn, Proposer),
    (S::Proposed, A::Reject, S::Rejected, Decider),
    (S::Valued, A::Approve, S::Approved, Decider),
    (S::Valued, A::Reject, S::Rejected, Decider),
    (S::Valued, A::Withdraw, S::Withdrawn, Proposer),
    (S::Approved, A::Execute, S::Executed, Proposer),
    (S::Executed, A::Pay, S::Paid, Proposer),
    (S::Paid, A::Close, S::Closed, Proposer),
];

paper!(DisposalState, DisposalAction, LifecyclePaper::Disposal);

/// What a car brought in (处置收益).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proceeds {
    /// What it went for.
    pub sale: Money,
    /// What that cost.
    pub costs: Money,
}

/// Why the money does not stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProceedsError {
    /// Below nothing, or costs beyond the sale.
    #[error("a sale of {sale} with costs of {costs} is none")]
    Sale {
        /// The sale in fen.
        sale: i64,
        /// The costs in fen.
        costs: i64,
    },
    /// What is given for nothing brings nothing.
    #[error("what is given for nothing brings nothing")]
    Allotment,
    /// Not what is due.
    #[error("{due} are due, and {paid} were paid")]
    Paid {
        /// Fen that are due.
        due: i64,
        /// Fen that were paid.
        paid: i64,
    },
}

impl ProceedsError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Sale { .. } => "disposal.sale",
            Self::Allotment => "disposal.allotment",
            Self::Paid { .. } => "disposal.paid",
        }
    }
}

impl Proceeds {
    /// What it went for by that way, and what that cost.
    pub fn new(way: DisposalWay, sale: Money, costs: Money) -> Result<Self, ProceedsError> {
        if costs < Money::ZERO || sale < costs {
            return Err(ProceedsError::Sale { sale: sale.fen(), costs: costs.fen() });
        }
        if way == DisposalWay::Allotment && sale > Money::ZERO {
            return Err(ProceedsError::Allotment);
        }
        Ok(Self { sale, costs })
    }

    /// What is due to the treasury.
    pub fn due(self) -> Money {
        self.sale - self.costs
    }

    /// That is what was paid.
    pub fn reconcile(self, paid: Money) -> Result<(), ProceedsError> {
        if paid == self.due() { Ok(()) } else { Err(ProceedsError::Paid { due: self.due().fen(), paid: paid.fen() }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_paid_is_the_sale_less_its_costs() {
        let fen = Money::from_fen;
        let sold = Proceeds::new(DisposalWay::Auction, fen(3_150_000), fen(150_000)).unwrap();
        assert_eq!(sold.due(), fen(3_000_000));
        for (paid, code) in [(3_000_000, None), (2_999_999, Some("disposal.paid")), (3_150_000, Some("disposal.paid"))] {
            assert_eq!(sold.reconcile(fen(paid)).err().map(|error| error.code()), code, "{paid}");
        }
        let refused = |way, sale, costs| Proceeds::new(way, fen(sale), fen(costs)).err().map(|error| error.code());
        assert_eq!(refused(DisposalWay::Scrap, 0, 1), Some("disposal.sale"));
        assert_eq!(refused(DisposalWay::Scrap, -1, -1), Some("disposal.sale"));
        assert_eq!(refused(DisposalWay::Allotment, 1, 0), Some("disposal.allotment"));
        assert_eq!(refused(DisposalWay::Allotment, 0, 0), None);
    }
}
