//! From a frame to what it says: opened if it is encrypted, then held to the table of its command.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::gb32960::activation::{self, Activation, KeyExchange};
use crate::gb32960::control;
use crate::gb32960::frame::Frame;
use crate::gb32960::header::{Ack, Command, Edition, Encryption, Header};
use crate::gb32960::keys::KeyRing;
use crate::gb32960::layout::Item;
use crate::gb32960::login::{self, Login, Logout, PlatformLogin};
use crate::gb32960::report::Report;
use crate::gb32960::signature::Verdict;
use crate::gb32960::time::{self, TIME_BYTES};
use crate::gb32960::walk::{Short, Walker};

/// Why a frame whose check code is right says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MessageError {
    /// It is encrypted, and no key for it is known.
    #[error("data encrypted with {0}, and no key for it is known")]
    Encrypted(Encryption),
    /// The key does not fit.
    #[error("data encrypted with {0} do not open with the key that is known")]
    Decryption(Encryption),
    /// The data are not built as the table of the command says.
    #[error("byte {at} of the data: {what} is not all there")]
    Short {
        /// Where in the data unit.
        at: usize,
        /// What should stand there.
        what: &'static str,
    },
    /// There is more than the table of the command says.
    #[error("byte {at} of the data: nothing should follow")]
    Long {
        /// Where in the data unit.
        at: usize,
    },
    /// The signature is not that of the key.
    #[error("the signature is not that of the key that is known")]
    Signature,
}

impl MessageError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Encrypted(_) => "gb32960.encryption",
            Self::Decryption(_) => "gb32960.decryption",
            Self::Short { .. } | Self::Long { .. } => "gb32960.structure",
            Self::Signature => "gb32960.signature",
        }
    }

    /// What the sender is told, in the words of 2025.
    pub const fn ack(&self) -> Ack {
        match self {
            Self::Encrypted(_) | Self::Decryption(_) => Ack::Decryption,
            Self::Short { .. } | Self::Long { .. } => Ack::Structure,
            Self::Signature => Ack::Signature,
        }
    }

    pub(crate) const fn short(at: usize, what: &'static str) -> Self {
        Self::Short { at, what }
    }
}

impl From<Short> for MessageError {
    fn from(short: Short) -> Self {
        Self::Short { at: short.at, what: short.what }
    }
}

