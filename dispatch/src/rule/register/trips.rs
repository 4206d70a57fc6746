//! Requests and orders (用车与派车): time limits.

use crate::rule::key::{Chapter, RuleKey};
use crate::rule::spec::{Bounds, Kind, Local, Measure, Reader, RuleSpec, day, number};

pub(super) const SPECS: &[RuleSpec] = &[
    RuleSpec {
        key: RuleKey::LeadTime,
        chapter: Chapter::Trips,
        title_en: "A request comes before departure",
        kind: Kind::Number(Bounds::whole(Measure::Minute, 0.0, 2880.0)),
        local: Local::Free,
        basis: "[V2 49]",
        features: &["D01"],
        reader: Reader::Later,
        builtin: &[number(day(2020, 1, 1), 30.0, "实例做法：提前30分钟申请，紧急除外")],
    },
    RuleSpec {
        key: RuleKey::RatifyWithin,
        chapter: Chapter::Trips,
        title_en: "An emergency trip is ratified within",
        kind: Kind::Number(Bounds::whole(Measure::Hour, 1.0, 168.0)),
        local: Local::NotAbove,
        basis: "[DP]",
        features: &["D06"],
        reader: Reader::Later,
        builtin: &[number(day(2020, 1, 1), 24.0, "设计参数，来源未给出数值")],
    },
];
