//! No path skips a step, and the clock takes what nobody explained.

use chrono::TimeDelta;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::rule::tests::builtin;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn limits() -> FindingLimits {
    FindingLimits::of(&builtin(), &[], "2026-03-02".parse().unwrap(), at("2026-03-02T04:00:00Z"))
}

fn act(state: FindingState, action: FindingAction, head: Option<i16>) -> Result<FindingStep, FindingError> {
    let (by, text) = (AccountId(Uuid::from_u128(1)), FindingText::new("送文件").unwrap());
    let head = head.map(|head| ViolationHead::try_from(head).unwrap());
    state.step(action, by, &text, head, at("2026-03-02T04:00:00Z"))
}

#[test]
fn a_finding_moves_by_the_table_and_not_otherwise() {
    use FindingAction::{Accept, Condemn, Escalate, Explain};
    use FindingState::{Accepted, Escalated, Explained, Open, Violation};
    let moves = [
        (Open, [Ok(Explained), Ok(Escalated), Err("finding.state"), Err("finding.state")]),
        (Explained, [Ok(Explained), Ok(Escalated), Ok(Accepted), Err("finding.state")]),
        (Escalated, [Ok(Escalated), Err("finding.state"), Ok(Accepted), Ok(Violation)]),
        (Accepted, [Err("finding.state"); 4]),
        (Violation, [Err("finding.state"); 4]),
    ];
    for (state, expected) in moves {
        let found = [Explain, Escalate, Accept, Condemn].map(|action| {
            let head = (action == Condemn).then_some(3);
            act(state, action, head).map(|step| step.to).map_err(FindingError::code)
        });
        assert_eq!(found, expected, "{state}");
    }
    assert_eq!(Escalated.actions().collect::<Vec<_>>(), [Explain, Accept, Condemn]);
}

#[test]
fn a_violation_is_one_of_the_nine_heads() {
    let condemn = |head| act(FindingState::Escalated, FindingAction::Condemn, head);
    assert_eq!(condemn(None).unwrap_err().code(), "finding.head");
    assert_eq!(condemn(Some(3)).unwrap().head.map(ViolationHead::number), Some(3));
    assert_eq!(act(FindingState::Escalated, FindingAction::Accept, Some(3)).unwrap_err().code(), "finding.head");
    assert!(ViolationHead::try_from(1).is_ok() && ViolationHead::try_from(9).is_ok());
    for none in [0, 10, -1] {
        assert_eq!(ViolationHead::try_from(none).unwrap_err().code(), "finding.head");
    }
    let spec = RuleKey::ViolationHeads.spec();
    let heads = spec.builtin_values().next().unwrap().1;
    assert!(matches!(heads, crate::rule::value::RuleValue::Texts(texts) if texts.len() == 9), "as many as the register words");
}

#[test]
fn something_is_said_at_every_step() {
    assert_eq!(FindingText::new(" ").unwrap_err().code(), "finding.text");
    assert_eq!(FindingText::new(&"字".repeat(1001)).unwrap_err().code(), "finding.text");
    assert_eq!(FindingText::new(" 送文件 ").unwrap().as_str(), "送文件");
}

#[test]
fn what_nobody_explains_goes_to_who_leads() {
    let found_at = at("2026-03-02T04:00:00Z");
    let overdue = |state: FindingState, kind, minutes| {
        state
            .overdue(explained_by(kind, found_at, &limits()), found_at + TimeDelta::minutes(minutes))
            .map(|step| (step.to, step.by))
    };
    let escalated = Some((FindingState::Escalated, None));
    assert_eq!(overdue(FindingState::Open, FindingKind::UseWithoutOrder, 9), None);
    assert_eq!(overdue(FindingState::Open, FindingKind::UseWithoutOrder, 10), escalated);
    assert_eq!(overdue(FindingState::Open, FindingKind::Detour, 24 * 60 - 1), None);
    assert_eq!(overdue(FindingState::Open, FindingKind::Detour, 24 * 60), escalated);
    for state in FindingState::ALL.into_iter().filter(|state| *state != FindingState::Open) {
        assert_eq!(overdue(state, FindingKind::UseWithoutOrder, 600), None, "{state}");
    }
    assert_eq!(explained_by(FindingKind::Detour, found_at, &FindingLimits::default()), None, "no time runs");
}

proptest! {
    #[test]
    fn no_path_skips_a_step(actions in proptest::collection::vec(0_usize..4, 0..12)) {
        let mut state = FindingState::Open;
        let mut been = vec![state];
        for action in actions.into_iter().map(|n| FindingAction::ALL[n]) {
            let head = (action == FindingAction::Condemn).then_some(3);
            if let Ok(step) = act(state, action, head) {
                prop_assert_eq!(step.from, state);
                state = step.to;
                been.push(state);
            }
        }
        if state == FindingState::Violation {
            prop_assert!(been.contains(&FindingState::Escalated), "nobody is condemned but by who leads");
        }
        if state == FindingState::Accepted {
            prop_assert!(been.contains(&FindingState::Explained) || been.contains(&FindingState::Escalated));
        }
        let over = been.iter().position(|state| matches!(state, FindingState::Accepted | FindingState::Violation));
        prop_assert!(over.is_none_or(|over| over + 1 == been.len()), "what is closed stays closed");
    }
}
