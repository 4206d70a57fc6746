//! Repair orders (维修单): proposed, quoted, approved by somebody else, in the shop, taken back, and settled to the fen.

use serde::{Deserialize, Serialize};
use telematics::uuid_id;
use thiserror::Error;

use super::{NAME, amount, text};
use crate::account::AccountId;
use crate::money::Money;
use crate::supplier::SupplierId;
use crate::word::words;

uuid_id! {
    /// Key of a repair order (维修单).
    RepairId
}
uuid_id! {
    /// Key of a quote (维修报价).
    QuoteId
}

words! {
    /// What a car is in the shop for (维修类型).
    RepairKind, RepairKindError, "repair.kind" {
        /// Something broke.
        Repair = "repair", "维修";
        /// Its time or its kilometres have come.
        Upkeep = "upkeep", "保养";
        /// After an accident.
        Accident = "accident", "事故维修";
    }
}

words! {
    /// For what the authority names its vendors (定点类别).
    VendorService, VendorServiceError, "repair.service" {
        /// Repairs and upkeep.
        Repair = "repair", "定点维修";
        /// Insurance.
        Insurance = "insurance", "定点保险";
        /// Fuel and charging.
        Fuel = "fuel", "定点加油";
    }
}

words! {
    /// Where a repair order stands (维修单状态).
    RepairState, RepairStateError, "repair.state" {
        /// Asked for; nobody has said what it costs.
        Proposed = "proposed", "待报价";
        /// There are quotes; somebody decides.
        Quoted = "quoted", "待审批";
        /// One quote was taken; the car still drives.
        Approved = "approved", "待送修";
        /// The car is there and cannot be sent.
        InShop = "in_shop", "在修";
        /// It is back and was looked at.
        Accepted = "accepted", "待结算";
        /// It is paid for.
        Settled = "settled", "已结算";
        /// It was refused.
        Rejected = "rejected", "已驳回";
        /// It is not needed any more.
        Cancelled = "cancelled", "已取消";
    }
}

words! {
    /// What is done with a repair order (维修单操作).
    RepairAction, RepairActionError, "repair.action" {
        /// Adds what a vendor would take.
        Quote = "quote", "报价";
        /// Takes one of the quotes.
        Approve = "approve", "批准";
        /// Refuses.
        Reject = "reject", "驳回";
        /// Brings the car to the shop.
        Send = "send", "送修";
        /// Says that it takes longer.
        Extend = "extend", "延期";
        /// Takes it back.
        Accept = "accept", "验收";
        /// Pays.
        Settle = "settle", "结算";
        /// Gives it up.
        Cancel = "cancel", "取消";
    }
}

use RepairAction as A;
use RepairState as S;

/// Every legal move.
pub const LEGAL: &[(S, A, S)] = &[
    (S::Proposed, A::Quote, S::Quoted),
    (S::Proposed, A::Cancel, S::Cancelled),
    (S::Quoted, A::Quote, S::Quoted),
    (S::Quoted, A::Approve, S::Approved),
    (S::Quoted, A::Reject, S::Rejected),
    (S::Quoted, A::Cancel, S::Cancelled),
    (S::Approved, A::Send, S::InShop),
    (S::Approved, A::Cancel, S::Cancelled),
    (S::InShop, A::Extend, S::InShop),
    (S::InShop, A::Accept, S::Accepted),
    (S::Accepted, A::Settle, S::Settled),
];

/// What a vendor would take (维修报价).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Key.
    pub id: QuoteId,
    /// Whose.
    pub vendor: SupplierId,
    /// Parts.
    pub parts: Money,
    /// Labour.
    pub labour: Money,
    /// Both.
    pub total: Money,
}

words! {
    /// What a line of a bill is for (维修明细类型).
    BillPart, BillPartError, "repair.line" {
        /// A part.
        Parts = "parts", "配件费";
        /// Work.
        Labour = "labour", "人工费";
    }
}

/// A line of a bill (维修明细).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillLine {
    /// Part or work.
    pub part: BillPart,
    /// What.
    pub what: String,
    /// How many.
    pub quantity: u32,
    /// Price of one.
    #[serde(rename = "price_fen")]
    pub price: Money,
}

/// A bill as the vendor writes it (维修结算单).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    /// Its lines.
    pub lines: Vec<BillLine>,
    /// What it says of the parts.
    pub parts: Money,
    /// What it says of the labour.
    pub labour: Money,
    /// What it says of both.
    pub total: Money,
}

/// Who decides about which quote, and on which paper (维修审批意见).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Who asked for the repair.
    pub proposer: AccountId,
    /// Who decides.
    pub decider: AccountId,
    /// The quote that is taken.
    pub quote: QuoteId,
    /// Its vendor is one that the authority named for the day.
    pub is_designated: bool,
    /// Number of the paper that lets another vendor do it; may be empty.
    pub exception: String,
    /// Why it is not the cheapest; may be empty.
    pub reason: String,
}

/// How many quotes are needed (询价规则), by the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuoteRules {
    /// From this amount on several are compared.
    pub compared_from: Money,
    /// So many of them.
    pub at_least: usize,
}

