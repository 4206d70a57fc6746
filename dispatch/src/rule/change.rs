//! How a value changes: proposed by one, approved by another, in force from its day on.

use chrono::NaiveDate;
use telematics::uuid_id;
use thiserror::Error;

use crate::account::AccountId;
use crate::word::words;

uuid_id! {
    /// Key of a proposed change of a rule (规则变更).
    RuleChangeId
}

words! {
    /// Where a proposal stands (变更状态).
    ChangeState, ChangeStateError, "rule.change_state" {
        /// Written, not handed in.
        Draft = "draft", "草稿";
        /// Waits for a second person.
        Submitted = "submitted", "待批准";
        /// In force from its day on.
        Approved = "approved", "已批准";
        /// Turned down.
        Rejected = "rejected", "已驳回";
        /// Taken back.
        Withdrawn = "withdrawn", "已撤回";
    }
}

words! {
    /// What is done with a proposal (变更操作).
    ChangeAction, ChangeActionError, "rule.change_action" {
        /// Hand it in.
        Submit = "submit", "提交";
        /// Let it take effect.
        Approve = "approve", "批准";
        /// Turn it down.
        Reject = "reject", "驳回";
        /// Take it back.
        Withdraw = "withdraw", "撤回";
    }
}

/// What may be done when, and what follows; the page's buttons read the same table.
const LEGAL: &[(ChangeState, ChangeAction, ChangeState)] = &[
    (ChangeState::Draft, ChangeAction::Submit, ChangeState::Submitted),
    (ChangeState::Draft, ChangeAction::Withdraw, ChangeState::Withdrawn),
    (ChangeState::Submitted, ChangeAction::Approve, ChangeState::Approved),
    (ChangeState::Submitted, ChangeAction::Reject, ChangeState::Rejected),
    (ChangeState::Submitted, ChangeAction::Withdraw, ChangeState::Withdrawn),
];

/// Why a proposal does not move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ChangeRefusal {
    /// Not in this state.
    #[error("a proposal that is {} cannot {}", .state.as_str(), .action.as_str())]
    State {
        /// Where it stands.
        state: ChangeState,
        /// What was asked.
        action: ChangeAction,
    },
    /// Who proposed it does not decide on it.
    #[error("who proposed a change does not decide on it")]
    FourEyes,
    /// Only who proposed it hands it in or takes it back.
    #[error("only who proposed a change hands it in or takes it back")]
    NotProposer,
    /// A change of what has been needs a document.
    #[error("a change from {from}, before {today}, needs the document that decided it")]
    Document {
        /// First day.
        from: NaiveDate,
        /// The day on which it is proposed.
        today: NaiveDate,
    },
}

impl ChangeRefusal {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::State { .. } => "rule.state",
            Self::FourEyes => "rule.four_eyes",
            Self::NotProposer => "rule.not_proposer",
            Self::Document { .. } => "rule.document",
        }
    }
}

impl ChangeAction {
    /// Is for a second person.
    pub const fn is_decision(self) -> bool {
        matches!(self, Self::Approve | Self::Reject)
    }
}

impl ChangeState {
    /// What `actor` can do now with what `proposer` proposed.
    pub fn actions(self, proposer: AccountId, actor: AccountId) -> impl Iterator<Item = ChangeAction> {
        let legal = LEGAL.iter().filter(move |(state, ..)| *state == self).map(|(_, action, _)| *action);
        legal.filter(move |action| self.after(*action, proposer, actor).is_ok())
    }

    /// What follows when `actor` does it.
    pub fn after(self, action: ChangeAction, proposer: AccountId, actor: AccountId) -> Result<Self, ChangeRefusal> {
        let found = LEGAL.iter().find(|(state, legal, _)| *state == self && *legal == action);
        let (.., next) = found.ok_or(ChangeRefusal::State { state: self, action })?;
        match (action.is_decision(), proposer == actor) {
            (true, true) => Err(ChangeRefusal::FourEyes),
            (false, false) => Err(ChangeRefusal::NotProposer),
            _ => Ok(*next),
        }
    }
}

/// A change from a day that is over needs the document that decided it.
pub fn check_document(from: NaiveDate, today: NaiveDate, document: Option<&str>) -> Result<(), ChangeRefusal> {
    if from < today && document.is_none_or(|document| document.trim().is_empty()) {
        return Err(ChangeRefusal::Document { from, today });
    }
    Ok(())
}
