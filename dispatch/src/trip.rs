//! A trip on paper (用车): the request, who decides on it, the dispatch order; each moved by its table of legal moves.

pub mod candidate;
pub mod check;
pub mod fence;
pub mod figure;
pub mod flow;
pub mod order;
pub mod plan;
pub mod pool;
pub mod proposal;
pub mod rating;
pub mod reason;
pub mod request;
pub mod travel;
pub mod wish;

use thiserror::Error;

/// A move that the table of a paper does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a {paper} that is {state} cannot be {action}")]
pub struct TransitionError {
    /// Which paper.
    pub paper: &'static str,
    /// Where it stands, in the words of the API.
    pub state: &'static str,
    /// What was to be done.
    pub action: &'static str,
}

impl TransitionError {
    /// The stable code of the error.
    #[expect(clippy::unused_self, reason = "errors of other kinds have more than one code")]
    pub const fn code(&self) -> &'static str {
        "trip.state"
    }
}
