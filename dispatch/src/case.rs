//! Complaints of the public and cases of inspections (投诉与检查案件): what is said, what was found, which head of article 26, and the result.

use chrono::NaiveDate;
use serde::Serialize;
use telematics::uuid_id;
use thiserror::Error;

use crate::finding::ViolationHead;
use crate::word::words;

uuid_id! {
    /// Key of a case (投诉与检查案件).
    CaseId
}

words! {
    /// Where a case comes from (案件来源).
    CaseSource, CaseSourceError, "case.source" {
        /// The hotline of the government.
        Hotline12345 = "hotline_12345", "12345 热线";
        /// An inspection.
        Inspection = "inspection", "监督检查";
        /// A letter or a visit.
        Letter = "letter", "来信来访";
        /// What who rode along said of the trip; it opens by itself.
        Rating = "rating", "乘车评价";
    }
}

words! {
    /// Where a case stands (案件状态).
    CaseState, CaseStateError, "case.states" {
        /// To be looked into.
        Open = "open", "待核查";
        /// What was found is known.
        Linked = "linked", "已关联异常";
        /// It has its result.
        Closed = "closed", "已结案";
    }
}

words! {
    /// Whether what a case says is true (核查结论).
    CaseOutcome, CaseOutcomeError, "case.outcome" {
        /// It is: a violation.
        Founded = "founded", "属实";
        /// It is not.
        Unfounded = "unfounded", "不属实";
    }
}

/// Longest number, in characters.
const NUMBER_LENGTH: usize = 60;
/// Longest matter, in characters.
const MATTER_LENGTH: usize = 2000;
/// Longest result, in characters.
const RESULT_LENGTH: usize = 1000;

/// What a case says when it comes in (案件登记).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CaseMatter {
    /// Where it comes from.
    pub source: CaseSource,
    /// Its number there.
    pub number: String,
    /// When it came, in Beijing time.
    pub received_on: NaiveDate,
    /// What is said, in their words.
    pub matter: String,
}

/// How a case ends (案件结论).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CaseClosure {
    /// Whether it is true.
    pub outcome: CaseOutcome,
    /// Which head of article 26, if it is.
    pub head: Option<ViolationHead>,
    /// What was done about it.
    pub result: String,
}

/// What a case lacks, or why it does not move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CaseError {
    /// No number, or one that is too long.
    #[error("the number of a case has 1 to {NUMBER_LENGTH} characters")]
    Number,
    /// Nothing is said, or too much.
    #[error("the matter of a case has 1 to {MATTER_LENGTH} characters")]
    Matter,
    /// No result, or one that is too long.
    #[error("the result of a case has 1 to {RESULT_LENGTH} characters")]
    Result,
    /// What is true is a violation of a head, what is not is of none.
    #[error("a founded case, and nothing else, names its head of article 26")]
    Head,
    /// What is true was found in some trip.
    #[error("a founded case has its finding")]
    Finding,
    /// It is closed.
    #[error("a case that is {} does not move", .state.as_str())]
    State {
        /// Where it stands.
        state: CaseState,
    },
}

impl CaseError {
    /// The field that is wrong.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Matter => "matter",
            Self::Result => "result",
            Self::Head => "head",
            Self::Finding | Self::State { .. } => "outcome",
        }
    }

    /// The stable code of the error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Number => "case.number",
            Self::Matter => "case.matter",
            Self::Result => "case.result",
            Self::Head => "finding.head",
            Self::Finding => "case.finding",
            Self::State { .. } => "case.state",
        }
    }
}

impl CaseMatter {
    /// A case that comes in, or all that it lacks.
    pub fn new(source: CaseSource, number: &str, received_on: NaiveDate, matter: &str) -> Result<Self, Vec<CaseError>> {
        let (number, matter) = (number.trim(), matter.trim());
        let lacks: Vec<CaseError> = [
            (!fits(number, NUMBER_LENGTH)).then_some(CaseError::Number),
            (!fits(matter, MATTER_LENGTH)).then_some(CaseError::Matter),
        ]
        .into_iter()
        .flatten()
        .collect();
        if lacks.is_empty() {
            Ok(Self { source, number: number.to_owned(), received_on, matter: matter.to_owned() })
        } else {
            Err(lacks)
        }
    }
}

impl CaseClosure {
    /// The end of a case.
    pub fn new(outcome: CaseOutcome, head: Option<ViolationHead>, result: &str) -> Result<Self, CaseError> {
        let result = result.trim();
        if !fits(result, RESULT_LENGTH) {
            return Err(CaseError::Result);
        }
        if (outcome == CaseOutcome::Founded) != head.is_some() {
            return Err(CaseError::Head);
        }
        Ok(Self { outcome, head, result: result.to_owned() })
    }
}

impl CaseState {
    /// Where a case stands once it is linked with what was found; it may be linked with something else until it is closed.
    pub fn linked(self) -> Result<Self, CaseError> {
        if self == Self::Closed { Err(CaseError::State { state: self }) } else { Ok(Self::Linked) }
    }

    /// Where it stands once it has its end: what is true has been found.
    pub fn closed(self, closure: &CaseClosure) -> Result<Self, CaseError> {
        match (self, closure.outcome) {
            (Self::Closed, _) => Err(CaseError::State { state: self }),
            (Self::Open, CaseOutcome::Founded) => Err(CaseError::Finding),
            _ => Ok(Self::Closed),
        }
    }
}

fn fits(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_has_a_number_and_says_something() {
        let on = "2026-03-02".parse().unwrap();
        let matter = CaseMatter::new(CaseSource::Hotline12345, " 20260302-17 ", on, "公车停在景区").unwrap();
        assert_eq!(matter.number, "20260302-17");
        assert_eq!(CaseMatter::new(CaseSource::Letter, "", on, " "), Err(vec![CaseError::Number, CaseError::Matter]));
    }

    #[test]
    fn what_is_true_was_found_and_is_a_violation_of_a_head() {
        let head = ViolationHead::try_from(3).ok();
        let close = |state: CaseState, outcome, head, result: &str| {
            CaseClosure::new(outcome, head, result).and_then(|closure| state.closed(&closure)).map_err(CaseError::code)
        };
        assert_eq!(close(CaseState::Linked, CaseOutcome::Founded, head, "通报批评"), Ok(CaseState::Closed));
        assert_eq!(close(CaseState::Open, CaseOutcome::Founded, head, "通报批评"), Err("case.finding"));
        assert_eq!(close(CaseState::Linked, CaseOutcome::Founded, None, "通报批评"), Err("finding.head"));
        assert_eq!(close(CaseState::Open, CaseOutcome::Unfounded, head, "已答复"), Err("finding.head"));
        assert_eq!(close(CaseState::Open, CaseOutcome::Unfounded, None, "已答复"), Ok(CaseState::Closed));
        assert_eq!(close(CaseState::Open, CaseOutcome::Unfounded, None, " "), Err("case.result"));
        assert_eq!(close(CaseState::Closed, CaseOutcome::Unfounded, None, "已答复"), Err("case.state"));
        assert_eq!(CaseState::Open.linked(), Ok(CaseState::Linked));
        assert_eq!(CaseState::Closed.linked().unwrap_err().code(), "case.state");
    }
}
