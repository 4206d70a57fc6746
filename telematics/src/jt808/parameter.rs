//! Parameters of a terminal (终端参数): what each is called, what it may be, and how it stands on the wire.

mod setting;
mod table;

use chrono::NaiveTime;
use serde_json::{Number, Value};
use thiserror::Error;

use crate::jt808::edition::Edition;
use crate::jt808::text::{self, NotGbk};

pub use setting::{Setting, explain, settings};

/// What is known of a parameter (终端参数).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    /// Its number on the wire.
    pub id: u32,
    /// Its name in JSON, with the unit of the value.
    pub key: &'static str,
    /// Its Chinese name.
    pub zh: &'static str,
    /// Its English name.
    pub en: &'static str,
    /// How its value is written.
    pub kind: Kind,
    /// The unit of the value; empty when it has none.
    pub unit: &'static str,
    /// How many decimals the number on the wire has: 1 when it counts tenths.
    pub decimals: u8,
    /// The least number on the wire.
    pub min: u32,
    /// The largest number on the wire.
    pub max: u32,
    /// The first edition that has it.
    pub since: Edition,
    /// The last edition that has it. Terminals of a later one often know it still.
    pub until: Edition,
}

/// How a parameter's value is written (参数类型).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One byte.
    U8,
    /// Two bytes.
    U16,
    /// Four bytes.
    U32,
    /// GBK.
    Text,
    /// Bytes of its own layout, hexadecimal in JSON; the length when it is fixed.
    Bytes(Option<u8>),
    /// Hour and minute of a beginning and an end, `22:50-10:30` in JSON.
    DayWindow,
}

/// Why a value cannot be set; shown to whoever set it.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ParameterError {
    /// No parameter has this name, and it is no number either.
    #[error("there is no parameter `{0}`")]
    Unknown(String),
    /// A number where a text belongs, or the like.
    #[error("{key} is {expected}")]
    Kind {
        /// The parameter's name.
        key: String,
        /// What it should be.
        expected: &'static str,
    },
    /// Out of range.
    #[error("{key} is between {min} and {max}")]
    Range {
        /// The parameter's name.
        key: &'static str,
        /// The least.
        min: Value,
        /// The most.
        max: Value,
    },
    /// Longer than a value may be.
    #[error("{key} has {length} bytes, 255 at most")]
    TooLong {
        /// The parameter's name.
        key: String,
        /// Its length.
        length: usize,
    },
    /// A character that the wire has none for.
    #[error("{key}: {error}")]
    Text {
        /// The parameter's name.
        key: &'static str,
        /// Which one.
        error: NotGbk,
    },
}

impl ParameterError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "parameter.unknown",
            Self::Kind { .. } => "parameter.kind",
            Self::Range { .. } => "parameter.range",
            Self::TooLong { .. } => "parameter.too_long",
            Self::Text { .. } => "parameter.text",
        }
    }
}

impl Parameter {
    /// All of them, by id.
    pub const ALL: &[Self] = table::PARAMETERS;

