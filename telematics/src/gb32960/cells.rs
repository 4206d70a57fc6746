//! Cell voltages (0x08 of 2016, 0x07 of 2025), cell by cell, and the supercapacitor's (0x31).

use crate::gb32960::cursor::Cursor;
use crate::gb32960::header::Edition;
use crate::gb32960::layout::{Item, Number, Shape, Width};
use crate::traction::Span;

/// More than 200 cells of a subsystem come in several packets, each of which says where it begins.
const SUBSYSTEM: &[Item] = &[
    Item::number("index", "可充电储能子系统号", "subsystem number", Number::U8),
    Item::number("voltage_v", "可充电储能装置电压", "subsystem voltage", Number::DECI),
    Item::number("current_a", "可充电储能装置电流", "subsystem current", Number::DECI.minus(10_000)),
    Item::number("cell_count", "单体电池总数", "number of cells", Number::U16),
    Item::number("first_cell", "本帧起始电池序号", "first cell of this packet", Number::U16),
    Item::new("cell_voltages_v", "单体电池电压", "cell voltage", Shape::List(Width::One, Number::MILLI)),
];
const PACK: &[Item] = &[
    Item::number("index", "动力蓄电池包号", "pack number", Number::U8),
    Item::number("voltage_v", "动力蓄电池包电压", "pack voltage", Number::DECI),
    Item::number("current_a", "动力蓄电池包电流", "pack current", Number::DECI.minus(30_000)),
    Item::new("cell_voltages_v", "最小并联单元电压", "cell voltage", Shape::List(Width::Two, Number::MILLI)),
];
const SUPERCAPACITOR_ITEMS: &[Item] = &[
    Item::number("index", "超级电容管理系统号", "system number", Number::U8),
    Item::number("voltage_v", "超级电容总电压", "total voltage", Number::DECI),
    Item::number("current_a", "超级电容总电流", "total current", Number::DECI.minus(30_000)),
    Item::new("cell_voltages_v", "超级电容单体电压", "cell voltage", Shape::List(Width::Two, Number::MILLI)),
    Item::new("probe_temperatures_c", "探针温度值", "probe temperature", Shape::List(Width::Two, Number::CELSIUS)),
];

/// Tables B.5 and B.6 of 2016.
pub(crate) static CELLS_2016: Item = Item::new("cells", "可充电储能子系统", "subsystem", Shape::Group(Width::One, SUBSYSTEM));
/// Tables 11 and 12 of 2025.
pub(crate) static CELLS_2025: Item = Item::new("cells", "动力蓄电池包", "pack", Shape::Group(Width::One, PACK));
/// Table 25 of 2025.
pub(crate) static SUPERCAPACITOR: Item =
    Item::new("supercapacitor", "超级电容器", "supercapacitor", Shape::Object(SUPERCAPACITOR_ITEMS));

/// The highest and the lowest cell of a body; none where a subsystem tells but a part of its cells.
pub(crate) fn extremes(edition: Edition, body: &[u8]) -> Option<Span> {
    let mut cursor = Cursor::new(body);
    let mut found: Option<(u16, u16)> = None;
    for _ in 0..Width::One.count(cursor.take(1)?)? {
        cursor.skip(5)?;
        let count = match edition {
            Edition::V2016 => {
                let all = usize::from(cursor.word()?);
                cursor.skip(2)?;
                let here = Width::One.count(cursor.take(1)?)?;
                if here != all {
                    return None;
                }
                here
            }
            Edition::V2025 => Width::Two.count(cursor.take(2)?)?,
        };
        for cell in cursor.take(count * 2)?.chunks_exact(2) {
            let millivolts = cell.try_into().map_or(u16::MAX, u16::from_be_bytes);
            if millivolts < 0xfffe {
                found =
                    found.map_or(Some((millivolts, millivolts)), |(max, min)| Some((max.max(millivolts), min.min(millivolts))));
            }
        }
    }
    found.map(|(max, min)| Span { max: f64::from(max) / 1000.0, min: f64::from(min) / 1000.0 })
}
