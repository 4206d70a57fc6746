//! Messages for people and programs: the JSON of `decode`, and the fields of the inspector with the bytes they stand in.

use serde_json::{Map, Value};

use crate::field::Field;
use crate::gb32960::header::{Command, Encryption, HEADER_BYTES, Header};
use crate::gb32960::info::{Infos, Kind, SIGNATURE};
use crate::gb32960::layout::Item;
use crate::gb32960::login;
use crate::gb32960::message::{self, Body, Message};
use crate::gb32960::report::Report;
use crate::gb32960::signature::{self, Verdict};
use crate::gb32960::time;
use crate::gb32960::walk::{Short, Walker};

static TIME: Item = login::TIME;

/// What a header says.
pub fn header(header: &Header) -> Map<String, Value> {
    let mut into = Map::new();
    into.insert("edition".to_owned(), Value::from(header.edition.year()));
    into.insert("command".to_owned(), Value::from(header.command.name()));
    into.insert("vin".to_owned(), Value::from(header.vin.to_string()));
    into.insert("ack".to_owned(), Value::from(header.ack.name()));
    into.insert("encryption".to_owned(), Value::from(header.encryption.name()));
    into.insert("replay".to_owned(), Value::from(header.command == Command::Reissue));
    into
}

/// What a message says.
pub fn message(message: &Message<'_>, verdict: Verdict) -> Map<String, Value> {
    let mut into = header(&message.header);
    into.insert("time".to_owned(), Value::from(message.time().map(time::text)));
    let mut walker = Walker::new(message.data, HEADER_BYTES, None);
    // The message was held to its table when it was read, so that nothing is missing here.
    let _whole = data(message, &mut walker, &mut into);
    if let Some(Value::Object(signature)) = into.get_mut("signature") {
        signature.insert("verified".to_owned(), Value::from(verdict.verified()));
    }
    into
}

/// A frame field by field, as far as it can be read without keys; a frame that is not whole is told as far as it goes.
pub fn fields(frame: &[u8]) -> Vec<Field> {
    let mut fields = Vec::new();
    let Some(head) = Header::read(frame) else { return fields };
    let end = HEADER_BYTES + usize::from(head.length);
    let unit = frame.get(HEADER_BYTES..end.min(frame.len())).unwrap_or_default();
    let mut told = |offset: usize, length: usize, (zh, en): (&str, &str), value: Value| {
        let bytes = frame.get(offset..offset + length).unwrap_or_default();
        fields.push(Field {
            offset,
            length: bytes.len(),
            hex: hex::encode(bytes),
            name_zh: zh.to_owned(),
            name_en: en.to_owned(),
            value,
        });
    };
    told(0, 2, ("起始符", "start symbol"), Value::from(head.edition.year()));
    told(2, 1, ("命令标识", "command"), Value::from(head.command.name()));
    told(3, 1, ("应答标志", "acknowledgement"), Value::from(head.ack.name()));
    told(4, 17, ("唯一识别码", "VIN"), Value::from(head.vin.to_string()));
    told(21, 1, ("数据单元加密方式", "encryption"), Value::from(head.encryption.name()));
    told(22, 2, ("数据单元长度", "length of the data unit"), Value::from(head.length));
    let code = frame.get(end).map(|code| Value::from(format!("{code:02x}")));
    if head.encryption != Encryption::None && !unit.is_empty() {
        told(HEADER_BYTES, unit.len(), ("加密的数据单元", "encrypted data unit"), Value::Null);
    } else {
        let mut walker = Walker::new(unit, HEADER_BYTES, Some(&mut fields));
        let read = match Message::read(head, unit) {
            Ok(message) => data(&message, &mut walker, &mut Map::new()),
            Err(_bad) if head.command.is_report() => infos(&head, unit, &mut walker, &mut Map::new()),
            Err(_bad) => table(&head, unit, &mut walker, &mut Map::new()),
        };
        let left = walker.rest();
        if read.is_err() || !left.is_empty() {
            // Where the table ends, the bytes are shown as they are.
            let _there = walker.take(left.len(), "rest");
            walker.tell(("其余数据", "other data"), left.len(), &Value::Null);
        }
    }
    if let Some(code) = code {
        let bytes = frame.get(end..=end).unwrap_or_default();
        fields.push(Field {
            offset: end,
            length: bytes.len(),
            hex: hex::encode(bytes),
            name_zh: "校验码".to_owned(),
            name_en: "check code".to_owned(),
            value: code,
        });
    }
    fields
}

