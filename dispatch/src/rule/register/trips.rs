//! Requests and orders (用车与派车): time limits.

use crate::rule::key::{Chapter, RuleKey};
use crate::rule::spec::Given::{Blank, N, T};
use crate::rule::spec::{Bounds, Builtin, BuiltinValue, Column, Holds, Kind, Local, Measure, Reader, RuleSpec, day, number};

/// The columns of the list of reasons.
const REASONS: &[Column] = &[
    Column { name: "reason", zh: "事由", en: "Reason", holds: Holds::Text },
    Column { name: "allowed", zh: "清单", en: "List", holds: Holds::Word(&["positive", "negative"]) },
    Column { name: "clause", zh: "依据", en: "Clause", holds: Holds::Text },
];

const SPEEDS: &[Column] = &[
    Column {
        name: "up_to_km",
        zh: "至(公里)",
        en: "Up to (km)",
        holds: Holds::Step(Bounds::whole(Measure::Kilometre, 1.0, 10_000.0)),
    },
    Column { name: "kmh", zh: "车速", en: "Speed", holds: Holds::Number(Bounds::whole(Measure::Kmh, 5.0, 120.0)) },
];

const PRICES: &[Column] = &[
    Column {
        name: "item",
        zh: "计价项",
        en: "Item",
        holds: Holds::Word(&["km", "fuel", "other_unit", "spare_seat", "car_day", "unserved"]),
    },
    Column {
        name: "fen",
        zh: "价格(分)",
        en: "Price (fen)",
        holds: Holds::Number(Bounds::whole(Measure::Fen, 0.0, 100_000_000.0)),
    },
];

/// What stands behind the prohibitions of private use.
const PRIVATE_USE: &str = "《党政机关公务用车管理办法》第二十六条第三项：公车私用";

