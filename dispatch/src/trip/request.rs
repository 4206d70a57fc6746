//! The request for a car (用车申请): its states, its legal moves, and who may make them.

use telematics::uuid_id;

use super::TransitionError;
use crate::account::Permission;
use crate::word::words;

uuid_id! {
    /// Key of a request (用车申请).
    RequestId
}

words! {
    /// Where a request stands (申请状态).
    RequestState, RequestStateError, "trip.request_state" {
        /// Being written, or given back to be corrected.
        Draft = "draft", "草稿";
        /// Waits for a decision.
        Submitted = "submitted", "待审批";
        /// Waits for a car.
        Approved = "approved", "待派车";
        /// Has its car.
        Ordered = "ordered", "已派车";
        /// Driven and settled.
        Closed = "closed", "已办结";
        /// Refused.
        Rejected = "rejected", "驳回";
        /// Taken back by who asked, before the decision.
        Withdrawn = "withdrawn", "撤回";
        /// Called off after it.
        Cancelled = "cancelled", "取消";
    }
}

words! {
    /// What is done to a request (申请操作).
    RequestAction, RequestActionError, "trip.request_action" {
        /// Hands it in.
        Submit = "submit", "提交";
        /// Hands it in as an emergency: the car leaves first.
        Expedite = "expedite", "紧急提交";
        /// Comes of a plan that was approved.
        Recur = "recur", "按计划生成";
        /// Takes it over from another platform, where it was approved.
        Receive = "receive", "接收转派";
        /// Agrees at a step that is not the last.
        Pass = "pass", "同意";
        /// Agrees at the last step.
        Approve = "approve", "批准";
        /// Refuses.
        Reject = "reject", "驳回";
        /// Gives it back to be corrected.
        SendBack = "send_back", "退回修改";
        /// Takes a decision back within the time for it.
        Undo = "undo", "撤销决定";
        /// Agrees afterwards to an emergency.
        Ratify = "ratify", "补批";
        /// Takes it back.
        Withdraw = "withdraw", "撤回";
        /// Calls it off.
        Cancel = "cancel", "取消";
        /// Gives it a car.
        Order = "order", "派车";
        /// Its car was taken from it: it waits for another.
        Requeue = "requeue", "退回待派";
        /// The last of its orders is settled.
        Close = "close", "办结";
    }
}

/// Who makes a move (操作人): somebody with a permission, the one who asked, or the course of things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mover {
    /// Who asked for the trip, and nobody else.
    Applicant,
    /// Somebody who may do that kind of thing, and did not ask for the trip.
    Holder(Permission),
    /// Follows from something else.
    Course,
}

use Mover::{Applicant, Course, Holder};
use RequestAction as A;
use RequestState as S;

/// Every legal move: the code's check, the console's buttons, the tests and the diagram are made of this table.
pub const LEGAL: &[(S, A, S, Mover)] = &[
    (S::Draft, A::Submit, S::Submitted, Applicant),
    (S::Draft, A::Expedite, S::Approved, Applicant),
    // The approval is that of the plan.
    (S::Draft, A::Recur, S::Approved, Course),
    (S::Draft, A::Receive, S::Approved, Course),
    (S::Draft, A::Withdraw, S::Withdrawn, Applicant),
    (S::Submitted, A::Pass, S::Submitted, Holder(Permission::ApproveTrips)),
    (S::Submitted, A::Approve, S::Approved, Holder(Permission::ApproveTrips)),
    (S::Submitted, A::Reject, S::Rejected, Holder(Permission::ApproveTrips)),
    (S::Submitted, A::SendBack, S::Draft, Holder(Permission::ApproveTrips)),
    (S::Submitted, A::Undo, S::Submitted, Holder(Permission::ApproveTrips)),
    (S::Submitted, A::Withdraw, S::Withdrawn, Applicant),
    (S::Approved, A::Undo, S::Submitted, Holder(Permission::ApproveTrips)),
    (S::Rejected, A::Undo, S::Submitted, Holder(Permission::ApproveTrips)),
    (S::Approved, A::Ratify, S::Approved, Holder(Permission::ApproveTrips)),
    (S::Ordered, A::Ratify, S::Ordered, Holder(Permission::ApproveTrips)),
    (S::Closed, A::Ratify, S::Closed, Holder(Permission::ApproveTrips)),
    (S::Approved, A::Order, S::Ordered, Holder(Permission::DispatchTrips)),
    // Several cars for one request.
    (S::Ordered, A::Order, S::Ordered, Holder(Permission::DispatchTrips)),
    (S::Approved, A::Cancel, S::Cancelled, Applicant),
    (S::Approved, A::Cancel, S::Cancelled, Holder(Permission::DispatchTrips)),
    (S::Ordered, A::Cancel, S::Cancelled, Applicant),
    (S::Ordered, A::Cancel, S::Cancelled, Holder(Permission::DispatchTrips)),
    (S::Ordered, A::Requeue, S::Approved, Course),
    (S::Ordered, A::Close, S::Closed, Course),
];

