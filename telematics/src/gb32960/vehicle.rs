//! The vehicle as a whole (0x01): state, speed, odometer, voltage, current, charge.

use serde_json::{Map, Value};

use crate::gb32960::cursor::Cursor;
use crate::gb32960::header::Edition;
use crate::gb32960::layout::{Item, Named, Number, Shape};
use crate::gb32960::walk::{Short, Walker};
use crate::traction::{ChargeState, DriveMode};

const STATE: &[Named] = &[(1, "on", "启动"), (2, "off", "熄火"), (3, "other", "其他")];
const CHARGE: &[Named] = &[
    (1, "parked_charging", "停车充电"),
    (2, "driving_charging", "行驶充电"),
    (3, "not_charging", "未充电"),
    (4, "complete", "充电完成"),
];
const DRIVE: &[Named] = &[(1, "electric", "纯电"), (2, "hybrid", "混动"), (3, "fuel", "燃油")];
/// 0x01 works, 0x02 is off; of DC/DC converters wherever they occur.
pub(crate) const DC_DC: &[Named] = &[(1, "working", "工作"), (2, "disconnected", "断开")];

const SPEED: Number = Number::DECI;
const ODOMETER: Number = Number::U32.per(10);
const VOLTAGE: Number = Number::DECI;
/// The current has another zero in each edition: 1,000 A and 3,000 A below nothing.
const CURRENT_2016: Number = Number::DECI.minus(10_000);
const CURRENT_2025: Number = Number::DECI.minus(30_000);
const INSULATION: Number = Number::U16;

const fn common(current: Number) -> [Item; 9] {
    [
        Item::code("state", "车辆状态", "vehicle state", STATE),
        Item::code("charge_state", "充电状态", "charge state", CHARGE),
        Item::code("drive_mode", "运行模式", "drive mode", DRIVE),
        Item::number("speed_kmh", "车速", "speed", SPEED),
        Item::number("odometer_km", "累计里程", "odometer", ODOMETER),
        Item::number("voltage_v", "总电压", "total voltage", VOLTAGE),
        Item::number("current_a", "总电流", "total current", current),
        Item::number("soc_pct", "SOC", "state of charge", Number::U8),
        Item::code("dc_dc_state", "DC/DC状态", "DC/DC state", DC_DC),
    ]
}

const V2016: &[Item] = &{
    let [a, b, c, d, e, f, g, h, i] = common(CURRENT_2016);
    [
        a,
        b,
        c,
        d,
        e,
        f,
        g,
        h,
        i,
        Item::new("gear", "挡位", "gear", Shape::Own(1, gear_2016)),
        Item::number("insulation_kohm", "绝缘电阻", "insulation resistance", INSULATION),
        Item::number("accelerator_pedal_pct", "加速踏板行程值", "accelerator pedal", Number::U8),
        Item::new("brake_pedal_pct", "制动踏板状态", "brake pedal", Shape::Own(1, brake)),
    ]
};
const V2025: &[Item] = &{
    let [a, b, c, d, e, f, g, h, i] = common(CURRENT_2025);
    [
        a,
        b,
        c,
        d,
        e,
        f,
        g,
        h,
        i,
        Item::new("gear", "挡位", "gear", Shape::Own(1, gear_2025)),
        Item::number("insulation_kohm", "高压对地绝缘电阻", "insulation resistance", INSULATION),
    ]
};

/// Tables B.4 of 2016 and 10 of 2025.
pub(crate) static VEHICLE_2016: Item = Item::new("vehicle", "整车数据", "vehicle", Shape::Object(V2016));
pub(crate) static VEHICLE_2025: Item = Item::new("vehicle", "整车数据", "vehicle", Shape::Object(V2025));

/// Table A.1; bits 7 and 6 are reserved in 2016.
fn gear_2016(walker: &mut Walker<'_, '_>, item: &'static Item, into: &mut Map<String, Value>) -> Result<(), Short> {
    gear(walker, item, into, 0)
}

