//! What plans of renewal reckon with (更新规划): their targets, new cars, what a battery can do, and what makes a car urgent.

use crate::rule::key::{Chapter, RuleKey};
use crate::rule::spec::Given::{N, T};
use crate::rule::spec::{Bounds, Builtin, BuiltinValue, Column, Holds, Kind, Local, Measure, Reader, RuleSpec, day};

const COUNT: Bounds = Bounds::whole(Measure::Count, 0.0, 1_000_000.0);
const MONEY: Bounds = Bounds::whole(Measure::Fen, 0.0, 1_000_000_000.0);

/// A number of that name.
const fn items(names: &'static [&'static str]) -> Column {
    Column { name: "item", zh: "项目", en: "Item", holds: Holds::Word(names) }
}

const VALUE: Column = Column { name: "count", zh: "数值", en: "Value", holds: Holds::Number(COUNT) };

const TARGETS: &[Column] = &[
    items(&[
        "years",
        "discount_hundredths",
        "nev_stock_pct",
        "mean_age_months",
        "old_months",
        "over_age_pct",
        "use_days",
        "move_below_days",
        "usual_km",
        "usual_days",
    ]),
    VALUE,
];

const FIT: &[Column] = &[
    items(&["range_km", "cold_pct", "reserve_km", "pile_km_h", "public_km", "days_pct", "least_days", "cold_from", "cold_to"]),
    VALUE,
];

const NEW_CARS: &[Column] = &[
    Column { name: "name", zh: "车型", en: "New car", holds: Holds::Text },
    Column {
        name: "body",
        zh: "车身类型",
        en: "Body",
        holds: Holds::Word(&["sedan", "small_bus", "suv", "medium_bus", "large_bus", "special"]),
    },
    Column {
        name: "powertrain",
        zh: "动力类型",
        en: "Powertrain",
        holds: Holds::Word(&["petrol", "diesel", "hybrid", "plug_in_hybrid", "electric", "hydrogen"]),
    },
    Column { name: "price_fen", zh: "购置价税合计(分)", en: "Price with tax (fen)", holds: Holds::Number(MONEY) },
    Column { name: "year_fen", zh: "首年固定费用(分)", en: "First year, standing (fen)", holds: Holds::Number(MONEY) },
    Column { name: "more_fen", zh: "每年车龄递增(分)", en: "More each year of age (fen)", holds: Holds::Number(MONEY) },
    Column { name: "km_fen", zh: "每公里能耗(分)", en: "Energy a kilometre (fen)", holds: Holds::Number(MONEY) },
    Column {
        name: "loss_pct",
        zh: "每年贬值(%)",
        en: "Loses a year (%)",
        holds: Holds::Number(Bounds::whole(Measure::Percent, 0.0, 100.0)),
    },
];

const SCORE: &[Column] = &[
    Column { name: "factor", zh: "评分项", en: "Part", holds: Holds::Word(&["age", "kilometres", "cost", "repair_days"]) },
    Column { name: "points", zh: "满分", en: "Points", holds: Holds::Number(COUNT) },
    Column { name: "none", zh: "零分值", en: "None up to", holds: Holds::Number(COUNT) },
    Column { name: "full", zh: "满分值", en: "All from", holds: Holds::Number(COUNT) },
];

