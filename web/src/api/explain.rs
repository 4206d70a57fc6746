//! Bytes of any protocol in words: messages, each with its fields and where in the bytes they stand.

use serde::Serialize;
use serde_json::Value;
use telematics::device::Protocol;
use utoipa::ToSchema;

/// One message of a frame, or why there is none.
#[derive(Serialize, ToSchema)]
pub(crate) struct MessageView {
    /// What kind, such as `0x0200`; empty for what cannot be told.
    pub(crate) name: String,
    /// The bytes that the offsets count in: unescaped where the protocol escapes, in hexadecimal; empty for a text.
    pub(crate) hex: String,
    /// The payload, where it is text.
    pub(crate) text: Option<String>,
    /// Its fields, in their order.
    pub(crate) fields: Vec<FieldView>,
    /// The whole as `motorpool decode` tells it.
    pub(crate) decoded: Value,
    /// Code of what is wrong with it.
    pub(crate) error: Option<String>,
}

/// A field of a message.
#[derive(Serialize, ToSchema)]
pub(crate) struct FieldView {
    /// First byte.
    pub(crate) offset: usize,
    /// Bytes.
    pub(crate) length: usize,
    pub(crate) name_zh: String,
    pub(crate) name_en: String,
    /// What it says, with its unit.
    pub(crate) value: String,
}

/// What one kept frame says.
pub(crate) fn frame(protocol: Protocol, profile: &str, is_down: bool, bytes: &[u8]) -> Vec<MessageView> {
    let _ = (profile, is_down);
    match protocol {
        Protocol::Jt808 | Protocol::Gb32960 => Vec::new(),
        Protocol::Mqtt | Protocol::Http | Protocol::Broker => vec![text(bytes)],
    }
}

/// What pasted bytes say, one message behind the other.
pub(crate) fn stream(protocol: Protocol, profile: &str, bytes: &[u8]) -> Vec<MessageView> {
    frame(protocol, profile, false, bytes)
}

/// A payload of our own protocol, or of a phone: JSON, or something that is shown as it is.
fn text(bytes: &[u8]) -> MessageView {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let parsed: Result<Value, _> = serde_json::from_slice(bytes);
    let error = parsed.is_err().then_some("inspect.json");
    let decoded = parsed.unwrap_or_default();
    let records = match &decoded {
        Value::Array(records) => records.clone(),
        one => vec![one.clone()],
    };
    let mut fields = Vec::new();
    for (n, record) in records.iter().enumerate() {
        let Value::Object(record) = record else { continue };
        for (key, value) in record {
            let (zh, en) = record_name(key);
            let place = if records.len() > 1 { format!("[{n}] ") } else { String::new() };
            fields.push(FieldView {
                offset: 0,
                length: 0,
                name_zh: format!("{place}{zh} {key}"),
                name_en: format!("{place}{en} {key}"),
                value: value.as_str().map_or_else(|| value.to_string(), str::to_owned),
            });
        }
    }
    MessageView { name: String::new(), hex: String::new(), text: Some(text), fields, decoded, error: error.map(str::to_owned) }
}

/// Keys of our own record, in words.
const RECORD: &[(&str, &str, &str)] = &[
    ("seq", "序号", "sequence"),
    ("t", "定位时间(毫秒)", "time of fix, ms"),
    ("lat", "纬度", "latitude"),
    ("lon", "经度", "longitude"),
    ("alt", "海拔(米)", "altitude, m"),
    ("spd", "速度(公里/小时)", "speed, km/h"),
    ("crs", "航向(度)", "course, °"),
    ("acc", "定位误差(米)", "accuracy, m"),
    ("sat", "卫星数", "satellites"),
    ("hdop", "水平精度因子", "dilution of precision"),
    ("odo", "里程(米)", "odometer, m"),
    ("soc", "剩余电量(%)", "state of charge, %"),
    ("fuel", "油量(升)", "fuel, L"),
    ("ign", "点火", "ignition"),
    ("chg", "充电", "charging"),
    ("v12", "蓄电池电压(伏)", "battery, V"),
    ("dtc", "故障码", "trouble codes"),
    ("id", "指令编号", "command"),
    ("kind", "指令", "command kind"),
    ("ok", "已执行", "done"),
    ("code", "错误代码", "error code"),
];

fn record_name(key: &str) -> (&'static str, &'static str) {
    RECORD.iter().find(|(known, ..)| *known == key).map_or(("", ""), |(_, zh, en)| (zh, en))
}
