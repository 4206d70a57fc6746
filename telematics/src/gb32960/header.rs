//! The 24 bytes before the data unit: edition, command, acknowledgement, who speaks, how it is encrypted, how long it is.

use std::fmt;

use serde::Serialize;

/// Bytes before the data unit (GB/T 32960.3 table 2).
pub const HEADER_BYTES: usize = 24;
/// The longest data unit that the standard allows.
pub const DATA_LIMIT: usize = 65_531;

/// Which text of the standard a frame follows, 协议版本; its start symbol says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Edition {
    /// GB/T 32960.3-2016, `##`.
    V2016,
    /// GB/T 32960.3-2025, `$$`.
    V2025,
}

impl Edition {
    /// The edition of two start bytes.
    pub const fn of(start: [u8; 2]) -> Option<Self> {
        match start {
            [0x23, 0x23] => Some(Self::V2016),
            [0x24, 0x24] => Some(Self::V2025),
            _ => None,
        }
    }

    /// The two start bytes.
    pub const fn start(self) -> [u8; 2] {
        match self {
            Self::V2016 => [0x23, 0x23],
            Self::V2025 => [0x24, 0x24],
        }
    }

    /// The year of the text.
    pub const fn year(self) -> u16 {
        match self {
            Self::V2016 => 2016,
            Self::V2025 => 2025,
        }
    }
}

/// What a frame is about, 命令标识.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// 0x01 车辆登入.
    Login,
    /// 0x02 实时信息上报.
    Realtime,
    /// 0x03 补发信息上报.
    Reissue,
    /// 0x04 车辆登出.
    Logout,
    /// 0x05 平台登入.
    PlatformLogin,
    /// 0x06 平台登出.
    PlatformLogout,
    /// 0x07 心跳.
    Heartbeat,
    /// 0x08 终端校时.
    TimeSync,
    /// 0x09 激活, since 2025.
    Activation,
    /// 0x0A 激活应答, since 2025.
    ActivationReply,
    /// 0x0B 数据单元加密密钥交换, since 2025.
    KeyExchange,
    /// 0x80 查询命令.
    Query,
    /// 0x81 设置命令.
    Set,
    /// 0x82 车载终端控制命令.
    Control,
    /// Reserved, or agreed between two platforms (0xC0 to 0xFE).
    Other(u8),
}

impl Command {
    const NAMED: [(u8, Self, &'static str); 14] = [
        (0x01, Self::Login, "login"),
        (0x02, Self::Realtime, "realtime"),
        (0x03, Self::Reissue, "reissue"),
        (0x04, Self::Logout, "logout"),
        (0x05, Self::PlatformLogin, "platform_login"),
        (0x06, Self::PlatformLogout, "platform_logout"),
        (0x07, Self::Heartbeat, "heartbeat"),
        (0x08, Self::TimeSync, "time_sync"),
        (0x09, Self::Activation, "activation"),
        (0x0a, Self::ActivationReply, "activation_reply"),
        (0x0b, Self::KeyExchange, "key_exchange"),
        (0x80, Self::Query, "query"),
        (0x81, Self::Set, "set"),
        (0x82, Self::Control, "control"),
    ];

    /// The command of a byte; 0x09 to 0x0B have no meaning before 2025.
    pub fn of(byte: u8, edition: Edition) -> Self {
        let known =
            |&&(code, _, _): &&(u8, Self, &str)| code == byte && (edition == Edition::V2025 || !(9..=0x0b).contains(&code));
        Self::NAMED.iter().find(known).map_or(Self::Other(byte), |&(_, command, _)| command)
    }

    /// The byte of the command.
    pub fn code(self) -> u8 {
        match self {
            Self::Other(byte) => byte,
            named => Self::NAMED.iter().find(|(_, command, _)| *command == named).map_or(0, |(code, _, _)| *code),
        }
    }

    /// Its name in `decode`'s JSON.
    pub fn name(self) -> String {
        let named = Self::NAMED.iter().find(|(_, command, _)| *command == self);
        named.map_or_else(|| format!("0x{:02x}", self.code()), |(_, _, name)| (*name).to_owned())
    }

    /// The vehicle's data, live or sent again.
    pub const fn is_report(self) -> bool {
        matches!(self, Self::Realtime | Self::Reissue)
    }
}

/// Whether a frame asks or answers (应答标志).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ack {
    /// 0x01: what came was right.
    Success,
    /// 0x02: something else was wrong.
    Error,
    /// 0x03: the VIN is there twice.
    VinDuplicate,
    /// 0x04, since 2025: no such VIN.
    VinUnknown,
    /// 0x05, since 2025: the signature is wrong.
    Signature,
    /// 0x06, since 2025: the data are not built as they should be.
    Structure,
    /// 0x07, since 2025: the data cannot be decrypted.
    Decryption,
    /// 0xFE: no answer but a command.
    Command,
    /// A code that the standard does not know.
    Other(u8),
}

