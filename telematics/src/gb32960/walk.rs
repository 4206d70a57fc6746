//! Reads bytes along a table: JSON out, and field by field for people when asked.

use serde_json::{Map, Value};

use crate::field::Field;
use crate::gb32960::layout::{Item, Named, Shape};
use crate::gb32960::time::{self, TIME_BYTES};
use crate::jt808;

/// The bytes end where an entry should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Short {
    /// Where.
    pub(crate) at: usize,
    /// What should be there.
    pub(crate) what: &'static str,
}

/// Walks through a data unit.
pub(crate) struct Walker<'a, 'f> {
    bytes: &'a [u8],
    at: usize,
    /// Where the data unit begins in its frame.
    base: usize,
    fields: Option<&'f mut Vec<Field>>,
    /// What the fields are parts of: `驱动电机 1`, `motor 1`.
    within: Vec<(String, String)>,
}

impl<'a, 'f> Walker<'a, 'f> {
    /// Through `bytes`, which stand at `base` of their frame; each field goes to `fields`.
    pub(crate) const fn new(bytes: &'a [u8], base: usize, fields: Option<&'f mut Vec<Field>>) -> Self {
        Self { bytes, at: 0, base, fields, within: Vec::new() }
    }

    /// What has not been read yet.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Where the walk is.
    pub(crate) const fn at(&self) -> usize {
        self.at
    }

    /// The next `length` bytes.
    pub(crate) fn take(&mut self, length: usize, what: &'static str) -> Result<&'a [u8], Short> {
        let taken = self.rest().get(..length).ok_or(Short { at: self.at, what })?;
        self.at += length;
        Ok(taken)
    }

    /// Tells people of the last `length` bytes.
    pub(crate) fn tell(&mut self, (zh, en): (&str, &str), length: usize, value: &Value) {
        let Some(fields) = self.fields.as_deref_mut() else { return };
        let begins = self.at - length;
        let named = |own: &str, of: fn(&(String, String)) -> &String| {
            self.within.iter().map(of).map(String::as_str).chain([own]).collect::<Vec<_>>().join(" · ")
        };
        fields.push(Field {
            offset: self.base + begins,
            length,
            hex: hex::encode(self.bytes.get(begins..self.at).unwrap_or_default()),
            name_zh: named(zh, |(zh, _)| zh),
            name_en: named(en, |(_, en)| en),
            value: value.clone(),
        });
    }

    /// The entries of a table as one object.
    pub(crate) fn object(&mut self, items: &'static [Item]) -> Result<Map<String, Value>, Short> {
        let mut into = Map::new();
        self.items(items, &mut into)?;
        Ok(into)
    }

    /// The entries of a table into an object that is there.
    pub(crate) fn items(&mut self, items: &'static [Item], into: &mut Map<String, Value>) -> Result<(), Short> {
        items.iter().try_for_each(|item| self.item(item, into))
    }

    /// One entry.
    pub(crate) fn item(&mut self, item: &'static Item, into: &mut Map<String, Value>) -> Result<(), Short> {
        let value = match item.shape {
            Shape::Own(_, read) => return read(self, item, into),
            Shape::Number(number) => {
                let bytes = self.take(number.width.bytes(), item.en)?;
                let value = number.width.raw(bytes).map_or(Value::Null, |raw| number.json(raw));
                self.leaf(item, bytes.len(), value)
            }
            Shape::Code(names) => {
                let code = self.byte(item.en)?;
                self.leaf(item, 1, named(names, code))
            }
            Shape::Text(length) => {
                let bytes = self.take(length, item.en)?;
                self.leaf(item, length, text(bytes))
            }
            Shape::Time => {
                let bytes = self.take(TIME_BYTES, item.en)?;
                self.leaf(item, TIME_BYTES, moment(bytes))
            }
            Shape::List(width, number) => {
                let counted = self.take(width.bytes(), item.en)?;
                self.tell(
                    (&format!("{}个数", item.zh), &format!("number of {}", item.en)),
                    width.bytes(),
                    &count(width.raw(counted)),
                );
                let step = number.width.bytes();
                let bytes = self.take(width.count(counted).unwrap_or(0) * step, item.en)?;
                let values =
                    bytes.chunks_exact(step).filter_map(|one| number.width.raw(one)).map(|raw| number.json(raw)).collect();
                self.leaf(item, bytes.len(), values)
            }
            Shape::Group(width, items) => {
                let counted = self.take(width.bytes(), item.en)?;
                self.tell(
                    (&format!("{}个数", item.zh), &format!("number of {}s", item.en)),
                    width.bytes(),
                    &count(width.raw(counted)),
                );
                let mut all = Vec::new();
                for number in 1..=width.count(counted).unwrap_or(0) {
                    all.push(self.within((format!("{} {number}", item.zh), format!("{} {number}", item.en)), items)?);
                }
                Value::Array(all)
            }
            Shape::Object(items) => self.within((item.zh.to_owned(), item.en.to_owned()), items)?,
            Shape::Counted(width) => {
                let counted = self.take(width.bytes(), item.en)?;
                let length = width.raw(counted).and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
                self.tell((&format!("{}长度", item.zh), &format!("length of {}", item.en)), width.bytes(), &Value::from(length));
                let bytes = self.take(length, item.en)?;
                self.leaf(item, length, Value::from(hex::encode(bytes)))
            }
        };
        into.insert(item.key.to_owned(), value);
        Ok(())
    }

    /// One byte.
    pub(crate) fn byte(&mut self, what: &'static str) -> Result<u8, Short> {
        self.take(1, what).map(|bytes| bytes.first().copied().unwrap_or(0))
    }

    fn within(&mut self, name: (String, String), items: &'static [Item]) -> Result<Value, Short> {
        self.within.push(name);
        let object = self.object(items);
        self.within.pop();
        object.map(Value::Object)
    }

    fn leaf(&mut self, item: &Item, length: usize, value: Value) -> Value {
        self.tell((item.zh, item.en), length, &value);
        value
    }
}

/// The name of a code; null for abnormal and invalid, the number itself for what the standard does not name.
pub(crate) fn named(names: &[Named], code: u8) -> Value {
    match names.iter().find(|(known, ..)| *known == code) {
        Some((_, name, _)) => Value::from(*name),
        None if code >= 0xfe => Value::Null,
        None => Value::from(format!("0x{code:02x}")),
    }
}

/// Text up to the zeros and spaces that fill it up; null when there is none.
pub(crate) fn text(bytes: &[u8]) -> Value {
    let text = jt808::text::read(bytes);
    if text.is_empty() { Value::Null } else { Value::from(text) }
}

/// A time; null when it is none.
pub(crate) fn moment(bytes: &[u8]) -> Value {
    let known = bytes.first_chunk().and_then(|six| time::instant(*six));
    known.map_or(Value::Null, |at| Value::from(time::text(at)))
}

fn count(raw: Option<u32>) -> Value {
    raw.map_or(Value::Null, Value::from)
}
