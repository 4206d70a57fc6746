//! The kinds of alarm as data: names, the code of the house's list, the colour, and the clause that each comes from.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use Colour::{Red, Yellow};

/// What is wrong (报警类型); one of a closed list, which is data.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub struct AlarmKind(u8);

/// How grave an alarm is (预警颜色): yellow reminds, red wants somebody at once. Green is no alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Colour {
    /// 黄色.
    Yellow,
    /// 红色.
    Red,
}

/// A name that is no kind of alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("there is no such kind of alarm")]
pub struct UnknownKind;

/// One row of the list.
struct Row {
    bit: u8,
    name: &'static str,
    zh: &'static str,
    en: &'static str,
    code: &'static str,
    colour: Colour,
    clause: &'static str,
}

const fn jt808(bit: u8, name: &'static str, zh: &'static str, en: &'static str, code: &'static str, colour: Colour) -> Row {
    Row { bit, name, zh, en, code, colour, clause: "JT/T 808-2019 表24" }
}

/// All of these are the state of the vehicle, A20.
const fn gb32960(flag: u8, name: &'static str, zh: &'static str, en: &'static str, colour: Colour) -> Row {
    Row { bit: 32 + flag, name, zh, en, code: "A20", colour, clause: "GB/T 32960.3-2025 表18" }
}

/// By bit of `DeviceAlarms`. A code that is empty: a fault of the terminal itself, which the list of alarms does not have.
/// Flags 19 to 27 of GB/T 32960 are those of 2025; a terminal of 2016 leaves them at zero.
const LIST: &[Row] = &[
    jt808(0, "sos", "紧急报警", "emergency button", "A21", Red),
    jt808(1, "overspeed", "超速报警", "speeding", "A03", Red),
    jt808(2, "fatigue", "疲劳驾驶报警", "tired driving", "A15", Red),
    jt808(3, "danger_warning", "危险驾驶行为报警", "dangerous driving", "A18", Red),
    jt808(4, "gnss_fault", "GNSS 模块故障", "GNSS module at fault", "", Yellow),
    jt808(5, "gnss_antenna_open", "GNSS 天线未接或被剪断", "GNSS antenna missing or cut", "A17", Red),
    jt808(6, "gnss_antenna_short", "GNSS 天线短路", "GNSS antenna shorted", "", Yellow),
    jt808(7, "main_power_low", "终端主电源欠压", "supply of the terminal low", "A20", Yellow),
    jt808(8, "main_power_off", "终端主电源掉电", "supply of the terminal cut", "A17", Red),
    jt808(9, "display_fault", "终端显示器故障", "display at fault", "", Yellow),
    jt808(10, "tts_fault", "TTS 模块故障", "speech module at fault", "", Yellow),
    jt808(11, "camera_fault", "摄像头故障", "camera at fault", "", Yellow),
    jt808(12, "ic_card_fault", "道路运输证 IC 卡模块故障", "card reader at fault", "", Yellow),
    jt808(13, "overspeed_warning", "超速预警", "near the speed limit", "A03", Yellow),
    jt808(14, "fatigue_warning", "疲劳驾驶预警", "driver about to tire", "A15", Yellow),
    jt808(15, "illegal_driving", "违规行驶报警", "driving at a forbidden time", "A04", Red),
    jt808(16, "tyre_pressure_warning", "胎压预警", "tyre pressure", "A20", Yellow),
    jt808(17, "right_turn_blind_zone", "右转盲区异常报警", "something in the blind zone", "", Yellow),
    jt808(18, "day_driving_overtime", "当天累计驾驶超时", "driven too long today", "A15", Yellow),
    jt808(19, "parking_overtime", "超时停车", "parked too long", "A19", Yellow),
    jt808(20, "area_in_out", "进出区域", "fence crossed", "A02", Red),
    jt808(21, "route_in_out", "进出路线", "route entered or left", "A02", Yellow),
    jt808(22, "section_time", "路段行驶时间不足或过长", "time on a section out of bounds", "A06", Yellow),
    jt808(23, "route_deviation", "路线偏离报警", "off the route", "A06", Yellow),
    jt808(24, "vss_fault", "车辆 VSS 故障", "speed sensor at fault", "A20", Yellow),
    jt808(25, "fuel_abnormal", "车辆油量异常", "fuel level abnormal", "A12", Yellow),
    jt808(26, "stolen", "车辆被盗", "stolen", "A01", Red),
    jt808(27, "illegal_ignition", "车辆非法点火", "ignition without leave", "A01", Red),
    jt808(28, "illegal_displacement", "车辆非法位移", "moved without leave", "A01", Red),
    jt808(29, "collision", "碰撞预警", "collision", "A21", Red),
    jt808(30, "rollover", "侧翻预警", "rollover", "A21", Red),
    jt808(31, "illegal_door_open", "非法开门报警", "door opened without leave", "A01", Yellow),
    gb32960(0, "temperature_difference", "温度差异报警", "temperatures of the battery differ", Yellow),
    gb32960(1, "battery_hot", "电池高温报警", "battery hot", Red),
    gb32960(2, "pack_overvoltage", "车载储能装置类型过压报警", "battery voltage high", Red),
    gb32960(3, "pack_undervoltage", "车载储能装置类型欠压报警", "battery voltage low", Yellow),
    gb32960(4, "soc_low", "SOC 低报警", "charge low", Yellow),
    gb32960(5, "cell_overvoltage", "单体电池过压报警", "cell voltage high", Red),
    gb32960(6, "cell_undervoltage", "单体电池欠压报警", "cell voltage low", Yellow),
    gb32960(7, "soc_high", "SOC 过高报警", "charge too high", Yellow),
    gb32960(8, "soc_jump", "SOC 跳变报警", "charge jumps", Yellow),
    gb32960(9, "pack_mismatch", "可充电储能系统不匹配报警", "battery does not match", Yellow),
    gb32960(10, "cell_spread", "电池单体一致性差报警", "cells differ", Yellow),
    gb32960(11, "insulation", "绝缘报警", "insulation low", Red),
    gb32960(12, "dcdc_hot", "DC-DC 温度报警", "DC-DC converter hot", Yellow),
    gb32960(13, "brake_system", "制动系统报警", "brakes at fault", Red),
    gb32960(14, "dcdc_state", "DC-DC 状态报警", "DC-DC converter at fault", Yellow),
    gb32960(15, "motor_controller_hot", "驱动电机控制器温度报警", "motor controller hot", Yellow),
    gb32960(16, "hv_interlock", "高压互锁状态报警", "high-voltage interlock open", Red),
    gb32960(17, "motor_hot", "驱动电机温度报警", "motor hot", Yellow),
    gb32960(18, "overcharge", "车载储能装置类型过充报警", "battery overcharged", Red),
    gb32960(19, "motor_overspeed", "驱动电机超速报警", "motor too fast", Yellow),
    gb32960(20, "motor_overcurrent", "驱动电机过流报警", "motor current high", Yellow),
    gb32960(21, "supercapacitor_hot", "超级电容过温报警", "supercapacitor hot", Yellow),
    gb32960(22, "supercapacitor_overpressure", "超级电容过压报警", "supercapacitor pressure high", Yellow),
    gb32960(23, "thermal_event", "可充电储能装置热事件报警", "thermal event of the battery", Red),
    gb32960(24, "hydrogen_leak", "氢气泄漏异常报警", "hydrogen leaks", Red),
    gb32960(25, "hydrogen_system", "氢系统压力异常报警", "hydrogen pressure abnormal", Red),
    gb32960(26, "hydrogen_hot", "氢系统温度异常报警", "hydrogen temperature abnormal", Red),
    gb32960(27, "fuel_cell_stack_hot", "燃料电池电堆超温报警", "fuel cell stack hot", Red),
    Row {
        bit: 60,
        name: "identity_mismatch",
        zh: "车辆与终端信息不符",
        en: "vehicle and terminal do not match",
        code: "A13",
        colour: Red,
        clause: "人车终端一致性核对",
    },
];

