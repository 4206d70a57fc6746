//! The head of every message: what it is, in which edition, from whom, and whether it is a piece of a larger one.

use std::fmt;
use std::str::FromStr;

use crate::jt808::edition::Edition;
use crate::jt808::frame::FrameError;

/// Bits 0 to 9 of the properties: the length of the body.
const LENGTH: u16 = 0x03ff;
/// Bit 13: the message is one of several packages.
const PACKAGED: u16 = 1 << 13;
/// Bit 14: the header has the shape of 2019.
const VERSIONED: u16 = 1 << 14;
/// The only protocol version there is so far, in the byte that 2019 added.
const PROTOCOL_VERSION: u8 = 1;

/// The head of a message (消息头).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What the message is, such as `0x0200`.
    pub message_id: u16,
    /// The edition, as far as the header tells: never 2011.
    pub edition: Edition,
    /// How the body is encrypted.
    pub encryption: Encryption,
    /// Who sends it, or to whom it goes.
    pub terminal: TerminalNo,
    /// Running number of the sender, which wraps.
    pub serial: u16,
    /// Which piece it is, when it is one.
    pub package: Option<Package>,
}

/// How a body is encrypted (数据加密方式): bits 10 to 12 of the properties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encryption {
    /// Not at all.
    #[default]
    None,
    /// RSA, the only way that the standard names.
    Rsa,
    /// Bits that the standard keeps for later.
    Other(u8),
}

impl Encryption {
    const fn of(bits: u16) -> Self {
        match (bits >> 10) & 0b111 {
            0 => Self::None,
            1 => Self::Rsa,
            other => Self::Other(other.to_le_bytes()[0]),
        }
    }

    const fn bits(self) -> u16 {
        match self {
            Self::None => 0,
            Self::Rsa => 1 << 10,
            Self::Other(other) => (other as u16 & 0b111) << 10,
        }
    }
}

/// Which piece of a message it is (分包项).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Package {
    /// How many there are.
    pub total: u16,
    /// Which one this is, from 1.
    pub index: u16,
}

/// The number by which a terminal names itself (终端手机号): 12 digits, 20 since 2019. Letters A to F are kept, as there are
/// terminals that pack another number into these bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TerminalNo {
    packed: [u8; 10],
    length: u8,
}

impl TerminalNo {
    /// The number in these bytes: 6 or 10 of them.
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != Edition::V2013.terminal_bytes() && bytes.len() != Edition::V2019.terminal_bytes() {
            return None;
        }
        let mut packed = [0; 10];
        packed.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(Self { packed, length: u8::try_from(bytes.len()).ok()? })
    }

    /// The number with these digits, filled up with zeros in front to the length of the edition.
    pub fn of_digits(digits: &str, edition: Edition) -> Option<Self> {
        let length = edition.terminal_bytes();
        let filled = format!("{digits:0>width$}", width = length * 2);
        Self::of_bytes(&hex::decode(filled).ok().filter(|bytes| bytes.len() == length)?)
    }

    /// As it stands on the wire.
    pub fn bytes(&self) -> &[u8] {
        self.packed.get(..self.length.into()).unwrap_or_default()
    }

    /// The edition whose header has a number of this length, which 2011 and 2013 share.
    pub fn edition(&self) -> Edition {
        if self.bytes().len() == Edition::V2019.terminal_bytes() { Edition::V2019 } else { Edition::V2013 }
    }

    /// Without the zeros in front: the same for a terminal that was moved from one edition to another.
    pub fn significant(&self) -> String {
        self.to_string().trim_start_matches('0').to_owned()
    }
}

impl fmt::Display for TerminalNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for TerminalNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TerminalNo({self})")
    }
}

impl FromStr for TerminalNo {
    type Err = FrameError;

    /// Exactly 12 or 20 digits.
    fn from_str(digits: &str) -> Result<Self, FrameError> {
        let length = digits.len();
        let bytes = hex::decode(digits).ok();
        bytes.and_then(|bytes| Self::of_bytes(&bytes)).ok_or(FrameError::Header { length })
    }
}

impl Header {
    /// The longest header: 2019, in packages.
    pub const MAX: usize = 21;

    /// A header of a message that is not encrypted and in one piece.
    pub const fn plain(message_id: u16, edition: Edition, terminal: TerminalNo, serial: u16) -> Self {
        Self { message_id, edition, encryption: Encryption::None, terminal, serial, package: None }
    }

    /// Whether the platform says it to the terminal (下行), as bit 15 of the id tells.
    pub const fn is_down(&self) -> bool {
        self.message_id & 0x8000 != 0
    }

    /// How many bytes a message with these properties has, header and body.
    pub(crate) const fn told(properties: u16) -> usize {
        let edition = if properties & VERSIONED == 0 { Edition::V2013 } else { Edition::V2019 };
        let version = if properties & VERSIONED == 0 { 0 } else { 1 };
        let package = if properties & PACKAGED == 0 { 0 } else { 4 };
        2 + 2 + version + edition.terminal_bytes() + 2 + package + (properties & LENGTH) as usize
    }

    /// The header and the body behind it; the body has the length that the header says.
    pub fn read(message: &[u8]) -> Result<(Self, &[u8]), FrameError> {
        let short = FrameError::Header { length: message.len() };
        let (&[id_high, id_low, properties_high, properties_low], rest) = message.split_first_chunk().ok_or(short)?;
        let properties = u16::from_be_bytes([properties_high, properties_low]);
        let versioned = properties & VERSIONED != 0;
        let edition = if versioned { Edition::V2019 } else { Edition::V2013 };
        // The version itself is of no use: there is only one, and terminals that send another one mean the same.
        let rest = rest.get(usize::from(versioned)..).ok_or(short)?;
        let (terminal, rest) = rest.split_at_checked(edition.terminal_bytes()).ok_or(short)?;
        let terminal = TerminalNo::of_bytes(terminal).ok_or(short)?;
        let (&serial, rest) = rest.split_first_chunk().ok_or(short)?;
        let (package, body) = if properties & PACKAGED == 0 {
            (None, rest)
        } else {
            let (&[a, b, c, d], rest) = rest.split_first_chunk().ok_or(short)?;
            (Some(Package { total: u16::from_be_bytes([a, b]), index: u16::from_be_bytes([c, d]) }), rest)
        };
        let told = usize::from(properties & LENGTH);
        if told != body.len() {
            return Err(FrameError::Length { told, found: body.len() });
        }
        let header = Self {
            message_id: u16::from_be_bytes([id_high, id_low]),
            edition,
            encryption: Encryption::of(properties),
            terminal,
            serial: u16::from_be_bytes(serial),
            package,
        };
        Ok((header, body))
    }

    /// Appends the header of a body of so many bytes, at most [`crate::jt808::frame::BODY_MAX`].
    pub(crate) fn put(&self, out: &mut Vec<u8>, body_bytes: u16) {
        let versioned = self.edition == Edition::V2019;
        let mut properties = (body_bytes & LENGTH) | self.encryption.bits();
        if versioned {
            properties |= VERSIONED;
        }
        if self.package.is_some() {
            properties |= PACKAGED;
        }
        out.extend_from_slice(&self.message_id.to_be_bytes());
        out.extend_from_slice(&properties.to_be_bytes());
        if versioned {
            out.push(PROTOCOL_VERSION);
        }
        out.extend_from_slice(self.terminal.bytes());
        out.extend_from_slice(&self.serial.to_be_bytes());
        if let Some(Package { total, index }) = self.package {
            out.extend_from_slice(&total.to_be_bytes());
            out.extend_from_slice(&index.to_be_bytes());
        }
    }
}
