//! Our frames to a terminal: the general answer, of which there are most, without a detour; the others by the codec.

use bytes::{BufMut, BytesMut};
use telematics::jt808::Edition;
use telematics::jt808::down::{Down, DownError};
use telematics::jt808::header::{Header, TerminalNo};
use telematics::jt808::packages::{self, Sent};

use crate::link::{Dialect, Link, Voice};

/// Begins and ends a frame.
const FLAG: u8 = 0x7e;
/// Begins an escape.
const ESCAPE: u8 = 0x7d;
/// Body of the general answer: serial, message id, result.
const ANSWER_BYTES: u16 = 5;
/// Bit 14 of the properties: the shape of 2019.
const VERSIONED: u16 = 1 << 14;

/// What the header of our frame says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    pub(crate) edition: Edition,
    pub(crate) terminal: TerminalNo,
    pub(crate) serial: u16,
}

/// 0x8001 (平台通用应答).
pub(crate) fn put_answer(out: &mut BytesMut, head: Head, reply_serial: u16, reply_id: u16, result: u8) {
    let mut message = [0_u8; Header::MAX + ANSWER_BYTES as usize];
    let room = message.len();
    let mut rest = message.as_mut_slice();
    rest.put_u16(0x8001);
    if head.edition == Edition::V2019 {
        rest.put_u16(ANSWER_BYTES | VERSIONED);
        rest.put_u8(1);
    } else {
        rest.put_u16(ANSWER_BYTES);
    }
    rest.put_slice(head.terminal.bytes());
    rest.put_u16(head.serial);
    rest.put_u16(reply_serial);
    rest.put_u16(reply_id);
    rest.put_u8(result);
    let length = room - rest.len();
    let message = message.get(..length).unwrap_or_default();
    let sum = message.iter().fold(0, |sum, byte| sum ^ byte);
    out.reserve(length + 4);
    out.put_u8(FLAG);
    for byte in message.iter().chain([&sum]) {
        match *byte {
            FLAG => out.put_slice(&[ESCAPE, 2]),
            ESCAPE => out.put_slice(&[ESCAPE, 1]),
            plain => out.put_u8(plain),
        }
    }
    out.put_u8(FLAG);
}

/// Says a message on a link: numbered, framed, in packages where it is long. It goes out with the next flush.
pub(crate) fn say(link: &Link, message: &Down) -> Result<Sent, DownError> {
    let Dialect::Jt808(edition, terminal) = link.dialect() else { return Err(DownError::Edition) };
    link.say(|Voice { bytes, serial }| {
        let sent = packages::frames(message, terminal, edition, serial)?;
        sent.frames.iter().for_each(|frame| bytes.extend_from_slice(frame));
        Ok(sent)
    })
}

#[cfg(test)]
mod tests {
    use telematics::jt808::packages::Serial;

    use super::*;

    #[test]
    fn the_general_answer_is_what_the_codec_would_say() {
        for (edition, digits) in [(Edition::V2013, "13800138000"), (Edition::V2019, "7e7d7e")] {
            let terminal = TerminalNo::of_digits(digits, edition).unwrap();
            for (serial, reply_serial) in [(0, 7), (0x7e7d, 0x7d7e)] {
                let mut counter = Serial::default();
                counter.take(serial);
                let answer = Down::Answer { reply_serial, reply_id: 0x0200, result: 0 };
                let wanted = packages::frames(&answer, terminal, edition, &mut counter).unwrap().bytes();
                let mut out = BytesMut::new();
                put_answer(&mut out, Head { edition, terminal, serial }, reply_serial, 0x0200, 0);
                assert_eq!(out, wanted);
            }
        }
    }
}
