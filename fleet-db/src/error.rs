//! What can go wrong with the store, in four words; the driver's own error stays inside the crate.

mod constraint;

use thiserror::Error;

pub use constraint::Constraint;

/// The reason of the driver, kept for the log.
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why the store did not do what was asked.
#[derive(Debug, Error)]
pub enum DbError {
    /// There is no such row, or none that the caller may see.
    #[error("not found")]
    NotFound,
    /// A rule of the schema stands against it.
    #[error("conflicts with {}", .0.name())]
    Conflict(Constraint),
    /// The server does not answer, is full, or is going down; worth another try.
    #[error("the database does not answer")]
    Unavailable(#[source] Cause),
    /// Anything else: a fault of ours.
    #[error("the database refused a statement")]
    Other(#[source] Cause),
}

impl DbError {
    /// The code that people and programs see.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "store.not_found",
            Self::Conflict(constraint) => constraint.code(),
            Self::Unavailable(_) => "store.unavailable",
            Self::Other(_) => "store.failed",
        }
    }

    /// The same call may succeed in a moment.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::RowNotFound => Self::NotFound,
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Self::Unavailable(Box::new(error))
            }
            sqlx::Error::Database(refusal) => {
                if let Some(constraint) = refusal.constraint().and_then(Constraint::of) {
                    Self::Conflict(constraint)
                } else if refusal.code().is_some_and(|state| is_transient(&state)) {
                    Self::Unavailable(Box::new(error))
                } else {
                    Self::Other(Box::new(error))
                }
            }
            _ => Self::Other(Box::new(error)),
        }
    }
}

/// A stored value that does not read back into its type: a fault of ours.
pub(crate) fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> DbError {
    DbError::Other(Box::new(error))
}

/// SQLSTATE classes that pass by themselves: connection (08), serialisation and deadlock (40), out of resources such as
/// disk space (53), operator intervention such as a shutdown (57P).
fn is_transient(state: &str) -> bool {
    ["08", "40", "53", "57P"].iter().any(|class| state.starts_with(class))
}

#[cfg(test)]
mod tests;
