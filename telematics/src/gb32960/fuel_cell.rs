//! Hydrogen: the fuel cell of 2016 (0x03), the fuel cell engine of 2025 (0x03) and its stacks (0x30).

use crate::gb32960::layout::{Item, Number, Shape, Width};
use crate::gb32960::vehicle::DC_DC;

const PRESSURE: Number = Number::DECI.minus(1000);

const V2016: &[Item] = &[
    Item::number("voltage_v", "燃料电池电压", "fuel cell voltage", Number::DECI),
    Item::number("current_a", "燃料电池电流", "fuel cell current", Number::DECI),
    Item::number("fuel_consumption_kg_per_100km", "燃料消耗率", "fuel consumption", Number::U16.per(100)),
    Item::new("probe_temperatures_c", "探针温度值", "probe temperature", Shape::List(Width::Two, Number::CELSIUS)),
    Item::number("max_temperature_c", "氢系统中最高温度", "highest temperature", Number::DECI.minus(400)),
    Item::number("max_temperature_probe", "氢系统中最高温度探针代号", "probe of the highest temperature", Number::U8),
    Item::number("max_concentration_mg_per_kg", "氢气最高浓度", "highest concentration", Number::U16),
    Item::number("max_concentration_sensor", "氢气最高浓度传感器代号", "sensor of the highest concentration", Number::U8),
    Item::number("max_pressure_mpa", "氢气最高压力", "highest pressure", Number::DECI),
    Item::number("max_pressure_sensor", "氢气最高压力传感器代号", "sensor of the highest pressure", Number::U8),
    Item::code("dc_dc_state", "高压DC/DC状态", "high voltage DC/DC state", DC_DC),
];
/// The temperature is a word here, and whole degrees; the concentration is a share of the volume.
const V2025: &[Item] = &[
    Item::number("max_temperature_c", "车载氢系统中最高温度", "highest temperature", Number::U16.minus(40)),
    Item::number("max_temperature_probe", "车载氢系统中最高温度探针代号", "probe of the highest temperature", Number::U8),
    Item::number("max_concentration_pct", "氢气最高浓度", "highest concentration", Number::U16.per(10_000)),
    Item::number("max_concentration_sensor", "氢气最高浓度传感器代号", "sensor of the highest concentration", Number::U8),
    Item::number("max_pressure_mpa", "氢气最高压力", "highest pressure", Number::DECI),
    Item::number("max_pressure_sensor", "氢气最高压力传感器代号", "sensor of the highest pressure", Number::U8),
    Item::code("dc_dc_state", "高压DC/DC状态", "high voltage DC/DC state", DC_DC),
    Item::number("hydrogen_pct", "剩余氢量百分比", "hydrogen left", Number::U8),
    Item::number("dc_dc_controller_temperature_c", "高压DC/DC控制器温度", "DC/DC controller temperature", Number::CELSIUS),
];
const STACK: &[Item] = &[
    Item::number("index", "燃料电池电堆序号", "stack number", Number::U8),
    Item::number("voltage_v", "燃料电池电堆电压", "stack voltage", Number::DECI),
    Item::number("current_a", "燃料电池电堆电流", "stack current", Number::DECI),
    Item::number("hydrogen_inlet_pressure_kpa", "氢气入口压力", "hydrogen inlet pressure", PRESSURE),
    Item::number("air_inlet_pressure_kpa", "空气入口压力", "air inlet pressure", PRESSURE),
    Item::number("air_inlet_temperature_c", "空气入口温度", "air inlet temperature", Number::CELSIUS),
    Item::new(
        "coolant_outlet_temperatures_c",
        "冷却水出水口温度",
        "coolant outlet temperature",
        Shape::List(Width::Two, Number::CELSIUS),
    ),
];

/// Table 12 of 2016.
pub(crate) static FUEL_CELL_2016: Item = Item::new("fuel_cell", "燃料电池", "fuel cell", Shape::Object(V2016));
/// Table 17 of 2025.
pub(crate) static FUEL_CELL_2025: Item =
    Item::new("fuel_cell", "燃料电池发动机及车载氢系统", "fuel cell engine", Shape::Object(V2025));
/// Tables 18 and 19 of 2025.
pub(crate) static STACKS: Item =
    Item::new("fuel_cell_stacks", "燃料电池电堆", "fuel cell stack", Shape::Group(Width::One, STACK));
