//! What may be bought (配备标准): ceilings of price and displacement, shares of new energy.

use crate::rule::key::{Chapter, RuleKey};
use crate::rule::spec::Given::{Blank, N, T};
use crate::rule::spec::{Bounds, Builtin, BuiltinValue, Column, Holds, Kind, Local, Measure, Reader, RuleSpec, day, number};

const CATEGORIES: &[&str] =
    &["confidential_courier", "emergency_support", "law_enforcement", "special_technical", "retired_cadre_service", "other"];
const POWERTRAINS: &[&str] = &["petrol", "diesel", "hybrid", "plug_in_hybrid", "electric", "hydrogen"];
const PERCENT: Kind = Kind::Number(Bounds::decimal(Measure::Percent, 0.0, 100.0, 2));

/// Prices are before the purchase tax: the 2023 rules for institutions say so, and say it of the same figures.
const CEILING: &[Column] = &[
    Column { name: "category", zh: "车辆类别", en: "Category", holds: Holds::Word(CATEGORIES) },
    Column { name: "powertrain", zh: "动力", en: "Powertrain", holds: Holds::Word(&["fuel", "new_energy"]) },
    Column { name: "case", zh: "情形", en: "Case", holds: Holds::Word(&["ordinary", "need", "exception", "coach"]) },
    Column {
        name: "price_fen",
        zh: "价格上限(不含购置税)",
        en: "Price ceiling (before purchase tax)",
        holds: Holds::Number(Bounds::whole(Measure::Fen, 1_000_000.0, 200_000_000.0)),
    },
    Column {
        name: "displacement_l",
        zh: "排量上限",
        en: "Displacement ceiling",
        holds: Holds::NumberOrNone(Bounds::decimal(Measure::Litre, 0.5, 8.0, 1)),
    },
];

pub(super) const SPECS: &[RuleSpec] = &[
    RuleSpec {
        key: RuleKey::EquipmentCeiling,
        chapter: Chapter::Equipment,
        title_en: "Ceilings of price and displacement",
        kind: Kind::Table(CEILING),
        local: Local::NotAbove,
        basis: "[V 1] [V 2] [V 3] [V 12] [V2 22] [BG]",
        features: &["L04"],
        reader: Reader::Later,
        builtin: &[Builtin {
            from: day(2017, 12, 5),
            source: "《党政机关公务用车管理办法》(中办发〔2017〕71号);事业单位办法(试行)第九、十条同",
            value: BuiltinValue::Table(&[
                &[T("confidential_courier"), T("fuel"), T("ordinary"), N(12_000_000.0), N(1.6)],
                &[T("emergency_support"), T("fuel"), T("ordinary"), N(18_000_000.0), N(1.8)],
                &[T("emergency_support"), T("fuel"), T("exception"), N(25_000_000.0), N(3.0)],
                &[T("emergency_support"), T("fuel"), T("coach"), N(45_000_000.0), Blank],
                &[T("law_enforcement"), T("fuel"), T("ordinary"), N(12_000_000.0), N(1.6)],
                &[T("law_enforcement"), T("fuel"), T("need"), N(18_000_000.0), N(1.8)],
                &[T("law_enforcement"), T("fuel"), T("exception"), N(25_000_000.0), N(3.0)],
                &[T("law_enforcement"), T("fuel"), T("coach"), N(45_000_000.0), Blank],
                &[T("retired_cadre_service"), T("fuel"), T("ordinary"), N(18_000_000.0), N(1.8)],
                &[T("retired_cadre_service"), T("fuel"), T("exception"), N(25_000_000.0), N(3.0)],
                &[T("retired_cadre_service"), T("fuel"), T("coach"), N(45_000_000.0), Blank],
                &[T("other"), T("fuel"), T("ordinary"), N(18_000_000.0), N(1.8)],
                &[T("other"), T("fuel"), T("exception"), N(25_000_000.0), N(3.0)],
                &[T("other"), T("fuel"), T("coach"), N(45_000_000.0), Blank],
                &[T("confidential_courier"), T("new_energy"), T("ordinary"), N(18_000_000.0), Blank],
                &[T("emergency_support"), T("new_energy"), T("ordinary"), N(18_000_000.0), Blank],
                &[T("law_enforcement"), T("new_energy"), T("ordinary"), N(18_000_000.0), Blank],
                &[T("special_technical"), T("new_energy"), T("ordinary"), N(18_000_000.0), Blank],
                &[T("retired_cadre_service"), T("new_energy"), T("ordinary"), N(18_000_000.0), Blank],
                &[T("other"), T("new_energy"), T("ordinary"), N(18_000_000.0), Blank],
            ]),
        }],
    },
    RuleSpec {
        key: RuleKey::NevShare,
        chapter: Chapter::Equipment,
        title_en: "Least share of new-energy cars bought in a year",
        kind: PERCENT,
        local: Local::NotBelow,
        basis: "[S1] [S2] [S4] [V 3] [V 11]",
        features: &["L05", "R06"],
        reader: Reader::Later,
        builtin: &[
            number(day(2021, 6, 30), 30.0, "国管局公共机构节约能源资源规划：到2025年新增及更新车辆中新能源汽车比例不低于30%"),
            number(day(2024, 12, 30), 30.0, "财政部办公厅《关于进一步明确新能源汽车政府采购比例要求的通知》(2024-12-30)"),
        ],
    },
    RuleSpec {
        key: RuleKey::NevShareCourier,
        chapter: Chapter::Equipment,
        title_en: "The same for couriers and fixed routes in town",
        kind: PERCENT,
        local: Local::NotBelow,
        basis: "[S4] [V 11]",
        features: &["L05"],
        reader: Reader::Later,
        builtin: &[number(
            day(2024, 12, 30),
            100.0,
            "财政部办公厅《关于进一步明确新能源汽车政府采购比例要求的通知》(2024-12-30)",
        )],
    },
    RuleSpec {
        key: RuleKey::NevPowertrains,
        chapter: Chapter::Equipment,
        title_en: "Powertrains that count as new energy",
        kind: Kind::Texts(POWERTRAINS),
        local: Local::Nowhere,
        basis: "[BG]",
        features: &["L05", "R06"],
        reader: Reader::Papers,
        builtin: &[Builtin {
            from: day(2017, 12, 5),
            source: "通行口径：插电式混合动力(含增程)、纯电动、燃料电池；普通混合动力不计",
            value: BuiltinValue::Texts(&["plug_in_hybrid", "electric", "hydrogen"]),
        }],
    },
    RuleSpec {
        key: RuleKey::NevPowertrainsPlan,
        chapter: Chapter::Equipment,
        title_en: "Powertrains that count in the national plan's report",
        kind: Kind::Texts(POWERTRAINS),
        local: Local::Nowhere,
        basis: "[S2]",
        features: &["R06"],
        reader: Reader::Papers,
        builtin: &[Builtin {
            from: day(2021, 6, 30),
            source: "国管局规划(2021-06-30):新能源汽车(包括混合动力、燃料电池汽车)",
            value: BuiltinValue::Texts(&["hybrid", "plug_in_hybrid", "electric", "hydrogen"]),
        }],
    },
];
