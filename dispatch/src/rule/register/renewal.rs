//! What is renewed when, and what is due when (更新与处置).

use crate::rule::key::{Chapter, RuleKey};
use crate::rule::spec::Given::N;
use crate::rule::spec::{Bounds, Builtin, BuiltinValue, Column, Holds, Kind, Local, Measure, Reader, RuleSpec, day, number};

const REMINDER: &[Column] =
    &[Column {
        name: "days", zh: "提前天数", en: "Days before", holds: Holds::Step(Bounds::whole(Measure::Day, 0.0, 365.0))
    }];

const REMINDER_KM: &[Column] = &[Column {
    name: "km",
    zh: "提前公里数",
    en: "Kilometres before",
    holds: Holds::Step(Bounds::whole(Measure::Kilometre, 0.0, 20_000.0)),
}];

pub(super) const SPECS: &[RuleSpec] = &[
    RuleSpec {
        key: RuleKey::RenewalYears,
        chapter: Chapter::Renewal,
        title_en: "Years of use before renewal",
        kind: Kind::Number(Bounds::whole(Measure::Year, 8.0, 30.0)),
        local: Local::NotBelow,
        basis: "[V 6] [V2 23]",
        features: &["L07"],
        reader: Reader::Later,
        builtin: &[number(day(2017, 12, 5), 8.0, "《党政机关公务用车管理办法》(中办发〔2017〕71号):使用年限超过8年的可以更新")],
    },
    RuleSpec {
        key: RuleKey::RenewalKilometres,
        chapter: Chapter::Renewal,
        title_en: "Kilometres before renewal, where a place asks for them (0: none)",
        kind: Kind::Number(Bounds::whole(Measure::Kilometre, 0.0, 1_000_000.0)),
        local: Local::NotBelow,
        basis: "[V 24]",
        features: &["L07"],
        reader: Reader::Later,
        builtin: &[number(day(2017, 12, 5), 0.0, "国家规定无里程条件；地方可加(如株洲250,000公里)")],
    },
    RuleSpec {
        key: RuleKey::RenewalStockShare,
        chapter: Chapter::Renewal,
        title_en: "Most of the stock renewed in a year",
        kind: Kind::Number(Bounds::decimal(Measure::Percent, 0.0, 100.0, 2)),
        local: Local::NotAbove,
        basis: "[V 24]",
        features: &["L07"],
        reader: Reader::Later,
        builtin: &[number(day(2017, 12, 5), 100.0, "国家规定无比例限制；地方可限(如株洲10%)")],
    },
    RuleSpec {
        key: RuleKey::PlatformEntry,
        chapter: Chapter::Renewal,
        title_en: "Working days from registration to the platform",
        kind: Kind::Number(Bounds::whole(Measure::Workday, 1.0, 60.0)),
        local: Local::NotAbove,
        basis: "[V 19]",
        features: &["L06"],
        reader: Reader::Later,
        builtin: &[number(day(2020, 1, 1), 10.0, "山东省平台管理办法征求意见稿(2020)所示期限；设计参数，来源未给出数值")],
    },
    RuleSpec {
        key: RuleKey::ReminderDays,
        chapter: Chapter::Renewal,
        title_en: "Days before a due date on which a reminder goes out",
        kind: Kind::Table(REMINDER),
        local: Local::Free,
        basis: "[P 27] [DP]",
        features: &["L11"],
        reader: Reader::Papers,
        builtin: &[Builtin {
            from: day(2020, 1, 1),
            source: "设计参数，来源未给出数值",
            value: BuiltinValue::Table(&[&[N(30.0)], &[N(15.0)], &[N(7.0)], &[N(0.0)]]),
        }],
    },
    RuleSpec {
        key: RuleKey::ReminderKilometres,
        chapter: Chapter::Renewal,
        title_en: "Kilometres before upkeep on which a reminder goes out",
        kind: Kind::Table(REMINDER_KM),
        local: Local::Free,
        basis: "[P 27] [DP]",
        features: &["L11"],
        reader: Reader::Papers,
        builtin: &[Builtin {
            from: day(2020, 1, 1),
            source: "设计参数，来源未给出数值",
            value: BuiltinValue::Table(&[&[N(1_000.0)], &[N(300.0)], &[N(0.0)]]),
        }],
    },
];