impl RequestState {
    /// Where the action leads, or why it does not.
    pub fn after(self, action: RequestAction) -> Result<Self, TransitionError> {
        LEGAL.iter().find(|(from, done, ..)| *from == self && *done == action).map(|(_, _, to, _)| *to).ok_or(TransitionError {
            paper: "request",
            state: self.as_str(),
            action: action.as_str(),
        })
    }

    /// What may be done here by the mover, in the order of the table.
    pub fn moves(self, is_mine: impl Fn(Mover) -> bool) -> Vec<RequestAction> {
        let mut moves: Vec<RequestAction> = Vec::new();
        for (from, action, _, mover) in LEGAL {
            if *from == self && is_mine(*mover) && !moves.contains(action) {
                moves.push(*action);
            }
        }
        moves
    }

    /// Nothing more will happen to it, but that an emergency is ratified.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Closed | Self::Rejected | Self::Withdrawn | Self::Cancelled)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_path_reaches_a_car_without_an_approval_of_it_or_its_plan_unless_it_is_an_emergency(
            actions in proptest::collection::vec(0..RequestAction::ALL.len(), 0..40),
        ) {
            let (mut state, mut approved, mut emergency) = (S::Draft, false, false);
            for action in actions.into_iter().map(|n| RequestAction::ALL[n]) {
                let Ok(next) = state.after(action) else { continue };
                match action {
                    // Of what comes from another platform, that one has approved it.
                    A::Approve | A::Recur | A::Receive => approved = true,
                    A::Expedite => emergency = true,
                    A::Undo | A::SendBack | A::Submit => approved = false,
                    _ => {}
                }
                state = next;
                if matches!(state, S::Ordered | S::Closed) {
                    prop_assert!(approved || emergency, "{action} led to {state}");
                }
            }
        }
    }

    #[test]
    fn what_is_over_stays_over() {
        for state in [S::Withdrawn, S::Cancelled] {
            for action in RequestAction::ALL {
                assert!(state.after(action).is_err(), "{state} {action}");
            }
        }
        // A refusal may be taken back for some seconds, and an emergency is ratified at any time; nothing else is done to them.
        for action in RequestAction::ALL {
            assert_eq!(S::Rejected.after(action).is_ok(), action == A::Undo, "{action}");
            assert_eq!(S::Closed.after(action).is_ok(), action == A::Ratify, "{action}");
        }
    }

    #[test]
    fn a_move_leads_to_one_state_whoever_makes_it() {
        for (from, action, to, _) in LEGAL {
            assert_eq!(from.after(*action).unwrap(), *to);
        }
        let error = S::Draft.after(A::Order).unwrap_err();
        assert_eq!((error.code(), error.to_string().as_str()), ("trip.state", "a request that is draft cannot be order"));
    }

    #[test]
    fn buttons_follow_the_table() {
        assert_eq!(S::Submitted.moves(|mover| mover == Applicant), [A::Withdraw]);
        assert_eq!(S::Approved.moves(|mover| mover == Holder(Permission::DispatchTrips)), [A::Order, A::Cancel]);
        assert!(S::Cancelled.moves(|_| true).is_empty());
    }
}
