//! A violation (违章): what the police wrote down of a car. Its fine is shown and is paid by who drove, never by the unit.

use serde::Serialize;
use telematics::uuid_id;

use super::{IncidentError, NAME, TEXT, fits};
use crate::word::words;

/// Most points that one violation takes, by 《道路交通安全违法行为记分管理办法》 article 8.
const MOST_POINTS: u32 = 12;
/// Most that a fine comes to, in fen.
const MOST_FINE_FEN: i64 = 10_000_000;

uuid_id! {
    /// Key of a violation (违章记录).
    ViolationId
}

words! {
    /// Where a violation stands (违章状态).
    ViolationState, ViolationStateError, "violation.state" {
        /// Nobody has seen to it.
        Open = "open", "未处理";
        /// Who drove says that it was otherwise.
        Appealed = "appealed", "申诉中";
        /// It was seen to: points taken, fine paid.
        Handled = "handled", "已处理";
        /// The police took it back.
        Revoked = "revoked", "已撤销";
    }
}

words! {
    /// What is done to a violation (违章操作).
    ViolationAction, ViolationActionError, "violation.action" {
        /// Says that it was otherwise.
        Appeal = "appeal", "申诉";
        /// Sees to it.
        Handle = "handle", "处理";
        /// The police took it back.
        Revoke = "revoke", "撤销";
        /// It was not seen to after all.
        Reopen = "reopen", "恢复未处理";
    }
}

use ViolationAction as A;
use ViolationState as S;

/// Every legal move.
pub const LEGAL: &[(S, A, S)] = &[
    (S::Open, A::Handle, S::Handled),
    (S::Open, A::Appeal, S::Appealed),
    (S::Open, A::Revoke, S::Revoked),
    (S::Appealed, A::Handle, S::Handled),
    (S::Appealed, A::Revoke, S::Revoked),
    (S::Handled, A::Reopen, S::Open),
];

impl ViolationState {
    /// Where the action leads, or why it does not.
    pub fn after(self, action: ViolationAction) -> Result<Self, IncidentError> {
        let to = LEGAL.iter().find(|(from, done, _)| *from == self && *done == action).map(|(_, _, to)| *to);
        to.ok_or(IncidentError::State { state: self.as_str(), action: action.as_str() })
    }

    /// What may be done here, in the order of the table.
    pub fn moves(self) -> Vec<ViolationAction> {
        LEGAL.iter().filter(|(from, ..)| *from == self).map(|(_, action, _)| *action).collect()
    }
}

/// What the police wrote down (违章情况).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ViolationFacts {
    /// What people call the place.
    pub place_name: String,
    /// Of the list of the traffic police (GA/T 16.31): four or five digits, with a letter where a place has its own.
    pub code: String,
    /// What it is, in words.
    pub what: String,
    /// Points that the driver loses.
    pub points: u32,
    /// The fine, in fen: shown, and paid by who drove.
    pub fine_fen: i64,
    /// Number of the notice; may be empty.
    pub notice_number: String,
}

impl ViolationFacts {
    /// Everything that is wrong with it: field and code.
    pub fn check(&self) -> Vec<(&'static str, &'static str)> {
        let mut wrong = Vec::new();
        if !is_code(&self.code) {
            wrong.push(("code", "violation.code"));
        }
        if self.what.is_empty() || !fits(&self.what, TEXT) {
            wrong.push(("what", "incident.text"));
        }
        let names = [("place_name", &self.place_name), ("notice_number", &self.notice_number)];
        wrong.extend(names.into_iter().filter(|(_, text)| !fits(text, NAME)).map(|(field, _)| (field, "incident.name")));
        if self.points > MOST_POINTS {
            wrong.push(("points", "violation.points"));
        }
        if !(0..=MOST_FINE_FEN).contains(&self.fine_fen) {
            wrong.push(("fine_fen", "incident.amount"));
        }
        wrong
    }
}

fn is_code(code: &str) -> bool {
    let digits = code.strip_suffix(|last: char| last.is_ascii_uppercase()).unwrap_or(code);
    (4..=5).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> ViolationFacts {
        ViolationFacts {
            place_name: "文三路学院路口".to_owned(),
            code: "16251".to_owned(),
            what: "驾驶机动车违反道路交通信号灯通行".to_owned(),
            points: 6,
            fine_fen: 20_000,
            notice_number: String::new(),
        }
    }

    #[test]
    fn a_violation_is_handled_appealed_or_taken_back_by_the_table_alone() {
        for (from, action, to) in LEGAL {
            assert_eq!(from.after(*action), Ok(*to));
            assert!(from.moves().contains(action));
        }
        assert_eq!(S::Revoked.after(A::Handle).unwrap_err().code(), "incident.state");
        assert_eq!(S::Open.moves(), [A::Handle, A::Appeal, A::Revoke]);
    }

    #[test]
    fn a_code_is_that_of_the_traffic_police_and_points_and_fine_have_bounds() {
        for code in ["1039", "16251", "1039A"] {
            assert_eq!(ViolationFacts { code: code.to_owned(), ..facts() }.check(), [], "{code}");
        }
        for code in ["103", "103A", "162511", "A039", "1039a", "10 39", ""] {
            assert_eq!(ViolationFacts { code: code.to_owned(), ..facts() }.check(), [("code", "violation.code")], "{code}");
        }
        let wrong = ViolationFacts { points: 13, fine_fen: -1, what: String::new(), ..facts() };
        assert_eq!(wrong.check(), [("what", "incident.text"), ("points", "violation.points"), ("fine_fen", "incident.amount")]);
    }
}
