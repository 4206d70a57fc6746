//! The dispatch order (派车单): a car and a driver for one trip, from the word of the dispatcher to the bill.

use telematics::uuid_id;

use super::TransitionError;
use crate::word::words;

uuid_id! {
    /// Key of an order (派车单).
    OrderId
}

words! {
    /// Where an order stands (派车单状态).
    OrderState, OrderStateError, "trip.order_state" {
        /// The driver has it and has not answered.
        Issued = "issued", "已派";
        /// The driver takes it.
        Accepted = "accepted", "已接单";
        /// On the road.
        Underway = "underway", "行程中";
        /// Standing, until the people come back.
        Waiting = "waiting", "等候中";
        /// Back.
        Returned = "returned", "已收车";
        /// Paid.
        Settled = "settled", "已结算";
        /// The driver does not take it.
        Declined = "declined", "拒单";
        /// Called off.
        Cancelled = "cancelled", "作废";
    }
}

words! {
    /// What is done to an order (派车单操作).
    OrderAction, OrderActionError, "trip.order_action" {
        /// Takes it.
        Accept = "accept", "接单";
        /// Does not take it; the request waits for another car.
        Decline = "decline", "拒单";
        /// Drives off.
        Depart = "depart", "出车";
        /// Is where the people get in or out.
        Arrive = "arrive", "到达";
        /// Waits for the people.
        Wait = "wait", "等候";
        /// Drives on.
        Resume = "resume", "继续行程";
        /// Is back.
        Return = "return", "收车";
        /// Drives again for the same order: the way back of people who stayed longer.
        Reopen = "reopen", "并入返程";
        /// Says what it costs.
        Settle = "settle", "结算";
        /// Gives it another car or driver.
        Reassign = "reassign", "改派";
        /// Calls it off.
        Cancel = "cancel", "作废";
    }
}

/// Who makes a move on an order (操作人).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderMover {
    /// Its driver.
    Driver,
    /// Who dispatches its car.
    Dispatcher,
    /// Who settles trips.
    Settler,
}

use OrderAction as A;
use OrderMover::{Dispatcher, Driver, Settler};
use OrderState as S;

/// Every legal move. A dispatcher may say for the driver what the driver did: not everybody has a telephone at hand.
pub const LEGAL: &[(S, A, S, &[OrderMover])] = &[
    (S::Issued, A::Accept, S::Accepted, &[Driver, Dispatcher]),
    (S::Issued, A::Decline, S::Declined, &[Driver]),
    (S::Issued, A::Reassign, S::Issued, &[Dispatcher]),
    (S::Issued, A::Cancel, S::Cancelled, &[Dispatcher]),
    (S::Accepted, A::Depart, S::Underway, &[Driver, Dispatcher]),
    (S::Accepted, A::Reassign, S::Issued, &[Dispatcher]),
    (S::Accepted, A::Cancel, S::Cancelled, &[Dispatcher]),
    (S::Underway, A::Arrive, S::Underway, &[Driver, Dispatcher]),
    (S::Underway, A::Wait, S::Waiting, &[Driver, Dispatcher]),
    (S::Underway, A::Return, S::Returned, &[Driver, Dispatcher]),
    (S::Waiting, A::Resume, S::Underway, &[Driver, Dispatcher]),
    (S::Waiting, A::Return, S::Returned, &[Driver, Dispatcher]),
    (S::Returned, A::Reopen, S::Underway, &[Driver, Dispatcher]),
    (S::Returned, A::Settle, S::Settled, &[Settler]),
];

impl OrderState {
    /// Where the action leads, or why it does not.
    pub fn after(self, action: OrderAction) -> Result<Self, TransitionError> {
        LEGAL.iter().find(|(from, done, ..)| *from == self && *done == action).map(|(_, _, to, _)| *to).ok_or(TransitionError {
            paper: "dispatch order",
            state: self.as_str(),
            action: action.as_str(),
        })
    }

    /// What may be done here by any of these, in the order of the table.
    pub fn moves(self, movers: &[OrderMover]) -> Vec<OrderAction> {
        let mine = LEGAL.iter().filter(|(from, _, _, by)| *from == self && by.iter().any(|mover| movers.contains(mover)));
        mine.map(|(_, action, ..)| *action).collect()
    }

    /// Car and driver are taken by it.
    pub const fn takes_the_car(self) -> bool {
        !matches!(self, Self::Declined | Self::Cancelled)
    }

    /// The car is on the road with it.
    pub const fn is_on_the_road(self) -> bool {
        matches!(self, Self::Underway | Self::Waiting)
    }

    /// Nothing more will happen to it.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Settled | Self::Declined | Self::Cancelled)
    }
}

impl OrderAction {
    /// It needs a reason in words.
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::Decline | Self::Cancel | Self::Reassign)
    }

    /// It reads the odometer.
    pub const fn reads_odometer(self) -> bool {
        matches!(self, Self::Depart | Self::Return)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nothing_is_settled_that_was_not_accepted_driven_and_brought_back(
            actions in proptest::collection::vec(0..OrderAction::ALL.len(), 0..60),
        ) {
            let (mut state, mut done) = (S::Issued, Vec::new());
            for action in actions.into_iter().map(|n| OrderAction::ALL[n]) {
                if let Ok(next) = state.after(action) {
                    state = next;
                    done.push(action);
                }
            }
            if state == S::Settled {
                let at = |wanted: A| done.iter().rposition(|action| *action == wanted);
                prop_assert!(at(A::Accept) < at(A::Depart) && at(A::Depart) < at(A::Return) && at(A::Return) < at(A::Settle), "{done:?}");
            }
        }
    }

    #[test]
    fn what_is_over_stays_over() {
        for state in OrderState::ALL.into_iter().filter(|state| state.is_over()) {
            for action in OrderAction::ALL {
                assert!(state.after(action).is_err(), "{state} {action}");
            }
        }
    }

    #[test]
    fn a_driver_does_not_call_off_and_does_not_settle() {
        for state in OrderState::ALL {
            let moves = state.moves(&[Driver]);
            assert!(!moves.iter().any(|action| matches!(action, A::Cancel | A::Settle | A::Reassign)), "{state}: {moves:?}");
        }
        assert_eq!(S::Issued.moves(&[Driver]), [A::Accept, A::Decline]);
        assert_eq!(S::Underway.moves(&[Driver]), [A::Arrive, A::Wait, A::Return]);
    }
}