/// Kinds from this bit on are found by ourselves, not told by a device.
const OWN: u8 = 60;

impl AlarmKind {
    /// Every kind.
    pub fn all() -> impl Iterator<Item = Self> {
        LIST.iter().map(|row| Self(row.bit))
    }

    /// The kind that a bit of `DeviceAlarms` stands for.
    pub fn of_bit(bit: u32) -> Option<Self> {
        LIST.iter().map(|row| row.bit).find(|known| u32::from(*known) == bit).map(Self)
    }

    /// Its bit in `DeviceAlarms`.
    pub const fn bit(self) -> u8 {
        self.0
    }

    /// Devices say it; else a rule of our own finds it.
    pub const fn is_told_by_devices(self) -> bool {
        self.0 < OWN
    }

    /// The name on the wire and in the store, such as `main_power_off`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The name in Chinese.
    pub fn zh(self) -> &'static str {
        self.row().zh
    }

    /// The name in English.
    pub fn en(self) -> &'static str {
        self.row().en
    }

    /// The code of the list of alarms, `A01` to `A23`; `None` for a fault of the terminal itself.
    pub fn code(self) -> Option<&'static str> {
        Some(self.row().code).filter(|code| !code.is_empty())
    }

    /// How grave it is when nobody has said otherwise.
    pub fn colour(self) -> Colour {
        self.row().colour
    }

    /// The clause of the standard that names it.
    pub fn clause(self) -> &'static str {
        self.row().clause
    }

    fn row(self) -> &'static Row {
        LIST.get(usize::from(self.0)).expect("a kind is made of a row of the list, whose bit is its place")
    }
}

impl Colour {
    /// The name on the wire and in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Yellow => "yellow",
            Red => "red",
        }
    }
}

impl FromStr for AlarmKind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        LIST.iter().find(|row| row.name == name).map(|row| Self(row.bit)).ok_or(UnknownKind)
    }
}

impl TryFrom<String> for AlarmKind {
    type Error = UnknownKind;

    fn try_from(name: String) -> Result<Self, UnknownKind> {
        name.parse()
    }
}

impl From<AlarmKind> for &'static str {
    fn from(kind: AlarmKind) -> Self {
        kind.name()
    }
}

impl fmt::Debug for AlarmKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_row_stands_at_its_bit_and_has_a_name_of_its_own() {
        for (place, row) in LIST.iter().enumerate() {
            assert_eq!(usize::from(row.bit), place, "{}", row.name);
        }
        let names: BTreeSet<&str> = LIST.iter().map(|row| row.name).collect();
        assert_eq!(names.len(), LIST.len());
        for kind in AlarmKind::all() {
            assert_eq!(kind.name().parse(), Ok(kind));
            assert_eq!(AlarmKind::of_bit(kind.bit().into()), Some(kind));
            let code = kind.code().map(|code| code.strip_prefix('A').and_then(|number| number.parse::<u8>().ok()));
            assert!(code.is_none_or(|number| number.is_some_and(|number| (1..=23).contains(&number))), "{kind:?}");
            assert!(!kind.zh().is_empty() && !kind.en().is_empty() && !kind.clause().is_empty());
        }
        assert_eq!(AlarmKind::of_bit(61), None);
        assert_eq!("sleepy".parse::<AlarmKind>(), Err(UnknownKind));
    }
}
