//! The combustion engine (0x04).

use crate::gb32960::cursor::Cursor;
use crate::gb32960::header::Edition;
use crate::gb32960::layout::{Item, Named, Number, Shape};

const STATE: &[Named] = &[(1, "on", "启动"), (2, "off", "关闭")];
const CRANKSHAFT: Item = Item::number("crankshaft_speed_rpm", "曲轴转速", "crankshaft speed", Number::U16);
const V2016: &[Item] = &[
    Item::code("state", "发动机状态", "engine state", STATE),
    CRANKSHAFT,
    Item::number("fuel_consumption_l_per_100km", "燃料消耗率", "fuel consumption", Number::U16.per(100)),
];
const V2025: &[Item] = &[CRANKSHAFT];

/// Tables 13 of 2016 and 20 of 2025.
pub(crate) static ENGINE_2016: Item = Item::new("engine", "发动机", "engine", Shape::Object(V2016));
pub(crate) static ENGINE_2025: Item = Item::new("engine", "发动机", "engine", Shape::Object(V2025));

/// Turns of the crankshaft a minute.
pub(crate) fn crankshaft_rpm(edition: Edition, body: &[u8]) -> Option<f64> {
    let mut cursor = Cursor::new(body);
    if edition == Edition::V2016 {
        cursor.skip(1)?;
    }
    cursor.number(Number::U16).filter(|rpm| *rpm <= 60_000.0)
}