pub(super) const SPECS: &[RuleSpec] = &[
    RuleSpec {
        key: RuleKey::RenewalTargets,
        chapter: Chapter::Renewal,
        title_en: "Targets and terms of a plan of renewal (share of the stock and days of use 0: none; months 0: none; over age 100: none)",
        kind: Kind::Table(TARGETS),
        local: Local::Free,
        basis: "[DP]",
        features: &["L07"],
        reader: Reader::Lifecycle,
        builtin: &[Builtin {
            from: day(2020, 1, 1),
            source: "设计参数：五年、年折现率3%，存量占比、车龄与使用天数默认不设目标；年使用不足60天可调出，无轨迹车辆按年1.5万公里、150天估计",
            value: BuiltinValue::Table(&[
                &[T("years"), N(5.0)],
                &[T("discount_hundredths"), N(300.0)],
                &[T("nev_stock_pct"), N(0.0)],
                &[T("mean_age_months"), N(0.0)],
                &[T("old_months"), N(96.0)],
                &[T("over_age_pct"), N(100.0)],
                &[T("use_days"), N(0.0)],
                &[T("move_below_days"), N(60.0)],
                &[T("usual_km"), N(15_000.0)],
                &[T("usual_days"), N(150.0)],
            ]),
        }],
    },
    RuleSpec {
        key: RuleKey::RenewalNewCars,
        chapter: Chapter::Renewal,
        title_en: "New cars that a plan of renewal reckons with",
        kind: Kind::Table(NEW_CARS),
        local: Local::Free,
        basis: "[DP]",
        features: &["L07"],
        reader: Reader::Lifecycle,
        builtin: &[Builtin {
            from: day(2020, 1, 1),
            source: "设计参数：价格不超过配备标准上限；固定费用为保险、年检、保养，逐年递增为维修；各地按集中采购目录调整",
            value: BuiltinValue::Table(&[
                &[T("汽油轿车"), T("sedan"), T("petrol"), N(12_000_000.0), N(700_000.0), N(90_000.0), N(70.0), N(18.0)],
                &[T("纯电轿车"), T("sedan"), T("electric"), N(15_000_000.0), N(600_000.0), N(60_000.0), N(15.0), N(20.0)],
                &[
                    T("汽油其他小型客车"),
                    T("small_bus"),
                    T("petrol"),
                    N(18_000_000.0),
                    N(850_000.0),
                    N(110_000.0),
                    N(90.0),
                    N(18.0),
                ],
                &[
                    T("纯电其他小型客车"),
                    T("small_bus"),
                    T("electric"),
                    N(18_000_000.0),
                    N(700_000.0),
                    N(70_000.0),
                    N(22.0),
                    N(20.0),
                ],
                &[T("汽油越野车"), T("suv"), T("petrol"), N(18_000_000.0), N(900_000.0), N(120_000.0), N(95.0), N(18.0)],
                &[T("纯电越野车"), T("suv"), T("electric"), N(18_000_000.0), N(750_000.0), N(80_000.0), N(22.0), N(20.0)],
                &[
                    T("柴油中型客车"),
                    T("medium_bus"),
                    T("diesel"),
                    N(35_000_000.0),
                    N(1_300_000.0),
                    N(180_000.0),
                    N(130.0),
                    N(18.0),
                ],
                &[
                    T("纯电中型客车"),
                    T("medium_bus"),
                    T("electric"),
                    N(45_000_000.0),
                    N(1_100_000.0),
                    N(120_000.0),
                    N(40.0),
                    N(20.0),
                ],
                &[
                    T("柴油大型客车"),
                    T("large_bus"),
                    T("diesel"),
                    N(45_000_000.0),
                    N(1_800_000.0),
                    N(250_000.0),
                    N(190.0),
                    N(18.0),
                ],
                &[T("柴油专用车"), T("special"), T("diesel"), N(40_000_000.0), N(1_500_000.0), N(200_000.0), N(140.0), N(18.0)],
            ]),
        }],
    },
    RuleSpec {
        key: RuleKey::ElectricFit,
        chapter: Chapter::Renewal,
        title_en: "What a battery car can do, when it is asked whether one would do",
        kind: Kind::Table(FIT),
        local: Local::Free,
        basis: "[DP]",
        features: &["L07"],
        reader: Reader::Lifecycle,
        builtin: &[Builtin {
            from: day(2020, 1, 1),
            source: "设计参数：续航400公里，12月至次年2月折减至70%，保留40公里；基地桩每小时30公里，公共桩每次补60公里；可完成天数95%以上，至少20天",
            value: BuiltinValue::Table(&[
                &[T("range_km"), N(400.0)],
                &[T("cold_pct"), N(70.0)],
                &[T("reserve_km"), N(40.0)],
                &[T("pile_km_h"), N(30.0)],
                &[T("public_km"), N(60.0)],
                &[T("days_pct"), N(95.0)],
                &[T("least_days"), N(20.0)],
                &[T("cold_from"), N(12.0)],
                &[T("cold_to"), N(2.0)],
            ]),
        }],
    },
    RuleSpec {
        key: RuleKey::ReplacementScore,
        chapter: Chapter::Renewal,
        title_en: "What makes a car urgent to renew",
        kind: Kind::Table(SCORE),
        local: Local::Free,
        basis: "[DP]",
        features: &["L07"],
        reader: Reader::Lifecycle,
        builtin: &[Builtin {
            from: day(2020, 1, 1),
            source: "设计参数，来源未给出数值：车龄40分(4至12年)、里程25分(至30万公里)、公里成本25分(同类的1至2倍)、年维修天数10分(至30天)",
            value: BuiltinValue::Table(&[
                &[T("age"), N(40.0), N(48.0), N(144.0)],
                &[T("kilometres"), N(25.0), N(0.0), N(300_000.0)],
                &[T("cost"), N(25.0), N(100.0), N(200.0)],
                &[T("repair_days"), N(10.0), N(0.0), N(30.0)],
            ]),
        }],
    },
];
