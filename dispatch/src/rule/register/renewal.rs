//! What is renewed when, and what is due when (更新与处置).

use crate::rule::key::{Chapter, RuleKey};
use crate::rule::spec::Given::{Blank, N, T};
use crate::rule::spec::{Bounds, Builtin, BuiltinValue, Column, Holds, Kind, Local, Measure, Reader, RuleSpec, day, number};

const REMINDER: &[Column] =
    &[Column {
        name: "days", zh: "提前天数", en: "Days before", holds: Holds::Step(Bounds::whole(Measure::Day, 0.0, 365.0))
    }];

/// Years and guiding kilometres by 《机动车强制报废标准规定》, of cars that carry people and not for money.
const SCRAP: &[Column] = &[
    Column {
        name: "body",
        zh: "车身类型",
        en: "Body",
        holds: Holds::Word(&["sedan", "small_bus", "suv", "medium_bus", "large_bus", "special"]),
    },
    Column {
        name: "years", zh: "使用年限", en: "Years", holds: Holds::NumberOrNone(Bounds::whole(Measure::Year, 1.0, 50.0))
    },
    Column {
        name: "kilometres",
        zh: "引导报废里程",
        en: "Guiding kilometres",
        holds: Holds::NumberOrNone(Bounds::whole(Measure::Kilometre, 1_000.0, 2_000_000.0)),
    },
];
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
        reader: Reader::Lifecycle,
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
        reader: Reader::Lifecycle,
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
        key: RuleKey::ForcedScrap,
        chapter: Chapter::Renewal,
        title_en: "Years after which a car must be scrapped",
        kind: Kind::Table(SCRAP),
        local: Local::Nowhere,
        basis: "[P 27] [BG]",
        features: &["L07"],
        reader: Reader::Lifecycle,
        builtin: &[Builtin {
            from: day(2013, 5, 1),
            source: "《机动车强制报废标准规定》(2012年第12号令)：非营运小微型客车无年限，中型、大型非营运客车20年；引导里程60万、50万、60万公里",
            value: BuiltinValue::Table(&[
                &[T("sedan"), Blank, N(600_000.0)],
                &[T("small_bus"), Blank, N(600_000.0)],
                &[T("suv"), Blank, N(600_000.0)],
                &[T("medium_bus"), N(20.0), N(500_000.0)],
                &[T("large_bus"), N(20.0), N(600_000.0)],
                &[T("special"), N(15.0), N(500_000.0)],
            ]),
        }],
    },
    RuleSpec {
        key: RuleKey::DisposalFirst,
        chapter: Chapter::Renewal,
        title_en: "The old car goes before the new one is registered (1: yes)",
        kind: Kind::Number(Bounds::whole(Measure::Count, 0.0, 1.0)),
        local: Local::NotBelow,
        basis: "[V 26]",
        features: &["L08"],
        reader: Reader::Lifecycle,
        builtin: &[number(day(2017, 12, 5), 0.0, "国家规定更新后处置旧车；地方可规定先处置后更新")],
    },
    RuleSpec {
        key: RuleKey::IndicatorDays,
        chapter: Chapter::Renewal,
        title_en: "Days for which an indicator is valid",
        kind: Kind::Number(Bounds::whole(Measure::Day, 30.0, 1_095.0)),
        local: Local::NotAbove,
        basis: "[DP]",
        features: &["L03"],
        reader: Reader::Lifecycle,
        builtin: &[number(day(2017, 12, 5), 365.0, "设计参数，来源未给出数值")],
    },
    RuleSpec {
        key: RuleKey::PlatformEntry,
        chapter: Chapter::Renewal,
        title_en: "Working days from registration to the platform",
        kind: Kind::Number(Bounds::whole(Measure::Workday, 1.0, 60.0)),
        local: Local::NotAbove,
        basis: "[V 19]",
        features: &["L06"],
        reader: Reader::Lifecycle,
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
