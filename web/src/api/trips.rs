//! The trip over the API: requests, decisions on them, orders, the board, flows; each move is checked by the tables of `dispatch::trip`.

pub(crate) mod board;
pub(crate) mod candidates;
pub(crate) mod decisions;
pub(crate) mod fence;
pub(crate) mod figures;
pub(crate) mod flows;
pub(crate) mod hand_over;
pub(crate) mod hints;
pub(crate) mod likely;
pub(crate) mod moves;
pub(crate) mod notice_feed;
pub(crate) mod notices;
pub(crate) mod order_steps;
pub(crate) mod order_views;
pub(crate) mod orders;
pub(crate) mod overdue;
pub(crate) mod plans;
pub(crate) mod pool;
pub(crate) mod price_preview;
pub(crate) mod proposal;
pub(crate) mod ratings;
pub(crate) mod rentals;
pub(crate) mod requests;
pub(crate) mod rights;
pub(crate) mod routes;
pub(crate) mod rules;
pub(crate) mod shared;
pub(crate) mod tell;
pub(crate) mod views;
pub(crate) mod way;
pub(crate) mod wishes;

use dispatch::trip::TransitionError;

use crate::problem::{ApiError, TRIP_STATE};

impl From<TransitionError> for ApiError {
    fn from(error: TransitionError) -> Self {
        Self::from(TRIP_STATE).detail(error.to_string())
    }
}
