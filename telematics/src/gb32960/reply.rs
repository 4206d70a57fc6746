//! What is answered to a frame, to the byte: the acknowledgement changes, the time stays, the rest goes (6.3.2).

use chrono::{DateTime, Utc};

use crate::gb32960::frame::{Broken, FrameError};
use crate::gb32960::header::{Ack, Command, Encryption, HEADER_BYTES, Header};
use crate::gb32960::keys::KeyRing;
use crate::gb32960::message::{Body, Message, MessageError};
use crate::gb32960::signature::Verdict;
use crate::gb32960::time::{self, TIME_BYTES};

/// How the activation of a chip ended (激活结果), table B.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activated {
    /// It is active now.
    Success,
    /// The chip was active before.
    Already,
    /// Another vehicle has the VIN.
    VinDuplicate,
}

/// The answer to a message of a vehicle or platform that may speak: registered, signed in, with a right password.
///
/// `now` is what a terminal that asks for the time is told; without it, its own time is kept like everybody's.
pub fn to(message: &Message<'_>, verdict: Verdict, now: Option<DateTime<Utc>>, keys: &KeyRing<'_>) -> Option<Vec<u8>> {
    let header = &message.header;
    if header.ack != Ack::Command {
        return None;
    }
    if verdict == Verdict::Invalid {
        return to_error(header, message.data, &MessageError::Signature, keys);
    }
    let timed = |ack| answer(header, ack, message.data.first_chunk(), keys);
    let untimely = message.time().is_none();
    match &message.body {
        // A right report is not answered (B.2.1); one that does not say when is not right.
        Body::Report(_) if !untimely => None,
        Body::Report(_) | Body::Login(_) | Body::Logout(_) | Body::PlatformLogin(_) | Body::PlatformLogout(_) if untimely => {
            timed(Ack::Structure)
        }
        Body::Report(_) | Body::Answer => None,
        Body::Login(_) | Body::Logout(_) | Body::PlatformLogin(_) | Body::PlatformLogout(_) | Body::Heartbeat => {
            timed(Ack::Success)
        }
        Body::TimeSync => match now {
            Some(now) => answer(header, Ack::Success, Some(&time::bytes(now)), keys),
            None => timed(Ack::Success),
        },
        Body::Activation(_) => activation(header, Activated::Success),
        // It has no time of its own: those in it are when the key holds.
        Body::KeyExchange(_) => answer(header, Ack::Success, None, keys),
        Body::Other => match header.command {
            // Reserved for what comes up: we do not know it.
            Command::Other(0x00..=0x7f) => answer(header, Ack::Error, None, keys),
            _ => None,
        },
    }
}

/// The answer to a frame that says nothing: what was wrong, in the words of its edition.
pub fn to_error(header: &Header, data: &[u8], error: &MessageError, keys: &KeyRing<'_>) -> Option<Vec<u8>> {
    if header.ack != Ack::Command {
        return None;
    }
    // Of data that cannot be opened, the time is not known.
    let opened = !matches!(error, MessageError::Encrypted(_) | MessageError::Decryption(_));
    let timed = !matches!(header.command, Command::KeyExchange | Command::ActivationReply | Command::Other(_));
    answer(header, error.ack(), data.first_chunk().filter(|_| opened && timed), keys)
}

/// The answer to a report whose check code is wrong: it is to be sent again (B.2.1).
///
/// Nothing else is answered then: a sign-in is ignored and tried again, and of bytes that may be no frame at all nobody is told.
pub fn to_broken(broken: &Broken<'_>) -> Option<Vec<u8>> {
    let FrameError::Checksum { .. } = broken.error else { return None };
    let header = Header::read(broken.bytes)?;
    let asks = header.ack == Ack::Command && header.command.is_report() && header.is_plausible();
    let clear = header.encryption == Encryption::None;
    let data = broken.bytes.get(HEADER_BYTES..).unwrap_or_default();
    let six = data.first_chunk::<TIME_BYTES>().filter(|six| clear && data.len() > TIME_BYTES && time::instant(**six).is_some());
    asks.then(|| answer(&header, Ack::Error, six, &KeyRing::default())).flatten()
}

/// The answer with an acknowledgement of one's choice: `Ack::VinUnknown` for a vehicle that nobody registered.
pub fn refusal(message: &Message<'_>, ack: Ack, keys: &KeyRing<'_>) -> Option<Vec<u8>> {
    answer(&message.header, ack, message.data.first_chunk(), keys)
}

/// The answer to an activation, which has a command of its own.
pub fn activation(header: &Header, result: Activated) -> Option<Vec<u8>> {
    let (ack, data) = match result {
        Activated::Success => (Ack::Success, [0x01, 0x00]),
        Activated::Already => (Ack::Error, [0x02, 0x01]),
        Activated::VinDuplicate => (Ack::VinDuplicate, [0x02, 0x02]),
    };
    Header { command: Command::ActivationReply, ack, encryption: Encryption::None, ..*header }.frame(&data)
}

/// The time goes back encrypted as it came, where the key is known; an empty data unit is never encrypted.
fn answer(header: &Header, ack: Ack, time: Option<&[u8; TIME_BYTES]>, keys: &KeyRing<'_>) -> Option<Vec<u8>> {
    let ack = ack.in_edition(header.edition);
    let Some(time) = time else {
        return Header { ack, encryption: Encryption::None, ..*header }.frame(&[]);
    };
    match keys.cipher(header.encryption) {
        Some(cipher) => Header { ack, ..*header }.frame(&cipher.encrypt(time)),
        None => Header { ack, encryption: Encryption::None, ..*header }.frame(time),
    }
}
