//! Insurance and inspections (保险与年检): papers with a last day.

use chrono::NaiveDate;
use telematics::uuid_id;

use super::{FieldError, NAME, amount, note, text};
use crate::word::words;

uuid_id! {
    /// Key of a policy of insurance (保险单).
    PolicyId
}
uuid_id! {
    /// Key of an inspection or of a licence of a car (年检记录).
    InspectionId
}

words! {
    /// What is insured (险种).
    InsuranceKind, InsuranceKindError, "policy.kind" {
        /// What the law asks for.
        Compulsory = "compulsory", "交强险";
        /// Everything else in one paper.
        Commercial = "commercial", "商业险";
        /// Carriers and others.
        Other = "other", "其他险种";
    }
}

words! {
    /// What was looked at (检验类型).
    InspectionKind, InspectionKindError, "inspection.kind" {
        /// The yearly inspection.
        Inspection = "inspection", "年检";
        /// The licence of the car.
        Licence = "licence", "行驶证";
    }
}

/// A policy as it is kept (保险单).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// What is insured.
    pub kind: InsuranceKind,
    /// Its number.
    pub number: String,
    /// Its first day.
    pub first: NaiveDate,
    /// Its last day.
    pub last: NaiveDate,
    /// What it costs, in fen.
    pub premium_fen: i64,
    /// Number of the paper that lets another insurer do it; may be empty.
    pub exception: String,
}

impl Policy {
    /// Everything that is wrong with it, by field; its texts trimmed.
    pub fn checked(self) -> Result<Self, Vec<(&'static str, FieldError)>> {
        let (number, exception) = (text(&self.number, NAME), note(&self.exception, NAME));
        let mut wrong = Vec::new();
        wrong.extend(number.as_ref().err().map(|error| ("number", error.clone())));
        wrong.extend(exception.as_ref().err().map(|error| ("exception_document", error.clone())));
        wrong.extend(amount(self.premium_fen).err().map(|error| ("premium_fen", error)));
        if self.last < self.first {
            wrong.push(("last", FieldError::Span));
        }
        match (number, exception) {
            (Ok(number), Ok(exception)) if wrong.is_empty() => Ok(Self { number, exception, ..self }),
            _ => Err(wrong),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_says_all_that_is_wrong_with_it() {
        let policy = Policy {
            kind: InsuranceKind::Compulsory,
            number: " PDZA2026 ".to_owned(),
            first: "2026-03-01".parse().unwrap(),
            last: "2027-02-28".parse().unwrap(),
            premium_fen: 95_000,
            exception: String::new(),
        };
        assert_eq!(policy.clone().checked().unwrap().number, "PDZA2026");
        let wrong = Policy { number: " ".to_owned(), last: "2026-02-28".parse().unwrap(), premium_fen: 0, ..policy };
        let fields: Vec<&str> = wrong.checked().unwrap_err().iter().map(|(field, _)| *field).collect();
        assert_eq!(fields, ["number", "premium_fen", "last"]);
    }
}
