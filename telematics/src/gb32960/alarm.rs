//! Alarms (0x07 of 2016, 0x06 of 2025): the highest level, the general flags, the makers' own fault codes.

use serde_json::{Map, Value};

use crate::alarm::DeviceAlarms;
use crate::gb32960::cursor::Cursor;
use crate::gb32960::header::Edition;
use crate::gb32960::layout::{Item, Number, Shape, Width};
use crate::gb32960::walk::{Short, Walker};

/// Table 24 of 2025; the first nineteen are those of table 18 of 2016.
pub const FLAGS: [&str; 28] = [
    "temperature_difference",
    "battery_high_temperature",
    "storage_overvoltage",
    "storage_undervoltage",
    "soc_low",
    "cell_overvoltage",
    "cell_undervoltage",
    "soc_high",
    "soc_jump",
    "storage_mismatch",
    "cell_consistency",
    "insulation",
    "dc_dc_temperature",
    "brake_system",
    "dc_dc_state",
    "motor_controller_temperature",
    "high_voltage_interlock",
    "motor_temperature",
    "storage_overcharge",
    "motor_overspeed",
    "motor_overcurrent",
    "supercapacitor_temperature",
    "supercapacitor_overvoltage",
    "storage_thermal_event",
    "hydrogen_leak",
    "hydrogen_pressure",
    "hydrogen_temperature",
    "fuel_cell_stack_temperature",
];
/// Flags that 2016 knows.
const FLAGS_2016: u32 = (1 << 19) - 1;
const FLAGS_2025: u32 = (1 << 28) - 1;

const LEVEL: Item = Item::number("max_level", "最高报警等级", "highest alarm level", Number::U8);
const BATTERY: Item = faults("battery_faults", "可充电储能装置故障代码", "battery fault code");
const MOTOR: Item = faults("motor_faults", "驱动电机故障代码", "motor fault code");
const ENGINE: Item = faults("engine_faults", "发动机故障代码", "engine fault code");
const OTHER: Item = faults("other_faults", "其他故障代码", "other fault code");

const V2016: &[Item] =
    &[LEVEL, Item::new("flags", "通用报警标志", "general alarm flags", Shape::Own(4, flags_2016)), BATTERY, MOTOR, ENGINE, OTHER];
const V2025: &[Item] = &[
    LEVEL,
    Item::new("flags", "通用报警标志", "general alarm flags", Shape::Own(4, flags_2025)),
    BATTERY,
    MOTOR,
    ENGINE,
    OTHER,
    Item::new("flag_levels", "通用报警故障等级", "alarm level", Shape::Group(Width::One, FLAG_LEVEL)),
];
const FLAG_LEVEL: &[Item] = &[
    Item::new("flag", "通用报警标志位序号", "flag number", Shape::Own(1, flag)),
    Item::number("level", "通用报警故障等级", "level", Number::U8),
];

/// Tables 17 of 2016 and 23 of 2025.
pub(crate) static ALARMS_2016: Item = Item::new("alarms", "报警数据", "alarms", Shape::Object(V2016));
pub(crate) static ALARMS_2025: Item = Item::new("alarms", "报警数据", "alarms", Shape::Object(V2025));

const fn faults(key: &'static str, zh: &'static str, en: &'static str) -> Item {
    Item::new(key, zh, en, Shape::List(Width::One, Number::MAKERS))
}

fn flags_2016(walker: &mut Walker<'_, '_>, item: &'static Item, into: &mut Map<String, Value>) -> Result<(), Short> {
    flags(walker, item, into, FLAGS_2016)
}

fn flags_2025(walker: &mut Walker<'_, '_>, item: &'static Item, into: &mut Map<String, Value>) -> Result<(), Short> {
    flags(walker, item, into, FLAGS_2025)
}

fn flags(walker: &mut Walker<'_, '_>, item: &'static Item, into: &mut Map<String, Value>, known: u32) -> Result<(), Short> {
    let told = Width::Four.raw(walker.take(4, item.en)?).and_then(|bits| Width::Four.told(bits));
    let names = told.map(|bits| {
        let on = |(bit, name): (usize, &&'static str)| (bits & known & (1 << bit) != 0).then_some(*name);
        FLAGS.iter().enumerate().filter_map(on).collect::<Vec<_>>()
    });
    let names = Value::from(names);
    walker.tell((item.zh, item.en), 4, &names);
    into.insert(item.key.to_owned(), names);
    into.insert("flag_bits".to_owned(), Value::from(told));
    Ok(())
}

fn flag(walker: &mut Walker<'_, '_>, item: &'static Item, into: &mut Map<String, Value>) -> Result<(), Short> {
    let number = walker.byte(item.en)?;
    let value = Value::from(Some(number).filter(|number| *number < 0xfe));
    walker.tell((item.zh, item.en), 1, &value);
    into.insert(item.key.to_owned(), value);
    into.insert("name".to_owned(), Value::from(FLAGS.get(usize::from(number)).copied()));
    Ok(())
}

/// The highest level and the flags; flags of which all bits are set say nothing.
pub(crate) fn read(edition: Edition, body: &[u8]) -> Option<(Option<u8>, Option<DeviceAlarms>)> {
    let mut cursor = Cursor::new(body);
    let (known, most) = match edition {
        Edition::V2016 => (FLAGS_2016, 3),
        Edition::V2025 => (FLAGS_2025, 4),
    };
    let level = Some(cursor.byte()?).filter(|level| *level <= most);
    let flags = cursor.raw(Number::U32).map(|bits| DeviceAlarms::of_gb32960(bits & known));
    Some((level, flags))
}
