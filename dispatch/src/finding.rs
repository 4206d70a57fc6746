//! What becomes of a finding (异常处理): it is explained, accepted or taken to whoever leads, and ends as explained or as a violation.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use telematics::uuid_id;
use thiserror::Error;

use crate::account::AccountId;
use crate::reconcile::{FindingKind, FindingLimits};
use crate::rule::key::RuleKey;
use crate::word::words;

uuid_id! {
    /// Key of a finding (行程异常).
    FindingId
}

words! {
    /// Where a finding stands (异常状态).
    FindingState, FindingStateError, "finding.states" {
        /// Nobody has said anything.
        Open = "open", "待说明";
        /// Explained by the driver or who keeps the fleet.
        Explained = "explained", "已说明";
        /// With who leads the unit.
        Escalated = "escalated", "已上报";
        /// Closed as explained.
        Accepted = "accepted", "说明属实";
        /// Closed as a violation of article 26.
        Violation = "violation", "认定违规";
    }
}

words! {
    /// What is done with a finding (异常处理操作).
    FindingAction, FindingActionError, "finding.action" {
        /// Say why.
        Explain = "explain", "说明";
        /// Take it to who leads.
        Escalate = "escalate", "上报";
        /// Close it as explained.
        Accept = "accept", "认可说明";
        /// Close it as a violation.
        Condemn = "violation", "认定违规";
    }
}

/// What may be done when, and what follows; the page's buttons and the store's condition say the same.
pub const LEGAL: &[(FindingState, FindingAction, FindingState)] = &[
    (FindingState::Open, FindingAction::Explain, FindingState::Explained),
    (FindingState::Open, FindingAction::Escalate, FindingState::Escalated),
    // The driver first, then who keeps the fleet, or the other way round.
    (FindingState::Explained, FindingAction::Explain, FindingState::Explained),
    (FindingState::Explained, FindingAction::Accept, FindingState::Accepted),
    (FindingState::Explained, FindingAction::Escalate, FindingState::Escalated),
    // An explanation that comes late is heard all the same.
    (FindingState::Escalated, FindingAction::Explain, FindingState::Escalated),
    (FindingState::Escalated, FindingAction::Accept, FindingState::Accepted),
    (FindingState::Escalated, FindingAction::Condemn, FindingState::Violation),
];

/// Longest explanation or reason, in characters.
const TEXT_LENGTH: usize = 1000;

/// One of the nine heads of article 26 (违规情形), counted from one; their wording is a list of the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i16", into = "i16")]
pub struct ViolationHead(i16);

/// What is said at a step (处理意见): 1 to 1000 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingText(String);

/// A step of a finding (异常处理步骤).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingStep {
    /// Where it stood.
    pub from: FindingState,
    /// What was done.
    pub action: FindingAction,
    /// Where it stands.
    pub to: FindingState,
    /// Who did it; `None`: the clock.
    pub by: Option<AccountId>,
    /// When.
    pub at: DateTime<Utc>,
    /// In their words; empty when the clock did it.
    pub text: String,
    /// Which head of article 26 it is a violation of.
    pub head: Option<ViolationHead>,
}

/// Why a finding does not move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FindingError {
    /// Not in this state.
    #[error("a finding that is {} cannot {}", .state.as_str(), .action.as_str())]
    State {
        /// Where it stands.
        state: FindingState,
        /// What was asked.
        action: FindingAction,
    },
    /// Nothing was said, or too much.
    #[error("what is said has 1 to {TEXT_LENGTH} characters")]
    Text,
    /// No head of article 26.
    #[error("article 26 has heads 1 to 9, and {found} is none")]
    Head {
        /// The number as given.
        found: i16,
    },
    /// A violation is one of a head, and nothing else is.
    #[error("a violation, and nothing else, names its head of article 26")]
    HeadMissing,
}

impl FindingError {
    /// The stable code of the error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::State { .. } => "finding.state",
            Self::Text => "finding.text",
            Self::Head { .. } | Self::HeadMissing => "finding.head",
        }
    }
}

impl FindingState {
    /// What can be done now.
    pub fn actions(self) -> impl Iterator<Item = FindingAction> {
        LEGAL.iter().filter(move |(state, ..)| *state == self).map(|(_, action, _)| *action)
    }

    /// What follows.
    pub fn after(self, action: FindingAction) -> Result<Self, FindingError> {
        let found = LEGAL.iter().find(|(state, legal, _)| *state == self && *legal == action);
        found.map(|(.., next)| *next).ok_or(FindingError::State { state: self, action })
    }

    /// The step that somebody takes now.
    pub fn step(
        self,
        action: FindingAction,
        by: AccountId,
        text: &FindingText,
        head: Option<ViolationHead>,
        at: DateTime<Utc>,
    ) -> Result<FindingStep, FindingError> {
        let to = self.after(action)?;
        if (action == FindingAction::Condemn) != head.is_some() {
            return Err(FindingError::HeadMissing);
        }
        Ok(FindingStep { from: self, action, to, by: Some(by), at, text: text.0.clone(), head })
    }

    /// The step that the clock takes when a finding was not explained by the time it should have been.
    pub fn overdue(self, explain_by: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<FindingStep> {
        let is_due = self == Self::Open && explain_by.is_some_and(|by| now >= by);
        let to = self.after(FindingAction::Escalate).ok().filter(|_| is_due)?;
        let (text, head) = (String::new(), None);
        Some(FindingStep { from: self, action: FindingAction::Escalate, to, by: None, at: now, text, head })
    }
}

/// By when a finding is explained, counted from when people were told of it. Where the register says nothing, no time runs.
pub fn explained_by(kind: FindingKind, found_at: DateTime<Utc>, limits: &FindingLimits) -> Option<DateTime<Utc>> {
    let key = if kind.is_urgent() { RuleKey::AlarmHandling } else { RuleKey::ExplainWithin };
    limits.time(key).map(|within| found_at + within)
}

impl FindingText {
    /// What somebody says.
    pub fn new(text: &str) -> Result<Self, FindingError> {
        let text = text.trim();
        if (1..=TEXT_LENGTH).contains(&text.chars().count()) { Ok(Self(text.to_owned())) } else { Err(FindingError::Text) }
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ViolationHead {
    /// Its number in article 26.
    pub const fn number(self) -> i16 {
        self.0
    }
}

impl TryFrom<i16> for ViolationHead {
    type Error = FindingError;

    fn try_from(number: i16) -> Result<Self, FindingError> {
        if (1..=9).contains(&number) { Ok(Self(number)) } else { Err(FindingError::Head { found: number }) }
    }
}

impl From<ViolationHead> for i16 {
    fn from(head: ViolationHead) -> Self {
        head.0
    }
}

#[cfg(test)]
mod tests;
