//! The chain of entries: each one's hash holds all before it, so that no one can be changed without all that follow.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

/// A SHA-256 (散列值); people see it in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(pub [u8; 32]);

/// A text or bytes that are no SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("no SHA-256: it has 32 bytes, in text 64 hexadecimal digits")]
pub struct DigestError;

impl Digest {
    /// Where the chain begins: nothing lies before the first entry.
    pub const ZERO: Self = Self([0; 32]);

    /// The hash of a body's text.
    pub fn of(body: &str) -> Self {
        Self(Sha256::digest(body.as_bytes()).into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl TryFrom<&[u8]> for Digest {
    type Error = DigestError;

    fn try_from(bytes: &[u8]) -> Result<Self, DigestError> {
        bytes.try_into().map(Self).map_err(|_length| DigestError)
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map(|()| Self(bytes)).map_err(|_text| DigestError)
    }
}

impl TryFrom<String> for Digest {
    type Error = DigestError;

    fn try_from(text: String) -> Result<Self, DigestError> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

/// How far a chain goes: the number of its newest entry and that entry's hash (链位置).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Number of the entry; 0: before the first.
    pub seq: u64,
    /// Its hash.
    pub hash: Digest,
}

impl Position {
    /// Before the first entry.
    pub const START: Self = Self { seq: 0, hash: Digest::ZERO };
}

/// The hash of entry `seq` behind one whose hash is `previous`.
///
/// It is SHA-256 over that hash, the number in eight bytes, and the hash of the text: the text's own hash stands for it where the
/// text itself must not be shown.
pub fn step(previous: Digest, seq: u64, body: Digest) -> Digest {
    Digest(Sha256::new().chain_update(previous.0).chain_update(seq.to_be_bytes()).chain_update(body.0).finalize().into())
}
