//! What the fields of messages are called in Chinese, for the inspector.

/// The Chinese name of a field, by its name in the JSON; what has none keeps the English one.
pub(crate) fn chinese(name: &'static str) -> &'static str {
    NAMES.iter().find(|(english, _)| *english == name).map_or(name, |(_, chinese)| chinese)
}

/// Sorted by the English name.
const NAMES: &[(&str, &str)] = &[
    ("abnormal_driving", "异常驾驶行为"),
    ("alarm_bits", "报警标志"),
    ("alarm_event_id", "需要人工确认报警事件的 ID"),
    ("altitude_m", "高程"),
    ("analog", "模拟量"),
    ("area_crossing", "进出区域/路线报警附加信息"),
    ("at", "时间"),
    ("batch_type", "位置数据类型"),
    ("blind_spot", "盲区监测报警"),
    ("cabin_temperature_c", "车厢温度"),
    ("can_id", "CAN ID"),
    ("card_result", "IC 卡读取结果"),
    ("card_status", "IC 卡状态"),
    ("certificate", "从业资格证编码"),
    ("channel", "通道 ID"),
    ("checksum", "校验码"),
    ("city", "市县域 ID"),
    ("communication", "通信模块属性"),
    ("count", "总数"),
    ("data", "数据"),
    ("data_bytes", "数据长度"),
    ("device_id", "终端 ID"),
    ("driver_assistance", "高级驾驶辅助系统报警"),
    ("driver_name", "驾驶员姓名"),
    ("driver_state", "驾驶员状态监测系统报警"),
    ("event", "事件项编码"),
    ("firmware_version", "终端固件版本号"),
    ("first_serial", "原始消息流水号"),
    ("fixed_at", "时间"),
    ("format", "多媒体格式编码"),
    ("fuel", "油量"),
    ("gnss", "GNSS 模块属性"),
    ("hardware_version", "终端硬件版本号"),
    ("heading_deg", "方向"),
    ("iccid", "终端 SIM 卡 ICCID"),
    ("id_number", "驾驶员身份证号"),
    ("imei", "终端 IMEI"),
    ("index", "包序号"),
    ("io_status", "IO 状态位"),
    ("issuer", "发证机构名称"),
    ("item_id", "附加信息 ID"),
    ("item_length", "附加信息长度"),
    ("lat", "纬度"),
    ("length", "长度"),
    ("lon", "经度"),
    ("maker", "制造商 ID"),
    ("media_id", "多媒体数据 ID"),
    ("media_type", "多媒体类型"),
    ("message_id", "消息 ID"),
    ("model", "终端型号"),
    ("odometer_km", "里程"),
    ("overspeed_area", "超速报警附加信息"),
    ("package_index", "包序号"),
    ("package_total", "消息总包数"),
    ("parameter_id", "参数 ID"),
    ("plate", "车牌"),
    ("plate_colour", "车牌颜色"),
    ("properties", "消息体属性"),
    ("protocol_version", "协议版本号"),
    ("province", "省域 ID"),
    ("received_at", "接收时间"),
    ("recorder_speed_kmh", "行驶记录功能获取的速度"),
    ("reply_id", "应答 ID"),
    ("reply_serial", "应答流水号"),
    ("result", "结果"),
    ("satellites", "GNSS 定位卫星数"),
    ("section_time", "路段行驶时间不足/过长报警附加信息"),
    ("serial", "消息流水号"),
    ("signal", "无线通信网络信号强度"),
    ("software_version", "软件版本号"),
    ("speed_kmh", "速度"),
    ("status_bits", "状态"),
    ("storage_faults", "存储器故障报警状态"),
    ("tail", "其余字节"),
    ("terminal_id", "终端手机号"),
    ("terminal_type", "终端类型"),
    ("token", "鉴权码"),
    ("transparent_type", "透传消息类型"),
    ("tyre_pressure", "胎压"),
    ("tyre_state", "胎压监测系统报警"),
    ("upgrade_type", "升级类型"),
    ("valid_until", "证件有效期"),
    ("value", "参数值"),
    ("vehicle_signals", "扩展车辆信号状态位"),
    ("vendor_item", "厂商自定义项"),
    ("video_alarms", "视频相关报警"),
    ("video_blocked_channels", "视频信号遮挡报警状态"),
    ("video_lost_channels", "视频信号丢失报警状态"),
    ("vin", "车辆 VIN"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_covers_the_items() {
        assert!(NAMES.is_sorted_by(|a, b| a.0 < b.0));
        for rule in crate::jt808::standard::ITEMS {
            assert_ne!(chinese(rule.name), rule.name);
        }
    }
}