    /// The parameter with this number.
    pub fn by_id(id: u32) -> Option<&'static Self> {
        let at = Self::ALL.binary_search_by_key(&id, |parameter| parameter.id).ok()?;
        Self::ALL.get(at)
    }

    /// The parameter with this name.
    pub fn by_key(key: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|parameter| parameter.key == key)
    }

    /// Whether an edition of the standard has it.
    pub fn is_of(&self, edition: Edition) -> bool {
        self.since <= edition && edition <= self.until
    }

    /// The value of these bytes; `None` when they are none, as when their number is odd.
    pub fn read(&self, bytes: &[u8]) -> Option<Value> {
        match self.kind {
            // Terminals exist that send one byte where four belong; a number is a number.
            Kind::U8 | Kind::U16 | Kind::U32 => {
                let number = match *bytes {
                    [a] => a.into(),
                    [a, b] => u16::from_be_bytes([a, b]).into(),
                    [a, b, c, d] => u32::from_be_bytes([a, b, c, d]),
                    _ => return None,
                };
                Some(self.shown(number))
            }
            Kind::Text => Some(text::read(bytes).into()),
            Kind::Bytes(_) => Some(hex::encode(bytes).into()),
            Kind::DayWindow => {
                let [from_hour, from_minute, to_hour, to_minute] = *bytes else { return None };
                let from = NaiveTime::from_hms_opt(from_hour.into(), from_minute.into(), 0)?;
                let to = NaiveTime::from_hms_opt(to_hour.into(), to_minute.into(), 0)?;
                Some(format!("{}-{}", from.format("%H:%M"), to.format("%H:%M")).into())
            }
        }
    }

    /// The bytes of a value, when it is one and within its range.
    pub fn write(&self, value: &Value) -> Result<Vec<u8>, ParameterError> {
        match self.kind {
            Kind::U8 | Kind::U16 | Kind::U32 => {
                let number = self.number(value)?;
                let width = match self.kind {
                    Kind::U8 => 1,
                    Kind::U16 => 2,
                    _ => 4,
                };
                // The range ends where the width does.
                Ok(number.to_be_bytes().into_iter().skip(4 - width).collect())
            }
            Kind::Text => {
                let text = value.as_str().ok_or_else(|| self.wrong("a text"))?;
                text::encode(text).map_err(|error| ParameterError::Text { key: self.key, error })
            }
            Kind::Bytes(length) => {
                let bytes = value.as_str().and_then(|text| hex::decode(text).ok()).ok_or_else(|| self.wrong("hexadecimal"))?;
                match length {
                    Some(length) if bytes.len() != usize::from(length) => Err(self.wrong("of another length")),
                    _ => Ok(bytes),
                }
            }
            Kind::DayWindow => {
                let window = value.as_str().and_then(day_window);
                window.map(|window| window.to_vec()).ok_or_else(|| self.wrong("two times, such as 22:50-10:30"))
            }
        }
    }

    /// A number of the wire in the parameter's unit.
    fn shown(&self, number: u32) -> Value {
        match self.decimals {
            0 => number.into(),
            decimals => {
                let shown = f64::from(number) / 10_f64.powi(decimals.into());
                Number::from_f64(shown).map_or(Value::Null, Value::Number)
            }
        }
    }

    fn number(&self, value: &Value) -> Result<u32, ParameterError> {
        let scaled = value.as_f64().ok_or_else(|| self.wrong("a number"))? * 10_f64.powi(self.decimals.into());
        let whole = scaled.round();
        if (whole - scaled).abs() > 1e-6 {
            return Err(self.wrong(if self.decimals == 0 { "a whole number" } else { "a number of one decimal" }));
        }
        if whole < f64::from(self.min) || whole > f64::from(self.max) {
            let (min, max) = (self.shown(self.min), self.shown(self.max));
            return Err(ParameterError::Range { key: self.key, min, max });
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number between two of this type")]
        Ok(whole as u32)
    }

    fn wrong(&self, expected: &'static str) -> ParameterError {
        ParameterError::Kind { key: self.key.to_owned(), expected }
    }
}

/// `22:50-10:30` as hour, minute, hour, minute.
fn day_window(text: &str) -> Option<[u8; 4]> {
    let time = |text: &str| {
        let (hour, minute) = text.trim().split_once(':')?;
        let (hour, minute) = (hour.parse::<u8>().ok()?, minute.parse::<u8>().ok()?);
        (hour < 24 && minute < 60).then_some((hour, minute))
    };
    let (from, to) = text.split_once('-')?;
    let ((from_hour, from_minute), (to_hour, to_minute)) = (time(from)?, time(to)?);
    Some([from_hour, from_minute, to_hour, to_minute])
}

#[cfg(test)]
mod tests;
