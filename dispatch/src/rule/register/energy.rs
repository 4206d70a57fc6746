//! Consumption and emission factors (能耗与碳排放), by the day they were published: closed years stay as they were.

use crate::rule::key::{Chapter, RuleKey};
use crate::rule::spec::Given::{N, T};
use crate::rule::spec::{Bounds, Builtin, BuiltinValue, Column, Holds, Kind, Local, Measure, Reader, RuleSpec, day};

const REGIONS: &[&str] =
    &["nation", "north", "northeast", "east", "central", "northwest", "south", "southwest", "excluding_traded", "fossil_only"];
const GRID: &[Column] = &[
    Column { name: "region", zh: "区域", en: "Region", holds: Holds::Word(REGIONS) },
    Column { name: "factor", zh: "因子", en: "Factor", holds: Holds::Number(Bounds::decimal(Measure::KgPerKwh, 0.0, 2.0, 4)) },
];

const ENERGY: Column =
    Column { name: "energy", zh: "能源", en: "Energy", holds: Holds::Word(&["petrol", "diesel", "electric"]) };
const FUEL: &[Column] = &[
    ENERGY,
    Column {
        name: "factor", zh: "因子", en: "Factor", holds: Holds::Number(Bounds::decimal(Measure::KgPerLitre, 0.0, 5.0, 3))
    },
];
const CONSUMPTION: &[Column] = &[
    ENERGY,
    Column {
        name: "most",
        zh: "上限",
        en: "At most",
        holds: Holds::Number(Bounds::decimal(Measure::PerHundredKm, 0.0, 100.0, 1)),
    },
];

pub(super) const SPECS: &[RuleSpec] = &[
    RuleSpec {
        key: RuleKey::GridFactor,
        chapter: Chapter::Energy,
        title_en: "Emission factors of electricity",
        kind: Kind::Table(GRID),
        local: Local::Nowhere,
        basis: "[V 66] [V 67] [BG]",
        features: &["R06"],
        reader: Reader::Papers,
        builtin: &[
            Builtin {
                from: day(2021, 1, 1),
                source: "2021年全国电力二氧化碳排放因子(背景资料，待核)",
                value: BuiltinValue::Table(&[&[T("nation"), N(0.5568)]]),
            },
            Builtin {
                from: day(2024, 12, 20),
                source: "生态环境部、国家统计局《关于发布2022年电力二氧化碳排放因子的公告》(2024-12-20)",
                value: BuiltinValue::Table(&[&[T("nation"), N(0.5366)]]),
            },
            Builtin {
                from: day(2026, 1, 15),
                source: "生态环境部、国家统计局2023年电力二氧化碳排放因子(2026-01公布);南方、西南未取得",
                value: BuiltinValue::Table(&[
                    &[T("nation"), N(0.5306)],
                    &[T("north"), N(0.6361)],
                    &[T("northeast"), N(0.5122)],
                    &[T("east"), N(0.55)],
                    &[T("central"), N(0.5271)],
                    &[T("northwest"), N(0.5543)],
                    &[T("excluding_traded"), N(0.6096)],
                    &[T("fossil_only"), N(0.8273)],
                ]),
            },
        ],
    },
    RuleSpec {
        key: RuleKey::GridRegion,
        chapter: Chapter::Energy,
        title_en: "Whose factor of electricity is used, the first that is published",
        kind: Kind::Texts(REGIONS),
        local: Local::Free,
        basis: "[V 66] [DP]",
        features: &["R06"],
        reader: Reader::Papers,
        builtin: &[Builtin {
            from: day(2021, 1, 1),
            source: "设计参数：默认采用全国平均因子，来源未规定采用口径",
            value: BuiltinValue::Texts(&["nation"]),
        }],
    },
    RuleSpec {
        key: RuleKey::FuelFactor,
        chapter: Chapter::Energy,
        title_en: "Emission factors of fuels",
        kind: Kind::Table(FUEL),
        local: Local::Nowhere,
        basis: "[V2 68] [BG] [D]",
        features: &["R06"],
        reader: Reader::Papers,
        builtin: &[Builtin {
            from: day(2021, 1, 1),
            source: "按企业核算指南通用参数推算：汽油2.9251吨/吨、密度0.74;柴油3.0959吨/吨、密度0.84",
            value: BuiltinValue::Table(&[&[T("petrol"), N(2.16)], &[T("diesel"), N(2.6)]]),
        }],
    },
    RuleSpec {
        key: RuleKey::ConsumptionCap,
        chapter: Chapter::Energy,
        title_en: "Consumption in 100 km, at most",
        kind: Kind::Table(CONSUMPTION),
        local: Local::Free,
        basis: "[V2 64] [V 20]",
        features: &["T10", "R07"],
        reader: Reader::Later,
        builtin: &[Builtin {
            from: day(2020, 1, 1),
            source: "实例办法:9.5升、15.9千瓦时",
            value: BuiltinValue::Table(&[&[T("petrol"), N(9.5)], &[T("electric"), N(15.9)]]),
        }],
    },
];
