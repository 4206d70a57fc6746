//! Days and hours of work (日历与工时), as the yearly notices of the State Council's General Office say.

use crate::rule::key::{Chapter, RuleKey};
use crate::rule::spec::Given::{N, T};
use crate::rule::spec::{Bounds, Builtin, BuiltinValue, Column, Holds, Kind, Local, Measure, Reader, RuleSpec, day};

const DAYS: &[Column] = &[
    Column { name: "first", zh: "起", en: "First day", holds: Holds::Day },
    Column { name: "last", zh: "止", en: "Last day", holds: Holds::Day },
    Column { name: "kind", zh: "性质", en: "Kind", holds: Holds::Word(&["holiday", "swap_workday"]) },
    Column { name: "name", zh: "节日", en: "Holiday", holds: Holds::Text },
];

const TIME: Bounds = Bounds::whole(Measure::TimeOfDay, 0.0, 1440.0);
const HOURS: &[Column] = &[
    Column { name: "from", zh: "起", en: "From", holds: Holds::Step(TIME) },
    Column { name: "to", zh: "止", en: "To", holds: Holds::Number(TIME) },
];

pub(super) const SPECS: &[RuleSpec] = &[
    RuleSpec {
        key: RuleKey::CalendarDays,
        chapter: Chapter::Calendar,
        title_en: "Legal holidays and swap-workdays",
        kind: Kind::Table(DAYS),
        local: Local::Free,
        basis: "[V 30] [P 27]",
        features: &["T06", "D02", "D19"],
        reader: Reader::Calendar,
        builtin: &[
            Builtin {
                from: day(2024, 1, 1),
                source: "国办发明电〔2023〕7号(国务院办公厅,2023-10-25)",
                value: BuiltinValue::Table(&[
                    &[T("2024-01-01"), T("2024-01-01"), T("holiday"), T("元旦")],
                    &[T("2024-02-10"), T("2024-02-17"), T("holiday"), T("春节")],
                    &[T("2024-04-04"), T("2024-04-06"), T("holiday"), T("清明节")],
                    &[T("2024-05-01"), T("2024-05-05"), T("holiday"), T("劳动节")],
                    &[T("2024-06-10"), T("2024-06-10"), T("holiday"), T("端午节")],
                    &[T("2024-09-15"), T("2024-09-17"), T("holiday"), T("中秋节")],
                    &[T("2024-10-01"), T("2024-10-07"), T("holiday"), T("国庆节")],
                    &[T("2024-02-04"), T("2024-02-04"), T("swap_workday"), T("春节")],
                    &[T("2024-02-18"), T("2024-02-18"), T("swap_workday"), T("春节")],
                    &[T("2024-04-07"), T("2024-04-07"), T("swap_workday"), T("清明节")],
                    &[T("2024-04-28"), T("2024-04-28"), T("swap_workday"), T("劳动节")],
                    &[T("2024-05-11"), T("2024-05-11"), T("swap_workday"), T("劳动节")],
                    &[T("2024-09-14"), T("2024-09-14"), T("swap_workday"), T("中秋节")],
                    &[T("2024-09-29"), T("2024-09-29"), T("swap_workday"), T("国庆节")],
                    &[T("2024-10-12"), T("2024-10-12"), T("swap_workday"), T("国庆节")],
                ]),
            },
            Builtin {
                from: day(2025, 1, 1),
                source: "国办发明电〔2024〕12号(国务院办公厅,2024-11-12)",
                value: BuiltinValue::Table(&[
                    &[T("2025-01-01"), T("2025-01-01"), T("holiday"), T("元旦")],
                    &[T("2025-01-28"), T("2025-02-04"), T("holiday"), T("春节")],
                    &[T("2025-04-04"), T("2025-04-06"), T("holiday"), T("清明节")],
                    &[T("2025-05-01"), T("2025-05-05"), T("holiday"), T("劳动节")],
                    &[T("2025-05-31"), T("2025-06-02"), T("holiday"), T("端午节")],
                    &[T("2025-10-01"), T("2025-10-08"), T("holiday"), T("国庆节、中秋节")],
                    &[T("2025-01-26"), T("2025-01-26"), T("swap_workday"), T("春节")],
                    &[T("2025-02-08"), T("2025-02-08"), T("swap_workday"), T("春节")],
                    &[T("2025-04-27"), T("2025-04-27"), T("swap_workday"), T("劳动节")],
                    &[T("2025-09-28"), T("2025-09-28"), T("swap_workday"), T("国庆节、中秋节")],
                    &[T("2025-10-11"), T("2025-10-11"), T("swap_workday"), T("国庆节、中秋节")],
                ]),
            },
            Builtin {
                from: day(2026, 1, 1),
                source: "国办发明电〔2025〕7号(国务院办公厅,2025-11-04)",
                value: BuiltinValue::Table(&[
                    &[T("2026-01-01"), T("2026-01-03"), T("holiday"), T("元旦")],
                    &[T("2026-02-15"), T("2026-02-23"), T("holiday"), T("春节")],
                    &[T("2026-04-04"), T("2026-04-06"), T("holiday"), T("清明节")],
                    &[T("2026-05-01"), T("2026-05-05"), T("holiday"), T("劳动节")],
                    &[T("2026-06-19"), T("2026-06-21"), T("holiday"), T("端午节")],
                    &[T("2026-09-25"), T("2026-09-27"), T("holiday"), T("中秋节")],
                    &[T("2026-10-01"), T("2026-10-07"), T("holiday"), T("国庆节")],
                    &[T("2026-01-04"), T("2026-01-04"), T("swap_workday"), T("元旦")],
                    &[T("2026-02-14"), T("2026-02-14"), T("swap_workday"), T("春节")],
                    &[T("2026-02-28"), T("2026-02-28"), T("swap_workday"), T("春节")],
                    &[T("2026-05-09"), T("2026-05-09"), T("swap_workday"), T("劳动节")],
                    &[T("2026-09-20"), T("2026-09-20"), T("swap_workday"), T("国庆节")],
                    &[T("2026-10-10"), T("2026-10-10"), T("swap_workday"), T("国庆节")],
                ]),
            },
        ],
    },
    RuleSpec {
        key: RuleKey::WorkingHours,
        chapter: Chapter::Calendar,
        title_en: "Hours of work",
        kind: Kind::Table(HOURS),
        local: Local::Free,
        basis: "[P 43] [DP]",
        features: &["T06"],
        reader: Reader::Calendar,
        builtin: &[Builtin {
            from: day(2020, 1, 1),
            source: "设计参数，来源未给出数值",
            value: BuiltinValue::Table(&[&[N(510.0), N(720.0)], &[N(810.0), N(1050.0)]]),
        }],
    },
];
