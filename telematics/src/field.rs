//! A message taken apart for people: which bytes say what.

use serde::Serialize;
use serde_json::Value;

/// One field of a message (字段): where its bytes are and what they say.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Field {
    /// Where its first byte is; of an escaped protocol, in the frame as it is after unescaping.
    pub offset: usize,
    /// How many bytes it has.
    pub length: usize,
    /// The bytes.
    pub hex: String,
    /// Its name in the standard.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
    /// What it says; null when the device says that it does not know.
    pub value: Value,
}
