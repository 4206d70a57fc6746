//! Bytes of any protocol in words: messages, each with its fields and where in the bytes they stand.

use serde::Serialize;
use serde_json::{Value, json};
use telematics::device::Protocol;
use telematics::jt808::Profile;
use telematics::{gb32960, jt808, jt809};
use utoipa::ToSchema;

/// Messages of one answer.
const MOST: usize = 200;

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

/// What the bytes of a frame say, or of several behind each other.
pub(crate) fn stream(protocol: Protocol, profile: &str, bytes: &[u8]) -> Vec<MessageView> {
    match protocol {
        Protocol::Jt808 => jt808_stream(Profile::by_name(profile).unwrap_or(&Profile::STANDARD), bytes),
        Protocol::Gb32960 => gb32960_stream(bytes),
        Protocol::Mqtt | Protocol::Http | Protocol::Broker => vec![text(bytes)],
        Protocol::Jt809 => jt809_stream(bytes),
    }
}

fn jt808_stream(profile: &Profile, bytes: &[u8]) -> Vec<MessageView> {
    let (mut framer, mut messages, mut done) = (jt808::Framer::of_capture(), Vec::new(), 0);
    while messages.len() < MOST {
        let rest = bytes.get(done..).unwrap_or_default();
        let (used, found) = framer.next(rest);
        let Some(found) = found else {
            if let Some(cut) = framer.finish(rest.get(used..).unwrap_or_default()) {
                messages.extend(cut.frame.err().map(|error| broken(error.code(), &error.to_string(), rest)));
            }
            break;
        };
        let begins = usize::try_from(found.at).unwrap_or(done);
        let wire = bytes.get(begins..done + used).unwrap_or_default();
        messages.push(match found.frame {
            Ok(frame) => {
                let checksum = frame.message.iter().fold(0, |sum, byte| sum ^ byte);
                let message = jt808::Message::read(frame.header, frame.body);
                let decoded = jt808::explain(&message, profile);
                let error = decoded.pointer("/error/code").and_then(Value::as_str).map(str::to_owned);
                let fields = jt808::fields(wire).unwrap_or_default().into_iter().map(FieldView::of_jt808).collect();
                let hex = hex::encode(frame.message) + &hex::encode([checksum]);
                MessageView { name: format!("{:#06x}", frame.header.message_id), hex, text: None, fields, decoded, error }
            }
            Err(error) => broken(error.code(), &error.to_string(), wire),
        });
        done += used;
    }
    messages
}

fn gb32960_stream(bytes: &[u8]) -> Vec<MessageView> {
    let (mut framer, mut messages, mut done) = (gb32960::Framer::default(), Vec::new(), 0);
    while messages.len() < MOST {
        let taken = framer.last(bytes.get(done..).unwrap_or_default());
        match taken.item {
            None => break,
            Some(Ok(frame)) => {
                messages.push(gb32960_message(&frame, bytes.get(done + taken.begins..done + taken.used).unwrap_or_default()));
            }
            Some(Err(bad)) => messages.push(broken(bad.error.code(), &bad.error.to_string(), bad.bytes)),
        }
        done += taken.used.max(1);
    }
    messages
}

fn gb32960_message(frame: &gb32960::Frame<'_>, wire: &[u8]) -> MessageView {
    // Keys stay with the gateway: what is encrypted is shown as it came.
    let keys = gb32960::KeyRing::default();
    let (decoded, error) = match gb32960::open(frame, &keys) {
        Ok(data) => match gb32960::Message::read(frame.header, &data) {
            Ok(message) => (gb32960::explain::message(&message, message.verdict(&keys)), None),
            Err(error) => (gb32960::explain::header(&frame.header), Some(error.code().to_owned())),
        },
        Err(error) => (gb32960::explain::header(&frame.header), Some(error.code().to_owned())),
    };
    MessageView {
        name: frame.header.command.name(),
        hex: hex::encode(wire),
        text: None,
        fields: gb32960::fields(wire).into_iter().map(FieldView::of_gb32960).collect(),
        decoded: Value::Object(decoded),
        error,
    }
}

fn jt809_stream(bytes: &[u8]) -> Vec<MessageView> {
    let (mut framer, mut messages, mut done) = (jt809::Framer::default(), Vec::new(), 0);
    while messages.len() < MOST {
        let rest = bytes.get(done..).unwrap_or_default();
        let (used, found) = framer.next(rest);
        let Some(found) = found else {
            if let Some(cut) = framer.finish(rest.get(used..).unwrap_or_default()) {
                messages.extend(cut.frame.err().map(|error| broken(error.code(), &error.to_string(), rest)));
            }
            break;
        };
        let begins = usize::try_from(found.at).unwrap_or(done);
        messages.push(match found.frame {
            Ok(frame) => jt809_message(frame.message),
            Err(error) => broken(error.code(), &error.to_string(), bytes.get(begins..done + used).unwrap_or_default()),
        });
        done += used;
    }
    messages
}

fn jt809_message(message: &[u8]) -> MessageView {
    // Constants stay with the gateway: what is encrypted is shown as it came.
    let edition = jt809::Edition::of(message).unwrap_or_default();
    let decoded = Value::Object(jt809::explain::whole(message, edition, None));
    let said = |pointer: &str| decoded.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    MessageView {
        name: said("/body/sub_id").or_else(|| said("/message_id")).unwrap_or_default(),
        hex: hex::encode(message),
        text: None,
        fields: Vec::new(),
        error: said("/error/code"),
        decoded,
    }
}

/// Bytes that are no frame.
fn broken(code: &str, detail: &str, bytes: &[u8]) -> MessageView {
    MessageView {
        name: String::new(),
        hex: hex::encode(bytes),
        text: None,
        fields: Vec::new(),
        decoded: json!({ "error": { "code": code, "detail": detail } }),
        error: Some(code.to_owned()),
    }
}

impl FieldView {
    fn of_jt808(field: jt808::fields::Field) -> Self {
        let jt808::fields::Field { offset, length, name_zh, name_en, value, .. } = field;
        Self { offset, length, name_zh, name_en, value }
    }

    fn of_gb32960(field: telematics::field::Field) -> Self {
        let telematics::field::Field { offset, length, name_zh, name_en, value, .. } = field;
        let value = match value {
            Value::Null => String::new(),
            Value::String(text) => text,
            other => other.to_string(),
        };
        Self { offset, length, name_zh, name_en, value }
    }
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
