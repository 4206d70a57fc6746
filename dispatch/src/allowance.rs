//! Trip money of units (用车额度): a pool for the year, an account for each month of a unit, and entries that are only ever added.
//!
//! An order holds its estimate when it is issued; when it is settled the hold is given back and what it cost is debited. What is left
//! is the sum of all entries, and never goes below nothing by more than approved documents allow. (The establishment of cars, 编制,
//! is another thing and has the word quota.)

mod month;

use serde::{Deserialize, Serialize};
use telematics::uuid_id;
use thiserror::Error;

use crate::account::AccountId;
use crate::money::Money;
use crate::word::words;

pub use month::{AllowanceMonth, AllowanceMonthError};

uuid_id! {
    /// Key of an account of trip money (额度账户).
    AllowanceAccountId
}
uuid_id! {
    /// Key of an entry (额度分录).
    AllowanceEntryId
}
uuid_id! {
    /// Key of an adjustment (额度调整).
    AdjustmentId
}

words! {
    /// What an entry is (分录类型).
    EntryKind, EntryKindError, "allowance.entry" {
        /// Given for the year to a pool, or from a pool to a month; below nothing: taken back.
        Grant = "grant", "下达";
        /// The pool's side of a grant to a month.
        Allot = "allot", "划拨";
        /// Lent by the pool to a month, by an approved adjustment; on the pool below nothing.
        Loan = "loan", "借用";
        /// Carried to the next month, or from the one before.
        Carry = "carry", "结转";
        /// Held for an order.
        Hold = "hold", "占用";
        /// A hold given back.
        Release = "release", "释放";
        /// What an order cost.
        Debit = "debit", "列支";
        /// More may be spent than is there, by an approved document; moves no money.
        OverQuota = "over_quota", "超额批准";
    }
}

words! {
    /// What an adjustment asks for (调整类型).
    AdjustmentKind, AdjustmentKindError, "allowance.adjustment_kind" {
        /// A loan of the pool.
        Loan = "loan", "向总池借用";
        /// To spend more than is there.
        OverQuota = "over_quota", "超额用车";
    }
}

words! {
    /// Where an adjustment stands (调整状态).
    AdjustmentState, AdjustmentStateError, "allowance.adjustment_state" {
        /// Waits for a second person.
        Proposed = "proposed", "待批准";
        /// Entered.
        Approved = "approved", "已批准";
        /// Turned down.
        Rejected = "rejected", "已驳回";
    }
}

words! {
    /// What is decided on an adjustment (调整意见).
    AdjustmentDecision, AdjustmentDecisionError, "allowance.decision" {
        /// Enter it.
        Approve = "approve", "批准";
        /// Turn it down.
        Reject = "reject", "驳回";
    }
}

/// What an entry does to its account (分录).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// What it is.
    pub kind: EntryKind,
    /// What it adds to what is left.
    pub amount: Money,
    /// By how much more than is there may be spent from now on.
    pub permits: Money,
}

/// Where an account stands (额度状况): the sums of its entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AllowanceStanding {
    /// What is left: the sum of all entries.
    pub left: Money,
    /// Held for orders under way.
    pub held: Money,
    /// Granted, lent and carried: what there was to spend.
    pub given: Money,
    /// How far `left` may go below nothing.
    pub permitted: Money,
}

/// Why nothing is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AllowanceError {
    /// There is not so much left, and no document that allows it.
    #[error("{} fen are left and {} more allowed by documents, not {}", .left.fen(), .permitted.fen(), .asked.fen())]
    Exceeded {
        /// What is left.
        left: Money,
        /// What documents allow beyond it.
        permitted: Money,
        /// What was asked for.
        asked: Money,
    },
    /// Nothing, or less than nothing, where something is asked for.
    #[error("an amount is more than nothing")]
    Amount,
    /// No document for spending more than is there.
    #[error("spending more than is there needs the number of the document that allows it")]
    Document,
    /// Who proposed an adjustment does not decide on it.
    #[error("who proposed an adjustment does not decide on it")]
    FourEyes,
    /// It has been decided.
    #[error("an adjustment that is {} is decided", .state.as_str())]
    Decided {
        /// Where it stands.
        state: AdjustmentState,
    },
}

impl AllowanceError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Exceeded { .. } => "allowance.exceeded",
            Self::Amount => "allowance.amount",
            Self::Document => "allowance.document",
            Self::FourEyes => "allowance.four_eyes",
            Self::Decided { .. } => "allowance.decided",
        }
    }
}

impl Posting {
    const fn of(kind: EntryKind, amount: Money) -> Self {
        Self { kind, amount, permits: Money::ZERO }
    }
}

impl AllowanceStanding {
    /// The account after an entry.
    #[must_use]
    pub fn after(self, posting: Posting) -> Self {
        let (mut held, mut given) = (self.held, self.given);
        match posting.kind {
            EntryKind::Hold | EntryKind::Release => held = held - posting.amount,
            EntryKind::Grant | EntryKind::Allot | EntryKind::Loan | EntryKind::Carry => given += posting.amount,
            EntryKind::Debit | EntryKind::OverQuota => {}
        }
        Self { left: self.left + posting.amount, held, given, permitted: self.permitted + posting.permits }
    }

