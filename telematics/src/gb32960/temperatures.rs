//! Probe temperatures of the battery (0x09 of 2016, 0x08 of 2025).

use crate::gb32960::cursor::Cursor;
use crate::gb32960::layout::{Item, Number, Shape, Width};
use crate::traction::Span;

const SUBSYSTEM: &[Item] = &[
    Item::number("index", "可充电储能子系统号", "subsystem number", Number::U8),
    Item::new("temperatures_c", "探针温度值", "probe temperature", Shape::List(Width::Two, Number::CELSIUS)),
];
const PACK: &[Item] = &[
    Item::number("index", "动力蓄电池包号", "pack number", Number::U8),
    Item::new("temperatures_c", "探针温度值", "probe temperature", Shape::List(Width::Two, Number::CELSIUS)),
];

/// Tables B.7 and B.8 of 2016.
pub(crate) static TEMPERATURES_2016: Item =
    Item::new("temperatures", "可充电储能子系统温度", "subsystem temperatures", Shape::Group(Width::One, SUBSYSTEM));
/// Tables 13 and 14 of 2025.
pub(crate) static TEMPERATURES_2025: Item =
    Item::new("temperatures", "动力蓄电池包温度", "pack temperatures", Shape::Group(Width::One, PACK));

/// The highest and the lowest of all probes.
pub(crate) fn extremes(body: &[u8]) -> Option<Span> {
    let mut cursor = Cursor::new(body);
    let mut found: Option<(u8, u8)> = None;
    for _ in 0..Width::One.count(cursor.take(1)?)? {
        cursor.skip(1)?;
        let count = Width::Two.count(cursor.take(2)?)?;
        for probe in cursor.take(count)?.iter().copied().filter(|probe| *probe < 0xfe) {
            found = found.map_or(Some((probe, probe)), |(max, min)| Some((max.max(probe), min.min(probe))));
        }
    }
    found.map(|(max, min)| Span { max: f64::from(max) - 40.0, min: f64::from(min) - 40.0 })
}