pub(super) const SPECS: &[RuleSpec] = &[
    RuleSpec {
        key: RuleKey::LeadTime,
        chapter: Chapter::Trips,
        title_en: "A request comes before departure",
        kind: Kind::Number(Bounds::whole(Measure::Minute, 0.0, 2880.0)),
        local: Local::Free,
        basis: "[V2 49]",
        features: &["D01"],
        reader: Reader::Papers,
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
        reader: Reader::Papers,
        builtin: &[number(day(2020, 1, 1), 24.0, "设计参数，来源未给出数值")],
    },
    RuleSpec {
        key: RuleKey::UndoWithin,
        chapter: Chapter::Trips,
        title_en: "A decision can be taken back within",
        kind: Kind::Number(Bounds::whole(Measure::Second, 0.0, 600.0)),
        local: Local::NotAbove,
        basis: "[DP]",
        features: &["D03"],
        reader: Reader::Papers,
        builtin: &[number(day(2020, 1, 1), 10.0, "设计参数，来源未给出数值")],
    },
    RuleSpec {
        key: RuleKey::TripReasons,
        chapter: Chapter::Trips,
        title_en: "What cars are used for, and what they are not",
        kind: Kind::Table(REASONS),
        local: Local::Free,
        basis: "[V 5] [V 1] [BG]",
        features: &["D20"],
        reader: Reader::Papers,
        builtin: &[Builtin {
            from: day(2017, 12, 5),
            source: "按连云港正负面清单做法编列，条目为整理，各地以批准的清单为准",
            value: BuiltinValue::Table(&[
                &[T("传递机要文件和涉密载体"), T("positive"), T("《党政机关公务用车管理办法》第三条：机要通信")],
                &[T("处置突发事件、抢险救灾"), T("positive"), T("《党政机关公务用车管理办法》第三条：应急保障")],
                &[T("执法执勤"), T("positive"), T("《党政机关公务用车管理办法》第三条：执法执勤")],
                &[T("参加会议、集体公务活动"), T("positive"), T("正面清单")],
                &[T("调研、检查、督导"), T("positive"), T("正面清单")],
                &[T("公务接待"), T("positive"), T("正面清单")],
                &[T("跨区域公务出行"), T("positive"), T("正面清单")],
                &[T("离退休干部服务"), T("positive"), T("正面清单")],
                &[T("其他公务"), T("positive"), T("正面清单；须写明事由")],
                &[T("婚丧喜庆"), T("negative"), T(PRIVATE_USE)],
                &[T("探亲访友、休假旅游"), T("negative"), T(PRIVATE_USE)],
                &[T("接送子女、家属"), T("negative"), T(PRIVATE_USE)],
                &[
                    T("上下班通勤"),
                    T("negative"),
                    T("《党政机关公务用车管理办法》第二十六条第三项：既领取公务交通补贴又违规使用公务用车"),
                ],
                &[T("学习驾驶技术"), T("negative"), T(PRIVATE_USE)],
                &[T("外借个人或者企业"), T("negative"), T("《党政机关公务用车管理办法》第二十六条第四项")],
            ]),
        }],
    },
    RuleSpec {
        key: RuleKey::PoolWithin,
        chapter: Chapter::Trips,
        title_en: "Trips ride together that are apart by at most",
        kind: Kind::Number(Bounds::whole(Measure::Minute, 0.0, 240.0)),
        local: Local::Free,
        basis: "[V 51] [DP]",
        features: &["D11"],
        reader: Reader::Papers,
        builtin: &[number(day(2020, 1, 1), 30.0, "常山公务拼车：同日同目的地；时间差为设计参数")],
    },
    RuleSpec {
        key: RuleKey::PoolNear,
        chapter: Chapter::Trips,
        title_en: "Trips ride together whose places are apart by at most",
        kind: Kind::Number(Bounds::whole(Measure::Metre, 100.0, 20_000.0)),
        local: Local::Free,
        basis: "[V 51] [DP]",
        features: &["D11"],
        reader: Reader::Papers,
        builtin: &[number(day(2020, 1, 1), 2000.0, "常山公务拼车：同目的地；距离为设计参数")],
    },
    RuleSpec {
        key: RuleKey::PlanHorizon,
        chapter: Chapter::Trips,
        title_en: "Plans become requests so far ahead",
        kind: Kind::Number(Bounds::whole(Measure::Day, 1.0, 31.0)),
        local: Local::Free,
        basis: "[DP]",
        features: &["D18"],
        reader: Reader::Papers,
        builtin: &[number(day(2020, 1, 1), 7.0, "设计参数，来源未给出数值")],
    },
    RuleSpec {
        key: RuleKey::BaseStand,
        chapter: Chapter::Trips,
        title_en: "Standing at the base is the return after",
        kind: Kind::Number(Bounds::whole(Measure::Minute, 1.0, 120.0)),
        local: Local::Free,
        basis: "[DP]",
        features: &["D08"],
        reader: Reader::Papers,
        builtin: &[number(day(2020, 1, 1), 5.0, "设计参数，来源未给出数值")],
    },
    RuleSpec {
        key: RuleKey::WayFactor,
        chapter: Chapter::Trips,
        title_en: "The way is longer than the straight line by",
        kind: Kind::Number(Bounds::decimal(Measure::Count, 1.0, 3.0, 2)),
        local: Local::Free,
        basis: "[DP]",
        features: &["D01", "T07"],
        reader: Reader::Papers,
        builtin: &[number(day(2020, 1, 1), 1.3, "设计参数，待按本地轨迹校准")],
    },
    RuleSpec {
        key: RuleKey::TravelSpeed,
        chapter: Chapter::Trips,
        title_en: "How fast cars are over a distance",
        kind: Kind::Table(SPEEDS),
        local: Local::Free,
        basis: "[DP]",
        features: &["D01"],
        reader: Reader::Papers,
        builtin: &[Builtin {
            from: day(2020, 1, 1),
            source: "设计参数，待按本地轨迹校准",
            value: BuiltinValue::Table(&[&[N(5.0), N(28.0)], &[N(20.0), N(45.0)], &[Blank, N(75.0)]]),
        }],
    },
    RuleSpec {
        key: RuleKey::DispatchPrices,
        chapter: Chapter::Trips,
        title_en: "What cars are ordered by when they are proposed",
        kind: Kind::Table(PRICES),
        local: Local::Free,
        basis: "[DP]",
        features: &["D04"],
        reader: Reader::Papers,
        builtin: &[Builtin {
            from: day(2020, 1, 1),
            source: "设计参数：新能源车多行三公里、本单位车多行五公里仍优先；派出一车抵二十公里，漏派一单抵两千公里",
            value: BuiltinValue::Table(&[
                &[T("km"), N(100.0)],
                &[T("fuel"), N(300.0)],
                &[T("other_unit"), N(500.0)],
                &[T("spare_seat"), N(50.0)],
                &[T("car_day"), N(2000.0)],
                &[T("unserved"), N(200_000.0)],
            ]),
        }],
    },
];
