//! Records of the interfaces (交换记录): what must stand in one and in which form is data, and every record is held against it.

use chrono::{DateTime, NaiveDate};
use serde_json::Value;
use thiserror::Error;

use crate::word::words;

words! {
    /// An interface by which records go between platforms (交换接口): those of DB32/T 3826-2020, 7.2 to 7.19.
    ExchangeInterface, ExchangeInterfaceError, "exchange.interface" {
        /// Who may do what.
        SignIn = "sign_in", "登录";
        /// Units.
        Unit = "unit", "单位基本信息";
        /// Cars.
        Vehicle = "vehicle", "单车基本信息";
        /// Cars beyond the standard.
        OverStandard = "over_standard", "超标准配备车辆信息";
        /// Drivers.
        Driver = "driver", "驾驶员";
        /// Orders that were driven.
        Dispatch = "dispatch", "派车";
        /// Repairs and upkeep.
        Maintenance = "maintenance", "维保";
        /// Inspections.
        Inspection = "inspection", "年检";
        /// Fuel and electricity.
        Energy = "energy", "能耗";
        /// Policies.
        Insurance = "insurance", "保险费用";
        /// Roads and bridges.
        Toll = "toll", "过路过桥费用";
        /// Parking.
        Parking = "parking", "停车费用";
        /// Whatever else was spent.
        OtherExpense = "other_expense", "其他费用";
        /// Uses of cars that were decided to be violations.
        Supervision = "supervision", "监督检查";
        /// Complaints by the hotline.
        Complaint = "complaint", "12345投诉";
        /// Orders that a supplier's car drove.
        RentalDispatch = "rental_dispatch", "社会车辆租赁派车";
        /// What the police wrote down.
        Violation = "violation", "违章";
        /// Cars that went.
        Disposal = "disposal", "处置";
    }
}

impl ExchangeInterface {
    /// It tells of the partner itself: anybody may ask, and nobody tells it.
    pub const fn is_of_the_partner(self) -> bool {
        matches!(self, Self::SignIn)
    }
}

words! {
    /// In which form a field is (字段类型).
    FieldKind, FieldKindError, "exchange.field_kind" {
        /// A text that is not empty.
        Text = "text", "文本";
        /// A whole number.
        Integer = "integer", "整数";
        /// A day, as in 2026-03-02.
        Day = "day", "日期";
        /// An instant, as RFC 3339 has it.
        Instant = "instant", "时间";
        /// One of a list.
        Code = "code", "代码";
    }
}

/// A field of a record (字段).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldRule {
    /// Its name.
    pub name: String,
    /// In which form it is.
    pub kind: FieldKind,
    /// A record without it is refused.
    pub is_required: bool,
    /// Of a code: which there are.
    pub codes: Vec<String>,
}

/// What is wrong with a record (记录问题).
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RecordFault {
    /// It is no record at all, or has no key.
    #[error("record {place}: a key of 1 to 64 characters and a content are needed")]
    Shape {
        /// Which, from 0.
        place: usize,
    },
    /// A field lacks.
    #[error("record {place}: {field} is missing")]
    Missing {
        /// Which, from 0.
        place: usize,
        /// Its name.
        field: String,
    },
    /// A field is in another form.
    #[error("record {place}: {field} is no {}", .kind.as_str())]
    Kind {
        /// Which, from 0.
        place: usize,
        /// Its name.
        field: String,
        /// In which form it should be.
        kind: FieldKind,
    },
    /// A code is none of the list.
    #[error("record {place}: {field} has no code {found:?}")]
    Code {
        /// Which, from 0.
        place: usize,
        /// Its name.
        field: String,
        /// As it came.
        found: String,
    },
    /// There is no such field.
    #[error("record {place}: there is no field {field}")]
    Unknown {
        /// Which, from 0.
        place: usize,
        /// Its name.
        field: String,
    },
}