/// Table A.1; bit 7 says that the gear is invalid.
fn gear_2025(walker: &mut Walker<'_, '_>, item: &'static Item, into: &mut Map<String, Value>) -> Result<(), Short> {
    gear(walker, item, into, 0x80)
}

fn gear(walker: &mut Walker<'_, '_>, item: &'static Item, into: &mut Map<String, Value>, invalid: u8) -> Result<(), Short> {
    let byte = walker.byte(item.en)?;
    let told = byte < 0xfe;
    let gear = (told && byte & invalid == 0).then(|| match byte & 0x0f {
        0 => "neutral".to_owned(),
        13 => "reverse".to_owned(),
        14 => "drive".to_owned(),
        15 => "park".to_owned(),
        number => number.to_string(),
    });
    let gear = Value::from(gear);
    walker.tell((item.zh, item.en), 1, &gear);
    into.insert(item.key.to_owned(), gear);
    into.insert("driving_force".to_owned(), Value::from(told.then_some(byte & 0x20 != 0)));
    into.insert("braking_force".to_owned(), Value::from(told.then_some(byte & 0x10 != 0)));
    Ok(())
}

/// 0 is off, 1 to 100 how far, and 101 "on" of a pedal that cannot tell how far.
fn brake(walker: &mut Walker<'_, '_>, item: &'static Item, into: &mut Map<String, Value>) -> Result<(), Short> {
    let byte = walker.byte(item.en)?;
    let travel = Value::from(Some(byte).filter(|byte| *byte < 0xfe && *byte != 101));
    walker.tell((item.zh, item.en), 1, &travel);
    into.insert(item.key.to_owned(), travel);
    into.insert("brake_on".to_owned(), Value::from((byte < 0xfe).then_some(byte != 0)));
    Ok(())
}

/// What the tracker needs of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Vehicle {
    pub(crate) ignition: Option<bool>,
    pub(crate) charge_state: Option<ChargeState>,
    pub(crate) drive_mode: Option<DriveMode>,
    pub(crate) speed_kmh: Option<f64>,
    pub(crate) odometer_km: Option<f64>,
    pub(crate) voltage_v: Option<f64>,
    pub(crate) current_a: Option<f64>,
    pub(crate) soc_pct: Option<f64>,
    pub(crate) insulation_kohm: Option<u16>,
}

impl Vehicle {
    /// From the body; what lies outside the range that the standard gives is left out, as it would be taken for true.
    pub(crate) fn read(edition: Edition, body: &[u8]) -> Option<Self> {
        let (current, speed, voltage, amperes) = match edition {
            Edition::V2016 => (CURRENT_2016, 220.0, 1000.0, 1000.0),
            Edition::V2025 => (CURRENT_2025, 500.0, 6000.0, 3000.0),
        };
        let mut cursor = Cursor::new(body);
        let ignition = match cursor.byte()? {
            1 => Some(true),
            2 => Some(false),
            _ => None,
        };
        let charge_state = match cursor.byte()? {
            1 => Some(ChargeState::ParkedCharging),
            2 => Some(ChargeState::DrivingCharging),
            3 => Some(ChargeState::NotCharging),
            4 => Some(ChargeState::Complete),
            _ => None,
        };
        let drive_mode = match cursor.byte()? {
            1 => Some(DriveMode::Electric),
            2 => Some(DriveMode::Hybrid),
            3 => Some(DriveMode::Fuel),
            _ => None,
        };
        let most = |limit: f64| move |value: &f64| *value <= limit;
        Some(Self {
            ignition,
            charge_state,
            drive_mode,
            speed_kmh: cursor.number(SPEED).filter(most(speed)),
            odometer_km: cursor.number(ODOMETER).filter(most(999_999.9)),
            voltage_v: cursor.number(VOLTAGE).filter(most(voltage)),
            current_a: cursor.number(current).filter(most(amperes)),
            soc_pct: cursor.number(Number::U8).filter(most(100.0)),
            insulation_kohm: {
                cursor.skip(2)?;
                cursor.raw(INSULATION).and_then(|raw| u16::try_from(raw).ok()).filter(|kohm| *kohm <= 60_000)
            },
        })
    }
}
