//! Payload of a message: one record or an array of them, JSON or CBOR; what cannot be read is kept aside, not dropped.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, SeqAccess, Visitor};
use telematics::record::Record;

/// What a payload holds (报文内容).
#[derive(Debug, Default)]
pub struct Payload {
    /// The records that could be read, in their order.
    pub records: Vec<Record>,
    /// The rest, each with a code such as `payload.malformed`.
    pub unreadable: Vec<Unreadable>,
}

/// A piece of a payload that is no record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Why.
    pub code: &'static str,
    /// The piece itself.
    pub bytes: Vec<u8>,
}

/// How a payload is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Text.
    Json,
    /// Binary with the same keys.
    Cbor,
}

impl Encoding {
    /// By the content type of MQTT 5, else by the first byte: JSON begins with `{` or `[`, after white space at most.
    pub fn of(content_type: Option<&str>, payload: &[u8]) -> Self {
        let first = payload.iter().find(|byte| !byte.is_ascii_whitespace());
        match content_type {
            Some("application/cbor") => Self::Cbor,
            Some("application/json") => Self::Json,
            _ if matches!(first, Some(b'{' | b'[')) => Self::Json,
            _ => Self::Cbor,
        }
    }
}

/// Reads a payload; at most `limit` records, a longer array is not read at all.
pub fn read(encoding: Encoding, bytes: &[u8], limit: usize) -> Payload {
    if let Some(records) = read_all(encoding, bytes, limit) {
        return Payload { records, unreadable: Vec::new() };
    }
    // One bad record must not take its neighbours with it: read them one by one, by way of loose values.
    let Some(values) = loose_values(encoding, bytes) else {
        return unreadable("payload.malformed", bytes);
    };
    if values.len() > limit {
        return unreadable("payload.too_many_records", bytes);
    }
    let mut payload = Payload::default();
    for value in values {
        match serde_json::from_value::<Record>(value.clone()) {
            Ok(record) => payload.records.push(record),
            Err(_not_a_record) => {
                payload.unreadable.push(Unreadable { code: "record.malformed", bytes: value.to_string().into_bytes() });
            }
        }
    }
    payload
}

fn unreadable(code: &'static str, bytes: &[u8]) -> Payload {
    Payload { records: Vec::new(), unreadable: vec![Unreadable { code, bytes: bytes.to_vec() }] }
}

fn read_all(encoding: Encoding, bytes: &[u8], limit: usize) -> Option<Vec<Record>> {
    match encoding {
        Encoding::Json => {
            let mut reader = serde_json::Deserializer::from_slice(bytes);
            let records = Records { limit }.deserialize(&mut reader).ok()?;
            reader.end().ok()?;
            Some(records)
        }
        Encoding::Cbor => {
            if is_cbor_array(bytes) {
                let list: BoundedList = ciborium::from_reader(bytes).ok()?;
                return (list.0.len() <= limit).then_some(list.0);
            }
            ciborium::from_reader(bytes).ok().map(|record| vec![record])
        }
    }
}

fn is_cbor_array(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|byte| byte >> 5 == 4)
}

fn loose_values(encoding: Encoding, bytes: &[u8]) -> Option<Vec<serde_json::Value>> {
    let value: serde_json::Value = match encoding {
        Encoding::Json => serde_json::from_slice(bytes).ok()?,
        Encoding::Cbor => ciborium::from_reader(bytes).ok()?,
    };
    match value {
        serde_json::Value::Array(values) => Some(values),
        serde_json::Value::Object(_) => Some(vec![value]),
        _ => None,
    }
}

/// The most records a CBOR array may announce; the configured limit is checked behind it.
const LONGEST_LIST: usize = 2_000;

/// An array that stops being read before it grows large: `[0,0,…]` of 20 kilobytes would become megabytes of records.
#[derive(Debug)]
struct BoundedList(Vec<Record>);

impl<'de> serde::Deserialize<'de> for BoundedList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Records { limit: LONGEST_LIST }.deserialize(deserializer).map(Self)
    }
}

/// One record or an array of at most `limit`.
struct Records {
    limit: usize,
}

impl<'de> DeserializeSeed<'de> for Records {
    type Value = Vec<Record>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<Record>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Records {
    type Value = Vec<Record>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record or an array of records")
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Vec<Record>, A::Error> {
        let record = serde::Deserialize::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
        Ok(vec![record])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<Record>, A::Error> {
        let mut records = Vec::new();
        while let Some(record) = seq.next_element()? {
            if records.len() == self.limit {
                return Err(A::Error::custom("too many records"));
            }
            records.push(record);
        }
        Ok(records)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], records: usize, codes: &[&str]) {
        let payload = read(Encoding::of(None, bytes), bytes, 3);
        assert_eq!(payload.records.len(), records, "{bytes:?}");
        assert_eq!(payload.unreadable.iter().map(|piece| piece.code).collect::<Vec<_>>(), codes, "{bytes:?}");
    }

    #[test]
    fn one_record_or_many_are_read_and_the_rest_is_kept() {
        check(br#"{"seq":1,"t":2}"#, 1, &[]);
        check(br#" [{"seq":1,"t":2},{"seq":2,"t":3}]"#, 2, &[]);
        check(br#"[{"seq":1,"t":2},{"seq":"x","t":3},{"seq":3,"t":4}]"#, 2, &["record.malformed"]);
        check(br"[{},{},{},{}]", 0, &["payload.too_many_records"]);
        check(br#"{"seq":1"#, 0, &["payload.malformed"]);
        check(br#"{"seq":1} x"#, 0, &["payload.malformed"]);
        check(b"", 0, &["payload.malformed"]);
        check(b"[]", 0, &[]);
        check(b"\xff\x00", 0, &["payload.malformed"]);
    }

    #[test]
    fn cbor_says_the_same_as_json() {
        let record = Record { seq: 7, t: 9, lat: Some(30.5), lon: Some(120.25), ..Record::default() };
        for list in [vec![record.clone()], vec![record.clone(), record.clone()]] {
            let mut bytes = Vec::new();
            ciborium::into_writer(&list, &mut bytes).unwrap();
            assert_eq!(read(Encoding::of(None, &bytes), &bytes, 3).records, list);
        }
        let mut bytes = Vec::new();
        ciborium::into_writer(&record, &mut bytes).unwrap();
        assert_eq!(read(Encoding::Cbor, &bytes, 3).records, std::slice::from_ref(&record));
        let mut bytes = Vec::new();
        ciborium::into_writer(&vec![record; 4], &mut bytes).unwrap();
        assert_eq!(read(Encoding::Cbor, &bytes, 3).unreadable[0].code, "payload.too_many_records");
    }
}
