//! The tables of the standard as data: what stands in what order, how wide, in which unit.

use serde_json::{Map, Value};

use crate::gb32960::walk::{Short, Walker};

/// Bytes of a number or of a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    One,
    Two,
    Four,
}

impl Width {
    pub(crate) const fn bytes(self) -> usize {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Four => 4,
        }
    }

    /// The number at the front of `bytes`.
    pub(crate) fn raw(self, bytes: &[u8]) -> Option<u32> {
        Some(match self {
            Self::One => u32::from(*bytes.first()?),
            Self::Two => u32::from(u16::from_be_bytes(*bytes.first_chunk()?)),
            Self::Four => u32::from_be_bytes(*bytes.first_chunk()?),
        })
    }

    /// The number, unless it is the code for abnormal (…FE) or invalid (…FF) of its width.
    pub(crate) const fn told(self, raw: u32) -> Option<u32> {
        let invalid = match self {
            Self::One => 0xff,
            Self::Two => 0xffff,
            Self::Four => 0xffff_ffff,
        };
        if raw >= invalid - 1 { None } else { Some(raw) }
    }

    /// How many of something follow: none when the count is abnormal or invalid.
    pub(crate) fn count(self, bytes: &[u8]) -> Option<usize> {
        let raw = self.raw(bytes)?;
        usize::try_from(self.told(raw).unwrap_or(0)).ok()
    }
}

/// A quantity on the wire: `(raw − offset) ÷ per`, in whole numbers up to the last step, so that 234.5 is 234.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Number {
    pub(crate) width: Width,
    offset: i32,
    per: u32,
    /// The makers' own numbers: every value of theirs is one.
    all: bool,
}

impl Number {
    pub(crate) const U8: Self = Self { width: Width::One, offset: 0, per: 1, all: false };
    pub(crate) const U16: Self = Self { width: Width::Two, offset: 0, per: 1, all: false };
    pub(crate) const U32: Self = Self { width: Width::Four, offset: 0, per: 1, all: false };
    /// A number that a maker gave: none of them is abnormal or invalid.
    pub(crate) const MAKERS: Self = Self { all: true, ..Self::U32 };
    /// Degrees Celsius in one byte.
    pub(crate) const CELSIUS: Self = Self::U8.minus(40);
    pub(crate) const DECI: Self = Self::U16.per(10);
    pub(crate) const MILLI: Self = Self::U16.per(1000);

    /// With so much taken off what is on the wire.
    pub(crate) const fn minus(self, offset: i32) -> Self {
        Self { offset, ..self }
    }

    /// With so many steps to the unit.
    pub(crate) const fn per(self, per: u32) -> Self {
        Self { per, ..self }
    }

    const fn told(self, raw: u32) -> Option<u32> {
        if self.all { Some(raw) } else { self.width.told(raw) }
    }

    /// The quantity; `None` when it is abnormal or invalid.
    pub(crate) fn of(self, raw: u32) -> Option<f64> {
        // Both sides are whole and exact, so the quotient is the double nearest to the decimal number.
        self.told(raw).map(|raw| (f64::from(raw) - f64::from(self.offset)) / f64::from(self.per))
    }

    /// The same for JSON: without a decimal point where the unit has none.
    pub(crate) fn json(self, raw: u32) -> Value {
        match self.told(raw) {
            None => Value::Null,
            Some(raw) if self.per == 1 => Value::from(i64::from(raw) - i64::from(self.offset)),
            Some(raw) => Value::from(self.of(raw)),
        }
    }
}

/// A code, its name in JSON, and its name in the standard.
pub(crate) type Named = (u8, &'static str, &'static str);

