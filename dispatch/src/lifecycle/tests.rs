//! The tables of legal moves: what each has, that nothing else is there, and that every end is an end.

use super::budget::{BudgetAction, BudgetState};
use super::disposal::{DisposalAction, DisposalState};
use super::establishment::{ChangeMove, ChangeStage};
use super::indicator::{IndicatorAction, IndicatorState, IndicatorTermError, in_term};
use super::purchase::{PurchaseAction, PurchaseState};
use super::transfer::{TransferAction, TransferState};
use super::{LifecycleMover, LifecyclePaper, MoveError, text};

/// Walks every state of a paper with every action, and says how many moves there are and where it ends.
macro_rules! walk {
    ($state:ident, $action:ident) => {{
        let mut moves = 0;
        let mut ends = Vec::new();
        for state in $state::ALL {
            for action in $action::ALL {
                match state.after(action) {
                    Ok(_) => moves += 1,
                    Err(error) => {
                        assert!(error.code().ends_with(".gate"), "{error}");
                        assert_eq!(error.next.len(), state.moves(|_| true).len(), "{error}");
                        assert!(state.mover(action).is_none());
                    }
                }
            }
            if state.moves(|_| true).is_empty() {
                ends.push(state.as_str());
            }
        }
        (moves, ends)
    }};
}

#[test]
fn every_paper_has_its_moves_and_its_ends_and_no_others() {
    assert_eq!(walk!(ChangeStage, ChangeMove), (5, vec!["approved", "rejected", "withdrawn"]));
    assert_eq!(walk!(IndicatorState, IndicatorAction), (14, vec!["released", "revoked", "expired", "rejected"]));
    assert_eq!(walk!(BudgetState, BudgetAction), (3, vec!["approved", "rejected", "withdrawn"]));
    assert_eq!(walk!(PurchaseState, PurchaseAction), (9, vec!["registered", "cancelled"]));
    assert_eq!(walk!(DisposalState, DisposalAction), (9, vec!["closed", "rejected", "withdrawn"]));
    assert_eq!(walk!(TransferState, TransferAction), (6, vec!["done", "rejected", "withdrawn"]));
}

#[test]
fn a_gate_out_of_order_says_what_comes_first() {
    let refused = PurchaseState::Planned.after(PurchaseAction::Contract).unwrap_err();
    assert_eq!(refused.code(), "purchase.gate");
    assert_eq!(refused.to_string(), "purchase that is planned cannot be contract; possible next: approve, cancel");
    assert_eq!(DisposalState::Proposed.after(DisposalAction::Execute).unwrap_err().next, ["value", "withdraw", "reject"]);
    assert_eq!(IndicatorState::Used.after(IndicatorAction::Reserve).unwrap_err().code(), "indicator.gate", "used once");
    assert_eq!(IndicatorState::Rejected.after(IndicatorAction::Issue).unwrap_err().next, Vec::<&str>::new());
}

#[test]
fn one_proposes_and_another_decides() {
    let mine = |mover: LifecycleMover| PurchaseState::Planned.moves(|of| of == mover);
    assert_eq!(mine(LifecycleMover::Decider), [PurchaseAction::Approve]);
    assert_eq!(mine(LifecycleMover::Proposer), [PurchaseAction::Cancel]);
    assert_eq!(IndicatorState::Issued.mover(IndicatorAction::Reserve), Some(LifecycleMover::Course), "by a budget alone");
}

#[test]
fn an_indicator_is_used_while_it_is_valid_and_expires_afterwards() {
    let until = Some("2026-12-31".parse().unwrap());
    let on = |day: &str, action| in_term(action, until, day.parse().unwrap()).map_err(|error: IndicatorTermError| error.code());
    assert_eq!(on("2026-12-31", IndicatorAction::Use), Ok(()));
    assert_eq!(on("2027-01-01", IndicatorAction::Use), Err("indicator.over"));
    assert_eq!(on("2027-01-01", IndicatorAction::Reserve), Err("indicator.over"));
    assert_eq!(on("2026-12-31", IndicatorAction::Expire), Err("indicator.valid"));
    assert_eq!(on("2027-01-01", IndicatorAction::Expire), Ok(()));
    assert_eq!(on("2027-01-01", IndicatorAction::Release), Ok(()));
}

#[test]
fn texts_are_trimmed_and_never_empty() {
    assert_eq!(text(" 浙事管〔2026〕1号 ").unwrap(), "浙事管〔2026〕1号");
    for wrong in ["", "  ", "a\nb", &"长".repeat(201)] {
        assert_eq!(text(wrong).unwrap_err().code(), "lifecycle.text", "{wrong:?}");
    }
}

#[test]
fn every_kind_answers_by_its_own_table() {
    let moved = LifecyclePaper::Disposal.movement("valued", "approve").unwrap();
    assert_eq!((moved.to, moved.mover), ("approved", LifecycleMover::Decider));
    assert!(matches!(LifecyclePaper::Disposal.movement("valued", "fly"), Err(MoveError::Word(_))));
    assert!(matches!(LifecyclePaper::Budget.movement("approved", "reject"), Err(MoveError::Gate(_))));
    let names = |paper: LifecyclePaper, state: &str| paper.moves(state).into_iter().map(|moved| moved.action).collect::<Vec<_>>();
    assert_eq!(names(LifecyclePaper::Transfer, "offered"), ["claim", "withdraw"]);
    assert_eq!(names(LifecyclePaper::Establishment, "reviewed"), ["approve", "reject"]);
    assert_eq!(names(LifecyclePaper::Establishment, "nowhere"), Vec::<&str>::new());
}
