//! The way of an annual report: drafted, checked, signed by the head of the unit, handed up, accepted or returned, opened anew.

use thiserror::Error;

use crate::word::words;

words! {
    /// Where a report stands (统计报告状态).
    ReportStage, ReportStageError, "report.stage" {
        /// Its figures are worked out whenever it is looked at.
        Draft = "draft", "草稿";
        /// Nothing is wrong with it; its figures stay from here on.
        Checked = "checked", "已校核";
        /// The head of the unit stands for it.
        Signed = "signed", "已签字";
        /// Lies with the unit above.
        Submitted = "submitted", "已上报";
        /// The unit above wants it done again.
        Returned = "returned", "已退回";
        /// Is part of what the unit above says.
        Accepted = "accepted", "已受理";
    }
}

words! {
    /// What is done to a report (统计报告操作).
    ReportAction, ReportActionError, "report.action" {
        /// Finds that nothing is wrong, and keeps its figures.
        Check = "check", "校核";
        /// Stands for it.
        Sign = "sign", "签字";
        /// Does not stand for it.
        Refuse = "refuse", "不予签字";
        /// Hands it up.
        Submit = "submit", "上报";
        /// Takes it up again, with the figures of the day.
        Redo = "redo", "重新填报";
        /// Takes it as it is.
        Accept = "accept", "受理";
        /// Wants it done again.
        Return = "return", "退回";
        /// Opens a year that was accepted: another version begins, and this one stays as it is.
        Reopen = "reopen", "重新开放";
        /// Has it from the platform on which the unit works.
        Receive = "receive", "接收直报";
    }
}

/// Who makes a move on a report (统计报告经办人).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportMover {
    /// Who keeps the unit's cars.
    Preparer,
    /// The head of the unit, who did not check it.
    Head,
    /// Who supervises the unit, and did not hand the report up.
    Superior,
    /// The platform on which the unit works; nobody here.
    Platform,
}

use ReportAction as A;
use ReportMover::{Head, Platform, Preparer, Superior};
use ReportStage as S;

/// Every legal move. Opening anew leads to the draft of another version.
pub const LEGAL: &[(S, A, S, ReportMover)] = &[
    (S::Draft, A::Check, S::Checked, Preparer),
    (S::Checked, A::Redo, S::Draft, Preparer),
    (S::Checked, A::Sign, S::Signed, Head),
    (S::Checked, A::Refuse, S::Draft, Head),
    (S::Signed, A::Submit, S::Submitted, Preparer),
    (S::Signed, A::Redo, S::Draft, Preparer),
    (S::Submitted, A::Accept, S::Accepted, Superior),
    (S::Submitted, A::Return, S::Returned, Superior),
    (S::Returned, A::Redo, S::Draft, Preparer),
    (S::Accepted, A::Reopen, S::Draft, Superior),
    (S::Draft, A::Receive, S::Submitted, Platform),
    (S::Returned, A::Receive, S::Submitted, Platform),
];

/// A move that the table does not have.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a report that is {} cannot be {}; possible next: {}", .stage.as_str(), .action.as_str(), next_of(.next))]
pub struct ReportMoveError {
    /// Where it stands.
    pub stage: ReportStage,
    /// What was to be done.
    pub action: ReportAction,
    /// What can be done there.
    pub next: Vec<ReportAction>,
}

fn next_of(next: &[ReportAction]) -> String {
    next.iter().map(|action| action.as_str()).collect::<Vec<_>>().join(", ")
}

impl ReportMoveError {
    /// The stable code of the error.
    #[expect(clippy::unused_self, reason = "called as the codes of other errors are")]
    pub const fn code(&self) -> &'static str {
        "report.move"
    }
}

impl ReportStage {
    /// Where the action leads and who does it, or why it does not lead anywhere.
    pub fn after(self, action: ReportAction) -> Result<(Self, ReportMover), ReportMoveError> {
        let found = LEGAL.iter().find(|(from, done, ..)| *from == self && *done == action);
        let error = || ReportMoveError { stage: self, action, next: self.moves(|mover| mover != Platform) };
        found.map(|(_, _, to, mover)| (*to, *mover)).ok_or_else(error)
    }

    /// What may be done here by the mover, in the order of the table.
    pub fn moves(self, is_mine: impl Fn(ReportMover) -> bool) -> Vec<ReportAction> {
        let mine = LEGAL.iter().filter(|(from, _, _, mover)| *from == self && is_mine(*mover));
        mine.map(|(_, action, ..)| *action).collect()
    }

    /// Its figures are kept; those of a draft are worked out.
    pub const fn is_kept(self) -> bool {
        !matches!(self, Self::Draft)
    }
}

impl ReportAction {
    /// Nobody does so without a word.
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::Refuse | Self::Return | Self::Reopen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_up_is_one_and_every_other_move_is_refused_with_what_comes_next() {
        let mut stage = S::Draft;
        for (action, expected, by) in [
            (A::Check, S::Checked, Preparer),
            (A::Sign, S::Signed, Head),
            (A::Submit, S::Submitted, Preparer),
            (A::Return, S::Returned, Superior),
            (A::Redo, S::Draft, Preparer),
            (A::Check, S::Checked, Preparer),
            (A::Sign, S::Signed, Head),
            (A::Submit, S::Submitted, Preparer),
            (A::Accept, S::Accepted, Superior),
            (A::Reopen, S::Draft, Superior),
        ] {
            let (to, mover) = stage.after(action).unwrap();
            assert_eq!((to, mover), (expected, by), "{stage} {action}");
            stage = to;
        }
        let refused = S::Draft.after(A::Submit).unwrap_err();
        assert_eq!((refused.code(), refused.next.as_slice()), ("report.move", &[A::Check][..]));
        assert_eq!(refused.to_string(), "a report that is draft cannot be submit; possible next: check");
        let legal = ReportStage::ALL.iter().flat_map(|stage| ReportAction::ALL.map(|action| stage.after(action).is_ok()));
        assert_eq!(legal.filter(|is_legal| *is_legal).count(), LEGAL.len());
    }

    #[test]
    fn nothing_that_was_handed_up_is_moved_by_who_handed_it_up() {
        for stage in [S::Submitted, S::Accepted] {
            assert_eq!(stage.moves(|mover| mover != Superior), [], "{stage}");
        }
        // What lies with the unit above comes from no platform a second time.
        for stage in [S::Submitted, S::Accepted] {
            assert!(stage.after(A::Receive).is_err(), "{stage}");
        }
        assert!(S::Checked.is_kept() && S::Returned.is_kept() && !S::Draft.is_kept());
        assert!(A::Return.needs_reason() && !A::Accept.needs_reason());
    }
}
