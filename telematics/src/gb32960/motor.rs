//! Drive motors (0x02), one after the other.

use crate::gb32960::cursor::Cursor;
use crate::gb32960::header::Edition;
use crate::gb32960::layout::{Item, Named, Number, Shape, Width};
use crate::traction::Motor;

const STATE: &[Named] = &[(1, "consuming", "耗电"), (2, "generating", "发电"), (3, "off", "关闭"), (4, "ready", "准备")];
const SPEED_2016: Number = Number::U16.minus(20_000);
const SPEED_2025: Number = Number::U16.minus(32_000);
const TORQUE_2016: Number = Number::U16.minus(20_000).per(10);
const TORQUE_2025: Number = Number::U32.minus(200_000).per(10);

const fn common(speed: Number, torque: Number) -> [Item; 6] {
    [
        Item::number("index", "驱动电机序号", "motor number", Number::U8),
        Item::code("state", "驱动电机状态", "motor state", STATE),
        Item::number("controller_temperature_c", "驱动电机控制器温度", "controller temperature", Number::CELSIUS),
        Item::number("speed_rpm", "驱动电机转速", "motor speed", speed),
        Item::number("torque_nm", "驱动电机转矩", "motor torque", torque),
        Item::number("temperature_c", "驱动电机温度", "motor temperature", Number::CELSIUS),
    ]
}

const V2016: &[Item] = &{
    let [a, b, c, d, e, f] = common(SPEED_2016, TORQUE_2016);
    [
        a,
        b,
        c,
        d,
        e,
        f,
        Item::number("controller_voltage_v", "电机控制器输入电压", "controller input voltage", Number::DECI),
        Item::number("controller_current_a", "电机控制器直流母线电流", "controller bus current", Number::DECI.minus(10_000)),
    ]
};
const V2025: &[Item] = &common(SPEED_2025, TORQUE_2025);

/// Tables 10 and 11 of 2016, 15 and 16 of 2025.
pub(crate) static MOTORS_2016: Item = Item::new("motors", "驱动电机", "motor", Shape::Group(Width::One, V2016));
pub(crate) static MOTORS_2025: Item = Item::new("motors", "驱动电机", "motor", Shape::Group(Width::One, V2025));

/// The motors of a body, in the order in which they were told.
pub(crate) fn read(edition: Edition, body: &[u8], into: &mut Vec<Motor>) -> Option<()> {
    let (speed, torque, behind) = match edition {
        Edition::V2016 => (SPEED_2016, TORQUE_2016, 4),
        Edition::V2025 => (SPEED_2025, TORQUE_2025, 0),
    };
    let mut cursor = Cursor::new(body);
    let count = Width::One.count(cursor.take(1)?)?;
    into.reserve(count);
    for _ in 0..count {
        cursor.skip(3)?;
        let motor = Motor {
            speed_rpm: cursor.number(speed),
            torque_nm: cursor.number(torque),
            temperature_c: cursor.number(Number::CELSIUS),
        };
        cursor.skip(behind)?;
        into.push(motor);
    }
    Some(())
}
