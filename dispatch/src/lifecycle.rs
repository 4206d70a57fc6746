//! The life of a car as law (全生命周期): establishment, indicator, budget, purchase, renewal, disposal and transfer, each a table of moves.

pub mod budget;
pub mod disposal;
pub mod establishment;
pub mod facts;
pub mod indicator;
pub mod purchase;
pub mod registration;
pub mod renewal;
pub mod share;
pub mod standard;
pub mod transfer;

use telematics::uuid_id;
use thiserror::Error;

use crate::word::words;

uuid_id! {
    /// Key of a step of a paper (办理步骤).
    LifecycleStepId
}

/// Longest text of a paper, in characters.
const TEXT_LENGTH: usize = 200;

/// Who makes a move on a paper (办理人).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LifecycleMover {
    /// Who proposes for the unit.
    Proposer,
    /// Who decides over the unit, and did not propose.
    Decider,
    /// Another paper, in the same breath.
    Course,
}

words! {
    /// A paper in the life of a car (全生命周期单据).
    LifecyclePaper, LifecyclePaperError, "lifecycle.paper" {
        /// A change of the establishment.
        Establishment = "establishment", "编制调整单";
        /// An indicator.
        Indicator = "indicator", "指标单";
        /// A budget.
        Budget = "budget", "配备更新预算";
        /// A purchase.
        Purchase = "purchase", "购置单";
        /// A disposal.
        Disposal = "disposal", "处置单";
        /// A transfer.
        Transfer = "transfer", "调拨单";
    }
}

/// A move that the table of a paper does not have: a gate was to be passed out of order.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{} that is {state} cannot be {action}; possible next: {}", .paper.as_str(), next_of(.next))]
pub struct GateError {
    /// Which paper.
    pub paper: LifecyclePaper,
    /// Where it stands.
    pub state: &'static str,
    /// What was to be done.
    pub action: &'static str,
    /// What can be done there.
    pub next: Vec<&'static str>,
}

fn next_of(next: &[&'static str]) -> String {
    if next.is_empty() { "nothing".to_owned() } else { next.join(", ") }
}

impl GateError {
    /// The stable code of the error; its words name the clause.
    pub const fn code(&self) -> &'static str {
        match self.paper {
            LifecyclePaper::Establishment => "establishment.gate",
            LifecyclePaper::Indicator => "indicator.gate",
            LifecyclePaper::Budget => "budget.gate",
            LifecyclePaper::Purchase => "purchase.gate",
            LifecyclePaper::Disposal => "disposal.gate",
            LifecyclePaper::Transfer => "transfer.gate",
        }
    }
}

/// A move that can be made (可办理操作).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaperMove {
    /// What is done.
    pub action: &'static str,
    /// Where it leads.
    pub to: &'static str,
    /// Who does it.
    pub mover: LifecycleMover,
}

/// Why a move is not made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MoveError {
    /// A word that is none of the paper's states or actions.
    #[error("{0:?} is no word of this paper")]
    Word(String),
    /// Out of order.
    #[error(transparent)]
    Gate(#[from] GateError),
}

/// Answers for each kind of paper by its own table.
macro_rules! by_paper {
    ($paper:expr, |$state:ident, $action:ident| $answer:expr) => {
        match $paper {
            LifecyclePaper::Establishment => {
                use establishment::{ChangeMove as $action, ChangeStage as $state};
                $answer
            }
            LifecyclePaper::Indicator => {
                use indicator::{IndicatorAction as $action, IndicatorState as $state};
                $answer
            }
            LifecyclePaper::Budget => {
                use budget::{BudgetAction as $action, BudgetState as $state};
                $answer
            }
            LifecyclePaper::Purchase => {
                use purchase::{PurchaseAction as $action, PurchaseState as $state};
                $answer
            }
            LifecyclePaper::Disposal => {
                use disposal::{DisposalAction as $action, DisposalState as $state};
                $answer
            }
            LifecyclePaper::Transfer => {
                use transfer::{TransferAction as $action, TransferState as $state};
                $answer
            }
        }
    };
}

impl LifecyclePaper {
    /// What the action does to a paper that stands there, by the table of its kind.
    pub fn movement(self, state: &str, action: &str) -> Result<PaperMove, MoveError> {
        let word = |text: &str| MoveError::Word(text.to_owned());
        by_paper!(self, |State, Action| {
            let from: State = state.parse().map_err(|_unknown| word(state))?;
            let action: Action = action.parse().map_err(|_unknown| word(action))?;
            let to = from.after(action)?;
            let mover = from.mover(action).unwrap_or(LifecycleMover::Course);
            Ok(PaperMove { action: action.as_str(), to: to.as_str(), mover })
        })
    }

    /// Every move of a paper that stands there, in the order of its table.
    pub fn moves(self, state: &str) -> Vec<PaperMove> {
        let actions: Vec<&'static str> = by_paper!(self, |State, Action| {
            let from = state.parse::<State>();
            from.map(|from| from.moves(|_| true).into_iter().map(Action::as_str).collect()).unwrap_or_default()
        });
        actions.into_iter().filter_map(|action| self.movement(state, action).ok()).collect()
    }
}

/// A text of a paper that is empty or too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a text has 1 to {TEXT_LENGTH} characters")]
pub struct PaperTextError;

impl PaperTextError {
    /// The stable code of the error.
    #[expect(clippy::unused_self, reason = "called as the codes of other errors are")]
    pub const fn code(self) -> &'static str {
        "lifecycle.text"
    }
}

/// A text of a paper: trimmed, never empty, not too long.
pub fn text(given: &str) -> Result<String, PaperTextError> {
    let given = given.trim();
    let fits = (1..=TEXT_LENGTH).contains(&given.chars().count()) && !given.chars().any(char::is_control);
    if fits { Ok(given.to_owned()) } else { Err(PaperTextError) }
}

/// Gives a state its moves from the table `LEGAL` of the same file.
macro_rules! paper {
    ($state:ident, $action:ident, $paper:expr) => {
        impl $state {
            /// Where the action leads, or why it does not.
            pub fn after(self, action: $action) -> Result<Self, $crate::lifecycle::GateError> {
                let found = LEGAL.iter().find(|(from, done, ..)| *from == self && *done == action);
                found.map(|(_, _, to, _)| *to).ok_or_else(|| $crate::lifecycle::GateError {
                    paper: $paper,
                    state: self.as_str(),
                    action: action.as_str(),
                    next: self.moves(|_| true).into_iter().map($action::as_str).collect(),
                })
            }

            /// What may be done here by the mover, in the order of the table.
            pub fn moves(self, is_mine: impl Fn($crate::lifecycle::LifecycleMover) -> bool) -> Vec<$action> {
                let mine = LEGAL.iter().filter(|(from, _, _, mover)| *from == self && is_mine(*mover));
                mine.map(|(_, action, ..)| *action).collect()
            }

            /// Who does that here.
            pub fn mover(self, action: $action) -> Option<$crate::lifecycle::LifecycleMover> {
                LEGAL.iter().find(|(from, done, ..)| *from == self && *done == action).map(|(.., mover)| *mover)
            }
        }
    };
}
pub(crate) use paper;

#[cfg(test)]
mod tests;
