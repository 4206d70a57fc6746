//! The names of alarm and status bits, in each edition.

use crate::jt808::edition::Edition;
use crate::jt808::edition::Edition::{V2011, V2013, V2019};

/// One bit, the editions in which it has this name, and the name in both languages.
#[derive(Debug, Clone, Copy)]
pub struct Bit {
    /// Which one, from 0.
    pub bit: u8,
    /// The first edition that has it so.
    pub since: Edition,
    /// The last one.
    pub until: Edition,
    /// Its name in the JSON.
    pub name: &'static str,
    /// Its name in the standard.
    pub zh: &'static str,
}

const fn bit(bit: u8, name: &'static str, zh: &'static str) -> Bit {
    Bit { bit, since: V2011, until: V2019, name, zh }
}

const fn since(bit: u8, since: Edition, name: &'static str, zh: &'static str) -> Bit {
    Bit { bit, since, until: V2019, name, zh }
}

const fn until(bit: u8, until: Edition, name: &'static str, zh: &'static str) -> Bit {
    Bit { bit, since: V2011, until, name, zh }
}

/// Bits of the alarm word (报警标志位).
pub const ALARMS: &[Bit] = &[
    bit(0, "sos", "紧急报警"),
    bit(1, "overspeed", "超速报警"),
    bit(2, "fatigue", "疲劳驾驶报警"),
    bit(3, "danger_warning", "危险驾驶行为报警"),
    bit(4, "gnss_fault", "GNSS 模块发生故障"),
    bit(5, "gnss_antenna_open", "GNSS 天线未接或被剪断"),
    bit(6, "gnss_antenna_short", "GNSS 天线短路"),
    bit(7, "main_power_low", "终端主电源欠压"),
    bit(8, "main_power_off", "终端主电源掉电"),
    bit(9, "display_fault", "终端 LCD 或显示器故障"),
    bit(10, "tts_fault", "TTS 模块故障"),
    bit(11, "camera_fault", "摄像头故障"),
    since(12, V2013, "ic_card_fault", "道路运输证 IC 卡模块故障"),
    since(13, V2013, "overspeed_warning", "超速预警"),
    since(14, V2013, "fatigue_warning", "疲劳驾驶预警"),
    since(15, V2019, "illegal_driving", "违规行驶报警"),
    since(16, V2019, "tyre_pressure_warning", "胎压预警"),
    since(17, V2019, "right_turn_blind_zone", "右转盲区异常报警"),
    bit(18, "day_driving_overtime", "当天累计驾驶超时"),
    bit(19, "parking_overtime", "超时停车"),
    bit(20, "area_in_out", "进出区域"),
    bit(21, "route_in_out", "进出路线"),
    bit(22, "section_time", "路段行驶时间不足或过长"),
    bit(23, "route_deviation", "路线偏离报警"),
    bit(24, "vss_fault", "车辆 VSS 故障"),
    bit(25, "fuel_abnormal", "车辆油量异常"),
    bit(26, "stolen", "车辆被盗"),
    bit(27, "illegal_ignition", "车辆非法点火"),
    bit(28, "illegal_displacement", "车辆非法位移"),
    until(29, V2011, "collision_rollover", "碰撞侧翻报警"),
    since(29, V2013, "collision", "碰撞预警"),
    since(30, V2013, "rollover", "侧翻预警"),
    since(31, V2013, "illegal_door_open", "非法开门报警"),
];

/// Bits of the status word (状态位), the two of the load apart.
pub const STATUS: &[Bit] = &[
    bit(0, "acc_on", "ACC 开"),
    bit(1, "fixed", "定位"),
    bit(2, "south", "南纬"),
    bit(3, "west", "西经"),
    bit(4, "out_of_service", "停运状态"),
    bit(5, "encrypted", "经纬度已经保密插件加密"),
    since(6, V2019, "forward_collision", "紧急刹车系统采集的前撞预警"),
    since(7, V2019, "lane_departure", "车道偏移预警"),
    bit(10, "oil_cut", "车辆油路断开"),
    bit(11, "circuit_cut", "车辆电路断开"),
    bit(12, "doors_locked", "车门加锁"),
    since(13, V2013, "door_1_open", "门 1 开"),
    since(14, V2013, "door_2_open", "门 2 开"),
    since(15, V2013, "door_3_open", "门 3 开"),
    since(16, V2013, "door_4_open", "门 4 开"),
    since(17, V2013, "door_5_open", "门 5 开"),
    since(18, V2013, "gps", "使用 GPS 卫星进行定位"),
    since(19, V2013, "beidou", "使用北斗卫星进行定位"),
    since(20, V2013, "glonass", "使用 GLONASS 卫星进行定位"),
    since(21, V2013, "galileo", "使用 Galileo 卫星进行定位"),
    since(22, V2019, "moving", "车辆处于行驶状态"),
];

/// The load in bits 8 and 9 of the status: empty says nothing, as all other vehicles say it too.
const LOADS: [Option<&str>; 4] = [None, Some("load_half"), Some("load_reserved"), Some("load_full")];

/// The names of the alarms that are on; bits that the edition keeps for later have none.
pub fn alarms(word: u32, edition: Edition) -> Vec<&'static str> {
    names(ALARMS, word, edition)
}

/// The names of the states that hold.
pub fn status(word: u32, edition: Edition) -> Vec<&'static str> {
    let mut names = names(STATUS, word, edition);
    let load = usize::from(word.to_be_bytes()[2] & 0b11);
    if edition > V2011 {
        names.extend(LOADS.get(load).copied().flatten());
    }
    names
}

fn names(table: &[Bit], word: u32, edition: Edition) -> Vec<&'static str> {
    let on = |bit: &&Bit| word >> bit.bit & 1 == 1 && (bit.since..=bit.until).contains(&edition);
    table.iter().filter(on).map(|bit| bit.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bit_has_the_name_of_its_edition() {
        for (word, edition, names) in [
            (0x0000_0400, V2013, vec!["tts_fault"]),
            (0x2000_0000, V2011, vec!["collision_rollover"]),
            (0x2000_0000, V2013, vec!["collision"]),
            (0x0003_8000, V2013, vec![]),
            (0x0003_8000, V2019, vec!["illegal_driving", "tyre_pressure_warning", "right_turn_blind_zone"]),
            (0xc000_0003, V2019, vec!["sos", "overspeed", "rollover", "illegal_door_open"]),
        ] {
            assert_eq!(alarms(word, edition), names, "{word:08x} {edition}");
        }
        assert_eq!(alarms(u32::MAX, V2019).len(), 32);
        for (word, edition, names) in [
            (0x0000_0003, V2013, vec!["acc_on", "fixed"]),
            (0x0000_030c, V2013, vec!["south", "west", "load_full"]),
            (0x0000_01c0, V2019, vec!["forward_collision", "lane_departure", "load_half"]),
            (0x0040_0c00, V2019, vec!["oil_cut", "circuit_cut", "moving"]),
            (0x0040_0c00, V2013, vec!["oil_cut", "circuit_cut"]),
            (0x003e_3000, V2011, vec!["doors_locked"]),
        ] {
            assert_eq!(status(word, edition), names, "{word:08x} {edition}");
        }
    }
}
