//! The parameters that JT/T 808 defines (终端参数项), edition by edition, with those of its video and safety companions.

use crate::jt808::edition::Edition;
use crate::jt808::parameter::{Kind, Parameter};

use Edition::{V2011, V2013, V2019};
use Kind::{Bytes, DayWindow, Text, U8, U16, U32};

/// Sorted by id.
pub(super) const PARAMETERS: &[Parameter] = &[
    number(0x0001, "heartbeat_interval_s", "终端心跳发送间隔", "Heartbeat interval", U32, "s").from(1),
    number(0x0002, "tcp_timeout_s", "TCP 消息应答超时时间", "Time-out of an answer over TCP", U32, "s").from(1),
    number(0x0003, "tcp_retries", "TCP 消息重传次数", "Repetitions over TCP", U32, ""),
    number(0x0004, "udp_timeout_s", "UDP 消息应答超时时间", "Time-out of an answer over UDP", U32, "s").from(1),
    number(0x0005, "udp_retries", "UDP 消息重传次数", "Repetitions over UDP", U32, ""),
    number(0x0006, "sms_timeout_s", "SMS 消息应答超时时间", "Time-out of an answer by SMS", U32, "s").from(1),
    number(0x0007, "sms_retries", "SMS 消息重传次数", "Repetitions by SMS", U32, ""),
    text(0x0010, "main_apn", "主服务器 APN", "Main server's access point"),
    text(0x0011, "main_dial_user", "主服务器无线通信拨号用户名", "Main server's dial-in user"),
    text(0x0012, "main_dial_password", "主服务器无线通信拨号密码", "Main server's dial-in password"),
    text(0x0013, "main_server", "主服务器地址", "Main server's address"),
    text(0x0014, "backup_apn", "备份服务器 APN", "Backup server's access point"),
    text(0x0015, "backup_dial_user", "备份服务器无线通信拨号用户名", "Backup server's dial-in user"),
    text(0x0016, "backup_dial_password", "备份服务器无线通信拨号密码", "Backup server's dial-in password"),
    text(0x0017, "backup_server", "备份服务器地址", "Backup server's address"),
    // The 2019 edition writes the port behind the address: `host:port`.
    number(0x0018, "server_tcp_port", "服务器 TCP 端口", "Server's TCP port", U32, "").within(1, 65_535).until(V2013),
    number(0x0019, "server_udp_port", "服务器 UDP 端口", "Server's UDP port", U32, "").within(1, 65_535).until(V2013),
    text(0x001A, "card_main_server", "道路运输证 IC 卡认证主服务器地址", "IC card authority's main server").since(V2013),
    number(0x001B, "card_tcp_port", "道路运输证 IC 卡认证主服务器 TCP 端口", "IC card authority's TCP port", U32, "")
        .within(0, 65_535)
        .since(V2013),
    number(0x001C, "card_udp_port", "道路运输证 IC 卡认证主服务器 UDP 端口", "IC card authority's UDP port", U32, "")
        .within(0, 65_535)
        .since(V2013),
    text(0x001D, "card_backup_server", "道路运输证 IC 卡认证备份服务器地址", "IC card authority's backup server").since(V2013),
    number(0x0020, "report_strategy", "位置汇报策略", "When to report: 0 by time, 1 by distance, 2 by both", U32, "")
        .within(0, 2),
    number(
        0x0021,
        "report_scheme",
        "位置汇报方案",
        "How to choose the interval: 0 by ignition, 1 by sign-in and ignition",
        U32,
        "",
    )
    .within(0, 1),
    number(0x0022, "no_driver_interval_s", "驾驶员未登录汇报时间间隔", "Interval without a driver", U32, "s").from(1),
    text(0x0023, "slave_apn", "从服务器 APN", "Second server's access point").since(V2019),
    text(0x0024, "slave_dial_user", "从服务器无线通信拨号用户名", "Second server's dial-in user").since(V2019),
    text(0x0025, "slave_dial_password", "从服务器无线通信拨号密码", "Second server's dial-in password").since(V2019),
    text(0x0026, "slave_server", "从服务器备份地址", "Second server's address").since(V2019),
    number(0x0027, "sleep_interval_s", "休眠时汇报时间间隔", "Interval while asleep", U32, "s").from(1),
    number(0x0028, "emergency_interval_s", "紧急报警时汇报时间间隔", "Interval in an emergency", U32, "s").from(1),
    number(0x0029, "default_interval_s", "缺省时间汇报间隔", "Default interval", U32, "s").from(1),
    number(0x002C, "default_distance_m", "缺省距离汇报间隔", "Default distance", U32, "m").from(1),
    number(0x002D, "no_driver_distance_m", "驾驶员未登录汇报距离间隔", "Distance without a driver", U32, "m").from(1),
    number(0x002E, "sleep_distance_m", "休眠时汇报距离间隔", "Distance while asleep", U32, "m").from(1),
    number(0x002F, "emergency_distance_m", "紧急报警时汇报距离间隔", "Distance in an emergency", U32, "m").from(1),
    number(0x0030, "corner_angle_deg", "拐点补传角度", "Turn that is reported on its own", U32, "°").within(0, 179),
    number(0x0031, "displacement_radius_m", "电子围栏半径（非法位移阈值）", "Radius of illegal displacement", U16, "m")
        .since(V2013),
    Parameter {
        kind: DayWindow, ..text(0x0032, "forbidden_hours", "违规行驶时段范围", "Hours in which driving is forbidden")
    }
    .since(V2019),
    text(0x0040, "platform_phone", "监控平台电话号码", "Platform's telephone number"),
    text(0x0041, "reset_phone", "复位电话号码", "Telephone number that resets"),
    text(0x0042, "factory_reset_phone", "恢复出厂设置电话号码", "Telephone number that restores the factory's settings"),
    text(0x0043, "platform_sms", "监控平台 SMS 电话号码", "Platform's number for SMS"),
    text(0x0044, "alarm_sms", "接收终端 SMS 文本报警号码", "Number that alarms are sent to"),
    number(0x0045, "answer_policy", "终端电话接听策略", "Who answers: 0 always, 1 with the ignition on", U32, "").within(0, 1),
    number(0x0046, "call_max_s", "每次最长通话时间", "Longest call", U32, "s"),
    number(0x0047, "calls_month_max_s", "当月最长通话时间", "Longest calls in a month", U32, "s"),
    text(0x0048, "listen_phone", "监听电话号码", "Number that may listen in"),
    text(0x0049, "privileged_sms", "监管平台特权短信号码", "Privileged number for SMS"),
    number(0x0050, "alarm_mask", "报警屏蔽字", "Alarms that are suppressed, by bit", U32, ""),
    number(0x0051, "alarm_sms_switch", "报警发送文本 SMS 开关", "Alarms that are sent by SMS, by bit", U32, ""),
    number(0x0052, "alarm_photo_switch", "报警拍摄开关", "Alarms that take a photo, by bit", U32, ""),
    number(0x0053, "alarm_photo_store", "报警拍摄存储标志", "Alarms of which the photo is stored, by bit", U32, ""),
    number(0x0054, "alarm_key", "关键标志", "Key alarms, by bit", U32, ""),
    number(0x0055, "max_speed_kmh", "最高速度", "Speed limit", U32, "km/h").within(0, 255),
    number(0x0056, "overspeed_duration_s", "超速持续时间", "How long the limit may be exceeded", U32, "s"),
    number(0x0057, "driving_max_s", "连续驾驶时间门限", "Longest drive without a rest", U32, "s"),
    number(0x0058, "driving_day_max_s", "当天累计驾驶时间门限", "Longest driving in a day", U32, "s"),
    number(0x0059, "rest_min_s", "最小休息时间", "Shortest rest", U32, "s"),
    number(0x005A, "parking_max_s", "最长停车时间", "Longest parking", U32, "s"),
    number(0x005B, "overspeed_warning_kmh", "超速报警预警差值", "Warning before the speed limit", U16, "km/h")
        .tenths()
        .since(V2013),
    number(0x005C, "fatigue_warning_s", "疲劳驾驶预警差值", "Warning before the longest drive", U16, "s").from(1).since(V2013),
    // Low byte: duration in ms; high byte: acceleration in 0.1 g, 0 to 79.
    number(0x005D, "collision", "碰撞报警参数设置", "Collision: acceleration (high byte), duration (low byte)", U16, "")
        .within(0, 0x4FFF)
        .since(V2013),
    number(0x005E, "rollover_deg", "侧翻报警参数设置", "Angle that is a rollover", U16, "°").within(0, 180).since(V2013),
    number(0x0064, "photo_by_time", "定时拍照控制", "Photos by time, by bit", U32, "").since(V2013),
    number(0x0065, "photo_by_distance", "定距拍照控制", "Photos by distance, by bit", U32, "").since(V2013),
    number(0x0070, "image_quality", "图像/视频质量", "Quality of pictures, 1 is best", U32, "").within(1, 10),
    number(0x0071, "brightness", "亮度", "Brightness", U32, "").within(0, 255),
    number(0x0072, "contrast", "对比度", "Contrast", U32, "").within(0, 127),
    number(0x0073, "saturation", "饱和度", "Saturation", U32, "").within(0, 127),
    number(0x0074, "chroma", "色度", "Chroma", U32, "").within(0, 255),
    // JT/T 1078.
    bytes(0x0075, "video", "音视频参数设置", "Video", None),
    bytes(0x0076, "video_channels", "音视频通道列表设置", "Video channels", None),
    bytes(0x0077, "video_channel", "单独视频通道参数设置", "Video, channel by channel", None),
    bytes(0x0079, "video_alarm_recording", "特殊报警录像参数设置", "Recording of special alarms", None),
    number(0x007A, "video_alarm_mask", "视频相关报警屏蔽字", "Video alarms that are suppressed, by bit", U32, "").since(V2013),
    bytes(0x007B, "image_analysis", "图像分析报警参数设置", "Image analysis", None),
    bytes(0x007C, "sleep_wake", "终端休眠唤醒模式设置", "Sleeping and waking", None),
    number(0x0080, "odometer_km", "车辆里程表读数", "Odometer", U32, "km").tenths(),
    number(0x0081, "province", "车辆所在的省域 ID", "Province", U16, ""),
    number(0x0082, "city", "车辆所在的市域 ID", "City", U16, ""),
    text(0x0083, "plate", "机动车号牌", "Number plate"),
    number(0x0084, "plate_colour", "车牌颜色", "Colour of the number plate", U8, ""),
    number(0x0090, "gnss_mode", "GNSS 定位模式", "Systems in use: 1 GPS, 2 BeiDou, 4 GLONASS, 8 Galileo", U8, "")
        .within(0, 15)
        .since(V2013),
    number(0x0091, "gnss_baud", "GNSS 波特率", "Receiver's speed: 0 is 4,800 Bd, 5 is 115,200 Bd", U8, "")
        .within(0, 5)
        .since(V2013),
    number(0x0092, "gnss_output_rate", "GNSS 模块详细定位数据输出频率", "Receiver's rate: 0 is 500 ms, n is n seconds", U8, "")
        .within(0, 4)
        .since(V2013),
    number(0x0093, "gnss_sampling_s", "GNSS 模块详细定位数据采集频率", "How often raw fixes are kept", U32, "s").since(V2013),
    number(0x0094, "gnss_upload_mode", "GNSS 模块详细定位数据上传方式", "How raw fixes are sent", U8, "")
        .within(0, 13)
        .since(V2013),
    number(0x0095, "gnss_upload_setting", "GNSS 模块详细定位数据上传设置", "When raw fixes are sent", U32, "").since(V2013),
    number(0x0100, "can1_sampling_ms", "CAN 总线通道 1 采集时间间隔", "CAN channel 1: sampling interval", U32, "ms").since(V2013),
    number(0x0101, "can1_upload_s", "CAN 总线通道 1 上传时间间隔", "CAN channel 1: upload interval", U16, "s").since(V2013),
    number(0x0102, "can2_sampling_ms", "CAN 总线通道 2 采集时间间隔", "CAN channel 2: sampling interval", U32, "ms").since(V2013),
    number(0x0103, "can2_upload_s", "CAN 总线通道 2 上传时间间隔", "CAN channel 2: upload interval", U16, "s").since(V2013),
    bytes(0x0110, "can_id_sampling", "CAN 总线 ID 单独采集设置", "CAN: one identifier on its own", Some(8)),
    // T/JSATL 12.
    bytes(0xF364, "adas", "高级驾驶辅助系统参数", "Driver assistance", None),
    bytes(0xF365, "dsm", "驾驶员状态监测系统参数", "Driver monitoring", None),
    bytes(0xF366, "tpms", "胎压监测系统参数", "Tyre pressure monitoring", None),
    bytes(0xF367, "bsd", "盲区监测系统参数", "Blind spot monitoring", None),
];

const fn number(id: u32, key: &'static str, zh: &'static str, en: &'static str, kind: Kind, unit: &'static str) -> Parameter {
    let max = match kind {
        U8 => 0xFF,
        U16 => 0xFFFF,
        U32 | Text | Bytes(_) | DayWindow => u32::MAX,
    };
    Parameter { id, key, zh, en, kind, unit, decimals: 0, min: 0, max, since: V2011, until: V2019 }
}

const fn text(id: u32, key: &'static str, zh: &'static str, en: &'static str) -> Parameter {
    number(id, key, zh, en, Text, "")
}

const fn bytes(id: u32, key: &'static str, zh: &'static str, en: &'static str, length: Option<u8>) -> Parameter {
    number(id, key, zh, en, Bytes(length), "").since(V2013)
}

impl Parameter {
    const fn from(self, min: u32) -> Self {
        Self { min, ..self }
    }

    const fn within(self, min: u32, max: u32) -> Self {
        Self { min, max, ..self }
    }

    const fn tenths(self) -> Self {
        Self { decimals: 1, ..self }
    }

    const fn since(self, since: Edition) -> Self {
        Self { since, ..self }
    }

    const fn until(self, until: Edition) -> Self {
        Self { until, ..self }
    }
}
