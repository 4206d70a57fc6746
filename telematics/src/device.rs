//! In-vehicle devices and the names they sign in with.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A device's own name (终端号): 1 to 64 letters, digits, `-`, `_` or `.`; an MQTT topic level and a log word alike.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TerminalId(String);

/// What a terminal speaks (通信协议).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// Our own records over MQTT.
    Mqtt,
    /// JT/T 808.
    Jt808,
    /// GB/T 32960.3.
    Gb32960,
    /// `OsmAnd`, the Traccar client or `OwnTracks` over HTTP.
    Http,
    /// Through a broker that the site runs.
    Broker,
    /// Through a platform below us, by JT/T 809.
    Jt809,
}

impl Protocol {
    /// Every one, in the order of lists.
    pub const ALL: [Self; 6] = [Self::Jt808, Self::Gb32960, Self::Mqtt, Self::Http, Self::Broker, Self::Jt809];

    /// The stable name, as stored and as sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mqtt => "mqtt",
            Self::Jt808 => "jt808",
            Self::Gb32960 => "gb32960",
            Self::Http => "http",
            Self::Broker => "broker",
            Self::Jt809 => "jt809",
        }
    }

    /// The terminal shows a secret that we make when it is registered; one of JT/T 808 is given its code when it signs up,
    /// one of GB/T 32960 is known by VIN and SIM card, and the site's broker or the platform below us answers for its own.
    pub const fn has_own_secret(self) -> bool {
        matches!(self, Self::Mqtt | Self::Http)
    }
}

impl FromStr for Protocol {
    type Err = ProtocolError;

    fn from_str(text: &str) -> Result<Self, ProtocolError> {
        Self::ALL.into_iter().find(|one| one.as_str() == text).ok_or_else(|| ProtocolError { found: text.to_owned() })
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no protocol.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{found:?} is not a protocol of terminals")]
pub struct ProtocolError {
    /// The text as given.
    pub found: String,
}

impl ProtocolError {
    /// The stable code of the error.
    #[expect(clippy::unused_self, reason = "every error is asked for its code")]
    pub const fn code(&self) -> &'static str {
        "device.protocol"
    }
}

/// Why a text is no terminal id.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TerminalIdError {
    /// Empty or too long.
    #[error("a terminal id has 1 to 64 characters, this one has {length}")]
    Length {
        /// Characters found.
        length: usize,
    },
    /// A character that would not survive in a topic or a log.
    #[error("a terminal id has letters, digits, '-', '_' and '.', not {found:?}")]
    Character {
        /// The first character that does not fit.
        found: char,
    },
}

impl TerminalIdError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Length { .. } => "terminal_id.length",
            Self::Character { .. } => "terminal_id.character",
        }
    }
}

impl TerminalId {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TerminalId {
    type Err = TerminalIdError;

    fn from_str(text: &str) -> Result<Self, TerminalIdError> {
        let length = text.chars().count();
        if !(1..=64).contains(&length) {
            return Err(TerminalIdError::Length { length });
        }
        match text.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))) {
            Some(found) => Err(TerminalIdError::Character { found }),
            None => Ok(Self(text.to_owned())),
        }
    }
}

impl TryFrom<String> for TerminalId {
    type Error = TerminalIdError;

    fn try_from(text: String) -> Result<Self, TerminalIdError> {
        text.parse()
    }
}

impl From<TerminalId> for String {
    fn from(id: TerminalId) -> Self {
        id.0
    }
}

impl fmt::Display for TerminalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_would_break_a_topic_is_refused() {
        assert!("MP-0001".parse::<TerminalId>().is_ok());
        for (text, code) in [
            ("", "terminal_id.length"),
            ("a/b", "terminal_id.character"),
            ("a#", "terminal_id.character"),
            ("车", "terminal_id.character"),
        ] {
            assert_eq!(text.parse::<TerminalId>().unwrap_err().code(), code, "{text:?}");
        }
    }
}
