//! Tariffs, quotas and cards (费用与额度).

use crate::rule::key::{Chapter, RuleKey};
use crate::rule::spec::Given::{Blank, N, T};
use crate::rule::spec::{Bounds, Builtin, BuiltinValue, Column, Holds, Kind, Local, Measure, Reader, RuleSpec, day, number};

const CLASSES: &[&str] = &["sedan", "business_suv", "minibus", "bus"];
const CLASS: Column = Column { name: "class", zh: "车型", en: "Class", holds: Holds::Word(CLASSES) };
const FLEET_COSTS: &[Column] = &[
    Column {
        name: "item",
        zh: "成本项",
        en: "Item",
        holds: Holds::Word(&["car_year", "fuel_km", "electric_km", "rental_trip", "rental_km"]),
    },
    Column { name: "fen", zh: "金额(分)", en: "Amount (fen)", holds: Holds::Number(PRICE) },
];

const PRICE: Bounds = Bounds::whole(Measure::Fen, 0.0, 10_000_000.0);

const BY_DISTANCE: &[Column] = &[
    CLASS,
    Column {
        name: "up_to_km",
        zh: "至(公里)",
        en: "Up to (km)",
        holds: Holds::Step(Bounds::whole(Measure::Kilometre, 1.0, 10_000.0)),
    },
    Column { name: "fen_per_km", zh: "每公里", en: "A kilometre", holds: Holds::Number(PRICE) },
];

const BY_TIME: &[Column] = &[
    CLASS,
    Column {
        name: "up_to_hours", zh: "至(小时)", en: "Up to (h)", holds: Holds::Step(Bounds::whole(Measure::Hour, 1.0, 720.0))
    },
    Column { name: "fen", zh: "价格", en: "Price", holds: Holds::Number(PRICE) },
];

const EXTRA_NAMES: &[&str] = &[
    "waiting_free_minutes",
    "waiting_step_minutes",
    "waiting_step_km",
    "short_trip_km",
    "short_trip_wait_hours",
    "short_trip_charged_km",
    "driver_meal_fen_day",
    // 1: the price of the step in which a trip ends holds for the whole of it; absent or 0: each step for what lies in it
    "whole_trip_bands",
];
const EXTRAS: &[Column] = &[
    Column { name: "what", zh: "项目", en: "What", holds: Holds::Word(EXTRA_NAMES) },
    Column { name: "amount", zh: "数值", en: "Amount", holds: Holds::Number(Bounds::whole(Measure::Count, 0.0, 10_000_000.0)) },
];

