//! How the value of an item is laid out, as data: one reader for the standard's items, active safety and all makers.

use serde_json::{Map, Value};

use crate::jt808::{bcd, text};

/// The layout of a value (数据格式).
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    /// One number.
    Number(Number),
    /// One number, and bytes behind it that mean nothing to us.
    Front(Number),
    /// A set of bits by name, the lowest first; those without a name are left out.
    Flags(&'static [&'static str]),
    /// A set of bits by number, the lowest being this one.
    Channels(u8),
    /// Text in GBK.
    Text,
    /// Digits, two in a byte.
    Digits,
    /// An instant of six bytes.
    Time,
    /// A list of bytes; all ones is none.
    Bytes,
    /// Degrees as in a position, without a sign.
    Degrees,
    /// Just the bytes, in hexadecimal.
    Hex,
    /// One part behind the other; parts at the end may be missing.
    Record(&'static [Part]),
    /// How many in one byte, and so many records.
    List(&'static [Part]),
    /// Items within the item.
    Nested(&'static Nested),
}

/// A number on the wire and its unit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number {
    bytes: usize,
    sign: Sign,
    add: i32,
    divide: u32,
}

#[derive(Debug, Clone, Copy)]
enum Sign {
    None,
    Twos,
    /// The highest bit says negative, the others say how much.
    Magnitude,
}

/// A part of a record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    pub(crate) name: &'static str,
    /// How many bytes; [`REST`] takes what is left.
    pub(crate) bytes: usize,
    pub(crate) shape: Shape,
}

/// A part without a length of its own.
pub(crate) const REST: usize = usize::MAX;

/// Items within an item: how wide their ids and lengths are, and what they are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Nested {
    pub(crate) order: Order,
    pub(crate) rules: &'static [Rule],
}

/// What comes first in a nested item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Two bytes of length, which counts the id, then two bytes of id.
    LengthId,
    /// Two bytes of id, one byte of length.
    IdLength,
}

/// An item and what it says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    pub(crate) id: u16,
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    /// Which reading it is.
    pub(crate) reading: Option<Target>,
}

/// A reading of a vehicle that an item gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    FuelPct,
    FuelLitres,
    Volts,
    OdometerKm,
    Rpm,
    CoolantC,
    TroubleCodes,
}

impl Number {
    pub(crate) const fn of(bytes: usize) -> Self {
        Self { bytes, sign: Sign::None, add: 0, divide: 1 }
    }

    pub(crate) const fn signed(self) -> Self {
        Self { sign: Sign::Twos, ..self }
    }

    pub(crate) const fn magnitude(self) -> Self {
        Self { sign: Sign::Magnitude, ..self }
    }

    pub(crate) const fn plus(self, add: i32) -> Self {
        Self { add, ..self }
    }

    pub(crate) const fn over(self, divide: u32) -> Self {
        Self { divide, ..self }
    }

    fn raw(self, value: &[u8]) -> Option<i64> {
        if value.len() != self.bytes {
            return None;
        }
        let raw = value.iter().fold(0, |whole: i64, byte| (whole << 8) | i64::from(*byte));
        let top = 1_i64 << (self.bytes * 8 - 1);
        let signed = match self.sign {
            Sign::Twos if raw >= top => raw - 2 * top,
            Sign::Magnitude if raw >= top => top - raw,
            Sign::None | Sign::Twos | Sign::Magnitude => raw,
        };
        Some(signed + i64::from(self.add))
    }

    pub(crate) fn read(self, value: &[u8]) -> Option<f64> {
        // No value has more than four bytes, so a double holds it exactly.
        let whole =
            i32::try_from(self.raw(value)?).map_or_else(|_wide| self.raw(value).map(wide), |small| Some(f64::from(small)))?;
        Some(whole / f64::from(self.divide))
    }

    fn json(self, value: &[u8]) -> Option<Value> {
        if self.divide == 1 { self.raw(value).map(Value::from) } else { self.read(value).map(Value::from) }
    }
}

/// An unsigned number of four bytes.
fn wide(raw: i64) -> f64 {
    u32::try_from(raw).map_or(0.0, f64::from)
}

impl Shape {
    /// The one number that the bytes say.
    pub(crate) fn number(self, value: &[u8]) -> Option<f64> {
        match self {
            Self::Number(number) => number.read(value),
            Self::Front(number) => number.read(value.get(..number.bytes)?),
            _ => None,
        }
    }

    /// What the bytes say; `None` when they do not have this shape.
    pub(crate) fn json(self, value: &[u8]) -> Option<Value> {
        Some(match self {
            Self::Number(number) => number.json(value)?,
            Self::Front(number) => number.json(value.get(..number.bytes)?)?,
            Self::Flags(names) => {
                set_bits(value).filter_map(|bit| names.get(bit).copied()).filter(|name| !name.is_empty()).collect()
            }
            Self::Channels(first) => set_bits(value).map(|bit| bit + usize::from(first)).collect(),
            Self::Text => text::read(value).into(),
            Self::Digits => bcd::text(value).into(),
            Self::Time => bcd::time(value.try_into().ok()?).map_or(Value::Null, |at| serde_json::json!(at)),
            Self::Bytes => value.iter().map(|byte| (*byte != u8::MAX).then_some(*byte)).collect::<Vec<_>>().into(),
            Self::Degrees => Number::of(4).over(1_000_000).json(value)?,
            Self::Hex => hex::encode(value).into(),
            Self::Record(parts) => {
                let (record, rest) = record(parts, value)?;
                rest.is_empty().then_some(record)?
            }
            Self::List(parts) => {
                let (&count, mut rest) = value.split_first()?;
                let mut list = Vec::new();
                for _ in 0..count {
                    let (next, behind) = record(parts, rest)?;
                    list.push(next);
                    rest = behind;
                }
                list.into()
            }
            Self::Nested(nested) => {
                let named = nested.items(value).map(|(id, value)| nested.named(id, value));
                named.collect::<Map<_, _>>().into()
            }
        })
    }
}

