//! What a key is: kind, unit of measure, bounds, who may set it locally, the law it comes from and the features that use it.

use chrono::NaiveDate;

use super::key::{Chapter, RuleKey};
use crate::word::words;

words! {
    /// What a number of the register measures (计量单位).
    Measure, MeasureError, "rule.measure" {
        /// Money: whole fen.
        Fen = "fen", "分";
        /// Per cent.
        Percent = "percent", "%";
        /// Metres.
        Metre = "metre", "米";
        /// Kilometres.
        Kilometre = "kilometre", "公里";
        /// Kilometres an hour.
        Kmh = "kmh", "公里/小时";
        /// Seconds.
        Second = "second", "秒";
        /// Minutes.
        Minute = "minute", "分钟";
        /// Hours.
        Hour = "hour", "小时";
        /// Days.
        Day = "day", "天";
        /// Working days.
        Workday = "workday", "个工作日";
        /// Months.
        Month = "month", "个月";
        /// Years.
        Year = "year", "年";
        /// Minutes since midnight, in Beijing time.
        TimeOfDay = "time_of_day", "时刻";
        /// How many.
        Count = "count", "次";
        /// Characters.
        Character = "character", "个字符";
        /// Degrees Celsius.
        Celsius = "celsius", "℃";
        /// Litres of displacement.
        Litre = "litre", "升";
        /// Litres or kilowatt-hours in 100 km.
        PerHundredKm = "per_hundred_km", "每百公里";
        /// Kilograms of carbon dioxide a kilowatt-hour.
        KgPerKwh = "kg_per_kwh", "kgCO₂/kWh";
        /// Kilograms of carbon dioxide a litre.
        KgPerLitre = "kg_per_litre", "kgCO₂/升";
    }
}

words! {
    /// How far a unit below the top may go its own way (本级可调范围).
    Local, LocalError, "rule.local" {
        /// It may not.
        Nowhere = "nowhere", "不得调整";
        /// Either way.
        Free = "free", "可自行规定";
        /// Only upwards.
        NotBelow = "not_below", "只可提高";
        /// Only downwards.
        NotAbove = "not_above", "只可降低";
    }
}

words! {
    /// Who reads the value today (生效方式).
    Reader, ReaderError, "rule.reader" {
        /// The gateway, per unit, as soon as it is in force.
        Gateway = "gateway", "网关即时读取";
        /// The calendar, wherever days are counted.
        Calendar = "calendar", "日历读取";
        /// Requests and orders, when they are made and moved.
        Papers = "papers", "用车单据办理时读取";
        /// Papers in the life of a car, when they are made and moved.
        Lifecycle = "lifecycle", "编制、购置、更新、处置单据办理时读取";
        /// The service's own configuration; what stands here says what it should be.
        Configuration = "configuration", "由系统配置执行";
        /// A feature that is still to come.
        Later = "later", "相关功能上线后读取";
    }
}

/// A number's bounds (数值范围).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// What it measures.
    pub measure: Measure,
    /// Least.
    pub min: f64,
    /// Most.
    pub max: f64,
    /// Decimals.
    pub digits: u8,
}

/// What a column of a table holds (表列类型).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Holds {
    /// One of these words, a stable name each.
    Word(&'static [&'static str]),
    /// Any short text.
    Text,
    /// A day.
    Day,
    /// A number.
    Number(Bounds),
    /// A number, or nothing where there is no limit.
    NumberOrNone(Bounds),
    /// The end of a step, which says which row it is; nothing for whatever is beyond the last.
    Step(Bounds),
}

/// A column of a table (表列).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Column {
    /// Stable name.
    pub name: &'static str,
    /// For people.
    pub zh: &'static str,
    /// The same in English.
    pub en: &'static str,
    /// What it holds.
    pub holds: Holds,
}

/// What kind of value a key has (规则值类型).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A number.
    Number(Bounds),
    /// A list of texts; of these words where there are any.
    Texts(&'static [&'static str]),
    /// Rows.
    Table(&'static [Column]),
}

/// A cell of a built-in table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Given {
    /// A number.
    N(f64),
    /// A text.
    T(&'static str),
    /// Nothing.
    Blank,
}

/// A built-in value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BuiltinValue {
    /// A number.
    Number(f64),
    /// A list.
    Texts(&'static [&'static str]),
    /// Rows, by the columns of the key.
    Table(&'static [&'static [Given]]),
}

/// A version that the product brings along (内置版本).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Builtin {
    /// First day on which it holds.
    pub from: NaiveDate,
    /// Where it stands.
    pub source: &'static str,
    /// What it is.
    pub value: BuiltinValue,
}

/// What the register says of a key (规则项说明).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RuleSpec {
    /// The key.
    pub key: RuleKey,
    /// Where it stands.
    pub chapter: Chapter,
    /// Its title in English; the Chinese one is the key's term.
    pub title_en: &'static str,
    /// What kind of value.
    pub kind: Kind,
    /// How far units below the top may go their own way.
    pub local: Local,
    /// Law or design parameter.
    pub basis: &'static str,
    /// Rows of the feature list that use it.
    pub features: &'static [&'static str],
    /// Who reads it today.
    pub reader: Reader,
    /// What the product brings along, oldest first; never empty.
    pub builtin: &'static [Builtin],
}

impl Bounds {
    /// Whole numbers of `measure`.
    pub(super) const fn whole(measure: Measure, min: f64, max: f64) -> Self {
        Self { measure, min, max, digits: 0 }
    }

    /// Numbers with decimals.
    pub(super) const fn decimal(measure: Measure, min: f64, max: f64, digits: u8) -> Self {
        Self { measure, min, max, digits }
    }
}

/// A date of the list.
pub(super) const fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a date of the calendar")
}

/// A number that the product brings along since `from`.
pub(super) const fn number(from: NaiveDate, value: f64, source: &'static str) -> Builtin {
    Builtin { from, source, value: BuiltinValue::Number(value) }
}
