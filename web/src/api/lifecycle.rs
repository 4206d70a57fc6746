//! The life of a car over the API: papers that pass their gates in order, each gate refused out of order with its clause.

pub(crate) mod breaches;
pub(crate) mod budgets;
pub(crate) mod disposals;
pub(crate) mod establishment;
pub(crate) mod indicators;
pub(crate) mod life_line;
pub(crate) mod papers;
pub(crate) mod purchases;
pub(crate) mod registering;
pub(crate) mod registrations;
pub(crate) mod renewals;
pub(crate) mod rules;
pub(crate) mod stepping;
pub(crate) mod transfers;
pub(crate) mod views;
pub(crate) mod written;

use dispatch::lifecycle::MoveError;
use dispatch::lifecycle::disposal::ProceedsError;
use dispatch::lifecycle::establishment::EstablishmentError;
use dispatch::lifecycle::indicator::IndicatorTermError;
use dispatch::lifecycle::renewal::RenewalError;

use crate::problem::{ApiError, Wrong};

impl From<MoveError> for ApiError {
    /// A gate out of order is a conflict that says which ones come first.
    fn from(error: MoveError) -> Self {
        match error {
            MoveError::Word(_) => {
                let mut wrong = Wrong::default();
                wrong.note("action", "lifecycle.action");
                wrong.into_error()
            }
            MoveError::Gate(gate) => Self::conflict(gate.code()).detail(gate.to_string()),
        }
    }
}

impl From<EstablishmentError> for ApiError {
    fn from(error: EstablishmentError) -> Self {
        match error {
            EstablishmentError::Count => Self::unprocessable(error.code()),
            EstablishmentError::Short { .. } | EstablishmentError::Full { .. } => {
                Self::conflict(error.code()).detail(error.to_string())
            }
        }
    }
}

impl From<IndicatorTermError> for ApiError {
    fn from(error: IndicatorTermError) -> Self {
        Self::conflict(error.code()).detail(error.to_string())
    }
}

impl From<RenewalError> for ApiError {
    fn from(error: RenewalError) -> Self {
        Self::conflict(error.code()).detail(error.to_string())
    }
}

impl From<ProceedsError> for ApiError {
    fn from(error: ProceedsError) -> Self {
        Self::unprocessable(error.code()).detail(error.to_string())
    }
}