/// What a message is about, with what a server needs of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Body<'a> {
    /// A vehicle signs in.
    Login(Login<'a>),
    /// A vehicle reports, live or later.
    Report(Report<'a>),
    /// A vehicle signs out.
    Logout(Logout),
    /// A platform signs in.
    PlatformLogin(PlatformLogin<'a>),
    /// A platform signs out.
    PlatformLogout(Logout),
    /// The link is alive.
    Heartbeat,
    /// The terminal wants to know the time.
    TimeSync,
    /// A security chip asks to be activated.
    Activation(Activation<'a>),
    /// A key for data units.
    KeyExchange(KeyExchange<'a>),
    /// Parameters, control and their answers, and what the standard leaves open.
    Other,
    /// The answer to a command, of which no more than the time is kept.
    Answer,
}

/// A message: a header and what its data unit says.
#[derive(Clone, Debug, PartialEq)]
pub struct Message<'a> {
    /// What stands before the data unit.
    pub header: Header,
    /// The data unit, in the clear.
    pub data: &'a [u8],
    /// What it is about.
    pub body: Body<'a>,
}

/// The data unit of a frame in the clear.
pub fn open<'a>(frame: &Frame<'a>, keys: &KeyRing<'_>) -> Result<Cow<'a, [u8]>, MessageError> {
    let encryption = frame.header.encryption;
    if encryption == Encryption::None || frame.data.is_empty() {
        return Ok(Cow::Borrowed(frame.data));
    }
    let cipher = keys.cipher(encryption).ok_or(MessageError::Encrypted(encryption))?;
    cipher.decrypt(frame.data).map(Cow::Owned).ok_or(MessageError::Decryption(encryption))
}

impl<'a> Message<'a> {
    /// The message of a header and its data unit in the clear.
    pub fn read(header: Header, data: &'a [u8]) -> Result<Self, MessageError> {
        let body = match header.command {
            Command::Realtime | Command::Reissue => {
                Body::Report(Report::read(header.edition, header.command == Command::Reissue, data)?)
            }
            _ => match held(&header, data) {
                Ok(()) => body(header.command, data).ok_or(MessageError::short(0, "data"))?,
                // Who answers keeps the time and deletes the rest; nothing more is asked of an answer.
                Err(_other_than_the_command) if header.ack != Ack::Command => Body::Answer,
                Err(error) => return Err(error),
            },
        };
        Ok(Self { header, data, body })
    }

    /// What is known of the signature.
    pub fn verdict(&self, keys: &KeyRing<'_>) -> Verdict {
        match &self.body {
            Body::Report(report) => keys.verdict(report.signature.as_ref(), report.signed()),
            Body::Activation(activation) => keys.verdict(Some(&activation.signature), activation.signed),
            _ => Verdict::Unsigned,
        }
    }

    /// The time that the data unit begins with; `None` where it has none or where it is no time.
    pub fn time(&self) -> Option<DateTime<Utc>> {
        match self.header.command {
            Command::ActivationReply | Command::KeyExchange | Command::Other(_) => None,
            _ => self.data.first_chunk::<TIME_BYTES>().and_then(|six| time::instant(*six)),
        }
    }
}

/// The table of a command; `None` for what has none.
pub(crate) fn table(header: &Header, data: &[u8]) -> Option<&'static [Item]> {
    let of = |v2016, v2025| if header.edition == Edition::V2016 { v2016 } else { v2025 };
    let parameters = of(control::PARAMETERS_2016, control::PARAMETERS_2025);
    Some(match (header.command, header.ack) {
        (Command::Login, _) => of(login::LOGIN_2016, login::LOGIN_2025),
        (Command::Logout | Command::PlatformLogout, _) => login::LOGOUT,
        (Command::PlatformLogin, _) => login::PLATFORM_LOGIN,
        // Empty, says the standard; terminals that put the time in are understood.
        (Command::Heartbeat | Command::TimeSync, _) if data.is_empty() => &[],
        (Command::Heartbeat | Command::TimeSync, _) => JUST_TIME,
        (Command::Activation, _) => activation::ACTIVATION,
        (Command::ActivationReply, _) => activation::ACTIVATION_REPLY,
        (Command::KeyExchange, _) => activation::KEY_EXCHANGE,
        (Command::Query, Ack::Command) if asks(data) => control::QUERY,
        (Command::Query | Command::Set, _) => parameters,
        (Command::Control, _) => control::CONTROL,
        (Command::Realtime | Command::Reissue | Command::Other(_), _) => return None,
    })
}

/// A query is a time, a number and as many ids; there are terminals whose answer to it says that it is a command.
fn asks(data: &[u8]) -> bool {
    let ids = data.get(TIME_BYTES + 1..).unwrap_or_default();
    data.get(TIME_BYTES).is_some_and(|count| usize::from(*count) == ids.len())
}

/// What is left of a message in its answer.
pub(crate) static JUST_TIME: &[Item] = &[login::TIME];

fn held(header: &Header, data: &[u8]) -> Result<(), MessageError> {
    let Some(items) = table(header, data) else { return Ok(()) };
    let mut walker = Walker::new(data, 0, None);
    walker.object(items)?;
    if walker.rest().is_empty() { Ok(()) } else { Err(MessageError::Long { at: walker.at() }) }
}

fn body(command: Command, data: &[u8]) -> Option<Body<'_>> {
    Some(match command {
        Command::Login => Body::Login(Login::read(data)?),
        Command::Logout => Body::Logout(Logout::read(data)?),
        Command::PlatformLogin => Body::PlatformLogin(PlatformLogin::read(data)?),
        Command::PlatformLogout => Body::PlatformLogout(Logout::read(data)?),
        Command::Heartbeat => Body::Heartbeat,
        Command::TimeSync => Body::TimeSync,
        Command::Activation => Body::Activation(Activation::read(data)?),
        Command::KeyExchange => Body::KeyExchange(KeyExchange::read(data)?),
        _ => Body::Other,
    })
}