pub(super) const SPECS: &[RuleSpec] = &[
    RuleSpec {
        key: RuleKey::TariffDistance,
        chapter: Chapter::Money,
        title_en: "Tariff by kilometre",
        kind: Kind::Table(BY_DISTANCE),
        local: Local::Free,
        basis: "[V 56]",
        features: &["D15"],
        reader: Reader::Papers,
        builtin: &[Builtin {
            from: day(2016, 1, 1),
            source: "广车改办〔2016〕19号(广德);含燃油、通行、停车、维护和驾驶员",
            value: BuiltinValue::Table(&[
                &[T("sedan"), N(100.0), N(110.0)],
                &[T("sedan"), N(200.0), N(130.0)],
                &[T("sedan"), N(400.0), N(150.0)],
                &[T("sedan"), Blank, N(170.0)],
                &[T("business_suv"), N(100.0), N(150.0)],
                &[T("business_suv"), N(200.0), N(170.0)],
                &[T("business_suv"), N(400.0), N(190.0)],
                &[T("business_suv"), Blank, N(210.0)],
                &[T("minibus"), N(100.0), N(200.0)],
                &[T("minibus"), N(200.0), N(250.0)],
                &[T("minibus"), N(400.0), N(400.0)],
                &[T("minibus"), Blank, N(500.0)],
            ]),
        }],
    },
    RuleSpec {
        key: RuleKey::TariffTime,
        chapter: Chapter::Money,
        title_en: "Tariff by time inside the area",
        kind: Kind::Table(BY_TIME),
        local: Local::Free,
        basis: "[V 56]",
        features: &["D15"],
        reader: Reader::Papers,
        builtin: &[Builtin {
            from: day(2016, 1, 1),
            source: "广车改办〔2016〕19号(广德);含燃油、通行、停车、维护和驾驶员；末行为每增加一小时",
            value: BuiltinValue::Table(&[
                &[T("sedan"), N(2.0), N(3000.0)],
                &[T("sedan"), N(4.0), N(6000.0)],
                &[T("sedan"), N(8.0), N(12_000.0)],
                &[T("sedan"), Blank, N(2000.0)],
                &[T("business_suv"), N(2.0), N(5000.0)],
                &[T("business_suv"), N(4.0), N(10_000.0)],
                &[T("business_suv"), N(8.0), N(20_000.0)],
                &[T("business_suv"), Blank, N(3000.0)],
                &[T("minibus"), N(2.0), N(10_000.0)],
                &[T("minibus"), N(4.0), N(20_000.0)],
                &[T("minibus"), N(8.0), N(40_000.0)],
                &[T("minibus"), Blank, N(5000.0)],
            ]),
        }],
    },
    RuleSpec {
        key: RuleKey::TariffExtras,
        chapter: Chapter::Money,
        title_en: "Waiting, short trips, meals",
        kind: Kind::Table(EXTRAS),
        local: Local::Free,
        basis: "[V2 57]",
        features: &["D15"],
        reader: Reader::Papers,
        builtin: &[Builtin {
            from: day(2020, 1, 1),
            source: "某高校车队计价办法(参考)",
            value: BuiltinValue::Table(&[
                &[T("waiting_free_minutes"), N(30.0)],
                &[T("waiting_step_minutes"), N(30.0)],
                &[T("waiting_step_km"), N(5.0)],
                &[T("short_trip_km"), N(25.0)],
                &[T("short_trip_wait_hours"), N(2.0)],
                &[T("short_trip_charged_km"), N(60.0)],
                &[T("driver_meal_fen_day"), N(10_000.0)],
            ]),
        }],
    },
    RuleSpec {
        key: RuleKey::TimeShareDay,
        chapter: Chapter::Money,
        title_en: "Time-share: most in 24 hours",
        kind: Kind::Number(Bounds::whole(Measure::Fen, 100.0, 1_000_000.0)),
        local: Local::NotAbove,
        basis: "[V 20]",
        features: &["D13"],
        reader: Reader::Papers,
        builtin: &[number(day(2020, 1, 1), 8300.0, "枣阳：分时租赁24小时封顶83元")],
    },
    RuleSpec {
        key: RuleKey::TimeShareYear,
        chapter: Chapter::Money,
        title_en: "Time-share: most a car and year",
        kind: Kind::Number(Bounds::whole(Measure::Fen, 10_000.0, 100_000_000.0)),
        local: Local::NotAbove,
        basis: "[V 20]",
        features: &["D13"],
        reader: Reader::Papers,
        builtin: &[number(day(2020, 1, 1), 2_095_000.0, "枣阳：单车年度不超过20,950元")],
    },
    RuleSpec {
        key: RuleKey::QuotaCarry,
        chapter: Chapter::Money,
        title_en: "An unused quota carries within",
        kind: Kind::Number(Bounds::whole(Measure::Month, 1.0, 12.0)),
        local: Local::Free,
        basis: "[V2 55]",
        features: &["D14"],
        reader: Reader::Papers,
        builtin: &[number(day(2020, 1, 1), 3.0, "实例办法：当月结余在本季度内结转，不跨季")],
    },
    RuleSpec {
        key: RuleKey::QuotaWarning,
        chapter: Chapter::Money,
        title_en: "A quota warns at",
        kind: Kind::Number(Bounds::whole(Measure::Percent, 1.0, 100.0)),
        local: Local::Free,
        basis: "[V2 55] [DP]",
        features: &["D14"],
        reader: Reader::Papers,
        builtin: &[number(day(2020, 1, 1), 80.0, "设计参数，来源未给出数值")],
    },
    RuleSpec {
        key: RuleKey::ExpenseTwice,
        chapter: Chapter::Money,
        title_en: "The same expense again within",
        kind: Kind::Number(Bounds::whole(Measure::Minute, 0.0, 1440.0)),
        local: Local::Free,
        basis: "[DP]",
        features: &["M04", "D09"],
        reader: Reader::Papers,
        builtin: &[number(day(2020, 1, 1), 120.0, "设计参数，来源未给出数值")],
    },
    RuleSpec {
        key: RuleKey::CardTopUp,
        chapter: Chapter::Money,
        title_en: "Fuel card: most a top-up",
        kind: Kind::Number(Bounds::whole(Measure::Fen, 1000.0, 10_000_000.0)),
        local: Local::NotAbove,
        basis: "[V2 32]",
        features: &["L13"],
        reader: Reader::Papers,
        builtin: &[number(day(2020, 1, 1), 300_000.0, "一车一卡实例：单次充值3,000元")],
    },
    RuleSpec {
        key: RuleKey::CardFill,
        chapter: Chapter::Money,
        title_en: "Fuel card: most a fill",
        kind: Kind::Number(Bounds::whole(Measure::Fen, 1000.0, 1_000_000.0)),
        local: Local::NotAbove,
        basis: "[V2 32]",
        features: &["L13"],
        reader: Reader::Papers,
        builtin: &[number(day(2020, 1, 1), 30_000.0, "一车一卡实例：单次加油300元")],
    },
    RuleSpec {
        key: RuleKey::FleetCosts,
        chapter: Chapter::Money,
        title_en: "What a car costs when fleets are compared",
        kind: Kind::Table(FLEET_COSTS),
        local: Local::Free,
        basis: "[DP]",
        features: &["D04"],
        reader: Reader::Papers,
        builtin: &[Builtin {
            from: day(2020, 1, 1),
            source: "设计参数：12万元车按八年折旧，加保险年检；燃油每公里0.7元、电0.15元；租车每次200元加每公里2元",
            value: BuiltinValue::Table(&[
                &[T("car_year"), N(2_000_000.0)],
                &[T("fuel_km"), N(70.0)],
                &[T("electric_km"), N(15.0)],
                &[T("rental_trip"), N(20_000.0)],
                &[T("rental_km"), N(200.0)],
            ]),
        }],
    },
    RuleSpec {
        key: RuleKey::RepairCompareFrom,
        chapter: Chapter::Money,
        title_en: "Repairs: quotes are compared from",
        kind: Kind::Number(Bounds::whole(Measure::Fen, 0.0, 100_000_000.0)),
        local: Local::NotAbove,
        basis: "[V 28] [DP]",
        features: &["L12"],
        reader: Reader::Papers,
        builtin: &[number(day(2020, 1, 1), 200_000.0, "阜宁询价比价做法；2,000元为设计参数，来源未给出数值")],
    },
    RuleSpec {
        key: RuleKey::RepairQuotes,
        chapter: Chapter::Money,
        title_en: "Repairs: quotes that are compared",
        kind: Kind::Number(Bounds::whole(Measure::Count, 1.0, 12.0)),
        local: Local::NotBelow,
        basis: "[V 28] [DP]",
        features: &["L12"],
        reader: Reader::Papers,
        builtin: &[number(day(2020, 1, 1), 2.0, "阜宁询价比价做法；家数为设计参数，来源未给出数值")],
    },
];