/// Reads what no other shape describes and writes it under keys of its own.
pub(crate) type Own = fn(&mut Walker<'_, '_>, &'static Item, &mut Map<String, Value>) -> Result<(), Short>;

/// How one entry of a table is written.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    Number(Number),
    Code(&'static [Named]),
    Text(usize),
    Time,
    /// So many bytes, read by a function.
    Own(usize, Own),
    /// A count, then so many numbers.
    List(Width, Number),
    /// A count, then so many objects.
    Group(Width, &'static [Item]),
    /// The entries of another table.
    Object(&'static [Item]),
    /// A length, then so many bytes.
    Counted(Width),
}

/// One entry of a table: its name in JSON and in both languages, and how it is written.
#[derive(Clone, Copy)]
pub(crate) struct Item {
    pub(crate) key: &'static str,
    pub(crate) zh: &'static str,
    pub(crate) en: &'static str,
    pub(crate) shape: Shape,
}

impl Item {
    pub(crate) const fn new(key: &'static str, zh: &'static str, en: &'static str, shape: Shape) -> Self {
        Self { key, zh, en, shape }
    }

    pub(crate) const fn number(key: &'static str, zh: &'static str, en: &'static str, number: Number) -> Self {
        Self::new(key, zh, en, Shape::Number(number))
    }

    pub(crate) const fn code(key: &'static str, zh: &'static str, en: &'static str, names: &'static [Named]) -> Self {
        Self::new(key, zh, en, Shape::Code(names))
    }
}

impl Shape {
    /// Its bytes, where every message has the same.
    const fn fixed(self) -> Option<usize> {
        match self {
            Self::Number(number) => Some(number.width.bytes()),
            Self::Code(_) => Some(1),
            Self::Text(bytes) | Self::Own(bytes, _) => Some(bytes),
            Self::Time => Some(6),
            Self::Object(items) => fixed(items),
            Self::List(..) | Self::Group(..) | Self::Counted(_) => None,
        }
    }

    /// How many bytes at the front of `bytes` it takes; `None` when they are not all there.
    pub(crate) fn length(self, bytes: &[u8]) -> Option<usize> {
        let length = match self {
            Self::List(width, number) => width.bytes() + width.count(bytes)? * number.width.bytes(),
            Self::Counted(width) => width.bytes() + usize::try_from(width.raw(bytes)?).ok()?,
            Self::Group(width, items) => {
                let count = width.count(bytes)?;
                let each = |at| Some(at + length(items, bytes.get(at..)?)?);
                match fixed(items) {
                    Some(one) => width.bytes() + count * one,
                    None => (0..count).try_fold(width.bytes(), |at, _| each(at))?,
                }
            }
            Self::Object(items) => length(items, bytes)?,
            simple => simple.fixed()?,
        };
        (length <= bytes.len()).then_some(length)
    }
}

const fn fixed(mut items: &[Item]) -> Option<usize> {
    let mut sum = 0;
    while let [first, rest @ ..] = items {
        match first.shape.fixed() {
            Some(bytes) => sum += bytes,
            None => return None,
        }
        items = rest;
    }
    Some(sum)
}

fn length(items: &[Item], bytes: &[u8]) -> Option<usize> {
    items.iter().try_fold(0, |at, item| Some(at + item.shape.length(bytes.get(at..)?)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_in_decimal() {
        for (number, raw, json) in [
            (Number::DECI, 2345, "234.5"),
            (Number::DECI.minus(10_000), 9_997, "-0.3"),
            (Number::U16.minus(30_000).per(10), 33_001, "300.1"),
            (Number::MILLI, 3_201, "3.201"),
            (Number::CELSIUS, 15, "-25"),
            (Number::U32.per(10), 9_999_999, "999999.9"),
            (Number::U16.per(10_000), 1, "0.0001"),
        ] {
            assert_eq!(number.json(raw).to_string(), json);
        }
    }

    #[test]
    fn abnormal_and_invalid_are_null_at_every_width() {
        for (number, abnormal) in [(Number::U8, 0xfe), (Number::DECI, 0xfffe), (Number::U32.per(10), 0xffff_fffe)] {
            assert_eq!(number.json(abnormal), Value::Null);
            assert_eq!(number.json(abnormal + 1), Value::Null);
            assert_eq!(number.of(abnormal + 1), None);
            assert_ne!(number.json(abnormal - 1), Value::Null);
        }
        assert_eq!(Number::MAKERS.json(0xffff_ffff), Value::from(0xffff_ffff_u32));
    }

    #[test]
    fn a_count_that_is_abnormal_counts_nothing() {
        assert_eq!(Shape::List(Width::Two, Number::U8).length(&[0xff, 0xff]), Some(2));
        assert_eq!(Shape::List(Width::Two, Number::MILLI).length(&[0, 2, 0, 0, 0, 0]), Some(6));
        assert_eq!(Shape::List(Width::Two, Number::MILLI).length(&[0, 2, 0, 0, 0]), None);
    }
}
