//! Exemption from tracking: cars of secret work, of which the platform holds no position, and the papers that say so.

use telematics::uuid_id;
use thiserror::Error;

use crate::word::words;

uuid_id! {
    /// Key of an exemption (免定位).
    ExemptionId
}

words! {
    /// The legal basis of an exemption (免定位依据).
    ExemptionBasis, ExemptionBasisError, "exempt.basis" {
        /// Work of state security.
        StateSecurity = "state_security", "国家安全工作";
        /// Investigation of cases.
        Investigation = "investigation", "侦查办案";
        /// Other work that the law keeps secret.
        OtherSecret = "other_secret", "其他依法涉密工作";
    }
}

/// Longest document number, in characters.
const DOCUMENT_LENGTH: usize = 100;

/// Longest reason, in characters.
const REASON_LENGTH: usize = 200;

/// The decision behind an exemption, or behind its end (免定位批文).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExemptionPaper {
    document: String,
    reason: String,
}

/// What a decision lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ExemptionPaperError {
    /// No document number, or one that is too long.
    #[error("the number of the document has 1 to {DOCUMENT_LENGTH} characters")]
    Document,
    /// No reason, or one that is too long.
    #[error("a reason has 1 to {REASON_LENGTH} characters")]
    Reason,
}

impl ExemptionPaperError {
    /// The field that lacks it.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Reason => "reason",
        }
    }

    /// The stable code of the error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Document => "exempt.document",
            Self::Reason => "exempt.reason",
        }
    }
}

impl ExemptionPaper {
    /// A decision with the number of its document and its reason in words that are not secret themselves; or all that it lacks.
    pub fn new(document: &str, reason: &str) -> Result<Self, Vec<ExemptionPaperError>> {
        let (document, reason) = (document.trim(), reason.trim());
        let fits = |text: &str, longest: usize| (1..=longest).contains(&text.chars().count());
        let lacks: Vec<ExemptionPaperError> = [
            (!fits(document, DOCUMENT_LENGTH)).then_some(ExemptionPaperError::Document),
            (!fits(reason, REASON_LENGTH)).then_some(ExemptionPaperError::Reason),
        ]
        .into_iter()
        .flatten()
        .collect();
        if lacks.is_empty() { Ok(Self { document: document.to_owned(), reason: reason.to_owned() }) } else { Err(lacks) }
    }

    /// The number of the document (文号).
    pub fn document(&self) -> &str {
        &self.document
    }

    /// Why.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_has_its_document_and_its_reason() {
        let decision = ExemptionPaper::new(" 杭机管〔2026〕7号 ", "侦查任务").unwrap();
        assert_eq!((decision.document(), decision.reason()), ("杭机管〔2026〕7号", "侦查任务"));
        assert_eq!(ExemptionPaper::new(" ", ""), Err(vec![ExemptionPaperError::Document, ExemptionPaperError::Reason]));
        assert_eq!(ExemptionPaper::new("7", &"字".repeat(201)), Err(vec![ExemptionPaperError::Reason]));
    }

    #[test]
    fn every_basis_is_found_by_its_name() {
        for basis in ExemptionBasis::ALL {
            assert_eq!(basis.as_str().parse::<ExemptionBasis>().unwrap(), basis);
        }
        assert_eq!("vip".parse::<ExemptionBasis>().unwrap_err().code(), "exempt.basis", "rank exempts nobody");
    }
}
