//! The highest and the lowest of many cells and probes (0x06 of 2016, 0x32 of 2025).

use crate::gb32960::cursor::Cursor;
use crate::gb32960::layout::{Item, Number, Shape};
use crate::traction::Span;

const V2016: &[Item] = &[
    Item::number("max_voltage_subsystem", "最高电压电池子系统号", "subsystem of the highest voltage", Number::U8),
    Item::number("max_voltage_cell", "最高电压电池单体代号", "cell of the highest voltage", Number::U8),
    Item::number("max_cell_voltage_v", "电池单体电压最高值", "highest cell voltage", Number::MILLI),
    Item::number("min_voltage_subsystem", "最低电压电池子系统号", "subsystem of the lowest voltage", Number::U8),
    Item::number("min_voltage_cell", "最低电压电池单体代号", "cell of the lowest voltage", Number::U8),
    Item::number("min_cell_voltage_v", "电池单体电压最低值", "lowest cell voltage", Number::MILLI),
    Item::number("max_temperature_subsystem", "最高温度子系统号", "subsystem of the highest temperature", Number::U8),
    Item::number("max_temperature_probe", "最高温度探针序号", "probe of the highest temperature", Number::U8),
    Item::number("max_temperature_c", "最高温度值", "highest temperature", Number::CELSIUS),
    Item::number("min_temperature_subsystem", "最低温度子系统号", "subsystem of the lowest temperature", Number::U8),
    Item::number("min_temperature_probe", "最低温度探针序号", "probe of the lowest temperature", Number::U8),
    Item::number("min_temperature_c", "最低温度值", "lowest temperature", Number::CELSIUS),
];
/// The same of a supercapacitor, with a word for the number of a cell or a probe.
const SUPERCAPACITOR: &[Item] = &[
    Item::number("max_voltage_system", "最高电压管理系统号", "system of the highest voltage", Number::U8),
    Item::number("max_voltage_cell", "最高电压超级电容单体代号", "cell of the highest voltage", Number::U16),
    Item::number("max_cell_voltage_v", "超级电容单体电压最高值", "highest cell voltage", Number::MILLI),
    Item::number("min_voltage_system", "最低电压管理系统号", "system of the lowest voltage", Number::U8),
    Item::number("min_voltage_cell", "最低电压超级电容单体代号", "cell of the lowest voltage", Number::U16),
    Item::number("min_cell_voltage_v", "超级电容单体电压最低值", "lowest cell voltage", Number::MILLI),
    Item::number("max_temperature_system", "最高温度管理系统号", "system of the highest temperature", Number::U8),
    Item::number("max_temperature_probe", "最高温度探针代号", "probe of the highest temperature", Number::U16),
    Item::number("max_temperature_c", "最高温度值", "highest temperature", Number::CELSIUS),
    Item::number("min_temperature_system", "最低温度管理系统号", "system of the lowest temperature", Number::U8),
    Item::number("min_temperature_probe", "最低温度探针代号", "probe of the lowest temperature", Number::U16),
    Item::number("min_temperature_c", "最低温度值", "lowest temperature", Number::CELSIUS),
];

/// Table 16 of 2016.
pub(crate) static EXTREMES: Item = Item::new("extremes", "极值数据", "extremes", Shape::Object(V2016));
/// Table 26 of 2025.
pub(crate) static SUPERCAPACITOR_EXTREMES: Item =
    Item::new("supercapacitor_extremes", "超级电容器极值数据", "supercapacitor extremes", Shape::Object(SUPERCAPACITOR));

/// What the tracker needs of the battery's: cell voltages and temperatures, each where both ends are told.
pub(crate) fn read(body: &[u8]) -> (Option<Span>, Option<Span>) {
    let mut cursor = Cursor::new(body);
    let mut next = |number: Number| {
        cursor.skip(2)?;
        cursor.number(number)
    };
    let voltages = (next(Number::MILLI), next(Number::MILLI));
    let temperatures = (next(Number::CELSIUS), next(Number::CELSIUS));
    (span(voltages), span(temperatures))
}

fn span((max, min): (Option<f64>, Option<f64>)) -> Option<Span> {
    let (max, min) = (max?, min?);
    (min <= max).then_some(Span { max, min })
}