/// What stands against a repair order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RepairError {
    /// The table has no such move.
    #[error("a repair order that is {state} has no {action}")]
    State {
        /// Where it stands.
        state: &'static str,
        /// What was to be done.
        action: &'static str,
    },
    /// Parts and labour are not the total.
    #[error("parts and labour come to {sum:?}, and the total says {total:?}")]
    Total {
        /// What they come to.
        sum: Money,
        /// What the bill says.
        total: Money,
    },
    /// The lines are not what the bill says of them.
    #[error("the lines come to {sum:?}, and the bill says {said:?}")]
    Lines {
        /// What they come to.
        sum: Money,
        /// What the bill says.
        said: Money,
    },
    /// A line says nothing, or an amount that cannot be.
    #[error("a line has a text, a quantity and a price")]
    Line,
    /// The bill is more than what was approved.
    #[error("the bill is more than the {approved:?} that were approved")]
    OverQuote {
        /// What was approved.
        approved: Money,
    },
    /// Too few quotes.
    #[error("there are {has} quotes of different vendors, and {needs} are compared")]
    Quotes {
        /// Vendors that quoted.
        has: usize,
        /// Vendors that must.
        needs: usize,
    },
    /// None of its quotes.
    #[error("the repair order has no such quote")]
    Quote,
    /// Not a vendor of the authority, and no paper that lets it be.
    #[error("the vendor is not designated, and no exception is on paper")]
    Vendor,
    /// Not the cheapest, and no reason.
    #[error("the quote is not the cheapest, and nobody says why")]
    Dearer,
    /// Who asked does not decide.
    #[error("who asked for the repair does not decide about it")]
    FourEyes,
}

impl RepairError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::State { .. } => "repair.state",
            Self::Total { .. } => "repair.total_mismatch",
            Self::Lines { .. } => "repair.lines_mismatch",
            Self::Line => "repair.line",
            Self::OverQuote { .. } => "repair.over_quote",
            Self::Quotes { .. } => "repair.quotes",
            Self::Quote => "repair.quote",
            Self::Vendor => "repair.vendor",
            Self::Dearer => "repair.dearer",
            Self::FourEyes => "repair.four_eyes",
        }
    }

    /// The field that it is about.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::State { .. } => "action",
            Self::Total { .. } | Self::OverQuote { .. } => "total_fen",
            Self::Lines { .. } | Self::Line => "lines",
            Self::Quotes { .. } | Self::Quote => "quote_id",
            Self::Vendor => "exception_document",
            Self::Dearer => "reason",
            Self::FourEyes => "decided_by",
        }
    }
}

impl RepairState {
    /// Where the action leads.
    pub fn after(self, action: RepairAction) -> Result<Self, RepairError> {
        let found = LEGAL.iter().find(|(from, done, _)| *from == self && *done == action);
        found.map(|(_, _, to)| *to).ok_or(RepairError::State { state: self.as_str(), action: action.as_str() })
    }

    /// What may be done here, in the order of the table.
    pub fn moves(self) -> Vec<RepairAction> {
        LEGAL.iter().filter(|(from, ..)| *from == self).map(|(_, action, _)| *action).collect()
    }

    /// Nothing more is done with it.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Settled | Self::Rejected | Self::Cancelled)
    }
}

/// Parts and labour are the total, to the fen, and the total is one that a bill may have.
pub fn check_total(parts: Money, labour: Money, total: Money) -> Result<(), RepairError> {
    let sum = parts + labour;
    let are_there = parts >= Money::ZERO && labour >= Money::ZERO && amount(total.fen()).is_ok();
    if sum == total && are_there { Ok(()) } else { Err(RepairError::Total { sum, total }) }
}

impl Bill {
    /// All that is wrong with the bill of a repair for which `approved` was promised at most.
    pub fn check(&self, approved: Money) -> Vec<RepairError> {
        let is_line = |line: &BillLine| {
            text(&line.what, NAME).is_ok() && line.quantity > 0 && amount(line.price.times(line.quantity).fen()).is_ok()
        };
        let mut wrong = Vec::new();
        if self.lines.is_empty() || !self.lines.iter().all(is_line) {
            wrong.push(RepairError::Line);
        }
        for (part, said) in [(BillPart::Parts, self.parts), (BillPart::Labour, self.labour)] {
            let of_part = self.lines.iter().filter(|line| line.part == part);
            let sum: Money = of_part.map(|line| line.price.times(line.quantity)).sum();
            if sum != said {
                wrong.push(RepairError::Lines { sum, said });
            }
        }
        wrong.extend(check_total(self.parts, self.labour, self.total).err());
        if self.total > approved {
            wrong.push(RepairError::OverQuote { approved });
        }
        wrong
    }
}

/// Takes a quote, or says all that stands against it: four eyes, quotes enough, a named vendor, and the cheapest unless there is a reason.
pub fn choose(quotes: &[Quote], choice: &Choice, rules: QuoteRules) -> Result<Quote, Vec<RepairError>> {
    let Some(taken) = quotes.iter().find(|quote| quote.id == choice.quote).copied() else {
        return Err(vec![RepairError::Quote]);
    };
    let vendors: std::collections::BTreeSet<SupplierId> = quotes.iter().map(|quote| quote.vendor).collect();
    let needs = if taken.total >= rules.compared_from { rules.at_least } else { 1 };
    let is_dearer = quotes.iter().any(|quote| quote.total < taken.total);
    let wrong: Vec<RepairError> = [
        (choice.proposer == choice.decider).then_some(RepairError::FourEyes),
        (vendors.len() < needs).then_some(RepairError::Quotes { has: vendors.len(), needs }),
        (!choice.is_designated && choice.exception.trim().is_empty()).then_some(RepairError::Vendor),
        (is_dearer && choice.reason.trim().is_empty()).then_some(RepairError::Dearer),
    ]
    .into_iter()
    .flatten()
    .collect();
    if wrong.is_empty() { Ok(taken) } else { Err(wrong) }
}

#[cfg(test)]
mod tests;
