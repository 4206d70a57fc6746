//! Takes a body apart, field by field; when asked to, it writes down each field for the inspector.

use std::fmt::Display;

use serde::Serialize;

use crate::jt808::cursor::BodyError;
use crate::jt808::{names, text};

/// One field of a message as the inspector shows it (字段): where it stands, and what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Offset in the message between its flags, escapes undone.
    pub offset: usize,
    /// How many bytes.
    pub length: usize,
    /// The bytes.
    pub hex: String,
    /// Its name in Chinese.
    pub name_zh: String,
    /// Its name in English, as in the JSON.
    pub name_en: String,
    /// What it says.
    pub value: String,
}

/// A place in a body, and the fields passed on the way when they are wanted.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// What offsets are counted from.
    base: usize,
    group: String,
    fields: Option<Vec<Field>>,
}

impl<'a> Reader<'a> {
    /// Reads and keeps nothing.
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, base: 0, group: String::new(), fields: None }
    }

    /// Reads and writes down every field, its offset counted from `base` bytes before.
    pub(crate) const fn writing(bytes: &'a [u8], base: usize) -> Self {
        Self { bytes, at: 0, base, group: String::new(), fields: Some(Vec::new()) }
    }

    /// The fields passed so far.
    pub(crate) fn into_fields(self) -> Vec<Field> {
        self.fields.unwrap_or_default()
    }

    /// Bytes that are left.
    pub(crate) fn left(&self) -> usize {
        self.bytes.len().saturating_sub(self.at)
    }

    /// The bytes that are left, not taken.
    pub(crate) fn peek(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// How many bytes were taken.
    pub(crate) const fn at(&self) -> usize {
        self.at
    }

    /// The next `length` bytes as a body of their own; [`Self::skip`] goes on behind them.
    pub(crate) fn part(&mut self, length: usize) -> Result<Self, BodyError> {
        let base = self.base + self.at;
        let bytes = self.taken(length)?;
        let fields = self.fields.as_ref().map(|_| Vec::new());
        Ok(Self { bytes, at: 0, base, group: self.group.clone(), fields })
    }

    /// Takes over the fields of a part.
    pub(crate) fn skip(&mut self, part: Self) {
        if let (Some(fields), Some(passed)) = (self.fields.as_mut(), part.fields) {
            fields.extend(passed);
        }
    }

    /// Names the following fields as part of something, such as `positions[2]`; an empty name ends it.
    pub(crate) fn group(&mut self, name: impl Display) {
        if self.fields.is_some() {
            self.group = name.to_string();
        }
    }

    pub(crate) fn take(&mut self, field: &'static str, length: usize) -> Result<&'a [u8], BodyError> {
        let taken = self.taken(length)?;
        self.note(field, taken, || hex::encode(taken));
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], BodyError> {
        let taken = self.taken(N)?;
        self.note(field, taken, || hex::encode(taken));
        taken.try_into().map_err(|_never: std::array::TryFromSliceError| self.short(N))
    }

    pub(crate) fn u8(&mut self, field: &'static str) -> Result<u8, BodyError> {
        let [value] = self.array(field)?;
        self.say(|| value.to_string());
        Ok(value)
    }

    pub(crate) fn u16(&mut self, field: &'static str) -> Result<u16, BodyError> {
        let value = u16::from_be_bytes(self.array(field)?);
        self.say(|| value.to_string());
        Ok(value)
    }

    pub(crate) fn u32(&mut self, field: &'static str) -> Result<u32, BodyError> {
        let value = u32::from_be_bytes(self.array(field)?);
        self.say(|| value.to_string());
        Ok(value)
    }

    /// Text in a field of this length.
    pub(crate) fn text(&mut self, field: &'static str, length: usize) -> Result<String, BodyError> {
        let value = text::read(self.taken(length)?);
        let taken = self.passed(length);
        self.note(field, taken, || value.clone());
        Ok(value)
    }

    /// Text with its length in the byte before it.
    pub(crate) fn counted_text(&mut self, field: &'static str) -> Result<String, BodyError> {
        let length = self.u8("length")?;
        self.text(field, length.into())
    }

    /// All that is left.
    pub(crate) fn rest(&mut self, field: &'static str) -> &'a [u8] {
        let taken = self.peek();
        self.at = self.bytes.len();
        if !taken.is_empty() {
            self.note(field, taken, || hex::encode(taken));
        }
        taken
    }

    /// What the field just passed says, in better words than its number.
    pub(crate) fn say(&mut self, value: impl FnOnce() -> String) {
        if let Some(last) = self.fields.as_mut().and_then(|fields| fields.last_mut()) {
            last.value = value();
        }
    }

    /// Writes down bytes within what was passed as a field of their own.
    pub(crate) fn note(&mut self, field: &'static str, bytes: &'a [u8], value: impl FnOnce() -> String) {
        let offset = self.base + (self.at - bytes.len());
        let Some(fields) = self.fields.as_mut() else { return };
        let (group, dot) = (self.group.as_str(), if self.group.is_empty() { "" } else { "." });
        fields.push(Field {
            offset,
            length: bytes.len(),
            hex: hex::encode(bytes),
            name_zh: names::chinese(field).to_owned(),
            name_en: format!("{group}{dot}{field}"),
            value: value(),
        });
    }

    /// The body has a value here that has no meaning.
    pub(crate) fn odd(&self, what: &'static str, found: impl Display) -> BodyError {
        BodyError::Value { what, at: self.at, found: found.to_string() }
    }

    /// The body ends here.
    pub(crate) fn end(&self) -> Result<(), BodyError> {
        match self.left() {
            0 => Ok(()),
            count => Err(BodyError::Long { at: self.at, count }),
        }
    }

    fn short(&self, length: usize) -> BodyError {
        BodyError::Short { at: self.bytes.len(), needed: length.saturating_sub(self.left()) }
    }

    fn taken(&mut self, length: usize) -> Result<&'a [u8], BodyError> {
        let taken = self.peek().get(..length).ok_or_else(|| self.short(length))?;
        self.at += length;
        Ok(taken)
    }

    fn passed(&self, length: usize) -> &'a [u8] {
        self.bytes.get(self.at.saturating_sub(length)..self.at).unwrap_or_default()
    }
}