    /// What was spent.
    pub fn spent(self) -> Money {
        self.given - self.held - self.left
    }

    /// How much of what there was is held and spent, in whole per cent; all of it where there was nothing.
    pub fn used_percent(self) -> u32 {
        let used = i128::from((self.given - self.left).fen()).max(0);
        let given = i128::from(self.given.fen());
        if given <= 0 { 100 } else { u32::try_from(used * 100 / given).unwrap_or(u32::MAX) }
    }

    /// As much of what there was is held or spent as warns: `percent` of it and more.
    pub fn warns(self, percent: u32) -> bool {
        let used = i128::from((self.given - self.left).fen());
        used > 0 && used * 100 >= i128::from(self.given.fen()) * i128::from(percent)
    }

    /// So much more can be taken out.
    fn check(self, asked: Money) -> Result<(), AllowanceError> {
        if asked <= self.left + self.permitted {
            return Ok(());
        }
        Err(AllowanceError::Exceeded { left: self.left, permitted: self.permitted, asked })
    }

    /// Given, or taken back as far as it is still there.
    pub fn grant(self, amount: Money) -> Result<Posting, AllowanceError> {
        match amount {
            Money::ZERO => Err(AllowanceError::Amount),
            amount => self.check(-amount).map(|()| Posting::of(EntryKind::Grant, amount)),
        }
    }

    /// The pool's side of a grant; what a month gives back comes back to the pool.
    pub fn allot(self, amount: Money) -> Result<Posting, AllowanceError> {
        self.check(amount).map(|()| Posting::of(EntryKind::Allot, -amount))
    }

    /// The pool's side of a loan; the other is the same, turned round.
    pub fn lend(self, amount: Money) -> Result<Posting, AllowanceError> {
        at_least_something(amount)?;
        self.check(amount).map(|()| Posting::of(EntryKind::Loan, -amount))
    }

    /// An order's estimate is held; nothing for an order that costs nothing.
    pub fn hold(self, estimate: Money) -> Result<Option<Posting>, AllowanceError> {
        match estimate {
            Money::ZERO => Ok(None),
            estimate if estimate < Money::ZERO => Err(AllowanceError::Amount),
            estimate => self.check(estimate).map(|()| Some(Posting::of(EntryKind::Hold, -estimate))),
        }
    }

    /// The order's hold is given back, and what it cost is debited: together no more than is there.
    pub fn debit(self, held_for_order: Money, cost: Money) -> Result<Vec<Posting>, AllowanceError> {
        if cost < Money::ZERO {
            return Err(AllowanceError::Amount);
        }
        let released = release(held_for_order);
        let freed = released.iter().fold(self, |standing, posting| standing.after(*posting));
        freed.check(cost)?;
        let debited = (cost > Money::ZERO).then_some(Posting::of(EntryKind::Debit, -cost));
        Ok(released.into_iter().chain(debited).collect())
    }

    /// What carries to the next month: all that is left; a debt does not.
    pub fn carry(self) -> Option<(Posting, Posting)> {
        let carried = Posting::of(EntryKind::Carry, self.left);
        (self.left > Money::ZERO).then(|| (Posting::of(EntryKind::Carry, -self.left), carried))
    }
}

/// What an order held is given back.
pub fn release(held_for_order: Money) -> Option<Posting> {
    (held_for_order > Money::ZERO).then_some(Posting::of(EntryKind::Release, held_for_order))
}

/// The account's side of a loan.
pub fn borrow(amount: Money) -> Result<Posting, AllowanceError> {
    at_least_something(amount).map(|()| Posting::of(EntryKind::Loan, amount))
}

/// By an approved document so much more may be spent than is there.
pub fn permit(amount: Money, document: &str) -> Result<Posting, AllowanceError> {
    at_least_something(amount)?;
    if document.trim().is_empty() {
        return Err(AllowanceError::Document);
    }
    Ok(Posting { permits: amount, ..Posting::of(EntryKind::OverQuota, Money::ZERO) })
}

fn at_least_something(amount: Money) -> Result<(), AllowanceError> {
    if amount > Money::ZERO { Ok(()) } else { Err(AllowanceError::Amount) }
}

impl AdjustmentState {
    /// What follows when `actor` decides on what `proposer` proposed.
    pub fn decide(self, decision: AdjustmentDecision, proposer: AccountId, actor: AccountId) -> Result<Self, AllowanceError> {
        match self {
            Self::Approved | Self::Rejected => Err(AllowanceError::Decided { state: self }),
            Self::Proposed if proposer == actor => Err(AllowanceError::FourEyes),
            Self::Proposed => Ok(match decision {
                AdjustmentDecision::Approve => Self::Approved,
                AdjustmentDecision::Reject => Self::Rejected,
            }),
        }
    }
}

#[cfg(test)]
mod tests;