impl Ack {
    /// The flag of a byte.
    pub const fn of(byte: u8) -> Self {
        match byte {
            0x01 => Self::Success,
            0x02 => Self::Error,
            0x03 => Self::VinDuplicate,
            0x04 => Self::VinUnknown,
            0x05 => Self::Signature,
            0x06 => Self::Structure,
            0x07 => Self::Decryption,
            0xfe => Self::Command,
            other => Self::Other(other),
        }
    }

    /// The byte of the flag.
    pub const fn code(self) -> u8 {
        match self {
            Self::Success => 0x01,
            Self::Error => 0x02,
            Self::VinDuplicate => 0x03,
            Self::VinUnknown => 0x04,
            Self::Signature => 0x05,
            Self::Structure => 0x06,
            Self::Decryption => 0x07,
            Self::Command => 0xfe,
            Self::Other(byte) => byte,
        }
    }

    /// The flag as `edition` knows it: 2016 has one for every kind of error.
    #[must_use]
    pub const fn in_edition(self, edition: Edition) -> Self {
        match (edition, self) {
            (Edition::V2016, Self::VinUnknown | Self::Signature | Self::Structure | Self::Decryption) => Self::Error,
            _ => self,
        }
    }

    /// Its name in `decode`'s JSON.
    pub fn name(self) -> String {
        let name = match self {
            Self::Success => "success",
            Self::Error => "error",
            Self::VinDuplicate => "vin_duplicate",
            Self::VinUnknown => "vin_unknown",
            Self::Signature => "signature_error",
            Self::Structure => "structure_error",
            Self::Decryption => "decryption_error",
            Self::Command => "command",
            Self::Other(byte) => return format!("0x{byte:02x}"),
        };
        name.to_owned()
    }
}

/// How the data unit is encrypted, 数据单元加密方式.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Encryption {
    /// 0x01: not at all.
    None,
    /// 0x02.
    Rsa,
    /// 0x03; the text of 2025 no longer says how long its key is.
    Aes128,
    /// 0x04, since 2025.
    Sm2,
    /// 0x05, since 2025.
    Sm4,
    /// 0xFE abnormal, 0xFF invalid, or a code that the standard does not know.
    Other(u8),
}

impl Encryption {
    /// The way of a byte.
    pub const fn of(byte: u8) -> Self {
        match byte {
            0x01 => Self::None,
            0x02 => Self::Rsa,
            0x03 => Self::Aes128,
            0x04 => Self::Sm2,
            0x05 => Self::Sm4,
            other => Self::Other(other),
        }
    }

    /// The byte of the way.
    pub const fn code(self) -> u8 {
        match self {
            Self::None => 0x01,
            Self::Rsa => 0x02,
            Self::Aes128 => 0x03,
            Self::Sm2 => 0x04,
            Self::Sm4 => 0x05,
            Self::Other(byte) => byte,
        }
    }

    /// Its name in `decode`'s JSON; abnormal and invalid have none.
    pub fn name(self) -> Option<String> {
        let name = match self {
            Self::None => "none",
            Self::Rsa => "rsa",
            Self::Aes128 => "aes128",
            Self::Sm2 => "sm2",
            Self::Sm4 => "sm4",
            Self::Other(0xfe | 0xff) => return None,
            Self::Other(byte) => return Some(format!("0x{byte:02x}")),
        };
        Some(name.to_owned())
    }
}

impl fmt::Display for Encryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(&name),
            None => write!(f, "0x{:02x}", self.code()),
        }
    }
}

/// Who a frame is about, 唯一识别码: the vehicle's VIN, or the name of a platform.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Vin(pub [u8; 17]);

impl Vin {
    /// The name without the zeros and spaces that fill it up; `None` when it is not printable ASCII.
    pub fn as_str(&self) -> Option<&str> {
        let text = std::str::from_utf8(&self.0).ok()?.trim_end_matches(['\0', ' ']);
        text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ').then_some(text)
    }
}

impl fmt::Display for Vin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_str() {
            Some(text) => f.write_str(text),
            None => self.0.escape_ascii().fmt(f),
        }
    }
}

impl fmt::Debug for Vin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vin({self})")
    }
}