impl Nested {
    /// The items within; what is cut off is left out.
    pub(crate) fn items<'a>(&self, mut rest: &'a [u8]) -> impl Iterator<Item = (u16, &'a [u8])> + use<'a> {
        let order = self.order;
        std::iter::from_fn(move || {
            let (id, length, behind) = match order {
                Order::LengthId => {
                    let (&[a, b, c, d], behind) = rest.split_first_chunk()?;
                    (u16::from_be_bytes([c, d]), usize::from(u16::from_be_bytes([a, b])).checked_sub(2)?, behind)
                }
                Order::IdLength => {
                    let (&[a, b, length], behind) = rest.split_first_chunk()?;
                    (u16::from_be_bytes([a, b]), usize::from(length), behind)
                }
            };
            let (value, behind) = behind.split_at_checked(length)?;
            rest = behind;
            Some((id, value))
        })
    }

    /// The rule of an item within.
    pub(crate) fn rule(&self, id: u16) -> Option<&'static Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    fn named(&self, id: u16, value: &[u8]) -> (String, Value) {
        let known = self.rule(id).and_then(|rule| Some((rule.name.to_owned(), rule.shape.json(value)?)));
        known.unwrap_or_else(|| (format!("{id:#06x}"), hex::encode(value).into()))
    }
}

/// A record from the front of the bytes, and what is behind it.
fn record<'a>(parts: &[Part], value: &'a [u8]) -> Option<(Value, &'a [u8])> {
    let mut rest = value;
    let mut object = Map::new();
    for part in parts {
        let length = if part.bytes == REST { rest.len() } else { part.bytes };
        let shown = if rest.is_empty() && !object.is_empty() && part.bytes != REST {
            Value::Null
        } else {
            let (taken, behind) = rest.split_at_checked(length)?;
            rest = behind;
            part.shape.json(taken)?
        };
        object.insert(part.name.to_owned(), shown);
    }
    Some((object.into(), rest))
}

/// The numbers of the bits that are set, the lowest being 0.
fn set_bits(value: &[u8]) -> impl Iterator<Item = usize> + '_ {
    value
        .iter()
        .rev()
        .enumerate()
        .flat_map(|(byte, bits)| (0..8).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| byte * 8 + bit))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_have_their_sign_offset_and_unit() {
        for (number, value, json) in [
            (Number::of(4), vec![0xff; 4], json!(4_294_967_295_u32)),
            (Number::of(4).over(10), vec![0, 1, 0xe2, 0x40], json!(12345.6)),
            (Number::of(2).magnitude(), vec![0x80, 0x05], json!(-5)),
            (Number::of(2).magnitude(), vec![0x00, 0x05], json!(5)),
            (Number::of(2).signed(), vec![0xff, 0xfe], json!(-2)),
            (Number::of(1).plus(-40), vec![0x8a], json!(98)),
        ] {
            assert_eq!(Shape::Number(number).json(&value), Some(json), "{number:?}");
        }
        assert_eq!(Shape::Number(Number::of(2)).json(&[1]), None);
    }

    #[test]
    fn bits_have_names_or_numbers() {
        assert_eq!(Shape::Flags(&["a", "", "c"]).json(&[0, 0b1111]), Some(json!(["a", "c"])));
        assert_eq!(Shape::Channels(1).json(&[0x80, 0, 0, 0x05]), Some(json!([1, 3, 32])));
    }

    #[test]
    fn a_record_may_end_early_but_not_within_a_part() {
        const AREA: Shape = Shape::Record(&[
            Part { name: "kind", bytes: 1, shape: Shape::Number(Number::of(1)) },
            Part { name: "id", bytes: 4, shape: Shape::Number(Number::of(4)) },
        ]);
        assert_eq!(AREA.json(&[0]), Some(json!({ "kind": 0, "id": null })));
        assert_eq!(AREA.json(&[1, 0, 0, 0, 7]), Some(json!({ "kind": 1, "id": 7 })));
        assert_eq!(AREA.json(&[1, 0, 0]), None);
        assert_eq!(AREA.json(&[1, 0, 0, 0, 7, 0]), None);
    }

    #[test]
    fn a_list_that_tells_more_than_it_has_is_none() {
        const WHEELS: Shape = Shape::List(&[Part { name: "wheel", bytes: 1, shape: Shape::Number(Number::of(1)) }]);
        assert_eq!(WHEELS.json(&[2, 5, 6]), Some(json!([{ "wheel": 5 }, { "wheel": 6 }])));
        assert_eq!(WHEELS.json(&[3, 5, 6]), None);
    }
}
