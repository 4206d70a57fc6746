//! An indicator (指标): the permission to get one car, used once; before it there is no budget, and without it no purchase.

use chrono::NaiveDate;
use thiserror::Error;

use super::LifecycleMover::{Course, Decider, Proposer};
use super::{LifecycleMover, LifecyclePaper, paper};
use crate::word::words;

words! {
    /// What an indicator is for (指标类型).
    IndicatorKind, IndicatorKindError, "indicator.kind" {
        /// One more car: it takes a vacant place of the establishment.
        Addition = "addition", "新增";
        /// A car in the stead of another one.
        Renewal = "renewal", "更新";
    }
}

words! {
    /// Where an indicator stands (指标状态).
    IndicatorState, IndicatorStateError, "indicator.state" {
        /// Asked for.
        Applied = "applied", "申请";
        /// Looked through.
        Reviewed = "reviewed", "审核";
        /// Given out.
        Issued = "issued", "下达";
        /// Stands in a budget.
        Reserved = "reserved", "占用";
        /// A car is bought by it.
        Used = "used", "已使用";
        /// Given back unused.
        Released = "released", "释放";
        /// Taken back.
        Revoked = "revoked", "收回";
        /// Not used in time.
        Expired = "expired", "失效";
        /// Refused.
        Rejected = "rejected", "驳回";
    }
}

words! {
    /// What is done to an indicator (指标操作).
    IndicatorAction, IndicatorActionError, "indicator.action" {
        /// Looks it through.
        Review = "review", "审核";
        /// Gives it out.
        Issue = "issue", "下达";
        /// Refuses it.
        Reject = "reject", "驳回";
        /// Puts it into a budget.
        Reserve = "reserve", "占用";
        /// Takes it out of a budget that came to nothing.
        Free = "free", "解除占用";
        /// Buys a car by it.
        Use = "use", "使用";
        /// Gives it back unused.
        Release = "release", "释放";
        /// Takes it back.
        Revoke = "revoke", "收回";
        /// Its last day is over.
        Expire = "expire", "失效";
        /// The purchase came to nothing.
        Return = "return", "退回";
    }
}

use IndicatorAction as A;
use IndicatorState as S;

/// Every legal move. A purchase that comes to nothing gives its indicator back to the budget.
pub const LEGAL: &[(S, A, S, LifecycleMover)] = &[
    (S::Applied, A::Review, S::Reviewed, Decider),
    (S::Applied, A::Reject, S::Rejected, Decider),
    (S::Applied, A::Release, S::Released, Proposer),
    (S::Reviewed, A::Issue, S::Issued, Decider),
    (S::Reviewed, A::Reject, S::Rejected, Decider),
    (S::Issued, A::Reserve, S::Reserved, Course),
    (S::Issued, A::Release, S::Released, Proposer),
    (S::Issued, A::Revoke, S::Revoked, Decider),
    (S::Issued, A::Expire, S::Expired, Decider),
    (S::Reserved, A::Free, S::Issued, Course),
    (S::Reserved, A::Use, S::Used, Course),
    (S::Reserved, A::Revoke, S::Revoked, Decider),
    (S::Reserved, A::Expire, S::Expired, Decider),
    (S::Used, A::Return, S::Reserved, Course),
];

paper!(IndicatorState, IndicatorAction, LifecyclePaper::Indicator);

/// Why an indicator is not used or not ended on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IndicatorTermError {
    /// Its last day is over.
    #[error("the indicator was valid until {until}")]
    Over {
        /// Its last day.
        until: NaiveDate,
    },
    /// Its last day is not over.
    #[error("the indicator is valid until {until}")]
    Valid {
        /// Its last day.
        until: NaiveDate,
    },
}

impl IndicatorTermError {
    /// The stable code of the error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Over { .. } => "indicator.over",
            Self::Valid { .. } => "indicator.valid",
        }
    }
}

/// An indicator moves on while it is valid, and expires only afterwards.
pub fn in_term(action: IndicatorAction, until: Option<NaiveDate>, on: NaiveDate) -> Result<(), IndicatorTermError> {
    match (action, until) {
        (A::Reserve | A::Use, Some(until)) if on > until => Err(IndicatorTermError::Over { until }),
        (A::Expire, Some(until)) if on <= until => Err(IndicatorTermError::Valid { until }),
        _ => Ok(()),
    }
}
