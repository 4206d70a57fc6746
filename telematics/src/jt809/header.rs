//! The head of a message, and which of the two editions it is of.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::jt809::cipher::Cipher;
use crate::jt809::frame;
use crate::jt809::message::{Message, MessageError};
use crate::jt809::reader::Reader;

/// Which edition two platforms speak, 标准版本; nothing in a head tells, so they agree on it, or the login shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Edition {
    /// JT/T 809-2011.
    #[serde(rename = "2011")]
    V2011,
    /// JT/T 809-2019.
    #[default]
    #[serde(rename = "2019")]
    V2019,
}

impl Edition {
    /// Both.
    pub const ALL: [Self; 2] = [Self::V2011, Self::V2019];

    /// The year of the edition.
    pub const fn year(self) -> u16 {
        match self {
            Self::V2011 => 2011,
            Self::V2019 => 2019,
        }
    }

    /// Bytes of the head.
    const fn head(self) -> usize {
        match self {
            Self::V2011 => 22,
            Self::V2019 => 30,
        }
    }

    /// The edition in which a message has the length that its kind must have; `None` when it would fit in neither or in both.
    ///
    /// A login tells without doubt, encrypted or not: its body has 46 bytes in one edition and 50 in the other.
    pub fn of(message: &[u8]) -> Option<Self> {
        let mut fitting = Self::ALL.into_iter().filter(|edition| {
            let Ok((header, body)) = Header::read(message, *edition) else { return false };
            match Message::body_bytes(header.id, *edition) {
                Some(bytes) => body.len() == bytes,
                None => header.cipher_flag != 0 || Message::read(header.id, body, *edition).is_ok(),
            }
        });
        fitting.next().filter(|_| fitting.next().is_none())
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.year())
    }
}

/// The head of a message, 数据头.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The edition that it was read in.
    pub edition: Edition,
    /// Bytes of the frame with begin, end and checksum, before escaping, as its sender counted them: not held against it.
    pub length: u32,
    /// Running number of the sender's messages (报文序列号).
    pub serial: u32,
    /// What it is (业务数据类型).
    pub id: u16,
    /// The number of the inferior platform with its superior (下级平台接入码).
    pub access_code: u32,
    /// Version of the protocol (协议版本号).
    pub version: [u8; 3],
    /// 1: the body is encrypted (报文加密标识).
    pub cipher_flag: u8,
    /// The key of the encryption (数据加密的密钥).
    pub key: u32,
    /// When it was sent, seconds since 1970; 2019 alone.
    pub time: Option<u64>,
}

impl Header {
    /// A head and the body behind it.
    pub fn read(message: &[u8], edition: Edition) -> Result<(Self, &[u8]), MessageError> {
        let mut reader = Reader::new(message);
        let header = Self {
            edition,
            length: reader.u32()?,
            serial: reader.u32()?,
            id: reader.u16()?,
            access_code: reader.u32()?,
            version: reader.array()?,
            cipher_flag: reader.u8()?,
            key: reader.u32()?,
            time: match edition {
                Edition::V2011 => None,
                Edition::V2019 => Some(reader.u64()?),
            },
        };
        Ok((header, reader.rest()))
    }

    /// The body in the clear.
    pub fn open(&self, body: &[u8], cipher: Option<Cipher>) -> Result<Vec<u8>, MessageError> {
        let mut plain = body.to_vec();
        match (self.cipher_flag, cipher) {
            (0, _) => {}
            (1, Some(cipher)) => cipher.apply(self.key, &mut plain),
            (flag, _) => return Err(MessageError::Encrypted { flag }),
        }
        Ok(plain)
    }
}

/// How one side of a link writes its messages (报文头设置).
#[derive(Clone, Copy, Debug)]
pub struct Hand {
    /// The edition that was agreed on.
    pub edition: Edition,
    /// The number of the inferior platform.
    pub access_code: u32,
    /// Constants and key of the encryption; `None`: in the clear.
    pub cipher: Option<(Cipher, u32)>,
}

impl Hand {
    /// Puts a message into a frame behind what `out` has.
    pub fn put(&self, out: &mut Vec<u8>, serial: u32, message: &Message, now: DateTime<Utc>) {
        let mut body = Vec::new();
        message.put(&mut body, self.edition);
        let head = self.edition.head();
        // Begin, end and checksum count too.
        let length = u32::try_from(head + body.len() + 4).unwrap_or(u32::MAX);
        let mut bytes = Vec::with_capacity(head + body.len());
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(&serial.to_be_bytes());
        bytes.extend_from_slice(&message.id().to_be_bytes());
        bytes.extend_from_slice(&self.access_code.to_be_bytes());
        bytes.extend_from_slice(&[1, 0, 0]);
        bytes.push(u8::from(self.cipher.is_some()));
        bytes.extend_from_slice(&self.cipher.map_or(0, |(_, key)| key).to_be_bytes());
        if self.edition == Edition::V2019 {
            bytes.extend_from_slice(&u64::try_from(now.timestamp()).unwrap_or_default().to_be_bytes());
        }
        if let Some((cipher, key)) = self.cipher {
            cipher.apply(key, &mut body);
        }
        bytes.extend_from_slice(&body);
        frame::put(out, &bytes);
    }
}