fn data(message: &Message<'_>, walker: &mut Walker<'_, '_>, into: &mut Map<String, Value>) -> Result<(), Short> {
    match &message.body {
        Body::Report(report) => self::report(report, message, walker, into),
        Body::Answer => answer(walker, into),
        _ => table(&message.header, message.data, walker, into),
    }
}

fn report(
    report: &Report<'_>,
    message: &Message<'_>,
    walker: &mut Walker<'_, '_>,
    into: &mut Map<String, Value>,
) -> Result<(), Short> {
    infos(&message.header, message.data, walker, into)?;
    if report.signature.is_some() {
        walker.take(1, "mark of the signature")?;
        walker.tell(("签名数据开始标识", "mark of the signature"), 1, &Value::from(SIGNATURE));
        walker.item(&signature::SIGNATURE, into)?;
    }
    Ok(())
}

/// The time and the information bodies, as far as they are whole.
fn infos(header: &Header, data: &[u8], walker: &mut Walker<'_, '_>, into: &mut Map<String, Value>) -> Result<(), Short> {
    walker.item(&TIME, into)?;
    let mut infos = Infos::new(header.edition, data, walker.at());
    while let Ok(Some(info)) = infos.next() {
        walker.take(1, "information type")?;
        walker.tell(("信息类型标志", "information type"), 1, &Value::from(format!("0x{:02x}", info.code)));
        let mut found = Map::new();
        if let Some(item) = info.kind.item(header.edition) {
            walker.item(item, &mut found)?;
        } else {
            let value = raw(walker, info.code, info.kind, info.body)?;
            let key = if info.kind == Kind::Custom { "custom" } else { "unknown" };
            found.insert(key.to_owned(), Value::Array(vec![value]));
        }
        for (key, value) in found {
            merge(into, key, value);
        }
    }
    Ok(())
}

/// A body without a table: its type, and its bytes behind the length that it gives.
fn raw(walker: &mut Walker<'_, '_>, code: u8, kind: Kind, body: &[u8]) -> Result<Value, Short> {
    let length = body.first_chunk().map(|length| usize::from(u16::from_be_bytes(*length)));
    let counted = kind == Kind::Custom || length.is_some_and(|length| length + 2 == body.len());
    let mut data = body;
    if let Some(length) = length.filter(|_| counted) {
        walker.take(2, "length of the data")?;
        walker.tell(("自定义数据长度", "length of the data"), 2, &Value::from(length));
        data = body.get(2..).unwrap_or_default();
    }
    let hex = Value::from(hex::encode(walker.take(data.len(), "data")?));
    walker.tell(("自定义数据", "data"), data.len(), &hex);
    let mut value = Map::new();
    value.insert("type".to_owned(), Value::from(format!("0x{code:02x}")));
    value.insert("data".to_owned(), hex);
    Ok(Value::Object(value))
}

/// A second body of a type goes on where the first ended; of one that is no list, the later holds.
fn merge(into: &mut Map<String, Value>, key: String, value: Value) {
    match (into.get_mut(&key), value) {
        (Some(Value::Array(there)), Value::Array(more)) => there.extend(more),
        (_, value) => {
            into.insert(key, value);
        }
    }
}

fn table(header: &Header, data: &[u8], walker: &mut Walker<'_, '_>, into: &mut Map<String, Value>) -> Result<(), Short> {
    match message::table(header, data) {
        Some(items) => walker.items(items, into),
        None => rest(walker, into),
    }
}

fn answer(walker: &mut Walker<'_, '_>, into: &mut Map<String, Value>) -> Result<(), Short> {
    if !walker.rest().is_empty() {
        walker.items(message::JUST_TIME, into)?;
    }
    if walker.rest().is_empty() { Ok(()) } else { rest(walker, into) }
}

fn rest(walker: &mut Walker<'_, '_>, into: &mut Map<String, Value>) -> Result<(), Short> {
    let bytes = walker.rest();
    walker.take(bytes.len(), "data")?;
    let data = Value::from(hex::encode(bytes));
    walker.tell(("数据单元", "data unit"), bytes.len(), &data);
    into.insert("data".to_owned(), data);
    Ok(())
}