/// What stands before the data unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Which text the frame follows.
    pub edition: Edition,
    /// What it is about.
    pub command: Command,
    /// Whether it asks or answers.
    pub ack: Ack,
    /// Who it is about.
    pub vin: Vin,
    /// How its data unit is encrypted.
    pub encryption: Encryption,
    /// How many bytes its data unit has.
    pub length: u16,
}

impl Header {
    /// The header at the front of `bytes`; `None` without a start symbol or before all of it is there.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let [first, second, command, ack, rest @ ..] = bytes.first_chunk::<HEADER_BYTES>()?;
        let (vin, rest) = rest.split_first_chunk::<17>()?;
        let [encryption, high, low] = rest else { return None };
        let edition = Edition::of([*first, *second])?;
        Some(Self {
            edition,
            command: Command::of(*command, edition),
            ack: Ack::of(*ack),
            vin: Vin(*vin),
            encryption: Encryption::of(*encryption),
            length: u16::from_be_bytes([*high, *low]),
        })
    }

    /// The frame that this header makes of a data unit, with its check code; `None` when the unit is too long.
    pub fn frame(&self, data: &[u8]) -> Option<Vec<u8>> {
        let length = u16::try_from(data.len()).ok().filter(|length| usize::from(*length) <= DATA_LIMIT)?;
        let mut bytes = Vec::with_capacity(HEADER_BYTES + data.len() + 1);
        bytes.extend(self.edition.start());
        bytes.extend([self.command.code(), self.ack.code()]);
        bytes.extend(self.vin.0);
        bytes.push(self.encryption.code());
        bytes.extend(length.to_be_bytes());
        bytes.extend(data);
        bytes.push(check_code(bytes.get(2..).unwrap_or_default()));
        Some(bytes)
    }

    /// A frame with it may begin here: what a search for the next frame goes by, never what a frame in its place is held to.
    pub(crate) fn is_plausible(&self) -> bool {
        let named = |byte: &u8| matches!(byte, 0 | 0x20..=0x7e);
        !matches!(self.ack, Ack::Other(_))
            && matches!(self.encryption.code(), 0x01..=0x05 | 0xfe | 0xff)
            && self.vin.0.iter().all(named)
    }
}

/// The check code (BCC, 异或校验) of everything from the command to the byte before it.
pub fn check_code(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |code, byte| code ^ byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_keeps_its_byte_and_three_are_new() {
        for byte in 0..=255 {
            for edition in [Edition::V2016, Edition::V2025] {
                assert_eq!(Command::of(byte, edition).code(), byte);
            }
            assert_eq!(Ack::of(byte).code(), byte);
            assert_eq!(Encryption::of(byte).code(), byte);
        }
        assert_eq!(Command::of(9, Edition::V2016), Command::Other(9));
        assert_eq!(Command::of(9, Edition::V2025), Command::Activation);
        assert_eq!(Command::of(0x82, Edition::V2016).name(), "control");
        assert_eq!(Command::of(0xc1, Edition::V2025).name(), "0xc1");
    }

    #[test]
    fn the_errors_of_2025_are_one_in_2016() {
        for error in [Ack::VinUnknown, Ack::Signature, Ack::Structure, Ack::Decryption] {
            assert_eq!(error.in_edition(Edition::V2016), Ack::Error);
            assert_eq!(error.in_edition(Edition::V2025), error);
        }
        assert_eq!(Ack::VinDuplicate.in_edition(Edition::V2016), Ack::VinDuplicate);
    }

    #[test]
    fn a_header_reads_what_it_wrote() {
        let header = Header {
            edition: Edition::V2016,
            command: Command::Logout,
            ack: Ack::Command,
            vin: Vin(*b"HAUV4BGN6S5002219"),
            encryption: Encryption::None,
            length: 8,
        };
        let bytes = header.frame(&[0x19, 0x0a, 0x1b, 0x14, 0x02, 0x02, 0x08, 0x02]).unwrap();
        assert_eq!(Header::read(&bytes), Some(header));
        assert_eq!(bytes.last(), Some(&0xc8));
        assert_eq!(Header::read(&bytes[..23]), None);
        assert!(header.frame(&vec![0; DATA_LIMIT + 1]).is_none());
    }

    #[test]
    fn a_name_is_told_without_its_filling() {
        let mut bytes = *b"PLATFORM-1\0\0\0\0\0\0\0";
        assert_eq!(Vin(bytes).as_str(), Some("PLATFORM-1"));
        bytes[3] = 0xff;
        assert_eq!(Vin(bytes).as_str(), None);
        assert_eq!(Vin(bytes).to_string(), r"PLA\xffFORM-1\x00\x00\x00\x00\x00\x00\x00");
    }
}
