//! What goes wrong on the road (事故与违章): accidents and violations, each moved by its table of legal moves until it is closed.

pub mod accident;
pub mod violation;

use thiserror::Error;

/// Longest name of a place, an insurer or an authority, and longest number, in characters.
pub const NAME: usize = 80;
/// Longest text.
pub const TEXT: usize = 1000;

/// A move that the table of a case does not have, or a case that lacks what the move needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IncidentError {
    /// The table has no such move.
    #[error("a case that is {state} cannot be {action}")]
    State {
        /// Where it stands.
        state: &'static str,
        /// What was to be done.
        action: &'static str,
    },
    /// The move needs this field.
    #[error("the case has no {field}")]
    Lacks {
        /// Its name in the API.
        field: &'static str,
        /// Its code.
        code: &'static str,
    },
}

impl IncidentError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::State { .. } => "incident.state",
            Self::Lacks { code, .. } => code,
        }
    }

    /// The field that is missing.
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Self::State { .. } => None,
            Self::Lacks { field, .. } => Some(field),
        }
    }
}

/// A text of at most `longest` characters without control characters; it may be empty.
pub(crate) fn fits(text: &str, longest: usize) -> bool {
    text.chars().count() <= longest && !text.chars().any(|c| c.is_control() && c != '\n')
}