impl RecordFault {
    /// The stable code of the fault.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Shape { .. } => "exchange.malformed",
            Self::Missing { .. } => "exchange.field_missing",
            Self::Kind { .. } => "exchange.field_type",
            Self::Code { .. } => "exchange.field_code",
            Self::Unknown { .. } => "exchange.field_unknown",
        }
    }
}

/// Everything that is wrong with the content of the record at `place`.
pub fn faults(rules: &[FieldRule], place: usize, content: &Value) -> Vec<RecordFault> {
    let Some(members) = content.as_object() else { return vec![RecordFault::Shape { place }] };
    let mut found: Vec<RecordFault> = rules.iter().filter_map(|rule| fault(rule, place, members.get(&rule.name))).collect();
    let is_known = |name: &String| rules.iter().any(|rule| rule.name == *name);
    found.extend(members.keys().filter(|name| !is_known(name)).map(|name| RecordFault::Unknown { place, field: name.clone() }));
    found
}

fn fault(rule: &FieldRule, place: usize, value: Option<&Value>) -> Option<RecordFault> {
    let field = || rule.name.clone();
    let Some(value) = value.filter(|value| !value.is_null()) else {
        return rule.is_required.then(|| RecordFault::Missing { place, field: field() });
    };
    let text = value.as_str();
    let fits = match rule.kind {
        FieldKind::Text => text.is_some_and(|text| !text.trim().is_empty()),
        FieldKind::Integer => value.is_i64() || value.is_u64(),
        FieldKind::Day => text.is_some_and(|text| text.parse::<NaiveDate>().is_ok()),
        FieldKind::Instant => text.is_some_and(|text| DateTime::parse_from_rfc3339(text).is_ok()),
        FieldKind::Code => text.is_some(),
    };
    if !fits {
        return Some(RecordFault::Kind { place, field: field(), kind: rule.kind });
    }
    let code = text.filter(|text| rule.kind == FieldKind::Code && !rule.codes.iter().any(|code| code == text));
    code.map(|found| RecordFault::Code { place, field: field(), found: found.to_owned() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rule(name: &str, kind: FieldKind, is_required: bool, codes: &[&str]) -> FieldRule {
        FieldRule { name: name.to_owned(), kind, is_required, codes: codes.iter().map(|code| (*code).to_owned()).collect() }
    }

    fn rules() -> Vec<FieldRule> {
        vec![
            rule("plate", FieldKind::Text, true, &[]),
            rule("occurred_on", FieldKind::Day, true, &[]),
            rule("at", FieldKind::Instant, false, &[]),
            rule("amount_fen", FieldKind::Integer, true, &[]),
            rule("head", FieldKind::Code, false, &["fuel", "charge"]),
        ]
    }

    fn codes(content: &Value) -> Vec<&'static str> {
        faults(&rules(), 0, content).iter().map(RecordFault::code).collect()
    }

    #[test]
    fn a_record_is_held_against_the_table_and_told_everything_that_is_wrong() {
        let good = json!({ "plate": "浙A00001", "occurred_on": "2026-03-02", "amount_fen": 12_300, "head": "fuel", "at": null });
        assert_eq!(codes(&good), Vec::<&str>::new());
        assert_eq!(codes(&json!("浙A00001")), ["exchange.malformed"]);
        let bad = json!({ "occurred_on": "2026-13-02", "amount_fen": 12.5, "head": "coal", "at": "noon", "colour": "red" });
        assert_eq!(
            codes(&bad),
            [
                "exchange.field_missing",
                "exchange.field_type",
                "exchange.field_type",
                "exchange.field_type",
                "exchange.field_code",
                "exchange.field_unknown"
            ]
        );
        let blank = json!({ "plate": " ", "occurred_on": "2026-03-02", "amount_fen": "12300" });
        assert_eq!(codes(&blank), ["exchange.field_type", "exchange.field_type"]);
    }

    #[test]
    fn there_are_the_eighteen_interfaces() {
        assert_eq!(ExchangeInterface::ALL.len(), 18);
        assert!(ExchangeInterface::ALL.iter().filter(|interface| interface.is_of_the_partner()).count() == 1);
    }
}
